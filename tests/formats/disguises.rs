//! The same table in every disguise in which people send it: the same answer.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::workbook::{Sheets, archive, books, xlsx_of_parts, xlsx_row};
use crate::{ask, ask_csv};

const HEADER: [&str; 4] = ["centre", "name", "score", "mark"];

/// Records of a text that is never empty, a text or nothing, a number, a word or nothing, and a number.
fn records() -> impl Strategy<Value = Vec<[String; 4]>> {
    let score = prop_oneof![
        6 => (-99_999_i32..99_999, 0..4_usize).prop_map(|(digits, places)| format!("{:.places$}", f64::from(digits) / 100.0)),
        1 => Just(String::new()),
        1 => Just("NA".to_owned()),
        1 => Just("ABS".to_owned()),
    ];
    let record = ("[A-C]", "[a-zé]{0,6}", score, 0..101_u32);
    vec(record.prop_map(|(centre, name, score, mark)| [centre, name, score, mark.to_string()]), 1..30)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The files that hold the table, each with its name.
fn disguises(rows: &[Vec<&str>], csv: &str) -> Vec<(&'static str, Vec<u8>)> {
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let titled = [&[&["Table 1: marks"][..], &["Source"]][..], &rows].concat();
    let cover: &[&[&str]] = &[&["Marks of all centres"], &["Contact", "a person"]];
    let contents: &[&[&str]] = &[&["Table number", "Title"], &["1", "Marks"], &["2", "Ages"]];
    let other: &[&[&str]] = &[&["age"], &["16"]];
    let sheets: [(&str, Sheets); 4] = [
        ("one sheet", &[("Marks", true, &rows)]),
        ("a cover before it", &[("Cover", true, cover), ("Marks", true, &rows)]),
        (
            "contents and others",
            &[("Contents", true, contents), ("H", false, other), ("M", true, &rows), ("Ages", true, other)],
        ),
        ("titles", &[("Marks", true, &titled)]),
    ];
    let mut files = vec![
        ("CSV", csv.as_bytes().to_vec()),
        ("CSV with a byte order mark", format!("\u{feff}{csv}").into_bytes()),
        ("CSV of Windows", csv.replace('\n', "\r\n").into_bytes()),
        ("CSV with semicolons", csv.replace(',', ";").into_bytes()),
        ("TSV", csv.replace(',', "\t").into_bytes()),
        ("UTF-16", format!("\u{feff}{csv}").encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("gzip", gzip(csv.as_bytes())),
        ("ZIP", archive(&[("marks/", b""), ("marks/marks.csv", csv.as_bytes()), ("__MACOSX/marks/._marks.csv", b"x")])),
    ];
    for (name, sheets) in sheets {
        let [xlsx, ods, xls] = books(sheets);
        files.push(("ZIP of a workbook", archive(&[("a.xlsx", &xlsx)])));
        files.push(("ZIP of an XLS workbook", archive(&[("a.xls", &xls)])));
        files.extend([(name, xlsx), (name, ods), (name, xls)]);
    }
    let sheet: String = rows.iter().map(|row| xlsx_row(row)).collect();
    let sheet = format!("<worksheet><sheetData>{sheet}</sheetData></worksheet>");
    let sheet: Vec<u8> = sheet.encode_utf16().flat_map(u16::to_be_bytes).collect();
    files.push(("UTF-16 in XLSX", xlsx_of_parts(&[("xl/s.xml", &sheet)])));
    files
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_same_table_has_the_same_answer(records in records()) {
        let mut rows: Vec<Vec<&str>> = vec![HEADER.to_vec()];
        rows.extend(records.iter().map(|record| record.iter().map(String::as_str).collect::<Vec<_>>()));
        let csv: String = rows.iter().map(|row| row.join(",") + "\n").collect();
        let files = disguises(&rows, &csv);
        for options in [
            &[("column", "mark|score"), ("absent", "ABS"), ("group_by", "centre"), ("overall", "1")][..],
            &[("column", "score"), ("invalid", "missing"), ("statistics", "all")],
            &[("column", "mark"), ("group_by", "name")],
        ] {
            let expected = ask_csv(&csv, options);
            prop_assert!(expected.is_ok(), "{:?}", expected);
            for (name, file) in &files {
                prop_assert_eq!(&ask(file, options), &expected, "{} {:?}", name, options);
            }
        }
    }
}
