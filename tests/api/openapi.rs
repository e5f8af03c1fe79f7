//! The document: as committed, and true.

use axum::body::Body;
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
            let base = operation["servers"][0]["url"].as_str().map_or("/prod", |_| "");
            let answer = ask(&method.to_uppercase(), &format!("{base}{path}"), &[], Body::empty()).await;
            assert!(answer.status != 404 && answer.status != 405, "{method} {path}: {}", answer.status);
            for part in ["summary", "description", "operationId"] {
                assert!(operation[part].as_str().is_some_and(|text| !text.is_empty()), "{method} {path} has no {part}");
            }
        }
    }
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
    let answer = post("/prod/stats?group_by=cohort&absent=X,ABS&overall=true", "text/csv", table).await.json();
    assert_eq!(answer.to_string(), answers["table"]["value"].to_string());
    for (media_type, examples) in content.as_object().expect("media types") {
        for (name, example) in examples["examples"].as_object().into_iter().flatten() {
            let value = &example["value"];
            let body = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            assert_eq!(post("/prod/stats", media_type, body).await.status, 200, "{media_type} {name}");
        }
    }
}

#[tokio::test]
async fn the_example_of_a_problem_is_real() {
    let documented =
        &committed()["paths"]["/stats"]["get"]["responses"]["422"]["content"]["application/problem+json"]["example"];
    let real = get("/prod/stats?numbers=5&numbers=abc").await.problem(422);
    assert_eq!(&real, documented);
}
