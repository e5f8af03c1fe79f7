//! Correlations against their definitions on the records one by one: Pearson's r in exact rationals, ranks and concordant pairs by
//! comparing all pairs of records; the same for any order and division of the records.

use std::cmp::Ordering;

use describe::{
    Coefficient, ComparisonStatistic, Correlation, Decimal, FigureName, JointTally, MAX_JOINT_VALUES, Precision,
    Undefined, Wanted, take_growth,
};
use num_bigint::{BigInt, Sign};
use num_traits::{Signed, Zero};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseError;

use crate::oracle::exact;
use crate::statistics::{Rational, check_root, decimal};

/// A record with a text for each column that has a number.
type Record = Vec<Option<String>>;

fn parsed(record: &Record) -> Vec<Option<Decimal>> {
    record.iter().map(|text| text.as_deref().map(decimal)).collect()
}

fn rational(text: &str) -> Rational {
    exact(text).rational()
}

fn tally(columns: usize, records: &[Record]) -> JointTally {
    let mut tally = JointTally::new(columns);
    for record in records {
        tally.push(&parsed(record));
    }
    tally
}

/// The records dealt to several tallies, which are then merged into one.
fn merged(columns: usize, records: &[Record], choices: &[Index]) -> JointTally {
    let mut parts = vec![JointTally::new(columns); 3];
    for (record, choice) in records.iter().rev().zip(choices.iter().cycle()) {
        parts[choice.index(3)].push(&parsed(record));
    }
    let mut whole = JointTally::new(columns);
    for part in &parts {
        whole.merge(part);
    }
    whole
}

/// Rank of each number among all: the mean of the ranks of those equal to it.
fn ranks(numbers: &[Rational]) -> Vec<Rational> {
    let count =
        |number: &Rational, wanted: Ordering| numbers.iter().filter(|other| (*other).cmp(number) == wanted).count();
    let rank = |number: &Rational| {
        let (below, equal) = (count(number, Ordering::Less), count(number, Ordering::Equal));
        Rational::new(BigInt::from(2 * below + equal + 1), BigInt::from(2))
    };
    numbers.iter().map(rank).collect()
}

/// Sign and square of Σ(x - x̄)(y - ȳ)/√(Σ(x - x̄)² Σ(y - ȳ)²); `None` where a factor is 0.
fn product_moment(x: &[Rational], y: &[Rational]) -> Option<(Sign, Rational)> {
    let n = Rational::from(BigInt::from(x.len().max(1)));
    let deviations = |numbers: &[Rational]| -> Vec<Rational> {
        let mean = numbers.iter().sum::<Rational>() / &n;
        numbers.iter().map(|number| number - &mean).collect()
    };
    let (x, y) = (deviations(x), deviations(y));
    let sum = |a: &[Rational], b: &[Rational]| a.iter().zip(b).map(|(a, b)| a * b).sum::<Rational>();
    quotient(&sum(&x, &y), &sum(&x, &x), &sum(&y, &y))
}

/// Sign and square of tau-b, from all pairs of records.
fn tau(x: &[Rational], y: &[Rational]) -> Option<(Sign, Rational)> {
    let (mut difference, mut of_x, mut of_y) = (0_i64, 0_i64, 0_i64);
    for a in 0..x.len() {
        for b in 0..a {
            let sign = |order: Ordering| order as i64;
            let [first, second] = [sign(x[a].cmp(&x[b])), sign(y[a].cmp(&y[b]))];
            difference += first * second;
            of_x += first.abs();
            of_y += second.abs();
        }
    }
    let [difference, of_x, of_y] = [difference, of_x, of_y].map(|count| Rational::from(BigInt::from(count)));
    quotient(&difference, &of_x, &of_y)
}

fn quotient(numerator: &Rational, x: &Rational, y: &Rational) -> Option<(Sign, Rational)> {
    let denominator = x * y;
    (!denominator.is_zero()).then(|| (numerator.numer().sign(), numerator * numerator / denominator))
}

