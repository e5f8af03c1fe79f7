//! `text/plain`: numbers separated by white space.

use std::io::{self, Read};

use super::buffer::Buffer;
use super::errors::{not_utf8, too_long};
use super::integers::{PLAIN_BYTES, Separated};
use super::limits::Limits;
use super::numbers::{Numbers, ValueDiagnostics, run};
use super::parallel::{DescribeBlock, FindBoundary, ParallelBlocks};
use super::threads;
use describe::{Number, Retention, Sample, is_blank};
use describe_options::{InputError, Location, Options};

/// Reads numbers separated by ASCII white space, chunk by chunk.
///
/// Whole words are collected until they make a block; blocks are described on all cores at once.
#[derive(Debug)]
pub(super) struct TextReader {
    groups: usize,
    /// Text that is in no whole block yet.
    pending: Buffer,
    boundaries: WordBoundaries,
    parallel: ParallelBlocks<Words>,
}

/// What is kept of words, and how long each may be.
#[derive(Debug)]
struct Words {
    retention: Retention,
    limit: usize,
}

/// Partial result: the numbers of some blocks.
#[derive(Debug)]
struct WordsPartial {
    numbers: Sample,
    /// Each block's place, and how many numbers it has; diagnostics of some of them, if there are any.
    blocks: Vec<(u64, u64, Option<Box<ValueDiagnostics>>)>,
    /// The place of a block, and what ended its reading.
    fatal: Option<(u64, InputError)>,
}

impl TextReader {
    pub(super) fn new(options: &Options, limits: &Limits) -> Self {
        Self {
            groups: limits.groups,
            pending: Buffer::default(),
            boundaries: WordBoundaries { seen: 0, limit: limits.cell },
            parallel: ParallelBlocks::new(Words { retention: limits.retention(options), limit: limits.cell }),
        }
    }

    pub(super) fn feed(&mut self, mut chunk: &[u8]) -> Result<(), InputError> {
        if threads::count() == 1 {
            self.parallel.take_here(&mut self.pending, &mut self.boundaries, chunk)?;
        } else {
            while !chunk.is_empty() {
                chunk = self.pending.fill(chunk);
                self.parallel.take(&mut self.pending, &mut self.boundaries)?;
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
        let read = self.parallel.read_all(&mut self.pending, &mut self.boundaries, source, progress)?;
        Ok(read.and_then(|()| self.check()))
    }

    /// Says what came first of what ended the reading, if anything did.
    fn check(&mut self) -> Result<(), InputError> {
        if !self.parallel.failed() {
            return Ok(());
        }
        self.parallel.gather().fatal.map_or(Ok(()), |(_, rejection)| Err(rejection))
    }

    pub(super) fn finish(mut self) -> Result<Numbers, InputError> {
        if !self.pending.text().is_empty() {
            self.parallel.submit_last(self.pending);
        }
        let (mut partial, Words { retention, .. }) = self.parallel.finish();
        if let Some((_, rejection)) = partial.fatal {
            return Err(rejection);
        }
        let mut numbers = Numbers::new(Location::data(), self.groups, retention);
        partial.blocks.sort_unstable_by_key(|(place, ..)| *place);
        for (_, count, diagnostics) in partial.blocks {
            numbers.skip(count, diagnostics.as_deref());
        }
        numbers.flat = partial.numbers;
        Ok(numbers)
    }
}

impl DescribeBlock for Words {
    type Partial = WordsPartial;

    fn new_partial(&self) -> WordsPartial {
        WordsPartial { numbers: Sample::new(&self.retention.with_fresh_budget()), blocks: Vec::new(), fatal: None }
    }

    fn describe(&self, place: u64, text: &[u8], partial: &mut WordsPartial) -> bool {
        let mut diagnostics = ValueDiagnostics::default();
        let described = self.words(text, &mut partial.numbers, &mut diagnostics);
        let count = diagnostics.count;
        partial.blocks.push((place, count, (!diagnostics.is_empty()).then(|| Box::new(diagnostics))));
        if let (Err(rejection), None) = (described, &partial.fatal) {
            partial.fatal = Some((place, rejection));
        }
        partial.fatal.is_some()
    }

    fn merge(&self, all: &mut WordsPartial, mut other: WordsPartial) {
        all.numbers.merge(&other.numbers);
        all.blocks.append(&mut other.blocks);
        all.fatal = all.fatal.take().into_iter().chain(other.fatal).min_by_key(|(place, _)| *place);
    }
}

impl Words {
    /// Takes whole words.
    fn words(
        &self,
        mut text: &[u8],
        numbers: &mut Sample,
        diagnostics: &mut ValueDiagnostics,
    ) -> Result<(), InputError> {
        loop {
            if self.limit >= PLAIN_BYTES {
                let (end, count) = run(numbers, text, Separated::ByBlanks);
                diagnostics.count += count;
                text = &text[end..];
            }
            let Some(first) = text.first() else { return Ok(()) };
            text = if is_blank(*first) { &text[1..] } else { self.word(text, numbers, diagnostics)? };
        }
    }

    /// Takes one word that is no plain number, and says what follows it.
    fn word<'a>(
        &self,
        text: &'a [u8],
        numbers: &mut Sample,
        diagnostics: &mut ValueDiagnostics,
    ) -> Result<&'a [u8], InputError> {
        let (word, rest) = text.split_at(text.iter().position(|byte| is_blank(*byte)).unwrap_or(text.len()));
        if word.len() > self.limit {
            return Err(too_long(self.limit));
        }
        if std::str::from_utf8(word).is_err() {
            return Err(not_utf8(word));
        }
        let number = Number::parse(word);
        diagnostics.add(number, word);
        numbers.push(number.unwrap_or(Number::Nan));
        Ok(rest)
    }
}

/// Finds the end of the last whole word, looking at every byte once.
#[derive(Debug)]
struct WordBoundaries {
    /// How far the text was looked at.
    seen: usize,
    limit: usize,
}

impl FindBoundary for WordBoundaries {
    fn find_boundary(&mut self, text: &[u8]) -> Result<usize, InputError> {
        let blank = text[self.seen..].iter().rposition(|byte| is_blank(*byte));
        let boundary = blank.map_or(0, |blank| self.seen + blank + 1);
        self.seen = text.len() - boundary;
        if self.seen > self.limit { Err(too_long(self.limit)) } else { Ok(boundary) }
    }
}
