//! State of a description: its results as bytes, which are added to those of other states and answer any statistic afterwards.
//!
//! Input: [`Data`] and the options that shaped them, or the bytes of a state. Output: bytes, or a [`Dataset`] that is merged and
//! described as any other. Invariants:
//!
//! * The layout is canonical. States of the same records by the same options have the same bytes, whatever the order of the records
//!   and however they were divided into states that were merged; except for warnings about how files were read, which are those of
//!   each file.
//! * Bytes that no state has are an error, never a panic. Memory is charged before it is taken.
//! * A state holds results of groups alone: margins and totals are added when it is described. It holds no names of files, and of a
//!   table no column that was not described.
//!
//! # Layout, version 1
//!
//! Integers are little-endian. There is no padding. A *text* is its length in bytes, u32, then its bytes in UTF-8. A *list* is its
//! length, u32, then its items. *Optional* is a byte 0, or a byte 1 and the value.
//!
//! | field | type | content |
//! |---|---|---|
//! | magic | 8 bytes | 0x89, `DSTATE` in ASCII, a line feed |
//! | version | u16 | 1 |
//! | kind | u8 | 0: an array of numbers; 1: a table |
//! | sample | sample | of an array of numbers; then follows the checksum |
//! | columns | list of texts | names of the described columns, in the order of the results |
//! | group columns | list of texts | their names |
//! | absent | list of texts | absence codes |
//! | weights | u8, text | 0 and no text: no weights; 1: frequencies; 2: reliability weights; the name of their column |
//! | invalid | u8 | 1: cells that are not numbers are counted; 0: they are errors, and all counts of them are 0 |
//! | warnings | list of warnings | about how files were read, in ascending order of their bytes |
//! | rows | u64 | number of records |
//! | groups | list of groups | one without group columns; ascending by the bytes of their values |
//! | checksum | 32 bytes | SHA-256 of all bytes before it |
//!
//! **warning**: its kind, u8; row, optional u64; column, optional text; count, optional u64; list of texts.
//!
//! **group**: the value of each group column, an optional text; then for each column the number of its cells that are not numbers,
//! u64, the number of its cells with each absence code, u64, and its sample.
//!
//! **sample**: a u32, the number of its bytes, and the state of the numbers as [`describe::state`] has it, of version 2.

use describe::NanPolicy;
use describe_options::{InputError, Measured, OptionName, Options, Scope, StateFault, ValueFault, WeightType};

use crate::dataset::{Data, Dataset};
use crate::errors::exceeded;
use crate::limits::Limits;
use crate::numbers::Numbers;
use crate::table::{Reading, SavedTable, TableSource, check_axis};

mod decoder;
mod encoder;
pub(crate) mod layout;
pub(crate) mod shape;

use decoder::Decoder;
pub use encoder::to_state;
#[cfg(feature = "sql")]
pub(crate) use layout::MAX_VALUES;
use shape::{Shape, too_many};

/// Name of the format in the description of a source.
pub(crate) const FORMAT: &str = "state";

/// Options that concern tables, and decide the order of groups, or the totals, when states are described.
const OPTIONS_OF_ANSWERS: [OptionName; 4] =
    [OptionName::Totals, OptionName::Decimal, OptionName::Thousands, OptionName::Strip];

impl Data {
    /// Whether the data are those of states.
    #[must_use]
    pub fn is_of_states(&self) -> bool {
        let sources = match self {
            Self::Numbers(numbers) => &numbers.sources,
            Self::Table(table) => &table.sources,
        };
        sources.first().is_some_and(|source| source.format == FORMAT)
    }
}

/// Reads a state chunk by chunk. It is kept as a whole, since its checksum is at its end.
#[derive(Debug)]
pub(crate) struct StateReader {
    bytes: Vec<u8>,
    options: Options,
    limits: Limits,
}

impl StateReader {
    /// A reader for answers by these options.
    ///
    /// # Errors
    /// A preview, and options that concern the reading of data.
    pub(crate) fn new(options: &Options, limits: &Limits) -> Result<Self, InputError> {
        if limits.preview.is_some() {
            return Err(InputError::of_data(StateFault::Preview));
        }
        let of_reading = |option: &OptionName| match option.spec().scope {
            Scope::Tables | Scope::Items | Scope::Text => !OPTIONS_OF_ANSWERS.contains(option),
            Scope::Statistics | Scope::NestedArrays | Scope::Groups | Scope::Output => false,
        };
        if let Some(option) = options.origins().names().find(of_reading) {
            return Err(InputError::at(options.location(option), StateFault::OptionOfReading { option }));
        }
        Ok(Self { bytes: Vec::new(), options: options.clone(), limits: limits.clone() })
    }

