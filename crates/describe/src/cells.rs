//! Counts of cells for numbers that will be read again if their quantiles are not exact then.
//!
//! Input: decimals, and a sample of them: the values before there were too many. Output: entries in ascending order, cells or single
//! values. The sample is divided into cells of equal counts, so a quantile is in a narrow one, whatever the distribution. Of the
//! cells where the quantiles of all numbers probably lie, every value is kept: of numbers in no order they are exact at once. The more
//! numbers there are, the fewer of these cells matter, so that few values are kept of any number of them.
//!
//! Invariants: each number is counted in the cell that its nearest double is in, so counts of cells are exact. Which cells there are
//! depends on the first values, and so does what is known of a quantile: it is exact, or will be read again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::decimal::{Decimal, Image};
use super::distinct_counts::{DistinctCounts, Entry};
use super::exact::{Ratio, Rounding};
use super::held::Held;
use super::ranges::value_of;
use super::wanted::Wanted;

/// Maximum number of cells: their counts stay in the cache, and in each there are few enough values to keep them all.
pub(super) const MAX_CELLS: usize = 1 << 14;

/// Maximum number of cells of one of many tables, whose counts share the cache.
pub(super) const MAX_CELLS_OF_MANY: usize = 1 << 8;

/// Number of high bits of an image that tell where to look for its cell.
const SLOT_BITS: u32 = 20;

/// Standard errors of a rank on both sides of where a quantile is looked for: all but one of some ten thousand are there.
const STANDARD_ERRORS: f64 = 4.0;

/// Maximum share of the sample in cells of which every value is kept: more would cost more than another reading.
const MAX_KEPT_SHARE: f64 = 1.0 / 8.0;

/// Number of values that are kept from which it is looked whether fewer cells will do.
const NARROWED_FROM: usize = 1 << 16;

/// What is wanted of numbers that will be read again if need be, and the cells that their first values gave. Samples that are merged
/// share it.
///
/// ```
/// use describe::{Decimal, ReadAgain, Retention, Sample, Statistic, Statistics, Value, Wanted};
/// // In no order: the multiples of 7919 modulo a prime number.
/// let numbers = || (1..600_011).map(|n| Decimal::short(n * 7919 % 600_011, -4, false));
/// let wanted = Wanted { statistics: Statistics::NONE.with(Statistic::Median), ..Wanted::default() };
/// let read_again = Some(ReadAgain::new(wanted.clone()));
/// let mut sample = Sample::new(&Retention { max_distinct: Some(100_000), read_again, ..Retention::default() });
/// numbers().for_each(|number| sample.push_decimal(number));
/// // The guess was right, so nothing has to be read again.
/// assert!(sample.has_exact_quantiles(&wanted));
/// assert_eq!(sample.describe(&wanted).figures, [(Statistic::Median, Value::Number(Ok(30.00055)))]);
/// ```
#[derive(Debug, Default)]
pub struct ReadAgain {
    wanted: Wanted,
    borders: OnceLock<Arc<Borders>>,
    columns: Mutex<HashMap<String, Arc<Self>>>,
}

impl ReadAgain {
    /// Of numbers of which this is wanted.
    #[must_use]
    pub fn new(wanted: Wanted) -> Arc<Self> {
        Arc::new(Self { wanted, ..Self::default() })
    }

    /// The same for the numbers of a column, which has cells of its own.
    #[must_use]
    pub fn of_column(&self, name: &str) -> Arc<Self> {
        let mut columns = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Self::new(self.wanted.clone());
        Arc::clone(columns.entry(name.to_owned()).or_insert_with(new))
    }

    /// Counts of the values of `sample`, and of those that follow, by cells.
    pub(super) fn cells(&self, sample: DistinctCounts, max_cells: usize) -> Cells {
        let borders = || Borders::of_sample(&sample, self.wanted.shares(), max_cells);
        let borders = self.borders.get_or_init(|| Arc::new(borders()));
        let mut cells = Cells::new(Arc::clone(borders));
        for (value, count) in sample {
            cells.push(value, count);
        }
        cells
    }
}

/// Borders between cells.
#[derive(Debug)]
struct Borders {
    /// Images, ascending. The cell i is all numbers above the border i - 1 and up to the border i, the last one those above all.
    images: Vec<u64>,
    /// Number of borders before each slot: images whose high bits are its number.
    slots: Vec<u32>,
    /// Whether every value of a cell is kept at first.
    keeps: Vec<bool>,
    /// Shares of the quantiles.
    shares: Vec<Ratio>,
    _held: Held,
}

