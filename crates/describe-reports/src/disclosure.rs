//! Disclosure control: rounds counts and withholds what could reveal a person or a withheld count.
//!
//! Input is a finished answer; the data are needed again only for how many values lie at or beyond a statistic. Output is the
//! answer as it may be published, with the reason for each withheld member and notes for its readers. Primary suppression
//! withholds statistics that are based on too few values; secondary suppression withholds further counts from which small
//! ones could be calculated. The rules are those of the regulator's rounding policy of 30 October 2025 and of statistical
//! disclosure control.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::answer::{
    self, Answer, CategoryComparison, Comparison, ComparisonStatistic, Described, Group, GroupEquating,
    GroupPrediction, HomogeneityTest, MEMBER_BYTES, MemberPath, Reason, Withheld, comparison_warnings,
};
use super::count_display::CountDisplay;
use super::words;
use describe::{Count, Difference, Equating, Figure, Prediction, Statistic, Undefined, UndefinedCode, Value};
use describe_options::Rules;
use describe_options::{AnswerFault, InputError};
use describe_readers::Ledger;

mod primary_suppression;
mod rows;
mod secondary_suppression;
mod tables;

use primary_suppression::{PrimarySuppression, bounds_count};
use rows::write_table;
use secondary_suppression::{CountVisibility, Priority, SearchTooLong, SecondarySuppression};
use tables::{Columns, CountTable, ResultTables, TableKind};

/// Applies the rules of publication to an answer.
///
/// # Errors
/// More memory or time than the task may take; a search for the members that must be withheld that takes too long.
pub fn apply(answer: &mut Answer, rules: &Rules) -> Result<(), InputError> {
    answer.rules = *rules;
    if !rules.concern_counts() {
        return Ok(());
    }
    let results = answer.all_results()?;
    let members: usize = results.iter().map(|result| result.figures.len()).sum();
    answer.ledger.charge(members * MEMBER_BYTES)?;
    let mut publication = Publication::new(answer, *rules, results);
    if rules.withhold {
        publication.withhold_figures(answer);
    }
    publication.protect_counts()?;
    let Publication { results, suppressed, rows, withheld, notes, .. } = publication;
    if let (Some(comparisons), true) = (&mut answer.comparisons, rules.withhold) {
        withhold_comparisons(comparisons, &results, &suppressed);
    }
    if let (Some(changes), true) = (&mut answer.category_changes, rules.withhold) {
        withhold_category_changes(changes, &results);
    }
    if rules.withhold {
        answer.homogeneity.iter_mut().for_each(withhold_homogeneity);
    }
    // Of equated marks and of predictions counts can be calculated, beside rounded ones too.
    answer.withhold(withhold_equating, withhold_prediction);
    // Beside rounded counts, the number of records with both values would not be.
    #[cfg(feature = "correlations")]
    answer.correlations.iter_mut().for_each(withhold_correlation);
    answer.rows = rows;
    answer.withheld = withheld;
    // What the cells hold may be a name.
    answer.notes = notes;
    answer.publish(results);
    Ok(())
}

/// An answer while the rules are applied to it.
struct Publication<'a> {
    rules: Rules,
    display: CountDisplay,
    results: Vec<Described<'a>>,
    /// By result, the reason why all of it is withheld; `None` if it is not.
    suppressed: Vec<Option<Suppressed>>,
    rows: Option<Count>,
    withheld: Withheld,
    notes: Vec<String>,
    /// Number of group columns.
    group_columns: usize,
    ledger: &'a Ledger,
}

/// Reason why a whole result is withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Suppressed {
    /// Fewer values than the threshold.
    TooFewValues,
    /// The smallest group beside the only withheld one, which could be calculated otherwise.
    Complement,
}

/// Place of a count in the answer: results, codes, statistics and rows by their number.
#[derive(Clone, Debug, PartialEq)]
enum CountLocation {
    Rows,
    Nobs(usize),
    Missing(usize),
    Absent(usize, usize),
    Invalid(usize),
    /// Row of the table of a statistic.
    Row {
        result: usize,
        figure: usize,
        row: usize,
    },
}

