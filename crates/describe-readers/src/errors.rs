//! Constructors of the input errors that several formats share.

use describe_options::{
    Diagnostic, Excess, InputError, JsonFault, Location, Measured, Reason, TextFault, ValueFault, excerpt,
};

/// Error of a quantity above its limit.
pub(crate) fn exceeded(of: Measured, limit: usize) -> InputError {
    InputError::whole(Excess::new(of, limit as u64))
}

/// Error of an input that needs a feature which is not in the build.
pub(crate) fn not_built(feature: &'static str) -> InputError {
    InputError::of_data(Reason::NotBuilt { feature })
}

/// Error of a value longer than `limit` bytes.
pub(crate) fn too_long(limit: usize) -> InputError {
    exceeded(Measured::Value, limit)
}

/// Error of text that is not UTF-8.
pub(crate) fn not_utf8(text: &[u8]) -> InputError {
    Diagnostic::new(Location::data(), TextFault::NotUtf8).with_input(text).into()
}

/// Error of an input without values.
pub(crate) fn no_values() -> InputError {
    InputError::of_data(ValueFault::NoValues)
}

/// Error at a member of the JSON body.
pub(crate) fn at_member(name: &str, fault: JsonFault) -> InputError {
    InputError::at(Location::data().name(excerpt(name.as_bytes())), fault)
}

/// Error of a repeated JSON member.
pub(crate) fn repeated(name: &str) -> InputError {
    at_member(name, JsonFault::RepeatedMember { name: excerpt(name.as_bytes()) })
}

/// Error at a cell of a table.
pub(crate) fn at_cell(row: u64, column: &str, fault: JsonFault) -> InputError {
    InputError::at(Location::Cell { row, column: Some(excerpt(column.as_bytes())) }, fault)
}
