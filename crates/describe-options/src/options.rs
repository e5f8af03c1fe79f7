//! The options of a description, parsed alike wherever they were given.

use std::collections::HashSet;
use std::sync::Arc;

use describe::{Bins, MomentConventions, Moments, NanPolicy, Parameter, QuantileMethod, Statistic, Statistics, Wanted};

use crate::enums::{
    Axis, CONVENTIONS, ChartKind, Convention, Format, HEADERS, INVALID, KURTOSES, Layout, MARKS, NAN_POLICIES,
    OTHER_HEADERS, OTHER_ROUNDINGS, OTHER_THOUSANDS, ROUNDINGS, RULES, ThousandsMark, UNANSWERED, WeightType,
};
use crate::input_error::{Diagnostic, Diagnostics, InputError, excerpt};
use crate::item_options::Maxima;
use crate::location::{Location, Origins};
#[cfg(feature = "grades")]
use crate::option_error::GradesFault;
use crate::option_error::OptionError;
use crate::option_table::{MISSING_MARKERS, OptionName};
use crate::option_type::Scope;
use crate::origin::Origin;
use crate::output_options::OutputOptions;
use crate::raw::RawOption;
use crate::table_options::{TableOptions, Totals};
use crate::values::{BadValue, Values};

/// Every option, with its default where it was not given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct Options {
    /// The statistics that are wanted, and their parameters; the policy for missing values is that below.
    pub wanted: Wanted,
    /// The statistics that were requested by name; `None` for the default.
    pub named: Option<Statistics>,
    /// Whether all statistics were requested.
    all: bool,
    convention: Option<Convention>,
    /// Whether groups are compared.
    pub compare: bool,
    /// The group column whose values are compared; `None` for the last one.
    pub compare_by: Option<String>,
    /// The group that the others are compared with; `None` to compare each with the one before it.
    pub baseline: Option<String>,
    /// Whether the marks of compared groups are equated.
    pub equate: bool,
    /// Whether the outcomes of compared groups are predicted.
    pub predict: bool,
    /// The layout of the results of groups in a report; `None` where it depends on the number of values.
    pub layout: Option<Layout>,
    /// The group column whose values go down in a crosstab; `None` for all but the other one.
    pub rows: Option<String>,
    /// The group column whose values go across in a crosstab; `None` for the last one.
    pub columns: Option<String>,
    /// A group column, and the column of categories that go across in reports.
    pub crosstab: Option<[String; 2]>,
    /// The policy for missing values; `None` where it depends on the data: arrays propagate, tables omit.
    pub nan_policy: Option<NanPolicy>,
    /// The axis of nested arrays; `None` for the default.
    pub axis: Option<Axis>,
    /// The form of the answer.
    pub output: OutputOptions,
    /// The options of tables.
    pub table: TableOptions,
    /// The options that were given, in order, and where each was.
    given: Origins,
}

