//! Exact sums of the first four powers of integers: the innermost loops.
//!
//! Invariant: sums are exact for up to 2⁶² integers below 2⁶⁴ in magnitude. The batches and counts below are there for speed: the
//! benchmarks in `benches/` measure them.

use num_bigint::{BigInt, Sign};

use super::decimal::Decimal;

/// Power sums Σm, Σm², Σm³ and Σm⁴ of integers m, and their extremes.
///
/// Fixed limbs, least significant first. The odd powers of negative integers have sums of their own, so that every addition is of
/// unsigned numbers.
#[derive(Clone, Debug)]
pub(crate) struct PowerSums {
    /// Count of integers, without those that wait.
    count: u64,
    /// Odd powers and extremes of the integers m >= 0, and of the m < 0.
    signed: [SignedSums; 2],
    /// Σm².
    second: [u64; 3],
    /// Σm⁴.
    fourth: [u64; 5],
    /// Sums that are not added to the others yet.
    small: SmallSums,
    /// Whether no integers may wait, to save memory.
    frugal: bool,
}

#[derive(Clone, Debug)]
struct SignedSums {
    /// Part of Σm.
    first: [u64; 2],
    /// Part of Σm³.
    third: [u64; 4],
    /// Minimum and maximum of |m|; the minimum is above the maximum if there are no integers.
    least: u64,
    greatest: u64,
    /// Further integers, which wait.
    waiting: Option<Box<Waiting>>,
}

/// Integers that wait to be added together. Each alone would load and store all sums.
#[derive(Clone, Debug)]
struct Waiting {
    /// Frequencies of the smallest integers, such as marks.
    counts: [u16; Waiting::COUNTED],
    /// Number of integers in the batch, less than [`Waiting::BATCH`].
    len: usize,
    /// Other integers.
    batch: [u64; Waiting::BATCH],
}

impl Waiting {
    const COUNTED: usize = 1 << 7;
    const BATCH: usize = 64;

    /// Count of integers that are added one by one first, as the memory for waiting ones would be a burden to many small groups.
    const MIN_COUNT: u64 = 1 << 8;

    /// Bound of the integers whose powers fit in one word each, 2¹⁴: the sum of 64 fourth powers stays below 2⁶². The products of
    /// two words in their place take three times as long in WebAssembly, which has no instruction for them.
    const SMALL_LIMIT: u64 = 1 << 14;

    /// Bound of the integers that are added in registers, 2⁵⁷: with m² = h 2⁶⁴ + l, the sums of 64 products h l, h m,
    /// l m and h h stay below 2¹²⁸.
    const LIMIT: u64 = 1 << 57;

    fn new() -> Box<Self> {
        Box::new(Self { counts: [0; Self::COUNTED], len: 0, batch: [0; Self::BATCH] })
    }

    fn count(&self) -> u64 {
        self.len as u64 + self.counts.iter().map(|times| u64::from(*times)).sum::<u64>()
    }
}

/// Power sums of up to [`SmallSums::MAX_COUNT`] integers below [`SmallSums::LIMIT`] in magnitude, in one word each.
#[derive(Clone, Debug)]
struct SmallSums {
    count: u32,
    first: i64,
    second: i64,
    third: i64,
    fourth: i64,
    min: i64,
    max: i64,
}

impl SmallSums {
    /// 2¹¹, the fourth power of which is 2⁴⁴.
    const LIMIT: u64 = 1 << 11;
    const MAX_COUNT: u32 = 1 << 18;

    const NONE: Self = Self { count: 0, first: 0, second: 0, third: 0, fourth: 0, min: i64::MAX, max: i64::MIN };

    #[expect(clippy::cast_possible_wrap, reason = "far below the limit")]
    fn push(&mut self, magnitude: u64, negative: bool) {
        let value = if negative { -(magnitude as i64) } else { magnitude as i64 };
        let square = value * value;
        self.first += value;
        self.second += square;
        self.third += square * value;
        self.fourth += square * square;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.count += 1;
    }
}

