//! Tables, whatever format they come in: which columns are described, what a cell is, which group a record belongs to.
//!
//! A [`Plan`] says what is to be done, a [`State`] is what was found so far. Several states may work on blocks of one
//! table at once, because states merge exactly; what they have to say of single records is kept by block, and gets its
//! row numbers when the blocks are put together in order.

use std::collections::HashMap;

use serde::Serialize;

use super::Limits;
use super::group::GroupKeys;
use super::part::unlike;
use crate::describe::{Decimal, Keep, NanPolicy, Number, ParseError, Sample};
use crate::options::{Options, TableOptions};
use crate::rejection::{Kind, LISTED, Problem, Problems, Rejection, Step, excerpt};

/// A cell of a column that is described.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cell<'a> {
    /// A number for certain.
    Number(Decimal),
    /// What it is must be found out; blanks around it do not count.
    Text(&'a [u8]),
    /// There is nothing.
    Missing,
}

impl Cell<'_> {
    /// Adds the cell to a key as a value to group by: its trimmed text, a number's shortest spelling. False when it is
    /// empty or missing.
    pub(super) fn group(self, key: &mut Vec<u8>) -> bool {
        let start = key.len();
        match self {
            Cell::Number(Decimal { digits, exponent: 0, negative: false }) => key.extend(digits.to_string().bytes()),
            Cell::Number(decimal) => key.extend(decimal.to_string().bytes()),
            Cell::Text(text) => key.extend_from_slice(text.trim_ascii()),
            Cell::Missing => {}
        }
        key.len() > start
    }
}

/// Records of a table, by their number, counted from 0, and the column's index.
pub(super) trait Records {
    /// A cell to describe.
    fn cell(&self, record: usize, column: usize) -> Cell<'_>;

    /// Adds the trimmed text of a cell to group by to `key`; false when it is empty or null.
    fn group(&self, record: usize, column: usize, key: &mut Vec<u8>) -> bool;

    /// The trimmed text of a cell to group by, where it need not be made.
    fn text(&self, _record: usize, _column: usize) -> Option<&[u8]> {
        None
    }
}

/// What is to be done with the columns of a table.
#[derive(Debug)]
pub(super) struct Plan {
    /// The columns' names, all different.
    names: Vec<String>,
    /// The columns that make the groups, in the order asked for.
    groups: Vec<usize>,
    /// The columns that are described, or may be.
    values: Vec<usize>,
    /// The column that holds the weights.
    weight: Option<usize>,
    /// Whether the columns were asked for by name: then a bad cell is an error.
    asked: bool,
    options: TableOptions,
    /// The absence codes and missing markers that are numbers, which match by value too.
    numeric: Vec<(Decimal, Special)>,
    /// Whether missing cells are noted, for `nan_policy=raise`.
    note_missing: bool,
    limits: Limits,
    /// What is kept of the numbers.
    keep: Keep,
}

/// How a number is counted.
#[derive(Clone, Copy, Debug)]
enum Weight {
    /// As if it stood there that often.
    Times(u64),
    /// With this weight.
    Reliability(Decimal),
}

/// A weight, or what is wrong with it and its text.
type Weighed = Result<Weight, (&'static str, Vec<u8>)>;

/// What a column is for: its place among those to group by, after which comes that of the weights, and among those that
/// are described.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Role {
    pub(super) group: Option<usize>,
    pub(super) value: Option<usize>,
}

/// What a cell can be in place of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Special {
    Absent(usize),
    Missing,
}

/// What a cell is.
enum Found {
    Number(Decimal),
    Special(Special),
    Bad(ParseError),
}

impl Plan {
    /// A plan for the columns named so.
    ///
    /// # Errors
    /// Too many columns, an unknown column, a column asked for whose name stands twice, names that are not UTF-8.
    pub(super) fn new(header: &[impl AsRef<[u8]>], options: &Options, limits: Limits) -> Result<Self, Rejection> {
        if header.len() > limits.columns {
            return Err(too_many_columns(limits.columns));
        }
        let written = header.iter().map(|name| name.as_ref().trim_ascii());
        let table = &options.table;
        // Names are used, and so must be text, when every column is described or listed.
        let all_used = table.columns.is_empty();
        let written: Vec<String> = written.map(|name| utf8_name(name, all_used)).collect::<Result<_, _>>()?;
        let find = |option: &str, name: &String| find_column(&written, option, name);
        let groups = table.group_by.iter().map(|name| find("group_by", name)).collect::<Result<Vec<_>, _>>()?;
        let weight = table.weights.as_ref().map(|name| find("weights", name)).transpose()?;
        let values = if table.columns.is_empty() {
            (0..written.len()).filter(|column| !groups.contains(column) && Some(*column) != weight).collect()
        } else {
            table.columns.iter().map(|name| find("column", name)).collect::<Result<_, _>>()?
        };
        check_axis(options)?;
        Ok(Self::with(different(written), groups, weight, values, options, limits))
    }

    /// A plan for a table whose columns turn up by and by: see [`Self::add_column`]. It begins with those that were asked
    /// for, the ones to group by before the others; whether they exist is for [`Self::check_asked`] to say in the end.
    pub(super) fn open(options: &Options, limits: Limits) -> Self {
        let table = &options.table;
        let mut names: Vec<String> = table.group_by.iter().chain(&table.weights).cloned().collect();
        let weight = table.weights.as_ref().map(|_| table.group_by.len());
        let mut find = |name: &String| {
            let known = names.iter().position(|known| known == name);
            known.unwrap_or_else(|| {
                names.push(name.clone());
                names.len() - 1
            })
        };
        let values = table.columns.iter().map(&mut find).collect();
        Self::with(names, (0..table.group_by.len()).collect(), weight, values, options, limits)
    }

