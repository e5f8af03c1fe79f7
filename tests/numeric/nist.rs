//! NIST's Statistical Reference Datasets, as text and as JSON: at least 15 digits, and in fact every bit.

use describe_readers::Format;

use crate::answers::{ask, double, expect_one, member};
use crate::nist_data::{by_rule, data_sets, from_file};
use crate::oracle;

#[test]
fn all_sets_have_every_certified_digit() {
    let sets = data_sets();
    assert!(sets.len() >= 4);
    for set in &sets {
        let wanted = oracle::describe(&set.numbers, 1, true, false);
        for (format, body) in [(Format::Text, set.as_text()), (Format::Json, set.as_json())] {
            let json = ask(format, body.as_bytes()).unwrap_or_else(|refusal| panic!("{}: {refusal:?}", set.name));
            let text = std::str::from_utf8(&json).expect("UTF-8");
            let figure = |name: &str| double(member(text, name)).expect("a figure").0;
            set.check(figure("mean"), figure("variance"));
            expect_one(&json, &wanted);
        }
    }
}

/// A file and a rule of the same set agree.
#[test]
fn rules_and_files_agree() {
    for name in ["NumAcc1", "NumAcc2", "NumAcc3", "NumAcc4"] {
        if let Some(numbers) = from_file(name) {
            assert_eq!(by_rule(name), Some(numbers), "{name}");
        }
    }
}

/// The check itself notices one wrong digit.
#[test]
#[should_panic(expected = "standard deviation of NumAcc4")]
fn the_check_is_sharp() {
    let sets = data_sets();
    let set = sets.iter().find(|set| set.name == "NumAcc4").expect("made by its rule");
    set.check(10_000_000.2, 0.010_000_000_000_1);
}
