//! Preview of a table: its first records, what its columns are, and the options that read them.
//!
//! Input: the profiles of all columns, and the options given. Output: a [`TablePreview`]. Invariant: the suggested options agree with
//! each other, and describing with them gives what the kinds of the columns say.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use serde::Serialize;

use super::cell::{Cell, SampleRecord};
use super::column::Column;
use super::place::TableStart;
use super::profile::{Profile, Spelling, is_date};
use super::reading::{Reading, SheetPreview};
use describe::{Moments, NanPolicy, Number, Sample, Statistic, Statistics, Value, Wanted, trim_blanks};
use describe_options::{MAX_EXCERPT_CHARS, MAX_LISTED_DIAGNOSTICS, TableOptions, ThousandsMark, excerpt};

/// Number of records that a preview shows.
pub(crate) const SHOWN_RECORDS: usize = 8;

/// Maximum number of different texts of a column that are proposed as codes, and of all columns.
const MAX_CODES: usize = 20;
const MAX_CODES_OF_ALL: usize = 50;

/// Preview of a table.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TablePreview {
    /// Sheets of a workbook; empty for other formats.
    pub sheets: Vec<SheetPreview>,
    /// The first 8 records: the texts of all columns, cut at 40 characters; `null` for an empty cell.
    pub records: Vec<Vec<Option<String>>>,
    /// The columns, in the order of the table.
    pub columns: Vec<ColumnPreview>,
    /// Options to add, each in place of one of that name.
    pub suggestions: Suggestions,
    /// Whether all records were read; `false` if `rows` ended the reading.
    pub complete: bool,
}

/// Column of a table.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ColumnPreview {
    /// Name of the column.
    pub name: String,
    /// What the column is with the suggestions.
    pub kind: ColumnKind,
    /// Number of cells that are numbers by the options given.
    pub numbers: u64,
    /// Number of empty cells.
    pub blank: u64,
    /// Number of missing markers.
    pub missing: u64,
    /// Number of cells with absence codes; only present when codes were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub absent: Option<u64>,
    /// Other cells by their text, the most frequent ones first; the first 20.
    pub others: Vec<PreviewedText>,
    /// Number of all other cells.
    pub other_count: u64,
    /// Least number, with the suggestions if the column is of numbers.
    #[cfg_attr(feature = "schema", schema(required))]
    pub min: Option<f64>,
    /// Greatest number, with the suggestions if the column is of numbers.
    #[cfg_attr(feature = "schema", schema(required))]
    pub max: Option<f64>,
    /// Number of different numbers of a column of numbers or identifiers, else of different texts; `null` if there are too many.
    #[cfg_attr(feature = "schema", schema(required))]
    pub distinct: Option<u64>,
}

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Numbers, perhaps with missing and absent ones: describing with the suggestions describes it.
    Number,
    /// Texts that repeat.
    Category,
    /// Other texts, or texts and numbers.
    Text,
    /// Dates, perhaps with times.
    Date,
    /// Truth values.
    Boolean,
    /// Numbers with leading zeros, which are not described unless they are named.
    Identifier,
    /// Nothing but empty and missing cells.
    Empty,
}

impl ColumnKind {
    /// Name of the kind in an answer.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Category => "category",
            Self::Text => "text",
            Self::Date => "date",
            Self::Boolean => "boolean",
            Self::Identifier => "identifier",
            Self::Empty => "empty",
        }
    }
}

/// Text of cells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PreviewedText {
    /// The text, cut at 40 characters.
    pub text: String,
    /// Number of cells; only present unless there are too many different texts to count them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub count: Option<u64>,
}

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

/// Texts of a record.
type Texts = Vec<Option<String>>;

/// First records of a table, with the texts of their values.
#[derive(Debug, Default)]
pub(super) struct FirstRecords {
    /// Records of the current block, by row.
    block: Vec<(u64, Texts)>,
    /// Records of completed blocks, by block and row.
    all: Vec<((u64, u64), Texts)>,
}

