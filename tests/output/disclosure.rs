//! No answer shows a statistic of too few values, and no withheld count can be calculated from one answer.
//!
//! The adversary here shares no code with the service. It reads the answer as anybody could, writes down every sum that it
//! knows of, and searches for other counts that fit them all: for each count that is withheld as fewer than five there must
//! be such counts in which it is another number. Of rows with percentages, and of the number of values beside them, it
//! even knows the true count; and it knows the rules by which statistics are withheld. Beside it, each statistic that is
//! shown is checked against the values themselves.

use std::collections::HashSet;

use describe::Statistic;
use proptest::prelude::*;
use serde_json::Value;

use super::csv;

/// A row: the value of each of two group columns, and the cell of each of two columns.
type Row = ([u8; 2], [u8; 2]);

/// Group of a result: the values of the group columns that have one.
type Group = [Option<u8>; 2];

/// Whether a group, or row, is part of another group.
fn is_in(part: Group, whole: Group) -> bool {
    part.iter().zip(whole).all(|(part, whole)| whole.is_none_or(|whole| *part == Some(whole)))
}

/// Group of a result.
fn group(result: &Value) -> Group {
    ["group", "kind"].map(|name| result["group"][name].as_str().map(|group| group[1..].parse().expect("a number")))
}

/// Marks 0 to 5, then missing, then absent.
fn cell(code: u8) -> String {
    match code {
        0..=5 => code.to_string(),
        6 => String::new(),
        _ => "X".to_owned(),
    }
}

fn table(rows: &[Row]) -> String {
    let lines = rows.iter().map(|([group, kind], [a, b])| format!("g{group},h{kind},{},{}\n", cell(*a), cell(*b)));
    format!("group,kind,a,b\n{}", lines.collect::<String>())
}

/// Knowledge of a count.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    low: i64,
    high: i64,
}

/// Counts and the sums that they must fit: each a list of variables whose first is the sum of the others.
#[derive(Default)]
struct System {
    bounds: Vec<Bounds>,
    truth: Vec<i64>,
    sums: Vec<Vec<usize>>,
    few: Vec<(String, usize)>,
}

const MOST: i64 = 400;

impl System {
    fn variable(&mut self, truth: i64, low: i64, high: i64) -> usize {
        assert!((low..=high).contains(&truth), "{truth} is not from {low} to {high}");
        self.bounds.push(Bounds { low, high });
        self.truth.push(truth);
        self.bounds.len() - 1
    }

    /// A member of the answer, with what is said of why it is withheld.
    fn member(&mut self, name: String, shown: &Value, why: &Value, truth: i64, base: i64, exact: bool) -> usize {
        let why = why.as_str().unwrap_or_default();
        match shown.as_i64() {
            Some(0) => self.variable(truth, 0, 0),
            Some(_) if exact || base == 1 => self.variable(truth, truth, truth),
            Some(shown) => self.variable(truth, (shown - base / 2).max(5), shown + base / 2),
            None if why == "fewer than 5" => {
                let variable = self.variable(truth, 1, 4);
                self.few.push((name, variable));
                variable
            }
            None => {
                assert!(why.contains("withheld"), "{name} is withheld without a reason: {why:?}");
                let variable = self.variable(truth, 1, MOST);
                if truth < 5 {
                    self.few.push((name, variable));
                }
                variable
            }
        }
    }

    /// Narrows the bounds until nothing changes; false when there is nothing left.
    fn narrow(&self, bounds: &mut [Bounds]) -> bool {
        loop {
            let mut changed = false;
            for sum in &self.sums {
                let (whole, parts) = sum.split_first().expect("a whole");
                let low: i64 = parts.iter().map(|part| bounds[*part].low).sum();
                let high: i64 = parts.iter().map(|part| bounds[*part].high).sum();
                changed |= narrow(&mut bounds[*whole], low, high);
                let (whole, low, high) = (bounds[*whole], low, high);
                for part in parts {
                    let Bounds { low: own_low, high: own_high } = bounds[*part];
                    changed |= narrow(&mut bounds[*part], whole.low - (high - own_high), whole.high - (low - own_low));
                }
                if sum.iter().any(|variable| bounds[*variable].low > bounds[*variable].high) {
                    return false;
                }
            }
            if !changed {
                return true;
            }
        }
    }

