//! Result of an answer: the statistics of one sample, with the reasons why members are withheld or `null`.

use serde::Serialize;

use super::withheld::Withheld;
use crate::words;
use describe::{Count, Precision, Statistic, Undefined, UndefinedCode, Value, Wanted};
use describe_readers::{TableGroup, TableResult};

/// Names of the group columns that have a value with their values, `None` for an empty cell: all of them in a group, one in a
/// margin, none over all groups.
pub type Group<'a> = Vec<(&'a str, Option<&'a str>)>;

/// Result: the statistics of an array, of a slice of nested arrays, or of a column of a table in one group.
#[derive(Clone, Debug)]
pub struct Described<'a> {
    /// Column of a table.
    pub column: Option<&'a str>,
    /// Group of a table with group columns; one column in a margin, empty over all groups.
    pub group: Option<Group<'a>>,
    /// Number of values described.
    pub nobs: Count,
    /// Requested statistics with their values, in the order of [`Statistic`].
    pub figures: Vec<(Statistic, Value)>,
    /// Number of missing cells of a table.
    pub missing: Option<Count>,
    /// Number of cells with each of the absence codes; `None` without such codes.
    pub absent: Option<Vec<(&'a str, Count)>>,
    /// Number of cells that are not numbers; `None` if these are not counted.
    pub invalid: Option<Count>,
    /// Bound on the error of a rank as a share of the values, 0 to 1, where order statistics are approximate.
    pub rank_error: Option<f64>,
    /// Decimal places of the statistics.
    pub precision: Precision,
    /// Withheld members with their reasons.
    pub withheld: Withheld,
    /// Reasons why statistics are undefined.
    pub warnings: Vec<Warning>,
}

/// Reason why a member of an answer is `null`, or why the numbers are not quite those that were written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Warning {
    /// Name of the member; `numbers` for all of them.
    #[cfg_attr(feature = "schema", schema(example = "variance"))]
    pub field: &'static str,
    /// Code of the reason.
    pub code: UndefinedCode,
    /// Sentence that says what happened and what to do.
    pub message: String,
}

impl Described<'_> {
    /// Memory of the result.
    pub(super) fn bytes(&self) -> usize {
        let list = |value: &Value| match value {
            Value::List(list) => list.len(),
            Value::Quantiles(list) => list.len(),
            Value::Mode(mode) => mode.values.len(),
            Value::Histogram(histogram) => 2 * histogram.edges.len(),
            Value::Frequencies(list) => 3 * list.len(),
            Value::Boundaries(list) => 6 * list.len(),
            Value::MarkTable(list) => 10 * list.len(),
            Value::Categories(list) => 6 * list.len(),
            Value::PercentileRanks(list) => 2 * list.len(),
            _ => 0,
        };
        let parts: usize = self.figures.iter().map(|(_, value)| list(value)).sum();
        let names = self.group.as_ref().map_or(0, Vec::len) + self.absent.as_ref().map_or(0, Vec::len);
        size_of::<Self>()
            + self.figures.len() * size_of::<(Statistic, Value)>()
            + parts * size_of::<describe::Figure>()
            + names * size_of::<(&str, Option<&str>)>()
            + self.warnings.len() * WARNING_BYTES
    }
}

/// Memory of a warning with its sentence.
const WARNING_BYTES: usize = size_of::<Warning>() + 128;

/// Group of a result.
pub(super) fn group<'a>(group_by: &'a [String], result: &'a TableResult) -> Group<'a> {
    group_of(group_by, &result.group)
}

/// Group with the names of its columns.
pub(super) fn group_of<'a>(group_by: &'a [String], group: &'a TableGroup) -> Group<'a> {
    group.values().map(|(position, value)| (group_by[position].as_str(), value)).collect()
}

impl Warning {
    /// Warning that a member is undefined.
    pub(super) fn new(field: &'static str, why: Undefined) -> Self {
        Self { field, code: why.code(), message: words::is_null(field, &why.to_string()) }
    }

