//! The options of a description, parsed alike from a URL, a JSON body and the command line.

mod output;

use encoding_rs::Encoding;

pub use output::{ChartKind, Format, OutputOptions, Rules};

use crate::describe::{
    BELOW, Bins, Decimal, Habits, MAX_BINS, Moments, NanPolicy, Number, QuantileMethod, Rounding, Statistic,
    Statistics, Wanted,
};
use crate::rejection::{Problem, Problems, Rejection, Step};

/// Every option's name.
pub const NAMES: [&str; 40] = [
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
    "encoding",
    "format",
    "chart",
    "stamp",
    "publish",
    "round_counts",
    "suppress_below",
    "decimals",
    "rounding",
    "withhold",
];

/// Texts that mean a missing value in a table unless others are given; an empty cell always does.
pub const MISSING_MARKERS: [&str; 10] = ["NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", ".", "#N/A"];

/// Along which axis nested arrays are described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// One result a column: `axis=0`, the default.
    Columns,
    /// One result a row: `axis=1`.
    Rows,
    /// All numbers as one array: `axis=none`.
    Flat,
}

/// Where an option was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In the URL.
    Query,
    /// In the JSON body beside `numbers`.
    Body,
    /// On the command line.
    CommandLine,
    /// In the header Accept, which says the format that is wanted unless an option does.
    Accept,
}

impl Origin {
    /// The first step of a `loc`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Body => "body",
            Self::CommandLine => "option",
            Self::Accept => "header",
        }
    }
}

/// An option as it was given: its values as text, one for each time it stood there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// URL or body.
    pub origin: Origin,
    /// The option's name.
    pub name: String,
    /// Its texts.
    pub values: Vec<String>,
}

impl Given {
    fn loc(&self) -> Vec<Step> {
        vec![Step::Name(self.origin.name().into()), Step::Name(self.name.clone())]
    }
}

/// What to say of a name that no option has.
#[must_use]
pub fn unknown(name: &str) -> String {
    let shown = crate::rejection::excerpt(name.as_bytes());
    if name == "numbers" {
        return "numbers go into the URL of a GET or into the body of a POST, not both".into();
    }
    let nearest = nearest(&shown);
    format!("there is no option '{shown}'; did you mean '{nearest}'? The options are {}", NAMES.join(", "))
}

/// What to say of a JSON member that is neither `numbers` nor an option.
#[must_use]
pub fn unknown_member(name: &str) -> String {
    let shown = crate::rejection::excerpt(name.as_bytes());
    let nearest = nearest(&shown);
    format!("there is no member '{shown}'; did you mean '{nearest}'? Beside numbers there may be {}", NAMES.join(", "))
}

/// The known name that is nearest to one that is not; letters of the other case are near.
fn nearest(name: &str) -> &'static str {
    let name = name.to_ascii_lowercase();
    let known = ["numbers"].into_iter().chain(NAMES);
    known.min_by_key(|known| strsim::damerau_levenshtein(&name, known)).unwrap_or_default()
}

/// Every option, with its default where it was not given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The figures that are asked for, and their choices; the policy for missing values is that below.
    pub wanted: Wanted,
    /// The statistics that were asked for by name, and where; `None` for the default.
    pub named: Option<(Statistics, Origin)>,
    /// Whether all statistics were asked for.
    all: bool,
    /// Whether the quantile method was given.
    names_method: bool,
    convention: Option<Convention>,
    /// Whether groups are compared.
    pub compare: bool,
    /// With which group all others are compared, and where that was said; `None` for each with the next one.
    pub baseline: Option<(String, Origin)>,
    /// `nan_policy`: where it is not given, arrays propagate and tables omit.
    pub nan_policy: Option<NanPolicy>,
    /// The axis, if one was asked for, and where.
    pub axis: Option<(Axis, Origin)>,
    /// What the answer looks like.
    pub output: OutputOptions,
    /// What concerns tables.
    pub table: TableOptions,
}

