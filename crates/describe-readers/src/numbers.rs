//! Accumulation of an array of numbers: flat, or nested two levels deep.
//!
//! Input: parsed numbers with their text, or runs of plain numbers. Output: accumulators of the array, or of its rows and
//! columns, and diagnostics with the location of each invalid value. Invariant: numbers are accumulated exactly and not stored
//! one by one.

use super::errors::exceeded;
use super::integers::{MAX_DIGITS, Separator, push_short_integers};
use super::ledger::Ledger;
use super::limits::Limits;
use super::table::{ColumnPreview, SHOWN_RECORDS, Suggestions, TablePreview, TableSource};
use describe::{Decimal, Number, ParseError, Retention, Sample, is_blank, plain};
use describe_options::{
    DatasetFault, Diagnostic, Diagnostics, InputError, JsonFault, Location, MAX_EXCERPT_BYTES, MAX_LISTED_DIAGNOSTICS,
    Measured, ValueFault, excerpt,
};

/// Accumulated numbers of one array, or of the columns and rows of a nested one.
#[derive(Debug)]
pub struct Numbers {
    /// Location of the array, such as `["body"]`.
    prefix: Location,
    /// Accumulated numbers of a flat array.
    pub flat: Sample,
    /// Slices of a nested array; `None` before its first row.
    pub nested: Option<Nested>,
    /// Index of the next value in the innermost array.
    index: u64,
    max_slices: usize,
    retention: Retention,
    diagnostics: Diagnostics,
    /// Locations of missing values, for `nan_policy=raise`.
    pub missing: Diagnostics,
    /// What each file was read as.
    pub sources: Vec<TableSource>,
    /// Texts of the first values or rows, if they are previewed.
    shown: Option<Vec<Vec<Option<String>>>>,
    /// What the numbers may take of memory and time.
    pub(crate) ledger: Ledger,
}

/// Slices of a nested array. The option `axis` may follow the numbers, so both rows and columns are accumulated while their
/// number is within the limit.
#[derive(Debug, Default)]
pub struct Nested {
    /// One accumulator per column; `None` if there are more than the limit.
    pub columns: Option<Vec<Sample>>,
    /// One accumulator per row; `None` if there are more than the limit.
    pub rows: Option<Vec<Sample>>,
    /// Length of the first row.
    width: u64,
    /// Number of rows so far, an unfinished one included.
    height: u64,
    in_row: bool,
}

impl Numbers {
    /// Whether the array is a member of an object, `{"numbers":[…]}`.
    #[must_use]
    pub fn is_member(&self) -> bool {
        self.prefix != Location::data()
    }

    pub(crate) fn new(prefix: Location, max_slices: usize, retention: Retention) -> Self {
        Self {
            prefix,
            flat: Sample::new(&retention),
            nested: None,
            index: 0,
            max_slices,
            retention,
            diagnostics: Diagnostics::default(),
            missing: Diagnostics::default(),
            sources: Vec::new(),
            shown: None,
            ledger: Ledger::default(),
        }
    }

    /// Numbers of an input with these limits. The first ones are kept if they are previewed.
    pub(crate) fn within(self, limits: &Limits) -> Self {
        Self { shown: limits.preview.map(|_| Vec::new()), ledger: limits.ledger.clone(), ..self }
    }

    /// Number of samples: rows and columns of a nested array, or one.
    #[must_use]
    pub fn slices(&self) -> usize {
        let Some(Nested { rows, columns, .. }) = &self.nested else { return 1 };
        rows.as_ref().map_or(0, Vec::len) + columns.as_ref().map_or(0, Vec::len)
    }

    /// Number of numbers, missing ones left out.
    #[must_use]
    pub fn values(&self) -> u64 {
        let Some(Nested { rows, columns, .. }) = &self.nested else { return self.flat.taken() };
        rows.as_ref().or(columns.as_ref()).map_or(0, |slices| slices.iter().map(Sample::taken).sum())
    }

