//! Ranges of the values to keep when a data set is read once more.
//!
//! Input: data with more distinct values than are counted one by one, and the statistics that are wanted. Output: for the numbers, or
//! for each column of a table, the ranges in which quantiles were found. Invariant: all groups of a column have the same ranges, so
//! that their samples can be merged into totals.

use std::collections::HashMap;
use std::sync::Arc;

use describe::{NanPolicy, Ranges, Retention, Sample, Wanted};
use describe_options::Options;

use crate::dataset::Data;
use crate::table::TableResult;

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
    /// Ranges that a further reading of `data`, which were read with `self`, must keep for exact quantiles; `None` if the quantiles are
    /// exact, if no further reading helps, or if rules of publication withhold what needs all values.
    #[must_use]
    pub fn next(&self, data: &Data, options: &Options) -> Option<Self> {
        let rules = options.output.rules();
        if rules.withhold || rules.rounds_statistics {
            return None;
        }
        let policy = if matches!(data, Data::Table(_)) { NanPolicy::Omit } else { NanPolicy::Propagate };
        let wanted = Wanted { statistics: options.computed(), ..options.wanted_with(policy) };
        let mut kept = Self { readings: self.readings + 1, ..Self::default() };
        match data {
            Data::Numbers(numbers) if numbers.nested.is_none() && !numbers.flat.has_exact_quantiles(&wanted) => {
                kept.numbers = Some(numbers.flat.quantile_ranges(&wanted).into());
            }
            Data::Numbers(_) => {}
            Data::Table(table) => {
                let is_inexact = |result: &&TableResult| !result.numbers.has_exact_quantiles(&wanted);
                let inexact = table.results.iter().filter(is_inexact);
                let mut columns: HashMap<&str, Ranges> =
                    inexact.map(|result| (result.column.as_ref(), Ranges::default())).collect();
                // A group of which every value is known is no longer known as a whole when only ranges are kept.
                for result in &table.results {
                    if let Some(ranges) = columns.get_mut(result.column.as_ref()) {
                        ranges.merge(&result.numbers.quantile_ranges(&wanted));
                    }
                }
                let joined = |(name, ranges): (&str, Ranges)| (name.to_owned(), Arc::new(ranges.joined(MAX_RANGES)));
                kept.columns = columns.into_iter().map(joined).collect();
            }
        }
        let is_narrower = (&kept.numbers, &kept.columns) != (&self.numbers, &self.columns);
        let are_inexact = kept.numbers.is_some() || !kept.columns.is_empty();
        (are_inexact && is_narrower && kept.readings < MAX_READINGS).then_some(kept)
    }

    /// Retention of numbers without columns, and of those of a column before [`Self::sample_of`].
    pub(crate) fn of_numbers(&self, retention: Retention) -> Retention {
        Retention { ranges: self.numbers.clone(), is_read_again: true, ..retention }
    }

    /// Empty sample of a column.
    pub(crate) fn sample_of(&self, column: &str, retention: &Retention) -> Sample {
        Sample::new(&Retention { ranges: self.columns.get(column).cloned(), ..retention.clone() })
    }
}
