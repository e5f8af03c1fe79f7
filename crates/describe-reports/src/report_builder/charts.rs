//! Charts of a report, and the one chart of an SVG answer.

use std::collections::HashMap;

use super::crosstab::across;
use super::labels::{described, group_words, subject, values};
use super::tables::count_cell;
use crate::answer::{Answer, Described, Group, MemberPath, Shape};
use crate::report::{Bins, Chart, ChartKind, Five, Panel, Point};
use crate::words::{self, NO_VALUE};
use describe::{Frequency, Number, Statistic, Value};
use describe_options::{AnswerFault, Format, InputError, OptionName, Options};

/// Maximum results in one chart: more cannot be distinguished.
pub const MAX_PANELS: usize = 12;

/// Maximum results in a chart with a line for each, and maximum small multiples.
const MAX_LINES: usize = 60;

/// Builds the chart of an SVG answer.
///
/// # Errors
/// There are more than [`MAX_PANELS`] results, or more than 60 small multiples.
pub fn chart(answer: &Answer, options: &Options) -> Result<Chart, InputError> {
    let kind = options.output.chart().unwrap_or(ChartKind::Histogram);
    let max = if kind == ChartKind::Trend { MAX_LINES } else { MAX_PANELS };
    let drawn = drawn(answer, kind, options)?;
    if drawn.panels.len() <= max {
        return Ok(drawn);
    }
    let location = options.origins().location_of_implied(OptionName::Chart, OptionName::Format);
    Err(InputError::at(location, AnswerFault::TooManyResults { results: drawn.panels.len(), max }))
}

/// Builds the charts of a report: small multiples of a crosstab; otherwise box plots of the groups side by side, and a histogram of
/// each result. The sentence says why there are none.
pub(super) fn charts(answer: &Answer, options: &Options) -> Result<(Vec<Chart>, Option<String>), InputError> {
    if options.output.format() != Format::Html || answer.is_empty() {
        return Ok((Vec::new(), None));
    }
    if options.output.chart().is_some() {
        return Ok((vec![chart(answer, options)?], None));
    }
    let count = answer.charted_len();
    let kinds: &[ChartKind] = match across(answer, options, false) {
        _ if options.counts_categories() && count <= MAX_PANELS => &[ChartKind::Histogram],
        _ if options.counts_categories() => &[],
        Some(_) => &[ChartKind::Trend],
        None if count == 1 || (answer.group_by.is_empty() && count <= MAX_PANELS) => &[ChartKind::Histogram],
        None if count <= MAX_PANELS => &[ChartKind::Compare, ChartKind::Histogram],
        None => &[ChartKind::Compare],
    };
    let mut charts = Vec::new();
    for kind in kinds {
        if count > MAX_LINES * MAX_LINES {
            break;
        }
        let chart = drawn(answer, *kind, options)?;
        if chart.panels.len() <= MAX_LINES {
            charts.push(chart);
        }
    }
    let none = charts.is_empty().then(|| words::TOO_MANY_FOR_CHART.to_owned());
    Ok((charts, none))
}

/// Builds a chart, however many panels it has.
fn drawn(answer: &Answer, kind: ChartKind, options: &Options) -> Result<Chart, InputError> {
    let results = answer.charted_results()?;
    let column = options.columns.as_deref().or(answer.group_by.last().map(String::as_str)).unwrap_or_default();
    let across = across(answer, options, true).unwrap_or(column);
    let panels = match kind {
        ChartKind::Trend => trend(answer, across, &results),
        _ => panels(answer, kind, &results),
    };
    let title = words::chart_title(kind, &described(answer));
    Ok(Chart { kind, title: subject(answer, &title), panels })
}

/// Small multiples: a panel for each column of the data and group without the column across.
fn trend(answer: &Answer, across: &str, results: &[Described]) -> Vec<Panel> {
    let values = values(answer, across, MAX_LINES);
    // Names have no order in which a line could join them.
    let is_series = values.iter().flatten().all(|value| Number::parse(value.as_bytes()).is_ok());
    let mut panels: Vec<Panel> = Vec::new();
    let mut places: HashMap<(Option<&str>, Group), usize> = HashMap::new();
    for result in results {
        let (rest, value): (Group, Group) =
            result.group.iter().flatten().copied().partition(|(name, _)| *name != across);
        let Some(at) = value.first().and_then(|(_, value)| values.iter().position(|known| known == value)) else {
            continue;
        };
        let place = *places.entry((result.column, rest.clone())).or_insert_with(|| {
            let label = rest.iter().map(|(_, value)| value.unwrap_or(NO_VALUE).to_owned());
            let point = |value: Option<&str>| Point { label: value.unwrap_or(NO_VALUE).to_owned(), ..Point::default() };
            panels.push(Panel {
                column: result.column.unwrap_or(words::VALUE).to_owned(),
                label: label.collect::<Vec<_>>().join(", "),
                points: values.iter().copied().map(point).collect(),
                is_series,
                empty: if answer.rules.withholds() { words::NOT_SHOWN } else { words::NO_VALUES }.to_owned(),
                ..Panel::default()
            });
            panels.len() - 1
        });
        let Some(Five { mean, q1, q3, .. }) = five(result) else { continue };
        let point = &mut panels[place].points[at];
        (point.mean, point.quartiles) = (mean, q1.zip(q3).map(|(low, high)| [low, high]));
    }
    panels.sort_by_cached_key(|panel| places_of_column(results, &panel.column));
    panels
}

