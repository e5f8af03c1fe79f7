//! Reads the fields of a state and refuses values that they cannot have.

use num_bigint::BigInt;

use super::consistency::{are_of_numbers, have_sums, is_consistent, power_of_ten};
use super::encoder::EXACT;
use super::layout::{MAX_COUNT, StateError};
use crate::accumulator::Accumulator;
use crate::decimal::Decimal;
use crate::distinct_counts::Entry;
use crate::frequency_table::FrequencyTable;
use crate::weighted::{Values, Weighted};

/// Maximum length of the integer of a sum. The fourth powers of numbers from 1e-342 to 1e308, weighted, need 1,400 bytes.
const MAX_SUM_BYTES: usize = 2048;

/// Maximum magnitude of the power of ten of a sum. Weighted fourth powers need 1,710.
const MAX_SUM_EXPONENT: i32 = 2000;

/// Bytes of a decimal.
const DECIMAL_BYTES: usize = size_of::<u128>() + size_of::<i16>() + size_of::<u8>();

/// Reads the fields of a state. Holds the bytes that are left.
pub(super) struct Decoder<'a>(pub(super) &'a [u8]);

impl Decoder<'_> {
    fn bytes(&mut self, length: usize) -> Result<&[u8], StateError> {
        let (head, rest) = self.0.split_at_checked(length).ok_or(StateError::Truncated)?;
        self.0 = rest;
        Ok(head)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], StateError> {
        self.bytes(N)?.try_into().map_err(|_| StateError::Truncated)
    }

    fn u64(&mut self) -> Result<u64, StateError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    fn flag(&mut self, name: &'static str) -> Result<bool, StateError> {
        match self.array()? {
            [0] => Ok(false),
            [1] => Ok(true),
            [_] => Err(StateError::Field(name)),
        }
    }

    /// Number of the rows that follow, each of `length` bytes.
    fn rows(&mut self, length: usize) -> Result<u64, StateError> {
        let rows = self.u64()?;
        if rows <= (self.0.len() / length) as u64 { Ok(rows) } else { Err(StateError::Truncated) }
    }

    fn limit(&mut self) -> Result<usize, StateError> {
        usize::try_from(self.u64()?).map_err(|_| StateError::Field("limit"))
    }

    fn exponent(&mut self) -> Result<i32, StateError> {
        Ok(i16::from_le_bytes(self.array()?).into())
    }

    fn decimal(&mut self) -> Result<Decimal, StateError> {
        let digits = u128::from_le_bytes(self.array()?);
        let decimal = Decimal::new(digits, self.exponent()?, self.flag("decimal")?);
        let is_in_range = digits < 10_u128.pow(38)
            && (-361..=308).contains(&decimal.exponent)
            && decimal.to_f64().is_finite()
            && decimal.is_zero() == (decimal.to_f64() == 0.0);
        if is_in_range && decimal == decimal.canonical() { Ok(decimal) } else { Err(StateError::Field("decimal")) }
    }

    fn extremes(&mut self) -> Result<(Decimal, Decimal), StateError> {
        let (min, max) = (self.decimal()?, self.decimal()?);
        if min.compare(max).is_le() { Ok((min, max)) } else { Err(StateError::Field("extremes")) }
    }

    fn sum(&mut self) -> Result<Sum, StateError> {
        let exponent = self.exponent()?;
        let length = usize::from(u16::from_le_bytes(self.array()?));
        if length > MAX_SUM_BYTES || exponent.abs() > MAX_SUM_EXPONENT {
            return Err(StateError::Field("sums"));
        }
        Ok(Sum { integer: BigInt::from_signed_bytes_le(self.bytes(length)?), exponent })
    }

    pub(super) fn accumulator(&mut self) -> Result<Accumulator, StateError> {
        let [missing, above, below, count] = [self.u64()?, self.u64()?, self.u64()?, self.u64()?];
        let all = [missing, above, below, count].iter().try_fold(0_u64, |sum, part| sum.checked_add(*part));
        if all.is_none_or(|all| all > MAX_COUNT) {
            return Err(StateError::Field("count"));
        }
        let mut accumulator = Accumulator::of_others(missing, [above, below]);
        if count > 0 {
            let extremes = self.extremes()?;
            let sums = [self.sum()?, self.sum()?, self.sum()?, self.sum()?];
            let common = sums.iter().zip(1..).map(|(sum, power)| sum.exponent.div_euclid(power));
            let exponent = common.fold(extremes.0.exponent.min(extremes.1.exponent), i32::min);
            let mut power = 0;
            let sums = sums.map(|sum| {
                power += 1;
                sum.in_units_of(power * exponent)
            });
            if !are_of_numbers(count, &sums, exponent, extremes) {
                return Err(StateError::Inconsistent("sums"));
            }
            accumulator.add_sums(count, sums, exponent, extremes);
        }
        Ok(accumulator)
    }

    /// Frequency table of the numbers that have these sums.
    pub(super) fn table(&mut self, sums: &Accumulator) -> Result<FrequencyTable, StateError> {
        let limit = self.limit()?;
        let [dropped] = self.array()?;
        let dropped = match dropped {
            EXACT => None,
            0..=64 => Some(u32::from(dropped)),
            _ => return Err(StateError::Field("dropped")),
        };
        let length = DECIMAL_BYTES * (1 + usize::from(dropped.is_some())) + size_of::<u64>();
        let mut entries = Vec::new();
        let mut left = sums.count();
        for _ in 0..self.rows(length)? {
            let low = self.decimal()?;
            let high = if dropped.is_some() { self.decimal()? } else { low };
            let count = self.u64()?;
            left = left.checked_sub(count).ok_or(StateError::Inconsistent("table"))?;
            if count == 0 || low.compare(high).is_gt() || (count == 1 && low != high) {
                return Err(StateError::Field("row"));
            }
            entries.push(Entry { low, high, count });
        }
        let ends = entries.first().zip(entries.last()).map(|(first, last)| (first.low, last.high));
        if left > 0 || ends != sums.extremes() || (dropped.is_none() && !have_sums(&entries, sums)) {
            return Err(StateError::Inconsistent("table"));
        }
        FrequencyTable::restore(limit, &entries, dropped).ok_or(StateError::Field("row"))
    }

    /// Weighted numbers in a sample with `missing` missing values.
    pub(super) fn weighted(&mut self, missing: u64) -> Result<Weighted, StateError> {
        let mut weighted = Weighted::new(self.limit()?);
        (weighted.missing, weighted.count) = (self.u64()?, self.u64()?);
        if weighted.missing > missing || weighted.count > MAX_COUNT {
            return Err(StateError::Field("count"));
        }
        let mut sums = None;
        if weighted.count > 0 {
            weighted.extremes = Some(self.extremes()?);
            sums = Some([self.sum()?, self.sum()?, self.sum()?, self.sum()?, self.sum()?, self.sum()?]);
        }
        weighted.values = if self.flag("kept")? { Some(self.weighted_rows(weighted.count)?) } else { None };
        if let Some(sums) = sums {
            restore_weighted_sums(&mut weighted, sums);
        }
        if is_consistent(&weighted) { Ok(weighted) } else { Err(StateError::Inconsistent("weights")) }
    }

    fn weighted_rows(&mut self, count: u64) -> Result<Values, StateError> {
        /// No weight has more digits than this.
        const MAX_DIGITS: u128 = 10_u128.pow(19) - 1;
        let mut values = Values::new();
        for _ in 0..self.rows(DECIMAL_BYTES + size_of::<i16>() + size_of::<u128>())? {
            let key = (self.decimal()?, self.exponent()?);
            let weight = u128::from_le_bytes(self.array()?);
            let is_in_range = (-342..=308).contains(&key.1) && (1..=MAX_DIGITS * u128::from(count)).contains(&weight);
            if !is_in_range || values.insert(key, weight).is_some() {
                return Err(StateError::Field("row"));
            }
        }
        Ok(values)
    }
}

