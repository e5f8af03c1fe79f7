//! Charts as SVG: histograms, box plots, empirical distributions.
//!
//! Each chart has a title, a description of all its statistics in words, and the role of an image, for screen readers. Its
//! colours follow the reader's preference for dark pages, except on paper. It has no script and loads nothing.

use std::fmt::Write;

use super::report::{Bins, Chart, ChartKind, Five, Panel, fixed, grouped, shown_decimals};

mod scale;
mod words;

use scale::{Scale, as_number, text_width};
pub use words::description;
use words::five_words;
pub(super) use words::short;

/// Width of a chart in its own units, which are pixels unless it is scaled.
const WIDTH: f64 = 760.0;
/// Start and end of the axis.
const LEFT: f64 = 72.0;
const RIGHT: f64 = 736.0;

/// Legend of a box plot.
const LEGEND: &str = "Box: middle half · line: median · diamond: mean · whiskers: at most 1.5 boxes · circle: extreme";

/// Colours and fonts of a chart, for its own `<style>` or that of the page that contains it. Contrasts are at least 4.5
/// for text and 3 for shapes, in both modes (WCAG 2.2, 1.4.3 and 1.4.11).
pub const STYLE: &str = "\
.chart{--paper:#fff;--ink:#0b0c0c;--soft:#505a5f;--grid:#dcdfe1;--bar:#2b6cb0;--box:#cfe0f3;--edge:#1d4f86;--mark:#b3440b;\
background:var(--paper);font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans','Liberation Sans',sans-serif;\
font-size:13px;font-variant-numeric:tabular-nums;print-color-adjust:exact;-webkit-print-color-adjust:exact}\
@media screen and (prefers-color-scheme:dark){.chart{--paper:#15191d;--ink:#f1f3f4;--soft:#b1b8be;--grid:#363d43;--bar:#5a9bdc;--box:#24405f;--edge:#8fc0f2;--mark:#ff9d66}}\
.chart text{fill:var(--ink)}.chart .soft{fill:var(--soft)}.chart .title{font-size:16px;font-weight:600}.chart .head{font-size:14px;font-weight:600}\
.chart .paper{fill:var(--paper)}.chart .grid{stroke:var(--grid)}.chart .axis{stroke:var(--soft)}.chart .bar{fill:var(--bar)}\
.chart .withheld{fill:none;stroke:var(--soft);stroke-dasharray:3 3}.chart .box{fill:var(--box);stroke:var(--edge);stroke-width:1.5}\
.chart .whisker{stroke:var(--edge);stroke-width:1.5}.chart .median{stroke:var(--edge);stroke-width:3}.chart .mean{fill:var(--paper);stroke:var(--mark);stroke-width:2}\
.chart .out{fill:none;stroke:var(--edge);stroke-width:1.5}.chart .step{fill:none;stroke:var(--bar);stroke-width:2}.chart .half{stroke:var(--soft);stroke-dasharray:2 4}";

/// Writes a chart as a file.
///
/// ```
/// use describe_reports::{report::{Bins, Chart, ChartKind, Panel}, svg};
/// let bins = Bins { edges: vec![5.0, 5.5, 6.0], counts: vec![Some(1), Some(1)] };
/// let panel = Panel { column: "mark".into(), nobs: "2".into(), histogram: Some(bins), ..Panel::default() };
/// let chart = Chart { kind: ChartKind::Histogram, title: "Distribution of mark".into(), panels: vec![panel] };
/// let svg = svg::file(&chart);
/// assert!(svg.starts_with("<svg ") && svg.contains("5 to 5.5: 1"));
/// ```
#[must_use]
pub fn file(chart: &Chart) -> String {
    draw(chart, "chart", Some(STYLE))
}

/// Writes a chart for a page that contains [`STYLE`]; `id` must be unique in the page.
#[must_use]
pub fn inline(chart: &Chart, id: &str) -> String {
    draw(chart, id, None)
}

