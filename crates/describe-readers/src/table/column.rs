//! What is found in the cells of a column, group by group.

use super::cell::Cell;
use super::diagnostics::{RecordDiagnostic, RecordDiagnostics};
use super::schema::{Found, Schema, Special, Weighed, Weight};
use describe::{Decimal, ParseError, Retention, Sample};
use describe_options::{LISTED, Reason, TextFault, ValueFault, excerpt};

/// The records of one group.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) records: u64,
    pub(super) columns: Vec<Column>,
}

/// The cells of one column in one group.
#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    pub(super) numbers: Sample,
    pub(super) absent: Vec<u64>,
    pub(super) invalid: u64,
    /// How many cells were numbers, where these are counted as weights say.
    pub(super) weighted: u64,
}

impl Group {
    pub(super) fn make_room(&mut self, schema: &Schema, retention: &Retention, columns: usize) {
        if self.columns.len() < columns {
            let absent = vec![0; schema.options.absent.len()];
            let column = Column { numbers: Sample::new(retention), absent, ..Column::default() };
            self.columns.resize(columns, column);
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.records += other.records;
        if self.columns.len() < other.columns.len() {
            self.columns.resize(other.columns.len(), Column::default());
        }
        for (ours, theirs) in self.columns.iter_mut().zip(&other.columns) {
            ours.merge(theirs);
        }
    }

    /// Counts as missing what the records of the group do not have, such as members that a JSON record leaves out.
    pub(super) fn complete(&mut self, codes: usize, is_weighted: bool) {
        for column in &mut self.columns {
            column.absent.resize(codes, 0);
            let present = column.cells(is_weighted);
            column.numbers.push_missing_times(self.records.saturating_sub(present));
        }
    }
}

impl Column {
    /// Takes a cell that is a plain number, and says whether it is one.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a decimal passed through memory costs more than to take it")]
    pub(super) fn take_plain(&mut self, cell: Cell) -> bool {
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

    /// How many cells are accounted for.
    fn cells(&self, is_weighted: bool) -> u64 {
        let taken = if is_weighted { self.weighted + self.numbers.missing() } else { self.numbers.taken() };
        taken + self.absent.iter().sum::<u64>() + self.invalid
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.numbers.merge(&other.numbers);
        self.invalid += other.invalid;
        self.weighted += other.weighted;
        self.absent.resize(other.absent.len().max(self.absent.len()), 0);
        for (ours, theirs) in self.absent.iter_mut().zip(&other.absent) {
            *ours += theirs;
        }
    }
}

/// Takes a cell that is not a plain number. False when the column turns out not to be numeric.
pub(super) fn uncommon(
    schema: &Schema,
    diagnostics: &mut RecordDiagnostics,
    column: &mut Column,
    value: usize,
    row: u64,
    cell: Cell,
    weight: Option<&Weighed>,
) -> bool {
    let text = if let Cell::Text(text) = cell { text.trim_ascii() } else { b"" };
    let shown = || if let Cell::Number(decimal) = cell { decimal.to_string() } else { excerpt(text) };
    let diagnostic =
        |reason: Reason| RecordDiagnostic { row, column: Some(schema.values[value]), reason, input: Some(shown()) };
    let not_a_number = || diagnostic(ValueFault::NotANumber.into());
    match schema.classify(cell, text) {
        Found::Number(decimal) => {
            match weight {
                None => column.numbers.push_decimal(decimal),
                Some(Ok(weight)) => column.push_weighted(decimal, *weight),
                Some(Err(_)) if schema.options.invalid_as_missing => column.invalid += 1,
                Some(Err((fault, text))) => {
                    let input = Some(excerpt(text));
                    diagnostics.bad.add(|| RecordDiagnostic {
                        column: schema.weight,
                        input,
                        ..diagnostic(fault.clone().into())
                    });
                }
            }
            return true;
        }
        Found::Special(Special::Absent(code)) => column.absent[code] += 1,
        Found::Special(Special::Missing) => {
            column.numbers.push_missing();
            if schema.list_missing && diagnostics.missing[value].len() < LISTED {
                diagnostics.missing[value].push(RecordDiagnostic::missing(
                    schema.values[value],
                    row,
                    shown().as_bytes(),
                ));
            }
        }
        Found::Bad(_) if !schema.asked => {
            diagnostics.first_bad[value] = Some(not_a_number());
            return false;
        }
        Found::Bad(_) if std::str::from_utf8(text).is_err() => {
            diagnostics.fatal.get_or_insert_with(|| diagnostic(TextFault::CellNotUtf8.into()));
        }
        Found::Bad(_) if schema.options.invalid_as_missing => column.invalid += 1,
        Found::Bad(ParseError::NotANumber) => diagnostics.bad.add(not_a_number),
        Found::Bad(ParseError::OutOfRange) => diagnostics.bad.add(|| diagnostic(ValueFault::OutOfRange.into())),
    }
    if !schema.asked && !diagnostics.other_told[value] && diagnostics.first_other[value].is_none() {
        diagnostics.first_other[value] = Some(not_a_number());
    }
    true
}
