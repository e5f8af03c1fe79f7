//! Sheets of a report, for each format of workbooks: what stands in their cells, and how it looks.

use std::borrow::Cow;

use crate::report::{Cell, Column, LEAST_PROBABILITY, Report, Table};
use crate::words;
use describe_options::{AnswerFault, InputError};

/// Maximum rows of a sheet, with its title.
const MAX_ROWS: usize = 1_048_576;

/// Maximum columns of a sheet.
const MAX_COLUMNS: usize = 16_384;

/// Maximum UTF-16 units of a cell.
const MAX_CELL_LETTERS: usize = 32_767;

/// Maximum UTF-16 units of a heading of a marked table.
const MAX_HEADING_LETTERS: usize = 255;

/// Language of the workbooks.
pub(super) const LANGUAGE: [&str; 2] = ["en", "GB"];

/// Font of the cells, its size and those of headings, in points.
pub(super) const FONT: &str = "Arial";
pub(super) const BODY_POINTS: u8 = 12;
pub(super) const HEADING_POINTS: u8 = 14;
pub(super) const TITLE_POINTS: u8 = 16;

/// Sheet: lines of text from A1 on, the first of them its title, and an optional table below.
pub(super) struct Sheet<'a> {
    pub(super) name: String,
    pub(super) lines: Vec<Line<'a>>,
    pub(super) table: Option<Cow<'a, Table>>,
    /// Whether the first column of the table contains links to sheets.
    pub(super) links: bool,
    /// Columns of the table that have numbers.
    pub(super) numeric: Vec<bool>,
}

/// Line of text.
pub(super) struct Line<'a> {
    pub(super) kind: LineKind,
    pub(super) text: Cow<'a, str>,
}

/// Kind of a line of text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LineKind {
    Title,
    Heading,
    Text,
}

/// Cell of a table as a sheet has it.
pub(super) struct Written<'a> {
    /// The number; `None` of a text.
    pub(super) number: Option<f64>,
    /// The text, or the number as it is shown.
    pub(super) text: Cow<'a, str>,
    pub(super) look: Look,
}

/// Alignment and number format of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// A text.
    Left,
    /// A text in place of a number.
    Right,
    /// A number that is a name, such as a year.
    Name,
    /// A number with this many decimal places.
    Number(u32),
    /// A difference with its sign.
    Change(u32),
    /// A very large or small number.
    Scientific,
}

impl Look {
    /// Whether cells of this look are aligned to the right.
    pub(super) fn is_right(self) -> bool {
        !matches!(self, Self::Left | Self::Name)
    }
}

impl Sheet<'_> {
    /// Header row of the table, from 0.
    pub(super) fn header_row(&self) -> usize {
        self.lines.len()
    }

    /// Cell of a row of the table.
    pub(super) fn written<'c>(&self, cell: &'c Cell, column: usize) -> Written<'c> {
        let number = |number: f64, look| Written { number: Some(number), text: cell.shown().into(), look };
        let text = |text: Cow<'c, str>, look| Written { number: None, text, look };
        let with_places = |value: f64, look| {
            if value == 0.0 || (1e-6..1e15).contains(&value.abs()) {
                return number(value, look);
            }
            Written { number: Some(value), text: format!("{value:.3E}").into(), look: Look::Scientific }
        };
        match cell {
            Cell::Text(name) => match whole_number(name) {
                Some(value) => number(value, Look::Name),
                // A list of numbers among numbers.
                None if self.numeric[column] => text(clean(name, MAX_CELL_LETTERS).into(), Look::Right),
                None => text(clean(name, MAX_CELL_LETTERS).into(), Look::Left),
            },
            #[expect(clippy::cast_precision_loss, reason = "a sheet's numbers are doubles")]
            Cell::Count(count) => number(*count as f64, Look::Number(0)),
            Cell::Number(value, places) | Cell::Bar(value, places, _) => with_places(*value, Look::Number(*places)),
            Cell::Change(value, places) => with_places(*value, Look::Change(*places)),
            Cell::Probability(value) if *value >= LEAST_PROBABILITY => number(*value, Look::Number(4)),
            Cell::Empty if self.numeric[column] => text(words::NOT_APPLICABLE.into(), Look::Right),
            Cell::Empty => text(words::NO_VALUE.into(), Look::Left),
            other => text(other.shown().into(), if other.is_numeric() { Look::Right } else { Look::Left }),
        }
    }
}

/// The value of a name that is a whole number as a sheet would write it, such as a year; never of `01`.
fn whole_number(name: &str) -> Option<f64> {
    let number: i32 = name.parse().ok()?;
    (number.to_string() == name).then(|| number.into())
}

