//! Values of statistics: one type for each shape that a value can have.
//!
//! Invariant: [`Value`] has the shape that the table of statistics gives to its statistic, or, where a value of several parts
//! is undefined as a whole, it is [`Value::Undefined`].

#[cfg(feature = "serde")]
use super::serialize::{figure, figures, null, optional_figure};
use super::statistic::Statistic;
use super::undefined::{Figure, Undefined};

/// Statistics of a sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// Count of numbers, defined as [`Summary::nobs`](super::Summary::nobs).
    pub nobs: u64,
    /// Statistics with their values, in the order of [`Statistic`].
    pub figures: Vec<(Statistic, Value)>,
    /// Bound on the error of a rank as a share of the numbers, 0 to 1, where order statistics are approximate. Of numbers that are
    /// read again only where quantiles that are wanted are.
    pub rank_error: Option<f64>,
    /// Whether some number was written with more significant digits than are kept, 38, and is the nearest double.
    pub has_rounded: bool,
}

/// Count, or `None` where it is suppressed.
pub type Count = Option<u64>;

/// Value of a statistic.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(untagged))]
pub enum Value {
    /// One number.
    Number(#[cfg_attr(feature = "serde", serde(serialize_with = "figure"))] Figure),
    /// Minimum and maximum.
    Pair(#[cfg_attr(feature = "serde", serde(serialize_with = "figures"))] [Figure; 2]),
    /// One count.
    Count(Count),
    /// Quantiles at fixed shares, ascending.
    List(#[cfg_attr(feature = "serde", serde(serialize_with = "figures"))] Vec<Figure>),
    /// Quantiles at requested shares, in the order of the request.
    Quantiles(Vec<Quantile>),
    /// Most frequent values.
    Mode(Mode),
    /// Confidence interval.
    Interval(Interval),
    /// Test of a hypothesis.
    Test(Test),
    /// Fences and counts of outliers.
    Outliers(Outliers),
    /// Histogram.
    Histogram(Histogram),
    /// Rows of a frequency table, ascending.
    Frequencies(Vec<Frequency>),
    /// Rows of a table of grade boundaries, the highest boundary first; the last row is below all boundaries.
    Boundaries(Vec<Boundary>),
    /// Rows of a mark table, ascending.
    MarkTable(Vec<Mark>),
    /// Percentile ranks of requested marks, in the order of the request.
    PercentileRanks(Vec<PercentileRank>),
    /// Rows of a table of categories, in their order.
    Categories(Vec<Category>),
    /// Value of several parts that is undefined as a whole.
    Undefined(#[cfg_attr(feature = "serde", serde(serialize_with = "null"))] Undefined),
}

/// Quantile with its share.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Quantile {
    /// Share of the numbers below the quantile, 0 to 1.
    pub q: f64,
    /// Quantile, in the unit of the data.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub value: Figure,
}

/// Most frequent values.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Mode {
    /// The first 20 modes, ascending.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figures"))]
    #[cfg_attr(feature = "schema", schema(value_type = Vec<Option<f64>>))]
    pub values: Vec<Figure>,
    /// Frequency of each mode.
    #[cfg_attr(feature = "schema", schema(value_type = Option<u64>, required))]
    pub count: Count,
    /// Count of modes.
    #[cfg_attr(feature = "schema", schema(value_type = Option<u64>, required))]
    pub total: Count,
}

/// Confidence interval.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Interval {
    /// Confidence level, 0 to 1.
    pub confidence: f64,
    /// Lower limit, in the unit of the data.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub low: Figure,
    /// Upper limit, in the unit of the data.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub high: Figure,
}

/// Test of a hypothesis.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Test {
    /// Test statistic.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub statistic: Figure,
    /// Probability, under the null hypothesis, of a test statistic at least as extreme.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub p: Figure,
}

/// Outliers by Tukey's fences (Tukey, Exploratory Data Analysis, 1977).
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Outliers {
    /// Lower fence: Q₁ - 1.5 (Q₃ - Q₁).
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub lower_fence: Figure,
    /// Upper fence: Q₃ + 1.5 (Q₃ - Q₁).
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub upper_fence: Figure,
    /// Count of numbers below the lower fence.
    #[cfg_attr(feature = "schema", schema(value_type = Option<u64>, required))]
    pub below: Count,
    /// Count of numbers above the upper fence.
    #[cfg_attr(feature = "schema", schema(value_type = Option<u64>, required))]
    pub above: Count,
}

