//! Central moments as exact integers, and the options that choose among their definitions.
//!
//! Input: n and the sums S₁ to S₄ of the first four powers of integers m, the numbers being m × 10^e. Output: exact rationals.
//! n times the r-th central moment is Σ(m - S₁/n)^r. Multiplying out the binomials (Kendall and Stuart, The Advanced Theory of
//! Statistics, 3.6) leaves integers:
//!
//! * A₂ = n² m₂ = n S₂ - S₁²
//! * A₃ = n³ m₃ = n² S₃ - 3 n S₁ S₂ + 2 S₁³
//! * A₄ = n⁴ m₄ = n³ S₄ - 4 n² S₁ S₃ + 6 n S₁² S₂ - 3 S₁⁴
//!
//! The scale 10^e cancels in skewness and kurtosis.

use num_bigint::{BigInt, Sign};
use num_traits::Zero;

use super::exact::Ratio;
use super::undefined::Undefined;

/// Policy for missing values (`nan_policy` of `scipy.stats.describe`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NanPolicy {
    /// One missing value makes every statistic undefined.
    #[default]
    Propagate,
    /// A missing value is an error. The caller refuses it; in this crate the same as `Propagate`.
    Raise,
    /// Missing values are left out.
    Omit,
}

/// Options of the moments. The default is scipy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moments {
    /// Delta degrees of freedom: the variance divides by n - `ddof`.
    pub ddof: u64,
    /// Biased skewness and kurtosis g₁ and g₂ if true, otherwise G₁ and G₂ of Joanes and Gill (1998).
    pub bias: bool,
    /// Policy for missing values.
    pub nan_policy: NanPolicy,
    /// Further differences between statistics packages.
    pub conventions: MomentConventions,
}

/// Differences between statistics packages beside `ddof` and `bias`. The default is scipy's convention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MomentConventions {
    /// Pearson's kurtosis, 3 for a normal distribution, instead of Fisher's, 0 for a normal distribution.
    pub pearson: bool,
    /// With `bias`: skewness and kurtosis standardized by the standard deviation with ddof=1, which are b₁ and b₂ of Joanes
    /// and Gill (1998) and type 3 of R's package e1071.
    pub by_sample_deviation: bool,
    /// Without `bias`: skewness of fewer than 3 numbers and kurtosis of fewer than 4 are undefined, where scipy gives the
    /// biased ones.
    pub no_small_samples: bool,
}

impl Default for Moments {
    fn default() -> Self {
        Self { ddof: 1, bias: true, nan_policy: NanPolicy::Propagate, conventions: MomentConventions::default() }
    }
}

/// Central moments A₂ to A₄ of at least one number, as the head of this module defines them.
///
/// Numbers with reliability weights have ΣW m, ΣW m², ΣW m³, ΣW m⁴ for S₁ to S₄ and ΣW for n. The weights are W times a power
/// of ten, which cancels in everything but the sum.
#[derive(Clone, Debug)]
pub(super) struct CentralMoments {
    /// Count of numbers.
    pub(super) count: u64,
    /// n, or the sum of the weights.
    n: BigInt,
    /// Sum of the squares of reliability weights.
    weight_squares: Option<BigInt>,
    /// Power of ten that the integers are multiplied by.
    exponent: i32,
    s1: BigInt,
    a2: BigInt,
    a3: BigInt,
    a4: BigInt,
}

impl CentralMoments {
    pub(super) fn new(count: u64, n: BigInt, [s1, s2, s3, s4]: [BigInt; 4], exponent: i32) -> Self {
        let square = &s1 * &s1;
        let a2 = &n * &s2 - &square;
        let a3 = &n * (&n * &s3 - 3 * (&s1 * &s2)) + 2 * (&s1 * &square);
        let a4 = &n * (&n * (&n * &s4 - 4 * (&s1 * &s3)) + 6 * (&square * &s2)) - 3 * (&square * &square);
        Self { count, n, weight_squares: None, exponent, s1, a2, a3, a4 }
    }

    /// Central moments of numbers with reliability weights: n is ΣW, `squares` is ΣW².
    pub(super) fn weighted(count: u64, n: BigInt, squares: BigInt, sums: [BigInt; 4], exponent: i32) -> Self {
        Self { weight_squares: Some(squares), ..Self::new(count, n, sums, exponent) }
    }

    pub(super) fn sum(&self) -> Ratio {
        Ratio::scaled(self.s1.clone(), 1_u32.into(), self.exponent)
    }

