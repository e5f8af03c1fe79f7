//! Boundaries of delimited records.
//!
//! Input: text from the beginning of a record. Output: the end of its last whole record; an error if a record or cell without
//! an end exceeds its limit. Invariant: line breaks within quotes do not end a record.

use memchr::{memchr, memchr2, memrchr2};

use crate::buffer::BLOCK_BYTES;
use crate::errors::{exceeded, too_long};
use crate::limits::Limits;
use crate::parallel::FindBoundary;
use describe_options::{InputError, Measured};

/// Bytes by which a cell of a column that is not used may exceed the limit of cells: the text that may be pending while the
/// end of the cell is searched.
pub(super) const MAX_UNUSED_EXCESS_BYTES: usize = 2 * BLOCK_BYTES;

/// Finds the end of the last whole record. Each byte is examined once.
#[derive(Debug)]
pub(super) struct RecordBoundaries {
    delimiter: u8,
    limits: Limits,
    /// Number of bytes already searched.
    searched: usize,
    /// End of the last whole record found.
    boundary: usize,
    in_quotes: bool,
    /// Index after the last closing quote. A quote there doubles that one, so that neither closes the cell.
    after_quote: Option<usize>,
}

impl FindBoundary for RecordBoundaries {
    fn find_boundary(&mut self, text: &[u8]) -> Result<usize, InputError> {
        loop {
            let quote = memchr(b'"', &text[self.searched..]).map(|quote| self.searched + quote);
            if !self.in_quotes {
                self.advance_boundary(text, quote.unwrap_or(text.len()));
            }
            let Some(quote) = quote else { break };
            let opens = || {
                let first = quote == 0 || self.after_quote == Some(quote);
                first || matches!(text[quote - 1], b'\n' | b'\r') || text[quote - 1] == self.delimiter
            };
            if self.in_quotes {
                self.in_quotes = false;
                self.after_quote = Some(quote + 1);
            } else if opens() {
                self.in_quotes = true;
            }
            self.searched = quote + 1;
        }
        let boundary = std::mem::take(&mut self.boundary);
        self.searched = text.len() - boundary;
        self.after_quote = self.after_quote.and_then(|index| index.checked_sub(boundary));
        if boundary == 0 {
            check_length(text, self.delimiter, self.limits)?;
        }
        Ok(boundary)
    }
}

impl RecordBoundaries {
    pub(super) fn new(delimiter: u8, limits: Limits) -> Self {
        Self { delimiter, limits, searched: 0, boundary: 0, in_quotes: false, after_quote: None }
    }

    /// Moves the boundary after the last line break before `end`.
    fn advance_boundary(&mut self, text: &[u8], end: usize) {
        let mut search_end = end;
        while let Some(line) = memrchr2(b'\n', b'\r', &text[self.searched.min(search_end)..search_end]) {
            let line = self.searched.min(search_end) + line;
            // A carriage return ends a record only if the next byte is known: a line feed belongs to the same line break.
            if text[line] == b'\n' || text.get(line + 1).is_some_and(|next| *next != b'\n') {
                self.boundary = line + 1;
                return;
            }
            search_end = line;
        }
    }
}

/// Checks the length of a record without an end, and of its last cell.
///
/// # Errors
/// A record longer than the memory limit, or a cell longer than the cell limit.
pub(super) fn check_length(text: &[u8], delimiter: u8, limits: Limits) -> Result<(), InputError> {
    let Limits { cell, memory, .. } = limits;
    if text.len() > memory {
        return Err(exceeded(Measured::Record, memory));
    }
    // The last cell begins after the last delimiter or at a quote. Only the tail is searched: a cell that begins before it is
    // too long.
    let tail = text.len().saturating_sub(cell + MAX_UNUSED_EXCESS_BYTES + 2);
    let cell_begins = memchr2(delimiter, b'"', &text[tail..]).is_some();
    if tail > 0 && !cell_begins { Err(too_long(cell)) } else { Ok(()) }
}
