//! From an answer to a report: headings, cells, sentences, charts.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::answer::{Answer, Comparison, Described, Group, Shape};
use super::report::{Bins, Cell, Chart, ChartKind, Column, Five, Panel, Report, Table};
use super::svg::short;
use crate::describe::{Count, Decimal, Difference, Figure, Statistic, Undefined, Value};
use crate::options::{Format, Options};
use crate::rejection::{Kind, Problem, Rejection, Step};

/// More results than this in one chart cannot be told apart.
pub const MOST_PANELS: usize = 12;

/// So many results are summed up in sentences.
const MOST_SENTENCES: usize = 12;

/// So many different warnings are repeated in the notes.
const MOST_WARNINGS: usize = 20;

/// The results as one table of single figures: that of CSV. Figures with rows of their own are left out.
#[must_use]
pub fn flat(answer: &Answer, options: &Options) -> Table {
    results(answer, options, true)
}

/// The whole report.
#[must_use]
pub fn report(answer: &Answer, options: &Options) -> Report {
    let mut tables = vec![results(answer, options, false)];
    tables.extend(distributions(answer, options));
    tables.extend(answer.comparisons.as_ref().map(|comparisons| compared(answer, comparisons)));
    // Without a column of numbers, or a pair of groups; a spreadsheet's table must have a row.
    tables.retain(|table| !table.rows.is_empty());
    let (charts, without) = match charts(answer, options) {
        _ if options.output.format() != Format::Html => (Vec::new(), None),
        Ok(charts) => (charts, None),
        Err(_) => (Vec::new(), Some(format!("There are no charts, since there are more than {MOST_PANELS} results."))),
    };
    let mut notes = notes(answer, options);
    notes.extend(without);
    Report {
        title: title(answer),
        summary: summary(answer),
        tables,
        charts,
        notes,
        stamp: answer.stamp.as_ref().map(super::stamp::Stamp::words).unwrap_or_default(),
    }
}

/// The one chart of an SVG answer.
///
/// # Errors
/// More than [`MOST_PANELS`] results.
pub fn chart(answer: &Answer, options: &Options) -> Result<Chart, Rejection> {
    let kind = options.output.chart().unwrap_or(ChartKind::Histogram);
    check_panels(answer)?;
    Ok(draw(answer, kind, &answer.results().collect::<Vec<_>>()))
}

fn check_panels(answer: &Answer) -> Result<(), Rejection> {
    if answer.len() <= MOST_PANELS {
        return Ok(());
    }
    let message = format!(
        "a chart has room for {MOST_PANELS} results, and there are {}; name one column, or group by fewer values",
        answer.len()
    );
    let loc = vec![Step::Name("query".into()), Step::Name("chart".into())];
    Err(Rejection::one(Kind::Invalid, Problem::new(loc, "too_many_results", message, None)))
}

/// The charts of a report: of each column the groups beside each other, and each by itself.
fn charts(answer: &Answer, options: &Options) -> Result<Vec<Chart>, Rejection> {
    check_panels(answer)?;
    let results: Vec<_> = answer.results().collect();
    if results.is_empty() {
        return Ok(Vec::new());
    }
    if let Some(kind) = options.output.chart() {
        return Ok(vec![draw(answer, kind, &results)]);
    }
    let several = !answer.group_by.is_empty() && results.len() > 1;
    let compare = several.then(|| draw(answer, ChartKind::Compare, &results));
    Ok(compare.into_iter().chain([draw(answer, ChartKind::Histogram, &results)]).collect())
}

fn draw(answer: &Answer, kind: ChartKind, results: &[Described]) -> Chart {
    // Panels of one column stand together, since they share an axis.
    let mut columns: Vec<Option<&str>> = Vec::new();
    for result in results {
        if !columns.contains(&result.column) {
            columns.push(result.column);
        }
    }
    let of_column = |column| results.iter().enumerate().filter(move |(_, result)| result.column == column);
    let panels = columns.into_iter().flat_map(of_column).map(|(place, result)| panel(answer, kind, place, result));
    let what = match kind {
        ChartKind::Compare | ChartKind::Boxes => "Median, quartiles and range of",
        ChartKind::Histogram => "Distribution of",
        ChartKind::Ecdf => "Cumulative distribution of",
    };
    Chart { kind, title: format!("{what} {}", subject(answer)), panels: panels.collect() }
}

