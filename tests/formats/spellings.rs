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
