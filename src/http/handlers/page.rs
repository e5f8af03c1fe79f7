//! `GET /`: the page for colleagues, the files that it loads, the icon, the page in one file, and `GET /accessibility`: what of the page
//! is accessible.

use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::MethodRouter;

use crate::cli::settings::Config;
use crate::http::state::SharedState;
use crate::http::static_file::{CSS, CSV, HTML, REVALIDATED, SCRIPT, SVG, StaticFile, WASM};
use crate::page;
use describe_reports::html;

/// The page. `here` leads from its URL to the directory of the page (empty where the URL ends with a slash), and `base` from
/// there to the base path. Every link is relative, so that a prefix that a proxy adds does not break it.
pub fn page(here: &str, base: &str, config: &Config) -> MethodRouter<SharedState> {
    let [here, base] = [here, base].map(str::to_owned);
    let (limit, engine) = (config.body_limit.to_string(), config.page_engine.name());
    let make = move || {
        let links = page::PAGE.replace("{{base}}", &base).replace("{{here}}", &here);
        links.replace("{{limit}}", &limit).replace("{{engine}}", engine)
    };
    StaticFile::route(HTML, REVALIDATED, make)
}

/// The accessibility statement; `here` leads from its URL to the directory of the page.
pub fn accessibility(here: &'static str) -> MethodRouter<SharedState> {
    let make = move || page::ACCESSIBILITY.replace("{{here}}", here).replace("{{version}}", env!("CARGO_PKG_VERSION"));
    StaticFile::route(HTML, REVALIDATED, make)
}

/// The icon of all pages.
pub fn icon() -> MethodRouter<SharedState> {
    StaticFile::route(SVG, REVALIDATED, || page::ICON)
}

/// The page in one file.
pub fn offline() -> MethodRouter<SharedState> {
    let allow_its_script = async |mut response: Response| {
        // It is ASCII. A policy in a document has no say about frames.
        let policy = format!("{}; frame-ancestors 'none'", *page::OFFLINE_POLICY);
        if let Ok(policy) = HeaderValue::try_from(policy) {
            response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
        }
        response
    };
    StaticFile::route(HTML, REVALIDATED, page::offline).layer(map_response(allow_its_script))
}

/// Names of the files that the page loads, and their routes.
pub fn files() -> impl Iterator<Item = (&'static str, MethodRouter<SharedState>)> {
    let scripts = page::SCRIPTS.into_iter().chain([("worker.js", page::WORKER)]);
    let scripts = scripts.map(|(name, text)| (name, StaticFile::route(SCRIPT, REVALIDATED, move || text)));
    scripts.chain([
        ("report.css", StaticFile::route(CSS, REVALIDATED, html::style)),
        ("page.css", StaticFile::route(CSS, REVALIDATED, || page::STYLE)),
        ("engine.wasm", StaticFile::brotli(WASM, REVALIDATED, page::ENGINE, page::engine)),
        ("marks.csv", StaticFile::route(CSV, REVALIDATED, || page::EXAMPLE)),
    ])
}
