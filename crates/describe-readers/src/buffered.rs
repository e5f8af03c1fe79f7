//! Buffer for the formats that cannot be read as a stream.
//!
//! Input: chunks of one file. Output: the data set that the format's reader makes of the whole file. Invariant: never
//! more than the limit is buffered.

use super::dataset::Dataset;
use super::errors::exceeded;
use super::limits::Limits;
use super::table::OpenTable;
use describe_options::Options;
use describe_options::{InputError, Measured};

/// Reader of a whole file.
pub(super) type ReadFile = fn(Vec<u8>, &Options, Limits) -> Result<OpenTable, InputError>;

/// Collects the bytes of a file until it is complete.
#[derive(Debug)]
pub(super) struct BufferedFile {
    /// Quantity that the error names when the file exceeds the limit.
    measured: Measured,
    read: ReadFile,
    bytes: Vec<u8>,
    limit: usize,
}

impl BufferedFile {
    /// Creates an empty buffer for at most `limit` bytes.
    pub(super) fn new(measured: Measured, read: ReadFile, limit: usize) -> Self {
        Self { measured, read, bytes: Vec::new(), limit }
    }

    pub(super) fn feed(&mut self, chunk: &[u8]) -> Result<(), InputError> {
        if self.bytes.len() + chunk.len() > self.limit {
            return Err(exceeded(self.measured, self.limit));
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }

    /// Reads the buffered file.
    pub(super) fn finish(self, options: &Options, limits: Limits) -> Result<Dataset, InputError> {
        Ok((self.read)(self.bytes, options, limits)?.into())
    }
}
