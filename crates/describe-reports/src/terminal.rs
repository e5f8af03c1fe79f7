//! Writes the tables of an answer for a terminal: aligned columns that fit its width.
//!
//! Input: the tables of a report that have a row for each result. Output: each as it is or, if it is too wide, turned on its
//! side; if neither fits, blocks of its columns one below the other. No line is longer than the screen is wide, unless a single
//! cell is.

use std::fmt::Write;

use super::answer::{Answer, source_words};
use super::item_answer::ItemAnswer;
use super::json::{Preview, Sources};
use super::report::{Cell, Table};
use super::report_builder;
use super::words::{self, NO_VALUE, SHORT_HEADINGS, SHORTHANDS};
use describe_options::{InputError, Options};
use describe_readers::ColumnPreview;

/// What a terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Letters of a line.
    pub width: usize,
    /// Whether numbers have all their digits; otherwise they have fixed decimal places as in a report.
    pub has_all_digits: bool,
}

/// Maximum different warnings that are shown.
const MAX_WARNINGS: usize = 5;

/// A text as a terminal may show it: without control characters, which in a name of a file or in a cell could be commands to the
/// terminal. In their place are the signs for them; line breaks stay.
///
/// ```
/// use describe_reports::terminal::visible;
///
/// assert_eq!(visible("North\u{1b}[2J\nSouth"), "North\u{241b}[2J\nSouth");
/// ```
#[must_use]
pub fn visible(text: &str) -> String {
    text.chars().map(|character| if character == '\n' { character } else { sign(character) }).collect()
}

/// The sign for a control character; other characters as they are.
fn sign(character: char) -> char {
    match character {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(character)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}' => char::REPLACEMENT_CHARACTER,
        _ => character,
    }
}

/// Writes the tables of an answer, then what was read and what to know about it.
///
/// # Errors
/// More memory or time than the task may take.
pub fn write(answer: &Answer, options: &Options, screen: Screen) -> Result<Vec<u8>, InputError> {
    let mut parts: Vec<String> = Vec::new();
    for table in report_builder::by_column_of_data(answer, options)? {
        let (title, table) = titled(table);
        let title: Vec<&str> =
            [&table.title, &title].into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        let title = if title.is_empty() { String::new() } else { title.join(", ") + "\n" };
        parts.push(title + &laid_out(&table, screen));
    }
    let mut text = parts.join("\n\n");
    text.push('\n');
    for (shorthand, meaning) in SHORTHANDS {
        if text.contains(shorthand) {
            let _ = write!(text, "\n{shorthand} {meaning}");
        }
    }
    let mut warnings: Vec<String> = Vec::new();
    for warning in answer.results().flat_map(|result| result.warnings) {
        if warnings.len() < MAX_WARNINGS && !warnings.contains(&warning.message) {
            let _ = write!(text, "\n* {}", warning.message.replacen(words::IS_NULL, ": ", 1));
            warnings.push(warning.message);
        }
    }
    if let Some(error) = answer.results().filter_map(|result| result.rank_error).reduce(f64::max) {
        let _ = write!(text, "\n{}", words::approximate_order_statistics(error));
    }
    let skipped = answer.skipped.iter().map(|skipped| {
        // The cell may be a name of a person.
        let shown = !answer.rules.withholds();
        let cell = shown.then(|| words::cell_in_row(skipped.row, &skipped.value));
        format!("{}{}", skipped.column, cell.unwrap_or_default())
    });
    let skipped: Vec<String> = skipped.collect();
    if !skipped.is_empty() {
        let _ = write!(text, "\n{}", words::not_numeric(&skipped.join(", ")));
    }
    for source in answer.sources {
        let _ = write!(text, "\n{}", words::read_as(&source_words(source)));
    }
    for note in &answer.notes {
        let _ = write!(text, "\n* {note}");
    }
    for (name, value) in answer.stamp.iter().flat_map(super::provenance::Stamp::words) {
        let _ = write!(text, "\n{name}: {value}");
    }
    Ok(visible(&text).into_bytes())
}

