//! States: merged ones of any division of some data answer as the data do, and bytes that no state has are refused.

use describe_options::{InputError, Kind, Options};
use describe_readers::{Format, Limits, Reader, Source};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::ask::{given, without_reading};

/// Bytes of the checksum at the end.
const CHECKSUM_BYTES: usize = 32;

/// The answer to files that are one data set, in the format that the options ask for.
fn describe(format: Option<Format>, files: &[Vec<u8>], query: &[(&str, &str)]) -> Result<Vec<u8>, InputError> {
    let given = given(query);
    let mut reader = Reader::new(Source::from(format), &Options::parse(&given)?, &Limits::default());
    for (number, file) in files.iter().enumerate() {
        if number > 0 {
            reader.next_file(Source { name: Some(format!("{number}")), ..Source::from(format) })?;
        }
        // Cut anywhere.
        file.chunks(1 + file.len() / 3).try_for_each(|chunk| reader.feed(chunk))?;
    }
    let input = reader.finish()?;
    let options = Options::parse(&[given, input.options].concat())?;
    describe_reports::write(&input.data, &options, None)
}

fn state(format: Option<Format>, files: &[Vec<u8>], query: &[(&str, &str)]) -> Result<Vec<u8>, InputError> {
    describe(format, files, &[query, &[("format", "state")]].concat())
}

fn json(format: Option<Format>, files: &[Vec<u8>], query: &[(&str, &str)]) -> String {
    let json = describe(format, files, query).unwrap_or_else(|error| panic!("{error:?}"));
    without_reading(str::from_utf8(&json).expect("UTF-8"))
}

/// The state with the checksum of its content.
fn sealed(mut state: Vec<u8>) -> Vec<u8> {
    state.truncate(state.len().saturating_sub(CHECKSUM_BYTES));
    let checksum = Sha256::digest(&state);
    state.extend_from_slice(&checksum);
    state
}

/// Parts of a list that are not empty, by the lengths of the first ones.
fn parts<'a, T>(items: &'a [T], lengths: &[usize]) -> Vec<&'a [T]> {
    let mut rest = items;
    let mut parts = Vec::new();
    for length in lengths {
        let (part, others) = rest.split_at(rest.len().min(*length));
        parts.push(part);
        rest = others;
    }
    parts.push(rest);
    parts.retain(|part| !part.is_empty());
    parts
}

/// Merges states in another order than theirs, the last two of them first.
fn merged(mut states: Vec<Vec<u8>>) -> Vec<u8> {
    states.reverse();
    if states.len() > 2 {
        let of_two = state(None, &states.split_off(states.len() - 2), &[]).expect("a state");
        states.push(of_two);
    }
    state(None, &states, &[]).expect("a state")
}

/// Records: group, mark, second mark, weight. No mark is the sum of others, which would be a total.
fn records() -> impl Strategy<Value = Vec<String>> {
    let mark = prop_oneof![
        6 => (50..100_u32, 0..4_usize).prop_map(|(mark, places)| format!("{mark}{}", [".5", "", ".25", ".0"][places])),
        1 => Just(String::new()),
        1 => Just("ABS".to_owned()),
    ];
    let group = prop_oneof![Just("b"), Just("10"), Just("9"), Just(""), Just("\u{e9}, x")];
    let record = (group, mark.clone(), mark, 1..4_u32)
        .prop_map(|(group, mark, other, weight)| format!("\"{group}\",{mark},{other},{weight}"));
    prop::collection::vec(record, 1..40)
}

fn csv(records: &[String]) -> Vec<u8> {
    format!("cohort,mark,other,weight\n{}\n", records.join("\n")).into_bytes()
}

/// Options of reading, and those of answers that are chosen later.
const READINGS: &[&[(&str, &str)]] = &[
    &[],
    &[("group_by", "cohort")],
    &[("group_by", "cohort"), ("column", "other")],
    &[("group_by", "cohort"), ("weights", "weight")],
    &[("group_by", "cohort"), ("weights", "weight"), ("weight_type", "reliability")],
    &[("weights", "weight"), ("weight_type", "reliability")],
    &[("group_by", "cohort"), ("group_by", "weight")],
];

