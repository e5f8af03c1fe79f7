//! Writes a report as one HTML file, for dark pages, paper and screen readers. It has no script and loads nothing.

use std::fmt::Write;
use std::ops::Range;

use describe_options::InputError;
use describe_readers::Ledger;

use super::report::{Cell, Report, Table, shortest};
use super::svg::{self, coordinate, escape};
use super::words::{self, NO_VALUE, NOT_APPLICABLE};

/// Maximum results that are shown side by side, with their statistics one below the other.
const MAX_SIDE_BY_SIDE: usize = 5;

/// Width of a table that needs no scrolling on a wide page and on paper, in pixels.
const TABLE_WIDTH: usize = 1000;

/// Width of a bar beside a statistic, in pixels.
const GAUGE_WIDTH: f64 = 76.0;

/// Begins a change whose interval does not contain 0.
const CLEAR: &str = "<strong class=\"clear\">";

const STYLE: &str = "\
:root{color-scheme:light dark;--page:#fff;--text:#0b0c0c;--soft:#505a5f;--line:#b1b4b6;--shade:#0005;--accent:#1d4f86;--track:#cfe0f3;--look:#8a2c0d}\
@media screen and (prefers-color-scheme:dark){:root{--page:#15191d;--text:#f1f3f4;--soft:#b1b8be;--line:#4a5258;--shade:#fff6;--accent:#8fc0f2;--track:#24405f;--look:#ff9d66}}\
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans','Liberation Sans',sans-serif}\
main{max-width:66rem;margin:0 auto;padding:2rem 1.5rem 4rem}h1{font-size:2rem;line-height:1.2;margin:0 0 .5rem;overflow-wrap:anywhere}h2{font-size:1.35rem;line-height:1.25;margin:2.5rem 0 .75rem}\
.origin,.remark{color:var(--soft);margin:.3rem 0;max-width:46rem;overflow-wrap:anywhere}\
.summary{border-left:.3rem solid var(--accent);margin:1.2rem 0;padding:.1rem 0 .1rem 1.1rem;font-size:1.15rem;max-width:46rem}.summary p{margin:.4rem 0}\
.alerts{border:1px solid var(--line);padding:.2rem 1.1rem .6rem;max-width:46rem}.alerts h2{font-size:1rem;margin:.6rem 0 .2rem}.alerts ul{margin:0;padding-left:1.2rem}\
.scroll{overflow-x:auto;width:fit-content;max-width:100%;margin-bottom:.8rem;background:linear-gradient(90deg,var(--page) 40%,transparent) 0 0/3rem 100% no-repeat local,\
linear-gradient(270deg,var(--page) 40%,transparent) 100% 0/3rem 100% no-repeat local,linear-gradient(90deg,var(--shade),transparent) 0 0/.8rem 100% no-repeat,\
linear-gradient(270deg,var(--shade),transparent) 100% 0/.8rem 100% no-repeat}.scroll:focus-visible{outline:3px solid var(--accent)}\
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.95rem}\
caption{text-align:left;font-weight:600;padding-bottom:.4rem;max-width:46rem}caption,summary,figcaption,.summary p{overflow-wrap:anywhere}th,td{padding:.35rem .55rem;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}thead th{border-bottom:2px solid var(--text);vertical-align:bottom}thead tr:not(:last-child) th{border-bottom:0;padding-bottom:0}\
tbody th{font-weight:400}tbody th:first-child{min-width:7rem}tr>th:first-child{position:sticky;left:0;background:var(--page);max-width:18rem;overflow-wrap:break-word}.n,td{text-align:right}td{white-space:nowrap}td.t{text-align:left;white-space:normal}\
.gauge{margin-left:.5rem}.gauge .track{fill:var(--track)}.gauge .fill{fill:var(--accent)}.look{color:var(--look);font-weight:600}\
.total>*{font-weight:600}.unclear{font-weight:400}.first>*{border-top:2px solid var(--text)}.withheld{color:var(--soft);font-style:italic}\
figure{margin:1.25rem 0 0;break-inside:avoid}figcaption{max-width:46rem}figcaption span{display:block}.chart{display:block}.narrow{display:none}.multiples{display:flex;flex-wrap:wrap}details{margin:.5rem 0;max-width:100%}figure details{color:var(--soft);max-width:46rem}details p{overflow-wrap:anywhere}summary{cursor:pointer}\
li{margin:.35rem 0;max-width:46rem;overflow-wrap:anywhere}dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.2rem;color:var(--soft);font-size:.9rem}dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}\
@media screen and (max-width:50rem){.wide{display:none}.narrow{display:block}main{padding:1.2rem 1rem 3rem}caption{position:sticky;left:0;max-width:calc(100vw - 2rem)}h1{font-size:1.6rem}dl{display:block}dd{margin:0 0 .5rem}}\
@media print{@page{size:A4 landscape;margin:14mm}main{padding:0;max-width:none}body{font-size:10.5pt}h1{font-size:20pt}h2{font-size:13pt}h2,caption,summary{break-after:avoid}figcaption{break-after:avoid}tr,.chart{break-inside:avoid}figure:has(.multiples){break-inside:auto}.shrunk{height:auto;max-height:160mm}.multiples{display:block}.multiples>.chart{display:inline-block}\
table{font-size:9pt}th,td{padding:.15rem .4rem}tr>th:first-child{position:static}.scroll{overflow:visible;background:none;max-width:none}figure details,.more summary{display:none}details::details-content{content-visibility:visible;display:block}}";

