//! Answers of every kind: each is judged by the document, and together they have every member that the document describes.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use serde_json::Value;

use super::{send, service};

const ALL: &str = "statistics=all,mark_table&quantiles=0.1,0.9&maximum=10&boundaries=A:7,B:3&percentile_ranks=5";

/// Two columns in three groups, with a missing cell, an absence, a cell that is not a number, and a column of names.
fn table() -> String {
    let rows = (0..60).map(|row| format!("{},{},{},{}\n", ["a", "b"][row / 30], row % 11, row % 3, row % 7 + 1));
    format!("group,x,y,weight\n{}c,1,2,1\nc,,2,1\nc,X,2,1\nc,none,2,1\n,5,1,1\n", rows.collect::<String>())
}

/// Grades in two groups, and in two others of which one has none.
fn outcomes() -> String {
    let row = |row: usize| {
        format!(
            "{},{},{}\n",
            ["a", "b"][row / 30],
            usize::from(row > 57),
            if row > 57 { "" } else { ["A", "B"][row % 3 / 2] }
        )
    };
    format!("group,few,grade\n{}", (0..60).map(row).collect::<String>())
}

/// Slices with different numbers of values, the first of them a few.
fn nested() -> String {
    let rows = (0..40).map(|row| match row {
        0..3 => format!("[{row},{row},{}]", row % 5),
        _ => format!("[null,{},{}]", row % 7, row % 5),
    });
    format!("[{}]", rows.collect::<Vec<_>>().join(","))
}

/// Workbook with two sheets that have numbers.
fn workbook() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    for name in ["Marks", "Ages"] {
        let sheet = book.add_worksheet().set_name(name).expect("a name");
        sheet.write(0, 0, "value").and_then(|sheet| sheet.write(1, 0, 5)).expect("cells");
    }
    book.save_to_buffer().expect("a workbook")
}

/// Bodies with their media types, and the options that fit them.
fn subjects() -> Vec<(&'static str, Vec<u8>, Vec<&'static str>)> {
    let array = format!("[{}]", (0..50).map(|number| (number % 13).to_string()).collect::<Vec<_>>().join(","));
    let form = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"marks.csv\"\r\n\r\n\
                Marks\nname,mark\nAnn,5\nBob,6\r\n--b--\r\n";
    vec![
        ("multipart/form-data; boundary=b", form.into(), vec![""]),
        ("application/json", r#"[{"mark":5},{"mark":6}]"#.into(), vec![""]),
        ("application/octet-stream", workbook(), vec![""]),
        ("application/json", array.into(), vec!["", "convention=excel"]),
        ("application/json", "[5,6,7,7,null]".into(), vec!["", "nan_policy=omit"]),
        ("text/plain", "1 2 inf -inf 1e308".into(), vec![""]),
        ("application/json", "[null]".into(), vec!["", "nan_policy=omit"]),
        (
            "application/json",
            nested().into(),
            vec!["", "nan_policy=omit", "nan_policy=omit&axis=1", "nan_policy=omit&axis=none"],
        ),
        ("application/json", "[[1],[2]]".into(), vec!["", "axis=1"]),
        (
            "text/csv",
            outcomes().into(),
            vec![
                "categories=grade&order=A,B&group_by=group&overall=true&compare=true",
                "categories=grade&order=A,B&group_by=few&compare=true",
                "crosstab=few,grade&order=A,B&group_by=group&predict=true",
                "crosstab=group,grade&order=A,B&group_by=few&predict=true",
            ],
        ),
        (
            "text/csv",
            table().into(),
            vec![
                "",
                "column=x&invalid=missing&absent=X",
                "column=x&column=y&invalid=missing&absent=X&group_by=group&overall=true&compare=true",
                "column=x&invalid=missing&group_by=group&baseline=a",
                "column=y&group_by=group&equate=true",
                "correlations=x,y&invalid=missing&absent=X&group_by=group&overall=true",
                "column=y&weights=weight",
                "column=y&weights=weight&weight_type=reliability",
            ],
        ),
    ]
}

#[tokio::test]
async fn every_member_of_the_document_is_in_a_real_answer() {
    let document: Value = serde_json::from_str(include_str!("../../openapi/openapi.json")).expect("JSON");
    let mut seen = BTreeSet::new();
    for (media_type, body, options) in subjects() {
        for options in options {
            let of_numbers = ["", ALL, "statistics=missing", "statistics=outliers,mode"];
            let statistics = if options.contains("order=") { &[""] } else { &of_numbers[..] };
            for statistics in statistics.iter().copied() {
                for rules in ["", "publish=ofqual", "suppress_below=5", "suppress_below=5&withhold=false&stamp=true"] {
                    for distinct in [1000, 4] {
                        let query: Vec<&str> =
                            [options, statistics, rules].into_iter().filter(|part| !part.is_empty()).collect();
                        let request = Request::post(format!("/prod/stats?{}", query.join("&")));
                        let request = request.header("content-type", media_type).body(Body::from(body.clone()));
                        let service = service(|config| config.limits.distinct = distinct);
                        let answer = send(service, request.expect("a request")).await;
                        assert_eq!(answer.status, 200, "{query:?}: {}", answer.body);
                        let mut json = answer.json();
                        if let (Value::Object(all), Value::Object(reading)) = (&mut json, answer.reading) {
                            all.extend(reading);
                        }
                        let name = match (&json["rows"], &json["results"]) {
                            (_, Value::Array(_)) => "TableDescription",
                            _ if media_type == "application/json"
                                && body.starts_with(b"[[")
                                && !options.contains("none") =>
                            {
                                "NestedDescription"
                            }
                            _ => "Description",
                        };
                        visit(&document, name, &document["components"]["schemas"][name], &json, &mut seen);
                    }
                }
            }
        }
    }
    let mut missing = Vec::new();
    for name in seen.iter().map(|(name, _)| name.clone()).collect::<BTreeSet<_>>() {
        let members = document["components"]["schemas"][&name]["properties"].as_object().expect("members");
        missing.extend(members.keys().map(|member| (name.clone(), member.clone())).filter(|pair| !seen.contains(pair)));
    }
    assert_eq!(missing, [], "documented, and in no answer");
    for name in ["Description", "NestedDescription", "TableResult", "Comparison", "SkippedColumn", "Stamp", "Boundary"]
    {
        assert!(seen.iter().any(|(known, _)| known == name), "{name}");
    }
}

/// Collects the members of `value` that are not null, each with the name of the schema that describes it.
fn visit(document: &Value, name: &str, schema: &Value, value: &Value, seen: &mut BTreeSet<(String, String)>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().expect("a name");
        return visit(document, name, &document["components"]["schemas"][name], value, seen);
    }
    for choice in schema["oneOf"].as_array().into_iter().flatten() {
        visit(document, name, choice, value, seen);
    }
    if let (Some(properties), Some(members)) = (schema["properties"].as_object(), value.as_object()) {
        for (member, value) in members.iter().filter(|(_, value)| !value.is_null()) {
            seen.insert((name.to_owned(), member.clone()));
            visit(document, member, &properties[member], value, seen);
        }
    }
    for item in value.as_array().into_iter().flatten() {
        visit(document, name, &schema["items"], item, seen);
    }
}
