//! What of an answer may be published: counts rounded, small ones withheld, and with them every figure that would reveal a
//! person or a withheld count.
//!
//! The rules are those of the regulator's rounding policy of 30 October 2025 and of statistical disclosure control. Each
//! works on the finished answer; none needs the data again, but for how many values lie at or beyond a figure.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::answer::{Answer, Comparison, Described, Group, Withheld};
use describe::{Count, Difference, Figure, Statistic, Undefined, Value};
use describe_options::Rules;
use describe_options::{InputError, Kind};

mod primary_suppression;
mod rows;
mod secondary_suppression;
mod tables;

use primary_suppression::{Sight, TELLS};
use rows::{PROTECTS, write_rows};
use secondary_suppression::{Audit, Display, GROUP, RECORDS, ROW, SIDE, State, TooMuch, WHOLE};
use tables::{Columns, Rows, Table, Tables};

/// Why a table over all groups is withheld.
const BINS: &str = "withheld, since its bins are not those of every group; give range= and bins= to have the same";

/// Why a second table is withheld.
const SECOND: &str = "withheld, since with the other table counts could be found that are withheld there";

/// Applies the rules to an answer.
///
/// # Errors
/// An answer that takes too long to be made safe.
pub fn apply(answer: &mut Answer, rules: &Rules) -> Result<(), InputError> {
    answer.rules = *rules;
    if !rules.concern_counts() {
        return Ok(());
    }
    let results: Vec<Described> = answer.results().collect();
    let mut publication = Publication::new(answer, *rules, results);
    if rules.withhold {
        publication.withhold_figures(answer);
    }
    publication.protect_counts()?;
    let Publication { results, hidden, rows, withheld, notes, .. } = publication;
    if let (Some(comparisons), true) = (&mut answer.comparisons, rules.withhold) {
        withhold_comparisons(comparisons, &results, &hidden);
    }
    answer.rows = rows;
    answer.withheld = withheld;
    answer.notes = notes;
    answer.publish(results);
    Ok(())
}

struct Publication<'a> {
    rules: Rules,
    display: Display,
    results: Vec<Described<'a>>,
    /// By result: whether all of it is withheld, and why.
    hidden: Vec<Option<Hidden>>,
    rows: Option<Count>,
    withheld: Withheld,
    notes: Vec<String>,
}

/// Why a whole result is withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hidden {
    /// It has too few values.
    Few,
    /// It is the smallest beside the only one of these.
    Next,
}

/// A count of the answer.
#[derive(Clone, Debug, PartialEq)]
enum Member {
    Rows,
    Nobs(usize),
    Missing(usize),
    Absent(usize, usize),
    Invalid(usize),
    /// A row of a figure's table.
    Row {
        result: usize,
        figure: usize,
        row: usize,
    },
}

impl<'a> Publication<'a> {
    fn new(answer: &Answer, rules: Rules, results: Vec<Described<'a>>) -> Self {
        let display = Display {
            threshold: rules.suppress_below.unwrap_or(0),
            base: rules.round_counts.unwrap_or(1),
            half_even: rules.half_even,
        };
        let hidden = vec![None; results.len()];
        let rows = answer.rows;
        let mut publication =
            Self { rules, display, results, hidden, rows, withheld: Withheld::default(), notes: Vec::new() };
        publication.explain();
        publication
    }

    /// Says what is done to every answer.
    fn explain(&mut self) {
        if let Some(base) = self.rules.round_counts {
            self.notes.push(format!(
                "Counts are rounded to the nearest {base}, so totals may differ from the sum of their parts."
            ));
        }
        if let Some(threshold) = self.rules.suppress_below {
            let most = threshold - 1;
            self.notes.push(format!(
                "Counts from 1 to {most} are given as \"fewer than {threshold}\"; a nought is a true nought."
            ));
        }
        if let Some(decimals) = self.rules.percent_decimals {
            let way = if self.rules.half_even { "to the even neighbour" } else { "away from zero" };
            self.notes.push(format!(
                "Percentages are calculated from unrounded counts and rounded once, to {decimals} decimal {}; ties go {way}. \
                 They may not add up to 100.",
                if decimals == 1 { "place" } else { "places" }
            ));
        }
        if let (Some(threshold), true) = (self.rules.suppress_below, self.rules.withhold) {
            self.notes.push(format!(
                "Figures are withheld where fewer than {threshold} values stand behind them or lie at or beyond them, and \
                 where the number of values could be found from them."
            ));
        } else if self.rules.suppress_below.is_some() {
            self.notes.push(
                "Figures of small groups are shown all the same (withhold=false); they can reveal withheld counts."
                    .into(),
            );
        }
    }

