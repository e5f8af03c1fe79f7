//! Description of one file: format, content codings, encoding, name.

use encoding_rs::Encoding;

use crate::decompress::Coding;
use crate::detect;
use crate::format::Format;

/// What is known of a file before it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Its format; `None` to recognise it by its content.
    pub format: Option<Format>,
    /// How it is compressed, in the order in which the codings were applied.
    pub codings: Vec<Coding>,
    /// Whether gzip and zstd are also recognised by the first bytes.
    pub detect_coding: bool,
    /// The encoding of its text; a byte order mark wins.
    pub encoding: Option<&'static Encoding>,
    /// Its name, for what is wrong with it: needed where there are several.
    pub name: Option<String>,
}

impl From<Option<Format>> for Source {
    /// Without a format everything is recognised by the content.
    fn from(format: Option<Format>) -> Self {
        Self { format, detect_coding: format.is_none(), ..Self::default() }
    }
}

impl Source {
    /// Whether a file that begins so may hold far more than its bytes.
    #[must_use]
    pub fn expands(&self, start: &[u8]) -> bool {
        let coding = || self.detect_coding && Coding::detect(start).is_some();
        let binary = || self.format.map_or_else(|| detect::binary(start), Format::binary).is_some();
        !self.codings.is_empty() || coding() || binary()
    }
}