    fn with(
        names: Vec<String>,
        groups: Vec<usize>,
        weight: Option<usize>,
        values: Vec<usize>,
        options: &Options,
        limits: Limits,
    ) -> Self {
        let table = &options.table;
        Self {
            names,
            groups,
            values,
            weight,
            asked: !table.columns.is_empty(),
            numeric: numeric_specials(table),
            options: table.clone(),
            note_missing: options.nan_policy == Some(NanPolicy::Raise),
            limits,
            keep: limits.keep(options),
        }
    }

    /// Refuses a column that was asked for and is not among those that turned up.
    pub(super) fn check_asked(&self, turned_up: &[String]) -> Result<(), Rejection> {
        let asked = |option, names: &[String]| {
            names.iter().try_for_each(|name| find_column(turned_up, option, name).map(|_| ()))
        };
        asked("group_by", &self.options.group_by)?;
        asked("weights", self.options.weights.as_slice())?;
        asked("column", &self.options.columns)
    }

    /// The part in the plan of a column that turns up. No column may turn up twice.
    pub(super) fn add_column(&mut self, name: &str) -> Role {
        let first = if self.asked { self.names.len() } else { self.keyed() };
        if let Some(column) = self.names[..first].iter().position(|known| known == name) {
            let place = |columns: &[usize]| columns.iter().position(|known| *known == column);
            let weight = (self.weight == Some(column)).then_some(self.groups.len());
            return Role { group: place(&self.groups).or(weight), value: place(&self.values) };
        }
        if self.asked {
            return Role::default();
        }
        self.names.push(name.to_owned());
        self.values.push(self.names.len() - 1);
        Role { group: None, value: Some(self.values.len() - 1) }
    }

    /// Adds a nameless column to a table without a header.
    pub(super) fn widen(&mut self) -> Result<(), Rejection> {
        self.check_width(self.width() + 1)?;
        self.names.push(format!("column_{}", self.width() + 1));
        if !self.asked {
            self.values.push(self.names.len() - 1);
        }
        Ok(())
    }

    /// How many columns there may be.
    pub(super) fn check_width(&self, columns: usize) -> Result<(), Rejection> {
        if columns > self.limits.columns { Err(too_many_columns(self.limits.columns)) } else { Ok(()) }
    }

    /// Whether there are groups.
    pub(super) fn is_grouped(&self) -> bool {
        !self.groups.is_empty()
    }

    /// How many columns say of a record where and how its cells are counted: those to group by, and that of the weights,
    /// which is handed over as if it were the last of these.
    pub(super) fn keyed(&self) -> usize {
        self.groups.len() + usize::from(self.weight.is_some())
    }

    /// Whether there are such columns, so that the cells of a record must be taken together.
    pub(super) fn is_keyed(&self) -> bool {
        self.keyed() > 0
    }

    /// What the text of a weight says, or what is wrong with it.
    fn weigh(&self, text: &[u8]) -> Result<Weight, &'static str> {
        const MOST: u64 = 1_000_000_000;
        let missing = text.is_empty() || self.options.is_marker(text);
        let Ok(decimal) = self.parse(text) else {
            return Err(if missing { "is missing, and it is a weight" } else { "should be a number: it is a weight" });
        };
        if self.options.has_reliability() {
            let positive = decimal.digits > 0 && !decimal.negative;
            return if positive { Ok(Weight::Reliability(decimal)) } else { Err("should be above 0: it is a weight") };
        }
        let times = decimal.to_integer().filter(|times| *times <= MOST);
        times.map(Weight::Times).ok_or(
            "should be an integer from 0 to 1000000000: it is a frequency weight; say weight_type=reliability for others",
        )
    }

    /// Whether missing cells must be noted one by one.
    pub(super) fn notes_missing(&self) -> bool {
        self.note_missing
    }

    /// For each of the values, which one it is in a table with the same columns.
    fn places_in(&self, other: &Self) -> Result<Vec<usize>, Rejection> {
        let missing = |names: &[String], others: &[String]| names.iter().find(|name| !others.contains(name)).cloned();
        // Of columns that were not asked for, some formats do not even know the names.
        if !self.asked && self.names != other.names {
            if let Some(name) = missing(&self.names, &other.names) {
                let shown = excerpt(name.as_bytes());
                return Err(unlike(format!("it has no column '{shown}', which the files before it have")));
            }
            if let Some(name) = missing(&other.names, &self.names) {
                let shown = excerpt(name.as_bytes());
                return Err(unlike(format!("it has a column '{shown}', which the files before it do not have")));
            }
        }
        let place = |value: &usize| {
            let name = &self.names[*value];
            other.values.iter().position(|theirs| other.names[*theirs] == *name)
        };
        let places: Option<Vec<usize>> = self.values.iter().map(place).collect();
        places.ok_or_else(|| unlike("its columns are not those of the files before it"))
    }

    /// How many columns there are.
    pub(super) fn width(&self) -> usize {
        self.names.len()
    }

    /// The columns that are read at all.
    pub(super) fn used(&self) -> impl Iterator<Item = usize> {
        self.groups.iter().chain(&self.weight).chain(&self.values).copied()
    }

    /// What a cell is: an absence code before a missing marker before a number.
    fn classify(&self, cell: Cell, text: &[u8]) -> Found {
        let by_value = |decimal: Decimal| {
            let special = self.numeric.iter().find(|(code, _)| code.equals(decimal));
            special.map_or(Found::Number(decimal), |(_, special)| Found::Special(*special))
        };
        match cell {
            Cell::Number(decimal) => return by_value(decimal),
            Cell::Missing => return Found::Special(Special::Missing),
            Cell::Text(_) => {}
        }
        if let Some(code) = self.options.absent.iter().position(|code| code.as_bytes() == text) {
            return Found::Special(Special::Absent(code));
        }
        let missing = text.is_empty() || self.options.is_marker(text);
        match self.parse(text).map_or_else(Found::Bad, by_value) {
            Found::Number(_) | Found::Bad(_) if missing => Found::Special(Special::Missing),
            found => found,
        }
    }

    /// Whether every number counts once, whatever it is.
    #[inline]
    fn is_plain(&self) -> bool {
        self.numeric.is_empty() && self.weight.is_none()
    }

    /// Whether a code or marker is a number, so that plain numbers must be compared with it.
    pub(super) fn has_numeric_codes(&self) -> bool {
        !self.numeric.is_empty()
    }

    fn parse(&self, text: &[u8]) -> Result<Decimal, ParseError> {
        let number = if self.options.decimal_comma {
            let comma = |byte: &u8| if *byte == b',' { b'.' } else { *byte };
            if text.contains(&b'.') {
                return Err(ParseError::NotANumber);
            }
            Number::parse(&text.iter().map(comma).collect::<Vec<u8>>())
        } else {
            Number::parse(text)
        };
        // nan and inf are numbers in URLs and plain text only.
        match number? {
            Number::Finite(decimal) => Ok(decimal),
            _ => Err(ParseError::NotANumber),
        }
    }

    /// Whether a cell of a first record looks like data: a number, a code or missing.
    pub(super) fn looks_like_data(options: &TableOptions, cell: &[u8]) -> bool {
        let cell = cell.trim_ascii();
        let listed = |texts: &[String]| texts.iter().any(|text| text.as_bytes() == cell);
        let dotted: Vec<u8> =
            cell.iter().map(|byte| if options.decimal_comma && *byte == b',' { b'.' } else { *byte }).collect();
        let finite = matches!(Number::parse(&dotted), Ok(Number::Finite(_)));
        cell.is_empty() || finite || options.is_marker(cell) || listed(&options.absent)
    }
}