impl PowerSums {
    /// Memory that the sums may take, with a lane around them.
    pub(crate) fn max_bytes(frugal: bool) -> usize {
        let waiting = if frugal { 0 } else { 2 * size_of::<Waiting>() };
        size_of::<Self>() + size_of::<u64>() + waiting
    }

    pub(crate) const fn new(frugal: bool) -> Self {
        const NONE: SignedSums =
            SignedSums { first: [0; 2], third: [0; 4], least: u64::MAX, greatest: 0, waiting: None };
        Self { count: 0, signed: [NONE; 2], second: [0; 3], fourth: [0; 5], small: SmallSums::NONE, frugal }
    }

    /// Adds an integer, given as magnitude and sign.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "guarded")]
    pub(crate) fn push(&mut self, magnitude: u64, negative: bool) {
        let Some(waiting) = &mut self.signed[usize::from(negative)].waiting else {
            return self.push_first(magnitude, negative);
        };
        if magnitude < Waiting::COUNTED as u64 {
            let times = &mut waiting.counts[magnitude as usize];
            *times += 1;
            if *times == u16::MAX {
                self.add_counts(negative);
            }
        } else {
            waiting.batch[waiting.len % Waiting::BATCH] = magnitude;
            waiting.len += 1;
            if waiting.len == Waiting::BATCH {
                self.add_batch(negative);
            }
        }
    }

    /// Adds the integers of some decimals, which must have one word each.
    pub(crate) fn push_all(&mut self, decimals: &[Decimal]) {
        let few = self.count + (decimals.len() as u64) < Waiting::MIN_COUNT;
        if few && decimals.iter().all(|decimal| decimal.low < SmallSums::LIMIT) {
            self.count += decimals.len() as u64;
            // In registers.
            let mut small = self.small.clone();
            for decimal in decimals {
                small.push(decimal.low, decimal.negative);
            }
            self.small = small;
        } else {
            for decimal in decimals {
                self.push(decimal.low, decimal.negative);
            }
        }
    }

    /// [`Self::push`] while nothing waits.
    #[inline(never)]
    fn push_first(&mut self, magnitude: u64, negative: bool) {
        self.count += 1;
        self.add(magnitude, negative);
        if self.count >= Waiting::MIN_COUNT && !self.frugal {
            self.signed[usize::from(negative)].waiting = Some(Waiting::new());
        }
    }

    /// Count of integers.
    pub(crate) fn count(&self) -> u64 {
        let waiting = |signed: &SignedSums| signed.waiting.as_ref().map_or(0, |waiting| waiting.count());
        self.count + self.signed.iter().map(waiting).sum::<u64>()
    }

    fn add(&mut self, magnitude: u64, negative: bool) {
        if magnitude >= SmallSums::LIMIT {
            return self.add_large(magnitude, negative);
        }
        self.small.push(magnitude, negative);
        if self.small.count == SmallSums::MAX_COUNT {
            self.settle();
        }
    }

    /// Adds the waiting batch to the sums.
    #[inline(never)]
    fn add_batch(&mut self, negative: bool) {
        let Some(mut waiting) = self.signed[usize::from(negative)].waiting.take() else { return };
        let batch = &waiting.batch[..waiting.len];
        self.count += batch.len() as u64;
        let bits = batch.iter().fold(0, |bits, magnitude| bits | magnitude);
        if bits < Waiting::SMALL_LIMIT {
            self.settle();
            // In registers.
            let mut small = SmallSums::NONE;
            for magnitude in batch {
                small.push(*magnitude, negative);
            }
            self.small = small;
            self.settle();
        } else if bits < Waiting::LIMIT {
            self.add_together(batch, negative);
        } else {
            for magnitude in batch {
                self.add(*magnitude, negative);
            }
        }
        waiting.len = 0;
        self.signed[usize::from(negative)].waiting = Some(waiting);
    }

