//! Bytes to numbers. Knows nothing of HTTP.

mod group;
mod json;
mod json_tokens;
mod numbers;
mod parquet;
mod table;
mod text;
mod workbook;

use crate::describe::Number;
use crate::options::Given;
use crate::rejection::{Kind, Problem, Rejection, Step};

pub use numbers::Numbers;
pub use table::{Skipped, Table, TableResult};

const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

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

/// Reads a body chunk by chunk and keeps none of it.
///
/// ```
/// use describe_api::input::{Format, Limits, Reader};
/// let mut reader = Reader::new(Format::Json, Limits::default());
/// reader.feed(b"[0.1, 0.")?;
/// reader.feed(b"2]")?;
/// let input = reader.finish()?;
/// # Ok::<(), describe_api::rejection::Rejection>(())
/// ```
#[derive(Debug)]
pub struct Reader {
    format: Parser,
    /// How much of a byte order mark was seen at the beginning; all of it when none can come any more.
    mark: usize,
}

#[derive(Debug)]
enum Parser {
    Json(json::JsonReader),
    Text(text::TextReader),
}

impl Reader {
    /// A reader of one body.
    #[must_use]
    pub fn new(format: Format, limits: Limits) -> Self {
        let format = match format {
            Format::Text => Parser::Text(text::TextReader::new(&limits)),
            _ => Parser::Json(json::JsonReader::new(&limits)),
        };
        Self { format, mark: 0 }
    }

    /// Takes the next chunk, cut anywhere.
    ///
    /// # Errors
    /// When nothing that follows could make the body good. Bad values do not end the reading: [`Reader::finish`] reports them all.
    pub fn feed(&mut self, mut chunk: &[u8]) -> Result<(), Rejection> {
        while let (Some(byte), Some(mark)) = (chunk.first(), BYTE_ORDER_MARK.get(self.mark)) {
            if byte != mark {
                self.no_mark()?;
                break;
            }
            self.mark += 1;
            chunk = &chunk[1..];
        }
        self.parse(chunk)
    }

    /// Ends the body.
    ///
    /// # Errors
    /// A truncated body, bad values, nothing to describe.
    pub fn finish(mut self) -> Result<Input, Rejection> {
        self.no_mark()?;
        match self.format {
            Parser::Json(reader) => reader.finish(),
            Parser::Text(reader) => reader.finish(),
        }
    }

    /// What began like a byte order mark was none.
    fn no_mark(&mut self) -> Result<(), Rejection> {
        let begun = std::mem::replace(&mut self.mark, BYTE_ORDER_MARK.len());
        if begun < BYTE_ORDER_MARK.len() { self.parse(&BYTE_ORDER_MARK[..begun]) } else { Ok(()) }
    }

    fn parse(&mut self, chunk: &[u8]) -> Result<(), Rejection> {
        match &mut self.format {
            Parser::Json(reader) => reader.feed(chunk),
            Parser::Text(reader) => reader.feed(chunk),
        }
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

fn not_utf8(text: &[u8]) -> Rejection {
    let loc = vec![Step::Name("body".into())];
    Rejection::one(Kind::Malformed, Problem::new(loc, "not_utf8", "the text is not UTF-8", Some(text)))
}
