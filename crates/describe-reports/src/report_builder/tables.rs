//! Tables of a report.

use std::collections::HashMap;
use std::ops::Range;

use super::labels::{heading, labelled};
use crate::answer::{Answer, Described, MemberPath, Reason, Shape};
use crate::report::{Cell, Column, Table, shortest, shown_decimals};
use crate::words;
use describe::{
    BELOW_ALL, Boundary, Category, Count, Decimal, Figure, Frequency, Mark, PercentileRank, Quantile, Statistic,
    Undefined, Value,
};
use describe_options::{InputError, Options};

/// Cells of one row, each with its column.
type Row = Vec<(Column, Cell)>;

/// Decimal places of a number whose places depend on the other numbers of its column: see [`settle`].
pub(super) const UNSETTLED: u32 = u32::MAX;

/// Decimal places of percentages that have none of their own.
pub(super) const PERCENT_DECIMALS: Option<u32> = Some(1);

/// Decimal places of z-scores that have none of their own.
pub(super) const SCORE_DECIMALS: Option<u32> = Some(2);

/// Memory of a cell and of what a format makes of it.
pub(super) const CELL_BYTES: usize = 256;

/// Copies of the text of a cell: in the table, escaped, and in the answer.
const TEXT_COPIES: usize = 6;

/// Charges cells before they are kept.
///
/// # Errors
/// More memory or time than the task may take.
pub(super) fn charge(answer: &Answer, cells: &[Cell]) -> Result<(), InputError> {
    let text = |cell: &Cell| if let Cell::Text(text) = cell { text.len() } else { 0 };
    let texts: usize = cells.iter().map(text).sum();
    answer.ledger.charge(cells.len() * CELL_BYTES + texts * TEXT_COPIES)?;
    answer.ledger.check()
}

/// Builds the table of results, or of categories, for programs: [`super::flat`] without what compares.
///
/// # Errors
/// More memory or time than the task may take.
pub(super) fn flat(answer: &Answer, options: &Options) -> Result<Table, InputError> {
    if options.counts_categories()
        && let Some(table) = distributions(answer, options)?.pop()
    {
        return Ok(table);
    }
    let figures = |result: &Described| {
        let statistics = options.shown();
        let shown = result.figures.iter().filter(|(statistic, _)| statistics.has(*statistic));
        let figures = shown.flat_map(|(statistic, value)| figures(answer, result, *statistic, value, true));
        std::iter::once(nobs(result)).chain(figures).chain(left_out(result)).collect()
    };
    rows(answer, figures)
}

/// Builds the table of results for people: first what they look for first, last the shape. The decimal places of its numbers are to be
/// settled.
///
/// # Errors
/// More memory or time than the task may take.
pub(super) fn results(answer: &Answer, options: &Options) -> Result<Table, InputError> {
    let statistics = options.shown();
    let has_median = statistics.has(Statistic::Median);
    let shares = !answer.rules.concern_counts() && options.table.weights.is_none();
    let figures = |result: &Described| {
        let shown = result.figures.iter().filter(|(statistic, _)| statistics.has(*statistic));
        let figures = shown.flat_map(|(statistic, value)| figures(answer, result, *statistic, value, false));
        let figures = figures.filter(|(column, _)| !(has_median && column.name == "quartile_2"));
        let shares = shares.then(|| left_out_shares(result)).into_iter().flatten();
        std::iter::once(nobs(result)).chain(shares).chain(figures).chain(left_out(result)).collect()
    };
    let mut table = rows(answer, figures)?;
    let order = by_rank(&table);
    table.columns = order.iter().map(|place| table.columns[*place].clone()).collect();
    for row in &mut table.rows {
        *row = order.iter().map(|place| std::mem::replace(&mut row[*place], Cell::Empty)).collect();
    }
    table.totals = totals(&table);
    Ok(table)
}

/// Number of rows at the end that are totals.
pub(super) fn totals(table: &Table) -> usize {
    table.rows.iter().rev().take_while(|row| row[..table.labels].contains(&Cell::All)).count()
}

/// What people look for first, and last.
const FIRST: [&str; 11] = [
    "nobs",
    "percent_missing",
    "percent_absent",
    "mean",
    "std",
    "median",
    "quartile_1",
    "quartile_2",
    "quartile_3",
    "min",
    "max",
];
const LAST: [&str; 4] = ["skewness", "kurtosis", "missing", "invalid"];

