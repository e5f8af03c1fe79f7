//! The error type of the service and its mapping to HTTP.
//!
//! Every error of a request is returned as a *problem document* (RFC 9457, `application/problem+json`). All have one shape,
//! so that a client needs one piece of code:
//!
//! ```json
//! {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"query numbers 1 should be a number",
//!  "errors":[{"loc":["query","numbers",1],"type":"float_parsing","msg":"…","input":"abc"}],"error_count":1}
//! ```
//!
//! * `detail` is for people: the fault of *this* request and its remedy. It consists of the client's input and the server's
//!   public settings, never of internals such as paths of files, types or panic messages.
//! * `errors` is for programs. `loc` is the path to the invalid element as FastAPI spells it; `input` repeats at most 40
//!   characters of it. The first 20 are listed, `error_count` counts all.
//! * `type` is `about:blank`: the status is the kind of problem, and no page describes it.
//!
//! A request for HTML gets the same as a page (`error_page`), made of the problem document that every such response has among
//! its extensions.
//!
//! Three rules keep it the only shape. The libraries do not depend on HTTP: they return an [`InputError`], whose kind
//! becomes the status here and whose sentences [`describe_engine::messages`] writes. Every extractor is our own or cannot fail,
//! because axum's reject in plain text. Errors outside handlers and extractors are mapped here as well: unknown paths and
//! methods by the router's fallbacks, panics around the routes, and heads that hyper refuses (too long, or not HTTP) by
//! [`Error::to_http1`].
//!
//! Input may be personal data. A response may repeat it to its sender; a log may not. So an `Error` becomes a response and is
//! never printed, and responses are marked `no-store`.

use std::fmt::Write;
use std::sync::Arc;

use axum::Json;
use axum::http::header::{ACCEPT, ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::http::access::refusal::Refusal;
use crate::http::media_types;
use crate::http::request_error::RequestError;
use describe_engine::messages::{self, Voice};
use describe_engine::{Fault, Problem, problem_status};
use describe_options::{Format, InputError, Kind};
use describe_readers::Coding;

/// Maximum length of a URL in bytes; hyper's own maximum is 65,534.
pub const MAX_URL_BYTES: usize = 65_000;

// The detail of `Error::Coding` names the number.
const _: () = assert!(Coding::MAX_CODINGS == 2);

/// Detail of [`Error::MediaType`].
const MEDIA_TYPE: &str = "The data must be JSON (application/json), NDJSON (application/x-ndjson), numbers separated by white space \
                          (text/plain), CSV (text/csv), TSV (text/tab-separated-values), XLSX, ODS or XLS, Parquet \
                          (application/vnd.apache.parquet), or files of these in multipart/form-data. Without a Content-Type, \
                          or as application/octet-stream, they are recognised by their content.";

/// Error of a request.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input cannot be described: 400, 422 or 413, by its kind.
    #[error("input error")]
    Input(InputError),
    /// The request is wrong apart from its data: 400, 422 or 413.
    #[error("request error")]
    Request(RequestError),
    /// The request is not HTTP/1: 400.
    #[error("malformed request")]
    Malformed,
    /// No Host, or more than one: 400.
    #[error("host")]
    Host,
    /// An expectation other than `100-continue`: 417.
    #[error("expectation")]
    Expectation,
    /// A transfer coding other than `chunked`: 501.
    #[error("transfer coding")]
    TransferCoding,
    /// A truncated body, or broken framing: 400.
    #[error("broken body")]
    Body,
    /// The client is not admitted: 401, 403, 429 or 503.
    #[error("access")]
    Access(Refusal),
    /// Unknown path: 404.
    #[error("not found")]
    NotFound,
    /// Unknown path of an endpoint without the base path; this is the full path: 404.
    #[error("not found here")]
    NotFoundWithoutBasePath(String),
    /// The path does not support the method: 405. The router adds Allow.
    #[error("method not allowed")]
    Method,
    /// The client accepts no format of answers: 406.
    #[error("not acceptable")]
    NotAcceptable,
    /// The head was not complete in time: 408.
    #[error("header deadline")]
    HeaderTimeout,
    /// The body was not complete in time: 408.
    #[error("body deadline")]
    BodyTimeout,
    /// No byte of the body has arrived for too long: 408.
    #[error("body idle")]
    BodyIdle,
    /// The body has been arriving too slowly: 408.
    #[error("body rate")]
    BodyRate,
    /// The body is larger than this many bytes: 413.
    #[error("body limit")]
    BodyLimit(u64),
    /// The URL is too long: 414.
    #[error("URL limit")]
    UrlLimit,
    /// An unsupported media type: 415.
    #[error("media type")]
    MediaType,
    /// A media type that this operation does not accept: 415.
    #[error("media type of another operation")]
    OtherMediaType {
        /// The path of the operation.
        operation: &'static str,
        /// The media types that it accepts.
        takes: &'static str,
        /// The path of the operation for such a body.
        other: &'static str,
    },
    /// An unknown charset: 415.
    #[error("charset")]
    Charset,
    /// An unsupported content coding: 415.
    #[error("content coding")]
    Coding,
    /// The header fields are too long or too many: 431.
    #[error("header limit")]
    HeaderLimit,
    /// The server is shutting down: 503.
    #[error("draining")]
    Draining,
    /// Too many requests are in flight: 503.
    #[error("overloaded")]
    Overloaded(Shed),
    /// An error in the server itself: 500.
    #[error("internal")]
    Internal,
}

