//! Table of groups that were made elsewhere: by the program that wrote a state, or by a query engine.
//!
//! Input: the groups, each with a sample and counts for each column, which [`CellRules`] classify by the options. Output: an
//! [`OpenTable`], which is merged, and completed with margins and totals, as one that was read from records.

use describe::{Decimal, ParseError, Retention, Sample, trim_blanks};
use describe_options::{Diagnostic, InputError, Location, Options, Reason, TableFault, ValueFault};

use super::aggregate::Aggregate;
use super::cell::Cell;
use super::column::{SavedColumn, SavedGroup};
use super::reading::{Reading, TableSource, TableWarningCode};
use super::results::OpenTable;
use super::schema::{CellClass, Schema, SpecialValue};
use crate::limits::Limits;
use crate::spelling;

/// Rules by which cells are numbers, missing, absence codes or none of these, for programs that group records themselves.
///
/// ```
/// use describe::Retention;
/// use describe_options::Options;
/// use describe_readers::{Cell, CellRules, Limits};
///
/// let rules = CellRules::new(&Options::default(), &Limits::default());
/// let mut column = rules.column(&Retention::default());
/// for cell in [Cell::Text(b" 12.50"), Cell::Text(b"NA"), Cell::Missing] {
///     rules.push(&mut column, cell)?;
/// }
/// assert_eq!((column.numbers.taken(), column.numbers.missing()), (3, 2));
/// assert!(rules.push(&mut column, Cell::Text(b"X")).is_err());
/// # Ok::<(), describe_options::InputError>(())
/// ```
#[derive(Clone, Debug)]
pub struct CellRules {
    schema: Schema,
}

impl CellRules {
    /// The rules of these options.
    #[must_use]
    pub fn new(options: &Options, limits: &Limits) -> Self {
        Self { schema: Schema::saved(options, limits, Retention::default()) }
    }

    /// Column without cells, whose numbers are kept so.
    #[must_use]
    pub fn column(&self, retention: &Retention) -> SavedColumn {
        let absent = vec![0; self.schema.options.absent.len()];
        SavedColumn { numbers: Sample::new(retention), absent, invalid: 0 }
    }

    /// Whether every cell that is a number counts as that number: no absence code and no missing marker is one.
    #[must_use]
    pub fn take_all_numbers(&self) -> bool {
        self.schema.is_plain()
    }

    /// Adds a cell to a column, and returns its number if it is one.
    ///
    /// # Errors
    /// A cell that is not a number, unless such cells are counted.
    pub fn push(&self, column: &mut SavedColumn, cell: Cell) -> Result<Option<Decimal>, InputError> {
        let text = if let Cell::Text(text) = cell { trim_blanks(text) } else { b"" };
        match self.schema.classify(cell, text) {
            CellClass::Number(decimal) => {
                column.numbers.push_decimal(decimal);
                return Ok(Some(decimal));
            }
            CellClass::Special(SpecialValue::Missing) => column.numbers.push_missing(),
            CellClass::Special(SpecialValue::Absent(code)) => column.absent[code] += 1,
            CellClass::Invalid(_) if self.schema.options.invalid_as_missing => column.invalid += 1,
            CellClass::Invalid(error) => {
                let fault: Reason = match error {
                    ParseError::NotANumber => {
                        TableFault::NotANumber(spelling::fault(&self.schema.options, text)).into()
                    }
                    ParseError::OutOfRange => ValueFault::OutOfRange.into(),
                };
                return Err(Diagnostic::new(Location::data(), fault).with_input(text).into());
            }
        }
        Ok(None)
    }
}

impl SavedColumn {
    /// Adds the cells of another column, which were classified by the same rules.
    pub fn merge(&mut self, other: &Self) {
        self.numbers.merge(&other.numbers);
        self.absent.iter_mut().zip(&other.absent).for_each(|(ours, theirs)| *ours += theirs);
        self.invalid += other.invalid;
    }
}

/// Table to which groups are added.
#[derive(Debug)]
pub struct SavedTable {
    schema: Schema,
    aggregate: Aggregate,
}

impl SavedTable {
    /// A table without groups. `options` name its columns and group columns; samples are merged into ones with this retention.
    #[must_use]
    pub fn new(options: &Options, limits: &Limits, retention: Retention) -> Self {
        let schema = Schema::saved(options, limits, retention);
        Self { aggregate: Aggregate::new(&schema), schema }
    }

    /// Adds a group, to the cells of one with the same values if there is one.
    ///
    /// # Errors
    /// More groups, memory or time than the task may take.
    pub fn add(&mut self, group: &SavedGroup) -> Result<(), InputError> {
        self.aggregate.restore(&self.schema, group)
    }

    /// What a text is as a cell of a column, by the options.
    #[cfg(feature = "sql")]
    pub(crate) fn classify(&self, text: &[u8]) -> CellClass {
        let text = trim_blanks(text);
        self.schema.classify(Cell::Text(text), text)
    }

    /// The table, which has this number of records.
    pub(crate) fn finish(self, rows: u64, reading: Reading) -> OpenTable {
        OpenTable::restored(self.schema, self.aggregate, vec![reading], rows)
    }

    /// The table, which has this number of records and was read from these files.
    ///
    /// # Errors
    /// Missing cells with `nan_policy=raise`.
    pub(crate) fn of_files(self, rows: u64, sources: Vec<TableSource>) -> Result<OpenTable, InputError> {
        let mut columns = self.aggregate.groups.iter().flat_map(|group| &group.columns);
        if self.schema.list_missing && columns.any(|column| column.numbers.missing() > 0) {
            return Err(InputError::of_data(ValueFault::Missing));
        }
        let reading = |source: TableSource| {
            let mut reading = Reading::of(source.format);
            reading.source = source;
            reading
        };
        let readings = sources.into_iter().map(reading).collect();
        Ok(OpenTable::restored(self.schema, self.aggregate, readings, rows))
    }
}

/// Warnings that a state holds. The number of each in a state is its position here, so that new ones are added at the end.
const SAVED_WARNINGS: [TableWarningCode; 13] = [
    TableWarningCode::TotalRow,
    TableWarningCode::NoteRows,
    TableWarningCode::TitleRows,
    TableWarningCode::NoHeader,
    TableWarningCode::NumericHeader,
    TableWarningCode::SecondHeader,
    TableWarningCode::ShortRecords,
    TableWarningCode::StrayQuotes,
    TableWarningCode::Encoding,
    TableWarningCode::OtherSheets,
    TableWarningCode::MergedCells,
    TableWarningCode::Identifier,
    TableWarningCode::RowNames,
];

/// Number of a warning in a state; `None` for one that is found again in the results.
pub(crate) fn saved_warning_number(code: TableWarningCode) -> Option<u8> {
    SAVED_WARNINGS.iter().zip(0..).find(|(saved, _)| **saved == code).map(|(_, number)| number)
}

/// Warning with this number in a state.
pub(crate) fn saved_warning_code(number: u8) -> Option<TableWarningCode> {
    SAVED_WARNINGS.get(usize::from(number)).copied()
}
