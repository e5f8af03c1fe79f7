//! Running results of a table: groups, their columns, and diagnostics of the records so far.

use super::cell::{Cell, Records};
use super::column::{Group, uncommon};
use super::diagnostics::{BlockDiagnostics, RecordDiagnostic, RecordDiagnostics};
use super::schema::{Schema, Weighed};
use crate::group::GroupKeys;
use describe::Retention;
use describe_options::{InputError, LISTED, Measured, Reason, TableFault, TextFault, excerpt};

use crate::errors::exceeded;

/// Beyond so many columns in groups, memory matters more than a little time for each number.
const FEW: usize = 64;

/// Results of the records so far.
#[derive(Debug)]
pub(crate) struct Aggregate {
    pub(super) keys: GroupKeys,
    /// By group, then by the schema's values.
    pub(super) groups: Vec<Group>,
    /// The values (by their place in the schema) whose cells are still looked at.
    live: Vec<usize>,
    /// How many of the schema's values are known here.
    known: usize,
    /// What is kept of the numbers.
    retention: Retention,
    /// The groups of the records at hand, if there are columns to group by.
    members: Vec<usize>,
    /// The cells of the records at hand that are no plain numbers: record and value.
    uncommon: Vec<(usize, usize)>,
    diagnostics: RecordDiagnostics,
    /// The weight of the record at hand, if weights were asked for.
    weight: Option<Weighed>,
    /// Its text, or that of a key.
    scratch: Vec<u8>,
    earlier: Vec<BlockDiagnostics>,
    /// Whether something ended the reading of an earlier block.
    failed: bool,
    /// Whether there turned out to be too many groups when aggregates were put together.
    pub(super) overfull: bool,
}

impl Aggregate {
    pub(crate) fn new(schema: &Schema) -> Self {
        let mut aggregate = Self {
            keys: GroupKeys::default(),
            groups: Vec::new(),
            live: Vec::new(),
            known: 0,
            retention: schema.retention.with_fresh_budget(),
            members: Vec::new(),
            uncommon: Vec::new(),
            diagnostics: RecordDiagnostics::default(),
            weight: None,
            scratch: Vec::new(),
            earlier: Vec::new(),
            failed: false,
            overfull: false,
        };
        aggregate.learn_columns(schema);
        aggregate
    }

    fn learn_columns(&mut self, schema: &Schema) {
        self.live.extend(self.known..schema.values.len());
        self.known = schema.values.len();
        self.diagnostics.resize(self.known);
    }

    /// Takes `count` records, which stand in `row`, counted from 0 in the block, and the rows that follow. What is wrong
    /// with them is noted and told in the end.
    ///
    /// Column by column, because a loop over the cells of one column does little for each; what is no plain number is left
    /// for later.
    #[inline]
    pub(crate) fn records(&mut self, schema: &Schema, row: u64, count: usize, records: &impl Records) {
        if self.known < schema.values.len() {
            self.learn_columns(schema);
        }
        let count = self.find_groups(schema, row, count, records);
        let direct = schema.is_plain();
        for value in &self.live {
            let column = schema.values[*value];
            let later = &mut self.uncommon;
            if schema.groups.is_empty() {
                let taker = &mut self.groups[0].columns[*value];
                records.cells(column, count, |record, cell| {
                    if !(direct && taker.take_plain(cell)) {
                        later.push((record, *value));
                    }
                });
            } else {
                let (groups, members) = (&mut self.groups, &self.members);
                records.cells(column, count, |record, cell| {
                    let taker = &mut groups[members[record]].columns[*value];
                    if !(direct && taker.take_plain(cell)) {
                        later.push((record, *value));
                    }
                });
            }
        }
        if !self.uncommon.is_empty() {
            self.take_uncommon(schema, row, records);
        }
    }

    /// Finds the groups of records and counts these; says how many records have one, for there may be too many groups.
    #[inline]
    fn find_groups(&mut self, schema: &Schema, row: u64, count: usize, records: &impl Records) -> usize {
        if schema.groups.is_empty() {
            if self.groups.is_empty() {
                self.add_group();
            }
            self.groups[0].make_room(schema, &self.retention, self.known);
            self.count_records(0, count as u64);
            return count;
        }
        self.members.clear();
        for record in 0..count {
            let recent = match schema.groups[..] {
                [column] => records.text(record, column).and_then(|text| self.keys.recent(text)),
                _ => None,
            };
            let recent = recent.filter(|group| *group < self.groups.len());
            let found = recent.map_or_else(
                || self.group(schema, row + record as u64, |column, key| records.group(record, column, key)),
                Ok,
            );
            match found {
                Ok(group) => {
                    if self.groups[group].columns.len() < self.known {
                        self.groups[group].make_room(schema, &self.retention, self.known);
                    }
                    self.count_records(group, 1);
                    self.members.push(group);
                }
                Err(refused) => {
                    // Noted rather than returned: of several ends the first one is told.
                    self.fatal(row + record as u64, None, refused.first().reason.clone(), None);
                    break;
                }
            }
        }
        self.members.len()
    }

