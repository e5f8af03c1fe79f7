//! Model of an answer, made from data and options. Every format is written from it.
//!
//! The results of a table are described one by one when they are taken, so that an answer holds none of them; disclosure control
//! replaces them by results that may be published.

use std::borrow::Cow;
use std::collections::HashMap;

use super::count_display::CountDisplay;
use super::provenance::Stamp;
use super::published_precision::precision;
use super::words;
use describe::{Bins, Count, Description, MAX_FREQUENCY_ROWS, NanPolicy, Order, Sample, Scale, Statistic, Wanted};
use describe_options::{AnswerFault, Diagnostic, Excess, InputError, Location, Measured};
use describe_options::{Axis, OptionName, Options, Rules, excerpt};
use describe_readers::{
    Data, Ledger, MAX_SPECULATIVE_DISTINCT, Numbers, Skipped, Table, TableGroup, TableResult, TableSource, TableWarning,
};

mod comparison;
#[cfg(feature = "correlations")]
mod correlation;
mod reading;
mod result;
mod withheld;

pub(super) use comparison::comparison_warnings;
pub use comparison::{CategoryComparison, Comparison, GroupEquating, GroupPrediction, HomogeneityTest};
use comparison::{category_changes, comparisons, equatings, homogeneity, predictions};
#[cfg(feature = "correlations")]
pub use correlation::PairCorrelation;
pub use reading::ReadingWarning;
pub(super) use reading::source_words;
use result::group;
pub(super) use result::warnings;
pub use result::{Described, Group, Warning, slice_warnings};
pub(crate) use withheld::MEMBER_BYTES;
pub use withheld::{ComparisonStatistic, MemberPath, Reason, Withheld};

/// Answer to a request.
#[derive(Debug)]
pub struct Answer<'a> {
    /// Subject of the results.
    pub shape: Shape,
    /// Number of records of a table.
    pub rows: Option<Count>,
    /// Names of the group columns.
    pub group_by: &'a [String],
    /// Absence codes to count.
    pub codes: &'a [String],
    /// Whether cells that are not numbers are counted.
    pub counts_invalid: bool,
    /// Comparisons of groups, pair by pair, each pair column by column; `None` unless they were requested.
    pub comparisons: Option<Vec<Comparison<'a>>>,
    /// Marks of groups on the scales of others; `None` unless they were requested.
    equatings: Option<Vec<GroupEquating<'a>>>,
    /// Predicted outcomes of groups; `None` unless they were requested.
    predictions: Option<Vec<GroupPrediction<'a>>>,
    /// Changes of the categories of groups; `None` unless they were requested.
    pub category_changes: Option<Vec<CategoryComparison<'a>>>,
    /// Tests of homogeneity of columns of categories, if there are groups.
    pub homogeneity: Vec<HomogeneityTest<'a>>,
    /// Correlations of columns, if they were requested.
    #[cfg(feature = "correlations")]
    pub correlations: Vec<PairCorrelation<'a>>,
    /// Columns of a table that are not described because they are not numeric, when none were requested.
    pub skipped: &'a [Skipped],
    /// What each file of a table was read as.
    pub sources: &'a [TableSource],
    reading_warnings: &'a [TableWarning],
    /// Statistics and parameters of every result.
    pub wanted: Wanted,
    /// Rules of publication.
    pub rules: Rules,
    /// Sentences about rounded and withheld members.
    pub notes: Vec<String>,
    /// Reason why `rows` is withheld, if it is.
    pub withheld: Withheld,
    /// Provenance, if it was requested.
    pub stamp: Option<Stamp>,
    samples: Samples<'a>,
    /// By column, or for all slices, the scale of the results together; empty if nothing depends on it.
    scales: HashMap<Option<&'a str>, Scale>,
    /// Results as they may be published, if they differ from those of the samples.
    published: Option<Vec<Described<'a>>>,
    /// What the answer may take of memory and time, with the data.
    pub ledger: &'a Ledger,
}

/// Subject of the results of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One array.
    One,
    /// Slices of nested arrays, each a `row` or a `column`.
    Slices(&'static str),
    /// Columns of a table, group by group.
    Table,
}

