//! Reader of `text/plain`: numbers separated by white space, each with up to one comma or semicolon after it.
//!
//! Input: chunks of text. Output: accumulated numbers and diagnostics of the invalid ones. Invariant: a chunk may end anywhere.

use std::io::{self, Read};

use super::buffer::Buffer;
use super::errors::{not_utf8, too_long};
use super::integers::{PLAIN_NUMBER_BYTES, Separator};
use super::ledger::Ledger;
use super::limits::Limits;
use super::numbers::{Numbers, ValueDiagnostics, push_plain_numbers};
use super::parallel::{DescribeBlock, FindBoundary, ParallelBlocks};
use super::table::SHOWN_RECORDS;
use super::threads;
use describe::{Number, Retention, Sample, is_blank, trim_blanks};
use describe_options::{InputError, Location, Options, excerpt};

/// Reads numbers separated by ASCII white space, chunk by chunk.
///
/// Whole words are collected into blocks, which are described in parallel.
#[derive(Debug)]
pub(super) struct TextReader {
    max_slices: usize,
    ledger: Ledger,
    /// Text that is not part of a submitted block yet.
    pending: Buffer,
    boundaries: WordBoundaries,
    parallel: ParallelBlocks<Words>,
}

/// Describer of blocks of words.
#[derive(Debug)]
struct Words {
    /// Whether the first words are kept.
    is_previewed: bool,
    retention: Retention,
    /// Maximum length of a word.
    max_bytes: usize,
}

/// Partial result: accumulated numbers of some blocks.
#[derive(Debug)]
struct WordsPartial {
    numbers: Sample,
    /// First words of the first blocks, with the index of each, for a preview.
    first: Vec<(u64, Vec<String>)>,
    /// Index, count of numbers and diagnostics of each block.
    blocks: Vec<(u64, u64, Option<Box<ValueDiagnostics>>)>,
    /// Index of the first block whose content ended the reading, and the error.
    fatal: Option<(u64, InputError)>,
}

impl TextReader {
    pub(super) fn new(options: &Options, limits: &Limits) -> Self {
        Self {
            max_slices: limits.groups,
            ledger: limits.ledger.clone(),
            pending: Buffer::default(),
            boundaries: WordBoundaries { searched: 0, max_bytes: limits.cell },
            parallel: ParallelBlocks::new(
                Words {
                    is_previewed: limits.preview.is_some(),
                    retention: limits.retention(options),
                    max_bytes: limits.cell,
                },
                &limits.ledger,
            ),
        }
    }

    pub(super) fn feed(&mut self, mut chunk: &[u8]) -> Result<(), InputError> {
        if threads::count() == 1 {
            self.parallel.describe_chunk(&mut self.pending, &mut self.boundaries, chunk)?;
        } else {
            while !chunk.is_empty() {
                chunk = self.pending.fill(chunk);
                self.parallel.submit_pending(&mut self.pending, &mut self.boundaries)?;
            }
        }
        self.check()
    }

    /// Reads the rest of a file in parallel.
    pub(super) fn read_all(
        &mut self,
        source: &mut (impl Read + Send),
        progress: &(impl Fn(u64) + Sync),
    ) -> io::Result<Result<(), InputError>> {
        let read = self.parallel.read_all(&mut self.pending, &mut self.boundaries, source, progress)?;
        Ok(read.and_then(|()| self.check()))
    }

    /// Returns the error of the first block whose content ended the reading.
    fn check(&mut self) -> Result<(), InputError> {
        if !self.parallel.failed() {
            return Ok(());
        }
        self.parallel.merge_partials().fatal.map_or(Ok(()), |(_, error)| Err(error))
    }

    pub(super) fn finish(mut self) -> Result<Numbers, InputError> {
        if !self.pending.text().is_empty() {
            self.parallel.submit_last(self.pending);
        }
        let (mut partial, Words { retention, is_previewed, .. }) = self.parallel.finish();
        if let Some((_, error)) = partial.fatal {
            return Err(error);
        }
        let mut numbers = Numbers::new(Location::data(), self.max_slices, retention);
        numbers.ledger = self.ledger;
        partial.blocks.sort_unstable_by_key(|(index, ..)| *index);
        for (_, count, diagnostics) in partial.blocks {
            numbers.skip(count, diagnostics.as_deref());
        }
        numbers.flat = partial.numbers;
        if is_previewed {
            partial.first.sort_unstable_by_key(|(index, _)| *index);
            numbers.show(partial.first.into_iter().flat_map(|(_, words)| words));
        }
        Ok(numbers)
    }
}

