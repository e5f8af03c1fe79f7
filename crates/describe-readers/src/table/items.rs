//! Items of a test: columns whose cells are taken candidate by candidate.
//!
//! Input: the columns that options name as items, and the cells of each record. Output: an [`ItemTable`] with a tally for each group.
//! Invariant: tallies merge exactly, so that the result does not depend on the blocks.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use describe::{Decimal, Number, trim_blanks};
use describe_items::{ItemCell, ItemRules, ItemTally, MAX_DECIMALS, MAX_ITEMS, MAX_MARK, Mark};
use describe_options::{
    Diagnostic, InputError, ItemFault, ItemOptions, Maxima, OptionName, Options, Origins, TableFault, TextFault,
    Totals, ValueFault, excerpt, with_maximum,
};

use super::aggregate::{Aggregate, too_many_groups};
use super::cell::{Cell, Records};
use super::diagnostics::{RecordDiagnostic, RecordDiagnostics};
use super::header::Headings;
use super::results::TableGroup;
use super::schema::{CellClass, Schema, SpecialValue};
use crate::group::{GroupKeys, key_of, key_values};
use crate::ledger::with_overhead;
use crate::spelling;
use describe::ParseError;

/// Results of item analysis.
#[derive(Debug)]
pub struct ItemTable {
    /// Names of the items, in the order of the test.
    pub names: Vec<String>,
    /// Maximum mark of each item, if it is known.
    pub maxima: Vec<Option<Mark>>,
    /// Right answers to the items, if they are of multiple choice; otherwise empty.
    pub keys: Vec<String>,
    /// Candidates of each group; then those of margins, then those of all groups.
    pub results: Vec<ItemResult>,
}

/// Candidates of one group.
#[derive(Debug)]
pub struct ItemResult {
    /// Group of the candidates.
    pub group: TableGroup,
    /// Candidates.
    pub tally: ItemTally,
}

/// Items of a schema.
#[derive(Clone, Debug)]
pub(super) struct ItemColumns {
    rules: ItemRules,
    pub(super) names: Vec<String>,
    pub(super) maxima: Vec<Option<Mark>>,
    keys: Vec<String>,
    /// Texts of items that were not reached.
    not_reached: HashSet<Vec<u8>>,
    /// Whether maximum marks are in the names of the columns.
    has_maxima_in_names: bool,
    /// Fault of the options, where it can only be reported later.
    error: Option<InputError>,
    origins: Origins,
}

/// Candidates of a group while they are read.
#[derive(Clone, Debug)]
pub(super) struct ItemGroup {
    tally: ItemTally,
    /// Number of cells of each item that are not numbers and were left out; empty before the first.
    invalid: Vec<u64>,
    /// Whether cells were read as Windows-1252.
    pub(super) has_windows_1252: bool,
}

/// Cells of the current record.
#[derive(Debug, Default)]
pub(super) struct ItemRow {
    cells: Vec<ItemCell>,
    /// Place in `text` of the answer to each item of multiple choice.
    answers: Vec<Range<usize>>,
    text: Vec<u8>,
    /// Values whose cell is not a number.
    invalid: Vec<usize>,
    has_windows_1252: bool,
}

impl ItemColumns {
    /// Items among the columns of a header, and their indexes.
    ///
    /// # Errors
    /// Columns that do not exist, or are named twice; maximum marks or a key that do not fit the items.
    pub(super) fn find(
        written: &[String],
        groups: &[usize],
        options: &Options,
    ) -> Result<(Self, Vec<usize>), InputError> {
        let (given, origins) = (&options.table.items, options.origins());
        let in_names = given.maxima == Maxima::Header;
        let bare: Vec<String> = written.iter().map(|name| bare_name(name, in_names).to_owned()).collect();
        let headings = Headings::new(&bare);
        let find = |name: &str| headings.find(origins, OptionName::Items, name);
        let mut columns = Vec::new();
        for item in &given.items {
            match range_of(item).filter(|_| !bare.contains(item)) {
                Some((first, last)) => {
                    let (first, last) = (find(first)?, find(last)?);
                    if first > last {
                        return Err(fault(origins, ItemFault::RangeBackwards { range: excerpt(item.as_bytes()) }));
                    }
                    columns.extend(first..=last);
                }
                None => columns.push(find(item)?),
            }
        }
        let names = headings.into_names();
        let mut seen: HashSet<usize> = groups.iter().copied().collect();
        if let Some(repeated) = columns.iter().find(|column| !seen.insert(**column)) {
            return Err(fault(origins, ItemFault::Repeated { name: excerpt(names[*repeated].as_bytes()) }));
        }
        let mut items = Self::of(columns.iter().map(|column| names[*column].clone()).collect(), given, origins)?;
        if in_names {
            for (maximum, column) in items.maxima.iter_mut().zip(&columns) {
                *maximum = Some(maximum_in(&written[*column]).ok_or_else(|| no_maximum(origins, &written[*column]))?);
            }
        }
        Ok((items, columns))
    }

