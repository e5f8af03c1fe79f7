//! Records, named arrays and NDJSON.

use crate::ask::without_reading;
use crate::detail;
use describe_engine::messages::{Voice, message};
use describe_options::{InputError, Kind, Step};
use describe_options::{Options, Origin, RawOption};
use describe_readers::{Data, Format, Limits, Reader, Source};
use describe_reports::json::answer;
use proptest::prelude::*;
use serde_json::{Value, json};

type Outcome = Result<String, InputError>;

/// The answer to a body that comes in these chunks; the options are in the URL.
fn ask_chunks<'a>(
    format: Format,
    query: &[(&str, &str)],
    limits: &Limits,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> Outcome {
    let given = query.iter().map(|(name, value)| RawOption {
        origin: Origin::Query,
        name: (*name).into(),
        values: value.split('+').map(str::to_owned).collect(),
    });
    let mut given: Vec<RawOption> = given.collect();
    let mut reader = Reader::new(Some(format), &Options::parse(&given)?, limits);
    for chunk in chunks {
        reader.feed(chunk)?;
    }
    let input = reader.finish()?;
    given.extend(input.options);
    let json = answer(&input.data, &Options::parse(&given)?)?;
    Ok(without_reading(str::from_utf8(&json).expect("JSON")))
}

/// The same for every cut of the body in two, for single bytes, and at once.
#[track_caller]
fn ask_limited(format: Format, query: &[(&str, &str)], limits: &Limits, body: &str) -> Outcome {
    let bytes = body.as_bytes();
    let whole = ask_chunks(format, query, limits, [bytes]);
    assert_eq!(ask_chunks(format, query, limits, bytes.chunks(1)), whole, "{body} byte by byte");
    for cut in 0..=bytes.len() {
        let (start, end) = bytes.split_at(cut);
        assert_eq!(ask_chunks(format, query, limits, [start, end]), whole, "{body} cut at {cut}");
    }
    whole
}

#[track_caller]
fn ask(format: Format, query: &[(&str, &str)], body: &str) -> Outcome {
    ask_limited(format, query, &Limits::default(), body)
}

#[track_caller]
fn json(format: Format, query: &[(&str, &str)], body: &str) -> Value {
    let outcome = ask(format, query, body);
    serde_json::from_str(&outcome.unwrap_or_else(|error| panic!("{body}: {error:?}"))).expect("JSON")
}

/// A refusal as `kind path code`, of its first problem, and how many there are.
#[track_caller]
fn refusal(format: Format, query: &[(&str, &str)], body: &str) -> (String, u64) {
    let error = ask(format, query, body).expect_err(body);
    let steps = error.first().location.steps().into_iter().map(|step| match step {
        Step::Name(name) => name,
        Step::Index(index) => index.to_string(),
    });
    let path = steps.collect::<Vec<_>>().join("/");
    let code = error.listed().first().map_or("", |problem| problem.reason.code());
    (format!("{:?} {path} {code}", error.kind()), error.count())
}

/// One answer's results as `column group nobs mean missing`.
fn lines(answer: &Value) -> Vec<String> {
    let line = |result: &Value| {
        let text = |name: &str| match result.get(name) {
            None => "-".into(),
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
        };
        ["column", "group", "nobs", "mean", "missing"].map(text).join(" ")
    };
    answer["results"].as_array().expect("results").iter().map(line).collect()
}

#[test]
fn records_are_a_table() {
    let body = r#" [ {"mark":5,"cohort":"2024"} , {"cohort":"2023", "mark": 6.50},{"mark":null,"late":1e1,"cohort":"2024"},
        {"mark":"7","cohort":null},{}] "#;
    let all = json(Format::Json, &[], body);
    assert_eq!(lines(&all), ["mark - 3 6.166666666666667 2", "cohort - 3 2023.6666666666667 2", "late - 1 10.0 4"]);
    assert_eq!(all["rows"], 5);
    let grouped = json(Format::Json, &[("column", "mark"), ("group_by", "cohort"), ("overall", "true")], body);
    let expected = [
        r#"mark {"cohort":"2023"} 1 6.5 0"#,
        r#"mark {"cohort":"2024"} 1 5.0 1"#,
        r#"mark {"cohort":null} 1 7.0 1"#,
        r"mark {} 3 6.166666666666667 2",
    ];
    assert_eq!(lines(&grouped), expected);
}

#[test]
fn lines_and_named_arrays_say_the_same_as_records() {
    let records = r#"[{"m":1,"g":"a"},{"m":null,"g":"b"},{"m":0.3,"g":true},{"m":"x","g":2024.0},{"m":-2,"g":"a"}]"#;
    let ndjson = "{\"m\":1,\"g\":\"a\"}\n\n {\"m\":null,\"g\":\"b\"}\r\n{\"m\":0.3,\"g\":true}\n{\"m\":\"x\",\"g\":2024.0}\n{\"m\":-2,\"g\":\"a\"}";
    let columns = r#"{"m":[1,null,0.3,"x",-2],"g":["a","b",true,2024.0,"a"]}"#;
    for query in [
        &[][..],
        &[("group_by", "g")],
        &[("group_by", "g"), ("column", "m"), ("invalid", "missing"), ("overall", "1")],
        &[("group_by", "g"), ("column", "m"), ("absent", "x+-2"), ("ddof", "0")],
        &[("group_by", "g+m")],
        &[("group_by", "m"), ("column", "m"), ("absent", "x")],
        &[("column", "m")],
        &[("column", "m"), ("nan_policy", "raise"), ("absent", "x")],
        &[("column", "g")],
        &[("column", "m+no")],
        &[("group_by", "no")],
        &[("axis", "0")],
        &[("axis", "1")],
    ] {
        let expected = ask(Format::Json, query, records);
        assert_eq!(ask(Format::Ndjson, query, ndjson), expected, "{query:?}");
        let outcome = ask(Format::Json, query, columns);
        let listed = |outcome: &Outcome| outcome.as_ref().err().map(|error| error.listed().to_vec());
        assert_eq!((outcome.as_ref().ok(), listed(&outcome)), (expected.as_ref().ok(), listed(&expected)), "{query:?}");
    }
}

