//! Moments of an item beside the total, and what follows from them.

use describe::{ratio, sqrt_ratio};
use num_bigint::{BigInt, BigUint, Sign};
use num_traits::Signed;

use crate::undefined::{Figure, Undefined};

/// Sums over the candidates of an item: of the mark x, of the total t, and of their squares and product.
#[derive(Clone, Debug, Default)]
pub(crate) struct ItemMoments {
    pub(crate) candidates: u64,
    pub(crate) x: BigInt,
    pub(crate) xx: BigInt,
    pub(crate) xt: BigInt,
    pub(crate) t: BigInt,
    pub(crate) tt: BigInt,
}

impl ItemMoments {
    /// n Σab - Σa Σb: n(n - 1) times the covariance.
    fn spread(&self, ab: &BigInt, a: &BigInt, b: &BigInt) -> BigInt {
        BigInt::from(self.candidates) * ab - a * b
    }

    /// n(n - 1) times the variance of the mark.
    pub(crate) fn variance(&self) -> BigInt {
        self.spread(&self.xx, &self.x, &self.x)
    }

    /// Sum of the total of the other items.
    fn rest(&self) -> BigInt {
        &self.t - &self.x
    }

    /// n(n - 1) times the variance of the total of the other items.
    fn rest_variance(&self) -> BigInt {
        let square = &self.tt - &self.xt * 2 + &self.xx;
        self.spread(&square, &self.rest(), &self.rest())
    }

    /// Correlation of the mark with the total of the other items (Henrysson 1963, corrected item-total correlation).
    pub(crate) fn item_rest(&self) -> Figure {
        let covariance = self.spread(&(&self.xt - &self.xx), &self.x, &self.rest());
        correlation(&covariance, &self.variance(), &self.rest_variance(), self.candidates, Undefined::ConstantRest)
    }

    /// Correlation of the mark with the total, which the item is a part of.
    pub(crate) fn item_total(&self) -> Figure {
        let covariance = self.spread(&self.xt, &self.x, &self.t);
        let variance = self.spread(&self.tt, &self.t, &self.t);
        correlation(&covariance, &self.variance(), &variance, self.candidates, Undefined::ConstantTotal)
    }

    /// Point-biserial correlation of giving an answer with the total of the other items: `count` candidates gave it, the sum of
    /// their totals of the other items is `rest`.
    pub(crate) fn point_biserial(&self, count: u64, rest: &BigInt) -> Figure {
        let covariance = BigInt::from(self.candidates) * rest - BigInt::from(count) * self.rest();
        let variance = BigInt::from(count) * BigInt::from(self.candidates.saturating_sub(count));
        correlation(&covariance, &variance, &self.rest_variance(), self.candidates, Undefined::ConstantRest)
    }
}

/// Correlation from a covariance and two variances that have one factor in common.
fn correlation(
    covariance: &BigInt,
    of_item: &BigInt,
    of_total: &BigInt,
    candidates: u64,
    constant_total: Undefined,
) -> Figure {
    at_least(candidates, 2)?;
    if !of_item.is_positive() {
        return Err(Undefined::ConstantItem);
    }
    if !of_total.is_positive() {
        return Err(constant_total);
    }
    let product = of_item.magnitude() * of_total.magnitude();
    Ok(sqrt_ratio(covariance.sign(), &covariance.magnitude().pow(2), &product))
}

/// Checks a number of candidates.
pub(crate) fn at_least(candidates: u64, needed: u64) -> Result<(), Undefined> {
    if candidates < needed { Err(Undefined::Candidates { candidates, needed }) } else { Ok(()) }
}

/// `numerator` / `denominator`, rounded once.
pub(crate) fn quotient(numerator: &BigInt, denominator: &BigInt) -> f64 {
    if denominator.is_negative() {
        ratio(&-numerator, denominator.magnitude())
    } else {
        ratio(numerator, denominator.magnitude())
    }
}

/// √(`square` / `denominator`), rounded once; 0 for a square that is not positive.
pub(crate) fn root(square: &BigInt, denominator: &BigUint) -> f64 {
    if square.is_positive() { sqrt_ratio(Sign::Plus, square.magnitude(), denominator) } else { 0.0 }
}
