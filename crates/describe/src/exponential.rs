//! e⁻ˣ of a rational, to more bits than its rounding to a double needs.
//!
//! Input: x from 0 on. Output: a rational with a relative error below 2⁻¹⁷⁰, the same on every system. Library functions of doubles are
//! wrong in the last bit of some results, and not of the same ones everywhere.

use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_traits::{One, ToPrimitive, Zero};

use super::exact::Ratio;

/// Bits behind the point of fixed-point numbers here.
const BITS: u32 = 192;

/// Halvings that leave nothing of 1 in a double, which has no bits beyond 2⁻¹⁰⁷⁴.
const MAX_HALVINGS: u32 = 1100;

/// e⁻ˣ = 2⁻ᵏ e⁻ʳ with r = x - k ln 2 below ln 2, by the series of the exponential function. 0 where the nearest double is 0.
pub(crate) fn exp_minus(x: &Ratio) -> Ratio {
    let fixed = (&x.numerator << BITS) / BigInt::from(x.denominator.clone());
    let (halvings, rest) = fixed.div_rem(&ln_2());
    let Some(halvings) = halvings.to_u32().filter(|halvings| *halvings <= MAX_HALVINGS) else {
        return Ratio::new(0, 1_u32);
    };
    let mut term = BigInt::one() << BITS;
    let mut sum = BigInt::zero();
    for divisor in 1_u32.. {
        if term.is_zero() {
            break;
        }
        sum += &term;
        term = -((term * &rest) >> BITS) / divisor;
    }
    Ratio::new(sum, BigUint::one() << (BITS + halvings))
}

/// ln 2 = 2 artanh ⅓ = 2 Σ 1/((2j + 1) 3²ʲ⁺¹).
fn ln_2() -> BigInt {
    let mut power: BigInt = (BigInt::one() << (BITS + 1)) / 3;
    let mut sum = BigInt::zero();
    for divisor in (1_u32..).step_by(2) {
        if power.is_zero() {
            break;
        }
        sum += &power / divisor;
        power /= 9;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Rounding;

    /// Calculated by Python's `decimal` with 80 digits, and rounded to the nearest double.
    #[test]
    fn results_round_to_the_nearest_double() {
        for (numerator, denominator, expected) in [
            (0_u64, 1_u32, 1.0),
            (1, 6, 0.846_481_724_890_614_1),
            (1, 1, 0.367_879_441_171_442_33),
            (100, 1, 3.720_075_976_020_836e-44),
            (745, 1, 5e-324),
            (800, 1, 0.0),
            (1 << 40, 1, 0.0),
        ] {
            let result = exp_minus(&Ratio::new(numerator, denominator));
            assert_eq!(Rounding::default().figure(&result), Ok(expected), "exp(-{numerator}/{denominator})");
        }
    }
}