    /// Withholds figures that rest on too few values, or that tell how many there are.
    fn withhold_figures(&mut self, answer: &Answer) {
        for place in 0..self.results.len() {
            let nobs = self.results[place].nobs.unwrap_or(0);
            if self.display.is_few(nobs) {
                self.hidden[place] = Some(Hidden::Few);
                continue;
            }
            let figures = std::mem::take(&mut self.results[place].figures);
            let mut kept = Vec::with_capacity(figures.len());
            let sight =
                Sight { wanted: &answer.wanted, order: answer.order(place), nobs, threshold: self.display.threshold };
            for (statistic, value) in figures {
                let (value, why) = sight.withheld(statistic, value);
                if let Some(why) = why {
                    self.results[place].withheld.add(statistic.name(), why);
                }
                kept.push((statistic, value));
            }
            self.results[place].figures = kept;
        }
        self.withhold_second_tables();
        self.withhold_unlike_tables();
    }

    /// Where a table has small counts, only one table that cuts all values into parts is kept for its column: two of them
    /// would tell more than either.
    fn withhold_second_tables(&mut self) {
        let mut kept: HashMap<Option<&str>, (bool, Table)> = HashMap::new();
        for (result, _) in self.results.iter().zip(&self.hidden).filter(|(_, hidden)| hidden.is_none()) {
            for rows in result.figures.iter().filter_map(|(statistic, value)| Rows::of(*statistic, value)) {
                if rows.kind.cuts() {
                    let few = rows.counts.iter().any(|count| self.display.is_few(*count));
                    let known = kept.entry(result.column).or_insert((few, rows.kind));
                    *known = (known.0 || few, known.1.min(rows.kind));
                }
            }
        }
        for result in &mut self.results {
            let Some((true, first)) = kept.get(&result.column) else { continue };
            for (statistic, value) in &mut result.figures {
                if Rows::of(*statistic, value).is_some_and(|rows| rows.kind.cuts() && rows.kind != *first) {
                    *value = Value::Undefined(Undefined::Withheld);
                    result.withheld.add(statistic.name(), SECOND);
                }
            }
        }
    }

    /// A table over all groups is shown only beside the same table of every group: otherwise it is not known what the
    /// difference tells.
    fn withhold_unlike_tables(&mut self) {
        let mut edges: HashMap<(Option<&str>, Statistic), Option<Vec<Figure>>> = HashMap::new();
        for (place, result) in self.results.iter().enumerate().filter(|(place, _)| !self.is_whole(*place)) {
            if result.nobs == Some(0) || self.hidden[place].is_some() {
                continue;
            }
            for (statistic, value) in &result.figures {
                let found = match value {
                    Value::Histogram(histogram) => Some(histogram.edges.clone()),
                    Value::Undefined(_) => None,
                    _ => Some(Vec::new()),
                };
                let known = edges.entry((result.column, *statistic)).or_insert_with(|| found.clone());
                if *known != found {
                    *known = None;
                }
            }
        }
        for place in (0..self.results.len()).filter(|place| self.is_whole(*place)).collect::<Vec<_>>() {
            let Described { column, figures, withheld, .. } = &mut self.results[place];
            for (statistic, value) in figures {
                let edges = edges.get(&(*column, *statistic));
                let unlike = match (&*value, edges) {
                    (Value::Histogram(histogram), Some(edges)) => edges.as_ref() != Some(&histogram.edges),
                    (Value::Frequencies(_) | Value::Boundaries(_), Some(edges)) => edges.is_none(),
                    _ => false,
                };
                if unlike {
                    *value = Value::Undefined(Undefined::Withheld);
                    withheld.add(statistic.name(), BINS);
                }
            }
        }
    }

    /// Withholds small counts, and what else it takes so that none can be found; rounds the others.
    fn protect_counts(&mut self) -> Result<(), InputError> {
        if self.rules.withhold {
            self.hide_next_groups();
        }
        let (mut audit, members) = self.counts();
        if self.rules.withholds() {
            for (member, variable) in &members {
                match member {
                    Member::Row { .. } if self.of_hidden(member) => audit.unsee(*variable),
                    _ if self.of_hidden(member) => audit.hold(*variable),
                    _ => {}
                }
            }
            audit.protect().map_err(|TooMuch| {
                let detail = "It would take too long to make sure that no withheld count can be found from the others; \
                              ask for fewer groups or columns, leave frequencies out, or take wider bins.";
                InputError::new(Kind::TooLarge, detail)
            })?;
        }
        self.write(&audit, &members);
        Ok(())
    }

