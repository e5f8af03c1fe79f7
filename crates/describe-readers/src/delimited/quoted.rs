//! Byte by byte parsing of one delimited record, for records with quotes and for uncommon syntax.
//!
//! Input: the text of a block and the start of the record. Output: the cells' texts without quotes, the end of the record, and
//! its fault if it is malformed. Blanks before an opening quote are passed over; text behind a closing quote and quotes in
//! an unquoted cell are taken as they stand, as pandas does.

use memchr::{memchr, memchr2};

use super::syntax::Syntax;
use crate::table::{Cell, Records};
use describe::{plain_of_length, trim_blanks};
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
    /// Whether the line is a comment.
    is_comment: bool,
    /// Number of cells with text behind a closing quote, or with a quote in an unquoted text.
    pub(super) stray_quotes: u64,
    /// End of the record in the block, its line break included.
    pub(super) end: usize,
    /// Fault that makes the rest of the block unreadable.
    pub(super) fault: Option<TableFault>,
}

impl DecodedRecord {
    /// Reads the record that begins at `from` and returns its end. Returns `None` at the end of the block, and for a record
    /// that may continue after the block. `is_last` states that no text follows the block.
    pub(super) fn read(&mut self, block: &[u8], from: usize, syntax: Syntax, is_last: bool) -> Option<usize> {
        self.text.clear();
        self.ends.clear();
        (self.has_quotes, self.is_comment, self.stray_quotes, self.fault) = (false, false, 0, None);
        let mut at = from;
        if at >= block.len() {
            return None;
        }
        if syntax.comment == Some(block[at]) {
            self.is_comment = true;
            self.ends.push(0);
            at += block[at..].iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(block.len() - at);
        } else if syntax.is_whitespace {
            at += blanks(&block[at..], syntax);
        }
        self.end = loop {
            if !self.is_comment {
                at += self.cell(&block[at..], syntax, is_last)?;
                self.ends.push(self.text.len());
            }
            match block.get(at) {
                Some(byte) if syntax.is_delimiter(*byte) => {
                    at += 1;
                    if syntax.is_whitespace {
                        at += blanks(&block[at..], syntax);
                        // Blanks at the end of a line are not a delimiter.
                        match block.get(at) {
                            Some(b'\n' | b'\r') => {}
                            None if is_last => break at,
                            None => return None,
                            Some(_) => continue,
                        }
                        break line_end(block, at, is_last)?;
                    }
                }
                Some(b'\n' | b'\r') => break line_end(block, at, is_last)?,
                _ if self.fault.is_some() => break block.len(),
                _ if is_last => break block.len(),
                _ => return None,
            }
        };
        Some(self.end)
    }

    /// Reads a cell and returns its length; `None` if it may continue after the block.
    fn cell(&mut self, cell: &[u8], syntax: Syntax, is_last: bool) -> Option<usize> {
        let blank = if matches!(cell.first(), Some(b' ' | b'\t')) { blanks(cell, syntax) } else { 0 };
        if cell.get(blank) != Some(&b'"') {
            return Some(self.unquoted(cell, syntax));
        }
        self.has_quotes = true;
        let Some(length) = self.quoted(&cell[blank..], syntax) else {
            if !is_last {
                return None;
            }
            self.fault = Some(TableFault::UnclosedQuote);
            return Some(cell.len());
        };
        let closed = blank + length;
        let behind = &cell[closed..];
        if behind.first().is_some_and(|byte| *byte == syntax.delimiter || matches!(byte, b'\n' | b'\r')) {
            return Some(closed);
        }
        let skipped = if syntax.is_whitespace { 0 } else { blanks(behind, syntax) };
        match behind.get(skipped) {
            Some(byte) if syntax.is_delimiter(*byte) || matches!(byte, b'\n' | b'\r') => Some(closed + skipped),
            None => is_last.then_some(cell.len()),
            Some(_) => {
                self.stray_quotes += 1;
                Some(closed + self.unquoted_text(behind, syntax).0)
            }
        }
    }

    /// Reads an unquoted cell and returns its length.
    fn unquoted(&mut self, cell: &[u8], syntax: Syntax) -> usize {
        let (length, has_quote) = self.unquoted_text(cell, syntax);
        self.stray_quotes += u64::from(has_quote);
        length
    }

