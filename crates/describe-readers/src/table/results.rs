//! The results of a table that was read: what is described of it, and in which order.

use serde::Serialize;

use super::aggregate::{Aggregate, too_many_groups};
use super::column::{Column, Group};
use super::diagnostics::{RecordDiagnostic, missing_diagnostics};
use super::schema::Schema;
use crate::errors::no_values;
use describe::Sample;
use describe_options::{Diagnostic, Diagnostics, InputError, LISTED};

/// A table that was read.
#[derive(Debug)]
pub struct Table {
    /// How many records.
    pub rows: u64,
    /// The names of the columns that make the groups.
    pub group_by: Vec<String>,
    /// The absence codes that were asked for.
    pub codes: Vec<String>,
    /// Whether `invalid` is counted.
    pub counts_invalid: bool,
    /// The results: group by group, within a group column by column; those over all groups last.
    pub results: Vec<TableResult>,
    /// The columns that are not described although no others were asked for.
    pub skipped: Vec<Skipped>,
}

/// One column in one group.
#[derive(Debug)]
pub struct TableResult {
    /// The column's name.
    pub column: String,
    /// The values of the group columns; `None` over all groups.
    pub group: Option<Vec<Option<String>>>,
    /// The numbers, and how many values were missing.
    pub numbers: Sample,
    /// How many cells had each of the absence codes.
    pub absent: Vec<u64>,
    /// How many cells were no numbers.
    pub invalid: u64,
}

/// A column that is not numeric: the first cell that shows it.
#[derive(Debug, Serialize)]
pub struct Skipped {
    /// The column's name.
    pub column: String,
    /// The record of the cell, as a spreadsheet numbers it.
    pub row: u64,
    /// The text of the cell, cut at 40 characters.
    pub value: String,
}

/// A table that was read to its end, while another one with the same columns may still be added.
#[derive(Debug)]
pub(crate) struct OpenTable {
    schema: Schema,
    aggregate: Aggregate,
    records: u64,
    bad: Diagnostics,
    /// Noted missing cells and their values.
    missing: Vec<(usize, Diagnostic)>,
    /// By value, with rows of the file.
    first_bad: Vec<Option<RecordDiagnostic>>,
    first_other: Vec<Option<RecordDiagnostic>>,
    first_row: u64,
}

impl OpenTable {
    /// Sets the file that all diagnostics are in.
    pub(crate) fn set_file(&mut self, name: &str) {
        self.bad.set_file(name);
        self.missing.iter_mut().for_each(|(_, diagnostic)| diagnostic.set_file(name));
    }

    /// Adds the records of the table that follows; its columns may be in another order.
    ///
    /// # Errors
    /// When it has other columns, or there are too many groups.
    pub(crate) fn merge(&mut self, next: Self) -> Result<(), InputError> {
        let order = self.schema.places_in(&next.schema)?;
        let Self { aggregate, mut first_bad, mut first_other, .. } = next;
        for (ours, theirs) in [(&mut self.first_bad, &mut first_bad), (&mut self.first_other, &mut first_other)] {
            for (ours, place) in ours.iter_mut().zip(&order) {
                *ours = ours.take().or_else(|| theirs[*place].take());
            }
        }
        self.records += next.records;
        self.bad.append(next.bad);
        let place = |theirs| order.iter().position(|place| *place == theirs).unwrap_or_default();
        self.missing.extend(next.missing.into_iter().map(|(theirs, diagnostic)| (place(theirs), diagnostic)));
        self.aggregate.merge(&self.schema, aggregate.reordered(&order));
        if self.aggregate.overfull { Err(too_many_groups(self.schema.limits.groups)) } else { Ok(()) }
    }

