//! The options of a description, parsed alike from a URL, a JSON body and the command line.

use crate::input_error::{Diagnostic, Diagnostics, InputError, Step};
use crate::output_options;
use describe::{MomentConventions, Moments, NanPolicy, QuantileMethod, Rounding, Statistic, Statistics, Wanted};

use crate::enums::{AXES, CONVENTIONS, Convention, KURTOSES, NAN_POLICIES};
use crate::raw::Wrong;
use crate::values::{
    bins, boolean, boundaries, choice, integer, is_confidence, is_positive, is_tail, one, quantiles, range, statistics,
    within,
};

use crate::enums::{Axis, Format};
use crate::option_name::OptionName;
use crate::output_options::{OutputOptions, Rules};
use crate::raw::{Origin, RawOption};
use crate::table_options::TableOptions;

/// The options of the figures.
const FIGURES: [&str; 15] = [
    "ddof",
    "bias",
    "nan_policy",
    "axis",
    "statistics",
    "convention",
    "kurtosis",
    "quantile_method",
    "quantiles",
    "trim",
    "confidence",
    "maximum",
    "bins",
    "range",
    "boundaries",
];

/// The options that mean nothing for an array of numbers.
const ONLY_TABLES: [&str; 15] = [
    "compare",
    "baseline",
    "column",
    "group_by",
    "overall",
    "weights",
    "weight_type",
    "missing",
    "absent",
    "invalid",
    "header",
    "delimiter",
    "decimal",
    "skip_rows",
    "sheet",
];

/// Every option's name.
pub fn names() -> impl Iterator<Item = &'static str> {
    FIGURES.into_iter().chain(ONLY_TABLES).chain(["encoding"]).chain(output_options::NAMES)
}

/// The same in words.
fn listed() -> String {
    names().collect::<Vec<_>>().join(", ")
}

/// What to say of a name that no option has.
#[must_use]
pub fn unknown(name: &str) -> String {
    let shown = crate::input_error::excerpt(name.as_bytes());
    if name == "numbers" {
        return "numbers go into the URL of a GET or into the body of a POST, not both".into();
    }
    let nearest = nearest(&shown);
    format!("there is no option '{shown}'; did you mean '{nearest}'? The options are {}", listed())
}

/// What to say of a JSON member that is neither `numbers` nor an option.
#[must_use]
pub fn unknown_member(name: &str) -> String {
    let shown = crate::input_error::excerpt(name.as_bytes());
    let nearest = nearest(&shown);
    format!("there is no member '{shown}'; did you mean '{nearest}'? Beside numbers there may be {}", listed())
}

/// The known name that is nearest to one that is not; letters of the other case are near.
fn nearest(name: &str) -> &'static str {
    let name = name.to_ascii_lowercase();
    let known = ["numbers"].into_iter().chain(names());
    known.min_by_key(|known| strsim::damerau_levenshtein(&name, known)).unwrap_or_default()
}

/// Every option, with its default where it was not given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The figures that are asked for, and their choices; the policy for missing values is that below.
    pub wanted: Wanted,
    /// The statistics that were asked for by name; `None` for the default.
    pub named: Option<Statistics>,
    /// Whether all statistics were asked for.
    all: bool,
    /// Whether the quantile method was given.
    names_method: bool,
    convention: Option<Convention>,
    /// Whether groups are compared.
    pub compare: bool,
    /// The group that all others are compared with; `None` to compare each with the one before it.
    pub baseline: Option<String>,
    /// `nan_policy`: where it is not given, arrays propagate and tables omit.
    pub nan_policy: Option<NanPolicy>,
    /// The axis, if one was asked for.
    pub axis: Option<Axis>,
    /// What the answer looks like.
    pub output: OutputOptions,
    /// What concerns tables.
    pub table: TableOptions,
    /// The options that were given, in order, and where each was.
    given: Vec<(OptionName, Origin)>,
}

