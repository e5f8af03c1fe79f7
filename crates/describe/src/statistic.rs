//! Table of statistics, from which parsers and documentation derive.
//!
//! To add a statistic, add an entry to the table; the compiler asks for its formula and its rule of suppression.

/// Quantities that a statistic is computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The summary, the extremes or the counts of the sample.
    Summary,
    /// The exact central moments.
    Moments,
    /// The numbers in order, and so a frequency table.
    Order,
}

/// Kind of a statistic's value: the variant of [`Value`](super::Value) that holds it, unless it is undefined as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the variant of `Value` of its name")]
pub enum ValueKind {
    Number,
    Pair,
    Count,
    /// List of this length.
    List(usize),
    Quantiles,
    Mode,
    Interval,
    Test,
    Outliers,
    Histogram,
    Frequencies,
    Boundaries,
    MarkTable,
    PercentileRanks,
    Categories,
}

/// What a statistic measures: its decimal places in publications depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Value of the data, or sum or difference of such values.
    Data,
    /// Average of many values, or the median.
    Average,
    /// Average of distances from an average, or of their squares.
    Spread,
    /// Value at a rank, or between two.
    Rank,
    /// Number without a unit.
    Shape,
    /// Percentage.
    Percentage,
    /// Number of values.
    Count,
}

/// Parameter of [`Wanted`](super::Wanted) without a default, which a statistic may require.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// [`Wanted::quantiles`](super::Wanted::quantiles)
    Quantiles,
    /// [`Wanted::maximum`](super::Wanted::maximum)
    Maximum,
    /// [`Wanted::boundaries`](super::Wanted::boundaries)
    Boundaries,
    /// [`Wanted::percentile_ranks`](super::Wanted::percentile_ranks)
    PercentileRanks,
    /// [`Wanted::categories`](super::Wanted::categories)
    Categories,
}

/// Row of the table.
struct Row {
    statistic: Statistic,
    name: &'static str,
    kind: ValueKind,
    need: Need,
    measure: Measure,
    requires: Option<Parameter>,
    definition: &'static str,
}

/// Declares the enumeration of statistics and the table of their properties. A row is the definition in one sentence, the
/// variant, the name in requests and answers, the kind of the value, the need, what it measures, and, if there is one, the required
/// parameter.
macro_rules! statistics {
    (@requires) => { None };
    (@requires $parameter:ident) => { Some(Parameter::$parameter) };
    ($(
        #[doc = $definition:literal]
        $variant:ident = $name:literal, $kind:ident $(($length:literal))?, $need:ident, $measure:ident
            $(, requires $parameter:ident)?;
    )+) => {
        /// Statistic. The order is that of every answer.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Statistic {
            $(#[doc = $definition] $variant,)+
        }

        /// All statistics, in the order of [`Statistic`].
        static TABLE: &[Row] = &[$(Row {
            statistic: Statistic::$variant,
            name: $name,
            kind: ValueKind::$kind $(($length))?,
            need: Need::$need,
            measure: Measure::$measure,
            requires: statistics!(@requires $($parameter)?),
            definition: $definition.trim_ascii(),
        },)+];
    };
}

