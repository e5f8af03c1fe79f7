//! Delimited text: what its cells are, by the csv crate and by a plain walk over the characters; and that neither
//! chunks nor threads show.

use crate::detail;
use std::fmt::Write;

use csv::{QuoteStyle, ReaderBuilder, Terminator, WriterBuilder};
use describe_readers::{Format, Limits};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseError;

use crate::ask::{Outcome, answered, ask, ask_chunks, figures, refusal, whole_of_chunks, whole_of_file};
use crate::blocks::{on_threads, whole_on_any_threads};
use crate::model::{Cells, Question};

const CSV: Option<Format> = Some(Format::Csv);

fn csv(query: &[(&str, &str)], body: &str) -> Outcome {
    ask(CSV, query, body)
}

/// Answer without warnings, or the error in one line.
fn outcome(query: &[(&str, &str)], body: &str) -> String {
    let outcome = csv(query, body);
    outcome.as_ref().map_or_else(|_| refusal(&outcome), |json| figures(json))
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

// ---------------------------------------------------------------------------------------------------- the reference

/// Reason why a text is not delimited text: the row and its fault.
type Malformed = (u64, &'static str);

/// A record as a plain walk over the characters reads it.
struct Walked {
    row: u64,
    /// The first characters of the record as it is written, without blanks around it.
    shown: String,
    cells: Vec<String>,
    /// Number of cells with a quote, or text behind one, that is taken as it stands.
    stray_quotes: u64,
    /// Whether blanks stand around a quoted text, or quotes are stray: the csv crate takes these differently.
    is_special: bool,
}

/// The records with their rows, character by character. Blank lines and lines of delimiters are rows but no records.
fn walk(text: &str, delimiter: char) -> Result<Vec<Walked>, Malformed> {
    let mut records = Vec::new();
    let letters: Vec<char> = text.strip_prefix('\u{feff}').unwrap_or(text).chars().collect();
    let is_end = |letter: char| letter == delimiter || letter == '\n' || letter == '\r';
    let without_blanks = |mut at: usize| {
        while letters.get(at).is_some_and(|letter| *letter != delimiter && [' ', '\t'].contains(letter)) {
            at += 1;
        }
        at
    };
    let (mut at, mut row) = (0, 0);
    while at < letters.len() {
        row += 1;
        let start = at;
        let mut record = Walked { row, shown: String::new(), cells: Vec::new(), stray_quotes: 0, is_special: false };
        let mut quoted = false;
        loop {
            let mut cell = String::new();
            let open = without_blanks(at);
            if letters.get(open) == Some(&'"') {
                quoted = true;
                record.is_special |= open > at;
                at = open + 1;
                while letters.get(at) != Some(&'"') || letters.get(at + 1) == Some(&'"') {
                    let letter = *letters.get(at).ok_or((row, "unclosed_quote"))?;
                    cell.push(letter);
                    at += if letter == '"' { 2 } else { 1 };
                }
                at += 1;
                let behind = without_blanks(at);
                if letters.get(behind).is_none_or(|letter| is_end(*letter)) {
                    record.is_special |= behind > at;
                    at = behind;
                } else {
                    record.stray_quotes += 1;
                    while letters.get(at).is_some_and(|letter| !is_end(*letter)) {
                        cell.push(letters[at]);
                        at += 1;
                    }
                }
            } else {
                while letters.get(at).is_some_and(|letter| !is_end(*letter)) {
                    cell.push(letters[at]);
                    at += 1;
                }
                record.stray_quotes += u64::from(cell.contains('"'));
            }
            record.cells.push(cell);
            match letters.get(at) {
                Some(letter) if *letter == delimiter => at += 1,
                Some('\r') if letters.get(at + 1) == Some(&'\n') => {
                    at += 2;
                    break;
                }
                _ => {
                    at += 1;
                    break;
                }
            }
        }
        record.is_special |= record.stray_quotes > 0;
        let written: String = letters[start..at.min(letters.len())].iter().collect();
        record.shown = written.trim_ascii().chars().take(40).collect();
        if quoted || !is_blank(&record.cells) {
            records.push(record);
        }
    }
    Ok(records)
}

/// Whether cells are those of a line of blanks, or of nothing but delimiters.
fn is_blank(cells: &[String]) -> bool {
    match cells {
        [cell] => cell.trim_ascii().is_empty(),
        cells => cells.iter().all(String::is_empty),
    }
}

/// The records as the csv crate reads them.
fn by_crate(text: &str, delimiter: char) -> Vec<Vec<String>> {
    let delimiter = u8::try_from(delimiter).expect("ASCII");
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    reader.records().map(|record| record.expect("UTF-8").iter().map(str::to_owned).collect()).collect()
}

/// What the answer says of some places in a text: their number, and the row of the first one.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    count: u64,
    first_row: Option<u64>,
}

impl Told {
    fn add(&mut self, row: u64, count: u64) {
        self.count += count;
        if count > 0 {
            self.first_row.get_or_insert(row);
        }
    }

    /// As the whole answer says it: the member of `source` and the warning of the same name.
    fn of(answer: &serde_json::Value, name: &str) -> Self {
        let warning = answer["warnings"].as_array().into_iter().flatten().find(|warning| warning["code"] == name);
        Self {
            count: answer["source"][name].as_u64().unwrap_or_else(|| panic!("no {name}: {answer}")),
            first_row: warning.map(|warning| warning["row"].as_u64().expect("a row")),
        }
    }
}

/// Expected answer to a text without a header: the last column in the groups of all others.
struct Expected {
    question: Question,
    outcome: String,
    short_records: Told,
    stray_quotes: Told,
}

fn expected(text: &str, delimiter: char) -> Expected {
    let records = walk(text, delimiter);
    let width = records.as_ref().ok().and_then(|records| records.first()).map_or(1, |record| record.cells.len());
    let names: Vec<String> = (1..=width).map(|number| format!("column_{number}")).collect();
    let question = Question {
        columns: names[width - 1..].to_vec(),
        group_by: names[..width - 1].to_vec(),
        invalid_as_missing: true,
        ..Question::default()
    };
    let (mut short_records, mut stray_quotes) = (Told::default(), Told::default());
    let outcome = match records {
        Err((row, what)) => format!("Malformed 1; body/{row} {what}"),
        Ok(records) if records.is_empty() => "Invalid 1; body missing".to_owned(),
        Ok(records) => {
            let mut ragged = Vec::new();
            let mut padded = Vec::new();
            for Walked { row, shown, mut cells, stray_quotes: stray, .. } in records {
                if cells.iter().skip(width).any(|cell| !cell.trim_ascii().is_empty()) {
                    ragged.push((row, shown));
                }
                short_records.add(row, u64::from(cells.len() != width));
                stray_quotes.add(row, stray);
                cells.resize(width, String::new());
                padded.push((row, cells));
            }
            if ragged.is_empty() {
                Cells { header: names, records: padded, times: 1 }.describe(&question)
            } else {
                let listed = ragged.iter().take(20).map(|(row, shown)| format!("; body/{row} ragged_row {shown}"));
                format!("Invalid {}{}", ragged.len(), listed.collect::<Vec<_>>().concat())
            }
        }
    };
    Expected { question, outcome, short_records, stray_quotes }
}

/// The answer to a text without a header is as expected, and so are the csv crate's cells.
fn check_text(text: &str, delimiter: char) -> Result<(), TestCaseError> {
    let Expected { question, outcome: wanted, short_records, stray_quotes } = expected(text, delimiter);
    let delimiter_text = delimiter.to_string();
    let mut query = question.query();
    query.extend([("header", "false"), ("delimiter", &delimiter_text), ("skip_rows", "0"), ("skip_end", "0")]);
    prop_assert_eq!(outcome(&query, text), wanted, "{:?}", text);
    if let Ok(json) = whole_of_chunks(CSV, &query, &Limits::default(), [text.as_bytes()]) {
        let answer = serde_json::from_str(&json).expect("JSON");
        prop_assert_eq!(Told::of(&answer, "short_records"), short_records, "{:?}", text);
        prop_assert_eq!(Told::of(&answer, "stray_quotes"), stray_quotes, "{:?}", text);
    }
    let records = walk(text, delimiter).unwrap_or_default();
    if !records.is_empty() && !records.iter().any(|record| record.is_special) {
        // The crate leaves out empty lines only, and does not say what was quoted.
        let ours = records.into_iter().map(|record| record.cells).filter(|cells| !is_blank(cells));
        let theirs = by_crate(text, delimiter).into_iter().filter(|cells| !is_blank(cells));
        prop_assert_eq!(ours.collect::<Vec<_>>(), theirs.collect::<Vec<_>>(), "{:?}", text);
    }
    Ok(())
}

fn delimiters() -> impl Strategy<Value = char> {
    prop::sample::select(vec![',', ';', '\t', '|', ' ', ':', '^', '~', '\u{1f}'])
}

/// Letters that matter, and a few that do not.
fn letters(length: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    let letter = prop_oneof![
        4 => prop::sample::select(vec!['"', ',', '\n', '\r', ';', '\t', '|']),
        2 => prop::sample::select(vec!['1', '2', 'a', 'b', ' ']),
        1 => prop::sample::select(vec!['é', '😀', '\u{feff}', '\0', '\'', '\\', '\u{a0}', '\u{b}', '\u{c}']),
    ];
    prop::collection::vec(letter, length).prop_map(|letters| letters.into_iter().collect())
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "-?[0-9]{1,3}(\\.[0-9]{1,2})?",
        1 => "[0-9]{17,20}(e-?[0-9]{1,2})?",
        3 => prop::sample::select(owned(&["", " ", "NA", "n/a", ".", "X", "ABS", "abs", "-2", "-2.0", " -2", "x", "1e400", "nan", "inf", "1_0", "٣"])),
    ]
}

