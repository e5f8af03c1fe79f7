//! Bounds on what one input may hold, and what of its numbers is retained for the statistics that are asked for.

use describe::{DEFAULT_MAX_DISTINCT, DistinctBudget, Retention};
use describe_options::{Options, RawOption};

/// Bounds on what one input may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one number, string or cell.
    pub cell: usize,
    /// Groups of a table, or slices of a nested array: what an answer may have results for.
    pub groups: usize,
    /// Columns of a table.
    pub columns: usize,
    /// Different values of a result that are counted one by one; past it order statistics are approximate.
    pub distinct: usize,
    /// Bytes that come out of all decompression.
    pub decompressed: u64,
    /// Bytes held at once of what cannot be read as a stream: a workbook, a Parquet file, columns to be grouped.
    pub memory: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cell: 64 << 10,
            groups: 100_000,
            columns: 10_000,
            distinct: DEFAULT_MAX_DISTINCT,
            decompressed: 4 << 30,
            memory: 256 << 20,
        }
    }
}

/// So many different values are counted in case that figures are asked for behind the numbers which need that. More would
/// cost everybody else time and memory.
pub const MAX_SPECULATIVE_DISTINCT: usize = 1 << 16;

impl Limits {
    /// What is kept of numbers that are read with these options.
    #[must_use]
    pub fn retention(&self, options: &Options) -> Retention {
        let ordered = options.need_order();
        if options.table.has_reliability() {
            return Retention {
                max_distinct_weighted: Some(if ordered { self.distinct } else { 0 }),
                ..Retention::default()
            };
        }
        if ordered { self.full_retention() } else { Retention::default() }
    }

    /// What is kept of numbers before which the options `before` stand, and behind which others may.
    pub(crate) fn speculative_retention(&self, options: &Options, before: &[RawOption]) -> Retention {
        if options.named.is_some() || options.need_order() {
            return self.retention(options);
        }
        if Options::parse(before).is_ok_and(|before| before.need_order()) {
            return self.full_retention();
        }
        Retention {
            max_distinct: Some(self.distinct.min(MAX_SPECULATIVE_DISTINCT)),
            speculative: true,
            ..self.full_retention()
        }
    }

    /// What is kept of numbers of which any figure may be wanted.
    #[must_use]
    pub fn full_retention(&self) -> Retention {
        Retention {
            max_distinct: Some(self.distinct),
            budget: Some(DistinctBudget::of_bytes(self.memory)),
            ..Retention::default()
        }
    }
}
