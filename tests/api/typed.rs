//! Operations by use: each accepts one kind of data, gives one kind of answer, and names the operation for other data.

use axum::body::Body;
use serde_json::{Value, json};

use super::codings::gzip;
use super::multipart::{FILE, post_form};
use super::{Answer, FIVE_SIX, ask, post};

const TABLE: &str = "cohort,mark\n2023,41\n2024,ABS\n";
const JSON: &str = "application/json";

fn document() -> Value {
    serde_json::from_str(include_str!("../../openapi/openapi.json")).expect("JSON")
}

/// Typed operations answer as `/stats` does.
#[tokio::test]
async fn each_is_stats_for_one_kind_of_data() {
    let records = r#"[{"cohort":2023,"mark":41},{"cohort":2024,"mark":"ABS"}]"#;
    for (path, query, media_type, body) in [
        ("numbers", "", JSON, r#"{"numbers":[5,6]}"#),
        ("numbers", "", "", r#"{"ddof":0,"numbers":[5,null,6],"nan_policy":"omit","statistics":["mean","std"]}"#),
        ("numbers", "?ddof=0", JSON, r#"{"numbers":[5,6]}"#),
        ("nested", "", JSON, "[[1,2],[3,4]]"),
        ("nested", "", JSON, r#"{"numbers":[[1,2],[3,4]],"axis":1}"#),
        ("table", "?column=mark&absent=ABS", "text/csv", TABLE),
        ("table", "?column=mark&absent=ABS&group_by=cohort", "", TABLE),
        ("table", "?column=mark&absent=ABS", JSON, records),
        ("table", "?column=mark&absent=ABS", JSON, r#"{"cohort":[2023,2024],"mark":[41,"ABS"]}"#),
    ] {
        let expected = post(&format!("/prod/stats{query}"), media_type, body).await;
        assert_eq!(expected.status, 200, "{}", expected.body);
        for slash in ["", "/"] {
            let answer = post(&format!("/prod/{path}{slash}{query}"), media_type, body).await;
            assert_eq!((answer.status.as_u16(), answer.body), (200, expected.body.clone()), "{path}{slash}{query}");
        }
    }
    for query in ["?column=mark&absent=ABS", "?column=mark&absent=ABS&group_by=cohort"] {
        let parts: [(&str, &[u8]); 1] = [(FILE, TABLE.as_bytes())];
        let expected = post_form(&format!("/prod/stats{query}"), &parts).await.body;
        assert_eq!(post_form(&format!("/prod/upload{query}"), &parts).await.body, expected);
    }
    let fields: [(&str, &[u8]); 3] = [("name=column", b"mark"), ("name=absent", b"ABS"), (FILE, TABLE.as_bytes())];
    assert_eq!(post_form("/prod/upload", &fields).await.json()["results"][0]["absent"], json!({"ABS": 1}));
    let answer = ask("POST", "/prod/numbers", &[("accept", "text/csv")], r#"{"numbers":[5,6]}"#).await;
    assert!(answer.header("content-type").starts_with("text/csv"), "{}", answer.body);
    let answer = ask("POST", "/prod/numbers", &[("content-encoding", "gzip")], gzip(br#"{"numbers":[5,6]}"#)).await;
    assert_eq!(answer.body, FIVE_SIX);
}

#[tokio::test]
async fn other_data_are_sent_to_their_operation() {
    let assert_refused = |answer: Answer, status: u16, other: &str| {
        let problem = answer.problem(status);
        let detail = problem["detail"].as_str().expect("text");
        assert!(detail.contains(&format!("to {other}.")), "{detail} {other}");
        if status == 415 {
            assert!(!answer.header("accept-post").is_empty());
        } else {
            assert_eq!(problem["errors"][0]["type"], "other_operation");
        }
    };
    for (path, media_type, body, status, other) in [
        ("numbers", JSON, "[5,6]", 422, "/stats"),
        ("numbers", JSON, "[[1,2],[3,4]]", 422, "/nested"),
        ("numbers", JSON, r#"{"numbers":[[1,2],[3,4]],"axis":null}"#, 422, "/nested"),
        ("numbers", JSON, r#"{"mark":[1,2]}"#, 422, "/table"),
        ("numbers", "", "mark\n1\n", 422, "/table"),
        ("numbers", "", "5\n6\n", 422, "/stats"),
        ("numbers", "text/csv", TABLE, 415, "/table"),
        ("nested", JSON, "[5,6]", 422, "/stats"),
        ("nested", JSON, r#"{"numbers":[5,6]}"#, 422, "/numbers"),
        ("nested", JSON, r#"{"numbers":[[1,2],[3,4]],"axis":null}"#, 422, "/stats"),
        ("nested", JSON, r#"[{"mark":1}]"#, 422, "/table"),
        ("table", JSON, "[5,6]", 422, "/stats"),
        ("table", JSON, r#"{"numbers":[5,6]}"#, 422, "/numbers"),
        ("table", JSON, "[[1,2],[3,4]]", 422, "/nested"),
        ("table", "text/plain", "5 6", 415, "/stats"),
        ("upload", "text/csv", TABLE, 415, "/stats"),
    ] {
        assert_refused(post(&format!("/prod/{path}"), media_type, body).await, status, other);
    }
    for path in ["numbers", "nested", "table"] {
        assert_refused(post_form(&format!("/prod/{path}"), &[(FILE, TABLE.as_bytes())]).await, 415, "/upload");
    }
    assert_refused(post_form("/prod/upload", &[("name=f; filename=a.txt", b"5\n6\n")]).await, 422, "/stats");
    for path in ["numbers", "nested", "table", "upload"] {
        let answer = ask("GET", &format!("/prod/{path}"), &[], Body::empty()).await;
        answer.problem(405);
        assert_eq!(answer.header("allow"), "POST");
    }
}

/// The examples of each operation, with those of its parameters, give the answers that are shown.
#[tokio::test]
async fn the_examples_are_real() {
    let document = document();
    for path in ["/numbers", "/nested", "/table"] {
        let operation = &document["paths"][path]["post"];
        let pairs = operation["parameters"].as_array().into_iter().flatten();
        let pairs = pairs.filter_map(|parameter| {
            let value = parameter["example"][0].as_str()?;
            Some(format!("{}={value}", parameter["name"].as_str()?))
        });
        let target = format!("/prod{path}?{}", pairs.collect::<Vec<_>>().join("&"));
        let shown = &operation["responses"]["200"]["content"][JSON]["example"];
        for (place, (media_type, content)) in
            operation["requestBody"]["content"].as_object().expect("content").iter().enumerate()
        {
            let several = content["examples"].as_object().into_iter().flatten().map(|(_, example)| &example["value"]);
            for example in several.chain(content.get("example")) {
                let body = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
                let answer = post(&target, media_type, body).await;
                assert_eq!(answer.status, 200, "{target} {media_type}: {}", answer.body);
                let is_shown = path != "/table" || media_type == "text/csv";
                assert!(!is_shown || answer.json() == *shown, "{target} {place}: {}", answer.body);
            }
        }
    }
}

/// JSON bodies are valid by the document, and members that it does not have are refused.
#[tokio::test]
async fn requests_are_as_documented() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    for (name, path, numbers) in
        [("NumbersRequest", "numbers", json!([5, 6])), ("NestedRequest", "nested", json!([[5, 6], [7, 9]]))]
    {
        assert_eq!(schemas[name]["additionalProperties"], false);
        let known = schemas[name]["properties"].as_object().expect("members");
        for table in ["column", "group_by", "overall", "missing"] {
            assert!(!known.contains_key(table), "{name} {table}");
        }
        assert_eq!(known.contains_key("axis"), path == "nested");
        let body = json!({"numbers": numbers, "another": 1}).to_string();
        post(&format!("/prod/{path}"), JSON, body).await.problem(422);
    }
}

/// Names are short, alternatives have titles, and everything has a description.
#[test]
fn the_document_reads_well() {
    let document = document();
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        assert!(name.len() <= 20 && name.chars().all(char::is_alphanumeric), "{name}");
        assert!(schema["description"].is_string(), "{name} has no description");
        for (member, schema) in schema["properties"].as_object().into_iter().flatten() {
            let choices = schema["oneOf"].as_array().into_iter().flatten();
            let described = choices.chain([schema]).any(|schema| schema["description"].is_string());
            assert!(described, "{name}.{member} has no description");
        }
    }
    named(&document);
    for (path, method) in [("/stats", "get"), ("/stats", "post"), ("/table", "post"), ("/upload", "post")] {
        let parameters = document["paths"][path][method]["parameters"].as_array().expect("parameters");
        let options =
            || parameters.iter().filter(|parameter| parameter["in"] == "query" && parameter["name"] != "numbers");
        let common = options().take_while(|parameter| parameter["x-advanced"].is_null()).count();
        assert_eq!(common, if method == "get" { 3 } else { 6 }, "{method} {path}");
        for parameter in options().skip(common) {
            let marked = parameter["description"].as_str().is_some_and(|text| text.starts_with("*Advanced.* "));
            assert!(marked && parameter["x-advanced"] == true, "{parameter}");
        }
    }
}

/// Each alternative has a name or a title, unless it is `null`; each word of an enum has a name in a program.
fn named(value: &Value) {
    for choice in value["oneOf"].as_array().into_iter().flatten() {
        let has_name = choice.get("$ref").or(choice.get("title")).is_some();
        assert!(has_name || choice["type"] == "null", "{value}");
    }
    if let Some(words) = value["enum"].as_array() {
        let is_name = |word: &Value| {
            word.as_str().is_some_and(|word| word.starts_with(|first: char| first.is_ascii_alphabetic()))
        };
        assert!(words.iter().all(is_name) || value["x-enum-varnames"].is_array(), "{value}");
    }
    match value {
        Value::Object(members) => members.values().for_each(named),
        Value::Array(items) => items.iter().for_each(named),
        _ => {}
    }
}
