//! Parallel description of JSON by blocks, and the blocks of a long array of numbers.
//!
//! Input: the text of an array of numbers after a comma. Output: accumulated numbers and the diagnostics of each block, and the
//! text after the last block. Invariant: a block begins where a value must follow, ends after a comma and contains no bracket,
//! brace or quote. So it begins and ends in the same state of the grammar and does not depend on other blocks.

use std::io::{self, Read};

use crate::buffer::Buffer;
use crate::integers::Separator;
use crate::json::boundaries::Boundaries;
use crate::json::tokenizer::{Sink, Token, Tokenizer};
use crate::ledger::Ledger;
use crate::numbers::{ValueDiagnostics, push_plain_numbers};
use crate::parallel::{DescribeBlock, FindBoundary, ParallelBlocks};
use describe::{Number, Retention, Sample};
use describe_options::InputError;

/// Consecutive blocks of one kind.
#[derive(Debug)]
pub(crate) struct Blocks<D: DescribeBlock> {
    /// Text that is not part of a submitted block yet.
    pending: Buffer,
    boundaries: Boundaries,
    parallel: ParallelBlocks<D>,
}

/// Describer of blocks of elements of an array.
#[derive(Debug)]
pub(crate) struct Elements {
    pub(crate) retention: Retention,
    pub(crate) max_token_bytes: usize,
}

/// Partial result: accumulated numbers of some blocks.
#[derive(Debug)]
pub(crate) struct ElementsPartial {
    pub(crate) numbers: Sample,
    pub(crate) blocks: Vec<DescribedElements>,
    /// First block with an error.
    pub(crate) refused: Option<RefusedBlock>,
}

/// Described block.
#[derive(Debug)]
pub(crate) struct DescribedElements {
    index: u64,
    pub(crate) bytes: usize,
    /// Number of elements.
    pub(crate) count: u64,
    /// Diagnostics of the elements, if any is invalid or missing.
    pub(crate) diagnostics: Option<Box<ValueDiagnostics>>,
}

/// Block that is not valid JSON or has a token that is too long.
#[derive(Debug)]
pub(crate) struct RefusedBlock {
    index: u64,
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
    /// Sorts the blocks and removes those after the first refused one.
    pub(crate) fn in_order(mut self) -> Self {
        let end = self.refused.as_ref().map_or(u64::MAX, |refused| refused.index);
        self.blocks.retain(|block| block.index < end);
        self.blocks.sort_unstable_by_key(|block| block.index);
        self
    }
}

impl DescribeBlock for Elements {
    type Partial = ElementsPartial;

    fn new_partial(&self) -> ElementsPartial {
        ElementsPartial { numbers: Sample::new(&self.retention.with_fresh_budget()), blocks: Vec::new(), refused: None }
    }

    fn describe(&self, index: u64, text: &[u8], partial: &mut ElementsPartial) -> bool {
        let mut values = ElementSink { numbers: &mut partial.numbers, diagnostics: ValueDiagnostics::default() };
        match Tokenizer::in_array(self.max_token_bytes).feed(text, &mut values) {
            Ok(()) => {
                let (count, diagnostics) = (values.diagnostics.count, values.diagnostics);
                let diagnostics = (!diagnostics.is_empty()).then(|| Box::new(diagnostics));
                partial.blocks.push(DescribedElements { index, bytes: text.len(), count, diagnostics });
            }
            Err(error) => {
                partial.refused.get_or_insert_with(|| RefusedBlock { index, text: text.to_vec(), error });
            }
        }
        partial.refused.is_some()
    }

    fn merge(&self, all: &mut ElementsPartial, mut other: ElementsPartial) {
        all.numbers.merge(&other.numbers);
        all.blocks.append(&mut other.blocks);
        all.refused = all.refused.take().into_iter().chain(other.refused).min_by_key(|refused| refused.index);
    }
}

/// Accumulates the tokens of a block.
struct ElementSink<'a> {
    numbers: &'a mut Sample,
    diagnostics: ValueDiagnostics,
}

impl Sink for ElementSink<'_> {
    #[inline]
    fn token(&mut self, token: Token) -> Result<(), InputError> {
        // A block does not contain the start or end of an array or object.
        if let Some((number, text)) = token.as_element() {
            self.diagnostics.add(number, text);
            self.numbers.push(number.unwrap_or(Number::Nan));
        }
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
