//! Problem documents (RFC 9457).
//!
//! Input: an error. Output: what a program reads of it. `detail` is for people: the fault of *this* request and its remedy. `errors`
//! is for programs: `loc` is the path to the invalid element as FastAPI spells it, `input` repeats at most 40 characters of it. The
//! first 20 are listed, `error_count` counts all. `type` is `about:blank`: the status is the kind of problem.

use serde::Serialize;
#[cfg(feature = "schema")]
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use crate::messages::{self, Voice};
#[cfg(feature = "schema")]
use describe_options::CellReason;
use describe_options::{Diagnostic, InputError, Kind, Reason, Step, TableFault};

/// A problem document (RFC 9457).
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Problem {
    /// The kind of problem; `about:blank` means that it is the status.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    pub title: &'static str,
    /// The HTTP status.
    #[cfg_attr(feature = "schema", schema(minimum = 400, maximum = 599))]
    pub status: u16,
    /// The error and what to do.
    pub detail: String,
    /// The first 20 invalid values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Fault>,
    /// The number of all invalid values.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    error_count: Option<u64>,
}

/// An invalid value.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Fault {
    /// The path to the value: names and positions, such as `["query","numbers",1]` or `["body",4]`.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<Place>))]
    loc: Vec<Place>,
    /// A short stable name.
    #[serde(rename = "type")]
    code: &'static str,
    /// The error and what to do.
    msg: String,
    /// The invalid text, cut at 40 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    input: Option<String>,
    /// Why a cell of a table is not a number, in a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(schema_with = cell_reason))]
    reason: Option<&'static str>,
    /// The number of equal cells of the column, which are one error.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    count: Option<u64>,
    /// The first rows of these cells.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rows: Vec<u64>,
}

/// A step of the path to an invalid value.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(untagged)]
enum Place {
    /// A name.
    #[cfg_attr(feature = "schema", schema(title = "Name"))]
    Name(String),
    /// A position.
    #[cfg_attr(feature = "schema", schema(title = "Position"))]
    Index(u64),
}

impl Problem {
    /// A problem with a status, its title, what is wrong, and the one invalid value if it is about one.
    #[must_use]
    pub fn new(status: u16, title: &'static str, detail: String, fault: Option<Fault>) -> Self {
        let error_count = fault.is_some().then_some(1);
        Self { kind: "about:blank", title, status, detail, errors: fault.into_iter().collect(), error_count }
    }

    /// The sentences of the listed errors.
    pub fn messages(&self) -> impl Iterator<Item = &str> {
        self.errors.iter().map(|fault| fault.msg.as_str())
    }

    /// The number of errors that are not listed. Equal cells of a column are listed once.
    #[must_use]
    pub fn unlisted(&self) -> u64 {
        let listed: u64 = self.errors.iter().map(|fault| fault.count.unwrap_or(1)).sum();
        self.error_count.unwrap_or_default().saturating_sub(listed)
    }
}

impl From<&InputError> for Problem {
    fn from(error: &InputError) -> Self {
        let (status, title) = status(error.kind());
        let errors: Vec<Fault> = error.listed().iter().map(Fault::from).collect();
        let error_count = Some(error.count()).filter(|count| *count > 0);
        Self { errors, error_count, ..Self::new(status, title, messages::detail(error, Voice::Http), None) }
    }
}

/// The status of a kind of input errors, and its title in RFC 9110.
#[must_use]
pub fn status(kind: Kind) -> (u16, &'static str) {
    match kind {
        Kind::Malformed => (400, "Bad Request"),
        Kind::TooLarge => (413, "Payload Too Large"),
        Kind::Invalid => (422, "Unprocessable Entity"),
        Kind::Busy => (503, "Service Unavailable"),
    }
}

impl Fault {
    /// An error at the path of `names`, with its short stable name and its sentence.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>, code: &'static str, msg: String) -> Self {
        let loc = names.into_iter().map(|name| Place::Name(name.to_owned())).collect();
        Self { loc, code, msg, input: None, reason: None, count: None, rows: Vec::new() }
    }
}

impl From<&Diagnostic> for Fault {
    fn from(diagnostic: &Diagnostic) -> Self {
        let place = |step| match step {
            Step::Name(name) => Place::Name(name),
            Step::Index(index) => Place::Index(index),
        };
        let reason = match &diagnostic.reason {
            Reason::Table(TableFault::NotANumber(fault)) => Some(fault.reason.name()),
            _ => None,
        };
        Self {
            loc: diagnostic.location.steps().into_iter().map(place).collect(),
            code: diagnostic.reason.code(),
            msg: messages::message(diagnostic, Voice::Http),
            input: diagnostic.input.clone(),
            reason,
            count: diagnostic.repeats.as_ref().map(|repeats| repeats.count),
            rows: diagnostic.repeats.as_ref().map_or_else(Vec::new, |repeats| repeats.rows.clone()),
        }
    }
}

/// The schema of the words for a cell that is not a number.
#[cfg(feature = "schema")]
fn cell_reason() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some("Why a cell of a table is not a number, in a word."))
        .enum_values(Some(CellReason::ALL.map(|(word, _)| word)))
        .build()
}