impl FirstRecords {
    /// Begins the record in this row of the current block, unless it has begun or there are enough.
    pub(super) fn begin(&mut self, row: u64) {
        if self.block.len() + self.all.len() < SHOWN_RECORDS && self.block.last().is_none_or(|(last, _)| *last < row) {
            self.block.push((row, Vec::new()));
        }
    }

    /// Sets the text of a value in a record that has begun.
    pub(super) fn set(&mut self, row: u64, value: usize, cell: Cell) {
        let Some((_, texts)) = self.block.iter_mut().find(|(known, _)| *known == row) else { return };
        let text = match cell {
            Cell::Missing => None,
            Cell::Number(number) => Some(number.to_string()),
            Cell::Text(text) => Some(excerpt(trim_blanks(text))).filter(|text| !text.is_empty()),
        };
        texts.resize(texts.len().max(value + 1), None);
        texts[value] = text;
    }

    /// Completes the current block.
    pub(super) fn end_block(&mut self, number: u64) {
        self.all.extend(std::mem::take(&mut self.block).into_iter().map(|(row, texts)| ((number, row), texts)));
    }

    /// Adds the records of other blocks.
    pub(super) fn merge(&mut self, other: Self) {
        self.all.extend(other.all);
        self.all.sort_unstable_by_key(|(place, _)| *place);
        self.all.truncate(SHOWN_RECORDS);
    }

    /// Adds the records of the next file, whose values are in this order.
    pub(super) fn append(&mut self, next: Self, order: &[usize]) {
        let room = SHOWN_RECORDS - self.all.len().min(SHOWN_RECORDS);
        for (_, mut texts) in next.all.into_iter().take(room) {
            let ordered = order.iter().map(|position| texts.get_mut(*position).and_then(Option::take)).collect();
            self.all.push(((u64::MAX, 0), ordered));
        }
    }

    fn into_records(self, width: usize) -> Vec<Texts> {
        let whole = |mut texts: Texts| {
            texts.resize(width, None);
            texts
        };
        self.all.into_iter().map(|(_, texts)| whole(texts)).collect()
    }
}

/// Options that read the cells of all columns.
struct Plan {
    spelling: Spelling,
    strip: String,
    absent: Vec<String>,
}

/// A column with its texts.
struct Candidate {
    profile: Profile,
    texts: Vec<(Vec<u8>, Option<u64>)>,
    misspelled: Vec<(Vec<u8>, Option<u64>)>,
    numbers: Sample,
    absent: u64,
}

/// Preview of a table with these columns.
pub(super) fn preview(
    options: &TableOptions,
    names: Vec<String>,
    columns: Vec<Column>,
    records: FirstRecords,
    readings: &mut [Reading],
) -> TablePreview {
    let candidates: Vec<Candidate> = columns.into_iter().filter_map(Candidate::new).collect();
    let plan = Plan::find(options, &candidates);
    let mut suggestions = plan.suggestions(options);
    if suggestions != Suggestions::default() {
        keep_place(&mut suggestions, options, &plan, &names, readings);
    }
    let records = records.into_records(names.len());
    let has_codes = !options.absent.is_empty();
    let columns = names.into_iter().zip(candidates);
    TablePreview {
        sheets: readings.iter_mut().flat_map(|reading| std::mem::take(&mut reading.sheets)).collect(),
        records,
        columns: columns.map(|(name, column)| column.preview(name, &plan, has_codes)).collect(),
        suggestions,
        complete: readings.iter().all(|reading| !reading.is_cut),
    }
}