fn check_pair(found: &Correlation, records: &[Record], columns: [usize; 2]) -> Result<(), TestCaseError> {
    let both = records.iter().map(|record| columns.map(|column| record[column].as_deref()));
    let both = both.filter_map(|[first, second]| Some((rational(first?), rational(second?))));
    let (x, y): (Vec<Rational>, Vec<Rational>) = both.unzip();
    let n = x.len() as u64;
    prop_assert_eq!(found.nobs, Some(n));
    let expected = [product_moment(&x, &y), product_moment(&ranks(&x), &ranks(&y)), tau(&x, &y)];
    let coefficients = [&found.pearson, &found.spearman, &found.kendall];
    for ((found, expected), needed) in coefficients.into_iter().zip(expected).zip([4, 4, 5]) {
        if n < 2 {
            prop_assert_eq!(found, &Err(Undefined::Needs { nobs: n, needed: 2 }));
            continue;
        }
        let (Some((sign, square)), Ok(coefficient)) = (&expected, found) else {
            prop_assert_eq!(found, &Err(Undefined::Constant));
            prop_assert!(expected.is_none(), "{expected:?}");
            continue;
        };
        let value = coefficient.value.expect("defined");
        check_root(Ok(value.abs()), square, "coefficient")?;
        prop_assert_eq!(value.partial_cmp(&0.0), Some(sign.cmp(&Sign::NoSign)));
        prop_assert_eq!(coefficient.p.err(), (n < 3).then_some(Undefined::Needs { nobs: n, needed: 3 }));
        if let Ok(p) = coefficient.p {
            prop_assert!((0.0..=1.0).contains(&p) && (sign != &Sign::NoSign || p == 1.0), "{p}");
        }
        match &coefficient.ci {
            Err(why) => prop_assert_eq!(*why, Undefined::Needs { nobs: n, needed }),
            Ok(ci) => {
                let [low, high] = [ci.low.expect("defined"), ci.high.expect("defined")];
                prop_assert!(n >= needed && -1.0 <= low && low <= value && value <= high && high <= 1.0, "{ci:?}");
                let is_certain = (square - Rational::from(BigInt::from(1))).is_zero();
                prop_assert!(!is_certain || low == high, "{ci:?}");
            }
        }
    }
    Ok(())
}

fn check(columns: usize, records: &[Record], choices: &[Index]) -> Result<(), TestCaseError> {
    let [whole, merged] = [tally(columns, records), merged(columns, records, choices)];
    for pair in whole.pairs() {
        let [found, again] = [&whole, &merged].map(|tally| tally.correlation(pair, &Wanted::default()));
        prop_assert_eq!(&found, &again);
        check_pair(&found, records, pair)?;
    }
    Ok(())
}

/// Numbers of which few differ, and some spellings of one number.
fn marks() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        6 => (-3..4_i32).prop_map(|mark| Some(mark.to_string())),
        2 => (0..4_u32).prop_map(|mark| Some(format!("{mark}.50"))),
        1 => Just(Some("1e0".to_owned())),
        1 => Just(None),
    ]
}

/// Numbers of up to 38 digits and of any exponent.
fn extremes() -> impl Strategy<Value = Option<String>> {
    let digits = (any::<bool>(), 0..10_u128.pow(38), 0..=126_u32, -300..=260_i32);
    prop_oneof![
        8 => digits.prop_map(|(negative, digits, bits, exponent)| {
            let sign = if negative { "-" } else { "" };
            Some(format!("{sign}{}e{exponent}", digits >> bits))
        }),
        1 => Just(Some("0".to_owned())),
        1 => Just(None),
    ]
}

proptest! {
    #[test]
    fn correlations_of_marks(
        records in prop::collection::vec(prop::collection::vec(marks(), 3), 0..40),
        choices in prop::collection::vec(any::<Index>(), 1..20),
    ) {
        check(3, &records, &choices)?;
    }

    #[test]
    fn correlations_of_few_records(
        records in prop::collection::vec(prop::collection::vec(marks(), 2), 0..6),
        choices in prop::collection::vec(any::<Index>(), 1..20),
    ) {
        check(2, &records, &choices)?;
    }

    #[test]
    fn correlations_of_any_numbers(
        records in prop::collection::vec(prop::collection::vec(extremes(), 2), 0..20),
        choices in prop::collection::vec(any::<Index>(), 1..20),
    ) {
        check(2, &records, &choices)?;
    }
}