fn draw(chart: &Chart, id: &str, style: Option<&str>) -> String {
    let mut canvas = Canvas::default();
    canvas.heading(chart);
    let mut height = match chart.kind {
        ChartKind::Compare => compare(&mut canvas, &chart.panels),
        kind => panels(&mut canvas, kind, &chart.panels),
    };
    if chart.kind != ChartKind::Ecdf && chart.panels.iter().any(|panel| panel.five.is_some()) {
        canvas.label(24.0, height + 4.0, "soft", "start", LEGEND);
        height += 20.0;
    }
    let style = style.map(|style| format!("<style>{}</style>", escape(style))).unwrap_or_default();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" \
         viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" lang=\"en\">\n\
         <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n{style}\
         <rect class=\"paper\" width=\"{WIDTH}\" height=\"{height}\"/>\n{}</svg>\n",
        escape(&chart.title),
        escape(&description(chart)),
        canvas.text,
        height = coordinate(height),
    )
}

/// Draws histograms, box plots or distributions, one below the other. Returns its lower end.
fn panels(canvas: &mut Canvas, kind: ChartKind, panels: &[Panel]) -> f64 {
    let mut top = 52.0;
    for (place, panel) in panels.iter().enumerate() {
        let scale = Scale::of(domain(panel, panels), LEFT, RIGHT, 76.0);
        // Panels of one column share an axis, but each has its own ticks, to read off values.
        canvas.panel_head(panel, kind, top);
        top += 14.0;
        top = match (kind, &panel.five, &panel.histogram) {
            (ChartKind::Histogram, five, Some(bins)) => histogram(canvas, &scale, bins, five.as_ref(), top),
            (ChartKind::Boxes, Some(five), _) => single_box(canvas, &scale, five, top + 20.0),
            (ChartKind::Histogram, Some(five), None) => {
                let bottom = single_box(canvas, &scale, five, top);
                canvas.label(LEFT, bottom, "soft", "start", &panel.empty);
                bottom + 18.0
            }
            (ChartKind::Ecdf, ..) if !panel.steps.is_empty() => steps(canvas, &scale, &panel.steps, top),
            _ => {
                canvas.label(LEFT, top + 16.0, "soft", "start", &panel.empty);
                top + 30.0
            }
        };
        let last_of_column = panels.get(place + 1).is_none_or(|next| next.column != panel.column);
        if last_of_column && (panel.five.is_some() || panel.histogram.is_some() || !panel.steps.is_empty()) {
            canvas.label(f64::midpoint(LEFT, RIGHT), top, "soft", "middle", &cut(&panel.column, 60));
            top += 20.0;
        }
        top += 12.0;
    }
    top
}

/// Draws a histogram with its box plot above. Returns its lower end.
fn histogram(canvas: &mut Canvas, scale: &Scale, bins: &Bins, five: Option<&Five>, top: f64) -> f64 {
    const HEIGHT: f64 = 150.0;
    let mut plot = top + 18.0;
    if let Some(five) = five {
        canvas.box_plot(scale, five, plot + 6.0, 9.0);
        plot += 40.0;
    }
    let bottom = plot + HEIGHT;
    let most = bins.counts.iter().flatten().copied().max().unwrap_or(0).max(1);
    let counts = Scale::counts(most, bottom, plot);
    for tick in &counts.ticks {
        let y = counts.at(*tick);
        canvas.line("grid", LEFT, y, RIGHT, y);
        canvas.label(LEFT - 8.0, y + 4.5, "soft", "end", &counts.label(*tick));
    }
    for (pair, count) in bins.edges.windows(2).zip(&bins.counts) {
        let (from, to) = (scale.at(pair[0]), scale.at(pair[1]));
        // A gap of a pixel separates wide bars.
        let gap = if to - from > 4.0 { 0.5 } else { 0.0 };
        match count {
            Some(0) => {}
            Some(count) => {
                let y = counts.at(as_number(*count));
                canvas.rect("bar", from + gap, y, (to - from - 2.0 * gap).max(0.4), bottom - y);
                let text = grouped(&count.to_string());
                if text_width(&text) + 6.0 <= to - from {
                    canvas.label(f64::midpoint(from, to), y - 4.0, "soft", "middle", &text);
                }
            }
            None => {
                canvas.rect("withheld", from + 1.0, bottom - 16.0, (to - from - 2.0).max(0.4), 16.0);
                if to - from >= 18.0 {
                    canvas.label(f64::midpoint(from, to), bottom - 4.0, "soft", "middle", super::report::WITHHELD);
                }
            }
        }
    }
    canvas.x_axis(scale, bottom, None);
    bottom + 36.0
}

