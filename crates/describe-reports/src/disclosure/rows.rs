//! Rows of the tables of a result, written as they may be shown.

use super::secondary_suppression::CountVisibility;
use crate::answer::{Described, MemberPath, Reason};
use crate::count_display::CountDisplay;
use describe::{Boundary, Category, Count, Figure, Frequency, Mark, Undefined, Value};

/// Rules by which the counts of one table are written.
struct TableWriter<'a> {
    display: CountDisplay,
    /// Whether the number of values is shown. Otherwise a percentage beside its rounded count would reveal it.
    total_is_shown: bool,
    visibilities: &'a [CountVisibility],
    withheld: Vec<(MemberPath, Reason)>,
}

/// Row of a table with cumulative counts.
struct CumulativeRow<'r> {
    path: MemberPath,
    /// Count of the row, and of all rows up to it.
    counts: [&'r mut Count; 2],
    percentages: [&'r mut Figure; 2],
}

/// Writes the counts of a table as they may be shown, and the percentages that are based on them.
pub(super) fn write_table(
    result: &mut Described,
    figure: usize,
    visibilities: &[CountVisibility],
    display: CountDisplay,
    withholds_statistics: bool,
) {
    let mut writer = TableWriter { display, total_is_shown: result.nobs.is_some(), visibilities, withheld: Vec::new() };
    let (statistic, value) = &mut result.figures[figure];
    match value {
        Value::Histogram(histogram) => {
            for (row, count) in histogram.counts.iter_mut().enumerate() {
                *count = writer.shown(row, *count, || MemberPath::Bin(row));
            }
        }
        Value::Boundaries(rows) => writer.write_boundaries(rows),
        Value::Categories(rows) => writer.write_categories(rows),
        Value::Frequencies(rows) => {
            if withholds_statistics {
                hide_extremes(rows, display.threshold, |row| row.count, |row| &mut row.value);
            }
            writer.write_frequencies(rows);
        }
        Value::MarkTable(rows) => {
            if withholds_statistics {
                hide_extremes(rows, display.threshold, |row| row.count, |row| &mut row.mark);
                writer.hide_scores(rows);
            }
            writer.write_marks(rows);
        }
        Value::Outliers(outliers) => {
            outliers.below = writer.shown(0, outliers.below, || MemberPath::OutliersBelow);
            outliers.above = writer.shown(1, outliers.above, || MemberPath::OutliersAbove);
        }
        Value::Mode(mode) => {
            if display.withheld(visibilities[0]).is_some() {
                writer.withheld.push((MemberPath::Statistic(*statistic), Reason::Complement));
                *value = Value::Undefined(Undefined::Withheld);
            } else if withholds_statistics && !writer.total_is_shown {
                // There are at least as many values as modes times their count.
                writer.withheld.push((MemberPath::Statistic(*statistic), Reason::Complement));
                (mode.count, mode.total) = (None, None);
            } else {
                mode.count = writer.shown(0, mode.count, || MemberPath::Statistic(*statistic));
            }
        }
        Value::Count(count) => *count = writer.shown(0, *count, || MemberPath::Statistic(*statistic)),
        Value::Number(_)
        | Value::Pair(_)
        | Value::List(_)
        | Value::Quantiles(_)
        | Value::PercentileRanks(_)
        | Value::Interval(_)
        | Value::Test(_)
        | Value::Undefined(_) => {}
    }
    for (member, reason) in writer.withheld {
        result.withheld.add(member, reason);
    }
}

impl TableWriter<'_> {
    /// The count of a row as it is shown; if it is withheld, adds the reason.
    fn shown(&mut self, row: usize, count: Count, member: impl FnOnce() -> MemberPath) -> Count {
        match self.display.withheld(self.visibilities[row]) {
            Some(reason) => {
                self.withheld.push((member(), reason));
                None
            }
            None => count.map(|count| self.display.rounded(count)),
        }
    }

    fn write_boundaries(&mut self, rows: &mut [Boundary]) {
        self.write_cumulative(rows.iter_mut().map(|row| CumulativeRow {
            path: MemberPath::Grade(row.grade.clone()),
            counts: [&mut row.count, &mut row.cumulative_count],
            percentages: [&mut row.percent, &mut row.cumulative_percent],
        }));
    }

    fn write_categories(&mut self, rows: &mut [Category]) {
        self.write_cumulative(rows.iter_mut().map(|row| CumulativeRow {
            path: MemberPath::Category(row.category.clone()),
            counts: [&mut row.count, &mut row.cumulative_count],
            percentages: [&mut row.percent, &mut row.cumulative_percent],
        }));
    }

    fn write_cumulative<'r>(&mut self, rows: impl Iterator<Item = CumulativeRow<'r>>) {
        let mut includes_withheld = false;
        for (place, row) in rows.enumerate() {
            let CumulativeRow { path, counts: [count, cumulative_count], percentages: [percent, cumulative_percent] } =
                row;
            *count = self.shown(place, *count, || path);
            includes_withheld |= count.is_none();
            if count.is_none() || !self.total_is_shown {
                *percent = Err(Undefined::Withheld);
            }
            // A small cumulative count includes a small one, which is withheld.
            *cumulative_count =
                cumulative_count.map(|count| self.display.rounded(count)).filter(|_| !includes_withheld);
            if includes_withheld || !self.total_is_shown {
                *cumulative_percent = Err(Undefined::Withheld);
            }
        }
    }

    fn write_frequencies(&mut self, rows: &mut [Frequency]) {
        let mut includes_withheld = false;
        for (place, row) in rows.iter_mut().enumerate() {
            row.count = self.shown(place, row.count, || MemberPath::Frequency(place));
            includes_withheld |= row.count.is_none();
            if row.count.is_none() || !self.total_is_shown {
                row.percent = Err(Undefined::Withheld);
            }
            if includes_withheld || !self.total_is_shown {
                row.cumulative_percent = Err(Undefined::Withheld);
            }
        }
    }
}

