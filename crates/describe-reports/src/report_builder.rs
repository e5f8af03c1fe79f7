//! Builds a report from an answer: headings, cells, sentences and charts.

mod alerts;
mod charts;
mod comparisons;
#[cfg(feature = "correlations")]
mod correlations;
mod crosstab;
mod headline;
mod items;
mod labels;
mod notes;
mod tables;

use std::collections::HashSet;

use super::answer::Answer;
use super::report::{Report, Table, short};
use super::words;
use describe_options::{InputError, Options};

use charts::charts;
use comparisons::{category_changes, compared, equated_marks, equating_lines, homogeneity, predictions};
use crosstab::{Changes, Crosstab, across};
use headline::headline;
use labels::{described, subject, unit, with_capital};
use notes::{by_chance, notes};
use tables::{by_column, distributions, results, settle};

pub use charts::{MAX_PANELS, chart};
pub use items::{item_chart, item_report, item_table, item_tables};

/// Tables of a report that are read by most people: the others are details.
const MAIN: [&str; 6] = ["results", "mean", "nobs", "percent_absent", "std", "median"];

/// Builds the table of results, with a row for each, for programs: all scalar statistics, in the order of answers. Of categories it
/// has a row for each category of each result, of correlations one for each pair of columns in each group.
///
/// # Errors
/// More memory or time than the task may take.
pub fn flat(answer: &Answer, options: &Options) -> Result<Table, InputError> {
    if let Some(predicted) = answer.predictions() {
        return Ok(predictions(predicted));
    }
    if let Some(equated) = answer.equatings() {
        return Ok(equated_marks(equated));
    }
    #[cfg(feature = "correlations")]
    if options.correlates() {
        return correlations::flat(answer);
    }
    tables::flat(answer, options)
}

/// Builds the tables of the terminal: those of a report, but for a list of groups one for each column of the data.
///
/// # Errors
/// More memory or time than the task may take.
pub fn by_column_of_data(answer: &Answer, options: &Options) -> Result<Vec<Table>, InputError> {
    let mut tables = Vec::new();
    for table in all_tables(answer, options)? {
        if table.name == "results" && !answer.group_by.is_empty() && table.columns[0].name == "column" {
            let titled = |(column, list): (String, Table)| Table { title: subject(answer, &column), ..list };
            tables.extend(by_column(table).into_iter().map(titled));
        } else {
            tables.push(table);
        }
    }
    for table in &mut tables {
        settle(table, false);
    }
    Ok(tables)
}

/// Builds the whole report.
///
/// # Errors
/// More memory or time than the task may take.
pub fn report(answer: &Answer, options: &Options) -> Result<Report, InputError> {
    let mut tables = all_tables(answer, options)?;
    // Tables without rows have no column of numbers or no pair of groups; a table of a workbook must have a row.
    tables.retain(|table| !table.rows.is_empty());
    tables.sort_by_key(|table| table.is_detail);
    let left_out = if options.output.format().is_workbook() { Vec::new() } else { leave_out_long(&mut tables) };
    let mut names = HashSet::new();
    for (number, table) in (1..).zip(&mut tables) {
        settle(table, false);
        // Sheets are told apart by their names.
        if !names.insert(table.name.clone()) {
            table.name = format!("{}_{number}", table.name);
        }
        table.title = words::table_title(number, &table.title);
    }
    let unit = if answer.rows.is_some() { words::ROW_OR_ROWS } else { words::VALUE_OR_VALUES };
    let (charts, without) = charts(answer, options)?;
    let mut notes = notes(answer, options)?;
    notes.extend(without);
    notes.extend(left_out);
    Ok(Report {
        title: title(answer),
        results: answer.len(),
        origin: answer.stamp.as_ref().map(|stamp| stamp.origin(unit)).unwrap_or_default(),
        contact: options.output.contact().map(ToOwned::to_owned),
        summary: headline(answer, options)?,
        alerts: alerts::alerts(answer)?,
        tables,
        charts,
        notes,
        stamp: answer.stamp.as_ref().map(super::provenance::Stamp::words).unwrap_or_default(),
    })
}

/// Tables of the results, of boundaries, frequencies and bins, and of comparisons.
fn all_tables(answer: &Answer, options: &Options) -> Result<Vec<Table>, InputError> {
    let mut tables = main_tables(answer, options)?;
    tables.extend(grade_tables(answer, options)?);
    if let Some(comparisons) = &answer.comparisons {
        let is_detail = tables.iter().any(|table| table.columns.iter().any(|column| column.name == "change"));
        let remarks = by_chance(comparisons, options).into_iter().collect();
        let of_all = subject(answer, &described(answer));
        let mut table = compared(comparisons);
        tables::without_constant_column(&mut table);
        tables.push(Table { is_detail, remarks, title: words::compared(&of_all), ..table });
    }
    let of_categories = answer.category_changes.as_deref().map(|changes| Table {
        remarks: vec![words::newcombe(&short(options.wanted.confidence.to_f64() * 100.0))],
        ..category_changes(changes)
    });
    let tests = Some(&answer.homogeneity).filter(|tests| !tests.is_empty()).map(|tests| homogeneity(tests));
    let equated = answer.equatings().into_iter().flat_map(|equated| {
        let marks = Table { remarks: vec![words::EQUATED.to_owned()], ..equated_marks(equated) };
        [equating_lines(equated), marks]
    });
    let predicted = answer
        .predictions()
        .map(|predicted| Table { remarks: vec![words::PREDICTED.to_owned()], ..predictions(predicted) });
    #[cfg(feature = "correlations")]
    if options.correlates() {
        for table in [correlations::matrix(answer)?, correlations::list(answer)?] {
            let title = subject(answer, &words::figure_of(&table.heading, &described(answer)));
            tables.push(Table { title, ..table });
        }
    }
    for mut table in predicted.into_iter().chain(equated).chain(of_categories).chain(tests) {
        tables::without_constant_column(&mut table);
        let title = subject(answer, &words::figure_of(&table.heading, &described(answer)));
        tables.push(Table { title, ..table });
    }
    Ok(tables)
}

