//! The words that options take, each with its meaning. The table of options publishes them.

use describe::{MomentConventions, NanPolicy, QuantileMethod};

/// Axis along which nested arrays are described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// A result for each column: `0`, the default.
    Columns,
    /// A result for each row: `1`.
    Rows,
    /// All numbers as one array: `none`.
    Flat,
}

/// Words of `nan_policy`.
pub const NAN_POLICIES: [(&str, NanPolicy); 3] =
    [("propagate", NanPolicy::Propagate), ("raise", NanPolicy::Raise), ("omit", NanPolicy::Omit)];

/// Words of `axis`.
pub const AXES: [(&str, Axis); 3] = [("0", Axis::Columns), ("1", Axis::Rows), ("none", Axis::Flat)];

/// Words of `kurtosis`: whether that of a normal distribution is 3.
pub const KURTOSES: [(&str, bool); 2] = [("fisher", false), ("pearson", true)];

/// Type of weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WeightType {
    /// The number of times that a value occurs.
    #[default]
    Frequency,
    /// The reliability of a value.
    Reliability,
}

/// Words of `weight_type`.
pub const WEIGHT_TYPES: [(&str, WeightType); 2] =
    [("frequency", WeightType::Frequency), ("reliability", WeightType::Reliability)];

/// Words of `invalid`: whether a non-numeric cell is counted as missing.
pub const INVALID: [(&str, bool); 2] = [("error", false), ("missing", true)];

/// Words of `header`: whether there is a header row, `None` to find out.
pub const HEADERS: [(&str, Option<bool>); 3] = [("auto", None), ("true", Some(true)), ("false", Some(false))];

/// Other spellings of words of `header`.
pub(super) const OTHER_HEADERS: [(&str, Option<bool>); 2] = [("1", Some(true)), ("0", Some(false))];

/// Words of `decimal`: whether the decimal mark is a comma.
pub const MARKS: [(&str, bool); 2] = [(".", false), (",", true)];

/// Format of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// One JSON document.
    #[default]
    Json,
    /// A JSON document for each result, one a line.
    Ndjson,
    /// Comma-separated values: a record for each result below a header row.
    Csv,
    /// Text with tables.
    Markdown,
    /// A report with tables and charts.
    Html,
    /// A chart.
    Svg,
    /// A workbook.
    Xlsx,
    /// A workbook in the open format.
    Ods,
}

impl Format {
    /// All formats with their names.
    pub const ALL: [(&str, Self); 8] = [
        ("json", Self::Json),
        ("ndjson", Self::Ndjson),
        ("csv", Self::Csv),
        ("markdown", Self::Markdown),
        ("html", Self::Html),
        ("svg", Self::Svg),
        ("xlsx", Self::Xlsx),
        ("ods", Self::Ods),
    ];

    /// The name of the format.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].0
    }

    /// Whether the format is binary: a workbook.
    #[must_use]
    pub fn is_workbook(self) -> bool {
        matches!(self, Self::Xlsx | Self::Ods)
    }

    /// Whether an answer in this format always says what it was made from.
    #[must_use]
    pub fn is_report(self) -> bool {
        self == Self::Html || self.is_workbook()
    }
}

/// Kind of chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChartKind {
    /// A histogram with a box plot above it.
    Histogram,
    /// A box plot with its five numbers.
    Boxes,
    /// The share of values at or below each value.
    Ecdf,
    /// The box plots of all results on one axis.
    Compare,
}

/// Words of `chart`.
pub const CHARTS: [(&str, ChartKind); 4] = [
    ("histogram", ChartKind::Histogram),
    ("box", ChartKind::Boxes),
    ("ecdf", ChartKind::Ecdf),
    ("compare", ChartKind::Compare),
];

/// Words of `publish`: whether the rules of the regulator are followed.
pub const RULES: [(&str, bool); 2] = [("ofqual", true), ("none", false)];

/// Words of `rounding`: whether a tie goes to the even neighbour.
pub const ROUNDINGS: [(&str, bool); 2] = [("half_up", false), ("half_even", true)];

/// Other spellings of words of `rounding`.
pub(super) const OTHER_ROUNDINGS: [(&str, bool); 2] = [("half-up", false), ("half-even", true)];

/// Definitions of skewness, kurtosis and quantiles that a program uses. All programs divide the variance by n - 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convention {
    pub(super) bias: bool,
    pub(super) conventions: MomentConventions,
    pub(super) quantile_method: QuantileMethod,
}

impl Convention {
    pub(super) const SCIPY: Self = Self {
        bias: true,
        conventions: MomentConventions { pearson: false, by_sample_deviation: false, no_small_samples: false },
        quantile_method: QuantileMethod::Linear,
    };

    /// The adjusted G₁ and G₂ (Joanes and Gill, 1998), undefined for too few numbers.
    const ADJUSTED: Self = Self {
        bias: false,
        conventions: MomentConventions { no_small_samples: true, ..Self::SCIPY.conventions },
        ..Self::SCIPY
    };
}

/// Words of `convention`.
pub const CONVENTIONS: [(&str, Convention); 9] = [
    ("scipy", Convention::SCIPY),
    ("excel", Convention::ADJUSTED),
    ("sas", Convention { quantile_method: QuantileMethod::AveragedInvertedCdf, ..Convention::ADJUSTED }),
    ("spss", Convention { quantile_method: QuantileMethod::Weibull, ..Convention::ADJUSTED }),
    (
        "r",
        Convention {
            conventions: MomentConventions { by_sample_deviation: true, ..Convention::SCIPY.conventions },
            ..Convention::SCIPY
        },
    ),
    (
        "stata",
        Convention {
            conventions: MomentConventions { pearson: true, ..Convention::SCIPY.conventions },
            quantile_method: QuantileMethod::AveragedInvertedCdf,
            ..Convention::SCIPY
        },
    ),
    ("minitab", Convention { quantile_method: QuantileMethod::Weibull, ..Convention::ADJUSTED }),
    ("pandas", Convention::ADJUSTED),
    ("duckdb", Convention::ADJUSTED),
];
