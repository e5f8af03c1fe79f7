//! Results of a table: selection of the described columns, and order of the groups.
//!
//! Input: an [`Aggregate`] whose blocks are complete. Output: an [`OpenTable`], which merges with the tables of other files,
//! and finally a [`Table`].

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use encoding_rs::{Encoding, WINDOWS_1252};
use serde::Serialize;

use super::aggregate::{Aggregate, too_many_groups};
use super::column::{Column, Group};
#[cfg(feature = "correlations")]
use super::correlated_records::{CorrelatedGroup, CorrelationTable};
use super::diagnostics::{RecordDiagnostic, missing_diagnostics};
#[cfg(feature = "grades")]
use super::grading::Grading;
use super::item_results::ItemTable;
use super::preview::{TablePreview, preview};
#[cfg(feature = "workbook")]
use super::reading::SheetPreview;
use super::reading::{LastRecord, Reading, TableSource, TableWarning, TableWarningCode};
use super::schema::Schema;
#[cfg(feature = "workbook")]
use super::sheets::SheetReading;
use super::table_group::TableGroup;
use crate::errors::no_values;
use crate::group::{GroupKeys, key_of, key_values};
use crate::ledger::{Ledger, with_overhead};
use crate::spelling;
use describe::{Decimal, Description, Sample, Statistic, Statistics, Value, Wanted};
use describe_options::{
    Diagnostic, Diagnostics, InputError, ItemFault, MAX_LISTED_DIAGNOSTICS, OptionName, Totals, excerpt,
};

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
    /// Results by group and within a group by column; then those of margins, then those over all groups.
    pub results: Vec<TableResult>,
    /// Columns that are not described because they are not numeric; empty if columns were requested by name.
    pub skipped: Vec<Skipped>,
    /// What each file was read as.
    pub sources: Vec<TableSource>,
    /// Warnings about how the files were read, and about their cells.
    pub warnings: Vec<TableWarning>,
    /// Preview of the table, if it was read for that; then it has no results.
    pub preview: Option<Box<TablePreview>>,
    /// Items of a test, if they are analysed; then it has no other results.
    pub items: Option<Box<ItemTable>>,
    /// Joint tallies of the described columns, if correlations are computed.
    #[cfg(feature = "correlations")]
    pub correlations: Option<Box<CorrelationTable>>,
    /// What the table may take of memory and time.
    pub ledger: Ledger,
}

/// Result of one column in one group.
#[derive(Debug)]
pub struct TableResult {
    /// Column name.
    pub column: Arc<str>,
    /// Group of the records.
    pub group: TableGroup,
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
    /// The options that read the cell as a number, each with its value; empty if none does.
    #[serde(skip)]
    pub remedy: Vec<(OptionName, String)>,
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
    /// First cell of each value that shows that it is not numeric, with row numbers of the file.
    first_invalid: Vec<Option<RecordDiagnostic>>,
    /// First missing or absent cell of each value, with row numbers of the file.
    first_other: Vec<Option<RecordDiagnostic>>,
    first_row: u64,
    /// How each file was read.
    readings: Vec<Reading>,
}

impl OpenTable {
    /// Table of groups that were made elsewhere, in which every column is numeric.
    pub(super) fn restored(schema: Schema, aggregate: Aggregate, readings: Vec<Reading>, records: u64) -> Self {
        let values = schema.values.len();
        Self {
            schema,
            aggregate,
            records,
            errors: Diagnostics::default(),
            missing: Vec::new(),
            first_invalid: vec![None; values],
            first_other: vec![None; values],
            first_row: 0,
            readings,
        }
    }

    /// Sets the format and the shape of the JSON that it was read from.
    pub(crate) fn set_json(&mut self, format: &'static str, shape: &'static str) {
        for reading in &mut self.readings {
            (reading.source.format, reading.source.shape) = (format, Some(shape));
        }
    }

