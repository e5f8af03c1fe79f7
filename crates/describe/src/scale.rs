//! Scale of numbers: their extremes, and the step between their possible values.
//!
//! Input: the values of samples, merged in any order. Output: a [`Scale`]. Invariant: it is exact, and depends on the distinct
//! values and the counts alone.

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::{One, Zero};

use super::decimal::Decimal;
use super::exact::{Ratio, Rounding};

/// Maximum number of decimal places that a double shows.
const MAX_DECIMALS: u32 = 15;

/// Scale of finite numbers. Its possible values are the least number and all that differ from it by multiples of the step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    pub(super) least: Decimal,
    pub(super) greatest: Decimal,
    /// Power of ten, at most 0, of which all numbers are multiples.
    pub(super) exponent: i32,
    /// Greatest common divisor of the differences of numbers, in units of 10^`exponent`; zero for equal numbers.
    step: BigUint,
    /// Number of values; of merged scales the larger one.
    pub count: u64,
}

impl Scale {
    /// Scale of distinct values in ascending order, without trailing zeros; `None` without values.
    pub(super) fn of(values: impl Iterator<Item = Decimal> + Clone, count: u64) -> Option<Self> {
        let exponent = values.clone().map(|value| value.exponent).fold(0, i32::min);
        let (least, greatest) = (values.clone().next()?, values.clone().last()?);
        let mut step = BigUint::ZERO;
        let mut before = units(least, exponent);
        for value in values {
            let value = units(value, exponent);
            let apart = (&value - before).into_parts().1;
            // The remainder first: it is small where the numbers are far apart.
            step = if step.is_zero() { apart } else { step.gcd(&(apart % &step)) };
            if step.is_one() {
                break;
            }
            before = value;
        }
        Some(Self { least, greatest, exponent, step, count })
    }

    /// Scale of numbers of which only the extremes and the finest decimal place are known.
    pub(super) fn of_extremes((least, greatest): (Decimal, Decimal), exponent: i32, count: u64) -> Self {
        Self { least, greatest, exponent: exponent.min(0), step: BigUint::one(), count }
    }

    /// The scale of the numbers of both.
    #[must_use]
    pub fn merged(&self, other: &Self) -> Self {
        let exponent = self.exponent.min(other.exponent);
        let steps = [self, other].map(|one| &one.step * BigUint::from(10_u32).pow(one.exponent.abs_diff(exponent)));
        let apart = units(self.least, exponent) - units(other.least, exponent);
        Self {
            least: if other.least.compare(self.least).is_lt() { other.least } else { self.least },
            greatest: if other.greatest.compare(self.greatest).is_gt() { other.greatest } else { self.greatest },
            exponent,
            step: steps[0].gcd(&steps[1]).gcd(apart.magnitude()),
            count: self.count.max(other.count),
        }
    }

    /// Step between possible values, in units of 10^`exponent`; that of the last decimal place for equal numbers.
    pub(super) fn step(&self) -> BigInt {
        let step = if self.step.is_zero() { BigUint::one() } else { self.step.clone() };
        BigInt::from_biguint(Sign::Plus, step)
    }

    /// Step between possible values, as the nearest double.
    #[must_use]
    pub fn step_size(&self) -> f64 {
        Rounding::default().figure(&Ratio::scaled(self.step(), BigUint::one(), self.exponent)).unwrap_or(f64::INFINITY)
    }

    /// Finest decimal place of the numbers, trailing zeros aside; at most 15.
    #[must_use]
    pub fn decimals(&self) -> u32 {
        self.exponent.unsigned_abs().min(MAX_DECIMALS)
    }
}

/// Number in units of 10^`exponent`, of which it must be a multiple.
pub(super) fn units(value: Decimal, exponent: i32) -> BigInt {
    let magnitude = BigInt::from(value.digits()) * BigInt::from(10).pow(value.exponent.abs_diff(exponent));
    if value.negative { -magnitude } else { magnitude }
}
