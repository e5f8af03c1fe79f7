//! Arrays of numbers: flat, or nested two levels deep.

use super::integers::{DIGITS, Separated, integers};
use describe::{Decimal, Number, ParseError, Retention, Sample, is_blank, plain};
use describe_options::{
    DatasetFault, Diagnostic, Diagnostics, InputError, JsonFault, LISTED, Location, MAX_EXCERPT_BYTES, ValueFault,
};

/// Numbers, accumulated: one array, or the columns and rows of a nested one.
#[derive(Debug)]
pub struct Numbers {
    /// Where the array stands: `["body"]`, say.
    prefix: Location,
    /// All the numbers of a flat array.
    pub flat: Sample,
    /// The slices of a nested array, once a row was seen.
    pub nested: Option<Nested>,
    /// Position in the innermost array.
    index: u64,
    limit: usize,
    retention: Retention,
    diagnostics: Diagnostics,
    /// Where values are missing, for `nan_policy=raise`.
    pub missing: Diagnostics,
}

/// The slices of a nested array. The axis may be said after the numbers, so both ways are kept while they fit.
#[derive(Debug, Default)]
pub struct Nested {
    /// One accumulator a column; `None` beyond the limit.
    pub columns: Option<Vec<Sample>>,
    /// One accumulator a row; `None` beyond the limit.
    pub rows: Option<Vec<Sample>>,
    /// How long the first row is.
    width: u64,
    /// How many rows were begun.
    height: u64,
    in_row: bool,
}

impl Numbers {
    /// Whether the array is a member of an object, `{"numbers":[…]}`.
    #[must_use]
    pub fn is_member(&self) -> bool {
        self.prefix != Location::data()
    }

    pub(crate) fn new(prefix: Location, limit: usize, retention: Retention) -> Self {
        Self {
            prefix,
            flat: Sample::new(&retention),
            nested: None,
            index: 0,
            limit,
            retention,
            diagnostics: Diagnostics::default(),
            missing: Diagnostics::default(),
        }
    }

    /// The next number, if it is one; `text` is how it was written.
    #[inline]
    pub(crate) fn number(&mut self, number: Result<Number, ParseError>, text: &[u8]) -> Result<(), InputError> {
        match number {
            Ok(Number::Finite(decimal)) => self.decimal(decimal),
            number => {
                self.say(number, text);
                self.push(number.unwrap_or(Number::Nan))
            }
        }
    }