    /// Counts within the bounds that fit all sums, if some were found within a number of steps. Counts stay as they are, or as near
    /// as their bounds let them, until a sum does not fit: only the counts of such a sum are tried, those nearest to the truth
    /// first. `first` is the sum that is looked at first.
    fn fitting(&self, mut bounds: Vec<Bounds>, first: usize, steps: &mut u32) -> Option<Vec<i64>> {
        if *steps == 0 || !self.narrow(&mut bounds) {
            return None;
        }
        *steps -= 1;
        let nearest = |variable: usize| self.truth[variable].clamp(bounds[variable].low, bounds[variable].high);
        let fits = |sum: &[usize]| nearest(sum[0]) == sum[1..].iter().map(|part| nearest(*part)).sum::<i64>();
        let (before, after) = self.sums.split_at(first);
        let Some(sum) = after.iter().chain(before).find(|sum| !fits(sum)) else {
            return Some((0..bounds.len()).map(nearest).collect());
        };
        let open = sum.iter().filter(|variable| bounds[**variable].low < bounds[**variable].high);
        let next =
            *open.min_by_key(|variable| bounds[**variable].high - bounds[**variable].low).expect("an open count");
        let mut values: Vec<i64> = (bounds[next].low..=bounds[next].high).collect();
        values.sort_by_key(|value| (value - self.truth[next]).abs());
        values.into_iter().find_map(|value| {
            let mut tried = bounds.clone();
            tried[next] = Bounds { low: value, high: value };
            self.fitting(tried, first, steps)
        })
    }

    /// Names of the counts below 5 that can only be what they are.
    fn revealed(&self) -> Vec<&str> {
        let mut bounds = self.bounds.clone();
        assert!(self.narrow(&mut bounds), "the truth does not fit");
        let mut revealed = Vec::new();
        let mut differ = HashSet::new();
        for (name, variable) in &self.few {
            if differ.contains(variable) {
                continue;
            }
            // Counts that are shown to be possible are so for all others, too.
            match self.others(*variable, &bounds) {
                Some(counts) => differ.extend((0..counts.len()).filter(|place| counts[*place] != self.truth[*place])),
                None => revealed.push(name.as_str()),
            }
        }
        revealed
    }

    /// Counts that fit, of which this one is another than it is.
    fn others(&self, variable: usize, bounds: &[Bounds]) -> Option<Vec<i64>> {
        let Bounds { low, high } = bounds[variable];
        let near = low..=high.min(self.truth[variable] + 4);
        let mut others: Vec<i64> = near.filter(|value| *value != self.truth[variable]).collect();
        others.sort_by_key(|value| (value - self.truth[variable]).abs());
        let found = |first, steps| {
            others.iter().find_map(|value| {
                let mut bounds = bounds.to_vec();
                bounds[variable] = Bounds { low: *value, high: *value };
                self.fitting(bounds, first, &mut { steps })
            })
        };
        // Almost always the first search fits in a few steps. One that has gone astray seldom comes back, where another finds its way at
        // once; so before a count is called found, one has begun with each sum.
        let each = || 0..self.sums.len();
        each().find_map(|first| found(first, 300)).or_else(|| each().find_map(|first| found(first, 30_000)))
    }
}

fn narrow(bounds: &mut Bounds, low: i64, high: i64) -> bool {
    let before = (bounds.low, bounds.high);
    bounds.low = bounds.low.max(low);
    bounds.high = bounds.high.min(high);
    before != (bounds.low, bounds.high)
}

/// The cells of one result, as codes.
fn codes(rows: &[Row], group: Group, column: usize) -> Vec<u8> {
    let own = rows.iter().filter(|(of, _)| is_in(of.map(Some), group));
    own.map(|(_, cells)| cells[column]).collect()
}

fn count(codes: &[u8], matches: impl Fn(f64) -> bool) -> i64 {
    let values = codes.iter().filter(|code| **code < 6 && matches(f64::from(**code)));
    i64::try_from(values.count()).expect("few")
}

/// A table of counts of one result: each row with its member, what is shown and the true count.
struct Table<'a> {
    /// Whether percentages reveal the counts.
    exact: bool,
    /// Whether the rows are parts of all values; else there may be others.
    complete: bool,
    rows: Vec<(String, &'a Value, i64)>,
}

