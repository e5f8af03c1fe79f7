//! Sheets of a report, for each format of workbooks.

use std::borrow::Cow;

use crate::report::{Cell, Column, Report, Table, UNDEFINED, WITHHELD};
use describe_options::{AnswerFault, InputError};

/// Maximum rows of a sheet, with its title.
const MAX_ROWS: usize = 1_048_576;

/// Maximum columns of a sheet.
const MAX_COLUMNS: usize = 16_384;

/// Maximum UTF-16 units of a cell.
pub(super) const MAX_CELL_LETTERS: usize = 32_767;

/// Maximum UTF-16 units of a heading of a marked table.
const MAX_HEADING_LETTERS: usize = 255;

/// Sheet: lines of text from A1 on, the first of them its title, and an optional table below.
pub(super) struct Sheet<'a> {
    pub(super) name: String,
    pub(super) lines: Vec<Cow<'a, str>>,
    pub(super) table: Option<Cow<'a, Table>>,
    /// Whether the first column of the table contains links to sheets.
    pub(super) links: bool,
}

impl Sheet<'_> {
    /// Header row of the table, from 0.
    pub(super) fn header_row(&self) -> usize {
        self.lines.len()
    }
}

/// Builds the sheets in their order.
///
/// # Errors
/// A table has more rows or columns than a sheet.
pub(super) fn sheets(report: &Report) -> Result<Vec<Sheet<'_>>, InputError> {
    let tables = report.tables.iter().map(|table| {
        let lines = vec![
            Cow::Borrowed(table.title.as_str()),
            "This worksheet contains one table. Shorthand in square brackets and the names of columns are explained in the \
             worksheet notes."
                .into(),
        ];
        Sheet { name: sheet_name(&table.name), lines, table: Some(Cow::Borrowed(table)), links: false }
    });
    let sheets: Vec<Sheet> = [cover(report), contents(report), notes(report)].into_iter().chain(tables).collect();
    for sheet in &sheets {
        let Some(table) = &sheet.table else { continue };
        if table.rows.len() + sheet.lines.len() + 1 > MAX_ROWS || table.columns.len() > MAX_COLUMNS {
            let size = [table.rows.len(), table.columns.len()];
            return Err(InputError::whole(AnswerFault::SheetTooLarge { size, max: [MAX_ROWS, MAX_COLUMNS] }));
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
        (WITHHELD, "confidential: the statistic is withheld, because it could reveal a person"),
        (UNDEFINED, "not available: the statistic is undefined for these data"),
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
    Table { name: name.into(), columns, rows, ..Table::default() }
}

/// Makes a valid name of a sheet.
fn sheet_name(name: &str) -> String {
    let fit = |letter: char| if letter.is_alphanumeric() || letter == '_' { letter } else { '_' };
    name.chars().map(fit).take(31).collect()
}

/// Headings of a table, made unique without regard to case, as marked tables require.
pub(super) fn headings(table: &Table) -> Vec<String> {
    let mut known = std::collections::HashSet::new();
    let mut headings = Vec::with_capacity(table.columns.len());
    for column in &table.columns {
        let wanted = clean(&column.name, MAX_HEADING_LETTERS - 8);
        let wanted = if wanted.is_empty() { "column".to_owned() } else { wanted };
        let again = (2..).map(|number| format!("{wanted}_{number}"));
        let heading = std::iter::once(wanted.clone()).chain(again).find(|name| known.insert(name.to_lowercase()));
        headings.push(heading.unwrap_or(wanted));
    }
    headings
}

/// Cuts a text to what a cell can contain, and removes characters that it cannot.
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

/// Maximum width of a column in letters; longer texts are wrapped.
const MAX_WIDTH: usize = 90;

/// Rows that need more than one line, with their number of lines.
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
        heights.extend(sheet.lines.iter().enumerate().skip(1).map(|(row, line)| (row, lines(line, MAX_WIDTH))));
    }
    heights.retain(|(_, lines)| *lines > 1);
    heights
}

/// Widths of the columns of a sheet, in letters.
pub(super) fn widths(sheet: &Sheet) -> Vec<usize> {
    let Some(table) = &sheet.table else { return vec![MAX_WIDTH] };
    let headings = headings(table);
    let width = |(place, heading): (usize, &String)| {
        let cells = table.rows.iter().take(1000).map(|row| row[place].shown().chars().count());
        cells.chain([heading.chars().count()]).max().unwrap_or(0).clamp(8, MAX_WIDTH) + 2
    };
    headings.iter().enumerate().map(width).collect()
}

/// Number format of a column with fixed decimal places.
pub(super) fn number_format(decimals: u32) -> String {
    if decimals == 0 { "#,##0".to_owned() } else { format!("#,##0.{}", "0".repeat(decimals as usize)) }
}
