//! The sheets of a report, whatever format they are written in.

use std::borrow::Cow;

use crate::report::{Cell, Column, Report, Table, UNDEFINED, WITHHELD};
use describe_options::{AnswerFault, InputError};

/// Rows of a sheet, the title's included.
const MOST_ROWS: usize = 1_048_576;

/// Columns of a sheet.
const MOST_COLUMNS: usize = 16_384;

/// Letters of a cell.
pub(super) const MOST_LETTERS: usize = 32_767;

/// Letters of a heading of a marked table.
const MOST_HEADING: usize = 255;

/// A sheet: lines of text from A1 on, the first of them its title, and perhaps a table below.
pub(super) struct Sheet<'a> {
    pub(super) name: String,
    pub(super) lines: Vec<Cow<'a, str>>,
    pub(super) table: Option<Cow<'a, Table>>,
    /// Whether the first column of the table names sheets to go to.
    pub(super) links: bool,
}

impl Sheet<'_> {
    /// The row of the table's header, counted from 0.
    pub(super) fn header_row(&self) -> usize {
        self.lines.len()
    }
}

/// The sheets in their order.
pub(super) fn sheets(report: &Report) -> Result<Vec<Sheet<'_>>, InputError> {
    let tables = report.tables.iter().map(|table| {
        let lines = vec![
            Cow::Borrowed(table.title.as_str()),
            "This worksheet contains one table. What stands in square brackets, and every column's name, is explained in the \
             worksheet notes."
                .into(),
        ];
        Sheet { name: sheet_name(&table.name), lines, table: Some(Cow::Borrowed(table)), links: false }
    });
    let sheets: Vec<Sheet> = [cover(report), contents(report), notes(report)].into_iter().chain(tables).collect();
    for sheet in &sheets {
        let Some(table) = &sheet.table else { continue };
        if table.rows.len() + sheet.lines.len() + 1 > MOST_ROWS || table.columns.len() > MOST_COLUMNS {
            let size = [table.rows.len(), table.columns.len()];
            return Err(InputError::whole(AnswerFault::SheetTooLarge { size, max: [MOST_ROWS, MOST_COLUMNS] }));
        }
    }
    Ok(sheets)
}

fn cover(report: &Report) -> Sheet<'_> {
    let mut lines = vec![Cow::Borrowed(report.title.as_str())];
    lines.extend(report.summary.iter().map(|sentence| Cow::Borrowed(sentence.as_str())));
    lines.push("The worksheet contents lists the tables; the worksheet notes explains them.".into());
    lines.extend(report.stamp.iter().map(|(name, value)| Cow::Owned(format!("{name}: {value}"))));
    Sheet { name: "cover".into(), lines, table: None, links: false }
}

fn contents(report: &Report) -> Sheet<'_> {
    let row = |name: &str, title: &str| vec![Cell::Text(sheet_name(name)), Cell::Text(title.to_owned())];
    let mut rows = vec![row("notes", "Notes")];
    rows.extend(report.tables.iter().map(|table| row(&table.name, &table.title)));
    let table = text_table("contents", ["Worksheet", "What it contains"], rows);
    Sheet {
        name: "contents".into(),
        lines: vec!["Contents".into(), one_table()],
        table: Some(Cow::Owned(table)),
        links: true,
    }
}

fn notes(report: &Report) -> Sheet<'_> {
    let row = |name: String, meaning: String| vec![Cell::Text(name), Cell::Text(meaning)];
    let mut rows = Vec::new();
    for (shorthand, meaning) in [
        (WITHHELD, "confidential: the figure is withheld, because it could reveal a person"),
        (UNDEFINED, "not available: these data have no such figure"),
    ] {
        let stands =
            |table: &Table| table.rows.iter().flatten().any(|cell| cell.is_numeric() && cell.words() == shorthand);
        if report.tables.iter().any(stands) {
            rows.push(row(shorthand.to_owned(), meaning.to_owned()));
        }
    }
    for (number, note) in report.notes.iter().enumerate() {
        rows.push(row(format!("[note {}]", number + 1), note.clone()));
    }
    let mut explained: Vec<&str> = Vec::new();
    for column in report.tables.iter().flat_map(|table| &table.columns) {
        if !explained.contains(&column.name.as_str()) {
            explained.push(&column.name);
            rows.push(row(column.name.clone(), column.label.clone()));
        }
    }
    let table = text_table("notes", ["Note, shorthand or column", "Meaning"], rows);
    Sheet {
        name: "notes".into(),
        lines: vec!["Notes".into(), one_table()],
        table: Some(Cow::Owned(table)),
        links: false,
    }
}

