//! Ranks of the values of two columns, and what rank correlations are made of.
//!
//! Input: counts of pairs of values. Output: exact integers. Invariant: the time is that of sorting the different pairs of values, and
//! does not depend on the number of records.

use num_bigint::BigInt;

use super::exact::Ratio;
use super::joint_tally::{JointCounts, Numbers};

/// Pairs of values by the places of their values among those of each column, in ascending order.
pub(super) struct Ranks {
    /// Places in x and y with the count, sorted.
    entries: Vec<([usize; 2], u64)>,
    /// Number of records with each value of x, and of y, in ascending order.
    ties: [Vec<u64>; 2],
}

impl Ranks {
    pub(super) fn of(counts: &JointCounts, numbers: [&Numbers; 2]) -> Self {
        let mut entries: Vec<([usize; 2], u64)> = counts.iter().collect();
        let mut ties: [Vec<u64>; 2] = Default::default();
        for side in [0, 1] {
            let value = |code: usize| numbers[side].values[code];
            entries.sort_unstable_by(|(a, _), (b, _)| value(a[side]).compare(value(b[side])));
            let (mut last, ties) = (None, &mut ties[side]);
            for (codes, count) in &mut entries {
                // Equal numbers have one code.
                if last.replace(codes[side]) != Some(codes[side]) {
                    ties.push(0);
                }
                codes[side] = ties.len() - 1;
                ties[codes[side]] += *count;
            }
        }
        entries.sort_unstable();
        Self { entries, ties }
    }

    /// n Σuv - Σu Σv, n Σu² - (Σu)² and n Σv² - (Σv)² of the ranks doubled, u and v: of equal values the mean of their ranks.
    pub(super) fn moments(&self, n: u64) -> [BigInt; 3] {
        let [x, y] = self.ties.each_ref().map(|ties| doubled_ranks(ties));
        // Σu = Σv = n(n + 1).
        let square_of_sum = (BigInt::from(n) * (u128::from(n) + 1)).pow(2);
        let products = self.entries.chunk_by(|(a, _), (b, _)| a[0] == b[0]).map(|equal| {
            let of_y: u128 = equal.iter().map(|([_, place], count)| y[*place] * u128::from(*count)).sum();
            BigInt::from(x[equal[0].0[0]]) * of_y
        });
        let squares = |ranks: &[u128], ties: &[u64]| -> BigInt {
            ranks.iter().zip(ties).map(|(rank, tie)| BigInt::from(*rank) * *rank * *tie).sum()
        };
        [products.sum(), squares(&x, &self.ties[0]), squares(&y, &self.ties[1])].map(|sum| sum * n - &square_of_sum)
    }

    /// Number of concordant pairs of records minus that of discordant ones.
    pub(super) fn concordance(&self) -> BigInt {
        let mut before = Cumulative { sums: vec![0; self.ties[1].len()] };
        let (mut difference, mut all) = (BigInt::ZERO, 0_u64);
        for equal in self.entries.chunk_by(|(a, _), (b, _)| a[0] == b[0]) {
            for ([_, place], count) in equal {
                let (below, up_to) = (before.below(*place), before.below(place + 1));
                let above = all - up_to;
                difference += BigInt::from(i128::from(below) - i128::from(above)) * *count;
            }
            for ([_, place], count) in equal {
                before.add(*place, *count);
                all += count;
            }
        }
        difference
    }

    /// Pairs of records that differ in x, and in y.
    pub(super) fn unequal_pairs(&self, n: u64) -> [BigInt; 2] {
        self.ties.each_ref().map(|ties| pairs(n) - ties.iter().map(|tie| pairs(*tie)).sum::<BigInt>())
    }

    /// Variance of [`Self::concordance`] if the columns are independent, for at least three records: with t values of each kind equal it is
    /// (n(n - 1)(2n + 5) - Σt(t - 1)(2t + 5) of both)/18 + Σt(t - 1) Σt(t - 1)/(2n(n - 1))
    /// + Σt(t - 1)(t - 2) Σt(t - 1)(t - 2)/(9n(n - 1)(n - 2)).
    pub(super) fn variance_of_concordance(&self, n: u64) -> Ratio {
        let all = pairs(n) * 2;
        let weighted = |count: u64| pairs(count) * 2 * (2 * u128::from(count) + 5);
        let triples = |count: u64| pairs(count) * 2 * count.saturating_sub(2);
        let sum = |of: &dyn Fn(u64) -> BigInt| {
            self.ties.each_ref().map(|ties| ties.iter().map(|tie| of(*tie)).sum::<BigInt>())
        };
        let [x, y] = sum(&weighted);
        let [pairs_of_x, pairs_of_y] = sum(&|count| pairs(count) * 2);
        let [triples_of_x, triples_of_y] = sum(&triples);
        let ratio = |numerator: BigInt, denominator: BigInt| Ratio::new(numerator, denominator.magnitude().clone());
        let parts = ratio(weighted(n) - x - y, 18.into());
        let of_pairs = ratio(pairs_of_x * pairs_of_y, &all * 2);
        let of_triples = ratio(triples_of_x * triples_of_y, triples(n) * 9);
        parts.add(&of_pairs).add(&of_triples)
    }
}

/// n(n - 1)/2.
fn pairs(n: u64) -> BigInt {
    BigInt::from(u128::from(n) * u128::from(n.saturating_sub(1)) / 2)
}

/// Twice the mean rank of each value.
fn doubled_ranks(ties: &[u64]) -> Vec<u128> {
    let mut below = 0_u128;
    let rank = |tie: &u64| {
        let rank = 2 * below + u128::from(*tie) + 1;
        below += u128::from(*tie);
        rank
    };
    ties.iter().map(rank).collect()
}

/// Cumulative counts of places (Fenwick, Software: Practice and Experience 24, 1994, 327-336).
struct Cumulative {
    sums: Vec<u64>,
}

impl Cumulative {
    fn add(&mut self, place: usize, count: u64) {
        let mut place = place + 1;
        while let Some(sum) = self.sums.get_mut(place - 1) {
            *sum += count;
            place += place & place.wrapping_neg();
        }
    }

    /// Count of the places before `place`.
    fn below(&self, mut place: usize) -> u64 {
        let mut count = 0;
        while place > 0 {
            count += self.sums[place - 1];
            place &= place - 1;
        }
        count
    }
}
