//! Buffer for the formats that cannot be read as a stream.
//!
//! Input: chunks of one file. Output: its bytes. Invariant: never more than the limit is buffered.

use super::errors::exceeded;
use super::ledger::Ledger;
use describe_options::{InputError, Measured};

/// Collects the bytes of a file until it is complete.
#[derive(Debug)]
pub(super) struct BufferedFile {
    /// Quantity that the error names when the file exceeds the limit.
    measured: Measured,
    pub(super) bytes: Vec<u8>,
    limit: usize,
    ledger: Ledger,
}

impl BufferedFile {
    /// Creates an empty buffer for at most `limit` bytes.
    pub(super) fn new(measured: Measured, limit: usize, ledger: &Ledger) -> Self {
        Self { measured, bytes: Vec::new(), limit, ledger: ledger.clone() }
    }

    pub(super) fn feed(&mut self, chunk: &[u8]) -> Result<(), InputError> {
        if self.bytes.len() + chunk.len() > self.limit {
            return Err(exceeded(self.measured, self.limit));
        }
        self.ledger.extend(&mut self.bytes, chunk)
    }
}
