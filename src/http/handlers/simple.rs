//! `GET /simple`: a constant response.

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

/// A greeting
///
/// Always the same response; for testing a connection.
#[utoipa::path(
    get,
    path = "/simple",
    tag = "service",
    operation_id = "hello",
    responses(
        (status = 200, description = "A greeting.", body = inline(serde_json::Map<String, serde_json::Value>), content_type = "application/json", example = json!({"Hello": "World"})),
        crate::http::openapi::Failures,
    )
)]
pub async fn hello() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], r#"{"Hello":"World"}"#)
}
