//! Tables of a report.

use std::collections::HashMap;

use super::labels::{heading, label};
use crate::answer::{Answer, Comparison, Described, Group, MemberPath, Reason, Shape};
use crate::report::{Cell, Column, Table, shortest, shown_decimals};
use describe::{Boundary, Count, Decimal, Difference, Figure, Frequency, Quantile, Statistic, Undefined, Value};
use describe_options::{InputError, Options};

/// Cells of one row, each with its column.
type Row = Vec<(Column, Cell)>;

/// Decimal places of a number whose places depend on the other numbers of its column: see [`settle`].
const UNSETTLED: u32 = u32::MAX;

/// Memory of a cell and of what a format makes of it.
const CELL_BYTES: usize = 256;

/// Copies of the text of a cell: in the table, escaped, and in the answer.
const TEXT_COPIES: usize = 6;

/// Charges a row before it is kept.
///
/// # Errors
/// More memory or time than the task may take.
fn charge(answer: &Answer, cells: &[Cell]) -> Result<(), InputError> {
    let text = |cell: &Cell| if let Cell::Text(text) = cell { text.len() } else { 0 };
    let texts: usize = cells.iter().map(text).sum();
    answer.ledger.charge(cells.len() * CELL_BYTES + texts * TEXT_COPIES)?;
    answer.ledger.check()
}

/// Builds the table of results, with a row for each.
///
/// # Errors
/// More memory or time than the task may take.
pub(super) fn results(answer: &Answer, options: &Options, flat: bool) -> Result<Table, InputError> {
    let statistics = options.shown();
    let mut columns: Vec<Column> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (place, result) in answer.results().enumerate() {
        let mut row = names(answer, place, &result);
        let labels = row.len();
        row.push((Column::new("nobs", "Number of values"), count_cell(&result, &MemberPath::Nobs, result.nobs)));
        for (statistic, value) in result.figures.iter().filter(|(statistic, _)| statistics.has(*statistic)) {
            row.extend(figures(answer, &result, *statistic, value, flat));
        }
        if let Some(missing) = result.missing {
            row.push((Column::new("missing", "Missing"), count_cell(&result, &MemberPath::MISSING, missing)));
        }
        for (code, count) in result.absent.iter().flatten() {
            let column = Column::new(format!("absent_{code}"), format!("Absent, code {code}"));
            row.push((column, count_cell(&result, &MemberPath::Absent((*code).to_owned()), *count)));
        }
        if let Some(invalid) = result.invalid {
            row.push((Column::new("invalid", "Not numbers"), count_cell(&result, &MemberPath::Invalid, invalid)));
        }
        // Cells find their column by name, because results need not have the same ones.
        let mut cells = vec![Cell::Empty; columns.len()];
        for (at, (column, cell)) in row.into_iter().enumerate() {
            let key = if at < labels { format!("{at}") } else { format!("={}", column.name) };
            let place = *places.entry(key).or_insert_with(|| {
                columns.push(column);
                cells.push(Cell::Empty);
                columns.len() - 1
            });
            cells[place] = cell;
        }
        charge(answer, &cells)?;
        rows.push(cells);
    }
    for row in &mut rows {
        row.resize(columns.len(), Cell::Empty);
    }
    if rows.is_empty() {
        columns.push(Column::new("column", "Column"));
        columns.extend(answer.group_by.iter().map(|name| Column::new(heading(name), name.as_str())));
    }
    let table = Table {
        name: "results".into(),
        heading: "Results".into(),
        title: "Results".into(),
        columns,
        rows,
        ..Table::default()
    };
    Ok(settle(table))
}

/// Cells that identify a result: its column and its group.
fn names(answer: &Answer, place: usize, result: &Described) -> Row {
    let mut row = Row::new();
    if let Shape::Slices(what) = answer.shape {
        let label = if what == "row" { "Row" } else { "Column" };
        row.push((Column::new(what, label), Cell::Text(place.to_string())));
    }
    if let Some(column) = result.column {
        row.push((Column::new("column", "Column"), Cell::Text(column.to_owned())));
    }
    for (at, name) in answer.group_by.iter().enumerate() {
        let cell = match result.group.as_deref() {
            Some([]) | None => Cell::Text("(all)".into()),
            Some(values) => values[at].1.map_or(Cell::Empty, |value| Cell::Text(value.to_owned())),
        };
        row.push((Column::new(heading(name), name.as_str()), cell));
    }
    row
}

