//! CSV, TSV and other delimited text (RFC 4180, and what spreadsheets make of it).
//!
//! Bytes are collected until they make a block of whole records; blocks are described on all cores at once, because
//! the aggregates merge exactly. Only a record with a quote in it is walked through byte by byte.

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
use quoted::Quoted;
use record_boundaries::{RecordBoundaries, check_length};

/// From so much of the text the delimiter and the header are found.
const SAMPLE_BYTES: usize = 64 << 10;

/// Reads delimited text chunk by chunk.
#[derive(Debug)]
pub(super) struct DelimitedReader {
    options: Options,
    limits: Limits,
    /// The delimiter of the format, if it has one.
    usual: Option<u8>,
    /// Text that is in no whole block yet.
    pending: Buffer,
    /// Title lines that are still to be passed over.
    to_skip: u64,
    /// Rows before the table's first record.
    rows_before: u64,
    table: Option<(ParallelBlocks<Dialect>, RecordBoundaries)>,
}

impl DelimitedReader {
    pub(super) fn new(options: &Options, limits: Limits, usual: Option<u8>) -> Self {
        Self {
            options: options.clone(),
            limits,
            usual,
            pending: Buffer::default(),
            to_skip: options.table.skip_rows,
            rows_before: 1,
            table: None,
        }
    }

    pub(super) fn feed(&mut self, mut chunk: &[u8]) -> Result<(), InputError> {
        while !chunk.is_empty() {
            if let Some((table, boundaries)) = self.table.as_mut().filter(|_| threads::count() == 1) {
                let (piece, rest) = chunk.split_at(chunk.len().min(BLOCK_BYTES));
                table.take_here(&mut self.pending, boundaries, piece)?;
                self.check()?;
                chunk = rest;
            } else {
                chunk = self.pending.fill(chunk);
                self.go_on()?;
            }
        }
        Ok(())
    }

    /// Reads all that follows of a file, on every core at once; `None` while it is not known yet what is in it.
    pub(super) fn read_all(
        &mut self,
        source: &mut (impl Read + Send),
        progress: &(impl Fn(u64) + Sync),
    ) -> io::Result<Option<Result<(), InputError>>> {
        let Some((table, boundaries)) = &mut self.table else { return Ok(None) };
        let read = table.read_all(&mut self.pending, boundaries, source, progress)?;
        Ok(Some(read.and_then(|()| self.check())))
    }

    /// Describes what is complete of the bytes so far.
    fn go_on(&mut self) -> Result<(), InputError> {
        self.skip_lines(false);
        if self.to_skip > 0 {
            return Ok(());
        }
        if self.table.is_none() {
            if self.pending.text().len() < SAMPLE_BYTES {
                return Ok(());
            }
            self.start(false)?;
        }
        let Some((table, boundaries)) = &mut self.table else { return Ok(()) };
        table.take(&mut self.pending, boundaries)?;
        self.check()
    }

    /// Says what came first of what ended the reading, if anything did.
    fn check(&mut self) -> Result<(), InputError> {
        let Some((table, _)) = self.table.take_if(|(table, _)| table.failed()) else { return Ok(()) };
        let (aggregate, dialect) = table.finish();
        aggregate.finish(dialect.schema, self.rows_before).map(|_| ())
    }

    pub(super) fn finish(mut self) -> Result<OpenTable, InputError> {
        self.skip_lines(true);
        if self.table.is_none() {
            self.start(true)?;
        }
        let Some((mut table, _)) = self.table else { return Err(no_values()) };
        if !self.pending.text().is_empty() {
            table.submit_last(self.pending);
        }
        let (aggregate, dialect) = table.finish();
        aggregate.finish(dialect.schema, self.rows_before)
    }

