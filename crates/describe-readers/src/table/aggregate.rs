//! Running results of a table.
//!
//! Input: records in blocks, and the schema. Output: groups, their columns, and diagnostics of the records. Invariants: a
//! cell that is not a plain number is counted after the plain ones of its batch, in the order of the records; merging does
//! not depend on the order of the aggregates.

use super::bad_cells::BadCells;
use super::cell::{Cell, Coded, Records};
use super::code_counts::CodeCounts;
use super::column::{Group, SavedGroup, push_uncommon};
use super::diagnostics::{BlockDiagnostics, FirstRows, RecordDiagnostic, RecordDiagnostics};
use super::first_records::FirstRecords;
use super::item_cells::ItemRow;
use super::item_columns::ItemColumns;
use super::schema::{Schema, WeightResult};
use crate::group::GroupKeys;
use crate::ledger::Ledger;
use describe::{Decimal, Retention, Sample};
use describe_options::{
    InputError, MAX_LISTED_DIAGNOSTICS, Measured, RaggedCause, Reason, TableFault, TextFault, excerpt,
};

use crate::errors::exceeded;

/// Maximum number of columns of all groups that use the faster accumulators, which need more memory.
const MAX_FAST_COLUMNS: usize = 64;

/// Memory of a group without its columns: its place in a list that doubles, and the allocation of the columns.
const GROUP_BYTES: usize = 2 * size_of::<Group>() + 32;

/// Maximum number of combinations of the codes of group columns whose groups are kept.
const MAX_CODED_GROUPS: usize = 1 << 16;

/// No group yet.
const UNKNOWN_GROUP: u32 = u32::MAX;

/// Number of new groups after which it is checked whether the task may go on.
const CHECKED_GROUPS: usize = 64;

/// Results of the records read so far.
#[derive(Debug)]
pub(crate) struct Aggregate {
    pub(super) keys: GroupKeys,
    /// Groups by index, each with a column per value of the schema.
    pub(super) groups: Vec<Group>,
    /// Indexes of the schema's values whose cells are still read.
    active: Vec<usize>,
    /// Number of the schema's values when it was last compared: a schema may grow.
    known: usize,
    /// Retention of the numbers.
    retention: Retention,
    /// Group of each record of the current batch, if there are group columns.
    pub(super) record_groups: Vec<usize>,
    /// Group of each combination of the codes of the group columns in the current block; [`UNKNOWN_GROUP`] before its first record.
    coded_groups: Vec<u32>,
    /// Counts of the codes of values in the current block, if some have codes.
    code_counts: Vec<CodeCounts>,
    /// Record and value of the cells of the current batch that are not plain numbers.
    uncommon: Vec<(usize, usize)>,
    diagnostics: RecordDiagnostics,
    /// Cells of the current record of items.
    item_row: ItemRow,
    /// Numbers of the current record, if columns are correlated.
    #[cfg(feature = "correlations")]
    pub(super) correlated: Vec<Option<describe::Decimal>>,
    /// Weight of the current record, if the table is weighted.
    weight: Option<WeightResult>,
    /// Buffer for the text of a weight.
    scratch: Vec<u8>,
    /// Refused cells of the completed blocks.
    pub(super) bad_cells: BadCells,
    /// First records, if the table is previewed.
    pub(super) first_records: FirstRecords,
    /// Completed blocks.
    blocks: Vec<BlockDiagnostics>,
    /// Whether a diagnostic ended the reading of an earlier block.
    failed: bool,
    /// Error of joining blocks: too many groups, or more memory than the task may hold.
    pub(super) join_error: Option<InputError>,
    ledger: Ledger,
}

impl Aggregate {
    /// Creates an aggregate without records.
    pub(crate) fn new(schema: &Schema) -> Self {
        let mut aggregate = Self {
            keys: GroupKeys::new(schema.reads_windows_1252()),
            groups: Vec::new(),
            active: Vec::new(),
            known: 0,
            retention: schema.retention.with_fresh_budget(),
            record_groups: Vec::new(),
            coded_groups: Vec::new(),
            code_counts: Vec::new(),
            uncommon: Vec::new(),
            diagnostics: RecordDiagnostics::default(),
            item_row: ItemRow::default(),
            #[cfg(feature = "correlations")]
            correlated: Vec::new(),
            weight: None,
            scratch: Vec::new(),
            bad_cells: BadCells::default(),
            first_records: FirstRecords::default(),
            blocks: Vec::new(),
            failed: false,
            join_error: None,
            ledger: schema.ledger().clone(),
        };
        aggregate.add_values(schema);
        aggregate
    }

