//! The JSON answer.

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use super::answer::{Answer, Comparison, Described, Shape, Warning, slice_warnings};
use describe::{Figure, Interval, Moments, Sample, Summary, Value};
use describe_options::Options;
use describe_options::{AnswerFault, InputError};
use describe_readers::{Data, Skipped};

/// Describes numbers and writes the answer: by default scipy's six fields, and the warnings if any.
///
/// # Errors
/// When the options do not fit the numbers: see [`Answer::new`].
///
/// ```
/// use describe::Retention;
/// use describe_options::Options;
/// use describe_readers::query_numbers;
/// use describe_reports::json::answer;
/// let json = answer(&query_numbers(&["5", "6"], Retention::default())?, &Options::default())?;
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
/// None that data can cause.
pub fn write(answer: &Answer) -> Result<Vec<u8>, InputError> {
    // Room for an answer without warnings.
    let mut json = Vec::with_capacity(256);
    let written = match answer.shape {
        Shape::One => answer.results().try_for_each(|one| serde_json::to_writer(&mut json, &One(&one, Some(answer)))),
        Shape::Slices(what) => serde_json::to_writer(&mut json, &Slices::new(answer, what)),
        Shape::Table => serde_json::to_writer(&mut json, &Table(answer)),
    };
    written.map_err(|error| unwritable(&error))?;
    Ok(json)
}

fn unwritable(error: &serde_json::Error) -> InputError {
    InputError::whole(AnswerFault::Unwritable { format: "JSON", detail: error.to_string() })
}

/// The answer about numbers when there are no options, if all of scipy's figures are defined: what most requests ask for.
/// It is written without the model of an answer, which takes longer than the figures.
///
/// ```
/// use describe_readers::plain_query;
/// use describe_reports::json::scipy;
/// let json = plain_query("numbers=5&numbers=6").and_then(|numbers| scipy(&numbers));
/// let expected = r#"{"nobs":2,"minmax":[5.0,6.0],"mean":5.5,"variance":0.5,"skewness":0.0,"kurtosis":-2.0}"#;
/// assert_eq!(json.as_deref(), Some(expected.as_bytes()));
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

/// A value alone.
#[must_use]
pub fn value(value: &Value) -> serde_json::Value {
    serde_json::to_value(Json(value)).unwrap_or_default()
}

/// Writes a result a line: those of slices with their place. Comparisons, notes and the stamp, if any, have a line of
/// their own in the end.
///
/// # Errors
/// None that data can cause.
pub fn lines(answer: &Answer) -> Result<Vec<u8>, InputError> {
    let mut lines = Vec::new();
    let refused = |error: serde_json::Error| unwritable(&error);
    for (place, result) in answer.results().enumerate() {
        let place = if let Shape::Slices(what) = answer.shape { Some((what, place)) } else { None };
        serde_json::to_writer(&mut lines, &Line(place, &result)).map_err(refused)?;
        lines.push(b'\n');
    }
    if answer.comparisons.is_some() || !answer.notes.is_empty() || answer.stamp.is_some() {
        serde_json::to_writer(&mut lines, &Origin(answer)).map_err(refused)?;
        lines.push(b'\n');
    }
    Ok(lines)
}

/// A result with the place of its slice, if it is of one.
struct Line<'a>(Option<(&'static str, usize)>, &'a Described<'a>);

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some((what, place)) = self.0 {
            map.serialize_entry(what, &place)?;
        }
        result(&mut map, self.1)?;
        map.end()
    }
}

struct Origin<'a>(&'a Answer<'a>);

impl Serialize for Origin<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        comparisons(&mut map, self.0)?;
        origin(&mut map, self.0)?;
        map.end()
    }
}

/// One result: of an array, or of a table.
struct One<'a>(&'a Described<'a>, Option<&'a Answer<'a>>);

impl Serialize for One<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        result(&mut map, self.0)?;
        if let Some(answer) = self.1 {
            origin(&mut map, answer)?;
        }
        map.end()
    }
}

/// The members of a result.
fn result<M: SerializeMap>(map: &mut M, described: &Described) -> Result<(), M::Error> {
    let Described { column, group, nobs, figures, missing, absent, invalid, rank_error, withheld, warnings } =
        described;
    if let Some(column) = column {
        map.serialize_entry("column", column)?;
    }
    if let Some(group) = group {
        map.serialize_entry("group", &Members(group))?;
    }
    map.serialize_entry("nobs", nobs)?;
    for (statistic, value) in figures {
        map.serialize_entry(statistic.name(), &Json(value))?;
    }
    if let Some(missing) = missing {
        map.serialize_entry("missing", missing)?;
    }
    if let Some(absent) = absent {
        map.serialize_entry("absent", &Members(absent))?;
    }
    if let Some(invalid) = invalid {
        map.serialize_entry("invalid", invalid)?;
    }
    if let Some(error) = rank_error {
        map.serialize_entry("approximate", &true)?;
        map.serialize_entry("rank_error", error)?;
    }
    if !withheld.is_empty() {
        map.serialize_entry("withheld", withheld)?;
    }
    if !warnings.is_empty() {
        map.serialize_entry("warnings", warnings)?;
    }
    Ok(())
}

