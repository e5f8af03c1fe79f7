//! Schema of a table.
//!
//! Input: the column names and the options. Output: the columns to describe, to group by and to weight by, and the
//! classification of cells and weights by the options. Invariant: column names are unique.

use std::collections::{HashMap, HashSet};

use std::borrow::Cow;

use super::cell::Cell;
use super::header::{FILE_COLUMN, FileColumn, Headings, find_groups, too_many_columns, unique_names, utf8_name};
use super::item_columns::ItemColumns;
use crate::ledger::Ledger;
use crate::limits::Limits;
use crate::spelling;
use crate::transcode::from_windows_1252;
use describe::{Decimal, NanPolicy, Number, ParseError, Retention, trim_blanks};
#[cfg(feature = "grades")]
use describe_options::Location;
use describe_options::{
    Axis, DatasetFault, InputError, Maxima, OptionName, Options, Origins, TableFault, TableOptions, excerpt,
};

/// Columns of a table by their use, and the rules that classify their cells.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    /// Unique column names.
    pub(super) names: Vec<String>,
    /// Indexes of the group columns, in the requested order.
    pub(super) groups: Vec<usize>,
    /// Group column of the files' names, which are not read from the records: see [`Self::open`] for where `groups` has it.
    pub(super) file: Option<FileColumn>,
    /// Indexes of the columns that are described if they are numeric. "Value" means an index into this list.
    pub(super) values: Vec<usize>,
    /// Index of the column of weights.
    pub(super) weight: Option<usize>,
    /// Whether the values were requested by name: then an invalid cell is an error.
    pub(super) is_explicit: bool,
    /// Whether cells that are not UTF-8 are Windows-1252: in a text whose encoding nobody declared.
    reads_windows_1252: bool,
    pub(super) options: TableOptions,
    origins: Origins,
    /// Absence codes and missing markers that are numbers: they also match by value.
    numeric_codes: HashMap<Decimal, SpecialValue>,
    /// Places of the categories by their text, if they are counted in place of numbers.
    categories: Option<HashMap<Vec<u8>, u64>>,
    /// Absence codes by their text.
    codes: HashMap<Vec<u8>, usize>,
    /// Missing markers, if they were given.
    markers: Option<HashSet<Vec<u8>>>,
    /// Whether missing cells are listed, for `nan_policy=raise`.
    pub(super) list_missing: bool,
    pub(super) limits: Limits,
    /// Items of a test, if they are analysed; then the values are their columns.
    pub(super) items: Option<ItemColumns>,
    /// Retention of the numbers.
    pub(super) retention: Retention,
}

/// Weight of a number.
#[derive(Clone, Copy, Debug)]
pub(super) enum Weight {
    /// Frequency: the number counts as repeated values.
    Times(u64),
    /// Reliability weight.
    Reliability(Decimal),
}

/// Weight of a record, or the fault and the text of an invalid one.
pub(super) type WeightResult = Result<Weight, (TableFault, Vec<u8>)>;

/// Use of a column: its position among the group columns, where the column of weights follows the last one, and its
/// position among the values.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Role {
    pub(crate) group: Option<usize>,
    pub(crate) value: Option<usize>,
}

/// Meaning of a cell that is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpecialValue {
    /// Absence code with this index.
    Absent(usize),
    Missing,
}

/// Classification of a cell.
pub(crate) enum CellClass {
    Number(Decimal),
    Special(SpecialValue),
    Invalid(ParseError),
}

/// Copies of the names of a header while a table is read: the header, the names as written and the unique ones, for a part of the
/// threads, and in the sample.
const NAME_COPIES: usize = 6;

