//! Tables: delimited records, columns that options name, weights.

use super::cell::CellFault;
use super::kind::Kind;
use crate::option_table::OptionName;

/// Fault of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableFault {
    /// A quote is opened and never closed.
    UnclosedQuote,
    /// A record has more or fewer cells than the header.
    RaggedRow {
        /// Number of cells of the record.
        cells: usize,
        /// Number of cells of the header.
        header: usize,
        /// What may be the reason in delimited text.
        cause: Option<RaggedCause>,
    },
    /// A cell is not a number.
    NotANumber(CellFault),
    /// A cell is not one of the categories.
    NotACategory {
        /// The category that differs from it in blanks, case or Unicode form alone, cut.
        lookalike: Option<String>,
    },
    /// A group has marks and no boundaries.
    NoBoundaries {
        /// The values of the group columns, cut.
        group: String,
        /// The group with boundaries whose values differ from them in blanks, case or Unicode form alone, cut.
        lookalike: Option<String>,
    },
    /// Marks of a group are above the maximum in the table of boundaries.
    AboveMaximum {
        /// The values of the group columns, cut.
        group: String,
        /// The maximum.
        maximum: String,
        /// The highest mark.
        highest: String,
    },
    /// A column has more different marks than are tallied, so that no grades can be made from them.
    TooManyMarks,
    /// An option names a column that does not exist.
    UnknownColumn {
        /// The option.
        option: OptionName,
        /// The name, cut.
        name: String,
        /// The column whose name is most like it, cut.
        nearest: Option<String>,
        /// The names of the first columns, cut.
        columns: Vec<String>,
    },
    /// An option names a column whose name the header has more than once.
    RepeatedColumn {
        /// The option.
        option: OptionName,
        /// The name, cut.
        name: String,
    },
    /// A group column has lists, maps or structures.
    NestedColumn {
        /// The option.
        option: OptionName,
        /// The name, cut.
        name: String,
        /// Type of the column in words.
        holds: &'static str,
    },
    /// A weight is missing.
    MissingWeight,
    /// A weight is not a number.
    WeightNotANumber,
    /// A reliability weight is not above zero.
    WeightNotPositive,
    /// A frequency weight is not an integer from 0 to the maximum.
    WeightNotAFrequency {
        /// The maximum.
        max: u64,
    },
    /// An axis was requested, which a table does not have.
    Axis,
    /// Option of texts and sheets with data in which no records stand before or behind the table.
    NotForFormat {
        /// The option.
        option: OptionName,
    },
    /// No sheet has the requested name or number.
    UnknownSheet {
        /// Requested name or number, cut.
        name: String,
        /// The names of the first sheets, cut.
        sheets: Vec<String>,
    },
}

/// Probable reason why a record of delimited text has more cells than the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RaggedCause {
    /// A quote follows a backslash: a program wrote it that escapes by backslashes.
    Backslash,
    /// Columns are aligned by blanks, and each blank was taken for a delimiter.
    AlignedColumns,
}

impl TableFault {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::UnclosedQuote => "unclosed_quote",
            Self::RaggedRow { .. } => "ragged_row",
            Self::NotANumber(_) => "float_parsing",
            Self::NotACategory { .. } => "category",
            Self::NoBoundaries { .. } | Self::AboveMaximum { .. } | Self::TooManyMarks => "boundaries",
            Self::UnknownColumn { .. } => "unknown_column",
            Self::RepeatedColumn { .. } => "repeated_column",
            Self::NestedColumn { .. } => "nested_column",
            Self::MissingWeight
            | Self::WeightNotANumber
            | Self::WeightNotPositive
            | Self::WeightNotAFrequency { .. } => "weight",
            Self::Axis => "axis",
            Self::NotForFormat { .. } => "not_for_format",
            Self::UnknownSheet { .. } => "unknown_sheet",
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::UnclosedQuote => Kind::Malformed,
            Self::RaggedRow { .. }
            | Self::NotANumber(_)
            | Self::NotACategory { .. }
            | Self::NoBoundaries { .. }
            | Self::AboveMaximum { .. }
            | Self::TooManyMarks
            | Self::UnknownColumn { .. }
            | Self::RepeatedColumn { .. }
            | Self::NestedColumn { .. }
            | Self::MissingWeight
            | Self::WeightNotANumber
            | Self::WeightNotPositive
            | Self::WeightNotAFrequency { .. }
            | Self::Axis
            | Self::NotForFormat { .. }
            | Self::UnknownSheet { .. } => Kind::Invalid,
        }
    }
}
