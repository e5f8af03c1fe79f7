//! Every format that data come in: what its cells mean and what is refused, each against a reference, and all against
//! each other.

#![allow(
    clippy::format_push_string,
    clippy::format_collect,
    clippy::large_stack_arrays,
    clippy::match_same_arms,
    reason = "tests are plain rather than thrifty"
)]

mod agree;
mod ask;
mod biff;
mod blocks;
mod delimited;
mod disguises;
mod hostile;
mod json_tables;
mod kinds;
mod model;
#[path = "../../crates/describe/tests/numerics/oracle.rs"]
#[expect(dead_code, reason = "the numeric tests use all of it")]
mod oracle;
mod parquet;
mod place;
mod previews;
mod reading;
mod replay;
mod spellings;
mod sql;
mod states;
mod workbook;
mod xls;

use describe_options::InputError;
use describe_options::{Options, Origin, RawOption};
use describe_readers::{Format, Limits, Reader, Source};
use describe_reports::json::answer;

/// The answer to a body; several values of an option are separated by `|`.
fn ask_with(
    format: Option<Format>,
    body: &[u8],
    options: &[(&str, &str)],
    limits: &Limits,
) -> Result<String, InputError> {
    let given = options.iter().map(|(name, values)| RawOption {
        origin: Origin::Query,
        name: (*name).to_owned(),
        values: values.split('|').map(str::to_owned).collect(),
    });
    let options = Options::parse(&given.collect::<Vec<_>>())?;
    let mut reader = Reader::new(Source::from(format), &options, limits);
    reader.feed(body)?;
    let json = answer(&reader.finish()?.data, &options)?;
    Ok(ask::without_reading(str::from_utf8(&json).unwrap()))
}

fn ask(body: &[u8], options: &[(&str, &str)]) -> Result<String, InputError> {
    ask_with(None, body, options, &Limits::default())
}

/// The answer to a table of the same data as CSV.
fn ask_csv(body: &str, options: &[(&str, &str)]) -> Result<String, InputError> {
    ask_with(Some(Format::Csv), body.as_bytes(), options, &Limits::default())
}

/// The refusal of a body, with limits.
fn refusal(body: &[u8], options: &[(&str, &str)], limits: &Limits) -> InputError {
    ask_with(None, body, options, limits).unwrap_err()
}

/// The error in the words of the service.
fn detail(error: &InputError) -> String {
    describe_engine::messages::detail(error, describe_engine::messages::Voice::Http)
}
