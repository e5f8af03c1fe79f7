//! JSON described on all cores, block by block; and the blocks of a long array of numbers. One that begins where a value must
//! stand, ends behind a comma and holds no bracket, brace or quote leaves the grammar where it was, so blocks need not wait for
//! each other.

use std::io::{self, Read};

use memchr::memrchr;

use crate::buffer::Block;
use crate::integers::Separated;
use crate::json::tokenizer::{Sink, Token, Tokens};
use crate::numbers::{Notes, element, run};
use crate::parallel::{Describe, Split, Workers};
use describe::{Number, Retention, Sample};
use describe_options::InputError;

/// Blocks of one kind that follow each other.
#[derive(Debug)]
pub(crate) struct Blocks<D: Describe, S> {
    /// Text that is in no whole block yet.
    pending: Block,
    splitter: S,
    workers: Workers<D>,
}

/// What is kept of numbers, and how long each may be.
#[derive(Debug)]
pub(crate) struct Elements {
    pub(crate) keep: Retention,
    pub(crate) limit: usize,
}

/// What was found in the blocks so far.
#[derive(Debug)]
pub(crate) struct State {
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
    /// What is to be said of some of them, if anything.
    pub(crate) notes: Option<Box<Notes>>,
}

/// A block that is no JSON, or has a token that is too long.
#[derive(Debug)]
pub(crate) struct Refused {
    place: u64,
    pub(crate) text: Vec<u8>,
    /// What is wrong with it; its place is counted from the beginning of the block.
    pub(crate) rejection: InputError,
}

impl<D: Describe, S: Split> Blocks<D, S> {
    /// The blocks of a text that goes on from `start`, where one may begin.
    pub(crate) fn new(start: &[u8], splitter: S, describe: D) -> Self {
        let mut pending = Block::default();
        pending.extend(start);
        Self { pending, splitter, workers: Workers::new(describe) }
    }

    /// Takes what follows, and says what is left of it when no more blocks are.
    pub(crate) fn feed<'a>(&mut self, mut chunk: &'a [u8]) -> Result<&'a [u8], InputError> {
        while !chunk.is_empty() && !self.ended() {
            chunk = self.pending.fill(chunk);
            self.workers.take(&mut self.pending, &mut self.splitter)?;
        }
        Ok(chunk)
    }

    /// Whether no more blocks follow: there is something else, or the reading of one ended early.
    pub(crate) fn ended(&self) -> bool {
        self.splitter.ended() || self.workers.failed()
    }

    /// Takes what follows of a file as far as there are blocks, on every core at once.
    pub(crate) fn read_all(
        &mut self,
        source: &mut (impl Read + Send),
        progress: &(impl Fn(u64) + Sync),
    ) -> io::Result<Result<(), InputError>> {
        self.workers.read_all(&mut self.pending, &mut self.splitter, source, progress)
    }

    /// What was found in the blocks, and what is in none.
    pub(crate) fn finish(self) -> (D::State, Block) {
        (self.workers.finish().0, self.pending)
    }
}

impl State {
    /// The blocks before the first one that was refused, in their order.
    pub(crate) fn in_order(mut self) -> Self {
        let end = self.refused.as_ref().map_or(u64::MAX, |refused| refused.place);
        self.blocks.retain(|block| block.place < end);
        self.blocks.sort_unstable_by_key(|block| block.place);
        self
    }
}

impl Describe for Elements {
    type State = State;

    fn state(&self) -> State {
        State { numbers: Sample::new(&self.keep.with_fresh_budget()), blocks: Vec::new(), refused: None }
    }

    fn describe(&self, place: u64, text: &[u8], state: &mut State) -> bool {
        let mut values = Values { numbers: &mut state.numbers, notes: Notes::default() };
        match Tokens::in_array(self.limit).feed(text, &mut values) {
            Ok(()) => {
                let (count, notes) = (values.notes.count, values.notes);
                let notes = (!notes.is_empty()).then(|| Box::new(notes));
                state.blocks.push(Described { place, bytes: text.len(), count, notes });
            }
            Err(rejection) => {
                state.refused.get_or_insert_with(|| Refused { place, text: text.to_vec(), rejection });
            }
        }
        state.refused.is_some()
    }

    fn merge(&self, all: &mut State, mut other: State) {
        all.numbers.merge(&other.numbers);
        all.blocks.append(&mut other.blocks);
        all.refused = all.refused.take().into_iter().chain(other.refused).min_by_key(|refused| refused.place);
    }
}

/// Takes the tokens of a block.
struct Values<'a> {
    numbers: &'a mut Sample,
    notes: Notes,
}

impl Sink for Values<'_> {
    #[inline]
    fn token(&mut self, token: Token) -> Result<(), InputError> {
        // Nothing nested begins or ends in a block.
        if let Some((number, text)) = element(&token) {
            self.notes.add(number, text);
            self.numbers.push(number.unwrap_or(Number::Nan));
        }
        Ok(())
    }

    #[inline]
    fn numbers(&mut self, text: &[u8]) -> Result<usize, InputError> {
        let (end, count) = run(self.numbers, text, Separated::ByCommas);
        self.notes.count += count;
        Ok(end)
    }

    fn members(&mut self, _: &[u8]) -> Result<usize, InputError> {
        Ok(0)
    }
}

/// Finds the last comma before anything that is structure, looking at every byte once.
#[derive(Debug, Default)]
pub(crate) struct Commas {
    /// How far the text was looked at.
    seen: usize,
    /// Whether no block follows: there is structure, or no comma far and wide.
    ended: bool,
}

impl Split for Commas {
    fn split(&mut self, text: &[u8]) -> Result<usize, InputError> {
        if self.ended {
            return Ok(0);
        }
        let structure = structure(&text[self.seen..]).map(|at| self.seen + at);
        let flat = &text[self.seen..structure.unwrap_or(text.len())];
        let border = memrchr(b',', flat).map_or(0, |comma| self.seen + comma + 1);
        self.ended = structure.is_some() || border == 0;
        self.seen = text.len() - border;
        Ok(border)
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
