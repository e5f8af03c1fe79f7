//! Items of a test as dots: facility to the right, discrimination upwards.

use super::canvas::{Canvas, cut};
use super::scale::{Scale, text_width};
use crate::report::{ItemPoint, Panel};
use crate::words;

/// Height of a plot.
const HEIGHT: f64 = 300.0;

/// Letters of the name of an item.
const MAX_LETTERS: usize = 14;

/// Draws a plot for each group, one below the other. Returns the lower end.
pub(super) fn discrimination(canvas: &mut Canvas, panels: &[Panel], from: f64) -> f64 {
    let mut top = from;
    for panel in panels {
        if !panel.label.is_empty() {
            canvas.label(canvas.margin(), top + 12.0, "head", "start", &panel.label);
            top += 20.0;
        }
        top = plot(canvas, &panel.items, top);
    }
    top
}

fn plot(canvas: &mut Canvas, items: &[ItemPoint], top: f64) -> f64 {
    let (left, right) = (canvas.left(), canvas.right());
    canvas.label(canvas.margin(), top + 12.0, "soft", "start", words::DISCRIMINATION_AXIS);
    let (top, bottom) = (top + 26.0, top + 26.0 + HEIGHT);
    let least = items.iter().map(|item| item.discrimination - 0.05).fold(0.0, f64::min);
    let greatest = items.iter().map(|item| item.discrimination + 0.05).fold(0.5, f64::max);
    let x = Scale::of((0.0, 100.0), left, right, 60.0);
    let y = Scale::of((least, greatest), bottom, top, 40.0);
    canvas.x_axis(&x, bottom, Some(top));
    for tick in &y.ticks {
        let at = y.at(*tick);
        canvas.line("grid", left, at, right, at);
        canvas.label(left - 8.0, at + 4.5, "soft", "end", &y.label(*tick));
    }
    canvas.line("half", left, y.at(0.0), right, y.at(0.0));
    for item in items {
        canvas.circle("dot", x.at(item.facility), y.at(item.discrimination), 4.0);
    }
    // Names of items where there is room beside the dot; those that should be checked first.
    let mut order: Vec<&ItemPoint> = items.iter().collect();
    order.sort_by(|a, b| a.discrimination.total_cmp(&b.discrimination));
    let mut taken: Vec<[f64; 4]> = Vec::new();
    let around = |item: &ItemPoint| {
        let (at, height) = (x.at(item.facility), y.at(item.discrimination));
        [at - 4.0, height - 4.0, at + 4.0, height + 4.0]
    };
    for item in order {
        let name = cut(&item.name, MAX_LETTERS);
        let (at, height) = (x.at(item.facility), y.at(item.discrimination));
        let place = [at + 7.0, height - 7.0, at + 9.0 + text_width(&name), height + 7.0];
        let others = items.iter().filter(|other| *other != item).map(around);
        if place[2] <= right && !taken.iter().copied().chain(others).any(|other| overlap(place, other)) {
            canvas.label(at + 7.0, height + 4.5, "", "start", &name);
            taken.push(place);
        }
    }
    canvas.label(f64::midpoint(left, right), bottom + 38.0, "soft", "middle", words::FACILITY_AXIS);
    bottom + 60.0
}

/// Whether two rectangles, each from its upper left to its lower right corner, overlap.
fn overlap(a: [f64; 4], b: [f64; 4]) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}
