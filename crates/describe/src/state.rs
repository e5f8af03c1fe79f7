//! State of a sample as bytes: saved, sent, restored, and merged with others.
//!
//! Input: a [`Sample`], or bytes from anywhere. Output: bytes, or a sample that describes exactly as the one that was saved.
//! Invariants:
//!
//! * The layout is canonical. Samples with the same retention that hold the same numbers give the same bytes, whatever the order
//!   in which numbers were pushed and samples were split and merged, and however the numbers were spelled (12.50, 12.5).
//! * Bytes that no sample gives are an error, never a panic. Memory is bounded by a multiple of their length.
//! * The bytes hold what the sample holds: with a frequency table, every distinct value. They are as confidential as the data.
//!
//! # Layout, version 2
//!
//! Integers are little-endian. There is no padding, and nothing follows the last field.
//!
//! | field | type | content |
//! |---|---|---|
//! | magic | 8 bytes | `describe` in ASCII |
//! | version | u16 | 2 |
//! | flags | u8 | 1: the retention is speculative; 2: the frequency table was dropped; 4: a frequency table follows; 8: weights follow; 16: some number was written with more digits than are kept |
//! | missing | u64 | missing values |
//! | infinite | 2 × u64 | positive infinities, negative infinities |
//! | count | u64 | finite numbers; all counts together are at most 2⁶² |
//! | extremes | 2 × decimal | minimum and maximum; absent if count is 0 |
//! | sums | 4 × sum | Σx, Σx², Σx³, Σx⁴; absent if count is 0 |
//! | table | section | absent without flag 4 |
//! | weights | section | absent without flag 8 |
//!
//! Sums are of all finite numbers together. Sums of each power of ten would not be canonical: which powers share their sums
//! depends on the order of the numbers when there are many.
//!
//! **decimal**, 19 bytes: digits u128, below 10³⁸ and not divisible by ten; power of ten i16; negative u8, 0 or 1. Zero is 0, 0, 0.
//!
//! **sum**, 4 bytes or more: power of ten i16; length u16; integer in two's complement of that length, not divisible by ten and as
//! short as possible. Zero is 0, 1 and a byte 0.
//!
//! **table**:
//!
//! | field | type | content |
//! |---|---|---|
//! | limit | u64 | maximum number of distinct values |
//! | dropped | u8 | 255: the rows are distinct values; 0 to 64: they are bins, the number of low bits that they drop of the order-preserving image of a double |
//! | rows | u64 | number of rows |
//! | row | decimal, u64 | distinct value, ascending, and its frequency |
//! | or row | 2 × decimal, u64 | minimum and maximum of a bin, ascending, and the count of its values |
//!
//! **weights**, numbers with reliability weights:
//!
//! | field | type | content |
//! |---|---|---|
//! | limit | u64 | maximum number of distinct values |
//! | missing | u64 | missing values since the sample takes weights |
//! | count | u64 | numbers |
//! | extremes | 2 × decimal | minimum and maximum; absent if count is 0 |
//! | sums | 6 × sum | Σw, Σwx, Σwx², Σwx³, Σwx⁴, Σw²; absent if count is 0 |
//! | kept | u8 | 1: rows follow; 0: there were more than the limit |
//! | rows | u64 | number of rows; absent if kept is 0 |
//! | row | decimal, i16, u128 | distinct value, power of ten of weights without trailing zeros, the sum of these weights in units of that power; ascending by value, then by power |
//!
//! The [`DistinctBudget`](super::DistinctBudget) of a sample is not saved: it belongs to the process. A restored sample has none,
//! and counts towards that of the sample that it is merged into.

use super::retention::Retention;
use super::sample::Sample;

mod consistency;
mod decoder;
mod encoder;
mod layout;

pub(crate) use consistency::are_of_numbers;
use decoder::Decoder;
use encoder::Encoder;
pub(crate) use layout::MAX_COUNT;
pub use layout::{MAGIC, StateError, VERSION};

const SPECULATIVE: u8 = 1;
const DROPPED: u8 = 2;
const TABLE: u8 = 4;
const WEIGHTS: u8 = 8;
const ROUNDED: u8 = 16;