    /// Sets what the numbers, and an answer about them, may take.
    pub fn set_ledger(&mut self, ledger: &Ledger) {
        self.ledger = ledger.clone();
    }

    /// Sets the texts of the first values for a preview, from those of all or of the first ones.
    pub fn show<T: AsRef<str>>(&mut self, texts: impl IntoIterator<Item = T>) {
        let text = |text: T| vec![Some(excerpt(text.as_ref().as_bytes()))];
        self.shown = Some(texts.into_iter().take(SHOWN_RECORDS).map(text).collect());
    }

    /// Keeps the text of the next value if it is in the first rows.
    #[cold]
    fn keep_shown(&mut self, number: &Number) {
        let Some(shown) = &mut self.shown else { return };
        let text = match number {
            Number::Finite(decimal) => Some(decimal.to_string()),
            Number::Nan => None,
            Number::Infinite { negative } => Some(if *negative { "-inf" } else { "inf" }.to_owned()),
        };
        match &self.nested {
            None if shown.len() < SHOWN_RECORDS => shown.push(vec![text]),
            Some(nested)
                if nested.in_row && nested.height <= SHOWN_RECORDS as u64 && self.index < self.max_slices as u64 =>
            {
                let row = usize::try_from(nested.height).unwrap_or(usize::MAX);
                shown.resize(shown.len().max(row), Vec::new());
                shown[row - 1].push(text);
            }
            _ => {}
        }
    }

    /// Preview of the array as a table: a column of its numbers, or one for each position in the rows of a nested array.
    ///
    /// # Errors
    /// More columns than the limit.
    pub fn preview(&self) -> Result<TablePreview, InputError> {
        let columns = match &self.nested {
            None => vec![ColumnPreview::of_numbers("numbers".to_owned(), &self.flat)],
            Some(nested) => {
                let columns = nested.columns.as_ref().ok_or_else(|| exceeded(Measured::Slices, self.max_slices))?;
                let column = |(sample, number)| ColumnPreview::of_numbers(format!("column_{number}"), sample);
                columns.iter().zip(1_u64..).map(column).collect()
            }
        };
        let records = self.shown.clone().unwrap_or_default();
        Ok(TablePreview { sheets: Vec::new(), records, columns, suggestions: Suggestions::default(), complete: true })
    }

    /// Adds the next value, which may be missing or invalid. `text` is its source text.
    #[inline]
    pub(crate) fn push_parsed(&mut self, number: Result<Number, ParseError>, text: &[u8]) -> Result<(), InputError> {
        match number {
            Ok(Number::Finite(decimal)) => self.push_decimal(decimal),
            number => {
                self.report(number, text);
                self.push(number.unwrap_or(Number::Nan))
            }
        }
    }

    /// Adds a diagnostic if the next value is missing or invalid.
    #[cold]
    fn report(&mut self, number: Result<Number, ParseError>, text: &[u8]) {
        let location = self.location();
        let fault = match number {
            Ok(Number::Nan) => {
                return self.missing.add(|| Diagnostic::new(location, ValueFault::Missing).with_input(text));
            }
            Ok(_) => return,
            Err(ParseError::NotANumber) => ValueFault::NotANumber,
            Err(ParseError::OutOfRange) => ValueFault::OutOfRange,
        };
        self.diagnostics.add(|| Diagnostic::new(location, fault).with_input(text));
    }

    /// Advances past `count` values of a flat array that were accumulated elsewhere, and adds their diagnostics.
    pub(super) fn skip(&mut self, count: u64, diagnostics: Option<&ValueDiagnostics>) {
        let start = self.index;
        if let Some(diagnostics) = diagnostics {
            for (index, number, text) in &diagnostics.listed {
                self.index = start + index;
                self.report(*number, text);
            }
            self.diagnostics.append(Diagnostics::new(Vec::new(), diagnostics.unlisted[0]));
            self.missing.append(Diagnostics::new(Vec::new(), diagnostics.unlisted[1]));
        }
        self.index = start + count;
    }

