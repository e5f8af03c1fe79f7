//! From an answer to a report: headings, cells, sentences, charts.

mod charts;
mod labels;
mod tables;
mod words;

use super::answer::Answer;
use super::report::{Report, Table};
use describe_options::{Format, Options};

use charts::charts;
use labels::subject;
use tables::{compared, distributions, results};
use words::{notes, summary};

pub use charts::{MOST_PANELS, chart};

/// The results as one table of single figures: that of CSV. Figures with rows of their own are left out.
#[must_use]
pub fn flat(answer: &Answer, options: &Options) -> Table {
    results(answer, options, true)
}

/// The whole report.
#[must_use]
pub fn report(answer: &Answer, options: &Options) -> Report {
    let mut tables = vec![results(answer, options, false)];
    tables.extend(distributions(answer, options));
    tables.extend(answer.comparisons.as_ref().map(|comparisons| compared(answer, comparisons)));
    // Without a column of numbers, or a pair of groups; a spreadsheet's table must have a row.
    tables.retain(|table| !table.rows.is_empty());
    let (charts, without) = match charts(answer, options) {
        _ if options.output.format() != Format::Html => (Vec::new(), None),
        Ok(charts) => (charts, None),
        Err(_) => (Vec::new(), Some(format!("There are no charts, since there are more than {MOST_PANELS} results."))),
    };
    let mut notes = notes(answer, options);
    notes.extend(without);
    Report {
        title: title(answer),
        summary: summary(answer),
        tables,
        charts,
        notes,
        stamp: answer.stamp.as_ref().map(super::provenance::Stamp::words).unwrap_or_default(),
    }
}

fn title(answer: &Answer) -> String {
    format!("Descriptive statistics of {}", subject(answer))
}