/// Columns of a table in the order in which people look for them.
fn by_rank(table: &Table) -> Vec<usize> {
    let rank = |place: &usize| {
        let name = table.columns[*place].name.as_str();
        let first = FIRST.iter().position(|first| *first == name);
        let last = LAST.iter().position(|last| *last == name).map(|place| FIRST.len() + 1 + place);
        let code = name.starts_with("absent_").then_some(FIRST.len() + LAST.len());
        if *place < table.labels { 0 } else { 1 + first.or(last).or(code).unwrap_or(FIRST.len()) }
    };
    let mut order: Vec<usize> = (0..table.columns.len()).collect();
    order.sort_by_key(rank);
    order
}

/// Builds a table with a row for each result, whose cells `figures` makes.
fn rows(answer: &Answer, figures: impl Fn(&Described) -> Row) -> Result<Table, InputError> {
    let mut columns: Vec<Column> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut labels = 0;
    for (place, result) in answer.results().enumerate() {
        let mut row = names(answer, place, &result);
        labels = row.len();
        row.extend(figures(&result));
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
        columns.push(labelled("column"));
        columns.extend(answer.group_by.iter().map(|name| Column::new(heading(name), name.as_str())));
    }
    Ok(Table { name: "results".into(), heading: words::RESULTS.into(), columns, labels, rows, ..Table::default() })
}

fn nobs(result: &Described) -> (Column, Cell) {
    (labelled("nobs"), count_cell(result, &MemberPath::Nobs, result.nobs))
}

/// Counts of what was left out.
fn left_out(result: &Described) -> Row {
    let mut row = Row::new();
    if let Some(missing) = result.missing {
        row.push((labelled("missing"), count_cell(result, &MemberPath::MISSING, missing)));
    }
    for (code, count) in result.absent.iter().flatten() {
        let column = Column::new(format!("absent_{code}"), words::absent_with_code(code));
        row.push((column, count_cell(result, &MemberPath::Absent((*code).to_owned()), *count)));
    }
    if let Some(invalid) = result.invalid {
        row.push((labelled("invalid"), count_cell(result, &MemberPath::Invalid, invalid)));
    }
    row
}

/// Shares of all records of a group that are missing or absent.
fn left_out_shares(result: &Described) -> Row {
    let absent = result.absent.as_ref().map(|codes| codes.iter().filter_map(|(_, count)| *count).sum::<u64>());
    let Some(missing) = result.missing.flatten() else { return Row::new() };
    let records = records(result);
    let share = |name: &str, count: u64| {
        let cell = if records == 0 { Cell::Undefined } else { Cell::Number(percent(count, records), 1) };
        (labelled(name), cell)
    };
    let missing = share("percent_missing", missing);
    std::iter::once(missing).chain(absent.map(|absent| share("percent_absent", absent))).collect()
}

/// Number of records of a group: those with a value, missing, absent or invalid.
pub(super) fn records(result: &Described) -> u64 {
    let absent = result.absent.iter().flatten().filter_map(|(_, count)| *count);
    let counts = [result.nobs, result.missing.flatten(), result.invalid.flatten()].into_iter().flatten();
    counts.chain(absent).sum()
}

#[expect(clippy::cast_precision_loss, reason = "shown with one decimal place")]
pub(super) fn percent(part: u64, whole: u64) -> f64 {
    100.0 * part as f64 / whole as f64
}

/// Cells that identify a result: its column, unless all results with groups have the same one, and its group.
fn names(answer: &Answer, place: usize, result: &Described) -> Row {
    let mut row = Row::new();
    if let Shape::Slices(what) = answer.shape {
        row.push((labelled(what), Cell::Text(place.to_string())));
    }
    if let Some(column) = result.column {
        row.push((labelled("column"), Cell::Text(column.to_owned())));
    }
    for name in answer.group_by {
        let bound = result.group.iter().flatten().find(|(column, _)| column == name);
        let cell =
            bound.map_or(Cell::All, |(_, value)| value.map_or(Cell::Empty, |value| Cell::Text(value.to_owned())));
        row.push((Column::new(heading(name), name.as_str()), cell));
    }
    row
}

