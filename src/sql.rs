//! What a statement is asked for: the flags of the command `sql`, and the members of `POST /sql`. One list for both.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use describe_sql::{Dialect, Form, MAX_SCALE, Recipe, StatementError, statement};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, SchemaType};
use utoipa::openapi::{RefOr, Type};

/// Maximum number of letters of a value that an error shows.
const MAX_SHOWN: usize = 40;

/// What a database is to compute.
#[derive(Args, Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementRequest {
    /// Dialect of the database
    #[arg(long, value_parser = dialect())]
    #[serde(deserialize_with = "named_dialect")]
    #[schema(schema_with = dialects)]
    dialect: &'static Dialect,
    /// Table or view, with its schema before a point
    #[arg(long)]
    #[schema(example = "exams.marks")]
    table: String,
    /// Column to describe; repeat it for more
    #[arg(long, value_name = "NAME", required = true)]
    #[serde(deserialize_with = "texts")]
    #[schema(schema_with = columns)]
    column: Vec<String>,
    /// Group column; repeat it for more
    #[arg(long, value_name = "NAME")]
    #[serde(default, deserialize_with = "texts")]
    #[schema(schema_with = groups)]
    group_by: Vec<String>,
    /// Number of decimal places that the values have at most, from 0 to 9
    #[arg(long, value_parser = clap::value_parser!(u32).range(..=i64::from(MAX_SCALE)), required_unless_present = "text", conflicts_with = "text")]
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, minimum = 0, maximum = 9)]
    scale: Option<u32>,
    /// Count each value, in place of sums: also for medians and other order statistics, where distinct values are few
    #[arg(long)]
    #[serde(default)]
    by_value: bool,
    /// The columns are texts, of which each is counted
    #[arg(long)]
    #[serde(default)]
    text: bool,
    /// Absence code, which is counted apart and is not a value; repeat it for more
    #[arg(long, value_name = "CODE", allow_hyphen_values = true)]
    #[serde(default, deserialize_with = "texts")]
    #[schema(schema_with = codes)]
    absent: Vec<String>,
    /// Count texts that are not numbers; without it they are refused
    #[arg(long, value_name = "WORD", requires = "text")]
    #[serde(default, deserialize_with = "given")]
    #[schema(schema_with = words_for_texts)]
    invalid: Option<InvalidTexts>,
}

/// What becomes of texts that are not numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
enum InvalidTexts {
    /// They are counted as missing
    Missing,
}

/// Why there is no statement.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementRefusal {
    /// Neither decimal places nor texts, or both.
    #[error("give the scale of columns of numbers, or say that the columns are texts; one of the two")]
    ScaleOrText,
    /// What SQL cannot have.
    #[error(transparent)]
    Statement(#[from] StatementError),
}

impl StatementRequest {
    /// The statement.
    ///
    /// # Errors
    /// What contradicts itself, and what SQL cannot have.
    pub fn statement(&self) -> Result<String, StatementRefusal> {
        let Self { dialect, table, column, group_by, scale, by_value, text, absent, invalid } = self;
        if scale.is_some() == *text {
            return Err(StatementRefusal::ScaleOrText);
        }
        let form = match scale {
            Some(scale) if !by_value => Form::Sums { scale: *scale },
            scale => Form::Values { scale: *scale },
        };
        // As `describe` reads them: several may be in one text, and an empty one is not given.
        let codes = absent.iter().flat_map(|codes| codes.split(',')).map(str::trim).filter(|code| !code.is_empty());
        let recipe = Recipe {
            dialect,
            form,
            columns: column.clone(),
            group_by: group_by.clone(),
            absent: codes.map(str::to_owned).collect(),
            counts_invalid: invalid.is_some(),
        };
        Ok(statement(&recipe, table)?)
    }
}

/// The first member whose value cannot be read, and what it should be; `None` if all can. In a form every value is a text.
#[must_use]
pub fn misfit(members: &Map<String, Value>, is_form: bool) -> Option<String> {
    members.iter().find_map(|(name, value)| {
        let text = value.as_str().filter(|_| is_form);
        let is_one = |value: &Value| value.is_string() || value.is_i64();
        let (is_fit, wanted) = match name.as_str() {
            "scale" => {
                let scale = text.map_or_else(|| value.as_u64(), |text| text.parse().ok());
                let wanted = format!("a whole number from 0 to {MAX_SCALE}, without quotes");
                (scale.is_some_and(|scale| scale <= u64::from(MAX_SCALE)), wanted)
            }
            "by_value" | "text" => {
                let is_word = text.is_some_and(|text| ["true", "false"].contains(&text));
                (value.is_boolean() || is_word, "true or false, without quotes".to_owned())
            }
            "dialect" => {
                let is_known = value.as_str().is_some_and(|name| Dialect::named(name).is_some());
                (is_known, format!("one of {}", dialect_names().collect::<Vec<_>>().join(", ")))
            }
            "table" => (value.is_string(), "a text, such as \"exams.marks\"".to_owned()),
            "invalid" => (value.as_str() == Some("missing"), "\"missing\", or be left out".to_owned()),
            "column" | "group_by" | "absent" => {
                let is_list = value.as_array().is_some_and(|list| list.iter().all(is_one));
                (is_one(value) || is_list, "a text, or a list of texts".to_owned())
            }
            _ => return None,
        };
        let shown: String = value.to_string().chars().take(MAX_SHOWN).collect();
        (!is_fit).then(|| format!("{name} should be {wanted}, and is {shown}"))
    })
}

/// Names of the dialects.
fn dialect_names() -> impl Iterator<Item = &'static str> {
    Dialect::all().iter().map(|dialect| dialect.name)
}

/// Parser of the name of a dialect.
fn dialect() -> impl TypedValueParser<Value = &'static Dialect> {
    PossibleValuesParser::new(dialect_names()).try_map(|name| Dialect::named(&name).ok_or("not a dialect"))
}

fn named_dialect<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static Dialect, D::Error> {
    let name = String::deserialize(deserializer)?;
    let known = || dialect_names().collect::<Vec<_>>().join(", ");
    Dialect::named(&name).ok_or_else(|| D::Error::custom(format!("dialect should be one of {}", known())))
}

fn dialects() -> RefOr<Schema> {
    let dialect = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(dialect_names()));
    dialect.description(Some("Dialect of the database")).into()
}

fn words_for_texts() -> RefOr<Schema> {
    let word = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["missing"]));
    word.description(Some("Count texts that are not numbers; without it they are refused")).into()
}

fn columns() -> RefOr<Schema> {
    text_or_texts("Column to describe, or several")
}

fn groups() -> RefOr<Schema> {
    text_or_texts("Group column, or several")
}

fn codes() -> RefOr<Schema> {
    text_or_texts("Absence code, or several: each is counted apart and is not a value")
}

/// Reads a value that is there, and is not `null`.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Reads a text, or a list of texts; a number is its text.
fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a text or a list of texts")]
    enum Texts {
        One(Text),
        List(Vec<Text>),
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Text {
        Text(String),
        Integer(i64),
    }
    let text = |text| match text {
        Text::Text(text) => text,
        Text::Integer(integer) => integer.to_string(),
    };
    Ok(match Texts::deserialize(deserializer)? {
        Texts::One(one) => vec![text(one)],
        Texts::List(list) => list.into_iter().map(text).collect(),
    })
}

fn text_or_texts(description: &str) -> RefOr<Schema> {
    let text = || ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Integer]));
    let list = ArrayBuilder::new().items(text()).title(Some("List"));
    OneOfBuilder::new().item(text().title(Some("One"))).item(list).description(Some(description)).into()
}
