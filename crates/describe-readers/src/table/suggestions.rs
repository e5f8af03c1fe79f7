//! Options that a preview suggests: those by which the most columns are numbers, and those that keep the place of the table.
//!
//! Input: the columns with their texts, and the options given. Output: [`Suggestions`]. Invariant: the suggested options
//! agree with each other, and a column that is all numbers stays so.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use serde::Serialize;

use super::cell::SampleRecord;
use super::column::Column;
use super::place::TableStart;
use super::profile::{Profile, Spelling, is_date};
use super::reading::Reading;
use describe::{Number, Sample};
use describe_options::{MAX_EXCERPT_CHARS, TableOptions, ThousandsMark};

/// Maximum number of different texts of a column that are proposed as codes, and of all columns.
const MAX_CODES: usize = 20;
const MAX_CODES_OF_ALL: usize = 50;

/// Options that make more columns numbers, and those that keep the place of the table with them. Each is written as it is to be given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Suggestions {
    /// Codes of absences, those that were given included.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub absent: Option<String>,
    /// Decimal mark.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub decimal: Option<String>,
    /// Separator between groups of three digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub thousands: Option<String>,
    /// Characters to take off both ends of a number, those that were given included.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub strip: Option<String>,
    /// Whether the first record is the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub header: Option<String>,
    /// Number of records before the table.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub skip_rows: Option<String>,
    /// Number of records behind the table.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub skip_end: Option<String>,
    /// Delimiter of the cells.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub delimiter: Option<String>,
    /// Name of the sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub sheet: Option<String>,
}

impl Suggestions {
    /// The options by name, in the order of the answer.
    pub fn options(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let Self { absent, decimal, thousands, strip, header, skip_rows, skip_end, delimiter, sheet } = self;
        let all = [
            ("absent", absent),
            ("decimal", decimal),
            ("thousands", thousands),
            ("strip", strip),
            ("header", header),
            ("skip_rows", skip_rows),
            ("skip_end", skip_end),
            ("delimiter", delimiter),
            ("sheet", sheet),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }
}

/// A column with its texts.
pub(super) struct Candidate {
    pub(super) profile: Profile,
    pub(super) texts: Vec<(Vec<u8>, Option<u64>)>,
    pub(super) misspelled: Vec<(Vec<u8>, Option<u64>)>,
    pub(super) numbers: Sample,
    pub(super) absent: u64,
}

/// Options that read the cells of all columns.
pub(super) struct Plan {
    pub(super) spelling: Spelling,
    strip: String,
    absent: Vec<String>,
}

impl Plan {
    /// Finds the options by which the most columns are numbers.
    pub(super) fn find(options: &TableOptions, columns: &[Candidate]) -> Self {
        let given = Spelling { decimal_comma: options.decimal_comma, thousands: options.thousands };
        let spelling = Self::spelling(given, columns);
        let mut strip: BTreeSet<char> = BTreeSet::new();
        let mut codes: Vec<(String, u64)> = Vec::new();
        for column in columns.iter().filter(|column| column.may_be_numbers(spelling)) {
            let Some(texts) = column.codes() else { continue };
            let new = texts.iter().filter(|(text, _)| !codes.iter().any(|(known, _)| known == text)).count();
            if codes.len() + new > MAX_CODES_OF_ALL {
                continue;
            }
            strip.extend(column.profile.signs.iter().filter(|sign| !options.strip.contains(**sign)));
            for (text, count) in texts {
                match codes.iter_mut().find(|(known, _)| *known == text) {
                    Some((_, total)) => *total += count,
                    None => codes.push((text, count)),
                }
            }
        }
        codes.sort_by_key(|(_, count)| Reverse(*count));
        let new = codes.into_iter().map(|(text, _)| text);
        Self {
            spelling,
            strip: options.strip.chars().chain(strip).collect(),
            absent: options.absent.iter().cloned().chain(new).collect(),
        }
    }

    /// The spelling by which the most cells of columns of numbers are numbers; the one given if no other reads more. A column that is
    /// all numbers as given stays so.
    fn spelling(given: Spelling, columns: &[Candidate]) -> Spelling {
        let is_admissible = |spelling: Spelling| {
            let keeps = |column: &Candidate| {
                column.profile.others() > 0 || column.profile.numbers_by(spelling) == column.profile.numbers
            };
            // A point may be a separator or a decimal mark: some cell must show that it is not the mark.
            let is_shown = spelling.decimal_comma == given.decimal_comma
                || spelling.thousands.is_none()
                || columns.iter().any(|column| {
                    column.profile.spelled.iter().any(|(of, spelled)| *of == spelling && spelled.grouped > 0)
                });
            // An option can be given another value, but not be taken back.
            let is_stated = spelling.thousands.is_some() || given.thousands.is_none();
            is_stated && is_shown && columns.iter().all(keeps)
        };
        let score = |spelling: Spelling| -> u64 {
            let numeric = columns.iter().filter(|column| column.is_mostly_numbers());
            numeric.map(|column| column.profile.numbers_by(spelling)).sum()
        };
        let separators = |decimal_comma: bool| {
            let decimal = if decimal_comma { "," } else { "." };
            let marks = ThousandsMark::ALL.into_iter().map(|(_, mark)| mark).filter(move |mark| mark.word() != decimal);
            std::iter::once(None).chain(marks.map(Some)).map(move |thousands| Spelling { decimal_comma, thousands })
        };
        let others = separators(given.decimal_comma).chain(separators(!given.decimal_comma));
        let mut best = (score(given), given);
        for spelling in others.filter(|spelling| is_admissible(*spelling)) {
            let score = score(spelling);
            if score > best.0 {
                best = (score, spelling);
            }
        }
        best.1
    }