    /// Warning that some numbers have more digits than are kept.
    pub(super) fn digits() -> Self {
        Self { field: "numbers", code: UndefinedCode::Digits, message: words::TOO_MANY_DIGITS.to_owned() }
    }

    /// Warnings that the given trim cuts none of the numbers. The default is not given.
    pub(super) fn untrimmed(wanted: &Wanted, nobs: u64, figures: &[(Statistic, Value)]) -> Vec<Self> {
        let is_given = !wanted.trim.is_zero() && !wanted.trim.equals(Wanted::default().trim);
        if !is_given || nobs == 0 || wanted.cut(nobs) > 0 {
            return Vec::new();
        }
        let trimmed = figures.iter().map(|(statistic, _)| *statistic);
        let trimmed =
            trimmed.filter(|statistic| matches!(statistic, Statistic::TrimmedMean | Statistic::WinsorizedMean));
        let warning = |statistic: Statistic| {
            let field = statistic.name();
            let message = words::untrimmed(field, &wanted.trim.to_string(), nobs);
            Self { field, code: UndefinedCode::Untrimmed, message }
        };
        trimmed.map(warning).collect()
    }

    /// Whether it is about the numbers, not about a member that is `null`.
    fn is_about_numbers(&self) -> bool {
        matches!(self.code, UndefinedCode::Digits | UndefinedCode::Untrimmed)
    }
}

/// Warnings about the statistics that are undefined; none about those that are withheld.
pub(crate) fn warnings<'v>(figures: impl IntoIterator<Item = &'v (Statistic, Value)>) -> Vec<Warning> {
    let undefined = figures
        .into_iter()
        .filter_map(|(statistic, value)| Some((undefined_member(*statistic, value), value.undefined()?)));
    let shown = undefined.filter(|(_, why)| *why != Undefined::Withheld);
    shown.map(|(field, why)| Warning::new(field, why)).collect()
}

/// Name of the member that is undefined: only the scores of a mark table that has rows.
fn undefined_member(statistic: Statistic, value: &Value) -> &'static str {
    if matches!(value, Value::MarkTable(_)) { "mark_table.z_score" } else { statistic.name() }
}

/// Warnings about slices, each a `what`: one for each statistic and code, which names the first five slices and counts the others.
#[must_use]
pub fn slice_warnings(slices: &[Described], what: &str) -> Vec<Warning> {
    let mut found: Vec<(&'static str, Undefined, Vec<usize>)> = Vec::new();
    let statistics = slices.first().map_or(0, |slice| slice.figures.len());
    for statistic in 0..statistics {
        for (slice, described) in slices.iter().enumerate() {
            let (statistic, value) = &described.figures[statistic];
            let (field, Some(why)) = (undefined_member(*statistic, value), value.undefined()) else { continue };
            if why == Undefined::Withheld {
                continue;
            }
            match found.iter_mut().find(|(name, reason, _)| (*name, reason.code()) == (field, why.code())) {
                Some((_, _, slices)) => slices.push(slice),
                None => found.push((field, why, vec![slice])),
            }
        }
    }
    let warning = |(field, why, slices): (&'static str, Undefined, Vec<usize>)| {
        let named: Vec<String> = slices.iter().take(5).map(ToString::to_string).collect();
        let more = if slices.len() > named.len() { words::and_more(slices.len() - named.len()) } else { String::new() };
        let message = words::is_null_in(field, what, &named.join(", "), &more, &why.to_string());
        Warning { field, code: why.code(), message }
    };
    let mut others: Vec<Warning> = Vec::new();
    for warning in slices.iter().flat_map(|slice| &slice.warnings).filter(|warning| warning.is_about_numbers()) {
        if !others.contains(warning) {
            others.push(warning.clone());
        }
    }
    found.into_iter().map(warning).chain(others).collect()
}
