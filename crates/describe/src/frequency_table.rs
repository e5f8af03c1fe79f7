//! How often each value stands there: what order statistics, modes and tables of frequencies are made of.
//!
//! A tally is exact while there are no more different values than its limit, and beyond it a [`BinnedCounts`] one. Which of the
//! two it is, and all it says, depends on the values alone: not on their order, nor on how they were dealt to tallies
//! that were merged.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::binned_counts::{BinnedCounts, Entry};
use super::decimal::Decimal;

/// How many different values a tally holds unless told otherwise.
pub const DEFAULT_MAX_DISTINCT: usize = 1_000_000;

/// The numbers with 0, 1 and 2 digits after the point that may be counted in lists: marks and money.
const DENSE: [usize; 3] = [1 << 10, 1 << 11, 1 << 14];

/// How many different values the tallies of one request may hold together.
///
/// It is exceeded when the values of all tallies, each counted to the power of two below, are more. A part of the values
/// never exceeds it unless all of them do, so that it does not matter either how they were dealt.
#[derive(Debug)]
pub struct DistinctBudget {
    values: AtomicU64,
    limit: u64,
}

impl DistinctBudget {
    /// One for so many bytes.
    #[must_use]
    pub fn of_bytes(bytes: usize) -> Arc<Self> {
        /// What a value takes in a table that is filled to between a half and seven eighths.
        const VALUE: usize = 64;
        Arc::new(Self { values: AtomicU64::new(0), limit: (bytes / VALUE) as u64 })
    }

    /// An empty one with the same limit.
    #[must_use]
    pub fn fresh(&self) -> Arc<Self> {
        Arc::new(Self { values: AtomicU64::new(0), limit: self.limit })
    }

    /// A tally has grown to so many values.
    fn grown_to(&self, values: usize) {
        const LEAST: usize = 1024;
        if values >= LEAST && values.is_power_of_two() {
            let more = if values == LEAST { values } else { values / 2 };
            self.values.fetch_add(more as u64, Ordering::Relaxed);
        }
    }

    fn is_exceeded(&self) -> bool {
        self.values.load(Ordering::Relaxed) > self.limit
    }

    fn exceed(&self) {
        self.values.fetch_max(self.limit.saturating_add(1), Ordering::Relaxed);
    }
}

/// Counts of values.
#[derive(Clone, Debug)]
pub(super) struct FrequencyTable {
    /// For each number of digits after the point, the counts of the integers that its digits are.
    dense: [Vec<u64>; 3],
    others: Others,
    limit: usize,
    budget: Option<Arc<DistinctBudget>>,
    /// How many values were counted in lists.
    listed: u64,
    /// How many lists did not have.
    taken: u64,
}

#[derive(Clone, Debug)]
enum Others {
    Exact(HashMap<Decimal, u64>),
    Binned(Box<BinnedCounts>),
}

impl FrequencyTable {
    pub(super) fn new(limit: usize, budget: Option<Arc<DistinctBudget>>) -> Self {
        let others = Others::Exact(HashMap::new());
        Self { dense: Default::default(), others, limit, budget, listed: 0, taken: 0 }
    }

    /// Counts a value. Says whether it was counted in a list, from which [`FrequencyTable::listed`] gives it back.
    #[inline]
    pub(super) fn push(&mut self, decimal: Decimal) -> bool {
        if let Some(count) = lane(decimal).and_then(|lane| self.dense[lane].get_mut(index(decimal))) {
            *count += 1;
            self.listed += 1;
            return true;
        }
        self.push_times(decimal, 1)
    }

    /// Counts a value so many times.
    #[inline(never)]
    pub(super) fn push_times(&mut self, decimal: Decimal, times: u64) -> bool {
        self.taken += times;
        if let Some(lane) = lane(decimal).filter(|lane| index(decimal) < DENSE[*lane]) {
            let list = &mut self.dense[lane];
            let length = (index(decimal) + 1).next_power_of_two();
            // A list grows no further than is paid for by the number of values.
            if index(decimal) < list.len() || length as u64 <= 16 + 8 * self.taken {
                list.resize(length.max(list.len()), 0);
                list[index(decimal)] += times;
                self.listed += times;
                return true;
            }
        }
        self.add(decimal.canonical(), times);
        false
    }

    fn add(&mut self, decimal: Decimal, times: u64) {
        match &mut self.others {
            Others::Binned(binned) => binned.push(decimal, times),
            Others::Exact(counts) => {
                let before = counts.len();
                *counts.entry(decimal).or_default() += times;
                if counts.len() > before {
                    if let Some(budget) = &self.budget {
                        budget.grown_to(counts.len());
                    }
                    if counts.len() > self.limit || self.is_over_budget() {
                        self.bin();
                    }
                }
            }
        }
    }