/// First result of a column.
fn places_of_column(results: &[Described], column: &str) -> usize {
    results.iter().position(|result| result.column.unwrap_or(words::VALUE) == column).unwrap_or_default()
}

/// A panel for each result.
fn panels(answer: &Answer, kind: ChartKind, results: &[Described]) -> Vec<Panel> {
    // Panels of one column are adjacent, because they share an axis.
    let mut columns: Vec<Option<&str>> = Vec::new();
    for result in results {
        if !columns.contains(&result.column) {
            columns.push(result.column);
        }
    }
    let of_column = |column| results.iter().enumerate().filter(move |(_, result)| result.column == column);
    let has_many = columns.len() > 1;
    let named = |(place, result)| {
        let mut panel = panel(answer, kind, place, result);
        if has_many && !panel.label.is_empty() && kind != ChartKind::Compare {
            panel.label = format!("{}, {}", panel.column, panel.label);
        }
        panel
    };
    columns.into_iter().flat_map(of_column).map(named).collect()
}

fn panel(answer: &Answer, kind: ChartKind, place: usize, result: &Described) -> Panel {
    let column = result.column.unwrap_or(words::VALUE).to_owned();
    let label = match answer.shape {
        Shape::Slices(what) => format!("{what} {place}"),
        _ => group_words(answer, result),
    };
    let five = five(result);
    let histogram = figure(result, Statistic::Histogram).and_then(|value| match value {
        Value::Histogram(histogram) => Some(Bins {
            edges: histogram.edges.iter().map(|edge| edge.ok()).collect::<Option<Vec<_>>>()?,
            counts: histogram.counts.clone(),
            names: Vec::new(),
        }),
        _ => None,
    });
    let histogram = histogram.or_else(|| categories(result));
    let steps = match figure(result, Statistic::Frequencies) {
        Some(Value::Frequencies(rows)) if kind == ChartKind::Ecdf => steps(rows),
        _ => Vec::new(),
    };
    let nothing = five.is_none() && histogram.is_none() && steps.is_empty();
    let bins_withheld = kind == ChartKind::Histogram && histogram.is_none() && answer.rules.withholds();
    let empty = if nothing && answer.rules.withholds() {
        words::NOT_SHOWN
    } else if nothing {
        words::NOTHING_TO_DRAW
    } else if bins_withheld {
        words::HISTOGRAM_WITHHELD
    } else {
        ""
    };
    Panel {
        column,
        label,
        is_total: result.group.as_ref().is_some_and(Vec::is_empty),
        nobs: count_cell(result, &MemberPath::Nobs, result.nobs).shown(),
        histogram,
        five,
        steps,
        empty: empty.to_owned(),
        ..Panel::default()
    }
}

/// Counts of categories as bins.
fn categories(result: &Described) -> Option<Bins> {
    let Some(Value::Categories(rows)) = figure(result, Statistic::Categories) else { return None };
    let edges = (0..=u32::try_from(rows.len()).ok()?).map(f64::from).collect();
    let (names, counts) = rows.iter().map(|row| (row.category.clone(), row.count)).unzip();
    Some(Bins { edges, counts, names })
}

pub(super) fn five(result: &Described) -> Option<Five> {
    let [min, max] = match figure(result, Statistic::Minmax) {
        Some(Value::Pair(pair)) => pair.map(Result::ok),
        _ => [None; 2],
    };
    let [q1, median, q3] = match figure(result, Statistic::Quartiles) {
        Some(Value::List(list)) => [0, 1, 2].map(|place| list.get(place).and_then(|value| value.ok())),
        _ => [None; 3],
    };
    let mean = match figure(result, Statistic::Mean) {
        Some(Value::Number(mean)) => mean.ok(),
        _ => None,
    };
    let five = Five { min, q1, median, q3, max, mean };
    (five != Five::default()).then_some(five)
}

fn steps(rows: &[Frequency]) -> Vec<(f64, f64)> {
    let mut sum = 0;
    let counted: Vec<(f64, u64)> = rows
        .iter()
        .filter_map(|row| {
            sum += row.count?;
            Some((row.value.ok()?, sum))
        })
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "for drawing")]
    counted.into_iter().map(|(value, below)| (value, below as f64 / sum as f64)).collect()
}

/// Value of a statistic in a result.
fn figure<'a>(result: &'a Described, statistic: Statistic) -> Option<&'a Value> {
    result.figures.iter().find(|(one, _)| *one == statistic).map(|(_, value)| value)
}