impl Schema {
    /// Creates a schema for the columns of a header.
    ///
    /// # Errors
    /// Too many columns, a requested column that does not exist or whose name is repeated, names that are not UTF-8,
    /// an axis other than that of the columns.
    pub(crate) fn new(header: &[impl AsRef<[u8]>], options: &Options, limits: &Limits) -> Result<Self, InputError> {
        if header.len() > limits.columns {
            return Err(too_many_columns(limits.columns));
        }
        let written = header.iter().map(|name| trim_blanks(name.as_ref()));
        let table = &options.table;
        let names: usize = header.iter().map(|name| name.as_ref().len()).sum();
        limits.ledger.charge(NAME_COPIES * (names + header.len() * size_of::<String>()))?;
        // Without requested columns every name appears in the results, and must be text.
        let all_used = table.columns.is_empty();
        let written: Vec<String> = written.map(|name| utf8_name(name, all_used)).collect::<Result<_, _>>()?;
        if limits.preview.is_some() {
            let values = (0..written.len()).collect();
            return Ok(Self::with(unique_names(written), Vec::new(), None, values, options, limits));
        }
        let headings = Headings::new(&written);
        let find = |option, name: &String| headings.find(options.origins(), option, name);
        let (groups, file) = find_groups(&headings, options.origins(), &table.group_by)?;
        if table.items.are_analysed() {
            check_built()?;
            let (items, values) = ItemColumns::find(headings.written(), &groups, options)?;
            let schema = Self::with(headings.into_names(), groups, None, values, options, limits);
            return Ok(Self { file, ..schema.with_items(items) });
        }
        check_correlations(table)?;
        check_grades(table)?;
        let weight = table.weights.as_ref().map(|name| find(OptionName::Weights, name)).transpose()?;
        let values = if table.columns.is_empty() {
            let groups: HashSet<usize> = groups.iter().copied().collect();
            (0..written.len()).filter(|column| !groups.contains(column) && Some(*column) != weight).collect()
        } else {
            table.columns.iter().map(|name| find(options.origins().column_option(), name)).collect::<Result<_, _>>()?
        };
        check_axis(options)?;
        Ok(Self { file, ..Self::with(headings.into_names(), groups, weight, values, options, limits) })
    }

