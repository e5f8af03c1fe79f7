//! Counts of an answer, the sums that readers know of them, and what a published answer allows them to be.

use std::cell::Cell;

use crate::answer::Reason;
use crate::count_display::CountDisplay;
use describe_readers::Ledger;

/// Visibility of a count: what readers know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::disclosure) enum CountVisibility {
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
pub(in crate::disclosure) enum Priority {
    /// Number of records.
    Records,
    /// Row of a table.
    Row,
    /// Missing, absent and invalid cells.
    Side,
    /// Number of values of a group.
    Group,
    /// Number of values of a value of one of several group columns.
    Margin,
    /// Number of values of all groups.
    Whole,
}

impl CountDisplay {
    /// Reason why a count with this visibility is withheld; `None` if it is not.
    pub(in crate::disclosure) fn withheld(self, visibility: CountVisibility) -> Option<Reason> {
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
pub(super) struct Variable {
    pub(super) value: u64,
    pub(super) visibility: CountVisibility,
    pub(super) priority: Priority,
    /// Sums that the count is in.
    pub(super) sums: Vec<usize>,
}

/// Counts and the sums that readers know of them.
#[derive(Clone, Debug)]
pub(in crate::disclosure) struct SecondarySuppression {
    pub(super) display: CountDisplay,
    pub(super) variables: Vec<Variable>,
    /// Sums that are zero, of variables with a sign each; the whole is first.
    pub(super) sums: Vec<Vec<(usize, i64)>>,
    /// By sum, the terms that can change.
    pub(super) adjustable: Vec<Vec<(usize, i64)>>,
    /// Steps left for all searches together.
    pub(super) steps: Cell<usize>,
    /// Steps since it was last checked whether the task may go on.
    unchecked: Cell<usize>,
    ledger: Ledger,
}

/// Steps after which it is checked whether the task may go on.
const CHECKED_STEPS: usize = 1 << 18;

/// Maximum steps of all searches together: some seconds. A step is a term of a sum that is visited, so that the same answer
/// always needs the same number of them.
const MAX_SEARCH_STEPS: usize = 100_000_000;

/// Error: the search has used up its steps.
#[derive(Debug)]
pub(in crate::disclosure) struct SearchTooLong;

impl SecondarySuppression {
    /// Creates it without counts.
    pub(in crate::disclosure) fn new(display: CountDisplay) -> Self {
        Self {
            display,
            variables: Vec::new(),
            sums: Vec::new(),
            adjustable: Vec::new(),
            steps: Cell::new(MAX_SEARCH_STEPS),
            unchecked: Cell::new(0),
            ledger: Ledger::UNLIMITED,
        }
    }

    /// The same for a task with this ledger: its searches end when the task does.
    pub(in crate::disclosure) fn within(self, ledger: &Ledger) -> Self {
        Self { ledger: ledger.clone(), ..self }
    }

    /// Adds a count. A small one is withheld, unless it is not in the answer.
    pub(in crate::disclosure) fn add(&mut self, value: u64, visibility: CountVisibility, priority: Priority) -> usize {
        let small = visibility != CountVisibility::Unpublished && self.display.is_small(value);
        let visibility = if small { CountVisibility::Small } else { visibility };
        self.variables.push(Variable { value, visibility, priority, sums: Vec::new() });
        self.variables.len() - 1
    }

    /// Adds the knowledge that `whole` is the sum of `parts`. An equation that does not hold is left out.
    pub(in crate::disclosure) fn add_sum(&mut self, whole: usize, parts: &[usize]) {
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
    pub(in crate::disclosure) fn total(&self, variables: &[usize]) -> u64 {
        variables.iter().map(|variable| self.variables[*variable].value).sum()
    }

    /// Visibility of a count.
    pub(in crate::disclosure) fn visibility(&self, variable: usize) -> CountVisibility {
        self.variables[variable].visibility
    }

    /// Withholds a count as a complement, unless it is zero or withheld already.
    pub(in crate::disclosure) fn withhold(&mut self, variable: usize) {
        let Variable { value, visibility, .. } = &mut self.variables[variable];
        if *value > 0 && matches!(visibility, CountVisibility::Shown | CountVisibility::ShownExactly) {
            *visibility = CountVisibility::Withheld;
        }
    }

    /// Marks a count as part of a table that is withheld as a whole.
    pub(in crate::disclosure) fn withhold_table(&mut self, variable: usize) {
        self.variables[variable].visibility = CountVisibility::TableWithheld;
    }

    /// Sign of a variable in a sum: negative for the whole, which is first.
    pub(super) fn sign(&self, variable: usize, sum: usize) -> i64 {
        if self.sums[sum][0].0 == variable { -1 } else { 1 }
    }

    /// Whether the published answer allows that the count is one more, or one less.
    pub(super) fn can_change(&self, variable: usize, change: i64) -> bool {
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

    pub(super) fn looks_alike(&self, value: u64, other: u64) -> bool {
        self.display.rounded(value) == self.display.rounded(other)
    }

    pub(super) fn spend(&self, steps: usize) {
        self.steps.set(self.steps.get().saturating_sub(steps));
        self.unchecked.set(self.unchecked.get() + steps);
        if self.unchecked.get() >= CHECKED_STEPS {
            self.unchecked.set(0);
            if self.ledger.check().is_err() {
                self.steps.set(0);
            }
        }
    }
}
