//! Sums of powers that were added elsewhere, such as in a database.
//!
//! Input: counts, extremes and sums as integers. Output: a sample that describes as one of the numbers themselves would, without order
//! statistics. Invariant: what no numbers have together is an error.

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{Signed, Zero};

use super::accumulator::Accumulator;
use super::decimal::Decimal;
use super::retention::Retention;
use super::sample::Sample;
use super::state::{MAX_COUNT, StateError, are_of_numbers};

/// Maximum number of digits of an extreme.
const MAX_DIGITS: u32 = 38;

/// Maximum magnitude of the power of ten.
const MAX_EXPONENT: i32 = 100;

/// Exact counts, extremes and sums of numbers: integers m in units of a power of ten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownSums {
    /// Number of missing values.
    pub missing: u64,
    /// Number of numbers.
    pub count: u64,
    /// Power of ten that is the unit of the numbers.
    pub exponent: i32,
    /// The smallest m, and the largest; 0 if there are no numbers.
    pub extremes: [BigInt; 2],
    /// Σm, Σm², Σm³, Σm⁴.
    pub sums: [BigInt; 4],
}

impl Sample {
    /// A sample of the numbers that have these sums. It has no frequency table.
    ///
    /// # Errors
    /// Counts above 2⁶², extremes of more than 38 digits, and what no numbers have together.
    ///
    /// ```
    /// use describe::{KnownSums, Moments, Retention, Sample, Number};
    /// // 5.5 and 6.5 in tenths.
    /// let sums = [120, 55 * 55 + 65 * 65, 55_i64.pow(3) + 65_i64.pow(3), 55_i64.pow(4) + 65_i64.pow(4)].map(Into::into);
    /// let known = KnownSums { missing: 0, count: 2, exponent: -1, extremes: [55.into(), 65.into()], sums };
    /// let mut numbers = Sample::new(&Retention::default());
    /// numbers.push(Number::parse(b"5.5")?);
    /// numbers.push(Number::parse(b"6.5")?);
    /// assert_eq!(Sample::of_sums(known)?.to_bytes(), numbers.to_bytes());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_sums(known: KnownSums) -> Result<Self, StateError> {
        let KnownSums { missing, count, exponent, extremes, sums } = known;
        if missing.checked_add(count).is_none_or(|all| all > MAX_COUNT) || exponent.abs() > MAX_EXPONENT {
            return Err(StateError::Field("count"));
        }
        let mut accumulator = Accumulator::of_others(missing, [0, 0]);
        if count > 0 {
            let decimal = |integer: &BigInt| {
                let digits =
                    u128::try_from(integer.magnitude()).ok().filter(|digits| *digits < 10_u128.pow(MAX_DIGITS));
                let digits = digits.ok_or(StateError::Field("extremes"))?;
                Ok(Decimal::new(digits, exponent, integer.sign() == Sign::Minus))
            };
            let are_of_integers = are_of_integers(count, &sums, &extremes);
            let extremes = (decimal(&extremes[0])?, decimal(&extremes[1])?);
            if !are_of_integers || !are_of_numbers(count, &sums, exponent, extremes) {
                return Err(StateError::Inconsistent("sums"));
            }
            accumulator.add_sums(count, sums, exponent, extremes);
        } else if sums.iter().chain(&extremes).any(|figure| figure.sign() != Sign::NoSign) {
            return Err(StateError::Inconsistent("sums"));
        }
        let mut sample = Self::new(&Retention::default());
        sample.sums = accumulator;
        Ok(sample)
    }
}

/// Whether integers may have these sums, of which those of other numbers do not.
///
/// The binomial coefficients of an integer m are integers: Σ (m choose k) is one for k = 2, 3 and 4. No integer lies between two
/// neighbours: Σ (m - k) (m - k - 1) is not negative, which is nearest to 0 for the k below the mean. Without one that is the minimum and one that
/// is the maximum, some are left, and up to three are the roots of their polynomial, whose other coefficients are 0 (Newton's
/// identities).
fn are_of_integers(count: u64, sums: &[BigInt; 4], [min, max]: &[BigInt; 2]) -> bool {
    let [first, second, third, fourth] = sums;
    let pairs: BigInt = second - first;
    let triples: BigInt = third - 3 * second + 2 * first;
    let quadruples: BigInt = fourth - 6 * third + 11 * second - 6 * first;
    let are_whole = [(pairs, 2_u32), (triples, 6), (quadruples, 24)].iter().all(|(sum, by)| (sum % *by).is_zero());
    let Some(left) = count.checked_sub(2) else { return are_whole };
    let [first, second, third, fourth] =
        [(1, first), (2, second), (3, third), (4, fourth)].map(|(power, sum)| sum - min.pow(power) - max.pow(power));
    if left == 0 {
        return are_whole;
    }
    let below = first.div_floor(&left.into());
    let is_apart = &second - (2 * &below + 1) * &first + left * &below * (&below + 1) >= BigInt::ZERO;
    // Factorials times the coefficients: k! eₖ.
    let square = &first * &first;
    let coefficients = [
        &square - &second,
        &first * &square - 3 * (&first * &second) + 2 * &third,
        &square * &square - 6 * (&square * &second) + 3 * (&second * &second) + 8 * (&first * &third) - 6 * &fourth,
    ];
    let known = usize::try_from(left - 1).unwrap_or(usize::MAX);
    // Two numbers are integers if the square of their distance is that of one.
    let distance: BigInt = 2 * &second - &square;
    let is_square = left != 2 || (!distance.is_negative() && distance.sqrt().pow(2) == distance);
    are_whole && is_apart && is_square && coefficients.iter().skip(known).all(Zero::is_zero)
}
