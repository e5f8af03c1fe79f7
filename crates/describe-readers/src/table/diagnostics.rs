//! Diagnostics of records: collected per block, and numbered when the blocks are put in order.
//!
//! Input: diagnostics with row numbers within a block. Output: the first [`MAX_LISTED_DIAGNOSTICS`] diagnostics of the table
//! and the count of all, with row numbers of the file.

use super::bad_cells::BadCells;
use super::schema::Schema;
use describe_options::{Diagnostic, Diagnostics, Location, MAX_LISTED_DIAGNOSTICS, Reason, ValueFault, excerpt};

/// Summary of a block. It is small, because a table may have very many blocks.
#[derive(Debug)]
pub(super) struct BlockDiagnostics {
    /// Number of the block in the table.
    pub(super) number: u64,
    /// Number of rows, blank ones included.
    pub(super) rows: u64,
    pub(super) records: u64,
    /// Diagnostics of the block's records, if there are any.
    pub(super) diagnostics: Option<Box<RecordDiagnostics>>,
}

/// Diagnostics of the records of a block, with row numbers within the block.
#[derive(Debug, Default)]
pub(super) struct RecordDiagnostics {
    pub(super) records: u64,
    /// Number of rows of all blocks, blank ones included.
    pub(super) rows: u64,
    pub(super) short_records: Places,
    pub(super) stray_quotes: Places,
    /// Errors of whole records.
    pub(super) errors: BoundedDiagnostics,
    /// Refused cells of the block; those of completed blocks are in the aggregate.
    pub(super) bad_cells: BadCells,
    /// First [`MAX_LISTED_DIAGNOSTICS`] missing cells of each value, if they are listed.
    pub(super) missing: Vec<Vec<RecordDiagnostic>>,
    /// First cell of each value that shows that it is not numeric: neither a number nor missing nor an absence code, or an
    /// identifier.
    pub(super) first_invalid: Vec<Option<RecordDiagnostic>>,
    /// First cell of each value that is missing or an absence code.
    pub(super) first_other: Vec<Option<RecordDiagnostic>>,
    /// For each value, whether an earlier block of the same aggregate has a cell in `first_other`.
    pub(super) other_reported: Vec<bool>,
    /// Diagnostic that ended the reading of the block.
    pub(super) fatal: Option<RecordDiagnostic>,
}

/// Count of places in a table, and the row of the first one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Places {
    pub(super) count: u64,
    pub(super) first_row: Option<u64>,
}

impl Places {
    pub(super) fn add(&mut self, row: u64, count: u64) {
        if count > 0 {
            self.count += count;
            self.first_row.get_or_insert(row);
        }
    }
}

/// First [`MAX_LISTED_DIAGNOSTICS`] diagnostics, and the count of all.
#[derive(Debug, Default)]
pub(super) struct BoundedDiagnostics {
    listed: Vec<RecordDiagnostic>,
    count: u64,
}

/// Error at a record or a cell of a table.
#[derive(Clone, Debug)]
pub(super) struct RecordDiagnostic {
    pub(super) row: u64,
    pub(super) column: Option<usize>,
    pub(super) reason: Reason,
    pub(super) input: Option<String>,
    /// Whether the cell is an identifier.
    pub(super) is_identifier: bool,
    /// Whether the cell was read as Windows-1252.
    pub(super) is_windows_1252: bool,
}

impl RecordDiagnostics {
    pub(super) fn resize(&mut self, values: usize) {
        self.missing.resize(values, Vec::new());
        self.first_invalid.resize(values, None);
        self.first_other.resize(values, None);
        self.other_reported.resize(values, false);
    }

    /// Whether there are no diagnostics.
    pub(super) fn is_empty(&self) -> bool {
        let none = |diagnostics: &[Option<RecordDiagnostic>]| diagnostics.iter().all(Option::is_none);
        self.errors.count == 0
            && self.short_records.count == 0
            && self.stray_quotes.count == 0
            && self.missing.iter().all(Vec::is_empty)
            && none(&self.first_invalid)
            && none(&self.first_other)
            && self.fatal.is_none()
    }

    /// Memory of the diagnostics of a block.
    pub(super) fn bytes(&self) -> usize {
        let value = 2 * size_of::<Option<RecordDiagnostic>>() + size_of::<Vec<RecordDiagnostic>>() + size_of::<bool>();
        size_of::<Self>() + self.other_reported.len() * value + MAX_LISTED_DIAGNOSTICS * size_of::<RecordDiagnostic>()
    }

    /// Diagnostics at the start of the next block: empty, except for the values whose first cell was already reported.
    pub(super) fn next(&self) -> Self {
        let mut next = Self::default();
        next.resize(self.other_reported.len());
        // An aggregate processes its blocks in ascending order, so later blocks cannot have the first cell of a value.
        for (reported, other) in next.other_reported.iter_mut().zip(&self.first_other) {
            *reported = other.is_some();
        }
        for (reported, before) in next.other_reported.iter_mut().zip(&self.other_reported) {
            *reported |= before;
        }
        next
    }

