//! Description of a chart in words, for readers who do not see it.

use std::fmt::Write;

use describe_options::InputError;
use describe_readers::Ledger;

use crate::report::{Bins, Chart, ChartKind, Five, Panel, Point, short, shortest};
use crate::words;

/// Describes a chart in words, with all its statistics.
///
/// # Errors
/// More time than the task may take.
pub fn description(chart: &Chart, ledger: &Ledger) -> Result<String, InputError> {
    let mut text = words::chart_kind(chart.kind, chart.panels.len() > 1).to_owned();
    let has_boxes = matches!(chart.kind, ChartKind::Histogram | ChartKind::Boxes | ChartKind::Compare);
    if has_boxes && !chart.panels.iter().any(Panel::has_categories) {
        let _ = write!(text, " {}", words::HOW_BOXES_ARE_DRAWN);
    }
    for panel in &chart.panels {
        ledger.check()?;
        if matches!(chart.kind, ChartKind::Trend | ChartKind::Characteristics) {
            let _ = write!(text, " {}.", trend_words(panel));
            continue;
        }
        let name =
            if panel.label.is_empty() { panel.column.clone() } else { format!("{}, {}", panel.column, panel.label) };
        let _ = write!(text, " {name}: {}", words::n_is(&panel.nobs));
        if let Some(five) = &panel.five {
            let _ = write!(text, "; {}", five_words(five));
            if let Some(mean) = five.mean {
                let _ = write!(text, ", {}", words::mean(&short(mean)));
            }
        }
        if let (ChartKind::Histogram, Some(bins)) = (chart.kind, &panel.histogram) {
            let _ = write!(text, "; {}", bins_words(bins));
        }
        for item in &panel.items {
            let (facility, discrimination) = (short(item.facility), short(item.discrimination));
            let _ = write!(text, "; {}", words::item_point(&item.name, &facility, &discrimination));
        }
        if chart.kind == ChartKind::Ecdf && !panel.steps.is_empty() {
            let _ = write!(text, "; {}", steps_words(&panel.steps));
        }
        if !panel.empty.is_empty() {
            let _ = write!(text, "; {}", panel.empty);
        }
        text.push('.');
    }
    Ok(text)
}

/// Legend of a chart, for the eye.
#[must_use]
pub fn legend(chart: &Chart) -> &'static str {
    match chart.kind {
        ChartKind::Ecdf => "",
        ChartKind::Discrimination => words::LEGEND_OF_ITEMS,
        ChartKind::Characteristics => words::LEGEND_OF_BANDS,
        ChartKind::Trend if chart.panels.iter().all(|panel| panel.is_series) => words::LEGEND_OF_LINES,
        ChartKind::Trend => words::LEGEND_OF_DOTS,
        _ if chart.panels.iter().any(|panel| panel.five.is_some()) => words::LEGEND_OF_BOXES,
        _ => "",
    }
}

/// A panel of small multiples in words.
pub(super) fn trend_words(panel: &Panel) -> String {
    let point = |point: &Point| {
        let mean = point.mean.map_or_else(|| words::NO_MEAN.to_owned(), |mean| words::mean(&short(mean)));
        let half = point.quartiles.map(|[low, high]| format!(", {}", words::middle_half(&short(low), &short(high))));
        format!("{}: {mean}{}", point.label, half.unwrap_or_default())
    };
    let points = panel.points.iter().map(point).collect::<Vec<_>>().join("; ");
    format!("{}, {}. {points}", panel.column, panel.name())
}

pub(super) fn five_words(five: &Five) -> String {
    let figures = [five.min, five.q1, five.median, five.q3, five.max];
    let known =
        words::FIVE.into_iter().zip(figures).filter_map(|(name, figure)| Some(format!("{name} {}", short(figure?))));
    known.collect::<Vec<_>>().join(", ")
}

fn bins_words(bins: &Bins) -> String {
    let has_names = !bins.names.is_empty();
    let pairs = bins.edges.windows(2).zip(&bins.counts);
    let bins = pairs.enumerate().map(|(place, (pair, count))| {
        let count = count.map_or_else(|| words::NOT_SHOWN.to_owned(), |count| count.to_string());
        match bins.names.get(place) {
            Some(name) => format!("{name}: {count}"),
            None => format!("{}: {count}", words::from_to(&short(pair[0]), &short(pair[1]))),
        }
    });
    let counts = bins.collect::<Vec<_>>().join(", ");
    if has_names { words::values_by_category(&counts) } else { words::values_by_bin(&counts) }
}

/// Values at each tenth of the distribution.
fn steps_words(steps: &[(f64, f64)]) -> String {
    let tenths = (1..=10).map(|tenth| f64::from(tenth) / 10.0);
    let values = tenths.filter_map(|tenth| {
        let (value, _) = steps.iter().find(|(_, share)| *share >= tenth - 1e-12)?;
        Some(words::at_or_below(shortest(tenth * 100.0).trim_end_matches(".0"), &short(*value)))
    });
    values.collect::<Vec<_>>().join(", ")
}
