//! Tables of counts, and the sums that connect all counts of an answer.
//!
//! Input are the results of an answer; output are the sums that readers know, as input of secondary suppression.

use std::collections::HashMap;

use super::secondary_suppression::{CountVisibility, Priority, SecondarySuppression};
use crate::answer::Described;
use describe::{Count, Figure, Statistic, Value};

/// Counts of a statistic that is a table, or of one that is a single count.
pub(super) struct CountTable {
    pub(super) kind: TableKind,
    pub(super) counts: Vec<u64>,
    /// Identity of each row: the same for the same row of another group.
    pub(super) keys: Vec<u64>,
}

/// Kind of a table. Those that partition all values are first, in the order in which one of them is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum TableKind {
    Boundaries,
    Categories,
    Frequencies,
    MarkTable,
    Histogram,
    Outliers,
    Mode,
    Missing,
}

impl TableKind {
    /// Whether the rows partition all values.
    pub(super) fn is_partition(self) -> bool {
        match self {
            Self::Boundaries | Self::Categories | Self::Frequencies | Self::MarkTable | Self::Histogram => true,
            Self::Outliers | Self::Mode | Self::Missing => false,
        }
    }

    /// Whether percentages beside the counts tell them exactly.
    pub(super) fn has_percentages(self) -> bool {
        match self {
            Self::Boundaries | Self::Categories | Self::Frequencies | Self::MarkTable => true,
            Self::Histogram | Self::Outliers | Self::Mode | Self::Missing => false,
        }
    }
}

impl CountTable {
    /// The counts of a statistic; `None` if it has none.
    pub(super) fn of(statistic: Statistic, value: &Value) -> Option<Self> {
        let known = |count: &Count| count.unwrap_or(0);
        let numbered = |kind, counts: Vec<u64>| Self { kind, keys: (0..counts.len() as u64).collect(), counts };
        let bits = |figure: &Figure| figure.map_or(0, f64::to_bits);
        Some(match value {
            Value::Boundaries(rows) => {
                numbered(TableKind::Boundaries, rows.iter().map(|row| known(&row.count)).collect())
            }
            Value::Frequencies(rows) => Self {
                kind: TableKind::Frequencies,
                counts: rows.iter().map(|row| known(&row.count)).collect(),
                keys: rows.iter().map(|row| bits(&row.value)).collect(),
            },
            Value::Categories(rows) => {
                numbered(TableKind::Categories, rows.iter().map(|row| known(&row.count)).collect())
            }
            Value::MarkTable(rows) => Self {
                kind: TableKind::MarkTable,
                counts: rows.iter().map(|row| known(&row.count)).collect(),
                keys: rows.iter().map(|row| bits(&row.mark)).collect(),
            },
            Value::Histogram(histogram) => numbered(TableKind::Histogram, histogram.counts.iter().map(known).collect()),
            Value::Outliers(outliers) => {
                numbered(TableKind::Outliers, vec![known(&outliers.below), known(&outliers.above)])
            }
            Value::Mode(mode) => {
                let keys = vec![mode.values.first().map_or(0, bits)];
                Self { kind: TableKind::Mode, counts: vec![known(&mode.count)], keys }
            }
            Value::Count(count) => numbered(single_count(statistic)?, vec![known(count)]),
            Value::Number(_)
            | Value::Pair(_)
            | Value::List(_)
            | Value::Quantiles(_)
            | Value::PercentileRanks(_)
            | Value::Interval(_)
            | Value::Test(_)
            | Value::Undefined(_) => return None,
        })
    }
}

