//! Histograms with bins of equal width.
//!
//! Input: ordered numbers, and the number of bins, one of numpy's rules for it, or the scale that bins are aligned with. Output: a
//! [`Histogram`] with exact edges, rounded once, and exact counts.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::One;

use super::accumulator::Accumulator;
use super::bins::{Bins, MAX_HISTOGRAM_BINS};
use super::decimal::Decimal;
use super::distinct_counts::Entry;
use super::exact::{Ratio, Rounding};
use super::moments::Moments;
use super::ordered::Ordered;
use super::quantile::QuantileMethod;
use super::scale::{Scale, units};
use super::statistic::Statistic;
use super::undefined::Undefined;
use super::value::Histogram;
use super::wanted::Wanted;

/// Histogram of finite numbers by `bins` and `range`. Values outside of `range` are not counted.
///
/// Undefined for a rule that gives more than [`MAX_HISTOGRAM_BINS`]; a count is the caller's to limit.
pub(super) fn histogram(ordered: &Ordered, wanted: &Wanted) -> Result<Histogram, Undefined> {
    if wanted.bins == Bins::Aligned {
        return aligned(ordered, wanted);
    }
    let [least, greatest] = match (wanted.range, ordered.entries()) {
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
    let within = [ordered.below(&low), ordered.up_to(&high)];
    let width = high.subtract(&low);
    let count = match wanted.bins {
        Bins::Count(count) => count,
        rule => rule_count(rule, ordered.slice(within[0], within[1]), &width)?,
    };
    let part = |index: u64| low.add(&width.multiply(&Ratio::new(index, count as u64)));
    let edges: Vec<Ratio> = (0..=count as u64).map(part).collect();
    Ok(counted(ordered, &edges, within, wanted.precision.rounding(Statistic::Histogram)))
}

/// Histogram with these edges of the numbers at the places from the first to before the second of `within`.
fn counted(ordered: &Ordered, edges: &[Ratio], within: [u64; 2], rounding: Rounding) -> Histogram {
    let [start, end] = within;
    let mut before = ordered.below_each(&edges[..edges.len() - 1]);
    for count in &mut before {
        *count = (*count).clamp(start, end.max(start));
    }
    before.push(end.max(start));
    Histogram {
        edges: edges.iter().map(|edge| rounding.figure(edge)).collect(),
        counts: before.windows(2).map(|pair| Some(pair[1] - pair[0])).collect(),
    }
}

/// Histogram whose bins hold equally many possible values each. Its edges are not rounded to decimal places: the counts are of the
/// exact ones.
fn aligned(ordered: &Ordered, wanted: &Wanted) -> Result<Histogram, Undefined> {
    let own = || Scale::of(ordered.values().map(|(value, _)| value), ordered.count());
    let scale = wanted.scale.clone().or_else(own).ok_or(Undefined::NoNumbers)?;
    let edges = aligned_edges(&scale, wanted.range);
    let [first, last] = [&edges[0], &edges[edges.len() - 1]];
    let within = match wanted.range {
        Some([low, high]) => [ordered.below(&low.into()), ordered.up_to(&high.into())],
        None => [ordered.below(first), ordered.up_to(last)],
    };
    Ok(counted(ordered, &edges, within, Rounding::default()))
}

/// Edges of bins that are aligned with a scale, half a step below possible values.
///
/// The width is the step times 1, 2 or 5 times a power of ten: the smallest with which no more than [`max_aligned_bins`] cover
/// the numbers, or the possible values in `range`. Possible values are numbered from the least one that is not negative, and a bin
/// begins at a multiple of its width, so that whole numbers have edges such as 39.5, 44.5, 49.5.
fn aligned_edges(scale: &Scale, range: Option<[Decimal; 2]>) -> Vec<Ratio> {
    let step = scale.step();
    let offset = units(scale.least, scale.exponent).mod_floor(&step);
    let in_units = |value: BigInt| Ratio::scaled(value, 1_u32.into(), scale.exponent);
    let number =
        |value: Decimal| Ratio::from(value).subtract(&in_units(offset.clone())).divide(&in_units(step.clone()));
    let [low, high] = range.unwrap_or([scale.least, scale.greatest]).map(|end| number(end).floor());
    let first = if low.1.is_zero() { low.0 } else { low.0 + 1 };
    let end = high.0.max(first.clone());
    let max = BigInt::from(max_aligned_bins(scale.count));
    let mut power = BigInt::one();
    let mut widths = std::iter::from_fn(|| {
        let widths = [1, 2, 5].map(|digit| &power * digit);
        power *= 10;
        Some(widths)
    });
    let fits = |width: &BigInt| end.div_floor(width) - first.div_floor(width) < max;
    let width = widths.by_ref().flatten().find(fits).unwrap_or_else(BigInt::one);
    let (first, end) = (first.div_floor(&width), end.div_floor(&width));
    let bins = u64::try_from(end - &first).unwrap_or(0) + 1;
    let edge =
        |bin: u64| Ratio::scaled(2 * (&offset + (&first + bin) * &width * &step) - &step, 2_u32.into(), scale.exponent);
    (0..=bins).map(edge).collect()
}

/// Maximum number of aligned bins for a number of values: 2 n^(1/3) rounded up (Rice's rule), but 5 at least and 50 at most.
fn max_aligned_bins(count: u64) -> u64 {
    (5..50_u64).find(|bins| bins.pow(3) >= count.saturating_mul(8)).unwrap_or(50)
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
        2.0 * range.map_or(0.0, |range| double(&range)) * libm::pow(n, -1.0 / 3.0)
    };
    let sturges = || spread / (libm::log2(n) + 1.0);
    let sqrt = || spread / n.sqrt();
    let bin = match rule {
        Bins::Fd => freedman_diaconis(),
        Bins::Sturges => sturges(),
        Bins::Rice => spread / (2.0 * libm::pow(n, 1.0 / 3.0)),
        Bins::Sqrt => sqrt(),
        Bins::Scott => libm::pow(24.0 * std::f64::consts::PI.sqrt() / n, 1.0 / 3.0) * deviation,
        Bins::Doane if n > 2.0 && deviation > 0.0 => {
            let error = (6.0 * (n - 2.0) / ((n + 1.0) * (n + 3.0))).sqrt();
            spread / (1.0 + libm::log2(n) + libm::log2(1.0 + summary.skewness.unwrap_or(0.0).abs() / error))
        }
        Bins::Doane => 0.0,
        Bins::Auto | Bins::Aligned | Bins::Count(_) => freedman_diaconis().max(sqrt() / 2.0).min(sturges()),
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
