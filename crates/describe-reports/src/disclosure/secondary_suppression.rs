//! Whether a withheld count could be found by adding and subtracting what is shown.
//!
//! Every count of an answer is a variable, and what its readers know of their sums are relations: the numbers, missing and
//! absent values of a group make its rows, groups make the whole, rows of a table of frequencies make the number of values.
//! A withheld count is safe when there are other data, in which it is another number, whose published answer would be the same.
//! Such data are looked for as a *move*: some variables change by one, so that every relation still holds, no shown count
//! looks different, and every withheld one stays within what is said of it. When there is none, another count is withheld,
//! the smallest that stands in the way, and the search begins anew. (For cell suppression in general see Hundepool et al.,
//! Statistical Disclosure Control, 2012, chapter 4; moves are the alternating cycles of its network methods.)

use std::collections::{BTreeSet, VecDeque};

mod feasibility;

use feasibility::{Blocked, Moves};

/// What readers know of a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It is not in the answer.
    Latent,
    /// It is shown, rounded if counts are.
    Shown,
    /// It is shown, and percentages made of it tell it to the unit.
    Exact,
    /// It is said to be from 1 up to the threshold.
    Few,
    /// It is withheld to protect a small one, and nothing more is said of it.
    Held,
    /// It is in a table that is withheld as a whole: not even said to be there, but not to be found either.
    Unseen,
}

/// In which order counts are given up to protect others.
pub(super) const RECORDS: u8 = 0;
pub(super) const ROW: u8 = 1;
pub(super) const SIDE: u8 = 2;
pub(super) const GROUP: u8 = 3;
pub(super) const WHOLE: u8 = 4;

/// How a count is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Display {
    /// Counts from 1 up to this are withheld.
    pub(super) threshold: u64,
    /// Counts are multiples of this.
    pub(super) base: u64,
    pub(super) half_even: bool,
}

impl Display {
    /// A count as it is shown.
    pub(super) fn rounded(self, count: u64) -> u64 {
        let (quotient, rest) = (count / self.base, count % self.base);
        let up = match (2 * rest).cmp(&self.base) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => !self.half_even || quotient % 2 == 1,
            std::cmp::Ordering::Greater => true,
        };
        (quotient + u64::from(up)) * self.base
    }

    pub(super) fn is_few(self, count: u64) -> bool {
        (1..self.threshold).contains(&count)
    }

    /// A small count in words.
    pub(super) fn few(self) -> String {
        format!("fewer than {}", self.threshold)
    }
}

/// A count.
#[derive(Clone, Debug)]
struct Variable {
    value: u64,
    state: State,
    /// In which order counts are given up to protect others.
    class: u8,
    relations: Vec<usize>,
}

/// Counts and how they hang together.
#[derive(Clone, Debug)]
pub(super) struct Audit {
    display: Display,
    variables: Vec<Variable>,
    /// Sums of variables, each taken positively or negatively, that are 0.
    relations: Vec<Vec<(usize, i64)>>,
    /// By relation, the members that may change.
    loose: Vec<Vec<(usize, i64)>>,
    /// Steps left for all searches.
    steps: std::cell::Cell<usize>,
}

/// Steps of all together: some seconds. A step is a term of a sum that is looked at, so that the same answer always needs as
/// many.
const STEPS: usize = 100_000_000;

/// To find out what to withhold takes too long.
#[derive(Debug)]
pub(super) struct TooMuch;

impl Audit {
    pub(super) fn new(display: Display) -> Self {
        Self {
            display,
            variables: Vec::new(),
            relations: Vec::new(),
            loose: Vec::new(),
            steps: std::cell::Cell::new(STEPS),
        }
    }

    /// Adds a count; one that is few is withheld unless it is not in the answer.
    pub(super) fn add(&mut self, value: u64, state: State, class: u8) -> usize {
        let few = state != State::Latent && self.display.is_few(value);
        let state = if few { State::Few } else { state };
        self.variables.push(Variable { value, state, class, relations: Vec::new() });
        self.variables.len() - 1
    }

    /// Says that `whole` is the sum of `parts`. What does not hold is no knowledge, and is left out.
    pub(super) fn relate(&mut self, whole: usize, parts: &[usize]) {
        let sum: u64 = parts.iter().map(|part| self.variables[*part].value).sum();
        if sum != self.variables[whole].value || parts.is_empty() {
            return;
        }
        let terms: Vec<(usize, i64)> =
            std::iter::once((whole, -1)).chain(parts.iter().map(|part| (*part, 1))).collect();
        for (variable, _) in &terms {
            self.variables[*variable].relations.push(self.relations.len());
        }
        self.relations.push(terms);
    }

