//! Joint tally of the numbers of several columns, from which the correlation of each pair of columns is computed.
//!
//! Input: records, each with a number or none for each column. Output: for each pair of columns the exact counts of its pairs of
//! values, or, past [`MAX_JOINT_VALUES`] different ones, the exact sums of their products alone. Invariants: which of the two a pair
//! has, and what is in it, depends on the records alone: not on their order, nor on how they were divided into tallies that were merged.
//! Memory is bounded, whatever the number of records, and what grows is counted ([`take_growth`](super::take_growth)).
//!
//! A pair of columns has the records with a number in both (pairwise deletion). While its values are counted nothing is added: small
//! groups, and marks, of which few differ, take no sums, and their sums are computed from the counts.

use std::collections::hash_map::Entry::{Occupied, Vacant};

use foldhash::HashMap;
use num_bigint::BigInt;

use super::decimal::Decimal;
use super::exact_sum::ExactSum;
use super::held::Held;

/// Maximum number of different pairs of values of two columns that are counted.
pub const MAX_JOINT_VALUES: usize = 10_000;

/// Memory of a number of a column, in a table and in a list.
const NUMBER_BYTES: usize = 112;

/// Memory of a pair of values with its count.
const JOINT_VALUE_BYTES: usize = 40;

/// Joint tally of the numbers of several columns.
///
/// ```
/// use describe::{Decimal, JointTally, Wanted};
///
/// let decimal = |digits| Some(Decimal::short(digits, -1, false));
/// let mut tally = JointTally::new(2);
/// for record in [[decimal(5), decimal(7)], [decimal(6), decimal(9)], [decimal(7), decimal(8)], [decimal(9), None]] {
///     tally.push(&record);
/// }
/// let correlation = tally.correlation([0, 1], &Wanted::default());
/// assert_eq!(correlation.nobs, Some(3));
/// assert_eq!(correlation.pearson.map(|pearson| pearson.value), Ok(Ok(0.5)));
/// assert_eq!(correlation.kendall.map(|kendall| kendall.value), Ok(Ok(1.0 / 3.0)));
/// ```
#[derive(Clone, Debug, Default)]
pub struct JointTally {
    /// Numbers of each column in values that are counted.
    numbers: Vec<Numbers>,
    /// Pairs of columns: the first with each of those behind it, then the second.
    pairs: Vec<Pair>,
    /// Codes of the numbers of the current record.
    codes: Vec<Option<u32>>,
}

/// Different numbers of a column, each with a code.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    codes: HashMap<Decimal, u32>,
    /// Number of each code, in its canonical spelling.
    pub(super) values: Vec<Decimal>,
    held: Held,
}

/// Records with a number in both columns.
#[derive(Clone, Debug, Default)]
pub(super) struct Pair {
    pub(super) records: u64,
    /// Whether some number was written with more digits than a decimal holds.
    pub(super) has_rounded: bool,
    /// Count of each pair of values, unless there are sums.
    pub(super) counts: JointCounts,
    /// Sums of more different pairs of values than are counted.
    pub(super) sums: Option<Box<JointSums>>,
}

/// Counts of pairs of values, by the codes of their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct JointCounts {
    counts: HashMap<u64, u64>,
    held: Held,
}

/// Σx, Σy, Σx², Σy² and Σxy.
#[derive(Clone, Debug, Default)]
pub(super) struct JointSums {
    pub(super) x: ExactSum,
    pub(super) y: ExactSum,
    pub(super) xx: ExactSum,
    pub(super) yy: ExactSum,
    pub(super) xy: ExactSum,
    held: Held,
}

impl JointTally {
    /// A tally of this number of columns, without records. It takes [`Self::initial_bytes`].
    #[must_use]
    pub fn new(columns: usize) -> Self {
        let pairs = vec![Pair::default(); pairs_of(columns).count()];
        Self { numbers: vec![Numbers::default(); columns], pairs, codes: Vec::with_capacity(columns) }
    }

    /// Memory of a tally without records.
    #[must_use]
    pub fn initial_bytes(columns: usize) -> usize {
        size_of::<Self>()
            + columns * size_of::<(Numbers, Option<u32>)>()
            + pairs_of(columns).count() * size_of::<Pair>()
    }

    /// Number of columns.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.numbers.len()
    }

    /// Pairs of columns, in the order of answers.
    pub fn pairs(&self) -> impl Iterator<Item = [usize; 2]> + use<> {
        pairs_of(self.columns())
    }

    /// Adds a record with a number for each column that has one.
    ///
    /// # Panics
    /// A record of another number of columns.
    pub fn push(&mut self, record: &[Option<Decimal>]) {
        assert_eq!(record.len(), self.columns(), "a number or none for each column");
        let Self { numbers, pairs, codes } = self;
        codes.clear();
        codes.resize(record.len(), None);
        for ([a, b], pair) in pairs_of(record.len()).zip(pairs) {
            let (Some(x), Some(y)) = (record[a], record[b]) else { continue };
            pair.records += 1;
            pair.has_rounded |= x.is_rounded || y.is_rounded;
            if let Some(sums) = &mut pair.sums {
                sums.add(x, y, 1);
                continue;
            }
            // Each number is looked for once.
            let mut code = |column: usize, number| *codes[column].get_or_insert_with(|| numbers[column].code(number));
            let joint = [code(a, x), code(b, y)];
            pair.count([&numbers[a], &numbers[b]], joint, 1);
        }
    }

    /// Adds the records of another tally of the same columns.
    ///
    /// # Panics
    /// A tally of another number of columns.
    pub fn merge(&mut self, other: &Self) {
        assert_eq!(other.columns(), self.columns(), "tallies of the same columns");
        let Self { numbers, pairs, .. } = self;
        for (([a, b], ours), theirs) in pairs_of(numbers.len()).zip(pairs).zip(&other.pairs) {
            ours.records += theirs.records;
            ours.has_rounded |= theirs.has_rounded;
            if let Some(sums) = &theirs.sums {
                ours.summed([&numbers[a], &numbers[b]]).merge(sums);
                continue;
            }
            for ([first, second], count) in theirs.counts.iter() {
                let (x, y) = (other.numbers[a].values[first], other.numbers[b].values[second]);
                if let Some(sums) = &mut ours.sums {
                    sums.add(x, y, count);
                } else {
                    let joint = [numbers[a].code(x), numbers[b].code(y)];
                    ours.count([&numbers[a], &numbers[b]], joint, count);
                }
            }
        }
    }

    /// Pair of two columns, of which the first comes first, with the numbers of both.
    pub(super) fn pair(&self, [a, b]: [usize; 2]) -> (&Pair, [&Numbers; 2]) {
        let before = a * self.columns() - a * (a + 1) / 2;
        (&self.pairs[before + b - a - 1], [&self.numbers[a], &self.numbers[b]])
    }

    /// Whether some number of a pair was written with more digits than a decimal holds, and was read as the nearest double.
    #[must_use]
    pub fn has_rounded(&self, columns: [usize; 2]) -> bool {
        self.pair(columns).0.has_rounded
    }
}

