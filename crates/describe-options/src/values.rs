//! The values of an option: read from its texts, or what is wrong with them.

use std::collections::HashSet;

use describe::{BELOW_ALL, Bins, Decimal, FigureName, Number, Precision, Statistic, Statistics};
use describe_items::Mark;
use encoding_rs::Encoding;

use crate::enums::ROWS;
use crate::grade_boundaries::GradeBoundaries;
use crate::input_error::excerpt;
use crate::item_options::Maxima;
use crate::option_error::OptionError;
use crate::option_table::{MAX_CORRELATED, MAX_ITEMS, MAX_NAMES, OptionName};
use crate::option_type::{Interval, ValueType};
use crate::output_options::Decimals;
use crate::raw::RawOption;
use crate::table_options::Delimiter;

/// Words of `statistics` that name no statistic, or several: the statistics that each names, and whether it asks for all.
const STATISTIC_SETS: [(&str, (Statistics, bool)); 3] =
    [("scipy", (Statistics::SCIPY, false)), ("all", (Statistics::NONE, true)), ("nobs", (Statistics::NONE, false))];

/// What is wrong with an option, and the text of its value that is.
#[derive(Debug)]
pub(super) struct BadValue {
    pub(super) error: OptionError,
    /// The item of a list; `None` for the whole value.
    pub(super) item: Option<String>,
}

impl From<OptionError> for BadValue {
    fn from(error: OptionError) -> Self {
        Self { error, item: None }
    }
}

impl OptionError {
    /// The error of an item of a list.
    fn of(self, item: &str) -> BadValue {
        BadValue { error: self, item: Some(excerpt(item.as_bytes())) }
    }
}

/// The texts of a known option, none of them empty.
#[derive(Debug)]
pub(super) struct Values<'a> {
    option: OptionName,
    texts: Vec<&'a str>,
}

impl<'a> Values<'a> {
    /// The texts that are not empty; `None` where all are: then the option counts as not given.
    pub(super) fn of(option: OptionName, raw: &'a RawOption) -> Option<Self> {
        let texts: Vec<&str> = raw.values.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
        (!texts.is_empty()).then_some(Self { option, texts })
    }

