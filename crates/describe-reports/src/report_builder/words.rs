//! Sentences of a report.

use std::fmt::Write as _;

use super::charts::five;
use super::labels::group_words;
use super::tables::count_cell;
use crate::answer::{Answer, Described, MemberPath, Shape, source_words};
use crate::report::{Cell, Five, UNDEFINED, grouped};
use crate::svg::short;
use describe::Statistic;
use describe_options::{Format, Options};

/// Maximum results that are summarized in sentences.
const MAX_SENTENCES: usize = 12;

/// Maximum different warnings that are repeated in the notes.
const MAX_WARNINGS: usize = 20;

/// Sentences with the main statistics.
pub(super) fn summary(answer: &Answer) -> Vec<String> {
    let mut sentences = Vec::new();
    if let Some(rows) = answer.rows {
        sentences.push(match rows {
            Some(1) => "The data have one row.".to_owned(),
            Some(rows) => format!("The data have {} rows.", grouped(&rows.to_string())),
            None => "The number of rows is withheld.".to_owned(),
        });
    }
    if answer.is_empty() {
        sentences.push("No column is described, because none contains only numbers.".to_owned());
    }
    for (place, result) in answer.results().take(MAX_SENTENCES).enumerate() {
        sentences.push(sentence(answer, place, &result));
    }
    if answer.len() > MAX_SENTENCES {
        sentences.push(format!("The table has {} more results.", answer.len() - MAX_SENTENCES));
    }
    sentences
}

fn sentence(answer: &Answer, place: usize, result: &Described) -> String {
    let column = match answer.shape {
        Shape::Slices(what) => format!("Numbers of {what} {place}"),
        _ => result.column.map_or_else(|| "The numbers".to_owned(), ToOwned::to_owned),
    };
    let group = group_words(answer, result);
    let name = if group.is_empty() { column } else { format!("{column}, {group}") };
    let mut text = match result.nobs {
        Some(1) => format!("{name}: one value"),
        count => format!("{name}: {} values", in_words(&count_cell(result, &MemberPath::Nobs, count))),
    };
    if let Some(Five { min, q1, median, q3, max, mean }) = five(result) {
        if let (Some(min), Some(max)) = (min, max) {
            let _ = write!(text, " from {} to {}", short(min), short(max));
        }
        if let Some(mean) = mean {
            let _ = write!(text, ", mean {}", short(mean));
        }
        if let Some(median) = median {
            let _ = write!(text, ", median {}", short(median));
        }
        if let (Some(q1), Some(q3)) = (q1, q3) {
            let _ = write!(text, "; the middle half lies between {} and {}", short(q1), short(q3));
        }
    }
    match result.missing {
        Some(Some(0)) | None => {}
        Some(Some(1)) => text.push_str("; one is missing"),
        Some(count) => {
            let _ = write!(text, "; {} are missing", in_words(&count_cell(result, &MemberPath::MISSING, count)));
        }
    }
    text + "."
}

/// A count in a sentence.
fn in_words(cell: &Cell) -> String {
    match cell {
        Cell::Count(count) => grouped(&count.to_string()),
        Cell::FewerThan(_) => cell.words(),
        _ => "a withheld number of".to_owned(),
    }
}

/// Notes on method, rounding and what is left out.
pub(super) fn notes(answer: &Answer, options: &Options) -> Vec<String> {
    let moments = answer.wanted.moments;
    let mut notes = answer.notes.clone();
    let rounded = answer.rules.decimals.map_or_else(
        || "is the correctly rounded value of the exact result for the data as they were written".to_owned(),
        |decimals| {
            format!(
                "is rounded once, from the exact result for the data as they were written, to {decimals} decimal places"
            )
        },
    );
    notes.push(format!("Every statistic {rounded}; it depends neither on the order of the data nor on the machine."));
    if options.output.format() == Format::Html && answer.rules.decimals.is_none() {
        notes.push(
            "Statistics are shown to about four significant digits; the page contains all digits of each.".into(),
        );
    }
    let statistics = options.shown();
    if statistics.has(Statistic::Variance) || statistics.has(Statistic::Std) {
        notes.push(match moments.ddof {
            0 => "The variance divides by the number of values, n.".to_owned(),
            ddof => format!("The variance divides by n - {ddof}, n being the number of values."),
        });
    }
    if statistics.has(Statistic::Skewness) || statistics.has(Statistic::Kurtosis) {
        let which = match (moments.conventions.by_sample_deviation, moments.bias) {
            (true, _) => {
                "those of the described values, without correction for a sample, with the standard deviation that divides by n - 1"
            }
            (false, true) => "those of the described values, without correction for a sample",
            (false, false) => "corrected for a sample",
        };
        notes.push(format!("Skewness and kurtosis are {which}."));
        if moments.conventions.pearson {
            notes.push("The kurtosis of a normal distribution is 3.".into());
        }
    }
    if answer.rows.is_some() {
        notes.push(
            "Missing values, and those with a code of absence, are counted and left out of every statistic.".into(),
        );
    }
    let mut messages: Vec<String> = Vec::new();
    for warning in answer.results().flat_map(|result| result.warnings) {
        if !messages.contains(&warning.message) {
            messages.push(warning.message);
        }
        if messages.len() == MAX_WARNINGS {
            break;
        }
    }
    notes.extend(messages.into_iter().map(|message| format!("{UNDEFINED} {message}.")));
    if let Some(error) = answer.results().filter_map(|result| result.rank_error).reduce(f64::max) {
        notes.push(format!(
            "Quantiles and what is calculated from them are approximate: the error of their ranks is at most {} percent of the values.",
            short(error * 100.0)
        ));
    }
    notes.extend(answer.sources.iter().map(|source| format!("Read as {}.", source_words(source))));
    notes.extend(answer.reading_warnings().map(|warning| warning.assumption));
    let skipped: Vec<&str> = answer.skipped.iter().map(|skipped| skipped.column.as_str()).collect();
    if !skipped.is_empty() {
        notes.push(format!("Not described, because they are not numeric: {}.", skipped.join(", ")));
    }
    notes
}
