//! Input errors of workbooks.

use describe_options::{Diagnostic, InputError, Kind, Step};

pub(super) fn malformed(detail: &str) -> InputError {
    refused(Kind::Malformed, format!("the file is not a sound XLSX or ODS workbook: {detail}"))
}

/// The refusal of the file as a whole.
pub(super) fn refused(kind: Kind, message: impl Into<String>) -> InputError {
    InputError::one(kind, Diagnostic::new(vec![Step::Name("body".into())], "workbook", message, None))
}

pub(super) fn protected() -> InputError {
    let message =
        "the workbook is protected by a password, or of Excel before 2007; save it as XLSX without a password";
    refused(Kind::Invalid, message)
}
