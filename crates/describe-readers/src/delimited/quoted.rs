//! Byte by byte parsing of one delimited record, for records with quotes.
//!
//! Input: the text of a block and the start of the record. Output: the cells' texts without quotes, the end of the record, and
//! its fault if it is malformed.

use memchr::memchr;

use crate::table::{Cell, Records};
use describe::plain_of_length;
use describe_options::TableFault;

/// Cells of one record, without their quotes. The buffers are reused for the next record.
#[derive(Debug, Default)]
pub(super) struct DecodedRecord {
    /// Concatenated texts of the cells.
    text: Vec<u8>,
    /// End of each cell in `text`.
    pub(super) ends: Vec<usize>,
    /// Whether any cell was quoted.
    has_quotes: bool,
    /// End of the record in the block, its line break included.
    pub(super) end: usize,
    /// Fault that makes the rest of the block unreadable.
    pub(super) fault: Option<TableFault>,
}

impl DecodedRecord {
    /// Reads the record that begins at `from` and returns its end. Returns `None` at the end of the block, and for a record
    /// that may continue after the block. `is_last` states that no text follows the block.
    pub(super) fn read(&mut self, block: &[u8], from: usize, delimiter: u8, is_last: bool) -> Option<usize> {
        self.text.clear();
        self.ends.clear();
        (self.has_quotes, self.fault) = (false, None);
        let mut at = from;
        if at >= block.len() {
            return None;
        }
        self.end = loop {
            let cell = &block[at..];
            let length = if cell.first() == Some(&b'"') {
                self.has_quotes = true;
                match self.quoted_cell(cell) {
                    Some(length) => length,
                    None if is_last => {
                        self.fault = Some(TableFault::UnclosedQuote);
                        cell.len()
                    }
                    None => return None,
                }
            } else {
                let length = cell.iter().position(|byte| *byte == delimiter || matches!(byte, b'\n' | b'\r'));
                let length = length.unwrap_or(cell.len());
                self.text.extend_from_slice(&cell[..length]);
                length
            };
            self.ends.push(self.text.len());
            at += length;
            match block.get(at) {
                Some(byte) if *byte == delimiter => at += 1,
                Some(b'\n') => break at + 1,
                Some(b'\r') => match block.get(at + 1) {
                    Some(b'\n') => break at + 2,
                    None if !is_last => return None,
                    _ => break at + 1,
                },
                Some(_) => {
                    self.fault = Some(TableFault::TextAfterQuote);
                    break block.len();
                }
                None if is_last => break at,
                None => return None,
            }
        };
        Some(self.end)
    }

    /// Reads a quoted cell and returns its length, the quotes included; `None` if the closing quote is missing.
    fn quoted_cell(&mut self, cell: &[u8]) -> Option<usize> {
        let mut at = 1;
        loop {
            let quote = at + memchr(b'"', &cell[at..])?;
            self.text.extend_from_slice(&cell[at..quote]);
            if cell.get(quote + 1) != Some(&b'"') {
                return Some(quote + 1);
            }
            self.text.push(b'"');
            at = quote + 2;
        }
    }

    /// Whether the record is a line of white space only.
    pub(super) fn is_blank(&self) -> bool {
        self.ends.len() == 1 && !self.has_quotes && self.text.trim_ascii().is_empty()
    }

    /// Text of a cell, given its index.
    pub(super) fn text(&self, cell: usize) -> &[u8] {
        let start = if cell == 0 { 0 } else { self.ends[cell - 1] };
        &self.text[start..self.ends[cell]]
    }
}

/// A [`DecodedRecord`] as a source of cells.
pub(super) struct QuotedRecord<'a> {
    pub(super) record: &'a DecodedRecord,
    /// As for [`super::parser::Dialect::as_text`].
    pub(super) as_text: bool,
}

impl Records for QuotedRecord<'_> {
    fn cell(&self, _record: usize, column: usize) -> Cell<'_> {
        let text = self.record.text(column);
        match plain_of_length(text, text.len()) {
            Some(decimal) if !self.as_text => Cell::Number(decimal),
            _ => Cell::Text(text),
        }
    }

    fn group(&self, _record: usize, column: usize, key: &mut Vec<u8>) -> bool {
        let text = self.record.text(column).trim_ascii();
        key.extend_from_slice(text);
        !text.is_empty()
    }
}
