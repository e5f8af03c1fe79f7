//! Exact rationals, and their rounding to the value of a statistic.
//!
//! Invariant: exact values become doubles here only, in one rounding to the nearest double or to a number of decimal places.

use std::cmp::Ordering;

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::Zero;

use super::decimal::Decimal;
use super::rounding::{ratio, sqrt_ratio};
use super::undefined::{Figure, Undefined};

/// Rational number with a positive denominator. It is not reduced, as it is rounded after a few operations.
#[derive(Clone, Debug)]
pub(crate) struct Ratio {
    pub(crate) numerator: BigInt,
    pub(crate) denominator: BigUint,
}

impl Ratio {
    /// `numerator` / `denominator`, which must be positive.
    pub(crate) fn new(numerator: impl Into<BigInt>, denominator: impl Into<BigUint>) -> Self {
        Self { numerator: numerator.into(), denominator: denominator.into() }
    }

    /// `numerator` / `denominator` × 10^`exponent`.
    pub(crate) fn scaled(numerator: BigInt, denominator: BigUint, exponent: i32) -> Self {
        let power = BigUint::from(10_u32).pow(exponent.unsigned_abs());
        if exponent < 0 {
            Self { numerator, denominator: denominator * power }
        } else {
            Self { numerator: numerator * BigInt::from(power), denominator }
        }
    }

    /// Exact value of a finite double.
    pub(crate) fn from_f64(value: f64) -> Self {
        let bits = value.to_bits();
        let (exponent, fraction) = ((bits >> 52) & 0x7ff, bits & ((1 << 52) - 1));
        let mantissa = BigInt::from(if exponent == 0 { fraction } else { fraction | 1 << 52 });
        let mantissa = if value < 0.0 { -mantissa } else { mantissa };
        let one = BigUint::from(1_u32);
        match exponent.max(1) {
            shift @ 1075.. => Self { numerator: mantissa << (shift - 1075), denominator: one },
            shift => Self { numerator: mantissa, denominator: one << (1075 - shift) },
        }
    }

    pub(crate) fn add(&self, other: &Self) -> Self {
        let [ours, theirs] = [&other.denominator, &self.denominator].map(|factor| BigInt::from(factor.clone()));
        Self {
            numerator: &self.numerator * ours + &other.numerator * theirs,
            denominator: &self.denominator * &other.denominator,
        }
    }

    pub(crate) fn subtract(&self, other: &Self) -> Self {
        self.add(&Self { numerator: -&other.numerator, denominator: other.denominator.clone() })
    }

    pub(crate) fn multiply(&self, other: &Self) -> Self {
        Self { numerator: &self.numerator * &other.numerator, denominator: &self.denominator * &other.denominator }
    }

    /// `self` / `other`, which must not be 0.
    pub(crate) fn divide(&self, other: &Self) -> Self {
        let denominator = &self.denominator * other.numerator.magnitude();
        let numerator = &self.numerator * BigInt::from(other.denominator.clone());
        Self { numerator: if other.numerator.sign() == Sign::Minus { -numerator } else { numerator }, denominator }
    }

    /// `self` as a percentage of `whole`, which must not be 0.
    pub(crate) fn percent_of(&self, whole: &Self) -> Self {
        self.multiply(&100.into()).divide(whole)
    }

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        (&self.numerator * BigInt::from(other.denominator.clone()))
            .cmp(&(&other.numerator * BigInt::from(self.denominator.clone())))
    }

    /// Greatest integer not above the number, and the remainder, 0 or more and below 1.
    pub(crate) fn floor(&self) -> (BigInt, Self) {
        let (floor, rest) = self.numerator.div_mod_floor(&BigInt::from(self.denominator.clone()));
        (floor, Self { numerator: rest, denominator: self.denominator.clone() })
    }

    /// ±√`self`, or a number beside it that rounds as it does, also after a whole number is added to it.
    ///
    /// An irrational root is given as the middle of a step of a grid. The grid is so fine that no double, no decimal of up to 20 places
    /// and no midpoint between two of these is within the step: if √(a/b) is not p/q, it is at least 1/(b q² (√(a/b) + p/q)) from it.
    pub(crate) fn signed_root(&self, sign: Sign) -> Self {
        let (numerator, denominator) = (self.numerator.magnitude(), &self.denominator);
        let bits = numerator.bits() + denominator.bits() + 320;
        let scaled = numerator << (2 * bits);
        let root = (&scaled / denominator).sqrt();
        let (root, bits) =
            if &root * &root * denominator == scaled { (root, bits) } else { (root * 2_u32 + 1_u32, bits + 1) };
        Self { numerator: BigInt::from_biguint(sign, root), denominator: BigUint::from(1_u32) << bits }
    }

    /// Sign of the root of a number that is not negative.
    pub(crate) fn root_sign(&self) -> Sign {
        if self.is_zero() { Sign::NoSign } else { Sign::Plus }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.numerator.is_zero()
    }
}