    /// Prepares for the values that the schema has gained.
    fn add_values(&mut self, schema: &Schema) {
        self.active.extend(self.known..schema.values.len());
        self.known = schema.values.len();
        self.diagnostics.resize(self.known);
    }

    /// Adds a batch of `count` records in consecutive rows from `row` on, numbered from 0 in the block. Errors are collected
    /// as diagnostics.
    ///
    /// Cells are processed by column, because that loop is short; cells that are not plain numbers are processed
    /// afterwards.
    #[inline]
    pub(crate) fn records(&mut self, schema: &Schema, row: u64, count: usize, records: &impl Records) {
        if self.known < schema.values.len() {
            self.add_values(schema);
        }
        let count = self.find_groups(schema, row, count, records);
        if count == 0 {
            return;
        }
        if let Some(items) = schema.items() {
            if let Err(error) = self.item_records(schema, items, row, count, records) {
                self.fatal_error(row, &error);
            }
            return;
        }
        let is_plain = schema.is_plain();
        if schema.is_preview() {
            (0..count as u64).for_each(|record| self.first_records.begin(row + record));
        }
        for value in &self.active {
            let column = schema.values[*value];
            let (uncommon, groups, record_groups) = (&mut self.uncommon, &mut self.groups, &self.record_groups);
            if let Some(coded) = records.coded(column).filter(|_| is_plain) {
                let codes = &coded.codes[..count];
                self.code_counts.resize_with(self.known, CodeCounts::default);
                let counts = &mut self.code_counts[*value];
                if counts.add(Coded { codes, ..coded }, groups.len(), record_groups, |code| records.code(column, code))
                {
                    // The last code is the greatest, and most batches have none of it.
                    if codes.iter().max().is_some_and(|code| *code as usize + 1 == coded.count) {
                        let missing = codes.iter().zip(0..).filter(|(code, _)| **code as usize + 1 == coded.count);
                        uncommon.extend(missing.map(|(_, record)| (record, *value)));
                    }
                    continue;
                }
            }
            if let Some(doubles) = records.doubles(column).filter(|_| is_plain) {
                each_decimal(&doubles[..count], |record, decimal| {
                    let group = record_groups.get(record).copied().unwrap_or(0);
                    groups[group].columns[*value].numbers.push_decimal(decimal);
                });
                continue;
            }
            if schema.groups.is_empty() {
                let column_cells = &mut groups[0].columns[*value];
                records.cells(column, count, |record, cell| {
                    if !(is_plain && column_cells.push_number(cell)) {
                        uncommon.push((record, *value));
                    }
                });
            } else {
                records.cells(column, count, |record, cell| {
                    let column_cells = &mut groups[record_groups[record]].columns[*value];
                    if !(is_plain && column_cells.push_number(cell)) {
                        uncommon.push((record, *value));
                    }
                });
            }
        }
        if !self.uncommon.is_empty() {
            self.push_uncommon(schema, row, records);
        }
        #[cfg(feature = "correlations")]
        if schema.correlates()
            && let Err(error) = self.correlate_records(schema, count, records)
        {
            self.fatal_error(row, &error);
        }
        if let Err(error) = self.ledger.check_growth() {
            self.fatal_error(row, &error);
        }
    }

    /// Adds the numbers of the current block that are only counted by their codes, which `records` knows. Must be called before the end
    /// of a block whose records have codes; `row` is its last one.
    #[cfg(feature = "parquet")]
    pub(crate) fn add_codes(&mut self, schema: &Schema, row: u64, records: &impl Records) {
        for (counts, value) in self.code_counts.iter_mut().zip(0..) {
            counts.end(|group, code, times| {
                if let Cell::Number(decimal) = records.code(schema.values[value], code) {
                    self.groups[group].columns[value].numbers.push_times(decimal, times);
                }
            });
        }
        if let Err(error) = self.ledger.check_growth() {
            self.fatal_error(row, &error);
        }
    }

