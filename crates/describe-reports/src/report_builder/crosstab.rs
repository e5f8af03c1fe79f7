//! Crosstabs: the values of one group column across, and a table for each statistic.
//!
//! Input: a list with a row for each result. Output: a table for each of its columns of figures. A result over all values of a
//! column is a total at the end of its row or column.

use std::collections::{HashMap, HashSet};

use super::labels::{heading, is_years, values};
use super::tables::{CELL_BYTES, UNSETTLED, change_cell};
use crate::answer::{Answer, Comparison, Group};
use crate::report::{Cell, Column, Table, short};
use crate::words::{self, NO_VALUE};
use describe::{ComparisonStatistic, Number};
use describe_options::{InputError, Layout, Options};
use describe_readers::sort_group_values;

/// Maximum number of values that go across unless a crosstab was asked for.
const MAX_ACROSS: usize = 12;

/// The group column whose values go across; `None` for a list. A table with labels of its own needs only one group column.
pub(super) fn across<'a>(answer: &Answer<'a>, options: &Options, has_labels: bool) -> Option<&'a str> {
    let columns: &'a [String] = answer.group_by;
    if options.layout == Some(Layout::List) || columns.len() < if has_labels { 1 } else { 2 } {
        return None;
    }
    let beside_rows = |column: &&String| columns.len() == 2 && Some(*column) != options.rows.as_ref();
    let named = columns.iter().find(|column| Some(*column) == options.columns.as_ref());
    let beside = options.rows.as_ref().and_then(|_| columns.iter().find(beside_rows));
    let column = named.or(beside).or(columns.last())?.as_str();
    let is_few = || values(answer, column, MAX_ACROSS).len() <= MAX_ACROSS;
    (options.layout == Some(Layout::Crosstab) || is_few()).then_some(column)
}

/// Label of a row or of a column of figures.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Label<'a> {
    Value(Option<&'a str>),
    All,
}

impl<'a> Label<'a> {
    fn of(cell: &'a Cell) -> Self {
        match cell {
            Cell::Text(text) => Self::Value(Some(text)),
            Cell::All => Self::All,
            _ => Self::Value(None),
        }
    }

    fn shown(self) -> String {
        match self {
            Self::Value(Some(value)) => value.to_owned(),
            Self::Value(None) => NO_VALUE.to_owned(),
            Self::All => words::ALL.to_owned(),
        }
    }
}

/// A list whose labels were divided into those of rows and those that go across.
pub(super) struct Crosstab<'l> {
    list: &'l Table,
    /// Columns of the list that label rows.
    labels: Vec<usize>,
    /// A row of the list for each row, with its labels.
    rows: Vec<usize>,
    totals: usize,
    across: Vec<Label<'l>>,
    /// Rows of the list by row and by label across.
    cells: HashMap<(usize, Label<'l>), usize>,
}

impl<'l> Crosstab<'l> {
    /// Divides the labels of a list; the one in the column `across` goes across, its values in the order of groups.
    pub(super) fn new(list: &'l Table, across: &str) -> Option<Self> {
        let across = list.columns[..list.labels].iter().position(|column| column.name == heading(across))?;
        Some(Self::at(list, across, true))
    }

    /// Divides the labels of a list; the last one goes across, its values in their order in the list.
    pub(super) fn of_last(list: &'l Table) -> Option<Self> {
        Some(Self::at(list, list.labels.checked_sub(1)?, false))
    }

