//! Secondary suppression: withholds further counts until no small count can be calculated from those that are shown.
//!
//! Input are all counts of an answer, each with its visibility, and the sums that readers know: the numbers, missing and
//! absent values of a group add up to its records, groups to the whole, rows of a frequency table to the number of values.
//! Output is the visibility of each count. A small count is safe when there are other data in which it is another number and
//! whose published answer is the same. Such data are searched for as an *alternative*: some counts change by one, so that
//! every sum still holds, no shown count looks different, and every withheld one stays within what is said of it. Without
//! an alternative another count is withheld, the smallest of those that prevent it, and the search is repeated. (Hundepool et
//! al., Statistical Disclosure Control, 2012, chapter 4; alternatives are the alternating cycles of its network methods.)

use std::collections::{BTreeSet, VecDeque};

use crate::answer::Reason;

mod feasibility;

use feasibility::{Alternatives, Obstacles};

/// What readers know of a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CountVisibility {
    /// Not in the answer, but part of a sum that readers know.
    Unpublished,
    /// Shown, and rounded if counts are rounded.
    Shown,
    /// Shown, and known exactly from percentages that are based on it.
    ShownExactly,
    /// Withheld, and said to be from 1 to below the threshold.
    Small,
    /// Withheld to protect a small count; nothing more is said of it.
    Withheld,
    /// Part of a table that is withheld as a whole: not said to exist, but protected too.
    TableWithheld,
}

/// Order in which counts are withheld to protect others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Priority {
    /// Number of records.
    Records,
    /// Row of a table.
    Row,
    /// Missing, absent and invalid cells.
    Side,
    /// Number of values of a group.
    Group,
    /// Number of values of all groups.
    Whole,
}

/// How a count is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct CountDisplay {
    /// Least count that is shown, zero aside.
    pub(super) threshold: u64,
    /// Counts are rounded to multiples of this.
    pub(super) base: u64,
    /// Whether ties are rounded to the even multiple, not up.
    pub(super) half_even: bool,
}

impl CountDisplay {
    /// Rounds a count.
    pub(super) fn rounded(self, count: u64) -> u64 {
        let (quotient, rest) = (count / self.base, count % self.base);
        let up = match (2 * rest).cmp(&self.base) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => !self.half_even || quotient % 2 == 1,
            std::cmp::Ordering::Greater => true,
        };
        (quotient + u64::from(up)) * self.base
    }

    /// Least count of at least the threshold that is shown as `count` is; with ties to even perhaps one less than that.
    pub(super) fn least_shown_as(self, count: u64) -> u64 {
        self.rounded(count).saturating_sub(self.base / 2).max(self.threshold)
    }

    /// Whether a count is withheld because it is small.
    pub(super) fn is_small(self, count: u64) -> bool {
        (1..self.threshold).contains(&count)
    }

    /// Reason why a count with this visibility is withheld; `None` if it is not.
    pub(super) fn withheld(self, visibility: CountVisibility) -> Option<Reason> {
        match visibility {
            CountVisibility::Small => Some(Reason::FewerThan { threshold: self.threshold }),
            CountVisibility::Withheld => Some(Reason::Complement),
            CountVisibility::Unpublished
            | CountVisibility::Shown
            | CountVisibility::ShownExactly
            | CountVisibility::TableWithheld => None,
        }
    }
}

/// A count of the answer or of a sum.
#[derive(Clone, Debug)]
struct Variable {
    value: u64,
    visibility: CountVisibility,
    priority: Priority,
    /// Sums that the count is in.
    sums: Vec<usize>,
}

/// Counts and the sums that readers know of them.
#[derive(Clone, Debug)]
pub(super) struct SecondarySuppression {
    display: CountDisplay,
    variables: Vec<Variable>,
    /// Sums that are zero, of variables with a sign each; the whole is first.
    sums: Vec<Vec<(usize, i64)>>,
    /// By sum, the terms that can change.
    adjustable: Vec<Vec<(usize, i64)>>,
    /// Steps left for all searches together.
    steps: std::cell::Cell<usize>,
}

/// Maximum steps of all searches together: some seconds. A step is a term of a sum that is visited, so that the same answer
/// always needs the same number of them.
const MAX_SEARCH_STEPS: usize = 100_000_000;

