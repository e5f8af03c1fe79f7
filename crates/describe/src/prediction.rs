//! Predicted outcomes: the outcomes of each band of prior attainment in one year, applied to the bands of another year's candidates.
//!
//! Input: samples whose values are places in the list of categories, a pair for each band: of the candidates a, and of the base b whose
//! outcomes predict theirs. Output: for each category the predicted and the actual percentage of a, and their difference. Every figure is
//! the exact one, rounded once.

use num_bigint::BigUint;
use num_integer::Integer;
use num_traits::ToPrimitive;

use super::exact::Ratio;
use super::sample::Sample;
#[cfg(feature = "serde")]
use super::serialize::figure;
use super::statistic::Statistic;
use super::undefined::{Figure, Undefined};
use super::value::Count;
use super::wanted::Wanted;

/// Prediction of the outcomes of candidates.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// Number of candidates whose band occurs in the base: those who are predicted. Unknown where the values of a sample are.
    pub nobs: Count,
    /// Number of candidates in bands without candidates in the base, who are left out.
    pub unmatched: Count,
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

impl PredictedCategory {
    /// A row of no category and without figures, in place of those that are undefined.
    #[must_use]
    pub fn undefined(why: Undefined) -> Self {
        let none = Err(why);
        Self {
            category: String::new(),
            predicted: none,
            actual: none,
            difference: none,
            cumulative_predicted: none,
            cumulative_actual: none,
            cumulative_difference: none,
        }
    }
}

impl Prediction {
    /// Predicts the outcomes of the candidates a, band by band; the base b of a band is `None` if it has no such band. `check` is
    /// called for each band, and may end the prediction.
    ///
    /// Undefined if nobody is in a band of the base, or the values of a sample are not all known.
    ///
    /// # Errors
    /// What `check` returns.
    ///
    /// ```
    /// use std::convert::Infallible;
    ///
    /// use describe::{Number, Prediction, Retention, Sample, Wanted};
    /// let sample = |places: &[&str]| {
    ///     let mut sample = Sample::new(&Retention { max_distinct: Some(10), ..Retention::default() });
    ///     places.iter().for_each(|place| sample.push(Number::parse(place.as_bytes()).unwrap()));
    ///     sample
    /// };
    /// let wanted = Wanted { categories: vec!["pass".into(), "fail".into()], ..Wanted::default() };
    /// // Of four candidates three passed; half of their band did in the base.
    /// let (a, b) = (sample(&["0", "0", "0", "1"]), sample(&["0", "1"]));
    /// let prediction = Prediction::of([(&a, Some(&b))].into_iter(), &wanted, || Ok::<(), Infallible>(())).unwrap();
    /// let pass = &prediction.categories.unwrap()[0];
    /// assert_eq!((pass.predicted, pass.actual, pass.difference), (Ok(50.0), Ok(75.0), Ok(25.0)));
    /// ```
    pub fn of<'s, E>(
        bands: impl Iterator<Item = (&'s Sample, Option<&'s Sample>)> + Clone,
        wanted: &Wanted,
        mut check: impl FnMut() -> Result<(), E>,
    ) -> Result<Self, E> {
        let counts = bands.map(|(candidates, base)| Band::of(candidates, base, wanted));
        let (mut nobs, mut unmatched) = (0, 0);
        // The shares of all bands have the least common multiple of their numbers of candidates as denominator.
        let mut denominator = BigUint::from(1_u8);
        for band in counts.clone() {
            check()?;
            match band {
                Err(why) => return Ok(Self::none(why)),
                Ok(Band { intake, of_base: 0, .. }) => unmatched += intake,
                Ok(Band { intake, of_base, .. }) => {
                    nobs += intake;
                    let rest = (&denominator % of_base).to_u64().unwrap_or(0);
                    denominator *= of_base / of_base.gcd(&rest);
                }
            }
        }
        let [predicted_of, left_out] = [nobs, unmatched].map(Some);
        if nobs == 0 {
            return Ok(Self { nobs: predicted_of, unmatched: left_out, categories: Err(Undefined::Unmatched) });
        }
        let places = wanted.categories.len();
        let (mut actual, mut predicted) = (vec![0; places], vec![BigUint::ZERO; places]);
        for Band { candidates, base, intake, of_base } in counts.flatten().filter(|band| band.of_base > 0) {
            check()?;
            let of_one = &denominator / of_base * intake;
            for (place, (count, base)) in candidates.into_iter().zip(base).enumerate() {
                actual[place] += count;
                predicted[place] += &of_one * base;
            }
        }
        let categories = Ok(rows(&actual, &predicted, &denominator, nobs, wanted));
        Ok(Self { nobs: predicted_of, unmatched: left_out, categories })
    }

    /// Nothing but the reason.
    #[must_use]
    pub fn none(why: Undefined) -> Self {
        Self { nobs: None, unmatched: None, categories: Err(why) }
    }
}

/// Counts of the categories in a band.
struct Band {
    candidates: Vec<u64>,
    base: Vec<u64>,
    intake: u64,
    of_base: u64,
}

impl Band {
    fn of(candidates: &Sample, base: Option<&Sample>, wanted: &Wanted) -> Result<Self, Undefined> {
        let none = || Ok(vec![0; wanted.categories.len()]);
        let (candidates, base) =
            (candidates.category_counts(wanted)?, base.map_or_else(none, |base| base.category_counts(wanted))?);
        let [intake, of_base] = [&candidates, &base].map(|counts| counts.iter().sum());
        Ok(Self { candidates, base, intake, of_base })
    }
}

/// Rows of the categories, of actual counts and of predicted ones, which have one denominator, among `all`.
fn rows(
    actual: &[u64],
    predicted: &[BigUint],
    denominator: &BigUint,
    all: u64,
    wanted: &Wanted,
) -> Vec<PredictedCategory> {
    let rounding = wanted.precision.percentage_rounding(Statistic::Categories);
    let percentages = |actual: u64, predicted: &BigUint| {
        let predicted = Ratio::new(predicted.clone(), denominator.clone());
        let [actual, predicted] = [Ratio::from(actual), predicted].map(|count| count.percent_of(&all.into()));
        [rounding.figure(&predicted), rounding.figure(&actual), rounding.figure(&actual.subtract(&predicted))]
    };
    let (mut actual_so_far, mut predicted_so_far) = (0, BigUint::ZERO);
    let row = |(category, (count, expected)): (&String, (&u64, &BigUint))| {
        actual_so_far += count;
        predicted_so_far += expected;
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
