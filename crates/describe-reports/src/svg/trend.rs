//! Small multiples: for each value of the row column a panel with the line of means and the band of the middle half over the
//! values of the column that goes across.

use std::fmt::Write;

use super::canvas::{Canvas, coordinate, cut};
use super::scale::Scale;
use crate::report::{Panel, Point, short};

/// Width and height of a panel.
pub(super) const PANEL: [f64; 2] = [250.0, 150.0];

/// Places of the plot in a panel.
const PLOT: [f64; 4] = [40.0, 30.0, 190.0, 122.0];

/// Draws a panel whose upper left corner is at `x`, `y`.
pub(super) fn panel(canvas: &mut Canvas, panel: &Panel, panels: &[Panel], [x, y]: [f64; 2]) {
    let [left, top, right, bottom] = [x + PLOT[0], y + PLOT[1], x + PLOT[2], y + PLOT[3]];
    canvas.label(x + 4.0, y + 14.0, "head", "start", &cut(panel.name(), 32));
    let scale = Scale::of(domain(panel, panels), bottom, top, 40.0);
    for tick in &scale.ticks {
        let height = scale.at(*tick);
        canvas.line("grid", left, height, right, height);
        canvas.label(left - 6.0, height + 4.5, "soft", "end", &scale.label(*tick));
    }
    let points = &panel.points;
    #[expect(clippy::cast_precision_loss, reason = "a few dozens")]
    let at = |place: usize| match points.len() {
        0 | 1 => f64::midpoint(left, right),
        count => left + (right - left) * place as f64 / (count - 1) as f64,
    };
    if panel.is_series {
        band(canvas, points, &scale, &at);
        line(canvas, points, &scale, &at);
    } else {
        dots(canvas, points, &scale, &at);
    }
    if points.iter().all(|point| point.mean.is_none()) {
        canvas.label(left + 4.0, f64::midpoint(top, bottom), "soft", "start", &panel.empty);
    }
    if let [first, .., last] = &points[..] {
        canvas.label(left, bottom + 18.0, "soft", "start", &cut(&first.label, 12));
        canvas.label(right, bottom + 18.0, "soft", "end", &cut(&last.label, 12));
    } else if let [only] = &points[..] {
        canvas.label(at(0), bottom + 18.0, "soft", "middle", &cut(&only.label, 20));
    }
    let means = points.iter().enumerate().rev().filter_map(|(place, point)| Some((place, point.mean?)));
    if let Some((place, mean)) = means.into_iter().next() {
        canvas.circle("dot", at(place), scale.at(mean), 3.5);
        if place + 1 == points.len() {
            canvas.label(right + 8.0, scale.at(mean) + 4.5, "", "start", &short(mean));
        }
    }
}

/// The middle half, interrupted where it is not known.
fn band(canvas: &mut Canvas, points: &[Point], scale: &Scale, at: &impl Fn(usize) -> f64) {
    let known = points.iter().enumerate().map(|(place, point)| Some((at(place), point.quartiles?)));
    for run in known.collect::<Vec<_>>().split(Option::is_none) {
        let run: Vec<_> = run.iter().flatten().collect();
        if let [(x, [low, high])] = run[..] {
            canvas.rect("band", x - 3.0, scale.at(*high), 6.0, scale.at(*low) - scale.at(*high));
        } else if run.len() > 1 {
            let upper = run.iter().map(|(x, [_, high])| (x, high));
            let lower = run.iter().rev().map(|(x, [low, _])| (x, low));
            let corners =
                upper.chain(lower).map(|(x, value)| format!("{} {}", coordinate(*x), coordinate(scale.at(*value))));
            canvas.path("band", &format!("M{}z", corners.collect::<Vec<_>>().join("L")));
        }
    }
}

/// The middle halves and the means, each by itself.
fn dots(canvas: &mut Canvas, points: &[Point], scale: &Scale, at: &impl Fn(usize) -> f64) {
    for (place, point) in points.iter().enumerate() {
        if let Some([low, high]) = point.quartiles {
            canvas.rect("band", at(place) - 3.0, scale.at(high), 6.0, scale.at(low) - scale.at(high));
        }
        if let Some(mean) = point.mean {
            canvas.circle("dot", at(place), scale.at(mean), 3.5);
        }
    }
}

/// The means, joined where both are known.
fn line(canvas: &mut Canvas, points: &[Point], scale: &Scale, at: &impl Fn(usize) -> f64) {
    let mut path = String::new();
    let mut joins = false;
    for (place, point) in points.iter().enumerate() {
        let Some(mean) = point.mean else {
            joins = false;
            continue;
        };
        let command = if joins { 'L' } else { 'M' };
        let _ = write!(path, "{command}{} {}", coordinate(at(place)), coordinate(scale.at(mean)));
        joins = true;
    }
    canvas.path("step s0", &path);
}

/// Range of the axis: the same for all panels of a column.
fn domain(panel: &Panel, panels: &[Panel]) -> (f64, f64) {
    let same = panels.iter().filter(|other| other.column == panel.column).flat_map(|panel| &panel.points);
    let values = same.flat_map(|point| point.mean.into_iter().chain(point.quartiles.into_iter().flatten()));
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(from, to), value| (from.min(value), to.max(value)))
}
