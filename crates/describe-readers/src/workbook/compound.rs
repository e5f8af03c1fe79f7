//! Opening of compound files (MS-CFB), which hold streams in chains of sectors as a disk holds files.
//!
//! Input: the bytes of a compound file. Output: the opened file, whose streams are read from these bytes. Invariant: the
//! tables of sectors and the directory, which the library keeps in memory, are bounded by the size of the file, because a
//! list of sectors may name the same one many times.

use std::cell::Cell;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use cfb::{CompoundFile, OpenOptions};

use super::errors::unreadable;
use super::xml::Budget;
use describe_options::{FileFault, FileKind, InputError, WorkbookFault};

/// Number of bytes of a compound file for one byte of its tables: the table of sectors, the largest one, has 4 bytes for each
/// sector of 512 bytes.
const BYTES_PER_TABLE_BYTE: usize = 64;

/// Maximum bytes of the tables of a small compound file: two thousand names of streams.
const MIN_TABLE_LIMIT_BYTES: usize = 256 << 10;

/// Approximate memory of one byte of the tables, as parsed and indexed.
const MEMORY_PER_TABLE_BYTE: usize = 8;

/// Maximum bytes that are read ahead in a stream.
const STREAM_BUFFER_BYTES: usize = 64 << 10;

/// Bytes of a compound file that may still be read.
#[derive(Debug, Default)]
pub(super) struct ReadLimit(Cell<usize>);

/// Reader of a compound file's bytes, up to a limit.
#[derive(Debug)]
pub(super) struct Source<'a> {
    bytes: Cursor<&'a [u8]>,
    limit: &'a ReadLimit,
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        let left = self.limit.0.get().checked_sub(count);
        self.limit.0.set(left.ok_or_else(|| io::Error::other("its tables are larger than those of its size can be"))?);
        Ok(count)
    }
}

impl Seek for Source<'_> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(position)
    }
}

/// Opens a compound file. Returns it and the number of bytes of its tables.
///
/// # Errors
/// A corrupt file, or tables that take more memory than the limit.
pub(super) fn open<'a>(
    bytes: &'a [u8],
    limit: &'a ReadLimit,
    budget: &Budget,
) -> Result<(CompoundFile<Source<'a>>, u64), InputError> {
    let share = bytes.len() / BYTES_PER_TABLE_BYTE;
    budget.reserve(share * MEMORY_PER_TABLE_BYTE)?;
    let max = share + MIN_TABLE_LIMIT_BYTES;
    limit.0.set(max);
    let source = Source { bytes: Cursor::new(bytes), limit };
    let options = OpenOptions::new().max_buffer_size(STREAM_BUFFER_BYTES);
    let file = options.open_with(source).map_err(|error| unreadable(None, &error))?;
    let table_bytes = max - limit.0.get();
    // The streams may be read any number of times; what their content costs is counted there.
    limit.0.set(usize::MAX);
    Ok((file, table_bytes as u64))
}

/// Name of the stream of the workbook.
///
/// # Errors
/// A compound file without a workbook: a document of another kind, or one protected by a password.
pub(super) fn workbook(file: &CompoundFile<Source>) -> Result<&'static str, InputError> {
    let has = |name: &&str| file.is_stream(name);
    if let Some(name) = ["/Workbook", "/Book"].into_iter().find(has) {
        return Ok(name);
    }
    if has(&"/EncryptedPackage") {
        return Err(InputError::of_data(WorkbookFault::Protected));
    }
    let is_document = ["/WordDocument", "/PowerPoint Document"].iter().any(has);
    let kind = if is_document { FileKind::OfficeDocument } else { FileKind::CompoundFile };
    Err(InputError::of_data(FileFault::Unsupported { kind }))
}
