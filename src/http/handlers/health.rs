//! `GET /livez` and `GET /readyz`, for load balancers, and `GET /metrics`, for Prometheus.

use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::http::error::Error;
use crate::http::state::SharedState;
use crate::telemetry::metrics;

/// Check that the process is running
///
/// 200 as long as the process answers.
#[utoipa::path(
    get,
    path = "/livez",
    tag = "operation",
    operation_id = "livez",
    responses((status = 200, description = "The process is running.", body = String, content_type = "text/plain", example = "ok"))
)]
pub async fn livez() -> Response {
    ([(CACHE_CONTROL, "no-store")], "ok").into_response()
}

/// Check that the server accepts requests
///
/// 503 once the server is shutting down; requests in flight are completed.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operation",
    operation_id = "readyz",
    responses(
        (status = 200, description = "The server accepts requests.", body = String, content_type = "text/plain", example = "ok"),
        crate::http::openapi::Draining,
    )
)]
pub async fn readyz(State(state): State<SharedState>) -> Result<Response, Error> {
    if state.draining.load(Ordering::Relaxed) { Err(Error::Draining) } else { Ok(livez().await) }
}

/// The metrics of the service. Not part of the document of its API: they are for its operator.
pub async fn metrics(State(state): State<SharedState>) -> Response {
    (
        [(CONTENT_TYPE, metrics::MEDIA_TYPE), (CACHE_CONTROL, "no-store")],
        state.instruments.metrics.write(&state.usage()),
    )
        .into_response()
}
