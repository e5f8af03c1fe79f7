//! Charts as SVG: histograms, box plots, cumulative distributions, small multiples.
//!
//! Each chart has a title, a description of all its statistics in words, and the role of an image, for screen readers. Its
//! colours follow the reader's preference for dark pages, except on paper. It has no script and loads nothing. In a page
//! each chart stands twice, for wide and for narrow ones, so that its text is never shrunk.

use std::fmt::Write;

use describe_options::InputError;
use describe_readers::Ledger;

use super::report::{Chart, ChartKind, Panel};

mod canvas;
mod description;
mod items;
mod plots;
mod scale;
mod trend;

use canvas::Canvas;
pub(crate) use canvas::coordinate;
pub use canvas::escape;
pub use description::{description, legend};

/// Widths of a chart in a file or a wide page, and in a narrow page, in pixels.
const WIDE: f64 = 760.0;
const NARROW: f64 = 336.0;

/// Number of lines that are told apart by their colours and dashes.
const LINES: usize = 12;

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
.chart .band{fill:var(--box)}.chart .dot{fill:var(--edge)}\
.chart .whisker{stroke:var(--edge);stroke-width:1.5}.chart .median{stroke:var(--edge);stroke-width:3}.chart .mean{fill:var(--paper);stroke:var(--mark);stroke-width:2}\
.chart .out{fill:none;stroke:var(--edge);stroke-width:1.5}.chart .step{fill:none;stroke:var(--edge);stroke-width:2}.chart .half{stroke:var(--soft);stroke-dasharray:2 4}\
.chart .s1,.chart .s4,.chart .s7,.chart .s10{stroke:var(--mark)}.chart .s2,.chart .s5,.chart .s8,.chart .s11{stroke:var(--ink)}\
.chart .s3,.chart .s4,.chart .s5{stroke-dasharray:8 4}.chart .s6,.chart .s7,.chart .s8{stroke-dasharray:2 3}.chart .s9,.chart .s10,.chart .s11{stroke-dasharray:10 3 2 3}";

/// Writes a chart as a file.
///
/// ```
/// use describe_readers::Ledger;
/// use describe_reports::{report::{Bins, Chart, ChartKind, Panel}, svg};
/// let bins = Bins { edges: vec![5.0, 5.5, 6.0], counts: vec![Some(1), Some(1)], ..Bins::default() };
/// let panel = Panel { column: "mark".into(), nobs: "2".into(), histogram: Some(bins), ..Panel::default() };
/// let chart = Chart { kind: ChartKind::Histogram, title: "Distribution of mark".into(), panels: vec![panel] };
/// let svg = svg::file(&chart, &Ledger::UNLIMITED)?;
/// assert!(svg.starts_with("<svg ") && svg.contains("5 to 5.5: 1"));
/// # Ok::<(), describe_options::InputError>(())
/// ```
///
/// # Errors
/// More time than the task may take.
pub fn file(chart: &Chart, ledger: &Ledger) -> Result<String, InputError> {
    let mut canvas = Canvas::new(WIDE);
    let top = canvas.lines(12.0, "title", &chart.title) + 16.0;
    let drawn = plot(&mut canvas, chart, top, ledger)?;
    let height = canvas.lines(drawn - 8.0, "soft", legend(chart)) + 16.0;
    let texts = format!(
        "<title id=\"chart-title\">{}</title>\n<desc id=\"chart-desc\">{}</desc>\n<style>{}</style>\n",
        escape(&chart.title),
        escape(&description(chart, ledger)?),
        escape(STYLE)
    );
    Ok(element(&canvas, height, "chart", "aria-labelledby=\"chart-title chart-desc\" lang=\"en\"", &texts))
}

/// Height from which a chart is not made to fit a printed page: its letters would be too small.
const MAX_SHRUNK: f64 = 1200.0;

/// Writes a chart for a page that contains [`STYLE`] and shows the title and the legend itself; `id` must be unique in the page.
///
/// # Errors
/// As for [`file()`].
pub fn inline(chart: &Chart, id: &str, ledger: &Ledger) -> Result<String, InputError> {
    if matches!(chart.kind, ChartKind::Trend | ChartKind::Characteristics) {
        let panels = chart.panels.iter().map(|panel| {
            let mut canvas = Canvas::new(trend::PANEL[0]);
            trend::panel(&mut canvas, panel, &chart.panels, [0.0; 2]);
            let label = format!("aria-label=\"{}\"", escape(&description::trend_words(panel)));
            element(&canvas, trend::PANEL[1], "chart", &label, "")
        });
        return Ok(format!("<div class=\"multiples\">\n{}</div>\n", panels.collect::<String>()));
    }
    let label = format!("aria-label=\"{}\"", escape(&chart.title));
    let drawn = [(WIDE, "wide"), (NARROW, "narrow")].into_iter().map(|(width, name)| {
        let mut canvas = Canvas::new(width);
        let height = plot(&mut canvas, chart, 4.0, ledger)?;
        let classes = if height < MAX_SHRUNK { &["chart", name, "shrunk"][..] } else { &["chart", name] };
        Ok(element(&canvas, height, &classes.join(" "), &format!("{label} aria-describedby=\"{id}\""), ""))
    });
    drawn.collect()
}

/// Draws a chart from `top` on. Returns its lower end.
fn plot(canvas: &mut Canvas, chart: &Chart, top: f64, ledger: &Ledger) -> Result<f64, InputError> {
    Ok(match chart.kind {
        ChartKind::Compare => plots::compare(canvas, &chart.panels, top),
        ChartKind::Ecdf => plots::distributions(canvas, &chart.panels, top),
        ChartKind::Trend | ChartKind::Characteristics => multiples(canvas, &chart.panels, top),
        ChartKind::Discrimination => items::discrimination(canvas, &chart.panels, top),
        kind => plots::panels(canvas, kind, &chart.panels, top, ledger)?,
    })
}

/// Draws small multiples side by side.
fn multiples(canvas: &mut Canvas, panels: &[Panel], top: f64) -> f64 {
    let [width, height] = trend::PANEL;
    let mut place = [0.0, top];
    for panel in panels {
        if place[0] + width > canvas.width {
            place = [0.0, place[1] + height];
        }
        trend::panel(canvas, panel, panels, place);
        place[0] += width;
    }
    place[1] + height + 12.0
}

fn element(canvas: &Canvas, height: f64, class: &str, label: &str, texts: &str) -> String {
    let (width, height) = (coordinate(canvas.width), coordinate(height));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"{class}\" role=\"img\" {label} viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\">\n{texts}"
    );
    let _ = write!(svg, "<rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n{}</svg>\n", canvas.text);
    svg
}
