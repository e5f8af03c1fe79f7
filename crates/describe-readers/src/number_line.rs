//! Reader of a list: one line of numbers separated by a comma, a semicolon, a tab or a vertical bar.
//!
//! Input: chunks of text and the separator. Output: accumulated numbers and diagnostics of the invalid ones. Invariants: a
//! chunk may end anywhere; an empty item is invalid unless it is the last one; no text follows the line.

use super::errors::{not_utf8, too_long};
use super::limits::Limits;
use super::numbers::Numbers;
use describe::{Number, is_blank, trim_blanks};
use describe_options::{InputError, Location, Options, ValueFault};

/// Reads a list chunk by chunk.
#[derive(Debug)]
pub(super) struct NumberLineReader {
    separator: u8,
    numbers: Numbers,
    /// Beginning of an item that was cut by the end of a chunk.
    item: Vec<u8>,
    max_item_bytes: usize,
    /// Whether the line has ended.
    ended: bool,
}

impl NumberLineReader {
    pub(super) fn new(separator: u8, options: &Options, limits: &Limits) -> Self {
        Self {
            separator,
            numbers: Numbers::new(Location::data(), limits.groups, limits.retention(options)).within(limits),
            item: Vec::new(),
            max_item_bytes: limits.cell,
            ended: false,
        }
    }

    /// Reads the next chunk.
    ///
    /// # Errors
    /// An item that is too long or not UTF-8, and text after the line.
    pub(super) fn feed(&mut self, mut chunk: &[u8]) -> Result<(), InputError> {
        while !self.ended {
            let is_end = |byte: &u8| *byte == self.separator || matches!(byte, b'\n' | b'\r');
            let end = chunk.iter().position(is_end);
            let part = &chunk[..end.unwrap_or(chunk.len())];
            if self.item.len() + part.len() > self.max_item_bytes {
                return Err(too_long(self.max_item_bytes));
            }
            self.item.extend_from_slice(part);
            let Some(end) = end else { return Ok(()) };
            self.ended = chunk[end] != self.separator;
            if self.ended {
                self.end_line()?;
            } else {
                self.end_item()?;
            }
            chunk = &chunk[end + 1..];
        }
        if chunk.iter().all(|byte| is_blank(*byte)) {
            return Ok(());
        }
        Err(InputError::of_data(ValueFault::TextAfterList))
    }

    fn end_item(&mut self) -> Result<(), InputError> {
        if std::str::from_utf8(&self.item).is_err() {
            return Err(not_utf8(&self.item));
        }
        let item = trim_blanks(&self.item);
        self.numbers.push_parsed(Number::parse(item), item)?;
        self.item.clear();
        Ok(())
    }

    /// Ends the last item, unless it is empty because a separator ends the list.
    fn end_line(&mut self) -> Result<(), InputError> {
        if trim_blanks(&self.item).is_empty() { Ok(()) } else { self.end_item() }
    }

    pub(super) fn finish(mut self) -> Result<Numbers, InputError> {
        if !self.ended {
            self.end_line()?;
        }
        Ok(self.numbers)
    }
}