/// Cells of a statistic.
fn figures(answer: &Answer, result: &Described, statistic: Statistic, value: &Value, flat: bool) -> Row {
    let (name, headings) = (statistic.name(), statistic.headings());
    let places = result.precision.decimals(statistic);
    let places =
        if statistic == Statistic::Facility { result.precision.percentage_decimals(statistic) } else { places };
    let number = |heading: String, figure: Figure| (labelled(heading), figure_cell(figure, places));
    let own = MemberPath::Statistic(statistic);
    let counted =
        |heading: String, path: &MemberPath, count: Count| (labelled(heading), count_cell(result, path, count));
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
        Value::PercentileRanks(ranks) => {
            let places = result.precision.percentage_decimals(statistic).or(PERCENT_DECIMALS);
            let one = |rank: &PercentileRank| {
                (
                    labelled(format!("percentile_rank_{}", shortest(rank.mark).trim_end_matches(".0"))),
                    figure_cell(rank.rank, places),
                )
            };
            ranks.iter().map(one).collect()
        }
        Value::Mode(mode) => {
            let values: Option<Vec<String>> = mode.values.iter().map(|value| value.ok().map(shortest)).collect();
            let several = || values.map_or(Cell::Withheld, |values| Cell::Text(values.join(", ")));
            let cell = if let [one] = &mode.values[..] { figure_cell(*one, places) } else { several() };
            vec![
                (labelled("mode"), cell),
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
        Value::Pair(_)
        | Value::Histogram(_)
        | Value::Frequencies(_)
        | Value::Boundaries(_)
        | Value::MarkTable(_)
        | Value::Categories(_)
        | Value::Undefined(_) => Row::new(),
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
        Statistic::PercentileRanks => {
            let marks = answer.wanted.percentile_ranks.iter().copied().map(Decimal::to_f64);
            marks.map(|mark| format!("percentile_rank_{}", shortest(mark).trim_end_matches(".0"))).collect()
        }
        Statistic::Mode => named(&["mode", "mode_count", "mode_total"]),
        Statistic::CiMean => named(&["ci_mean_low", "ci_mean_high"]),
        Statistic::JarqueBera => named(&["jarque_bera", "jarque_bera_p"]),
        Statistic::Outliers => named(&["lower_fence", "upper_fence", "below", "above"]),
        _ => Vec::new(),
    }
}

/// Builds the tables of the statistics that have rows of their own. The decimal places of their numbers are to be settled.
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
            let (heading, own_labels, rows) = match value {
                Value::Categories(_) => (words::CATEGORIES, 1, category_rows(&result, value)),
                Value::Boundaries(_) => (words::GRADES, 2, boundary_rows(&result, value)),
                Value::Frequencies(_) => (words::FREQUENCIES, 1, frequency_rows(&result, value)),
                Value::MarkTable(_) => (words::MARKS, 1, mark_rows(&result, value)),
                Value::Histogram(_) => (words::BINS, 2, bin_rows(&result, value)),
                Value::Undefined(why) if *statistic == Statistic::Boundaries => {
                    (words::GRADES, 2, boundary_rows(&result, &Value::Boundaries(undefined_boundaries(answer, *why))))
                }
                Value::Undefined(why) if *statistic == Statistic::Categories => (
                    words::CATEGORIES,
                    1,
                    category_rows(&result, &Value::Categories(undefined_categories(answer, *why))),
                ),
                _ => continue,
            };
            let name = statistic.name();
            let known = tables.iter().position(|table| table.name == name);
            for cells in rows {
                let names = names(answer, place, &result);
                let labels = names.len() + own_labels;
                let row: Row = names.into_iter().chain(cells).collect();
                let at = known.or_else(|| tables.iter().position(|table| table.name == name)).unwrap_or_else(|| {
                    let columns = row.iter().map(|(column, _)| column.clone()).collect();
                    let is_detail = !matches!(*statistic, Statistic::Boundaries | Statistic::Categories);
                    let (name, heading) = (name.to_owned(), heading.to_owned());
                    tables.push(Table { name, heading, columns, labels, is_detail, ..Table::default() });
                    tables.len() - 1
                });
                let cells: Vec<Cell> = row.into_iter().map(|(_, cell)| cell).collect();
                charge(answer, &cells)?;
                tables[at].rows.push(cells);
            }
        }
    }
    Ok(tables)
}

/// Rows of a table of boundaries that is withheld or undefined as a whole.
fn undefined_boundaries(answer: &Answer, why: Undefined) -> Vec<Boundary> {
    let row = |grade: &str, boundary| Boundary {
        grade: grade.to_owned(),
        boundary,
        count: None,
        percent: Err(why),
        cumulative_count: None,
        cumulative_percent: Err(why),
    };
    let grades = answer.wanted.boundaries.iter().map(|(grade, boundary)| row(grade, Some(Ok(boundary.to_f64()))));
    grades.chain([row(BELOW_ALL, None)]).collect()
}

/// Rows of a table of categories that is withheld or undefined as a whole.
fn undefined_categories(answer: &Answer, why: Undefined) -> Vec<Category> {
    let row = |category: &String| Category {
        category: category.clone(),
        count: None,
        percent: Err(why),
        cumulative_count: None,
        cumulative_percent: Err(why),
    };
    answer.wanted.categories.iter().map(row).collect()
}