fn comparisons<M: SerializeMap>(map: &mut M, answer: &Answer) -> Result<(), M::Error> {
    match &answer.comparisons {
        Some(comparisons) => map.serialize_entry("comparisons", &comparisons.iter().map(Compared).collect::<Vec<_>>()),
        None => Ok(()),
    }
}

/// What is said of the whole answer: what was rounded and withheld, and what it was made from.
fn origin<M: SerializeMap>(map: &mut M, answer: &Answer) -> Result<(), M::Error> {
    if !answer.notes.is_empty() {
        map.serialize_entry("notes", &answer.notes)?;
    }
    match &answer.stamp {
        Some(stamp) => map.serialize_entry("stamp", stamp),
        None => Ok(()),
    }
}

/// The results of slices: each member is a list with one element for each slice.
struct Slices<'a> {
    each: Vec<Described<'a>>,
    /// Whether slices may have different `nobs`.
    differ: bool,
    warnings: Vec<Warning>,
    answer: &'a Answer<'a>,
}

impl<'a> Slices<'a> {
    fn new(answer: &'a Answer, what: &str) -> Self {
        let each: Vec<_> = answer.results().collect();
        let warnings = slice_warnings(&each, what);
        let differ = answer.omits() || each.iter().any(|slice| slice.nobs.is_none());
        Self { each, differ, warnings, answer }
    }
}

impl Serialize for Slices<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let counts: Vec<_> = self.each.iter().map(|slice| slice.nobs).collect();
        let most = counts.iter().max().copied().flatten();
        // All slices are equally long. Unless missing values are left out, that is how many numbers each has, too.
        if self.differ && counts.iter().any(|count| *count != most) {
            map.serialize_entry("nobs", &counts)?;
        } else {
            map.serialize_entry("nobs", &most)?;
        }
        let statistics = self.each.first().map_or(&[][..], |slice| &slice.figures);
        for (place, (statistic, first)) in statistics.iter().enumerate() {
            let values = || self.each.iter().map(move |slice| &slice.figures[place].1);
            if matches!(first, Value::Pair(_)) {
                let side = |side: usize| {
                    values()
                        .map(move |value| value.figures().get(side).and_then(|figure| figure.ok()))
                        .collect::<Vec<_>>()
                };
                map.serialize_entry(statistic.name(), &[side(0), side(1)])?;
            } else {
                map.serialize_entry(statistic.name(), &values().map(Json).collect::<Vec<_>>())?;
            }
        }
        if self.each.iter().any(|slice| slice.rank_error.is_some()) {
            let errors: Vec<f64> = self.each.iter().map(|slice| slice.rank_error.unwrap_or(0.0)).collect();
            map.serialize_entry("approximate", &true)?;
            map.serialize_entry("rank_error", &errors)?;
        }
        if self.each.iter().any(|slice| !slice.withheld.is_empty()) {
            map.serialize_entry("withheld", &self.each.iter().map(|slice| &slice.withheld).collect::<Vec<_>>())?;
        }
        if !self.warnings.is_empty() {
            map.serialize_entry("warnings", &self.warnings)?;
        }
        origin(&mut map, self.answer)?;
        map.end()
    }
}

/// The answer for a table: `rows`, a flat list of results, and the columns that were skipped.
struct Table<'a>(&'a Answer<'a>);

impl Serialize for Table<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(answer) = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("rows", &answer.rows.flatten())?;
        map.serialize_entry("results", &Results(answer))?;
        comparisons(&mut map, answer)?;
        if !answer.skipped.is_empty() {
            map.serialize_entry("skipped", &answer.skipped.iter().map(|one| Skip(one, answer)).collect::<Vec<_>>())?;
        }
        if !answer.withheld.is_empty() {
            map.serialize_entry("withheld", &answer.withheld)?;
        }
        origin(&mut map, answer)?;
        map.end()
    }
}

/// The results, each described when it is written.
struct Results<'a>(&'a Answer<'a>);

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for result in self.0.results() {
            list.serialize_element(&One(&result, None))?;
        }
        list.end()
    }
}

/// A column that was skipped. Its cell may be somebody's name.
struct Skip<'a>(&'a Skipped, &'a Answer<'a>);

impl Serialize for Skip<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(skipped, answer) = self;
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("column", &skipped.column)?;
        map.serialize_entry("row", &skipped.row)?;
        map.serialize_entry("value", &Some(&skipped.value).filter(|_| !answer.rules.withholds()))?;
        map.end()
    }
}

/// Two groups compared.
struct Compared<'a>(&'a Comparison<'a>);