/// Text of the style element of a page.
#[must_use]
pub fn style() -> String {
    format!("{STYLE}{}", svg::STYLE)
}

/// Writes a report as a page.
///
/// # Errors
/// More time than the task may take.
pub fn page(report: &Report, ledger: &Ledger) -> Result<String, InputError> {
    let title = escape(&report.title);
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>{}</style>\n</head>\n<body>\n<main data-results=\"{}\">\n<h1>{title}</h1>\n",
        style(),
        report.results
    );
    if !report.origin.is_empty() {
        let _ = writeln!(html, "<p class=\"origin\">{}</p>", escape(&report.origin.join(" · ")));
    }
    paragraphs(&mut html, "summary", &report.summary);
    if !report.alerts.is_empty() {
        let heading = words::LOOK_FIRST;
        let _ =
            writeln!(html, "<section class=\"alerts\" aria-labelledby=\"alerts\">\n<h2 id=\"alerts\">{heading}</h2>");
        list(&mut html, &report.alerts);
        html.push_str("</section>\n");
    }
    // The first tables, charts, other main tables, then those that are read by few.
    let main = || report.tables.iter().enumerate().filter(|(_, table)| !table.is_detail);
    let is_first =
        |table: &Table| table.name == "results" || table.columns.iter().any(|column| column.name == "change");
    let first = main().take_while(|(place, table)| *place == 0 || is_first(table)).count();
    main().take(first).try_for_each(|(place, table)| section(&mut html, table, place, ledger))?;
    charts(&mut html, report, ledger)?;
    main().skip(first).try_for_each(|(place, table)| section(&mut html, table, place, ledger))?;
    details(&mut html, report, ledger)?;
    let notes: Vec<String> = legend(&html).chain(report.notes.iter().cloned()).collect();
    if !notes.is_empty() {
        open(&mut html, "notes", words::NOTES);
        list(&mut html, &notes);
        html.push_str("</section>\n");
    }
    if !report.stamp.is_empty() || report.contact.is_some() {
        open(&mut html, "stamp", words::MADE_FROM);
        html.push_str("<dl>\n");
        for (name, value) in &report.stamp {
            let _ = writeln!(html, "<dt>{}</dt><dd>{}</dd>", escape(name), escape(value));
        }
        if let Some(contact) = &report.contact {
            let _ = writeln!(html, "<dt>{}</dt><dd>{}</dd>", words::CONTACT, escape(contact));
        }
        html.push_str("</dl>\n</section>\n");
    }
    html.push_str("</main>\n</body>\n</html>\n");
    Ok(html)
}

/// What shorthands and bold changes mean, of those that a page has.
fn legend(html: &str) -> impl Iterator<Item = String> {
    let of_shorthands = words::SHORTHANDS.iter().filter(|(shorthand, _)| html.contains(&withheld(shorthand)));
    let of_bold = html.contains(CLEAR).then(|| words::CLEAR_IN_BOLD.to_owned());
    of_shorthands.map(|(shorthand, meaning)| format!("{shorthand} {meaning}.")).chain(of_bold)
}

fn withheld(text: &str) -> String {
    format!("<span class=\"withheld\">{text}</span>")
}

/// Begins a section with its heading.
fn open(html: &mut String, id: &str, heading: &str) {
    let _ = write!(html, "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{}</h2>\n", escape(heading));
}

fn paragraphs(html: &mut String, class: &str, sentences: &[String]) {
    if sentences.is_empty() {
        return;
    }
    let _ = writeln!(html, "<div class=\"{class}\">");
    for sentence in sentences {
        let _ = writeln!(html, "<p>{}</p>", escape(sentence));
    }
    html.push_str("</div>\n");
}

