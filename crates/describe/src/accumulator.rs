//! Exact sums of the powers of decimals, from which all moments are computed.
//!
//! Input: [`Decimal`]s, infinities and missing values. Output: counts, extremes and the sums of the first four powers as integers.
//! Invariants: the sums are exact; memory does not depend on the count of numbers.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use num_bigint::BigInt;

use super::decimal::Decimal;
use super::held::Held;
use super::sums::PowerSums;

/// Maximum number of exponents with sums in fixed limbs. The numbers with further exponents go into big integers.
const MAX_LANES: usize = 32;

/// Number of exponents, from 0 down, whose lanes are found without a search.
const COMMON_EXPONENTS: usize = 32;

/// Number of exponents in a window: numbers without a lane share one set of big integers for each window.
const WINDOW_EXPONENTS: i32 = 32;

/// Accumulates decimals into exact sums of powers, in bounded memory. Numbers are pushed, and accumulators merged, in any order.
///
/// The state is, for each power of ten e that occurred, the exact integers Σm, Σm², Σm³ and Σm⁴ of the numbers m × 10^e.
/// Addition of integers is associative and commutative, so the results do not depend on order, splits or threads. A
/// number takes a few nanoseconds; the state takes about 200 bytes for each distinct exponent, 20 kB at most.
///
/// Units: the mean, the minimum and the maximum are in the unit of the data, the variance is in its square, skewness and
/// kurtosis have none. [`Accumulator::finish`] lists the undefined cases.
///
/// ```
/// use describe::{Accumulator, Moments, Number};
///
/// let mut first = Accumulator::default();
/// let mut second = Accumulator::default();
/// for text in ["0.1", "0.2"] {
///     first.push(Number::parse(text.as_bytes())?);
/// }
/// second.push(Number::parse(b"0.3")?);
/// first.merge(&second);
///
/// let summary = first.finish(Moments::default());
/// assert_eq!((summary.nobs, summary.mean, summary.skewness), (3, Ok(0.2), Ok(0.0)));
/// # Ok::<(), describe::ParseError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Accumulator {
    pub(super) missing: u64,
    /// Counts of positive and of negative infinities.
    pub(super) infinite: [u64; 2],
    /// Whether some number was written with more digits than a decimal holds.
    pub(super) has_rounded: bool,
    lanes: Vec<Lane>,
    /// Lane of each of the exponents 0, -1, … that most decimals have: 0 for none, otherwise the index plus 1. A search would be
    /// mispredicted for half of the values, whose numbers of digits differ.
    common: [u8; COMMON_EXPONENTS],
    frugal: bool,
    wide: Option<Box<Wide>>,
    /// Memory of the lanes.
    held: Held,
}

/// Sums of the numbers with one exponent.
#[derive(Clone, Debug)]
struct Lane {
    exponent: i32,
    sums: PowerSums,
}

/// Sums of the numbers with exponents that have no lane, and of those with more digits than a word: Σm to Σm⁴ by window of exponents, and the extremes.
#[derive(Clone, Debug, Default)]
struct Wide {
    count: u64,
    windows: BTreeMap<i32, [BigInt; 4]>,
    extremes: Option<(Decimal, Decimal)>,
    held: Held,
}

/// Memory of a window: four integers of some 100 bytes, and their place in the tree.
const WINDOW_BYTES: usize = 1 << 10;

impl Accumulator {
    /// Accumulator for use among very many: a number takes a little longer, and the state less memory.
    pub(super) fn frugal() -> Self {
        Self { frugal: true, ..Self::default() }
    }

    /// Adds a number, infinity or missing value.
    #[inline]
    pub fn push(&mut self, number: super::Number) {
        match number {
            super::Number::Finite(decimal) => self.push_decimal(decimal),
            super::Number::Infinite { negative } => self.infinite[usize::from(negative)] += 1,
            super::Number::Nan => self.missing += 1,
        }
    }

    /// Adds a finite number.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a decimal passed through memory costs more than this look-up")]
    pub fn push_decimal(&mut self, decimal: Decimal) {
        // Known where the number is parsed, if it is of the common kind.
        if decimal.high > 0 || decimal.is_rounded {
            return self.push_unusual(decimal);
        }
        let Decimal { low: digits, exponent, negative, .. } = decimal;
        match common(exponent)
            .and_then(|common| self.common.get(common))
            .and_then(|lane| self.lanes.get_mut(usize::from(*lane).wrapping_sub(1)))
        {
            Some(lane) => lane.sums.push(digits, negative),
            None => self.push_elsewhere(digits, exponent, negative),
        }
    }

    /// Adds finite numbers.
    pub(super) fn push_all(&mut self, decimals: &[Decimal]) {
        for alike in decimals.chunk_by(|a, b| a.exponent == b.exponent) {
            let are_short =
                alike.iter().fold(0, |words, decimal| words | decimal.high | u64::from(decimal.is_rounded)) == 0;
            match are_short.then(|| self.lane(alike[0].exponent)).flatten() {
                Some(lane) => self.lanes[lane].sums.push_all(alike),
                None => alike.iter().for_each(|decimal| self.push_decimal(*decimal)),
            }
        }
    }

