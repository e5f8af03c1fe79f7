//! Counts of the codes of a column's cells, which are added to the samples at the end of a block.
//!
//! Input: the codes of batches in one block. Output: how often each code occurred in each group. Invariant: the counts are at most
//! [`MAX_COUNTS_PER_RECORD`] times as many as the records of a batch, which bounds their memory, and the time to read them again.

use super::cell::{Cell, Coded};

/// Maximum number of combinations of a group and a code for each record of a batch.
pub(crate) const MAX_COUNTS_PER_RECORD: usize = 16;

/// Counts of the codes of a column in the current block.
#[derive(Debug, Default)]
pub(super) struct CodeCounts {
    /// Count of each code in each group, group by group; none before the first batch.
    counts: Vec<u32>,
    /// Number of codes.
    codes: usize,
    /// Whether all codes but the last mean numbers, and the last one missing cells or a number.
    are_numbers: bool,
    records: usize,
}

impl CodeCounts {
    /// Counts the cells of a batch, whose records have these groups, or group 0. False if there are too many codes, or if `cell` gives
    /// another cell than a number for a code that is not the last one.
    pub(super) fn add<'a>(
        &mut self,
        coded: Coded,
        groups: usize,
        record_groups: &[usize],
        cell: impl Fn(u32) -> Cell<'a>,
    ) -> bool {
        let records = coded.codes.len();
        let combinations = coded.count.saturating_mul(groups);
        let is_counted = u32::try_from(self.records.saturating_add(records)).is_ok();
        if combinations > records.saturating_mul(MAX_COUNTS_PER_RECORD) || !is_counted {
            return false;
        }
        if self.codes != coded.count {
            self.codes = coded.count;
            self.are_numbers =
                (0..).take(coded.count.saturating_sub(1)).all(|code| matches!(cell(code), Cell::Number(_)));
        }
        if !self.are_numbers {
            return false;
        }
        self.records += records;
        self.counts.resize(combinations.max(self.counts.len()), 0);
        if record_groups.is_empty() {
            coded.codes.iter().for_each(|code| self.counts[*code as usize] += 1);
        } else {
            let places =
                coded.codes.iter().zip(record_groups).map(|(code, group)| group * coded.count + *code as usize);
            places.for_each(|place| self.counts[place] += 1);
        }
        true
    }

    /// Ends the block: passes the group, the code and the count of all that occurred to `take`.
    #[cfg(feature = "parquet")]
    pub(super) fn end(&mut self, mut take: impl FnMut(usize, u32, u64)) {
        for (counts, group) in self.counts.chunks(self.codes.max(1)).zip(0..) {
            for (count, code) in counts.iter().zip(0..).filter(|(count, _)| **count > 0) {
                take(group, code, u64::from(*count));
            }
        }
        self.counts.clear();
        (self.codes, self.records) = (0, 0);
    }
}
