//! Formats that cannot be read as a stream: held in memory up to a limit, and read when they are complete.

use super::part::Part;
use super::{Format, Limits};
use crate::options::Options;
use crate::rejection::{Kind, Rejection};

/// Collects a file.
#[derive(Debug)]
pub(super) struct Held {
    format: Format,
    bytes: Vec<u8>,
    limit: usize,
}

impl Held {
    pub(super) fn new(format: Format, limit: usize) -> Self {
        Self { format, bytes: Vec::new(), limit }
    }

    pub(super) fn feed(&mut self, chunk: &[u8]) -> Result<(), Rejection> {
        if self.bytes.len() + chunk.len() > self.limit {
            let message = format!(
                "{} is read as a whole, and it is larger than {} bytes, the limit of --memory-limit (MEMORY_LIMIT); CSV has no such limit",
                self.name(),
                self.limit
            );
            return Err(Rejection::new(Kind::TooLarge, message));
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }

    /// Reads the file.
    pub(super) fn finish(self, _: &Options, _: Limits) -> Result<Part, Rejection> {
        Err(Rejection::new(Kind::Invalid, format!("{} is not supported yet; save it as CSV", self.name())))
    }

    fn name(&self) -> &'static str {
        match self.format {
            Format::Parquet => "a Parquet file",
            _ => "a workbook",
        }
    }
}
