//! Paths of the endpoints.

use axum::body::Body;
use axum::http::Request;

use super::{FIVE_SIX, send, service};

async fn get_under(base: &str, path: &str) -> super::Answer {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    send(service(|config| base.clone_into(&mut config.base_path)), request).await
}

#[tokio::test]
async fn every_path_answers_in_both_spellings() {
    for base in ["/prod", "", "/a/b"] {
        for path in ["/stats?numbers=5&numbers=6", "/stats/?numbers=5&numbers=6"] {
            assert_eq!(get_under(base, &format!("{base}{path}")).await.body, FIVE_SIX, "{base}{path}");
        }
        for path in ["/simple", "/docs", "/openapi.json", "/livez", "/readyz"] {
            for slash in ["", "/"] {
                assert_eq!(get_under(base, &format!("{base}{path}{slash}")).await.status, 200, "{base}{path}{slash}");
            }
        }
        for path in
            ["/livez", "/livez/", "/readyz", "/readyz/", "/docs", "/docs/", "/openapi.json", "/openapi.json/", "/"]
        {
            assert_eq!(get_under(base, path).await.status, 200, "{base}: {path}");
        }
    }
    assert_eq!(get_under("/prod", "/prod").await.status, 200);
    assert_eq!(get_under("/prod", "/prod/").await.status, 200);
}

#[tokio::test]
async fn the_base_path_is_a_part_of_the_path() {
    for path in ["/stats?numbers=5", "/simple", "/prod/prod/livez", "/prodstats", "/prod/prod/simple", "/prod//", "/a"]
    {
        get_under("/prod", path).await.problem(404);
    }
    let answer = super::ask("DELETE", "/prod/stats/", &[], Body::empty()).await;
    answer.problem(405);
    assert_eq!(answer.header("allow"), "GET,HEAD,POST");
}

#[tokio::test]
async fn an_endpoint_without_the_base_path_says_where_it_is() {
    for (base, path, place) in [
        ("/prod", "/stats?numbers=5", "/prod/stats"),
        ("/prod", "/simple/", "/prod/simple"),
        ("/a/b", "/stats/", "/a/b/stats"),
    ] {
        let problem = get_under(base, path).await.problem(404);
        assert_eq!(
            problem["detail"],
            format!("This path does not exist; the endpoint is at {place}."),
            "{base}: {path}"
        );
    }
    let problem = get_under("/prod", "/a/b/stats").await.problem(404);
    assert!(!problem["detail"].as_str().expect("text").contains("/prod"), "{problem}");
}

/// Nobody needs the body of a response to OPTIONS, only the methods.
#[tokio::test]
async fn options_lists_the_methods() {
    for (path, methods) in [
        ("/prod/stats", "GET,HEAD,POST"),
        ("/prod/stats/", "GET,HEAD,POST"),
        ("/prod/simple", "GET,HEAD"),
        ("/livez", "GET,HEAD"),
        ("/prod/readyz", "GET,HEAD"),
        ("/docs/", "GET,HEAD"),
        ("/", "GET,HEAD"),
    ] {
        let answer = super::ask("OPTIONS", path, &[], Body::empty()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("allow"), answer.body.as_str()),
            (204, methods, ""),
            "{path}"
        );
    }
    super::ask("OPTIONS", "/nowhere", &[], Body::empty()).await.problem(404);
}

#[tokio::test]
async fn the_limit_of_a_url_counts_the_base_path() {
    for base in ["", "/prod", "/a/b"] {
        let start = format!("{base}/stats?numbers=");
        let url = |length: usize| format!("{start}{}", "1".repeat(length - start.len()));
        // The number has more digits than one may have, but its URL is read.
        assert_ne!(get_under(base, &url(65_000)).await.status, 414, "{base}");
        get_under(base, &url(65_001)).await.problem(414);
    }
}
