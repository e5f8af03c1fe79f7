//! Categories against their definitions on the values one by one: counts, changes and the test of homogeneity in exact rationals, Newcombe's
//! interval by the quadratic equation of Wilson's limits.

use describe::{Homogeneity, Retention, Sample, Statistic, Statistics, Undefined, Value, Wanted};
use num_bigint::BigInt;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseError;

use crate::statistics::{Rational, double, number, value};

const CATEGORIES: usize = 4;

fn fraction(numerator: usize, denominator: usize) -> Rational {
    Rational::new(BigInt::from(numerator), BigInt::from(denominator))
}

fn wanted() -> Wanted {
    Wanted {
        statistics: Statistics::NONE.with(Statistic::Categories),
        categories: (0..CATEGORIES).map(|place| format!("C{place}")).collect(),
        ..Wanted::default()
    }
}

/// A sample of places, dealt to several that are then merged.
fn sample(places: &[usize], choices: &[Index]) -> Sample {
    let mut parts = vec![Sample::new(&Retention { max_distinct: Some(100), ..Retention::default() }); 3];
    for (place, choice) in places.iter().zip(choices.iter().cycle()) {
        parts[choice.index(3)].push(number(&place.to_string()));
    }
    let mut whole = Sample::new(&Retention { max_distinct: Some(100), ..Retention::default() });
    for part in &parts {
        whole.merge(part);
    }
    whole
}

fn counted(places: &[usize], of: impl Fn(usize) -> bool) -> usize {
    places.iter().filter(|place| of(**place)).count()
}

/// Limit of Wilson's interval by bisection: the share p beyond `share` for which (share - p)² = z² p (1 - p)/n.
fn wilson(share: f64, n: f64, z: f64, mut far: f64) -> f64 {
    let mut near = share;
    for _ in 0..200 {
        let middle = f64::midpoint(near, far);
        let is_inside = (share - middle).powi(2) <= z * z * middle * (1.0 - middle) / n;
        *(if is_inside { &mut near } else { &mut far }) = middle;
    }
    near
}

proptest! {
    #[test]
    fn categories(
        groups in prop::collection::vec(prop::collection::vec(0..CATEGORIES, 0..40), 2..5),
        choices in prop::collection::vec(any::<Index>(), 1..20),
    ) {
        let wanted = wanted();
        let samples: Vec<Sample> = groups.iter().map(|places| sample(places, &choices)).collect();
        for (places, sample) in groups.iter().zip(&samples) {
            let figures = sample.describe(&wanted).figures;
            if places.is_empty() {
                prop_assert_eq!(value(&figures, Statistic::Categories), &Value::Undefined(Undefined::NoNumbers));
                continue;
            }
            let Value::Categories(rows) = value(&figures, Statistic::Categories) else { panic!("categories") };
            prop_assert_eq!(rows.len(), CATEGORIES);
            for (place, row) in rows.iter().enumerate() {
                let [count, cumulative] = [counted(places, |other| other == place), counted(places, |other| other <= place)];
                prop_assert_eq!(&row.category, &format!("C{place}"));
                prop_assert_eq!((row.count, row.cumulative_count), (Some(count as u64), Some(cumulative as u64)));
                prop_assert_eq!(row.percent, Ok(double(&fraction(100 * count, places.len()))));
                prop_assert_eq!(row.cumulative_percent, Ok(double(&fraction(100 * cumulative, places.len()))));
            }
        }
        let changes = samples[0].category_changes(&samples[1], &wanted);
        if groups[0].is_empty() || groups[1].is_empty() {
            prop_assert_eq!(changes, Err(Undefined::NothingToCompare));
        } else {
            for (place, change) in changes.expect("values").iter().enumerate() {
                check_change(&groups, |other| other == place, change.change, &change.ci)?;
                check_change(&groups, |other| other <= place, change.cumulative_change, &change.cumulative_ci)?;
            }
        }
        check_homogeneity(&groups, &samples, &wanted)?;
    }
}