/// Maximum rows of a table of details on a page.
const MAX_DETAIL_ROWS: usize = 1000;

/// Leaves out the tables of details that nobody reads on a page. Returns sentences that say so.
fn leave_out_long(tables: &mut Vec<Table>) -> Vec<String> {
    let is_long = |table: &&Table| table.is_detail && table.rows.len() > MAX_DETAIL_ROWS;
    let sentence = |table: &Table| {
        let rows = super::report::grouped(&table.rows.len().to_string());
        words::rows_left_out(&table.heading, &rows)
    };
    let sentences = tables.iter().filter(is_long).map(sentence).collect();
    tables.retain(|table| !is_long(&table));
    sentences
}

/// Title of the table of one figure about a column of the data.
fn titled(answer: &Answer, figure: &str, column: &str) -> String {
    let is_count = words::COUNTS.iter().any(|word| figure.starts_with(word));
    if is_count {
        format!("{figure}: {}", subject(answer, column))
    } else {
        subject(answer, &words::figure_of(figure, column))
    }
}

fn title(answer: &Answer) -> String {
    let title = title_of(answer);
    if title.starts_with(words::SEVERAL_COLUMNS) { with_capital(&title) } else { title }
}

fn title_of(answer: &Answer) -> String {
    match answer.group_by {
        [] => words::descriptive_statistics(&described(answer)),
        _ => subject(answer, &described(answer)),
    }
}

/// The list of results, or a crosstab for each column of the data and each statistic.
fn main_tables(answer: &Answer, options: &Options) -> Result<Vec<Table>, InputError> {
    let list = results(answer, options)?;
    let Some(across) = across(answer, options, false) else {
        let mut list = list;
        tables::without_constant_column(&mut list);
        return Ok(vec![Table { title: subject(answer, &described(answer)), ..list }]);
    };
    let mut all = Vec::new();
    let lists = by_column(list);
    let has_many = lists.len() > 1;
    for (column, list) in lists {
        let Some(crosstab) = Crosstab::new(&list, across) else { continue };
        let changes = answer.comparisons.as_deref().and_then(|all| Changes::new(all, &column, across));
        for figure in crosstab.figures(&MAIN) {
            let mut table = crosstab.table(answer, figure)?;
            let maximum = options.wanted.maximum.filter(|_| table.name == "mean");
            let title = titled(answer, &table.heading, &column);
            table.title = match maximum {
                Some(maximum) => words::out_of(&title, &maximum.to_string()),
                None => title,
            };
            if let Some(changes) = changes.as_ref().filter(|_| table.name == "mean") {
                crosstab.add_changes(&mut table, changes, options, unit(answer, true));
                table.remarks.extend(by_chance(changes.of.values().copied(), options));
            }
            settle(&mut table, true);
            table.is_detail = !MAIN.contains(&table.name.as_str());
            if has_many {
                table.heading = words::figure_of(&table.heading, &column);
            }
            all.push(table);
        }
    }
    Ok(all)
}

/// Tables of boundaries, frequencies and bins; boundaries with the groups across.
fn grade_tables(answer: &Answer, options: &Options) -> Result<Vec<Table>, InputError> {
    let mut all = Vec::new();
    for list in distributions(answer, options)? {
        let has_crosstab = ["boundaries", "categories"].contains(&list.name.as_str());
        // With categories across there may be many groups.
        let across = if options.crosstab.is_some() { Some("") } else { across(answer, options, true) };
        let Some(across) = across.filter(|_| has_crosstab) else {
            let title = subject(answer, &words::figure_of(&list.heading, &described(answer)));
            let mut list = Table { title, ..list };
            tables::without_constant_column(&mut list);
            all.push(list);
            continue;
        };
        let name = list.name.clone();
        let lists = by_column(list);
        let has_many = lists.len() > 1;
        for (column, list) in lists {
            let crosstab =
                if options.crosstab.is_some() { Crosstab::of_last(&list) } else { Crosstab::new(&list, across) };
            let Some(crosstab) = crosstab else { continue };
            let first = if options.crosstab.is_some() { "percent" } else { "cumulative_percent" };
            for figure in crosstab.figures(&[first]) {
                let mut table = crosstab.table(answer, figure)?;
                let by = if name == "categories" { words::by_category(&column) } else { words::by_grade(&column) };
                table.title = titled(answer, &table.heading, &by);
                settle(&mut table, true);
                table.is_detail = match table.name.as_str() {
                    "cumulative_percent" => false,
                    "count" | "percent" => name != "categories",
                    _ => true,
                };
                table.name = format!("{name}_{}", table.name);
                if has_many {
                    table.heading = words::figure_of(&table.heading, &column);
                }
                all.push(table);
            }
        }
    }
    Ok(all)
}
