//! `POST /sql` and `POST /finish`: the statement of the command line, and the answers of the records.

use describe_api::http::router::openapi_document;
use serde_json::{Value, json};

use super::codings::gzip;
use super::multipart::post_form;
use super::{ask, post};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// Counts of the marks of a table with two cohorts, as a database would give them.
const COUNTS: &str = "describe_sql,group_1,column_number,value,records,inexact\n\
version=1&dialect=duckdb&form=values&scale=1&column=mark&group_by=cohort,2023,1,41.0,2,0\n\
version=1&dialect=duckdb&form=values&scale=1&column=mark&group_by=cohort,2023,1,,1,0\n\
version=1&dialect=duckdb&form=values&scale=1&column=mark&group_by=cohort,2024,1,55.5,3,0\n";

/// The records themselves.
const RECORDS: &str = "cohort,mark\n2024,55.5\n2023,41\n2023,41.0\n2024,55.5\n2023,\n2024,55.5\n";

/// The rows of a result as JSON objects.
fn rows() -> Vec<Value> {
    let mut lines = COUNTS.lines();
    let names: Vec<&str> = lines.next().expect("a header").split(',').collect();
    lines
        .map(|line| names.iter().map(|name| (*name).to_owned()).zip(line.split(',').map(Value::from)).collect())
        .collect()
}

#[tokio::test]
async fn every_way_of_asking_for_a_statement() {
    let members = json!({"dialect": "postgres", "table": "exams.marks", "column": "mark", "group_by": ["cohort"], "scale": 2, "absent": [-9]});
    let pairs = "dialect=postgres&table=exams.marks&column=mark&group_by=cohort&scale=2&absent=-9";
    let statement = post("/prod/sql", JSON, members.to_string()).await;
    assert_eq!(statement.header("content-type"), "application/sql; charset=utf-8");
    assert!(
        statement.body.contains("FROM exams.marks") && statement.body.contains("mark IN (-9)"),
        "{}",
        statement.body
    );
    for (target, media_type, body) in [
        ("/prod/sql/".to_owned(), FORM, pairs),
        ("/prod/sql".to_owned(), "", pairs),
        (format!("/prod/sql?{pairs}"), "", ""),
        (format!("/prod/sql?{}", pairs.replace("column=", "column[]=")), "", " \n"),
    ] {
        assert_eq!(post(&target, media_type, body).await.body, statement.body, "{target} {body}");
    }
    let document: Value = serde_json::from_str(&openapi_document("/prod")).expect("JSON");
    let example = &document["paths"]["/sql"]["post"]["requestBody"]["content"][JSON]["example"];
    assert_eq!(post("/prod/sql", JSON, example.to_string()).await.status, 200);
}

#[tokio::test]
async fn why_there_is_no_statement() {
    let with = |name: &str, value: Value| {
        let mut members = json!({"dialect": "duckdb", "table": "t", "column": ["mark"], "scale": 0});
        members[name] = value;
        members.to_string()
    };
    for (body, part) in [
        (with("dialect", json!("mysql")), "postgres, duckdb, sqlserver"),
        (with("table", json!("a;b")), "the name 'a;b'"),
        (with("column", json!([])), "name a column"),
        (with("scale", json!(10)), "from 0 to 9"),
        (with("scale", json!(null)), "invalid type: null"),
        (with("text", json!(true)), "one of the two"),
        (with("invalid", json!("missing")), "for columns of texts"),
        (with("colum", json!("mark")), "unknown field `colum`"),
        (with("absent", json!("X")), "'X' is not a number"),
        ("{}".to_owned(), "missing field `dialect`"),
        (String::new(), "missing field `dialect`"),
    ] {
        let problem = post("/prod/sql", JSON, body).await.problem(422);
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(part)), "{problem} {part}");
        assert_eq!(problem["errors"][0]["type"], "statement");
    }
    post("/prod/sql", JSON, "{\"dialect\": ").await.problem(400);
    post("/prod/sql?dialect=duckdb", JSON, with("scale", json!(1))).await.problem(422);
    post("/prod/sql", JSON, " ".repeat(1 << 17)).await.problem(413);
}

#[tokio::test]
async fn results_answer_as_the_records() {
    for query in
        ["statistics=all&totals=true", "statistics=median&compare=true", "format=csv", "publish=ofqual&statistics=mean"]
    {
        let expected = post(&format!("/prod/stats?column=mark&group_by=cohort&{query}"), "text/csv", RECORDS).await;
        let target = format!("/prod/finish?{query}");
        let array = Value::from(rows()).to_string();
        let lines = rows().iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
        let (first, second) = (COUNTS.lines().take(3), COUNTS.lines().take(1).chain(COUNTS.lines().skip(3)));
        let [first, second] = [first.collect::<Vec<_>>().join("\n"), second.collect::<Vec<_>>().join("\n")];
        for answer in [
            post(&target, "text/csv", COUNTS).await,
            post(&target, "", COUNTS.replace(',', ";")).await,
            post(&target, JSON, array).await,
            post(&target, "application/x-ndjson", lines).await,
            ask("POST", &target, &[("content-encoding", "gzip")], gzip(COUNTS.as_bytes())).await,
            post_form(
                &target,
                &[("name=a; filename=a.csv", first.as_bytes()), ("name=b; filename=b.csv", second.as_bytes())],
            )
            .await,
        ] {
            assert_eq!((answer.status.as_u16(), &answer.body), (200, &expected.body), "{query}");
        }
    }
}

#[tokio::test]
async fn why_a_result_is_refused() {
    let result = example_result();
    assert_eq!(post("/prod/finish", "text/csv", result.clone()).await.json()["results"][0]["mean"], 5.5);
    for (body, status, code, part) in [
        (result.replace(",2,2,0,", ",2,2,1,"), 422, "sql_inexact", "with a larger scale, with text if"),
        (result.replace(",61,", ",59,"), 422, "sql_contradiction", "no numbers have together"),
        (
            result.replace(",5,6,", ",5,99999999999999999999,"),
            422,
            "sql_overflow",
            "too large for the integers of duckdb",
        ),
        ("mark\n5\n".to_owned(), 400, "sql_result", "the first column should be describe_sql"),
        ("[{\"mark\": 5}]".to_owned(), 422, "sql_result", "row 1 of the result has no 'describe_sql'"),
    ] {
        let problem = post("/prod/finish", "text/csv", body).await.problem(status);
        assert_eq!(problem["errors"][0]["type"], code, "{problem}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(part)), "{problem} {part}");
    }
    let medians = post("/prod/finish?statistics=median", "text/csv", result.clone()).await.problem(422);
    assert!(medians["detail"].as_str().is_some_and(|detail| detail.contains("with by_value")), "{medians}");
    post("/prod/finish?column=mark", "text/csv", result.clone()).await.problem(422);
    post("/prod/finish", "application/vnd.apache.parquet", result).await.problem(415);
    post("/prod/finish", "text/csv", "").await.problem(422);
}

/// The document's example of a result.
fn example_result() -> String {
    let document: Value = serde_json::from_str(&openapi_document("/prod")).expect("JSON");
    let content = &document["paths"]["/finish"]["post"]["requestBody"]["content"]["text/csv"];
    content["example"].as_str().expect("a text").to_owned()
}
