//! Reader of CSV, TSV and other delimited text (RFC 4180, and the variants that spreadsheets write).
//!
//! Input: chunks of text. Output: an [`OpenTable`]. The delimiter and the header row are detected in the first bytes. The
//! text is collected into blocks of whole records, which are described in parallel, because aggregates merge exactly. Only
//! records with quotes are parsed byte by byte. Invariant: a chunk may end anywhere.

mod parser;
mod quoted;
mod record_boundaries;
mod structural_index;
mod syntax;
mod tail;

use std::io::{self, Read};

use memchr::memchr2;

use super::buffer::{BLOCK_BYTES, Buffer};
use super::errors::{no_values, too_long};
use super::limits::Limits;
use super::parallel::ParallelBlocks;
use super::table::{
    LastRecord, OpenTable, Reading, SAMPLE_RECORDS, SampleRecord, Schema, TableStart, TableWarning, TableWarningCode,
    too_many_columns,
};
use super::threads;
use super::transcode::from_windows_1252;
use describe::Number;
use describe_options::{Delimiter, InputError, Location, Measured, Options, TableOptions};
use parser::Dialect;
use quoted::DecodedRecord;
use record_boundaries::{RecordBoundaries, check_length};
use syntax::Syntax;
use tail::{LastRecords, MAX_NOTES};

use crate::errors::exceeded;

/// Bytes from which the delimiter, title lines and the header row are detected.
const SAMPLE_BYTES: usize = 64 << 10;

/// Minimum length of a chunk that is described without copying it: the end of the text is searched with each chunk.
const MIN_CHUNK_IN_PLACE_BYTES: usize = 4 << 10;

/// Reads delimited text chunk by chunk.
#[derive(Debug)]
pub(super) struct DelimitedReader {
    options: Options,
    limits: Limits,
    /// Delimiter of the format, if it determines one.
    default_delimiter: Option<u8>,
    /// Whether cells that are not UTF-8 are Windows-1252.
    reads_windows_1252: bool,
    /// Text that is not part of a submitted block yet.
    pending: Buffer,
    /// Bytes of pending text from which the beginning of the table is searched, again if it was not found in fewer.
    wanted_bytes: usize,
    /// Records that are still to be skipped before the table.
    records_to_skip: u64,
    /// Records that may still be described, if their number is limited.
    records_left: Option<u64>,
    /// Records of a preview that are still to be read, and the end of those in the pending text that were counted.
    preview_left: Option<(u64, usize)>,
    /// Row number of the next record; of the first record of the table once that is known. Row numbers begin with 1.
    first_row: u64,
    reading: Reading,
    table: Option<(ParallelBlocks<Dialect>, RecordBoundaries)>,
}

impl DelimitedReader {
    pub(super) fn new(
        options: &Options,
        limits: &Limits,
        default_delimiter: Option<u8>,
        reads_windows_1252: bool,
    ) -> Self {
        Self {
            options: options.clone(),
            limits: limits.clone(),
            default_delimiter,
            reads_windows_1252,
            pending: Buffer::default(),
            wanted_bytes: SAMPLE_BYTES,
            records_to_skip: options.table.skip_rows.unwrap_or(0),
            records_left: options.table.max_rows,
            preview_left: limits.preview_rows().map(|rows| (rows, 0)),
            first_row: 1,
            reading: Reading::of("csv"),
            table: None,
        }
    }