impl Borders {
    #[expect(clippy::cast_precision_loss, reason = "a guess")]
    fn of_sample(sample: &DistinctCounts, shares: Vec<Ratio>, max_cells: usize) -> Self {
        let (mut held, mut held_meanwhile) = (Held::default(), Held::default());
        held.add((max_cells + 1) * (size_of::<u64>() + 1) + (size_of::<u32>() << SLOT_BITS));
        held_meanwhile.add(sample.len() * size_of::<(u64, u64)>());
        let mut up_to: Vec<(u64, u64)> =
            sample.iter().map(|(value, count)| (Image::of(value).exact(), count)).collect();
        up_to.sort_unstable();
        let (mut all, mut next_border, mut images) = (0, 0, Vec::new());
        let total: u64 = up_to.iter().map(|(_, count)| *count).sum();
        for (image, count) in &mut up_to {
            all += *count;
            *count = all;
            if all >= next_border {
                images.push(*image);
                next_border = all + total / max_cells as u64;
            }
        }
        images.dedup();
        let mut slots = vec![0; (1 << SLOT_BITS) + 1];
        for (slot, before) in images.iter().map(|image| slot_of(*image) + 1).zip(1..) {
            slots[slot] = before;
        }
        (1..slots.len()).for_each(|slot| slots[slot] = slots[slot].max(slots[slot - 1]));
        let likely = shares.iter().map(|share| likely_ranks(share, total as f64));
        let keeps = if likely.map(|[first, last]| last - first).sum::<f64>() < MAX_KEPT_SHARE * total as f64 {
            let up_to_border = |border: &u64| up_to[up_to.partition_point(|(image, _)| image <= border) - 1].1;
            let up_to_cell: Vec<u64> = images.iter().map(up_to_border).chain([total]).collect();
            likely_cells(&shares, &up_to_cell)
        } else {
            vec![false; images.len() + 1]
        };
        Self { keeps, shares, slots, images, _held: held }
    }

    #[inline]
    fn cell_of(&self, image: u64) -> usize {
        let slot = slot_of(image);
        let [first, last] = [self.slots[slot], self.slots[slot + 1]].map(|border| border as usize);
        first + self.images[first..last].partition_point(|border| *border < image)
    }

    #[inline]
    fn cell(&self, value: Decimal) -> usize {
        let image = Image::of(value);
        let [least, greatest] = image.bounds();
        let cell = self.cell_of(least);
        if self.images.get(cell).is_none_or(|border| greatest <= *border) { cell } else { self.cell_of(image.exact()) }
    }

    /// Ends of some cells, as doubles.
    fn ends(&self, first: usize, last: usize) -> [Decimal; 2] {
        let widest = |value: f64| Decimal::from_f64(value).unwrap_or(Decimal::ZERO);
        let border = |cell: Option<usize>| cell.and_then(|cell| value_of(*self.images.get(cell)?));
        let low = border(first.checked_sub(1)).unwrap_or_else(|| widest(f64::MIN));
        [low, border(Some(last)).unwrap_or_else(|| widest(f64::MAX))]
    }
}

#[inline]
fn slot_of(image: u64) -> usize {
    (image >> (u64::BITS - SLOT_BITS)) as usize
}

/// Ranks between which a quantile of this share probably is, if `all` numbers are a random sample: the rank in a sample of n has the
/// standard error √(n q (1 - q)).
fn likely_ranks(share: &Ratio, all: f64) -> [f64; 2] {
    let share = Rounding::default().figure(share).unwrap_or(0.0);
    let error = STANDARD_ERRORS * (all * share * (1.0 - share)).sqrt();
    [all * share - error, all * share + error]
}

/// Whether one of the quantiles is probably in a cell; `up_to` are the counts of values up to the end of each.
#[expect(clippy::cast_precision_loss, reason = "a guess")]
fn likely_cells(shares: &[Ratio], up_to: &[u64]) -> Vec<bool> {
    let mut likely = vec![false; up_to.len()];
    let Some(last) = up_to.len().checked_sub(1) else { return likely };
    for share in shares {
        let cell_at = |rank: f64| up_to.partition_point(|count| (*count as f64) < rank).min(last);
        let [first, last] = likely_ranks(share, up_to[last] as f64).map(cell_at);
        likely[first..=last].fill(true);
    }
    likely
}

/// Counts of cells, and the values of some.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    borders: Arc<Borders>,
    counts: Vec<u64>,
    /// Whether the count of a cell is of values of the next one, too.
    joined: Vec<bool>,
    /// Whether every value of a cell is kept; its count is 0 then.
    keeps: Vec<bool>,
    /// Values of the cells that keep them; `None` once there were too many.
    kept: Option<DistinctCounts>,
    /// Number of values that are kept from which fewer cells may do.
    narrowed_from: usize,
    /// Greatest number of values that were kept.
    most: usize,
    _held: Held,
}

