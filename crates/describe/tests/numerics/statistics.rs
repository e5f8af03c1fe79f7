//! Every statistic that is not in the summary, against its definition on the numbers written out one by one as exact rationals.
//!
//! The oracle has no frequency tables: it sorts a list. Positions of quantiles are Hyndman and Fan's n q + m, counted
//! from 1, where the crate has numpy's indexes from 0.

use std::cmp::Ordering;
use std::sync::Arc;

use describe::{
    Bins, Decimal, DistinctBudget, Figure, Number, Precision, Quantile, QuantileMethod, Ranges, ReadAgain, Retention,
    Sample, Statistic, Statistics, Value, Wanted,
};
use num_bigint::BigInt;
use num_rational::Ratio;
use num_traits::{One, Pow, Signed, ToPrimitive, Zero};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseError;

use crate::oracle::{exact, nearest, rational};

type Rational = Ratio<BigInt>;

fn number(text: &str) -> Number {
    Number::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn decimal(text: &str) -> Decimal {
    match number(text) {
        Number::Finite(decimal) => decimal,
        other => panic!("{other:?}"),
    }
}

fn fraction(numerator: i64, denominator: i64) -> Rational {
    Rational::new(numerator.into(), denominator.into())
}

fn double(value: &Rational) -> f64 {
    nearest(value.numer(), value.denom())
}

const LIMIT: usize = 1000;

fn all() -> Statistics {
    Statistic::all().fold(Statistics::NONE, Statistics::with)
}

/// The figures of texts dealt to several samples that are then merged.
fn describe(texts: &[String], wanted: &Wanted, choices: &[Index]) -> Vec<(Statistic, Value)> {
    let mut parts = vec![Sample::new(&Retention { max_distinct: Some(LIMIT), ..Retention::default() }); 3];
    for (i, text) in texts.iter().enumerate() {
        let hand = choices.get(i).map_or(0, |choice| choice.index(3));
        parts[hand].push(number(text));
    }
    let mut whole = Sample::default();
    for part in &parts {
        whole.merge(part);
    }
    whole.describe(wanted).figures
}

fn value(figures: &[(Statistic, Value)], statistic: Statistic) -> &Value {
    &figures.iter().find(|(known, _)| *known == statistic).expect("asked for").1
}

fn figure(figures: &[(Statistic, Value)], statistic: Statistic) -> Figure {
    match value(figures, statistic) {
        Value::Number(figure) => *figure,
        other => panic!("{statistic:?}: {other:?}"),
    }
}

/// Hyndman and Fan (1996): the nine by their table, the others by numpy's documentation. Sorted numbers, positions from 1.
fn quantile(sorted: &[Rational], method: QuantileMethod, q: &Rational) -> Rational {
    let n = Rational::from_integer(sorted.len().into());
    let at = |place: &BigInt| {
        let last = BigInt::from(sorted.len());
        let place = place.clone().clamp(BigInt::one(), last);
        sorted[place.to_usize().expect("a place") - 1].clone()
    };
    // Q(p) = (1 - γ) x_j + γ x_{j+1} with j = ⌊np + m⌋ and g = np + m - j.
    let of = |m: Rational, gamma: &dyn Fn(&BigInt, &Rational) -> Rational| {
        let position = &n * q + m;
        let j = position.floor().to_integer();
        let g = position - Rational::from_integer(j.clone());
        let gamma = gamma(&j, &g);
        (Rational::one() - &gamma) * at(&j) + gamma * at(&(j + 1))
    };
    let step = |condition: bool| if condition { Rational::one() } else { Rational::zero() };
    let linear: &dyn Fn(&BigInt, &Rational) -> Rational = &|_, g| g.clone();
    // Of (n - 1) p, counted from 0.
    let between = |gamma: &dyn Fn(&BigInt, &Rational) -> Rational| of(Rational::one() - q, &|j, g| gamma(&(j - 1), g));
    match method {
        QuantileMethod::InvertedCdf => of(Rational::zero(), &|_, g| step(!g.is_zero())),
        QuantileMethod::AveragedInvertedCdf => {
            of(Rational::zero(), &|_, g| if g.is_zero() { fraction(1, 2) } else { Rational::one() })
        }
        QuantileMethod::ClosestObservation => {
            of(fraction(-1, 2), &|j, g| step(!(g.is_zero() && (j % 2_u32).is_zero())))
        }
        QuantileMethod::InterpolatedInvertedCdf => of(Rational::zero(), linear),
        QuantileMethod::Hazen => of(fraction(1, 2), linear),
        QuantileMethod::Weibull => of(q.clone(), linear),
        QuantileMethod::Linear => of(Rational::one() - q, linear),
        QuantileMethod::MedianUnbiased => of((q + Rational::one()) / Rational::from_integer(3.into()), linear),
        QuantileMethod::NormalUnbiased => of(q / Rational::from_integer(4.into()) + fraction(3, 8), linear),
        QuantileMethod::Lower => between(&|_, _| Rational::zero()),
        QuantileMethod::Higher => between(&|_, g| step(!g.is_zero())),
        QuantileMethod::Midpoint => between(&|_, g| if g.is_zero() { Rational::zero() } else { fraction(1, 2) }),
        QuantileMethod::Nearest => between(&|j, g| match g.cmp(&fraction(1, 2)) {
            Ordering::Less => Rational::zero(),
            Ordering::Equal => step(!(j % 2_u32).is_zero()),
            Ordering::Greater => Rational::one(),
        }),
    }
}

fn mean(numbers: &[Rational]) -> Rational {
    numbers.iter().sum::<Rational>() / Rational::from_integer(numbers.len().into())
}

/// Marks, money, and numbers of other sizes, so that values repeat in several spellings.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (0..=20_u32).prop_map(|mark| mark.to_string()),
        2 => (0..=40_u32).prop_map(|halves| format!("{}.{}", halves / 2, if halves % 2 == 1 { "50" } else { "0" })),
        1 => (-3000..3000_i32).prop_map(|cents| format!("{cents}e-2")),
        1 => (any::<i32>(), -30..30_i32).prop_map(|(digits, power)| format!("{digits}e{power}")),
        1 => "1234567890123456789012345678901234567[0-3]",
        1 => "-?[1-9][0-9]{19,37}e-[0-9]{1,2}",
        1 => any::<f64>().prop_filter("finite", |value| value.is_finite()).prop_map(|value| format!("{value:e}")),
    ]
}

