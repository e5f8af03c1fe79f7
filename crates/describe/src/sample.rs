//! Numbers as they are taken: their exact sums, and a table of their values where figures are wanted that need one.

use std::cmp::Ordering;
use std::sync::Arc;

use super::accumulator::Accumulator;
use super::decimal::Decimal;
use super::exact::Ratio;
use super::frequency_table::{DistinctBudget, FrequencyTable};
use super::literal::Number;
use super::moments::Moments;
use super::ordered::Ordered;
use super::quantile::QuantileMethod;
use super::summary::Summary;
use super::weighted::Weighted;

/// What is kept of numbers while they are taken.
#[derive(Clone, Debug, Default)]
pub struct Retention {
    /// Up to how many different values are counted one by one; `None` for none at all.
    pub max_distinct: Option<usize>,
    /// Up to how many different values are counted of numbers with reliability weights, if they have such.
    pub max_distinct_weighted: Option<usize>,
    /// How many different values all samples may count together; past it all of them are approximate.
    pub budget: Option<Arc<DistinctBudget>>,
    /// Whether values are counted only in case that is asked for later: past `max_distinct` they are added, no longer counted.
    pub speculative: bool,
    /// Whether the sample is one of very many, so that memory matters more than a little time.
    pub low_memory: bool,
}

impl Retention {
    /// The same for samples that will be merged with these.
    #[must_use]
    pub fn with_fresh_budget(&self) -> Self {
        Self { budget: self.budget.as_ref().map(|budget| budget.fresh()), ..self.clone() }
    }
}

/// Numbers in order, to ask how many of them lie where.
#[derive(Debug)]
pub struct Order(Ordered);

impl Order {
    /// How many numbers lie at a quantile or beyond it: at or below it in the lower half, at or above it in the upper one; at
    /// the median the fewer of both. Without numbers 0.
    #[must_use]
    pub fn at_or_beyond(&self, q: f64, method: QuantileMethod) -> u64 {
        let Some(share) = Decimal::from_f64(q).filter(|_| self.0.count() > 0) else { return 0 };
        let Ok(value) = self.0.quantile(method, &share.into()) else { return 0 };
        let (below, above) = (self.0.up_to(&value), self.0.count() - self.0.below(&value));
        match q.total_cmp(&0.5) {
            Ordering::Less => below,
            Ordering::Equal => below.min(above),
            Ordering::Greater => above,
        }
    }

    /// Number of values whose distance from the median is the median absolute deviation or less, or that or more: the fewer
    /// of both. Zero without values, and where an infinity leaves the deviation undefined.
    #[must_use]
    pub fn at_or_beyond_deviation(&self, method: QuantileMethod) -> u64 {
        let (half, count) = (Ratio::new(1, 2_u32), self.0.count());
        let Some(median) = (count > 0 && !self.0.has_infinite()).then(|| self.0.quantile(method, &half)) else {
            return 0;
        };
        let Ok(median) = median else { return 0 };
        let deviation = self.0.quantile_of_distances(&median, method, &half);
        let (low, high) = (median.subtract(&deviation), median.add(&deviation));
        let near = self.0.up_to(&high) - self.0.below(&low);
        let far = (self.0.up_to(&low) + count - self.0.below(&high)).min(count);
        near.min(far)
    }

    /// Number of values that are zero or negative, -inf included.
    #[must_use]
    pub fn zero_or_negative(&self) -> u64 {
        self.0.up_to(&Ratio::from(0))
    }

    /// How many numbers lie below a value.
    #[must_use]
    pub fn below(&self, value: Decimal) -> u64 {
        self.0.below(&value.into())
    }
}

/// Numbers, in bounded memory: push them in any order, merge samples in any order, describe.
///
/// With a table the sums of the values that it counts in lists, marks above all, are made of the table in the end: a value
/// is then counted and not also added.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    pub(super) sums: Accumulator,
    pub(super) table: Option<Box<FrequencyTable>>,
    pub(super) speculative: bool,
    pub(super) dropped_table: bool,
    /// The numbers that have reliability weights: then all.
    pub(super) weighted: Option<Box<Weighted>>,
}

impl Sample {
    /// An empty one.
    #[must_use]
    pub fn new(retention: &Retention) -> Self {
        Self {
            sums: if retention.low_memory { Accumulator::frugal() } else { Accumulator::default() },
            table: retention.max_distinct.map(|limit| Box::new(FrequencyTable::new(limit, retention.budget.clone()))),
            speculative: retention.speculative,
            dropped_table: false,
            weighted: retention.max_distinct_weighted.map(|limit| Box::new(Weighted::new(limit))),
        }
    }

    /// Whether there were too many different values to count them in case that is asked for, so that only their sums are
    /// known.
    #[must_use]
    pub fn dropped_table(&self) -> bool {
        // A table is over its limit with some values that it counted in lists: which those are is a matter of their order.
        self.dropped_table || (self.speculative && self.table.as_ref().is_some_and(|table| table.entries().1))
    }