    /// Adds the waiting counts to the sums.
    #[inline(never)]
    fn add_counts(&mut self, negative: bool) {
        let signed = &mut self.signed[usize::from(negative)];
        let Some(waiting) = &mut signed.waiting else { return };
        let mut totals = [0_u128; 5];
        for (magnitude, times) in (0..).zip(&mut waiting.counts).filter(|(_, times)| **times > 0) {
            signed.least = signed.least.min(magnitude);
            signed.greatest = signed.greatest.max(magnitude);
            let mut product = u128::from(std::mem::take(times));
            for total in &mut totals {
                *total += product;
                product *= u128::from(magnitude);
            }
        }
        let [count, first, second, third, fourth] = totals.map(limbs);
        self.count += count[0];
        add(&mut signed.first, [first[0]]);
        add(&mut self.second, second);
        add(&mut signed.third, third);
        add(&mut self.fourth, fourth);
    }

    /// Adds integers below [`Waiting::LIMIT`], at most [`Waiting::BATCH`] of them.
    fn add_together(&mut self, magnitudes: &[u64], negative: bool) {
        let (mut least, mut greatest) = (u64::MAX, 0);
        let (mut first, mut second, mut third) = (0, 0, [0; 2]);
        let mut fourth = [0_u128; 4];
        for magnitude in magnitudes {
            let (low, high) = magnitude.carrying_mul(*magnitude, 0);
            let product = |a: u64, b: u64| u128::from(a) * u128::from(b);
            least = least.min(*magnitude);
            greatest = greatest.max(*magnitude);
            first += magnitude;
            second += product(*magnitude, *magnitude);
            third[0] += product(low, *magnitude);
            third[1] += product(high, *magnitude);
            let (sum, carry) = fourth[0].overflowing_add(product(low, low));
            fourth[0] = sum;
            fourth[3] += u128::from(carry);
            fourth[1] += product(low, high);
            fourth[2] += product(high, high);
        }
        let signed = &mut self.signed[usize::from(negative)];
        signed.least = signed.least.min(least);
        signed.greatest = signed.greatest.max(greatest);
        add(&mut signed.first, [first]);
        add(&mut self.second, limbs(second));
        add(&mut signed.third, limbs(third[0]));
        add(&mut signed.third[1..], limbs(third[1]));
        add(&mut self.fourth, limbs(fourth[0]));
        add(&mut self.fourth[1..], limbs(2 * fourth[1]));
        add(&mut self.fourth[2..], limbs(fourth[2] + fourth[3]));
    }

    /// Adds an integer `times` times.
    pub(crate) fn push_times(&mut self, magnitude: u64, negative: bool, times: u64) {
        self.count += times;
        let signed = &mut self.signed[usize::from(negative)];
        signed.least = signed.least.min(magnitude);
        signed.greatest = signed.greatest.max(magnitude);
        let (low, high) = magnitude.carrying_mul(times, 0);
        let first = [low, high];
        let second = multiply(first, magnitude);
        let third = multiply_three(second, magnitude);
        add(&mut signed.first, first);
        add(&mut self.second, second);
        add(&mut signed.third, third);
        add(&mut self.fourth, multiply_four(third, magnitude));
    }

    /// Adds the small sums to the large ones.
    fn settle(&mut self) {
        let small = std::mem::replace(&mut self.small, SmallSums::NONE);
        if small.count == 0 {
            return;
        }
        for extreme in [small.min, small.max] {
            let signed = &mut self.signed[usize::from(extreme < 0)];
            signed.least = signed.least.min(extreme.unsigned_abs());
            signed.greatest = signed.greatest.max(extreme.unsigned_abs());
        }
        add(&mut self.signed[usize::from(small.first < 0)].first, [small.first.unsigned_abs()]);
        add(&mut self.second, [small.second.unsigned_abs()]);
        add(&mut self.signed[usize::from(small.third < 0)].third, [small.third.unsigned_abs()]);
        add(&mut self.fourth, [small.fourth.unsigned_abs()]);
    }

