//! Predicted outcomes: the outcomes of each band of prior attainment in one year, applied to the bands of another year's candidates.
//!
//! Input: samples whose values are places in the list of categories, a pair for each band: of the candidates a, and of the base b whose
//! outcomes predict theirs. Output: for each category the predicted and the actual percentage of a, and their difference. Every figure is
//! the exact one, rounded once.

use super::exact::Ratio;
use super::sample::Sample;
#[cfg(feature = "serde")]
use super::serialize::figure;
use super::statistic::Statistic;
use super::undefined::{Figure, Undefined};
use super::wanted::Wanted;

/// Prediction of the outcomes of candidates.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// Number of candidates whose band occurs in the base: those who are predicted.
    pub nobs: u64,
    /// Number of candidates in bands without candidates in the base, who are left out.
    pub unmatched: u64,
    /// Each category in its order, or the reason why there are none.
    pub categories: Result<Vec<PredictedCategory>, Undefined>,
}

/// Predicted and actual share of a category.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PredictedCategory {
    /// Category.
    pub category: String,
    /// Percentage of the candidates who would have the category with the shares of the base in each band.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub predicted: Figure,
    /// Percentage of the same candidates who have it.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub actual: Figure,
    /// `actual` minus `predicted`, in percentage points.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub difference: Figure,
    /// `predicted` of this category and of those before it.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub cumulative_predicted: Figure,
    /// `actual` of this category and of those before it.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub cumulative_actual: Figure,
    /// `cumulative_actual` minus `cumulative_predicted`, in percentage points.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub cumulative_difference: Figure,
}

impl Prediction {
    /// Predicts the outcomes of the candidates a, band by band; the base b of a band is `None` if it has no such band.
    ///
    /// Undefined if nobody is in a band of the base, or the values of a sample are not all known.
    ///
    /// ```
    /// use describe::{Number, Prediction, Retention, Sample, Wanted};
    /// let sample = |places: &[&str]| {
    ///     let mut sample = Sample::new(&Retention { max_distinct: Some(10), ..Retention::default() });
    ///     places.iter().for_each(|place| sample.push(Number::parse(place.as_bytes()).unwrap()));
    ///     sample
    /// };
    /// let wanted = Wanted { categories: vec!["pass".into(), "fail".into()], ..Wanted::default() };
    /// // Of four candidates three passed; half of their band did in the base.
    /// let (a, b) = (sample(&["0", "0", "0", "1"]), sample(&["0", "1"]));
    /// let prediction = Prediction::of([(&a, Some(&b))], &wanted);
    /// let pass = &prediction.categories.unwrap()[0];
    /// assert_eq!((pass.predicted, pass.actual, pass.difference), (Ok(50.0), Ok(75.0), Ok(25.0)));
    /// ```
    #[must_use]
    pub fn of<'s>(bands: impl IntoIterator<Item = (&'s Sample, Option<&'s Sample>)>, wanted: &Wanted) -> Self {
        let places = wanted.categories.len();
        let mut prediction = Self { nobs: 0, unmatched: 0, categories: Err(Undefined::NothingToCompare) };
        let (mut actual, mut predicted) = (vec![0; places], vec![Ratio::from(0); places]);
        for (candidates, base) in bands {
            let counts = candidates.category_counts(places).and_then(|counts| {
                let base = base.map_or_else(|| Ok(vec![0; places]), |base| base.category_counts(places))?;
                Ok((counts, base))
            });
            let (counts, base) = match counts {
                Ok(counts) => counts,
                Err(why) => return Self { categories: Err(why), ..prediction },
            };
            let [intake, of_base] = [&counts, &base].map(|counts| counts.iter().sum::<u64>());
            if of_base == 0 {
                prediction.unmatched += intake;
                continue;
            }
            prediction.nobs += intake;
            for (place, (count, base)) in counts.iter().zip(base).enumerate() {
                actual[place] += count;
                let expected = Ratio::from(intake).multiply(&Ratio::from(base)).divide(&of_base.into());
                predicted[place] = predicted[place].add(&expected);
            }
        }
        if prediction.nobs > 0 {
            prediction.categories = Ok(rows(&actual, &predicted, prediction.nobs, wanted));
        }
        prediction
    }
}

/// Rows of the categories, of actual and predicted counts among `all`.
fn rows(actual: &[u64], predicted: &[Ratio], all: u64, wanted: &Wanted) -> Vec<PredictedCategory> {
    let rounding = wanted.precision.percentage_rounding(Statistic::Categories);
    let percentages = |actual: u64, predicted: &Ratio| {
        let [actual, predicted] = [&Ratio::from(actual), predicted].map(|count| count.percent_of(&all.into()));
        [rounding.figure(&predicted), rounding.figure(&actual), rounding.figure(&actual.subtract(&predicted))]
    };
    let (mut actual_so_far, mut predicted_so_far) = (0, Ratio::from(0));
    let row = |(category, (count, expected)): (&String, (&u64, &Ratio))| {
        actual_so_far += count;
        predicted_so_far = predicted_so_far.add(expected);
        let [predicted, actual, difference] = percentages(*count, expected);
        let [cumulative_predicted, cumulative_actual, cumulative_difference] =
            percentages(actual_so_far, &predicted_so_far);
        PredictedCategory {
            category: category.clone(),
            predicted,
            actual,
            difference,
            cumulative_predicted,
            cumulative_actual,
            cumulative_difference,
        }
    };
    wanted.categories.iter().zip(actual.iter().zip(predicted)).map(row).collect()
}