    /// Sets the format and the encoding of the text that it was read from.
    pub(crate) fn set_text(&mut self, format: &'static str, encoding: &'static Encoding, is_assumed: bool) {
        for reading in &mut self.readings {
            let encoding = if reading.has_windows_1252 { WINDOWS_1252 } else { encoding };
            reading.source.format = format;
            reading.source.encoding = Some(encoding.name().to_lowercase());
            if is_assumed || reading.has_windows_1252 {
                reading.warnings.push(TableWarning::new(TableWarningCode::Encoding));
            }
        }
    }

    /// Sets the file name in all diagnostics, and as the value of the group column `file`.
    ///
    /// # Errors
    /// A group column `file`, and no name.
    pub(crate) fn set_file(&mut self, name: Option<&str>) -> Result<(), InputError> {
        if let Some(file) = &self.schema.file {
            let name = name.ok_or_else(|| file.unnamed.clone())?;
            let groups = self.aggregate.groups.len();
            let keys = &mut self.aggregate.keys;
            *keys = keys.with_value(groups, file.position, self.schema.reads_file_column(), name);
        }
        let Some(name) = name else { return Ok(()) };
        self.errors.set_file(name);
        self.missing.iter_mut().for_each(|(_, diagnostic)| diagnostic.set_file(name));
        self.readings.iter_mut().for_each(|reading| reading.set_file(name));
        Ok(())
    }

    /// Sets the name of a sheet in all diagnostics.
    #[cfg(feature = "workbook")]
    pub(crate) fn set_place(&mut self, sheet: &str) {
        self.errors.set_file(sheet);
        self.missing.iter_mut().for_each(|(_, diagnostic)| diagnostic.set_file(sheet));
    }

    /// Sets what was read of a workbook.
    #[cfg(feature = "workbook")]
    pub(crate) fn set_sheets(&mut self, reading: SheetReading, previewed: Vec<SheetPreview>, format: &'static str) {
        let decimal = if self.schema.options.decimal_comma { "," } else { "." };
        let mut sheets = std::mem::take(&mut self.readings);
        let mut all = reading.into_reading(format, decimal);
        all.is_cut = sheets.iter().any(|sheet| sheet.is_cut);
        all.sample = sheets.first_mut().map(|sheet| std::mem::take(&mut sheet.sample)).unwrap_or_default();
        all.note_texts = sheets.iter_mut().flat_map(|sheet| std::mem::take(&mut sheet.note_texts)).collect();
        all.sheets = previewed;
        all.warnings.extend(sheets.into_iter().flat_map(|sheet| sheet.warnings));
        all.warnings.sort_by_key(|warning| warning.code);
        self.readings = vec![all];
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
        if let (Some(ours), Some(theirs)) = (self.schema.items(), next.schema.items())
            && !(ours.equals(theirs) && order.is_sorted())
        {
            return Err(InputError::of_data(ItemFault::OtherItems));
        }
        let Self { aggregate, mut first_invalid, mut first_other, .. } = next;
        for (ours, theirs) in [(&mut self.first_invalid, &mut first_invalid), (&mut self.first_other, &mut first_other)]
        {
            for (ours, position) in ours.iter_mut().zip(&order) {
                *ours = ours.take().or_else(|| theirs[*position].take());
            }
        }
        self.records += next.records;
        let file = self.readings.len() as u64;
        let mut aggregate = aggregate;
        aggregate.number_rows(file, |_| 0);
        let first_records = std::mem::take(&mut aggregate.first_records);
        self.aggregate.first_records.append(first_records, &order);
        self.errors.append(next.errors);
        self.readings.extend(next.readings);
        let value = |theirs| order.iter().position(|position| *position == theirs).unwrap_or_default();
        self.missing.extend(next.missing.into_iter().map(|(theirs, diagnostic)| (value(theirs), diagnostic)));
        let aggregate = if self.schema.items().is_some() { aggregate } else { aggregate.reordered(&order) };
        self.aggregate.merge(&self.schema, aggregate);
        self.aggregate.join_error.take().map_or(Ok(()), Err)
    }