statistics! {
    /// Minimum and maximum.
    Minmax = "minmax", Pair, Summary, Data;
    /// Arithmetic mean: Σx/n.
    Mean = "mean", Number, Summary, Average;
    /// Variance: Σ(x - mean)²/(n - `ddof`); undefined for n ≤ `ddof`.
    Variance = "variance", Number, Summary, Spread;
    /// Skewness: g₁ = m₃/m₂^(3/2), or G₁ with `bias=false`; undefined for equal numbers.
    Skewness = "skewness", Number, Summary, Shape;
    /// Kurtosis: g₂ = m₄/m₂² - 3, or G₂ with `bias=false`, and 3 more with `kurtosis=pearson`; undefined for equal numbers.
    Kurtosis = "kurtosis", Number, Summary, Shape;
    /// Sum.
    Sum = "sum", Number, Moments, Data;
    /// Standard deviation s: the square root of the variance; undefined for n ≤ `ddof`.
    Std = "std", Number, Moments, Spread;
    /// Standard error of the mean: s/√n; undefined for n ≤ `ddof`.
    Sem = "sem", Number, Moments, Spread;
    /// Coefficient of variation: s/|mean|; undefined for n ≤ `ddof` or a mean of 0.
    Cv = "cv", Number, Moments, Shape;
    /// Range: the maximum minus the minimum.
    Range = "range", Number, Summary, Data;
    /// Median, by `quantile_method`.
    Median = "median", Number, Order, Average;
    /// Quartiles, by `quantile_method`.
    Quartiles = "quartiles", List(3), Order, Rank;
    /// Interquartile range: the third quartile minus the first.
    Iqr = "iqr", Number, Order, Rank;
    /// Quantiles of the shares in `quantiles`, by `quantile_method`.
    Quantiles = "quantiles", Quantiles, Order, Rank, requires Quantiles;
    /// Deciles, by `quantile_method`.
    Deciles = "deciles", List(9), Order, Rank;
    /// Most frequent values: the first 20 ascending, their frequency, and the number of modes.
    Mode = "mode", Mode, Order, Data;
    /// Median absolute deviation from the median, not scaled.
    Mad = "mad", Number, Order, Rank;
    /// Number of distinct values.
    Distinct = "distinct", Count, Order, Count;
    /// Mean without ⌊n `trim`⌋ numbers at each end.
    TrimmedMean = "trimmed_mean", Number, Order, Average;
    /// Mean with ⌊n `trim`⌋ numbers at each end replaced by the nearest one that is kept.
    WinsorizedMean = "winsorized_mean", Number, Order, Average;
    /// Geometric mean: the nth root of the product; undefined unless all numbers are positive.
    GeometricMean = "geometric_mean", Number, Order, Average;
    /// Harmonic mean: n/Σ(1/x); undefined unless all numbers are positive.
    HarmonicMean = "harmonic_mean", Number, Order, Average;
    /// Confidence interval of the mean: mean ± t s/√n, with Student's t of n - 1 degrees of freedom; undefined for n < 2.
    CiMean = "ci_mean", Interval, Moments, Spread;
    /// Jarque-Bera test of normality: n/6 (g₁² + g₂²/4), and its p-value by the χ² distribution with two degrees of freedom; undefined for equal numbers.
    JarqueBera = "jarque_bera", Test, Moments, Shape;
    /// Tukey's fences, 1.5 interquartile ranges from the quartiles, and the numbers of values below and above them.
    Outliers = "outliers", Outliers, Order, Rank;
    /// Mean in percent of `maximum`.
    Facility = "facility", Number, Moments, Percentage, requires Maximum;
    /// Histogram with bins of equal width, by `bins` and `range`; undefined for a rule that gives more than 10,000 bins.
    Histogram = "histogram", Histogram, Order, Data;
    /// Frequency table of the values, ascending; undefined for more than 10,000 distinct values.
    Frequencies = "frequencies", Frequencies, Order, Percentage;
    /// Number of values that reach each grade in `boundaries`, the highest grade first.
    Boundaries = "boundaries", Boundaries, Order, Percentage, requires Boundaries;
    /// Mark table: frequencies with percentile ranks, z-scores, T-scores and stanines; undefined for more than 10,000 distinct values.
    MarkTable = "mark_table", MarkTable, Order, Percentage;
    /// Percentile ranks of the marks in `percentile_ranks`: the percentage of the values below each, and of half of those equal to it.
    PercentileRanks = "percentile_ranks", PercentileRanks, Order, Percentage, requires PercentileRanks;
    /// Number of values in each category of `order`, the first category first.
    Categories = "categories", Categories, Order, Percentage, requires Categories;
    /// Number of missing values.
    Missing = "missing", Count, Summary, Count;
}

impl Statistic {
    /// Number of statistics.
    pub(super) const COUNT: usize = TABLE.len();

