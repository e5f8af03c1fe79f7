//! Parser of a block of whole delimited records.
//!
//! Input: the text of a block and the [`Dialect`] of the table. Output: an [`Aggregate`] with the cells and the diagnostics of
//! its records. Invariant: records without quotes are parsed by the structural index, several at once while they are regular,
//! and all others byte by byte; the result is the same.

use fearless_simd::{Simd, dispatch};

use super::quoted::{DecodedRecord, QuotedRecord};
use super::record_boundaries::MAX_UNUSED_EXCESS_BYTES;
use super::structural_index::{CellEnds, StructuralIndex};
use super::syntax::Syntax;
use crate::limits::Limits;
use crate::parallel::DescribeBlock;
use crate::simd_level::simd_level;
use crate::table::{Aggregate, Cell, Records, Schema};
use describe::{plain_of_length, trim_blanks};
use describe_options::{Excess, Measured, RaggedCause, excerpt};
use memchr::memmem;

/// Syntax of the cells, and the schema and limits by which they are described.
#[derive(Debug)]
pub(super) struct Dialect {
    pub(super) syntax: Syntax,
    /// Whether cells that look like plain numbers are passed on as text: with a decimal comma, or with numeric absence codes,
    /// a plain number may mean something else.
    pub(super) as_text: bool,
    pub(super) limits: Limits,
    pub(super) schema: Schema,
}

impl DescribeBlock for Dialect {
    type Partial = Aggregate;

    fn new_partial(&self) -> Aggregate {
        Aggregate::new(&self.schema)
    }

    fn describe(&self, index: u64, text: &[u8], aggregate: &mut Aggregate) -> bool {
        let level = simd_level();
        let rows = dispatch!(level, simd => self.parse_block(simd, text, aggregate));
        aggregate.end_block(index, rows);
        aggregate.failed()
    }

    fn merge(&self, all: &mut Aggregate, other: Aggregate) {
        all.merge(&self.schema, other);
    }
}

impl Dialect {
    /// Describes a block of whole records. Returns the number of its rows.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `StructuralIndex::new`")]
    fn parse_block<S: Simd>(&self, simd: S, block: &[u8], aggregate: &mut Aggregate) -> u64 {
        let mut parser =
            BlockParser { dialect: self, block, aggregate, row: 0, start: 0, decoded: DecodedRecord::default() };
        if !self.syntax.is_plain() {
            while parser.start < block.len() && !parser.aggregate.block_failed() {
                parser.decoded_record();
            }
            return parser.row;
        }
        let mut ends = CellEnds::new();
        let mut base = 0;
        let mut carried = 0;
        while base < block.len() {
            let mut index = StructuralIndex::new(simd, block, base, self.syntax.delimiter);
            if index.carriage_returns | carried != 0 {
                carried = index.merge_line_breaks(carried);
            }
            ends.add(base, &index);
            base += 64;
            if index.has_quote {
                // The index ends at the quote. The rest of its record is parsed byte by byte.
                parser.whole_records(&mut ends);
                ends.clear();
                parser.decoded_record();
                (base, carried) = (parser.start, 0);
            } else if ends.is_full() {
                parser.whole_records(&mut ends);
                ends.compact();
            } else {
                continue;
            }
            if parser.aggregate.block_failed() {
                return parser.row;
            }
        }
        parser.whole_records(&mut ends);
        if parser.start < block.len() {
            // The last record has no line break.
            parser.decoded_record();
        }
        parser.row
    }
}

/// Parser state within a block.
struct BlockParser<'a> {
    dialect: &'a Dialect,
    block: &'a [u8],
    aggregate: &'a mut Aggregate,
    /// Row of the next record, counted from 0 in the block.
    row: u64,
    /// Start of the next record.
    start: usize,
    /// Buffers for records that are parsed byte by byte.
    decoded: DecodedRecord,
}

