//! The answer for people at a terminal: aligned columns.

use super::answer::{Answer, Described, Shape};
use super::json;
use crate::describe::{Count, Figure, Statistic, Value};
use crate::rejection::Rejection;

/// Writes one line for each result, or one for each figure of a single array.
///
/// # Errors
/// None that data can cause.
pub fn write(answer: &Answer) -> Result<Vec<u8>, Rejection> {
    let text = match answer.shape {
        Shape::Table => table(answer),
        Shape::One | Shape::Slices(_) => {
            // Arrays may be nested; the JSON answer says all there is, and indented it reads well.
            let value: serde_json::Value = serde_json::from_slice(&json::write(answer)?).unwrap_or_default();
            members(&value)
        }
    };
    Ok(text.into_bytes())
}

/// One member a line, its value aligned.
fn members(value: &serde_json::Value) -> String {
    let rows = value.as_object().into_iter().flatten().map(|(name, value)| vec![name.clone(), value.to_string()]);
    align(&rows.collect::<Vec<_>>(), 1)
}

fn table(answer: &Answer) -> String {
    let mut heading = vec!["column".to_owned()];
    heading.extend(answer.group_by.iter().cloned());
    let labels = heading.len();
    heading.push("nobs".to_owned());
    heading.extend(answer.statistics.iter().flat_map(Statistic::headings).map(ToString::to_string));
    heading.push("missing".to_owned());
    heading.extend(answer.codes.iter().map(|code| format!("absent {code}")));
    heading.extend(answer.counts_invalid.then(|| "invalid".to_owned()));
    let rows: Vec<_> = std::iter::once(heading).chain(answer.results().map(|result| row(answer, &result))).collect();
    let mut text = align(&rows, labels);
    let skipped: Vec<String> = answer
        .skipped
        .iter()
        .map(|skipped| format!("{} (row {}: {})", skipped.column, skipped.row, skipped.value))
        .collect();
    if !skipped.is_empty() {
        text = format!("{text}\nnot numeric: {}", skipped.join(", "));
    }
    text
}

fn row(answer: &Answer, result: &Described) -> Vec<String> {
    let mut row = vec![result.column.unwrap_or_default().to_owned()];
    match result.group.as_deref() {
        Some([]) => row.extend(answer.group_by.iter().map(|_| "(all)".to_owned())),
        group => row.extend(group.into_iter().flatten().map(|(_, value)| value.unwrap_or("(none)").to_owned())),
    }
    row.push(counted(result.nobs));
    let flat = result.figures.iter().filter(|(statistic, _)| !statistic.headings().is_empty());
    row.extend(flat.flat_map(|(_, value)| match value {
        Value::Count(count) => vec![counted(*count)],
        value => value.figures().into_iter().map(shown).collect(),
    }));
    row.extend(result.missing.map(counted));
    row.extend(result.absent.iter().flatten().map(|(_, count)| counted(*count)));
    row.extend(result.invalid.map(counted));
    row
}

fn counted(count: Count) -> String {
    count.map_or_else(|| "withheld".to_owned(), |count| count.to_string())
}

fn shown(figure: Figure) -> String {
    figure.map_or_else(|why| why.code().to_owned(), |value| value.to_string())
}

/// Rows of cells, the first `labels` of them to the left, the others to the right.
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
