//! Options of item analysis.

use describe_items::{Mark, Unanswered};

/// The options of item analysis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemOptions {
    /// The columns of the items, in the order of the test: names, or ranges such as `Q1..Q25`. Empty without item analysis.
    pub items: Vec<String>,
    /// The place of the maximum marks.
    pub maxima: Maxima,
    /// The right answers in the order of the items, if they are of multiple choice; otherwise empty.
    pub key: Vec<String>,
    /// The treatment of items that a candidate has not answered.
    pub unanswered: Unanswered,
    /// Texts of items that a candidate did not reach; empty for those behind the last answer.
    pub not_reached: Vec<String>,
}

/// Place of the maximum marks of items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Maxima {
    /// They are not known.
    #[default]
    Unknown,
    /// In the names of the columns, such as `Q1 (3)`.
    Header,
    /// In the record below the header row.
    Row,
    /// Listed by item.
    Listed(Vec<(String, Mark)>),
}

impl ItemOptions {
    /// Whether items are analysed.
    #[must_use]
    pub fn are_analysed(&self) -> bool {
        !self.items.is_empty()
    }
}

/// Splits a heading such as `Q1 (3)` into the name of the item and its maximum mark.
///
/// ```
/// use describe_options::with_maximum;
/// assert_eq!(with_maximum("Q1 (3)"), Some(("Q1", "3")));
/// assert_eq!(with_maximum("Q1"), None);
/// ```
#[must_use]
pub fn with_maximum(heading: &str) -> Option<(&str, &str)> {
    let (name, maximum) = heading.trim().strip_suffix(')')?.rsplit_once('(')?;
    Some((name.trim_end(), maximum.trim())).filter(|(name, _)| !name.is_empty())
}
