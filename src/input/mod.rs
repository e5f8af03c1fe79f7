//! Bytes to numbers. Knows nothing of HTTP.

mod delimited;
mod group;
mod json;
mod json_tokens;
mod numbers;
mod parquet;
mod recognise;
mod table;
mod text;
mod transcode;
mod workbook;
mod workers;

use std::io::{self, Read};

use crate::describe::Number;
use crate::options::{Given, Options};
use crate::rejection::{Kind, Problem, Rejection, Step};

use numbers::nothing;
use transcode::Transcoder;
use workbook::civil;

pub use numbers::Numbers;
pub use table::{Skipped, Table, TableResult};

/// The format of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `application/json`.
    Json,
    /// `application/x-ndjson`: a JSON value a line.
    Ndjson,
    /// `text/plain`: numbers separated by white space.
    Text,
    /// `text/csv`, or any other delimited text.
    Csv,
    /// `text/tab-separated-values`.
    Tsv,
    /// An XLSX or ODS workbook.
    Workbook,
    /// `application/vnd.apache.parquet`.
    Parquet,
}

/// Bounds on what one input may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one number, string or cell.
    pub cell: usize,
    /// Groups of a table, or slices of a nested array: what an answer may have results for.
    pub groups: usize,
    /// Columns of a table.
    pub columns: usize,
    /// Bytes held at once of what cannot be read as a stream: a workbook, a Parquet file, columns to be grouped.
    pub memory: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { cell: 64 << 10, groups: 100_000, columns: 10_000, memory: 256 << 20 }
    }
}

/// What was read, ready to be described, and the options that stood beside it.
#[derive(Debug)]
pub struct Input {
    /// The numbers.
    pub data: Data,
    /// Options given in a JSON body.
    pub options: Vec<Given>,
}

/// Numbers, accumulated.
#[derive(Debug)]
pub enum Data {
    /// One array, or rows of numbers.
    Numbers(Numbers),
    /// The columns of a table.
    Table(Table),
}

/// Reads an input chunk by chunk and keeps none of what can be described at once.
///
/// ```
/// use describe_api::input::{Format, Limits, Reader};
/// use describe_api::options::Options;
/// let mut reader = Reader::new(Some(Format::Json), &Options::default(), Limits::default());
/// reader.feed(b"[0.1, 0.")?;
/// reader.feed(b"2]")?;
/// let input = reader.finish()?;
/// # Ok::<(), describe_api::rejection::Rejection>(())
/// ```
#[derive(Debug)]
pub struct Reader {
    format: Option<Format>,
    options: Options,
    limits: Limits,
    /// The beginning, until it is known what it is.
    start: Vec<u8>,
    transcoder: Option<Transcoder>,
    parser: Option<Parser>,
}

#[derive(Debug)]
enum Parser {
    Json(Box<json::JsonReader>),
    Text(Box<text::TextReader>),
    Delimited(Box<delimited::DelimitedReader>),
    Held(Held),
}

/// An input that cannot be read as a stream.
#[derive(Debug)]
struct Held {
    format: Format,
    bytes: Vec<u8>,
}

impl Reader {
    /// A reader of one input; without a format it is recognised.
    #[must_use]
    pub fn new(format: Option<Format>, options: &Options, limits: Limits) -> Self {
        Self { format, options: options.clone(), limits, start: Vec::new(), transcoder: None, parser: None }
    }

    /// Takes the next chunk, cut anywhere.
    ///
    /// # Errors
    /// When nothing that follows could make the input good. Bad values do not end the reading: [`Reader::finish`] reports them all.
    pub fn feed(&mut self, chunk: &[u8]) -> Result<(), Rejection> {
        if self.parser.is_some() {
            return self.bytes(chunk);
        }
        self.start.extend_from_slice(chunk);
        let enough = if self.format.is_some() { recognise::MARK } else { recognise::SAMPLE };
        if self.start.len() < enough { Ok(()) } else { self.begin() }
    }

    /// Ends the input.
    ///
    /// # Errors
    /// A truncated input, bad values, nothing to describe.
    pub fn finish(mut self) -> Result<Input, Rejection> {
        if self.parser.is_none() {
            self.begin()?;
        }
        if let Some(mut transcoder) = self.transcoder.take() {
            transcoder.finish(|text| self.text(text))?;
        }
        match self.parser {
            Some(Parser::Json(reader)) => reader.finish(),
            Some(Parser::Text(reader)) => reader.finish(),
            Some(Parser::Delimited(reader)) => Ok(Input { data: Data::Table(reader.finish()?), options: Vec::new() }),
            Some(Parser::Held(Held { format, bytes })) => {
                let table = if format == Format::Parquet {
                    parquet::read(bytes::Bytes::from(bytes), &self.options, self.limits)
                } else {
                    workbook::read(io::Cursor::new(bytes), &self.options, self.limits)
                };
                Ok(Input { data: Data::Table(table?), options: Vec::new() })
            }
            None => Err(nothing(Vec::new())),
        }
    }

