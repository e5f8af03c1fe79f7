//! Results of a table: selection of the described columns, and order of the groups.
//!
//! Input: an [`Aggregate`] whose blocks are complete. Output: an [`OpenTable`], which merges with the tables of other files,
//! and finally a [`Table`].

use serde::Serialize;

use super::aggregate::{Aggregate, too_many_groups};
use super::column::{Column, Group};
use super::diagnostics::{RecordDiagnostic, missing_diagnostics};
use super::schema::Schema;
use super::sheets::SheetReading;
use crate::errors::no_values;
use describe::Sample;
use describe_options::{Diagnostic, Diagnostics, InputError, MAX_LISTED_DIAGNOSTICS};

/// Results of a table.
#[derive(Debug)]
pub struct Table {
    /// Number of records.
    pub rows: u64,
    /// Names of the group columns.
    pub group_by: Vec<String>,
    /// Requested absence codes.
    pub codes: Vec<String>,
    /// Whether invalid cells are counted.
    pub counts_invalid: bool,
    /// Results by group and within a group by column; those over all groups are last.
    pub results: Vec<TableResult>,
    /// Columns that are not described because they are not numeric; empty if columns were requested by name.
    pub skipped: Vec<Skipped>,
    /// What was read of each workbook; empty for other formats.
    pub sheets: Vec<SheetReading>,
}

/// Result of one column in one group.
#[derive(Debug)]
pub struct TableResult {
    /// Column name.
    pub column: String,
    /// Values of the group columns; `None` over all groups.
    pub group: Option<Vec<Option<String>>>,
    /// Numbers, and the count of missing values.
    pub numbers: Sample,
    /// Number of cells with each absence code.
    pub absent: Vec<u64>,
    /// Number of cells that are not numbers.
    pub invalid: u64,
}

/// Column that is not numeric, with the first cell that shows it.
#[derive(Debug, Serialize)]
pub struct Skipped {
    /// Column name.
    pub column: String,
    /// Row of the cell, as a spreadsheet numbers it.
    pub row: u64,
    /// Text of the cell, cut at 40 characters.
    pub value: String,
}

/// Table that was read to its end, and to which tables of other files with the same columns may be added.
#[derive(Debug)]
pub(crate) struct OpenTable {
    schema: Schema,
    aggregate: Aggregate,
    records: u64,
    errors: Diagnostics,
    /// Listed missing cells, each with its value.
    missing: Vec<(usize, Diagnostic)>,
    /// First invalid cell of each value, with row numbers of the file.
    first_invalid: Vec<Option<RecordDiagnostic>>,
    /// First missing or absent cell of each value, with row numbers of the file.
    first_other: Vec<Option<RecordDiagnostic>>,
    first_row: u64,
    sheets: Vec<SheetReading>,
}

impl OpenTable {
    /// Sets the file name in all diagnostics.
    pub(crate) fn set_file(&mut self, name: &str) {
        self.errors.set_file(name);
        self.missing.iter_mut().for_each(|(_, diagnostic)| diagnostic.set_file(name));
    }

    /// Sets the name of a sheet in all diagnostics.
    #[cfg(feature = "workbook")]
    pub(crate) fn set_place(&mut self, sheet: &str) {
        self.errors.set_file(sheet);
        self.missing.iter_mut().for_each(|(_, diagnostic)| diagnostic.set_file(sheet));
    }

    /// Sets what was read of a workbook.
    #[cfg(feature = "workbook")]
    pub(crate) fn set_sheets(&mut self, reading: SheetReading) {
        self.sheets = vec![reading];
    }

    /// Whether a column is numeric.
    #[cfg(feature = "workbook")]
    pub(crate) fn is_numeric(&self) -> bool {
        !self.aggregate.described_values(&self.schema, &self.first_invalid).is_empty()
    }

    /// Adds the records of the next file's table; its columns may be in another order.
    ///
    /// # Errors
    /// Other columns, or too many groups.
    pub(crate) fn merge(&mut self, next: Self) -> Result<(), InputError> {
        let order = self.schema.positions_in(&next.schema)?;
        let Self { aggregate, mut first_invalid, mut first_other, .. } = next;
        for (ours, theirs) in [(&mut self.first_invalid, &mut first_invalid), (&mut self.first_other, &mut first_other)]
        {
            for (ours, position) in ours.iter_mut().zip(&order) {
                *ours = ours.take().or_else(|| theirs[*position].take());
            }
        }
        self.records += next.records;
        self.errors.append(next.errors);
        self.sheets.extend(next.sheets);
        let value = |theirs| order.iter().position(|position| *position == theirs).unwrap_or_default();
        self.missing.extend(next.missing.into_iter().map(|(theirs, diagnostic)| (value(theirs), diagnostic)));
        self.aggregate.merge(&self.schema, aggregate.reordered(&order));
        if self.aggregate.has_too_many_groups { Err(too_many_groups(self.schema.limits.groups)) } else { Ok(()) }
    }