    /// Adds a batch of records of items, whose groups are found.
    fn item_records(
        &mut self,
        schema: &Schema,
        items: &ItemColumns,
        row: u64,
        count: usize,
        records: &impl Records,
    ) -> Result<(), InputError> {
        for record in 0..count {
            let at = row + record as u64;
            self.item_row.clear(schema.values.len());
            for (value, column) in schema.values.iter().enumerate() {
                self.item_row.set(schema, items, &mut self.diagnostics, value, at, records.cell(record, *column));
            }
            let group = if schema.groups.is_empty() { 0 } else { self.record_groups[record] };
            if let Some(group) = &mut self.groups[group].items {
                group.push(&mut self.item_row, items.has_keys());
            }
            schema.ledger().check_growth()?;
        }
        Ok(())
    }

    /// Finds the groups of a batch, and counts their records. Returns the number of records with a group: fewer than `count`
    /// if there are too many groups.
    #[inline]
    fn find_groups(&mut self, schema: &Schema, row: u64, count: usize, records: &impl Records) -> usize {
        if schema.groups.is_empty() {
            if self.groups.is_empty() {
                self.add_group();
            }
            if let Err(error) = self.groups[0].add_columns(schema, &self.retention, self.known) {
                self.fatal_error(row, &error);
                return 0;
            }
            self.count_records(0, count as u64);
            return count;
        }
        self.record_groups.clear();
        let coded = self.coded_groups(schema, records);
        if let [coded] = coded[..] {
            let group = |code: &u32| self.coded_groups.get(*code as usize).copied().unwrap_or(UNKNOWN_GROUP);
            if coded.codes[..count].iter().all(|code| group(code) != UNKNOWN_GROUP) {
                self.record_groups.extend(coded.codes[..count].iter().map(|code| group(code) as usize));
                self.diagnostics.records += count as u64;
                self.record_groups.iter().for_each(|group| self.groups[*group].records += 1);
                return count;
            }
        }
        for record in 0..count {
            let combination = coded.iter().fold(0, |sum, coded| sum * coded.count + coded.codes[record] as usize);
            if let Some(group) = self.coded_groups.get(combination).filter(|group| **group != UNKNOWN_GROUP) {
                let group = *group as usize;
                self.count_records(group, 1);
                self.record_groups.push(group);
                continue;
            }
            let recent = match schema.groups[..] {
                [column] => records.text(record, column).and_then(|text| self.keys.recent(text)),
                _ => None,
            };
            let recent = recent.filter(|group| *group < self.groups.len());
            let group = recent.map_or_else(
                || self.group(schema, row + record as u64, |column, key| records.group(record, column, key)),
                Ok,
            );
            let group = group.and_then(|group| {
                if self.groups[group].columns.len() < self.known {
                    self.groups[group].add_columns(schema, &self.retention, self.known)?;
                }
                Ok(group)
            });
            match group {
                Ok(group) => {
                    if let Some(coded) = self.coded_groups.get_mut(combination) {
                        *coded = u32::try_from(group).unwrap_or(UNKNOWN_GROUP);
                    }
                    self.count_records(group, 1);
                    self.record_groups.push(group);
                }
                Err(error) => {
                    self.fatal_error(row + record as u64, &error);
                    break;
                }
            }
        }
        self.record_groups.len()
    }