    /// Adds a finite number `times` times.
    pub(super) fn push_times(&mut self, decimal: Decimal, times: u64) {
        if times == 0 {
            return;
        }
        self.has_rounded |= decimal.is_rounded;
        match self.lane_of(decimal) {
            Some(lane) => self.lanes[lane].sums.push_times(decimal.low, decimal.negative, times),
            None => self.wide.get_or_insert_default().push_times(decimal, times),
        }
    }

    /// Adds a missing value.
    #[inline]
    pub fn push_missing(&mut self) {
        self.missing += 1;
    }

    /// Adds a number of more digits than a word has, or one that was rounded.
    #[cold]
    #[inline(never)]
    fn push_unusual(&mut self, decimal: Decimal) {
        self.push_times(decimal, 1);
    }

    #[inline(never)]
    fn push_elsewhere(&mut self, digits: u64, exponent: i32, negative: bool) {
        match self.lane(exponent) {
            Some(lane) => self.lanes[lane].sums.push(digits, negative),
            None => self.wide.get_or_insert_default().push(Decimal::short(digits, exponent, negative)),
        }
    }

    /// Index of the lane for a number, as [`Self::lane`] gives it; none for more digits than a word has.
    fn lane_of(&mut self, decimal: Decimal) -> Option<usize> {
        if decimal.high == 0 { self.lane(decimal.exponent) } else { None }
    }

    /// Index of the lane of an exponent, which is created if there is room for it.
    fn lane(&mut self, exponent: i32) -> Option<usize> {
        let found = self.lanes.iter().position(|lane| lane.exponent == exponent);
        if found.is_some() || self.lanes.len() == MAX_LANES {
            return found;
        }
        self.held.add(PowerSums::max_bytes(self.frugal));
        if self.frugal {
            self.lanes.reserve_exact(1);
        }
        self.lanes.push(Lane { exponent, sums: PowerSums::new(self.frugal) });
        if let Some(lane) = common(exponent).and_then(|common| self.common.get_mut(common)) {
            *lane = u8::try_from(self.lanes.len()).unwrap_or(0);
        }
        Some(self.lanes.len() - 1)
    }

    /// Adds everything that was added to `other`.
    pub fn merge(&mut self, other: &Self) {
        self.missing += other.missing;
        self.has_rounded |= other.has_rounded;
        self.infinite[0] += other.infinite[0];
        self.infinite[1] += other.infinite[1];
        for theirs in &other.lanes {
            if let Some(lane) = self.lane(theirs.exponent) {
                self.lanes[lane].sums.merge(&theirs.sums);
            } else {
                let wide = self.wide.get_or_insert_default();
                wide.count += theirs.sums.count();
                wide.add(theirs.exponent, theirs.sums.totals(), Some(theirs.extremes()));
            }
        }
        if let Some(theirs) = &other.wide {
            let wide = self.wide.get_or_insert_default();
            wide.count += theirs.count;
            for (window, totals) in &theirs.windows {
                wide.add(*window, totals.clone(), theirs.extremes);
            }
        }
    }

    /// Adds `times` missing values.
    pub fn push_missing_times(&mut self, times: u64) {
        self.missing += times;
    }

    /// Accumulator of missing values and of positive and negative infinities alone.
    pub(super) fn of_others(missing: u64, infinite: [u64; 2]) -> Self {
        Self { missing, infinite, ..Self::default() }
    }

    /// Adds the sums of `count` numbers between the extremes: integers in units of powers of 10^`exponent`.
    pub(super) fn add_sums(&mut self, count: u64, sums: [BigInt; 4], exponent: i32, extremes: (Decimal, Decimal)) {
        let wide = self.wide.get_or_insert_default();
        wide.count += count;
        wide.add(exponent, sums, Some(extremes));
    }

    /// Accumulator of the numbers without those of `removed`: see [`Sample::without`](super::Sample::without).
    pub(super) fn without(&self, removed: &Self, extremes: Option<(Decimal, Decimal)>) -> Option<Self> {
        let count = self.count().checked_sub(removed.count())?;
        let missing = self.missing.checked_sub(removed.missing)?;
        let above = self.infinite[0].checked_sub(removed.infinite[0])?;
        let below = self.infinite[1].checked_sub(removed.infinite[1])?;
        if self.has_rounded || removed.has_rounded || extremes.is_some() != (count > 0) {
            return None;
        }
        let mut rest = Self::of_others(missing, [above, below]);
        if count > 0 {
            let ((ours, our_exponent), (theirs, their_exponent)) = (self.totals(), removed.totals());
            let exponent = if removed.count() == 0 { our_exponent } else { our_exponent.min(their_exponent) };
            let mut sums: [BigInt; 4] = Default::default();
            add_scaled(&mut sums, ours, our_exponent.abs_diff(exponent));
            if removed.count() > 0 {
                add_scaled(&mut sums, theirs.map(|total| -total), their_exponent.abs_diff(exponent));
            }
            rest.add_sums(count, sums, exponent, extremes?);
        }
        Some(rest)
    }

