//! Item analysis: one answer for every format, group by group, and what is refused.

use std::fmt::Write;

use axum::http::Request;
use describe_api::cli::settings::Config;
use serde_json::{Value, json};

use super::{Answer, ask, post, send, service};

/// Candidates, their school, and their marks on four items: the last one is turned round, and the third is not always answered.
const CANDIDATES: &str = "school,Q1,Q2,Q3,Q4\nN,1,2,3,0\nN,1,1,,1\nS,0,1,2,1\nS,1,2,,\nS,0,0,0,2\nN,0,1,1.5,1\n";

const TARGET: &str = "/prod/items?items=Q1..Q4&maxima=Q1:1,Q2:2,Q3:3,Q4:2";

fn body(answer: &Answer) -> Value {
    let whole: Value = serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{}", answer.body));
    assert_eq!(answer.status.as_u16(), 200, "{whole}");
    whole
}

async fn analysed(target: &str, content_type: &str, content: impl Into<axum::body::Body>) -> Value {
    body(&post(target, content_type, content).await)
}

fn figure(item: &Value, name: &str) -> f64 {
    item[name].as_f64().unwrap_or_else(|| panic!("{name} of {item}"))
}

fn count(values: &[f64]) -> f64 {
    values.iter().map(|_| 1.0).sum()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / count(values)
}

fn covariance(a: &[f64], b: &[f64]) -> f64 {
    let (of_a, of_b) = (mean(a), mean(b));
    a.iter().zip(b).map(|(a, b)| (a - of_a) * (b - of_b)).sum::<f64>() / (count(a) - 1.0)
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-12 * (1.0 + b.abs())
}

/// Columns of marks, unanswered ones as zero.
const MARKS: [[f64; 6]; 4] = [
    [1.0, 1.0, 0.0, 1.0, 0.0, 0.0],
    [2.0, 1.0, 1.0, 2.0, 0.0, 1.0],
    [3.0, 0.0, 2.0, 0.0, 0.0, 1.5],
    [0.0, 1.0, 1.0, 0.0, 2.0, 1.0],
];

#[tokio::test]
async fn figures_are_those_of_the_definitions() {
    let answer = analysed(TARGET, "text/csv", CANDIDATES).await;
    assert_eq!((&answer["rows"], &answer["unanswered"]), (&json!(6), &json!("zero")));
    let result = &answer["results"][0];
    assert_eq!((&result["candidates"], &result["absent"], result.get("group")), (&json!(6), &json!(0), None));
    let total: Vec<f64> = (0..6).map(|candidate| MARKS.iter().map(|column| column[candidate]).sum()).collect();
    let test = &result["test"];
    assert!(near(figure(test, "mean"), mean(&total)) && figure(test, "maximum") == 8.0 && test["items"] == json!(4));
    let variances: f64 = MARKS.iter().map(|column| covariance(column, column)).sum();
    let alpha = 4.0 / 3.0 * (1.0 - variances / covariance(&total, &total));
    assert!(near(figure(test, "alpha"), alpha), "{test}");
    let error = covariance(&total, &total).sqrt() * (1.0 - alpha).sqrt();
    assert!(near(figure(test, "measurement_error"), error), "{test}");
    for (place, (column, maximum)) in MARKS.iter().zip([1.0, 2.0, 3.0, 2.0]).enumerate() {
        let item = &result["items"][place];
        assert_eq!(item["item"], json!(format!("Q{}", place + 1)));
        assert!(near(figure(item, "facility"), 100.0 * mean(column) / maximum), "{item}");
        let rest: Vec<f64> = total.iter().zip(column).map(|(total, mark)| total - mark).collect();
        let spread = (covariance(column, column) * covariance(&rest, &rest)).sqrt();
        assert!(near(figure(item, "discrimination"), covariance(column, &rest) / spread), "{item}");
        assert_eq!(item["bands"].as_array().map(Vec::len), Some(5));
    }
    let counts = |place: usize| (&result["items"][place]["omitted"], &result["items"][place]["not_reached"]);
    assert_eq!((counts(2), counts(3)), ((&json!(1), &json!(1)), (&json!(0), &json!(1))));
    let warned = |code: &str| {
        let all = result["warnings"].as_array().into_iter().flatten();
        all.filter(|warning| warning["code"] == json!(code)).map(|warning| warning["items"].clone()).collect::<Vec<_>>()
    };
    let items = result["items"].as_array().expect("items").iter();
    let negative = items.filter(|item| figure(item, "discrimination") < 0.0).map(|item| item["item"].clone());
    assert_eq!(warned("negative_discrimination"), [Value::Array(negative.collect())]);
    assert_eq!(warned("not_reached"), [json!(["Q3", "Q4"])]);
    // The even items add up to 2 for all candidates, so that no half and no regression is left.
    let reasons = result["warnings"].as_array().into_iter().flatten().filter_map(|warning| warning["field"].as_str());
    assert_eq!(reasons.collect::<Vec<_>>(), ["lambda_6", "split_half"]);
}

