//! `text/plain`: numbers separated by white space.

use std::io::{self, Read};

use super::buffer::Block;
use super::integers::Separated;
use super::numbers::{Notes, Numbers, SHORT, run};
use super::parallel::{Describe, Split, Workers};
use super::{Limits, too_long};
use describe::{Number, Retention, Sample, is_blank};
use describe_options::InputError;
use describe_options::Options;

/// Reads numbers separated by ASCII white space, chunk by chunk.
///
/// Whole words are collected until they make a block; blocks are described on all cores at once.
#[derive(Debug)]
pub(super) struct TextReader {
    groups: usize,
    /// Text that is in no whole block yet.
    pending: Block,
    splitter: Splitter,
    workers: Workers<Words>,
}

/// What is kept of words, and how long each may be.
#[derive(Debug)]
struct Words {
    keep: Retention,
    limit: usize,
}

/// What was found in the blocks so far.
#[derive(Debug)]
struct State {
    numbers: Sample,
    /// Each block's place, and how many numbers it has; what is to be said of some of them, if anything.
    blocks: Vec<(u64, u64, Option<Box<Notes>>)>,
    /// The place of a block, and what ended its reading.
    fatal: Option<(u64, InputError)>,
}

impl TextReader {
    pub(super) fn new(options: &Options, limits: &Limits) -> Self {
        Self {
            groups: limits.groups,
            pending: Block::default(),
            splitter: Splitter { seen: 0, limit: limits.cell },
            workers: Workers::new(Words { keep: limits.keep(options), limit: limits.cell }),
        }
    }

    pub(super) fn feed(&mut self, mut chunk: &[u8]) -> Result<(), InputError> {
        if rayon::current_num_threads() == 1 {
            self.workers.take_here(&mut self.pending, &mut self.splitter, chunk)?;
        } else {
            while !chunk.is_empty() {
                chunk = self.pending.fill(chunk);
                self.workers.take(&mut self.pending, &mut self.splitter)?;
            }
        }
        self.check()
    }

    /// Reads all that follows of a file, on every core at once.
    pub(super) fn read_all(
        &mut self,
        source: &mut (impl Read + Send),
        progress: &(impl Fn(u64) + Sync),
    ) -> io::Result<Result<(), InputError>> {
        let read = self.workers.read_all(&mut self.pending, &mut self.splitter, source, progress)?;
        Ok(read.and_then(|()| self.check()))
    }

    /// Says what came first of what ended the reading, if anything did.
    fn check(&mut self) -> Result<(), InputError> {
        if !self.workers.failed() {
            return Ok(());
        }
        self.workers.gather().fatal.map_or(Ok(()), |(_, rejection)| Err(rejection))
    }

    pub(super) fn finish(mut self) -> Result<Numbers, InputError> {
        if !self.pending.text().is_empty() {
            self.workers.submit_last(self.pending);
        }
        let (mut state, Words { keep, .. }) = self.workers.finish();
        if let Some((_, rejection)) = state.fatal {
            return Err(rejection);
        }
        let mut numbers = Numbers::new(&["body"], self.groups, keep);
        state.blocks.sort_unstable_by_key(|(place, ..)| *place);
        for (_, count, notes) in state.blocks {
            numbers.skip(count, notes.as_deref());
        }
        numbers.flat = state.numbers;
        Ok(numbers)
    }
}

impl Describe for Words {
    type State = State;

    fn state(&self) -> State {
        State { numbers: Sample::new(&self.keep.with_fresh_budget()), blocks: Vec::new(), fatal: None }
    }

    fn describe(&self, place: u64, text: &[u8], state: &mut State) -> bool {
        let mut notes = Notes::default();
        let described = self.words(text, &mut state.numbers, &mut notes);
        let count = notes.count;
        state.blocks.push((place, count, (!notes.is_empty()).then(|| Box::new(notes))));
        if let (Err(rejection), None) = (described, &state.fatal) {
            state.fatal = Some((place, rejection));
        }
        state.fatal.is_some()
    }

    fn merge(&self, all: &mut State, mut other: State) {
        all.numbers.merge(&other.numbers);
        all.blocks.append(&mut other.blocks);
        all.fatal = all.fatal.take().into_iter().chain(other.fatal).min_by_key(|(place, _)| *place);
    }
}

impl Words {
    /// Takes whole words.
    fn words(&self, mut text: &[u8], numbers: &mut Sample, notes: &mut Notes) -> Result<(), InputError> {
        loop {
            if self.limit >= SHORT {
                let (end, count) = run(numbers, text, Separated::ByBlanks);
                notes.count += count;
                text = &text[end..];
            }
            let Some(first) = text.first() else { return Ok(()) };
            text = if is_blank(*first) { &text[1..] } else { self.word(text, numbers, notes)? };
        }
    }

    /// Takes one word that is no plain number, and says what follows it.
    fn word<'a>(&self, text: &'a [u8], numbers: &mut Sample, notes: &mut Notes) -> Result<&'a [u8], InputError> {
        let (word, rest) = text.split_at(text.iter().position(|byte| is_blank(*byte)).unwrap_or(text.len()));
        if word.len() > self.limit {
            return Err(too_long(self.limit));
        }
        if std::str::from_utf8(word).is_err() {
            return Err(super::not_utf8(word));
        }
        let number = Number::parse(word);
        notes.add(number, word);
        numbers.push(number.unwrap_or(Number::Nan));
        Ok(rest)
    }
}

/// Finds the end of the last whole word, looking at every byte once.
#[derive(Debug)]
struct Splitter {
    /// How far the text was looked at.
    seen: usize,
    limit: usize,
}

impl Split for Splitter {
    fn split(&mut self, text: &[u8]) -> Result<usize, InputError> {
        let blank = text[self.seen..].iter().rposition(|byte| is_blank(*byte));
        let border = blank.map_or(0, |blank| self.seen + blank + 1);
        self.seen = text.len() - border;
        if self.seen > self.limit { Err(too_long(self.limit)) } else { Ok(border) }
    }
}
