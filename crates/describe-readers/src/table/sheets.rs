//! Sheets of a workbook that a table was read from, for people who check it.

use super::reading::{Reading, TableWarning, TableWarningCode};

/// What was read of a workbook.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SheetReading {
    /// Names of the sheets that were read.
    pub(crate) sheets: Vec<String>,
    /// Names of other visible sheets that have numbers.
    pub(crate) others: Vec<String>,
    /// Whether no sheet was requested.
    pub(crate) is_guess: bool,
    /// Row of the header of the first sheet, from 1; `None` without one.
    pub(crate) header_row: Option<u64>,
    /// Number of title rows above the tables that were left out.
    pub(crate) title_rows: u64,
    /// Number of note rows below the tables that were left out.
    pub(crate) note_rows: u64,
    /// Number of empty cells of group columns that have the value of the merged cells that they belong to.
    pub(crate) merged_cells: u64,
}

impl SheetReading {
    /// The same as for a file of any format; `format` is that of the workbook.
    pub(super) fn into_reading(self, format: &'static str, decimal: &'static str) -> Reading {
        let mut reading = Reading::of(format);
        let mut warn = |code, count: u64, texts| {
            reading.warnings.push(TableWarning { texts, ..TableWarning::new(code).times(count) });
        };
        if self.is_guess && !self.others.is_empty() {
            warn(TableWarningCode::OtherSheets, self.others.len() as u64, self.others.clone());
        }
        if self.merged_cells > 0 {
            warn(TableWarningCode::MergedCells, self.merged_cells, Vec::new());
        }
        let source = &mut reading.source;
        source.sheet = Some(self.sheets.join(", "));
        source.other_sheets = Some(self.others);
        source.decimal = Some(decimal);
        source.header_row = Some(self.header_row);
        source.skipped_rows = Some(self.title_rows);
        source.skipped_end = Some(self.note_rows);
        reading
    }

    /// Adds another sheet of the same table.
    pub(crate) fn add(&mut self, other: Self) {
        self.sheets.extend(other.sheets);
        self.title_rows += other.title_rows;
        self.note_rows += other.note_rows;
        self.merged_cells += other.merged_cells;
    }
}
