//! Saved and restored samples: the restored one describes as the saved one, equal content gives equal bytes, and bytes that no
//! sample gives are an error.

use describe::state::{MAGIC, StateError, VERSION};
use describe::{Decimal, DistinctBudget, Moments, NanPolicy, Number, Retention, Sample, Statistic, Statistics, Wanted};
use proptest::prelude::*;

/// Position of the flags, and of the first count.
const FLAGS: usize = MAGIC.len() + 2;
const MISSING: usize = FLAGS + 1;
const COUNT: usize = MISSING + 3 * 8;

fn wanted() -> Wanted {
    let decimal = |digits, exponent| Decimal::short(digits, exponent, false);
    Wanted {
        statistics: Statistic::all().fold(Statistics::NONE, Statistics::with),
        quantiles: vec![decimal(5, -2), decimal(95, -2)],
        boundaries: vec![("A".into(), decimal(70, 0)), ("B".into(), decimal(0, 0))],
        moments: Moments { nan_policy: NanPolicy::Omit, ..Moments::default() },
        ..Wanted::default()
    }
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    let marks = (0..=100_u32).prop_map(|mark| mark.to_string());
    let money = (-5000..5000_i32).prop_map(|cents| format!("{}.{:02}", cents / 100, cents.abs() % 100));
    let spellings = (0..30_u32, 0..3_usize).prop_map(|(value, zeros)| format!("{value}.{}", "0".repeat(zeros)));
    let doubles = any::<f64>().prop_map(|value| value.to_string());
    let wide = (any::<u64>(), -330..280_i32).prop_map(|(digits, power)| format!("{}e{power}", digits >> 8));
    let long = ("[1-9][0-9]{19,39}", -361..260_i32).prop_map(|(digits, power)| format!("{digits}e{power}"));
    let close = "1234567890123456789012345678901234567[0-3]";
    let others = prop::sample::select(vec!["nan", "inf", "-inf", "0", "-0", "0e5", "1e-323", "1.7976931348623157e308"]);
    let text = prop_oneof![4 => marks, 2 => money, 2 => spellings, 2 => doubles, 2 => wide, 2 => long, 1 => close, 1 => others.prop_map(String::from)];
    prop_oneof![
        3 => prop::collection::vec(text, 0..60),
        1 => prop::collection::vec((-9..9_i32).prop_map(|value| value.to_string()), 0..600),
    ]
}

fn retention() -> impl Strategy<Value = Retention> {
    let limit = prop::sample::select(vec![None, Some(0), Some(5), Some(40), Some(100_000)]);
    (limit, any::<bool>(), any::<bool>()).prop_map(|(max_distinct, speculative, low_memory)| Retention {
        max_distinct,
        speculative,
        low_memory,
        ..Retention::default()
    })
}

fn push(sample: &mut Sample, text: &str) {
    sample.push(Number::parse(text.as_bytes()).expect("a number"));
}

fn sample(retention: &Retention, texts: &[String]) -> Sample {
    let mut sample = Sample::new(retention);
    for text in texts {
        push(&mut sample, text);
    }
    sample
}

fn restored(sample: &Sample) -> Sample {
    Sample::from_bytes(&sample.to_bytes()).expect("a state")
}

fn decimal(text: &str) -> Decimal {
    match Number::parse(text.as_bytes()) {
        Ok(Number::Finite(decimal)) => decimal,
        other => panic!("{text}: {other:?}"),
    }
}

