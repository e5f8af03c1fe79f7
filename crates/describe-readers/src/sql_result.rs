//! Results of SQL statements that described a table: see [`describe_sql`].
//!
//! Input: the chunks of a result, delimited text or JSON. Output: the dataset of a [state](super::state) of the same records. Invariants: rows
//! are read one at a time; figures that may be inexact, or that no numbers have together, are an error.

use std::collections::{HashMap, HashSet};

use describe::state::StateError;
use describe::{KnownSums, Number, Retention, Sample};
use describe_options::{InputError, Measured, OptionName, Options, Origin, RawOption, SqlFault, excerpt};
use describe_sql::{Form, Recipe, column};
use num_bigint::BigInt;

use crate::dataset::Dataset;
use crate::errors::exceeded;
use crate::ledger::with_overhead;
use crate::limits::Limits;
use crate::state::{FORMAT, MAX_VALUES, StateReader, to_state};
use crate::table::{CellClass, Reading, SavedColumn, SavedGroup, SavedTable, SpecialValue};

mod rows;

use rows::{Row, each_row};

/// Maximum number of digits of a figure. Sums of 2⁶² fourth powers of 38 digits have fewer.
const MAX_DIGITS: usize = 200;

/// Reads a result chunk by chunk. It is kept as a whole, since the first character of a JSON text decides what its rows are.
#[derive(Debug)]
pub(crate) struct SqlResultReader {
    bytes: Vec<u8>,
    /// Reads the state that the result becomes.
    state: StateReader,
    options: Options,
    limits: Limits,
}

impl SqlResultReader {
    /// A reader for answers by these options.
    ///
    /// # Errors
    /// As for states: a preview, and options that concern the reading of data.
    pub(crate) fn new(options: &Options, limits: &Limits) -> Result<Self, InputError> {
        // A state has no ranges of values, whether or not the result could be read again.
        let limits = Limits { kept: None, ..limits.clone() };
        let state = StateReader::new(options, &limits)?;
        Ok(Self { bytes: Vec::new(), state, options: options.clone(), limits })
    }

    /// Reads the next chunk.
    ///
    /// # Errors
    /// A result that is larger than the limit of files that are kept.
    pub(crate) fn feed(&mut self, chunk: &[u8]) -> Result<(), InputError> {
        if self.bytes.len() + chunk.len() > self.limits.memory {
            return Err(exceeded(Measured::SqlResult, self.limits.memory));
        }
        self.limits.ledger.extend(&mut self.bytes, chunk)
    }

    /// The records that the result describes.
    ///
    /// # Errors
    /// A result that is not one of such a statement, is not exact, or does not have what the statistics of the options need; more memory
    /// or groups than the task may have; what a state may lack.
    pub(crate) fn finish(self) -> Result<Dataset, InputError> {
        let Self { bytes, mut state, options, limits } = self;
        let saved = to_saved(&bytes, &options, &limits)?;
        limits.ledger.release(bytes.capacity());
        drop(bytes);
        state.feed(&saved)?;
        state.finish()
    }
}

/// The state of the records that a result describes.
fn to_saved(bytes: &[u8], options: &Options, limits: &Limits) -> Result<Vec<u8>, InputError> {
    let mut result: Option<SqlResult> = None;
    each_row(bytes, limits, &mut |row| {
        limits.ledger.check()?;
        let recipe = row.text(column::RECIPE).unwrap_or_default();
        let result = match &mut result {
            Some(result) if result.recipe_text == recipe => result,
            Some(_) => return Err(fault(SqlFault::Recipe { row: row.number })),
            None => {
                let parsed = Recipe::parse(recipe).ok_or_else(|| fault(SqlFault::Recipe { row: row.number }))?;
                result.insert(SqlResult::new(recipe, parsed, options, limits)?)
            }
        };
        result.add(&row)
    })?;
    result.ok_or_else(|| fault(SqlFault::NoRows))?.finish()
}

fn fault(fault: SqlFault) -> InputError {
    InputError::of_data(fault)
}

