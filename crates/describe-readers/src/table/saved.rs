//! Table that is restored from the groups of a state.
//!
//! Input: the groups, each with a sample and counts for each column. Output: an [`OpenTable`], which is merged, and completed with
//! margins and totals, as one that was read from records.

use describe::Retention;
#[cfg(feature = "sql")]
use describe::trim_blanks;
use describe_options::{InputError, Options};

use super::aggregate::Aggregate;
#[cfg(feature = "sql")]
use super::cell::Cell;
use super::column::SavedGroup;
use super::reading::{Reading, TableWarningCode};
use super::results::OpenTable;
#[cfg(feature = "sql")]
use super::schema::CellClass;
use super::schema::Schema;
use crate::limits::Limits;

/// Table to which saved groups are added.
pub(crate) struct SavedTable {
    schema: Schema,
    aggregate: Aggregate,
}

impl SavedTable {
    /// A table without groups. `options` name its columns and group columns; samples are merged into ones with this retention.
    pub(crate) fn new(options: &Options, limits: &Limits, retention: Retention) -> Self {
        let schema = Schema::saved(options, limits, retention);
        Self { aggregate: Aggregate::new(&schema), schema }
    }

    /// Adds a group.
    ///
    /// # Errors
    /// More groups, memory or time than the task may take.
    pub(crate) fn add(&mut self, group: &SavedGroup) -> Result<(), InputError> {
        self.aggregate.restore(&self.schema, group)
    }

    /// What a text is as a cell of a column, by the options.
    #[cfg(feature = "sql")]
    pub(crate) fn classify(&self, text: &[u8]) -> CellClass {
        let text = trim_blanks(text);
        self.schema.classify(Cell::Text(text), text)
    }

    /// The table, which has this number of records.
    pub(crate) fn finish(self, rows: u64, reading: Reading) -> OpenTable {
        OpenTable::restored(self.schema, self.aggregate, rows, reading)
    }
}

/// Warnings that a state holds. The number of each in a state is its position here, so that new ones are added at the end.
const SAVED_WARNINGS: [TableWarningCode; 13] = [
    TableWarningCode::TotalRow,
    TableWarningCode::NoteRows,
    TableWarningCode::TitleRows,
    TableWarningCode::NoHeader,
    TableWarningCode::NumericHeader,
    TableWarningCode::SecondHeader,
    TableWarningCode::ShortRecords,
    TableWarningCode::StrayQuotes,
    TableWarningCode::Encoding,
    TableWarningCode::OtherSheets,
    TableWarningCode::MergedCells,
    TableWarningCode::Identifier,
    TableWarningCode::RowNames,
];

/// Number of a warning in a state; `None` for one that is found again in the results.
pub(crate) fn saved_warning_number(code: TableWarningCode) -> Option<u8> {
    SAVED_WARNINGS.iter().zip(0..).find(|(saved, _)| **saved == code).map(|(_, number)| number)
}

/// Warning with this number in a state.
pub(crate) fn saved_warning_code(number: u8) -> Option<TableWarningCode> {
    SAVED_WARNINGS.get(usize::from(number)).copied()
}
