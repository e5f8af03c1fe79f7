//! Writes CSV: a header and a record for each row (RFC 4180).

use super::report::{Cell, Table, shortest};
use describe::Number;

/// Writes a table with the names of its columns. A text that a spreadsheet would run as a formula is preceded by an
/// apostrophe. An undefined statistic is empty.
///
/// ```
/// use describe_reports::{csv, report::{Cell, Column, Table}};
/// let columns = vec![Column::new("column", "Column"), Column::new("mean", "Mean")];
/// let rows = vec![vec![Cell::Text("=1+1".into()), Cell::Number(5.5, 1)], vec![Cell::Text("a,b".into()), Cell::Withheld]];
/// let table = Table { name: "results".into(), columns, rows, ..Table::default() };
/// assert_eq!(csv::table(&table), "column,mean\r\n'=1+1,5.5\r\n\"a,b\",[c]\r\n");
/// ```
#[must_use]
pub fn table(table: &Table) -> String {
    let mut text = String::new();
    record(&mut text, table.columns.iter().map(|column| harmless(&column.name)));
    for row in &table.rows {
        record(&mut text, row.iter().map(cell));
    }
    text
}

fn record(text: &mut String, fields: impl Iterator<Item = String>) {
    let start = text.len();
    for (place, field) in fields.enumerate() {
        if place > 0 {
            text.push(',');
        }
        if field.contains([',', '"', '\r', '\n']) || field.starts_with(' ') || field.ends_with(' ') {
            text.push('"');
            text.push_str(&field.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&field);
        }
    }
    // An empty line would not be a record.
    if text.len() == start {
        text.push_str("\"\"");
    }
    text.push_str("\r\n");
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) | Cell::Alert(text) => harmless(text),
        Cell::Number(number, _) => shortest(*number),
        Cell::Undefined => String::new(),
        other => other.words(),
    }
}

/// Precedes a text that a spreadsheet would run as a formula by an apostrophe (OWASP, "CSV Injection"). A negative number is none.
pub(super) fn harmless(text: &str) -> String {
    let is_negative = text.starts_with('-') && matches!(Number::parse(text.as_bytes()), Ok(Number::Finite(_)));
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_negative {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
