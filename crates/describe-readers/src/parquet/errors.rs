//! Input errors of Parquet files.

use std::fmt;

use describe_options::{Diagnostic, InputError, Kind, Step};
use parquet::errors::ParquetError;

/// A refusal on its way through the crate that reads Parquet.
#[derive(Debug)]
pub(super) struct Refused(pub(super) InputError);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)
    }
}

impl std::error::Error for Refused {}

pub(super) fn refusal(error: ParquetError) -> InputError {
    match error {
        ParquetError::External(error) => match error.downcast::<Refused>() {
            Ok(refused) => refused.0,
            Err(error) => malformed(&error.to_string()),
        },
        ParquetError::General(what) | ParquetError::EOF(what) => malformed(&what),
        error => malformed(&error.to_string()),
    }
}

pub(super) fn malformed(detail: &str) -> InputError {
    refused(Kind::Malformed, format!("the file is not sound Parquet: {detail}"))
}

/// The refusal of the file as a whole.
pub(super) fn refused(kind: Kind, message: impl Into<String>) -> InputError {
    InputError::one(kind, Diagnostic::new(vec![Step::Name("body".into())], "parquet", message, None))
}

pub(super) fn too_much(limit: usize) -> InputError {
    let message = format!(
        "the Parquet file unpacks to more than {limit} bytes at once, the limit of --memory-limit (MEMORY_LIMIT)"
    );
    InputError::new(Kind::TooLarge, message)
}

pub(super) fn too_many_cells(limit: usize) -> InputError {
    let message = format!(
        "the Parquet file has more than {limit} cells in next to no bytes, the limit of --memory-limit (MEMORY_LIMIT)"
    );
    InputError::new(Kind::TooLarge, message)
}

pub(super) fn nested_group(name: &str, kind: &str) -> InputError {
    let loc = vec![Step::Name("query".into()), Step::Name("group_by".into())];
    let message = format!("the column '{name}' is nested ({kind}), so it makes no groups");
    InputError::one(Kind::Invalid, Diagnostic::new(loc, "nested_column", message, Some(name.as_bytes())))
}
