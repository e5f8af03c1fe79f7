//! Preview of a table: its first records, what its columns are, and the options that read them.
//!
//! Input: the profiles of all columns, and the options given. Output: a [`TablePreview`]. Invariant: the suggested options agree with
//! each other, and describing with them gives what the kinds of the columns say.

use std::cmp::Reverse;

use serde::Serialize;

use super::column::Column;
use super::first_records::FirstRecords;
use super::profile::Profile;
use super::reading::{Reading, SheetPreview};
use super::suggestions::{Candidate, Plan, Suggestions, keep_place};
use describe::{Moments, NanPolicy, Sample, Statistic, Statistics, Value, Wanted};
use describe_options::{MAX_LISTED_DIAGNOSTICS, TableOptions, excerpt};

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

impl Candidate {
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
