//! The options of a description, parsed alike from a URL, a JSON body and the command line.

use crate::describe::{Moments, NanPolicy};
use crate::rejection::{Problem, Problems, Rejection, Step};

/// Every option's name.
pub const NAMES: [&str; 4] = ["ddof", "bias", "nan_policy", "axis"];

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
}

impl Origin {
    /// The first step of a `loc`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Body => "body",
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

/// Every option, with its default where it was not given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `ddof`, `bias` and `nan_policy`.
    pub moments: Moments,
    /// The axis, if one was asked for, and where.
    pub axis: Option<(Axis, Origin)>,
}

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

    fn set(&mut self, option: &Given, earlier: bool) -> Result<(), (&'static str, String)> {
        let name = option.name.as_str();
        if !NAMES.contains(&name) {
            return Err(("extra_forbidden", unknown(name)));
        }
        let [value] = option.values.as_slice() else {
            return Err(("repeated", format!("{name} takes one value; it was given {} times", option.values.len())));
        };
        if earlier {
            return Err(("repeated", format!("{name} takes one value; it was given twice")));
        }
        let value = value.as_str();
        match name {
            "ddof" => self.moments.ddof = integer(name, value)?,
            "bias" => self.moments.bias = boolean(name, value)?,
            "nan_policy" => {
                let choices =
                    [("propagate", NanPolicy::Propagate), ("raise", NanPolicy::Raise), ("omit", NanPolicy::Omit)];
                self.moments.nan_policy = choice(name, value, &choices)?;
            }
            _ => {
                let choices = [("0", Axis::Columns), ("1", Axis::Rows), ("none", Axis::Flat)];
                self.axis = Some((choice(name, value, &choices)?, option.origin));
            }
        }
        Ok(())
    }
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

fn integer(name: &str, value: &str) -> Result<u64, (&'static str, String)> {
    let number = value.trim_ascii();
    let digits = number.strip_prefix('+').unwrap_or(number);
    match digits.parse() {
        Ok(number) if !digits.starts_with('+') => Ok(number),
        _ => Err(("int_parsing", format!("{name} is an integer >= 0, such as 0 or 1"))),
    }
}

fn boolean(name: &str, value: &str) -> Result<bool, (&'static str, String)> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(("bool_parsing", format!("{name} is true or false (or 1 or 0)"))),
    }
}

fn choice<T: Copy>(name: &str, value: &str, choices: &[(&str, T)]) -> Result<T, (&'static str, String)> {
    let found = choices.iter().find(|(text, _)| text.eq_ignore_ascii_case(value));
    found.map(|(_, choice)| *choice).ok_or_else(|| {
        let texts: Vec<_> = choices.iter().map(|(text, _)| *text).collect();
        ("literal_error", format!("{name} is one of {}", texts.join(", ")))
    })
}
