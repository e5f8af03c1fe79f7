//! Cross-origin requests: which pages of other sites may call the service from a browser.
//!
//! Input: the origins of the settings. Output: the router, which answers preflights and adds the headers of CORS to all other
//! responses, errors included. Without an origin nothing is added, and browsers refuse.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::header::{
    ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_TYPE, ETAG,
    RETRY_AFTER,
};
use axum::http::{HeaderName, Method};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use tower::{Layer, ServiceExt};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::http::state::SharedState;
use crate::telemetry::RequestLine;

/// Time for which a browser keeps the response to a preflight.
const MAX_PREFLIGHT_AGE: Duration = Duration::from_hours(24);

/// Allows requests from the origins of the settings; `*` allows all.
pub fn allow(router: Router<SharedState>, state: &SharedState) -> Router<SharedState> {
    let origins = &state.config.cors_origin;
    if origins.is_empty() {
        return router;
    }
    let name = HeaderName::from_static;
    let is_any = origins.iter().any(|origin| origin == "*");
    let layer = CorsLayer::new()
        .allow_origin(if is_any { AllowOrigin::any() } else { AllowOrigin::list(origins.iter().cloned()) })
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::OPTIONS])
        .allow_headers([
            CONTENT_TYPE,
            CONTENT_ENCODING,
            AUTHORIZATION,
            name("x-api-key"),
            name("x-request-id"),
            name("traceparent"),
        ])
        .expose_headers([
            name("x-request-id"),
            name("ratelimit"),
            name("ratelimit-policy"),
            RETRY_AFTER,
            ETAG,
            CONTENT_DISPOSITION,
        ])
        .max_age(MAX_PREFLIGHT_AGE);
    let state = Arc::clone(state);
    router.layer(from_fn(move |route, request, next| respond(layer.clone(), Arc::clone(&state), route, request, next)))
}

/// The response with its headers of CORS. A preflight goes no further than here, so its log line is written here; other
/// requests have theirs within.
async fn respond(
    layer: CorsLayer,
    state: SharedState,
    route: Option<MatchedPath>,
    mut request: Request,
    next: Next,
) -> Response {
    let is_options = request.method() == Method::OPTIONS;
    let is_preflight = is_options && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if is_options && !is_preflight {
        // The layer takes every OPTIONS for a preflight; this one asks for the header Allow.
        return next.run(request).await;
    }
    let line = is_preflight.then(|| RequestLine::begin(Arc::clone(&state.instruments), &mut request, route));
    let Ok(mut response) = layer.layer(next).oneshot(request).await;
    if let Some(line) = line {
        line.end(&mut response);
    }
    response
}