    /// Goes on with the sums alone.
    #[cold]
    fn give_up(&mut self) {
        if let Some(table) = self.table.take() {
            table.listed().for_each(|(decimal, count)| self.sums.push_times(decimal, count));
        }
        self.dropped_table = true;
    }

    /// Takes a number, infinity or missing value.
    #[inline]
    pub fn push(&mut self, number: Number) {
        match number {
            Number::Finite(decimal) => self.push_decimal(decimal),
            number => self.sums.push(number),
        }
    }

    /// Takes a finite number.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a decimal passed through memory costs more than to take it")]
    pub fn push_decimal(&mut self, decimal: Decimal) {
        if let Some(table) = &mut self.table {
            if table.push(decimal) {
                return;
            }
            if self.speculative && table.is_binned() {
                self.give_up();
            }
        }
        self.sums.push_decimal(decimal);
    }

    /// Takes finite numbers.
    pub fn push_all(&mut self, decimals: &[Decimal]) {
        if self.table.is_none() {
            self.sums.push_all(decimals);
        } else {
            for decimal in decimals {
                self.push_decimal(*decimal);
            }
        }
    }

    /// Takes a finite number so many times.
    pub fn push_times(&mut self, decimal: Decimal, times: u64) {
        if times > 0 && !self.table.as_mut().is_some_and(|table| table.push_times(decimal, times)) {
            self.sums.push_times(decimal, times);
        }
    }

    /// Takes a finite number with a reliability weight, which must be positive.
    pub fn push_weighted(&mut self, decimal: Decimal, weight: Decimal) {
        if let Some(weighted) = &mut self.weighted {
            weighted.push(decimal, weight);
        }
    }

    /// Takes a missing value.
    #[inline]
    pub fn push_missing(&mut self) {
        self.push_missing_times(1);
    }

    /// Takes missing values, so many.
    #[inline]
    pub fn push_missing_times(&mut self, times: u64) {
        self.sums.push_missing_times(times);
        if let Some(weighted) = &mut self.weighted {
            weighted.missing += times;
        }
    }

    /// Takes all that `other` took.
    pub fn merge(&mut self, other: &Self) {
        self.sums.merge(&other.sums);
        if self.dropped_table || other.dropped_table {
            self.give_up();
            if let Some(theirs) = &other.table {
                theirs.listed().for_each(|(decimal, count)| self.sums.push_times(decimal, count));
            }
            return;
        }
        match (&mut self.table, &other.table) {
            (Some(ours), Some(theirs)) => ours.merge(theirs),
            // An empty one that was made before it was known what is to be kept.
            (ours @ None, Some(_)) => ours.clone_from(&other.table),
            (_, None) => {}
        }
        if self.speculative && self.table.as_ref().is_some_and(|table| table.is_binned()) {
            self.give_up();
        }
        match (&mut self.weighted, &other.weighted) {
            (Some(ours), Some(theirs)) => ours.merge(theirs),
            (ours @ None, Some(_)) => ours.clone_from(&other.weighted),
            (_, None) => {}
        }
    }

    /// How many numbers, infinities and missing values were taken.
    #[must_use]
    pub fn taken(&self) -> u64 {
        let listed = self.table.as_ref().map_or(0, |table| table.listed_count());
        self.sums.taken() + listed + self.weighted.as_ref().map_or(0, |weighted| weighted.count())
    }

    /// Whether nothing but missing values was taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.taken() == self.missing()
    }

    /// How many missing values were taken.
    #[must_use]
    pub fn missing(&self) -> u64 {
        self.sums.missing()
    }

    /// The six figures of all that was taken so far: see [`Accumulator::finish`].
    #[must_use]
    pub fn finish(&self, moments: Moments) -> Summary {
        self.with_all(|sums| sums.finish(moments))
    }

    /// The sums of all numbers, those that a table counted in lists included.
    pub(super) fn with_all<T>(&self, then: impl FnOnce(&Accumulator) -> T) -> T {
        match &self.table {
            Some(table) if table.listed_count() > 0 => {
                let mut sums = self.sums.clone();
                table.listed().for_each(|(decimal, count)| sums.push_times(decimal, count));
                then(&sums)
            }
            _ => then(&self.sums),
        }
    }

    /// The numbers in order, if all of them are known.
    #[must_use]
    pub fn order(&self) -> Option<Order> {
        self.ordered().filter(|ordered| !ordered.is_approximate()).map(Order)
    }

    /// The numbers in order, if a table was kept.
    pub(super) fn ordered(&self) -> Option<Ordered> {
        let table = self.table.as_ref()?;
        let (entries, approximate) = table.entries();
        if approximate && self.speculative {
            // As after the push that drops the table: which push that is depends on the order of the numbers.
            return None;
        }
        Some(Ordered::new(entries, self.sums.infinite, approximate))
    }
}
