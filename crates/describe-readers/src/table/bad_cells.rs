//! Refused cells of a table, equal ones of a column together.
//!
//! Input: cells with their rows, block by block. Output: one diagnostic for each different text, in the order of the first rows, with
//! the number of its cells. Invariants: memory is bounded; the result does not depend on how the records were divided into blocks,
//! nor on the order in which these are merged.

use std::collections::HashMap;

use super::schema::Schema;
use describe_options::{
    CellFault, CellReason, Codes, Diagnostic, Location, MAX_EXCERPT_BYTES, MAX_LISTED_DIAGNOSTICS, Reason, Repeats,
    TableFault, excerpt,
};

/// Usual maximum number of different texts whose cells are counted. With more only the first ones are listed, without counts: a limit
/// on all of them is exceeded by the table or not, whatever its parts are.
const MAX_TEXTS: usize = 256;

/// Minimum of that number.
const MIN_TEXTS: usize = 4;

/// Maximum number of rows listed for a text.
const MAX_ROWS: usize = 5;

/// Maximum number of texts proposed as codes of absences, and the maximum length of each in characters.
const MAX_CODES: usize = 8;
const MAX_CODE_CHARS: usize = 20;

/// Block of a record, and its row within the block.
type Place = (u64, u64);

/// Refused cells.
#[derive(Clone, Debug)]
pub(super) struct BadCells {
    /// Maximum number of different texts whose cells are counted.
    max_texts: usize,
    /// Number of all cells.
    pub(super) count: u64,
    /// Cells by their key: the index of the column, eight bytes, little-endian, and the beginning of the text.
    cells: HashMap<Box<[u8]>, BadCell>,
    /// Whether there are more than `max_texts` different ones; then the first ones, up to [`MAX_LISTED_DIAGNOSTICS`], are kept.
    has_too_many: bool,
    /// Buffer for a key.
    key: Vec<u8>,
}

impl Default for BadCells {
    fn default() -> Self {
        Self::with_limit(MAX_TEXTS)
    }
}

/// Equal cells of a column.
#[derive(Clone, Debug)]
struct BadCell {
    reason: Reason,
    count: u64,
    /// The first [`MAX_ROWS`] places, ascending.
    places: Vec<Place>,
}

impl BadCells {
    /// No cells, of which up to `max_texts` different texts are counted.
    pub(super) fn with_limit(max_texts: usize) -> Self {
        let max_texts = max_texts.clamp(MIN_TEXTS, MAX_TEXTS);
        Self { max_texts, count: 0, cells: HashMap::new(), has_too_many: false, key: Vec::new() }
    }

    /// The cells, and none instead of them.
    pub(super) fn take(&mut self) -> Self {
        let none = Self::with_limit(self.max_texts);
        std::mem::replace(self, none)
    }

    /// Adds a cell of the current block. Rows must not descend.
    pub(super) fn add(&mut self, row: u64, column: usize, text: &[u8], reason: impl FnOnce() -> Reason) {
        self.count += 1;
        if self.has_too_many {
            return;
        }
        self.key.clear();
        self.key.extend_from_slice(&(column as u64).to_le_bytes());
        self.key.extend_from_slice(&text[..text.len().min(MAX_EXCERPT_BYTES)]);
        if let Some(cell) = self.cells.get_mut(self.key.as_slice()) {
            cell.count += 1;
            if cell.places.len() < MAX_ROWS {
                cell.places.push((0, row));
            }
            return;
        }
        let cell = BadCell { reason: reason(), count: 1, places: vec![(0, row)] };
        self.cells.insert(self.key.as_slice().into(), cell);
        self.check_size();
    }

    /// Adds the cells of the block with this number.
    pub(super) fn add_block(&mut self, mut block: Self, number: u64) {
        block.cells.values_mut().flat_map(|cell| &mut cell.places).for_each(|place| place.0 = number);
        self.merge(block);
    }

    /// Adds the cells of other blocks.
    pub(super) fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.has_too_many |= other.has_too_many;
        for (key, theirs) in other.cells {
            if let Some(ours) = self.cells.get_mut(&key) {
                ours.count += theirs.count;
                ours.places.extend(theirs.places);
                ours.places.sort_unstable();
                ours.places.truncate(MAX_ROWS);
            } else {
                self.cells.insert(key, theirs);
            }
        }
        self.check_size();
    }

    /// Keeps the first texts alone if there are too many. A text that is among the first of all is among the first of its part.
    fn check_size(&mut self) {
        self.has_too_many |= self.cells.len() > self.max_texts;
        let kept = self.max_texts.min(MAX_LISTED_DIAGNOSTICS);
        if self.has_too_many && self.cells.len() > kept {
            self.cells = self.take_sorted().into_iter().take(kept).collect();
        }
    }

    /// Cells in the order of their first rows, those of a row in the order of the columns.
    fn take_sorted(&mut self) -> Vec<(Box<[u8]>, BadCell)> {
        let mut sorted: Vec<_> = std::mem::take(&mut self.cells).into_iter().collect();
        let column = |key: &[u8]| key.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        sorted.sort_unstable_by_key(|(key, cell)| (cell.places[0], column(key)));
        sorted
    }

    /// Sets the places to one of a data set: `file` stands for the block, and `first_row` is the number of the first row of a
    /// block.
    pub(super) fn number_rows(&mut self, file: u64, first_row: impl Fn(u64) -> u64) {
        for place in self.cells.values_mut().flat_map(|cell| &mut cell.places) {
            *place = (file, first_row(place.0) + place.1);
        }
    }

    /// The texts with the numbers of their cells, in the order of their first rows; `None` for the numbers if there are too many
    /// texts, and then the first ones alone. Texts are cut.
    pub(super) fn into_texts(mut self) -> Vec<(Vec<u8>, Option<u64>)> {
        let is_counted = !self.has_too_many;
        let text =
            |(key, cell): (Box<[u8]>, BadCell)| (key[size_of::<u64>()..].to_vec(), is_counted.then_some(cell.count));
        self.take_sorted().into_iter().map(text).collect()
    }

    /// Diagnostics with the first rows, in their order. `first_row` is the number of the first row of a block.
    pub(super) fn into_diagnostics(
        mut self,
        schema: &Schema,
        first_row: impl Fn(u64) -> u64,
    ) -> Vec<(u64, Diagnostic)> {
        let cells: Vec<_> = self.take_sorted().into_iter().map(|(key, cell)| (split(&key), cell)).collect();
        let codes = |column: usize| if self.has_too_many { Codes::default() } else { codes(schema, &cells, column) };
        let diagnostic = |((column, text), cell): &((usize, String), BadCell)| {
            let rows: Vec<u64> = cell.places.iter().map(|(block, row)| first_row(*block) + row).collect();
            let location = Location::Cell { row: rows[0], column: Some(schema.names[*column].clone()) };
            let mut reason = cell.reason.clone();
            if let Reason::Table(TableFault::NotANumber(fault)) = &mut reason
                && fault.reason == CellReason::Text
            {
                fault.codes = codes(*column);
            }
            let diagnostic = Diagnostic::new(location, reason).with_input(text.as_bytes());
            let repeats = (!self.has_too_many).then_some(Repeats { count: cell.count, rows: rows.clone() });
            (rows[0], Diagnostic { repeats, ..diagnostic })
        };
        cells.iter().take(MAX_LISTED_DIAGNOSTICS).map(diagnostic).collect()
    }
}

