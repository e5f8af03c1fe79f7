//! Parallel description of JSON by blocks, and the blocks of numbers: those of a long array, and lines of NDJSON.
//!
//! Input: the text of an array of numbers after a comma, or after a line. Output: accumulated numbers and the diagnostics of each
//! block, and the text after the last block. Invariant: a block of an array begins where a value must follow, ends after a comma
//! and contains no bracket, brace or quote. So it begins and ends in the same state of the grammar and does not depend on other
//! blocks.

use std::io::{self, Read};

use memchr::memchr_iter;

use crate::buffer::Buffer;
use crate::integers::Separator;
use crate::json::boundaries::Boundaries;
use crate::json::tokenizer::{Sink, Token, Tokenizer};
use crate::ledger::Ledger;
use crate::numbers::{ValueDiagnostics, push_plain_numbers};
use crate::parallel::{DescribeBlock, FindBoundary, ParallelBlocks};
use describe::{Number, Retention, Sample};
use describe_options::{InputError, JsonFault};

/// Consecutive blocks of one kind.
#[derive(Debug)]
pub(crate) struct Blocks<D: DescribeBlock> {
    /// Text that is not part of a submitted block yet.
    pending: Buffer,
    boundaries: Boundaries,
    parallel: ParallelBlocks<D>,
}

/// Describer of blocks of elements of an array, or of lines.
#[derive(Debug)]
pub(crate) struct Elements {
    pub(crate) retention: Retention,
    /// Whether the blocks are lines of NDJSON.
    pub(crate) lines: bool,
    /// Whether a block is refused from its first invalid or missing value on.
    pub(crate) plain_only: bool,
    pub(crate) max_token_bytes: usize,
}

/// Partial result: accumulated numbers of some blocks.
#[derive(Debug)]
pub(crate) struct ElementsPartial {
    pub(crate) numbers: Sample,
    pub(crate) blocks: Vec<DescribedElements>,
}

/// Described block.
#[derive(Debug)]
pub(crate) struct DescribedElements {
    index: u64,
    /// Length of the described elements.
    pub(crate) bytes: usize,
    /// Number of lines, blank ones included; 0 in an array.
    pub(crate) lines: u64,
    /// Number of elements.
    pub(crate) count: u64,
    /// Diagnostics of the elements, if any is invalid or missing.
    pub(crate) diagnostics: Option<Box<ValueDiagnostics>>,
    /// Rest of a block with an error.
    pub(crate) refused: Option<Box<RefusedBlock>>,
}

/// Text that is not valid JSON, has a token that is too long, a line that is not a number, or a value that is not plain.
#[derive(Debug)]
pub(crate) struct RefusedBlock {
    pub(crate) text: Vec<u8>,
    /// Error with its location counted from the start of the block.
    pub(crate) error: InputError,
}

impl<D: DescribeBlock> Blocks<D> {
    /// Blocks of a text that begins with `start`.
    pub(crate) fn new(start: &[u8], boundaries: Boundaries, describe: D, ledger: &Ledger) -> Self {
        let mut pending = Buffer::default();
        pending.extend(start);
        Self { pending, boundaries, parallel: ParallelBlocks::new(describe, ledger) }
    }

    /// Adds the next chunk. Returns the rest of the chunk after the end of the blocks.
    pub(crate) fn feed<'a>(&mut self, mut chunk: &'a [u8]) -> Result<&'a [u8], InputError> {
        while !chunk.is_empty() && !self.ended() {
            chunk = self.pending.fill(chunk);
            self.parallel.submit_pending(&mut self.pending, &mut self.boundaries)?;
        }
        Ok(chunk)
    }

    /// Whether the blocks have ended: other syntax follows, or the content of a block ended the reading.
    pub(crate) fn ended(&self) -> bool {
        self.boundaries.ended() || self.parallel.failed()
    }

    /// Reads the blocks in the rest of a file in parallel.
    pub(crate) fn read_all(
        &mut self,
        source: &mut (impl Read + Send),
        progress: &(impl Fn(u64) + Sync),
    ) -> io::Result<Result<(), InputError>> {
        self.parallel.read_all(&mut self.pending, &mut self.boundaries, source, progress)
    }

    /// Merged result of the blocks, and the text after them.
    pub(crate) fn finish(self) -> (D::Partial, Buffer) {
        (self.parallel.finish().0, self.pending)
    }
}

