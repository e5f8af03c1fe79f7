//! The numerics: decimals in, correctly rounded figures out. Pure: no I/O, no HTTP.
//!
//! [`Decimal`] is a number as written, [`Accumulator`] keeps exact sums of powers, [`Summary`] is what they say.

mod accumulator;
mod decimal;
mod rounding;
mod summary;
mod sums;

pub use accumulator::Accumulator;
pub use decimal::{Decimal, Number, ParseError};
pub(crate) use decimal::{is_blank, json_prefix, plain, plain_of_length};
pub use summary::{Figure, Moments, NanPolicy, Summary, Undefined};
