//! Primary suppression: withholds statistics of one result that are based on too few values or reveal their number.
//!
//! Input are the statistics of a result with at least as many values as the threshold; all of a smaller result is withheld
//! elsewhere. Each statistic has its own rule. Small counts in tables are for secondary suppression, which knows all counts.

use crate::answer::Reason;
use crate::count_display::CountDisplay;
use crate::published_precision::facility_reveals_count;
use describe::{Bins, Figure, Histogram, Order, Quantile, Scale, Statistic, Undefined, Value, Wanted};
use describe_options::Rules;

/// Properties of a result that the rules use.
pub(super) struct PrimarySuppression<'a> {
    pub(super) wanted: &'a Wanted,
    pub(super) rules: &'a Rules,
    /// Values in order; `None` where not all of them are known, and then nothing is known to be safe.
    pub(super) order: Option<Order>,
    pub(super) nobs: u64,
    pub(super) display: CountDisplay,
}

/// Effect of a rule on a statistic.
enum Verdict {
    Show,
    Withhold(Reason),
    /// Withholds those parts at which or beyond which too few values lie: one share of values for each part.
    WithholdExtremes(Vec<f64>),
}

impl PrimarySuppression<'_> {
    /// The statistic as it may be shown, and the reason if it or a part of it is withheld.
    pub(super) fn apply(&self, statistic: Statistic, value: Value) -> (Value, Option<Reason>) {
        if let Value::Undefined(_) = value {
            return (value, None);
        }
        match self.verdict(statistic, &value) {
            Verdict::Show => (value, None),
            Verdict::Withhold(reason) => (Value::Undefined(Undefined::Withheld), Some(reason)),
            Verdict::WithholdExtremes(shares) => self.withhold_extremes(value, &shares),
        }
    }

    /// The rule of each statistic. A new statistic does not compile until it has one.
    #[expect(clippy::match_same_arms, reason = "one decision for each statistic")]
    fn verdict(&self, statistic: Statistic, value: &Value) -> Verdict {
        match statistic {
            // Each end is the value of the few that have it.
            Statistic::Minmax => Verdict::WithholdExtremes(vec![0.0, 1.0]),
            // An average of all values; it does not change when all are repeated, so it does not depend on their number.
            Statistic::Mean => Verdict::Show,
            // An average of all values; a great ddof bounds their number, because it is undefined for up to ddof values.
            Statistic::Variance => withhold_if(self.ddof_bounds_count(), Reason::RevealsCount),
            // A ratio of averages; with Jarque-Bera, which is withheld, it would reveal the number of values.
            Statistic::Skewness => Verdict::Show,
            // As the skewness.
            Statistic::Kurtosis => Verdict::Show,
            // Divided by the mean it is the number of values.
            Statistic::Sum => Verdict::Withhold(Reason::RevealsCount),
            // The square root of the variance: the same rule.
            Statistic::Std => withhold_if(self.ddof_bounds_count(), Reason::RevealsCount),
            // The square of std / sem is the number of values.
            Statistic::Sem => Verdict::Withhold(Reason::RevealsCount),
            // std / |mean| reveals no more than these two, and is undefined where std is.
            Statistic::Cv => withhold_if(self.ddof_bounds_count(), Reason::RevealsCount),
            // With one of the extremes it is the other one.
            Statistic::Range => withhold_if(self.extremes_are_withheld(), Reason::FromExtremes),
            // Half of the values lie at or beyond it on each side: with few values these are few.
            Statistic::Median => withhold_if(self.median_is_withheld(), self.few_beyond()),
            // Each is a quantile, and judged by itself.
            Statistic::Quartiles => Verdict::WithholdExtremes(parts_of(4)),
            // With one of the quartiles it is the other one.
            Statistic::Iqr => withhold_if(self.quartiles_are_withheld(), Reason::FromQuartiles),
            // Each is judged by itself: the extreme ones are the values of few.
            Statistic::Quantiles => {
                Verdict::WithholdExtremes(self.wanted.quantiles.iter().map(|q| (*q).to_f64()).collect())
            }
            // Each is a quantile, and judged by itself.
            Statistic::Deciles => Verdict::WithholdExtremes(parts_of(10)),
            // The value of those that have it: few, if even the most frequent one is rare.
            Statistic::Mode => withhold_if(self.is_rare_mode(value), self.few_values()),
            // The median of distances from the median: both must have enough values at or beyond them.
            Statistic::Mad => self.mad(),
            // A lower bound of the number of values, which must not narrow what rounding leaves open.
            Statistic::Distinct => withhold_if(self.distinct_bounds_count(value), Reason::RevealsCount),
            // With the mean it is the sum of the values that are cut, which must not be few.
            Statistic::TrimmedMean => withhold_if(self.cuts_few(), self.few_cut()),
            // With the mean it is the sum of the values that are replaced, which must not be few.
            Statistic::WinsorizedMean => withhold_if(self.cuts_few(), self.few_cut()),
            // An average of all logarithms; undefined because of the values that are not positive, which must not be few.
            Statistic::GeometricMean => withhold_if(self.is_undefined_by_few(value), self.few_undefined()),
            // An average of all reciprocals; undefined because of the values that are not positive, which must not be few.
            Statistic::HarmonicMean => withhold_if(self.is_undefined_by_few(value), self.few_undefined()),
            // Its width is a multiple of sem, known with the confidence.
            Statistic::CiMean => Verdict::Withhold(Reason::RevealsCount),
            // Divided by what it makes of skewness and kurtosis, it is the number of values.
            Statistic::JarqueBera => Verdict::Withhold(Reason::RevealsCount),
            // The fences are calculated from the quartiles; the counts beyond them are for secondary suppression.
            Statistic::Outliers => withhold_if(self.quartiles_are_withheld(), Reason::FromQuartiles),
            // The mean in percent of a known maximum reveals no more than the mean, unless one percent is much less than its
            // last place.
            Statistic::Facility => {
                withhold_if(facility_reveals_count(self.rules, self.wanted, self.nobs), Reason::RevealsCount)
            }
            // Without a given range its edges, or the only values of its outer bins, are the extremes; its counts are for
            // secondary suppression.
            Statistic::Histogram => {
                withhold_if(self.edges_are_extremes(value) && self.extremes_are_withheld(), Reason::EdgesAreExtremes)
            }
            // Rare values and small counts are withheld row by row, by secondary suppression.
            Statistic::Frequencies => Verdict::Show,
            // The boundaries were given; small counts are withheld row by row, by secondary suppression.
            Statistic::Boundaries => Verdict::Show,
            // As boundaries.
            Statistic::Categories => Verdict::Show,
            // As frequencies; the scores are withheld where the rows are written.
            Statistic::MarkTable => Verdict::Show,
            // Differences of ranks are the numbers of values between marks, which may be few.
            Statistic::PercentileRanks => Verdict::Withhold(Reason::RevealsSmallCounts),
            // A count, for secondary suppression.
            Statistic::Missing => Verdict::Show,
        }
    }

    fn few_values(&self) -> Reason {
        Reason::FewerThanValues { threshold: self.display.threshold }
    }

    fn few_beyond(&self) -> Reason {
        Reason::FewerThanBeyond { threshold: self.display.threshold }
    }

    fn few_cut(&self) -> Reason {
        Reason::FewerThanCut { threshold: self.display.threshold }
    }

    fn few_undefined(&self) -> Reason {
        Reason::FewerThanUndefined { threshold: self.display.threshold }
    }

    /// Whether fewer values than the threshold lie at a quantile or beyond it.
    fn is_extreme(&self, q: f64) -> bool {
        let beyond = self.order.as_ref().map(|order| order.at_or_beyond(q, self.wanted.quantile_method));
        beyond.is_none_or(|count| count < self.display.threshold)
    }

    fn extremes_are_withheld(&self) -> bool {
        self.is_extreme(0.0) || self.is_extreme(1.0)
    }

    /// Whether the edges of a histogram tell the extremes: aligned ones do where a bin has room for one value only.
    fn edges_are_extremes(&self, value: &Value) -> bool {
        let Value::Histogram(Histogram { edges, .. }) = value else { return false };
        let is_single = || match (&edges[..], self.wanted.scale.as_ref().map(Scale::step_size)) {
            ([Ok(low), Ok(high), ..], Some(step)) => high - low < 1.5 * step,
            _ => true,
        };
        self.wanted.range.is_none() && (self.wanted.bins != Bins::Aligned || is_single())
    }

    fn median_is_withheld(&self) -> bool {
        self.is_extreme(0.5)
    }

    fn quartiles_are_withheld(&self) -> bool {
        self.is_extreme(0.25) || self.is_extreme(0.75)
    }

    fn mad(&self) -> Verdict {
        if self.median_is_withheld() {
            return Verdict::Withhold(Reason::FromMedian);
        }
        let beyond = self.order.as_ref().map(|order| order.at_or_beyond_deviation(self.wanted.quantile_method));
        withhold_if(beyond.is_none_or(|count| count < self.display.threshold), self.few_beyond())
    }

    fn is_rare_mode(&self, value: &Value) -> bool {
        matches!(value, Value::Mode(mode) if mode.count.is_some_and(|count| count < self.display.threshold))
    }

    /// Whether all numbers of values from the threshold have a variance. Otherwise that it is defined bounds their number.
    fn ddof_bounds_count(&self) -> bool {
        self.display.threshold > 0 && self.wanted.moments.ddof >= self.display.threshold
    }

    /// Whether a number of different values narrows what is shown of the number of values.
    fn distinct_bounds_count(&self, value: &Value) -> bool {
        matches!(value, Value::Count(Some(distinct)) if *distinct > self.display.least_shown_as(self.nobs))
    }

    /// Whether fewer values than the threshold are cut from each tail, none included: that none are cut bounds the number
    /// of values. Judged by the least number that is shown as theirs, so that the decision does not reveal it either.
    fn cuts_few(&self) -> bool {
        let cut = self.wanted.cut(self.display.least_shown_as(self.nobs));
        !self.wanted.trim.is_zero() && cut < self.display.threshold
    }

    fn is_undefined_by_few(&self, value: &Value) -> bool {
        let few = || self.order.as_ref().is_none_or(|order| order.zero_or_negative() < self.display.threshold);
        matches!(value, Value::Number(Err(Undefined::NotPositive))) && few()
    }

    /// Withholds the parts of a statistic that are extreme, each with its share of values; all of it when all are.
    fn withhold_extremes(&self, value: Value, shares: &[f64]) -> (Value, Option<Reason>) {
        let extreme: Vec<bool> = shares.iter().map(|share| self.is_extreme(*share)).collect();
        let figures = value.figures();
        let withheld = figures.iter().zip(&extreme).any(|(figure, extreme)| figure.is_ok() && *extreme);
        let reason = withheld.then(|| self.few_beyond());
        if withheld && extreme.iter().all(|extreme| *extreme) {
            return (Value::Undefined(Undefined::Withheld), reason);
        }
        let hide =
            |(figure, extreme): (Figure, &bool)| if *extreme { figure.and(Err(Undefined::Withheld)) } else { figure };
        let shown: Vec<Figure> = figures.into_iter().zip(&extreme).map(hide).collect();
        let value = match value {
            Value::Pair(_) => Value::Pair([shown[0], shown[1]]),
            Value::List(_) => Value::List(shown),
            Value::Quantiles(quantiles) => {
                let pairs = quantiles.iter().zip(shown);
                Value::Quantiles(pairs.map(|(quantile, value)| Quantile { q: quantile.q, value }).collect())
            }
            // No other value has parts that are quantiles.
            _ => Value::Undefined(Undefined::Withheld),
        };
        (value, reason)
    }
}

