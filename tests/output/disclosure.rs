//! No withheld count can be found from one answer by adding and subtracting its members.
//!
//! The adversary here shares no code with the service. It reads the answer as anybody could, writes down every sum that it
//! knows of, and searches for other counts that fit them all: for each count that is withheld as fewer than five there must
//! be such counts in which it is another number. Of rows with percentages, and of the number of values beside them, it
//! even knows the true count.

use proptest::prelude::*;
use serde_json::Value;

use super::csv;

/// A row: the group, and what stands in each of two columns.
type Row = (u8, [u8; 2]);

/// Marks 0 to 5, then missing, then absent.
fn cell(code: u8) -> String {
    match code {
        0..=5 => code.to_string(),
        6 => String::new(),
        _ => "X".to_owned(),
    }
}

fn table(rows: &[Row]) -> String {
    let lines = rows.iter().map(|(group, [a, b])| format!("g{group},{},{}\n", cell(*a), cell(*b)));
    format!("group,a,b\n{}", lines.collect::<String>())
}

/// What is known of a count.
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

    /// Whether there are counts within the bounds that fit all sums. Those nearest to the truth are tried first.
    fn fits(&self, mut bounds: Vec<Bounds>, steps: &mut u32) -> bool {
        if *steps == 0 || !self.narrow(&mut bounds) {
            return false;
        }
        *steps -= 1;
        let open = (0..bounds.len()).filter(|variable| bounds[*variable].low < bounds[*variable].high);
        let Some(next) = open.min_by_key(|variable| bounds[*variable].high - bounds[*variable].low) else {
            return true;
        };
        let mut values: Vec<i64> = (bounds[next].low..=bounds[next].high).collect();
        values.sort_by_key(|value| (value - self.truth[next]).abs());
        values.truncate(6);
        values.into_iter().any(|value| {
            let mut tried = bounds.clone();
            tried[next] = Bounds { low: value, high: value };
            self.fits(tried, steps)
        })
    }

    /// Whether the count could be another one than it is.
    fn could_differ(&self, variable: usize) -> bool {
        let Bounds { low, high } = self.bounds[variable];
        let near = low..=high.min(self.truth[variable] + 4);
        let mut others: Vec<i64> = near.filter(|value| *value != self.truth[variable]).collect();
        others.sort_by_key(|value| (value - self.truth[variable]).abs());
        others.into_iter().any(|value| {
            let mut bounds = self.bounds.clone();
            bounds[variable] = Bounds { low: value, high: value };
            self.fits(bounds, &mut 3_000)
        })
    }
}

fn narrow(bounds: &mut Bounds, low: i64, high: i64) -> bool {
    let before = (bounds.low, bounds.high);
    bounds.low = bounds.low.max(low);
    bounds.high = bounds.high.min(high);
    before != (bounds.low, bounds.high)
}

/// The truth about one result: how many numbers, missing and absent, and how many in each row of its table.
fn truth(rows: &[Row], group: Option<u8>, column: usize, cuts: &[u8]) -> ([i64; 3], Vec<i64>) {
    let codes = rows.iter().filter(|(of, _)| group.is_none_or(|group| group == *of)).map(|(_, cells)| cells[column]);
    let codes: Vec<u8> = codes.collect();
    let count =
        |from: u8, to: u8| i64::try_from(codes.iter().filter(|code| (from..to).contains(code)).count()).expect("few");
    let mut upper = 6;
    let mut parts: Vec<i64> = cuts.iter().map(|cut| (count(*cut, upper), upper = *cut).0).collect();
    parts.push(count(0, upper));
    ([count(0, 6), count(6, 7), count(7, 8)], parts)
}

/// A column's name, and the variables of its groups' members and of the whole's.
type Column = (String, Vec<Vec<usize>>, Option<Vec<usize>>);