fn panel(answer: &Answer, kind: ChartKind, place: usize, result: &Described) -> Panel {
    let column = result.column.map_or_else(|| "value".to_owned(), ToOwned::to_owned);
    let label = match answer.shape {
        Shape::Slices(what) => format!("{what} {place}"),
        _ => group_words(answer, result),
    };
    let five = five(result);
    let histogram = figure(result, "histogram").and_then(|value| match value {
        Value::Histogram(histogram) => Some(Bins {
            edges: histogram.edges.iter().map(|edge| edge.ok()).collect::<Option<Vec<_>>>()?,
            counts: histogram.counts.clone(),
        }),
        _ => None,
    });
    let steps = match figure(result, "frequencies") {
        Some(Value::Frequencies(rows)) if kind == ChartKind::Ecdf => steps(rows),
        _ => Vec::new(),
    };
    let nothing = five.is_none() && histogram.is_none() && steps.is_empty();
    let bins_withheld = kind == ChartKind::Histogram && histogram.is_none() && answer.rules.withholds();
    let empty = if nothing && answer.rules.withholds() {
        "withheld"
    } else if nothing {
        "no values to draw"
    } else if bins_withheld {
        "the histogram is withheld"
    } else {
        ""
    };
    Panel {
        column,
        label,
        nobs: count_cell(result, "nobs", result.nobs).words(),
        domain: None,
        histogram,
        five,
        steps,
        empty: empty.to_owned(),
    }
}

fn five(result: &Described) -> Option<Five> {
    let [min, max] = match figure(result, "minmax") {
        Some(Value::Pair(pair)) => pair.map(Result::ok),
        _ => [None; 2],
    };
    let [q1, median, q3] = match figure(result, "quartiles") {
        Some(Value::List(list)) => [0, 1, 2].map(|place| list.get(place).and_then(|value| value.ok())),
        _ => [None; 3],
    };
    let mean = match figure(result, "mean") {
        Some(Value::Number(mean)) => mean.ok(),
        _ => None,
    };
    let five = Five { min, q1, median, q3, max, mean };
    (five != Five::default()).then_some(five)
}

fn steps(rows: &[crate::describe::Frequency]) -> Vec<(f64, f64)> {
    let mut sum = 0;
    let counted: Vec<(f64, u64)> = rows
        .iter()
        .filter_map(|row| {
            sum += row.count?;
            Some((row.value.ok()?, sum))
        })
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "for drawing")]
    counted.into_iter().map(|(value, below)| (value, below as f64 / sum as f64)).collect()
}

/// The value of a statistic in a result.
fn figure<'a>(result: &'a Described, name: &str) -> Option<&'a Value> {
    result.figures.iter().find(|(statistic, _)| statistic.name() == name).map(|(_, value)| value)
}

/// The columns in words, without their groups.
fn subject(answer: &Answer) -> String {
    let mut columns: Vec<&str> = Vec::new();
    for result in answer.columns() {
        let column = result.unwrap_or("the numbers");
        if !columns.contains(&column) {
            columns.push(column);
        }
        if columns.len() > 4 {
            break;
        }
    }
    let named = match &columns[..] {
        [] => "no column".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] if columns.len() <= 4 => format!("{} and {last}", first.join(", ")),
        _ => "several columns".to_owned(),
    };
    match answer.group_by {
        [] => named,
        groups => format!("{named} by {}", groups.join(" and ")),
    }
}

fn title(answer: &Answer) -> String {
    format!("Descriptive statistics of {}", subject(answer))
}

/// The group of a result in words; empty without groups.
fn group_words(answer: &Answer, result: &Described) -> String {
    match result.group.as_deref() {
        None => String::new(),
        Some([]) => "all groups".to_owned(),
        Some([(name, None)]) => format!("{name} empty"),
        Some([(_, Some(value))]) => (*value).to_owned(),
        Some(values) => {
            debug_assert_eq!(values.len(), answer.group_by.len());
            let words =
                values.iter().map(|(name, value)| value.map_or_else(|| format!("{name} empty"), ToOwned::to_owned));
            words.collect::<Vec<_>>().join(", ")
        }
    }
}

