//! Writes a report as one HTML file, for dark pages, paper and screen readers. It has no script and loads nothing.

use std::fmt::Write;

use super::report::{Cell, Report, Table, shortest};
use super::svg::{self, escape};

/// Maximum results that are shown side by side, with their statistics one below the other.
const MAX_SIDE_BY_SIDE: usize = 5;

const STYLE: &str = "\
:root{color-scheme:light dark;--page:#fff;--text:#0b0c0c;--soft:#505a5f;--line:#b1b4b6;--zebra:#f6f7f8;--accent:#1d4f86}\
@media screen and (prefers-color-scheme:dark){:root{--page:#15191d;--text:#f1f3f4;--soft:#b1b8be;--line:#4a5258;--zebra:#1c2226;--accent:#8fc0f2}}\
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans','Liberation Sans',sans-serif}\
main{max-width:66rem;margin:0 auto;padding:2rem 1.5rem 4rem}h1{font-size:2rem;line-height:1.2;margin:0 0 1rem}h2{font-size:1.35rem;line-height:1.25;margin:2.5rem 0 .75rem}\
.summary{border-left:.3rem solid var(--accent);padding:.1rem 0 .1rem 1.1rem;font-size:1.1rem;max-width:46rem}.summary p{margin:.4rem 0}\
.scroll{overflow-x:auto}.scroll:focus-visible{outline:3px solid var(--accent)}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.95rem}\
caption{text-align:left;color:var(--soft);padding-bottom:.4rem;max-width:46rem}th,td{padding:.35rem .8rem;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}thead th{border-bottom:2px solid var(--text);vertical-align:bottom}thead tr:not(:last-child) th{border-bottom:0;padding-bottom:0}\
tbody th{font-weight:400}.n{text-align:right;white-space:nowrap}tbody tr:nth-child(even){background:var(--zebra)}.withheld{color:var(--soft);font-style:italic}\
figure{margin:1.25rem 0 0;break-inside:avoid}figure svg{display:block;margin-left:-1.5rem;max-width:calc(100% + 3rem);height:auto}details{margin:.3rem 0 0;color:var(--soft);max-width:46rem}summary{cursor:pointer}\
li{margin:.35rem 0;max-width:46rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.2rem;color:var(--soft);font-size:.9rem}dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}\
@media print{@page{margin:16mm}main{padding:0;max-width:none}body{font-size:10.5pt}h1{font-size:20pt}h2{font-size:13pt;break-after:avoid}tr{break-inside:avoid}table{font-size:9pt}th,td{padding:.2rem .45rem}\
.scroll{overflow:visible}details{display:none}}";

/// Text of the style element of a page.
#[must_use]
pub fn style() -> String {
    format!("{STYLE}{}", svg::STYLE)
}

/// Writes a report as a page.
#[must_use]
pub fn page(report: &Report) -> String {
    let title = escape(&report.title);
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>{}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n",
        style()
    );
    if !report.summary.is_empty() {
        html.push_str("<div class=\"summary\">\n");
        for sentence in &report.summary {
            let _ = writeln!(html, "<p>{}</p>", escape(sentence));
        }
        html.push_str("</div>\n");
    }
    // Results, charts, then the tables of single results.
    let (first, others) = report.tables.split_at(report.tables.len().min(1));
    sections(&mut html, first, 0);
    charts(&mut html, report);
    sections(&mut html, others, first.len());
    if !report.notes.is_empty() {
        html.push_str("<section aria-labelledby=\"notes\">\n<h2 id=\"notes\">Notes</h2>\n<ul>\n");
        for note in &report.notes {
            let _ = writeln!(html, "<li>{}</li>", escape(note));
        }
        html.push_str("</ul>\n</section>\n");
    }
    if !report.stamp.is_empty() {
        html.push_str("<section aria-labelledby=\"stamp\">\n<h2 id=\"stamp\">Made from</h2>\n<dl>\n");
        for (name, value) in &report.stamp {
            let _ = writeln!(html, "<dt>{}</dt><dd>{}</dd>", escape(name), escape(value));
        }
        html.push_str("</dl>\n</section>\n");
    }
    html.push_str("</main>\n</body>\n</html>\n");
    html
}

