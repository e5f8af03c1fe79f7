//! First records of a table, as a preview shows them.
//!
//! Input: the values of records, block by block in any order. Output: the texts of the first records. Invariant: at most
//! [`SHOWN_RECORDS`] records are kept of each part of a table.

use super::cell::Cell;
use describe::trim_blanks;
use describe_options::excerpt;

/// Number of records that a preview shows.
pub(crate) const SHOWN_RECORDS: usize = 8;

/// Texts of a record.
type Texts = Vec<Option<String>>;

/// First records of a table, with the texts of their values.
#[derive(Debug, Default)]
pub(super) struct FirstRecords {
    /// Records of the current block, by row.
    block: Vec<(u64, Texts)>,
    /// Records of completed blocks, by block and row.
    all: Vec<((u64, u64), Texts)>,
}

impl FirstRecords {
    /// Begins the record in this row of the current block, unless it has begun or there are enough.
    pub(super) fn begin(&mut self, row: u64) {
        if self.block.len() + self.all.len() < SHOWN_RECORDS && self.block.last().is_none_or(|(last, _)| *last < row) {
            self.block.push((row, Vec::new()));
        }
    }

    /// Sets the text of a value in a record that has begun.
    pub(super) fn set(&mut self, row: u64, value: usize, cell: Cell) {
        let Some((_, texts)) = self.block.iter_mut().find(|(known, _)| *known == row) else { return };
        let text = match cell {
            Cell::Missing => None,
            Cell::Number(number) => Some(number.to_string()),
            Cell::Text(text) => Some(excerpt(trim_blanks(text))).filter(|text| !text.is_empty()),
        };
        texts.resize(texts.len().max(value + 1), None);
        texts[value] = text;
    }

    /// Completes the current block.
    pub(super) fn end_block(&mut self, number: u64) {
        self.all.extend(std::mem::take(&mut self.block).into_iter().map(|(row, texts)| ((number, row), texts)));
    }

    /// Adds the records of other blocks.
    pub(super) fn merge(&mut self, other: Self) {
        self.all.extend(other.all);
        self.all.sort_unstable_by_key(|(place, _)| *place);
        self.all.truncate(SHOWN_RECORDS);
    }

    /// Adds the records of the next file, whose values are in this order.
    pub(super) fn append(&mut self, next: Self, order: &[usize]) {
        let room = SHOWN_RECORDS - self.all.len().min(SHOWN_RECORDS);
        for (_, mut texts) in next.all.into_iter().take(room) {
            let ordered = order.iter().map(|position| texts.get_mut(*position).and_then(Option::take)).collect();
            self.all.push(((u64::MAX, 0), ordered));
        }
    }

    pub(super) fn into_records(self, width: usize) -> Vec<Texts> {
        let whole = |mut texts: Texts| {
            texts.resize(width, None);
            texts
        };
        self.all.into_iter().map(|(_, texts)| whole(texts)).collect()
    }
}
