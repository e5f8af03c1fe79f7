//! What a delimited text is read as: titles, headers, notes, totals, syntax, and what the answer says of them.

use ::parquet::file::properties::WriterProperties;
use describe_readers::{Format, Limits};
use proptest::prelude::*;
use serde_json::Value;

use crate::ask::{refusal, whole_of_chunks, without_reading};
use crate::blocks::{on_threads, whole_on_any_threads};
use crate::delimited::outline_of;
use crate::parquet;

const CSV: Option<Format> = Some(Format::Csv);

fn answer(query: &[(&str, &str)], body: &[u8]) -> Value {
    let outcome = whole_of_chunks(CSV, query, &Limits::default(), [body]);
    let json = outcome.as_ref().unwrap_or_else(|_| panic!("{}: {}", refusal(&outcome), body.escape_ascii()));
    serde_json::from_str(json).expect("JSON")
}

/// The results in short, then the members of `source` that are not those of a plain table, then the warnings with their rows.
fn reading(query: &[(&str, &str)], body: impl AsRef<[u8]>) -> String {
    let outcome = whole_of_chunks(CSV, query, &Limits::default(), [body.as_ref()]);
    let mut parts = vec![outline_of(&outcome.as_ref().map(|json| without_reading(json)).map_err(Clone::clone))];
    if outcome.is_err() {
        return parts.concat();
    }
    let answer = answer(query, body.as_ref());
    let usual = serde_json::json!({"format": "csv", "encoding": "utf-8", "delimiter": ",", "decimal": ".", "header_row": 1,
        "skipped_rows": 0, "skipped_end": 0, "short_records": 0, "stray_quotes": 0});
    let source = answer["source"].as_object().expect("a source");
    for (name, usual) in usual.as_object().expect("an object") {
        let value = source.get(name).unwrap_or_else(|| panic!("no {name}"));
        if value != usual {
            parts.push(format!("{name} {value}"));
        }
    }
    assert_eq!(source.len(), usual.as_object().map_or(0, serde_json::Map::len), "{source:?}");
    for warning in answer["warnings"].as_array().into_iter().flatten() {
        let row = warning.get("row").map_or(String::new(), |row| format!("@{row}"));
        parts.push(format!("{}{row}", warning["code"].as_str().expect("a code")));
    }
    parts.join(" | ")
}

/// Options, text, and the reading of it.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str);

