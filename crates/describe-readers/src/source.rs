//! Declared properties of one file: format, content codings, encoding, name.

use encoding_rs::Encoding;

use crate::decompress::Coding;
use crate::detect;
use crate::format::Format;

/// Declared properties of a file, before it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Format; `None` to detect it from the content.
    pub format: Option<Format>,
    /// Content codings, in the order in which they were applied.
    pub codings: Vec<Coding>,
    /// Whether to detect gzip and Zstandard from the first bytes as well.
    pub detect_coding: bool,
    /// Whether the content overrides `format`: the label of a file, such as the ending of its name, is often wrong.
    pub content_decides: bool,
    /// Encoding of text; a byte order mark overrides it.
    pub encoding: Option<&'static Encoding>,
    /// Name shown in errors, and the value of a group column `file`; needed when there are several files.
    pub name: Option<String>,
    /// Path or name shown in reports, where errors need not name the file.
    pub path: Option<String>,
}

impl From<Option<Format>> for Source {
    /// Without a format, everything is detected from the content.
    fn from(format: Option<Format>) -> Self {
        Self { format, detect_coding: format.is_none(), ..Self::default() }
    }
}

impl Source {
    /// Name of the file without folders, if it is known.
    #[must_use]
    pub fn file_name(&self) -> Option<&str> {
        let path = self.path.as_deref().or(self.name.as_deref())?;
        path.rsplit(['/', '\\']).next().filter(|name| !name.is_empty())
    }

    /// Whether a file that begins with `start` may decompress to far more bytes than its size.
    #[must_use]
    pub fn expands(&self, start: &[u8]) -> bool {
        let coding = || self.detect_coding && Coding::detect(start).is_some();
        let binary = || self.format.and_then(Format::binary).is_some() || detect::kind(start).is_some();
        !self.codings.is_empty() || coding() || binary()
    }
}