    /// The sum of some counts.
    pub(super) fn sum(&self, variables: &[usize]) -> u64 {
        variables.iter().map(|variable| self.variables[*variable].value).sum()
    }

    pub(super) fn state(&self, variable: usize) -> State {
        self.variables[variable].state
    }

    /// Withholds a count.
    pub(super) fn hold(&mut self, variable: usize) {
        let Variable { value, state, .. } = &mut self.variables[variable];
        if *value > 0 && matches!(state, State::Shown | State::Exact) {
            *state = State::Held;
        }
    }

    /// Says that the table of a count is withheld as a whole.
    pub(super) fn unsee(&mut self, variable: usize) {
        self.variables[variable].state = State::Unseen;
    }

    /// Withholds what it takes until no withheld count can be found.
    ///
    /// # Errors
    /// That takes too long.
    pub(super) fn protect(&mut self) -> Result<(), TooMuch> {
        self.spend(self.relations.iter().map(Vec::len).sum());
        self.loose = self.relations.iter().map(|terms| self.loose_of(terms)).collect();
        let mut chosen = Vec::new();
        let mut moves = Moves::new(self.variables.len());
        for variable in 0..self.variables.len() {
            while self.is_small(variable) && moves.of[variable].is_none() {
                let next = match self.find_move(variable) {
                    Ok(found) => {
                        moves.add(found);
                        continue;
                    }
                    Err(blocked) => self.in_the_way(&blocked, variable).or_else(|| self.to_veil(&blocked)),
                };
                if self.steps.get() == 0 {
                    return Err(TooMuch);
                }
                let Some(next) = next else { break };
                chosen.push((next, self.variables[next].state));
                self.set(next, State::Held);
            }
        }
        self.release(chosen, &mut moves);
        Ok(())
    }

    fn spend(&self, steps: usize) {
        self.steps.set(self.steps.get().saturating_sub(steps));
    }

    /// Shows again what need not be withheld after all: a count may have been chosen before a better one was. Not where that
    /// would take long.
    fn release(&mut self, chosen: Vec<(usize, State)>, moves: &mut Moves) {
        let few: Vec<usize> = (0..self.variables.len()).filter(|one| self.is_small(*one)).collect();
        if few.len() * chosen.len() > 10_000 || few.iter().any(|one| moves.of[*one].is_none()) {
            return;
        }
        for (variable, before) in chosen {
            self.set(variable, before);
            for one in &few {
                self.spend(1 + moves.get(*one).len());
                if !moves.get(*one).contains(&variable) {
                    continue;
                }
                if let Ok(found) = self.find_move(*one) {
                    moves.add(found);
                } else {
                    self.set(variable, State::Held);
                    break;
                }
            }
        }
    }

    fn set(&mut self, variable: usize, state: State) {
        self.variables[variable].state = state;
        for relation in self.variables[variable].relations.clone() {
            self.spend(self.relations[relation].len());
            self.loose[relation] = self.loose_of(&self.relations[relation]);
        }
    }

    fn loose_of(&self, terms: &[(usize, i64)]) -> Vec<(usize, i64)> {
        terms
            .iter()
            .filter(|(variable, _)| self.can_change(*variable, 1) || self.can_change(*variable, -1))
            .copied()
            .collect()
    }

    /// The sign of a variable in a relation: the whole stands first.
    fn sign(&self, variable: usize, relation: usize) -> i64 {
        if self.relations[relation][0].0 == variable { -1 } else { 1 }
    }

    /// Whether the count could be one more, or one less, as far as the answer tells.
    fn can_change(&self, variable: usize, change: i64) -> bool {
        let Variable { value, state, .. } = &self.variables[variable];
        let Some(other) = value.checked_add_signed(change) else { return false };
        match state {
            State::Latent | State::Unseen => true,
            State::Exact => false,
            State::Few => self.display.is_few(other),
            State::Held => other > 0,
            // A nought is a nought.
            State::Shown if *value == 0 || other == 0 => self.display.threshold < 2 && self.same(*value, other),
            State::Shown => !self.display.is_few(other) && self.same(*value, other),
        }
    }

    fn same(&self, value: u64, other: u64) -> bool {
        self.display.rounded(value) == self.display.rounded(other)
    }