    /// Creates a schema for a table whose columns appear while it is read: see [`Self::add_column`]. It begins with the
    /// requested columns: group columns, weights, values. [`Self::check_requested`] checks at the end that they exist. A group
    /// column of the files' names is among them, and null in every record.
    pub(crate) fn open(options: &Options, limits: &Limits) -> Self {
        if limits.preview.is_some() {
            return Self::with(Vec::new(), Vec::new(), None, Vec::new(), options, limits);
        }
        let table = &options.table;
        if cfg!(feature = "items") && table.items.are_analysed() {
            let items = ItemColumns::open(options);
            let groups = table.group_by.len();
            let names: Vec<String> = table.group_by.iter().chain(&items.names).cloned().collect();
            let values = (groups..names.len()).collect();
            return Self::with(names, (0..groups).collect(), None, values, options, limits).with_items(items);
        }
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

    /// The schema of items, whose columns are its values.
    fn with_items(self, items: ItemColumns) -> Self {
        Self { is_explicit: true, list_missing: false, items: Some(items), ..self }
    }

    /// Creates a schema for results that are not read from records: the group columns, and behind them the columns, as the options
    /// name them.
    pub(super) fn saved(options: &Options, limits: &Limits, retention: Retention) -> Self {
        let table = &options.table;
        let names: Vec<String> = table.group_by.iter().chain(&table.columns).cloned().collect();
        let groups = table.group_by.len();
        let values = (groups..names.len()).collect();
        Self { retention, ..Self::with(names, (0..groups).collect(), None, values, options, limits) }
    }

    /// Creates a schema from column indexes.
    fn with(
        names: Vec<String>,
        groups: Vec<usize>,
        weight: Option<usize>,
        values: Vec<usize>,
        options: &Options,
        limits: &Limits,
    ) -> Self {
        let table = &options.table;
        // Beside items they are refused when all options are known.
        let counts_categories = !table.categories.is_empty() && !table.items.are_analysed();
        Self {
            names,
            groups,
            file: None,
            values,
            weight,
            is_explicit: !table.columns.is_empty() && limits.preview.is_none(),
            reads_windows_1252: false,
            numeric_codes: numeric_codes(table),
            categories: (counts_categories && table.grade_boundaries.is_none() && limits.preview.is_none())
                .then(|| table.order.iter().map(|category| category.as_bytes().to_vec()).zip(0..).collect()),
            codes: table.absent.iter().map(|code| code.as_bytes().to_vec()).zip(0..).collect(),
            markers: table
                .missing
                .as_ref()
                .map(|markers| markers.iter().map(|text| text.as_bytes().to_vec()).collect()),
            options: table.clone(),
            origins: options.origins().clone(),
            list_missing: options.nan_policy == Some(NanPolicy::Raise) && limits.preview.is_none(),
            limits: limits.clone(),
            items: None,
            retention: limits.retention(options),
        }
    }

    /// Checks that the requested columns are among those of the table, which are `existing`. A group column `file` that is not
    /// has the names of the files.
    ///
    /// # Errors
    /// A requested column that does not exist.
    pub(crate) fn check_requested(&mut self, existing: &[String]) -> Result<(), InputError> {
        if self.is_preview() {
            return Ok(());
        }
        if self.options.items.are_analysed() {
            check_built()?;
        }
        check_correlations(&self.options)?;
        check_grades(&self.options)?;
        self.items().map_or(Ok(()), ItemColumns::check_options)?;
        let headings = Headings::new(existing);
        (_, self.file) = find_groups(&headings, &self.origins, &self.options.group_by)?;
        let check = |option, names: &[String]| {
            names.iter().try_for_each(|name| headings.find(&self.origins, option, name).map(|_| ()))
        };
        check(OptionName::Weights, self.options.weights.as_slice())?;
        check(self.origins.column_option(), &self.options.columns)?;
        self.items.as_mut().map_or(Ok(()), |items| items.check_columns(existing))
    }

    /// Columns that options name.
    fn requested(&self) -> impl Iterator<Item = &str> {
        let TableOptions { columns, group_by, weights, .. } = &self.options;
        let items = self.items.iter().flat_map(|items| &items.names);
        columns.iter().chain(group_by).chain(weights).chain(items).map(String::as_str)
    }

    /// Whether an option names this column.
    pub(crate) fn is_requested(&self, name: &[u8]) -> bool {
        self.requested().any(|requested| requested.as_bytes() == name)
    }

    /// Whether an option names a column whose path begins with this one and a point.
    pub(crate) fn is_requested_below(&self, path: &[u8]) -> bool {
        let rest = |requested: &str| requested.as_bytes().strip_prefix(path)?.first().copied();
        self.requested().any(|requested| rest(requested) == Some(b'.'))
    }

    /// Whether an option names a column by a path.
    pub(crate) fn has_paths(&self) -> bool {
        self.requested().any(|requested| requested.contains('.'))
    }

    /// Adds a column that appeared in the table, and returns its use. Each column may be added once.
    pub(crate) fn add_column(&mut self, name: &str) -> Role {
        let requested = if self.is_explicit { self.names.len() } else { self.key_columns() };
        let bare = self.items.as_ref().map_or(name, |items| items.bare(name));
        let mut known = self.names[..requested].iter();
        if let Some(column) = known.position(|known| known == name || known == bare) {
            let position = |columns: &[usize]| columns.iter().position(|known| *known == column);
            let weight = (self.weight == Some(column)).then_some(self.groups.len());
            return Role { group: position(&self.groups).or(weight), value: position(&self.values) };
        }
        if self.is_explicit {
            return Role::default();
        }
        self.names.push(name.to_owned());
        self.values.push(self.names.len() - 1);
        Role { group: None, value: Some(self.values.len() - 1) }
    }

    /// Adds a column with an empty heading; `added` columns of the table are not in the file.
    ///
    /// # Errors
    /// Too many columns.
    #[cfg(feature = "workbook")]
    pub(crate) fn add_unnamed_column(&mut self, added: usize) -> Result<(), InputError> {
        self.check_width(self.width() + 1)?;
        let mut name = format!("column_{}", self.width() + 1 - added);
        while self.names.contains(&name) {
            name.push_str("_2");
        }
        self.names.push(name);
        if !self.is_explicit {
            self.values.push(self.names.len() - 1);
        }
        Ok(())
    }

    /// Group columns.
    #[cfg(feature = "workbook")]
    pub(crate) fn group_columns(&self) -> &[usize] {
        &self.groups
    }

    /// Checks a number of columns against the limit.
    ///
    /// # Errors
    /// Too many columns.
    pub(crate) fn check_width(&self, columns: usize) -> Result<(), InputError> {
        if columns > self.limits.columns { Err(too_many_columns(self.limits.columns)) } else { Ok(()) }
    }

    /// Makes cells that are not UTF-8 be read as Windows-1252.
    pub(crate) fn with_windows_1252(self, reads_windows_1252: bool) -> Self {
        Self { reads_windows_1252, ..self }
    }

    /// Whether cells that are not UTF-8 are read as Windows-1252.
    pub(super) fn reads_windows_1252(&self) -> bool {
        self.reads_windows_1252
    }

    /// Text of a cell that is read as Windows-1252; `None` if it is UTF-8, or refused.
    pub(super) fn decoded(&self, text: &[u8]) -> Option<String> {
        self.reads_windows_1252.then(|| from_windows_1252(text)).flatten()
    }

    /// Whether there are group columns.
    pub(crate) fn is_grouped(&self) -> bool {
        !self.groups.is_empty() || self.file.is_some()
    }

    /// Names of the group columns, in the requested order.
    pub(super) fn group_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.groups.iter().map(|column| self.names[*column].clone()).collect();
        if let Some(file) = self.file.as_ref().filter(|_| !self.reads_file_column()) {
            names.insert(file.position, FILE_COLUMN.to_owned());
        }
        names
    }

