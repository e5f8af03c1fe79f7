//! `input::Reader`: the cut of a body into chunks changes nothing, and its content has the meaning of the contract.

use describe_options::{InputError, Kind};
use describe_readers::{Format, Limits};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::answers::{LIMITS, ask, ask_with, expect_one, expect_slices, kind, refusal, shown};
use crate::oracle::{self, Six};

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

/// A body cut before each of these places (in order).
fn cut<'a>(body: &'a [u8], places: &[usize]) -> Vec<&'a [u8]> {
    let mut chunks = Vec::new();
    let mut start = 0;
    for place in places {
        chunks.push(&body[start..*place]);
        start = *place;
    }
    chunks.push(&body[start..]);
    chunks
}

/// The first way of cutting the body that changes the outcome, in words.
fn difference(format: Format, limits: &Limits, body: &[u8]) -> Option<String> {
    let outcome = |places: &[usize]| ask_with(format, limits, &[], cut(body, places));
    let whole = outcome(&[]);
    let n = body.len();
    let mut ways: Vec<Vec<usize>> = (0..=n).map(|place| vec![place]).collect();
    ways.push((1..n).collect());
    // With empty chunks between.
    ways.push((0..=n).flat_map(|place| [place, place]).collect());
    ways.extend((2..5).map(|step| (1..n).step_by(step).collect()));
    if n < 40 {
        ways.extend((0..n).flat_map(|first| (first..n).map(move |second| vec![first, second])));
    }
    ways.into_iter().find_map(|places| {
        let cut = outcome(&places);
        (cut != whole).then(|| {
            let places = if places.len() > 3 { "many".to_owned() } else { format!("{places:?}") };
            let body = String::from_utf8_lossy(body);
            format!("{body:?} with limit {}\n whole: {}\n cut at {places}: {}", limits.cell, shown(&whole), shown(&cut))
        })
    })
}

fn expect_no_difference<'a>(format: Format, limits: &Limits, bodies: impl IntoIterator<Item = &'a [u8]>) {
    let found: Vec<String> = bodies.into_iter().filter_map(|body| difference(format, limits, body)).collect();
    assert!(found.is_empty(), "{} bodies differ:\n{}", found.len(), found.join("\n"));
}

const GOOD_JSON: [&str; 30] = [
    "[5,6]",
    " [ 5 , 6 ] ",
    "\r\n\t[\n5\t,\r6 ]\n",
    "[0.1,0.2,0.3]",
    "[-0,-0.0,0]",
    "[1e5,1E+5,1e-5,-12.50E2]",
    "[1234567890.123456789,-1234567890.123456789]",
    "[123456789012345678901234567890,0.1234567890123456789012345]",
    "[null,1]",
    "[1,null,2.5,null]",
    "[null,null]",
    "[7]",
    "[1e-400,5e-324,1.7976931348623157e308]",
    "[[1,2],[3,4],[5,7]]",
    "[ [1.5 , null] , [ 3 ,4] ]",
    "[[1],[2],[4]]",
    "[[1,2,3]]",
    r#"{"numbers":[5,6]}"#,
    r#"{"numbers":[1,2,4],"ddof":0,"bias":false}"#,
    r#"{"ddof":0,"numbers":[1,2,4],"bias":"FALSE"}"#,
    r#" { "bias" : true , "nan_policy" : "omit" , "numbers" : [ 1 , null , 4 ] , "ddof" : 2 } "#,
    r#"{"numbers":[[1,2],[3,5]],"axis":1}"#,
    r#"{"axis":"1","numbers":[[1,2],[3,5]]}"#,
    r#"{"axis":null,"numbers":[[1,2],[3,5]]}"#,
    r#"{"numbers":[[1,2],[3,5]],"axis":"none"}"#,
    r#"{"numbers":[[1,null],[3,5]],"axis":0,"nan_policy":"omit"}"#,
    r#"{"\u006eumbers":[1,2],"dd\u006ff":0}"#,
    r#"{"numbers":[1,2],"nan_policy":"om\u0069t"}"#,
    "\u{feff}[5,6]",
    "\u{feff} {\"numbers\":[5,6]}",
];

