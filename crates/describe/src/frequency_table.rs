//! Frequency table of values, from which order statistics and modes are computed.
//!
//! Input: decimals. Output: entries in ascending order. Invariants: a table is exact up to its limit of distinct values, and past it
//! consists of [`BinnedCounts`]. Which of the two it is, and its entries, depend on the values alone: not on their order, nor on
//! how they were divided among tables that were merged. With [`Ranges`] it keeps the values in them, and counts those between them.
//! A table of numbers that can be read again consists of [`Cells`] past its limit, which depend on the first values.

use std::sync::Arc;

use super::binned_counts::BinnedCounts;
use super::cells::{Cells, MAX_CELLS, MAX_CELLS_OF_MANY, ReadAgain};
use super::decimal::Decimal;
use super::distinct_counts::{DistinctCounts, Entry};
use super::held::Held;
use super::ranges::Ranges;
use super::retention::{DistinctBudget, Retention};

/// Maximum lengths of the lists that count integers of 0, 1 and 2 decimal places, such as marks and money.
const MAX_LIST_LENGTHS: [usize; 3] = [1 << 10, 1 << 11, 1 << 14];

/// Number of values from which on one of many tables counts cells.
const MIN_VALUES_FOR_CELLS: usize = 1 << 10;

/// Frequency table of values.
#[derive(Clone, Debug)]
pub(super) struct FrequencyTable {
    /// For 0, 1 and 2 decimal places, the frequencies of the numbers whose digits are the index.
    lists: [Vec<u64>; 3],
    others: Others,
    limit: usize,
    budget: Option<Arc<DistinctBudget>>,
    /// What is wanted of numbers that will be read again if there are too many distinct values.
    read_again: Option<Arc<ReadAgain>>,
    /// Ranges of the values that are kept, if not all are.
    part: Option<Box<Part>>,
    /// Count of values in lists.
    listed: u64,
    /// Count of values that were not found in a list, which bounds how far lists may grow.
    taken: u64,
    /// Memory of the lists and of the counts between ranges.
    held: Held,
}

#[derive(Clone, Debug)]
enum Others {
    Exact(DistinctCounts),
    Binned(Box<BinnedCounts>),
    Cells(Box<Cells>),
}

/// Ranges of the values that are kept.
#[derive(Clone, Debug)]
struct Part {
    ranges: Arc<Ranges>,
    /// Count of the values before each range, and behind the last one.
    between: Vec<u64>,
}