/// The results of [`CANDIDATES`] in every format that holds a table.
#[tokio::test]
async fn one_answer_for_every_format() {
    let results = |answer: Value| answer["results"].clone();
    for policy in
        ["", "&unanswered=complete", "&unanswered=pairwise", "&group_by=school&totals=true", "&group_by=school"]
    {
        let target = format!("{TARGET}{policy}");
        let expected = results(analysed(&target, "text/csv", CANDIDATES).await);
        let lines = CANDIDATES.lines().skip(1).map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let number = |cell: &str| if cell.is_empty() { "null".to_owned() } else { cell.to_owned() };
            format!(
                r#"{{"Q2":{},"school":"{}","Q1":{},"Q4":{},"Q3":{}}}"#,
                number(cells[2]),
                cells[0],
                number(cells[1]),
                number(cells[4]),
                number(cells[3])
            )
        });
        let lines: Vec<String> = lines.collect();
        let sparse: Vec<String> =
            lines.iter().map(|line| line.replace(",\"Q3\":null", "").replace(",\"Q4\":null", "")).collect();
        let column = |place: usize| {
            let cells = CANDIDATES.lines().skip(1).map(|line| line.split(',').nth(place).unwrap_or_default());
            let cells = cells.map(|cell| match cell {
                "" => "null".to_owned(),
                "N" | "S" => format!("\"{cell}\""),
                cell => cell.to_owned(),
            });
            cells.collect::<Vec<_>>().join(",")
        };
        let columns = ["school", "Q1", "Q2", "Q3", "Q4"].iter().enumerate().rev();
        let columns: Vec<String> = columns.map(|(place, name)| format!("\"{name}\":[{}]", column(place))).collect();
        for (content_type, body) in [
            ("text/csv", CANDIDATES.replace('\n', "\r\n")),
            ("text/csv", CANDIDATES.replace(",,", ",\"\",").replace("1.5", "\"1.50\"")),
            ("text/csv", CANDIDATES.replace(',', ";").replace('.', ",")),
            ("text/tab-separated-values", CANDIDATES.replace(',', "\t")),
            ("application/json", format!("[{}]", lines.join(","))),
            ("application/json", format!("[{}]", sparse.join(","))),
            ("application/json", format!("{{{}}}", columns.join(","))),
            ("application/x-ndjson", lines.join("\n")),
        ] {
            let decimal = if body.contains(';') { "&decimal=," } else { "" };
            let answer = analysed(&format!("{target}{decimal}"), content_type, body.clone()).await;
            assert_eq!(results(answer), expected, "{policy}: {content_type} {body}");
        }
    }
}

