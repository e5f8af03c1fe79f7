//! JSON: `application/json`, and NDJSON with a text a line.
//!
//! What a body is shows in its first tokens: an array of numbers or of rows of numbers, an array of records, an object
//! with `numbers` or of named arrays (see [`Object`]); line by line numbers or records.

mod array_blocks;
mod columns;
mod lines;
mod object;
mod records;
mod tokenizer;

use std::io::{self, Read};

use memchr::memrchr;

use crate::buffer::BLOCK_BYTES;
use crate::dataset::Dataset;
use crate::errors::no_values;
use crate::integers::Separated;
use crate::json::array_blocks::{Blocks, CommaBoundaries, Elements};
use crate::json::lines::{Described, LineBoundaries, Lines};
use crate::json::object::{Next, Object};
use crate::json::records::Records;
use crate::json::tokenizer::{Sink, Token, Tokenizer};
use crate::limits::Limits;
use crate::numbers::Numbers;
use crate::threads;
use describe_options::Options;
use describe_options::{InputError, JsonFault, Location, Origin};

/// Reads JSON chunk by chunk.
#[derive(Debug)]
pub(crate) struct JsonReader {
    tokenizer: Tokenizer,
    body: Body,
    /// The blocks that are described on all cores, while there are such.
    fork: Option<Fork>,
    /// How often there may be such: not so often that putting their results together takes longer than all else.
    forks: u32,
}

/// What is described on all cores.
#[derive(Debug)]
enum Fork {
    /// A long array of numbers.
    Elements(Box<Blocks<Elements, CommaBoundaries>>),
    /// Records one a line.
    Lines(Box<Blocks<Lines, LineBoundaries>>),
}

impl JsonReader {
    /// A reader of one JSON text, or of `lines` each of which is one.
    pub(crate) fn new(options: &Options, limits: Limits, lines: bool) -> Self {
        let body = Body {
            place: Place::Start,
            numbers: None,
            records: None,
            object: None,
            options: options.clone(),
            limits,
            lines,
        };
        let most = if lines { 16 } else { 1 };
        let forks = if threads::count() > 1 { most } else { 0 };
        Self { tokenizer: Tokenizer::new(limits.cell, lines), body, fork: None, forks }
    }

    pub(crate) fn feed(&mut self, mut chunk: &[u8]) -> Result<(), InputError> {
        while !chunk.is_empty() {
            let ended = match &mut self.fork {
                None => {
                    let (piece, rest) = chunk.split_at(self.piece(chunk));
                    self.tokenizer.feed(piece, &mut self.body)?;
                    self.fork();
                    chunk = rest;
                    false
                }
                Some(Fork::Elements(blocks)) => {
                    chunk = blocks.feed(chunk)?;
                    blocks.ended()
                }
                Some(Fork::Lines(blocks)) => {
                    chunk = blocks.feed(chunk)?;
                    blocks.ended()
                }
            };
            if ended {
                self.join()?;
            }
        }
        Ok(())
    }

    /// How much of a chunk is read before it is asked whether what follows may be described on all cores.
    fn piece(&self, chunk: &[u8]) -> usize {
        let most = chunk.len().min(BLOCK_BYTES);
        let line = if self.body.lines && self.forks > 0 { memrchr(b'\n', &chunk[..most]) } else { None };
        line.map_or(most, |end| end + 1)
    }

    /// Reads what follows of a long array, or of lines, in a file, on every core at once; `None` where the rest is to be fed.
    /// So is an object, all of it: it may ask for the hash of its bytes.
    pub(crate) fn read_all(
        &mut self,
        source: &mut (impl Read + Send),
        progress: &(impl Fn(u64) + Sync),
    ) -> io::Result<Option<Result<(), InputError>>> {
        if self.body.object.is_some() {
            return Ok(None);
        }
        let read = match &mut self.fork {
            None => return Ok(None),
            Some(Fork::Elements(blocks)) => blocks.read_all(source, progress)?,
            Some(Fork::Lines(blocks)) => blocks.read_all(source, progress)?,
        };
        Ok(read.and_then(|()| self.join()).err().map(Err))
    }

