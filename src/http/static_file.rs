//! Files that are the same for every request: the pages, what they load, and the OpenAPI document.
//!
//! Input: what makes the bytes of a file, called at the first request for it, so that the start does not wait. Output: its
//! responses, with a strong entity tag for each content coding. Invariant: hash and compression of a file are made once.

use std::io::Read;
use std::sync::{Arc, LazyLock, OnceLock};

use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use flate2::Compression;
use flate2::read::GzEncoder;
use tokio::task::spawn_blocking;

use crate::http::error::Error;
use crate::http::state::SharedState;
use crate::http::{media, security};

/// Media type of HTML pages.
pub const HTML: &str = "text/html; charset=utf-8";

/// Media type of style sheets.
pub const CSS: &str = "text/css; charset=utf-8";

/// Media type of scripts.
pub const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Media type of the icon.
pub const SVG: &str = "image/svg+xml";

/// Media type of the example.
pub const CSV: &str = "text/csv; charset=utf-8";

/// Media type of images, the only files that are compressed in themselves.
pub const PNG: &str = "image/png";

/// Cache-Control of a file that a browser keeps, and asks each time whether there is a new version.
pub const REVALIDATED: &str = "no-cache";

/// Cache-Control of a file that changes with the versions of a library only.
pub const KEPT_FOR_A_DAY: &str = "public, max-age=86400";

/// A file that is the same for every request.
pub struct StaticFile {
    content_type: &'static str,
    cache_control: &'static str,
    plain: LazyLock<Coded, Box<dyn FnOnce() -> Coded + Send>>,
    /// `None` if gzip does not make it shorter.
    gzip: OnceLock<Option<Coded>>,
}

/// The bytes of a file in one content coding, and their entity tag.
#[derive(Clone)]
struct Coded {
    bytes: Bytes,
    tag: HeaderValue,
    is_gzip: bool,
}

impl StaticFile {
    /// Route of the file whose bytes `make` returns.
    pub fn route<B: Into<Bytes>>(
        content_type: &'static str,
        cache_control: &'static str,
        make: impl FnOnce() -> B + Send + 'static,
    ) -> MethodRouter<SharedState> {
        let make = || Coded::new(make().into(), false);
        let plain: LazyLock<_, Box<dyn FnOnce() -> Coded + Send>> = LazyLock::new(Box::new(make));
        let file = Arc::new(Self { content_type, cache_control, plain, gzip: OnceLock::new() });
        get(async move |headers: HeaderMap| file.respond(&headers).await)
    }

    /// Whether there may be a shorter coding.
    fn is_negotiated(&self) -> bool {
        self.content_type != PNG
    }

    async fn respond(self: Arc<Self>, request: &HeaderMap) -> Result<Response, Error> {
        let is_gzip = self.is_negotiated() && media::accepts_gzip(request);
        let coded = if let Some(coded) = self.made(is_gzip) {
            coded
        } else {
            // The largest file takes some 50 ms to be compressed.
            let file = Arc::clone(&self);
            spawn_blocking(move || file.make(is_gzip)).await.map_err(|_| Error::Internal)?
        };
        let mut response = if names(request, &coded.tag) {
            // Without this header axum declares that the file itself is empty.
            (StatusCode::NOT_MODIFIED, [(CONTENT_LENGTH, coded.bytes.len())]).into_response()
        } else {
            let mut response = Response::new(Body::from(coded.bytes));
            let headers = response.headers_mut();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
            if coded.is_gzip {
                headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
            response
        };
        let headers = response.headers_mut();
        headers.insert(ETAG, coded.tag);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(self.cache_control));
        if self.is_negotiated() {
            headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        }
        if self.content_type == HTML {
            security::secure_page(headers);
        } else {
            headers.extend([security::RESOURCE_POLICY]);
        }
        Ok(response)
    }

    /// The file in this coding, if it was requested before.
    fn made(&self, is_gzip: bool) -> Option<Coded> {
        let plain = LazyLock::get(&self.plain)?;
        if is_gzip { self.gzip.get().map(|gzip| gzip.as_ref().unwrap_or(plain).clone()) } else { Some(plain.clone()) }
    }

    /// The same, made if necessary.
    fn make(&self, is_gzip: bool) -> Coded {
        let plain = &*self.plain;
        let gzip = if is_gzip { self.gzip.get_or_init(|| plain.gzip()).as_ref() } else { None };
        gzip.unwrap_or(plain).clone()
    }
}

impl Coded {
    fn new(bytes: Bytes, is_gzip: bool) -> Self {
        let tag = format!("\"{}\"", describe_readers::sha256(&bytes));
        // Hexadecimal digits are valid in a header.
        let tag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""));
        Self { bytes, tag, is_gzip }
    }

    /// The same compressed by gzip, if that is shorter.
    fn gzip(&self) -> Option<Self> {
        let mut bytes = Vec::new();
        GzEncoder::new(&*self.bytes, Compression::default()).read_to_end(&mut bytes).ok()?;
        (bytes.len() < self.bytes.len()).then(|| Self::new(bytes.into(), true))
    }
}

/// Whether If-None-Match names the tag, by the weak comparison of RFC 9110, 13.1.2. Our tags have no commas.
fn names(request: &HeaderMap, tag: &HeaderValue) -> bool {
    let values = request.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = values.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|given| given == "*" || given.strip_prefix("W/").unwrap_or(given).as_bytes() == tag.as_bytes())
}