/// Cells of a statistic.
fn figures(answer: &Answer, result: &Described, statistic: Statistic, value: &Value, flat: bool) -> Row {
    let (name, headings) = (statistic.name(), statistic.headings());
    let places = if statistic == Statistic::Facility { answer.rules.percent_decimals } else { answer.rules.decimals };
    let column = |heading: String| Column::new(heading.clone(), label(&heading));
    let number = |heading: String, figure: Figure| (column(heading), figure_cell(figure, places));
    let own = MemberPath::Statistic(statistic);
    let counted = |heading: String, path: &MemberPath, count: Count| (column(heading), count_cell(result, path, count));
    if !headings.is_empty() {
        return match value {
            Value::Count(count) => vec![counted(headings[0].to_owned(), &own, *count)],
            Value::Undefined(why) => headings.iter().map(|heading| number((*heading).to_owned(), Err(*why))).collect(),
            value => headings
                .iter()
                .zip(value.figures())
                .map(|(heading, figure)| number((*heading).to_owned(), figure))
                .collect(),
        };
    }
    if flat {
        return Row::new();
    }
    if let Value::Undefined(why) = value {
        return parts(answer, statistic).into_iter().map(|heading| number(heading, Err(*why))).collect();
    }
    match value {
        Value::List(list) => {
            let one = name.strip_suffix('s').unwrap_or(name);
            list.iter().zip(1..).map(|(figure, place)| number(format!("{one}_{place}"), *figure)).collect()
        }
        Value::Quantiles(quantiles) => {
            let one = |quantile: &Quantile| number(format!("quantile_{}", shortest(quantile.q)), quantile.value);
            quantiles.iter().map(one).collect()
        }
        Value::Mode(mode) => {
            let values: Option<Vec<String>> = mode.values.iter().map(|value| value.ok().map(shortest)).collect();
            let several = || values.map_or(Cell::Withheld, |values| Cell::Text(values.join(", ")));
            let cell = if let [one] = &mode.values[..] { figure_cell(*one, places) } else { several() };
            vec![
                (column("mode".into()), cell),
                counted("mode_count".into(), &own, mode.count),
                counted("mode_total".into(), &own, mode.total),
            ]
        }
        Value::Interval(interval) => {
            vec![number(format!("{name}_low"), interval.low), number(format!("{name}_high"), interval.high)]
        }
        Value::Test(test) => vec![number(name.to_owned(), test.statistic), number(format!("{name}_p"), test.p)],
        Value::Outliers(outliers) => vec![
            number("lower_fence".into(), outliers.lower_fence),
            number("upper_fence".into(), outliers.upper_fence),
            counted("below".into(), &MemberPath::OutliersBelow, outliers.below),
            counted("above".into(), &MemberPath::OutliersAbove, outliers.above),
        ],
        Value::Number(figure) => vec![number(name.to_owned(), *figure)],
        Value::Count(count) => vec![counted(name.to_owned(), &own, *count)],
        Value::Pair(_) | Value::Histogram(_) | Value::Frequencies(_) | Value::Boundaries(_) | Value::Undefined(_) => {
            Row::new()
        }
    }
}

/// Headings of a statistic with several values, for where all of it is undefined.
fn parts(answer: &Answer, statistic: Statistic) -> Vec<String> {
    let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    match statistic {
        Statistic::Quartiles => (1..=3).map(|place| format!("quartile_{place}")).collect(),
        Statistic::Deciles => (1..=9).map(|place| format!("decile_{place}")).collect(),
        Statistic::Quantiles => {
            let shares = answer.wanted.quantiles.iter().copied().map(Decimal::to_f64);
            shares.map(|share| format!("quantile_{}", shortest(share))).collect()
        }
        Statistic::Mode => named(&["mode", "mode_count", "mode_total"]),
        Statistic::CiMean => named(&["ci_mean_low", "ci_mean_high"]),
        Statistic::JarqueBera => named(&["jarque_bera", "jarque_bera_p"]),
        Statistic::Outliers => named(&["lower_fence", "upper_fence", "below", "above"]),
        _ => Vec::new(),
    }
}

