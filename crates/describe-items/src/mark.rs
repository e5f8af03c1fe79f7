//! Marks as integers with few decimal places, and the cells of items.
//!
//! The bounds let sums of products of two thousand million candidates fit 128 bits.

use describe::Decimal;

/// Maximum number of decimal places of a mark.
pub const MAX_DECIMALS: u8 = 3;

/// Marks are below this, and above its negative.
pub const MAX_MARK: i32 = 100_000;

/// A mark: `units` × 10^-`decimals`, without trailing zeros behind the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The mark without its point.
    pub units: i32,
    /// Number of decimal places.
    pub decimals: u8,
}

/// Cell of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemCell {
    /// The mark that the candidate gained.
    Mark(Mark),
    /// No answer.
    Blank,
    /// No answer, because the candidate did not come to the item.
    NotReached,
    /// A code that says that the candidate was absent.
    Absent,
}

impl Mark {
    /// The mark of a decimal number; `None` if it is [`MAX_MARK`] or more, or has more than [`MAX_DECIMALS`] decimal places.
    ///
    /// ```
    /// use describe::Decimal;
    /// use describe_items::Mark;
    /// assert_eq!(Mark::of(Decimal::short(250, -2, false)), Some(Mark { units: 25, decimals: 1 }));
    /// assert_eq!(Mark::of(Decimal::short(100_000, 0, false)), None);
    /// ```
    #[must_use]
    #[inline]
    pub fn of(number: Decimal) -> Option<Self> {
        let plain = if number.exponent == 0 { number } else { number.canonical() };
        if plain.high > 0 || plain.exponent < -i32::from(MAX_DECIMALS) || plain.exponent > 5 {
            return None;
        }
        let decimals = u8::try_from(-plain.exponent.min(0)).ok()?;
        let power = 10_u64.pow(plain.exponent.max(0).unsigned_abs());
        let units = i32::try_from(plain.low.checked_mul(power)?).ok()?;
        let bound = i64::from(MAX_MARK) * 10_i64.pow(decimals.into());
        let units = if plain.negative { -units } else { units };
        (i64::from(units).abs() < bound).then_some(Self { units, decimals })
    }

    /// The mark in units of 10^-`decimals`, of which it has no more.
    pub(crate) fn scaled(self, decimals: u8) -> i32 {
        self.units * POWERS[usize::from(decimals.saturating_sub(self.decimals))]
    }

    /// The nearest double.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        f64::from(self.units) / f64::from(POWERS[usize::from(self.decimals)])
    }
}

/// Powers of ten, up to that of [`MAX_DECIMALS`].
pub(crate) const POWERS: [i32; MAX_DECIMALS as usize + 1] = [1, 10, 100, 1000];
