//! JSON described on all cores, block by block; and the blocks of a long array of numbers. One that begins where a value must
//! stand, ends behind a comma and holds no bracket, brace or quote leaves the grammar where it was, so blocks need not wait for
//! each other.

use std::io::{self, Read};

use memchr::memrchr;

use crate::buffer::Buffer;
use crate::integers::Separated;
use crate::json::tokenizer::{Sink, Token, Tokenizer};
use crate::numbers::{ValueDiagnostics, run};
use crate::parallel::{DescribeBlock, FindBoundary, ParallelBlocks};
use describe::{Number, Retention, Sample};
use describe_options::InputError;

/// Blocks of one kind that follow each other.
#[derive(Debug)]
pub(crate) struct Blocks<D: DescribeBlock, S> {
    /// Text that is in no whole block yet.
    pending: Buffer,
    boundaries: S,
    parallel: ParallelBlocks<D>,
}

/// What is kept of numbers, and how long each may be.
#[derive(Debug)]
pub(crate) struct Elements {
    pub(crate) retention: Retention,
    pub(crate) limit: usize,
}

/// Partial result: the numbers of some blocks.
#[derive(Debug)]
pub(crate) struct ElementsPartial {
    pub(crate) numbers: Sample,
    pub(crate) blocks: Vec<Described>,
    pub(crate) refused: Option<Refused>,
}

/// A block that is done.
#[derive(Debug)]
pub(crate) struct Described {
    place: u64,
    /// How long it is.
    pub(crate) bytes: usize,
    /// How many numbers it has.
    pub(crate) count: u64,
    /// Diagnostics of some of them, if there are any.
    pub(crate) diagnostics: Option<Box<ValueDiagnostics>>,
}

/// A block that is no JSON, or has a token that is too long.
#[derive(Debug)]
pub(crate) struct Refused {
    place: u64,
    pub(crate) text: Vec<u8>,
    /// What is wrong with it; its place is counted from the beginning of the block.
    pub(crate) rejection: InputError,
}

impl<D: DescribeBlock, S: FindBoundary> Blocks<D, S> {
    /// The blocks of a text that goes on from `start`, where one may begin.
    pub(crate) fn new(start: &[u8], boundaries: S, describe: D) -> Self {
        let mut pending = Buffer::default();
        pending.extend(start);
        Self { pending, boundaries, parallel: ParallelBlocks::new(describe) }
    }

    /// Takes what follows, and says what is left of it when no more blocks are.
    pub(crate) fn feed<'a>(&mut self, mut chunk: &'a [u8]) -> Result<&'a [u8], InputError> {
        while !chunk.is_empty() && !self.ended() {
            chunk = self.pending.fill(chunk);
            self.parallel.take(&mut self.pending, &mut self.boundaries)?;
        }
        Ok(chunk)
    }

    /// Whether no more blocks follow: there is something else, or the reading of one ended early.
    pub(crate) fn ended(&self) -> bool {
        self.boundaries.ended() || self.parallel.failed()
    }

    /// Takes what follows of a file as far as there are blocks, on every core at once.
    pub(crate) fn read_all(
        &mut self,
        source: &mut (impl Read + Send),
        progress: &(impl Fn(u64) + Sync),
    ) -> io::Result<Result<(), InputError>> {
        self.parallel.read_all(&mut self.pending, &mut self.boundaries, source, progress)
    }

    /// The merged result of the blocks, and the text that is in none.
    pub(crate) fn finish(self) -> (D::Partial, Buffer) {
        (self.parallel.finish().0, self.pending)
    }
}

impl ElementsPartial {
    /// The blocks before the first one that was refused, in their order.
    pub(crate) fn in_order(mut self) -> Self {
        let end = self.refused.as_ref().map_or(u64::MAX, |refused| refused.place);
        self.blocks.retain(|block| block.place < end);
        self.blocks.sort_unstable_by_key(|block| block.place);
        self
    }
}

impl DescribeBlock for Elements {
    type Partial = ElementsPartial;