/// Memory of a count: itself, its place in the answer and in tables of counts, and the terms of the sums that it is in, of which there
/// are about three.
const COUNT_BYTES: usize = 384;

impl<'a> Publication<'a> {
    fn new(answer: &Answer<'a>, rules: Rules, results: Vec<Described<'a>>) -> Self {
        let display = CountDisplay::of(&rules);
        let suppressed = vec![None; results.len()];
        let rows = answer.rows;
        let mut publication = Self {
            rules,
            display,
            results,
            suppressed,
            rows,
            withheld: Withheld::default(),
            notes: Vec::new(),
            group_columns: answer.group_by.len(),
            ledger: answer.ledger,
        };
        publication.explain();
        publication
    }

    /// Adds the notes about rules that apply to every answer.
    fn explain(&mut self) {
        let rules = &self.rules;
        self.notes.extend(rules.round_counts.map(words::counts_rounded));
        self.notes.extend(rules.suppress_below.map(words::small_counts));
        self.notes.extend(rules.percent_decimals.map(|decimals| words::percentages_rounded(decimals, rules.half_even)));
        self.notes.extend(rules.rounds_statistics.then(|| words::STATISTICS_ROUNDED.to_owned()));
        let of_groups = |threshold| {
            if rules.withhold { words::statistics_withheld(threshold) } else { words::SMALL_GROUPS_SHOWN.to_owned() }
        };
        self.notes.extend(rules.suppress_below.map(of_groups));
    }

    /// Withholds statistics that are based on too few values, or that reveal how many there are.
    fn withhold_figures(&mut self, answer: &Answer) {
        for place in 0..self.results.len() {
            // A fraction of the number of values, and about nothing: approximate order statistics are all withheld.
            self.results[place].rank_error = None;
            let nobs = self.results[place].nobs.unwrap_or(0);
            if self.display.is_small(nobs) {
                self.suppressed[place] = Some(Suppressed::TooFewValues);
                continue;
            }
            let figures = std::mem::take(&mut self.results[place].figures);
            let mut kept = Vec::with_capacity(figures.len());
            let wanted = answer.wanted_of(self.results[place].column, nobs);
            let (rules, order, display) = (&self.rules, answer.order(place), self.display);
            let rules = PrimarySuppression { wanted: &wanted, rules, order, nobs, display };
            for (statistic, value) in figures {
                let (value, reason) = rules.apply(statistic, value);
                if let Some(reason) = reason {
                    self.results[place].withheld.add(MemberPath::Statistic(statistic), reason);
                }
                kept.push((statistic, value));
            }
            self.results[place].figures = kept;
        }
        self.withhold_second_tables();
        self.withhold_unlike_tables();
    }

    /// Withholds all partitions of a column but the first, where one has small counts: two of them reveal more than either.
    fn withhold_second_tables(&mut self) {
        let mut kept: HashMap<Option<&str>, (bool, TableKind)> = HashMap::new();
        for (result, _) in self.results.iter().zip(&self.suppressed).filter(|(_, suppressed)| suppressed.is_none()) {
            for rows in result.figures.iter().filter_map(|(statistic, value)| CountTable::of(*statistic, value)) {
                if rows.kind.is_partition() {
                    let small = rows.counts.iter().any(|count| self.display.is_small(*count));
                    let known = kept.entry(result.column).or_insert((small, rows.kind));
                    *known = (known.0 || small, known.1.min(rows.kind));
                }
            }
        }
        for result in &mut self.results {
            let Some((true, first)) = kept.get(&result.column) else { continue };
            for (statistic, value) in &mut result.figures {
                if CountTable::of(*statistic, value).is_some_and(|rows| rows.kind.is_partition() && rows.kind != *first)
                {
                    *value = Value::Undefined(Undefined::Withheld);
                    result.withheld.add(MemberPath::Statistic(*statistic), Reason::SecondTable);
                }
            }
        }
    }