    /// Maximum number of slices of a nested array along an axis.
    #[must_use]
    pub fn max_slices(&self) -> usize {
        self.max_slices
    }

    /// Adds the next value, a finite number.
    #[inline]
    pub(crate) fn push_decimal(&mut self, decimal: Decimal) -> Result<(), InputError> {
        if self.nested.is_some() || self.shown.is_some() {
            return self.push(Number::Finite(decimal));
        }
        self.flat.push_decimal(decimal);
        self.index += 1;
        Ok(())
    }

    /// [`push_plain_numbers`] for the next values of a flat array; does nothing in a nested one. Returns the bytes read.
    #[inline]
    pub(super) fn push_plain(&mut self, text: &[u8], separator: Separator) -> usize {
        if self.nested.is_some() || self.shown.is_some() {
            return 0;
        }
        let (end, count) = push_plain_numbers(&mut self.flat, text, separator);
        self.index += count;
        end
    }

    /// Retention of the numbers of a flat array; `None` if the array is nested or previewed.
    pub(super) fn flat_retention(&self) -> Option<&Retention> {
        (self.nested.is_none() && self.shown.is_none()).then_some(&self.retention)
    }

    /// Number of rows of a nested array whose samples are kept.
    pub(super) fn rows(&self) -> usize {
        self.nested.as_ref().and_then(|nested| nested.rows.as_ref()).map_or(0, Vec::len)
    }

    /// Numbers for further rows of a nested array, without values; `None` if the array is flat or previewed, or within a row.
    ///
    /// # Errors
    /// As for [`Self::empty_rows`].
    pub(super) fn fork_rows(&self) -> Option<Result<Self, InputError>> {
        let is_between_rows = self.nested.as_ref().is_some_and(|nested| !nested.in_row);
        (is_between_rows && self.shown.is_none()).then(|| self.empty_rows(true))
    }

    /// Numbers with the same columns and a first row of the same length, all without values. The samples of rows are kept if they are
    /// here, and only with `keep_rows`.
    ///
    /// # Errors
    /// More memory than the task may hold.
    pub(super) fn empty_rows(&self, keep_rows: bool) -> Result<Self, InputError> {
        let retention = self.retention.with_fresh_budget();
        let empty = |columns: &Vec<Sample>| -> Result<Vec<Sample>, InputError> {
            self.ledger.charge(columns.len() * (size_of::<Sample>() + Sample::initial_bytes(&retention)))?;
            Ok(columns.iter().map(|_| Sample::new(&retention)).collect())
        };
        let mut nested = Nested { height: 1, ..Nested::default() };
        if let Some(Nested { columns, rows, width, .. }) = &self.nested {
            nested.width = *width;
            nested.columns = columns.as_ref().map(empty).transpose()?;
            nested.rows = rows.as_ref().filter(|_| keep_rows).map(|_| Vec::new());
        }
        let numbers = Self::new(self.prefix.clone(), self.max_slices, retention);
        Ok(Self { nested: Some(nested), ledger: self.ledger.clone(), ..numbers })
    }

    /// Gives back what [`Self::empty_rows`] charged for the columns.
    pub(super) fn release_columns(&self) {
        let columns = self.nested.as_ref().and_then(|nested| nested.columns.as_ref()).map_or(0, Vec::len);
        self.ledger.release(columns * (size_of::<Sample>() + Sample::initial_bytes(&self.retention)));
    }

    /// Number of rows behind the first one, and their samples if those are kept.
    pub(super) fn take_rows(&mut self) -> (u64, Option<Vec<Sample>>) {
        self.nested.as_mut().map_or((0, None), |nested| (nested.height - 1, nested.rows.take()))
    }

    /// Whether a value or row is invalid or missing.
    pub(super) fn has_diagnostics(&self) -> bool {
        !self.diagnostics.is_empty() || !self.missing.is_empty()
    }