    /// The count to withhold next: of those where the search ended the one that is given up first, and of these the
    /// smallest; or else the nearest.
    fn in_the_way(&self, blocked: &Blocked, variable: usize) -> Option<usize> {
        let members = |relations: &BTreeSet<usize>| -> Vec<usize> {
            let terms = relations.iter().flat_map(|relation| &self.relations[*relation]);
            let members: Vec<usize> = terms.map(|(other, _)| *other).collect();
            self.spend(members.len());
            members
        };
        let first = |variables: Vec<usize>| {
            let shown = variables.into_iter().filter(|other| self.may_hold(*other));
            shown.min_by_key(|other| (self.variables[*other].class, self.variables[*other].value, *other))
        };
        // How many records there are is missed least.
        let records =
            members(&blocked.seen).into_iter().find(|other| self.variables[*other].class == 0 && self.may_hold(*other));
        records
            .or_else(|| first(members(&blocked.ends)))
            .or_else(|| first(members(&blocked.seen)))
            .or_else(|| self.nearest(variable))
    }

    /// Where all is withheld and sums of small counts tell them still, as four of them that make "fewer than 5": the largest
    /// of these, of which then no more is said than that it is withheld.
    fn to_veil(&self, blocked: &Blocked) -> Option<usize> {
        let members = blocked.seen.iter().flat_map(|relation| &self.relations[*relation]).map(|(other, _)| *other);
        let few = members.filter(|other| self.variables[*other].state == State::Few);
        few.max_by_key(|other| (self.variables[*other].value, *other))
    }

    /// Whether a count is withheld because it is small.
    fn is_small(&self, variable: usize) -> bool {
        let Variable { value, state, .. } = &self.variables[variable];
        matches!(state, State::Few | State::Held | State::Unseen) && self.display.is_few(*value)
    }

    fn may_hold(&self, variable: usize) -> bool {
        let Variable { value, state, .. } = &self.variables[variable];
        *value > 0 && matches!(state, State::Shown | State::Exact)
    }

    /// The nearest count that is shown.
    fn nearest(&self, variable: usize) -> Option<usize> {
        let mut seen = vec![false; self.relations.len()];
        let mut front = VecDeque::from([variable]);
        while let Some(variable) = front.pop_front() {
            if self.may_hold(variable) {
                return Some(variable);
            }
            for relation in &self.variables[variable].relations {
                if !std::mem::replace(&mut seen[*relation], true) {
                    self.spend(self.relations[*relation].len());
                    front.extend(self.relations[*relation].iter().map(|(other, _)| *other));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audit(threshold: u64, base: u64) -> Audit {
        Audit::new(Display { threshold, base, half_even: false })
    }

    #[test]
    fn one_hidden_part_takes_another_with_it() {
        let mut audit = audit(5, 1);
        let parts = [3, 9, 20].map(|count| audit.add(count, State::Shown, 0));
        let whole = audit.add(32, State::Shown, 1);
        audit.relate(whole, &parts);
        audit.protect().expect("few steps");
        assert_eq!(parts.map(|part| audit.state(part)), [State::Few, State::Held, State::Shown]);
        assert_eq!(audit.state(whole), State::Shown);
    }

    #[test]
    fn two_ones_are_found_from_their_sum() {
        for (counts, expected) in [
            ([2, 3, 20], [State::Few, State::Few, State::Shown]),
            ([1, 1, 20], [State::Few, State::Few, State::Held]),
            ([4, 4, 20], [State::Few, State::Few, State::Held]),
        ] {
            let mut audit = audit(5, 1);
            let parts = counts.map(|count| audit.add(count, State::Shown, 0));
            let whole = audit.add(counts.iter().sum(), State::Exact, 1);
            audit.relate(whole, &parts);
            audit.protect().expect("few steps");
            assert_eq!(parts.map(|part| audit.state(part)), expected);
        }
    }

    #[test]
    fn rounding_hides_where_it_leaves_room() {
        // 98 and 100 are both shown as 100; 99 and 103 as 100 and 105, which leaves 4 alone.
        for (parts, whole, expected) in [([98, 2], 100, State::Shown), ([99, 4], 103, State::Held)] {
            let mut audit = audit(5, 5);
            let parts = [audit.add(parts[0], State::Exact, 3), audit.add(parts[1], State::Shown, 0)];
            let whole = audit.add(whole, State::Shown, 1);
            audit.relate(whole, &parts);
            audit.protect().expect("few steps");
            assert_eq!(audit.state(whole), expected);
        }
    }

    #[test]
    fn counts_are_rounded() {
        let display = Display { threshold: 5, base: 10, half_even: false };
        assert_eq!([4, 5, 14, 15, 25].map(|count| display.rounded(count)), [0, 10, 10, 20, 30]);
        let even = Display { half_even: true, ..display };
        assert_eq!([5, 15, 25].map(|count| even.rounded(count)), [0, 20, 20]);
    }
}