    /// The only text.
    pub(super) fn text(&self) -> Result<&'a str, BadValue> {
        match self.texts.as_slice() {
            [text] => Ok(text),
            texts => Err(OptionError::SeveralValues { option: self.option, count: texts.len() }.into()),
        }
    }

    pub(super) fn integer(&self) -> Result<u64, BadValue> {
        let text = self.text()?.trim_ascii();
        let digits = text.strip_prefix('+').unwrap_or(text);
        let number = digits.parse().ok().filter(|_| !digits.starts_with('+'));
        let in_range = |number: &u64| match self.option.spec().value {
            ValueType::Integer { min, max } => (min..=max.unwrap_or(i64::MAX.unsigned_abs())).contains(number),
            _ => true,
        };
        number.filter(in_range).ok_or_else(|| self.wrong_type().into())
    }

    pub(super) fn boolean(&self) -> Result<bool, BadValue> {
        match self.text()?.to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(self.wrong_type().into()),
        }
    }

    /// One of these words.
    pub(super) fn word<T: Copy>(&self, words: &[(&str, T)]) -> Result<T, BadValue> {
        self.word_or(words, &[])
    }

    /// One of these words, or of their other spellings.
    pub(super) fn word_or<T: Copy>(&self, words: &[(&str, T)], others: &[(&str, T)]) -> Result<T, BadValue> {
        let text = self.text()?;
        let found = words.iter().chain(others).find(|(word, _)| word.eq_ignore_ascii_case(text));
        found.map(|(_, meaning)| *meaning).ok_or_else(|| self.wrong_type().into())
    }

    /// A finite number in the option's interval.
    pub(super) fn number(&self) -> Result<Decimal, BadValue> {
        let interval = match self.option.spec().value {
            ValueType::Number(interval) => interval,
            _ => Interval::ALL,
        };
        decimal(self.text()?).filter(|number| interval.contains(*number)).ok_or_else(|| self.out_of_range().into())
    }

    /// The numbers of a list, each in the option's interval.
    pub(super) fn numbers(&self) -> Result<Vec<Decimal>, BadValue> {
        let (interval, counts) = match self.option.spec().value {
            ValueType::Numbers { interval, min_count, max_count } => (interval, min_count..=max_count),
            _ => (Interval::ALL, 0..=usize::MAX),
        };
        let in_interval = |text| {
            let number = decimal(text).filter(|number| interval.contains(*number));
            number.ok_or_else(|| self.out_of_range().of(text))
        };
        let numbers = self.items().map(in_interval).collect::<Result<Vec<Decimal>, BadValue>>()?;
        if counts.contains(&numbers.len()) { Ok(numbers) } else { Err(self.out_of_range().into()) }
    }

    /// Two numbers, the lower one first.
    pub(super) fn range(&self) -> Result<[Decimal; 2], BadValue> {
        match self.numbers()?.as_slice() {
            [low, high] if !low.compare(*high).is_gt() => Ok([*low, *high]),
            _ => Err(self.out_of_range().into()),
        }
    }

    /// The texts of a list, also of those with commas between them.
    fn items(&self) -> impl Iterator<Item = &'a str> {
        self.texts.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|text| !text.is_empty())
    }

    /// Checks how many items a list has, before anything is done with each.
    fn check_count(&self, count: usize, max: usize) -> Result<(), BadValue> {
        if count > max { Err(OptionError::TooManyItems { option: self.option, max }.into()) } else { Ok(()) }
    }

    /// The texts of a list, which may be without any.
    pub(super) fn texts(&self) -> Result<Vec<String>, BadValue> {
        self.check_count(self.items().take(MAX_ITEMS + 1).count(), MAX_ITEMS)?;
        Ok(self.items().map(str::to_owned).collect())
    }

    /// Names of columns, none of them twice. They may have commas.
    pub(super) fn names(&self) -> Result<Vec<String>, BadValue> {
        self.check_count(self.texts.len(), MAX_NAMES)?;
        self.different(self.texts.iter().map(|name| name.trim().to_owned()).collect())
    }

    /// Two different texts.
    pub(super) fn pair(&self) -> Result<[String; 2], BadValue> {
        let texts = self.different(self.texts()?)?;
        texts.try_into().map_err(|_| self.wrong_type().into())
    }

    /// Names of columns whose correlations are computed: at least two, none of them twice.
    pub(super) fn correlated(&self) -> Result<Vec<String>, BadValue> {
        let names = self.different(self.texts()?)?;
        self.check_count(names.len(), MAX_CORRELATED)?;
        if names.len() < 2 { Err(self.wrong_type().into()) } else { Ok(names) }
    }

    /// Codes, at least one and none of them twice.
    pub(super) fn codes(&self) -> Result<Vec<String>, BadValue> {
        self.different(self.texts()?).and_then(|codes| {
            if codes.is_empty() { Err(OptionError::EmptyList(self.option).into()) } else { Ok(codes) }
        })
    }

    fn different(&self, items: Vec<String>) -> Result<Vec<String>, BadValue> {
        let mut seen = HashSet::new();
        match items.iter().find(|item| !seen.insert(item.as_str())) {
            Some(item) => Err(self.repeated(item)),
            None => Ok(items),
        }
    }

    /// Statistics by name, and whether `all` was one of the names.
    pub(super) fn statistics(&self) -> Result<(Statistics, bool), BadValue> {
        let (mut named, mut all) = (Statistics::NONE, false);
        if self.items().next().is_none() {
            return Err(OptionError::EmptyList(self.option).into());
        }
        for name in self.items() {
            if let Some((_, (set, is_all))) = STATISTIC_SETS.iter().find(|(word, _)| *word == name) {
                (named, all) = (named.and(*set), all || *is_all);
            } else {
                named = named.with(Statistic::named(name).ok_or_else(|| self.unknown_statistic(name).of(name))?);
            }
        }
        Ok((named, all))
    }

    pub(super) fn bins(&self) -> Result<Bins, BadValue> {
        let Ok(count) = self.text()?.trim_ascii().parse() else { return self.word(&Bins::RULES) };
        match self.option.spec().value {
            ValueType::CountOrWord { min, max, .. } if (min..=max).contains(&(count as u64)) => Ok(Bins::Count(count)),
            _ => Err(self.out_of_range().into()),
        }
    }

    /// A number of records; `None` to find out.
    pub(super) fn rows(&self) -> Result<Option<u64>, BadValue> {
        let Ok(count) = self.text()?.trim_ascii().parse() else { return self.word(&ROWS) };
        match self.option.spec().value {
            ValueType::CountOrWord { min, max, .. } if (min..=max).contains(&count) => Ok(Some(count)),
            _ => Err(self.out_of_range().into()),
        }
    }

    /// Grades and boundaries, the highest first, no grade and no boundary twice.
    pub(super) fn boundaries(&self) -> Result<Vec<(String, Decimal)>, BadValue> {
        self.check_count(self.items().take(MAX_ITEMS + 1).count(), MAX_ITEMS)?;
        let mut all: Vec<(String, Decimal)> = Vec::new();
        for text in self.items() {
            let pair = text.rsplit_once(':').and_then(|(grade, text)| Some((grade.trim(), decimal(text)?)));
            // A colon in a name is a list that was separated by something else, as A:70;B:60 is.
            let pair = pair.filter(|(grade, _)| !grade.is_empty() && !grade.contains(':'));
            let (grade, boundary) = pair.ok_or_else(|| self.wrong_type().of(text))?;
            if grade == BELOW_ALL {
                return Err(OptionError::ReservedGrade.of(text));
            }
            if all.iter().any(|(known, other)| *known == grade || other.equals(boundary)) {
                return Err(OptionError::RepeatedBoundary { grade: excerpt(grade.as_bytes()) }.of(text));
            }
            all.push((grade.to_owned(), boundary));
        }
        if all.is_empty() {
            return Err(self.wrong_type().into());
        }
        all.sort_by(|(_, a), (_, b)| b.compare(*a));
        Ok(all)
    }

    /// Boundaries of grades by group; none where the build cannot read them, which the readers refuse.
    pub(super) fn grade_boundaries(&self) -> Result<GradeBoundaries, BadValue> {
        let boundaries = read_boundaries(self.text()?)?;
        #[cfg(feature = "grades")]
        self.check_count(boundaries.order().len(), MAX_ITEMS)?;
        Ok(boundaries)
    }

    /// The place of maximum marks, or the marks with their items.
    pub(super) fn maxima(&self) -> Result<Maxima, BadValue> {
        match self.items().next() {
            Some(word) if word.eq_ignore_ascii_case("header") => self.text().map(|_| Maxima::Header),
            Some(word) if word.eq_ignore_ascii_case("row") => self.text().map(|_| Maxima::Row),
            _ => self.marks().map(Maxima::Listed),
        }
    }

    /// Items with their maximum marks, which are above 0; no item twice.
    fn marks(&self) -> Result<Vec<(String, Mark)>, BadValue> {
        self.check_count(self.items().take(MAX_ITEMS + 1).count(), MAX_ITEMS)?;
        let mut all: Vec<(String, Mark)> = Vec::new();
        for text in self.items() {
            let pair = text.rsplit_once(':').map(|(item, mark)| (item.trim(), decimal(mark).and_then(Mark::of)));
            let Some((item, Some(mark))) =
                pair.filter(|(item, mark)| !item.is_empty() && mark.is_some_and(|mark| mark.units > 0))
            else {
                return Err(self.wrong_type().of(text));
            };
            if all.iter().any(|(known, _)| known == item) {
                return Err(self.repeated(item));
            }
            all.push((item.to_owned(), mark));
        }
        if all.is_empty() { Err(OptionError::EmptyList(self.option).into()) } else { Ok(all) }
    }

    /// Decimal places of all statistics, and of some by name.
    pub(super) fn decimals(&self) -> Result<Decimals, BadValue> {
        let places = |text: &str, item: &str| {
            let number = text.parse::<u64>().map_err(|_| self.wrong_type().of(item))?;
            let in_range = match self.option.spec().value {
                ValueType::IntegerOrTexts { min, max, .. } => (min..=max).contains(&number),
                _ => true,
            };
            u8::try_from(number).ok().filter(|_| in_range).ok_or_else(|| self.out_of_range().of(item))
        };
        let (mut plain, mut named): (Option<u8>, Vec<(FigureName, u8)>) = (None, Vec::new());
        for item in self.items() {
            let is_new = if let Some((name, text)) = item.split_once(':') {
                let name = name.trim();
                let figure = FigureName::named(name).ok_or_else(|| self.unknown_statistic(name).of(item))?;
                named.push((figure, places(text.trim(), item)?));
                named.iter().filter(|(known, _)| *known == figure).count() == 1
            } else {
                plain.replace(places(item, item)?).is_none()
            };
            if !is_new {
                return Err(self.repeated(item));
            }
        }
        if plain.is_none() && named.is_empty() {
            return Err(self.wrong_type().into());
        }
        let all = plain.map(Precision::of_all).unwrap_or_default();
        let precision = named.into_iter().fold(all, |all, (figure, places)| all.with(figure, Some(places)));
        Ok(Decimals { plain, precision })
    }

    /// Characters to take off a number, none of which may be a part of one.
    pub(super) fn strip(&self) -> Result<&'a str, BadValue> {
        let is_part = |character: char| matches!(character, '0'..='9' | '+' | '-' | '\u{2212}' | '.' | ',');
        let text = self.text()?;
        if text.contains(is_part) { Err(self.wrong_type().into()) } else { Ok(text) }
    }

    /// The delimiter of cells; `None` to find out.
    pub(super) fn delimiter(&self) -> Result<Option<Delimiter>, BadValue> {
        match self.text()? {
            "auto" => Ok(None),
            "tab" | "\\t" => Ok(Some(Delimiter::Byte(b'\t'))),
            "whitespace" => Ok(Some(Delimiter::Whitespace)),
            _ => self.ascii().map(Delimiter::Byte).map(Some),
        }
    }

    /// One ASCII character that has no other meaning in delimited text.
    pub(super) fn ascii(&self) -> Result<u8, BadValue> {
        match self.text()?.as_bytes() {
            [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Ok(*byte),
            _ => Err(self.wrong_type().into()),
        }
    }

    pub(super) fn encoding(&self) -> Result<&'static Encoding, BadValue> {
        Encoding::for_label(self.text()?.trim().as_bytes()).ok_or_else(|| self.wrong_type().into())
    }

    fn unknown_statistic(&self, name: &str) -> OptionError {
        let name = excerpt(name.as_bytes());
        let lower = name.to_ascii_lowercase();
        let known = statistic_names(self.option).into_iter();
        let nearest = known.min_by_key(|known| strsim::damerau_levenshtein(&lower, known)).unwrap_or_default();
        OptionError::UnknownStatistic { option: self.option, name, nearest }
    }

    fn repeated(&self, item: &str) -> BadValue {
        OptionError::RepeatedItem { option: self.option, item: excerpt(item.as_bytes()) }.of(item)
    }

    fn wrong_type(&self) -> OptionError {
        OptionError::WrongType(self.option)
    }

    fn out_of_range(&self) -> OptionError {
        OptionError::OutOfRange(self.option)
    }
}

