//! Formats that cannot be read as a stream: held in memory up to a limit, and read when they are complete.

use std::io::Cursor;

use bytes::Bytes;

use super::dataset::Dataset;
use super::format::Format;
use super::limits::Limits;
use super::{parquet, workbook};
use describe_options::Options;
use describe_options::{InputError, Kind};

/// Collects a file.
#[derive(Debug)]
pub(super) struct BufferedFile {
    format: Format,
    bytes: Vec<u8>,
    limit: usize,
}

impl BufferedFile {
    pub(super) fn new(format: Format, limit: usize) -> Self {
        Self { format, bytes: Vec::new(), limit }
    }

    pub(super) fn feed(&mut self, chunk: &[u8]) -> Result<(), InputError> {
        if self.bytes.len() + chunk.len() > self.limit {
            let message = format!(
                "{} is read as a whole, and it is larger than {} bytes, the limit of --memory-limit (MEMORY_LIMIT); CSV has no such limit",
                self.name(),
                self.limit
            );
            return Err(InputError::new(Kind::TooLarge, message));
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }

    /// Reads the file.
    pub(super) fn finish(self, options: &Options, limits: Limits) -> Result<Dataset, InputError> {
        let table = match self.format {
            Format::Parquet => parquet::read(Bytes::from(self.bytes), options, limits)?,
            _ => workbook::read(Cursor::new(self.bytes), options, limits)?,
        };
        Ok(table.into())
    }

    fn name(&self) -> &'static str {
        match self.format {
            Format::Parquet => "a Parquet file",
            _ => "a workbook",
        }
    }
}
