//! Diagnostics of single records: collected per block, and numbered when the blocks are put in order.

use super::schema::Schema;
use describe_options::{Diagnostic, Diagnostics, LISTED, Location, Reason, ValueFault, excerpt};

/// A block that was read: few words, for there may be very many.
#[derive(Debug)]
pub(super) struct BlockDiagnostics {
    /// Its place in the table.
    pub(super) place: u64,
    /// Rows that it has, blank ones included.
    pub(super) rows: u64,
    pub(super) records: u64,
    /// Diagnostics of its records, if there are any.
    pub(super) diagnostics: Option<Box<RecordDiagnostics>>,
}

/// Diagnostics of the records of a block; rows are counted within the block.
#[derive(Debug, Default)]
pub(super) struct RecordDiagnostics {
    pub(super) records: u64,
    pub(super) bad: BoundedDiagnostics,
    /// By value: the first [`LISTED`] missing cells, if they are noted.
    pub(super) missing: Vec<Vec<RecordDiagnostic>>,
    /// By value: the first cell that is no number although it should be, and the first that is none at all.
    pub(super) first_bad: Vec<Option<RecordDiagnostic>>,
    pub(super) first_other: Vec<Option<RecordDiagnostic>>,
    /// By value: whether an earlier block has such a cell.
    pub(super) other_told: Vec<bool>,
    /// What ended the reading of the block.
    pub(super) fatal: Option<RecordDiagnostic>,
}

/// The first [`LISTED`] places, and the count of all.
#[derive(Debug, Default)]
pub(super) struct BoundedDiagnostics {
    listed: Vec<RecordDiagnostic>,
    count: u64,
}

/// A place in a table and what is wrong there.
#[derive(Clone, Debug)]
pub(super) struct RecordDiagnostic {
    pub(super) row: u64,
    pub(super) column: Option<usize>,
    pub(super) reason: Reason,
    pub(super) input: Option<String>,
}

impl RecordDiagnostics {
    pub(super) fn resize(&mut self, values: usize) {
        self.missing.resize(values, Vec::new());
        self.first_bad.resize(values, None);
        self.first_other.resize(values, None);
        self.other_told.resize(values, false);
    }

    /// Whether there is nothing to say.
    pub(super) fn is_empty(&self) -> bool {
        let none = |found: &[Option<RecordDiagnostic>]| found.iter().all(Option::is_none);
        self.bad.count == 0
            && self.missing.iter().all(Vec::is_empty)
            && none(&self.first_bad)
            && none(&self.first_other)
            && self.fatal.is_none()
    }

    /// The diagnostics to begin the block with that follows: nothing but of which values the first cells were told.
    pub(super) fn next(&self) -> Self {
        let mut next = Self::default();
        next.resize(self.other_told.len());
        // Blocks come to a aggregate in their order, so the first cell of a column is in the first of them.
        for (told, other) in next.other_told.iter_mut().zip(&self.first_other) {
            *told = other.is_some();
        }
        for (told, before) in next.other_told.iter_mut().zip(&self.other_told) {
            *told |= before;
        }
        next
    }

    /// The diagnostics of all blocks, in whatever order these come, with row numbers of the whole table.
    pub(super) fn joined(mut blocks: Vec<BlockDiagnostics>, first_row: u64, values: usize) -> Self {
        blocks.sort_unstable_by_key(|block| block.place);
        let mut all = Self::default();
        all.resize(values);
        let mut row = first_row;
        for BlockDiagnostics { rows, records, diagnostics, .. } in blocks {
            let shift = |diagnostic: RecordDiagnostic| RecordDiagnostic { row: diagnostic.row + row, ..diagnostic };
            all.records += records;
            let Some(diagnostics) = diagnostics else {
                row += rows;
                continue;
            };
            let diagnostics = *diagnostics;
            all.bad.count += diagnostics.bad.count;
            let lists = std::iter::once((&mut all.bad.listed, diagnostics.bad.listed));
            for (all, block) in lists.chain(all.missing.iter_mut().zip(diagnostics.missing)) {
                let room = LISTED - all.len();
                all.extend(block.into_iter().take(room).map(shift));
            }
            for (all, block) in
                [(&mut all.first_bad, diagnostics.first_bad), (&mut all.first_other, diagnostics.first_other)]
            {
                for (all, block) in all.iter_mut().zip(block) {
                    *all = all.take().or_else(|| block.map(shift));
                }
            }
            if let Some(diagnostic) = diagnostics.fatal {
                all.fatal = Some(shift(diagnostic));
                return all;
            }
            row += rows;
        }
        all
    }
}

impl BoundedDiagnostics {
    pub(super) fn add(&mut self, diagnostic: impl FnOnce() -> RecordDiagnostic) {
        self.count += 1;
        if self.listed.len() < LISTED {
            self.listed.push(diagnostic());
        }
    }

    pub(super) fn into_diagnostics(self, schema: &Schema) -> Diagnostics {
        Diagnostics::new(self.listed.into_iter().map(|diagnostic| diagnostic.in_table(schema)).collect(), self.count)
    }
}

/// The missing cells that were noted, row by row, with their values.
pub(super) fn missing_diagnostics(schema: &Schema, noted: Vec<Vec<RecordDiagnostic>>) -> Vec<(usize, Diagnostic)> {
    let mut found: Vec<(usize, RecordDiagnostic)> = noted
        .into_iter()
        .enumerate()
        .flat_map(|(value, found)| found.into_iter().map(move |diagnostic| (value, diagnostic)))
        .collect();
    found.sort_by_key(|(_, diagnostic)| diagnostic.row);
    found.into_iter().map(|(value, diagnostic)| (value, diagnostic.in_table(schema))).collect()
}

impl RecordDiagnostic {
    pub(super) fn missing(column: usize, row: u64, text: &[u8]) -> Self {
        Self { row, column: Some(column), reason: ValueFault::Missing.into(), input: Some(excerpt(text)) }
    }

    /// The diagnostic with the names of the table's columns.
    pub(super) fn in_table(self, schema: &Schema) -> Diagnostic {
        let column = self.column.map(|column| schema.names[column].clone());
        let location = Location::Cell { row: self.row, column };
        Diagnostic { location, file: None, reason: self.reason, input: self.input }
    }
}
