//! Detection of the format and the encoding of an input from its first bytes.
//!
//! Input: the first bytes of a file. Output: a [`FileKind`] or a [`Format`], an encoding, a sample of text. Invariant: the
//! result depends on the first [`SAMPLE_BYTES`] only, never on how the input is cut into chunks.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

use super::format::Format;
use describe::{Number, trim_blanks};
use describe_options::{FileFault, FileKind, InputError};

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

/// Whether a sample is UTF-8; a last character that it cuts is ignored.
pub(super) fn is_utf8(sample: &[u8]) -> bool {
    str::from_utf8(sample).map_or_else(|error| error.error_len().is_none(), |_| true)
}

/// First [`SAMPLE_BYTES`] of a text, in UTF-8; malformed sequences are replaced.
pub(super) fn sample(start: &[u8], encoding: Option<&'static Encoding>) -> Vec<u8> {
    let start = &start[..start.len().min(SAMPLE_BYTES)];
    encoding
        .map_or_else(|| start.to_vec(), |encoding| encoding.decode_without_bom_handling(start).0.into_owned().into())
}

/// Number of bytes that decide the kind of a file: a tar archive has its signature at byte 257.
pub(super) const MAX_SIGNATURE_BYTES: usize = 512;

/// Signature of a kind of file.
struct Signature {
    /// Place of the bytes in the file.
    offset: usize,
    bytes: &'static [u8],
    kind: FileKind,
}

/// Makes the table of signatures.
const fn signature(offset: usize, bytes: &'static [u8], kind: FileKind) -> Signature {
    Signature { offset, bytes, kind }
}

/// Signatures of the kinds of files that are not text. The signatures that are words of letters only, which a text may
/// begin with, are checked further by [`is_certain`].
const SIGNATURES: &[Signature] = &[
    signature(0, b"\x1f\x8b", FileKind::Gzip),
    signature(0, b"\x28\xb5\x2f\xfd", FileKind::Zstd),
    signature(0, b"PK\x03\x04", FileKind::Zip),
    // An archive without files, and the first part of several.
    signature(0, b"PK\x05\x06", FileKind::Zip),
    signature(0, b"PK\x07\x08", FileKind::Zip),
    signature(0, b"PAR1", FileKind::Parquet),
    signature(0, b"PARE", FileKind::Parquet),
    signature(0, &crate::state::layout::MAGIC, FileKind::State),
    signature(0, b"\xd0\xcf\x11\xe0", FileKind::CompoundFile),
    // The stream of a workbook of Excel 2 to 5, without a compound file around it.
    signature(0, b"\x09\x00\x04\x00", FileKind::Excel95),
    signature(0, b"\x09\x02\x06\x00", FileKind::Excel95),
    signature(0, b"\x09\x04\x06\x00", FileKind::Excel95),
    signature(0, b"\x09\x08\x08\x00", FileKind::Excel95),
    signature(0, b"%PDF-", FileKind::Pdf),
    signature(0, b"\x89PNG\r\n\x1a\n", FileKind::Picture),
    signature(0, b"\xff\xd8\xff", FileKind::Picture),
    signature(0, b"GIF87a", FileKind::Picture),
    signature(0, b"GIF89a", FileKind::Picture),
    signature(0, b"II*\x00", FileKind::Picture),
    signature(0, b"MM\x00*", FileKind::Picture),
    signature(8, b"WEBP", FileKind::Picture),
    signature(0, b"$FL2", FileKind::Spss),
    signature(0, b"$FL3", FileKind::Spss),
    signature(0, b"<stata_dta>", FileKind::Stata),
    // Versions 5 to 12 of the format: release, byte order, file type, and zero.
    signature(1, b"\x01\x01\x00", FileKind::Stata),
    signature(1, b"\x02\x01\x00", FileKind::Stata),
    signature(12, b"\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92\x08\x00", FileKind::Sas),
    signature(0, b"HEADER RECORD*******", FileKind::Sas),
    signature(0, b"RDX2\nX\n", FileKind::R),
    signature(0, b"RDX3\nX\n", FileKind::R),
    signature(0, b"RDA2\nA\n", FileKind::R),
    signature(0, b"X\n\x00\x00\x00", FileKind::R),
    signature(0, b"SQLite format 3\x00", FileKind::Database),
    signature(4, b"Standard Jet DB", FileKind::Database),
    signature(4, b"Standard ACE DB", FileKind::Database),
    signature(0, b"\x89HDF\r\n\x1a\n", FileKind::Arrays),
    signature(0, b"MATLAB 5.0 MAT-file", FileKind::Arrays),
    signature(0, b"\x93NUMPY", FileKind::Arrays),
    signature(0, b"ARROW1\x00", FileKind::ColumnStore),
    signature(0, b"FEA1\x00", FileKind::ColumnStore),
    signature(0, b"Obj\x01", FileKind::ColumnStore),
    signature(0, b"ORC\x0a", FileKind::ColumnStore),
    signature(4, b"1AY&SY", FileKind::Bzip2),
    signature(0, b"\xfd7zXZ\x00", FileKind::Xz),
    signature(0, b"\x04\x22\x4d\x18", FileKind::OtherCompression),
    signature(0, b"\x1f\x9d", FileKind::OtherCompression),
    signature(0, b"7z\xbc\xaf\x27\x1c", FileKind::OtherArchive),
    signature(0, b"Rar!\x1a\x07", FileKind::OtherArchive),
    signature(257, b"ustar", FileKind::OtherArchive),
    signature(0, b"{\\rtf1", FileKind::OfficeDocument),
    signature(0, b"\x7fELF", FileKind::Program),
    signature(0, b"MZ\x90\x00", FileKind::Program),
];

