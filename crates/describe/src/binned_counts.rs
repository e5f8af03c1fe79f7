//! Binned counts of more distinct values than a frequency table may hold: bins with their count, minimum and maximum.
//!
//! Doubles have an order-preserving image among the integers of 64 bits (IEEE 754-2019, 5.10), and a bin is all values of a zone whose
//! images begin with the same bits: as many bits as leave no more bins than the limit. Zones are parts of the line that ascend, since
//! what lies between two of them may be counted elsewhere. Fewer bits never make more bins, so dropping a bit whenever there are too
//! many bins ends at the number of bits that all values together require.
//!
//! Invariants: bins do not depend on the order of the values or on how they were divided among parts that were merged, in contrast
//! to sketches with random or greedy compactions. Counts are exact, so the error of a rank is at most the count of its bin.

use foldhash::{HashMap, HashMapExt};

use super::decimal::{Decimal, Image};
use super::distinct_counts::Entry;
use super::held::Held;

/// Minimum limit on the number of bins; fewer would save no memory worth it.
const MIN_BINS: usize = 1 << 12;

/// Maximum limit on the number of bins; more would not make ranks more exact.
const MAX_BINS: usize = 1 << 17;

/// Maximum limit on the number of bins if the numbers will be read again: as many as the cache holds.
const MAX_COARSE_BINS: usize = 1 << 13;

/// Binned counts.
#[derive(Clone, Debug)]
pub(super) struct BinnedCounts {
    /// Number of low bits of the images that are dropped, 0 to 64.
    dropped: u32,
    /// Place of each bin by its key.
    places: HashMap<Key, u32>,
    bins: Vec<Bin>,
    /// Minimum and maximum of each bin: apart, so that what a value is compared with stays in the cache.
    ends: Vec<[Decimal; 2]>,
    limit: usize,
    held: Held,
}

/// Zone of a bin, and the bits that its images have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Key {
    zone: u32,
    bits: u64,
}

/// Memory of a bin, in lists that double.
const BIN_BYTES: usize = 2 * (size_of::<(Bin, [Decimal; 2])>() + size_of::<(Key, u32)>() + 1);

/// Count of the values of a bin, and the images of its minimum and maximum.
#[derive(Clone, Copy, Debug)]
struct Bin {
    count: u64,
    low: u64,
    high: u64,
}

/// Where an image is beside those of the ends of a bin: at the lower one or below, between, or at the higher one or above.
#[derive(PartialEq)]
enum Side {
    Low,
    Between,
    High,
}

impl BinnedCounts {
    /// Creates counts with about `limit` bins at most, and fewer if they are coarse.
    pub(super) fn new(limit: usize, is_coarse: bool) -> Self {
        let limit = limit.clamp(MIN_BINS, if is_coarse { MAX_COARSE_BINS } else { MAX_BINS });
        let (places, bins, ends) = (HashMap::new(), Vec::new(), Vec::new());
        Self { dropped: 0, places, bins, ends, limit, held: Held::default() }
    }

    /// Counts a value of a zone `count` times.
    pub(super) fn push(&mut self, zone: u32, value: Decimal, count: u64) {
        let image = Image::of(value);
        let key = Key { zone, bits: image.map(|image| image.unbounded_shr(self.dropped)) };
        if let Some(place) = self.places.get(&key) {
            let bin = &mut self.bins[*place as usize];
            // Nearly all values are neither the least nor the greatest of their bin.
            let side = |image: u64| match image {
                image if image <= bin.low => Side::Low,
                image if image < bin.high => Side::Between,
                _ => Side::High,
            };
            if image.map(side) == Side::Between {
                bin.count += count;
                return;
            }
        }
        let (image, value) = (image.exact(), value.canonical());
        self.add(zone, Bin { count, low: image, high: image }, [value; 2]);
    }

    /// Adds the counts of `other`.
    pub(super) fn merge(&mut self, other: &Self) {
        self.drop_to(self.dropped.max(other.dropped));
        for (Key { zone, .. }, place) in &other.places {
            self.add(*zone, other.bins[*place as usize], other.ends[*place as usize]);
        }
    }