fn list(html: &mut String, sentences: &[String]) {
    html.push_str("<ul>\n");
    for sentence in sentences {
        let _ = writeln!(html, "<li>{}</li>", escape(sentence));
    }
    html.push_str("</ul>\n");
}

fn charts(html: &mut String, report: &Report, ledger: &Ledger) -> Result<(), InputError> {
    if report.charts.is_empty() {
        return Ok(());
    }
    open(html, "charts", words::CHARTS);
    for (place, chart) in report.charts.iter().enumerate() {
        let id = format!("chart-{place}");
        let _ = write!(
            html,
            "<figure>\n<figcaption><strong>{}</strong><span>{}</span></figcaption>\n{}<details><summary>{}</summary><p \
             id=\"{id}\">{}</p></details>\n</figure>\n",
            escape(&words::figure_title(place + 1, &chart.title)),
            escape(svg::legend(chart)),
            svg::inline(chart, &id, ledger)?,
            words::CHART_IN_WORDS,
            escape(&svg::description(chart, ledger)?)
        );
    }
    html.push_str("</section>\n");
    Ok(())
}

fn section(html: &mut String, table: &Table, place: usize, ledger: &Ledger) -> Result<(), InputError> {
    let id = format!("table-{place}");
    open(html, &id, &table.heading);
    whole(html, table, ledger)?;
    html.push_str("</section>\n");
    Ok(())
}

/// Folds the tables that few people read.
fn details(html: &mut String, report: &Report, ledger: &Ledger) -> Result<(), InputError> {
    let mut tables = report.tables.iter().filter(|table| table.is_detail).peekable();
    if tables.peek().is_none() {
        return Ok(());
    }
    open(html, "more", words::MORE_TABLES);
    for table in tables {
        let _ = writeln!(html, "<details class=\"more\"><summary>{}</summary>", escape(&table.title));
        whole(html, table, ledger)?;
        html.push_str("</details>\n");
    }
    html.push_str("</section>\n");
    Ok(())
}

/// Writes a table, in parts one below the other if it is too wide, and its remarks.
fn whole(html: &mut String, table: &Table, ledger: &Ledger) -> Result<(), InputError> {
    if table.name == "results" && table.rows.len() <= MAX_SIDE_BY_SIDE {
        region(html, &table.title, |html| {
            beside(html, table);
            Ok(())
        })?;
    } else {
        for (place, part) in parts(table).into_iter().enumerate() {
            let title = if place == 0 { table.title.clone() } else { words::part_title(&table.title, place + 1) };
            region(html, &title, |html| rows(html, table, part, ledger))?;
        }
    }
    for remark in &table.remarks {
        let _ = writeln!(html, "<p class=\"remark\">{}</p>", escape(remark));
    }
    Ok(())
}

/// A region that scrolls where the table in it is too wide.
fn region(
    html: &mut String,
    title: &str,
    write: impl FnOnce(&mut String) -> Result<(), InputError>,
) -> Result<(), InputError> {
    let title = escape(title);
    let _ = write!(
        html,
        "<div class=\"scroll\" role=\"region\" aria-label=\"{title}\" tabindex=\"0\">\n<table>\n<caption>{title}</caption>\n"
    );
    write(html)?;
    html.push_str("</table>\n</div>\n");
    Ok(())
}

/// Columns of figures that fit beside the labels, as ranges.
fn parts(table: &Table) -> Vec<Range<usize>> {
    // A heading is as wide as its longest word.
    let width = |column: usize| {
        let heading = table.columns[column].label.split(' ').map(|word| word.chars().count()).max().unwrap_or(0);
        let cell = |cell: &Cell| match cell {
            // Such a text has several lines if need be.
            Cell::Alert(text) => text.chars().count().min(26) * 17 / 2,
            Cell::Bar(..) => cell.shown().chars().count() * 17 / 2 + 84,
            _ => cell.shown().chars().count() * 17 / 2,
        };
        let cells = table.rows.iter().take(1000).map(|row| cell(&row[column]));
        cells.max().unwrap_or(0).max(heading * 28 / 3) + 18
    };
    let labels: usize = (0..table.labels).map(|column| width(column).clamp(112, 300)).sum();
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut taken = usize::MAX / 2;
    for column in table.labels..table.columns.len() {
        let width = width(column);
        if let Some(part) = parts.last_mut().filter(|_| taken + width <= TABLE_WIDTH) {
            part.end = column + 1;
        } else {
            parts.push(column..column + 1);
            taken = labels;
        }
        taken += width;
    }
    parts
}

