//! The one model of an answer. It is made from data and options; every format is written from it.

use serde::Serialize;

use crate::describe::{Accumulator, Count, Moments, NanPolicy, Statistic, Statistics, Undefined, Value};
use crate::input::{Data, Numbers, Skipped, Table, TableResult};
use crate::options::{Axis, Options, Origin};
use crate::rejection::{Kind, Problem, Rejection, Step};

/// The answer to a request.
#[derive(Debug)]
pub struct Answer<'a> {
    /// What the results are of.
    pub shape: Shape,
    /// How many records a table has.
    pub rows: Option<Count>,
    /// The names of the columns that make the groups.
    pub group_by: &'a [String],
    /// The absence codes that were asked for.
    pub codes: &'a [String],
    /// Whether cells that are no numbers are counted.
    pub counts_invalid: bool,
    /// The columns of a table that are not described although no others were asked for.
    pub skipped: &'a [Skipped],
    /// The figures that every result has.
    pub statistics: Statistics,
    samples: Samples<'a>,
    moments: Moments,
}

/// What the results of an answer are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// There is one, of an array.
    One,
    /// Of the slices of a nested array, each of them a `row` or a `column`.
    Slices(&'static str),
    /// Of the columns of a table, group by group.
    Table,
}

/// What is described.
#[derive(Debug)]
enum Samples<'a> {
    One(&'a Accumulator),
    Merged(Box<Accumulator>),
    Slices(&'a [Accumulator]),
    Table(&'a Table),
}

/// One result.
#[derive(Debug)]
pub struct Described<'a> {
    /// The column, of a table.
    pub column: Option<&'a str>,
    /// The values of the group columns, each with the column's name: of a table with groups, and none over all groups.
    pub group: Option<Vec<(&'a str, Option<&'a str>)>>,
    /// How many numbers were described.
    pub nobs: Count,
    /// The figures that were asked for, in the order of [`Statistic`].
    pub figures: Vec<(Statistic, Value)>,
    /// How many values were missing, of a table.
    pub missing: Option<Count>,
    /// How many cells had each of the absence codes, if there are such codes.
    pub absent: Option<Vec<(&'a str, Count)>>,
    /// How many cells were no numbers, if these are counted.
    pub invalid: Option<Count>,
    /// Why figures are not given.
    pub warnings: Vec<Warning>,
}

/// Why a figure is not given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// The member of the answer.
    pub field: &'static str,
    /// A stable name of the reason.
    pub code: &'static str,
    /// What happened and what to do.
    pub message: String,
}

impl<'a> Answer<'a> {
    /// The answer to `options` about `data`.
    ///
    /// # Errors
    /// When the options do not fit the data: a missing value with `nan_policy=raise`, an axis that the array does not have.
    ///
    /// ```
    /// use describe_api::{input::query_numbers, options::Options, output::answer::Answer};
    /// let data = query_numbers(&["5", "6"])?;
    /// let options = Options::default();
    /// let answer = Answer::new(&data, &options)?;
    /// assert_eq!(answer.results().next().map(|result| result.nobs), Some(Some(2)));
    /// # Ok::<(), describe_api::rejection::Rejection>(())
    /// ```
    pub fn new(data: &'a Data, options: &Options) -> Result<Self, Rejection> {
        let (shape, samples, policy) = match data {
            Data::Numbers(numbers) => {
                let (shape, samples) = of_numbers(numbers, options)?;
                (shape, samples, NanPolicy::Propagate)
            }
            Data::Table(table) => (Shape::Table, Samples::Table(table), NanPolicy::Omit),
        };
        let table = if let Data::Table(table) = data { Some(table) } else { None };
        Ok(Self {
            shape,
            samples,
            rows: table.map(|table| Some(table.rows)),
            group_by: table.map_or(&[], |table| &table.group_by),
            codes: table.map_or(&[], |table| &table.codes),
            counts_invalid: table.is_some_and(|table| table.counts_invalid),
            skipped: table.map_or(&[], |table| &table.skipped),
            statistics: options.statistics,
            moments: options.moments_with(policy),
        })
    }

    /// How many results there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.samples {
            Samples::One(_) | Samples::Merged(_) => 1,
            Samples::Slices(slices) => slices.len(),
            Samples::Table(table) => table.results.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The results, each described when it is taken: there may be very many. Group by group, within a group column by
    /// column, those over all groups last.
    pub fn results(&self) -> impl Iterator<Item = Described<'_>> {
        (0..self.len()).map(|place| self.result(place))
    }

    /// Whether missing values are left out.
    #[must_use]
    pub fn omits(&self) -> bool {
        self.moments.nan_policy == NanPolicy::Omit
    }

    fn result(&self, place: usize) -> Described<'_> {
        match &self.samples {
            Samples::One(sample) => self.describe(sample),
            Samples::Merged(sample) => self.describe(sample),
            Samples::Slices(slices) => self.describe(&slices[place]),
            Samples::Table(table) => self.of_table(&table.results[place]),
        }
    }

    fn of_table<'b>(&'b self, result: &'b TableResult) -> Described<'b> {
        let group = || {
            let names = self.group_by.iter().map(String::as_str);
            names.zip(result.group.iter().flatten().map(Option::as_deref)).collect()
        };
        let absent =
            || self.codes.iter().map(String::as_str).zip(result.absent.iter().map(|count| Some(*count))).collect();
        Described {
            column: Some(&result.column),
            group: (!self.group_by.is_empty()).then(group),
            missing: Some(Some(result.numbers.missing())),
            absent: (!self.codes.is_empty()).then(absent),
            invalid: self.counts_invalid.then_some(Some(result.invalid)),
            ..self.describe(&result.numbers)
        }
    }

    fn describe(&self, sample: &Accumulator) -> Described<'_> {
        let (nobs, figures) = sample.describe(self.statistics, self.moments);
        let warnings = figures.iter().filter_map(|(statistic, value)| warning(*statistic, value)).collect();
        Described {
            column: None,
            group: None,
            nobs: Some(nobs),
            figures,
            missing: None,
            absent: None,
            invalid: None,
            warnings,
        }
    }
}

