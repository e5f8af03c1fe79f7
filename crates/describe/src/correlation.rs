//! Correlation of two columns: Pearson's r, Spearman's rank correlation and Kendall's tau-b, each with a confidence interval and a
//! p-value.
//!
//! Input: the [`JointTally`] of the records with a number in both columns. Output: a [`Correlation`]. The coefficients are the
//! correctly rounded values of the exact results; limits and p-values are computed in doubles, without cancellation.
//!
//! * r is (n Σxy - Σx Σy)/√((n Σx² - (Σx)²)(n Σy² - (Σy)²)) (Pearson, Proceedings of the Royal Society 58, 1895, 240-242). Its interval
//!   is tanh(atanh r ± z/√(n - 3)) (Fisher, Metron 1, 1921, 3-32), and p is that of t = r √((n - 2)/(1 - r²)) with n - 2 degrees of
//!   freedom (Student, Biometrika 6, 1908, 302-310).
//! * Spearman's coefficient (American Journal of Psychology 15, 1904, 72-101) is r of the ranks, equal values having the mean of theirs.
//!   The standard error of its atanh is √((1 + r²/2)/(n - 3)) (Bonett and Wright, Psychometrika 65, 2000, 23-28), and p as for r.
//! * tau-b is (C - D)/√((N - X)(N - Y)) of N = n(n - 1)/2 pairs of records, C of which are concordant, D discordant, X equal in x and Y
//!   equal in y (Kendall, Biometrika 33, 1945, 239-251). The standard error of its atanh is √(0.437/(n - 4)) (Bonett and Wright), and p
//!   is that of C - D as a normal variable with its variance for ties (Kendall, Rank Correlation Methods, 1970, chapter 4).
//!
//! Undefined cases: fewer than two records or a column of equal numbers (nothing is defined), more than [`MAX_JOINT_VALUES`] different pairs of
//! values (rank correlations), fewer than four records, for tau-b five (interval), fewer than three (p). A coefficient of ±1 has the
//! interval from ±1 to ±1.

use num_bigint::{BigInt, BigUint};
use num_traits::Zero;

use super::comparison_statistic::ComparisonStatistic;
use super::exact::{Ratio, Rounding};
use super::exact_sum::{ExactSum, scaled_to};
use super::joint_tally::{JointSums, JointTally, MAX_JOINT_VALUES};
use super::normal;
use super::precision::FigureName;
use super::rank_correlation::Ranks;
use super::student;
use super::undefined::{Figure, Undefined};
use super::value::{Count, Interval};
use super::wanted::Wanted;

/// Least number of records with a coefficient, with a p-value, and with intervals of r and of tau-b.
const MIN_RECORDS: u64 = 2;
const MIN_TESTED: u64 = 3;
const MIN_RECORDS_OF_INTERVAL: u64 = 4;
const MIN_RECORDS_OF_TAU_INTERVAL: u64 = 5;

/// Correlation of two columns over the records with a number in both.
#[derive(Clone, Debug, PartialEq)]
pub struct Correlation {
    /// Number of records with a number in both columns.
    pub nobs: Count,
    /// Pearson's r.
    pub pearson: Result<Coefficient, Undefined>,
    /// Spearman's rank correlation.
    pub spearman: Result<Coefficient, Undefined>,
    /// Kendall's tau-b.
    pub kendall: Result<Coefficient, Undefined>,
}

/// Coefficient of correlation, -1 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Coefficient {
    /// The coefficient.
    pub value: Figure,
    /// Its confidence interval.
    pub ci: Result<Interval, Undefined>,
    /// Probability of a coefficient at least as far from 0 if the columns are independent.
    pub p: Figure,
}

impl Correlation {
    /// The same number of records without coefficients.
    #[must_use]
    pub fn undefined(nobs: Count, why: Undefined) -> Self {
        Self { nobs, pearson: Err(why), spearman: Err(why), kendall: Err(why) }
    }
}

impl JointTally {
    /// Memory that [`Self::correlation`] takes while it computes.
    pub const WORKING_BYTES: usize = 256 * MAX_JOINT_VALUES;

