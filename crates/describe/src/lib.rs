//! Exact descriptive statistics of decimal numbers.
//!
//! Input: numbers as [`Decimal`]s, parsed from text by [`Number::parse`] and its faster variants, with infinities, missing values
//! and weights. Output: statistics as doubles, each the correctly rounded value of the exact result, or [`Undefined`] with the
//! reason.
//!
//! * A [`Sample`] accumulates numbers. Its [`Retention`] says whether it keeps a frequency table, which order statistics need.
//!   [`Sample::describe`] computes the statistics that are [`Wanted`], [`Sample::compare`] the difference of two samples.
//! * An [`Accumulator`] is the part of a sample that holds exact power sums alone, for the [`Summary`] of `scipy.stats.describe`.
//! * [`Statistic`] is the table of all statistics: name, definition, kind of value, need. [`Value`] holds a value of each kind.
//! * A [`JointTally`] accumulates records of several columns, for the [`Correlation`] of each pair of them.
//! * A [`Scale`] is what samples have in common whose histograms are compared: extremes, and the step between possible values.
//! * [`state`] saves a sample as bytes and restores it.
//!
//! Sample, accumulator, power sums and frequency table are the terms of statistics and of its libraries for these things, and so
//! they are the names here.
//!
//! Invariants:
//!
//! * Results depend on the numbers alone: not on their order or spelling, nor on how they were divided into samples that were
//!   merged.
//! * Memory is bounded: power sums take at most 20 kB, frequency tables are binned past their limit. What it grows by is counted
//!   ([`take_growth`]).
//! * Nothing asks for files, networks, threads or the time.

mod accumulator;
mod binned_counts;
mod bins;
mod categories;
mod cells;
mod comparison;
mod comparison_statistic;
mod correlation;
mod decimal;
mod distinct_counts;
mod equating;
mod exact;
mod exact_sum;
mod exponential;
mod formulas;
mod frequency_table;
mod held;
mod histogram;
mod homogeneity;
mod joint_tally;
mod known_sums;
mod literal;
mod mark_table;
mod means;
mod moments;
mod normal;
mod ordered;
mod precision;
mod prediction;
mod quantile;
mod ranges;
mod rank_correlation;
mod retention;
mod rounding;
mod sample;
mod scale;
#[cfg(feature = "serde")]
mod serialize;
pub mod state;
mod statistic;
mod student;
mod summary;
mod sums;
mod undefined;
mod value;
mod wanted;
mod weighted;

pub use accumulator::Accumulator;
pub use bins::{Bins, MAX_HISTOGRAM_BINS};
pub use categories::CategoryChange;
pub use cells::ReadAgain;
pub use comparison::Difference;
pub use comparison_statistic::ComparisonStatistic;
pub use correlation::{Coefficient, Correlation};
pub use decimal::Decimal;
pub use equating::{EquatedMark, Equating, MAX_EQUATED_MARKS};
pub use formulas::MAX_FREQUENCY_ROWS;
pub use held::{Held, growth, take_growth};
pub use homogeneity::Homogeneity;
pub use joint_tally::{JointTally, MAX_JOINT_VALUES};
pub use known_sums::KnownSums;
pub use literal::{Number, ParseError};
pub use literal::{is_blank, json_prefix, plain, plain_of_length, tiny_before, trim_blanks};
pub use moments::{MomentConventions, Moments, NanPolicy};
pub use precision::{FigureName, Precision};
pub use prediction::{PredictedCategory, Prediction};
pub use quantile::QuantileMethod;
pub use ranges::Ranges;
pub use retention::{DEFAULT_MAX_DISTINCT, DistinctBudget, Retention};
pub use rounding::{ratio, sqrt_ratio};
pub use sample::{Order, Sample};
pub use scale::Scale;
pub use statistic::{Measure, Need, Parameter, Statistic, Statistics, ValueKind};
pub use summary::Summary;
pub use undefined::{Figure, Undefined, UndefinedCode};
pub use value::{
    BELOW_ALL, Boundary, Category, Count, Description, Frequency, Histogram, Interval, Mark, Mode, Outliers,
    PercentileRank, Quantile, Test, Value,
};
pub use wanted::Wanted;
