//! Equating: against published tables, and against the definitions in exact rationals.

use describe::{EquatedMark, Retention, Sample, Undefined, Wanted};
use num_bigint::BigInt;
use num_traits::{Signed, Zero};
use proptest::prelude::*;

use crate::statistics::{Rational, double, number};

fn sample(marks: impl IntoIterator<Item = (String, usize)>) -> Sample {
    let mut sample = Sample::new(&Retention { max_distinct: Some(10_000), ..Retention::default() });
    for (mark, count) in marks {
        (0..count).for_each(|_| sample.push(number(&mark)));
    }
    sample
}

/// A sample of the marks 0, 1, 2 and so on with these counts.
fn counted(counts: &[usize]) -> Sample {
    sample(counts.iter().enumerate().map(|(mark, count)| (mark.to_string(), *count)))
}

fn marks(a: &Sample, b: &Sample, wanted: &Wanted) -> Vec<EquatedMark> {
    a.equate(b, wanted).marks.expect("marks")
}

/// Table 2.3 of Kolen and Brennan.
#[test]
fn published_small_table() {
    let rows = marks(&counted(&[2, 3, 2, 2, 1]), &counted(&[1, 2, 2, 3, 2]), &Wanted::default());
    let equivalents: Vec<f64> = rows.iter().map(|row| row.equipercentile.expect("a mark")).collect();
    assert_eq!(equivalents, [0.5, 1.75, 2.0 + 5.0 / 6.0, 3.5, 4.25]);
}

/// Counts of the marks 0 to 40 in a test of mathematics on two forms (table 2.5 of Kolen and Brennan), and the equivalents without smoothing
/// (table 2.7).
const FORM_X: [usize; 41] = [
    0, 1, 1, 3, 9, 18, 59, 67, 91, 144, 149, 192, 192, 192, 201, 204, 217, 181, 184, 170, 201, 147, 163, 147, 140, 147,
    126, 113, 100, 106, 107, 91, 83, 73, 72, 75, 50, 37, 38, 23, 15,
];
const FORM_Y: [usize; 41] = [
    0, 1, 3, 13, 42, 59, 95, 131, 158, 161, 194, 164, 166, 197, 177, 158, 169, 132, 158, 151, 134, 137, 122, 110, 116,
    132, 104, 104, 114, 97, 107, 88, 80, 79, 70, 61, 48, 47, 29, 32, 12,
];
const EQUIVALENTS: [f64; 40] = [
    0.9796, 1.6462, 2.2856, 2.8932, 3.6205, 4.4997, 5.5148, 6.3124, 7.2242, 8.1607, 9.1827, 10.1859, 11.2513, 12.3896,
    13.3929, 14.5240, 15.7169, 16.8234, 18.0092, 19.1647, 20.3676, 21.4556, 22.6871, 23.9157, 25.0292, 26.1612,
    27.2633, 28.1801, 29.1424, 30.1305, 31.1297, 32.1357, 33.0781, 34.0172, 35.1016, 36.2426, 37.1248, 38.1321,
    39.0807, 39.9006,
];

#[test]
fn published_tests() {
    let (a, b) = (counted(&FORM_X), counted(&FORM_Y));
    // The book divides variances by n.
    let mut wanted = Wanted::default();
    wanted.moments.ddof = 0;
    let equating = a.equate(&b, &wanted);
    let rows = equating.marks.expect("marks");
    assert_eq!(rows.len(), 40);
    for (row, published) in rows.iter().zip(EQUIVALENTS) {
        let equivalent = row.equipercentile.expect("a mark");
        assert!((equivalent - published).abs() < 0.000_051, "{:?} has {equivalent}, not {published}", row.mark);
    }
    let [slope, intercept] = [equating.slope, equating.intercept].map(|figure| figure.expect("a figure"));
    assert!((slope - 1.0886).abs() < 0.000_05 && (intercept + 2.6319).abs() < 0.000_1, "{slope} {intercept}");
}

