//! Description of a chart in words, for readers who do not see it.

use std::fmt::Write;

use describe_options::InputError;
use describe_readers::Ledger;

use crate::report::{Bins, Chart, ChartKind, Five, Panel, Point, fixed, shortest, shown_decimals, with_minus};

/// Describes a chart in words, with all its statistics.
///
/// # Errors
/// More time than the task may take.
pub fn description(chart: &Chart, ledger: &Ledger) -> Result<String, InputError> {
    let many = chart.panels.len() > 1;
    let what = match (chart.kind, many) {
        (ChartKind::Histogram, false) => "A histogram, with a box plot above it.",
        (ChartKind::Histogram, true) => "Histograms one under the other, each with a box plot above it.",
        (ChartKind::Boxes | ChartKind::Compare, false) => "A box plot.",
        (ChartKind::Boxes, true) => "Box plots, each on an axis of its own.",
        (ChartKind::Compare, true) => "Box plots of the groups on one axis.",
        (ChartKind::Trend, _) => "Small charts, each with a line of means and a band of the middle half.",
        (ChartKind::Ecdf, _) => "The percentage of values at or below each value, as a line of steps.",
    };
    let mut text = what.to_owned();
    if !matches!(chart.kind, ChartKind::Ecdf | ChartKind::Trend) {
        text.push_str(
            " A box goes from the lower to the upper quartile, with a line at the median and a diamond at the mean; whiskers end \
             at the extremes, or at 1.5 times the interquartile range from it, beyond which a circle marks the extreme.",
        );
    }
    for panel in &chart.panels {
        ledger.check()?;
        if chart.kind == ChartKind::Trend {
            let _ = write!(text, " {}.", trend_words(panel));
            continue;
        }
        let name =
            if panel.label.is_empty() { panel.column.clone() } else { format!("{}, {}", panel.column, panel.label) };
        let _ = write!(text, " {name}: n = {}", panel.nobs);
        if let Some(five) = &panel.five {
            let _ = write!(text, "; {}", five_words(five));
            if let Some(mean) = five.mean {
                let _ = write!(text, ", mean {}", short(mean));
            }
        }
        if let (ChartKind::Histogram, Some(bins)) = (chart.kind, &panel.histogram) {
            let _ = write!(text, "; {}", bins_words(bins));
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
        ChartKind::Trend if chart.panels.iter().all(|panel| panel.is_series) => {
            "Line: mean. Band: the middle half of the values."
        }
        ChartKind::Trend => "Dot: mean. Bar: the middle half of the values.",
        _ if chart.panels.iter().any(|panel| panel.five.is_some()) => {
            "Box: middle half. Line: median. Diamond: mean. Whiskers: within 1.5 × IQR of the box. Circle: extreme beyond them."
        }
        _ => "",
    }
}

/// A panel of small multiples in words.
pub(super) fn trend_words(panel: &Panel) -> String {
    let point = |point: &Point| {
        let mean = point.mean.map_or_else(|| "no mean".to_owned(), |mean| format!("mean {}", short(mean)));
        let half = point.quartiles.map(|[low, high]| format!(", middle half {} to {}", short(low), short(high)));
        format!("{}: {mean}{}", point.label, half.unwrap_or_default())
    };
    let points = panel.points.iter().map(point).collect::<Vec<_>>().join("; ");
    format!("{}, {}. {points}", panel.column, panel.name())
}

pub(super) fn five_words(five: &Five) -> String {
    let named = [
        ("minimum", five.min),
        ("lower quartile", five.q1),
        ("median", five.median),
        ("upper quartile", five.q3),
        ("maximum", five.max),
    ];
    let known = named.into_iter().filter_map(|(name, figure)| Some(format!("{name} {}", short(figure?))));
    known.collect::<Vec<_>>().join(", ")
}

fn bins_words(bins: &Bins) -> String {
    let pairs = bins.edges.windows(2).zip(&bins.counts);
    let words = pairs.map(|(pair, count)| {
        let count = count.map_or_else(|| "withheld".to_owned(), |count| count.to_string());
        format!("{} to {}: {count}", short(pair[0]), short(pair[1]))
    });
    format!("values by bin: {}", words.collect::<Vec<_>>().join(", "))
}

/// Values at each tenth of the distribution.
fn steps_words(steps: &[(f64, f64)]) -> String {
    let tenths = (1..=10).map(|tenth| f64::from(tenth) / 10.0);
    let words = tenths.filter_map(|tenth| {
        let (value, _) = steps.iter().find(|(_, share)| *share >= tenth - 1e-12)?;
        Some(format!("{}% at or below {}", shortest(tenth * 100.0).trim_end_matches(".0"), short(*value)))
    });
    words.collect::<Vec<_>>().join(", ")
}

/// Formats a statistic in a sentence: four significant digits, without trailing zeros.
pub(crate) fn short(figure: f64) -> String {
    let text = fixed(figure, shown_decimals([figure].into_iter()));
    if !text.contains('.') || text.contains('e') {
        return with_minus(&text);
    }
    with_minus(text.trim_end_matches('0').trim_end_matches('.'))
}
