//! Rows of a sheet as records of a table.
//!
//! Input: the rows of a sheet in ascending order, from the reader of XLSX, of ODS or of XLS. Output: an open table. The first rows are
//! kept until it is known where the table begins, and rows that may be notes until it is known whether they are the last
//! ones. Group columns have the value of merged cells in each row.

use std::collections::VecDeque;
use std::io::Write;

use describe::{Decimal, Number};
use describe_options::{InputError, Options, WorkbookFault};

use super::xml::Budget;
use crate::errors::too_long;
use crate::limits::{Limits, PreviewRows, RecordsLeft};
use crate::table::{
    Aggregate, Cell, LastRecord, OpenTable, Reading, Records, SAMPLE_RECORDS, SampleRecord, Schema, SheetReading,
    TableStart, TableWarning, too_many_columns,
};

/// Maximum number of rows of a sheet, in XLSX and in ODS.
pub(super) const MAX_ROWS: u64 = 1 << 20;

/// Value of a cell.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value {
    Empty,
    Number(Decimal),
    /// Start and end in the row's text.
    Text(usize, usize),
    /// Formula without a stored value: no program has calculated it.
    Uncalculated,
}

/// Copies of the first rows while the place of the table is found, and of its header.
const SAMPLE_COPIES: usize = 2;

impl Value {
    /// Memory of the text of the cell, where it has one of its own.
    fn text_bytes(&self) -> usize {
        let text = if let Self::Text(start, end) = self { end - start } else { 0 };
        text + size_of::<Vec<u8>>()
    }
}

/// Row of a sheet.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub(super) cells: Vec<Value>,
    pub(super) text: Vec<u8>,
}

impl Row {
    pub(super) fn clear(&mut self) {
        self.cells.clear();
        self.text.clear();
    }

    /// Stores the text of a cell; blank text is an empty cell.
    ///
    /// # Errors
    /// Text longer than a cell may be, or more text in the row than the memory limit.
    pub(super) fn text(&mut self, text: &[u8], rows: &Rows) -> Result<Value, InputError> {
        let text = text.trim_ascii();
        if text.is_empty() {
            return Ok(Value::Empty);
        }
        if text.len() > rows.limits.cell {
            return Err(too_long(rows.limits.cell));
        }
        let start = self.text.len();
        if start + text.len() > rows.limits.memory {
            return Err(rows.budget.memory_exceeded());
        }
        self.text.extend_from_slice(text);
        Ok(Value::Text(start, start + text.len()))
    }

    pub(super) fn put(&mut self, column: usize, value: Value, rows: &Rows) -> Result<(), InputError> {
        if matches!(value, Value::Empty) {
            return Ok(());
        }
        if column >= rows.limits.columns {
            return Err(too_many_columns(rows.limits.columns));
        }
        if column >= self.cells.len() {
            self.cells.resize(column + 1, Value::Empty);
        }
        self.cells[column] = value;
        Ok(())
    }

    /// Appends a cell's text, as a column name or a group value; false if the cell is empty.
    pub(super) fn write(&self, column: usize, text: &mut Vec<u8>) -> bool {
        match self.cells.get(column) {
            None | Some(Value::Empty | Value::Uncalculated) => return false,
            // Writing to a vector cannot fail.
            Some(Value::Number(number)) => write!(text, "{number}").unwrap_or_default(),
            Some(Value::Text(start, end)) => text.extend_from_slice(&self.text[*start..*end]),
        }
        true
    }

    /// Memory of the row while it is kept.
    fn kept_bytes(&self) -> usize {
        size_of_val(self.cells.as_slice()) + self.text.len() + size_of::<(u64, Self, u64)>()
    }

    /// Text of a cell.
    fn text_of(&self, column: usize) -> Vec<u8> {
        let mut text = Vec::new();
        self.write(column, &mut text);
        text
    }

    /// Whether the row has one cell, in the first column, a text that is neither data nor a misspelled number.
    fn is_note(&self, options: &Options) -> bool {
        let [first, others @ ..] = &self.cells[..] else { return false };
        let Value::Text(start, end) = first else { return false };
        others.iter().all(|cell| matches!(cell, Value::Empty))
            && Schema::looks_like_note(&options.table, &self.text[*start..*end])
    }

