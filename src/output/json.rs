//! The JSON answer.

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use crate::describe::{Accumulator, Figure, Moments, NanPolicy, Summary, Undefined};
use crate::input::{Data, Numbers, Table, TableResult};
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
pub fn answer(data: &Data, options: &Options) -> Result<Vec<u8>, Rejection> {
    // Room for an answer without warnings.
    let mut json = Vec::with_capacity(256);
    let written = match data {
        Data::Numbers(numbers) => serde_json::to_writer(&mut json, &describe_numbers(numbers, options)?),
        Data::Table(table) => serde_json::to_writer(&mut json, &TableAnswer::new(table, options)),
    };
    written.map_err(|error| Rejection::new(Kind::Invalid, error.to_string()))?;
    Ok(json)
}

fn describe_numbers(numbers: &Numbers, options: &Options) -> Result<Answer, Rejection> {
    if let Some((name, origin)) = options.table.given.first() {
        return Err(only_for_tables(name, *origin));
    }
    let moments = options.moments_with(NanPolicy::Propagate);
    if moments.nan_policy == NanPolicy::Raise {
        numbers.missing.clone().into_result()?;
    }
    let describe = |slice: &Accumulator| slice.finish(moments);
    Ok(match (&numbers.nested, options.axis) {
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
            {
                let omit = moments.nan_policy == NanPolicy::Omit;
                Answer::of_slices(&slices.iter().map(describe).collect::<Vec<_>>(), what, omit)
            }
        }
    })
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

/// The warnings of one summary.
fn warnings(summary: &Summary) -> Vec<Warning> {
    let warning = |(field, figure): Field| {
        let why = figure(summary).err()?;
        Some(Warning { field, code: why.code(), message: format!("{field} is null: {why}") })
    };
    FIELDS.into_iter().filter_map(warning).collect()
}

impl Answer {
    fn of_one(summary: &Summary) -> Self {
        let one = |figure: Figure| OneOrMany::One(figure.ok());
        Self {
            nobs: OneOrMany::One(summary.nobs),
            minmax: [one(summary.min), one(summary.max)],
            mean: one(summary.mean),
            variance: one(summary.variance),
            skewness: one(summary.skewness),
            kurtosis: one(summary.kurtosis),
            warnings: warnings(summary),
        }
    }

    fn of_slices(summaries: &[Summary], what: &str, omit: bool) -> Self {
        let all = |figure: fn(&Summary) -> Figure| {
            OneOrMany::Many(summaries.iter().map(|summary| figure(summary).ok()).collect())
        };
        let most = summaries.iter().map(|summary| summary.nobs).max().unwrap_or(0);
        // All slices are equally long. Unless missing values are left out, that is how many numbers each has, too.
        let same = !omit || summaries.iter().all(|summary| summary.nobs == most);
        Self {
            nobs: if same {
                OneOrMany::One(most)
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
            match found.iter_mut().find(|(name, reason, _)| (*name, reason.code()) == (field, why.code())) {
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
        "the answer would have more results than the limit of --group-limit (GROUP_LIMIT); use another axis",
    )
}

fn only_for_tables(name: &str, origin: Origin) -> Rejection {
    let loc = vec![Step::Name(origin.name().into()), Step::Name(name.into())];
    let message = format!("{name} is for tables, and this is an array of numbers; leave it out");
    Rejection::one(Kind::Invalid, Problem::new(loc, "not_a_table", message, None))
}

/// The answer for a table: `rows`, a flat list of results, and the columns that were skipped.
struct TableAnswer<'a> {
    table: &'a Table,
    moments: Moments,
}

impl<'a> TableAnswer<'a> {
    fn new(table: &'a Table, options: &Options) -> Self {
        Self { table, moments: options.moments_with(NanPolicy::Omit) }
    }
}

impl Serialize for TableAnswer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("rows", &self.table.rows)?;
        map.serialize_entry("results", &Results(self))?;
        if !self.table.skipped.is_empty() {
            map.serialize_entry("skipped", &self.table.skipped)?;
        }
        map.end()
    }
}

/// The results, each described when it is written.
struct Results<'a>(&'a TableAnswer<'a>);

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Results(TableAnswer { table, moments }) = self;
        let mut list = serializer.serialize_seq(Some(table.results.len()))?;
        for result in &table.results {
            list.serialize_element(&OneResult { table, result, summary: result.numbers.finish(*moments) })?;
        }
        list.end()
    }
}

struct OneResult<'a> {
    table: &'a Table,
    result: &'a TableResult,
    summary: Summary,
}

impl Serialize for OneResult<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { table, result, summary } = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("column", &result.column)?;
        if !table.group_by.is_empty() {
            let values = result.group.iter().flatten();
            map.serialize_entry("group", &Members(table.group_by.iter().zip(values).collect()))?;
        }
        map.serialize_entry("nobs", &summary.nobs)?;
        map.serialize_entry("minmax", &[summary.min.ok(), summary.max.ok()])?;
        map.serialize_entry("mean", &summary.mean.ok())?;
        map.serialize_entry("variance", &summary.variance.ok())?;
        map.serialize_entry("skewness", &summary.skewness.ok())?;
        map.serialize_entry("kurtosis", &summary.kurtosis.ok())?;
        map.serialize_entry("missing", &result.numbers.missing())?;
        if !table.codes.is_empty() {
            map.serialize_entry("absent", &Members(table.codes.iter().zip(&result.absent).collect()))?;
        }
        if table.counts_invalid {
            map.serialize_entry("invalid", &result.invalid)?;
        }
        let warnings = warnings(summary);
        if !warnings.is_empty() {
            map.serialize_entry("warnings", &warnings)?;
        }
        map.end()
    }
}

/// An object with its members in this order.
struct Members<'a, T>(Vec<(&'a String, T)>);

impl<T: Serialize> Serialize for Members<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
