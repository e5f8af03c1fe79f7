//! Numbers as people write them: blanks of every kind, minus signs, marks and signs that an option names.

use describe_readers::Format;

use crate::ask::{answered, ask};

/// Description of a column `mark` of these cells, as CSV and as JSON strings, which must agree.
fn cells(cells: &[&str], query: &[(&str, &str)]) -> String {
    let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{cell}\"")).collect();
    let csv = answered(&ask(Some(Format::Csv), query, format!("mark\n{}\n", quoted.join("\n"))));
    let json = answered(&ask(Some(Format::Json), query, format!("{{\"mark\":[{}]}}", quoted.join(","))));
    assert_eq!(csv, json, "{cells:?}");
    csv
}

/// Description of the same cells as plain numbers.
fn plain(numbers: &[&str]) -> String {
    answered(&ask(Some(Format::Csv), &[], format!("mark\n{}\n", numbers.join("\n"))))
}

#[test]
fn blanks_of_every_kind_are_trimmed() {
    let spelled = ["\u{a0}41", "55.5\u{202f}", "\u{2009}\u{3000}49 \u{a0}", " 70"];
    assert_eq!(cells(&spelled, &[]), plain(&["41", "55.5", "49", "70"]));
    assert_eq!(cells(&["41", "\u{a0}", "\u{a0}NA\u{2003}"], &[]), plain(&["41", "NA", "NA"]), "blank is missing");
    let text = answered(&ask(Some(Format::Text), &[], "\u{a0}41 \u{a0} 55.5\u{a0}\n\u{2009}49"));
    assert_eq!(text, answered(&ask(Some(Format::Text), &[], "41 55.5 49")));
    let inner = ask(Some(Format::Text), &[], "1\u{a0}234");
    assert_eq!(crate::ask::refusal(&inner), "Invalid 1; body/0 float_parsing 1\u{a0}234", "one number or two");
}

#[test]
fn u_2212_is_a_minus_sign() {
    assert_eq!(cells(&["\u{2212}41", "-55.5", "\u{a0}\u{2212}.5e1"], &[]), plain(&["-41", "-55.5", "-5"]));
    assert_eq!(
        answered(&ask(Some(Format::Text), &[], "\u{2212}41 \u{2212}inf 5")),
        answered(&ask(Some(Format::Text), &[], "-41 -inf 5"))
    );
    let absent = cells(&["\u{2212}2", "5"], &[("absent", "-2")]);
    assert!(absent.contains(r#""absent":{"-2":1}"#), "a code matches by value: {absent}");
}

#[test]
fn separators_and_signs_that_an_option_names() {
    let wanted = plain(&["1234567.5", "-950", "12"]);
    for (query, spelled) in [
        ([("thousands", ","), ("decimal", "."), ("strip", "")], ["1,234,567.5", "-950", "12.0"]),
        ([("thousands", "."), ("decimal", ","), ("strip", "€")], ["€ 1.234.567,5", "-€950", "12,0 €"]),
        ([("thousands", " "), ("decimal", ","), ("strip", "")], ["1 234\u{202f}567,5", "\u{2212}950", "12"]),
        ([("thousands", "blank"), ("decimal", "."), ("strip", "")], ["1\u{a0}234 567.5", "-950", "12"]),
        ([("thousands", "'"), ("decimal", "."), ("strip", "%*")], ["1'234\u{2019}567.5%", "-950 *", "*12%"]),
    ] {
        assert_eq!(cells(&spelled, &query), wanted, "{query:?}");
    }
}

#[test]
fn a_header_is_recognised_by_the_same_spelling() {
    let query = [("thousands", ","), ("strip", "£")];
    let answer = answered(&ask(Some(Format::Csv), &query, "\"£1,200\"\n\"£1,300\"\n"));
    assert!(answer.contains(r#""column":"column_1""#) && answer.contains(r#""mean":1250.0"#), "{answer}");
}

#[test]
fn digits_in_other_groups_are_not_a_number() {
    for cell in ["1,2,3", "1,23", "12345,678", "0,123", ",123", "1,234,56"] {
        let outcome =
            ask(Some(Format::Csv), &[("thousands", ","), ("column", "mark")], format!("mark\n\"{cell}\"\n5\n"));
        assert_eq!(crate::ask::refusal(&outcome), format!("Invalid 1; body/2/mark float_parsing {cell}"));
    }
}
