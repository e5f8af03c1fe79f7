//! XLSX, ODS and XLS against the same data as CSV.

use std::cmp::Ordering;
use std::io::{Cursor, Write};

use describe_options::{Kind, Options, Step};
use describe_readers::{Data, Limits, Reader, TableSource, TableWarning, TableWarningCode};
use num_bigint::BigInt;
use rust_xlsxwriter::{Format as Style, Formula, Workbook, Worksheet};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::biff::{self, MANNERS, Manner};
use crate::{ask, ask_csv, detail, oracle, refusal};

/// A cell in every format.
#[derive(Clone, Copy)]
enum Cell {
    Number(f64),
    Text(&'static str),
    Truth(bool),
    Empty,
}

use Cell::{Empty, Number, Text, Truth};

pub fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in parts {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An ODS file with this in its body.
pub fn ods(tables: &str) -> Vec<u8> {
    let content = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"
        xmlns:style="s" xmlns:calcext="c"><office:automatic-styles><style:style style:name="hidden" style:family="table">
        <style:table-properties table:display="false"/></style:style></office:automatic-styles>
        <office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"#
    );
    archive(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_bytes())])
}

fn ods_table(rows: &[&[Cell]]) -> Vec<u8> {
    let cell = |cell: &Cell| match cell {
        Number(number) => format!(
            r#"<table:table-cell office:value-type="float" office:value="{number}"><text:p>so</text:p></table:table-cell>"#
        ),
        Text(text) => format!(
            r#"<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>"#,
            text.replace('&', "&amp;")
        ),
        Truth(truth) => {
            format!(r#"<table:table-cell office:value-type="boolean" office:boolean-value="{truth}"/>"#)
        }
        Empty => "<table:table-cell/>".to_owned(),
    };
    let row = |row: &&[Cell]| {
        format!("<table:table-row>{}</table:table-row>", row.iter().map(cell).collect::<Vec<_>>().concat())
    };
    ods(&format!("<table:table>{}</table:table>", rows.iter().map(row).collect::<Vec<_>>().concat()))
}

fn xlsx_table(rows: &[&[Cell]]) -> Vec<u8> {
    xlsx(|sheet| {
        for (cells, row) in rows.iter().zip(0..) {
            for (cell, column) in cells.iter().zip(0..) {
                match cell {
                    Number(number) => drop(sheet.write_number(row, column, *number).unwrap()),
                    Text(text) => drop(sheet.write_string(row, column, *text).unwrap()),
                    Truth(truth) => drop(sheet.write_boolean(row, column, *truth).unwrap()),
                    Empty => {}
                }
            }
        }
    })
}

/// XLS files, one for each manner of storing cells.
fn xls_tables(rows: &[&[Cell]]) -> Vec<Vec<u8>> {
    let cell = |cell: &Cell| match cell {
        Number(number) => biff::Cell::Number(*number),
        Text(text) => biff::Cell::Text(text),
        Truth(truth) => biff::Cell::Truth(*truth),
        Empty => biff::Cell::Empty,
    };
    let rows: Vec<Vec<biff::Cell>> = rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    MANNERS.iter().map(|manner| biff::book(&[("S", true, rows.clone())], *manner)).collect()
}

/// The table in every format of workbooks.
fn tables(rows: &[&[Cell]]) -> Vec<Vec<u8>> {
    [vec![xlsx_table(rows), ods_table(rows)], xls_tables(rows)].concat()
}

fn csv_table(rows: &[&[Cell]]) -> String {
    let cell = |cell: &Cell| match cell {
        Number(number) => fifteen_digits(*number),
        Text(text) => format!("\"{}\"", text.replace('"', "\"\"")),
        Truth(truth) => truth.to_string(),
        Empty => String::new(),
    };
    let width = rows.iter().map(|row| row.len()).max().unwrap_or_default();
    let row = |row: &&[Cell]| {
        let cells = row.iter().chain(std::iter::repeat(&Empty)).take(width);
        cells.map(cell).collect::<Vec<_>>().join(",") + "\n"
    };
    rows.iter().map(row).collect()
}

/// The number as spreadsheet programs show it: the nearest decimal of 15 significant digits, ties to even.
fn fifteen_digits(number: f64) -> String {
    let written = number.to_string();
    let digits = written.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    if digits <= 15 {
        return written;
    }
    let (mut scaled, mut exponent) = (oracle::rational(number.abs()), 0);
    let power = |exponent| oracle::exact(&format!("1e{exponent}")).rational();
    while scaled >= power(15) {
        (scaled, exponent) = (scaled * power(-1), exponent + 1);
    }
    while scaled < power(14) {
        (scaled, exponent) = (scaled * power(1), exponent - 1);
    }
    let below = scaled.floor();
    let odd = below.numer().bit(0);
    let up = match (scaled - &below).cmp(&oracle::exact("0.5").rational()) {
        Ordering::Less => false,
        Ordering::Equal => odd,
        Ordering::Greater => true,
    };
    let digits = below + power(0) * BigInt::from(u8::from(up));
    format!("{}{digits}e{exponent}", if number < 0.0 { "-" } else { "" })
}

fn xlsx(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(book.add_worksheet());
    book.save_to_buffer().unwrap()
}

/// An XLSX file whose only sheet has these rows.
pub fn xlsx_of_rows(rows: &str) -> Vec<u8> {
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    xlsx_of_parts(&[("xl/s.xml", sheet.as_bytes())])
}

/// An XLSX file with a sheet at `xl/s.xml`.
pub fn xlsx_of_parts(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let root: &[u8] =
        br#"<Relationships><Relationship Id="a" Type="x/officeDocument" Target="/xl/b.xml"/></Relationships>"#;
    let book: &[u8] = br#"<workbook><sheets><sheet name="S" r:id="r1"/></sheets></workbook>"#;
    let relations: &[u8] = br#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="s.xml"/>
        <Relationship Id="r2" Type="x/sharedStrings" Target="t.xml"/></Relationships>"#;
    let common = [("_rels/.rels", root), ("xl/b.xml", book), ("xl/_rels/b.xml.rels", relations)];
    archive(&[&common, parts].concat())
}

const MARKS: [&[Cell]; 7] = [
    &[Text("cohort"), Text("name"), Text("mark"), Text("score"), Text("late")],
    &[Number(2023.0), Text("Ann"), Number(41.0), Number(0.1), Truth(true)],
    &[Number(2023.0), Text("Bob & \"Co\""), Text("55.5"), Number(0.2), Truth(false)],
    &[Number(2024.0), Text("Zoë"), Text("ABS"), Number(1e-7), Truth(true)],
    &[Number(2024.0), Text("Dan"), Number(70.0), Number(123_456_789.125)],
    &[Empty, Text("Eve"), Text("#N/A"), Number(0.1 + 0.2), Truth(false)],
    &[Text("late"), Text(" "), Number(-49.0), Number(1e300), Empty],
];

#[test]
fn same_answers_as_csv() {
    let (csv, books) = (csv_table(&MARKS), tables(&MARKS));
    for options in [
        &[("absent", "ABS")][..],
        &[("column", "mark"), ("group_by", "cohort"), ("overall", "1"), ("absent", "ABS,-49.0")],
        &[("group_by", "cohort|late"), ("column", "score|mark"), ("invalid", "missing"), ("missing", "123456789.125")],
        &[("header", "false"), ("skip_rows", "1"), ("absent", "ABS")],
        &[],
        &[("column", "mark|name|late")],
        &[("column", "nark")],
    ] {
        let expected = ask_csv(&csv, options);
        for book in &books {
            assert_eq!(ask(book, options), expected, "{options:?}");
        }
    }
}

#[test]
fn numbers_have_fifteen_significant_digits() {
    let rows: Vec<Vec<Cell>> = (0..500)
        .map(|i| {
            let scattered =
                f64::from_bits(0x3ff0_0000_0000_0000 + 0x0123_4567_89ab_cdef_u64.wrapping_mul(i) % (1 << 57));
            vec![Number(scattered), Number(f64::from(u32::try_from(i).unwrap()) / 7.0)]
        })
        .collect();
    let rows: Vec<&[Cell]> = rows.iter().map(Vec::as_slice).collect();
    let expected = ask_csv(&csv_table(&rows), &[]);
    for book in tables(&rows) {
        assert_eq!(ask(&book, &[]), expected);
    }
    // As Excel writes it, with all 17 digits.
    let cells = ["0.10000000000000001", "0.30000000000000004", "434.99999999999994", "1.7976931348623157E+308"];
    let rows = cells.map(|cell| format!("<row><c><v>{cell}</v></c></row>")).concat();
    let given = [("statistics", "minmax,distinct,mode,median")];
    let expected = ask_csv("0.1\n0.3\n435\n1.7976931348623157e308\n", &given);
    assert_eq!(ask(&xlsx_of_rows(&rows), &given), expected);
    let equal = xlsx_of_rows("<row><c><v>434.99999999999994</v></c></row><row><c><v>435</v></c></row>");
    assert_eq!(ask(&equal, &given), ask_csv("435\n435\n", &given));
}

#[test]
fn dates_are_groups_and_no_numbers() {
    let book = xlsx(|sheet| {
        let (date, time) = (Style::new().set_num_format("yyyy\\-mm\\-dd"), Style::new().set_num_format("[h]:mm"));
        sheet.write_row(0, 0, ["day", "time", "mark"]).unwrap();
        for (row, day) in [(1, 45_322.0), (2, 45_322.0), (3, 45_323.5)] {
            sheet.write_number_with_format(row, 0, day, &date).unwrap();
            sheet.write_number_with_format(row, 1, day / 24.0 - 1888.0, &time).unwrap();
            sheet.write_number(row, 2, f64::from(row)).unwrap();
        }
    });
    let csv = "day,time,mark\n2024-01-31,PT10H0M0S,1\n2024-01-31,PT10H0M0S,2\n2024-02-01T12:00:00,PT11H30M0S,3\n";
    let csv = csv.replace("PT10H0M0S", "10:00:00").replace("PT11H30M0S", "11:30:00");
    let expected = ask_csv(&csv, &[("group_by", "day")]).unwrap();
    assert_eq!(ask(&book, &[("group_by", "day")]).unwrap(), expected);
    let cell = |kind: &str, value: &str| {
        format!(r#"<table:table-cell office:value-type="{kind}" office:{kind}-value="{value}"/>"#)
    };
    let row = |day, time, mark| {
        let mark = format!(r#"<table:table-cell office:value-type="float" office:value="{mark}"/>"#);
        format!("<table:table-row>{}{}{mark}</table:table-row>", cell("date", day), cell("time", time))
    };
    let book = ods(&format!(
        "<table:table><table:table-row>{}{}{}</table:table-row>{}{}{}</table:table>",
        cell("string", "day"),
        cell("string", "time"),
        cell("string", "mark"),
        row("2024-01-31", "PT10H00M00S", 1),
        row("2024-01-31T00:00:00", "PT10H00M00S", 2),
        row("2024-02-01T12:00:00.000000000", "PT11H30M00S", 3),
    ));
    assert_eq!(ask(&book, &[("group_by", "day")]).unwrap(), expected);
}

#[test]
fn rows_are_numbered_as_in_the_sheet() {
    // Two title lines, a blank row in between, a bad cell in row 7.
    let book = xlsx(|sheet| {
        sheet.write_string(0, 0, "Marks of all centres").unwrap();
        sheet.write_string(2, 1, "mark").unwrap();
        sheet.write_number(4, 1, 5).unwrap();
        sheet.write_string(6, 1, "six").unwrap();
    });
    let refused = refusal(&book, &[("skip_rows", "2"), ("column", "mark")], &Limits::default());
    let loc = [Step::Name("body".into()), Step::Index(7), Step::Name("mark".into())];
    assert_eq!(refused.listed()[0].location.steps(), loc);
    assert_eq!(refused.listed()[0].input.as_deref(), Some("six"));
    // Without an option the title is a header of one column, because no row has more cells; the mark stands beyond it, below
    // an empty heading.
    let csv = "Marks of all centres,\n,mark\n,5\n,six\n";
    let refused = refusal(&book, &[("column", "column_2")], &Limits::default());
    assert_eq!(refused.listed()[0].location.steps()[1], Step::Index(3));
    let options = [("column", "column_2"), ("invalid", "missing")];
    assert_eq!(ask(&book, &options), ask_csv(csv, &options));
    let empty = |text: &str, times: u32| {
        let repeated = format!(r#"table:number-rows-repeated="{times}""#);
        format!("<table:table-row {repeated}><table:table-cell/>{text}</table:table-row>")
    };
    let mark = |text: &str| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>");
    let book = ods(&format!(
        "<table:table>{}{}{}{}{}</table:table>",
        empty(&mark("mark"), 1),
        empty("", 1000),
        empty(&mark("5"), 3),
        empty(&mark("six"), 1),
        empty("", 1_047_571)
    ));
    let refused = refusal(&book, &[("column", "mark")], &Limits::default());
    assert_eq!(refused.listed()[0].location.steps()[1], Step::Index(1005));
    assert!(ask(&book, &[("column", "mark"), ("missing", "six")]).unwrap().contains(r#""rows":4"#));
}

#[test]
fn short_rows_are_missing_cells() {
    let rows: [&[Cell]; 4] =
        [&[Text("a"), Text("b")], &[Number(1.0)], &[Number(2.0), Number(3.0), Empty], &[Number(4.0), Text(" ")]];
    let expected = ask_csv("a,b\n1,\n2,3\n4,\n", &[]);
    for book in tables(&rows) {
        assert_eq!(ask(&book, &[]), expected);
    }
    // Without names the table grows.
    let rows: [&[Cell]; 3] = [&[Number(1.0)], &[Number(2.0), Number(3.0)], &[]];
    let expected = ask_csv("column_1,column_2\n1,\n2,3\n", &[]);
    let options = [("skip_rows", "0")];
    for book in tables(&rows) {
        assert_eq!(ask(&book, &options), expected);
    }
}

#[test]
fn sheets_by_name_and_number() {
    let mut book = Workbook::new();
    for (name, value, hidden) in
        [("Notes", None, false), ("Old", Some(7.0), true), ("1", Some(5.0), false), ("B&B", Some(6.0), false)]
    {
        let sheet = book.add_worksheet().set_name(name).unwrap().set_hidden(hidden);
        if let Some(value) = value {
            sheet.write_number(0, 0, value).unwrap();
        }
    }
    let book = book.save_to_buffer().unwrap();
    let table = |name: &str, style: &str, value: &str| {
        let cell = format!(r#"<table:table-cell office:value-type="float" office:value="{value}"/>"#);
        format!(
            r#"<table:table table:name="{name}" table:style-name="{style}"><table:table-row>{cell}</table:table-row></table:table>"#
        )
    };
    let tables = [table("Notes", "", ""), table("Old", "hidden", "7"), table("1", "", "5"), table("B&amp;B", "", "6")];
    let other = ods(&tables.concat());
    for book in [&book, &other] {
        let mean = |options: &[(&str, &str)]| {
            let answer = ask(book, options).unwrap();
            answer.split_once("\"mean\":").unwrap().1.split(',').next().unwrap().to_owned()
        };
        assert_eq!(mean(&[]), "5.0");
        assert_eq!(mean(&[("sheet", "1")]), "5.0");
        assert_eq!(mean(&[("sheet", "2")]), "7.0");
        assert_eq!(mean(&[("sheet", "4")]), "6.0");
        assert_eq!(mean(&[("sheet", "B&B")]), "6.0");
        let refused = refusal(book, &[("sheet", "Marks")], &Limits::default());
        assert_eq!(detail(&refused), "there is no sheet 'Marks'; the sheets are 1 'Notes', 2 'Old', 3 '1', 4 'B&B'");
        assert_eq!(refused.listed()[0].reason.code(), "unknown_sheet");
        let refused = refusal(book, &[("sheet", "Notes")], &Limits::default());
        assert_eq!((refused.kind(), refused.listed()[0].reason.code()), (Kind::Invalid, "missing"));
    }
}

#[test]
fn formulas_errors_and_rich_text() {
    let book = xlsx(|sheet| {
        sheet.write_string(0, 0, "mark").unwrap();
        sheet.write_formula(1, 0, Formula::new("=2+3").set_result("5")).unwrap();
        sheet.write_formula(2, 0, Formula::new("=NA()").set_result("#N/A")).unwrap();
        let (bold, plain) = (Style::new().set_bold(), Style::new());
        sheet.write_rich_string(3, 0, &[(&plain, "7"), (&bold, ".5")]).unwrap();
    });
    assert_eq!(ask(&book, &[]), ask_csv("mark\n5\n#N/A\n7.5\n", &[]));
    let book = xlsx_of_rows(
        r#"<row r="1"><c r="A1" t="inlineStr"><is><r><t>ma</t></r><r><t>rk</t></r><rPh><t>no</t></rPh></is></c></row>
        <row r="2"><c r="A2" t="e"><v>#DIV/0!</v></c></row><row r="4"><c r="A4"><f>1+1</f><v>2</v></c></row>"#,
    );
    let refused = refusal(&book, &[("column", "mark")], &Limits::default());
    assert_eq!(refused.listed()[0].input.as_deref(), Some("#DIV/0!"));
    assert_eq!(ask(&book, &[("missing", "#DIV/0!")]), ask_csv("mark\n-\n2\n", &[("missing", "-")]));
    let book = ods(
        r#"<table:tracked-changes><table:table-cell><text:p>9</text:p></table:table-cell></table:tracked-changes><table:table>
        <table:table-row><table:table-cell><text:p>ma<text:span>rk</text:span></text:p></table:table-cell></table:table-row>
        <table:table-row><table:table-cell office:value-type="string" office:string-value="" calcext:value-type="error">
        <office:annotation><text:p>8</text:p></office:annotation><text:p>#N/A</text:p></table:table-cell></table:table-row>
        <table:table-row-group><table:table-row><table:table-cell office:value-type="percentage" office:value="0.5">
        <text:p>50%</text:p></table:table-cell></table:table-row></table:table-row-group></table:table>"#,
    );
    assert_eq!(ask(&book, &[]), ask_csv("mark\n#N/A\n0.5\n", &[]));
}

/// A row of texts and numbers, as the XML of an XLSX sheet.
pub fn xlsx_row(cells: &[&str]) -> String {
    let cell = |text: &&str| match text.parse::<f64>() {
        Ok(_) => format!("<c><v>{text}</v></c>"),
        Err(_) if text.is_empty() => "<c/>".to_owned(),
        Err(_) => format!(r#"<c t="inlineStr"><is><t>{text}</t></is></c>"#),
    };
    format!("<row>{}</row>", cells.iter().map(cell).collect::<String>())
}

/// A row as the XML of an ODS sheet.
fn ods_row(cells: &[&str]) -> String {
    let cell = |text: &&str| match text.parse::<f64>() {
        Ok(_) => format!(r#"<table:table-cell office:value-type="float" office:value="{text}"/>"#),
        Err(_) => format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>"),
    };
    format!("<table:table-row>{}</table:table-row>", cells.iter().map(cell).collect::<String>())
}

/// Cells of XLSX as programs write them, and as none should; `#` is the number of the row.
const XLSX_CELLS: [&str; 58] = [
    "",
    "<c/>",
    "<c></c>",
    "<c r=\"B#\"/>",
    "<c r=\"B#\" s=\"1\"/>",
    "<c><v>2.5</v></c>",
    "<c r=\"B#\"><v>2.5</v></c>",
    "<c r='B#'><v>2.5</v></c>",
    "<c  r=\"B#\" ><v>2.5</v></c>",
    "<c\n r=\"B#\"><v>2.5</v></c>",
    "<c r=\"b#\"><v>-1e-7</v></c>",
    "<c r=\"C#\"><v>4</v></c>",
    "<c r=\"A#\"><v>4</v></c>",
    "<c r=\"#\"><v>4</v></c>",
    "<c r=\"\"><v>4</v></c>",
    "<c r=\"XFE#\"><v>4</v></c>",
    "<c r=\"B#\" r=\"C#\"><v>4</v></c>",
    "<c x:r=\"C#\"><v>4</v></c>",
    "<c r=\"B#\" cm=\"1\" note=\"a &amp; b\"><v>4</v></c>",
    "<c r=\"B#\" note=\"a > b\"><v>4</v></c>",
    "<c r=B#><v>4</v></c>",
    "<c r><v>4</v></c>",
    "<cell r=\"B#\"><v>4</v></cell>",
    "<x:c r=\"B#\"><v>4</v></x:c>",
    "<c r=\"B#\" s=\"1\"><v>44927</v></c>",
    "<c r=\"B#\" s=\"7\"><v>44927</v></c>",
    "<c r=\"B#\" s=\"x\"><v>44927</v></c>",
    "<c r=\"B#\" t=\"n\"><v> 7 </v></c>",
    "<c r=\"B#\" t=\"b\"><v>1</v></c>",
    "<c r=\"B#\" t=\"e\"><v>#N/A</v></c>",
    "<c r=\"B#\" t=\"d\"><v>2024-01-02</v></c>",
    "<c r=\"B#\" t=\"s\"><v>1</v></c>",
    "<c r=\"B#\" t=\"s\"><v>9</v></c>",
    "<c r=\"B#\" t=\"s\"><v>x</v></c>",
    "<c r=\"B#\" t=\"str\"><v>Zo\u{eb}</v></c>",
    "<c r=\"B#\" t=\"str\"><v>a &amp; b</v></c>",
    "<c r=\"B#\" t=\"str\"><v>a &nonsense; b</v></c>",
    "<c r=\"B#\" t=\"str\"><v>a\r\nb_x000D_</v></c>",
    "<c r=\"B#\" t=\"str\"><f>A1</f><v></v></c>",
    "<c r=\"B#\"><f>A1</f><v></v></c>",
    "<c r=\"B#\"><f>A1</f></c>",
    "<c r=\"B#\"><f>A1+1</f><v>3</v></c>",
    "<c r=\"B#\"><f t=\"shared\" si=\"0\"/><v>3</v></c>",
    "<c r=\"B#\"><f>A1&gt;1</f><v>3</v></c>",
    "<c r=\"B#\"><v>3</v><f>A1</f></c>",
    "<c r=\"B#\"><v>3</v><v>4</v></c>",
    "<c r=\"B#\"><v xml:space=\"preserve\">3</v></c>",
    "<c r=\"B#\"><v><![CDATA[3]]></v></c>",
    "<c r=\"B#\"><v>3<!-- 4 --></v></c>",
    "<c r=\"B#\"><v>3</v><extLst/></c>",
    "<c r=\"B#\"><is><t>3</t></is></c>",
    "<c r=\"B#\" t=\"inlineStr\"><v>3</v></c>",
    "<c r=\"B#\" t=\"inlineStr\"><is><t>ab_x0041_</t></is></c>",
    "<c r=\"B#\" t=\"inlineStr\"><is><t xml:space=\"preserve\"> a </t></is></c>",
    "<c r=\"B#\" t=\"inlineStr\"><is><t/></is></c>",
    "<c r=\"B#\" t=\"inlineStr\"><is><r><t>a</t></r><r><t>b</t></r><rPh><t>c</t></rPh></is></c>",
    "<c r=\"B#\"><v>3</c>",
    "<c r=\"B#\"><row/></c>",
];

/// Rows mean the same whether they are read at once, or by their events because of the comments before them.
#[test]
fn rows_of_xlsx_are_read_as_their_events() {
    const STARTS: [&str; 8] = [
        "<row r=\"#\">",
        "<row>",
        "<row r=\"#\" spans=\"1:2\" ht=\"15.75\" customHeight=\"1\">",
        "<row r=\" # \">",
        "<row r=\"0\">",
        "<row r=\"2\">",
        "<x:row r=\"#\">",
        "\n  <row r='#'>",
    ];
    let texts = "<sst><si><t>mark</t></si><si><t>text</t></si></sst>";
    let styles = "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>";
    let relations = "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"s.xml\"/><Relationship Id=\"r2\" \
                     Type=\"x/sharedStrings\" Target=\"t.xml\"/><Relationship Id=\"r3\" Type=\"x/styles\" Target=\"y.xml\"/></Relationships>";
    let mut accepted = 0;
    let pairs = STARTS.iter().flat_map(|start| XLSX_CELLS.iter().map(move |cell| (start, cell)));
    for (start, cell) in pairs.filter(|(start, cell)| **start == STARTS[0] || **cell == XLSX_CELLS[6]) {
        let end = if start.contains("x:row") { "</x:row>" } else { "</row>" };
        let row = |number: usize| match number {
            1 => "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>id</v></c><c r=\"B1\" t=\"s\"><v>0</v></c></row>".to_owned(),
            // Behind the first bytes, which are read apart.
            40 => format!("{start}<c r=\"A#\"><v>14</v></c>{cell}{end}").replace('#', "40"),
            _ => format!("<row r=\"{number}\"><c r=\"A{number}\"><v>1{number}</v></c><c><v>0.{number}</v></c></row>"),
        };
        let rows: Vec<String> = (1..70).map(row).collect();
        let outcome = |between: &str| {
            let sheet = format!("<worksheet><sheetData>{}</sheetData></worksheet>", rows.join(between));
            let parts = [
                (
                    "_rels/.rels",
                    r#"<Relationships><Relationship Id="a" Type="x/officeDocument" Target="/xl/b.xml"/></Relationships>"#,
                ),
                ("xl/b.xml", r#"<workbook><sheets><sheet name="S" r:id="r1"/></sheets></workbook>"#),
                ("xl/_rels/b.xml.rels", relations),
                ("xl/s.xml", &sheet),
                ("xl/t.xml", texts),
                ("xl/y.xml", styles),
            ];
            let book = archive(&parts.map(|(name, text)| (name, text.as_bytes())));
            [&[("invalid", "missing")][..], &[("column", "mark")], &[("column", "id"), ("group_by", "mark")]]
                .map(|options| ask(&book, options))
        };
        let (at_once, by_event) = (outcome(""), outcome("<!-- -->"));
        assert!(at_once == by_event, "{start} {cell}\n{at_once:?}\n{by_event:?}");
        accepted += usize::from(at_once[0].is_ok());
    }
    assert!((30..60).contains(&accepted), "{accepted}");
}

/// Sheets with a name, whether they are visible, and rows of texts.
pub type Sheets<'a> = &'a [(&'a str, bool, &'a [&'a [&'a str]])];

/// The same sheets as XLSX, as ODS and as XLS. Their texts are escaped as in XML.
pub fn books(sheets: Sheets) -> [Vec<u8>; 3] {
    let tables = sheets.iter().map(|(name, visible, rows)| {
        let style = if *visible { "" } else { "hidden" };
        let rows: String = rows.iter().map(|row| ods_row(row)).collect();
        format!(r#"<table:table table:name="{name}" table:style-name="{style}">{rows}</table:table>"#)
    });
    let tables: String = tables.collect();
    let mut list = String::new();
    let mut relations = String::new();
    let mut parts = Vec::new();
    for (number, (name, visible, rows)) in sheets.iter().enumerate() {
        let state = if *visible { "visible" } else { "hidden" };
        list += &format!(r#"<sheet name="{name}" state="{state}" r:id="r{number}"/>"#);
        relations += &format!(r#"<Relationship Id="r{number}" Type="x/worksheet" Target="s{number}.xml"/>"#);
        let rows: String = rows.iter().map(|row| xlsx_row(row)).collect();
        parts.push((format!("xl/s{number}.xml"), format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")));
    }
    let root = r#"<Relationships><Relationship Id="a" Type="x/officeDocument" Target="/xl/b.xml"/></Relationships>"#;
    let book = format!("<workbook><sheets>{list}</sheets></workbook>");
    let relations = format!("<Relationships>{relations}</Relationships>");
    let mut all: Vec<(&str, &[u8])> = vec![
        ("_rels/.rels", root.as_bytes()),
        ("xl/b.xml", book.as_bytes()),
        ("xl/_rels/b.xml.rels", relations.as_bytes()),
    ];
    all.extend(parts.iter().map(|(name, part)| (name.as_str(), part.as_bytes())));
    [archive(&all), ods(&tables), xls_of_sheets(sheets)]
}

fn stored(text: &str) -> biff::Cell<'_> {
    match text.parse() {
        Ok(number) => biff::Cell::Number(number),
        Err(_) if text.is_empty() => biff::Cell::Empty,
        Err(_) => biff::Cell::Text(text),
    }
}

fn xls_of_sheets(sheets: Sheets) -> Vec<u8> {
    let texts: Vec<(String, Vec<Vec<String>>)> = sheets
        .iter()
        .map(|(name, _, rows)| {
            let plain = |text: &&str| text.replace("&lt;", "<").replace("&amp;", "&");
            (plain(name), rows.iter().map(|row| row.iter().map(plain).collect()).collect())
        })
        .collect();
    let sheets: Vec<(&str, bool, Vec<Vec<biff::Cell>>)> = texts
        .iter()
        .zip(sheets)
        .map(|((name, rows), (_, visible, _))| {
            (name.as_str(), *visible, rows.iter().map(|row| row.iter().map(|text| stored(text)).collect()).collect())
        })
        .collect();
    biff::book(&sheets, Manner::Packed)
}

/// What a workbook was read as, and the warnings about it.
fn reading(book: &[u8], options: &[(&str, &str)]) -> (TableSource, Vec<TableWarning>) {
    let given = crate::ask::given(options);
    let options = Options::parse(&given).unwrap();
    let mut reader = Reader::new(None, &options, &Limits::default());
    reader.feed(book).unwrap();
    let Data::Table(mut table) = reader.finish().unwrap().data else { panic!("a table") };
    assert_eq!(table.sources.len(), 1);
    (table.sources.remove(0), table.warnings)
}

/// Whether there is a warning of this kind.
fn warns(warnings: &[TableWarning], code: TableWarningCode) -> bool {
    warnings.iter().any(|warning| warning.code == code)
}

fn sheet_read(book: &[u8], options: &[(&str, &str)]) -> String {
    reading(book, options).0.sheet.expect("a sheet")
}

const COVER: &[&[&str]] = &[&["Marks of all centres"], &["Published by", "an office"], &["Contact", "a person"]];
const CONTENTS: &[&[&str]] = &[&["Table number", "Title"], &["1", "Marks"], &["2", "Ages"]];
const TABLE: &[&[&str]] = &[&["cohort", "mark"], &["2023", "41"], &["2024", "55.5"]];
const AGES: &[&[&str]] = &[&["age"], &["16"], &["17"]];

#[test]
fn the_default_sheet_is_the_first_with_a_table_of_numbers() {
    let expected = ask_csv("cohort,mark\n2023,41\n2024,55.5\n", &[("column", "mark")]).unwrap();
    for book in books(&[
        ("Cover", true, COVER),
        ("Contents", true, CONTENTS),
        ("Empty", true, &[]),
        ("Hidden", false, AGES),
        ("Marks", true, TABLE),
        ("Ages", true, AGES),
        ("Text", true, COVER),
    ]) {
        assert_eq!(ask(&book, &[("column", "mark")]).unwrap(), expected);
        assert!(ask(&book, &[]).unwrap().contains("\"column\":\"mark\""));
        for options in [&[][..], &[("column", "mark")]] {
            let (source, warnings) = reading(&book, options);
            assert_eq!(source.sheet.as_deref(), Some("Marks"));
            assert!(warns(&warnings, TableWarningCode::OtherSheets));
            assert_eq!(source.other_sheets, Some(vec!["Contents".to_owned(), "Ages".to_owned()]));
        }
        for (name, column) in [("Ages", "age"), (" ages ", "age"), ("HIDDEN", "age"), ("7", "Published by")] {
            let options = [("sheet", name), ("column", column), ("invalid", "missing")];
            if name == "7" {
                // The title row of the sheet is passed over.
                assert!(ask(&book, &options).unwrap().contains("\"nobs\":0"));
                continue;
            }
            assert!(ask(&book, &options).unwrap().contains("\"mean\":16.5"), "{name}");
            assert!(!warns(&reading(&book, &options).1, TableWarningCode::OtherSheets));
        }
        let refused = detail(&refusal(&book, &[("column", "nark")], &Limits::default()));
        assert!(refused.contains("mark"), "{refused}");
    }
    // Contents that are all there is are described, and a workbook without numbers says which texts it has.
    for book in books(&[("Cover", true, COVER), ("Contents", true, CONTENTS)]) {
        assert!(ask(&book, &[]).unwrap().contains("\"mean\":1.5"));
        assert_eq!(sheet_read(&book, &[]), "Contents");
    }
    for book in books(&[("Cover", true, COVER), ("Text", true, COVER)]) {
        assert!(ask(&book, &[]).unwrap().contains("\"skipped\":[{\"column\":\"Published by\""));
        assert_eq!(sheet_read(&book, &[]), "Cover");
    }
}

#[test]
fn all_sheets_are_one_table() {
    let a: &[&[&str]] = &[&["cohort", "mark"], &["2023", "41"], &["2024", "55.5"]];
    let b: &[&[&str]] = &[&["Marks"], &["mark", "cohort"], &["49", "2023"], &["70", "2024"]];
    let csv = "sheet,cohort,mark\nA,2023,41\nA,2024,55.5\nB,2023,49\nB,2024,70\n";
    for book in books(&[("Cover", true, COVER), ("A", true, a), ("Ages", true, AGES), ("B", true, b), ("C", false, a)])
    {
        for group in ["sheet", "sheet|cohort", "cohort"] {
            let options = [("column", "mark"), ("group_by", group), ("overall", "1")];
            let sheets = [&options[..], &[("sheet", "*")]].concat();
            assert_eq!(ask(&book, &sheets), ask_csv(csv, &options), "{group}");
        }
        let (source, _) = reading(&book, &[("sheet", "*")]);
        assert_eq!((source.sheet.as_deref(), source.other_sheets), (Some("A, B"), Some(vec!["Ages".to_owned()])));
        assert_eq!(source.skipped_rows, Some(1));
        assert!(!ask(&book, &[("sheet", "*")]).unwrap().contains("\"sheet\""));
    }
    // A column of that name is the sheet's own.
    let own: &[&[&str]] = &[&["sheet", "mark"], &["x", "41"], &["y", "55.5"]];
    for book in books(&[("A", true, own), ("B", true, own)]) {
        let options = [("sheet", "*"), ("group_by", "sheet"), ("column", "mark")];
        let answer = ask(&book, &options).unwrap();
        assert!(answer.contains("{\"sheet\":\"x\"}") && !answer.contains("{\"sheet\":\"A\"}"), "{answer}");
    }
    // A bad cell is in a row of its sheet.
    let bad: &[&[&str]] = &[&["cohort", "mark"], &["2023", "six"]];
    for book in books(&[("A", true, a), ("B", true, bad)]) {
        let refused = refusal(&book, &[("sheet", "*"), ("column", "mark")], &Limits::default());
        assert!(detail(&refused).starts_with("B: row 2, column mark: "), "{}", detail(&refused));
    }
}

#[test]
fn merged_group_cells_hold_their_value() {
    let rows = [
        ["centre", "subject", "mark"],
        ["Alpha", "Maths", "41"],
        ["", "English", "55"],
        ["", "Art", "60"],
        ["Beta", "Maths", "70"],
        ["", "English", "30"],
    ];
    let sheet: String = rows.iter().map(|row| xlsx_row(row)).collect();
    let merges =
        r#"<mergeCells><mergeCell ref="A5:A6"/><mergeCell ref="A2:A4"/><mergeCell ref="nonsense"/></mergeCells>"#;
    let sheet = format!("<worksheet><sheetData>{sheet}</sheetData>{merges}</worksheet>");
    let xlsx = xlsx_of_parts(&[("xl/s.xml", sheet.as_bytes())]);
    let row = |(number, cells): (usize, &[&str; 3])| {
        let span = match number {
            1 => r#" table:number-rows-spanned="3""#,
            4 => r#" table:number-rows-spanned="2" table:number-columns-spanned="1""#,
            _ => "",
        };
        let first = match cells[0] {
            "" => "<table:covered-table-cell/>".to_owned(),
            text => format!("<table:table-cell{span}><text:p>{text}</text:p></table:table-cell>"),
        };
        ods_row(&cells[1..]).replacen("<table:table-row>", &format!("<table:table-row>{first}"), 1)
    };
    let ods = ods(&format!("<table:table>{}</table:table>", rows.iter().enumerate().map(row).collect::<String>()));
    let csv = "centre,subject,mark\nAlpha,Maths,41\nAlpha,English,55\nAlpha,Art,60\nBeta,Maths,70\nBeta,English,30\n";
    let options = [("column", "mark"), ("group_by", "centre"), ("overall", "1")];
    for book in [&xlsx, &ods] {
        assert_eq!(ask(book, &options), ask_csv(csv, &options));
        let is_expected =
            |warning: &TableWarning| warning.code == TableWarningCode::MergedCells && warning.count == Some(3);
        assert!(reading(book, &options).1.iter().any(is_expected));
        // Only group columns are filled.
        assert_eq!(ask(book, &[("column", "mark")]), ask_csv(csv, &[("column", "mark")]));
    }
    // A block over several columns; the header above it is not a value.
    let sheet = "<row><c t=\"str\"><v>a</v></c><c t=\"str\"><v>b</v></c><c t=\"str\"><v>mark</v></c></row>\
                 <row><c><v>1</v></c><c/><c><v>5</v></c></row><row><c/><c/><c><v>7</v></c></row>";
    let merges = r#"<mergeCells><mergeCell ref="A2:B3"/></mergeCells>"#;
    let sheet = format!("<worksheet><sheetData>{sheet}</sheetData>{merges}</worksheet>");
    let options = [("group_by", "a|b"), ("column", "mark")];
    let expected = ask_csv("a,b,mark\n1,1,5\n1,1,7\n", &options);
    assert_eq!(ask(&xlsx_of_parts(&[("xl/s.xml", sheet.as_bytes())]), &options), expected);
}

#[test]
fn formulas_that_nobody_calculated_are_refused() {
    let head = xlsx_row(&["name", "mark", "total"]);
    for cell in ["<c><f>B2+1</f></c>", "<c><f>B2+1</f><v></v></c>", r#"<c t="n"><f t="shared" si="0"/><v/></c>"#] {
        let book = xlsx_of_rows(&format!("{head}<row><c/><c><v>5</v></c>{cell}</row>{}", xlsx_row(&["", "7", "8"])));
        for options in [&[][..], &[("column", "total")], &[("column", "mark"), ("group_by", "total")]] {
            let refused = refusal(&book, options, &Limits::default());
            assert_eq!(refused.kind(), Kind::Invalid);
            let message = detail(&refused);
            assert!(message.starts_with("row 2, column total: ") && message.contains("formula"), "{message}");
            assert!(message.contains("spreadsheet program and save"), "{message}");
        }
        // A column that nobody asked for does not matter.
        assert!(ask(&book, &[("column", "mark")]).unwrap().contains("\"mean\":6.0"));
    }
    let empty_text = xlsx_of_rows(&format!(
        r#"{head}<row><c t="str"><f>""</f><v></v></c><c><v>5</v></c><c t="str"><f>""</f></c></row>"#
    ));
    assert!(ask(&empty_text, &[]).unwrap().contains("\"mean\":5.0"));
    let cells = |cell: &str| {
        ods(&format!("<table:table>{}<table:table-row>{cell}</table:table-row></table:table>", ods_row(&["mark"])))
    };
    let refused = refusal(&cells(r#"<table:table-cell table:formula="of:=1+1"/>"#), &[], &Limits::default());
    assert!(detail(&refused).contains("formula"), "{}", detail(&refused));
    let good = r#"<table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"/>"#;
    assert!(ask(&cells(good), &[]).unwrap().contains("\"mean\":2.0"));
}

#[test]
fn an_empty_heading_is_a_column_as_in_the_csv() {
    let rows: [&[Cell]; 4] = [
        &[Text("name"), Text("mark")],
        &[Text("Ann"), Number(5.0)],
        &[Text("Bob"), Number(7.0), Number(1.0)],
        &[Text("Cy"), Number(9.0), Number(2.0), Text("note")],
    ];
    for options in [&[][..], &[("column", "column_3")], &[("column", "mark"), ("group_by", "column_4")]] {
        let expected = ask_csv(&csv_table(&rows), options);
        for book in tables(&rows) {
            assert_eq!(ask(&book, options), expected, "{options:?}");
        }
    }
}

#[test]
fn title_rows_are_passed_over() {
    let rows: &[&[&str]] =
        &[&["Table 1"], &["", "Source: an office"], &[], &["name", "mark"], &["Ann", "5"], &["Bob", "six"]];
    for book in books(&[("A", true, rows)]) {
        let refused = refusal(&book, &[("column", "mark")], &Limits::default());
        assert!(detail(&refused).starts_with("row 6, column mark"), "{}", detail(&refused));
        let (source, _) = reading(&book, &[("column", "mark"), ("invalid", "missing")]);
        assert_eq!((source.skipped_rows, source.header_row), (Some(2), Some(Some(4))));
    }
    // One column has no titles, however many rows it has.
    let long: Vec<String> = (0..250).map(|number| number.to_string()).collect();
    let cells: Vec<[&str; 1]> = std::iter::once(["mark"]).chain(long.iter().map(|text| [text.as_str()])).collect();
    let rows: Vec<&[&str]> = cells.iter().map(<[&str; 1]>::as_slice).collect();
    for book in books(&[("A", true, &rows)]) {
        assert_eq!(ask(&book, &[]), ask_csv(&format!("mark\n{}\n", long.join("\n")), &[]));
    }
}

#[test]
fn the_flag_of_1904_is_that_of_the_workbook() {
    let sheet = r"<worksheet><sheetData><row><c><v>0</v></c></row></sheetData></worksheet>";
    let read = |book: &str| {
        let root =
            br#"<Relationships><Relationship Id="a" Type="x/officeDocument" Target="/xl/b.xml"/></Relationships>"#;
        let relations = br#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="s.xml"/>
            <Relationship Id="r2" Type="x/styles" Target="t.xml"/></Relationships>"#;
        let styles = br#"<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>"#;
        let book = archive(&[
            ("_rels/.rels", &root[..]),
            ("xl/b.xml", book.as_bytes()),
            ("xl/_rels/b.xml.rels", relations),
            ("xl/t.xml", styles),
            ("xl/s.xml", sheet.as_bytes()),
        ]);
        ask(&book, &[("header", "false")]).unwrap()
    };
    let sheets = r#"<sheets><sheet name="S" r:id="r1"/></sheets>"#;
    let extension = r#"<extLst><ext><x15:workbookPr chartTrackingRefBase="1"/></ext></extLst>"#;
    for flag in ["1", "true"] {
        let answer = read(&format!(r#"<workbook><workbookPr date1904="{flag}"/>{sheets}{extension}</workbook>"#));
        assert!(answer.contains("1904-01-01"), "{answer}");
        let answer = read(&format!(r#"<x:workbook><x:workbookPr date1904="{flag}"/>{sheets}{extension}</x:workbook>"#));
        assert!(answer.contains("1904-01-01"), "{answer}");
    }
    let answer = read(&format!(r#"<workbook><workbookPr/>{sheets}<x:workbookPr date1904="1"/></workbook>"#));
    assert!(!answer.contains("1904-01-01"), "{answer}");
}

#[test]
fn parts_may_be_in_other_encodings() {
    let rows = [xlsx_row(&["naïve 😀", "mark"]), xlsx_row(&["Zoë", "41"]), xlsx_row(&["é", "55.5"])].concat();
    let expected = ask_csv("naïve 😀,mark\nZoë,41\né,55.5\n", &[]);
    let sheet = |encoding: &str, rows: &str| {
        format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?><worksheet><sheetData>{rows}</sheetData></worksheet>")
    };
    let of_sheet = |bytes: &[u8]| xlsx_of_parts(&[("xl/s.xml", bytes)]);
    for mark in ["", "\u{feff}"] {
        let text = format!("{mark}{}", sheet("UTF-16", &rows));
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(ask(&of_sheet(&little), &[]), expected);
        assert_eq!(ask(&of_sheet(&big), &[]), expected);
    }
    let latin = sheet("ISO-8859-1", &rows.replace(" 😀", " &#128512;"));
    let latin: Vec<u8> = latin.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
    assert_eq!(ask(&of_sheet(&latin), &[]), expected);
    // Bytes that are not of the encoding.
    let broken: Vec<u8> =
        sheet("UTF-16", "<row>").encode_utf16().chain([0xd800, 60]).flat_map(u16::to_le_bytes).collect();
    let refused = refusal(&of_sheet(&broken), &[], &Limits::default());
    assert_eq!(refused.kind(), Kind::Malformed, "{}", detail(&refused));
    assert!(detail(&refused).contains("encoding"), "{}", detail(&refused));
}

#[test]
fn several_passes_over_a_workbook_are_no_larger_workbook() {
    let numbers: Vec<String> = (0..6000).map(|number| (number % 7).to_string()).collect();
    let mut rows: Vec<Vec<&str>> = vec![vec!["centre", "mark"]];
    rows.extend(numbers.iter().map(|number| vec!["Alpha", number.as_str()]));
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let csv = rows.iter().map(|row| row.join(",") + "\n").collect::<String>();
    let options = [("column", "mark"), ("group_by", "centre")];
    for book in books(&[("Cover", true, COVER), ("Marks", true, &rows)]) {
        let read = |memory| crate::ask_with(None, &book, &options, &Limits { memory, ..Limits::default() });
        // The XML of the sheet is some 500 to 900 KB.
        assert_eq!(read(1 << 20), ask_csv(&csv, &options));
    }
    assert!(csv.len() < 1 << 18);
}

/// Rows that wait until it is known whether they are behind the table take memory only as long as they wait.
#[test]
fn rows_that_wait_are_not_added_up() {
    let data: Vec<[Cell; 2]> =
        (0..20_000).map(|row| [Text("a name of a person"), Number(f64::from(row * 7919 % 100_003))]).collect();
    let rows: Vec<&[Cell]> =
        std::iter::once(&[Text("name"), Text("mark")][..]).chain(data.iter().map(<[Cell; 2]>::as_slice)).collect();
    let limits = Limits { memory: 2 << 20, ..Limits::default() };
    let answer = crate::ask_with(None, &xlsx_table(&rows), &[("column", "mark"), ("skip_end", "3")], &limits);
    assert!(answer.expect("an answer").starts_with(r#"{"rows":19997,"#));
}

/// A header that the sheet repeats is the header once, and then data.
#[test]
fn a_repeated_header_is_a_header_once() {
    let row = |cell: &str, times: u32| {
        format!(
            r#"<table:table-row table:number-rows-repeated="{times}"><table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell></table:table-row>"#
        )
    };
    let number = r#"<table:table-row table:number-rows-repeated="4"><table:table-cell office:value-type="float" office:value="5"/></table:table-row>"#;
    let book = ods(&format!("<table:table>{}{number}</table:table>", row("mark", 2)));
    let options = [("column", "mark"), ("invalid", "missing")];
    assert_eq!(ask(&book, &options), ask_csv("mark\nmark\n5\n5\n5\n5\n", &options));
}

/// Rows behind the last one to read are neither notes nor anything else.
#[test]
fn rows_beyond_the_greatest_number_are_not_told() {
    let rows: [&[&str]; 4] = [&["name", "mark"], &["Ann", "5"], &["a note", ""], &["another note", ""]];
    for book in books(&[("A", true, &rows)]) {
        let (source, warnings) = reading(&book, &[("max_rows", "1")]);
        assert_eq!((source.skipped_end, warnings), (Some(0), vec![]));
    }
}
