//! Workbooks of a crosstab: what stands in their cells, and how it is shown.
#![cfg(feature = "workbook")]

use std::io::{Cursor, Read};

use describe_reports::report::{Cell, Column, Report, Table};
use describe_reports::workbook;

/// A crosstab as the report builder makes it: years across, a row of totals.
fn crosstab() -> Report {
    let years = ["2025", "2026"].map(|year| Column::new(year, year));
    let others = [
        ("change", "Change since 2025"),
        ("interval", "95% interval of the change"),
        ("p", "p"),
        ("candidates", "Candidates 2026"),
    ];
    let columns = [Column::new("code", "Code"), Column::new("year", "Opened")].into_iter().chain(years);
    let row = |code: &str, year: &str, change: Cell, p: f64| {
        vec![
            Cell::Text(code.to_owned()),
            Cell::Text(year.to_owned()),
            Cell::Number(49.8333, 1),
            Cell::Empty,
            change,
            Cell::Interval([-1.14, 1.7], 1),
            Cell::Probability(p),
            Cell::Count(12_345),
        ]
    };
    let table = Table {
        name: "mean".into(),
        title: "Table 1: Mean mark by centre, 2025 to 2026".into(),
        columns: columns.chain(others.map(|(name, label)| Column::new(name, label))).collect(),
        labels: 2,
        rows: vec![
            row("01", "1999", Cell::Change(0.26, 1), 0.04),
            row("12", "2001", Cell::Change(-0.26, 1), 1e-9),
            row("All centres", "All years", Cell::Change(0.0, 1), 0.5),
        ],
        totals: 1,
        remarks: vec!["A centre is a school.".into()],
        ..Table::default()
    };
    Report { title: "Marks".into(), tables: vec![table], ..Report::default() }
}

/// A part of an archive.
fn part(archive: Vec<u8>, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).expect("an archive");
    let mut text = String::new();
    archive.by_name(name).expect("the part").read_to_string(&mut text).expect("text");
    text
}

#[test]
fn cells_are_what_they_mean() {
    let content = part(workbook::ods(&crosstab()).expect("a workbook"), "content.xml");
    let number = |style: &str, value: &str, shown: &str| {
        format!("table:style-name=\"{style}\" office:value-type=\"float\" office:value=\"{value}\"><text:p>{shown}<")
    };
    let text = |style: &str, shown: &str| {
        format!("table:style-name=\"{style}\" office:value-type=\"string\"><text:p>{shown}</text:p>")
    };
    for cell in [
        text("Default", "A centre is a school."),
        text("head_left", "Code"),
        text("head_right", "Change since 2025"),
        text("left", "01"),
        number("name", "12.0", "12"),
        number("name", "1999.0", "1999"),
        number("number1", "49.8333", "49.8"),
        text("right", "[z]"),
        number("change1", "0.26", "+0.3"),
        number("change1", "-0.26", "\u{2212}0.3"),
        text("right", "\u{2212}1.1 to +1.7"),
        number("number4", "0.04", "0.0400"),
        text("right", "&lt;0.0001"),
        number("number0", "12345.0", "12,345"),
        text("left_first_total", "All centres"),
        number("change1_first_total", "0.0", "0.0"),
    ] {
        assert!(content.contains(&cell), "{cell} is missing: {content}");
    }
    for (sign, condition) in [("+", "&gt;"), ("-", "&lt;")] {
        assert!(
            content.contains(&format!("<number:text>{sign}</number:text>"))
                && content.contains(&format!("value(){condition}0"))
        );
    }
    let notes = content.find("[z]").is_some_and(|note| note < content.rfind("Table 1").unwrap_or_default());
    assert!(notes && !content.contains("[x]"), "shorthand is explained if it is used");
}

/// Excel's formats of numbers, of differences with both signs, and of years.
#[test]
fn xlsx_has_the_same_formats() {
    let styles = part(workbook::xlsx(&crosstab()).expect("a workbook"), "xl/styles.xml");
    for format in ["#,##0.0", "+#,##0.0;-#,##0.0;#,##0.0", "#,##0.0000"] {
        assert!(styles.contains(&format!("formatCode=\"{format}\"")), "{format} is missing: {styles}");
    }
}
