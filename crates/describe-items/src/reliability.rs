//! Reliability of a test from the covariances of its items.
//!
//! Input: n Σxᵢxⱼ - Σxᵢ Σxⱼ, which are n(n - 1) times the covariances: the factor cancels in every coefficient. Output: the
//! coefficients. Those that are rational are rounded once; the others are computed in fixed point to 100 bits or more.

use num_bigint::{BigInt, BigUint};
use num_traits::{One, Signed, Zero};

use crate::moments::quotient;
use crate::undefined::{Figure, Undefined};

/// Maximum number of items for Guttman's lambda-6, whose time grows by the cube.
pub const MAX_LAMBDA_6_ITEMS: usize = 200;

/// Bits behind the point of square roots and quotients.
const ROOT_BITS: u32 = 128;

/// Bits behind the point of the elimination.
const ELIMINATION_BITS: u32 = 256;

/// A pivot below 2^-this of its variance is taken for zero.
const SINGULAR_BITS: u32 = 100;

/// Covariances of items.
pub(crate) struct Covariances {
    matrix: Vec<Vec<i128>>,
    /// Covariance of each item with the total.
    pub(crate) with_total: Vec<BigInt>,
    /// Sum of the variances of the items.
    variances: BigInt,
    /// Variance of the total.
    pub(crate) total: BigInt,
}

impl Covariances {
    /// Covariances from sums over `candidates`, of which there are fewer than 2³¹.
    pub(crate) fn new(candidates: u64, sums: &[i128], products: &[Vec<i128>]) -> Self {
        let n = i128::from(candidates);
        let row = |(row, first): (&Vec<i128>, &i128)| -> Vec<i128> {
            row.iter().zip(sums).map(|(product, second)| n * product - first * second).collect()
        };
        let matrix: Vec<Vec<i128>> = products.iter().zip(sums).map(row).collect();
        let with_total: Vec<BigInt> = matrix.iter().map(|row| BigInt::from(row.iter().sum::<i128>())).collect();
        let variances = (0..matrix.len()).map(|item| BigInt::from(matrix[item][item])).sum();
        let total = with_total.iter().sum();
        Self { matrix, with_total, variances, total }
    }

    fn items(&self) -> usize {
        self.matrix.len()
    }

    /// Variance of an item.
    fn variance(&self, item: usize) -> BigInt {
        BigInt::from(self.matrix[item][item])
    }

    fn check(&self, needed: usize) -> Result<(), Undefined> {
        match () {
            () if self.items() < needed => Err(Undefined::Items { needed }),
            () if !self.total.is_positive() => Err(Undefined::ConstantTotal),
            () => Ok(()),
        }
    }

    /// Cronbach's alpha (1951, equation 2): k/(k - 1) (1 - Σ var xᵢ / var t).
    pub(crate) fn alpha(&self) -> Figure {
        self.check(2)?;
        Ok(alpha(self.items(), &self.variances, &self.total))
    }

    /// Alpha of the test without an item.
    pub(crate) fn alpha_without(&self, item: usize) -> Figure {
        if self.items() < 3 {
            return Err(Undefined::Items { needed: 3 });
        }
        let own = self.variance(item);
        let total: BigInt = &self.total - &self.with_total[item] * 2 + &own;
        if !total.is_positive() {
            return Err(Undefined::ConstantRest);
        }
        Ok(alpha(self.items() - 1, &(&self.variances - own), &total))
    }

    /// k Σ var xᵢ - var t, which is (k - 1) var t (1 - alpha).
    pub(crate) fn error(&self) -> Result<BigInt, Undefined> {
        self.check(2)?;
        Ok(&self.variances * self.items() - &self.total)
    }

    /// Alpha of standardised items: k r/(1 + (k - 1) r), where r is the mean of the correlations.
    pub(crate) fn standardised_alpha(&self) -> Figure {
        self.check(2)?;
        if (0..self.items()).any(|item| self.matrix[item][item] <= 0) {
            return Err(Undefined::SomeConstantItem);
        }
        // 2^(2 ROOT_BITS + 2 bits) / variance has ROOT_BITS or more of root.
        let bits = (0..self.items()).map(|item| self.variance(item).bits()).max().unwrap_or(0);
        let shift = u64::from(ROOT_BITS) + bits;
        let inverse =
            |item: usize| BigInt::from(((BigUint::one() << (2 * shift)) / self.variance(item).magnitude()).sqrt());
        let roots: Vec<BigInt> = (0..self.items()).map(inverse).collect();
        let mut sum = BigInt::ZERO;
        for (item, row) in self.matrix.iter().enumerate() {
            let weighted: BigInt = row[..item].iter().zip(&roots).map(|(covariance, root)| root * *covariance).sum();
            sum += weighted * &roots[item];
        }
        let items = self.items();
        let correlations: BigInt = sum * 2;
        let of_all = &correlations + (BigInt::from(items) << (2 * shift));
        // All of the error is below this.
        if of_all <= BigInt::one() << (2 * shift - 80) {
            return Err(Undefined::ConstantTotal);
        }
        Ok(near_quotient(&(correlations * items), &(of_all * (items - 1))))
    }

