//! What a reader should look at before the figures are used: many missing values, a pile at one end, values far from the others.

use std::fmt::Write as _;

use super::charts::five;
use super::labels::group_words;
use super::tables::{percent, records};
use crate::answer::{Answer, Described};
use crate::report::Five;
use crate::words;
use describe_options::InputError;

/// Maximum results that are looked at.
const MAX_RESULTS: usize = 200;

/// Least number of values of which something is said about their distribution.
const MIN_VALUES: u64 = 30;

/// Groups that an alert names.
const MAX_NAMED: usize = 3;

/// Alerts in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Alert {
    Missing,
    Constant,
    AllDifferent,
    Heaped,
    Ceiling,
    Floor,
    FarOut,
}

impl Alert {
    const ALL: [Self; 7] =
        [Self::Missing, Self::Constant, Self::AllDifferent, Self::Heaped, Self::Ceiling, Self::Floor, Self::FarOut];

    fn sentence(self) -> &'static str {
        match self {
            Self::Missing => words::MANY_MISSING,
            Self::Constant => words::ALL_EQUAL,
            Self::AllDifferent => words::ALL_DIFFERENT,
            Self::Heaped => words::HEAPED,
            Self::Ceiling => words::CEILING,
            Self::Floor => words::FLOOR,
            Self::FarOut => words::FAR_OUT,
        }
    }
}

/// Sentences about the columns, none of them where counts are protected.
///
/// # Errors
/// More memory or time than the task may take.
pub(super) fn alerts(answer: &Answer) -> Result<Vec<String>, InputError> {
    if answer.rules.concern_counts() || answer.len() > MAX_RESULTS {
        return Ok(Vec::new());
    }
    let mut found: Vec<(Option<&str>, Alert, Vec<String>)> = Vec::new();
    for (place, result) in answer.results().enumerate() {
        answer.ledger.check()?;
        for alert in of_result(answer, place, &result) {
            let group = group_words(answer, &result);
            match found.iter_mut().find(|(column, kind, _)| *column == result.column && *kind == alert) {
                Some((.., groups)) => groups.push(group),
                None => found.push((result.column, alert, vec![group])),
            }
        }
    }
    let sentence = |(column, alert, groups): &(Option<&str>, Alert, Vec<String>)| {
        let mut text = format!("{}: {}", column.unwrap_or(words::NUMBERS), alert.sentence());
        let named: Vec<&str> = groups.iter().map(String::as_str).filter(|group| !group.is_empty()).collect();
        if !named.is_empty() {
            let _ = write!(text, " ({}", named[..named.len().min(MAX_NAMED)].join("; "));
            if named.len() > MAX_NAMED {
                text.push_str(&words::and_more(named.len() - MAX_NAMED));
            }
            text.push(')');
        }
        text + "."
    };
    Ok(found.iter().map(sentence).collect())
}

fn of_result(answer: &Answer, place: usize, result: &Described) -> Vec<Alert> {
    let mut alerts = Vec::new();
    let nobs = result.nobs.unwrap_or(0);
    if percent(result.missing.flatten().unwrap_or(0), records(result).max(1)) > 5.0 {
        alerts.push(Alert::Missing);
    }
    // Categories are no numbers.
    if !answer.wanted.categories.is_empty() {
        return alerts;
    }
    if let (Some(order), MIN_VALUES..) = (answer.order(place), nobs) {
        let Some(values) = order.values() else { return alerts };
        let values: Vec<(f64, u64)> = values.map(|(value, count)| (value.to_f64(), count)).collect();
        alerts.extend(of_values(&values, nobs));
    }
    if let (Some(Five { min: Some(min), q1: Some(q1), q3: Some(q3), max: Some(max), .. }), MIN_VALUES..) =
        (five(result), nobs)
    {
        let reach = 3.0 * (q3 - q1);
        if reach > 0.0 && (min < q1 - reach || max > q3 + reach) {
            alerts.push(Alert::FarOut);
        }
    }
    alerts.sort_by_key(|alert| Alert::ALL.iter().position(|one| one == alert));
    alerts
}

/// Alerts about values in ascending order, each with its count.
fn of_values(values: &[(f64, u64)], nobs: u64) -> Vec<Alert> {
    let share = |count: u64| percent(count, nobs);
    let [(least, at_least), .., (greatest, at_greatest)] = values else { return vec![Alert::Constant] };
    let is_whole = values.iter().all(|(value, _)| value.fract() == 0.0);
    let mut alerts = Vec::new();
    if is_whole && values.len() as u64 == nobs {
        alerts.push(Alert::AllDifferent);
    }
    // Of whole numbers a fifth are multiples of 5.
    let heaped: u64 = values.iter().filter(|(value, _)| value % 5.0 == 0.0).map(|(_, count)| count).sum();
    if is_whole && greatest - least >= 20.0 && share(heaped) > 35.0 && share(heaped) < 100.0 {
        alerts.push(Alert::Heaped);
    }
    if values.len() > 5 {
        alerts.extend((share(*at_greatest) > 10.0).then_some(Alert::Ceiling));
        alerts.extend((share(*at_least) > 10.0).then_some(Alert::Floor));
    }
    alerts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn piles_and_heaps_are_seen() {
        let whole = |count: fn(u32) -> u64| (0..=100).map(|mark| (f64::from(mark), count(mark))).collect::<Vec<_>>();
        let found = |values: &[(f64, u64)]| of_values(values, values.iter().map(|(_, count)| count).sum());
        assert_eq!(found(&whole(|_| 10)), []);
        assert_eq!(found(&whole(|_| 1)), [Alert::AllDifferent]);
        assert_eq!(found(&whole(|mark| if mark % 5 == 0 { 40 } else { 10 })), [Alert::Heaped]);
        assert_eq!(found(&whole(|mark| if mark == 100 { 200 } else { 10 })), [Alert::Ceiling]);
        assert_eq!(found(&whole(|mark| if mark == 0 { 200 } else { 10 })), [Alert::Floor]);
        assert_eq!(found(&[(5.0, 40)]), [Alert::Constant]);
    }
}
