//! Previews: describing with the suggestions gives what the preview said, in every format, however the bytes arrive.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use ::parquet::file::properties::WriterProperties;
use describe_readers::{Format, Ledger, Limits, PreviewRows};
use serde_json::{Value, json};

use crate::ask::{Outcome, whole_of_chunks};
use crate::blocks::whole_on_any_threads;
use crate::parquet;
use crate::workbook::books;

const ALL: Limits = with_rows(PreviewRows::All);

const fn with_rows(rows: PreviewRows) -> Limits {
    Limits {
        cell: 64 << 10,
        groups: 100_000,
        columns: 10_000,
        distinct: 1 << 16,
        decompressed: 1 << 30,
        memory: 256 << 20,
        ledger: Ledger::UNLIMITED,
        preview: Some(rows),
        kept: None,
    }
}

fn preview(format: Option<Format>, query: &[(&str, &str)], limits: &Limits, body: &[u8]) -> Value {
    let json = whole_of_chunks(format, query, limits, [body]).expect("a preview");
    serde_json::from_str(&json).expect("JSON")
}

/// The column of a preview of CSV.
fn column(csv: &str, query: &[(&str, &str)], name: &str) -> Value {
    let preview = preview(Some(Format::Csv), query, &ALL, csv.as_bytes());
    let columns = preview["columns"].as_array().expect("columns");
    columns.iter().find(|column| column["name"] == name).expect("the column").clone()
}

fn suggestions(csv: &str, query: &[(&str, &str)]) -> Value {
    preview(Some(Format::Csv), query, &ALL, csv.as_bytes())["suggestions"].clone()
}

#[test]
fn a_preview_has_the_first_records_and_what_the_columns_are() {
    let csv = "Marks\nid,cohort,mark,when,absent\n007,A,41,2024-01-05,yes\n010,A,X,2024-01-06,no\n011,B,,,no\n\
               012,B,55.5,2024-01-06,NA\n013,A,X,2024-01-07,yes\nSource: us,,,,\n";
    let expected = json!({
        "source": {"format": "csv", "encoding": "utf-8", "delimiter": ",", "decimal": ".", "header_row": 2, "skipped_rows": 1,
                   "skipped_end": 1, "short_records": 0, "stray_quotes": 0},
        "sheets": [],
        "records": [["007", "A", "41", "2024-01-05", "yes"], ["010", "A", "X", "2024-01-06", "no"],
                    ["011", "B", null, null, "no"], ["012", "B", "55.5", "2024-01-06", "NA"],
                    ["013", "A", "X", "2024-01-07", "yes"]],
        "columns": [
            {"name": "id", "kind": "identifier", "numbers": 5, "blank": 0, "missing": 0, "others": [], "other_count": 0,
             "min": 7.0, "max": 13.0, "distinct": 5},
            {"name": "cohort", "kind": "category", "numbers": 0, "blank": 0, "missing": 0,
             "others": [{"text": "A", "count": 3}, {"text": "B", "count": 2}], "other_count": 5, "min": null, "max": null,
             "distinct": 2},
            {"name": "mark", "kind": "number", "numbers": 2, "blank": 1, "missing": 0, "others": [{"text": "X", "count": 2}],
             "other_count": 2, "min": 41.0, "max": 55.5, "distinct": 2},
            {"name": "when", "kind": "date", "numbers": 0, "blank": 1, "missing": 0,
             "others": [{"text": "2024-01-06", "count": 2}, {"text": "2024-01-05", "count": 1},
                        {"text": "2024-01-07", "count": 1}],
             "other_count": 4, "min": null, "max": null, "distinct": 3},
            {"name": "absent", "kind": "boolean", "numbers": 0, "blank": 0, "missing": 1,
             "others": [{"text": "yes", "count": 2}, {"text": "no", "count": 2}], "other_count": 4, "min": null,
             "max": null, "distinct": 2}],
        "suggestions": {"absent": "X"}, "complete": true,
    });
    let mut actual = preview(Some(Format::Csv), &[], &ALL, csv.as_bytes());
    let warnings = actual.as_object_mut().expect("an object").remove("warnings").expect("warnings");
    let codes: Vec<&Value> = warnings.as_array().expect("a list").iter().map(|warning| &warning["code"]).collect();
    assert_eq!(actual, expected);
    assert_eq!(codes, ["note_rows", "title_rows"]);
}