#[derive(Clone, Debug)]
struct Written {
    cells: Cells,
    delimiter: char,
    text: String,
}

/// A table of groups and values, written by the csv crate or by hand.
fn tables() -> impl Strategy<Value = Written> {
    let record = (letters(0..5), letters(0..4), value()).prop_map(|(a, b, n)| {
        // A record of nothing but delimiters would be blank.
        let n = if a.is_empty() && b.is_empty() && n.is_empty() { "NA".to_owned() } else { n };
        vec![a, b, n]
    });
    let records = prop::collection::vec(record, 1..12);
    let style = prop::sample::select(vec![0_u8, 1, 2, 3]);
    let end = prop::sample::select(vec!["\n", "\r\n", "\r"]);
    let choices = prop::collection::vec(any::<Index>(), 16);
    (records, delimiters(), style, end, choices).prop_map(|(records, delimiter, style, end, choices)| {
        let cells = Cells::new(&["a", "b", "n"], records);
        let all = std::iter::once(&cells.header).chain(cells.records.iter().map(|(_, record)| record));
        let text =
            if style == 0 { by_hand(all, delimiter, end, &choices) } else { by_writer(all, delimiter, end, style) };
        Written { cells, delimiter, text }
    })
}

fn by_writer<'a>(records: impl Iterator<Item = &'a Vec<String>>, delimiter: char, end: &str, style: u8) -> String {
    let style = [QuoteStyle::Necessary, QuoteStyle::Always, QuoteStyle::NonNumeric][usize::from(style) - 1];
    let end = match end {
        "\r\n" => Terminator::CRLF,
        end => Terminator::Any(end.as_bytes()[0]),
    };
    let mut writer = WriterBuilder::new()
        .delimiter(u8::try_from(delimiter).expect("ASCII"))
        .terminator(end)
        .quote_style(style)
        .from_writer(Vec::new());
    records.for_each(|record| writer.write_record(record).expect("written"));
    String::from_utf8(writer.into_inner().expect("written")).expect("UTF-8")
}

/// Quotes some of the cells that need none, with blank lines between some records.
fn by_hand<'a>(
    records: impl Iterator<Item = &'a Vec<String>>,
    delimiter: char,
    end: &str,
    choices: &[Index],
) -> String {
    let mut choices = choices.iter().cycle();
    let mut choose = |n: usize| choices.next().is_some_and(|choice| choice.index(n) == 0);
    let mut text = String::new();
    for record in records {
        let cell = |cell: &String| {
            let needed =
                cell.trim_start_matches([' ', '\t']).starts_with('"') || cell.contains([delimiter, '\n', '\r']);
            if needed || choose(3) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() }
        };
        let cells: Vec<String> = record.iter().map(cell).collect();
        text += &cells.join(&delimiter.to_string());
        text += end;
    }
    text
}

