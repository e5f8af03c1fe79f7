//! What is to be done with a table: which of its columns are described, group or weigh, and what a cell is by the options.

use super::cell::Cell;
use super::header::{different, find_column, too_many_columns, utf8_name};
use crate::limits::Limits;
use describe::{Decimal, NanPolicy, Number, ParseError, Retention};
use describe_options::{
    Axis, DatasetFault, InputError, OptionName, Options, Origins, TableFault, TableOptions, excerpt,
};

/// What is to be done with the columns of a table.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    /// The columns' names, all different.
    pub(super) names: Vec<String>,
    /// The columns that make the groups, in the order asked for.
    pub(super) groups: Vec<usize>,
    /// The columns that are described, or may be.
    pub(super) values: Vec<usize>,
    /// The column that holds the weights.
    pub(super) weight: Option<usize>,
    /// Whether the columns were asked for by name: then a bad cell is an error.
    pub(super) asked: bool,
    pub(super) options: TableOptions,
    origins: Origins,
    /// The absence codes and missing markers that are numbers, which match by value too.
    numeric: Vec<(Decimal, Special)>,
    /// Whether missing cells are noted, for `nan_policy=raise`.
    pub(super) list_missing: bool,
    pub(super) limits: Limits,
    /// What is kept of the numbers.
    pub(super) retention: Retention,
}

/// How a number is counted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Weight {
    /// As if it stood there that often.
    Times(u64),
    /// With this weight.
    Reliability(Decimal),
}

/// A weight, or what is wrong with it and its text.
pub(super) type Weighed = Result<Weight, (TableFault, Vec<u8>)>;

/// What a column is for: its place among those to group by, after which comes that of the weights, and among those that
/// are described.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Role {
    pub(crate) group: Option<usize>,
    pub(crate) value: Option<usize>,
}

/// What a cell can be in place of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Special {
    Absent(usize),
    Missing,
}

/// What a cell is.
pub(super) enum Found {
    Number(Decimal),
    Special(Special),
    Bad(ParseError),
}

impl Schema {
    /// A schema for the columns named so.
    ///
    /// # Errors
    /// Too many columns, an unknown column, a column asked for whose name stands twice, names that are not UTF-8.
    pub(crate) fn new(header: &[impl AsRef<[u8]>], options: &Options, limits: Limits) -> Result<Self, InputError> {
        if header.len() > limits.columns {
            return Err(too_many_columns(limits.columns));
        }
        let written = header.iter().map(|name| name.as_ref().trim_ascii());
        let table = &options.table;
        // Names are used, and so must be text, when every column is described or listed.
        let all_used = table.columns.is_empty();
        let written: Vec<String> = written.map(|name| utf8_name(name, all_used)).collect::<Result<_, _>>()?;
        let find = |option, name: &String| find_column(&written, options.origins(), option, name);
        let groups =
            table.group_by.iter().map(|name| find(OptionName::GroupBy, name)).collect::<Result<Vec<_>, _>>()?;
        let weight = table.weights.as_ref().map(|name| find(OptionName::Weights, name)).transpose()?;
        let values = if table.columns.is_empty() {
            (0..written.len()).filter(|column| !groups.contains(column) && Some(*column) != weight).collect()
        } else {
            table.columns.iter().map(|name| find(OptionName::Column, name)).collect::<Result<_, _>>()?
        };
        check_axis(options)?;
        Ok(Self::with(different(written), groups, weight, values, options, limits))
    }

