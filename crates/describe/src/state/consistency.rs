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
/// (mean - min) (Bhatia and Davis, Amer. Math. Monthly 107, 2000); and the variance is 0 only for equal numbers.
pub(crate) fn are_possible(n: &BigInt, sums: &[BigInt; 4], exponent: i32, (min, max): (Decimal, Decimal)) -> bool {
    let (above, below) = (n * integer(max, exponent) - &sums[0], &sums[0] - n * integer(min, exponent));
    let central = CentralMoments::new(0, n.clone(), sums.clone(), exponent);
    n.is_positive()
        && !above.is_negative()
        && !below.is_negative()
        && central.is_possible_within(&(above * below))
        && central.is_constant() == (min == max)
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