    /// Correlation of two different columns, of which the first comes first.
    #[must_use]
    pub fn correlation(&self, columns: [usize; 2], wanted: &Wanted) -> Correlation {
        let (pair, numbers) = self.pair(columns);
        let n = pair.records;
        if n < MIN_RECORDS {
            return Correlation::undefined(Some(n), Undefined::Needs { nobs: n, needed: MIN_RECORDS });
        }
        let estimator = Estimator::of(wanted);
        if let Some(sums) = &pair.sums {
            let too_many = Err(Undefined::TooManyJointValues(MAX_JOINT_VALUES));
            let pearson = estimator.pearson(n, sums);
            return Correlation { nobs: Some(n), pearson, spearman: too_many.clone(), kendall: too_many };
        }
        let ranks = Ranks::of(&pair.counts, numbers);
        Correlation {
            nobs: Some(n),
            pearson: estimator.pearson(n, &pair.counts.sums(numbers)),
            spearman: estimator.spearman(n, &ranks),
            kendall: estimator.kendall(n, &ranks),
        }
    }
}

/// c/√v with the exact integers c and v, v > 0.
struct Quotient {
    numerator: BigInt,
    square_of_denominator: BigUint,
}

/// How coefficients are rounded, and how wide their intervals are.
struct Estimator<'w> {
    wanted: &'w Wanted,
    rounding: Rounding,
}

impl<'w> Estimator<'w> {
    fn of(wanted: &'w Wanted) -> Self {
        Self { wanted, rounding: wanted.precision.rounding(FigureName::Correlation) }
    }

    fn pearson(&self, n: u64, sums: &JointSums) -> Result<Coefficient, Undefined> {
        let quotient = moments(n, sums)?;
        #[expect(clippy::cast_precision_loss, reason = "exact up to 2⁵³")]
        Ok(self.product_moment(n, &quotient, |_| 1.0 / (n as f64 - 3.0).sqrt()))
    }

    fn spearman(&self, n: u64, ranks: &Ranks) -> Result<Coefficient, Undefined> {
        let [covariance, x, y] = ranks.moments(n);
        let quotient = Quotient::new(covariance, &x, &y)?;
        #[expect(clippy::cast_precision_loss, reason = "exact up to 2⁵³")]
        Ok(self.product_moment(n, &quotient, |r| ((1.0 + r * r / 2.0) / (n as f64 - 3.0)).sqrt()))
    }

    /// A coefficient whose p-value is that of t. `error` gives the standard error of its atanh.
    fn product_moment(&self, n: u64, quotient: &Quotient, error: impl Fn(f64) -> f64) -> Coefficient {
        let rest = quotient.rest();
        let p = || {
            if n < MIN_TESTED {
                return Err(Undefined::Needs { nobs: n, needed: MIN_TESTED });
            }
            if rest.is_zero() {
                return Ok(0.0);
            }
            // t² = r² (n - 2)/(1 - r²).
            let square = Ratio::new(quotient.square_of_numerator() * (n - 2), rest.clone());
            #[expect(clippy::cast_precision_loss, reason = "exact up to 2⁵³")]
            let freedom = (n - 2) as f64;
            // Beyond the range of a double the probability is 0.
            let t = Rounding::default().root(square.root_sign(), &square).unwrap_or(f64::INFINITY);
            // With one degree of freedom there is a formula for any t, as near numbers of any exponent have.
            let of_one = || std::f64::consts::FRAC_2_PI * libm::atan2(1.0, t);
            Ok(if n == MIN_TESTED { of_one() } else { student::tails(t, freedom).0 })
        };
        Coefficient {
            value: quotient.rounded(self.rounding),
            ci: self.interval(quotient, &rest, n, MIN_RECORDS_OF_INTERVAL, error),
            p: p().and_then(|p| self.wanted.precision.rounding(ComparisonStatistic::P).double(p)),
        }
    }

