//! The table of all statistics, and the types of their values.

use super::summary::{Figure, Undefined};

/// Defines [`Statistic`] and the table of its properties from one list: definition, name, kind of value, need.
macro_rules! statistics {
    ($(#[doc = $definition:literal] $statistic:ident = $name:literal, $kind:ident, $need:ident;)+) => {
        /// A statistic that can be asked for, in the order of every answer.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Statistic {
            $(#[doc = $definition] $statistic,)+
        }

        /// All statistics, in the order of [`Statistic`].
        static ALL: &[Row] = &[$(Row {
            statistic: Statistic::$statistic,
            name: $name,
            kind: ValueKind::$kind,
            need: Need::$need,
            definition: $definition,
        },)+];
    };
}

statistics! {
    /// The minimum and the maximum.
    Minmax = "minmax", Pair, Summary;
    /// The arithmetic mean.
    Mean = "mean", Number, Summary;
    /// The variance, with `ddof`.
    Variance = "variance", Number, Summary;
    /// The skewness: the third standardized moment.
    Skewness = "skewness", Number, Summary;
    /// The kurtosis; by Fisher's definition 0 for a normal distribution.
    Kurtosis = "kurtosis", Number, Summary;
    /// The sum.
    Sum = "sum", Number, Moments;
    /// The standard deviation, with `ddof`.
    Std = "std", Number, Moments;
    /// The standard error of the mean: std / √n.
    Sem = "sem", Number, Moments;
    /// The coefficient of variation: std / |mean|.
    Cv = "cv", Number, Moments;
    /// The maximum minus the minimum.
    Range = "range", Number, Summary;
    /// The median, by `quantile_method`.
    Median = "median", Number, Order;
    /// The three quartiles.
    Quartiles = "quartiles", List, Order;
    /// The interquartile range: the third quartile minus the first.
    Iqr = "iqr", Number, Order;
    /// The quantiles that `quantiles` asks for.
    Quantiles = "quantiles", Quantiles, Order;
    /// The nine deciles.
    Deciles = "deciles", List, Order;
    /// The most frequent values.
    Mode = "mode", Mode, Order;
    /// The median of the absolute deviations from the median.
    Mad = "mad", Number, Order;
    /// The number of distinct values.
    Distinct = "distinct", Count, Order;
    /// The mean without the share `trim` of the values at each end.
    TrimmedMean = "trimmed_mean", Number, Order;
    /// The mean with those values replaced by the nearest one that is kept.
    WinsorizedMean = "winsorized_mean", Number, Order;
    /// The geometric mean of positive values.
    GeometricMean = "geometric_mean", Number, Order;
    /// The harmonic mean of positive values.
    HarmonicMean = "harmonic_mean", Number, Order;
    /// The confidence interval of the mean, by Student's t.
    CiMean = "ci_mean", Interval, Moments;
    /// The Jarque-Bera test of normality.
    JarqueBera = "jarque_bera", Test, Moments;
    /// The values beyond Tukey's fences.
    Outliers = "outliers", Outliers, Order;
    /// The mean in percent of `maximum`.
    Facility = "facility", Number, Moments;
    /// A histogram with bins of equal width.
    Histogram = "histogram", Histogram, Order;
    /// The frequency table of the values, ascending.
    Frequencies = "frequencies", Frequencies, Order;
    /// The number of values that reach each grade, the highest grade first.
    Boundaries = "boundaries", Boundaries, Order;
    /// The number of missing values.
    Missing = "missing", Count, Summary;
}

/// A row of the table of statistics.
struct Row {
    statistic: Statistic,
    name: &'static str,
    kind: ValueKind,
    need: Need,
    definition: &'static str,
}

/// What a statistic is computed from beside the six of scipy and the counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    Summary,
    /// The central moments.
    Moments,
    /// A frequency table of the values.
    Order,
}

