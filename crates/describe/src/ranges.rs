//! Ranges of numbers of which a frequency table keeps the values, when the numbers are read once more.
//!
//! Input: the bins in which quantiles were found. Output: for each number, whether it is in a range or between two. Ends are images of
//! doubles, so that finding a number's place takes no exact arithmetic.

use super::decimal::{Decimal, Image};

/// Ranges of numbers; both ends of each belong to it.
///
/// ```
/// use describe::{Decimal, Ranges};
/// let half = |digits: u64| Decimal::short(digits * 5, -1, false);
/// let mut ranges = Ranges::default();
/// ranges.add(half(1), half(2));
/// ranges.add(half(2), half(4));
/// assert!(ranges.contains(half(3)) && !ranges.contains(half(5)));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranges {
    /// Images of the ends, ascending; ranges do not touch.
    ends: Vec<[u64; 2]>,
}

impl Ranges {
    /// Adds the range from `low` to `high`.
    pub fn add(&mut self, low: Decimal, high: Decimal) {
        self.add_images([low, high].map(|end| Image::of(end).exact()));
    }

    fn add_images(&mut self, [mut low, mut high]: [u64; 2]) {
        let first = self.ends.partition_point(|[_, end]| *end < low);
        let last = self.ends.partition_point(|[start, _]| *start <= high);
        if let Some(joined) = self.ends.get(first..last).filter(|joined| !joined.is_empty()) {
            (low, high) = (low.min(joined[0][0]), high.max(joined[joined.len() - 1][1]));
        }
        self.ends.splice(first..last, [[low, high]]);
    }

    /// Adds the ranges of `other`.
    pub fn merge(&mut self, other: &Self) {
        for ends in &other.ends {
            self.add_images(*ends);
        }
    }

    /// At most `count` ranges that contain these: neighbours are joined.
    #[must_use]
    pub fn joined(&self, count: usize) -> Self {
        let length = self.ends.len().div_ceil(count.max(1)).max(1);
        let join = |ends: &[[u64; 2]]| [ends[0][0], ends[ends.len() - 1][1]];
        Self { ends: self.ends.chunks(length).map(join).collect() }
    }

    /// Whether there are no ranges.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Number of ranges.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether a number is in a range.
    #[must_use]
    pub fn contains(&self, value: Decimal) -> bool {
        self.place(value) % 2 == 1
    }

    /// Place of a number: 2 i + 1 in the range i, 2 i between the range i and the one before it.
    pub(super) fn place(&self, value: Decimal) -> usize {
        Image::of(value).map(|image| {
            let range = self.ends.partition_point(|[_, high]| *high < image);
            2 * range + usize::from(self.ends.get(range).is_some_and(|[low, _]| *low <= image))
        })
    }

    /// Ends of the gap before the range i, or behind the last one.
    pub(super) fn gap(&self, range: usize) -> [Decimal; 2] {
        let end = |range: Option<usize>, side: usize| range.and_then(|range| value_of(self.ends.get(range)?[side]));
        let widest = |value: f64| Decimal::from_f64(value).unwrap_or(Decimal::ZERO);
        let low = end(range.checked_sub(1), 1).unwrap_or_else(|| widest(f64::MIN));
        [low, end(Some(range), 0).unwrap_or_else(|| widest(f64::MAX))]
    }
}

/// Double of an image, as a decimal.
pub(super) fn value_of(image: u64) -> Option<Decimal> {
    let bits = if image >> 63 == 1 { image & !(1 << 63) } else { !image };
    Decimal::from_f64(f64::from_bits(bits))
}
