//! The JSON answers as types, each of which is both what is written and its schema in the OpenAPI document.
//!
//! These types borrow from the model of an answer; the results of a table are described one by one while they are written.

use serde::{Serialize, Serializer};
#[cfg(feature = "schema")]
use utoipa::ToSchema;

#[cfg(feature = "correlations")]
use super::correlations::ColumnCorrelation;
use super::statistics::{ColumnStatistics, SliceStatistics, Statistics};
use crate::answer::{
    Answer, CategoryComparison, Comparison, Described, HomogeneityTest, ReadingWarning, Warning, Withheld,
    slice_warnings,
};
#[cfg(feature = "items")]
use crate::answer::{GroupEquating, GroupPrediction};
use crate::members::Members;
use crate::provenance::Stamp;
use describe::{CategoryChange, Count, Difference, Homogeneity};
#[cfg(feature = "items")]
use describe::{EquatedMark, PredictedCategory};
use describe_options::{AnswerFault, InputError};
use describe_readers::{Skipped, TableSource};

/// Description of an array of numbers: the statistics that were requested, by default those of `scipy.stats.describe`.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema))]
pub struct Description<'a> {
    /// Number of values described; `null` where it is withheld.
    #[cfg_attr(feature = "schema", schema(required))]
    nobs: Option<u64>,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(inline))]
    statistics: Statistics<'a>,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(inline))]
    remarks: Remarks<'a>,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(inline))]
    origin: Origin<'a>,
}

/// Description of the slices of nested arrays, rows or columns: each member is a list with one element for each slice.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema))]
pub struct NestedDescription<'a> {
    /// Number of values described in every slice, or in each where they differ; `null` where it is withheld.
    #[cfg_attr(feature = "schema", schema(required))]
    nobs: NestedCounts,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(inline))]
    statistics: SliceStatistics<'a>,
    /// True where order statistics are approximate because there are more distinct values than are counted exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    approximate: Option<bool>,
    /// Upper bound on the error of a rank in each slice, as a share of its values.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    rank_error: Option<Vec<f64>>,
    /// Reason why a member is withheld, by the member's name, for each slice; only present when some are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<BTreeMap<String, String>>>, nullable = false))]
    withheld: Option<Vec<&'a Withheld>>,
    /// Reasons why members are `null`; only present when some are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warning>,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(inline))]
    origin: Origin<'a>,
}

/// Numbers of values of slices.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema))]
#[serde(untagged)]
enum NestedCounts {
    /// Of every slice.
    #[cfg_attr(feature = "schema", schema(title = "SameCount"))]
    Same(Option<u64>),
    /// Of each slice.
    #[cfg_attr(feature = "schema", schema(title = "CountOfEach"))]
    Each(Vec<Option<u64>>),
}

/// Description of a table: a flat list of results, group by group, within a group column by column.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema))]
pub struct TableDescription<'a> {
    /// Number of records; `null` where it is withheld.
    #[cfg_attr(feature = "schema", schema(required))]
    rows: Option<u64>,
    /// A result for each column, or for each group and column; then those of `totals`, those over all groups last.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<TableResult>))]
    results: Results<'a>,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(inline))]
    comparisons: ComparedGroups<'a>,
    /// Columns that are not described because they are not numeric, when none were requested; only present when there are some.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    skipped: Vec<SkippedColumn<'a>>,
    /// Reason why a member is withheld, by the member's name; only present when one is.
    #[serde(skip_serializing_if = "Withheld::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, String>))]
    withheld: &'a Withheld,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(inline))]
    origin: Origin<'a>,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(inline))]
    reading: Reading<'a>,
}

/// How the files of a table were read.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema))]
pub(super) struct Reading<'a> {
    /// What the file was read as; a list when there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(required, nullable = false))]
    source: Option<Sources<'a>>,
    /// Warnings about how the table was read, and about its cells; only present when there are some.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<ReadingWarning>,
}