    /// Items of a table whose columns appear while it is read. A range counts from one number to another.
    /// [`Self::check_options`] returns the error of options that do not fit.
    pub(super) fn open(options: &Options) -> Self {
        let found = Self::named(options);
        found.unwrap_or_else(|error| Self {
            error: Some(error),
            ..Self::without(&options.table.items, options.origins())
        })
    }

    /// Items by their names alone.
    fn named(options: &Options) -> Result<Self, InputError> {
        let (given, origins) = (&options.table.items, options.origins());
        let mut names = Vec::new();
        for item in &given.items {
            let Some(range) = range_of(item) else {
                names.push(item.clone());
                continue;
            };
            let counted = counted(range, MAX_ITEMS);
            let not_counted = || fault(origins, ItemFault::RangeDoesNotCount { range: excerpt(item.as_bytes()) });
            names.extend(counted.ok_or_else(not_counted)?);
        }
        let mut seen: HashSet<&str> = options.table.group_by.iter().map(String::as_str).collect();
        if let Some(repeated) = names.iter().find(|name| !seen.insert(name)) {
            return Err(fault(origins, ItemFault::Repeated { name: excerpt(repeated.as_bytes()) }));
        }
        Self::of(names, given, origins)
    }

    fn of(names: Vec<String>, given: &ItemOptions, origins: &Origins) -> Result<Self, InputError> {
        if names.len() > MAX_ITEMS {
            return Err(fault(origins, ItemFault::TooMany { max: MAX_ITEMS }));
        }
        let answers = given.key.len();
        if answers > 0 && answers != names.len() {
            return Err(fault(origins, ItemFault::KeyLength { answers, items: names.len() }));
        }
        let mut maxima = vec![(answers > 0).then_some(Mark { units: 1, decimals: 0 }); names.len()];
        if let Maxima::Listed(listed) = &given.maxima {
            let places: HashMap<&str, usize> = names.iter().map(String::as_str).zip(0..).collect();
            for (name, maximum) in listed {
                let place = places.get(name.as_str());
                let place =
                    place.ok_or_else(|| fault(origins, ItemFault::NotAnItem { name: excerpt(name.as_bytes()) }))?;
                maxima[*place] = Some(*maximum);
            }
            if let Some((name, _)) = names.iter().zip(&maxima).find(|(_, maximum)| maximum.is_none()) {
                return Err(fault(origins, ItemFault::NoMaximumInList { name: excerpt(name.as_bytes()) }));
            }
        }
        Ok(Self { names, maxima, keys: given.key.clone(), ..Self::without(given, origins) })
    }

    /// The rules without any item.
    fn without(given: &ItemOptions, origins: &Origins) -> Self {
        Self {
            rules: ItemRules { unanswered: given.unanswered, not_reached_is_told: !given.not_reached.is_empty() },
            names: Vec::new(),
            maxima: Vec::new(),
            keys: Vec::new(),
            not_reached: given.not_reached.iter().map(|text| text.as_bytes().to_vec()).collect(),
            has_maxima_in_names: given.maxima == Maxima::Header,
            error: None,
            origins: origins.clone(),
        }
    }

    /// Checks the options of a table whose columns appear while it is read.
    ///
    /// # Errors
    /// A range that does not count; maximum marks or a key that do not fit the items.
    pub(super) fn check_options(&self) -> Result<(), InputError> {
        self.error.clone().map_or(Ok(()), Err)
    }

