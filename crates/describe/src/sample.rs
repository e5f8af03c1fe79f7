//! Sample: accumulates numbers into exact sums and, if a statistic needs it, into a frequency table.
//!
//! Input: numbers, with or without weights, and the [`Retention`] that says what to keep of them. Output: a
//! [`Summary`], a [`Description`](super::Description) or the [`Order`] of the numbers. Invariant: results depend on the numbers
//! alone, not on their order or on how they were divided into samples that were merged.

use std::cmp::Ordering;

use super::accumulator::Accumulator;
use super::decimal::Decimal;
use super::exact::Ratio;
use super::frequency_table::FrequencyTable;
use super::literal::Number;
use super::moments::Moments;
use super::ordered::Ordered;
use super::quantile::QuantileMethod;
use super::retention::Retention;
use super::scale::Scale;
use super::summary::Summary;
use super::weighted::Weighted;

/// Numbers in order: ranks of quantiles and of values.
#[derive(Debug)]
pub struct Order(Ordered);

impl Order {
    /// Count of the numbers at a quantile or beyond it: at or below it for q < 0.5, at or above it for q > 0.5, the smaller of both
    /// counts for the median. 0 if there are no numbers.
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

    /// Finite numbers ascending, each with its count; `None` if they are only known approximately.
    #[must_use]
    pub fn values(&self) -> Option<impl Iterator<Item = (Decimal, u64)>> {
        (!self.0.is_approximate()).then(|| self.0.values())
    }

    /// Count of the numbers below a value.
    #[must_use]
    pub fn below(&self, value: Decimal) -> u64 {
        self.0.below(&value.into())
    }
}

/// Sample of numbers, in bounded memory. Numbers are pushed, and samples merged, in any order.
///
/// A value that the frequency table counts in a list, such as a mark, is not added to the sums as well: these are completed from
/// the table when they are needed.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    pub(super) sums: Accumulator,
    pub(super) table: Option<Box<FrequencyTable>>,
    pub(super) speculative: bool,
    pub(super) dropped_table: bool,
    /// Numbers with reliability weights. A sample has either such numbers or others.
    pub(super) weighted: Option<Box<Weighted>>,
}

impl Sample {
    /// Creates an empty sample.
    #[must_use]
    pub fn new(retention: &Retention) -> Self {
        Self {
            sums: if retention.low_memory { Accumulator::frugal() } else { Accumulator::default() },
            table: FrequencyTable::retaining(retention).map(Box::new),
            speculative: retention.speculative,
            dropped_table: false,
            weighted: retention.max_distinct_weighted.map(|limit| Box::new(Weighted::new(limit))),
        }
    }

    /// Scale of the finite numbers; `None` without any. Where not every value is known, the step is the finest decimal place.
    #[must_use]
    pub fn scale(&self) -> Option<Scale> {
        if let Some(weighted) = &self.weighted {
            return Some(Scale::of_extremes(weighted.extremes?, weighted.exponent, weighted.count));
        }
        match self.ordered().filter(|ordered| !ordered.is_approximate()) {
            Some(ordered) => Scale::of(ordered.values().map(|(value, _)| value), ordered.count()),
            None => self.with_all(|sums| {
                let (_, exponent) = sums.totals();
                Some(Scale::of_extremes(sums.extremes()?, exponent, sums.count()))
            }),
        }
    }

    /// Memory that a new sample takes beside its own size. What it grows by later is counted: see
    /// [`take_growth`](super::take_growth).
    #[must_use]
    pub fn initial_bytes(retention: &Retention) -> usize {
        let table = retention.max_distinct.map_or(0, |_| size_of::<FrequencyTable>());
        table + retention.max_distinct_weighted.map_or(0, |_| size_of::<Weighted>())
    }

    /// Whether a speculative frequency table was dropped because there were too many distinct values. Order statistics are then
    /// undefined.
    #[must_use]
    pub fn dropped_table(&self) -> bool {
        // With the values in lists a table may exceed its limit before it is dropped. Which values are in lists depends on their
        // order, but this does not.
        self.dropped_table || (self.speculative && self.table.as_ref().is_some_and(|table| table.entries().1))
    }

    /// Drops the frequency table and continues with the sums alone.
    #[cold]
    fn drop_table(&mut self) {
        if let Some(table) = self.table.take() {
            table.listed().for_each(|(decimal, count)| self.sums.push_times(decimal, count));
        }
        self.dropped_table = true;
    }

    /// Adds a number, infinity or missing value.
    #[inline]
    pub fn push(&mut self, number: Number) {
        match number {
            Number::Finite(decimal) => self.push_decimal(decimal),
            number => self.sums.push(number),
        }
    }

    /// Adds a finite number.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a decimal passed through memory costs more than its addition")]
    pub fn push_decimal(&mut self, decimal: Decimal) {
        if let Some(table) = &mut self.table {
            if table.push(decimal) {
                return;
            }
            if self.speculative && table.is_binned() {
                self.drop_table();
            }
        }
        self.sums.push_decimal(decimal);
    }

