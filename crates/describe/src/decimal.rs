//! Decimal numbers as they were written: an integer and a power of ten, never a binary approximation.
//!
//! Invariant: comparisons are exact, and conversions to doubles are correctly rounded.

use std::cmp::Ordering;
use std::fmt;

use num_bigint::BigInt;

use super::rounding::small_ratio;

/// Exact decimal number: ±`digits` × 10^`exponent`.
///
/// [`super::Number::parse`] and [`Decimal::from_f64`] give decimals of at most 19 significant digits within the range of a double.
/// One value has several spellings (`12.50` is 1250 × 10⁻², and 125 × 10⁻¹), which all give the same statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    /// Significant digits as an integer.
    pub digits: u64,
    /// Power of ten: -342 to 308.
    pub exponent: i32,
    /// Whether the number is below zero.
    pub negative: bool,
}

/// Maximum number of significant digits of a [`Decimal`]: 19 digits fit an integer of 64 bits.
pub(crate) const MAX_SIGNIFICANT_DIGITS: usize = 19;

/// Powers of ten that a double holds exactly.
const EXACT_F64_POW10: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self { digits: 0, exponent: 0, negative: false };

    /// Spelling of the number without trailing zeros.
    pub(crate) fn canonical(self) -> Self {
        if self.digits == 0 {
            return Self::ZERO;
        }
        let mut canonical = self;
        while canonical.digits.is_multiple_of(10) {
            canonical.digits /= 10;
            canonical.exponent += 1;
        }
        canonical
    }

    /// Number as an integer, if it is one from 0 to 2⁶⁴ - 1.
    #[must_use]
    #[inline]
    pub fn to_integer(self) -> Option<u64> {
        let Self { digits, exponent, negative } = self.canonical();
        let power = 10_u64.checked_pow(u32::try_from(exponent).ok()?)?;
        digits.checked_mul(power).filter(|_| !negative)
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
    /// let [a, b] = [Decimal { digits: 20, exponent: -1, negative: true }, Decimal { digits: 2, exponent: 0, negative: true }];
    /// assert!(a.equals(b));
    /// ```
    #[must_use]
    pub fn compare(self, other: Self) -> Ordering {
        // Rounding is monotonic: only equal doubles need the comparison of the exact integers.
        self.to_f64().total_cmp(&other.to_f64()).then_with(|| {
            let least = self.exponent.min(other.exponent);
            let scaled = |decimal: Self| {
                let magnitude = BigInt::from(decimal.digits) * BigInt::from(10).pow(decimal.exponent.abs_diff(least));
                if decimal.negative { -magnitude } else { magnitude }
            };
            scaled(self).cmp(&scaled(other))
        })
    }

    /// Nearest double, ties to even; never `-0.0`.
    ///
    /// ```
    /// use describe::Decimal;
    /// assert_eq!(Decimal { digits: 3, exponent: -1, negative: true }.to_f64(), -0.3);
    /// ```
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "guarded: at most 53 bits")]
    pub fn to_f64(self) -> f64 {
        if self.digits == 0 {
            return 0.0;
        }
        let power = EXACT_F64_POW10.get(self.exponent.unsigned_abs() as usize);
        // Clinger, How to Read Floating Point Numbers Accurately (1990): both operands are exact, so the result is rounded once.
        let magnitude = match power {
            Some(power) if self.digits < 1 << 53 && self.exponent < 0 => self.digits as f64 / power,
            Some(power) if self.digits < 1 << 53 => self.digits as f64 * power,
            // 10^21 is below 2^72.
            _ if (-21..=0).contains(&self.exponent) => {
                let power = 10_u128.pow(self.exponent.unsigned_abs());
                small_ratio(self.digits.into(), power).unwrap_or(f64::NAN)
            }
            _ => format!("{}e{}", self.digits, self.exponent).parse().unwrap_or(f64::NAN),
        };
        if self.negative { -magnitude } else { magnitude }
    }
}

impl fmt::Display for Decimal {
    /// Writes the shortest spelling, such as `-12.5` or `2024`; with an exponent beyond ±25.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.digits == 0 {
            return f.write_str("0");
        }
        let sign = if self.negative { "-" } else { "" };
        let (mut digits, mut exponent) = (self.digits, self.exponent);
        while digits % 10 == 0 {
            (digits, exponent) = (digits / 10, exponent + 1);
        }
        let digits = digits.to_string();
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
        assert_eq!(Decimal { digits: 1250, exponent: -3, negative: false }.to_string(), "1.25");
        assert_eq!(Decimal::from_f64(1.5e-300).map(|decimal| decimal.to_string()).as_deref(), Some("15e-301"));
    }
}
