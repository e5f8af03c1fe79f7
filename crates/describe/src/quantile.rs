//! Positions of quantiles among ordered numbers, by the thirteen methods of numpy.
//!
//! Input: the count of numbers and the share q. Output: an exact position and an exact weight. The first nine are those of Hyndman and Fan (1996), Sample Quantiles in Statistical Packages, The American Statistician
//! 50(4). Positions are computed from the exact q, so that a rank that is an integer is one.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive};

use super::exact::Ratio;

/// Defines [`QuantileMethod`] and its names from one list.
macro_rules! quantile_methods {
    ($($(#[$attribute:meta])* $method:ident = $name:literal,)+) => {
        /// Method for quantiles, by numpy's name. The default is linear interpolation.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[expect(missing_docs, reason = "numpy's names; `position` has the formulas")]
        pub enum QuantileMethod {
            $($(#[$attribute])* $method,)+
        }

        impl QuantileMethod {
            /// All methods with their names, in the order of Hyndman and Fan's types 1 to 9, then the others.
            pub const NAMES: [(&str, Self); [$($name),+].len()] = [$(($name, Self::$method)),+];
        }
    };
}

quantile_methods! {
    InvertedCdf = "inverted_cdf",
    AveragedInvertedCdf = "averaged_inverted_cdf",
    ClosestObservation = "closest_observation",
    InterpolatedInvertedCdf = "interpolated_inverted_cdf",
    Hazen = "hazen",
    Weibull = "weibull",
    #[default]
    Linear = "linear",
    MedianUnbiased = "median_unbiased",
    NormalUnbiased = "normal_unbiased",
    Lower = "lower",
    Higher = "higher",
    Midpoint = "midpoint",
    Nearest = "nearest",
}

impl QuantileMethod {
    /// Position i, counted from 0, and weight g of the quantile x[i] + g (x[i + 1] - x[i]) of the share `q` of `count` ordered
    /// numbers. `count` must be positive. With g = 0, x[i + 1] need not exist.
    pub(crate) fn position(self, count: u64, q: &Ratio) -> (u64, Ratio) {
        let n = Ratio::from(count);
        let less_one = Ratio::from(count - 1);
        let fraction = |numerator: i32, denominator: u32| Ratio::new(numerator, denominator);
        // Hyndman and Fan's n q + m, with m = a + q (1 - a - b), counted from 0.
        let between = |[over, under]: [i32; 2], [rise, run]: [i32; 2]| {
            let [alpha, slope] = [fraction(over, under.unsigned_abs()), fraction(rise, run.unsigned_abs())];
            n.multiply(q).add(&alpha).add(&slope.multiply(q)).subtract(&fraction(1, 1))
        };
        let virtual_index = match self {
            Self::InvertedCdf | Self::AveragedInvertedCdf | Self::InterpolatedInvertedCdf => between([0, 1], [0, 1]),
            Self::ClosestObservation => between([-1, 2], [0, 1]),
            Self::Hazen => between([1, 2], [0, 1]),
            Self::Weibull => between([0, 1], [1, 1]),
            Self::MedianUnbiased => between([1, 3], [1, 3]),
            Self::NormalUnbiased => between([3, 8], [1, 4]),
            Self::Linear | Self::Lower | Self::Higher | Self::Midpoint | Self::Nearest => less_one.multiply(q),
        };
        let (floor, rest) = virtual_index.floor();
        let whole = rest.is_zero();
        let up = |condition: bool| fraction(i32::from(condition), 1);
        let weight = match self {
            Self::InvertedCdf | Self::Higher => up(!whole),
            Self::Lower => up(false),
            Self::AveragedInvertedCdf if whole => fraction(1, 2),
            Self::AveragedInvertedCdf => up(true),
            // Of two equally close numbers, the one at the even place, counted from 1.
            Self::ClosestObservation => up(!(whole && floor.is_odd())),
            Self::Midpoint if whole => up(false),
            Self::Midpoint => fraction(1, 2),
            Self::Nearest => {
                let half = rest.compare(&fraction(1, 2));
                up(half.is_gt() || (half.is_eq() && floor.is_odd()))
            }
            _ => rest,
        };
        clamped(&floor, weight, count)
    }
}

/// Position and weight within the numbers: the first number before it, the last number after it.
fn clamped(floor: &BigInt, weight: Ratio, count: u64) -> (u64, Ratio) {
    if floor.is_negative() {
        // A position of -1 with a weight of 1 is the first number; everything else before it is clamped to it.
        return (0, Ratio::from(0));
    }
    match floor.to_u64() {
        Some(index) if index < count - 1 => {
            if weight.numerator.magnitude() == &weight.denominator && weight.numerator.is_positive() {
                (index + 1, Ratio::from(0))
            } else {
                (index, weight)
            }
        }
        _ => (count - 1, Ratio::from(0)),
    }
}