    /// Reads text up to a delimiter or line break. Returns its length and whether it has a quote.
    fn unquoted_text(&mut self, cell: &[u8], syntax: Syntax) -> (usize, bool) {
        let Some(escape) = syntax.escape else {
            let is_end = |byte: &u8| *byte == syntax.delimiter || matches!(byte, b'\n' | b'\r');
            let length = if syntax.is_whitespace {
                cell.iter().position(|byte| is_end(byte) || *byte == b'\t')
            } else {
                cell.iter().position(is_end)
            };
            let text = &cell[..length.unwrap_or(cell.len())];
            self.text.extend_from_slice(text);
            return (text.len(), text.contains(&b'"'));
        };
        let mut at = 0;
        let mut has_quote = false;
        while let Some(byte) = cell.get(at) {
            match *byte {
                byte if byte == escape && cell.len() > at + 1 => {
                    self.text.push(cell[at + 1]);
                    at += 1;
                }
                byte if syntax.is_delimiter(byte) || matches!(byte, b'\n' | b'\r') => break,
                byte => {
                    has_quote |= byte == b'"';
                    self.text.push(byte);
                }
            }
            at += 1;
        }
        (at, has_quote)
    }

    /// Reads a quoted text and returns its length, the quotes included; `None` if the closing quote is missing.
    fn quoted(&mut self, cell: &[u8], syntax: Syntax) -> Option<usize> {
        let mut at = 1;
        loop {
            let rest = &cell[at..];
            let found = at + syntax.escape.map_or_else(|| memchr(b'"', rest), |escape| memchr2(b'"', escape, rest))?;
            self.text.extend_from_slice(&cell[at..found]);
            if cell[found] == b'"' {
                if cell.get(found + 1) != Some(&b'"') {
                    return Some(found + 1);
                }
                self.text.push(b'"');
            } else {
                self.text.push(*cell.get(found + 1)?);
            }
            at = found + 2;
        }
    }

    /// Whether the record is a line of white space or of delimiters only, or a comment.
    pub(super) fn is_blank(&self) -> bool {
        let no_text = if self.ends.len() == 1 { self.text.trim_ascii().is_empty() } else { self.text.is_empty() };
        self.is_comment || (!self.has_quotes && no_text)
    }

    /// Text of a cell, given its index.
    pub(super) fn text(&self, cell: usize) -> &[u8] {
        let start = if cell == 0 { 0 } else { self.ends[cell - 1] };
        &self.text[start..self.ends[cell]]
    }

    /// Texts of all cells without surrounding blanks.
    pub(super) fn texts(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len()).map(|cell| trim_blanks(self.text(cell)))
    }
}

/// Number of blanks at the beginning of a text, of those that are no delimiter; with white space as delimiter of all.
fn blanks(text: &[u8], syntax: Syntax) -> usize {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t') && (syntax.is_whitespace || *byte != syntax.delimiter);
    text.iter().position(|byte| !is_blank(byte)).unwrap_or(text.len())
}

/// End of the line break at `at`; `None` if a line feed may follow it.
fn line_end(block: &[u8], at: usize, is_last: bool) -> Option<usize> {
    match (block[at], block.get(at + 1)) {
        (b'\r', Some(b'\n')) => Some(at + 2),
        (b'\r', None) if !is_last => None,
        _ => Some(at + 1),
    }
}

/// Maximum length of a cell that may be a plain number: longer literals are parsed with the uncommon ones.
const MAX_PLAIN_BYTES: usize = 32;

/// A [`DecodedRecord`] as a source of cells.
pub(super) struct QuotedRecord<'a> {
    pub(super) record: &'a DecodedRecord,
    /// As for [`super::parser::Dialect::as_text`].
    pub(super) as_text: bool,
}

impl Records for QuotedRecord<'_> {
    fn cell(&self, _record: usize, column: usize) -> Cell<'_> {
        let text = self.record.text(column);
        if self.as_text || text.len() > MAX_PLAIN_BYTES {
            return Cell::Text(text);
        }
        // Literals are parsed by words, so something must follow.
        let mut padded = [b','; 2 * MAX_PLAIN_BYTES];
        padded[..text.len()].copy_from_slice(text);
        plain_of_length(&padded, text.len()).map_or(Cell::Text(text), Cell::Number)
    }

    fn group(&self, _record: usize, column: usize, key: &mut Vec<u8>) -> bool {
        let text = trim_blanks(self.record.text(column));
        key.extend_from_slice(text);
        !text.is_empty()
    }
}
