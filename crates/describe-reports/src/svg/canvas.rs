//! Elements of a chart, and the space that it has.

use std::fmt::Write;

use super::scale::Scale;
use crate::report::Five;

/// Elements of a chart of a given width.
#[derive(Default)]
pub(super) struct Canvas {
    pub(super) text: String,
    pub(super) width: f64,
}

/// Width below which labels stand above what they name, not beside it.
const NARROW: f64 = 500.0;

impl Canvas {
    pub(super) fn new(width: f64) -> Self {
        Self { width, ..Self::default() }
    }

    pub(super) fn is_narrow(&self) -> bool {
        self.width < NARROW
    }

    /// Start of texts.
    pub(super) fn margin(&self) -> f64 {
        if self.is_narrow() { 4.0 } else { 24.0 }
    }

    /// Start of the axis, behind the labels of a scale of counts.
    pub(super) fn left(&self) -> f64 {
        if self.is_narrow() { 50.0 } else { 72.0 }
    }

    /// End of the axis.
    pub(super) fn right(&self) -> f64 {
        self.width - 24.0
    }

    /// Letters of normal size that fit between the margins.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few dozens")]
    pub(super) fn letters(&self) -> usize {
        ((self.width - 2.0 * self.margin()) / 7.0) as usize
    }

    /// Writes a long text on as many lines as it takes. Returns the end of the last one.
    pub(super) fn lines(&mut self, mut y: f64, class: &str, text: &str) -> f64 {
        let (x, letters) = (self.margin(), self.letters());
        for line in wrapped(text, letters) {
            y += 18.0;
            self.label(x, y, class, "start", &line);
        }
        y
    }

    pub(super) fn x_axis(&mut self, scale: &Scale, y: f64, grid_from: Option<f64>) {
        for tick in &scale.ticks {
            let x = scale.at(*tick);
            if let Some(top) = grid_from {
                self.line("grid", x, top, x, y);
            }
            self.line("axis", x, y, x, y + 5.0);
            self.label(x, y + 19.0, "soft", "middle", &scale.label(*tick));
        }
        self.line("axis", scale.start, y, scale.end, y);
    }

    /// Draws a box plot (Tukey 1977): the whiskers end at the fences, or at the extremes where no value is beyond them.
    pub(super) fn box_plot(&mut self, scale: &Scale, five: &Five, y: f64, half: f64) {
        if let (Some(q1), Some(q3)) = (five.q1, five.q3) {
            let reach = 1.5 * (q3 - q1);
            let ends = [(five.min, q1, q1 - reach, -1.0), (five.max, q3, q3 + reach, 1.0)];
            for (extreme, quartile, fence, side) in ends {
                let Some(extreme) = extreme else { continue };
                let beyond = (extreme - fence) * side > 0.0;
                let end = scale.at(if beyond { fence } else { extreme });
                self.line("whisker", scale.at(quartile), y, end, y);
                self.line("whisker", end, y - half / 2.0, end, y + half / 2.0);
                if beyond {
                    self.circle("out", scale.at(extreme), y, 3.5);
                }
            }
            let (from, to) = (scale.at(q1), scale.at(q3));
            self.rect("box", from, y - half, (to - from).max(1.0), 2.0 * half);
        }
        if let Some(median) = five.median {
            let x = scale.at(median);
            self.line("median", x, y - half, x, y + half);
        }
        if let Some(mean) = five.mean {
            let (x, size) = (scale.at(mean), 4.5);
            let path =
                format!("M{} {}l{size} {size}l-{size} {size}l-{size} -{size}z", coordinate(x), coordinate(y - size));
            self.path("mean", &path);
        }
    }

    pub(super) fn label(&mut self, x: f64, y: f64, class: &str, anchor: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        let anchor = if anchor == "start" { String::new() } else { format!(" text-anchor=\"{anchor}\"") };
        let (x, y) = (coordinate(x), coordinate(y));
        let _ = writeln!(self.text, "<text{class} x=\"{x}\" y=\"{y}\"{anchor}>{}</text>", escape(text));
    }

    pub(super) fn line(&mut self, class: &str, x1: f64, y1: f64, x2: f64, y2: f64) {
        let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(coordinate);
        let _ = writeln!(self.text, "<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>");
    }

    pub(super) fn rect(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64) {
        let [x, y, width, height] = [x, y, width, height].map(coordinate);
        let _ =
            writeln!(self.text, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>");
    }

    pub(super) fn circle(&mut self, class: &str, x: f64, y: f64, radius: f64) {
        let [x, y] = [x, y].map(coordinate);
        let _ = writeln!(self.text, "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>");
    }

    pub(super) fn path(&mut self, class: &str, path: &str) {
        let _ = writeln!(self.text, "<path class=\"{class}\" d=\"{path}\"/>");
    }
}

/// Formats a coordinate to tenths of a pixel.
pub(crate) fn coordinate(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Cuts a text that is longer than `most` characters, with an ellipsis.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// Most lines of a text.
const MAX_LINES: usize = 4;

/// Lines of at most `most` characters, cut between words.
fn wrapped(text: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let fits = |line: &String| line.chars().count() + 1 + word.chars().count() <= most;
        if lines.last().is_some_and(fits) {
            let line = lines.pop().unwrap_or_default();
            lines.push(format!("{line} {word}"));
        } else if lines.len() == MAX_LINES {
            break;
        } else {
            lines.push(cut(word, most));
        }
    }
    lines
}

/// Escapes text for XML 1.0; characters that it does not allow are replaced.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            letter => escaped.push(letter),
        }
    }
    escaped
}
