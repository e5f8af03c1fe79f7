//! Files that claim much, hide much or are broken: refused with a sentence, in little memory, never with a panic.

use crate::detail;
use std::time::{Duration, Instant};

use describe_options::{InputError, Kind};
use describe_readers::{Ledger, Limits};
use parquet::basic::{Compression, Encoding, GzipLevel, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::parquet::{Values, file, texts};
use crate::workbook::{archive, ods, xlsx_of_parts, xlsx_of_rows};
use crate::{ask, ask_with, refusal};

const SMALL: Limits = Limits {
    cell: 1000,
    groups: 100,
    columns: 100,
    distinct: 1000,
    decompressed: 1 << 30,
    memory: 1 << 20,
    ledger: Ledger::UNLIMITED,
    preview: None,
    kept: None,
};

/// A guard against work without an end, not a measurement.
fn quickly<T>(work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    assert!(start.elapsed() < Duration::from_mins(2), "{:?}", start.elapsed());
    result
}

fn expect_too_large(refused: &InputError, setting: &str) {
    assert_eq!(refused.kind(), Kind::TooLarge, "{}", detail(refused));
    assert!(detail(refused).contains(setting), "{}", detail(refused));
}

#[test]
fn workbooks_that_unpack_to_too_much() {
    let spaces = " ".repeat(800_000);
    let rows = format!("<row>{spaces}</row>").repeat(20);
    let texts = format!("<sst>{}</sst>", "<si><t>a</t></si>".repeat(2_000_000));
    let sheet: &[u8] = b"<worksheet><sheetData/></worksheet>";
    for bomb in [
        xlsx_of_rows(&rows),
        ods(&format!("<table:table>{}</table:table>", rows.replace("row", "table:table-row"))),
        xlsx_of_parts(&[("xl/t.xml", texts.as_bytes()), ("xl/s.xml", sheet)]),
        xlsx_of_parts(&[("xl/s.xml", format!("<worksheet><sheetData/></worksheet>{}", spaces.repeat(20)).as_bytes())]),
    ] {
        expect_too_large(&quickly(|| refusal(&bomb, &[], &SMALL)), "--memory-limit (MEMORY_LIMIT)");
    }
    let limits = Limits { decompressed: 1 << 20, ..Limits::default() };
    let setting = "--decompressed-limit (DECOMPRESSED_LIMIT)";
    expect_too_large(&quickly(|| refusal(&xlsx_of_rows(&rows), &[], &limits)), setting);
    let long = "7".repeat(2000);
    let much = "7".repeat(20_000_000);
    for rows in [&long, &much].map(|text| format!("<row><c t=\"str\"><v>{text}</v></c></row>")) {
        expect_too_large(&quickly(|| refusal(&xlsx_of_rows(&rows), &[], &SMALL)), "--cell-limit (CELL_LIMIT)");
    }
    let comment = format!("<!--{much}-->");
    expect_too_large(&quickly(|| refusal(&xlsx_of_rows(&comment), &[], &SMALL)), "--cell-limit (CELL_LIMIT)");
    let deep = "<a>".repeat(1_000_000);
    assert_eq!(refusal(&xlsx_of_rows(&deep), &[], &Limits::default()).kind(), Kind::Malformed);
    let attributes = format!("<row {}/>", "a=\"\" ".repeat(150_000));
    assert_eq!(quickly(|| refusal(&xlsx_of_rows(&attributes), &[], &Limits::default())).kind(), Kind::Invalid);
}

#[test]
fn sparse_and_repeated_cells() {
    let corner =
        xlsx_of_rows(r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#);
    let refused = quickly(|| refusal(&corner, &[], &Limits::default()));
    expect_too_large(&refused, "--column-limit (COLUMN_LIMIT)");
    let rows: Vec<String> =
        (1..=20_000).map(|row| format!(r#"<row r="{row}"><c r="NTP{row}"><v>1</v></c></row>"#)).collect();
    let rows = rows.concat();
    let refused = quickly(|| refusal(&xlsx_of_rows(&rows), &[], &Limits { memory: 8 << 20, ..Limits::default() }));
    expect_too_large(&refused, "--memory-limit (MEMORY_LIMIT)");
    let cell =
        r#"<table:table-cell table:number-columns-repeated="TIMES" office:value-type="float" office:value="1"/>"#;
    let empty = r#"<table:table-cell table:number-columns-repeated="4000000000"/>"#;
    let repeated = |cells: &str, times: u64| {
        ods(&format!(
            r#"<table:table><table:table-row table:number-rows-repeated="{times}">{cells}</table:table-row></table:table>"#
        ))
    };
    expect_too_large(
        &quickly(|| refusal(&repeated(&cell.replace("TIMES", "4000000000"), 1), &[], &Limits::default())),
        "--column-limit (COLUMN_LIMIT)",
    );
    expect_too_large(
        &quickly(|| refusal(&repeated(&cell.replace("TIMES", "90"), 1_000_000), &[], &SMALL)),
        "--memory-limit (MEMORY_LIMIT)",
    );
    let refused = quickly(|| refusal(&repeated(&cell.replace("TIMES", "1"), 4_000_000_000), &[], &Limits::default()));
    assert_eq!(refused.kind(), Kind::Malformed, "{}", detail(&refused));
    let refused = quickly(|| refusal(&repeated(empty, 4_000_000_000), &[], &Limits::default()));
    assert_eq!(refused.kind(), Kind::Invalid, "{}", detail(&refused));
    // What an office program writes below and beside a table.
    let table = repeated(&format!("{}{empty}", cell.replace("TIMES", "2")), 3);
    assert!(ask(&table, &[]).unwrap().contains(r#""rows":3"#));
}

/// A long text that a sheet has once, and each of many rows gets: a merged cell, and the name of a sheet.
#[test]
fn texts_that_many_rows_share() {
    let long = "x".repeat(60_000);
    let head = r#"<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row>"#;
    let rows: String = (3..20_000).map(|row| format!(r#"<row r="{row}"><c r="B{row}"><v>1</v></c></row>"#)).collect();
    let first = format!(r#"<row r="2"><c r="A2" t="str"><v>{long}</v></c><c r="B2"><v>1</v></c></row>"#);
    let range = r#"<mergeCells><mergeCell ref="A2:A1048576"/></mergeCells>"#;
    let sheet = format!("<worksheet><sheetData>{head}{first}{rows}</sheetData>{range}</worksheet>");
    let merged = xlsx_of_parts(&[("xl/s.xml", sheet.as_bytes())]);
    assert!(ask_with(None, &merged, &[], &Limits::default()).is_ok());
    let refused = quickly(|| refusal(&merged, &[("group_by", "a"), ("column", "b")], &Limits::default()));
    expect_too_large(&refused, "--memory-limit (MEMORY_LIMIT)");
    let cell = |kind: &str| format!(r#"<table:table-cell office:value-type="{kind}" office:value="1"/>"#);
    let header = "<table:table-row><table:table-cell><text:p>a</text:p></table:table-cell></table:table-row>";
    let row = format!(r#"<table:table-row table:number-rows-repeated="100000">{}</table:table-row>"#, cell("float"));
    let named = ods(&format!(r#"<table:table table:name="{long}">{header}{row}</table:table>"#));
    let options = [("sheet", "*"), ("column", "a")];
    assert!(ask_with(None, &named, &options, &Limits::default()).is_ok());
    let options = [&options[..], &[("group_by", "sheet")]].concat();
    expect_too_large(&quickly(|| refusal(&named, &options, &Limits::default())), "--memory-limit (MEMORY_LIMIT)");
}

#[test]
fn workbooks_that_are_none() {
    let word = archive(&[(
        "content.xml",
        b"<office:document-content><office:body><office:text/></office:body></office:document-content>",
    )]);
    let no_sheet = xlsx_of_parts(&[]);
    let no_text = xlsx_of_rows(r#"<row><c t="s"><v>7</v></c></row>"#);
    let unordered = xlsx_of_rows(r#"<row r="2"><c><v>7</v></c></row><row r="1"><c><v>7</v></c></row>"#);
    for broken in [&word, &no_sheet, &no_text, &unordered, &b"PK\x03\x04".to_vec()] {
        let refused = refusal(broken, &[], &Limits::default());
        assert_eq!(refused.kind(), Kind::Malformed, "{}", detail(&refused));
    }
    let encrypted = crate::biff::compound_file("EncryptedPackage", b"garbage");
    let manifest = b"<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    let other = archive(&[("META-INF/manifest.xml", manifest), ("content.xml", b"garbage")]);
    for book in [encrypted, other] {
        let refused = refusal(&book, &[], &Limits::default());
        assert_eq!(refused.kind(), Kind::Invalid, "{}", detail(&refused));
        assert!(detail(&refused).contains("password"), "{}", detail(&refused));
    }
}

/// Every prefix, and every byte changed in some ways: an answer or a refusal, soon. How many were refused.
fn garble(good: &[u8], limits: &Limits) -> usize {
    let expected = ask_with(None, good, &[], limits).unwrap();
    let mut refused = 0;
    for end in (0..good.len()).step_by(good.len() / 400 + 1) {
        assert!(ask_with(None, &good[..end], &[], limits).is_err(), "cut at {end}");
    }
    for place in 0..good.len() {
        for change in [0x01, 0x80] {
            let mut bad = good.to_vec();
            bad[place] ^= change;
            let answer = quickly(|| ask_with(None, &bad, &[], limits));
            refused += usize::from(answer.is_err_and(|refused| !detail(&refused).is_empty()));
        }
    }
    assert!(!expected.is_empty());
    refused
}

#[test]
fn garbled_workbooks() {
    let rows: Vec<String> =
        (1..30).map(|row| format!(r#"<row r="{row}"><c t="s"><v>0</v></c><c><v>{row}.5</v></c></row>"#)).collect();
    let rows = rows.concat();
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let book = xlsx_of_parts(&[("xl/t.xml", b"<sst><si><t>7</t></si></sst>"), ("xl/s.xml", sheet.as_bytes())]);
    assert!(garble(&book, &SMALL) > book.len() / 2);
    let rows = r#"<table:table-row><table:table-cell office:value-type="float" office:value="5"/></table:table-row>"#;
    let book = ods(&format!("<table:table>{}</table:table>", rows.repeat(30)));
    assert!(garble(&book, &SMALL) > book.len() / 2);
}

#[test]
fn changed_digits_do_not_pass() {
    // Stored as it is, only the checksum can tell.
    let sheet = b"<worksheet><sheetData><row><c><v>1234567</v></c></row></sheetData></worksheet>";
    let book = xlsx_of_parts(&[("xl/s.xml", sheet)]);
    let good = ask(&book, &[]).unwrap();
    for place in 0..book.len() {
        let mut bad = book.clone();
        bad[place] ^= 1;
        if let Ok(answer) = ask(&bad, &[]) {
            assert_eq!(answer, good, "byte {place}");
        }
    }
}

#[test]
fn garbled_parquet() {
    let schema = "message m { optional int32 n; required byte_array t (UTF8); required double d; required boolean b; }";
    let columns = || {
        vec![
            (Values::Integers((0..40).collect()), Some((0..80).map(|i| i % 2).collect())),
            (texts(&["11", "12", "13", "1"].repeat(20)), None),
            (Values::Doubles((0..80).map(|i| f64::from(i) / 7.0).collect()), None),
            (Values::Truths((0..80).map(|i| i % 3 == 0).collect()), None),
        ]
    };
    let ways = [
        WriterProperties::builder(),
        WriterProperties::builder().set_compression(Compression::SNAPPY),
        WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())),
        WriterProperties::builder()
            .set_dictionary_enabled(false)
            .set_column_encoding("n".into(), Encoding::DELTA_BINARY_PACKED)
            .set_column_encoding("t".into(), Encoding::DELTA_BYTE_ARRAY)
            .set_column_encoding("d".into(), Encoding::BYTE_STREAM_SPLIT),
    ];
    for way in ways {
        garble(&file(schema, way, &[columns()]), &SMALL);
    }
}

#[test]
fn parquet_that_unpacks_to_too_much() {
    let schema = "message m { optional byte_array t (UTF8); }";
    let long = "7".repeat(8 << 20);
    for compression in [Compression::ZSTD(ZstdLevel::default()), Compression::GZIP(GzipLevel::default())] {
        let way = WriterProperties::builder().set_compression(compression).set_dictionary_enabled(false);
        let bomb = file(schema, way, &[vec![(texts(&[&long]), Some(vec![1]))]]);
        assert!(bomb.len() < 100_000);
        expect_too_large(&quickly(|| refusal(&bomb, &[], &SMALL)), "--memory-limit (MEMORY_LIMIT)");
        let limits = Limits { decompressed: 1 << 20, ..Limits::default() };
        expect_too_large(&refusal(&bomb, &[], &limits), "--decompressed-limit (DECOMPRESSED_LIMIT)");
        // Without a limit on memory it is still too long for a cell.
        expect_too_large(&refusal(&bomb, &[], &Limits::default()), "--cell-limit (CELL_LIMIT)");
        // The header lies: what is inside is longer.
        let header = [0x15, 0, 0x15];
        let at = bomb.windows(3).position(|bytes| bytes == header).unwrap() + 3;
        let mut lie = bomb.clone();
        lie[at..at + 4].copy_from_slice(&[0x80, 0x80, 0x80, 0x00]);
        let refused = quickly(|| refusal(&lie, &[], &SMALL));
        assert_eq!(refused.kind(), Kind::Malformed, "{}", detail(&refused));
    }
    let nulls = file(schema, WriterProperties::builder(), &[vec![(texts(&[]), Some(vec![0; 3 << 20]))]]);
    assert!(nulls.len() < 10_000);
    expect_too_large(&quickly(|| refusal(&nulls, &[], &SMALL)), "--memory-limit (MEMORY_LIMIT)");
}

#[test]
fn footers_that_lie() {
    let with_footer = |footer: &[u8]| {
        let length = u32::try_from(footer.len()).unwrap().to_le_bytes();
        [b"PAR1", footer, &length, b"PAR1"].concat()
    };
    // A schema of 2³¹ elements; one nested 100,000 deep; one whose root has 2³¹ children; one of 100,000 columns.
    let element = |children: &[u8]| [&[0x48, 1, b'a', 0x15][..], children, &[0]].concat();
    let list = |elements: Vec<u8>| [&[0x15, 2, 0x19, 0xfc, 0xa0, 0x8d, 0x06][..], &elements, &[0]].concat();
    let claims = [&[0x15, 2, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07][..], &[0; 100]].concat();
    let deep = list(element(&[2]).repeat(100_000));
    let wide = list([element(&[0xfe, 0xff, 0xff, 0xff, 0x0f]), element(&[0]).repeat(99_999)].concat());
    for footer in [claims, deep, wide, Vec::new(), vec![0; 1000]] {
        let refused =
            quickly(|| refusal(&with_footer(&footer), &[], &Limits { columns: 1 << 20, ..Limits::default() }));
        assert_eq!(refused.kind(), Kind::Malformed, "{}", detail(&refused));
    }
    let many = list(element(&[0]).repeat(100_000));
    expect_too_large(
        &refusal(&with_footer(&many), &[], &Limits { columns: 100, ..Limits::default() }),
        "--column-limit (COLUMN_LIMIT)",
    );
    let refused = refusal(b"PAR1\0\0\0\0PARE", &[], &Limits::default());
    assert_eq!((refused.kind(), detail(&refused).contains("encrypted")), (Kind::Invalid, true));
}
