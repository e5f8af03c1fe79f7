//! Profile of a column: its cells by what they are, without deciding what the column is.
//!
//! Input: all cells of a column, block by block. Output: counts of them, and the numbers that they are by the options that say how
//! numbers are spelled. Invariants: profiles merge exactly, so that the result does not depend on the blocks; memory is bounded.

use std::collections::BTreeSet;

use super::bad_cells::BadCells;
use super::cell::{Cell, is_identifier};
use super::schema::{CellClass, Schema, SpecialValue};
use crate::spelling::{Readings, readings};
use describe::{Decimal, Retention, Sample};
use describe_options::{ThousandsMark, ValueFault};

/// Maximum number of different texts counted in all columns together, apart from the few that each column may have.
const MAX_TEXTS_OF_ALL: usize = 1 << 14;

/// Cells of one column.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    /// Number of empty cells.
    pub(super) blank: u64,
    /// Number of missing markers.
    pub(super) missing: u64,
    /// Number of cells that are numbers by the options given.
    pub(super) numbers: u64,
    /// Number of these with digits alone, the first of several a zero.
    pub(super) leading_zeros: u64,
    /// Numbers that are the same by all options.
    pub(super) plain: Sample,
    /// Numbers with marks or signs, by the spelling that reads them.
    pub(super) spelled: Vec<(Spelling, SpelledNumbers)>,
    /// Number of cells with marks or signs.
    pub(super) marked: u64,
    /// Signs around numbers.
    pub(super) signs: BTreeSet<char>,
    /// Cells that are numbers by other options only.
    pub(super) misspelled: Texts,
    /// Cells that are not numbers by any options.
    pub(super) texts: Texts,
    /// Number of these that are dates.
    pub(super) dates: u64,
    /// Number of these that are truth values.
    pub(super) booleans: u64,
    retention: Retention,
}

/// Spelling of numbers: their decimal mark and separator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spelling {
    pub(super) decimal_comma: bool,
    pub(super) thousands: Option<ThousandsMark>,
}

/// Numbers of one spelling.
#[derive(Clone, Debug)]
pub(super) struct SpelledNumbers {
    pub(super) numbers: Sample,
    /// Number of those that have separators in any spelling.
    pub(super) grouped: u64,
}

/// Texts of a column; those of completed blocks have their places.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    block: BadCells,
    all: BadCells,
}

impl Texts {
    fn new(max_texts: usize) -> Self {
        Self { block: BadCells::with_limit(max_texts), all: BadCells::with_limit(max_texts) }
    }

    fn add(&mut self, row: u64, text: &[u8]) {
        self.block.add(row, 0, text, || ValueFault::NotANumber.into());
    }

    /// Number of all cells.
    pub(super) fn count(&self) -> u64 {
        self.all.count + self.block.count
    }

    fn end_block(&mut self, number: u64) {
        if self.block.count > 0 {
            self.all.add_block(self.block.take(), number);
        }
    }

    /// As for [`BadCells::into_texts`].
    pub(super) fn into_texts(self) -> Vec<(Vec<u8>, Option<u64>)> {
        self.all.into_texts()
    }
}

impl Profile {
    /// Profile of a column without cells.
    pub(super) fn new(schema: &Schema, retention: &Retention) -> Self {
        let texts = Texts::new(MAX_TEXTS_OF_ALL / schema.width().max(1));
        Self {
            blank: 0,
            missing: 0,
            numbers: 0,
            leading_zeros: 0,
            plain: Sample::new(retention),
            spelled: Vec::new(),
            marked: 0,
            signs: BTreeSet::new(),
            misspelled: texts.clone(),
            texts,
            dates: 0,
            booleans: 0,
            retention: retention.clone(),
        }
    }