    /// Selects the described columns, and returns their results.
    ///
    /// # Errors
    /// Ragged rows, invalid cells, missing cells with `nan_policy=raise`, or no records.
    pub(crate) fn finish(self) -> Result<Table, InputError> {
        if self.schema.is_preview() {
            return self.preview();
        }
        if self.schema.items().is_some() {
            return self.items();
        }
        self.errors.into_result()?;
        if self.records == 0 {
            return Err(no_values());
        }
        let schema = self.schema;
        let described = self.aggregate.described_values(&schema, &self.first_invalid);
        let divides_at_commas = schema.options.delimiter.is_none()
            && self.readings.iter().any(|reading| reading.source.delimiter.as_deref() == Some(","));
        let chosen: HashSet<usize> = described.iter().copied().collect();
        let skipped = schema.values.iter().enumerate().filter(|(value, _)| !chosen.contains(value));
        let skipped = skipped.map(|(value, column)| {
            let diagnostic = self.first_invalid[value].clone().or_else(|| self.first_other[value].clone());
            let (row, value) = diagnostic.map_or((self.first_row, String::new()), |diagnostic| {
                (diagnostic.row, diagnostic.input.unwrap_or_default())
            });
            let mut remedy = spelling::fault(&schema.options, value.as_bytes()).remedy;
            if divides_at_commas && remedy.iter().any(|(option, value)| *option == OptionName::Decimal && value == ",")
            {
                // With a decimal comma the comma is not looked for.
                remedy.push((OptionName::Delimiter, ",".to_owned()));
            }
            Skipped { column: schema.names[*column].clone(), row, value, remedy }
        });
        let skipped = skipped.collect();
        let identifiers = identifiers(&schema, &self.first_invalid);
        let found = self.aggregate.results(&schema, &described)?;
        #[cfg(feature = "correlations")]
        let correlations = schema.correlates().then(|| CorrelationTable::new(&schema, found.correlations));
        let results = found.results;
        if schema.list_missing {
            let listed = self.missing.into_iter().filter(|(value, _)| chosen.contains(value));
            let by_group = results.iter().filter(|result| result.group.is_full() == schema.is_grouped());
            let count = by_group.map(|result| result.numbers.missing()).sum();
            Diagnostics::new(listed.map(|(_, diagnostic)| diagnostic).take(MAX_LISTED_DIAGNOSTICS).collect(), count)
                .into_result()?;
        }
        let mut warnings: Vec<TableWarning> =
            self.readings.iter().flat_map(|reading| reading.warnings.iter().cloned()).collect();
        let group_by = schema.group_names();
        warnings.extend(invalid_cells(&results));
        warnings.extend(lookalike_groups(&group_by, results.iter().map(|result| &result.group)));
        warnings.extend(identifiers);
        Ok(Table {
            rows: self.records,
            group_by,
            codes: schema.options.absent,
            counts_invalid: schema.options.invalid_as_missing,
            results,
            skipped,
            warnings,
            sources: self.readings.into_iter().map(|reading| reading.source).collect(),
            preview: None,
            items: None,
            #[cfg(feature = "correlations")]
            correlations: correlations.map(Box::new),
            ledger: schema.limits.ledger,
        })
    }

    /// Items of a test, in place of results.
    fn items(self) -> Result<Table, InputError> {
        self.errors.into_result()?;
        if self.records == 0 {
            return Err(no_values());
        }
        let (group_by, mut schema) = (self.schema.group_names(), self.schema);
        let Some(items) = schema.items.take() else { return Err(no_values()) };
        let (results, invalid) = self.aggregate.item_results(&schema, &items)?;
        let mut warnings: Vec<TableWarning> =
            self.readings.iter().flat_map(|reading| reading.warnings.iter().cloned()).collect();
        let invalid = items.names.iter().zip(invalid).filter(|(_, count)| *count > 0);
        warnings.extend(invalid.map(|(name, count)| {
            let column = Some(name.clone());
            TableWarning { column, ..TableWarning::new(TableWarningCode::InvalidCells).times(count) }
        }));
        warnings.extend(lookalike_groups(&group_by, results.iter().map(|result| &result.group)));
        Ok(Table {
            rows: self.records,
            group_by,
            codes: schema.options.absent,
            counts_invalid: schema.options.invalid_as_missing,
            results: Vec::new(),
            skipped: Vec::new(),
            warnings,
            sources: self.readings.into_iter().map(|reading| reading.source).collect(),
            preview: None,
            items: Some(Box::new(ItemTable::new(items, results))),
            #[cfg(feature = "correlations")]
            correlations: None,
            ledger: schema.limits.ledger,
        })
    }