    /// Whether the group column of the files' names is among those that are read.
    pub(super) fn reads_file_column(&self) -> bool {
        self.file.is_some() && self.groups.len() == self.options.group_by.len()
    }

    /// Names of the columns that are in the file.
    fn names_in_file(&self) -> Vec<&String> {
        self.names.iter().filter(|name| self.file.is_none() || *name != FILE_COLUMN).collect()
    }

    /// Number of key columns: the group columns and the column of weights, which is treated as the last of them.
    pub(crate) fn key_columns(&self) -> usize {
        self.groups.len() + usize::from(self.weight.is_some())
    }

    /// Whether there are key columns, correlations or items: then the cells of a record cannot be processed separately.
    pub(crate) fn has_key_columns(&self) -> bool {
        self.key_columns() > 0 || self.correlates() || self.items().is_some()
    }

    /// Parses the text of a weight.
    ///
    /// # Errors
    /// A missing or invalid weight.
    pub(super) fn parse_weight(&self, text: &[u8]) -> Result<Weight, TableFault> {
        const MAX_FREQUENCY: u64 = 1_000_000_000;
        let text = trim_blanks(text);
        let missing = text.is_empty() || self.options.is_marker(text);
        let Ok(decimal) = self.parse(text) else {
            return Err(if missing { TableFault::MissingWeight } else { TableFault::WeightNotANumber });
        };
        if self.options.has_reliability() {
            let positive = !decimal.is_zero() && !decimal.negative;
            return if positive { Ok(Weight::Reliability(decimal)) } else { Err(TableFault::WeightNotPositive) };
        }
        let times = decimal.to_integer().filter(|times| *times <= MAX_FREQUENCY);
        times.map(Weight::Times).ok_or(TableFault::WeightNotAFrequency { max: MAX_FREQUENCY })
    }

    /// Whether missing cells must be listed.
    pub(crate) fn lists_missing(&self) -> bool {
        self.list_missing
    }