/// A count: where there is none, undefined as the figure beside it is, or else withheld.
pub(super) fn row_count(count: Count, figure: Figure, withheld: Cell) -> Cell {
    match (count, figure) {
        (Some(count), _) => Cell::Count(count),
        (None, Err(why)) if why != Undefined::Withheld => Cell::Undefined,
        (None, _) => withheld,
    }
}

fn category_rows(result: &Described, value: &Value) -> Vec<Row> {
    let Value::Categories(rows) = value else { return Vec::new() };
    let places = result.precision.percentage_decimals(Statistic::Categories).or(PERCENT_DECIMALS);
    let row = |row: &Category| {
        let path = MemberPath::Category(row.category.clone());
        vec![
            (Column::new("category", words::CATEGORY), Cell::Text(row.category.clone())),
            (labelled("count"), row_count(row.count, row.percent, count_cell(result, &path, None))),
            (labelled("percent"), figure_cell(row.percent, places)),
            (
                Column::new("cumulative_count", words::CUMULATIVE_COUNT),
                row_count(row.cumulative_count, row.cumulative_percent, Cell::Withheld),
            ),
            (labelled("cumulative_percent"), figure_cell(row.cumulative_percent, places)),
        ]
    };
    rows.iter().map(row).collect()
}

fn boundary_rows(result: &Described, value: &Value) -> Vec<Row> {
    let Value::Boundaries(rows) = value else { return Vec::new() };
    let percent = |name: &str, figure| {
        (
            labelled(name),
            figure_cell(figure, result.precision.percentage_decimals(Statistic::Boundaries).or(PERCENT_DECIMALS)),
        )
    };
    let row = |row: &Boundary| {
        let path = MemberPath::Grade(row.grade.clone());
        vec![
            (labelled("grade"), Cell::Text(row.grade.clone())),
            (labelled("boundary"), row.boundary.map_or(Cell::Empty, |boundary| figure_cell(boundary, None))),
            (labelled("count"), row_count(row.count, row.percent, count_cell(result, &path, None))),
            percent("percent", row.percent),
            (labelled("cumulative_count"), row_count(row.cumulative_count, row.cumulative_percent, Cell::Withheld)),
            percent("cumulative_percent", row.cumulative_percent),
        ]
    };
    rows.iter().map(row).collect()
}

fn frequency_rows(result: &Described, value: &Value) -> Vec<Row> {
    let Value::Frequencies(rows) = value else { return Vec::new() };
    let percent = |name: &str, figure| {
        (
            labelled(name),
            figure_cell(figure, result.precision.percentage_decimals(Statistic::Frequencies).or(PERCENT_DECIMALS)),
        )
    };
    let row = |(place, row): (usize, &Frequency)| {
        vec![
            (labelled("value"), figure_cell(row.value, None)),
            (labelled("count"), count_cell(result, &MemberPath::Frequency(place), row.count)),
            percent("percent", row.percent),
            percent("cumulative_percent", row.cumulative_percent),
        ]
    };
    rows.iter().enumerate().map(row).collect()
}

fn mark_rows(result: &Described, value: &Value) -> Vec<Row> {
    let Value::MarkTable(rows) = value else { return Vec::new() };
    let percentages = result.precision.percentage_decimals(Statistic::MarkTable).or(PERCENT_DECIMALS);
    let places = result.precision.decimals(Statistic::MarkTable);
    let row = |(place, row): (usize, &Mark)| {
        let stanine = row.stanine.map_or(Cell::Withheld, |stanine| Cell::Number(stanine.into(), 0));
        let grade = |grade: &Option<String>| grade.clone().map_or(Cell::Withheld, Cell::Text);
        let mut cells = vec![
            (labelled("value"), figure_cell(row.mark, None)),
            (labelled("count"), count_cell(result, &MemberPath::Mark(place), row.count)),
            (labelled("percent"), figure_cell(row.percent, percentages)),
            (labelled("cumulative_percent"), figure_cell(row.cumulative_percent, percentages)),
            (labelled("percentile_rank"), figure_cell(row.percentile_rank, percentages)),
            (labelled("z_score"), figure_cell(row.z_score, places.or(SCORE_DECIMALS))),
            (labelled("t_score"), figure_cell(row.t_score, places.or(PERCENT_DECIMALS))),
            (labelled("stanine"), stanine),
        ];
        cells.extend(row.grade.iter().map(|of_mark| (labelled("grade"), grade(of_mark))));
        cells
    };
    rows.iter().enumerate().map(row).collect()
}