    /// Decides what the input is from its beginning.
    fn begin(&mut self) -> Result<(), Rejection> {
        let start = std::mem::take(&mut self.start);
        let format = self.format.unwrap_or_else(|| recognise::format(&start));
        if matches!(format, Format::Workbook | Format::Parquet) {
            self.parser = Some(Parser::Held(Held { format, bytes: Vec::new() }));
            return self.text(&start);
        }
        let (encoding, mark) = recognise::encoding(&start, self.options.table.encoding);
        self.transcoder = encoding.map(Transcoder::new);
        let sample = recognise::sample(&start[mark..], encoding);
        let format = self.format.unwrap_or_else(|| recognise::format(&sample));
        self.parser = Some(self.new_parser(format));
        self.bytes(&start[mark..])
    }

    fn new_parser(&self, format: Format) -> Parser {
        let delimited = |usual| delimited::DelimitedReader::new(&self.options, self.limits, usual);
        match format {
            Format::Csv => Parser::Delimited(Box::new(delimited(None))),
            Format::Tsv => Parser::Delimited(Box::new(delimited(Some(b'\t')))),
            Format::Text => Parser::Text(Box::new(text::TextReader::new(&self.limits))),
            _ => Parser::Json(Box::new(json::JsonReader::new(&self.limits))),
        }
    }

    /// Takes bytes of the input in its own encoding.
    fn bytes(&mut self, chunk: &[u8]) -> Result<(), Rejection> {
        match self.transcoder.take() {
            Some(mut transcoder) => {
                transcoder.feed(chunk, |text| self.text(text))?;
                self.transcoder = Some(transcoder);
                Ok(())
            }
            None => self.text(chunk),
        }
    }

    fn text(&mut self, chunk: &[u8]) -> Result<(), Rejection> {
        match &mut self.parser {
            Some(Parser::Json(reader)) => reader.feed(chunk),
            Some(Parser::Text(reader)) => reader.feed(chunk),
            Some(Parser::Delimited(reader)) => reader.feed(chunk),
            Some(Parser::Held(held)) if held.bytes.len() + chunk.len() > self.limits.memory => {
                Err(too_large(self.limits.memory))
            }
            Some(Parser::Held(held)) => {
                held.bytes.extend_from_slice(chunk);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Takes the next bytes of a file, at most `most` of them, and says how many. Spares a copy where it can.
    ///
    /// # Errors
    /// The outer error is the file's, the inner one is as for [`Reader::feed`].
    pub fn read_from(&mut self, source: &mut impl Read, most: u64) -> io::Result<Result<usize, Rejection>> {
        if let (Some(Parser::Delimited(reader)), None) = (&mut self.parser, &self.transcoder) {
            let count = source.take(most).read_to_end(reader.pending())?;
            return Ok(reader.go_on().map(|()| count));
        }
        let mut chunk = Vec::new();
        let count = source.take(most).read_to_end(&mut chunk)?;
        Ok(self.feed(&chunk).map(|()| count))
    }
}

/// Reads the numbers of a URL: `loc` is `["query", "numbers", i]`.
///
/// # Errors
/// Bad values, or none at all.
pub fn query_numbers<T: AsRef<str>>(texts: &[T]) -> Result<Data, Rejection> {
    let mut numbers = Numbers::new(vec![Step::Name("query".into()), Step::Name("numbers".into())], 0);
    for text in texts {
        let text = text.as_ref().as_bytes();
        numbers.number(Number::parse(text), text)?;
    }
    numbers.check()?;
    Ok(Data::Numbers(numbers))
}

fn too_long(limit: usize) -> Rejection {
    let message = format!("a value is longer than {limit} bytes, the limit of --cell-limit (CELL_LIMIT)");
    Rejection::new(Kind::TooLarge, message)
}

fn too_large(limit: usize) -> Rejection {
    let message = format!("the file is larger than {limit} bytes, the limit of --memory-limit (MEMORY_LIMIT)");
    Rejection::new(Kind::TooLarge, message)
}

fn not_utf8(text: &[u8]) -> Rejection {
    let loc = vec![Step::Name("body".into())];
    Rejection::one(Kind::Malformed, Problem::new(loc, "not_utf8", "the text is not UTF-8", Some(text)))
}
