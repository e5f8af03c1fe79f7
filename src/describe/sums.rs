//! Exact sums of the first four powers of integers.

use num_bigint::{BigInt, Sign};

/// Σm, Σm², Σm³ and Σm⁴ of integers m below 2⁶⁴ in magnitude, exactly, for up to 2⁶² of them; and the extremes.
///
/// Fixed limbs, least significant first. The odd powers of negative integers have sums of their own, so that every
/// addition is one of unsigned numbers.
#[derive(Clone, Debug)]
pub(crate) struct PowerSums {
    /// Σm.
    first: i128,
    /// Σm².
    second: [u64; 3],
    /// Σ|m|³ of the m >= 0, and of the m < 0.
    third: [[u64; 4]; 2],
    /// Σm⁴.
    fourth: [u64; 5],
    pub(crate) min: i128,
    pub(crate) max: i128,
}

impl PowerSums {
    pub(crate) const fn new() -> Self {
        Self { first: 0, second: [0; 3], third: [[0; 4]; 2], fourth: [0; 5], min: i128::MAX, max: i128::MIN }
    }

    /// Adds an integer, given as magnitude and sign.
    #[inline]
    pub(crate) fn push(&mut self, magnitude: u64, negative: bool) {
        let value = if negative { -i128::from(magnitude) } else { i128::from(magnitude) };
        self.first += value;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        let third = &mut self.third[usize::from(negative)];
        if magnitude < 1 << 16 {
            // Marks: every power fits one limb.
            let square = magnitude * magnitude;
            add(&mut self.second, [square]);
            add(third, [square * magnitude]);
            add(&mut self.fourth, [square * square]);
        } else {
            let square = multiply([magnitude, 0], magnitude);
            let square = [square[0], square[1]];
            let cube = multiply(square, magnitude);
            add(&mut self.second, square);
            add(third, cube);
            add(&mut self.fourth, multiply_three(cube, magnitude));
        }
    }

    /// Adds the sums of other integers.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.first += other.first;
        add(&mut self.second, other.second);
        add(&mut self.third[0], other.third[0]);
        add(&mut self.third[1], other.third[1]);
        add(&mut self.fourth, other.fourth);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// Σm, Σm², Σm³, Σm⁴.
    pub(crate) fn totals(&self) -> [BigInt; 4] {
        [
            self.first.into(),
            integer(&self.second),
            integer(&self.third[0]) - integer(&self.third[1]),
            integer(&self.fourth),
        ]
    }
}

fn integer(limbs: &[u64]) -> BigInt {
    let bytes: Vec<u8> = limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect();
    BigInt::from_bytes_le(Sign::Plus, &bytes)
}

/// `sum` += `value`; the sum has a limb that the value has not, for the carries.
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