#[tokio::test]
async fn maxima_are_in_names_in_a_row_or_listed() {
    let listed = analysed(TARGET, "text/csv", CANDIDATES).await["results"].clone();
    let header = CANDIDATES.replacen("Q1,Q2,Q3,Q4", "Q1 (1),Q2 (2),Q3(3),Q4 ( 2 )", 1);
    let target = "/prod/items?items=Q1..Q4&maxima=header";
    assert_eq!(analysed(target, "text/csv", header).await["results"], listed);
    let records = r#"[{"Q1 (1)":1,"Q2 (2)":0},{"Q2 (2)":2,"Q1 (1)":0}]"#;
    let answer = analysed("/prod/items?items=Q1,Q2&maxima=header", "application/json", records).await;
    assert_eq!(answer["results"][0]["items"][1]["maximum"], json!(2.0));
    let rows = r#"{"columns":["Q1 (1)","Q2 (2)"],"data":[[1,0],[0,2]]}"#;
    let again = analysed("/prod/items?items=Q1,Q2&maxima=header", "application/json", rows).await;
    assert_eq!(again["results"], answer["results"]);
    let row = CANDIDATES.replacen('\n', "\n,1,2,3,2\n", 1);
    let answer = analysed("/prod/items?items=Q1..Q4&maxima=row", "text/csv", row).await;
    assert_eq!((&answer["results"], &answer["rows"]), (&listed, &json!(6)));
    let without = analysed("/prod/items?items=Q1..Q4", "text/csv", CANDIDATES).await;
    let item = &without["results"][0]["items"][0];
    assert_eq!(
        (&item["facility"], &item["maximum"], &item["discrimination"]),
        (&Value::Null, &Value::Null, &listed[0]["items"][0]["discrimination"])
    );
    let reason = without["results"][0]["warnings"].to_string();
    assert!(reason.contains("facility is null: the maximum mark is not known"), "{reason}");
}

#[tokio::test]
async fn unanswered_items_are_zero_unless_options_say_otherwise() {
    let complete = analysed(&format!("{TARGET}&unanswered=complete"), "text/csv", CANDIDATES).await;
    let result = &complete["results"][0];
    assert_eq!((&result["candidates"], &result["incomplete"]), (&json!(4), &json!(2)));
    let pairwise = analysed(&format!("{TARGET}&unanswered=pairwise"), "text/csv", CANDIDATES).await;
    let result = &pairwise["results"][0];
    assert_eq!((&result["test"]["alpha"], &result["items"][2]["nobs"]), (&Value::Null, &json!(4)));
    assert!(result["warnings"].to_string().contains("alpha is null: with unanswered=pairwise"), "{result}");
    let codes = CANDIDATES.replace("S,1,2,,", "S,1,2,NR,NR").replace("S,0,0,0,2", "S,ABS,ABS,,ABS");
    let answer = analysed(&format!("{TARGET}&not_reached=NR&absent=ABS"), "text/csv", codes).await;
    let result = &answer["results"][0];
    assert_eq!((&result["candidates"], &result["absent"]), (&json!(5), &json!(1)));
    let counts = |place: usize| (&result["items"][place]["omitted"], &result["items"][place]["not_reached"]);
    assert_eq!((counts(2), counts(3)), ((&json!(1), &json!(1)), (&json!(0), &json!(1))));
}

#[tokio::test]
async fn multiple_choice_has_distractors() {
    let answers = "a,b,c\nA,C,D\nA,B,D\nB,C,\nB,C,D\nA,C,A\nE,B,D\n";
    let answer = analysed("/prod/items?items=a..c&key=A,C,D", "text/csv", answers).await;
    let result = &answer["results"][0];
    let choices = result["items"][0]["choices"].as_array().expect("answers");
    let shown: Vec<Value> = choices
        .iter()
        .map(|choice| json!([choice["choice"], choice["key"], choice["count"], choice["percent"]]))
        .collect();
    assert_eq!(
        shown,
        [json!(["A", true, 3, 50.0]), json!(["B", false, 2, 100.0 / 3.0]), json!(["E", false, 1, 50.0 / 3.0])]
    );
    assert_eq!(choices[0]["point_biserial"], result["items"][0]["discrimination"]);
    assert_eq!(result["items"][0]["facility"], json!(50.0));
    let records = r#"[{"a":"A","b":"C","c":"D"},{"a":"A","b":"B","c":"D"},{"a":"B","b":"C"},{"a":"B","b":"C","c":"D"},{"a":"A","b":"C","c":"A"},{"a":"E","b":"B","c":"D"}]"#;
    let again = analysed("/prod/items?items=a,b,c&key=A,C,D", "application/json", records).await;
    assert_eq!(again["results"], answer["results"]);
    let many: String = (0..60).fold("a,b\n".to_owned(), |mut rows, n| {
        let _ = writeln!(rows, "x{n},B");
        rows
    });
    let refused = post("/prod/items?items=a,b&key=A,B", "text/csv", many).await;
    assert_eq!(refused.status.as_u16(), 422);
    assert!(refused.body.contains("more than 50 different answers"), "{}", refused.body);
}

