//! Predicted outcomes against their definition on the candidates one by one.

use std::convert::Infallible;

use describe::{Prediction, Retention, Sample, Undefined, Wanted};
use num_bigint::BigInt;
use num_traits::Zero;
use proptest::prelude::*;

use crate::statistics::{Rational, double, number};

const CATEGORIES: usize = 3;

fn sample(places: &[usize]) -> Sample {
    let mut sample = Sample::new(&Retention { max_distinct: Some(100), ..Retention::default() });
    for place in places {
        sample.push(number(&place.to_string()));
    }
    sample
}

fn wanted() -> Wanted {
    Wanted { categories: (0..CATEGORIES).map(|place| format!("C{place}")).collect(), ..Wanted::default() }
}

fn fraction(numerator: usize, denominator: usize) -> Rational {
    Rational::new(BigInt::from(numerator), BigInt::from(denominator))
}

proptest! {
    #[test]
    fn definition(
        bands in prop::collection::vec(
            (prop::collection::vec(0..CATEGORIES, 0..9), prop::collection::vec(0..CATEGORIES, 0..9)),
            1..5,
        ),
        is_last_in_base in any::<bool>(),
    ) {
        let samples: Vec<[Sample; 2]> = bands.iter().map(|(a, b)| [sample(a), sample(b)]).collect();
        let base = |place: usize| (is_last_in_base || place + 1 < bands.len()).then(|| &samples[place][1]);
        let pairs = samples.iter().enumerate().map(|(place, [a, _])| (a, base(place)));
        let prediction = Prediction::of(pairs, &wanted(), || Ok::<(), Infallible>(())).expect("a prediction");
        let has_base = |place: usize| base(place).is_some() && !bands[place].1.is_empty();
        let candidates: Vec<(usize, usize)> = bands
            .iter()
            .enumerate()
            .flat_map(|(place, (a, _))| a.iter().map(move |grade| (place, *grade)))
            .collect();
        let matched: Vec<(usize, usize)> = candidates.iter().copied().filter(|(place, _)| has_base(*place)).collect();
        prop_assert_eq!(prediction.nobs, Some(matched.len() as u64));
        prop_assert_eq!(prediction.unmatched, Some((candidates.len() - matched.len()) as u64));
        if matched.is_empty() {
            prop_assert_eq!(prediction.categories, Err(Undefined::Unmatched));
            return Ok(());
        }
        let rows = prediction.categories.expect("categories");
        prop_assert_eq!(rows.len(), CATEGORIES);
        for (category, row) in rows.iter().enumerate() {
            prop_assert_eq!(&row.category, &format!("C{category}"));
            let figures = |is_in: &dyn Fn(usize) -> bool| {
                let share = |place: usize| {
                    let base = &bands[place].1;
                    fraction(base.iter().filter(|grade| is_in(**grade)).count(), base.len())
                };
                let sum = matched.iter().fold(Rational::zero(), |sum, (place, _)| sum + share(*place));
                let predicted = sum * fraction(100, matched.len());
                let actual = fraction(100 * matched.iter().filter(|(_, grade)| is_in(*grade)).count(), matched.len());
                let difference = &actual - &predicted;
                [predicted, actual, difference].map(|figure| Ok(double(&figure)))
            };
            prop_assert_eq!([row.predicted, row.actual, row.difference], figures(&|grade| grade == category));
            let cumulative = [row.cumulative_predicted, row.cumulative_actual, row.cumulative_difference];
            prop_assert_eq!(cumulative, figures(&|grade| grade <= category));
        }
    }
}