/// What the files of a table were read as.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema))]
#[serde(untagged)]
pub(crate) enum Sources<'a> {
    /// Of one file.
    #[cfg_attr(feature = "schema", schema(title = "OneSource"))]
    One(&'a TableSource),
    /// Of each file.
    #[cfg_attr(feature = "schema", schema(title = "SourceOfEach"))]
    Each(&'a [TableSource]),
}

/// Result of a column of a table, in one group or over all groups.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema))]
pub(super) struct TableResult<'a> {
    /// Name of the column.
    column: &'a str,
    /// Values of the columns in `group_by`, `null` for empty ones: all of them in a group, one with `totals` in a result over the
    /// others, no members over all groups. Only present with `group_by`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<BTreeMap<String, Option<String>>>, nullable = false))]
    group: Option<Members<'a, &'a str, Option<&'a str>>>,
    /// Number of values described; `null` where it is withheld.
    #[cfg_attr(feature = "schema", schema(required))]
    nobs: Option<u64>,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(inline))]
    statistics: ColumnStatistics<'a>,
    /// Number of missing cells; `null` where it is withheld.
    #[cfg_attr(feature = "schema", schema(required))]
    missing: Option<u64>,
    /// Number of cells with each of the codes in `absent`; only present with `absent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<BTreeMap<String, Option<u64>>>, nullable = false))]
    absent: Option<Members<'a, &'a str, Count>>,
    /// Number of cells that are not numbers; `null` where it is withheld. Only present with `invalid=missing`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<u64>))]
    invalid: Option<Count>,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(inline))]
    remarks: Remarks<'a>,
}

/// Remarks on the statistics of one result.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema))]
struct Remarks<'a> {
    /// True where order statistics are approximate because there are more distinct values than are counted exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    approximate: Option<bool>,
    /// Upper bound on the error of a rank, as a share of the values.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    rank_error: Option<f64>,
    /// Reason why a member is withheld, by the member's name; only present when one is.
    #[serde(skip_serializing_if = "Withheld::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, String>))]
    withheld: &'a Withheld,
    /// Reasons why members are `null`; only present when some are.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    warnings: &'a [Warning],
}

/// Comparisons of the groups of a table, pair by pair, each pair column by column.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema))]
pub(super) struct ComparedGroups<'a> {
    /// Comparisons of groups; only present when they were requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    comparisons: Option<Vec<GroupComparison<'a>>>,
    #[cfg(feature = "items")]
    /// Marks of groups on the scales of those that they are compared with; only present when they were requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    equating: Option<Vec<EquatedGroups<'a>>>,
    /// Changes of the categories of groups; only present when comparisons were requested with `categories`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    changes: Option<Vec<GroupChanges<'a>>>,
    #[cfg(feature = "items")]
    /// Predicted outcomes of groups; only present when they were requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    predictions: Option<Vec<PredictedGroup<'a>>>,
    /// Chi-squared tests of homogeneity of the groups, one for each column; only present with `categories` and groups.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    homogeneity: Vec<ColumnHomogeneity<'a>>,
    /// Correlations of each two columns, group by group as `results`; only present with `correlations`.
    #[cfg(feature = "correlations")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    correlations: Vec<ColumnCorrelation<'a>>,
}

/// Comparison of two groups: a minus b, a divided by b.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema), schema(as = Comparison))]
struct GroupComparison<'a> {
    /// Name of the column.
    column: &'a str,
    /// Group a.
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, Option<String>>))]
    a: Members<'a, &'a str, Option<&'a str>>,
    /// Group b.
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, Option<String>>))]
    b: Members<'a, &'a str, Option<&'a str>>,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(inline))]
    difference: &'a Difference,
    /// Reason why a member is withheld, by the member's name; only present when one is.
    #[serde(skip_serializing_if = "Withheld::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, String>))]
    withheld: &'a Withheld,
    /// Reasons why members are `null`; only present when some are.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    warnings: &'a [Warning],
}

