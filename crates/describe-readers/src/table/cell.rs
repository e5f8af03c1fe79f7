//! Cells of a table, and records of them, as the formats hand them over.

use describe::Decimal;

/// A cell of a column that is described.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell<'a> {
    /// A number for certain.
    Number(Decimal),
    /// What it is must be found out; blanks around it do not count.
    Text(&'a [u8]),
    /// There is nothing.
    Missing,
}

impl Cell<'_> {
    /// Adds the cell to a key as a value to group by: its trimmed text, a number's shortest spelling. False when it is
    /// empty or missing.
    pub(crate) fn group(self, key: &mut Vec<u8>) -> bool {
        let start = key.len();
        match self {
            Cell::Number(Decimal { digits, exponent: 0, negative: false }) => key.extend(digits.to_string().bytes()),
            Cell::Number(decimal) => key.extend(decimal.to_string().bytes()),
            Cell::Text(text) => key.extend_from_slice(text.trim_ascii()),
            Cell::Missing => {}
        }
        key.len() > start
    }
}

/// Records of a table, by their number, counted from 0, and the column's index.
pub(crate) trait Records {
    /// A cell to describe.
    fn cell(&self, record: usize, column: usize) -> Cell<'_>;

    /// Hands over a column's cells to describe, record by record.
    #[inline]
    fn cells<'a>(&'a self, column: usize, count: usize, mut take: impl FnMut(usize, Cell<'a>)) {
        for record in 0..count {
            take(record, self.cell(record, column));
        }
    }

    /// Adds the trimmed text of a cell to group by to `key`; false when it is empty or null.
    fn group(&self, record: usize, column: usize, key: &mut Vec<u8>) -> bool;

    /// The trimmed text of a cell to group by, where it need not be made.
    fn text(&self, _record: usize, _column: usize) -> Option<&[u8]> {
        None
    }
}