/// Plain sentences with the main figures.
fn summary(answer: &Answer) -> Vec<String> {
    let mut sentences = Vec::new();
    if let Some(rows) = answer.rows {
        sentences.push(match rows {
            Some(1) => "The data have one row.".to_owned(),
            Some(rows) => format!("The data have {} rows.", super::report::grouped(&rows.to_string())),
            None => "The number of rows is withheld.".to_owned(),
        });
    }
    if answer.is_empty() {
        sentences.push("No column is described, since none holds numbers only.".to_owned());
    }
    for (place, result) in answer.results().take(MOST_SENTENCES).enumerate() {
        sentences.push(sentence(answer, place, &result));
    }
    if answer.len() > MOST_SENTENCES {
        sentences.push(format!("The table has {} more results.", answer.len() - MOST_SENTENCES));
    }
    sentences
}

fn sentence(answer: &Answer, place: usize, result: &Described) -> String {
    let column = match answer.shape {
        Shape::Slices(what) => format!("Numbers of {what} {place}"),
        _ => result.column.map_or_else(|| "The numbers".to_owned(), ToOwned::to_owned),
    };
    let group = group_words(answer, result);
    let name = if group.is_empty() { column } else { format!("{column}, {group}") };
    let mut text = match result.nobs {
        Some(1) => format!("{name}: one value"),
        count => format!("{name}: {} values", in_words(&count_cell(result, "nobs", count))),
    };
    if let Some(Five { min, q1, median, q3, max, mean }) = five(result) {
        if let (Some(min), Some(max)) = (min, max) {
            let _ = write!(text, " from {} to {}", short(min), short(max));
        }
        if let Some(mean) = mean {
            let _ = write!(text, ", mean {}", short(mean));
        }
        if let Some(median) = median {
            let _ = write!(text, ", median {}", short(median));
        }
        if let (Some(q1), Some(q3)) = (q1, q3) {
            let _ = write!(text, "; the middle half lies between {} and {}", short(q1), short(q3));
        }
    }
    match result.missing {
        Some(Some(0)) | None => {}
        Some(Some(1)) => text.push_str("; one is missing"),
        Some(count) => {
            let _ = write!(text, "; {} are missing", in_words(&count_cell(result, "missing", count)));
        }
    }
    text + "."
}

/// A count in a sentence.
fn in_words(cell: &Cell) -> String {
    match cell {
        Cell::Count(count) => super::report::grouped(&count.to_string()),
        Cell::FewerThan(_) => cell.words(),
        _ => "a withheld number of".to_owned(),
    }
}

/// What a reader must know.
fn notes(answer: &Answer, options: &Options) -> Vec<String> {
    let moments = answer.wanted.moments;
    let mut notes = answer.notes.clone();
    let rounded = answer.rules.decimals.map_or_else(
        || "is the correctly rounded value of the exact result for the data as they were written".to_owned(),
        |decimals| {
            format!(
                "is rounded once, from the exact result for the data as they were written, to {decimals} decimal places"
            )
        },
    );
    notes.push(format!("Every figure {rounded}; it depends neither on the order of the data nor on the machine."));
    if options.output.format() == Format::Html && answer.rules.decimals.is_none() {
        notes.push("Figures are shown to about four significant digits; the page holds all digits of each.".into());
    }
    let statistics = options.shown();
    if statistics.has(Statistic::Variance) || statistics.has(Statistic::Std) {
        notes.push(match moments.ddof {
            0 => "The variance divides by the number of values, n.".to_owned(),
            ddof => format!("The variance divides by n - {ddof}, n being the number of values."),
        });
    }
    if statistics.has(Statistic::Skewness) || statistics.has(Statistic::Kurtosis) {
        let which = match (moments.habits.by_sample_deviation, moments.bias) {
            (true, _) => "those of the values at hand, with the standard deviation that divides by n - 1",
            (false, true) => "those of the values at hand",
            (false, false) => "corrected for a sample",
        };
        notes.push(format!("Skewness and kurtosis are {which}."));
        if moments.habits.pearson {
            notes.push("The kurtosis of a normal distribution is 3.".into());
        }
    }
    if answer.rows.is_some() {
        notes
            .push("Missing values, and those with a code of absence, are counted and left out of every figure.".into());
    }
    let mut told: Vec<String> = Vec::new();
    for warning in answer.results().flat_map(|result| result.warnings) {
        if !told.contains(&warning.message) {
            told.push(warning.message);
        }
        if told.len() == MOST_WARNINGS {
            break;
        }
    }
    notes.extend(told.into_iter().map(|message| format!("{} {message}.", super::report::UNDEFINED)));
    if let Some(error) = answer.results().filter_map(|result| result.rank_error).reduce(f64::max) {
        notes.push(format!(
            "Quantiles and what is made of them are approximate: their ranks are off by {} percent of the values at most.",
            short(error * 100.0)
        ));
    }
    let skipped: Vec<&str> = answer.skipped.iter().map(|skipped| skipped.column.as_str()).collect();
    if !skipped.is_empty() {
        notes.push(format!("Not described, since they are not all numbers: {}.", skipped.join(", ")));
    }
    notes
}

