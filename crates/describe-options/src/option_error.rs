//! Faults of an option, or of options together. Each error carries its values; the values that an option accepts are in the
//! table of options.

use describe::Statistic;

use crate::enums::Format;
use crate::option_table::OptionName;
use crate::option_type::ValueType;

/// Fault of an option, or of options together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionError {
    /// No option has this name.
    UnknownName {
        /// The name, cut.
        name: String,
        /// The known name that is most like it.
        nearest: &'static str,
    },
    /// `numbers` was given where only options can be, beside data.
    NumbersBesideData,
    /// The option was given in two places.
    GivenTwice(OptionName),
    /// The option accepts one value and was given several.
    SeveralValues {
        /// The option.
        option: OptionName,
        /// Number of values given.
        count: usize,
    },
    /// An item is in a list twice.
    RepeatedItem {
        /// The option.
        option: OptionName,
        /// The item, cut.
        item: String,
    },
    /// Two grades have one name or one boundary.
    RepeatedBoundary {
        /// The name of the second one, cut.
        grade: String,
    },
    /// A grade has the name of the row for values below all boundaries.
    ReservedGrade,
    /// A list has no items.
    EmptyList(OptionName),
    /// A list has too many items.
    TooManyItems {
        /// The option.
        option: OptionName,
        /// Maximum number of items.
        max: usize,
    },
    /// The value is not of the option's type.
    WrongType(OptionName),
    /// The value is outside the option's range, or is not a number.
    OutOfRange(OptionName),
    /// No statistic has this name.
    UnknownStatistic {
        /// The option.
        option: OptionName,
        /// The name, cut.
        name: String,
        /// The known name that is most like it.
        nearest: &'static str,
    },
    /// A statistic was requested by name, and the option that it needs is missing.
    MissingOption {
        /// The statistic.
        statistic: Statistic,
        /// The option.
        option: OptionName,
    },
    /// An option has no effect without another one.
    Needs {
        /// The option.
        option: OptionName,
        /// The other one.
        needed: OptionName,
    },
    /// The option names a column that is not one of the group columns.
    NotGrouped(OptionName),
    /// The option is about numbers, and categories are counted.
    NotForCategories(OptionName),
    /// The option cannot be given where correlations are computed.
    NotWithCorrelations(OptionName),
    /// A category is also a code of absences, or a marker of missing values.
    CategoryIsCode {
        /// The option that has it, too.
        option: OptionName,
        /// The category, cut.
        code: String,
    },
    /// The table of boundaries cannot be used.
    Grades(GradesFault),
    /// The boundaries depend on a column that is not one of the group columns.
    BoundariesNotGrouped {
        /// The column, cut.
        column: String,
    },
    /// A right answer is also a code of absences, of items that were not reached, or a marker of missing values.
    KeyIsCode {
        /// The option that has it, too.
        option: OptionName,
        /// The answer, cut.
        code: String,
    },
    /// The column of weights is also a described column or a group column.
    WeightsUsedElsewhere,
    /// Reliability weights have no variance with this `ddof`.
    ReliabilityDdof,
    /// Reliability weights have biased skewness and kurtosis only.
    ReliabilityMoments,
    /// Reliability weights have quantiles by `inverted_cdf` only.
    ReliabilityQuantiles,
    /// Groups with reliability weights cannot be compared.
    ReliabilityComparison,
    /// Outcomes are predicted within bands, which are compared themselves.
    PredictedWithinBands,
    /// The decimal mark is also the separator of thousands.
    ThousandsIsDecimal {
        /// Whether it is a comma; otherwise it is a point.
        is_comma: bool,
    },
    /// A chart was requested in a format without charts.
    ChartInFormat(Format),
    /// A stamp was requested in a format that has no place for it.
    StampInFormat(Format),
    /// The option has no part in item analysis.
    NotWithItems(OptionName),
    /// The maximum marks of items with a key were given, each of which is 1.
    MaximaWithKey,
    /// A chart that shows every value was requested together with rules of publication.
    EcdfWithRules,
}

