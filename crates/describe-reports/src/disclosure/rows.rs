//! The rows of a figure's table, as they may be shown.

use super::secondary_suppression::{Display, State};
use crate::answer::Described;
use describe::{Count, Frequency, Undefined, Value};

/// Why a count is withheld that is not small.
pub(super) const PROTECTS: &str = "withheld, so that no other count can be found by subtraction";

/// Writes the rows of a figure's table.
pub(super) fn write_rows(result: &mut Described, figure: usize, states: &[State], display: Display, withhold: bool) {
    // A percentage beside its rounded count tells of how many values it is one.
    let total = result.nobs.is_some();
    let (statistic, value) = &mut result.figures[figure];
    let shown = |state: &State, count: Count| match state {
        State::Few | State::Held => None,
        _ => count.map(|count| display.rounded(count)),
    };
    let mut reasons: Vec<(String, String)> = Vec::new();
    let mut tell = |path: String, state: &State| match state {
        State::Few => reasons.push((path, display.few())),
        State::Held => reasons.push((path, PROTECTS.to_owned())),
        _ => {}
    };
    match value {
        Value::Histogram(histogram) => {
            for (row, (count, state)) in histogram.counts.iter_mut().zip(states).enumerate() {
                *count = shown(state, *count);
                tell(format!("histogram.{row}"), state);
            }
        }
        Value::Boundaries(rows) => {
            let mut rests = false;
            for (row, state) in rows.iter_mut().zip(states) {
                tell(format!("boundaries.{}", row.grade), state);
                row.count = shown(state, row.count);
                rests |= row.count.is_none();
                if row.count.is_none() || !total {
                    row.percent = Err(Undefined::Withheld);
                }
                let few = row.cumulative_count.is_some_and(|count| display.is_few(count));
                row.cumulative_count =
                    row.cumulative_count.map(|count| display.rounded(count)).filter(|_| !rests && !few);
                if rests || !total {
                    row.cumulative_percent = Err(Undefined::Withheld);
                }
            }
        }
        Value::Frequencies(rows) => {
            if withhold {
                hide_extremes(rows, display.threshold);
            }
            let mut rests = false;
            for (at, (row, state)) in rows.iter_mut().zip(states).enumerate() {
                tell(format!("frequencies.{at}"), state);
                row.count = shown(state, row.count);
                rests |= row.count.is_none();
                if row.count.is_none() || !total {
                    row.percent = Err(Undefined::Withheld);
                }
                if rests || !total {
                    row.cumulative_percent = Err(Undefined::Withheld);
                }
            }
        }
        Value::Outliers(outliers) => {
            outliers.below = shown(&states[0], outliers.below);
            outliers.above = shown(&states[1], outliers.above);
            tell("outliers.below".into(), &states[0]);
            tell("outliers.above".into(), &states[1]);
        }
        Value::Mode(mode) => {
            if matches!(states[0], State::Few | State::Held) {
                reasons.push((statistic.name().to_owned(), PROTECTS.to_owned()));
                *value = Value::Undefined(Undefined::Withheld);
            } else {
                mode.count = shown(&states[0], mode.count);
            }
        }
        Value::Count(count) => {
            tell(statistic.name().to_owned(), &states[0]);
            *count = shown(&states[0], *count);
        }
        _ => {}
    }
    for (path, why) in reasons {
        result.withheld.add(path, why);
    }
}

/// Withholds the values at both ends that too few numbers lie at or beyond.
fn hide_extremes(rows: &mut [Frequency], threshold: u64) {
    let hidden = |counts: &mut dyn Iterator<Item = u64>| {
        let mut beyond = 0;
        counts
            .take_while(|count| {
                beyond += count;
                beyond < threshold
            })
            .count()
    };
    let count = |row: &Frequency| row.count.unwrap_or(0);
    let low = hidden(&mut rows.iter().map(count));
    let high = hidden(&mut rows.iter().rev().map(count));
    let length = rows.len();
    let (starts, ends) = (0..low, length.saturating_sub(high)..length);
    for place in starts.chain(ends) {
        rows[place].value = Err(Undefined::Withheld);
    }
}
