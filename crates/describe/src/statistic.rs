//! The names of all figures, and the shapes that their values have.

use super::summary::{Figure, Undefined};

/// A figure that can be asked for. The order is that of every answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is its name; `figures.rs` has the formulas, docs/statistics.md the definitions")]
pub enum Statistic {
    Minmax,
    Mean,
    Variance,
    Skewness,
    Kurtosis,
    Sum,
    Std,
    Sem,
    Cv,
    Range,
    Median,
    Quartiles,
    Iqr,
    Quantiles,
    Deciles,
    Mode,
    Mad,
    Distinct,
    TrimmedMean,
    WinsorizedMean,
    GeometricMean,
    HarmonicMean,
    CiMean,
    JarqueBera,
    Outliers,
    Facility,
    Histogram,
    Frequencies,
    Boundaries,
    Missing,
}

/// What a figure is made of beside scipy's six and the counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    Summary,
    /// The central moments.
    Moments,
    /// A tally of the values.
    Order,
}

/// Each with its name, the headings of its columns in a flat table (none if its value is more than single figures), and its
/// need.
const ALL: [(Statistic, &str, &[&str], Need); 30] = [
    (Statistic::Minmax, "minmax", &["min", "max"], Need::Summary),
    (Statistic::Mean, "mean", &["mean"], Need::Summary),
    (Statistic::Variance, "variance", &["variance"], Need::Summary),
    (Statistic::Skewness, "skewness", &["skewness"], Need::Summary),
    (Statistic::Kurtosis, "kurtosis", &["kurtosis"], Need::Summary),
    (Statistic::Sum, "sum", &["sum"], Need::Moments),
    (Statistic::Std, "std", &["std"], Need::Moments),
    (Statistic::Sem, "sem", &["sem"], Need::Moments),
    (Statistic::Cv, "cv", &["cv"], Need::Moments),
    (Statistic::Range, "range", &["range"], Need::Summary),
    (Statistic::Median, "median", &["median"], Need::Order),
    (Statistic::Quartiles, "quartiles", &[], Need::Order),
    (Statistic::Iqr, "iqr", &["iqr"], Need::Order),
    (Statistic::Quantiles, "quantiles", &[], Need::Order),
    (Statistic::Deciles, "deciles", &[], Need::Order),
    (Statistic::Mode, "mode", &[], Need::Order),
    (Statistic::Mad, "mad", &["mad"], Need::Order),
    (Statistic::Distinct, "distinct", &["distinct"], Need::Order),
    (Statistic::TrimmedMean, "trimmed_mean", &["trimmed_mean"], Need::Order),
    (Statistic::WinsorizedMean, "winsorized_mean", &["winsorized_mean"], Need::Order),
    (Statistic::GeometricMean, "geometric_mean", &["geometric_mean"], Need::Order),
    (Statistic::HarmonicMean, "harmonic_mean", &["harmonic_mean"], Need::Order),
    (Statistic::CiMean, "ci_mean", &[], Need::Moments),
    (Statistic::JarqueBera, "jarque_bera", &[], Need::Moments),
    (Statistic::Outliers, "outliers", &[], Need::Order),
    (Statistic::Facility, "facility", &["facility"], Need::Moments),
    (Statistic::Histogram, "histogram", &[], Need::Order),
    (Statistic::Frequencies, "frequencies", &[], Need::Order),
    (Statistic::Boundaries, "boundaries", &[], Need::Order),
    (Statistic::Missing, "missing", &[], Need::Summary),
];

impl Statistic {
    /// All, in the order of the answer.
    pub fn all() -> impl Iterator<Item = Self> {
        ALL.into_iter().map(|(statistic, ..)| statistic)
    }

    /// The statistic of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|(_, known, ..)| *known == name).map(|(statistic, ..)| statistic)
    }

    /// Its name, which is also that of the member in an answer.
    #[must_use]
    pub fn name(self) -> &'static str {
        ALL[self as usize].1
    }

    /// The headings of its columns in a flat table: none if its value is more than single figures.
    #[must_use]
    pub fn headings(self) -> &'static [&'static str] {
        ALL[self as usize].2
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
        self.0 & !Self::SCIPY.0 != 0 && self.iter().any(|statistic| ALL[statistic as usize].3 == need)
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
            let (next, ..) = ALL.get(rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            Some(*next)
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
