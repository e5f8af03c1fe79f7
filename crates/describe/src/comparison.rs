//! Comparison of two samples: the difference of their means, its uncertainty and its size.
//!
//! Input: two [`Sample`]s a and b without weights. Output: a [`Difference`].
//!
//! Variances are those with ddof=1 whatever `ddof` is, as in `scipy.stats.ttest_ind` with `equal_var=False`.

use super::comparison_statistic::ComparisonStatistic;
use super::exact::{Ratio, Rounding};
use super::formulas::interval;
use super::moments::{CentralMoments, NanPolicy};
use super::sample::Sample;
#[cfg(feature = "serde")]
use super::serialize::{figure, value_or_null};
use super::student;
use super::undefined::{Figure, Undefined};
use super::value::Interval;
use super::wanted::Wanted;

/// Difference of a sample a from a sample b.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Difference {
    /// Mean of a minus mean of b, in the unit of the data.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub difference: Figure,
    /// Standard error of the difference, √(s²ₐ/nₐ + s²ᵦ/nᵦ).
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub se: Figure,
    /// Confidence interval of the difference: difference ± t se.
    #[cfg_attr(feature = "serde", serde(serialize_with = "value_or_null"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Interval>, required))]
    pub ci: Result<Interval, Undefined>,
    /// Cohen's d (1988): the difference divided by the pooled standard deviation.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub cohens_d: Figure,
    /// Ratio of the variances, s²ₐ/s²ᵦ.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub variance_ratio: Figure,
    /// Welch's t: the difference divided by its standard error.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub t: Figure,
    /// Degrees of freedom by Welch (1947) and Satterthwaite (1946).
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub df: Figure,
    /// Two-sided p-value of t: the probability of a difference at least as large if the means are equal.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub p: Figure,
}

impl Sample {
    /// Compares this sample, a, with `other`, b.
    ///
    /// With fewer than two numbers in either sample, only `difference` is defined. Quotients by a variance of 0 are undefined.
    /// Everything is undefined if either sample has no numbers, an infinity, or a missing value that is not left out.
    #[must_use]
    pub fn compare(&self, other: &Self, wanted: &Wanted) -> Difference {
        let policy = wanted.moments.nan_policy;
        match self.comparable(policy).and_then(|a| Ok((a, other.comparable(policy)?))) {
            Ok((a, b)) => difference(&a, &b, wanted),
            Err(why) => Difference { difference: Err(why), ..Difference::none(why) },
        }
    }

    /// Central moments of the finite numbers.
    pub(super) fn comparable(&self, policy: NanPolicy) -> Result<CentralMoments, Undefined> {
        self.with_all(|sums| match (sums.describable(policy), sums.infinite) {
            (Err((_, why)), _) => Err(why),
            (Ok(_), [0, 0]) => Ok(sums.central()),
            (Ok(_), _) => Err(Undefined::Infinite),
        })
    }
}

impl Difference {
    fn none(why: Undefined) -> Self {
        let none = Err(why);
        Self {
            difference: none,
            se: none,
            ci: Err(why),
            cohens_d: none,
            variance_ratio: none,
            t: none,
            df: none,
            p: none,
        }
    }
}

fn difference(a: &CentralMoments, b: &CentralMoments, wanted: &Wanted) -> Difference {
    let rounding = |statistic: ComparisonStatistic| wanted.precision.rounding(statistic);
    let gap = a.mean().subtract(&b.mean());
    let difference = rounding(ComparisonStatistic::Difference).figure(&gap);
    let variances = a.variance(1).and_then(|first| Ok((first, b.variance(1)?)));
    let Ok((first, second)) = variances else {
        let why = Undefined::Needs { nobs: a.count.min(b.count), needed: 2 };
        return Difference { difference, ..Difference::none(why) };
    };
    let parts = [first.divide(&a.count.into()), second.divide(&b.count.into())];
    let square = parts[0].add(&parts[1]);
    let [less_a, less_b] = [a, b].map(|sample| Ratio::from(sample.count - 1));
    let pooled = first.multiply(&less_a).add(&second.multiply(&less_b)).divide(&less_a.add(&less_b));
    // gap/√by, as the root of a square.
    let standardized = |rounding: Rounding, by: &Ratio| {
        let square = gap.multiply(&gap);
        if by.is_zero() { Err(Undefined::Constant) } else { rounding.root(gap.numerator.sign(), &square.divide(by)) }
    };
    let freedom = || {
        let part = |part: &Ratio, less: &Ratio| part.multiply(part).divide(less);
        let denominator = part(&parts[0], &less_a).add(&part(&parts[1], &less_b));
        if square.is_zero() { Err(Undefined::Constant) } else { Ok(square.multiply(&square).divide(&denominator)) }
    };
    let freedom = freedom();
    let double = |ratio: &Ratio| Rounding::default().figure(ratio);
    let rough = freedom.as_ref().map_err(|why| *why).and_then(double);
    let se = |rounding: Rounding| rounding.root(square.root_sign(), &square);
    let p = || {
        let (p, _) = student::tails(standardized(Rounding::default(), &square)?.abs(), rough?);
        rounding(ComparisonStatistic::P).double(p)
    };
    Difference {
        difference,
        se: se(rounding(ComparisonStatistic::StandardError)),
        ci: rough.and_then(|freedom| {
            let rounding = rounding(ComparisonStatistic::ConfidenceInterval);
            interval(&gap, se(Rounding::default())?, freedom, wanted.confidence, rounding)
        }),
        cohens_d: standardized(rounding(ComparisonStatistic::CohensD), &pooled),
        variance_ratio: if second.is_zero() {
            Err(Undefined::Constant)
        } else {
            rounding(ComparisonStatistic::VarianceRatio).figure(&first.divide(&second))
        },
        t: standardized(rounding(ComparisonStatistic::T), &square),
        df: freedom.and_then(|freedom| rounding(ComparisonStatistic::DegreesOfFreedom).figure(&freedom)),
        p: p(),
    }
}