    fn add(&mut self, zone: u32, bin: Bin, ends: [Decimal; 2]) {
        let before = self.bins.len();
        self.join(zone, bin, ends);
        self.held.add(BIN_BYTES * (self.bins.len() - before));
        // Twice the limit is allowed meanwhile, or each new bin could require another pass.
        if self.bins.len() > 2 * self.limit {
            self.drop_to(self.dropped + self.too_many());
        }
    }

    /// Joins a bin with the one of the same key.
    fn join(&mut self, zone: u32, bin: Bin, [low, high]: [Decimal; 2]) {
        let next = u32::try_from(self.bins.len()).unwrap_or(u32::MAX);
        let key = Key { zone, bits: bin.low.unbounded_shr(self.dropped) };
        let place = *self.places.entry(key).or_insert(next) as usize;
        let (Some(known), Some(ends)) = (self.bins.get_mut(place), self.ends.get_mut(place)) else {
            self.bins.push(bin);
            self.ends.push([low, high]);
            return;
        };
        known.count += bin.count;
        // Equal images need the comparison of the exact numbers.
        if bin.low.cmp(&known.low).then_with(|| low.compare(ends[0])).is_lt() {
            (known.low, ends[0]) = (bin.low, low);
        }
        if bin.high.cmp(&known.high).then_with(|| high.compare(ends[1])).is_gt() {
            (known.high, ends[1]) = (bin.high, high);
        }
    }

    /// Number of further bits that must be dropped until there are no more bins than the limit.
    fn too_many(&self) -> u32 {
        let mut keys: Vec<Key> = self.places.keys().copied().collect();
        keys.sort_unstable();
        // Neighbours are merged when the bits are dropped in which they differ.
        let mut merged = [0; 65];
        for pair in keys.windows(2).filter(|pair| pair[0].zone == pair[1].zone) {
            merged[(u64::BITS - (pair[0].bits ^ pair[1].bits).leading_zeros()) as usize] += 1;
        }
        let (mut count, mut bits) = (keys.len(), 0);
        while count > self.limit && bits < u64::BITS {
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
        let (places, bins) = (std::mem::take(&mut self.places), std::mem::take(&mut self.bins));
        let ends = std::mem::take(&mut self.ends);
        for (Key { zone, .. }, place) in places {
            self.join(zone, bins[place as usize], ends[place as usize]);
        }
        self.held = Held::default();
        self.held.add(BIN_BYTES * self.bins.len());
    }

    /// Restores what [`Self::entries`] gave; `None` if the values of an entry do not share their bin.
    pub(super) fn restore(limit: usize, dropped: u32, entries: &[Entry]) -> Option<Self> {
        let mut binned = Self { dropped, ..Self::new(limit, false) };
        for Entry { low, high, count } in entries {
            let ends = [*low, *high];
            let [low, high] = ends.map(|value| Image::of(value).exact());
            if low.unbounded_shr(dropped) != high.unbounded_shr(dropped) {
                return None;
            }
            binned.add(0, Bin { count: *count, low, high }, ends);
        }
        Some(binned)
    }

    /// Bins in ascending order, and the number of dropped bits.
    pub(super) fn entries(&self) -> (Vec<Entry>, u32) {
        let dropped = self.dropped + self.too_many();
        let further = dropped - self.dropped;
        let mut ascending: Vec<(&Key, &u32)> = self.places.iter().collect();
        ascending.sort_unstable();
        let is_one =
            |a: &Key, b: &Key| a.zone == b.zone && a.bits.unbounded_shr(further) == b.bits.unbounded_shr(further);
        let entry = |bins: &[(&Key, &u32)]| {
            let mut places = bins.iter().map(|(_, place)| **place as usize);
            let count = places.clone().map(|place| self.bins[place].count).sum();
            let first = places.next()?;
            Some(Entry { low: self.ends[first][0], high: self.ends[places.next_back().unwrap_or(first)][1], count })
        };
        (ascending.chunk_by(|a, b| is_one(a.0, b.0)).filter_map(entry).collect(), dropped)
    }
}