    /// Preview of the table, in place of results.
    fn preview(mut self) -> Result<Table, InputError> {
        self.errors.into_result()?;
        if self.records == 0 {
            return Err(no_values());
        }
        let mut group = self.aggregate.groups.into_iter().next().unwrap_or_default();
        group.add_columns(&self.schema, &self.schema.retention, self.schema.values.len())?;
        let Schema { names, options, limits, .. } = self.schema;
        group.count_omitted(options.absent.len(), false);
        let records = self.aggregate.first_records;
        let preview = preview(&options, names, group.columns, records, &mut self.readings);
        Ok(Table {
            rows: self.records,
            group_by: Vec::new(),
            codes: options.absent,
            counts_invalid: options.invalid_as_missing,
            results: Vec::new(),
            skipped: Vec::new(),
            warnings: self.readings.iter().flat_map(|reading| reading.warnings.iter().cloned()).collect(),
            sources: self.readings.into_iter().map(|reading| reading.source).collect(),
            preview: Some(Box::new(preview)),
            items: None,
            #[cfg(feature = "correlations")]
            correlations: None,
            ledger: limits.ledger,
        })
    }
}

/// Warning for each column with cells that are not numbers and were left out.
fn invalid_cells(results: &[TableResult]) -> Vec<TableWarning> {
    let mut counts: Vec<(&str, u64)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    // Those over all groups would count twice.
    for result in results.iter().filter(|result| result.group.is_full() == results[0].group.is_full()) {
        let place = *places.entry(&result.column).or_insert(counts.len());
        if place == counts.len() {
            counts.push((&result.column, 0));
        }
        counts[place].1 += result.invalid;
    }
    let invalid = counts.into_iter().filter(|(_, count)| *count > 0);
    let warning = |(column, count): (&str, u64)| {
        let column = Some(column.to_owned());
        TableWarning { column, ..TableWarning::new(TableWarningCode::InvalidCells).times(count) }
    };
    invalid.map(warning).collect()
}

/// Warning for each column that is not described because it has an identifier.
fn identifiers(schema: &Schema, first_invalid: &[Option<RecordDiagnostic>]) -> Vec<TableWarning> {
    let warning = |(column, cell): (&usize, &Option<RecordDiagnostic>)| {
        let row = cell.as_ref().filter(|cell| cell.is_identifier)?.row;
        let column = Some(schema.names[*column].clone());
        Some(TableWarning { column, ..TableWarning::new(TableWarningCode::Identifier).at(row) })
    };
    schema.values.iter().zip(first_invalid).filter_map(warning).collect()
}

/// Warning for each group column with values that differ in blanks, case or Unicode form alone.
fn lookalike_groups<'r>(group_by: &[String], groups: impl Iterator<Item = &'r TableGroup>) -> Vec<TableWarning> {
    let mut warnings = Vec::new();
    // The results of a group, which are adjacent, share its values.
    let values = |group: &'r TableGroup| if let TableGroup::Full(values) = group { Some(values) } else { None };
    let mut groups: Vec<&'r Arc<Vec<Option<String>>>> = groups.filter_map(values).collect();
    groups.dedup_by(|a, b| Arc::ptr_eq(a, b));
    for (position, name) in group_by.iter().enumerate() {
        let mut seen: HashMap<String, &str> = HashMap::new();
        let mut texts: Vec<String> = Vec::new();
        let values = groups.iter().filter_map(|group| group[position].as_deref());
        for value in values {
            let first = *seen.entry(spelling::folded(value)).or_insert(value);
            for text in [first, value] {
                let shown = excerpt(text.as_bytes());
                if first != value && texts.len() < MAX_LOOKALIKES && !texts.contains(&shown) {
                    texts.push(shown);
                }
            }
        }
        if !texts.is_empty() {
            let code = TableWarningCode::LookalikeGroups;
            warnings.push(TableWarning { column: Some(name.clone()), texts, ..TableWarning::new(code) });
        }
    }
    warnings
}

