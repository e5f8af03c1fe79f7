//! Exact sums of the first four powers of integers.

use num_bigint::{BigInt, Sign};

/// Σm, Σm², Σm³ and Σm⁴ of integers m below 2⁶⁴ in magnitude, exactly, for up to 2⁶² of them; and the extremes.
///
/// Fixed limbs, least significant first. What the odd powers subtract has sums of its own, so that every addition is one
/// of unsigned numbers.
#[derive(Clone, Debug)]
pub(crate) struct PowerSums {
    /// What adds to the odd sums, and what subtracts; the extremes of the m >= 0, and of the m < 0.
    signed: [SignedSums; 2],
    /// Σm².
    second: [u64; 3],
    /// Σm⁴.
    fourth: [u64; 5],
    /// What is not in the others yet.
    small: SmallSums,
}

/// Sums of up to [`SmallSums::MAX_COUNT`] integers below [`SmallSums::LIMIT`] in magnitude, marks above all: one word each.
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
}

#[derive(Clone, Debug)]
struct SignedSums {
    /// Part of Σm.
    first: [u64; 2],
    /// Part of Σm³.
    third: [u64; 4],
    /// The least and the greatest |m|; the least is above the greatest when there is none.
    least: u64,
    greatest: u64,
}

impl PowerSums {
    pub(crate) const fn new() -> Self {
        const NONE: SignedSums = SignedSums { first: [0; 2], third: [0; 4], least: u64::MAX, greatest: 0 };
        Self { signed: [NONE; 2], second: [0; 3], fourth: [0; 5], small: SmallSums::NONE }
    }

    /// Adds an integer, given as magnitude and sign.
    #[inline]
    #[expect(clippy::cast_possible_wrap, reason = "far below the limit")]
    pub(crate) fn push(&mut self, magnitude: u64, negative: bool) {
        if magnitude >= SmallSums::LIMIT {
            return self.push_large(magnitude, negative);
        }
        let value = if negative { -(magnitude as i64) } else { magnitude as i64 };
        let square = value * value;
        let small = &mut self.small;
        small.first += value;
        small.second += square;
        small.third += square * value;
        small.fourth += square * square;
        small.min = small.min.min(value);
        small.max = small.max.max(value);
        small.count += 1;
        if small.count == SmallSums::MAX_COUNT {
            self.settle();
        }
    }

    /// Adds an integer so many times.
    pub(crate) fn push_times(&mut self, magnitude: u64, negative: bool, times: u64) {
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

    /// Moves the small sums to the large ones.
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

    #[inline(never)]
    fn push_large(&mut self, magnitude: u64, negative: bool) {
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

    /// Σm, Σm², Σm³, Σm⁴ while all of it is small.
    pub(crate) fn small_totals(&self) -> Option<[i128; 4]> {
        let small = &self.small;
        let all = self.signed.iter().all(|sums| sums.least > sums.greatest);
        all.then(|| [small.first, small.second, small.third, small.fourth].map(i128::from))
    }

    fn settled(&self) -> Self {
        let mut sums = self.clone();
        sums.settle();
        sums
    }

    /// Adds the sums of other integers.
    pub(crate) fn merge(&mut self, other: &Self) {
        let other = other.settled();
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

    /// The smallest and the greatest integer, each as magnitude and sign. There must be one.
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

/// `sum` += `value`; the carries have room in the sum: it is below 2⁶² times the greatest power.
#[inline]
fn add<const N: usize, const M: usize>(sum: &mut [u64; N], value: [u64; M]) {
    let mut carry = false;
    for i in 0..M {
        (sum[i], carry) = sum[i].carrying_add(value[i], carry);
    }
    let mut i = M;
    while carry && i < N {
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
