//! Where things stand.

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
        for path in ["/simple", "/docs", "/openapi.json"] {
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
    for path in ["/stats?numbers=5", "/simple", "/prod/livez", "/prodstats", "/prod/prod/simple", "/prod//", "/a"] {
        get_under("/prod", path).await.problem(404);
    }
    let answer = super::ask("DELETE", "/prod/stats/", &[], Body::empty()).await;
    answer.problem(405);
    assert_eq!(answer.header("allow"), "GET,HEAD,POST");
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