    /// Codes of the group columns, if all have some and their combinations are few; then [`Self::coded_groups`] has a place for each
    /// combination, and otherwise none.
    fn coded_groups<'r>(&mut self, schema: &Schema, records: &'r impl Records) -> Vec<Coded<'r>> {
        let coded: Option<Vec<Coded>> = schema.groups.iter().map(|column| records.coded(*column)).collect();
        let combinations =
            |coded: &Vec<Coded>| coded.iter().try_fold(1, |count: usize, coded| count.checked_mul(coded.count));
        let combinations = coded.as_ref().and_then(combinations).filter(|count| *count <= MAX_CODED_GROUPS);
        if self.coded_groups.len() != combinations.unwrap_or(0) {
            self.coded_groups.clear();
            self.coded_groups.resize(combinations.unwrap_or(0), UNKNOWN_GROUP);
        }
        coded.filter(|_| combinations.is_some()).unwrap_or_default()
    }

    /// Classifies and counts the cells that are not plain numbers, in the order of the records.
    #[inline(never)]
    fn push_uncommon(&mut self, schema: &Schema, row: u64, records: &impl Records) {
        let mut cells = std::mem::take(&mut self.uncommon);
        cells.sort_unstable();
        let mut is_any_skipped = false;
        let mut weighted_record = None;
        for (record, value) in cells.drain(..) {
            if weighted_record.replace(record) != Some(record) {
                self.set_weight(schema, |column, text| records.group(record, column, text));
            }
            if self.diagnostics.first_invalid[value].is_none() {
                let group = if schema.groups.is_empty() { 0 } else { self.record_groups[record] };
                let cell = records.cell(record, schema.values[value]);
                if schema.is_preview() {
                    self.first_records.set(row + record as u64, value, cell);
                }
                let column = &mut self.groups[group].columns[value];
                is_any_skipped |= !push_uncommon(
                    schema,
                    &mut self.diagnostics,
                    column,
                    value,
                    row + record as u64,
                    cell,
                    self.weight.as_ref(),
                );
            }
        }
        self.uncommon = cells;
        if is_any_skipped {
            let first_invalid = &self.diagnostics.first_invalid;
            self.active.retain(|value| first_invalid[*value].is_none());
        }
    }

    /// Index of a record's group, added if it is new; 0 without group columns. `value` appends the text of a column to the
    /// key, and returns whether there is one.
    ///
    /// # Errors
    /// Too many groups.
    #[inline]
    pub(crate) fn group(
        &mut self,
        schema: &Schema,
        row: u64,
        value: impl Fn(usize, &mut Vec<u8>) -> bool,
    ) -> Result<usize, InputError> {
        self.set_weight(schema, &value);
        if schema.groups.is_empty() {
            if self.groups.is_empty() {
                self.add_group();
            }
            if schema.is_preview() {
                self.first_records.begin(row);
            }
            return Ok(0);
        }
        let group = self.keys.find(&schema.groups, value);
        // The key is new, or was refused before: keys beyond the limit stay without a group.
        if group >= self.groups.len() {
            if self.groups.len() >= schema.limits.groups {
                return Err(too_many_groups(schema.limits.groups));
            }
            let is_due = group.is_multiple_of(CHECKED_GROUPS);
            let charged = self.keys.charge(group, &self.ledger).and_then(|()| self.ledger.charge(GROUP_BYTES));
            if let Err(error) = charged.and_then(|()| if is_due { self.ledger.check() } else { Ok(()) }) {
                // Or the keys would be one ahead of the groups.
                self.keys.forget_last();
                return Err(error);
            }
            if let Some((position, text)) = self.keys.not_utf8(group) {
                // The first two bytes of half of a surrogate pair, which only JSON has.
                let is_surrogate = |pair: &[u8]| pair[0] == 0xed && pair[1] >= 0xa0;
                let fault =
                    if text.windows(2).any(is_surrogate) { TextFault::HalfSurrogate } else { TextFault::CellNotUtf8 };
                self.fatal(row, Some(schema.groups[position]), fault, Some(&text));
            }
            self.add_group();
        }
        Ok(group)
    }

    /// Adds a group of a state.
    ///
    /// # Errors
    /// Too many groups, or more memory or time than the task may take.
    pub(super) fn restore(&mut self, schema: &Schema, saved: &SavedGroup) -> Result<(), InputError> {
        let group = self.group(schema, 0, |column, key| {
            let value = saved.values[column].as_deref();
            key.extend_from_slice(value.unwrap_or_default().as_bytes());
            value.is_some()
        })?;
        let group = &mut self.groups[group];
        group.add_columns(schema, &self.retention, saved.columns.len())?;
        for (column, saved) in group.columns.iter_mut().zip(&saved.columns) {
            // Merged numbers get the retention of this aggregate.
            column.numbers.merge(&saved.numbers);
            column.absent.iter_mut().zip(&saved.absent).for_each(|(ours, theirs)| *ours += theirs);
            column.invalid += saved.invalid;
        }
        self.ledger.check_growth()
    }

    fn add_group(&mut self) {
        self.groups.push(Group::default());
        self.retention.low_memory = self.groups.len() * self.known > MAX_FAST_COLUMNS;
    }

    /// Parses the weight of a record, if the table is weighted.
    #[inline]
    fn set_weight(&mut self, schema: &Schema, value: impl Fn(usize, &mut Vec<u8>) -> bool) {
        if let Some(column) = schema.weight {
            self.scratch.clear();
            value(column, &mut self.scratch);
            let mut weight = schema.parse_weight(&self.scratch);
            if let Some(decoded) = weight.as_ref().err().and_then(|_| schema.decoded(&self.scratch)) {
                self.scratch = decoded.into_bytes();
                weight = schema.parse_weight(&self.scratch);
            }
            self.weight = Some(weight.map_err(|fault| (fault, self.scratch.clone())));
        }
    }

    /// Counts records of a group whose cells are added one by one with [`Self::cell`].
    pub(crate) fn count_records(&mut self, group: usize, records: u64) {
        self.diagnostics.records += records;
        self.groups[group].records += records;
    }

    /// Adds a cell of the value with index `value`. [`Self::check_growth`] refuses what takes too much memory.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call would take as long as its work")]
    pub(crate) fn cell(&mut self, schema: &Schema, group: usize, value: usize, row: u64, cell: Cell) {
        if let Cell::Number(decimal) = cell
            && schema.is_plain()
            && !schema.correlates()
            && let Some(column) = self.groups[group].columns.get_mut(value)
        {
            return column.numbers.push_decimal(decimal);
        }
        self.uncommon_cell(schema, group, value, row, cell);
    }

    /// [`Self::cell`] for the first cell of a column, and for cells that are not plain numbers.
    #[inline(never)]
    fn uncommon_cell(&mut self, schema: &Schema, group: usize, value: usize, row: u64, cell: Cell) {
        if value >= self.known {
            self.add_values(schema);
        }
        if let Some(items) = schema.items() {
            return self.item_row.set(schema, items, &mut self.diagnostics, value, row, cell);
        }
        #[cfg(feature = "correlations")]
        if schema.correlates() {
            self.set_correlated(schema, value, cell);
        }
        let group = &mut self.groups[group];
        if value >= group.columns.len()
            && let Err(error) = group.add_columns(schema, &self.retention, self.known)
        {
            self.join_error.get_or_insert(error);
            return;
        }
        let column = &mut group.columns[value];
        match cell {
            Cell::Number(decimal) if schema.is_plain() => column.numbers.push_decimal(decimal),
            cell if self.diagnostics.first_invalid[value].is_none() => {
                if schema.is_preview() {
                    self.first_records.begin(row);
                    self.first_records.set(row, value, cell);
                }
                push_uncommon(schema, &mut self.diagnostics, column, value, row, cell, self.weight.as_ref());
            }
            _ => {}
        }
    }

    /// Begins a record whose cells are added one by one with [`Self::cell`].
    pub(crate) fn begin_record(&mut self, schema: &Schema) {
        if schema.items().is_some() {
            self.item_row.clear(schema.values.len());
        }
        #[cfg(feature = "correlations")]
        if schema.correlates() {
            self.begin_correlated(schema);
        }
    }

    /// Ends such a record.
    ///
    /// # Errors
    /// More memory than the task may hold.
    pub(crate) fn end_record(&mut self, schema: &Schema, group: usize) -> Result<(), InputError> {
        #[cfg(feature = "correlations")]
        if schema.correlates() {
            self.groups[group].begin_correlations(schema)?;
            self.correlate(group);
        }
        let Some(items) = schema.items() else { return Ok(()) };
        let group = &mut self.groups[group];
        group.add_columns(schema, &self.retention, 0)?;
        if let Some(group) = &mut group.items {
            group.push(&mut self.item_row, items.has_keys());
        }
        Ok(())
    }

    /// Retention of numbers that are accumulated elsewhere for a value of the only group, and added with [`Self::merge_numbers`];
    /// `None` if the value has no cell yet, or its numbers are not accumulated alone.
    pub(crate) fn fork_numbers(&self, schema: &Schema, value: usize) -> Option<Retention> {
        let has_column = self.groups.first().is_some_and(|group| value < group.columns.len());
        let is_alone = has_column && !schema.has_key_columns() && schema.is_plain();
        let retention = || match &schema.limits.kept {
            Some(kept) => kept.of_column(&schema.names[schema.values[value]], self.retention.with_fresh_budget()),
            None => self.retention.with_fresh_budget(),
        };
        is_alone.then(retention)
    }

    /// Adds numbers of a value of the only group.
    pub(crate) fn merge_numbers(&mut self, value: usize, numbers: &Sample) {
        if let Some(column) = self.groups.first_mut().and_then(|group| group.columns.get_mut(value)) {
            column.numbers.merge(numbers);
        }
    }

    /// Checks what the cells added with [`Self::cell`] have grown by.
    ///
    /// # Errors
    /// As for [`Ledger::check`].
    #[inline]
    pub(crate) fn check_growth(&self) -> Result<(), InputError> {
        self.join_error.clone().map_or_else(|| self.ledger.check_growth(), Err)
    }

    /// Lists, for `nan_policy=raise`, the missing cells of the records before `row`, which is the first record with a value.
    pub(crate) fn list_missing_before(&mut self, schema: &Schema, value: usize, row: u64) {
        self.add_values(schema);
        let missing = &mut self.diagnostics.missing[value];
        // The missing cells of a requested column are listed already.
        if missing.is_empty() {
            missing.extend(
                (0..row)
                    .take(MAX_LISTED_DIAGNOSTICS)
                    .map(|row| RecordDiagnostic::missing(schema.values[value], row, b"")),
            );
        }
    }

    /// Lists, for `nan_policy=raise`, the cells that a record does not have: those of the values that are not `present`.
    /// [`Group::count_omitted`] counts them when the table is complete.
    pub(crate) fn list_absent(&mut self, schema: &Schema, row: u64, present: impl Fn(usize) -> bool) {
        if self.known < schema.values.len() {
            self.add_values(schema);
        }
        let missing = &mut self.diagnostics.missing;
        let first_invalid = &self.diagnostics.first_invalid;
        self.active.retain(|value| missing[*value].len() < MAX_LISTED_DIAGNOSTICS && first_invalid[*value].is_none());
        for value in self.active.iter().filter(|value| !present(**value)) {
            missing[*value].push(RecordDiagnostic::missing(schema.values[*value], row, b""));
        }
    }

    /// Columns whose cells are still needed: group columns, weights, and those that may be described.
    #[cfg(feature = "parquet")]
    pub(crate) fn needed_columns(&self, schema: &Schema) -> Vec<usize> {
        schema
            .groups
            .iter()
            .chain(&schema.weight)
            .copied()
            .chain(self.active.iter().map(|value| schema.values[*value]))
            .collect()
    }

    /// Counts a record with fewer cells than the header, or with more that are empty.
    pub(crate) fn count_short_record(&mut self, row: u64) {
        self.diagnostics.short_records.add(row, 1);
    }

    /// Counts cells with text behind a closing quote, or with a quote in an unquoted text.
    pub(crate) fn count_stray_quotes(&mut self, row: u64, cells: u64) {
        self.diagnostics.stray_quotes.add(row, cells);
    }

    /// Adds the diagnostic of a record with more cells than the header; `record` is its text.
    pub(crate) fn ragged(
        &mut self,
        schema: &Schema,
        row: u64,
        cells: usize,
        record: &[u8],
        cause: Option<RaggedCause>,
    ) {
        self.diagnostics.errors.add(|| {
            let fault = TableFault::RaggedRow { cells, header: schema.width(), cause };
            let decoded = schema.decoded(record);
            let text = decoded.as_ref().map_or(record, String::as_bytes);
            RecordDiagnostic::new(row, None, fault.into(), Some(excerpt(text.trim_ascii())))
        });
    }

    /// Sets the diagnostic that ends the reading of the block, unless there is one already.
    pub(crate) fn fatal(&mut self, row: u64, column: Option<usize>, reason: impl Into<Reason>, input: Option<&[u8]>) {
        if self.diagnostics.fatal.is_none() {
            let diagnostic = RecordDiagnostic::new(row, column, reason.into(), input.map(excerpt));
            self.diagnostics.fatal = Some(diagnostic);
        }
    }

    /// [`Self::fatal`] with the reason of an error, which is collected instead of returned: the first block with such an error is
    /// reported.
    #[cold]
    fn fatal_error(&mut self, row: u64, error: &InputError) {
        self.fatal(row, None, error.first().reason.clone(), None);
    }

    /// Whether a diagnostic ended the reading of the current block.
    #[inline]
    pub(crate) fn block_failed(&self) -> bool {
        self.diagnostics.fatal.is_some()
    }

    /// Whether a diagnostic ended the reading of any block.
    pub(crate) fn failed(&self) -> bool {
        self.failed || self.diagnostics.fatal.is_some()
    }

    /// Completes the current block, which has this number in the table and `rows` rows.
    pub(crate) fn end_block(&mut self, number: u64, rows: u64) {
        let records = std::mem::take(&mut self.diagnostics.records);
        self.first_records.end_block(number);
        self.coded_groups.clear();
        let profiles = self.groups.iter_mut().flat_map(|group| &mut group.columns);
        profiles.filter_map(|column| column.profile.as_mut()).for_each(|profile| profile.end_block(number));
        if self.diagnostics.bad_cells.count > 0 {
            self.bad_cells.add_block(std::mem::take(&mut self.diagnostics.bad_cells), number);
        }
        let diagnostics_bytes = if self.diagnostics.is_empty() { 0 } else { self.diagnostics.bytes() };
        if let Err(error) = self.ledger.charge(size_of::<BlockDiagnostics>() + diagnostics_bytes) {
            self.join_error.get_or_insert(error);
            self.failed = true;
            return;
        }
        let diagnostics = (!self.diagnostics.is_empty()).then(|| {
            let next = self.diagnostics.next();
            self.failed |= self.diagnostics.fatal.is_some();
            Box::new(std::mem::replace(&mut self.diagnostics, next))
        });
        self.blocks.push(BlockDiagnostics { number, rows, records, diagnostics });
    }

    /// Adds the results of another aggregate.
    pub(crate) fn merge(&mut self, schema: &Schema, other: Self) {
        self.add_values(schema);
        let Aggregate { keys, groups, bad_cells, first_records, blocks, join_error, .. } = other;
        self.bad_cells.merge(bad_cells);
        self.first_records.merge(first_records);
        self.blocks.extend(blocks);
        self.join_error = self.join_error.take().or(join_error);
        self.keys.has_windows_1252 |= keys.has_windows_1252;
        // A group column of the files' names gives each file its keys when it is complete.
        if keys.is_empty() {
            self.groups.resize_with(groups.len().max(self.groups.len()), Group::default);
        }
        for (theirs, index) in groups.into_iter().zip(0..) {
            let ours = if keys.is_empty() { index } else { self.keys.find_key(keys.key(index)) };
            if ours == self.groups.len() {
                self.add_group();
            }
            // Keys beyond the limit have no group.
            let group = self.groups.get_mut(ours).filter(|_| ours < schema.limits.groups);
            let group = group.ok_or_else(|| too_many_groups(schema.limits.groups));
            let merged = group.and_then(|group| {
                // Merged numbers get the retention of this aggregate.
                group.add_columns(schema, &self.retention, theirs.columns.len())?;
                group.merge(&theirs);
                self.ledger.check_growth()
            });
            if let Err(error) = merged {
                self.join_error.get_or_insert(error);
                return;
            }
        }
    }

    /// Completes the last block, and joins the diagnostics of all. `first_row` is the number of the table's first row. Returns also the
    /// first row of each block.
    pub(super) fn all_diagnostics(&mut self, schema: &Schema, first_row: u64) -> (RecordDiagnostics, FirstRows) {
        if self.diagnostics.records > 0 || self.diagnostics.fatal.is_some() {
            self.end_block(u64::MAX, 0);
        }
        self.add_values(schema);
        RecordDiagnostics::joined(std::mem::take(&mut self.blocks), first_row, schema.values.len())
    }
}

/// Passes finite doubles with their numbers to `take`, as decimals, which many together are converted to in less time.
#[inline]
fn each_decimal(doubles: &[f64], mut take: impl FnMut(usize, Decimal)) {
    let mut decimals = [Decimal::ZERO; 64];
    let (chunks, rest) = doubles.as_chunks();
    for (chunk, first) in chunks.iter().zip((0..).step_by(decimals.len())) {
        if Decimal::from_doubles(chunk, &mut decimals) {
            decimals.iter().zip(first..).for_each(|(decimal, record)| take(record, *decimal));
        }
    }
    let rest = rest.iter().filter_map(|double| Decimal::from_f64(*double));
    rest.zip(doubles.len() / decimals.len() * decimals.len()..).for_each(|(decimal, record)| take(record, decimal));
}

/// Error of more groups than the limit.
pub(crate) fn too_many_groups(limit: usize) -> InputError {
    exceeded(Measured::Groups, limit)
}
