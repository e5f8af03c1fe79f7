//! The one model of an answer. It is made from data and options; every format is written from it.

use serde::Serialize;

use super::provenance::Stamp;
use describe::{
    Count, Description, MAX_FREQUENCY_ROWS, NanPolicy, Order, Sample, Statistic, Undefined, UndefinedCode, Value,
    Wanted,
};
use describe_options::{AnswerFault, Diagnostic, Excess, InputError, Location, Measured};
use describe_options::{Axis, OptionName, Options, Rules};
use describe_readers::{Data, MAX_SPECULATIVE_DISTINCT, Numbers, Skipped, Table, TableResult};

mod comparison;
mod withheld;

pub use comparison::Comparison;
pub(super) use comparison::comparison_warnings;
use comparison::comparisons;
pub use withheld::{ComparisonStatistic, MemberPath, Reason, Withheld};

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
    /// The groups compared, pair by pair, each pair column by column; if that was asked for.
    pub comparisons: Option<Vec<Comparison<'a>>>,
    /// The columns of a table that are not described although no others were asked for.
    pub skipped: &'a [Skipped],
    /// What is wanted of every result.
    pub wanted: Wanted,
    /// What may be published.
    pub rules: Rules,
    /// What was rounded and withheld, in words.
    pub notes: Vec<String>,
    /// Why `rows` is withheld, if it is.
    pub withheld: Withheld,
    /// What it was made from, if it says so.
    pub stamp: Option<Stamp>,
    samples: Samples<'a>,
    /// The results as they may be published, if that is not as they are.
    published: Option<Vec<Described<'a>>>,
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
    One(&'a Sample),
    Merged(Box<Sample>),
    Slices(&'a [Sample]),
    Table(&'a Table),
}

/// The values of the group columns, each with the column's name.
pub type Group<'a> = Vec<(&'a str, Option<&'a str>)>;

/// One result.
#[derive(Clone, Debug)]
pub struct Described<'a> {
    /// The column, of a table.
    pub column: Option<&'a str>,
    /// The values of the group columns, each with the column's name: of a table with groups, and none over all groups.
    pub group: Option<Group<'a>>,
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
    /// Where order statistics are approximate: the greatest error of a rank, as a share of the numbers.
    pub rank_error: Option<f64>,
    /// What is withheld, and why.
    pub withheld: Withheld,
    /// Why figures are not given.
    pub warnings: Vec<Warning>,
}

/// Reason why a member of an answer is `null`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Warning {
    /// Name of the member.
    #[cfg_attr(feature = "schema", schema(example = "variance"))]
    pub field: &'static str,
    /// Code of the reason.
    pub code: UndefinedCode,
    /// Sentence that says what happened and what to do.
    pub message: String,
}