/// Histogram with bins of equal width. A bin includes its lower edge; the last one includes both.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Histogram {
    /// Edges of the bins, ascending; one more than there are bins.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figures"))]
    #[cfg_attr(feature = "schema", schema(value_type = Vec<Option<f64>>))]
    pub edges: Vec<Figure>,
    /// Count of numbers in each bin.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<Option<u64>>))]
    pub counts: Vec<Count>,
}

/// Row of a frequency table.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Frequency {
    /// Distinct value.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub value: Figure,
    /// Frequency of the value.
    #[cfg_attr(feature = "schema", schema(value_type = Option<u64>, required))]
    pub count: Count,
    /// Percentage of all numbers with this value.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub percent: Figure,
    /// Percentage of all numbers with this value or a smaller one.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub cumulative_percent: Figure,
}

/// Name of the last row of a table of grade boundaries.
pub const BELOW_ALL: &str = "below";

/// Row of a table of grade boundaries.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Boundary {
    /// Grade, or `below` for the numbers below all boundaries.
    pub grade: String,
    /// Boundary of the grade; `null` below all boundaries.
    #[cfg_attr(feature = "serde", serde(serialize_with = "optional_figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub boundary: Option<Figure>,
    /// Count of numbers at or above the boundary and below the next higher one.
    #[cfg_attr(feature = "schema", schema(value_type = Option<u64>, required))]
    pub count: Count,
    /// Percentage of all numbers that `count` is.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub percent: Figure,
    /// Count of numbers at or above the boundary.
    #[cfg_attr(feature = "schema", schema(value_type = Option<u64>, required))]
    pub cumulative_count: Count,
    /// Percentage of all numbers that `cumulative_count` is.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub cumulative_percent: Figure,
}

/// Row of a mark table.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Mark {
    /// Distinct value.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub mark: Figure,
    /// Frequency of the mark.
    #[cfg_attr(feature = "schema", schema(value_type = Option<u64>, required))]
    pub count: Count,
    /// Percentage of all numbers with this mark.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub percent: Figure,
    /// Percentage of all numbers with this mark or a lower one.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub cumulative_percent: Figure,
    /// Percentage of the numbers below the mark, and of half of those equal to it.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub percentile_rank: Figure,
    /// Distance from the mean in standard deviations; `null` for equal numbers.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub z_score: Figure,
    /// 50 + 10 z.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub t_score: Figure,
    /// Stanine of the percentile rank, 1 to 9; `null` where it is withheld.
    #[cfg_attr(feature = "schema", schema(value_type = Option<u8>, required, minimum = 1, maximum = 9))]
    pub stanine: Option<u8>,
    /// Highest grade whose boundary the mark reaches, or `below`; only with grade boundaries, `null` where it is withheld.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub grade: Option<Option<String>>,
}

/// Row of a table of categories.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Category {
    /// Category.
    pub category: String,
    /// Count of values in the category.
    #[cfg_attr(feature = "schema", schema(value_type = Option<u64>, required))]
    pub count: Count,
    /// Percentage of all values that `count` is.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub percent: Figure,
    /// Count of values in the category or in one before it.
    #[cfg_attr(feature = "schema", schema(value_type = Option<u64>, required))]
    pub cumulative_count: Count,
    /// Percentage of all values that `cumulative_count` is.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub cumulative_percent: Figure,
}

/// Percentile rank of a mark.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PercentileRank {
    /// Mark, as it was requested.
    pub mark: f64,
    /// Percentage of the numbers below the mark, and of half of those equal to it.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub rank: Figure,
}

impl Value {
    /// Numbers in the value, without its counts, in the order of the answer.
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
            Self::MarkTable(rows) => rows.iter().flat_map(|row| [row.mark, row.z_score, row.t_score]).collect(),
            Self::Categories(rows) => rows.iter().flat_map(|row| [row.percent, row.cumulative_percent]).collect(),
            Self::PercentileRanks(ranks) => ranks.iter().map(|rank| rank.rank).collect(),
            Self::Count(_) => Vec::new(),
            Self::Undefined(why) => vec![Err(*why)],
        }
    }

    /// First reason why a part of the value is undefined; `None` if all parts are defined.
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
