//! Input errors that several formats share.

#[cfg(not(all(feature = "parquet", feature = "workbook", feature = "zstd")))]
use describe_options::Reason;
use describe_options::{Diagnostic, Excess, InputError, JsonFault, Location, Measured, TextFault, ValueFault, excerpt};

/// The error of more than a limit allows.
pub(crate) fn exceeded(of: Measured, limit: usize) -> InputError {
    InputError::whole(Excess::new(of, limit as u64))
}

/// The error of an input that needs a part of the program which this build leaves out.
#[cfg(not(all(feature = "parquet", feature = "workbook", feature = "zstd")))]
pub(crate) fn not_built(feature: &'static str) -> InputError {
    InputError::of_data(Reason::NotBuilt { feature })
}

/// The error of a value longer than `limit` bytes.
pub(crate) fn too_long(limit: usize) -> InputError {
    exceeded(Measured::Value, limit)
}

/// The error of text that is not UTF-8.
pub(crate) fn not_utf8(text: &[u8]) -> InputError {
    Diagnostic::new(Location::data(), TextFault::NotUtf8).with_input(text).into()
}

/// The error of an input that holds no value.
pub(crate) fn no_values() -> InputError {
    InputError::of_data(ValueFault::NoValues)
}

/// The error of a member of the body.
pub(crate) fn at_member(name: &str, fault: JsonFault) -> InputError {
    InputError::at(Location::data().name(excerpt(name.as_bytes())), fault)
}

/// The error of a member that was given before.
pub(crate) fn repeated(name: &str) -> InputError {
    at_member(name, JsonFault::RepeatedMember { name: excerpt(name.as_bytes()) })
}

/// The error of a cell that makes the table useless.
pub(crate) fn at_cell(row: u64, column: &str, fault: JsonFault) -> InputError {
    InputError::at(Location::Cell { row, column: Some(excerpt(column.as_bytes())) }, fault)
}