impl BlockParser<'_> {
    /// Describes the whole records of the queue. Usually all are regular and described together.
    #[inline(never)]
    fn whole_records(&mut self, ends: &mut CellEnds) {
        let (count, end) = self.count_regular(ends, |_| true);
        if count == ends.records() {
            return self.regular_records(ends, count, end);
        }
        while ends.records() > 0 {
            let is_line_break = |end: &u32| matches!(self.block[*end as usize], b'\n' | b'\r');
            let (count, end) = self.count_regular(ends, |inner| !inner.iter().any(is_line_break));
            self.regular_records(ends, count, end);
            let last = ends.positions().iter().position(|end| matches!(self.block[*end as usize], b'\n' | b'\r'));
            let Some(last) = last else { return };
            self.irregular_record(ends.remove(1, last + 1));
        }
    }

    /// Counts the regular records at the beginning of the queue: those of the schema's width that are neither blank nor longer
    /// than a cell may be. Returns the count and the end of the last one. `is_one_line` checks that none of a record's ends
    /// except the last is a line break. That check is not needed if the count equals the number of whole records, because each
    /// of them then has exactly one line break.
    fn count_regular(&self, ends: &CellEnds, is_one_line: impl Fn(&[u32]) -> bool) -> (usize, usize) {
        let Self { dialect, block, mut start, .. } = *self;
        let mut count = 0;
        for record in ends.positions().chunks_exact(dialect.schema.width()).take(ends.records()) {
            let Some((end, inner)) = record.split_last() else { break };
            let end = *end as usize;
            // Nothing but delimiters, or a blank in the only cell.
            let is_blank = end - start == inner.len() || (inner.is_empty() && block[start] <= b' ');
            let next = match block[end] {
                b'\n' => end + 1,
                b'\r' => next_line(block, end),
                _ => break,
            };
            if is_blank || end - start > dialect.limits.cell || !is_one_line(inner) {
                break;
            }
            start = next;
            count += 1;
        }
        (count, start)
    }

    /// Describes the next `count` records together. The last one ends at `records_end`.
    fn regular_records(&mut self, ends: &mut CellEnds, count: usize, records_end: usize) {
        let Self { dialect, block, .. } = *self;
        let start = std::mem::replace(&mut self.start, records_end);
        if count > 0 {
            let width = dialect.schema.width();
            let ends = ends.remove(count, count * width);
            let records = UnquotedRecords { block, start, width, ends, as_text: dialect.as_text };
            self.aggregate.records(&dialect.schema, self.row, count, &records);
            self.row += count as u64;
        }
    }

    /// Describes one record that may be blank, ragged or too long, given the ends of its cells.
    fn irregular_record(&mut self, ends: &[u32]) {
        let Self { dialect, block, start, .. } = *self;
        let Some(at) = ends.last().map(|end| *end as usize) else { return };
        self.start = next_line(block, at);
        let width = dialect.schema.width();
        let is_blank = at - start == ends.len() - 1 || (ends.len() == 1 && block[start..at].trim_ascii().is_empty());
        let record = UnquotedRecords { block, start, width, ends, as_text: dialect.as_text };
        let text = |cell: usize| if cell < ends.len() { record.text_of(0, cell) } else { b"" };
        if !is_blank
            && self.has_width(ends.len(), &block[start..at], text)
            && self.is_within_limits(at - start, |cell| text(cell).len())
        {
            self.describe_one(record, at - start, ends.len(), text);
        }
        self.row += 1;
    }

    /// Describes one record of `bytes`, which may have fewer or more cells than the schema has columns, and long ones.
    fn describe_one<'t>(&mut self, record: impl Records, bytes: usize, cells: usize, text: impl Fn(usize) -> &'t [u8]) {
        let Dialect { schema, limits, .. } = self.dialect;
        if cells == schema.width() && bytes <= limits.cell {
            return self.aggregate.records(schema, self.row, 1, &record);
        }
        if cells != schema.width() {
            self.aggregate.count_short_record(self.row);
        }
        let long = schema.used().filter(|column| *column < cells && text(*column).len() > limits.cell);
        // No number is that long.
        let long = long.map(|column| (column, excerpt(text(column)) + "…")).collect();
        self.aggregate.records(schema, self.row, 1, &PaddedRecord { record, cells, long });
    }

    /// Whether a record, whose text is `record`, has no more cells than the header, apart from empty ones. If not, adds a diagnostic.
    fn has_width<'t>(&mut self, cells: usize, record: &[u8], text: impl Fn(usize) -> &'t [u8]) -> bool {
        let Dialect { schema, syntax, .. } = self.dialect;
        let is_ragged = (schema.width()..cells).any(|cell| !text(cell).trim_ascii().is_empty());
        if is_ragged {
            let has = |pair: &[u8]| memmem::find(record, pair).is_some();
            let cause = if syntax.escape.is_none() && has(b"\\\"") {
                Some(RaggedCause::Backslash)
            } else {
                (syntax.delimiter == b' ' && !syntax.is_whitespace && has(b"  ")).then_some(RaggedCause::AlignedColumns)
            };
            self.aggregate.ragged(schema, self.row, cells, record, cause);
        }
        !is_ragged
    }

    /// Whether a record of `record_bytes` and its cells, whose lengths `cell_bytes` returns, are within the limits. If not,
    /// adds a diagnostic that ends the reading.
    fn is_within_limits(&mut self, record_bytes: usize, cell_bytes: impl Fn(usize) -> usize) -> bool {
        let Dialect { limits, schema, .. } = self.dialect;
        let is_longer = |cell: usize, limit: usize| cell_bytes(cell) > limit;
        let excess = if record_bytes > limits.memory {
            Excess::new(Measured::Record, limits.memory as u64)
        } else if schema.needed_whole().any(|cell| is_longer(cell, limits.cell))
            || (0..schema.width()).any(|cell| is_longer(cell, limits.cell + MAX_UNUSED_EXCESS_BYTES))
        {
            Excess::new(Measured::Value, limits.cell as u64)
        } else {
            return true;
        };
        self.aggregate.fatal(self.row, None, excess, None);
        false
    }

    /// Describes the next record byte by byte. It has a quote, or no line break.
    fn decoded_record(&mut self) {
        let mut record = std::mem::take(&mut self.decoded);
        if let Some(end) = record.read(self.block, self.start, self.dialect.syntax, true) {
            self.describe_decoded(&record, end);
        }
        self.decoded = record;
    }

    fn describe_decoded(&mut self, record: &DecodedRecord, end: usize) {
        let start = std::mem::replace(&mut self.start, end);
        let Self { dialect, row, .. } = *self;
        let cells = record.ends.len();
        let text = |cell: usize| if cell < cells { record.text(cell) } else { b"" };
        if let Some(fault) = record.fault.clone() {
            self.aggregate.fatal(row, None, fault, None);
        } else if !record.is_blank()
            && self.has_width(cells, &self.block[start..end], text)
            && self.is_within_limits(end - start, |cell| text(cell).len())
        {
            self.aggregate.count_stray_quotes(row, record.stray_quotes);
            self.describe_one(QuotedRecord { record, as_text: dialect.as_text }, end - start, cells, text);
        }
        self.row += 1;
    }
}