    /// First column in `columns` that has a formula without a value.
    fn uncalculated(&self, mut columns: impl Iterator<Item = usize>) -> Option<usize> {
        if !self.cells.iter().any(|cell| matches!(cell, Value::Uncalculated)) {
            return None;
        }
        columns.find(|column| matches!(self.cells.get(*column), Some(Value::Uncalculated)))
    }
}

/// Row as a record; the name of its sheet is the first column if that column is in the table.
struct Record<'a> {
    row: &'a Row,
    sheet: Option<&'a str>,
}

impl Record<'_> {
    /// Number of columns before those of the sheet.
    fn added(&self) -> usize {
        usize::from(self.sheet.is_some())
    }
}

impl Records for Record<'_> {
    fn cell(&self, _record: usize, column: usize) -> Cell<'_> {
        let Some(column) = column.checked_sub(self.added()) else { return Cell::Missing };
        match self.row.cells.get(column) {
            None | Some(Value::Empty | Value::Uncalculated) => Cell::Missing,
            Some(Value::Number(number)) => Cell::Number(*number),
            Some(Value::Text(start, end)) => Cell::Text(&self.row.text[*start..*end]),
        }
    }

    fn group(&self, _record: usize, column: usize, key: &mut Vec<u8>) -> bool {
        match (self.sheet, column.checked_sub(self.added())) {
            (_, Some(column)) => self.row.write(column, key),
            (sheet, None) => {
                key.extend_from_slice(sheet.unwrap_or_default().trim().as_bytes());
                true
            }
        }
    }
}

/// Maximum number of rows that are taken for notes behind a table.
const MAX_NOTE_ROWS: usize = 100;

/// Maximum number of rows in which [`Use::LookForNumbers`] looks.
const MAX_PROBED_ROWS: u64 = 1000;

/// Name of the column with the names of the sheets, where several are one table.
pub(super) const SHEET_COLUMN: &str = "sheet";

/// Use of the rows of a sheet.
#[derive(Clone, Copy, Debug)]
pub(super) enum Use<'a> {
    /// The rows are a table.
    Table,
    /// The rows are a part of a table, if their columns have these names, in any order.
    Part(&'a [String]),
    /// The rows are not needed: the first number below the first row ends the reading.
    LookForNumbers,
}

/// Accumulates the rows of a sheet into a table.
pub(super) struct Rows<'a> {
    pub(super) options: &'a Options,
    pub(super) limits: Limits,
    pub(super) budget: &'a Budget,
    usage: Use<'a>,
    /// Name of the sheet.
    sheet: &'a str,
    /// Whether the name of the sheet is the first column.
    has_sheet_column: bool,
    table: Option<(Schema, Aggregate)>,
    /// Names of the columns as the header has them; empty ones without a header.
    pub(super) header: Vec<String>,
    /// Row of the header, numbered from 1.
    pub(super) header_row: Option<u64>,
    /// First rows with content, each with its number and how often it is repeated, until the place of the table is known.
    sample: Vec<(u64, Row, u64)>,
    /// Rows that are notes, or to be left out, if no other row follows.
    held: VecDeque<(u64, Row)>,
    /// Last row of the table.
    last: Option<(u64, Row)>,
    /// Records that may still be described, if their number is limited.
    records_left: Option<u64>,
    /// Records that a preview still reads.
    preview_left: RecordsLeft,
    /// First records of a preview.
    previewed: Vec<SampleRecord>,
    /// Number of rows before the table that were left out.
    pub(super) left_out: u64,
    warnings: Vec<TableWarning>,
    pub(super) merges: MergedCells,
    /// Number of rows with content.
    seen: u64,
    /// The same, each as often as it is repeated.
    pub(super) count: u64,
    /// Whether a number stands below the first row with content.
    pub(super) has_numbers: bool,
    /// Whether the rest of the sheet is not needed.
    pub(super) done: bool,
}

