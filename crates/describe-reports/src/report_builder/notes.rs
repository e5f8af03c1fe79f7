//! Notes of a report: method, rounding, and what is left out.

use crate::answer::{Answer, Comparison, Warning, source_words};
use crate::report::short;
use crate::words::{self, UNDEFINED};
use describe::Statistic;
use describe_options::{Format, InputError, Options};

/// Maximum different warnings that are repeated in the notes.
const MAX_WARNINGS: usize = 20;

/// How many of those comparisons that have an interval would look clear by chance; `None` if none has one.
pub(super) fn by_chance<'c>(
    comparisons: impl IntoIterator<Item = &'c Comparison<'c>>,
    options: &Options,
) -> Option<String> {
    let count = comparisons.into_iter().filter(|comparison| comparison.difference.ci.is_ok()).count();
    let confidence = options.wanted.confidence.to_f64();
    #[expect(clippy::cast_precision_loss, reason = "at most some thousands")]
    let expected = count as f64 * (1.0 - confidence);
    (count > 0).then(|| words::clear_by_chance(count, &short(expected), &short(confidence * 100.0)))
}

/// Reasons why figures are undefined, each with their names.
#[derive(Default)]
struct Reasons(Vec<(String, Vec<&'static str>)>);

impl Reasons {
    fn add(&mut self, warnings: &[Warning]) {
        for Warning { field, message, .. } in warnings {
            let of_member = message.split_once(words::IS_NULL);
            let reason = of_member.map_or(message.as_str(), |(_, reason)| reason);
            let place = self.0.iter().position(|(known, _)| known == reason).unwrap_or(self.0.len());
            if place == MAX_WARNINGS {
                continue;
            }
            if place == self.0.len() {
                self.0.push((reason.to_owned(), Vec::new()));
            }
            let names = &mut self.0[place].1;
            if of_member.is_some() && !names.contains(field) {
                names.push(field);
            }
        }
    }

    fn sentences(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(reason, names)| match &names[..] {
            [] => format!("{UNDEFINED} {reason}."),
            names => format!("{UNDEFINED} {}: {reason}.", names.join(", ")),
        })
    }
}

/// Notes on method, rounding and what is left out.
///
/// # Errors
/// More time than the task may take.
pub(super) fn notes(answer: &Answer, options: &Options) -> Result<Vec<String>, InputError> {
    let moments = answer.wanted.moments;
    let mut notes = answer.notes.clone();
    notes.push(answer.rules.decimals.map_or_else(|| words::EXACT.to_owned(), words::rounded_once));
    if options.output.format() == Format::Html && answer.rules.decimals.is_none() && !answer.rules.rounds_statistics {
        notes.push(words::FOUR_DIGITS.to_owned());
    }
    let statistics = options.shown();
    if statistics.has(Statistic::Variance) || statistics.has(Statistic::Std) {
        let ddof = moments.ddof;
        notes.push(if ddof == 0 { words::VARIANCE_BY_N.to_owned() } else { words::variance_by(ddof) });
    }
    if statistics.has(Statistic::Skewness) || statistics.has(Statistic::Kurtosis) {
        let which = match (moments.conventions.by_sample_deviation, moments.bias) {
            (true, _) => words::SHAPE_BY_SAMPLE_DEVIATION,
            (false, true) => words::SHAPE_OF_VALUES,
            (false, false) => words::SHAPE_CORRECTED,
        };
        notes.push(which.to_owned());
        if moments.conventions.pearson {
            notes.push(words::NORMAL_KURTOSIS.to_owned());
        }
    }
    if answer.rows.is_some() {
        notes.push(words::MISSING_LEFT_OUT.to_owned());
    }
    let mut undefined = Reasons::default();
    let mut rank_error: Option<f64> = None;
    for result in answer.results() {
        answer.ledger.check()?;
        rank_error = rank_error.into_iter().chain(result.rank_error).reduce(f64::max);
        undefined.add(&result.warnings);
    }
    answer.for_each_warnings_of_groups(&mut |warnings| undefined.add(warnings));
    notes.extend(undefined.sentences());
    if let Some(error) = rank_error {
        notes.push(words::approximate_quantiles(&short(error * 100.0)));
    }
    notes.extend(answer.sources.iter().map(|source| words::data_read_as(&source_words(source))));
    notes.extend(answer.reading_warnings().map(|warning| warning.assumption));
    let skipped: Vec<&str> = answer.skipped.iter().map(|skipped| skipped.column.as_str()).collect();
    if !skipped.is_empty() {
        notes.push(words::not_described(&skipped.join(", ")));
    }
    Ok(notes)
}
