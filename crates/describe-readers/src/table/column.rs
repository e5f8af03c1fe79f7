//! Accumulated cells of the columns of a group.
//!
//! Input: the cells of one column in one group, with the record's weight. Output: accumulated numbers, counts of missing,
//! absent and invalid cells, and diagnostics.

use super::cell::{Cell, is_identifier};
use super::diagnostics::{RecordDiagnostic, RecordDiagnostics};
use super::item_cells::ItemGroup;
use super::profile::Profile;
use super::schema::{CellClass, Schema, SpecialValue, Weight, WeightResult};
use crate::ledger::with_overhead;
use crate::spelling;
use describe::{Decimal, ParseError, Retention, Sample, trim_blanks};
use describe_options::{InputError, MAX_LISTED_DIAGNOSTICS, Reason, TableFault, TextFault, ValueFault, excerpt};

/// Records of one group.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) records: u64,
    pub(super) columns: Vec<Column>,
    /// Candidates, if items are analysed; then there are no columns.
    pub(super) items: Option<Box<ItemGroup>>,
    /// Joint tally of the columns, if their correlations are computed.
    #[cfg(feature = "correlations")]
    pub(super) correlations: Option<Box<describe::JointTally>>,
}

/// Memory of the profile of a column: its samples, and the texts that are counted.
const PROFILE_BYTES: usize = 16 << 10;

/// Cells of one column in one group.
#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    pub(super) numbers: Sample,
    pub(super) absent: Vec<u64>,
    pub(super) invalid: u64,
    /// Number of numeric cells, if they are weighted.
    pub(super) weighted: u64,
    /// Profile of the cells, if the table is previewed.
    pub(super) profile: Option<Box<Profile>>,
    /// Whether cells are read as Windows-1252.
    pub(super) has_windows_1252: bool,
}

/// Group of a saved table.
#[derive(Clone, Debug)]
pub struct SavedGroup {
    /// Values of the group columns.
    pub values: Vec<Option<String>>,
    /// Cells of each described column.
    pub columns: Vec<SavedColumn>,
}

/// Cells of one column in one group.
#[derive(Clone, Debug, Default)]
pub struct SavedColumn {
    /// Numbers, and the count of missing values.
    pub numbers: Sample,
    /// Number of cells with each absence code.
    pub absent: Vec<u64>,
    /// Number of cells that are not numbers.
    pub invalid: u64,
}

impl Group {
    /// Adds empty columns until there are at least `columns`, or the tally of items.
    ///
    /// # Errors
    /// More memory than the task may hold.
    pub(super) fn add_columns(
        &mut self,
        schema: &Schema,
        retention: &Retention,
        columns: usize,
    ) -> Result<(), InputError> {
        if let Some(items) = schema.items() {
            if self.items.is_none() {
                schema.ledger().charge(ItemGroup::BYTES)?;
                self.items = Some(Box::new(ItemGroup::new(items)));
            }
            return Ok(());
        }
        #[cfg(feature = "correlations")]
        self.begin_correlations(schema)?;
        if self.columns.len() < columns {
            let codes = schema.options.absent.len() * size_of::<u64>();
            let profile = if schema.is_preview() { PROFILE_BYTES } else { 0 };
            let column_bytes = size_of::<Column>() + Sample::initial_bytes(retention) + codes + profile;
            schema.ledger().charge((columns - self.columns.len()).saturating_mul(with_overhead(column_bytes)))?;
            let absent = vec![0; schema.options.absent.len()];
            let profile = schema.is_preview().then(|| Box::new(Profile::new(schema, retention)));
            // The numbers of a profile have the frequency tables.
            let sums = Retention { low_memory: retention.low_memory, ..Retention::default() };
            let numbers = Sample::new(if profile.is_some() { &sums } else { retention });
            let column = Column { numbers, absent, profile, ..Column::default() };
            let known = self.columns.len();
            self.columns.resize(columns, column);
            if let Some(kept) = &schema.limits.kept {
                for (column, value) in self.columns[known..].iter_mut().zip(&schema.values[known..]) {
                    column.numbers = Sample::new(&kept.of_column(&schema.names[*value], retention.clone()));
                }
            }
        }
        Ok(())
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.records += other.records;
        if let (Some(ours), Some(theirs)) = (&mut self.items, &other.items) {
            ours.merge(theirs);
        }
        #[cfg(feature = "correlations")]
        self.merge_correlations(other);
        if self.columns.len() < other.columns.len() {
            self.columns.resize(other.columns.len(), Column::default());
        }
        for (ours, theirs) in self.columns.iter_mut().zip(&other.columns) {
            ours.merge(theirs);
        }
    }

    /// Counts as missing the cells that records of the group do not have, such as omitted members of JSON records.
    pub(super) fn count_omitted(&mut self, codes: usize, is_weighted: bool) {
        for column in &mut self.columns {
            column.absent.resize(codes, 0);
            if let Some(profile) = &mut column.profile {
                let present = profile.cells() + column.absent.iter().sum::<u64>();
                profile.blank += self.records.saturating_sub(present);
                continue;
            }
            let present = column.cell_count(is_weighted);
            column.numbers.push_missing_times(self.records.saturating_sub(present));
        }
    }
}

impl Column {
    /// Adds a cell that is already parsed as a number; false for any other cell.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "passing the decimal through memory costs more than adding it")]
    pub(super) fn push_number(&mut self, cell: Cell) -> bool {
        let Cell::Number(decimal) = cell else { return false };
        self.numbers.push_decimal(decimal);
        true
    }