    /// Position of each value among the values of a table with the same columns.
    ///
    /// # Errors
    /// Other columns.
    pub(super) fn positions_in(&self, other: &Self) -> Result<Vec<usize>, InputError> {
        let missing = |names: &[&String], others: &[&String]| {
            names.iter().find(|name| !others.contains(name)).map(|name| (*name).clone())
        };
        let (names, others) = (self.names_in_file(), other.names_in_file());
        // With requested columns other names do not matter, and some formats do not read them.
        if !self.is_explicit && names != others {
            if let Some(name) = missing(&names, &others) {
                return Err(InputError::of_data(DatasetFault::LacksColumn { name: excerpt(name.as_bytes()) }));
            }
            if let Some(name) = missing(&others, &names) {
                return Err(InputError::of_data(DatasetFault::HasColumn { name: excerpt(name.as_bytes()) }));
            }
        }
        let position = |value: &usize| {
            let name = &self.names[*value];
            other.values.iter().position(|theirs| other.names[*theirs] == *name)
        };
        let positions: Option<Vec<usize>> = self.values.iter().map(position).collect();
        positions.ok_or_else(|| InputError::of_data(DatasetFault::OtherColumns))
    }

    /// Where an option was given.
    #[cfg(feature = "grades")]
    pub(super) fn location(&self, option: OptionName) -> Location {
        self.origins.location(option)
    }

    /// What the table may take of memory and time.
    pub(crate) fn ledger(&self) -> &Ledger {
        &self.limits.ledger
    }

    /// Number of columns.
    pub(crate) fn width(&self) -> usize {
        self.names.len()
    }

    /// Columns that are read: group columns, weights, values.
    pub(crate) fn used(&self) -> impl Iterator<Item = usize> {
        self.groups.iter().chain(&self.weight).chain(&self.values).copied()
    }

    /// Whether options name the columns to describe.
    pub(crate) fn is_explicit(&self) -> bool {
        self.is_explicit
    }

    /// Columns whose cells must not exceed the limit of cells: a longer cell of another one shows that it is not numeric.
    pub(crate) fn needed_whole(&self) -> impl Iterator<Item = usize> {
        let values = if self.is_explicit { self.values.as_slice() } else { &[] };
        self.groups.iter().chain(&self.weight).chain(values).copied()
    }

    /// Classifies a cell. An absence code takes precedence over a missing marker, and both over a number.
    pub(super) fn classify(&self, cell: Cell, text: &[u8]) -> CellClass {
        if let Some(categories) = &self.categories {
            return self.classify_category(categories, cell, text);
        }
        let by_value = |decimal: Decimal| {
            let special =
                if self.numeric_codes.is_empty() { None } else { self.numeric_codes.get(&decimal.canonical()) };
            special.map_or(CellClass::Number(decimal), |special| CellClass::Special(*special))
        };
        match cell {
            Cell::Number(decimal) => return by_value(decimal),
            Cell::Missing => return CellClass::Special(SpecialValue::Missing),
            Cell::Text(_) => {}
        }
        // Mostly there are none, and a hash takes longer than all else.
        if !self.codes.is_empty()
            && let Some(code) = self.codes.get(text)
        {
            return CellClass::Special(SpecialValue::Absent(*code));
        }
        let missing = text.is_empty() || self.is_marker(text);
        match self.parse(text).map_or_else(CellClass::Invalid, by_value) {
            CellClass::Number(_) | CellClass::Invalid(_) if missing => CellClass::Special(SpecialValue::Missing),
            class => class,
        }
    }

