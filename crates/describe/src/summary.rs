//! The six figures of `scipy.stats.describe`, each rounded once from exact integers.
//!
//! With the numbers as integers m × 10^e and S₁ to S₄ the sums of their powers, n times the r-th central moment is
//! Σ(m - S₁/n)^r, so multiplying out the binomials (Kendall and Stuart, The Advanced Theory of Statistics, 3.6) leaves
//! integers:
//!
//! * A₂ = n² m₂ = n S₂ - S₁²
//! * A₃ = n³ m₃ = n² S₃ - 3 n S₁ S₂ + 2 S₁³
//! * A₄ = n⁴ m₄ = n³ S₄ - 4 n² S₁ S₃ + 6 n S₁² S₂ - 3 S₁⁴
//!
//! The scale 10^e cancels in skewness and kurtosis.

use std::fmt;

use num_bigint::{BigInt, BigUint, Sign};
use num_traits::Zero;

use super::accumulator::Accumulator;
use super::decimal::Decimal;
use super::exact::{Ratio, Rounding};
use super::rounding::{small_ratio, small_ratio_to_cubed_root, sqrt_ratio};

/// What becomes of missing values (scipy's `nan_policy`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NanPolicy {
    /// One missing value makes every figure undefined.
    #[default]
    Propagate,
    /// A missing value is an error. The caller refuses it; here it is as `Propagate`.
    Raise,
    /// Missing values are left out.
    Omit,
}

/// How the moments are wanted; the default is scipy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moments {
    /// The variance divides by n - `ddof`.
    pub ddof: u64,
    /// Whether skewness and kurtosis are the biased g₁ and g₂, or the G₁ and G₂ of Joanes and Gill (1998).
    pub bias: bool,
    /// What becomes of missing values.
    pub nan_policy: NanPolicy,
    /// In what else programs differ.
    pub conventions: MomentConventions,
}

/// In what programs differ beside `ddof` and `bias`; the default is scipy's way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MomentConventions {
    /// Whether the kurtosis is Pearson's, 3 for a normal distribution, and not Fisher's, 0 for one.
    pub pearson: bool,
    /// Whether, with `bias`, skewness and kurtosis are standardized by the standard deviation with ddof=1: b₁ and b₂ of
    /// Joanes and Gill (1998), type 3 of R's e1071.
    pub by_sample_deviation: bool,
    /// Whether, without `bias`, there is no skewness of fewer than 3 numbers and no kurtosis of fewer than 4, where scipy
    /// gives the biased ones.
    pub no_small_samples: bool,
}

impl Default for Moments {
    fn default() -> Self {
        Self { ddof: 1, bias: true, nan_policy: NanPolicy::Propagate, conventions: MomentConventions::default() }
    }
}

/// A figure, or why there is none.
pub type Figure = Result<f64, Undefined>;

/// Why a figure is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undefined {
    /// No number at all.
    NoNumbers,
    /// A variance of n numbers with n <= ddof.
    TooFew {
        /// How many numbers there are.
        nobs: u64,
        /// The delta degrees of freedom asked for.
        ddof: u64,
    },
    /// A figure of n numbers that needs more.
    Needs {
        /// How many numbers there are.
        nobs: u64,
        /// How many are needed.
        needed: u64,
    },
    /// Skewness or kurtosis of numbers that are all equal: 0/0.
    Constant,
    /// A quotient by a mean of 0.
    ZeroMean,
    /// A mean of numbers that are not all positive, which takes their logarithms or reciprocals.
    NotPositive,
    /// An exact figure of more different values than are kept.
    TooManyValues,
    /// A table of frequencies with more rows than that.
    TooManyRows(usize),
    /// A histogram with more bins than that.
    TooManyBins(usize),
    /// A figure for which the values were not counted.
    NotKept,
    /// A figure that is not given for weighted numbers.
    Weighted,
    /// A figure that is not published.
    Withheld,
    /// A missing value among the numbers, propagated.
    Missing,
    /// An infinity among the numbers.
    Infinite,
    /// The figure lies beyond the range of a double.
    Overflow,
}

impl Undefined {
    /// The stable name of the reason: `undefined`, `nan`, `infinite` or `overflow`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "nan",
            Self::Infinite => "infinite",
            Self::Overflow => "overflow",
            _ => "undefined",
        }
    }
}

