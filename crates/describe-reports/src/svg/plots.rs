//! Histograms, box plots and cumulative distributions.

use std::fmt::Write;

use describe_options::InputError;
use describe_readers::Ledger;

use super::canvas::{Canvas, coordinate, cut};
use super::description::five_words;
use super::scale::{Scale, as_number, text_width};
use crate::report::{Bins, ChartKind, Five, Panel, fixed, grouped, short, shown_decimals, with_minus};
use crate::words;

/// Distance of the ticks of an axis of values.
const APART: f64 = 76.0;

/// Draws histograms or box plots, one below the other. Returns the lower end.
///
/// # Errors
/// More time than the task may take.
pub(super) fn panels(
    canvas: &mut Canvas,
    kind: ChartKind,
    panels: &[Panel],
    from: f64,
    ledger: &Ledger,
) -> Result<f64, InputError> {
    let mut top = from;
    for (place, panel) in panels.iter().enumerate() {
        ledger.check()?;
        // Panels of one column share an axis, but each has its own ticks, to read off values.
        let scale = Scale::of(domain(panel, panels), canvas.left(), canvas.right(), APART);
        top = panel_head(canvas, panel, kind, top);
        top = match (kind, &panel.five, &panel.histogram) {
            (ChartKind::Histogram, five, Some(bins)) => {
                histogram(canvas, &scale, bins, five.as_ref(), most(panel, panels), top)
            }
            (ChartKind::Boxes, Some(five), _) => single_box(canvas, &scale, five, top),
            (_, Some(five), None) => {
                let bottom = single_box(canvas, &scale, five, top);
                canvas.label(canvas.left(), bottom, "soft", "start", &panel.empty);
                bottom + 18.0
            }
            _ => {
                canvas.label(canvas.left(), top + 16.0, "soft", "start", &panel.empty);
                top + 30.0
            }
        };
        let last_of_column = panels.get(place + 1).is_none_or(|next| next.column != panel.column);
        if last_of_column && (panel.five.is_some() || panel.histogram.is_some()) {
            axis_name(canvas, &panel.column, canvas.left(), canvas.right(), top);
            top += 20.0;
        }
        top += 12.0;
    }
    Ok(top)
}

/// Names an axis of values below its labels.
fn axis_name(canvas: &mut Canvas, name: &str, from: f64, to: f64, y: f64) {
    let name = cut(name, canvas.letters());
    canvas.label(f64::midpoint(from, to), y, "soft", "middle", &name);
}

/// Draws the group, the number of values and the main statistics. Returns the lower end.
fn panel_head(canvas: &mut Canvas, panel: &Panel, kind: ChartKind, top: f64) -> f64 {
    let mut facts = vec![words::n_is(&panel.nobs)];
    if let (Some(five), ChartKind::Histogram) = (&panel.five, kind) {
        facts.extend(five.mean.map(|mean| words::mean(&short(mean))));
        facts.extend(five.median.map(|median| words::median(&short(median))));
    }
    let facts = facts.join(" · ");
    let margin = canvas.margin();
    let name = cut(&panel.label, canvas.letters() * 5 / 6);
    let is_long = name.chars().count() + facts.chars().count() + 4 > canvas.letters();
    canvas.label(margin, top + 12.0, "head", "start", &name);
    let bottom = if panel.label.is_empty() {
        canvas.label(margin, top + 12.0, "soft", "start", &facts);
        top + 16.0
    } else if canvas.is_narrow() || is_long {
        canvas.label(margin, top + 30.0, "soft", "start", &facts);
        top + 34.0
    } else {
        canvas.label(canvas.right(), top + 12.0, "soft", "end", &facts);
        top + 16.0
    };
    match (&panel.five, kind) {
        (Some(five), ChartKind::Boxes) => canvas.lines(bottom, "soft", &five_words(five)) + 4.0,
        _ => bottom,
    }
}

/// Count of the highest bar of a column: its panels have one scale, but for the total of them.
fn most(panel: &Panel, panels: &[Panel]) -> u64 {
    let same = panels.iter().filter(|other| (&other.column, other.is_total) == (&panel.column, panel.is_total));
    let counts = same.flat_map(|panel| &panel.histogram).flat_map(|bins| bins.counts.iter().flatten());
    counts.copied().max().unwrap_or(0).max(1)
}