fn answers(is_grouped: bool, is_plain: bool) -> Vec<Vec<(&'static str, &'static str)>> {
    let mut all = vec![vec![], vec![("statistics", "all"), ("quantiles", "0.3"), ("bins", "aligned")]];
    if is_grouped {
        all.push(vec![("totals", "true"), ("decimals", "1"), ("round_counts", "5")]);
        if is_plain {
            all.push(vec![("publish", "ofqual"), ("statistics", "all"), ("overall", "true")]);
            all.push(vec![("compare", "true")]);
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn merged_states_of_a_table_answer_as_the_whole(
        records in records(),
        lengths in prop::collection::vec(1..20_usize, 0..5),
        reading in 0..READINGS.len(),
    ) {
        let reading = READINGS[reading];
        let columns = [("column", "mark"), ("absent", "ABS")];
        let whole_query = [reading, &columns].concat();
        let whole = [csv(&records)];
        let states = parts(&records, &lengths).into_iter().map(|part| state(Some(Format::Csv), &[csv(part)], &whole_query));
        let states = states.collect::<Result<Vec<_>, _>>().expect("states");
        let is_grouped = reading.iter().any(|(name, _)| *name == "group_by");
        let is_plain = !reading.iter().any(|(name, _)| *name == "weights");
        for query in answers(is_grouped, is_plain) {
            let expected = json(Some(Format::Csv), &whole, &[&whole_query, &query[..]].concat());
            prop_assert_eq!(&json(None, &states, &query), &expected);
            prop_assert_eq!(&json(None, &[merged(states.clone())], &query), &expected);
        }
        let again = state(None, &[merged(states.clone())], &[]).expect("a state");
        prop_assert_eq!(&again, &merged(states));
        prop_assert_eq!(again, state(Some(Format::Csv), &whole, &whole_query).expect("a state"));
    }

    #[test]
    fn merged_states_of_numbers_answer_as_the_whole(
        numbers in prop::collection::vec(prop_oneof![
            (0..100_u32).prop_map(|mark| mark.to_string()),
            (-999_999_i64..999_999, -300..250_i32).prop_map(|(digits, power)| format!("{digits}e{power}")),
            Just("null".to_owned()),
        ], 1..60),
        lengths in prop::collection::vec(1..20_usize, 0..5),
        statistics in prop_oneof![Just("all"), Just("scipy"), Just("median")],
    ) {
        let list = |numbers: &[String]| format!("[{}]", numbers.join(", ")).into_bytes();
        let query = [("statistics", statistics)];
        let states = parts(&numbers, &lengths).into_iter().map(|part| state(Some(Format::Json), &[list(part)], &query));
        let states = states.collect::<Result<Vec<_>, _>>().expect("states");
        for policy in ["omit", "propagate"] {
            let query = [("statistics", statistics), ("nan_policy", policy)];
            prop_assert_eq!(json(None, &states, &query), json(Some(Format::Json), &[list(&numbers)], &query));
        }
        prop_assert_eq!(merged(states), state(Some(Format::Json), &[list(&numbers)], &query).expect("a state"));
    }

    /// Whatever a state claims, it is refused or describes some data: then it is the state of what it describes.
    #[test]
    fn changed_states_are_refused_or_canonical(
        records in records(),
        reading in 0..READINGS.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..4),
    ) {
        let query = [READINGS[reading], &[("column", "mark"), ("absent", "ABS")]].concat();
        let original = state(Some(Format::Csv), &[csv(&records)], &query).expect("a state");
        let mut changed = original.clone();
        for (at, byte, kind) in changes {
            let at = at.index(changed.len());
            match kind {
                0 => changed.truncate(at),
                1 => changed.insert(at, byte),
                _ => changed[at] = byte,
            }
            if changed.is_empty() {
                changed.push(byte);
            }
        }
        if changed != original {
            let refused = state(Some(Format::State), &[changed.clone()], &[]).expect_err("a checksum");
            prop_assert!(matches!(refused.kind(), Kind::Malformed | Kind::Invalid), "{:?}", refused);
        }
        let changed = sealed(changed);
        match state(Some(Format::State), std::slice::from_ref(&changed), &[]) {
            Ok(again) => {
                prop_assert_eq!(again, changed.clone());
                describe(None, &[changed.clone(), changed], &[("statistics", "all")]).map(drop).unwrap_or_default();
            }
            Err(error) => prop_assert_ne!(error.kind(), Kind::Busy, "{:?}", error),
        }
    }
}

fn marks(query: &[(&str, &str)]) -> Vec<u8> {
    let table = b"cohort,mark,other\na,50,1\na,60,2\nb,70,3\nb,80,4\nb,,5\n".to_vec();
    state(Some(Format::Csv), &[table], query).expect("a state")
}

/// Code and sentence of a refusal.
fn refused(files: &[Vec<u8>], query: &[(&str, &str)]) -> (&'static str, String) {
    let error = describe(None, files, query).expect_err("refused");
    assert_eq!(error.kind(), Kind::Invalid, "{error:?}");
    (error.first().reason.code(), crate::detail(&error))
}

#[test]
fn states_of_other_shapes_are_not_added() {
    let first: &[(&str, &str)] = &[("column", "mark"), ("group_by", "cohort")];
    for (query, part) in [
        (&[("column", "mark")][..], "group columns are"),
        (&[("column", "other"), ("group_by", "cohort")], "columns are 'other', and theirs 'mark'"),
        (&[("column", "mark"), ("group_by", "cohort"), ("absent", "X")], "absence codes are"),
        (&[("column", "mark"), ("group_by", "cohort"), ("weights", "other")], "weights are"),
        (&[("column", "mark"), ("group_by", "cohort"), ("invalid", "missing")], "cells that are not numbers are"),
        (&[("column", "mark"), ("group_by", "cohort"), ("statistics", "mean")], "limits of distinct values are"),
    ] {
        let (code, detail) = refused(&[marks(first), marks(query)], &[]);
        assert!(code == "different_state" && detail.contains(part) && detail.starts_with("1: "), "{code}: {detail}");
    }
    let numbers = state(None, &[b"[5, 6]".to_vec()], &[]).expect("a state");
    assert!(refused(&[numbers.clone(), marks(first)], &[]).1.contains("content is 'a table'"));
    for files in [[numbers.clone(), b"[5, 6]".to_vec()], [b"[5, 6]".to_vec(), numbers]] {
        let (code, detail) = refused(&files, &[]);
        assert!(code == "different_state" && detail.contains("only states can be merged"), "{code}: {detail}");
    }
}

#[test]
fn options_of_reading_come_too_late() {
    let grouped = marks(&[("column", "mark"), ("group_by", "cohort")]);
    let flat = marks(&[("column", "mark")]);
    for (state, option, value) in [
        (&grouped, "group_by", "cohort"),
        (&grouped, "column", "mark"),
        (&grouped, "absent", "X"),
        (&grouped, "max_rows", "1"),
        (&grouped, "delimiter", ";"),
        (&flat, "rows", "cohort"),
    ] {
        let (code, detail) = refused(std::slice::from_ref(state), &[(option, value)]);
        assert!(code == "state_option" && detail.starts_with(option), "{code}: {detail}");
    }
    assert!(json(None, &[grouped], &[("decimal", ","), ("totals", "true")]).contains("\"group\":{}"));
    let (code, _) = refused(&[flat], &[("nan_policy", "raise")]);
    assert_eq!(code, "missing_value");
}

#[test]
fn states_without_frequency_tables_answer_sums_alone() {
    let sums = marks(&[("column", "mark"), ("statistics", "mean")]);
    let all = marks(&[("column", "mark")]);
    assert!(sums.len() < all.len());
    assert!(json(None, std::slice::from_ref(&sums), &[("statistics", "std")]).contains("\"std\":12.9"));
    for (name, value) in [("statistics", "median"), ("format", "html"), ("publish", "ofqual")] {
        let (code, detail) = refused(std::slice::from_ref(&sums), &[(name, value)]);
        assert!(code == "state_without_frequencies" && detail.contains("statistics=median"), "{code}: {detail}");
    }
    // Merged states have what their parts have.
    assert_eq!(state(None, std::slice::from_ref(&sums), &[("statistics", "median")]).expect("a state"), sums);
    assert_eq!(state(None, std::slice::from_ref(&all), &[("statistics", "mean")]).expect("a state"), all);
}

#[test]
fn no_state_reveals_small_groups_against_the_rules() {
    let table = [b"cohort,mark,other\na,50,1\na,60,2\nb,70,3\nb,80,4\nb,90,5\n".to_vec()];
    let grouped = [("column", "mark"), ("group_by", "cohort"), ("format", "state")];
    for rule in [("suppress_below", "3"), ("publish", "ofqual"), ("withhold", "true")] {
        let error = describe(None, &table, &[&grouped[..], &[rule]].concat()).expect_err("a small group");
        assert_eq!((error.first().reason.code(), error.kind()), ("small_groups", Kind::Invalid), "{rule:?}");
    }
    for rule in [("suppress_below", "2"), ("publish", "none"), ("round_counts", "5")] {
        describe(None, &table, &[&grouped[..], &[rule]].concat()).expect("a state");
    }
}

#[test]
fn what_has_no_state() {
    let nested = describe(None, &[b"[[1, 2], [3, 4]]".to_vec()], &[("format", "state")]).expect_err("nested arrays");
    assert_eq!(nested.first().reason.code(), "nested_state");
    // Options in a body, before and behind the numbers.
    let before = describe(None, &[br#"{"format": "state", "statistics": "mean", "numbers": [5, 6]}"#.to_vec()], &[]);
    assert_eq!(before, state(None, &[b"[5, 6]".to_vec()], &[("statistics", "mean")]));
    let behind = describe(None, &[br#"{"numbers": [5, 6], "format": "state"}"#.to_vec()], &[]).expect_err("too late");
    assert_eq!(behind.first().reason.code(), "too_late");
    let stamped = describe(None, &[b"[5, 6]".to_vec()], &[("format", "state"), ("stamp", "true")]);
    assert_eq!(stamped.expect_err("no place for a stamp").first().reason.code(), "conflict");
    let limits = Limits { preview: Some(describe_readers::PreviewRows::All), ..Limits::default() };
    let mut reader = Reader::new(Source::from(None), &Options::default(), &limits);
    let fed = reader.feed(&marks(&[("column", "mark")])).and_then(|()| reader.finish().map(drop));
    assert_eq!(fed.expect_err("no preview").first().reason.code(), "state");
}

/// Each claim has the right checksum, and samples that are sound by themselves.
#[test]
fn contradictory_claims_are_refused() {
    // Of one column `mark` without groups: magic, version, kind, columns, group columns, codes, weights, invalid, warnings.
    const ROWS: usize = 8 + 2 + 1 + (4 + 4 + 4) + 4 + 4 + 1 + 1 + 4;
    const GROUPS: usize = ROWS + 8 + 4;
    /// Magic, version and flags of a sample before the number of missing values.
    const MISSING: usize = 8 + 2 + 1;
    let flat = marks(&[("column", "mark")]);
    let claim = |bytes: &[u8], at: usize, value: u8| {
        let mut claimed = bytes.to_vec();
        claimed[at] = value;
        claimed
    };
    assert_eq!(flat[ROWS..GROUPS], [5, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
    // Groups of one column, with the name of the group column before them.
    let grouped = marks(&[("column", "mark"), ("group_by", "cohort")]);
    let start = GROUPS + 4 + "cohort".len();
    let length = |at: usize| {
        let sample = at + 1 + 4 + 1 + 8;
        1 + 4 + 1 + 8 + 4 + usize::from(u16::from_le_bytes([grouped[sample], grouped[sample + 1]]))
    };
    let (first, second) = (start..start + length(start), start + length(start)..grouped.len() - CHECKSUM_BYTES);
    let with_groups = |groups: [&[u8]; 2]| [&grouped[..start], groups[0], groups[1], &[0; CHECKSUM_BYTES]].concat();
    let (a, b) = (&grouped[first], &grouped[second]);
    assert_eq!(sealed(with_groups([a, b])), grouped);
    let two = marks(&[("column", "mark"), ("column", "other")]);
    for (what, claimed) in [
        ("rows", claim(&flat, ROWS, 6)),
        ("rows", claim(&flat, ROWS, 0)),
        ("groups", claim(&flat, ROWS + 8, 0)),
        ("invalid", claim(&flat, GROUPS, 1)),
        ("rows", claim(&flat, GROUPS + 8 + 4 + MISSING, 2)),
        ("groups", claim(&two, GROUPS + 4 + "other".len() + 8 + 4 + MISSING, 2)),
        ("groups", with_groups([b, a])),
        ("groups", with_groups([a, a])),
        ("checksum", [&flat[..], b"x"].concat()),
    ] {
        let error = state(None, &[sealed(claimed)], &[]).expect_err(what);
        let detail = crate::detail(&error);
        assert!(error.kind() == Kind::Malformed && detail.contains(&format!("the field '{what}'")), "{what}: {detail}");
    }
}

#[test]
fn later_versions_are_named() {
    let mut later = marks(&[("column", "mark")]);
    later[8] = 2;
    let (code, detail) = refused(&[sealed(later)], &[]);
    assert!(code == "state" && detail.contains("version 2"), "{code}: {detail}");
}

/// Bytes of a state of version 1. They must stay readable.
#[test]
fn version_1_stays_readable() {
    const MADE: &str = include_str!("state-1.hex");
    let digits: Vec<u8> = MADE.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).expect("ASCII"), 16).expect("digits");
    let bytes: Vec<u8> = digits.chunks(2).map(byte).collect();
    let expected = r#"{"rows":5,"results":[{"column":"mark","group":{"cohort":"a"},"nobs":2,"mean":55.0,"median":55.0,"missing":0},{"column":"mark","group":{"cohort":"b"},"nobs":2,"mean":75.0,"median":75.0,"missing":1}]}"#;
    assert_eq!(json(None, std::slice::from_ref(&bytes), &[("statistics", "mean,median")]), expected);
    assert_eq!(marks(&[("column", "mark"), ("group_by", "cohort")]), bytes);
}
