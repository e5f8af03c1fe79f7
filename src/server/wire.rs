//! Faults of a request's head that hyper lets pass: what two programs in a row could read differently is refused.
//!
//! Input: the head of a request. Output: the fault, if there is one; [`crate::http::router`] answers it, so that it has a line in the
//! log as every request has.

use axum::extract::Request;
use axum::http::header::{EXPECT, HOST, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Version};

use crate::http::error::Error;

/// Fault of a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireFault {
    /// No Host, or more than one (RFC 9112, section 3.2).
    Host,
    /// An expectation other than `100-continue` (RFC 9110, section 10.1.1).
    Expectation,
    /// A transfer coding other than `chunked` (RFC 9112, section 6.1).
    TransferCoding,
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
        }
    }
}

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
}