const BAD_JSON: [&str; 107] = [
    "",
    " ",
    "\u{feff}",
    "\u{feff}\u{feff}[1]",
    "[",
    "[1",
    "[1,",
    "[1,]",
    "[1,2,,3]",
    "[,1]",
    "[1 2]",
    "[1 2,3,4,5]",
    "[12 34,5]",
    "]",
    "[1}",
    "{]",
    "[1]x",
    "[1][2]",
    "[1],",
    "[1] 2",
    "[NaN]",
    "[1,NaN,2]",
    "[nan]",
    "[Infinity,1]",
    "[-Infinity,1]",
    "[-inf]",
    "[+1]",
    "[01]",
    "[-01,2]",
    "[00]",
    "[1.]",
    "[1.,2]",
    "[.5]",
    "[-.5]",
    "[1e]",
    "[1e+]",
    "[1e+,3]",
    "[1.e5]",
    "[-]",
    "[--1]",
    "[1-2]",
    "[1+2,3]",
    "[1.2.3,4]",
    "[1e5e5]",
    "[1e5.5]",
    "[0x10]",
    "[1_000]",
    "[1'000]",
    "[tru]",
    "[truee,1]",
    "[TRUE]",
    "[nul]",
    "[nulll,1]",
    "[null1]",
    "[1null]",
    "[\"a]",
    "[\"a\\\"]",
    "[\"a\\x\"]",
    "[\"\\ud80\"]",
    "[\"\\u12\"]",
    "[\"a\nb\"]",
    "[\u{a0}1]",
    "[1\u{2028}]",
    "[1;2]",
    "5,6",
    "// comment\n[1]",
    "[1/*c*/,2]",
    "[1,2 junk that goes on and on, far beyond forty characters, up to here]",
    "{",
    "{\"numbers\"",
    "{\"numbers\":",
    "{\"numbers\":[1]",
    "{\"numbers\":[1],}",
    "{\"numbers\":[1] \"ddof\":1}",
    "{\"numbers\" [1]}",
    "{numbers:[1]}",
    "{'numbers':[1]}",
    "{\"numbers\":[1],\"ddof\"}",
    "{\"numbers\":[1],\"ddof\":}",
    "{\"numbers\":[1],\"ddof\":01}",
    "{,}",
    "{1:2}",
    "[true,1,false]",
    "[\"5\",1]",
    "[\"\",\"a b\",\"\\u00e9\\n\\\"\\\\\",\"\u{e9}\u{1f600}\"]",
    "[1e400,-1e400]",
    "[1,[2]]",
    "[[1],2]",
    "[[1],\"x\"]",
    "[[1,2],[3]]",
    "[[1],[2,3],[]]",
    "[[[1]]]",
    "[[1,[2]]]",
    "[1,{\"a\":1}]",
    "[[{}]]",
    "[]",
    "[[]]",
    "[[],[]]",
    "{}",
    "{\"numbers\":[]}",
    "{\"numbers\":[[]]}",
    "{\"numbers\":null}",
    "{\"numbers\":{}}",
    "{\"numbers\":\"1 2\"}",
    "{\"numbers\":[1],\"numbers\":[2]}",
    "{\"numbers\":[1],\"ddof\":-1,\"bias\":2,\"nan_policy\":\"drop\",\"axis\":2}",
    "5",
];

const TEXTS: [&str; 34] = [
    "5 6",
    "5\n6\n",
    "\u{feff}5\r\n6\r\n",
    "  0.1\t0.2\x0b0.3\x0c0.4\x1c0.5\x1d0.6\x1e0.7\x1f0.8  ",
    "1 +2 -3 .5 5. 1e3 1E-3",
    "nan 1 NaN -nan",
    "inf 1 -Infinity +INF",
    "1",
    "123456789012345678901234567890 0.1234567890123456789012345 9999999999999999999",
    "1e-400 5e-324 1.7976931348623157e308",
    "",
    " ",
    "\n\r\t",
    "\u{feff}",
    "\u{feff}\u{feff}1",
    "1\u{feff}",
    "5,6",
    "5, 6",
    "5;6 7",
    "0x10 1_000 1e400 -1e400 1e 1e+ . - + e5",
    "1 two 3 four",
    "1 [2] 3",
    "[1,2,3]",
    "\u{e9} 1 \u{1f600}",
    "1\u{a0}2",
    "1 2\u{2003}3",
    "1 \0 2",
    "a1 a2 a3 a4 a5 a6 a7 a8 a9 a10 a11 a12 a13 a14 a15 a16 a17 a18 a19 a20 a21 a22 a23 a24 a25",
    "a-word-that-is-much-longer-than-forty-characters-and-goes-on",
    "\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}",
    "nanx infx inf1 1inf nan1",
    "1 -",
    "1 1e",
    "12345678 123456789 1234567890.12345678 1.2345678 12345678.",
];

