//! Sums of powers that were added elsewhere, such as in a database.
//!
//! Input: counts, extremes and sums as integers. Output: a sample that describes as one of the numbers themselves would, without order
//! statistics. Invariant: what no numbers have together is an error.

use num_bigint::{BigInt, Sign};

use super::accumulator::Accumulator;
use super::decimal::Decimal;
use super::retention::Retention;
use super::sample::Sample;
use super::state::{MAX_COUNT, StateError, are_possible};

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
            let extremes = (decimal(&extremes[0])?, decimal(&extremes[1])?);
            if !are_possible(&count.into(), &sums, exponent, extremes) || (count == 1 && extremes.0 != extremes.1) {
                return Err(StateError::Inconsistent("sums"));
            }
            accumulator.add_sums(count, sums, exponent, extremes);
        } else if sums.iter().any(|sum| sum.sign() != Sign::NoSign) {
            return Err(StateError::Inconsistent("sums"));
        }
        let mut sample = Self::new(&Retention::default());
        sample.sums = accumulator;
        Ok(sample)
    }
}