    /// Passes over title lines.
    fn skip_lines(&mut self, whole: bool) {
        while self.to_skip > 0 {
            let text = self.pending.text();
            match line_end(text, whole) {
                Some(end) => {
                    self.pending.skip(end);
                    self.to_skip -= 1;
                    self.rows_before += 1;
                }
                None if whole => {
                    self.pending.keep_last(0);
                    self.to_skip = 0;
                }
                // The line may go on for ever; a carriage return at its end is kept to see what follows.
                None => {
                    let keep = usize::from(text.last() == Some(&b'\r'));
                    self.pending.keep_last(keep);
                    break;
                }
            }
        }
    }

    /// Finds the delimiter and the header.
    fn start(&mut self, whole: bool) -> Result<(), InputError> {
        let table = &self.options.table;
        let delimiter = table.delimiter.or(self.usual).unwrap_or_else(|| {
            find_delimiter(&self.pending.text()[..self.pending.text().len().min(SAMPLE_BYTES)], table)
        });
        let mut from = 0;
        let mut record = Quoted::default();
        // The first record that is not blank.
        loop {
            let Some(end) = record.read(self.pending.text(), from, delimiter, whole) else {
                self.pending.skip(from);
                return if whole {
                    Err(no_values())
                } else {
                    check_length(self.pending.text(), delimiter, self.limits)
                };
            };
            if let Some(fault) = record.fault {
                return Err(InputError::at(Location::Cell { row: self.rows_before, column: None }, fault));
            }
            if !record.is_blank() {
                break;
            }
            from = end;
            self.rows_before += 1;
        }
        let width = record.bounds.len();
        let cells: Vec<&[u8]> = (0..width).map(|cell| record.text(cell)).collect();
        if let Some(long) = cells.iter().find(|cell| cell.len() > self.limits.cell) {
            return Err(too_long(long.len().min(self.limits.cell)));
        }
        let header = table.header.unwrap_or_else(|| !cells.iter().all(|cell| Schema::looks_like_data(table, cell)));
        let nameless = vec![&b""[..]; width];
        let schema = Schema::new(if header { &cells } else { &nameless }, &self.options, self.limits)?;
        let texts_only = table.decimal_comma || schema.has_numeric_codes();
        if header {
            from = record.end;
            self.rows_before += 1;
        }
        let dialect = Dialect { delimiter, texts_only, limits: self.limits, schema };
        let boundaries = RecordBoundaries::new(delimiter, self.limits);
        self.table = Some((ParallelBlocks::new(dialect), boundaries));
        self.pending.skip(from);
        Ok(())
    }
}

/// Where the line that `text` begins with ends, its line end included. A carriage return at the very end says so only
/// when the text is `whole`.
fn line_end(text: &[u8], whole: bool) -> Option<usize> {
    let end = memchr2(b'\n', b'\r', text)?;
    match (text[end], text.get(end + 1)) {
        (b'\r', Some(b'\n')) => Some(end + 2),
        (b'\r', None) if !whole => None,
        _ => Some(end + 1),
    }
}

/// The delimiter that divides the first records most evenly: the same number of cells in each, and the most of them.
fn find_delimiter(sample: &[u8], table: &TableOptions) -> u8 {
    const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];
    const RECORDS: usize = 20;
    let score = |delimiter: u8| {
        let mut widths = Vec::new();
        let mut record = Quoted::default();
        let mut from = 0;
        while widths.len() < RECORDS {
            // A last record that is not complete says little, unless it is the only one.
            let Some(end) = record.read(sample, from, delimiter, widths.is_empty()) else { break };
            if !record.is_blank() {
                widths.push(record.bounds.len());
            }
            from = end;
        }
        let first = widths.first().copied().unwrap_or(1);
        (widths.iter().filter(|width| **width == first && first > 1).count(), first)
    };
    let candidates = CANDIDATES.into_iter().filter(|candidate| !(table.decimal_comma && *candidate == b','));
    let scored = candidates.map(|candidate| (score(candidate), candidate));
    // The first of the best: max_by_key takes the last one.
    let best = scored.rev().max_by_key(|(score, _)| *score);
    let none = if table.decimal_comma { b';' } else { b',' };
    best.filter(|((_, width), _)| *width > 1).map_or(none, |(_, candidate)| candidate)
}