    /// Count of finite numbers.
    pub(super) fn count(&self) -> u64 {
        let wide = self.wide.as_ref().map_or(0, |wide| wide.count);
        wide + self.lanes.iter().map(|lane| lane.sums.count()).sum::<u64>()
    }

    /// Count of numbers, infinities and missing values.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.count() + self.infinite[0] + self.infinite[1] + self.missing
    }

    /// Whether there are only missing values.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.taken() == self.missing
    }

    /// Count of missing values.
    #[must_use]
    pub fn missing(&self) -> u64 {
        self.missing
    }

    /// Σm, Σm², Σm³ and Σm⁴ of all finite numbers m × 10^e, and e.
    pub(super) fn totals(&self) -> ([BigInt; 4], i32) {
        let lanes = self.lanes.iter().map(|lane| (lane.exponent, lane.sums.totals()));
        let windows =
            self.wide.iter().flat_map(|wide| wide.windows.iter().map(|(window, totals)| (*window, totals.clone())));
        let mut parts: Vec<_> = lanes.chain(windows).collect();
        parts.sort_unstable_by_key(|(exponent, _)| *exponent);
        let mut parts = parts.into_iter();
        let Some((least, mut sums)) = parts.next() else { return Default::default() };
        for (exponent, totals) in parts {
            add_scaled(&mut sums, totals, exponent.abs_diff(least));
        }
        (sums, least)
    }

    /// [`Self::totals`] in machine words; `None` if there is more than one exponent or some integer is large.
    pub(super) fn small_totals(&self) -> Option<([i128; 4], i32)> {
        match (self.lanes.as_slice(), &self.wide) {
            ([lane], None) => Some((lane.sums.small_totals()?, lane.exponent)),
            _ => None,
        }
    }

    /// Minimum and maximum of the finite numbers.
    pub(super) fn extremes(&self) -> Option<(Decimal, Decimal)> {
        let lanes = self.lanes.iter().map(|lane| Some(lane.extremes()));
        lanes.chain(self.wide.iter().map(|wide| wide.extremes)).fold(None, wider)
    }
}

/// Index of an exponent in [`Accumulator::common`], if it has one.
#[inline]
fn common(exponent: i32) -> Option<usize> {
    usize::try_from(exponent.wrapping_neg()).ok()
}

impl Lane {
    fn extremes(&self) -> (Decimal, Decimal) {
        let decimal = |(digits, negative)| Decimal::short(digits, self.exponent, negative);
        let [min, max] = self.sums.extremes();
        (decimal(min), decimal(max))
    }
}

impl Wide {
    fn push(&mut self, decimal: Decimal) {
        self.push_times(decimal, 1);
    }

    fn push_times(&mut self, decimal: Decimal, times: u64) {
        self.count += times;
        let totals = if decimal.high == 0 {
            let mut sums = PowerSums::new(true);
            sums.push_times(decimal.low, decimal.negative, times);
            sums.totals()
        } else {
            let digits = BigInt::from(decimal.digits());
            let base = if decimal.negative { -digits } else { digits };
            [1, 2, 3, 4].map(|power| base.pow(power) * times)
        };
        self.add(decimal.exponent, totals, Some((decimal, decimal)));
    }

    fn add(&mut self, exponent: i32, totals: [BigInt; 4], extremes: Option<(Decimal, Decimal)>) {
        let window = exponent.div_euclid(WINDOW_EXPONENTS) * WINDOW_EXPONENTS;
        let before = self.windows.len();
        add_scaled(self.windows.entry(window).or_default(), totals, exponent.abs_diff(window));
        self.held.add(WINDOW_BYTES * (self.windows.len() - before));
        self.extremes = wider(self.extremes, extremes);
    }
}

/// `sums`[k] += `totals`[k] × 10^(k × `power`) for the powers k = 1 to 4.
fn add_scaled(sums: &mut [BigInt; 4], totals: [BigInt; 4], power: u32) {
    let scale = BigInt::from(10).pow(power);
    let mut factor = scale.clone();
    for (sum, total) in sums.iter_mut().zip(totals) {
        *sum += total * &factor;
        factor *= &scale;
    }
}

/// Extremes of the union of two samples.
fn wider(a: Option<(Decimal, Decimal)>, b: Option<(Decimal, Decimal)>) -> Option<(Decimal, Decimal)> {
    let pick = |a: Decimal, b: Decimal, wanted| if b.compare(a) == wanted { b } else { a };
    match (a, b) {
        (Some((low, high)), Some((min, max))) => {
            Some((pick(low, min, Ordering::Less), pick(high, max, Ordering::Greater)))
        }
        (a, None) => a,
        (None, b) => b,
    }
}
