//! Answers that cannot be given, although the data are sound.

use super::kind::Kind;
use crate::option_table::OptionName;

/// Reason why an answer cannot be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerFault {
    /// An option that concerns tables was given with an array of numbers.
    NotATable {
        /// The option.
        option: OptionName,
    },
    /// Rows were requested of an array without rows.
    FlatArray,
    /// Statistics that need the order of the values were requested after more distinct values than are tallied
    /// speculatively.
    AskedTooLate {
        /// Maximum number of distinct values tallied speculatively.
        max: usize,
    },
    /// A frequency table would have too many rows.
    TooManyRows {
        /// Name of the statistic that is the table.
        table: &'static str,
        /// Maximum number of rows.
        max: usize,
    },
    /// Too many pairs of groups would be compared.
    TooManyPairs {
        /// Number of pairs.
        pairs: usize,
        /// Maximum number of pairs.
        max: usize,
    },
    /// The baseline names a group that does not exist.
    UnknownGroup {
        /// The name, cut.
        name: String,
        /// The first groups, cut, each as `column:value` with commas between.
        groups: Vec<String>,
    },
    /// A chart has too many results.
    TooManyResults {
        /// Number of results.
        results: usize,
        /// Maximum number of results in a chart.
        max: usize,
    },
    /// A table is too large for a sheet of a workbook.
    SheetTooLarge {
        /// The table's rows and columns.
        size: [usize; 2],
        /// Maximum numbers of rows and columns of a sheet.
        max: [usize; 2],
    },
    /// The writer of a format failed.
    Unwritable {
        /// The format's name.
        format: &'static str,
        /// Message of the writer.
        detail: String,
    },
    /// Proving that no withheld count can be derived would take too long.
    SuppressionTooLong,
    /// A stamp was requested after data that were not hashed.
    StampTooLate,
    /// A state was requested after data of which it would not hold everything.
    StateTooLate,
    /// Correlations were requested after data that were read without them.
    CorrelationsTooLate,
    /// A state of nested arrays was requested.
    NestedState,
    /// A state would reveal the values of groups that are to be suppressed.
    SmallGroups {
        /// Number of results with fewer values than the threshold.
        results: usize,
        /// The threshold.
        threshold: u64,
    },
}

impl AnswerFault {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NotATable { .. } => "not_a_table",
            Self::FlatArray => "axis",
            Self::AskedTooLate { .. } | Self::StampTooLate | Self::StateTooLate | Self::CorrelationsTooLate => {
                "too_late"
            }
            Self::TooManyRows { .. } => "too_many_rows",
            Self::TooManyPairs { .. } => "too_many_pairs",
            Self::UnknownGroup { .. } => "unknown_group",
            Self::TooManyResults { .. } => "too_many_results",
            Self::SheetTooLarge { .. } => "sheet_too_large",
            Self::Unwritable { .. } => "unwritable",
            Self::SuppressionTooLong => "suppression_too_long",
            Self::NestedState => "nested_state",
            Self::SmallGroups { .. } => "small_groups",
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::SuppressionTooLong => Kind::TooLarge,
            Self::NotATable { .. }
            | Self::FlatArray
            | Self::AskedTooLate { .. }
            | Self::TooManyRows { .. }
            | Self::TooManyPairs { .. }
            | Self::UnknownGroup { .. }
            | Self::TooManyResults { .. }
            | Self::SheetTooLarge { .. }
            | Self::Unwritable { .. }
            | Self::StampTooLate
            | Self::StateTooLate
            | Self::CorrelationsTooLate
            | Self::NestedState
            | Self::SmallGroups { .. } => Kind::Invalid,
        }
    }
}