    /// Among the numbers of a flat array, and between lines with records, what follows is described on all cores.
    fn fork(&mut self) {
        let Self { tokenizer, body, .. } = self;
        if self.forks == 0 {
            return;
        }
        let limit = body.limits.cell;
        let fork = match (body.place, &mut body.numbers, &mut body.records) {
            (Place::Numbers, Some(numbers), _) if tokenizer.is_in_array() => {
                numbers.flat_retention().map(|retention| {
                    let elements = Elements { retention: retention.clone(), limit };
                    Fork::Elements(Box::new(Blocks::new(&tokenizer.take_cut(), CommaBoundaries::default(), elements)))
                })
            }
            // By then most members have turned up.
            (Place::Records, _, Some(records)) if tokenizer.is_at_line() && tokenizer.taken() >= BLOCK_BYTES as u64 => {
                records.fork().map(|records| {
                    Fork::Lines(Box::new(Blocks::new(b"", LineBoundaries::default(), Lines { records, limit })))
                })
            }
            _ => None,
        };
        if fork.is_some() {
            self.fork = fork;
            self.forks -= 1;
        }
    }

    /// Adds what was found in blocks, and goes on behind them.
    fn join(&mut self) -> Result<(), InputError> {
        match self.fork.take() {
            None => Ok(()),
            Some(Fork::Elements(blocks)) => self.join_elements(*blocks),
            Some(Fork::Lines(blocks)) => self.join_lines(*blocks),
        }
    }

    fn join_elements(&mut self, blocks: Blocks<Elements, CommaBoundaries>) -> Result<(), InputError> {
        let Some(numbers) = &mut self.body.numbers else { return Ok(()) };
        let (partial, pending) = blocks.finish();
        let partial = partial.in_order();
        for block in &partial.blocks {
            self.tokenizer.skip(block.bytes);
            numbers.skip(block.count, block.diagnostics.as_deref());
        }
        numbers.flat.merge(&partial.numbers);
        match partial.refused {
            // The same tokens say the same of it again, with the place in the whole text.
            Some(refused) => self.tokenizer.feed(&refused.text, &mut self.body).and(Err(refused.rejection)),
            None => self.tokenizer.feed(pending.text(), &mut self.body),
        }
    }

    fn join_lines(&mut self, blocks: Blocks<Lines, LineBoundaries>) -> Result<(), InputError> {
        let (partial, pending) = blocks.finish();
        let (records, blocks) = partial.in_order();
        if let Some(ours) = &mut self.body.records {
            ours.merge(records);
        }
        for Described { bytes, lines, rows, rest, .. } in blocks {
            self.tokenizer.skip_lines(lines, bytes);
            if let Some(ours) = &mut self.body.records {
                ours.pass(rows, rest.as_ref().map_or(0, |rest| rest.taken));
            }
            let Some(rest) = rest else { continue };
            self.tokenizer.feed(&rest.text, &mut self.body)?;
            // The same tokens say the same of it again, with the place in the whole text.
            rest.refused.map_or(Ok(()), Err)?;
            if let Some(ours) = &mut self.body.records {
                ours.end_block(0);
            }
        }
        self.tokenizer.feed(pending.text(), &mut self.body)
    }

    pub(crate) fn finish(mut self) -> Result<Dataset, InputError> {
        self.join()?;
        self.tokenizer.finish(&mut self.body)?;
        let Body { numbers, records, object, .. } = self.body;
        Ok(match (numbers, records, object) {
            (Some(numbers), _, object) => {
                let options = object.map_or_else(Vec::new, |object| object.into_options());
                Dataset { options, ..numbers.into() }
            }
            (_, Some(records), _) => records.finish()?.into(),
            (_, _, Some(object)) => object.finish()?.into(),
            (None, None, None) => return Err(no_values()),
        })
    }
}

/// Where in the body the next token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Start,
    /// Among the numbers.
    Numbers,
    /// Among the records.
    Records,
    /// In the object, its numbers aside.
    Object,
    End,
}

/// What the tokens mean.
#[derive(Debug)]
struct Body {
    place: Place,
    numbers: Option<Numbers>,
    records: Option<Box<Records>>,
    object: Option<Box<Object>>,
    options: Options,
    limits: Limits,
    lines: bool,
}

