//! Binned counts of more distinct values than a frequency table may hold: bins with their count, minimum and maximum.
//!
//! Doubles have an order-preserving image among the integers of 64 bits (IEEE 754-2019, 5.10), and a bin is all values whose
//! images begin with the same bits: as many bits as leave no more bins than the limit. Fewer bits never make more bins, so
//! dropping a bit whenever there are too many bins ends at the number of bits that all values together require.
//!
//! Invariants: bins do not depend on the order of the values or on how they were divided among parts that were merged, in contrast
//! to sketches with random or greedy compactions. Counts are exact, so the error of a rank is at most the count of its bin.

use std::collections::HashMap;

use super::decimal::Decimal;
use super::held::Held;

/// Minimum limit on the number of bins; fewer would save no memory worth it.
const MIN_BINS: usize = 1 << 12;

/// Maximum limit on the number of bins; more would not make ranks more exact.
const MAX_BINS: usize = 1 << 17;

/// Entry of a frequency table: the values from `low` to `high`, which are one distinct value unless the table is binned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) low: Decimal,
    pub(super) high: Decimal,
    pub(super) count: u64,
}

/// Binned counts.
#[derive(Clone, Debug)]
pub(super) struct BinnedCounts {
    /// Number of low bits of the images that are dropped, 0 to 64.
    dropped: u32,
    bins: HashMap<u64, Bin>,
    limit: usize,
    held: Held,
}

/// Memory of a bin in a hash table.
const BIN_BYTES: usize = 2 * size_of::<(u64, Bin)>();

/// Minimum and maximum of a bin, both with their images, and the count of its values.
#[derive(Clone, Copy, Debug)]
struct Bin {
    low: (u64, Decimal),
    high: (u64, Decimal),
    count: u64,
}

impl BinnedCounts {
    /// Creates counts with about `limit` bins at most.
    pub(super) fn new(limit: usize) -> Self {
        Self { dropped: 0, bins: HashMap::new(), limit: limit.clamp(MIN_BINS, MAX_BINS), held: Held::default() }
    }

    /// Counts a value `count` times.
    pub(super) fn push(&mut self, value: Decimal, count: u64) {
        let placed = (image(value.to_f64()), value);
        self.add(Bin { low: placed, high: placed, count });
    }

    /// Adds the counts of `other`.
    pub(super) fn merge(&mut self, other: &Self) {
        self.drop_to(self.dropped.max(other.dropped));
        for bin in other.bins.values() {
            self.add(*bin);
        }
    }

    fn add(&mut self, bin: Bin) {
        let key = bin.low.0.unbounded_shr(self.dropped);
        let before = self.bins.len();
        self.bins.entry(key).and_modify(|known| known.join(bin)).or_insert(bin);
        self.held.add(BIN_BYTES * (self.bins.len() - before));
        // Twice the limit is allowed meanwhile, or each new bin could require another pass.
        if self.bins.len() > 2 * self.limit {
            self.drop_to(self.dropped + self.too_many());
        }
    }

    /// Number of further bits that must be dropped until there are no more bins than the limit.
    fn too_many(&self) -> u32 {
        let mut keys: Vec<u64> = self.bins.keys().copied().collect();
        keys.sort_unstable();
        // Neighbours are merged when the bits are dropped in which they differ.
        let mut merged = [0; 65];
        for pair in keys.windows(2) {
            merged[(u64::BITS - (pair[0] ^ pair[1]).leading_zeros()) as usize] += 1;
        }
        let (mut count, mut bits) = (keys.len(), 0);
        while count > self.limit {
            bits += 1;
            count -= merged[bits as usize];
        }
        bits
    }

    /// Merges bins until `dropped` bits are dropped.
    fn drop_to(&mut self, dropped: u32) {
        let further = dropped - self.dropped;
        if further == 0 {
            return;
        }
        self.dropped = dropped;
        for (key, bin) in std::mem::take(&mut self.bins) {
            let key = key.unbounded_shr(further);
            self.bins.entry(key).and_modify(|known| known.join(bin)).or_insert(bin);
        }
        self.held = Held::default();
        self.held.add(BIN_BYTES * self.bins.len());
    }

    /// Restores what [`Self::into_entries`] gave; `None` if the values of an entry do not share their bin.
    pub(super) fn restore(limit: usize, dropped: u32, entries: &[Entry]) -> Option<Self> {
        let mut binned = Self { dropped, ..Self::new(limit) };
        for Entry { low, high, count } in entries {
            let [low, high] = [low, high].map(|value| (image(value.to_f64()), *value));
            if low.0.unbounded_shr(dropped) != high.0.unbounded_shr(dropped) {
                return None;
            }
            binned.add(Bin { low, high, count: *count });
        }
        Some(binned)
    }

    /// Bins in ascending order, and the number of dropped bits.
    pub(super) fn into_entries(mut self) -> (Vec<Entry>, u32) {
        self.drop_to(self.dropped + self.too_many());
        let mut keyed: Vec<_> = self.bins.into_iter().collect();
        keyed.sort_unstable_by_key(|(key, _)| *key);
        let entry = |bin: Bin| Entry { low: bin.low.1, high: bin.high.1, count: bin.count };
        (keyed.into_iter().map(|(_, bin)| entry(bin)).collect(), self.dropped)
    }
}

impl Bin {
    fn join(&mut self, other: Self) {
        self.count += other.count;
        // Equal images need the comparison of the exact numbers.
        if other.low.0.cmp(&self.low.0).then_with(|| other.low.1.compare(self.low.1)).is_lt() {
            self.low = other.low;
        }
        if other.high.0.cmp(&self.high.0).then_with(|| other.high.1.compare(self.high.1)).is_gt() {
            self.high = other.high;
        }
    }
}

/// Order-preserving image of a double.
fn image(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}
