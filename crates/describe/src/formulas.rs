//! Formulas of the statistics that are not in the summary.
//!
//! Input: a [`Sample`] and what is [`Wanted`] of it. Output: a [`Description`]. Invariant: a value that is computed by additions,
//! divisions, square roots and order is the exact one, rounded once.

use super::categories::category_counts;
use super::decimal::Decimal;
use super::exact::{Ratio, Rounding, finite};
use super::exponential::exp_minus;
use super::histogram::histogram;
use super::mark_table::{mark_table, percentile_rank};
use super::means::{geometric, harmonic};
use super::moments::{CentralMoments, Moments, NanPolicy};
use super::ordered::{Ordered, sum};
use super::ranges::Ranges;
use super::sample::Sample;
use super::statistic::Statistic;
use super::student;
use super::summary::Summary;
use super::undefined::{Figure, Undefined};
use super::value::{
    BELOW_ALL, Boundary, Category, Description, Frequency, Interval, Mode, Outliers, PercentileRank, Quantile, Test,
    Value,
};
use super::wanted::Wanted;

/// Modes that are listed; all are counted.
const MAX_MODES: usize = 20;

/// Maximum number of rows of a frequency table.
pub const MAX_FREQUENCY_ROWS: usize = 10_000;

impl Sample {
    /// Computes the statistics that are wanted of everything that was pushed so far.
    ///
    /// A statistic that has no value is an [`Undefined`] in its place, never an absence.
    ///
    /// ```
    /// use describe::{Retention, Number, Sample, Statistic, Statistics, Value, Wanted};
    /// let mut sample = Sample::new(&Retention { max_distinct: Some(100), ..Retention::default() });
    /// for text in ["5", "6"] {
    ///     sample.push(Number::parse(text.as_bytes())?);
    /// }
    /// let wanted = Wanted { statistics: Statistics::NONE.with(Statistic::Median), ..Wanted::default() };
    /// assert_eq!(sample.describe(&wanted).figures, [(Statistic::Median, Value::Number(Ok(5.5)))]);
    /// # Ok::<(), describe::ParseError>(())
    /// ```
    #[must_use]
    pub fn describe(&self, wanted: &Wanted) -> Description {
        if let Some(weighted) = &self.weighted {
            return weighted.describe(wanted);
        }
        self.with_all(|sums| {
            let summary = sums.summary(wanted.moments, &wanted.precision);
            let describable = sums.describable(wanted.moments.nan_policy).map_err(|(_, why)| why);
            let ordered = describable.ok().filter(|_| wanted.statistics.need_order()).and_then(|_| self.ordered());
            let central = match (describable, sums.infinite) {
                (Err(why), _) => Err(why),
                (Ok(_), [0, 0]) if wanted.statistics.need_moments() => Ok(sums.central()),
                (Ok(_), _) => Err(Undefined::Infinite),
            };
            let extremes = if wanted.statistics.has(Statistic::Range) { sums.extremes() } else { None };
            let quantities = Quantities { wanted, summary, describable, central, ordered, extremes };
            let mut figures = Vec::with_capacity(wanted.statistics.len());
            let value = |statistic| match statistic {
                Statistic::Missing => Value::Count(Some(self.missing())),
                statistic => quantities.value(statistic),
            };
            figures.extend(wanted.statistics.iter().map(|statistic| (statistic, value(statistic))));
            let approximate = quantities.ordered.as_ref().filter(|ordered| ordered.is_approximate());
            let error = approximate.and_then(|ordered| match &self.table {
                Some(table) if table.is_read_again() => {
                    let error = ordered.rank_error_at(wanted.quantile_method, &wanted.shares());
                    (error > 0.0).then_some(error)
                }
                _ => Some(ordered.rank_error()),
            });
            Description { nobs: summary.nobs, figures, rank_error: error, has_rounded: sums.has_rounded }
        })
    }

    /// Whether all quantiles that are wanted are exact, or undefined however many values are known.
    #[must_use]
    pub fn has_exact_quantiles(&self, wanted: &Wanted) -> bool {
        let may_be_approximate = self.table.as_ref().is_some_and(|table| table.may_be_approximate())
            && (self.missing() == 0 || wanted.moments.nan_policy == NanPolicy::Omit);
        let shares = if may_be_approximate { wanted.shares() } else { Vec::new() };
        shares.is_empty()
            || self.ordered().is_none_or(|ordered| ordered.rank_error_at(wanted.quantile_method, &shares) == 0.0)
    }