fn share() -> impl Strategy<Value = String> {
    prop_oneof![(0..=1000_u32).prop_map(|share| format!("{share}e-3")), Just("0".into()), Just("1".into())]
}

fn sorted(texts: &[String]) -> Vec<Rational> {
    let mut numbers: Vec<_> = texts.iter().map(|text| exact(text).rational()).collect();
    numbers.sort();
    numbers
}

/// Equal, where the exact value may be beyond the doubles.
fn check(found: Figure, wanted: &Rational, what: &str) -> Result<(), TestCaseError> {
    let wanted = double(wanted);
    let found = found.unwrap_or(f64::INFINITY);
    prop_assert_eq!(found, if wanted.is_finite() { wanted } else { f64::INFINITY }, "{}", what);
    Ok(())
}

/// `found` is the nearest double to the root of a square: between its neighbours' midpoints.
fn check_root(found: Figure, square: &Rational, what: &str) -> Result<(), TestCaseError> {
    let found = found.map_err(|why| TestCaseError::fail(format!("{what}: {why}")))?;
    let half = |a: f64, b: f64| (rational(a) + rational(b)) / Rational::from_integer(2.into());
    let low = if found == 0.0 { Rational::zero() } else { half(found, found.next_down()) };
    let high = half(found, found.next_up());
    prop_assert!(
        &low * &low <= *square && *square <= &high * &high,
        "{}: {} is not the root of {}",
        what,
        found,
        square
    );
    Ok(())
}

