//! Shortest decimals of doubles of a usual size, in integers of 128 bits.
//!
//! Input: a double. Output: the decimal of fewest digits that parses to it, and of these the nearest. Invariant: every step is exact,
//! so no power of ten has to be approximated, as it has for the least and greatest doubles.

use std::hint;

use super::Decimal;

/// Binary exponents e of the doubles m × 2^e with 2⁵² < m < 2⁵³ that are converted here: from about 10⁻¹⁰ to 5 × 10¹⁴.
const MIN_EXPONENT: i32 = -83;
const MAX_EXPONENT: i32 = -4;

/// Number of decimal places of the least of these doubles.
const MAX_PLACES: usize = 24;

/// Powers of five: of as many decimal places as the doubles above need, and further ones so that an index needs no check.
const POWERS_OF_FIVE: [u64; 32] = {
    let mut powers = [1; 32];
    let mut place = 1;
    while place <= MAX_PLACES {
        powers[place] = 5 * powers[place - 1];
        place += 1;
    }
    powers
};

/// Shortest decimal of a double; `None` for zero, for a power of two, and for the least and greatest numbers, integers among them.
#[inline]
pub(super) fn of_usual_size(value: f64) -> Option<Decimal> {
    if !is_usual(value) {
        return None;
    }
    let (mut digits, mut exponent) = digits(value);
    while exponent < 0 && digits.is_multiple_of(10) {
        (digits, exponent) = (digits / 10, exponent + 1);
    }
    Some(Decimal::short(digits, exponent, value.is_sign_negative()))
}

/// [`of_usual_size`] of many doubles. Returns whether all have such a decimal. Each takes two thirds of the time, as none waits for the one
/// before.
pub(super) fn of_usual_sizes<const N: usize>(values: &[f64; N], decimals: &mut [Decimal; N]) -> bool {
    if !values.iter().fold(true, |are, value| are & is_usual(*value)) {
        return false;
    }
    // A tenth of the numbers have trailing zeros, which would be mispredicted.
    let (mut with_zeros, mut count) = ([0; N], 0);
    for (index, (decimal, value)) in decimals.iter_mut().zip(values).enumerate() {
        let (digits, exponent) = digits(*value);
        *decimal = Decimal::short(digits, exponent, value.is_sign_negative());
        with_zeros[count % N] = index;
        count += usize::from(digits.is_multiple_of(10));
    }
    for index in &with_zeros[..count] {
        let decimal = &mut decimals[*index];
        while decimal.exponent < 0 && decimal.low.is_multiple_of(10) {
            (decimal.low, decimal.exponent) = (decimal.low / 10, decimal.exponent + 1);
        }
    }
    true
}

const FRACTION: u64 = (1 << 52) - 1;

/// Exponent e of a double m × 2^e with 2⁵² <= m < 2⁵³, or one that is out of range.
#[inline(always)]
#[expect(clippy::inline_always, reason = "part of the loop of many doubles")]
#[expect(clippy::cast_possible_truncation, reason = "eleven bits")]
fn binary_exponent(value: f64) -> i32 {
    (value.to_bits() >> 52 & 0x7ff).cast_signed() as i32 - 1075
}

/// Whether [`digits`] converts a double. The numbers below a power of two are closer together than those above it.
#[inline(always)]
#[expect(clippy::inline_always, reason = "part of the loop of many doubles")]
fn is_usual(value: f64) -> bool {
    (MIN_EXPONENT..=MAX_EXPONENT).contains(&binary_exponent(value)) & (value.to_bits() & FRACTION != 0)
}

/// Digits of the shortest decimal of a double of usual size, with trailing zeros, and its exponent, which is below 0.
///
/// Giulietti, The Schubfach way to render doubles (2020): the numbers that round to m × 2^e are those within 2^e ÷ 2 of it. With the
/// greatest power of ten not above 2^e, 10^k, at most one of them is a multiple of 10^(k + 1), which is then the shortest; otherwise
/// the multiple of 10^k nearest to the double is. In units of 10^(k + 1) the double is m × 5^p × 2^(e + p), with p = -(k + 1) places.
#[inline(always)]
#[expect(clippy::inline_always, reason = "part of the loop of many doubles")]
#[expect(clippy::cast_possible_truncation, reason = "the low bits, and quotients of 55 bits")]
fn digits(value: f64) -> (u64, i32) {
    let exponent = binary_exponent(value);
    // The logarithm of 2 is 315,653 ÷ 2²⁰ as exactly as these exponents need.
    let places = -((exponent * 315_653) >> 20) - 1;
    let power = POWERS_OF_FIVE[places.unsigned_abs() as usize % POWERS_OF_FIVE.len()];
    let shift = (-(exponent + places)).unsigned_abs() & 63;
    let product = u128::from(value.to_bits() & FRACTION | 1 << 52) * u128::from(power);
    let below_unit = (1_u64 << shift) - 1;
    let (whole, rest) = ((product >> shift) as u64, product as u64 & below_unit);
    // The power is odd, so twice a distance is never equal to it.
    let is_above = 2 * rest < power;
    let is_below = 2 * (below_unit + 1 - rest) < power;
    let is_short = is_above | is_below;
    let tenths = 10 * rest;
    let (digit, rest) = (tenths >> shift, tenths & below_unit);
    let half = 1 << (shift - 1);
    let is_up = rest > half || (rest == half && digit & 1 == 1);
    // Both are computed, since which one it is cannot be predicted.
    let digits =
        hint::select_unpredictable(is_short, whole + u64::from(is_below), 10 * whole + digit + u64::from(is_up));
    (digits, -places - i32::from(!is_short))
}