impl Options {
    /// Parses what was given; every mistake is reported.
    ///
    /// # Errors
    /// An unknown name (the nearest known one is named), a bad value, or a value given twice.
    ///
    /// ```
    /// use describe_options::{RawOption, Options, Origin};
    /// let given = |value: &str| RawOption { origin: Origin::Query, name: "ddof".into(), values: vec![value.into()] };
    /// assert_eq!(Options::parse(&[given("0")]).unwrap().wanted.moments.ddof, 0);
    /// assert!(Options::parse(&[given("-1")]).is_err());
    /// assert!(Options::parse(&[given("0"), given("0")]).is_err());
    /// ```
    pub fn parse(given: &[RawOption]) -> Result<Self, InputError> {
        let mut options = Self::default();
        let mut problems = Diagnostics::default();
        for (i, option) in given.iter().enumerate() {
            let by_hand = |other: &RawOption| other.origin != Origin::Accept;
            let earlier = by_hand(option) && given[..i].iter().any(|other| other.name == option.name && by_hand(other));
            match options.set(option, earlier) {
                Ok(name) => options.given.push((name, option.origin)),
                Err((code, message)) => problems
                    .add(|| Diagnostic::new(option.loc(), code, message, option.values.first().map(String::as_bytes))),
            }
        }
        options.compare |= options.baseline.is_some();
        let has = |name: &str| given.iter().any(|option| option.name == name);
        options.follow_convention(&has);
        options.settle_statistics(&has);
        let Rules { decimals, percent_decimals, half_even, .. } = options.output.rules();
        options.wanted.rounding = Rounding { decimals, percent_decimals, half_even };
        if problems.is_empty()
            && let Some((name, (code, message))) = options.output.conflict()
            && let Some(option) = given.iter().find(|option| option.name == name)
        {
            problems.add(|| Diagnostic::new(option.loc(), code, message, option.values.first().map(String::as_bytes)));
        }
        problems.into_result().map(|()| options)
    }

    /// What is wanted, with the policy for missing values that is the default where none was given.
    #[must_use]
    pub fn wanted_with(&self, default: NanPolicy) -> Wanted {
        let nan_policy = self.nan_policy.unwrap_or(default);
        Wanted { moments: Moments { nan_policy, ..self.wanted.moments }, ..self.wanted.clone() }
    }

    /// The figures to show: those asked for; and in a report where none were, what a reader expects beside the usual ones.
    #[must_use]
    pub fn shown(&self) -> Statistics {
        let beside = self.named.is_none() && self.output.format() == Format::Html;
        let more = if beside { [Statistic::Std, Statistic::Quartiles].as_slice() } else { &[] };
        more.iter().copied().fold(self.wanted.statistics, Statistics::with)
    }

    /// The figures to compute: also those that are only drawn.
    #[must_use]
    pub fn computed(&self) -> Statistics {
        self.output.drawn().iter().copied().fold(self.shown(), Statistics::with)
    }

    /// Whether a figure to compute, or a rule of publication, needs the values in order.
    #[must_use]
    pub fn need_order(&self) -> bool {
        self.computed().need_order() || self.output.rules().withhold
    }

    /// Where an option was given; `None` where it was not.
    #[must_use]
    pub fn origin(&self, option: OptionName) -> Option<Origin> {
        self.given.iter().find(|(name, _)| *name == option).map(|(_, origin)| *origin)
    }

    /// The `loc` of an option: where it was given, and its name. The query, where it was not given.
    #[must_use]
    pub fn loc(&self, option: OptionName) -> Vec<Step> {
        let origin = self.origin(option).unwrap_or(Origin::Query);
        vec![Step::Name(origin.name().into()), Step::Name(option.as_str().into())]
    }

    /// The first option that was given although it means nothing for an array of numbers.
    #[must_use]
    pub fn first_for_tables(&self) -> Option<OptionName> {
        self.given.iter().map(|(name, _)| *name).find(|name| ONLY_TABLES.contains(&name.as_str()))
    }

    /// The options that do not go with others, and why.
    fn contradictions(&self) -> impl Iterator<Item = (OptionName, &'static str)> {
        let table = &self.table;
        let given = |name| self.origin(name).is_some();
        let Wanted { moments: Moments { ddof, bias, conventions, .. }, quantile_method, .. } = self.wanted;
        let reliability = table.has_reliability();
        let compare = if given(OptionName::Baseline) && !given(OptionName::Compare) {
            OptionName::Baseline
        } else {
            OptionName::Compare
        };
        let used = |name: &String| table.columns.contains(name) || table.group_by.contains(name);
        let all = [
            (
                given(OptionName::WeightType) && !given(OptionName::Weights),
                OptionName::WeightType,
                "weight_type needs weights=column",
            ),
            (
                table.weights.as_ref().is_some_and(used),
                OptionName::Weights,
                "weights names a column that column or group_by names",
            ),
            (reliability && ddof > 1, OptionName::WeightType, "reliability weights need ddof=0 or ddof=1"),
            (
                reliability
                    && (!bias
                        || conventions
                            != MomentConventions { pearson: conventions.pearson, ..MomentConventions::default() }),
                OptionName::WeightType,
                "reliability weights have biased skewness and kurtosis only; leave bias and convention out",
            ),
            (
                reliability && self.names_method && quantile_method != QuantileMethod::InvertedCdf,
                OptionName::WeightType,
                "reliability weights have quantile_method=inverted_cdf only",
            ),
            (reliability && self.compare, compare, "groups with reliability weights cannot be compared"),
            (self.compare && table.group_by.is_empty(), compare, "a comparison needs groups; say group_by=column"),
        ];
        all.into_iter().filter(|(wrong, ..)| *wrong).map(|(_, name, message)| (name, message))
    }

