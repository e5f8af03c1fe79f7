//! `Accumulator`: for every order, split and magnitude, each statistic is that of the oracle to the last bit.

use describe::{Accumulator, Figure, Moments, NanPolicy, Number, Summary};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseError;

use crate::oracle::{self, Double, Exact, Sample, Six, exact};

fn number(text: &str) -> Number {
    Number::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn accumulate<'a>(texts: impl IntoIterator<Item = &'a String>) -> Accumulator {
    let mut accumulator = Accumulator::default();
    for text in texts {
        accumulator.push(number(text));
    }
    accumulator
}

fn six(summary: &Summary) -> Six {
    let figure = |figure: Figure| figure.map(Double).map_err(|why| why.code().name());
    Six {
        nobs: summary.nobs,
        figures: [summary.min, summary.max, summary.mean, summary.variance, summary.skewness, summary.kurtosis]
            .map(figure),
    }
}

fn finish(accumulator: &Accumulator, ddof: u64, bias: bool) -> Six {
    six(&accumulator.finish(Moments { ddof, bias, ..Moments::default() }))
}

fn sample(texts: &[String]) -> Sample {
    Sample::new(&texts.iter().map(|text| exact(text)).collect::<Vec<Exact>>())
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

/// Every `ddof` from 0 to n + 1 with both biases.
fn all_options(texts: &[String]) -> impl Iterator<Item = (u64, bool)> {
    (0..=texts.len() as u64 + 1).flat_map(|ddof| [(ddof, true), (ddof, false)])
}

/// All options of an accumulator of these numbers.
fn check(accumulator: &Accumulator, texts: &[String]) -> Result<(), TestCaseError> {
    let sample = sample(texts);
    for (ddof, bias) in all_options(texts) {
        let (found, wanted) = (finish(accumulator, ddof, bias), sample.describe(ddof, bias));
        prop_assert_eq!(found, wanted, "{:?} with ddof={}, bias={}", texts, ddof, bias);
    }
    Ok(())
}

fn signed(negative: bool, text: String) -> String {
    if negative { format!("-{text}") } else { text }
}

fn marks() -> impl Strategy<Value = String> {
    prop_oneof![
        (0..=100_u32).prop_map(|mark| mark.to_string()),
        (0..=200_u32).prop_map(|halves| format!("{:.1}", f64::from(halves) / 2.0))
    ]
}

fn cents() -> impl Strategy<Value = String> {
    (any::<bool>(), 0..1000_u32, 0..100_u32)
        .prop_map(|(sign, whole, cents)| signed(sign, format!("{whole}.{cents:02}")))
}

/// 17 to 38 digits, and a few more that are read as doubles.
fn long() -> impl Strategy<Value = String> {
    let words = prop_oneof![
        4 => 10_000_000_000_000_000_u64..=9_999_999_999_999_999_999,
        1 => 9_999_999_999_999_999_900_u64..=9_999_999_999_999_999_999,
        1 => any::<u64>(),
        1 => (1_u64 << 53) - 3..(1 << 53) + 3,
        1 => (1_u64 << 16) - 3..(1 << 16) + 3,
        1 => (1_u64 << 32) - 3..(1 << 32) + 3,
    ];
    let digits = prop_oneof![
        3 => words.prop_map(|digits| digits.to_string()),
        2 => "[1-9][0-9]{19,37}",
        1 => "9{18,40}",
        1 => (0..40_u128).prop_map(|below| (u128::from(u64::MAX) + 20 - below).to_string()),
        1 => "1234567890123456789012345678901234567[0-9]",
    ];
    (any::<bool>(), digits, -25..5_i32)
        .prop_map(|(sign, digits, exponent)| signed(sign, format!("{digits}e{exponent}")))
}

/// `digits` with its first digit at 10^`leading`.
fn placed(digits: u64, leading: i32) -> String {
    let digits = digits.to_string();
    format!("{}.{}e{leading}", &digits[..1], &digits[1..])
}

fn any_digits() -> impl Strategy<Value = u64> {
    (any::<u64>(), 1..=19_u32).prop_map(|(digits, length)| digits % 10_u64.pow(length))
}

fn any_scale() -> impl Strategy<Value = String> {
    (any::<bool>(), any_digits(), -323..308_i32)
        .prop_map(|(sign, digits, leading)| signed(sign, placed(digits, leading)))
}

fn subnormal() -> impl Strategy<Value = String> {
    (any::<bool>(), any_digits(), -325..-307_i32)
        .prop_map(|(sign, digits, leading)| signed(sign, placed(digits, leading)))
}

fn extreme() -> impl Strategy<Value = String> {
    prop::sample::select(owned(&[
        "1e308",
        "-1e308",
        "1e-308",
        "-1e-308",
        "1.7976931348623157e308",
        "-1.7976931348623158e308",
        "5e-324",
        "-3e-324",
        "2.2250738585072014e-308",
        "1e16",
        "-1e16",
        "1",
        "-1",
        "0",
        "-0",
        "-0.0",
        "0e-5",
        "10000000000000001",
        "9999999999999999999",
        "-9999999999999999999",
        "1e-16",
        "0.1",
        "1e-1",
        "0.10",
        "123456789012345678901234567890",
    ]))
}

fn anything() -> impl Strategy<Value = String> {
    prop_oneof![marks(), cents(), long(), any_scale(), subnormal(), extreme()]
}

/// Sets of numbers of one kind, of mixed kinds, and constants (in several spellings).
fn sets(most: usize) -> impl Strategy<Value = Vec<String>> {
    let set = move |strategy: BoxedStrategy<String>| prop::collection::vec(strategy, 1..=most);
    prop_oneof![
        2 => set(marks().boxed()),
        2 => set(cents().boxed()),
        2 => set(long().boxed()),
        1 => set(any_scale().boxed()),
        1 => set(subnormal().boxed()),
        2 => set(extreme().boxed()),
        2 => set(anything().boxed()),
        1 => (anything(), 1..=most).prop_map(|(text, n)| vec![text; n]),
        1 => prop::collection::vec(prop::sample::select(owned(&["0.1", "1e-1", "0.10", ".1", "10e-2"])), 1..=most),
    ]
}

/// Sets with more distinct exponents than there are fast places for.
fn scattered() -> impl Strategy<Value = Vec<String>> {
    let spread = prop::collection::vec((any::<bool>(), any_digits()), 41..56).prop_flat_map(|numbers| {
        let exponents = prop_oneof![
            // Close together: sums far apart in size are rare.
            (-60..20_i32, 1..2_i32),
            // All over the range of the doubles.
            (-320..-300_i32, 10..11_i32),
        ];
        exponents.prop_map(move |(first, step)| {
            let text = |(i, (sign, digits)): (usize, &(bool, u64))| {
                let exponent = first + step * i32::try_from(i).expect("few");
                signed(*sign, format!("{}e{exponent}", digits % 1_000_000))
            };
            numbers.iter().enumerate().map(text).collect::<Vec<_>>()
        })
    });
    (spread, prop::collection::vec(anything(), 0..4))
        .prop_map(|(mut set, more)| {
            set.extend(more);
            set
        })
        .prop_shuffle()
}

/// Merges the parts in an order that `choices` gives, each into each.
fn merge_in_a_tree(mut parts: Vec<Accumulator>, choices: &[Index]) -> Accumulator {
    let mut choices = choices.iter().cycle();
    let mut choose = |n: usize| choices.next().map_or(0, |choice| choice.index(n));
    while parts.len() > 1 {
        let part = parts.swap_remove(choose(parts.len()));
        let into = choose(parts.len());
        parts[into].merge(&part);
    }
    parts.pop().unwrap_or_default()
}

/// The texts dealt out to some accumulators.
fn deal(texts: &[String], choices: &[Index], hands: usize) -> Vec<Accumulator> {
    let mut parts = vec![Accumulator::default(); hands];
    for (text, choice) in texts.iter().zip(choices.iter().cycle()) {
        parts[choice.index(hands)].push(number(text));
    }
    parts
}

fn choices() -> impl Strategy<Value = Vec<Index>> {
    prop::collection::vec(any::<Index>(), 64)
}

/// Calls `each` with every permutation of `items` (Heap's algorithm).
fn permute<T>(items: &mut Vec<T>, k: usize, each: &mut impl FnMut(&[T])) {
    if k <= 1 {
        return each(items);
    }
    for i in 0..k {
        permute(items, k - 1, each);
        items.swap(if k.is_multiple_of(2) { i } else { 0 }, k - 1);
    }
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn few_numbers_with_all_options(texts in sets(5)) {
        check(&accumulate(&texts), &texts)?;
    }

    #[test]
    fn every_permutation_of_few(texts in sets(4)) {
        let wanted = sample(&texts).describe(1, false);
        let mut different = Vec::new();
        let n = texts.len();
        permute(&mut texts.clone(), n, &mut |order| {
            let found = finish(&accumulate(order), 1, false);
            if found != wanted {
                different.push((order.to_vec(), found));
            }
        });
        prop_assert!(different.is_empty(), "wanted {:?}, found {:?}", wanted, different);
    }
}

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn more_numbers(texts in sets(60), ddof in 0..62_u64, bias in any::<bool>()) {
        prop_assert_eq!(finish(&accumulate(&texts), ddof, bias), sample(&texts).describe(ddof, bias));
    }

    #[test]
    fn many_rounds(texts in sets(60), rounds in 1..150_usize, hands in 1..4_usize, bias in any::<bool>()) {
        let mut parts = vec![Accumulator::default(); hands];
        for round in 0..rounds {
            for text in &texts {
                parts[round % hands].push(number(text));
            }
        }
        let mut all = Accumulator::default();
        for part in &parts {
            all.merge(part);
        }
        prop_assert_eq!(finish(&all, 1, bias), sample(&texts).repeated(rounds as u64).describe(1, bias));
    }

    #[test]
    fn every_split_merged_both_ways(texts in sets(12), ddof in 0..4_u64, bias in any::<bool>()) {
        let wanted = sample(&texts).describe(ddof, bias);
        for split in 0..=texts.len() {
            let (head, tail) = texts.split_at(split);
            let (mut first, mut second) = (accumulate(head), accumulate(tail));
            let untouched = second.clone();
            second.merge(&first);
            first.merge(&untouched);
            prop_assert_eq!(finish(&first, ddof, bias), wanted, "{:?} then {:?}", head, tail);
            prop_assert_eq!(finish(&second, ddof, bias), wanted, "{:?} then {:?}", tail, head);
        }
    }

    #[test]
    fn any_order_any_tree(
        (texts, order) in sets(40).prop_flat_map(|texts| (Just(texts.clone()), Just(texts).prop_shuffle())),
        hands in 1..9_usize,
        choices in choices(),
        ddof in 0..4_u64,
        bias in any::<bool>(),
    ) {
        let wanted = sample(&texts).describe(ddof, bias);
        let merged = merge_in_a_tree(deal(&order, &choices, hands), &choices);
        prop_assert_eq!(finish(&merged, ddof, bias), wanted);
    }
}

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn many_exponents(texts in scattered(), hands in 2..5_usize, choices in choices(), bias in any::<bool>()) {
        let wanted = sample(&texts).describe(1, bias);
        prop_assert_eq!(finish(&accumulate(&texts), 1, bias), wanted);
        let merged = merge_in_a_tree(deal(&texts, &choices, hands), &choices);
        prop_assert_eq!(finish(&merged, 1, bias), wanted, "merged");
    }

    /// Each side alone has more exponents than fast places, and they differ.
    #[test]
    fn many_exponents_merged_both_ways(first in scattered(), second in scattered(), few in sets(5)) {
        for (one, other) in [(&first, &second), (&first, &few)] {
            let wanted = sample(&[one.as_slice(), other.as_slice()].concat()).describe(0, true);
            let (mut a, mut b) = (accumulate(one), accumulate(other));
            let untouched = b.clone();
            b.merge(&a);
            a.merge(&untouched);
            prop_assert_eq!(finish(&a, 0, true), wanted);
            prop_assert_eq!(finish(&b, 0, true), wanted, "the other way");
            // After a merge, pushing goes on.
            let last = number("12345.678");
            a.push(last);
            b.push(last);
            let more = [one.as_slice(), other.as_slice(), &owned(&["12345.678"])].concat();
            prop_assert_eq!(finish(&a, 0, true), sample(&more).describe(0, true));
            prop_assert_eq!(finish(&a, 0, true), finish(&b, 0, true));
        }
    }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn missing_and_infinite(
        texts in prop::collection::vec(
            prop_oneof![6 => cents(), 1 => extreme(), 1 => prop::sample::select(owned(&["nan", "-NaN", "inf", "-inf", "+Infinity"]))],
            0..8,
        ),
        cut in any::<Index>(),
        ddof in 0..9_u64,
        bias in any::<bool>(),
    ) {
        let (head, tail) = texts.split_at(cut.index(texts.len() + 1));
        let mut merged = accumulate(tail);
        merged.merge(&accumulate(head));
        let missing = texts.iter().filter(|text| text.to_ascii_lowercase().contains("nan")).count() as u64;
        prop_assert_eq!(merged.missing(), missing);
        for (nan_policy, omit) in [(NanPolicy::Propagate, false), (NanPolicy::Raise, false), (NanPolicy::Omit, true)] {
            let wanted = oracle::describe(&texts, ddof, bias, omit);
            for accumulator in [&merged, &accumulate(&texts)] {
                prop_assert_eq!(six(&accumulator.finish(Moments { ddof, bias, nan_policy, ..Moments::default() })), wanted, "{:?}", nan_policy);
            }
        }
    }
}

