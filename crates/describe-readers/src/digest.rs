//! SHA-256 of a file's bytes as received, for the provenance of a result.
//!
//! Input: the chunks of each file, still compressed. Output: one hexadecimal digest per file, if a stamp was requested
//! before the file or may be requested within it. Invariant: a digest covers all bytes of its file, or is absent.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// Maximum size of a file that is hashed although no stamp was requested before its first byte.
pub(super) const MAX_SPECULATIVE_HASH_BYTES: usize = 1 << 20;

/// SHA-256 of one file, chunk by chunk.
///
/// ```
/// let mut hash = describe_readers::FileHash::default();
/// hash.update(b"5,");
/// hash.update(b"6\n");
/// assert_eq!(hash.finish(), describe_readers::sha256(b"5,6\n"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct FileHash(Sha256);

impl FileHash {
    /// Hashes the next bytes of the file.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Returns the hash in hexadecimal digits, as `sha256sum` prints it.
    #[must_use]
    pub fn finish(self) -> String {
        hexadecimal(&self.0.finalize())
    }
}

/// Incremental hash of the current file.
#[derive(Clone, Debug, Default)]
pub(super) struct Digest {
    hash: Option<FileHash>,
    /// Whether a stamp was requested before the first byte. Otherwise a JSON object may still request one in itself.
    requested: bool,
    length: usize,
}

impl Digest {
    pub(super) fn new(requested: bool) -> Self {
        Self { hash: None, requested, length: 0 }
    }

    /// Whether every byte must be hashed.
    pub(super) fn needs_all(&self) -> bool {
        self.requested
    }

    /// Hashes the next bytes of the file. `coded` says that they are known to be compressed.
    pub(super) fn update(&mut self, bytes: &[u8], coded: bool) {
        if self.length == 0 && (self.requested || coded || may_be_an_object(bytes)) {
            self.hash = Some(FileHash::default());
        }
        self.length = self.length.saturating_add(bytes.len());
        if !self.requested && self.length > MAX_SPECULATIVE_HASH_BYTES {
            self.hash = None;
        }
        if let Some(hash) = &mut self.hash {
            hash.update(bytes);
        }
    }

    /// Discards the hash, because bytes of the file were read without it.
    pub(super) fn discard(&mut self) {
        self.hash = None;
    }

    /// Returns the hash of the current file, if there is one, and starts the next file.
    pub(super) fn finish(&mut self) -> Option<String> {
        self.length = 0;
        let empty = self.requested.then(FileHash::default);
        self.hash.take().or(empty).map(FileHash::finish)
    }
}

/// Whether a file that begins so may be a JSON object: behind blanks or a byte order mark, compressed by gzip or zstd, or in a
/// ZIP archive.
fn may_be_an_object(bytes: &[u8]) -> bool {
    matches!(bytes.trim_ascii_start().first(), None | Some(b'{' | b'(' | b'P' | 0x1f | 0x80..))
}

/// SHA-256 of `bytes` in hexadecimal digits, as `sha256sum` prints it.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
