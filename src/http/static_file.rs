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

/// Media type of WebAssembly modules.
pub const WASM: &str = "application/wasm";

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
    plain: Lazy,
    /// `None` if gzip does not make it shorter.
    gzip: OnceLock<Option<Coded>>,
    /// The same by Brotli, of a file that is in the program in this coding only.
    brotli: Option<Lazy>,
}

/// A coding that is made at the first request for it.
type Lazy = LazyLock<Coded, Box<dyn FnOnce() -> Coded + Send>>;

/// The bytes of a file in one content coding, and their entity tag.
#[derive(Clone)]
struct Coded {
    bytes: Bytes,
    tag: HeaderValue,
    coding: Option<&'static str>,
}

/// The codings in which a file may be sent.
#[derive(Clone, Copy)]
enum Wanted {
    Plain,
    Gzip,
    Brotli,
}

impl StaticFile {
    /// Route of the file whose bytes `make` returns.
    pub fn route<B: Into<Bytes>>(
        content_type: &'static str,
        cache_control: &'static str,
        make: impl FnOnce() -> B + Send + 'static,
    ) -> MethodRouter<SharedState> {
        Self::serve(content_type, cache_control, Box::new(|| make().into()), None)
    }

    /// Route of a file that is in the program compressed by Brotli; `decompress` returns its bytes.
    pub fn brotli(
        content_type: &'static str,
        cache_control: &'static str,
        compressed: &'static [u8],
        decompress: fn() -> Vec<u8>,
    ) -> MethodRouter<SharedState> {
        Self::serve(content_type, cache_control, Box::new(move || decompress().into()), Some(compressed))
    }

    fn serve(
        content_type: &'static str,
        cache_control: &'static str,
        make: Box<dyn FnOnce() -> Bytes + Send>,
        brotli: Option<&'static [u8]>,
    ) -> MethodRouter<SharedState> {
        let plain = Lazy::new(Box::new(|| Coded::new(make(), None)));
        let brotli = brotli.map(|bytes| Lazy::new(Box::new(|| Coded::new(Bytes::from_static(bytes), Some("br")))));
        let file = Arc::new(Self { content_type, cache_control, plain, gzip: OnceLock::new(), brotli });
        get(async move |headers: HeaderMap| file.respond(&headers).await)
    }

    /// Whether there may be a shorter coding.
    fn is_negotiated(&self) -> bool {
        self.content_type != PNG
    }

    async fn respond(self: Arc<Self>, request: &HeaderMap) -> Result<Response, Error> {
        let wanted = self.wanted(request);
        let coded = if let Some(coded) = self.made(wanted) {
            coded
        } else {
            // The largest file takes some 100 ms to be compressed.
            let file = Arc::clone(&self);
            spawn_blocking(move || file.make(wanted)).await.map_err(|_| Error::Internal)?
        };
        let mut response = if names(request, &coded.tag) {
            // Without this header axum declares that the file itself is empty.
            (StatusCode::NOT_MODIFIED, [(CONTENT_LENGTH, coded.bytes.len())]).into_response()
        } else {
            let mut response = Response::new(Body::from(coded.bytes));
            let headers = response.headers_mut();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
            if let Some(coding) = coded.coding {
                headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
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

    /// The best coding that a client accepts.
    fn wanted(&self, request: &HeaderMap) -> Wanted {
        if self.brotli.is_some() && media::accepts_coding(request, &["br"]) {
            Wanted::Brotli
        } else if self.is_negotiated() && media::accepts_gzip(request) {
            Wanted::Gzip
        } else {
            Wanted::Plain
        }
    }

    /// The file in this coding, if it was requested before.
    fn made(&self, wanted: Wanted) -> Option<Coded> {
        match (wanted, &self.brotli) {
            (Wanted::Brotli, Some(brotli)) => LazyLock::get(brotli).cloned(),
            (Wanted::Gzip, _) => {
                let plain = LazyLock::get(&self.plain)?;
                self.gzip.get().map(|gzip| gzip.as_ref().unwrap_or(plain).clone())
            }
            _ => LazyLock::get(&self.plain).cloned(),
        }
    }

    /// The same, made if necessary.
    fn make(&self, wanted: Wanted) -> Coded {
        match (wanted, &self.brotli) {
            (Wanted::Brotli, Some(brotli)) => LazyLock::force(brotli).clone(),
            (Wanted::Gzip, _) => self.gzip.get_or_init(|| self.plain.gzip()).as_ref().unwrap_or(&*self.plain).clone(),
            _ => LazyLock::force(&self.plain).clone(),
        }
    }
}

impl Coded {
    fn new(bytes: Bytes, coding: Option<&'static str>) -> Self {
        let tag = format!("\"{}\"", describe_readers::sha256(&bytes));
        // Hexadecimal digits are valid in a header.
        let tag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""));
        Self { bytes, tag, coding }
    }

    /// The same compressed by gzip, if that is shorter.
    fn gzip(&self) -> Option<Self> {
        let mut bytes = Vec::new();
        GzEncoder::new(&*self.bytes, Compression::default()).read_to_end(&mut bytes).ok()?;
        (bytes.len() < self.bytes.len()).then(|| Self::new(bytes.into(), Some("gzip")))
    }
}

/// Whether If-None-Match names the tag, by the weak comparison of RFC 9110, 13.1.2. Our tags have no commas.
fn names(request: &HeaderMap, tag: &HeaderValue) -> bool {
    let values = request.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = values.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|given| given == "*" || given.strip_prefix("W/").unwrap_or(given).as_bytes() == tag.as_bytes())
}
