//! Every statistic that is not in the summary, against its definition on the numbers written out one by one as exact rationals.
//!
//! The oracle has no frequency tables: it sorts a list. Positions of quantiles are Hyndman and Fan's n q + m, counted
//! from 1, where the crate has numpy's indexes from 0.

use std::cmp::Ordering;

use describe::{
    Bins, Decimal, Figure, Number, Precision, QuantileMethod, Retention, Sample, Statistic, Statistics, Value, Wanted,
};
use num_bigint::BigInt;
use num_rational::Ratio;
use num_traits::{One, Pow, Signed, ToPrimitive, Zero};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseError;

use crate::oracle::{exact, nearest, rational};

pub(crate) type Rational = Ratio<BigInt>;

pub(crate) fn number(text: &str) -> Number {
    Number::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub(crate) fn decimal(text: &str) -> Decimal {
    match number(text) {
        Number::Finite(decimal) => decimal,
        other => panic!("{other:?}"),
    }
}

fn fraction(numerator: i64, denominator: i64) -> Rational {
    Rational::new(numerator.into(), denominator.into())
}

pub(crate) fn double(value: &Rational) -> f64 {
    nearest(value.numer(), value.denom())
}

pub(crate) const LIMIT: usize = 1000;

pub(crate) fn all() -> Statistics {
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

pub(crate) fn value(figures: &[(Statistic, Value)], statistic: Statistic) -> &Value {
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

pub(crate) fn sorted(texts: &[String]) -> Vec<Rational> {
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
pub(crate) fn check_root(found: Figure, square: &Rational, what: &str) -> Result<(), TestCaseError> {
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

    /// Ranks and scores of every mark, as sums over the list, and those of marks that need not be in it.
    #[test]
    fn mark_tables(
        texts in prop::collection::vec(text(), 1..60),
        boundaries in prop::collection::btree_set(-5..25_i32, 0..4),
        ranked in prop::collection::vec(-5..25_i32, 1..5),
        ddof in 0..2_u64,
        choices in prop::collection::vec(any::<Index>(), 60),
    ) {
        let numbers = sorted(&texts);
        let n = Rational::from_integer(numbers.len().into());
        let grades: Vec<(String, Decimal)> =
            boundaries.iter().rev().map(|mark| (format!("G{mark}"), decimal(&mark.to_string()))).collect();
        let ranked: Vec<String> = ranked.iter().map(|halves| format!("{halves}e-1")).chain(texts.first().cloned()).collect();
        let mut wanted = Wanted {
            statistics: all(),
            boundaries: grades,
            percentile_ranks: ranked.iter().map(|text| decimal(text)).collect(),
            ..Wanted::default()
        };
        wanted.moments.ddof = ddof;
        let figures = describe(&texts, &wanted, &choices);
        let rank = |mark: &Rational| {
            let of = |x: &Rational| match x.cmp(mark) {
                Ordering::Less => fraction(1, 1),
                Ordering::Equal => fraction(1, 2),
                Ordering::Greater => fraction(0, 1),
            };
            numbers.iter().map(of).sum::<Rational>() * fraction(100, 1) / &n
        };
        let Value::PercentileRanks(ranks) = value(&figures, Statistic::PercentileRanks) else { panic!("ranks") };
        prop_assert_eq!(ranks.len(), ranked.len());
        for (found, text) in ranks.iter().zip(&ranked) {
            prop_assert_eq!(found.rank, Ok(double(&rank(&exact(text).rational()))), "{}", text);
        }
        let mean = mean(&numbers);
        let squares: Rational = numbers.iter().map(|x| (x - &mean).pow(2)).sum();
        let variance = (numbers.len() as u64 > ddof && !squares.is_zero())
            .then(|| squares / (&n - Rational::from_integer(ddof.into())));
        let mut different = numbers.clone();
        different.dedup();
        let Value::MarkTable(rows) = value(&figures, Statistic::MarkTable) else { panic!("a mark table") };
        let Value::Frequencies(frequencies) = value(&figures, Statistic::Frequencies) else { panic!("frequencies") };
        prop_assert_eq!((rows.len(), frequencies.len()), (different.len(), different.len()));
        for ((row, frequency), mark) in rows.iter().zip(frequencies).zip(&different) {
            prop_assert_eq!((row.mark, row.count), (frequency.value, frequency.count));
            prop_assert_eq!((row.percent, row.cumulative_percent), (frequency.percent, frequency.cumulative_percent));
            let rank = rank(mark);
            prop_assert_eq!(row.percentile_rank, Ok(double(&rank)));
            // 4, 7, 12, 17, 20, 17, 12, 7 and 4 percent, each with its lower end.
            let widths = [4, 7, 12, 17, 20, 17, 12, 7, 4].map(|width| fraction(width, 1));
            let mut low = fraction(0, 1);
            let stanine = widths.iter().zip(1..).filter(|(width, _)| {
                let is_reached = rank >= low;
                low += *width;
                is_reached
            });
            prop_assert_eq!(row.stanine, stanine.last().map(|(_, stanine)| stanine), "{}", rank);
            let reached = boundaries.iter().rev().find(|boundary| *mark >= fraction((**boundary).into(), 1));
            let grade = reached.map_or("below".to_owned(), |boundary| format!("G{boundary}"));
            prop_assert_eq!(&row.grade, &(!boundaries.is_empty()).then_some(Some(grade)));
            let Some(variance) = &variance else {
                prop_assert!(row.z_score.is_err() && row.t_score.is_err());
                continue;
            };
            let distance = mark - &mean;
            let square = &distance * &distance / variance;
            if let Ok(z) = row.z_score {
                check_root(Ok(z.abs()), &square, "z")?;
                prop_assert!(z == 0.0 || (z > 0.0) == distance.is_positive());
            }
            let Ok(t) = row.t_score else { continue };
            // The exact score is not beyond the midpoints to the neighbours of the double.
            let score_against = |other: Rational| {
                let z = (other - fraction(50, 1)) / fraction(10, 1);
                let sign = distance.cmp(&fraction(0, 1)).cmp(&z.cmp(&fraction(0, 1)));
                let sizes = if distance.is_negative() { (&z * &z).cmp(&square) } else { square.cmp(&(&z * &z)) };
                sign.then(sizes)
            };
            let middle = |one: f64, other: f64| (rational(one) + rational(other)) / fraction(2, 1);
            prop_assert!(score_against(middle(t.next_down(), t)).is_ge(), "T {} is too great", t);
            prop_assert!(score_against(middle(t, t.next_up())).is_le(), "T {} is too small", t);
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
