//! Numbers with reliability weights, which say how much each number counts and are not frequencies.
//!
//! Input: decimals with positive weights. Output: a [`Description`], in which the statistics that are not defined for such weights
//! are undefined. Invariant: sums are exact, and do not depend on the order of the numbers.

use std::cmp::Ordering;
use std::collections::HashMap;

use num_bigint::{BigInt, BigUint};

use super::decimal::Decimal;
use super::exact::Ratio;
use super::held::Held;
use super::moments::{CentralMoments, NanPolicy};
use super::statistic::Statistic;
use super::summary::Summary;
use super::undefined::Undefined;
use super::value::{Description, Quantile, Value};
use super::wanted::Wanted;

/// Exact sums of numbers m × 10^e with weights W × 10^f, where e and f are the least exponents so far.
#[derive(Clone, Debug)]
pub(super) struct Weighted {
    pub(super) count: u64,
    pub(super) missing: u64,
    pub(super) exponent: i32,
    pub(super) weight_exponent: i32,
    /// ΣW, ΣW m, ΣW m², ΣW m³, ΣW m⁴.
    pub(super) sums: [BigInt; 5],
    /// ΣW².
    pub(super) weight_squares: BigInt,
    /// Sums of the weights of each value; `None` if there were more than `limit`.
    pub(super) values: Option<Values>,
    pub(super) extremes: Option<(Decimal, Decimal)>,
    pub(super) limit: usize,
    /// Memory of the values.
    pub(super) held: Held,
}

/// Memory of a value in a hash table.
const VALUE_BYTES: usize = 2 * size_of::<((Decimal, i32), u128)>();

/// Sums of the weights of each value, by the powers of ten of the weights.
pub(super) type Values = HashMap<(Decimal, i32), u128>;

impl Weighted {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            count: 0,
            missing: 0,
            exponent: 0,
            weight_exponent: 0,
            sums: Default::default(),
            weight_squares: BigInt::default(),
            values: Some(HashMap::new()),
            extremes: None,
            limit,
            held: Held::default(),
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Adds a number with its weight, which must be positive. A weight of more digits than a word has is rounded to the nearest double.
    pub(super) fn push(&mut self, value: Decimal, weight: Decimal) {
        let weight = Decimal::from_f64(weight.to_f64()).filter(|_| weight.high > 0).unwrap_or(weight);
        let (value, weight) = (value.canonical(), weight.canonical());
        self.scale_to(value.exponent, weight.exponent);
        let integer = |decimal: Decimal, exponent: i32| {
            let magnitude = BigInt::from(decimal.digits()) * power(decimal.exponent.abs_diff(exponent));
            if decimal.negative { -magnitude } else { magnitude }
        };
        let (m, w) = (integer(value, self.exponent), integer(weight, self.weight_exponent));
        self.weight_squares += &w * &w;
        let mut product = w;
        for sum in &mut self.sums {
            *sum += &product;
            product *= &m;
        }
        self.count += 1;
        self.widen((value, value));
        self.count_value((value, weight.exponent), weight.digits());
    }

    fn count_value(&mut self, key: (Decimal, i32), digits: u128) {
        if let Some(values) = &mut self.values {
            let before = values.len();
            *values.entry(key).or_default() += digits;
            self.held.add(VALUE_BYTES * (values.len() - before));
            if values.len() > self.limit {
                self.values = None;
                self.held = Held::default();
            }
        }
    }

    fn widen(&mut self, (low, high): (Decimal, Decimal)) {
        let (least, greatest) = *self.extremes.get_or_insert((low, high));
        let least = if low.compare(least).is_lt() { low } else { least };
        let greatest = if high.compare(greatest).is_gt() { high } else { greatest };
        self.extremes = Some((least, greatest));
    }

    /// Lowers the exponents of the sums to these, if these are lower.
    fn scale_to(&mut self, exponent: i32, weight_exponent: i32) {
        let value_power = power(u32::try_from(self.exponent - exponent).unwrap_or(0));
        let mut factor = power(u32::try_from(self.weight_exponent - weight_exponent).unwrap_or(0));
        self.exponent = self.exponent.min(exponent);
        self.weight_exponent = self.weight_exponent.min(weight_exponent);
        if factor == BigInt::from(1) && value_power == BigInt::from(1) {
            return;
        }
        self.weight_squares *= &factor * &factor;
        for sum in &mut self.sums {
            *sum *= &factor;
            factor *= &value_power;
        }
    }

    /// Adds everything that was added to `other`.
    pub(super) fn merge(&mut self, other: &Self) {
        let mut theirs = other.clone();
        self.scale_to(theirs.exponent, theirs.weight_exponent);
        theirs.scale_to(self.exponent, self.weight_exponent);
        self.weight_squares += &theirs.weight_squares;
        for (ours, theirs) in self.sums.iter_mut().zip(&theirs.sums) {
            *ours += theirs;
        }
        self.count += theirs.count;
        self.missing += theirs.missing;
        if let Some(extremes) = theirs.extremes {
            self.widen(extremes);
        }
        match theirs.values {
            Some(values) => values.into_iter().for_each(|(key, digits)| self.count_value(key, digits)),
            None => self.values = None,
        }
    }