impl DescribeBlock for Words {
    type Partial = WordsPartial;

    fn new_partial(&self) -> WordsPartial {
        let numbers = Sample::new(&self.retention.with_fresh_budget());
        WordsPartial { numbers, first: Vec::new(), blocks: Vec::new(), fatal: None }
    }

    fn describe(&self, index: u64, text: &[u8], partial: &mut WordsPartial) -> bool {
        let mut diagnostics = ValueDiagnostics::default();
        let described = self.push_words(text, &mut partial.numbers, &mut diagnostics);
        // A block has a word at least.
        if self.is_previewed && index < SHOWN_RECORDS as u64 {
            let words = text.split(|byte| is_blank(*byte)).filter(|word| !word.is_empty());
            partial.first.push((index, words.take(SHOWN_RECORDS).map(excerpt).collect()));
        }
        let count = diagnostics.count;
        partial.blocks.push((index, count, (!diagnostics.is_empty()).then(|| Box::new(diagnostics))));
        if let (Err(error), None) = (described, &partial.fatal) {
            partial.fatal = Some((index, error));
        }
        partial.fatal.is_some()
    }

    fn merge(&self, all: &mut WordsPartial, mut other: WordsPartial) {
        all.numbers.merge(&other.numbers);
        all.blocks.append(&mut other.blocks);
        all.first.append(&mut other.first);
        all.fatal = all.fatal.take().into_iter().chain(other.fatal).min_by_key(|(index, _)| *index);
    }
}

impl Words {
    /// Adds the numbers of whole words.
    fn push_words(
        &self,
        mut text: &[u8],
        numbers: &mut Sample,
        diagnostics: &mut ValueDiagnostics,
    ) -> Result<(), InputError> {
        loop {
            if self.max_bytes >= PLAIN_NUMBER_BYTES {
                let (end, count) = push_plain_numbers(numbers, text, Separator::Blank);
                diagnostics.count += count;
                text = &text[end..];
            }
            let Some(first) = text.first() else { return Ok(()) };
            text = if is_blank(*first) { &text[1..] } else { self.push_word(text, numbers, diagnostics)? };
        }
    }

    /// Adds the number of the first word, which is not a plain number. Returns the text after the word.
    ///
    /// # Errors
    /// A word that is too long or not UTF-8.
    fn push_word<'a>(
        &self,
        text: &'a [u8],
        numbers: &mut Sample,
        diagnostics: &mut ValueDiagnostics,
    ) -> Result<&'a [u8], InputError> {
        let (word, rest) = text.split_at(text.iter().position(|byte| is_blank(*byte)).unwrap_or(text.len()));
        if word.len() > self.max_bytes {
            return Err(too_long(self.max_bytes));
        }
        if std::str::from_utf8(word).is_err() {
            return Err(not_utf8(word));
        }
        if trim_blanks(word).is_empty() {
            return Ok(rest);
        }
        let number = Number::parse(match word {
            [number @ .., b',' | b';'] if !number.is_empty() => number,
            word => word,
        });
        diagnostics.add(number, word);
        numbers.push(number.unwrap_or(Number::Nan));
        Ok(rest)
    }
}

/// Finds the end of the last whole word. Each byte is examined once.
#[derive(Debug)]
struct WordBoundaries {
    /// Number of bytes already searched.
    searched: usize,
    /// Maximum length of a word.
    max_bytes: usize,
}

impl FindBoundary for WordBoundaries {
    fn find_boundary(&mut self, text: &[u8]) -> Result<usize, InputError> {
        let blank = text[self.searched..].iter().rposition(|byte| is_blank(*byte));
        let boundary = blank.map_or(0, |blank| self.searched + blank + 1);
        self.searched = text.len() - boundary;
        if self.searched > self.max_bytes { Err(too_long(self.max_bytes)) } else { Ok(boundary) }
    }
}
