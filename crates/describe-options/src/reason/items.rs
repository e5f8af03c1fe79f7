//! Items of a test.

use crate::option_table::OptionName;

/// Fault of the items of a test, as the options name them or the table has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemFault {
    /// The last column of a range is before the first.
    RangeBackwards {
        /// The range, cut.
        range: String,
    },
    /// A range of members of JSON does not count from one number to another.
    RangeDoesNotCount {
        /// The range, cut.
        range: String,
    },
    /// A column is an item twice, or also groups the candidates.
    Repeated {
        /// The name, cut.
        name: String,
    },
    /// There are too many items.
    TooMany {
        /// Maximum number of items.
        max: usize,
    },
    /// The name of a column has no maximum mark.
    NoMaximumInName {
        /// The name, cut.
        name: String,
    },
    /// The record below the header row has no maximum mark for an item.
    NoMaximumInRow {
        /// The name, cut.
        name: String,
    },
    /// An item has no maximum mark in the list.
    NoMaximumInList {
        /// The name, cut.
        name: String,
    },
    /// The list of maximum marks names a column that is not an item.
    NotAnItem {
        /// The name, cut.
        name: String,
    },
    /// The key has more or fewer answers than there are items.
    KeyLength {
        /// Number of answers.
        answers: usize,
        /// Number of items.
        items: usize,
    },
    /// A cell is not a mark: it is too large, or has too many decimal places.
    NotAMark {
        /// Marks are below this.
        max: i32,
        /// Maximum number of decimal places.
        decimals: u8,
    },
    /// An item has too many different answers.
    TooManyAnswers {
        /// The name, cut.
        name: String,
        /// Maximum number of answers.
        max: usize,
    },
    /// Files have their items in different orders, or with different maximum marks.
    OtherItems,
    /// Items were given too late: behind the beginning of the data.
    TooLate,
}

impl ItemFault {
    /// The option at fault, if it is one.
    #[must_use]
    pub fn option(&self) -> Option<OptionName> {
        match self {
            Self::RangeBackwards { .. }
            | Self::RangeDoesNotCount { .. }
            | Self::Repeated { .. }
            | Self::TooMany { .. }
            | Self::TooLate => Some(OptionName::Items),
            Self::NoMaximumInName { .. }
            | Self::NoMaximumInRow { .. }
            | Self::NoMaximumInList { .. }
            | Self::NotAnItem { .. } => Some(OptionName::Maxima),
            Self::KeyLength { .. } | Self::TooManyAnswers { .. } => Some(OptionName::Key),
            Self::NotAMark { .. } | Self::OtherItems => None,
        }
    }
}
