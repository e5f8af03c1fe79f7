//! `POST /merge` and `format=state`: states as files of a form, as texts of JSON, and alone.

use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use describe_api::http::router::openapi_document;
use serde_json::{Value, json};

use super::codings::gzip;
use super::multipart::{TYPE, form, post_form};
use super::{Answer, FIVE_SIX, ask, post, send_unchecked, service};

const STATE: &str = "application/vnd.describe.state";
const JSON: &str = "application/json";
const COLUMNS: &str = "column=mark&group_by=cohort&absent=ABS";
const FIRST: &str = "cohort,mark\n2023,41\n2023,55.5\n2024,ABS\n";
const SECOND: &str = "cohort,mark\n2024,49\n2023,\n2025,70\n";
const PARTS: [&str; 2] = ["name=state; filename=\"a.state\"", "name=state; filename=\"b.state\""];

/// The state of a body, which `query` asks for.
async fn state(query: &str, body: impl Into<Body>) -> Vec<u8> {
    let target = format!("/prod/stats?{query}");
    let request = Request::post(target).header("content-type", "").body(body.into()).expect("a request");
    let (parts, bytes) = send_unchecked(service(|_| ()), request).await;
    assert_eq!(parts.status, 200, "{bytes:?}");
    assert_eq!(parts.headers["content-type"], STATE);
    bytes.into()
}

async fn of_tables() -> [Vec<u8>; 2] {
    let query = format!("{COLUMNS}&format=state");
    [state(&query, FIRST).await, state(&query, SECOND).await]
}

async fn of_numbers() -> [Vec<u8>; 2] {
    [state("format=state", "[5]").await, state("format=state", "[6]").await]
}

fn list(states: &[Vec<u8>], options: &Value) -> String {
    let mut body = options.clone();
    body["states"] = states.iter().map(|state| STANDARD.encode(state)).collect();
    body.to_string()
}

#[tokio::test]
async fn merged_states_answer_as_the_data() {
    let [first, second] = of_tables().await;
    let states = [first.clone(), second.clone()];
    let whole = format!("{FIRST}{}", SECOND.split_once('\n').expect("a header").1);
    for query in
        ["", "statistics=all&totals=true", "compare=true", "publish=ofqual&statistics=median", "stamp=true&decimals=1"]
    {
        let expected = post(&format!("/prod/stats?{COLUMNS}&{query}"), "text/csv", whole.clone()).await;
        assert_eq!(expected.status, 200, "{}", expected.body);
        let without_stamp = |answer: &Answer| answer.body.split(",\"stamp\"").next().map(str::to_owned);
        let parts = [(PARTS[0], &first[..]), (PARTS[1], &second[..])];
        let reversed = [(PARTS[0], &second[..]), (PARTS[1], &first[..])];
        for slash in ["", "/"] {
            let target = format!("/prod/merge{slash}?{query}");
            for merged in [
                post_form(&target, &parts).await,
                post_form(&target, &reversed).await,
                ask("POST", &target, &[("content-type", JSON)], list(&states, &json!({}))).await,
                post_form(&format!("/prod/stats?{query}"), &parts).await,
            ] {
                assert_eq!(without_stamp(&merged), without_stamp(&expected), "{query}");
            }
        }
    }
    let options = json!({"statistics": ["mean", "std"], "ddof": 0, "totals": true, "quantiles": [0.25]});
    let merged = post("/prod/merge", JSON, list(&states, &options)).await;
    let target = format!("/prod/stats?{COLUMNS}&statistics=mean,std&ddof=0&totals=true&quantiles=0.25");
    assert_eq!(merged.body, post(&target, "text/csv", whole).await.body);
    assert_eq!(merged.reading["source"][1]["format"], "state");
}

#[tokio::test]
async fn every_way_of_sending_states() {
    let [five, six] = of_numbers().await;
    let whole = state("format=state", "[5, 6]").await;
    let form_of = form(&[(PARTS[0], &five), (PARTS[1], &six)]);
    for (headers, body) in [
        (vec![("content-type", STATE)], whole.clone()),
        (vec![("content-type", "application/octet-stream")], whole.clone()),
        (vec![], whole.clone()),
        (vec![("content-type", STATE), ("content-encoding", "gzip")], gzip(&whole)),
        (vec![("content-type", "")], gzip(&whole)),
        (vec![("content-type", TYPE)], form_of.clone()),
        (vec![("content-type", JSON)], list(&[five.clone(), six.clone()], &json!({})).into_bytes()),
        (
            vec![("content-type", JSON), ("content-encoding", "gzip")],
            gzip(list(std::slice::from_ref(&whole), &json!({})).as_bytes()),
        ),
    ] {
        assert_eq!(ask("POST", "/prod/merge", &headers, body).await.body, FIVE_SIX, "{headers:?}");
    }
    let request = Request::post("/prod/merge").header("content-type", TYPE).header("accept", STATE);
    let (parts, merged) = send_unchecked(service(|_| ()), request.body(form_of.into()).expect("a request")).await;
    assert_eq!((parts.status.as_u16(), &merged[..]), (200, &whole[..]));
    assert!(parts.headers["content-disposition"].to_str().expect("text").contains(".state\""));
    let document: Value = serde_json::from_str(&openapi_document("/prod")).expect("JSON");
    let body = &document["paths"]["/merge"]["post"]["requestBody"]["content"];
    assert_eq!(post("/prod/merge", JSON, body[JSON]["example"].to_string()).await.body, FIVE_SIX);
}

