//! Properties of an option: its scope, and the type of its value.

use std::ops::Bound;

use describe::Decimal;

/// Scope of an option: the data or output that it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The statistics of any data.
    Statistics,
    /// Nested arrays alone.
    NestedArrays,
    /// Tables alone: with an array of numbers such an option is an error.
    Tables,
    /// The groups of tables in an answer: an error with an array of numbers, too, and of no effect on how a table is read.
    Groups,
    /// The items of a test, which are columns of a table.
    Items,
    /// Text of any format.
    Text,
    /// The form of the answer.
    Output,
}

/// An interval of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// The lower bound.
    pub low: Bound<Decimal>,
    /// The upper bound.
    pub high: Bound<Decimal>,
}

impl Interval {
    /// All numbers.
    pub const ALL: Self = Self { low: Bound::Unbounded, high: Bound::Unbounded };

    /// Whether a number lies in it.
    #[must_use]
    pub fn contains(&self, number: Decimal) -> bool {
        let above = match self.low {
            Bound::Included(low) => !number.compare(low).is_lt(),
            Bound::Excluded(low) => number.compare(low).is_gt(),
            Bound::Unbounded => true,
        };
        let below = match self.high {
            Bound::Included(high) => !number.compare(high).is_gt(),
            Bound::Excluded(high) => number.compare(high).is_lt(),
            Bound::Unbounded => true,
        };
        above && below
    }
}

/// The type of an option's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// `true` or `false`, also `1` or `0`.
    Boolean,
    /// An integer.
    Integer {
        /// The least one.
        min: u64,
        /// The greatest one; `None` for 2⁶³ - 1.
        max: Option<u64>,
    },
    /// An integer from 0, or `none`; in JSON also `null`.
    IntegerOrNone {
        /// The words for all of them.
        words: &'static [&'static str],
    },
    /// A decimal number.
    Number(Interval),
    /// One of these words, in upper or lower case.
    Words(&'static [&'static str]),
    /// An integer, or one of these words.
    CountOrWord {
        /// The least integer.
        min: u64,
        /// The greatest integer.
        max: u64,
        /// The words.
        words: &'static [&'static str],
    },
    /// A text.
    Text {
        /// The form of the text in words; empty for any text.
        form: &'static str,
    },
    /// Decimal numbers: repeated, or with commas between them.
    Numbers {
        /// The interval in which each lies.
        interval: Interval,
        /// The least count of numbers.
        min_count: usize,
        /// The greatest count of numbers.
        max_count: usize,
    },
    /// An integer, or texts with an integer each: repeated, or with commas between them.
    IntegerOrTexts {
        /// The least integer.
        min: u64,
        /// The greatest integer.
        max: u64,
        /// The form of the texts in words.
        form: &'static str,
    },
    /// Texts: repeated, or with commas between them unless a text may have commas itself.
    Texts {
        /// The form of the texts in words; empty for any texts.
        form: &'static str,
    },
}

impl ValueType {
    /// Whether the value is a list.
    #[must_use]
    pub fn is_list(self) -> bool {
        matches!(self, Self::Numbers { .. } | Self::IntegerOrTexts { .. } | Self::Texts { .. })
    }

    /// Whether an integer is a value.
    #[must_use]
    pub fn takes_integers(self) -> bool {
        matches!(
            self,
            Self::Integer { .. } | Self::IntegerOrNone { .. } | Self::CountOrWord { .. } | Self::IntegerOrTexts { .. }
        )
    }

    /// The words that a value may be; empty where it is not a word.
    #[must_use]
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Self::Words(words) | Self::IntegerOrNone { words } | Self::CountOrWord { words, .. } => words,
            _ => &[],
        }
    }
}

/// The words of a list of choices.
pub(super) const fn words<T: Copy, const N: usize>(choices: &[(&'static str, T); N]) -> [&'static str; N] {
    let mut words = [""; N];
    let mut i = 0;
    while i < N {
        words[i] = choices[i].0;
        i += 1;
    }
    words
}
