//! Fuzz targets. A target accepts any bytes; the fuzzer finds them, and a test replays the corpus with mutations.
//!
//! The first line of what a body's target takes are options as in a URL, the rest is the body. It must be answered or
//! refused, without a panic, in the same way at once and in pieces; an answer is JSON, and a refusal says why.

use describe_api::http::extract::Query;
use describe_api::messages::{self, Voice};
use describe_options::{InputError, MAX_LISTED_DIAGNOSTICS};
use describe_options::{Options, Origin};
use describe_readers::{Format, Ledger, Limits, Reader, parse_list};
use describe_reports::json::answer;

/// Small enough to be met.
const LIMITS: Limits = Limits {
    cell: 64,
    groups: 8,
    columns: 8,
    distinct: 8,
    decompressed: 1 << 16,
    memory: 1 << 12,
    ledger: Ledger::UNLIMITED,
    preview: None,
};

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

fn body(data: &[u8], formats: &[Option<Format>]) {
    let end = data.iter().position(|byte| *byte == b'\n');
    let (first, body) = data.split_at(end.map_or(0, |end| end + 1));
    let given = str::from_utf8(first).ok().and_then(|first| Query::parse(first.trim_end(), Origin::Query).ok());
    let options = Options::parse(&given.unwrap_or_default().options).unwrap_or_default();
    for format in formats {
        let outcome = read(*format, &options, [body]);
        check(&outcome);
        for size in [1, 1 + first.len() % 13] {
            assert_eq!(read(*format, &options, body.chunks(size)), outcome, "{format:?} in pieces of {size}");
        }
    }
}

fn read<'a>(format: Option<Format>, options: &Options, chunks: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let mut reader = Reader::new(format, options, &LIMITS);
    for chunk in chunks {
        reader.feed(chunk)?;
    }
    answer(&reader.finish()?.data, options)
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
