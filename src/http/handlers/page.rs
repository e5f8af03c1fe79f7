//! `GET /`: the page for colleagues.

use axum::extract::State;
use axum::http::Uri;
use axum::routing::{MethodRouter, get};

use crate::http::handlers::html;
use crate::http::router::Shared;

const PAGE: &str = include_str!("../../page/index.html");

/// The page; `base` leads from it to the base path. Every link is relative, so that a prefix that a proxy adds does not
/// matter; without the trailing slash they begin one step higher.
pub fn at(base: &str) -> MethodRouter<Shared> {
    let page = PAGE.replace("{{base}}", base);
    get(async move |State(app): State<Shared>, uri: Uri| {
        let path = uri.path();
        let here = if path.ends_with('/') {
            String::new()
        } else {
            path.rsplit('/').next().unwrap_or_default().to_owned() + "/"
        };
        html(page.replace("{{here}}", &here).replace("{{path}}", &app.config.base_path))
    })
}