/// Memory of a value of a group without its text, and of its allocations.
const VALUE_BYTES: usize = size_of::<Option<String>>() + 96;

/// Memory of a value of a group while groups are sorted.
const SORT_BYTES: usize = 160;

/// Memory of a result beside the column that it is made of, which is released afterwards.
const RESULT_BYTES: usize = with_overhead(size_of::<TableResult>());

/// Maximum number of values of groups that a warning shows.
const MAX_LOOKALIKES: usize = 6;

impl Aggregate {
    /// Sets the places in the profiles to those of a data set: see [`BadCells::number_rows`](super::bad_cells::BadCells).
    fn number_rows(&mut self, file: u64, first_row: impl Fn(u64) -> u64) {
        let columns = self.groups.iter_mut().flat_map(|group| &mut group.columns);
        columns.filter_map(|column| column.profile.as_mut()).for_each(|profile| profile.number_rows(file, &first_row));
    }

    /// Reorders the values: `order` has the old position of each.
    fn reordered(mut self, order: &[usize]) -> Self {
        for group in &mut self.groups {
            group.columns.resize(order.len(), Column::default());
            group.columns = order.iter().map(|position| std::mem::take(&mut group.columns[*position])).collect();
        }
        self
    }

    /// Completes the table. `first_row` is the number of the first row of the first block, `reading` says how the file was
    /// read.
    ///
    /// # Errors
    /// The diagnostic that ended the reading, or too many groups. Invalid cells and ragged rows are reported by
    /// [`OpenTable::finish`].
    pub(crate) fn finish(
        mut self,
        schema: Schema,
        first_row: u64,
        mut reading: Reading,
    ) -> Result<OpenTable, InputError> {
        let (diagnostics, first_rows) = self.all_diagnostics(&schema, first_row);
        self.number_rows(0, |block| first_rows.of(block));
        let is_total =
            reading.last_record.as_ref().is_some_and(|last| self.is_total(&schema, last, &diagnostics.first_invalid));
        reading.has_windows_1252 |= self.has_windows_1252(&diagnostics.first_invalid);
        let next_row = first_row + diagnostics.rows;
        reading.complete(next_row, diagnostics.short_records, diagnostics.stray_quotes, is_total);
        if let Some(diagnostic) = diagnostics.fatal {
            return Err(diagnostic.in_table(&schema).into());
        }
        if let Some(error) = self.join_error.take() {
            return Err(error);
        }
        Ok(OpenTable {
            errors: diagnostics.errors.into_diagnostics(&schema, std::mem::take(&mut self.bad_cells), &first_rows),
            missing: missing_diagnostics(&schema, diagnostics.missing),
            records: diagnostics.records,
            first_invalid: diagnostics.first_invalid,
            first_other: diagnostics.first_other,
            first_row,
            readings: vec![reading],
            aggregate: self,
            schema,
        })
    }

    /// Whether a group, a cell of a numeric column or the cell that shows that a column is not numeric was read as Windows-1252.
    /// Further cells of such a column are read or not, as the blocks happen to come.
    fn has_windows_1252(&self, first_invalid: &[Option<RecordDiagnostic>]) -> bool {
        let in_column = |value: usize| {
            self.groups.iter().any(|group| group.columns.get(value).is_some_and(|column| column.has_windows_1252))
        };
        let mut values = first_invalid.iter().enumerate();
        let in_items = |group: &Group| group.items.as_ref().is_some_and(|items| items.has_windows_1252);
        self.keys.has_windows_1252
            || self.groups.iter().any(in_items)
            || values.any(|(value, cell)| cell.as_ref().map_or_else(|| in_column(value), |cell| cell.is_windows_1252))
    }