proptest! {
    #[test]
    fn quantiles_by_every_method(
        texts in prop::collection::vec(text(), 1..40),
        shares in prop::collection::vec(share(), 1..6),
        choices in prop::collection::vec(any::<Index>(), 40),
    ) {
        let sorted = sorted(&texts);
        for (name, method) in QuantileMethod::NAMES {
            let quantiles = shares.iter().map(|share| decimal(share)).collect();
            let wanted = Wanted { statistics: all(), quantile_method: method, quantiles, ..Wanted::default() };
            let figures = describe(&texts, &wanted, &choices);
            let Value::Quantiles(found) = value(&figures, Statistic::Quantiles) else { panic!("quantiles") };
            for (share, found) in shares.iter().zip(found) {
                check(found.value, &quantile(&sorted, method, &exact(share).rational()), &format!("{name} {share}"))?;
            }
            let at = |numerator, denominator| quantile(&sorted, method, &fraction(numerator, denominator));
            check(figure(&figures, Statistic::Median), &at(1, 2), "median")?;
            check(figure(&figures, Statistic::Iqr), &(at(3, 4) - at(1, 4)), "iqr")?;
            for (statistic, parts) in [(Statistic::Quartiles, 4), (Statistic::Deciles, 10)] {
                let Value::List(found) = value(&figures, statistic) else { panic!("a list") };
                for (part, found) in (1..parts).zip(found) {
                    check(*found, &at(part, parts), statistic.name())?;
                }
            }
            let mut distances: Vec<_> = sorted.iter().map(|number| (number - at(1, 2)).abs()).collect();
            distances.sort();
            check(figure(&figures, Statistic::Mad), &quantile(&distances, method, &fraction(1, 2)), "mad")?;
            let (reach, two) = ((at(3, 4) - at(1, 4)) * fraction(3, 2), (at(1, 4), at(3, 4)));
            let fences = (&two.0 - &reach, &two.1 + &reach);
            let Value::Outliers(outliers) = value(&figures, Statistic::Outliers) else { panic!("outliers") };
            check(outliers.lower_fence, &fences.0, "lower fence")?;
            check(outliers.upper_fence, &fences.1, "upper fence")?;
            let count = |beyond: &dyn Fn(&Rational) -> bool| sorted.iter().filter(|x| beyond(x)).count() as u64;
            prop_assert_eq!(outliers.below, Some(count(&|x| *x < fences.0)));
            prop_assert_eq!(outliers.above, Some(count(&|x| *x > fences.1)));
        }
    }

    #[test]
    fn tables_and_counts(
        texts in prop::collection::vec(text(), 1..60),
        bins in 1..12_usize,
        range in prop::option::of((-10..10_i32, 0..20_i32)),
        boundaries in prop::collection::btree_set(-5..25_i32, 1..5),
        choices in prop::collection::vec(any::<Index>(), 60),
    ) {
        let numbers = sorted(&texts);
        let n = numbers.len();
        let boundaries: Vec<(String, Decimal)> =
            boundaries.iter().rev().map(|mark| (format!("G{mark}"), decimal(&mark.to_string()))).collect();
        let wanted = Wanted {
            statistics: all(),
            bins: Bins::Count(bins),
            range: range.map(|(low, width)| [low, low + width].map(|end| decimal(&end.to_string()))),
            boundaries: boundaries.clone(),
            ..Wanted::default()
        };
        let figures = describe(&texts, &wanted, &choices);
        let mut counts: Vec<(Rational, u64)> = Vec::new();
        for x in &numbers {
            match counts.last_mut() {
                Some((value, count)) if value == x => *count += 1,
                _ => counts.push((x.clone(), 1)),
            }
        }
        prop_assert_eq!(value(&figures, Statistic::Distinct), &Value::Count(Some(counts.len() as u64)));
        let most = counts.iter().map(|(_, count)| *count).max().expect("a number");
        let modes: Vec<f64> = counts.iter().filter(|(_, count)| *count == most).map(|(value, _)| double(value)).collect();
        let Value::Mode(mode) = value(&figures, Statistic::Mode) else { panic!("a mode") };
        prop_assert_eq!((mode.count, mode.total), (Some(most), Some(modes.len() as u64)));
        let found: Vec<f64> = mode.values.iter().map(|value| value.expect("finite")).collect();
        prop_assert_eq!(&found, &modes[..modes.len().min(20)]);
        let percent = |count: u64| double(&fraction(i64::try_from(count).expect("few") * 100, i64::try_from(n).expect("few")));
        let Value::Frequencies(rows) = value(&figures, Statistic::Frequencies) else { panic!("frequencies") };
        let mut so_far = 0;
        prop_assert_eq!(rows.len(), counts.len());
        for (row, (value, count)) in rows.iter().zip(&counts) {
            so_far += count;
            prop_assert_eq!((row.value, row.count), (Ok(double(value)), Some(*count)));
            prop_assert_eq!((row.percent, row.cumulative_percent), (Ok(percent(*count)), Ok(percent(so_far))));
        }
        let Value::Boundaries(rows) = value(&figures, Statistic::Boundaries) else { panic!("boundaries") };
        prop_assert_eq!(rows.len(), boundaries.len() + 1);
        let mut above = 0;
        for (place, row) in rows.iter().enumerate() {
            let reached = boundaries.get(place).map_or(n, |(_, mark)| {
                let mark = rational(mark.to_f64());
                numbers.iter().filter(|x| **x >= mark).count()
            }) as u64;
            prop_assert_eq!((row.count, row.cumulative_count), (Some(reached - above), Some(reached)));
            prop_assert_eq!((row.percent, row.cumulative_percent), (Ok(percent(reached - above)), Ok(percent(reached))));
            above = reached;
        }
        // Each bin holds what is at or above its lower edge and below its upper one; the last one that, too.
        let (mut low, mut high) = match range {
            Some((low, width)) => (fraction(low.into(), 1), fraction((low + width).into(), 1)),
            None => (numbers[0].clone(), numbers[n - 1].clone()),
        };
        if low == high {
            (low, high) = (low - fraction(1, 2), high + fraction(1, 2));
        }
        let edge = |i: usize| &low + (&high - &low) * fraction(i64::try_from(i).expect("few"), i64::try_from(bins).expect("few"));
        let Value::Histogram(histogram) = value(&figures, Statistic::Histogram) else { panic!("a histogram") };
        prop_assert_eq!((histogram.edges.len(), histogram.counts.len()), (bins + 1, bins));
        for bin in 0..bins {
            check(histogram.edges[bin], &edge(bin), "edge")?;
            let inside = |x: &&Rational| **x >= edge(bin) && (**x < edge(bin + 1) || (bin + 1 == bins && **x == high));
            prop_assert_eq!(histogram.counts[bin], Some(numbers.iter().filter(inside).count() as u64), "bin {}", bin);
        }
    }

    /// Rounded from the exact value, and not from the double.
    #[test]
    fn decimal_places(texts in prop::collection::vec(text(), 2..20), places in 0..4_u8, half_even in any::<bool>()) {
        let numbers = sorted(&texts);
        let mut precision = Precision::of_all(places).with(Statistic::Range, None);
        precision.half_even = half_even;
        let places = u32::from(places);
        let figures = describe(&texts, &Wanted { statistics: all(), precision, ..Wanted::default() }, &[]);
        let round = |x: &Rational| {
            let scaled = x * Rational::from_integer(BigInt::from(10).pow(places));
            let (floor, rest) = (scaled.floor(), &scaled - scaled.floor());
            let up = match rest.cmp(&fraction(1, 2)) {
                Ordering::Less => false,
                Ordering::Greater => true,
                Ordering::Equal if half_even => !(floor.to_integer() % 2_u32).is_zero(),
                Ordering::Equal => !scaled.is_negative(),
            };
            (floor + if up { Rational::one() } else { Rational::zero() }) / Rational::from_integer(BigInt::from(10).pow(places))
        };
        check(figure(&figures, Statistic::Mean), &round(&mean(&numbers)), "mean")?;
        check(figure(&figures, Statistic::Median), &round(&quantile(&numbers, QuantileMethod::Linear, &fraction(1, 2))), "median")?;
        let Value::Pair([min, max]) = value(&figures, Statistic::Minmax) else { panic!("a pair") };
        check(*min, &round(&numbers[0]), "min")?;
        check(*max, &round(&numbers[numbers.len() - 1]), "max")?;
        // A statistic may have decimal places of its own.
        check(figure(&figures, Statistic::Range), &(&numbers[numbers.len() - 1] - &numbers[0]), "range")?;
    }
}