/// A number that does not repeat soon.
fn scattered(place: usize) -> u64 {
    (place as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 44
}

/// Past the limit r stays exact, whichever tally reaches it, and ranks are undefined.
#[test]
fn sums_take_the_place_of_counts() {
    let record = |place: usize| -> Record {
        let y = place as u64 + scattered(place) / 1000;
        let x = if place.is_multiple_of(3) { format!("{place}.5") } else { place.to_string() };
        vec![Some(x), Some(format!("-{y}e{}", place % 60)), Some((place % 7).to_string())]
    };
    for count in [MAX_JOINT_VALUES, MAX_JOINT_VALUES + 1] {
        let records: Vec<Record> = (0..count).map(record).collect();
        let whole = tally(3, &records);
        let mut late = JointTally::new(3);
        for part in records.chunks(count / 2 + 1) {
            late.merge(&tally(3, part));
        }
        let mut early = whole.clone();
        early.merge(&JointTally::new(3));
        let mut into_few = tally(3, &records[..10]);
        into_few.merge(&tally(3, &records[10..]));
        for pair in whole.pairs() {
            let found = whole.correlation(pair, &Wanted::default());
            for other in [&late, &early, &into_few] {
                assert_eq!(other.correlation(pair, &Wanted::default()), found, "{pair:?} of {count}");
            }
            let why = found.spearman.as_ref().err().copied();
            assert_eq!(why, (count > MAX_JOINT_VALUES).then_some(Undefined::TooManyJointValues(MAX_JOINT_VALUES)));
            assert_eq!(found.kendall.as_ref().err().copied(), why);
            let numbers = |column: usize| -> Vec<Rational> {
                records.iter().map(|record| rational(record[column].as_deref().expect("a number"))).collect()
            };
            let (sign, square) = product_moment(&numbers(pair[0]), &numbers(pair[1])).expect("not constant");
            let value = found.pearson.expect("defined").value;
            check_root(value.map(f64::abs), &square, "r").expect("exact");
            assert_eq!(value.expect("defined").is_sign_negative(), sign == Sign::Minus);
        }
    }
}

/// Sums are added to sums, and counts of values that occur several times to sums.
#[test]
fn sums_merge_with_sums_and_with_counts() {
    let record =
        |place: usize| -> Record { vec![Some(place.to_string()), Some((scattered(place) % 1000).to_string())] };
    let many: Vec<Record> = (0..=MAX_JOINT_VALUES).map(record).collect();
    let repeated: Vec<Record> = (0..300).map(|place| record(place % 7 * 5000)).collect();
    let whole = tally(2, &[many.clone(), repeated.clone(), many.clone()].concat());
    let mut merged = tally(2, &many);
    merged.merge(&tally(2, &repeated));
    merged.merge(&tally(2, &many));
    let [expected, found] = [&whole, &merged].map(|tally| tally.correlation([0, 1], &Wanted::default()));
    assert_eq!(found, expected);
    assert_eq!(found.nobs, Some(2 * MAX_JOINT_VALUES as u64 + 302));
}

/// Memory does not grow with the number of records, and all of it is given back.
#[test]
fn memory_is_bounded() {
    let _ = take_growth();
    let mut tally = JointTally::new(2);
    let mut grown = Vec::new();
    for place in 0..4 * MAX_JOINT_VALUES {
        // Of any exponent, with up to 38 digits.
        let number = |seed: usize| {
            let digits = u128::from(scattered(place + seed)).pow(6) + 1;
            let exponent = i32::try_from(scattered(place * 7 + seed) % 600).expect("small") - 320;
            Some(Decimal::new(digits % 10_u128.pow(38), exponent, place % 2 == 0))
        };
        tally.push(&[number(0), number(1_000_000)]);
        if place % MAX_JOINT_VALUES == MAX_JOINT_VALUES - 1 {
            grown.push(grown.last().copied().unwrap_or(0) + take_growth());
        }
    }
    assert!(grown[0] > 2_000_000, "{grown:?}");
    // The numbers have codes; the counts are gone, and the sums do not grow.
    let codes = 2 * 112 * isize::try_from(MAX_JOINT_VALUES + 1).expect("small");
    assert!(grown[1..].iter().all(|grown| grown - codes < 100_000), "{grown:?} beside {codes}");
    drop(tally);
    assert_eq!(take_growth(), -grown[3]);
}

#[test]
fn known_coefficients() {
    // The ranks of four essays by two examiners, of which one pair is in the other order.
    let records: Vec<Record> = [("1", "1"), ("2", "3"), ("3", "2"), ("4", "4")]
        .iter()
        .map(|(x, y)| vec![Some((*x).into()), Some((*y).into())])
        .collect();
    let found = tally(2, &records).correlation([0, 1], &Wanted::default());
    let value = |coefficient: &Result<Coefficient, Undefined>| coefficient.as_ref().ok().map(|found| found.value);
    assert_eq!([value(&found.pearson), value(&found.spearman)], [Some(Ok(0.8)); 2]);
    assert_eq!(value(&found.kendall), Some(Ok(2.0 / 3.0)));
    // t = 0.8 √(2/0.36) with two degrees of freedom has p = 0.2.
    assert!((found.pearson.expect("defined").p.expect("defined") - 0.2).abs() < 1e-15);
}

/// Coefficient, limits and p-value, calculated by mpmath with 30 digits; scipy has the same p-values.
#[test]
fn coefficients_with_ties_agree_with_mpmath() {
    let (x, y) = ([1, 2, 2, 3, 3, 3, 5, 8, 8, 9], [2, 1, 4, 4, 4, 3, 7, 5, 7, 9]);
    let known = [
        [0.846_928_043_684_674_8, 0.465_561_631_943_810_7, 0.963_023_711_460_727_5, 0.001_988_253_850_800_052],
        [0.887_151_694_430_449_5, 0.488_355_367_297_334, 0.979_410_277_262_308_4, 0.000_617_874_062_569_452_9],
        [0.765_490_437_403_431_9, 0.446_560_270_690_281_6, 0.911_832_909_747_981_7, 0.003_861_009_077_587_371],
    ];
    for sign in ["", "-"] {
        let record = |(x, y): (&i32, &i32)| vec![Some(format!("{x}0e-1")), Some(format!("{sign}{y}"))];
        let tally = tally(2, &x.iter().zip(&y).map(record).collect::<Vec<_>>());
        let found = tally.correlation([0, 1], &Wanted::default());
        let rounded = Wanted {
            precision: Precision::default()
                .with(FigureName::Correlation, Some(2))
                .with(ComparisonStatistic::P, Some(4)),
            ..Wanted::default()
        };
        let to_two = tally.correlation([0, 1], &rounded);
        let pairs =
            [(found.pearson, to_two.pearson), (found.spearman, to_two.spearman), (found.kendall, to_two.kendall)];
        for ((found, to_two), [value, low, high, p]) in pairs.into_iter().zip(known) {
            let expected = if sign.is_empty() { [value, low, high, p] } else { [-value, -high, -low, p] };
            let figures = |coefficient: Result<Coefficient, Undefined>| {
                let Coefficient { value, ci, p } = coefficient.expect("defined");
                let ci = ci.expect("defined");
                [value, ci.low, ci.high, p].map(|figure| figure.expect("defined"))
            };
            let (found, to_two) = (figures(found), figures(to_two));
            for (place, (found, expected)) in found.into_iter().zip(expected).enumerate() {
                assert!((found - expected).abs() < 1e-13, "{place}: {found} is not {expected}");
                let scale = if place == 3 { 1e4 } else { 1e2 };
                assert_eq!(to_two[place], (expected * scale).round() / scale);
            }
        }
    }
}

/// Records that are nearly on a line, so that the square of t is beyond the range of a double, or t itself.
#[test]
fn probabilities_far_in_the_tails() {
    let p = |last: &str, count: usize| {
        let near = [("1e112", "2048"), ("0", "0"), ("0", last), ("0", "0"), ("0", "0")];
        let record = |(x, y): &(&str, &str)| vec![Some((*x).to_owned()), Some((*y).to_owned())];
        let records: Vec<Record> = near[..count].iter().map(record).collect();
        tally(2, &records).correlation([0, 1], &Wanted::default()).pearson.expect("defined").p.expect("defined")
    };
    // With one degree of freedom p = 2/(πt) there, and 1 - r² is 3/4 of the square of last/2048.
    let expected = 2.0 / std::f64::consts::PI * 0.75_f64.sqrt() * 5e-160 / 2048.0;
    assert!((p("5e-160", 3) / expected - 1.0).abs() < 1e-12, "{} is not {expected}", p("5e-160", 3));
    assert_eq!([p("5e-160", 4), p("5e-160", 5), p("5e-330", 5)], [0.0; 3]);
    assert!(p("5e-330", 3) <= 1e-320);
}

#[test]
fn numbers_with_too_many_digits_are_known() {
    let long = "1.23456789012345678901234567890123456789012345";
    let records = vec![vec![Some(long.to_owned()), Some("1".to_owned()), Some("2".to_owned())]];
    let tally = tally(3, &records);
    assert_eq!([[0, 1], [0, 2], [1, 2]].map(|pair| tally.has_rounded(pair)), [true, true, false]);
    assert!(rational("-2").is_negative());
}
