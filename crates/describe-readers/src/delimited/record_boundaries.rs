//! Boundaries of delimited records.
//!
//! Input: text from the beginning of a record. Output: the end of its last whole record; an error if a record or cell without
//! an end exceeds its limit. Invariant: line breaks within quotes do not end a record.

use std::collections::VecDeque;

use memchr::{memchr, memchr2, memrchr2};

use super::quoted::DecodedRecord;
use super::syntax::Syntax;
use super::tail::{MAX_NOTES, tail};

use crate::buffer::BLOCK_BYTES;
use crate::errors::{exceeded, too_long};
use crate::limits::Limits;
use crate::parallel::FindBoundary;
use describe_options::{InputError, Measured, TableOptions};

/// Bytes by which a cell of a column that is not used may exceed the limit of cells: the text that may be pending while the
/// end of the cell is searched.
pub(super) const MAX_UNUSED_EXCESS_BYTES: usize = 2 * BLOCK_BYTES;

/// Maximum bytes that are kept for records at the end that are left out: their text is read again with each block.
const MAX_KEPT_BYTES: usize = 1 << 20;

/// Finds the end of the last whole record that is not at the end of the text, where notes may be. Each byte is examined once,
/// apart from the end of the text.
#[derive(Debug)]
pub(super) struct RecordBoundaries {
    syntax: Syntax,
    options: TableOptions,
    limits: Limits,
    /// Number of bytes already searched.
    searched: usize,
    /// Starts of the last records found, and the end of the last one.
    starts: VecDeque<usize>,
    /// End of the last whole record found.
    end: usize,
    /// Start of the tail before `end`.
    tail: usize,
    in_quotes: bool,
    /// Index after the last closing quote. A quote there doubles that one, so that neither closes the cell.
    after_quote: Option<usize>,
}

impl FindBoundary for RecordBoundaries {
    fn find_boundary(&mut self, text: &[u8]) -> Result<usize, InputError> {
        let boundary = self.find_tail(text);
        if boundary == 0 {
            check_length(&text[self.end..], self.syntax.delimiter, &self.limits)?;
        }
        if self.reads_records() && text.len() - boundary > MAX_KEPT_BYTES + BLOCK_BYTES {
            return Err(exceeded(Measured::Record, MAX_KEPT_BYTES));
        }
        (self.searched, self.end, self.tail) = (self.searched - boundary, self.end - boundary, 0);
        self.after_quote = self.after_quote.and_then(|index| index.checked_sub(boundary));
        self.starts.retain_mut(|start| start.checked_sub(boundary).map(|shifted| *start = shifted).is_some());
        Ok(boundary)
    }
}

impl RecordBoundaries {
    pub(super) fn new(syntax: Syntax, options: &TableOptions, limits: &Limits) -> Self {
        let options = options.clone();
        let starts = VecDeque::from([0]);
        Self {
            syntax,
            options,
            limits: limits.clone(),
            searched: 0,
            starts,
            end: 0,
            tail: 0,
            in_quotes: false,
            after_quote: None,
        }
    }

    /// Whether every record is read: for syntax in which a quote may not mean what it usually means, and if a number of records
    /// at the end is left out.
    pub(super) fn reads_records(&self) -> bool {
        !self.syntax.is_plain() || self.options.skip_end.is_some_and(|records| records > 0)
    }

    /// Start of the last whole record, and of what looks like notes behind it, since the text may end there.
    pub(super) fn find_tail(&mut self, text: &[u8]) -> usize {
        if self.reads_records() {
            return self.find_by_record(text);
        }
        loop {
            let quote = memchr(b'"', &text[self.searched..]).map(|quote| self.searched + quote);
            if !self.in_quotes {
                self.add_starts(text, quote.unwrap_or(text.len()));
            }
            let Some(quote) = quote else { break };
            if self.in_quotes {
                self.in_quotes = false;
                self.after_quote = Some(quote + 1);
            } else if self.after_quote == Some(quote) || self.begins_cell(text, quote) {
                self.in_quotes = true;
            }
            self.searched = quote + 1;
        }
        // Whether a carriage return at the end ends a record depends on the next byte.
        self.searched = text.len() - usize::from(text.ends_with(b"\r"));
        self.set_end(text, self.starts.back().copied().unwrap_or_default())
    }

