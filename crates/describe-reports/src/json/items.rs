//! The JSON answer of item analysis as types, each of which is both what is written and its schema in the OpenAPI document.

use serde::Serialize;
#[cfg(feature = "schema")]
use utoipa::ToSchema;

use super::description::{Origin, Reading};
use crate::item_answer::{ItemAnswer, ItemResult, ResultWarning};
use crate::members::Members;
use crate::output::Output;
use describe_items::{ChoiceFigures, Figure, ItemFigures, TestFigures, Unanswered};
use describe_options::InputError;

/// Analysis of the items of a test: a result for each group of candidates.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema))]
pub struct ItemDescription<'a> {
    /// Number of records.
    rows: u64,
    /// How items were treated that a candidate has not answered.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    unanswered: &'static str,
    /// A result for each group; then those of `totals`, that of all candidates last.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<GroupResult>))]
    results: Vec<GroupResult<'a>>,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(inline))]
    origin: Origin<'a>,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(inline))]
    reading: Reading<'a>,
}

/// Result of a group of candidates.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema), schema(as = ItemGroup))]
struct GroupResult<'a> {
    /// Values of the columns in `group_by`, `null` for empty ones. Only present with `group_by`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<BTreeMap<String, Option<String>>>, nullable = false))]
    group: Option<Members<'a, &'a str, Option<&'a str>>>,
    /// Number of candidates whose marks are described.
    candidates: u64,
    /// Number of candidates left out because they were absent: their cells have a code of `absent`, and none an answer.
    absent: u64,
    /// Number of candidates left out because they have not answered all items; only present with `unanswered=complete`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    incomplete: Option<u64>,
    /// Figures of the total.
    test: TestResult,
    /// Figures of each item, in the order of the test.
    items: Vec<OneItem<'a>>,
    /// What should be looked at, and reasons why members are `null`; only present when there are some.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = Vec<ResultWarning>))]
    warnings: &'a [ResultWarning<'a>],
}

/// Defines a type of figures, each of which may be null, and its conversion.
macro_rules! figures {
    ($(#[$attribute:meta])* $name:ident of $of:ident { $($(#[$doc:meta])* $field:ident,)+ }) => {
        $(#[$attribute])*
        #[derive(Serialize)]
        #[cfg_attr(feature = "schema", derive(ToSchema))]
        struct $name {
            $($(#[$doc])* #[cfg_attr(feature = "schema", schema(required))] $field: Option<f64>,)+
        }

        impl $name {
            fn of(figures: &$of) -> Self {
                Self { $($field: figures.$field.ok(),)+ }
            }
        }
    };
}

figures! {
    /// Figures of a test, of which the definitions are in docs/items.md.
    TestTotals of TestFigures {
        /// Sum of the maximum marks.
        maximum,
        /// Least total.
        min,
        /// Greatest total.
        max,
        /// Mean of the totals.
        mean,
        /// Standard deviation of the totals.
        std,
        /// Cronbach's alpha.
        alpha,
        /// Alpha of the items divided by their standard deviations.
        standardised_alpha,
        /// Guttman's lambda-2.
        lambda_2,
        /// Guttman's lambda-6.
        lambda_6,
        /// Correlation of the odd with the even items, stepped up to the whole test (Spearman-Brown).
        split_half,
        /// Standard error of measurement, std √(1 - alpha).
        measurement_error,
    }
}

/// Number of items and figures of a test.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema), schema(as = TestResult))]
struct TestResult {
    /// Number of items.
    items: usize,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(inline))]
    totals: TestTotals,
}

figures! {
    /// Figures of an item, of which the definitions are in docs/items.md.
    ItemTotals of ItemFigures {
        /// Maximum mark.
        maximum,
        /// Mean in percent of the maximum mark.
        facility,
        /// Mean mark.
        mean,
        /// Standard deviation of the marks.
        std,
        /// Correlation with the total of the other items.
        discrimination,
        /// Correlation with the total.
        item_total,
        /// Cronbach's alpha of the test without the item.
        alpha_without,
        /// Omissions in percent of the candidates who were present.
        percent_omitted,
        /// Candidates who did not reach it, in percent of those who were present.
        percent_not_reached,
        /// Facility for the 27% of candidates with the highest totals.
        upper_facility,
        /// Facility for the 27% of candidates with the lowest totals.
        lower_facility,
        /// Covariance with the total in percent of the variance of the total: the weights of all items add up to 100.
        effective_weight,
    }
}

/// An item.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema), schema(as = Item))]
struct OneItem<'a> {
    /// Name of the item.
    item: &'a str,
    /// Number of candidates whose marks are described.
    nobs: u64,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(inline))]
    figures: ItemTotals,
    /// Number of candidates who omitted it.
    omitted: u64,
    /// Number of candidates who did not reach it.
    not_reached: u64,
    /// Facility in each fifth of the candidates, from the lowest totals to the highest.
    bands: Vec<Option<f64>>,
    /// Answers to an item of multiple choice; only present with `key`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    choices: Option<Vec<OneChoice<'a>>>,
}

