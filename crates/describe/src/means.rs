//! Geometric and harmonic means of positive numbers.
//!
//! Input: positive decimals with their counts. Output: doubles. The harmonic mean is correctly rounded as the other statistics
//! are; the geometric mean is within 0.51 units in the last place.

use num_bigint::{BigInt, BigUint};
use num_traits::ToPrimitive;

use super::decimal::Decimal;
use super::exact::{Ratio, Rounding};
use super::undefined::Figure;

/// Geometric mean ⁿ√(x₁ x₂ … xₙ) of positive numbers, each given with its count, within 0.51 units in the last place.
///
/// The product is computed to 126 bits, and the root divides the relative error of each of its roundings by n. The root y by the
/// logarithm of a double is corrected by one step: with the exact T = yⁿ (1 + d) it is y exp(ln(1 + d)/n), where d is so small
/// that doubles suffice.
pub(super) fn geometric(values: impl Iterator<Item = (Decimal, u64)>) -> f64 {
    let (mut product, mut power, mut n) = (Float::from(1), 0_i128, 0_u64);
    for (decimal, count) in values {
        product = product.multiply(Float::from(decimal.digits()).power(count.into()));
        power += i128::from(decimal.exponent) * i128::from(count);
        n += count;
    }
    let ten = Float::from(10).power(power.unsigned_abs());
    product.multiply(if power < 0 { ten.reciprocal() } else { ten }).root(n)
}

/// Positive number `mantissa` × 2^`exponent`. The highest bit of the mantissa is set. The exponent of the product of 2⁶² numbers of
/// some hundred bits each has more than a word.
#[derive(Clone, Copy, Debug)]
struct Float {
    mantissa: u128,
    exponent: i128,
}

impl From<u128> for Float {
    /// Converts `value`, which must be positive.
    fn from(value: u128) -> Self {
        let shift = value.leading_zeros();
        Self { mantissa: value << shift, exponent: -i128::from(shift) }
    }
}

impl Float {
    fn multiply(self, other: Self) -> Self {
        let halves = |value: u128| (value >> 64, value & u128::from(u64::MAX));
        let ((a, b), (c, d)) = (halves(self.mantissa), halves(other.mantissa));
        let ((high, middle), (other_high, other_middle), low) = (halves(a * d), halves(b * c), (b * d) >> 64);
        let mantissa = a * c + high + other_high + ((middle + other_middle + low) >> 64);
        let shift = mantissa.leading_zeros();
        Self { mantissa: mantissa << shift, exponent: self.exponent + other.exponent + 128 - i128::from(shift) }
    }

    fn power(self, mut times: u128) -> Self {
        let (mut result, mut square) = (Self::from(1), self);
        while times > 0 {
            if times & 1 == 1 {
                result = result.multiply(square);
            }
            times >>= 1;
            if times > 0 {
                square = square.multiply(square);
            }
        }
        result
    }

    fn reciprocal(self) -> Self {
        if self.mantissa == 1 << 127 {
            return Self { mantissa: 1 << 127, exponent: -254 - self.exponent };
        }
        let quotient = (BigUint::from(1_u32) << 255_u32) / BigUint::from(self.mantissa);
        Self { mantissa: quotient.to_u128().unwrap_or(u128::MAX), exponent: -255 - self.exponent }
    }

    /// The nth root.
    #[expect(clippy::cast_precision_loss, reason = "the correction removes the error")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an integer below 2^54")]
    fn root(self, n: u64) -> f64 {
        let (whole, count) = (self.exponent + 127, i128::from(n));
        let (quotient, rest) = (whole.div_euclid(count), whole.rem_euclid(count));
        let target = Self { exponent: rest - 127, ..self };
        let fraction = self.mantissa as f64 / 2_f64.powi(127);
        let start = libm::exp2((libm::log2(fraction) + rest as f64) / n as f64);
        // 2^52 to 2^54 times a double of 1 to 2 is an integer.
        let power = Self::from(u128::from((start * 2_f64.powi(52)) as u64));
        let power = Self { exponent: power.exponent - 52, ..power }.power(n.into());
        let correction = libm::expm1(target.logarithm_of_ratio(power) / n as f64);
        let root = start + start * correction;
        let scale = |power: i128| 2_f64.powi(i32::try_from(power).unwrap_or(0));
        // In two steps, as neither 2^-1074 nor 2^1024 leaves room for one.
        root * scale(quotient / 2) * scale(quotient - quotient / 2)
    }

