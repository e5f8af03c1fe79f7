//! One data set in every format, encoding and coding: the same bytes of answer, which are what exact rationals say; and
//! the `describe` command prints them, too.

use crate::detail;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use describe_readers::{Coding, Format, Limits, Source};
use flate2::Compression as Level;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};

use crate::ask::{answered, ask, ask_chunks, figures, without_reading};
use crate::biff::{Cell as Stored, Manner};
use crate::model::{Cells, Question};
use crate::oracle::{self, Double};
use crate::parquet::{Column, Values, file, texts};
use crate::place::Place;

/// Marks with all that can happen to them. No number is one that a binary double would show in other digits.
fn cells() -> Cells {
    let records = (0..97_u32).map(|i| {
        let name = match i % 9 {
            0 => "Zoë, \"Z.\"".to_owned(),
            1 => "O'Brien;\tå".to_owned(),
            2 => "Ann | Bob".to_owned(),
            3 => "two\nlines".to_owned(),
            _ => format!("candidate {i}"),
        };
        let cohort = ["2023", "2024", "late", "", "é, \"x\"", "9"][(i % 6) as usize];
        let mark = match i % 13 {
            0 => String::new(),
            1 => "X".to_owned(),
            2 => "ABS".to_owned(),
            3 => "-2".to_owned(),
            4 => "NA".to_owned(),
            5 => format!("{}.5", i % 50),
            6 => format!("-{}.125", i % 7),
            _ => (i * i % 101).to_string(),
        };
        let score = format!("0.{:03}", i * 37 % 1000);
        let score = score.trim_end_matches('0').trim_end_matches('.').to_owned();
        vec![name, cohort.to_owned(), mark, score]
    });
    Cells::new(&["name", "cohort", "mark", "score"], records)
}

fn question(columns: &[&str], group_by: &[&str]) -> Question {
    let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    Question {
        columns: owned(columns),
        group_by: owned(group_by),
        absent: owned(&["X", "ABS", "-2"]),
        overall: true,
        ..Question::default()
    }
}

/// Options of every request.
fn questions() -> Vec<Question> {
    vec![
        question(&["mark", "score"], &["cohort"]),
        question(&["score"], &["cohort", "name"]),
        question(&["score", "mark"], &[]),
        Question {
            invalid_as_missing: true,
            missing: Some(vec!["NA".into(), "late".into()]),
            ..question(&["mark", "cohort"], &["name"])
        },
    ]
}

/// A file: what it is, how it must be asked for beyond the question, how it is called, and its bytes.
struct Spelling {
    what: &'static str,
    format: Format,
    extra: Vec<(&'static str, &'static str)>,
    ending: &'static str,
    bytes: Vec<u8>,
}

impl Spelling {
    fn new(what: &'static str, format: Format, ending: &'static str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { what, format, extra: Vec::new(), ending, bytes: bytes.into() }
    }

    fn with(self, extra: &[(&'static str, &'static str)]) -> Self {
        Self { extra: extra.to_vec(), ..self }
    }

    fn query<'a>(&'a self, question: &'a Question) -> Vec<(&'a str, &'a str)> {
        [question.query(), self.extra.clone()].concat()
    }
}

fn rows(cells: &Cells) -> impl Iterator<Item = &Vec<String>> {
    std::iter::once(&cells.header).chain(cells.records.iter().map(|(_, record)| record))
}

/// Delimited text in which a cell is quoted when it must or when `always`.
fn delimited(cells: &Cells, delimiter: char, end: &str, always: bool) -> String {
    let cell = |cell: &String| {
        let quoted = always || cell.contains(['"', '\n', '\r', delimiter]);
        if quoted { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() }
    };
    let line = |record: &Vec<String>| record.iter().map(cell).collect::<Vec<_>>().join(&delimiter.to_string()) + end;
    rows(cells).map(line).collect()
}

/// The same numbers with decimal commas.
fn with_commas(cells: &Cells) -> Cells {
    let mut cells = cells.clone();
    for (_, record) in &mut cells.records {
        for cell in &mut record[2..] {
            *cell = cell.replace('.', ",");
        }
    }
    cells
}

fn is_number(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit() || first == '-')
}

/// A cell as a JSON value: numbers bare, nothing as null.
fn json_cell(cell: &str) -> String {
    match cell {
        "" => "null".to_owned(),
        text if is_number(text) => text.to_owned(),
        text => serde_json::to_string(text).expect("text"),
    }
}

