//! Bytes to numbers. Knows nothing of HTTP.

use crate::options::Given;
use crate::rejection::Rejection;

/// The format of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `application/json`.
    Json,
    /// `text/plain`: numbers separated by white space.
    Text,
}

/// Bounds on what one input may hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one number, string or cell.
    pub cell: usize,
    /// Results an answer may have (slices of a nested array).
    pub results: usize,
}

/// What was read: the numbers, ready to be described, and the options that stood beside them.
#[derive(Debug)]
pub struct Input {
    /// The numbers.
    pub data: Data,
    /// Options given in a JSON body.
    pub options: Vec<Given>,
}

/// Numbers, accumulated.
#[derive(Debug)]
pub struct Data;

/// Reads a body chunk by chunk and keeps none of it.
#[derive(Debug)]
pub struct Reader;

impl Reader {
    /// A reader of one body.
    #[must_use]
    pub fn new(format: Format, limits: Limits) -> Self {
        let _ = (format, limits);
        Self
    }

    /// Takes the next chunk, cut anywhere.
    ///
    /// # Errors
    /// When nothing that follows could make the body good. Bad values do not end the reading: [`Reader::finish`] reports them all.
    pub fn feed(&mut self, chunk: &[u8]) -> Result<(), Rejection> {
        let _ = chunk;
        Ok(())
    }

    /// Ends the body.
    ///
    /// # Errors
    /// A truncated body, bad values, nothing to describe.
    pub fn finish(self) -> Result<Input, Rejection> {
        Ok(Input { data: Data, options: Vec::new() })
    }
}

/// Reads the numbers of a URL: `loc` is `["query", "numbers", i]`.
///
/// # Errors
/// Bad values, or none at all.
pub fn query_numbers(numbers: &[String]) -> Result<Data, Rejection> {
    let _ = numbers;
    Ok(Data)
}
