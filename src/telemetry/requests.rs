//! What happens to every request: it gets an id, and a line in the log.
//!
//! It stands around the routes and is not one of their layers: a layer costs each request a few allocations.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::body::HttpBody;
use axum::extract::Request;
use axum::http::header::X_CONTENT_TYPE_OPTIONS;
use axum::http::{HeaderName, HeaderValue, Method};
use axum::response::Response;

const ID: HeaderName = HeaderName::from_static("x-request-id");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");

/// Bytes of the body that have arrived, counted by whoever reads it.
#[derive(Clone, Debug)]
pub struct BytesIn(pub Arc<AtomicU64>);

/// A line of the log in the making. It is written in the end, or when it is dropped since the client has left before the answer.
pub struct Entry<'a> {
    id: HeaderValue,
    method: Method,
    route: Option<&'a str>,
    started: Instant,
    body: Option<BytesIn>,
    status: u16,
    bytes_out: u64,
}

/// What nginx logs when the client left before the answer.
const CLIENT_LEFT: u16 = 499;

impl<'a> Entry<'a> {
    /// The line of a request that begins.
    pub fn new(request: &mut Request, route: Option<&'a str>) -> Self {
        let body = (!request.body().is_end_stream()).then(|| BytesIn(Arc::default()));
        if let Some(counter) = &body {
            request.extensions_mut().insert(counter.clone());
        }
        let id = request.headers().get(ID).filter(|id| is_sane(id)).cloned().unwrap_or_else(new_id);
        let method = request.method().clone();
        Self { id, method, route, started: Instant::now(), body, status: CLIENT_LEFT, bytes_out: 0 }
    }

    /// Writes the line, and puts the id into the response.
    pub fn end(&mut self, response: &mut Response) {
        self.status = response.status().as_u16();
        if self.method != Method::HEAD {
            self.bytes_out = response.body().size_hint().lower();
        }
        self.log();
        let headers = response.headers_mut();
        headers.insert(ID, std::mem::replace(&mut self.id, NOSNIFF));
        headers.insert(X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    }

    fn log(&self) {
        // A method may be any word, so only the known ones are repeated.
        let known =
            [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS, Method::PATCH];
        tracing::info!(
            message = "request",
            request_id = self.id.to_str().unwrap_or_default(),
            method = if known.contains(&self.method) { self.method.as_str() } else { "other" },
            route = self.route.unwrap_or("none"),
            status = self.status,
            microseconds = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX),
            bytes_in = self.body.as_ref().map_or(0, |BytesIn(counter)| counter.load(Ordering::Relaxed)),
            bytes_out = self.bytes_out,
        );
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        if self.status == CLIENT_LEFT {
            self.log();
        }
    }
}

/// An id that is short and plain enough to be repeated.
fn is_sane(id: &HeaderValue) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:=/+".contains(byte);
    (1..=128).contains(&id.len()) && id.as_bytes().iter().all(plain)
}

/// The time of this process's first request and the request's number: unique enough to find a line in a log.
fn new_id() -> HeaderValue {
    static BEFORE: AtomicU64 = AtomicU64::new(0);
    static START: OnceLock<[u8; 16]> = OnceLock::new();
    let nanoseconds = |now: Duration| u64::try_from(now.as_nanos()).unwrap_or_default();
    let start =
        START.get_or_init(|| hex(SystemTime::now().duration_since(UNIX_EPOCH).map(nanoseconds).unwrap_or_default()));
    let mut id = [0; 32];
    id[..16].copy_from_slice(start);
    id[16..].copy_from_slice(&hex(BEFORE.fetch_add(1, Ordering::Relaxed)));
    HeaderValue::from_bytes(&id).unwrap_or(NOSNIFF)
}

/// All 16 hexadecimal digits.
fn hex(number: u64) -> [u8; 16] {
    std::array::from_fn(|place| {
        b"0123456789abcdef"[usize::try_from(number >> (60 - 4 * place) & 15).unwrap_or_default()]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_new_and_sane() {
        let (first, second) = (new_id(), new_id());
        assert_ne!(first, second);
        assert!(is_sane(&first) && is_sane(&second));
    }

    #[test]
    fn only_plain_ids_are_repeated() {
        assert!(is_sane(&HeaderValue::from_static("Root=1-67891233-abcdef012345678912345678")));
        for bad in ["", "a b", "{}", "\"", &"a".repeat(129)] {
            assert!(!is_sane(&HeaderValue::from_str(bad).expect("a header")), "{bad}");
        }
    }
}