impl Sink for Body {
    #[inline]
    fn token(&mut self, token: Token) -> Result<(), InputError> {
        match (self.place, &mut self.numbers, &mut self.records) {
            (Place::Numbers, Some(numbers), _) => match token {
                Token::Number(Ok(decimal), _) => numbers.decimal(decimal),
                token => self.among_numbers(&token),
            },
            (Place::Records, _, Some(records)) => {
                if records.take(token)? {
                    self.place = Place::End;
                }
                Ok(())
            }
            _ => self.around(token),
        }
    }

    #[inline]
    fn numbers(&mut self, text: &[u8]) -> Result<usize, InputError> {
        match (self.place, &mut self.numbers, &mut self.object) {
            (Place::Numbers, Some(numbers), _) => Ok(numbers.run(text, Separated::ByCommas)),
            (Place::Object, _, Some(object)) => object.numbers(text),
            _ => Ok(0),
        }
    }

    #[inline]
    fn members(&mut self, text: &[u8]) -> Result<usize, InputError> {
        match (self.place, &mut self.records) {
            (Place::Records, Some(records)) => records.take_members(text),
            _ => Ok(0),
        }
    }
}

impl Body {
    /// A token among the numbers that is none, or not a good one.
    fn among_numbers(&mut self, token: &Token) -> Result<(), InputError> {
        let Some(numbers) = &mut self.numbers else { return Ok(()) };
        if let Some((number, text)) = token.as_element() {
            return numbers.number(number, text);
        }
        match token {
            Token::ArrayStart if self.lines => Err(InputError::of_data(JsonFault::ArrayOnALine)),
            Token::ArrayStart => numbers.begin_row(),
            Token::ArrayEnd => {
                if !numbers.end_array() {
                    self.place = if self.object.is_some() { Place::Object } else { Place::End };
                }
                Ok(())
            }
            Token::ObjectStart if self.lines => Err(InputError::of_data(JsonFault::ObjectAfterNumbers)),
            Token::ObjectStart if self.object.is_none() && numbers.is_new() => {
                self.numbers = None;
                self.begin_records()
            }
            _ => Err(numbers.unexpected(if self.object.is_some() {
                JsonFault::ObjectInNumbers
            } else {
                JsonFault::ObjectAmongNumbers
            })),
        }
    }

    /// A token outside the numbers and records.
    fn around(&mut self, token: Token) -> Result<(), InputError> {
        if self.place == Place::Start {
            return self.start(token);
        }
        let Some(object) = self.object.as_mut().filter(|_| self.place == Place::Object) else { return Ok(()) };
        match object.token(token)? {
            Next::Members => {}
            Next::Numbers => self.begin_numbers(Location::numbers(Origin::Body)),
            Next::End => self.place = Place::End,
        }
        Ok(())
    }

    fn start(&mut self, token: Token) -> Result<(), InputError> {
        match token {
            Token::ArrayStart if self.lines => return Err(InputError::of_data(JsonFault::ArrayOnALine)),
            Token::ArrayStart => self.begin_numbers(Location::data()),
            Token::ObjectStart if self.lines => return self.begin_records(),
            Token::ObjectStart => {
                self.object = Some(Box::new(Object::new(&self.options, self.limits)));
                self.place = Place::Object;
            }
            token if self.lines => {
                self.begin_numbers(Location::data());
                return self.among_numbers(&token);
            }
            _ => return Err(InputError::of_data(JsonFault::NeitherArrayNorObject)),
        }
        Ok(())
    }

    fn begin_numbers(&mut self, prefix: Location) {
        // Beside the numbers of an object options may stand and follow, and ask for anything.
        let retention = match &self.object {
            Some(object) => self.limits.speculative_retention(&self.options, object.options()),
            None => self.limits.retention(&self.options),
        };
        self.numbers = Some(Numbers::new(prefix, self.limits.groups, retention));
        self.place = Place::Numbers;
    }

    /// The first record begins.
    fn begin_records(&mut self) -> Result<(), InputError> {
        let records = self.records.insert(Box::new(Records::new(&self.options, self.limits)?));
        self.place = Place::Records;
        records.take(Token::ObjectStart).map(|_| ())
    }
}