    /// Whether the last record says that it is a total, or is the sum of the others in every numeric column with a number in it.
    fn is_total(&self, schema: &Schema, last: &LastRecord, first_invalid: &[Option<RecordDiagnostic>]) -> bool {
        let is_word = |cell: &Vec<u8>| {
            let text = cell.to_ascii_lowercase();
            let word = text.split(|byte| !byte.is_ascii_alphabetic()).find(|word| *word != b"grand");
            word.is_some_and(|word| [&b"total"[..], b"totals", b"sum", b"overall"].contains(&word))
        };
        if last.cells.iter().find(|cell| !cell.is_empty()).is_some_and(is_word) {
            return true;
        }
        let ([group], None, false) = (&self.groups[..], schema.weight, schema.counts_categories()) else {
            return false;
        };
        let wanted = Wanted { statistics: Statistics::NONE.with(Statistic::Sum), ..Wanted::default() };
        let mut sums = 0;
        let mut fewest = u64::MAX;
        let numeric = schema.values.iter().enumerate().filter(|(value, _)| first_invalid[*value].is_none());
        for (value, column) in numeric {
            let number = last.cells.get(*column).and_then(|cell| Schema::number(&schema.options, cell));
            let (Some(number), Some(column)) = (number.map(Decimal::to_f64), group.columns.get(value)) else {
                continue;
            };
            let Description { nobs, figures, .. } = column.numbers.describe(&wanted);
            // The sum has the total itself in it.
            if !matches!(figures[..], [(_, Value::Number(Ok(sum)))] if sum != 0.0 && sum == 2.0 * number) {
                return false;
            }
            (sums, fewest) = (sums + 1, fewest.min(nobs));
        }
        // Few numbers may be a sum by chance.
        fewest >= 4 && sums > 0 || fewest >= 3 && sums > 1
    }

    /// Described values: the requested ones, or else those with a number and without an invalid cell.
    fn described_values(&self, schema: &Schema, first_invalid: &[Option<RecordDiagnostic>]) -> Vec<usize> {
        let has_number = |value: usize| {
            self.groups.iter().any(|group| group.columns.get(value).is_some_and(|column| !column.numbers.is_empty()))
        };
        let is_previewed = |value: usize| {
            let column = self.groups.iter().find_map(|group| group.columns.get(value)?.profile.as_ref());
            column.is_none_or(|profile| profile.others() == 0 && profile.leading_zeros == 0)
        };
        (0..schema.values.len())
            .filter(|value| is_previewed(*value))
            .filter(|value| schema.is_explicit || (first_invalid[*value].is_none() && has_number(*value)))
            .collect()
    }

    /// Results in the order of the groups' values.
    ///
    /// # Errors
    /// More memory than the task may hold.
    fn results(mut self, schema: &Schema, described: &[usize]) -> Result<GroupResults, InputError> {
        let names: Vec<Arc<str>> =
            described.iter().map(|value| schema.names[schema.values[*value]].as_str().into()).collect();
        let codes = schema.options.absent.len();
        let grouped = schema.is_grouped();
        let has_overall = grouped && schema.options.totals != Totals::None;
        let margins = if grouped && schema.options.totals == Totals::Margins { schema.group_names().len() } else { 0 };
        // Of one group column the margin is the groups.
        let mut margins: Vec<Margin> = (0..margins).filter(|_| margins > 1).map(|_| Margin::default()).collect();
        let mut overall = Group::default();
        let mut results = GroupResults::default();
        let sorting = self.groups.len() * schema.key_columns() * SORT_BYTES;
        schema.ledger().charge(sorting)?;
        let order = if grouped { self.keys.sorted(&schema.options) } else { (0..self.groups.len()).collect() };
        schema.ledger().release(sorting);
        #[cfg(feature = "grades")]
        let mut grading = Grading::new(schema);
        for index in order {
            let mut group = std::mem::take(&mut self.groups[index]);
            let omitted = schema.values.len().saturating_sub(group.columns.len());
            let key_bytes = schema.key_columns() * VALUE_BYTES + if grouped { self.keys.key(index).len() } else { 0 };
            schema.ledger().charge(omitted * size_of::<Column>() + key_bytes + described.len() * RESULT_BYTES)?;
            group.columns.resize(schema.values.len(), Column::default());
            group.count_omitted(codes, schema.weight.is_some());
            #[cfg(feature = "grades")]
            if let Some(grading) = &mut grading {
                let values = if grouped { self.keys.texts(index) } else { Vec::new() };
                grading.grade(&mut group, described, &values)?;
            }
            let of_margins: usize = margins.iter().map(|margin| margin.groups.len()).sum();
            if self.groups.len() + of_margins > schema.limits.groups {
                return Err(too_many_groups(schema.limits.groups));
            }
            for (position, margin) in margins.iter_mut().enumerate() {
                let value = key_values(self.keys.key(index)).nth(position).flatten();
                margin.of_value(value, schema, described.len())?.add(schema, described, &group)?;
            }
            if has_overall {
                overall.add(schema, described, &group)?;
            }
            let key = if grouped { TableGroup::Full(Arc::new(self.keys.texts(index))) } else { TableGroup::All };
            results.add(schema, &mut group, described, &names, &key);
        }
        #[cfg(feature = "grades")]
        grading.map_or(Ok(()), Grading::finish)?;
        for (position, mut margin) in margins.into_iter().enumerate() {
            for index in margin.keys.sorted(&schema.options) {
                let value = margin.keys.texts(index).into_iter().next().flatten();
                let key = TableGroup::Margin(position, Arc::new(value));
                results.add(schema, &mut margin.groups[index], described, &names, &key);
            }
        }
        if has_overall {
            results.add(schema, &mut overall, described, &names, &TableGroup::All);
        }
        Ok(results)
    }
}

