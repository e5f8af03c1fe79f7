//! The document: as committed, and true.

use axum::body::Body;
use describe_api::http::error::Error;
use describe_api::http::router::openapi_document as document;
use serde_json::Value;

use super::{ask, get, post};

fn committed() -> Value {
    serde_json::from_str(&document("/prod")).expect("JSON")
}

#[test]
fn the_committed_document_is_fresh() {
    let file = include_str!("../../openapi/openapi.json");
    assert!(
        file == document("/prod"),
        "openapi/openapi.json is stale; renew it: cargo run -- openapi > openapi/openapi.json"
    );
}

#[tokio::test]
async fn both_places_serve_it() {
    for path in ["/openapi.json", "/prod/openapi.json", "/openapi.json/", "/prod/openapi.json/"] {
        let answer = get(path).await;
        assert_eq!(answer.header("content-type"), "application/json");
        assert!(answer.body == document("/prod"), "{path}");
    }
}

#[test]
fn the_server_is_the_base_path() {
    for (base, url) in [("/prod", "/prod"), ("", "/"), ("/a/b", "/a/b")] {
        let document: Value = serde_json::from_str(&document(base)).expect("JSON");
        assert_eq!(document["servers"][0]["url"], url);
    }
}

#[tokio::test]
async fn documented_paths_answer_documented_methods_only() {
    let document = committed();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        assert!(!path.ends_with('/'), "both spellings would be one too many: {path}");
        for (method, operation) in operations.as_object().expect("operations") {
            assert!(operation["servers"].is_null(), "{path} is not below the base path");
            let answer = ask(&method.to_uppercase(), &format!("/prod{path}"), &[], Body::empty()).await;
            assert!(answer.status != 404 && answer.status != 405, "{method} {path}: {}", answer.status);
            for part in ["summary", "description", "operationId"] {
                assert!(operation[part].as_str().is_some_and(|text| !text.is_empty()), "{method} {path} has no {part}");
            }
        }
    }
}

/// The bodies are annotated at each handler.
#[test]
fn a_preview_takes_the_bodies_of_a_description() {
    let document = committed();
    let media = |path: &str| -> Vec<String> {
        let content = &document["paths"][path]["post"]["requestBody"]["content"];
        content.as_object().expect("content").keys().cloned().collect()
    };
    assert!(!media("/stats").is_empty());
    assert_eq!(media("/preview"), media("/stats"));
}

#[tokio::test]
async fn examples_are_real_answers() {
    let document = committed();
    let stats = &document["paths"]["/stats"];
    let example =
        |operation: &Value| operation["responses"]["200"]["content"]["application/json"]["example"].to_string();
    assert_eq!(get("/prod/stats?numbers=5&numbers=6").await.json().to_string(), example(&stats["get"]));
    let content = &stats["post"]["requestBody"]["content"];
    let answers = &stats["post"]["responses"]["200"]["content"]["application/json"]["examples"];
    let list = content["application/json"]["examples"]["list"]["value"].to_string();
    let answer = post("/prod/stats", "application/json", list).await.json();
    assert_eq!(answer.to_string(), answers["numbers"]["value"].to_string());
    let table = content["text/csv"]["examples"]["table"]["value"].as_str().expect("a table").to_owned();
    let answer = post("/prod/stats", "text/csv", table).await.json();
    assert_eq!(answer.to_string(), answers["table"]["value"].to_string());
    for (media_type, examples) in content.as_object().expect("media types") {
        for (name, example) in examples["examples"].as_object().into_iter().flatten() {
            let value = &example["value"];
            let body = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            assert_eq!(post("/prod/stats", media_type, body).await.status, 200, "{media_type} {name}");
        }
    }
}

/// Every example of a problem that a request can bring about is the answer to that request.
#[tokio::test]
async fn the_examples_of_problems_are_real() {
    let document = committed();
    let long = format!("/prod/stats?numbers={}", "1".repeat(65_000));
    let length = (1_u64 << 40).to_string();
    let json: (&str, &str) = ("content-type", "application/json");
    for (method, operation, target, headers, status) in [
        ("GET", "get", "/prod/stats?numbers=%FF", &[][..], 400),
        ("DELETE", "get", "/prod/stats", &[], 405),
        ("GET", "get", "/prod/stats?numbers=5", &[("accept", "image/png")], 406),
        ("GET", "get", long.as_str(), &[], 414),
        ("GET", "get", "/prod/stats?numbers=5&numbers=abc", &[], 422),
        ("DELETE", "post", "/prod/stats", &[], 405),
        ("POST", "post", "/prod/stats", &[json, ("accept", "image/png")], 406),
        ("POST", "post", "/prod/stats", &[json, ("content-length", length.as_str())], 413),
        ("POST", "post", long.as_str(), &[json], 414),
        ("POST", "post", "/prod/stats", &[("content-type", "image/png")], 415),
    ] {
        let documented = &document["paths"]["/stats"][operation]["responses"][status.to_string()];
        let answer = ask(method, target, headers, Body::empty()).await;
        let real = answer.problem(status);
        assert_eq!(real, documented["content"]["application/problem+json"]["example"], "{method} {target:.40}");
        for name in documented["headers"].as_object().into_iter().flatten().map(|(name, _)| name.to_ascii_lowercase()) {
            // Either of two kinds of error has one of two headers.
            assert!(status == 415 || !answer.header(&name).is_empty(), "{status} without {name}");
        }
    }
}

/// The other examples are the problem documents of the server's errors.
#[test]
fn the_other_examples_of_problems_are_errors() {
    let document = committed();
    let stats = &document["paths"]["/stats"];
    for (operation, error) in [
        (&stats["get"], Error::Internal),
        (&stats["post"], Error::Internal),
        (&stats["post"], Error::Body),
        (&stats["post"], Error::BodyTimeout),
        (&document["paths"]["/readyz"]["get"], Error::Draining),
    ] {
        let problem = serde_json::to_value(error.into_problem()).expect("JSON");
        let code = problem["status"].to_string();
        let documented = &operation["responses"][&code]["content"]["application/problem+json"]["example"];
        assert_eq!(documented, &problem, "{code}");
    }
}