    /// Withholds a table over several groups unless each of them has a table with the same rows: otherwise it is not known what
    /// their difference reveals.
    fn withhold_unlike_tables(&mut self) {
        let mut edges: HashMap<(Total, Statistic), Option<Vec<Figure>>> = HashMap::new();
        for (place, result) in self.results.iter().enumerate().filter(|(place, _)| !self.is_total(*place)) {
            if result.nobs == Some(0) || self.suppressed[place].is_some() {
                continue;
            }
            for (statistic, value) in &result.figures {
                let found = match value {
                    Value::Histogram(histogram) => Some(histogram.edges.clone()),
                    Value::Undefined(_) => None,
                    _ => Some(Vec::new()),
                };
                for total in totals(result, self.group_columns) {
                    let known = edges.entry((total, *statistic)).or_insert_with(|| found.clone());
                    if *known != found {
                        *known = None;
                    }
                }
            }
        }
        for place in (0..self.results.len()).filter(|place| self.is_total(*place)).collect::<Vec<_>>() {
            let Described { column, group, figures, withheld, .. } = &mut self.results[place];
            let total: Total = (*column, group.iter().flatten().next().copied());
            for (statistic, value) in figures {
                let edges = edges.get(&(total, *statistic));
                let unlike = match (&*value, edges) {
                    (Value::Histogram(histogram), Some(edges)) => edges.as_ref() != Some(&histogram.edges),
                    (
                        Value::Frequencies(_) | Value::Boundaries(_) | Value::MarkTable(_) | Value::Categories(_),
                        Some(edges),
                    ) => edges.is_none(),
                    _ => false,
                };
                if unlike {
                    *value = Value::Undefined(Undefined::Withheld);
                    withheld.add(MemberPath::Statistic(*statistic), Reason::UnlikeGroups);
                }
            }
        }
    }

    /// Withholds small counts and their complements, and rounds the others.
    fn protect_counts(&mut self) -> Result<(), InputError> {
        if self.rules.withhold {
            let has_margins = (0..self.results.len()).any(|place| self.priority(place) == Priority::Margin);
            if has_margins { self.withhold_complements_in_totals()? } else { self.withhold_complementary_groups() }
        }
        let (mut suppression, members) = self.counts()?;
        if self.rules.withholds() {
            for (member, variable) in &members {
                match member {
                    CountLocation::Row { .. } if self.is_suppressed(member) => suppression.withhold_table(*variable),
                    _ if self.is_suppressed(member) => suppression.withhold(*variable),
                    _ => {}
                }
            }
            self.protect(&mut suppression)?;
        }
        self.write(&suppression, &members);
        Ok(())
    }

    fn protect(&self, suppression: &mut SecondarySuppression) -> Result<(), InputError> {
        suppression.protect().map_err(|SearchTooLong| {
            // Whether the limit of the task ended it, or that of the search.
            let too_long = || InputError::whole(AnswerFault::SuppressionTooLong);
            self.ledger.check().err().unwrap_or_else(too_long)
        })
    }

    /// Withholds further results, the smallest first, until no withheld result can be calculated from others by adding and
    /// subtracting: groups add up to those of each value of a group column, and these to the result over all groups.
    ///
    /// A result that is withheld may be any, and the others are known exactly: the statistics of a result can be calculated from
    /// others just where its number of values can.
    fn withhold_complements_in_totals(&mut self) -> Result<(), InputError> {
        let display = CountDisplay { base: 1, ..self.display };
        let mut suppression = SecondarySuppression::new(display).within(self.ledger);
        let mut columns = Columns::new(self.group_columns);
        for (place, result) in self.results.iter().enumerate() {
            let nobs = suppression.add(result.nobs.unwrap_or(0), CountVisibility::ShownExactly, self.priority(place));
            if self.suppressed[place].is_some() {
                suppression.withhold_table(nobs);
            }
            columns.add(result, vec![nobs], HashMap::new());
        }
        columns.add_total_sums(&mut suppression);
        self.protect(&mut suppression)?;
        // Variables are in the order of the results.
        let is_complement = |place: &usize| suppression.visibility(*place) == CountVisibility::Withheld;
        let complements: Vec<usize> = (0..self.results.len()).filter(is_complement).collect();
        for place in &complements {
            self.suppressed[*place] = Some(Suppressed::Complement);
        }
        if !complements.is_empty() {
            let names: Vec<String> = complements.iter().map(|place| name(&self.results[*place])).collect();
            self.notes.push(words::complements_of_totals(&names.join("; ")));
        }
        Ok(())
    }

