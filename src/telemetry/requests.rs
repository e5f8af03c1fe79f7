//! The id and the log line of every request.
//!
//! Input: the request, the template of its route, and in the end its response. Output: one line, and the response headers
//! `x-request-id` and `x-content-type-options`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::body::HttpBody;
use axum::extract::{MatchedPath, Request};
use axum::http::header::X_CONTENT_TYPE_OPTIONS;
use axum::http::{HeaderName, HeaderValue, Method};
use axum::response::Response;

const ID: HeaderName = HeaderName::from_static("x-request-id");

/// Bytes of the body that have arrived, counted by what reads it.
#[derive(Clone, Debug)]
pub struct BytesIn(pub Arc<AtomicU64>);

/// Id of the API key of a request, as an extension of its response. It is the operator's word, not the client's.
#[derive(Clone, Debug)]
pub struct KeyId(pub Arc<str>);

/// Log line of a request. It is written at its end, or when it is dropped because the client left before the response.
pub struct RequestLine {
    id: HeaderValue,
    method: Method,
    route: Option<MatchedPath>,
    started: Instant,
    body: Option<BytesIn>,
    key: Option<KeyId>,
    status: u16,
    bytes_out: u64,
}

/// Status that is logged when the client left before the response, as nginx does.
const CLIENT_LEFT: u16 = 499;

impl RequestLine {
    /// Line of a request that begins; `route` is `None` where no route matches its path.
    pub fn begin(request: &mut Request, route: Option<MatchedPath>) -> Self {
        let body = (!request.body().is_end_stream()).then(|| BytesIn(Arc::default()));
        if let Some(counter) = &body {
            request.extensions_mut().insert(counter.clone());
        }
        let id = request.headers().get(ID).filter(|id| is_plain(id)).cloned().unwrap_or_else(new_id);
        let method = request.method().clone();
        Self { id, method, route, started: Instant::now(), body, key: None, status: CLIENT_LEFT, bytes_out: 0 }
    }

    /// Writes the line and adds the id to the response.
    pub fn end(mut self, response: &mut Response) {
        self.status = response.status().as_u16();
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
        // A method may be any word, so only the known ones are logged.
        let known =
            [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS, Method::PATCH];
        tracing::info!(
            message = "request",
            request_id = self.id.to_str().unwrap_or_default(),
            method = if known.contains(&self.method) { self.method.as_str() } else { "other" },
            route = self.route.as_ref().map_or("none", MatchedPath::as_str),
            key = self.key.as_ref().map(|KeyId(id)| &**id),
            status = self.status,
            microseconds = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX),
            bytes_in = self.body.as_ref().map_or(0, |BytesIn(counter)| counter.load(Ordering::Relaxed)),
            bytes_out = self.bytes_out,
        );
    }
}

/// Writes the line of a head that did not become a request.
pub fn log_refused_head(status: u16) {
    tracing::info!(message = "refused head", status);
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
