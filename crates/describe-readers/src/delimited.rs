//! Reader of CSV, TSV and other delimited text (RFC 4180, and the variants that spreadsheets write).
//!
//! Input: chunks of text. Output: an [`OpenTable`]. The delimiter and the header row are detected in the first bytes. The
//! text is collected into blocks of whole records, which are described in parallel, because aggregates merge exactly. Only
//! records with quotes are parsed byte by byte. Invariant: a chunk may end anywhere.

mod parser;
mod quoted;
mod record_boundaries;
mod structural_index;

use std::io::{self, Read};

use memchr::memchr2;

use super::buffer::{BLOCK_BYTES, Buffer};
use super::errors::{no_values, too_long};
use super::limits::Limits;
use super::parallel::ParallelBlocks;
use super::table::{OpenTable, Schema};
use super::threads;
use describe_options::{InputError, Location};
use describe_options::{Options, TableOptions};
use parser::Dialect;
use quoted::DecodedRecord;
use record_boundaries::{RecordBoundaries, check_length};

/// Bytes from which the delimiter and the header row are detected.
const SAMPLE_BYTES: usize = 64 << 10;

/// Reads delimited text chunk by chunk.
#[derive(Debug)]
pub(super) struct DelimitedReader {
    options: Options,
    limits: Limits,
    /// Delimiter of the format, if it determines one.
    default_delimiter: Option<u8>,
    /// Text that is not part of a submitted block yet.
    pending: Buffer,
    /// Title lines that are still to be skipped.
    lines_to_skip: u64,
    /// Row number of the next record; of the first record of the table once that is known. Row numbers begin with 1.
    first_row: u64,
    table: Option<(ParallelBlocks<Dialect>, RecordBoundaries)>,
}

impl DelimitedReader {
    pub(super) fn new(options: &Options, limits: Limits, default_delimiter: Option<u8>) -> Self {
        Self {
            options: options.clone(),
            limits,
            default_delimiter,
            pending: Buffer::default(),
            lines_to_skip: options.table.skip_rows,
            first_row: 1,
            table: None,
        }
    }

    pub(super) fn feed(&mut self, mut chunk: &[u8]) -> Result<(), InputError> {
        while !chunk.is_empty() {
            if let Some((table, boundaries)) = self.table.as_mut().filter(|_| threads::count() == 1) {
                let (piece, rest) = chunk.split_at(chunk.len().min(BLOCK_BYTES));
                table.describe_chunk(&mut self.pending, boundaries, piece)?;
                self.check()?;
                chunk = rest;
            } else {
                chunk = self.pending.fill(chunk);
                self.describe_pending()?;
            }
        }
        Ok(())
    }

    /// Reads the rest of a file in parallel; `None` before the header row is known, when the caller must feed chunks.
    pub(super) fn read_all(
        &mut self,
        source: &mut (impl Read + Send),
        progress: &(impl Fn(u64) + Sync),
    ) -> io::Result<Option<Result<(), InputError>>> {
        let Some((table, boundaries)) = &mut self.table else { return Ok(None) };
        let read = table.read_all(&mut self.pending, boundaries, source, progress)?;
        Ok(Some(read.and_then(|()| self.check())))
    }

    /// Describes the whole records of the pending text.
    fn describe_pending(&mut self) -> Result<(), InputError> {
        self.skip_lines(false);
        if self.lines_to_skip > 0 {
            return Ok(());
        }
        if self.table.is_none() {
            if self.pending.text().len() < SAMPLE_BYTES {
                return Ok(());
            }
            self.begin_table(false)?;
        }
        let Some((table, boundaries)) = &mut self.table else { return Ok(()) };
        table.submit_pending(&mut self.pending, boundaries)?;
        self.check()
    }

    /// Returns the first error that ended the reading of a block.
    fn check(&mut self) -> Result<(), InputError> {
        let Some((table, _)) = self.table.take_if(|(table, _)| table.failed()) else { return Ok(()) };
        let (aggregate, dialect) = table.finish();
        aggregate.finish(dialect.schema, self.first_row).map(|_| ())
    }

    pub(super) fn finish(mut self) -> Result<OpenTable, InputError> {
        self.skip_lines(true);
        if self.table.is_none() {
            self.begin_table(true)?;
        }
        let Some((mut table, _)) = self.table else { return Err(no_values()) };
        if !self.pending.text().is_empty() {
            table.submit_last(self.pending);
        }
        let (aggregate, dialect) = table.finish();
        aggregate.finish(dialect.schema, self.first_row)
    }