/// Results of groups.
#[derive(Default)]
struct GroupResults {
    results: Vec<TableResult>,
    #[cfg(feature = "correlations")]
    correlations: Vec<CorrelatedGroup>,
}

impl GroupResults {
    /// Adds the results of the described values of a group, which have these names.
    #[cfg_attr(not(feature = "correlations"), expect(unused_variables, reason = "of correlations alone"))]
    fn add(&mut self, schema: &Schema, group: &mut Group, described: &[usize], names: &[Arc<str>], key: &TableGroup) {
        self.results.extend(group.results(described, names, key));
        #[cfg(feature = "correlations")]
        self.correlations.extend(group.take_correlations(schema, key));
    }
}

/// Records of each value of one group column.
#[derive(Default)]
struct Margin {
    keys: GroupKeys,
    groups: Vec<Group>,
}

impl Margin {
    /// Records of a value, added without any if it is new.
    fn of_value(&mut self, value: Option<&[u8]>, schema: &Schema, described: usize) -> Result<&mut Group, InputError> {
        let index = self.keys.find_key(&key_of([value]));
        if index == self.groups.len() {
            self.keys.charge(index, schema.ledger())?;
            let column_bytes = schema.values.len() * size_of::<Column>() + described * RESULT_BYTES;
            schema.ledger().charge(with_overhead(size_of::<Group>()) + column_bytes + VALUE_BYTES)?;
            self.groups.push(Group::default());
        }
        Ok(&mut self.groups[index])
    }
}

impl Group {
    /// Adds the described values of another group.
    ///
    /// # Errors
    /// More memory or time than the task may take.
    fn add(&mut self, schema: &Schema, described: &[usize], group: &Self) -> Result<(), InputError> {
        self.columns.resize(schema.values.len(), Column::default());
        #[cfg(feature = "correlations")]
        {
            self.begin_correlations(schema)?;
            self.merge_correlations(group);
        }
        for value in described {
            self.columns[*value].merge(&group.columns[*value]);
        }
        schema.ledger().check()
    }

    /// Results of the described values of a group, which have these names.
    fn results(&mut self, described: &[usize], names: &[Arc<str>], key: &TableGroup) -> Vec<TableResult> {
        let result = |(value, name): (&usize, &Arc<str>)| {
            let column = std::mem::take(&mut self.columns[*value]);
            TableResult {
                column: Arc::clone(name),
                group: key.clone(),
                numbers: column.numbers,
                absent: column.absent,
                invalid: column.invalid,
            }
        };
        described.iter().zip(names).map(result).collect()
    }
}
