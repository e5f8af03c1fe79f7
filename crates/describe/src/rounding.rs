//! Rounding of exact rationals and of their square roots to the nearest double, ties to even.
//!
//! Invariant: each result is rounded once. A quotient is computed to at least 64 bits by integer division; whether a remainder was left is kept as a sticky bit,
//! so the rounding depends on the exact value (Knuth, TAOCP 2, 4.2.1; Muller et al., Handbook of Floating-Point
//! Arithmetic, 2nd ed., 2.2 and 4.7).

use num_bigint::{BigInt, BigUint, Sign};
use num_traits::Zero;

/// `numerator` / `denominator`, correctly rounded; infinite beyond the double range, never `-0.0`.
/// `denominator` must be positive.
#[must_use]
pub fn ratio(numerator: &BigInt, denominator: &BigUint) -> f64 {
    signed(numerator.sign(), ratio_of_magnitudes(numerator.magnitude(), denominator))
}

/// ±√(`numerator` / `denominator`), correctly rounded; `sign` is that of the result.
/// `denominator` must be positive.
#[must_use]
pub fn sqrt_ratio(sign: Sign, numerator: &BigUint, denominator: &BigUint) -> f64 {
    if sign == Sign::NoSign || numerator.is_zero() {
        return 0.0;
    }
    // An even shift that leaves 127 or more bits of quotient: 64 or more of root.
    let shift = 128 + bits(denominator) - bits(numerator);
    let shift = shift + (shift & 1);
    let (quotient, inexact) = shifted_quotient(numerator, denominator, shift);
    let root = quotient.sqrt();
    let inexact = inexact || &root * &root != quotient;
    signed(sign, round(low_u128(&root), -shift / 2, inexact))
}

/// [`ratio`] of machine words; `None` if the denominator has more than 72 bits.
pub(crate) fn small_ratio(numerator: i128, denominator: u128) -> Option<f64> {
    // A numerator moved to the top of 128 bits leaves 56 or more bits of quotient.
    if denominator >= 1 << 72 {
        return None;
    }
    if numerator == 0 {
        return Some(0.0);
    }
    let magnitude = numerator.unsigned_abs();
    let shift = magnitude.leading_zeros();
    let (dividend, sign) = (magnitude << shift, if numerator < 0 { Sign::Minus } else { Sign::Plus });
    let quotient = dividend / denominator;
    Some(signed(sign, round(quotient, -i64::from(shift), quotient * denominator != dividend)))
}

/// `numerator` / (`base` √`base`), correctly rounded; `None` if `base` has more than 64 bits, or if 64 bits of the quotient do not
/// determine the rounding (Ziv, Fast evaluation of elementary mathematical functions with correctly rounded last
/// bit, 1991). `base` must be positive.
///
/// The root, 63 bits or more, is cut off, and so is its product with `base`: each makes the quotient too great by less than
/// 2⁻⁶³ of it. The division makes it too small by less than a unit. As the quotient is below 2⁶⁵, the exact one lies less than
/// 9 below it and less than 1 above.
pub(crate) fn small_ratio_to_cubed_root(numerator: i128, base: u128) -> Option<f64> {
    if base >= 1 << 64 {
        return None;
    }
    if numerator == 0 {
        return Some(0.0);
    }
    let magnitude = numerator.unsigned_abs();
    let shift = magnitude.leading_zeros();
    // Even, so that its half is the shift of the root.
    let root_shift = base.leading_zeros() & !1;
    let product = base * (base << root_shift).isqrt();
    let dropped = 64 - product.leading_zeros();
    let quotient = (magnitude << shift) / (product >> dropped);
    let exponent = i64::from(root_shift / 2) - i64::from(shift) - i64::from(dropped);
    let value = round(quotient - 9, exponent, false);
    let sign = if numerator < 0 { Sign::Minus } else { Sign::Plus };
    (value == round(quotient + 1, exponent, false)).then(|| signed(sign, value))
}

fn signed(sign: Sign, magnitude: f64) -> f64 {
    match sign {
        Sign::Minus if magnitude != 0.0 => -magnitude,
        _ => magnitude,
    }
}