impl<'a> Rows<'a> {
    /// Prepares for the rows of a sheet.
    pub(super) fn new(
        options: &'a Options,
        limits: &Limits,
        budget: &'a Budget,
        usage: Use<'a>,
        sheet: &'a str,
    ) -> Self {
        Self {
            options,
            limits: limits.clone(),
            budget,
            usage,
            sheet,
            has_sheet_column: false,
            table: None,
            header: Vec::new(),
            header_row: None,
            sample: Vec::new(),
            held: VecDeque::new(),
            last: None,
            records_left: options.table.max_rows,
            preview_left: RecordsLeft::of_preview(limits),
            previewed: Vec::new(),
            left_out: 0,
            warnings: Vec::new(),
            merges: MergedCells::default(),
            seen: 0,
            count: 0,
            has_numbers: false,
            done: false,
        }
    }

    /// Whether merged cells matter: those of group columns.
    pub(super) fn needs_merges(&self) -> bool {
        !matches!(self.usage, Use::LookForNumbers) && !self.options.table.group_by.is_empty()
    }

    /// Adds a row, numbered from 0, that is repeated `times` times.
    pub(super) fn row(&mut self, number: u64, row: &Row, times: u64) -> Result<(), InputError> {
        if row.cells.is_empty() || self.done {
            return Ok(());
        }
        if number + times > MAX_ROWS {
            return Err(InputError::of_data(WorkbookFault::RowBeyond { max: MAX_ROWS }));
        }
        self.has_numbers |= self.seen > 0
            && self.seen < MAX_PROBED_ROWS
            && row.cells.iter().any(|cell| matches!(cell, Value::Number(_)));
        (self.seen, self.count) = (self.seen + 1, self.count + times);
        if matches!(self.usage, Use::LookForNumbers) {
            // The rows of a preview are counted.
            self.done = match self.limits.preview {
                Some(PreviewRows::All) => false,
                Some(PreviewRows::First(rows)) => self.seen >= rows.max(MAX_PROBED_ROWS),
                None => self.has_numbers || self.seen >= MAX_PROBED_ROWS,
            };
            return Ok(());
        }
        let first = number.max(self.options.table.skip_rows.unwrap_or(0));
        self.left_out += first.min(number + times) - number;
        if first >= number + times {
            return Ok(());
        }
        if self.table.is_none() && !self.done {
            self.reserve(row)?;
            self.sample.push((first, row.clone(), number + times - first));
            return if self.sample.len() == SAMPLE_RECORDS { self.begin_table() } else { Ok(()) };
        }
        (first..number + times).try_for_each(|number| self.hold(number, row))
    }

    /// Ends the rows of the sheet.
    pub(super) fn end(&mut self) -> Result<(), InputError> {
        if self.table.is_none() && !self.done { self.begin_table() } else { Ok(()) }
    }

    /// Accounts for the memory of a row that is kept.
    fn reserve(&self, row: &Row) -> Result<(), InputError> {
        self.budget.reserve(row.kept_bytes())
    }

    /// Adds a row that waited.
    fn release(&mut self, number: u64, row: &Row) -> Result<(), InputError> {
        self.budget.release(row.kept_bytes());
        self.record(number, row)
    }

