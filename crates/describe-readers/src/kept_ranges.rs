//! Ranges of the values to keep when a data set is read once more.
//!
//! Input: the ranges in which a reading has found the quantiles, of numbers or of each column of a table. Output: the retention of the
//! next reading. Invariant: all groups of a column have the same ranges, so that their samples can be merged into totals.

use std::collections::HashMap;
use std::sync::Arc;

use describe::{Ranges, Retention};

/// Maximum number of ranges of a column: each of its samples counts what is between them.
const MAX_RANGES: usize = 1000;

/// Maximum number of readings. Each narrows the values that matter down by a factor of a hundred or more.
const MAX_READINGS: usize = 8;

/// Ranges of the values to keep, by column. Those of the first reading of data that can be read again are the default: none.
#[derive(Clone, Debug, Default)]
pub struct KeptRanges {
    /// Number of readings that have been.
    readings: usize,
    /// Of numbers without columns.
    numbers: Option<Arc<Ranges>>,
    columns: HashMap<String, Arc<Ranges>>,
}

impl KeptRanges {
    /// Ranges for the reading after this one; `None` if they are no narrower, or if there have been enough readings.
    pub(crate) fn next(&self, numbers: Option<Ranges>, columns: HashMap<&str, Ranges>) -> Option<Self> {
        let joined = |(name, ranges): (&str, Ranges)| (name.to_owned(), Arc::new(ranges.joined(MAX_RANGES)));
        let (numbers, columns) = (numbers.map(Arc::new), columns.into_iter().map(joined).collect());
        let is_narrower = (&numbers, &columns) != (&self.numbers, &self.columns);
        let readings = self.readings + 1;
        (is_narrower && readings < MAX_READINGS).then_some(Self { readings, numbers, columns })
    }

    /// Whether the data are read for the first time.
    pub(crate) fn is_first(&self) -> bool {
        self.readings == 0
    }

    /// Retention of numbers without columns, and of those of a column before [`Self::of_column`].
    pub(crate) fn of_numbers(&self, retention: Retention) -> Retention {
        Retention { ranges: self.numbers.clone(), read_again: Some(Arc::default()), ..retention }
    }

    /// Retention of the numbers of a column.
    pub(crate) fn of_column(&self, column: &str, retention: Retention) -> Retention {
        let read_again = retention.read_again.as_ref().map(|read_again| read_again.of_column(column));
        Retention { ranges: self.columns.get(column).cloned(), read_again, ..retention }
    }
}
