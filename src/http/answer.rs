//! Answers about a client's numbers, as responses.
//!
//! Input: the bytes of an answer and their format. Output: the response, which no cache may store. A large answer of text is
//! compressed when the client accepts gzip, by the thread that wrote it: no thread that answers other requests waits for it,
//! it counts as work for the request, and what waits for a slow client is the shorter one.

use std::fmt::Write as _;
use std::io::Write as _;

use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::http::{media_types, security};
use describe_options::Format;
use describe_readers::Ledger;

/// Minimum size of an answer that is compressed: below it the bytes saved are not worth the time.
const MIN_COMPRESSED_BYTES: usize = 8 << 10;

/// Bytes that are compressed between two looks at the ledger: a fraction of a millisecond.
const CHUNK_BYTES: usize = 64 << 10;

/// Bytes of an answer, charged to a ledger until they are sent.
pub struct Answer {
    bytes: Vec<u8>,
    format: Format,
    /// Name for a file with it.
    name: String,
    /// Whether the client's Accept-Encoding determines the bytes.
    is_negotiated: bool,
    is_gzip: bool,
    _ledger: Ledger,
}

impl AsRef<[u8]> for Answer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Answer {
    /// Answer of these bytes, compressed if it is large and the client accepts gzip.
    #[must_use]
    pub fn new(bytes: Vec<u8>, format: Format, accepts_gzip: bool, ledger: Ledger) -> Self {
        let is_negotiated = bytes.len() >= MIN_COMPRESSED_BYTES && is_text(format);
        let gzip = if is_negotiated && accepts_gzip { gzip(&bytes, &ledger) } else { None };
        let (is_gzip, name) = (gzip.is_some(), String::new());
        Self { bytes: gzip.unwrap_or(bytes), format, name, is_negotiated, is_gzip, _ledger: ledger }
    }

    /// The same with the name for a file with it: letters, digits, `-`, `_` and `.`.
    #[must_use]
    pub fn named(self, name: String) -> Self {
        Self { name, ..self }
    }

    /// The response with this answer.
    #[must_use]
    pub fn into_response(self) -> Response {
        let Self { format, is_negotiated, is_gzip, .. } = self;
        let disposition = disposition(format, &self.name);
        let mut response = Response::new(Body::from(Bytes::from_owner(self)));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_types::of_answer(format)));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(disposition) = disposition {
            headers.insert(CONTENT_DISPOSITION, disposition);
        }
        if is_negotiated {
            headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        }
        if is_gzip {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        security::secure_report(headers, format);
        response
    }
}

/// Whether a format is text; the others are compressed in themselves.
fn is_text(format: Format) -> bool {
    match format {
        Format::Json | Format::Ndjson | Format::Csv | Format::Markdown | Format::Html | Format::Svg => true,
        Format::Xlsx | Format::Ods | Format::State => false,
    }
}

/// How a browser treats the answer, and the name under which it saves it (RFC 6266).
fn disposition(format: Format, name: &str) -> Option<HeaderValue> {
    let treatment = match format {
        Format::Json => return None,
        Format::Html | Format::Svg => "inline",
        Format::Ndjson | Format::Csv | Format::Markdown | Format::Xlsx | Format::Ods | Format::State => "attachment",
    };
    let ascii: String = name.chars().map(|letter| if letter.is_ascii() { letter } else { '_' }).collect();
    let mut value = format!("{treatment}; filename=\"{ascii}\"");
    if ascii != name {
        value.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            let _ = if byte.is_ascii() { write!(value, "{}", char::from(byte)) } else { write!(value, "%{byte:02X}") };
        }
    }
    value.try_into().ok()
}

/// The bytes compressed by gzip; `None` if the request has no memory or time left for that, since an answer that is complete is
/// better sent as it is than refused.
fn gzip(bytes: &[u8], ledger: &Ledger) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let mut charged = 0;
    let mut compress = || {
        for chunk in bytes.chunks(CHUNK_BYTES) {
            ledger.check().ok()?;
            encoder.write_all(chunk).ok()?;
            let grown = encoder.get_ref().capacity() - charged;
            ledger.charge(grown).ok()?;
            charged += grown;
        }
        Some(())
    };
    let is_complete = compress().is_some();
    // The charge for the bytes as they were remains, which are dropped for these.
    ledger.release(charged);
    if is_complete { encoder.finish().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use describe_readers::{Allowance, Pool};

    /// Ledger of a request that may hold this many bytes.
    fn ledger(memory: usize) -> Ledger {
        let pool = Pool::new(1 << 30, 1);
        Ledger::new(Allowance { memory, answer: memory, processor: u64::MAX, clock: || 0, pool })
    }

    fn answer(size: usize, format: Format, accepts_gzip: bool, memory: usize) -> Answer {
        Answer::new(vec![b'7'; size], format, accepts_gzip, ledger(memory))
    }

    #[test]
    fn large_text_is_compressed_for_who_accepts_gzip() {
        for (size, format, accepts_gzip, is_gzip, is_negotiated) in [
            (MIN_COMPRESSED_BYTES, Format::Json, true, true, true),
            (MIN_COMPRESSED_BYTES - 1, Format::Json, true, false, false),
            (1 << 20, Format::Csv, true, true, true),
            (1 << 20, Format::Html, false, false, true),
            (1 << 20, Format::Xlsx, true, false, false),
        ] {
            let answer = answer(size, format, accepts_gzip, 1 << 30);
            assert_eq!((answer.is_gzip, answer.is_negotiated), (is_gzip, is_negotiated), "{size} {format:?}");
            assert_eq!(answer.bytes.len() < size, is_gzip, "{size} {format:?}");
        }
    }

    #[test]
    fn a_name_beyond_ascii_is_written_twice() {
        for (name, expected) in [
            ("marks.csv", "attachment; filename=\"marks.csv\""),
            ("märks.csv", "attachment; filename=\"m_rks.csv\"; filename*=UTF-8''m%C3%A4rks.csv"),
        ] {
            assert_eq!(disposition(Format::Csv, name).expect("a name"), expected);
        }
    }

    #[test]
    fn an_answer_without_memory_to_compress_it_is_sent_as_it_is() {
        let answer = answer(1 << 20, Format::Json, true, 1);
        assert!(!answer.is_gzip && answer.bytes.len() == 1 << 20);
    }
}
