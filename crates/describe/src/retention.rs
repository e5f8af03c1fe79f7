//! What samples keep of their numbers, and how much of it all samples of a request may keep together.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::cells::ReadAgain;
use super::distinct_counts::VALUE_BYTES;
use super::ranges::Ranges;

/// Default limit on the distinct values of a frequency table.
pub const DEFAULT_MAX_DISTINCT: usize = 1_000_000;

/// Retention of the numbers of a sample. Samples that are merged must have the same retention.
#[derive(Clone, Debug, Default)]
pub struct Retention {
    /// Maximum number of distinct values in the frequency table; past it the table is binned. `None` for no table.
    pub max_distinct: Option<usize>,
    /// Maximum number of distinct values of numbers with reliability weights. `None` if the numbers have no such weights.
    pub max_distinct_weighted: Option<usize>,
    /// Limit on the distinct values of all samples of one request together; past it all their tables are binned.
    pub budget: Option<Arc<DistinctBudget>>,
    /// What is wanted of numbers that will be read again if their quantiles are not exact; `None` if they cannot be read again.
    pub read_again: Option<Arc<ReadAgain>>,
    /// Ranges of the values that the table keeps, when the numbers are read once more for quantiles in these; `None` for all values.
    /// Statistics that need every value are then undefined.
    pub ranges: Option<Arc<Ranges>>,
    /// Whether the frequency table is kept before it is known whether a statistic needs it; past `max_distinct` it is dropped.
    pub speculative: bool,
    /// Whether the sample is one of very many, so that memory matters more than speed.
    pub low_memory: bool,
}

impl Retention {
    /// The same retention with an unused budget, for samples that are merged into those of this one later.
    #[must_use]
    pub fn with_fresh_budget(&self) -> Self {
        Self { budget: self.budget.as_ref().map(|budget| budget.fresh()), ..self.clone() }
    }
}

/// Limit on the distinct values of all frequency tables of one request together.
///
/// The distinct values of each table count as the power of two below their number. A part of the values never exceeds the limit
/// unless all of them do, so that exceeding it does not depend on how the values were divided either.
#[derive(Debug)]
pub struct DistinctBudget {
    values: AtomicU64,
    limit: u64,
}

impl DistinctBudget {
    /// Creates the budget of the tables that fit into `bytes` of memory.
    #[must_use]
    pub fn of_bytes(bytes: usize) -> Arc<Self> {
        Self::of_values(bytes / VALUE_BYTES)
    }

    /// Creates the budget of tables of at most this number of distinct values.
    #[must_use]
    pub fn of_values(values: usize) -> Arc<Self> {
        Arc::new(Self { values: AtomicU64::new(0), limit: values as u64 })
    }

    /// Creates an unused budget with the same limit.
    #[must_use]
    pub fn fresh(&self) -> Arc<Self> {
        Arc::new(Self { values: AtomicU64::new(0), limit: self.limit })
    }

    /// Records that a table has grown to `values` distinct values.
    pub(super) fn grown_to(&self, values: usize) {
        const MIN_VALUES: usize = 1024;
        if values >= MIN_VALUES && values.is_power_of_two() {
            let more = if values == MIN_VALUES { values } else { values / 2 };
            self.values.fetch_add(more as u64, Ordering::Relaxed);
        }
    }

    pub(super) fn is_exceeded(&self) -> bool {
        self.values.load(Ordering::Relaxed) > self.limit
    }

    pub(super) fn exceed(&self) {
        self.values.fetch_max(self.limit.saturating_add(1), Ordering::Relaxed);
    }
}
