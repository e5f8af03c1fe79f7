//! Properties of every response.

use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::http::Request;
use describe_api::cli::settings::Config;
use describe_api::http::router::router;
use describe_api::http::state::State;

use super::{FIVE_SIX, ask, get, send};

#[tokio::test]
async fn head_is_get_without_a_body() {
    for path in ["/prod/stats?numbers=5&numbers=6", "/prod/simple", "/livez", "/docs/", "/openapi.json", "/"] {
        let (head, body) = (ask("HEAD", path, &[], Body::empty()).await, get(path).await);
        assert_eq!((head.status, head.body.as_str()), (body.status, ""), "{path}");
        assert_eq!(head.header("content-length"), body.body.len().to_string(), "{path}");
        assert_eq!(head.header("content-type"), body.header("content-type"), "{path}");
    }
}

#[tokio::test]
async fn request_ids_are_repeated_or_made() {
    let repeated = ask("GET", "/livez", &[("x-request-id", "abc-123")], Body::empty()).await;
    assert_eq!(repeated.header("x-request-id"), "abc-123");
    for insane in ["a b", "<script>", &"a".repeat(200)] {
        let made = ask("GET", "/livez", &[("x-request-id", insane)], Body::empty()).await;
        assert_ne!(made.header("x-request-id"), insane);
        assert_eq!(made.header("x-request-id").len(), 32);
    }
    assert_ne!(get("/livez").await.header("x-request-id"), get("/livez").await.header("x-request-id"));
}

#[tokio::test]
async fn types_are_not_guessed() {
    for path in ["/prod/stats?numbers=5", "/nothing", "/", "/docs/swagger-ui.css"] {
        assert_eq!(get(path).await.header("x-content-type-options"), "nosniff", "{path}");
    }
}

#[tokio::test]
async fn readiness_ends_with_the_drain_and_answers_do_not() {
    let state = State::new(Config::default());
    let ask = async |path: &str| send(router(&state), Request::get(path).body(Body::empty()).expect("a request")).await;
    assert_eq!(ask("/readyz").await.status, 200);
    state.draining.store(true, Ordering::Relaxed);
    let answer = ask("/readyz").await;
    answer.problem(503);
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(ask("/livez").await.body, "ok");
    assert_eq!(ask("/prod/stats?numbers=5&numbers=6").await.body, FIVE_SIX);
}
