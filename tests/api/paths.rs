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
