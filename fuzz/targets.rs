//! Fuzz targets. A target accepts any bytes; the fuzzer finds them, and a test replays the corpus with mutations.
//!
//! The first line of what a body's target takes are options as in a URL, the rest is the body. It must be answered or
//! refused, without a panic, in the same way at once and in pieces; an answer is JSON, and a refusal says why.

use std::io::{Cursor, Write};

use describe_api::http::error::Error;
use describe_api::http::extract::Query;
use describe_api::http::form::Form;
use describe_engine::messages::{self, Voice};
use describe_engine::{Described, Describer};
use describe_options::{InputError, MAX_LISTED_DIAGNOSTICS};
use describe_options::{Options, Origin, RawOption};
use describe_readers::{Coding, Format, Ledger, Limits, Reader, Source, parse_list, to_state};
use describe_reports::json::answer;
use zip::write::SimpleFileOptions;

/// Small enough to be met.
const LIMITS: Limits = limits(1 << 12);

/// Those of files that are kept as a whole: a compound file has some sectors of its own.
const LIMITS_OF_FILES: Limits = limits(1 << 15);

const fn limits(memory: usize) -> Limits {
    Limits {
        cell: 64,
        groups: 8,
        columns: 8,
        distinct: 8,
        decompressed: 1 << 16,
        memory,
        ledger: Ledger::UNLIMITED,
        preview: None,
        kept: None,
    }
}

type Outcome = Result<Vec<u8>, InputError>;

/// JSON, as one text and line by line.
pub fn json(data: &[u8]) {
    body(data, &[Some(Format::Json), Some(Format::Ndjson), None]);
}

/// CSV, TSV and whatever else has delimiters.
pub fn delimited(data: &[u8]) {
    body(data, &[Some(Format::Csv), Some(Format::Tsv), None]);
}

/// Numbers separated by white space.
pub fn text(data: &[u8]) {
    body(data, &[Some(Format::Text), None]);
}

/// The query of a URL.
pub fn query(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    match Query::parse(text, Origin::Query) {
        Ok(query) => {
            check(&Options::parse(&query.options).and_then(|options| {
                answer(&parse_list(&query.numbers, Origin::Query, LIMITS.retention(&options))?, &options)
            }));
        }
        Err(error) => assert!(error.status().is_client_error() && !error.message().is_empty()),
    }
}

/// XLSX, ODS and XLS workbooks, and other ZIP archives: a file as it is, or its parts ([`file_of_parts`]).
pub fn workbook(data: &[u8]) {
    let (first, body) = first_line(data);
    let sources = [Some(Format::Workbook), None].map(Source::from);
    compare(&sources, &options_of(first), &file_of_parts(body), &LIMITS_OF_FILES);
}

/// Parquet files.
pub fn parquet(data: &[u8]) {
    let (first, body) = first_line(data);
    let sources = [Some(Format::Parquet), None].map(Source::from);
    compare(&sources, &options_of(first), body, &LIMITS_OF_FILES);
}

/// States: as they are, and as the content of one, whose checksum the fuzzer need not find. What is accepted is the state of what it
/// describes, and can be added to itself.
pub fn state(data: &[u8]) {
    let (first, body) = first_line(data);
    let options = options_of(first);
    let sources = [Some(Format::State), None].map(Source::from);
    compare(&sources, &options, body, &LIMITS_OF_FILES);
    let sealed = [body, &bytes_of(&describe_readers::sha256(body))].concat();
    compare(&sources[..1], &options, &sealed, &LIMITS_OF_FILES);
    let restore = |times: usize| {
        let mut reader = Reader::new(sources[0].clone(), &Options::default(), &LIMITS_OF_FILES);
        reader.feed(&sealed)?;
        for _ in 1..times {
            reader.next_file(sources[0].clone())?;
            reader.feed(&sealed)?;
        }
        let input = reader.finish()?;
        to_state(&input.data, &Options::parse(&input.options)?)
    };
    // Default options need frequency tables neither here nor there.
    if let Ok(again) = restore(1) {
        assert_eq!(again, sealed, "not canonical");
        check(
            &restore(2).and_then(|state| read(sources[0].clone(), &Options::default(), [&state[..]], &LIMITS_OF_FILES)),
        );
    }
}