/// The rows of a result so far.
struct SqlResult {
    recipe_text: String,
    recipe: Recipe,
    /// The options that a description of the same table would have.
    options: Options,
    retention: Retention,
    table: SavedTable,
    limits: Limits,
    /// What makes a row one of its kind: its group, and of counts of values the column and the value.
    rows: HashSet<Vec<u8>>,
    /// Number of records of each group by column, of counts of values of several columns.
    groups: HashMap<Vec<u8>, Vec<u64>>,
    /// Number of records.
    records: u64,
    /// Number of cells.
    cells: u64,
}

impl SqlResult {
    fn new(text: &str, recipe: Recipe, options: &Options, limits: &Limits) -> Result<Self, InputError> {
        let has_values = matches!(recipe.form, Form::Values { .. });
        if options.need_order() && !has_values {
            return Err(fault(SqlFault::NoValues));
        }
        let retention = if has_values { limits.retention(options) } else { Retention::default() };
        let raw = |name: OptionName, values: &[String]| {
            (!values.is_empty()).then(|| RawOption {
                origin: Origin::Body,
                name: name.as_str().to_owned(),
                values: values.to_vec(),
            })
        };
        let invalid = recipe.counts_invalid.then(|| "missing".to_owned());
        let of_recipe = [
            raw(OptionName::Column, &recipe.columns),
            raw(OptionName::GroupBy, &recipe.group_by),
            raw(OptionName::Absent, &recipe.absent),
            raw(OptionName::Invalid, invalid.as_slice()),
        ];
        let of_table = Options::parse(&of_recipe.into_iter().flatten().collect::<Vec<_>>())?;
        let table = SavedTable::new(&of_table, limits, retention.clone());
        Ok(Self {
            recipe_text: text.to_owned(),
            recipe,
            options: of_table,
            retention,
            table,
            limits: limits.clone(),
            rows: HashSet::new(),
            groups: HashMap::new(),
            records: 0,
            cells: 0,
        })
    }

    /// Adds a row: the sums of a group, or the count of a value.
    fn add(&mut self, row: &Row) -> Result<(), InputError> {
        let mut key = Vec::new();
        let mut values = Vec::new();
        for name in (0..self.recipe.group_by.len()).map(|index| column::numbered(column::GROUP, index)) {
            let text = row.text(&name).ok_or_else(|| row.fault(&name))?;
            push_part(&mut key, text);
            values.push(group_value(text));
        }
        let records = row.count(column::RECORDS)?;
        let columns = match self.recipe.form {
            Form::Sums { scale } => {
                self.count_records(records)?;
                self.count_cells(row, records, self.recipe.columns.len())?;
                let columns = (0..self.recipe.columns.len())
                    .map(|index| self.sums(row, index, scale, records))
                    .collect::<Result<_, _>>()?;
                self.take(row, key)?;
                columns
            }
            Form::Values { scale } => self.value(row, key, scale, records)?,
        };
        self.table.add(&SavedGroup { values, columns })
    }

    /// Notes that there is a row of this key.
    ///
    /// # Errors
    /// A row that was there before.
    fn take(&mut self, row: &Row, key: Vec<u8>) -> Result<(), InputError> {
        self.limits.ledger.charge(with_overhead(size_of::<Vec<u8>>() + key.len()))?;
        if self.rows.insert(key) { Ok(()) } else { Err(fault(SqlFault::Repeated { row: row.number })) }
    }

    fn count_records(&mut self, records: u64) -> Result<(), InputError> {
        self.records = self.records.checked_add(records).ok_or_else(|| fault(SqlFault::TooManyValues))?;
        Ok(())
    }