/// Not UTF-8: alone, in a word, cut off, in a string, after a mark's first bytes.
const NOT_UTF8: [&[u8]; 8] =
    [b"\xff", b"1 \xff 2", b"1 2\xc3", b"1 \xc3\x28 2", b"\xef\xbb", b"\xef\xbb1", b"\xef1 2", b"1 x\xed\xa0\x80 2"];

const NOT_UTF8_JSON: [&[u8]; 7] =
    [b"[1,\xff]", b"[\"\xff\",1]", b"[\"\xc3\"]", b"\xef\xbb[1]", b"\xef", b"{\"numbers\xff\":[1]}", b"[1]\xfe"];

#[test]
fn good_json_cut_anywhere() {
    expect_no_difference(Format::Json, &LIMITS, GOOD_JSON.map(str::as_bytes));
}

#[test]
fn bad_json_cut_anywhere() {
    expect_no_difference(Format::Json, &LIMITS, BAD_JSON.map(str::as_bytes).into_iter().chain(NOT_UTF8_JSON));
}

#[test]
fn text_cut_anywhere() {
    expect_no_difference(Format::Text, &LIMITS, TEXTS.map(str::as_bytes).into_iter().chain(NOT_UTF8));
}

#[test]
fn the_cell_limit_is_the_same_for_every_cut() {
    for cell in [1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 16, 20] {
        let limits = Limits { cell, ..LIMITS };
        expect_no_difference(Format::Text, &limits, TEXTS.map(str::as_bytes).into_iter().chain(NOT_UTF8));
        expect_no_difference(Format::Json, &limits, GOOD_JSON.map(str::as_bytes));
    }
}

/// For a body with both a syntax error and a value beyond the limit, the cut must not decide which is reported.
#[test]
fn the_cell_limit_is_the_same_for_every_cut_of_bad_json() {
    for cell in [1, 3, 5, 8, 12] {
        let limits = Limits { cell, ..LIMITS };
        expect_no_difference(Format::Json, &limits, BAD_JSON.map(str::as_bytes).into_iter().chain(NOT_UTF8_JSON));
    }
}

#[test]
fn the_cell_limit_is_exact() {
    let limits = Limits { cell: 5, ..LIMITS };
    let outcome = |format, body: &str| kind(&ask_with(format, &limits, &[], [body.as_bytes()]));
    for value in ["12345", "1.5e3", "-1234"] {
        assert_eq!(outcome(Format::Json, &format!("[{value},{value}]")), None);
        assert_eq!(outcome(Format::Text, &format!("{value} {value}")), None);
        for longer in [format!("{value}0"), format!("{value}00000000000000000000")] {
            for json in [format!("[{longer}]"), format!("[1,{longer},2]"), format!("[[1,{longer}]]")] {
                assert_eq!(outcome(Format::Json, &json), Some(Kind::TooLarge), "{json}");
            }
            assert_eq!(outcome(Format::Text, &longer), Some(Kind::TooLarge));
            assert_eq!(outcome(Format::Text, &format!("1 {longer} 2")), Some(Kind::TooLarge));
        }
    }
    assert_eq!(outcome(Format::Text, "abcdef 1"), Some(Kind::TooLarge));
    assert_eq!(outcome(Format::Json, "[\"abcdef\"]"), Some(Kind::TooLarge));
    // White space has no length.
    assert_eq!(outcome(Format::Text, &format!("1{}2", " ".repeat(1000))), None);
    assert_eq!(outcome(Format::Json, &format!("[1,{}2]", " ".repeat(1000))), None);
}

