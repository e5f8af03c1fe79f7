//! Categories: counts of values that are places in a list of categories, and the changes of their percentages between two samples.
//!
//! Input: samples whose values are places from 0 on. Output: the count of each category, and changes in percentage points with their
//! intervals.
//!
//! The interval of a change is Newcombe's hybrid score interval (Statistics in Medicine 17, 1998, 873-890, method 10), made of Wilson's
//! intervals of both percentages (Journal of the American Statistical Association 22, 1927, 209-212). It holds for small counts and for
//! 0 and 100 percent, where Wald's interval is too short or empty.

use super::exact::{Ratio, Rounding};
use super::moments::NanPolicy;
use super::normal;
use super::ordered::Ordered;
use super::sample::Sample;
#[cfg(feature = "serde")]
use super::serialize::{figure, value_or_null};
use super::statistic::Statistic;
use super::undefined::{Figure, Undefined};
use super::value::Interval;
use super::wanted::Wanted;

/// Change of a category between two samples, a minus b.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CategoryChange {
    /// Category.
    pub category: String,
    /// Change of the percentage of values in the category, in percentage points.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub change: Figure,
    /// Confidence interval of `change`, by Newcombe's hybrid score method.
    #[cfg_attr(feature = "serde", serde(serialize_with = "value_or_null"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Interval>, required))]
    pub ci: Result<Interval, Undefined>,
    /// Change of the percentage of values in the category or in one before it, in percentage points.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub cumulative_change: Figure,
    /// Confidence interval of `cumulative_change`.
    #[cfg_attr(feature = "serde", serde(serialize_with = "value_or_null"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Interval>, required))]
    pub cumulative_ci: Result<Interval, Undefined>,
}

/// Counts of the values that are places from 0 to before `categories`.
pub(super) fn category_counts(ordered: &Ordered, categories: usize) -> Vec<u64> {
    let mut counts = vec![0; categories];
    for (value, count) in ordered.values() {
        let place = value.to_integer().and_then(|place| usize::try_from(place).ok());
        if let Some(counted) = place.and_then(|place| counts.get_mut(place)) {
            *counted += count;
        }
    }
    counts
}

impl Sample {
    /// Counts of the categories that are wanted.
    ///
    /// # Errors
    /// The reason why they are unknown, such as a missing value that propagates; there is none where there are no values: then all
    /// are 0.
    pub(super) fn category_counts(&self, wanted: &Wanted) -> Result<Vec<u64>, Undefined> {
        let categories = wanted.categories.len();
        if self.weighted.is_some() {
            return Err(Undefined::Weighted);
        }
        if self.missing() > 0 && wanted.moments.nan_policy != NanPolicy::Omit {
            return Err(Undefined::Missing);
        }
        if self.taken() == self.missing() {
            return Ok(vec![0; categories]);
        }
        let ordered = self.ordered().ok_or(Undefined::NotKept)?;
        if ordered.is_approximate() {
            return Err(Undefined::TooManyValues);
        }
        Ok(category_counts(&ordered, categories))
    }

    /// Changes of the categories that are wanted from `other`, b, to this sample, a.
    ///
    /// # Errors
    /// The reason why there are none: a sample without values, with unknown ones, or with a missing one that propagates.
    ///
    /// ```
    /// use describe::{Number, Retention, Sample, Wanted};
    /// let sample = |places: [u8; 4]| {
    ///     let mut sample = Sample::new(&Retention { max_distinct: Some(10), ..Retention::default() });
    ///     for place in places {
    ///         sample.push(Number::parse(place.to_string().as_bytes()).unwrap());
    ///     }
    ///     sample
    /// };
    /// let wanted = Wanted { categories: vec!["A".into(), "B".into()], ..Wanted::default() };
    /// let changes = sample([0, 0, 0, 1]).category_changes(&sample([0, 1, 1, 1]), &wanted).unwrap();
    /// assert_eq!((changes[0].change, changes[1].change), (Ok(50.0), Ok(-50.0)));
    /// ```
    pub fn category_changes(&self, other: &Self, wanted: &Wanted) -> Result<Vec<CategoryChange>, Undefined> {
        let categories = &wanted.categories;
        let samples = [self.category_counts(wanted)?, other.category_counts(wanted)?];
        let all = samples.each_ref().map(|counts| counts.iter().sum::<u64>());
        if all.contains(&0) {
            return Err(Undefined::NothingToCompare);
        }
        let outside = Ratio::from(1).subtract(&wanted.confidence.into());
        let z = normal::quantile(Rounding::default().figure(&outside)?, wanted.confidence.to_f64());
        let rounding = wanted.precision.percentage_rounding(Statistic::Categories);
        let change = |counts: [u64; 2]| {
            let [a, b] = [0, 1].map(|side| Ratio::from(counts[side]).percent_of(&all[side].into()));
            let [low, high] = newcombe(counts, all, z);
            let interval = Interval {
                confidence: wanted.confidence.to_f64(),
                low: rounding.double(100.0 * low),
                high: rounding.double(100.0 * high),
            };
            (rounding.figure(&a.subtract(&b)), Ok(interval))
        };
        let mut so_far = [0; 2];
        let of_category = |(place, category): (usize, &String)| {
            let counts = samples.each_ref().map(|counts| counts[place]);
            so_far = [so_far[0] + counts[0], so_far[1] + counts[1]];
            let ((change_alone, ci), (cumulative_change, cumulative_ci)) = (change(counts), change(so_far));
            CategoryChange { category: category.clone(), change: change_alone, ci, cumulative_change, cumulative_ci }
        };
        Ok(categories.iter().enumerate().map(of_category).collect())
    }
}

/// Newcombe's interval of the difference of two shares, of `counts` in `all`, with the normal quantile `z`:
/// d - √((p₁ - l₁)² + (u₂ - p₂)²) to d + √((u₁ - p₁)² + (p₂ - l₂)²), where l and u are the limits of Wilson's intervals.
fn newcombe(counts: [u64; 2], all: [u64; 2], z: f64) -> [f64; 2] {
    #[expect(clippy::cast_precision_loss, reason = "exact up to 2⁵³")]
    let [(count, n), (other_count, other_n)] = [0, 1].map(|side| (counts[side] as f64, all[side] as f64));
    let [(p, [low, high]), (q, [other_low, other_high])] =
        [(count, n), (other_count, other_n)].map(|(count, n)| (count / n, wilson(count, n, z)));
    let difference = (count * other_n - other_count * n) / (n * other_n);
    [difference - (p - low).hypot(other_high - q), difference + (high - p).hypot(q - other_low)]
}

/// Limits of Wilson's interval of a share: (2x + z² ∓ z √(z² + 4x(1 - x/n)))/(2(n + z²)).
fn wilson(count: f64, all: f64, z: f64) -> [f64; 2] {
    let square = z * z;
    let (center, reach) = (2.0 * count + square, z * (square + 4.0 * count * (all - count) / all).sqrt());
    [center - reach, center + reach].map(|limit| limit / (2.0 * (all + square)))
}