/// Builds the tables of the statistics that have rows of their own.
///
/// # Errors
/// More memory or time than the task may take.
pub(super) fn distributions(answer: &Answer, options: &Options) -> Result<Vec<Table>, InputError> {
    let statistics = options.shown();
    let mut tables: Vec<Table> = Vec::new();
    for (place, result) in answer.results().enumerate() {
        for (statistic, value) in &result.figures {
            if !statistics.has(*statistic) {
                continue;
            }
            let (title, rows) = match value {
                Value::Boundaries(_) => {
                    ("Values at and above each grade boundary", boundary_rows(answer, &result, value))
                }
                Value::Frequencies(_) => ("Frequency of each value", frequency_rows(answer, &result, value)),
                Value::Histogram(_) => ("Values by bin", bin_rows(&result, value)),
                _ => continue,
            };
            let name = statistic.name();
            let known = tables.iter().position(|table| table.name == name);
            for cells in rows {
                let row: Row = names(answer, place, &result).into_iter().chain(cells).collect();
                let at = known.or_else(|| tables.iter().position(|table| table.name == name)).unwrap_or_else(|| {
                    let columns = row.iter().map(|(column, _)| column.clone()).collect();
                    tables.push(Table {
                        name: name.into(),
                        heading: title.into(),
                        title: title.into(),
                        columns,
                        ..Table::default()
                    });
                    tables.len() - 1
                });
                let cells: Vec<Cell> = row.into_iter().map(|(_, cell)| cell).collect();
                charge(answer, &cells)?;
                tables[at].rows.push(cells);
            }
        }
    }
    Ok(tables.into_iter().map(settle).collect())
}

fn boundary_rows(answer: &Answer, result: &Described, value: &Value) -> Vec<Row> {
    let Value::Boundaries(rows) = value else { return Vec::new() };
    let percent =
        |name: &str, figure| (Column::new(name, label(name)), figure_cell(figure, answer.rules.percent_decimals));
    let row = |row: &Boundary| {
        let path = MemberPath::Grade(row.grade.clone());
        vec![
            (Column::new("grade", "Grade"), Cell::Text(row.grade.clone())),
            (
                Column::new("boundary", "Boundary"),
                row.boundary.map_or(Cell::Empty, |boundary| figure_cell(boundary, None)),
            ),
            (Column::new("count", "Count"), count_cell(result, &path, row.count)),
            percent("percent", row.percent),
            (
                Column::new("cumulative_count", "Count at or above"),
                if row.cumulative_count.is_none() {
                    Cell::Withheld
                } else {
                    count_cell(result, &path, row.cumulative_count)
                },
            ),
            percent("cumulative_percent", row.cumulative_percent),
        ]
    };
    rows.iter().map(row).collect()
}

fn frequency_rows(answer: &Answer, result: &Described, value: &Value) -> Vec<Row> {
    let Value::Frequencies(rows) = value else { return Vec::new() };
    let percent =
        |name: &str, figure| (Column::new(name, label(name)), figure_cell(figure, answer.rules.percent_decimals));
    let row = |(place, row): (usize, &Frequency)| {
        vec![
            (Column::new("value", "Value"), figure_cell(row.value, None)),
            (Column::new("count", "Count"), count_cell(result, &MemberPath::Frequency(place), row.count)),
            percent("percent", row.percent),
            percent("cumulative_percent", row.cumulative_percent),
        ]
    };
    rows.iter().enumerate().map(row).collect()
}