#[test]
fn malformed_json() {
    let structural = BAD_JSON.iter().position(|body| *body == "[true,1,false]").expect("the first well-formed one");
    let wrong: Vec<String> = BAD_JSON[..structural]
        .iter()
        .map(|body| body.as_bytes())
        .chain(NOT_UTF8_JSON)
        .filter(|body| kind(&ask(Format::Json, body)) != Some(Kind::Malformed))
        .map(|body| format!("{:?}: {}", String::from_utf8_lossy(body), shown(&ask(Format::Json, body))))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for body in &BAD_JSON[structural..] {
        assert_eq!(kind(&ask(Format::Json, body.as_bytes())), Some(Kind::Invalid), "{body}");
    }
    for body in GOOD_JSON {
        assert_eq!(kind(&ask(Format::Json, body.as_bytes())), None, "{body}");
    }
}

#[test]
fn malformed_text() {
    for body in NOT_UTF8 {
        let outcome = ask(Format::Text, body);
        assert_eq!(kind(&outcome), Some(Kind::Malformed), "{:?}: {}", String::from_utf8_lossy(body), shown(&outcome));
    }
}

/// A syntax error names the byte, and shows the text from there on only as far as it is the offending token.
#[test]
fn malformed_json_says_where() {
    for (body, place) in [
        ("[1,NaN,2]", "body/3"),
        ("[1,]", "body/3"),
        ("[1 2]", "body/3"),
        ("[1", "body/2"),
        ("[1, ", "body/4"),
        ("", "body/0"),
        ("[1]x", "body/3"),
        ("[0.5,01]", "body/5"),
        ("{\"numbers\":[1],}", "body/15"),
        ("[\"\\x\"]", "body/1"),
    ] {
        let line = refusal(&ask(Format::Json, body.as_bytes()));
        assert!(line.starts_with(&format!("Malformed 1; {place} json_invalid")), "{body}: {line}");
    }
}

#[test]
fn invalid_values_say_where() {
    let many_words = (0..25).map(|i| format!("a{i}")).collect::<Vec<_>>().join(" ");
    let many_strings: Vec<String> = (0..25).map(|i| format!("\"a{i}\"")).collect();
    let listed =
        |prefix: &str| (0..20).map(|i| format!("; {prefix}/{i} float_parsing a{i}")).collect::<Vec<_>>().concat();
    let long = "x".repeat(60);
    let json: [(String, String); 22] = [
        ("[1,true,2,false]".into(), "Invalid 2; body/1 float_parsing true; body/3 float_parsing false".into()),
        ("[\"5\",null,\"a\\u0062\"]".into(), "Invalid 2; body/0 float_parsing 5; body/2 float_parsing ab".into()),
        ("[0,1e400]".into(), "Invalid 1; body/1 out_of_range 1e400".into()),
        (format!("[1,\"{long}\"]"), format!("Invalid 1; body/1 float_parsing {}", &long[..40])),
        (format!("[{}]", many_strings.join(",")), format!("Invalid 25{}", listed("body"))),
        (
            format!("{{\"ddof\":0,\"numbers\":[{}]}}", many_strings.join(",")),
            format!("Invalid 25{}", listed("body/numbers")),
        ),
        (format!("[[{}]]", many_strings.join(",")), format!("Invalid 25{}", listed("body/0"))),
        ("[[1,\"x\"],[true,2]]".into(), "Invalid 2; body/0/1 float_parsing x; body/1/0 float_parsing true".into()),
        (
            "{\"numbers\":[[1,\"x\"],[true,2]]}".into(),
            "Invalid 2; body/numbers/0/1 float_parsing x; body/numbers/1/0 float_parsing true".into(),
        ),
        ("[[1,2],[3]]".into(), "Invalid 1; body/1 ragged_row".into()),
        ("[[1,2],[3],[4,5],[6,7,8]]".into(), "Invalid 2; body/1 ragged_row; body/3 ragged_row".into()),
        ("{\"numbers\":[[1],[],[2]]}".into(), "Invalid 1; body/numbers/1 ragged_row".into()),
        ("[1,[2]]".into(), "Invalid 1; body/1 mixed_array".into()),
        ("[[1],2]".into(), "Invalid 1; body/1 mixed_array".into()),
        ("[[1],[2],null]".into(), "Invalid 1; body/2 mixed_array".into()),
        ("[[[1]]]".into(), "Invalid 1; body/0/0 nested_too_deep".into()),
        ("[[1],[2,[3]]]".into(), "Invalid 1; body/1/1 nested_too_deep".into()),
        ("[]".into(), "Invalid 1; body missing".into()),
        ("[[],[]]".into(), "Invalid 1; body missing".into()),
        ("{}".into(), "Invalid 1; body/numbers missing".into()),
        ("{\"ddof\":1}".into(), "Invalid 1; body/numbers missing".into()),
        ("{\"numbers\":[]}".into(), "Invalid 1; body/numbers missing".into()),
    ];
    for (body, wanted) in &json {
        assert_eq!(refusal(&ask(Format::Json, body.as_bytes())), *wanted, "{body}");
    }
    let text: [(String, String); 5] = [
        ("1 two 3 4,5".into(), "Invalid 2; body/1 float_parsing two; body/3 float_parsing 4,5".into()),
        ("1e400 1 1_0".into(), "Invalid 2; body/0 out_of_range 1e400; body/2 float_parsing 1_0".into()),
        (format!("1 {long}"), format!("Invalid 1; body/1 float_parsing {}", &long[..40])),
        (many_words, format!("Invalid 25{}", listed("body"))),
        (" \n ".into(), "Invalid 1; body missing".into()),
    ];
    for (body, wanted) in &text {
        assert_eq!(refusal(&ask(Format::Text, body.as_bytes())), *wanted, "{body}");
    }
}

