//! Sentences that a manager repeats: the last mean and its change, what changed clearly, who was absent.

use super::charts::five;
use super::crosstab::{Changes, Way, across};
use super::labels::{group_words, is_years, unit};
use super::tables::{count_cell, percent, records};
use crate::answer::{Answer, Comparison, Described, Group, MemberPath, Shape};
use crate::report::{Cell, Five, fixed, grouped, short, shortest, signed};
use crate::words::{self, NO_VALUE};
use describe::{Count, Statistic};
use describe_options::{InputError, Options};

/// Maximum columns of the data that have sentences.
const MAX_COLUMNS: usize = 4;

/// Maximum groups that have a sentence because they changed clearly.
const MAX_CHANGED: usize = 12;

/// Maximum results that are looked at.
const MAX_RESULTS: usize = 2_000;

/// Sentences with the main findings.
///
/// # Errors
/// More memory or time than the task may take.
pub(super) fn headline(answer: &Answer, options: &Options) -> Result<Vec<String>, InputError> {
    if answer.is_empty() {
        return Ok(vec![words::NOTHING_DESCRIBED.to_owned()]);
    }
    if answer.len() > MAX_RESULTS {
        return Ok(vec![words::number_of_results(&grouped(&answer.len().to_string()))]);
    }
    let results = answer.all_results()?;
    let mut columns: Vec<Option<&str>> = Vec::new();
    for result in &results {
        if !columns.contains(&result.column) {
            columns.push(result.column);
        }
    }
    let shown = columns.iter().take(MAX_COLUMNS);
    let mut sentences: Vec<String> = shown.flat_map(|column| of_column(answer, options, &results, *column)).collect();
    if columns.len() > MAX_COLUMNS {
        sentences.push(words::more_columns(columns.len() - MAX_COLUMNS));
    }
    Ok(sentences)
}

fn of_column(answer: &Answer, options: &Options, results: &[Described], column: Option<&str>) -> Vec<String> {
    let results: Vec<&Described> = results.iter().filter(|result| result.column == column).collect();
    let name = column.unwrap_or(words::VALUE);
    let voice = Voice { name, decimals: decimals(&results) };
    let across = across(answer, options, true).or(answer.group_by.last().map(String::as_str));
    let compared = answer.comparisons.as_deref().zip(across);
    let changes = compared.and_then(|(comparisons, across)| Some((across, Changes::new(comparisons, name, across)?)));
    let mut sentences = Vec::new();
    let mut counted = totals(&results);
    let mut when = String::new();
    match (&changes, &results[..]) {
        (Some((across, changes)), _) => {
            let last = results.iter().find(|result| result.group.as_deref() == Some(&[(*across, changes.last)]));
            if let (Some(last), Some(whole)) = (last, changes.whole()) {
                sentences.extend(voice.change(last, changes, whole, options));
                counted = vec![*last];
                when = format!(" {}", place_words(changes.last));
            }
            sentences.extend(voice.changed(answer, changes, across));
        }
        (None, [one]) => sentences.push(voice.single(answer, one)),
        (None, _) if answer.shape == Shape::Table => sentences.extend(voice.range(answer, &results)),
        (None, _) => sentences.push(words::number_of_results(&results.len().to_string())),
    }
    // Sentences are about means; other statistics that were asked for speak for themselves.
    if !options.shown().has(Statistic::Mean) {
        sentences.clear();
    }
    sentences.extend(left_out(answer, &counted, &when));
    sentences
}

/// Results that together count every record once.
fn totals<'r, 'a>(results: &[&'r Described<'a>]) -> Vec<&'r Described<'a>> {
    let whole = results.iter().find(|result| result.group.as_ref().is_some_and(Vec::is_empty));
    let most = results.iter().map(|result| result.group.as_ref().map_or(0, Vec::len)).max().unwrap_or(0);
    let full = |result: &&&Described| result.group.as_ref().map_or(0, Vec::len) == most;
    whole.map_or_else(|| results.iter().filter(full).copied().collect(), |whole| vec![*whole])
}

