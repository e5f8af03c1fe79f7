//! Scale of an axis: maps values to coordinates, with ticks at round values.

use crate::report::{fixed, shortest, with_minus};
use crate::words;

/// Scale of an axis.
pub(super) struct Scale {
    from: f64,
    to: f64,
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) ticks: Vec<f64>,
    decimals: u32,
}

impl Scale {
    /// Creates a scale for values from `low` to `high`, extended to round values where they are near, with ticks at least
    /// `apart` units from each other.
    pub(super) fn of((low, high): (f64, f64), start: f64, end: f64, apart: f64) -> Self {
        let (mut from, mut to) = if low.is_finite() && high.is_finite() { (low, high) } else { (0.0, 1.0) };
        if from == to {
            let half = if from == 0.0 { 0.5 } else { from.abs() * 0.05 };
            (from, to) = (from - half, to + half);
        }
        // Halves, so that the difference of two large doubles of opposite signs does not overflow.
        let span = to / 2.0 - from / 2.0;
        let step = nice_step(span / ((end - start).abs() / apart).max(1.0) * 2.0);
        if !step.is_normal() || span / step > 1e3 {
            return Self { from, to, start, end, ticks: vec![from, to], decimals: 0 };
        }
        // Extended on either side to the next tick if that is near.
        let room = |value: f64, next: f64| if (next - value).abs() <= 0.6 * step { next } else { value };
        from = room(from, (from / step).floor() * step);
        to = room(to, (to / step).ceil() * step);
        let first = (from / step).ceil();
        let count = ((to / step).floor() - first).clamp(0.0, 100.0);
        let ticks = (0..).map(f64::from).take_while(|place| *place <= count).map(|place| (first + place) * step);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 12")]
        let decimals = (-libm::log10(step).floor()).clamp(0.0, 12.0) as u32;
        Self { from, to, start, end, ticks: ticks.collect(), decimals }.thinned()
    }

    /// Removes ticks whose labels would touch.
    fn thinned(mut self) -> Self {
        let widest = self.ticks.iter().map(|tick| text_width(&self.label(*tick))).fold(0.0, f64::max) + 12.0;
        let apart = match self.ticks[..] {
            [first, second, ..] => (self.at(second) - self.at(first)).abs(),
            _ => return self,
        };
        let mut place = 0;
        let mut next = 0.0;
        self.ticks.retain(|_| {
            let kept = f64::from(place) * apart >= next;
            if kept {
                next = f64::from(place) * apart + widest;
            }
            place += 1;
            kept
        });
        self
    }

    /// Creates a scale of counts from zero, with integer ticks.
    pub(super) fn counts(most: u64, start: f64, end: f64) -> Self {
        let most = as_number(most);
        let step = nice_step(most / 4.0);
        // Counts are integers.
        let step = if step.fract() == 0.0 { step } else { nice_step(step * 1.01).ceil() };
        // Room above the highest bar for its label.
        let to = most * 1.08;
        let ticks = (0..=20).map(|place| f64::from(place) * step).take_while(|tick| *tick <= to);
        Self { from: 0.0, to, start, end, ticks: ticks.collect(), decimals: 0 }
    }

    pub(super) fn at(&self, value: f64) -> f64 {
        let share = (value / 2.0 - self.from / 2.0) / (self.to / 2.0 - self.from / 2.0);
        self.start + share * (self.end - self.start)
    }

    pub(super) fn label(&self, tick: f64) -> String {
        with_minus(&self.plain_label(tick))
    }

    fn plain_label(&self, tick: f64) -> String {
        if tick == 0.0 {
            return "0".to_owned();
        }
        // Only counts reach so far without a fraction that matters.
        if self.to >= 1e6 && tick.abs() >= 1e5 && self.to < 1e15 {
            return shortest(tick / 1e6).trim_end_matches(".0").to_owned() + words::MILLIONS;
        }
        let text = fixed(tick, self.decimals);
        // The step 2.5 has one digit more than its logarithm says.
        let exact = fixed(tick, self.decimals + 1);
        if exact.strip_suffix('0') == Some(&text) || !exact.contains('.') || exact.ends_with(".0") {
            text
        } else {
            exact
        }
    }
}

/// Smallest of 1, 2, 2.5 and 5 times a power of ten that is not less than a step.
fn nice_step(least: f64) -> f64 {
    let power = libm::pow(10.0, libm::log10(least).floor());
    [1.0, 2.0, 2.5, 5.0].into_iter().map(|digit| digit * power).find(|step| *step >= least).unwrap_or(10.0 * power)
}

#[expect(clippy::cast_precision_loss, reason = "for drawing")]
pub(super) fn as_number(count: u64) -> f64 {
    count as f64
}

/// Approximate width of a text of normal size: digits are not wider than that in the fonts of [`STYLE`](super::STYLE).
#[expect(clippy::cast_precision_loss, reason = "short texts")]
pub(super) fn text_width(text: &str) -> f64 {
    text.chars().count() as f64 * 7.5
}
