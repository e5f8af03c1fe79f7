//! Shortest decimals of doubles of a usual size, in integers of 128 bits.
//!
//! Input: a double. Output: the decimal of fewest digits that parses to it, and of these the nearest. Invariant: every step is exact,
//! so no power of ten has to be approximated, as it has for the least and greatest doubles.

use super::Decimal;

/// Binary exponents e of the doubles m × 2^e with 2⁵² < m < 2⁵³ that are converted here: from about 10⁻¹⁰ to 5 × 10¹⁴.
const MIN_EXPONENT: i32 = -86;
const MAX_EXPONENT: i32 = -4;

/// Powers of five: of as many decimal places as the doubles above need.
const POWERS_OF_FIVE: [u64; 26] = {
    let mut powers = [1; 26];
    let mut place = 1;
    while place < powers.len() {
        powers[place] = 5 * powers[place - 1];
        place += 1;
    }
    powers
};

/// Shortest decimal of a double; `None` for zero, for a power of two, and for the least and greatest numbers, integers among them.
///
/// Giulietti, The Schubfach way to render doubles (2020): the numbers that round to m × 2^e are those within 2^e ÷ 2 of it. With the
/// greatest power of ten not above 2^e, 10^k, at most one of them is a multiple of 10^(k + 1), which is then the shortest; otherwise
/// the multiple of 10^k nearest to the double is. In units of 10^(k + 1) the double is m × 5^p × 2^(e + p), with p = -(k + 1) places.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the low bits, and quotients of 55 bits")]
pub(super) fn of_usual_size(value: f64) -> Option<Decimal> {
    const FRACTION: u64 = (1 << 52) - 1;
    let bits = value.to_bits();
    let (fraction, negative) = (bits & FRACTION, value.is_sign_negative());
    let exponent = (bits >> 52 & 0x7ff) as i32 - 1075;
    // The numbers below a power of two are closer together than those above it.
    if !(MIN_EXPONENT..=MAX_EXPONENT).contains(&exponent) || fraction == 0 {
        return None;
    }
    // The logarithm of 2 is 315,653 ÷ 2²⁰ as exactly as these exponents need.
    let places = -((exponent * 315_653) >> 20) - 1;
    let power = *POWERS_OF_FIVE.get(places.unsigned_abs() as usize)?;
    let shift = (-(exponent + places)).unsigned_abs() & 63;
    let product = u128::from(fraction | 1 << 52) * u128::from(power);
    let below_unit = (1_u64 << shift) - 1;
    let (whole, rest) = ((product >> shift) as u64, product as u64 & below_unit);
    // The power is odd, so twice a distance is never equal to it.
    let is_above = 2 * rest < power;
    let is_below = 2 * (below_unit + 1 - rest) < power;
    let is_short = is_above | is_below;
    let tenths = 10 * u128::from(rest);
    let (digit, rest) = ((tenths >> shift) as u64, tenths as u64 & below_unit);
    let half = 1 << (shift - 1);
    let is_up = rest > half || (rest == half && digit & 1 == 1);
    // Both are computed, since which one it is cannot be predicted.
    let digits = if is_short { whole + u64::from(is_below) } else { 10 * whole + digit + u64::from(is_up) };
    let exponent = -places - i32::from(!is_short);
    if is_short && digits.is_multiple_of(10) {
        return Some(without_zeros(digits, exponent, negative));
    }
    Some(Decimal::short(digits, exponent, negative))
}

/// A number without trailing zeros after the decimal point.
fn without_zeros(mut digits: u64, mut exponent: i32, negative: bool) -> Decimal {
    while exponent < 0 && digits.is_multiple_of(10) {
        digits /= 10;
        exponent += 1;
    }
    Decimal::short(digits, exponent, negative)
}