/// Draws a box plot on an axis of its own. Returns its lower end.
fn single_box(canvas: &mut Canvas, scale: &Scale, five: &Five, top: f64) -> f64 {
    let bottom = top + 62.0;
    canvas.x_axis(scale, bottom, Some(top + 8.0));
    canvas.box_plot(scale, five, top + 32.0, 15.0);
    bottom + 36.0
}

/// Draws the share of values at or below each value. Returns its lower end.
fn steps(canvas: &mut Canvas, scale: &Scale, steps: &[(f64, f64)], top: f64) -> f64 {
    const HEIGHT: f64 = 170.0;
    let (plot, bottom) = (top + 12.0, top + 12.0 + HEIGHT);
    let y = |share: f64| bottom - share * HEIGHT;
    for percent in [0.0, 25.0, 50.0, 75.0, 100.0] {
        let height = y(percent / 100.0);
        canvas.line(if percent == 50.0 { "half" } else { "grid" }, LEFT, height, RIGHT, height);
        canvas.label(LEFT - 8.0, height + 4.5, "soft", "end", &format!("{percent}%"));
    }
    canvas.x_axis(scale, bottom, Some(plot));
    let mut path = format!("M{} {}", coordinate(LEFT), coordinate(bottom));
    let (mut last, mut drawn) = (f64::NEG_INFINITY, 0.0);
    for (place, (value, share)) in steps.iter().enumerate() {
        let x = scale.at(*value);
        // More than two steps per pixel are not visible.
        if x - last >= 0.5 || place + 1 == steps.len() {
            let _ = write!(path, "H{}V{}", coordinate(x), coordinate(y(*share)));
            last = x;
        }
        drawn = *share;
    }
    if drawn > 0.0 {
        let _ = write!(path, "H{}", coordinate(RIGHT));
    }
    let _ = writeln!(canvas.text, "<path class=\"step\" d=\"{path}\"/>");
    bottom + 36.0
}

