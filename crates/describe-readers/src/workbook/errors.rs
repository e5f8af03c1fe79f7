//! Constructors of the input errors of workbooks.

use describe_options::{Excess, InputError, Measured, WorkbookFault};

/// Error of an archive, or of a part's XML, that the library cannot read.
pub(super) fn unreadable(part: Option<&str>, error: &impl ToString) -> InputError {
    InputError::of_data(WorkbookFault::Unreadable { part: part.map(str::to_owned), detail: error.to_string() })
}

/// Error of a workbook that decompresses to more bytes than `max`, the limit for its size.
pub(super) fn unpacked_size_exceeded(max: u64) -> InputError {
    InputError::whole(Excess { of: Measured::WorkbookUnpacked, max })
}