#[test]
fn suggestions_are_one_set_of_options() {
    for (csv, expected) in [
        ("a,b\n1,2\n", json!({})),
        ("a;b\n1,5;2\n2,5;3\n", json!({"decimal": ","})),
        // Points in another column of numbers: a decimal comma would read fewer of them.
        ("a;b\n1,5;2.5\n2,5;3.5\n", json!({})),
        ("a;b\n1.234,5;2\n2,5;3\n", json!({"decimal": ",", "thousands": "."})),
        ("a;b\n1.234.567;2\n12.345;3\n", json!({"decimal": ",", "thousands": "."})),
        // As the error about such a cell says.
        ("a;b\n1,234;2\n12,345;3\n", json!({"thousands": ","})),
        ("a;b\n1,234;2\n1,2;3\n", json!({"decimal": ","})),
        ("a;b\n1 234;2\n12 345;3\n", json!({"thousands": "blank"})),
        ("a;b\n1'234.5;2\n12;3\n", json!({"thousands": "'"})),
        ("a;b\n£5;5%\n£6;6*\n", json!({"strip": "%*£"})),
        ("a;b\n1;X\n2;5\nQ;6\nX;7\n", json!({"absent": "X,Q"})),
        // Texts, dates and identifiers are left alone.
        ("a;b;c\nAnn;2024-01-05;001\nBob;2024-01-06;X\n", json!({})),
        // A comma cannot be in a code.
        ("a\n1\n2\n\"gone, away\"\n", json!({})),
        // The comma would not be found again.
        ("a,b\n\"1,5\",2\n\"2,5\",3\n", json!({"decimal": ",", "delimiter": ","})),
        // The header would be data.
        ("X,Y\n1,Y\nX,2\n3,4\n", json!({"absent": "X,Y", "header": "true", "skip_rows": "0"})),
    ] {
        assert_eq!(suggestions(csv, &[]), expected, "{csv}");
    }
    assert_eq!(suggestions("a\n1\n2\nX\nQ\n", &[("absent", "X")]), json!({"absent": "X,Q"}));
    assert_eq!(suggestions("a\n£1\n2%\n", &[("strip", "%")]), json!({"strip": "%£"}));
    let other = json!({"decimal": ".", "delimiter": ";"});
    assert_eq!(suggestions("a;b\n1.5;2\n2.5;3\n", &[("decimal", ",")]), other);
}

#[test]
fn columns_that_options_name_are_columns_like_others() {
    for query in [&[("column", "b")][..], &[("group_by", "a"), ("weights", "b")], &[("column", "not there")]] {
        assert_eq!(column("a,b\nx,1\ny,2\n", query, "a")["distinct"], 2, "{query:?}");
    }
    assert_eq!(column("a\n1\nX\n2\n", &[("absent", "X")], "a")["absent"], 1);
}

#[test]
fn more_texts_than_are_counted() {
    let csv: String = (0..300).map(|number| format!("t{number}\n")).collect();
    let column = column(&format!("a\n{csv}"), &[], "a");
    assert_eq!(
        (&column["kind"], &column["distinct"], &column["other_count"]),
        (&json!("text"), &json!(null), &json!(300))
    );
    assert_eq!(column["others"].as_array().map(Vec::len), Some(20));
    assert_eq!(column["others"][0], json!({"text": "t0"}));
    // Numbers in another spelling are read however many there are.
    let csv: String = (0..3000).map(|number| format!("{number},5\n")).collect();
    let preview = preview(Some(Format::Csv), &[("delimiter", ";")], &ALL, format!("a\n{csv}X\n").as_bytes());
    assert_eq!(preview["suggestions"], json!({"absent": "X", "decimal": ","}));
    assert_eq!((&preview["columns"][0]["distinct"], &preview["columns"][0]["max"]), (&json!(3000), &json!(2999.5)));
}

