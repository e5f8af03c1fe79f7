//! Where records end, whatever is quoted in them; and how long they may be.

use memchr::{memchr, memchr2, memrchr2};

use crate::buffer::BLOCK_BYTES;
use crate::errors::{exceeded, too_long};
use crate::limits::Limits;
use crate::parallel::FindBoundary;
use describe_options::{InputError, Measured};

/// A cell that nobody asked for may be longer than others by so much, which is what may be looked at while its end is
/// searched.
pub(super) const SLACK: usize = 2 * BLOCK_BYTES;

/// Finds the end of the last whole record, looking at every byte once.
#[derive(Debug)]
pub(super) struct RecordBoundaries {
    delimiter: u8,
    limits: Limits,
    /// How far the text was looked at.
    seen: usize,
    /// The end of the last whole record.
    boundary: usize,
    in_quotes: bool,
    /// Just behind the last closing quote: a quote here is a doubled one.
    closed: Option<usize>,
}

impl FindBoundary for RecordBoundaries {
    fn find_boundary(&mut self, text: &[u8]) -> Result<usize, InputError> {
        loop {
            let quote = memchr(b'"', &text[self.seen..]).map(|quote| self.seen + quote);
            if !self.in_quotes {
                self.note_lines(text, quote.unwrap_or(text.len()));
            }
            let Some(quote) = quote else { break };
            let opens = || {
                let first = quote == 0 || self.closed == Some(quote);
                first || matches!(text[quote - 1], b'\n' | b'\r') || text[quote - 1] == self.delimiter
            };
            if self.in_quotes {
                self.in_quotes = false;
                self.closed = Some(quote + 1);
            } else if opens() {
                self.in_quotes = true;
            }
            self.seen = quote + 1;
        }
        let boundary = std::mem::take(&mut self.boundary);
        self.seen = text.len() - boundary;
        self.closed = self.closed.and_then(|closed| closed.checked_sub(boundary));
        if boundary == 0 {
            check_length(text, self.delimiter, self.limits)?;
        }
        Ok(boundary)
    }
}

impl RecordBoundaries {
    pub(super) fn new(delimiter: u8, limits: Limits) -> Self {
        Self { delimiter, limits, seen: 0, boundary: 0, in_quotes: false, closed: None }
    }

    /// Moves the boundary behind the last line end before `end`.
    fn note_lines(&mut self, text: &[u8], end: usize) {
        let mut within = end;
        while let Some(line) = memrchr2(b'\n', b'\r', &text[self.seen.min(within)..within]) {
            let line = self.seen.min(within) + line;
            // What follows a carriage return must be known, lest its line feed be taken for a blank line.
            if text[line] == b'\n' || text.get(line + 1).is_some_and(|next| *next != b'\n') {
                self.boundary = line + 1;
                return;
            }
            within = line;
        }
    }
}

/// Neither a cell nor a record that does not end may fill the memory.
pub(super) fn check_length(text: &[u8], delimiter: u8, limits: Limits) -> Result<(), InputError> {
    let Limits { cell, memory, .. } = limits;
    if text.len() > memory {
        return Err(exceeded(Measured::Record, memory));
    }
    // The cell at hand began behind a delimiter, or at the last quote.
    let tail = text.len().saturating_sub(cell + SLACK + 2);
    let begun = memchr2(delimiter, b'"', &text[tail..]).is_some();
    if tail > 0 && !begun { Err(too_long(cell)) } else { Ok(()) }
}
