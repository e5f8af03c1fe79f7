//! Tables of correlations: a matrix of r for each group, and lists of all coefficients of each pair of columns.

use std::collections::HashMap;

use super::labels::heading;
use super::tables::{charge, figure_cell, totals};
use crate::answer::{Answer, Group, PairCorrelation};
use crate::report::{Cell, Column, Table};
use crate::words::correlations as of_correlations;
use describe::{Coefficient, ComparisonStatistic, FigureName, Interval, Undefined};
use describe_options::InputError;

/// Columns of the table for programs.
const NAMES: [&str; 15] = [
    "a",
    "b",
    "nobs",
    "pearson_r",
    "pearson_low",
    "pearson_high",
    "pearson_p",
    "spearman_r",
    "spearman_low",
    "spearman_high",
    "spearman_p",
    "kendall_tau_b",
    "kendall_low",
    "kendall_high",
    "kendall_p",
];

/// Decimal places of coefficients that have none of their own.
const COEFFICIENT_DECIMALS: Option<u32> = Some(3);

/// Builds the table of r with the columns of the data down and across, for each group.
///
/// # Errors
/// More memory or time than the task may take.
pub(super) fn matrix(answer: &Answer) -> Result<Table, InputError> {
    let mut names: Vec<&str> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let of_first_group = answer.correlations.iter().take_while(|pair| pair.group == answer.correlations[0].group);
    for name in of_first_group.flat_map(|pair| pair.columns) {
        places.entry(name).or_insert_with(|| {
            names.push(name);
            names.len() - 1
        });
    }
    let mut rows = Vec::new();
    for of_group in answer.correlations.chunk_by(|a, b| a.group == b.group) {
        let mut cells = vec![vec![Cell::Empty; names.len()]; names.len()];
        for pair in of_group {
            let cell = value_cell(pair, &pair.correlation.pearson);
            let [a, b] = pair.columns.map(|name| places[name]);
            (cells[a][b], cells[b][a]) = (cell.clone(), cell);
        }
        for (name, cells) in names.iter().zip(cells) {
            let labels = group_cells(answer, of_group[0].group.as_ref());
            let row: Vec<Cell> = labels.chain([Cell::Text((*name).to_owned())]).chain(cells).collect();
            charge(answer, &row)?;
            rows.push(row);
        }
    }
    let labels = group_columns(answer).chain([Column::new("column", of_correlations::COLUMN)]);
    let is_taken = |name: &str| name == "column" || group_columns(answer).any(|group| group.name == name);
    let across = names.iter().map(|name| {
        let heading = if is_taken(name) { format!("r_{name}") } else { (*name).to_owned() };
        Column::new(heading, *name)
    });
    let table = Table {
        name: "correlations".into(),
        heading: of_correlations::MATRIX.into(),
        columns: labels.chain(across).collect(),
        labels: answer.group_by.len() + 1,
        rows,
        remarks: vec![of_correlations::IN_BOTH_COLUMNS.to_owned()],
        ..Table::default()
    };
    Ok(Table { totals: totals(&table), ..table })
}

/// Builds the table with a row for each coefficient of each pair of columns in each group, for people.
///
/// # Errors
/// More memory or time than the task may take.
pub(super) fn list(answer: &Answer) -> Result<Table, InputError> {
    let columns = of_correlations::LABELS.map(|(name, label)| Column::new(name, label));
    let [a, b, figures @ ..] = columns;
    let mut rows = Vec::new();
    for pair in &answer.correlations {
        for (name, coefficient) in of_correlations::COEFFICIENTS.into_iter().zip(coefficients(pair)) {
            let row: Vec<Cell> = labels(answer, pair)
                .chain([Cell::Text(name.to_owned()), nobs(pair)])
                .chain(coefficient_cells(pair, coefficient))
                .collect();
            charge(answer, &row)?;
            rows.push(row);
        }
    }
    let table = Table {
        name: "correlation_list".into(),
        heading: of_correlations::LIST.into(),
        columns: [a, b].into_iter().chain(group_columns(answer)).chain(figures).collect(),
        // With the name of the coefficient.
        labels: 3 + answer.group_by.len(),
        rows,
        remarks: vec![of_correlations::METHODS.to_owned()],
        is_detail: true,
        ..Table::default()
    };
    Ok(Table { totals: totals(&table), ..table })
}