fn question() -> Question {
    Question {
        columns: owned(&["n"]),
        group_by: owned(&["b", "a"]),
        absent: owned(&["X", "ABS", "-2"]),
        overall: true,
        invalid_as_missing: true,
        ..Question::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every cell arrives as it was written, whoever wrote it.
    #[test]
    fn cells_arrive(table in tables()) {
        let question = question();
        let delimiter = table.delimiter.to_string();
        let mut query = question.query();
        query.extend([("delimiter", delimiter.as_str()), ("header", "true"), ("skip_rows", "0"), ("skip_end", "0")]);
        prop_assert_eq!(outcome(&query, &table.text), table.cells.describe(&question), "{:?}", table.text);
        let mut read = by_crate(&table.text, table.delimiter).into_iter();
        prop_assert_eq!(read.next(), Some(table.cells.header));
        let records: Vec<Vec<String>> = table.cells.records.into_iter().map(|(_, record)| record).collect();
        prop_assert_eq!(read.collect::<Vec<_>>(), records);
    }

    /// Any text at all is either read as the reference reads it or refused for the same reason in the same row.
    #[test]
    fn any_text(text in letters(0..24), delimiter in prop::sample::select(vec![',', ';', '\t', '|'])) {
        check_text(&text, delimiter)?;
    }

    /// The same with long runs around the 64 bytes that are looked at together.
    #[test]
    fn any_text_around_windows(parts in prop::collection::vec((letters(0..6), 50..70_usize, "[a1]"), 1..5)) {
        let text: String = parts.iter().map(|(text, times, letter)| text.clone() + &letter.repeat(*times)).collect();
        check_text(&text, ',')?;
    }

    /// Any cut of a text gives the same whole answer, what it was read as and all warnings included.
    #[test]
    fn any_cuts(text in letters(0..60), cuts in prop::collection::vec(any::<Index>(), 0..6)) {
        check_cuts(&[], &text, &cuts)?;
    }

    /// The same for texts with titles, notes, totals and short records.
    #[test]
    fn any_cuts_of_exports(text in exports(), query in queries(), cuts in prop::collection::vec(any::<Index>(), 0..6)) {
        check_cuts(&query, &text, &cuts)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// The same for texts of several blocks, which end near the end of one, on any number of threads.
    #[test]
    fn any_cuts_of_long_exports(
        (head, tail, query) in (exports(), exports(), queries()),
        (row, bytes) in (prop::sample::select(vec!["b,5\n", "\"b \"\"x\"\"\nc\",5\r\n", "b,\"5\"\r"]), 127_000..134_000_usize),
        blocks in 1..4_usize,
    ) {
        let middle = row.repeat((blocks * bytes).saturating_sub(head.len()) / row.len());
        let text = head + &middle + &tail;
        let whole = whole_on_any_threads(CSV, &Limits::default(), &query, &text);
        for chunk in [5_000, 128 << 10, text.len()] {
            let chunks = || whole_of_chunks(CSV, &query, &Limits::default(), text.as_bytes().chunks(chunk));
            prop_assert!(on_threads(1, chunks) == whole, "chunks of {}: {:?}", chunk, &whole);
            prop_assert!(on_threads(2, chunks) == whole, "chunks of {}: {:?}", chunk, &whole);
        }
    }
}

/// The whole answer to a text is the same for any chunks and for a file.
fn check_cuts(query: &[(&str, &str)], text: &str, cuts: &[Index]) -> Result<(), TestCaseError> {
    let whole = whole_of_chunks(CSV, query, &Limits::default(), [text.as_bytes()]);
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
    places.sort_unstable();
    let starts = std::iter::once(0).chain(places.iter().copied());
    let ends = places.iter().copied().chain([text.len()]);
    let chunks = starts.zip(ends).map(|(start, end)| &text.as_bytes()[start..end]);
    prop_assert_eq!(whole_of_chunks(CSV, query, &Limits::default(), chunks), whole.clone());
    prop_assert_eq!(whole_of_file(CSV, query, &Limits::default(), text.as_bytes()), whole);
    Ok(())
}

/// Lines of files that people export, in any order: titles, headers, records, notes, totals.
fn exports() -> impl Strategy<Value = String> {
    const LINES: [&str; 24] = [
        "a,m",
        "a,5",
        "b,5",
        "b,7.5",
        "b,X",
        "Total,17.5",
        ",10",
        "a,",
        "a",
        "a,5,",
        ",",
        "",
        " ",
        "Marks of 2024,",
        "\"Marks, 2024\"",
        "Source: our own",
        "\"Note \"\"1\"\"\n and 2\",",
        "\"a\nb\",6",
        " \"c\" , \"6\" ",
        "\"c\"d,6",
        "c\"d,6",
        "2023,2024",
        "#c,1",
        "sep=,",
    ];
    let line = (prop::sample::select(LINES.to_vec()), prop::sample::select(vec!["\n", "\n", "\r\n", "\r"]));
    (prop::collection::vec(line, 0..14), any::<bool>()).prop_map(|(lines, is_ended)| {
        let text: String = lines.iter().flat_map(|(line, end)| [*line, *end]).collect();
        if is_ended { text } else { text.trim_end_matches(['\r', '\n']).to_owned() }
    })
}

/// Options that say where the table is and what its syntax is.
fn queries() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    const OPTIONS: [(&str, &str); 12] = [
        ("skip_rows", "0"),
        ("skip_rows", "2"),
        ("skip_end", "0"),
        ("skip_end", "1"),
        ("skip_end", "3"),
        ("max_rows", "3"),
        ("header", "true"),
        ("header", "false"),
        ("comment", "#"),
        ("escape", "\\"),
        ("delimiter", "whitespace"),
        ("absent", "X"),
    ];
    prop::collection::vec(prop::sample::select(OPTIONS.to_vec()), 0..3).prop_map(|mut query| {
        query.sort_unstable();
        query.dedup_by_key(|(name, _)| *name);
        query
    })
}

/// Every text of up to six letters that matter: nothing is left to chance.
#[test]
fn all_short_texts() {
    const LETTERS: [char; 6] = ['"', ',', '\n', '\r', '1', ' '];
    let mut texts = vec![String::new()];
    for _ in 0..5 {
        texts = texts
            .iter()
            .flat_map(|text| LETTERS.iter().map(move |letter| format!("{text}{letter}")))
            .chain([String::new()])
            .collect();
        texts.dedup();
    }
    for text in texts {
        check_text(&text, ',').unwrap_or_else(|error| panic!("{error}"));
    }
}

// ------------------------------------------------------------------------------------------------- header, delimiter

/// The example that the documentation gives, to the byte.
#[test]
fn the_example() {
    let body = "candidate,cohort,mark\nAnn,2023,41\nBob,2023,55.5\nCid,2023,ABS\nDan,2023,\nEve,2024,49\nZoë,2024,70\n";
    let expected = concat!(
        r#"{"rows":6,"results":["#,
        r#"{"column":"mark","group":{"cohort":"2023"},"nobs":2,"minmax":[41.0,55.5],"mean":48.25,"variance":105.125,"skewness":0.0,"kurtosis":-2.0,"missing":1,"absent":{"X":0,"ABS":1}},"#,
        r#"{"column":"mark","group":{"cohort":"2024"},"nobs":2,"minmax":[49.0,70.0],"mean":59.5,"variance":220.5,"skewness":0.0,"kurtosis":-2.0,"missing":0,"absent":{"X":0,"ABS":0}},"#,
        r#"{"column":"mark","group":{},"nobs":4,"minmax":[41.0,70.0],"mean":53.875,"variance":150.72916666666666,"skewness":0.40495583585343664,"kurtosis":-1.128693858895439,"missing":1,"absent":{"X":0,"ABS":1}}],"#,
        r#""skipped":[{"column":"candidate","row":2,"value":"Ann"}]}"#
    );
    let query = [("group_by", "cohort"), ("absent", "X,ABS"), ("overall", "true")];
    assert_eq!(csv(&query, body).expect("an answer"), expected);
}

/// Name, nobs and missing of each result, and what was skipped, in short.
pub fn outline(query: &[(&str, &str)], body: &str) -> String {
    outline_of(&csv(query, body))
}

pub fn outline_of(outcome: &Outcome) -> String {
    let Ok(json) = outcome else { return refusal(outcome) };
    let value: serde_json::Value = serde_json::from_str(json).expect("JSON");
    let list = |name: &str| value[name].as_array().cloned().unwrap_or_default();
    let mut parts = Vec::new();
    for result in list("results") {
        let mut part =
            format!("{} {}+{}", result["column"].as_str().expect("a name"), result["nobs"], result["missing"]);
        for (name, value) in result.as_object().expect("an object") {
            if matches!(name.as_str(), "group" | "absent" | "invalid") {
                write!(part, " {value}").expect("written");
            }
        }
        parts.push(part);
    }
    for skipped in list("skipped") {
        parts.push(format!("-{} {} {}", skipped["column"].as_str().expect("a name"), skipped["row"], skipped["value"]));
    }
    parts.join("; ")
}

#[test]
fn headers() {
    for (query, body, expected) in [
        (vec![], "mark\n5\n", "mark 1+0"),
        (vec![], "5\n6\n", "column_1 2+0"),
        (vec![("skip_rows", "0")], "5,\n6,7\n", "column_1 2+0; column_2 1+1"),
        (vec![], "6,7\n5,\n", "column_1 2+0; column_2 1+1"),
        (vec![], "5,NA\n6,7\n", "column_1 2+0; column_2 1+1"),
        (vec![], "5,x\n6,7\n", "column_1 2+0; -column_2 1 \"x\""),
        (vec![], "5,x\na,7\n", "x 1+0; -5 2 \"a\""),
        (vec![], "1,\" 2 \"\n6,7\n", "column_1 2+0; column_2 2+0"),
        (vec![("header", "true")], "5\n6\n", "5 1+0"),
        (vec![("header", "TRUE")], "5\n6\n", "5 1+0"),
        (vec![("header", "1")], "5\n6\n", "5 1+0"),
        (vec![("header", "auto")], "5\n6\n", "column_1 2+0"),
        (vec![("header", "false")], "mark\n5\n", "-column_1 1 \"mark\""),
        (vec![("header", "0"), ("column", "column_2")], "a,1\nb,2\n", "column_2 2+0"),
        (vec![("header", "maybe")], "5\n", "Invalid 1; query/header literal_error maybe"),
        // Names are trimmed, and made where there are none.
        (vec![("column", "mark")], " mark \n5\n", "mark 1+0"),
        (vec![("column", " mark ")], "mark\n5\n", "mark 1+0"),
        (vec![], "a,,b\n1,2,3\n", "a 1+0; column_2 1+0; b 1+0"),
        (vec![("column", "column_2")], "a, ,b\n1,2,3\n", "column_2 1+0"),
        (vec![], "\"a,b\",\"c\"\"d\"\n1,2\n", "a,b 1+0; c\"d 1+0"),
        (vec![], "a,a,a\n1,2,3\n", "a 1+0; a_2 1+0; a_3 1+0"),
        (vec![("column", "b")], "a,a,b\n1,2,3\n", "b 1+0"),
        (vec![("column", "a_2")], "a,a,b\n1,2,3\n", "a_2 1+0"),
        (vec![("column", "b"), ("group_by", "a_2")], "a,a,b\n1,2,3\n", "b 1+0 {\"a_2\":\"2\"}"),
        (vec![("column", "a")], "a,a,b\n1,2,3\n", "Invalid 1; query/column repeated_column a"),
        (vec![("group_by", "a")], "a,a,b\n1,2,3\n", "Invalid 1; query/group_by repeated_column a"),
        // Which column is asked for.
        (vec![("column", "b"), ("column", "a")], "a,b\n1,2\n", "b 1+0; a 1+0"),
        (vec![("column", "a"), ("column", "a")], "a,b\n1,2\n", "Invalid 1; query/column repeated a"),
        (vec![("column", "A")], "a,b\n1,2\n", "Invalid 1; query/column unknown_column A"),
        (vec![("group_by", "c")], "a,b\n1,2\n", "Invalid 1; query/group_by unknown_column c"),
        (vec![("column", "a"), ("group_by", "a")], "a,b\n1,2\n1,3\n", "a 2+0 {\"a\":\"1\"}"),
        // A column without any number is none to describe.
        (vec![], "a,b,c\n1,,x\n2,NA,\n", "a 2+0; -b 2 \"\"; -c 2 \"x\""),
        (vec![], "a,b\n1,\n2,x\n", "a 2+0; -b 3 \"x\""),
        (vec![("column", "b")], "a,b\n1,\n2,NA\n", "b 0+2"),
        // Nothing to describe.
        (vec![], "", "Invalid 1; body missing"),
        (vec![], "\n \r\n\r", "Invalid 1; body missing"),
        (vec![], "a,b\n", "Invalid 1; body missing"),
        (vec![], "a,b\n\n\n", "Invalid 1; body missing"),
        (vec![("skip_rows", "2")], "a\n1\n", "Invalid 1; body missing"),
    ] {
        assert_eq!(outline(&query, body), expected, "{query:?}: {body:?}");
    }
}

#[test]
fn the_most_similar_column_is_suggested() {
    let error = csv(&[("column", "makr")], "name,mark\nx,1\n").expect_err("there is none");
    assert!(detail(&error).contains("'mark'"), "{}", detail(&error));
    let error = csv(&[("colunm", "mark")], "name,mark\nx,1\n").expect_err("there is none");
    assert!(detail(&error).contains("'column'"), "{}", detail(&error));
}

#[test]
fn delimiters_are_found() {
    for (query, body, expected) in [
        (vec![], "a;b\n1;2\n", "a 1+0; b 1+0"),
        (vec![], "a\tb\n1\t2\n", "a 1+0; b 1+0"),
        (vec![], "a|b\n1|2\n", "a 1+0; b 1+0"),
        (vec![("delimiter", "auto")], "a|b\n1|2\n", "a 1+0; b 1+0"),
        (vec![], "a,b;c\n1,2\n3,4\n", "a 2+0; b;c 2+0"),
        (vec![], "\"a,x\";\"b,y\"\n1;2\n", "a,x 1+0; b,y 1+0"),
        (vec![], "name;note\n1;\"a,b,c\"\n2;\"d,e,f\"\n", "name 2+0; -note 2 \"a,b,c\""),
        (vec![("delimiter", "^")], "a^b\n1^2\n", "a 1+0; b 1+0"),
        (vec![("delimiter", " ")], "a b\n1 2\n", "a 1+0; b 1+0"),
        (vec![("delimiter", "tab")], "a\tb\n1\t2\n", "a 1+0; b 1+0"),
        (vec![("delimiter", "\t")], "a\tb\n1\t2\n", "a 1+0; b 1+0"),
        (vec![("delimiter", ";")], "a,b\n5,5\n", "-a,b 2 \"5,5\""),
        (vec![("delimiter", ";;")], "a;b\n", "Invalid 1; query/delimiter literal_error ;;"),
        (vec![("delimiter", "\"")], "a;b\n", "Invalid 1; query/delimiter literal_error \""),
        (vec![("delimiter", "é")], "a;b\n", "Invalid 1; query/delimiter literal_error é"),
        // European files.
        (vec![("decimal", ",")], "a;b\n1,5;2\n", "a 1+0; b 1+0"),
        (vec![("decimal", ",")], "a;b\n1.5;2\n", "b 1+0; -a 2 \"1.5\""),
        (vec![("decimal", ",")], "a\n1,5\n", "a 1+0"),
        (vec![("decimal", ","), ("delimiter", ",")], "a,b\n\"1,5\",2\n", "a 1+0; b 1+0"),
        (
            vec![("decimal", ","), ("column", "a")],
            "a;b\n1,5;2\n1.234,5;3\n",
            "Invalid 1; body/3/a float_parsing 1.234,5",
        ),
        (vec![("decimal", ",")], "1,5;2\n2,5;3\n", "column_1 2+0; column_2 2+0"),
        (vec![("decimal", "comma")], "a\n1\n", "Invalid 1; query/decimal literal_error comma"),
    ] {
        assert_eq!(outline(&query, body), expected, "{query:?}: {body:?}");
    }
    let tsv = ask(Some(Format::Tsv), &[], "a,x\tb\n1\t2\n");
    assert_eq!(outline_of(&tsv), "a,x 1+0; b 1+0");
}

/// Decimal commas and points give the same statistics.
#[test]
fn decimal_commas_are_decimal_points() {
    let points = "cohort;mark\n2023;41\n2023;55.5\n2023;-1.25e1\n2024;.5\n2024;7.\n2024;+1e-3\n";
    let commas = points.replace('.', ",");
    let query = [("group_by", "cohort"), ("overall", "true")];
    let expected = csv(&query, points).expect("an answer");
    assert_eq!(csv(&[&query[..], &[("decimal", ",")]].concat(), &commas).expect("an answer"), expected);
}

/// With a decimal comma a group value such as 2,5 is a number, too, and sorts before 10.
#[test]
fn groups_with_decimal_commas_are_in_the_order_of_their_values() {
    let body = "g;n\n10;1\n2,5;1\n-1,5;1\nx;1\n";
    let query = [("group_by", "g"), ("decimal", ",")];
    let expected = "n 1+0 {\"g\":\"-1,5\"}; n 1+0 {\"g\":\"2,5\"}; n 1+0 {\"g\":\"10\"}; n 1+0 {\"g\":\"x\"}";
    assert_eq!(outline(&query, body), expected);
}

#[test]
fn rows_are_counted_as_a_spreadsheet_does() {
    for (query, body, expected) in [
        (vec![("column", "m")], "m\n5\nx\n", "Invalid 1; body/3/m float_parsing x"),
        (vec![("column", "m")], "\n\nm\n5\n\n \nx\n", "Invalid 1; body/7/m float_parsing x"),
        (vec![("column", "m")], "\r\rm\r5\r\r \rx\r", "Invalid 1; body/7/m float_parsing x"),
        (vec![("column", "m")], "\r\n\r\nm\r\n5\r\n\r\n \r\nx\r\n", "Invalid 1; body/7/m float_parsing x"),
        // A record of several lines is one row.
        (vec![("column", "m")], "m,n\n5,\"a\r\nb\n\nc\"\nx,d\n", "Invalid 1; body/3/m float_parsing x"),
        (vec![("column", "m")], "m,\"n\no\"\n5,1\nx,d\n", "Invalid 1; body/3/m float_parsing x"),
        (vec![("column", "column_1"), ("header", "false")], "5\nx\n", "Invalid 1; body/2/column_1 float_parsing x"),
        // Title lines count, and quotes mean nothing in them.
        (vec![("column", "m"), ("skip_rows", "2")], "Ma\"rks\n2024\nm\n5\nx\n", "Invalid 1; body/5/m float_parsing x"),
        (
            vec![("column", "m"), ("skip_rows", "2")],
            "Ma\"rks\r\n\r\nm\r\n5\r\nx",
            "Invalid 1; body/5/m float_parsing x",
        ),
        (vec![("column", "m"), ("skip_rows", "2")], "Ma\"rks\r2024\rm\r5\rx", "Invalid 1; body/5/m float_parsing x"),
        (vec![("skip_rows", "1")], "t\n\nm\n5\nx\n", "-m 5 \"x\""),
        (vec![("skip_rows", "-1")], "t\n", "Invalid 1; query/skip_rows literal_error -1"),
        // Records that are too short or too long.
        (vec![], "a,b\n1,2\n3\n4,5,6\n\n7,8\n", "Invalid 1; body/4 ragged_row 4,5,6"),
        (vec![], "a,b\n1,2,\n3,4,\n", "a 2+0; b 2+0"),
        (vec![], "a,b\r\n1,2\r\n\r\n3\r\n", "a 2+0; b 1+1"),
        (vec![], "a,b\n1,2\n\"3\"\n", "a 2+0; b 1+1"),
        (vec![], "a,b\n1,2\n\"\"\n", "a 1+1; b 1+1"),
        // A delimiter at the end of every line is an empty last column.
        (vec![], "a,b,\n1,2,\n3,4,\n", "a 2+0; b 2+0; -column_3 2 \"\""),
        (vec![], "1,2,\n3,4,\n", "column_1 2+0; column_2 2+0; -column_3 1 \"\""),
        // Quotes.
        (vec![], "a,b\n1,\"2\n3,4\n", "Malformed 1; body/2 unclosed_quote"),
        (vec![], "a,b\n1,2\n3,\"4", "Malformed 1; body/3 unclosed_quote"),
        (vec![], "a,\"b\n1,2\n", "Malformed 1; body/1 unclosed_quote"),
        (vec![], "a,b\n\n1,\"2\"x\n3,4\n", "a 2+0; -b 3 \"2x\""),
        (vec![], "a,b\n1,\"2\" \n3, \"4\"\n", "a 2+0; b 2+0"),
        (vec![], "a,\"b\"c\n1,2\n", "a 1+0; bc 1+0"),
        (vec![], "a,b\n1\"2\",3\n4,5\n", "b 2+0; -a 2 \"1\\\"2\\\"\""),
        // Whatever is wrong with the cells, broken quotes come first.
        (vec![("column", "a")], "a,b\nx,1\n1\n1,\"2x\n", "Malformed 1; body/4 unclosed_quote"),
    ] {
        assert_eq!(outline(&query, body), expected, "{query:?}: {body:?}");
    }
}

/// A ragged record is shown, and what may be the reason is named.
#[test]
fn the_reason_of_a_ragged_record() {
    let message = |query: &[(&str, &str)], body: &str| {
        let outcome = ask(CSV, query, body);
        let Err(error) = &outcome else { panic!("{outcome:?}") };
        detail(error)
    };
    for (query, body, reason) in [
        (
            &[("delimiter", ","), ("skip_rows", "0")][..],
            "mark\n70\n72;resit,x\n",
            "row 3: has 2 cells and the header has 1; make them equal",
        ),
        (
            &[("delimiter", ",")],
            "t,v\na,1\n\"6\\\" long, thin\",1\n",
            "a quote follows a backslash in it: escape=\\ reads the two as a quote",
        ),
        (&[("delimiter", " ")], "a b\n1 2\n1  2\n", "if blanks align the columns, say delimiter=whitespace"),
        (&[("column", "b")], "a   b\n1   2\n", "If blanks align the columns, say delimiter=whitespace."),
    ] {
        assert!(message(query, body).contains(reason), "{}", message(query, body));
    }
    assert_eq!(
        refusal(&ask(CSV, &[("delimiter", ";"), ("skip_rows", "0")], "mark\n70\n72;resit\n")),
        "Invalid 1; body/3 ragged_row 72;resit"
    );
}

/// A cell beyond the limit ends the description only of a column that is asked for, to group by or to weight by.
#[test]
fn long_cells_of_other_columns() {
    let long = "x".repeat(200_000);
    for quote in ["", "\""] {
        let body = format!("t,m,w\n{quote}{long}{quote},5,1\n,6,2\n");
        assert_eq!(outline(&[], &body), format!("m 2+0; w 2+0; -t 2 \"{}\"", "x".repeat(40)));
        assert_eq!(outline(&[("column", "m")], &body), "m 2+0");
        for query in [("column", "t"), ("group_by", "t"), ("weights", "t")] {
            assert!(outline(&[query], &body).starts_with("TooLarge 1; body/2 too_long"), "{query:?}");
        }
    }
    // Digits are no number either beyond the limit.
    let digits = format!("t,m\n{},5\n1,6\n", "7".repeat(70_000));
    assert!(outline(&[], &digits).starts_with("m 2+0; -t 2 "), "{}", outline(&[], &digits));
}

#[test]
fn bytes_that_are_no_text() {
    const UTF_8: (&str, &str) = ("encoding", "utf-8");
    let malformed = "Malformed 1; body/3/m not_utf8 caf\u{fffd}";
    for (query, body, expected) in [
        (vec![UTF_8, ("column", "m")], &b"m,n\n1,2\ncaf\xe9,3\n"[..], malformed),
        (vec![UTF_8, ("column", "m"), ("invalid", "missing")], b"m,n\n1,2\ncaf\xe9,3\n", malformed),
        (vec![UTF_8, ("group_by", "m")], b"m,n\n1,2\ncaf\xe9,3\n", malformed),
        // What is not used is not looked at.
        (vec![UTF_8, ("column", "n")], b"m,n\n1,2\ncaf\xe9,3\n", "n 2+0"),
        (vec![UTF_8], b"caf\xe9,n\n1,2\n", "Malformed 1; body/1 not_utf8 caf\u{fffd}"),
        // A text that is not UTF-8 is Windows-1252 unless its encoding is given.
        (vec![("column", "m")], b"m,n\n1,2\ncaf\xe9,3\n", "Invalid 1; body/3/m float_parsing caf\u{e9}"),
        (vec![("column", "m"), ("invalid", "missing")], b"m,n\n1,2\ncaf\xe9,3\n", "m 1+0 1"),
        (vec![("group_by", "m")], b"m,n\n1,2\n\x80,3\n", "n 1+0 {\"m\":\"1\"}; n 1+0 {\"m\":\"\u{20ac}\"}"),
        (vec![], b"caf\xe9,n\n1,2\n", "caf\u{e9} 1+0; n 1+0"),
    ] {
        assert_eq!(outline_of(&ask(CSV, &query, body)), expected, "{query:?}: {}", body.escape_ascii());
    }
}

// --------------------------------------------------------------------------------------------------------- the cells

#[test]
fn absences_and_missing_values() {
    for (query, body, expected) in [
        // Markers, in their case.
        (
            vec![("column", "m"), ("invalid", "missing")],
            "m,n\n,1\nNA,1\nN/A,1\nn/a,1\nNaN,1\nnan,1\nNULL,1\nnull,1\nNone,1\n.,1\n#N/A,1\n na,1\nnone,1\n-,1\n",
            "m 0+11 3",
        ),
        (
            vec![("column", "m"), ("invalid", "missing"), ("missing", "-,none")],
            "m,n\n,1\nNA,1\n-,1\nnone,1\n5,1\n",
            "m 1+3 1",
        ),
        (
            vec![("column", "m"), ("invalid", "missing"), ("missing", "-"), ("missing", "none")],
            "m,n\n,1\nNA,1\n-,1\nnone,1\n5,1\n",
            "m 1+3 1",
        ),
        (vec![("column", "m"), ("missing", ",")], "m,n\n,1\nNA,1\n", "Invalid 1; body/3/m float_parsing NA"),
        (vec![("column", "m"), ("missing", "")], "m,n\n,1\nNA,1\n", "m 0+2"),
        // Codes, in theirs.
        (
            vec![("column", "m"), ("absent", "X,ABS"), ("invalid", "missing")],
            "m,n\nX,1\n X ,1\nx,1\nABS,1\nXX,1\n\"X\",1\n",
            r#"m 0+0 {"X":3,"ABS":1} 2"#,
        ),
        (vec![("absent", "X")], "m,n\nX,1\nY,1\n3,1\n", r#"n 3+0 {"X":0}; -m 3 "Y""#),
        (vec![("absent", "X")], "m,n\nX,1\n3,1\n", r#"m 1+0 {"X":1}; n 2+0 {"X":0}"#),
        (vec![("absent", "X")], "m,n\nX,1\n,1\n", r#"n 2+0 {"X":0}; -m 2 "X""#),
        // A code that is a number matches by value.
        (
            vec![("absent", "-2")],
            "m,n\n-2,1\n-2.0,1\n-20e-1,1\n -2,1\n\" -2.00 \",1\n2,1\n-2.1,1\n",
            r#"m 2+0 {"-2":5}; n 7+0 {"-2":0}"#,
        ),
        (vec![("absent", "0")], "m,n\n-0,1\n0.0,1\n0e5,1\n1,1\n", r#"m 1+0 {"0":3}; n 4+0 {"0":0}"#),
        // A code comes before a marker, and a marker before a number.
        (vec![("absent", "NA")], "m,n\nNA,1\n,1\n5,1\n", r#"m 1+1 {"NA":1}; n 3+0 {"NA":0}"#),
        (vec![("missing", "-99")], "m,n\n-99,1\n99,1\n", "m 1+1; n 2+0"),
        // They are of no concern to groups.
        (
            vec![("absent", "X"), ("group_by", "g")],
            "g,m\nX,1\nNA,2\n,3\n",
            r#"m 1+0 {"g":"NA"} {"X":0}; m 1+0 {"g":"X"} {"X":0}; m 1+0 {"g":null} {"X":0}"#,
        ),
        // What is no number.
        (
            vec![("column", "m")],
            "m,n\nnan,1\ninf,1\n-Infinity,1\n1_0,1\n0x1,1\n1e400,1\n٣,1\n",
            "Invalid 6; body/3/m float_parsing inf; body/4/m float_parsing -Infinity; body/5/m float_parsing 1_0; body/6/m float_parsing 0x1; body/7/m out_of_range 1e400; body/8/m float_parsing ٣",
        ),
        (
            vec![("column", "m"), ("column", "n")],
            "m,n\nx,y\n1,z\n",
            "Invalid 3; body/2/m float_parsing x; body/2/n float_parsing y; body/3/n float_parsing z",
        ),
        (vec![("column", "m"), ("invalid", "drop")], "m\nx\n", "Invalid 1; query/invalid literal_error drop"),
        (vec![("absent", "X,X")], "m\nx\n", "Invalid 1; query/absent repeated X"),
    ] {
        assert_eq!(outline(&query, body), expected, "{query:?}: {body:?}");
    }
}

/// A name that is not used is not looked at either.
#[test]
fn names_that_are_not_text_matter_only_where_they_are_used() {
    assert_eq!(outline_of(&ask(CSV, &[("column", "n")], b"caf\xe9,n\n1,2\n")), "n 1+0");
}

/// Blanks around a cell change nothing: two codes of one value are distinguished by their text, or not at all.
#[test]
fn codes_of_one_value_are_distinguished_alike_with_blanks_and_without() {
    let query = [("column", "m"), ("absent", "-2,-2.0")];
    let bare = outline(&query, "m,n\n-2.0,1\n");
    assert_eq!(bare, outline(&query, "m,n\n -2.0,1\n"));
    assert_eq!(bare, r#"m 0+0 {"-2":0,"-2.0":1}"#);
}

/// A code comes before a missing marker, also when the marker is the same number in other digits.
#[test]
fn codes_come_before_markers_alike_with_blanks_and_without() {
    let query = [("column", "m"), ("absent", "-2"), ("missing", "-2.0")];
    assert_eq!(outline(&query, "m,n\n-2.0,1\n"), r#"m 0+0 {"-2":1}"#);
    assert_eq!(outline(&query, "m,n\n -2.0,1\n"), r#"m 0+0 {"-2":1}"#);
}

#[test]
fn policies_for_missing_values() {
    let body = "g,m\na,1\na,\nb,2\nb,3\n";
    assert_eq!(outline(&[("group_by", "g")], body), outline(&[("group_by", "g"), ("nan_policy", "omit")], body));
    let propagated = csv(&[("group_by", "g"), ("nan_policy", "propagate")], body).expect("an answer");
    let value: serde_json::Value = serde_json::from_str(&propagated).expect("JSON");
    assert!(value["results"][0]["mean"].is_null() && value["results"][0]["minmax"][0].is_null(), "{propagated}");
    assert_eq!(value["results"][0]["missing"], 1, "{propagated}");
    assert_eq!(value["results"][0]["warnings"][0]["code"], "nan", "{propagated}");
    assert_eq!(value["results"][1]["mean"], 2.5, "{propagated}");
    assert!(value["results"][1].get("warnings").is_none(), "{propagated}");
    let raised = [("group_by", "g"), ("nan_policy", "raise")];
    assert_eq!(outline(&raised, body), "Invalid 1; body/3/m missing_value ");
    assert_eq!(outline(&raised, &body.replace("a,\n", "a,NA\n")), "Invalid 1; body/3/m missing_value NA");
    assert_eq!(
        outline(&[("nan_policy", "raise"), ("absent", "X")], "m,n\nX,1\n2,1\n"),
        r#"m 1+0 {"X":1}; n 2+0 {"X":0}"#
    );
}

/// A column that is not described cannot raise.
#[test]
fn what_is_skipped_does_not_raise() {
    let query = [("nan_policy", "raise")];
    assert_eq!(outline(&query, "name,m\nAnn,1\n,2\n"), "m 2+0; -name 2 \"Ann\"");
    assert_eq!(outline(&query, "name,m\n,1\nBob,2\n"), "m 2+0; -name 3 \"Bob\"");
}

#[test]
fn groups_are_text_in_natural_order() {
    let values = [
        "b",
        "10",
        "9",
        "a",
        "1",
        "01",
        "",
        "\"é\"",
        "-1",
        "1e1",
        "\"x,y\"",
        "\"say \"\"hi\"\"\"",
        " 9 ",
        "nan",
        "inf",
        "Z",
        "NA",
        "0",
        "-0",
        "1.0",
        "😀",
        "\u{e000}",
    ];
    let body = format!("g,m\n{}", values.map(|value| format!("{value},1\n")).concat());
    let expected = [
        ("\"-1\"", 1),
        ("\"-0\"", 1),
        ("\"0\"", 1),
        ("\"01\"", 1),
        ("\"1\"", 1),
        ("\"1.0\"", 1),
        ("\"9\"", 2),
        ("\"10\"", 1),
        ("\"1e1\"", 1),
        ("\"NA\"", 1),
        ("\"Z\"", 1),
        ("\"a\"", 1),
        ("\"b\"", 1),
        ("\"inf\"", 1),
        ("\"nan\"", 1),
        ("\"say \\\"hi\\\"\"", 1),
        ("\"x,y\"", 1),
        ("\"é\"", 1),
        ("\"\u{e000}\"", 1),
        ("\"😀\"", 1),
        ("null", 1),
    ];
    let expected: Vec<String> =
        expected.iter().map(|(value, count)| format!("m {count}+0 {{\"g\":{value}}}")).collect();
    assert_eq!(outline(&[("group_by", "g")], &body), expected.join("; "));
}

#[test]
fn several_group_columns_go_in_the_order_asked_for() {
    let body = "a,b,m\n2,x,1\n1,y,2\n2,,3\n1,x,4\n";
    let expected = concat!(
        r#"m 1+0 {"b":"x","a":"1"}; m 1+0 {"b":"x","a":"2"}; m 1+0 {"b":"y","a":"1"}; m 1+0 {"b":null,"a":"2"}; "#,
        "m 4+0 {}"
    );
    assert_eq!(outline(&[("group_by", "b"), ("group_by", "a"), ("overall", "true")], body), expected);
    assert_eq!(outline(&[("overall", "true")], body), "a 4+0; m 4+0; -b 2 \"x\"");
}

/// Group by group, within a group column by column, overall last; absences and invalid cells in each.
#[test]
fn every_count_is_in_its_place() {
    let body = "g,m,n\nx,1,A\ny,,2\nx,B,bad\ny,4,5\n,7,A\n";
    let query = [
        ("group_by", "g"),
        ("column", "n"),
        ("column", "m"),
        ("absent", "A,B"),
        ("invalid", "missing"),
        ("overall", "true"),
    ];
    let expected = concat!(
        r#"n 0+0 {"g":"x"} {"A":1,"B":0} 1; m 1+0 {"g":"x"} {"A":0,"B":1} 0; "#,
        r#"n 2+0 {"g":"y"} {"A":0,"B":0} 0; m 1+1 {"g":"y"} {"A":0,"B":0} 0; "#,
        r#"n 0+0 {"g":null} {"A":1,"B":0} 0; m 1+0 {"g":null} {"A":0,"B":0} 0; "#,
        r#"n 2+0 {} {"A":2,"B":0} 1; m 3+1 {} {"A":0,"B":1} 0"#
    );
    assert_eq!(outline(&query, body), expected);
}

// ------------------------------------------------------------------------------------------------------------ limits

#[test]
fn limits_name_their_setting() {
    let limits = Limits { cell: 10, groups: 3, columns: 3, ..Limits::default() };
    let ask = |query: &[(&str, &str)], body: &str| ask_chunks(CSV, query, &limits, [body.as_bytes()]);
    let long = "1234567890a";
    for (query, body, setting) in [
        (vec![("column", "m")], format!("m,n\n{long},1\n"), "CELL_LIMIT"),
        (vec![("column", "m")], format!("m,n\n\"{long}\",1\n"), "CELL_LIMIT"),
        (vec![("column", "m")], format!("m,n\n1,1\n{long},1"), "CELL_LIMIT"),
        (vec![("group_by", "m")], format!("m,n\n{long},1\n"), "CELL_LIMIT"),
        (vec![], format!("m,{long}\n1,1\n"), "CELL_LIMIT"),
        (vec![], "a,b,c,d\n1,2,3,4\n".to_owned(), "COLUMN_LIMIT"),
        (vec![("column", "a")], "a,b,c,d\n1,2,3,4\n".to_owned(), "COLUMN_LIMIT"),
        (vec![("group_by", "g")], "g,m\n1,1\n2,1\n3,1\n4,1\n".to_owned(), "GROUP_LIMIT"),
    ] {
        let outcome = ask(&query, &body);
        let error = outcome.expect_err(&body);
        assert_eq!(error.kind(), describe_options::Kind::TooLarge, "{query:?}: {body:?}");
        assert!(detail(&error).contains(setting), "{body:?}: {}", detail(&error));
    }
    for (query, body, expected) in [
        (vec![], format!("m,n\n{long},1\n"), "n 1+0; -m 2 \"1234567890a…\""),
        (vec![("column", "m")], format!("m,n\n1234567890,{long}\n"), "m 1+0"),
        (vec![("column", "m")], format!("m,n\n1234567890,\"{long}\"\n"), "m 1+0"),
        (vec![], "a,b,c\n1,2,3\n".to_owned(), "a 1+0; b 1+0; c 1+0"),
        (
            vec![("group_by", "g"), ("column", "g")],
            "g\n1\n2\n3\n3\n".to_owned(),
            r#"g 1+0 {"g":"1"}; g 1+0 {"g":"2"}; g 2+0 {"g":"3"}"#,
        ),
    ] {
        assert_eq!(outline_of(&ask(&query, &body)), expected, "{query:?}: {body:?}");
    }
}

#[test]
fn bad_cells_are_listed_up_to_twenty_and_all_counted() {
    let records: Vec<String> = (0..25).map(|n| format!("x{n},1\n")).collect();
    let error = csv(&[("column", "m")], &format!("m,n\n{}", records.concat())).expect_err("bad cells");
    assert_eq!((error.listed().len(), error.count()), (20, 25));
    let equal = csv(&[("column", "m")], &format!("m,n\n{}", "x,1\n".repeat(25))).expect_err("bad cells");
    assert_eq!((equal.listed().len(), equal.count()), (1, 25));
    let long = "x".repeat(50);
    let error = csv(&[("column", "m")], &format!("m,n\n{long},1\n")).expect_err("a bad cell");
    assert_eq!(error.listed()[0].input.as_deref(), Some(&long[..40]));
    assert_eq!(answered(&csv(&[("column", "m")], "m,n\n 7 ,1\n")), answered(&csv(&[("column", "m")], "m,n\n7,1\n")));
}