/// Every value in quotes.
fn json_text(cell: &str) -> String {
    serde_json::to_string(cell).expect("text")
}

fn json_object(cells: &Cells, record: &[String], value: fn(&str) -> String) -> String {
    let members = cells.header.iter().zip(record).map(|(name, cell)| format!("\"{name}\":{}", value(cell)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

fn json_lines(cells: &Cells, value: fn(&str) -> String, between: &str) -> String {
    let objects = cells.records.iter().map(|(_, record)| json_object(cells, record, value));
    objects.collect::<Vec<_>>().join(between)
}

fn json_arrays(cells: &Cells, value: fn(&str) -> String) -> String {
    let column = |(column, name): (usize, &String)| {
        let values = cells.records.iter().map(|(_, record)| value(&record[column]));
        format!("\"{name}\": [{}]", values.collect::<Vec<_>>().join(", "))
    };
    format!("{{{}}}", cells.header.iter().enumerate().map(column).collect::<Vec<_>>().join(",\n"))
}

fn utf16(text: &str, little: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
}

fn windows_1252(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(letter).expect("Latin")).collect()
}

/// Delimited text in every way.
fn delimited_spellings(cells: &Cells) -> Vec<Spelling> {
    let plain = delimited(cells, ',', "\n", false);
    let marked = format!("\u{feff}{plain}");
    let commas = with_commas(cells);
    let new = |what, bytes: Vec<u8>| Spelling::new(what, Format::Csv, "csv", bytes);
    let text = |what, text: String| Spelling::new(what, Format::Csv, "csv", text);
    vec![
        text("CSV", plain.clone()),
        text("CSV with CRLF", delimited(cells, ',', "\r\n", false)),
        text("CSV with CR", delimited(cells, ',', "\r", false)),
        text("CSV with every cell in quotes", delimited(cells, ',', "\r\n", true)),
        text("CSV with a byte order mark", marked.clone()),
        text("CSV without a last line end", plain.trim_end().to_owned()),
        text("CSV with blank lines", format!("\n{}\n \n", delimited(cells, ',', "\n\n", false))),
        text("CSV with a title", format!("Marks, 2024\n\"\n{plain}")).with(&[("skip_rows", "2")]),
        text("semicolons", delimited(cells, ';', "\n", false)),
        text("pipes", delimited(cells, '|', "\n", false)),
        text("tabs", delimited(cells, '\t', "\n", false)),
        text("carets", delimited(cells, '^', "\n", false)).with(&[("delimiter", "^")]),
        Spelling::new("TSV", Format::Tsv, "tsv", delimited(cells, '\t', "\n", false)),
        text("decimal commas", delimited(&commas, ';', "\n", false)).with(&[("decimal", ",")]),
        text("decimal commas in CSV", delimited(&commas, ',', "\n", true))
            .with(&[("decimal", ","), ("delimiter", ",")]),
        new("UTF-16LE", utf16(&marked, true)),
        new("UTF-16BE", utf16(&marked, false)),
        new("UTF-16LE without a mark", utf16(&plain, true)).with(&[("encoding", "utf-16le")]),
        new("Windows-1252", windows_1252(&plain)).with(&[("encoding", "windows-1252")]),
        new("Latin-1", windows_1252(&plain)).with(&[("encoding", "latin1")]),
    ]
}

fn json_spellings(cells: &Cells) -> Vec<Spelling> {
    let json = |what, text: String| Spelling::new(what, Format::Json, "json", text);
    let lines = |what, text: String| Spelling::new(what, Format::Ndjson, "ndjson", text);
    let records = format!("[{}]", json_lines(cells, json_cell, ",\n "));
    vec![
        json("records", records.clone()),
        json("records of texts", format!(" [ {} ] ", json_lines(cells, json_text, " , "))),
        json("records with a byte order mark", format!("\u{feff}{records}")),
        Spelling::new("records in UTF-16", Format::Json, "json", utf16(&format!("\u{feff}{records}"), true)),
        json("named arrays", json_arrays(cells, json_cell)),
        json("named arrays of texts", json_arrays(cells, json_text)),
        lines("NDJSON", json_lines(cells, json_cell, "\n")),
        lines("NDJSON with CRLF and blank lines", json_lines(cells, json_text, "\r\n\r\n") + "\r\n"),
    ]
}

/// A workbook in which numbers are numbers or, all of them, texts.
fn xlsx(cells: &Cells, texts: bool) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (record, row) in rows(cells).zip(0..) {
        for (cell, column) in record.iter().zip(0..) {
            if is_number(cell) && !texts {
                sheet.write_number(row, column, cell.parse::<f64>().expect("a number")).expect("written");
            } else if !cell.is_empty() {
                sheet.write_string(row, column, cell).expect("written");
            }
        }
    }
    book.save_to_buffer().expect("saved")
}

/// The same as an office program writes it in ODS: a paragraph a line, and an element for a tab.
fn ods(cells: &Cells) -> Vec<u8> {
    let cell = |cell: &String| {
        if is_number(cell) {
            return format!("<table:table-cell office:value-type=\"float\" office:value=\"{cell}\"/>");
        }
        let text = cell.replace('&', "&amp;").replace('<', "&lt;").replace('\t', "<text:tab/>");
        let paragraphs = text.lines().map(|line| format!("<text:p>{line}</text:p>")).collect::<Vec<_>>().concat();
        format!("<table:table-cell office:value-type=\"string\">{paragraphs}</table:table-cell>")
    };
    let row = |record: &Vec<String>| {
        format!("<table:table-row>{}</table:table-row>", record.iter().map(cell).collect::<String>())
    };
    crate::workbook::ods(&format!("<table:table>{}</table:table>", rows(cells).map(row).collect::<String>()))
}

/// The same as an older office program writes it.
fn xls(cells: &Cells, manner: Manner) -> Vec<u8> {
    let cell = |cell| match cell {
        "" => Stored::Empty,
        number if is_number(number) => Stored::Number(number.parse().expect("a number")),
        text => Stored::Text(text),
    };
    let rows = rows(cells).map(|record| record.iter().map(|text| cell(text.as_str())).collect());
    crate::biff::book(&[("S", true, rows.collect())], manner)
}

/// Scores as doubles, all else as texts that may be null, in two row groups.
fn parquet_file(cells: &Cells, properties: WriterPropertiesBuilder) -> Vec<u8> {
    const SCHEMA: &str = "message m { required byte_array name (UTF8); optional byte_array cohort (UTF8);
        optional byte_array mark (UTF8); required double score; }";
    let group = |records: &[(u64, Vec<String>)]| -> Vec<Column> {
        let column = |column: usize| records.iter().map(move |(_, record)| record[column].as_str());
        let optional = |place: usize| {
            let present: Vec<&str> = column(place).filter(|cell| !cell.is_empty()).collect();
            (texts(&present), Some(column(place).map(|cell| i16::from(!cell.is_empty())).collect()))
        };
        let scores = column(3).map(|score| score.parse().expect("a number")).collect();
        vec![(texts(&column(0).collect::<Vec<_>>()), None), optional(1), optional(2), (Values::Doubles(scores), None)]
    };
    let (first, second) = cells.records.split_at(cells.records.len() / 2);
    file(SCHEMA, properties, &[group(first), group(second)])
}

