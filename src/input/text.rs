//! `text/plain`: numbers separated by white space.

use super::{Limits, too_long};
use crate::describe::{Number, is_blank};
use crate::input::numbers::{Numbers, SHORT};
use crate::options::Options;
use crate::rejection::Rejection;

/// Reads numbers separated by ASCII white space, chunk by chunk.
#[derive(Debug)]
pub(super) struct TextReader {
    numbers: Numbers,
    /// A word cut by the end of a chunk.
    carry: Vec<u8>,
    limit: usize,
}

impl TextReader {
    pub(super) fn new(options: &Options, limits: &Limits) -> Self {
        let numbers = Numbers::new(&["body"], limits.groups, limits.keep(options));
        Self { numbers, carry: Vec::new(), limit: limits.cell }
    }

    pub(super) fn feed(&mut self, mut chunk: &[u8]) -> Result<(), Rejection> {
        if !self.carry.is_empty() {
            let end = chunk.iter().position(|byte| is_blank(*byte));
            self.keep(&chunk[..end.unwrap_or(chunk.len())])?;
            let Some(end) = end else { return Ok(()) };
            let word = std::mem::take(&mut self.carry);
            self.words(&word)?;
            self.carry = word;
            self.carry.clear();
            chunk = &chunk[end..];
        }
        let end = chunk.iter().rposition(|byte| is_blank(*byte)).map_or(0, |space| space + 1);
        self.words(&chunk[..end])?;
        self.keep(&chunk[end..])
    }

    pub(super) fn finish(mut self) -> Result<Numbers, Rejection> {
        let word = std::mem::take(&mut self.carry);
        self.words(&word)?;
        Ok(self.numbers)
    }

    fn keep(&mut self, part: &[u8]) -> Result<(), Rejection> {
        if self.carry.len() + part.len() > self.limit {
            return Err(too_long(self.limit));
        }
        self.carry.extend_from_slice(part);
        Ok(())
    }

    /// Takes whole words.
    fn words(&mut self, mut text: &[u8]) -> Result<(), Rejection> {
        loop {
            if self.limit >= SHORT {
                text = &text[self.numbers.run(text, |byte| byte == b'\n' || is_blank(byte), false)..];
            }
            let Some(first) = text.first() else { return Ok(()) };
            text = if is_blank(*first) { &text[1..] } else { self.word(text)? };
        }
    }

    /// Takes one word that is no plain number, and says what follows it.
    fn word<'a>(&mut self, text: &'a [u8]) -> Result<&'a [u8], Rejection> {
        let (word, rest) = text.split_at(text.iter().position(|byte| is_blank(*byte)).unwrap_or(text.len()));
        if word.len() > self.limit {
            return Err(too_long(self.limit));
        }
        if std::str::from_utf8(word).is_err() {
            return Err(super::not_utf8(word));
        }
        self.numbers.number(Number::parse(word), word)?;
        Ok(rest)
    }
}
