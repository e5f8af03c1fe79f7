//! `GET /docs` and `GET /openapi.json`: Swagger UI from files in the binary, and the document that it shows.
//!
//! The page must work under both spellings of its path, at the root and under the base path, and behind a proxy that adds
//! a prefix. So every link is relative, and `start.js` finds the document from its own URL.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use axum::http::Uri;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};

use crate::http::error::Error;
use crate::http::handlers::html;
use crate::http::state::SharedState;

const PAGE: &str = include_str!("../../page/docs.html");
const START: &str = include_str!("../../page/docs.js");

/// The OpenAPI document, written by `write` at the first request for it.
pub fn document(write: impl FnOnce() -> String + Send + 'static) -> MethodRouter<SharedState> {
    let document = Arc::new(LazyLock::new(write));
    get(async move || ([(CONTENT_TYPE, "application/json")], (*document).clone()).into_response())
}

/// Swagger UI's page. Where its URL has no trailing slash, its files are one step down.
pub fn index() -> MethodRouter<SharedState> {
    get(async |uri: Uri| {
        let files = if uri.path().ends_with('/') { "./" } else { "docs/" };
        html(PAGE.replace("{{files}}", files))
    })
}

/// Script that starts Swagger UI; `base` leads from it to the base path.
pub fn start(base: &str) -> MethodRouter<SharedState> {
    let script = START.replace("{{base}}", base);
    get(async move || ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], script).into_response())
}

/// Another file of Swagger UI.
pub async fn file(uri: Uri) -> Result<Response, Error> {
    let name = uri.path().rsplit('/').next().unwrap_or_default();
    let found = utoipa_swagger_ui::serve(name, Arc::new(utoipa_swagger_ui::Config::from("")));
    let file = found
        .ok()
        .flatten()
        .filter(|_| !["", "index.html", "swagger-initializer.js"].contains(&name))
        .ok_or(Error::NotFound)?;
    let bytes = match file.bytes {
        Cow::Borrowed(bytes) => bytes.into_response(),
        Cow::Owned(bytes) => bytes.into_response(),
    };
    Ok(([(CONTENT_TYPE, file.content_type.as_str()), (CACHE_CONTROL, "public, max-age=86400")], bytes).into_response())
}
