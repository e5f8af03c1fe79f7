//! What of the figures of one result rests on too few values, or tells how many there are.

use describe::{Figure, Order, Quantile, Statistic, Undefined, Value, Wanted};

/// Why figures are withheld that are made of withheld ones.
const EXTREMES: &str = "made of the extremes, which are withheld";
const QUARTILES: &str = "made of the quartiles, which are withheld";

/// Why a figure is withheld that many values stand behind.
pub(super) const TELLS: &str = "withheld, because the number of values could be found from it";

/// What a reader may see of the figures of one result.
pub(super) struct Sight<'a> {
    pub(super) wanted: &'a Wanted,
    /// The numbers in order; `None` where they are not all known, and then nothing is known to be safe.
    pub(super) order: Option<Order>,
    pub(super) nobs: u64,
    pub(super) threshold: u64,
}

impl Sight<'_> {
    /// Whether too few numbers lie at a quantile or beyond it.
    fn is_extreme(&self, q: f64) -> bool {
        let standing = self.order.as_ref().map(|order| order.at_or_beyond(q, self.wanted.quantile_method));
        standing.is_none_or(|count| count < self.threshold)
    }

    fn quartiles_are_extreme(&self) -> bool {
        self.is_extreme(0.25) || self.is_extreme(0.75)
    }

    /// A figure as it may be shown, and why something of it is withheld.
    pub(super) fn withheld(&self, statistic: Statistic, value: Value) -> (Value, Option<String>) {
        let Self { threshold, .. } = self;
        let beyond = || Some(format!("fewer than {threshold} values at or beyond it"));
        let whole = |why: Option<String>| (Value::Undefined(Undefined::Withheld), why);
        let name = statistic.name();
        match value {
            Value::Undefined(_) => (value, None),
            Value::Pair(pair) => {
                let extreme = [0.0, 1.0].map(|q| self.is_extreme(q));
                self.list(pair.to_vec(), &extreme, |list| Value::Pair([list[0], list[1]]))
            }
            Value::List(list) => {
                let parts = list.len() + 1;
                let extreme: Vec<bool> = (1..parts).map(|place| self.is_extreme(share(place, parts))).collect();
                self.list(list, &extreme, Value::List)
            }
            Value::Quantiles(quantiles) => {
                let extreme: Vec<bool> = quantiles.iter().map(|quantile| self.is_extreme(quantile.q)).collect();
                let values = quantiles.iter().map(|quantile| quantile.value).collect();
                self.list(values, &extreme, |values| {
                    let pairs = quantiles.iter().zip(values);
                    Value::Quantiles(pairs.map(|(quantile, value)| Quantile { q: quantile.q, value }).collect())
                })
            }
            Value::Mode(mode) if mode.count.is_some_and(|count| count < *threshold) => {
                whole(Some(format!("fewer than {threshold} values")))
            }
            _ if matches!(name, "sum" | "sem" | "ci_mean" | "jarque_bera") => whole(Some(TELLS.to_owned())),
            _ if name == "median" && self.is_extreme(0.5) => whole(beyond()),
            _ if name == "range" && (self.is_extreme(0.0) || self.is_extreme(1.0)) => whole(Some(EXTREMES.to_owned())),
            _ if name == "iqr" && self.quartiles_are_extreme() => whole(Some(QUARTILES.to_owned())),
            _ if matches!(name, "trimmed_mean" | "winsorized_mean") && self.cuts_few() => {
                whole(Some(format!("fewer than {threshold} values are cut from each tail")))
            }
            Value::Outliers(_) if self.quartiles_are_extreme() => whole(Some(QUARTILES.to_owned())),
            Value::Histogram(_) if self.wanted.range.is_none() && (self.is_extreme(0.0) || self.is_extreme(1.0)) => {
                whole(Some(format!("{EXTREMES}; give range= to have a histogram")))
            }
            value => (value, None),
        }
    }

    /// Whether a trimmed mean, with the mean, would tell something of fewer values than the threshold.
    fn cuts_few(&self) -> bool {
        (1..self.threshold).contains(&self.wanted.cut(self.nobs))
    }

    /// Figures of which some are withheld; the whole when all are.
    fn list(
        &self,
        figures: Vec<Figure>,
        extreme: &[bool],
        make: impl FnOnce(Vec<Figure>) -> Value,
    ) -> (Value, Option<String>) {
        let some = figures.iter().zip(extreme).any(|(figure, extreme)| figure.is_ok() && *extreme);
        let why = some.then(|| format!("fewer than {} values at or beyond it", self.threshold));
        if some && extreme.iter().all(|extreme| *extreme) {
            return (Value::Undefined(Undefined::Withheld), why);
        }
        let shown =
            |(figure, extreme): (Figure, &bool)| if *extreme { figure.and(Err(Undefined::Withheld)) } else { figure };
        (make(figures.into_iter().zip(extreme).map(shown).collect()), why)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few")]
fn share(place: usize, parts: usize) -> f64 {
    place as f64 / parts as f64
}