    /// Counts the cells of a row, before anything adds their counts.
    fn count_cells(&mut self, row: &Row, records: u64, columns: usize) -> Result<(), InputError> {
        if records == 0 {
            // Without groups a table without records has a row, too.
            let is_empty = self.recipe.group_by.is_empty()
                && row.text(&column::numbered(column::COUNT, 0)).is_some_and(|count| count.trim() == "0");
            return Err(if is_empty { fault(SqlFault::NoRows) } else { row.fault(column::RECORDS) });
        }
        let cells = records.checked_mul(columns as u64).and_then(|cells| cells.checked_add(self.cells));
        self.cells = cells.filter(|cells| *cells <= MAX_VALUES).ok_or_else(|| fault(SqlFault::TooManyValues))?;
        Ok(())
    }

    /// The sums of a described column.
    fn sums(&self, row: &Row, index: usize, scale: u32, records: u64) -> Result<SavedColumn, InputError> {
        let Recipe { dialect, columns, absent, .. } = &self.recipe;
        let name = || excerpt(columns[index].as_bytes());
        let contradiction = || fault(SqlFault::Contradiction { column: name(), row: row.number });
        let named = |of: &str| column::numbered(of, index);
        let (count, inexact) = (row.count(&named(column::COUNT))?, row.count(&named(column::INEXACT))?);
        if inexact > 0 {
            return Err(fault(SqlFault::Inexact { column: name(), count: inexact, scale }));
        }
        let absent = (0..absent.len()).map(|code| row.count(&column::numbered(&named(column::ABSENT), code)));
        let absent = absent.collect::<Result<Vec<u64>, _>>()?;
        let present = absent.iter().try_fold(count, |sum, more| sum.checked_add(*more));
        let missing = present.and_then(|present| records.checked_sub(present)).ok_or_else(contradiction)?;
        // Without values the figures of a database are NULL.
        let integer = |of: &str| match row.text(&named(of)) {
            Some(text) if count == 0 && text.trim().is_empty() => Ok(BigInt::ZERO),
            Some(_) if count == 0 => Err(contradiction()),
            _ => row.integer(&named(of)),
        };
        let [min, max] = column::EXTREMES.map(integer);
        let extremes = [min?, max?];
        let [first, second, third, fourth] = column::SUMS.map(integer);
        let sums = [first?, second?, third?, fourth?];
        if !dialect.holds(count, &extremes[0], &extremes[1]) {
            return Err(fault(SqlFault::Overflow { column: name(), row: row.number, dialect: dialect.name }));
        }
        let exponent = -i32::try_from(scale).unwrap_or(i32::MAX);
        let numbers = Sample::of_sums(KnownSums { missing, count, exponent, extremes, sums });
        let numbers = numbers.map_err(|error| match error {
            StateError::Field("count") => fault(SqlFault::TooManyValues),
            _ => contradiction(),
        })?;
        Ok(SavedColumn { numbers, absent, invalid: 0 })
    }