/// The cells of one result in the order of the columns.
type Row = Vec<(Column, Cell)>;

/// One row for each result.
fn results(answer: &Answer, options: &Options, flat: bool) -> Table {
    let statistics = options.shown();
    let mut columns: Vec<Column> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (place, result) in answer.results().enumerate() {
        let mut row = names(answer, place, &result);
        let labels = row.len();
        row.push((Column::new("nobs", "Number of values"), count_cell(&result, "nobs", result.nobs)));
        for (statistic, value) in result.figures.iter().filter(|(statistic, _)| statistics.has(*statistic)) {
            row.extend(figures(answer, &result, *statistic, value, flat));
        }
        if let Some(missing) = result.missing {
            row.push((Column::new("missing", "Missing"), count_cell(&result, "missing", missing)));
        }
        for (code, count) in result.absent.iter().flatten() {
            let column = Column::new(format!("absent_{code}"), format!("Absent, code {code}"));
            row.push((column, count_cell(&result, &format!("absent.{code}"), *count)));
        }
        if let Some(invalid) = result.invalid {
            row.push((Column::new("invalid", "No numbers"), count_cell(&result, "invalid", invalid)));
        }
        // Cells find their column by name, since results need not have the same ones.
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
        rows.push(cells);
    }
    for row in &mut rows {
        row.resize(columns.len(), Cell::Empty);
    }
    if rows.is_empty() {
        columns.push(Column::new("column", "Column"));
        columns.extend(answer.group_by.iter().map(|name| Column::new(heading(name), name.as_str())));
    }
    Table { name: "results".into(), title: "Results".into(), columns, rows }
}

/// What a result is of: its column and its group. A group column is renamed where it would clash with a figure.
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

/// A group column's heading.
fn heading(name: &str) -> String {
    const OTHERS: [&str; 21] = [
        "column",
        "nobs",
        "missing",
        "invalid",
        "grade",
        "boundary",
        "count",
        "percent",
        "cumulative_count",
        "cumulative_percent",
        "value",
        "from",
        "to",
        "mode",
        "mode_count",
        "mode_total",
        "lower_fence",
        "upper_fence",
        "below",
        "above",
        "row",
    ];
    let taken = OTHERS.contains(&name)
        || name.starts_with("absent_")
        || Statistic::all().any(|statistic| statistic.name() == name || statistic.headings().contains(&name));
    if taken { format!("group_{name}") } else { name.to_owned() }
}