fn binary_spellings(cells: &Cells) -> Vec<Spelling> {
    let zstd = Compression::ZSTD(ZstdLevel::default());
    let book = |what, ending, bytes| Spelling::new(what, Format::Workbook, ending, bytes);
    let parquet = |what, properties| Spelling::new(what, Format::Parquet, "parquet", parquet_file(cells, properties));
    vec![
        book("XLSX", "xlsx", xlsx(cells, false)),
        book("XLSX of texts", "xlsx", xlsx(cells, true)),
        book("ODS", "ods", ods(cells)),
        book("XLS", "xls", xls(cells, Manner::Plain)),
        book("XLS of formulas", "xls", xls(cells, Manner::Formulas)),
        parquet("Parquet", WriterProperties::builder()),
        parquet("Parquet with zstd", WriterProperties::builder().set_compression(zstd)),
        parquet("Parquet with Snappy", WriterProperties::builder().set_compression(Compression::SNAPPY)),
    ]
}

fn spellings() -> Vec<Spelling> {
    let cells = cells();
    let text = delimited_spellings(&cells).into_iter().chain(json_spellings(&cells));
    text.chain(binary_spellings(&cells)).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Level::default());
    encoder.write_all(bytes).expect("written");
    encoder.finish().expect("finished")
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Level::default());
    encoder.write_all(bytes).expect("written");
    encoder.finish().expect("finished")
}