    /// Adds the columns of rows that were accumulated elsewhere.
    pub(super) fn merge_columns(&mut self, other: &Self) {
        if let (Some(all), Some(other)) = (&mut self.nested, &other.nested)
            && let (Some(all), Some(other)) = (&mut all.columns, &other.columns)
        {
            all.iter_mut().zip(other).for_each(|(all, other)| all.merge(other));
        }
    }

    /// Advances past rows whose columns were accumulated elsewhere, and adds their samples if those are kept.
    pub(super) fn add_rows(&mut self, count: u64, samples: Option<Vec<Sample>>) {
        let Some(nested) = &mut self.nested else { return };
        nested.height += count;
        nested.rows = match (nested.rows.take(), samples) {
            (Some(mut rows), Some(samples)) if rows.len() + samples.len() <= self.max_slices => {
                // Merged, so that they count for the limit on distinct values.
                for sample in samples {
                    let mut row = Sample::new(&self.retention);
                    row.merge(&sample);
                    rows.push(row);
                }
                Some(rows)
            }
            _ => None,
        };
        self.index = nested.width;
    }

    /// Whether the array has no values or rows yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.index == 0 && self.nested.is_none()
    }

    fn push(&mut self, number: Number) -> Result<(), InputError> {
        if self.shown.is_some() {
            self.keep_shown(&number);
        }
        match &mut self.nested {
            None => self.flat.push(number),
            Some(nested) if nested.in_row => {
                if nested.begins_column(self.index, self.max_slices) {
                    self.ledger.charge(size_of::<Sample>() + Sample::initial_bytes(&self.retention))?;
                }
                nested.push(self.index, number, self.max_slices, &self.retention);
                self.ledger.check_growth()?;
            }
            Some(_) => return Err(self.mixed()),
        }
        self.index += 1;
        Ok(())
    }

    /// Begins a row of a nested array.
    pub(crate) fn begin_row(&mut self) -> Result<(), InputError> {
        let has_numbers = self.index > 0;
        let nested = match &mut self.nested {
            Some(nested) if nested.in_row => return Err(self.too_deep()),
            Some(nested) => nested,
            None if has_numbers => return Err(self.mixed()),
            None => {
                self.nested.insert(Nested { columns: Some(Vec::new()), rows: Some(Vec::new()), ..Nested::default() })
            }
        };
        nested.in_row = true;
        nested.height += 1;
        if let Some(rows) = &mut nested.rows {
            self.ledger.charge(size_of::<Sample>() + Sample::initial_bytes(&self.retention))?;
            rows.push(Sample::new(&self.retention));
        }
        if nested.rows.as_ref().is_some_and(|rows| rows.len() > self.max_slices) {
            nested.rows = None;
        }
        self.index = 0;
        Ok(())
    }

    /// Ends the innermost array. Returns whether it was a row.
    pub(crate) fn end_array(&mut self) -> bool {
        let Some(nested) = self.nested.as_mut().filter(|nested| nested.in_row) else { return false };
        nested.in_row = false;
        let (length, row) = (self.index, nested.height - 1);
        if row == 0 {
            nested.width = length;
        } else if length != nested.width {
            let fault = ValueFault::UnequalRow { row, length, first: nested.width };
            let location = self.prefix.clone().index(row);
            self.diagnostics.add(|| Diagnostic::new(location, fault));
        }
        true
    }

    /// Returns the error of the collected diagnostics, or of an array without values.
    pub(crate) fn check(&mut self) -> Result<(), InputError> {
        std::mem::take(&mut self.diagnostics).into_result()?;
        let empty = match &self.nested {
            None => self.index == 0,
            Some(nested) => nested.width == 0,
        };
        if empty { Err(InputError::at(self.prefix.clone(), ValueFault::NoValues)) } else { Ok(()) }
    }

    /// Sets the file name of all diagnostics.
    pub(super) fn set_file(&mut self, name: &str) {
        self.diagnostics.set_file(name);
        self.missing.set_file(name);
        self.sources.iter_mut().for_each(|source| source.file = Some(name.to_owned()));
    }

    /// Adds the numbers of the next file.
    pub(super) fn merge(&mut self, next: Self) -> Result<(), InputError> {
        if self.nested.is_some() || next.nested.is_some() {
            return Err(InputError::of_data(DatasetFault::NestedArray));
        }
        self.flat.merge(&next.flat);
        self.index += next.index;
        self.diagnostics.append(next.diagnostics);
        self.missing.append(next.missing);
        self.sources.extend(next.sources);
        if let (Some(shown), Some(more)) = (&mut self.shown, next.shown) {
            let room = SHOWN_RECORDS.saturating_sub(shown.len());
            shown.extend(more.into_iter().take(room));
        }
        Ok(())
    }

    /// Location of the next value.
    fn location(&self) -> Location {
        let mut location = self.prefix.clone();
        if let Some(nested) = &self.nested {
            location = location.index(nested.height.saturating_sub(u64::from(nested.in_row)));
            if !nested.in_row {
                return location;
            }
        }
        location.index(self.index)
    }

    /// Error at the location of the next value.
    #[cold]
    pub(crate) fn unexpected(&self, fault: JsonFault) -> InputError {
        InputError::at(self.location(), fault)
    }

    fn mixed(&self) -> InputError {
        InputError::at(self.location(), ValueFault::MixedArray)
    }

    fn too_deep(&self) -> InputError {
        InputError::at(self.location(), ValueFault::NestedTooDeep)
    }
}