    pub(super) fn mean(&self) -> Ratio {
        Ratio::scaled(self.s1.clone(), self.n.magnitude().clone(), self.exponent)
    }

    pub(super) fn is_constant(&self) -> bool {
        self.a2.is_zero()
    }

    /// Whether moments of numbers can be these: A₂ ≥ 0 and, by the inequality kurtosis ≥ skewness² + 1, A₄ A₂ ≥ A₃² + A₂³; of equal
    /// numbers all are 0.
    pub(super) fn are_possible(&self) -> bool {
        let Self { a2, a3, a4, .. } = self;
        a2.sign() != Sign::Minus && a4 * a2 >= a3 * a3 + a2 * a2 * a2 && (!a2.is_zero() || a4.is_zero())
    }

    /// Square of the coefficient of variation s/|mean|; undefined for a mean of 0.
    pub(super) fn squared_variation(&self, ddof: u64) -> Result<Ratio, Undefined> {
        let (variance, mean) = (self.variance(ddof)?, self.mean());
        if mean.is_zero() { Err(Undefined::ZeroMean) } else { Ok(variance.divide(&mean.multiply(&mean))) }
    }

    /// Variance A₂/(n (n - ddof)); with weights, and V₁ = ΣW and V₂ = ΣW², A₂/(V₁ (V₁ - ddof V₂/V₁)).
    pub(super) fn variance(&self, ddof: u64) -> Result<Ratio, Undefined> {
        if self.count <= ddof {
            return Err(Undefined::TooFew { nobs: self.count, ddof });
        }
        let divisor = match &self.weight_squares {
            None => &self.n * (&self.n - ddof),
            Some(squares) => &self.n * &self.n - squares * ddof,
        };
        Ok(Ratio::scaled(self.a2.clone(), divisor.into_parts().1, 2 * self.exponent))
    }

    /// Sign and square of the skewness: of g₁, which is A₃²/A₂³, of b₁ = g₁ ((n-1)/n)^(3/2), or of G₁ = g₁ √(n (n-1))/(n-2)
    /// (Joanes and Gill 1998). With n < 3 it is the biased one, as in scipy, or undefined with `no_small_samples`.
    pub(super) fn skewness(&self, Moments { bias, conventions, .. }: Moments) -> Result<(Sign, Ratio), Undefined> {
        if !bias && conventions.no_small_samples && self.count < 3 {
            return Err(Undefined::Needs { nobs: self.count, needed: 3 });
        }
        if self.is_constant() {
            return Err(Undefined::Constant);
        }
        let square = Ratio::new(&self.a3 * &self.a3, self.a2.magnitude().pow(3));
        let n = &self.n;
        let one_less = n - 1_u32;
        let factor = if bias && conventions.by_sample_deviation {
            Ratio::new(one_less.pow(3), n.magnitude().pow(3))
        } else if bias || self.count < 3 {
            Ratio::from(1)
        } else {
            Ratio::new(n * one_less, (n - 2_u32).magnitude().pow(2))
        };
        Ok((self.a3.sign(), square.multiply(&factor)))
    }

    /// Kurtosis g₂ = A₄/A₂² - 3, b₂ = (g₂ + 3) ((n-1)/n)² - 3, or G₂ = ((n²-1) A₄/A₂² - 3 (n-1)²)/((n-2) (n-3)) (Joanes and Gill
    /// 1998); Pearson's is 3 more. With n < 4 it is the biased one, as in scipy, or undefined with `no_small_samples`.
    pub(super) fn kurtosis(&self, Moments { bias, conventions, .. }: Moments) -> Result<Ratio, Undefined> {
        if !bias && conventions.no_small_samples && self.count < 4 {
            return Err(Undefined::Needs { nobs: self.count, needed: 4 });
        }
        if self.is_constant() {
            return Err(Undefined::Constant);
        }
        let square = &self.a2 * &self.a2;
        let n = &self.n;
        let squared = BigInt::pow(&(n - 1_u32), 2);
        let (numerator, denominator) = if bias && conventions.by_sample_deviation {
            let denominator = n * n * square;
            (squared * &self.a4 - 3 * &denominator, denominator)
        } else if bias || self.count < 4 {
            (&self.a4 - 3 * &square, square)
        } else {
            ((n * n - 1_u32) * &self.a4 - 3 * squared * &square, (n - 2_u32) * (n - 3_u32) * square)
        };
        let numerator = if conventions.pearson { numerator + 3 * &denominator } else { numerator };
        Ok(Ratio::new(numerator, denominator.into_parts().1))
    }
}
