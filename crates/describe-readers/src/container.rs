//! Reader of the files that hold other files: ZIP archives and compound files.
//!
//! Input: the bytes of a container. Output: the table of the workbook that it is, or the only file in it. The names of its
//! parts show its kind. Invariant: the bytes of a file in an archive are counted before they are read, because declared
//! sizes may be wrong.

use std::io::{Cursor, Read, Seek};

use memchr::memmem;
use zip::ZipArchive;
use zip::result::ZipError;

use super::decompress::decompressed_size_exceeded;
use super::limits::Limits;
use super::table::OpenTable;
use super::workbook;
use describe_options::{FileFault, FileKind, InputError, Options, excerpt};

/// Maximum number of files of an archive that an error names.
const MAX_NAMED_FILES: usize = 5;

/// Signature of the end of a ZIP archive's directory.
const END_OF_ZIP: &[u8] = b"PK\x05\x06";

/// Content of a container.
pub(super) enum Opened {
    /// The open table of a workbook.
    Workbook(Box<OpenTable>),
    /// The only file of an archive.
    File(Member),
}

/// File in an archive.
pub(super) struct Member {
    zip: ZipArchive<Cursor<Vec<u8>>>,
    index: usize,
    /// Number of bytes of the archive, which stay in memory.
    pub(super) archive_bytes: usize,
}

/// Opens a container, and reads it if it is a workbook.
///
/// # Errors
/// A container of another kind, an archive with several files, a truncated one, and the errors of the workbook.
pub(super) fn open(bytes: Vec<u8>, options: &Options, limits: &Limits) -> Result<Opened, InputError> {
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Ok(Opened::Workbook(Box::new(workbook::read_compound(&bytes, options, limits)?)));
    }
    if bytes.starts_with(b"PK") && memmem::rfind(&bytes, END_OF_ZIP).is_none() {
        return Err(InputError::of_data(FileFault::EndsEarly));
    }
    let archive_bytes = bytes.len();
    let archive = workbook::open(Cursor::new(bytes), archive_bytes, limits)?;
    Ok(match content(&archive.zip)? {
        Content::Workbook => Opened::Workbook(Box::new(workbook::read(archive, options, limits)?)),
        Content::File(index) => Opened::File(Member { zip: archive.zip, index, archive_bytes }),
    })
}

impl Member {
    /// Decompresses the file into `sink`. Its bytes are added to `decompressed`.
    ///
    /// # Errors
    /// A protected or corrupt file, more decompressed bytes than the limit, and the errors of `sink`.
    pub(super) fn read(
        mut self,
        limits: &Limits,
        decompressed: &mut u64,
        mut sink: impl FnMut(&[u8]) -> Result<(), InputError>,
    ) -> Result<(), InputError> {
        const CHUNK_BYTES: usize = 64 << 10;
        let mut file = self.zip.by_index(self.index).map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
                InputError::of_data(FileFault::Protected)
            }
            error => unreadable(&error),
        })?;
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let count = file.read(&mut chunk).map_err(|error| unreadable(&error))?;
            if count == 0 {
                return Ok(());
            }
            *decompressed += count as u64;
            if *decompressed > limits.decompressed {
                return Err(decompressed_size_exceeded(limits.decompressed));
            }
            sink(&chunk[..count])?;
        }
    }
}

/// Content of a ZIP archive.
enum Content {
    Workbook,
    /// The index of the only file.
    File(usize),
}

/// Content of an archive by the names in it.
///
/// # Errors
/// A document of another kind, no file, or several files.
fn content(zip: &ZipArchive<impl Read + Seek>) -> Result<Content, InputError> {
    let unsupported = |kind| Err(InputError::of_data(FileFault::Unsupported { kind }));
    let any = |test: &dyn Fn(&str) -> bool| {
        zip.file_names_raw().any(|name| test(&String::from_utf8_lossy(name).replace('\\', "/").to_ascii_lowercase()))
    };
    if any(&|name| name.starts_with("word/") || name.starts_with("ppt/")) {
        return unsupported(FileKind::OfficeDocument);
    }
    if any(&|name| name == "content.xml" || name == "_rels/.rels" || name.starts_with("xl/")) {
        return Ok(Content::Workbook);
    }
    if any(&|name| name == "index.zip" || name == "index/document.iwa") {
        return unsupported(FileKind::Numbers);
    }
    let mut files = zip.file_names_raw().enumerate().filter(|(_, name)| is_file(name)).peekable();
    let Some((index, first)) = files.next() else { return Err(InputError::of_data(FileFault::NoFile)) };
    if files.peek().is_none() {
        return Ok(Content::File(index));
    }
    let mut names = vec![excerpt(first)];
    names.extend(files.by_ref().take(MAX_NAMED_FILES - 1).map(|(_, name)| excerpt(name)));
    let count = names.len() + files.count();
    Err(InputError::of_data(FileFault::SeveralFiles { names, count }))
}

/// Whether an entry is a file of the person who made the archive: not a folder, and not what macOS adds.
fn is_file(name: &[u8]) -> bool {
    let base = name.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    !base.is_empty() && !base.starts_with(b"._") && base != b".DS_Store" && !name.starts_with(b"__MACOSX/")
}

fn unreadable(error: &impl ToString) -> InputError {
    InputError::of_data(FileFault::Unreadable { detail: error.to_string() })
}
