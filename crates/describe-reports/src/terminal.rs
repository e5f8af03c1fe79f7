//! Writes an answer for a terminal: aligned columns.

use std::fmt::Write;

use serde_json::Value as Json;

use super::answer::{Answer, Comparison, Described, MemberPath, Shape, source_words};
use super::json::{self, Preview, Sources};
use describe::{Count, Difference, Figure, Statistic, Undefined, Value};
use describe_options::InputError;
use describe_readers::ColumnPreview;

/// Writes a line for each result, or one for each statistic of a single array.
///
/// # Errors
/// None that data can cause.
pub fn write(answer: &Answer) -> Result<Vec<u8>, InputError> {
    let text = match answer.shape {
        Shape::Table => table(answer),
        Shape::One | Shape::Slices(_) => {
            // The JSON answer has every member, of nested arrays too.
            let value: Json = serde_json::from_slice(&json::write(answer)?).unwrap_or_default();
            members(&value)
        }
    };
    Ok(text.into_bytes())
}

/// Writes a preview: a line for each column, then what was read and the options to add, which `option` spells.
pub fn preview(preview: &Preview, option: impl Fn(&str, &str) -> String) -> Vec<u8> {
    let Preview { source, table, .. } = preview;
    let heading = ["column", "kind", "others", "numbers", "blank", "missing", "min", "max", "distinct"];
    let figure = |figure: Option<f64>| figure.map_or_else(String::new, |figure| figure.to_string());
    let line = |column: &ColumnPreview| {
        let texts = column.others.iter().take(MAX_SHOWN_TEXTS).map(|other| match other.count {
            Some(count) => format!("{} \u{d7}{count}", other.text),
            None => other.text.clone(),
        });
        let more = (column.others.len() > MAX_SHOWN_TEXTS).then(|| "\u{2026}".to_owned());
        let others = texts.chain(more).collect::<Vec<_>>().join(", ");
        let distinct = column.distinct.map_or_else(|| "many".to_owned(), |distinct| distinct.to_string());
        let counts = [column.numbers, column.blank, column.missing].map(|count| count.to_string());
        let labels = [column.name.clone(), column.kind.name().to_owned(), others];
        labels.into_iter().chain(counts).chain([figure(column.min), figure(column.max), distinct]).collect()
    };
    let heading = heading.map(str::to_owned).to_vec();
    let lines: Vec<Vec<String>> = std::iter::once(heading).chain(table.columns.iter().map(line)).collect();
    let mut text = align(&lines, 3);
    let sources = match source {
        Sources::One(source) => std::slice::from_ref(*source),
        Sources::Each(sources) => sources,
    };
    text.push('\n');
    for source in sources {
        let _ = write!(text, "\nread as {}", source_words(source));
    }
    if !table.complete {
        text.push_str("\nonly the first records were read");
    }
    let suggestions: Vec<String> = table.suggestions.options().map(|(name, value)| option(name, value)).collect();
    if !suggestions.is_empty() {
        let _ = write!(text, "\nsuggested: {}", suggestions.join(" "));
    }
    text.into_bytes()
}

/// Number of texts of a column that a terminal shows.
const MAX_SHOWN_TEXTS: usize = 3;

/// Writes each member on a line, its value aligned; members with several values after the others.
fn members(value: &Json) -> String {
    let (parts, single): (Vec<_>, Vec<_>) = value
        .as_object()
        .into_iter()
        .flatten()
        .partition(|(name, value)| is_table(value) && !["warnings", "withheld"].contains(&name.as_str()));
    let rows: Vec<_> = single.into_iter().map(|(name, value)| vec![name.clone(), value.to_string()]).collect();
    let parts = parts.into_iter().map(|(name, value)| part(name, value));
    std::iter::once(align(&rows, 1)).chain(parts).collect::<Vec<_>>().join("\n")
}

/// Whether a value is a list of objects.
fn is_table(value: &Json) -> bool {
    value.as_array().is_some_and(|rows| !rows.is_empty() && rows.iter().all(Json::is_object))
}

/// Writes a value with its name before it; a list of objects as a table below it.
fn part(name: &str, value: &Json) -> String {
    if !is_table(value) {
        return format!("{name}  {value}");
    }
    let rows: Vec<_> = value.as_array().into_iter().flatten().filter_map(Json::as_object).collect();
    let heading = rows.iter().take(1).map(|row| row.keys().cloned().collect());
    let shown = |cell: &Json| cell.as_str().map_or_else(|| cell.to_string(), str::to_owned);
    let lines = rows.iter().map(|row| row.values().map(shown).collect());
    format!("{name}\n{}", align(&heading.chain(lines).collect::<Vec<Vec<String>>>(), 0))
}

