//! `POST /preview`: bodies, options and refusals; the previews themselves are tested with the formats.

use axum::body::Body;
use serde_json::json;

use super::{ask, post};

const CSV: &str = "id,mark\n007,41\n010,X\n011,\n012,X\n";

#[tokio::test]
async fn the_documented_example_is_real() {
    let document: serde_json::Value =
        serde_json::from_str(include_str!("../../openapi/openapi.json")).expect("the document");
    let operation = &document["paths"]["/preview"]["post"];
    let content = operation["requestBody"]["content"].as_object().expect("media types");
    let table = content["text/csv"]["examples"]["table"]["value"].as_str().expect("a table").to_owned();
    let answer = post("/prod/preview", "text/csv", table).await;
    let example = &operation["responses"]["200"]["content"]["application/json"]["example"];
    assert_eq!(answer.json().to_string(), example.to_string());
    assert_eq!(answer.header("cache-control"), "no-store");
    for (media_type, examples) in content {
        for (name, example) in examples["examples"].as_object().into_iter().flatten() {
            let value = &example["value"];
            let body = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            assert_eq!(post("/prod/preview", media_type, body).await.status, 200, "{media_type} {name}");
        }
    }
}

#[tokio::test]
async fn rows_is_a_count_or_all() {
    for (query, complete) in [("rows=3", false), ("rows=4", true), ("rows=all", true), ("rows=", true), ("", true)] {
        let preview = post(&format!("/prod/preview?{query}"), "text/csv", CSV).await.json();
        assert_eq!(preview["complete"], complete, "{query}");
    }
    for query in ["rows=0", "rows=-1", "rows=1.5", "rows=every", "rows=1&rows=2", "rows=%2B5"] {
        let problem = post(&format!("/prod/preview?{query}"), "text/csv", CSV).await.problem(422);
        assert_eq!(problem["errors"][0]["loc"], json!(["query", "rows"]), "{query}");
    }
    // It is an option of previews alone.
    post("/prod/stats?rows=5", "text/csv", CSV).await.problem(422);
}

#[tokio::test]
async fn other_options_are_those_of_a_description() {
    let preview = post("/prod/preview?absent=X&statistics=all&column=mark&group_by=gone", "text/csv", CSV).await.json();
    assert_eq!((&preview["columns"][1]["absent"], &preview["suggestions"]), (&json!(2), &json!({})));
    post("/prod/preview?abesnt=X", "text/csv", CSV).await.problem(422);
    post("/prod/preview?absent=X&absent=X", "text/csv", CSV).await.problem(422);
    post("/prod/preview?thousands=.", "text/csv", CSV).await.problem(422);
    ask("POST", "/prod/preview", &[("accept", "image/png"), ("content-type", "text/csv")], CSV).await.problem(406);
}

#[tokio::test]
async fn what_cannot_be_described_is_refused_alike() {
    for (content_type, body) in [
        ("text/csv", "a,b\n1,2\n1,2,3\n"),
        ("text/csv", "a,b\n\"1,2\n"),
        ("text/csv", "a,b\n"),
        ("application/json", "[1,2"),
        ("application/json", "[]"),
        ("application/json", "[[1,2],[3]]"),
        ("application/octet-stream", "%PDF-1.7"),
        ("text/plain", "5 x"),
        ("image/png", "5"),
    ] {
        let status = post("/prod/stats", content_type, body).await;
        let preview = post("/prod/preview", content_type, body).await;
        assert_eq!(preview.json(), status.json(), "{content_type} {body}");
    }
    assert_eq!(ask("GET", "/prod/preview", &[], Body::empty()).await.problem(405)["status"], 405);
}

#[tokio::test]
async fn forms_are_previewed() {
    let part = |name: &str, text: &str| {
        format!("--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{text}\r\n")
    };
    let option = "--b\r\ncontent-disposition: form-data; name=\"absent\"\r\n\r\nX\r\n--b--\r\n";
    let body = part("a.csv", "id,mark\n1,41\n2,X\n") + &part("b.csv", "mark,id\nX,3\n50,4\n") + option;
    let preview = post("/prod/preview", "multipart/form-data; boundary=b", body).await.json();
    assert_eq!(preview["source"].as_array().map(Vec::len), Some(2));
    assert_eq!(preview["records"], json!([["1", "41"], ["2", "X"], ["3", "X"], ["4", "50"]]));
    let mark = &preview["columns"][1];
    assert_eq!((&mark["numbers"], &mark["absent"], &mark["max"]), (&json!(2), &json!(2), &json!(50.0)));
    // A form of numbers, as curl sends it.
    let form = "application/x-www-form-urlencoded";
    let preview = post("/prod/preview", form, "numbers=5&numbers=6").await.json();
    assert_eq!((&preview["records"], &preview["source"]["format"]), (&json!([["5"], ["6"]]), &json!("form")));
}

#[tokio::test]
async fn a_wide_header_is_refused_before_it_takes_memory() {
    let header = "a,".repeat(1 << 20) + "a\n" + &"1,".repeat(1 << 20) + "1\n";
    post("/prod/preview", "text/csv", header).await.problem(413);
    let names: Vec<String> = (0..9_000).map(|number| format!("c{number}")).collect();
    let header = names.join(",") + "\n" + &"x,".repeat(8_999) + "x\n";
    assert_eq!(post("/prod/preview", "text/csv", header).await.json()["columns"].as_array().map(Vec::len), Some(9_000));
}