proptest! {
    // Powers of fractions with hundreds of digits take their time.
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn moments_and_means(
        texts in prop::collection::vec(text(), 1..40),
        (ddof, trim) in (0..4_u64, 0..50_u32),
        choices in prop::collection::vec(any::<Index>(), 40),
    ) {
        let numbers = sorted(&texts);
        let n = Rational::from_integer(numbers.len().into());
        let trim = format!("{trim}e-2");
        let mut wanted = Wanted { statistics: all(), trim: decimal(&trim), maximum: Some(decimal("80")), ..Wanted::default() };
        wanted.moments.ddof = ddof;
        let figures = describe(&texts, &wanted, &choices);
        let find = |statistic| figure(&figures, statistic);
        let sum: Rational = numbers.iter().sum();
        let mean = &sum / &n;
        check(find(Statistic::Sum), &sum, "sum")?;
        check(find(Statistic::Range), &(&numbers[numbers.len() - 1] - &numbers[0]), "range")?;
        check(find(Statistic::Facility), &(&mean * fraction(100, 80)), "facility")?;
        let squares: Rational = numbers.iter().map(|x| (x - &mean).pow(2)).sum();
        if numbers.len() as u64 > ddof {
            let variance = &squares / (&n - Rational::from_integer(ddof.into()));
            // Roots of what is within the doubles; the rest is for the overflow warning.
            check_root(find(Statistic::Std), &variance, "std")?;
            check_root(find(Statistic::Sem), &(&variance / &n), "sem")?;
            if !mean.is_zero() {
                check_root(find(Statistic::Cv), &(&variance / (&mean * &mean)), "cv")?;
            }
        } else {
            prop_assert!(find(Statistic::Std).is_err() && find(Statistic::Sem).is_err());
        }
        let cut = (&n * exact(&trim).rational()).floor().to_integer().to_usize().expect("a count");
        let kept = &numbers[cut..numbers.len() - cut];
        check(find(Statistic::TrimmedMean), &self::mean(kept), "trimmed mean")?;
        let ends = (&kept[0] + &kept[kept.len() - 1]) * Rational::from_integer(cut.into());
        check(find(Statistic::WinsorizedMean), &((kept.iter().sum::<Rational>() + ends) / &n), "winsorized mean")?;
        if squares.is_zero() {
            prop_assert!(matches!(value(&figures, Statistic::JarqueBera), Value::Undefined(_)));
        } else {
            let moment = |power: i32| numbers.iter().map(|x| (x - &mean).pow(power)).sum::<Rational>() / &n;
            let (m2, m3, m4) = (moment(2), moment(3), moment(4));
            let skewness = &m3 * &m3 / m2.clone().pow(3);
            let kurtosis = &m4 / (&m2 * &m2) - Rational::from_integer(3.into());
            let statistic = &n / Rational::from_integer(6.into()) * (skewness + &kurtosis * &kurtosis / Rational::from_integer(4.into()));
            let Value::Test(test) = value(&figures, Statistic::JarqueBera) else { panic!("a test") };
            check(test.statistic, &statistic, "Jarque-Bera")?;
        }
        if numbers[0].is_positive() {
            let reciprocals: Rational = numbers.iter().map(Rational::recip).sum();
            check(find(Statistic::HarmonicMean), &(&n / reciprocals), "harmonic mean")?;
            // Within a unit in the last place: the powers of its neighbours enclose the product.
            let geometric = find(Statistic::GeometricMean).expect("positive numbers");
            let product: Rational = numbers.iter().product();
            let count = i32::try_from(numbers.len()).expect("few");
            prop_assert!(rational(geometric.next_down()).pow(count) < product, "geometric mean {}", geometric);
            prop_assert!(rational(geometric.next_up()).pow(count) > product, "geometric mean {}", geometric);
        } else {
            prop_assert!(find(Statistic::HarmonicMean).is_err() && find(Statistic::GeometricMean).is_err());
        }
    }
}