/// Whether a statistic, or whether it is shown, bounds the number of values whatever the values are: then it is withheld
/// where their number is withheld as a complement.
#[expect(clippy::match_same_arms, reason = "one decision for each kind of statistic")]
pub(super) fn bounds_count(statistic: Statistic) -> bool {
    match statistic {
        // At least as many values.
        Statistic::Distinct => true,
        // The number of values decides how many are cut.
        Statistic::TrimmedMean | Statistic::WinsorizedMean => true,
        // Its count and the number of modes are withheld with the number of values where tables are written.
        Statistic::Mode => false,
        // Their counts are in the sums of secondary suppression.
        Statistic::Outliers
        | Statistic::Histogram
        | Statistic::Frequencies
        | Statistic::Boundaries
        | Statistic::MarkTable
        | Statistic::Categories
        | Statistic::Missing => false,
        // Any number of values from the threshold can have these.
        Statistic::Minmax
        | Statistic::Mean
        | Statistic::Variance
        | Statistic::Skewness
        | Statistic::Kurtosis
        | Statistic::Std
        | Statistic::Cv
        | Statistic::Range
        | Statistic::Median
        | Statistic::Quartiles
        | Statistic::Iqr
        | Statistic::Quantiles
        | Statistic::Deciles
        | Statistic::Mad
        | Statistic::GeometricMean
        | Statistic::HarmonicMean
        | Statistic::Facility => false,
        // Always withheld.
        Statistic::Sum | Statistic::Sem | Statistic::CiMean | Statistic::JarqueBera | Statistic::PercentileRanks => {
            false
        }
    }
}

fn withhold_if(condition: bool, reason: Reason) -> Verdict {
    if condition { Verdict::Withhold(reason) } else { Verdict::Show }
}

/// The shares of values below the quantiles that divide the values into `parts` equal parts.
fn parts_of(parts: u32) -> Vec<f64> {
    (1..parts).map(|part| f64::from(part) / f64::from(parts)).collect()
}