impl<'a> Answer<'a> {
    /// The answer to `options` about `data`.
    ///
    /// # Errors
    /// When the options do not fit the data: a missing value with `nan_policy=raise`, an axis that the array does not have.
    ///
    /// ```
    /// use describe::Retention;
    /// use describe_options::Options;
    /// use describe_readers::query_numbers;
    /// use describe_reports::answer::Answer;
    /// let data = query_numbers(&["5", "6"], Retention::default())?;
    /// let options = Options::default();
    /// let answer = Answer::new(&data, &options)?;
    /// assert_eq!(answer.results().next().map(|result| result.nobs), Some(Some(2)));
    /// # Ok::<(), describe_options::InputError>(())
    /// ```
    pub fn new(data: &'a Data, options: &Options) -> Result<Self, InputError> {
        options.check_together()?;
        let (shape, samples, policy) = match data {
            Data::Numbers(numbers) => {
                let (shape, samples) = of_numbers(numbers, options)?;
                (shape, samples, NanPolicy::Propagate)
            }
            Data::Table(table) => (Shape::Table, Samples::Table(table), NanPolicy::Omit),
        };
        let table = if let Data::Table(table) = data { Some(table) } else { None };
        let mut wanted = options.wanted_with(policy);
        wanted.statistics = options.computed();
        if table.is_some() {
            // Every result of a table says how many values are missing anyway.
            wanted.statistics = wanted.statistics.without(Statistic::Missing);
        }
        if options.named.is_some_and(|named| named.has(Statistic::Frequencies)) {
            samples.check_rows(options)?;
        }
        let comparisons = match table {
            Some(table) if options.compare => Some(comparisons(table, options, &wanted)?),
            _ => None,
        };
        Ok(Self {
            shape,
            samples,
            rows: table.map(|table| Some(table.rows)),
            group_by: table.map_or(&[], |table| &table.group_by),
            codes: table.map_or(&[], |table| &table.codes),
            counts_invalid: table.is_some_and(|table| table.counts_invalid),
            comparisons,
            skipped: table.map_or(&[], |table| &table.skipped),
            wanted,
            rules: Rules::default(),
            notes: Vec::new(),
            withheld: Withheld::default(),
            stamp: None,
            published: None,
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
    pub fn results(&self) -> impl Iterator<Item = Described<'a>> {
        (0..self.len()).map(|place| match &self.published {
            Some(published) => published[place].clone(),
            None => self.result(place),
        })
    }

    /// Puts results in the place of those that must not be published.
    pub fn publish(&mut self, results: Vec<Described<'a>>) {
        self.published = Some(results);
    }

    /// The columns of the results, one for each; `None` of arrays.
    pub fn columns(&self) -> impl Iterator<Item = Option<&str>> {
        (0..self.len()).map(|place| match &self.samples {
            Samples::Table(table) => Some(table.results[place].column.as_str()),
            _ => None,
        })
    }

    /// The numbers of a result in order, if all of them are known.
    #[must_use]
    pub fn order(&self, place: usize) -> Option<Order> {
        match &self.samples {
            Samples::One(sample) => sample.order(),
            Samples::Merged(sample) => sample.order(),
            Samples::Slices(slices) => slices[place].order(),
            Samples::Table(table) => table.results[place].numbers.order(),
        }
    }

    /// How many records, or values of arrays, were taken; `None` where that is withheld.
    #[must_use]
    pub fn taken(&self) -> Count {
        let taken = || match &self.samples {
            Samples::One(sample) => sample.taken(),
            Samples::Merged(sample) => sample.taken(),
            Samples::Slices(slices) => slices.iter().map(Sample::taken).sum(),
            Samples::Table(table) => table.rows,
        };
        self.rows.unwrap_or_else(|| Some(taken()).filter(|_| !self.rules.concern_counts()))
    }

    /// Whether missing values are left out.
    #[must_use]
    pub fn omits(&self) -> bool {
        self.wanted.moments.nan_policy == NanPolicy::Omit
    }

    fn result(&self, place: usize) -> Described<'a> {
        match &self.samples {
            Samples::One(sample) => self.describe(sample),
            Samples::Merged(sample) => self.describe(sample),
            Samples::Slices(slices) => self.describe(&slices[place]),
            Samples::Table(table) => {
                let table: &'a Table = table;
                self.of_table(&table.results[place])
            }
        }
    }

    fn of_table(&self, result: &'a TableResult) -> Described<'a> {
        let absent =
            || self.codes.iter().map(String::as_str).zip(result.absent.iter().map(|count| Some(*count))).collect();
        Described {
            column: Some(&result.column),
            group: (!self.group_by.is_empty()).then(|| group(self.group_by, result)),
            missing: Some(Some(result.numbers.missing())),
            absent: (!self.codes.is_empty()).then(absent),
            invalid: self.counts_invalid.then_some(Some(result.invalid)),
            ..self.describe(&result.numbers)
        }
    }

    fn describe(&self, sample: &Sample) -> Described<'a> {
        let Description { nobs, figures, rank_error } = sample.describe(&self.wanted);
        let warnings = warnings(&figures);
        Described {
            column: None,
            group: None,
            nobs: Some(nobs),
            figures,
            missing: None,
            absent: None,
            invalid: None,
            rank_error,
            withheld: Withheld::default(),
            warnings,
        }
    }
}

impl Samples<'_> {
    /// Refuses a table of frequencies that would be too long.
    fn check_rows(&self, options: &Options) -> Result<(), InputError> {
        let too_many = match self {
            Self::One(sample) => sample.has_too_many_rows(),
            Self::Merged(sample) => sample.has_too_many_rows(),
            Self::Slices(slices) => slices.iter().any(Sample::has_too_many_rows),
            Self::Table(table) => table.results.iter().any(|result| result.numbers.has_too_many_rows()),
        };
        if !too_many {
            return Ok(());
        }
        let fault = AnswerFault::TooManyRows { max: MAX_FREQUENCY_ROWS };
        Err(Diagnostic::new(options.location(OptionName::Statistics), fault).with_input(b"frequencies").into())
    }
}

