//! The words that options accept, each with its meaning. The table of options publishes them.

use describe::{MomentConventions, NanPolicy, QuantileMethod};
use describe_items::Unanswered;

/// Defines an enumeration and the list of its variants with their words from one list.
macro_rules! words_enum {
    ($(#[$attribute:meta])* $name:ident { $($(#[$variant_attribute:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_attribute])* $variant,)+
        }

        impl $name {
            /// All variants with their words, in the order of the enumeration.
            pub const ALL: [(&str, Self); [$($word),+].len()] = [$(($word, Self::$variant)),+];
        }
    };
}

words_enum! {
    /// Axis along which nested arrays are described.
    Axis {
        /// A result for each column: `0`, the default.
        Columns = "0",
        /// A result for each row: `1`.
        Rows = "1",
        /// All numbers as one array: `none`.
        Flat = "none",
    }
}

/// Words of `nan_policy`.
pub const NAN_POLICIES: [(&str, NanPolicy); 3] =
    [("propagate", NanPolicy::Propagate), ("raise", NanPolicy::Raise), ("omit", NanPolicy::Omit)];

/// Words of `kurtosis`: whether that of a normal distribution is 3.
pub const KURTOSES: [(&str, bool); 2] = [("fisher", false), ("pearson", true)];

words_enum! {
    /// Type of weights.
    #[derive(Default)]
    WeightType {
        /// The number of times that a value occurs.
        #[default]
        Frequency = "frequency",
        /// The reliability of a value.
        Reliability = "reliability",
    }
}

/// Words of `invalid`: whether a non-numeric cell is counted as missing.
pub const INVALID: [(&str, bool); 2] = [("error", false), ("missing", true)];

/// Words of `header`: whether there is a header row, `None` to find out.
pub const HEADERS: [(&str, Option<bool>); 3] = [("auto", None), ("true", Some(true)), ("false", Some(false))];

/// Other spellings of words of `header`.
pub(super) const OTHER_HEADERS: [(&str, Option<bool>); 2] = [("1", Some(true)), ("0", Some(false))];

/// Words of `skip_rows` and `skip_end`.
pub const ROWS: [(&str, Option<u64>); 1] = [("auto", None)];

/// Words of `decimal`: whether the decimal mark is a comma.
pub const MARKS: [(&str, bool); 2] = [(".", false), (",", true)];

words_enum! {
    /// Separator between groups of three digits.
    ThousandsMark {
        /// As in 1,234,567.
        Comma = ",",
        /// As in 1.234.567.
        Point = ".",
        /// As in 1 234 567: a space, or a no-break, thin or figure space.
        Blank = "blank",
        /// As in 1'234'567; also the typographic one, U+2019.
        Apostrophe = "'",
    }
}

impl ThousandsMark {
    /// The word of the option.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL[self as usize].0
    }

    /// Whether a character is this separator.
    #[must_use]
    pub fn is(self, character: char) -> bool {
        match self {
            Self::Comma => character == ',',
            Self::Point => character == '.',
            Self::Blank => matches!(character, ' ' | '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}'),
            Self::Apostrophe => matches!(character, '\'' | '\u{2019}'),
        }
    }
}

/// Other spellings of words of `thousands`: the separators themselves.
pub(super) const OTHER_THOUSANDS: [(&str, ThousandsMark); 4] = [
    (" ", ThousandsMark::Blank),
    ("\u{a0}", ThousandsMark::Blank),
    ("\u{202f}", ThousandsMark::Blank),
    ("\u{2019}", ThousandsMark::Apostrophe),
];

words_enum! {
    /// Format of an answer.
    #[derive(Default)]
    Format {
        /// One JSON document.
        #[default]
        Json = "json",
        /// A JSON document for each result, one a line.
        Ndjson = "ndjson",
        /// Comma-separated values: a record for each result below a header row.
        Csv = "csv",
        /// Text with tables.
        Markdown = "markdown",
        /// A report with tables and charts.
        Html = "html",
        /// A chart.
        Svg = "svg",
        /// A workbook.
        Xlsx = "xlsx",
        /// A workbook in the open format.
        Ods = "ods",
        /// A state: saved results that can be added.
        State = "state",
    }
}

impl Format {
    /// Ending of the name of a file in this format, without its point.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::Markdown => "md",
            Self::Html => "html",
            Self::Svg => "svg",
            Self::Xlsx => "xlsx",
            Self::Ods => "ods",
            Self::State => "state",
        }
    }

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

    /// Whether the format is not text.
    #[must_use]
    pub fn is_binary(self) -> bool {
        self.is_workbook() || self == Self::State
    }

    /// Whether people look at it, as charts, reports and workbooks, and not programs.
    #[must_use]
    pub fn is_for_people(self) -> bool {
        !matches!(self, Self::Json | Self::Ndjson | Self::Csv | Self::State)
    }

    /// Whether an answer in this format always has its provenance.
    #[must_use]
    pub fn is_report(self) -> bool {
        self == Self::Html || self.is_workbook()
    }
}

words_enum! {
    /// Kind of chart.
    ChartKind {
        /// A histogram with a box plot above it.
        Histogram = "histogram",
        /// A box plot with its five numbers.
        Boxes = "box",
        /// The share of values at or below each value.
        Ecdf = "ecdf",
        /// The box plots of all results on one axis.
        Compare = "compare",
        /// The mean and the middle half over the values of the last group column, for each value of the others.
        Trend = "trend",
        /// The facility and the discrimination of each item.
        Discrimination = "discrimination",
        /// The facility of an item in bands of candidates by total.
        Characteristics = "characteristics",
    }
}

words_enum! {
    /// Layout of the results of groups in a report.
    Layout {
        /// The values of a group column across, those of the others down.
        Crosstab = "crosstab",
        /// A row for each group.
        List = "list",
    }
}

/// Words of `unanswered`.
pub const UNANSWERED: [(&str, Unanswered); 3] =
    [("zero", Unanswered::Zero), ("complete", Unanswered::Complete), ("pairwise", Unanswered::Pairwise)];

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
