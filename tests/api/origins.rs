//! An error that an option causes points to the place where the option was given.

use std::sync::Arc;

use parquet::data_type::Int32Type;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use serde_json::{Value, json};

use super::multipart::{FILE, Field, post_form};
use super::post;

/// A file and options, with the code of the error and the option that is at fault.
struct Fault {
    code: &'static str,
    option: &'static str,
    options: &'static [(&'static str, &'static str)],
    /// Text after the file's name in the head of its part.
    head: &'static str,
    file: Vec<u8>,
}

fn fault(code: &'static str, options: &'static [(&'static str, &'static str)], file: impl Into<Vec<u8>>) -> Fault {
    Fault { code, option: options[0].0, options, head: "", file: file.into() }
}

/// A table with this many groups of one mark each.
fn groups(count: usize) -> String {
    let rows = (0..count).map(|group| format!("{group},{group}\n"));
    format!("g,n\n{}", rows.collect::<String>())
}

fn workbook() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().write_number(0, 0, 5).expect("a cell");
    book.save_to_buffer().expect("a workbook")
}

/// A file with a column `n` and a nested column `pair`.
fn nested() -> Vec<u8> {
    let schema = "message m { required int32 n; required group pair { required int32 a; } }";
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).expect("a writer");
    let mut group = writer.next_row_group().expect("a row group");
    while let Some(mut column) = group.next_column().expect("a column") {
        column.typed::<Int32Type>().write_batch(&[5, 6], None, None).expect("values");
        column.close().expect("a column");
    }
    group.close().expect("a row group");
    writer.into_inner().expect("a file")
}

fn faults() -> Vec<Fault> {
    let table = "a,b\n1,2\n";
    vec![
        Fault {
            head: "\r\nContent-Type: text/csv; charset=utf-8",
            ..fault("contradiction", &[("encoding", "windows-1252")], table)
        },
        fault("unknown_column", &[("column", "c")], table),
        fault("unknown_column", &[("group_by", "c")], table),
        fault("unknown_column", &[("weights", "c")], table),
        fault("repeated_column", &[("column", "a")], "a,a\n1,2\n"),
        fault("unknown_sheet", &[("sheet", "Marks")], workbook()),
        fault("nested_column", &[("group_by", "pair"), ("column", "n")], nested()),
        fault("too_many_results", &[("chart", "box"), ("group_by", "g")], groups(13)),
        // The format implies the chart, and a baseline the comparison.
        Fault { option: "chart", ..fault("too_many_results", &[("format", "svg"), ("group_by", "g")], groups(13)) },
        fault("too_many_rows", &[("statistics", "frequencies"), ("column", "n")], groups(10_001)),
        fault("too_many_pairs", &[("compare", "true"), ("group_by", "g")], groups(1_002)),
        Fault { option: "compare", ..fault("too_many_pairs", &[("baseline", "5"), ("group_by", "g")], groups(1_002)) },
        fault("unknown_group", &[("baseline", "c"), ("group_by", "g")], groups(3)),
        fault("options_together", &[("compare", "true")], table),
        fault("options_together", &[("thousands", ".")], table),
        fault("options_together", &[("thousands", ","), ("decimal", ",")], table),
        fault("missing_option", &[("statistics", "quantiles")], table),
        fault("axis", &[("axis", "1")], table),
        fault("axis", &[("axis", "1")], "[5,6]"),
        fault("not_a_table", &[("column", "a")], "[5,6]"),
    ]
}

#[track_caller]
fn expect_loc(problem: &Value, code: &str, loc: [&str; 2]) {
    assert_eq!(problem["errors"][0]["type"], code, "{problem}");
    assert_eq!(problem["errors"][0]["loc"], json!(loc), "{problem}");
}

#[tokio::test]
async fn in_the_query_or_in_a_field() {
    for Fault { code, option, options, head, file } in faults() {
        let part = format!("{FILE}{head}");
        let pairs: Vec<String> = options.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let target = format!("/prod/stats?{}", pairs.join("&"));
        expect_loc(&post_form(&target, &[(&part, &file)]).await.problem(422), code, ["query", option]);
        let heads: Vec<String> = options.iter().map(|(name, _)| format!("name={name}")).collect();
        let mut fields: Vec<Field> =
            heads.iter().zip(options).map(|(head, (_, value))| (head.as_str(), value.as_bytes())).collect();
        fields.push((&part, &file));
        expect_loc(&post_form("/prod/stats", &fields).await.problem(422), code, ["body", option]);
    }
}

#[tokio::test]
async fn in_a_json_body() {
    let rows = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let slices = format!("[[{}]]", rows(13));
    let flat = format!("[{}]", rows(10_001));
    for (code, at_fault, name, value, numbers) in [
        ("too_many_results", "chart", "chart", r#""box""#, &slices),
        ("too_many_results", "chart", "format", r#""svg""#, &slices),
        ("too_many_rows", "statistics", "statistics", r#""frequencies""#, &flat),
        ("not_a_table", "column", "column", r#""a""#, &flat),
        ("axis", "axis", "axis", "1", &flat),
    ] {
        let body = format!(r#"{{"{name}":{value},"numbers":{numbers}}}"#);
        let problem = post("/prod/stats", "application/json", body).await.problem(422);
        expect_loc(&problem, code, ["body", at_fault]);
    }
}
