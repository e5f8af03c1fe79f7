//! Histograms with bins of equal width.
//!
//! Input: ordered numbers, and the number of bins or one of numpy's rules for it. Output: a [`Histogram`] with exact edges, rounded
//! once, and exact counts.

use super::accumulator::Accumulator;
use super::binned_counts::Entry;
use super::decimal::Decimal;
use super::exact::{Ratio, Rounding};
use super::moments::Moments;
use super::ordered::Ordered;
use super::quantile::QuantileMethod;
use super::undefined::Undefined;
use super::value::Histogram;

/// Maximum number of bins of a histogram.
pub const MAX_HISTOGRAM_BINS: usize = 10_000;

/// Defines [`Bins`] and the names of the rules from one list of rules.
macro_rules! bins {
    ($($(#[$attribute:meta])* $rule:ident = $name:literal,)+) => {
        /// Number of bins of a histogram, or the rule for it.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[expect(missing_docs, reason = "numpy's names; `rule_count` has the formulas")]
        pub enum Bins {
            $($(#[$attribute])* $rule,)+
            Count(usize),
        }

        impl Bins {
            /// All rules with their names.
            pub const RULES: [(&str, Self); [$($name),+].len()] = [$(($name, Self::$rule)),+];
        }
    };
}

bins! {
    #[default]
    Auto = "auto",
    Fd = "fd",
    Sturges = "sturges",
    Doane = "doane",
    Scott = "scott",
    Rice = "rice",
    Sqrt = "sqrt",
}

/// Histogram of finite numbers. Values outside of `range` are not counted.
///
/// Undefined for a rule that gives more than [`MAX_HISTOGRAM_BINS`]; a count is the caller's to limit.
pub(super) fn histogram(
    ordered: &Ordered,
    bins: Bins,
    range: Option<[Decimal; 2]>,
    rounding: Rounding,
) -> Result<Histogram, Undefined> {
    let [least, greatest] = match (range, ordered.entries()) {
        (Some(range), _) => range,
        (None, [first, .., last]) => [first.low, last.high],
        (None, [only]) => [only.low, only.high],
        (None, []) => return Err(Undefined::NoNumbers),
    };
    let half = Ratio::new(1, 2_u32);
    let (mut low, mut high) = (Ratio::from(least), Ratio::from(greatest));
    if least.equals(greatest) {
        (low, high) = (low.subtract(&half), high.add(&half));
    }
    let start = ordered.below(&low);
    let end = ordered.up_to(&high);
    let width = high.subtract(&low);
    let count = match bins {
        Bins::Count(count) => count,
        rule => rule_count(rule, ordered.slice(start, end), &width)?,
    };
    let part = |index: u64| low.add(&width.multiply(&Ratio::new(index, count as u64)));
    let edges: Vec<Ratio> = (0..=count as u64).map(part).collect();
    let mut before: Vec<u64> = edges[..count].iter().map(|edge| ordered.below(edge)).collect();
    before.push(end);
    Ok(Histogram {
        edges: edges.iter().map(|edge| rounding.figure(edge)).collect(),
        counts: before.windows(2).map(|pair| Some(pair[1] - pair[0])).collect(),
    })
}

/// Number of bins that a rule gives for `width`: the expressions of `numpy.histogram_bin_edges`, in doubles as there.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "as numpy")]
fn rule_count(rule: Bins, values: impl Iterator<Item = (Decimal, u64)>, width: &Ratio) -> Result<usize, Undefined> {
    let entries: Vec<_> = values.map(|(value, count)| Entry { low: value, high: value, count }).collect();
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Ok(1) };
    let double = |value: &Ratio| Rounding::default().figure(value).unwrap_or(f64::INFINITY);
    let spread = double(&Ratio::from(last.low).subtract(&first.low.into()));
    let mut sums = Accumulator::default();
    for entry in &entries {
        sums.push_times(entry.low, entry.count);
    }
    let summary = sums.finish(Moments { ddof: 0, ..Moments::default() });
    let deviation = summary.variance.unwrap_or(f64::INFINITY).sqrt();
    let ordered = Ordered::new(entries, [0, 0], false);
    let n = ordered.count() as f64;
    let quartile = |q: u32| ordered.quantile(QuantileMethod::Linear, &Ratio::new(q, 4_u32));
    let freedman_diaconis = || {
        let range = quartile(3).and_then(|high| Ok(high.subtract(&quartile(1)?)));
        2.0 * range.map_or(0.0, |range| double(&range)) * n.powf(-1.0 / 3.0)
    };
    let sturges = || spread / (n.log2() + 1.0);
    let sqrt = || spread / n.sqrt();
    let bin = match rule {
        Bins::Fd => freedman_diaconis(),
        Bins::Sturges => sturges(),
        Bins::Rice => spread / (2.0 * n.powf(1.0 / 3.0)),
        Bins::Sqrt => sqrt(),
        Bins::Scott => (24.0 * std::f64::consts::PI.sqrt() / n).powf(1.0 / 3.0) * deviation,
        Bins::Doane if n > 2.0 && deviation > 0.0 => {
            let error = (6.0 * (n - 2.0) / ((n + 1.0) * (n + 3.0))).sqrt();
            spread / (1.0 + n.log2() + (1.0 + summary.skewness.unwrap_or(0.0).abs() / error).log2())
        }
        Bins::Doane => 0.0,
        Bins::Auto | Bins::Count(_) => freedman_diaconis().max(sqrt() / 2.0).min(sturges()),
    };
    if bin == 0.0 {
        return Ok(1);
    }
    let count = (double(width) / bin).ceil();
    if count <= MAX_HISTOGRAM_BINS as f64 {
        Ok(count as usize)
    } else {
        Err(Undefined::TooManyBins(MAX_HISTOGRAM_BINS))
    }
}