    /// Ranges of the values that the quantiles that are wanted are computed from. When the numbers are read once more and these values
    /// are kept ([`Retention::ranges`](super::Retention::ranges)), the quantiles are exact, or the ranges are narrower.
    ///
    /// ```
    /// use describe::{Decimal, Retention, Sample, Statistic, Statistics, Value, Wanted};
    /// let numbers = || (0..9999).map(|n| Decimal::short(n * n, -1, true));
    /// let wanted = Wanted { statistics: Statistics::NONE.with(Statistic::Median), ..Wanted::default() };
    /// let mut retention = Retention { max_distinct: Some(100), ..Retention::default() };
    /// let mut sample = Sample::new(&retention);
    /// numbers().for_each(|number| sample.push_decimal(number));
    /// assert!(!sample.has_exact_quantiles(&wanted));
    ///
    /// retention.ranges = Some(sample.quantile_ranges(&wanted).into());
    /// let mut sample = Sample::new(&retention);
    /// numbers().for_each(|number| sample.push_decimal(number));
    /// assert!(sample.has_exact_quantiles(&wanted));
    /// assert_eq!(sample.describe(&wanted).figures, [(Statistic::Median, Value::Number(Ok(-2_499_000.1)))]);
    /// ```
    #[must_use]
    pub fn quantile_ranges(&self, wanted: &Wanted) -> Ranges {
        let ordered = self.ordered();
        ordered.map(|ordered| ordered.ranges_at(wanted.quantile_method, &wanted.shares())).unwrap_or_default()
    }

    /// Whether a frequency table would have more rows than [`MAX_FREQUENCY_ROWS`].
    #[must_use]
    pub fn has_too_many_rows(&self) -> bool {
        self.ordered().is_some_and(|ordered| ordered.entries().len() > MAX_FREQUENCY_ROWS)
    }
}

/// Quantities that the formulas use.
struct Quantities<'a> {
    wanted: &'a Wanted,
    summary: Summary,
    /// Count of numbers, or why every statistic is undefined.
    describable: Result<u64, Undefined>,
    central: Result<CentralMoments, Undefined>,
    ordered: Option<Ordered>,
    /// Minimum and maximum, if the range is wanted.
    extremes: Option<(Decimal, Decimal)>,
}

/// Value of several parts, or why it is undefined.
type Parts = Result<Value, Undefined>;