    /// Withholds the next smallest group too, where exactly one group of a column is withheld beside the result over all.
    fn withhold_complementary_groups(&mut self) {
        let mut columns: HashMap<Option<&str>, Vec<usize>> = HashMap::new();
        for (place, result) in self.results.iter().enumerate() {
            columns.entry(result.column).or_default().push(place);
        }
        let mut next: Vec<(usize, usize)> = Vec::new();
        for places in columns.into_values() {
            let (wholes, groups): (Vec<usize>, Vec<usize>) =
                places.into_iter().partition(|place| self.is_total(*place));
            let shown = |place: &&usize| self.suppressed[**place].is_none();
            let withheld: Vec<&usize> = groups.iter().filter(|place| self.suppressed[**place].is_some()).collect();
            if let ([withheld], true) = (&withheld[..], wholes.iter().any(|whole| shown(&whole))) {
                let counted = groups.iter().filter(shown).filter(|place| self.results[**place].nobs > Some(0));
                if let Some(smallest) = counted.min_by_key(|place| self.results[**place].nobs) {
                    next.push((**withheld, *smallest));
                }
            }
        }
        next.sort_unstable();
        for (first, second) in next {
            self.suppressed[second] = Some(Suppressed::Complement);
            let [first, second] = [first, second].map(|place| name(&self.results[place]));
            self.notes.push(words::complement_of_group(&first, &second));
        }
    }

    /// Whether a result is over several groups: all, or those with a value of one of several group columns.
    fn is_total(&self, place: usize) -> bool {
        self.results[place].group.as_ref().is_some_and(|group| group.len() < self.group_columns)
    }

    fn priority(&self, place: usize) -> Priority {
        match &self.results[place].group {
            Some(group) if group.is_empty() => Priority::Whole,
            Some(_) if self.is_total(place) => Priority::Margin,
            _ => Priority::Group,
        }
    }

    /// Whether a count is withheld because the whole result or table is.
    fn is_suppressed(&self, member: &CountLocation) -> bool {
        match member {
            CountLocation::Nobs(result) => self.suppressed[*result].is_some(),
            CountLocation::Row { result, figure, .. } => {
                self.suppressed[*result].is_some()
                    || matches!(self.results[*result].figures[*figure].1, Value::Undefined(_))
            }
            _ => false,
        }
    }

    /// All counts with the sums that readers know.
    ///
    /// # Errors
    /// More memory or time than the task may take.
    fn counts(&self) -> Result<(SecondarySuppression, Vec<(CountLocation, usize)>), InputError> {
        let mut suppression = SecondarySuppression::new(self.display).within(self.ledger);
        let mut members = Vec::new();
        let mut columns = Columns::new(self.group_columns);
        for (place, result) in self.results.iter().enumerate() {
            let before = members.len();
            let priority = self.priority(place);
            let count = result.nobs.unwrap_or(0);
            let mut add = |suppression: &mut SecondarySuppression, member, count: Count, visibility, priority| {
                let variable = suppression.add(count.unwrap_or(0), visibility, priority);
                members.push((member, variable));
                variable
            };
            // Without rounding every count is shown exactly.
            let plain = if self.display.base > 1 { CountVisibility::Shown } else { CountVisibility::ShownExactly };
            let percent = result.figures.iter().any(|(statistic, value)| {
                CountTable::of(*statistic, value).is_some_and(|rows| rows.kind.has_percentages())
            });
            let visibility =
                if percent && self.suppressed[place].is_none() { CountVisibility::ShownExactly } else { plain };
            let nobs = add(&mut suppression, CountLocation::Nobs(place), result.nobs, visibility, priority);
            let mut parts = vec![nobs];
            if let Some(missing) = result.missing {
                parts.push(add(&mut suppression, CountLocation::Missing(place), missing, plain, Priority::Side));
            }
            for (code, (_, count)) in result.absent.iter().flatten().enumerate() {
                parts.push(add(&mut suppression, CountLocation::Absent(place, code), *count, plain, Priority::Side));
            }
            if let Some(invalid) = result.invalid {
                parts.push(add(&mut suppression, CountLocation::Invalid(place), invalid, plain, Priority::Side));
            }
            let mut tables = ResultTables::default();
            for (figure, (statistic, value)) in result.figures.iter().enumerate() {
                let Some(rows) = CountTable::of(*statistic, value) else { continue };
                let visibility = if rows.kind.has_percentages() { CountVisibility::ShownExactly } else { plain };
                let mut variables = Vec::with_capacity(rows.counts.len());
                for (row, count) in rows.counts.iter().enumerate() {
                    variables.push(add(
                        &mut suppression,
                        CountLocation::Row { result: place, figure, row },
                        Some(*count),
                        visibility,
                        Priority::Row,
                    ));
                }
                tables.0.push((rows, variables));
            }
            let cells = tables.add_sums(&mut suppression, nobs, count);
            columns.add(result, parts, cells);
            self.ledger.charge((members.len() - before) * COUNT_BYTES)?;
            self.ledger.check()?;
        }
        let rows = self.rows.flatten().map(|rows| {
            let visibility = if self.display.base > 1 { CountVisibility::Shown } else { CountVisibility::ShownExactly };
            let variable = suppression.add(rows, visibility, Priority::Records);
            members.push((CountLocation::Rows, variable));
            variable
        });
        columns.add_sums(&mut suppression, rows);
        Ok((suppression, members))
    }