    /// Guttman's lambda-2 (1945): (Σᵢ≠ⱼ cov + √(k/(k - 1) Σᵢ≠ⱼ cov²)) / var t.
    pub(crate) fn lambda_2(&self) -> Figure {
        self.check(2)?;
        let below = self.matrix.iter().enumerate().flat_map(|(item, row)| &row[..item]);
        let squares: BigUint = below.map(|covariance| BigUint::from(covariance.unsigned_abs()).pow(2)).sum();
        let items = self.items();
        let square = ((squares * 2_u32 * items) << (2 * ROOT_BITS)) / (items - 1);
        let root = BigInt::from(square.sqrt());
        let sum = ((&self.total - &self.variances) << ROOT_BITS) + root;
        Ok(near_quotient(&sum, &(&self.total << ROOT_BITS)))
    }

    /// Guttman's lambda-6 (1945): 1 - Σ e²ᵢ / var t, where e²ᵢ = 1/(C⁻¹)ᵢᵢ is the variance of an item that its regression on the
    /// others leaves.
    pub(crate) fn lambda_6(&self) -> Figure {
        self.check(2)?;
        if self.items() > MAX_LAMBDA_6_ITEMS {
            return Err(Undefined::TooManyItems { max: MAX_LAMBDA_6_ITEMS });
        }
        let inverse = self.inverse_diagonal().ok_or(Undefined::Singular)?;
        let one = BigInt::one() << (2 * ELIMINATION_BITS);
        let errors: BigInt = inverse.iter().map(|inverse| &one / inverse).sum();
        let total = &self.total << ELIMINATION_BITS;
        Ok(near_quotient(&(&total - errors), &total))
    }

    /// Diagonal of the inverse, in fixed point, by elimination without pivoting (the matrix is positive semidefinite); `None` if it is
    /// singular.
    fn inverse_diagonal(&self) -> Option<Vec<BigInt>> {
        let items = self.items();
        let fixed = |value: i128| BigInt::from(value) << ELIMINATION_BITS;
        let mut rest: Vec<Vec<BigInt>> =
            (0..items).map(|i| self.matrix[i][..=i].iter().copied().map(fixed).collect()).collect();
        // C = L D Lᵀ, column by column: the columns of L, below its diagonal of ones.
        let mut pivots = Vec::with_capacity(items);
        let mut lower: Vec<Vec<BigInt>> = Vec::with_capacity(items);
        for column in 0..items {
            let pivot = rest[column][column].clone();
            if pivot <= fixed(self.matrix[column][column]) >> SINGULAR_BITS || !pivot.is_positive() {
                return None;
            }
            let below: Vec<BigInt> = (column + 1..items).map(|i| rest[i][column].clone()).collect();
            let factors: Vec<BigInt> = below.iter().map(|entry| (entry << ELIMINATION_BITS) / &pivot).collect();
            for (i, factor) in (column + 1..items).zip(&factors) {
                for (j, entry) in (column + 1..=i).zip(&below) {
                    rest[i][j] -= (factor * entry) >> ELIMINATION_BITS;
                }
            }
            pivots.push(pivot);
            lower.push(factors);
        }
        // (C⁻¹)ᵢᵢ = Σⱼ m²ⱼᵢ / dⱼ with M = L⁻¹, whose column i is found by forward substitution.
        let one = BigInt::one() << ELIMINATION_BITS;
        let of_item = |item: usize| {
            let mut column: Vec<BigInt> = vec![BigInt::ZERO; items];
            column[item].clone_from(&one);
            let mut sum = BigInt::ZERO;
            for j in item..items {
                let entry = column[j].clone();
                if entry.is_zero() {
                    continue;
                }
                for (i, factor) in (j + 1..items).zip(&lower[j]) {
                    column[i] -= (factor * &entry) >> ELIMINATION_BITS;
                }
                sum += (&entry * &entry) / &pivots[j];
            }
            sum
        };
        Some((0..items).map(of_item).collect())
    }

    /// Correlation r of the totals of the odd and the even items, stepped up to the length of the test: 2r/(1 + r) (Spearman 1910,
    /// Brown 1910).
    pub(crate) fn split_half(&self) -> Figure {
        self.check(2)?;
        let block = |first: usize, second: usize| -> BigInt {
            let rows = self.matrix.iter().skip(first).step_by(2);
            rows.flat_map(|row| row.iter().skip(second).step_by(2)).map(|covariance| BigInt::from(*covariance)).sum()
        };
        let (odd, even, between) = (block(0, 0), block(1, 1), block(0, 1));
        if !odd.is_positive() || !even.is_positive() {
            return Err(Undefined::ConstantHalf);
        }
        let root = BigInt::from(((odd.magnitude() * even.magnitude()) << (2 * ROOT_BITS)).sqrt());
        let between = between << ROOT_BITS;
        let sum = root + &between;
        if !sum.is_positive() {
            return Err(Undefined::ConstantHalf);
        }
        Ok(quotient(&(between * 2), &sum))
    }
}

/// A quotient whose numerator has an error in fixed point: what is below all that another figure could be is 0.
fn near_quotient(numerator: &BigInt, denominator: &BigInt) -> f64 {
    const ERROR_BITS: u32 = 80;
    let is_zero = (numerator.magnitude() << ERROR_BITS) < *denominator.magnitude();
    if is_zero { 0.0 } else { quotient(numerator, denominator) }
}

/// k/(k - 1) (1 - `variances` / `total`).
fn alpha(items: usize, variances: &BigInt, total: &BigInt) -> f64 {
    quotient(&((total - variances) * items), &(total * (items - 1)))
}
