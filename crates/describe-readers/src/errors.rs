//! Input errors that several formats share.

use describe_options::{Diagnostic, InputError, Kind, Step, excerpt};

/// The error of an input that needs a part of the program which this build leaves out.
#[cfg(not(all(feature = "parquet", feature = "workbook", feature = "zstd")))]
pub(crate) fn not_built(feature: &str) -> InputError {
    let message = format!("the program was built without the feature {feature}, which reads this input");
    InputError::one(Kind::Invalid, Diagnostic::new(body_loc(&[]), "not_built", message, None))
}

/// The error of a value longer than `limit` bytes.
pub(crate) fn too_long(limit: usize) -> InputError {
    let message = format!("a value is longer than {limit} bytes, the limit of --cell-limit (CELL_LIMIT)");
    InputError::new(Kind::TooLarge, message)
}

/// The error of text that is not UTF-8.
pub(crate) fn not_utf8(text: &[u8]) -> InputError {
    let loc = vec![Step::Name("body".into())];
    InputError::one(Kind::Malformed, Diagnostic::new(loc, "not_utf8", "the text is not UTF-8", Some(text)))
}

/// The error of an input that holds no value.
pub(crate) fn nothing(loc: Vec<Step>) -> InputError {
    let message = "there is nothing to describe; give at least one number";
    InputError::one(Kind::Invalid, Diagnostic::new(loc, "missing", message, None))
}

/// The error of a file that does not belong to the dataset.
pub(crate) fn unlike(message: impl Into<String>) -> InputError {
    InputError::one(Kind::Invalid, Diagnostic::new(vec![Step::Name("body".into())], "different_file", message, None))
}

/// The location of a member in the body.
pub(crate) fn body_loc(names: &[&str]) -> Vec<Step> {
    std::iter::once("body").chain(names.iter().copied()).map(|name| Step::Name(name.into())).collect()
}

/// The error of a member of the body.
pub(crate) fn refused(member: &str, code: &'static str, message: String) -> InputError {
    let shown = excerpt(member.as_bytes());
    InputError::one(Kind::Invalid, Diagnostic::new(body_loc(&[&shown]), code, message, None))
}

/// The error of a cell that makes the table useless.
pub(crate) fn refused_at(row: u64, column: &str, code: &'static str, what: &str) -> InputError {
    let column = excerpt(column.as_bytes());
    let message = format!("row {row}, column {column}: {what}");
    let loc = vec![Step::Name("body".into()), Step::Index(row), Step::Name(column)];
    InputError::one(Kind::Invalid, Diagnostic::new(loc, code, message, None))
}