    /// Cells of all columns, of which one has a value as often as the row says. `key` is that of the group.
    fn value(
        &mut self,
        row: &Row,
        mut key: Vec<u8>,
        scale: Option<u32>,
        records: u64,
    ) -> Result<Vec<SavedColumn>, InputError> {
        let number = row.count(column::COLUMN)?;
        let length = self.recipe.columns.len();
        let index = usize::try_from(number).ok().filter(|number| (1..=length).contains(number));
        let index = index.ok_or_else(|| row.fault(column::COLUMN))? - 1;
        self.count_cells(row, records, 1)?;
        if index == 0 {
            self.count_records(records)?;
        }
        if length > 1 {
            if !self.groups.contains_key(&key) {
                self.limits.ledger.charge(with_overhead(2 * size_of::<Vec<u8>>() + key.len() + 8 * length))?;
            }
            self.groups.entry(key.clone()).or_insert_with(|| vec![0; length])[index] += records;
        }
        push_part(&mut key, &number.to_string());
        push_part(&mut key, row.text(column::VALUE).ok_or_else(|| row.fault(column::VALUE))?);
        // NULL and an empty text are two values of a column of texts, and look the same.
        let is_empty = scale.is_none() && row.text(column::VALUE) == Some("");
        if is_empty && self.rows.contains(&key) {
            push_part(&mut key, "");
        }
        self.take(row, key)?;
        let Recipe { columns, absent, .. } = &self.recipe;
        let name = || excerpt(columns[index].as_bytes());
        let inexact = row.count(column::INEXACT)?;
        if inexact > 0 {
            return Err(fault(SqlFault::Inexact { column: name(), count: inexact, scale: scale.unwrap_or_default() }));
        }
        let text = row.text(column::VALUE).unwrap_or_default();
        if scale.is_some_and(|scale| !is_decimal(text, scale)) {
            return Err(row.fault(column::VALUE));
        }
        let empty = || SavedColumn { numbers: Sample::new(&self.retention), absent: vec![0; absent.len()], invalid: 0 };
        let mut cells: Vec<SavedColumn> = columns.iter().map(|_| empty()).collect();
        let cell = &mut cells[index];
        match self.table.classify(text.as_bytes()) {
            CellClass::Number(decimal) => cell.numbers.push_times(decimal, records),
            CellClass::Special(SpecialValue::Missing) => cell.numbers.push_missing_times(records),
            CellClass::Special(SpecialValue::Absent(code)) => cell.absent[code] = records,
            CellClass::Invalid(_) if self.recipe.counts_invalid => cell.invalid = records,
            CellClass::Invalid(_) => {
                let input = excerpt(text.as_bytes());
                return Err(fault(SqlFault::Text { row: row.number, column: name(), input }));
            }
        }
        Ok(cells)
    }

    /// The state of all rows.
    fn finish(self) -> Result<Vec<u8>, InputError> {
        for records in self.groups.values() {
            if let Some(column) = records.iter().position(|count| *count != records[0]) {
                let [first, other] =
                    [0, column].map(|index| (excerpt(self.recipe.columns[index].as_bytes()), records[index]));
                return Err(fault(SqlFault::MissingRows { first, other }));
            }
        }
        let reading = Reading::of(FORMAT);
        let (data, _) = Dataset::from(self.table.finish(self.records, reading)).finish()?;
        to_state(&data, &self.options)
    }
}

/// Appends a part of a key, which ends with a byte that UTF-8 has not.
fn push_part(key: &mut Vec<u8>, part: &str) {
    key.extend_from_slice(part.as_bytes());
    key.push(0xFF);
}

/// Whether a text is empty, or a number as a database writes a decimal of this scale. Some write small ones with an exponent: 1E-7.
fn is_decimal(text: &str, scale: u32) -> bool {
    let has_digits_alone = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte));
    let is_spelled = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => has_digits_alone(digits) && exponent.starts_with('-') && has_digits_alone(exponent),
        None => has_digits_alone(text),
    };
    let least = -i32::try_from(scale).unwrap_or(i32::MAX);
    let has_places = |number| matches!(number, Number::Finite(decimal) if decimal.canonical().exponent >= least);
    text.trim().is_empty() || (is_spelled && Number::parse(text.as_bytes()).is_ok_and(has_places))
}

/// Value of a group column; empty and missing are the same.
fn group_value(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

impl Row<'_> {
    /// A count.
    fn count(&self, name: &str) -> Result<u64, InputError> {
        self.text(name).and_then(|text| text.trim().parse().ok()).ok_or_else(|| self.fault(name))
    }

    /// An integer of any size that has a bound.
    fn integer(&self, name: &str) -> Result<BigInt, InputError> {
        let text = self.text(name).unwrap_or_default().trim();
        // Some databases show the decimal places of a decimal that has none.
        let whole = text.split_once('.').filter(|(_, places)| places.bytes().all(|digit| digit == b'0'));
        let whole = whole.map_or(text, |(whole, _)| whole);
        let is_short = whole.len() <= MAX_DIGITS;
        whole.parse().ok().filter(|_| is_short).ok_or_else(|| self.fault(name))
    }

    fn fault(&self, name: &str) -> InputError {
        let input = excerpt(self.text(name).unwrap_or_default().as_bytes());
        fault(SqlFault::Cell { row: self.number, column: name.to_owned(), input })
    }
}