    pub(super) fn push_weighted(&mut self, decimal: Decimal, weight: Weight) {
        self.weighted += 1;
        match weight {
            Weight::Times(times) => self.numbers.push_times(decimal, times),
            Weight::Reliability(weight) => self.numbers.push_weighted(decimal, weight),
        }
    }

    /// Number of cells counted so far.
    fn cell_count(&self, is_weighted: bool) -> u64 {
        let classified = if is_weighted { self.weighted + self.numbers.missing() } else { self.numbers.taken() };
        classified + self.absent.iter().sum::<u64>() + self.invalid
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.numbers.merge(&other.numbers);
        self.invalid += other.invalid;
        self.weighted += other.weighted;
        self.has_windows_1252 |= other.has_windows_1252;
        self.absent.resize(other.absent.len().max(self.absent.len()), 0);
        for (ours, theirs) in self.absent.iter_mut().zip(&other.absent) {
            *ours += theirs;
        }
        match (&mut self.profile, &other.profile) {
            (Some(ours), Some(theirs)) => ours.merge(theirs),
            (ours @ None, Some(_)) => ours.clone_from(&other.profile),
            (_, None) => {}
        }
    }

    /// Adds a cell of a table that is previewed, which the options classify so.
    fn push_previewed(&mut self, schema: &Schema, row: u64, cell: Cell, text: &[u8], class: &CellClass) {
        if let Some(profile) = &mut self.profile {
            profile.add(schema, row, cell, text, class);
        }
        match class {
            CellClass::Number(decimal) => self.numbers.push_decimal(*decimal),
            CellClass::Special(SpecialValue::Absent(code)) => self.absent[*code] += 1,
            CellClass::Special(SpecialValue::Missing) | CellClass::Invalid(_) => {}
        }
    }
}

/// Classifies and counts a cell that is not a plain number. False if the cell shows that the column is not numeric.
pub(super) fn push_uncommon(
    schema: &Schema,
    diagnostics: &mut RecordDiagnostics,
    column: &mut Column,
    value: usize,
    row: u64,
    cell: Cell,
    weight: Option<&WeightResult>,
) -> bool {
    let written = if let Cell::Text(text) = cell { trim_blanks(text) } else { b"" };
    let decoded = schema.decoded(written);
    let text = decoded.as_ref().map_or(written, |text| trim_blanks(text.as_bytes()));
    let is_windows_1252 = decoded.is_some();
    column.has_windows_1252 |= is_windows_1252;
    let shown = || if let Cell::Number(decimal) = cell { decimal.to_string() } else { excerpt(text) };
    let is_identifier = matches!(cell, Cell::Text(_)) && is_identifier(text);
    let diagnostic = |reason: Reason| RecordDiagnostic {
        is_identifier,
        is_windows_1252,
        ..RecordDiagnostic::new(row, Some(schema.values[value]), reason, Some(shown()))
    };
    let not_a_number = || diagnostic(ValueFault::NotANumber.into());
    let class = schema.classify(cell, text);
    if schema.is_preview() {
        column.push_previewed(schema, row, cell, text, &class);
        return true;
    }
    match class {
        CellClass::Number(_) if is_identifier && !schema.is_explicit => {
            diagnostics.first_invalid[value] = Some(not_a_number());
            return false;
        }
        CellClass::Number(decimal) => {
            match weight {
                None => column.numbers.push_decimal(decimal),
                Some(Ok(weight)) => column.push_weighted(decimal, *weight),
                Some(Err(_)) if schema.options.invalid_as_missing => column.invalid += 1,
                Some(Err((fault, text))) => {
                    let column = schema.weight.unwrap_or_default();
                    diagnostics.bad_cells.add(row, column, text, || fault.clone().into());
                }
            }
            return true;
        }
        CellClass::Special(SpecialValue::Absent(code)) => column.absent[code] += 1,
        CellClass::Special(SpecialValue::Missing) => {
            column.numbers.push_missing();
            if schema.list_missing && diagnostics.missing[value].len() < MAX_LISTED_DIAGNOSTICS {
                diagnostics.missing[value].push(RecordDiagnostic::missing(
                    schema.values[value],
                    row,
                    shown().as_bytes(),
                ));
            }
        }
        CellClass::Invalid(_) if !schema.is_explicit => {
            diagnostics.first_invalid[value] = Some(not_a_number());
            return false;
        }
        CellClass::Invalid(_) if std::str::from_utf8(text).is_err() => {
            diagnostics.fatal.get_or_insert_with(|| diagnostic(TextFault::CellNotUtf8.into()));
        }
        CellClass::Invalid(_) if schema.options.invalid_as_missing => column.invalid += 1,
        CellClass::Invalid(error) => {
            diagnostics.bad_cells.add(row, schema.values[value], text, || match error {
                _ if schema.counts_categories() => TableFault::NotACategory {
                    lookalike: schema.lookalike_category(text).map(|text| excerpt(text.as_bytes())),
                }
                .into(),
                ParseError::NotANumber => TableFault::NotANumber(spelling::fault(&schema.options, text)).into(),
                ParseError::OutOfRange => ValueFault::OutOfRange.into(),
            });
        }
    }
    if !schema.is_explicit && !diagnostics.other_reported[value] && diagnostics.first_other[value].is_none() {
        diagnostics.first_other[value] = Some(not_a_number());
    }
    true
}
