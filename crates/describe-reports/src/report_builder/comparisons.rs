//! Tables of compared groups: differences of means, equated marks, changes of categories, predicted outcomes, tests of homogeneity.

use super::labels::labelled;
use super::tables::{PERCENT_DECIMALS, SCORE_DECIMALS, change_cell, figure_cell, row_count};
use crate::answer::{CategoryComparison, Comparison, Group, GroupEquating, GroupPrediction, HomogeneityTest};
use crate::report::{Cell, Table};
use crate::words;
use describe::{
    ComparisonStatistic, Count, Difference, EquatedMark, Interval, PredictedCategory, Statistic, Undefined,
};

/// Decimal places of equated marks that have none of their own.
const EQUIVALENT_DECIMALS: Option<u32> = Some(2);

/// Decimal places of a line that has none of its own: with these a mark of 100 is right to two.
const LINE_DECIMALS: Option<u32> = Some(4);

/// Builds the table of compared groups. The decimal places of its numbers are to be settled.
pub(super) fn compared(comparisons: &[Comparison]) -> Table {
    let labels = ["column", "a", "b"];
    let figures = ["difference", "ci_low", "ci_high", "se", "cohens_d", "variance_ratio", "t", "df", "p"];
    let columns = labels.into_iter().chain(figures).map(labelled);
    let row = |comparison: &Comparison| {
        let Difference { difference, se, ci, cohens_d, variance_ratio, t, df, p } = &comparison.difference;
        let [low, high] = ci.as_ref().map_or_else(|why| [Err(*why); 2], |ci| [ci.low, ci.high]);
        let groups = comparison.groups.each_ref().map(compared_group);
        let places = |statistic| comparison.precision.decimals(statistic);
        let of_difference = places(ComparisonStatistic::Difference);
        let of_interval = places(ComparisonStatistic::ConfidenceInterval);
        let changes = [(*difference, of_difference), (low, of_interval), (high, of_interval)];
        let changes = changes.map(|(figure, places)| change_cell(figure, places));
        let figures = [
            (*se, ComparisonStatistic::StandardError),
            (*cohens_d, ComparisonStatistic::CohensD),
            (*variance_ratio, ComparisonStatistic::VarianceRatio),
            (*t, ComparisonStatistic::T),
            (*df, ComparisonStatistic::DegreesOfFreedom),
        ];
        let figures = figures.map(|(figure, statistic)| figure_cell(figure, places(statistic)));
        let p = match (p, places(ComparisonStatistic::P)) {
            (Ok(p), None) => Cell::Probability(*p),
            (p, places) => figure_cell(*p, places),
        };
        let label = std::iter::once(Cell::Text(comparison.column.to_owned()));
        label.chain(groups).chain(changes).chain(figures).chain([p]).collect()
    };
    Table {
        name: "comparisons".into(),
        heading: words::COMPARISONS.into(),
        columns: columns.collect(),
        labels: labels.len(),
        rows: comparisons.iter().map(row).collect(),
        ..Table::default()
    }
}

/// The values of a compared group.
fn compared_group(group: &Group) -> Cell {
    let values = group.iter().map(|(_, value)| value.unwrap_or(words::EMPTY));
    Cell::Text(values.collect::<Vec<_>>().join(", "))
}

/// The column and groups of a row.
fn compared_pair(column: &str, groups: &[Group; 2]) -> Vec<Cell> {
    std::iter::once(Cell::Text(column.to_owned())).chain(groups.iter().map(compared_group)).collect()
}

/// Builds the table of equated marks. The decimal places of its numbers are to be settled.
pub(super) fn equated_marks(equated: &[GroupEquating]) -> Table {
    let labels = ["column", "a", "b"];
    let figures = ["mark", "linear", "linear_se", "equipercentile", "equipercentile_se"];
    let mut rows = Vec::new();
    for GroupEquating { column, groups, equating, precision, .. } in equated {
        let places = |statistic| precision.decimals(statistic);
        let values = places(ComparisonStatistic::Difference).or(EQUIVALENT_DECIMALS);
        let errors = places(ComparisonStatistic::StandardError).or(EQUIVALENT_DECIMALS);
        // Of a pair without equated marks the reason is told by one row.
        let none = equating.marks.as_ref().err().map(|why| EquatedMark::undefined(*why));
        for mark in equating.marks.iter().flatten().chain(&none) {
            let mut row = compared_pair(column, groups);
            row.push(figure_cell(mark.mark, places(ComparisonStatistic::Difference)));
            row.push(figure_cell(mark.linear, values));
            row.push(figure_cell(mark.linear_se, errors));
            row.push(figure_cell(mark.equipercentile, values));
            row.push(figure_cell(mark.equipercentile_se, errors));
            rows.push(row);
        }
    }
    Table {
        name: "equating".into(),
        heading: words::EQUATING.into(),
        columns: labels.into_iter().chain(figures).map(labelled).collect(),
        labels: labels.len(),
        rows,
        ..Table::default()
    }
}