    /// Adds a cell of the current block, which the options given classify so. `text` is its trimmed text.
    pub(super) fn add(&mut self, schema: &Schema, row: u64, cell: Cell, text: &[u8], class: &CellClass) {
        match class {
            CellClass::Special(SpecialValue::Absent(_)) => {}
            CellClass::Special(SpecialValue::Missing) if text.is_empty() => self.blank += 1,
            CellClass::Special(SpecialValue::Missing) => self.missing += 1,
            CellClass::Number(decimal) => {
                self.numbers += 1;
                self.leading_zeros += u64::from(is_identifier(text));
                match Self::readings(schema, cell, text) {
                    Some(readings) => self.add_marked(readings),
                    None => self.plain.push_decimal(*decimal),
                }
            }
            CellClass::Invalid(_) => {
                if let Some(readings) = Self::readings(schema, cell, text) {
                    self.misspelled.add(row, text);
                    self.add_marked(readings);
                } else {
                    self.texts.add(row, text);
                    self.dates += u64::from(is_date(text));
                    self.booleans += u64::from(is_boolean(text));
                }
            }
        }
    }

    /// Numbers that the text of a cell is with the one or the other decimal mark; `None` if that does not depend on the options, or
    /// if codes that are numbers forbid to read cells in another way.
    fn readings(schema: &Schema, cell: Cell, text: &[u8]) -> Option<Readings> {
        if !matches!(cell, Cell::Text(_)) || schema.has_numeric_codes() || text.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let text = std::str::from_utf8(text).ok()?;
        readings(&schema.options.strip, text).filter(|readings| !readings.is_plain(text))
    }

    fn add_marked(&mut self, Readings { with_point, with_comma, signs }: Readings) {
        self.marked += 1;
        self.signs.extend(signs.chars());
        let has_separators = |reading: &Option<(Decimal, Option<ThousandsMark>)>| {
            reading.is_none_or(|(_, thousands)| thousands.is_some())
        };
        let grouped = u64::from(has_separators(&with_point) && has_separators(&with_comma));
        for (decimal_comma, reading) in [(false, with_point), (true, with_comma)] {
            if let Some((decimal, thousands)) = reading {
                let spelled = self.of_spelling(Spelling { decimal_comma, thousands });
                spelled.numbers.push_decimal(decimal);
                spelled.grouped += grouped;
            }
        }
    }

    fn of_spelling(&mut self, spelling: Spelling) -> &mut SpelledNumbers {
        let place = self.spelled.iter().position(|(known, _)| *known == spelling);
        let place = place.unwrap_or_else(|| {
            let none = SpelledNumbers { numbers: Sample::new(&self.retention), grouped: 0 };
            self.spelled.push((spelling, none));
            self.spelled.len() - 1
        });
        &mut self.spelled[place].1
    }

    /// Completes the current block, which has this number.
    pub(super) fn end_block(&mut self, number: u64) {
        self.texts.end_block(number);
        self.misspelled.end_block(number);
    }

    /// As for [`BadCells::number_rows`].
    pub(super) fn number_rows(&mut self, file: u64, first_row: impl Fn(u64) -> u64) {
        self.texts.all.number_rows(file, &first_row);
        self.misspelled.all.number_rows(file, &first_row);
    }

    /// Adds the cells of other blocks, all of them complete.
    pub(super) fn merge(&mut self, other: &Self) {
        for (ours, theirs) in [
            (&mut self.blank, other.blank),
            (&mut self.missing, other.missing),
            (&mut self.numbers, other.numbers),
            (&mut self.leading_zeros, other.leading_zeros),
            (&mut self.marked, other.marked),
            (&mut self.dates, other.dates),
            (&mut self.booleans, other.booleans),
        ] {
            *ours += theirs;
        }
        self.plain.merge(&other.plain);
        for (spelling, theirs) in &other.spelled {
            let ours = self.of_spelling(*spelling);
            ours.numbers.merge(&theirs.numbers);
            ours.grouped += theirs.grouped;
        }
        self.signs.extend(&other.signs);
        self.texts.all.merge(other.texts.all.clone());
        self.misspelled.all.merge(other.misspelled.all.clone());
    }

