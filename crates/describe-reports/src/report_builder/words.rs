//! Notes of a report, and the words for what it counts.

use crate::answer::{Answer, Comparison, source_words};
use crate::report::UNDEFINED;
use crate::svg::short;
use describe::Statistic;
use describe_options::{Format, InputError, Options};

/// Maximum different warnings that are repeated in the notes.
const MAX_WARNINGS: usize = 20;

/// What a value is called: with codes of absence the records are candidates.
pub(super) fn unit(answer: &Answer, is_heading: bool) -> &'static str {
    match (answer.codes.is_empty(), is_heading) {
        (true, true) => "Values",
        (true, false) => "values",
        (false, true) => "Candidates",
        (false, false) => "candidates",
    }
}

/// How many of those comparisons that have an interval would look clear by chance; `None` if none has one.
pub(super) fn by_chance<'c>(
    comparisons: impl IntoIterator<Item = &'c Comparison<'c>>,
    options: &Options,
) -> Option<String> {
    let count = comparisons.into_iter().filter(|comparison| comparison.difference.ci.is_ok()).count();
    let confidence = options.wanted.confidence.to_f64();
    #[expect(clippy::cast_precision_loss, reason = "at most some thousands")]
    let expected = count as f64 * (1.0 - confidence);
    let made = if count == 1 { "One comparison was".to_owned() } else { format!("{count} comparisons were") };
    (count > 0).then(|| {
        format!(
            "{made} made; if nothing had changed, about {} of them would still look clear, because a {}% interval misses 0 by chance.",
            short(expected),
            short(confidence * 100.0)
        )
    })
}

/// Notes on method, rounding and what is left out.
///
/// # Errors
/// More time than the task may take.
pub(super) fn notes(answer: &Answer, options: &Options) -> Result<Vec<String>, InputError> {
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
    if options.output.format() == Format::Html && answer.rules.decimals.is_none() && !answer.rules.rounds_statistics {
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
    let mut rank_error: Option<f64> = None;
    for result in answer.results() {
        answer.ledger.check()?;
        rank_error = rank_error.into_iter().chain(result.rank_error).reduce(f64::max);
        for warning in result.warnings {
            if messages.len() < MAX_WARNINGS && !messages.contains(&warning.message) {
                messages.push(warning.message);
            }
        }
    }
    notes.extend(messages.into_iter().map(|message| format!("{UNDEFINED} {message}.")));
    if let Some(error) = rank_error {
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
    Ok(notes)
}