#[test]
fn cells_that_are_no_numbers() {
    let body = r#"[{"a":1,"b":true,"c":[1,[2,{"a":3}]],"d":{"a":[5]},"e":"Ann","f":"1,5","g":1e400,"h":null},{"a":2,"b":1,"c":1}]"#;
    let answer = json(Format::Json, &[], body);
    assert_eq!(lines(&answer), ["a - 2 1.5 0"]);
    let skipped = json!([
        {"column":"b","row":1,"value":"true"},
        {"column":"c","row":1,"value":"[…]"},
        {"column":"d","row":1,"value":"{…}"},
        {"column":"e","row":1,"value":"Ann"},
        {"column":"f","row":1,"value":"1,5"},
        {"column":"g","row":1,"value":"1e400"},
        {"column":"h","row":1,"value":""}
    ]);
    assert_eq!(answer["skipped"], skipped);
    for (column, code) in
        [("b", "float_parsing"), ("c", "float_parsing"), ("d", "float_parsing"), ("g", "out_of_range")]
    {
        let expected = (format!("Invalid body/1/{column} {code}"), 1);
        assert_eq!(refusal(Format::Json, &[("column", column)], body), expected);
    }
    let comma = json(Format::Json, &[("column", "a+f"), ("decimal", ",")], body);
    assert_eq!(lines(&comma), ["a - 2 1.5 0", "f - 1 1.5 1"]);
    let invalid = json(Format::Json, &[("column", "b"), ("invalid", "missing")], body);
    assert_eq!((&invalid["results"][0]["invalid"], &invalid["results"][0]["nobs"]), (&json!(1), &json!(1)));
}

#[test]
fn missing_members_are_missing() {
    let body = r#"[{"a":1},{"b":2},{"b":"NA","a":3},{"c":"text"},{"a":4,"b":5}]"#;
    assert_eq!(lines(&json(Format::Json, &[], body)), ["a - 3 2.6666666666666665 2", "b - 2 3.5 3"]);
    let raised = ask(Format::Json, &[("nan_policy", "raise")], body).expect_err("missing values");
    assert_eq!((raised.kind(), raised.count()), (Kind::Invalid, 5));
    let places: Vec<String> = raised.listed().iter().map(|problem| format!("{:?}", problem.location.steps())).collect();
    let place =
        |row: u64, name: &str| format!("{:?}", [Step::Name("body".into()), Step::Index(row), Step::Name(name.into())]);
    assert_eq!(places, [place(1, "b"), place(2, "a"), place(3, "b"), place(4, "a"), place(4, "b")]);
    let many = format!("[{}{{\"a\":1}}]", "{},".repeat(50));
    for query in [&[("nan_policy", "raise")][..], &[("nan_policy", "raise"), ("column", "a")]] {
        assert_eq!(refusal(Format::Json, query, &many), ("Invalid body/1/a missing_value".into(), 50));
    }
    assert_eq!(lines(&json(Format::Json, &[("nan_policy", "propagate"), ("column", "a")], body)), ["a - 5 null 2"]);
}