/// Diagnostics of the values of one block, whose index in the array is not known yet.
#[derive(Debug, Default)]
pub(super) struct ValueDiagnostics {
    /// Number of values.
    pub(super) count: u64,
    /// First [`MAX_LISTED_DIAGNOSTICS`] invalid and as many missing values: index in the block, value and the beginning of
    /// the text.
    listed: Vec<(u64, Result<Number, ParseError>, Vec<u8>)>,
    /// Numbers of further invalid and of further missing values.
    unlisted: [u64; 2],
}

impl ValueDiagnostics {
    /// Whether no value is invalid or missing.
    pub(super) fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// Counts the next value and lists it if it is invalid or missing.
    pub(super) fn add(&mut self, number: Result<Number, ParseError>, text: &[u8]) {
        let is_invalid = number.is_err();
        if is_invalid || number == Ok(Number::Nan) {
            let listed = self.listed.iter().filter(|(_, number, _)| number.is_err() == is_invalid).count();
            if listed < MAX_LISTED_DIAGNOSTICS {
                self.listed.push((self.count, number, text[..text.len().min(MAX_EXCERPT_BYTES)].to_vec()));
            } else {
                self.unlisted[usize::from(!is_invalid)] += 1;
            }
        }
        self.count += 1;
    }
}

/// Adds the plain numbers at the beginning of `text` that are each followed by a separator. Returns the end of the last
/// separator and the count of the numbers. Each is shorter than
/// [`PLAIN_NUMBER_BYTES`](super::integers::PLAIN_NUMBER_BYTES).
///
/// Alternates between vectorized parsing of short integers and parsing number by number.
pub(super) fn push_plain_numbers(numbers: &mut Sample, text: &[u8], separator: Separator) -> (usize, u64) {
    /// Minimum number of short integers in one vectorized call that makes the next attempt worthwhile at once.
    const MIN_INTEGERS: u64 = 4;
    /// Numbers parsed one by one after a vectorized call that found fewer, before the next attempt.
    const RETRY_NUMBERS: u64 = 8;

    let (mut at, mut total) = (0, 0);
    loop {
        let (length, count) = push_short_integers(numbers, &text[at..], separator);
        (at, total) = (at + length, total + count);
        let retry_after = if count < MIN_INTEGERS { RETRY_NUMBERS } else { 0 };
        let (length, count, at_short_integer) = match separator {
            Separator::Comma => push_one_by_one(numbers, &text[at..], |byte| byte == b',', true, retry_after),
            Separator::Blank => {
                push_one_by_one(numbers, &text[at..], |byte| byte == b'\n' || is_blank(byte), false, retry_after)
            }
        };
        (at, total) = (at + length, total + count);
        if !at_short_integer {
            return (at, total);
        }
    }
}