/// Error: the search has used up its steps.
#[derive(Debug)]
pub(super) struct SearchTooLong;

impl SecondarySuppression {
    /// Creates it without counts.
    pub(super) fn new(display: CountDisplay) -> Self {
        Self {
            display,
            variables: Vec::new(),
            sums: Vec::new(),
            adjustable: Vec::new(),
            steps: std::cell::Cell::new(MAX_SEARCH_STEPS),
        }
    }

    /// Adds a count. A small one is withheld, unless it is not in the answer.
    pub(super) fn add(&mut self, value: u64, visibility: CountVisibility, priority: Priority) -> usize {
        let small = visibility != CountVisibility::Unpublished && self.display.is_small(value);
        let visibility = if small { CountVisibility::Small } else { visibility };
        self.variables.push(Variable { value, visibility, priority, sums: Vec::new() });
        self.variables.len() - 1
    }

    /// Adds the knowledge that `whole` is the sum of `parts`. An equation that does not hold is left out.
    pub(super) fn add_sum(&mut self, whole: usize, parts: &[usize]) {
        let sum: u64 = parts.iter().map(|part| self.variables[*part].value).sum();
        if sum != self.variables[whole].value || parts.is_empty() {
            return;
        }
        let terms: Vec<(usize, i64)> =
            std::iter::once((whole, -1)).chain(parts.iter().map(|part| (*part, 1))).collect();
        for (variable, _) in &terms {
            self.variables[*variable].sums.push(self.sums.len());
        }
        self.sums.push(terms);
    }

    /// Total of some counts.
    pub(super) fn total(&self, variables: &[usize]) -> u64 {
        variables.iter().map(|variable| self.variables[*variable].value).sum()
    }

    /// What readers know of a count.
    pub(super) fn visibility(&self, variable: usize) -> CountVisibility {
        self.variables[variable].visibility
    }

    /// Withholds a count as a complement, unless it is zero or withheld already.
    pub(super) fn withhold(&mut self, variable: usize) {
        let Variable { value, visibility, .. } = &mut self.variables[variable];
        if *value > 0 && matches!(visibility, CountVisibility::Shown | CountVisibility::ShownExactly) {
            *visibility = CountVisibility::Withheld;
        }
    }

    /// Marks a count as part of a table that is withheld as a whole.
    pub(super) fn withhold_table(&mut self, variable: usize) {
        self.variables[variable].visibility = CountVisibility::TableWithheld;
    }

    /// Withholds counts until none of the small ones can be calculated.
    ///
    /// # Errors
    /// When the search takes too long.
    pub(super) fn protect(&mut self) -> Result<(), SearchTooLong> {
        self.spend(self.sums.iter().map(Vec::len).sum());
        self.adjustable = self.sums.iter().map(|terms| self.adjustable_terms(terms)).collect();
        let mut chosen = Vec::new();
        let mut alternatives = Alternatives::new(self.variables.len());
        for variable in 0..self.variables.len() {
            while self.needs_protection(variable) && alternatives.of[variable].is_none() {
                let next = match self.find_alternative(variable) {
                    Ok(found) => {
                        alternatives.add(found);
                        continue;
                    }
                    Err(obstacles) => {
                        self.next_complement(&obstacles, variable).or_else(|| self.largest_small_count(&obstacles))
                    }
                };
                if self.steps.get() == 0 {
                    return Err(SearchTooLong);
                }
                let Some(next) = next else { break };
                chosen.push((next, self.variables[next].visibility));
                self.set_visibility(next, CountVisibility::Withheld);
            }
        }
        self.restore_needless(chosen, &mut alternatives);
        Ok(())
    }

    fn spend(&self, steps: usize) {
        self.steps.set(self.steps.get().saturating_sub(steps));
    }

    /// Shows complements again that are not needed, because a better one was withheld after them. Does nothing where that
    /// would take long.
    fn restore_needless(&mut self, chosen: Vec<(usize, CountVisibility)>, alternatives: &mut Alternatives) {
        let small: Vec<usize> = (0..self.variables.len()).filter(|one| self.needs_protection(*one)).collect();
        if small.len() * chosen.len() > 10_000 || small.iter().any(|one| alternatives.of[*one].is_none()) {
            return;
        }
        for (variable, before) in chosen {
            self.set_visibility(variable, before);
            for one in &small {
                self.spend(1 + alternatives.get(*one).len());
                if !alternatives.get(*one).contains(&variable) {
                    continue;
                }
                if let Ok(found) = self.find_alternative(*one) {
                    alternatives.add(found);
                } else {
                    self.set_visibility(variable, CountVisibility::Withheld);
                    break;
                }
            }
        }
    }

