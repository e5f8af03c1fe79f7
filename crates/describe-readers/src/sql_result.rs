//! Results of SQL statements that described a table: see [`describe_sql`].
//!
//! Input: the chunks of a result, delimited text or JSON. Output: the dataset of a [state](super::state) of the same records. Invariants: rows
//! are read one at a time; figures that may be inexact, or that no numbers have together, are an error.

use describe::state::StateError;
use describe::{KnownSums, Retention, Sample};
use describe_options::{InputError, Measured, OptionName, Options, Origin, RawOption, SqlFault, excerpt};
use describe_sql::{Form, Recipe, column};
use num_bigint::BigInt;

use crate::dataset::Dataset;
use crate::errors::exceeded;
use crate::limits::Limits;
use crate::state::{FORMAT, StateReader, to_state, too_many_values};
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
                let parsed = Recipe::parse(recipe).filter(|recipe| !recipe.columns.is_empty());
                let parsed = parsed.ok_or_else(|| fault(SqlFault::Recipe { row: row.number }))?;
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
    records: u64,
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
        Ok(Self { recipe_text: text.to_owned(), recipe, options: of_table, retention, table, records: 0 })
    }

    /// Adds a row: the sums of a group, or the count of a value.
    fn add(&mut self, row: &Row) -> Result<(), InputError> {
        let groups = self.recipe.group_by.len();
        let values = (0..groups).map(|index| row.text(&column::numbered(column::GROUP, index)).map(group_value));
        let values = values.collect::<Option<Vec<_>>>().ok_or_else(|| row.fault(column::GROUP))?;
        let records = row.count(column::RECORDS)?;
        let columns = match self.recipe.form {
            Form::Sums { scale } => {
                self.records = self.records.checked_add(records).ok_or_else(too_many_values)?;
                (0..self.recipe.columns.len())
                    .map(|index| self.sums(row, index, scale, records))
                    .collect::<Result<_, _>>()?
            }
            Form::Values { scale } => self.value(row, scale, records)?,
        };
        self.table.add(&SavedGroup { values, columns })
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
        let integer = |of: &str| if count == 0 { Ok(BigInt::ZERO) } else { row.integer(&named(of)) };
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
            StateError::Field("count") => too_many_values(),
            _ => contradiction(),
        })?;
        Ok(SavedColumn { numbers, absent, invalid: 0 })
    }

    /// Cells of all columns, of which one has a value as often as the row says.
    fn value(&mut self, row: &Row, scale: Option<u32>, records: u64) -> Result<Vec<SavedColumn>, InputError> {
        let Recipe { columns, absent, .. } = &self.recipe;
        let number = row.count(column::COLUMN)?;
        let index = usize::try_from(number).ok().filter(|number| (1..=columns.len()).contains(number));
        let index = index.ok_or_else(|| row.fault(column::COLUMN))? - 1;
        let name = || excerpt(columns[index].as_bytes());
        let inexact = row.count(column::INEXACT)?;
        if inexact > 0 {
            return Err(fault(SqlFault::Inexact { column: name(), count: inexact, scale: scale.unwrap_or_default() }));
        }
        if index == 0 {
            self.records = self.records.checked_add(records).ok_or_else(too_many_values)?;
        }
        let text = row.text(column::VALUE).unwrap_or_default();
        let empty = || SavedColumn { numbers: Sample::new(&self.retention), absent: vec![0; absent.len()], invalid: 0 };
        let mut cells: Vec<SavedColumn> = columns.iter().map(|_| empty()).collect();
        let cell = &mut cells[index];
        match self.table.classify(text.as_bytes()) {
            CellClass::Number(decimal) => cell.numbers.push_times(decimal, records),
            CellClass::Special(SpecialValue::Missing) => cell.numbers.push_missing_times(records),
            CellClass::Special(SpecialValue::Absent(code)) => cell.absent[code] = records,
            CellClass::Invalid(_) if self.recipe.counts_invalid => cell.invalid = records,
            CellClass::Invalid(_) => return Err(row.fault(column::VALUE)),
        }
        Ok(cells)
    }

    /// The state of all rows.
    fn finish(self) -> Result<Vec<u8>, InputError> {
        let reading = Reading::of(FORMAT);
        let (data, _) = Dataset::from(self.table.finish(self.records, reading)).finish()?;
        to_state(&data, &self.options)
    }
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