    /// Classifies a cell of a column of categories, which has its key as a group column: its text, or the shortest text of its number. A
    /// category takes precedence over a missing marker.
    fn classify_category(&self, categories: &HashMap<Vec<u8>, u64>, cell: Cell, text: &[u8]) -> CellClass {
        let mut key = Vec::new();
        let text = match cell {
            Cell::Missing => return CellClass::Special(SpecialValue::Missing),
            Cell::Text(_) => text,
            Cell::Number(_) => {
                cell.group(&mut key);
                key.as_slice()
            }
        };
        if let Some(place) = categories.get(text) {
            return CellClass::Number(Decimal::short(*place, 0, false));
        }
        if let Some(code) = self.codes.get(text) {
            return CellClass::Special(SpecialValue::Absent(*code));
        }
        if let Cell::Number(decimal) = cell
            && let Some(special) = self.numeric_codes.get(&decimal.canonical())
        {
            return CellClass::Special(*special);
        }
        // Without an order, which is refused when all options are known, texts are passed over.
        let is_missing = text.is_empty() || self.is_marker(text) || categories.is_empty();
        if is_missing { CellClass::Special(SpecialValue::Missing) } else { CellClass::Invalid(ParseError::NotANumber) }
    }

    /// Whether categories are counted in place of numbers.
    pub(crate) fn counts_categories(&self) -> bool {
        self.categories.is_some()
    }

    /// Category that differs from a text in blanks, case or Unicode form alone.
    pub(super) fn lookalike_category(&self, text: &[u8]) -> Option<&str> {
        let folded = spelling::folded(str::from_utf8(text).ok()?);
        self.options.order.iter().find(|category| spelling::folded(category) == folded).map(String::as_str)
    }

    /// Whether a text means a missing value.
    fn is_marker(&self, text: &[u8]) -> bool {
        self.markers.as_ref().map_or_else(|| self.options.is_marker(text), |markers| markers.contains(text))
    }

    /// Whether every number counts once: there are neither weights nor numeric codes, and the cells are described.
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        let is_described = !self.is_preview() && self.items().is_none() && !self.counts_categories();
        self.numeric_codes.is_empty() && self.weight.is_none() && is_described
    }

    /// Whether the table is previewed: then all columns are values, whatever the options name, and have a profile.
    #[inline]
    pub(crate) fn is_preview(&self) -> bool {
        self.limits.preview.is_some()
    }

    /// Whether plain numbers must be compared with texts: an absence code or missing marker is a number, or numbers may be categories.
    pub(crate) fn has_numeric_codes(&self) -> bool {
        !self.numeric_codes.is_empty() || self.counts_categories()
    }

    /// The items, if there are any and the build can analyse them.
    #[inline]
    pub(super) fn items(&self) -> Option<&ItemColumns> {
        if cfg!(feature = "items") { self.items.as_ref() } else { None }
    }

    /// Whether correlations of the values are computed, and the build can.
    #[inline]
    pub(crate) fn correlates(&self) -> bool {
        let is_asked = !self.options.correlations.is_empty() && self.items.is_none() && !self.is_preview();
        cfg!(feature = "correlations") && is_asked
    }

    /// Whether the cells of items are answers of multiple choice.
    pub(crate) fn has_keys(&self) -> bool {
        self.items().is_some_and(ItemColumns::has_keys)
    }

    /// Whether the record below the header row has the maximum marks of items.
    pub(crate) fn has_maxima_row(&self) -> bool {
        self.items().is_some() && self.options.items.maxima == Maxima::Row
    }

    /// Takes the maximum marks of items from the cells of the record below the header row.
    ///
    /// # Errors
    /// A cell that is not a mark above 0.
    pub(crate) fn set_maxima(&mut self, cells: &[Vec<u8>]) -> Result<(), InputError> {
        let Self { items: Some(items), values, options, .. } = self else { return Ok(()) };
        items.set_maxima(|value| Self::number(options, cells.get(values[value])?))
    }

    /// Parses a finite number as the options say that numbers are spelled.
    fn parse(&self, text: &[u8]) -> Result<Decimal, ParseError> {
        // `nan` and `inf` are numbers in lists and plain text, not in tables.
        match spelling::parse(&self.options, text)? {
            Number::Finite(decimal) => Ok(decimal),
            _ => Err(ParseError::NotANumber),
        }
    }

    /// Number that a cell of the first records holds, if any.
    pub(super) fn number(options: &TableOptions, cell: &[u8]) -> Option<Decimal> {
        match spelling::parse(options, &utf8(cell)) {
            Ok(Number::Finite(decimal)) => Some(decimal),
            _ => None,
        }
    }

    /// Whether a cell looks like data: a number, missing or an absence code.
    pub(crate) fn looks_like_data(options: &TableOptions, cell: &[u8]) -> bool {
        Self::is_special(options, cell) || Self::number(options, cell).is_some()
    }

    /// Whether a cell may be a note behind a table: it is neither data nor a number in another spelling, nor has it numbers with
    /// blanks between them, as a table aligned by blanks.
    pub(crate) fn looks_like_note(options: &TableOptions, cell: &[u8]) -> bool {
        let is_data = |word: &str| Self::looks_like_data(options, word.as_bytes());
        let has_numbers =
            |text: &str| spelling::readings(&options.strip, text).is_some() || text.split_whitespace().all(is_data);
        !Self::looks_like_data(options, cell) && !str::from_utf8(&utf8(cell)).is_ok_and(has_numbers)
    }

    /// Whether a cell of the first records is empty, a missing marker or an absence code.
    pub(super) fn is_special(options: &TableOptions, cell: &[u8]) -> bool {
        let cell = utf8(cell);
        let listed = |texts: &[String]| texts.iter().any(|text| text.as_bytes() == &*cell);
        cell.is_empty() || options.is_marker(&cell) || listed(&options.absent)
    }
}