impl TableWriter<'_> {
    /// Withholds the scores of a mark table: from several of them mean and standard deviation could be calculated more exactly than
    /// they are published, and from these the number of values.
    fn hide_scores(&mut self, rows: &mut [Mark]) {
        for row in rows {
            (row.z_score, row.t_score) = (Err(Undefined::Withheld), Err(Undefined::Withheld));
        }
        let scores = ["z_score", "t_score"].map(|score| (MemberPath::Score(score), Reason::RevealsCount));
        self.withheld.extend(scores);
    }

    fn write_marks(&mut self, rows: &mut [Mark]) {
        let mut includes_withheld = false;
        for (place, row) in rows.iter_mut().enumerate() {
            row.count = self.shown(place, row.count, || MemberPath::Mark(place));
            includes_withheld |= row.count.is_none();
            if row.count.is_none() || !self.total_is_shown {
                row.percent = Err(Undefined::Withheld);
            }
            if includes_withheld || !self.total_is_shown {
                (row.cumulative_percent, row.percentile_rank) = (Err(Undefined::Withheld), Err(Undefined::Withheld));
                row.stanine = None;
            }
            if row.mark.is_err()
                && let Some(grade) = &mut row.grade
            {
                *grade = None;
            }
        }
    }
}

/// Withholds the values at both ends at or beyond which fewer numbers than the threshold lie.
fn hide_extremes<R>(rows: &mut [R], threshold: u64, count: fn(&R) -> Count, value: fn(&mut R) -> &mut Figure) {
    let hidden = |counts: &mut dyn Iterator<Item = u64>| {
        let mut beyond = 0;
        counts
            .take_while(|count| {
                beyond += count;
                beyond < threshold
            })
            .count()
    };
    let count = |row: &R| count(row).unwrap_or(0);
    let low = hidden(&mut rows.iter().map(count));
    let high = hidden(&mut rows.iter().rev().map(count));
    let length = rows.len();
    let (starts, ends) = (0..low, length.saturating_sub(high)..length);
    for place in starts.chain(ends) {
        *value(&mut rows[place]) = Err(Undefined::Withheld);
    }
}