impl Quantities<'_> {
    /// Value of a statistic.
    fn value(&self, statistic: Statistic) -> Value {
        let rounding = self.rounding(statistic);
        let exact = |ratio: Result<Ratio, Undefined>| Value::Number(ratio.and_then(|ratio| rounding.figure(&ratio)));
        let root = |square: Result<Ratio, Undefined>| {
            Value::Number(square.and_then(|square| rounding.root(square.root_sign(), &square)))
        };
        let parts = |parts: Parts| parts.unwrap_or_else(Value::Undefined);
        if let Err(why) = self.describable
            && statistic != Statistic::Minmax
        {
            return self.wanted.undefined(statistic, why);
        }
        match statistic {
            Statistic::Minmax => Value::Pair([self.summary.min, self.summary.max]),
            Statistic::Mean => Value::Number(self.summary.mean),
            Statistic::Variance => Value::Number(self.summary.variance),
            Statistic::Skewness => Value::Number(self.summary.skewness),
            Statistic::Kurtosis => Value::Number(self.summary.kurtosis),
            Statistic::Sum => exact(self.central().map(CentralMoments::sum)),
            Statistic::Std => root(self.variance()),
            Statistic::Sem => root(self.squared_error()),
            Statistic::Cv => {
                root(self.central().and_then(|central| central.squared_variation(self.wanted.moments.ddof)))
            }
            Statistic::Range => exact(self.range()),
            Statistic::Median => exact(self.quantile(&Ratio::new(1, 2_u32))),
            Statistic::Quartiles => Value::List(self.parts_of(4, rounding)),
            Statistic::Iqr => exact(self.interquartile_range()),
            Statistic::Quantiles => Value::Quantiles(self.quantiles()),
            Statistic::Deciles => Value::List(self.parts_of(10, rounding)),
            Statistic::Mode => parts(self.mode()),
            Statistic::Mad => exact(self.mad()),
            Statistic::Distinct => parts(self.distinct()),
            Statistic::TrimmedMean => exact(self.trimmed_mean()),
            Statistic::WinsorizedMean => exact(self.winsorized_mean()),
            Statistic::GeometricMean => Value::Number(self.geometric_mean()),
            Statistic::HarmonicMean => Value::Number(self.harmonic_mean()),
            Statistic::CiMean => parts(self.ci_mean()),
            Statistic::JarqueBera => parts(self.jarque_bera()),
            Statistic::Outliers => parts(self.outliers()),
            Statistic::Facility => Value::Number(self.central().and_then(|central| self.wanted.facility(central))),
            Statistic::Histogram => parts(self.histogram()),
            Statistic::Frequencies => parts(self.frequencies()),
            Statistic::Boundaries => parts(self.boundaries()),
            Statistic::MarkTable => parts(self.mark_table()),
            Statistic::PercentileRanks => Value::PercentileRanks(self.percentile_ranks()),
            Statistic::Categories => parts(self.categories()),
            // Counted by the sample.
            Statistic::Missing => Value::Count(None),
        }
    }

    fn rounding(&self, statistic: Statistic) -> Rounding {
        self.wanted.precision.rounding(statistic)
    }

    fn central(&self) -> Result<&CentralMoments, Undefined> {
        self.central.as_ref().map_err(|why| *why)
    }

    /// Numbers in order; approximate if there are more distinct ones than the limit.
    fn ordered(&self) -> Result<&Ordered, Undefined> {
        self.describable?;
        self.ordered.as_ref().ok_or(Undefined::NotKept)
    }

    /// Numbers in order, all known and finite.
    fn exact(&self) -> Result<&Ordered, Undefined> {
        let ordered = self.exact_or_infinite()?;
        if ordered.has_infinite() { Err(Undefined::Infinite) } else { Ok(ordered) }
    }

    /// Numbers in order, all known.
    fn exact_or_infinite(&self) -> Result<&Ordered, Undefined> {
        let ordered = self.ordered()?;
        if ordered.is_approximate() { Err(Undefined::TooManyValues) } else { Ok(ordered) }
    }

    fn variance(&self) -> Result<Ratio, Undefined> {
        self.central()?.variance(self.wanted.moments.ddof)
    }

    /// Square of the standard error of the mean: s²/n.
    fn squared_error(&self) -> Result<Ratio, Undefined> {
        Ok(self.variance()?.divide(&self.central()?.count.into()))
    }

    fn range(&self) -> Result<Ratio, Undefined> {
        self.summary.min.and(self.summary.max)?;
        let (min, max) = self.extremes.ok_or(Undefined::NoNumbers)?;
        Ok(Ratio::from(max).subtract(&min.into()))
    }

    fn quantile(&self, q: &Ratio) -> Result<Ratio, Undefined> {
        self.ordered()?.quantile(self.wanted.quantile_method, q)
    }

    fn quantile_figure(&self, q: &Ratio, rounding: Rounding) -> Figure {
        self.quantile(q).and_then(|value| rounding.figure(&value))
    }

    /// Quantiles that divide the numbers into a number of equal parts.
    fn parts_of(&self, parts: u32, rounding: Rounding) -> Vec<Figure> {
        (1..parts).map(|part| self.quantile_figure(&Ratio::new(part, parts), rounding)).collect()
    }

    fn quartile(&self, part: u32) -> Result<Ratio, Undefined> {
        self.quantile(&Ratio::new(part, 4_u32))
    }

    fn interquartile_range(&self) -> Result<Ratio, Undefined> {
        Ok(self.quartile(3)?.subtract(&self.quartile(1)?))
    }

    fn quantiles(&self) -> Vec<Quantile> {
        let rounding = self.rounding(Statistic::Quantiles);
        let quantile = |q: &Decimal| Quantile { q: q.to_f64(), value: self.quantile_figure(&(*q).into(), rounding) };
        self.wanted.quantiles.iter().map(quantile).collect()
    }

    fn mode(&self) -> Parts {
        let ordered = self.exact()?;
        let most = ordered.values().map(|(_, count)| count).max().unwrap_or(0);
        let modes = || ordered.values().filter(|(_, count)| *count == most).map(|(value, _)| value);
        let figure = |value: Decimal| self.rounding(Statistic::Mode).figure(&value.into());
        let values = modes().take(MAX_MODES).map(figure).collect();
        Ok(Value::Mode(Mode { values, count: Some(most), total: Some(modes().count() as u64) }))
    }

    /// Median of |x - median|.
    fn mad(&self) -> Result<Ratio, Undefined> {
        let half = Ratio::new(1, 2_u32);
        let (method, ordered) = (self.wanted.quantile_method, self.exact()?);
        Ok(ordered.quantile_of_distances(&ordered.quantile(method, &half)?, method, &half))
    }

    fn distinct(&self) -> Parts {
        let ordered = self.exact_or_infinite()?;
        Ok(Value::Count(Some(ordered.entries().len() as u64 + ordered.infinities())))
    }

    fn trimmed_mean(&self) -> Result<Ratio, Undefined> {
        let ordered = self.exact()?;
        let cut = self.wanted.cut(ordered.count());
        let left = ordered.count() - 2 * cut;
        Ok(sum(ordered.slice(cut, cut + left)).divide(&left.into()))
    }

    /// Mean with the trimmed numbers replaced by the nearest remaining one.
    fn winsorized_mean(&self) -> Result<Ratio, Undefined> {
        let ordered = self.exact()?;
        let (count, cut) = (ordered.count(), self.wanted.cut(ordered.count()));
        let ends = [ordered.at(cut)?, ordered.at(count - 1 - cut)?].map(|end| (end, cut));
        Ok(sum(ordered.slice(cut, count - cut).chain(ends)).divide(&count.into()))
    }

    /// Numbers in order, all positive.
    fn positive(&self) -> Result<&Ordered, Undefined> {
        let ordered = self.exact()?;
        let least = ordered.at(0)?;
        if least.is_zero() || least.negative { Err(Undefined::NotPositive) } else { Ok(ordered) }
    }

    fn geometric_mean(&self) -> Figure {
        self.rounding(Statistic::GeometricMean).double(geometric(self.positive()?.values()))
    }

    fn harmonic_mean(&self) -> Figure {
        let ordered = self.positive()?;
        let values: Vec<_> = ordered.values().collect();
        harmonic(&values, ordered.at(ordered.count() - 1)?, self.rounding(Statistic::HarmonicMean))
    }

    /// mean ± t s/√n, with the t of n - 1 degrees of freedom that |T| exceeds with probability 1 - confidence.
    fn ci_mean(&self) -> Parts {
        let CentralMoments { count, .. } = self.central()?;
        if *count < 2 {
            return Err(Undefined::Needs { nobs: *count, needed: 2 });
        }
        let square = self.squared_error()?;
        let error = Rounding::default().root(square.root_sign(), &square)?;
        let freedom = Rounding::default().figure(&(count - 1).into())?;
        let rounding = self.rounding(Statistic::CiMean);
        Ok(Value::Interval(interval(&self.central()?.mean(), error, freedom, self.wanted.confidence, rounding)?))
    }

    /// x = n/6 (g₁² + g₂²/4) with the biased moments, and the p-value by the χ² distribution with two degrees of freedom,
    /// exp(-x/2): Jarque and Bera, Economics Letters 6 (1980), 255-259.
    fn jarque_bera(&self) -> Parts {
        let central = self.central()?;
        let (_, skewness) = central.skewness(Moments::default())?;
        let kurtosis = central.kurtosis(Moments::default())?;
        let kurtosis = kurtosis.multiply(&kurtosis).divide(&4.into());
        let statistic = skewness.add(&kurtosis).multiply(&Ratio::new(central.count, 6_u32));
        let p = exp_minus(&statistic.divide(&2.into()));
        let rounding = self.rounding(Statistic::JarqueBera);
        Ok(Value::Test(Test { statistic: rounding.figure(&statistic), p: rounding.figure(&p) }))
    }

    /// Fences and outliers: Tukey, Exploratory Data Analysis (1977).
    fn outliers(&self) -> Parts {
        let ordered = self.exact_or_infinite()?;
        let (first, third) = (self.quartile(1)?, self.quartile(3)?);
        let reach = third.subtract(&first).multiply(&Ratio::new(3, 2_u32));
        let (lower, upper) = (first.subtract(&reach), third.add(&reach));
        let rounding = self.rounding(Statistic::Outliers);
        Ok(Value::Outliers(Outliers {
            lower_fence: rounding.figure(&lower),
            upper_fence: rounding.figure(&upper),
            below: Some(ordered.below(&lower)),
            above: Some(ordered.count() - ordered.up_to(&upper)),
        }))
    }

    fn histogram(&self) -> Parts {
        Ok(Value::Histogram(histogram(self.exact()?, self.wanted)?))
    }

    fn share(&self, statistic: Statistic, count: u64, all: u64) -> Figure {
        let rounding = self.wanted.precision.percentage_rounding(statistic);
        rounding.figure(&Ratio::from(count).percent_of(&all.into()))
    }

    fn mark_table(&self) -> Parts {
        let ordered = self.exact()?;
        if ordered.entries().len() > MAX_FREQUENCY_ROWS {
            return Err(Undefined::TooManyRows(MAX_FREQUENCY_ROWS));
        }
        Ok(Value::MarkTable(mark_table(ordered, self.central()?, self.wanted)))
    }

    fn categories(&self) -> Parts {
        let counts = category_counts(self.exact()?, self.wanted.categories.len());
        let (all, mut so_far) = (self.exact()?.count(), 0);
        let row = |(category, count): (&String, u64)| {
            so_far += count;
            Category {
                category: category.clone(),
                count: Some(count),
                percent: self.share(Statistic::Categories, count, all),
                cumulative_count: Some(so_far),
                cumulative_percent: self.share(Statistic::Categories, so_far, all),
            }
        };
        Ok(Value::Categories(self.wanted.categories.iter().zip(counts).map(row).collect()))
    }

    fn percentile_ranks(&self) -> Vec<PercentileRank> {
        let rounding = self.wanted.precision.percentage_rounding(Statistic::PercentileRanks);
        let rank = |mark: Decimal| {
            let ordered = self.exact_or_infinite()?;
            let [below, up_to] = [ordered.below(&mark.into()), ordered.up_to(&mark.into())];
            rounding.figure(&percentile_rank(below, up_to, ordered.count()))
        };
        let ranked = |mark: &Decimal| PercentileRank { mark: mark.to_f64(), rank: rank(*mark) };
        self.wanted.percentile_ranks.iter().map(ranked).collect()
    }

    fn frequencies(&self) -> Parts {
        let ordered = self.exact()?;
        if ordered.entries().len() > MAX_FREQUENCY_ROWS {
            return Err(Undefined::TooManyRows(MAX_FREQUENCY_ROWS));
        }
        let (all, mut so_far) = (ordered.count(), 0);
        let row = |(value, count): (Decimal, u64)| {
            so_far += count;
            Frequency {
                value: self.rounding(Statistic::Frequencies).figure(&value.into()),
                count: Some(count),
                percent: self.share(Statistic::Frequencies, count, all),
                cumulative_percent: self.share(Statistic::Frequencies, so_far, all),
            }
        };
        Ok(Value::Frequencies(ordered.values().map(row).collect()))
    }

    fn boundaries(&self) -> Parts {
        let ordered = self.exact_or_infinite()?;
        let (all, mut above) = (ordered.count(), 0);
        let mut row = |grade: &str, boundary: Option<Decimal>| {
            let reached = boundary.map_or(all, |boundary| all - ordered.below(&boundary.into()));
            let count = reached - above;
            above = reached;
            Boundary {
                grade: grade.to_owned(),
                // Not rounded: the counts are of the exact boundary.
                boundary: boundary.map(|boundary| Ok(boundary.to_f64())),
                count: Some(count),
                percent: self.share(Statistic::Boundaries, count, all),
                cumulative_count: Some(reached),
                cumulative_percent: self.share(Statistic::Boundaries, reached, all),
            }
        };
        let mut rows: Vec<_> =
            self.wanted.boundaries.iter().map(|(grade, boundary)| row(grade, Some(*boundary))).collect();
        rows.push(row(BELOW_ALL, None));
        Ok(Value::Boundaries(rows))
    }
}

/// Confidence interval `center` ± t `error`, with `freedom` degrees of freedom.
pub(super) fn interval(
    center: &Ratio,
    error: f64,
    freedom: f64,
    confidence: Decimal,
    rounding: Rounding,
) -> Result<Interval, Undefined> {
    let inside = Ratio::from(confidence);
    let outside = Ratio::from(1).subtract(&inside);
    let double = |ratio: &Ratio| Rounding::default().figure(ratio);
    let t = student::quantile(double(&outside)?, double(&inside)?, freedom);
    let reach = Ratio::from_f64(finite(t * error)?);
    Ok(Interval {
        confidence: confidence.to_f64(),
        low: rounding.figure(&center.subtract(&reach)),
        high: rounding.figure(&center.add(&reach)),
    })
}
