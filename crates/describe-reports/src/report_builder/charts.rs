//! Charts of a report, and the one chart of an SVG answer.

use super::labels::{group_words, subject};
use super::tables::count_cell;
use crate::answer::{Answer, Described, MemberPath, Shape};
use crate::report::{Bins, Chart, ChartKind, Five, Panel};
use describe::{Frequency, Statistic, Value};
use describe_options::Options;
use describe_options::{AnswerFault, InputError, OptionName};

/// Maximum results in one chart: more cannot be distinguished.
pub const MAX_PANELS: usize = 12;

/// Builds the chart of an SVG answer.
///
/// # Errors
/// There are more than [`MAX_PANELS`] results.
pub fn chart(answer: &Answer, options: &Options) -> Result<Chart, InputError> {
    let kind = options.output.chart().unwrap_or(ChartKind::Histogram);
    check_panels(answer, options)?;
    Ok(draw(answer, kind, &answer.charted_results()?))
}

fn check_panels(answer: &Answer, options: &Options) -> Result<(), InputError> {
    let results = answer.charted_len();
    if results <= MAX_PANELS {
        return Ok(());
    }
    let location = options.origins().location_of_implied(OptionName::Chart, OptionName::Format);
    Err(InputError::at(location, AnswerFault::TooManyResults { results, max: MAX_PANELS }))
}

/// Builds the charts of a report: box plots of the groups side by side, and a histogram of each result.
pub(super) fn charts(answer: &Answer, options: &Options) -> Result<Vec<Chart>, InputError> {
    check_panels(answer, options)?;
    let results = answer.charted_results()?;
    if results.is_empty() {
        return Ok(Vec::new());
    }
    if let Some(kind) = options.output.chart() {
        return Ok(vec![draw(answer, kind, &results)]);
    }
    let several = !answer.group_by.is_empty() && results.len() > 1;
    let compare = several.then(|| draw(answer, ChartKind::Compare, &results));
    Ok(compare.into_iter().chain([draw(answer, ChartKind::Histogram, &results)]).collect())
}

fn draw(answer: &Answer, kind: ChartKind, results: &[Described]) -> Chart {
    // Panels of one column are adjacent, because they share an axis.
    let mut columns: Vec<Option<&str>> = Vec::new();
    for result in results {
        if !columns.contains(&result.column) {
            columns.push(result.column);
        }
    }
    let of_column = |column| results.iter().enumerate().filter(move |(_, result)| result.column == column);
    let panels = columns.into_iter().flat_map(of_column).map(|(place, result)| panel(answer, kind, place, result));
    let what = match kind {
        ChartKind::Compare | ChartKind::Boxes => "Median, quartiles and range of",
        ChartKind::Histogram => "Distribution of",
        ChartKind::Ecdf => "Cumulative distribution of",
    };
    Chart { kind, title: format!("{what} {}", subject(answer)), panels: panels.collect() }
}

fn panel(answer: &Answer, kind: ChartKind, place: usize, result: &Described) -> Panel {
    let column = result.column.map_or_else(|| "value".to_owned(), ToOwned::to_owned);
    let label = match answer.shape {
        Shape::Slices(what) => format!("{what} {place}"),
        _ => group_words(answer, result),
    };
    let five = five(result);
    let histogram = figure(result, Statistic::Histogram).and_then(|value| match value {
        Value::Histogram(histogram) => Some(Bins {
            edges: histogram.edges.iter().map(|edge| edge.ok()).collect::<Option<Vec<_>>>()?,
            counts: histogram.counts.clone(),
        }),
        _ => None,
    });
    let steps = match figure(result, Statistic::Frequencies) {
        Some(Value::Frequencies(rows)) if kind == ChartKind::Ecdf => steps(rows),
        _ => Vec::new(),
    };
    let nothing = five.is_none() && histogram.is_none() && steps.is_empty();
    let bins_withheld = kind == ChartKind::Histogram && histogram.is_none() && answer.rules.withholds();
    let empty = if nothing && answer.rules.withholds() {
        "withheld"
    } else if nothing {
        "no values to draw"
    } else if bins_withheld {
        "the histogram is withheld"
    } else {
        ""
    };
    Panel {
        column,
        label,
        nobs: count_cell(result, &MemberPath::Nobs, result.nobs).words(),
        histogram,
        five,
        steps,
        empty: empty.to_owned(),
    }
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
