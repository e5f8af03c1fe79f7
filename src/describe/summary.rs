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

use num_bigint::{BigInt, BigUint};
use num_traits::Zero;

use super::accumulator::Accumulator;
use super::rounding::{ratio, small_ratio, sqrt_ratio};
use super::statistic::{Statistic, Statistics, Value};

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
}

impl Default for Moments {
    fn default() -> Self {
        Self { ddof: 1, bias: true, nan_policy: NanPolicy::Propagate }
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
    /// Skewness or kurtosis of numbers that are all equal: 0/0.
    Constant,
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
            Self::NoNumbers | Self::TooFew { .. } | Self::Constant => "undefined",
            Self::Missing => "nan",
            Self::Infinite => "infinite",
            Self::Overflow => "overflow",
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
    /// The figures of all that was taken so far.
    ///
    /// Undefined are: every figure but `nobs` without a number, or with a missing value unless `nan_policy` is `Omit`; the
    /// variance with n <= ddof; skewness and kurtosis of equal numbers (n = 1 included); every figure that an infinity
    /// among the numbers makes infinite or meaningless; and what lies beyond the range of a double.
    #[must_use]
    pub fn finish(&self, moments: Moments) -> Summary {
        let present = self.count + self.infinite[0] + self.infinite[1];
        if self.missing > 0 && moments.nan_policy != NanPolicy::Omit {
            let nobs = if present == 0 { 0 } else { present + self.missing };
            return Summary::without_figures(nobs, Undefined::Missing);
        }
        if present == 0 {
            return Summary::without_figures(0, Undefined::NoNumbers);
        }
        let extremes = self.extremes().ok_or(Undefined::Infinite);
        let [above, below] = self.infinite.map(|count| count > 0);
        let min = if below { Err(Undefined::Infinite) } else { extremes.map(|(min, _)| min) };
        let max = if above { Err(Undefined::Infinite) } else { extremes.map(|(_, max)| max) };
        let summary =
            if above || below { Summary::without_figures(present, Undefined::Infinite) } else { self.moments(moments) };
        Summary { min, max, ..summary }
    }

    /// How many numbers there are, as [`Summary::nobs`] counts them, and the figures asked for, in their order.
    #[must_use]
    pub fn describe(&self, statistics: Statistics, moments: Moments) -> (u64, Vec<(Statistic, Value)>) {
        let summary = self.finish(moments);
        let mut figures = Vec::with_capacity(statistics.len());
        figures.extend(statistics.iter().map(|statistic| (statistic, summary.value(statistic))));
        (summary.nobs, figures)
    }

    /// Mean, variance, skewness and kurtosis of at least one finite number and no other.
    fn moments(&self, moments: Moments) -> Summary {
        if let Some(summary) = self.small_moments(moments) {
            return summary;
        }
        let Moments { ddof, bias, .. } = moments;
        let ([s1, s2, s3, s4], exponent) = self.totals();
        let n = BigInt::from(self.count);
        let square = &s1 * &s1;
        let a2 = &n * &s2 - &square;
        let a3 = &n * (&n * &s3 - 3 * (&s1 * &s2)) + 2 * (&s1 * &square);
        let a4 = &n * (&n * (&n * &s4 - 4 * (&s1 * &s3)) + 6 * (&square * &s2)) - 3 * (&square * &square);
        let variance = match self.count.checked_sub(ddof) {
            Some(freedom) if freedom > 0 => scaled_ratio(&a2, &(&n * freedom), 2 * exponent),
            _ => Err(Undefined::TooFew { nobs: self.count, ddof }),
        };
        let constant = a2.is_zero();
        let shape = |figure: &dyn Fn() -> f64| if constant { Err(Undefined::Constant) } else { finite(figure()) };
        Summary {
            nobs: self.count,
            mean: scaled_ratio(&s1, &n, exponent),
            variance,
            skewness: shape(&|| skewness(self.count, &a2, &a3, bias)),
            kurtosis: shape(&|| kurtosis(self.count, &a2, &a4, bias)),
            ..Summary::without_figures(self.count, Undefined::NoNumbers)
        }
    }

    /// [`Self::moments`] in machine words; `None` where something does not fit. Most requests have few small numbers, and
    /// big integers would take longer than all else that is done for them.
    ///
    /// Small sums are of at most 2¹⁸ integers below 2¹¹, so A₄ stays below 2¹²¹ and A₂² below 2¹¹⁷.
    fn small_moments(&self, Moments { ddof, bias, .. }: Moments) -> Option<Summary> {
        let ([s1, s2, s3, s4], exponent) =
            self.small_totals().filter(|(_, exponent)| bias && (-18..=0).contains(exponent))?;
        let n = i128::from(self.count);
        let square = s1 * s1;
        let a2 = n * s2 - square;
        let a3 = n * (n * s3 - 3 * s1 * s2) + 2 * s1 * square;
        let a4 = n * (n * (n * s4 - 4 * s1 * s3) + 6 * square * s2) - 3 * square * square;
        let unit = 10_u128.pow(exponent.unsigned_abs());
        let variance = match self.count.checked_sub(ddof) {
            Some(freedom) if freedom > 0 => {
                let divisor = u128::from(self.count) * u128::from(freedom);
                Ok(small_ratio(a2, divisor.checked_mul(unit)?.checked_mul(unit)?)?)
            }
            _ => Err(Undefined::TooFew { nobs: self.count, ddof }),
        };
        let (skewness, kurtosis) = if a2 == 0 {
            (Err(Undefined::Constant), Err(Undefined::Constant))
        } else {
            let skewness = if a3 == 0 { 0.0 } else { skewness(self.count, &a2.into(), &a3.into(), true) };
            (Ok(skewness), Ok(small_ratio(a4 - 3 * a2 * a2, a2.unsigned_abs().pow(2))?))
        };
        let mean = Ok(small_ratio(s1, u128::from(self.count) * unit)?);
        let none = Summary::without_figures(self.count, Undefined::NoNumbers);
        Some(Summary { mean, variance, skewness, kurtosis, ..none })
    }
}

impl Summary {
    fn value(&self, statistic: Statistic) -> Value {
        Value::Number(match statistic {
            Statistic::Minmax => return Value::Pair([self.min, self.max]),
            Statistic::Mean => self.mean,
            Statistic::Variance => self.variance,
            Statistic::Skewness => self.skewness,
            Statistic::Kurtosis => self.kurtosis,
        })
    }