    /// Sets the end of the last whole record and returns the start of the tail, which is only searched for a new end.
    fn set_end(&mut self, text: &[u8], end: usize) -> usize {
        if end > self.end {
            self.end = end;
            self.tail = tail(text, &self.starts, self.syntax, &self.options);
        }
        self.tail
    }

    /// Whether only blanks stand between a quote and the beginning of its cell.
    fn begins_cell(&self, text: &[u8], quote: usize) -> bool {
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t') && *byte != self.syntax.delimiter;
        let before = text[..quote].iter().rfind(|byte| !is_blank(byte));
        before.is_none_or(|byte| matches!(byte, b'\n' | b'\r') || *byte == self.syntax.delimiter)
    }

    /// Reads every record, and keeps the starts of those that may be left out or be the last one. Text is read again when it
    /// has grown by half, so that each byte is read a few times at most.
    fn find_by_record(&mut self, text: &[u8]) -> usize {
        let is_grown = text.len() >= self.searched + (self.searched / 2).max(BLOCK_BYTES / 8);
        if self.searched > 0 && !is_grown && text.len() <= MAX_KEPT_BYTES + BLOCK_BYTES {
            return self.tail;
        }
        let left_out = usize::try_from(self.options.skip_end.unwrap_or(0)).unwrap_or(usize::MAX);
        let kept = if left_out > 0 { left_out.saturating_add(1) } else { MAX_NOTES + 1 };
        let mut record = DecodedRecord::default();
        let mut start = 0;
        self.starts.clear();
        while let Some(end) = record.read(text, start, self.syntax, false) {
            if left_out == 0 || !record.is_blank() {
                self.starts.push_back(start);
                if self.starts.len() > kept {
                    self.starts.pop_front();
                }
            }
            start = end;
        }
        self.searched = text.len();
        if left_out == 0 {
            self.starts.push_back(start);
            return self.set_end(text, start);
        }
        self.end = start;
        self.tail = if self.starts.len() == kept { self.starts.front().copied().unwrap_or_default() } else { 0 };
        self.tail
    }

    /// Adds the starts behind the line breaks before `end` that are not searched yet, as many of the last ones as are needed.
    fn add_starts(&mut self, text: &[u8], end: usize) {
        let from = self.starts.len();
        let mut search_end = end;
        while let Some(line) = memrchr2(b'\n', b'\r', &text[self.searched.min(search_end)..search_end]) {
            let line = self.searched.min(search_end) + line;
            // A carriage return ends a record only if the next byte is known: a line feed belongs to the same line break.
            if text[line] == b'\n' || text.get(line + 1).is_some_and(|next| *next != b'\n') {
                self.starts.push_back(line + 1);
                if self.starts.len() - from > MAX_NOTES + 1 {
                    break;
                }
            }
            search_end = line;
        }
        self.starts.make_contiguous()[from..].reverse();
        let excess = self.starts.len().saturating_sub(MAX_NOTES + 2);
        self.starts.drain(..excess);
    }
}

/// Checks the length of a record without an end, and of its last cell.
///
/// # Errors
/// A record longer than the memory limit, or a cell longer than the cell limit.
pub(super) fn check_length(text: &[u8], delimiter: u8, limits: &Limits) -> Result<(), InputError> {
    let Limits { cell, memory, .. } = *limits;
    if text.len() > memory {
        return Err(exceeded(Measured::Record, memory));
    }
    // The last cell begins after the last delimiter or at a quote. Only the tail is searched: a cell that begins before it is
    // too long.
    let tail = text.len().saturating_sub(cell + MAX_UNUSED_EXCESS_BYTES + 2);
    let cell_begins = memchr2(delimiter, b'"', &text[tail..]).is_some();
    if tail > 0 && !cell_begins { Err(too_long(cell)) } else { Ok(()) }
}