/// A record that may have fewer cells than the schema has columns, or more that are empty, or long ones.
struct PaddedRecord<R> {
    record: R,
    cells: usize,
    /// Columns with cells beyond the limit, which are not requested by name, and texts in their place.
    long: Vec<(usize, String)>,
}

impl<R: Records> Records for PaddedRecord<R> {
    fn cell(&self, record: usize, column: usize) -> Cell<'_> {
        if let Some((_, text)) = self.long.iter().find(|(long, _)| *long == column) {
            return Cell::Text(text.as_bytes());
        }
        if column < self.cells { self.record.cell(record, column) } else { Cell::Missing }
    }

    fn group(&self, record: usize, column: usize, key: &mut Vec<u8>) -> bool {
        column < self.cells && self.record.group(record, column, key)
    }
}

/// Consecutive records without quotes.
#[derive(Clone, Copy)]
struct UnquotedRecords<'a> {
    block: &'a [u8],
    /// Start of the first record.
    start: usize,
    /// Number of cells of each record.
    width: usize,
    /// Ends of all cells.
    ends: &'a [u32],
    /// As for [`Dialect::as_text`].
    as_text: bool,
}

impl UnquotedRecords<'_> {
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

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `range`")]
    fn cell_at(&self, start: usize, end: usize) -> Cell<'_> {
        match plain_of_length(&self.block[start..], end - start) {
            Some(decimal) if !self.as_text => Cell::Number(decimal),
            _ => Cell::Text(&self.block[start..end]),
        }
    }

    #[inline]
    fn text_of(&self, record: usize, column: usize) -> &[u8] {
        let (start, end) = self.range(record, column);
        &self.block[start..end]
    }
}

/// Start of the record after a line break at `end`.
#[inline]
fn next_line(block: &[u8], end: usize) -> usize {
    end + 1 + usize::from(block[end] == b'\r' && block.get(end + 1) == Some(&b'\n'))
}

impl Records for UnquotedRecords<'_> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call would take as long as its work")]
    fn cell(&self, record: usize, column: usize) -> Cell<'_> {
        let (start, end) = self.range(record, column);
        self.cell_at(start, end)
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `cell`")]
    fn cells<'a>(&'a self, column: usize, count: usize, mut take: impl FnMut(usize, Cell<'a>)) {
        let (before, mut first) = (column.checked_sub(1), self.start);
        // The only call of `take`, so that it is inlined.
        for (record, ends) in self.ends.chunks_exact(self.width).take(count).enumerate() {
            let start = before.map_or(first, |before| ends[before] as usize + 1);
            if before.is_none() {
                first = next_line(self.block, ends[self.width - 1] as usize);
            }
            take(record, self.cell_at(start, ends[column] as usize));
        }
    }

    fn group(&self, record: usize, column: usize, key: &mut Vec<u8>) -> bool {
        let text = trim_blanks(self.text_of(record, column));
        key.extend_from_slice(text);
        !text.is_empty()
    }

    #[inline]
    fn text(&self, record: usize, column: usize) -> Option<&[u8]> {
        Some(trim_blanks(self.text_of(record, column)))
    }
}