/// The tables of counts of a result, in the same order for every group, each with its name.
fn tables<'a>(result: &'a Value, codes: &[u8]) -> Vec<(&'static str, Table<'a>)> {
    let mut tables = Vec::new();
    if let Some(rows) = result["boundaries"].as_array() {
        let mut upper = f64::INFINITY;
        let row = |row: &'a Value| {
            let lower = row["boundary"].as_f64().unwrap_or(f64::NEG_INFINITY);
            let truth = count(codes, |value| lower <= value && value < upper);
            upper = lower;
            (format!("boundaries.{}", row["grade"].as_str().expect("a grade")), &row["count"], truth)
        };
        tables.push(("boundaries", Table { exact: true, complete: true, rows: rows.iter().map(row).collect() }));
    }
    if let Some(rows) = result["categories"].as_array() {
        let row = |row: &'a Value| {
            let category = row["category"].as_str().expect("a text");
            let value: f64 = category.parse().expect("a mark");
            (format!("categories.{category}"), &row["count"], count(codes, |other| other == value))
        };
        tables.push(("categories", Table { exact: true, complete: true, rows: rows.iter().map(row).collect() }));
    }
    if let Some(rows) = result["frequencies"].as_array() {
        let values = (0..6).map(f64::from).filter(|value| count(codes, |other| other == *value) > 0);
        let row = |(place, (row, value)): (usize, (&'a Value, f64))| {
            (format!("frequencies.{place}"), &row["count"], count(codes, |other| other == value))
        };
        let rows = rows.iter().zip(values).enumerate().map(row).collect();
        tables.push(("frequencies", Table { exact: true, complete: true, rows }));
    }
    if let Some(rows) = result["mark_table"].as_array() {
        let values = (0..6).map(f64::from).filter(|value| count(codes, |other| other == *value) > 0);
        let row = |(place, (row, value)): (usize, (&'a Value, f64))| {
            (format!("mark_table.{place}"), &row["count"], count(codes, |other| other == value))
        };
        let rows = rows.iter().zip(values).enumerate().map(row).collect();
        tables.push(("mark_table", Table { exact: true, complete: true, rows }));
    }
    if let Some(counts) = result["histogram"]["counts"].as_array() {
        let bin = |(place, shown): (usize, &'a Value)| {
            let (from, to) = if place == 0 { (0.0, 2.5) } else { (2.5, f64::INFINITY) };
            (format!("histogram.{place}"), shown, count(codes, |value| from <= value && value < to))
        };
        let rows = counts.iter().enumerate().map(bin).collect();
        tables.push(("histogram", Table { exact: false, complete: true, rows }));
    }
    let outliers = &result["outliers"];
    // The fences that are shown may be rounded.
    if outliers["lower_fence"].is_number() && outliers["upper_fence"].is_number() {
        let mut sorted: Vec<f64> = codes.iter().filter(|code| **code < 6).map(|code| f64::from(*code)).collect();
        sorted.sort_by(f64::total_cmp);
        let [first, third] = [0.25, 0.75].map(|q| quantile(&sorted, q));
        let (low, high) = (first - 1.5 * (third - first), third + 1.5 * (third - first));
        let rows = vec![
            ("outliers.below".to_owned(), &outliers["below"], count(codes, |value| value < low)),
            ("outliers.above".to_owned(), &outliers["above"], count(codes, |value| value > high)),
        ];
        tables.push(("outliers", Table { exact: false, complete: false, rows }));
    }
    tables
}

/// A column's name, and by group the variables of its members, each with a name.
type Column = (String, Vec<(Group, Vec<(String, usize)>)>);

/// Equations that every reader of the answer knows.
fn system(answer: &Value, rows: &[Row], base: i64) -> System {
    let mut system = System::default();
    let results = answer["results"].as_array().expect("results");
    let all = i64::try_from(rows.len()).expect("few");
    let total = system.member("rows".into(), &answer["rows"], &answer["withheld"]["rows"], all, base, false);
    let mut groups: Vec<(Group, usize)> = Vec::new();
    let mut members: Vec<Column> = Vec::new();
    for result in results {
        let name = result["column"].as_str().expect("a column").to_owned();
        let group = group(result);
        let own = system.result(result, &codes(rows, group, usize::from(name == "b")), base);
        let known = groups.iter().find(|(known, _)| *known == group).map(|(_, variable)| *variable);
        let whole = known.or((group == [None; 2]).then_some(total)).unwrap_or_else(|| {
            let records = rows.iter().filter(|(of, _)| is_in(of.map(Some), group)).count();
            let variable = system.variable(i64::try_from(records).expect("few"), 0, MOST);
            groups.push((group, variable));
            variable
        });
        // Numbers, missing and absent values make the records.
        system.sums.push(std::iter::once(whole).chain(own[..3].iter().map(|(_, variable)| *variable)).collect());
        let known = members.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
            members.push((name.clone(), Vec::new()));
            members.len() - 1
        });
        members[known].1.push((group, own));
    }
    // Groups with the most values are not totals. Without groups there is only the whole.
    let bound = |group: &Group| group.iter().flatten().count();
    let most = groups.iter().map(|(group, _)| bound(group)).max().unwrap_or(0);
    let is_full = |group: &Group| bound(group) == most;
    if most > 0 {
        let totals = groups.iter().filter(|(group, _)| !is_full(group)).copied().chain([([None; 2], total)]);
        for (whole, variable) in totals.collect::<Vec<_>>() {
            let parts = groups.iter().filter(|(group, _)| is_full(group) && is_in(*group, whole));
            system.sums.push(std::iter::once(variable).chain(parts.map(|(_, part)| *part)).collect());
        }
    }
    let wholes = members.iter().flat_map(|(_, results)| {
        let totals = results.iter().filter(|(group, _)| !is_full(group));
        totals.map(move |(whole, own)| {
            let parts = results.iter().filter(|(group, _)| is_full(group) && is_in(*group, *whole));
            (parts.map(|(_, own)| own).collect::<Vec<_>>(), own)
        })
    });
    for (groups, whole) in wholes {
        for (name, sum) in whole.iter().filter(|(name, _)| !name.starts_with("outliers")) {
            // The table of a group that is withheld is not there, and so nothing is known of its rows. Rows of frequencies
            // are those of other values in other groups.
            let own = |group: &Vec<(String, usize)>| group.iter().find(|(own, _)| own == name).map(|(_, one)| *one);
            let parts: Vec<Option<usize>> = groups.iter().map(|group| own(group)).collect();
            if let Some(parts) = parts.into_iter().collect::<Option<Vec<usize>>>()
                && !name.starts_with("frequencies")
                && !name.starts_with("mark_table")
            {
                system.sums.push(std::iter::once(*sum).chain(parts).collect());
            }
        }
    }
    system
}