fn bin_rows(result: &Described, value: &Value) -> Vec<Row> {
    let Value::Histogram(histogram) = value else { return Vec::new() };
    let pairs = histogram.edges.windows(2).zip(&histogram.counts).enumerate();
    let row = |(place, (pair, count)): (usize, (&[Figure], &Count))| {
        vec![
            (labelled("from"), figure_cell(pair[0], None)),
            (labelled("to"), figure_cell(pair[1], None)),
            (labelled("count"), count_cell(result, &MemberPath::Bin(place), *count)),
        ]
    };
    pairs.map(row).collect()
}

/// Gives numbers whose decimal places are not given as many as the largest one needs of those of the same statistic about the same
/// column of the data. A crosstab is of one statistic, a list has one in each column.
pub(super) fn settle(table: &mut Table, is_crosstab: bool) {
    let families = families(table);
    let (labels, columns) = (table.labels, table.columns.len());
    let alone = if is_crosstab { labels } else { columns };
    let mut statistics: Vec<Range<usize>> = (0..alone).map(|column| column..column + 1).collect();
    statistics.extend(is_crosstab.then_some(labels..columns));
    // A difference and the limits of its interval are of one kind.
    if let Some(place) = table.columns.iter().position(|column| column.name == "difference") {
        statistics.insert(0, place..place + 3);
    }
    for columns in statistics {
        for family in &families {
            let cells = family.iter().flat_map(|row| &table.rows[*row][columns.clone()]);
            let numbers = cells.filter_map(|cell| match cell {
                Cell::Number(number, UNSETTLED) | Cell::Change(number, UNSETTLED) => Some(*number),
                _ => None,
            });
            let shown = shown_decimals(numbers);
            for cell in family.iter().flat_map(|row| columns.clone().map(move |column| (*row, column))) {
                match &mut table.rows[cell.0][cell.1] {
                    Cell::Number(_, places) | Cell::Change(_, places) | Cell::Interval(_, places)
                        if *places == UNSETTLED =>
                    {
                        *places = shown;
                    }
                    _ => {}
                }
            }
        }
    }
}

/// Rows by the column of the data that they describe.
fn families(table: &Table) -> Vec<Vec<usize>> {
    let column = table.columns[..table.labels].iter().position(|column| column.name == "column");
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut families: Vec<Vec<usize>> = Vec::new();
    for (row, cells) in table.rows.iter().enumerate() {
        let name = match column.map(|column| &cells[column]) {
            Some(Cell::Text(name)) => name,
            _ => "",
        };
        let family = *places.entry(name).or_insert_with(|| {
            families.push(Vec::new());
            families.len() - 1
        });
        families[family].push(row);
    }
    families
}

/// Divides a table by the column of the data that its rows describe, each with that column's name; without such a column it stays whole.
pub(super) fn by_column(table: Table) -> Vec<(String, Table)> {
    let Some(place) = table.columns[..table.labels].iter().position(|column| column.name == "column") else {
        return vec![(words::THE_NUMBERS.to_owned(), table)];
    };
    let mut parts: Vec<(String, Table)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let (mut rows, columns) = (table.rows, table.columns);
    let empty = Table { rows: Vec::new(), columns, ..table };
    for row in &mut rows {
        let Cell::Text(name) = &row[place] else { continue };
        let at = *places.entry(name.clone()).or_insert_with(|| {
            parts.push((name.clone(), empty.clone()));
            parts.len() - 1
        });
        parts[at].1.rows.push(std::mem::take(row));
    }
    for (_, part) in &mut parts {
        part.totals = totals(part);
        without_constant_column(part);
    }
    parts
}

/// Leaves out the column of the table that names the same column of the data in each row, if other labels remain.
pub(super) fn without_constant_column(table: &mut Table) {
    let Some(place) = table.columns[..table.labels].iter().position(|column| column.name == "column") else { return };
    let is_constant = table.rows.windows(2).all(|pair| pair[0][place] == pair[1][place]);
    if is_constant && table.labels > 1 {
        table.columns.remove(place);
        table.labels -= 1;
        for row in &mut table.rows {
            row.remove(place);
        }
    }
}

pub(super) fn figure_cell(figure: Figure, places: Option<u32>) -> Cell {
    match figure {
        Ok(value) => Cell::Number(value, places.unwrap_or(UNSETTLED)),
        Err(Undefined::Withheld) => Cell::Withheld,
        Err(_) => Cell::Undefined,
    }
}

pub(super) fn change_cell(figure: Figure, places: Option<u32>) -> Cell {
    match figure_cell(figure, places) {
        Cell::Number(change, places) => Cell::Change(change, places),
        other => other,
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
