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

/// Equal cells are one error with their count and first rows, in the order of the first rows, whatever the blocks are.
#[test]
fn equal_refused_cells_are_one_error() {
    let mut csv = String::from("mark\n");
    for record in 0..200_000 {
        csv += if record % 172 == 3 { "X\n" } else { "41\n" };
        csv += if record % 1130 == 7 { "Q\n" } else { "55.5\n" };
    }
    let error = ask(Some(Format::Csv), &[("column", "mark")], &csv).unwrap_err();
    let (x, q) = (csv.matches('X').count() as u64, csv.matches('Q').count() as u64);
    assert_eq!((error.count(), error.listed().len(), x, q), (x + q, 2, 1163, 177));
    let first = &error.listed()[0];
    let rows: Vec<u64> = (0..5).map(|n| 2 + 2 * (3 + 172 * n)).collect();
    assert_eq!(first.repeats.as_ref().map(|repeats| (repeats.count, repeats.rows.clone())), Some((x, rows)));
    let message = crate::detail(&error);
    assert_eq!(
        message,
        "1340 problems; the first: row 8, column mark: should be a number; X ×1,163, Q ×177: absent=X,Q?"
    );
    let answer = ask(Some(Format::Csv), &[("column", "mark"), ("absent", "X,Q")], &csv);
    assert!(answered(&answer).contains(r#""absent":{"X":1163,"Q":177}"#));
}

#[test]
fn the_message_names_the_option_that_reads_the_cell() {
    for (cell, query, wanted) in [
        ("1,234", vec![], "should be a number: it has thousands separators; say thousands=, to read it"),
        (
            "1\u{202f}234",
            vec![],
            "should be a number: it has spaces as thousands separators; say thousands=blank to read it",
        ),
        ("45.3%", vec![], "should be a number: it has a percent sign; say strip=% to read it"),
        ("£6,210", vec![], "should be a number: it has a currency sign; say thousands=, and strip=£ to read it"),
        ("5,6", vec![], "should be a number: it has a decimal comma; say decimal=, to read it"),
        ("5.6", vec![("decimal", ",")], "should be a number: it has a decimal point; say decimal=. to read it"),
        ("212 [u]", vec![], "should be a number: it has a mark beside the number; say strip=[u] to read it"),
        ("5; 6", vec![], "should be a number: it holds more than one number; give each a cell of its own"),
        (
            "Q",
            vec![("absent", "X")],
            "should be a number; if 'Q' is a code of absence, say absent=X,Q, which counts such cells by themselves",
        ),
    ] {
        let query: Vec<_> = query.into_iter().chain([("column", "mark")]).collect();
        let error = ask(Some(Format::Csv), &query, format!("mark\n\"{cell}\"\n7\n")).unwrap_err();
        assert_eq!(crate::detail(&error), format!("row 2, column mark: {wanted}"));
    }
}

/// Up to 38 significant digits are exact in every format: neighbours stay different, and their variance is that of 0, 1 and 2.
#[test]
fn long_numbers_are_exact_in_every_format() {
    for (base, places) in [
        (12_345_678_901_234_567_890_123_456_789_012_345_670_u128, 0),
        (18_446_744_073_709_551_613, 0),
        (99_999_999_999_999_999_999_999_999_999_999_999_990, 9),
        (10_000_000_000_000_000_001, 20),
    ] {
        let numbers: Vec<String> = [0, 1, 2, 2, 1, 0].map(|more| format!("-{}e-{places}", base + more)).to_vec();
        let query = [("statistics", "nobs,variance,skewness,distinct,mode,median,minmax"), ("nan_policy", "omit")];
        let described = |format, body: String| {
            let answer = answered(&ask(Some(format), &query, body));
            let start = answer.find("\"nobs\"").expect("a description");
            let end = answer.find(",\"missing\"").or(answer.find('}')).expect("an end");
            answer[start..end].to_owned()
        };
        let expected = described(Format::Csv, format!("mark\n{}\n", numbers.join("\n")));
        let variance: f64 = format!("8e-{}", 2 * places + 1).parse().expect("a number");
        assert!(
            expected.contains(&format!("\"variance\":{}", serde_json::to_string(&variance).expect("JSON"))),
            "{expected}"
        );
        assert!(expected.contains("\"distinct\":3") && expected.contains("\"skewness\":0.0"), "{expected}");
        let strings: Vec<String> = numbers.iter().map(|number| format!("\"{number}\"")).collect();
        let records = |cells: &[String], between: &str| {
            let records: Vec<String> = cells.iter().map(|cell| format!("{{\"mark\":{cell}}}")).collect();
            records.join(between)
        };
        for (format, body) in [
            (Format::Csv, format!("mark,name\n{}\n", strings.join(",Ann\n") + ",Bob")),
            (Format::Json, format!("{{\"mark\":[{}]}}", numbers.join(","))),
            (Format::Json, format!("{{\"mark\":[{}]}}", strings.join(","))),
            (Format::Json, format!("[{}]", records(&numbers, ","))),
            (Format::Ndjson, records(&strings, "\n")),
        ] {
            assert_eq!(described(format, body.clone()), expected, "{body}");
        }
        for (format, body) in [(Format::Text, numbers.join(" ")), (Format::Json, format!("[{}]", numbers.join(",")))] {
            let flat = described(format, body);
            assert!(flat.contains("\"mode\"") && expected.starts_with(&flat), "{flat} {expected}");
        }
    }
}

/// Beyond 38 digits the nearest double is read, and the result says so; with 38 it does not.
#[test]
fn more_than_38_digits_are_warned_of() {
    let long = "1.23456789012345678901234567890123456789";
    let warning = r#""warnings":[{"field":"numbers","code":"digits""#;
    let wanted = ("statistics", "mean,variance");
    for (format, query, body, count) in [
        (Format::Csv, vec![wanted], format!("mark\n{long}\n5\n"), 1),
        (Format::Csv, vec![wanted, ("group_by", "g")], format!("mark,g\n{long},a\n5,a\n6,b\n7,b\n"), 1),
        (Format::Csv, vec![wanted, ("suppress_below", "2")], format!("mark\n{long}\n5\n"), 1),
        (Format::Text, vec![wanted], format!("5 {long}"), 1),
        (Format::Json, vec![wanted], format!("[5,{long}]"), 1),
        (Format::Json, vec![wanted], format!("[[5,{long}],[6,{long}]]"), 1),
        (Format::Json, vec![wanted], format!("[{{\"mark\":{long}}},{{\"mark\":5}}]"), 1),
        (
            Format::Json,
            vec![wanted, ("group_by", "g")],
            format!("[{{\"mark\":{long},\"g\":1}},{{\"mark\":5,\"g\":1}}]"),
            1,
        ),
        (
            Format::Json,
            vec![("statistics", "mode,mean,variance")],
            format!("[5,{}9]", "5.".to_owned() + &"0".repeat(40)),
            1,
        ),
        (Format::Text, vec![wanted], format!("5 {}", &long[..39]), 0),
        (Format::Text, vec![wanted], format!("5 {}00", &long[..39]), 0),
    ] {
        let answer = ask(Some(format), &query, &body).expect("an answer");
        assert_eq!(answer.matches(warning).count(), count, "{body}: {answer}");
    }
}