impl System {
    /// The variables of a result: numbers, missing, absent, then the rows of its tables; with what is known of them.
    fn result(&mut self, result: &Value, codes: &[u8], base: i64) -> Vec<(String, usize)> {
        let name = format!("{} {}", result["column"], result["group"]);
        let withheld = &result["withheld"];
        let at = |member: &str| format!("{name} {member}");
        let tables = tables(result, codes);
        let percent = |row: &Value| row["count"].as_u64() > Some(0) && row["percent"].is_number();
        let with_percentages = ["boundaries", "categories", "frequencies", "mark_table"]
            .iter()
            .filter_map(|name| result[*name].as_array());
        let shares = with_percentages.flatten().any(percent);
        let exact = tables.iter().any(|(_, table)| table.exact);
        let nobs = count(codes, |_| true);
        let of_code = |code: u8| codes.iter().map(|other| i64::from(*other == code)).sum();
        let numbers = if shares {
            self.variable(nobs, nobs, nobs)
        } else {
            self.member(at("nobs"), &result["nobs"], &withheld["nobs"], nobs, base, exact)
        };
        let missing = self.member(at("missing"), &result["missing"], &withheld["missing"], of_code(6), base, false);
        let absent = self.member(at("absent"), &result["absent"]["X"], &withheld["absent.X"], of_code(7), base, false);
        let mut own =
            vec![("nobs".to_owned(), numbers), ("missing".to_owned(), missing), ("absent".to_owned(), absent)];
        for (_, table) in tables {
            let sum: i64 = table.rows.iter().map(|(_, _, truth)| *truth).sum();
            let mut parts = vec![numbers];
            for (member, shown, truth) in table.rows {
                let variable = self.member(at(&member), shown, &withheld[&member], truth, base, table.exact);
                parts.push(variable);
                own.push((member, variable));
            }
            if !table.complete {
                parts.push(self.variable(nobs - sum, 0, MOST));
            }
            self.sums.push(parts);
        }
        self.bounds_by_statistics(result, numbers, nobs, base);
        own
    }