fn check(cases: &[Case<'_>]) {
    for (query, body, expected) in cases {
        assert_eq!(reading(query, body), *expected, "{query:?}: {body:?}");
    }
}

/// The members of the answer are those that the contract shows, in its order, at its end.
#[test]
fn the_source_of_a_plain_table() {
    let outcome =
        whole_of_chunks(CSV, &[], &Limits::default(), [&b"name,mark\nAnn,5\nBob,6\n"[..]]).expect("an answer");
    let source = concat!(
        r#","source":{"format":"csv","encoding":"utf-8","delimiter":",","decimal":".","header_row":1,"skipped_rows":0,"#,
        r#""skipped_end":0,"short_records":0,"stray_quotes":0}}"#
    );
    assert!(outcome.trim_end().ends_with(source), "{outcome}");
    assert!(!outcome.contains("\"warnings\":[{\"code\":\"no"), "{outcome}");
}

#[test]
fn titles() {
    const TABLE: &str = "name,mark\nAnn,5\nBob,6\n";
    let marks = "mark 2+0; -name";
    check(&[
        (
            &[],
            &format!("Marks of 2024\n{TABLE}"),
            &format!("{marks} 3 \"Ann\" | header_row 2 | skipped_rows 1 | title_rows@1"),
        ),
        (
            &[],
            &format!("\nMarks,\n\nof 2024,,\n{TABLE}"),
            &format!("{marks} 6 \"Ann\" | header_row 5 | skipped_rows 2 | title_rows@2"),
        ),
        (
            &[],
            &format!("\"Marks,\nof 2024\"\r\n{TABLE}"),
            &format!("{marks} 3 \"Ann\" | header_row 2 | skipped_rows 1 | title_rows@1"),
        ),
        (
            &[("skip_rows", "1")],
            &format!("Marks\n{TABLE}"),
            &format!("{marks} 3 \"Ann\" | header_row 2 | skipped_rows 1"),
        ),
        // As many as are said, whatever they are; a quote in them means nothing if it is not closed in its line.
        (
            &[("skip_rows", "2")],
            &format!("\"Marks\nof 2024\n{TABLE}"),
            &format!("{marks} 4 \"Ann\" | header_row 3 | skipped_rows 2"),
        ),
        (
            &[("skip_rows", "2")],
            &format!("a,b,c\n1,2,3\n{TABLE}"),
            &format!("{marks} 4 \"Ann\" | header_row 3 | skipped_rows 2"),
        ),
        // An index without a name beside one column, as R and pandas write it, whatever stands before it.
        (&[], "\"\",\"mark\"\n\"1\",5\n\"2\",6\n", "column_1 2+0; mark 2+0"),
        (&[], ",mark\nAnn,\nBob,5\nCid,6\nDan,7\n", "mark 3+1; -column_1 2 \"Ann\""),
        (
            &[],
            "Marks of 2024\n,mark\nAnn,5\nBob,6\n",
            "mark 2+0; -column_1 3 \"Ann\" | header_row 2 | skipped_rows 1 | title_rows@1",
        ),
        (
            &[],
            &format!(",Marks of 2024\n{TABLE}"),
            &format!("{marks} 3 \"Ann\" | header_row 2 | skipped_rows 1 | title_rows@1"),
        ),
        // A table of one column has no titles that could be told from its header.
        (&[], "mark\n5\n6\n", "mark 2+0"),
        (&[("skip_rows", "0"), ("header", "true")], "Marks,\nAnn,5\n", "column_2 1+0; -Marks 2 \"Ann\""),
    ]);
}

#[test]
fn headers_and_their_warnings() {
    check(&[
        (&[], "Ann,5\nBob,6\n", "column_2 2+0; -column_1 1 \"Ann\" | header_row null | no_header@1"),
        (&[], "5\n6\n", "column_1 2+0 | header_row null | no_header@1"),
        (&[("header", "false")], "5\n6\n", "column_1 2+0 | header_row null"),
        (&[("header", "true")], "5\n6\n", "5 1+0"),
        (&[], "name,2023,2024\nAnn,5,6\nBob,6,7\n", "2023 2+0; 2024 2+0; -name 2 \"Ann\" | numeric_header@1"),
        (&[], "name,2024,2023\nAnn,5,6\nBob,6,7\n", "2024 2+0; 2023 2+0; -name 2 \"Ann\" | numeric_header@1"),
        (
            &[],
            "name,1899,2023\nAnn,5,6\n",
            "column_2 2+0; column_3 2+0; -column_1 1 \"name\" | header_row null | no_header@1",
        ),
        (&[], "name,2101\nAnn,5\n", "column_2 2+0; -column_1 1 \"name\" | header_row null | no_header@1"),
        (
            &[],
            "name,2023,2023\nAnn,5,6\n",
            "column_2 2+0; column_3 2+0; -column_1 1 \"name\" | header_row null | no_header@1",
        ),
        (&[], "2022,2023,2024\n5,6,7\n", "2022 1+0; 2023 1+0; 2024 1+0 | numeric_header@1"),
        (&[], "2022,2024\n5,6\n", "column_1 2+0; column_2 2+0 | header_row null | no_header@1"),
        (&[], "2023\n2024\n", "column_1 2+0 | header_row null | no_header@1"),
        // Ascending numbers beside an empty cell above an index.
        (&[], ",0,1\n0,5,6\n1,6,7\n", "column_1 2+0; 0 2+0; 1 2+0 | numeric_header@1"),
        (&[], ",142.24,144.78\nAnn,5,6\n", "142.24 1+0; 144.78 1+0; -column_1 2 \"Ann\" | numeric_header@1"),
        (&[], ",6,5\nAnn,5,6\n", "column_2 2+0; column_3 2+0; -column_1 2 \"Ann\" | header_row null | no_header@1"),
        // Numbers above columns of texts name them.
        (&[], "id,1\n5,x\n6,y\n", "id 2+0; -1 2 \"x\""),
        // Units below the names.
        (
            &[],
            "name,mark,height\n,points,cm\nAnn,5,170\nBob,6,180\n",
            "-name 3 \"Ann\"; -mark 2 \"points\"; -height 2 \"cm\" | second_header@2",
        ),
        (
            &[("column", "mark"), ("invalid", "missing")],
            "name,mark\nperson,points\nAnn,5\nBob,6\n",
            "mark 2+0 1 | second_header@2 | invalid_cells",
        ),
    ]);
}

#[test]
fn notes() {
    let lines = |count: u32| (1..=count).map(|line| format!("no {line},\n")).collect::<String>();
    let marks = "mark 2+0; -name 2 \"Ann\"";
    check(&[
        (&[], "name,mark\nAnn,5\nBob,6\nSource: ours\n", &format!("{marks} | skipped_end 1 | note_rows@4")),
        (
            &[],
            "name,mark\r\nAnn,5\r\nBob,6\r\n\r\nSource: ours,\r\n\"More,\nof it\"",
            &format!("{marks} | skipped_end 2 | note_rows@5"),
        ),
        (
            &[("skip_end", "0")],
            "name,mark\nAnn,5\nBob,6\nSource\n",
            "mark 2+1; -name 2 \"Ann\" | short_records 1 | short_records@4",
        ),
        (&[("skip_end", "1")], "name,mark\nAnn,5\nBob,6\nTotal,11\n", &format!("{marks} | skipped_end 1")),
        (&[("skip_end", "1")], "name,mark\nAnn,5\nBob,6\nTotal,11\n\n,\n\n", &format!("{marks} | skipped_end 1")),
        // A value of the first column is not a note, nor is what does not stand there.
        (&[], "name,mark\nAnn,5\nBob,6\nBob,\n", "mark 2+1; -name 2 \"Ann\""),
        (&[], "name,mark\nAnn,5\nBob,6\n,7\n", "mark 3+0; -name 2 \"Ann\""),
        (&[], "id,mark\n1,5\n2,6\n3,\n", "id 3+0; mark 2+1"),
        (&[], "id,mark\n1,5\n2,6\nNA,\n", "id 2+1; mark 2+1"),
        (&[("absent", "X")], "id,mark\n1,5\n2,6\nX,\n", "id 2+0 {\"X\":1}; mark 2+1 {\"X\":0}"),
        (&[("column", "mark")], "name,mark\nAnn,\nBob,\nCid,\n", "mark 0+3"),
        (&[], "name,mark\nAnn,5\nBob,\nBob,\nNote,\n", "mark 1+2; -name 2 \"Ann\" | skipped_end 1 | note_rows@5"),
        // Notes before records are records.
        (&[], "name,mark\nAnn,5\nNote\nBob,6\n", "mark 2+1; -name 2 \"Ann\" | short_records 1 | short_records@3"),
        // So are more records than can be notes.
        (
            &[],
            &format!("name,mark\nAnn,5\n{}", lines(100)),
            "mark 1+0; -name 2 \"Ann\" | skipped_end 100 | note_rows@3",
        ),
        (&[], &format!("name,mark\nAnn,5\n{}", lines(101)), "mark 1+101; -name 2 \"Ann\""),
        (&[], &format!("a b\n{}", lines(300).replace(',', "")), "-a b 2 \"no 1\""),
        // Numbers with blanks between them are records, whatever stands before them.
        (&[], "a b c\n5 162 60\n12 210 120\n4 60 25\n", "-a b c 2 \"5 162 60\""),
        // In one column a note has a blank.
        (&[], "mark\n5\n6\nSource: ours\n", "mark 2+0 | skipped_end 1 | note_rows@4"),
        (&[], "mark\n5\n6\nX\n", "-mark 4 \"X\""),
    ]);
}

#[test]
fn totals() {
    check(&[
        (&[], "name,mark\nAnn,5\nBob,6\nTotal,11\n", "mark 3+0; -name 2 \"Ann\" | total_row@4"),
        (
            &[],
            "name,mark\nAnn,5\nBob,6\n\nGRAND TOTAL: ,11\n\nnote\n",
            "mark 3+0; -name 2 \"Ann\" | skipped_end 1 | total_row@5 | note_rows@7",
        ),
        (&[], "name,mark\nAnn,5\nBob,6\nCid,7\nDan,8\n,26\n", "mark 5+0; -name 2 \"Ann\" | total_row@6"),
        (&[], "a,b\n1,10\n2,20\n3,30\n", "a 3+0; b 3+0 | total_row@4"),
        (&[], "a,b\n1,10\n2,20\n3,31\n", "a 3+0; b 3+0"),
        (&[("skip_end", "1")], "a,b\n1,10\n2,20\n3,30\n", "a 2+0; b 2+0 | skipped_end 1"),
        (&[], "name,mark\nAnn,5\nTotality,6\n", "mark 2+0; -name 2 \"Ann\""),
    ]);
}

#[test]
fn short_records_and_stray_quotes() {
    check(&[
        (&[], "a,b\n1,2\n3\n\n4,5,,\n", "a 3+0; b 2+1 | short_records 2 | short_records@3"),
        (&[], "a,b\n1,2\n4,5, ,\"\"\n", "a 2+0; b 2+0 | short_records 1 | short_records@3"),
        (&[], "a,b\n1,2\n4,5,,x\n", "Invalid 1; body/3 ragged_row 4,5,,x"),
        (&[], "a,b\n1,2\n,\n,,\n\n3,4\n", "a 2+0; b 2+0"),
        (&[("group_by", "g")], "g,m\nx,1\nx\n", "m 1+1 {\"g\":\"x\"} | short_records 1 | short_records@3"),
        (&[], "a,b\n1,\"x\"y\n2,5\" pipe\n", "a 2+0; -b 2 \"xy\" | stray_quotes 2 | stray_quotes@2"),
        (
            &[("group_by", "g")],
            "g,m\n\"a\" \"b\",1\n \"c\" ,2\n",
            "m 1+0 {\"g\":\"a \\\"b\\\"\"}; m 1+0 {\"g\":\"c\"} | stray_quotes 1 | stray_quotes@2",
        ),
        (&[], "a,b\n1,2\n3,\"4", "Malformed 1; body/3 unclosed_quote"),
    ]);
}

#[test]
fn syntax_of_the_text() {
    check(&[
        (&[], "sep=;\na;b\n1;2,5\n", "a 1+0; -b 3 \"2,5\" | delimiter \";\" | header_row 2"),
        (&[], "\"sep=|\"\r\na|b\r\n1|2\r\n", "a 1+0; b 1+0 | delimiter \"|\" | header_row 2"),
        (&[("delimiter", ",")], "SEP=;\na,b\n1,2\n", "a 1+0; b 1+0 | header_row 2"),
        (&[("comment", "#")], "#c,d\na,b\n#1,2\n3,4\n5,#6\n#\"", "a 2+0; -b 5 \"#6\" | header_row 2"),
        (&[("escape", "\\")], "g,m\n\"a\\\"b\",1\na\\,b,2\n", "m 2+0; -g 2 \"a\\\"b\""),
        (&[("escape", "\\")], "g,m\n\"a\\\nb\",1\na\\\nb,x\n", "-g 2 \"a\\nb\"; -m 3 \"x\""),
        (&[("delimiter", "whitespace")], "a  b\n 1\t 2 \n3 4", "a 2+0; b 2+0 | delimiter \"whitespace\""),
        (&[("delimiter", "whitespace")], "a b\n\"1\" \"x y\"\n3 4\n", "a 2+0; -b 2 \"x y\" | delimiter \"whitespace\""),
        (&[("max_rows", "2")], "a,b\n1,2\n\n3,4\n5,x\n\"", "a 2+0; b 2+0"),
        (&[], "a,b\r1,2\r\r\n3,4\n\n5,6", "a 3+0; b 3+0"),
        // R's row names stand in a column without a name.
        (&[], "\"a\",\"b\"\n\"1\",5,6\n\"2\",7,8\n", "column_1 2+0; a 2+0; b 2+0 | row_names@1"),
        (&[], "a,b\nx,5,6\ny,7,8\n", "a 2+0; b 2+0; -column_1 2 \"x\" | row_names@1"),
        (&[], "a,b\nx,5\ny,7,8\n", "Invalid 1; body/3 ragged_row y,7,8"),
        (&[("decimal", ",")], "a;b\n1,5;2\n", "a 1+0; b 1+0 | delimiter \";\" | decimal \",\""),
    ]);
}

/// What a warning or a note advises does what it says.
#[test]
fn remedies_that_depend_on_the_file() {
    let message = |body: &[u8]| answer(&[], body)["warnings"][0]["message"].as_str().expect("a text").to_owned();
    let with_notes = b"s,e\nA,50\nB,7\nC,8\nD,9\nTotal,74\n\n* suppressed\nSource: us\n";
    assert!(message(with_notes).contains("skip_end=3 leaves it out"), "{}", message(with_notes));
    assert_eq!(reading(&[("skip_end", "3")], with_notes), "e 4+0; -s 2 \"A\" | skipped_end 3");
    assert!(message(b"a,b\n1,10\n2,20\n3,30\n").contains("skip_end=1 leaves it out"));
    // With a decimal comma the comma is not looked for.
    let divided = b"n,mark\nA,\"41,5\"\nB,\"60,25\"\n";
    let note = answer(&[], divided)["notes"][0].as_str().expect("a note").to_owned();
    assert!(note.contains("decimal=, and delimiter=, reads it"), "{note}");
    let query = [("decimal", ","), ("delimiter", ",")];
    assert_eq!(reading(&query, divided), "mark 2+0; -n 2 \"A\" | decimal \",\"");
}

/// A column with leading zeros is described only when it is asked for by name.
#[test]
fn identifiers() {
    check(&[
        (&[], "id,mark\n1,5\n007,6\nx,7\n", "mark 3+0; -id 3 \"007\" | identifier@3"),
        (&[], "id,mark\n1,5\nx,6\n007,7\n", "mark 3+0; -id 3 \"x\""),
        (&[], "id\n00\n", "-id 2 \"00\" | identifier@2"),
        (&[], "a,b\n\"01\",1\n1, 002 \n", "-a 2 \"01\"; -b 3 \"002\" | identifier@2 | identifier@3"),
        (&[], &format!("a,b\n1,{}9\n", "0".repeat(50)), &format!("a 1+0; -b 2 \"{}\" | identifier@2", "0".repeat(40))),
        (&[("decimal", ",")], "a;b\n1,5;01\n", "a 1+0; -b 2 \"01\" | delimiter \";\" | decimal \",\" | identifier@2"),
        (&[("column", "id")], "id,mark\n007,5\n010,6\n", "id 2+0"),
        (&[("group_by", "id")], "id,mark\n007,5\n", "mark 1+0 {\"id\":\"007\"}"),
        (&[("weights", "n")], "n,mark\n02,5\n03,6\n", "mark 5+0"),
        (&[("absent", "00,099")], "a,b\n1,00\n2,099\n3,4\n", "a 3+0 {\"00\":0,\"099\":0}; b 1+0 {\"00\":1,\"099\":1}"),
        (&[("missing", "00")], "a,b\n1,00\n3,4\n", "a 2+0; b 1+1"),
        // Other numbers with a zero in front.
        (&[], "a,b,c,d,e,f\n0,0.5,-01,+01,01.5,00e1\n", "a 1+0; b 1+0; c 1+0; d 1+0; e 1+0; f 1+0"),
        // The sum of the others is a total whatever the identifiers are.
        (
            &[],
            "id,m,n\n01,1,10\n02,2,20\n03,3,30\n04,6,60\n",
            "m 4+0; n 4+0; -id 2 \"01\" | total_row@5 | identifier@2",
        ),
    ]);
    let sentence = answer(&[], b"id,mark\n1,5\n007,6\n")["warnings"][0]["message"].clone();
    let expected = "id was left out: numbers with leading zeros are identifiers; column=id describes it.";
    assert_eq!(sentence, expected);
}

/// Texts of other formats are identifiers as well; typed numbers are not.
#[test]
fn identifiers_in_every_format() {
    let rows: &[&[&str]] = &[&["id", "mark"], &["\u{a0}007\u{a0}", "5"], &["x", "6"]];
    let [xlsx, ods, xls] = crate::workbook::books(&[("s", true, rows)]);
    let schema = "message m { required byte_array id (UTF8); required int32 mark; }";
    let columns = vec![(parquet::texts(&["007", "8"]), None), (parquet::Values::Integers(vec![5, 6]), None)];
    let parquet = parquet::file(schema, WriterProperties::builder(), &[columns]);
    let bodies: [(&[u8], u64); 8] = [
        (br#"[{"id":"007","mark":5},{"id":8,"mark":6}]"#, 1),
        (br#"{"id":["007",8],"mark":[5,6]}"#, 1),
        (b"{\"id\":8,\"mark\":5}\n{\"mark\":6,\"id\":\"007\"}\n", 2),
        (br#"{"columns":["id","mark"],"data":[["007",5],["x",6]]}"#, 1),
        (&xlsx, 2),
        (&ods, 2),
        (&xls, 2),
        (&parquet, 1),
    ];
    for (body, row) in bodies {
        let json = whole_of_chunks(None, &[], &Limits::default(), [body]).expect("an answer");
        let outline = outline_of(&Ok(without_reading(&json)));
        assert_eq!(outline, format!("mark 2+0; -id {row} \"007\""), "{}", body.escape_ascii());
        let warning = format!(r#""warnings":[{{"code":"identifier","row":{row},"column":"id","#);
        assert!(json.contains(&warning), "{json}");
    }
}

/// The first cell that is an identifier or not a number decides, wherever blocks end.
#[test]
fn identifiers_in_several_blocks() {
    const RECORDS: usize = 120_000;
    let table = |others: &[(usize, &str)]| {
        let cell = |row: usize| others.iter().find(|(other, _)| *other == row).map_or("12345", |(_, text)| text);
        (2..RECORDS).fold("id,mark\n".to_owned(), |text, row| text + cell(row) + ",5\n")
    };
    for (others, expected) in [
        (&[(60_000, "012"), (110_000, "x")][..], "-id 60000 \"012\""),
        (&[(60_000, "x"), (110_000, "012")], "-id 60000 \"x\""),
        (&[(110_000, "012")], "-id 110000 \"012\""),
        (&[(2, "012"), (50_000, "013")], "-id 2 \"012\""),
    ] {
        let json = whole_on_any_threads(CSV, &Limits::default(), &[], &table(others)).expect("an answer");
        assert_eq!(outline_of(&Ok(without_reading(&json))), format!("mark 119998+0; {expected}"));
        assert_eq!(json.contains("\"code\":\"identifier\""), !expected.contains('x'), "{expected}");
    }
}

#[test]
fn encodings() {
    let latin = b"name,mark\nZo\xeb,5\nBob,6\n";
    assert_eq!(reading(&[], latin), "mark 2+0; -name 2 \"Zo\u{eb}\" | encoding \"windows-1252\" | encoding");
    let named = reading(&[("encoding", "windows-1252")], latin);
    assert_eq!(named, "mark 2+0; -name 2 \"Zo\u{eb}\" | encoding \"windows-1252\"");
    let utf_16: Vec<u8> = "\u{feff}name,mark\nZo\u{eb},5\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(reading(&[], utf_16), "mark 1+0; -name 2 \"Zo\u{eb}\" | encoding \"utf-16le\"");
    assert_eq!(reading(&[], "\u{feff}name,mark\nZo\u{eb},5\n"), "mark 1+0; -name 2 \"Zo\u{eb}\"");
}

/// Options, records behind the first bytes, and the reading of the whole.
type Rest<'a> = (&'a [(&'a str, &'a str)], &'a [u8], String);

/// Texts that are not UTF-8 behind the bytes from which the encoding is detected.
#[test]
fn windows_1252_behind_the_first_bytes() {
    let body = |rest: &[u8]| [format!("g,m\n{}", "1,5\n".repeat(2000)).as_bytes(), rest].concat();
    let told = "encoding \"windows-1252\" | encoding";
    let refused = "Malformed 1; body/2002/g not_utf8 caf\u{fffd}";
    let group: &[(&str, &str)] = &[("group_by", "g")];
    let cells: [Rest<'_>; 10] = [
        // Both spellings of a text are one group.
        (
            group,
            b"caf\xe9,6\ncaf\xc3\xa9,7\ncaf\xe9,8\n",
            format!("m 2000+0 {{\"g\":\"1\"}}; m 3+0 {{\"g\":\"café\"}} | {told}"),
        ),
        (group, b"\xa01,6\n\xa0,7\n", format!("m 2001+0 {{\"g\":\"1\"}}; m 1+0 {{\"g\":null}} | {told}")),
        (&[], b"caf\xe9,6\n", format!("m 2001+0; -g 2002 \"café\" | {told}")),
        (&[], b"x,6\ncaf\xe9,6\n", "m 2002+0; -g 2002 \"x\"".to_owned()),
        (&[("column", "m")], b"caf\xe9,6\n", "m 2001+0".to_owned()),
        (&[("column", "m"), ("absent", "–")], b"1,\x96\n", format!("m 2000+0 {{\"–\":1}} | {told}")),
        (&[("column", "m"), ("strip", "€")], b"1,\x806\n1,\xa07\n", format!("m 2002+0 | {told}")),
        (&[("encoding", "utf-8"), ("group_by", "g")], b"caf\xe9,6\n", refused.to_owned()),
        (&[("column", "m")], b"1,\xe9\n", "Invalid 1; body/2002/m float_parsing é".to_owned()),
        (&[], b"\xe9,6,7\n", "Invalid 1; body/2002 ragged_row é,6,7".to_owned()),
    ];
    for (query, rest, expected) in cells {
        assert_eq!(reading(query, body(rest)), expected, "{query:?}: {}", rest.escape_ascii());
    }
    assert_eq!(reading(group, [b"\xef\xbb\xbf".as_slice(), &body(b"caf\xe9,6\n")].concat()), refused);
    let long_name = [b"m,", "x".repeat(5000).as_bytes(), b"\xe9\n5,6\n"].concat();
    assert_eq!(reading(&[("column", "m")], long_name), format!("m 1+0 | {told}"));
}

/// What blocks of several threads read as Windows-1252 is told in the same way.
#[test]
fn windows_1252_in_several_blocks() {
    let rows = |row: &[u8]| row.repeat(60_000);
    let body = [rows(b"1,a,5\n"), rows(b"Zo\xeb,caf\xe9,5\n"), rows("x,café,5\n".as_bytes())].concat();
    let body = [b"name,g,m\n".as_slice(), &body].concat();
    for (query, expected, is_told) in [
        (&[][..], "m 180000+0; -name 60002 \"Zo\u{eb}\"; -g 2 \"a\"", true),
        (&[("group_by", "g")], "m 60000+0 {\"g\":\"a\"}; m 120000+0 {\"g\":\"café\"}; -name 60002 \"Zo\u{eb}\"", true),
        (&[("column", "m")], "m 180000+0", false),
    ] {
        for threads in [1, 2, 8] {
            let outcome = on_threads(threads, || whole_of_chunks(CSV, query, &Limits::default(), body.chunks(100_003)));
            let json = outcome.expect("an answer");
            assert_eq!(outline_of(&Ok(without_reading(&json))), expected, "{threads}");
            for part in ["\"encoding\":\"windows-1252\"", "\"code\":\"encoding\""] {
                assert_eq!(json.contains(part), is_told, "{threads}: {query:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// A table in Windows-1252 has the answer of the same table in UTF-8, wherever its first text is that is not ASCII.
    #[test]
    fn windows_1252_from_any_place(
        first in 0..600_usize,
        choices in prop::collection::vec(0..6_usize, 600),
        query in 0..6_usize,
        chunk in 100..20_000_usize,
    ) {
        const TEXTS: [&str; 6] = ["a", "é", "b\u{a0}", "\u{a0}", "ß –", "a"];
        const CELLS: [&str; 6] = ["5", "–", "\u{a0}6", "7€", "", "8"];
        const QUERIES: [&[(&str, &str)]; 6] = [
            &[],
            &[("absent", "–"), ("strip", "€")],
            &[("group_by", "g"), ("column", "m"), ("invalid", "missing")],
            &[("group_by", "g"), ("group_by", "name"), ("absent", "–"), ("strip", "€"), ("overall", "true")],
            &[("column", "m")],
            &[("column", "m"), ("absent", "–,7€"), ("weights", "w")],
        ];
        let mut text = "name,g,m,w\n".to_owned();
        for (row, choice) in choices.iter().enumerate() {
            let (name, cell) = if row < first { ("a", "5") } else { (TEXTS[*choice], CELLS[*choice]) };
            let weight = if row < first || *choice > 1 { "2" } else { "\u{a0}3" };
            text += &format!("{name} {},{name},{cell},{weight}\n", row % 3);
        }
        let (latin, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
        let answers = [text.as_bytes(), &latin].map(|body| {
            let outcome = whole_of_chunks(CSV, QUERIES[query], &Limits::default(), body.chunks(chunk));
            outcome.as_ref().map_or_else(|_| refusal(&outcome), |json| without_reading(json))
        });
        prop_assert_eq!(&answers[0], &answers[1]);
    }
}

/// Texts that would take long if anything were read again and again: 2 MB each, in chunks of one kilobyte.
#[test]
fn the_time_of_hostile_texts_is_linear() {
    const BYTES: usize = 2 << 20;
    let long_row = format!("a,{}\n", "5".repeat(900 << 10));
    let texts = [
        "\"".repeat(BYTES),
        "\" ".repeat(BYTES / 2),
        "a note\n".repeat(BYTES / 7),
        format!("a,m\nb,5\n{}", "a note\n".repeat(BYTES / 7)),
        format!("a,m\nb,5\n{}", ",\n".repeat(BYTES / 2)),
        format!("a,m\nb,5\n{}", "\r".repeat(BYTES)),
        format!("a,m\nb,5\n\"{}", "\"\"".repeat(BYTES / 2)),
        format!("a,m\nb,5\n{}", "\"a \"\"b\n\"\n".repeat(BYTES / 10)),
        format!("a,m\nb,5\n{long_row}\"{}", "\n".repeat(BYTES)),
        "x".repeat(BYTES),
        format!("a,m\nb,5\n{}", " ".repeat(BYTES)),
    ];
    for query in
        [&[][..], &[("skip_rows", "2")], &[("skip_end", "3")], &[("comment", "#")], &[("delimiter", "whitespace")]]
    {
        for text in &texts {
            for chunk in [1 << 10, text.len()] {
                let start = std::time::Instant::now();
                let _ = whole_of_chunks(CSV, query, &Limits::default(), text.as_bytes().chunks(chunk));
                let seconds = start.elapsed().as_secs_f64();
                // Without optimisation and beside other tests; read again for each chunk it would take minutes.
                assert!(seconds < 15.0, "{query:?}: {seconds} s: {}", &text[..20]);
            }
        }
    }
}