impl fmt::Display for Undefined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoNumbers => f.write_str("there is no number to describe; give at least one that is not missing"),
            Self::TooFew { nobs, ddof } => {
                write!(
                    f,
                    "it needs more than ddof={ddof} numbers and there are {nobs}; give more numbers or a smaller ddof"
                )
            }
            Self::Needs { nobs, needed } => {
                write!(f, "it needs {needed} numbers or more and there are {nobs}; give more numbers")
            }
            Self::ZeroMean => f.write_str("the mean is 0, and it is a quotient by the mean; use std instead"),
            Self::NotPositive => f.write_str("a number is 0 or less; it is for positive numbers only"),
            Self::TooManyValues => f.write_str(
                "there are more different values than --max-distinct (MAX_DISTINCT), and it needs all of them; raise that",
            ),
            Self::TooManyRows(most) => {
                write!(f, "there are more than {most} different values; ask for a histogram instead")
            }
            Self::TooManyBins(most) => write!(f, "the rule asks for more than {most} bins; say how many, as bins=50"),
            Self::NotKept => f.write_str("the values were not counted while they were read; give statistics before the numbers"),
            Self::Weighted => f.write_str("it is not defined for reliability weights; leave weight_type out if they are counts"),
            Self::Withheld => f.write_str("it is withheld"),
            Self::Constant => f.write_str("it has no value when all numbers are equal (0/0); give numbers that differ"),
            Self::Missing => f.write_str("a value is missing; use nan_policy=omit to leave missing values out"),
            Self::Infinite => f.write_str("an infinity is among the numbers; leave it out to get a finite figure"),
            Self::Overflow => f.write_str(
                "the exact figure is beyond the range of a double, 1.8e308; describe the numbers in a larger unit",
            ),
        }
    }
}

/// The six figures of `scipy.stats.describe`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// How many numbers: with missing values counted unless they are left out, but 0 when there is nothing else.
    pub nobs: u64,
    /// The smallest.
    pub min: Figure,
    /// The greatest.
    pub max: Figure,
    /// S₁/n.
    pub mean: Figure,
    /// A₂/(n (n - ddof)).
    pub variance: Figure,
    /// g₁ = A₃/A₂^(3/2); with `bias=false` and n > 2, G₁ = g₁ √(n (n-1))/(n-2).
    pub skewness: Figure,
    /// Fisher's: g₂ = A₄/A₂² - 3; with `bias=false` and n > 3, G₂ = ((n+1) g₂ + 6) (n-1)/((n-2) (n-3)).
    pub kurtosis: Figure,
}

impl Accumulator {
    /// The figures of all that was taken so far, each the nearest double.
    ///
    /// Undefined are: every figure but `nobs` without a number, or with a missing value unless `nan_policy` is `Omit`; the
    /// variance with n <= ddof; skewness and kurtosis of equal numbers (n = 1 included); every figure that an infinity
    /// among the numbers makes infinite or meaningless; and what lies beyond the range of a double.
    #[must_use]
    pub fn finish(&self, moments: Moments) -> Summary {
        self.summary(moments, Rounding::default())
    }

    pub(super) fn summary(&self, moments: Moments, rounding: Rounding) -> Summary {
        let nobs = match self.describable(moments.nan_policy) {
            Ok(nobs) => nobs,
            Err((nobs, why)) => return Summary::without_figures(nobs, why),
        };
        let extremes = self.extremes().ok_or(Undefined::Infinite);
        let [above, below] = self.infinite.map(|count| count > 0);
        let extreme = |value: Decimal| {
            if rounding.is_full() { Ok(value.to_f64()) } else { rounding.figure(&value.into()) }
        };
        let min = if below { Err(Undefined::Infinite) } else { extremes.and_then(|(min, _)| extreme(min)) };
        let max = if above { Err(Undefined::Infinite) } else { extremes.and_then(|(_, max)| extreme(max)) };
        let summary = if above || below {
            Summary::without_figures(nobs, Undefined::Infinite)
        } else {
            let small = if rounding.is_full() { self.small_moments(moments) } else { None };
            small.unwrap_or_else(|| self.central().summary(moments, rounding))
        };
        Summary { min, max, ..summary }
    }

    /// How many numbers there are, as [`Summary::nobs`] counts them; with why nothing can be said of them if so.
    pub(super) fn describable(&self, nan_policy: NanPolicy) -> Result<u64, (u64, Undefined)> {
        let present = self.count() + self.infinite[0] + self.infinite[1];
        if self.missing > 0 && nan_policy != NanPolicy::Omit {
            return Err((if present == 0 { 0 } else { present + self.missing }, Undefined::Missing));
        }
        if present == 0 { Err((0, Undefined::NoNumbers)) } else { Ok(present) }
    }

    /// The central moments of at least one finite number and no other.
    pub(super) fn central(&self) -> Central {
        let (sums, exponent) = self.totals();
        let count = self.count();
        Central::new(count, count.into(), sums, exponent)
    }