#[cfg(feature = "items")]
/// Marks of a column in group a on the scale of group b.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema), schema(as = Equating))]
struct EquatedGroups<'a> {
    /// Name of the column.
    column: &'a str,
    /// Group a.
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, Option<String>>))]
    a: Members<'a, &'a str, Option<&'a str>>,
    /// Group b.
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, Option<String>>))]
    b: Members<'a, &'a str, Option<&'a str>>,
    /// Slope of the line of linear equating, s(b)/s(a).
    #[cfg_attr(feature = "schema", schema(required))]
    slope: Option<f64>,
    /// Intercept of the line, mean(b) - slope mean(a).
    #[cfg_attr(feature = "schema", schema(required))]
    intercept: Option<f64>,
    /// Step between possible marks of both groups.
    #[cfg_attr(feature = "schema", schema(required))]
    step: Option<f64>,
    /// The marks from the least to the greatest one of a; `null` where one of the groups has no values, or there are too many marks.
    #[cfg_attr(feature = "schema", schema(required))]
    marks: Option<&'a [EquatedMark]>,
    /// Reason why a member is withheld, by the member's name; only present when one is.
    #[serde(skip_serializing_if = "Withheld::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, String>))]
    withheld: &'a Withheld,
    /// Reasons why members are `null`; only present when some are.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    warnings: &'a [Warning],
}

/// Changes of the categories of a column between two groups: a minus b.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema), schema(as = CategoryChanges))]
struct GroupChanges<'a> {
    /// Name of the column.
    column: &'a str,
    /// Group a.
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, Option<String>>))]
    a: Members<'a, &'a str, Option<&'a str>>,
    /// Group b.
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, Option<String>>))]
    b: Members<'a, &'a str, Option<&'a str>>,
    /// Changes of all categories, in their order; `null` where one of the groups has no values.
    #[cfg_attr(feature = "schema", schema(required))]
    categories: Option<&'a [CategoryChange]>,
    /// Reason why a member is withheld, by the member's name; only present when one is.
    #[serde(skip_serializing_if = "Withheld::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, String>))]
    withheld: &'a Withheld,
    /// Reasons why members are `null`; only present when some are.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    warnings: &'a [Warning],
}

#[cfg(feature = "items")]
/// Outcomes of the candidates of group a, predicted from the outcomes of each band of prior attainment in group b.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema), schema(as = Prediction))]
struct PredictedGroup<'a> {
    /// Name of the column.
    column: &'a str,
    /// Group a, without the band.
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, Option<String>>))]
    a: Members<'a, &'a str, Option<&'a str>>,
    /// Group b, without the band.
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, Option<String>>))]
    b: Members<'a, &'a str, Option<&'a str>>,
    /// Number of candidates of a in bands that occur in b: those who are predicted. `null` where it is withheld or unknown.
    #[cfg_attr(feature = "schema", schema(value_type = Option<u64>, required))]
    nobs: Count,
    /// Number of candidates of a in other bands, who are left out. `null` where it is withheld or unknown.
    #[cfg_attr(feature = "schema", schema(value_type = Option<u64>, required))]
    unmatched: Count,
    /// All categories, in their order; `null` where nobody is predicted.
    #[cfg_attr(feature = "schema", schema(required))]
    categories: Option<&'a [PredictedCategory]>,
    /// Reason why a member is withheld, by the member's name; only present when one is.
    #[serde(skip_serializing_if = "Withheld::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, String>))]
    withheld: &'a Withheld,
    /// Reasons why members are `null`; only present when some are.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    warnings: &'a [Warning],
}

/// Chi-squared test of homogeneity of the categories of a column over all groups.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema))]
struct ColumnHomogeneity<'a> {
    /// Name of the column.
    column: &'a str,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(inline))]
    test: &'a Homogeneity,
    /// Reason why a member is withheld, by the member's name; only present when one is.
    #[serde(skip_serializing_if = "Withheld::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, String>))]
    withheld: &'a Withheld,
    /// Reasons why members are `null`; only present when some are.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    warnings: &'a [Warning],
}

