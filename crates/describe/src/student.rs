//! Student's t distribution, within a relative error of 1e-12.
//!
//! Libraries compute it as the incomplete beta function I(ν/(ν + t²); ν/2, 1/2) (Abramowitz and Stegun 26.7.1, 26.5.27) from a
//! continued fraction and a factor of it, the difference of logarithms of gamma functions. Both lose a digit for each digit of ν,
//! which samples of millions have many of. Here neither the middle nor the tails subtract anything: see [`tails`].

use std::f64::consts::PI;

/// Γ(a + 1/2)/Γ(a) for a > 0: the series in 1/a of Tricomi and Erdélyi (1951), after a is raised to 32 by Γ(a + 1) = a Γ(a). The
/// remainder is below 2⁻⁵³.
fn gamma_ratio(mut a: f64) -> f64 {
    const SERIES: [f64; 8] = [
        1.0,
        -1.0 / 8.0,
        1.0 / 128.0,
        5.0 / 1024.0,
        -21.0 / 32_768.0,
        -399.0 / 262_144.0,
        869.0 / 4_194_304.0,
        39_325.0 / 33_554_432.0,
    ];
    let mut factor = 1.0;
    while a < 32.0 {
        factor *= a / (a + 0.5);
        a += 1.0;
    }
    factor * a.sqrt() * SERIES.iter().rev().fold(0.0, |sum, term| sum / a + term)
}

/// Probabilities of |T| >= `t` and of |T| < `t` with ν = `freedom` degrees of freedom. `t` must not be negative. The smaller of the
/// two has its full relative precision.
///
/// With the density c (1 + u²/ν)^-(a + 1/2), a = ν/2, the middle is a series of positive terms in y = t²/(ν + t²) (DLMF
/// 8.17.8). In the tails the substitution u² = (ν + t²) exp(s/a) - ν gives for the integral of the density from t on
///
/// c (1 + t²/ν)^-(a - 1/2) ∫ exp(-s)/√(t² + ν (1 - exp(-s/a))) ds, s from 0 to ∞,
///
/// which the double exponential rule s = exp(x - exp(-x)) suits (Takahasi and Mori, 1974).
pub(super) fn tails(t: f64, freedom: f64) -> (f64, f64) {
    let a = freedom / 2.0;
    let square = t * t;
    let density = gamma_ratio(a) / (freedom * PI).sqrt();
    if square < 3.0 {
        let y = square / (freedom + square);
        let (mut term, mut sum, mut k) = (1.0, 1.0, 0.0);
        while term > f64::EPSILON / 16.0 * sum {
            term *= (a + 0.5 + k) / (1.5 + k) * y;
            sum += term;
            k += 1.0;
        }
        let inside = 2.0 * (y / PI).sqrt() * gamma_ratio(a) * libm::exp(-a * libm::log1p(square / freedom)) * sum;
        return (1.0 - inside, inside);
    }
    // Beyond these ends the rule's weights vanish in doubles.
    let steps = (-72..=112).map(|step| f64::from(step) / 16.0);
    let weighted = steps.map(|x: f64| {
        let (s, slope) = (libm::exp(x - libm::exp(-x)), 1.0 + libm::exp(-x));
        s * slope * libm::exp(-s) / (square - freedom * libm::expm1(-s / a)).sqrt()
    });
    let integral = weighted.sum::<f64>() / 16.0;
    let outside = 2.0 * density * libm::exp(-(a - 0.5) * libm::log1p(square / freedom)) * integral;
    (outside, 1.0 - outside)
}

/// Quantile t for which |T| >= t has the probability `outside` and |T| < t the probability `inside`, which must be positive with sum
/// 1. Newton's method on the smaller of the two, kept within bounds by bisection.
pub(super) fn quantile(outside: f64, inside: f64, freedom: f64) -> f64 {
    let a = freedom / 2.0;
    let density =
        |t: f64| 2.0 * gamma_ratio(a) / (freedom * PI).sqrt() * libm::exp(-(a + 0.5) * libm::log1p(t * t / freedom));
    // Positive where t is too small.
    let excess = |t: f64| {
        let (p, q) = tails(t, freedom);
        if outside < inside { p - outside } else { inside - q }
    };
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    while excess(high) > 0.0 && high < 1e300 {
        (low, high) = (high, high * 2.0);
    }
    let mut t = f64::midpoint(low, high);
    for _ in 0..200 {
        let excess = excess(t);
        if excess > 0.0 {
            low = t;
        } else {
            high = t;
        }
        let newton = t + excess / density(t);
        let next = if newton > low && newton < high { newton } else { f64::midpoint(low, high) };
        let done = (next - t).abs() <= f64::EPSILON * t;
        t = next;
        if done {
            break;
        }
    }
    t
}
