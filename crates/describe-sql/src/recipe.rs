//! What a statement describes, and its text in the result, so that a result needs nothing else to be described.

use std::collections::HashSet;
use std::fmt;
use std::hash::Hash;

use describe::Number;

use super::dialect::Dialect;

/// Version of the recipe and of the columns of a result.
const VERSION: &str = "1";

/// Maximum number of decimal places: 10⁹ is the largest power of ten in a 32-bit integer.
pub const MAX_SCALE: u32 = 9;

/// Maximum number of letters of a name. Databases have less.
const MAX_NAME: usize = 255;

/// Beginning of the aliases within a statement.
const ALIAS: &str = "describe_";

/// Reason why a recipe has no statement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// A name that cannot be quoted in every database.
    #[error(
        "the name '{0}' should be of 1 to 255 letters, digits and blanks, without quotes, brackets and backslashes, and not begin with describe_"
    )]
    Name(String),
    /// Too many decimal places.
    #[error("the scale should be a whole number from 0 to {MAX_SCALE}")]
    Scale,
    /// An absence code that is not a number, of columns that are numbers.
    #[error("the absence code '{0}' is not a number, so columns of numbers cannot have it, but columns of texts can")]
    Code(String),
    /// An absence code that the options of a description cannot have, or have as another one.
    #[error("the absence code '{0}' is empty, or has a comma or blanks at its ends; give each code by itself")]
    CodeText(String),
    /// An absence code that is there twice, maybe in two spellings.
    #[error("the absence code '{0}' is given twice; leave one out")]
    RepeatedCode(String),
    /// A column that is there twice.
    #[error("the column '{0}' is given twice; leave one out, as a column can be described or grouped by once")]
    RepeatedColumn(String),
    /// No column is described.
    #[error("name a column to be described")]
    NoColumn,
    /// Texts that are not numbers would be counted in columns of numbers.
    #[error("invalid is for columns of texts")]
    InvalidOfNumbers,
}

/// What a statement describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// Dialect of the database.
    pub dialect: &'static Dialect,
    /// What the database computes.
    pub form: Form,
    /// The described columns.
    pub columns: Vec<String>,
    /// The group columns.
    pub group_by: Vec<String>,
    /// Absence codes.
    pub absent: Vec<String>,
    /// Whether cells that are not numbers are counted, in columns of texts.
    pub counts_invalid: bool,
}

/// What a database computes of each group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Sums of powers, from which all but order statistics follow.
    Sums {
        /// Number of decimal places.
        scale: u32,
    },
    /// How often each value occurs, from which everything follows.
    Values {
        /// Number of decimal places; `None` for columns of texts.
        scale: Option<u32>,
    },
}

impl Form {
    /// Number of decimal places; `None` for columns of texts.
    #[must_use]
    pub fn scale(self) -> Option<u32> {
        match self {
            Self::Sums { scale } => Some(scale),
            Self::Values { scale } => scale,
        }
    }
}

impl Recipe {
    /// Reads the text of a recipe; `None` if it is not one of this version, of which there is a statement.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (mut dialect, mut form, mut scale, mut is_current) = (None, None, None, false);
        let (mut columns, mut group_by, mut absent, mut counts_invalid) = (Vec::new(), Vec::new(), Vec::new(), false);
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            match name.as_ref() {
                "version" => is_current = value == VERSION,
                "dialect" => dialect = Dialect::named(&value),
                "form" => form = Some(value),
                "scale" => scale = Some(value.parse().ok()?),
                "column" => columns.push(value.into_owned()),
                "group_by" => group_by.push(value.into_owned()),
                "absent" => absent.push(value.into_owned()),
                "invalid" => counts_invalid = value == "missing",
                _ => return None,
            }
        }
        let form = match form?.as_ref() {
            "sums" => Form::Sums { scale: scale? },
            "values" => Form::Values { scale },
            _ => return None,
        };
        let recipe = Self { dialect: dialect?, form, columns, group_by, absent, counts_invalid };
        (is_current && recipe.to_string() == text && recipe.checked().is_ok()).then_some(recipe)
    }

    /// Checks that there is a statement of the recipe, and that its result can be described. Returns the absence codes as SQL has them, where
    /// the columns are numbers.
    pub(crate) fn checked(&self) -> Result<Vec<String>, StatementError> {
        let Self { form, columns, group_by, absent, counts_invalid, .. } = self;
        if form.scale().is_some_and(|scale| scale > MAX_SCALE) {
            return Err(StatementError::Scale);
        }
        if columns.is_empty() {
            return Err(StatementError::NoColumn);
        }
        if *counts_invalid && form.scale().is_some() {
            return Err(StatementError::InvalidOfNumbers);
        }
        let names: Vec<&str> = columns.iter().chain(group_by).map(|name| name.trim()).collect();
        columns.iter().chain(group_by).try_for_each(|name| checked_name(name))?;
        if let Some(place) = first_repeated(&names) {
            return Err(StatementError::RepeatedColumn(names[place].to_owned()));
        }
        let is_bad = |code: &&String| code.is_empty() || code.contains(',') || code.trim() != code.as_str();
        if let Some(code) = absent.iter().find(is_bad) {
            return Err(StatementError::CodeText(shown(code)));
        }
        let codes = match form.scale() {
            Some(_) => absent.iter().map(|code| code_as_number(code)).collect::<Result<_, _>>()?,
            None => absent.clone(),
        };
        match first_repeated(&codes) {
            Some(place) => Err(StatementError::RepeatedCode(shown(&absent[place]))),
            None => Ok(codes),
        }
    }
}

impl fmt::Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        pairs.append_pair("version", VERSION).append_pair("dialect", self.dialect.name);
        pairs.append_pair("form", if matches!(self.form, Form::Sums { .. }) { "sums" } else { "values" });
        if let Some(scale) = self.form.scale() {
            pairs.append_pair("scale", &scale.to_string());
        }
        for (name, values) in [("column", &self.columns), ("group_by", &self.group_by), ("absent", &self.absent)] {
            pairs.extend_pairs(values.iter().map(|value| (name, value)));
        }
        if self.counts_invalid {
            pairs.append_pair("invalid", "missing");
        }
        f.write_str(&pairs.finish())
    }
}

/// Place of the first item that an earlier one is equal to.
fn first_repeated<T: Eq + Hash>(items: &[T]) -> Option<usize> {
    let mut seen = HashSet::new();
    items.iter().position(|item| !seen.insert(item))
}

/// Beginning of a text from outside, as an error shows it.
fn shown(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(40).collect()
}

/// Checks that a name can be quoted.
pub(crate) fn checked_name(name: &str) -> Result<(), StatementError> {
    let is_bad = |letter: char| letter.is_control() || "\"'`[]\\;.".contains(letter);
    // ClickHouse takes an alias before a column of the same name.
    let is_ours = name.get(..ALIAS.len()).is_some_and(|start| start.eq_ignore_ascii_case(ALIAS));
    if is_ours || name.trim().is_empty() || name.chars().count() > MAX_NAME || name.contains(is_bad) {
        return Err(StatementError::Name(shown(name)));
    }
    Ok(())
}

/// An absence code as a number that SQL reads exactly.
fn code_as_number(code: &str) -> Result<String, StatementError> {
    match Number::parse(code.as_bytes()) {
        Ok(Number::Finite(decimal)) if code.bytes().all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte)) => {
            Ok(decimal.to_string())
        }
        _ => Err(StatementError::Code(shown(code))),
    }
}
