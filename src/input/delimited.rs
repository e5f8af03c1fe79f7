//! CSV, TSV and other delimited text (RFC 4180, and what spreadsheets make of it).
//!
//! Bytes are collected until they make a block of whole records; blocks are described on all cores at once, because
//! the states merge exactly. Cells are found 64 bytes at a time by comparing them all with the delimiter, the line ends
//! and the quote (Langdale and Lemire, "Parsing Gigabytes of JSON per Second", 2019); only a record with a quote in it
//! is walked through byte by byte.

use std::io::{self, Read};

use memchr::{memchr, memchr2, memrchr2};
use wide::u8x16;

use super::block::Block;
use super::numbers::nothing;
use super::table::{Cell, OpenTable, Plan, Records, State};
use super::workers::{BLOCK, Describe, Split, Workers};
use super::{Limits, too_long};
use crate::describe::plain_of_length;
use crate::options::{Options, TableOptions};
use crate::rejection::{Kind, Problem, Rejection, Step};

/// From so much of the text the delimiter and the header are found.
const SAMPLE: usize = 64 << 10;

/// Reads delimited text chunk by chunk.
#[derive(Debug)]
pub(super) struct DelimitedReader {
    options: Options,
    limits: Limits,
    /// The delimiter of the media type, if it says one.
    usual: Option<u8>,
    /// Text that is in no whole block yet.
    pending: Block,
    /// Title lines that are still to be passed over.
    to_skip: u64,
    /// Rows before the table's first record.
    rows_before: u64,
    table: Option<(Workers<Dialect>, Splitter)>,
}

/// How cells are written, and what becomes of them.
#[derive(Debug)]
struct Dialect {
    delimiter: u8,
    /// Whether what a cell is cannot be told from a plain number alone: of numbers with a decimal comma, or when there
    /// are codes that are numbers.
    texts_only: bool,
    limits: Limits,
    plan: Plan,
}

impl DelimitedReader {
    pub(super) fn new(options: &Options, limits: Limits, usual: Option<u8>) -> Self {
        Self {
            options: options.clone(),
            limits,
            usual,
            pending: Block::default(),
            to_skip: options.table.skip_rows,
            rows_before: 1,
            table: None,
        }
    }

    pub(super) fn feed(&mut self, chunk: &[u8]) -> Result<(), Rejection> {
        for chunk in chunk.chunks(BLOCK) {
            self.pending.extend(chunk);
            self.go_on()?;
        }
        Ok(())
    }

    /// Reads all that follows of a file, on every core at once; `None` while it is not known yet what is in it.
    pub(super) fn read_all(
        &mut self,
        source: &mut (impl Read + Send),
        progress: &(impl Fn(u64) + Sync),
    ) -> io::Result<Option<Result<(), Rejection>>> {
        let Some((table, splitter)) = &mut self.table else { return Ok(None) };
        let read = table.read_all(&mut self.pending, splitter, source, progress)?;
        Ok(Some(read.and_then(|()| self.check())))
    }

    /// Describes what is complete of the bytes so far.
    fn go_on(&mut self) -> Result<(), Rejection> {
        self.skip_lines(false);
        if self.to_skip > 0 {
            return Ok(());
        }
        if self.table.is_none() {
            if self.pending.text().len() < SAMPLE {
                return Ok(());
            }
            self.start(false)?;
        }
        let Some((table, splitter)) = &mut self.table else { return Ok(()) };
        table.take(&mut self.pending, splitter)?;
        self.check()
    }

    /// Says what came first of what ended the reading, if anything did.
    fn check(&mut self) -> Result<(), Rejection> {
        let Some((table, _)) = self.table.take_if(|(table, _)| table.failed()) else { return Ok(()) };
        let (state, dialect) = table.finish();
        state.finish(dialect.plan, self.rows_before).map(|_| ())
    }