    /// Adds finite numbers.
    pub fn push_all(&mut self, decimals: &[Decimal]) {
        if self.table.is_none() {
            self.sums.push_all(decimals);
        } else {
            for decimal in decimals {
                self.push_decimal(*decimal);
            }
        }
    }

    /// Adds a finite number `times` times.
    pub fn push_times(&mut self, decimal: Decimal, times: u64) {
        if times > 0 && !self.table.as_mut().is_some_and(|table| table.push_times(decimal, times)) {
            self.sums.push_times(decimal, times);
        }
    }

    /// Adds a finite number with a reliability weight, which must be positive. Ignored unless the retention is for such numbers.
    pub fn push_weighted(&mut self, decimal: Decimal, weight: Decimal) {
        if let Some(weighted) = &mut self.weighted {
            self.sums.has_rounded |= decimal.is_rounded;
            weighted.push(decimal, weight);
        }
    }

    /// Adds a missing value.
    #[inline]
    pub fn push_missing(&mut self) {
        self.push_missing_times(1);
    }

    /// Adds `times` missing values.
    #[inline]
    pub fn push_missing_times(&mut self, times: u64) {
        self.sums.push_missing_times(times);
        if let Some(weighted) = &mut self.weighted {
            weighted.missing += times;
        }
    }

    /// Adds everything that was added to `other`, which must have the same retention.
    pub fn merge(&mut self, other: &Self) {
        self.sums.merge(&other.sums);
        if self.dropped_table || other.dropped_table {
            self.drop_table();
            if let Some(theirs) = &other.table {
                theirs.listed().for_each(|(decimal, count)| self.sums.push_times(decimal, count));
            }
            return;
        }
        match (&mut self.table, &other.table) {
            (Some(ours), Some(theirs)) => ours.merge(theirs),
            // A sample that was created before its retention was known, and is empty.
            (ours @ None, Some(_)) => ours.clone_from(&other.table),
            (_, None) => {}
        }
        if self.speculative && self.table.as_ref().is_some_and(|table| table.is_binned()) {
            self.drop_table();
        }
        match (&mut self.weighted, &other.weighted) {
            (Some(ours), Some(theirs)) => ours.merge(theirs),
            (ours @ None, Some(_)) => ours.clone_from(&other.weighted),
            (_, None) => {}
        }
    }

    /// Sample of the numbers without those of `removed`, all of which are among them, for windows that slide over numbers. `extremes`
    /// are the minimum and the maximum of the numbers that remain, which sums do not tell; `None` if none remain.
    ///
    /// `None` if the counts say that numbers of `removed` are not among these, and for samples with a frequency table, with
    /// reliability weights or with numbers of more digits than are kept.
    ///
    /// ```
    /// use describe::{Decimal, Retention, Sample};
    /// let sample = |marks: &[u64]| {
    ///     let mut sample = Sample::new(&Retention::default());
    ///     marks.iter().for_each(|mark| sample.push_decimal(Decimal::short(*mark, 0, false)));
    ///     sample
    /// };
    /// let extremes = Some((Decimal::short(41, 0, false), Decimal::short(70, 0, false)));
    /// let rest = sample(&[55, 41, 70, 63]).without(&sample(&[55, 63]), extremes).ok_or("not among them")?;
    /// assert_eq!(rest.to_bytes(), sample(&[70, 41]).to_bytes());
    /// assert!(sample(&[55]).without(&sample(&[41, 55]), None).is_none());
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn without(&self, removed: &Self, extremes: Option<(Decimal, Decimal)>) -> Option<Self> {
        let has_more = |sample: &Self| sample.table.is_some() || sample.dropped_table || sample.weighted.is_some();
        if has_more(self) || has_more(removed) {
            return None;
        }
        Some(Self { sums: self.sums.without(&removed.sums, extremes)?, ..Self::default() })
    }

    /// Count of numbers, infinities and missing values.
    #[must_use]
    pub fn taken(&self) -> u64 {
        let listed = self.table.as_ref().map_or(0, |table| table.listed_count());
        self.sums.taken() + listed + self.weighted.as_ref().map_or(0, |weighted| weighted.count())
    }

    /// Whether there are only missing values.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.taken() == self.missing()
    }

    /// Count of missing values.
    #[must_use]
    pub fn missing(&self) -> u64 {
        self.sums.missing()
    }

    /// Computes the summary: see [`Accumulator::finish`].
    #[must_use]
    pub fn finish(&self, moments: Moments) -> Summary {
        self.with_all(|sums| sums.finish(moments))
    }

    /// Calls a function with the sums of all numbers, including those that a table counts in lists.
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

    /// Numbers in order; `None` without a frequency table, or if it is binned.
    #[must_use]
    pub fn order(&self) -> Option<Order> {
        self.ordered().filter(|ordered| !ordered.is_approximate()).map(Order)
    }

    /// Numbers in order, approximate if the frequency table is binned; `None` without one.
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