    /// Bounds on the number of values from the statistics and the rules by which they are shown.
    fn bounds_by_statistics(&mut self, result: &Value, numbers: usize, nobs: i64, base: i64) {
        let mut least = |bound: i64| {
            let bounds = &mut self.bounds[numbers];
            bounds.low = bounds.low.max(bound);
            assert!(bounds.low <= nobs, "{bound} is no lower bound of {nobs}");
        };
        if let Some(distinct) = result["distinct"].as_i64() {
            least(distinct);
        }
        if let (Some(count), Some(total)) = (result["mode"]["count"].as_i64(), result["mode"]["total"].as_i64()) {
            least(total * (count - base / 2).max(5));
        }
        // A tenth of the least number that is shown alike is cut: five or more from 50, or 53, which is shown as 55.
        let cut = |bounds: &mut Bounds, shown: bool| {
            let turn = if base == 1 { 50 } else { 53 };
            if shown {
                bounds.low = bounds.low.max(turn);
            } else {
                bounds.high = bounds.high.min(turn - 1);
            }
            assert!((bounds.low..=bounds.high).contains(&nobs), "{nobs} is not from {} to {}", bounds.low, bounds.high);
        };
        for name in ["trimmed_mean", "winsorized_mean"] {
            if result[name].is_number() {
                cut(&mut self.bounds[numbers], true);
            } else if result["withheld"][name] == "fewer than 5 values are cut from each tail" {
                cut(&mut self.bounds[numbers], false);
            }
        }
    }
}

/// The quantile by linear interpolation: Hyndman and Fan's type 7.
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let index = u32::try_from(sorted.len() - 1).expect("few");
    // Rounded to twelve places, because the product with a decimal share is not exact.
    let position = (q * f64::from(index) * 1e12).round() / 1e12;
    let place = (0..sorted.len()).rev().find(|place| f64::from(u32::try_from(*place).expect("few")) <= position);
    let place = place.expect("a place");
    let rest = position - f64::from(u32::try_from(place).expect("few"));
    sorted.get(place + 1).map_or(sorted[place], |next| sorted[place] + rest * (next - sorted[place]))
}

/// Whether five or more values lie at a quantile or beyond it.
fn enough_beyond(sorted: &[f64], q: f64) -> bool {
    let value = quantile(sorted, q);
    let below = sorted.iter().filter(|other| **other <= value + 1e-9).count();
    let above = sorted.iter().filter(|other| **other >= value - 1e-9).count();
    (q > 0.5 || below >= 5) && (q < 0.5 || above >= 5)
}