    fn kendall(&self, n: u64, ranks: &Ranks) -> Result<Coefficient, Undefined> {
        let concordance = ranks.concordance();
        let [x, y] = ranks.unequal_pairs(n);
        let quotient = Quotient::new(concordance.clone(), &x, &y)?;
        let p = || {
            if n < MIN_TESTED {
                return Err(Undefined::Needs { nobs: n, needed: MIN_TESTED });
            }
            let square = Ratio::new(&concordance * &concordance, 1_u32).divide(&ranks.variance_of_concordance(n));
            Ok(libm::erfc(Rounding::default().root(square.root_sign(), &square)? / std::f64::consts::SQRT_2))
        };
        #[expect(clippy::cast_precision_loss, reason = "exact up to 2⁵³")]
        let error = |_| (0.437 / (n as f64 - 4.0)).sqrt();
        Ok(Coefficient {
            value: quotient.rounded(self.rounding),
            ci: self.interval(&quotient, &quotient.rest(), n, MIN_RECORDS_OF_TAU_INTERVAL, error),
            p: p().and_then(|p| self.wanted.precision.rounding(ComparisonStatistic::P).double(p)),
        })
    }

    /// Interval tanh(atanh r ± z `error`(r)).
    fn interval(
        &self,
        quotient: &Quotient,
        rest: &BigUint,
        n: u64,
        needed: u64,
        error: impl Fn(f64) -> f64,
    ) -> Result<Interval, Undefined> {
        if n < needed {
            return Err(Undefined::Needs { nobs: n, needed });
        }
        let double = |ratio: &Ratio| Rounding::default().figure(ratio);
        let confidence = self.wanted.confidence;
        let outside = Ratio::from(1).subtract(&confidence.into());
        let z = normal::quantile(double(&outside)?, confidence.to_f64());
        let r = quotient.rounded(Rounding::default())?;
        // (1 + r)/(1 - r) = 1 + 2r (1 + r)/(1 - r²), of which the last is not the difference of near numbers. Of ±1 it is infinite, and
        // both limits are ±1.
        let remaining = double(&Ratio::new(rest.clone(), quotient.square_of_denominator.clone()))?;
        let magnitude = 0.5 * libm::log1p(2.0 * r.abs() * (1.0 + r.abs()) / remaining);
        let (center, reach) = (magnitude.copysign(r), z * error(r));
        let [low, high] = [center - reach, center + reach].map(libm::tanh);
        Ok(Interval {
            confidence: confidence.to_f64(),
            low: self.rounding.double(low),
            high: self.rounding.double(high),
        })
    }
}

/// Covariance and variances of a pair, in a common unit.
fn moments(n: u64, sums: &JointSums) -> Result<Quotient, Undefined> {
    let [x, y, xx, yy, xy] = [&sums.x, &sums.y, &sums.xx, &sums.yy, &sums.xy].map(ExactSum::total);
    let unit = |sum: &(BigInt, i32), squares: &(BigInt, i32)| sum.1.min(squares.1.div_euclid(2));
    let (mut of_x, of_y) = (unit(&x, &xx), unit(&y, &yy));
    of_x = of_x.min(xy.1 - of_y);
    let (x, y) = (scaled_to(x, of_x), scaled_to(y, of_y));
    let central =
        |products: (BigInt, i32), unit: i32, sums: [&BigInt; 2]| scaled_to(products, unit) * n - sums[0] * sums[1];
    Quotient::new(
        central(xy, of_x + of_y, [&x, &y]),
        &central(xx, 2 * of_x, [&x, &x]),
        &central(yy, 2 * of_y, [&y, &y]),
    )
}

impl Quotient {
    /// `numerator`/√(`x` `y`).
    ///
    /// # Errors
    /// A factor of 0.
    fn new(numerator: BigInt, x: &BigInt, y: &BigInt) -> Result<Self, Undefined> {
        if x.is_zero() || y.is_zero() {
            return Err(Undefined::Constant);
        }
        Ok(Self { numerator, square_of_denominator: x.magnitude() * y.magnitude() })
    }

    fn square_of_numerator(&self) -> BigUint {
        self.numerator.magnitude() * self.numerator.magnitude()
    }

    /// v - c² ≥ 0, by Cauchy's inequality.
    fn rest(&self) -> BigUint {
        let square = self.square_of_numerator();
        if square < self.square_of_denominator { &self.square_of_denominator - square } else { BigUint::zero() }
    }

    fn rounded(&self, rounding: Rounding) -> Figure {
        let square = Ratio::new(self.square_of_numerator(), self.square_of_denominator.clone());
        rounding.root(self.numerator.sign(), &square)
    }
}