#[test]
fn records_that_are_refused() {
    for (body, expected) in [
        (r#"[{"a":1,"b":2,"a":3}]"#, "Invalid body/1/a repeated"),
        (r#"[{"a":1},{"a ":1," a":3}]"#, "Invalid body/2/a repeated"),
        (r#"[{"\u0061":1,"a":3}]"#, "Invalid body/1/a repeated"),
        (r#"[{"a":1},5]"#, "Invalid body/2 mixed_records"),
        (r#"[{"a":1},null]"#, "Invalid body/2 mixed_records"),
        (r#"[{"a":1},[5]]"#, "Invalid body/2 mixed_records"),
        (r#"[5,{"a":1}]"#, "Invalid body/1 json_type"),
        (r#"[[5],{"a":1}]"#, "Invalid body/1 json_type"),
        (r#"[{"a":1}"#, "Malformed body/8 json_invalid"),
        (r#"[{"a":1},]"#, "Malformed body/9 json_invalid"),
        (r#"[{"a":1,}]"#, "Malformed body/8 json_invalid"),
        (r#"[{"a" 1}]"#, "Malformed body/6 json_invalid"),
        (r#"[{"a":1},{"a":01}]"#, "Malformed body/14 json_invalid"),
        (r#"[{"a":1},{"a":1x}]"#, "Malformed body/14 json_invalid"),
        (r#"[{"a":1},{"a":"x}]"#, "Malformed body/14 json_invalid"),
        (r#"[{"a":1},{"a":nul}]"#, "Malformed body/14 json_invalid"),
        (r#"{"a":1}"#, "Invalid body/a extra_forbidden"),
        // Invalid syntax behind something that is refused for another reason.
        (r#"{"a":1,}"#, "Malformed body/7 json_invalid"),
        (r#"[5,{"a":1},]"#, "Malformed body/11 json_invalid"),
        (r#"[{"a":1},5,x]"#, "Malformed body/11 json_invalid"),
        ("[[[5]],", "Malformed body/7 json_invalid"),
        ("5 5", "Malformed body/2 json_invalid"),
        ("[{\"a\":1},{\"a\":\"\u{1}\"}]", "Malformed body/14 json_invalid"),
    ] {
        assert_eq!(refusal(Format::Json, &[], body), (expected.into(), 1), "{body}");
    }
    let twenty_one = format!("[{}]", vec![r#"{"a":"x"}"#; 21].join(","));
    assert_eq!(refusal(Format::Json, &[("column", "a")], &twenty_one), ("Invalid body/1/a float_parsing".into(), 21));
    let nested = r#"[{"a":1,"g":"x"},{"a":1,"g":["x"]}]"#;
    assert_eq!(refusal(Format::Json, &[("group_by", "g")], nested).0, "Invalid body/2/g nested_group");
    assert_eq!(
        refusal(Format::Json, &[("column", "mark")], r#"[{"marks":1}]"#).0,
        "Invalid query/column unknown_column"
    );
    assert_eq!(refusal(Format::Json, &[("axis", "1")], r#"[{"a":1}]"#).0, "Invalid query/axis axis");
}

#[test]
fn halves_of_surrogate_pairs_matter_only_where_they_are_used() {
    let body = r#"[{"name":"\ud83d","mark":5,"\ude00":1},{"name":"Bob\ud83dx","mark":7}]"#;
    let answer = json(Format::Json, &[], body);
    assert_eq!(lines(&answer), ["mark - 2 6.0 0", "\u{fffd}\u{fffd}\u{fffd} - 1 1.0 1"]);
    assert_eq!(answer["skipped"][0]["column"], "name");
    for query in [&[("column", "mark")][..], &[("column", "mark"), ("group_by", "mark")]] {
        assert!(ask(Format::Json, query, body).is_ok());
    }
    let grouped = [("column", "mark"), ("group_by", "name")];
    assert_eq!(refusal(Format::Json, &grouped, body), ("Malformed body/1/name not_utf8".into(), 1));
    let error = ask(Format::Json, &grouped, body).expect_err("a group");
    assert!(detail(&error).contains("half of a surrogate pair"), "{}", detail(&error));
    assert_eq!(refusal(Format::Json, &[], r#"["\ud83d"]"#).0, "Invalid body/0 float_parsing");
    assert_eq!(refusal(Format::Json, &[], r#"["\ud83"]"#).0, "Malformed body/1 json_invalid");
}

#[test]
fn names_of_members() {
    let body = r#"[{"":1," a ":2,"a\"b":3,"é":4,"\u00e9x":5},{"é":6,"a\"b":7,"a":8,"":9}]"#;
    let expected = ["column_1 - 2 5.0 0", "a - 2 5.0 0", "a\"b - 2 5.0 0", "é - 2 5.0 0", "éx - 1 5.0 1"];
    assert_eq!(lines(&json(Format::Json, &[], body)), expected);
    assert_eq!(lines(&json(Format::Json, &[("column", "é+a\"b")], body)), [expected[3], expected[2]]);
}

#[test]
fn numbers_or_records_line_by_line() {
    let flat = ask(Format::Json, &[("nan_policy", "omit")], "[5,0.1,null,-3e2]").expect("numbers");
    for body in ["5\n0.1\nnull\n-3e2", "\n 5 \r\n\n0.1\nnull\n-3e2\n\n"] {
        assert_eq!(ask(Format::Ndjson, &[("nan_policy", "omit")], body).as_ref(), Ok(&flat), "{body:?}");
    }
    for (body, expected) in [
        ("5\n\"x\"\n7", "Invalid body/1 float_parsing"),
        ("5\n{\"a\":1}", "Invalid body json_type"),
        ("{\"a\":1}\n\n5", "Invalid body/2 mixed_records"),
        ("[5]\n", "Invalid body json_type"),
        ("5\n[5]\n", "Invalid body json_type"),
        ("{\"a\":1}\n[5]\n", "Invalid body/2 mixed_records"),
        ("", "Invalid body missing"),
        ("\n\n", "Invalid body missing"),
        ("{\"a\":1}\n\n{\"a\":x}\n", "Malformed body/3 json_invalid"),
        ("{\"a\":1}\n{\"a\":\n2}", "Malformed body/2 json_invalid"),
        ("{\"a\":1}\n{\"a\":2", "Malformed body/2 json_invalid"),
        ("{\"a\":1} {\"a\":2}", "Malformed body/1 json_invalid"),
        ("{\"a\":\"open\n{\"a\":2}", "Malformed body/1 json_invalid"),
        ("5 6\n", "Malformed body/1 json_invalid"),
    ] {
        assert_eq!(refusal(Format::Ndjson, &[], body), (expected.into(), 1), "{body:?}");
    }
    let bad = "{\"a\":1}\n\n{\"a\":\"x\"}\n";
    assert_eq!(refusal(Format::Ndjson, &[("column", "a")], bad).0, "Invalid body/2/a float_parsing");
    let detail = detail(&ask(Format::Ndjson, &[], "1\n2\n3 x").expect_err("bad"));
    assert!(detail.starts_with("line 3: this is not JSON: at its byte 2 the end of the line"), "{detail}");
}

#[test]
fn envelope_or_named_arrays() {
    let ddof = ask(Format::Json, &[("ddof", "0")], "[1,2,4]").expect("numbers");
    for envelope in [
        r#"{"ddof":0,"numbers":[1,2,4]}"#,
        r#"{"numbers":[1,2,4],"ddof":0}"#,
        r#"{"ddof":0.0,"numbers":[1,2,4]}"#,
        r#"{"numbers":[1,2,4],"ddof":0e1}"#,
        r#"{"ddof":[0],"numbers":[1,2,4]}"#,
        r#"{"numbers":[1,2,4],"ddof":["0"]}"#,
    ] {
        assert_eq!(ask(Format::Json, &[], envelope).as_ref(), Ok(&ddof), "{envelope}");
    }
    let table = json(Format::Json, &[], r#"{"maths":[1,2,null],"name":["a","b","c"],"physics":[4, 5.0 ,6]}"#);
    assert_eq!(lines(&table), ["maths - 2 1.5 1", "physics - 3 5.0 0"]);
    assert_eq!(table["skipped"], json!([{"column":"name","row":1,"value":"a"}]));
    assert_eq!(lines(&json(Format::Json, &[], r#"{"ddof":[1,2]}"#)), ["ddof - 2 1.5 0"]);
    assert_eq!(lines(&json(Format::Json, &[], r#"{"ddof":[1,[2]],"m":[3,4]}"#)), ["m - 2 3.5 0"]);
    for (body, expected) in [
        ("{}", "Invalid body/numbers missing"),
        (r#"{"ddof":0}"#, "Invalid body/numbers missing"),
        (r#"{"ddof":[1],"bias":true}"#, "Invalid body/numbers missing"),
        (r#"{"a":[],"b":[]}"#, "Invalid body missing"),
        (r#"{"numbers":[1],"maths":[2]}"#, "Invalid body/maths extra_forbidden"),
        (r#"{"maths":[2],"numbers":[1]}"#, "Invalid body/maths extra_forbidden"),
        (r#"{"dof":0,"numbers":[1]}"#, "Invalid body/dof extra_forbidden"),
        (r#"{"maths":[1],"ddof":0}"#, "Invalid body/ddof option_beside_columns"),
        (r#"{"ddof":0,"maths":[1]}"#, "Invalid body/ddof option_beside_columns"),
        (r#"{"missing":[1],"maths":[1]}"#, "Invalid body/missing option_beside_columns"),
        (r#"{"maths":[1],"physics":2}"#, "Invalid body/physics list_type"),
        (r#"{"maths":[1],"physics":{"0":2}}"#, "Invalid body/physics json_shape"),
        (r#"{"maths":{"a":2}}"#, "Invalid body/maths json_shape"),
        (r#"{"maths":[1],"maths":[1]}"#, "Invalid body/maths repeated"),
        (r#"{"ddof":[1],"ddof":[1]}"#, "Invalid body/ddof repeated"),
        (r#"{"numbers":[1],"ddof":1,"ddof":1}"#, "Invalid body/ddof repeated"),
        (r#"{"numbers":[1],"numbers":[1]}"#, "Invalid body/numbers repeated"),
        (r#"{"ddof":[[0]],"numbers":[1]}"#, "Invalid body/ddof json_type"),
        (r#"{"numbers":[1],"ddof":[[0]]}"#, "Invalid body/ddof json_type"),
        (r#"{"numbers":[1],"boundaries":{"A":70}}"#, "Invalid body/boundaries json_type"),
        (r#"{"numbers":[{"a":1}]}"#, "Invalid body/numbers/0 json_type"),
        (r#"{"numbers":5}"#, "Invalid body/numbers list_type"),
    ] {
        assert_eq!(refusal(Format::Json, &[], body), (expected.into(), 1), "{body}");
    }
    let unequal = ask(Format::Json, &[], r#"{"maths":[1,2,3],"physics":[4]}"#).expect_err("unequal");
    assert!(detail(&unequal).ends_with("maths 3, physics 1"), "{}", detail(&unequal));
    assert_eq!(unequal.listed()[0].reason.code(), "unequal_lengths");
    let nested = r#"{"a":[1],"g":[[1]]}"#;
    assert_eq!(refusal(Format::Json, &[("group_by", "g")], nested).0, "Invalid body/1/g nested_group");
    let bad = r#"{"a":[1,"x"],"g":[1,1]}"#;
    assert_eq!(refusal(Format::Json, &[("column", "a")], bad).0, "Invalid body/2/a float_parsing");
}

#[test]
fn limits() {
    let few = Limits { cell: 40, groups: 2, columns: 3, memory: 5000, ..Limits::default() };
    let kind = |query: &[(&str, &str)], body: &str| {
        let error = ask_limited(Format::Json, query, &few, body).expect_err(body);
        assert_eq!(error.kind(), Kind::TooLarge, "{body}: {error:?}");
        detail(&error)
    };
    let ok =
        |query: &[(&str, &str)], body: &str| assert!(ask_limited(Format::Json, query, &few, body).is_ok(), "{body}");
    ok(&[], r#"[{"a":1,"b":1},{"c":1}]"#);
    for body in [r#"[{"a":1,"b":1},{"c":1},{"d":1}]"#, r#"{"a":[1],"b":[1],"c":[1],"d":[1]}"#] {
        assert!(kind(&[], body).contains("--column-limit"));
        assert!(kind(&[("column", "a")], body).contains("--column-limit"));
    }
    ok(&[("group_by", "a")], r#"[{"a":1,"b":1},{"a":2}]"#);
    assert!(kind(&[("group_by", "a")], r#"[{"a":1,"b":1},{"a":2},{"b":1}]"#).contains("--group-limit"));
    assert!(kind(&[("column", "a")], &format!(r#"[{{"a":"{}"}}]"#, "x".repeat(40))).contains("--cell-limit"));
    assert!(kind(&[("column", "a")], &format!(r#"[{{"a":1}},{{"a":"{}"}}]"#, "x".repeat(39))).contains("--cell-limit"));
    ok(&[], &format!(r#"[{{"a":1}},{{"a":"{}"}}]"#, "x".repeat(38)));

    // Columns to be grouped are held, two bytes a mark; others are not, and neither are records.
    let column = |name: &str, count: usize| format!(r#""{name}":[{}]"#, vec!["57"; count].join(","));
    let body = |count| format!("{{{},{}}}", column("g", count), column("m", count));
    let ask = |query: &[(&str, &str)], body: &str| ask_chunks(Format::Json, query, &few, [body.as_bytes()]);
    let grouped = [("group_by", "g")];
    assert!(ask(&grouped, &body(1200)).is_ok());
    let refused = ask(&grouped, &body(1300)).expect_err("too much");
    assert!(
        refused.kind() == Kind::TooLarge && detail(&refused).contains("--memory-limit (MEMORY_LIMIT)"),
        "{refused:?}"
    );
    assert!(ask(&[], &body(100_000)).is_ok());
    assert!(ask(&grouped, &format!("[{}]", vec![r#"{"g":57,"m":57}"#; 10_000].join(","))).is_ok());
    let asked = [("group_by", "g"), ("column", "m")];
    assert!(ask(&asked, &format!("{},{}}}", &body(1200)[..body(1200).len() - 1], column("more", 1200))).is_ok());
}

#[test]
fn as_exact_as_flat_arrays() {
    let texts = ["0.1", "-20e-1", "1e300", "0.30000000000000004", "12345678901234567890.5", "7", "-0", "5E-324"];
    let flat = json(Format::Json, &[], &format!("[{}]", texts.join(",")));
    let records: Vec<String> = texts.iter().map(|text| format!("{{\"m\":{text}}}")).collect();
    for (format, body) in [
        (Format::Json, format!("[{}]", records.join(","))),
        (Format::Ndjson, records.join("\n")),
        (Format::Json, format!("{{\"m\":[{}]}}", texts.join(" , "))),
        (Format::Json, format!("{{\"m\":[\"{}\"]}}", texts.join("\",\""))),
    ] {
        let table = json(format, &[], &body);
        for figure in ["nobs", "minmax", "mean", "variance", "skewness", "kurtosis"] {
            assert_eq!(table["results"][0][figure], flat[figure], "{figure} {body}");
        }
    }
}

#[test]
fn several_files_are_one_data_set() {
    let source = |name: &str| Source { format: Some(Format::Json), name: Some(name.into()), ..Source::default() };
    let files = [r#"[{"m":1,"g":"a"},{"g":"b"}]"#, r#"[{"g":"a","m":4},{"g":"b","m":null},{"g":"b","m":2}]"#];
    let read = |query: &str| {
        let nan_policy = RawOption { origin: Origin::Query, name: "nan_policy".into(), values: vec![query.into()] };
        let group_by = RawOption { origin: Origin::Query, name: "group_by".into(), values: vec!["g".into()] };
        let options = Options::parse(&[nan_policy, group_by])?;
        let mut reader = Reader::new(source("first"), &options, &Limits::default());
        reader.feed(files[0].as_bytes())?;
        reader.next_file(source("second"))?;
        reader.feed(files[1].as_bytes())?;
        answer(&reader.finish()?.data, &options)
    };
    let both = serde_json::from_slice(&read("omit").expect("figures")).expect("JSON");
    assert_eq!(lines(&both), [r#"m {"g":"a"} 2 2.5 0"#, r#"m {"g":"b"} 1 2.0 2"#]);
    let raised = read("raise").expect_err("missing values");
    let messages: Vec<String> = raised.listed().iter().map(|problem| message(problem, Voice::Http)).collect();
    assert_eq!((raised.count(), messages.len()), (2, 2));
    for (message, start) in messages.iter().zip(["first: row 2, column m: ", "second: row 2, column m: "]) {
        assert!(message.starts_with(start), "{message}");
    }
}

/// A value of a cell.
fn cell() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (-200_i32..200).prop_map(|mark| json!(mark)),
        2 => (-2000_i32..2000).prop_map(|mark| json!(f64::from(mark) / 8.0)),
        1 => Just(Value::Null),
        1 => "[a-c\"é\\\\ ]{0,3}".prop_map(Value::String),
        1 => (0..30_u32).prop_map(|number| json!(number.to_string())),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => Just(json!([1, {"a": [2]}])),
    ]
}

fn records() -> impl Strategy<Value = Vec<Value>> {
    let record = prop::collection::vec(("[ab\"é]{1,2}", cell()), 0..5);
    let object = |members: Vec<(String, Value)>| Value::Object(members.into_iter().collect());
    prop::collection::vec(record.prop_map(object), 1..12)
}

/// The same table in every shape, each with the name of the shape.
fn in_every_shape(names: &[&str], rows: &[Vec<Value>], labels: &[String]) -> Vec<(&'static str, String)> {
    let object = |members: Vec<String>| format!("{{{}}}", members.join(","));
    let array = |elements: Vec<String>| format!("[{}]", elements.join(","));
    let member = |name: &str, value: &str| format!("{}:{value}", json!(name));
    let record = |row: &Vec<Value>| -> Vec<String> {
        names.iter().zip(row).map(|(name, cell)| member(name, &cell.to_string())).collect()
    };
    let column = |index: usize| rows.iter().map(|row| row[index].to_string()).collect::<Vec<_>>();
    let columns = |cells: &dyn Fn(usize) -> String| {
        names.iter().enumerate().map(|(index, name)| member(name, &cells(index))).collect::<Vec<_>>()
    };
    let labelled = |cells: Vec<String>| {
        object(labels.iter().zip(cells).map(|(label, cell)| member(label, &cell)).collect::<Vec<_>>())
    };
    let records = array(rows.iter().map(|row| object(record(row))).collect());
    let list = object(columns(&|index| array(column(index))));
    let values = array(rows.iter().map(|row| json!(row).to_string()).collect());
    let headed =
        array([json!(names).to_string()].into_iter().chain(rows.iter().map(|row| json!(row).to_string())).collect());
    let indexes = array(labels.iter().map(|label| json!(label).to_string()).collect());
    let with_index =
        rows.iter().zip(0..).map(|(row, index)| object([vec![format!("\"index\":{index}")], record(row)].concat()));
    let schema = r#"{"fields":[{"name":"index","type":"integer"}],"primaryKey":["index"],"pandas_version":"1.4.0"}"#;
    let series = columns(&|index| array(column(index)));
    let series = series.iter().map(|column| {
        let (name, values) = column.split_once(':').expect("a member");
        format!(r#"{{"name":{name},"datatype":"Int64","bit_settings":"","values":{values}}}"#)
    });
    let by_row = object(labels.iter().zip(rows).map(|(label, row)| member(label, &object(record(row)))).collect());
    vec![
        ("records", records.clone()),
        ("records", format!(r#"{{"status":"ok","data":{records},"count":3}}"#)),
        ("records", format!(r#"{{"meta":{{"page":1}},"data":{records},"errors":[]}}"#)),
        ("list", list.clone()),
        ("list", format!(r#"{{"status":true,"result":{list}}}"#)),
        ("columns", object(columns(&|index| labelled(column(index))))),
        ("index", by_row),
        ("split", format!(r#"{{"columns":{},"index":{indexes},"data":{values}}}"#, json!(names))),
        ("split", format!(r#"{{"columns":{},"data":{values}}}"#, json!(names))),
        ("table", format!(r#"{{"schema":{schema},"data":{}}}"#, array(with_index.collect()))),
        ("series", format!(r#"{{"columns":{}}}"#, array(series.collect()))),
        ("values", headed.clone()),
        ("values", format!(r#"{{"data":{headed}}}"#)),
    ]
}

/// Name of the shape of a body.
fn shape_of(body: &str) -> Option<&'static str> {
    let mut reader = Reader::new(Some(Format::Json), &Options::default(), &Limits::default());
    reader.feed(body.as_bytes()).expect("a table");
    let Data::Table(table) = reader.finish().expect("a table").data else { return None };
    table.sources[0].shape
}

/// A result without the numbers of rows that its errors name: a header row counts as a row.
fn without_rows(outcome: Outcome) -> Result<Value, (String, u64)> {
    let mut answer: Value = match outcome {
        Ok(answer) => serde_json::from_str(&answer).expect("JSON"),
        Err(error) => return Err((error.first().reason.code().to_owned(), error.count())),
    };
    // The notes name the rows of cells that are not numbers.
    answer.as_object_mut().map(|answer| answer.remove("notes"));
    for skipped in answer["skipped"].as_array_mut().into_iter().flatten() {
        skipped["row"] = Value::Null;
    }
    Ok(answer)
}

#[test]
fn a_table_has_the_same_answer_in_every_shape() {
    let rows = [json!(["Ann", 41, "2023"]), json!(["Bob", 55.5, "2024"]), json!(["Cid", null, "2023"])];
    let rows: Vec<Vec<Value>> = rows.iter().map(|row| row.as_array().expect("a row").clone()).collect();
    let labels = ["0", "1", "2"].map(str::to_owned);
    let bodies = in_every_shape(&["name", "mark", "cohort"], &rows, &labels);
    for query in [
        &[][..],
        &[("column", "mark")],
        &[("column", "mark"), ("group_by", "cohort"), ("overall", "true")],
        &[("group_by", "cohort+name")],
        &[("column", "marks")],
        &[("column", "name"), ("invalid", "missing")],
    ] {
        let expected = without_rows(ask(Format::Json, query, &bodies[0].1));
        for (shape, body) in &bodies {
            assert_eq!(without_rows(ask(Format::Json, query, body)), expected, "{query:?} {shape} {body}");
        }
    }
    for (shape, body) in &bodies {
        assert_eq!(shape_of(body), Some(*shape), "{body}");
    }
    assert_eq!(shape_of("[5,6]"), None);
}

#[test]
fn shapes_that_are_refused_say_what_to_send() {
    for (body, expected) in [
        (r#"{"Ann":{"maths":41},"Bob":{"maths":55}}"#, "Invalid body/Ann json_shape"),
        (r#"{"0":{"0":41}}"#, "Invalid body/0 json_shape"),
        (r#"{"a":{"0":41,"1":55},"b":{"0":41}}"#, "Invalid body/b json_shape"),
        (r#"{"a":{"0":41,"1":55},"b":{"1":41,"0":55}}"#, "Invalid body/b json_shape"),
        (r#"{"a":{"0":41,"1":55},"b":{}}"#, "Invalid body/b json_shape"),
        (r#"{"a":{"0":41},"b":[41]}"#, "Invalid body/a json_shape"),
        (r#"{"a":{"0":41,"0":42}}"#, "Invalid body/0 repeated"),
        (r#"{"3":{"a":41},"5":{},"3":{"a":41}}"#, "Invalid body/3 repeated"),
        (r#"{"a":{"m":[41]},"b":{"m":[41]}}"#, "Invalid body/b json_shape"),
        (r#"{"a":{"m":[41]},"b":[{"m":41}]}"#, "Invalid body/a json_shape"),
        (r#"{"data":[["Ann",5]],"columns":["name","mark"]}"#, "Invalid body json_shape"),
        (r#"{"columns":[["a","b"]],"data":[[5]]}"#, "Invalid body json_shape"),
        (r#"{"columns":[{"values":[5],"name":"a"}]}"#, "Invalid body json_shape"),
        (r#"{"columns":[{"name":"a"}]}"#, "Invalid body json_shape"),
        (r#"{"id":5}"#, "Invalid body/id extra_forbidden"),
        (r#"{"id":5,"of":{"a":1}}"#, "Invalid body/id extra_forbidden"),
        (r#"{"ddof":0,"data":[{"a":1}]}"#, "Invalid body/ddof option_beside_columns"),
        (r#"{"data":[{"a":1}],"numbers":[1]}"#, "Invalid body/data extra_forbidden"),
        (r#"{"numbers":[1],"data":{"a":[1]}}"#, "Invalid body/data extra_forbidden"),
        (r#"{"data":{"0":1},"numbers":[1]}"#, "Invalid body/data extra_forbidden"),
        (r#"{"boundaries":{"A":70},"numbers":[1]}"#, "Invalid body/boundaries json_type"),
        (r#"{"data":{"numbers":[1]}}"#, "Invalid body/data extra_forbidden"),
    ] {
        assert_eq!(refusal(Format::Json, &[], body), (expected.into(), 1), "{body}");
        let detail = detail(&ask(Format::Json, &[], body).expect_err(body));
        if expected.ends_with("json_shape") || body.starts_with(r#"{"id""#) {
            assert!(detail.contains("records") && detail.contains(r#"{"mark":[41,55]}"#), "{detail}");
        }
    }
    for (body, expected) in [
        (r#"[["a","b"],[1,2],[3]]"#, "Invalid body/3 ragged_row"),
        (r#"{"columns":["a"],"data":[[1],[2,3]]}"#, "Invalid body/2 ragged_row"),
        (r#"[["a"],{"a":1}]"#, "Invalid body/2 mixed_rows"),
        (r#"[["a"],5]"#, "Invalid body/2 mixed_rows"),
        // Texts that are neither column names nor a column are invalid numbers.
        (r#"[["a"]]"#, "Invalid body/0/0 float_parsing"),
        (r#"[[1,2],["a",3]]"#, "Invalid body/1/0 float_parsing"),
        (r#"[["a",2],[3,4]]"#, "Invalid body/0/0 float_parsing"),
        (r#"[[1,"x"],5]"#, "Invalid body/1 mixed_array"),
        (r#"[["a",["b"]]]"#, "Invalid body/0/1 nested_too_deep"),
        (r#"{"a":{}}"#, "Invalid body/numbers missing"),
        (r#"{"data":[]}"#, "Invalid body missing"),
    ] {
        assert_eq!(refusal(Format::Json, &[], body), (expected.into(), 1), "{body}");
    }
    // Options decide where names do not.
    let people = r#"{"Ann":{"maths":41},"Bob":{"maths":55}}"#;
    assert_eq!(lines(&json(Format::Json, &[("column", "maths")], people)), ["maths - 2 48.0 0"]);
    assert_eq!(lines(&json(Format::Json, &[("column", "Ann+Bob")], people)), ["Ann - 1 41.0 0", "Bob - 1 55.0 0"]);
    // Rows may lack members, be empty and have any number as a name.
    let rows = r#"{"7":{"m":41},"3":{},"-1":{"m":55,"n":1}}"#;
    assert_eq!(lines(&json(Format::Json, &[], rows)), ["m - 2 48.0 1", "n - 1 1.0 2"]);
    // Without names columns are numbered; a header row may be asked for.
    let values = r#"[["Ann",5],["Bob",7]]"#;
    assert_eq!(lines(&json(Format::Json, &[], values)), ["column_2 - 2 6.0 0"]);
    assert_eq!(lines(&json(Format::Json, &[("header", "true")], values)), ["5 - 1 7.0 0"]);
    let names = r#"[["a","a",""],["x","5","6"]]"#;
    assert_eq!(lines(&json(Format::Json, &[], names)), ["a_2 - 1 5.0 0", "column_3 - 1 6.0 0"]);
    assert_eq!(refusal(Format::Json, &[("column", "a")], names).0, "Invalid query/column repeated_column");
    assert_eq!(lines(&json(Format::Json, &[("header", "false")], r#"[["a"],[5]]"#)), Vec::<String>::new());
}

#[test]
fn members_of_nested_objects_are_columns_by_their_path() {
    let records = r#"[{"id":1,"result":{"mark":41,"by":{"name":"x"},"mark2":1},"meta":{"cohort":"a"}},
        {"result":{"by":{"name":"y"},"mark":"55"},"meta":{"cohort":"b","deep":[{"mark":9}]},"id":2},
        {"id":3,"result":null,"meta":{"cohort":"a"}},{"id":4,"result":{"mark":null},"meta":5}]"#;
    let ndjson = serde_json::from_str::<Vec<Value>>(records).expect("JSON");
    let ndjson: Vec<String> = ndjson.iter().map(Value::to_string).collect();
    let envelope = format!(r#"{{"data":{records},"next":null}}"#);
    for (format, body) in [(Format::Json, records), (Format::Ndjson, &*ndjson.join("\n")), (Format::Json, &*envelope)] {
        let ask = |query: &[(&str, &str)]| lines(&json(format, query, body));
        assert_eq!(ask(&[("column", "result.mark")]), ["result.mark - 2 48.0 2"]);
        assert_eq!(ask(&[("column", "id+result.mark2")]), ["id - 4 2.5 0", "result.mark2 - 1 1.0 3"]);
        let grouped = ask(&[("column", "result.mark"), ("group_by", "meta.cohort")]);
        let expected = [
            r#"result.mark {"meta.cohort":"a"} 1 41.0 1"#,
            r#"result.mark {"meta.cohort":"b"} 1 55.0 0"#,
            r#"result.mark {"meta.cohort":null} 0 null 1"#,
        ];
        assert_eq!(grouped, expected);
        assert_eq!(
            ask(&[("column", "id"), ("group_by", "result.by.name")])[..2],
            [r#"id {"result.by.name":"x"} 1 1.0 0"#, r#"id {"result.by.name":"y"} 1 2.0 0"#]
        );
        // By default nested objects are not described.
        assert_eq!(ask(&[]), ["id - 4 2.5 0"]);
        for column in ["result.marks", "meta.deep.mark", "result.mark.x"] {
            assert_eq!(refusal(format, &[("column", column)], body).0, "Invalid query/column unknown_column");
        }
        assert_eq!(
            refusal(format, &[("column", "result.by")], body),
            ("Invalid body/1/result.by float_parsing".into(), 2)
        );
    }
    let both = r#"[{"a.b":1},{"a":{"b":2}}]"#;
    assert_eq!(lines(&json(Format::Json, &[("column", "a.b")], both)), ["a.b - 2 1.5 0"]);
    assert_eq!(
        refusal(Format::Json, &[("column", "a.b")], r#"[{"a.b":1,"a":{"b":2}}]"#).0,
        "Invalid body/1/a.b repeated"
    );
    let dotted = r#"[{"a.b":{"c":1,"d.e":{"f":2}},"c":3}]"#;
    assert_eq!(
        lines(&json(Format::Json, &[("column", "a.b.c+a.b.d.e.f+c")], dotted)),
        ["a.b.c - 1 1.0 0", "a.b.d.e.f - 1 2.0 0", "c - 1 3.0 0"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Random damage of any shape never panics and never depends on the cut, and invalid JSON is refused as such.
    #[test]
    fn damaged_shapes(
        rows in prop::collection::vec(prop::collection::vec(cell(), 3), 1..5),
        shape in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..3, prop::sample::select(b"{}[]:,\"\\ 0-.eatn\n\xff".to_vec())), 1..4),
        chunk in 1_usize..30,
    ) {
        let labels: Vec<String> = (0..rows.len()).map(|row| row.to_string()).collect();
        let bodies = in_every_shape(&["a", "g", "b"], &rows, &labels);
        let mut body = bodies[shape.index(bodies.len())].1.clone().into_bytes();
        for (place, kind, byte) in edits {
            let place = place.index(body.len());
            match kind {
                0 => body[place] = byte,
                1 => body.insert(place, byte),
                _ => drop(body.remove(place)),
            }
        }
        let is_json = std::str::from_utf8(&body).is_ok() && serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok();
        for query in [&[][..], &[("group_by", "g")], &[("column", "a"), ("nan_policy", "raise")], &[("column", "a.b")]] {
            let whole = ask_chunks(Format::Json, query, &Limits::default(), [body.as_slice()]);
            let pieces = ask_chunks(Format::Json, query, &Limits::default(), body.chunks(chunk));
            prop_assert_eq!(&whole, &pieces, "{}", String::from_utf8_lossy(&body));
            let is_malformed = whole.as_ref().is_err_and(|error| error.kind() == Kind::Malformed);
            prop_assert_eq!(is_malformed, !is_json, "{} {:?}", String::from_utf8_lossy(&body), whole);
        }
    }

    #[test]
    fn every_shape_of_random_tables(
        rows in prop::collection::vec(prop::collection::vec(cell(), 3), 1..8),
        first_label in 0_u32..12,
        step in 1_u32..3,
        chunk in 1_usize..40,
        query in prop::sample::select(vec![&[][..], &[("group_by", "g")], &[("column", "a"), ("invalid", "missing")], &[("column", "b+a"), ("group_by", "g")]]),
    ) {
        let labels: Vec<String> = (0..rows.len()).map(|row| (first_label + step * u32::try_from(row).expect("few")).to_string()).collect();
        let bodies = in_every_shape(&["a", "g", "b"], &rows, &labels);
        let ask = |body: &str| without_rows(ask_chunks(Format::Json, query, &Limits::default(), body.as_bytes().chunks(chunk)));
        let expected = ask(&bodies[0].1);
        for (shape, body) in &bodies {
            prop_assert_eq!(&ask(body), &expected, "{} {}", shape, body);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// The answer is the same for every spelling and cut of the records; and each column is what its numbers are as an array.
    #[test]
    fn records_in_every_spelling(records in records(), chunk in 1_usize..40, grouped in any::<bool>()) {
        let query: &[(&str, &str)] = if grouped { &[("group_by", "a")] } else { &[] };
        let lines: Vec<String> = records.iter().map(Value::to_string).collect();
        let array = format!("[{}]", lines.join(","));
        let pretty = serde_json::to_string_pretty(&records).expect("JSON");
        let spaced = array.replace("\":", "\": ");
        let ndjson = lines.join("\n");
        let whole = ask_chunks(Format::Json, query, &Limits::default(), [array.as_bytes()]);
        for (format, body) in [(Format::Json, &array), (Format::Json, &pretty), (Format::Json, &spaced), (Format::Ndjson, &ndjson)] {
            let outcome = ask_chunks(format, query, &Limits::default(), body.as_bytes().chunks(chunk));
            prop_assert_eq!(&outcome, &whole, "{}", body);
        }
        let Ok(whole) = whole else { return Ok(()) };
        let whole: Value = serde_json::from_str(&whole).expect("JSON");
        for result in whole["results"].as_array().into_iter().flatten().filter(|_| !grouped) {
            let name = result["column"].as_str().expect("a name");
            let present = records.iter().map(|record| record.get(name).unwrap_or(&Value::Null));
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), |text| if text.trim().is_empty() { "null".into() } else { text.to_owned() });
            let column: Vec<String> = present.map(text).collect();
            let flat = ask_chunks(Format::Json, &[("nan_policy", "omit")], &Limits::default(), [format!("[{}]", column.join(",")).as_bytes()]);
            let flat: Value = serde_json::from_str(&flat.expect("numbers")).expect("JSON");
            for figure in ["nobs", "minmax", "mean", "variance", "skewness", "kurtosis"] {
                prop_assert_eq!(&result[figure], &flat[figure], "{} {}", figure, array);
            }
        }
    }

    /// Random damage never panics, never depends on the cut, and what was accepted is JSON.
    #[test]
    fn damaged_tables(
        records in records(),
        columns in any::<bool>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..3, prop::sample::select(b"{}[]:,\"\\ 0-.eatn\n\xff".to_vec())), 1..4),
        chunk in 1_usize..30,
        lines in any::<bool>(),
    ) {
        let column = |name: &str| records.iter().map(|record| record.get(name).cloned()).collect::<Vec<_>>();
        let value = if columns { json!({"a": column("a"), "b": column("b")}) } else { json!(records) };
        let mut body = value.to_string().into_bytes();
        for (place, kind, byte) in edits {
            let place = place.index(body.len());
            match kind {
                0 => body[place] = byte,
                1 => body.insert(place, byte),
                _ => drop(body.remove(place)),
            }
        }
        let format = if lines { Format::Ndjson } else { Format::Json };
        for query in [&[][..], &[("group_by", "a")], &[("column", "a"), ("nan_policy", "raise")]] {
            let whole = ask_chunks(format, query, &Limits::default(), [body.as_slice()]);
            let pieces = ask_chunks(format, query, &Limits::default(), body.chunks(chunk));
            prop_assert_eq!(&whole, &pieces, "{}", String::from_utf8_lossy(&body));
            if !lines && let Err(error) = serde_json::from_slice::<Value>(&body) {
                let refused = whole.as_ref().is_err_and(|error| error.kind() == Kind::Malformed);
                prop_assert!(refused || error.to_string().contains("out of range"), "{} {:?}", String::from_utf8_lossy(&body), whole);
            }
        }
    }
}

/// In JSON all records are the table: an option that leaves some out is refused instead of being passed over.
#[test]
fn options_that_leave_out_records_are_refused() {
    for (option, value) in [("skip_rows", "1"), ("skip_end", "1"), ("max_rows", "1")] {
        let expected = (format!("Invalid query/{option} not_for_format"), 1);
        for (format, body) in [(Format::Json, r#"[{"m":5},{"m":6}]"#), (Format::Ndjson, "{\"m\":5}\n{\"m\":6}\n")] {
            assert_eq!(refusal(format, &[(option, value)], body), expected);
        }
    }
    for neutral in ["0", "auto"] {
        assert!(ask(Format::Json, &[("skip_rows", neutral), ("skip_end", neutral)], r#"[{"m":5}]"#).is_ok());
    }
}

/// A string beyond the limit ends the description only of a column that is asked for or to group by: elsewhere its column is
/// left out, wherever the text is cut, with escapes at the limit too.
#[test]
fn long_strings_of_other_members() {
    let limits = Limits { cell: 10, ..Limits::default() };
    let longs = [
        "1234567890ab",
        r"12345678\\\\\\",
        r"1234567\n\n\n",
        r#"12345678\"\"\""#,
        r"123456789é",
        "123456789",
        "1234567890",
    ];
    for long in longs {
        for (format, body) in [
            (Format::Json, format!(r#"[{{"t":"{long}","m":5}},{{"m":6,"t":""}}]"#)),
            (Format::Ndjson, format!("{{\"t\":\"{long}\",\"m\":5}}\n{{\"m\":6,\"t\":\"a\"}}\n")),
        ] {
            let described = |query: &[(&str, &str)]| {
                let json =
                    ask_limited(format, query, &limits, &body).unwrap_or_else(|error| panic!("{body}: {error:?}"));
                lines(&serde_json::from_str(&json).expect("JSON"))
            };
            let m = described(&[("column", "m")]);
            assert_eq!((m.len(), described(&[])), (1, m), "{body}");
            for query in [("column", "t"), ("group_by", "t")] {
                let kind = ask_limited(format, &[query], &limits, &body).map_err(|error| error.kind());
                let fits = long.len() + 2 <= limits.cell || query.0 == "column" && kind == Err(Kind::Invalid);
                assert!(fits || kind == Err(Kind::TooLarge), "{body} {query:?}: {kind:?}");
            }
        }
        // Deeper in a cell.
        let nested = format!(r#"[{{"t":[{{"u":"{long}"}}],"m":5}}]"#);
        assert!(ask_limited(Format::Json, &[("column", "m")], &limits, &nested).is_ok(), "{nested}");
    }
    for (body, kind) in [
        ("[{\"m\":5,\"t\":\"1234567890ab\n\"}]", Kind::Malformed),
        (r#"[{"m":5,"t":"1234567890ab"#, Kind::Malformed),
        (r#"[{"m":5,"1234567890ab":6}]"#, Kind::TooLarge),
        (r#"[{"m":1234567890123}]"#, Kind::TooLarge),
    ] {
        assert_eq!(ask_limited(Format::Json, &[], &limits, body).map_err(|error| error.kind()), Err(kind), "{body}");
    }
}
