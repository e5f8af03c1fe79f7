//! Reader of XLSX and ODS workbooks.
//!
//! Input: the bytes of a workbook, and the options that select a sheet and its columns. Output: the open table of the
//! sheet. Invariants: rows are streamed, and only the shared strings of an XLSX workbook are kept; decompressed bytes,
//! processed cells and memory are limited by a [`Budget`].

mod dates;
mod errors;
mod ods;
mod rows;
mod xlsx;
mod xml;

use std::io::{Read, Seek, SeekFrom};

use zip::ZipArchive;

use self::errors::unreadable;
use self::rows::Rows;
use self::xml::Budget;
use super::limits::Limits;
use super::table::OpenTable;
use describe_options::{InputError, Options, WorkbookFault};

/// Signature of compound files: encrypted workbooks, and those of Excel before 2007.
const COMPOUND_FILE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Reads a sheet of a workbook.
///
/// # Errors
/// A file that is not a workbook or is corrupt, an exceeded limit, an unknown sheet, and the errors of tables.
pub(super) fn read(mut source: impl Read + Seek, options: &Options, limits: Limits) -> Result<OpenTable, InputError> {
    let mut magic = Vec::new();
    let failed = |error: std::io::Error| unreadable(None, &error);
    source.by_ref().take(8).read_to_end(&mut magic).map_err(failed)?;
    if magic == COMPOUND_FILE {
        return Err(InputError::of_data(WorkbookFault::Protected));
    }
    let size = source.seek(SeekFrom::End(0)).map_err(failed)?;
    let budget = Budget::new(size, limits);
    let mut archive = ZipArchive::new(source).map_err(|error| unreadable(None, &error))?;
    budget.reserve(archive.len().saturating_mul(ARCHIVE_ENTRY_BYTES))?;
    let mut rows = Rows { options, limits, budget: &budget, table: None, has_header: false, has_content: false };
    if archive.index_for_name("content.xml").is_some() {
        ods::read(&mut archive, &mut rows)?;
    } else {
        xlsx::read(&mut archive, &mut rows)?;
    }
    rows.finish()
}

/// Approximate memory of one entry of an archive's directory.
const ARCHIVE_ENTRY_BYTES: usize = 400;
