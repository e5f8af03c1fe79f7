//! The JSON answer.

use serde::Serialize;

use crate::describe::{Accumulator, Figure, NanPolicy, Summary, Undefined};
use crate::input::Numbers;
use crate::options::{Axis, Options, Origin};
use crate::rejection::{Kind, Problem, Rejection, Step};

/// Describes numbers and writes the answer: scipy's six fields, and the warnings if any.
///
/// # Errors
/// When the options do not fit the numbers: a missing value with `nan_policy=raise`, an axis that the array does not have.
///
/// ```
/// use describe_api::{input::query_numbers, options::Options, output::json::answer};
/// let json = answer(&query_numbers(&["5", "6"])?, &Options::default())?;
/// let expected = r#"{"nobs":2,"minmax":[5.0,6.0],"mean":5.5,"variance":0.5,"skewness":0.0,"kurtosis":-2.0}"#;
/// assert_eq!(json, expected.as_bytes());
/// # Ok::<(), describe_api::rejection::Rejection>(())
/// ```
pub fn answer(numbers: &Numbers, options: &Options) -> Result<Vec<u8>, Rejection> {
    if options.moments.nan_policy == NanPolicy::Raise {
        numbers.missing.clone().into_result()?;
    }
    let describe = |slice: &Accumulator| slice.finish(options.moments);
    let answer = match (&numbers.nested, options.axis) {
        (None, Some((Axis::Rows, origin))) => return Err(no_such_axis(origin)),
        (None, _) => Answer::of_one(&describe(&numbers.flat)),
        (Some(nested), Some((Axis::Flat, _))) => {
            Answer::of_one(&describe(&nested.merged().ok_or_else(too_many_slices)?))
        }
        (Some(nested), axis) => {
            let (slices, what) = match axis {
                Some((Axis::Rows, _)) => (&nested.rows, "row"),
                _ => (&nested.columns, "column"),
            };
            let slices = slices.as_ref().ok_or_else(too_many_slices)?;
            Answer::of_slices(&slices.iter().map(describe).collect::<Vec<_>>(), what)
        }
    };
    // Room for an answer without warnings.
    let mut json = Vec::with_capacity(256);
    serde_json::to_writer(&mut json, &answer).map_err(|error| Rejection::new(Kind::Invalid, error.to_string()))?;
    Ok(json)
}

#[derive(Serialize)]
struct Answer {
    nobs: OneOrMany<u64>,
    minmax: [OneOrMany<Option<f64>>; 2],
    mean: OneOrMany<Option<f64>>,
    variance: OneOrMany<Option<f64>>,
    skewness: OneOrMany<Option<f64>>,
    kurtosis: OneOrMany<Option<f64>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warning>,
}

/// A figure, or an array of one for each slice.
#[derive(Serialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

#[derive(Serialize)]
struct Warning {
    field: &'static str,
    code: &'static str,
    message: String,
}

type Field = (&'static str, fn(&Summary) -> Figure);

/// The figures by the name of the field they stand in.
const FIELDS: [Field; 5] = [
    ("minmax", |summary| summary.min.and(summary.max)),
    ("mean", |summary| summary.mean),
    ("variance", |summary| summary.variance),
    ("skewness", |summary| summary.skewness),
    ("kurtosis", |summary| summary.kurtosis),
];

impl Answer {
    fn of_one(summary: &Summary) -> Self {
        let warning = |(field, figure): Field| {
            let why = figure(summary).err()?;
            Some(Warning { field, code: why.code(), message: format!("{field} is null: {why}") })
        };
        let warnings = FIELDS.into_iter().filter_map(warning).collect();
        let one = |figure: Figure| OneOrMany::One(figure.ok());
        Self {
            nobs: OneOrMany::One(summary.nobs),
            minmax: [one(summary.min), one(summary.max)],
            mean: one(summary.mean),
            variance: one(summary.variance),
            skewness: one(summary.skewness),
            kurtosis: one(summary.kurtosis),
            warnings,
        }
    }

    fn of_slices(summaries: &[Summary], what: &str) -> Self {
        let all = |figure: fn(&Summary) -> Figure| {
            OneOrMany::Many(summaries.iter().map(|summary| figure(summary).ok()).collect())
        };
        let first = summaries.first().map_or(0, |summary| summary.nobs);
        let same = summaries.iter().all(|summary| summary.nobs == first);
        Self {
            nobs: if same {
                OneOrMany::One(first)
            } else {
                OneOrMany::Many(summaries.iter().map(|summary| summary.nobs).collect())
            },
            minmax: [all(|summary| summary.min), all(|summary| summary.max)],
            mean: all(|summary| summary.mean),
            variance: all(|summary| summary.variance),
            skewness: all(|summary| summary.skewness),
            kurtosis: all(|summary| summary.kurtosis),
            warnings: slice_warnings(summaries, what),
        }
    }
}

/// One warning for each field and reason, which says how many slices it concerns and names the first few.
fn slice_warnings(summaries: &[Summary], what: &str) -> Vec<Warning> {
    let mut found: Vec<(&str, Undefined, Vec<usize>)> = Vec::new();
    for (field, figure) in FIELDS {
        for (slice, summary) in summaries.iter().enumerate() {
            let Err(why) = figure(summary) else { continue };
            match found.iter_mut().find(|(name, reason, _)| (*name, *reason) == (field, why)) {
                Some((_, _, slices)) => slices.push(slice),
                None => found.push((field, why, vec![slice])),
            }
        }
    }
    let warning = |(field, why, slices): (&'static str, Undefined, Vec<usize>)| {
        let named: Vec<String> = slices.iter().take(5).map(ToString::to_string).collect();
        let more = if slices.len() > named.len() {
            format!(" and {} more", slices.len() - named.len())
        } else {
            String::new()
        };
        let message = format!("{field} of {what} {}{more} (counted from 0) is null: {why}", named.join(", "));
        Warning { field, code: why.code(), message }
    };
    found.into_iter().map(warning).collect()
}

fn no_such_axis(origin: Origin) -> Rejection {
    let loc = vec![Step::Name(origin.name().into()), Step::Name("axis".into())];
    let message = "axis=1 needs rows of numbers, and this array is flat; leave axis out";
    Rejection::one(Kind::Invalid, Problem::new(loc, "axis", message, None))
}

fn too_many_slices() -> Rejection {
    Rejection::new(
        Kind::TooLarge,
        "the answer would have more results than the limit of --max-results (MAX_RESULTS); use another axis",
    )
}
