//! Sheets of a workbook that a table was read from, for people who check it.

/// What was read of a workbook.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetReading {
    /// Names of the sheets that were read.
    pub sheets: Vec<String>,
    /// Names of other visible sheets that have numbers.
    pub others: Vec<String>,
    /// Whether no sheet was requested.
    pub is_guess: bool,
    /// Row of the header of the first sheet, from 1; `None` without one.
    pub header_row: Option<u64>,
    /// Number of title rows above the tables that were left out.
    pub title_rows: u64,
    /// Number of empty cells of group columns that have the value of the merged cells that they belong to.
    pub merged_cells: u64,
}

impl SheetReading {
    /// Adds another sheet of the same table.
    #[cfg(feature = "workbook")]
    pub(crate) fn add(&mut self, other: Self) {
        self.sheets.extend(other.sheets);
        self.title_rows += other.title_rows;
        self.merged_cells += other.merged_cells;
    }
}