impl Serialize for Compared<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(Comparison { column, groups: [a, b], difference, withheld, warnings }) = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("column", column)?;
        map.serialize_entry("a", &Members(a))?;
        map.serialize_entry("b", &Members(b))?;
        map.serialize_entry("difference", &difference.difference.ok())?;
        map.serialize_entry("se", &difference.se.ok())?;
        map.serialize_entry("ci", &difference.ci.as_ref().ok().map(interval))?;
        map.serialize_entry("cohens_d", &difference.cohens_d.ok())?;
        map.serialize_entry("variance_ratio", &difference.variance_ratio.ok())?;
        map.serialize_entry("t", &difference.t.ok())?;
        map.serialize_entry("df", &difference.df.ok())?;
        map.serialize_entry("p", &difference.p.ok())?;
        if !withheld.is_empty() {
            map.serialize_entry("withheld", withheld)?;
        }
        if !warnings.is_empty() {
            map.serialize_entry("warnings", warnings)?;
        }
        map.end()
    }
}

fn interval(interval: &Interval) -> Object<3> {
    Object([
        ("confidence", Member::Number(Some(interval.confidence))),
        ("low", interval.low.into()),
        ("high", interval.high.into()),
    ])
}

/// An object with its members in this order.
pub(super) struct Members<'a, T>(pub(super) &'a [(&'a str, T)]);

impl<T: Serialize> Serialize for Members<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// A value; what is undefined is null.
struct Json<'a>(&'a Value);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Number(figure) => figure.ok().serialize(serializer),
            Value::Pair(pair) => pair.map(Figure::ok).serialize(serializer),
            Value::Count(count) => count.serialize(serializer),
            Value::List(list) => serializer.collect_seq(list.iter().map(|figure| figure.ok())),
            Value::Quantiles(quantiles) => {
                serializer.collect_seq(quantiles.iter().map(|quantile| {
                    Object([("q", Member::Number(Some(quantile.q))), ("value", quantile.value.into())])
                }))
            }
            Value::Mode(mode) => Object([
                ("values", (&mode.values).into()),
                ("count", Member::Count(mode.count)),
                ("total", Member::Count(mode.total)),
            ])
            .serialize(serializer),
            Value::Interval(parts) => interval(parts).serialize(serializer),
            Value::Test(test) => {
                Object([("statistic", test.statistic.into()), ("p", test.p.into())]).serialize(serializer)
            }
            Value::Outliers(outliers) => Object([
                ("lower_fence", outliers.lower_fence.into()),
                ("upper_fence", outliers.upper_fence.into()),
                ("below", Member::Count(outliers.below)),
                ("above", Member::Count(outliers.above)),
            ])
            .serialize(serializer),
            Value::Histogram(histogram) => {
                Object([("edges", (&histogram.edges).into()), ("counts", Member::Counts(histogram.counts.clone()))])
                    .serialize(serializer)
            }
            Value::Frequencies(rows) => serializer.collect_seq(rows.iter().map(|row| {
                Object([
                    ("value", row.value.into()),
                    ("count", Member::Count(row.count)),
                    ("percent", row.percent.into()),
                    ("cumulative_percent", row.cumulative_percent.into()),
                ])
            })),
            Value::Boundaries(rows) => serializer.collect_seq(rows.iter().map(|row| {
                Object([
                    ("grade", Member::Text(row.grade.clone())),
                    ("boundary", Member::Number(row.boundary.and_then(Result::ok))),
                    ("count", Member::Count(row.count)),
                    ("percent", row.percent.into()),
                    ("cumulative_count", Member::Count(row.cumulative_count)),
                    ("cumulative_percent", row.cumulative_percent.into()),
                ])
            })),
            Value::Undefined(_) => serializer.serialize_none(),
        }
    }
}

/// A member of a value that is an object.
#[derive(Serialize)]
#[serde(untagged)]
enum Member {
    Number(Option<f64>),
    Numbers(Vec<Option<f64>>),
    Count(Option<u64>),
    Counts(Vec<Option<u64>>),
    Text(String),
}

impl From<Figure> for Member {
    fn from(figure: Figure) -> Self {
        Self::Number(figure.ok())
    }
}

impl From<&Vec<Figure>> for Member {
    fn from(figures: &Vec<Figure>) -> Self {
        Self::Numbers(figures.iter().map(|figure| figure.ok()).collect())
    }
}

/// An object with its members in this order.
struct Object<const N: usize>([(&'static str, Member); N]);

impl<const N: usize> Serialize for Object<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, member)| (name, member)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use describe::Retention;
    use describe_readers::query_numbers;

    #[test]
    fn the_short_way_writes_what_the_long_one_does() {
        let texts =
            ["5", "6", "0.1", "-7.25", "1e300", "-1e300", "1e-300", "123456789.123456789", "nan", "inf", "2e308"];
        let mut short = 0;
        for place in 0..texts.len().pow(4) {
            let list = (0..4).map(|power| texts[place / texts.len().pow(power) % texts.len()]);
            let list: Vec<_> = list.take(1 + place % 4).collect();
            let Ok(data) = query_numbers(&list, Retention::default()) else { continue };
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
