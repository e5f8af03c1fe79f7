//! `GET /`: the page for colleagues, its style sheet and its script.

use axum::routing::MethodRouter;

use crate::http::state::SharedState;
use crate::http::static_file::{CSS, HTML, REVALIDATED, SCRIPT, StaticFile};

const PAGE: &str = include_str!("../../page/index.html");
const STYLE: &str = include_str!("../../page/page.css");
const SCRIPT_OF_PAGE: &str = include_str!("../../page/page.js");

/// The page. `here` leads from its URL to the directory of the page (empty where the URL ends with a slash), and `base` from
/// there to the base path, which is `path`. Every link is relative, so that a prefix that a proxy adds does not break it.
pub fn page(here: &str, base: &str, path: &str) -> MethodRouter<SharedState> {
    let [here, base, path] = [here, base, path].map(str::to_owned);
    let make = move || PAGE.replace("{{base}}", &base).replace("{{here}}", &here).replace("{{path}}", &path);
    StaticFile::route(HTML, REVALIDATED, make)
}

/// The style sheet of the page.
pub fn style() -> MethodRouter<SharedState> {
    StaticFile::route(CSS, REVALIDATED, || STYLE)
}

/// The script of the page, which asks for a key where the server does.
pub fn script() -> MethodRouter<SharedState> {
    StaticFile::route(SCRIPT, REVALIDATED, || SCRIPT_OF_PAGE)
}
