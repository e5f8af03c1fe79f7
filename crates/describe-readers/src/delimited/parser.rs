//! The way through a block of whole records.

use fearless_simd::{Level, Simd, dispatch};

use super::quoted::{Quoted, QuotedRecord};
use super::record_boundaries::SLACK;
use super::structural_index::{CellEnds, StructuralIndex};
use crate::limits::Limits;
use crate::parallel::DescribeBlock;
use crate::table::{Aggregate, Cell, Records, Schema};
use describe::plain_of_length;
use describe_options::{Excess, Measured};

/// How cells are written, and what becomes of them.
#[derive(Debug)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    /// Whether what a cell is cannot be told from a plain number alone: of numbers with a decimal comma, or when there
    /// are codes that are numbers.
    pub(super) texts_only: bool,
    pub(super) limits: Limits,
    pub(super) schema: Schema,
}

impl DescribeBlock for Dialect {
    type Partial = Aggregate;

    fn new_partial(&self) -> Aggregate {
        Aggregate::new(&self.schema)
    }

    fn describe(&self, place: u64, text: &[u8], aggregate: &mut Aggregate) -> bool {
        let level = Level::new();
        let rows = dispatch!(level, simd => self.block(simd, text, aggregate));
        aggregate.end_block(place, rows);
        aggregate.failed()
    }

    fn merge(&self, all: &mut Aggregate, other: Aggregate) {
        all.merge(&self.schema, other);
    }
}

impl Dialect {
    /// Describes a block of whole records and says how many rows it has.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `StructuralIndex::of`")]
    fn block<S: Simd>(&self, simd: S, block: &[u8], aggregate: &mut Aggregate) -> u64 {
        let mut parser = BlockParser { dialect: self, block, aggregate, row: 0, start: 0, quoted: Quoted::default() };
        let mut ends = CellEnds::new();
        let mut base = 0;
        let mut returned = 0;
        while base < block.len() {
            let mut index = StructuralIndex::of(simd, block, base, self.delimiter);
            if index.carriages | returned != 0 {
                returned = index.drop_feeds(returned);
            }
            ends.add(base, &index);
            base += 64;
            if index.quote {
                // What follows a quote is not to be trusted; it is not in the index.
                parser.whole_records(&mut ends);
                ends.clear();
                parser.quoted_record();
                (base, returned) = (parser.start, 0);
            } else if ends.is_full() {
                parser.whole_records(&mut ends);
                ends.make_room();
            } else {
                continue;
            }
            if parser.aggregate.block_failed() {
                return parser.row;
            }
        }
        parser.whole_records(&mut ends);
        if parser.start < block.len() {
            // The last record has no line end.
            parser.quoted_record();
        }
        parser.row
    }
}

/// A block on the way through its records.
struct BlockParser<'a> {
    dialect: &'a Dialect,
    block: &'a [u8],
    aggregate: &'a mut Aggregate,
    row: u64,
    /// Where the record at hand begins.
    start: usize,
    quoted: Quoted,
}