/// Column and text of a key.
fn split(key: &[u8]) -> (usize, String) {
    let (column, text) = key.split_first_chunk().map_or((0, key), |(column, text)| (u64::from_le_bytes(*column), text));
    (usize::try_from(column).unwrap_or_default(), excerpt(text))
}

/// Texts of a column that may be codes of absences, the most frequent ones first.
fn codes(schema: &Schema, cells: &[((usize, String), BadCell)], column: usize) -> Codes {
    let is_text = |cell: &BadCell| {
        matches!(&cell.reason, Reason::Table(TableFault::NotANumber(CellFault { reason: CellReason::Text, .. })))
    };
    let is_code = |text: &str| text.chars().count() <= MAX_CODE_CHARS && !text.contains([',', '\n', '\r']);
    let alike = cells.iter().filter(|((other, text), cell)| *other == column && is_text(cell) && is_code(text));
    let mut listed: Vec<_> = alike.map(|((_, text), cell)| (text.clone(), cell.count)).collect();
    listed.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let others = listed.len().saturating_sub(MAX_CODES);
    listed.truncate(MAX_CODES);
    Codes { listed, others, given: schema.options.absent.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use describe_options::{Options, ValueFault};
    use proptest::prelude::*;

    /// Diagnostics of cells, each the number of a text, in blocks of these lengths that are merged in this order.
    fn diagnostics(texts: &[u16], lengths: &[usize], parts: usize) -> (u64, Vec<(u64, Diagnostic)>) {
        let schema = Schema::new(&["mark"], &Options::default(), &Limits::default()).expect("a schema");
        let mut all: Vec<BadCells> = (0..parts).map(|_| BadCells::default()).collect();
        let mut starts = vec![0];
        let mut lengths = lengths.iter().cycle();
        let mut rest = texts;
        while !rest.is_empty() {
            let number = starts.len() - 1;
            let (head, tail) = rest.split_at(rest.len().min(*lengths.next().expect("a length")));
            let mut block = BadCells::default();
            for (text, row) in head.iter().zip(0..) {
                block.add(row, 0, format!("t{text}").as_bytes(), || ValueFault::OutOfRange.into());
            }
            all[number % parts].add_block(block, number as u64);
            starts.push(starts[number] + head.len() as u64);
            rest = tail;
        }
        let mut merged = BadCells::default();
        all.into_iter().rev().for_each(|part| merged.merge(part));
        let first_row = |block: u64| starts[usize::try_from(block).expect("a block")] + 2;
        (merged.count, merged.into_diagnostics(&schema, first_row))
    }

    proptest! {
        #[test]
        fn blocks_and_their_order_do_not_matter(
            texts in prop::collection::vec(prop_oneof![3 => 0..4_u16, 1 => 0..600_u16], 0..1500),
            lengths in prop::collection::vec(1..400_usize, 1..6),
            parts in 1..5_usize,
        ) {
            let split = diagnostics(&texts, &lengths, parts);
            prop_assert_eq!(&split, &diagnostics(&texts, &[usize::MAX], 1));
            let mut first_rows: Vec<(usize, u16)> = Vec::new();
            for (row, text) in texts.iter().enumerate() {
                if !first_rows.iter().any(|(_, known)| known == text) {
                    first_rows.push((row + 2, *text));
                }
            }
            let is_counted = first_rows.len() <= MAX_TEXTS;
            let expected = first_rows.iter().take(MAX_LISTED_DIAGNOSTICS).map(|(row, text)| {
                let rows: Vec<u64> = texts.iter().zip(2..).filter(|(other, _)| *other == text).map(|(_, row)| row).collect();
                let repeats = Repeats { count: rows.len() as u64, rows: rows.iter().take(MAX_ROWS).copied().collect() };
                (*row as u64, Some(format!("t{text}")), is_counted.then_some(repeats))
            });
            let actual = split.1.into_iter().map(|(row, diagnostic)| (row, diagnostic.input, diagnostic.repeats));
            prop_assert_eq!(actual.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
            prop_assert_eq!(split.0, texts.len() as u64);
        }
    }
}
