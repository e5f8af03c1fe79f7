//! Results of SQL statements that described a table.

use super::kind::Kind;

/// Fault of the result of a statement, or of what the database computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SqlFault {
    /// The text is neither delimited text with a header row nor JSON.
    Unreadable {
        /// What the parser says.
        reason: String,
    },
    /// There is no row.
    NoRows,
    /// A row without a recipe, or with another one than the rows before it, or of another version.
    Recipe {
        /// Number of the row below the header, from 1.
        row: u64,
    },
    /// A cell that is missing or is not a whole number.
    Cell {
        /// Number of the row below the header, from 1.
        row: u64,
        /// Name of the column.
        column: String,
        /// The cell, cut.
        input: String,
    },
    /// A row of the same group, or of the same value of a column of a group, as one before it.
    Repeated {
        /// Number of the row below the header, from 1.
        row: u64,
    },
    /// A group has fewer records of a described column than of another one.
    MissingRows {
        /// The first described column, and the number of its records.
        first: (String, u64),
        /// Another one.
        other: (String, u64),
    },
    /// A text in a described column that is not a number.
    Text {
        /// Number of the row below the header, from 1.
        row: u64,
        /// The described column.
        column: String,
        /// The text, cut.
        input: String,
    },
    /// The result describes more cells than are counted.
    TooManyValues,
    /// Cells that the cast to a decimal did not keep.
    Inexact {
        /// The described column.
        column: String,
        /// Number of the cells.
        count: u64,
        /// Number of decimal places.
        scale: u32,
    },
    /// Sums that may have been too large for the database.
    Overflow {
        /// The described column.
        column: String,
        /// Number of the row below the header, from 1.
        row: u64,
        /// Name of the dialect.
        dialect: &'static str,
    },
    /// Figures of a row that no numbers have together.
    Contradiction {
        /// The described column.
        column: String,
        /// Number of the row below the header, from 1.
        row: u64,
    },
    /// A statistic, or a rule of publication, needs the values in order, and the result has sums alone.
    NoValues,
}

impl SqlFault {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. }
            | Self::NoRows
            | Self::Recipe { .. }
            | Self::Cell { .. }
            | Self::Repeated { .. }
            | Self::MissingRows { .. }
            | Self::Text { .. }
            | Self::TooManyValues => "sql_result",
            Self::Inexact { .. } => "sql_inexact",
            Self::Overflow { .. } => "sql_overflow",
            Self::Contradiction { .. } => "sql_contradiction",
            Self::NoValues => "sql_without_values",
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Unreadable { .. } => Kind::Malformed,
            Self::NoRows
            | Self::Recipe { .. }
            | Self::Cell { .. }
            | Self::Repeated { .. }
            | Self::MissingRows { .. }
            | Self::Text { .. }
            | Self::TooManyValues
            | Self::Inexact { .. }
            | Self::Overflow { .. }
            | Self::Contradiction { .. }
            | Self::NoValues => Kind::Invalid,
        }
    }
}