    /// ln(`self` / `other`). The error of a quotient far from 1 is that of a double, which the root divides by n > 2⁵⁰: a double is as
    /// close to the nth root as that.
    #[expect(clippy::cast_precision_loss, reason = "where the two are close, of their difference")]
    fn logarithm_of_ratio(self, other: Self) -> f64 {
        let apart = self.exponent - other.exponent;
        if apart.abs() <= 2 {
            return libm::log1p(self.relative_difference(other));
        }
        libm::log(self.mantissa as f64 / other.mantissa as f64) + apart as f64 * std::f64::consts::LN_2
    }

    /// `self` / `other` - 1, where the two are close.
    #[expect(clippy::cast_precision_loss, reason = "a small difference")]
    fn relative_difference(self, other: Self) -> f64 {
        let least = self.exponent.min(other.exponent);
        let aligned = |float: Self| (float.mantissa >> 3) << (float.exponent - least).min(2);
        let (ours, theirs) = (aligned(self), aligned(other));
        let difference = ours.abs_diff(theirs) as f64 / theirs as f64;
        if ours < theirs { -difference } else { difference }
    }
}

/// Maximum number of distinct values whose reciprocals are added as one quotient.
const MAX_EXACT_VALUES: usize = 1024;

/// Harmonic mean n/Σ(1/x) of positive numbers, each given with its count; `greatest` is their maximum.
///
/// The sum of up to [`MAX_EXACT_VALUES`] reciprocals is exact. That of more is bounded from both sides to more than 400 bits, and both
/// bounds round to the same double unless the mean was constructed to lie as close as that to the midpoint of two doubles.
pub(super) fn harmonic(values: &[(Decimal, u64)], greatest: Decimal, rounding: Rounding) -> Figure {
    let n = Ratio::from(values.iter().map(|(_, count)| count).sum::<u64>());
    if values.len() <= MAX_EXACT_VALUES {
        let mut parts: Vec<Ratio> =
            values.iter().map(|(value, count)| Ratio::from(*count).divide(&Ratio::from(*value))).collect();
        // In pairs, so that most sums are short.
        while parts.len() > 1 {
            parts = parts.chunks(2).map(|pair| pair.iter().skip(1).fold(pair[0].clone(), |a, b| a.add(b))).collect();
        }
        return rounding.figure(&n.divide(&parts[0]));
    }
    let bits = Ratio::from(greatest).numerator.bits() + 512;
    let unit = BigUint::from(1_u32) << bits;
    let floor = |(value, count): &(Decimal, u64)| {
        let part = Ratio::from(*count).divide(&Ratio::from(*value));
        (part.numerator.magnitude() << bits) / part.denominator
    };
    let low: BigUint = values.iter().map(floor).sum();
    let high = &low + values.len();
    let mean = |sum: BigUint| rounding.figure(&n.multiply(&Ratio::new(BigInt::from(unit.clone()), sum)));
    let (least, most) = (mean(high), mean(low));
    if least == most { least } else { most }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(digits: u64, exponent: i32) -> Decimal {
        Decimal::short(digits, exponent, false)
    }

    #[test]
    fn roots_of_powers_are_exact() {
        for (value, count) in [(1, 1), (5, 7), (9_007_199_254_740_991, 3), (1 << 52, 1_000_000_007), (3, 1 << 50)] {
            assert_eq!(
                geometric([(decimal(value, 0), count)].into_iter()),
                decimal(value, 0).to_f64(),
                "{value} {count}"
            );
        }
        for exponent in [-330, -20, -1, 2, 290] {
            let value = decimal(123_456_789, exponent);
            let found = geometric([(value, 12_345)].into_iter());
            assert!((found - value.to_f64()).abs() <= value.to_f64() * f64::EPSILON || found == value.to_f64());
        }
        assert_eq!(geometric([(decimal(2, 0), 1), (decimal(8, 0), 1)].into_iter()), 4.0);
        assert_eq!(geometric([(decimal(5, 0), 1), (decimal(6, 0), 1)].into_iter()), 30_f64.sqrt());
    }

    #[test]
    fn both_ways_to_a_harmonic_mean_agree() {
        let values: Vec<_> = (1..=1500).map(|digits| (decimal(digits, -1), digits % 5 + 1)).collect();
        let rounding = Rounding::default();
        let long = harmonic(&values, decimal(1500, -1), rounding);
        let parts = values.iter().map(|(value, count)| Ratio::from(*count).divide(&Ratio::from(*value)));
        let sum = parts.reduce(|a, b| a.add(&b)).unwrap();
        let n = values.iter().map(|(_, count)| *count).sum::<u64>();
        assert_eq!(long, rounding.figure(&Ratio::from(n).divide(&sum)));
    }
}