    /// Joins the diagnostics of all blocks, which may be in any order. The rows of the result are numbered from `first_row`. Returns
    /// also the first row of each block.
    pub(super) fn joined(mut blocks: Vec<BlockDiagnostics>, first_row: u64, values: usize) -> (Self, FirstRows) {
        blocks.sort_unstable_by_key(|block| block.number);
        let mut all = Self::default();
        all.resize(values);
        let mut first_rows = FirstRows(Vec::with_capacity(blocks.len()));
        let mut row = first_row;
        for BlockDiagnostics { number, rows, records, diagnostics } in blocks {
            first_rows.0.push((number, row));
            let shift = |diagnostic: RecordDiagnostic| RecordDiagnostic { row: diagnostic.row + row, ..diagnostic };
            all.records += records;
            let Some(diagnostics) = diagnostics else {
                row += rows;
                continue;
            };
            let diagnostics = *diagnostics;
            for (all, block) in
                [(&mut all.short_records, diagnostics.short_records), (&mut all.stray_quotes, diagnostics.stray_quotes)]
            {
                all.add(block.first_row.unwrap_or_default() + row, block.count);
            }
            all.errors.count += diagnostics.errors.count;
            let lists = std::iter::once((&mut all.errors.listed, diagnostics.errors.listed));
            for (all, block) in lists.chain(all.missing.iter_mut().zip(diagnostics.missing)) {
                let room = MAX_LISTED_DIAGNOSTICS - all.len();
                all.extend(block.into_iter().take(room).map(shift));
            }
            for (all, block) in
                [(&mut all.first_invalid, diagnostics.first_invalid), (&mut all.first_other, diagnostics.first_other)]
            {
                for (all, block) in all.iter_mut().zip(block) {
                    *all = all.take().or_else(|| block.map(shift));
                }
            }
            if let Some(diagnostic) = diagnostics.fatal {
                all.fatal = Some(shift(diagnostic));
                break;
            }
            row += rows;
        }
        all.rows = row - first_row;
        (all, first_rows)
    }
}

/// Number of each block and its first row, ascending.
#[derive(Debug)]
pub(super) struct FirstRows(Vec<(u64, u64)>);

impl FirstRows {
    /// First row of the block with this number.
    pub(super) fn of(&self, block: u64) -> u64 {
        let found = self.0.binary_search_by_key(&block, |(number, _)| *number);
        found.map_or(0, |place| self.0[place].1)
    }
}

impl BoundedDiagnostics {
    /// Counts a diagnostic, and lists it if it is among the first.
    pub(super) fn add(&mut self, diagnostic: impl FnOnce() -> RecordDiagnostic) {
        self.count += 1;
        if self.listed.len() < MAX_LISTED_DIAGNOSTICS {
            self.listed.push(diagnostic());
        }
    }

    /// Converts to diagnostics with the names of the table's columns, together with those of its refused cells, by row.
    pub(super) fn into_diagnostics(self, schema: &Schema, bad_cells: BadCells, first_rows: &FirstRows) -> Diagnostics {
        let count = self.count + bad_cells.count;
        let records = self.listed.into_iter().map(|diagnostic| (diagnostic.row, diagnostic.in_table(schema)));
        let mut all: Vec<(u64, Diagnostic)> = records.collect();
        all.extend(bad_cells.into_diagnostics(schema, |block| first_rows.of(block)));
        all.sort_by_key(|(row, _)| *row);
        Diagnostics::new(
            all.into_iter().map(|(_, diagnostic)| diagnostic).take(MAX_LISTED_DIAGNOSTICS).collect(),
            count,
        )
    }
}

/// Listed missing cells with their values, sorted by row.
pub(super) fn missing_diagnostics(schema: &Schema, listed: Vec<Vec<RecordDiagnostic>>) -> Vec<(usize, Diagnostic)> {
    let mut sorted: Vec<(usize, RecordDiagnostic)> = listed
        .into_iter()
        .enumerate()
        .flat_map(|(value, cells)| cells.into_iter().map(move |diagnostic| (value, diagnostic)))
        .collect();
    sorted.sort_by_key(|(_, diagnostic)| diagnostic.row);
    sorted.into_iter().map(|(value, diagnostic)| (value, diagnostic.in_table(schema))).collect()
}

impl RecordDiagnostic {
    pub(super) fn new(row: u64, column: Option<usize>, reason: Reason, input: Option<String>) -> Self {
        Self { row, column, reason, input, is_identifier: false, is_windows_1252: false }
    }

    /// Diagnostic of a missing cell.
    pub(super) fn missing(column: usize, row: u64, text: &[u8]) -> Self {
        Self::new(row, Some(column), ValueFault::Missing.into(), Some(excerpt(text)))
    }

    /// Converts to a diagnostic with the name of the table's column.
    pub(super) fn in_table(self, schema: &Schema) -> Diagnostic {
        let column = self.column.map(|column| schema.names[column].clone());
        let location = Location::Cell { row: self.row, column };
        Diagnostic { input: self.input, ..Diagnostic::new(location, self.reason) }
    }
}