    /// Name of an item in the name of a column.
    pub(super) fn bare<'n>(&self, name: &'n str) -> &'n str {
        bare_name(name, self.has_maxima_in_names)
    }

    /// Takes the maximum mark of an item from the name of its column, if it is there.
    pub(super) fn take_maximum(&mut self, value: usize, name: &str) {
        if self.has_maxima_in_names {
            self.maxima[value] = maximum_in(name);
        }
    }

    /// Checks that all maximum marks are known that the names of columns should have.
    ///
    /// # Errors
    /// A column without one.
    pub(super) fn check_maxima(&self) -> Result<(), InputError> {
        let mut without = self.names.iter().zip(&self.maxima).filter(|(_, maximum)| maximum.is_none());
        match without.next().filter(|_| self.has_maxima_in_names) {
            Some((name, _)) => Err(no_maximum(&self.origins, name)),
            None => Ok(()),
        }
    }

    /// Whether the cells are answers to items of multiple choice.
    pub(super) fn has_keys(&self) -> bool {
        !self.keys.is_empty()
    }

    /// Memory of a group without candidates.
    pub(super) fn group_bytes(&self) -> usize {
        with_overhead(size_of::<ItemGroup>())
    }

    /// A group without candidates.
    pub(super) fn new_group(&self) -> ItemGroup {
        ItemGroup { tally: ItemTally::new(self.names.len(), self.rules), invalid: Vec::new(), has_windows_1252: false }
    }

    /// The maximum marks of a record below the header row, of which `text` gives the cell of a value.
    ///
    /// # Errors
    /// A cell that is not a number above 0.
    pub(super) fn set_maxima(&mut self, text: impl Fn(usize) -> Option<Decimal>) -> Result<(), InputError> {
        for (value, (name, maximum)) in self.names.iter().zip(&mut self.maxima).enumerate() {
            let mark = text(value).and_then(Mark::of).filter(|mark| mark.units > 0);
            let none = || fault(&self.origins, ItemFault::NoMaximumInRow { name: excerpt(name.as_bytes()) });
            *maximum = Some(mark.ok_or_else(none)?);
        }
        Ok(())
    }

    /// The table of these results.
    pub(super) fn into_table(self, results: Vec<ItemResult>) -> ItemTable {
        ItemTable { names: self.names, maxima: self.maxima, keys: self.keys, results }
    }

    /// Whether another file has the same items.
    pub(super) fn equals(&self, other: &Self) -> bool {
        self.maxima == other.maxima && self.names == other.names
    }
}

impl ItemGroup {
    pub(super) fn merge(&mut self, other: &Self) {
        self.tally.merge(&other.tally);
        if !other.invalid.is_empty() {
            self.invalid.resize(other.invalid.len(), 0);
            self.invalid.iter_mut().zip(&other.invalid).for_each(|(ours, theirs)| *ours += theirs);
        }
        self.has_windows_1252 |= other.has_windows_1252;
    }

    /// Adds the candidate of a record.
    pub(super) fn push(&mut self, row: &mut ItemRow, has_keys: bool) {
        let answer = |item: usize| &row.text[row.answers[item].clone()];
        self.tally.push(&row.cells, if has_keys { Some(&answer) } else { None });
        if !row.invalid.is_empty() {
            self.invalid.resize(row.cells.len(), 0);
            row.invalid.iter().for_each(|value| self.invalid[*value] += 1);
        }
        self.has_windows_1252 |= row.has_windows_1252;
    }
}

impl ItemRow {
    /// A record of which no cell is known.
    pub(super) fn clear(&mut self, items: usize) {
        self.cells.clear();
        self.cells.resize(items, ItemCell::Blank);
        self.answers.clear();
        self.answers.resize(items, 0..0);
        self.text.clear();
        self.invalid.clear();
        self.has_windows_1252 = false;
    }

