//! One shape for every error.

use axum::body::Body;

use super::{ask, get, post};

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

/// What a client sends is repeated cut, however long it is.
#[tokio::test]
async fn errors_stay_short() {
    let long = "x".repeat(60_000);
    let header = format!("{long},m\n1,2\n");
    for (target, body) in [
        (format!("/prod/stats?{long}=1"), "m\n1\n"),
        (format!("/prod/stats?column={long}"), "m\n1\n"),
        (format!("/prod/stats?group_by={long}"), "m\n1\n"),
        ("/prod/stats?column=n".to_owned(), header.as_str()),
        (format!("/prod/stats?statistics={long}"), "m\n1\n"),
        (format!("/prod/stats?convention={long}"), "m\n1\n"),
        (format!("/prod/stats?sheet={long}&column=n"), "m\n1\n"),
        (format!("/prod/stats?baseline={long}&compare=true&group_by=g"), "g,m\na,1\nb,2\n"),
    ] {
        let answer = post(&target, "text/csv", body.to_owned()).await;
        assert!(answer.status == 422 && answer.body.len() < 4000, "{}: {} bytes", &target[..30], answer.body.len());
    }
    for body in [format!(r#"{{"numbers":[1],"{long}":1}}"#), format!(r#"{{"numbers":["{long}"]}}"#)] {
        let answer = post("/prod/stats", "application/json", body).await;
        assert!(answer.status == 422 && answer.body.len() < 4000, "{} bytes", answer.body.len());
    }
}

/// Lists are counted before anything is done with each item.
#[tokio::test]
async fn lists_have_a_limit() {
    for (option, item) in [("absent", "X"), ("missing", "X"), ("boundaries", "A:1"), ("quantiles", "0.5")] {
        let query = format!("{option}={}", vec![item; 1001].join(","));
        let problem = post(&format!("/prod/stats?{query}"), "text/csv", "m\n1\n").await.problem(422);
        let detail = problem["detail"].as_str().expect("a text");
        assert!(detail.contains("1000"), "{detail}");
    }
}