fn bin_rows(result: &Described, value: &Value) -> Vec<Row> {
    let Value::Histogram(histogram) = value else { return Vec::new() };
    let pairs = histogram.edges.windows(2).zip(&histogram.counts).enumerate();
    let row = |(place, (pair, count)): (usize, (&[Figure], &Count))| {
        vec![
            (Column::new("from", "From"), figure_cell(pair[0], None)),
            (Column::new("to", "To below; the last bin includes it"), figure_cell(pair[1], None)),
            (Column::new("count", "Count"), count_cell(result, &MemberPath::Bin(place), *count)),
        ]
    };
    pairs.map(row).collect()
}

/// Builds the table of compared groups.
pub(super) fn compared(answer: &Answer, comparisons: &[Comparison]) -> Table {
    let decimals = answer.rules.decimals;
    let figures = [
        ("difference", "Difference of means, a - b"),
        ("se", "Standard error"),
        ("ci_low", "Lower confidence limit"),
        ("ci_high", "Upper confidence limit"),
        ("cohens_d", "Cohen's d"),
        ("variance_ratio", "Variance ratio, a / b"),
        ("t", "Welch's t"),
        ("df", "Degrees of freedom"),
        ("p", "p"),
    ];
    let labels =
        [("column", "Column"), ("a", "Group a"), ("b", "Group b")].map(|(name, label)| Column::new(name, label));
    let figures = figures.map(|(name, label)| Column::new(name, label));
    let row = |comparison: &Comparison| {
        let Difference { difference, se, ci, cohens_d, variance_ratio, t, df, p } = &comparison.difference;
        let [low, high] = ci.as_ref().map_or_else(|why| [Err(*why); 2], |ci| [ci.low, ci.high]);
        let words =
            |group: &Group| group.iter().map(|(_, value)| value.unwrap_or("empty")).collect::<Vec<_>>().join(", ");
        let groups = comparison.groups.each_ref().map(|group| Cell::Text(words(group)));
        let figures = [*difference, *se, low, high, *cohens_d, *variance_ratio, *t, *df, *p]
            .map(|figure| figure_cell(figure, decimals));
        std::iter::once(Cell::Text(comparison.column.to_owned())).chain(groups).chain(figures).collect()
    };
    settle(Table {
        name: "comparisons".into(),
        heading: "Groups compared".into(),
        title: "Groups compared".into(),
        columns: labels.into_iter().chain(figures).collect(),
        rows: comparisons.iter().map(row).collect(),
        ..Table::default()
    })
}

/// Gives numbers whose decimal places are not given as many as the largest of their column needs, among those of one data
/// column; counts the columns of labels.
fn settle(mut table: Table) -> Table {
    let is_label = |column: &usize| !table.rows.iter().any(|row| row[*column].is_numeric());
    table.labels = (0..table.columns.len()).take_while(is_label).count();
    let by_column = table.columns.first().is_some_and(|column| column.name == "column");
    let mut of_column: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, row) in table.rows.iter().enumerate() {
        of_column.entry(if by_column { row[0].words() } else { String::new() }).or_default().push(place);
    }
    for column in 0..table.columns.len() {
        for rows in of_column.values() {
            let numbers = rows.iter().filter_map(|row| match table.rows[*row][column] {
                Cell::Number(number, UNSETTLED) => Some(number),
                _ => None,
            });
            let shown = shown_decimals(numbers);
            for row in rows {
                match &mut table.rows[*row][column] {
                    Cell::Number(_, decimals) if *decimals == UNSETTLED => *decimals = shown,
                    _ => {}
                }
            }
        }
    }
    table
}

fn figure_cell(figure: Figure, places: Option<u32>) -> Cell {
    match figure {
        Ok(value) => Cell::Number(value, places.unwrap_or(UNSETTLED)),
        Err(Undefined::Withheld) => Cell::Withheld,
        Err(_) => Cell::Undefined,
    }
}

/// A count; where it is withheld as a small one, its threshold.
pub(super) fn count_cell(result: &Described, path: &MemberPath, count: Count) -> Cell {
    let withheld = || match result.withheld.reason(path).and_then(Reason::small_count) {
        Some(threshold) => Cell::FewerThan(threshold),
        None => Cell::Withheld,
    };
    count.map_or_else(withheld, Cell::Count)
}