/// Draws a histogram with its box plot above. Returns its lower end.
fn histogram(canvas: &mut Canvas, scale: &Scale, bins: &Bins, five: Option<&Five>, most: u64, top: f64) -> f64 {
    const HEIGHT: f64 = 150.0;
    let mut plot = top + 24.0;
    if let Some(five) = five {
        canvas.box_plot(scale, five, plot, 9.0);
        plot += 44.0;
    }
    let bottom = plot + HEIGHT;
    let counts = Scale::counts(most, bottom, plot);
    let (left, right) = (canvas.left(), canvas.right());
    canvas.label(canvas.margin(), plot - 14.0, "soft", "start", words::NUMBER_OF_VALUES);
    for tick in &counts.ticks {
        let y = counts.at(*tick);
        canvas.line("grid", left, y, right, y);
        canvas.label(left - 8.0, y + 4.5, "soft", "end", &counts.label(*tick));
    }
    let room = bins.edges.windows(2).map(|pair| scale.at(pair[1]) - scale.at(pair[0])).fold(f64::INFINITY, f64::min);
    let longest = bins.counts.iter().flatten().map(|count| grouped(&count.to_string())).map(|text| text_width(&text));
    let is_labelled = longest.fold(0.0, f64::max) + 4.0 <= room;
    for (pair, count) in bins.edges.windows(2).zip(&bins.counts) {
        let (from, to) = (scale.at(pair[0]), scale.at(pair[1]));
        // A gap of a pixel separates wide bars.
        let gap = if to - from > 4.0 { 0.5 } else { 0.0 };
        match count {
            Some(0) => {}
            Some(count) => {
                let y = counts.at(as_number(*count));
                canvas.rect("bar", from + gap, y, (to - from - 2.0 * gap).max(0.4), bottom - y);
                if is_labelled {
                    let text = grouped(&count.to_string());
                    canvas.label(f64::midpoint(from, to), y - 4.0, "soft", "middle", &text);
                }
            }
            None => {
                canvas.rect("withheld", from + 1.0, bottom - 16.0, (to - from - 2.0).max(0.4), 16.0);
                if to - from >= 18.0 {
                    canvas.label(f64::midpoint(from, to), bottom - 4.0, "soft", "middle", words::WITHHELD);
                }
            }
        }
    }
    if bins.names.is_empty() {
        canvas.x_axis(scale, bottom, None);
    } else {
        canvas.line("axis", left, bottom, right, bottom);
        for (pair, name) in bins.edges.windows(2).zip(&bins.names) {
            let (from, to) = (scale.at(pair[0]), scale.at(pair[1]));
            let name = cut(name, letters_in(to - from));
            canvas.label(f64::midpoint(from, to), bottom + 18.0, "soft", "middle", &name);
        }
    }
    bottom + 36.0
}

/// Number of letters for which there is room; at least one.
fn letters_in(width: f64) -> usize {
    (1..64).take_while(|letters| text_width(&"n".repeat(letters + 1)) <= width).last().unwrap_or(0) + 1
}

/// Draws a box plot on an axis of its own. Returns its lower end.
fn single_box(canvas: &mut Canvas, scale: &Scale, five: &Five, top: f64) -> f64 {
    let bottom = top + 62.0;
    canvas.x_axis(scale, bottom, Some(top + 8.0));
    canvas.box_plot(scale, five, top + 32.0, 15.0);
    bottom + 36.0
}

/// Draws the shares of values at or below each value, the groups of a column on one axis. Returns the lower end.
pub(super) fn distributions(canvas: &mut Canvas, panels: &[Panel], from: f64) -> f64 {
    let mut top = from;
    for column in panels.chunk_by(|a, b| a.column == b.column) {
        top = steps(canvas, column, top);
    }
    top
}

fn steps(canvas: &mut Canvas, panels: &[Panel], top: f64) -> f64 {
    const HEIGHT: f64 = 190.0;
    let (left, right) = (canvas.left(), canvas.right());
    let scale = Scale::of(domain(&panels[0], panels), left, right, APART);
    canvas.label(canvas.margin(), top + 12.0, "soft", "start", words::SHARE_AT_OR_BELOW);
    let (plot, bottom) = (top + 24.0, top + 24.0 + HEIGHT);
    let y = |share: f64| bottom - share * HEIGHT;
    for percent in [0.0, 25.0, 50.0, 75.0, 100.0] {
        let height = y(percent / 100.0);
        canvas.line(if percent == 50.0 { "half" } else { "grid" }, left, height, right, height);
        canvas.label(left - 8.0, height + 4.5, "soft", "end", &format!("{percent}%"));
    }
    canvas.x_axis(&scale, bottom, Some(plot));
    for (place, panel) in panels.iter().enumerate().filter(|(_, panel)| !panel.steps.is_empty()) {
        let mut path = format!("M{} {}", coordinate(left), coordinate(bottom));
        let mut last = f64::NEG_INFINITY;
        for (at, (value, share)) in panel.steps.iter().enumerate() {
            let x = scale.at(*value);
            // More than two steps per pixel are not visible.
            if x - last >= 0.5 || at + 1 == panel.steps.len() {
                let _ = write!(path, "H{}V{}", coordinate(x), coordinate(y(*share)));
                last = x;
            }
        }
        let _ = write!(path, "H{}", coordinate(right));
        canvas.path(&line_class(place), &path);
    }
    axis_name(canvas, &panels[0].column, left, right, bottom + 38.0);
    let mut legend = bottom + 44.0;
    for (place, panel) in panels.iter().enumerate() {
        legend += 20.0;
        let margin = canvas.margin();
        if !panel.steps.is_empty() {
            canvas.line(&line_class(place), margin, legend - 4.5, margin + 36.0, legend - 4.5);
        }
        let facts = if panel.steps.is_empty() { panel.empty.clone() } else { words::n_is(&panel.nobs) };
        let name = cut(panel.name(), canvas.letters() / 2);
        canvas.label(margin + 46.0, legend, "", "start", &format!("{name}: {facts}"));
    }
    legend + 16.0
}