/// Samples to describe.
#[derive(Debug)]
enum Samples<'a> {
    One(&'a Sample),
    Merged(Box<Sample>),
    Slices(&'a [Sample]),
    Table(&'a Table),
}

impl<'a> Answer<'a> {
    /// Answer about `data` by `options`, before disclosure control.
    ///
    /// # Errors
    /// Options that do not fit the data, such as an axis that the array does not have; a missing value with
    /// `nan_policy=raise`.
    ///
    /// ```
    /// use describe::Retention;
    /// use describe_options::{Options, Origin};
    /// use describe_readers::parse_list;
    /// use describe_reports::answer::Answer;
    /// let data = parse_list(&["5", "6"], Origin::Query, Retention::default())?;
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
            // Every result of a table has the number of missing values anyway.
            wanted.statistics = wanted.statistics.without(Statistic::Missing);
        }
        let tables = [Statistic::Frequencies, Statistic::MarkTable];
        if let Some(table) = tables.into_iter().find(|table| options.named.is_some_and(|named| named.has(*table))) {
            samples.check_rows(table, options)?;
        }
        let (rules, ledger) = (options.output.rules(), data.ledger());
        let is_aligned = wanted.bins == Bins::Aligned && wanted.statistics.has(Statistic::Histogram);
        let scales =
            if is_aligned || rules.rounds_statistics { samples.scales(&rules, ledger)? } else { HashMap::new() };
        let mut answer = Self {
            shape,
            samples,
            scales,
            rows: table.map(|table| Some(table.rows)),
            group_by: table.map_or(&[], |table| &table.group_by),
            codes: table.map_or(&[], |table| &table.codes),
            counts_invalid: table.is_some_and(|table| table.counts_invalid),
            comparisons: None,
            equatings: None,
            predictions: None,
            category_changes: None,
            homogeneity: Vec::new(),
            #[cfg(feature = "correlations")]
            correlations: Vec::new(),
            skipped: table.map_or(&[], |table| &table.skipped),
            sources: table.map_or(&[], |table| &table.sources),
            reading_warnings: table.map_or(&[], |table| &table.warnings),
            wanted,
            rules,
            notes: table.filter(|table| table.results.is_empty()).map(no_results).into_iter().collect(),
            withheld: Withheld::default(),
            stamp: None,
            published: None,
            ledger,
        };
        if let Some(table) = table {
            let wanted = |result: &TableResult, nobs| answer.wanted_of(Some(&result.column), nobs);
            let of_categories = options.counts_categories();
            let compared = (options.compare && !of_categories).then(|| comparisons(table, options, &wanted));
            let changes = (options.compare && of_categories).then(|| category_changes(table, options, &wanted));
            let equated = options.equate.then(|| equatings(table, options, &wanted));
            (answer.comparisons, answer.category_changes) = (compared.transpose()?, changes.transpose()?);
            answer.equatings = equated.transpose()?;
            if options.predict {
                answer.predictions = Some(predictions(table, options, &answer.wanted)?);
            }
            if of_categories && !table.group_by.is_empty() {
                answer.homogeneity = homogeneity(table, &answer.wanted)?;
            }
            #[cfg(feature = "correlations")]
            if options.correlates() {
                answer.correlations = correlation::correlations(table, options, &answer.wanted)?;
            }
        }
        Ok(answer)
    }

    /// Marks of groups on the scales of others; `None` unless they were requested. A build without the feature has none, so that the
    /// compiler leaves out what is made of them.
    #[must_use]
    pub fn equatings(&self) -> Option<&[GroupEquating<'a>]> {
        if cfg!(feature = "items") { self.equatings.as_deref() } else { None }
    }

    /// Predicted outcomes of groups; `None` unless they were requested, and in a build without the feature.
    #[must_use]
    pub fn predictions(&self) -> Option<&[GroupPrediction<'a>]> {
        if cfg!(feature = "items") { self.predictions.as_deref() } else { None }
    }

    /// Lists of reasons why figures of several groups or columns together are undefined.
    pub fn for_each_warnings_of_groups(&self, add: &mut dyn FnMut(&[Warning])) {
        self.comparisons.iter().flatten().for_each(|compared| add(&compared.warnings));
        self.category_changes.iter().flatten().for_each(|changes| add(&changes.warnings));
        self.homogeneity.iter().for_each(|test| add(&test.warnings));
        self.equatings().into_iter().flatten().for_each(|equated| add(&equated.warnings));
        self.predictions().into_iter().flatten().for_each(|predicted| add(&predicted.warnings));
        #[cfg(feature = "correlations")]
        self.correlations.iter().for_each(|pair| add(&pair.warnings));
    }

    /// Withholds what is made of the counts of groups together, and would tell them beside rounded ones.
    pub fn withhold(&mut self, equatings: impl Fn(&mut GroupEquating), predictions: impl Fn(&mut GroupPrediction)) {
        if cfg!(feature = "items") {
            self.equatings.iter_mut().flatten().for_each(equatings);
            self.predictions.iter_mut().flatten().for_each(predictions);
        }
    }

    /// Number of results.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.samples {
            Samples::One(_) | Samples::Merged(_) => 1,
            Samples::Slices(slices) => slices.len(),
            Samples::Table(table) => table.results.len(),
        }
    }

    /// Whether there are no results.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Results, each described when it is taken since there may be very many: group by group, within a group column by
    /// column, then those of margins, those over all groups last.
    pub fn results(&self) -> impl Iterator<Item = Described<'a>> {
        (0..self.len()).map(|place| self.at(place))
    }

    /// All results at once.
    ///
    /// # Errors
    /// More memory or time than the task may take.
    pub fn all_results(&self) -> Result<Vec<Described<'a>>, InputError> {
        self.results().map(|result| self.charged(result)).collect()
    }

    /// Results that charts show: not the totals beside groups of several columns.
    ///
    /// # Errors
    /// More memory or time than the task may take.
    pub fn charted_results(&self) -> Result<Vec<Described<'a>>, InputError> {
        self.charted().map(|place| self.charged(self.at(place))).collect()
    }

    /// Number of results that charts show.
    #[must_use]
    pub fn charted_len(&self) -> usize {
        self.charted().count()
    }

    /// Places of the results that charts show.
    fn charted(&self) -> impl Iterator<Item = usize> {
        let table = if let Samples::Table(table) = &self.samples { table.results.as_slice() } else { &[] };
        let has_margins = table.iter().any(|result| matches!(result.group, TableGroup::Margin(..)));
        (0..self.len()).filter(move |place| !has_margins || table[*place].group.is_full())
    }

    fn charged(&self, result: Described<'a>) -> Result<Described<'a>, InputError> {
        self.ledger.charge(result.bytes())?;
        self.ledger.check()?;
        Ok(result)
    }

    fn at(&self, place: usize) -> Described<'a> {
        match &self.published {
            Some(published) => published[place].clone(),
            None => self.result(place),
        }
    }

    /// Replaces the results by those that may be published.
    pub fn publish(&mut self, results: Vec<Described<'a>>) {
        self.published = Some(results);
    }

    /// Whether a result is of a margin: of a value of one of several group columns.
    #[must_use]
    pub fn is_margin(&self, result: &Described) -> bool {
        result.group.as_ref().is_some_and(|group| !group.is_empty() && group.len() < self.group_by.len())
    }

    /// Column of each result; `None` for arrays.
    pub fn columns(&self) -> impl Iterator<Item = Option<&str>> {
        (0..self.len()).map(|place| match &self.samples {
            Samples::Table(table) => Some(&*table.results[place].column),
            _ => None,
        })
    }

    /// Group of each group of a table.
    pub fn groups(&self) -> impl Iterator<Item = Group<'a>> {
        let results: &'a [TableResult] = match &self.samples {
            Samples::Table(table) => &table.results,
            _ => &[],
        };
        results.chunk_by(|a, b| a.group == b.group).map(|results| group(self.group_by, &results[0]))
    }

    /// Numbers of a result in order, if all of them are known.
    #[must_use]
    pub fn order(&self, place: usize) -> Option<Order> {
        match &self.samples {
            Samples::One(sample) => sample.order(),
            Samples::Merged(sample) => sample.order(),
            Samples::Slices(slices) => slices[place].order(),
            Samples::Table(table) => table.results[place].numbers.order(),
        }
    }

    /// Warnings about how the table was read, by the rules of publication.
    pub fn reading_warnings(&self) -> impl Iterator<Item = ReadingWarning> {
        let hides_counts = self.rules.concern_counts();
        self.reading_warnings.iter().map(move |warning| ReadingWarning::new(warning, hides_counts))
    }

    /// Number of records, or of values of arrays; `None` where it is withheld.
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
            Samples::One(sample) => self.describe(None, sample),
            Samples::Merged(sample) => self.describe(None, sample),
            Samples::Slices(slices) => self.describe(None, &slices[place]),
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
            ..self.describe(Some(&result.column), &result.numbers)
        }
    }

    /// What is wanted of a result of a column with this number of values.
    #[must_use]
    pub fn wanted_of(&self, column: Option<&str>, nobs: u64) -> Cow<'_, Wanted> {
        let scale = self.scales.get(&column);
        if scale.is_none() && !self.rules.rounds_statistics {
            return Cow::Borrowed(&self.wanted);
        }
        let mut wanted = Wanted { scale: scale.cloned(), ..self.wanted.clone() };
        if self.rules.rounds_statistics {
            wanted.precision = precision(&self.rules, &wanted, scale, nobs);
        }
        Cow::Owned(wanted)
    }

    fn describe(&self, column: Option<&str>, sample: &Sample) -> Described<'a> {
        let wanted = self.wanted_of(column, sample.taken() - sample.missing());
        let Description { nobs, figures, rank_error, has_rounded } = sample.describe(&wanted);
        let mut warnings = warnings(&figures);
        warnings.extend(has_rounded.then(Warning::digits));
        warnings.extend(Warning::untrimmed(&wanted, nobs, &figures));
        Described {
            column: None,
            group: None,
            nobs: Some(nobs),
            figures,
            missing: None,
            absent: None,
            invalid: None,
            rank_error,
            precision: wanted.precision,
            withheld: Withheld::default(),
            warnings,
        }
    }
}

