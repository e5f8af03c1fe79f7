//! What an input is, from its beginning.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

use super::format::Format;
use describe::Number;

/// So many bytes may a byte order mark have.
pub(super) const MAX_BOM_BYTES: usize = 3;

/// From so many bytes the format is recognised.
pub(super) const SAMPLE_BYTES: usize = 4096;

/// What came of an input, until that is enough to tell what it is.
#[derive(Debug, Default)]
pub(super) struct FilePrefix(Vec<u8>);

impl FilePrefix {
    /// All that came, this chunk included, once that is `enough`.
    pub(super) fn with<'a>(&mut self, chunk: &'a [u8], enough: usize) -> Option<Cow<'a, [u8]>> {
        if self.0.is_empty() && chunk.len() >= enough {
            return Some(chunk.into());
        }
        self.0.extend_from_slice(chunk);
        (self.0.len() >= enough).then(|| self.take().into())
    }

    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}

/// The encoding that a text must be turned from, `None` for UTF-8, and how long its byte order mark is. The mark wins.
pub(super) fn encoding(start: &[u8], said: Option<&'static Encoding>) -> (Option<&'static Encoding>, usize) {
    let (encoding, mark) = match Encoding::for_bom(start) {
        Some((encoding, mark)) => (Some(encoding), mark),
        None => (said, 0),
    };
    (encoding.filter(|encoding| *encoding != UTF_8), mark)
}

/// The beginning of a text in UTF-8, as far as it can be told.
pub(super) fn sample(start: &[u8], encoding: Option<&'static Encoding>) -> Vec<u8> {
    let start = &start[..start.len().min(SAMPLE_BYTES)];
    encoding
        .map_or_else(|| start.to_vec(), |encoding| encoding.decode_without_bom_handling(start).0.into_owned().into())
}

/// The format of what begins so, if it is not one of text.
pub(super) fn binary(start: &[u8]) -> Option<Format> {
    // An archive, or the wrapping of an encrypted one.
    if start.starts_with(b"PK\x03\x04") || start.starts_with(b"\xd0\xcf\x11\xe0") {
        return Some(Format::Workbook);
    }
    (start.starts_with(b"PAR1") || start.starts_with(b"PARE")).then_some(Format::Parquet)
}

/// The format of a text that begins so: `[` or `{` is JSON, numbers line by line are text, all other is delimited.
pub(super) fn text(start: &[u8]) -> Format {
    let text = start.trim_ascii_start();
    match text.first() {
        Some(b'{') if is_lines(text) => Format::Ndjson,
        Some(b'[' | b'{') => Format::Json,
        _ if is_numbers(start) => Format::Text,
        _ => Format::Csv,
    }
}

/// Whether the first line is a whole JSON object and more follows.
fn is_lines(text: &[u8]) -> bool {
    let Some(end) = text.iter().position(|byte| *byte == b'\n') else { return false };
    let more = !text[end..].trim_ascii().is_empty();
    more && serde_json::from_slice::<serde::de::IgnoredAny>(&text[..end]).is_ok()
}

/// Whether there is nothing but numbers, one a line or with spaces between them. A last word that the sample cuts is
/// left out.
fn is_numbers(start: &[u8]) -> bool {
    let whole = if start.len() < SAMPLE_BYTES {
        start.len()
    } else {
        start.iter().rposition(u8::is_ascii_whitespace).unwrap_or(0)
    };
    let words = start[..whole].split(|byte| matches!(byte, b' ' | b'\n' | b'\r'));
    let mut words = words.filter(|word| !word.is_empty()).peekable();
    words.peek().is_some() && words.all(|word| !word.contains(&b'\t') && Number::parse(word).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_recognised() {
        for (text, expected) in [
            ("5\n6\n", Format::Text),
            ("5 6\r\n7", Format::Text),
            ("nan\n-1e5", Format::Text),
            ("1\t2\n3\t4", Format::Csv),
            ("5\nNA\n", Format::Csv),
            ("mark\n5\n", Format::Csv),
            ("1,2\n", Format::Csv),
            (" [1", Format::Json),
            ("{\"numbers\":[1]}\n", Format::Json),
            ("{\"a\":1}\n{\"a\":2}\n", Format::Ndjson),
        ] {
            assert_eq!(super::text(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(binary(b"PAR1"), Some(Format::Parquet));
        assert_eq!(binary(b"PK\x03\x04"), Some(Format::Workbook));
        assert_eq!(binary(b"P"), None);
    }
}