/// Builds the sheets in their order.
///
/// # Errors
/// A table has more rows or columns than a sheet.
pub(super) fn sheets(report: &Report) -> Result<Vec<Sheet<'_>>, InputError> {
    let tables: Vec<Sheet> = report.tables.iter().map(of_table).collect();
    let first = [cover(report), contents(report), notes(report, &tables)];
    let sheets: Vec<Sheet> = first.into_iter().chain(tables).collect();
    for sheet in &sheets {
        let Some(table) = &sheet.table else { continue };
        if table.rows.len() + sheet.lines.len() + 1 > MAX_ROWS || table.columns.len() > MAX_COLUMNS {
            let size = [table.rows.len(), table.columns.len()];
            return Err(InputError::whole(AnswerFault::SheetTooLarge { size, max: [MAX_ROWS, MAX_COLUMNS] }));
        }
    }
    Ok(sheets)
}

fn sheet<'a>(name: &str, lines: Vec<Line<'a>>, table: Option<Cow<'a, Table>>) -> Sheet<'a> {
    let numeric = |table: &Table| {
        let is_numeric = |column: usize| {
            let mut cells = table.rows.iter().map(|row| &row[column]);
            let is_empty = || column >= table.labels && table.rows.iter().all(|row| row[column] == Cell::Empty);
            cells.any(Cell::is_numeric) || is_empty()
        };
        (0..table.columns.len()).map(is_numeric).collect()
    };
    let numeric: Vec<bool> = table.as_deref().map(numeric).unwrap_or_default();
    Sheet { name: sheet_name(name), lines, table, links: false, numeric }
}

fn line<'a>(kind: LineKind, text: impl Into<Cow<'a, str>>) -> Line<'a> {
    Line { kind, text: clean(&text.into(), MAX_CELL_LETTERS).into() }
}

fn of_table(table: &Table) -> Sheet<'_> {
    let mut sheet = sheet(&table.name, vec![line(LineKind::Title, &table.title)], Some(Cow::Borrowed(table)));
    sheet.lines.push(line(LineKind::Text, words::ONE_TABLE));
    if words::SHORTHANDS.iter().any(|(shorthand, _)| has(&sheet, shorthand)) {
        sheet.lines.push(line(LineKind::Text, words::HAS_SHORTHAND));
    }
    sheet.lines.extend(table.remarks.iter().map(|remark| line(LineKind::Text, remark)));
    sheet
}

/// Whether a shorthand stands in a cell of a sheet.
fn has(sheet: &Sheet, shorthand: &str) -> bool {
    let cells = sheet.table.iter().flat_map(|table| &table.rows).flat_map(|row| row.iter().enumerate());
    cells
        .map(|(column, cell)| sheet.written(cell, column))
        .any(|cell| cell.look == Look::Right && cell.text == shorthand)
}

fn cover(report: &Report) -> Sheet<'_> {
    let mut lines = vec![line(LineKind::Title, &report.title)];
    let text = |text: &'_ String| line(LineKind::Text, text.clone());
    lines.extend((!report.origin.is_empty()).then(|| line(LineKind::Text, report.origin.join(", "))));
    lines.extend(report.contact.iter().map(|contact| line(LineKind::Text, format!("{}: {contact}", words::CONTACT))));
    let stamp: Vec<String> = report.stamp.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let guide = vec![words::GUIDE.to_owned()];
    for (heading, sentences) in [
        (words::FINDINGS, &report.summary),
        (words::ALERTS, &report.alerts),
        (words::WORKSHEETS, &guide),
        (words::MADE, &stamp),
    ] {
        if !sentences.is_empty() {
            lines.push(line(LineKind::Heading, heading));
            lines.extend(sentences.iter().map(text));
        }
    }
    sheet(words::COVER, lines, None)
}

fn contents(report: &Report) -> Sheet<'_> {
    let notes = (words::NOTES, words::NOTES);
    let listed =
        std::iter::once(notes).chain(report.tables.iter().map(|table| (table.name.as_str(), table.title.as_str())));
    let rows = listed.map(|(name, title)| [sheet_name(name), title.to_owned()]);
    Sheet { links: true, ..of_texts(words::CONTENTS, words::CONTENTS_HEADINGS, rows) }
}