/// Writes the tables of an item analysis, then what was read and what to know about it.
///
/// # Errors
/// More memory or time than the task may take.
pub fn items(answer: &ItemAnswer, screen: Screen) -> Result<Vec<u8>, InputError> {
    let tables = report_builder::item_tables(answer)?;
    let shown = tables.iter().filter(|table| !table.is_detail);
    let parts: Vec<String> = shown.map(|table| format!("{}\n{}", table.title, laid_out(table, screen))).collect();
    let mut text = parts.join("\n\n");
    text.push('\n');
    let _ = write!(text, "\n{}", words::how_unanswered(answer.unanswered));
    let mut warnings: Vec<&str> = Vec::new();
    for warning in answer.results.iter().flat_map(|result| &result.warnings) {
        if warnings.len() < MAX_WARNINGS && !warnings.contains(&warning.message.as_str()) {
            let _ = write!(text, "\n* {}", warning.message.replacen(words::IS_NULL, ": ", 1));
            warnings.push(&warning.message);
        }
    }
    for source in answer.sources {
        let _ = write!(text, "\n{}", words::read_as(&source_words(source)));
    }
    for (name, value) in answer.stamp.iter().flat_map(super::provenance::Stamp::words) {
        let _ = write!(text, "\n{name}: {value}");
    }
    Ok(visible(&text).into_bytes())
}

/// Takes the labels that are the same in every row out of a table; they become its title.
fn titled(mut table: Table) -> (String, Table) {
    let same = |column: &usize| table.rows.windows(2).all(|rows| rows[0][*column] == rows[1][*column]);
    let (same, others): (Vec<usize>, Vec<usize>) = (0..table.labels).partition(same);
    let named = |column: &usize| {
        let (heading, text) = (&table.columns[*column], label(&table.rows.first()?[*column]));
        Some(if heading.name == "column" { text } else { format!("{} {text}", heading.label) })
    };
    let title: Vec<String> = same.iter().filter_map(named).collect();
    table.labels = others.len();
    let columns: Vec<usize> = others.into_iter().chain(same.len() + table.labels..table.columns.len()).collect();
    select(&mut table, &columns);
    (title.join(", "), table)
}

/// Keeps these columns of a table, in this order.
fn select(table: &mut Table, columns: &[usize]) {
    table.columns = columns.iter().map(|column| table.columns[*column].clone()).collect();
    for row in &mut table.rows {
        *row = columns.iter().map(|column| row[*column].clone()).collect();
    }
}

fn label(cell: &Cell) -> String {
    if *cell == Cell::Empty { NO_VALUE.to_owned() } else { cell.shown() }
}

fn laid_out(table: &Table, screen: Screen) -> String {
    let heading = |(place, column): (usize, &super::report::Column)| {
        let known = SHORT_HEADINGS.iter().find(|(name, _)| *name == column.name);
        if place < table.labels || ["change_interval", "candidates"].contains(&column.name.as_str()) {
            column.label.clone()
        } else {
            known.map_or_else(|| column.name.replace('_', " "), |(_, heading)| (*heading).to_owned())
        }
    };
    let shown = |(place, cell): (usize, &Cell)| match cell {
        cell if place < table.labels => label(cell),
        cell if screen.has_all_digits => cell.words(),
        // People copy numbers from a terminal to programs that know no other minus than this.
        cell => cell.shown().replace('\u{2212}', "-"),
    };
    let headings = table.columns.iter().enumerate().map(heading).collect();
    let rows = table.rows.iter().map(|row| row.iter().enumerate().map(shown).collect());
    let upright = Grid::new(std::iter::once(headings).chain(rows), table.labels);
    let turned = upright.turned();
    if table.rows.len() == 1 {
        return turned.blocks(screen.width);
    }
    let fits = [&upright, &turned].into_iter().find(|grid| grid.width() <= screen.width);
    fits.map_or_else(
        || {
            let both = [upright.blocks(screen.width), turned.blocks(screen.width)];
            both.into_iter().min_by_key(|text| text.lines().count()).unwrap_or_default()
        },
        |grid| grid.blocks(screen.width),
    )
}

/// Texts of one line in rows of equal length, the first row being the headings.
struct Grid {
    rows: Vec<Vec<String>>,
    /// Columns, from the left, that say what a row is about.
    labels: usize,
}

/// Blanks between two columns.
const GAP: usize = 2;

