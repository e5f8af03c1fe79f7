//! Syntax of delimited text: what separates, comments and escapes.

use describe_options::{Delimiter, TableOptions};

/// Bytes that have a meaning in delimited text, apart from quotes and line breaks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Syntax {
    /// Byte between cells; a blank where white space separates them.
    pub(super) delimiter: u8,
    /// Whether runs of blanks and tabs separate cells.
    pub(super) is_whitespace: bool,
    /// First byte of a comment line.
    pub(super) comment: Option<u8>,
    /// Byte before one that is part of a cell.
    pub(super) escape: Option<u8>,
}

impl Syntax {
    pub(super) fn new(delimiter: Delimiter, options: &TableOptions) -> Self {
        let (delimiter, is_whitespace) = match delimiter {
            Delimiter::Byte(byte) => (byte, false),
            Delimiter::Whitespace => (b' ', true),
        };
        Self { delimiter, is_whitespace, comment: options.comment, escape: options.escape }
    }

    /// Whether a byte separates cells.
    #[inline]
    pub(super) fn is_delimiter(self, byte: u8) -> bool {
        byte == self.delimiter || (self.is_whitespace && byte == b'\t')
    }

    /// Whether cells are separated by one byte, without comments and escapes: then most records need no byte by byte parsing.
    pub(super) fn is_plain(self) -> bool {
        !self.is_whitespace && self.comment.is_none() && self.escape.is_none()
    }

    /// The delimiter as the source of a table names it.
    pub(super) fn name(self) -> String {
        if self.is_whitespace { "whitespace".to_owned() } else { char::from(self.delimiter).to_string() }
    }
}