#[tokio::test]
async fn any_number_of_blocks_and_files_gives_the_same() {
    let mut rows = String::new();
    for n in 0_u64..40_000 {
        let mark = |item: u64| (n.wrapping_mul(6_364_136_223_846_793_005).rotate_left(17) >> (7 * item)) % 4;
        let _ = writeln!(
            rows,
            "{},{},{},{},{}",
            if n % 3 == 0 { "N" } else { "S" },
            mark(1),
            mark(2),
            mark(3),
            if n % 11 == 0 { String::new() } else { mark(4).to_string() }
        );
    }
    let target = format!("{TARGET}&group_by=school&overall=true");
    let header = "school,Q1,Q2,Q3,Q4\n";
    let whole = analysed(&target, "text/csv", format!("{header}{rows}")).await;
    assert_eq!(whole["results"].as_array().map(Vec::len), Some(3));
    let middle = rows[..rows.len() / 2].rfind('\n').map_or(0, |end| end + 1);
    let part = |text: &str, name: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{header}{text}\r\n")
    };
    let form = format!("{}{}--b--\r\n", part(&rows[middle..], "2.csv"), part(&rows[..middle], "1.csv"));
    let files = analysed(&target, "multipart/form-data; boundary=b", form).await;
    assert_eq!(files["results"], whole["results"]);
    let records: Vec<String> = rows
        .lines()
        .map(|row| {
            let cells: Vec<&str> = row.split(',').collect();
            let last = if cells[4].is_empty() { "null" } else { cells[4] };
            format!(r#"{{"school":"{}","Q1":{},"Q2":{},"Q3":{},"Q4":{last}}}"#, cells[0], cells[1], cells[2], cells[3])
        })
        .collect();
    let ndjson = analysed(&target, "application/x-ndjson", records.join("\n")).await;
    assert_eq!(ndjson["results"], whole["results"]);
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_a_reason() {
    for (target, body, code, words) in [
        ("/prod/items", CANDIDATES, "missing", "items must be names of columns"),
        ("/prod/items?items=Q4..Q1", CANDIDATES, "items", "ends before it begins"),
        ("/prod/items?items=Q1,Q9", CANDIDATES, "unknown_column", "there is no column 'Q9'"),
        ("/prod/items?items=Q1,Q1..Q2", CANDIDATES, "items", "'Q1' is an item twice"),
        ("/prod/items?items=Q1,Q1", CANDIDATES, "repeated", "'Q1' twice"),
        ("/prod/items?items=Q1..Q4&group_by=Q2", CANDIDATES, "items", "'Q2' is an item twice"),
        ("/prod/items?items=school,Q1", CANDIDATES, "float_parsing", "should be a number"),
        ("/prod/items?items=Q1,Q2&maxima=header", CANDIDATES, "items", "'Q1' has no maximum mark in its name"),
        ("/prod/items?items=Q1,Q2&maxima=Q1:1", CANDIDATES, "items", "no maximum mark for the item 'Q2'"),
        ("/prod/items?items=Q1,Q2&maxima=Q1:1,Q2:2,Q5:1", CANDIDATES, "items", "'Q5', which is not one of the items"),
        ("/prod/items?items=Q1,Q2&maxima=Q1:0", CANDIDATES, "literal_error", "maxima must be"),
        ("/prod/items?items=Q1,Q2&key=1", CANDIDATES, "items", "1 answers and there are 2 items"),
        ("/prod/items?items=Q1,Q2&key=1,2&maxima=Q1:1,Q2:1", CANDIDATES, "options_together", "leave maxima out"),
        ("/prod/items?items=Q1,Q2&publish=ofqual", CANDIDATES, "options_together", "does not protect small groups"),
        ("/prod/items?items=Q1,Q2&statistics=mean", CANDIDATES, "options_together", "leave it out"),
        ("/prod/items?items=Q1,Q2&categories=Q1&order=5,6", CANDIDATES, "options_together", "leave it out"),
        ("/prod/items?items=Q1,Q2&order=5,6", CANDIDATES, "options_together", "order has no part"),
        ("/prod/items?items=Q1,Q2&format=state", CANDIDATES, "options_together", "ask for another format"),
        ("/prod/items?items=Q1,Q2", "Q1,Q2\n1,100000\n", "items", "marks are below 100000"),
        ("/prod/items?items=Q1,Q2", "Q1,Q2\n1,0.0001\n", "items", "at most 3 decimal places"),
        ("/prod/items?items=Q1,Q2", "Q1,Q2\n", "missing", "no"),
        ("/prod/items?items=Q1,Q2", "[1,2]", "other_operation", "/stats"),
        ("/prod/items?items=Q1..x", r#"[{"Q1":1,"x":2}]"#, "items", "must count"),
        ("/prod/items?items=Q1..Q3", r#"[{"Q1":1,"Q2":2}]"#, "unknown_column", "no column 'Q3'"),
        ("/prod/items?items=Q1&maxima=row", r#"[{"Q1":1,"Q2":2}]"#, "not_for_format", "delimited text and workbooks"),
        ("/prod/stats?items=Q1,Q2", CANDIDATES, "other_operation", "/items"),
        ("/prod/stats?unanswered=complete", CANDIDATES, "options_together", "needs items"),
    ] {
        let content_type = if body.starts_with(['[', '{']) { "application/json" } else { "text/csv" };
        let answer = post(target, content_type, body).await;
        assert_eq!(answer.status.as_u16(), 422, "{target}: {}", answer.body);
        let problem: Value = serde_json::from_str(&answer.body).expect("JSON");
        assert!(
            problem["errors"][0]["type"] == json!(code) && answer.body.contains(words),
            "{target}: {}",
            answer.body
        );
    }
    // With invalid=missing what is not a number is no answer, and is counted.
    let answer = post("/prod/items?items=Q1,Q2&invalid=missing", "text/csv", "Q1,Q2\n1,x\n0,1\n1,0\n").await;
    assert_eq!(answer.reading["warnings"][0]["code"], json!("invalid_cells"), "{}", answer.reading);
}

#[tokio::test]
async fn few_candidates_and_items_have_nulls_with_reasons() {
    for body in ["Q1\n1\n0\n1\n", "Q1\n1\n", "Q1\n\"\"\n\"\"\n", "Q1,Q2\n1,1\n", "Q1,Q2\n1,1\n1,1\n"] {
        let names = body.lines().next().unwrap_or_default();
        let answer = analysed(&format!("/prod/items?items={names}"), "text/csv", body).await;
        assert_eq!(answer["results"][0]["test"]["alpha"], Value::Null, "{answer}");
        assert!(answer["results"][0]["warnings"].to_string().contains("alpha is null"), "{answer}");
    }
}

#[tokio::test]
async fn reports_have_the_sentences_tables_and_charts() {
    let html = post(&format!("{TARGET}&format=html"), "text/csv", CANDIDATES).await.body;
    for part in [
        "<h1>Item analysis: 4 questions, 8 marks</h1>",
        "Candidates gained 3.6 of 8 marks on average",
        "Q1, Q3 and Q4 should be checked: better candidates do worse on them.",
        "Table 1: Items in the order of the paper",
        "<strong class=\"look\">negative discrimination: check the key; many not reached</strong>",
        "<rect class=\"fill\"",
        "Discrimination against facility",
        "unanswered=zero",
    ] {
        assert!(html.contains(part), "{part}");
    }
    let markdown = post(&format!("{TARGET}&format=markdown"), "text/csv", CANDIDATES).await.body;
    assert!(markdown.contains("| Item |") && markdown.contains("Cronbach's alpha"), "{markdown}");
    let csv = post(&format!("{TARGET}&format=csv&group_by=school"), "text/csv", CANDIDATES).await.body;
    assert_eq!(
        (csv.lines().count(), csv.split(',').take(4).collect::<Vec<_>>()),
        (9, vec!["school", "item", "nobs", "maximum"])
    );
    for chart in ["discrimination", "characteristics"] {
        let svg = post(&format!("{TARGET}&chart={chart}"), "text/csv", CANDIDATES).await.body;
        assert!(svg.starts_with("<svg ") && svg.contains("Q4"), "{svg}");
    }
    for format in ["xlsx", "ods", "ndjson"] {
        let answer =
            ask("POST", &format!("{TARGET}&format={format}"), &[("content-type", "text/csv")], CANDIDATES).await;
        assert_eq!(answer.status.as_u16(), 200, "{format}");
    }
}

/// Groups whose tallies take more than a request may hold are refused, not kept.
#[tokio::test]
async fn tallies_are_charged() {
    let width = 100;
    let names: Vec<String> = (1..=width).map(|item| format!("Q{item}")).collect();
    let mut body = format!("school,{}\n", names.join(","));
    for school in 0..400 {
        let _ = writeln!(body, "{school},{}", vec!["1"; width].join(","));
    }
    let target = format!("/prod/items?items=Q1..Q{width}&group_by=school");
    let small = service(|config: &mut Config| config.request_memory = 8 << 20);
    let request = Request::post(&target).header("content-type", "text/csv").body(body.clone().into());
    let answer = send(small, request.expect("a request")).await;
    assert_eq!(answer.status.as_u16(), 413, "{}", answer.body);
    let answer = post(&target, "text/csv", body).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
}

#[tokio::test]
async fn a_right_answer_is_one_whatever_it_usually_means() {
    let answers = "id,Q1,Q2\na,NA,B\nb,NA,C\nc,Cl,B\nd,NA,None\n";
    let answer = analysed("/prod/items?items=Q1,Q2&key=NA,B", "text/csv", answers).await;
    let items: Vec<_> = answer["results"][0]["items"].as_array().expect("items").iter().collect();
    assert_eq!([&items[0]["facility"], &items[0]["omitted"]], [&json!(75.0), &json!(0)]);
    assert_eq!(
        [&items[1]["facility"], &items[1]["omitted"], &items[1]["not_reached"]],
        [&json!(50.0), &json!(0), &json!(1)]
    );
    for (query, option) in [("absent=NA", "absent"), ("missing=NA", "missing"), ("not_reached=NA", "not_reached")] {
        let refused = post(&format!("/prod/items?items=Q1,Q2&key=NA,B&{query}"), "text/csv", answers).await;
        assert_eq!(refused.status, 422, "{query}: {}", refused.body);
        let sentence = format!("'NA' is a right answer of key and also in {option}");
        assert!(refused.body.contains(&sentence), "{query}: {}", refused.body);
    }
}

#[tokio::test]
async fn group_columns_with_the_names_of_others_have_a_prefix() {
    let marks = "item,band_1,Q1,Q2\nx,y,1,0\nx,y,0,1\n";
    let csv = post("/prod/items?items=Q1,Q2&group_by=item&group_by=band_1&format=csv", "text/csv", marks).await.body;
    assert!(csv.starts_with("group_item,group_band_1,"), "{csv}");
    let grades = "category,grade\nx,A\nx,B\n";
    let url = "/prod/stats?categories=grade&order=A,B&group_by=category&format=csv";
    let csv = post(url, "text/csv", grades).await.body;
    assert!(csv.starts_with("column,group_category,category,count,"), "{csv}");
}

/// A survey of clerks in thirty departments (Chatterjee and Price, Regression Analysis by Example, 1977, table 3.3): rating, complaints,
/// privileges, learning, raises, critical, advance.
const ATTITUDE: [&str; 30] = [
    "43,51,30,39,61,92,45",
    "63,64,51,54,63,73,47",
    "71,70,68,69,76,86,48",
    "61,63,45,47,54,84,35",
    "81,78,56,66,71,83,47",
    "43,55,49,44,54,49,34",
    "58,67,42,56,66,68,35",
    "71,75,50,55,70,66,41",
    "72,82,72,67,71,83,31",
    "67,61,45,47,62,80,41",
    "64,53,53,58,58,67,34",
    "67,60,47,39,59,74,41",
    "69,62,57,42,55,63,25",
    "68,83,83,45,59,77,35",
    "77,77,54,72,79,77,46",
    "81,90,50,72,60,54,36",
    "74,85,64,69,79,79,63",
    "65,60,65,75,55,80,60",
    "65,70,46,57,75,85,46",
    "50,58,68,54,64,78,52",
    "50,40,33,34,43,64,33",
    "64,61,52,62,66,80,41",
    "53,66,52,50,63,80,37",
    "40,37,42,58,50,57,49",
    "63,54,42,48,66,75,33",
    "66,77,66,63,88,76,72",
    "78,75,58,74,80,78,49",
    "48,57,44,45,51,83,38",
    "85,85,71,71,77,74,55",
    "82,82,39,59,64,78,39",
];

#[tokio::test]
async fn figures_are_those_that_psych_prints_of_its_example() {
    let table = format!("1,2,3,4,5,6,7\n{}\n", ATTITUDE.join("\n"));
    let answer = analysed("/prod/items?items=1..7&header=true", "text/csv", table).await;
    let result = &answer["results"][0];
    let printed = |figure: &Value| format!("{:.2}", figure.as_f64().unwrap_or(f64::NAN));
    let of_test = ["alpha", "standardised_alpha"].map(|name| printed(&result["test"][name]));
    assert_eq!(of_test, ["0.84", "0.84"]);
    // raw.r, r.drop and the raw alpha without the item, of `alpha(attitude)`.
    for (name, expected) in [
        ("item_total", ["0.78", "0.84", "0.70", "0.81", "0.85", "0.42", "0.60"]),
        ("discrimination", ["0.67", "0.74", "0.56", "0.71", "0.79", "0.27", "0.46"]),
        ("alpha_without", ["0.81", "0.80", "0.83", "0.80", "0.80", "0.86", "0.84"]),
        ("std", ["12.17", "13.31", "12.24", "11.74", "10.40", "9.89", "10.29"]),
    ] {
        let items = result["items"].as_array().expect("items");
        assert_eq!(items.iter().map(|item| printed(&item[name])).collect::<Vec<_>>(), expected, "{name}");
    }
}

/// How many of 1,000 candidates answered five questions of the Law School Admission Test so, from none right to all: the pattern's place in
/// binary digits has a one for each right answer. Bock and Lieberman (1970), Psychometrika 35, 179-197.
const LSAT: [usize; 32] = [
    3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15, 10, 29, 14, 81, 3, 28, 15, 80, 16, 56, 21, 173, 11, 61, 28, 298,
];

#[tokio::test]
async fn figures_are_those_that_ltm_prints_of_the_lsat() {
    let answers = |pattern: usize| (0..5).map(move |item| (pattern >> (4 - item) & 1).to_string());
    let row = |pattern: usize| answers(pattern).collect::<Vec<_>>().join(",") + "\n";
    let rows: String = LSAT.iter().enumerate().map(|(pattern, count)| row(pattern).repeat(*count)).collect();
    let answer = analysed("/prod/items?items=Q1..Q5", "text/csv", format!("Q1,Q2,Q3,Q4,Q5\n{rows}")).await;
    let result = &answer["results"][0];
    let printed = |figure: f64| format!("{figure:.4}");
    let figure = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    assert_eq!(printed(figure(&result["test"]["alpha"])), "0.2950");
    // `descript(LSAT)` in Rizopoulos (2006), Journal of Statistical Software 17(5): proportions, and alpha without the item. Its
    // point-biserial correlations divide by the standard deviation of n - 1.
    for (name, expected) in [
        ("mean", ["0.9240", "0.7090", "0.5530", "0.7630", "0.8700"]),
        ("alpha_without", ["0.2754", "0.2376", "0.2168", "0.2459", "0.2663"]),
    ] {
        let items = result["items"].as_array().expect("items");
        let figures = items.iter().map(|item| printed(figure(&item[name])));
        assert_eq!(figures.collect::<Vec<_>>(), expected, "{name}");
    }
}