    fn set_visibility(&mut self, variable: usize, visibility: CountVisibility) {
        self.variables[variable].visibility = visibility;
        for sum in self.variables[variable].sums.clone() {
            self.spend(self.sums[sum].len());
            self.adjustable[sum] = self.adjustable_terms(&self.sums[sum]);
        }
    }

    fn adjustable_terms(&self, terms: &[(usize, i64)]) -> Vec<(usize, i64)> {
        terms
            .iter()
            .filter(|(variable, _)| self.can_change(*variable, 1) || self.can_change(*variable, -1))
            .copied()
            .collect()
    }

    /// Sign of a variable in a sum: negative for the whole, which is first.
    fn sign(&self, variable: usize, sum: usize) -> i64 {
        if self.sums[sum][0].0 == variable { -1 } else { 1 }
    }

    /// Whether the published answer allows that the count is one more, or one less.
    fn can_change(&self, variable: usize, change: i64) -> bool {
        let Variable { value, visibility, .. } = &self.variables[variable];
        let Some(other) = value.checked_add_signed(change) else { return false };
        match visibility {
            CountVisibility::Unpublished | CountVisibility::TableWithheld => true,
            CountVisibility::ShownExactly => false,
            CountVisibility::Small => self.display.is_small(other),
            CountVisibility::Withheld => other > 0,
            // Zero counts are exact.
            CountVisibility::Shown if *value == 0 || other == 0 => {
                self.display.threshold < 2 && self.looks_alike(*value, other)
            }
            CountVisibility::Shown => !self.display.is_small(other) && self.looks_alike(*value, other),
        }
    }

    fn looks_alike(&self, value: u64, other: u64) -> bool {
        self.display.rounded(value) == self.display.rounded(other)
    }

    /// Count to withhold next: among those at which the search ended the first by priority, then the smallest; or else the
    /// nearest.
    fn next_complement(&self, obstacles: &Obstacles, variable: usize) -> Option<usize> {
        let members = |sums: &BTreeSet<usize>| -> Vec<usize> {
            let terms = sums.iter().flat_map(|sum| &self.sums[*sum]);
            let members: Vec<usize> = terms.map(|(other, _)| *other).collect();
            self.spend(members.len());
            members
        };
        let first = |variables: Vec<usize>| {
            let shown = variables.into_iter().filter(|other| self.can_be_withheld(*other));
            shown.min_by_key(|other| (self.variables[*other].priority, self.variables[*other].value, *other))
        };
        // The number of records is the least useful count.
        let records = members(&obstacles.seen)
            .into_iter()
            .find(|other| self.variables[*other].priority == Priority::Records && self.can_be_withheld(*other));
        records
            .or_else(|| first(members(&obstacles.ends)))
            .or_else(|| first(members(&obstacles.seen)))
            .or_else(|| self.nearest_shown(variable))
    }

    /// Largest small count, for where everything is withheld and the sums of small counts still reveal them, as four of them
    /// that make "fewer than 5". Then no more is said of it than that it is withheld.
    fn largest_small_count(&self, obstacles: &Obstacles) -> Option<usize> {
        let members = obstacles.seen.iter().flat_map(|sum| &self.sums[*sum]).map(|(other, _)| *other);
        let small = members.filter(|other| self.variables[*other].visibility == CountVisibility::Small);
        small.max_by_key(|other| (self.variables[*other].value, *other))
    }

    /// Whether a count is small and not shown.
    fn needs_protection(&self, variable: usize) -> bool {
        let Variable { value, visibility, .. } = &self.variables[variable];
        matches!(visibility, CountVisibility::Small | CountVisibility::Withheld | CountVisibility::TableWithheld)
            && self.display.is_small(*value)
    }