    /// Writes the counts back as they may be shown.
    fn write(&mut self, suppression: &SecondarySuppression, members: &[(CountLocation, usize)]) {
        let mut complements = false;
        let mut rows_of: BTreeMap<(usize, usize), Vec<CountVisibility>> = BTreeMap::new();
        for (member, variable) in members {
            let visibility = suppression.visibility(*variable);
            complements |= visibility == CountVisibility::Withheld && !self.is_suppressed(member);
            let results = &mut self.results;
            let (count, withheld, path) = match member {
                CountLocation::Rows => (self.rows.as_mut(), &mut self.withheld, MemberPath::Rows),
                CountLocation::Nobs(place) => {
                    let Described { nobs, withheld, .. } = &mut results[*place];
                    (Some(nobs), withheld, MemberPath::Nobs)
                }
                CountLocation::Missing(place) => {
                    let Described { missing, withheld, .. } = &mut results[*place];
                    (missing.as_mut(), withheld, MemberPath::MISSING)
                }
                CountLocation::Absent(place, code) => {
                    let Described { absent, withheld, .. } = &mut results[*place];
                    let Some((code, count)) = absent.as_mut().and_then(|absent| absent.get_mut(*code)) else {
                        continue;
                    };
                    (Some(count), withheld, MemberPath::Absent((*code).to_owned()))
                }
                CountLocation::Invalid(place) => {
                    let Described { invalid, withheld, .. } = &mut results[*place];
                    (invalid.as_mut(), withheld, MemberPath::Invalid)
                }
                CountLocation::Row { result, figure, .. } => {
                    rows_of.entry((*result, *figure)).or_default().push(visibility);
                    continue;
                }
            };
            let reason = self.display.withheld(visibility);
            if let Some(count) = count {
                *count = count.map(|count| self.display.rounded(count)).filter(|_| reason.is_none());
            }
            if let Some(reason) = reason {
                withheld.add(path, reason);
            }
        }
        for ((place, figure), visibilities) in rows_of {
            if self.suppressed[place].is_none() {
                write_table(&mut self.results[place], figure, &visibilities, self.display, self.rules.withhold);
            }
        }
        self.withhold_results();
        if complements {
            self.notes.push(words::COMPLEMENTS.to_owned());
        }
    }