impl Options {
    /// Parses options; all that is wrong is reported together. Options that are blank, or whose value is the default that
    /// the table publishes, count as not given.
    ///
    /// # Errors
    /// Unknown names, bad values, options given twice.
    ///
    /// ```
    /// use describe_options::{Options, Origin, RawOption};
    /// let ddof = |value: &str| RawOption { origin: Origin::Query, name: "ddof".into(), values: vec![value.into()] };
    /// assert_eq!(Options::parse(&[ddof("0")]).unwrap().wanted.moments.ddof, 0);
    /// assert!(Options::parse(&[ddof("-1")]).is_err());
    /// assert!(Options::parse(&[ddof("0"), ddof("0")]).is_err());
    /// ```
    pub fn parse(raw_options: &[RawOption]) -> Result<Self, InputError> {
        let mut options = Self::default();
        let mut diagnostics = Diagnostics::default();
        let mut seen: Vec<(OptionName, &RawOption)> = Vec::new();
        for raw in raw_options {
            if let Err(wrong) = options.add(raw, &mut seen) {
                diagnostics.add(|| diagnostic(raw, wrong));
            }
        }
        // Predicted groups are pairs of their own: their bands are compared only if that is asked for.
        options.compare |=
            !options.predict && (options.equate || options.baseline.is_some() || options.compare_by.is_some());
        if let Some([group, categories]) = &options.crosstab {
            options.table.group_by.retain(|name| name != group);
            options.table.group_by.push(group.clone());
            options.table.categories = vec![categories.clone()];
            if options.predict && options.compare_by.is_none() {
                options.compare_by = options.table.group_by.iter().rev().nth(1).cloned();
            }
        }
        if options.table.group_by.is_empty() {
            options.table.group_by.extend(options.rows.iter().chain(&options.columns).cloned());
        }
        if options.counts_categories() {
            // A column beside categories is refused when all options are known.
            options.table.columns.clone_from(&options.table.categories);
        } else if options.correlates() {
            options.table.columns.clone_from(&options.table.correlations);
        }
        #[cfg(feature = "grades")]
        if let Err(fault) = options.order_grades() {
            let error = OptionError::Grades(fault);
            diagnostics.add(|| Diagnostic::new(options.location(OptionName::GradeBoundaries), error));
        }
        options.follow_convention();
        options.settle_statistics();
        if !options.has(OptionName::Bins) && options.output.format().is_for_people() {
            options.wanted.bins = Bins::Aligned;
        }
        options.wanted.precision = options.output.rules().precision;
        if diagnostics.is_empty()
            && let Some((name, error)) = options.output.conflict()
            && let Some((_, raw)) = seen.iter().find(|(seen, _)| *seen == name)
        {
            diagnostics.add(|| diagnostic(raw, error.into()));
        }
        diagnostics.into_result().map(|()| options)
    }

    /// Adds an option to those that were `seen`.
    fn add<'a>(&mut self, raw: &'a RawOption, seen: &mut Vec<(OptionName, &'a RawOption)>) -> Result<(), BadValue> {
        let option = OptionName::named(&raw.name).ok_or_else(|| unknown_name(&raw.name))?;
        let Some(values) = Values::of(option, raw) else { return Ok(()) };
        if Self::is_default(option, &values, raw.origin)? {
            return Ok(());
        }
        // An accepted format may be given beside a requested one.
        let is_repeated = |(other, other_raw): &(OptionName, &RawOption)| {
            *other == option && !raw.origin.is_implied() && !other_raw.origin.is_implied()
        };
        if seen.iter().any(is_repeated) {
            return Err(OptionError::GivenTwice(option).into());
        }
        seen.push((option, raw));
        self.set(option, &values, raw.origin)?;
        self.given.add(option, raw.origin);
        Ok(())
    }

    /// Whether an option is given the default that the table publishes.
    fn is_default(option: OptionName, values: &Values, origin: Origin) -> Result<bool, BadValue> {
        if option.spec().default.is_empty() {
            return Ok(false);
        }
        let mut alone = Self::default();
        alone.set(option, values, origin)?;
        Ok(alone == Self::default())
    }

