//! Reader of XLSX, ODS and XLS workbooks.
//!
//! Input: the bytes of a workbook, and the options that select a sheet and its columns. Output: the open table of the
//! sheet. Invariants: rows are streamed, and only the shared strings of an XLSX or XLS workbook are kept; decompressed
//! bytes, processed cells and memory are limited by a [`Budget`].

mod biff;
mod compound;
mod dates;
mod errors;
mod ods;
mod plain_row;
mod rows;
mod selection;
mod utf8;
mod xls;
mod xlsx;
mod xml;

use std::io::{Read, Seek};

use zip::ZipArchive;

use self::biff::RecordReader;
use self::errors::unreadable;
use self::selection::Selection;
use self::xml::Budget;
use super::limits::Limits;
use super::table::OpenTable;
use describe_options::{InputError, Options};

/// Opened archive, and the budget of its workbook.
pub(super) struct Archive<R> {
    pub(super) zip: ZipArchive<R>,
    budget: Budget,
}

/// Opens an archive of `size` bytes.
///
/// # Errors
/// A corrupt archive, or a directory that takes more memory than the limit.
pub(super) fn open<R: Read + Seek>(source: R, size: usize, limits: &Limits) -> Result<Archive<R>, InputError> {
    let budget = Budget::new(size as u64, limits);
    let zip = ZipArchive::new(source).map_err(|error| unreadable(None, &error))?;
    budget.reserve(zip.len().saturating_mul(ARCHIVE_ENTRY_BYTES))?;
    Ok(Archive { zip, budget })
}

/// Reads a sheet of a workbook.
///
/// # Errors
/// A corrupt workbook, an exceeded limit, an unknown sheet, and the errors of tables.
pub(super) fn read<R: Read + Seek>(
    mut archive: Archive<R>,
    options: &Options,
    limits: &Limits,
) -> Result<OpenTable, InputError> {
    let Archive { zip, budget } = &mut archive;
    let mut selection = Selection::new(options, limits, budget);
    let is_ods = zip.index_for_name("content.xml").is_some();
    if is_ods { ods::read(zip, &mut selection) } else { xlsx::read(zip, &mut selection) }?;
    selection.finish(if is_ods { "ods" } else { "xlsx" })
}

/// Reads a sheet of the XLS workbook in a compound file.
///
/// # Errors
/// A corrupt file, one without a workbook or with one of an older version, and the errors of [`read`].
pub(super) fn read_compound(bytes: &[u8], options: &Options, limits: &Limits) -> Result<OpenTable, InputError> {
    let budget = Budget::new(bytes.len() as u64, limits);
    let limit = compound::ReadLimit::default();
    let (mut file, table_bytes) = compound::open(bytes, &limit, &budget)?;
    let name = compound::workbook(&file)?;
    let stream = file.open_stream(name).map_err(|error| unreadable(None, &error))?;
    let length = stream.len();
    let mut selection = Selection::new(options, limits, &budget);
    xls::read(&mut RecordReader::new(stream, length, table_bytes, &budget), &mut selection)?;
    selection.finish("xls")
}

/// Approximate memory of one entry of an archive's directory.
const ARCHIVE_ENTRY_BYTES: usize = 400;