impl Grid {
    fn new(rows: impl Iterator<Item = Vec<String>>, labels: usize) -> Self {
        let line = |cell: String| cell.chars().map(sign).collect();
        Self { rows: rows.map(|row| row.into_iter().map(line).collect()).collect(), labels }
    }

    /// The rows as columns, each below its labels.
    fn turned(&self) -> Self {
        let columns = self.rows.first().map_or(0, Vec::len);
        let row = |column: usize| self.rows.iter().map(|row| row[column].clone()).collect();
        Self { rows: (0..columns).map(row).collect(), labels: 1 }
    }

    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.first().map_or(0, Vec::len);
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        (0..columns).map(width).collect()
    }

    fn width(&self) -> usize {
        self.widths().iter().map(|width| width + GAP).sum::<usize>().saturating_sub(GAP)
    }

    /// Lines no wider than this, with the labels on the left of each block; labels are aligned to the left, the others to the
    /// right.
    fn blocks(&self, width: usize) -> String {
        let widths = self.widths();
        let labels: usize = widths.iter().take(self.labels).map(|width| width + GAP).sum();
        let mut blocks: Vec<Vec<usize>> = vec![Vec::new()];
        let mut free = width.saturating_sub(labels);
        for (column, needed) in widths.iter().enumerate().skip(self.labels) {
            if *needed > free && blocks.last().is_some_and(|block| !block.is_empty()) {
                blocks.push(Vec::new());
                free = width.saturating_sub(labels);
            }
            free = free.saturating_sub(needed + GAP);
            blocks.last_mut().into_iter().for_each(|block| block.push(column));
        }
        let line = |row: &Vec<String>, block: &[usize]| {
            let cells = (0..self.labels).chain(block.iter().copied()).map(|column| {
                let (cell, width) = (&row[column], widths[column]);
                if column < self.labels { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            });
            cells.collect::<Vec<_>>().join(&" ".repeat(GAP)).trim_end().to_owned()
        };
        let text = |block: Vec<usize>| self.rows.iter().map(|row| line(row, &block)).collect::<Vec<_>>().join("\n");
        blocks.into_iter().map(text).collect::<Vec<_>>().join("\n\n")
    }
}

/// Number of texts of a column that a terminal shows.
const MAX_SHOWN_TEXTS: usize = 3;

/// Writes a preview: a line for each column, then what was read and the options to add, which `option` spells.
pub fn preview(preview: &Preview, width: usize, option: impl Fn(&str, &str) -> String) -> Vec<u8> {
    let Preview { source, table, .. } = preview;
    let figure = |figure: Option<f64>| figure.map_or_else(String::new, |figure| figure.to_string());
    let line = |column: &ColumnPreview| {
        let texts = column.others.iter().take(MAX_SHOWN_TEXTS).map(|other| match other.count {
            Some(count) => format!("{} \u{d7}{count}", other.text),
            None => other.text.clone(),
        });
        let more = (column.others.len() > MAX_SHOWN_TEXTS).then(|| "\u{2026}".to_owned());
        let others = texts.chain(more).collect::<Vec<_>>().join(", ");
        let distinct = column.distinct.map_or_else(|| words::MANY.to_owned(), |distinct| distinct.to_string());
        let counts = [column.numbers, column.blank, column.missing].map(|count| count.to_string());
        let labels = [column.name.clone(), column.kind.name().to_owned(), others];
        labels.into_iter().chain(counts).chain([figure(column.min), figure(column.max), distinct]).collect()
    };
    let heading = words::PREVIEW_HEADINGS.map(str::to_owned).to_vec();
    let mut text = Grid::new(std::iter::once(heading).chain(table.columns.iter().map(line)), 3).blocks(width);
    let sources = match source {
        Sources::One(source) => std::slice::from_ref(*source),
        Sources::Each(sources) => sources,
    };
    text.push('\n');
    for source in sources {
        let _ = write!(text, "\n{}", words::read_as(&source_words(source)));
    }
    if !table.complete {
        let _ = write!(text, "\n{}", words::FIRST_RECORDS_ONLY);
    }
    let suggestions: Vec<String> = table.suggestions.options().map(|(name, value)| option(name, value)).collect();
    if !suggestions.is_empty() {
        let _ = write!(text, "\n{}", words::suggested(&suggestions.join(" ")));
    }
    visible(&text).into_bytes()
}