    /// All statistics, in the order of the answer.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.statistic)
    }

    /// Statistic of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|statistic| statistic.name() == name)
    }

    /// Name in requests, and of the member in an answer.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// Quantities that it is computed from.
    #[must_use]
    pub const fn need(self) -> Need {
        self.row().need
    }

    /// What it measures.
    #[must_use]
    pub const fn measure(self) -> Measure {
        self.row().measure
    }

    /// Kind of its value.
    #[must_use]
    pub const fn kind(self) -> ValueKind {
        self.row().kind
    }

    /// Headings of its columns in a flat table; empty if its value is more than single numbers.
    #[must_use]
    pub const fn headings(self) -> &'static [&'static str] {
        match self.kind() {
            // Every flat table has a column of missing values already.
            ValueKind::Count if matches!(self, Self::Missing) => &[],
            ValueKind::Number | ValueKind::Count => std::slice::from_ref(&self.row().name),
            ValueKind::Pair => &["min", "max"],
            _ => &[],
        }
    }

    /// Parameter without which it cannot be computed.
    #[must_use]
    pub const fn requires(self) -> Option<Parameter> {
        self.row().requires
    }

    /// Definition in one sentence.
    #[must_use]
    pub const fn definition(self) -> &'static str {
        self.row().definition
    }

    const fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }
}

/// Set of statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statistics(u64);

const _: () = assert!(TABLE.len() <= u64::BITS as usize, "a set has a bit for each statistic");

impl Statistics {
    /// The empty set: a description with nothing but `nobs`.
    pub const NONE: Self = Self(0);

    /// Statistics of `scipy.stats.describe`, which are the default.
    pub const SCIPY: Self = Self::NONE
        .with(Statistic::Minmax)
        .with(Statistic::Mean)
        .with(Statistic::Variance)
        .with(Statistic::Skewness)
        .with(Statistic::Kurtosis);

    /// Statistics with a need.
    const fn needing(need: Need) -> Self {
        let (mut set, mut i) = (Self::NONE, 0);
        while i < TABLE.len() {
            if TABLE[i].need as u8 == need as u8 {
                set = set.with(TABLE[i].statistic);
            }
            i += 1;
        }
        set
    }

    /// The set with one more statistic.
    #[must_use]
    pub const fn with(self, statistic: Statistic) -> Self {
        Self(self.0 | 1 << statistic as u64)
    }

    /// Union of two sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the set has a statistic.
    #[must_use]
    pub const fn has(self, statistic: Statistic) -> bool {
        self.0 & 1 << statistic as u64 != 0
    }

    /// Whether one of them needs a frequency table of the values.
    #[must_use]
    pub const fn need_order(self) -> bool {
        const ORDER: Statistics = Statistics::needing(Need::Order);
        self.0 & ORDER.0 != 0
    }

    pub(super) const fn need_moments(self) -> bool {
        // Scores are distances from the mean in standard deviations.
        const MOMENTS: Statistics = Statistics::needing(Need::Moments).with(Statistic::MarkTable);
        self.0 & MOMENTS.0 != 0
    }

    /// The set without one statistic.
    #[must_use]
    pub const fn without(self, statistic: Statistic) -> Self {
        Self(self.0 & !(1 << statistic as u64))
    }

    /// Statistics of the set, in the order of the answer.
    pub fn iter(self) -> impl Iterator<Item = Statistic> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let next = TABLE.get(rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            Some(next.statistic)
        })
    }

    /// Count of statistics.
    #[must_use]
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl Default for Statistics {
    fn default() -> Self {
        Self::SCIPY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_consistent() {
        for (place, row) in TABLE.iter().enumerate() {
            assert_eq!(row.statistic as usize, place);
            assert_eq!(Statistic::named(row.name), Some(row.statistic));
            assert!(row.definition.ends_with('.') && row.definition.starts_with(char::is_uppercase), "{}", row.name);
        }
        assert_eq!(
            Statistics::SCIPY.iter().map(Statistic::name).collect::<Vec<_>>(),
            ["minmax", "mean", "variance", "skewness", "kurtosis"]
        );
        assert!(!Statistics::SCIPY.need_order() && !Statistics::SCIPY.need_moments());
        assert!(Statistics::NONE.with(Statistic::Mad).need_order());
        assert!(Statistics::NONE.with(Statistic::Sum).need_moments());
    }

    #[test]
    fn sets() {
        let set = Statistics::NONE.with(Statistic::Missing).with(Statistic::Mean);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Statistic::Mean, Statistic::Missing]);
        assert_eq!((set.len(), set.without(Statistic::Mean).len(), Statistics::NONE.is_empty()), (2, 1, true));
        assert_eq!(set.and(Statistics::SCIPY).len(), 6);
    }
}
