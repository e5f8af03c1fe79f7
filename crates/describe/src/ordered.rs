//! Order statistics of numbers in ascending order.
//!
//! Input: entries of a frequency table, and the counts of infinities. Output: exact ranks and quantiles of exact entries; of bins,
//! approximate ones with a bound on their error.

use std::cmp::Ordering;

use num_bigint::BigInt;

use super::decimal::Decimal;
use super::distinct_counts::Entry;
use super::exact::Ratio;
use super::quantile::QuantileMethod;
use super::ranges::Ranges;
use super::undefined::Undefined;

/// At least one number, in ascending order.
#[derive(Debug)]
pub(super) struct Ordered {
    entries: Vec<Entry>,
    /// Count of the numbers before each entry, negative infinities included; and, last, before the positive infinities.
    before: Vec<u64>,
    count: u64,
    approximate: bool,
}

impl Ordered {
    /// Creates the order of `entries` and of `above` positive and `below` negative infinities. With `approximate`, entries are bins.
    pub(super) fn new(entries: Vec<Entry>, [above, below]: [u64; 2], approximate: bool) -> Self {
        let mut before = Vec::with_capacity(entries.len() + 1);
        let mut sum = below;
        before.push(sum);
        for entry in &entries {
            sum += entry.count;
            before.push(sum);
        }
        Self { entries, before, count: sum + above, approximate }
    }

    /// Count of numbers.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether entries are bins.
    pub(super) fn is_approximate(&self) -> bool {
        self.approximate
    }

    /// Count of distinct infinities: 0, 1 or 2.
    pub(super) fn infinities(&self) -> u64 {
        u64::from(self.before[0] > 0) + u64::from(self.before[self.entries.len()] < self.count)
    }

    pub(super) fn has_infinite(&self) -> bool {
        self.infinities() > 0
    }

    /// Distinct finite values with their counts.
    pub(super) fn values(&self) -> impl Iterator<Item = (Decimal, u64)> + Clone {
        self.entries.iter().map(|entry| (entry.low, entry.count))
    }

    /// Bound on the error of a rank, as a share of the numbers.
    ///
    /// The nearer end of a bin represents a number in it, so its rank is off by half of the bin's count at most.
    #[expect(clippy::cast_precision_loss, reason = "a bound, and rounded up")]
    pub(super) fn rank_error(&self) -> f64 {
        let inexact = self.entries.iter().filter(|entry| !entry.low.equals(entry.high));
        let most = inexact.map(|entry| entry.count).max().unwrap_or(0);
        if most == 0 { 0.0 } else { (most.div_ceil(2) as f64 / self.count as f64).next_up() }
    }

    /// Bound on the error of the ranks of quantiles at these shares, as a share of the numbers.
    #[expect(clippy::cast_precision_loss, reason = "a bound, and rounded up")]
    pub(super) fn rank_error_at(&self, method: QuantileMethod, shares: &[Ratio]) -> f64 {
        let inexact = self.entries_at(method, shares).filter(|entry| !entry.low.equals(entry.high));
        let most = inexact.map(|entry| entry.count).max().unwrap_or(0);
        if most == 0 { 0.0 } else { (most as f64 / self.count as f64).next_up() }
    }

    /// Ranges of the numbers that quantiles at these shares are computed from.
    pub(super) fn ranges_at(&self, method: QuantileMethod, shares: &[Ratio]) -> Ranges {
        let mut ranges = Ranges::default();
        self.entries_at(method, shares).for_each(|entry| ranges.add(entry.low, entry.high));
        ranges
    }

    /// Entries that quantiles at these shares are computed from.
    fn entries_at(&self, method: QuantileMethod, shares: &[Ratio]) -> impl Iterator<Item = &Entry> {
        let places = shares.iter().filter(|_| self.count > 0).flat_map(move |share| {
            let (place, weight) = method.position(self.count, share);
            std::iter::once(place).chain((!weight.is_zero()).then_some(place + 1))
        });
        places.filter_map(|place| self.entries.get(self.entry_at(place)?))
    }

    /// Index of the entry at a place, counted from 0; `None` or beyond the entries if the number there is infinite.
    fn entry_at(&self, place: u64) -> Option<usize> {
        self.before.partition_point(|before| *before <= place).checked_sub(1)
    }

    /// Number at a place, counted from 0; undefined if it is infinite.
    pub(super) fn at(&self, place: u64) -> Result<Decimal, Undefined> {
        let entry = self.entry_at(place);
        let (Some(entry), Some(Entry { low, high, count })) = (entry, entry.and_then(|entry| self.entries.get(entry)))
        else {
            return Err(Undefined::Infinite);
        };
        Ok(if place - self.before[entry] < count.div_ceil(2) { *low } else { *high })
    }