/// Boundaries of grades by group.
#[cfg(feature = "grades")]
fn read_boundaries(text: &str) -> Result<GradeBoundaries, BadValue> {
    crate::grade_table::read(text).map_err(|fault| {
        let line = (1..).zip(text.lines()).find_map(|(number, line)| (number == fault.line()).then_some(line));
        OptionError::Grades(fault).of(line.unwrap_or_default())
    })
}

#[cfg(not(feature = "grades"))]
#[expect(clippy::unnecessary_wraps, reason = "the other one may fail")]
fn read_boundaries(_: &str) -> Result<GradeBoundaries, BadValue> {
    Ok(GradeBoundaries::default())
}

/// A finite number.
fn decimal(text: &str) -> Option<Decimal> {
    match Number::parse(text.trim_ascii().as_bytes()) {
        Ok(Number::Finite(decimal)) => Some(decimal),
        _ => None,
    }
}

/// All names of statistics that an option accepts: `statistics`, or `decimals`.
#[must_use]
pub fn statistic_names(option: OptionName) -> Vec<&'static str> {
    if option == OptionName::Decimals {
        return FigureName::all().map(FigureName::name).collect();
    }
    STATISTIC_SETS.into_iter().map(|(word, _)| word).chain(Statistic::all().map(Statistic::name)).collect()
}
