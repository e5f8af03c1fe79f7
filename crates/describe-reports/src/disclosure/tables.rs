//! The counts that stand in tables, and how all counts of an answer hang together: sums that a reader knows.

use std::collections::HashMap;

use super::secondary_suppression::{Audit, RECORDS, ROW, State};
use crate::answer::Described;
use describe::{Count, Figure, Statistic, Value};

/// The rows of a figure's table.
pub(super) struct Rows {
    pub(super) kind: Table,
    pub(super) counts: Vec<u64>,
    /// What tells a row from others: the same for the same row of another group.
    pub(super) keys: Vec<u64>,
}

/// A table of counts; those that cut all values into parts in the order in which one of them is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Table {
    Boundaries,
    Frequencies,
    Histogram,
    Outliers,
    Mode,
    Missing,
}

impl Table {
    /// Whether its rows are parts of all values.
    pub(super) fn cuts(self) -> bool {
        self < Self::Outliers
    }
}

impl Rows {
    /// The table of a figure that has one.
    pub(super) fn of(statistic: Statistic, value: &Value) -> Option<Self> {
        let known = |count: &Count| count.unwrap_or(0);
        let numbered = |kind, counts: Vec<u64>| Self { kind, keys: (0..counts.len() as u64).collect(), counts };
        let bits = |figure: &Figure| figure.map_or(0, f64::to_bits);
        Some(match value {
            Value::Boundaries(rows) => numbered(Table::Boundaries, rows.iter().map(|row| known(&row.count)).collect()),
            Value::Frequencies(rows) => Self {
                kind: Table::Frequencies,
                counts: rows.iter().map(|row| known(&row.count)).collect(),
                keys: rows.iter().map(|row| bits(&row.value)).collect(),
            },
            Value::Histogram(histogram) => numbered(Table::Histogram, histogram.counts.iter().map(known).collect()),
            Value::Outliers(outliers) => {
                numbered(Table::Outliers, vec![known(&outliers.below), known(&outliers.above)])
            }
            Value::Mode(mode) => {
                let keys = vec![mode.values.first().map_or(0, bits)];
                Self { kind: Table::Mode, counts: vec![known(&mode.count)], keys }
            }
            Value::Count(count) if statistic == Statistic::Missing => numbered(Table::Missing, vec![known(count)]),
            _ => return None,
        })
    }
}

/// The tables of one result, each with the variables of its rows.
#[derive(Default)]
pub(super) struct Tables(pub(super) Vec<(Rows, Vec<usize>)>);

/// By table, the variable of each row by its key.
pub(super) type Cells = HashMap<(Table, u64), usize>;

impl Tables {
    /// Says how rows hang together: those of a table are the parts of all values. Where there are several such tables none
    /// of their rows is withheld.
    pub(super) fn relate(&self, audit: &mut Audit, nobs: usize, count: u64) -> Cells {
        let mut cells = Cells::new();
        for (rows, variables) in self.0.iter().filter(|(rows, _)| rows.kind.cuts()) {
            cells.extend(rows.keys.iter().zip(variables).map(|(key, variable)| ((rows.kind, *key), *variable)));
            let rest = count.saturating_sub(rows.counts.iter().sum());
            let rest = (rest > 0).then(|| audit.add(rest, State::Latent, ROW));
            audit.relate(nobs, &variables.iter().copied().chain(rest).collect::<Vec<_>>());
        }
        for (rows, variables) in &self.0 {
            match rows.kind {
                Table::Mode => {
                    if let Some(row) = cells.get(&(Table::Frequencies, rows.keys[0])) {
                        audit.relate(variables[0], &[*row]);
                    }
                }
                // Its fences cut the values elsewhere than the other table.
                Table::Outliers if !cells.is_empty() => variables.iter().for_each(|variable| audit.hold(*variable)),
                Table::Outliers => {
                    let inside = audit.add(count.saturating_sub(rows.counts.iter().sum()), State::Latent, ROW);
                    audit.relate(nobs, &[variables[0], variables[1], inside]);
                }
                _ => {}
            }
        }
        cells
    }
}

/// The results by column and group, and how they hang together.
#[derive(Default)]
pub(super) struct Columns<'a> {
    place: HashMap<Option<&'a str>, usize>,
    /// By column: the results of its groups, and those over all groups.
    groups: Vec<Vec<One>>,
    wholes: Vec<Vec<One>>,
    /// The groups, each with the parts of its rows in every column.
    records: Vec<Vec<Vec<usize>>>,
    record: HashMap<Vec<Option<&'a str>>, usize>,
}

/// What of one result hangs together with others.
struct One {
    /// Numbers, missing, absent, invalid.
    parts: Vec<usize>,
    cells: Cells,
}

impl<'a> Columns<'a> {
    pub(super) fn add(&mut self, result: &Described<'a>, parts: Vec<usize>, cells: Cells) {
        let next = self.groups.len();
        let column = *self.place.entry(result.column).or_insert(next);
        if column == next {
            self.groups.push(Vec::new());
            self.wholes.push(Vec::new());
        }
        if result.group.as_ref().is_some_and(Vec::is_empty) {
            self.wholes[column].push(One { parts, cells });
            return;
        }
        let group: Vec<Option<&str>> = result.group.iter().flatten().map(|(_, value)| *value).collect();
        let next = self.records.len();
        let record = *self.record.entry(group).or_insert(next);
        if record == next {
            self.records.push(Vec::new());
        }
        self.records[record].push(parts.clone());
        self.groups[column].push(One { parts, cells });
    }

    /// Groups make the whole, and the parts of every column the same rows.
    pub(super) fn relate(&self, audit: &mut Audit, rows: Option<usize>) {
        let mut records = Vec::with_capacity(self.records.len());
        for columns in &self.records {
            let record = audit.add(columns.first().map_or(0, |parts| audit.sum(parts)), State::Latent, RECORDS);
            for parts in columns {
                audit.relate(record, parts);
            }
            records.push(record);
        }
        if let Some(rows) = rows {
            audit.relate(rows, &records);
        }
        for (groups, wholes) in self.groups.iter().zip(&self.wholes) {
            for whole in wholes {
                if let Some(rows) = rows {
                    audit.relate(rows, &whole.parts);
                }
                for (place, part) in whole.parts.iter().enumerate() {
                    let parts: Vec<usize> = groups.iter().filter_map(|group| group.parts.get(place).copied()).collect();
                    audit.relate(*part, &parts);
                }
                let mut cells: Vec<_> = whole.cells.iter().collect();
                cells.sort_unstable();
                for (key, row) in cells {
                    let rows: Vec<usize> = groups.iter().filter_map(|group| group.cells.get(key).copied()).collect();
                    audit.relate(*row, &rows);
                }
            }
        }
    }
}
