//! Quantile of the normal distribution, within a relative error of 1e-14.

use std::f64::consts::{FRAC_2_SQRT_PI, SQRT_2};

/// Maximum steps of Newton's method, of which the farthest tail of doubles needs some hundreds.
const MAX_STEPS: usize = 2000;

/// Quantile z for which |Z| >= z has the probability `outside` and |Z| < z the probability `inside`, which must be positive with sum 1.
///
/// Newton's method on the smaller of the two. Both start at 0 and do not overshoot: erfc is convex, and erf is concave.
pub(super) fn quantile(outside: f64, inside: f64) -> f64 {
    // x = z/√2.
    let mut x = 0.0_f64;
    for _ in 0..MAX_STEPS {
        let excess = if outside < inside { libm::erfc(x) - outside } else { inside - libm::erf(x) };
        let next = x + excess / (FRAC_2_SQRT_PI * libm::exp(-x * x));
        let is_done = (next - x).abs() <= f64::EPSILON * x;
        x = next;
        if is_done {
            break;
        }
    }
    x * SQRT_2
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calculated by mpmath with 40 digits.
    #[test]
    fn quantiles_agree_with_mpmath() {
        for (outside, inside, expected) in [
            (0.05, 0.95, 1.959_963_984_540_054_2),
            (0.01, 0.99, 2.575_829_303_548_901),
            (0.5, 0.5, 0.674_489_750_196_081_7),
            (0.9, 0.1, 0.125_661_346_855_074_04),
            (1e-300, 1.0, 37.065_787_880_772_13),
        ] {
            let found = quantile(outside, inside);
            assert!((found - expected).abs() <= 1e-14 * expected, "{outside}: {found} is not {expected}");
        }
    }
}
