//! Streaming conversion of text in other encodings to UTF-8.
//!
//! Input: chunks of encoded bytes. Output: chunks of UTF-8, passed to a sink. Invariant: malformed input is an error, and
//! is reported after the text before it was passed on.

use encoding_rs::{Decoder, DecoderResult, Encoding, WINDOWS_1252};

use describe_options::{InputError, TextFault};

/// A text that is not UTF-8, read as Windows-1252; `None` if it is UTF-8.
pub(super) fn from_windows_1252(text: &[u8]) -> Option<String> {
    str::from_utf8(text).is_err().then(|| WINDOWS_1252.decode_without_bom_handling(text).0.into_owned())
}

/// Converts text in one encoding to UTF-8.
pub(super) struct Transcoder {
    decoder: Decoder,
    name: &'static str,
    buffer: Vec<u8>,
}

impl std::fmt::Debug for Transcoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transcoder").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Transcoder {
    pub(super) fn new(encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_without_bom_handling();
        Self { decoder, name: encoding.name(), buffer: vec![0; 64 << 10] }
    }

    /// Passes the UTF-8 of the next chunk to `sink`.
    pub(super) fn feed(
        &mut self,
        chunk: &[u8],
        sink: impl FnMut(&[u8]) -> Result<(), InputError>,
    ) -> Result<(), InputError> {
        self.decode(chunk, false, sink)
    }

    /// Passes the rest to `sink`; a truncated character is an error.
    pub(super) fn finish(&mut self, sink: impl FnMut(&[u8]) -> Result<(), InputError>) -> Result<(), InputError> {
        self.decode(&[], true, sink)
    }

    fn decode(
        &mut self,
        mut chunk: &[u8],
        last: bool,
        mut sink: impl FnMut(&[u8]) -> Result<(), InputError>,
    ) -> Result<(), InputError> {
        loop {
            let (result, read, written) =
                self.decoder.decode_to_utf8_without_replacement(chunk, &mut self.buffer, last);
            // Text before a malformed character is parsed first, so that the reported error does not depend on the chunks.
            sink(&self.buffer[..written])?;
            chunk = &chunk[read..];
            match result {
                DecoderResult::InputEmpty => return Ok(()),
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    return Err(InputError::of_data(TextFault::NotInEncoding { encoding: self.name }));
                }
            }
        }
    }
}
