//! Bytes of a Parquet file: in memory, or read by ranges.

use std::sync::Arc;

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};

use super::errors::from_crate;
use crate::byte_ranges::ByteRanges;
use describe_options::InputError;

/// Bytes of a file.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// All of them in memory.
    Buffered(Bytes),
    /// A file of this length, of which ranges are read.
    Ranges(Arc<dyn ByteRanges>, u64),
}

impl Content {
    /// A file that is read by ranges.
    ///
    /// # Errors
    /// A file whose length cannot be found.
    pub(crate) fn of_ranges(ranges: Arc<dyn ByteRanges>) -> std::result::Result<Self, InputError> {
        let length = ranges.length().map_err(|error| from_crate(error.into()))?;
        Ok(Self::Ranges(ranges, length))
    }

    /// Number of bytes of the file.
    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Buffered(bytes) => bytes.len() as u64,
            Self::Ranges(_, length) => *length,
        }
    }

    /// Memory that `length` bytes take when they are read.
    pub(super) fn copied_bytes(&self, length: usize) -> usize {
        match self {
            Self::Buffered(_) => 0,
            Self::Ranges(..) => length,
        }
    }

    /// The `length` bytes from the byte `start` on.
    ///
    /// # Errors
    /// Fewer bytes, and those of the system.
    pub(super) fn read(&self, start: u64, length: usize) -> Result<Bytes> {
        let end = start.checked_add(length as u64).filter(|end| *end <= self.len());
        let end = end.ok_or_else(|| ParquetError::EOF("the file ends too early".into()))?;
        match self {
            Self::Buffered(bytes) => {
                let place = |place: u64| usize::try_from(place).unwrap_or(usize::MAX);
                Ok(bytes.slice(place(start)..place(end)))
            }
            Self::Ranges(file, _) => Ok(file.read(start, length)?.into()),
        }
    }
}