#[test]
fn missing_values_can_be_refused() {
    let raise = [("nan_policy", "raise")];
    let outcome = |format, body: &str| refusal(&ask_with(format, &LIMITS, &raise, [body.as_bytes()]));
    assert_eq!(outcome(Format::Text, "1 nan 2 -NaN"), "Invalid 2; body/1 missing_value nan; body/3 missing_value -NaN");
    assert_eq!(outcome(Format::Json, "[null,1]"), "Invalid 1; body/0 missing_value null");
    assert_eq!(outcome(Format::Json, "[[1,2],[3,null]]"), "Invalid 1; body/1/1 missing_value null");
    assert_eq!(outcome(Format::Json, "{\"numbers\":[1,null]}"), "Invalid 1; body/numbers/1 missing_value null");
    let many = format!("[{}]", ["null"; 30].join(","));
    assert!(outcome(Format::Json, &many).starts_with("Invalid 30; body/0 missing_value null; body/1 "));
    assert!(ask_with(Format::Json, &LIMITS, &raise, [&b"[1,2]"[..]]).is_ok());
}

#[test]
fn options_beside_the_numbers() {
    let refused = |body: &str| refusal(&ask(Format::Json, body.as_bytes()));
    assert_eq!(refused("{\"numbers\":[1],\"number\":1}"), "Invalid 1; body/number extra_forbidden");
    assert_eq!(refused("{\"ddof\":1,\"ddof\":1,\"numbers\":[1]}").split(' ').nth(3), Some("repeated"));
    assert_eq!(refused("{\"numbers\":[1],\"numbers\":[2]}"), "Invalid 1; body/numbers repeated");
    assert_eq!(refused("{\"numbers\":[1,2],\"axis\":1}"), "Invalid 1; body/axis axis");
    let both = ask_with(Format::Json, &LIMITS, &[("ddof", "0")], [&b"{\"numbers\":[1,2],\"ddof\":0}"[..]]);
    assert_eq!(kind(&both), Some(Kind::Invalid), "in the query and in the body: {}", shown(&both));
    for harmless in ["{\"numbers\":[1,2,4],\"axis\":0}", "{\"numbers\":[1,2,4],\"axis\":null}"] {
        assert_eq!(shown(&ask(Format::Json, harmless.as_bytes())), shown(&ask(Format::Json, b"[1,2,4]")));
    }
    let same = [
        "{\"numbers\":[1,2,4,9],\"ddof\":0,\"bias\":false}",
        "{\"ddof\":0,\"bias\":false,\"numbers\":[1,2,4,9]}",
        "{\"bias\":0,\"numbers\":[1,2,4,9],\"ddof\":\"0\"}",
        "{\"b\\u0069as\":\"False\",\"numbers\":[1,2,4,9],\"\\u0064dof\":0}",
    ];
    for body in same {
        let json = ask(Format::Json, body.as_bytes()).unwrap_or_else(|refusal| panic!("{body}: {refusal:?}"));
        expect_one(&json, &oracle::describe(&strings(&["1", "2", "4", "9"]), 0, false, false));
    }
}

