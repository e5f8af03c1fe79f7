//! Decimal numbers as they were written: an integer and a power of ten, never a binary approximation.
//!
//! Invariant: comparisons are exact, and conversions to doubles are correctly rounded.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use num_bigint::BigInt;

use super::rounding::small_ratio;

/// Exact decimal number: ±`digits` × 10^`exponent`.
///
/// [`super::Number::parse`] gives decimals of at most 38 significant digits within the range of a double, and [`Decimal::from_f64`] of
/// at most 17. One value has several spellings (`12.50` is 1250 × 10⁻², and 125 × 10⁻¹), which all give the same statistics.
///
/// The digits are an integer in two words, the high one of which is 0 for up to 19 digits: code for such numbers, which are nearly
/// all, then handles one word.
#[derive(Clone, Copy, Debug)]
pub struct Decimal {
    /// Significant digits as an integer: its low 64 bits.
    pub low: u64,
    /// The high 64 bits of the digits.
    pub high: u64,
    /// Power of ten: -361 to 308.
    pub exponent: i32,
    /// Whether the number is below zero.
    pub negative: bool,
    /// Whether the number was written with more digits than a decimal holds, and is the nearest double. It makes no difference to
    /// comparisons.
    pub is_rounded: bool,
}

/// Maximum number of significant digits of a [`Decimal`]: 38 digits fit an integer of 128 bits.
pub(crate) const MAX_SIGNIFICANT_DIGITS: usize = 38;

/// Maximum number of digits that always fit an integer of 64 bits.
pub(crate) const MAX_SHORT_DIGITS: usize = 19;

/// Powers of ten that a double holds exactly.
const EXACT_F64_POW10: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self::short(0, 0, false);

    /// ±`digits` × 10^`exponent` with digits in one word.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "its high word must be known where the number is used")]
    #[must_use]
    pub const fn short(digits: u64, exponent: i32, negative: bool) -> Self {
        Self { low: digits, high: 0, exponent, negative, is_rounded: false }
    }

    /// ±`digits` × 10^`exponent`.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "each its half")]
    pub const fn new(digits: u128, exponent: i32, negative: bool) -> Self {
        Self { low: digits as u64, high: (digits >> 64) as u64, exponent, negative, is_rounded: false }
    }

    /// Significant digits as an integer.
    #[must_use]
    pub fn digits(self) -> u128 {
        u128::from(self.high) << 64 | u128::from(self.low)
    }

    /// Whether the number is zero.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.low | self.high == 0
    }

    /// Spelling of the number without trailing zeros.
    #[must_use]
    pub fn canonical(self) -> Self {
        if self.is_zero() {
            return Self::ZERO;
        }
        let mut canonical = self;
        while canonical.high > 0 && canonical.digits().is_multiple_of(10) {
            canonical = Self::new(canonical.digits() / 10, canonical.exponent + 1, self.negative);
        }
        while canonical.high == 0 && canonical.low.is_multiple_of(10) {
            canonical.low /= 10;
            canonical.exponent += 1;
        }
        canonical
    }

    /// Number as an integer, if it is one from 0 to 2⁶⁴ - 1.
    #[must_use]
    #[inline]
    pub fn to_integer(self) -> Option<u64> {
        let Self { low, high, exponent, negative, .. } = self.canonical();
        let power = 10_u64.checked_pow(u32::try_from(exponent).ok()?)?;
        low.checked_mul(power).filter(|_| high == 0 && !negative)
    }

    /// Whether both are the same number, in any spelling.
    #[must_use]
    pub fn equals(self, other: Self) -> bool {
        self.compare(other) == Ordering::Equal
    }

    /// Compares two numbers exactly, in any spelling.
    ///
    /// ```
    /// use describe::Decimal;
    /// let [a, b] = [Decimal::short(20, -1, true), Decimal::short(2, 0, true)];
    /// assert!(a.equals(b));
    /// ```
    #[must_use]
    pub fn compare(self, other: Self) -> Ordering {
        if (self.exponent, self.negative) == (other.exponent, other.negative) {
            let order = self.digits().cmp(&other.digits());
            return if self.negative { order.reverse() } else { order };
        }
        let [ours, theirs] = [self, other].map(Image::of);
        // Rounding is monotonic: only equal doubles need the comparison of the exact integers.
        ours.compare(theirs).then_with(|| {
            let least = self.exponent.min(other.exponent);
            let scaled = |decimal: Self| {
                let magnitude = BigInt::from(decimal.digits()) * BigInt::from(10).pow(decimal.exponent.abs_diff(least));
                if decimal.negative { -magnitude } else { magnitude }
            };
            scaled(self).cmp(&scaled(other))
        })
    }

    /// Nearest double, ties to even; never `-0.0`.
    ///
    /// ```
    /// use describe::Decimal;
    /// assert_eq!(Decimal::short(3, -1, true).to_f64(), -0.3);
    /// ```
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "guarded: at most 53 bits")]
    pub fn to_f64(self) -> f64 {
        if self.is_zero() {
            return 0.0;
        }
        if self.high > 0 {
            return format!("{}{}e{}", if self.negative { "-" } else { "" }, self.digits(), self.exponent)
                .parse()
                .unwrap_or(f64::NAN);
        }
        let digits = self.low;
        let power = EXACT_F64_POW10.get(self.exponent.unsigned_abs() as usize);
        // Clinger, How to Read Floating Point Numbers Accurately (1990): both operands are exact, so the result is rounded once.
        let magnitude = match power {
            Some(power) if digits < 1 << 53 && self.exponent < 0 => digits as f64 / power,
            Some(power) if digits < 1 << 53 => digits as f64 * power,
            // 10^21 is below 2^72.
            _ if (-21..=0).contains(&self.exponent) => {
                let power = 10_u128.pow(self.exponent.unsigned_abs());
                small_ratio(digits.into(), power).unwrap_or(f64::NAN)
            }
            _ => format!("{digits}e{}", self.exponent).parse().unwrap_or(f64::NAN),
        };
        if self.negative { -magnitude } else { magnitude }
    }
}

