//! Writes the fields of a state, in canonical form.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::Zero;

use crate::accumulator::Accumulator;
use crate::decimal::Decimal;
use crate::distinct_counts::Entry;
use crate::frequency_table::FrequencyTable;
use crate::weighted::Weighted;

/// Value of `dropped` for rows that are distinct values.
pub(super) const EXACT: u8 = u8::MAX;

/// Bytes of a state.
pub(super) struct Encoder(pub(super) Vec<u8>);

impl Encoder {
    fn u64(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }

    /// Writes a power of ten, which is within ±2,000.
    fn exponent(&mut self, exponent: i32) {
        self.0.extend(i16::try_from(exponent).unwrap_or(i16::MAX).to_le_bytes());
    }

    fn decimal(&mut self, decimal: Decimal) {
        let decimal = decimal.canonical();
        self.0.extend(decimal.digits().to_le_bytes());
        self.exponent(decimal.exponent);
        self.0.push(u8::from(decimal.negative));
    }

    /// Writes the sum `integer` × 10^`exponent`.
    fn sum(&mut self, integer: &BigInt, exponent: i32) {
        let (mut integer, mut exponent) = (integer.clone(), if integer.is_zero() { 0 } else { exponent });
        let ten = BigInt::from(10);
        while integer.is_even() && !integer.is_zero() {
            let (quotient, rest) = integer.div_rem(&ten);
            if !rest.is_zero() {
                break;
            }
            (integer, exponent) = (quotient, exponent + 1);
        }
        let bytes = integer.to_signed_bytes_le();
        self.exponent(exponent);
        self.0.extend(u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_le_bytes());
        self.0.extend(bytes);
    }

    pub(super) fn accumulator(&mut self, sums: &Accumulator) {
        let count = sums.count();
        let [above, below] = sums.infinite;
        for value in [sums.missing, above, below, count] {
            self.u64(value);
        }
        if let Some((min, max)) = sums.extremes() {
            self.decimal(min);
            self.decimal(max);
            let (totals, exponent) = sums.totals();
            for (total, power) in totals.iter().zip(1..) {
                self.sum(total, power * exponent);
            }
        }
    }

    pub(super) fn table(&mut self, table: &FrequencyTable) {
        let (entries, dropped) = table.content();
        self.u64(table.limit() as u64);
        self.0.push(dropped.and_then(|bits| u8::try_from(bits).ok()).unwrap_or(EXACT));
        self.u64(entries.len() as u64);
        for Entry { low, high, count } in entries {
            self.decimal(low);
            if dropped.is_some() {
                self.decimal(high);
            }
            self.u64(count);
        }
    }

    pub(super) fn weighted(&mut self, weighted: &Weighted) {
        for value in [weighted.limit as u64, weighted.missing, weighted.count] {
            self.u64(value);
        }
        if let Some((min, max)) = weighted.extremes {
            self.decimal(min);
            self.decimal(max);
            for (sum, power) in weighted.sums.iter().zip(0..) {
                self.sum(sum, weighted.weight_exponent + power * weighted.exponent);
            }
            self.sum(&weighted.weight_squares, 2 * weighted.weight_exponent);
        }
        self.0.push(u8::from(weighted.values.is_some()));
        if let Some(values) = &weighted.values {
            self.u64(values.len() as u64);
            let mut rows: Vec<_> = values.iter().collect();
            rows.sort_unstable_by(|((a, first), _), ((b, second), _)| a.compare(*b).then(first.cmp(second)));
            for ((value, exponent), weight) in rows {
                self.decimal(*value);
                self.exponent(*exponent);
                self.0.extend(weight.to_le_bytes());
            }
        }
    }
}