    pub(super) fn finish(mut self) -> Result<OpenTable, Rejection> {
        self.skip_lines(true);
        if self.table.is_none() {
            self.start(true)?;
        }
        let Some((mut table, _)) = self.table else { return Err(nothing(vec![Step::Name("body".into())])) };
        if !self.pending.text().is_empty() {
            table.submit_last(self.pending);
        }
        let (state, dialect) = table.finish();
        state.finish(dialect.plan, self.rows_before)
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
    fn start(&mut self, whole: bool) -> Result<(), Rejection> {
        let table = &self.options.table;
        let delimiter = table
            .delimiter
            .or(self.usual)
            .unwrap_or_else(|| find_delimiter(&self.pending.text()[..self.pending.text().len().min(SAMPLE)], table));
        let mut from = 0;
        let mut record = Quoted::default();
        // The first record that is not blank.
        loop {
            let Some(end) = record.read(self.pending.text(), from, delimiter, whole) else {
                self.pending.skip(from);
                return if whole {
                    Err(nothing(vec![Step::Name("body".into())]))
                } else {
                    check_length(self.pending.text(), delimiter, self.limits)
                };
            };
            if let Some(what) = record.wrong {
                return Err(malformed_header(self.rows_before, what));
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
        let header = table.header.unwrap_or_else(|| !cells.iter().all(|cell| Plan::looks_like_data(table, cell)));
        let nameless = vec![&b""[..]; width];
        let plan = Plan::new(if header { &cells } else { &nameless }, &self.options, self.limits)?;
        let texts_only = table.decimal_comma || plan.has_numeric_codes();
        if header {
            from = record.end;
            self.rows_before += 1;
        }
        let dialect = Dialect { delimiter, texts_only, limits: self.limits, plan };
        let splitter = Splitter::new(delimiter, self.limits);
        self.table = Some((Workers::new(dialect), splitter));
        self.pending.skip(from);
        Ok(())
    }
}

/// Neither a cell nor a record that does not end may fill the memory.
fn check_length(text: &[u8], delimiter: u8, limits: Limits) -> Result<(), Rejection> {
    let Limits { cell, memory, .. } = limits;
    if text.len() > memory {
        return Err(too_long_record(memory));
    }
    // The cell at hand began behind a delimiter, or at the last quote.
    let tail = text.len().saturating_sub(cell + SLACK + 2);
    let begun = memchr2(delimiter, b'"', &text[tail..]).is_some();
    if tail > 0 && !begun { Err(too_long(cell)) } else { Ok(()) }
}

fn too_long_record(limit: usize) -> Rejection {
    let message = format!("a record is longer than {limit} bytes, the limit of --memory-limit (MEMORY_LIMIT)");
    Rejection::new(Kind::TooLarge, message)
}

fn malformed_header(row: u64, (code, what): (&'static str, &str)) -> Rejection {
    let loc = vec![Step::Name("body".into()), Step::Index(row)];
    Rejection::one(Kind::Malformed, Problem::new(loc, code, format!("row {row}: {what}"), None))
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

/// Finds the end of the last whole record, looking at every byte once.
#[derive(Debug)]
struct Splitter {
    delimiter: u8,
    limits: Limits,
    /// How far the text was looked at.
    seen: usize,
    /// The end of the last whole record.
    border: usize,
    in_quotes: bool,
    /// Just behind the last closing quote: a quote here is a doubled one.
    closed: Option<usize>,
}

impl Split for Splitter {
    fn split(&mut self, text: &[u8]) -> Result<usize, Rejection> {
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
        let border = std::mem::take(&mut self.border);
        self.seen = text.len() - border;
        self.closed = self.closed.and_then(|closed| closed.checked_sub(border));
        if border == 0 {
            check_length(text, self.delimiter, self.limits)?;
        }
        Ok(border)
    }
}

impl Splitter {
    fn new(delimiter: u8, limits: Limits) -> Self {
        Self { delimiter, limits, seen: 0, border: 0, in_quotes: false, closed: None }
    }

    /// Moves the border behind the last line end before `end`.
    fn note_lines(&mut self, text: &[u8], end: usize) {
        let mut within = end;
        while let Some(line) = memrchr2(b'\n', b'\r', &text[self.seen.min(within)..within]) {
            let line = self.seen.min(within) + line;
            // What follows a carriage return must be known, lest its line feed be taken for a blank line.
            if text[line] == b'\n' || text.get(line + 1).is_some_and(|next| *next != b'\n') {
                self.border = line + 1;
                return;
            }
            within = line;
        }
    }
}

impl Describe for Dialect {
    type State = State;

    fn state(&self) -> State {
        State::new(&self.plan)
    }

    fn describe(&self, place: u64, text: &[u8], state: &mut State) -> bool {
        let rows = self.block(text, state);
        state.end_block(place, rows);
        state.failed()
    }

    fn merge(&self, all: &mut State, other: State) {
        all.merge(&self.plan, other);
    }
}

impl Dialect {
    /// Describes a block of whole records and says how many rows it has.
    fn block(&self, block: &[u8], state: &mut State) -> u64 {
        let mut walk =
            Walk { dialect: self, block, state, row: 0, start: 0, regular: 0, first: 0, quoted: Quoted::default() };
        let mut ends = Ends::new();
        let width = self.plan.width();
        let mut base = 0;
        let mut returned = 0;
        while base < block.len() {
            if ends.is_full() {
                walk.regular_records(&mut ends);
                ends.make_room();
            }
            let mut marks = Marks::of(block, base, self.delimiter);
            if marks.carriages | returned != 0 {
                returned = marks.drop_feeds(returned);
            }
            let before = ends.add(base, marks.all);
            // What follows a quote is not to be trusted; it is not in the marks.
            let mut lines = marks.lines;
            while lines != 0 {
                let line = lines.trailing_zeros();
                lines &= lines - 1;
                let at = base + line as usize;
                // Mostly a record has as many cells as it should, which one look tells.
                if ends.is_at(walk.regular * width + width, at) && walk.is_regular(at) {
                    walk.regular += 1;
                } else {
                    walk.regular_records(&mut ends);
                    let before = before + (marks.all & (2_u64 << line).wrapping_sub(1)).count_ones() as usize;
                    walk.other_record(ends.record(before - ends.first), at);
                }
            }
            base += 64;
            if marks.quote {
                walk.regular_records(&mut ends);
                ends.clear();
                walk.quoted_record();
                (base, returned) = (walk.start, 0);
            }
            if walk.state.block_failed() {
                return walk.row;
            }
        }
        walk.regular_records(&mut ends);
        if walk.start < block.len() {
            // The last record has no line end.
            walk.quoted_record();
        }
        walk.row
    }
}

/// Where the cells at hand end: those of records that are complete and were taken, then those of the record at hand.
struct Ends {
    positions: Vec<u32>,
    /// How many ends there are.
    filled: usize,
    /// The first end of the record at hand.
    first: usize,
}

impl Ends {
    /// Room for so many ends is made before they are moved to the front.
    const ROOM: usize = 4096;

    fn new() -> Self {
        Self { positions: vec![0; Self::ROOM + 64], filled: 0, first: 0 }
    }

    fn clear(&mut self) {
        (self.filled, self.first) = (0, 0);
    }

    /// Adds an end for each bit of the window at `base`, and says how many there were before.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "blocks are far smaller than 4 GiB")]
    fn add(&mut self, base: usize, mut bits: u64) -> usize {
        let (before, count) = (self.filled, bits.count_ones() as usize);
        let Some(room) = self.positions[before..].first_chunk_mut::<64>() else { return before };
        // Four at a time, too many rather than one by one: a loop that ends after a varying number of turns is
        // mispredicted (Langdale and Lemire, 2019, 3.1.5).
        for four in room.as_chunks_mut::<4>().0.iter_mut().take(count.div_ceil(4)) {
            for end in four {
                *end = base as u32 + bits.trailing_zeros();
                bits &= bits.wrapping_sub(1);
            }
        }
        self.filled += count;
        before
    }

    /// Whether there may be no room for the ends in another window.
    #[inline]
    fn is_full(&self) -> bool {
        self.filled + 64 > self.positions.len()
    }

    /// Makes room by giving up what is taken.
    #[cold]
    fn make_room(&mut self) {
        self.positions.copy_within(self.first..self.filled, 0);
        (self.filled, self.first) = (self.filled - self.first, 0);
        if self.filled > Self::ROOM / 2 {
            self.positions.resize(2 * self.positions.len(), 0);
        }
    }

    /// Whether the cell of the record at hand that is number `cell`, counted from 1, ends at `at`.
    #[inline]
    fn is_at(&self, cell: usize, at: usize) -> bool {
        let end = self.first + cell;
        end <= self.filled && cell > 0 && self.positions[end - 1] as usize == at
    }

    /// The ends of the record at hand, which has so many cells, and goes on to the next one.
    #[inline]
    fn record(&mut self, cells: usize) -> &[u32] {
        let first = self.first;
        self.first += cells;
        &self.positions[first..first + cells]
    }
}

/// A block on the way through its records.
struct Walk<'a> {
    dialect: &'a Dialect,
    block: &'a [u8],
    state: &'a mut State,
    row: u64,
    /// Where the record at hand begins.
    start: usize,
    /// How many records before it wait to be taken together, and where they begin. Each has as many cells as it should, none
    /// is blank or long.
    regular: usize,
    first: usize,
    quoted: Quoted,
}

impl Walk<'_> {
    /// Whether the record that ends at `at`, which has as many cells as it should, may be taken together with others. If so,
    /// the next one is at hand.
    #[inline]
    fn is_regular(&mut self, at: usize) -> bool {
        let Self { dialect, block, start, .. } = *self;
        let blank = dialect.plan.width() == 1 && block[start] <= b' ';
        let regular = !blank && at - start <= dialect.limits.cell;
        if regular {
            if self.regular == 0 {
                self.first = start;
            }
            self.start = next_line(block, at);
        }
        regular
    }

    /// Takes the records that wait.
    #[inline]
    fn regular_records(&mut self, ends: &mut Ends) {
        let Self { dialect, block, first: start, regular: count, .. } = *self;
        if count > 0 {
            let width = dialect.plan.width();
            let records =
                Plain { block, start, width, ends: ends.record(count * width), texts_only: dialect.texts_only };
            self.state.records(&dialect.plan, self.row, count, &records);
            self.row += count as u64;
            self.regular = 0;
        }
    }

    /// Takes the record that ends at `at`, with its cells' ends.
    fn other_record(&mut self, ends: &[u32], at: usize) {
        let Self { dialect, block, start, .. } = *self;
        self.start = next_line(block, at);
        let width = dialect.plan.width();
        if (ends.len() != width || ends.len() == 1) && !self.has_cells(ends.len(), start, at) {
            return;
        }
        let record = Plain { block, start, width, ends, texts_only: dialect.texts_only };
        if self.fits(at - start, |cell| record.text_of(0, cell).len()) {
            self.state.records(&dialect.plan, self.row, 1, &record);
            self.row += 1;
        }
    }

    /// Whether no cell is too long, nor the whole record. If not, that is noted.
    fn fits(&mut self, record: usize, length: impl Fn(usize) -> usize) -> bool {
        let Dialect { limits, plan, .. } = self.dialect;
        let long = |cell: usize, limit: usize| length(cell) > limit;
        let refused = if record > limits.memory {
            too_long_record(limits.memory)
        } else if plan.used().any(|cell| long(cell, limits.cell))
            || (0..plan.width()).any(|cell| long(cell, limits.cell + SLACK))
        {
            too_long(limits.cell)
        } else {
            return true;
        };
        self.state.fatal(Kind::TooLarge, self.row, None, "too_long", &refused.detail, None);
        false
    }

    /// Whether what ends at `at` is a record with as many cells as there should be. If not, it is counted here.
    fn has_cells(&mut self, cells: usize, start: usize, at: usize) -> bool {
        let Self { dialect, block, .. } = *self;
        let blank = cells == 1 && block[start..at].trim_ascii().is_empty();
        let regular = !blank && cells == dialect.plan.width();
        if !blank && !regular {
            self.state.ragged(&dialect.plan, self.row, cells);
        }
        self.row += u64::from(!regular);
        regular
    }

    /// Takes the record at hand byte by byte: it has a quote, or no line end.
    fn quoted_record(&mut self) {
        let mut record = std::mem::take(&mut self.quoted);
        if let Some(end) = record.read(self.block, self.start, self.dialect.delimiter, true) {
            self.take_quoted(&record, end);
        }
        self.quoted = record;
    }

    fn take_quoted(&mut self, record: &Quoted, end: usize) {
        let start = std::mem::replace(&mut self.start, end);
        let Self { dialect, row, .. } = *self;
        if let Some((code, what)) = record.wrong {
            self.state.fatal(Kind::Malformed, row, None, code, what, None);
        } else if record.bounds.len() != dialect.plan.width() && !record.is_blank() {
            self.state.ragged(&dialect.plan, row, record.bounds.len());
        } else if !record.is_blank() && self.fits(end - start, |cell| record.text(cell).len()) {
            let record = QuotedRecord { record, texts_only: dialect.texts_only };
            self.state.records(&dialect.plan, row, 1, &record);
        }
        self.row += 1;
    }
}

/// A cell that nobody asked for may be longer than others by so much, which is what may be looked at while its end is
/// searched.
const SLACK: usize = 2 * BLOCK;

/// What is where in 64 bytes of a block; nothing past its end.
struct Marks {
    /// Delimiters and line ends before the first quote.
    all: u64,
    /// Line ends before the first quote.
    lines: u64,
    /// Those of them that are carriage returns.
    carriages: u64,
    /// Whether there is a quote.
    quote: bool,
}

impl Marks {
    #[inline]
    fn of(block: &[u8], base: usize, delimiter: u8) -> Self {
        if let Some(window) = block[base..].first_chunk() {
            return Self::of_window(window, delimiter, u64::MAX);
        }
        let mut window = [0; 64];
        let rest = &block[base..];
        window[..rest.len()].copy_from_slice(rest);
        Self::of_window(&window, delimiter, (1 << rest.len()) - 1)
    }

    #[inline]
    fn of_window(window: &[u8; 64], delimiter: u8, within: u64) -> Self {
        let [delimiter, feed, carriage, quote] = [delimiter, b'\n', b'\r', b'"'].map(u8x16::splat);
        let (mut all, mut lines, mut other) = (0, 0, u8x16::ZERO);
        for (i, part) in window.as_chunks::<16>().0.iter().enumerate() {
            let part = u8x16::new(*part);
            let line = part.simd_eq(feed);
            all |= u64::from((part.simd_eq(delimiter) | line).to_bitmask()) << (16 * i);
            lines |= u64::from(line.to_bitmask()) << (16 * i);
            other |= part.simd_eq(carriage) | part.simd_eq(quote);
        }
        let marks = Self { all: all & within, lines: lines & within, carriages: 0, quote: false };
        if other.any() { marks.with_others(window, within) } else { marks }
    }

    /// Adds the carriage returns, and takes off what follows a quote.
    #[inline(never)]
    fn with_others(self, window: &[u8; 64], within: u64) -> Self {
        let [mut carriages, mut quotes] = [0, 0];
        for (i, part) in window.as_chunks::<16>().0.iter().enumerate() {
            let part = u8x16::new(*part);
            carriages |= u64::from(part.simd_eq(u8x16::splat(b'\r')).to_bitmask()) << (16 * i);
            quotes |= u64::from(part.simd_eq(u8x16::splat(b'"')).to_bitmask()) << (16 * i);
        }
        let quotes = quotes & within;
        // All bits below the first quote; all of them when there is none.
        let before = (quotes & quotes.wrapping_neg()).wrapping_sub(1);
        let carriages = carriages & within & before;
        let [all, lines] = [self.all, self.lines].map(|marks| marks & before | carriages);
        Self { all, lines, carriages, quote: quotes != 0 }
    }

    /// Takes off the line feeds that belong to the carriage returns before them, `returned` saying whether the last byte of
    /// the window before was one (1) or not (0), and says that of this window.
    #[inline]
    fn drop_feeds(&mut self, returned: u64) -> u64 {
        let feeds = self.lines & !self.carriages & (self.carriages << 1 | returned);
        self.all &= !feeds;
        self.lines &= !feeds;
        self.carriages >> 63
    }
}

/// Records without quotes, one behind the other.
struct Plain<'a> {
    block: &'a [u8],
    /// Where the first one begins.
    start: usize,
    /// How many cells each has, and where all of these end.
    width: usize,
    ends: &'a [u32],
    texts_only: bool,
}

impl Plain<'_> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call would take as long as its work")]
    fn range(&self, record: usize, column: usize) -> (usize, usize) {
        let cell = record * self.width + column;
        let start = match (cell, column) {
            (0, _) => self.start,
            (_, 0) => next_line(self.block, self.ends[cell - 1] as usize),
            _ => self.ends[cell - 1] as usize + 1,
        };
        (start, self.ends[cell] as usize)
    }

    #[inline]
    fn text_of(&self, record: usize, column: usize) -> &[u8] {
        let (start, end) = self.range(record, column);
        &self.block[start..end]
    }
}

/// Where the next record begins behind a line end at `end`.
#[inline]
fn next_line(block: &[u8], end: usize) -> usize {
    end + 1 + usize::from(block[end] == b'\r' && block.get(end + 1) == Some(&b'\n'))
}

impl Records for Plain<'_> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call would take as long as its work")]
    fn cell(&self, record: usize, column: usize) -> Cell<'_> {
        let (start, end) = self.range(record, column);
        match plain_of_length(&self.block[start..], end - start) {
            Some(decimal) if !self.texts_only => Cell::Number(decimal),
            _ => Cell::Text(&self.block[start..end]),
        }
    }

    fn group(&self, record: usize, column: usize, key: &mut Vec<u8>) -> bool {
        let text = self.text_of(record, column).trim_ascii();
        key.extend_from_slice(text);
        !text.is_empty()
    }

    #[inline]
    fn text(&self, record: usize, column: usize) -> Option<&[u8]> {
        Some(self.text_of(record, column).trim_ascii())
    }
}

