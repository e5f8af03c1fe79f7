//! For each total the number of candidates who have it, and the sums of their marks on each item.
//!
//! Output: marks of the candidates between two ranks. Candidates with one total are taken in equal parts, so that their order does
//! not matter.

use std::collections::BTreeMap;

use describe::Held;
use num_bigint::{BigInt, BigUint};

/// Maximum number of different totals that are kept.
pub const MAX_TOTALS: usize = 10_000;

/// Memory of a row without its marks: its place in the tree, and its allocation.
const ROW_BYTES: usize = 96;

/// Candidates by total.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totals {
    /// `None` once there were too many different totals.
    rows: Option<BTreeMap<i64, Row>>,
    held: Held,
}

/// Candidates with one total.
#[derive(Clone, Debug)]
struct Row {
    candidates: u64,
    /// Sum of their marks on each item.
    marks: Box<[i64]>,
}

impl Totals {
    pub(crate) fn new() -> Self {
        Self { rows: Some(BTreeMap::new()), held: Held::default() }
    }

    /// Adds a candidate.
    pub(crate) fn push(&mut self, total: i64, marks: &[i32]) {
        self.add(total, 1, marks.iter().map(|mark| i64::from(*mark)), marks.len());
    }

    fn add(&mut self, total: i64, candidates: u64, marks: impl Iterator<Item = i64>, items: usize) {
        let Some(rows) = &mut self.rows else { return };
        let row = rows.entry(total).or_insert_with(|| {
            self.held.add(ROW_BYTES + items * size_of::<i64>());
            Row { candidates: 0, marks: vec![0; items].into() }
        });
        row.candidates += candidates;
        for (sum, mark) in row.marks.iter_mut().zip(marks) {
            *sum += mark;
        }
        if rows.len() > MAX_TOTALS {
            (self.rows, self.held) = (None, Held::default());
        }
    }

    /// Adds other candidates, in the same units.
    pub(crate) fn merge(&mut self, other: &Self) {
        let Some(rows) = &other.rows else {
            (self.rows, self.held) = (None, Held::default());
            return;
        };
        for (total, row) in rows {
            self.add(*total, row.candidates, row.marks.iter().copied(), row.marks.len());
        }
    }

    /// Changes to units that are smaller by the factor `power`.
    pub(crate) fn rescale(&mut self, power: i64) {
        let Some(rows) = &mut self.rows else { return };
        let scaled = std::mem::take(rows).into_iter().map(|(total, mut row)| {
            row.marks.iter_mut().for_each(|mark| *mark *= power);
            (total * power, row)
        });
        *rows = scaled.collect();
    }

    /// Sums of the marks on each item of the candidates between two ranks, which are hundredths of a candidate from the lowest total
    /// on: numerators, and their common denominator. `None` if the totals were not kept.
    pub(crate) fn between(&self, from: u128, to: u128, items: usize) -> Option<(Vec<BigInt>, BigUint)> {
        let mut whole = vec![0_i128; items];
        // At most two totals are cut.
        let mut parts: Vec<(&Row, u128)> = Vec::new();
        let mut before = 0_u128;
        for row in self.rows.as_ref()?.values() {
            let size = 100 * u128::from(row.candidates);
            let taken = to.min(before + size).saturating_sub(from.max(before));
            before += size;
            if taken == size {
                whole.iter_mut().zip(&row.marks).for_each(|(sum, mark)| *sum += i128::from(*mark));
            } else if taken > 0 {
                parts.push((row, taken));
            }
        }
        let denominator: BigUint =
            parts.iter().map(|(row, _)| BigUint::from(100 * u128::from(row.candidates))).product();
        let share = |(row, taken): &(&Row, u128)| {
            BigInt::from(*taken) * BigInt::from(&denominator / (100 * u128::from(row.candidates)))
        };
        let shares: Vec<BigInt> = parts.iter().map(share).collect();
        let sum = |item: usize| {
            let cut = parts.iter().zip(&shares).map(|((row, _), share)| share * row.marks[item]);
            BigInt::from(whole[item]) * BigInt::from(denominator.clone()) + cut.sum::<BigInt>()
        };
        Some(((0..items).map(sum).collect(), denominator))
    }
}