/// A byte order mark is not part of the first value; a second one is.
#[test]
fn byte_order_marks() {
    for (format, body) in [(Format::Json, "[5,6]"), (Format::Text, "5 6"), (Format::Text, " 5\n6")] {
        assert_eq!(shown(&ask(format, format!("\u{feff}{body}").as_bytes())), shown(&ask(format, body.as_bytes())));
        assert!(ask(format, format!("\u{feff}\u{feff}{body}").as_bytes()).is_err());
    }
}

#[test]
fn every_ascii_blank_separates_text() {
    let body = b"1\t2\n3\x0b4\x0c5\r6\x1c7\x1d8\x1e9\x1f10 11\r\n12";
    let numbers: Vec<String> = (1..=12).map(|i| i.to_string()).collect();
    expect_one(&ask(Format::Text, body).expect("numbers"), &oracle::describe(&numbers, 1, true, false));
}

#[test]
fn an_answer_is_limited_in_its_results() {
    let limits = Limits { groups: 3, ..LIMITS };
    let outcome = |axis: &str, body: &str| kind(&ask_with(Format::Json, &limits, &[("axis", axis)], [body.as_bytes()]));
    let (wide, tall) = ("[[1,2,3,4],[5,6,7,8]]", "[[1,2],[3,4],[5,6],[7,8]]");
    assert_eq!(outcome("0", wide), Some(Kind::TooLarge));
    assert_eq!(outcome("1", wide), None);
    assert_eq!(outcome("none", wide), None);
    assert_eq!(outcome("0", tall), None);
    assert_eq!(outcome("1", tall), Some(Kind::TooLarge));
    assert_eq!(outcome("none", tall), None);
}

/// A value in a body: mostly plain numbers, some missing ones.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "-?(0|[1-9][0-9]{0,4})(\\.[0-9]{1,6})?",
        1 => "-?[1-9]\\.[0-9]{1,20}[eE][-+]?[0-9]{1,2}",
        1 => Just("null".to_owned()),
    ]
}

fn blanks() -> impl Strategy<Value = String> {
    "[ \t\r\n]{0,2}"
}

fn as_json(values: &[String], blank: &str) -> String {
    format!("[{blank}{}{blank}]", values.join(&format!("{blank},{blank}")))
}