/// Sum as it is written: `integer` × 10^`exponent`.
struct Sum {
    integer: BigInt,
    exponent: i32,
}

impl Sum {
    /// The sum as an integer times 10^`exponent`, which must not exceed its own.
    fn in_units_of(self, exponent: i32) -> BigInt {
        self.integer * power_of_ten(self.exponent.abs_diff(exponent))
    }
}

/// Brings the sums of weighted numbers, as they are written, to common powers of ten.
fn restore_weighted_sums(weighted: &mut Weighted, sums: [Sum; 6]) {
    let keys = weighted.values.iter().flat_map(|values| values.keys());
    let least = keys.fold([0; 2], |[value, weight], key| [value.min(key.0.exponent), weight.min(key.1)]);
    let weight_exponent = least[1].min(sums[0].exponent).min(sums[5].exponent.div_euclid(2));
    let ends = weighted.extremes.iter().flat_map(|(min, max)| [min.exponent, max.exponent]);
    let powers = sums[1..5].iter().zip(1..).map(|(sum, power)| (sum.exponent - weight_exponent).div_euclid(power));
    let exponent = powers.chain(ends).fold(least[0], i32::min);
    let [weights, first, second, third, fourth, squares] = sums;
    let mut power = -1;
    weighted.sums = [weights, first, second, third, fourth].map(|sum| {
        power += 1;
        sum.in_units_of(weight_exponent + power * exponent)
    });
    weighted.weight_squares = squares.in_units_of(2 * weight_exponent);
    (weighted.exponent, weighted.weight_exponent) = (exponent, weight_exponent);
}
