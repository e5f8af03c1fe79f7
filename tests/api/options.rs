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

/// A kind of data, and how options are given beside it.
#[derive(Clone, Copy, Debug)]
enum Data {
    Query,
    Body(&'static str, &'static str),
    Object,
    Form,
}

const DATA: [Data; 9] = [
    Data::Query,
    Data::Body("application/json", "[5,6,7.25,7.25]"),
    Data::Body("application/json", "[[1,2],[3,4],[3,9]]"),
    Data::Object,
    Data::Body("text/plain", "5 6 9"),
    Data::Body("text/csv", TABLE),
    Data::Body("application/json", r#"[{"mark":1,"cohort":"a"},{"mark":2.5,"cohort":"b"},{"mark":null,"cohort":"b"}]"#),
    Data::Body("application/json", r#"{"mark":[1,2.5,null],"other":[3,4,5]}"#),
    Data::Form,
];

impl Data {
    /// The answer to these options, each a name and its values.
    async fn described(self, options: &[(&str, &[&str])]) -> String {
        let pairs = options.iter().flat_map(|(name, values)| values.iter().map(move |value| (*name, *value)));
        let query: Vec<String> =
            pairs.clone().map(|(name, value)| format!("{name}={}", value.replace('#', "%23"))).collect();
        let target = format!("/prod/stats?{}", query.join("&"));
        let answer = match self {
            Self::Query => get(&format!("{target}&numbers=5&numbers=6&numbers=7.25")).await,
            Self::Body(media_type, body) => post(&target, media_type, body).await,
            Self::Object => {
                let mut members = json!({"numbers": [5, 6, 7.25]});
                for (name, values) in options {
                    members[*name] = if let [value] = values { in_json(value) } else { json!(values) };
                }
                post("/prod/stats", "application/json", members.to_string()).await
            }
            Self::Form => {
                let fields: Vec<(String, &str)> = pairs.map(|(name, value)| (format!("name={name}"), value)).collect();
                let mut parts: Vec<(&str, &[u8])> =
                    fields.iter().map(|(head, value)| (head.as_str(), value.as_bytes())).collect();
                parts.push((FILE, TABLE.as_bytes()));
                post_form("/prod/stats", &parts).await
            }
        };
        assert_eq!(answer.status, 200, "{self:?} {options:?}: {}", answer.body);
        answer.body
    }
}

/// A value as a client that knows the document writes it.
fn in_json(value: &str) -> Value {
    match value.parse::<f64>() {
        Ok(_) => serde_json::from_str(value).expect("a number"),
        Err(_) if ["true", "false"].contains(&value) => json!(value == "true"),
        Err(_) => json!(value),
    }
}

/// Sending what the document publishes as a default is the same as leaving it out: each default, and subsets of them, with
/// every kind of data and every convention.
#[tokio::test]
async fn published_defaults_change_nothing() {
    let defaults: Vec<(&str, &[&str])> =
        specs().filter(|spec| !spec.default.is_empty()).map(|spec| (spec.name, spec.default)).collect();
    // Neutral, although it is not published: a table and a flat array have columns only.
    let defaults: Vec<_> = defaults.into_iter().chain([("axis", ["0"].as_slice())]).collect();
    let mut random = 1_u64;
    for data in DATA {
        for convention in OptionName::Convention.spec().value.words() {
            let given: [(&str, &[&str]); 2] = [("convention", &[convention]), ("statistics", &["all"])];
            let described = data.described(&given).await;
            let others: Vec<_> = defaults.iter().filter(|(name, _)| *name != "convention").copied().collect();
            // Each alone with the default convention and with another one.
            let alone = if ["scipy", "excel"].contains(convention) { others.len() } else { 0 };
            let alone = (0..alone).map(|place| 1_u64 << place);
            let several = (0..4).map(|_| {
                // The generator of Knuth's MMIX.
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                random >> 40
            });
            let subsets: Vec<u64> = alone.chain(several).chain([u64::MAX]).collect();
            for subset in subsets {
                let some = others.iter().enumerate().filter(|(place, _)| subset >> place & 1 == 1).map(|(_, one)| *one);
                let options: Vec<_> = given.into_iter().chain(some).collect();
                assert_eq!(data.described(&options).await, described, "{data:?} {options:?}");
            }
        }
        let without = data.described(&[("ddof", &["1"])]).await;
        assert_eq!(data.described(&[("ddof", &["1"]), ("convention", &["scipy"])]).await, without, "{data:?}");
    }
}

/// An option with its published default at one place may be given at another.
#[tokio::test]
async fn a_default_does_not_hide_another_value() {
    let expected = get("/prod/stats?numbers=5&numbers=6&numbers=9&convention=excel").await.body;
    for (query, body) in [("excel", "scipy"), ("scipy", "excel")] {
        let body = json!({"numbers": [5, 6, 9], "convention": body}).to_string();
        assert_eq!(post(&format!("/prod/stats?convention={query}"), "application/json", body).await.body, expected);
    }
    let stamp = get("/prod/stats?numbers=5&numbers=6&stamp=true&trim=0.1&ddof=1").await.json();
    assert_eq!(stamp["stamp"]["options"], json!({"stamp": "true", "ddof": "1"}));
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
    let by_use = || OptionName::by_use().map(OptionName::spec);
    let all: Vec<&str> = by_use().map(|spec| spec.name).collect();
    assert_eq!(all.len(), specs().count());
    // Those of item analysis are of an operation of their own.
    let of_statistics = by_use().filter(|spec| spec.scope != Scope::Items);
    assert_eq!(names("post"), of_statistics.map(|spec| spec.name).collect::<Vec<_>>());
    let schemas = &document["components"]["schemas"];
    for spec in by_use() {
        let form = if spec.scope == Scope::Items { "ItemForm" } else { "Form" };
        assert!(!schemas[form]["properties"][spec.name].is_null(), "{}", spec.name);
    }
    let of_numbers = by_use().filter(|spec| matches!(spec.scope, Scope::Statistics | Scope::Output));
    assert_eq!(names("get"), of_numbers.map(|spec| spec.name).collect::<Vec<_>>());
    // Whatever the document refers to is in it.
    let text = document.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().expect("a name");
        assert!(!schemas[name].is_null(), "{name}");
    }
}

/// Of a list, the item that is wrong, and not the first one.
#[tokio::test]
async fn the_input_of_an_error_is_the_text_that_is_wrong() {
    for (option, input) in [
        ("statistics=mean,meen", "meen"),
        ("statistics=mean&statistics=meen", "meen"),
        ("quantiles=0.5,2", "2"),
        ("quantiles=0.5,x,2", "x"),
        ("range=0,x", "x"),
        ("boundaries=A:70,B", "B"),
        ("boundaries=A:70,A:60", "A:60"),
        ("decimals=2,meen:1", "meen:1"),
        ("decimals=2,mean:99", "mean:99"),
        ("absent=X,Q,X", "X"),
        ("column=mark&column=grade&column=mark", "mark"),
        ("ddof=-1", "-1"),
    ] {
        let problem = post(&format!("/prod/stats?{option}"), "text/csv", "mark,grade\n1,2\n").await.problem(422);
        assert_eq!(problem["errors"][0]["input"], input, "{option}");
    }
}

/// As the document says: a contact is a text, and neither a number nor null.
#[tokio::test]
async fn a_text_in_json_is_a_string() {
    for value in ["5", "true", "null"] {
        let body = format!(r#"{{"numbers":[5,6],"contact":{value}}}"#);
        let problem = post("/prod/stats", "application/json", body).await.problem(422);
        assert_eq!(problem["errors"][0]["loc"], json!(["body", "contact"]));
        assert_eq!(problem["errors"][0]["msg"], "contact should be a text, in quotes");
    }
    post("/prod/stats", "application/json", r#"{"numbers":[5,6],"contact":"5"}"#).await.json();
}
