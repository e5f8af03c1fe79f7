//! `GET /`: the page for colleagues, the files that it loads, and the icon. `GET /accessibility`: what of it is accessible.

use axum::routing::MethodRouter;

use crate::http::state::SharedState;
use crate::http::static_file::{CSS, CSV, HTML, REVALIDATED, SCRIPT, SVG, StaticFile};
use describe_reports::html;

const PAGE: &str = include_str!("../../page/index.html");
const ACCESSIBILITY: &str = include_str!("../../page/accessibility.html");
const ICON: &str = include_str!("../../page/favicon.svg");

/// Files that the page loads from `/page/`: name, media type, content.
const FILES: [(&str, &str, &str); 15] = [
    ("page.css", CSS, include_str!("../../page/page.css")),
    ("page.js", SCRIPT, include_str!("../../page/page.js")),
    ("access.js", SCRIPT, include_str!("../../page/access.js")),
    ("choices.js", SCRIPT, include_str!("../../page/choices.js")),
    ("code.js", SCRIPT, include_str!("../../page/code.js")),
    ("data.js", SCRIPT, include_str!("../../page/data.js")),
    ("elements.js", SCRIPT, include_str!("../../page/elements.js")),
    ("faults.js", SCRIPT, include_str!("../../page/faults.js")),
    ("picture.js", SCRIPT, include_str!("../../page/picture.js")),
    ("preview.js", SCRIPT, include_str!("../../page/preview.js")),
    ("programs.js", SCRIPT, include_str!("../../page/programs.js")),
    ("results.js", SCRIPT, include_str!("../../page/results.js")),
    ("service.js", SCRIPT, include_str!("../../page/service.js")),
    ("words.js", SCRIPT, include_str!("../../page/words.js")),
    ("marks.csv", CSV, include_str!("../../../examples/marks.csv")),
];

/// The page. `here` leads from its URL to the directory of the page (empty where the URL ends with a slash), and `base` from
/// there to the base path. Every link is relative, so that a prefix that a proxy adds does not break it. `limit` is the
/// maximum size of a body in bytes.
pub fn page(here: &str, base: &str, limit: u64) -> MethodRouter<SharedState> {
    let [here, base] = [here, base].map(str::to_owned);
    let make =
        move || PAGE.replace("{{base}}", &base).replace("{{here}}", &here).replace("{{limit}}", &limit.to_string());
    StaticFile::route(HTML, REVALIDATED, make)
}

/// The accessibility statement; `here` leads from its URL to the directory of the page.
pub fn accessibility(here: &'static str) -> MethodRouter<SharedState> {
    let make = move || ACCESSIBILITY.replace("{{here}}", here).replace("{{version}}", env!("CARGO_PKG_VERSION"));
    StaticFile::route(HTML, REVALIDATED, make)
}

/// The icon of all pages.
pub fn icon() -> MethodRouter<SharedState> {
    StaticFile::route(SVG, REVALIDATED, || ICON)
}

/// Names of the files that the page loads, and their routes. The style sheet of reports is the base of the page's own.
pub fn files() -> impl Iterator<Item = (&'static str, MethodRouter<SharedState>)> {
    let files = FILES.map(|(name, kind, text)| (name, StaticFile::route(kind, REVALIDATED, move || text)));
    files.into_iter().chain([("report.css", StaticFile::route(CSS, REVALIDATED, html::style))])
}