/// Beyond so many columns in groups, memory matters more than a little time for each number.
const FEW: usize = 64;

/// What was found in the records so far.
#[derive(Debug)]
pub(super) struct State {
    keys: GroupKeys,
    /// By group, then by the plan's values.
    groups: Vec<Group>,
    /// The values (by their place in the plan) whose cells are still looked at.
    live: Vec<usize>,
    /// How many of the plan's values are known here.
    known: usize,
    /// The groups of the records at hand, if there are columns to group by.
    members: Vec<usize>,
    /// The cells of the records at hand that are no plain numbers: record and value.
    uncommon: Vec<(usize, usize)>,
    notes: Notes,
    /// The weight of the record at hand, if weights were asked for.
    weight: Option<Weighed>,
    /// What is kept of the numbers.
    keep: Keep,
    /// Its text, or that of a key.
    scratch: Vec<u8>,
    earlier: Vec<Block>,
    /// Whether something ended the reading of an earlier block.
    failed: bool,
    /// Whether there turned out to be too many groups when states were put together.
    overfull: bool,
}

/// The records of one group.
#[derive(Debug, Default)]
struct Group {
    records: u64,
    columns: Vec<Column>,
}

/// The cells of one column in one group.
#[derive(Clone, Debug, Default)]
struct Column {
    numbers: Sample,
    absent: Vec<u64>,
    invalid: u64,
    /// How many cells were numbers, where these are counted as weights say.
    weighted: u64,
}

/// A block that was read: few words, for there may be very many.
#[derive(Debug)]
struct Block {
    /// Its place in the table.
    place: u64,
    /// Rows that it has, blank ones included.
    rows: u64,
    records: u64,
    /// What is to be said of its records, if anything.
    notes: Option<Box<Notes>>,
}

/// What is to be said of single records of a block; rows are counted within the block.
#[derive(Debug, Default)]
struct Notes {
    records: u64,
    bad: Spots,
    /// By value: the first [`LISTED`] missing cells, if they are noted.
    missing: Vec<Vec<Spot>>,
    /// By value: the first cell that is no number although it should be, and the first that is none at all.
    first_bad: Vec<Option<Spot>>,
    first_other: Vec<Option<Spot>>,
    /// By value: whether an earlier block has such a cell.
    other_told: Vec<bool>,
    /// What ended the reading of the block.
    fatal: Option<(Kind, Spot)>,
}

/// The first [`LISTED`] places, and the count of all.
#[derive(Debug, Default)]
struct Spots {
    listed: Vec<Spot>,
    count: u64,
}

/// A place in a table and what is wrong there.
#[derive(Clone, Debug)]
struct Spot {
    row: u64,
    column: Option<usize>,
    code: &'static str,
    message: String,
    input: Option<String>,
}

impl Notes {
    fn resize(&mut self, values: usize) {
        self.missing.resize(values, Vec::new());
        self.first_bad.resize(values, None);
        self.first_other.resize(values, None);
        self.other_told.resize(values, false);
    }

    /// Whether there is nothing to say.
    fn is_empty(&self) -> bool {
        let none = |spots: &[Option<Spot>]| spots.iter().all(Option::is_none);
        self.bad.count == 0
            && self.missing.iter().all(Vec::is_empty)
            && none(&self.first_bad)
            && none(&self.first_other)
            && self.fatal.is_none()
    }
}

