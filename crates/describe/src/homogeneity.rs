//! Chi-squared test of homogeneity: whether the categories have the same shares in all groups.
//!
//! Input: samples whose values are places in the list of categories. Output: the statistic X² = Σ (observed - expected)²/expected of
//! Pearson (Philosophical Magazine 50, 1900, 157-175) without a correction for continuity, its degrees of freedom and its p-value.
//!
//! Groups without values and categories that do not occur have expected counts of 0 and are left out; how many were compared is told.

use num_bigint::BigInt;
use num_traits::Zero;

use super::exact::{Ratio, Rounding};
use super::sample::Sample;
#[cfg(feature = "serde")]
use super::serialize::figure;
use super::statistic::Statistic;
use super::undefined::{Figure, Undefined};
use super::value::Count;
use super::wanted::Wanted;

/// Bits behind the point of the sum: its terms are cut there, so that the sum of billions of them rounds as the exact one does.
const BITS: u32 = 400;

/// Chi-squared test of homogeneity.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Homogeneity {
    /// Number of groups with values, which are compared.
    #[cfg_attr(feature = "schema", schema(value_type = Option<u64>, required))]
    pub groups: Count,
    /// Number of categories that occur, in which they are compared.
    #[cfg_attr(feature = "schema", schema(value_type = Option<u64>, required))]
    pub categories: Count,
    /// Statistic X²; `null` for fewer than two groups or categories, or with a missing value that propagates.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub statistic: Figure,
    /// Degrees of freedom, (groups - 1)(categories - 1); `null` without a statistic.
    #[cfg_attr(feature = "schema", schema(value_type = Option<u64>, required))]
    pub df: Count,
    /// Probability of a statistic at least as great if the shares are the same.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub p: Figure,
    /// Least expected count. Below about 5 the p-value is rough.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub least_expected: Figure,
}

impl Homogeneity {
    /// Tests the categories that are wanted of these samples. `check` is called for each sample, and may end the test.
    ///
    /// # Errors
    /// What `check` returns; the reason why there is no test is in its figures.
    pub fn of<'s, E>(
        samples: impl Iterator<Item = &'s Sample> + Clone,
        wanted: &Wanted,
        mut check: impl FnMut() -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut totals = vec![0_u64; wanted.categories.len()];
        let (mut groups, mut least_group, mut unknown) = (0, u64::MAX, None);
        for sample in samples.clone() {
            check()?;
            match sample.category_counts(wanted) {
                Ok(counts) => {
                    let all: u64 = counts.iter().sum();
                    if all > 0 {
                        (groups, least_group) = (groups + 1, least_group.min(all));
                    }
                    totals.iter_mut().zip(counts).for_each(|(total, count)| *total += count);
                }
                Err(why) => unknown = Some(why),
            }
        }
        let categories = totals.iter().filter(|total| **total > 0).count() as u64;
        let [compared, occurring] = [groups, categories].map(Some);
        let none = |why| Self {
            groups: compared,
            categories: occurring,
            statistic: Err(why),
            df: None,
            p: Err(why),
            least_expected: Err(why),
        };
        if let Some(why) = unknown {
            return Ok(none(why));
        }
        if groups < 2 || categories < 2 {
            return Ok(none(Undefined::NothingToCompare));
        }
        let all = BigInt::from(totals.iter().sum::<u64>());
        let mut sum = BigInt::zero();
        for sample in samples {
            check()?;
            let counts = sample.category_counts(wanted).unwrap_or_default();
            let group = BigInt::from(counts.iter().sum::<u64>());
            if group.is_zero() {
                continue;
            }
            for (count, total) in counts.iter().zip(&totals).filter(|(_, total)| **total > 0) {
                // (O - R C/n)²/(R C/n) = (n O - R C)²/(n R C).
                let expected = &group * *total;
                let distance = &all * *count - &expected;
                sum += ((&distance * &distance) << BITS) / (&all * expected);
            }
        }
        let rounding = wanted.precision.rounding(Statistic::Categories);
        let statistic = Ratio::new(sum, BigInt::from(1).magnitude().clone() << BITS);
        let df = (groups - 1) * (categories - 1);
        let least_total = totals.iter().filter(|total| **total > 0).min().copied().unwrap_or(0);
        let least = Ratio::new(BigInt::from(least_group) * least_total, all.magnitude().clone());
        let p = Rounding::default().figure(&statistic).map(|statistic| upper_tail(statistic, df));
        Ok(Self {
            groups: compared,
            categories: occurring,
            statistic: rounding.figure(&statistic),
            df: Some(df),
            p: p.and_then(|p| rounding.double(p)),
            least_expected: rounding.figure(&least),
        })
    }
}

/// Probability that χ² with these degrees of freedom is at least `statistic`: Q(a, x) with a = `freedom`/2 and x = `statistic`/2.
///
/// From x = a on it is a sum of positive terms that ends (DLMF 8.4.8 and 8.4.10 with 8.8.2); below, 1 minus the series of P (DLMF
/// 8.7.1). Nothing is subtracted from what it is nearly equal to.
fn upper_tail(statistic: f64, freedom: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "exact up to 2⁵³")]
    let (a, x) = (freedom as f64 / 2.0, statistic / 2.0);
    if x <= 0.0 {
        return 1.0;
    }
    let density = density(a, x);
    if x < a {
        let (mut term, mut sum, mut n) = (1.0, 1.0, a);
        while term > f64::EPSILON / 16.0 * sum {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        return 1.0 - density * sum;
    }
    // Q(n, x) = Q(n - 1, x) + xⁿ⁻¹ e⁻ˣ/Γ(n), down to n = 0, or to 1/2.
    let (mut term, mut sum, mut n) = (1.0, 0.0, a);
    while n >= 1.0 && term > f64::EPSILON / 16.0 * sum {
        term *= n / x;
        sum += term;
        n -= 1.0;
    }
    let rest = if n > 0.25 && n < 0.75 { libm::erfc(x.sqrt()) } else { 0.0 };
    density * sum + rest
}

/// xᵃ e⁻ˣ/Γ(a + 1). With u = (x - a)/a it is exp(-a (u - ln(1 + u))) by Stirling's formula, whose exponent is small where the value is not.
fn density(a: f64, x: f64) -> f64 {
    if a < 16.0 {
        return libm::exp(a * libm::log(x) - x) / libm::tgamma(a + 1.0);
    }
    let u = (x - a) / a;
    let series = 1.0 / (12.0 * a) - 1.0 / (360.0 * a.powi(3)) + 1.0 / (1260.0 * a.powi(5)) - 1.0 / (1680.0 * a.powi(7));
    let stirling = (2.0 * std::f64::consts::PI * a).sqrt() * libm::exp(series);
    libm::exp(-a * (u - libm::log1p(u))) / stirling
}