    /// Of a column beside whose whole exactly one group is withheld, withholds the next smallest group too.
    fn hide_next_groups(&mut self) {
        let mut columns: HashMap<Option<&str>, Vec<usize>> = HashMap::new();
        for (place, result) in self.results.iter().enumerate() {
            columns.entry(result.column).or_default().push(place);
        }
        let mut next: Vec<(usize, usize)> = Vec::new();
        for places in columns.into_values() {
            let (wholes, groups): (Vec<usize>, Vec<usize>) =
                places.into_iter().partition(|place| self.is_whole(*place));
            let shown = |place: &&usize| self.hidden[**place].is_none();
            let hidden: Vec<&usize> = groups.iter().filter(|place| self.hidden[**place].is_some()).collect();
            if let ([hidden], true) = (&hidden[..], wholes.iter().any(|whole| shown(&whole))) {
                let counted = groups.iter().filter(shown).filter(|place| self.results[**place].nobs > Some(0));
                if let Some(smallest) = counted.min_by_key(|place| self.results[**place].nobs) {
                    next.push((**hidden, *smallest));
                }
            }
        }
        next.sort_unstable();
        for (first, second) in next {
            self.hidden[second] = Some(Hidden::Next);
            let [first, second] = [first, second].map(|place| words(&self.results[place]));
            self.notes.push(format!(
                "Beside the figures over all groups, subtraction could have revealed {first}, the only withheld group; so {second}, the \
                 next smallest, is withheld too."
            ));
        }
    }

    /// Whether a result is over all groups.
    fn is_whole(&self, place: usize) -> bool {
        self.results[place].group.as_ref().is_some_and(Vec::is_empty)
    }

    fn of_hidden(&self, member: &Member) -> bool {
        match member {
            Member::Nobs(result) => self.hidden[*result].is_some(),
            Member::Row { result, figure, .. } => {
                self.hidden[*result].is_some()
                    || matches!(self.results[*result].figures[*figure].1, Value::Undefined(_))
            }
            _ => false,
        }
    }

    /// All counts, and what is known of their sums.
    fn counts(&self) -> (Audit, Vec<(Member, usize)>) {
        let mut audit = Audit::new(self.display);
        let mut members = Vec::new();
        let mut columns = Columns::default();
        for (place, result) in self.results.iter().enumerate() {
            let class = if self.is_whole(place) { WHOLE } else { GROUP };
            let count = result.nobs.unwrap_or(0);
            let mut add = |audit: &mut Audit, member, count: Count, state, class| {
                let variable = audit.add(count.unwrap_or(0), state, class);
                members.push((member, variable));
                variable
            };
            // Without rounding every count is told to the unit.
            let plain = if self.display.base > 1 { State::Shown } else { State::Exact };
            let percent =
                result.figures.iter().any(|(_, value)| matches!(value, Value::Boundaries(_) | Value::Frequencies(_)));
            let state = if percent && self.hidden[place].is_none() { State::Exact } else { plain };
            let nobs = add(&mut audit, Member::Nobs(place), result.nobs, state, class);
            let mut parts = vec![nobs];
            if let Some(missing) = result.missing {
                parts.push(add(&mut audit, Member::Missing(place), missing, plain, SIDE));
            }
            for (code, (_, count)) in result.absent.iter().flatten().enumerate() {
                parts.push(add(&mut audit, Member::Absent(place, code), *count, plain, SIDE));
            }
            if let Some(invalid) = result.invalid {
                parts.push(add(&mut audit, Member::Invalid(place), invalid, plain, SIDE));
            }
            let mut tables = Tables::default();
            for (figure, (statistic, value)) in result.figures.iter().enumerate() {
                let Some(rows) = Rows::of(*statistic, value) else { continue };
                let exact = matches!(rows.kind, Table::Boundaries | Table::Frequencies);
                let state = if exact { State::Exact } else { plain };
                let mut variables = Vec::with_capacity(rows.counts.len());
                for (row, count) in rows.counts.iter().enumerate() {
                    variables.push(add(
                        &mut audit,
                        Member::Row { result: place, figure, row },
                        Some(*count),
                        state,
                        ROW,
                    ));
                }
                tables.0.push((rows, variables));
            }
            let cells = tables.relate(&mut audit, nobs, count);
            columns.add(result, parts, cells);
        }
        let rows = self.rows.flatten().map(|rows| {
            let state = if self.display.base > 1 { State::Shown } else { State::Exact };
            let variable = audit.add(rows, state, RECORDS);
            members.push((Member::Rows, variable));
            variable
        });
        columns.relate(&mut audit, rows);
        (audit, members)
    }