#[cfg(feature = "grades")]
impl GradesFault {
    /// The line that is wrong: the first one, if it is that or the whole table.
    pub(super) fn line(&self) -> u64 {
        match self {
            Self::Malformed { line }
            | Self::Unnamed { line }
            | Self::BadGrade { line }
            | Self::NotANumber { line, .. }
            | Self::Repeated { line }
            | Self::Maximum { line } => *line,
            _ => 1,
        }
    }
}

/// What is wrong with a table of boundaries; lines are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GradesFault {
    /// A line is not a record of as many cells as the first one has.
    Malformed {
        /// The line.
        line: u64,
    },
    /// The first line does not have this column.
    LacksColumn(&'static str),
    /// The first line has a column twice.
    RepeatedColumn {
        /// The name, cut.
        name: String,
    },
    /// A column without a name has a value.
    Unnamed {
        /// The line.
        line: u64,
    },
    /// No line follows the first one.
    NoGrades,
    /// A grade has no name, or that of the marks below all boundaries.
    BadGrade {
        /// The line.
        line: u64,
    },
    /// A boundary or maximum is not a number.
    NotANumber {
        /// The line.
        line: u64,
        /// The column.
        column: &'static str,
        /// The text, cut.
        text: String,
    },
    /// A group has the grade or the boundary twice.
    Repeated {
        /// The line.
        line: u64,
    },
    /// A group has another maximum on an earlier line, or a boundary above its maximum.
    Maximum {
        /// The line.
        line: u64,
    },
    /// The order that was given lacks a grade.
    NotInOrder {
        /// The grade, cut.
        grade: String,
    },
    /// No group says which of two grades is the better one.
    Unordered {
        /// One, cut.
        first: String,
        /// The other one, cut.
        second: String,
    },
    /// The order that was given has the marks below all boundaries before other grades.
    BelowNotLast,
    /// The boundaries of a group contradict the order that was given.
    AgainstOrder {
        /// A grade whose boundary is above that of a grade before it, cut.
        grade: String,
        /// The values of the group columns, cut.
        group: String,
    },
    /// The boundaries of groups contradict each other.
    Contradictory {
        /// A grade that is concerned, cut.
        grade: String,
    },
}

impl OptionError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownName { .. } | Self::NumbersBesideData => "extra_forbidden",
            Self::GivenTwice(_)
            | Self::SeveralValues { .. }
            | Self::RepeatedItem { .. }
            | Self::RepeatedBoundary { .. }
            | Self::ReservedGrade => "repeated",
            Self::EmptyList(_) => "missing",
            Self::WrongType(option) => match option.spec().value {
                ValueType::Boolean => "bool_parsing",
                ValueType::Integer { .. } | ValueType::IntegerOrTexts { .. } => "int_parsing",
                _ => "literal_error",
            },
            Self::OutOfRange(_) => "out_of_range",
            Self::Grades(_) => "boundaries",
            Self::TooManyItems { .. } | Self::UnknownStatistic { .. } => "literal_error",
            Self::MissingOption { .. } => "missing_option",
            Self::Needs { .. }
            | Self::NotGrouped(_)
            | Self::BoundariesNotGrouped { .. }
            | Self::NotForCategories(_)
            | Self::NotWithCorrelations(_)
            | Self::CategoryIsCode { .. }
            | Self::KeyIsCode { .. }
            | Self::WeightsUsedElsewhere
            | Self::ReliabilityDdof
            | Self::ReliabilityMoments
            | Self::ReliabilityQuantiles
            | Self::ReliabilityComparison
            | Self::PredictedWithinBands
            | Self::ThousandsIsDecimal { .. }
            | Self::NotWithItems(_)
            | Self::MaximaWithKey => "options_together",
            Self::ChartInFormat(_) | Self::StampInFormat(_) | Self::EcdfWithRules => "conflict",
        }
    }
}