    /// Says of the next value what is wrong with it, if anything is.
    #[cold]
    fn say(&mut self, number: Result<Number, ParseError>, text: &[u8]) {
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

    /// Passes over the next values of a flat array, which somebody else takes.
    pub(super) fn skip(&mut self, count: u64, diagnostics: Option<&ValueDiagnostics>) {
        let start = self.index;
        if let Some(diagnostics) = diagnostics {
            for (at, number, text) in &diagnostics.listed {
                self.index = start + at;
                self.say(*number, text);
            }
            self.diagnostics.append(Diagnostics::new(Vec::new(), diagnostics.unlisted[0]));
            self.missing.append(Diagnostics::new(Vec::new(), diagnostics.unlisted[1]));
        }
        self.index = start + count;
    }

    /// Maximum number of slices of a nested array along an axis.
    #[must_use]
    pub fn max_slices(&self) -> usize {
        self.limit
    }

    /// The next number, finite.
    #[inline]
    pub(crate) fn decimal(&mut self, decimal: Decimal) -> Result<(), InputError> {
        if self.nested.is_some() {
            return self.push(Number::Finite(decimal));
        }
        self.flat.push_decimal(decimal);
        self.index += 1;
        Ok(())
    }

    /// [`run`] for the next values of a flat array.
    #[inline]
    pub(super) fn run(&mut self, text: &[u8], separated: Separated) -> usize {
        if self.nested.is_some() {
            return 0;
        }
        let (end, count) = run(&mut self.flat, text, separated);
        self.index += count;
        end
    }

    /// What is kept of the numbers of a flat array; `None` when it is nested.
    pub(super) fn flat_retention(&self) -> Option<&Retention> {
        self.nested.is_none().then_some(&self.retention)
    }

    /// Whether nothing was taken yet.
    pub(crate) fn is_new(&self) -> bool {
        self.index == 0 && self.nested.is_none()
    }

    fn push(&mut self, number: Number) -> Result<(), InputError> {
        match &mut self.nested {
            None => self.flat.push(number),
            Some(nested) if nested.in_row => nested.push(self.index, number, self.limit, &self.retention),
            Some(_) => return Err(self.mixed()),
        }
        self.index += 1;
        Ok(())
    }

    /// A row of a nested array begins.
    pub(crate) fn begin_row(&mut self) -> Result<(), InputError> {
        let started = self.index > 0;
        let nested = match &mut self.nested {
            Some(nested) if nested.in_row => return Err(self.too_deep()),
            Some(nested) => nested,
            None if started => return Err(self.mixed()),
            None => {
                self.nested.insert(Nested { columns: Some(Vec::new()), rows: Some(Vec::new()), ..Nested::default() })
            }
        };
        nested.in_row = true;
        nested.height += 1;
        if let Some(rows) = &mut nested.rows {
            rows.push(Sample::new(&self.retention));
        }
        if nested.rows.as_ref().is_some_and(|rows| rows.len() > self.limit) {
            nested.rows = None;
        }
        self.index = 0;
        Ok(())
    }

    /// An array ends; true when it was a row.
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

    /// Ok when all was good.
    pub(crate) fn check(&mut self) -> Result<(), InputError> {
        std::mem::take(&mut self.diagnostics).into_result()?;
        let empty = match &self.nested {
            None => self.index == 0,
            Some(nested) => nested.width == 0,
        };
        if empty { Err(InputError::at(self.prefix.clone(), ValueFault::NoValues)) } else { Ok(()) }
    }

    /// Sets the file that all diagnostics are in.
    pub(super) fn set_file(&mut self, name: &str) {
        self.diagnostics.set_file(name);
        self.missing.set_file(name);
    }

    /// Adds the numbers of the file that follows.
    pub(super) fn merge(&mut self, next: Self) -> Result<(), InputError> {
        if self.nested.is_some() || next.nested.is_some() {
            return Err(InputError::of_data(DatasetFault::NestedArray));
        }
        self.flat.merge(&next.flat);
        self.index += next.index;
        self.diagnostics.append(next.diagnostics);
        self.missing.append(next.missing);
        Ok(())
    }

    /// The place of the next value.
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

    /// Error of a next value that is of another kind.
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

/// Diagnostics of values that are taken apart from those before them.
#[derive(Debug, Default)]
pub(super) struct ValueDiagnostics {
    /// How many values there are.
    pub(super) count: u64,
    /// The first [`LISTED`] bad ones and missing ones: which of the values each is, and how it was written.
    listed: Vec<(u64, Result<Number, ParseError>, Vec<u8>)>,
    /// How many other bad ones there are, and missing ones.
    unlisted: [u64; 2],
}

impl ValueDiagnostics {
    /// Whether there is nothing to say.
    pub(super) fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// The next value, which may be no number.
    pub(super) fn add(&mut self, number: Result<Number, ParseError>, text: &[u8]) {
        let is_bad = number.is_err();
        if is_bad || number == Ok(Number::Nan) {
            let alike = self.listed.iter().filter(|(_, number, _)| number.is_err() == is_bad).count();
            if alike < LISTED {
                self.listed.push((self.count, number, text[..text.len().min(MAX_EXCERPT_BYTES)].to_vec()));
            } else {
                self.unlisted[usize::from(!is_bad)] += 1;
            }
        }
        self.count += 1;
    }
}

/// Takes the plain numbers that `text` begins with, as far as what separates them follows each. Says how far that is, and
/// how many they are. Each is shorter than [`PLAIN_BYTES`](super::integers::PLAIN_BYTES).
pub(super) fn run(numbers: &mut Sample, text: &[u8], separated: Separated) -> (usize, u64) {
    /// Looking for short integers pays when there are so many.
    const WORTH: u64 = 4;
    /// Where there were fewer, so many numbers are taken before the next look.
    const WAIT: u64 = 8;

    let (mut at, mut taken) = (0, 0);
    loop {
        let (length, count) = integers(numbers, &text[at..], separated);
        (at, taken) = (at + length, taken + count);
        let wait = if count < WORTH { WAIT } else { 0 };
        let (length, count, short) = match separated {
            Separated::ByCommas => one_by_one(numbers, &text[at..], |byte| byte == b',', true, wait),
            Separated::ByBlanks => {
                one_by_one(numbers, &text[at..], |byte| byte == b'\n' || is_blank(byte), false, wait)
            }
        };
        (at, taken) = (at + length, taken + count);
        if !short {
            return (at, taken);
        }
    }
}

/// Takes plain numbers with perhaps an `optional_space` behind their separators, up to a short integer behind the first so
/// many. Says how far that is, how many they are, and whether it was that which ended it.
#[inline(never)]
fn one_by_one(
    numbers: &mut Sample,
    text: &[u8],
    separates: impl Fn(u8) -> bool,
    optional_space: bool,
    wait: u64,
) -> (usize, u64, bool) {
    let (mut at, mut taken) = (0, 0);
    let mut spaced = false;
    loop {
        let rest = &text[at..];
        let Some((decimal, length)) = plain(rest) else { return (at, taken, false) };
        if !rest.get(length).is_some_and(|next| separates(*next)) {
            return (at, taken, false);
        }
        numbers.push_decimal(decimal);
        taken += 1;
        // Branches that can be predicted: what is added is known before the bytes are, and the next number begins.
        if optional_space && (rest.get(length + 1) == Some(&b' ')) != spaced {
            spaced = other(spaced);
        }
        at += length + if spaced { 2 } else { 1 };
        if length <= DIGITS && taken > wait {
            return (at, taken, true);
        }
    }
}

impl Nested {
    fn push(&mut self, column: u64, number: Number, limit: usize, retention: &Retention) {
        if let Some(row) = self.rows.as_mut().and_then(|rows| rows.last_mut()) {
            row.push(number);
        }
        let Some(columns) = &mut self.columns else { return };
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= limit {
            self.columns = None;
        } else if let Some(column) = columns.get_mut(column) {
            column.push(number);
        } else if self.height == 1 {
            columns.push(Sample::new(retention));
            columns[column].push(number);
        }
    }

    /// All numbers in one sample; `None` where neither rows nor columns were kept.
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

/// The other of the two; a call, lest a computation take the place of a branch.
#[cold]
#[inline(never)]
fn other(spaced: bool) -> bool {
    !spaced
}

#[cfg(test)]
mod tests {
    use super::*;
    use describe::{Statistic, Value, Wanted};

    #[test]
    fn limits_drop_the_longer_way_only() {
        let mut numbers = Numbers::new(Location::data(), 2, Retention::default());
        for _ in 0..3 {
            numbers.begin_row().unwrap();
            numbers.number(Number::parse(b"1"), b"1").unwrap();
            numbers.number(Number::parse(b"2"), b"2").unwrap();
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