impl Sample {
    /// Saves the sample: see [the layout](self).
    ///
    /// ```
    /// use describe::{Number, Retention, Sample, Wanted};
    /// let retention = Retention { max_distinct: Some(100), ..Retention::default() };
    /// let mut parts = [Sample::new(&retention), Sample::new(&retention)];
    /// parts[0].push(Number::parse(b"5")?);
    /// parts[1].push(Number::parse(b"6.50")?);
    ///
    /// let mut merged = Sample::from_bytes(&parts[0].to_bytes())?;
    /// merged.merge(&Sample::from_bytes(&parts[1].to_bytes())?);
    ///
    /// let mut whole = Sample::new(&retention);
    /// whole.push(Number::parse(b"6.5")?);
    /// whole.push(Number::parse(b"5")?);
    /// assert_eq!(merged.to_bytes(), whole.to_bytes());
    /// assert_eq!(merged.describe(&Wanted::default()), whole.describe(&Wanted::default()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // What a table of ranges does not keep is not in any layout.
        let dropped = self.dropped_table() || self.table.as_ref().is_some_and(|table| table.is_part());
        let table = self.table.as_ref().filter(|_| !dropped);
        let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
        let flags = flag(self.speculative, SPECULATIVE)
            | flag(dropped, DROPPED)
            | flag(table.is_some(), TABLE)
            | flag(self.weighted.is_some(), WEIGHTS)
            | flag(self.sums.has_rounded, ROUNDED);
        let mut encoder = Encoder(Vec::new());
        encoder.0.extend(MAGIC);
        encoder.0.extend(VERSION.to_le_bytes());
        encoder.0.push(flags);
        self.with_all(|sums| encoder.accumulator(sums));
        if let Some(table) = table {
            encoder.table(table);
        }
        if let Some(weighted) = &self.weighted {
            encoder.weighted(weighted);
        }
        encoder.0
    }

    /// Retention that a state of the sample has: the limits of its tables, and whether they are speculative. `None` if the sample
    /// does not hold everything that its retention asked for: a dropped table, or one of ranges of the values.
    ///
    /// ```
    /// use describe::{Retention, Sample};
    /// let sample = Sample::new(&Retention { max_distinct: Some(100), ..Retention::default() });
    /// assert_eq!(sample.retention().and_then(|retention| retention.max_distinct), Some(100));
    /// ```
    #[must_use]
    pub fn retention(&self) -> Option<Retention> {
        let is_part = self.table.as_ref().is_some_and(|table| table.is_part());
        (!self.dropped_table() && !is_part).then(|| Retention {
            max_distinct: self.table.as_ref().map(|table| table.limit()),
            max_distinct_weighted: self.weighted.as_ref().map(|weighted| weighted.limit),
            speculative: self.speculative,
            ..Retention::default()
        })
    }

    /// Restores a sample that [`Sample::to_bytes`] saved. It describes to the last bit as that one, and can be pushed to and
    /// merged.
    ///
    /// The counts of samples that are merged must not exceed 2⁶² together; [`Sample::taken`] is the count of each.
    ///
    /// # Errors
    /// Bytes that no sample gives: see [`StateError`]. Bins and dropped tables leave their numbers unknown; then extremes, counts
    /// and sums are checked by the inequalities that hold for all numbers.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        let mut decoder = Decoder(bytes);
        if decoder.array().ok() != Some(MAGIC) {
            return Err(StateError::Magic);
        }
        match u16::from_le_bytes(decoder.array()?) {
            VERSION => {}
            other => return Err(StateError::Version(other)),
        }
        let [flags] = decoder.array()?;
        if flags > SPECULATIVE | DROPPED | TABLE | WEIGHTS | ROUNDED || flags & (DROPPED | TABLE) == DROPPED | TABLE {
            return Err(StateError::Field("flags"));
        }
        let has = |flag: u8| flags & flag != 0;
        let mut sums = decoder.accumulator()?;
        sums.has_rounded = has(ROUNDED);
        let sample = Self {
            table: if has(TABLE) { Some(Box::new(decoder.table(&sums)?)) } else { None },
            speculative: has(SPECULATIVE),
            dropped_table: has(DROPPED),
            weighted: if has(WEIGHTS) { Some(Box::new(decoder.weighted(sums.missing())?)) } else { None },
            sums,
        };
        let numbers = sample.sums.count() + sample.weighted.as_ref().map_or(0, |weighted| weighted.count());
        if has(ROUNDED) && numbers == 0 {
            return Err(StateError::Field("flags"));
        }
        if sample.taken() > MAX_COUNT {
            return Err(StateError::Field("count"));
        }
        // Everything that has two spellings is refused here at once.
        if decoder.0.is_empty() && sample.to_bytes() == bytes { Ok(sample) } else { Err(StateError::NotCanonical) }
    }
}
