//! Formats that cannot be read as a stream: held in memory up to a limit, and read when they are complete.

use super::dataset::Dataset;
use super::limits::Limits;
use super::table::OpenTable;
use describe_options::Options;
use describe_options::{InputError, Kind};

/// Reads a whole file.
pub(super) type ReadFile = fn(Vec<u8>, &Options, Limits) -> Result<OpenTable, InputError>;

/// Collects a file.
#[derive(Debug)]
pub(super) struct BufferedFile {
    /// The file in words, with an article.
    name: &'static str,
    read: ReadFile,
    bytes: Vec<u8>,
    limit: usize,
}

impl BufferedFile {
    /// An empty file of at most `limit` bytes.
    pub(super) fn new(name: &'static str, read: ReadFile, limit: usize) -> Self {
        Self { name, read, bytes: Vec::new(), limit }
    }

    pub(super) fn feed(&mut self, chunk: &[u8]) -> Result<(), InputError> {
        if self.bytes.len() + chunk.len() > self.limit {
            let message = format!(
                "{} is read as a whole, and it is larger than {} bytes, the limit of --memory-limit (MEMORY_LIMIT); CSV has no such limit",
                self.name, self.limit
            );
            return Err(InputError::new(Kind::TooLarge, message));
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }

    /// Reads the file.
    pub(super) fn finish(self, options: &Options, limits: Limits) -> Result<Dataset, InputError> {
        Ok((self.read)(self.bytes, options, limits)?.into())
    }
}