/// The kind of a statistic's value: the variant of [`Value`] that it has unless all of it is undefined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the variant of the same name")]
pub enum ValueKind {
    Number,
    Pair,
    Count,
    List,
    Quantiles,
    Mode,
    Interval,
    Test,
    Outliers,
    Histogram,
    Frequencies,
    Boundaries,
}

impl Statistic {
    /// All statistics, in the order of the answer.
    pub fn all() -> impl Iterator<Item = Self> {
        ALL.iter().map(|row| row.statistic)
    }

    /// The statistic of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        ALL.iter().find(|row| row.name == name).map(|row| row.statistic)
    }

    /// Its name, which is also that of the member in an answer.
    #[must_use]
    pub fn name(self) -> &'static str {
        ALL[self as usize].name
    }

    /// Its definition in one sentence; docs/statistics.md has the formulas.
    #[must_use]
    pub fn definition(self) -> &'static str {
        ALL[self as usize].definition.trim_ascii()
    }

    /// The kind of its value.
    #[must_use]
    pub fn kind(self) -> ValueKind {
        ALL[self as usize].kind
    }

    /// The headings of its columns in a flat table: none if its value is more than single numbers.
    #[must_use]
    pub fn headings(self) -> &'static [&'static str] {
        match self.kind() {
            // The column `missing` of a flat table is the one that the results of tables have.
            ValueKind::Count if self == Self::Missing => &[],
            ValueKind::Number | ValueKind::Count => std::slice::from_ref(&ALL[self as usize].name),
            ValueKind::Pair => &["min", "max"],
            _ => &[],
        }
    }
}

/// A set of statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statistics(u32);

impl Statistics {
    /// None of them: an answer with nothing but `nobs`.
    pub const NONE: Self = Self(0);

    /// The figures of `scipy.stats.describe`: the default.
    pub const SCIPY: Self = Self(0b1_1111);

    /// These and one more.
    #[must_use]
    pub const fn with(self, statistic: Statistic) -> Self {
        Self(self.0 | 1 << statistic as u32)
    }

    /// Those of either set.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it is one of them.
    #[must_use]
    pub const fn has(self, statistic: Statistic) -> bool {
        self.0 & 1 << statistic as u32 != 0
    }

    /// Whether one of them needs a tally of the values.
    #[must_use]
    pub fn need_order(self) -> bool {
        self.need(Need::Order)
    }

    pub(super) fn need_moments(self) -> bool {
        self.need(Need::Moments)
    }

    fn need(self, need: Need) -> bool {
        // The six, which most requests ask for alone, need neither.
        self.0 & !Self::SCIPY.0 != 0 && self.iter().any(|statistic| ALL[statistic as usize].need == need)
    }

    /// These without one.
    #[must_use]
    pub const fn without(self, statistic: Statistic) -> Self {
        Self(self.0 & !(1 << statistic as u32))
    }

    /// They, in the order of the answer.
    pub fn iter(self) -> impl Iterator<Item = Statistic> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let next = ALL.get(rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            Some(next.statistic)
        })
    }

    /// How many.
    #[must_use]
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl Default for Statistics {
    fn default() -> Self {
        Self::SCIPY
    }
}

/// A count, or `None` where it is withheld.
pub type Count = Option<u64>;

/// The value of a statistic.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// One figure.
    Number(Figure),
    /// The least and the greatest.
    Pair([Figure; 2]),
    /// `distinct`, `missing`.
    Count(Count),
    /// Quartiles, deciles.
    List(Vec<Figure>),
    /// `quantiles`, in the order asked for.
    Quantiles(Vec<Quantile>),
    /// `mode`.
    Mode(Mode),
    /// `ci_mean`.
    Interval(Interval),
    /// `jarque_bera`.
    Test(Test),
    /// `outliers`.
    Outliers(Outliers),
    /// `histogram`.
    Histogram(Histogram),
    /// `frequencies`, ascending.
    Frequencies(Vec<Frequency>),
    /// `boundaries`, the highest first, then those below all.
    Boundaries(Vec<Boundary>),
    /// One that has more than a single figure, and none of them is defined.
    Undefined(Undefined),
}

