//! What a statement is asked for: the flags of the command `sql`, and the members of `POST /sql`. One list for both.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use describe_sql::{Dialect, Form, MAX_SCALE, Recipe, StatementError, statement};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, SchemaType};
use utoipa::openapi::{RefOr, Type};

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
    /// What becomes of texts, where there are none.
    #[error("invalid is for columns of texts")]
    InvalidOfNumbers,
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
        if invalid.is_some() && !text {
            return Err(StatementRefusal::InvalidOfNumbers);
        }
        let form = match scale {
            Some(scale) if !by_value => Form::Sums { scale: *scale },
            scale => Form::Values { scale: *scale },
        };
        let recipe = Recipe {
            dialect,
            form,
            columns: column.clone(),
            group_by: group_by.clone(),
            absent: absent.clone(),
            counts_invalid: invalid.is_some(),
        };
        Ok(statement(&recipe, table)?)
    }
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
