//! Detection of the format and the encoding of an input from its first bytes.
//!
//! Input: the first bytes of a decompressed file. Output: a [`Format`], an encoding, a sample of text. Invariant: the
//! result depends on the first [`SAMPLE_BYTES`] only, never on how the input is cut into chunks.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

use super::format::Format;
use describe::{Number, trim_blanks};

/// Length of the longest byte order mark.
pub(super) const MAX_BOM_BYTES: usize = 3;

/// Number of bytes from which the format is detected.
pub(super) const SAMPLE_BYTES: usize = 4096;

/// Collects the beginning of an input until there are enough bytes for detection.
#[derive(Debug, Default)]
pub(super) struct FilePrefix(Vec<u8>);

impl FilePrefix {
    /// Adds a chunk; returns all bytes so far once there are at least `required`.
    pub(super) fn add<'a>(&mut self, chunk: &'a [u8], required: usize) -> Option<Cow<'a, [u8]>> {
        if self.0.is_empty() && chunk.len() >= required {
            return Some(chunk.into());
        }
        self.0.extend_from_slice(chunk);
        (self.0.len() >= required).then(|| self.take().into())
    }

    /// Removes and returns the bytes so far.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}

/// Encoding to decode from, `None` for UTF-8, and the length of the byte order mark. The mark overrides `declared`.
pub(super) fn encoding(start: &[u8], declared: Option<&'static Encoding>) -> (Option<&'static Encoding>, usize) {
    let (encoding, mark_bytes) = match Encoding::for_bom(start) {
        Some((encoding, mark_bytes)) => (Some(encoding), mark_bytes),
        None => (declared, 0),
    };
    (encoding.filter(|encoding| *encoding != UTF_8), mark_bytes)
}

/// First [`SAMPLE_BYTES`] of a text, in UTF-8; malformed sequences are replaced.
pub(super) fn sample(start: &[u8], encoding: Option<&'static Encoding>) -> Vec<u8> {
    let start = &start[..start.len().min(SAMPLE_BYTES)];
    encoding
        .map_or_else(|| start.to_vec(), |encoding| encoding.decode_without_bom_handling(start).0.into_owned().into())
}

/// Binary format of an input that begins with `start`; `None` for text.
pub(super) fn binary(start: &[u8]) -> Option<Format> {
    // A ZIP archive, or the compound file around an encrypted workbook.
    if start.starts_with(b"PK\x03\x04") || start.starts_with(b"\xd0\xcf\x11\xe0") {
        return Some(Format::Workbook);
    }
    (start.starts_with(b"PAR1") || start.starts_with(b"PARE")).then_some(Format::Parquet)
}

/// Format of a text that begins with `start`: JSON begins with `[` or `{`, plain text has only numbers, everything else is
/// delimited text.
pub(super) fn text(start: &[u8]) -> Format {
    let text = start.trim_ascii_start();
    match text.first() {
        Some(b'{') if is_json_lines(text) => Format::Ndjson,
        Some(b'[' | b'{') => Format::Json,
        _ if is_numbers(start) => Format::Text,
        _ => Format::Csv,
    }
}

/// Whether the first line is a complete JSON object and more text follows.
fn is_json_lines(text: &[u8]) -> bool {
    let Some(end) = text.iter().position(|byte| *byte == b'\n') else { return false };
    let more = !text[end..].trim_ascii().is_empty();
    more && serde_json::from_slice::<serde::de::IgnoredAny>(&text[..end]).is_ok()
}

/// Whether the text has only numbers, separated by spaces or line breaks. A last word that the sample may cut is ignored.
fn is_numbers(start: &[u8]) -> bool {
    let end = if start.len() < SAMPLE_BYTES {
        start.len()
    } else {
        start.iter().rposition(u8::is_ascii_whitespace).unwrap_or(0)
    };
    let words = start[..end].split(|byte| matches!(byte, b' ' | b'\n' | b'\r'));
    let mut words = words.filter(|word| !word.is_empty()).peekable();
    words.peek().is_some() && words.all(|word| !word.contains(&b'\t') && Number::parse(word).is_ok())
}

/// Separator of a text that is one line of two numbers or more with the same separator between them and possibly after the
/// last one; `None` for any other text. Unless the sample `is_whole`, the last item may be cut.
pub(super) fn number_line(sample: &[u8], is_whole: bool) -> Option<u8> {
    let line = trim_blanks(sample);
    if line.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        return None;
    }
    let separator = *line.iter().find(|byte| matches!(byte, b',' | b';' | b'\t' | b'|'))?;
    let mut items: Vec<&[u8]> = line.split(|byte| *byte == separator).collect();
    let last = items.pop()?;
    let is_number = |item: &[u8]| Number::parse(item).is_ok();
    let is_last_valid = !is_whole || trim_blanks(last).is_empty() || is_number(last);
    let count = items.len() + usize::from(!trim_blanks(last).is_empty());
    (count >= 2 && is_last_valid && items.into_iter().all(is_number)).then_some(separator)
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
        for (text, separator) in [
            ("41, 55.5, 49", Some(b',')),
            ("41,55.5,49\r\n", Some(b',')),
            (" 1 ;-2; 3e1; ", Some(b';')),
            ("1\t2", Some(b'\t')),
            ("1|2|3", Some(b'|')),
            ("5", None),
            ("5,", None),
            ("5 6", None),
            ("1,,2", None),
            ("1,2;3", None),
            ("1,2\n3,4", None),
            ("1,a", None),
            ("", None),
        ] {
            assert_eq!(number_line(text.as_bytes(), true), separator, "{text}");
        }
        assert_eq!(number_line(b"1,2,3e", false), Some(b','));
        assert_eq!(number_line(b"1,2,3e", true), None);
        assert_eq!(binary(b"PAR1"), Some(Format::Parquet));
        assert_eq!(binary(b"PK\x03\x04"), Some(Format::Workbook));
        assert_eq!(binary(b"P"), None);
    }
}