impl Spots {
    fn add(&mut self, spot: impl FnOnce() -> Spot) {
        self.count += 1;
        if self.listed.len() < LISTED {
            self.listed.push(spot());
        }
    }
}

impl State {
    pub(super) fn new(plan: &Plan) -> Self {
        let mut state = Self {
            keys: GroupKeys::default(),
            groups: Vec::new(),
            live: Vec::new(),
            known: 0,
            members: Vec::new(),
            uncommon: Vec::new(),
            notes: Notes::default(),
            weight: None,
            keep: plan.keep.apart(),
            scratch: Vec::new(),
            earlier: Vec::new(),
            failed: false,
            overfull: false,
        };
        state.learn_columns(plan);
        state
    }

    fn learn_columns(&mut self, plan: &Plan) {
        self.live.extend(self.known..plan.values.len());
        self.known = plan.values.len();
        self.notes.resize(self.known);
    }

    /// Takes `count` records, which stand in `row`, counted from 0 in the block, and the rows that follow. What is wrong
    /// with them is noted and told in the end.
    ///
    /// Column by column, because a loop over the cells of one column does little for each; what is no plain number is left
    /// for later.
    #[inline]
    pub(super) fn records(&mut self, plan: &Plan, row: u64, count: usize, records: &impl Records) {
        if self.known < plan.values.len() {
            self.learn_columns(plan);
        }
        let count = self.find_groups(plan, row, count, records);
        let direct = plan.is_plain();
        for value in &self.live {
            let column = plan.values[*value];
            let mut take = |record: usize, taker: &mut Column| match records.cell(record, column) {
                Cell::Number(decimal) if direct => taker.numbers.push_decimal(decimal),
                _ => self.uncommon.push((record, *value)),
            };
            for record in 0..count {
                let group = if plan.groups.is_empty() { 0 } else { self.members[record] };
                take(record, &mut self.groups[group].columns[*value]);
            }
        }
        if !self.uncommon.is_empty() {
            self.take_uncommon(plan, row, records);
        }
    }

    /// Finds the groups of records and counts these; says how many records have one, for there may be too many groups.
    #[inline]
    fn find_groups(&mut self, plan: &Plan, row: u64, count: usize, records: &impl Records) -> usize {
        if plan.groups.is_empty() {
            if self.groups.is_empty() {
                self.add_group();
            }
            self.groups[0].make_room(plan, &self.keep, self.known);
            self.count_records(0, count as u64);
            return count;
        }
        self.members.clear();
        for record in 0..count {
            let recent = match plan.groups[..] {
                [column] => records.text(record, column).and_then(|text| self.keys.recent(text)),
                _ => None,
            };
            let found = recent.map_or_else(
                || self.group(plan, row + record as u64, |column, key| records.group(record, column, key)),
                Ok,
            );
            match found {
                Ok(group) => {
                    if self.groups[group].columns.len() < self.known {
                        self.groups[group].make_room(plan, &self.keep, self.known);
                    }
                    self.count_records(group, 1);
                    self.members.push(group);
                }
                Err(refused) => {
                    // Noted rather than returned: of several ends the first one is told.
                    self.fatal(refused.kind, row + record as u64, None, "too_many_groups", &refused.detail, None);
                    break;
                }
            }
        }
        self.members.len()
    }

    /// Takes the cells that were left, in the order of the records.
    #[inline(never)]
    fn take_uncommon(&mut self, plan: &Plan, row: u64, records: &impl Records) {
        let mut cells = std::mem::take(&mut self.uncommon);
        cells.sort_unstable();
        let mut dead = false;
        let mut weighed = None;
        for (record, value) in cells.drain(..) {
            if weighed.replace(record) != Some(record) {
                self.weigh(plan, |column, text| records.group(record, column, text));
            }
            if self.notes.first_bad[value].is_none() {
                let group = if plan.groups.is_empty() { 0 } else { self.members[record] };
                let cell = records.cell(record, plan.values[value]);
                let column = &mut self.groups[group].columns[value];
                dead |=
                    !uncommon(plan, &mut self.notes, column, value, row + record as u64, cell, self.weight.as_ref());
            }
        }
        self.uncommon = cells;
        if dead {
            let first_bad = &self.notes.first_bad;
            self.live.retain(|value| first_bad[*value].is_none());
        }
    }

    /// The index of the group to which a record belongs whose cells `value` adds to a key, made if it is new. Without
    /// columns to group by there is one.
    #[inline]
    pub(super) fn group(
        &mut self,
        plan: &Plan,
        row: u64,
        value: impl Fn(usize, &mut Vec<u8>) -> bool,
    ) -> Result<usize, Rejection> {
        self.weigh(plan, &value);
        if plan.groups.is_empty() {
            if self.groups.is_empty() {
                self.add_group();
            }
            return Ok(0);
        }
        let (group, new) = self.keys.find(&plan.groups, value);
        if new {
            if self.groups.len() >= plan.limits.groups {
                return Err(too_many_groups(plan.limits.groups));
            }
            if let Some((place, text)) = self.keys.not_utf8(group) {
                self.fatal(Kind::Malformed, row, Some(plan.groups[place]), "not_utf8", NOT_UTF8, Some(&text));
            }
            self.add_group();
        }
        Ok(group)
    }

    fn add_group(&mut self) {
        self.groups.push(Group::default());
        self.keep.frugal = self.groups.len() * self.known > FEW;
    }

