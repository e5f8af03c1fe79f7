//! Items of a test: the columns that options name, their maximum marks and their key.
//!
//! Input: the names of the columns, and the options. Output: [`ItemColumns`]. Invariant: no column is an item twice.

use std::collections::{HashMap, HashSet};

use describe::{Decimal, Number};
use describe_items::{ItemRules, MAX_CHOICES, MAX_ITEMS, Mark};
use describe_options::{
    Diagnostic, InputError, ItemFault, ItemOptions, Maxima, OptionName, Options, Origins, excerpt, with_maximum,
};

use super::header::Headings;

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
        items.check_columns(written)?;
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

    /// Checks that the items are among the columns of a table, whose names these are, and takes their maximum marks from there if they
    /// should be in them.
    ///
    /// # Errors
    /// A column that does not exist, or has no maximum mark in its name.
    pub(super) fn check_columns(&mut self, written: &[String]) -> Result<(), InputError> {
        let bare: Vec<String> = written.iter().map(|name| self.bare(name).to_owned()).collect();
        let headings = Headings::new(&bare);
        for (name, maximum) in self.names.iter().zip(&mut self.maxima) {
            let column = headings.find(&self.origins, OptionName::Items, name)?;
            if self.has_maxima_in_names {
                let known = maximum_in(&written[column]);
                *maximum = Some(known.ok_or_else(|| no_maximum(&self.origins, &written[column]))?);
            }
        }
        Ok(())
    }

    /// Whether the cells are answers to items of multiple choice.
    pub(super) fn has_keys(&self) -> bool {
        !self.keys.is_empty()
    }

    /// Rules by which candidates are added.
    pub(super) fn rules(&self) -> ItemRules {
        self.rules
    }

    /// Right answers to the items; empty unless they are of multiple choice.
    pub(super) fn keys(&self) -> &[String] {
        &self.keys
    }

    /// Whether a text is the right answer to an item of multiple choice.
    pub(super) fn is_right(&self, item: usize, text: &[u8]) -> bool {
        self.keys.get(item).is_some_and(|key| key.as_bytes() == text)
    }

    /// Whether a text means that an item was not reached.
    pub(super) fn is_not_reached(&self, text: &[u8]) -> bool {
        self.not_reached.contains(text)
    }

    /// Error of an item with too many different answers.
    pub(super) fn too_many_answers(&self, item: usize) -> InputError {
        let name = excerpt(self.names[item].as_bytes());
        fault(&self.origins, ItemFault::TooManyAnswers { name, max: MAX_CHOICES })
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

    /// Whether another file has the same items.
    pub(super) fn equals(&self, other: &Self) -> bool {
        self.maxima == other.maxima && self.names == other.names
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
