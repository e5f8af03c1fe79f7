//! `GET /`: the page for colleagues.

use axum::extract::State;
use axum::routing::{MethodRouter, get};

use crate::http::handlers::html;
use crate::http::state::SharedState;

const PAGE: &str = include_str!("../../page/index.html");

/// The page. `here` leads from its URL to the directory of the page (empty where the URL ends with a slash), and `base` from
/// there to the base path. Every link is relative, so that a prefix that a proxy adds does not break it.
pub fn page(here: &str, base: &str) -> MethodRouter<SharedState> {
    let page = PAGE.replace("{{base}}", base).replace("{{here}}", here);
    get(async move |State(state): State<SharedState>| html(page.replace("{{path}}", &state.config.base_path)))
}