/// Column that is not numeric, with the first cell that shows it.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema))]
struct SkippedColumn<'a> {
    /// Name of the column.
    column: &'a str,
    /// Record of the cell, as a spreadsheet numbers it: from 1, the header included.
    row: u64,
    /// Text of the cell, cut at 40 characters; `null` where small counts are withheld, since it may be a person's name.
    #[cfg_attr(feature = "schema", schema(required))]
    value: Option<&'a str>,
}

/// Remarks on a whole answer.
#[derive(Default, Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema))]
pub(super) struct Origin<'a> {
    /// Sentences about rounded and withheld members, or about a table without numeric columns; only present when there are some.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notes: &'a [String],
    /// Provenance of the answer; only present when it was requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    stamp: Option<&'a Stamp>,
}

impl<'a> Description<'a> {
    /// Description of a result; with the remarks of `answer` if it is the only result of it.
    pub(super) fn new(result: &'a Described<'a>, answer: Option<&'a Answer<'a>>) -> Self {
        Self {
            nobs: result.nobs,
            statistics: Statistics(&result.figures),
            remarks: Remarks::new(result),
            origin: answer.map(Origin::new).unwrap_or_default(),
        }
    }
}

impl<'a> NestedDescription<'a> {
    /// Description of `slices`, each a `what`.
    pub(super) fn new(slices: &'a [Described<'a>], what: &str, answer: &'a Answer<'a>) -> Self {
        let counts: Vec<Count> = slices.iter().map(|slice| slice.nobs).collect();
        let most = counts.iter().max().copied().flatten();
        // All slices are equally long. Unless missing values are left out, that is the number of values of each, too.
        let differ = answer.omits() || counts.contains(&None);
        let nobs = if differ && counts.iter().any(|count| *count != most) {
            NestedCounts::Each(counts)
        } else {
            NestedCounts::Same(most)
        };
        let approximate = slices.iter().any(|slice| slice.rank_error.is_some());
        let rank_errors = || slices.iter().map(|slice| slice.rank_error.unwrap_or(0.0)).collect();
        let withheld = slices.iter().any(|slice| !slice.withheld.is_empty());
        Self {
            nobs,
            statistics: SliceStatistics(slices),
            approximate: approximate.then_some(true),
            rank_error: approximate.then(rank_errors),
            withheld: withheld.then(|| slices.iter().map(|slice| &slice.withheld).collect()),
            warnings: slice_warnings(slices, what),
            origin: Origin::new(answer),
        }
    }
}

impl<'a> TableDescription<'a> {
    pub(super) fn new(answer: &'a Answer<'a>) -> Self {
        Self {
            rows: answer.rows.flatten(),
            results: Results(answer),
            comparisons: ComparedGroups::new(answer),
            skipped: answer.skipped.iter().map(|skipped| SkippedColumn::new(skipped, answer)).collect(),
            withheld: &answer.withheld,
            origin: Origin::new(answer),
            reading: Reading::new(answer),
        }
    }
}

impl<'a> Reading<'a> {
    pub(super) fn new(answer: &'a Answer<'a>) -> Self {
        Self::of(answer.sources, answer.reading_warnings().collect())
    }

    pub(super) fn of(sources: &'a [TableSource], warnings: Vec<ReadingWarning>) -> Self {
        let source = match sources {
            [] => None,
            [source] => Some(Sources::One(source)),
            sources => Some(Sources::Each(sources)),
        };
        Self { source, warnings }
    }
}

/// The results of a table, each described when it is written.
struct Results<'a>(&'a Answer<'a>);

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq;
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for result in self.0.results() {
            list.serialize_element(&TableResult::new(&result))?;
        }
        list.end()
    }
}

impl<'a> TableResult<'a> {
    pub(super) fn new(result: &'a Described<'a>) -> Self {
        Self {
            column: result.column.unwrap_or_default(),
            group: result.group.as_deref().map(Members),
            nobs: result.nobs,
            statistics: ColumnStatistics(&result.figures),
            missing: result.missing.flatten(),
            absent: result.absent.as_deref().map(Members),
            invalid: result.invalid,
            remarks: Remarks::new(result),
        }
    }
}