impl From<InputError> for Error {
    fn from(error: InputError) -> Self {
        Self::Input(error)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Access(refusal)
    }
}

impl From<RequestError> for Error {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

/// Reason for which a request is not worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shed {
    /// There are as many connections as allowed.
    Connections,
    /// As many requests wait for a place as allowed.
    Queue,
    /// The request has waited for a place as long as allowed.
    Wait,
    /// The memory of all requests is in use.
    Memory,
}

impl Shed {
    /// All reasons.
    pub const ALL: [Self; 4] = [Self::Connections, Self::Queue, Self::Wait, Self::Memory];

    /// Its name in the metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::Queue => "queue",
            Self::Wait => "wait",
            Self::Memory => "memory",
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Connections => "max_connections",
            Self::Queue => "max_waiting",
            Self::Wait => "wait_limit",
            Self::Memory => "busy",
        }
    }

    fn detail(self) -> &'static str {
        match self {
            Self::Connections => {
                "it has as many connections as it accepts (setting --max-connections or MAX_CONNECTIONS)"
            }
            Self::Queue => "as many requests as allowed wait for a place (setting --max-waiting or MAX_WAITING)",
            Self::Wait => "this one has waited for a place as long as allowed (setting --wait-limit or WAIT_LIMIT)",
            Self::Memory => "their memory is in use (setting --memory or MEMORY)",
        }
    }
}

/// Code of the error of a response, for the log and the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorCode(pub &'static str);

impl Error {
    /// The status.
    #[must_use]
    pub fn status_code(&self) -> u16 {
        self.status().0.as_u16()
    }