    /// Selects the described columns, and returns their results.
    ///
    /// # Errors
    /// Ragged rows, invalid cells, missing cells with `nan_policy=raise`, or no records.
    pub(crate) fn finish(self) -> Result<Table, InputError> {
        self.errors.into_result()?;
        if self.records == 0 {
            return Err(no_values());
        }
        let schema = self.schema;
        let described = self.aggregate.described_values(&schema, &self.first_invalid);
        let skipped = schema.values.iter().enumerate().filter(|(value, _)| !described.contains(value));
        let skipped = skipped.map(|(value, column)| {
            let diagnostic = self.first_invalid[value].clone().or_else(|| self.first_other[value].clone());
            let (row, value) = diagnostic.map_or((self.first_row, String::new()), |diagnostic| {
                (diagnostic.row, diagnostic.input.unwrap_or_default())
            });
            Skipped { column: schema.names[*column].clone(), row, value }
        });
        let skipped = skipped.collect();
        let results = self.aggregate.results(&schema, &described);
        if schema.list_missing {
            let listed = self.missing.into_iter().filter(|(value, _)| described.contains(value));
            let by_group = results.iter().filter(|result| result.group.is_some() == schema.is_grouped());
            let count = by_group.map(|result| result.numbers.missing()).sum();
            Diagnostics::new(listed.map(|(_, diagnostic)| diagnostic).take(MAX_LISTED_DIAGNOSTICS).collect(), count)
                .into_result()?;
        }
        Ok(Table {
            rows: self.records,
            group_by: schema.groups.iter().map(|column| schema.names[*column].clone()).collect(),
            codes: schema.options.absent,
            counts_invalid: schema.options.invalid_as_missing,
            results,
            skipped,
            sheets: self.sheets,
        })
    }
}

impl Aggregate {
    /// Reorders the values: `order` has the old position of each.
    fn reordered(mut self, order: &[usize]) -> Self {
        for group in &mut self.groups {
            group.columns.resize(order.len(), Column::default());
            group.columns = order.iter().map(|position| std::mem::take(&mut group.columns[*position])).collect();
        }
        self
    }

    /// Completes the table. `first_row` is the number of the first row of the first block.
    ///
    /// # Errors
    /// The diagnostic that ended the reading, or too many groups. Invalid cells and ragged rows are reported by
    /// [`OpenTable::finish`].
    pub(crate) fn finish(mut self, schema: Schema, first_row: u64) -> Result<OpenTable, InputError> {
        let (diagnostics, first_rows) = self.all_diagnostics(&schema, first_row);
        if let Some(diagnostic) = diagnostics.fatal {
            return Err(diagnostic.in_table(&schema).into());
        }
        if self.has_too_many_groups {
            return Err(too_many_groups(schema.limits.groups));
        }
        Ok(OpenTable {
            errors: diagnostics.errors.into_diagnostics(&schema, std::mem::take(&mut self.bad_cells), &first_rows),
            missing: missing_diagnostics(&schema, diagnostics.missing),
            records: diagnostics.records,
            first_invalid: diagnostics.first_invalid,
            first_other: diagnostics.first_other,
            first_row,
            sheets: Vec::new(),
            aggregate: self,
            schema,
        })
    }

    /// Described values: the requested ones, or else those with a number and without an invalid cell.
    fn described_values(&self, schema: &Schema, first_invalid: &[Option<RecordDiagnostic>]) -> Vec<usize> {
        let has_number = |value: usize| {
            self.groups.iter().any(|group| group.columns.get(value).is_some_and(|column| !column.numbers.is_empty()))
        };
        (0..schema.values.len())
            .filter(|value| schema.is_explicit || (first_invalid[*value].is_none() && has_number(*value)))
            .collect()
    }

    /// Results in the order of the groups' values.
    fn results(mut self, schema: &Schema, described: &[usize]) -> Vec<TableResult> {
        let codes = schema.options.absent.len();
        let mut overall = Group::default();
        let mut results = Vec::new();
        let order =
            if schema.groups.is_empty() { (0..self.groups.len()).collect() } else { self.keys.sorted(&schema.options) };
        let grouped = !schema.groups.is_empty();
        for index in order {
            let mut group = std::mem::take(&mut self.groups[index]);
            group.columns.resize(schema.values.len(), Column::default());
            group.count_omitted(codes, schema.weight.is_some());
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
    /// Results of the described values of a group.
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