fn check_change(
    groups: &[Vec<usize>],
    of: impl Fn(usize) -> bool,
    change: describe::Figure,
    ci: &Result<describe::Interval, Undefined>,
) -> Result<(), TestCaseError> {
    let [one, other] = [0, 1].map(|group| (counted(&groups[group], &of), groups[group].len()));
    prop_assert_eq!(change, Ok(double(&(fraction(100 * one.0, one.1) - fraction(100 * other.0, other.1)))));
    let limits = |(count, all): (usize, usize)| {
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let (share, all) = (count as f64 / all as f64, all as f64);
        let z = 1.959_963_984_540_054;
        (share, wilson(share, all, z, 0.0), wilson(share, all, z, 1.0))
    };
    let ((a, a_low, a_high), (b, b_low, b_high)) = (limits(one), limits(other));
    let low = 100.0 * (a - b - (a - a_low).hypot(b_high - b));
    let high = 100.0 * (a - b + (a_high - a).hypot(b - b_low));
    let ci = ci.as_ref().expect("an interval");
    let (found_low, found_high) = (ci.low.expect("a limit"), ci.high.expect("a limit"));
    prop_assert!(
        (found_low - low).abs() < 1e-10 && (found_high - high).abs() < 1e-10,
        "{:?} is not {} to {}",
        ci,
        low,
        high
    );
    Ok(())
}

fn check_homogeneity(groups: &[Vec<usize>], samples: &[Sample], wanted: &Wanted) -> Result<(), TestCaseError> {
    let test = Homogeneity::of(samples.iter(), wanted, || Ok::<(), ()>(())).expect("not ended");
    let compared: Vec<&Vec<usize>> = groups.iter().filter(|places| !places.is_empty()).collect();
    let all: Vec<usize> = groups.concat();
    let occurring: Vec<usize> = (0..CATEGORIES).filter(|place| all.contains(place)).collect();
    prop_assert_eq!((test.groups, test.categories), (Some(compared.len() as u64), Some(occurring.len() as u64)));
    if compared.len() < 2 || occurring.len() < 2 {
        prop_assert_eq!(
            (test.statistic, test.df, test.p),
            (Err(Undefined::NothingToCompare), None, Err(Undefined::NothingToCompare))
        );
        return Ok(());
    }
    let expected = |places: &[usize], category: usize| {
        fraction(places.len() * counted(&all, |other| other == category), all.len())
    };
    let cells = || compared.iter().flat_map(|places| occurring.iter().map(move |category| (places, *category)));
    let statistic: Rational = cells()
        .map(|(places, category)| {
            let expected = expected(places, category);
            let distance = fraction(counted(places, |other| other == category), 1) - &expected;
            &distance * &distance / expected
        })
        .sum();
    prop_assert_eq!(test.statistic, Ok(double(&statistic)));
    prop_assert_eq!(test.df, Some(((compared.len() - 1) * (occurring.len() - 1)) as u64));
    let least = cells().map(|(places, category)| expected(places, category)).min().expect("a cell");
    prop_assert_eq!(test.least_expected, Ok(double(&least)));
    let p = test.p.expect("a p-value");
    prop_assert!((0.0..=1.0).contains(&p) && (p == 1.0) == (double(&statistic) == 0.0), "{}", p);
    Ok(())
}

/// A table of two groups with this statistic and p-value, calculated by mpmath's `gammainc` with 50 digits.
#[test]
fn p_values() {
    let cases: &[(&[&[usize]], f64)] = &[
        // χ² = 20/63 with 1 degree of freedom, 16/3 with 2, 400 with 1.
        (&[&[10, 20], &[8, 22]], 0.573_137_913_384_076_4),
        (&[&[10, 20, 30], &[20, 20, 20]], 0.069_483_451_222_801_54),
        (&[&[200, 0], &[0, 200]], 5.507_248_237_212_467e-89),
    ];
    for (counts, expected) in cases {
        let samples: Vec<Sample> = counts
            .iter()
            .map(|counts| {
                let mut sample = Sample::new(&Retention { max_distinct: Some(100), ..Retention::default() });
                for (place, count) in counts.iter().enumerate() {
                    (0..*count).for_each(|_| sample.push(number(&place.to_string())));
                }
                sample
            })
            .collect();
        let test = Homogeneity::of(samples.iter(), &wanted(), || Ok::<(), ()>(())).expect("not ended");
        let p = test.p.expect("a p-value");
        assert!((p / expected - 1.0).abs() < 1e-13, "{counts:?}: {p} is not {expected}, {test:?}");
    }
}