/// Text of one of the first or last cells without surrounding blanks, read as Windows-1252 if it is not UTF-8.
fn utf8(cell: &[u8]) -> Cow<'_, [u8]> {
    match from_windows_1252(cell) {
        Some(text) => trim_blanks(text.as_bytes()).to_vec().into(),
        None => trim_blanks(cell).into(),
    }
}

/// Absence codes and missing markers that are numbers, by their value; the first of equal ones takes precedence.
fn numeric_codes(options: &TableOptions) -> HashMap<Decimal, SpecialValue> {
    let number = |text: &String| match Number::parse(text.as_bytes()) {
        Ok(Number::Finite(decimal)) => Some(decimal.canonical()),
        _ => None,
    };
    let absent =
        options.absent.iter().enumerate().filter_map(|(i, code)| Some((number(code)?, SpecialValue::Absent(i))));
    // None of the default markers is a number.
    let missing = options.missing.iter().flatten().filter_map(|marker| Some((number(marker)?, SpecialValue::Missing)));
    let mut codes = HashMap::new();
    for (value, special) in absent.chain(missing) {
        codes.entry(value).or_insert(special);
    }
    codes
}

/// Checks that the build can analyse items.
///
/// # Errors
/// A build without that feature.
fn check_built() -> Result<(), InputError> {
    if cfg!(feature = "items") { Ok(()) } else { Err(crate::errors::not_built("items")) }
}

/// Checks that the build can compute correlations, if they are asked for.
///
/// # Errors
/// A build without that feature.
fn check_correlations(table: &TableOptions) -> Result<(), InputError> {
    let is_built = cfg!(feature = "correlations") || table.correlations.is_empty();
    if is_built { Ok(()) } else { Err(crate::errors::not_built("correlations")) }
}

/// Checks that the build can make grades, if they are asked for.
///
/// # Errors
/// A build without that feature.
fn check_grades(table: &TableOptions) -> Result<(), InputError> {
    let is_built = cfg!(feature = "grades") || table.grade_boundaries.is_none();
    if is_built { Ok(()) } else { Err(crate::errors::not_built("grades")) }
}

/// Checks that the axis, if one is requested, is that of the columns, along which a table is described anyway.
///
/// # Errors
/// Any other axis.
pub(crate) fn check_axis(options: &Options) -> Result<(), InputError> {
    if matches!(options.axis, None | Some(Axis::Columns)) {
        return Ok(());
    }
    Err(InputError::at(options.location(OptionName::Axis), TableFault::Axis))
}
