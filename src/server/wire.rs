//! Faults of a request's head that hyper lets pass: what two programs in a row could read differently is refused.
//!
//! Input: the head of a request. Output: the fault, if there is one; [`crate::http::router`] answers it, so that it has a line in the
//! log as every request has.

use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, EXPECT, HOST, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Version};

use crate::http::error::{Error, Shed};
use memchr::{memchr, memchr_iter};

/// Fault of a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireFault {
    /// No Host, or more than one (RFC 9112, section 3.2).
    Host,
    /// An expectation other than `100-continue` (RFC 9110, section 10.1.1).
    Expectation,
    /// A transfer coding other than `chunked` (RFC 9112, section 6.1).
    TransferCoding,
    /// A long head, while the memory of all requests is in use.
    NoRoom,
}

impl WireFault {
    /// The fault of a head; `None` for a sound one.
    pub fn of<B>(request: &Request<B>) -> Option<Self> {
        let headers = request.headers();
        let hosts = headers.get_all(HOST).iter().count();
        match () {
            () if request.version() == Version::HTTP_11 && hosts != 1 => Some(Self::Host),
            () if !all_are(headers, &TRANSFER_ENCODING, "chunked") => Some(Self::TransferCoding),
            () if !all_are(headers, &EXPECT, "100-continue") => Some(Self::Expectation),
            () => None,
        }
    }
}

impl From<WireFault> for Error {
    fn from(fault: WireFault) -> Self {
        match fault {
            WireFault::Host => Self::Host,
            WireFault::Expectation => Self::Expectation,
            WireFault::TransferCoding => Self::TransferCoding,
            WireFault::NoRoom => Self::Overloaded(Shed::Memory),
        }
    }
}

/// Bytes of a head, about.
pub fn head_bytes<B>(request: &Request<B>) -> usize {
    let fields = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>();
    fields + request.uri().path_and_query().map_or(0, |target| target.as_str().len())
}

/// Whether a part of a head announces a body whose length does not fit into 64 bits. hyper refuses such a head as it does one that
/// is not HTTP, and keeps nothing of it.
pub fn announces_too_much(part: &[u8]) -> bool {
    let name = CONTENT_LENGTH.as_str().as_bytes();
    let is_huge = |line: &[u8]| {
        let (field, rest) = line.split_at_checked(name.len())?;
        let value = rest.strip_prefix(b":").filter(|_| field.eq_ignore_ascii_case(name))?;
        let line_end = memchr(b'\n', value).unwrap_or(value.len());
        let digits = value[..line_end].trim_ascii();
        (digits.len() > MAX_LENGTH_DIGITS && digits.iter().all(u8::is_ascii_digit)).then_some(())
    };
    memchr_iter(b'\n', part).any(|line_end| is_huge(&part[line_end + 1..]).is_some())
}

/// Digits that a length of 64 bits has at most.
const MAX_LENGTH_DIGITS: usize = 20;

/// Whether a header has at most this one word.
fn all_are(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    let mut values = headers.get_all(name).iter();
    let is_word = |value: &HeaderValue| value.as_bytes().trim_ascii().eq_ignore_ascii_case(word.as_bytes());
    values.next().is_none_or(is_word) && values.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(version: Version, headers: &[(&str, &str)]) -> Option<WireFault> {
        let request = Request::builder().version(version);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        WireFault::of(&request.body(()).expect("a request"))
    }

    #[test]
    fn faults_of_heads() {
        let host = ("host", "x");
        for (headers, expected) in [
            (&[host][..], None),
            (&[host, ("transfer-encoding", "Chunked")], None),
            (&[host, ("expect", "100-Continue")], None),
            (&[], Some(WireFault::Host)),
            (&[host, host], Some(WireFault::Host)),
            (&[host, ("transfer-encoding", "gzip, chunked")], Some(WireFault::TransferCoding)),
            (
                &[host, ("transfer-encoding", "chunked"), ("transfer-encoding", "chunked")],
                Some(WireFault::TransferCoding),
            ),
            (&[host, ("expect", "a-cup-of-tea")], Some(WireFault::Expectation)),
        ] {
            assert_eq!(fault(Version::HTTP_11, headers), expected, "{headers:?}");
        }
        assert_eq!(fault(Version::HTTP_10, &[]), None);
    }

    #[test]
    fn lengths_beyond_any_body() {
        let head = |length: &str| format!("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n");
        assert!(announces_too_much(head("99999999999999999999999999").as_bytes()));
        for length in ["5", "-1", "5, 5", "1e99", "", "9999999999999999999999999x"] {
            assert!(!announces_too_much(head(length).as_bytes()), "{length}");
        }
        assert!(announces_too_much(b"a: b\r\nContent-Length:\t99999999999999999999999999\r"));
    }
}
