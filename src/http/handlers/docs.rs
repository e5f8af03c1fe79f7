//! `GET /docs` and `GET /openapi.json`: Swagger UI from files in the binary, and the document that it shows.
//!
//! The page must work under both spellings of its path, at the root and under the base path, and behind a proxy that adds
//! a prefix. So every link is relative, and `start.js` finds the document from its own URL.

use std::io::Read;
use std::sync::Arc;

use axum::body::Bytes;
use axum::routing::MethodRouter;
use flate2::read::GzDecoder;

use crate::http::media_types::JSON;
use crate::http::state::SharedState;
use crate::http::static_file::{CSS, HTML, KEPT_FOR_A_DAY, PNG, REVALIDATED, SCRIPT, StaticFile};

const PAGE: &str = include_str!("../../page/docs.html");
const START: &str = include_str!("../../page/docs.js");

/// Files of Swagger UI that the page loads, and their media types.
const SWAGGER_UI: [(&str, &str); 4] =
    [("swagger-ui.css", CSS), ("index.css", CSS), ("swagger-ui-bundle.js", SCRIPT), ("favicon-32x32.png", PNG)];

/// The OpenAPI document, written by `write` at the first request for it.
pub fn document(write: impl FnOnce() -> String + Send + 'static) -> MethodRouter<SharedState> {
    StaticFile::route(JSON, REVALIDATED, write)
}

/// Swagger UI's page; `files` leads from its URL to its files.
pub fn index(files: &'static str) -> MethodRouter<SharedState> {
    StaticFile::route(HTML, REVALIDATED, move || PAGE.replace("{{files}}", files))
}

/// Script that starts Swagger UI; `base` leads from it to the base path.
pub fn start(base: &str) -> MethodRouter<SharedState> {
    let base = base.to_owned();
    StaticFile::route(SCRIPT, REVALIDATED, move || START.replace("{{base}}", &base))
}

/// Names of the files of Swagger UI, and their routes.
pub fn swagger_ui() -> impl Iterator<Item = (&'static str, MethodRouter<SharedState>)> {
    SWAGGER_UI
        .map(|(name, content_type)| (name, StaticFile::route(content_type, KEPT_FOR_A_DAY, || bytes(name))))
        .into_iter()
}

/// The bytes of a file of Swagger UI, which the program has compressed by gzip. A test asks for each, so none is missing.
fn bytes(name: &str) -> Bytes {
    let file = utoipa_swagger_ui::serve(name, Arc::new(utoipa_swagger_ui::Config::from("")));
    let compressed = file.ok().flatten().map(|file| file.bytes).unwrap_or_default();
    let mut bytes = Vec::new();
    GzDecoder::new(&*compressed).read_to_end(&mut bytes).unwrap_or_default();
    bytes.into()
}
