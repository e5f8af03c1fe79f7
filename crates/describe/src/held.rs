//! Memory that the samples of a thread hold, so that whoever feeds them can limit it.
//!
//! Input: the bytes that a part of a sample takes for each further value, exponent or bin, counted in its [`Held`] where it
//! grows. Output: the growth since it was last taken. Invariant: what a part has counted is subtracted when it is dropped, and
//! counted again when it is cloned.

use std::cell::Cell;

thread_local! {
    static GROWTH: Cell<isize> = const { Cell::new(0) };
}

/// Bytes by which the samples on this thread have grown since the last call; negative if they have shrunk. Estimates of the
/// allocations, without those of a fixed size.
///
/// ```
/// use describe::{Decimal, Retention, Sample, take_growth};
///
/// take_growth();
/// let mut sample = Sample::new(&Retention { max_distinct: Some(1000), ..Retention::default() });
/// (0..500).filter_map(|n| Decimal::from_f64(f64::from(n) + 0.125)).for_each(|value| sample.push_decimal(value));
/// let grown = take_growth();
/// assert!(grown > 500 * 16);
/// drop(sample);
/// assert_eq!(take_growth(), -grown);
/// ```
#[must_use]
pub fn take_growth() -> isize {
    GROWTH.take()
}

/// What [`take_growth`] would return.
#[must_use]
#[inline]
pub fn growth() -> isize {
    GROWTH.get()
}

/// Bytes that a part of a sample, or of another tally on this thread, holds.
#[derive(Debug, Default)]
pub struct Held(usize);

impl Held {
    /// Counts further bytes.
    pub fn add(&mut self, bytes: usize) {
        self.0 += bytes;
        GROWTH.set(GROWTH.get().saturating_add_unsigned(bytes));
    }
}

impl Clone for Held {
    fn clone(&self) -> Self {
        let mut held = Self::default();
        held.add(self.0);
        held
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Fails only while the thread ends.
        let _ = GROWTH.try_with(|growth| growth.set(growth.get().saturating_sub_unsigned(self.0)));
    }
}
