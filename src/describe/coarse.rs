//! A tally of more values than can be kept: counts of cells, each with its least and its greatest value.
//!
//! Doubles have an order-preserving image among the integers of 64 bits (IEEE 754-2019, 5.10), and a cell is all values
//! whose images begin with the same bits. There are as many bits as leave no more cells than the limit. As fewer bits
//! never make more cells, dropping a bit whenever there are too many cells ends at the number of bits that all the values
//! together ask for. So the cells do not depend on the order of the values or on how they were dealt to parts that were
//! merged, which no sketch with random or greedy compactions can say; and since the counts are exact, the error of a rank
//! is bounded by the count of the cell it falls into, for certain and not just probably.

use std::collections::HashMap;

use super::tally::Entry;

/// Fewer cells than this save nothing, and more would gain nothing.
const CELLS: std::ops::RangeInclusive<usize> = 1 << 12..=1 << 17;

/// Counts of cells.
#[derive(Clone, Debug)]
pub(super) struct Coarse {
    /// How many of the 64 bits are dropped.
    dropped: u32,
    cells: HashMap<u64, Entry>,
    limit: usize,
}

impl Coarse {
    /// One with about so many cells at most.
    pub(super) fn new(limit: usize) -> Self {
        Self { dropped: 0, cells: HashMap::new(), limit: limit.clamp(*CELLS.start(), *CELLS.end()) }
    }

    /// Counts values of one cell.
    pub(super) fn add(&mut self, entry: Entry) {
        let key = image(entry.low.to_f64()).unbounded_shr(self.dropped);
        self.cells.entry(key).and_modify(|cell| cell.join(entry)).or_insert(entry);
        while self.cells.len() > self.limit {
            self.drop_to(self.dropped + 1);
        }
    }

    /// Counts all that `other` counted.
    pub(super) fn merge(&mut self, other: &Self) {
        self.drop_to(self.dropped.max(other.dropped));
        for entry in other.cells.values() {
            self.add(*entry);
        }
    }

    fn drop_to(&mut self, dropped: u32) {
        let further = dropped - self.dropped;
        if further == 0 {
            return;
        }
        self.dropped = dropped;
        for (key, entry) in std::mem::take(&mut self.cells) {
            let key = key.unbounded_shr(further);
            self.cells.entry(key).and_modify(|cell| cell.join(entry)).or_insert(entry);
        }
    }

    /// The cells in ascending order.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let mut keyed: Vec<_> = self.cells.iter().collect();
        keyed.sort_unstable_by_key(|(key, _)| **key);
        keyed.into_iter().map(|(_, entry)| *entry).collect()
    }
}

impl Entry {
    fn join(&mut self, other: Self) {
        self.count += other.count;
        if other.low.compare(self.low).is_lt() {
            self.low = other.low;
        }
        if other.high.compare(self.high).is_gt() {
            self.high = other.high;
        }
    }
}

/// The place of a double in the order of all of them.
fn image(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}