    /// Reads the next chunk.
    ///
    /// # Errors
    /// A state that is larger than the limit of files that are kept.
    pub(crate) fn feed(&mut self, chunk: &[u8]) -> Result<(), InputError> {
        if self.bytes.len() + chunk.len() > self.limits.memory {
            return Err(exceeded(Measured::StateFile, self.limits.memory));
        }
        self.limits.ledger.extend(&mut self.bytes, chunk)
    }

    /// Restores the results.
    ///
    /// # Errors
    /// Bytes that no state has; statistics that need what the state does not have; missing values with `nan_policy=raise`.
    pub(crate) fn finish(self) -> Result<Dataset, InputError> {
        let Self { bytes, options, limits } = self;
        let (mut decoder, is_table) = Decoder::begin(&bytes, &limits)?;
        let restored = if is_table { table(&mut decoder, &options, &limits)? } else { numbers(&mut decoder, &limits)? };
        decoder.end()?;
        let (mut dataset, shape, missing) = restored;
        if options.need_order() && !options.output.is_state() && !shape.has_tables() {
            return Err(InputError::of_data(StateFault::NoFrequencyTables));
        }
        let names_groups = [OptionName::Rows, OptionName::Columns];
        if let Some(option) = options.origins().names().find(|option| names_groups.contains(option))
            && shape.group_by.is_empty()
        {
            return Err(InputError::at(options.location(option), StateFault::OptionOfReading { option }));
        }
        if options.nan_policy == Some(NanPolicy::Raise) && missing > 0 {
            return Err(InputError::of_data(ValueFault::Missing));
        }
        (dataset.options, dataset.state) = (shape.options(), Some(Box::new(shape)));
        limits.ledger.release(bytes.capacity());
        Ok(dataset)
    }
}

/// Numbers of an array, their shape, and the number of missing ones.
fn numbers(decoder: &mut Decoder, limits: &Limits) -> Result<(Dataset, Shape, u64), InputError> {
    let mut shape = Shape::default();
    let sample = decoder.sample(&mut shape)?;
    let retention = shape.retention(limits);
    let mut numbers = Numbers::new(describe_options::Location::data(), limits.groups, retention).within(limits);
    numbers.flat.merge(&sample);
    numbers.skip(sample.taken(), None);
    numbers.sources = vec![TableSource { format: FORMAT, ..TableSource::default() }];
    Ok((numbers.into(), shape, sample.missing()))
}

/// Results of a table, their shape, and the number of missing cells.
fn table(decoder: &mut Decoder, options: &Options, limits: &Limits) -> Result<(Dataset, Shape, u64), InputError> {
    check_axis(options)?;
    let mut shape = decoder.shape()?;
    let mut reading = Reading::of(FORMAT);
    reading.warnings = decoder.warnings()?;
    let rows = decoder.rows()?;
    let mut saved: Option<SavedTable> = None;
    let (mut records, mut missing) = (0_u64, 0_u64);
    let groups = decoder.groups(&shape)?;
    for _ in 0..groups {
        let (group, of_group) = decoder.group(&mut shape)?;
        records = records.checked_add(of_group).ok_or_else(too_many)?;
        missing += group.columns.iter().map(|column| column.numbers.missing()).sum::<u64>();
        let table =
            saved.get_or_insert_with(|| SavedTable::new(&options_of(&shape, options), limits, shape.retention(limits)));
        table.add(&group)?;
    }
    // Frequency weights count a record as often as they say, which may be never.
    let is_counted = !matches!(shape.weights, Some((_, WeightType::Frequency)));
    if groups > 0 && (records > rows || (is_counted && records != rows)) {
        return Err(InputError::of_data(StateFault::Contradiction { field: "rows" }));
    }
    let saved = saved.unwrap_or_else(|| SavedTable::new(&options_of(&shape, options), limits, shape.retention(limits)));
    Ok((saved.finish(rows, reading).into(), shape, missing))
}

/// The options with those that the state was made with.
fn options_of(shape: &Shape, options: &Options) -> Options {
    let mut options = options.clone();
    let table = &mut options.table;
    (table.columns, table.group_by, table.absent) =
        (shape.columns.clone(), shape.group_by.clone(), shape.absent.clone());
    table.invalid_as_missing = shape.counts_invalid;
    options
}