    /// Sets a cell. Cells that are not marks are classified by the options, and refused ones are diagnosed.
    #[inline]
    pub(super) fn set(
        &mut self,
        schema: &Schema,
        items: &ItemColumns,
        diagnostics: &mut RecordDiagnostics,
        value: usize,
        row: u64,
        cell: Cell,
    ) {
        self.cells[value] = match cell {
            Cell::Missing => ItemCell::Blank,
            Cell::Number(number) if !items.has_keys() && !schema.has_numeric_codes() => match Mark::of(number) {
                Some(mark) => ItemCell::Mark(mark),
                None => self.uncommon(schema, items, diagnostics, value, row, cell),
            },
            cell => self.uncommon(schema, items, diagnostics, value, row, cell),
        };
    }

    #[inline(never)]
    fn uncommon(
        &mut self,
        schema: &Schema,
        items: &ItemColumns,
        diagnostics: &mut RecordDiagnostics,
        value: usize,
        row: u64,
        cell: Cell,
    ) -> ItemCell {
        let shown = if let Cell::Number(number) = cell { number.to_string() } else { String::new() };
        let written = if let Cell::Text(text) = cell { trim_blanks(text) } else { shown.as_bytes() };
        let decoded = schema.decoded(written);
        let text = decoded.as_ref().map_or(written, |text| trim_blanks(text.as_bytes()));
        self.has_windows_1252 |= decoded.is_some();
        if items.not_reached.contains(text) {
            return ItemCell::NotReached;
        }
        let class = schema.classify(cell, text);
        let column = schema.values[value];
        match class {
            CellClass::Special(SpecialValue::Missing) => ItemCell::Blank,
            CellClass::Special(SpecialValue::Absent(_)) => ItemCell::Absent,
            CellClass::Number(_) | CellClass::Invalid(_) if std::str::from_utf8(text).is_err() => {
                diagnostics.fatal.get_or_insert_with(|| {
                    RecordDiagnostic::new(row, Some(column), TextFault::CellNotUtf8.into(), Some(excerpt(text)))
                });
                ItemCell::Blank
            }
            CellClass::Number(_) | CellClass::Invalid(_) if items.has_keys() => {
                let start = self.text.len();
                self.text.extend_from_slice(text);
                self.answers[value] = start..self.text.len();
                let is_right = items.keys[value].as_bytes() == text;
                ItemCell::Mark(Mark { units: i32::from(is_right), decimals: 0 })
            }
            CellClass::Number(number) => match Mark::of(number) {
                Some(mark) => ItemCell::Mark(mark),
                None => {
                    let fault = ItemFault::NotAMark { max: MAX_MARK, decimals: MAX_DECIMALS };
                    diagnostics.bad_cells.add(row, column, text, || fault.into());
                    ItemCell::Blank
                }
            },
            CellClass::Invalid(_) if schema.options.invalid_as_missing => {
                self.invalid.push(value);
                ItemCell::Blank
            }
            CellClass::Invalid(error) => {
                diagnostics.bad_cells.add(row, column, text, || match error {
                    ParseError::NotANumber => TableFault::NotANumber(spelling::fault(&schema.options, text)).into(),
                    ParseError::OutOfRange => ValueFault::OutOfRange.into(),
                });
                ItemCell::Blank
            }
        }
    }
}