impl From<u64> for Ratio {
    fn from(value: u64) -> Self {
        Self::new(value, 1_u32)
    }
}

impl From<Decimal> for Ratio {
    fn from(decimal: Decimal) -> Self {
        let digits = BigInt::from(decimal.digits());
        Self::scaled(if decimal.negative { -digits } else { digits }, BigUint::from(1_u32), decimal.exponent)
    }
}

/// Rounding of an exact value: to the nearest double, or first to a number of decimal places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rounding {
    /// Decimal places; `None` for the nearest double.
    pub(crate) decimals: Option<u32>,
    /// Whether ties go to the even last digit; otherwise they go away from zero.
    pub(crate) half_even: bool,
}

impl Rounding {
    /// Rounds an exact value; undefined beyond the range of a double.
    pub(crate) fn figure(self, value: &Ratio) -> Figure {
        let Some(places) = self.decimals else {
            return finite(ratio(&value.numerator, &value.denominator));
        };
        let scale = BigUint::from(10_u32).pow(places);
        let scaled = value.numerator.magnitude() * &scale;
        let (quotient, rest) = scaled.div_rem(&value.denominator);
        let up = match (rest * 2_u32).cmp(&value.denominator) {
            Ordering::Less => false,
            Ordering::Equal => !self.half_even || quotient.is_odd(),
            Ordering::Greater => true,
        };
        finite(ratio(&BigInt::from_biguint(value.numerator.sign(), quotient + u32::from(up)), &scale))
    }

    /// Rounds a double that is not exact, such as one computed from a logarithm.
    pub(crate) fn double(self, value: f64) -> Figure {
        if self.decimals.is_none() || !value.is_finite() {
            return finite(value);
        }
        self.figure(&Ratio::from_f64(value))
    }

    /// Rounds ±√`square`; the sign is that of the result.
    pub(crate) fn root(self, sign: Sign, square: &Ratio) -> Figure {
        let Some(places) = self.decimals else {
            return finite(sqrt_ratio(sign, square.numerator.magnitude(), &square.denominator));
        };
        let scale = BigUint::from(10_u32).pow(places);
        let scaled = square.numerator.magnitude() * &scale * &scale;
        let root = (&scaled / &square.denominator).sqrt();
        // Against the midpoint to the next one: (2r + 1)² to 4 times the square.
        let middle = (&root * 2_u32 + 1_u32).pow(2) * &square.denominator;
        let up = match middle.cmp(&(scaled * 4_u32)) {
            Ordering::Less => true,
            Ordering::Equal => !self.half_even || root.is_odd(),
            Ordering::Greater => false,
        };
        let root = BigInt::from_biguint(sign, root + u32::from(up));
        finite(ratio(&root, &scale))
    }
}

/// Double as the value of a statistic; undefined if it is not finite.
pub(crate) fn finite(value: f64) -> Figure {
    // Never -0.0.
    if value.is_finite() { Ok(value + 0.0) } else { Err(Undefined::Overflow) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn places() {
        let rounding = |decimals, half_even| Rounding { decimals: Some(decimals), half_even };
        let exact = |numerator: i64, denominator: u64| Ratio::new(numerator, denominator);
        assert_eq!(rounding(1, false).figure(&exact(25, 100)), Ok(0.3), "a tie goes away from zero");
        assert_eq!(rounding(1, false).figure(&exact(-25, 100)), Ok(-0.3));
        assert_eq!(rounding(1, true).figure(&exact(25, 100)), Ok(0.2));
        assert_eq!(rounding(1, true).figure(&exact(35, 100)), Ok(0.4));
        assert_eq!(rounding(2, false).figure(&exact(1005, 1000)), Ok(1.01), "the double 1.005 is below the tie");
        assert_eq!(rounding(0, false).figure(&exact(-1, 3)).map(f64::to_bits), Ok(0), "never -0.0");
        assert_eq!(rounding(2, false).root(Sign::Plus, &exact(2, 1)), Ok(1.41));
        assert_eq!(rounding(1, false).root(Sign::Minus, &exact(625, 10_000)), Ok(-0.3), "√0.0625 is 0.25");
        assert_eq!(rounding(1, true).root(Sign::Plus, &exact(625, 10_000)), Ok(0.2));
    }

    proptest! {
        #[test]
        fn doubles_are_exact(bits in any::<u64>()) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            prop_assert_eq!(Rounding::default().figure(&Ratio::from_f64(value)), Ok(value));
        }
    }
}
