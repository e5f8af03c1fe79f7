//! Limits on one input, and the retention of its values for the requested statistics.

use std::str::FromStr;
use std::sync::Arc;

use super::kept_ranges::KeptRanges;
use super::ledger::Ledger;
use describe::{DEFAULT_MAX_DISTINCT, DistinctBudget, NanPolicy, ReadAgain, Retention, Wanted};
use describe_options::{Options, RawOption};

/// Limits on one input.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Maximum length of one number, string or cell, in bytes.
    pub cell: usize,
    /// Maximum number of groups of a table, or of slices of a nested array: each has its own results.
    pub groups: usize,
    /// Maximum number of columns of a table.
    pub columns: usize,
    /// Maximum number of distinct values in an exact frequency table; beyond it order statistics are approximate.
    pub distinct: usize,
    /// Maximum number of decompressed bytes of all files.
    pub decompressed: u64,
    /// Maximum number of bytes buffered for input that cannot be streamed: a workbook, a Parquet file, the group columns of
    /// columnar JSON.
    pub memory: usize,
    /// What the input may take of memory and time.
    pub ledger: Ledger,
    /// Records to read of each table, if it is previewed instead of described.
    pub preview: Option<PreviewRows>,
    /// Ranges of the values to keep, if the data can be read once more; none at the first time.
    pub kept: Option<Arc<KeptRanges>>,
}

/// Records that a preview reads of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreviewRows {
    /// The first ones.
    First(u64),
    /// All.
    All,
}

/// Records that a preview still reads of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum RecordsLeft {
    #[default]
    All,
    /// This number.
    First(u64),
    /// None, and there are more in the table.
    Cut,
}

impl RecordsLeft {
    pub(crate) fn of_preview(limits: &Limits) -> Self {
        limits.preview_rows().map_or(Self::All, Self::First)
    }

    /// Takes the next record. Returns whether it is read.
    pub(crate) fn take(&mut self) -> bool {
        match self {
            Self::All => {}
            Self::First(left @ 1..) => *left -= 1,
            Self::First(_) | Self::Cut => *self = Self::Cut,
        }
        !self.is_cut()
    }

    /// Whether records were not read.
    pub(crate) fn is_cut(self) -> bool {
        self == Self::Cut
    }
}

impl FromStr for PreviewRows {
    type Err = ();

    /// Parses `all` or a positive integer.
    fn from_str(text: &str) -> Result<Self, ()> {
        match text.trim() {
            "all" => Ok(Self::All),
            // A sign is not part of a count.
            digits if digits.starts_with('+') => Err(()),
            digits => digits.parse().ok().filter(|rows| *rows > 0).map(Self::First).ok_or(()),
        }
    }
}

impl Default for PreviewRows {
    fn default() -> Self {
        Self::First(10_000)
    }
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
            ledger: Ledger::default(),
            preview: None,
            kept: None,
        }
    }
}

/// Maximum number of distinct values tallied speculatively, while options that request order statistics may still follow
/// the numbers. A larger frequency table would cost time and memory in every request without such options.
pub const MAX_SPECULATIVE_DISTINCT: usize = 1 << 16;

/// Number of distinct values, of a sample or of the large ones of many together, that are counted one by one before cells are, where data
/// can be read again and nothing but quantiles is wanted: enough for narrow cells, in few megabytes.
const SAMPLE_VALUES: usize = 1 << 17;

impl Limits {
    /// Maximum number of records of a preview; `None` without one, and if it reads all.
    pub(crate) fn preview_rows(&self) -> Option<u64> {
        match self.preview {
            Some(PreviewRows::First(rows)) => Some(rows),
            Some(PreviewRows::All) | None => None,
        }
    }

    /// Retention for numbers read with these options.
    #[must_use]
    pub fn retention(&self, options: &Options) -> Retention {
        if self.preview.is_some() {
            return self.full_retention();
        }
        let ordered = options.need_order();
        if options.table.has_reliability() {
            return Retention {
                max_distinct_weighted: Some(if ordered { self.distinct } else { 0 }),
                ..Retention::default()
            };
        }
        if !ordered {
            return Retention::default();
        }
        let retention = self.full_retention();
        let is_sample = self.kept.is_some() && options.need_quantiles_alone();
        let max_distinct =
            retention.max_distinct.map(|values| if is_sample { values.min(SAMPLE_VALUES) } else { values });
        let budget = match &self.kept {
            Some(kept) if is_sample && kept.is_first() => Some(DistinctBudget::of_values(SAMPLE_VALUES)),
            _ => retention.budget.clone(),
        };
        let wanted = || Wanted { statistics: options.computed(), ..options.wanted_with(NanPolicy::Omit) };
        Retention {
            read_again: retention.read_again.as_ref().map(|_| ReadAgain::new(wanted())),
            max_distinct,
            budget,
            ..retention
        }
    }

    /// Retention for numbers in a JSON body that has the options `before` in front of them, while other options may follow.
    pub(crate) fn speculative_retention(&self, options: &Options, before: &[RawOption]) -> Retention {
        if self.preview.is_some() || options.named.is_some() || options.need_order() {
            return self.retention(options);
        }
        if let Ok(before) = Options::parse(before) {
            if before.need_order() {
                return self.full_retention();
            }
            if before.output.is_state() {
                return self.retention(&before);
            }
        }
        Retention {
            max_distinct: Some(self.distinct.min(MAX_SPECULATIVE_DISTINCT)),
            speculative: true,
            ..self.full_retention()
        }
    }

    /// Retention for numbers of which any statistic may be requested.
    #[must_use]
    pub fn full_retention(&self) -> Retention {
        let retention = Retention {
            max_distinct: Some(self.distinct),
            budget: Some(DistinctBudget::of_bytes(self.memory / 2)),
            ..Retention::default()
        };
        match &self.kept {
            Some(kept) => kept.of_numbers(retention),
            None => retention,
        }
    }
}
