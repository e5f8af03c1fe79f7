//! Text of several blocks: the outcome depends neither on the cut nor on the number of threads.

use crate::detail;
use std::fmt::Write;

use describe::{Accumulator, Moments, NanPolicy, Number};
use describe_options::Options;
use describe_readers::{Data, Format, KeptRanges, Limits, Reader};

use crate::ask::{
    Outcome, answered, ask_chunks, figures, given, refusal, whole_of_chunks, whole_of_file, without_reading,
};
use crate::model::{Cells, Question};

const CSV: Option<Format> = Some(Format::Csv);

/// At least as many bytes as a block has.
const BLOCK: usize = 256 << 10;

fn ask(query: &[(&str, &str)], body: &str) -> Outcome {
    ask_chunks(CSV, query, &Limits::default(), body.as_bytes().chunks(100_003))
}

pub fn on_threads(threads: usize, job: impl FnOnce() -> Outcome + Send) -> Outcome {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads").install(job)
}

/// The outcome of a table is the same on any number of threads.
fn on_any_threads(limits: &Limits, query: &[(&str, &str)], body: &str) -> Outcome {
    of_format_on_any_threads(CSV, limits, query, body)
}

/// The outcome is the same on any number of threads, for chunks and for a file.
fn of_format_on_any_threads(format: Option<Format>, limits: &Limits, query: &[(&str, &str)], body: &str) -> Outcome {
    without_reading_of(whole_on_any_threads(format, limits, query, body))
}

fn without_reading_of(outcome: Outcome) -> Outcome {
    outcome.map(|json| without_reading(&json))
}

/// The whole answer, which is the same on any number of threads, for chunks of any size and for a file.
pub fn whole_on_any_threads(format: Option<Format>, limits: &Limits, query: &[(&str, &str)], body: &str) -> Outcome {
    let chunks = || whole_of_chunks(format, query, limits, body.as_bytes().chunks(200_000));
    let file = || whole_of_file(format, query, limits, body.as_bytes());
    let alone = on_threads(1, chunks);
    for threads in [1, 2, 8] {
        for (together, what) in [(on_threads(threads, chunks), "chunks"), (on_threads(threads, file), "a file")] {
            let [actual, expected] = [&together, &alone].map(shown);
            assert!(together == alone, "{what} on {threads} threads\n{actual}\ninstead of\n{expected}");
        }
    }
    alone
}

