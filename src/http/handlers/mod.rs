//! One file per endpoint: extract, call, respond.

pub mod docs;
pub mod health;
#[cfg(feature = "mcp")]
pub mod mcp;
pub mod page;
pub mod preview;
pub mod simple;
pub mod stats;
pub mod typed;

use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};

use crate::http::media_types;
use describe_options::Format;
use describe_readers::Ledger;

/// Bytes of an answer, charged to a ledger until they are sent.
struct Answer {
    bytes: Vec<u8>,
    _ledger: Ledger,
}

impl AsRef<[u8]> for Answer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Response about a client's numbers, which no cache may store. The ledger is kept until it is sent.
fn response(bytes: Vec<u8>, format: Format, ledger: Ledger) -> Response {
    let mut response = Response::new(Body::from(Bytes::from_owner(Answer { bytes, _ledger: ledger })));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_types::of_answer(format)));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let name = match format {
        Format::Json => None,
        Format::Ndjson => Some("attachment; filename=\"statistics.ndjson\""),
        Format::Csv => Some("attachment; filename=\"statistics.csv\""),
        Format::Markdown => Some("attachment; filename=\"statistics.md\""),
        Format::Html => Some("inline; filename=\"statistics.html\""),
        Format::Svg => Some("inline; filename=\"statistics.svg\""),
        Format::Xlsx => Some("attachment; filename=\"statistics.xlsx\""),
        Format::Ods => Some("attachment; filename=\"statistics.ods\""),
    };
    if let Some(name) = name {
        headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static(name));
    }
    if matches!(format, Format::Html | Format::Svg) {
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(REPORT_POLICY));
        headers.extend(ISOLATION.map(|(name, value)| (name, HeaderValue::from_static(value))));
    }
    response
}

/// Headers of every page: it tells no other site where its reader comes from, and shares nothing with other windows.
const ISOLATION: [(HeaderName, &str); 3] = [
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// A report runs nothing and loads nothing.
const REPORT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                             frame-ancestors 'none'; sandbox";

/// A page that may load nothing from elsewhere.
fn html(page: String) -> Response {
    const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                          connect-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
    ([(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, POLICY)], ISOLATION, page).into_response()
}
