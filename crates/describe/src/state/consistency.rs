//! Checks that counts, extremes, sums and values are those of some numbers.

use num_bigint::BigInt;
use num_traits::Signed;

use super::encoder::Encoder;
use crate::accumulator::Accumulator;
use crate::decimal::Decimal;
use crate::distinct_counts::Entry;
use crate::moments::CentralMoments;
use crate::weighted::Weighted;

pub(super) fn power_of_ten(exponent: u32) -> BigInt {
    BigInt::from(10).pow(exponent)
}

/// `decimal` as an integer times 10^`exponent`, which must not exceed its own.
fn integer(decimal: Decimal, exponent: i32) -> BigInt {
    let magnitude = BigInt::from(decimal.digits()) * power_of_ten(decimal.exponent.abs_diff(exponent));
    if decimal.negative { -magnitude } else { magnitude }
}

/// Whether numbers, or numbers with weights, exist that have these sums of powers, in units of powers of 10^`exponent`, and these
/// extremes; `n` is their count or the sum of their weights.
///
/// The mean lies between the extremes; kurtosis ≥ skewness² + 1 (Pearson, Phil. Trans. A 216, 1916); variance ≤ (max - mean)
/// (mean - min) (Bhatia and Davis, Amer. Math. Monthly 107, 2000), and its like for the third and fourth powers; and the variance is 0
/// only for equal numbers.
pub(crate) fn are_possible(n: &BigInt, sums: &[BigInt; 4], exponent: i32, extremes: (Decimal, Decimal)) -> bool {
    let [min, max] = [extremes.0, extremes.1].map(|extreme| integer(extreme, exponent));
    n.is_positive()
        && are_within(n, sums, [&min, &max])
        && CentralMoments::new(0, n.clone(), sums.clone(), exponent).is_constant() == (min == max)
}

/// Whether `count` numbers exist that have these sums and extremes: as [`are_possible`] says, and so that the numbers beside one that
/// is the minimum and one that is the maximum lie between them, too.
pub(crate) fn are_of_numbers(count: u64, sums: &[BigInt; 4], exponent: i32, extremes: (Decimal, Decimal)) -> bool {
    let [min, max] = [extremes.0, extremes.1].map(|extreme| integer(extreme, exponent));
    if count == 1 {
        return extremes.0 == extremes.1 && *sums == powers(&min);
    }
    let [low, high] = [powers(&min), powers(&max)];
    let rest: [BigInt; 4] = std::array::from_fn(|power| &sums[power] - &low[power] - &high[power]);
    are_possible(&count.into(), sums, exponent, extremes)
        && if count == 2 {
            rest == <[BigInt; 4]>::default()
        } else {
            are_within(&(count - 2).into(), &rest, [&min, &max])
        }
}

/// The first four powers.
fn powers(value: &BigInt) -> [BigInt; 4] {
    [1, 2, 3, 4].map(|power| value.pow(power))
}

/// Whether weights on an interval have these sums of powers; `n` is their sum, which must be positive. They have if and only if the sums
/// Σ p(x)² and Σ (x - min) (max - x) q(x)² are not negative for any p of degree 2 and q of degree 1 (Krein and Nudelman, The Markov Moment
/// Problem and Extremal Problems, 1977, chapter III): two matrices of sums have no negative eigenvalue.
fn are_within(n: &BigInt, sums: &[BigInt; 4], [min, max]: [&BigInt; 2]) -> bool {
    let [first, second, third, fourth] = sums;
    // Σ (x - min) (max - x) xᵏ.
    let between = |[low, middle, high]: [&BigInt; 3]| (min + max) * middle - min * max * low - high;
    let (a, b, c) = (between([n, first, second]), between([first, second, third]), between([second, third, fourth]));
    min <= max
        && CentralMoments::new(0, n.clone(), sums.clone(), 0).are_possible()
        && !a.is_negative()
        && !c.is_negative()
        && a * c >= &b * &b
}

/// Whether distinct values with their frequencies have these sums.
pub(super) fn have_sums(entries: &[Entry], sums: &Accumulator) -> bool {
    let mut counted = Accumulator::of_others(sums.missing, sums.infinite);
    for entry in entries {
        counted.push_times(entry.low, entry.count);
    }
    let [counted, given] = [&counted, sums].map(|sums| {
        let mut encoder = Encoder(Vec::new());
        encoder.accumulator(sums);
        encoder.0
    });
    counted == given
}

/// Whether weighted numbers exist that have these counts, extremes, sums and values.
pub(super) fn is_consistent(weighted: &Weighted) -> bool {
    let Weighted { count, values, extremes, sums, weight_squares, exponent, weight_exponent, limit, .. } = weighted;
    let Some((min, max)) = *extremes else { return values.as_ref().is_some_and(std::collections::HashMap::is_empty) };
    let [n, sums @ ..] = sums;
    let square = n * n;
    let squares_are_possible = *weight_squares <= square && weight_squares * *count >= square;
    let values_have_sums = values.as_ref().is_none_or(|values| {
        let mut counted = <[BigInt; 5]>::default();
        for ((value, power), weight) in values {
            let mut product = BigInt::from(*weight) * power_of_ten(power.abs_diff(*weight_exponent));
            for sum in &mut counted {
                *sum += &product;
                product *= integer(*value, *exponent);
            }
        }
        let ends = |end: Decimal| values.keys().any(|(value, _)| *value == end);
        values.len() <= *limit && values.len() as u64 <= *count && counted == weighted.sums && ends(min) && ends(max)
    });
    are_possible(n, sums, *exponent, (min, max)) && squares_are_possible && values_have_sums
}
