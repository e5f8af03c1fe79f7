//! Input errors of workbooks.

use describe_options::{Excess, InputError, Measured, WorkbookFault};

/// The error of an archive, or of the XML of a part, that the library cannot read.
pub(super) fn unreadable(part: Option<&str>, error: &impl ToString) -> InputError {
    InputError::of_data(WorkbookFault::Unreadable { part: part.map(str::to_owned), detail: error.to_string() })
}

/// The error of more work than a workbook of its size may take.
pub(super) fn unpacks_to_more(than: u64) -> InputError {
    InputError::whole(Excess { of: Measured::WorkbookUnpacked, max: than })
}