/// Builds the table with a row for each pair of columns in each group, for programs.
///
/// # Errors
/// More memory or time than the task may take.
pub(super) fn flat(answer: &Answer) -> Result<Table, InputError> {
    let [a, b, figures @ ..] = NAMES.map(|name| Column::new(name, name));
    let mut rows = Vec::new();
    for pair in &answer.correlations {
        let figures = coefficients(pair).into_iter().flat_map(|coefficient| coefficient_cells(pair, coefficient));
        let row: Vec<Cell> = labels(answer, pair).chain([nobs(pair)]).chain(figures).collect();
        charge(answer, &row)?;
        rows.push(row);
    }
    Ok(Table {
        name: "correlations".into(),
        columns: [a, b].into_iter().chain(group_columns(answer)).chain(figures).collect(),
        labels: 2 + answer.group_by.len(),
        rows,
        ..Table::default()
    })
}

/// Cells that identify a pair of columns in a group.
fn labels<'a>(answer: &'a Answer, pair: &'a PairCorrelation) -> impl Iterator<Item = Cell> {
    pair.columns.map(|name| Cell::Text(name.to_owned())).into_iter().chain(group_cells(answer, pair.group.as_ref()))
}

fn nobs(pair: &PairCorrelation) -> Cell {
    pair.correlation.nobs.map_or(Cell::Withheld, Cell::Count)
}

fn coefficients<'a>(pair: &'a PairCorrelation<'_>) -> [&'a Result<Coefficient, Undefined>; 3] {
    [&pair.correlation.pearson, &pair.correlation.spearman, &pair.correlation.kendall]
}

/// Columns of the values of a group. None has the name of another column.
fn group_columns(answer: &Answer) -> impl Iterator<Item = Column> {
    let others = || NAMES.into_iter().chain(of_correlations::LABELS.map(|(name, _)| name));
    answer.group_by.iter().map(move |name| {
        let is_taken = others().any(|other| other == name);
        Column::new(if is_taken { format!("group_{name}") } else { heading(name) }, name.as_str())
    })
}

fn group_cells(answer: &Answer, group: Option<&Group>) -> impl Iterator<Item = Cell> {
    answer.group_by.iter().map(move |name| {
        let bound = group.into_iter().flatten().find(|(column, _)| column == name);
        bound.map_or(Cell::All, |(_, value)| value.map_or(Cell::Empty, |value| Cell::Text(value.to_owned())))
    })
}

fn value_cell(pair: &PairCorrelation, coefficient: &Result<Coefficient, Undefined>) -> Cell {
    let value = coefficient.as_ref().map_err(|why| *why).and_then(|coefficient| coefficient.value);
    figure_cell(value, places(pair))
}

/// Decimal places of coefficients and their intervals.
fn places(pair: &PairCorrelation) -> Option<u32> {
    pair.precision.decimals(FigureName::Correlation).or(COEFFICIENT_DECIMALS)
}

/// A coefficient, the limits of its interval, and its p-value.
fn coefficient_cells(pair: &PairCorrelation, coefficient: &Result<Coefficient, Undefined>) -> [Cell; 4] {
    let limits =
        |ci: &Result<Interval, Undefined>| ci.as_ref().map_or_else(|why| [Err(*why); 2], |ci| [ci.low, ci.high]);
    let ([low, high], p) = match coefficient {
        Ok(Coefficient { ci, p, .. }) => (limits(ci), *p),
        Err(why) => ([Err(*why); 2], Err(*why)),
    };
    let p = match (p, pair.precision.decimals(ComparisonStatistic::P)) {
        (Ok(p), None) => Cell::Probability(p),
        (p, places) => figure_cell(p, places),
    };
    [value_cell(pair, coefficient), figure_cell(low, places(pair)), figure_cell(high, places(pair)), p]
}