/// Numbers of which there are more different ones than are kept.
fn many(count: usize, seed: u64) -> Vec<String> {
    let mut state = seed;
    let mut next = || {
        // Knuth's MMIX generator.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    (0..count).map(|_| format!("{}e{}", next(), next() % 20)).collect()
}

/// Past the limit the answer says by how much a rank is off, and no rank is off by more; it is the same for every order and
/// every way to deal the numbers to samples.
#[test]
fn approximate_ranks_keep_their_bound() {
    for (count, seed) in [(1_200, 1), (9_000, 2), (20_000, 3)] {
        let mut texts = many(count, seed);
        texts.extend((0..count / 2).map(|i| (i % 7).to_string()));
        let quantiles: Vec<Decimal> = (0..=50).map(|share| decimal(&format!("{}e-2", share * 2))).collect();
        let wanted =
            Wanted { statistics: all(), quantiles, quantile_method: QuantileMethod::Lower, ..Wanted::default() };
        let take = |texts: &[String]| {
            let mut sample = Sample::new(&Retention { max_distinct: Some(LIMIT), ..Retention::default() });
            for text in texts {
                sample.push(number(text));
            }
            sample
        };
        let findings = take(&texts).describe(&wanted);
        let bound = findings.rank_error.expect("more different values than are kept");
        assert!(bound < 0.01, "{bound}");
        let numbers: Vec<f64> = sorted(&texts).iter().map(double).collect();
        let Value::Quantiles(found) = value(&findings.figures, Statistic::Quantiles) else { panic!("quantiles") };
        for (share, quantile) in found.iter().enumerate() {
            let x = quantile.value.expect("finite");
            let (below, up_to) = (numbers.partition_point(|y| *y < x), numbers.partition_point(|y| *y <= x));
            let place = share * (numbers.len() - 1) / 50;
            let error = below.saturating_sub(place).max((place + 1).saturating_sub(up_to));
            let share = Rational::new(error.into(), numbers.len().into());
            assert!(share <= rational(bound), "q={} is off by {error}", quantile.q);
        }
        assert!(matches!(value(&findings.figures, Statistic::Mode), Value::Undefined(_)), "needs every value");
        for step in [7, 11, 101] {
            let mixed: Vec<String> = (0..texts.len()).map(|i| texts[i * step % texts.len()].clone()).collect();
            let (first, rest) = mixed.split_at(mixed.len() / step);
            let mut whole = take(rest);
            whole.merge(&take(first));
            if gcd(step, texts.len()) == 1 {
                assert_eq!(whole.describe(&wanted), findings, "step {step}");
            }
        }
    }
}

/// Past the limit quantiles are exact when the numbers are read again with the ranges that the first reading found: the oracle sorts
/// the numbers.
#[test]
fn quantiles_are_exact_when_the_numbers_are_read_again() {
    for (count, seed) in [(5_000, 1), (8_000, 2)] {
        let mut texts = many(count, seed);
        // Many values in one bin, and values that are counted in lists.
        texts.extend((0..count).map(|i| format!("0.5{:012}", i * i)));
        texts.extend((0..count / 8).flat_map(|i| [(i % 7).to_string(), format!("{}.5", i % 900)]));
        let quantiles: Vec<Decimal> = (0..=40).map(|share| decimal(&format!("{}e-3", share * 25))).collect();
        let statistics =
            [Statistic::Median, Statistic::Quartiles, Statistic::Iqr, Statistic::Deciles, Statistic::Quantiles];
        let statistics = statistics.into_iter().fold(Statistics::NONE, Statistics::with);
        let wanted = Wanted { statistics, quantiles, ..Wanted::default() };
        let take = |ranges: &Ranges, parts: usize| {
            let ranges = (!ranges.is_empty()).then(|| Arc::new(ranges.clone()));
            let retention = Retention { max_distinct: Some(LIMIT), ranges, ..Retention::default() };
            let mut samples = vec![Sample::new(&retention); parts];
            for (index, text) in texts.iter().enumerate() {
                samples[index % parts].push(number(text));
            }
            let mut whole = Sample::new(&retention);
            samples.iter().rev().for_each(|sample| whole.merge(sample));
            whole
        };
        let mut sample = take(&Ranges::default(), 1);
        assert!(sample.describe(&wanted).rank_error.is_some(), "more different values than are kept");
        let mut readings = 1;
        while !sample.has_exact_quantiles(&wanted) {
            let ranges = sample.quantile_ranges(&wanted);
            sample = take(&ranges, 1);
            assert_eq!(take(&ranges, 3).describe(&wanted), sample.describe(&wanted));
            readings += 1;
            assert!(readings <= 4, "{ranges:?}");
        }
        assert!(readings >= 2);
        let found = sample.describe(&wanted);
        assert_eq!(found.rank_error, None);
        let mut whole = Sample::new(&Retention { max_distinct: Some(usize::MAX), ..Retention::default() });
        for text in &texts {
            whole.push(number(text));
        }
        assert_eq!(found, whole.describe(&wanted));
        let numbers = sorted(&texts);
        let Value::Quantiles(quantiles) = value(&found.figures, Statistic::Quantiles) else { panic!("quantiles") };
        for (share, Quantile { q, value }) in quantiles.iter().enumerate() {
            let place = share * (numbers.len() - 1);
            let (low, high) = (&numbers[place / 40], &numbers[place.div_ceil(40)]);
            let expected = low + (high - low) * Rational::new((place % 40).into(), 40.into());
            assert_eq!(value.expect("finite"), double(&expected), "q={q}");
        }
        // What needs every value is not known.
        let wanted = Wanted { statistics: all(), ..Wanted::default() };
        let found = take(&take(&Ranges::default(), 1).quantile_ranges(&wanted), 1).describe(&wanted);
        assert!(matches!(value(&found.figures, Statistic::Mode), Value::Undefined(_)));
        assert!(matches!(value(&found.figures, Statistic::Distinct), Value::Undefined(_)));
    }
}

/// Where quantiles lie is guessed from the values before there were too many. Numbers in no order are then read once, whatever samples
/// they were divided into; others two or three times, and the quantiles are exact as well: the oracle sorts the numbers.
#[test]
fn a_guess_of_the_quantiles_spares_a_reading() {
    const KEPT: usize = 80_000;
    let ascending: Vec<i64> = (0..300_000).map(|i| i * i - 9_000_000_000).collect();
    let mixed: Vec<i64> = (0..ascending.len()).map(|i| ascending[i * 104_729 % ascending.len()]).collect();
    let few: Vec<i64> = mixed[..KEPT / 2].to_vec();
    let statistics = Statistics::NONE.with(Statistic::Quantiles);
    let wanted = Wanted { statistics, quantiles: vec![decimal("0.5"), decimal("0.001")], ..Wanted::default() };
    let fraction = |number: i64| Decimal::short(number.unsigned_abs(), -4, number < 0);
    let read = |parts: &[&[i64]], ranges: Option<Ranges>| {
        let ranges = ranges.map(Arc::new);
        let retention = Retention {
            max_distinct: Some(KEPT),
            read_again: Some(ReadAgain::new(wanted.clone())),
            ranges,
            ..Retention::default()
        };
        let mut whole = Sample::new(&retention);
        for part in parts {
            let mut sample = Sample::new(&retention);
            part.iter().for_each(|number| sample.push_decimal(fraction(*number)));
            whole.merge(&sample);
        }
        whole
    };
    let half = mixed.len() / 2;
    let orders: [(&[&[i64]], bool); 5] = [
        (&[&mixed], true),
        (&[&mixed[..half], &mixed[half..]], true),
        (&[&few, &mixed[..half], &few, &mixed[half..]], true),
        (&[&ascending], false),
        (&[&ascending[..half], &mixed, &ascending[half..]], false),
    ];
    for (parts, is_read_once) in orders {
        let mut sample = read(parts, None);
        assert_eq!(sample.has_exact_quantiles(&wanted), is_read_once);
        for _ in 0..2 {
            if !sample.has_exact_quantiles(&wanted) {
                sample = read(parts, Some(sample.quantile_ranges(&wanted)));
            }
        }
        let mut numbers: Vec<i64> = parts.iter().flat_map(|part| part.iter().copied()).collect();
        numbers.sort_unstable();
        let found = sample.describe(&wanted);
        assert_eq!(found.rank_error, None);
        let Value::Quantiles(quantiles) = value(&found.figures, Statistic::Quantiles) else { panic!("quantiles") };
        for Quantile { q, value } in quantiles {
            let place = (numbers.len() - 1) * if *q == 0.5 { 500 } else { 1 };
            let [low, high] = [place / 1000, place.div_ceil(1000)].map(|place| BigInt::from(numbers[place]));
            let thousandths = &low * 1000 + (high - &low) * (place % 1000);
            assert_eq!(value.expect("finite"), double(&Rational::new(thousandths, 10_000_000.into())), "q={q}");
        }
    }
}

/// Of two samples of numbers that will be read again one may have been too large itself, the other one of many that were.
#[test]
fn cells_and_bins_are_merged() {
    let wanted = Wanted { statistics: Statistics::NONE.with(Statistic::Median), ..Wanted::default() };
    let large: Vec<u64> = (0..60_000).map(|i| i * 7919 % 60_013 * 10 + 3).collect();
    let small: Vec<u64> = (0..9_001).map(|i| i * i * 100 + 7).collect();
    let mut all = [large.as_slice(), &small].concat();
    all.sort_unstable();
    let median = Decimal::short(all[all.len() / 2], -4, false).to_f64();
    for is_large_first in [true, false] {
        let mut ranges = None;
        for reading in 1..=3 {
            let read_again = Some(ReadAgain::new(wanted.clone()));
            let retention = Retention { max_distinct: Some(5_000), read_again, ranges, ..Retention::default() };
            let budget = Some(DistinctBudget::of_bytes(100_000));
            let of_many = Retention { budget, ..retention.clone() };
            let take = |numbers: &[u64], retention| {
                let mut sample = Sample::new(retention);
                for number in numbers {
                    sample.push_decimal(Decimal::short(*number, -4, false));
                }
                sample
            };
            let mut both = [take(&large, &retention), take(&small, &of_many)];
            if !is_large_first {
                both.reverse();
            }
            let [mut whole, other] = both;
            whole.merge(&other);
            ranges = Some(Arc::new(whole.quantile_ranges(&wanted)));
            if whole.has_exact_quantiles(&wanted) {
                assert!(reading > 1);
                assert_eq!(whole.describe(&wanted).figures, [(Statistic::Median, Value::Number(Ok(median)))]);
                ranges = None;
                break;
            }
        }
        assert_eq!(ranges, None, "exact after some readings");
    }
}

/// More different values than are kept that are one double cannot be told apart, however often they are read.
#[test]
fn reading_again_ends() {
    let texts: Vec<String> = (0..2 * LIMIT).map(|i| format!("0.5{i:020}")).collect();
    let wanted = Wanted { statistics: Statistics::NONE.with(Statistic::Median), ..Wanted::default() };
    let mut retention = Retention { max_distinct: Some(LIMIT), ..Retention::default() };
    for is_last in [false, true] {
        let mut sample = Sample::new(&retention);
        for text in &texts {
            sample.push(number(text));
        }
        assert!(!sample.has_exact_quantiles(&wanted) && sample.describe(&wanted).rank_error.is_some());
        let ranges = Some(Arc::new(sample.quantile_ranges(&wanted)));
        assert_eq!(ranges == retention.ranges, is_last);
        retention.ranges = ranges;
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Up to the limit nothing is approximate, whatever lists and tables the values were counted in.
#[test]
fn the_limit_is_on_different_values() {
    for (count, approximate) in [(LIMIT, false), (LIMIT + 1, true)] {
        let mut sample = Sample::new(&Retention { max_distinct: Some(LIMIT), ..Retention::default() });
        for value in 0..count {
            sample.push(number(&value.to_string()));
            sample.push(number(&format!("{value}.0")));
            sample.push(number(&format!("{value}.00e0")));
        }
        let found = sample.describe(&Wanted { statistics: all(), ..Wanted::default() });
        assert_eq!(found.rank_error.is_some(), approximate, "{count}");
        assert_eq!(found.nobs, 3 * count as u64);
    }
}

/// Samples that together hold more values than their budget are all approximate, however the values were dealt to parts.
#[test]
fn samples_share_a_budget() {
    for (bytes, approximate) in [(4 << 20, false), (64 * 4096, true)] {
        let keep = Retention {
            max_distinct: Some(1 << 20),
            budget: Some(DistinctBudget::of_bytes(bytes)),
            ..Retention::default()
        };
        let (large, small): (Vec<_>, Vec<_>) = (many(9000, 5), many(1100, 6));
        let take = |parts: usize| {
            let mut wholes = [Sample::new(&keep.with_fresh_budget()), Sample::default()];
            for part in 0..parts {
                let apart = keep.with_fresh_budget();
                for (whole, texts) in wholes.iter_mut().zip([&large, &small]) {
                    let mut sample = Sample::new(&apart);
                    texts.iter().skip(part).step_by(parts).for_each(|text| sample.push(number(text)));
                    whole.merge(&sample);
                }
            }
            wholes.map(|whole| whole.describe(&Wanted { statistics: all(), ..Wanted::default() }))
        };
        let found = take(1);
        assert_eq!(found[0].rank_error.is_some(), approximate, "{bytes}");
        assert_eq!(take(3)[0], found[0], "{bytes}");
    }
}