fn ratio_of_magnitudes(numerator: &BigUint, denominator: &BigUint) -> f64 {
    if numerator.is_zero() {
        return 0.0;
    }
    let shift = 65 + bits(denominator) - bits(numerator);
    let (quotient, inexact) = shifted_quotient(numerator, denominator, shift);
    round(low_u128(&quotient), -shift, inexact)
}

/// ⌊`numerator` · 2^`shift` / `denominator`⌋ and whether a remainder was left.
fn shifted_quotient(numerator: &BigUint, denominator: &BigUint, shift: i64) -> (BigUint, bool) {
    let (quotient, remainder) = if shift >= 0 {
        num_integer::Integer::div_rem(&(numerator << shift.unsigned_abs()), denominator)
    } else {
        num_integer::Integer::div_rem(numerator, &(denominator << shift.unsigned_abs()))
    };
    (quotient, !remainder.is_zero())
}

#[expect(clippy::cast_possible_wrap, reason = "sizes of numbers in memory")]
fn bits(value: &BigUint) -> i64 {
    value.bits() as i64
}

/// Value of an integer of at most 128 bits.
fn low_u128(value: &BigUint) -> u128 {
    value.iter_u64_digits().take(2).enumerate().fold(0, |sum, (i, limb)| sum | (u128::from(limb) << (64 * i)))
}