    /// A schema for a table whose columns turn up by and by: see [`Self::add_column`]. It begins with those that were asked
    /// for, the ones to group by before the others; whether they exist is for [`Self::check_asked`] to say in the end.
    pub(crate) fn open(options: &Options, limits: Limits) -> Self {
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
            origins: options.origins().clone(),
            list_missing: options.nan_policy == Some(NanPolicy::Raise),
            limits,
            retention: limits.retention(options),
        }
    }

    /// Refuses a column that was asked for and is not among those that turned up.
    pub(crate) fn check_asked(&self, turned_up: &[String]) -> Result<(), InputError> {
        let asked = |option, names: &[String]| {
            names.iter().try_for_each(|name| find_column(turned_up, &self.origins, option, name).map(|_| ()))
        };
        asked(OptionName::GroupBy, &self.options.group_by)?;
        asked(OptionName::Weights, self.options.weights.as_slice())?;
        asked(OptionName::Column, &self.options.columns)
    }

    /// The part in the schema of a column that turns up. No column may turn up twice.
    pub(crate) fn add_column(&mut self, name: &str) -> Role {
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
    #[cfg(feature = "workbook")]
    pub(crate) fn widen(&mut self) -> Result<(), InputError> {
        self.check_width(self.width() + 1)?;
        self.names.push(format!("column_{}", self.width() + 1));
        if !self.asked {
            self.values.push(self.names.len() - 1);
        }
        Ok(())
    }

    /// How many columns there may be.
    pub(crate) fn check_width(&self, columns: usize) -> Result<(), InputError> {
        if columns > self.limits.columns { Err(too_many_columns(self.limits.columns)) } else { Ok(()) }
    }

    /// Whether there are groups.
    pub(crate) fn is_grouped(&self) -> bool {
        !self.groups.is_empty()
    }

    /// How many columns say of a record where and how its cells are counted: those to group by, and that of the weights,
    /// which is handed over as if it were the last of these.
    pub(crate) fn keyed(&self) -> usize {
        self.groups.len() + usize::from(self.weight.is_some())
    }

    /// Whether there are such columns, so that the cells of a record must be taken together.
    pub(crate) fn is_keyed(&self) -> bool {
        self.keyed() > 0
    }

    /// What the text of a weight says, or what is wrong with it.
    pub(super) fn weigh(&self, text: &[u8]) -> Result<Weight, TableFault> {
        const MOST: u64 = 1_000_000_000;
        let missing = text.is_empty() || self.options.is_marker(text);
        let Ok(decimal) = self.parse(text) else {
            return Err(if missing { TableFault::MissingWeight } else { TableFault::WeightNotANumber });
        };
        if self.options.has_reliability() {
            let positive = decimal.digits > 0 && !decimal.negative;
            return if positive { Ok(Weight::Reliability(decimal)) } else { Err(TableFault::WeightNotPositive) };
        }
        let times = decimal.to_integer().filter(|times| *times <= MOST);
        times.map(Weight::Times).ok_or(TableFault::WeightNotAFrequency { max: MOST })
    }

    /// Whether missing cells must be noted one by one.
    pub(crate) fn lists_missing(&self) -> bool {
        self.list_missing
    }

    /// For each of the values, which one it is in a table with the same columns.
    pub(super) fn places_in(&self, other: &Self) -> Result<Vec<usize>, InputError> {
        let missing = |names: &[String], others: &[String]| names.iter().find(|name| !others.contains(name)).cloned();
        // Of columns that were not asked for, some formats do not even know the names.
        if !self.asked && self.names != other.names {
            if let Some(name) = missing(&self.names, &other.names) {
                return Err(InputError::of_data(DatasetFault::LacksColumn { name: excerpt(name.as_bytes()) }));
            }
            if let Some(name) = missing(&other.names, &self.names) {
                return Err(InputError::of_data(DatasetFault::HasColumn { name: excerpt(name.as_bytes()) }));
            }
        }
        let place = |value: &usize| {
            let name = &self.names[*value];
            other.values.iter().position(|theirs| other.names[*theirs] == *name)
        };
        let places: Option<Vec<usize>> = self.values.iter().map(place).collect();
        places.ok_or_else(|| InputError::of_data(DatasetFault::OtherColumns))
    }

    /// How many columns there are.
    pub(crate) fn width(&self) -> usize {
        self.names.len()
    }

    /// The columns that are read at all.
    pub(crate) fn used(&self) -> impl Iterator<Item = usize> {
        self.groups.iter().chain(&self.weight).chain(&self.values).copied()
    }

    /// What a cell is: an absence code before a missing marker before a number.
    pub(super) fn classify(&self, cell: Cell, text: &[u8]) -> Found {
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
    pub(super) fn is_plain(&self) -> bool {
        self.numeric.is_empty() && self.weight.is_none()
    }

    /// Whether a code or marker is a number, so that plain numbers must be compared with it.
    pub(crate) fn has_numeric_codes(&self) -> bool {
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
        // nan and inf are numbers in lists and plain text only.
        match number? {
            Number::Finite(decimal) => Ok(decimal),
            _ => Err(ParseError::NotANumber),
        }
    }

    /// Whether a cell of a first record looks like data: a number, a code or missing.
    pub(crate) fn looks_like_data(options: &TableOptions, cell: &[u8]) -> bool {
        let cell = cell.trim_ascii();
        let listed = |texts: &[String]| texts.iter().any(|text| text.as_bytes() == cell);
        let dotted: Vec<u8> =
            cell.iter().map(|byte| if options.decimal_comma && *byte == b',' { b'.' } else { *byte }).collect();
        let finite = matches!(Number::parse(&dotted), Ok(Number::Finite(_)));
        cell.is_empty() || finite || options.is_marker(cell) || listed(&options.absent)
    }
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

/// Refuses an axis other than that of the columns, by which a table is described anyway.
pub(crate) fn check_axis(options: &Options) -> Result<(), InputError> {
    if matches!(options.axis, None | Some(Axis::Columns)) {
        return Ok(());
    }
    Err(InputError::at(options.location(OptionName::Axis), TableFault::Axis))
}