/// Whether a statistic may be shown as it is in a result with five or more values.
fn may_be_shown(statistic: Statistic, result: &Value, sorted: &[f64], base: i64) -> bool {
    let shown = &result[statistic.name()];
    let enough = |q: f64| enough_beyond(sorted, q);
    let all_enough = |shown: &Value, qs: &[f64]| {
        let shown = shown.as_array().expect("a list").iter().zip(qs);
        shown.filter(|(value, _)| !value.is_null()).all(|(_, q)| enough(*q))
    };
    let at_or_above_five = |count: &Value| count.as_i64().is_none_or(|count| count == 0 || count >= 5);
    match statistic {
        Statistic::Mean
        | Statistic::Variance
        | Statistic::Skewness
        | Statistic::Kurtosis
        | Statistic::Std
        | Statistic::Cv
        | Statistic::Facility => true,
        Statistic::Sum | Statistic::Sem | Statistic::CiMean | Statistic::JarqueBera | Statistic::PercentileRanks => {
            false
        }
        Statistic::Minmax => all_enough(shown, &[0.0, 1.0]),
        Statistic::Range => enough(0.0) && enough(1.0),
        Statistic::Median => enough(0.5),
        Statistic::Quartiles => all_enough(shown, &[0.25, 0.5, 0.75]),
        Statistic::Iqr => enough(0.25) && enough(0.75),
        Statistic::Quantiles => {
            let values: Vec<Value> = shown.as_array().expect("a list").iter().map(|one| one["value"].clone()).collect();
            all_enough(&values.into(), &[0.05, 0.5, 0.9])
        }
        Statistic::Deciles => all_enough(shown, &[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]),
        Statistic::Mode => shown["values"].as_array().expect("values").iter().all(|mode| {
            let mode = mode.as_f64().expect("a value");
            sorted.iter().filter(|value| **value == mode).count() >= 5
        }),
        Statistic::Mad => {
            let median = quantile(sorted, 0.5);
            let mut distances: Vec<f64> = sorted.iter().map(|value| (value - median).abs()).collect();
            distances.sort_by(f64::total_cmp);
            enough(0.5) && enough_beyond(&distances, 0.5)
        }
        // At most the least number of values that is shown alike.
        Statistic::Distinct => result["nobs"].as_i64().is_some_and(|nobs| {
            let least = if base == 1 { nobs } else { (nobs - base / 2).max(5) };
            shown.as_i64().is_some_and(|distinct| distinct <= least)
        }),
        Statistic::TrimmedMean | Statistic::WinsorizedMean => result["nobs"].as_i64().is_some_and(|nobs| {
            let least = if base == 1 { nobs } else { nobs - base / 2 };
            least / 10 >= 5
        }),
        Statistic::GeometricMean | Statistic::HarmonicMean => sorted[0] > 0.0,
        Statistic::Outliers => {
            enough(0.25) && enough(0.75) && at_or_above_five(&shown["below"]) && at_or_above_five(&shown["above"])
        }
        Statistic::Histogram => shown["counts"].as_array().expect("counts").iter().all(at_or_above_five),
        Statistic::Frequencies | Statistic::MarkTable => shown.as_array().expect("rows").iter().all(|row| {
            let value = if statistic == Statistic::MarkTable { &row["mark"] } else { &row["value"] };
            let ranks = [&row["percentile_rank"], &row["stanine"]];
            let ranked = ranks.iter().all(|rank| rank.is_null()) || row["cumulative_percent"].is_number();
            let scored = row["z_score"].is_null() && row["t_score"].is_null();
            let beyond = ranked
                && scored
                && value.as_f64().is_none_or(|value| {
                    let below = sorted.iter().filter(|other| **other <= value).count();
                    let above = sorted.iter().filter(|other| **other >= value).count();
                    below >= 5 && above >= 5
                });
            let percent = row["count"].is_number() || row["percent"].is_null();
            beyond && percent && at_or_above_five(&row["count"])
        }),
        Statistic::Boundaries | Statistic::Categories => shown.as_array().expect("rows").iter().all(|row| {
            let percent = row["count"].is_number() || row["percent"].is_null();
            percent && at_or_above_five(&row["count"]) && at_or_above_five(&row["cumulative_count"])
        }),
        Statistic::Missing => at_or_above_five(shown),
    }
}

/// Whether a statistic may be null without being withheld: because of what is undefined, and by enough values.
fn may_be_undefined(statistic: Statistic, sorted: &[f64]) -> bool {
    match statistic {
        Statistic::GeometricMean | Statistic::HarmonicMean => sorted.iter().filter(|value| **value <= 0.0).count() >= 5,
        Statistic::Skewness | Statistic::Kurtosis | Statistic::JarqueBera => sorted[0] == sorted[sorted.len() - 1],
        Statistic::Cv => sorted.iter().all(|value| *value == 0.0),
        _ => false,
    }
}

/// Checks each statistic of an answer against the values.
fn check_statistics(answer: &Value, rows: &[Row], statistics: &[Statistic], base: i64) {
    for result in answer["results"].as_array().expect("results") {
        let codes = codes(rows, group(result), usize::from(result["column"] == "b"));
        let mut sorted: Vec<f64> = codes.iter().filter(|code| **code < 6).map(|code| f64::from(*code)).collect();
        sorted.sort_by(f64::total_cmp);
        for statistic in statistics.iter().filter(|statistic| **statistic != Statistic::Missing) {
            let shown = &result[statistic.name()];
            let context = || format!("{} of {sorted:?}: {result}", statistic.name());
            let is_withheld = !result["withheld"][statistic.name()].is_null();
            if (1..5).contains(&sorted.len()) {
                assert!(shown.is_null() && is_withheld, "{}", context());
            } else if sorted.len() >= 5 && shown.is_null() {
                assert!(is_withheld || may_be_undefined(*statistic, &sorted), "{}", context());
            } else if sorted.len() >= 5 {
                assert!(may_be_shown(*statistic, result, &sorted, base), "{}", context());
            }
        }
        assert!(may_be_shown(Statistic::Missing, result, &sorted, base), "{result}");
    }
}