impl Cells {
    fn new(borders: Arc<Borders>) -> Self {
        let keeps = borders.keeps.clone();
        let (counts, joined) = (vec![0; keeps.len()], vec![false; keeps.len()]);
        let mut held = Held::default();
        held.add((size_of::<u64>() + 2) * counts.len());
        let kept = Some(DistinctCounts::default());
        Self { borders, counts, joined, keeps, kept, narrowed_from: NARROWED_FROM, most: 0, _held: held }
    }

    /// Counts a value `times` times. Returns whether more distinct values are kept than ever before.
    pub(super) fn push(&mut self, value: Decimal, times: u64) -> bool {
        let cell = self.borders.cell(value);
        let Some(kept) = self.kept.as_mut().filter(|_| self.keeps[cell]) else {
            self.counts[cell] += times;
            return false;
        };
        if !kept.add(value.canonical(), times) {
            return false;
        }
        let values = kept.len();
        if values >= self.narrowed_from {
            self.narrow();
        }
        let is_most = values > self.most;
        self.most = self.most.max(values);
        is_most
    }

    /// Keeps the values of fewer cells, now that more numbers say where the quantiles probably are.
    #[cold]
    fn narrow(&mut self) {
        let mut counts = self.counts.clone();
        for (value, count) in self.kept.iter().flat_map(DistinctCounts::iter) {
            counts[self.borders.cell(value)] += count;
        }
        let up_to = counts.iter().scan(0, |all, count| {
            *all += count;
            Some(*all)
        });
        let likely = likely_cells(&self.borders.shares, &up_to.collect::<Vec<u64>>());
        self.keep_only(&likely);
        self.narrowed_from = NARROWED_FROM.max(2 * self.kept());
    }

    /// Keeps no values but those of these cells.
    fn keep_only(&mut self, cells: &[bool]) {
        if self.keeps.iter().zip(cells).all(|(keeps, is_one)| !keeps || *is_one) {
            return;
        }
        self.keeps.iter_mut().zip(cells).for_each(|(keeps, is_one)| *keeps &= is_one);
        let Some(all) = self.kept.take() else { return };
        let mut kept = DistinctCounts::default();
        for (value, count) in all {
            let cell = self.borders.cell(value);
            if self.keeps[cell] {
                kept.add(value, count);
            } else {
                self.counts[cell] += count;
            }
        }
        self.kept = Some(kept);
    }

    /// Number of distinct values that are kept.
    pub(super) fn kept(&self) -> usize {
        self.kept.as_ref().map_or(0, DistinctCounts::len)
    }

    /// Counts the values that are kept in their cells alone.
    pub(super) fn keep_none(&mut self) {
        for (value, count) in self.kept.take().into_iter().flatten() {
            self.push(value, count);
        }
    }

    /// Adds the counts of `other`, which must have the same borders.
    pub(super) fn merge(&mut self, other: &Self) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(ours, theirs)| *ours += theirs);
        self.joined.iter_mut().zip(&other.joined).for_each(|(ours, theirs)| *ours |= theirs);
        match &other.kept {
            None => self.keep_none(),
            Some(kept) => {
                // Theirs of other cells are only counted.
                self.keep_only(&other.keeps);
                for (value, count) in kept.iter() {
                    self.push(value, count);
                }
            }
        }
    }

    /// Adds entries of which not every value is known: bins.
    pub(super) fn add(&mut self, entries: &[Entry]) {
        self.keep_none();
        for Entry { low, high, count } in entries {
            let [first, last] = [low, high].map(|value| self.borders.cell(*value));
            self.counts[first] += count;
            self.joined[first..last].fill(true);
        }
    }

    /// Cells and values that are kept, in ascending order. A cell is an entry from the border before it.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let kept = self.kept.as_ref().map(DistinctCounts::entries).unwrap_or_default();
        let mut kept = kept.into_iter().peekable();
        let mut entries = Vec::with_capacity(self.counts.len() + kept.len());
        let (mut first, mut count) = (0, 0);
        for cell in 0..self.counts.len() {
            entries.extend(std::iter::from_fn(|| kept.next_if(|entry| self.borders.cell(entry.low) == cell)));
            count += self.counts[cell];
            if !self.joined[cell] {
                let [low, high] = self.borders.ends(first, cell);
                entries.extend((count > 0).then_some(Entry { low, high, count }));
                (first, count) = (cell + 1, 0);
            }
        }
        entries
    }
}