    fn add_large(&mut self, magnitude: u64, negative: bool) {
        let signed = &mut self.signed[usize::from(negative)];
        signed.least = signed.least.min(magnitude);
        signed.greatest = signed.greatest.max(magnitude);
        let (low, high) = magnitude.carrying_mul(magnitude, 0);
        let cube = multiply([low, high], magnitude);
        add(&mut signed.first, [magnitude]);
        add(&mut self.second, [low, high]);
        add(&mut signed.third, cube);
        add(&mut self.fourth, multiply_three(cube, magnitude));
    }

    /// Σm, Σm², Σm³, Σm⁴ if all integers are in the small sums.
    pub(crate) fn small_totals(&self) -> Option<[i128; 4]> {
        let small = &self.small;
        let all = self.signed.iter().all(|sums| sums.least > sums.greatest && sums.waiting.is_none());
        all.then(|| [small.first, small.second, small.third, small.fourth].map(i128::from))
    }

    /// Copy in which nothing waits.
    fn settled(&self) -> Self {
        let mut sums = self.clone();
        for negative in [false, true] {
            sums.add_batch(negative);
            sums.add_counts(negative);
        }
        sums.settle();
        sums
    }

    /// Adds the sums of other integers.
    pub(crate) fn merge(&mut self, other: &Self) {
        let other = other.settled();
        self.count += other.count;
        for (ours, theirs) in self.signed.iter_mut().zip(&other.signed) {
            add(&mut ours.first, theirs.first);
            add(&mut ours.third, theirs.third);
            ours.least = ours.least.min(theirs.least);
            ours.greatest = ours.greatest.max(theirs.greatest);
        }
        add(&mut self.second, other.second);
        add(&mut self.fourth, other.fourth);
    }

    /// Σm, Σm², Σm³, Σm⁴.
    pub(crate) fn totals(&self) -> [BigInt; 4] {
        let Self { signed: [above, below], second, fourth, .. } = self.settled();
        [
            integer(&above.first) - integer(&below.first),
            integer(&second),
            integer(&above.third) - integer(&below.third),
            integer(&fourth),
        ]
    }

    /// Minimum and maximum, each as magnitude and sign. There must be at least one integer.
    pub(crate) fn extremes(&self) -> [(u64, bool); 2] {
        let [above, below] = self.settled().signed;
        let [has_above, has_below] = [&above, &below].map(|sums| sums.least <= sums.greatest);
        let min = if has_below { (below.greatest, true) } else { (above.least, false) };
        let max = if has_above { (above.greatest, false) } else { (below.least, true) };
        [min, max]
    }
}

fn integer(limbs: &[u64]) -> BigInt {
    let bytes: Vec<u8> = limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect();
    BigInt::from_bytes_le(Sign::Plus, &bytes)
}

/// Limbs of a sum of products.
fn limbs(sum: u128) -> [u64; 2] {
    #[expect(clippy::cast_possible_truncation, reason = "each its half")]
    [sum as u64, (sum >> 64) as u64]
}

/// `sum` += `value`. A carry never leaves the sum, which is below 2⁶² times the greatest power.
#[inline]
fn add<const M: usize>(sum: &mut [u64], value: [u64; M]) {
    let mut carry = false;
    for i in 0..M {
        (sum[i], carry) = sum[i].carrying_add(value[i], carry);
    }
    let mut i = M;
    while carry && i < sum.len() {
        (sum[i], carry) = sum[i].overflowing_add(1);
        i += 1;
    }
}

#[inline]
fn multiply(value: [u64; 2], by: u64) -> [u64; 3] {
    let (low, carry) = value[0].carrying_mul(by, 0);
    let (middle, high) = value[1].carrying_mul(by, carry);
    [low, middle, high]
}

#[inline]
fn multiply_three(value: [u64; 3], by: u64) -> [u64; 4] {
    let [low, middle, carry] = multiply([value[0], value[1]], by);
    let (high, top) = value[2].carrying_mul(by, carry);
    [low, middle, high, top]
}

fn multiply_four(value: [u64; 4], by: u64) -> [u64; 5] {
    let [low, middle, high, carry] = multiply_three([value[0], value[1], value[2]], by);
    let (top, over) = value[3].carrying_mul(by, carry);
    [low, middle, high, top, over]
}