fn shown(outcome: &Outcome) -> String {
    outcome.as_ref().map_or_else(|_| refusal(outcome), |json| figures(json))
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

/// A table whose cells have quoted line ends and delimiters in them, of some `size` in bytes at least, and its model.
fn table(size: usize) -> (Cells, String) {
    let text = |i: usize| match i % 4 {
        0 => format!("line {i}\nof, {}", "several\r\n".repeat(i % 23)),
        1 => format!("\"{i}\""),
        2 => "x,".repeat(i % 50),
        _ => format!("plain {i}"),
    };
    let mark = |i: usize| match i % 11 {
        0 => String::new(),
        1 => "X".to_owned(),
        2 => format!("{}.{:02}", i % 100, i % 7),
        3 => format!("-{i}e-3"),
        _ => (i * i % 101).to_string(),
    };
    let cohort = |i: usize| ["2022", "2023", " 2024", "", "é, \"x\""][i % 5].to_owned();
    let records = (0..311).map(|i| vec![text(i), cohort(i), mark(i), format!("0.{i}")]);
    let mut cells = Cells::new(&["note", "cohort", "mark", "share"], records);
    let mut once = String::new();
    for (_, record) in &cells.records {
        let quoted = record.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
        once += &quoted
            .zip(record)
            .map(|(quoted, cell)| if cell.contains(['\n', ',', '"']) { quoted } else { cell.clone() })
            .collect::<Vec<_>>()
            .join(",");
        once += "\r\n";
    }
    cells.times = (size / once.len() + 1) as u64;
    let body = format!("{}\r\n{}", cells.header.join(","), once.repeat(cells.times.try_into().expect("few")));
    (cells, body)
}

fn question() -> Question {
    Question {
        columns: owned(&["mark", "share"]),
        group_by: owned(&["cohort"]),
        absent: owned(&["X", "ABS"]),
        overall: true,
        ..Question::default()
    }
}

#[test]
fn quoted_line_ends_across_blocks() {
    let (cells, body) = table(4 * BLOCK);
    let question = question();
    let outcome = on_any_threads(&Limits::default(), &question.query(), &body);
    let on_three = on_threads(3, || ask(&question.query(), &body));
    assert!(on_three == outcome, "{}", shown(&on_three));
    assert_eq!(answered(&outcome), cells.describe(&question));
}

/// Correlations do not depend on blocks and threads: neither those of counts nor those of sums, of which blocks reach the limit apart.
#[test]
fn correlations_of_several_blocks() {
    let mut body = "cohort,few,many,more\n".to_owned();
    for i in 0..60_000_u64 {
        let many = i * 7919 % 30_011;
        writeln!(body, "{},{},{many}.5,-{}", i % 3, i * i % 41, many + i % 100).expect("a line");
    }
    assert!(body.len() > 4 * BLOCK);
    for groups in [&[][..], &[("group_by", "cohort"), ("overall", "true")]] {
        let query = [&[("correlations", "few,many,more")], groups].concat();
        let outcome = on_any_threads(&Limits::default(), &query, &body);
        let answer = answered(&outcome);
        assert!(answer.contains("\"nobs\":60000,\"pearson\":{\"r\":0."), "{answer}");
        assert!(answer.contains("\"spearman\":null,\"kendall\":null"), "{answer}");
        let on_three = on_threads(3, || ask(&query, &body));
        assert!(on_three == outcome, "{}", shown(&on_three));
    }
}

/// The outcome is the same for every cut of the first two blocks.
#[test]
fn cuts_around_blocks() {
    let (cells, body) = table(BLOCK + BLOCK / 4);
    let question = Question { columns: owned(&["mark"]), ..question() };
    let expected = cells.describe(&question);
    let query = question.query();
    let body = body.as_bytes();
    let sizes = [1_000_003, 65_535, 65_536, 65_537, 8191, 97];
    let cut = |places: &[usize]| {
        let mut rest = body;
        let mut chunks = Vec::new();
        let mut done = 0;
        for place in places {
            let (chunk, after) = rest.split_at(place - done);
            chunks.push(chunk);
            (rest, done) = (after, *place);
        }
        chunks.push(rest);
        ask_chunks(CSV, &query, &Limits::default(), chunks)
    };
    for size in sizes {
        assert_eq!(answered(&ask_chunks(CSV, &query, &Limits::default(), body.chunks(size))), expected, "{size}");
    }
    for place in [BLOCK - 1, BLOCK, BLOCK + 1, BLOCK + 2] {
        assert_eq!(answered(&cut(&[1, 3, place])), expected, "{place}");
    }
    // Between the two bytes of a line end, and inside quotes, near the end of the block.
    let line = BLOCK + body[BLOCK..].iter().position(|byte| *byte == b'\r').expect("a line end") + 1;
    let quote = BLOCK + body[BLOCK..].windows(2).position(|pair| pair == b"\"\"").expect("quotes") + 1;
    assert_eq!(answered(&cut(&[line])), expected);
    assert_eq!(answered(&cut(&[line, line + 1])), expected);
    assert_eq!(answered(&cut(&[quote])), expected);
    assert_eq!(answered(&cut(&[quote, quote + 1])), expected);
}

/// Each end of a line, at each place around the end of a block.
#[test]
fn every_line_end_at_every_place_around_a_block() {
    for end in ["\n", "\r\n", "\r"] {
        let line = format!("12,\"a\"{end}");
        for shift in 0..line.len() {
            let mut body = format!("{},b{end}", "m".repeat(shift + 1));
            body += &line.repeat(BLOCK / line.len() + 8);
            body.push_str("x,y");
            let rows = body.len() / line.len();
            let name = "m".repeat(shift + 1);
            let query = [("column", name.as_str())];
            let outcome = ask_chunks(CSV, &query, &Limits::default(), body.as_bytes().chunks(BLOCK));
            let row = BLOCK / line.len() + 8 + 2;
            assert!(rows >= row - 2);
            assert_eq!(refusal(&outcome), format!("Invalid 1; body/{row}/{name} float_parsing x"), "{end:?} {shift}");
        }
    }
}

/// One record a line, with a few others among them.
fn lines(count: usize, others: &[(usize, &str)]) -> String {
    let mut body = String::from("name,m\n");
    for row in 2..count + 2 {
        match others.iter().find(|(other, _)| *other == row) {
            Some((_, other)) => body += other,
            None => writeln!(body, "Ann {row},{}", row % 100).expect("written"),
        }
    }
    body
}

/// Number of lines that make some blocks.
const MANY: usize = 125_000;

#[test]
fn problems_in_several_blocks() {
    let bad: Vec<String> = (1..=30).map(|i| format!("\"a\nb\",bad{i}\n")).collect();
    let others: Vec<(usize, &str)> =
        (1..=30).map(|i| (i * 3900, if i % 3 == 0 { "long,1,2\n" } else { bad[i - 1].as_str() })).collect();
    let body = lines(MANY, &others);
    assert!(body.len() > 3 * BLOCK, "{}", body.len());
    let mut expected = "Invalid 30".to_owned();
    for (row, other) in &others[..20] {
        let place = if *other == "long,1,2\n" {
            format!("{row} ragged_row long,1,2")
        } else {
            format!("{row}/m float_parsing bad{}", row / 3900)
        };
        write!(expected, "; body/{place}").expect("written");
    }
    let outcome = on_any_threads(&Limits::default(), &[("column", "m")], &body);
    assert_eq!(refusal(&outcome), expected);
    let missing: Vec<(usize, &str)> = [30_000, 70_000, 110_000].map(|row| (row, "\n\"\",\n")).to_vec();
    let body = lines(MANY, &missing);
    let query = [("column", "m"), ("nan_policy", "raise")];
    let expected = "Invalid 3; body/30001/m missing_value ; body/70002/m missing_value ; body/110003/m missing_value ";
    assert_eq!(refusal(&on_any_threads(&Limits::default(), &query, &body)), expected);
}

#[test]
fn the_first_broken_quote_ends_the_reading() {
    let body = lines(MANY, &[(70_000, "a,b\n"), (75_000, "long,1,2\n"), (110_000, "a,\"1\n")]);
    let outcome = on_any_threads(&Limits::default(), &[], &body);
    assert_eq!(refusal(&outcome), "Malformed 1; body/110000 unclosed_quote");
    let body = lines(MANY, &[(MANY - 10, "\"a,1\n")]);
    let outcome = on_any_threads(&Limits::default(), &[], &body);
    assert_eq!(refusal(&outcome), format!("Malformed 1; body/{} unclosed_quote", MANY - 10));
}

#[test]
fn columns_are_skipped_by_their_first_bad_cell() {
    let body = lines(MANY, &[(100_000, "1,late\n"), (115_000, "1,later\n")]).replace("Ann ", "");
    let expected = "{\"rows\":125000,\"results\":[";
    let outcome = answered(&on_any_threads(&Limits::default(), &[], &body));
    assert!(outcome.starts_with(expected), "{outcome}");
    assert!(outcome.ends_with("\"skipped\":[{\"column\":\"m\",\"row\":100000,\"value\":\"late\"}]}"), "{outcome}");
    assert!(outcome.contains("\"column\":\"name\",\"nobs\":125000,"), "{outcome}");
}

/// The first error in the file is reported, also when a later block is done sooner.
#[test]
fn the_first_of_several_ends_is_reported() {
    let long = format!("{},1\n", "y".repeat(2000));
    let limits = Limits { cell: 1000, ..Limits::default() };
    // The end of the first block, and the beginning of the third one.
    let body = lines(MANY, &[(36_000, &long), (90_000, "a,\"1\n")]);
    let outcome = on_any_threads(&limits, &[("column", "name"), ("invalid", "missing")], &body);
    assert_eq!(refusal(&outcome), "TooLarge 1; body/36000 too_long");
    // A quote that is not closed takes all the rest into its cell.
    let body = lines(MANY, &[(MANY - 36, "a,\"1\n"), (MANY - 10, &long)]);
    let outcome = on_any_threads(&limits, &[("column", "name"), ("invalid", "missing")], &body);
    assert_eq!(refusal(&outcome), format!("Malformed 1; body/{} unclosed_quote", MANY - 36));
}

/// Too many groups are refused on any number of threads. With a broken quote in the same table either may be reported: how
/// many groups come before the quote is not known where blocks are read apart.
#[test]
fn the_limit_on_groups_is_the_same_on_any_threads() {
    let limits = Limits { groups: 50_000, ..Limits::default() };
    let query = [("group_by", "name")];
    let quote = |row| lines(MANY, &[(row, "\"a,1\n")]);
    for (body, row) in [(lines(MANY, &[]), 0), (quote(80_000), 80_000), (quote(40_000), 40_000)] {
        for threads in [1, 2, 8] {
            let ask = || ask_chunks(CSV, &query, &limits, body.as_bytes().chunks(200_000));
            let actual = refusal(&on_threads(threads, ask));
            let malformed = format!("Malformed 1; body/{row} unclosed_quote");
            assert!(actual.starts_with("TooLarge") || (row > 0 && actual == malformed), "{actual}");
        }
    }
}

/// A block behind the one that has too many groups may have the same ones again, and may come to the same thread.
#[test]
fn too_many_groups_come_again_and_again() {
    let limits = Limits { groups: 10, ..Limits::default() };
    let key = |i: usize| if i < 60_000 { 0 } else { i % 12 };
    let csv = (0..500_000).fold(String::from("g,m\n"), |text, i| text + &format!("k{},1\n", key(i)));
    let ndjson: String = (0..250_000).map(|i| format!("{{\"g\":\"k{}\",\"m\":1}}\n", key(i))).collect();
    for (format, body) in [(CSV, csv), (NDJSON, ndjson)] {
        for threads in [1, 2, 8, 2, 8, 2, 8] {
            for query in [&[("group_by", "g")][..], &[("group_by", "g"), ("group_by", "m")]] {
                let ask = || ask_chunks(format, query, &limits, body.as_bytes().chunks(1_000_000));
                let actual = refusal(&on_threads(threads, ask));
                assert!(actual.starts_with("TooLarge"), "{actual}");
            }
        }
    }
}

/// Numbers of many blocks as text, with other words in some places, counted from 0.
fn words(others: &[(usize, &str)]) -> (String, Vec<String>) {
    let word = |i: usize| match others.iter().find(|(other, _)| *other == i) {
        Some((_, other)) => (*other).to_owned(),
        None => format!("{}.{:03}", i % 1000, i * i % 997),
    };
    let words: Vec<String> = (0..MANY).map(word).collect();
    let blanks = [" ", "\n", "\r\n", "\t  \n"];
    let text = words.iter().zip(0..).fold(String::new(), |text, (word, i): (_, usize)| text + word + blanks[i % 4]);
    assert!(text.len() > 4 * BLOCK, "{}", text.len());
    (text, words)
}

#[test]
fn text_of_several_blocks() {
    const TEXT: Option<Format> = Some(Format::Text);
    let (text, words) = words(&[(5, "1e-300"), (60_000, "-12345678901234567890.5"), (100_000, "+7.")]);
    let mut wanted = Accumulator::default();
    for word in &words {
        wanted.push(Number::parse(word.as_bytes()).expect("a number"));
    }
    let wanted = wanted.finish(Moments::default());
    let outcome = answered(&of_format_on_any_threads(TEXT, &Limits::default(), &[], &text));
    assert!(outcome.contains(&format!("\"nobs\":{MANY}")), "{outcome}");
    for (name, value) in [("mean", wanted.mean), ("variance", wanted.variance), ("kurtosis", wanted.kurtosis)] {
        let figure = serde_json::to_string(&value.expect("a figure")).expect("a number");
        assert!(outcome.contains(&format!("\"{name}\":{figure}")), "{outcome} instead of {figure}");
    }
    // A tally of each thread makes one.
    let quartiles = [("statistics", "quartiles,distinct,mode")];
    answered(&of_format_on_any_threads(TEXT, &Limits::default(), &quartiles, &text));
}

#[test]
fn bad_words_in_several_blocks() {
    const TEXT: Option<Format> = Some(Format::Text);
    let bad: Vec<(usize, &str)> = (0..30).map(|i| (i * 4001 + 7, ["five", "nan", "5,6"][i % 3])).collect();
    let (text, _) = words(&bad);
    let expected = |code: &str, count: usize, others: &mut dyn Iterator<Item = &(usize, &str)>| {
        others
            .take(20)
            .fold(format!("Invalid {count}"), |line, (at, word)| line + &format!("; body/{at} {code} {word}"))
    };
    let actual = of_format_on_any_threads(TEXT, &Limits::default(), &[], &text);
    assert_eq!(refusal(&actual), expected("float_parsing", 20, &mut bad.iter().filter(|(_, word)| *word != "nan")));
    let (text, _) = words(&bad.iter().copied().filter(|(_, word)| *word == "nan").collect::<Vec<_>>());
    let actual = of_format_on_any_threads(TEXT, &Limits::default(), &[("nan_policy", "raise")], &text);
    assert_eq!(refusal(&actual), expected("missing_value", 10, &mut bad.iter().filter(|(_, word)| *word == "nan")));
    // More than are listed, in one block and in all.
    let (text, _) = words(&(40_000..40_050).chain([90_000]).map(|at| (at, "?")).collect::<Vec<_>>());
    let actual = of_format_on_any_threads(TEXT, &Limits::default(), &[], &text);
    let listed: Vec<(usize, &str)> = (40_000..40_020).map(|at| (at, "?")).collect();
    assert_eq!(refusal(&actual), expected("float_parsing", 51, &mut listed.iter()));
    // An unreadable word ends the reading; the first of them is reported, whatever was invalid before it.
    let long = "1".repeat(2000);
    let limits = Limits { cell: 1000, ..Limits::default() };
    let (text, _) = words(&[(7, "bad"), (40_000, &long), (100_000, &long)]);
    assert_eq!(refusal(&of_format_on_any_threads(TEXT, &limits, &[], &text)), "TooLarge 0");
}

const JSON: Option<Format> = Some(Format::Json);

/// Numbers of many blocks as a JSON array with other values in some places, counted from 0; where in the text each begins.
fn array(others: &[(usize, &str)]) -> (String, Vec<usize>) {
    let mut text = String::from("[");
    let mut starts = Vec::new();
    for i in 0..MANY {
        starts.push(text.len());
        match others.iter().find(|(other, _)| *other == i) {
            Some((_, other)) => text += other,
            // Short integers among themselves, decimals among themselves, and both mixed.
            None if i / 5000 % 3 == 0 || (i / 5000 % 3 == 1 && i % 3 == 0) => {
                write!(text, "{}", i * i % 1013).expect("written");
            }
            None => write!(text, "{}.{:05}", i % 1000, i * i % 997).expect("written"),
        }
        text += [",", ", ", ",\n    ", " ,\r\n"][i / 1000 % 4];
    }
    text.truncate(text.trim_end().len() - 1);
    text.push(']');
    assert!(text.len() > 4 * BLOCK, "{}", text.len());
    (text, starts)
}

/// The six statistics, as in an answer, of an accumulator that gets the values of a flat array one by one.
fn six(array: &str) -> Vec<String> {
    let mut wanted = Accumulator::default();
    for value in array.trim_matches(['[', ']']).split(',').map(str::trim) {
        let value = if value == "null" { "nan" } else { value };
        wanted.push(Number::parse(value.as_bytes()).expect("a number"));
    }
    let wanted = wanted.finish(Moments { nan_policy: NanPolicy::Omit, ..Moments::default() });
    let figures = [("mean", wanted.mean), ("variance", wanted.variance), ("skewness", wanted.skewness)];
    let shown =
        figures.map(|(name, value)| (name, serde_json::to_string(&value.expect("a figure")).expect("a number")));
    let shown = shown.iter().map(|(name, figure)| format!("\"{name}\":{figure}"));
    shown.chain([format!("\"nobs\":{}", wanted.nobs)]).collect()
}

#[test]
fn json_of_several_blocks() {
    let others =
        [(5, "1e-30"), (40_000, "null"), (60_000, "-12345678901234567890.5"), (100_000, "7E+2"), (110_000, "-0")];
    let (array, _) = array(&others);
    let expected = six(&array);
    let omit = [("nan_policy", "omit")];
    let envelopes = [
        format!("{{\"ddof\":1,\"numbers\":{array},\"bias\":true}}"),
        format!("{{\"numbers\" : {array} , \"statistics\":[\"scipy\"]}}"),
    ];
    for body in envelopes.iter().chain([&array]) {
        let outcome = answered(&of_format_on_any_threads(JSON, &Limits::default(), &omit, body));
        for figure in &expected {
            assert!(outcome.contains(figure), "{outcome} instead of {figure}");
        }
    }
    // A tally of each thread makes one, wherever it was asked for.
    let quartiles = "median,quartiles,distinct,mode";
    let query = [("statistics", quartiles), ("nan_policy", "omit")];
    let by_url = answered(&of_format_on_any_threads(JSON, &Limits::default(), &query, &array));
    let body = format!("{{\"numbers\":{array},\"statistics\":\"{quartiles}\"}}");
    let by_body = answered(&of_format_on_any_threads(JSON, &Limits::default(), &omit, &body));
    assert_eq!(by_url, by_body);
    let limits = Limits { distinct: 500, ..Limits::default() };
    answered(&of_format_on_any_threads(JSON, &limits, &query, &array));
}

#[test]
fn bad_values_in_several_blocks() {
    let bad: Vec<(usize, &str)> = (0..30).map(|i| (i * 4001 + 7, ["true", "null", "1e400"][i % 3])).collect();
    let (text, _) = array(&bad);
    let actual = of_format_on_any_threads(JSON, &Limits::default(), &[], &text);
    let mut expected = "Invalid 20".to_owned();
    for (at, value) in bad.iter().filter(|(_, value)| *value != "null") {
        let code = if *value == "true" { "float_parsing" } else { "out_of_range" };
        write!(expected, "; body/{at} {code} {value}").expect("written");
    }
    assert_eq!(refusal(&actual), expected);
    let (text, _) = array(&bad.iter().copied().filter(|(_, value)| *value == "null").collect::<Vec<_>>());
    let body = format!("{{\"numbers\":{text}}}");
    let actual = of_format_on_any_threads(JSON, &Limits::default(), &[("nan_policy", "raise")], &body);
    let places = (0..30).filter(|i| i % 3 == 1).map(|i| i * 4001 + 7);
    let expected =
        places.fold("Invalid 10".to_owned(), |line, at| line + &format!("; body/numbers/{at} missing_value null"));
    assert_eq!(refusal(&actual), expected);
    // A text ends the blocks; what follows is counted on.
    let (text, _) = array(&[(50_000, "\"five, 5\""), (60_000, "false"), (100_000, "\"six\"")]);
    let actual = of_format_on_any_threads(JSON, &Limits::default(), &[], &text);
    let expected =
        "Invalid 3; body/50000 float_parsing five, 5; body/60000 float_parsing false; body/100000 float_parsing six";
    assert_eq!(refusal(&actual), expected);
}

/// Invalid JSON is reported with its place in the whole body, and the first error is reported.
#[test]
fn broken_json_in_several_blocks() {
    let long = "1".repeat(2000);
    let spaces = format!("{}7", " ".repeat(3 * BLOCK));
    let broken = [
        ("NaN", 0),
        ("07", 0),
        ("", 0),
        ("1 2", 2),
        ("-", 0),
        ("0x10", 0),
        ("nul", 0),
        ("5.", 0),
        ("'7'", 0),
        ("7;", 1),
        ("\u{fffd}", 0),
        ("1\u{0}", 1),
    ];
    for (round, (broken, within)) in broken.into_iter().enumerate() {
        let at = 20_000 + 9000 * round;
        let (text, starts) = array(&[(1, "true"), (at, broken), (at + 5000, &long), (at + 6000, "NaN")]);
        let limits = Limits { cell: 1000, ..Limits::default() };
        let actual = refusal(&of_format_on_any_threads(JSON, &limits, &[], &text));
        assert!(
            actual.starts_with(&format!("Malformed 1; body/{} json_invalid", starts[at] + within)),
            "{broken:?} {actual}"
        );
    }
    let limits = Limits { cell: 1000, ..Limits::default() };
    let (text, _) = array(&[(40_000, &long), (100_000, "NaN")]);
    assert_eq!(refusal(&of_format_on_any_threads(JSON, &limits, &[], &text)), "TooLarge 0");
    let (text, _) = array(&[(40_000, &spaces), (100_000, "3")]);
    answered(&of_format_on_any_threads(JSON, &limits, &[], &text));
    // Structure in the middle, and behind the end.
    for (other, expected) in [("[1]", "mixed_array"), ("{\"a\":1}", "json_type"), ("1],[2", "json_invalid")] {
        let (text, _) = array(&[(70_000, other)]);
        let actual = refusal(&of_format_on_any_threads(JSON, &limits, &[], &text));
        assert!(actual.contains(expected), "{actual}");
    }
    let (text, _) = array(&[]);
    for (behind, expected) in [(" x", "json_invalid"), ("  \n", "accepted"), ("]", "json_invalid")] {
        let actual = refusal(&of_format_on_any_threads(JSON, &limits, &[], &format!("{text}{behind}")));
        assert!(actual.contains(expected), "{actual}");
    }
    let actual = refusal(&of_format_on_any_threads(JSON, &limits, &[], text.trim_end_matches(']')));
    assert_eq!(actual, format!("Malformed 1; body/{} json_invalid", text.len() - 1));
}

/// Whether there are too many different values to count them in case that is asked for does not depend on who counts.
#[test]
fn too_many_values_for_figures_asked_for_behind_them() {
    for (different, refused) in [(65_536, false), (65_537, true)] {
        // Some of them are integers that lists may count.
        let value =
            |i: usize| if i % different < 1000 { (i % different).to_string() } else { format!("{}.5", i % different) };
        let values: Vec<String> = (0..100_000).map(|i| value(i * 7919)).collect();
        let body = format!("{{\"numbers\":[{}],\"statistics\":\"median\"}}", values.join(","));
        let actual = of_format_on_any_threads(JSON, &Limits::default(), &[], &body);
        assert_eq!(actual.is_err(), refused, "{different}: {}", shown(&actual));
    }
}

/// Arrays that were damaged somewhere are answered or refused alike, at once on one thread and in pieces on eight.
#[test]
fn damaged_json_of_several_blocks() {
    const DAMAGE: [&str; 14] =
        ["1", "2", "3", "4,", "\"", "\"x\",", ",", " ", "-", "[", "null,", "}", "1e5,", "\u{e9}"];
    let (good, _) = array(&[(90_000, "null")]);
    let mut below = dice();
    let mut refused = 0;
    for round in 0..2 * ROUNDS {
        let mut body = good.clone().into_bytes();
        for _ in 0..=below(2) {
            let place = below(body.len());
            body.splice(place..place, DAMAGE[below(DAMAGE.len())].bytes());
        }
        let size = 1000 + below(700_000);
        let at_once = on_threads(1, || ask_chunks(JSON, &[], &Limits::default(), [body.as_slice()]));
        let in_pieces = on_threads(8, || ask_chunks(JSON, &[], &Limits::default(), body.chunks(size)));
        assert!(at_once == in_pieces, "round {round}\n{}\n{}", shown(&at_once), shown(&in_pieces));
        refused += usize::from(at_once.is_err());
    }
    assert!(refused > ROUNDS / 2 && refused < 2 * ROUNDS, "{refused}");
}

const NDJSON: Option<Format> = Some(Format::Ndjson);

/// The members of a record, by their names in the order of their first record: a text as it is written in JSON.
type Members = Vec<(&'static str, String)>;

/// Records of many blocks; some have other members than most.
fn members(others: &[(usize, Members)]) -> Vec<Members> {
    let mark = |i: usize| match i % 17 {
        0 => "null".to_owned(),
        1 => "\"X\"".to_owned(),
        2 => format!("-0.{i}e-3"),
        3 => format!("\"{}.5\"", i % 50),
        _ => (i * i % 101).to_string(),
    };
    let usual = |i: usize| -> Members {
        let text = format!("\"{} \\\" {{}}[],: {i}\"", ["a", "\\u00e9", "\\\\"][i % 3]);
        vec![("note", text), ("cohort", format!("\"{}\"", 2020 + i % 5)), ("mark", mark(i))]
    };
    let of =
        |i: usize| others.iter().find(|(other, _)| *other == i).map_or_else(|| usual(i), |(_, other)| other.clone());
    (0..MANY).map(of).collect()
}

fn ndjson(records: &[Members]) -> String {
    let line = |(i, record): (usize, &Members)| {
        let separator = [",", ", "][i / 1000 % 2];
        let members: Vec<String> = record.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}{}", members.join(separator), ["\n", "\r\n", " \n\n"][i / 3000 % 3])
    };
    let text: String = records.iter().enumerate().map(line).collect();
    assert!(text.len() > 8 * BLOCK, "{}", text.len());
    text
}

/// The same records as an array, with white space and line breaks in some places; where in the text each begins.
fn array_of(records: &[Members]) -> (String, Vec<usize>) {
    let (mut text, mut starts) = (String::from("\n["), Vec::new());
    for (i, record) in records.iter().enumerate() {
        let colon = [":", ": ", " :\n"][i / 500 % 3];
        let members: Vec<String> = record.iter().map(|(name, value)| format!("\"{name}\"{colon}{value}")).collect();
        starts.push(text.len());
        let [start, end] = [["{", "}"], ["{\n  ", "\n}"], ["{ ", " }\t"]][i / 2000 % 3];
        text += &format!("{start}{}{end}", members.join([",", ",\n  "][i / 1000 % 2]));
        text += [",", ",\n", ", "][i / 5000 % 3];
    }
    text.truncate(text.trim_end().len() - 1);
    text += "\n]\n";
    assert!(text.len() > 8 * BLOCK, "{}", text.len());
    (text, starts)
}

/// The same records as delimited text, which is read by other code.
fn as_csv(names: &[&str], records: &[Members]) -> String {
    let mut text = names.join(",") + "\n";
    for record in records {
        let cell = |name: &&str| {
            let member = record.iter().find(|(known, _)| known == name);
            let value = member.map(|(_, value)| serde_json::from_str(value).expect("JSON"));
            match value.unwrap_or(serde_json::Value::Null) {
                // A record of nothing but delimiters would be blank.
                serde_json::Value::Null => "\"\"".to_owned(),
                serde_json::Value::String(text) => format!("\"{}\"", text.replace('"', "\"\"")),
                // As it is written: a double has not all of it.
                _ => member.expect("a member").1.clone(),
            }
        };
        text += &names.iter().map(cell).collect::<Vec<_>>().join(",");
        text += "\n";
    }
    text
}

fn members_of(list: &[(&'static str, &str)]) -> Members {
    list.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

/// New members turn up in some blocks, first, last and among others, several in a block, and again in later ones.
#[test]
fn json_records_of_several_blocks() {
    let others = [
        (30_000, members_of(&[("early", "1.5"), ("mark", "7")])),
        (30_001, members_of(&[("note", "\"x\""), ("mark", "8"), ("early", "2"), ("mid", "3"), ("cohort", "\"2020\"")])),
        (30_002, members_of(&[])),
        (60_000, members_of(&[("cohort", "\"2021\""), ("mark", "9"), ("late", "0.1")])),
        (60_500, members_of(&[("mark", "11"), ("later", "\"no number\""), ("early", "4")])),
        (61_000, members_of(&[("mark", "11"), ("later", "4"), ("cohort", "\"9\"")])),
        (100_000, members_of(&[("mid", "5"), ("late", "6"), ("mark", "12"), ("last", "7")])),
        (MANY - 1, members_of(&[("end", "8"), ("mark", "13")])),
    ];
    let names = ["note", "cohort", "mark", "early", "mid", "late", "later", "last", "end"];
    let records = members(&others);
    let texts = [(NDJSON, ndjson(&records)), (JSON, array_of(&records).0)];
    let csv = as_csv(&names, &records);
    let queries: [&[(&str, &str)]; 6] = [
        &[("absent", "X")],
        &[("absent", "X"), ("group_by", "cohort"), ("overall", "true")],
        &[("absent", "X"), ("column", "mark"), ("column", "late")],
        &[("absent", "X"), ("column", "mark"), ("group_by", "cohort"), ("statistics", "median,distinct,mode")],
        &[("column", "early"), ("column", "mark"), ("invalid", "missing")],
        &[("column", "mark"), ("absent", "X"), ("weights", "cohort"), ("invalid", "missing")],
    ];
    for (query, (format, text)) in queries.iter().flat_map(|query| texts.iter().map(move |text| (query, text))) {
        let outcome = answered(&of_format_on_any_threads(*format, &Limits::default(), query, text));
        let expected = answered(&ask(query, &csv));
        // Rows are counted without a header.
        let results = |answer: &str| answer.split("\"skipped\"").next().map(str::to_owned);
        assert_eq!(results(&outcome), results(&expected));
        assert!(outcome.contains("\"nobs\""), "{outcome}");
    }
    // The columns of the text, and the first cell of each that is none of a number.
    for (format, text) in &texts {
        let outcome = answered(&of_format_on_any_threads(*format, &Limits::default(), &[("absent", "X")], text));
        assert!(outcome.contains("{\"column\":\"later\",\"row\":60501,\"value\":\"no number\"}"), "{outcome}");
    }
    // A name that most do not have in each of many blocks, and in all of them.
    let many: Vec<(usize, Members)> = (0..40)
        .map(|i| {
            let name: &'static str = Box::leak(format!("m{i}").into_boxed_str());
            (i * 3000 + 11, members_of(&[("mark", "50"), (name, "1"), ("m0", "2")]))
        })
        .skip(1)
        .collect();
    let names: Vec<&str> = many.iter().fold(vec!["note", "cohort", "mark"], |mut names, (_, record)| {
        names.extend(record.iter().map(|(name, _)| *name).filter(|name| *name != "mark" && *name != "m0"));
        if names.len() == 4 {
            names.push("m0");
        }
        names
    });
    let records = members(&many);
    let expected = answered(&ask(&[("absent", "X")], &as_csv(&names, &records)));
    for (format, text) in [(NDJSON, ndjson(&records)), (JSON, array_of(&records).0)] {
        let outcome = answered(&of_format_on_any_threads(format, &Limits::default(), &[("absent", "X")], &text));
        assert_eq!(outcome.split("\"skipped\"").next(), expected.split("\"skipped\"").next());
    }
}

/// Errors that end the reading of lines, and faults of cells, have their place in the whole text; the first is reported.
#[test]
fn bad_lines_in_several_blocks() {
    let text = ndjson(&members(&[]));
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let with = |others: &[(usize, &str)]| {
        let mut lines = lines.clone();
        for (line, other) in others {
            lines[*line] = other;
        }
        lines.concat()
    };
    // Blank lines count as lines, and not as records.
    let row = |line: usize| lines[..line].iter().filter(|line| line.contains('{')).count() + 1;
    let long = format!("{{\"mark\":\"{}\"}}\n", "y".repeat(2000));
    let limits = Limits { cell: 1000, ..Limits::default() };
    let whole = [("absent", "X")];
    let grouped = [("absent", "X"), ("group_by", "cohort"), ("column", "mark")];
    let bad: [(&str, &str, bool); 9] = [
        ("{\"mark\":07}\n", "Malformed 1; body/#line json_invalid", false),
        ("{\"mark\":7\n", "Malformed 1; body/#line json_invalid", false),
        ("{\"mark\":7} {\"new\":8}\n", "Malformed 1; body/#line json_invalid", false),
        ("{\"new\":1,\"mark\":7}}\n", "Malformed 1; body/#line json_invalid", false),
        ("{\"mark\":7,\"new\":1,\"mark\":8}\n", "Invalid 1; body/#row/mark repeated", false),
        ("[1]\n", "Invalid 1; body/#row mixed_records", false),
        ("5\n", "Invalid 1; body/#row mixed_records", false),
        ("{\"cohort\":[1]}\n", "Invalid 1; body/#row/cohort nested_group", true),
        (&long, "TooLarge", true),
    ];
    for (round, (other, expected, only_grouped)) in bad.into_iter().enumerate() {
        let line = 40_000 + 7001 * round;
        let text = with(&[(line, other), (line + 10_000, "{\"newer\":5}\n")]);
        let nonsense = with(&[(line, other), (line + 9000, "nonsense\n"), (line + 10_000, "{\"newer\":5}\n")]);
        let expected = expected.replace("#line", &(line + 1).to_string()).replace("#row", &row(line).to_string());
        // Invalid syntax takes precedence over what is refused for another reason.
        let at_nonsense = format!("Malformed 1; body/{} json_invalid", line + 9001);
        let behind = if expected.starts_with("Invalid") { &at_nonsense } else { &expected };
        for query in [&whole[..], &grouped[..]] {
            if only_grouped && query.len() == 1 {
                continue;
            }
            for (text, expected) in [(&text, &expected), (&nonsense, behind)] {
                let actual = refusal(&of_format_on_any_threads(NDJSON, &limits, query, text));
                assert!(actual.starts_with(expected.as_str()), "{actual} instead of {expected}");
            }
        }
    }
    // Every invalid cell of a requested column, at any place.
    let text = with(&[(50_000, "{\"mark\":\"five\"}\n"), (90_000, "{\"new\":0,\"mark\":true}\n")]);
    let actual = refusal(&of_format_on_any_threads(NDJSON, &limits, &grouped, &text));
    let expected = format!(
        "Invalid 2; body/{}/mark float_parsing five; body/{}/mark float_parsing true",
        row(50_000),
        row(90_000)
    );
    assert_eq!(actual, expected);
    let raise = [("column", "mark"), ("absent", "X"), ("nan_policy", "raise")];
    let actual = refusal(&of_format_on_any_threads(NDJSON, &limits, &raise, &text));
    assert!(actual.contains("float_parsing five"), "{actual}");
    // Limits, and names that are not there.
    let columns = Limits { columns: 4, ..limits.clone() };
    let text = with(&[(50_000, "{\"d\":1}\n"), (90_000, "{\"e\":1}\n")]);
    let actual = refusal(&of_format_on_any_threads(NDJSON, &columns, &whole, &text));
    assert!(actual.starts_with("TooLarge"), "{actual}");
    let actual = refusal(&of_format_on_any_threads(NDJSON, &limits, &[("column", "none")], &text));
    assert!(actual.contains("unknown_column"), "{actual}");
    // A line that begins with more blanks than a block has.
    let blanks = format!("{}{{\"mark\":07}}\n", " ".repeat(140_000));
    let outcome = of_format_on_any_threads(NDJSON, &limits, &whole, &with(&[(10, &blanks)]));
    assert_eq!(refusal(&outcome), "Malformed 1; body/11 json_invalid 07");
    let Err(error) = outcome else { panic!("an answer") };
    assert!(detail(&error).contains("at its byte 140008"), "{}", detail(&error));
    // A line that is longer than a block, then short ones again.
    let wide = format!("{{\"mark\":3,\"wide\":[{}]}}\n", vec!["1"; BLOCK].join(","));
    answered(&of_format_on_any_threads(NDJSON, &limits, &whole, &with(&[(60_000, &wide), (100_000, &wide)])));
}

/// The same for elements of an array, whose syntax errors have their byte.
#[test]
fn bad_elements_in_several_blocks() {
    let (text, starts) = array_of(&members(&[]));
    let with = |others: &[(usize, &str)]| {
        let mut text = text.clone();
        for (i, other) in others.iter().rev() {
            text.insert_str(starts[*i], &format!("{other},"));
        }
        text
    };
    let long = format!("{{\"mark\":\"{}\"}}", "y".repeat(2000));
    let limits = Limits { cell: 1000, ..Limits::default() };
    let whole = [("absent", "X")];
    let grouped = [("absent", "X"), ("group_by", "cohort"), ("column", "mark")];
    let bad: [(&str, &str, usize, bool); 12] = [
        ("{\"mark\":07}", "Malformed 1; body/#byte json_invalid", 8, false),
        ("{\"mark\":7,}", "Malformed 1; body/#byte json_invalid", 10, false),
        ("{\"new\":1,\"mark\":7}}", "Malformed 1; body/#byte json_invalid", 18, false),
        ("{\"mark\":7]", "Malformed 1; body/#byte json_invalid", 9, false),
        ("{\"mark\":\"\n\"}", "Malformed 1; body/#byte json_invalid", 8, false),
        ("{\"mark\":7}]", "Malformed 1; body/#byte json_invalid", 11, false),
        ("{\"mark\":7} {\"new\":8}", "Malformed 1; body/#byte json_invalid", 11, false),
        ("{\"mark\":7,\"new\":1,\"mark\":8}", "Invalid 1; body/#row/mark repeated", 0, false),
        ("[1]", "Invalid 1; body/#row mixed_records", 0, false),
        ("5", "Invalid 1; body/#row mixed_records", 0, false),
        ("{\"cohort\":[1]}", "Invalid 1; body/#row/cohort nested_group", 0, true),
        (&long, "TooLarge", 0, true),
    ];
    for (round, (other, expected, byte, only_grouped)) in bad.into_iter().enumerate() {
        let i = 40_000 + 5003 * round;
        let at = |j: usize, inserted: usize, within: usize| (starts[j] + inserted + within).to_string();
        let expected = expected.replace("#byte", &at(i, 0, byte)).replace("#row", &(i + 1).to_string());
        let texts = [
            (with(&[(i, other), (i + 10_000, "{\"newer\":5}")]), expected.clone()),
            (
                with(&[(i, other), (i + 9000, "nonsense"), (i + 10_000, "{\"newer\":5}")]),
                // Invalid syntax takes precedence over what is refused for another reason.
                if expected.starts_with("Invalid") {
                    format!("Malformed 1; body/{} json_invalid", at(i + 9000, other.len() + 1, 0))
                } else {
                    expected
                },
            ),
        ];
        let query = if only_grouped || round % 2 == 0 { &grouped[..] } else { &whole };
        for (text, expected) in &texts {
            let actual = refusal(&of_format_on_any_threads(JSON, &limits, query, text));
            assert!(actual.starts_with(expected.as_str()), "{actual} instead of {expected}");
        }
    }
    // Every invalid cell of a requested column, at any place.
    let bad = with(&[(50_000, "{\"mark\":\"five\"}"), (90_000, "{\"new\":0,\"mark\":true}")]);
    let actual = refusal(&of_format_on_any_threads(JSON, &limits, &grouped, &bad));
    assert_eq!(actual, "Invalid 2; body/50001/mark float_parsing five; body/90002/mark float_parsing true");
    // An element that is longer than a block, then short ones again; the text ends early, and in an element.
    let wide = format!("{{\"mark\":3,\"wide\":[{}]}}", vec!["1"; BLOCK].join(","));
    answered(&of_format_on_any_threads(JSON, &limits, &whole, &with(&[(60_000, &wide), (100_000, &wide)])));
    for end in [text.trim_end().len() - 1, starts[MANY - 20_000] + 1] {
        let actual = refusal(&of_format_on_any_threads(JSON, &limits, &whole, &text[..end]));
        assert_eq!(actual, format!("Malformed 1; body/{end} json_invalid"));
    }
}

/// Records that were damaged somewhere are answered or refused alike, at once on one thread and in pieces on eight.
#[test]
fn damaged_records_of_several_blocks() {
    let records = members(&[(90_000, members_of(&[("z", "1")]))]);
    damage_records(NDJSON, &ndjson(&records));
    damage_records(JSON, &array_of(&records).0);
}

fn damage_records(format: Option<Format>, good: &str) {
    const DAMAGE: [&str; 14] =
        ["1", "\"", "\\", "{", "}", "\n", ",", " ", "\"z\":1,", "{\"q\":2}\n", "null", "[", "\n5\n", "\u{e9}"];
    let mut below = dice();
    let mut refused = 0;
    for round in 0..3 * ROUNDS {
        let mut body = good.as_bytes().to_vec();
        for _ in 0..=below(2) {
            let place = below(body.len());
            // Where a member may begin, every other time.
            let brace = body[place..].iter().position(|byte| *byte == b'{').map_or(place, |brace| place + brace + 1);
            let (place, damage) = if below(2) == 0 { (place, below(14)) } else { (brace, 8) };
            body.splice(place..place, DAMAGE[damage].bytes());
        }
        let size = 1000 + below(700_000);
        let query: &[(&str, &str)] = [&[("absent", "X")][..], &[("group_by", "cohort"), ("column", "mark")]][round % 2];
        let query = [query, &[("invalid", "missing")]].concat();
        let query = if round % 2 == 0 { &query[..1] } else { &query[..] };
        let at_once = on_threads(1, || ask_chunks(format, query, &Limits::default(), [body.as_slice()]));
        let in_pieces = on_threads(8, || ask_chunks(format, query, &Limits::default(), body.chunks(size)));
        assert!(at_once == in_pieces, "round {round}\n{}\n{}", shown(&at_once), shown(&in_pieces));
        refused += usize::from(at_once.is_err());
    }
    assert!(refused > ROUNDS / 2 && refused < 3 * ROUNDS, "{refused}");
}

/// Rows of a nested array, with others in some places, counted from 0.
fn nested(others: &[(usize, &str)]) -> String {
    let mut text = String::from("[");
    for i in 0..NESTED {
        match others.iter().find(|(other, _)| *other == i) {
            Some((_, other)) => text += other,
            None => write!(text, "[{},{}.5, -0.{:04}]", i % 101, i % 1000, i * i % 997).expect("written"),
        }
        text += [",", ", ", ",\n  "][i / 1000 % 3];
    }
    text.truncate(text.trim_end().len() - 1);
    text.push(']');
    assert!(text.len() > 4 * BLOCK, "{}", text.len());
    text
}

const NESTED: usize = 60_000;

#[test]
fn nested_rows_of_several_blocks() {
    let text = nested(&[(30_000, "[7E+2,-12345678901234567890.5,1e-30]")]);
    let rows: Vec<&str> = text.split('[').filter(|row| row.contains(']')).collect();
    let column = |column: usize| {
        let cell = |row: &&str| row.split([',', ']']).nth(column).expect("three").trim().to_owned();
        six(&rows.iter().map(cell).collect::<Vec<_>>().join(","))
    };
    let columns = [column(0), column(1), column(2)];
    let limits =
        [Limits::default(), Limits { groups: 100, ..Limits::default() }, Limits { distinct: 500, ..Limits::default() }];
    for limits in &limits {
        let outcome = answered(&of_format_on_any_threads(JSON, limits, &[], &text));
        for figure in 0..4 {
            let value = |column: &Vec<String>| column[figure].split_once(':').expect("a member").1.to_owned();
            let expected = columns.iter().map(value).collect::<Vec<_>>().join(",");
            let name = columns[0][figure].split_once(':').expect("a member").0;
            let is_there = outcome.contains(&format!("{name}:[{expected}]")) || name == "\"nobs\"";
            assert!(is_there, "{expected} is not in {outcome}");
        }
        // As many rows are refused, or counted, on any number of threads.
        of_format_on_any_threads(JSON, limits, &[("axis", "1"), ("statistics", "median,mode")], &text).ok();
    }
    for (other, expected) in [
        ("[1,null,3]", "accepted"),
        ("[1,true,3]", "Invalid 2; body/30000/1 float_parsing true; body/50000 ragged_row"),
        ("[1,2]", "Invalid 2; body/30000 ragged_row; body/50000 ragged_row"),
        ("[1,[2],3]", "Invalid 1; body/30000"),
        ("[1,2,{}]", "Invalid 1; body/30000"),
        ("5", "Invalid 1; body/30000 mixed_array"),
        ("[1,2,3}", "Malformed 1"),
    ] {
        let later = if expected == "accepted" { "[4,5,6]" } else { "[4]" };
        let text = nested(&[(30_000, other), (50_000, later)]);
        let actual = refusal(&of_format_on_any_threads(JSON, &limits[0], &[], &text));
        assert!(actual.starts_with(expected), "{actual} instead of {expected}");
    }
    let missing = nested(&[(30_000, "[1,null,3]"), (50_000, "[null,null,3]")]);
    let actual = refusal(&of_format_on_any_threads(JSON, &limits[0], &[("nan_policy", "raise")], &missing));
    assert!(
        actual.starts_with("Invalid 3; body/30000/1 missing_value null; body/50000/0 missing_value null"),
        "{actual}"
    );
}

#[test]
fn lines_of_numbers_of_several_blocks() {
    let (array, _) = array(&[(5, "1e-30"), (40_000, "null"), (60_000, "-12345678901234567890.5")]);
    let values: Vec<String> = array.trim_matches(['[', ']']).split(',').map(|value| value.trim().to_owned()).collect();
    let text = |others: &[(usize, &str)]| {
        let mut values = values.clone();
        for (line, other) in others {
            (*other).clone_into(&mut values[*line]);
        }
        values
            .iter()
            .zip(0..)
            .fold(String::new(), |text, (value, i): (_, usize)| text + value + ["\n", "\r\n", " \n\n"][i / 3000 % 3])
    };
    let omit = [("nan_policy", "omit")];
    let outcome = answered(&of_format_on_any_threads(NDJSON, &Limits::default(), &omit, &text(&[])));
    for figure in six(&array) {
        assert!(outcome.contains(&figure), "{outcome} instead of {figure}");
    }
    let line = |line: usize| text(&[]).lines().take_while(|text| *text != values[line]).count();
    assert!(line(60_000) > 60_000);
    for (other, expected) in [
        ("true", "Invalid 2; body/70000 float_parsing true; body/90000 float_parsing x"),
        ("1e400", "Invalid 2; body/70000 out_of_range 1e400"),
        ("[1]", "Invalid 1; body"),
        ("{\"a\":1}", "Invalid 1; body"),
        ("1 2", "Malformed 1; body/"),
        ("07", "Malformed 1; body/"),
    ] {
        for behind in ["\"x\"", "nonsense"] {
            let actual = refusal(&of_format_on_any_threads(
                NDJSON,
                &Limits::default(),
                &[],
                &text(&[(70_000, other), (90_000, behind)]),
            ));
            let expected = if behind == "nonsense" { "Malformed 1; body/" } else { expected };
            assert!(actual.starts_with(expected), "{actual} instead of {expected}");
        }
    }
}

/// Named arrays are described as the same columns of delimited text are, which are read by other code.
#[test]
fn named_arrays_of_several_blocks() {
    let values = |others: &[(usize, &str)]| -> Vec<String> {
        let (array, _) = array(others);
        array.trim_matches(['[', ']']).split(',').map(|value| value.trim().to_owned()).collect()
    };
    let names: Vec<String> = (0..MANY).map(|i| format!("\"n{}\"", i % 7)).collect();
    let marks: Vec<String> = (0..MANY).map(|i| (i * i % 101).to_string()).collect();
    let gaps: Vec<(usize, &str)> = (0..5).map(|i| (20_000 * i + 7, "null")).collect();
    let body = |columns: [&[String]; 4]| {
        let column =
            |(name, values): (&str, &[String])| format!("\"{name}\": [{}]", values.join([",", ", "][name.len() % 2]));
        let columns: Vec<String> = ["score", "gaps", "name", "mark"].into_iter().zip(columns).map(column).collect();
        format!("{{{}}}", columns.join(",\n"))
    };
    let (scores, gaps) = (values(&[(60_000, "-12345678901234567890.5")]), values(&gaps));
    let text = body([&scores, &gaps, &names, &marks]);
    let mut csv = String::from("score,gaps,name,mark\n");
    for i in 0..MANY {
        let gap = if gaps[i] == "null" { "" } else { &gaps[i] };
        writeln!(csv, "{},{gap},{},{}", scores[i], names[i], marks[i]).expect("written");
    }
    for query in [
        &[][..],
        &[("statistics", "median,distinct,mode")],
        &[("column", "mark"), ("absent", "5")],
        &[("column", "mark"), ("column", "gaps"), ("nan_policy", "omit")],
        &[("column", "mark"), ("group_by", "name")],
    ] {
        let outcome = answered(&of_format_on_any_threads(JSON, &Limits::default(), query, &text));
        let results = |answer: &str| answer.split("\"skipped\"").next().map(str::to_owned);
        assert_eq!(results(&outcome), results(&answered(&ask(query, &csv))));
    }
    for (others, expected) in [
        (
            &[(50_000, "true"), (90_000, "1e400")][..],
            "Invalid 2; body/50001/score float_parsing true; body/90001/score",
        ),
        (&[(50_000, "07")], "Malformed 1; body/"),
        (&[(50_000, "[1]")], "Invalid 1; body/50001/score"),
        (&[(50_000, "1,2")], "Invalid 1; body unequal_lengths"),
    ] {
        let text = body([&values(others), &gaps, &names, &marks]);
        let actual = refusal(&of_format_on_any_threads(JSON, &Limits::default(), &[("column", "score")], &text));
        assert!(actual.starts_with(expected), "{actual} instead of {expected}");
    }
}

/// Figures of many numbers are those of an accumulator that took them one by one.
#[test]
fn many_groups_in_many_blocks() {
    const GROUPS: usize = 701;
    let mut body = String::from("g;v\n");
    let mut wanted = vec![Accumulator::default(); GROUPS];
    for i in 0..80_000_usize {
        let number = format!("{}.{}", (i * 7919) % 1000, i % 10);
        wanted[i * i % GROUPS].push(Number::parse(number.as_bytes()).expect("a number"));
        writeln!(body, "{};{number}", i * i % GROUPS).expect("written");
    }
    let query = given(&[("group_by", "g")]);
    let options = Options::parse(&query).expect("options");
    let read = || {
        let mut reader = Reader::new(CSV, &options, &Limits::default());
        body.as_bytes().chunks(300_000).try_for_each(|chunk| reader.feed(chunk))?;
        reader.finish()
    };
    let input = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("threads").install(read);
    let Data::Table(table) = input.expect("a table").data else { panic!("no table") };
    let moments = Moments { nan_policy: NanPolicy::Omit, ..Moments::default() };
    let filled = wanted.iter().enumerate().filter(|(_, numbers)| !numbers.is_empty());
    let filled: Vec<_> = filled.map(|(group, numbers)| (Some(group.to_string()), numbers.finish(moments))).collect();
    let found: Vec<_> = table
        .results
        .iter()
        .map(|result| {
            (result.group.values().next().expect("a group").1.map(str::to_owned), result.numbers.finish(moments))
        })
        .collect();
    assert_eq!(found, filled);
}

// ------------------------------------------------------------------------------------------- how a body is cut shows

/// The delimiter is detected in the same part of the text, however it arrives.
#[test]
fn the_delimiter_does_not_depend_on_the_cuts() {
    // 4 kB each: in sixteen of them the comma divides more evenly, in twenty the semicolon.
    let pad = "p".repeat(4096);
    let mut body = String::new();
    for record in 0..40 {
        let (comma, semicolon) = (record < 12, !(2..8).contains(&record));
        let text = |divided: bool, delimiter| if divided { delimiter } else { "" };
        writeln!(body, "a{}{pad}{}b", text(comma, ","), text(semicolon, ";")).expect("written");
    }
    let at_once = ask_chunks(CSV, &[], &Limits::default(), [body.as_bytes()]);
    let in_pieces = ask_chunks(CSV, &[], &Limits::default(), body.as_bytes().chunks(1000));
    assert!(at_once == in_pieces, "at once\n{}\nin pieces\n{}", shown(&at_once), shown(&in_pieces));
}

/// A record may be long if its cells are not: the outcome does not depend on the cut.
#[test]
fn long_records_of_short_cells() {
    let wide = vec!["w".repeat(60_000); 25].join(",");
    let body = format!("{}\n{wide}\n{wide}\n", (0..25).map(|i| format!("c{i}")).collect::<Vec<_>>().join(","));
    let query = [("column", "c3"), ("invalid", "missing")];
    let at_once = ask_chunks(CSV, &query, &Limits::default(), [body.as_bytes()]);
    let in_pieces = ask_chunks(CSV, &query, &Limits::default(), body.as_bytes().chunks(50_000));
    assert!(at_once == in_pieces, "at once\n{}\nin pieces\n{}", shown(&at_once), shown(&in_pieces));
    assert!(at_once.is_ok(), "{}", shown(&at_once));
}

#[test]
fn records_without_an_end_are_refused_early() {
    for start in ["a,b\n1,", "a,b\n1,\"", "a,b\n\"", "", "\""] {
        let mut reader = Reader::new(CSV, &Options::default(), &Limits::default());
        let mut fed = reader.feed(start.as_bytes());
        let piece = vec![b'x'; 65_536];
        let mut bytes = 0;
        while fed.is_ok() && bytes < 8 << 20 {
            fed = reader.feed(&piece);
            bytes += 65_536;
        }
        let error = fed.expect_err("a limit");
        assert!(detail(&error).contains("CELL_LIMIT"), "{start:?}: {}", detail(&error));
        assert!(bytes <= 2 << 20, "{start:?} took {bytes} bytes");
    }
    let body = lines(100, &[]);
    assert!(ask(&[], &body).is_ok());
}

/// Tables that were damaged somewhere are answered or refused alike, at once on one thread and in pieces on eight.
#[test]
fn damaged_tables_of_several_blocks() {
    const DAMAGE: [&str; 9] = ["\"", "\"\"", "\n", "\r", ",", "\"x", "\n\n", "\u{fffd}", "x\",\""];
    let (_, good) = table(2 * BLOCK + BLOCK / 3);
    let mut below = dice();
    let query = [("group_by", "cohort"), ("column", "mark"), ("absent", "X"), ("overall", "true")];
    let mut refused = 0;
    for round in 0..ROUNDS {
        let mut body = good.clone().into_bytes();
        for _ in 0..=below(3) {
            let place = below(body.len());
            let damage = DAMAGE[below(DAMAGE.len())].bytes();
            body.splice(place..place, damage);
        }
        let size = 1000 + below(700_000);
        let at_once = on_threads(1, || ask_chunks(CSV, &query, &Limits::default(), [body.as_slice()]));
        let in_pieces = on_threads(8, || ask_chunks(CSV, &query, &Limits::default(), body.chunks(size)));
        assert!(at_once == in_pieces, "round {round}\n{}\n{}", shown(&at_once), shown(&in_pieces));
        refused += usize::from(at_once.is_err());
    }
    assert!(refused > ROUNDS / 4 && refused < ROUNDS, "{refused}");
}

/// Throws: each below what it is asked for.
fn dice() -> impl FnMut(usize) -> usize {
    // Marsaglia's xorshift.
    let mut dice = 0x2545_f491_4f6c_dd1d_u64;
    move |n| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        usize::try_from(dice >> 33).expect("31 bits") % n
    }
}

/// Number of damaged tables.
const ROUNDS: usize = 8;

/// Named arrays are described in blocks from files that may be read again too, past the bytes that might have to be hashed; an option
/// behind them counts, and a missing value has its place.
#[test]
fn named_arrays_of_files() {
    let array = |from: usize, text: &dyn Fn(usize) -> String| {
        (from..from + 300_000).map(text).collect::<Vec<String>>().join(",")
    };
    let marks = array(0, &|i| format!("{}.5", i * i % 101));
    let shares = array(7, &|i| format!("0.{:09}", i * 7919 % 1_000_003));
    let with_missing = array(0, &|i| if i == 200_000 { "null".into() } else { (i % 101).to_string() });
    let plain = format!("{{\"marks\":[{marks}],\"shares\":[{shares}]}}");
    let missing = format!("{{\"shares\":[{shares}],\"marks\":[{with_missing}]}}");
    let read_once = Limits::default();
    let read_again = Limits { kept: Some(KeptRanges::default().into()), ..Limits::default() };
    for body in [&plain, &missing] {
        for query in [&[][..], &[("column", "marks"), ("statistics", "median,deciles")], &[("ddof", "0")]] {
            let outcomes = [&read_once, &read_again]
                .map(|limits| of_format_on_any_threads(Some(Format::Json), limits, query, body).expect("an answer"));
            assert_eq!(outcomes[0], outcomes[1], "{query:?}");
            assert!(outcomes[0].contains("\"column\":\"marks\",\"nobs\":"), "{}", outcomes[0]);
        }
    }
    let numbers = format!("{{\"numbers\":[{marks}],\"ddof\":0}}");
    let outcome = of_format_on_any_threads(Some(Format::Json), &read_again, &[], &numbers).expect("an answer");
    let alone = of_format_on_any_threads(Some(Format::Json), &read_once, &[("ddof", "0")], &format!("[{marks}]"));
    assert_eq!(Ok(outcome), alone);
}
