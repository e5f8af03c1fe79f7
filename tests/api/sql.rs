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
        (with("scale", json!(null)), "scale should be a whole number from 0 to 9, without quotes, and is null"),
        (with("scale", json!("0")), "scale should be a whole number from 0 to 9, without quotes, and is \"0\""),
        (with("scale", json!(-1)), "scale should be a whole number from 0 to 9"),
        (with("by_value", json!("true")), "by_value should be true or false, without quotes, and is \"true\""),
        (with("table", json!(["t"])), "table should be a text, such as \"exams.marks\", and is [\"t\"]"),
        (with("column", json!([["mark"]])), "column should be a text, or a list of texts"),
        (with("group_by", json!({})), "group_by should be a text"),
        (with("invalid", json!("count")), "invalid should be \"missing\", or be left out, and is \"count\""),
        (with("column", json!(["mark", "mark"])), "the column 'mark' is given twice"),
        (with("group_by", json!("mark")), "the column 'mark' is given twice"),
        (with("absent", json!([9, "9.0"])), "the absence code '9.0' is given twice"),
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
    let form = post("/prod/sql", FORM, "dialect=duckdb&table=t&column=mark&scale=two").await.problem(422);
    assert!(form["detail"].as_str().is_some_and(|detail| detail.contains("and is \"two\"")), "{form}");
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
        (
            format!("{result}{}", result.lines().nth(1).expect("a row")),
            422,
            "sql_result",
            "row 2 of the result repeats",
        ),
        (result.replace("scale=0", "scale=99"), 422, "sql_result", "row 1 of the result has no 'describe_sql'"),
        (COUNTS.replace("41.0", "nan"), 422, "sql_result", "has 'nan' in the column 'value'"),
        (
            COUNTS.replace("scale=1&", "").replace("41.0", "abc"),
            422,
            "sql_result",
            "the text 'abc' in the column 'mark', which is not a number; make the statement with absent=abc if it means an absent \
             value, or with invalid=missing",
        ),
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

/// Counts of values whose sum is 2⁶², the largest that is counted.
#[tokio::test]
async fn the_largest_counts_are_described() {
    let result = |count: u64| {
        let rows = [("8", 1), ("9", count)];
        let recipe = "version=1&dialect=duckdb&form=values&scale=0&column=v";
        let rows = rows.map(|(value, count)| format!("{recipe},1,{value},{count},0\n")).concat();
        format!("describe_sql,column_number,value,records,inexact\n{rows}")
    };
    let largest = (1 << 62) - 1;
    let answer = post("/prod/finish?statistics=all", "text/csv", result(largest)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let figures = &answer.json()["results"][0];
    assert_eq!(figures["nobs"], 1_u64 << 62);
    for name in ["median", "mean", "geometric_mean", "trimmed_mean"] {
        assert_eq!(figures[name], 9.0, "{name}");
    }
    let beyond = post("/prod/finish", "text/csv", result(largest + 1)).await.problem(422);
    assert!(beyond["detail"].as_str().is_some_and(|detail| detail.contains("more than 2^62 cells")), "{beyond}");
}

#[tokio::test]
async fn recipes_without_a_statement_are_refused() {
    for change in ["&absent=a%2Cb", "&absent=", "&absent=9&absent=9", "&column=mark", "&invalid=missing"] {
        let (from, to) = if change == "&column=mark" {
            ("&column=mark", "&column=mark&column=mark")
        } else {
            ("&group_by=cohort", "")
        };
        let changed =
            if to.is_empty() { COUNTS.replace(from, &format!("{from}{change}")) } else { COUNTS.replace(from, to) };
        let problem = post("/prod/finish", "text/csv", changed).await.problem(422);
        assert_eq!(problem["errors"][0]["type"], "sql_result", "{problem}");
    }
}

#[tokio::test]
async fn members_of_one_name_are_refused() {
    let row = rows()[0].to_string();
    for repeated in ["\"RECORDS\": \"9\"", "\"records\": \"2\""] {
        let body = row.replacen('{', &format!("{{{repeated}, "), 1);
        for body in [format!("[{body}]"), body] {
            let problem = post("/prod/finish", JSON, body).await.problem(400);
            assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("the same name")), "{problem}");
        }
    }
}

/// The document's example of a result.
fn example_result() -> String {
    let document: Value = serde_json::from_str(&openapi_document("/prod")).expect("JSON");
    let content = &document["paths"]["/finish"]["post"]["requestBody"]["content"]["text/csv"];
    content["example"].as_str().expect("a text").to_owned()
}