/// The group of a result; none over all groups.
fn group<'a>(group_by: &'a [String], result: &'a TableResult) -> Group<'a> {
    let names = group_by.iter().map(String::as_str);
    names.zip(result.group.iter().flatten().map(Option::as_deref)).collect()
}

impl Warning {
    fn new(field: &'static str, why: Undefined) -> Self {
        Self { field, code: why.code(), message: format!("{field} is null: {why}") }
    }
}

/// Warnings about the statistics that are undefined; none about those that are withheld.
pub(super) fn warnings<'v>(figures: impl IntoIterator<Item = &'v (Statistic, Value)>) -> Vec<Warning> {
    let undefined = figures.into_iter().filter_map(|(statistic, value)| Some((statistic, value.undefined()?)));
    let told = undefined.filter(|(_, why)| *why != Undefined::Withheld);
    told.map(|(statistic, why)| Warning::new(statistic.name(), why)).collect()
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
            if why == Undefined::Withheld {
                continue;
            }
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
fn of_numbers<'a>(numbers: &'a Numbers, options: &Options) -> Result<(Shape, Samples<'a>), InputError> {
    if let Some(name) = options.first_for_tables() {
        return Err(InputError::at(options.location(name), AnswerFault::NotATable { option: name }));
    }
    if options.nan_policy == Some(NanPolicy::Raise) {
        numbers.missing.clone().into_result()?;
    }
    let too_many_slices = || InputError::whole(Excess::new(Measured::Slices, numbers.max_slices() as u64));
    let (shape, samples) = match (&numbers.nested, options.axis) {
        (None, Some(Axis::Rows)) => {
            return Err(InputError::at(options.location(OptionName::Axis), AnswerFault::FlatArray));
        }
        (None, _) => (Shape::One, Samples::One(&numbers.flat)),
        (Some(nested), Some(Axis::Flat)) => {
            (Shape::One, Samples::Merged(Box::new(nested.merged().ok_or_else(too_many_slices)?)))
        }
        (Some(nested), axis) => {
            let (slices, what) = match axis {
                Some(Axis::Rows) => (&nested.rows, "row"),
                _ => (&nested.columns, "column"),
            };
            (Shape::Slices(what), Samples::Slices(slices.as_ref().ok_or_else(too_many_slices)?))
        }
    };
    let dropped_table = || match &samples {
        Samples::One(sample) => sample.dropped_table(),
        Samples::Merged(sample) => sample.dropped_table(),
        Samples::Slices(slices) => slices.iter().any(Sample::dropped_table),
        Samples::Table(_) => false,
    };
    if options.need_order() && dropped_table() { Err(asked_too_late()) } else { Ok((shape, samples)) }
}

fn asked_too_late() -> InputError {
    let fault = AnswerFault::AskedTooLate { max: MAX_SPECULATIVE_DISTINCT };
    InputError::at(Location::data().name(OptionName::Statistics.as_str()), fault)
}