    /// Quantile of the share `q`; undefined if an infinity takes part in it.
    pub(super) fn quantile(&self, method: QuantileMethod, q: &Ratio) -> Result<Ratio, Undefined> {
        let (place, weight) = method.position(self.count, q);
        let low = Ratio::from(self.at(place)?);
        if weight.is_zero() {
            return Ok(low);
        }
        Ok(between(&low, &self.at(place + 1)?.into(), &weight))
    }

    /// Count of the numbers less than `value`.
    pub(super) fn below(&self, value: &Ratio) -> u64 {
        self.before[self.entries.partition_point(|entry| Ratio::from(entry.low).compare(value).is_lt())]
    }

    /// Counts of the numbers less than each of `values`, which ascend: each is looked for from the one before it on, in steps that
    /// double, since there may be many more or many fewer values than entries.
    pub(super) fn below_each(&self, values: &[Ratio]) -> Vec<u64> {
        let mut from = 0;
        let mut below = |value: &Ratio| {
            let is_below = |entry: &Entry| Ratio::from(entry.low).compare(value).is_lt();
            let mut step = 1;
            while self.entries.get(from + step).is_some_and(is_below) {
                step *= 2;
            }
            let end = self.entries.len().min(from + step);
            from += self.entries[from..end].partition_point(is_below);
            self.before[from]
        };
        values.iter().map(&mut below).collect()
    }

    /// Count of the numbers less than or equal to `value`.
    pub(super) fn up_to(&self, value: &Ratio) -> u64 {
        self.before[self.entries.partition_point(|entry| Ratio::from(entry.low).compare(value).is_le())]
    }

    /// Numbers at the places from `start` to before `end`, with their counts.
    pub(super) fn slice(&self, start: u64, end: u64) -> impl Iterator<Item = (Decimal, u64)> {
        self.entries.iter().zip(&self.before).filter_map(move |(entry, before)| {
            let count = end.min(before + entry.count).saturating_sub(start.max(*before));
            (count > 0).then_some((entry.low, count))
        })
    }

    /// Quantile of the distances from `center` of all numbers, none of which may be infinite.
    ///
    /// The distances of the numbers below it and of those above are in order already; they are merged from the center
    /// outwards.
    pub(super) fn quantile_of_distances(&self, center: &Ratio, method: QuantileMethod, q: &Ratio) -> Ratio {
        let (place, weight) = method.position(self.count, q);
        let split = self.entries.partition_point(|entry| Ratio::from(entry.low).compare(center).is_lt());
        let (below, above) = self.entries.split_at(split);
        let down = below.iter().rev().map(|entry| (center.subtract(&entry.low.into()), entry.count));
        let up = above.iter().map(|entry| (Ratio::from(entry.low).subtract(center), entry.count));
        let (mut down, mut up) = (down.peekable(), up.peekable());
        let mut taken = 0;
        let mut low: Option<Ratio> = None;
        loop {
            let nearer_below = match (down.peek(), up.peek()) {
                (Some((a, _)), Some((b, _))) => a.compare(b) == Ordering::Less,
                (below, _) => below.is_some(),
            };
            let next = if nearer_below { down.next() } else { up.next() };
            let Some((distance, count)) = next else { return low.unwrap_or_else(|| Ratio::from(0)) };
            taken += count;
            if let Some(low) = &low {
                return between(low, &distance, &weight);
            }
            if taken > place {
                if weight.is_zero() || taken > place + 1 {
                    return distance;
                }
                low = Some(distance);
            }
        }
    }
}

/// low + weight (high - low).
fn between(low: &Ratio, high: &Ratio, weight: &Ratio) -> Ratio {
    low.add(&high.subtract(low).multiply(weight))
}

/// Sum of values, each multiplied by its count.
pub(super) fn sum(values: impl Iterator<Item = (Decimal, u64)>) -> Ratio {
    let mut sums: Vec<(i32, BigInt)> = Vec::new();
    for (decimal, count) in values {
        let product = match u128::from(decimal.low).checked_mul(count.into()) {
            Some(product) if decimal.high == 0 => BigInt::from(product),
            _ => BigInt::from(decimal.digits()) * count,
        };
        let place = sums.iter().position(|(known, _)| *known == decimal.exponent).unwrap_or_else(|| {
            sums.push((decimal.exponent, BigInt::default()));
            sums.len() - 1
        });
        if decimal.negative { sums[place].1 -= product } else { sums[place].1 += product }
    }
    let parts = sums.into_iter().map(|(exponent, sum)| Ratio::scaled(sum, 1_u32.into(), exponent));
    parts.reduce(|a, b| a.add(&b)).unwrap_or_else(|| Ratio::from(0))
}