    pub(super) fn feed(&mut self, mut chunk: &[u8]) -> Result<(), InputError> {
        while !chunk.is_empty() && self.records_left != Some(0) && !self.reading.is_cut {
            let in_place = threads::count() == 1 && self.reads_to_end() && chunk.len() >= MIN_CHUNK_IN_PLACE_BYTES;
            if let Some((table, boundaries)) =
                self.table.as_mut().filter(|(_, boundaries)| in_place && !boundaries.reads_records())
            {
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

    /// Reads the rest of a file in parallel; `None` before the header row is known, and if the number of records is limited:
    /// then the caller must feed chunks.
    pub(super) fn read_all(
        &mut self,
        source: &mut (impl Read + Send),
        progress: &(impl Fn(u64) + Sync),
    ) -> io::Result<Option<Result<(), InputError>>> {
        let Some((table, boundaries)) =
            self.table.as_mut().filter(|_| self.records_left.is_none() && self.preview_left.is_none())
        else {
            return Ok(None);
        };
        let read = table.read_all(&mut self.pending, boundaries, source, progress)?;
        Ok(Some(read.and_then(|()| self.check())))
    }

    /// Describes the whole records of the pending text.
    fn describe_pending(&mut self) -> Result<(), InputError> {
        if self.table.is_none() {
            self.pending.charge(&self.limits.ledger)?;
            if self.pending.text().len() < self.wanted_bytes {
                return Ok(());
            }
            let is_skipped = self.skip_records(false)?;
            if is_skipped && self.pending.text().len() >= SAMPLE_BYTES {
                self.begin_table(false)?;
            }
            if self.table.is_none() {
                self.wanted_bytes = SAMPLE_BYTES.max(2 * self.pending.text().len());
                return Ok(());
            }
        }
        if self.cut_preview(false) {
            return self.check();
        }
        if self.records_left.is_some() {
            return self.describe_first(false);
        }
        let Some((table, boundaries)) = &mut self.table else { return Ok(()) };
        let before = self.pending.text().len();
        table.submit_pending(&mut self.pending, boundaries)?;
        if let Some((_, counted)) = &mut self.preview_left {
            *counted = counted.saturating_sub(before - self.pending.text().len());
        }
        self.check()
    }

    /// Whether the number of records is not limited.
    fn reads_to_end(&self) -> bool {
        self.records_left.is_none() && self.preview_left.is_none()
    }

    /// Counts the pending records of a preview. If there are more than it reads, describes those that it does. Returns whether the
    /// preview ends there. `is_last` states that no text follows the pending text.
    fn cut_preview(&mut self, is_last: bool) -> bool {
        let (Some((table, _)), Some((left, counted))) = (&mut self.table, &mut self.preview_left) else { return false };
        let syntax = table.describer().syntax;
        let text = self.pending.text();
        let mut record = DecodedRecord::default();
        while let Some(next) = record.read(text, *counted, syntax, is_last) {
            if !record.is_blank() {
                if *left == 0 {
                    let block = self.pending.split_off_block(*counted, Vec::new());
                    table.submit_last(block);
                    self.reading.is_cut = true;
                    return true;
                }
                *left -= 1;
            }
            *counted = next;
        }
        false
    }

    /// Describes the pending records up to their limited number. `is_last` states that no text follows the pending text.
    fn describe_first(&mut self, is_last: bool) -> Result<(), InputError> {
        let (Some((table, _)), Some(left)) = (&mut self.table, &mut self.records_left) else { return Ok(()) };
        let syntax = table.describer().syntax;
        let text = self.pending.text();
        let mut record = DecodedRecord::default();
        let mut end = 0;
        while let Some(next) = record.read(text, end, syntax, is_last).filter(|_| *left > 0) {
            *left -= u64::from(!record.is_blank());
            end = next;
        }
        if end > 0 {
            let block = self.pending.split_off_block(end, Vec::new());
            table.submit_last(block);
        } else if *left > 0 {
            check_length(text, syntax.delimiter, &self.limits)?;
        }
        self.check()
    }

    /// Returns the first error that ended the reading of a block.
    fn check(&mut self) -> Result<(), InputError> {
        let Some((table, _)) = self.table.take_if(|(table, _)| table.failed()) else { return Ok(()) };
        let (aggregate, dialect) = table.finish();
        aggregate.finish(dialect.schema, self.first_row, Reading::default()).map(|_| ())
    }

    pub(super) fn finish(mut self) -> Result<OpenTable, InputError> {
        if self.table.is_none() {
            self.skip_records(true)?;
            self.begin_table(true)?;
        }
        let is_cut = self.reading.is_cut || self.cut_preview(true);
        if is_cut {
            self.check()?;
        } else if self.records_left.is_some() {
            self.describe_first(true)?;
        } else {
            self.cut_tail();
        }
        let Some((mut table, _)) = self.table else { return Err(no_values()) };
        if !is_cut && !self.pending.text().is_empty() && self.records_left.is_none() {
            table.submit_last(self.pending);
        }
        let (aggregate, dialect) = table.finish();
        aggregate.finish(dialect.schema, self.first_row, self.reading)
    }

    /// Removes the records behind the table from the pending text, which is the end of the file.
    fn cut_tail(&mut self) {
        let Some((table, boundaries)) = &mut self.table else { return };
        let (syntax, options) = (table.describer().syntax, &self.options.table);
        let text = self.pending.text();
        let tail = boundaries.find_tail(text);
        let Some(mut last) = LastRecords::read(text, tail, syntax, options) else { return };
        let cut = match options.skip_end {
            Some(count) => last.records.len().saturating_sub(usize::try_from(count).unwrap_or(usize::MAX)),
            None => last.without_notes(table.describer().schema.width() == 1),
        };
        self.reading.skipped_end(last.records.len() - cut, options.skip_end.is_none());
        self.reading.last_record =
            last.last_of(cut, options).map(|(cells, blank_rows)| LastRecord { cells, blank_rows });
        self.reading.note_texts =
            last.records[cut..].iter().take(MAX_NOTES).map(|record| record.first_cell().to_vec()).collect();
        if let Some(record) = last.records.get(cut) {
            let end = record.start;
            self.pending.truncate(end);
        }
    }

    /// Skips the records before the table. `is_last` states that no text follows the pending text. Returns whether all are
    /// skipped.
    fn skip_records(&mut self, is_last: bool) -> Result<bool, InputError> {
        if self.first_row == 1 && self.reading.source.delimiter.is_none() {
            self.obey_separator_line();
        }
        // A quote opens a cell behind any usual delimiter, since the delimiter is not known yet.
        let delimiter = self.options.table.delimiter.unwrap_or(Delimiter::Byte(self.default_delimiter.unwrap_or(b',')));
        let syntax = Syntax::new(delimiter, &self.options.table);
        let mut record = DecodedRecord::default();
        let max_bytes = self.limits.memory.min(MAX_TITLE_BYTES);
        while self.records_to_skip > 0 {
            let pending = self.pending.text();
            let text = &pending[..pending.len().min(max_bytes)];
            let is_cut = text.len() < pending.len();
            let end = match record.read(text, 0, syntax, is_last && !is_cut) {
                // A title line may begin with a quote that is never closed: then the next one opens another cell.
                Some(end) => {
                    if record.fault.is_some() || record.stray_quotes > 0 {
                        line_end(text)
                    } else {
                        end
                    }
                }
                None if is_cut => match line_end(text) {
                    end if end == text.len() => return Err(exceeded(Measured::Record, max_bytes)),
                    end => end,
                },
                None => return Ok(is_last),
            };
            self.pending.skip(end);
            self.records_to_skip -= 1;
            self.first_row += 1;
            *self.reading.source.skipped_rows.get_or_insert(0) += 1;
        }
        Ok(true)
    }

    /// Obeys a line `sep=;` at the beginning of the text, as Excel does, and passes over it.
    fn obey_separator_line(&mut self) {
        let text = self.pending.text();
        let line = &text[..line_end(text)];
        let content = line.trim_ascii().to_ascii_lowercase();
        let content = content.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(&content);
        let tab = line.strip_suffix(b"\n").unwrap_or(line).ends_with(b"sep=\t");
        let delimiter = match content {
            [b's', b'e', b'p', b'=', delimiter] => *delimiter,
            b"sep=" if tab => b'\t',
            _ => return,
        };
        self.pending.skip(line.len());
        self.first_row += 1;
        // Whoever counts the lines before the table counts this one.
        self.records_to_skip = self.records_to_skip.saturating_sub(1);
        self.options.table.delimiter.get_or_insert(Delimiter::Byte(delimiter));
    }

    /// Detects the delimiter, title lines and the header row. `is_last` states that no text follows the pending text.
    fn begin_table(&mut self, is_last: bool) -> Result<(), InputError> {
        let sample = &self.pending.text()[..self.pending.text().len().min(SAMPLE_BYTES)];
        let delimiter = self.options.table.delimiter.unwrap_or_else(|| {
            let found = self.default_delimiter.unwrap_or_else(|| detect_delimiter(sample, &self.options.table));
            Delimiter::Byte(found)
        });
        let syntax = Syntax::new(delimiter, &self.options.table);
        let sample = self.sample(syntax, is_last)?;
        let Some(sample) = sample else { return Ok(()) };
        let TableStart { titles, has_header, warnings } = TableStart::find(&sample.records, &self.options.table);
        self.reading.warnings.extend(warnings);
        if self.limits.preview.is_some() {
            self.reading.sample.clone_from(&sample.records);
        }
        let (first, below) = sample.records[titles..].split_first().ok_or_else(no_values)?;
        let written = &self.pending.text()[sample.starts[titles]..sample.ends[titles]];
        self.reading.has_windows_1252 = has_header && self.reads_windows_1252 && str::from_utf8(written).is_err();
        let mut header = first.cells.clone();
        if has_header && has_row_names(header.len(), below) {
            header.insert(0, Vec::new());
            self.reading.warnings.push(TableWarning::new(TableWarningCode::RowNames).at(first.row));
        }
        if header.iter().any(|cell| cell.len() > self.limits.cell) {
            return Err(too_long(self.limits.cell));
        }
        let empty_names = vec![Vec::new(); header.len()];
        let mut schema = Schema::new(if has_header { &header } else { &empty_names }, &self.options, &self.limits)?
            .with_windows_1252(self.reads_windows_1252);
        let mut place = titles + usize::from(has_header);
        let mut first_row = first.row + u64::from(has_header);
        if schema.has_maxima_row() {
            let maxima = sample.records.get(place).ok_or_else(no_values)?;
            schema.set_maxima(&maxima.cells)?;
            (place, first_row) = (place + 1, maxima.row + 1);
        }
        let as_text =
            self.options.table.decimal_comma || schema.has_numeric_codes() || schema.is_preview() || schema.has_keys();
        let boundaries = RecordBoundaries::new(syntax, &self.options.table, &self.limits);
        let dialect = Dialect { syntax, as_text, limits: self.limits.clone(), schema };
        self.table = Some((ParallelBlocks::new(dialect, &self.limits.ledger), boundaries));
        let source = &mut self.reading.source;
        source.delimiter = Some(syntax.name());
        source.decimal = Some(if self.options.table.decimal_comma { "," } else { "." });
        source.header_row = Some(has_header.then_some(first.row));
        *source.skipped_rows.get_or_insert(0) += titles as u64;
        (source.skipped_end, source.short_records, source.stray_quotes) = (Some(0), Some(0), Some(0));
        self.first_row = first_row;
        let start = if place == 0 { sample.starts[0] } else { sample.ends[place - 1] };
        self.pending.skip(start);
        Ok(())
    }

    /// First records of the pending text that are not blank. `None` if the end of the first one is not pending yet.
    ///
    /// # Errors
    /// A malformed or too long first record, or a text of blank records only.
    fn sample(&self, syntax: Syntax, is_last: bool) -> Result<Option<Sample>, InputError> {
        let pending = self.pending.text();
        // The same records whatever is pending: those in the first bytes, or else the first one alone.
        let text = &pending[..pending.len().min(SAMPLE_BYTES)];
        let is_whole = is_last && pending.len() < SAMPLE_BYTES;
        let mut sample = Sample::default();
        let mut record = DecodedRecord::default();
        let (mut at, mut row) = (0, self.first_row);
        while sample.records.len() < SAMPLE_RECORDS {
            // Blank records may be very many.
            self.limits.ledger.check()?;
            let read = record.read(text, at, syntax, is_whole);
            let is_long = sample.records.is_empty();
            let has_end = || is_last || memchr2(b'\n', b'\r', &pending[at..]).is_some();
            let long = || if is_long && has_end() { record.read(pending, at, syntax, is_last) } else { None };
            let Some(end) = read.or_else(long) else { break };
            if let Some(fault) = record.fault.clone() {
                if sample.records.is_empty() {
                    return Err(InputError::at(Location::Cell { row, column: None }, fault));
                }
                break;
            }
            if record.ends.len() > self.limits.columns {
                return Err(too_many_columns(self.limits.columns));
            }
            if !record.is_blank() {
                let decoded = |text| self.reads_windows_1252.then(|| from_windows_1252(text)).flatten();
                let cells = record.texts().map(|text| decoded(text).map_or_else(|| text.to_vec(), String::into_bytes));
                sample.records.push(SampleRecord { row, cells: cells.collect() });
                sample.starts.push(at);
                sample.ends.push(end);
            }
            (at, row) = (end, row + 1);
        }
        match (sample.records.is_empty(), is_last) {
            (false, _) => Ok(Some(sample)),
            (true, true) => Err(no_values()),
            (true, false) => check_length(pending, syntax.delimiter, &self.limits).map(|()| None),
        }
    }
}

/// First records of a text, with their places in it.
#[derive(Default)]
struct Sample {
    records: Vec<SampleRecord>,
    starts: Vec<usize>,
    ends: Vec<usize>,
}

/// Maximum length of a title record.
const MAX_TITLE_BYTES: usize = 1 << 20;

/// Whether all records below a header have one cell more than it, which is not empty: then the first one is the name of the
/// row, as R's `write.table` writes it.
fn has_row_names(width: usize, below: &[SampleRecord]) -> bool {
    !below.is_empty()
        && below.iter().all(|record| record.cells.len() == width + 1)
        && below.iter().any(|record| record.cells.last().is_some_and(|cell| !cell.is_empty()))
}

/// End of the first line of a text, its line break included.
fn line_end(text: &[u8]) -> usize {
    match text.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
        Some(end) if text[end] == b'\r' && text.get(end + 1) == Some(&b'\n') => end + 2,
        Some(end) => end + 1,
        None => text.len(),
    }
}

/// Delimiter for which the most of the first records have as many cells as most of them; of several such delimiters the one
/// with the largest share of cells that are numbers, and then the one with the most cells.
fn detect_delimiter(sample: &[u8], table: &TableOptions) -> u8 {
    const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];
    let candidates = CANDIDATES.into_iter().filter(|candidate| !(table.decimal_comma && *candidate == b','));
    let scored = candidates.map(|candidate| (score(sample, candidate, table), candidate));
    // Reversed, because `max_by_key` returns the last of equal candidates, and the first takes precedence.
    let best = scored.rev().max_by_key(|(score, _)| *score);
    let default = if table.decimal_comma { b';' } else { b',' };
    best.filter(|((_, _, width), _)| *width > 1).map_or(default, |(_, candidate)| candidate)
}

/// Score of a delimiter: the number of records of the usual width, the share of numbers in percent, and that width.
fn score(sample: &[u8], delimiter: u8, table: &TableOptions) -> (usize, usize, usize) {
    const MAX_RECORDS: usize = 20;
    let syntax = Syntax::new(Delimiter::Byte(delimiter), table);
    let mut widths = Vec::new();
    let (mut cells, mut numbers) = (0, 0);
    let mut record = DecodedRecord::default();
    let mut from = 0;
    while widths.len() < MAX_RECORDS {
        // An incomplete last record is ignored unless it is the only one.
        let Some(end) = record.read(sample, from, syntax, widths.is_empty()) else { break };
        from = end;
        if record.is_blank() {
            continue;
        }
        widths.push(record.ends.len());
        for text in record.texts() {
            let dotted: Vec<u8> = text.iter().map(|byte| if *byte == b',' { b'.' } else { *byte }).collect();
            numbers += usize::from(Number::parse(&dotted).is_ok());
            cells += 1;
        }
    }
    let count = |width: &usize| widths.iter().filter(|other| *other == width).count();
    let usual = widths.iter().copied().filter(|width| *width > 1).max_by_key(|width| (count(width), *width));
    let Some(usual) = usual else { return (0, 0, 1) };
    (count(&usual), 100 * numbers / cells.max(1), usual)
}
