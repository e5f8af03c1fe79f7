//! Numbers with more distinct values than are kept: bins with a bound on the error of ranks, and quantiles that are exact when the
//! numbers are read again. The oracle sorts the numbers.

use std::sync::Arc;

use describe::{
    Decimal, DistinctBudget, Quantile, QuantileMethod, Ranges, ReadAgain, Retention, Sample, Statistic, Statistics,
    Value, Wanted,
};
use num_bigint::BigInt;

use crate::oracle::rational;
use crate::statistics::{LIMIT, Rational, all, decimal, double, number, sorted, value};

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

/// The more numbers there are, the fewer cells matter: nine deciles of three million different numbers are exact with few values kept,
/// of one sample and of merged ones, whose cells differ. The numbers are the multiples of one modulo a prime: each once, in no order.
#[test]
fn cells_are_narrowed() {
    const PRIME: u64 = 3_000_017;
    let wanted = Wanted { statistics: Statistics::NONE.with(Statistic::Deciles), ..Wanted::default() };
    let numbers: Vec<Decimal> = (1..PRIME).map(|n| Decimal::short(n * 7919 % PRIME, -4, false)).collect();
    let expected = (1..10).map(|tenth| {
        // 1 + (n - 1) tenth / 10, for n = PRIME - 1 numbers of 1 each.
        let thousandths = (10 + (PRIME - 2) * tenth) * 100;
        Ok(double(&Rational::new(thousandths.into(), 10_000_000.into())))
    });
    let expected: Vec<_> = expected.collect();
    for length in [numbers.len(), 1_100_000] {
        let read_again = Some(ReadAgain::new(wanted.clone()));
        let retention = Retention { max_distinct: Some(1 << 17), read_again, ..Retention::default() };
        let mut whole = Sample::new(&retention);
        for part in numbers.chunks(length) {
            let mut sample = Sample::new(&retention);
            sample.push_all(part);
            whole.merge(&sample);
        }
        assert!(whole.has_exact_quantiles(&wanted), "parts of {length}");
        assert_eq!(whole.describe(&wanted).figures, [(Statistic::Deciles, Value::List(expected.clone()))]);
    }
}

/// Of two samples of numbers that will be read again one may have been too large itself, the other one of many that were.
#[test]
fn cells_of_one_and_of_many_samples_are_merged() {
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

/// Many samples with too many values together, small ones among them, have exact medians when they are read again with the ranges of all, and
/// so has their sum: the oracle sorts the numbers.
#[test]
fn quantiles_of_many_samples_are_exact_when_they_are_read_again() {
    let wanted = Wanted { statistics: Statistics::NONE.with(Statistic::Median), ..Wanted::default() };
    let group = |group: u64| (1..=100 + group * group * 9).map(move |n| (n * 7919 + group * 104_729) % 1_000_003);
    let groups: Vec<Vec<u64>> = (0..30).map(|number| group(number).collect()).collect();
    let mut ranges = None;
    for reading in 1..=3 {
        let (read_again, budget) = (Some(ReadAgain::new(wanted.clone())), Some(DistinctBudget::of_values(10_000)));
        let budget = budget.filter(|_| reading == 1);
        let retention = Retention { max_distinct: Some(50_000), read_again, ranges, budget, ..Retention::default() };
        let mut samples = vec![Sample::new(&retention); groups.len() + 1];
        // The numbers of all groups come mixed.
        for place in 0..groups.iter().map(Vec::len).max().unwrap_or(0) {
            for (numbers, sample) in groups.iter().zip(&mut samples) {
                numbers
                    .get(place)
                    .into_iter()
                    .for_each(|number| sample.push_decimal(Decimal::short(*number, -4, false)));
            }
        }
        let (whole, parts) = samples.split_last_mut().expect("one more than the groups");
        for part in parts.iter() {
            whole.merge(part);
        }
        if reading == 1 {
            assert!(parts[..10].iter().all(|small| small.has_exact_quantiles(&wanted)));
            assert!(!parts[29].has_exact_quantiles(&wanted));
        }
        if samples.iter().all(|sample| sample.has_exact_quantiles(&wanted)) {
            let all = groups.concat();
            for (numbers, sample) in groups.iter().chain([&all]).zip(&samples) {
                let mut numbers = numbers.clone();
                numbers.sort_unstable();
                let twice = numbers[(numbers.len() - 1) / 2] + numbers[numbers.len() / 2];
                let median = double(&Rational::new(twice.into(), 20_000.into()));
                assert_eq!(sample.describe(&wanted).figures, [(Statistic::Median, Value::Number(Ok(median)))]);
            }
            return;
        }
        let mut joined = Ranges::default();
        for sample in &samples {
            joined.merge(&sample.quantile_ranges(&wanted));
        }
        ranges = Some(Arc::new(joined));
    }
    panic!("exact after some readings");
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
