//! Judges answers by the committed OpenAPI document, with a validator of JSON Schema that is not ours.
//!
//! Every suite that sends requests hands all its answers to [`check`]. An answer fails that has a status, a media type or a
//! member that the document does not have.

use std::collections::HashMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};

/// Documented responses of one operation: by status and media type, the validator of JSON.
type Answers = HashMap<(String, String), Option<Validator>>;

/// Operations by path and method, and the validator of problem documents.
struct Document {
    operations: HashMap<(String, String), Answers>,
    problem: Validator,
}

static DOCUMENT: LazyLock<Document> = LazyLock::new(Document::read);

/// Checks an answer to a request.
#[track_caller]
pub fn check(method: &str, path: &str, status: u16, content_type: &str, body: &[u8]) {
    let media_type = content_type.split(';').next().unwrap_or_default();
    let what = format!("{method} {path}: {status} {media_type}");
    let operation = DOCUMENT.operation(if method == "HEAD" { "GET" } else { method }, path);
    let validator = match operation {
        // Under another base path than that of the service there is no operation.
        Some(answers) if status != 404 => {
            let key = (status.to_string(), media_type.to_owned());
            let documented = answers.get(&key).unwrap_or_else(|| panic!("{what} is not documented"));
            documented.as_ref()
        }
        _ if media_type == "application/problem+json" => Some(&DOCUMENT.problem),
        _ => None,
    };
    let (Some(validator), false) = (validator, method == "HEAD") else { return };
    let json: Value = serde_json::from_slice(body).unwrap_or_else(|error| panic!("{what}: {error}"));
    let faults: Vec<String> =
        validator.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{what} is not as documented: {json}\n{}", faults.join("\n"));
}

impl Document {
    fn read() -> Self {
        let mut document: Value = serde_json::from_str(include_str!("../../openapi/openapi.json")).expect("JSON");
        close(&mut document["components"]["schemas"]);
        let mut operations = HashMap::new();
        for (path, methods) in document["paths"].as_object().expect("paths") {
            for (method, operation) in methods.as_object().expect("methods") {
                let mut answers = Answers::new();
                for (status, response) in operation["responses"].as_object().expect("responses") {
                    for (media_type, content) in response["content"].as_object().expect("content") {
                        let is_json = media_type.ends_with("json") && !media_type.ends_with("ndjson");
                        let validator = is_json.then(|| validator(&document, &content["schema"]));
                        answers.insert((status.clone(), media_type.clone()), validator);
                    }
                }
                operations.insert((path.clone(), method.to_uppercase()), answers);
            }
        }
        let problem = validator(&document, &json!({"$ref": "#/components/schemas/Problem"}));
        Self { operations, problem }
    }

    /// The operation of a path under any base path, in either spelling; none of unknown paths and methods.
    fn operation(&self, method: &str, path: &str) -> Option<&Answers> {
        let path = path.trim_end_matches('/');
        let (_, answers) =
            self.operations.iter().find(|((known, of), _)| path.ends_with(known.as_str()) && of == method)?;
        Some(answers)
    }
}

/// Forbids members that a schema does not name.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.get("properties").is_some_and(Value::is_object) && !members.contains_key("additionalProperties")
            {
                members.insert("additionalProperties".to_owned(), json!(false));
            }
            members.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

fn validator(document: &Value, schema: &Value) -> Validator {
    let mut root = schema.clone();
    root["components"] = document["components"].clone();
    let options = jsonschema::draft202012::options().should_validate_formats(true).should_ignore_unknown_formats(true);
    options.build(&root).expect("a schema")
}

#[test]
fn what_is_not_documented_fails() {
    let six = br#"{"nobs":2,"minmax":[5.0,6.0],"mean":5.5,"variance":0.5,"skewness":0.0,"kurtosis":-2.0}"#;
    let fails = |method: &str, path: &str, status: u16, content_type: &str, body: &[u8]| {
        std::panic::catch_unwind(|| check(method, path, status, content_type, body)).is_err()
    };
    let json = "application/json";
    assert!(!fails("GET", "/prod/stats", 200, json, six));
    assert!(fails("GET", "/prod/stats", 201, json, six), "status");
    assert!(fails("GET", "/prod/stats", 200, "text/plain", six), "media type");
    let said = String::from_utf8_lossy(six);
    for (part, other) in [
        ("\"mean\":", "\"mean_of_all\":"),
        ("5.5", "\"5.5\""),
        ("[5.0,6.0]", "[5.0]"),
        ("\"nobs\":2,", ""),
        ("0.5,", "0.5,\"warnings\":[{\"field\":\"mean\",\"code\":\"odd\",\"message\":\"\"}],"),
        ("0.5,", "0.5,\"mode\":{\"values\":[5.0],\"count\":1,\"total\":1,\"share\":0.5},"),
    ] {
        let changed = said.replace(part, other);
        assert!(changed != said && fails("POST", "/prod/stats/", 200, json, changed.as_bytes()), "{changed}");
    }
    assert!(fails("GET", "/nowhere", 404, "application/problem+json", br#"{"title":"Not Found"}"#), "problem");
}
