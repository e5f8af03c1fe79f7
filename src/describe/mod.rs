//! The numerics: decimals in, correctly rounded figures out. Pure: no I/O, no HTTP.
//!
//! [`Decimal`] is a number as written, [`Accumulator`] keeps exact sums of powers, [`Summary`] is what they say,
//! [`Statistic`] is any figure by its name and [`Value`] what it can be.

mod accumulator;
mod decimal;
mod rounding;
mod statistic;
mod summary;
mod sums;

pub use accumulator::Accumulator;
pub use decimal::{Decimal, Number, ParseError};
pub(crate) use decimal::{is_blank, json_prefix, plain};
pub use statistic::{
    Boundary, Count, Frequency, Histogram, Interval, Mode, Outliers, Quantile, Statistic, Statistics, Test, Value,
};
pub use summary::{Figure, Moments, NanPolicy, Summary, Undefined};