/// The columns of a figure.
fn figures(answer: &Answer, result: &Described, statistic: Statistic, value: &Value, flat: bool) -> Row {
    let (name, headings) = (statistic.name(), statistic.headings());
    let column = |heading: String| {
        let decimals = if heading == "facility" { answer.rules.percent_decimals } else { answer.rules.decimals };
        Column { label: label(&heading), name: heading, decimals }
    };
    let number = |heading: String, figure: Figure| (column(heading), figure_cell(figure));
    let counted = |heading: String, path: &str, count: Count| (column(heading), count_cell(result, path, count));
    if !headings.is_empty() {
        return match value {
            Value::Count(count) => vec![counted(headings[0].to_owned(), name, *count)],
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
            let one = |quantile: &crate::describe::Quantile| {
                number(format!("quantile_{}", super::report::shortest(quantile.q)), quantile.value)
            };
            quantiles.iter().map(one).collect()
        }
        Value::Mode(mode) => {
            let values: Option<Vec<String>> =
                mode.values.iter().map(|value| value.ok().map(super::report::shortest)).collect();
            let text = values.map_or(Cell::Withheld, |values| Cell::Text(values.join(", ")));
            vec![
                (column("mode".into()), text),
                counted("mode_count".into(), "mode", mode.count),
                counted("mode_total".into(), "mode", mode.total),
            ]
        }
        Value::Interval(interval) => {
            vec![number(format!("{name}_low"), interval.low), number(format!("{name}_high"), interval.high)]
        }
        Value::Test(test) => vec![number(name.to_owned(), test.statistic), number(format!("{name}_p"), test.p)],
        Value::Outliers(outliers) => vec![
            number("lower_fence".into(), outliers.lower_fence),
            number("upper_fence".into(), outliers.upper_fence),
            counted("below".into(), "outliers.below", outliers.below),
            counted("above".into(), "outliers.above", outliers.above),
        ],
        Value::Number(figure) => vec![number(name.to_owned(), *figure)],
        Value::Count(count) => vec![counted(name.to_owned(), name, *count)],
        Value::Pair(_) | Value::Histogram(_) | Value::Frequencies(_) | Value::Boundaries(_) | Value::Undefined(_) => {
            Row::new()
        }
    }
}

/// The headings of a figure with several parts, for where it is undefined as a whole.
fn parts(answer: &Answer, statistic: Statistic) -> Vec<String> {
    let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    match statistic {
        Statistic::Quartiles => (1..=3).map(|place| format!("quartile_{place}")).collect(),
        Statistic::Deciles => (1..=9).map(|place| format!("decile_{place}")).collect(),
        Statistic::Quantiles => {
            let shares = answer.wanted.quantiles.iter().copied().map(Decimal::to_f64);
            shares.map(|share| format!("quantile_{}", super::report::shortest(share))).collect()
        }
        Statistic::Mode => named(&["mode", "mode_count", "mode_total"]),
        Statistic::CiMean => named(&["ci_mean_low", "ci_mean_high"]),
        Statistic::JarqueBera => named(&["jarque_bera", "jarque_bera_p"]),
        Statistic::Outliers => named(&["lower_fence", "upper_fence", "below", "above"]),
        _ => Vec::new(),
    }
}

/// The tables of figures that have rows of their own.
fn distributions(answer: &Answer, options: &Options) -> Vec<Table> {
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
                Value::Frequencies(_) => ("How often each value stands there", frequency_rows(answer, &result, value)),
                Value::Histogram(_) => ("Values by bin", bin_rows(&result, value)),
                _ => continue,
            };
            let name = statistic.name();
            let known = tables.iter().position(|table| table.name == name);
            for cells in rows {
                let row: Row = names(answer, place, &result).into_iter().chain(cells).collect();
                let at = known.or_else(|| tables.iter().position(|table| table.name == name)).unwrap_or_else(|| {
                    let columns = row.iter().map(|(column, _)| column.clone()).collect();
                    tables.push(Table { name: name.into(), title: title.into(), columns, rows: Vec::new() });
                    tables.len() - 1
                });
                tables[at].rows.push(row.into_iter().map(|(_, cell)| cell).collect());
            }
        }
    }
    tables
}

fn boundary_rows(answer: &Answer, result: &Described, value: &Value) -> Vec<Row> {
    let Value::Boundaries(rows) = value else { return Vec::new() };
    let percent = |name: &str| Column { decimals: answer.rules.percent_decimals, ..Column::new(name, label(name)) };
    let row = |row: &crate::describe::Boundary| {
        let path = format!("boundaries.{}", row.grade);
        vec![
            (Column::new("grade", "Grade"), Cell::Text(row.grade.clone())),
            (Column::new("boundary", "Boundary"), row.boundary.map_or(Cell::Empty, figure_cell)),
            (Column::new("count", "Count"), count_cell(result, &path, row.count)),
            (percent("percent"), figure_cell(row.percent)),
            (
                Column::new("cumulative_count", "Count at or above"),
                if row.cumulative_count.is_none() {
                    Cell::Withheld
                } else {
                    count_cell(result, &path, row.cumulative_count)
                },
            ),
            (percent("cumulative_percent"), figure_cell(row.cumulative_percent)),
        ]
    };
    rows.iter().map(row).collect()
}

