//! Group of a result of a table.

use std::sync::Arc;

/// Group of a result. All results of a group share its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableGroup {
    /// All records.
    All,
    /// Records with a value in one of the group columns, whose position comes first.
    Margin(usize, Arc<Option<String>>),
    /// Records with these values of the group columns.
    Full(Arc<Vec<Option<String>>>),
}

impl TableGroup {
    /// Whether it has a value of each group column, of which there is at least one.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full(_))
    }

    /// Values of the group columns that have one, each with the position of its column.
    pub fn values(&self) -> impl Iterator<Item = (usize, Option<&str>)> {
        let margin = if let Self::Margin(position, value) = self { Some((*position, value.as_deref())) } else { None };
        let full = if let Self::Full(values) = self { values.as_slice() } else { &[] };
        full.iter().map(Option::as_deref).enumerate().chain(margin)
    }
}