/// Bytes of hexadecimal digits.
fn bytes_of(digits: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).expect("digits");
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// A form with the boundary `cut`.
pub fn multipart(data: &[u8]) {
    let (first, body) = first_line(data);
    let given = str::from_utf8(first).ok().and_then(|first| Query::parse(first.trim_end(), Origin::Query).ok());
    let given = given.unwrap_or_default().options;
    let read = |size: usize| -> Result<Outcome, String> {
        let form = || -> Result<Described, Error> {
            let mut form = Form::new("cut", given.clone(), None, &LIMITS)?;
            body.chunks(size).try_for_each(|chunk| form.feed(chunk))?;
            form.finish()
        };
        match form() {
            Ok(described) => Ok(answer(described.data(), described.options())),
            Err(Error::Input(error)) => Ok(Err(error)),
            Err(error) => {
                assert!((400..500).contains(&error.status_code()), "{error:?}");
                Err(format!("{error:?}"))
            }
        }
    };
    let outcome = read(body.len().max(1));
    let _ = outcome.as_ref().map(check);
    for size in [1, 1 + body.len() % 13] {
        assert_eq!(read(size), outcome, "in pieces of {size}");
    }
}

/// Compressed data. The first line has the names of the codings in the order in which they were applied; without a name
/// the coding is detected. The rest is also compressed with those named, and must be read as what it is.
pub fn decompression(data: &[u8]) {
    let (first, body) = first_line(data);
    let names = str::from_utf8(first).unwrap_or_default().trim_end().split(',');
    let mut codings: Vec<Coding> =
        names.filter_map(|name| Coding::ALL.iter().copied().find(|coding| coding.name() == name)).collect();
    codings.truncate(Coding::MAX_CODINGS);
    let source = Source { detect_coding: codings.is_empty(), codings: codings.clone(), ..Source::default() };
    let options = Options::default();
    let outcome = read(source.clone(), &options, [body], &LIMITS);
    check(&outcome);
    for size in [1, 1 + body.len() % 13] {
        let pieces = read(source.clone(), &options, body.chunks(size), &LIMITS);
        check(&pieces);
        // A decoder drops what it has written when it fails, so of two errors in a file either may be the first.
        assert_eq!(pieces.ok(), outcome.as_ref().ok().cloned(), "in pieces of {size}");
    }
    if codings.is_empty() {
        return;
    }
    let compressed = codings.iter().fold(body.to_vec(), |bytes, coding| compress(*coding, &bytes));
    let plain = Source { detect_coding: false, codings: Vec::new(), ..source.clone() };
    assert_eq!(
        read(source, &options, [&compressed[..]], &LIMITS),
        read(plain, &options, [body], &LIMITS),
        "through {codings:?}"
    );
}

/// A table and an array of numbers, for what options may ask of them.
const TABLE: &[u8] = b"name,cohort,mark,weight,day\nAnn,a,41,1,2024-01-05\nBob,a,55.5,2,2024-02-05\nCid,b,X,1,\n\
    Dan,b,,0.5,2023-02-05\nEve,a,70,1,x\nFay,b,-3e2,1,2024-01-05\nGus,c,55.50,3,2024-01-06\n";
const NUMBERS: &[u8] = b"[[1, 2, 2.5], [4, 1e3, null], [-7, 2, 0.125]]";

/// Options, `name=value` on each line: the same wherever they are given, and every format can be written.
pub fn options(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let given = |origin: Origin| {
        let mut given: Vec<RawOption> = Vec::new();
        for line in text.lines() {
            let (name, value) = line.split_once('=').unwrap_or((line, ""));
            match given.iter_mut().find(|raw| raw.name == name) {
                Some(raw) => raw.values.push(value.to_owned()),
                None => given.push(RawOption { origin, name: name.to_owned(), values: vec![value.to_owned()] }),
            }
        }
        given
    };
    for (format, body) in [(Format::Csv, TABLE), (Format::Json, NUMBERS)] {
        let describe = |origin: Origin| {
            let mut describer = Describer::new(Source::from(Some(format)), given(origin), &LIMITS)?;
            describer.feed(body)?;
            describer.finish()
        };
        let json = |described: &Described| answer(described.data(), described.options());
        let described = describe(Origin::Query);
        let outcome = described.as_ref().map_err(Clone::clone).and_then(json);
        check(&outcome);
        for origin in [Origin::Body, Origin::CommandLine] {
            let other = describe(origin).and_then(|described| json(&described));
            assert_eq!(other.is_ok(), outcome.is_ok(), "{origin:?}: {other:?}");
            if outcome.is_ok() {
                assert_eq!(other, outcome, "{origin:?}");
            }
        }
        match described.and_then(|described| described.write(0)) {
            Ok(bytes) => assert!(!bytes.is_empty()),
            Err(error) => check(&Err(error)),
        }
    }
}