    /// Withholds all statistics of suppressed results, and of others those that bound a withheld number of values, and those
    /// that need more values than there are: how many they need would bound the number too.
    fn withhold_results(&mut self) {
        let threshold = self.display.threshold;
        for (result, suppressed) in self.results.iter_mut().zip(&self.suppressed) {
            let Described { nobs, figures, withheld, warnings, .. } = result;
            for (statistic, value) in &mut *figures {
                let bounds = self.rules.withhold && nobs.is_none() && bounds_count(*statistic);
                let needs_more = matches!(value.undefined(), Some(Undefined::TooFew { .. } | Undefined::Needs { .. }));
                let reason = match suppressed {
                    Some(Suppressed::TooFewValues) => Reason::FewerThanValues { threshold },
                    Some(Suppressed::Complement) => Reason::Complement,
                    None if bounds => Reason::Complement,
                    None if needs_more => Reason::TooFewValues,
                    None => continue,
                };
                // The rows of a table are withheld with it.
                *value = Value::Undefined(Undefined::Withheld);
                // The reason of primary suppression could say what is withheld here.
                withheld.set(MemberPath::Statistic(*statistic), reason);
            }
            let shown =
                |(statistic, _): &&(Statistic, Value)| withheld.reason(&MemberPath::Statistic(*statistic)).is_none();
            let digits = warnings.iter().find(|warning| warning.code == UndefinedCode::Digits).cloned();
            *warnings = answer::warnings(figures.iter().filter(shown)).into_iter().chain(digits).collect();
        }
    }
}

/// Withholds comparisons with a suppressed group, and of others the statistics from which the numbers of values could be
/// calculated.
fn withhold_comparisons(comparisons: &mut [Comparison], results: &[Described], suppressed: &[Option<Suppressed>]) {
    let gone: HashSet<(Option<&str>, Option<&Group>)> = results
        .iter()
        .zip(suppressed)
        .filter(|(_, suppressed)| suppressed.is_some())
        .map(|(result, _)| (result.column, result.group.as_ref()))
        .collect();
    for comparison in comparisons {
        let Comparison { column, groups, difference, withheld, warnings, .. } = comparison;
        let whole = groups.iter().any(|group| gone.contains(&(Some(*column), Some(group))));
        for &statistic in ComparisonStatistic::ALL {
            let reason = match statistic {
                _ if whole => Reason::GroupWithheld,
                // Means and variances of both groups are shown, and these are calculated from them alone.
                ComparisonStatistic::Difference | ComparisonStatistic::VarianceRatio => continue,
                // Calculated from means, variances and the numbers of values.
                ComparisonStatistic::StandardError
                | ComparisonStatistic::ConfidenceInterval
                | ComparisonStatistic::CohensD
                | ComparisonStatistic::T
                | ComparisonStatistic::DegreesOfFreedom
                | ComparisonStatistic::P => Reason::RevealsCount,
            };
            withheld.add(MemberPath::Comparison(statistic), reason);
            withhold_statistic(difference, statistic);
        }
        *warnings = comparison_warnings(difference);
    }
}

/// Withholds the changes of categories of which the percentages are withheld in one of the groups, and the intervals, from which the
/// numbers of values could be calculated.
fn withhold_category_changes(changes: &mut [CategoryComparison], results: &[Described]) {
    let places: HashMap<(Option<&str>, Option<&Group>), &Described> =
        results.iter().map(|result| ((result.column, result.group.as_ref()), result)).collect();
    for CategoryComparison { column, groups, changes, withheld, warnings, .. } in changes {
        let Ok(rows) = changes else { continue };
        let categories = groups.each_ref().map(|group| {
            let figures = &places.get(&(Some(*column), Some(group)))?.figures;
            figures.iter().find_map(|(_, value)| if let Value::Categories(rows) = value { Some(rows) } else { None })
        });
        let [Some(first), Some(second)] = categories else {
            withheld.add(MemberPath::Statistic(Statistic::Categories), Reason::GroupWithheld);
            (*changes, *warnings) = (Err(Undefined::Withheld), Vec::new());
            continue;
        };
        for (row, parts) in rows.iter_mut().zip(first.iter().zip(second)) {
            let parts = [parts.0, parts.1];
            if parts.iter().any(|part| part.percent.is_err()) {
                row.change = Err(Undefined::Withheld);
                withheld.add(MemberPath::Category(row.category.clone()), Reason::FromCounts);
            }
            if parts.iter().any(|part| part.cumulative_percent.is_err()) {
                row.cumulative_change = Err(Undefined::Withheld);
                withheld.add(MemberPath::Category(row.category.clone()), Reason::FromCounts);
            }
            (row.ci, row.cumulative_ci) = (Err(Undefined::Withheld), Err(Undefined::Withheld));
        }
        withheld.add(MemberPath::Member("ci"), Reason::RevealsCount);
        withheld.add(MemberPath::Member("cumulative_ci"), Reason::RevealsCount);
    }
}