fn random_cuts(body: &[u8], cuts: &[Index]) -> Vec<usize> {
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(body.len() + 1)).collect();
    places.sort_unstable();
    places
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// JSON's null is text's nan.
fn to_text(value: &String) -> String {
    if value == "null" { "nan".into() } else { value.clone() }
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn flat_arrays(
        values in prop::collection::vec(value(), 1..20),
        blank in blanks(),
        separator in "[ \t\r\n\u{b}\u{c}\u{1c}-\u{1f}]{1,3}",
        cuts in prop::collection::vec(any::<Index>(), 0..12),
        (ddof, bias, omit) in (0..4_u64, any::<bool>(), any::<bool>()),
        envelope in 0..3_u8,
    ) {
        let texts: Vec<String> = values.iter().map(to_text).collect();
        let wanted = oracle::describe(&texts, ddof, bias, omit);
        let policy = if omit { "omit" } else { "propagate" };
        let (ddof, bias) = (ddof.to_string(), bias.to_string());
        let query = [("ddof", ddof.as_str()), ("bias", bias.as_str()), ("nan_policy", policy)];
        let array = as_json(&values, &blank);
        let (body, query_or_body): (String, &[(&str, &str)]) = match envelope {
            0 => (array, &query),
            1 => (format!("{{\"ddof\":{ddof},\"numbers\":{array},{blank}\"bias\":{bias},\"nan_policy\":\"{policy}\"}}"), &[]),
            _ => (format!("{blank}{{{blank}\"numbers\"{blank}:{array}{blank}}}{blank}"), &query),
        };
        let body = body.as_bytes();
        let json = ask_with(Format::Json, &LIMITS, query_or_body, cut(body, &random_cuts(body, &cuts)));
        expect_one(&json.map_err(|refusal| TestCaseError::fail(format!("{refusal:?}")))?, &wanted);
        let body = texts.join(&separator);
        let body = body.as_bytes();
        let json = ask_with(Format::Text, &LIMITS, &query, cut(body, &random_cuts(body, &cuts)));
        expect_one(&json.map_err(|refusal| TestCaseError::fail(format!("{refusal:?}")))?, &wanted);
    }

    #[test]
    fn nested_arrays(
        rows in (1..5_usize, 1..6_usize)
            .prop_flat_map(|(width, height)| prop::collection::vec(prop::collection::vec(value(), width), height)),
        blank in blanks(),
        cuts in prop::collection::vec(any::<Index>(), 0..12),
        (ddof, bias, omit) in (0..4_u64, any::<bool>(), any::<bool>()),
    ) {
        let body: Vec<String> = rows.iter().map(|row| as_json(row, &blank)).collect();
        let body = as_json(&body, &blank);
        let body = body.as_bytes();
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(to_text).collect()).collect();
        let columns: Vec<Vec<String>> =
            (0..rows[0].len()).map(|k| rows.iter().map(|row| row[k].clone()).collect()).collect();
        let describe = |slices: &[Vec<String>]| -> Vec<Six> {
            slices.iter().map(|slice| oracle::describe(slice, ddof, bias, omit)).collect()
        };
        let (ddof_text, bias_text) = (ddof.to_string(), bias.to_string());
        let ask = |axis: Option<&'static str>| -> Result<Vec<u8>, InputError> {
            let mut query = vec![("ddof", ddof_text.as_str()), ("bias", bias_text.as_str())];
            query.push(("nan_policy", if omit { "omit" } else { "propagate" }));
            query.extend(axis.map(|axis| ("axis", axis)));
            ask_with(Format::Json, &LIMITS, &query, cut(body, &random_cuts(body, &cuts)))
        };
        let fail = |refusal: InputError| TestCaseError::fail(format!("{refusal:?}"));
        expect_slices(&ask(None).map_err(fail)?, &describe(&columns));
        expect_slices(&ask(Some("0")).map_err(fail)?, &describe(&columns));
        expect_slices(&ask(Some("1")).map_err(fail)?, &describe(&rows));
        expect_one(&ask(Some("none")).map_err(fail)?, &oracle::describe(&rows.concat(), ddof, bias, omit));
    }

    /// Words good and bad, bytes of all kinds: the same outcome for every cut.
    #[test]
    fn any_text(
        words in prop::collection::vec(prop_oneof![4 => value().prop_map(String::into_bytes), 1 => "[-+.eE0-9nainf_,]{1,12}".prop_map(String::into_bytes), 1 => "\\PC{1,3}".prop_map(String::into_bytes), 1 => prop::collection::vec(any::<u8>(), 1..3)], 0..30),
        separator in "[ \t\r\n]{1,2}",
        cuts in prop::collection::vec(any::<Index>(), 1..12),
    ) {
        let body = words.join(separator.as_bytes());
        let whole = ask(Format::Text, &body);
        let pieces = ask_with(Format::Text, &LIMITS, &[], cut(&body, &random_cuts(&body, &cuts)));
        prop_assert_eq!(whole, pieces);
        prop_assert_eq!(kind(&ask(Format::Text, &body)) == Some(Kind::Malformed), std::str::from_utf8(&body).is_err());
    }
}
