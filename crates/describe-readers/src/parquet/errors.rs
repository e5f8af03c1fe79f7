//! Conversion between input errors and the errors of the `parquet` crate.

use std::fmt;

use describe_options::{InputError, ParquetFault};
use parquet::errors::ParquetError;

/// Input error inside an error of the `parquet` crate.
#[derive(Debug)]
pub(super) struct WrappedInputError(pub(super) InputError);

impl fmt::Display for WrappedInputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl std::error::Error for WrappedInputError {}

/// Unwraps an input error, or converts an error of the crate itself.
pub(super) fn from_crate(error: ParquetError) -> InputError {
    let detail = match error {
        ParquetError::External(error) => match error.downcast::<WrappedInputError>() {
            Ok(wrapped) => return wrapped.0,
            Err(error) => error.to_string(),
        },
        ParquetError::General(detail) | ParquetError::EOF(detail) => detail,
        error => error.to_string(),
    };
    InputError::of_data(ParquetFault::Unreadable { detail })
}
