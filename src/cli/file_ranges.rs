//! Ranges of the bytes of an open file.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::sync::{Mutex, PoisonError};

use describe_readers::ByteRanges;

/// An open file. Every system has a position in it, so threads read one after another.
#[derive(Debug)]
pub(super) struct FileRanges(Mutex<File>);

impl FileRanges {
    /// Ranges of a file, which shares its position with them.
    ///
    /// # Errors
    /// Those of the system.
    pub(super) fn of(file: &File) -> io::Result<Self> {
        Ok(Self(Mutex::new(file.try_clone()?)))
    }
}

impl ByteRanges for FileRanges {
    fn length(&self) -> io::Result<u64> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).metadata()?.len())
    }

    fn read(&self, start: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::with_capacity(length);
        (&*file).take(length as u64).read_to_end(&mut bytes)?;
        if bytes.len() < length { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(bytes) }
    }
}