/// Kind of a statistic that is a single count; `None` if it does not count records, or is not a single count.
fn single_count(statistic: Statistic) -> Option<TableKind> {
    match statistic {
        Statistic::Missing => Some(TableKind::Missing),
        // The number of distinct values does not count records; the other statistics are not single counts.
        Statistic::Distinct
        | Statistic::Minmax
        | Statistic::Mean
        | Statistic::Variance
        | Statistic::Skewness
        | Statistic::Kurtosis
        | Statistic::Sum
        | Statistic::Std
        | Statistic::Sem
        | Statistic::Cv
        | Statistic::Range
        | Statistic::Median
        | Statistic::Quartiles
        | Statistic::Iqr
        | Statistic::Quantiles
        | Statistic::Deciles
        | Statistic::Mode
        | Statistic::Mad
        | Statistic::TrimmedMean
        | Statistic::WinsorizedMean
        | Statistic::GeometricMean
        | Statistic::HarmonicMean
        | Statistic::CiMean
        | Statistic::JarqueBera
        | Statistic::Outliers
        | Statistic::Facility
        | Statistic::Histogram
        | Statistic::Frequencies
        | Statistic::Boundaries
        | Statistic::MarkTable
        | Statistic::PercentileRanks
        | Statistic::Categories => None,
    }
}

/// Tables of one result, each with the variables of its rows.
#[derive(Default)]
pub(super) struct ResultTables(pub(super) Vec<(CountTable, Vec<usize>)>);

/// Variable of each row, by the kind of its table and its key.
pub(super) type RowVariables = HashMap<(TableKind, u64), usize>;

impl ResultTables {
    /// Adds the sums of the tables: the rows of each partition add up to the number of values.
    pub(super) fn add_sums(&self, suppression: &mut SecondarySuppression, nobs: usize, count: u64) -> RowVariables {
        let mut cells = RowVariables::new();
        for (rows, variables) in self.0.iter().filter(|(rows, _)| rows.kind.is_partition()) {
            cells.extend(rows.keys.iter().zip(variables).map(|(key, variable)| ((rows.kind, *key), *variable)));
            let rest = count.saturating_sub(rows.counts.iter().sum());
            let rest = (rest > 0).then(|| suppression.add(rest, CountVisibility::Unpublished, Priority::Row));
            suppression.add_sum(nobs, &variables.iter().copied().chain(rest).collect::<Vec<_>>());
        }
        for (rows, variables) in &self.0 {
            match rows.kind {
                TableKind::Mode => {
                    for kind in [TableKind::Frequencies, TableKind::MarkTable] {
                        if let Some(row) = cells.get(&(kind, rows.keys[0])) {
                            suppression.add_sum(variables[0], &[*row]);
                        }
                    }
                }
                // The fences partition the values otherwise than the other table, and both together reveal more.
                TableKind::Outliers if !cells.is_empty() => {
                    for variable in variables {
                        suppression.withhold(*variable);
                    }
                }
                TableKind::Outliers => {
                    let inside = suppression.add(
                        count.saturating_sub(rows.counts.iter().sum()),
                        CountVisibility::Unpublished,
                        Priority::Row,
                    );
                    suppression.add_sum(nobs, &[variables[0], variables[1], inside]);
                }
                TableKind::Boundaries
                | TableKind::Categories
                | TableKind::Frequencies
                | TableKind::MarkTable
                | TableKind::Histogram
                | TableKind::Missing => {}
            }
        }
        cells
    }
}

/// Values of group columns: of all in a group, of one in a margin, none over all groups.
type GroupValues<'a> = Vec<(&'a str, Option<&'a str>)>;

/// Variables of all results, by column and group.
pub(super) struct Columns<'a> {
    /// Number of group columns.
    keys: usize,
    place: HashMap<Option<&'a str>, usize>,
    results: Vec<ColumnVariables<'a>>,
    /// By group or margin, the variables that add up to its records, in every column.
    records: Vec<(GroupValues<'a>, Vec<Vec<usize>>)>,
    record: HashMap<GroupValues<'a>, usize>,
}

/// Variables of the results of one column.
#[derive(Default)]
struct ColumnVariables<'a> {
    groups: Vec<ResultVariables<'a>>,
    /// Results over several groups.
    totals: Vec<ResultVariables<'a>>,
}

/// Variables of one result that are in sums with those of others.
struct ResultVariables<'a> {
    group: GroupValues<'a>,
    /// Numbers, missing, absent and invalid cells.
    parts: Vec<usize>,
    cells: RowVariables,
}

