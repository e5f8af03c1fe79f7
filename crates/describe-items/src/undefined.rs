//! Reasons why a figure has no value.

use std::fmt;

/// A figure, or the reason why it has no value.
pub type Figure = Result<f64, Undefined>;

/// Reason why a figure has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undefined {
    /// There are fewer candidates than the figure needs.
    Candidates {
        /// Number of candidates.
        candidates: u64,
        /// Number that it needs.
        needed: u64,
    },
    /// There are more candidates than are summed exactly.
    TooManyCandidates,
    /// There are fewer items than the figure needs.
    Items {
        /// Number that it needs.
        needed: usize,
    },
    /// All candidates have the same mark on the item.
    ConstantItem,
    /// All candidates have the same mark on some item.
    SomeConstantItem,
    /// All candidates have the same total of the other items.
    ConstantRest,
    /// All candidates have the same total.
    ConstantTotal,
    /// Both halves of the test are constant, or opposite.
    ConstantHalf,
    /// The maximum of the item is not known.
    NoMaximum,
    /// Marks are described over the candidates who answered each item.
    Pairwise,
    /// An item is a sum of multiples of others.
    Singular,
    /// There are too many items.
    TooManyItems {
        /// Maximum number of items.
        max: usize,
    },
    /// There are too many different totals.
    TooManyTotals {
        /// Maximum number of totals.
        max: usize,
    },
}

impl fmt::Display for Undefined {
    /// Writes the reason as a clause, with what to do where something can be done.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Candidates { candidates, needed } => {
                write!(f, "there are {candidates} candidates, and it needs at least {needed}")
            }
            Self::TooManyCandidates => f.write_str("there are 2147483648 candidates or more; describe groups of them"),
            Self::Items { needed } => write!(f, "it needs at least {needed} items"),
            Self::ConstantItem => f.write_str("all candidates have the same mark on the item"),
            Self::SomeConstantItem => {
                f.write_str("all candidates have the same mark on some item; leave that item out")
            }
            Self::ConstantRest => f.write_str("all candidates have the same total of the other items"),
            Self::ConstantTotal => f.write_str("all candidates have the same total"),
            Self::ConstantHalf => f.write_str(
                "all candidates have the same total of the odd or of the even items, or these totals are opposite",
            ),
            Self::NoMaximum => f.write_str("the maximum mark is not known; say it with the option maxima"),
            Self::Pairwise => f.write_str(
                "with unanswered=pairwise each item has candidates of its own; use unanswered=zero or complete",
            ),
            Self::Singular => f.write_str("the marks on an item are a sum of multiples of those on others"),
            Self::TooManyItems { max } => write!(f, "it is computed for up to {max} items"),
            Self::TooManyTotals { max } => write!(f, "there are more than {max} different totals"),
        }
    }
}