/// Pairs of this number of columns.
fn pairs_of(columns: usize) -> impl Iterator<Item = [usize; 2]> + use<> {
    (0..columns).flat_map(move |a| (a + 1..columns).map(move |b| [a, b]))
}

impl Numbers {
    fn code(&mut self, number: Decimal) -> u32 {
        let next = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        match self.codes.entry(number.canonical()) {
            Occupied(known) => *known.get(),
            Vacant(new) => {
                self.values.push(*new.key());
                self.held.add(NUMBER_BYTES);
                *new.insert(next)
            }
        }
    }
}

impl Pair {
    /// Counts a pair of values, given by the codes of its numbers, `times` times.
    fn count(&mut self, numbers: [&Numbers; 2], codes: [u32; 2], times: u64) {
        self.counts.add(codes, times);
        if self.counts.len() > MAX_JOINT_VALUES {
            self.summed(numbers);
        }
    }

    /// The sums of the pair, which take the place of its counts.
    fn summed(&mut self, numbers: [&Numbers; 2]) -> &mut JointSums {
        let counts = &mut self.counts;
        self.sums.get_or_insert_with(|| Box::new(std::mem::take(counts).sums(numbers)))
    }
}

impl JointCounts {
    fn add(&mut self, [x, y]: [u32; 2], times: u64) {
        match self.counts.entry(u64::from(x) << 32 | u64::from(y)) {
            Occupied(mut known) => *known.get_mut() += times,
            Vacant(new) => {
                new.insert(times);
                self.held.add(JOINT_VALUE_BYTES);
            }
        }
    }

    /// Number of different pairs of values.
    pub(super) fn len(&self) -> usize {
        self.counts.len()
    }

    /// Codes of both numbers with the count of each pair of values, in any order.
    pub(super) fn iter(&self) -> impl Iterator<Item = ([usize; 2], u64)> {
        self.counts.iter().map(|(codes, count)| ([codes >> 32, codes & u64::from(u32::MAX)].map(index), *count))
    }

    /// Sums of all pairs of values.
    pub(super) fn sums(&self, [x, y]: [&Numbers; 2]) -> JointSums {
        let mut sums = JointSums::default();
        sums.held.add(size_of::<JointSums>());
        for ([code, other_code], count) in self.iter() {
            sums.add(x.values[code], y.values[other_code], count);
        }
        sums
    }
}

fn index(code: u64) -> usize {
    usize::try_from(code).unwrap_or(usize::MAX)
}

impl JointSums {
    /// Adds a pair of values `count` times.
    fn add(&mut self, x: Decimal, y: Decimal, count: u64) {
        let factors = [x, y].map(|decimal| (signed(decimal), decimal.exponent));
        let [(Some(first), e), (Some(second), f)] = factors else { return self.add_big(x, y, count) };
        let times = i128::from(count);
        let product = |a: i128, b: i128| a.checked_mul(b)?.checked_mul(times);
        let products = [product(first, first), product(second, second), product(first, second)];
        let [Some(xx), Some(yy), Some(xy)] = products else { return self.add_big(x, y, count) };
        // Their squares fit.
        self.x.add(first * times, e);
        self.y.add(second * times, f);
        self.xx.add(xx, 2 * e);
        self.yy.add(yy, 2 * f);
        self.xy.add(xy, e + f);
    }

    /// [`Self::add`] of numbers whose products exceed a machine integer.
    #[cold]
    fn add_big(&mut self, x: Decimal, y: Decimal, count: u64) {
        let [first, second] = [x, y].map(|decimal| {
            let digits = BigInt::from(decimal.digits());
            if decimal.negative { -digits } else { digits }
        });
        self.xx.add_big(&first * &first * count, 2 * x.exponent);
        self.yy.add_big(&second * &second * count, 2 * y.exponent);
        self.xy.add_big(&first * &second * count, x.exponent + y.exponent);
        self.x.add_big(first * count, x.exponent);
        self.y.add_big(second * count, y.exponent);
    }

    fn merge(&mut self, other: &Self) {
        self.x.merge(&other.x);
        self.y.merge(&other.y);
        self.xx.merge(&other.xx);
        self.yy.merge(&other.yy);
        self.xy.merge(&other.xy);
    }
}

/// Signed digits of a decimal of one word.
fn signed(decimal: Decimal) -> Option<i128> {
    let digits = i128::from(decimal.low);
    (decimal.high == 0).then_some(if decimal.negative { -digits } else { digits })
}