/// Adds plain numbers one by one; if `optional_space`, a space may follow each separator. Stops after a short integer once
/// more than `retry_after` numbers were added. Returns the end of the last separator, the count of the numbers and whether a
/// short integer was the reason to stop.
#[inline(never)]
fn push_one_by_one(
    numbers: &mut Sample,
    text: &[u8],
    is_separator: impl Fn(u8) -> bool,
    optional_space: bool,
    retry_after: u64,
) -> (usize, u64, bool) {
    let (mut at, mut count) = (0, 0);
    let mut spaced = false;
    loop {
        let rest = &text[at..];
        let Some((decimal, length)) = plain(rest) else { return (at, count, false) };
        if !rest.get(length).is_some_and(|next| is_separator(*next)) {
            return (at, count, false);
        }
        numbers.push_decimal(decimal);
        count += 1;
        // Separators mostly look like the one before, so this branch is predicted and the start of the next number does not
        // depend on these bytes.
        if optional_space && (rest.get(length + 1) == Some(&b' ')) != spaced {
            spaced = toggled(spaced);
        }
        at += length + if spaced { 2 } else { 1 };
        if length <= MAX_DIGITS && count > retry_after {
            return (at, count, true);
        }
    }
}

impl Nested {
    /// Whether the number at this place of a row is the first one of a column.
    fn begins_column(&self, column: u64, max_slices: usize) -> bool {
        let columns = self.columns.as_ref().filter(|columns| self.height == 1 && columns.len() < max_slices);
        columns.is_some_and(|columns| columns.len() as u64 == column)
    }

    fn push(&mut self, column: u64, number: Number, max_slices: usize, retention: &Retention) {
        if let Some(row) = self.rows.as_mut().and_then(|rows| rows.last_mut()) {
            row.push(number);
        }
        let Some(columns) = &mut self.columns else { return };
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= max_slices {
            self.columns = None;
        } else if let Some(column) = columns.get_mut(column) {
            column.push(number);
        } else if self.height == 1 {
            columns.push(Sample::new(retention));
            columns[column].push(number);
        }
    }

    /// All numbers in one sample; `None` if both rows and columns exceed the limit.
    #[must_use]
    pub fn merged(&self) -> Option<Sample> {
        let slices = self.columns.as_ref().or(self.rows.as_ref())?;
        let mut all = Sample::default();
        for slice in slices {
            all.merge(slice);
        }
        Some(all)
    }
}

/// Returns `!spaced`. A call, because the compiler would replace a branch with a conditional move.
#[cold]
#[inline(never)]
fn toggled(spaced: bool) -> bool {
    !spaced
}

#[cfg(test)]
mod tests {
    use super::*;
    use describe::{Statistic, Value, Wanted};

    #[test]
    fn only_the_axis_beyond_the_limit_is_dropped() {
        let mut numbers = Numbers::new(Location::data(), 2, Retention::default());
        for _ in 0..3 {
            numbers.begin_row().unwrap();
            numbers.push_parsed(Number::parse(b"1"), b"1").unwrap();
            numbers.push_parsed(Number::parse(b"2"), b"2").unwrap();
            assert!(numbers.end_array());
        }
        numbers.check().unwrap();
        let nested = numbers.nested.unwrap();
        assert!(nested.rows.is_none());
        assert_eq!(nested.columns.as_ref().map(Vec::len), Some(2));
        assert_eq!(
            nested.merged().unwrap().describe(&Wanted::default()).figures[1],
            (Statistic::Mean, Value::Number(Ok(1.5)))
        );
    }
}