fn frequency_rows(answer: &Answer, result: &Described, value: &Value) -> Vec<Row> {
    let Value::Frequencies(rows) = value else { return Vec::new() };
    let percent = |name: &str| Column { decimals: answer.rules.percent_decimals, ..Column::new(name, label(name)) };
    let row = |(place, row): (usize, &crate::describe::Frequency)| {
        vec![
            (Column::new("value", "Value"), figure_cell(row.value)),
            (Column::new("count", "Count"), count_cell(result, &format!("frequencies.{place}"), row.count)),
            (percent("percent"), figure_cell(row.percent)),
            (percent("cumulative_percent"), figure_cell(row.cumulative_percent)),
        ]
    };
    rows.iter().enumerate().map(row).collect()
}

fn bin_rows(result: &Described, value: &Value) -> Vec<Row> {
    let Value::Histogram(histogram) = value else { return Vec::new() };
    let pairs = histogram.edges.windows(2).zip(&histogram.counts).enumerate();
    let row = |(place, (pair, count)): (usize, (&[Figure], &Count))| {
        vec![
            (Column::new("from", "From"), figure_cell(pair[0])),
            (Column::new("to", "To below; the last one to at most"), figure_cell(pair[1])),
            (Column::new("count", "Count"), count_cell(result, &format!("histogram.{place}"), *count)),
        ]
    };
    pairs.map(row).collect()
}

/// The groups compared.
fn compared(answer: &Answer, comparisons: &[Comparison]) -> Table {
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
    let figures = figures.map(|(name, label)| Column { decimals, ..Column::new(name, label) });
    let row = |comparison: &Comparison| {
        let Difference { difference, se, ci, cohens_d, variance_ratio, t, df, p } = &comparison.difference;
        let [low, high] = ci.as_ref().map_or_else(|why| [Err(*why); 2], |ci| [ci.low, ci.high]);
        let words =
            |group: &Group| group.iter().map(|(_, value)| value.unwrap_or("empty")).collect::<Vec<_>>().join(", ");
        let groups = comparison.groups.each_ref().map(|group| Cell::Text(words(group)));
        let figures = [*difference, *se, low, high, *cohens_d, *variance_ratio, *t, *df, *p].map(figure_cell);
        std::iter::once(Cell::Text(comparison.column.to_owned())).chain(groups).chain(figures).collect()
    };
    Table {
        name: "comparisons".into(),
        title: "Groups compared".into(),
        columns: labels.into_iter().chain(figures).collect(),
        rows: comparisons.iter().map(row).collect(),
    }
}

fn figure_cell(figure: Figure) -> Cell {
    match figure {
        Ok(value) => Cell::Number(value),
        Err(Undefined::Withheld) => Cell::Withheld,
        Err(_) => Cell::Undefined,
    }
}

/// A count; where it is withheld, in the words of the reason.
fn count_cell(result: &Described, path: &str, count: Count) -> Cell {
    let few = || result.withheld.why(path)?.strip_prefix("fewer than ")?.parse().ok();
    count.map_or_else(|| few().map_or(Cell::Withheld, Cell::FewerThan), Cell::Count)
}

/// A heading for people.
fn label(name: &str) -> String {
    let known = match name {
        "min" => "Minimum",
        "max" => "Maximum",
        "std" => "Standard deviation",
        "sem" => "Standard error of the mean",
        "cv" => "Coefficient of variation",
        "iqr" => "Interquartile range",
        "mad" => "Median absolute deviation",
        "quartile_1" => "Lower quartile",
        "quartile_2" => "Median",
        "quartile_3" => "Upper quartile",
        "distinct" => "Different values",
        "mode_total" => "Number of modes",
        "facility" => "Facility, percent",
        "ci_mean_low" => "Mean, lower confidence limit",
        "ci_mean_high" => "Mean, upper confidence limit",
        "jarque_bera" => "Jarque-Bera statistic",
        "jarque_bera_p" => "Jarque-Bera p",
        "below" => "Values below the fence",
        "above" => "Values above the fence",
        "cumulative_percent" => "Cumulative percent",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
