//! Tables: one answer in every spelling.

use super::{ask, post};

/// Cohorts, marks, a blank and an absence.
pub const TABLE: &str =
    "candidate,cohort,mark\nAnn,2023,41\nBob,2023,55.5\nCid,2023,ABS\nDan,2023,\nEve,2024,49\nZoë,2024,70\n";

/// Query of the request.
pub const TARGET: &str = "/prod/stats?group_by=cohort&absent=X,ABS&overall=true";

/// The answer.
pub const DESCRIBED: &str = concat!(
    r#"{"rows":6,"results":["#,
    r#"{"column":"mark","group":{"cohort":"2023"},"nobs":2,"minmax":[41.0,55.5],"mean":48.25,"variance":105.125,"skewness":0.0,"kurtosis":-2.0,"missing":1,"absent":{"X":0,"ABS":1}},"#,
    r#"{"column":"mark","group":{"cohort":"2024"},"nobs":2,"minmax":[49.0,70.0],"mean":59.5,"variance":220.5,"skewness":0.0,"kurtosis":-2.0,"missing":0,"absent":{"X":0,"ABS":0}},"#,
    r#"{"column":"mark","group":{},"nobs":4,"minmax":[41.0,70.0],"mean":53.875,"variance":150.72916666666666,"skewness":0.40495583585343664,"kurtosis":-1.128693858895439,"missing":1,"absent":{"X":0,"ABS":1}}],"#,
    r#""skipped":[{"column":"candidate","row":2,"value":"Ann"}]}"#
);

/// The text in UTF-16 with a byte order mark.
pub fn utf16(text: &str, little: bool) -> Vec<u8> {
    let units = std::iter::once('\u{feff}').chain(text.chars()).collect::<String>();
    units.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
}

/// The text in Windows-1252, where these letters have one byte each.
fn windows_1252(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(letter).expect("Latin")).collect()
}