    /// Number of cells that are neither empty, missing nor numbers by the options given.
    pub(super) fn others(&self) -> u64 {
        self.texts.count() + self.misspelled.count()
    }

    /// Number of cells, but for those with absence codes.
    pub(super) fn cells(&self) -> u64 {
        self.blank + self.missing + self.numbers + self.others()
    }

    /// Numbers by other options.
    pub(super) fn numbers_by(&self, spelling: Spelling) -> u64 {
        self.plain.taken() + self.spelled_by(spelling).map(|spelled| spelled.numbers.taken()).sum::<u64>()
    }

    /// Numbers with marks or signs that a spelling reads: those without separators and those with its own.
    pub(super) fn spelled_by(&self, spelling: Spelling) -> impl Iterator<Item = &SpelledNumbers> {
        let reads = move |of: &Spelling| {
            of.decimal_comma == spelling.decimal_comma && (of.thousands.is_none() || of.thousands == spelling.thousands)
        };
        self.spelled.iter().filter(move |(of, _)| reads(of)).map(|(_, spelled)| spelled)
    }
}

/// Whether a text is a truth value.
fn is_boolean(text: &[u8]) -> bool {
    [&b"true"[..], b"false", b"yes", b"no"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether a text is a date, perhaps with a time behind it: in ISO 8601, with figures in the usual orders, or with the name of a
/// month.
pub(super) fn is_date(text: &[u8]) -> bool {
    const MAX_BYTES: usize = 40;
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let Some(text) = std::str::from_utf8(text).ok().filter(|text| text.len() <= MAX_BYTES && text.is_ascii()) else {
        return false;
    };
    let text = text.to_ascii_lowercase();
    // The letter between date and time.
    let text = match text.split_once('t') {
        Some((date, time)) if date.ends_with(|end: char| end.is_ascii_digit()) && time.contains(':') => {
            format!("{date} {time}")
        }
        _ => text,
    };
    let parts: Vec<&str> =
        text.split(|character: char| !character.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let [first, second, third, time @ ..] = &parts[..] else { return false };
    let number = |part: &str| part.parse::<u32>().ok().filter(|_| part.len() <= 4);
    let is_year = |part: &str| number(part).is_some() && matches!(part.len(), 2 | 4);
    let is_day = |part: &str| part.len() <= 2 && number(part).is_some_and(|day| (1..=31).contains(&day));
    let is_month = |part: &str| part.len() <= 2 && number(part).is_some_and(|month| (1..=12).contains(&month));
    let is_name = |part: &str| part.len() >= 3 && MONTHS.iter().any(|month| part.starts_with(month));
    let date = (first.len() == 4 && is_year(first) && is_month(second) && is_day(third))
        || (is_year(third)
            && ((is_day(first) && is_month(second))
                || (is_month(first) && is_day(second))
                || (is_day(first) && is_name(second))
                || (is_name(first) && is_day(second))));
    let is_of_time = |part: &&str| {
        let digits = ["z", "utc", "am", "pm"].iter().find_map(|end| part.strip_suffix(end)).unwrap_or(part);
        digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    date && (time.is_empty() || (text.contains(':') && time.iter().all(is_of_time)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for text in [
            "2024-01-05",
            "2024/1/5",
            "05/01/2024",
            "5.1.24",
            "01-31-2024",
            "5 Jan 2024",
            "Jan 5, 2024",
            "05-January-24",
            "2024-01-05T10:30:00",
            "2024-01-05 10:30:00.5",
            "2024-01-05T10:30:00Z",
            "5/1/2024 9:05 PM",
            "5/1/2024 9:05PM",
            "2024-01-05T10:30:00+01:00",
        ] {
            assert!(is_date(text.as_bytes()), "{text}");
        }
        for text in
            ["", "2024", "1.2.3", "12:30", "40-40-2024", "Maths 5 2024", "2024-13-01", "a-b-c", "1-2", "X", "3/4"]
        {
            assert!(!is_date(text.as_bytes()), "{text}");
        }
    }
}
