//! The id, the log line and the metrics of every request.
//!
//! Input: the request, the template of its route, and in the end its response. Output: one line, the metrics of the service, and
//! the response headers `x-request-id` and `x-content-type-options`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::body::HttpBody;
use axum::extract::{MatchedPath, Request};
use axum::http::header::X_CONTENT_TYPE_OPTIONS;
use axum::http::{HeaderName, HeaderValue, Method};
use axum::response::Response;

use crate::http::error::{Error, ErrorCode, Shed};
use crate::telemetry::instruments::Instruments;
use crate::telemetry::metrics::Ended;
use crate::telemetry::trace_context::TraceContext;

const ID: HeaderName = HeaderName::from_static("x-request-id");

/// Bytes of the body that have arrived, counted by what reads it.
#[derive(Clone, Debug)]
pub struct BytesIn(pub Arc<AtomicU64>);

/// Id of the API key of a request, as an extension of its response. It is the operator's word, not the client's.
#[derive(Clone, Debug)]
pub struct KeyId(pub Arc<str>);

/// Log line of a request. It is written at its end, or when it is dropped because the client left before the response.
pub struct RequestLine {
    instruments: Arc<Instruments>,
    id: HeaderValue,
    method: Method,
    route: Option<MatchedPath>,
    started: Instant,
    body: Option<BytesIn>,
    key: Option<KeyId>,
    trace: Option<TraceContext>,
    status: u16,
    error: Option<&'static str>,
    bytes_out: u64,
}

/// Status that is logged when the client left before the response, as nginx does.
const CLIENT_LEFT: u16 = 499;

impl RequestLine {
    /// Line of a request that begins; `route` is `None` where no route matches its path.
    pub fn begin(instruments: Arc<Instruments>, request: &mut Request, route: Option<MatchedPath>) -> Self {
        instruments.metrics.begin();
        let body = (!request.body().is_end_stream()).then(|| BytesIn(Arc::default()));
        if let Some(counter) = &body {
            request.extensions_mut().insert(counter.clone());
        }
        let id = request.headers().get(ID).filter(|id| is_plain(id)).cloned().unwrap_or_else(new_id);
        let (method, trace) = (request.method().clone(), TraceContext::of(request.headers()));
        Self {
            instruments,
            id,
            method,
            route,
            started: Instant::now(),
            body,
            key: None,
            trace,
            status: CLIENT_LEFT,
            error: None,
            bytes_out: 0,
        }
    }

    /// Writes the line and adds the id to the response.
    pub fn end(mut self, response: &mut Response) {
        self.status = response.status().as_u16();
        if let Some(ErrorCode(code)) = response.extensions().get() {
            self.error = Some(code);
            self.instruments.metrics.refused(code, response.extensions().get::<Shed>().copied());
        }
        if self.method != Method::HEAD {
            self.bytes_out = response.body().size_hint().lower();
        }
        self.key = response.extensions().get().cloned();
        let headers = response.headers_mut();
        headers.insert(ID, self.id.clone());
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    }
}

impl Drop for RequestLine {
    fn drop(&mut self) {
        let (duration, method) = (self.started.elapsed(), self.method_name());
        let bytes_in = self.body.as_ref().map_or(0, |BytesIn(counter)| counter.load(Ordering::Relaxed));
        let Self { route, status, bytes_out, .. } = self;
        tracing::info!(
            message = "request",
            request_id = self.id.to_str().unwrap_or_default(),
            method = method.unwrap_or("other"),
            route = route.as_ref().map_or("none", MatchedPath::as_str),
            key = self.key.as_ref().map(|KeyId(id)| &**id),
            status,
            microseconds = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX),
            bytes_in,
            bytes_out,
            error = self.error,
            trace_id = self.trace.map(|trace| format!("{:032x}", trace.trace)),
        );
        let ended = Ended {
            method: method.unwrap_or("_OTHER"),
            route: route.as_ref(),
            status: *status,
            error: self.error,
            duration,
            bytes_in,
            bytes_out: *bytes_out,
        };
        self.instruments.end(&ended, self.trace);
    }
}

impl RequestLine {
    /// The method, if it is a known one: it may be any word that a client made up.
    fn method_name(&self) -> Option<&'static str> {
        const KNOWN: [(Method, &str); 7] = [
            (Method::GET, "GET"),
            (Method::HEAD, "HEAD"),
            (Method::POST, "POST"),
            (Method::PUT, "PUT"),
            (Method::DELETE, "DELETE"),
            (Method::OPTIONS, "OPTIONS"),
            (Method::PATCH, "PATCH"),
        ];
        KNOWN.iter().find(|(method, _)| *method == self.method).map(|(_, name)| *name)
    }
}

/// Notes a head that did not become a request, in the log and the metrics.
pub fn log_refused_head(instruments: &Instruments, error: &Error) {
    tracing::info!(message = "refused head", status = error.status_code(), error = error.code());
    instruments.metrics.refused(error.code(), error.shed());
}

/// Whether an id is short and plain enough to be repeated.
fn is_plain(id: &HeaderValue) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:=/+".contains(byte);
    (1..=128).contains(&id.len()) && id.as_bytes().iter().all(plain)
}

/// Id from the time of this process's first request and the number of requests before: unique enough to find a line in a log.
fn new_id() -> HeaderValue {
    static BEFORE: AtomicU64 = AtomicU64::new(0);
    static START: OnceLock<[u8; 16]> = OnceLock::new();
    let nanoseconds = |now: Duration| u64::try_from(now.as_nanos()).unwrap_or_default();
    let start =
        START.get_or_init(|| hex(SystemTime::now().duration_since(UNIX_EPOCH).map(nanoseconds).unwrap_or_default()));
    let mut id = [0; 32];
    id[..16].copy_from_slice(start);
    id[16..].copy_from_slice(&hex(BEFORE.fetch_add(1, Ordering::Relaxed)));
    HeaderValue::from_bytes(&id).unwrap_or_else(|_| HeaderValue::from_static("none"))
}

/// The 16 hexadecimal digits of a number.
fn hex(number: u64) -> [u8; 16] {
    std::array::from_fn(|place| {
        b"0123456789abcdef"[usize::try_from(number >> (60 - 4 * place) & 15).unwrap_or_default()]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_new_and_plain() {
        let (first, second) = (new_id(), new_id());
        assert_ne!(first, second);
        assert!(is_plain(&first) && is_plain(&second));
    }

    #[test]
    fn only_plain_ids_are_repeated() {
        assert!(is_plain(&HeaderValue::from_static("Root=1-67891233-abcdef012345678912345678")));
        for bad in ["", "a b", "{}", "\"", &"a".repeat(129)] {
            assert!(!is_plain(&HeaderValue::from_str(bad).expect("a header")), "{bad}");
        }
    }
}