/// Read as a double by way of a product the number would be 1, which is refused.
#[tokio::test]
async fn options_beside_states_are_read_as_they_are_written() {
    let states = of_numbers().await.map(|state| STANDARD.encode(state));
    let body = |options: &str| format!(r#"{{"states": ["{}", "{}"], {options}}}"#, states[0], states[1]);
    let answer = post("/prod/merge", JSON, body(r#""statistics": "ci_mean", "confidence": 0.9999999999999999"#)).await;
    assert!(answer.body.contains(r#""confidence":0.9999999999999999"#), "{}", answer.body);
}

#[tokio::test]
async fn what_is_not_a_list_of_states_is_refused() {
    let [five, six] = of_numbers().await;
    let table = of_tables().await[0].clone();
    let assert_refused = |answer: Answer, status: u16, part: &str| {
        let problem = answer.problem(status);
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(part)), "{problem} {part}");
    };
    let text = STANDARD.encode(&five);
    for (body, part) in [
        ("[]".to_owned(), "an object with a member states"),
        ("{}".to_owned(), "missing field `states`"),
        (r#"{"states": []}"#.to_owned(), "no file"),
        (r#"{"states": "x"}"#.to_owned(), "a list of states"),
        (r#"{"states": ["x!"]}"#.to_owned(), "not base64"),
        (r#"{"states": [], "states": []}"#.to_owned(), "twice"),
        (format!(r#"{{"states": ["{text}"], "nonsense": 1}}"#), "nonsense"),
        (format!(r#"{{"states": ["{text}"], "statistics": {{}}}}"#), "the value of an option"),
        (format!(r#"{{"states": [{}]}}"#, vec!["\"\""; 1001].join(",")), "more than 1000 states"),
        (list(&[five.clone(), table.clone()], &json!({})), "content is 'a table'"),
        (list(std::slice::from_ref(&five), &json!({"group_by": ["x"]})), "group_by"),
    ] {
        assert_refused(post("/prod/merge", JSON, body.clone()).await, 422, part);
    }
    assert_refused(post("/prod/merge", JSON, "{").await, 400, "EOF");
    let mut damaged = six.clone();
    damaged[40] ^= 1;
    assert_refused(
        post_form("/prod/merge", &[(PARTS[0], &five), (PARTS[1], &damaged)]).await,
        400,
        "b.state: the state is damaged",
    );
    assert_refused(post("/prod/merge", "", "mark\n5\n").await, 422, "to /stats.");
    assert_refused(post("/prod/merge", "text/csv", "mark\n5\n").await, 415, "to /stats.");
    assert_refused(post_form("/prod/merge", &[("name=f; filename=a.csv", b"mark\n5\n")]).await, 422, "to /stats.");
    assert_refused(post("/prod/merge", STATE, "mark\n5\n").await, 400, "a state of a description");
    assert_refused(post("/prod/preview", "", table).await, 422, "no records to preview");
    assert_refused(ask("POST", "/prod/merge?suppress_below=2", &[("accept", STATE)], five).await, 422, "small groups");
}

/// A state is charged to the budgets of its request.
#[tokio::test]
async fn states_obey_the_limits() {
    let numbers: Vec<String> = (0..20_000).map(|number| format!("{number}.123")).collect();
    let large = state("format=state", format!("[{}]", numbers.join(","))).await;
    for (name, change) in [
        ("--memory-limit", (|config| config.limits.memory = 1 << 16) as fn(&mut describe_api::cli::settings::Config)),
        ("--request-memory", |config| config.request_memory = 1 << 20),
        ("--answer-limit", |config| config.answer_limit = 64),
    ] {
        for body in [large.clone(), list(std::slice::from_ref(&large), &json!({})).into_bytes()] {
            let media_type = if body[0] == b'{' { JSON } else { STATE };
            let request = Request::post("/prod/merge").header("content-type", media_type);
            let answer = super::send(service(change), request.body(body.into()).expect("a request")).await;
            let problem = answer.problem(413);
            assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(name)), "{problem} {name}");
        }
    }
}