/// The options of tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableOptions {
    /// The columns to describe; none for every numeric one.
    pub columns: Vec<String>,
    /// The columns whose values make the groups.
    pub group_by: Vec<String>,
    /// Whether a result over all groups is added.
    pub overall: bool,
    /// The column that holds the weights.
    pub weights: Option<String>,
    /// What weights are.
    pub weight_type: WeightType,
    /// Texts that mean a missing value in place of [`MISSING_MARKERS`].
    pub missing: Option<Vec<String>>,
    /// Codes of absences, each counted by itself.
    pub absent: Vec<String>,
    /// Whether cells that are no numbers are counted rather than refused.
    pub invalid_as_missing: bool,
    /// Whether the first record is a header; `None` to find out.
    pub header: Option<bool>,
    /// What separates cells; `None` to find out.
    pub delimiter: Option<u8>,
    /// Whether numbers are written with a decimal comma.
    pub decimal_comma: bool,
    /// How many lines come before the table.
    pub skip_rows: u64,
    /// The sheet of a workbook, by name or number from 1.
    pub sheet: Option<String>,
    /// The encoding of a text; `None` for UTF-8, or what a byte order mark says.
    pub encoding: Option<&'static Encoding>,
    /// The names of those that were given and mean nothing for an array of numbers, and where.
    pub given: Vec<(&'static str, Origin)>,
}

/// What weights are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WeightType {
    /// How often a value stands there.
    #[default]
    Frequency,
    /// How reliable a value is.
    Reliability,
}

const WEIGHT_TYPES: [(&str, WeightType); 2] =
    [("frequency", WeightType::Frequency), ("reliability", WeightType::Reliability)];

impl TableOptions {
    /// Whether values have reliability weights.
    #[must_use]
    pub fn has_reliability(&self) -> bool {
        self.weights.is_some() && self.weight_type == WeightType::Reliability
    }

    /// Whether a text means a missing value.
    #[must_use]
    pub fn is_marker(&self, text: &[u8]) -> bool {
        match &self.missing {
            Some(markers) => markers.iter().any(|marker| marker.as_bytes() == text),
            None => MISSING_MARKERS.iter().any(|marker| marker.as_bytes() == text),
        }
    }
}

impl Default for TableOptions {
    fn default() -> Self {
        Self {
            columns: Vec::new(),
            group_by: Vec::new(),
            overall: false,
            weights: None,
            weight_type: WeightType::Frequency,
            missing: None,
            absent: Vec::new(),
            invalid_as_missing: false,
            header: None,
            delimiter: None,
            decimal_comma: false,
            skip_rows: 0,
            sheet: None,
            encoding: None,
            given: Vec::new(),
        }
    }
}