impl<'a> Remarks<'a> {
    fn new(result: &'a Described<'a>) -> Self {
        let Described { rank_error, withheld, warnings, .. } = result;
        Self { approximate: rank_error.map(|_| true), rank_error: *rank_error, withheld, warnings }
    }
}

impl<'a> ComparedGroups<'a> {
    pub(super) fn new(answer: &'a Answer<'a>) -> Self {
        let all = |comparisons: &'a Vec<Comparison<'a>>| comparisons.iter().map(GroupComparison::new).collect();
        let changes = |changes: &'a Vec<CategoryComparison<'a>>| changes.iter().map(GroupChanges::new).collect();
        Self {
            comparisons: answer.comparisons.as_ref().map(all),
            #[cfg(feature = "items")]
            equating: answer.equatings().map(|all| all.iter().map(EquatedGroups::new).collect()),
            changes: answer.category_changes.as_ref().map(changes),
            #[cfg(feature = "items")]
            predictions: answer.predictions().map(|all| all.iter().map(PredictedGroup::new).collect()),
            homogeneity: answer.homogeneity.iter().map(ColumnHomogeneity::new).collect(),
            #[cfg(feature = "correlations")]
            correlations: answer.correlations.iter().map(ColumnCorrelation::new).collect(),
        }
    }
}

impl<'a> GroupComparison<'a> {
    fn new(comparison: &'a Comparison<'a>) -> Self {
        let Comparison { column, groups: [a, b], difference, withheld, warnings, .. } = comparison;
        Self { column, a: Members(a), b: Members(b), difference, withheld, warnings }
    }
}

#[cfg(feature = "items")]
impl<'a> EquatedGroups<'a> {
    fn new(GroupEquating { column, groups: [a, b], equating, withheld, warnings, .. }: &'a GroupEquating<'a>) -> Self {
        Self {
            column,
            a: Members(a),
            b: Members(b),
            slope: equating.slope.ok(),
            intercept: equating.intercept.ok(),
            step: equating.step.ok(),
            marks: equating.marks.as_deref().ok(),
            withheld,
            warnings,
        }
    }
}

impl<'a> GroupChanges<'a> {
    fn new(comparison: &'a CategoryComparison<'a>) -> Self {
        let CategoryComparison { column, groups: [a, b], changes, withheld, warnings, .. } = comparison;
        Self { column, a: Members(a), b: Members(b), categories: changes.as_deref().ok(), withheld, warnings }
    }
}

#[cfg(feature = "items")]
impl<'a> PredictedGroup<'a> {
    fn new(predicted: &'a GroupPrediction<'a>) -> Self {
        let GroupPrediction { column, groups: [a, b], prediction, withheld, warnings, .. } = predicted;
        Self {
            column,
            a: Members(a),
            b: Members(b),
            nobs: prediction.nobs,
            unmatched: prediction.unmatched,
            categories: prediction.categories.as_deref().ok(),
            withheld,
            warnings,
        }
    }
}

impl<'a> ColumnHomogeneity<'a> {
    fn new(HomogeneityTest { column, test, withheld, warnings, .. }: &'a HomogeneityTest<'a>) -> Self {
        Self { column, test, withheld, warnings }
    }
}

impl<'a> SkippedColumn<'a> {
    fn new(skipped: &'a Skipped, answer: &Answer) -> Self {
        let value = Some(skipped.value.as_str()).filter(|_| !answer.rules.withholds());
        Self { column: &skipped.column, row: skipped.row, value }
    }
}

impl<'a> Origin<'a> {
    pub(super) fn new(answer: &'a Answer<'a>) -> Self {
        Self::of(&answer.notes, answer.stamp.as_ref())
    }

    pub(super) fn of(notes: &'a [String], stamp: Option<&'a Stamp>) -> Self {
        Self { notes, stamp }
    }
}

/// Error of JSON that could not be written.
pub(crate) fn unwritable(error: &serde_json::Error) -> InputError {
    InputError::whole(AnswerFault::Unwritable { format: "JSON", detail: error.to_string() })
}