fn fraction(numerator: usize, denominator: usize) -> Rational {
    Rational::new(BigInt::from(numerator), BigInt::from(denominator))
}

fn whole(mark: usize) -> Rational {
    fraction(mark, 1)
}

/// Share of marks below each edge of the steps around the marks 0, 1, 2 and so on, where they are spread evenly.
fn edges(counts: &[usize]) -> Vec<Rational> {
    let all = counts.iter().sum();
    (0..=counts.len()).map(|mark| fraction(counts[..mark].iter().sum(), all)).collect()
}

/// Mark of b whose share of marks below it is `share`: between the last point with less and the first with more, in the middle.
fn inverse(counts: &[usize], share: &Rational) -> (Rational, usize) {
    let edges = edges(counts);
    let half = fraction(1, 2);
    let point = |mark: usize| {
        let within = (share - &edges[mark]) / (&edges[mark + 1] - &edges[mark]);
        whole(mark) - &half + within
    };
    let first_above = (0..counts.len()).find(|mark| edges[mark + 1] > *share).expect("a mark");
    let last_below = (0..counts.len()).rev().find(|mark| edges[*mark] < *share).expect("a mark");
    ((point(first_above) + point(last_below)) / whole(2), first_above)
}

/// Mean, variance with this divisor, and third and fourth moments in units of powers of the variance with n.
fn moments(counts: &[usize], ddof: usize) -> (Rational, Rational, Rational, Rational) {
    let all: usize = counts.iter().sum();
    let mean = counts.iter().enumerate().map(|(mark, count)| fraction(mark * count, all)).sum::<Rational>();
    let central = |power: i32| {
        let terms = counts.iter().enumerate().map(|(mark, count)| (whole(mark) - &mean).pow(power) * whole(*count));
        terms.sum::<Rational>()
    };
    let second = central(2);
    let (third, fourth) = (central(3) / whole(all), central(4) / whole(all));
    (mean, second / whole(all - ddof), third, fourth)
}

fn rough(value: &Rational) -> f64 {
    double(value)
}

/// Whether a double is the nearest one to a number ± a few of the last digit, where the number is a sum with a root.
fn is_near(found: describe::Figure, expected: f64) -> bool {
    found.is_ok_and(|found| (found - expected).abs() <= 1e-12 * (1.0 + expected.abs()))
}