impl<'a> Samples<'a> {
    /// All samples, each with its column.
    fn all(&self) -> Box<dyn Iterator<Item = (Option<&'a str>, &Sample)> + '_> {
        match self {
            Self::One(sample) => Box::new(std::iter::once((None, *sample))),
            Self::Merged(sample) => Box::new(std::iter::once((None, &**sample))),
            Self::Slices(slices) => Box::new(slices.iter().map(|slice| (None, slice))),
            Self::Table(table) => {
                let table: &'a Table = table;
                Box::new(table.results.iter().map(|result| (Some(&*result.column), &result.numbers)))
            }
        }
    }

    /// By column, the scale of all samples together. Where numbers of values are rounded or small ones withheld, it depends on
    /// what is shown of them alone.
    fn scales(&self, rules: &Rules, ledger: &Ledger) -> Result<HashMap<Option<&'a str>, Scale>, InputError> {
        let mut scales: HashMap<Option<&str>, Scale> = HashMap::new();
        let display = CountDisplay::of(rules);
        for (column, sample) in self.all() {
            ledger.check()?;
            let Some(mut scale) = sample.scale() else { continue };
            if rules.withhold && display.is_small(scale.count) {
                continue;
            }
            scale.count = display.rounded(scale.count);
            if let Some(known) = scales.get_mut(&column) {
                *known = known.merged(&scale);
            } else {
                ledger.charge(SCALE_BYTES)?;
                scales.insert(column, scale);
            }
        }
        Ok(scales)
    }