/// Writes a part of the columns of a table, with a row for each of its rows.
fn rows(html: &mut String, table: &Table, part: Range<usize>, ledger: &Ledger) -> Result<(), InputError> {
    let columns: Vec<usize> = (0..table.labels).chain(part).collect();
    let is_numeric = |column: &usize| table.rows.iter().any(|row| row[*column].is_numeric());
    let numeric: Vec<bool> = columns.iter().map(is_numeric).collect();
    html.push_str("<thead>\n<tr>");
    for (column, is_numeric) in columns.iter().zip(&numeric) {
        let class = if *is_numeric { " class=\"n\"" } else { "" };
        let _ = write!(html, "<th scope=\"col\"{class}>{}</th>", escape(&table.columns[*column].label));
    }
    html.push_str("</tr>\n</thead>\n<tbody>\n");
    let first_total = table.rows.len() - table.totals;
    for (place, row) in table.rows.iter().enumerate() {
        ledger.check()?;
        let class = match place.checked_sub(first_total) {
            None => "",
            Some(0) if place > 0 => " class=\"total first\"",
            Some(_) => " class=\"total\"",
        };
        let _ = write!(html, "<tr{class}>");
        // A change whose interval does not contain 0 stands out; the interval beside it says the same.
        let is_clear = row.iter().find_map(|cell| match cell {
            Cell::Interval([low, high], _) => Some(*low > 0.0 || *high < 0.0),
            _ => None,
        });
        for (column, is_numeric) in columns.iter().zip(&numeric) {
            let cell = &row[*column];
            let text = match cell {
                Cell::Empty if *column < table.labels && !is_numeric => NO_VALUE.to_owned(),
                Cell::Empty if *is_numeric => withheld(NOT_APPLICABLE),
                Cell::Change(..) | Cell::Interval(..) => match is_clear {
                    Some(true) => format!("{CLEAR}{}</strong>", shown(cell)),
                    Some(false) => format!("<span class=\"unclear\">{}</span>", shown(cell)),
                    None => shown(cell),
                },
                _ => shown(cell),
            };
            let _ = match (*column < table.labels, is_numeric) {
                (true, false) => write!(html, "<th scope=\"row\">{text}</th>"),
                (true, true) => write!(html, "<th scope=\"row\" class=\"n\">{text}</th>"),
                (false, false) => write!(html, "<td class=\"t\">{text}</td>"),
                (false, true) => write!(html, "<td>{text}</td>"),
            };
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody>\n");
    Ok(())
}

/// Writes a table with a column for each of its rows: easier to read for a few results with many statistics.
fn beside(html: &mut String, table: &Table) {
    html.push_str("<thead>\n");
    for (place, column) in table.columns.iter().enumerate().take(table.labels) {
        let _ = write!(html, "<tr><th scope=\"row\">{}</th>", escape(&column.label));
        for row in &table.rows {
            let name = if row[place] == Cell::Empty { NO_VALUE.to_owned() } else { shown(&row[place]) };
            let _ = write!(html, "<th scope=\"col\" class=\"n\">{name}</th>");
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</thead>\n<tbody>\n");
    for (place, column) in table.columns.iter().enumerate().skip(table.labels) {
        let _ = write!(html, "<tr><th scope=\"row\">{}</th>", escape(&column.label));
        for row in &table.rows {
            let _ = write!(html, "<td>{}</td>", shown(&row[place]));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody>\n");
}

/// Formats a cell; where digits are left out, all of them are its machine-readable value.
fn shown(cell: &Cell) -> String {
    let text = escape(&cell.shown());
    match cell {
        Cell::Number(number, _) | Cell::Change(number, _) | Cell::Probability(number) => {
            format!("<data value=\"{}\">{text}</data>", shortest(*number))
        }
        Cell::Bar(number, _, share) => {
            let width = coordinate(GAUGE_WIDTH * share.clamp(0.0, 1.0));
            format!(
                "<data value=\"{}\">{text}</data> <svg class=\"gauge\" width=\"{GAUGE_WIDTH}\" height=\"10\" \
                 aria-hidden=\"true\"><rect class=\"track\" width=\"{GAUGE_WIDTH}\" height=\"10\"/><rect class=\"fill\" \
                 width=\"{width}\" height=\"10\"/></svg>",
                shortest(*number)
            )
        }
        Cell::Alert(_) => format!("<strong class=\"look\">{text}</strong>"),
        Cell::Interval([low, high], _) => {
            format!("<data value=\"{} {}\">{text}</data>", shortest(*low), shortest(*high))
        }
        Cell::FewerThan(_) | Cell::Withheld | Cell::Undefined => withheld(&text),
        _ => text,
    }
}
