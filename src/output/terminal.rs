//! The answer for people at a terminal: aligned columns.

use crate::describe::{Figure, NanPolicy, Summary};
use crate::input::{Data, Table};
use crate::options::Options;
use crate::rejection::Rejection;

/// Describes `data` and writes one line for each result, or one for each figure of a single array.
///
/// # Errors
/// As [`crate::output::json::answer`].
pub fn answer(data: &Data, options: &Options) -> Result<Vec<u8>, Rejection> {
    let text = match data {
        Data::Table(table) => table_text(table, options),
        Data::Numbers(_) => {
            // Arrays may be nested; the JSON answer says all there is, and indented it reads well.
            let json = super::json::answer(data, options)?;
            let value: serde_json::Value = serde_json::from_slice(&json).unwrap_or_default();
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

fn table_text(table: &Table, options: &Options) -> String {
    let moments = options.moments_with(NanPolicy::Omit);
    let mut heading = vec!["column".to_owned()];
    heading.extend(table.group_by.iter().cloned());
    let labels = heading.len();
    heading.extend(["nobs", "min", "max", "mean", "variance", "skewness", "kurtosis", "missing"].map(str::to_owned));
    heading.extend(table.codes.iter().map(|code| format!("absent {code}")));
    heading.extend(table.counts_invalid.then(|| "invalid".to_owned()));
    let mut rows = vec![heading];
    for result in &table.results {
        let summary = result.numbers.finish(moments);
        let mut row = vec![result.column.clone()];
        row.extend((0..table.group_by.len()).map(|place| match &result.group {
            Some(values) => values[place].clone().unwrap_or_else(|| "(none)".into()),
            None => "(all)".into(),
        }));
        row.push(summary.nobs.to_string());
        row.extend(figures(&summary).map(shown));
        row.push(result.numbers.missing().to_string());
        row.extend(result.absent.iter().map(ToString::to_string));
        row.extend(table.counts_invalid.then(|| result.invalid.to_string()));
        rows.push(row);
    }
    let mut text = align(&rows, labels);
    let skipped: Vec<String> = table
        .skipped
        .iter()
        .map(|skipped| format!("{} (row {}: {})", skipped.column, skipped.row, skipped.value))
        .collect();
    if !skipped.is_empty() {
        text = format!("{text}\nnot numeric: {}", skipped.join(", "));
    }
    text
}

fn figures(summary: &Summary) -> [Figure; 6] {
    [summary.min, summary.max, summary.mean, summary.variance, summary.skewness, summary.kurtosis]
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
