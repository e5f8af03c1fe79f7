//! Options, wherever they are given: blank ones, defaults, and whether the document has them all.

use describe_options::{OptionName, OptionSpec, Scope};
use serde_json::{Value, json};

use super::multipart::post_form;
use super::{FIVE_SIX, ask, get, post};

fn specs() -> impl Iterator<Item = &'static OptionSpec> {
    OptionName::all().map(OptionName::spec)
}

const TABLE: &str = "mark,cohort\n1,a\n2,b\nX,b\n";
const FILE: &str = "name=file; filename=t.csv";

#[tokio::test]
async fn a_blank_option_counts_as_not_given() {
    let described = post("/prod/stats", "text/csv", TABLE).await.body;
    for OptionSpec { name, scope, .. } in specs() {
        for blank in [name.to_string(), format!("{name}="), format!("{name}[]="), format!("{name}=&{name}=")] {
            if matches!(scope, Scope::Statistics | Scope::Output) {
                assert_eq!(get(&format!("/prod/stats?numbers=5&numbers=6&{blank}")).await.body, FIVE_SIX, "{blank}");
            }
            assert_eq!(post(&format!("/prod/stats?{blank}"), "text/csv", TABLE).await.body, described, "{blank}");
            let form = format!("numbers=5&numbers=6&{blank}");
            let answer = post("/prod/stats", "application/x-www-form-urlencoded", form).await;
            assert_eq!(answer.body, FIVE_SIX, "{blank}");
        }
        for blank in [json!(""), json!([]), json!([""])] {
            for body in [json!({"numbers": [5, 6], *name: blank}), json!({*name: blank, "numbers": [5, 6]})] {
                assert_eq!(post("/prod/stats", "application/json", body.to_string()).await.body, FIVE_SIX, "{body}");
            }
        }
        let field = format!("name={name}");
        let parts: [(&str, &[u8]); 2] = [(&field, b""), (FILE, TABLE.as_bytes())];
        assert_eq!(post_form("/prod/stats", &parts).await.body, described, "{name}");
    }
}

#[tokio::test]
async fn a_blank_option_is_not_given_a_second_time() {
    let both = post("/prod/stats?ddof=", "application/json", r#"{"ddof":0,"numbers":[5,6]}"#).await;
    assert_eq!(both.body, get("/prod/stats?numbers=5&numbers=6&ddof=0").await.body);
    let one = post("/prod/stats?column=&column=mark&invalid=missing", "text/csv", TABLE).await;
    assert_eq!(one.body, post("/prod/stats?column=mark&invalid=missing", "text/csv", TABLE).await.body);
    let named = post("/prod/stats", "application/json", r#"{"ddof":"","mark":[1,2]}"#).await;
    assert_eq!(named.body, post("/prod/stats", "application/json", r#"{"mark":[1,2]}"#).await.body);
}

/// The header Accept decides where the option is blank, and the stamp does not have it.
#[tokio::test]
async fn a_blank_option_is_nowhere_to_be_seen() {
    let answer = ask("GET", "/prod/stats?numbers=5&numbers=6&format=", &[("accept", "text/csv")], "").await;
    assert!(answer.header("content-type").starts_with("text/csv"), "{}", answer.body);
    let answer = get("/prod/stats?numbers=5&numbers=6&stamp=true&ddof=").await.json();
    assert_eq!(answer["stamp"]["options"], json!({"stamp": "true"}));
}

/// Sending what the document publishes as a default is the same as leaving it out, whatever the data are.
#[tokio::test]
async fn a_published_default_changes_nothing() {
    let bodies = [
        ("text/csv", TABLE.to_owned()),
        ("text/plain", "5 6".to_owned()),
        ("application/json", "[[1,2],[3,4]]".to_owned()),
    ];
    for (media_type, body) in bodies {
        let described = post("/prod/stats", media_type, body.clone()).await.body;
        for OptionSpec { name, default, .. } in specs().filter(|spec| !spec.default.is_empty()) {
            let value = default.join(",").replace('#', "%23");
            let answer = post(&format!("/prod/stats?{name}={value}"), media_type, body.clone()).await;
            assert_eq!(answer.body, described, "{name} of {media_type}");
        }
    }
}

#[tokio::test]
async fn the_document_has_every_option() {
    let document: Value = get("/openapi.json").await.json();
    let names = |method: &str| -> Vec<String> {
        let parameters = document["paths"]["/stats"][method]["parameters"].as_array().expect("parameters");
        let in_query =
            parameters.iter().filter(|parameter| parameter["in"] == "query" && parameter["name"] != "numbers");
        in_query.map(|parameter| parameter["name"].as_str().expect("a name").to_owned()).collect()
    };
    let all: Vec<&str> = specs().map(|spec| spec.name).collect();
    assert_eq!(names("post"), all);
    let of_numbers = specs().filter(|spec| matches!(spec.scope, Scope::Statistics | Scope::Output));
    assert_eq!(names("get"), of_numbers.map(|spec| spec.name).collect::<Vec<_>>());
    let schemas = &document["components"]["schemas"];
    for name in all {
        assert!(!schemas["Form"]["properties"][name].is_null(), "{name}");
    }
    // Whatever the document refers to is in it.
    let text = document.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().expect("a name");
        assert!(!schemas[name].is_null(), "{name}");
    }
}