/// Maximum distance of an [`Image`] that is not exact from that of the nearest double.
const MAX_IMAGE_ERROR: u64 = 4;

/// Integer of 64 bits for a number: the order of the nearest doubles is that of their images (IEEE 754-2019, 5.10).
#[derive(Clone, Copy, Debug)]
pub(super) struct Image {
    value: Decimal,
    bits: u64,
    is_exact: bool,
}

impl Image {
    /// Image of a number, found without the nearest double where that takes long and may not be needed.
    #[inline]
    #[expect(clippy::cast_precision_loss, reason = "the error is bounded")]
    pub(super) fn of(value: Decimal) -> Self {
        let power = EXACT_F64_POW10.get(value.exponent.unsigned_abs() as usize);
        let (double, is_exact) = match power {
            // Digits and quotient are each rounded once, by half a unit in the last place: together less than two units, and the
            // nearest double is within half a unit more.
            Some(power) if value.high == 0 && value.exponent < 0 => (value.low as f64 / power, value.low < 1 << 53),
            Some(power) if value.high == 0 => (value.low as f64 * power, value.low < 1 << 53),
            _ => return Self { value, bits: image(value.to_f64()), is_exact: true },
        };
        Self { value, bits: image(if value.negative && double > 0.0 { -double } else { double }), is_exact }
    }

    /// Least and greatest image that the nearest double may have.
    #[inline]
    pub(super) fn bounds(self) -> [u64; 2] {
        let error = if self.is_exact { 0 } else { MAX_IMAGE_ERROR };
        [self.bits.saturating_sub(error), self.bits.saturating_add(error)]
    }

    /// Order of the nearest doubles, which are found only where the images are close.
    fn compare(self, other: Self) -> Ordering {
        let is_close = self.bits.abs_diff(other.bits) <= 2 * MAX_IMAGE_ERROR;
        if is_close { self.exact().cmp(&other.exact()) } else { self.bits.cmp(&other.bits) }
    }

    /// Image of the nearest double.
    pub(super) fn exact(self) -> u64 {
        if self.is_exact { self.bits } else { image(self.value.to_f64()) }
    }

    /// Value of a function of the image that never falls where the image rises.
    #[inline]
    pub(super) fn map<T: PartialEq>(self, rising: impl Fn(u64) -> T) -> T {
        if !self.is_exact {
            let [least, greatest] = self.bounds().map(&rising);
            if least == greatest {
                return least;
            }
        }
        rising(self.exact())
    }
}

/// Order-preserving image of a double.
fn image(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

impl PartialEq for Decimal {
    /// Whether both are the same spelling of a number.
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        let spelling = |decimal: &Self| (decimal.low, decimal.high, decimal.exponent, decimal.negative);
        spelling(self) == spelling(other)
    }
}

impl Eq for Decimal {}

impl Hash for Decimal {
    /// Hashes two words, as the common numbers need.
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let sign = if self.negative { u64::MAX } else { 0 };
        state.write_u64(self.low ^ self.high.rotate_left(32));
        state.write_u64(u64::from(self.exponent.cast_unsigned()) ^ sign);
    }
}

impl fmt::Display for Decimal {
    /// Writes the shortest spelling, such as `-12.5` or `2024`; with an exponent beyond ±25.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return f.write_str("0");
        }
        let sign = if self.negative { "-" } else { "" };
        let canonical = self.canonical();
        let (digits, exponent) = (canonical.digits().to_string(), canonical.exponent);
        let decimals = exponent.unsigned_abs() as usize;
        match digits.len().checked_sub(decimals) {
            _ if !(-25..25).contains(&exponent) => write!(f, "{sign}{digits}e{exponent}"),
            _ if exponent >= 0 => write!(f, "{sign}{digits}{}", "0".repeat(decimals)),
            Some(point) if point > 0 => write!(f, "{sign}{}.{}", &digits[..point], &digits[point..]),
            _ => write!(f, "{sign}0.{digits:0>decimals$}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortest_spellings() {
        for (value, text) in
            [(2024.0, "2024"), (-12.5, "-12.5"), (0.05, "0.05"), (1e22, "10000000000000000000000"), (0.0, "0")]
        {
            assert_eq!(Decimal::from_f64(value).map(|decimal| decimal.to_string()).as_deref(), Some(text));
        }
        assert_eq!(Decimal::short(1250, -3, false).to_string(), "1.25");
        assert_eq!(Decimal::from_f64(1.5e-300).map(|decimal| decimal.to_string()).as_deref(), Some("15e-301"));
    }
}