    /// Sets what the convention says of options that were not given.
    fn follow_convention(&mut self, has: &dyn Fn(&str) -> bool) {
        let Some(Convention { bias, conventions, quantile_method }) = self.convention else { return };
        let moments = &mut self.wanted.moments;
        let pearson = moments.conventions.pearson;
        moments.conventions = conventions;
        if has("bias") {
            moments.conventions.by_sample_deviation = false;
        } else {
            moments.bias = bias;
        }
        if has("kurtosis") {
            moments.conventions.pearson = pearson;
        }
        if !has("quantile_method") {
            self.wanted.quantile_method = quantile_method;
        }
    }

    /// Decides which figures there are.
    fn settle_statistics(&mut self, has: &dyn Fn(&str) -> bool) {
        let named = self.named.unwrap_or(Statistics::SCIPY);
        let mut statistics = named;
        if self.all {
            statistics = Statistic::all().fold(statistics, Statistics::with);
        }
        for (option, statistic) in OPTION_OF {
            if has(option) && self.named.is_none() {
                // What an option is for is asked for by giving it.
                statistics = statistics.with(statistic);
            } else if !has(option) && !named.has(statistic) {
                statistics = statistics.without(statistic);
            }
        }
        self.wanted.statistics = statistics;
    }

    /// Ok when no option that was given needs or excludes another one.
    ///
    /// # Errors
    /// Which options are needed, or are too many.
    pub fn check_together(&self) -> Result<(), InputError> {
        let mut problems = Diagnostics::default();
        for (name, message) in self.contradictions() {
            let loc = self.loc(name);
            problems.add(|| Diagnostic::new(loc, "options_together", message, None));
        }
        let named = self.named.unwrap_or(Statistics::NONE);
        let Wanted { quantiles, maximum, boundaries, .. } = &self.wanted;
        let lacks = [quantiles.is_empty(), maximum.is_none(), boundaries.is_empty()];
        for ((option, statistic), lacks) in OPTION_OF.into_iter().zip(lacks) {
            if lacks && named.has(statistic) {
                let loc = self.loc(OptionName::Statistics);
                let message = format!("{} needs the option {option}, such as {}", statistic.name(), example(option));
                problems.add(|| Diagnostic::new(loc, "missing_option", message, Some(statistic.name().as_bytes())));
            }
        }
        problems.into_result()
    }

    fn set(&mut self, option: &RawOption, earlier: bool) -> Result<OptionName, Wrong> {
        let Some(known) = OptionName::ALL.iter().copied().find(|known| known.as_str() == option.name) else {
            return Err(("extra_forbidden", unknown(&option.name)));
        };
        let name = known.as_str();
        if earlier {
            return Err(("repeated", format!("{name} was given at two places; give it once")));
        }
        if output_options::NAMES.contains(&name) {
            return self.output.set(option).map(|()| known);
        }
        let wanted = &mut self.wanted;
        match name {
            "ddof" => wanted.moments.ddof = integer(option)?,
            "bias" => wanted.moments.bias = boolean(option)?,
            "nan_policy" => self.nan_policy = Some(choice(option, &NAN_POLICIES)?),
            "axis" => self.axis = Some(choice(option, &AXES)?),
            "statistics" => {
                let (named, all) = statistics(option)?;
                (self.named, self.all) = (Some(named), all);
            }
            "convention" => self.convention = Some(choice(option, &CONVENTIONS)?),
            "kurtosis" => wanted.moments.conventions.pearson = choice(option, &KURTOSES)?,
            "quantile_method" => {
                wanted.quantile_method = choice(option, &QuantileMethod::NAMES)?;
                self.names_method = true;
            }
            "quantiles" => wanted.quantiles = quantiles(option)?,
            "trim" => wanted.trim = within(option, "0 or more and less than 0.5, such as 0.1", is_tail)?,
            "confidence" => wanted.confidence = within(option, "between 0 and 1, such as 0.95", is_confidence)?,
            "maximum" => wanted.maximum = Some(within(option, "above 0, such as 80", is_positive)?),
            "bins" => wanted.bins = bins(option)?,
            "range" => wanted.range = Some(range(option)?),
            "boundaries" => wanted.boundaries = boundaries(option)?,
            "compare" => self.compare = boolean(option)?,
            "baseline" => self.baseline = Some(one(option)?.trim().to_owned()),
            _ => self.table.set(option)?,
        }
        Ok(known)
    }
}

/// The statistics that need an option of their own.
const OPTION_OF: [(&str, Statistic); 3] =
    [("quantiles", Statistic::Quantiles), ("maximum", Statistic::Facility), ("boundaries", Statistic::Boundaries)];

fn example(option: &str) -> &'static str {
    match option {
        "quantiles" => "quantiles=0.05,0.95",
        "maximum" => "maximum=80",
        _ => "boundaries=A:70,B:60",
    }
}