/// Builds the table of the lines of linear equating. The decimal places of its numbers are to be settled.
pub(super) fn equating_lines(equated: &[GroupEquating]) -> Table {
    let (labels, figures) = (["column", "a", "b"], ["slope", "intercept", "step"]);
    let row = |GroupEquating { column, groups, equating, precision, .. }: &GroupEquating| {
        let places = precision.decimals(ComparisonStatistic::Difference);
        let mut row = compared_pair(column, groups);
        row.extend([equating.slope, equating.intercept].map(|figure| figure_cell(figure, places.or(LINE_DECIMALS))));
        row.push(figure_cell(equating.step, places));
        row
    };
    Table {
        name: "equating_lines".into(),
        heading: words::EQUATING_LINES.into(),
        columns: labels.into_iter().chain(figures).map(labelled).collect(),
        labels: labels.len(),
        rows: equated.iter().map(row).collect(),
        ..Table::default()
    }
}

/// Builds the table of the changes of categories. The decimal places of its numbers are to be settled.
pub(super) fn category_changes(changes: &[CategoryComparison]) -> Table {
    let labels = ["column", "a", "b", "category"];
    let figures = ["change", "change_low", "change_high", "cumulative_change", "cumulative_low", "cumulative_high"];
    let mut rows = Vec::new();
    for CategoryComparison { column, groups, changes, precision, .. } in changes {
        let places = precision.percentage_decimals(Statistic::Categories).or(PERCENT_DECIMALS);
        let limits = |ci: &Result<Interval, Undefined>| {
            let limits = ci.as_ref().map_or_else(|why| [Err(*why); 2], |ci| [ci.low, ci.high]);
            limits.map(|limit| change_cell(limit, places))
        };
        for change in changes.iter().flatten() {
            let mut row = compared_pair(column, groups);
            row.push(Cell::Text(change.category.clone()));
            row.push(change_cell(change.change, places));
            row.extend(limits(&change.ci));
            row.push(change_cell(change.cumulative_change, places));
            row.extend(limits(&change.cumulative_ci));
            rows.push(row);
        }
    }
    Table {
        name: "changes".into(),
        heading: words::CATEGORY_CHANGES.into(),
        columns: labels.into_iter().chain(figures).map(labelled).collect(),
        labels: labels.len(),
        rows,
        ..Table::default()
    }
}

/// Builds the table of predicted outcomes.
pub(super) fn predictions(predicted: &[GroupPrediction]) -> Table {
    let labels = ["column", "a", "b", "category"];
    let figures = [
        "nobs",
        "unmatched",
        "predicted",
        "actual",
        "difference",
        "cumulative_predicted",
        "cumulative_actual",
        "cumulative_difference",
    ];
    let mut rows = Vec::new();
    for GroupPrediction { column, groups, prediction, precision, .. } in predicted {
        let places = precision.percentage_decimals(Statistic::Categories).or(PERCENT_DECIMALS);
        let why = prediction.categories.as_ref().err().map_or(Ok(0.0), |why| Err(*why));
        let count = |count: Count| row_count(count, why, Cell::Withheld);
        // Of a pair without predicted outcomes the reason is told by one row.
        let none = prediction.categories.as_ref().err().map(|why| PredictedCategory::undefined(*why));
        for row in prediction.categories.iter().flatten().chain(&none) {
            let category = if row.category.is_empty() { Cell::Empty } else { Cell::Text(row.category.clone()) };
            let mut cells = compared_pair(column, groups);
            cells.extend([category, count(prediction.nobs), count(prediction.unmatched)]);
            let parts = [
                (row.predicted, row.actual, row.difference),
                (row.cumulative_predicted, row.cumulative_actual, row.cumulative_difference),
            ];
            for (predicted, actual, difference) in parts {
                cells.extend([predicted, actual].map(|figure| figure_cell(figure, places)));
                cells.push(change_cell(difference, places));
            }
            rows.push(cells);
        }
    }
    Table {
        name: "predictions".into(),
        heading: words::PREDICTIONS.into(),
        columns: labels.into_iter().chain(figures).map(labelled).collect(),
        labels: labels.len(),
        rows,
        ..Table::default()
    }
}

/// Builds the table of the tests of homogeneity. The decimal places of its numbers are to be settled.
pub(super) fn homogeneity(tests: &[HomogeneityTest]) -> Table {
    let has_few = tests.iter().any(|test| test.test.least_expected.is_ok_and(|least| least < 5.0));
    let figures = ["groups", "categories", "chi_squared", "df", "p", "least_expected"];
    let row = |HomogeneityTest { column, test, precision, .. }: &HomogeneityTest| {
        let places = precision.decimals(Statistic::Categories);
        let p = match (test.p, places) {
            (Ok(p), None) => Cell::Probability(p),
            (p, places) => figure_cell(p, places),
        };
        let count = |count: Count| row_count(count, test.statistic, Cell::Withheld);
        vec![
            Cell::Text((*column).to_owned()),
            count(test.groups),
            count(test.categories),
            figure_cell(test.statistic, places.or(SCORE_DECIMALS)),
            count(test.df),
            p,
            figure_cell(test.least_expected, places.or(PERCENT_DECIMALS)),
        ]
    };
    Table {
        name: "homogeneity".into(),
        heading: words::HOMOGENEITY.into(),
        columns: std::iter::once("column").chain(figures).map(labelled).collect(),
        labels: 1,
        rows: tests.iter().map(row).collect(),
        remarks: has_few.then(|| words::FEW_EXPECTED.to_owned()).into_iter().collect(),
        ..Table::default()
    }
}
