//! Reader of JSON, and of NDJSON with one JSON text per line.
//!
//! Input: chunks of text. Output: a [`Dataset`]. The first tokens determine the form: an array of numbers or of rows of
//! numbers, an array of records, or an object with `numbers` or of named arrays (see [`Object`]); in NDJSON, lines of numbers
//! or of records. Long arrays and lines are described in parallel, block by block. Invariant: the result is the same as that of
//! reading token by token, and a chunk may end anywhere.

mod array_blocks;
mod boundaries;
mod columns;
mod member_object;
mod member_table;
mod object;
mod record_blocks;
mod records;
mod row_blocks;
mod row_labels;
mod rows;
mod rows_or_numbers;
mod series;
mod shape;
mod string_literal;
mod tokenizer;

use std::io::{self, Read};

use memchr::memrchr;

use crate::buffer::BLOCK_BYTES;
use crate::dataset::Dataset;
use crate::digest::MAX_SPECULATIVE_HASH_BYTES;
use crate::errors::no_values;
use crate::integers::Separator;
use crate::json::array_blocks::{Blocks, DescribedElements, Elements, ElementsPartial};
use crate::json::boundaries::Boundaries;
use crate::json::object::{Object, ObjectPart};
use crate::json::record_blocks::{DescribedRecords, RecordBlocks};
use crate::json::records::Records;
use crate::json::row_blocks::{DescribedRows, RowBlocks, RowsPartial};
use crate::json::rows::Rows;
use crate::json::rows_or_numbers::{RowsOrNumbers, Verdict};
use crate::json::shape::Shape;
use crate::json::tokenizer::{Sink, Token, Tokenizer};
use crate::limits::Limits;
use crate::numbers::Numbers;
use crate::parallel::DescribeBlock;
use crate::threads;
use describe_options::Options;
use describe_options::{InputError, JsonFault, Kind, Location, Origin};

/// Maximum number of forks of a text.
const MAX_FORKS: u32 = 16;

/// Reads JSON chunk by chunk.
#[derive(Debug)]
pub(crate) struct JsonReader {
    tokenizer: Tokenizer,
    body: Body,
    /// Blocks that are being described in parallel.
    fork: Option<Fork>,
    /// Remaining number of forks. It is limited, because merging the results of many would take longer than reading.
    forks_left: u32,
}

/// Part of the text that is described in parallel.
#[derive(Debug)]
enum Fork {
    /// Elements of a long array of numbers, or lines of numbers.
    Elements(Box<Blocks<Elements>>),
    /// Elements of a long named array.
    Column(Box<Blocks<Elements>>),
    /// Rows of a long nested array of numbers.
    Rows(Box<Blocks<RowBlocks>>),
    /// Lines of records, or elements of a long array of records.
    Records(Box<Blocks<RecordBlocks>>),
}

impl JsonReader {
    /// Reader of one JSON text, or with `lines` of one JSON text per line.
    pub(crate) fn new(options: &Options, limits: &Limits, lines: bool) -> Self {
        let body = Body {
            state: BodyState::Start,
            numbers: None,
            records: None,
            candidate: None,
            rows: None,
            object: None,
            refused: None,
            options: options.clone(),
            limits: limits.clone(),
            lines,
        };
        let forks_left = if threads::count() > 1 { MAX_FORKS } else { 0 };
        Self { tokenizer: Tokenizer::new(limits.cell, lines), body, fork: None, forks_left }
    }

    /// Whether it reads one JSON text per line.
    pub(crate) fn is_lines(&self) -> bool {
        self.body.lines
    }