fn body(data: &[u8], formats: &[Option<Format>]) {
    let (first, body) = first_line(data);
    let sources: Vec<Source> = formats.iter().copied().map(Source::from).collect();
    compare(&sources, &options_of(first), body, &LIMITS);
}

/// The first line with its end, and the rest.
fn first_line(data: &[u8]) -> (&[u8], &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n');
    data.split_at(end.map_or(0, |end| end + 1))
}

fn options_of(first: &[u8]) -> Options {
    let given = str::from_utf8(first).ok().and_then(|first| Query::parse(first.trim_end(), Origin::Query).ok());
    Options::parse(&given.unwrap_or_default().options).unwrap_or_default()
}

/// Reads the body at once and in pieces: the outcome is the same.
fn compare(sources: &[Source], options: &Options, body: &[u8], limits: &Limits) {
    for source in sources {
        let outcome = read(source.clone(), options, [body], limits);
        check(&outcome);
        for size in [1, 1 + body.len() % 13] {
            let pieces = read(source.clone(), options, body.chunks(size), limits);
            assert_eq!(pieces, outcome, "{source:?} in pieces of {size}");
        }
    }
}

fn read<'a>(source: Source, options: &Options, chunks: impl IntoIterator<Item = &'a [u8]>, limits: &Limits) -> Outcome {
    let mut reader = Reader::new(source, options, limits);
    for chunk in chunks {
        reader.feed(chunk)?;
    }
    answer(&reader.finish()?.data, options)
}

/// A file made of its parts, so that the fuzzer need not find checksums and tables of places. Each part follows a line `=== name`;
/// one named `Workbook` makes a compound file, others a ZIP archive. What does not begin so is a file itself.
fn file_of_parts(body: &[u8]) -> Vec<u8> {
    const MARK: &[u8] = b"=== ";
    if !body.starts_with(MARK) {
        return body.to_vec();
    }
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut rest = body;
    while !rest.is_empty() {
        let next = rest.windows(1 + MARK.len()).position(|window| window[0] == b'\n' && window[1..] == *MARK);
        let (part, others) = rest.split_at(next.map_or(rest.len(), |line_end| line_end + 1));
        rest = others;
        let (name, content) = first_line(part);
        let name = String::from_utf8_lossy(&name[MARK.len().min(name.len())..]).trim_end().to_owned();
        // The line end before the next mark is not part of it.
        let content = if others.is_empty() { content } else { &content[..content.len().saturating_sub(1)] };
        if name == "Workbook" {
            let file = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new()));
            let mut file = file.expect("a compound file in memory");
            file.create_stream(name).and_then(|mut stream| stream.write_all(content)).expect("a stream in memory");
            return file.into_inner().into_inner();
        }
        // A second part of the same name is refused.
        if zip.start_file(name, SimpleFileOptions::default()).is_ok() {
            zip.write_all(content).expect("a part in memory");
        }
    }
    zip.finish().expect("an archive in memory").into_inner()
}

/// Compresses with the encoder that belongs to the decoder's library, or for Brotli to its reference.
fn compress(coding: Coding, bytes: &[u8]) -> Vec<u8> {
    let compressed = match coding {
        Coding::Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(bytes).and_then(|()| encoder.finish())
        }
        Coding::Deflate => {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(bytes).and_then(|()| encoder.finish())
        }
        Coding::Zstd => zstd::bulk::compress(bytes, 1),
        Coding::Brotli => {
            let mut compressed = Vec::new();
            let settings = brotli::enc::BrotliEncoderParams { quality: 1, lgwin: 10, ..Default::default() };
            brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &settings).map(|_| compressed)
        }
    };
    compressed.expect("memory to write to")
}

fn check(outcome: &Outcome) {
    match outcome {
        Ok(json) => {
            let value: serde_json::Value = serde_json::from_slice(json).expect("JSON");
            assert!(value.is_object(), "{value}");
        }
        Err(rejection) => {
            assert!(!messages::detail(rejection, Voice::Http).is_empty());
            assert!(
                rejection.listed().len() <= MAX_LISTED_DIAGNOSTICS
                    && rejection.count() >= rejection.listed().len() as u64
            );
            let shown = rejection.listed().iter().filter_map(|problem| problem.input.as_ref());
            assert!(shown.into_iter().all(|input| input.chars().count() <= 40));
        }
    }
}