    /// The status and the detail.
    fn status(&self) -> (StatusCode, String) {
        let (status, detail) = match self {
            Self::Input(error) => return (status_of(error.kind()), messages::detail(error, Voice::Http)),
            Self::Request(error) => return (error.status(), error.message()),
            Self::Access(refusal) => return (refusal.status(), refusal.message()),
            Self::BodyLimit(limit) => {
                let detail = format!(
                    "The body is larger than {limit} bytes, the limit of this server (its setting --body-limit or BODY_LIMIT)."
                );
                return (StatusCode::PAYLOAD_TOO_LARGE, detail);
            }
            Self::OtherMediaType { operation, takes, other } => {
                let detail = format!("{operation} takes a body of the type {takes}; send this one to {other}.");
                return (StatusCode::UNSUPPORTED_MEDIA_TYPE, detail);
            }
            Self::NotFoundWithoutBasePath(path) => {
                return (StatusCode::NOT_FOUND, format!("This path does not exist; the endpoint is at {path}."));
            }
            Self::Malformed => (StatusCode::BAD_REQUEST, "The request is not valid HTTP/1.1."),
            Self::Host => {
                (StatusCode::BAD_REQUEST, "A request of HTTP/1.1 has one header Host; this one has none or several.")
            }
            Self::Expectation => {
                (StatusCode::EXPECTATION_FAILED, "The only expectation that is met is `Expect: 100-continue`.")
            }
            Self::TransferCoding => (
                StatusCode::NOT_IMPLEMENTED,
                "The only transfer coding is chunked. Name a compression of the body in Content-Encoding.",
            ),
            Self::Body => (StatusCode::BAD_REQUEST, "The body broke off, or its chunks are not valid HTTP/1.1."),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "This path does not exist. The documentation at /docs lists the paths that exist.",
            ),
            Self::Method => (
                StatusCode::METHOD_NOT_ALLOWED,
                "This path does not support this method; the header Allow lists those that it supports.",
            ),
            Self::NotAcceptable => {
                let formats = enumeration(Format::ALL.map(|(_, format)| media_types::title(format)));
                return (
                    StatusCode::NOT_ACCEPTABLE,
                    format!("The header Accept of this request rules out every format of answers: {formats}."),
                );
            }
            Self::HeaderTimeout => (
                StatusCode::REQUEST_TIMEOUT,
                "The head of the request was not complete in time (setting --header-timeout or HEADER_TIMEOUT).",
            ),
            Self::BodyTimeout => (
                StatusCode::REQUEST_TIMEOUT,
                "The body was not complete in time (setting --body-timeout or BODY_TIMEOUT).",
            ),
            Self::BodyIdle => (
                StatusCode::REQUEST_TIMEOUT,
                "The rest of the body has not come for too long (setting --body-idle-timeout or BODY_IDLE_TIMEOUT).",
            ),
            Self::BodyRate => {
                (StatusCode::REQUEST_TIMEOUT, "The body comes too slowly (setting --min-body-rate or MIN_BODY_RATE).")
            }
            Self::UrlLimit => {
                let detail = format!(
                    "The URL is longer than {MAX_URL_BYTES} bytes. Send the numbers in the body of a POST to the same path: it has room for millions."
                );
                return (StatusCode::URI_TOO_LONG, detail);
            }
            Self::MediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, MEDIA_TYPE),
            Self::Charset => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The charset that Content-Type names is not known; say utf-8, windows-1252, utf-16le or another one of the WHATWG's Encoding Standard.",
            ),
            Self::Coding => {
                let codings = enumeration(media_types::codings());
                let detail = format!(
                    "Content-Encoding may name {codings}, at most two of them one upon the other, or be left out."
                );
                return (StatusCode::UNSUPPORTED_MEDIA_TYPE, detail);
            }
            Self::HeaderLimit => (
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "The URL or the header fields are too long. Send many numbers in the body of a POST: it has room for millions.",
            ),
            Self::Draining => (StatusCode::SERVICE_UNAVAILABLE, "The server is shutting down. Retry the request."),
            Self::Overloaded(reason) => {
                let detail = format!(
                    "The server has more requests than it can work on: {}. Retry the request.",
                    reason.detail()
                );
                return (StatusCode::SERVICE_UNAVAILABLE, detail);
            }
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Internal server error. It has been logged; the header X-Request-Id identifies this request.",
            ),
        };
        (status, detail.to_owned())
    }

    /// A short stable name, for the log and the metrics; that of the first invalid value, where there is one.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Input(error) => error.listed().first().map_or("input", |diagnostic| diagnostic.reason.code()),
            Self::Request(error) => error.code().map_or("request", |(_, code)| code),
            Self::Malformed => "malformed",
            Self::Host => "host",
            Self::Expectation => "expectation",
            Self::TransferCoding => "transfer_coding",
            Self::Body => "broken_body",
            Self::NotFound | Self::NotFoundWithoutBasePath(_) => "not_found",
            Self::Method => "method",
            Self::NotAcceptable => "not_acceptable",
            Self::HeaderTimeout => "header_timeout",
            Self::BodyTimeout => "body_timeout",
            Self::BodyIdle => "body_idle",
            Self::BodyRate => "body_rate",
            Self::BodyLimit(_) => "body_limit",
            Self::UrlLimit => "url_limit",
            Self::MediaType | Self::OtherMediaType { .. } => "media_type",
            Self::Charset => "charset",
            Self::Coding => "content_coding",
            Self::HeaderLimit => "header_limit",
            Self::Draining => "draining",
            Self::Overloaded(reason) => reason.code(),
            Self::Access(refusal) => refusal.code(),
            Self::Internal => "internal",
        }
    }

    /// Why the request was not worked on; `None` for other errors.
    #[must_use]
    pub fn shed(&self) -> Option<Shed> {
        match self {
            Self::Overloaded(reason) => Some(*reason),
            Self::Input(error) if error.kind() == Kind::Busy => Some(Shed::Memory),
            _ => None,
        }
    }

    /// A header that only this error has.
    fn header(&self) -> Option<(HeaderName, &'static str)> {
        match self {
            Self::MediaType => Some((HeaderName::from_static("accept-post"), media_types::accepted())),
            Self::OtherMediaType { takes, .. } => Some((HeaderName::from_static("accept-post"), *takes)),
            Self::Coding => Some((HeaderName::from_static("accept-encoding"), media_types::accept_encoding())),
            Self::NotAcceptable => Some((ACCEPT, media_types::accept())),
            Self::Access(refusal) => refusal.header(),
            Self::Draining | Self::Overloaded(_) => Some((RETRY_AFTER, "1")),
            Self::Input(error) if error.kind() == Kind::Busy => Some((RETRY_AFTER, "1")),
            // The rest of the body is not waited for, so the connection cannot carry another request.
            Self::BodyLimit(_)
            | Self::BodyTimeout
            | Self::BodyIdle
            | Self::BodyRate
            | Self::Body
            | Self::Host
            | Self::Expectation
            | Self::TransferCoding => Some((CONNECTION, "close")),
            _ => None,
        }
    }

    /// The problem document.
    #[must_use]
    pub fn into_problem(self) -> Problem {
        if let Self::Input(error) = &self {
            return Problem::from(error);
        }
        let (status, detail) = self.status();
        let fault = if let Self::Request(error) = &self { fault_of(error) } else { None };
        Problem::new(status.as_u16(), status.canonical_reason().unwrap_or("Error"), detail, fault)
    }

    /// The whole response as bytes, for heads that do not become a request.
    #[must_use]
    pub fn to_http1(self) -> Vec<u8> {
        let header = self.header().filter(|(name, _)| *name != CONNECTION);
        let header = header.map(|(name, value)| format!("{name}: {value}\r\n")).unwrap_or_default();
        let problem = self.into_problem();
        let body = serde_json::to_string(&problem).unwrap_or_default();
        let mut answer = String::new();
        let _ = write!(
            answer,
            "HTTP/1.1 {} {}\r\n{header}content-type: application/problem+json\r\ncache-control: no-store\r\nx-content-type-options: nosniff\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            problem.status,
            problem.title,
            body.len()
        );
        answer.into_bytes()
    }
}

/// Names with commas between them and `and` before the last one.
fn enumeration(names: impl IntoIterator<Item = &'static str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

fn status_of(kind: Kind) -> StatusCode {
    StatusCode::from_u16(problem_status(kind).0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The invalid value that an error of a request is about.
fn fault_of(error: &RequestError) -> Option<Fault> {
    let (place, code) = error.code()?;
    // The one option that is read here.
    Some(Fault::new(std::iter::once(place).chain(error.option()), code, error.message()))
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = self.status().0;
        let header = self.header();
        let (code, shed) = (ErrorCode(self.code()), self.shed());
        let problem = Arc::new(self.into_problem());
        let mut response = (status, Json(&*problem)).into_response();
        response.extensions_mut().insert(problem);
        response.extensions_mut().insert(code);
        if let Some(reason) = shed {
            response.extensions_mut().insert(reason);
        }
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some((name, value)) = header {
            headers.insert(name, HeaderValue::from_static(value));
        }
        debug_assert!(!headers.contains_key(ALLOW), "the router knows the methods");
        response
    }
}