    /// Finds the weight of a record, if weights were asked for.
    #[inline]
    fn weigh(&mut self, plan: &Plan, value: impl Fn(usize, &mut Vec<u8>) -> bool) {
        if let Some(column) = plan.weight {
            self.scratch.clear();
            value(column, &mut self.scratch);
            let weight = plan.weigh(&self.scratch);
            self.weight = Some(weight.map_err(|message| (message, self.scratch.clone())));
        }
    }

    /// Counts records of a group whose cells are given one by one, to [`Self::cell`].
    pub(super) fn count_records(&mut self, group: usize, records: u64) {
        self.notes.records += records;
        self.groups[group].records += records;
    }

    /// Takes a cell of the column that is number `value` among those described.
    #[inline]
    pub(super) fn cell(&mut self, plan: &Plan, group: usize, value: usize, row: u64, cell: Cell) {
        if value >= self.known {
            self.learn_columns(plan);
        }
        let group = &mut self.groups[group];
        if value >= group.columns.len() {
            group.make_room(plan, &self.keep, self.known);
        }
        let column = &mut group.columns[value];
        match cell {
            Cell::Number(decimal) if plan.is_plain() => column.numbers.push_decimal(decimal),
            cell if self.notes.first_bad[value].is_none() => {
                uncommon(plan, &mut self.notes, column, value, row, cell, self.weight.as_ref());
            }
            _ => {}
        }
    }

    /// Notes, for `nan_policy=raise`, the cells of the records before `row`, which first has a column that is described.
    pub(super) fn note_late(&mut self, plan: &Plan, value: usize, row: u64) {
        self.learn_columns(plan);
        let missing = &mut self.notes.missing[value];
        // Those of a column that was asked for are noted already.
        if missing.is_empty() {
            missing.extend((0..row).take(LISTED).map(|row| Spot::missing(plan.values[value], row, b"")));
        }
    }

    /// Notes, for `nan_policy=raise`, the cells that a record does not have: those of the columns that are not `present`.
    /// They are counted in the end.
    pub(super) fn note_absent(&mut self, plan: &Plan, row: u64, present: impl Fn(usize) -> bool) {
        if self.known < plan.values.len() {
            self.learn_columns(plan);
        }
        let missing = &mut self.notes.missing;
        let first_bad = &self.notes.first_bad;
        self.live.retain(|value| missing[*value].len() < LISTED && first_bad[*value].is_none());
        for value in self.live.iter().filter(|value| !present(**value)) {
            missing[*value].push(Spot::missing(plan.values[*value], row, b""));
        }
    }

    /// The columns whose cells still matter: those to group by, and those that may be described yet.
    pub(super) fn wanted(&self, plan: &Plan) -> Vec<usize> {
        plan.groups
            .iter()
            .chain(&plan.weight)
            .copied()
            .chain(self.live.iter().map(|value| plan.values[*value]))
            .collect()
    }

    /// Notes a record with more or fewer cells than the header.
    pub(super) fn ragged(&mut self, plan: &Plan, row: u64, cells: usize) {
        self.notes.bad.add(|| Spot {
            row,
            column: None,
            code: "ragged_row",
            message: format!("has {cells} cells and the header has {}; make them equal", plan.width()),
            input: None,
        });
    }

    /// Notes what makes further reading useless. The first note stands.
    pub(super) fn fatal(
        &mut self,
        kind: Kind,
        row: u64,
        column: Option<usize>,
        code: &'static str,
        message: &str,
        input: Option<&[u8]>,
    ) {
        if self.notes.fatal.is_none() {
            let spot = Spot { row, column, code, message: message.to_owned(), input: input.map(excerpt) };
            self.notes.fatal = Some((kind, spot));
        }
    }

    /// Whether something ended the reading of the block at hand.
    #[inline]
    pub(super) fn block_failed(&self) -> bool {
        self.notes.fatal.is_some()
    }

    /// Whether something ended the reading.
    pub(super) fn failed(&self) -> bool {
        self.failed || self.notes.fatal.is_some()
    }

    /// Ends the block that is number `place` of the table and has so many rows.
    pub(super) fn end_block(&mut self, place: u64, rows: u64) {
        let records = std::mem::take(&mut self.notes.records);
        let notes = (!self.notes.is_empty()).then(|| {
            let mut next = Notes::default();
            next.resize(self.known);
            // Blocks come to a state in their order, so the first cell of a column is in the first of them.
            for (told, other) in next.other_told.iter_mut().zip(&self.notes.first_other) {
                *told = other.is_some();
            }
            for (told, before) in next.other_told.iter_mut().zip(&self.notes.other_told) {
                *told |= before;
            }
            self.failed |= self.notes.fatal.is_some();
            Box::new(std::mem::replace(&mut self.notes, next))
        });
        self.earlier.push(Block { place, rows, records, notes });
    }

