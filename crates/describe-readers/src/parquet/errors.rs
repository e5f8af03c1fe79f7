//! Input errors of Parquet files.

use std::fmt;

use describe_options::{InputError, ParquetFault};
use parquet::errors::ParquetError;

/// An input error on its way through the crate that reads Parquet.
#[derive(Debug)]
pub(super) struct Carried(pub(super) InputError);

impl fmt::Display for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl std::error::Error for Carried {}

/// The input error that the crate carried, or of what it refuses itself.
pub(super) fn from_crate(error: ParquetError) -> InputError {
    let detail = match error {
        ParquetError::External(error) => match error.downcast::<Carried>() {
            Ok(carried) => return carried.0,
            Err(error) => error.to_string(),
        },
        ParquetError::General(detail) | ParquetError::EOF(detail) => detail,
        error => error.to_string(),
    };
    InputError::of_data(ParquetFault::Unreadable { detail })
}
