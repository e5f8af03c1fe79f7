//! Bytes of an answer while it is written, up to the limit of answers.
//!
//! Input: the parts of an answer, in order. Output: its bytes, or the error of the limit that they exceed. Invariant: memory is
//! charged before it is taken.

use std::io::{self, Write};

use describe_options::{Excess, InputError, Measured};
use describe_readers::Ledger;

/// Bytes after which it is checked whether the task may go on.
const CHECKED_BYTES: usize = 64 << 10;

/// Bytes of an answer.
#[derive(Debug)]
pub(super) struct Output<'a> {
    bytes: Vec<u8>,
    ledger: &'a Ledger,
    /// Length at the next check.
    next_check: usize,
    refused: Option<InputError>,
}

impl<'a> Output<'a> {
    /// No bytes, with room for a usual answer.
    pub(super) fn new(ledger: &'a Ledger) -> Self {
        Self { bytes: Vec::with_capacity(256), ledger, next_check: CHECKED_BYTES, refused: None }
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// More than the limit of answers or of memory; a task that is out of time.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), InputError> {
        let (length, limit) = (self.bytes.len() + bytes.len(), self.ledger.answer_limit());
        if length > limit {
            return Err(too_large(limit));
        }
        if length >= self.next_check {
            self.ledger.check()?;
            self.next_check = length + CHECKED_BYTES;
        }
        self.ledger.extend(&mut self.bytes, bytes)
    }

    /// Adds a value as JSON.
    ///
    /// # Errors
    /// As for [`Output::push`].
    pub(super) fn json(&mut self, value: &impl serde::Serialize) -> Result<(), InputError> {
        let written = serde_json::to_writer(&mut *self, value);
        match (self.refused.take(), written) {
            (Some(error), _) => Err(error),
            (None, written) => written.map_err(|error| super::json::unwritable(&error)),
        }
    }

    /// The bytes.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl Write for Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.push(bytes).map(|()| bytes.len()).map_err(|error| {
            self.refused = Some(error);
            io::ErrorKind::StorageFull.into()
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Error of an answer of more bytes than `limit`.
pub(super) fn too_large(limit: usize) -> InputError {
    InputError::whole(Excess::new(Measured::Answer, limit))
}