    /// The summary of [`Self::central`] in machine words; `None` where something does not fit. Most requests have few small
    /// numbers, and big integers would take longer than all else that is done for them.
    ///
    /// Small sums are of at most 2¹⁸ integers below 2¹¹, so A₄ stays below 2¹²¹ and A₂² below 2¹¹⁷.
    fn small_moments(&self, Moments { ddof, bias, conventions, .. }: Moments) -> Option<Summary> {
        let plain = bias && conventions == MomentConventions::default();
        let ([s1, s2, s3, s4], exponent) =
            self.small_totals().filter(|(_, exponent)| plain && (-18..=0).contains(exponent))?;
        let count = self.count();
        let n = i128::from(count);
        let square = s1 * s1;
        let a2 = n * s2 - square;
        let a3 = n * (n * s3 - 3 * s1 * s2) + 2 * s1 * square;
        let a4 = n * (n * (n * s4 - 4 * s1 * s3) + 6 * square * s2) - 3 * square * square;
        let unit = 10_u128.pow(exponent.unsigned_abs());
        let variance = match count.checked_sub(ddof) {
            Some(freedom) if freedom > 0 => {
                let divisor = u128::from(count) * u128::from(freedom);
                Ok(small_ratio(a2, divisor.checked_mul(unit)?.checked_mul(unit)?)?)
            }
            _ => Err(Undefined::TooFew { nobs: count, ddof }),
        };
        let (skewness, kurtosis) = if a2 == 0 {
            (Err(Undefined::Constant), Err(Undefined::Constant))
        } else {
            let in_full = || {
                let sign = if a3 < 0 { Sign::Minus } else { Sign::Plus };
                let (square, cube) = (BigUint::from(a3.unsigned_abs()).pow(2), BigUint::from(a2.unsigned_abs()).pow(3));
                sqrt_ratio(sign, &square, &cube)
            };
            let skewness = small_ratio_to_cubed_root(a3, a2.unsigned_abs()).unwrap_or_else(in_full);
            (Ok(skewness), Ok(small_ratio(a4 - 3 * a2 * a2, a2.unsigned_abs().pow(2))?))
        };
        let mean = Ok(small_ratio(s1, u128::from(count) * unit)?);
        let none = Summary::without_figures(count, Undefined::NoNumbers);
        Some(Summary { mean, variance, skewness, kurtosis, ..none })
    }
}

/// The central moments of numbers, exactly: A₂ to A₄ as this module's head defines them.
///
/// Weighted numbers have ΣW m, ΣW m², ΣW m³, ΣW m⁴ for S₁ to S₄ and ΣW for n, their weights being W times a power of ten
/// that cancels in all but the sum.
#[derive(Clone, Debug)]
pub(super) struct Central {
    /// How many numbers.
    pub(super) count: u64,
    /// n, or the sum of the weights.
    n: BigInt,
    /// The sum of the weights' squares, where they are no counts.
    weight_squares: Option<BigInt>,
    /// The numbers are integers times ten to this.
    exponent: i32,
    s1: BigInt,
    a2: BigInt,
    a3: BigInt,
    a4: BigInt,
}

impl Central {
    pub(super) fn new(count: u64, n: BigInt, [s1, s2, s3, s4]: [BigInt; 4], exponent: i32) -> Self {
        let square = &s1 * &s1;
        let a2 = &n * &s2 - &square;
        let a3 = &n * (&n * &s3 - 3 * (&s1 * &s2)) + 2 * (&s1 * &square);
        let a4 = &n * (&n * (&n * &s4 - 4 * (&s1 * &s3)) + 6 * (&square * &s2)) - 3 * (&square * &square);
        Self { count, n, weight_squares: None, exponent, s1, a2, a3, a4 }
    }

    /// The same of numbers with weights: n is ΣW, and ΣW² is given too.
    pub(super) fn weighted(count: u64, n: BigInt, squares: BigInt, sums: [BigInt; 4], exponent: i32) -> Self {
        Self { weight_squares: Some(squares), ..Self::new(count, n, sums, exponent) }
    }

    pub(super) fn summary(&self, moments: Moments, rounding: Rounding) -> Summary {
        Summary {
            mean: rounding.figure(&self.mean()),
            variance: self.variance(moments.ddof).and_then(|variance| rounding.figure(&variance)),
            skewness: self.skewness(moments).and_then(|(sign, square)| rounding.root(sign, &square)),
            kurtosis: self.kurtosis(moments).and_then(|kurtosis| rounding.figure(&kurtosis)),
            ..Summary::without_figures(self.count, Undefined::NoNumbers)
        }
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

    /// The square of the coefficient of variation: std / |mean|.
    pub(super) fn squared_variation(&self, ddof: u64) -> Result<Ratio, Undefined> {
        let (variance, mean) = (self.variance(ddof)?, self.mean());
        if mean.is_zero() { Err(Undefined::ZeroMean) } else { Ok(variance.divide(&mean.multiply(&mean))) }
    }

    /// A₂/(n (n - ddof)); with weights, and V₁ = ΣW and V₂ = ΣW², A₂/(V₁ (V₁ - ddof V₂/V₁)).
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

    /// The sign and the square of g₁, which is A₃²/A₂³, of b₁ = g₁ ((n-1)/n)^(3/2), or of G₁ = g₁ √(n (n-1))/(n-2).
    /// With n < 3 the biased value, as scipy gives, unless there shall be none.
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

    /// g₂ = A₄/A₂² - 3, b₂ = (g₂ + 3) ((n-1)/n)² - 3, or G₂ = ((n²-1) A₄/A₂² - 3 (n-1)²)/((n-2) (n-3)); 3 more by Pearson.
    /// With n < 4 the biased value, as scipy gives, unless there shall be none.
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

impl Summary {
    pub(super) fn without_figures(nobs: u64, why: Undefined) -> Self {
        let none = Err(why);
        Self { nobs, min: none, max: none, mean: none, variance: none, skewness: none, kurtosis: none }
    }
}