impl<'a> Columns<'a> {
    /// No results, of a table with this number of group columns.
    pub(super) fn new(keys: usize) -> Self {
        Self { keys, place: HashMap::new(), results: Vec::new(), records: Vec::new(), record: HashMap::new() }
    }

    /// Adds a result.
    pub(super) fn add(&mut self, result: &Described<'a>, parts: Vec<usize>, cells: RowVariables) {
        let next = self.results.len();
        let column = *self.place.entry(result.column).or_insert(next);
        if column == next {
            self.results.push(ColumnVariables::default());
        }
        let group: GroupValues = result.group.iter().flatten().copied().collect();
        let is_total = self.is_total(&group);
        if !(is_total && group.is_empty()) {
            let next = self.records.len();
            let record = *self.record.entry(group.clone()).or_insert(next);
            if record == next {
                self.records.push((group.clone(), Vec::new()));
            }
            self.records[record].1.push(parts.clone());
        }
        let ColumnVariables { groups, totals } = &mut self.results[column];
        let results = if is_total { totals } else { groups };
        results.push(ResultVariables { group, parts, cells });
    }

    fn is_total(&self, group: &GroupValues) -> bool {
        group.len() < self.keys
    }

    /// Totals that a group is part of, by their only value: `None` over all groups.
    fn totals<'g>(&self, group: &'g GroupValues<'a>) -> impl Iterator<Item = Option<(&'a str, Option<&'a str>)>> + 'g {
        let has_margins = self.keys > 1;
        group.iter().copied().filter(move |_| has_margins).map(Some).chain([None])
    }

    /// Adds the sums across results: groups add up to their totals, and the cells of each column to the records.
    pub(super) fn add_sums(&self, suppression: &mut SecondarySuppression, rows: Option<usize>) {
        let mut members: HashMap<Option<(&str, Option<&str>)>, Vec<usize>> = HashMap::new();
        let mut margins: Vec<(&GroupValues, usize)> = Vec::new();
        for (group, columns) in &self.records {
            let record = suppression.add(
                columns.first().map_or(0, |parts| suppression.total(parts)),
                CountVisibility::Unpublished,
                Priority::Records,
            );
            for parts in columns {
                suppression.add_sum(record, parts);
            }
            if self.is_total(group) {
                margins.push((group, record));
            } else {
                self.totals(group).for_each(|total| members.entry(total).or_default().push(record));
            }
        }
        for (margin, record) in margins {
            suppression.add_sum(record, members.get(&margin.first().copied()).map_or(&[], Vec::as_slice));
        }
        if let Some(rows) = rows {
            suppression.add_sum(rows, members.get(&None).map_or(&[], Vec::as_slice));
            let totals = self.results.iter().flat_map(|column| &column.totals);
            for whole in totals.filter(|total| total.group.is_empty()) {
                suppression.add_sum(rows, &whole.parts);
            }
        }
        self.add_total_sums(suppression);
    }

    /// Adds the sums of groups: those with a value of one of several group columns add up to its margin, all to the result over
    /// all groups.
    pub(super) fn add_total_sums(&self, suppression: &mut SecondarySuppression) {
        for ColumnVariables { groups, totals } in self.results.iter().filter(|column| !column.totals.is_empty()) {
            let mut members: HashMap<Option<(&str, Option<&str>)>, Vec<&ResultVariables>> = HashMap::new();
            for group in groups {
                self.totals(&group.group).for_each(|total| members.entry(total).or_default().push(group));
            }
            for total in totals {
                let groups = members.get(&total.group.first().copied()).map_or(&[][..], Vec::as_slice);
                for (place, part) in total.parts.iter().enumerate() {
                    let parts: Vec<usize> = groups.iter().filter_map(|group| group.parts.get(place).copied()).collect();
                    suppression.add_sum(*part, &parts);
                }
                let mut cells: Vec<_> = total.cells.iter().collect();
                cells.sort_unstable();
                for (key, row) in cells {
                    let rows: Vec<usize> = groups.iter().filter_map(|group| group.cells.get(key).copied()).collect();
                    suppression.add_sum(*row, &rows);
                }
            }
        }
    }
}