impl ElementsPartial {
    /// Sorts the blocks.
    pub(crate) fn in_order(mut self) -> Self {
        self.blocks.sort_unstable_by_key(|block| block.index);
        self
    }
}

impl DescribeBlock for Elements {
    type Partial = ElementsPartial;

    fn new_partial(&self) -> ElementsPartial {
        ElementsPartial { numbers: Sample::new(&self.retention.with_fresh_budget()), blocks: Vec::new() }
    }

    fn describe(&self, index: u64, text: &[u8], partial: &mut ElementsPartial) -> bool {
        let diagnostics = ValueDiagnostics::default();
        let mut values = ElementSink { numbers: &mut partial.numbers, diagnostics, plain_only: self.plain_only };
        let mut tokenizer = if self.lines {
            Tokenizer::new(self.max_token_bytes, true)
        } else {
            Tokenizer::in_array(self.max_token_bytes)
        };
        let mut read = tokenizer.feed(text, &mut values);
        if self.lines && read.is_ok() {
            read = tokenizer.finish(&mut values);
        }
        let (lines, _) = tokenizer.completed_lines();
        let (count, diagnostics) = (values.diagnostics.count, values.diagnostics);
        let diagnostics = (!diagnostics.is_empty()).then(|| Box::new(diagnostics));
        let bytes = match &read {
            Ok(()) => text.len(),
            Err(_) if self.plain_only => values_end(text, count),
            Err(_) => 0,
        };
        let refused = read.err().map(|error| Box::new(RefusedBlock { text: text[bytes..].to_vec(), error }));
        let failed = refused.is_some();
        partial.blocks.push(DescribedElements { index, bytes, lines, count, diagnostics, refused });
        failed
    }

    fn merge(&self, all: &mut ElementsPartial, mut other: ElementsPartial) {
        all.numbers.merge(&other.numbers);
        all.blocks.append(&mut other.blocks);
    }
}

/// Index behind the commas of the first `count` values of a flat array.
fn values_end(text: &[u8], count: u64) -> usize {
    let last = usize::try_from(count).ok().and_then(|count| count.checked_sub(1));
    last.and_then(|last| memchr_iter(b',', text).nth(last)).map_or(0, |comma| comma + 1)
}

/// Accumulates the tokens of a block.
struct ElementSink<'a> {
    numbers: &'a mut Sample,
    diagnostics: ValueDiagnostics,
    plain_only: bool,
}

impl Sink for ElementSink<'_> {
    #[inline]
    fn token(&mut self, token: Token) -> Result<(), InputError> {
        if let Token::Number(Ok(decimal), _) = token {
            self.diagnostics.count += 1;
            self.numbers.push_decimal(decimal);
            return Ok(());
        }
        // A line may begin an array or object. The block is read again, so that any error serves.
        let element = token.as_element().filter(|_| !self.plain_only);
        let (number, text) = element.ok_or_else(|| InputError::of_data(JsonFault::ArrayOnALine))?;
        self.diagnostics.add(number, text);
        self.numbers.push(number.unwrap_or(Number::Nan));
        Ok(())
    }

    #[inline]
    fn numbers(&mut self, text: &[u8]) -> Result<usize, InputError> {
        let (end, count) = push_plain_numbers(self.numbers, text, Separator::Comma);
        self.diagnostics.count += count;
        Ok(end)
    }

    fn members(&mut self, _: &[u8]) -> Result<usize, InputError> {
        Ok(0)
    }
}
