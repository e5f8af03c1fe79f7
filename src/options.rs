//! The options of a description, parsed alike from a URL, a JSON body and the command line.

use encoding_rs::Encoding;

use crate::describe::{Moments, NanPolicy, Statistic, Statistics};
use crate::rejection::{Problem, Problems, Rejection, Step};

/// Every option's name.
pub const NAMES: [&str; 17] = [
    "ddof",
    "bias",
    "nan_policy",
    "axis",
    "statistics",
    "column",
    "group_by",
    "overall",
    "missing",
    "absent",
    "invalid",
    "header",
    "delimiter",
    "decimal",
    "skip_rows",
    "sheet",
    "encoding",
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
}

impl Origin {
    /// The first step of a `loc`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Body => "body",
            Self::CommandLine => "option",
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
    let nearest = NAMES.iter().min_by_key(|known| strsim::damerau_levenshtein(&shown, known)).unwrap_or(&"");
    format!("there is no option '{shown}'; did you mean '{nearest}'? The options are {}", NAMES.join(", "))
}

/// What to say of a JSON member that is neither `numbers` nor an option.
#[must_use]
pub fn unknown_member(name: &str) -> String {
    let shown = crate::rejection::excerpt(name.as_bytes());
    let known = NAMES.iter().chain(&["numbers"]);
    let nearest = known.min_by_key(|known| strsim::damerau_levenshtein(&shown, known)).unwrap_or(&"");
    format!("there is no member '{shown}'; did you mean '{nearest}'? Beside numbers there may be {}", NAMES.join(", "))
}

/// Every option, with its default where it was not given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `ddof` and `bias`.
    pub moments: Moments,
    /// `nan_policy`: where it is not given, arrays propagate and tables omit.
    pub nan_policy: Option<NanPolicy>,
    /// The axis, if one was asked for, and where.
    pub axis: Option<(Axis, Origin)>,
    /// The figures that are asked for.
    pub statistics: Statistics,
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
    /// Texts that mean a missing value.
    pub missing: Vec<String>,
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

impl Default for TableOptions {
    fn default() -> Self {
        Self {
            columns: Vec::new(),
            group_by: Vec::new(),
            overall: false,
            missing: MISSING_MARKERS.map(str::to_owned).to_vec(),
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
    /// assert_eq!(Options::parse(&[given("0")]).unwrap().moments.ddof, 0);
    /// assert!(Options::parse(&[given("-1")]).is_err());
    /// assert!(Options::parse(&[given("0"), given("0")]).is_err());
    /// ```
    pub fn parse(given: &[Given]) -> Result<Self, Rejection> {
        let mut options = Self::default();
        let mut problems = Problems::default();
        for (i, option) in given.iter().enumerate() {
            let earlier = given[..i].iter().any(|earlier| earlier.name == option.name);
            if let Err((code, message)) = options.set(option, earlier) {
                problems.add(|| Problem::new(option.loc(), code, message, option.values.first().map(String::as_bytes)));
            }
        }
        problems.into_result().map(|()| options)
    }

    /// The options of the moments, with the policy for missing values that is the default where none was given.
    #[must_use]
    pub fn moments_with(&self, default: NanPolicy) -> Moments {
        Moments { nan_policy: self.nan_policy.unwrap_or(default), ..self.moments }
    }

    fn set(&mut self, option: &Given, earlier: bool) -> Result<(), Wrong> {
        let Some(name) = NAMES.into_iter().find(|name| *name == option.name) else {
            return Err(("extra_forbidden", unknown(&option.name)));
        };
        if earlier {
            return Err(("repeated", format!("{name} was given at two places; give it once")));
        }
        if !matches!(name, "ddof" | "bias" | "nan_policy" | "axis" | "statistics" | "encoding") {
            self.table.given.push((name, option.origin));
        }
        let table = &mut self.table;
        match name {
            "ddof" => self.moments.ddof = integer(option)?,
            "bias" => self.moments.bias = boolean(option)?,
            "nan_policy" => self.nan_policy = Some(choice(option, &NAN_POLICIES)?),
            "axis" => self.axis = Some((choice(option, &AXES)?, option.origin)),
            "statistics" => self.statistics = statistics(option)?,
            "column" => table.columns = names(option)?,
            "group_by" => table.group_by = names(option)?,
            "overall" => table.overall = boolean(option)?,
            "missing" => table.missing = markers(option),
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

/// Names of statistics and of groups of them.
fn statistics(option: &Given) -> Result<Statistics, Wrong> {
    let mut all = Statistics::NONE;
    for name in markers(option) {
        all = match name.as_str() {
            "nobs" => all,
            "scipy" => all.and(Statistics::SCIPY),
            "all" => Statistic::all().fold(all, Statistics::with),
            name => all.with(Statistic::named(name).ok_or_else(|| unknown_statistic(name))?),
        };
    }
    Ok(all)
}

fn unknown_statistic(name: &str) -> Wrong {
    let known: Vec<&str> = ["scipy", "all", "nobs"].into_iter().chain(Statistic::all().map(Statistic::name)).collect();
    let shown = crate::rejection::excerpt(name.as_bytes());
    let nearest = known.iter().min_by_key(|known| strsim::damerau_levenshtein(&shown, known)).unwrap_or(&"");
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
