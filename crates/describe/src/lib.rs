//! The numerics: decimals in, correctly rounded figures out. Pure: no I/O, no HTTP.
//!
//! [`Decimal`] is a number as written, [`Accumulator`] keeps exact sums of powers, [`Summary`] is what they say; a
//! [`Sample`] also counts the values where [`Wanted`] figures need it. [`Statistic`] is any figure by its name and [`Value`]
//! what it can be.

mod accumulator;
mod binned_counts;
mod comparison;
mod decimal;
mod exact;
mod figures;
mod frequency_table;
mod histogram;
mod literal;
mod means;
mod ordered;
mod quantile;
mod rounding;
mod sample;
mod statistic;
mod student;
mod summary;
mod sums;
mod weighted;

pub use accumulator::Accumulator;
pub use comparison::Difference;
pub use decimal::Decimal;
pub use exact::Rounding;
pub use figures::{BELOW_ALL, Description, MAX_FREQUENCY_ROWS, Wanted};
pub use frequency_table::{DEFAULT_MAX_DISTINCT, DistinctBudget};
pub use histogram::{Bins, MAX_HISTOGRAM_BINS};
pub use literal::{Number, ParseError};
pub use literal::{is_blank, json_prefix, plain, plain_of_length, tiny_before};
pub use quantile::QuantileMethod;
pub use sample::{Order, Retention, Sample};
pub use statistic::{
    Boundary, Count, Frequency, Histogram, Interval, Mode, Outliers, Quantile, Statistic, Statistics, Test, Value,
    ValueKind,
};
pub use summary::{Figure, MomentConventions, Moments, NanPolicy, Summary, Undefined};
