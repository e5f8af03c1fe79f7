//! Validity of JSON: the same as by `serde_json`, for every body and every cut.

use describe_options::Kind;
use describe_readers::Format;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseError;
use serde_json::Value;

use crate::answers::{LIMITS, ask, ask_with, shown};

/// Result of `serde_json` for a body.
#[derive(Debug, PartialEq)]
enum Verdict {
    NotJson,
    /// JSON, and an array of numbers and nulls, or of equally long arrays of them.
    Numbers,
    /// JSON of another shape, or with a number that no double is near to.
    Other,
}

fn verdict(body: &[u8]) -> Verdict {
    // A byte order mark is ignored, as RFC 8259 allows.
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => {
            let value =
                value.get("numbers").filter(|_| value.as_object().is_some_and(|map| map.len() == 1)).unwrap_or(&value);
            if is_numbers(value) || is_rows(value) { Verdict::Numbers } else { Verdict::Other }
        }
        // The grammar has neither a range of numbers nor pairs of surrogates. Without building values `serde_json` has neither,
        // but does not look into strings.
        Err(_) => match serde_json::from_slice::<serde::de::IgnoredAny>(body) {
            Ok(_) if std::str::from_utf8(body).is_ok() => Verdict::Other,
            _ => Verdict::NotJson,
        },
    }
}

fn is_numbers(value: &Value) -> bool {
    let all = |items: &Vec<Value>| !items.is_empty() && items.iter().all(|item| item.is_number() || item.is_null());
    value.as_array().is_some_and(all)
}

fn is_rows(value: &Value) -> bool {
    let length = |row: &Value| row.as_array().map_or(0, Vec::len);
    value.as_array().is_some_and(|rows| {
        rows.iter().all(is_numbers)
            && rows.first().is_some_and(|first| rows.iter().all(|row| length(row) == length(first)))
    })
}

fn check(body: &[u8], cuts: &[Index]) -> Result<(), TestCaseError> {
    let outcome = ask(Format::Json, body);
    let text = format!("{:?}: {}", String::from_utf8_lossy(body), shown(&outcome));
    match (verdict(body), &outcome) {
        (Verdict::Numbers, outcome) => prop_assert!(outcome.is_ok(), "{}", text),
        (Verdict::Other, outcome) => {
            prop_assert!(outcome.as_ref().err().is_none_or(|error| error.kind() == Kind::Invalid), "{}", text);
        }
        (Verdict::NotJson, Ok(_)) => prop_assert!(false, "accepted {}", text),
        // Also behind something that is refused for another reason.
        (Verdict::NotJson, Err(error)) => prop_assert!(error.kind() == Kind::Malformed, "{}", text),
    }
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(body.len() + 1)).collect();
    places.sort_unstable();
    let starts = std::iter::once(0).chain(places.iter().copied());
    let ends = places.iter().copied().chain([body.len()]);
    let chunks = starts.zip(ends).map(|(start, end)| &body[start..end]);
    let pieces = ask_with(Format::Json, &LIMITS, &[], chunks);
    prop_assert_eq!(&outcome, &pieces, "{:?} cut at {:?}", String::from_utf8_lossy(body), places);
    Ok(())
}

fn token() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::sample::select(vec!["[", "]", "[", "]", "{", "}", ",", ",", ",", ":"]).prop_map(String::from),
        4 => "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,3})?([eE][-+]?[0-9]{1,2})?",
        1 => "[-+.eE0-9]{1,5}",
        1 => prop::sample::select(vec!["null", "true", "false", "\"numbers\"", "\"ddof\"", "\"a\\n\"", "\"\\u0041\"", "\"\\", "\"", "\"\\\\\"", "NaN", "nulll", "tru", "1e400", "\u{feff}", "\0", "é", "'"]).prop_map(String::from),
        1 => "[ \t\r\n]",
    ]
}

/// Arrays, rows and objects, nested a little deeper than is good.
fn document() -> impl Strategy<Value = String> {
    let number = "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,3})?([eE][-+]?[0-9]{1,3})?";
    let leaf = prop_oneof![
        12 => number,
        2 => Just("null".to_owned()),
        1 => prop::sample::select(vec!["true", "\"5\"", "\"a\\\"]\\\\\"", "1e400", "{}", "[]"]).prop_map(String::from),
    ];
    let flat = prop::collection::vec(number, 1..6).prop_map(|values| format!("[{}]", values.join(",")));
    let array = leaf.prop_recursive(2, 24, 5, |inner| {
        prop::collection::vec(inner, 0..5).prop_map(|values| format!("[{}]", values.join(", ")))
    });
    prop_oneof![
        2 => flat.clone(),
        1 => prop::collection::vec(flat.clone(), 1..4).prop_map(|rows| format!("[{}]", rows.join(" ,"))),
        2 => array.clone(),
        1 => flat.clone().prop_map(|array| format!("{{\"numbers\": {array}}}")),
        1 => array.prop_map(|array| format!("{{\"ddof\":0,\"numbers\":{array} , \"bias\":true}}")),
    ]
}

fn cuts() -> impl Strategy<Value = Vec<Index>> {
    prop::collection::vec(any::<Index>(), 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn token_soup(tokens in prop::collection::vec(token(), 0..14), cuts in cuts()) {
        check(tokens.concat().as_bytes(), &cuts)?;
    }

    #[test]
    fn arrays_of_token_soup(tokens in prop::collection::vec(token(), 1..6), cuts in cuts()) {
        check(format!("[{}]", tokens.join(",")).as_bytes(), &cuts)?;
    }

    #[test]
    fn documents(body in document(), cuts in cuts()) {
        check(body.as_bytes(), &cuts)?;
    }

    #[test]
    fn mutated_documents(
        body in document(),
        edits in prop::collection::vec((any::<Index>(), 0..3_u8, prop_oneof![4 => prop::sample::select(b"[]{},:\"\\-+.eE0159 ntfNI\n".to_vec()), 1 => any::<u8>()]), 1..4),
        cuts in cuts(),
    ) {
        let mut body = body.into_bytes();
        for (place, kind, byte) in edits {
            let place = place.index(body.len() + 1);
            match kind {
                0 => body.insert(place, byte),
                1 if place < body.len() => { body.remove(place); }
                _ if place < body.len() => body[place] = byte,
                _ => body.push(byte),
            }
        }
        check(&body, &cuts)?;
    }

    #[test]
    fn strings(inner in prop::collection::vec(prop_oneof!["\\PC{0,3}".prop_map(String::into_bytes), "\\\\[\"\\\\/bfnrtux]".prop_map(String::into_bytes), "\\\\u[0-9a-fA-F]{3,4}".prop_map(String::into_bytes), Just(br"\ud83d\ude00".to_vec()), prop::collection::vec(any::<u8>(), 1..2)], 0..5), cuts in cuts()) {
        let body = [b"[1,\"", inner.concat().as_slice(), b"\",2]"].concat();
        check(&body, &cuts)?;
    }
}

#[test]
fn deep_nesting_is_no_trouble() {
    for depth in [3, 63, 64, 65, 127, 128, 129, 100_000] {
        for (open, close) in [("[", "]"), ("{\"numbers\":", "}"), ("{\"numbers\":[", "]}")] {
            let body = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            assert!(ask(Format::Json, body.as_bytes()).is_err(), "{depth} times {open}");
            assert!(ask(Format::Json, open.repeat(depth).as_bytes()).is_err(), "{depth} times {open}");
        }
    }
}