fn warning(statistic: Statistic, value: &Value) -> Option<Warning> {
    let why = value.undefined()?;
    let field = statistic.name();
    Some(Warning { field, code: why.code(), message: format!("{field} is null: {why}") })
}

/// One warning for each field and reason of slices, which says how many slices it concerns and names the first few.
#[must_use]
pub fn slice_warnings(slices: &[Described], what: &str) -> Vec<Warning> {
    let mut found: Vec<(&'static str, Undefined, Vec<usize>)> = Vec::new();
    let statistics = slices.first().map_or(0, |slice| slice.figures.len());
    for statistic in 0..statistics {
        for (slice, described) in slices.iter().enumerate() {
            let (statistic, value) = &described.figures[statistic];
            let (field, Some(why)) = (statistic.name(), value.undefined()) else { continue };
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

/// What of an array is described.
fn of_numbers<'a>(numbers: &'a Numbers, options: &Options) -> Result<(Shape, Samples<'a>), Rejection> {
    if let Some((name, origin)) = options.table.given.first() {
        return Err(only_for_tables(name, *origin));
    }
    if options.nan_policy == Some(NanPolicy::Raise) {
        numbers.missing.clone().into_result()?;
    }
    Ok(match (&numbers.nested, options.axis) {
        (None, Some((Axis::Rows, origin))) => return Err(no_such_axis(origin)),
        (None, _) => (Shape::One, Samples::One(&numbers.flat)),
        (Some(nested), Some((Axis::Flat, _))) => {
            (Shape::One, Samples::Merged(Box::new(nested.merged().ok_or_else(too_many_slices)?)))
        }
        (Some(nested), axis) => {
            let (slices, what) = match axis {
                Some((Axis::Rows, _)) => (&nested.rows, "row"),
                _ => (&nested.columns, "column"),
            };
            (Shape::Slices(what), Samples::Slices(slices.as_ref().ok_or_else(too_many_slices)?))
        }
    })
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