    /// Skips title lines. `is_last` states that no text follows the pending text.
    fn skip_lines(&mut self, is_last: bool) {
        while self.lines_to_skip > 0 {
            let text = self.pending.text();
            match line_end(text, is_last) {
                Some(end) => {
                    self.pending.skip(end);
                    self.lines_to_skip -= 1;
                    self.first_row += 1;
                }
                None if is_last => {
                    self.pending.keep_last(0);
                    self.lines_to_skip = 0;
                }
                // The line may be of any length, so its text is not kept, except for a final carriage return: a line feed may
                // follow it.
                None => {
                    let keep = usize::from(text.last() == Some(&b'\r'));
                    self.pending.keep_last(keep);
                    break;
                }
            }
        }
    }

    /// Detects the delimiter and the header row. `is_last` states that no text follows the pending text.
    fn begin_table(&mut self, is_last: bool) -> Result<(), InputError> {
        let table = &self.options.table;
        let delimiter = table.delimiter.or(self.default_delimiter).unwrap_or_else(|| {
            detect_delimiter(&self.pending.text()[..self.pending.text().len().min(SAMPLE_BYTES)], table)
        });
        let Some(record) = self.first_record(delimiter, is_last)? else { return Ok(()) };
        let table = &self.options.table;
        let width = record.ends.len();
        let cells: Vec<&[u8]> = (0..width).map(|cell| record.text(cell)).collect();
        if cells.iter().any(|cell| cell.len() > self.limits.cell) {
            return Err(too_long(self.limits.cell));
        }
        let header = table.header.unwrap_or_else(|| !cells.iter().all(|cell| Schema::looks_like_data(table, cell)));
        let empty_names = vec![&b""[..]; width];
        let schema = Schema::new(if header { &cells } else { &empty_names }, &self.options, self.limits)?;
        let as_text = table.decimal_comma || schema.has_numeric_codes();
        let dialect = Dialect { delimiter, as_text, limits: self.limits, schema };
        let boundaries = RecordBoundaries::new(delimiter, self.limits);
        self.table = Some((ParallelBlocks::new(dialect), boundaries));
        if header {
            self.pending.skip(record.end);
            self.first_row += 1;
        }
        Ok(())
    }

    /// Reads the first record that is not blank, and removes the blank ones before it. `None` if its end is not pending yet.
    ///
    /// # Errors
    /// A malformed or too long record, or a text of blank records only.
    fn first_record(&mut self, delimiter: u8, is_last: bool) -> Result<Option<DecodedRecord>, InputError> {
        let mut record = DecodedRecord::default();
        loop {
            let Some(end) = record.read(self.pending.text(), 0, delimiter, is_last) else {
                if is_last {
                    return Err(no_values());
                }
                return check_length(self.pending.text(), delimiter, self.limits).map(|()| None);
            };
            if let Some(fault) = record.fault {
                return Err(InputError::at(Location::Cell { row: self.first_row, column: None }, fault));
            }
            if !record.is_blank() {
                return Ok(Some(record));
            }
            self.pending.skip(end);
            self.first_row += 1;
        }
    }
}

/// End of the first line of `text`, its line break included. If the text ends with a carriage return, a line feed may follow
/// it unless `is_last`.
fn line_end(text: &[u8], is_last: bool) -> Option<usize> {
    let end = memchr2(b'\n', b'\r', text)?;
    match (text[end], text.get(end + 1)) {
        (b'\r', Some(b'\n')) => Some(end + 2),
        (b'\r', None) if !is_last => None,
        _ => Some(end + 1),
    }
}

/// Delimiter for which the most of the first records have as many cells as the first one; of several such delimiters the one
/// with the most cells.
fn detect_delimiter(sample: &[u8], table: &TableOptions) -> u8 {
    const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];
    const MAX_RECORDS: usize = 20;
    let score = |delimiter: u8| {
        let mut widths = Vec::new();
        let mut record = DecodedRecord::default();
        let mut from = 0;
        while widths.len() < MAX_RECORDS {
            // An incomplete last record is ignored unless it is the only one.
            let Some(end) = record.read(sample, from, delimiter, widths.is_empty()) else { break };
            if !record.is_blank() {
                widths.push(record.ends.len());
            }
            from = end;
        }
        let first = widths.first().copied().unwrap_or(1);
        (widths.iter().filter(|width| **width == first && first > 1).count(), first)
    };
    let candidates = CANDIDATES.into_iter().filter(|candidate| !(table.decimal_comma && *candidate == b','));
    let scored = candidates.map(|candidate| (score(candidate), candidate));
    // Reversed, because `max_by_key` returns the last of equal candidates, and the first takes precedence.
    let best = scored.rev().max_by_key(|(score, _)| *score);
    let default = if table.decimal_comma { b';' } else { b',' };
    best.filter(|((_, width), _)| *width > 1).map_or(default, |(_, candidate)| candidate)
}