    /// Takes the cells that were left, in the order of the records.
    #[inline(never)]
    fn take_uncommon(&mut self, schema: &Schema, row: u64, records: &impl Records) {
        let mut cells = std::mem::take(&mut self.uncommon);
        cells.sort_unstable();
        let mut dead = false;
        let mut weighed = None;
        for (record, value) in cells.drain(..) {
            if weighed.replace(record) != Some(record) {
                self.weigh(schema, |column, text| records.group(record, column, text));
            }
            if self.diagnostics.first_bad[value].is_none() {
                let group = if schema.groups.is_empty() { 0 } else { self.members[record] };
                let cell = records.cell(record, schema.values[value]);
                let column = &mut self.groups[group].columns[value];
                dead |= !uncommon(
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
        if dead {
            let first_bad = &self.diagnostics.first_bad;
            self.live.retain(|value| first_bad[*value].is_none());
        }
    }

    /// The index of the group to which a record belongs whose cells `value` adds to a key, made if it is new. Without
    /// columns to group by there is one.
    #[inline]
    pub(crate) fn group(
        &mut self,
        schema: &Schema,
        row: u64,
        value: impl Fn(usize, &mut Vec<u8>) -> bool,
    ) -> Result<usize, InputError> {
        self.weigh(schema, &value);
        if schema.groups.is_empty() {
            if self.groups.is_empty() {
                self.add_group();
            }
            return Ok(0);
        }
        let group = self.keys.find(&schema.groups, value);
        // The key is new, or is beyond the limit: such a key has no group, also when it comes again in another block.
        if group >= self.groups.len() {
            if self.groups.len() >= schema.limits.groups {
                return Err(too_many_groups(schema.limits.groups));
            }
            if let Some((place, text)) = self.keys.not_utf8(group) {
                self.fatal(row, Some(schema.groups[place]), TextFault::CellNotUtf8, Some(&text));
            }
            self.add_group();
        }
        Ok(group)
    }

    fn add_group(&mut self) {
        self.groups.push(Group::default());
        self.retention.low_memory = self.groups.len() * self.known > FEW;
    }

    /// Finds the weight of a record, if weights were asked for.
    #[inline]
    fn weigh(&mut self, schema: &Schema, value: impl Fn(usize, &mut Vec<u8>) -> bool) {
        if let Some(column) = schema.weight {
            self.scratch.clear();
            value(column, &mut self.scratch);
            let weight = schema.weigh(&self.scratch);
            self.weight = Some(weight.map_err(|message| (message, self.scratch.clone())));
        }
    }

    /// Counts records of a group whose cells are given one by one, to [`Self::cell`].
    pub(crate) fn count_records(&mut self, group: usize, records: u64) {
        self.diagnostics.records += records;
        self.groups[group].records += records;
    }

    /// Takes a cell of the column that is number `value` among those described.
    #[inline]
    pub(crate) fn cell(&mut self, schema: &Schema, group: usize, value: usize, row: u64, cell: Cell) {
        if value >= self.known {
            self.learn_columns(schema);
        }
        let group = &mut self.groups[group];
        if value >= group.columns.len() {
            group.make_room(schema, &self.retention, self.known);
        }
        let column = &mut group.columns[value];
        match cell {
            Cell::Number(decimal) if schema.is_plain() => column.numbers.push_decimal(decimal),
            cell if self.diagnostics.first_bad[value].is_none() => {
                uncommon(schema, &mut self.diagnostics, column, value, row, cell, self.weight.as_ref());
            }
            _ => {}
        }
    }

    /// Lists, for `nan_policy=raise`, the missing cells of the records before `row`, which first has a column that is described.
    pub(crate) fn list_missing_before(&mut self, schema: &Schema, value: usize, row: u64) {
        self.learn_columns(schema);
        let missing = &mut self.diagnostics.missing[value];
        // Those of a column that was asked for are noted already.
        if missing.is_empty() {
            missing.extend((0..row).take(LISTED).map(|row| RecordDiagnostic::missing(schema.values[value], row, b"")));
        }
    }

    /// Lists, for `nan_policy=raise`, the cells that a record does not have: those of the columns that are not `present`.
    /// They are counted in the end.
    pub(crate) fn list_absent(&mut self, schema: &Schema, row: u64, present: impl Fn(usize) -> bool) {
        if self.known < schema.values.len() {
            self.learn_columns(schema);
        }
        let missing = &mut self.diagnostics.missing;
        let first_bad = &self.diagnostics.first_bad;
        self.live.retain(|value| missing[*value].len() < LISTED && first_bad[*value].is_none());
        for value in self.live.iter().filter(|value| !present(**value)) {
            missing[*value].push(RecordDiagnostic::missing(schema.values[*value], row, b""));
        }
    }

    /// The columns whose cells still matter: those to group by, and those that may be described yet.
    #[cfg(feature = "parquet")]
    pub(crate) fn wanted(&self, schema: &Schema) -> Vec<usize> {
        schema
            .groups
            .iter()
            .chain(&schema.weight)
            .copied()
            .chain(self.live.iter().map(|value| schema.values[*value]))
            .collect()
    }

    /// Adds a diagnostic of a record with more or fewer cells than the header.
    pub(crate) fn ragged(&mut self, schema: &Schema, row: u64, cells: usize) {
        self.diagnostics.bad.add(|| RecordDiagnostic {
            row,
            column: None,
            reason: TableFault::RaggedRow { cells, header: schema.width() }.into(),
            input: None,
        });
    }

    /// Sets what makes further reading useless; the first such diagnostic stands.
    pub(crate) fn fatal(&mut self, row: u64, column: Option<usize>, reason: impl Into<Reason>, input: Option<&[u8]>) {
        if self.diagnostics.fatal.is_none() {
            let diagnostic = RecordDiagnostic { row, column, reason: reason.into(), input: input.map(excerpt) };
            self.diagnostics.fatal = Some(diagnostic);
        }
    }

    /// Whether something ended the reading of the block at hand.
    #[inline]
    pub(crate) fn block_failed(&self) -> bool {
        self.diagnostics.fatal.is_some()
    }

    /// Whether something ended the reading.
    pub(crate) fn failed(&self) -> bool {
        self.failed || self.diagnostics.fatal.is_some()
    }

    /// Ends the block that is number `place` of the table and has so many rows.
    pub(crate) fn end_block(&mut self, place: u64, rows: u64) {
        let records = std::mem::take(&mut self.diagnostics.records);
        let diagnostics = (!self.diagnostics.is_empty()).then(|| {
            let next = self.diagnostics.next();
            self.failed |= self.diagnostics.fatal.is_some();
            Box::new(std::mem::replace(&mut self.diagnostics, next))
        });
        self.earlier.push(BlockDiagnostics { place, rows, records, diagnostics });
    }

    /// Adds what another aggregate found.
    pub(crate) fn merge(&mut self, schema: &Schema, other: Self) {
        self.learn_columns(schema);
        let Aggregate { keys, groups, earlier, overfull, .. } = other;
        self.earlier.extend(earlier);
        self.overfull |= overfull;
        if schema.groups.is_empty() {
            self.groups.resize_with(groups.len().max(self.groups.len()), Group::default);
        }
        for (theirs, index) in groups.into_iter().zip(0..) {
            let ours = if schema.groups.is_empty() { index } else { self.keys.find_key(keys.key(index)) };
            if ours == self.groups.len() {
                self.add_group();
            }
            match self.groups.get_mut(ours) {
                Some(group) if ours < schema.limits.groups => {
                    // What is merged is kept as what is read here.
                    group.make_room(schema, &self.retention, theirs.columns.len());
                    group.merge(&theirs);
                }
                // A key beyond the limit has no group.
                _ => {
                    self.overfull = true;
                    return;
                }
            }
        }
    }

    /// Ends the last block and puts together what is to be said of all. `first_row` is the number of the first row.
    pub(super) fn all_diagnostics(&mut self, schema: &Schema, first_row: u64) -> RecordDiagnostics {
        if self.diagnostics.records > 0 || self.diagnostics.fatal.is_some() {
            self.end_block(u64::MAX, 0);
        }
        self.learn_columns(schema);
        RecordDiagnostics::joined(std::mem::take(&mut self.earlier), first_row, schema.values.len())
    }
}

pub(super) fn too_many_groups(limit: usize) -> InputError {
    exceeded(Measured::Groups, limit)
}
