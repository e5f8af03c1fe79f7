//! Exact sum of decimals of any exponent, in bounded memory.
//!
//! Input: integers, each with a power of ten. Output: their sum as one integer with one. Invariants: the sum is exact, so that it does
//! not depend on the order of the addends; memory does not depend on their number.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_traits::Zero;

use super::held::Held;

/// Maximum number of exponents with a sum of one machine integer each, beside the first one.
const MAX_LANES: usize = 7;

/// Number of exponents in a window: further addends share one big integer for each window.
const WINDOW_EXPONENTS: i32 = 32;

/// Memory of the lanes, and of a window with its place in the tree.
const LANES_BYTES: usize = size_of::<More>() + 2 * MAX_LANES * size_of::<Lane>();
const WINDOW_BYTES: usize = 1 << 8;

/// Sum of the addends with one exponent.
#[derive(Clone, Copy, Debug, Default)]
struct Lane {
    exponent: i32,
    sum: i128,
}

/// Exact sum.
#[derive(Clone, Debug, Default)]
pub(super) struct ExactSum {
    /// Addends with the exponent that came first, as most columns have one.
    first: Lane,
    more: Option<Box<More>>,
}

/// Sums of the addends with other exponents, and of those that exceed a machine integer.
#[derive(Clone, Debug, Default)]
struct More {
    lanes: Vec<Lane>,
    windows: BTreeMap<i32, BigInt>,
    held: Held,
}

impl Lane {
    /// Adds an addend if it has the exponent of the lane, or the lane is 0; false if it must go elsewhere.
    #[inline]
    fn add(&mut self, addend: i128, exponent: i32) -> bool {
        if self.exponent != exponent && self.sum != 0 {
            return false;
        }
        let sum = self.sum.checked_add(addend);
        if let Some(sum) = sum {
            *self = Self { exponent, sum };
        }
        sum.is_some()
    }
}

impl ExactSum {
    /// Adds `addend` × 10^`exponent`.
    #[inline]
    pub(super) fn add(&mut self, addend: i128, exponent: i32) {
        if addend != 0 && !self.first.add(addend, exponent) {
            self.more().add(addend, exponent);
        }
    }

    /// [`Self::add`] of an integer of any size.
    pub(super) fn add_big(&mut self, addend: BigInt, exponent: i32) {
        match i128::try_from(addend) {
            Ok(addend) => self.add(addend, exponent),
            Err(error) => self.more().add_to_window(error.into_original(), exponent),
        }
    }

    fn more(&mut self) -> &mut More {
        self.more.get_or_insert_with(|| {
            let mut more = Box::<More>::default();
            more.held.add(LANES_BYTES);
            more
        })
    }

    /// Adds the addends of another sum.
    pub(super) fn merge(&mut self, other: &Self) {
        self.add(other.first.sum, other.first.exponent);
        let Some(theirs) = &other.more else { return };
        for lane in &theirs.lanes {
            self.add(lane.sum, lane.exponent);
        }
        for (window, sum) in &theirs.windows {
            self.more().add_to_window(sum.clone(), *window);
        }
    }

    /// The sum as an integer and its power of ten.
    pub(super) fn total(&self) -> (BigInt, i32) {
        let lanes = std::iter::once(&self.first).chain(self.more.iter().flat_map(|more| &more.lanes));
        let lanes = lanes.map(|lane| (BigInt::from(lane.sum), lane.exponent));
        let windows = self.more.iter().flat_map(|more| &more.windows).map(|(window, sum)| (sum.clone(), *window));
        let parts: Vec<(BigInt, i32)> = lanes.chain(windows).filter(|(sum, _)| !sum.is_zero()).collect();
        let least = parts.iter().map(|(_, exponent)| *exponent).min().unwrap_or(0);
        let sum = parts.into_iter().map(|part| scaled_to(part, least)).sum();
        (sum, least)
    }
}

impl More {
    #[inline(never)]
    fn add(&mut self, addend: i128, exponent: i32) {
        if self.lanes.iter_mut().any(|lane| lane.add(addend, exponent)) {
            return;
        }
        if self.lanes.len() < MAX_LANES {
            self.lanes.push(Lane { exponent, sum: addend });
        } else {
            self.add_to_window(addend.into(), exponent);
        }
    }

    fn add_to_window(&mut self, addend: BigInt, exponent: i32) {
        let window = exponent.div_euclid(WINDOW_EXPONENTS) * WINDOW_EXPONENTS;
        let before = self.windows.len();
        *self.windows.entry(window).or_default() += scaled_to((addend, exponent), window);
        self.held.add(WINDOW_BYTES * (self.windows.len() - before));
    }
}

/// The integer of a decimal in units of a power of ten that is not greater than its own.
pub(super) fn scaled_to((integer, exponent): (BigInt, i32), unit: i32) -> BigInt {
    integer * BigInt::from(10).pow(exponent.abs_diff(unit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sums_are_exact_in_any_order_and_division(
            addends in prop::collection::vec((any::<i128>(), 0..=126_u32, -722..=616_i32), 0..60), cut in 0..60_usize,
        ) {
            let addends: Vec<(i128, i32)> =
                addends.into_iter().map(|(addend, bits, exponent)| (addend >> bits, exponent)).collect();
            let mut whole = ExactSum::default();
            for (addend, exponent) in &addends {
                whole.add(*addend, *exponent);
            }
            let mut parts = [ExactSum::default(), ExactSum::default()];
            for (place, (addend, exponent)) in addends.iter().enumerate().rev() {
                parts[usize::from(place < cut)].add_big((*addend).into(), *exponent);
            }
            let [mut merged, rest] = parts;
            merged.merge(&rest);
            let expected: BigInt =
                addends.iter().map(|(addend, exponent)| scaled_to(((*addend).into(), *exponent), -800)).sum();
            for sum in [whole, merged] {
                prop_assert_eq!(scaled_to(sum.total(), -800), expected.clone());
                let windows = sum.more.map_or(0, |more| more.windows.len());
                prop_assert!(windows <= 1 + (722 + 616) / WINDOW_EXPONENTS as usize + 1, "{} windows", windows);
            }
        }
    }
}
