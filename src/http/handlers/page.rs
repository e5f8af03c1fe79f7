//! `GET /`: the page for colleagues.

use axum::extract::State;
use axum::http::Uri;
use axum::routing::{MethodRouter, get};

use crate::http::handlers::html;
use crate::http::state::SharedState;

const PAGE: &str = include_str!("../../page/index.html");

/// The page; `base` leads from it to the base path. Every link is relative, so that a prefix that a proxy adds does not
/// matter; without the trailing slash they begin one step higher.
pub fn at(base: &str) -> MethodRouter<SharedState> {
    let page = PAGE.replace("{{base}}", base);
    get(async move |State(state): State<SharedState>, uri: Uri| {
        let path = uri.path();
        let here = if path.ends_with('/') {
            String::new()
        } else {
            path.rsplit('/').next().unwrap_or_default().to_owned() + "/"
        };
        html(page.replace("{{here}}", &here).replace("{{path}}", &state.config.base_path))
    })
}