    /// Writes the counts back as they may be shown.
    fn write(&mut self, audit: &Audit, members: &[(Member, usize)]) {
        let few = self.display.few();
        let mut held = false;
        let mut rows_of: HashMap<(usize, usize), Vec<State>> = HashMap::new();
        for (member, variable) in members {
            let state = audit.state(*variable);
            held |= state == State::Held && !self.of_hidden(member);
            let results = &mut self.results;
            let (count, withheld, name): (_, _, Cow<str>) = match member {
                Member::Rows => (self.rows.as_mut(), &mut self.withheld, "rows".into()),
                Member::Nobs(place) => {
                    let Described { nobs, withheld, .. } = &mut results[*place];
                    (Some(nobs), withheld, "nobs".into())
                }
                Member::Missing(place) => {
                    let Described { missing, withheld, .. } = &mut results[*place];
                    (missing.as_mut(), withheld, "missing".into())
                }
                Member::Absent(place, code) => {
                    let Described { absent, withheld, .. } = &mut results[*place];
                    let Some((code, count)) = absent.as_mut().and_then(|absent| absent.get_mut(*code)) else {
                        continue;
                    };
                    (Some(count), withheld, format!("absent.{code}").into())
                }
                Member::Invalid(place) => {
                    let Described { invalid, withheld, .. } = &mut results[*place];
                    (invalid.as_mut(), withheld, "invalid".into())
                }
                Member::Row { result, figure, .. } => {
                    rows_of.entry((*result, *figure)).or_default().push(state);
                    continue;
                }
            };
            let why = match state {
                State::Few => Some(few.clone()),
                State::Held => Some(PROTECTS.to_owned()),
                _ => None,
            };
            if let Some(count) = count {
                *count = count.map(|count| self.display.rounded(count)).filter(|_| why.is_none());
            }
            if let Some(why) = why {
                withheld.add(name, why);
            }
        }
        for ((place, figure), states) in rows_of {
            if self.hidden[place].is_none() {
                write_rows(&mut self.results[place], figure, &states, self.display, self.rules.withhold);
            }
        }
        self.hide_results(&few);
        if held {
            self.notes.push(
                "Further counts are withheld, so that none of the small ones can be found by adding and subtracting."
                    .into(),
            );
        }
    }

    /// Withholds all figures of the results that are hidden, and says nothing of figures that need more values than a number
    /// that it would tell.
    fn hide_results(&mut self, few: &str) {
        for (result, hidden) in self.results.iter_mut().zip(&self.hidden) {
            let Described { figures, withheld, warnings, .. } = result;
            for (statistic, value) in figures {
                let tells = matches!(value.undefined(), Some(Undefined::TooFew { .. } | Undefined::Needs { .. }));
                let why = match hidden {
                    Some(Hidden::Few) => format!("{few} values"),
                    Some(Hidden::Next) => PROTECTS.to_owned(),
                    None if tells => "too few values".to_owned(),
                    None => continue,
                };
                // The rows of its table go with it.
                *value = Value::Undefined(Undefined::Withheld);
                withheld.add(statistic.name(), why);
            }
            warnings.retain(|warning| hidden.is_none() && withheld.why(warning.field).is_none());
        }
    }
}

/// Withholds comparisons of groups that are withheld, and of others the figures that the numbers of values could be found
/// from.
fn withhold_comparisons(comparisons: &mut [Comparison], results: &[Described], hidden: &[Option<Hidden>]) {
    let gone: HashSet<(Option<&str>, Option<&Group>)> = results
        .iter()
        .zip(hidden)
        .filter(|(_, hidden)| hidden.is_some())
        .map(|(result, _)| (result.column, result.group.as_ref()))
        .collect();
    for comparison in comparisons {
        let Comparison { column, groups, difference, withheld, warnings } = comparison;
        let none = Err(Undefined::Withheld);
        let whole = groups.iter().any(|group| gone.contains(&(Some(*column), Some(group))));
        if whole {
            withheld.add("difference", "one of the groups is withheld");
            withheld.add("variance_ratio", "one of the groups is withheld");
            (difference.difference, difference.variance_ratio) = (none, none);
        }
        let why = if whole { "one of the groups is withheld" } else { TELLS };
        for name in ["se", "ci", "cohens_d", "t", "df", "p"] {
            withheld.add(name, why);
        }
        let Difference { difference, variance_ratio, .. } = *difference;
        comparison.difference = Difference {
            difference,
            variance_ratio,
            se: none,
            ci: Err(Undefined::Withheld),
            cohens_d: none,
            t: none,
            df: none,
            p: none,
        };
        warnings.retain(|warning| withheld.why(warning.field).is_none());
    }
}

/// The column and group of a result in words.
fn words(result: &Described) -> String {
    let group = result.group.iter().flatten().map(|(name, value)| format!("{name} {}", value.unwrap_or("empty")));
    let words: Vec<String> = result.column.map(ToOwned::to_owned).into_iter().chain(group).collect();
    words.join(", ")
}