fn raw_deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Level::default());
    encoder.write_all(bytes).expect("written");
    encoder.finish().expect("finished")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).expect("compressed")
}

fn brotli(mut bytes: &[u8]) -> Vec<u8> {
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 4, ..Default::default() };
    brotli::BrotliCompress(&mut bytes, &mut compressed, &parameters).expect("compressed");
    compressed
}

/// The same bytes in every coding.
fn compressed(bytes: &[u8]) -> Vec<(Vec<Coding>, Vec<u8>)> {
    let (start, end) = bytes.split_at(bytes.len() / 3);
    vec![
        (vec![Coding::Gzip], gzip(bytes)),
        (vec![Coding::Gzip], [gzip(start), gzip(end)].concat()),
        (vec![Coding::Deflate], zlib(bytes)),
        (vec![Coding::Deflate], raw_deflate(bytes)),
        (vec![Coding::Zstd], zstd(bytes)),
        (vec![Coding::Zstd], [zstd(start), zstd(end)].concat()),
        (vec![Coding::Brotli], brotli(bytes)),
        (vec![Coding::Gzip, Coding::Brotli], brotli(&gzip(bytes))),
        (vec![Coding::Zstd, Coding::Deflate], zlib(&zstd(bytes))),
    ]
}

/// Every spelling, as declared and recognised by its content, at once and in pieces: what the model says.
#[test]
fn every_spelling_has_the_same_answer() {
    let cells = cells();
    for question in questions() {
        let expected = cells.describe(&question);
        for spelling in spellings() {
            let query = spelling.query(&question);
            let outcome = ask(Some(spelling.format), &query, &spelling.bytes);
            assert_eq!(answered(&outcome), expected, "{}", spelling.what);
            let pieces = spelling.bytes.chunks(7);
            assert!(
                ask_chunks(Some(spelling.format), &query, &Limits::default(), pieces) == outcome,
                "{}",
                spelling.what
            );
            if spelling.ending != "tsv" {
                assert!(ask(None, &query, &spelling.bytes) == outcome, "{} by content", spelling.what);
            }
        }
    }
}

/// Correlations, which need the cells of a record together, are the same however they are spelled.
#[test]
fn every_spelling_has_the_same_correlations() {
    let given = |groups: &[&'static str]| -> Vec<(&str, &str)> {
        let codes = ["X", "ABS", "-2"].into_iter().map(|code| ("absent", code));
        let groups = groups.iter().map(|group| ("group_by", *group));
        [("correlations", "mark,score"), ("overall", "true")].into_iter().chain(codes).chain(groups).collect()
    };
    // Without groups there is no result over all.
    for options in [given(&["cohort"]), given(&[])] {
        let mut first: Option<String> = None;
        for spelling in spellings() {
            let query = [options.clone(), spelling.extra.clone()].concat();
            let outcome = ask(Some(spelling.format), &query, &spelling.bytes);
            let answer = answered(&outcome);
            assert!(answer.contains("\"correlations\":[{\"a\":\"mark\",\"b\":\"score\""), "{answer}");
            assert_eq!(answer, *first.get_or_insert_with(|| answer.clone()), "{}", spelling.what);
            let pieces = ask_chunks(Some(spelling.format), &query, &Limits::default(), spelling.bytes.chunks(7));
            assert!(pieces == outcome, "{}", spelling.what);
        }
        let first = first.expect("spellings");
        let mut numbers: Vec<(f64, f64)> = Vec::new();
        for (_, record) in &cells().records {
            numbers.extend(record[2].parse().ok().filter(|mark| *mark != -2.0).zip(record[3].parse().ok()));
        }
        assert!(first.contains(&format!("\"nobs\":{},\"pearson\"", numbers.len())), "{first}");
    }
}

/// A request for all columns reports the skipped ones with their first cell; rows are counted with the header if there is
/// one.
#[test]
fn every_spelling_skips_the_same_columns() {
    let question = Question { overall: false, ..question(&[], &["cohort"]) };
    let expected = cells().describe(&question);
    assert!(expected.contains("\"row\":2"), "{expected}");
    for spelling in spellings() {
        let outcome = answered(&ask(Some(spelling.format), &spelling.query(&question), &spelling.bytes));
        let rows_before = match spelling.what {
            "CSV with a title" | "CSV with blank lines" => 4,
            _ if matches!(spelling.ending, "json" | "ndjson" | "parquet") => 1,
            _ => 2,
        };
        let expected = expected.replace("\"row\":2", &format!("\"row\":{rows_before}"));
        if spelling.what.starts_with("NDJSON with") {
            continue;
        }
        assert_eq!(outcome, expected, "{}", spelling.what);
    }
}