/// Draws the box plots of all panels of a column on one axis. Returns its lower end.
fn compare(canvas: &mut Canvas, panels: &[Panel]) -> f64 {
    const ROW: f64 = 44.0;
    const BOXES_END: f64 = 610.0;
    let widest = panels.iter().map(|panel| text_width(&cut(panel.name(), 22))).fold(0.0, f64::max);
    let names = (widest + 44.0).clamp(90.0, 200.0);
    let mut top = 56.0;
    let mut rest = panels;
    while let Some(first) = rest.first() {
        let count = rest.iter().take_while(|panel| panel.column == first.column).count();
        let (column, after) = rest.split_at(count);
        rest = after;
        let scale = Scale::of(domain(first, panels), names, BOXES_END, 76.0);
        canvas.label(BOXES_END + 56.0, top, "soft", "end", "n");
        canvas.label(RIGHT, top, "soft", "end", "Median");
        let (plot, bottom) = (top + 10.0, top + 10.0 + ROW * as_number(count as u64));
        canvas.x_axis(&scale, bottom, Some(plot));
        let medians = column.iter().filter_map(|panel| panel.five?.median);
        let decimals = shown_decimals(medians);
        for (place, panel) in column.iter().enumerate() {
            let middle = plot + ROW * (as_number(place as u64) + 0.5);
            canvas.label(24.0, middle + 4.5, "", "start", &cut(panel.name(), 22));
            canvas.label(BOXES_END + 56.0, middle + 4.5, "soft", "end", &cut(&panel.nobs, 12));
            let median = panel.five.and_then(|five| five.median);
            let shown = median.map_or_else(|| super::report::WITHHELD.to_owned(), |median| fixed(median, decimals));
            match &panel.five {
                Some(five) => {
                    canvas.label(RIGHT, middle + 4.5, "", "end", &shown);
                    canvas.box_plot(&scale, five, middle, 12.0);
                }
                None => canvas.label(names + 8.0, middle + 4.5, "soft", "start", &panel.empty),
            }
        }
        canvas.label(f64::midpoint(names, BOXES_END), bottom + 38.0, "soft", "middle", &cut(&first.column, 60));
        top = bottom + 76.0;
    }
    top - 16.0
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

/// Elements of a chart.
#[derive(Default)]
struct Canvas {
    text: String,
}

impl Canvas {
    fn heading(&mut self, chart: &Chart) {
        self.label(24.0, 30.0, "title", "start", &cut(&chart.title, 80));
    }

    /// Draws the group, the number of values and the main statistics.
    fn panel_head(&mut self, panel: &Panel, kind: ChartKind, y: f64) {
        let name = if panel.label.is_empty() { String::new() } else { cut(&panel.label, 36) };
        self.label(24.0, y + 10.0, "head", "start", &name);
        let mut facts = vec![format!("n = {}", panel.nobs)];
        if let Some(five) = &panel.five {
            let named = [("mean", five.mean), ("median", five.median)];
            facts.extend(named.into_iter().filter_map(|(name, figure)| Some(format!("{name} {}", short(figure?)))));
            if kind == ChartKind::Boxes {
                facts.truncate(1);
                self.label(24.0, y + 30.0, "soft", "start", &five_words(five));
            }
        }
        let (x, anchor) = if name.is_empty() { (24.0, "start") } else { (RIGHT, "end") };
        self.label(x, y + 10.0, "soft", anchor, &facts.join("   ·   "));
    }

    fn x_axis(&mut self, scale: &Scale, y: f64, grid_from: Option<f64>) {
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
    fn box_plot(&mut self, scale: &Scale, five: &Five, y: f64, half: f64) {
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
                    let x = coordinate(scale.at(extreme));
                    let _ =
                        writeln!(self.text, "<circle class=\"out\" cx=\"{x}\" cy=\"{}\" r=\"3.5\"/>", coordinate(y));
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
            let _ = writeln!(
                self.text,
                "<path class=\"mean\" d=\"M{} {}l{size} {size}l-{size} {size}l-{size} -{size}z\"/>",
                coordinate(x),
                coordinate(y - size)
            );
        }
    }

    fn label(&mut self, x: f64, y: f64, class: &str, anchor: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        let anchor = if anchor == "start" { String::new() } else { format!(" text-anchor=\"{anchor}\"") };
        let (x, y) = (coordinate(x), coordinate(y));
        let _ = writeln!(self.text, "<text{class} x=\"{x}\" y=\"{y}\"{anchor}>{}</text>", escape(text));
    }

    fn line(&mut self, class: &str, x1: f64, y1: f64, x2: f64, y2: f64) {
        let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(coordinate);
        let _ = writeln!(self.text, "<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>");
    }

    fn rect(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64) {
        let [x, y, width, height] = [x, y, width, height].map(coordinate);
        let _ =
            writeln!(self.text, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>");
    }
}

/// Formats a coordinate to hundredths of a pixel.
fn coordinate(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Cuts a text that is longer than `most` characters, with an ellipsis.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// Escapes text for XML 1.0; characters that it does not allow are replaced.
pub(super) fn escape(text: &str) -> String {
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