    /// Refuses a frequency table that would be too long.
    fn check_rows(&self, table: Statistic, options: &Options) -> Result<(), InputError> {
        if !self.all().any(|(_, sample)| sample.has_too_many_rows()) {
            return Ok(());
        }
        let fault = AnswerFault::TooManyRows { table: table.name(), max: MAX_FREQUENCY_ROWS };
        Err(Diagnostic::new(options.location(OptionName::Statistics), fault).with_input(table.name().as_bytes()).into())
    }
}

/// Memory of a scale, whose step has up to 670 digits.
const SCALE_BYTES: usize = 1 << 10;

/// Sentence about a table without numeric columns.
fn no_results(table: &Table) -> String {
    const SHOWN_COLUMNS: usize = 3;
    let columns = table.skipped.iter().take(SHOWN_COLUMNS).map(|skipped| {
        let column = excerpt(skipped.column.as_bytes());
        if skipped.value.is_empty() {
            words::column_is_empty(&column)
        } else {
            let options = skipped.remedy.iter().map(|(option, value)| format!("{}={value}", option.as_str()));
            words::column_has(&column, &skipped.value, skipped.row, &options.collect::<Vec<_>>())
        }
    });
    words::no_numeric_column(&columns.collect::<Vec<_>>().join(", "))
}

/// Samples of an array.
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