    fn at(list: &'l Table, across: usize, is_sorted: bool) -> Self {
        let labels: Vec<usize> = (0..list.labels).filter(|label| *label != across).collect();
        let mut keys: HashMap<Vec<Label>, usize> = HashMap::new();
        let (mut plain, mut totals): (Vec<usize>, Vec<usize>) = Default::default();
        let (mut values, mut seen, mut has_all) = (Vec::new(), HashSet::new(), false);
        let mut by_first: HashMap<(usize, Label), usize> = HashMap::new();
        for (place, cells) in list.rows.iter().enumerate() {
            let key: Vec<Label> = labels.iter().map(|label| Label::of(&cells[*label])).collect();
            let is_total = key.contains(&Label::All);
            let first = *keys.entry(key).or_insert_with(|| {
                let kind = if is_total { &mut totals } else { &mut plain };
                kind.push(place);
                place
            });
            let label = Label::of(&cells[across]);
            match label {
                Label::Value(value) => values.extend(seen.insert(value).then_some(value)),
                Label::All => has_all = true,
            }
            by_first.insert((first, label), place);
        }
        if is_sorted {
            sort_group_values(&mut values);
        }
        let across = values.into_iter().map(Label::Value).chain(has_all.then_some(Label::All)).collect();
        let count = totals.len();
        plain.extend(totals);
        Self { list, labels, rows: plain, totals: count, across, cells: by_first }
    }

    /// Columns of figures, those of these names first.
    pub(super) fn figures(&self, first: &[&str]) -> Vec<usize> {
        let mut figures: Vec<usize> = (self.list.labels..self.list.columns.len()).collect();
        let rank = |figure: &usize| first.iter().position(|name| *name == self.list.columns[*figure].name);
        figures.sort_by_key(|figure| rank(figure).unwrap_or(first.len()));
        figures
    }

    /// The table of one column of figures.
    ///
    /// # Errors
    /// More memory or time than the task may take.
    pub(super) fn table(&self, answer: &Answer, figure: usize) -> Result<Table, InputError> {
        answer.ledger.charge(self.rows.len() * (self.labels.len() + self.across.len()) * CELL_BYTES)?;
        answer.ledger.check()?;
        let column = &self.list.columns[figure];
        let of_label = |label: &usize| self.list.columns[*label].clone();
        let across = self.across.iter().map(|label| Column::new(label.shown(), label.shown()));
        let row = |first: &usize| {
            let labels = self.labels.iter().map(|label| self.list.rows[*first][*label].clone());
            let figures = self.across.iter().map(|label| match self.cells.get(&(*first, *label)) {
                Some(row) => self.list.rows[*row][figure].clone(),
                None => Cell::Empty,
            });
            labels.chain(figures).collect()
        };
        Ok(Table {
            name: column.name.clone(),
            heading: column.label.clone(),
            columns: self.labels.iter().map(of_label).chain(across).collect(),
            labels: self.labels.len(),
            rows: self.rows.iter().map(row).collect(),
            totals: self.totals,
            ..Table::default()
        })
    }

    /// Adds to the table of means the change to the last value across, its interval, and the number of values there.
    pub(super) fn add_changes(&self, table: &mut Table, changes: &Changes, options: &Options, unit: &str) {
        let [last, base] = [changes.last, changes.base];
        let what = match changes.way() {
            Way::Time if is_years([last, base]) => words::CHANGE_SINCE,
            Way::Time => words::CHANGE_FROM,
            Way::Contrast => words::DIFFERENCE_FROM,
        };
        let interval = words::interval(&short(options.wanted.confidence.to_f64() * 100.0));
        let is_sheet = options.output.format().is_workbook();
        let shown = |value: Option<&str>| Label::Value(value).shown();
        table.columns.push(Column::new("change", format!("{what} {}", shown(base))));
        if is_sheet {
            table.columns.push(Column::new("change_low", words::lower_limit(&interval)));
            table.columns.push(Column::new("change_high", words::upper_limit(&interval)));
        } else {
            table.columns.push(Column::new("change_interval", interval));
        }
        table.columns.push(Column::new("candidates", format!("{unit} {}", shown(last))));
        let nobs = self.list.columns.iter().position(|column| column.name == "nobs");
        for (first, row) in self.rows.iter().zip(&mut table.rows) {
            let names = self.labels.iter().map(|label| self.list.columns[*label].label.as_str());
            let labels = self.labels.iter().map(|label| Label::of(&self.list.rows[*first][*label]));
            let bound = names.zip(labels).filter_map(|(name, label)| match label {
                Label::Value(value) => Some((name, value)),
                Label::All => None,
            });
            let found = changes.of.get(&bound.collect::<Group>());
            row.extend(found.map_or_else(
                || vec![Cell::Empty; if is_sheet { 3 } else { 2 }],
                |comparison| change_cells(comparison, is_sheet),
            ));
            let at = self.cells.get(&(*first, Label::Value(last)));
            row.push(at.zip(nobs).map_or(Cell::Empty, |(row, nobs)| self.list.rows[*row][nobs].clone()));
        }
    }
}

