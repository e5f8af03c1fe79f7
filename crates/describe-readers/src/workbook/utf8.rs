//! Decoding of XML parts that are not in UTF-8.
//!
//! Input: the bytes of a part. Output: the same text in UTF-8. The encoding is that of the byte order mark, of the first
//! character, or of the XML declaration. A part in UTF-8, as nearly all are, is passed on unchanged.

use std::io::{self, BufRead, ErrorKind, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Size of the buffer for decoded text.
const BUFFER_BYTES: usize = 8 << 10;

/// Encoding of a part by its beginning; `None` for UTF-8.
pub(super) fn encoding(start: &[u8]) -> Option<&'static Encoding> {
    let found = match start {
        _ if Encoding::for_bom(start).is_some() => Encoding::for_bom(start).map(|(encoding, _)| encoding),
        [b'<', 0, ..] => Some(UTF_16LE),
        [0, b'<', ..] => Some(UTF_16BE),
        _ => declared(start),
    };
    found.filter(|encoding| *encoding != UTF_8)
}

/// Encoding that an XML declaration names. UTF-16 cannot be the encoding of a declaration that is read byte by byte.
fn declared(start: &[u8]) -> Option<&'static Encoding> {
    let declaration = start.strip_prefix(b"<?xml")?;
    let end = declaration.windows(2).position(|end| end == b"?>")?;
    let text = std::str::from_utf8(&declaration[..end]).ok()?;
    let value = text.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let label = value[1..].split(quote).next()?;
    Encoding::for_label(label.as_bytes()).filter(|encoding| *encoding != UTF_16LE && *encoding != UTF_16BE)
}

/// Reader that decodes text to UTF-8.
pub(super) struct Utf8Reader<R> {
    inner: R,
    decoding: Option<Decoding>,
}

struct Decoding {
    decoder: Decoder,
    /// Decoded text; `buffer[start..end]` is not consumed yet.
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
}

impl<R: BufRead> Utf8Reader<R> {
    /// Creates a reader of text in this encoding, or in UTF-8.
    pub(super) fn new(inner: R, encoding: Option<&'static Encoding>) -> Self {
        let decoding = encoding.map(|encoding| Decoding {
            decoder: encoding.new_decoder_with_bom_removal(),
            buffer: vec![0; BUFFER_BYTES],
            start: 0,
            end: 0,
            ended: false,
        });
        Self { inner, decoding }
    }
}

impl<R: BufRead> Read for Utf8Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Utf8Reader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let Some(decoding) = &mut self.decoding else { return self.inner.fill_buf() };
        while decoding.start == decoding.end && !decoding.ended {
            let input = self.inner.fill_buf()?;
            let is_last = input.is_empty();
            let (result, read, written) =
                decoding.decoder.decode_to_utf8_without_replacement(input, &mut decoding.buffer, is_last);
            self.inner.consume(read);
            (decoding.start, decoding.end) = (0, written);
            match result {
                DecoderResult::Malformed(..) => {
                    return Err(io::Error::new(ErrorKind::InvalidData, "the text is not in the encoding of its part"));
                }
                DecoderResult::InputEmpty => decoding.ended = is_last,
                DecoderResult::OutputFull => {}
            }
        }
        Ok(&decoding.buffer[decoding.start..decoding.end])
    }

    fn consume(&mut self, count: usize) {
        match &mut self.decoding {
            Some(decoding) => decoding.start += count,
            None => self.inner.consume(count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_recognised() {
        for (start, expected) in [
            (&b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>"[..], None),
            (b"<worksheet>", None),
            (b"", None),
            (b"\xef\xbb\xbf<a/>", None),
            (b"\xff\xfe<\0", Some(UTF_16LE)),
            (b"<\0?\0", Some(UTF_16LE)),
            (b"\0<\0?", Some(UTF_16BE)),
            (b"<?xml version='1.0' encoding = 'ISO-8859-1'?>", Some(encoding_rs::WINDOWS_1252)),
            (b"<?xml version='1.0' encoding='utf-16'?>", None),
            (b"<?xml version='1.0'?><a encoding='ISO-8859-1'/>", None),
        ] {
            assert_eq!(encoding(start), expected, "{}", String::from_utf8_lossy(start));
        }
    }

    #[test]
    fn long_texts_are_decoded_piece_by_piece() {
        let text = "<a>Zo\u{eb} \u{1f600}</a>".repeat(5000);
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut decoded = String::new();
        let chunks = io::BufReader::with_capacity(7, bytes.as_slice());
        Utf8Reader::new(chunks, Some(UTF_16LE)).read_to_string(&mut decoded).expect("UTF-16");
        assert!(decoded == text);
        let lone = Utf8Reader::new(&b"<\0\x00\xd8<\0"[..], Some(UTF_16LE)).read_to_string(&mut decoded);
        assert!(lone.is_err());
    }
}