fn one_table() -> Cow<'static, str> {
    "This worksheet contains one table.".into()
}

fn text_table(name: &str, headings: [&str; 2], rows: Vec<Vec<Cell>>) -> Table {
    let columns = headings.map(|heading| Column::new(heading, heading)).to_vec();
    Table { name: name.into(), title: String::new(), columns, rows }
}

/// A name that a sheet may have.
fn sheet_name(name: &str) -> String {
    let fit = |letter: char| if letter.is_alphanumeric() || letter == '_' { letter } else { '_' };
    name.chars().map(fit).take(31).collect()
}

/// The headings of a table, made different from each other as marked tables want them: that is, in any case of letters.
pub(super) fn headings(table: &Table) -> Vec<String> {
    let mut known = std::collections::HashSet::new();
    let mut headings = Vec::with_capacity(table.columns.len());
    for column in &table.columns {
        let wanted = clean(&column.name, MOST_HEADING - 8);
        let wanted = if wanted.is_empty() { "column".to_owned() } else { wanted };
        let again = (2..).map(|number| format!("{wanted}_{number}"));
        let heading = std::iter::once(wanted.clone()).chain(again).find(|name| known.insert(name.to_lowercase()));
        headings.push(heading.unwrap_or(wanted));
    }
    headings
}

/// Text that a cell may hold.
pub(super) fn clean(text: &str, most: usize) -> String {
    let fit = |letter: char| match letter {
        '\0'..='\x1f' => ' ',
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        letter => letter,
    };
    // Sheets count UTF-16 units.
    let mut units = 0;
    let short = text.chars().map(fit).take_while(|letter| {
        units += letter.len_utf16();
        units <= most
    });
    short.collect()
}

/// A column wider than this many letters is hard to read; longer texts go on in the next line.
const WIDEST: usize = 90;

/// The rows that need more than one line, and how many they need.
pub(super) fn heights(sheet: &Sheet, widths: &[usize]) -> Vec<(usize, u16)> {
    let lines =
        |text: &str, width: usize| u16::try_from(text.chars().count().div_ceil(width)).unwrap_or(u16::MAX).min(27);
    let header = sheet.header_row();
    let mut heights = Vec::new();
    if let Some(table) = &sheet.table {
        for (row, cells) in table.rows.iter().enumerate() {
            let needed = cells.iter().zip(widths).map(|(cell, width)| match cell {
                Cell::Text(text) => lines(text, *width),
                _ => 1,
            });
            heights.push((header + 1 + row, needed.max().unwrap_or(1)));
        }
    } else {
        heights.extend(sheet.lines.iter().enumerate().skip(1).map(|(row, line)| (row, lines(line, WIDEST))));
    }
    heights.retain(|(_, lines)| *lines > 1);
    heights
}

/// How wide the columns of a sheet are, in letters.
pub(super) fn widths(sheet: &Sheet) -> Vec<usize> {
    let Some(table) = &sheet.table else { return vec![WIDEST] };
    let headings = headings(table);
    let width = |(place, heading): (usize, &String)| {
        let decimals = table.decimals(place);
        let cells = table.rows.iter().take(1000).map(|row| match &row[place] {
            Cell::Number(number) => crate::report::fixed(*number, decimals).chars().count(),
            cell => cell.words().chars().count(),
        });
        cells.chain([heading.chars().count()]).max().unwrap_or(0).clamp(8, WIDEST) + 2
    };
    headings.iter().enumerate().map(width).collect()
}

/// The format of a column's numbers in a workbook: so many digits after the point.
pub(super) fn number_format(decimals: usize) -> String {
    if decimals == 0 { "#,##0".to_owned() } else { format!("#,##0.{}", "0".repeat(decimals)) }
}