/// Decimal places in sentences: one more than the extremes have, unless they are given.
fn decimals(results: &[&Described]) -> u32 {
    let extremes = results.iter().filter_map(|result| five(result)).flat_map(|five| [five.min, five.max]);
    let places = extremes.flatten().map(|value| {
        let text = shortest(value);
        let places = text.split_once('.').map_or(0, |(_, digits)| if digits == "0" { 0 } else { digits.len() });
        u32::try_from(places).unwrap_or_default()
    });
    let given = results.iter().filter_map(|result| result.precision.decimals(Statistic::Mean)).max();
    given.unwrap_or_else(|| (places.max().unwrap_or(1) + 1).min(4))
}

/// Words about one column of the data.
struct Voice<'v> {
    name: &'v str,
    decimals: u32,
}

impl Voice<'_> {
    fn number(&self, number: f64) -> String {
        Cell::Number(number, self.decimals).shown()
    }

    /// The last mean and its change.
    fn change(&self, last: &Described, changes: &Changes, whole: &Comparison, options: &Options) -> Option<String> {
        let mean = five(last)?.mean?;
        let base = changes.base.unwrap_or(NO_VALUE);
        let mut text = words::mean_was(self.name, &self.number(mean), &place_words(changes.last));
        if let Ok(difference) = whole.difference.difference {
            text.push_str(&words::change_on(&signed(difference, self.decimals), base));
        }
        if let Some(limits) = limits(whole) {
            let interval = Cell::Interval(limits, self.decimals).shown();
            let confidence = short(options.wanted.confidence.to_f64() * 100.0);
            text.push_str(&words::with_interval(&confidence, &interval));
            text.push_str(if is_clear(limits) { "" } else { words::WITHIN_CHANCE });
        }
        Some(text + ".")
    }

    /// Which groups changed clearly.
    fn changed(&self, answer: &Answer, changes: &Changes, across: &str) -> Vec<String> {
        let mut rows: Vec<(&Group, &&Comparison)> = changes.of.iter().filter(|(group, _)| !group.is_empty()).collect();
        if rows.is_empty() {
            return Vec::new();
        }
        let places: Vec<Group> = answer.groups().map(|group| without(group, across)).collect();
        rows.sort_by_cached_key(|(group, _)| places.iter().position(|place| place == *group));
        let full = rows.iter().map(|(group, _)| group.len()).max().unwrap_or(0);
        rows.retain(|(group, _)| group.len() == full);
        // What has no interval, because it is withheld or of one value, is not known to have changed or not.
        rows.retain(|(_, comparison)| limits(comparison).is_some());
        if rows.is_empty() {
            return Vec::new();
        }
        let clear: Vec<_> = rows.iter().filter(|(_, comparison)| limits(comparison).is_some_and(is_clear)).collect();
        let [last, base] = [changes.last, changes.base].map(|value| value.unwrap_or(NO_VALUE));
        if changes.way() == Way::Contrast {
            return self.contrasts(&clear, rows.len(), last, base);
        }
        if clear.is_empty() {
            return vec![words::none_changed(base, last, self.name, rows.len())];
        }
        let mut sentences = vec![words::some_changed(base, last, self.name, clear.len(), rows.len())];
        sentences.extend(clear.iter().take(MAX_CHANGED).filter_map(|(group, comparison)| {
            let difference = comparison.difference.difference.ok()?;
            let way = if difference > 0.0 { words::ROSE } else { words::FELL };
            let interval = Cell::Interval(limits(comparison)?, self.decimals).shown();
            Some(words::changed_by(&name_of(group), way, &self.number(difference.abs()), &interval))
        }));
        sentences
    }

    /// In which groups two values that are no points of time differ clearly.
    fn contrasts(&self, clear: &[&(&Group, &&Comparison)], count: usize, last: &str, base: &str) -> Vec<String> {
        let mut sentences = vec![words::differs(self.name, last, base, clear.len(), count)];
        sentences.extend(clear.iter().take(MAX_CHANGED).filter_map(|(group, comparison)| {
            let difference = comparison.difference.difference.ok()?;
            let way = if difference > 0.0 { words::HIGHER } else { words::LOWER };
            let interval = Cell::Interval(limits(comparison)?, self.decimals).shown();
            Some(words::differs_by(&name_of(group), &self.number(difference.abs()), way, &interval))
        }));
        sentences
    }

    /// The lowest and the highest mean of the groups.
    fn range(&self, answer: &Answer, results: &[&Described]) -> Option<String> {
        let full = results.iter().filter(|result| result.group.as_ref().map_or(0, Vec::len) == answer.group_by.len());
        let means: Vec<(f64, &Described)> = full.filter_map(|result| Some((five(result)?.mean?, *result))).collect();
        if let [(_, only)] = means[..] {
            return Some(self.single(answer, only));
        }
        let least = means.iter().min_by(|a, b| a.0.total_cmp(&b.0))?;
        let greatest = means.iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
        let named =
            |(mean, result): &(f64, &Described)| format!("{} ({})", self.number(*mean), group_words(answer, result));
        let groups = grouped(&means.len().to_string());
        Some(words::means_between(self.name, &named(least), &named(greatest), &groups))
    }

    /// A single result.
    fn single(&self, answer: &Answer, result: &Described) -> String {
        let count = count_words(&count_cell(result, &MemberPath::Nobs, result.nobs));
        let values = if result.nobs == Some(1) { words::VALUE } else { unit(answer, false) };
        let mut text = match five(result).and_then(|five| five.mean) {
            Some(mean) => words::mean_is(self.name, &count, values, &self.number(mean)),
            None => format!("{}: {count} {values}", self.name),
        };
        if let Some(Five { min, q1, median, q3, max, .. }) = five(result) {
            if let Some(median) = median {
                text.push_str(&words::median_is(&short(median)));
            }
            if let (Some(q1), Some(q3)) = (q1, q3) {
                text.push_str(&words::middle_half_between(&short(q1), &short(q3)));
            }
            if let (Some(min), Some(max)) = (min, max) {
                text.push_str(&words::all_between(&short(min), &short(max)));
            }
        }
        text + "."
    }
}