fn charts(html: &mut String, report: &Report) {
    if report.charts.is_empty() {
        return;
    }
    html.push_str("<section aria-labelledby=\"charts\">\n<h2 id=\"charts\">Charts</h2>\n");
    for (place, chart) in report.charts.iter().enumerate() {
        let _ = write!(
            html,
            "<figure>\n{}<figcaption><details><summary>This chart in words</summary><p>{}</p></details></figcaption>\n</figure>\n",
            svg::inline(chart, &format!("chart-{place}")),
            escape(&svg::description(chart))
        );
    }
    html.push_str("</section>\n");
}

fn sections(html: &mut String, tables: &[Table], from: usize) {
    for (place, table) in tables.iter().enumerate() {
        let id = format!("table-{}", from + place);
        let _ = write!(html, "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{}</h2>\n", escape(&table.title));
        let _ = writeln!(html, "<div class=\"scroll\" role=\"region\" aria-labelledby=\"{id}\" tabindex=\"0\">");
        if from + place == 0 && (1..=MAX_SIDE_BY_SIDE).contains(&table.rows.len()) {
            beside(html, table);
        } else {
            rows(html, table);
        }
        html.push_str("</div>\n</section>\n");
    }
}

/// Writes a table with a row for each of its rows.
fn rows(html: &mut String, table: &Table) {
    let is_numeric = |column: usize| table.rows.iter().any(|row| row[column].is_numeric());
    let numeric: Vec<bool> = (0..table.columns.len()).map(is_numeric).collect();
    html.push_str("<table>\n<thead>\n<tr>");
    for (place, column) in table.columns.iter().enumerate() {
        let class = if numeric[place] { " class=\"n\"" } else { "" };
        let _ = write!(html, "<th scope=\"col\"{class}>{}</th>", escape(&column.label));
    }
    html.push_str("</tr>\n</thead>\n<tbody>\n");
    for row in &table.rows {
        html.push_str("<tr>");
        for (place, cell) in row.iter().enumerate() {
            let text = shown(cell);
            let _ = match (place, numeric[place]) {
                (0, false) => write!(html, "<th scope=\"row\">{text}</th>"),
                (_, false) => write!(html, "<td>{text}</td>"),
                (_, true) => write!(html, "<td class=\"n\">{text}</td>"),
            };
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody>\n</table>\n");
}

/// Writes a table with a column for each of its rows: easier to read for a few results with many statistics.
fn beside(html: &mut String, table: &Table) {
    let labels = table
        .columns
        .iter()
        .enumerate()
        .take_while(|(place, _)| table.rows.iter().all(|row| matches!(row[*place], Cell::Text(_) | Cell::Empty)));
    let labels = labels.count();
    html.push_str("<table>\n<thead>\n");
    for (place, column) in table.columns.iter().enumerate().take(labels) {
        let _ = write!(html, "<tr><th scope=\"row\">{}</th>", escape(&column.label));
        for row in &table.rows {
            let _ = write!(html, "<th scope=\"col\" class=\"n\">{}</th>", shown(&row[place]));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</thead>\n<tbody>\n");
    for (place, column) in table.columns.iter().enumerate().skip(labels) {
        let _ = write!(html, "<tr><th scope=\"row\">{}</th>", escape(&column.label));
        for row in &table.rows {
            let _ = write!(html, "<td class=\"n\">{}</td>", shown(&row[place]));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody>\n</table>\n");
}

/// Formats a cell; where digits are left out, all of them are its machine-readable value.
fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => escape(text),
        Cell::Number(number, _) | Cell::Change(number, _) => {
            format!("<data value=\"{}\">{}</data>", shortest(*number), cell.shown())
        }
        Cell::FewerThan(_) | Cell::Withheld | Cell::Undefined => {
            format!("<span class=\"withheld\">{}</span>", cell.words())
        }
        _ => cell.shown(),
    }
}