/// Kind of a file whose first bytes are not text, `None` for text and for what is not known.
pub(super) fn kind(start: &[u8]) -> Option<FileKind> {
    let matches = |signature: &&Signature| {
        start.get(signature.offset..).is_some_and(|rest| rest.starts_with(signature.bytes))
            && is_certain(signature, start)
    };
    SIGNATURES.iter().find(matches).map(|signature| signature.kind)
}

/// Whether a signature that could also begin a text is followed by bytes that a text does not have.
fn is_certain(signature: &Signature, start: &[u8]) -> bool {
    let rest = &start[signature.offset + signature.bytes.len()..];
    match signature.kind {
        FileKind::Parquet => rest.is_empty() || rest.iter().take(8).any(|byte| is_binary(*byte)),
        FileKind::ColumnStore if signature.bytes == b"ORC\x0a" => rest.iter().take(8).any(|byte| is_binary(*byte)),
        FileKind::Stata if signature.offset == 1 => matches!(start[0], 102..=115),
        FileKind::Bzip2 => start.starts_with(b"BZh"),
        FileKind::Picture if signature.offset == 8 => start.starts_with(b"RIFF"),
        _ => true,
    }
}

/// Whether a byte does not occur in a text of any encoding that is read.
fn is_binary(byte: u8) -> bool {
    matches!(byte, 0..=8 | 14..=26 | 28..=31)
}

/// Format of a kind of file; `None` for text, whose format its content shows.
///
/// # Errors
/// A kind that is not read.
pub(super) fn format(kind: FileKind) -> Result<Option<Format>, InputError> {
    match kind {
        // The names of its parts show what is in a container.
        FileKind::Workbook | FileKind::Zip | FileKind::CompoundFile => Ok(Some(Format::Workbook)),
        FileKind::Parquet => Ok(Some(Format::Parquet)),
        FileKind::State => Ok(Some(Format::State)),
        FileKind::Text | FileKind::Json => Ok(None),
        kind => Err(InputError::of_data(FileFault::Unsupported { kind })),
    }
}

/// Markup language of a text; `None` for other text. `sample` is decoded.
pub(super) fn markup(sample: &[u8]) -> Option<FileKind> {
    const HTML: [&[u8]; 8] =
        [b"<!doctype html", b"<html", b"<head", b"<body", b"<table", b"<meta", b"<style", b"mime-version: 1.0"];
    let text = sample.trim_ascii_start();
    let begins = |start: &&[u8]| text.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start));
    if HTML.iter().any(begins) {
        return Some(FileKind::Html);
    }
    if !begins(&b"<?xml".as_slice()) && !begins(&b"<Workbook".as_slice()) && !begins(&b"<office:".as_slice()) {
        return None;
    }
    let has = |name: &[u8]| memchr::memmem::find(text, name).is_some();
    Some(if has(b"urn:schemas-microsoft-com:office:spreadsheet") {
        FileKind::SpreadsheetXml
    } else if has(b"<office:document") {
        FileKind::FlatOds
    } else if has(b"<html") {
        FileKind::Html
    } else {
        FileKind::Xml
    })
}

/// Whether the bytes are a text, by the absence of control characters.
pub(super) fn is_text(sample: &[u8]) -> bool {
    !sample.is_empty() && !sample.iter().any(|byte| is_binary(*byte))
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
    }

    #[test]
    fn kinds_are_recognised() {
        for (start, expected) in [
            (&b"PAR1"[..], Some(FileKind::Parquet)),
            (b"PAR1\x15\x04", Some(FileKind::Parquet)),
            (b"PAR1,PAR2\n4,5\n", None),
            (b"PK\x03\x04", Some(FileKind::Zip)),
            (b"P", None),
            (b"", None),
            (b"q\x02\x01\x00", Some(FileKind::Stata)),
            (b"a\x02\x01\x00", None),
            (b"BZh91AY&SY", Some(FileKind::Bzip2)),
            (b"BZh9,1AY&SY", None),
            (b"ORC\nhobbit\n", None),
            (b"RIFF\x24\x00\x00\x00WEBP", Some(FileKind::Picture)),
            (b"a,b,c,d,WEBP\n", None),
        ] {
            assert_eq!(kind(start), expected, "{}", String::from_utf8_lossy(start));
        }
    }

    #[test]
    fn markup_is_recognised() {
        for (text, expected) in [
            ("\r\n <!DOCTYPE HTML PUBLIC", Some(FileKind::Html)),
            ("<TABLE border=1>", Some(FileKind::Html)),
            ("<?xml version=\"1.0\"?><html>", Some(FileKind::Html)),
            (
                "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">",
                Some(FileKind::SpreadsheetXml),
            ),
            ("<?xml version=\"1.0\"?><office:document xmlns:o=\"x\">", Some(FileKind::FlatOds)),
            ("<?xml version=\"1.0\"?><plist>", Some(FileKind::Xml)),
            ("<5,mark\n1,2\n", None),
            ("<mark>,1", None),
        ] {
            assert_eq!(markup(text.as_bytes()), expected, "{text}");
        }
    }
}