    /// Finds the place of the table in the first rows, and adds those that belong to it.
    fn begin_table(&mut self) -> Result<(), InputError> {
        let sample = std::mem::take(&mut self.sample);
        // Cells may share a text.
        let bytes = |row: &Row| row.cells.iter().map(Value::text_bytes).sum::<usize>();
        self.limits.ledger.charge(SAMPLE_COPIES * sample.iter().map(|(_, row, _)| bytes(row)).sum::<usize>())?;
        let texts = |row: &Row| (0..row.cells.len()).map(|column| row.text_of(column)).collect();
        let records = sample.iter().map(|(number, row, _)| SampleRecord { row: number + 1, cells: texts(row) });
        let records: Vec<_> = records.collect();
        let start = TableStart::find(&records, &self.options.table);
        if self.limits.preview.is_some() {
            self.previewed = records;
        }
        let (titles, rows) = sample.split_at(start.titles.min(sample.len()));
        self.left_out += titles.iter().map(|(_, _, times)| times).sum::<u64>();
        self.warnings = start.warnings;
        let Some((number, first, times)) = rows.first() else { return Ok(()) };
        self.first_row(*number, first, start.has_header)?;
        let below = (number + u64::from(start.has_header)..number + times).map(|number| (number, first));
        let others =
            rows[1..].iter().flat_map(|(number, row, times)| (*number..number + times).map(move |at| (at, row)));
        let mut below = below.chain(others);
        if let Some((schema, _)) = self.table.as_mut().filter(|(schema, _)| schema.has_maxima_row()) {
            let Some((_, maxima)) = below.next() else { return Ok(()) };
            let added = usize::from(self.has_sheet_column);
            let cells =
                std::iter::repeat_n(Vec::new(), added).chain((0..maxima.cells.len()).map(|at| maxima.text_of(at)));
            schema.set_maxima(&cells.collect::<Vec<_>>())?;
        }
        below.try_for_each(|(number, row)| self.hold(number, row))
    }

    /// Adds a row, unless it may be one of those behind the table: then it waits.
    fn hold(&mut self, number: u64, row: &Row) -> Result<(), InputError> {
        if let Some(count) = self.options.table.skip_end {
            self.reserve(row)?;
            self.held.push_back((number, row.clone()));
            let is_full = self.held.len() as u64 > count;
            let ready = if is_full { self.held.pop_front() } else { None };
            return ready.map_or(Ok(()), |(number, row)| self.release(number, &row));
        }
        if self.held.len() < MAX_NOTE_ROWS && self.may_be_note(row) {
            self.reserve(row)?;
            self.held.push_back((number, row.clone()));
            return Ok(());
        }
        self.add_held()?;
        self.record(number, row)
    }

    /// Whether a row may be a note behind the table: it has one cell, in the first column, a text that the rows before do not
    /// have there. In a table of one column a note has a blank.
    fn may_be_note(&self, row: &Row) -> bool {
        if !row.is_note(self.options) {
            return false;
        }
        let text = row.text_of(0);
        let is_narrow = self.table.as_ref().is_some_and(|(schema, _)| schema.width() == 1);
        let before = self.held.iter().map(|(_, row)| row).chain(self.last.as_ref().map(|(_, row)| row));
        (!is_narrow || text.contains(&b' ')) && before.into_iter().all(|before| before.text_of(0) != text)
    }

    /// Adds the rows that waited and are not behind the table.
    fn add_held(&mut self) -> Result<(), InputError> {
        std::mem::take(&mut self.held).iter().try_for_each(|(number, row)| self.release(*number, row))
    }

    fn record(&mut self, number: u64, row: &Row) -> Result<(), InputError> {
        if self.done {
            return Ok(());
        }
        let sheet = self.has_sheet_column.then_some(self.sheet);
        let Some((schema, aggregate)) = &mut self.table else { return Ok(()) };
        if let Some(left) = &mut self.records_left {
            if *left == 0 {
                self.done = true;
                return Ok(());
            }
            *left -= 1;
        }
        if !self.preview_left.take() {
            self.done = true;
            return Ok(());
        }
        let added = usize::from(sheet.is_some());
        // Few bytes may expand to many wide rows, so their cells are counted.
        self.budget.work(schema.width() as u64 + sheet.map_or(0, str::len) as u64)?;
        // A cell beyond the header stands below an empty heading.
        while schema.width() < row.cells.len() + added {
            schema.add_unnamed_column(added)?;
        }
        let used = schema.used().filter_map(|column| column.checked_sub(added));
        if let Some(column) = row.uncalculated(used) {
            aggregate.fatal(number, Some(column + added), WorkbookFault::Uncalculated, None);
            self.done = true;
            return Ok(());
        }
        let groups = schema.group_columns().iter().filter_map(|column| column.checked_sub(added));
        let filled = self.merges.fill(number, row, groups);
        self.budget.work(filled.as_ref().map_or(0, |row| row.text.len()) as u64)?;
        aggregate.records(schema, number, 1, &Record { row: filled.as_ref().unwrap_or(row), sheet });
        let last = self.last.get_or_insert_default();
        last.0 = number;
        last.1.clone_from(row);
        Ok(())
    }