impl FrequencyTable {
    /// A table of `limit` distinct values at most.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            lists: Default::default(),
            others: Others::Exact(DistinctCounts::default()),
            limit,
            budget: None,
            read_again: None,
            part: None,
            listed: 0,
            taken: 0,
            held: Held::default(),
        }
    }

    /// The table that a retention asks for; `None` if it asks for none.
    pub(super) fn retaining(retention: &Retention) -> Option<Self> {
        let part = |ranges: &Arc<Ranges>| Part { between: vec![0; ranges.len() + 1], ranges: Arc::clone(ranges) };
        let part = retention.ranges.as_ref().map(|ranges| Box::new(part(ranges)));
        let mut held = Held::default();
        held.add(part.as_ref().map_or(0, |part| size_of::<u64>() * part.between.len()));
        let (budget, read_again) = (retention.budget.clone(), retention.read_again.clone());
        Some(Self { budget, read_again, part, held, ..Self::new(retention.max_distinct?) })
    }

    /// Counts a value. Returns whether it was counted in a list, as [`FrequencyTable::listed`] gives it.
    #[inline]
    pub(super) fn push(&mut self, decimal: Decimal) -> bool {
        if let Some(count) = lane(decimal).and_then(|lane| self.lists[lane].get_mut(index(decimal))) {
            *count += 1;
            self.listed += 1;
            return true;
        }
        self.push_times(decimal, 1)
    }

    /// Counts a value `times` times, as [`FrequencyTable::push`] does.
    #[inline(never)]
    pub(super) fn push_times(&mut self, decimal: Decimal, times: u64) -> bool {
        self.taken += times;
        if let Some(lane) = lane(decimal).filter(|lane| index(decimal) < MAX_LIST_LENGTHS[*lane]) {
            let list = &mut self.lists[lane];
            let length = (index(decimal) + 1).next_power_of_two();
            // The memory of a list is bounded by the count of values.
            if index(decimal) < list.len() || length as u64 <= self.taken.saturating_mul(8).saturating_add(16) {
                self.held.add(size_of::<u64>() * length.saturating_sub(list.len()));
                list.resize(length.max(list.len()), 0);
                list[index(decimal)] += times;
                self.listed += times;
                return true;
            }
        }
        self.add(decimal, times);
        false
    }

    fn add(&mut self, decimal: Decimal, times: u64) {
        let mut zone = 0;
        if let Some(part) = &mut self.part {
            let place = part.ranges.place(decimal);
            if place.is_multiple_of(2) {
                part.between[place / 2] += times;
                return;
            }
            zone = zone_of(place);
        }
        match &mut self.others {
            Others::Binned(binned) => binned.push(zone, decimal, times),
            Others::Cells(cells) => {
                if cells.push(decimal, times) {
                    let kept = cells.kept();
                    self.limit_values(kept);
                }
            }
            Others::Exact(counts) => {
                if counts.add(decimal.canonical(), times) {
                    let values = counts.len();
                    self.limit_values(values);
                }
            }
        }
    }

    /// Keeps fewer values than `values`, to which the table has grown, if these are too many.
    fn limit_values(&mut self, values: usize) {
        if let Some(budget) = &self.budget {
            budget.grown_to(values);
        }
        if values > self.limit || self.is_over_budget() {
            match &mut self.others {
                Others::Exact(_) => self.bin(),
                Others::Binned(_) => {}
                Others::Cells(cells) => cells.keep_none(),
            }
        }
    }

    fn is_over_budget(&self) -> bool {
        self.budget.as_ref().is_some_and(|budget| budget.is_exceeded())
    }

    /// Replaces exact counts by those of cells if the numbers can be read again, or by bins. One of many tables that has fewer values than
    /// cells would need stays exact.
    fn bin(&mut self) {
        let is_over_budget = self.is_over_budget();
        if let Others::Exact(counts) = &mut self.others {
            let read_again = self.read_again.as_ref().filter(|_| self.part.is_none());
            if read_again.is_some() && is_over_budget && counts.len() < MIN_VALUES_FOR_CELLS.min(self.limit) {
                return;
            }
            let counts = std::mem::take(counts);
            if let Some(read_again) = read_again {
                let max_cells = if is_over_budget { MAX_CELLS_OF_MANY } else { MAX_CELLS };
                let mut cells = read_again.cells(counts, max_cells);
                if is_over_budget {
                    cells.keep_none();
                }
                self.others = Others::Cells(Box::new(cells));
                return;
            }
            let mut binned = BinnedCounts::new(self.limit, self.read_again.is_some());
            for (decimal, count) in counts {
                let zone = self.part.as_ref().map_or(0, |part| zone_of(part.ranges.place(decimal)));
                binned.push(zone, decimal, count);
            }
            self.others = Others::Binned(Box::new(binned));
        }
    }

    /// Adds the counts of `other`, which must have the same ranges.
    pub(super) fn merge(&mut self, other: &Self) {
        if let (Some(ours), Some(theirs)) = (&mut self.part, &other.part) {
            ours.between.iter_mut().zip(&theirs.between).for_each(|(ours, theirs)| *ours += theirs);
        }
        self.taken += other.taken;
        if let (Some(budget), true) = (&self.budget, other.is_over_budget()) {
            budget.exceed();
        }
        for (ours, theirs) in self.lists.iter_mut().zip(&other.lists) {
            self.held.add(size_of::<u64>() * theirs.len().saturating_sub(ours.len()));
            ours.resize(ours.len().max(theirs.len()), 0);
            for (ours, theirs) in ours.iter_mut().zip(theirs) {
                *ours += theirs;
            }
        }
        self.listed += other.listed;
        match &other.others {
            Others::Exact(counts) => counts.iter().for_each(|(decimal, count)| self.add(decimal, count)),
            theirs => self.merge_inexact(theirs),
        }
    }

    /// Adds counts of which not every value is known.
    fn merge_inexact(&mut self, theirs: &Others) {
        match (&mut self.others, theirs) {
            (Others::Exact(ours), theirs) => {
                let ours = std::mem::take(ours);
                self.others = theirs.clone();
                ours.into_iter().for_each(|(decimal, count)| self.add(decimal, count));
            }
            (Others::Binned(ours), Others::Binned(theirs)) => ours.merge(theirs),
            (Others::Cells(ours), Others::Cells(theirs)) => {
                ours.merge(theirs);
                let kept = ours.kept();
                self.limit_values(kept);
            }
            // One table was too large itself, the other was one of many.
            (Others::Cells(ours), Others::Binned(theirs)) => ours.add(&theirs.entries().0),
            (Others::Binned(ours), Others::Cells(theirs)) => {
                let mut all = theirs.clone();
                all.add(&ours.entries().0);
                self.others = Others::Cells(all);
            }
            (_, Others::Exact(_)) => {}
        }
    }

    /// Whether there were more distinct values than the limit outside of lists.
    pub(super) fn is_binned(&self) -> bool {
        !matches!(self.others, Others::Exact(_))
    }

    /// Whether the numbers are read again until quantiles are exact.
    pub(super) fn is_read_again(&self) -> bool {
        self.read_again.is_some() || self.is_part()
    }

    /// Whether only the values in ranges are kept.
    pub(super) fn is_part(&self) -> bool {
        self.part.is_some()
    }

    /// Count of values in lists.
    pub(super) fn listed_count(&self) -> u64 {
        self.listed
    }

    /// Values in lists with their counts. One value may occur in several spellings, such as 5 and 5.0.
    pub(super) fn listed(&self) -> impl Iterator<Item = (Decimal, u64)> {
        self.lists.iter().zip(0..).flat_map(|(counts, places)| {
            let counted = counts.iter().zip(0..).filter(|(count, _)| **count > 0);
            counted.map(move |(count, digits)| (Decimal::short(digits, -places, false), *count))
        })
    }

    /// Entries in ascending order, and whether they may be several values: bins, or the values between two ranges.
    pub(super) fn entries(&self) -> (Vec<Entry>, bool) {
        let (entries, dropped) = self.content();
        (entries, dropped.is_some() || self.is_part())
    }

    /// Entries in ascending order; with the number of bits that bins drop if there are more distinct values than the limit.
    pub(super) fn content(&self) -> (Vec<Entry>, Option<u32>) {
        let completed = (self.listed > 0 || self.is_over_budget()).then(|| self.completed());
        let all = completed.as_ref().unwrap_or(self);
        let (entries, dropped) = match &all.others {
            Others::Exact(counts) => (counts.entries(), None),
            Others::Binned(binned) => {
                let (entries, dropped) = binned.entries();
                (entries, Some(dropped))
            }
            Others::Cells(cells) => (cells.entries(), Some(u64::BITS)),
        };
        let entries = match &all.part {
            Some(part) => part.with_between(&entries),
            None => entries,
        };
        (entries, dropped)
    }

    /// The table with the values of the lists among the others, binned if all tables have too many values.
    fn completed(&self) -> Self {
        let (others, read_again, part) = (self.others.clone(), self.read_again.clone(), self.part.clone());
        let budget = self.budget.clone().filter(|budget| budget.is_exceeded());
        let mut all = Self { others, budget, read_again, part, ..Self::new(self.limit) };
        for (decimal, count) in self.listed() {
            all.add(decimal, count);
        }
        if all.is_over_budget() {
            all.bin();
        }
        all
    }

    /// Whether [`Self::entries`] may be several values: false if it is clear without computing them.
    pub(super) fn may_be_approximate(&self) -> bool {
        let listed: usize = self.lists.iter().map(Vec::len).sum();
        let is_few = matches!(&self.others, Others::Exact(counts) if counts.len() + listed <= self.limit);
        !is_few || self.is_part() || self.is_over_budget()
    }

    /// Restores what [`Self::content`] gave; `None` if the values of an entry do not share their bin.
    pub(super) fn restore(limit: usize, entries: &[Entry], dropped: Option<u32>) -> Option<Self> {
        let mut table = Self::new(limit);
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

/// Zone of the bins of the range at this place.
fn zone_of(place: usize) -> u32 {
    u32::try_from(place / 2).unwrap_or(u32::MAX)
}

impl Part {
    /// Entries of the values in ranges, which ascend, with an entry for the values of each gap.
    fn with_between(&self, entries: &[Entry]) -> Vec<Entry> {
        let mut all = Vec::with_capacity(entries.len() + self.between.len());
        let mut rest = entries;
        for (range, count) in self.between.iter().enumerate() {
            if *count > 0 {
                let [low, high] = self.ranges.gap(range);
                all.push(Entry { low, high, count: *count });
            }
            let end = rest.partition_point(|entry| self.ranges.place(entry.low) <= 2 * range + 1);
            all.extend_from_slice(&rest[..end]);
            rest = &rest[end..];
        }
        all
    }
}

/// Index of the list that may count a number.
#[inline]
fn lane(decimal: Decimal) -> Option<usize> {
    let places = usize::try_from(-decimal.exponent).ok()?;
    let is_common = !decimal.negative && decimal.high == 0 && !decimal.is_rounded;
    (is_common && places < MAX_LIST_LENGTHS.len()).then_some(places)
}

#[inline]
fn index(decimal: Decimal) -> usize {
    usize::try_from(decimal.low).unwrap_or(usize::MAX)
}