/// Checks that no withheld group is the difference of results that are shown: that by their sums, the shown ones being known, it
/// can be any number.
fn check_totals(answer: &Value) {
    let results = answer["results"].as_array().expect("results");
    let is_withheld =
        |result: &Value| result["withheld"].as_object().is_some_and(|withheld| withheld.contains_key("mean"));
    if !results.iter().any(|result| result["withheld"]["mean"].is_string()) {
        return;
    }
    for column in ["a", "b"] {
        let own: Vec<&Value> = results.iter().filter(|result| result["column"] == column).collect();
        let unknown: Vec<usize> = (0..own.len()).filter(|place| is_withheld(own[*place])).collect();
        let most = own.iter().map(|result| group(result).iter().flatten().count()).max().unwrap_or(0);
        let is_full = |result: &Value| group(result).iter().flatten().count() == most;
        let mut equations: Vec<Vec<f64>> = Vec::new();
        for (place, total) in own.iter().enumerate().filter(|(_, result)| !is_full(result)) {
            let term = |unknown: &usize| match unknown {
                _ if *unknown == place => -1.0,
                _ if is_full(own[*unknown]) && is_in(group(own[*unknown]), group(total)) => 1.0,
                _ => 0.0,
            };
            equations.push(unknown.iter().map(term).collect());
        }
        let rank = rank(equations.clone());
        for (at, place) in
            unknown.iter().enumerate().filter(|(_, place)| own[**place]["withheld"]["mean"] == "fewer than 5 values")
        {
            let alone = (0..unknown.len()).map(|other| f64::from(u8::from(other == at))).collect();
            let with = [equations.clone(), vec![alone]].concat();
            assert!(self::rank(with) > rank, "{} can be calculated: {answer}", own[*place]);
        }
    }
}

/// Rank of a matrix, by elimination.
fn rank(mut rows: Vec<Vec<f64>>) -> usize {
    let columns = rows.first().map_or(0, Vec::len);
    let mut rank = 0;
    for column in 0..columns {
        let Some(pivot) = (rank..rows.len()).find(|row| rows[*row][column].abs() > 1e-9) else { continue };
        rows.swap(rank, pivot);
        let pivot = rows[rank].clone();
        for row in &mut rows[rank + 1..] {
            let factor = row[column] / pivot[column];
            row.iter_mut().zip(&pivot).for_each(|(value, pivot)| *value -= factor * pivot);
        }
        rank += 1;
    }
    rank
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    // Some groups and some cells are rare.
    let group = prop_oneof![6 => Just(0_u8), 4 => Just(1), 2 => Just(2), 1 => Just(3)];
    let code = || prop_oneof![12 => 0_u8..6, 2 => Just(6_u8), 1 => Just(7_u8), 6 => Just(3_u8)];
    let kind = prop_oneof![5 => Just(0_u8), 3 => Just(1), 1 => Just(2)];
    prop::collection::vec(((group, kind).prop_map(|(group, kind)| [group, kind]), [code(), code()]), 6..120)
}

