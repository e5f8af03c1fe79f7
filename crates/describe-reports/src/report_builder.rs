//! Builds a report from an answer: headings, cells, sentences and charts.

mod charts;
mod labels;
mod tables;
mod words;

use super::answer::Answer;
use super::report::{Report, Table};
use describe_options::{Format, InputError, Options};

use charts::charts;
use labels::subject;
use tables::{compared, distributions, results};
use words::{notes, summary};

pub use charts::{MAX_PANELS, chart};

/// Builds the one table of CSV: a row for each result, without the statistics that have several values.
///
/// # Errors
/// More memory or time than the task may take.
pub fn flat(answer: &Answer, options: &Options) -> Result<Table, InputError> {
    results(answer, options, true)
}

/// Builds the tables of the terminal: that of all results, those of the statistics that have rows of their own, and the
/// comparisons.
///
/// # Errors
/// As for [`flat`].
pub fn by_result(answer: &Answer, options: &Options) -> Result<Vec<Table>, InputError> {
    let mut tables = vec![results(answer, options, false)?];
    tables.extend(distributions(answer, options)?);
    tables.extend(answer.comparisons.as_ref().map(|comparisons| compared(answer, comparisons)));
    Ok(tables)
}

/// Builds the whole report.
///
/// # Errors
/// As for [`flat`].
pub fn report(answer: &Answer, options: &Options) -> Result<Report, InputError> {
    let mut tables = by_result(answer, options)?;
    // Tables without rows have no column of numbers or no pair of groups; a table of a workbook must have a row.
    tables.retain(|table| !table.rows.is_empty());
    let (charts, without) = match () {
        () if options.output.format() != Format::Html => (Vec::new(), None),
        () if answer.len() <= MAX_PANELS => (charts(answer, options)?, None),
        () => (Vec::new(), Some(format!("There are no charts, because there are more than {MAX_PANELS} results."))),
    };
    let mut notes = notes(answer, options);
    notes.extend(without);
    Ok(Report {
        title: title(answer),
        origin: answer.stamp.as_ref().map(|stamp| stamp.origin(answer.rows.is_some())).unwrap_or_default(),
        contact: options.output.contact().map(ToOwned::to_owned),
        summary: summary(answer),
        tables,
        charts,
        notes,
        stamp: answer.stamp.as_ref().map(super::provenance::Stamp::words).unwrap_or_default(),
        ..Report::default()
    })
}

fn title(answer: &Answer) -> String {
    format!("Descriptive statistics of {}", subject(answer))
}
