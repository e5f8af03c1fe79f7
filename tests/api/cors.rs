//! Requests from pages of other sites.

use axum::body::Body;
use axum::http::{HeaderValue, Request};

use super::{Answer, FIVE_SIX, get, send, service};

const SITE: &str = "https://example.org";

/// The answer of a service that allows these origins.
async fn ask(allowed: &[&'static str], method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let origins = allowed.iter().map(|origin| HeaderValue::from_static(origin)).collect();
    let request = Request::builder().method(method).uri(path);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let service = service(|config| config.cors_origin = origins);
    send(service, request.body(Body::empty()).expect("a request")).await
}

/// Values of a list in a header.
fn list(answer: &Answer, name: &str) -> Vec<String> {
    answer.header(name).split(',').map(|item| item.trim().to_ascii_lowercase()).collect()
}

#[tokio::test]
async fn no_other_origin_is_allowed_by_default() {
    let asked = [("origin", SITE), ("access-control-request-method", "POST")];
    let preflight = ask(&[], "OPTIONS", "/prod/stats", &asked).await;
    assert_eq!((preflight.status.as_u16(), preflight.header("allow")), (204, "GET,HEAD,POST"));
    let answers =
        [preflight, get("/prod/stats?numbers=5").await, ask(&[], "GET", "/prod/stats?numbers=5", &asked).await];
    for answer in answers {
        assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{:?}", answer.headers);
        assert_eq!(answer.header("vary"), "");
    }
}

#[tokio::test]
async fn a_preflight_says_what_a_page_may_send() {
    let asked = [
        ("origin", SITE),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ];
    for (allowed, answered) in [(&[SITE, "http://localhost:3000"][..], SITE), (&["*"], "*")] {
        let preflight = ask(allowed, "OPTIONS", "/prod/stats", &asked).await;
        assert!(preflight.status.is_success() && preflight.body.is_empty(), "{}", preflight.status);
        assert_eq!(preflight.header("access-control-allow-origin"), answered);
        assert_eq!(preflight.header("access-control-max-age"), "86400");
        assert_eq!(list(&preflight, "access-control-allow-methods"), ["get", "head", "post", "options"]);
        assert_eq!(
            list(&preflight, "access-control-allow-headers"),
            ["content-type", "content-encoding", "authorization", "x-api-key", "x-request-id", "traceparent"]
        );
        assert_eq!(preflight.header("access-control-allow-credentials"), "");
        // It is handled as every request is.
        assert_eq!(preflight.header("x-request-id").len(), 32);
    }
    let refused = ask(&["https://other.example"], "OPTIONS", "/prod/stats", &asked).await;
    assert_eq!(refused.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn an_allowed_page_can_read_answers_and_errors() {
    for (path, status) in [("/prod/stats?numbers=5&numbers=6", 200), ("/prod/stats?numbers=x", 422), ("/nowhere", 404)]
    {
        let answer = ask(&[SITE], "GET", path, &[("origin", SITE)]).await;
        assert_eq!(answer.status.as_u16(), status);
        assert!(status != 200 || answer.body == FIVE_SIX);
        assert_eq!(answer.header("access-control-allow-origin"), SITE, "{path}");
        assert_eq!(
            list(&answer, "access-control-expose-headers"),
            ["x-request-id", "ratelimit", "ratelimit-policy", "retry-after", "etag", "content-disposition"]
        );
        assert!(list(&answer, "vary").contains(&"origin".to_owned()), "{path}");
    }
    let long = format!("/prod/stats?numbers={}", "1".repeat(65_000));
    let answer = ask(&[SITE], "GET", &long, &[("origin", SITE)]).await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (414, SITE));
    for (origin, allowed) in [("https://other.example", ""), ("https://example.org.evil.example", ""), ("null", "")] {
        let answer = ask(&[SITE], "GET", "/prod/stats?numbers=5", &[("origin", origin)]).await;
        assert_eq!(answer.header("access-control-allow-origin"), allowed, "{origin}");
    }
}

#[tokio::test]
async fn options_without_a_method_to_allow_lists_the_methods() {
    let answer = ask(&[SITE], "OPTIONS", "/prod/stats", &[("origin", SITE)]).await;
    assert_eq!((answer.status.as_u16(), answer.header("allow")), (204, "GET,HEAD,POST"));
}