    /// Begins the table with its first row, which may be the header.
    fn first_row(&mut self, number: u64, row: &Row, has_header: bool) -> Result<(), InputError> {
        let name = |column| {
            let mut name = Vec::new();
            if has_header {
                row.write(column, &mut name);
            }
            String::from_utf8_lossy(&name).trim().to_owned()
        };
        self.header = (0..row.cells.len().max(requested_width(self.options, &self.limits))).map(name).collect();
        self.header_row = has_header.then_some(number + 1);
        let mut names = self.header.clone();
        if let Use::Part(expected) = self.usage {
            let sorted = |names: &[String]| {
                let mut names = names.to_vec();
                names.sort_unstable();
                names
            };
            if sorted(&names) != sorted(expected) {
                self.done = true;
                return Ok(());
            }
            let is_requested = self.options.table.group_by.iter().any(|name| name == SHEET_COLUMN);
            self.has_sheet_column = is_requested && !names.iter().any(|name| name == SHEET_COLUMN);
            if self.has_sheet_column {
                names.insert(0, SHEET_COLUMN.to_owned());
            }
        }
        let schema = Schema::new(&names, self.options, &self.limits)?;
        let aggregate = Aggregate::new(&schema);
        self.table = Some((schema, aggregate));
        Ok(())
    }

    /// Completes the sheet; `None` if it has no content, or other columns than it should have.
    pub(super) fn finish(mut self) -> Result<Option<(OpenTable, SheetReading)>, InputError> {
        self.end()?;
        if self.last.is_none() && self.options.table.skip_end.is_none() {
            // Notes alone are a table.
            self.add_held()?;
        }
        if self.records_left == Some(0) || self.preview_left.is_cut() {
            // What follows the last record to read is not looked at.
            self.held.clear();
        }
        let note_rows = self.held.len();
        let last_row = self.last.as_ref().map_or(0, |(number, _)| number + 1);
        let rows = self.held.front().map_or(last_row, |(number, _)| *number);
        let Some((schema, mut aggregate)) = self.table else { return Ok(None) };
        aggregate.end_block(0, rows);
        let reading = SheetReading {
            sheets: vec![self.sheet.to_owned()],
            others: Vec::new(),
            is_guess: false,
            header_row: self.header_row,
            title_rows: self.left_out,
            note_rows: note_rows as u64,
            merged_cells: self.merges.filled,
        };
        let mut table = Reading::default();
        table.warnings = self.warnings;
        (table.sample, table.is_cut) = (self.previewed, self.preview_left.is_cut());
        table.note_texts = self.held.iter().take(MAX_NOTE_ROWS).map(|(_, row)| row.text_of(0)).collect();
        table.skipped_end(note_rows, self.options.table.skip_end.is_none());
        let cells = |row: &Row| (0..row.cells.len()).map(|column| row.text_of(column)).collect();
        let last = self.last.as_ref().filter(|_| !self.preview_left.is_cut());
        table.last_record = last.map(|(_, row)| LastRecord { cells: cells(row), blank_rows: rows - last_row });
        Ok(Some((aggregate.finish(schema, 1, table)?, reading)))
    }
}

/// Number of columns that requested columns such as `column_3` need: an empty heading has no cell in the sheet.
fn requested_width(options: &Options, limits: &Limits) -> usize {
    let table = &options.table;
    let names = table.columns.iter().chain(&table.group_by).chain(&table.weights);
    let numbers = names.filter_map(|name| name.strip_prefix("column_")?.parse::<usize>().ok());
    numbers.filter(|number| *number <= limits.columns).max().unwrap_or_default()
}

/// Merged cells of a sheet, whose value stands in the first one only.
#[derive(Debug, Default)]
pub(super) struct MergedCells {
    /// Ranges, sorted by their first row.
    ranges: Vec<MergedRange>,
    /// Index of the first range that does not begin above the current row.
    next: usize,
    /// For each group column the last row of the range that it is in, and the value there.
    active: Vec<Option<(u64, Vec<u8>)>>,
    /// Number of cells that were filled.
    pub(super) filled: u64,
}

