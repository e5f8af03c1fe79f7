//! The rows of a sheet, as records of a table.

use std::io::Write;

use describe::{Decimal, Number};
use describe_options::{Diagnostic, InputError, LISTED, OptionName, Options, TableFault, WorkbookFault, excerpt};

use super::xml::Budget;
use crate::errors::{no_values, too_long};
use crate::limits::Limits;
use crate::table::{Aggregate, Cell, OpenTable, Records, Schema, too_many_columns};

/// The last row that a sheet can have, in XLSX as in ODS.
pub(super) const MAX_ROWS: u64 = 1 << 20;

/// A sheet, as the workbook lists it.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) visible: bool,
}

/// The index of the sheet that is asked for: by name, else by number from 1. `None` when none is asked for.
pub(super) fn asked(options: &Options, sheets: &[Sheet]) -> Result<Option<usize>, InputError> {
    let Some(asked) = &options.table.sheet else { return Ok(None) };
    let by_number = || asked.trim().parse::<usize>().ok()?.checked_sub(1).filter(|index| *index < sheets.len());
    let index = sheets.iter().position(|sheet| sheet.name == *asked).or_else(by_number);
    index.map(Some).ok_or_else(|| {
        let sheets = sheets.iter().take(LISTED).map(|sheet| excerpt(sheet.name.as_bytes())).collect();
        let fault = TableFault::UnknownSheet { name: excerpt(asked.as_bytes()), sheets };
        Diagnostic::new(options.location(OptionName::Sheet), fault).with_input(asked.as_bytes()).into()
    })
}

/// The value of a cell.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value {
    Empty,
    Number(Decimal),
    /// Where in the row's text.
    Text(usize, usize),
}

/// One row of a sheet.
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

    /// Keeps a text for a cell; blank text is none.
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
            return Err(rows.budget.too_much());
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

    /// A cell's text, as a name or a group.
    pub(super) fn write(&self, column: usize, text: &mut Vec<u8>) -> bool {
        match self.cells.get(column) {
            None | Some(Value::Empty) => return false,
            // Writing to a vector cannot fail.
            Some(Value::Number(number)) => write!(text, "{number}").unwrap_or_default(),
            Some(Value::Text(start, end)) => text.extend_from_slice(&self.text[*start..*end]),
        }
        true
    }

    /// Whether the row, as a first one, holds data rather than names.
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

/// What becomes of the rows of a sheet.
pub(super) struct Rows<'a> {
    pub(super) options: &'a Options,
    pub(super) limits: Limits,
    pub(super) budget: &'a Budget,
    pub(super) table: Option<(Schema, Aggregate)>,
    /// Whether the columns have names, so that no cells may stand beyond them.
    pub(super) headed: bool,
    /// Whether any cell held anything.
    pub(super) found: bool,
}

impl Rows<'_> {
    /// Takes a row, counted from 0, that stands there so many times.
    pub(super) fn row(&mut self, number: u64, row: &Row, times: u64) -> Result<(), InputError> {
        if row.cells.is_empty() {
            return Ok(());
        }
        self.found = true;
        if number + times > MAX_ROWS {
            return Err(InputError::of_data(WorkbookFault::RowBeyond { max: MAX_ROWS }));
        }
        (number.max(self.options.table.skip_rows)..number + times).try_for_each(|number| self.record(number, row))
    }

    pub(super) fn record(&mut self, number: u64, row: &Row) -> Result<(), InputError> {
        let Some((schema, aggregate)) = &mut self.table else { return self.begin(number, row) };
        // Few bytes may make many wide rows.
        self.budget.work(schema.width() as u64)?;
        while !self.headed && schema.width() < row.cells.len() {
            schema.widen()?;
        }
        if row.cells.len() > schema.width() {
            aggregate.ragged(schema, number, row.cells.len());
            return Ok(());
        }
        aggregate.records(schema, number, 1, row);
        Ok(())
    }

    /// Takes the first row, which may be the header.
    pub(super) fn begin(&mut self, number: u64, row: &Row) -> Result<(), InputError> {
        self.headed = self.options.table.header.unwrap_or_else(|| !row.looks_like_data(self.options));
        let name = |column| {
            let mut name = Vec::new();
            if self.headed {
                row.write(column, &mut name);
            }
            name
        };
        let header: Vec<Vec<u8>> = (0..row.cells.len()).map(name).collect();
        let schema = Schema::new(&header, self.options, self.limits)?;
        let aggregate = Aggregate::new(&schema);
        self.table = Some((schema, aggregate));
        if self.headed { Ok(()) } else { self.record(number, row) }
    }

    pub(super) fn finish(self) -> Result<OpenTable, InputError> {
        let (schema, mut aggregate) = self.table.ok_or_else(no_values)?;
        // Without a record there is no block yet, but there may be ragged rows.
        aggregate.end_block(0, 0);
        aggregate.finish(schema, 1)
    }
}

/// The number that a sheet stores as a text: what a person sees of it is the shortest decimal of its double.
pub(super) fn double(text: &[u8]) -> Option<Decimal> {
    match Number::parse(text).ok()? {
        // So few digits are the shortest decimal of their double already.
        Number::Finite(decimal) if decimal.digits < 1_000_000_000_000_000 && decimal.exponent.abs() < 280 => {
            Some(decimal)
        }
        Number::Finite(_) => Decimal::from_f64(std::str::from_utf8(text).ok()?.trim().parse().ok()?),
        _ => None,
    }
}
