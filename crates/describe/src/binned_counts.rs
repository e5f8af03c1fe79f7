//! A tally of more values than can be kept: counts of cells, each with its least and its greatest value.
//!
//! Doubles have an order-preserving image among the integers of 64 bits (IEEE 754-2019, 5.10), and a cell is all values
//! whose images begin with the same bits. There are as many bits as leave no more cells than the limit. As fewer bits
//! never make more cells, dropping a bit whenever there are too many cells ends at the number of bits that all the values
//! together ask for. So the cells do not depend on the order of the values or on how they were dealt to parts that were
//! merged, which no sketch with random or greedy compactions can say; and since the counts are exact, the error of a rank
//! is bounded by the count of the cell it falls into, for certain and not just probably.

use std::collections::HashMap;

use super::decimal::Decimal;

/// Fewer cells than this save nothing, and more would gain nothing.
const CELLS: std::ops::RangeInclusive<usize> = 1 << 12..=1 << 17;

/// Values from `low` to `high`: one value, or in a binned tally perhaps several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) low: Decimal,
    pub(super) high: Decimal,
    pub(super) count: u64,
}

/// Counts of cells.
#[derive(Clone, Debug)]
pub(super) struct BinnedCounts {
    /// How many of the 64 bits are dropped.
    dropped: u32,
    cells: HashMap<u64, Cell>,
    limit: usize,
}

/// The values of a cell: the least, the greatest, both with their images, and how many there are.
#[derive(Clone, Copy, Debug)]
struct Cell {
    low: (u64, Decimal),
    high: (u64, Decimal),
    count: u64,
}

impl BinnedCounts {
    /// One with about so many cells at most.
    pub(super) fn new(limit: usize) -> Self {
        Self { dropped: 0, cells: HashMap::new(), limit: limit.clamp(*CELLS.start(), *CELLS.end()) }
    }

    /// Counts a value so many times.
    pub(super) fn push(&mut self, value: Decimal, count: u64) {
        let placed = (image(value.to_f64()), value);
        self.add(Cell { low: placed, high: placed, count });
    }

    /// Counts all that `other` counted.
    pub(super) fn merge(&mut self, other: &Self) {
        self.drop_to(self.dropped.max(other.dropped));
        for cell in other.cells.values() {
            self.add(*cell);
        }
    }

    fn add(&mut self, cell: Cell) {
        let key = cell.low.0.unbounded_shr(self.dropped);
        self.cells.entry(key).and_modify(|known| known.join(cell)).or_insert(cell);
        // Twice as many may wait, or each new cell would ask for one bit less.
        if self.cells.len() > 2 * self.limit {
            self.drop_to(self.dropped + self.too_many());
        }
    }

    /// How many more bits must be dropped until there are no more cells than the limit.
    fn too_many(&self) -> u32 {
        let mut keys: Vec<u64> = self.cells.keys().copied().collect();
        keys.sort_unstable();
        // Neighbours become one when the bits are dropped in which they differ.
        let mut become_one = [0; 65];
        for pair in keys.windows(2) {
            become_one[(u64::BITS - (pair[0] ^ pair[1]).leading_zeros()) as usize] += 1;
        }
        let (mut cells, mut bits) = (keys.len(), 0);
        while cells > self.limit {
            bits += 1;
            cells -= become_one[bits as usize];
        }
        bits
    }

    fn drop_to(&mut self, dropped: u32) {
        let further = dropped - self.dropped;
        if further == 0 {
            return;
        }
        self.dropped = dropped;
        for (key, cell) in std::mem::take(&mut self.cells) {
            let key = key.unbounded_shr(further);
            self.cells.entry(key).and_modify(|known| known.join(cell)).or_insert(cell);
        }
    }

    /// Restores what [`Self::into_entries`] gave; `None` if the values of an entry do not share their bin.
    pub(super) fn restore(limit: usize, dropped: u32, entries: &[Entry]) -> Option<Self> {
        let mut binned = Self { dropped, ..Self::new(limit) };
        for Entry { low, high, count } in entries {
            let [low, high] = [low, high].map(|value| (image(value.to_f64()), *value));
            if low.0.unbounded_shr(dropped) != high.0.unbounded_shr(dropped) {
                return None;
            }
            binned.add(Cell { low, high, count: *count });
        }
        Some(binned)
    }

    /// The cells in ascending order, and how many bits are dropped.
    pub(super) fn into_entries(mut self) -> (Vec<Entry>, u32) {
        self.drop_to(self.dropped + self.too_many());
        let mut keyed: Vec<_> = self.cells.into_iter().collect();
        keyed.sort_unstable_by_key(|(key, _)| *key);
        let entry = |cell: Cell| Entry { low: cell.low.1, high: cell.high.1, count: cell.count };
        (keyed.into_iter().map(|(_, cell)| entry(cell)).collect(), self.dropped)
    }
}

impl Cell {
    fn join(&mut self, other: Self) {
        self.count += other.count;
        // Different images decide; of equal ones the exact numbers.
        if other.low.0.cmp(&self.low.0).then_with(|| other.low.1.compare(self.low.1)).is_lt() {
            self.low = other.low;
        }
        if other.high.0.cmp(&self.high.0).then_with(|| other.high.1.compare(self.high.1)).is_gt() {
            self.high = other.high;
        }
    }
}

/// The place of a double in the order of all of them.
fn image(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}
