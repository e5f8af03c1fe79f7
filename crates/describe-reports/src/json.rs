//! The JSON and NDJSON answers: one object, or one on each line.

use serde::Serialize;

use super::answer::{Answer, Shape};
use super::members::Members;
use super::output::Output;
use describe::{Moments, Sample, Summary};
use describe_options::{InputError, Options};
use describe_readers::Data;
use description::{ComparedGroups, Origin, Reading, TableResult};

#[cfg(feature = "correlations")]
mod correlations;
mod description;
mod items;
mod preview;
mod statistics;

pub use description::{Description, NestedDescription, TableDescription};
pub(crate) use description::{Sources, unwritable};
pub use items::{ItemDescription, item_lines, items};
pub use preview::Preview;

/// Describes numbers and writes the answer: by default the six statistics of scipy, and the warnings if any.
///
/// # Errors
/// Options that do not fit the numbers: see [`Answer::new`].
///
/// ```
/// use describe::Retention;
/// use describe_options::{Options, Origin};
/// use describe_readers::parse_list;
/// use describe_reports::json::answer;
/// let json = answer(&parse_list(&["5", "6"], Origin::Query, Retention::default())?, &Options::default())?;
/// let expected = r#"{"nobs":2,"minmax":[5.0,6.0],"mean":5.5,"variance":0.5,"skewness":0.0,"kurtosis":-2.0}"#;
/// assert_eq!(json, expected.as_bytes());
/// # Ok::<(), describe_options::InputError>(())
/// ```
pub fn answer(data: &Data, options: &Options) -> Result<Vec<u8>, InputError> {
    write(&Answer::new(data, options)?)
}

/// Writes an answer.
///
/// # Errors
/// An answer larger than its limit, or a task beyond one of its own.
pub fn write(answer: &Answer) -> Result<Vec<u8>, InputError> {
    let mut json = Output::new(answer.ledger);
    match answer.shape {
        Shape::One => answer.results().try_for_each(|result| json.json(&Description::new(&result, Some(answer))))?,
        Shape::Slices(what) => json.json(&NestedDescription::new(&answer.all_results()?, what, answer))?,
        Shape::Table => json.json(&TableDescription::new(answer))?,
    }
    Ok(json.into_bytes())
}

/// Answer about numbers by the default options, if all statistics are defined: the common case, written without the model of an
/// answer.
///
/// A second way beside [`answer`]: with it the server takes 10.2 µs of CPU time for a request with two numbers over an
/// open connection, without it 11.3 µs (the release build on a shared machine, medians of nine runs of 6,000 requests);
/// `get_two_numbers` in the benchmarks compares both without sockets.
///
/// ```
/// use describe::{Number, Sample};
/// use describe_reports::json::scipy;
/// let mut numbers = Sample::default();
/// for text in ["5", "6"] {
///     numbers.push(Number::parse(text.as_bytes())?);
/// }
/// let json = scipy(&numbers);
/// let expected = r#"{"nobs":2,"minmax":[5.0,6.0],"mean":5.5,"variance":0.5,"skewness":0.0,"kurtosis":-2.0}"#;
/// assert_eq!(json.as_deref(), Some(expected.as_bytes()));
/// # Ok::<(), describe::ParseError>(())
/// ```
#[must_use]
pub fn scipy(numbers: &Sample) -> Option<Vec<u8>> {
    let Summary { nobs, min, max, mean, variance, skewness, kurtosis } = numbers.finish(Moments::default());
    let mut json = Vec::with_capacity(256);
    json.extend_from_slice(b"{\"nobs\":");
    json.extend_from_slice(itoa::Buffer::new().format(nobs).as_bytes());
    let members = [
        (",\"minmax\":[", min),
        (",", max),
        ("],\"mean\":", mean),
        (",\"variance\":", variance),
        (",\"skewness\":", skewness),
        (",\"kurtosis\":", kurtosis),
    ];
    for (name, figure) in members {
        json.extend_from_slice(name.as_bytes());
        json.extend_from_slice(zmij::Buffer::new().format_finite(figure.ok()?).as_bytes());
    }
    json.push(b'}');
    Some(json)
}

/// Writes one line for each result, those of slices with their place. Comparisons, notes and the provenance, if any, have the
/// last line, with what the files of a table were read as.
///
/// # Errors
/// An answer larger than its limit, or a task beyond one of its own.
pub fn lines(answer: &Answer) -> Result<Vec<u8>, InputError> {
    let mut lines = Output::new(answer.ledger);
    for (place, result) in answer.results().enumerate() {
        match answer.shape {
            Shape::One => lines.json(&Description::new(&result, None))?,
            Shape::Slices(what) => {
                let description = Description::new(&result, None);
                lines.json(&SliceLine { place: Members(&[(what, place)]), description })?;
            }
            Shape::Table => lines.json(&TableResult::new(&result))?,
        }
        lines.push(b"\n")?;
    }
    let has_remarks = answer.comparisons.is_some() || !answer.notes.is_empty() || answer.stamp.is_some();
    if has_remarks || answer.shape == Shape::Table {
        let (comparisons, origin) = (ComparedGroups::new(answer), Origin::new(answer));
        let line = LastLine { comparisons, origin, reading: Reading::new(answer) };
        lines.json(&line)?;
        lines.push(b"\n")?;
    }
    Ok(lines.into_bytes())
}

/// Line about a slice: its place, then its description.
#[derive(Serialize)]
struct SliceLine<'a> {
    #[serde(flatten)]
    place: Members<'a, &'a str, usize>,
    #[serde(flatten)]
    description: Description<'a>,
}

/// Line about the whole answer.
#[derive(Serialize)]
struct LastLine<'a> {
    #[serde(flatten)]
    comparisons: ComparedGroups<'a>,
    #[serde(flatten)]
    origin: Origin<'a>,
    #[serde(flatten)]
    reading: Reading<'a>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use describe::Retention;
    use describe_options::Origin;
    use describe_readers::parse_list;

    #[test]
    fn the_short_way_writes_what_the_long_one_does() {
        let texts =
            ["5", "6", "0.1", "-7.25", "1e300", "-1e300", "1e-300", "123456789.123456789", "nan", "inf", "2e308"];
        let mut short = 0;
        for place in 0..texts.len().pow(4) {
            let list = (0..4).map(|power| texts[place / texts.len().pow(power) % texts.len()]);
            let list: Vec<_> = list.take(1 + place % 4).collect();
            let Ok(data) = parse_list(&list, Origin::Query, Retention::default()) else { continue };
            let Data::Numbers(numbers) = &data else { continue };
            let long = answer(&data, &Options::default()).expect("an answer");
            if let Some(written) = scipy(&numbers.flat) {
                assert_eq!(written, long, "{list:?}");
                short += 1;
            } else {
                assert!(long.windows(10).any(|part| part == b"\"warnings\""), "{list:?}");
            }
        }
        assert!(short > 1000);
    }
}
