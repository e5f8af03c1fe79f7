//! Cells of items, candidate by candidate.
//!
//! Input: the cells of a record. Output: a tally for each group, and diagnostics of refused cells. Invariant: tallies merge exactly, so
//! that the result does not depend on the blocks.

use std::ops::Range;

use describe::{ParseError, trim_blanks};
use describe_items::{ItemCell, ItemTally, MAX_DECIMALS, MAX_MARK, Mark};
use describe_options::{ItemFault, TableFault, TextFault, ValueFault, excerpt};

use super::cell::Cell;
use super::diagnostics::{RecordDiagnostic, RecordDiagnostics};
use super::item_columns::ItemColumns;
use super::schema::{CellClass, Schema, SpecialValue};
use crate::ledger::with_overhead;
use crate::spelling;

/// Candidates of a group while they are read.
#[derive(Clone, Debug)]
pub(super) struct ItemGroup {
    pub(super) tally: ItemTally,
    /// Number of cells of each item that are not numbers and were left out; empty before the first.
    pub(super) invalid: Vec<u64>,
    /// Whether cells were read as Windows-1252.
    pub(super) has_windows_1252: bool,
}

/// Cells of the current record.
#[derive(Debug, Default)]
pub(super) struct ItemRow {
    cells: Vec<ItemCell>,
    /// Place in `text` of the answer to each item of multiple choice.
    answers: Vec<Range<usize>>,
    text: Vec<u8>,
    /// Values whose cell is not a number.
    invalid: Vec<usize>,
    has_windows_1252: bool,
}

impl ItemGroup {
    /// Memory of a group without candidates.
    pub(super) const BYTES: usize = with_overhead(size_of::<Self>());

    /// A group without candidates.
    pub(super) fn new(items: &ItemColumns) -> Self {
        let tally = ItemTally::new(items.names.len(), items.rules());
        Self { tally, invalid: Vec::new(), has_windows_1252: false }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.tally.merge(&other.tally);
        if !other.invalid.is_empty() {
            self.invalid.resize(other.invalid.len(), 0);
            self.invalid.iter_mut().zip(&other.invalid).for_each(|(ours, theirs)| *ours += theirs);
        }
        self.has_windows_1252 |= other.has_windows_1252;
    }

    /// Adds the candidate of a record.
    pub(super) fn push(&mut self, row: &mut ItemRow, has_keys: bool) {
        let answer = |item: usize| &row.text[row.answers[item].clone()];
        self.tally.push(&row.cells, if has_keys { Some(&answer) } else { None });
        if !row.invalid.is_empty() {
            self.invalid.resize(row.cells.len(), 0);
            row.invalid.iter().for_each(|value| self.invalid[*value] += 1);
        }
        self.has_windows_1252 |= row.has_windows_1252;
    }
}

impl ItemRow {
    /// A record of which no cell is known.
    pub(super) fn clear(&mut self, items: usize) {
        self.cells.clear();
        self.cells.resize(items, ItemCell::Blank);
        self.answers.clear();
        self.answers.resize(items, 0..0);
        self.text.clear();
        self.invalid.clear();
        self.has_windows_1252 = false;
    }

    /// Sets a cell. Cells that are not marks are classified by the options, and refused ones are diagnosed.
    #[inline]
    pub(super) fn set(
        &mut self,
        schema: &Schema,
        items: &ItemColumns,
        diagnostics: &mut RecordDiagnostics,
        value: usize,
        row: u64,
        cell: Cell,
    ) {
        self.cells[value] = match cell {
            Cell::Missing => ItemCell::Blank,
            Cell::Number(number) if !items.has_keys() && !schema.has_numeric_codes() => match Mark::of(number) {
                Some(mark) => ItemCell::Mark(mark),
                None => self.uncommon(schema, items, diagnostics, value, row, cell),
            },
            cell => self.uncommon(schema, items, diagnostics, value, row, cell),
        };
    }

    /// Keeps the answer to an item of multiple choice, and gives the mark for it.
    fn answer(&mut self, value: usize, text: &[u8], units: i32) -> ItemCell {
        let start = self.text.len();
        self.text.extend_from_slice(text);
        self.answers[value] = start..self.text.len();
        ItemCell::Mark(Mark { units, decimals: 0 })
    }

    #[inline(never)]
    fn uncommon(
        &mut self,
        schema: &Schema,
        items: &ItemColumns,
        diagnostics: &mut RecordDiagnostics,
        value: usize,
        row: u64,
        cell: Cell,
    ) -> ItemCell {
        let shown = if let Cell::Number(number) = cell { number.to_string() } else { String::new() };
        let written = if let Cell::Text(text) = cell { trim_blanks(text) } else { shown.as_bytes() };
        let decoded = schema.decoded(written);
        let text = decoded.as_ref().map_or(written, |text| trim_blanks(text.as_bytes()));
        self.has_windows_1252 |= decoded.is_some();
        // A right answer is one whatever else its text usually means, such as NA.
        if items.is_right(value, text) {
            return self.answer(value, text, 1);
        }
        if items.is_not_reached(text) {
            return ItemCell::NotReached;
        }
        let class = schema.classify(cell, text);
        let column = schema.values[value];
        match class {
            CellClass::Special(SpecialValue::Missing) => ItemCell::Blank,
            CellClass::Special(SpecialValue::Absent(_)) => ItemCell::Absent,
            CellClass::Number(_) | CellClass::Invalid(_) if std::str::from_utf8(text).is_err() => {
                diagnostics.fatal.get_or_insert_with(|| {
                    RecordDiagnostic::new(row, Some(column), TextFault::CellNotUtf8.into(), Some(excerpt(text)))
                });
                ItemCell::Blank
            }
            CellClass::Number(_) | CellClass::Invalid(_) if items.has_keys() => self.answer(value, text, 0),
            CellClass::Number(number) => {
                let mark = Mark::of(number);
                if mark.is_none() {
                    let fault = ItemFault::NotAMark { max: MAX_MARK, decimals: MAX_DECIMALS };
                    diagnostics.bad_cells.add(row, column, text, || fault.into());
                }
                mark.map_or(ItemCell::Blank, ItemCell::Mark)
            }
            CellClass::Invalid(_) if schema.options.invalid_as_missing => {
                self.invalid.push(value);
                ItemCell::Blank
            }
            CellClass::Invalid(error) => {
                diagnostics.bad_cells.add(row, column, text, || match error {
                    ParseError::NotANumber => TableFault::NotANumber(spelling::fault(&schema.options, text)).into(),
                    ParseError::OutOfRange => ValueFault::OutOfRange.into(),
                });
                ItemCell::Blank
            }
        }
    }
}