impl BlockParser<'_> {
    /// Takes the records that are whole: mostly all of them together.
    #[inline(never)]
    fn whole_records(&mut self, ends: &mut CellEnds) {
        let (all, behind) = self.regular(ends, |_| true);
        if all == ends.records() {
            return self.take(ends, all, behind);
        }
        while ends.records() > 0 {
            let is_line = |end: &u32| matches!(self.block[*end as usize], b'\n' | b'\r');
            let (count, behind) = self.regular(ends, |inner| !inner.iter().any(is_line));
            self.take(ends, count, behind);
            let line = ends.rest().iter().position(|end| matches!(self.block[*end as usize], b'\n' | b'\r'));
            let Some(line) = line else { return };
            self.other_record(ends.take(1, line + 1));
        }
    }

    /// How many records at hand may be taken together, and where the next one begins: each has as many cells as it should,
    /// none is blank or long. That no line ends within a record is `sure` of all its ends but the last, or follows from
    /// the number of line ends.
    fn regular(&self, ends: &CellEnds, sure: impl Fn(&[u32]) -> bool) -> (usize, usize) {
        let Self { dialect, block, mut start, .. } = *self;
        let mut count = 0;
        for record in ends.rest().chunks_exact(dialect.schema.width()).take(ends.records()) {
            let Some((end, inner)) = record.split_last() else { break };
            let end = *end as usize;
            let blank = inner.is_empty() && block[start] <= b' ';
            let next = match block[end] {
                b'\n' => end + 1,
                b'\r' => next_line(block, end),
                _ => break,
            };
            if blank || end - start > dialect.limits.cell || !sure(inner) {
                break;
            }
            start = next;
            count += 1;
        }
        (count, start)
    }

    /// Takes the next records together.
    fn take(&mut self, ends: &mut CellEnds, count: usize, behind: usize) {
        let Self { dialect, block, .. } = *self;
        let start = std::mem::replace(&mut self.start, behind);
        if count > 0 {
            let width = dialect.schema.width();
            let ends = ends.take(count, count * width);
            let records = Plain { block, start, width, ends, texts_only: dialect.texts_only };
            self.aggregate.records(&dialect.schema, self.row, count, &records);
            self.row += count as u64;
        }
    }

    /// Takes one record with its cells' ends.
    fn other_record(&mut self, ends: &[u32]) {
        let Self { dialect, block, start, .. } = *self;
        let Some(at) = ends.last().map(|end| *end as usize) else { return };
        self.start = next_line(block, at);
        let width = dialect.schema.width();
        if (ends.len() != width || ends.len() == 1) && !self.has_cells(ends.len(), start, at) {
            return;
        }
        let record = Plain { block, start, width, ends, texts_only: dialect.texts_only };
        if self.fits(at - start, |cell| record.text_of(0, cell).len()) {
            self.aggregate.records(&dialect.schema, self.row, 1, &record);
            self.row += 1;
        }
    }

    /// Whether no cell is too long, nor the whole record. If not, that is noted.
    fn fits(&mut self, record: usize, length: impl Fn(usize) -> usize) -> bool {
        let Dialect { limits, schema, .. } = self.dialect;
        let long = |cell: usize, limit: usize| length(cell) > limit;
        let excess = if record > limits.memory {
            Excess::new(Measured::Record, limits.memory as u64)
        } else if schema.used().any(|cell| long(cell, limits.cell))
            || (0..schema.width()).any(|cell| long(cell, limits.cell + SLACK))
        {
            Excess::new(Measured::Value, limits.cell as u64)
        } else {
            return true;
        };
        self.aggregate.fatal(self.row, None, excess, None);
        false
    }

    /// Whether what ends at `at` is a record with as many cells as there should be. If not, it is counted here.
    fn has_cells(&mut self, cells: usize, start: usize, at: usize) -> bool {
        let Self { dialect, block, .. } = *self;
        let blank = cells == 1 && block[start..at].trim_ascii().is_empty();
        let regular = !blank && cells == dialect.schema.width();
        if !blank && !regular {
            self.aggregate.ragged(&dialect.schema, self.row, cells);
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
        if let Some(fault) = record.fault.clone() {
            self.aggregate.fatal(row, None, fault, None);
        } else if record.bounds.len() != dialect.schema.width() && !record.is_blank() {
            self.aggregate.ragged(&dialect.schema, row, record.bounds.len());
        } else if !record.is_blank() && self.fits(end - start, |cell| record.text(cell).len()) {
            let record = QuotedRecord { record, texts_only: dialect.texts_only };
            self.aggregate.records(&dialect.schema, row, 1, &record);
        }
        self.row += 1;
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

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `range`")]
    fn cell_at(&self, start: usize, end: usize) -> Cell<'_> {
        match plain_of_length(&self.block[start..], end - start) {
            Some(decimal) if !self.texts_only => Cell::Number(decimal),
            _ => Cell::Text(&self.block[start..end]),
        }
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
        self.cell_at(start, end)
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `cell`")]
    fn cells<'a>(&'a self, column: usize, count: usize, mut take: impl FnMut(usize, Cell<'a>)) {
        let (before, mut first) = (column.checked_sub(1), self.start);
        // One call only, which is inlined.
        for (record, ends) in self.ends.chunks_exact(self.width).take(count).enumerate() {
            let start = before.map_or(first, |before| ends[before] as usize + 1);
            if before.is_none() {
                first = next_line(self.block, ends[self.width - 1] as usize);
            }
            take(record, self.cell_at(start, ends[column] as usize));
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