impl Plan {
    /// Finds the options by which the most columns are numbers.
    fn find(options: &TableOptions, columns: &[Candidate]) -> Self {
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

    fn suggestions(&self, options: &TableOptions) -> Suggestions {
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
fn keep_place(
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
    fn new(column: Column) -> Option<Self> {
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
    fn is_numeric(&self, plan: &Plan) -> bool {
        let is_code = |(text, count): &(Vec<u8>, Option<u64>)| {
            count.is_some() && plan.absent.iter().any(|code| code.as_bytes() == text)
        };
        self.profile.numbers_by(plan.spelling) > 0
            && self.is_spelled(plan.spelling)
            && self.profile.signs.iter().all(|sign| plan.strip.contains(*sign))
            && self.texts.iter().all(is_code)
    }

    fn kind(&self, plan: &Plan) -> ColumnKind {
        let Profile { numbers, leading_zeros, dates, booleans, texts, .. } = &self.profile;
        let others = self.profile.others();
        let is_all = |count: u64| count == texts.count() && count == others && *numbers == 0;
        match () {
            () if *numbers + others == 0 => ColumnKind::Empty,
            () if self.is_numeric(plan) && *leading_zeros > 0 => ColumnKind::Identifier,
            () if self.is_numeric(plan) => ColumnKind::Number,
            () if is_all(*booleans) => ColumnKind::Boolean,
            () if is_all(*dates) => ColumnKind::Date,
            () if self.distinct_others().is_some_and(|distinct| 2 * distinct <= others) => ColumnKind::Category,
            () => ColumnKind::Text,
        }
    }

    /// Number of different texts that are not numbers.
    fn distinct_others(&self) -> Option<u64> {
        let mut all = self.texts.iter().chain(&self.misspelled);
        all.all(|(_, count)| count.is_some()).then_some((self.texts.len() + self.misspelled.len()) as u64)
    }

    fn preview(self, name: String, plan: &Plan, has_codes: bool) -> ColumnPreview {
        let kind = self.kind(plan);
        let is_numeric = matches!(kind, ColumnKind::Number | ColumnKind::Identifier);
        let mut all = self.numbers.clone();
        if is_numeric {
            all = self.profile.plain.clone();
            self.profile.spelled_by(plan.spelling).for_each(|spelled| all.merge(&spelled.numbers));
        }
        let summary = all.finish(Moments::default());
        let distinct = if is_numeric { distinct(&all) } else { self.distinct_others() };
        let mut others: Vec<_> = self.texts.into_iter().chain(self.misspelled).collect();
        others.sort_by_key(|(_, count)| Reverse(*count));
        let text = |(text, count): (Vec<u8>, Option<u64>)| PreviewedText { text: excerpt(&text), count };
        ColumnPreview {
            name,
            kind,
            numbers: self.profile.numbers,
            blank: self.profile.blank,
            missing: self.profile.missing,
            absent: has_codes.then_some(self.absent),
            others: others.into_iter().take(MAX_LISTED_DIAGNOSTICS).map(text).collect(),
            other_count: self.profile.others(),
            min: summary.min.ok(),
            max: summary.max.ok(),
            distinct,
        }
    }
}

impl ColumnPreview {
    /// Preview of a column of parsed numbers.
    pub(crate) fn of_numbers(name: String, numbers: &Sample) -> Self {
        let summary = numbers.finish(Moments { nan_policy: NanPolicy::Omit, ..Moments::default() });
        let count = numbers.taken() - numbers.missing();
        Self {
            name,
            kind: if count > 0 { ColumnKind::Number } else { ColumnKind::Empty },
            numbers: count,
            blank: 0,
            missing: numbers.missing(),
            absent: None,
            others: Vec::new(),
            other_count: 0,
            min: summary.min.ok(),
            max: summary.max.ok(),
            distinct: distinct(numbers),
        }
    }
}

/// Number of different numbers; `None` if there are too many to count them.
fn distinct(numbers: &Sample) -> Option<u64> {
    let moments = Moments { nan_policy: NanPolicy::Omit, ..Moments::default() };
    let wanted = Wanted { statistics: Statistics::NONE.with(Statistic::Distinct), moments, ..Wanted::default() };
    let description = numbers.describe(&wanted);
    match description.figures.first() {
        Some((_, Value::Count(count))) => *count,
        _ => None,
    }
}
