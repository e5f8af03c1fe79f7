//! Sums of marks and of products of marks, for all pairs of items.
//!
//! Input: rows of marks, one for each candidate. Output: Σxᵢ and Σxᵢxⱼ, exact. Invariant: rows wait until there are enough to be
//! multiplied together, so that few candidates, as in a small group, take no matrix.

use describe::Held;

use crate::mark::POWERS;

/// Number of rows that are multiplied together.
const BATCH: usize = 256;

/// Marks up to this have products of which a batch sums to less than 2³¹.
const MAX_NARROW: u32 = 2047;

/// Sums over candidates.
#[derive(Clone, Debug, Default)]
pub(crate) struct JointSums {
    items: usize,
    /// Rows that are not in `products` yet.
    pending: Vec<i32>,
    /// Σxᵢxⱼ of the other rows for j ≤ i, at i(i + 1)/2 + j; empty before the first batch.
    products: Vec<i128>,
    /// Σxᵢ of all rows.
    pub(crate) sums: Vec<i128>,
    held: Held,
}

impl JointSums {
    pub(crate) fn new(items: usize) -> Self {
        let mut held = Held::default();
        held.add(items * size_of::<i128>());
        Self { items, sums: vec![0; items], held, ..Self::default() }
    }

    /// Adds a candidate.
    pub(crate) fn push(&mut self, marks: &[i32]) {
        for (sum, mark) in self.sums.iter_mut().zip(marks) {
            *sum += i128::from(*mark);
        }
        self.push_pending(marks);
    }

    fn push_pending(&mut self, marks: &[i32]) {
        let before = self.pending.capacity();
        self.pending.extend_from_slice(marks);
        self.held.add((self.pending.capacity() - before) * size_of::<i32>());
        if self.pending.len() >= BATCH * self.items {
            self.flush();
        }
    }

    /// Adds the sums of other candidates in the same units.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (ours, theirs) in self.sums.iter_mut().zip(&other.sums) {
            *ours += theirs;
        }
        if !other.products.is_empty() {
            self.make_products();
            for (ours, theirs) in self.products.iter_mut().zip(&other.products) {
                *ours += theirs;
            }
        }
        for row in other.pending.chunks_exact(self.items.max(1)) {
            self.push_pending(row);
        }
    }

    /// Changes to units that are smaller by `places` powers of ten.
    pub(crate) fn rescale(&mut self, places: u8) {
        let power = POWERS[usize::from(places)];
        self.pending.iter_mut().for_each(|mark| *mark *= power);
        self.sums.iter_mut().for_each(|sum| *sum *= i128::from(power));
        self.products.iter_mut().for_each(|sum| *sum *= i128::from(power) * i128::from(power));
    }

    /// Σxᵢxⱼ over all candidates, as a square matrix.
    pub(crate) fn all_products(&self) -> Vec<Vec<i128>> {
        let mut all = self.clone();
        all.make_products();
        all.flush();
        let product = |i: usize, j: usize| all.products[place(i.max(j), i.min(j))];
        (0..self.items).map(|i| (0..self.items).map(|j| product(i, j)).collect()).collect()
    }

    fn make_products(&mut self) {
        if self.products.is_empty() {
            let count = place(self.items, 0);
            self.held.add(count * size_of::<i128>());
            self.products = vec![0; count];
        }
    }

    /// Multiplies the rows that wait. 16-bit columns are multiplied eight pairs at once, four times as fast as others.
    fn flush(&mut self) {
        self.make_products();
        let rows = self.pending.chunks_exact(self.items.max(1));
        if self.pending.iter().all(|mark| mark.unsigned_abs() <= MAX_NARROW) {
            let mut columns = vec![[0_i16; BATCH]; self.items];
            for (candidate, row) in rows.enumerate() {
                for (column, mark) in columns.iter_mut().zip(row) {
                    column[candidate] = i16::try_from(*mark).unwrap_or_default();
                }
            }
            let mut products = self.products.iter_mut();
            for (last, first) in columns.iter().enumerate() {
                for (second, sum) in columns[..=last].iter().zip(&mut products) {
                    *sum += i128::from(dot(first, second));
                }
            }
        } else {
            for row in rows {
                let mut products = self.products.iter_mut();
                for (last, first) in row.iter().enumerate() {
                    for (second, sum) in row[..=last].iter().zip(&mut products) {
                        *sum += i128::from(i64::from(*first) * i64::from(*second));
                    }
                }
            }
        }
        self.pending.clear();
    }
}

/// Place of the product of items `i` and `j` ≤ `i`.
fn place(i: usize, j: usize) -> usize {
    i * (i + 1) / 2 + j
}

/// Sum of the products of two columns.
fn dot(first: &[i16; BATCH], second: &[i16; BATCH]) -> i32 {
    first.iter().zip(second).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum()
}
