//! Rows of a sheet as records of a table.
//!
//! Input: the rows of a sheet in ascending order, from the XLSX or the ODS reader. Output: an open table. The first row is
//! the header, or data if the columns have no names.

use std::io::Write;

use describe::{Decimal, Number};
use describe_options::{
    Diagnostic, InputError, MAX_LISTED_DIAGNOSTICS, OptionName, Options, TableFault, WorkbookFault, excerpt,
};

use super::xml::Budget;
use crate::errors::{no_values, too_long};
use crate::limits::Limits;
use crate::table::{Aggregate, Cell, OpenTable, Records, Schema, too_many_columns};

/// Maximum number of rows of a sheet, in XLSX and in ODS.
pub(super) const MAX_ROWS: u64 = 1 << 20;

/// Sheet in the list of a workbook.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) visible: bool,
}

/// Index of the sheet that the options request by name, or else by number from 1; `None` if they request none.
///
/// # Errors
/// A sheet that does not exist.
pub(super) fn requested_sheet(options: &Options, sheets: &[Sheet]) -> Result<Option<usize>, InputError> {
    let Some(requested) = &options.table.sheet else { return Ok(None) };
    let by_number = || requested.trim().parse::<usize>().ok()?.checked_sub(1).filter(|index| *index < sheets.len());
    let index = sheets.iter().position(|sheet| sheet.name == *requested).or_else(by_number);
    index.map(Some).ok_or_else(|| {
        let sheets = sheets.iter().take(MAX_LISTED_DIAGNOSTICS).map(|sheet| excerpt(sheet.name.as_bytes())).collect();
        let fault = TableFault::UnknownSheet { name: excerpt(requested.as_bytes()), sheets };
        Diagnostic::new(options.location(OptionName::Sheet), fault).with_input(requested.as_bytes()).into()
    })
}

/// Value of a cell.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value {
    Empty,
    Number(Decimal),
    /// Start and end in the row's text.
    Text(usize, usize),
}

/// Row of a sheet.
#[derive(Debug, Default)]
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
            None | Some(Value::Empty) => return false,
            // Writing to a vector cannot fail.
            Some(Value::Number(number)) => write!(text, "{number}").unwrap_or_default(),
            Some(Value::Text(start, end)) => text.extend_from_slice(&self.text[*start..*end]),
        }
        true
    }

    /// Whether the first row has data instead of column names.
    pub(super) fn looks_like_data(&self, options: &Options) -> bool {
        self.cells.iter().all(|cell| match cell {
            Value::Text(start, end) => Schema::looks_like_data(&options.table, &self.text[*start..*end]),
            Value::Empty | Value::Number(_) => true,
        })
    }
}

impl Records for Row {
    fn cell(&self, _record: usize, column: usize) -> Cell<'_> {
        match self.cells.get(column) {
            None | Some(Value::Empty) => Cell::Missing,
            Some(Value::Number(number)) => Cell::Number(*number),
            Some(Value::Text(start, end)) => Cell::Text(&self.text[*start..*end]),
        }
    }

    fn group(&self, _record: usize, column: usize, key: &mut Vec<u8>) -> bool {
        self.write(column, key)
    }
}

/// Accumulates the rows of a sheet into a table.
pub(super) struct Rows<'a> {
    pub(super) options: &'a Options,
    pub(super) limits: Limits,
    pub(super) budget: &'a Budget,
    pub(super) table: Option<(Schema, Aggregate)>,
    /// Whether the columns have names: then rows must not have more cells than the header.
    pub(super) has_header: bool,
    /// Whether any cell was not empty.
    pub(super) has_content: bool,
}

impl Rows<'_> {
    /// Adds a row, numbered from 0, that is repeated `times` times.
    pub(super) fn row(&mut self, number: u64, row: &Row, times: u64) -> Result<(), InputError> {
        if row.cells.is_empty() {
            return Ok(());
        }
        self.has_content = true;
        if number + times > MAX_ROWS {
            return Err(InputError::of_data(WorkbookFault::RowBeyond { max: MAX_ROWS }));
        }
        (number.max(self.options.table.skip_rows)..number + times).try_for_each(|number| self.record(number, row))
    }

    fn record(&mut self, number: u64, row: &Row) -> Result<(), InputError> {
        let Some((schema, aggregate)) = &mut self.table else { return self.first_row(number, row) };
        // Few bytes may expand to many wide rows, so their cells are counted.
        self.budget.work(schema.width() as u64)?;
        while !self.has_header && schema.width() < row.cells.len() {
            schema.add_unnamed_column()?;
        }
        if row.cells.len() > schema.width() {
            aggregate.ragged(schema, number, row.cells.len());
            return Ok(());
        }
        aggregate.records(schema, number, 1, row);
        Ok(())
    }

    /// Adds the first row, which may be the header.
    fn first_row(&mut self, number: u64, row: &Row) -> Result<(), InputError> {
        self.has_header = self.options.table.header.unwrap_or_else(|| !row.looks_like_data(self.options));
        let name = |column| {
            let mut name = Vec::new();
            if self.has_header {
                row.write(column, &mut name);
            }
            name
        };
        let header: Vec<Vec<u8>> = (0..row.cells.len()).map(name).collect();
        let schema = Schema::new(&header, self.options, self.limits)?;
        let aggregate = Aggregate::new(&schema);
        self.table = Some((schema, aggregate));
        if self.has_header { Ok(()) } else { self.record(number, row) }
    }

    pub(super) fn finish(self) -> Result<OpenTable, InputError> {
        let (schema, mut aggregate) = self.table.ok_or_else(no_values)?;
        // Diagnostics of ragged rows belong to a block, also when no row is a record.
        aggregate.end_block(0, 0);
        aggregate.finish(schema, 1)
    }
}

/// Number that a sheet stores as text: the shortest decimal of its double, which is the number that the writer displayed.
/// `None` if the text is not a finite number.
pub(super) fn double(text: &[u8]) -> Option<Decimal> {
    match Number::parse(text).ok()? {
        // A decimal of at most 15 digits is the shortest decimal of its double, so the conversion can be skipped.
        Number::Finite(decimal) if decimal.digits < 1_000_000_000_000_000 && decimal.exponent.abs() < 280 => {
            Some(decimal)
        }
        Number::Finite(_) => Decimal::from_f64(std::str::from_utf8(text).ok()?.trim().parse().ok()?),
        _ => None,
    }
}
