//! Records with quotes in them, read byte by byte.

use memchr::memchr;

use crate::table::{Cell, Records};
use describe::plain_of_length;
use describe_options::TableFault;

/// A record read byte by byte, its quotes taken off.
#[derive(Debug, Default)]
pub(super) struct Quoted {
    /// The cells' texts, one behind the other.
    text: Vec<u8>,
    /// Where each cell ends in `text`.
    pub(super) bounds: Vec<usize>,
    /// Whether any cell was quoted.
    quotes: bool,
    /// Where the record ends, its line end included.
    pub(super) end: usize,
    /// What is wrong with it.
    pub(super) fault: Option<TableFault>,
}

impl Quoted {
    /// Reads the record that begins at `from` and says where the next one begins. `None` when there is none, or when its
    /// end is not in a text that is not `whole`.
    pub(super) fn read(&mut self, block: &[u8], from: usize, delimiter: u8, whole: bool) -> Option<usize> {
        self.text.clear();
        self.bounds.clear();
        (self.quotes, self.fault) = (false, None);
        let mut at = from;
        if at >= block.len() {
            return None;
        }
        self.end = loop {
            let cell = &block[at..];
            let length = if cell.first() == Some(&b'"') {
                self.quotes = true;
                match self.quoted_cell(cell) {
                    Some(length) => length,
                    None if whole => {
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
            self.bounds.push(self.text.len());
            at += length;
            match block.get(at) {
                Some(byte) if *byte == delimiter => at += 1,
                Some(b'\n') => break at + 1,
                Some(b'\r') => match block.get(at + 1) {
                    Some(b'\n') => break at + 2,
                    None if !whole => return None,
                    _ => break at + 1,
                },
                Some(_) => {
                    self.fault = Some(TableFault::TextAfterQuote);
                    break block.len();
                }
                None if whole => break at,
                None => return None,
            }
        };
        Some(self.end)
    }

    /// Reads a cell in quotes and says how long it is, the quotes included. `None` when it is not closed.
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

    /// Whether it is a line with nothing but blanks.
    pub(super) fn is_blank(&self) -> bool {
        self.bounds.len() == 1 && !self.quotes && self.text.trim_ascii().is_empty()
    }

    pub(super) fn text(&self, cell: usize) -> &[u8] {
        let start = if cell == 0 { 0 } else { self.bounds[cell - 1] };
        &self.text[start..self.bounds[cell]]
    }
}

/// A [`Quoted`] with what its numbers look like.
pub(super) struct QuotedRecord<'a> {
    pub(super) record: &'a Quoted,
    pub(super) texts_only: bool,
}

impl Records for QuotedRecord<'_> {
    fn cell(&self, _record: usize, column: usize) -> Cell<'_> {
        let text = self.record.text(column);
        match plain_of_length(text, text.len()) {
            Some(decimal) if !self.texts_only => Cell::Number(decimal),
            _ => Cell::Text(text),
        }
    }

    fn group(&self, _record: usize, column: usize, key: &mut Vec<u8>) -> bool {
        let text = self.record.text(column).trim_ascii();
        key.extend_from_slice(text);
        !text.is_empty()
    }
}