    pub(crate) fn feed(&mut self, mut chunk: &[u8]) -> Result<(), InputError> {
        while !chunk.is_empty() && self.body.state != BodyState::Cut {
            let ended = match &mut self.fork {
                None => {
                    let (piece, rest) = chunk.split_at(self.piece_bytes(chunk));
                    let read = self.tokenizer.feed(piece, &mut self.body);
                    if self.body.state == BodyState::Cut {
                        return Ok(());
                    }
                    read?;
                    self.fork()?;
                    chunk = rest;
                    false
                }
                Some(Fork::Elements(blocks) | Fork::Column(blocks)) => {
                    chunk = blocks.feed(chunk)?;
                    blocks.ended()
                }
                Some(Fork::Rows(blocks)) => {
                    chunk = blocks.feed(chunk)?;
                    blocks.ended()
                }
                Some(Fork::Records(blocks)) => {
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

    /// Number of bytes of a chunk to read before the next attempt to fork. They end at a line of NDJSON, or with a brace or
    /// bracket that may end a record or row, if possible.
    fn piece_bytes(&self, chunk: &[u8]) -> usize {
        let max = chunk.len().min(BLOCK_BYTES);
        let last = match self.body.state {
            _ if self.forks_left == 0 => None,
            _ if self.body.lines => memrchr(b'\n', &chunk[..max]),
            BodyState::Records => memrchr(b'}', &chunk[..max]),
            BodyState::Numbers if self.body.numbers.as_ref().is_some_and(|numbers| numbers.nested.is_some()) => {
                memrchr(b']', &chunk[..max])
            }
            _ => None,
        };
        last.map_or(max, |last| last + 1)
    }

    /// Reads the rest of the current fork from a file in parallel. Returns `None` if the caller must feed chunks: outside a
    /// fork, after its end, and in an object as long as its options may require the hash of the whole text.
    pub(crate) fn read_all(
        &mut self,
        source: &mut (impl Read + Send),
        progress: &(impl Fn(u64) + Sync),
    ) -> io::Result<Option<Result<(), InputError>>> {
        if self.body.object.is_some() && self.tokenizer.bytes_read() <= MAX_SPECULATIVE_HASH_BYTES as u64 {
            return Ok(None);
        }
        let read = match &mut self.fork {
            None => return Ok(None),
            Some(Fork::Elements(blocks) | Fork::Column(blocks)) => blocks.read_all(source, progress)?,
            Some(Fork::Rows(blocks)) => blocks.read_all(source, progress)?,
            Some(Fork::Records(blocks)) => blocks.read_all(source, progress)?,
        };
        Ok(read.and_then(|()| self.join()).err().map(Err))
    }

    /// Begins a fork in a flat array of numbers, or between rows, records or lines.
    ///
    /// # Errors
    /// More memory than the task may hold.
    fn fork(&mut self) -> Result<(), InputError> {
        if self.forks_left > 0 {
            self.fork = match self.body.state {
                BodyState::Numbers => self.fork_numbers()?,
                BodyState::Records => self.fork_records(),
                BodyState::Object => self.fork_column(),
                _ => None,
            };
            self.forks_left -= u32::from(self.fork.is_some());
        }
        Ok(())
    }

    /// Begins a fork in a flat array of numbers, between its lines, or between the rows of a nested one.
    fn fork_numbers(&mut self) -> Result<Option<Fork>, InputError> {
        let Some(numbers) = &self.body.numbers else { return Ok(None) };
        let (lines, max_token_bytes) = (self.body.lines, self.body.limits.cell);
        if self.tokenizer.is_in_array() || self.tokenizer.is_at_line_start() {
            let Some(retention) = numbers.flat_retention().cloned() else { return Ok(None) };
            let elements = Elements { retention, lines, plain_only: false, max_token_bytes };
            let boundaries = if lines { Boundaries::lines() } else { Boundaries::commas() };
            return Ok(Some(Fork::Elements(self.blocks(boundaries, elements))));
        }
        if !self.is_long() || !self.tokenizer.is_after_element() {
            return Ok(None);
        }
        let Some(empty) = numbers.fork_rows().transpose()? else { return Ok(None) };
        let rows = RowBlocks::new(empty, numbers.rows(), max_token_bytes);
        Ok(Some(Fork::Rows(self.blocks(Boundaries::elements(), rows))))
    }

    /// Begins a fork between records. After a block of them most members are known.
    fn fork_records(&mut self) -> Option<Fork> {
        let (lines, max_token_bytes) = (self.body.lines, self.body.limits.cell);
        let is_between = if lines { self.tokenizer.is_at_line_start() } else { self.tokenizer.is_after_element() };
        if !is_between || !self.is_long() {
            return None;
        }
        let records = RecordBlocks { records: self.body.records.as_mut()?.fork()?, lines, max_token_bytes };
        let boundaries = if lines { Boundaries::lines() } else { Boundaries::elements() };
        Some(Fork::Records(self.blocks(boundaries, records)))
    }

    /// Begins a fork in a named array.
    fn fork_column(&mut self) -> Option<Fork> {
        let object = self.body.object.as_mut().filter(|object| object.is_in_plain_numbers())?;
        let retention = object.columns().fork().filter(|_| self.tokenizer.is_in_array())?;
        let max_token_bytes = self.body.limits.cell;
        let elements = Elements { retention, lines: false, plain_only: true, max_token_bytes };
        Some(Fork::Column(self.blocks(Boundaries::commas(), elements)))
    }

    /// Whether at least a block was read.
    fn is_long(&self) -> bool {
        self.tokenizer.bytes_read() >= BLOCK_BYTES as u64
    }

    /// Blocks that begin with the token that was cut by the end of the last chunk.
    fn blocks<D: DescribeBlock>(&mut self, boundaries: Boundaries, describe: D) -> Box<Blocks<D>> {
        let start = self.tokenizer.take_partial_token();
        Box::new(Blocks::new(&start, boundaries, describe, &self.body.limits.ledger))
    }

    /// Merges the result of the fork, if there is one, and feeds the text after its blocks to the tokenizer.
    fn join(&mut self) -> Result<(), InputError> {
        match self.fork.take() {
            None => Ok(()),
            Some(Fork::Elements(blocks)) => self.join_elements(*blocks),
            Some(Fork::Column(blocks)) => self.join_column(*blocks),
            Some(Fork::Rows(blocks)) => self.join_rows(*blocks),
            Some(Fork::Records(blocks)) => self.join_records(*blocks),
        }
    }

    fn join_elements(&mut self, blocks: Blocks<Elements>) -> Result<(), InputError> {
        let (partial, pending) = blocks.finish();
        let ElementsPartial { numbers, blocks } = partial.in_order();
        if let Some(all) = &mut self.body.numbers {
            all.flat.merge(&numbers);
        }
        for DescribedElements { bytes, lines, count, diagnostics, refused, .. } in blocks {
            if let Some(refused) = refused {
                self.read_again(&refused.text, Some(refused.error))?;
            } else {
                self.tokenizer.skip_lines(lines, bytes);
                if let Some(all) = &mut self.body.numbers {
                    all.skip(count, diagnostics.as_deref());
                }
            }
        }
        self.tokenizer.feed(pending.text(), &mut self.body)
    }

    fn join_column(&mut self, blocks: Blocks<Elements>) -> Result<(), InputError> {
        let (partial, pending) = blocks.finish();
        let ElementsPartial { numbers, blocks } = partial.in_order();
        if let Some(object) = &mut self.body.object {
            object.columns().merge_numbers(&numbers);
        }
        for DescribedElements { bytes, count, refused, .. } in blocks {
            self.tokenizer.skip(bytes);
            if let Some(object) = &mut self.body.object {
                object.columns().skip(count);
            }
            if let Some(refused) = refused {
                self.read_again(&refused.text, None)?;
            }
        }
        self.tokenizer.feed(pending.text(), &mut self.body)
    }

    fn join_rows(&mut self, blocks: Blocks<RowBlocks>) -> Result<(), InputError> {
        let (partial, pending) = blocks.finish();
        let RowsPartial { numbers, blocks } = partial.in_order();
        if let (Some(all), Some(numbers)) = (&mut self.body.numbers, &numbers) {
            all.merge_columns(numbers);
            numbers.release_columns();
        }
        for DescribedRows { bytes, rows, samples, refused, .. } in blocks {
            if let Some(text) = refused {
                self.read_again(&text, None)?;
            } else {
                self.tokenizer.skip(bytes);
                if let Some(all) = &mut self.body.numbers {
                    all.add_rows(rows, samples);
                }
            }
        }
        self.tokenizer.feed(pending.text(), &mut self.body)
    }

    /// Reads text again that a block refused.
    ///
    /// # Errors
    /// The same error as there, with its location in the whole text, unless it is held back because syntax takes precedence.
    fn read_again(&mut self, text: &[u8], error: Option<InputError>) -> Result<(), InputError> {
        self.tokenizer.feed(text, &mut self.body)?;
        error.filter(|_| self.body.refused.is_none()).map_or(Ok(()), Err)
    }

    fn join_records(&mut self, blocks: Blocks<RecordBlocks>) -> Result<(), InputError> {
        let (partial, pending) = blocks.finish();
        let (records, blocks) = partial.in_order();
        if let Some(all) = &mut self.body.records {
            all.merge(records);
        }
        for DescribedRecords { bytes, lines, rows, rest, .. } in blocks {
            self.tokenizer.skip_lines(lines, bytes);
            if let Some(all) = &mut self.body.records {
                all.skip(rows, rest.as_ref().map_or(0, |rest| rest.cells_added));
            }
            let Some(rest) = rest else { continue };
            self.read_again(&rest.text, rest.error)?;
            if let Some(all) = &mut self.body.records {
                all.end_block(0);
            }
        }
        self.tokenizer.feed(pending.text(), &mut self.body)
    }

    pub(crate) fn finish(mut self) -> Result<Dataset, InputError> {
        self.join()?;
        if self.body.state != BodyState::Cut {
            self.tokenizer.finish(&mut self.body)?;
        }
        let Body { numbers, records, rows, object, refused, lines, .. } = self.body;
        if let Some(error) = refused {
            return Err(error);
        }
        let (mut table, shape) = match (numbers, records, rows, object) {
            (Some(numbers), _, _, object) => {
                let options = object.map_or_else(Vec::new, |object| object.into_options());
                return Ok(Dataset { options, ..numbers.into() });
            }
            (_, Some(records), ..) => (records.finish()?, Shape::Records),
            (_, _, Some(rows), _) => (rows.finish()?, Shape::Values),
            (_, _, _, Some(object)) => object.finish()?,
            (None, None, None, None) => return Err(no_values()),
        };
        table.set_json(if lines { "ndjson" } else { "json" }, shape.name());
        Ok(table.into())
    }
}

/// Position of the next token in the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BodyState {
    /// Before the first token.
    Start,
    /// In an array of numbers, or in lines of numbers.
    Numbers,
    /// In the first rows of an array that is numbers or a table.
    RowsOrNumbers,
    /// In an array of rows that is a table.
    Rows,
    /// In an array of records, or in lines of records.
    Records,
    /// In an object, outside its array of numbers.
    Object,
    /// After the last record that a preview reads. The rest is not looked at.
    Cut,
    /// After the value.
    End,
    /// After a value that cannot be described. The rest is read for its syntax alone.
    Refused,
}

/// Consumer of the tokens of a whole text. Passes them to the part of the body to which they belong.
#[derive(Debug)]
struct Body {
    state: BodyState,
    numbers: Option<Numbers>,
    records: Option<Box<Records>>,
    /// First rows, while they may be numbers or a table.
    candidate: Option<Box<RowsOrNumbers>>,
    rows: Option<Box<Rows>>,
    object: Option<Box<Object>>,
    /// Error of a value that cannot be described, reported if the syntax of the rest is valid.
    refused: Option<InputError>,
    options: Options,
    limits: Limits,
    lines: bool,
}

impl Sink for Body {
    #[inline]
    fn token(&mut self, token: Token) -> Result<(), InputError> {
        self.read_token(token).or_else(|error| self.refuse(error))
    }

    #[inline]
    fn numbers(&mut self, text: &[u8]) -> Result<usize, InputError> {
        let read = match (self.state, &mut self.numbers, &mut self.object) {
            (BodyState::Numbers, Some(numbers), _) => return Ok(numbers.push_plain(text, Separator::Comma)),
            (BodyState::Object, _, Some(object)) => object.push_numbers(text),
            _ => return Ok(0),
        };
        read.or_else(|error| self.refuse(error).map(|()| 0))
    }

    #[inline]
    fn members(&mut self, text: &[u8]) -> Result<usize, InputError> {
        match (self.state, &mut self.records) {
            (BodyState::Records, Some(records)) => {
                records.push_members(text).or_else(|error| self.refuse(error).map(|()| 0))
            }
            (BodyState::Object, _) => Ok(self.object.as_mut().map_or(0, |object| object.push_members(text))),
            _ => Ok(0),
        }
    }

    fn accepts_cut_string(&self) -> bool {
        match self.state {
            BodyState::Records => self.records.as_ref().is_some_and(|records| records.accepts_cut_string()),
            BodyState::Refused => true,
            _ => false,
        }
    }
}

impl Body {
    #[inline]
    fn read_token(&mut self, token: Token) -> Result<(), InputError> {
        match (self.state, &mut self.numbers, &mut self.records) {
            (BodyState::Numbers, Some(numbers), _) => match token {
                Token::Number(Ok(decimal), _) => numbers.push_decimal(decimal),
                token => self.other_number_token(&token),
            },
            (BodyState::Records, _, Some(records)) => {
                if records.push_token(token)? {
                    self.state = BodyState::End;
                } else if records.is_cut() {
                    self.state = BodyState::Cut;
                }
                Ok(())
            }
            _ => self.outer_token(token),
        }
    }

    /// Holds back the error of a value that cannot be described, because invalid syntax behind it takes precedence.
    ///
    /// # Errors
    /// Any other error.
    #[cold]
    fn refuse(&mut self, error: InputError) -> Result<(), InputError> {
        if error.kind() != Kind::Invalid {
            return Err(error);
        }
        (self.state, self.refused) = (BodyState::Refused, Some(error));
        Ok(())
    }

    /// Consumes a token in an array of numbers that is not a valid number.
    fn other_number_token(&mut self, token: &Token) -> Result<(), InputError> {
        let Some(numbers) = &mut self.numbers else { return Ok(()) };
        if let Some((number, text)) = token.as_element() {
            return numbers.push_parsed(number, text);
        }
        if matches!(token, Token::ArrayStart) && !self.lines && self.object.is_none() && numbers.is_empty() {
            self.state = BodyState::RowsOrNumbers;
            let candidate = self.candidate.insert(Box::new(RowsOrNumbers::new(&self.options, &self.limits)));
            candidate.push_token(*token);
        }
        match token {
            Token::ArrayStart if self.lines => Err(InputError::of_data(JsonFault::ArrayOnALine)),
            Token::ArrayStart => numbers.begin_row(),
            Token::ArrayEnd => {
                if !numbers.end_array() {
                    self.state = if self.object.is_some() { BodyState::Object } else { BodyState::End };
                }
                Ok(())
            }
            Token::ObjectStart if self.lines => Err(InputError::of_data(JsonFault::ObjectAfterNumbers)),
            Token::ObjectStart if self.object.is_none() && numbers.is_empty() => {
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

    /// Consumes a token in the first rows of an array, which may be numbers or a table.
    fn first_rows_token(&mut self, token: Token) -> Result<(), InputError> {
        let Some(mut candidate) = self.candidate.take() else { return Ok(()) };
        let verdict = candidate.push_token(token);
        if verdict == Verdict::Table {
            (self.state, self.numbers) = (BodyState::Rows, None);
            self.rows = Some(Box::new(candidate.into_rows()?));
            return Ok(());
        }
        if verdict == Verdict::Numbers {
            self.state = BodyState::Numbers;
        }
        if candidate.numbers_error.is_none() {
            candidate.numbers_error = self.other_number_token(&token).err();
        }
        if verdict == Verdict::Numbers {
            return candidate.numbers_error.map_or(Ok(()), Err);
        }
        self.candidate = Some(candidate);
        Ok(())
    }

    /// Consumes a token outside numbers and records.
    fn outer_token(&mut self, token: Token) -> Result<(), InputError> {
        match (self.state, &mut self.rows) {
            (BodyState::Start, _) => return self.first_token(token),
            (BodyState::RowsOrNumbers, _) => return self.first_rows_token(token),
            (BodyState::Rows, Some(rows)) => {
                if rows.push_token(token)? {
                    self.state = BodyState::End;
                }
                return Ok(());
            }
            _ => {}
        }
        let Some(object) = self.object.as_mut().filter(|_| self.state == BodyState::Object) else { return Ok(()) };
        match object.push_token(token)? {
            ObjectPart::Members => {}
            ObjectPart::Numbers => self.begin_numbers(Location::numbers(Origin::Body)),
            ObjectPart::End => self.state = BodyState::End,
        }
        Ok(())
    }

    /// Determines the form of the body.
    fn first_token(&mut self, token: Token) -> Result<(), InputError> {
        match token {
            Token::ArrayStart if self.lines => return Err(InputError::of_data(JsonFault::ArrayOnALine)),
            Token::ArrayStart => self.begin_numbers(Location::data()),
            Token::ObjectStart if self.lines => return self.begin_records(),
            Token::ObjectStart => {
                self.object = Some(Box::new(Object::new(&self.options, &self.limits)));
                self.state = BodyState::Object;
            }
            token if self.lines => {
                self.begin_numbers(Location::data());
                return self.other_number_token(&token);
            }
            _ => return Err(InputError::of_data(JsonFault::NeitherArrayNorObject)),
        }
        Ok(())
    }

    fn begin_numbers(&mut self, prefix: Location) {
        // In an object, options may precede and follow the numbers and require any retention.
        let retention = match &self.object {
            Some(object) => self.limits.speculative_retention(&self.options, object.options()),
            None => self.limits.retention(&self.options),
        };
        self.numbers = Some(Numbers::new(prefix, self.limits.groups, retention).within(&self.limits));
        self.state = BodyState::Numbers;
    }

    /// Begins the first record.
    fn begin_records(&mut self) -> Result<(), InputError> {
        let records = self.records.insert(Box::new(Records::new(&self.options, &self.limits)?));
        self.state = BodyState::Records;
        records.limit(&self.limits);
        records.push_token(Token::ObjectStart).map(|_| ())
    }
}
