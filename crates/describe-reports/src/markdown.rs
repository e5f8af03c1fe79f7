//! Writes a report as Markdown, for notes and wikis (GitHub Flavored Markdown, section 4.10).

use std::fmt::Write;

use super::report::{Cell, Report, Table};
use super::words;

/// Writes a report.
#[must_use]
pub fn report(report: &Report) -> String {
    let mut text = format!("# {}\n", escape(&report.title));
    for sentence in &report.summary {
        let _ = write!(text, "\n{}\n", escape(sentence));
    }
    if !report.origin.is_empty() {
        let _ = write!(text, "\n{}\n", escape(&report.origin.join(" · ")));
    }
    for alert in &report.alerts {
        let _ = write!(text, "\n> {}\n", escape(alert));
    }
    for table in &report.tables {
        let _ = write!(text, "\n## {}\n\n{}", escape(&table.title), self::table(table));
        for remark in &table.remarks {
            let _ = write!(text, "\n{}\n", escape(remark));
        }
    }
    if !report.notes.is_empty() {
        let _ = write!(text, "\n## {}\n\n", words::NOTES);
        for note in &report.notes {
            let _ = writeln!(text, "* {}", escape(note));
        }
    }
    if !report.stamp.is_empty() {
        let _ = write!(text, "\n## {}\n\n", words::MADE_FROM);
        for (name, value) in &report.stamp {
            let _ = writeln!(text, "* {}: {}", escape(name), escape(value));
        }
    }
    text
}

/// Writes a table; numbers are right-aligned.
#[must_use]
pub fn table(table: &Table) -> String {
    let headings: Vec<String> = table.columns.iter().map(|column| escape(&column.label)).collect();
    let rows: Vec<Vec<String>> = table.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    let numeric = |column: usize| table.rows.iter().any(|row| row[column].is_numeric());
    let width = |column: usize| {
        let cells = rows.iter().map(|row| &row[column]).chain([&headings[column]]);
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0).max(3)
    };
    let columns: Vec<(usize, bool)> = (0..headings.len()).map(|column| (width(column), numeric(column))).collect();
    let line = |cells: &[String]| {
        let padded = cells.iter().zip(&columns).map(|(cell, (width, numeric))| {
            if *numeric { format!(" {cell:>width$} |") } else { format!(" {cell:<width$} |") }
        });
        format!("|{}\n", padded.collect::<String>())
    };
    let rules = columns.iter().map(|(width, numeric)| {
        if *numeric { format!(" {}: |", "-".repeat(width - 1)) } else { format!(" {} |", "-".repeat(*width)) }
    });
    let rule = format!("|{}\n", rules.collect::<String>());
    let body: String = rows.iter().map(|row| line(row)).collect();
    line(&headings) + &rule + &body
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) | Cell::Alert(text) => escape(text),
        Cell::FewerThan(_) | Cell::Withheld | Cell::Undefined => cell.words(),
        other => escape(&other.shown()),
    }
}

/// Escapes text.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (place, letter) in text.char_indices() {
        match letter {
            '\\' | '`' | '*' | '[' | ']' | '|' | '~' | '$' => escaped.extend(['\\', letter]),
            // Within a word it needs no escape.
            '_' if !within_word(text, place) => escaped.extend(['\\', letter]),
            '#' | '+' | '-' | '>' | '=' if place == 0 => escaped.extend(['\\', letter]),
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            '\n' | '\r' => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

fn within_word(text: &str, place: usize) -> bool {
    let before = text[..place].chars().next_back();
    let after = text[place + 1..].chars().next();
    before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric)
}