    fn can_be_withheld(&self, variable: usize) -> bool {
        let Variable { value, visibility, .. } = &self.variables[variable];
        *value > 0 && matches!(visibility, CountVisibility::Shown | CountVisibility::ShownExactly)
    }

    /// Nearest count that is shown, by the sums that connect counts.
    fn nearest_shown(&self, variable: usize) -> Option<usize> {
        let mut seen = vec![false; self.sums.len()];
        let mut front = VecDeque::from([variable]);
        while let Some(variable) = front.pop_front() {
            if self.can_be_withheld(variable) {
                return Some(variable);
            }
            for sum in &self.variables[variable].sums {
                if !std::mem::replace(&mut seen[*sum], true) {
                    self.spend(self.sums[*sum].len());
                    front.extend(self.sums[*sum].iter().map(|(other, _)| *other));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suppression(threshold: u64, base: u64) -> SecondarySuppression {
        SecondarySuppression::new(CountDisplay { threshold, base, half_even: false })
    }

    #[test]
    fn one_small_part_has_a_complement() {
        let mut suppression = suppression(5, 1);
        let parts = [3, 9, 20].map(|count| suppression.add(count, CountVisibility::Shown, Priority::Records));
        let whole = suppression.add(32, CountVisibility::Shown, Priority::Row);
        suppression.add_sum(whole, &parts);
        suppression.protect().expect("few steps");
        assert_eq!(
            parts.map(|part| suppression.visibility(part)),
            [CountVisibility::Small, CountVisibility::Withheld, CountVisibility::Shown]
        );
        assert_eq!(suppression.visibility(whole), CountVisibility::Shown);
    }

    #[test]
    fn small_parts_with_an_extreme_sum_have_a_complement() {
        for (counts, expected) in [
            ([2, 3, 20], [CountVisibility::Small, CountVisibility::Small, CountVisibility::Shown]),
            ([1, 1, 20], [CountVisibility::Small, CountVisibility::Small, CountVisibility::Withheld]),
            ([4, 4, 20], [CountVisibility::Small, CountVisibility::Small, CountVisibility::Withheld]),
        ] {
            let mut suppression = suppression(5, 1);
            let parts = counts.map(|count| suppression.add(count, CountVisibility::Shown, Priority::Records));
            let whole = suppression.add(counts.iter().sum(), CountVisibility::ShownExactly, Priority::Row);
            suppression.add_sum(whole, &parts);
            suppression.protect().expect("few steps");
            assert_eq!(parts.map(|part| suppression.visibility(part)), expected);
        }
    }

    #[test]
    fn rounding_protects_where_it_leaves_alternatives() {
        // 98 and 100 are both shown as 100; 99 and 103 as 100 and 105, which leaves 4 alone.
        for (parts, whole, expected) in
            [([98, 2], 100, CountVisibility::Shown), ([99, 4], 103, CountVisibility::Withheld)]
        {
            let mut suppression = suppression(5, 5);
            let parts = [
                suppression.add(parts[0], CountVisibility::ShownExactly, Priority::Group),
                suppression.add(parts[1], CountVisibility::Shown, Priority::Records),
            ];
            let whole = suppression.add(whole, CountVisibility::Shown, Priority::Row);
            suppression.add_sum(whole, &parts);
            suppression.protect().expect("few steps");
            assert_eq!(suppression.visibility(whole), expected);
        }
    }

    #[test]
    fn least_counts_are_shown_alike() {
        for (base, half_even, count, least) in [
            (1, false, 7, 7),
            (5, false, 50, 48),
            (5, false, 52, 48),
            (5, false, 53, 53),
            (10, false, 14, 5),
            (10, true, 25, 15),
        ] {
            let display = CountDisplay { threshold: 5, base, half_even };
            assert_eq!(display.least_shown_as(count), least, "{base} {count}");
            assert_eq!(display.rounded(least), display.rounded(count), "{base} {count}");
        }
    }

    #[test]
    fn counts_are_rounded() {
        let display = CountDisplay { threshold: 5, base: 10, half_even: false };
        assert_eq!([4, 5, 14, 15, 25].map(|count| display.rounded(count)), [0, 10, 10, 20, 30]);
        let even = CountDisplay { half_even: true, ..display };
        assert_eq!([5, 15, 25].map(|count| even.rounded(count)), [0, 20, 20]);
    }
}