    fn without_figures(nobs: u64, why: Undefined) -> Self {
        let none = Err(why);
        Self { nobs, min: none, max: none, mean: none, variance: none, skewness: none, kurtosis: none }
    }
}

/// g₁ or G₁ as the square root of one rational: A₃²/A₂³, times n (n-1)/(n-2)² for G₁.
/// With n < 3 the biased value, as scipy gives.
fn skewness(count: u64, a2: &BigInt, a3: &BigInt, bias: bool) -> f64 {
    let numerator = a3.magnitude() * a3.magnitude();
    let denominator = a2.magnitude().pow(3);
    if bias || count < 3 {
        return sqrt_ratio(a3.sign(), &numerator, &denominator);
    }
    let n = BigUint::from(count);
    let correction = &n * (count - 1);
    sqrt_ratio(a3.sign(), &(numerator * correction), &(denominator * BigUint::pow(&(&n - 2_u32), 2)))
}

/// g₂ = (A₄ - 3 A₂²)/A₂² or G₂ = ((n²-1) A₄ - 3 (n-1)² A₂²)/((n-2) (n-3) A₂²).
/// With n < 4 the biased value, as scipy gives.
fn kurtosis(count: u64, a2: &BigInt, a4: &BigInt, bias: bool) -> f64 {
    let square = a2 * a2;
    if bias || count < 4 {
        return ratio(&(a4 - 3 * &square), square.magnitude());
    }
    let n = BigInt::from(count);
    let numerator = (&n * &n - 1) * a4 - 3 * BigInt::pow(&(&n - 1), 2) * &square;
    let denominator = (&n - 2_u32) * (&n - 3_u32) * square;
    ratio(&numerator, denominator.magnitude())
}

/// `numerator` / `denominator` × 10^`exponent`.
fn scaled_ratio(numerator: &BigInt, denominator: &BigInt, exponent: i32) -> Figure {
    let power = BigInt::from(10).pow(exponent.unsigned_abs());
    finite(if exponent < 0 {
        ratio(numerator, (denominator * power).magnitude())
    } else {
        ratio(&(numerator * power), denominator.magnitude())
    })
}

fn finite(value: f64) -> Figure {
    if value.is_finite() { Ok(value) } else { Err(Undefined::Overflow) }
}