    fn new_partial(&self) -> ElementsPartial {
        ElementsPartial { numbers: Sample::new(&self.retention.with_fresh_budget()), blocks: Vec::new(), refused: None }
    }

    fn describe(&self, place: u64, text: &[u8], partial: &mut ElementsPartial) -> bool {
        let mut values = Values { numbers: &mut partial.numbers, diagnostics: ValueDiagnostics::default() };
        match Tokenizer::in_array(self.limit).feed(text, &mut values) {
            Ok(()) => {
                let (count, diagnostics) = (values.diagnostics.count, values.diagnostics);
                let diagnostics = (!diagnostics.is_empty()).then(|| Box::new(diagnostics));
                partial.blocks.push(Described { place, bytes: text.len(), count, diagnostics });
            }
            Err(rejection) => {
                partial.refused.get_or_insert_with(|| Refused { place, text: text.to_vec(), rejection });
            }
        }
        partial.refused.is_some()
    }

    fn merge(&self, all: &mut ElementsPartial, mut other: ElementsPartial) {
        all.numbers.merge(&other.numbers);
        all.blocks.append(&mut other.blocks);
        all.refused = all.refused.take().into_iter().chain(other.refused).min_by_key(|refused| refused.place);
    }
}

/// Takes the tokens of a block.
struct Values<'a> {
    numbers: &'a mut Sample,
    diagnostics: ValueDiagnostics,
}

impl Sink for Values<'_> {
    #[inline]
    fn token(&mut self, token: Token) -> Result<(), InputError> {
        // Nothing nested begins or ends in a block.
        if let Some((number, text)) = token.as_element() {
            self.diagnostics.add(number, text);
            self.numbers.push(number.unwrap_or(Number::Nan));
        }
        Ok(())
    }

    #[inline]
    fn numbers(&mut self, text: &[u8]) -> Result<usize, InputError> {
        let (end, count) = run(self.numbers, text, Separated::ByCommas);
        self.diagnostics.count += count;
        Ok(end)
    }

    fn members(&mut self, _: &[u8]) -> Result<usize, InputError> {
        Ok(0)
    }
}

/// Finds the last comma before anything that is structure, looking at every byte once.
#[derive(Debug, Default)]
pub(crate) struct CommaBoundaries {
    /// How far the text was looked at.
    seen: usize,
    /// Whether no block follows: there is structure, or no comma far and wide.
    ended: bool,
}

impl FindBoundary for CommaBoundaries {
    fn find_boundary(&mut self, text: &[u8]) -> Result<usize, InputError> {
        if self.ended {
            return Ok(0);
        }
        let structure = structure(&text[self.seen..]).map(|at| self.seen + at);
        let flat = &text[self.seen..structure.unwrap_or(text.len())];
        let boundary = memrchr(b',', flat).map_or(0, |comma| self.seen + comma + 1);
        self.ended = structure.is_some() || boundary == 0;
        self.seen = text.len() - boundary;
        Ok(boundary)
    }

    fn ended(&self) -> bool {
        self.ended
    }
}

/// Where the first bracket, brace or quote stands.
fn structure(text: &[u8]) -> Option<usize> {
    // A bracket differs from a brace by one bit. A fold has no early end, so the compiler compares many bytes at once.
    let is = |byte: u8| matches!(byte | 0x20, b'{' | b'}') || byte == b'"';
    let windows = text.as_chunks::<64>().0.iter();
    let flat = windows.take_while(|window| !window.iter().fold(false, |found, byte| found | is(*byte))).count();
    text[64 * flat..].iter().position(|byte| is(*byte)).map(|at| 64 * flat + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_structural_byte_is_found_everywhere() {
        for byte in 0..=u8::MAX {
            for at in [0, 1, 63, 64, 100, 130] {
                let mut text = vec![b'7'; 131];
                text[at] = byte;
                assert_eq!(structure(&text), b"[]{}\"".contains(&byte).then_some(at), "{byte}");
            }
        }
    }
}