/// Range of merged cells; rows and columns are numbered from 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct MergedRange {
    pub(super) first_row: u64,
    pub(super) last_row: u64,
    pub(super) first_column: usize,
    pub(super) last_column: usize,
}

impl MergedCells {
    /// Adds a range.
    ///
    /// # Errors
    /// More memory than the limit.
    pub(super) fn add(&mut self, range: MergedRange, budget: &Budget) -> Result<(), InputError> {
        budget.reserve(size_of::<MergedRange>())?;
        self.ranges.push(range);
        Ok(())
    }

    /// Sorts ranges that come in any order.
    pub(super) fn sort(&mut self) {
        self.ranges.sort_by_key(|range| range.first_row);
    }

    /// The row with the values of merged cells in the group columns; `None` if it stays as it is.
    fn fill(&mut self, number: u64, row: &Row, groups: impl Iterator<Item = usize>) -> Option<Row> {
        if self.ranges.is_empty() {
            return None;
        }
        let groups: Vec<usize> = groups.collect();
        self.active.resize(groups.len(), None);
        while let Some(range) = self.ranges.get(self.next).filter(|range| range.first_row <= number) {
            self.next += 1;
            if range.first_row < number {
                continue;
            }
            for (column, active) in groups.iter().zip(&mut self.active) {
                if (range.first_column..=range.last_column).contains(column) {
                    let mut value = Vec::new();
                    row.write(range.first_column, &mut value);
                    *active = Some((range.last_row, value));
                }
            }
        }
        let mut filled = None;
        for (column, active) in groups.iter().zip(&self.active) {
            let Some((last_row, value)) = active else { continue };
            if number > *last_row {
                continue;
            }
            let row = filled.get_or_insert_with(|| row.clone());
            let start = row.text.len();
            row.text.extend_from_slice(value);
            if *column >= row.cells.len() {
                row.cells.resize(*column + 1, Value::Empty);
            }
            if matches!(row.cells[*column], Value::Empty) {
                self.filled += 1;
            }
            row.cells[*column] = if value.is_empty() { Value::Empty } else { Value::Text(start, row.text.len()) };
        }
        filled
    }
}

/// Number that a sheet stores as text: its double at 15 significant digits, as spreadsheet programs show and compare numbers, so that
/// 434.99999999999994 is 435. `None` if the text is not a finite number.
pub(super) fn double(text: &[u8]) -> Option<Decimal> {
    match Number::parse(text).ok()? {
        // A decimal of at most 15 digits is what its double is at 15 digits, so the conversion can be skipped.
        Number::Finite(decimal) if decimal.digits() < 1_000_000_000_000_000 && decimal.exponent.abs() < 280 => {
            Some(decimal)
        }
        Number::Finite(decimal) => fifteen_digits(decimal.to_f64()),
        _ => None,
    }
}

/// A double at 15 significant digits. `None` if it is not finite.
pub(super) fn fifteen_digits(double: f64) -> Option<Decimal> {
    // One digit before the point and 14 behind it. A decimal of 15 digits is the shortest one of its double.
    let rounded: f64 = format!("{double:.14e}").parse().ok()?;
    Decimal::from_f64(if rounded.is_finite() { rounded } else { double })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_fifteen_significant_digits() {
        for (text, number) in [
            ("434.99999999999994", "435"),
            ("0.30000000000000004", "0.3"),
            ("1.23456789012345678", "1.23456789012346"),
            ("-9007199254740993", "-9007199254740990"),
            ("12345678901234567890", "12345678901234600000"),
            ("999999999999999.9", "1000000000000000"),
            ("123456789012345", "123456789012345"),
            ("4.9406564584124654E-324", "5e-324"),
            ("1.7976931348623157E+308", "17976931348623157e292"),
        ] {
            assert_eq!(double(text.as_bytes()).map(|decimal| decimal.to_string()).as_deref(), Some(number), "{text}");
        }
    }
}