/// Withholds the figures of a test, which are made of all counts.
fn withhold_homogeneity(HomogeneityTest { test, withheld, warnings, .. }: &mut HomogeneityTest) {
    // The number of categories that occur tells whether one does in a group that is withheld.
    for member in ["groups", "categories", "statistic", "df", "p", "least_expected"] {
        withheld.add(MemberPath::Member(member), Reason::RevealsSmallCounts);
    }
    let none = Err(Undefined::Withheld);
    (test.groups, test.categories, test.df) = (None, None, None);
    (test.statistic, test.p, test.least_expected) = (none, none, none);
    warnings.clear();
}

/// Withholds the equivalents of marks, from which the counts of all marks could be calculated, and the line with them.
fn withhold_equating(GroupEquating { equating, withheld, warnings, .. }: &mut GroupEquating) {
    for member in ["slope", "intercept", "step", "marks"] {
        withheld.add(MemberPath::Member(member), Reason::RevealsSmallCounts);
    }
    *equating = Equating::none(Undefined::Withheld);
    warnings.clear();
}

/// Withholds predicted outcomes, which are made of the counts of all bands.
fn withhold_prediction(GroupPrediction { prediction, withheld, warnings, .. }: &mut GroupPrediction) {
    for member in ["nobs", "unmatched", "categories"] {
        withheld.add(MemberPath::Member(member), Reason::RevealsSmallCounts);
    }
    *prediction = Prediction::none(Undefined::Withheld);
    warnings.clear();
}

/// Withholds a correlation wholly: with the numbers of values of both columns it tells how many records have one of them alone, and of few
/// records it tells their values.
#[cfg(feature = "correlations")]
fn withhold_correlation(pair: &mut answer::PairCorrelation) {
    pair.withheld.add(MemberPath::Nobs, Reason::RevealsSmallCounts);
    for member in ["pearson", "spearman", "kendall"] {
        pair.withheld.add(MemberPath::Member(member), Reason::RevealsSmallCounts);
    }
    pair.correlation = describe::Correlation::undefined(None, Undefined::Withheld);
    pair.warnings.clear();
}

fn withhold_statistic(difference: &mut Difference, statistic: ComparisonStatistic) {
    let figure = match statistic {
        ComparisonStatistic::Difference => &mut difference.difference,
        ComparisonStatistic::VarianceRatio => &mut difference.variance_ratio,
        ComparisonStatistic::StandardError => &mut difference.se,
        ComparisonStatistic::ConfidenceInterval => {
            difference.ci = Err(Undefined::Withheld);
            return;
        }
        ComparisonStatistic::CohensD => &mut difference.cohens_d,
        ComparisonStatistic::T => &mut difference.t,
        ComparisonStatistic::DegreesOfFreedom => &mut difference.df,
        ComparisonStatistic::P => &mut difference.p,
    };
    *figure = Err(Undefined::Withheld);
}

/// Column of a result over several groups, and the value of its only group column, if it has one.
type Total<'a> = (Option<&'a str>, Option<(&'a str, Option<&'a str>)>);

/// Results over several groups that a group is part of.
fn totals<'a>(result: &Described<'a>, group_columns: usize) -> impl Iterator<Item = Total<'a>> {
    let margins = result.group.iter().flatten().copied().filter(move |_| group_columns > 1).map(Some);
    let column = result.column;
    margins.chain([None]).map(move |group| (column, group))
}

/// The column and group of a result in words.
fn name(result: &Described) -> String {
    let group = result.group.iter().flatten().map(|(name, value)| format!("{name} {}", value.unwrap_or(words::EMPTY)));
    let all = result.group.as_ref().filter(|group| group.is_empty()).map(|_| words::ALL_GROUPS.to_owned());
    let names: Vec<String> = result.column.map(ToOwned::to_owned).into_iter().chain(group).chain(all).collect();
    names.join(", ")
}
