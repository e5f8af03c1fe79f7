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

mod counts;
mod feasibility;

use counts::Variable;
pub(super) use counts::{CountVisibility, Priority, SearchTooLong, SecondarySuppression};
use feasibility::{Alternatives, Obstacles};

impl SecondarySuppression {
    /// Withholds counts until none of the small ones can be calculated.
    ///
    /// # Errors
    /// The search takes too long.
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
    /// that make "fewer than 5". Then only the fact that it is withheld is published.
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
    use crate::count_display::CountDisplay;

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