    /// Decides what is described.
    ///
    /// # Errors
    /// What was noted of single records: ragged rows, bad cells; or that there is no record.
    pub(crate) fn finish(self) -> Result<Table, InputError> {
        self.bad.into_result()?;
        if self.records == 0 {
            return Err(no_values());
        }
        let schema = self.schema;
        let described = self.aggregate.describe(&schema, &self.first_bad);
        let skipped = schema.values.iter().enumerate().filter(|(value, _)| !described.contains(value));
        let skipped = skipped.map(|(value, column)| {
            let diagnostic = self.first_bad[value].clone().or_else(|| self.first_other[value].clone());
            let (row, value) = diagnostic.map_or((self.first_row, String::new()), |diagnostic| {
                (diagnostic.row, diagnostic.input.unwrap_or_default())
            });
            Skipped { column: schema.names[*column].clone(), row, value }
        });
        let skipped = skipped.collect();
        let results = self.aggregate.results(&schema, &described);
        if schema.list_missing {
            let noted = self.missing.into_iter().filter(|(value, _)| described.contains(value));
            let by_group = results.iter().filter(|result| result.group.is_some() == schema.is_grouped());
            let count = by_group.map(|result| result.numbers.missing()).sum();
            Diagnostics::new(noted.map(|(_, diagnostic)| diagnostic).take(LISTED).collect(), count).into_result()?;
        }
        Ok(Table {
            rows: self.records,
            group_by: schema.groups.iter().map(|column| schema.names[*column].clone()).collect(),
            codes: schema.options.absent,
            counts_invalid: schema.options.invalid_as_missing,
            results,
            skipped,
        })
    }
}

impl Aggregate {
    /// The aggregate with the values in another order: the place of each.
    fn reordered(mut self, order: &[usize]) -> Self {
        for group in &mut self.groups {
            group.columns.resize(order.len(), Column::default());
            group.columns = order.iter().map(|place| std::mem::take(&mut group.columns[*place])).collect();
        }
        self
    }

    /// Puts the blocks together. `first_row` is the number of the first row of the first block.
    ///
    /// # Errors
    /// What ended the reading. Bad cells and ragged rows are kept for [`OpenTable::finish`].
    pub(crate) fn finish(mut self, schema: Schema, first_row: u64) -> Result<OpenTable, InputError> {
        let diagnostics = self.all_diagnostics(&schema, first_row);
        if let Some(diagnostic) = diagnostics.fatal {
            return Err(diagnostic.in_table(&schema).into());
        }
        if self.overfull {
            return Err(too_many_groups(schema.limits.groups));
        }
        Ok(OpenTable {
            bad: diagnostics.bad.into_diagnostics(&schema),
            missing: missing_diagnostics(&schema, diagnostics.missing),
            records: diagnostics.records,
            first_bad: diagnostics.first_bad,
            first_other: diagnostics.first_other,
            first_row,
            aggregate: self,
            schema,
        })
    }

    /// The values that are described: those asked for, or those with a number and without a bad cell.
    fn describe(&self, schema: &Schema, first_bad: &[Option<RecordDiagnostic>]) -> Vec<usize> {
        let has_number = |value: usize| {
            self.groups.iter().any(|group| group.columns.get(value).is_some_and(|column| !column.numbers.is_empty()))
        };
        (0..schema.values.len())
            .filter(|value| schema.asked || (first_bad[*value].is_none() && has_number(*value)))
            .collect()
    }

    fn results(mut self, schema: &Schema, described: &[usize]) -> Vec<TableResult> {
        let codes = schema.options.absent.len();
        let mut overall = Group::default();
        let mut results = Vec::new();
        let order = if schema.groups.is_empty() {
            (0..self.groups.len()).collect()
        } else {
            self.keys.in_order(schema.options.decimal_comma)
        };
        let grouped = !schema.groups.is_empty();
        for index in order {
            let mut group = std::mem::take(&mut self.groups[index]);
            group.columns.resize(schema.values.len(), Column::default());
            group.complete(codes, schema.weight.is_some());
            let key = grouped.then(|| self.keys.texts(index));
            if grouped && schema.options.overall {
                for value in described {
                    overall.columns.resize(schema.values.len(), Column::default());
                    overall.columns[*value].merge(&group.columns[*value]);
                }
            }
            results.extend(group.results(schema, described, key.as_deref()));
        }
        if grouped && schema.options.overall {
            results.extend(overall.results(schema, described, None));
        }
        results
    }
}

impl Group {
    fn results(&mut self, schema: &Schema, described: &[usize], key: Option<&[Option<String>]>) -> Vec<TableResult> {
        let result = |value: &usize| {
            let column = std::mem::take(&mut self.columns[*value]);
            TableResult {
                column: schema.names[schema.values[*value]].clone(),
                group: key.map(<[_]>::to_vec),
                numbers: column.numbers,
                absent: column.absent,
                invalid: column.invalid,
            }
        };
        described.iter().map(result).collect()
    }
}
