//! Exact item analysis of a test: classical statistics of its items and of their total.
//!
//! Input: for each candidate a cell for each item, a [`Mark`] or the reason why there is none. Output: the [`ItemAnalysis`]: facility,
//! discrimination, reliability and what belongs to them, as doubles, or [`Undefined`] with the reason.
//!
//! * An [`ItemTally`] accumulates candidates: sums, sums of products, and for each total the sums of the items. Tallies merge by
//!   addition.
//! * [`ItemTally::analyse`] computes all figures from these integers.
//!
//! Invariants:
//!
//! * Results depend on the candidates alone: not on their order, nor on how they were divided into tallies that were merged.
//! * A figure that is a rational number or its square root is rounded once, to the nearest double. The four that are neither
//!   (standardised alpha, lambda-2, lambda-6, split-half) are computed to at least 100 bits before they are rounded.
//! * Memory depends on the number of items squared, and on the number of different totals times the number of items, not on the
//!   number of candidates. What it grows by is counted ([`describe::take_growth`]).

mod analysis;
mod joint_sums;
mod mark;
mod moments;
mod reliability;
mod tally;
mod totals;
mod undefined;

pub use analysis::{BANDS, ChoiceFigures, ItemAnalysis, ItemFigures, ItemWarning, Paper, TestFigures};
pub use mark::{ItemCell, MAX_DECIMALS, MAX_MARK, Mark};
pub use reliability::MAX_LAMBDA_6_ITEMS;
pub use tally::{ItemRules, ItemTally, MAX_CHOICE_BYTES, MAX_CHOICES, Unanswered};
pub use totals::MAX_TOTALS;
pub use undefined::{Figure, Undefined};

/// Maximum number of items of a test.
pub const MAX_ITEMS: usize = 1000;