#[test]
fn every_coding_has_the_same_answer() {
    let question = &questions()[0];
    let expected = cells().describe(question);
    for spelling in spellings() {
        for (codings, bytes) in compressed(&spelling.bytes) {
            let source = Source { format: Some(spelling.format), codings: codings.clone(), ..Source::default() };
            let outcome = ask_chunks(source, &spelling.query(question), &Limits::default(), bytes.chunks(100));
            assert_eq!(answered(&outcome), expected, "{} {codings:?}", spelling.what);
        }
        for bytes in [gzip(&spelling.bytes), zstd(&spelling.bytes)] {
            if spelling.ending != "tsv" {
                let outcome = ask(None, &spelling.query(question), bytes);
                assert_eq!(answered(&outcome), expected, "{} by content", spelling.what);
            }
        }
    }
}

/// A compressed file that breaks off or is changed somewhere is refused or gives the right answer.
#[test]
fn broken_codings_are_never_shorter_inputs() {
    let cells = cells();
    let question = question(&["score"], &[]);
    let expected = cells.describe(&question);
    let body = delimited(&cells, ',', "\n", false);
    for (codings, bytes) in compressed(body.as_bytes()) {
        // The end of the first of two members is an end.
        let boundary = match codings[0] {
            Coding::Gzip => gzip(&body.as_bytes()[..body.len() / 3]).len(),
            _ => zstd(&body.as_bytes()[..body.len() / 3]).len(),
        };
        let source = Source { format: Some(Format::Csv), codings: codings.clone(), ..Source::default() };
        for end in (0..bytes.len()).step_by(13).chain([bytes.len() - 1]).filter(|end| *end != boundary) {
            let outcome = ask(source.clone(), &question.query(), &bytes[..end]);
            assert!(outcome.is_err(), "{codings:?} cut at {end} of {}", bytes.len());
        }
        for place in (0..bytes.len()).step_by(17) {
            let mut bytes = bytes.clone();
            bytes[place] ^= 0x10;
            // Only gzip and zlib carry a checksum; here it matters that nothing panics.
            if let Ok(json) = ask(source.clone(), &question.query(), &bytes)
                && codings == [Coding::Gzip]
            {
                assert_eq!(figures(&json), expected, "{codings:?} changed at {place}");
            }
        }
    }
}