    /// Sets an option that was not set before.
    fn set(&mut self, option: OptionName, values: &Values, origin: Origin) -> Result<(), BadValue> {
        let Self { wanted, table, output, .. } = self;
        match option {
            OptionName::Ddof => wanted.moments.ddof = values.integer()?,
            OptionName::Bias => wanted.moments.bias = values.boolean()?,
            OptionName::NanPolicy => self.nan_policy = Some(values.word(&NAN_POLICIES)?),
            OptionName::Axis => self.axis = Some(values.word(&Axis::ALL)?),
            OptionName::Statistics => {
                let (named, all) = values.statistics()?;
                (self.named, self.all) = (Some(named), all);
            }
            OptionName::Convention => {
                let convention = values.word(&CONVENTIONS)?;
                self.convention = (convention != Convention::SCIPY).then_some(convention);
            }
            OptionName::Kurtosis => wanted.moments.conventions.pearson = values.word(&KURTOSES)?,
            OptionName::QuantileMethod => wanted.quantile_method = values.word(&QuantileMethod::NAMES)?,
            OptionName::Quantiles => wanted.quantiles = values.numbers()?,
            OptionName::Trim => wanted.trim = values.number()?,
            OptionName::Confidence => wanted.confidence = values.number()?,
            OptionName::Maximum => wanted.maximum = Some(values.number()?),
            OptionName::Bins => wanted.bins = values.bins()?,
            OptionName::Range => wanted.range = Some(values.range()?),
            OptionName::Boundaries => wanted.boundaries = values.boundaries()?,
            OptionName::PercentileRanks => wanted.percentile_ranks = values.numbers()?,
            OptionName::Compare => self.compare = values.boolean()?,
            OptionName::CompareBy => self.compare_by = Some(values.text()?.trim().to_owned()),
            OptionName::Baseline => self.baseline = Some(values.text()?.trim().to_owned()),
            OptionName::Equate => self.equate = values.boolean()?,
            OptionName::Predict => self.predict = values.boolean()?,
            OptionName::Layout => self.layout = Some(values.word(&Layout::ALL)?),
            OptionName::Rows => self.rows = Some(values.text()?.trim().to_owned()),
            OptionName::Columns => self.columns = Some(values.text()?.trim().to_owned()),
            OptionName::Column => table.columns = values.names()?,
            OptionName::Categories => table.categories = values.names()?,
            OptionName::Crosstab => self.crosstab = Some(values.pair()?),
            OptionName::Correlations => table.correlations = values.correlated()?,
            OptionName::GradeBoundaries => table.grade_boundaries = Some(Arc::new(values.grade_boundaries()?)),
            OptionName::Order => (table.order, wanted.categories) = (values.codes()?, values.codes()?),
            OptionName::GroupBy => table.group_by = values.names()?,
            OptionName::Overall if values.boolean()? => table.totals = table.totals.max(Totals::Overall),
            OptionName::Totals if values.boolean()? => table.totals = Totals::Margins,
            OptionName::Overall | OptionName::Totals => {}
            OptionName::Weights => table.weights = Some(values.text()?.trim().to_owned()),
            OptionName::WeightType => table.weight_type = values.word(&WeightType::ALL)?,
            OptionName::Missing => {
                let markers = values.texts()?;
                table.missing = (markers != MISSING_MARKERS).then_some(markers);
            }
            OptionName::Absent => table.absent = values.codes()?,
            OptionName::Invalid => table.invalid_as_missing = values.word(&INVALID)?,
            OptionName::Header => table.header = values.word_or(&HEADERS, &OTHER_HEADERS)?,
            OptionName::Delimiter => table.delimiter = values.delimiter()?,
            OptionName::Decimal => table.decimal_comma = values.word(&MARKS)?,
            OptionName::Thousands => {
                table.thousands = Some(values.word_or(&ThousandsMark::ALL, &OTHER_THOUSANDS)?);
            }
            OptionName::Strip => values.strip()?.clone_into(&mut table.strip),
            OptionName::Comment => table.comment = Some(values.ascii()?),
            OptionName::Escape => table.escape = Some(values.ascii()?),
            OptionName::SkipRows => table.skip_rows = values.rows()?,
            OptionName::SkipEnd => table.skip_end = values.rows()?,
            OptionName::MaxRows => table.max_rows = Some(values.integer()?),
            OptionName::Sheet => table.sheet = Some(values.text()?.to_owned()),
            OptionName::Items => table.items.items = values.codes()?,
            OptionName::Maxima => table.items.maxima = values.maxima()?,
            OptionName::Key => table.items.key = values.texts()?,
            OptionName::Unanswered => table.items.unanswered = values.word(&UNANSWERED)?,
            OptionName::NotReached => table.items.not_reached = values.codes()?,
            OptionName::Encoding => table.encoding = Some(values.encoding()?),
            OptionName::Format if origin == Origin::Accept => output.accepted = Some(values.word(&Format::ALL)?),
            OptionName::Format if origin == Origin::Terminal => output.is_for_terminal = true,
            OptionName::Format => output.format = Some(values.word(&Format::ALL)?),
            OptionName::Chart => output.chart = Some(values.word(&ChartKind::ALL)?),
            OptionName::Stamp => output.stamp = values.boolean()?,
            OptionName::Contact => {
                output.contact = Some(values.text()?.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            OptionName::Publish => output.ofqual = values.word(&RULES)?,
            OptionName::RoundCounts => output.round_counts = Some(values.integer()?),
            OptionName::SuppressBelow => output.suppress_below = Some(values.integer()?),
            OptionName::Decimals => output.decimals = values.decimals()?,
            OptionName::Rounding => output.half_even = Some(values.word_or(&ROUNDINGS, &OTHER_ROUNDINGS)?),
            OptionName::Withhold => output.withhold = Some(values.boolean()?),
        }
        Ok(())
    }

    /// Whether an option was given.
    fn has(&self, option: OptionName) -> bool {
        self.given.names().any(|given| given == option)
    }

    /// The statistics and their parameters, with this policy for missing values where none was given.
    #[must_use]
    pub fn wanted_with(&self, default: NanPolicy) -> Wanted {
        let nan_policy = self.nan_policy.unwrap_or(default);
        Wanted { moments: Moments { nan_policy, ..self.wanted.moments }, ..self.wanted.clone() }
    }

    /// The statistics to show: those requested; by default a report and a terminal have more than the usual ones.
    #[must_use]
    pub fn shown(&self) -> Statistics {
        let beside = self.named.is_none() && self.output.has_more_statistics() && !self.counts_categories();
        let more = if beside { [Statistic::Std, Statistic::Quartiles].as_slice() } else { &[] };
        more.iter().copied().fold(self.wanted.statistics, Statistics::with)
    }

    /// The statistics to compute: also those that are only drawn.
    #[must_use]
    pub fn computed(&self) -> Statistics {
        let drawn = if self.counts_categories() { &[] } else { self.output.drawn() };
        drawn.iter().copied().fold(self.shown(), Statistics::with)
    }

    /// Whether categories of texts are counted, in place of describing numbers.
    #[must_use]
    pub fn counts_categories(&self) -> bool {
        !self.table.categories.is_empty()
    }

    /// Whether correlations of the described columns are computed.
    #[must_use]
    pub fn correlates(&self) -> bool {
        !self.table.correlations.is_empty()
    }

    /// Whether a statistic to compute, or a rule of publication, needs the values in order.
    #[must_use]
    pub fn need_order(&self) -> bool {
        self.computed().need_order() || self.look_at_order()
    }

    /// Whether something else than a statistic needs the values in order: equating, or a rule of publication.
    fn look_at_order(&self) -> bool {
        let rules = self.output.rules();
        self.equate || rules.withhold || rules.rounds_statistics
    }

    /// Whether the order of the values matters to nothing but quantiles: neither to other statistics nor to how figures are shown.
    #[must_use]
    pub fn need_quantiles_alone(&self) -> bool {
        const QUANTILES: [Statistic; 5] =
            [Statistic::Median, Statistic::Quartiles, Statistic::Iqr, Statistic::Deciles, Statistic::Quantiles];
        let others = QUANTILES.into_iter().fold(self.computed(), Statistics::without);
        let is_for_programs = matches!(self.output.format(), Format::Json | Format::Ndjson | Format::Csv);
        is_for_programs && !self.look_at_order() && !others.need_order()
    }

    /// The places where the options were given.
    #[must_use]
    pub fn origins(&self) -> &Origins {
        &self.given
    }

    /// The place where an option was given; the input as a whole if it was not.
    #[must_use]
    pub fn location(&self, option: OptionName) -> Location {
        self.given.location(option)
    }

    /// The first option that was given and concerns tables alone.
    #[must_use]
    pub fn first_for_tables(&self) -> Option<OptionName> {
        self.given.names().find(|name| matches!(name.spec().scope, Scope::Tables | Scope::Groups | Scope::Items))
    }

    /// The options that do not go with others, and why.
    fn contradictions(&self) -> impl Iterator<Item = (OptionName, OptionError)> {
        let table = &self.table;
        let Wanted { moments: Moments { ddof, bias, conventions, .. }, quantile_method, .. } = self.wanted;
        let ways =
            [OptionName::Compare, OptionName::Equate, OptionName::Predict, OptionName::Baseline, OptionName::CompareBy];
        let band = self.crosstab.as_ref().map(|[band, _]| band);
        let compare = ways.into_iter().find(|option| self.has(*option)).unwrap_or(OptionName::Compare);
        let pairs = self.compare || self.predict;
        let not_grouped = |name: &Option<String>| name.as_ref().is_some_and(|name| !table.group_by.contains(name));
        let used = |name: &String| table.columns.contains(name) || table.group_by.contains(name);
        let usual = MomentConventions { pearson: conventions.pearson, ..MomentConventions::default() };
        let needs = |option, needed| (option, OptionError::Needs { option, needed });
        let reliability = table.has_reliability();
        let weight_type = |error| (OptionName::WeightType, error);
        let all = [
            (
                self.has(OptionName::WeightType) && table.weights.is_none(),
                needs(OptionName::WeightType, OptionName::Weights),
            ),
            (table.weights.as_ref().is_some_and(used), (OptionName::Weights, OptionError::WeightsUsedElsewhere)),
            (reliability && ddof > 1, weight_type(OptionError::ReliabilityDdof)),
            (reliability && (!bias || conventions != usual), weight_type(OptionError::ReliabilityMoments)),
            (
                reliability && self.has(OptionName::QuantileMethod) && quantile_method != QuantileMethod::InvertedCdf,
                weight_type(OptionError::ReliabilityQuantiles),
            ),
            (reliability && pairs, (compare, OptionError::ReliabilityComparison)),
            (pairs && table.group_by.is_empty(), needs(compare, OptionName::GroupBy)),
            (self.predict && band.is_none(), needs(OptionName::Predict, OptionName::Crosstab)),
            (
                self.predict && band.is_some() && table.group_by.len() < 2,
                needs(OptionName::Predict, OptionName::GroupBy),
            ),
            (
                self.predict && band.is_some() && band == self.compare_by.as_ref(),
                (OptionName::CompareBy, OptionError::PredictedWithinBands),
            ),
            (
                not_grouped(&self.compare_by) && !table.group_by.is_empty(),
                (OptionName::CompareBy, OptionError::NotGrouped(OptionName::CompareBy)),
            ),
            (
                self.output.chart() == Some(ChartKind::Trend) && table.group_by.is_empty(),
                needs(OptionName::Chart, OptionName::GroupBy),
            ),
            (not_grouped(&self.rows), (OptionName::Rows, OptionError::NotGrouped(OptionName::Rows))),
            (not_grouped(&self.columns), (OptionName::Columns, OptionError::NotGrouped(OptionName::Columns))),
            (
                self.rows.is_some() && self.rows == self.columns,
                (
                    OptionName::Columns,
                    OptionError::RepeatedItem {
                        option: OptionName::Columns,
                        item: excerpt(self.columns.as_deref().unwrap_or_default().as_bytes()),
                    },
                ),
            ),
            (
                self.layout == Some(Layout::Crosstab) && table.group_by.len() < 2,
                needs(OptionName::Layout, OptionName::Columns),
            ),
            (
                table.thousands == Some(if table.decimal_comma { ThousandsMark::Comma } else { ThousandsMark::Point }),
                (OptionName::Thousands, OptionError::ThousandsIsDecimal { is_comma: table.decimal_comma }),
            ),
        ];
        let all = all.into_iter().filter(|(wrong, _)| *wrong).map(|(_, contradiction)| contradiction);
        all.chain(self.contradictions_of_items())
    }

    /// The options that do not go with item analysis, or not without it.
    fn contradictions_of_items(&self) -> impl Iterator<Item = (OptionName, OptionError)> {
        let items = &self.table.items;
        let error = |option: OptionName| {
            let error = if items.are_analysed() {
                (!self.goes_with_items(option)).then_some(OptionError::NotWithItems(option))
            } else {
                self.needs_items(option).then_some(OptionError::Needs { option, needed: OptionName::Items })
            };
            error.map(|error| (option, error))
        };
        let has_both = items.maxima != Maxima::Unknown && !items.key.is_empty();
        let keys: HashSet<&String> = items.key.iter().collect();
        let is_key = |(option, codes): (OptionName, &[String])| {
            let code = codes.iter().find(|code| keys.contains(code))?;
            Some((option, OptionError::KeyIsCode { option, code: excerpt(code.as_bytes()) }))
        };
        let markers = self.table.missing.as_deref().unwrap_or_default();
        let codes: [(OptionName, &[String]); 3] = [
            (OptionName::Absent, &self.table.absent),
            (OptionName::Missing, markers),
            (OptionName::NotReached, &items.not_reached),
        ];
        let codes = codes.into_iter().filter_map(is_key).collect::<Vec<_>>();
        let both = has_both.then_some((OptionName::Maxima, OptionError::MaximaWithKey));
        self.given.names().filter_map(error).chain(both).chain(codes)
    }

    /// Whether an option has an effect only where items are analysed.
    fn needs_items(&self, option: OptionName) -> bool {
        match option {
            OptionName::Chart => {
                matches!(self.output.chart(), Some(ChartKind::Discrimination | ChartKind::Characteristics))
            }
            option => option.spec().scope == Scope::Items,
        }
    }

    /// Whether an option has an effect where items are analysed.
    fn goes_with_items(&self, option: OptionName) -> bool {
        match option {
            OptionName::Format => !self.output.is_state(),
            OptionName::Chart => self.needs_items(option),
            option => option.goes_with_items(),
        }
    }

    /// Takes the order of the grades from their boundaries.
    #[cfg(feature = "grades")]
    fn order_grades(&mut self) -> Result<(), GradesFault> {
        let Some(boundaries) = self.table.grade_boundaries.take() else { return Ok(()) };
        let boundaries = Arc::unwrap_or_clone(boundaries).ordered(&self.table.order)?;
        self.table.order = boundaries.order().to_vec();
        self.wanted.categories.clone_from(&self.table.order);
        self.table.grade_boundaries = Some(Arc::new(boundaries));
        Ok(())
    }

    /// Follows the convention where an option was not given.
    fn follow_convention(&mut self) {
        let Some(Convention { bias, conventions, quantile_method }) = self.convention else { return };
        let pearson = self.wanted.moments.conventions.pearson;
        self.wanted.moments.conventions = conventions;
        if self.has(OptionName::Bias) {
            self.wanted.moments.conventions.by_sample_deviation = false;
        } else {
            self.wanted.moments.bias = bias;
        }
        if self.has(OptionName::Kurtosis) {
            self.wanted.moments.conventions.pearson = pearson;
        }
        if !self.has(OptionName::QuantileMethod) {
            self.wanted.quantile_method = quantile_method;
        }
    }

    /// Decides which statistics there are.
    fn settle_statistics(&mut self) {
        if self.counts_categories() {
            self.wanted.statistics = Statistics::NONE.with(Statistic::Categories);
            return;
        }
        let named = self.named.unwrap_or(Statistics::SCIPY);
        let mut statistics = named;
        if self.all {
            // A mark table repeats the frequencies, with further columns.
            let all = Statistic::all().filter(|statistic| *statistic != Statistic::MarkTable);
            statistics = all.fold(statistics, Statistics::with);
        }
        for (statistic, option) in required_options() {
            let given = self.has(option);
            if given && self.named.is_none() {
                // Giving an option requests its statistic.
                statistics = statistics.with(statistic);
            } else if !given && !named.has(statistic) {
                statistics = statistics.without(statistic);
            }
        }
        self.wanted.statistics = statistics;
    }

    /// The options that do not go with categories, and why.
    fn contradictions_of_categories(&self) -> Vec<(OptionName, OptionError)> {
        let needs = |option, needed| (option, OptionError::Needs { option, needed });
        if self.has(OptionName::Items) {
            // They are refused beside items.
            return Vec::new();
        }
        if self.table.grade_boundaries.is_some() && !self.counts_categories() {
            return vec![needs(OptionName::GradeBoundaries, OptionName::Categories)];
        }
        match (self.counts_categories(), self.table.order.is_empty()) {
            (false, true) => return Vec::new(),
            (false, false) => return vec![needs(OptionName::Order, OptionName::Categories)],
            (true, true) if self.crosstab.is_some() => return vec![needs(OptionName::Crosstab, OptionName::Order)],
            (true, true) => return vec![needs(OptionName::Categories, OptionName::Order)],
            (true, false) => {}
        }
        let of_numbers = [
            (OptionName::Column, self.has(OptionName::Column)),
            (OptionName::Categories, self.has(OptionName::Categories) && self.crosstab.is_some()),
            (OptionName::Statistics, self.all || self.named.is_some_and(|named| named != self.wanted.statistics)),
            (OptionName::Quantiles, self.has(OptionName::Quantiles)),
            (OptionName::Maximum, self.has(OptionName::Maximum)),
            (OptionName::Boundaries, self.has(OptionName::Boundaries)),
            (OptionName::PercentileRanks, self.has(OptionName::PercentileRanks)),
            (OptionName::Equate, self.equate),
            (OptionName::Chart, self.has(OptionName::Chart)),
            (OptionName::WeightType, self.table.has_reliability()),
            (OptionName::Format, self.output.is_state()),
        ];
        let wrong = of_numbers.into_iter().filter(|(_, is_given)| *is_given);
        let mut wrong: Vec<_> = wrong.map(|(option, _)| (option, OptionError::NotForCategories(option))).collect();
        let markers = self.table.missing.as_deref().unwrap_or_default();
        #[cfg(feature = "grades")]
        if let Some(boundaries) = &self.table.grade_boundaries {
            // The cells are marks, so that a code of absence may be a grade as well.
            let of_groups = |column: &&String| self.table.group_by.contains(column);
            wrong.extend(boundaries.columns().iter().find(|column| !of_groups(column)).map(|column| {
                let column = excerpt(column.as_bytes());
                (OptionName::GradeBoundaries, OptionError::BoundariesNotGrouped { column })
            }));
            return wrong;
        }
        for (option, codes) in [(OptionName::Absent, self.table.absent.as_slice()), (OptionName::Missing, markers)] {
            if let Some(code) = codes.iter().find(|code| self.table.order.contains(code)) {
                wrong.push((option, OptionError::CategoryIsCode { option, code: excerpt(code.as_bytes()) }));
            }
        }
        wrong
    }

    /// The options that do not go with correlations.
    fn contradictions_of_correlations(&self) -> impl Iterator<Item = (OptionName, OptionError)> {
        let others = [
            (OptionName::Column, self.has(OptionName::Column)),
            (OptionName::Categories, self.has(OptionName::Categories)),
            (OptionName::Crosstab, self.has(OptionName::Crosstab)),
            (OptionName::Weights, self.has(OptionName::Weights)),
            (OptionName::Format, self.output.is_state()),
        ];
        let wrong = others.into_iter().filter(|(_, is_given)| self.correlates() && *is_given);
        wrong.map(|(option, _)| (option, OptionError::NotWithCorrelations(option)))
    }

    /// Checks that no option needs or excludes another one.
    ///
    /// # Errors
    /// The options that contradict each other, or are missing.
    pub fn check_together(&self) -> Result<(), InputError> {
        let mut diagnostics = Diagnostics::default();
        let of_columns = self.contradictions_of_categories().into_iter().chain(self.contradictions_of_correlations());
        for (option, error) in self.contradictions().chain(of_columns) {
            diagnostics.add(|| Diagnostic::new(self.location(option), error));
        }
        let named = self.named.unwrap_or(Statistics::NONE);
        for (statistic, option) in required_options() {
            if named.has(statistic) && !self.has(option) {
                let error = OptionError::MissingOption { statistic, option };
                let location = self.location(OptionName::Statistics);
                diagnostics.add(|| Diagnostic::new(location, error).with_input(statistic.name().as_bytes()));
            }
        }
        diagnostics.into_result()
    }
}

/// The statistics that require an option, each with that option.
fn required_options() -> impl Iterator<Item = (Statistic, OptionName)> {
    Statistic::all().filter_map(|statistic| Some((statistic, option_of(statistic.requires()?))))
}

/// The option that sets a parameter.
fn option_of(parameter: Parameter) -> OptionName {
    match parameter {
        Parameter::Quantiles => OptionName::Quantiles,
        Parameter::Maximum => OptionName::Maximum,
        Parameter::Boundaries => OptionName::Boundaries,
        Parameter::PercentileRanks => OptionName::PercentileRanks,
        Parameter::Categories => OptionName::Categories,
    }
}

/// The error at its option, with the text that is wrong: an item of a list, else the first value.
fn diagnostic(raw: &RawOption, BadValue { error, item }: BadValue) -> Diagnostic {
    let diagnostic = Diagnostic::new(raw.location(), error);
    match item.as_ref().or(raw.values.first()) {
        Some(value) => diagnostic.with_input(value.as_bytes()),
        None => diagnostic,
    }
}

/// The error of a name that no option has.
fn unknown_name(name: &str) -> OptionError {
    if name == "numbers" {
        return OptionError::NumbersBesideData;
    }
    let name = excerpt(name.as_bytes());
    let nearest = OptionName::nearest(&name);
    OptionError::UnknownName { name, nearest }
}