fn notes<'a>(report: &'a Report, tables: &[Sheet]) -> Sheet<'a> {
    let used = words::SHORTHANDS.iter().filter(|(shorthand, _)| tables.iter().any(|sheet| has(sheet, shorthand)));
    let shorthands = used.map(|(shorthand, meaning)| [*shorthand, meaning].map(ToOwned::to_owned));
    let notes = report.notes.iter().enumerate().map(|(place, note)| [words::numbered_note(place + 1), note.clone()]);
    of_texts(words::NOTES, words::NOTES_HEADINGS, shorthands.chain(notes))
}

/// Sheet with one table of texts.
fn of_texts<'a>(name: &str, headings: [&str; 2], rows: impl Iterator<Item = [String; 2]>) -> Sheet<'a> {
    let table = Table {
        columns: headings.map(|heading| Column::new(heading, heading)).to_vec(),
        labels: 1,
        rows: rows.map(|row| row.map(Cell::Text).to_vec()).collect(),
        ..Table::default()
    };
    let lines = vec![line(LineKind::Title, name.to_owned()), line(LineKind::Text, words::ONE_TABLE)];
    sheet(name, lines, Some(Cow::Owned(table)))
}

/// Makes a valid name of a sheet, with a capital letter.
fn sheet_name(name: &str) -> String {
    let fit = |letter: char| if letter.is_alphanumeric() || letter == '_' { letter } else { '_' };
    let mut letters = name.chars().map(fit);
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).take(31).collect()
}

/// Headings of a table, made unique without regard to case, as marked tables require.
pub(super) fn headings(table: &Table) -> Vec<String> {
    let mut known = std::collections::HashSet::new();
    let mut headings = Vec::with_capacity(table.columns.len());
    for column in &table.columns {
        let wanted = clean(&column.label, MAX_HEADING_LETTERS - 8);
        let wanted = if wanted.is_empty() { words::COLUMN.to_owned() } else { wanted };
        let again = (2..).map(|number| format!("{wanted} ({number})"));
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
const MAX_WIDTH: usize = 100;

/// Maximum lines of a heading, unless the cells below are narrow and it is long.
const HEADING_LINES: u16 = 2;

/// Rows that are looked at for the width of their cells.
const MEASURED_ROWS: usize = 1000;

/// Widths of the columns of a sheet, in letters.
pub(super) fn widths(sheet: &Sheet) -> Vec<usize> {
    let Some(table) = &sheet.table else { return vec![MAX_WIDTH] };
    let width = |(column, heading): (usize, &String)| {
        let cells = table.rows.iter().take(MEASURED_ROWS);
        let cells = cells.map(|row| sheet.written(&row[column], column).text.chars().count());
        let word = heading.split(' ').map(|word| word.chars().count()).max().unwrap_or(0);
        let heading = (word..MAX_WIDTH).find(|width| lines(heading, *width) <= HEADING_LINES);
        cells.chain(heading).max().unwrap_or(0).clamp(6, MAX_WIDTH) + 2
    };
    headings(table).iter().enumerate().map(width).collect()
}

/// Rows that need more than one line, with their number of lines.
pub(super) fn heights(sheet: &Sheet, widths: &[usize]) -> Vec<(usize, u16)> {
    let header = sheet.header_row();
    let mut heights: Vec<(usize, u16)> = Vec::new();
    if let Some(table) = &sheet.table {
        // Headings are bold, and so wider.
        let of_headings = headings(table).iter().zip(widths).map(|(text, width)| lines(text, width * 9 / 10)).max();
        heights.push((header, of_headings.unwrap_or(1)));
        for (row, cells) in table.rows.iter().enumerate() {
            let needed = cells.iter().zip(widths).map(|(cell, width)| match cell {
                Cell::Text(text) => lines(text, in_letters(*width)),
                _ => 1,
            });
            heights.push((header + 1 + row, needed.max().unwrap_or(1)));
        }
    } else {
        heights
            .extend(sheet.lines.iter().enumerate().map(|(row, line)| (row, lines(&line.text, in_letters(MAX_WIDTH)))));
    }
    heights.retain(|(_, lines)| *lines > 1);
    heights
}

/// Letters that fit a column of this width, which is in digits: most letters are narrower.
fn in_letters(width: usize) -> usize {
    width + width / 10
}

/// Lines of a text of this width that is broken between words.
fn lines(text: &str, width: usize) -> u16 {
    let (mut lines, mut at) = (1, 0);
    for word in text.split(' ') {
        let length = word.chars().count();
        if at > 0 && at + 1 + length > width {
            (lines, at) = (lines + 1, 0);
        }
        at += usize::from(at > 0) + length;
        lines += at / (width + 1);
        at %= width + 1;
    }
    u16::try_from(lines).unwrap_or(u16::MAX).min(25)
}