#[test]
fn chosen_sets_with_all_options() {
    let sets: [&[&str]; 22] = [
        &["5", "6"],
        &["0.1", "0.2", "0.3"],
        &["0.1", "0.1", "0.1", "0.1", "0.1", "0.1", "0.1", "0.1", "0.1", "0.1"],
        &["1e308", "1e-308"],
        &["1e308", "1e-308", "-1e308"],
        &["1e16", "1"],
        &["1e16", "1", "-1e16"],
        &["1.7976931348623157e308", "1.7976931348623157e308"],
        &["1.7976931348623157e308", "-1.7976931348623157e308"],
        &["1e154", "-1e154", "0"],
        &["1.3e154", "-1.3e154"],
        &["5e-324", "-5e-324"],
        &["5e-324", "0"],
        &["-5e-324", "0"],
        &["-5e-324", "0", "0"],
        &["1e-162", "3e-162"],
        &["-0", "0", "-0.0"],
        &["-0.0"],
        &["9999999999999999999", "-9999999999999999999", "9999999999999999998"],
        &["9007199254740993", "9007199254740993"],
        &["0", "9007199254740993e-1", "9007199254740993e1"],
        &["12.50", "12.5", "1250e-2", "125e-1"],
    ];
    for set in sets {
        let texts = owned(set);
        check(&accumulate(&texts), &texts).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// The sums of n = k · 2^58 numbers, made by doubling: every carry of the fixed limbs is needed.
#[test]
fn very_many_numbers() {
    let sets: [&[&str]; 5] = [
        &["9999999999999999999", "9999999999999999998"],
        &["-9999999999999999999", "-9999999999999999998", "9999999999999999999"],
        &["65535", "65536", "-65535", "0"],
        &["0.1", "0.2", "0.4"],
        &["1e300", "1e-300", "17"],
    ];
    for set in sets {
        let texts = owned(set);
        let sample = sample(&texts);
        let mut accumulator = accumulate(&texts);
        let mut times = 1;
        for doubling in 1..=59 {
            let copy = accumulator.clone();
            accumulator.merge(&copy);
            times *= 2;
            if doubling % 7 == 3 || doubling > 57 {
                for bias in [true, false] {
                    let wanted = sample.repeated(times).describe(1, bias);
                    assert_eq!(finish(&accumulator, 1, bias), wanted, "{set:?} {times} times");
                }
            }
        }
    }
}

/// Enough pushes that integers wait to be added together, in counts that overflow and batches that fill up.
#[test]
fn many_pushes() {
    let sets: [&[&str]; 6] = [
        &["0", "1", "57", "127", "128", "1023"],
        &["-3", "1024", "2047", "2048", "-1023", "-1024"],
        &["0.12345678901234567", "0.1234567890123456", "-0.98765432109876543"],
        &["144115188075855871", "144115188075855872", "-144115188075855871", "9999999999999999999"],
        &["12.5", "-12.5", "99999999999999.99999", "3"],
        &["7"],
    ];
    for set in sets {
        let texts = owned(set);
        let numbers: Vec<Number> = texts.iter().map(|text| number(text)).collect();
        let sample = sample(&texts);
        let mut accumulator = Accumulator::default();
        for times in 1..=70_000 {
            for number in &numbers {
                accumulator.push(*number);
            }
            if [2, 30, 700, 2048, 2049, 2100, 10_001, 65_534, 65_536, 70_000].contains(&times) {
                let wanted = sample.repeated(times).describe(1, true);
                assert_eq!(finish(&accumulator, 1, true), wanted, "{set:?} {times} times");
                let mut merged = accumulator.clone();
                merged.merge(&accumulator);
                merged.push(numbers[0]);
                merged.merge(&accumulate(&texts[1..]));
                let wanted = sample.repeated(2 * times + 1).describe(1, false);
                assert_eq!(finish(&merged, 1, false), wanted, "{set:?} {times} times, merged");
            }
        }
    }
}

/// An accumulator that took nothing, merged from either side, changes nothing.
#[test]
fn nothing_is_neutral() {
    let empty = Accumulator::default();
    assert_eq!(finish(&empty, 1, true), Six::without(0, "undefined"));
    let texts = owned(&["1.5", "2.5", "1e200", "nan"]);
    let mut left = accumulate(&texts);
    let before = six(&left.finish(Moments { nan_policy: NanPolicy::Omit, ..Moments::default() }));
    left.merge(&empty);
    let mut right = empty;
    right.merge(&accumulate(&texts));
    for accumulator in [left, right] {
        let after = six(&accumulator.finish(Moments { nan_policy: NanPolicy::Omit, ..Moments::default() }));
        assert_eq!(after, before);
    }
}