proptest! {
    #[test]
    fn definitions(
        a in prop::collection::vec(0_usize..6, 2..12),
        b in prop::collection::vec(0_usize..6, 2..12),
        places in 0_usize..3,
    ) {
        let [of_a, of_b] = [&a, &b].map(|counts| counts.iter().sum::<usize>());
        prop_assume!(of_a > 1 && of_b > 1);
        // The step is 1 only if the marks say so.
        let occurring = |counts: &[usize]| counts.windows(2).any(|pair| pair[0] > 0 && pair[1] > 0);
        prop_assume!(occurring(&a) || occurring(&b));
        let unit = [1.0, 0.1, 0.01][places];
        let scaled = |counts: &[usize]| {
            sample(counts.iter().enumerate().map(|(mark, count)| (format!("{mark}e-{places}"), *count)))
        };
        let equating = scaled(&a).equate(&scaled(&b), &Wanted::default());
        let power = whole(10_usize.pow(u32::try_from(places).expect("small")));
        prop_assert_eq!(equating.step, Ok(double(&(whole(1) / &power))));
        let rows = equating.marks.expect("marks");
        let first = a.iter().position(|count| *count > 0).expect("a mark");
        let last = a.iter().rposition(|count| *count > 0).expect("a mark");
        prop_assert_eq!(rows.len(), last - first + 1);
        let (mean_a, square_a, third_a, fourth_a) = moments(&a, 1);
        let (mean_b, square_b, third_b, fourth_b) = moments(&b, 1);
        for (mark, row) in (first..=last).zip(&rows) {
            prop_assert_eq!(row.mark, Ok(double(&(whole(mark) / &power))));
            let below: usize = a[..mark].iter().sum();
            let share = fraction(2 * below + a[mark], 2 * of_a);
            let (equivalent, place) = inverse(&b, &share);
            prop_assert_eq!(row.equipercentile, Ok(double(&(&equivalent / &power))));
            let edges = edges(&b);
            let mass = &edges[place + 1] - &edges[place];
            let of_ranks = &share * (whole(1) - &share) * (fraction(1, of_a) + fraction(1, of_b));
            let of_mark = (&edges[place + 1] - &share) * (&share - &edges[place]) / (whole(of_b) * &mass);
            let square = (of_ranks - of_mark) / (&mass * &mass);
            prop_assert!(!square.is_negative());
            prop_assert!(is_near(row.equipercentile_se, rough(&square).sqrt() * unit));
            if square_a.is_zero() {
                prop_assert_eq!((row.linear, row.linear_se), (Err(Undefined::Constant), Err(Undefined::Constant)));
                continue;
            }
            let z = (mark_of(mark) - rough(&mean_a)) / rough(&square_a).sqrt();
            prop_assert!(is_near(row.linear, (rough(&mean_b) + z * rough(&square_b).sqrt()) * unit));
            let biased = |square: &Rational, all: usize| rough(&(square * fraction(all - 1, all)));
            let shape = |third: &Rational, fourth: &Rational, square: f64| {
                if square > 0.0 { [rough(third) / square.powf(1.5), rough(fourth) / square.powi(2)] } else { [0.0, 1.0] }
            };
            let [skewness_a, kurtosis_a] = shape(&third_a, &fourth_a, biased(&square_a, of_a));
            let [skewness_b, kurtosis_b] = shape(&third_b, &fourth_b, biased(&square_b, of_b));
            let [n_a, n_b] = [of_a, of_b].map(mark_of);
            let variance = 1.0 / n_a + 1.0 / n_b + (skewness_a / n_a + skewness_b / n_b) * z
                + ((kurtosis_a - 1.0) / (4.0 * n_a) + (kurtosis_b - 1.0) / (4.0 * n_b)) * z * z;
            let expected = rough(&square_b).sqrt() * variance.max(0.0).sqrt() * unit;
            let found = row.linear_se.expect("an error");
            // Near 0 the root of what rounding leaves.
            prop_assert!((found - expected).abs() <= 1e-7 * unit && (found - expected).abs() <= 1e-9 * expected + 1e-7);
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "small")]
fn mark_of(mark: usize) -> f64 {
    mark as f64
}

#[test]
fn undefined_cases() {
    let wanted = Wanted::default();
    let (none, one) = (counted(&[]), counted(&[0, 3]));
    assert_eq!(none.equate(&one, &wanted).marks, Err(Undefined::NoNumbers));
    assert_eq!(one.equate(&none, &wanted).slope, Err(Undefined::NoNumbers));
    // Equal marks have a percentile rank of 50, and no line.
    let equated = one.equate(&counted(&[1, 1, 1]), &wanted);
    assert_eq!(equated.slope, Err(Undefined::Constant));
    assert_eq!(equated.marks.expect("marks")[0].equipercentile, Ok(1.0));
    let wide = sample([("0".into(), 1), ("0.001".into(), 1), ("10".into(), 1)]);
    assert_eq!(wide.equate(&one, &wanted).marks, Err(Undefined::TooManyMarks(10_000)));
    let mut infinite = counted(&[1, 1]);
    infinite.push(number("inf"));
    assert_eq!(infinite.equate(&one, &wanted).marks, Err(Undefined::Infinite));
    let unknown = Sample::new(&Retention::default());
    assert_eq!(unknown.equate(&one, &wanted).marks, Err(Undefined::NoNumbers));
}