impl Aggregate {
    /// Adds a batch of records of items, whose groups are found.
    pub(super) fn item_records(
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

    /// Tallies in the order of the groups' values, and the number of invalid cells of each item.
    ///
    /// # Errors
    /// More memory or time than the task may take; an item with too many different answers.
    pub(super) fn item_results(
        mut self,
        schema: &Schema,
        items: &ItemColumns,
    ) -> Result<(Vec<ItemResult>, Vec<u64>), InputError> {
        let grouped = schema.is_grouped();
        let has_overall = grouped && schema.options.totals != Totals::None;
        // Of one group column the margin is the groups.
        let margins = if grouped && schema.options.totals == Totals::Margins { schema.group_names().len() } else { 0 };
        let mut margins: Vec<(GroupKeys, Vec<ItemGroup>)> =
            (0..margins).filter(|_| margins > 1).map(|_| Default::default()).collect();
        let mut overall = items.new_group();
        let mut invalid = vec![0; items.names.len()];
        let mut results = Vec::new();
        let order = if grouped { self.keys.sorted(&schema.options) } else { (0..self.groups.len()).collect() };
        for index in order {
            let Some(group) = self.groups[index].items.take() else { continue };
            invalid.iter_mut().zip(&group.invalid).for_each(|(sum, count)| *sum += count);
            let of_margins: usize = margins.iter().map(|(_, groups)| groups.len()).sum();
            if self.groups.len() + of_margins > schema.limits.groups {
                return Err(too_many_groups(schema.limits.groups));
            }
            for (position, (keys, groups)) in margins.iter_mut().enumerate() {
                let value = key_values(self.keys.key(index)).nth(position).flatten();
                let place = keys.find_key(&key_of([value]));
                if place == groups.len() {
                    keys.charge(place, schema.ledger())?;
                    schema.ledger().charge(items.group_bytes())?;
                    groups.push(items.new_group());
                }
                groups[place].merge(&group);
                schema.ledger().check()?;
            }
            if has_overall {
                overall.merge(&group);
                schema.ledger().check()?;
            }
            let key = if grouped { TableGroup::Full(self.keys.texts(index).into()) } else { TableGroup::All };
            results.push(ItemResult { group: key, tally: group.tally });
        }
        for (position, (keys, groups)) in margins.into_iter().enumerate() {
            let mut groups: Vec<Option<ItemGroup>> = groups.into_iter().map(Some).collect();
            for index in keys.sorted(&schema.options) {
                let value = keys.texts(index).into_iter().next().flatten();
                let Some(group) = groups[index].take() else { continue };
                results.push(ItemResult { group: TableGroup::Margin(position, value.into()), tally: group.tally });
            }
        }
        if has_overall {
            results.push(ItemResult { group: TableGroup::All, tally: overall.tally });
        }
        let crowded = results.iter().find_map(|result| result.tally.too_many_choices());
        if let Some(item) = crowded {
            let name = excerpt(items.names[item].as_bytes());
            return Err(fault(&items.origins, ItemFault::TooManyAnswers { name, max: describe_items::MAX_CHOICES }));
        }
        Ok((results, invalid))
    }
}

/// First and last column of a range.
fn range_of(item: &str) -> Option<(&str, &str)> {
    let (first, last) = item.split_once("..")?;
    Some((first.trim(), last.trim())).filter(|(first, last)| !first.is_empty() && !last.is_empty())
}

/// Names from one number to another, such as Q8, Q9, Q10; as many as `max` and one more.
fn counted((first, last): (&str, &str), max: usize) -> Option<Vec<String>> {
    let split = |name: &str| {
        let digits = name.bytes().rev().take_while(u8::is_ascii_digit).count();
        let (prefix, number) = name.split_at(name.len() - digits);
        Some((prefix.to_owned(), number.parse::<u32>().ok()?, number.starts_with('0').then_some(digits)))
    };
    let ((prefix, from, width), (other, to, _)) = (split(first)?, split(last)?);
    let name = |number: u32| match width {
        Some(width) => format!("{prefix}{number:0width$}"),
        None => format!("{prefix}{number}"),
    };
    (prefix == other && from <= to).then(|| (from..=to).take(max + 1).map(name).collect())
}

fn bare_name(name: &str, has_maximum: bool) -> &str {
    with_maximum(name).filter(|_| has_maximum).map_or(name, |(name, _)| name)
}

/// Maximum mark in the name of a column.
fn maximum_in(name: &str) -> Option<Mark> {
    let (_, text) = with_maximum(name)?;
    match Number::parse(text.as_bytes()) {
        Ok(Number::Finite(number)) => Mark::of(number).filter(|mark| mark.units > 0),
        _ => None,
    }
}

fn no_maximum(origins: &Origins, name: &str) -> InputError {
    fault(origins, ItemFault::NoMaximumInName { name: excerpt(name.as_bytes()) })
}

/// Error at the option that is at fault.
fn fault(origins: &Origins, fault: ItemFault) -> InputError {
    match fault.option() {
        Some(option) => Diagnostic::new(origins.location(option), fault).into(),
        None => InputError::of_data(fault),
    }
}