/// Two halves are one data set, in any two formats.
#[test]
fn files_of_different_formats_are_one_data_set() {
    use describe_options::Options;
    use describe_readers::Reader;
    use describe_reports::json::answer;
    let cells = cells();
    let question = &questions()[0];
    let expected = cells.describe(question);
    let (first, second) = cells.records.split_at(40);
    let half = |records: &[(u64, Vec<String>)]| Cells { records: records.to_vec(), ..cells.clone() };
    let (first, second) = (half(first), half(second));
    let options = Options::parse(&crate::ask::given(&question.query())).expect("options");
    let ways = |cells: &Cells| {
        [
            (Format::Csv, delimited(cells, ',', "\n", false).into_bytes()),
            (Format::Tsv, delimited(cells, '\t', "\r\n", true).into_bytes()),
            (Format::Json, format!("[{}]", json_lines(cells, json_cell, ",")).into_bytes()),
            (Format::Json, json_arrays(cells, json_cell).into_bytes()),
            (Format::Ndjson, json_lines(cells, json_cell, "\n").into_bytes()),
            (Format::Workbook, xlsx(cells, false)),
            (Format::Workbook, ods(cells)),
            (Format::Workbook, xls(cells, Manner::Packed)),
            (Format::Parquet, parquet_file(cells, WriterProperties::builder())),
        ]
    };
    let joined = |(format, file): &(Format, Vec<u8>), (next_format, next): &(Format, Vec<u8>)| {
        let mut reader = Reader::new(Some(*format), &options, &Limits::default());
        reader.feed(file)?;
        reader.next_file(Some(*next_format).into())?;
        reader.feed(next)?;
        answer(&reader.finish()?.data, &options)
    };
    let mut wrong = Vec::new();
    for first in ways(&first) {
        for second in ways(&second) {
            match joined(&first, &second) {
                Ok(json) => assert_eq!(figures(&without_reading(str::from_utf8(&json).expect("UTF-8"))), expected),
                Err(error) => wrong.push(format!("{:?} and {:?}: {}", first.0, second.0, detail(&error))),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Outline of the answer about named files.
fn of_files(query: &[(&str, &str)], files: &[(Option<&str>, Format, &[u8])]) -> String {
    use describe_options::Options;
    use describe_readers::{Reader, Source};
    let read = || {
        let options = Options::parse(&crate::ask::given(query))?;
        let mut reader: Option<Reader> = None;
        for (name, format, bytes) in files {
            let source = Source { format: Some(*format), name: name.map(str::to_owned), ..Source::default() };
            match &mut reader {
                None => reader = Some(Reader::new(source, &options, &Limits::default())),
                Some(reader) => reader.next_file(source)?,
            }
            reader.as_mut().expect("a reader").feed(bytes)?;
        }
        let json = describe_reports::json::answer(&reader.expect("a file").finish()?.data, &options)?;
        Ok(without_reading(str::from_utf8(&json).expect("UTF-8")))
    };
    crate::delimited::outline_of(&read())
}

/// Files of every format are groups by their names, in any place among the columns to group by.
#[test]
fn files_are_groups_by_their_names() {
    let schema = "message m { required byte_array g (UTF8); required int32 mark; }";
    let parquet = |marks: &[(&str, i32)]| {
        let names: Vec<&str> = marks.iter().map(|(name, _)| *name).collect();
        let marks = marks.iter().map(|(_, mark)| *mark).collect();
        file(schema, WriterProperties::builder(), &[vec![(texts(&names), None), (Values::Integers(marks), None)]])
    };
    let ways = |records: &[(&str, i32)]| {
        let rows = |row: fn(&str, i32) -> String, between: &str| {
            records.iter().map(|(name, mark)| row(name, *mark)).collect::<Vec<_>>().join(between)
        };
        let csv = format!("g,mark\n{}\n", rows(|name, mark| format!("{name},{mark}"), "\n"));
        let lines = rows(|name, mark| format!(r#"{{"mark":{mark},"g":"{name}"}}"#), "\n");
        let json = format!("[{}]", lines.replace('\n', ","));
        let arrays = format!(r#"[["g","mark"],{}]"#, rows(|name, mark| format!(r#"["{name}",{mark}]"#), ","));
        let columns = format!(
            r#"{{"g":[{}],"mark":[{}]}}"#,
            rows(|name, _| format!("\"{name}\""), ","),
            rows(|_, mark| mark.to_string(), ",")
        );
        let cells: Vec<[String; 2]> =
            records.iter().map(|(name, mark)| [(*name).to_owned(), mark.to_string()]).collect();
        let cells: Vec<[&str; 2]> = cells.iter().map(|[name, mark]| [name.as_str(), mark.as_str()]).collect();
        let rows: Vec<&[&str]> = std::iter::once(&["g", "mark"]).chain(&cells).map(|row| &row[..]).collect();
        let [xlsx, ods, xls] = crate::workbook::books(&[("s", true, &rows)]);
        [
            (Format::Csv, csv.into_bytes()),
            (Format::Ndjson, lines.into_bytes()),
            (Format::Json, json.into_bytes()),
            (Format::Json, arrays.into_bytes()),
            (Format::Json, columns.into_bytes()),
            (Format::Workbook, xlsx),
            (Format::Workbook, ods),
            (Format::Workbook, xls),
            (Format::Parquet, parquet(records)),
        ]
    };
    let one = |group: &str, count: u64| format!("mark {count}+0 {{{group}}}");
    for (format, first) in ways(&[("x", 5), ("y", 6)]) {
        for (next_format, next) in ways(&[("x", 7)]) {
            let files: [(_, _, &[u8]); 3] = [
                (Some("b.2"), format, &first),
                (Some("a.1"), next_format, &next),
                // A file of the same name is in the same group.
                (Some("b.2"), next_format, &next),
            ];
            let what = format!("{format:?} and {next_format:?}");
            let alone = [one(r#""file":"a.1""#, 1), one(r#""file":"b.2""#, 3), "mark 4+0 {}".to_owned()];
            let column = [("column", "mark"), ("group_by", "file"), ("overall", "true")];
            assert_eq!(of_files(&column, &files), alone.join("; "), "{what}");
            let both = [
                one(r#""file":"a.1","g":"x""#, 1),
                one(r#""file":"b.2","g":"x""#, 2),
                one(r#""file":"b.2","g":"y""#, 1),
            ];
            assert_eq!(of_files(&[("group_by", "file"), ("group_by", "g")], &files), both.join("; "), "{what}");
            let both = [
                one(r#""g":"x","file":"a.1""#, 1),
                one(r#""g":"x","file":"b.2""#, 2),
                one(r#""g":"y","file":"b.2""#, 1),
            ];
            assert_eq!(of_files(&[("group_by", "g"), ("group_by", "file")], &files), both.join("; "), "{what}");
        }
    }
}

/// A column of that name wins, and a file without a name has no such column.
#[test]
fn a_column_file_is_no_name_of_a_file() {
    let query = [("group_by", "file")];
    let csv: (_, _, &[u8]) = (Some("a"), Format::Csv, b"file,mark\nx,5\ny,6\n");
    let expected = r#"mark 1+0 {"file":"x"}; mark 1+0 {"file":"y"}"#;
    assert_eq!(of_files(&query, &[csv]), expected);
    let json: (_, _, &[u8]) = (Some("a"), Format::Json, br#"[{"file":"x","mark":5},{"mark":6}]"#);
    assert_eq!(of_files(&query, &[json]), r#"mark 1+0 {"file":"x"}; mark 1+0 {"file":null}"#);
    let without: (_, _, &[u8]) = (Some("b"), Format::Csv, b"mark\n5\n");
    assert_eq!(of_files(&query, &[csv, without]), "Invalid 1; body different_file");
    assert_eq!(of_files(&query, &[without]), r#"mark 1+0 {"file":"b"}"#);
    assert_eq!(of_files(&query, &[(None, Format::Csv, b"mark\n5\n")]), "Invalid 1; query/group_by unknown_column file");
    let records: &[u8] = br#"[{"mark":5}]"#;
    assert_eq!(of_files(&query, &[(None, Format::Json, records)]), "Invalid 1; query/group_by unknown_column file");
    let weights = [("group_by", "file"), ("weights", "n")];
    let weighted: (_, _, &[u8]) = (Some("b"), Format::Json, br#"[{"mark":5,"n":2},{"n":3,"mark":6}]"#);
    assert_eq!(of_files(&weights, &[weighted]), r#"mark 5+0 {"file":"b"}"#);
    let columns: (_, _, &[u8]) = (Some("b"), Format::Json, br#"{"mark":[5,6],"n":[2,3]}"#);
    assert_eq!(of_files(&weights, &[columns]), r#"mark 5+0 {"file":"b"}"#);
}

// ------------------------------------------------------------------------------------------------------- the command

fn command(query: &[(&str, &str)], files: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_describe-api"));
    command.env_clear().args(["describe", "--format=json"]);
    for (name, value) in query {
        command.arg(format!("--{}={value}", name.replace('_', "-")));
    }
    command.args(files);
    command
}

fn run(mut command: Command, input: &[u8]) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    child.stdin.take().expect("piped").write_all(input).expect("written");
    child.wait_with_output().expect("it ends")
}

/// Output of the command without the members that say how a table was read; standard error has warnings at most.
fn printed(output: &Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert!(errors.lines().all(|line| line.starts_with("describe-api: warning: ")), "{errors}");
    without_reading(str::from_utf8(&output.stdout).expect("UTF-8"))
}

#[test]
fn the_command_prints_the_same_bytes_and_a_line_end() {
    let place = Place::new("agree");
    let question = &questions()[0];
    for (number, spelling) in spellings().iter().enumerate() {
        let query = spelling.query(question);
        let expected = ask(Some(spelling.format), &query, &spelling.bytes).expect("an answer") + "\n";
        let file = place.file(&format!("{number}.{}", spelling.ending), &spelling.bytes);
        assert_eq!(printed(&run(command(&query, &[&file]), b"")), expected, "{}", spelling.what);
        if spelling.ending != "tsv" {
            let piped = if number % 2 == 0 { gzip(&spelling.bytes) } else { spelling.bytes.clone() };
            assert_eq!(printed(&run(command(&query, &[]), &piped)), expected, "{} by content", spelling.what);
        }
        let file = place.file(&format!("{number}-compressed.{}", spelling.ending), &zstd(&spelling.bytes));
        assert_eq!(printed(&run(command(&query, &[&file]), b"")), expected, "{} compressed", spelling.what);
    }
}

#[test]
fn the_command_joins_files_and_standard_input() {
    let place = Place::new("joined");
    let cells = cells();
    let question = &questions()[0];
    let half = |records: &[(u64, Vec<String>)]| Cells { records: records.to_vec(), ..cells.clone() };
    let csv = place.file("a.csv", &delimited(&half(&cells.records[..30]), ',', "\n", false));
    let tsv = place.file("b.tsv", &delimited(&half(&cells.records[30..31]), '\t', "\r\n", true));
    let rest = delimited(&half(&cells.records[31..]), ';', "\r\n", true);
    let files = [csv.as_str(), tsv.as_str(), "-"];
    let output = run(command(&question.query(), &files), rest.as_bytes());
    assert_eq!(figures(&printed(&output)), cells.describe(question) + "\n");
    // By the name of the files, also if it is one.
    for (files, count) in [(&files[..], 3), (&files[..1], 1)] {
        let query = [("column", "score"), ("group_by", "file"), ("statistics", "mean")];
        let answer = printed(&run(command(&query, files), rest.as_bytes()));
        assert_eq!(answer.matches(r#""group":{"file":""#).count(), count, "{answer}");
        assert!(answer.contains(&format!(r#""group":{{"file":"{csv}"}},"nobs":30,"#)), "{answer}");
    }
}

// ----------------------------------------------------------------------------------------------------------- numbers

/// An array of numbers in every way.
#[test]
fn numbers_are_the_same_in_every_format() {
    use describe::Retention;
    use describe_options::Options;
    use describe_options::Origin;
    use describe_readers::parse_list;
    use describe_reports::json::answer;
    let texts: Vec<String> = (0..60_u32).map(|i| format!("{}.{}e{}", i * i % 31, i % 10, i % 3)).collect();
    let joined = |between: &str| texts.join(between);
    let values: Vec<oracle::Exact> = texts.iter().map(|text| oracle::exact(text)).collect();
    let six = oracle::Sample::new(&values).describe(1, true);
    let figure = |k: usize| {
        let Ok(Double(value)) = six.figures[k] else { panic!("no figure {k}") };
        serde_json::to_string(&value).expect("a number")
    };
    let expected = format!(
        "{{\"nobs\":60,\"minmax\":[{},{}],\"mean\":{},\"variance\":{},\"skewness\":{},\"kurtosis\":{}}}",
        figure(0),
        figure(1),
        figure(2),
        figure(3),
        figure(4),
        figure(5)
    );
    let query = answer(&parse_list(&texts, Origin::Query, Retention::default()).expect("numbers"), &Options::default())
        .expect("an answer");
    assert_eq!(String::from_utf8(query).expect("UTF-8"), expected);
    let place = Place::new("numbers");
    let lines = joined("\n");
    let marked = format!("\u{feff}{lines}\r\n");
    let ways = [
        (Format::Text, "txt", lines.clone().into_bytes()),
        (Format::Text, "txt", joined(" \t\r\n ").into_bytes()),
        (Format::Text, "txt", utf16(&marked, true)),
        (Format::Text, "txt", utf16(&marked, false)),
        (Format::Json, "json", format!("[{}]", joined(",")).into_bytes()),
        (Format::Json, "json", format!("{{\"numbers\": [{}]}}", joined(" , ")).into_bytes()),
        (Format::Json, "json", utf16(&format!("\u{feff}[{}]", joined(",")), false)),
    ];
    for (number, (format, ending, bytes)) in ways.iter().enumerate() {
        assert_eq!(answered(&ask(Some(*format), &[], bytes)), expected, "{number}");
        for (codings, bytes) in compressed(bytes) {
            let source = Source { format: Some(*format), codings, ..Source::default() };
            assert_eq!(answered(&ask(source, &[], bytes)), expected, "{number}");
        }
        let file = place.file(&format!("{number}.{ending}"), bytes);
        let mut command = command(&[], &[&file]);
        if *format == Format::Text {
            command.arg("--type=text");
        }
        assert_eq!(printed(&run(command, b"")), format!("{expected}\n"), "{number}");
        if *ending == "json" || number == 0 {
            assert_eq!(answered(&ask(None, &[], bytes)), expected, "{number} by content");
            assert_eq!(printed(&run(self::command(&[], &[]), bytes)), format!("{expected}\n"), "{number} by content");
        }
    }
}