/// Outcome of a mutation: an error, or a sample that can be described and has these bytes.
fn check(bytes: &[u8]) {
    if let Ok(sample) = Sample::from_bytes(bytes) {
        assert_eq!(sample.to_bytes(), bytes);
        let _ = sample.describe(&wanted());
        let _ = sample.compare(&sample, &wanted());
        if sample.taken() > 1 << 60 {
            return;
        }
        let mut twice = sample.clone();
        twice.merge(&sample);
        push(&mut twice, "12.5");
        twice.push_weighted(decimal("12.5"), decimal("0.5"));
        let _ = twice.describe(&wanted());
        assert_eq!(restored(&twice).describe(&wanted()), twice.describe(&wanted()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Numbers that a decimal of 38 digits does not hold are left out: a sample that has rounded some is not subtracted from.
    #[test]
    fn what_remains_of_a_sample_is_the_sample_of_what_remains(
        all in texts(),
        removed in prop::collection::vec(any::<bool>(), 600),
        low_memory in any::<bool>(),
    ) {
        let retention = Retention { low_memory, ..Retention::default() };
        let is_short = |text: &&String| text.bytes().filter(u8::is_ascii_digit).count() <= 38;
        let (gone, kept): (Vec<_>, Vec<_>) = all.iter().filter(is_short).cloned().zip(&removed).partition(|(_, removed)| **removed);
        let [gone, kept] = [gone, kept].map(|pairs| pairs.into_iter().map(|(text, _)| text).collect::<Vec<_>>());
        let mut whole = sample(&retention, &gone);
        whole.merge(&sample(&retention, &kept));
        let finite = kept.iter().filter_map(|text| match Number::parse(text.as_bytes()) {
            Ok(Number::Finite(decimal)) => Some(decimal),
            _ => None,
        });
        let extremes = finite.fold(None, |ends: Option<(Decimal, Decimal)>, value| {
            let (min, max) = ends.unwrap_or((value, value));
            let pick = |a: Decimal, is_less: bool| if (value.compare(a).is_lt()) == is_less && !value.equals(a) { value } else { a };
            Some((pick(min, true), pick(max, false)))
        });
        let rest = whole.without(&sample(&retention, &gone), extremes).expect("they are among them");
        prop_assert_eq!(rest.to_bytes(), sample(&Retention::default(), &kept).to_bytes());
    }

    #[test]
    fn a_restored_sample_goes_on_as_the_saved_one(retention in retention(), texts in texts(), more in texts()) {
        let mut saved = sample(&retention, &texts);
        let mut restored = restored(&saved);
        prop_assert_eq!(restored.describe(&wanted()), saved.describe(&wanted()));
        for text in more {
            push(&mut saved, &text);
            push(&mut restored, &text);
        }
        prop_assert_eq!(restored.describe(&wanted()), saved.describe(&wanted()));
        prop_assert_eq!(restored.to_bytes(), saved.to_bytes());
        prop_assert_eq!(
            (restored.taken(), restored.missing(), restored.dropped_table(), restored.has_too_many_rows()),
            (saved.taken(), saved.missing(), saved.dropped_table(), saved.has_too_many_rows())
        );
    }

    #[test]
    fn bytes_depend_on_the_content_alone(
        retention in retention(),
        texts in texts(),
        order in any::<u64>(),
        restores in any::<[bool; 3]>(),
    ) {
        let whole = sample(&retention, &texts);
        let mut state = order | 1;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize
        };
        let mut shuffled = texts.clone();
        for last in (1..shuffled.len()).rev() {
            shuffled.swap(last, next() % (last + 1));
        }
        let mut parts = vec![Sample::new(&retention); 3];
        for text in &shuffled {
            push(&mut parts[next() % 3], text);
        }
        let mut merged = Sample::new(&retention);
        for (part, restores) in parts.iter().zip(restores) {
            merged.merge(&if restores { restored(part) } else { part.clone() });
        }
        prop_assert_eq!(merged.describe(&wanted()), whole.describe(&wanted()));
        prop_assert_eq!(merged.to_bytes(), whole.to_bytes());
    }

    #[test]
    fn weighted_samples(
        pairs in prop::collection::vec((-500..500_i32, -3..3_i32, 1..999_u32, -4..3_i32), 0..40),
        limit in prop::sample::select(vec![0_usize, 5, 1000]),
        missing in 0..3_u64,
        split in any::<prop::sample::Index>(),
    ) {
        let retention = Retention { max_distinct_weighted: Some(limit), ..Retention::default() };
        let collect = |pairs: &[(i32, i32, u32, i32)], missing| {
            let mut sample = Sample::new(&retention);
            for (value, power, weight, weight_power) in pairs {
                sample.push_weighted(decimal(&format!("{value}e{power}")), decimal(&format!("{weight}e{weight_power}")));
            }
            sample.push_missing_times(missing);
            sample
        };
        let whole = collect(&pairs, missing);
        prop_assert_eq!(restored(&whole).describe(&wanted()), whole.describe(&wanted()));
        prop_assert_eq!(restored(&whole).to_bytes(), whole.to_bytes());
        let (first, second) = pairs.split_at(split.index(pairs.len() + 1));
        let mut merged = restored(&collect(second, 0));
        merged.merge(&restored(&collect(first, missing)));
        prop_assert_eq!(merged.describe(&wanted()), whole.describe(&wanted()));
        prop_assert_eq!(merged.to_bytes(), whole.to_bytes());
    }

    #[test]
    fn any_bytes_are_an_error_or_a_state(flags in 0..16_u8, bytes in prop::collection::vec(prop_oneof![Just(0_u8), Just(1), any::<u8>()], 0..200)) {
        check(&bytes);
        check(&[MAGIC.as_slice(), &VERSION.to_le_bytes(), &[flags], &bytes].concat());
    }

    #[test]
    fn mutations_are_an_error_or_a_state(
        retention in retention(),
        texts in texts(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = sample(&retention, &texts).to_bytes();
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        check(&bytes);
    }
}

/// States of every kind, each of a few bytes.
fn examples() -> Vec<Vec<u8>> {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let marks = texts(&["57", "57", "63.50", "nan", "inf", "-2e10", "0"]);
    let mut weighted = Sample::new(&Retention { max_distinct_weighted: Some(9), ..Retention::default() });
    let mut unknown = Sample::new(&Retention { max_distinct_weighted: Some(1), ..Retention::default() });
    for (value, weight) in [("5", "0.5"), ("6.5", "1e2"), ("5.0", "3")] {
        weighted.push_weighted(decimal(value), decimal(weight));
        unknown.push_weighted(decimal(value), decimal(weight));
    }
    let keeps = |max_distinct| Retention { max_distinct: Some(max_distinct), ..Retention::default() };
    let samples = [
        Sample::default(),
        sample(&Retention::default(), &marks),
        sample(&keeps(100), &marks),
        sample(&keeps(2), &marks),
        sample(&Retention { speculative: true, ..keeps(2) }, &marks),
        sample(&Retention { speculative: true, ..keeps(100) }, &marks),
        weighted,
        unknown,
    ];
    samples.iter().map(Sample::to_bytes).collect()
}

#[test]
fn every_truncation_is_an_error() {
    for bytes in examples() {
        for length in 0..bytes.len() {
            assert!(Sample::from_bytes(&bytes[..length]).is_err(), "{length} of {}", bytes.len());
        }
        assert_eq!(Sample::from_bytes(&[bytes.as_slice(), &[0]].concat()).err(), Some(StateError::NotCanonical));
    }
}

#[test]
fn every_changed_byte_is_an_error_or_another_state() {
    for bytes in examples() {
        for place in 0..bytes.len() {
            for change in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
                let mut changed = bytes.clone();
                changed[place] ^= change;
                check(&changed);
            }
        }
    }
}

#[test]
fn a_state_of_unknown_kind_is_named() {
    let bytes = Sample::default().to_bytes();
    let changed = |place: usize, value: u8| {
        let mut bytes = bytes.clone();
        bytes[place] = value;
        Sample::from_bytes(&bytes).expect_err("an error")
    };
    assert_eq!(Sample::from_bytes(b"").err(), Some(StateError::Magic));
    assert_eq!(changed(0, b'D'), StateError::Magic);
    assert_eq!(changed(MAGIC.len(), 3), StateError::Version(3));
    assert_eq!(changed(FLAGS, 32), StateError::Field("flags"));
    assert_eq!(changed(FLAGS, 16), StateError::Field("flags"), "no number that was rounded");
    assert_eq!(changed(FLAGS, 2 | 4), StateError::Field("flags"));
    assert_eq!(changed(MISSING + 7, 0x41), StateError::Field("count"));
    assert_eq!(StateError::Version(1).to_string(), "the state has version 1, and this program reads version 2");
}

#[test]
fn the_layout_is_as_documented() {
    let mut sample = Sample::new(&Retention { max_distinct: Some(3), ..Retention::default() });
    for text in ["2.50", "-10", "nan"] {
        push(&mut sample, text);
    }
    let decimal = |digits: u128, exponent: i16, negative: u8| {
        [digits.to_le_bytes().as_slice(), &exponent.to_le_bytes(), &[negative]].concat()
    };
    let sum = |exponent: i16, integer: &[u8]| {
        [exponent.to_le_bytes().as_slice(), &(u16::try_from(integer.len()).unwrap()).to_le_bytes(), integer].concat()
    };
    let expected = [
        b"describe\x02\x00\x04".to_vec(),
        [1_u64, 0, 0, 2].map(u64::to_le_bytes).concat(),
        decimal(1, 1, 1),
        decimal(25, -1, 0),
        // -7.5, 106.25, -984.375, 10039.0625
        sum(-1, &(-75_i8).to_le_bytes()),
        sum(-2, &10_625_i16.to_le_bytes()),
        sum(-3, &(-984_375_i32).to_le_bytes()[..3]),
        sum(-4, &100_390_625_i32.to_le_bytes()),
        [3_u64.to_le_bytes().as_slice(), &[255], &2_u64.to_le_bytes()].concat(),
        [decimal(1, 1, 1), 1_u64.to_le_bytes().to_vec()].concat(),
        [decimal(25, -1, 0), 1_u64.to_le_bytes().to_vec()].concat(),
    ]
    .concat();
    assert_eq!(sample.to_bytes(), expected);
}

#[test]
fn contradictions_are_refused() {
    let keeps = Retention { max_distinct: Some(100), ..Retention::default() };
    for retention in [Retention::default(), keeps] {
        let numbers = ["1", "2", "4"].map(String::from);
        let bytes = sample(&retention, &numbers).to_bytes();
        for count in [1, 2, 4, 1 << 61] {
            let mut changed = bytes.clone();
            changed[COUNT..COUNT + 8].copy_from_slice(&u64::to_le_bytes(count));
            assert!(matches!(Sample::from_bytes(&changed), Err(StateError::Inconsistent(_))), "{count}");
        }
    }
}

#[test]
fn bins_are_restored_and_merged() {
    let retention = Retention { max_distinct: Some(5000), ..Retention::default() };
    let numbers: Vec<String> = (0..40_000_u64).map(|i| format!("{}.25", i * i % 999_983)).collect();
    let whole = sample(&retention, &numbers);
    let (first, second) = numbers.split_at(17_000);
    let mut merged = restored(&sample(&retention, second));
    merged.merge(&restored(&sample(&retention, first)));
    let description = merged.describe(&wanted());
    assert!(description.rank_error.is_some_and(|error| error > 0.0));
    assert_eq!(description, whole.describe(&wanted()));
    assert_eq!(merged.to_bytes(), whole.to_bytes());
    assert_eq!(restored(&merged).to_bytes(), whole.to_bytes());
    let bytes = whole.to_bytes();
    for place in (0..bytes.len()).step_by(997) {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        check(&changed);
    }
}

#[test]
fn what_exceeds_a_budget_is_saved_in_bins() {
    let retention = Retention {
        max_distinct: Some(100_000),
        budget: Some(DistinctBudget::of_bytes(40 * 3000)),
        ..Retention::default()
    };
    let numbers: Vec<String> = (0..6000).map(|i| format!("{i}.125")).collect();
    let saved = sample(&retention, &numbers);
    assert!(saved.order().is_none());
    assert_eq!(restored(&saved).describe(&wanted()), saved.describe(&wanted()));
    assert_eq!(restored(&saved).to_bytes(), saved.to_bytes());
}
