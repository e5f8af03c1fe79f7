//! One shape for every error.

use axum::body::Body;

use super::{ask, get};

#[tokio::test]
async fn unknown_paths() {
    for path in [
        "/nothing",
        "/stats",
        "/prod/nothing",
        "/prod/stats/more",
        "/prodstats",
        "/docs/nothing.js",
        "/docs/%FF",
        "/docs/index.html",
    ] {
        get(path).await.problem(404);
    }
}

#[tokio::test]
async fn unknown_methods_hear_the_known_ones() {
    for (path, allowed) in [
        ("/prod/stats", "GET,HEAD,POST"),
        ("/prod/stats/", "GET,HEAD,POST"),
        ("/prod/simple", "GET,HEAD"),
        ("/livez", "GET,HEAD"),
        ("/", "GET,HEAD"),
        ("/docs", "GET,HEAD"),
        ("/prod/openapi.json", "GET,HEAD"),
    ] {
        for method in ["DELETE", "PUT", "BREW"] {
            let answer = ask(method, path, &[], Body::empty()).await;
            answer.problem(405);
            assert_eq!(answer.header("allow"), allowed, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn clients_that_take_no_format() {
    for accept in ["image/png", "application/json;q=0", "image/*, text/*"] {
        let target = "/prod/stats?numbers=5";
        ask("GET", target, &[("accept", accept)], Body::empty()).await.problem(406);
        ask("POST", "/prod/stats", &[("accept", accept)], "[5]").await.problem(406);
    }
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    assert_eq!(ask("GET", "/prod/stats?numbers=5", &[("accept", browser)], Body::empty()).await.status, 200);
}

#[tokio::test]
async fn long_urls() {
    let longest = |length: usize| format!("/prod/stats?numbers={}", "1".repeat(length - "/prod/stats?numbers=".len()));
    get(&longest(65_000)).await.problem(422);
    let problem = get(&longest(65_001)).await.problem(414);
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("POST")));
}