/// An answer to an item of multiple choice.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema), schema(as = ItemChoice))]
struct OneChoice<'a> {
    /// The answer.
    choice: &'a str,
    /// Whether it is the right one.
    key: bool,
    /// Number of candidates who gave it.
    count: u64,
    /// The same in percent of the candidates of the item.
    #[cfg_attr(feature = "schema", schema(required))]
    percent: Option<f64>,
    /// Correlation of giving it with the total of the other items.
    #[cfg_attr(feature = "schema", schema(required))]
    point_biserial: Option<f64>,
}

impl<'a> ItemDescription<'a> {
    fn new(answer: &'a ItemAnswer<'a>) -> Self {
        Self {
            rows: answer.rows,
            unanswered: answer.unanswered_word(),
            results: answer.results.iter().map(|result| GroupResult::new(answer, result)).collect(),
            origin: Origin::of(&[], answer.stamp.as_ref()),
            reading: Reading::of(answer.sources, answer.reading_warnings.clone()),
        }
    }
}

impl<'a> GroupResult<'a> {
    fn new(answer: &'a ItemAnswer<'a>, result: &'a ItemResult<'a>) -> Self {
        let analysis = &result.analysis;
        let items = analysis.items.iter().zip(answer.names);
        Self {
            group: result.group.as_deref().map(Members),
            candidates: analysis.candidates,
            absent: analysis.absent,
            incomplete: (answer.unanswered == Unanswered::Complete).then_some(analysis.incomplete),
            test: TestResult { items: analysis.test.items, totals: TestTotals::of(&analysis.test) },
            items: items.map(|(item, name)| OneItem::new(item, name, answer.has_keys)).collect(),
            warnings: &result.warnings,
        }
    }
}

impl<'a> OneItem<'a> {
    fn new(item: &'a ItemFigures, name: &'a str, has_keys: bool) -> Self {
        Self {
            item: name,
            nobs: item.nobs,
            figures: ItemTotals::of(item),
            omitted: item.omitted,
            not_reached: item.not_reached,
            bands: item.bands.iter().copied().map(Figure::ok).collect(),
            choices: has_keys.then(|| item.choices.iter().map(OneChoice::new).collect()),
        }
    }
}

impl<'a> OneChoice<'a> {
    fn new(figures: &'a ChoiceFigures) -> Self {
        let ChoiceFigures { choice, is_key, count, percent, point_biserial } = figures;
        Self { choice, key: *is_key, count: *count, percent: percent.ok(), point_biserial: point_biserial.ok() }
    }
}

/// Line about the whole answer.
#[derive(Serialize)]
struct LastLine<'a> {
    rows: u64,
    unanswered: &'static str,
    #[serde(flatten)]
    origin: Origin<'a>,
    #[serde(flatten)]
    reading: Reading<'a>,
}

/// Writes the analysis.
///
/// # Errors
/// An answer larger than its limit, or a task beyond one of its own.
pub fn items(answer: &ItemAnswer) -> Result<Vec<u8>, InputError> {
    let mut json = Output::new(answer.ledger);
    json.json(&ItemDescription::new(answer))?;
    Ok(json.into_bytes())
}

/// Writes one line for each group, and a last one about the whole.
///
/// # Errors
/// As for [`items`].
pub fn item_lines(answer: &ItemAnswer) -> Result<Vec<u8>, InputError> {
    let mut lines = Output::new(answer.ledger);
    let whole = ItemDescription::new(answer);
    for result in &whole.results {
        lines.json(result)?;
        lines.push(b"\n")?;
    }
    let ItemDescription { rows, unanswered, origin, reading, .. } = whole;
    lines.json(&LastLine { rows, unanswered, origin, reading })?;
    lines.push(b"\n")?;
    Ok(lines.into_bytes())
}
