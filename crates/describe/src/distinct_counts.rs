//! Counts of distinct values in as little memory as their digits need.
//!
//! Input: decimals in their canonical spelling. Output: each with its count. The values of a column have few powers of ten, so that
//! a value is an integer of one word in the table of its power; only one of more digits takes a whole decimal.

use std::collections::hash_map::Entry::{Occupied, Vacant};
use std::hash::Hash;

use foldhash::{HashMap, HashMapExt};

use super::decimal::Decimal;
use super::held::Held;

/// Memory of a value of one word in a hash table that is between half and seven eighths full.
pub(super) const VALUE_BYTES: usize = 40;

/// Memory of a value of more words.
const LONG_VALUE_BYTES: usize = 80;

/// Entry of a frequency table: the values from `low` to `high`, which are one distinct value unless the table is binned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) low: Decimal,
    pub(super) high: Decimal,
    pub(super) count: u64,
}

/// Counts of distinct values.
#[derive(Clone, Debug, Default)]
pub(super) struct DistinctCounts {
    /// Values of one word by their power of ten and sign, ascending.
    powers: Vec<Power>,
    long: HashMap<Decimal, u64>,
    count: usize,
    held: Held,
}

/// Counts of the values with one power of ten and sign, by their digits.
#[derive(Clone, Debug)]
struct Power {
    exponent: i32,
    negative: bool,
    counts: HashMap<u64, u64>,
}

impl DistinctCounts {
    /// Number of distinct values.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Counts a value, in its canonical spelling, `times` times. Returns whether it is new.
    pub(super) fn add(&mut self, value: Decimal, times: u64) -> bool {
        let (is_new, bytes) = if value.high > 0 {
            (add(&mut self.long, value, times), LONG_VALUE_BYTES)
        } else {
            (add(self.of_power(value.exponent, value.negative), value.low, times), VALUE_BYTES)
        };
        if is_new {
            self.held.add(bytes);
            self.count += 1;
        }
        is_new
    }

    fn of_power(&mut self, exponent: i32, negative: bool) -> &mut HashMap<u64, u64> {
        let place = self.powers.binary_search_by_key(&(exponent, negative), |power| (power.exponent, power.negative));
        let place = place.unwrap_or_else(|place| {
            self.held.add(2 * size_of::<Power>());
            self.powers.insert(place, Power { exponent, negative, counts: HashMap::new() });
            place
        });
        &mut self.powers[place].counts
    }

    /// Values in ascending order.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let entry = |(value, count)| Entry { low: value, high: value, count };
        let mut entries: Vec<Entry> = self.iter().map(entry).collect();
        entries.sort_unstable_by(|a, b| a.low.compare(b.low));
        entries
    }

    /// Values with their counts, in any order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Decimal, u64)> {
        let short = self.powers.iter().flat_map(|Power { exponent, negative, counts }| {
            counts.iter().map(|(digits, count)| (Decimal::short(*digits, *exponent, *negative), *count))
        });
        short.chain(self.long.iter().map(|(value, count)| (*value, *count)))
    }
}

impl IntoIterator for DistinctCounts {
    type Item = (Decimal, u64);
    type IntoIter = Box<dyn Iterator<Item = (Decimal, u64)>>;

    /// Values with their counts, in any order. The memory of each table is free as soon as it has been read.
    fn into_iter(self) -> Self::IntoIter {
        let short = self.powers.into_iter().flat_map(|Power { exponent, negative, counts }| {
            counts.into_iter().map(move |(digits, count)| (Decimal::short(digits, exponent, negative), count))
        });
        Box::new(short.chain(self.long))
    }
}

/// Counts a key `times` times. Returns whether it is new.
fn add<K: Eq + Hash>(counts: &mut HashMap<K, u64>, key: K, times: u64) -> bool {
    match counts.entry(key) {
        Occupied(mut known) => {
            *known.get_mut() += times;
            false
        }
        Vacant(new) => {
            new.insert(times);
            true
        }
    }
}