    fn is_over_budget(&self) -> bool {
        self.budget.as_ref().is_some_and(|budget| budget.is_exceeded())
    }

    fn bin(&mut self) {
        if let Others::Exact(counts) = &mut self.others {
            let mut binned = BinnedCounts::new(self.limit);
            for (decimal, count) in std::mem::take(counts) {
                binned.push(decimal, count);
            }
            self.others = Others::Binned(Box::new(binned));
        }
    }

    /// Counts all that `other` counted.
    pub(super) fn merge(&mut self, other: &Self) {
        self.taken += other.taken;
        if let (Some(budget), true) = (&self.budget, other.is_over_budget()) {
            budget.exceed();
        }
        for (ours, theirs) in self.dense.iter_mut().zip(&other.dense) {
            ours.resize(ours.len().max(theirs.len()), 0);
            for (ours, theirs) in ours.iter_mut().zip(theirs) {
                *ours += theirs;
            }
        }
        self.listed += other.listed;
        match &other.others {
            Others::Exact(counts) => counts.iter().for_each(|(decimal, count)| self.add(*decimal, *count)),
            Others::Binned(theirs) => {
                self.bin();
                if let Others::Binned(ours) = &mut self.others {
                    ours.merge(theirs);
                }
            }
        }
    }

    /// Whether there were more different values than it counts one by one.
    pub(super) fn is_binned(&self) -> bool {
        matches!(self.others, Others::Binned(_))
    }

    /// How many values were counted in lists.
    pub(super) fn listed_count(&self) -> u64 {
        self.listed
    }

    /// The values that were counted in lists, with their counts. One value may stand there in several spellings.
    pub(super) fn listed(&self) -> impl Iterator<Item = (Decimal, u64)> {
        self.dense.iter().zip(0..).flat_map(|(counts, places)| {
            let counted = counts.iter().zip(0..).filter(|(count, _)| **count > 0);
            counted.map(move |(count, digits)| (Decimal { digits, exponent: -places, negative: false }, *count))
        })
    }

    /// Entries in ascending order, and whether they are bins of several values.
    pub(super) fn entries(&self) -> (Vec<Entry>, bool) {
        let (entries, dropped) = self.content();
        (entries, dropped.is_some())
    }

    /// Entries in ascending order; with the number of bits that bins drop if there are more distinct values than the limit.
    pub(super) fn content(&self) -> (Vec<Entry>, Option<u32>) {
        let mut all = Self { others: self.others.clone(), ..Self::new(self.limit, None) };
        for (decimal, count) in self.listed() {
            all.add(decimal.canonical(), count);
        }
        if self.is_over_budget() {
            all.bin();
        }
        match all.others {
            Others::Exact(counts) => (sorted(counts), None),
            Others::Binned(binned) => {
                let (entries, dropped) = binned.into_entries();
                (entries, Some(dropped))
            }
        }
    }

    /// Restores what [`Self::content`] gave; `None` if the values of an entry do not share their bin.
    pub(super) fn restore(limit: usize, entries: &[Entry], dropped: Option<u32>) -> Option<Self> {
        let mut table = Self::new(limit, None);
        table.taken = entries.iter().map(|entry| entry.count).sum();
        match dropped {
            Some(dropped) => table.others = Others::Binned(Box::new(BinnedCounts::restore(limit, dropped, entries)?)),
            None => entries.iter().for_each(|entry| table.add(entry.low, entry.count)),
        }
        Some(table)
    }

    /// Maximum number of distinct values.
    pub(super) fn limit(&self) -> usize {
        self.limit
    }
}

fn sorted(counts: HashMap<Decimal, u64>) -> Vec<Entry> {
    // Rounding keeps the order, so the doubles decide but for equal ones.
    let mut keyed: Vec<_> = counts.into_iter().map(|(value, count)| (value.to_f64(), value, count)).collect();
    keyed.sort_unstable_by(|(a, first, _), (b, second, _)| a.total_cmp(b).then_with(|| first.compare(*second)));
    keyed.into_iter().map(|(_, value, count)| Entry { low: value, high: value, count }).collect()
}

/// Which list may count a number.
#[inline]
fn lane(decimal: Decimal) -> Option<usize> {
    let places = usize::try_from(-decimal.exponent).ok()?;
    (!decimal.negative && places < DENSE.len()).then_some(places)
}

#[inline]
fn index(decimal: Decimal) -> usize {
    usize::try_from(decimal.digits).unwrap_or(usize::MAX)
}