    pub(super) fn suggestions(&self, options: &TableOptions) -> Suggestions {
        let Self { spelling: Spelling { decimal_comma, thousands }, strip, absent } = self;
        let decimal = if *decimal_comma { "," } else { "." };
        Suggestions {
            absent: (absent.len() > options.absent.len()).then(|| absent.join(",")),
            decimal: (*decimal_comma != options.decimal_comma).then(|| decimal.to_owned()),
            thousands: thousands.filter(|_| *thousands != options.thousands).map(|mark| mark.word().to_owned()),
            strip: (strip.len() > options.strip.len()).then(|| strip.clone()),
            ..Suggestions::default()
        }
    }

    /// Options with those of the plan.
    fn applied(&self, options: &TableOptions) -> TableOptions {
        TableOptions {
            decimal_comma: self.spelling.decimal_comma,
            thousands: self.spelling.thousands,
            strip: self.strip.clone(),
            absent: self.absent.clone(),
            ..options.clone()
        }
    }
}

/// Adds options that keep the place of the table, where the others would change it.
pub(super) fn keep_place(
    suggestions: &mut Suggestions,
    options: &TableOptions,
    plan: &Plan,
    names: &[String],
    readings: &[Reading],
) {
    let [reading] = readings else { return };
    let applied = plan.applied(options);
    let start = |options| {
        let TableStart { titles, has_header, .. } = TableStart::find(&reading.sample, options);
        (titles, has_header)
    };
    let (titles, has_header) = start(options);
    if !reading.sample.is_empty() && start(&applied) != (titles, has_header) {
        suggestions.header = Some(has_header.to_string());
        let row = reading.sample.get(titles).map_or(0, |SampleRecord { row, .. }| row.saturating_sub(1));
        suggestions.skip_rows = Some(row.to_string());
    }
    let is_code = |text: &Vec<u8>| applied.absent.iter().any(|code| code.as_bytes() == text);
    if options.skip_end.is_none() && reading.note_texts.iter().any(is_code) {
        suggestions.skip_end = reading.source.skipped_end.map(|records| records.to_string());
    }
    // The header of rows in JSON is what has texts alone.
    if reading.source.shape.is_some() && names.iter().any(|name| applied.absent.contains(name)) {
        suggestions.header = Some("true".to_owned());
    }
    // With a decimal comma the comma is not looked for.
    let is_sought = suggestions.decimal.as_deref() == Some(",") && reading.source.delimiter.as_deref() != Some(",");
    if suggestions.decimal.is_some() && options.delimiter.is_none() && !is_sought {
        suggestions.delimiter.clone_from(&reading.source.delimiter);
    }
    if options.sheet.is_none() && reading.sheets.len() > 1 {
        suggestions.sheet.clone_from(&reading.source.sheet);
    }
}

impl Candidate {
    pub(super) fn new(column: Column) -> Option<Self> {
        let Column { numbers, absent, profile, .. } = column;
        let profile = *profile?;
        let (texts, misspelled) = (profile.texts.clone().into_texts(), profile.misspelled.clone().into_texts());
        Some(Self { texts, misspelled, profile, numbers, absent: absent.iter().sum() })
    }

    /// Whether at least half of the cells that are not missing are numbers in some spelling.
    fn is_mostly_numbers(&self) -> bool {
        let numbers = self.profile.plain.taken() + self.profile.marked;
        numbers > 0 && numbers >= self.profile.texts.count()
    }

    /// Whether the column is mostly numbers, and a spelling reads all that have marks.
    fn may_be_numbers(&self, spelling: Spelling) -> bool {
        self.is_mostly_numbers() && self.profile.leading_zeros == 0 && self.is_spelled(spelling)
    }

    fn is_spelled(&self, spelling: Spelling) -> bool {
        self.profile.numbers_by(spelling) == self.profile.plain.taken() + self.profile.marked
    }

    /// The texts as codes of absences, with the numbers of their cells; `None` if they cannot all be codes.
    fn codes(&self) -> Option<Vec<(String, u64)>> {
        if self.texts.len() > MAX_CODES {
            return None;
        }
        let code = |(text, count): &(Vec<u8>, Option<u64>)| {
            let code = std::str::from_utf8(text).ok()?;
            let is_code = code.chars().count() <= MAX_EXCERPT_CHARS
                && code.trim() == code
                && !code.contains([',', '\n', '\r'])
                && !matches!(Number::parse(text), Ok(Number::Finite(_)))
                && !is_date(text);
            is_code.then_some((code.to_owned(), (*count)?))
        };
        self.texts.iter().map(code).collect()
    }

    /// Whether all cells are numbers, missing or absent by a plan.
    pub(super) fn is_numeric(&self, plan: &Plan) -> bool {
        let is_code = |(text, count): &(Vec<u8>, Option<u64>)| {
            count.is_some() && plan.absent.iter().any(|code| code.as_bytes() == text)
        };
        self.profile.numbers_by(plan.spelling) > 0
            && self.is_spelled(plan.spelling)
            && self.profile.signs.iter().all(|sign| plan.strip.contains(*sign))
            && self.texts.iter().all(is_code)
    }
}