/// `mantissa` · 2^`exponent`, plus less than one unit of it when `inexact`, to the nearest double, ties to even.
/// `mantissa` must have at least 55 bits.
fn round(mantissa: u128, exponent: i64, inexact: bool) -> f64 {
    const MIN_EXPONENT: i64 = -1022;
    const MAX_EXPONENT: i64 = 1023;
    let length = i64::from(128 - mantissa.leading_zeros());
    let leading = exponent + length - 1;
    if leading > MAX_EXPONENT {
        return f64::INFINITY;
    }
    // Below the normal range every halving costs a bit of precision.
    let precision = (53 - (MIN_EXPONENT - leading).max(0)).max(-1);
    let dropped = length - precision;
    if precision < 0 || dropped >= 128 {
        return 0.0;
    }
    let kept = mantissa >> dropped;
    let half = 1_u128 << (dropped - 1);
    let rest = mantissa & ((half << 1) - 1);
    let up = rest > half || (rest == half && (inexact || kept & 1 == 1));
    let kept = u64::try_from(kept).unwrap_or(u64::MAX) + u64::from(up);
    // The implicit bit is added into the exponent field; a carry out of the mantissa is then right by itself.
    let biased = u64::try_from(leading.max(MIN_EXPONENT) - MIN_EXPONENT).unwrap_or(0);
    f64::from_bits((biased << 52) + kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// ⌊2^1074⌋ units: every finite double is a whole number of them.
    fn units(value: f64) -> BigInt {
        let bits = value.to_bits();
        let exponent = (bits >> 52) & 0x7ff;
        let fraction = BigInt::from(bits & ((1 << 52) - 1));
        if exponent == 0 { fraction } else { (fraction + (BigInt::from(1_u64) << 52)) << (exponent - 1) }
    }

    /// Whether `value` is the double nearest to n/d, found by comparing with the midpoints to both neighbours.
    fn is_nearest(value: f64, n: &BigInt, d: &BigInt) -> bool {
        let twice_units = (n << 1075) / d;
        let exact = (n << 1075_u32) % d == BigInt::ZERO;
        let even = value.to_bits() & 1 == 0;
        let below = if value == 0.0 { BigInt::ZERO } else { units(value) + units(value.next_down()) };
        let above = units(value) + units(value.next_up());
        let not_too_low = twice_units > below || (twice_units == below && (!exact || even || value == 0.0));
        let not_too_high = twice_units < above || (twice_units == above && exact && even);
        not_too_low && not_too_high
    }

    proptest! {
        #[test]
        fn ratios_are_nearest(n in 1_u128.., d in 1_u128.., shift in -1200_i64..800) {
            let (mut n, mut d) = (BigUint::from(n), BigUint::from(d));
            if shift < 0 { d <<= shift.unsigned_abs() } else { n <<= shift.unsigned_abs() }
            let (n, d) = (BigInt::from(n), d);
            let value = ratio(&n, &d);
            prop_assert!(value.is_finite() && is_nearest(value, &n, &d.into()));
        }

        #[test]
        fn small_ratios_agree(n in any::<i128>(), bits in 0..128_u32, d in 1_u128..1 << 72, less in 0..72_u32) {
            let (n, d) = (n >> bits, (d >> less).max(1));
            prop_assert_eq!(small_ratio(n, d), Some(ratio(&n.into(), &d.into())));
        }

        #[test]
        fn small_ratios_to_cubed_roots_agree(n in any::<i128>(), bits in 0..127_u32, base in 1_u128..1 << 64, less in 0..64_u32) {
            let (n, base) = (n >> bits, (base >> less).max(1));
            let sign = if n < 0 { Sign::Minus } else { Sign::Plus };
            let exact = sqrt_ratio(sign, &BigUint::from(n.unsigned_abs()).pow(2), &BigUint::from(base).pow(3));
            prop_assert!(small_ratio_to_cubed_root(n, base).is_none_or(|value| value.to_bits() == exact.to_bits()));
        }

        #[test]
        fn doubles_and_midpoints(bits in 0_u64..0x7fe0_0000_0000_0000) {
            let value = f64::from_bits(bits);
            let unit = BigUint::from(1_u64) << 1074_u32;
            prop_assert_eq!(ratio(&units(value), &unit), value);
            let midpoint = units(value) + units(value.next_up());
            let even = if bits & 1 == 0 { value } else { value.next_up() };
            prop_assert_eq!(ratio(&midpoint, &(&unit << 1_u32)), even);
            prop_assert_eq!(ratio(&(&midpoint * 3 + 1), &(&unit * 6_u32)), value.next_up());
        }

        #[test]
        fn squares_have_their_roots(bits in 0_u64..0x7fe0_0000_0000_0000) {
            let value = f64::from_bits(bits);
            let square = (&units(value) * &units(value)).magnitude().clone();
            let unit = BigUint::from(1_u64) << 2148_u32;
            prop_assert_eq!(sqrt_ratio(Sign::Plus, &square, &unit), value);
            prop_assert_eq!(sqrt_ratio(Sign::Minus, &(square + 1_u32), &unit), if value == 0.0 { 0.0 } else { -value });
        }
    }

    #[test]
    fn small_ratios_to_cubed_roots_mostly_suffice() {
        let suffices =
            |n: &u32| small_ratio_to_cubed_root(i128::from(*n) * 7_919, u128::from(*n) * 104_729 + 1).is_some();
        let given = (1..10_000).filter(suffices);
        assert!(given.count() > 9_900);
        assert_eq!(small_ratio_to_cubed_root(-8, 4), Some(-1.0));
        // A tie, 4 (1 + 2⁻⁵³), is for the other way.
        assert_eq!(small_ratio_to_cubed_root(((1 << 53) + 1) << 30, 1 << 54), None);
        assert_eq!(small_ratio_to_cubed_root(i128::MIN, 1 << 64), None);
    }

    #[test]
    fn edges() {
        let one = BigUint::from(1_u64);
        assert_eq!(ratio(&BigInt::ZERO, &one).to_bits(), 0);
        assert_eq!(ratio(&BigInt::from(-1), &(&one << 1100_u32)).to_bits(), 0, "never -0.0");
        assert_eq!(ratio(&BigInt::from(1), &(&one << 1075_u32)), 0.0, "a tie goes to even");
        assert_eq!(ratio(&BigInt::from(3), &(&one << 1076_u32)), f64::from_bits(1));
        assert_eq!(ratio(&(BigInt::from(1) << 1024_u32), &one), f64::INFINITY);
        assert_eq!(ratio(&((BigInt::from(1) << 1024_u32) - (BigInt::from(1) << 970_u32)), &one), f64::INFINITY);
        assert_eq!(ratio(&((BigInt::from(1) << 1024_u32) - (BigInt::from(1) << 970_u32) - 1), &one), f64::MAX);
        assert_eq!(sqrt_ratio(Sign::Plus, &BigUint::from(2_u64), &one), std::f64::consts::SQRT_2);
    }
}
