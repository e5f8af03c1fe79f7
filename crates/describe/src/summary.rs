//! Summary of `scipy.stats.describe`: six statistics, each rounded once from exact integers.
//!
//! Input: an [`Accumulator`] and the options of the moments. Output: a [`Summary`]. Invariant: the machine-word computation
//! and that in integers of any size give the same doubles.

use num_bigint::{BigUint, Sign};

use super::accumulator::Accumulator;
use super::decimal::Decimal;
use super::moments::{CentralMoments, MomentConventions, Moments, NanPolicy};
use super::precision::Precision;
use super::rounding::{small_ratio, small_ratio_to_cubed_root, sqrt_ratio};
use super::statistic::{Statistic, Statistics};
use super::undefined::{Figure, Undefined};

/// Summary of a sample, as of `scipy.stats.describe`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// Count of numbers; missing values included unless they are left out, but 0 if there are only missing values.
    pub nobs: u64,
    /// Minimum, in the unit of the data.
    pub min: Figure,
    /// Maximum, in the unit of the data.
    pub max: Figure,
    /// Mean S₁/n, in the unit of the data.
    pub mean: Figure,
    /// Variance A₂/(n (n - ddof)), in the square of the unit of the data.
    pub variance: Figure,
    /// Skewness g₁ = A₃/A₂^(3/2); with `bias=false` and n > 2, G₁ = g₁ √(n (n-1))/(n-2).
    pub skewness: Figure,
    /// Kurtosis g₂ = A₄/A₂² - 3; with `bias=false` and n > 3, G₂ = ((n+1) g₂ + 6) (n-1)/((n-2) (n-3)).
    pub kurtosis: Figure,
}

impl Accumulator {
    /// Computes the summary of everything that was added so far. Each value is the nearest double.
    ///
    /// Undefined are: every value but `nobs` without numbers, or with a missing value unless `nan_policy` is `Omit`; the
    /// variance with n <= ddof; skewness and kurtosis of equal numbers (n = 1 included); every value that an infinity
    /// among the numbers makes infinite or meaningless; and values beyond the range of a double.
    #[must_use]
    pub fn finish(&self, moments: Moments) -> Summary {
        self.summary(moments, &Precision::default())
    }

    pub(super) fn summary(&self, moments: Moments, precision: &Precision) -> Summary {
        let nobs = match self.describable(moments.nan_policy) {
            Ok(nobs) => nobs,
            Err((nobs, why)) => return Summary::undefined(nobs, why),
        };
        let extremes = self.extremes().ok_or(Undefined::Infinite);
        let [above, below] = self.infinite.map(|count| count > 0);
        let extreme = |value: Decimal| match precision.rounding(Statistic::Minmax) {
            rounding if rounding.decimals.is_some() => rounding.figure(&value.into()),
            _ => Ok(value.to_f64()),
        };
        let min = if below { Err(Undefined::Infinite) } else { extremes.and_then(|(min, _)| extreme(min)) };
        let max = if above { Err(Undefined::Infinite) } else { extremes.and_then(|(_, max)| extreme(max)) };
        let summary = if above || below {
            Summary::undefined(nobs, Undefined::Infinite)
        } else {
            let is_full = Statistics::SCIPY.iter().all(|statistic| precision.decimals(statistic).is_none());
            let small = if is_full { self.small_moments(moments) } else { None };
            small.unwrap_or_else(|| self.central().summary(moments, precision))
        };
        Summary { min, max, ..summary }
    }

    /// Count of numbers, as [`Summary::nobs`]; with the reason if every statistic is undefined.
    pub(super) fn describable(&self, nan_policy: NanPolicy) -> Result<u64, (u64, Undefined)> {
        let present = self.count() + self.infinite[0] + self.infinite[1];
        if self.missing > 0 && nan_policy != NanPolicy::Omit {
            return Err((if present == 0 { 0 } else { present + self.missing }, Undefined::Missing));
        }
        if present == 0 { Err((0, Undefined::NoNumbers)) } else { Ok(present) }
    }

    /// Central moments. There must be at least one finite number and no infinity.
    pub(super) fn central(&self) -> CentralMoments {
        let (sums, exponent) = self.totals();
        let count = self.count();
        CentralMoments::new(count, count.into(), sums, exponent)
    }

    /// Summary in machine words; `None` if something does not fit. Most samples are few small numbers, for which big integers would
    /// take longer than everything else.
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
        let none = Summary::undefined(count, Undefined::NoNumbers);
        Some(Summary { mean, variance, skewness, kurtosis, ..none })
    }
}

impl CentralMoments {
    pub(super) fn summary(&self, moments: Moments, precision: &Precision) -> Summary {
        let rounding = |statistic: Statistic| precision.rounding(statistic);
        let (variance, kurtosis) = (self.variance(moments.ddof), self.kurtosis(moments));
        Summary {
            mean: rounding(Statistic::Mean).figure(&self.mean()),
            variance: variance.and_then(|variance| rounding(Statistic::Variance).figure(&variance)),
            skewness: self
                .skewness(moments)
                .and_then(|(sign, square)| rounding(Statistic::Skewness).root(sign, &square)),
            kurtosis: kurtosis.and_then(|kurtosis| rounding(Statistic::Kurtosis).figure(&kurtosis)),
            ..Summary::undefined(self.count, Undefined::NoNumbers)
        }
    }
}

impl Summary {
    pub(super) fn undefined(nobs: u64, why: Undefined) -> Self {
        let none = Err(why);
        Self { nobs, min: none, max: none, mean: none, variance: none, skewness: none, kurtosis: none }
    }
}