/// What anybody can write down who has the answer.
fn system(answer: &Value, rows: &[Row], base: i64, cuts: &[u8]) -> System {
    let mut system = System::default();
    let results = answer["results"].as_array().expect("results");
    let all = i64::try_from(rows.len()).expect("few");
    let total = system.member("rows".into(), &answer["rows"], &answer["withheld"]["rows"], all, base, false);
    let mut groups: Vec<(u8, usize)> = Vec::new();
    // By column: the variables of the groups' members, and of the whole's.
    let mut members: Vec<Column> = Vec::new();
    for result in results {
        let name = result["column"].as_str().expect("a column").to_owned();
        let column = usize::from(name == "b");
        let group = result["group"]["group"].as_str().map(|group| group[1..].parse().expect("a number"));
        let ([nobs, missing, absent], parts) = truth(rows, group, column, cuts);
        let withheld = &result["withheld"];
        let at = |member: &str| format!("{name} {group:?} {member}");
        let tables = result["boundaries"].as_array();
        let exact = tables.is_some();
        let percent = |row: &Value| row["count"].as_u64() > Some(0) && row["percent"].is_number();
        let shares = tables.into_iter().flatten().any(percent);
        let mut own = vec![
            if shares {
                system.variable(nobs, nobs, nobs)
            } else {
                system.member(at("nobs"), &result["nobs"], &withheld["nobs"], nobs, base, exact)
            },
            system.member(at("missing"), &result["missing"], &withheld["missing"], missing, base, false),
            system.member(at("absent"), &result["absent"]["X"], &withheld["absent.X"], absent, base, false),
        ];
        let whole = group.map_or(total, |group| {
            let known = groups.iter().find(|(known, _)| *known == group).map(|(_, variable)| *variable);
            known.unwrap_or_else(|| {
                let records = i64::try_from(rows.iter().filter(|(of, _)| *of == group).count()).expect("few");
                let variable = system.variable(records, 0, MOST);
                groups.push((group, variable));
                variable
            })
        });
        system.sums.push([&[whole], &own[..]].concat());
        for (row, truth) in tables.into_iter().flatten().zip(&parts) {
            let grade = row["grade"].as_str().expect("a grade");
            let why = &withheld[format!("boundaries.{grade}")];
            own.push(system.member(at(grade), &row["count"], why, *truth, base, true));
        }
        if exact {
            system.sums.push([&own[..1], &own[3..]].concat());
        }
        let known = members.iter().position(|(known, ..)| *known == name).unwrap_or_else(|| {
            members.push((name.clone(), Vec::new(), None));
            members.len() - 1
        });
        if group.is_some() { members[known].1.push(own) } else { members[known].2 = Some(own) }
    }
    if !groups.is_empty() {
        system.sums.push(std::iter::once(total).chain(groups.iter().map(|(_, variable)| *variable)).collect());
    }
    for (_, groups, whole) in members {
        // Without groups there is only the whole.
        let Some(whole) = whole.filter(|_| !groups.is_empty()) else { continue };
        for (place, sum) in whole.iter().enumerate() {
            // The table of a group that is withheld is not there, and so nothing is known of its rows.
            if groups.iter().all(|group| place < group.len()) {
                system.sums.push(std::iter::once(*sum).chain(groups.iter().map(|group| group[place])).collect());
            }
        }
    }
    system
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    // Some groups and some cells are rare.
    let group = prop_oneof![6 => Just(0_u8), 4 => Just(1), 2 => Just(2), 1 => Just(3)];
    let code = || prop_oneof![12 => 0_u8..6, 2 => Just(6_u8), 1 => Just(7_u8), 6 => Just(3_u8)];
    prop::collection::vec((group, [code(), code()]), 6..120)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_withheld_count_can_be_found(
        rows in rows(),
        rounded in any::<bool>(),
        grouped in any::<bool>(),
        overall in any::<bool>(),
        both in any::<bool>(),
        cuts in prop::sample::select(vec![vec![], vec![4_u8], vec![5, 2], vec![5, 4, 3, 1]]),
    ) {
        let mut query = if rounded { "publish=ofqual" } else { "suppress_below=5" }.to_owned();
        query += if both { "&column=a&column=b&absent=X" } else { "&column=a&absent=X" };
        if grouped {
            query += "&group_by=group";
        }
        if grouped && overall {
            query += "&overall=true";
        }
        if !cuts.is_empty() {
            let grades: Vec<String> = cuts.iter().map(|cut| format!("G{cut}:{cut}")).collect();
            query.extend(["&boundaries=", &grades.join(",")]);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let answer = runtime.block_on(csv(&query, table(&rows)));
        prop_assert_eq!(answer.status, 200, "{}", answer.text());
        let answer = answer.json();
        let system = system(&answer, &rows, if rounded { 5 } else { 1 }, &cuts);
        for (name, variable) in &system.few {
            prop_assert!(system.could_differ(*variable), "{name} can only be {}: {query}\n{answer}", system.truth[*variable]);
        }
    }
}

/// The adversary finds what is there to be found: the test above can fail.
#[test]
fn the_adversary_subtracts() {
    let mut system = System::default();
    let whole = system.variable(30, 30, 30);
    let parts = [system.variable(3, 1, 4), system.variable(20, 20, 20), system.variable(7, 7, 7)];
    system.sums.push(vec![whole, parts[0], parts[1], parts[2]]);
    assert!(!system.could_differ(parts[0]));
    system.bounds[parts[2]] = Bounds { low: 5, high: MOST };
    assert!(system.could_differ(parts[0]));
}