/// What is wrong with an option: a stable name and a sentence.
type Wrong = (&'static str, String);

impl Options {
    /// Parses what was given; every mistake is reported.
    ///
    /// # Errors
    /// An unknown name (the nearest known one is named), a bad value, or a value given twice.
    ///
    /// ```
    /// use describe_api::options::{Given, Options, Origin};
    /// let given = |value: &str| Given { origin: Origin::Query, name: "ddof".into(), values: vec![value.into()] };
    /// assert_eq!(Options::parse(&[given("0")]).unwrap().wanted.moments.ddof, 0);
    /// assert!(Options::parse(&[given("-1")]).is_err());
    /// assert!(Options::parse(&[given("0"), given("0")]).is_err());
    /// ```
    pub fn parse(given: &[Given]) -> Result<Self, Rejection> {
        let mut options = Self::default();
        let mut problems = Problems::default();
        for (i, option) in given.iter().enumerate() {
            let by_hand = |other: &Given| other.origin != Origin::Accept;
            let earlier = by_hand(option) && given[..i].iter().any(|other| other.name == option.name && by_hand(other));
            if let Err((code, message)) = options.set(option, earlier) {
                problems.add(|| Problem::new(option.loc(), code, message, option.values.first().map(String::as_bytes)));
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
            problems.add(|| Problem::new(option.loc(), code, message, option.values.first().map(String::as_bytes)));
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

    /// The options that do not go with others, and why.
    fn contradictions(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let table = &self.table;
        let given = |name| table.given.iter().any(|(given, _)| *given == name);
        let Wanted { moments: Moments { ddof, bias, habits, .. }, quantile_method, .. } = self.wanted;
        let reliability = table.has_reliability();
        let compare = if given("baseline") && !given("compare") { "baseline" } else { "compare" };
        let used = |name: &String| table.columns.contains(name) || table.group_by.contains(name);
        let all = [
            (given("weight_type") && !given("weights"), "weight_type", "weight_type needs weights=column"),
            (
                table.weights.as_ref().is_some_and(used),
                "weights",
                "weights names a column that column or group_by names",
            ),
            (reliability && ddof > 1, "weight_type", "reliability weights need ddof=0 or ddof=1"),
            (
                reliability && (!bias || habits != Habits { pearson: habits.pearson, ..Habits::default() }),
                "weight_type",
                "reliability weights have biased skewness and kurtosis only; leave bias and convention out",
            ),
            (
                reliability && self.names_method && quantile_method != QuantileMethod::InvertedCdf,
                "weight_type",
                "reliability weights have quantile_method=inverted_cdf only",
            ),
            (reliability && self.compare, compare, "groups with reliability weights cannot be compared"),
            (self.compare && table.group_by.is_empty(), compare, "a comparison needs groups; say group_by=column"),
        ];
        all.into_iter().filter(|(wrong, ..)| *wrong).map(|(_, name, message)| (name, message))
    }

    /// Sets what the convention says of options that were not given.
    fn follow_convention(&mut self, has: &dyn Fn(&str) -> bool) {
        let Some(Convention { bias, habits, quantile_method }) = self.convention else { return };
        let moments = &mut self.wanted.moments;
        let pearson = moments.habits.pearson;
        moments.habits = habits;
        if has("bias") {
            moments.habits.by_sample_deviation = false;
        } else {
            moments.bias = bias;
        }
        if has("kurtosis") {
            moments.habits.pearson = pearson;
        }
        if !has("quantile_method") {
            self.wanted.quantile_method = quantile_method;
        }
    }

    /// Decides which figures there are.
    fn settle_statistics(&mut self, has: &dyn Fn(&str) -> bool) {
        let (named, _) = self.named.unwrap_or((Statistics::SCIPY, Origin::Query));
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
    pub fn check_together(&self) -> Result<(), Rejection> {
        let mut problems = Problems::default();
        for (name, message) in self.contradictions() {
            let given = self.table.given.iter().find(|(given, _)| *given == name);
            let origin = given.map_or(Origin::Query, |(_, origin)| *origin);
            let loc = vec![Step::Name(origin.name().into()), Step::Name(name.into())];
            problems.add(|| Problem::new(loc, "options_together", message, None));
        }
        let (named, origin) = self.named.unwrap_or((Statistics::NONE, Origin::Query));
        let Wanted { quantiles, maximum, boundaries, .. } = &self.wanted;
        let lacks = [quantiles.is_empty(), maximum.is_none(), boundaries.is_empty()];
        for ((option, statistic), lacks) in OPTION_OF.into_iter().zip(lacks) {
            if lacks && named.has(statistic) {
                let loc = vec![Step::Name(origin.name().into()), Step::Name("statistics".into())];
                let message = format!("{} needs the option {option}, such as {}", statistic.name(), example(option));
                problems.add(|| Problem::new(loc, "missing_option", message, Some(statistic.name().as_bytes())));
            }
        }
        problems.into_result()
    }

    fn set(&mut self, option: &Given, earlier: bool) -> Result<(), Wrong> {
        let Some(name) = NAMES.into_iter().find(|name| *name == option.name) else {
            return Err(("extra_forbidden", unknown(&option.name)));
        };
        if earlier {
            return Err(("repeated", format!("{name} was given at two places; give it once")));
        }
        if output::NAMES.contains(&name) {
            return self.output.set(option);
        }
        if ONLY_TABLES.contains(&name) {
            self.table.given.push((name, option.origin));
        }
        let (wanted, table) = (&mut self.wanted, &mut self.table);
        match name {
            "ddof" => wanted.moments.ddof = integer(option)?,
            "bias" => wanted.moments.bias = boolean(option)?,
            "nan_policy" => self.nan_policy = Some(choice(option, &NAN_POLICIES)?),
            "axis" => self.axis = Some((choice(option, &AXES)?, option.origin)),
            "statistics" => {
                let (named, all) = statistics(option)?;
                (self.named, self.all) = (Some((named, option.origin)), all);
            }
            "convention" => self.convention = Some(choice(option, &CONVENTIONS)?),
            "kurtosis" => wanted.moments.habits.pearson = choice(option, &[("fisher", false), ("pearson", true)])?,
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
            "baseline" => self.baseline = Some((one(option)?.trim().to_owned(), option.origin)),
            "column" => table.columns = names(option)?,
            "group_by" => table.group_by = names(option)?,
            "overall" => table.overall = boolean(option)?,
            "weights" => table.weights = Some(one(option)?.trim().to_owned()),
            "weight_type" => table.weight_type = choice(option, &WEIGHT_TYPES)?,
            "missing" => table.missing = Some(markers(option)),
            "absent" => table.absent = codes(option)?,
            "invalid" => table.invalid_as_missing = choice(option, &[("error", false), ("missing", true)])?,
            "header" => table.header = choice(option, &HEADERS)?,
            "delimiter" => table.delimiter = delimiter(option)?,
            "decimal" => table.decimal_comma = choice(option, &[(".", false), (",", true)])?,
            "skip_rows" => table.skip_rows = integer(option)?,
            "sheet" => table.sheet = Some(one(option)?.to_owned()),
            _ => table.encoding = Some(encoding(option)?),
        }
        Ok(())
    }
}

const NAN_POLICIES: [(&str, NanPolicy); 3] =
    [("propagate", NanPolicy::Propagate), ("raise", NanPolicy::Raise), ("omit", NanPolicy::Omit)];

const AXES: [(&str, Axis); 3] = [("0", Axis::Columns), ("1", Axis::Rows), ("none", Axis::Flat)];

const HEADERS: [(&str, Option<bool>); 5] =
    [("auto", None), ("true", Some(true)), ("false", Some(false)), ("1", Some(true)), ("0", Some(false))];

/// The only value of an option.
fn one(option: &Given) -> Result<&str, Wrong> {
    match option.values.as_slice() {
        [value] => Ok(value),
        values => Err(("repeated", format!("{} takes one value; it was given {} times", option.name, values.len()))),
    }
}

fn integer(option: &Given) -> Result<u64, Wrong> {
    let number = one(option)?.trim_ascii();
    let digits = number.strip_prefix('+').unwrap_or(number);
    match digits.parse() {
        Ok(number) if !digits.starts_with('+') => Ok(number),
        _ => Err(("int_parsing", format!("{} is an integer >= 0, such as 0 or 1", option.name))),
    }
}

fn boolean(option: &Given) -> Result<bool, Wrong> {
    match one(option)?.to_ascii_lowercase().as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(("bool_parsing", format!("{} is true or false (or 1 or 0)", option.name))),
    }
}

fn choice<T: Copy>(option: &Given, choices: &[(&str, T)]) -> Result<T, Wrong> {
    let value = one(option)?;
    let found = choices.iter().find(|(text, _)| text.eq_ignore_ascii_case(value));
    found.map(|(_, choice)| *choice).ok_or_else(|| {
        let texts: Vec<_> = choices.iter().map(|(text, _)| *text).collect();
        ("literal_error", format!("{} is one of {}", option.name, texts.join(" ")))
    })
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

/// What a program prints when it is asked for skewness, kurtosis and quantiles; all divide the variance by n - 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Convention {
    bias: bool,
    habits: Habits,
    quantile_method: QuantileMethod,
}

impl Convention {
    const SCIPY: Self = Self {
        bias: true,
        habits: Habits { pearson: false, by_sample_deviation: false, no_small_samples: false },
        quantile_method: QuantileMethod::Linear,
    };

    /// G₁ and G₂, and neither of too few numbers.
    const ADJUSTED: Self =
        Self { bias: false, habits: Habits { no_small_samples: true, ..Self::SCIPY.habits }, ..Self::SCIPY };
}

const CONVENTIONS: [(&str, Convention); 9] = [
    ("scipy", Convention::SCIPY),
    ("excel", Convention::ADJUSTED),
    ("sas", Convention { quantile_method: QuantileMethod::AveragedInvertedCdf, ..Convention::ADJUSTED }),
    ("spss", Convention { quantile_method: QuantileMethod::Weibull, ..Convention::ADJUSTED }),
    ("r", Convention { habits: Habits { by_sample_deviation: true, ..Convention::SCIPY.habits }, ..Convention::SCIPY }),
    (
        "stata",
        Convention {
            habits: Habits { pearson: true, ..Convention::SCIPY.habits },
            quantile_method: QuantileMethod::AveragedInvertedCdf,
            ..Convention::SCIPY
        },
    ),
    ("minitab", Convention { quantile_method: QuantileMethod::Weibull, ..Convention::ADJUSTED }),
    ("pandas", Convention::ADJUSTED),
    ("duckdb", Convention::ADJUSTED),
];

/// Names of statistics and of groups of them; and whether `all` is one.
fn statistics(option: &Given) -> Result<(Statistics, bool), Wrong> {
    let (mut named, mut all) = (Statistics::NONE, false);
    let texts = markers(option);
    if texts.is_empty() {
        return Err((
            "missing",
            "statistics takes names such as mean,median, or scipy or all; leave it out for scipy".into(),
        ));
    }
    for name in texts {
        match name.as_str() {
            "nobs" => {}
            "scipy" => named = named.and(Statistics::SCIPY),
            "all" => all = true,
            name => named = named.with(Statistic::named(name).ok_or_else(|| unknown_statistic(name))?),
        }
    }
    Ok((named, all))
}

const ONE: Decimal = Decimal { digits: 1, exponent: 0, negative: false };
const HALF: Decimal = Decimal { digits: 5, exponent: -1, negative: false };

fn is_positive(decimal: Decimal) -> bool {
    decimal.digits > 0 && !decimal.negative
}

fn is_tail(share: Decimal) -> bool {
    !share.negative && share.compare(HALF).is_lt()
}

fn is_confidence(share: Decimal) -> bool {
    is_positive(share) && share.compare(ONE).is_lt()
}

/// A finite number.
fn decimal(text: &str) -> Option<Decimal> {
    match Number::parse(text.trim_ascii().as_bytes()) {
        Ok(Number::Finite(decimal)) => Some(decimal),
        _ => None,
    }
}

/// The only value of an option, a number for which `good` holds.
fn within(option: &Given, what: &str, good: impl Fn(Decimal) -> bool) -> Result<Decimal, Wrong> {
    let number = decimal(one(option)?).filter(|number| good(*number));
    number.ok_or_else(|| ("out_of_range", format!("{} is a number {what}", option.name)))
}

fn quantiles(option: &Given) -> Result<Vec<Decimal>, Wrong> {
    let share = |text: String| decimal(&text).filter(|share| !share.negative && !share.compare(ONE).is_gt());
    let shares: Option<Vec<Decimal>> = markers(option).into_iter().map(share).collect();
    match shares.filter(|shares| (1..=1000).contains(&shares.len())) {
        Some(shares) => Ok(shares),
        None => Err(("out_of_range", "quantiles are up to 1000 numbers from 0 to 1, such as 0.05,0.95".into())),
    }
}

fn bins(option: &Given) -> Result<Bins, Wrong> {
    if let Ok(count) = one(option)?.trim_ascii().parse() {
        return match count {
            1..=MAX_BINS => Ok(Bins::Count(count)),
            _ => Err(("out_of_range", format!("bins is 1 to {MAX_BINS}"))),
        };
    }
    choice(option, &Bins::RULES)
        .map_err(|_| ("literal_error", "bins is a count, or one of auto fd sturges doane scott rice sqrt".into()))
}

fn range(option: &Given) -> Result<[Decimal; 2], Wrong> {
    let ends: Vec<Option<Decimal>> = markers(option).iter().map(|text| decimal(text)).collect();
    match ends.as_slice() {
        [Some(low), Some(high)] if !low.compare(*high).is_gt() => Ok([*low, *high]),
        _ => Err(("out_of_range", "range is two numbers, the lower one first, such as 0,100".into())),
    }
}

/// Grades and boundaries, the highest first, no grade and no boundary twice.
fn boundaries(option: &Given) -> Result<Vec<(String, Decimal)>, Wrong> {
    let mut all: Vec<(String, Decimal)> = Vec::new();
    for text in markers(option) {
        let pair = text.rsplit_once(':').and_then(|(grade, text)| Some((grade.trim().to_owned(), decimal(text)?)));
        // A colon in a name is a list that was separated by something else, as A:70;B:60 is.
        let Some((grade, boundary)) = pair.filter(|(grade, _)| !grade.is_empty() && !grade.contains(':')) else {
            let message = "boundaries are grades with their lowest mark, commas between, such as A:70,B:60";
            return Err(("literal_error", message.into()));
        };
        if grade == BELOW {
            return Err((
                "repeated",
                format!("'{BELOW}' is the row of those below all boundaries; name the grade otherwise"),
            ));
        }
        if all.iter().any(|(known, other)| *known == grade || other.equals(boundary)) {
            return Err(("repeated", format!("two grades have the name '{grade}' or one boundary; give each once")));
        }
        all.push((grade, boundary));
    }
    if all.is_empty() || all.len() > 1000 {
        return Err(("literal_error", "boundaries are 1 to 1000 grades, such as A:70,B:60".into()));
    }
    all.sort_by(|(_, a), (_, b)| b.compare(*a));
    Ok(all)
}

fn unknown_statistic(name: &str) -> Wrong {
    let known: Vec<&str> = ["scipy", "all", "nobs"].into_iter().chain(Statistic::all().map(Statistic::name)).collect();
    let shown = crate::rejection::excerpt(name.as_bytes());
    let name = shown.to_ascii_lowercase();
    let nearest = known.iter().min_by_key(|known| strsim::damerau_levenshtein(&name, known)).unwrap_or(&"");
    let message = format!("there is no statistic '{shown}'; did you mean '{nearest}'? There are {}", known.join(", "));
    ("literal_error", message)
}

/// Names of columns, none of them twice.
fn names(option: &Given) -> Result<Vec<String>, Wrong> {
    let names: Vec<String> = option.values.iter().map(|name| name.trim().to_owned()).collect();
    match names.iter().enumerate().find(|(i, name)| names[..*i].contains(name)) {
        Some((_, name)) => Err(("repeated", format!("{} names '{name}' twice; name each column once", option.name))),
        None => Ok(names),
    }
}

fn markers(option: &Given) -> Vec<String> {
    let texts = option.values.iter().flat_map(|value| value.split(',')).map(str::trim);
    texts.filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

fn codes(option: &Given) -> Result<Vec<String>, Wrong> {
    let codes = markers(option);
    match codes.iter().enumerate().find(|(i, code)| codes[..*i].contains(code)) {
        Some((_, code)) => Err(("repeated", format!("absent has the code '{code}' twice; give each once"))),
        None if codes.is_empty() => Err(("missing", "absent takes codes such as X or ABS, separated by commas".into())),
        None => Ok(codes),
    }
}

fn delimiter(option: &Given) -> Result<Option<u8>, Wrong> {
    match one(option)? {
        "auto" => Ok(None),
        "tab" | "\\t" => Ok(Some(b'\t')),
        value => match value.as_bytes() {
            [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Ok(Some(*byte)),
            _ => Err(("literal_error", "delimiter is auto, tab or one ASCII character, such as , or ; or |".into())),
        },
    }
}

fn encoding(option: &Given) -> Result<&'static Encoding, Wrong> {
    let label = one(option)?;
    Encoding::for_label(label.trim().as_bytes())
        .ok_or_else(|| ("literal_error", "encoding is a name such as utf-8, windows-1252 or utf-16le".into()))
}
