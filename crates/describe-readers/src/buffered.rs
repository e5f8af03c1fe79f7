//! Formats that cannot be read as a stream: held in memory up to a limit, and read when they are complete.

use super::dataset::Dataset;
use super::errors::exceeded;
use super::limits::Limits;
use super::table::OpenTable;
use describe_options::Options;
use describe_options::{InputError, Measured};

/// Reads a whole file.
pub(super) type ReadFile = fn(Vec<u8>, &Options, Limits) -> Result<OpenTable, InputError>;

/// Collects a file.
#[derive(Debug)]
pub(super) struct BufferedFile {
    /// What its size is, where it is too large.
    measured: Measured,
    read: ReadFile,
    bytes: Vec<u8>,
    limit: usize,
}

impl BufferedFile {
    /// An empty file of at most `limit` bytes.
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

    /// Reads the file.
    pub(super) fn finish(self, options: &Options, limits: Limits) -> Result<Dataset, InputError> {
        Ok((self.read)(self.bytes, options, limits)?.into())
    }
}