#[test]
fn a_preview_reads_no_more_records_than_it_should() {
    let csv = "a,b\n1,x\n\n2,y\n3,\"z\nz\"\nSource,\n";
    let records: String = [r#"{"a":1}"#, r#"{"a":2}"#, r#"{"a":3}"#, r#"{"a":"Source"}"#].join("\n");
    let array = format!("[{}]", records.replace('\n', ","));
    let [xlsx, ods, xls] = books(&[("M", true, &[&["a", "b"], &["1", "x"], &["2", "y"], &["3", "z"], &["Source"]])]);
    let cells = |texts: &[&str]| texts.iter().map(|text| vec![(*text).to_owned()]).collect::<Vec<_>>();
    let parquet = parquet_file(&["a".to_owned()], &cells(&["1", "2", "3", "Source"]));
    let files = [csv.as_bytes(), records.as_bytes(), array.as_bytes(), &parquet, &xlsx, &ods, &xls];
    for (place, file) in files.into_iter().enumerate() {
        let rows = |rows| {
            let preview = preview(None, &[], &with_rows(rows), file);
            let column = &preview["columns"][0];
            (column["numbers"].as_u64(), column["other_count"].as_u64(), preview["complete"].as_bool())
        };
        assert_eq!(rows(PreviewRows::First(2)), (Some(2), Some(0), Some(false)), "{place}");
        // The others have notes.
        let whole =
            if (1..=3).contains(&place) { (Some(3), Some(1), Some(true)) } else { (Some(3), Some(0), Some(true)) };
        assert_eq!(rows(PreviewRows::First(4)), whole, "{place}");
        assert_eq!(rows(PreviewRows::All), whole, "{place}");
    }
    // What follows is not looked at.
    for body in ["a\n1\n2\n3\n\"open", r#"[{"a":1},{"a":2},{"a":3},"#, "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n{"] {
        for step in [1, 7, 100] {
            let read = whole_of_chunks(None, &[], &with_rows(PreviewRows::First(2)), body.as_bytes().chunks(step));
            assert!(read.is_ok_and(|json| json.contains("\"complete\":false")), "{body} {step}");
        }
    }
}

#[test]
fn arrays_are_columns() {
    for (body, names, first) in [
        ("[5,6,null]", json!(["numbers"]), json!(["5"])),
        (r#"{"numbers":[5,6]}"#, json!(["numbers"]), json!(["5"])),
        ("5\n6\n7\n", json!(["numbers"]), json!(["5"])),
        ("5, 6, 7", json!(["numbers"]), json!(["5"])),
        ("[[5,6],[7,8]]", json!(["column_1", "column_2"]), json!(["5", "6"])),
    ] {
        let preview = preview(None, &[], &ALL, body.as_bytes());
        let columns = preview["columns"].as_array().expect("columns");
        let actual: Vec<Value> = columns.iter().map(|column| column["name"].clone()).collect();
        assert_eq!(json!(actual), names);
        assert_eq!(preview["records"][0], first, "{body}");
        assert!(columns.iter().all(|column| column["kind"] == "number"), "{body}");
    }
}

#[test]
fn sheets_are_listed() {
    let sheets: crate::workbook::Sheets = &[
        ("Cover", true, &[&["Marks of all centres"]]),
        ("Marks", true, &[&["mark"], &["41"], &["X"], &["50"], &["60"]]),
        ("Ages", true, &[&["age"], &["16"]]),
        ("Hidden", false, &[&["x"], &["1"]]),
    ];
    for file in books(sheets) {
        let preview = preview(None, &[], &ALL, &file);
        let expected = json!([
            {"name": "Cover", "rows": 1, "visible": true}, {"name": "Marks", "rows": 5, "visible": true},
            {"name": "Ages", "rows": 2, "visible": true}, {"name": "Hidden", "rows": null, "visible": false}]);
        assert_eq!(preview["sheets"], expected);
        // Without the code, the ages are the first numbers.
        assert_eq!(preview["source"]["sheet"], "Ages");
        let marks = self::preview(None, &[("sheet", "marks")], &ALL, &file);
        assert_eq!((&marks["suggestions"], &marks["source"]["sheet"]), (&json!({"absent": "X"}), &json!("Marks")));
    }
}

#[test]
fn blocks_do_not_matter() {
    let mut csv = "a,b,c,d\n".to_owned();
    for number in 0..30_000_u32 {
        let code = if number % 7 == 0 { "X" } else { "5" };
        csv.push_str(&format!("{number},\"{},5\",{code},t{}\n", number % 1000, number % 400));
    }
    for rows in [PreviewRows::All, PreviewRows::First(10_000), PreviewRows::First(29_999)] {
        let json = whole_on_any_threads(Some(Format::Csv), &with_rows(rows), &[], &csv).expect("a preview");
        let preview: Value = serde_json::from_str(&json).expect("JSON");
        let counted = match rows {
            PreviewRows::All => 30_000,
            PreviewRows::First(rows) => rows,
        };
        assert_eq!(preview["columns"][0]["distinct"], counted);
        assert_eq!(preview["suggestions"], json!({"absent": "X", "decimal": ",", "delimiter": ","}));
        assert_eq!(preview["complete"], rows == PreviewRows::All);
    }
}

/// Cells of a column that looks like something.
fn cells() -> impl Strategy<Value = Vec<String>> {
    let kinds: Vec<&[&str]> = vec![
        &["1", "2", "30", "-4", "0"],
        &["1.5", "2.25", "3", "0.125"],
        &["1,5", "2,25", "3", "0,125"],
        &["1,234", "12,345.5", "999"],
        &["1.234", "12.345,5", "999", "1.234.567"],
        &["1 234", "12 345", "7"],
        &["1'234", "5"],
        &["45%", "3.5%", "7 %"],
        &["£5", "$6.50", "7 €"],
        &["212*", "5†"],
        &["007", "010", "12"],
        &["2024-01-05", "5.1.2024", "6/1/2024"],
        &["true", "false"],
        &["A", "B", "C"],
        &["Ann", "Bob, jr.", "1st", "12 boys", "3/4", "10-12", "<5", "(6)"],
        &["", "", "NA"],
        &["a", "b", "c", "d", "e", "f", "g", "h", "1e3"],
    ];
    let noise = prop_oneof![
        4 => Just(Vec::new()),
        1 => Just(vec!["X", "Q"]),
        1 => Just(vec![""]),
        1 => Just(vec!["NA", "."]),
        1 => Just(vec!["-", "n/k", "1.5", "see note"]),
    ];
    (select(kinds), noise, vec((any::<Index>(), 0..4_u8), 12)).prop_map(|(usual, noise, choices)| {
        let cell = |(index, kind): &(Index, u8)| {
            let texts = if *kind == 0 && !noise.is_empty() { &noise[..] } else { usual };
            (*index.get(texts)).to_owned()
        };
        choices.iter().map(cell).collect()
    })
}

/// Rows of a table with a header.
fn rows() -> impl Strategy<Value = Vec<Vec<String>>> {
    (vec(cells(), 1..5), 1..12_usize, any::<bool>()).prop_map(|(columns, records, codes)| {
        let names = if codes { ["X", "mark", "NA", "name"] } else { ["first", "mark", "third", "name"] };
        let header = names[..columns.len()].iter().map(|name| (*name).to_owned()).collect();
        let record = |row: usize| columns.iter().map(|cells| cells[row].clone()).collect();
        std::iter::once(header).chain((0..records).map(record)).collect()
    })
}

fn delimited(rows: &[Vec<String>], delimiter: char) -> Vec<u8> {
    let cell = |text: &String| if text.contains(delimiter) { format!("\"{text}\"") } else { text.clone() };
    let line = |row: &Vec<String>| row.iter().map(cell).collect::<Vec<_>>().join(&delimiter.to_string()) + "\n";
    rows.iter().map(line).collect::<String>().into_bytes()
}

/// A file of texts that may be null.
fn parquet_file(header: &[String], records: &[Vec<String>]) -> Vec<u8> {
    let fields = header.iter().map(|name| format!("optional byte_array {name} (UTF8); "));
    let column = |place: usize| {
        let present: Vec<&str> =
            records.iter().map(|row| row[place].as_str()).filter(|cell| !cell.is_empty()).collect();
        (parquet::texts(&present), Some(records.iter().map(|row| i16::from(!row[place].is_empty())).collect()))
    };
    let schema = format!("message m {{ {} }}", fields.collect::<String>());
    parquet::file(&schema, WriterProperties::builder(), &[(0..header.len()).map(column).collect()])
}

/// The files that hold a table.
fn files(rows: &[Vec<String>]) -> Vec<(&'static str, Vec<u8>)> {
    let value = |text: &String| match text.parse::<f64>() {
        _ if text.is_empty() => Value::Null,
        Ok(_) if !text.starts_with('0') || text.len() == 1 => {
            serde_json::from_str(text).unwrap_or_else(|_| json!(text))
        }
        _ => json!(text),
    };
    let (header, records) = rows.split_first().expect("a header");
    let record = |row: &Vec<String>| -> Value { header.iter().cloned().zip(row.iter().map(value)).collect() };
    let all: Vec<Value> = records.iter().map(record).collect();
    let lines: String = all.iter().map(|record| format!("{record}\n")).collect();
    let cells = |column: usize| -> Vec<Value> { records.iter().map(|row| value(&row[column])).collect() };
    let columns: Value = header.iter().cloned().zip((0..header.len()).map(|column| json!(cells(column)))).collect();
    let texts: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let escaped: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|text| text.replace('<', "&lt;")).collect()).collect();
    let escaped: Vec<Vec<&str>> = escaped.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let sheet: Vec<&[&str]> = escaped.iter().map(Vec::as_slice).collect();
    let [xlsx, ods, xls] = books(&[("M", true, &sheet)]);
    let [two_xlsx, two_ods, two_xls] = books(&[("M", true, &sheet), ("Other", true, &[&["age"], &["16"]])]);
    vec![
        ("CSV", delimited(rows, ',')),
        ("semicolons", delimited(rows, ';')),
        ("tabs", delimited(rows, '\t')),
        ("records", serde_json::to_vec(&all).expect("JSON")),
        ("lines", lines.into_bytes()),
        ("columns", columns.to_string().into_bytes()),
        ("values", json!(texts).to_string().into_bytes()),
        ("Parquet", parquet_file(header, records)),
        ("XLSX", xlsx),
        ("ODS", ods),
        ("XLS", xls),
        ("XLSX of two sheets", two_xlsx),
        ("ODS of two sheets", two_ods),
        ("XLS of two sheets", two_xls),
    ]
}