#[tokio::test]
async fn one_answer_for_every_spelling() {
    let quoted = TABLE.replace("Ann", "\"Ann\"").replace("41", "\"41\"");
    for (content_type, body) in [
        ("text/csv", TABLE.to_owned()),
        ("text/csv; charset=utf-8; header=present", TABLE.to_owned()),
        ("application/octet-stream", TABLE.to_owned()),
        ("application/x-www-form-urlencoded", TABLE.to_owned()),
        ("text/tab-separated-values", TABLE.replace(',', "\t")),
        ("text/csv", TABLE.replace(',', "\t")),
        ("text/csv", TABLE.replace(',', ";")),
        ("text/csv", TABLE.replace(',', "|")),
        ("text/csv", TABLE.replace('\n', "\r\n")),
        ("text/csv", TABLE.replace('\n', "\r")),
        ("text/csv", format!("\u{feff}{TABLE}")),
        ("text/csv", TABLE.trim_end().to_owned()),
        ("text/csv", quoted),
    ] {
        assert_eq!(post(TARGET, content_type, body.clone()).await.body, DESCRIBED, "{content_type}: {body:?}");
    }
    assert_eq!(ask("POST", TARGET, &[], TABLE).await.body, DESCRIBED, "without a type");
    let records = concat!(
        r#"{"candidate":"Ann","cohort":"2023","mark":41}|{"candidate":"Bob","cohort":2023,"mark":"55.5"}|"#,
        r#"{"mark":"ABS","candidate":"Cid","cohort":2023}|{"candidate":"Dan","cohort":"2023","mark":null}|"#,
        r#"{"candidate":"Eve","cohort":2024,"mark":49.0}|{"candidate":"Zo\u00eb","cohort":"2024","mark":7e1}"#
    );
    let array = format!("[{}]", records.replace('|', ","));
    let columns = r#"{"candidate":["Ann","Bob","Cid","Dan","Eve","Zoë"],"cohort":[2023,2023,2023,2023,2024,2024],"mark":[41,55.5,"ABS",null,49,70]}"#;
    for (content_type, body) in [
        ("application/json", array.clone()),
        ("application/json", columns.to_owned()),
        ("application/x-ndjson", records.replace('|', "\n")),
        ("application/jsonl", records.replace('|', "\r\n")),
        ("application/octet-stream", array),
        ("application/octet-stream", columns.to_owned()),
        ("application/octet-stream", records.replace('|', "\n")),
    ] {
        // The row of the skipped column is counted without a header.
        let expected = DESCRIBED.replace(r#""row":2"#, r#""row":1"#);
        assert_eq!(post(TARGET, content_type, body.clone()).await.body, expected, "{content_type}: {body}");
    }
    let semicolons = TABLE.replace(',', ";").replace('.', ",");
    assert_eq!(post(&format!("{TARGET}&decimal=,"), "text/csv", semicolons).await.body, DESCRIBED, "decimal comma");
}

/// A column with leading zeros is left out with a warning, also if no column is left, and described by its name.
#[tokio::test]
async fn identifiers_are_described_by_name() {
    let left_out = post("/prod/stats", "text/csv", "candidate\n0123\n0456\n").await;
    assert_eq!(left_out.status, 200, "{}", left_out.body);
    let skipped = r#""results":[],"skipped":[{"column":"candidate","row":2,"value":"0123"}]"#;
    assert!(left_out.body.contains(skipped), "{}", left_out.body);
    let warning = &left_out.reading["warnings"][0];
    assert_eq!(
        (&warning["code"], &warning["row"], &warning["column"]),
        (&"identifier".into(), &2.into(), &"candidate".into())
    );
    let report = post("/prod/stats?format=html&publish=ofqual", "text/csv", "candidate,mark\n0123,5\n0456,6\n").await;
    assert!(report.body.contains("numbers with leading zeros are identifiers"), "{}", report.body);
    assert!(!report.body.contains("0123"), "{}", report.body);
    let named = post("/prod/stats?column=candidate&statistics=mean", "text/csv", "candidate\n0123\n0456\n").await;
    assert!(named.body.contains(r#""nobs":2,"mean":289.5,"#), "{}", named.body);
}

#[tokio::test]
async fn one_answer_in_every_encoding() {
    let by_name = "/prod/stats?group_by=candidate&column=mark&absent=ABS";
    let expected = post(by_name, "text/csv", TABLE).await;
    assert!(expected.status == 200 && expected.body.contains("Zoë"), "{}", expected.body);
    let (little, big) = (utf16(TABLE, true), utf16(TABLE, false));
    let encodings = [
        ("text/csv", little.clone()),
        ("text/csv", big.clone()),
        ("application/octet-stream", little.clone()),
        ("application/octet-stream", big.clone()),
        // The mark wins.
        ("text/csv; charset=windows-1252", little.clone()),
        ("text/csv; charset=utf-16", little[2..].to_vec()),
        ("text/csv; charset=\"UTF-16BE\"", big[2..].to_vec()),
        ("text/csv; charset=windows-1252", windows_1252(TABLE)),
        ("text/csv; charset=iso-8859-1", windows_1252(TABLE)),
        ("application/octet-stream; charset=latin1", windows_1252(TABLE)),
    ];
    for (content_type, body) in encodings {
        assert_eq!(post(by_name, content_type, body).await.body, expected.body, "{content_type}");
    }
    let option = format!("{by_name}&encoding=windows-1252");
    assert_eq!(post(&option, "text/csv", windows_1252(TABLE)).await.body, expected.body);
    assert_eq!(post(&option, "text/csv; charset=cp1252", windows_1252(TABLE)).await.body, expected.body);
    let problem = post(&option, "text/csv; charset=utf-8", TABLE).await.problem(422);
    assert_eq!(problem["errors"][0]["loc"], serde_json::json!(["query", "encoding"]));
    let assumed = post(by_name, "text/csv", windows_1252(TABLE)).await;
    assert_eq!(assumed.body, expected.body);
    assert_eq!(assumed.reading["source"]["encoding"], "windows-1252");
    assert_eq!(assumed.reading["warnings"][0]["code"], "encoding");
    post(by_name, "text/csv; charset=utf-8", windows_1252(TABLE)).await.problem(400);
    post(by_name, "text/csv", little[..little.len() - 1].to_vec()).await.problem(400);
    post(by_name, "text/csv; charset=klingon", TABLE).await.problem(415);
    post(by_name, "text/csv; charset=iso-2022-kr", TABLE).await.problem(415);
}

#[tokio::test]
async fn a_typed_number_that_is_a_code_is_shown() {
    for (content_type, body, row) in [
        ("text/csv", "m,k\n-2,1\n-2.0,2\n", 2),
        ("application/json", r#"{"m":[-2,-2.0],"k":[1,2]}"#, 1),
        ("application/json", r#"[{"m":-2,"k":1},{"m":-2,"k":2}]"#, 1),
    ] {
        let answer = post("/prod/stats?absent=-2", content_type, body).await.json();
        assert_eq!(answer["skipped"], serde_json::json!([{"column": "m", "row": row, "value": "-2"}]), "{body}");
        let refused = post("/prod/stats?column=m&missing=-2&nan_policy=raise", content_type, body).await.problem(422);
        assert_eq!(refused["errors"][0]["input"], "-2", "{body}");
    }
}

#[tokio::test]
async fn options_of_tables() {
    for (options, status) in [
        ("column=mark&absent=ABS", 200),
        ("column=mark&absent=ABS&group_by=cohort&group_by=candidate", 200),
        ("column=mark", 422),
        ("column=mark&invalid=missing", 200),
        ("column=Mark&absent=ABS", 422),
        ("column=mark&column=mark&absent=ABS", 422),
        ("overall=true&overall=true", 422),
        ("axis=0", 200),
        ("axis=1", 422),
        ("header=false", 200),
    ] {
        let answer = post(&format!("/prod/stats?{options}"), "text/csv", TABLE).await;
        assert_eq!(answer.status, status, "{options}: {}", answer.body);
    }
}

#[tokio::test]
async fn places_in_a_table() {
    let problem = post("/prod/stats?column=mark", "text/csv", TABLE).await.problem(422);
    assert_eq!(problem["errors"][0]["loc"], serde_json::json!(["body", 4, "mark"]));
    assert_eq!(problem["errors"][0]["input"], "ABS");
    let problem = post("/prod/stats", "text/csv", "a,b\n1,2\n3,4,5\n").await.problem(422);
    assert_eq!(problem["errors"][0]["loc"], serde_json::json!(["body", 3]));
    post("/prod/stats", "text/csv", "a,b\n1,\"2\n").await.problem(400);
    post("/prod/stats", "text/csv", "a,b\n").await.problem(422);
    post("/prod/stats", "text/csv", "").await.problem(422);
}

#[tokio::test]
async fn equal_refused_cells_are_one_error() {
    let body = "mark\n41\nX\n55.5\nX\n\"1,234\"\nX\n";
    let problem = post("/prod/stats?column=mark", "text/csv", body).await.problem(422);
    assert_eq!(problem["error_count"], 4);
    let expected = serde_json::json!([
        {"loc": ["body", 3, "mark"], "type": "float_parsing", "input": "X", "reason": "text", "count": 3, "rows": [3, 5, 7],
         "msg": "row 3, column mark: should be a number; X ×3: absent=X?"},
        {"loc": ["body", 6, "mark"], "type": "float_parsing", "input": "1,234", "reason": "thousands", "count": 1, "rows": [6],
         "msg": "row 6, column mark: should be a number: it has thousands separators; say thousands=, to read it"},
    ]);
    assert_eq!(problem["errors"], expected);
    let counted = post("/prod/stats?column=mark&invalid=missing", "text/csv", body).await.json();
    assert_eq!((&counted["results"][0]["nobs"], &counted["results"][0]["invalid"]), (&2.into(), &4.into()));
}

/// A column named twice in a baseline counts once; with two values it names no group.
#[tokio::test]
async fn a_baseline_names_a_column_once() {
    let body = "g,v\n1,5\n1,6\n2,7\n2,9\n";
    let ask =
        async |baseline: &str| post(&format!("/prod/stats?group_by=g&baseline={baseline}"), "text/csv", body).await;
    let once = ask("g:1").await.json();
    assert_eq!(once["comparisons"][0]["difference"], 2.5);
    assert_eq!(ask("g:1,g:1").await.json(), once);
    ask("g:1,g:2").await.problem(422);
}