    /// Adds what another state found.
    pub(super) fn merge(&mut self, plan: &Plan, other: Self) {
        self.learn_columns(plan);
        let State { keys, groups, earlier, .. } = other;
        self.earlier.extend(earlier);
        if plan.groups.is_empty() {
            self.groups.resize_with(groups.len().max(self.groups.len()), Group::default);
        }
        for (theirs, index) in groups.into_iter().zip(0..) {
            let ours = if plan.groups.is_empty() { index } else { self.keys.find_key(keys.key(index)) };
            if ours == self.groups.len() {
                self.add_group();
            }
            match self.groups.get_mut(ours) {
                Some(group) if ours < plan.limits.groups => {
                    // What is merged is kept as what is read here.
                    group.make_room(plan, &self.keep, theirs.columns.len());
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
}

impl Group {
    fn make_room(&mut self, plan: &Plan, keep: &Keep, columns: usize) {
        if self.columns.len() < columns {
            let absent = vec![0; plan.options.absent.len()];
            let column = Column { numbers: Sample::new(keep), absent, ..Column::default() };
            self.columns.resize(columns, column);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.records += other.records;
        if self.columns.len() < other.columns.len() {
            self.columns.resize(other.columns.len(), Column::default());
        }
        for (ours, theirs) in self.columns.iter_mut().zip(&other.columns) {
            ours.merge(theirs);
        }
    }
}

impl Column {
    fn push_weighted(&mut self, decimal: Decimal, weight: Weight) {
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

    fn merge(&mut self, other: &Self) {
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
fn uncommon(
    plan: &Plan,
    notes: &mut Notes,
    column: &mut Column,
    value: usize,
    row: u64,
    cell: Cell,
    weight: Option<&Weighed>,
) -> bool {
    let text = if let Cell::Text(text) = cell { text.trim_ascii() } else { b"" };
    let shown = || if let Cell::Number(decimal) = cell { decimal.to_string() } else { excerpt(text) };
    let spot = |code, message: &str| Spot {
        row,
        column: Some(plan.values[value]),
        code,
        message: message.to_owned(),
        input: Some(shown()),
    };
    match plan.classify(cell, text) {
        Found::Number(decimal) => {
            match weight {
                None => column.numbers.push_decimal(decimal),
                Some(Ok(weight)) => column.push_weighted(decimal, *weight),
                Some(Err(_)) if plan.options.invalid_as_missing => column.invalid += 1,
                Some(Err((message, text))) => {
                    let input = Some(excerpt(text));
                    notes.bad.add(|| Spot { column: plan.weight, input, ..spot("weight", message) });
                }
            }
            return true;
        }
        Found::Special(Special::Absent(code)) => column.absent[code] += 1,
        Found::Special(Special::Missing) => {
            column.numbers.push_missing();
            if plan.note_missing && notes.missing[value].len() < LISTED {
                notes.missing[value].push(Spot::missing(plan.values[value], row, shown().as_bytes()));
            }
        }
        Found::Bad(_) if !plan.asked => {
            notes.first_bad[value] = Some(spot("", ""));
            return false;
        }
        Found::Bad(_) if std::str::from_utf8(text).is_err() => {
            notes.fatal.get_or_insert_with(|| (Kind::Malformed, spot("not_utf8", NOT_UTF8)));
        }
        Found::Bad(_) if plan.options.invalid_as_missing => column.invalid += 1,
        Found::Bad(ParseError::NotANumber) => notes.bad.add(|| spot("float_parsing", "should be a number")),
        Found::Bad(ParseError::OutOfRange) => notes.bad.add(|| spot("out_of_range", OUT_OF_RANGE)),
    }
    if !plan.asked && !notes.other_told[value] && notes.first_other[value].is_none() {
        notes.first_other[value] = Some(spot("", ""));
    }
    true
}

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
pub(super) struct OpenTable {
    plan: Plan,
    state: State,
    records: u64,
    bad: Problems,
    /// Noted missing cells and their values.
    missing: Vec<(usize, Problem)>,
    /// By value, with rows of the file.
    first_bad: Vec<Option<Spot>>,
    first_other: Vec<Option<Spot>>,
    first_row: u64,
}

impl OpenTable {
    /// Says of every problem that it is in the file of this name.
    pub(super) fn within(&mut self, name: &str) {
        self.bad.within(name);
        let name = excerpt(name.as_bytes());
        self.missing.iter_mut().for_each(|(_, problem)| problem.within(&name));
    }

    /// Adds the records of the table that follows; its columns may be in another order.
    ///
    /// # Errors
    /// When it has other columns, or there are too many groups.
    pub(super) fn merge(&mut self, next: Self) -> Result<(), Rejection> {
        let order = self.plan.places_in(&next.plan)?;
        let Self { state, mut first_bad, mut first_other, .. } = next;
        for (ours, theirs) in [(&mut self.first_bad, &mut first_bad), (&mut self.first_other, &mut first_other)] {
            for (ours, place) in ours.iter_mut().zip(&order) {
                *ours = ours.take().or_else(|| theirs[*place].take());
            }
        }
        self.records += next.records;
        self.bad.append(next.bad);
        let place = |theirs| order.iter().position(|place| *place == theirs).unwrap_or_default();
        self.missing.extend(next.missing.into_iter().map(|(theirs, problem)| (place(theirs), problem)));
        self.state.merge(&self.plan, state.reordered(&order));
        if self.state.overfull { Err(too_many_groups(self.plan.limits.groups)) } else { Ok(()) }
    }

    /// Decides what is described.
    ///
    /// # Errors
    /// What was noted of single records: ragged rows, bad cells; or that there is no record.
    pub(super) fn finish(self) -> Result<Table, Rejection> {
        self.bad.into_result()?;
        if self.records == 0 {
            return Err(super::part::none());
        }
        let plan = self.plan;
        let described = self.state.describe(&plan, &self.first_bad);
        let skipped = plan.values.iter().enumerate().filter(|(value, _)| !described.contains(value));
        let skipped = skipped.map(|(value, column)| {
            let spot = self.first_bad[value].clone().or_else(|| self.first_other[value].clone());
            let (row, value) =
                spot.map_or((self.first_row, String::new()), |spot| (spot.row, spot.input.unwrap_or_default()));
            Skipped { column: plan.names[*column].clone(), row, value }
        });
        let skipped = skipped.collect();
        let results = self.state.results(&plan, &described);
        if plan.note_missing {
            let noted = self.missing.into_iter().filter(|(value, _)| described.contains(value));
            let by_group = results.iter().filter(|result| result.group.is_some() == plan.is_grouped());
            let count = by_group.map(|result| result.numbers.missing()).sum();
            Problems::new(noted.map(|(_, problem)| problem).take(LISTED).collect(), count).into_result()?;
        }
        Ok(Table {
            rows: self.records,
            group_by: plan.groups.iter().map(|column| plan.names[*column].clone()).collect(),
            codes: plan.options.absent,
            counts_invalid: plan.options.invalid_as_missing,
            results,
            skipped,
        })
    }
}

impl State {
    /// The state with the values in another order: the place of each.
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
    pub(super) fn finish(mut self, plan: Plan, first_row: u64) -> Result<OpenTable, Rejection> {
        if self.notes.records > 0 || self.notes.fatal.is_some() {
            self.end_block(u64::MAX, 0);
        }
        self.learn_columns(&plan);
        let notes = self.all_notes(first_row, plan.values.len());
        if let Some((kind, spot)) = notes.fatal {
            return Err(Rejection::one(kind, spot.problem(&plan)));
        }
        if self.overfull {
            return Err(too_many_groups(plan.limits.groups));
        }
        Ok(OpenTable {
            bad: notes.bad.into_problems(&plan),
            missing: missing_problems(&plan, notes.missing),
            records: notes.records,
            first_bad: notes.first_bad,
            first_other: notes.first_other,
            first_row,
            state: self,
            plan,
        })
    }

    /// The notes of all blocks, with row numbers of the whole table.
    fn all_notes(&mut self, first_row: u64, values: usize) -> Notes {
        let mut blocks = std::mem::take(&mut self.earlier);
        blocks.sort_unstable_by_key(|block| block.place);
        let mut all = Notes::default();
        all.resize(values);
        let mut row = first_row;
        for Block { rows, records, notes, .. } in blocks {
            let shift = |spot: Spot| Spot { row: spot.row + row, ..spot };
            all.records += records;
            let Some(notes) = notes else {
                row += rows;
                continue;
            };
            let notes = *notes;
            all.bad.count += notes.bad.count;
            let lists = std::iter::once((&mut all.bad.listed, notes.bad.listed));
            for (all, block) in lists.chain(all.missing.iter_mut().zip(notes.missing)) {
                let room = LISTED - all.len();
                all.extend(block.into_iter().take(room).map(shift));
            }
            for (all, block) in [(&mut all.first_bad, notes.first_bad), (&mut all.first_other, notes.first_other)] {
                for (all, block) in all.iter_mut().zip(block) {
                    *all = all.take().or_else(|| block.map(shift));
                }
            }
            if let Some((kind, spot)) = notes.fatal {
                all.fatal = Some((kind, shift(spot)));
                return all;
            }
            row += rows;
        }
        all
    }

    /// The values that are described: those asked for, or those with a number and without a bad cell.
    fn describe(&self, plan: &Plan, first_bad: &[Option<Spot>]) -> Vec<usize> {
        let has_number = |value: usize| {
            self.groups.iter().any(|group| group.columns.get(value).is_some_and(|column| !column.numbers.is_empty()))
        };
        (0..plan.values.len())
            .filter(|value| plan.asked || (first_bad[*value].is_none() && has_number(*value)))
            .collect()
    }

    fn results(mut self, plan: &Plan, described: &[usize]) -> Vec<TableResult> {
        let codes = plan.options.absent.len();
        let mut overall = Group::default();
        let mut results = Vec::new();
        let order = if plan.groups.is_empty() {
            (0..self.groups.len()).collect()
        } else {
            self.keys.in_order(plan.options.decimal_comma)
        };
        let grouped = !plan.groups.is_empty();
        for index in order {
            let mut group = std::mem::take(&mut self.groups[index]);
            group.columns.resize(plan.values.len(), Column::default());
            group.complete(codes, plan.weight.is_some());
            let key = grouped.then(|| self.keys.texts(index));
            if grouped && plan.options.overall {
                for value in described {
                    overall.columns.resize(plan.values.len(), Column::default());
                    overall.columns[*value].merge(&group.columns[*value]);
                }
            }
            results.extend(group.results(plan, described, key.as_deref()));
        }
        if grouped && plan.options.overall {
            results.extend(overall.results(plan, described, None));
        }
        results
    }
}

impl Group {
    /// Counts as missing what the records of the group do not have, such as members that a JSON record leaves out.
    fn complete(&mut self, codes: usize, is_weighted: bool) {
        for column in &mut self.columns {
            column.absent.resize(codes, 0);
            let present = column.cells(is_weighted);
            column.numbers.push_missing_times(self.records.saturating_sub(present));
        }
    }

    fn results(&mut self, plan: &Plan, described: &[usize], key: Option<&[Option<String>]>) -> Vec<TableResult> {
        let result = |value: &usize| {
            let column = std::mem::take(&mut self.columns[*value]);
            TableResult {
                column: plan.names[plan.values[*value]].clone(),
                group: key.map(<[_]>::to_vec),
                numbers: column.numbers,
                absent: column.absent,
                invalid: column.invalid,
            }
        };
        described.iter().map(result).collect()
    }
}

/// The missing cells that were noted, row by row, with their values.
fn missing_problems(plan: &Plan, noted: Vec<Vec<Spot>>) -> Vec<(usize, Problem)> {
    let mut spots: Vec<(usize, Spot)> = noted
        .into_iter()
        .enumerate()
        .flat_map(|(value, spots)| spots.into_iter().map(move |spot| (value, spot)))
        .collect();
    spots.sort_by_key(|(_, spot)| spot.row);
    spots.into_iter().map(|(value, spot)| (value, spot.problem(plan))).collect()
}

impl Spots {
    fn into_problems(self, plan: &Plan) -> Problems {
        Problems::new(self.listed.into_iter().map(|spot| spot.problem(plan)).collect(), self.count)
    }
}

impl Spot {
    fn missing(column: usize, row: u64, text: &[u8]) -> Self {
        let message = "is missing and nan_policy=raise; use omit to leave missing values out".to_owned();
        Self { row, column: Some(column), code: "missing_value", message, input: Some(excerpt(text)) }
    }

    fn problem(self, plan: &Plan) -> Problem {
        let mut loc = vec![Step::Name("body".into()), Step::Index(self.row)];
        let mut place = format!("row {}", self.row);
        if let Some(column) = self.column {
            loc.push(Step::Name(plan.names[column].clone()));
            place = format!("{place}, column {}", plan.names[column]);
        }
        Problem { loc, code: self.code, message: format!("{place}: {}", self.message), input: self.input }
    }
}

const OUT_OF_RANGE: &str = "is outside the range of a double, ±1.7976931348623157e308";

const NOT_UTF8: &str = "the text is not UTF-8; say encoding=windows-1252 or whatever it is, or save the file as UTF-8";

fn utf8_name(name: &[u8], used: bool) -> Result<String, Rejection> {
    if !used {
        return Ok(String::from_utf8_lossy(name).into_owned());
    }
    String::from_utf8(name.to_vec()).map_err(|_| {
        let loc = vec![Step::Name("body".into()), Step::Index(1)];
        Rejection::one(Kind::Malformed, Problem::new(loc, "not_utf8", format!("the header: {NOT_UTF8}"), Some(name)))
    })
}

/// The column that an option names.
fn find_column(written: &[String], option: &str, name: &str) -> Result<usize, Rejection> {
    let refuse = |code, message: String| {
        let loc = vec![Step::Name("query".into()), Step::Name(option.into())];
        Err(Rejection::one(Kind::Invalid, Problem::new(loc, code, message, Some(name.as_bytes()))))
    };
    let shown = |name: &str, number: usize| if name.is_empty() { format!("column_{number}") } else { name.to_owned() };
    let names: Vec<String> = written.iter().zip(1..).map(|(name, number)| shown(name, number)).collect();
    match names.iter().filter(|known| *known == name).count() {
        1 => Ok(names.iter().position(|known| known == name).unwrap_or_default()),
        0 => {
            let nearest = names.iter().min_by_key(|known| strsim::damerau_levenshtein(name, known));
            let nearest = nearest.map(|nearest| format!("; did you mean '{}'?", excerpt(nearest.as_bytes())));
            let some: Vec<_> = names.iter().take(20).map(|name| excerpt(name.as_bytes())).collect();
            let message = format!(
                "there is no column '{}'{} The columns are {}",
                excerpt(name.as_bytes()),
                nearest.unwrap_or_else(|| ".".into()),
                some.join(", ")
            );
            refuse("unknown_column", message)
        }
        _ => refuse(
            "repeated_column",
            format!("the header has '{name}' twice, so it is not clear which is meant; rename one"),
        ),
    }
}

/// Names for the columns, all different: an empty one by its number, a repeated one with a number behind it.
fn different(written: Vec<String>) -> Vec<String> {
    let mut uses: HashMap<String, usize> = HashMap::new();
    for name in &written {
        uses.entry(name.clone()).or_default();
    }
    let mut names = Vec::with_capacity(written.len());
    for (name, number) in written.into_iter().zip(1..) {
        let name = if name.is_empty() { format!("column_{number}") } else { name };
        let count = uses.entry(name.clone()).or_default();
        *count += 1;
        let mut suffix = *count;
        let mut unique = name.clone();
        while suffix > 1 {
            unique = format!("{name}_{suffix}");
            if !uses.contains_key(&unique) {
                uses.insert(unique.clone(), 1);
                break;
            }
            suffix += 1;
        }
        names.push(unique);
    }
    names
}

/// The codes and markers that are numbers, with what they mean.
fn numeric_specials(options: &TableOptions) -> Vec<(Decimal, Special)> {
    let number = |text: &String| match Number::parse(text.as_bytes()) {
        Ok(Number::Finite(decimal)) => Some(decimal),
        _ => None,
    };
    let absent = options.absent.iter().enumerate().filter_map(|(i, code)| Some((number(code)?, Special::Absent(i))));
    // None of the usual markers is one.
    let missing = options.missing.iter().flatten().filter_map(|marker| Some((number(marker)?, Special::Missing)));
    absent.chain(missing).collect()
}

pub(super) fn too_many_columns(limit: usize) -> Rejection {
    let message = format!("the table has more than {limit} columns, the limit of --column-limit (COLUMN_LIMIT)");
    Rejection::new(Kind::TooLarge, message)
}

fn too_many_groups(limit: usize) -> Rejection {
    let message = format!("there are more than {limit} groups, the limit of --group-limit (GROUP_LIMIT)");
    Rejection::new(Kind::TooLarge, message)
}

/// Refuses an axis, which no table has.
pub(super) fn check_axis(options: &Options) -> Result<(), Rejection> {
    let Some((_, origin)) = options.axis else { return Ok(()) };
    let loc = vec![Step::Name(origin.name().into()), Step::Name("axis".into())];
    let message = "axis is for nested arrays; a table is described by column";
    Err(Rejection::one(Kind::Invalid, Problem::new(loc, "axis", message, None)))
}