fn table(answer: &Answer) -> String {
    let mut heading = vec!["column".to_owned()];
    heading.extend(answer.group_by.iter().cloned());
    let labels = heading.len();
    heading.push("nobs".to_owned());
    heading.extend(answer.wanted.statistics.iter().flat_map(Statistic::headings).map(ToString::to_string));
    heading.push("missing".to_owned());
    heading.extend(answer.codes.iter().map(|code| format!("absent {code}")));
    heading.extend(answer.counts_invalid.then(|| "invalid".to_owned()));
    let rows: Vec<_> = std::iter::once(heading).chain(answer.results().map(|result| row(answer, &result))).collect();
    let mut text = align(&rows, labels);
    for result in answer.results() {
        let parts = result.figures.iter().filter(|(statistic, _)| statistic.headings().is_empty());
        let shown = |(statistic, value): &(Statistic, Value)| match value {
            Value::Undefined(why) => format!("{}  {}", statistic.name(), shown(Err(*why))),
            value => part(statistic.name(), &serde_json::to_value(value).unwrap_or_default()),
        };
        let parts: Vec<String> = parts.map(shown).collect();
        if !parts.is_empty() {
            let labels = row(answer, &result)[..labels].join("  ");
            let _ = write!(text, "\n\n{labels}\n{}", parts.join("\n"));
        }
        if let Some(error) = result.rank_error {
            let _ = write!(
                text,
                "\norder statistics are approximate: the error of their ranks is at most {error} of all numbers"
            );
        }
    }
    if let Some(comparisons) = &answer.comparisons {
        let _ = write!(text, "\n\n{}", align(&compared(comparisons), 3));
    }
    let skipped: Vec<String> = answer
        .skipped
        .iter()
        .map(|skipped| {
            // The cell may be a name of a person.
            let shown = !answer.rules.withholds();
            let cell = shown.then(|| format!(" (row {}: {})", skipped.row, skipped.value));
            format!("{}{}", skipped.column, cell.unwrap_or_default())
        })
        .collect();
    if !skipped.is_empty() {
        text = format!("{text}\nnot numeric: {}", skipped.join(", "));
    }
    for source in answer.sources {
        let _ = write!(text, "\nread as {}", source_words(source));
    }
    for note in &answer.notes {
        let _ = write!(text, "\n* {note}");
    }
    text
}

/// Cells of each comparison.
fn compared(comparisons: &[Comparison]) -> Vec<Vec<String>> {
    let heading = ["column", "a", "b", "difference", "se", "low", "high", "cohens_d", "variance_ratio", "t", "df", "p"];
    let line = |comparison: &Comparison| {
        let Difference { difference, se, ci, cohens_d, variance_ratio, t, df, p } = &comparison.difference;
        let [low, high] = match ci {
            Ok(ci) => [ci.low, ci.high],
            Err(why) => [Err(*why); 2],
        };
        let mut line = vec![comparison.column.to_owned()];
        line.extend(
            comparison
                .groups
                .each_ref()
                .map(|group| group.iter().map(|(_, value)| value.unwrap_or("(none)")).collect::<Vec<_>>().join(" ")),
        );
        line.extend([*difference, *se, low, high, *cohens_d, *variance_ratio, *t, *df, *p].map(shown));
        line
    };
    std::iter::once(heading.map(str::to_owned).to_vec()).chain(comparisons.iter().map(line)).collect()
}

fn row(answer: &Answer, result: &Described) -> Vec<String> {
    let mut row = vec![result.column.unwrap_or_default().to_owned()];
    match result.group.as_deref() {
        Some(group) if group.len() < answer.group_by.len() => {
            let value = |name: &String| match group.iter().find(|(own, _)| own == name) {
                Some((_, value)) => value.unwrap_or("(none)").to_owned(),
                None => "(all)".to_owned(),
            };
            row.extend(answer.group_by.iter().map(value));
        }
        group => row.extend(group.into_iter().flatten().map(|(_, value)| value.unwrap_or("(none)").to_owned())),
    }
    // Withheld small counts in words.
    let counted = |path: &MemberPath, count: Count| match (count, result.withheld.reason(path)) {
        (Some(count), _) => count.to_string(),
        (None, Some(reason)) if reason.small_count().is_some() => reason.to_string(),
        (None, _) => "withheld".to_owned(),
    };
    row.push(counted(&MemberPath::Nobs, result.nobs));
    let flat = result.figures.iter().filter(|(statistic, _)| !statistic.headings().is_empty());
    row.extend(flat.flat_map(|(statistic, value)| match value {
        Value::Count(count) => vec![counted(&MemberPath::Statistic(*statistic), *count)],
        Value::Undefined(why) => statistic.headings().iter().map(|_| shown(Err(*why))).collect(),
        value => value.figures().into_iter().map(shown).collect(),
    }));
    row.extend(result.missing.map(|count| counted(&MemberPath::MISSING, count)));
    row.extend(
        result.absent.iter().flatten().map(|(code, count)| counted(&MemberPath::Absent((*code).to_owned()), *count)),
    );
    row.extend(result.invalid.map(|count| counted(&MemberPath::Invalid, count)));
    row
}

fn shown(figure: Figure) -> String {
    match figure {
        Ok(value) => value.to_string(),
        Err(Undefined::Withheld) => "withheld".to_owned(),
        Err(why) => why.code().name().to_owned(),
    }
}

/// Aligns rows of cells: the first `labels` of each to the left, the others to the right.
fn align(rows: &[Vec<String>], labels: usize) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if column < labels { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