/// Some statistics, each as often as not; or all.
fn statistics() -> impl Strategy<Value = Vec<Statistic>> {
    let all: Vec<Statistic> = Statistic::all().filter(|statistic| *statistic != Statistic::Categories).collect();
    let some = prop::sample::subsequence(all.clone(), 1..=all.len());
    prop_oneof![3 => some, 1 => Just(all)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, max_shrink_iters: 50, ..ProptestConfig::default() })]

    #[test]
    fn nothing_withheld_can_be_found(
        rows in rows(),
        rounded in any::<bool>(),
        grouped in any::<bool>(),
        overall in any::<bool>(),
        crossed in any::<bool>(),
        both in any::<bool>(),
        cuts in prop::sample::select(vec![vec![], vec![4_u8], vec![5, 2], vec![5, 4, 3, 1]]),
        statistics in statistics(),
    ) {
        let mut query = if rounded { "publish=ofqual" } else { "suppress_below=5" }.to_owned();
        query += if both { "&column=a&column=b&absent=X" } else { "&column=a&absent=X" };
        if grouped {
            query += "&group_by=group";
        }
        if grouped && crossed {
            query += "&group_by=kind&totals=true";
        } else if grouped && overall {
            query += "&overall=true";
        }
        if !cuts.is_empty() {
            let grades: Vec<String> = cuts.iter().map(|cut| format!("G{cut}:{cut}")).collect();
            query.extend(["&boundaries=", &grades.join(",")]);
        }
        let statistics: Vec<Statistic> =
            statistics.into_iter().filter(|one| *one != Statistic::Boundaries || !cuts.is_empty()).collect();
        let mut names: Vec<&str> = statistics.iter().map(|statistic| statistic.name()).collect();
        // Whether it is withheld says whether the result is.
        names.extend(crossed.then_some("mean"));
        query.extend(["&statistics=", &names.join(","), "&quantiles=0.05,0.5,0.9&percentile_ranks=1,2.5&maximum=5&bins=2&range=0,5"]);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        // A group without values at the end of a table is not a note.
        let answer = runtime.block_on(csv(&format!("{query}&skip_end=0"), table(&rows)));
        prop_assert_eq!(answer.status, 200, "{}", answer.text());
        let answer = answer.json();
        let base = if rounded { 5 } else { 1 };
        check_statistics(&answer, &rows, &statistics, base);
        check_totals(&answer);
        let system = system(&answer, &rows, base);
        prop_assert_eq!(system.revealed(), [""; 0], "{}\n{}", query, answer);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, max_shrink_iters: 50, ..ProptestConfig::default() })]

    /// The marks are categories here, and groups are compared.
    #[test]
    fn nothing_withheld_of_categories_can_be_found(
        rows in rows(),
        rounded in any::<bool>(),
        grouped in any::<bool>(),
        overall in any::<bool>(),
        crossed in any::<bool>(),
        both in any::<bool>(),
        compared in any::<bool>(),
        order in prop::sample::select(vec!["0,1,2,3,4,5", "5,4,3,2,1,0", "3,0,5,1,4,2"]),
    ) {
        let mut query = if rounded { "publish=ofqual" } else { "suppress_below=5" }.to_owned();
        query += if both { "&categories=a&categories=b&absent=X" } else { "&categories=a&absent=X" };
        query.extend(["&order=", order]);
        if grouped {
            query += "&group_by=group";
            query += if crossed { "&group_by=kind&totals=true" } else if overall { "&overall=true" } else { "" };
            query += if compared { "&compare=true" } else { "" };
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let answer = runtime.block_on(csv(&format!("{query}&skip_end=0"), table(&rows)));
        prop_assert_eq!(answer.status, 200, "{}", answer.text());
        let answer = answer.json();
        let base = if rounded { 5 } else { 1 };
        check_statistics(&answer, &rows, &[Statistic::Categories], base);
        check_changes(&answer);
        let system = system(&answer, &rows, base);
        prop_assert_eq!(system.revealed(), [""; 0], "{}\n{}", query, answer);
    }
}

/// Checks that changes are shown only where both percentages are, and neither intervals nor tests.
fn check_changes(answer: &Value) {
    let results = answer["results"].as_array().expect("results");
    let percent = |column: &Value, group: &Value, category: &Value, member: &str| {
        let result = results.iter().find(|result| result["column"] == *column && result["group"] == *group);
        let rows = result.expect("a result")["categories"].as_array()?;
        rows.iter().find(|row| row["category"] == *category).expect("a row")[member].as_f64()
    };
    for change in answer["changes"].as_array().into_iter().flatten() {
        for row in change["categories"].as_array().into_iter().flatten() {
            for (member, of) in [("change", "percent"), ("cumulative_change", "cumulative_percent")] {
                let [a, b] = ["a", "b"].map(|side| percent(&change["column"], &change[side], &row["category"], of));
                assert_eq!(row[member].is_number(), a.is_some() && b.is_some(), "{member} of {row}: {answer}");
            }
            assert!(row["ci"].is_null() && row["cumulative_ci"].is_null(), "{answer}");
        }
    }
    for test in answer["homogeneity"].as_array().into_iter().flatten() {
        let figures = ["groups", "categories", "statistic", "df", "p", "least_expected"].map(|member| &test[member]);
        assert!(figures.iter().all(|figure| figure.is_null()), "{answer}");
    }
}

/// The adversary finds what is there to be found: the test above can fail.
#[test]
fn the_adversary_subtracts() {
    let mut system = System::default();
    let whole = system.variable(30, 30, 30);
    let parts = [system.variable(3, 1, 4), system.variable(20, 20, 20), system.variable(7, 7, 7)];
    system.sums.push(vec![whole, parts[0], parts[1], parts[2]]);
    system.few.push(("few".to_owned(), parts[0]));
    assert_eq!(system.revealed(), ["few"]);
    system.bounds[parts[2]] = Bounds { low: 5, high: MOST };
    assert_eq!(system.revealed(), [""; 0]);
}
