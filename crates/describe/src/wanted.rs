//! Request for statistics: which ones, and the choices that their definitions leave open.

use super::bins::Bins;
use super::decimal::Decimal;
use super::exact::Ratio;
use super::moments::{CentralMoments, Moments};
use super::precision::Precision;
use super::quantile::QuantileMethod;
use super::scale::Scale;
use super::statistic::{Parameter, Statistic, Statistics, ValueKind};
use super::undefined::{Figure, Undefined};
use super::value::{PercentileRank, Quantile, Value};

/// Statistics to compute, and their parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Statistics to compute.
    pub statistics: Statistics,
    /// Options of the moments.
    pub moments: Moments,
    /// Method for quantiles between two numbers.
    pub quantile_method: QuantileMethod,
    /// Shares of the quantiles, each 0 to 1.
    pub quantiles: Vec<Decimal>,
    /// Share of the numbers that is trimmed from each tail, 0 or more and below 0.5.
    pub trim: Decimal,
    /// Confidence level of intervals, above 0 and below 1.
    pub confidence: Decimal,
    /// Maximum mark, above 0, in the unit of the data.
    pub maximum: Option<Decimal>,
    /// Number of bins of a histogram, or the rule for it.
    pub bins: Bins,
    /// Lower and upper end of a histogram, in the unit of the data; `None` for the minimum and the maximum.
    pub range: Option<[Decimal; 2]>,
    /// Scale that aligned bins have in common with those of other samples; `None` for that of the sample.
    pub scale: Option<Scale>,
    /// Grades and their boundaries, the highest first.
    pub boundaries: Vec<(String, Decimal)>,
    /// Marks whose percentile ranks are wanted.
    pub percentile_ranks: Vec<Decimal>,
    /// Categories, whose values are their places from 0 on.
    pub categories: Vec<String>,
    /// Decimal places of the figures.
    pub precision: Precision,
}

impl Default for Wanted {
    fn default() -> Self {
        let decimal = |digits, exponent| Decimal::short(digits, exponent, false);
        Self {
            statistics: Statistics::SCIPY,
            moments: Moments::default(),
            quantile_method: QuantileMethod::Linear,
            quantiles: Vec::new(),
            trim: decimal(1, -1),
            confidence: decimal(95, -2),
            maximum: None,
            bins: Bins::Auto,
            range: None,
            scale: None,
            boundaries: Vec::new(),
            percentile_ranks: Vec::new(),
            categories: Vec::new(),
            precision: Precision::default(),
        }
    }
}

impl Wanted {
    /// Count of numbers that are trimmed from each tail of `count` numbers: ⌊n trim⌋.
    #[must_use]
    pub fn cut(&self, count: u64) -> u64 {
        let (cut, _) = Ratio::from(count).multiply(&self.trim.into()).floor();
        u64::try_from(cut).unwrap_or(0)
    }

    /// Shares of the numbers at which the statistics have quantiles.
    pub(super) fn shares(&self) -> Vec<Ratio> {
        let parts = |statistic, parts: u32| {
            let count = if self.statistics.has(statistic) { parts } else { 1 };
            (1..count).map(move |part| Ratio::new(part, parts))
        };
        let requested = self.quantiles.iter().filter(|_| self.statistics.has(Statistic::Quantiles));
        parts(Statistic::Median, 2)
            .chain(parts(Statistic::Quartiles, 4))
            .chain(parts(Statistic::Iqr, 4))
            .chain(parts(Statistic::Deciles, 10))
            .chain(requested.map(|share| (*share).into()))
            .collect()
    }

    /// Mean as a percentage of the maximum.
    pub(super) fn facility(&self, central: &CentralMoments) -> Figure {
        let maximum = self.maximum.unwrap_or(Decimal::short(100, 0, false));
        self.precision.percentage_rounding(Statistic::Facility).figure(&central.mean().percent_of(&maximum.into()))
    }

    /// Whether a parameter that a statistic requires has a value.
    #[must_use]
    pub fn has(&self, parameter: Parameter) -> bool {
        match parameter {
            Parameter::Quantiles => !self.quantiles.is_empty(),
            Parameter::Maximum => self.maximum.is_some(),
            Parameter::Boundaries => !self.boundaries.is_empty(),
            Parameter::PercentileRanks => !self.percentile_ranks.is_empty(),
            Parameter::Categories => !self.categories.is_empty(),
        }
    }

    /// Undefined value of a statistic, of its kind.
    pub(super) fn undefined(&self, statistic: Statistic, why: Undefined) -> Value {
        match statistic.kind() {
            ValueKind::Number | ValueKind::Count => Value::Number(Err(why)),
            ValueKind::Pair => Value::Pair([Err(why); 2]),
            ValueKind::List(length) => Value::List(vec![Err(why); length]),
            ValueKind::Quantiles => {
                let quantile = |q: &Decimal| Quantile { q: q.to_f64(), value: Err(why) };
                Value::Quantiles(self.quantiles.iter().map(quantile).collect())
            }
            ValueKind::PercentileRanks => {
                let rank = |mark: &Decimal| PercentileRank { mark: mark.to_f64(), rank: Err(why) };
                Value::PercentileRanks(self.percentile_ranks.iter().map(rank).collect())
            }
            ValueKind::Mode
            | ValueKind::Interval
            | ValueKind::Test
            | ValueKind::Outliers
            | ValueKind::Histogram
            | ValueKind::Frequencies
            | ValueKind::Boundaries
            | ValueKind::MarkTable
            | ValueKind::Categories => Value::Undefined(why),
        }
    }
}