/// Checks that describing with the suggestions gives what a preview says.
fn check_promise(name: &str, given: &[(&str, &str)], file: &[u8]) -> Result<(), TestCaseError> {
    let at_once = whole_of_chunks(None, given, &ALL, [file]);
    prop_assert_eq!(&at_once, &whole_of_chunks(None, given, &ALL, file.chunks(13)), "{}", name);
    let describe = |query: &[(&str, &str)]| whole_of_chunks(None, query, &Limits::default(), [file]);
    let Ok(json) = at_once else {
        prop_assert_eq!(shown(&at_once), shown(&describe(given)), "{}", name);
        return Ok(());
    };
    let preview: Value = serde_json::from_str(&json).expect("JSON");
    let suggested = preview["suggestions"].as_object().expect("suggestions");
    let mut query: Vec<(&str, &str)> =
        given.iter().copied().filter(|(name, _)| !suggested.contains_key(*name)).collect();
    query.extend(suggested.iter().map(|(name, value)| (name.as_str(), value.as_str().expect("a text"))));
    query.push(("statistics", "scipy,distinct"));
    let described = describe(&query);
    prop_assert!(described.is_ok(), "{name}: {json} {described:?}");
    let answer: Value = serde_json::from_str(&described.expect("an answer")).expect("JSON");
    let results = answer["results"].as_array().cloned().unwrap_or_default();
    for column in preview["columns"].as_array().expect("columns") {
        let result = results.iter().find(|result| result["column"] == column["name"]);
        match column["kind"].as_str() {
            Some("number") => {
                prop_assert!(result.is_some(), "{name}: {column} of {json}\n{answer}");
                let result = result.expect("a result");
                let count = |value: &Value| value.as_u64().unwrap_or_default();
                let absent: u64 =
                    result["absent"].as_object().into_iter().flatten().map(|(_, value)| count(value)).sum();
                let cells = count(&column["numbers"]) + count(&column["other_count"]) + count(&column["absent"]);
                prop_assert_eq!(count(&result["nobs"]) + absent, cells, "{} {} {}", name, json, answer);
                prop_assert!(count(&result["nobs"]) >= count(&column["numbers"]), "{} {} {}", name, json, answer);
                let missing = count(&column["blank"]) + count(&column["missing"]);
                prop_assert_eq!(count(&result["missing"]), missing, "{} {} {}", name, json, answer);
                prop_assert_eq!(
                    &result["minmax"],
                    &json!([column["min"], column["max"]]),
                    "{} {} {}",
                    name,
                    json,
                    answer
                );
                prop_assert_eq!(&result["distinct"], &column["distinct"], "{} {} {}", name, json, answer);
            }
            _ => prop_assert!(result.is_none(), "{name}: {column} of {json}\n{answer}"),
        }
    }
    Ok(())
}

fn shown(outcome: &Outcome) -> String {
    outcome.as_ref().map_or_else(|_| crate::ask::refusal(outcome), Clone::clone)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn describing_with_the_suggestions_gives_what_the_preview_says(
        rows in rows(),
        given in select(vec![
            &[][..],
            &[("absent", "X")],
            &[("decimal", ",")],
            &[("thousands", ",")],
            &[("strip", "%")],
            &[("absent", "-1,X")],
            &[("header", "true")],
            &[("missing", "-")],
        ]),
    ) {
        for (name, file) in files(&rows) {
            check_promise(name, given, &file)?;
        }
    }
}