/// Value that goes across, in a sentence.
fn place_words(value: Option<&str>) -> String {
    let name = value.unwrap_or(NO_VALUE);
    if is_years([value]) { words::in_year(name) } else { words::for_value(name) }
}

/// Group in a sentence.
fn name_of(group: &Group) -> String {
    group.iter().map(|(_, value)| value.unwrap_or(NO_VALUE)).collect::<Vec<_>>().join(", ")
}

fn without<'a>(group: Group<'a>, column: &str) -> Group<'a> {
    group.into_iter().filter(|(name, _)| *name != column).collect()
}

/// Limits of the interval of a difference.
fn limits(comparison: &Comparison) -> Option<[f64; 2]> {
    let ci = comparison.difference.ci.as_ref().ok()?;
    Some([ci.low.ok()?, ci.high.ok()?])
}

fn is_clear([low, high]: [f64; 2]) -> bool {
    low > 0.0 || high < 0.0
}

/// Who was absent, and what else was left out.
fn left_out(answer: &Answer, counted: &[&Described], when: &str) -> Vec<String> {
    let sum = |count: &dyn Fn(&Described) -> Option<Count>| -> Option<Count> {
        let counts: Option<Vec<Count>> = counted.iter().map(|result| count(result)).collect();
        counts.map(|counts| counts.into_iter().sum())
    };
    let absent = sum(&|result| Some(result.absent.as_ref()?.iter().map(|(_, count)| *count).sum()));
    let missing = sum(&|result| result.missing);
    let invalid = sum(&|result| result.invalid);
    let all: u64 = counted.iter().map(|result| records(result)).sum();
    let share = |count: u64| {
        let is_shown = !answer.rules.concern_counts() && all > 0;
        if is_shown { format!(" ({}%)", fixed(percent(count, all), 1)) } else { String::new() }
    };
    let mut sentences = Vec::new();
    for (count, [one, many]) in [(absent, words::ABSENT), (missing, words::MISSING), (invalid, words::INVALID)] {
        match count.flatten() {
            Some(0) | None => {}
            Some(1) => sentences.push(format!("1 {}{when}{}.", one.join(" "), share(1))),
            Some(count) => {
                let [noun, rest] = many;
                sentences.push(format!("{} {noun}{} {rest}{when}.", grouped(&count.to_string()), share(count)));
            }
        }
    }
    sentences
}

/// A count in a sentence.
fn count_words(cell: &Cell) -> String {
    match cell {
        Cell::Count(_) | Cell::FewerThan(_) => cell.shown(),
        _ => words::WITHHELD_NUMBER.to_owned(),
    }
}