/// How two compared values stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Numbers, the later one compared with an earlier one.
    Time,
    /// Names, or an earlier number compared with a later one.
    Contrast,
}

/// Comparisons with the last value of the column across.
pub(super) struct Changes<'c, 'a> {
    pub(super) last: Option<&'a str>,
    pub(super) base: Option<&'a str>,
    /// Comparisons by the group without the column across.
    pub(super) of: HashMap<Group<'a>, &'c Comparison<'a>>,
}

impl<'c, 'a> Changes<'c, 'a> {
    /// Comparisons of a column of the data between the last value across that was compared and the one that most recent values of it were
    /// compared with; `None` if none was compared across.
    pub(super) fn new(comparisons: &'c [Comparison<'a>], column: &str, across: &str) -> Option<Self> {
        let of_column = comparisons.iter().filter(|comparison| comparison.column == column);
        let ends = of_column.filter_map(|comparison| {
            let [a, b] = comparison.groups.each_ref().map(|group| end(group, across));
            let ((a, rest), (b, other)) = (a?, b?);
            (rest == other).then_some((a, b, rest, comparison))
        });
        let ends: Vec<_> = ends.collect();
        let greatest = |values: &mut dyn Iterator<Item = Option<&'a str>>| {
            let mut values: Vec<Option<&str>> = values.collect();
            sort_group_values(&mut values);
            // A group without a value comes last in every order, but is not the latest.
            values.iter().rev().find(|value| value.is_some()).or(values.last()).copied()
        };
        let last = greatest(&mut ends.iter().map(|(a, ..)| *a))?;
        let of_last = ends.iter().filter(|(a, ..)| *a == last);
        let base = greatest(&mut of_last.map(|(_, b, ..)| *b))?;
        let of = ends.into_iter().filter(|(a, b, ..)| *a == last && *b == base);
        Some(Self { last, base, of: of.map(|(_, _, rest, comparison)| (rest, comparison)).collect() })
    }

    /// How the last value and its base are told.
    pub(super) fn way(&self) -> Way {
        let number = |value: Option<&str>| match Number::parse(value?.as_bytes()) {
            Ok(Number::Finite(number)) => Some(number),
            _ => None,
        };
        match (number(self.base), number(self.last)) {
            (Some(base), Some(last)) if base.compare(last).is_lt() => Way::Time,
            _ => Way::Contrast,
        }
    }

    /// Comparison over all other columns.
    pub(super) fn whole(&self) -> Option<&'c Comparison<'a>> {
        self.of.get(&Group::new()).copied()
    }
}

/// Value of the column across in a group, and the rest of the group.
fn end<'a>(group: &Group<'a>, across: &str) -> Option<(Option<&'a str>, Group<'a>)> {
    let (_, value) = group.iter().find(|(name, _)| *name == across)?;
    Some((*value, group.iter().filter(|(name, _)| *name != across).copied().collect()))
}

/// Cells of a change and its interval.
fn change_cells(comparison: &Comparison, is_sheet: bool) -> Vec<Cell> {
    let places = comparison.precision.decimals(ComparisonStatistic::Difference);
    let change = change_cell(comparison.difference.difference, places);
    let limits = comparison.difference.ci.as_ref().map(|ci| [ci.low, ci.high]);
    match limits {
        Ok([low, high]) if is_sheet => vec![change, change_cell(low, places), change_cell(high, places)],
        Ok([Ok(low), Ok(high)]) => vec![change, Cell::Interval([low, high], places.unwrap_or(UNSETTLED))],
        Err(why) if is_sheet => vec![change, change_cell(Err(*why), places), change_cell(Err(*why), places)],
        Ok([Err(why), _] | [_, Err(why)]) | Err(&why) => vec![change, change_cell(Err(why), places)],
    }
}