/// A quantile.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantile {
    /// The share of the numbers below it, 0 to 1.
    pub q: f64,
    /// The quantile.
    pub value: Figure,
}

/// The most frequent values.
#[derive(Clone, Debug, PartialEq)]
pub struct Mode {
    /// The first twenty, ascending.
    pub values: Vec<Figure>,
    /// How often each of them stands there.
    pub count: Count,
    /// How many there are.
    pub total: Count,
}

/// A confidence interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Interval {
    /// The confidence, 0 to 1.
    pub confidence: f64,
    /// Its lower end.
    pub low: Figure,
    /// Its upper end.
    pub high: Figure,
}

/// A test of a hypothesis.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// The test statistic.
    pub statistic: Figure,
    /// The probability of such a value or a more extreme one.
    pub p: Figure,
}

/// What lies beyond Tukey's fences.
#[derive(Clone, Debug, PartialEq)]
pub struct Outliers {
    /// The lower fence: Q₁ - 1.5 (Q₃ - Q₁).
    pub lower_fence: Figure,
    /// The upper fence: Q₃ + 1.5 (Q₃ - Q₁).
    pub upper_fence: Figure,
    /// How many numbers lie below the lower one.
    pub below: Count,
    /// How many lie above the upper one.
    pub above: Count,
}

/// A histogram with bins of equal width; the last one is closed on both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// One more than there are bins.
    pub edges: Vec<Figure>,
    /// How many numbers fall into each bin.
    pub counts: Vec<Count>,
}

/// A value and how often it stands there.
#[derive(Clone, Debug, PartialEq)]
pub struct Frequency {
    /// The value.
    pub value: Figure,
    /// How often.
    pub count: Count,
    /// The percentage of all numbers.
    pub percent: Figure,
    /// The percentage of all numbers that are this or less.
    pub cumulative_percent: Figure,
}

/// How many numbers reach a grade's boundary.
#[derive(Clone, Debug, PartialEq)]
pub struct Boundary {
    /// The grade, or `below`.
    pub grade: String,
    /// The boundary, `None` of those below all.
    pub boundary: Option<Figure>,
    /// How many numbers are at or above it and below the next higher one.
    pub count: Count,
    /// Their percentage.
    pub percent: Figure,
    /// How many numbers are at or above it.
    pub cumulative_count: Count,
    /// Their percentage.
    pub cumulative_percent: Figure,
}

impl Value {
    /// The figures in it, in the order of the answer.
    #[must_use]
    pub fn figures(&self) -> Vec<Figure> {
        match self {
            Self::Number(figure) => vec![*figure],
            Self::Pair(pair) => pair.to_vec(),
            Self::List(list) => list.clone(),
            Self::Quantiles(quantiles) => quantiles.iter().map(|quantile| quantile.value).collect(),
            Self::Mode(mode) => mode.values.clone(),
            Self::Interval(interval) => vec![interval.low, interval.high],
            Self::Test(test) => vec![test.statistic, test.p],
            Self::Outliers(outliers) => vec![outliers.lower_fence, outliers.upper_fence],
            Self::Histogram(histogram) => histogram.edges.clone(),
            Self::Frequencies(rows) => rows.iter().map(|row| row.value).collect(),
            Self::Boundaries(rows) => rows.iter().flat_map(|row| [row.percent, row.cumulative_percent]).collect(),
            Self::Count(_) => Vec::new(),
            Self::Undefined(why) => vec![Err(*why)],
        }
    }

    /// Why it is not all there, if it is not.
    #[must_use]
    pub fn undefined(&self) -> Option<Undefined> {
        match self {
            Self::Number(figure) => figure.err(),
            Self::Pair([low, high]) => low.and(*high).err(),
            Self::Count(_) => None,
            value => value.figures().into_iter().find_map(Result::err),
        }
    }
}