    /// Computes the statistics that are wanted.
    pub(super) fn describe(&self, wanted: &Wanted) -> Description {
        let (nobs, quantities) = if self.missing > 0 && wanted.moments.nan_policy != NanPolicy::Omit {
            (if self.count == 0 { 0 } else { self.count + self.missing }, Err(Undefined::Missing))
        } else {
            (self.count, self.extremes.ok_or(Undefined::NoNumbers))
        };
        let quantities =
            quantities.map(|extremes| Quantities { central: self.central(), ordered: self.ordered(), extremes });
        let value = |statistic| match &quantities {
            _ if statistic == Statistic::Missing => Value::Count(Some(self.missing)),
            Ok(quantities) => quantities.value(statistic, wanted),
            Err(why) => wanted.undefined(statistic, *why),
        };
        let figures = wanted.statistics.iter().map(|statistic| (statistic, value(statistic))).collect();
        Description { nobs, figures, rank_error: None, has_rounded: false }
    }

    fn central(&self) -> CentralMoments {
        let [w, s1, s2, s3, s4] = self.sums.clone();
        CentralMoments::weighted(self.count, w, self.weight_squares.clone(), [s1, s2, s3, s4], self.exponent)
    }

    /// Values in ascending order, each with the sum of the weights up to it in units of the least exponent.
    fn ordered(&self) -> Option<Vec<(Decimal, BigUint)>> {
        let unit = |exponent: i32| power(exponent.abs_diff(self.weight_exponent)).into_parts().1;
        let counted = self.values.as_ref()?.iter();
        let mut values: Vec<_> =
            counted.map(|((value, exponent), digits)| (*value, BigUint::from(*digits) * unit(*exponent))).collect();
        values.sort_unstable_by(|(a, _), (b, _)| a.compare(*b));
        let mut sum = BigUint::default();
        for (_, weight) in &mut values {
            sum += &*weight;
            weight.clone_from(&sum);
        }
        Some(values)
    }
}

/// Quantities that the formulas use.
struct Quantities {
    central: CentralMoments,
    ordered: Option<Vec<(Decimal, BigUint)>>,
    extremes: (Decimal, Decimal),
}

impl Quantities {
    fn value(&self, statistic: Statistic, wanted: &Wanted) -> Value {
        let (moments, rounding) = (wanted.moments, wanted.precision.rounding(statistic));
        let Summary { mean, variance, skewness, kurtosis, .. } = self.central.summary(moments, &wanted.precision);
        let exact = |ratio: Result<Ratio, Undefined>| ratio.and_then(|ratio| rounding.figure(&ratio));
        let root =
            |square: Result<Ratio, Undefined>| square.and_then(|square| rounding.root(square.root_sign(), &square));
        let end = |decimal: Decimal| rounding.figure(&decimal.into());
        let quantile = |q: &Ratio| exact(self.quantile(q));
        let parts = |parts: u32| (1..parts).map(|part| quantile(&Ratio::new(part, parts))).collect();
        let (min, max) = self.extremes;
        Value::Number(match statistic {
            Statistic::Minmax => return Value::Pair([end(min), end(max)]),
            Statistic::Mean => mean,
            Statistic::Variance => variance,
            Statistic::Skewness => skewness,
            Statistic::Kurtosis => kurtosis,
            Statistic::Std => root(self.central.variance(moments.ddof)),
            Statistic::Cv => root(self.central.squared_variation(moments.ddof)),
            Statistic::Range => exact(Ok(Ratio::from(max).subtract(&min.into()))),
            Statistic::Median => quantile(&Ratio::new(1, 2_u32)),
            Statistic::Quartiles => return Value::List(parts(4)),
            Statistic::Iqr => exact(self.interquartile_range()),
            Statistic::Deciles => return Value::List(parts(10)),
            Statistic::Quantiles => {
                let quantile = |q: &Decimal| Quantile { q: q.to_f64(), value: quantile(&(*q).into()) };
                return Value::Quantiles(wanted.quantiles.iter().map(quantile).collect());
            }
            Statistic::Facility => wanted.facility(&self.central),
            other => return wanted.undefined(other, Undefined::Weighted),
        })
    }

    /// Least value up to which the weights are a share of `q` or more: numpy's `inverted_cdf`.
    fn quantile(&self, q: &Ratio) -> Result<Ratio, Undefined> {
        let values = self.ordered.as_ref().ok_or(Undefined::TooManyValues)?;
        let (_, all) = values.last().ok_or(Undefined::NoNumbers)?;
        let enough = q.multiply(&Ratio::new(BigInt::from(all.clone()), 1_u32));
        let place = values.partition_point(|(_, sum)| {
            Ratio::new(BigInt::from(sum.clone()), 1_u32).compare(&enough) == Ordering::Less
        });
        values.get(place).map(|(value, _)| (*value).into()).ok_or(Undefined::NoNumbers)
    }

    fn interquartile_range(&self) -> Result<Ratio, Undefined> {
        Ok(self.quantile(&Ratio::new(3, 4_u32))?.subtract(&self.quantile(&Ratio::new(1, 4_u32))?))
    }
}

fn power(exponent: u32) -> BigInt {
    BigInt::from(10).pow(exponent)
}