/// Class of the line of a group: its colour and its dashes.
fn line_class(place: usize) -> String {
    format!("step s{}", place % super::LINES)
}

/// Draws the box plots of all panels of a column on one axis. Returns its lower end.
pub(super) fn compare(canvas: &mut Canvas, panels: &[Panel], from: f64) -> f64 {
    let mut top = from;
    for column in panels.chunk_by(|a, b| a.column == b.column) {
        top = boxes(canvas, column, top);
    }
    top
}

fn boxes(canvas: &mut Canvas, panels: &[Panel], top: f64) -> f64 {
    let narrow = canvas.is_narrow();
    let name_letters = if narrow { canvas.letters() / 2 } else { 22 };
    let widest = panels.iter().map(|panel| text_width(&cut(panel.name(), name_letters))).fold(0.0, f64::max);
    let (margin, right) = (canvas.margin(), canvas.right());
    // Beside each box its group, its number of values and its median, or above it.
    let (row, start, end) =
        if narrow { (52.0, margin + 8.0, right) } else { (44.0, (widest + 44.0).clamp(90.0, 200.0), right - 126.0) };
    let scale = Scale::of(domain(&panels[0], panels), start, end, APART);
    if !narrow {
        canvas.label(right - 70.0, top + 10.0, "soft", "end", words::N);
        canvas.label(right, top + 10.0, "soft", "end", words::MEDIAN);
    }
    let (plot, bottom) = (top + 18.0, top + 18.0 + row * as_number(panels.len() as u64));
    canvas.x_axis(&scale, bottom, Some(plot));
    let medians = panels.iter().filter_map(|panel| panel.five?.median);
    let decimals = shown_decimals(medians);
    for (place, panel) in panels.iter().enumerate() {
        let start_of_row = plot + row * as_number(place as u64);
        let middle = start_of_row + if narrow { 34.0 } else { row / 2.0 };
        let median = panel.five.and_then(|five| five.median);
        let shown = median.map_or_else(|| words::WITHHELD.to_owned(), |median| with_minus(&fixed(median, decimals)));
        let (name, nobs) = (cut(panel.name(), name_letters), cut(&panel.nobs, 14));
        if narrow {
            canvas.label(margin, start_of_row + 14.0, "", "start", &name);
            canvas.label(
                right,
                start_of_row + 14.0,
                "soft",
                "end",
                &format!("{} · {}", words::n_is(&nobs), words::median(&shown)),
            );
        } else {
            canvas.label(margin, middle + 4.5, "", "start", &name);
            canvas.label(right - 70.0, middle + 4.5, "soft", "end", &nobs);
            canvas.label(right, middle + 4.5, "", "end", if panel.five.is_some() { &shown } else { "" });
        }
        match &panel.five {
            Some(five) => canvas.box_plot(&scale, five, middle, if narrow { 9.0 } else { 12.0 }),
            None => canvas.label(start + 8.0, middle + 4.5, "soft", "start", &panel.empty),
        }
    }
    axis_name(canvas, &panels[0].column, start, end, bottom + 38.0);
    bottom + 60.0
}

/// Range of the axis of a panel: the same for all panels of its column.
fn domain(panel: &Panel, panels: &[Panel]) -> (f64, f64) {
    let same = panels.iter().filter(|other| other.column == panel.column);
    let of_five = |five: &Five| [five.min, five.q1, five.median, five.q3, five.max, five.mean].into_iter().flatten();
    let values = same.flat_map(|panel| {
        let edges = panel.histogram.iter().flat_map(|bins| bins.edges.iter().copied());
        let five = panel.five.iter().flat_map(of_five);
        let steps = [panel.steps.first(), panel.steps.last()].into_iter().flatten().map(|(value, _)| *value);
        edges.chain(five).chain(steps)
    });
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(from, to), value| (from.min(value), to.max(value)))
}
