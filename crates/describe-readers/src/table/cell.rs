//! Cells and records of a table, as the formats provide them.

use describe::{Decimal, trim_blanks};

/// Cell of a described column.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    /// Parsed number.
    Number(Decimal),
    /// Text that is still to be classified; surrounding whitespace is ignored.
    Text(&'a [u8]),
    /// Empty cell.
    Missing,
}

impl Cell<'_> {
    /// Appends the cell to a group key: its trimmed text, or the shortest text of its number. False if the cell is empty.
    pub fn group(self, key: &mut Vec<u8>) -> bool {
        let start = key.len();
        match self {
            Cell::Number(Decimal { low: digits, high: 0, exponent: 0, negative: false, .. }) => {
                key.extend(digits.to_string().bytes());
            }
            Cell::Number(decimal) => key.extend(decimal.to_string().bytes()),
            Cell::Text(text) => key.extend_from_slice(trim_blanks(text)),
            Cell::Missing => {}
        }
        key.len() > start
    }
}

/// Whether a text is digits with leading zeros, as codes of schools, candidates and products are written.
pub(super) fn is_identifier(text: &[u8]) -> bool {
    matches!(text, [b'0', _, ..]) && text.iter().all(u8::is_ascii_digit)
}

/// A record of those from which the place of a table is found: its row in the file, and its cells without surrounding blanks.
#[derive(Clone, Debug)]
pub(crate) struct SampleRecord {
    pub(crate) row: u64,
    pub(crate) cells: Vec<Vec<u8>>,
}

impl SampleRecord {
    /// Number of cells that are not empty.
    pub(super) fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.is_empty()).count()
    }

    /// Cell of a column; empty if the record is shorter.
    pub(super) fn cell(&self, column: usize) -> &[u8] {
        self.cells.get(column).map_or(b"", Vec::as_slice)
    }
}

/// Cells of a column in a batch, of which equal codes mean equal cells. In all batches of a block the codes of a column have the same
/// meaning.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Coded<'a> {
    /// Code of each record.
    pub(crate) codes: &'a [u32],
    /// Number of codes there may be, from 0 on. The last one means missing cells.
    pub(crate) count: usize,
}

/// Records of a table, accessed by record number from 0 and column index.
pub(crate) trait Records {
    /// Cell of a described column.
    fn cell(&self, record: usize, column: usize) -> Cell<'_>;

    /// Passes the cells of a described column to `take`, record by record.
    #[inline]
    fn cells<'a>(&'a self, column: usize, count: usize, mut take: impl FnMut(usize, Cell<'a>)) {
        for record in 0..count {
            take(record, self.cell(record, column));
        }
    }

    /// Codes of the cells of a column, if there are such codes.
    fn coded(&self, _column: usize) -> Option<Coded<'_>> {
        None
    }

    /// Cell of a column that a code means.
    fn code(&self, _column: usize, _code: u32) -> Cell<'_> {
        Cell::Missing
    }

    /// Doubles that the cells of a column are, if all are finite doubles.
    fn doubles(&self, _column: usize) -> Option<&[f64]> {
        None
    }

    /// Appends the trimmed text of a group column's cell to `key`; false if it is empty or null.
    fn group(&self, record: usize, column: usize, key: &mut Vec<u8>) -> bool;

    /// Trimmed text of a group column's cell, if it can be borrowed.
    fn text(&self, _record: usize, _column: usize) -> Option<&[u8]> {
        None
    }
}
