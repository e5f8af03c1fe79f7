//! The SHA-256 of a file's bytes as they come, for the stamp of an answer.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// A file that may turn out to ask for a stamp is hashed up to this many bytes.
const MOST_UNASKED: usize = 1 << 20;

/// A hash in the making.
#[derive(Clone, Debug, Default)]
pub(super) struct Digest {
    hash: Option<Sha256>,
    /// Whether a stamp was asked for before the first byte; else a JSON object may ask for one within it.
    asked: bool,
    taken: usize,
}

impl Digest {
    pub(super) fn new(asked: bool) -> Self {
        Self { hash: None, asked, taken: 0 }
    }

    /// Whether every byte must pass here.
    pub(super) fn needs_all(&self) -> bool {
        self.asked
    }

    pub(super) fn take(&mut self, bytes: &[u8]) {
        if self.taken == 0 && (self.asked || bytes.trim_ascii_start().starts_with(b"{")) {
            self.hash = Some(Sha256::new());
        }
        self.taken = self.taken.saturating_add(bytes.len());
        if !self.asked && self.taken > MOST_UNASKED {
            self.hash = None;
        }
        if let Some(hash) = &mut self.hash {
            hash.update(bytes);
        }
    }

    /// Bytes went another way.
    pub(super) fn lose(&mut self) {
        self.hash = None;
    }

    /// The hash of the file that ends here, if it was made; the next one may begin.
    pub(super) fn finish(&mut self) -> Option<String> {
        self.taken = 0;
        let empty = self.asked.then(Sha256::new);
        self.hash.take().or(empty).map(|hash| hexadecimal(&hash.finalize()))
    }
}

/// The SHA-256 of a text, in hexadecimal digits as `sha256sum` prints them.
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
