//! Names for people: of the subject of a report, of groups and of columns.

use crate::answer::{Answer, Described, Group};
use crate::report::Column;
use crate::words::{self, NO_VALUE};
use describe::Statistic;
use describe_readers::sort_group_values;

/// Columns that are described, in words.
pub(super) fn described(answer: &Answer) -> String {
    let mut columns: Vec<&str> = Vec::new();
    for result in answer.columns() {
        let column = result.unwrap_or(words::THE_NUMBERS);
        if !columns.contains(&column) {
            columns.push(column);
        }
        if columns.len() > 4 {
            break;
        }
    }
    match &columns[..] {
        [] => words::NO_COLUMN.to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] if columns.len() <= 4 => words::and(&first.join(", "), last),
        _ => words::SEVERAL_COLUMNS.to_owned(),
    }
}

/// Subject of a report or of a table of it: a column, the columns that are grouped by, and the years that they go over.
pub(super) fn subject(answer: &Answer, column: &str) -> String {
    let groups = match answer.group_by {
        [] => return column.to_owned(),
        [one] => one.clone(),
        [first @ .., last] => words::and(&first.join(", "), last),
    };
    let years: Vec<Option<&str>> =
        answer.group_by.last().map(|last| values(answer, last, MAX_YEARS)).unwrap_or_default();
    let shown: Vec<&str> = years.into_iter().flatten().collect();
    let subject = words::by_groups(column, &groups);
    match (&shown[..], is_years(shown.iter().copied().map(Some))) {
        ([first, .., last], true) => words::over_years(&subject, first, last),
        _ => subject,
    }
}

/// Maximum number of years that a title may go over.
const MAX_YEARS: usize = 100;

/// The different values of a group column in the order of groups, or the first of them if there are more than `most`.
pub(super) fn values<'a>(answer: &Answer<'a>, column: &str, most: usize) -> Vec<Option<&'a str>> {
    let mut values: Vec<Option<&str>> = Vec::new();
    let of_column = |group: Group<'a>| group.into_iter().find(|(name, _)| *name == column).map(|(_, value)| value);
    for value in answer.groups().filter_map(of_column) {
        if !values.contains(&value) {
            values.push(value);
        }
        if values.len() > most {
            break;
        }
    }
    sort_group_values(&mut values);
    values
}

/// Whether all values are years.
pub(super) fn is_years<'a>(values: impl IntoIterator<Item = Option<&'a str>>) -> bool {
    let is_year = |value: Option<&str>| {
        value
            .is_some_and(|value| value.len() == 4 && value.parse().is_ok_and(|year: u16| (1900..=2100).contains(&year)))
    };
    values.into_iter().all(is_year)
}

/// Group of a result in words; empty without groups.
pub(super) fn group_words(answer: &Answer, result: &Described) -> String {
    match result.group.as_deref() {
        None => String::new(),
        Some([]) => words::ALL_GROUPS.to_owned(),
        Some([(name, value)]) if answer.is_margin(result) => format!("{name} {}", value.unwrap_or(words::EMPTY)),
        Some([(_, None)]) => NO_VALUE.to_owned(),
        Some([(_, Some(value))]) => (*value).to_owned(),
        Some(values) => {
            debug_assert_eq!(values.len(), answer.group_by.len());
            values.iter().map(|(_, value)| value.unwrap_or(NO_VALUE)).collect::<Vec<_>>().join(", ")
        }
    }
}

/// Heading of a group column, with a prefix where it would clash with another one.
pub(super) fn heading(name: &str) -> String {
    const OTHERS: [&str; 47] = [
        "category",
        "item",
        "maximum",
        "key",
        "candidates",
        "choice",
        "omitted",
        "percent_omitted",
        "not_reached",
        "percent_not_reached",
        "discrimination",
        "item_total",
        "alpha_without",
        "upper_facility",
        "lower_facility",
        "effective_weight",
        "point_biserial",
        "look_at",
        "column",
        "nobs",
        "missing",
        "invalid",
        "grade",
        "boundary",
        "count",
        "percent",
        "cumulative_count",
        "cumulative_percent",
        "value",
        "percentile_rank",
        "z_score",
        "t_score",
        "stanine",
        "from",
        "to",
        "mode",
        "mode_count",
        "mode_total",
        "lower_fence",
        "upper_fence",
        "below",
        "above",
        "row",
        "change",
        "change_low",
        "change_high",
        "change_interval",
    ];
    let taken = OTHERS.contains(&name)
        || name.starts_with("absent_")
        || name.starts_with("band_")
        || Statistic::all().any(|statistic| statistic.name() == name || statistic.headings().contains(&name));
    if taken { format!("group_{name}") } else { name.to_owned() }
}

/// Column with the name and its label.
pub(super) fn labelled(name: impl Into<String>) -> Column {
    let name = name.into();
    let known = words::LABELS.iter().find(|(known, _)| *known == name);
    let label = known.map_or_else(|| with_capital(&name.replace('_', " ")), |(_, label)| (*label).to_owned());
    Column::new(name, label)
}

/// Text with a capital letter.
pub(super) fn with_capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Name of a value, in a heading or in a sentence: with codes of absence the records are candidates.
pub(super) fn unit(answer: &Answer, is_heading: bool) -> &'static str {
    let [heading, word] = if answer.codes.is_empty() { words::VALUES } else { words::CANDIDATES };
    if is_heading { heading } else { word }
}