/// A record read byte by byte, its quotes taken off.
#[derive(Debug, Default)]
struct Quoted {
    /// The cells' texts, one behind the other.
    text: Vec<u8>,
    /// Where each cell ends in `text`.
    bounds: Vec<usize>,
    /// Whether any cell was quoted.
    quotes: bool,
    /// Where the record ends, its line end included.
    end: usize,
    /// What is wrong with it: a stable name and a sentence.
    wrong: Option<(&'static str, &'static str)>,
}

impl Quoted {
    /// Reads the record that begins at `from` and says where the next one begins. `None` when there is none, or when its
    /// end is not in a text that is not `whole`.
    fn read(&mut self, block: &[u8], from: usize, delimiter: u8, whole: bool) -> Option<usize> {
        self.text.clear();
        self.bounds.clear();
        (self.quotes, self.wrong) = (false, None);
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
                        self.wrong = Some(("unclosed_quote", "a quote is opened and never closed"));
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
                    self.wrong = Some((
                        "text_after_quote",
                        "text follows a closing quote; double the quotes inside a quoted cell",
                    ));
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
    fn is_blank(&self) -> bool {
        self.bounds.len() == 1 && !self.quotes && self.text.trim_ascii().is_empty()
    }

    fn text(&self, cell: usize) -> &[u8] {
        let start = if cell == 0 { 0 } else { self.bounds[cell - 1] };
        &self.text[start..self.bounds[cell]]
    }
}

/// A [`Quoted`] with what its numbers look like.
struct QuotedRecord<'a> {
    record: &'a Quoted,
    texts_only: bool,
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
