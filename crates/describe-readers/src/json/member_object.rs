//! Object that is a member of an object: a column or a row of a table, named by what is outside, or an object around a table.
//!
//! Input: the name of the member and the tokens of its object. Output: cells of columns, or records. The first member decides
//! which it is, by its name and the first name in it: rows have numbers as names. Where neither is a number, the options decide if
//! they name a column. Invariant: nothing is guessed; an object that may be either is refused.

use crate::errors::at_member;
use crate::json::columns::Columns;
use crate::json::records::Records;
use crate::json::row_labels::RowLabels;
use crate::json::tokenizer::Token;
use crate::limits::Limits;
use crate::table::Schema;
use describe_options::{InputError, JsonFault, Options, excerpt};

/// Consumer of the objects that are members of an object.
#[derive(Debug)]
pub(crate) struct MemberObjects {
    options: Options,
    limits: Limits,
    /// Schema without columns, which knows those that options name.
    requested: Schema,
    labels: RowLabels,
    /// Meaning of the objects, as far as it is decided.
    pub(crate) content: Content,
    /// Name of the first of them.
    pub(crate) first: Option<String>,
    /// Error of an object without a meaning.
    pub(crate) error: Option<InputError>,
    /// Columns that hold the labels of rows, by the member `schema`.
    pub(crate) labels_columns: Vec<String>,
    /// Whether there is a member `schema`.
    pub(crate) has_schema: bool,
    role: Role,
    /// Number of open arrays and objects in the current object.
    depth: usize,
}

/// Meaning of the objects.
#[derive(Debug)]
pub(crate) enum Content {
    Undecided,
    /// Each object is a column.
    Columns,
    /// Each object is a row.
    Rows(Box<Records>),
    /// The object has members that are a table, which the caller reads.
    Inner {
        /// Its first name.
        first: Vec<u8>,
    },
}

/// Meaning of the current object.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Role {
    /// No name was read.
    Undecided,
    /// One name was read.
    Named(Vec<u8>),
    Column,
    Row,
    Inner,
    /// The schema of pandas' orient `table`, with whether the current value lists the columns that hold labels.
    Schema(bool),
    Ignored,
}

impl MemberObjects {
    pub(crate) fn new(options: &Options, limits: &Limits) -> Self {
        Self {
            options: options.clone(),
            limits: limits.clone(),
            requested: Schema::open(options, limits),
            labels: RowLabels::new(limits),
            content: Content::Undecided,
            first: None,
            error: None,
            labels_columns: Vec::new(),
            has_schema: false,
            role: Role::Ignored,
            depth: 0,
        }
    }

    /// Begins the object of the next member.
    pub(crate) fn begin(&mut self) {
        (self.role, self.depth) = (Role::Undecided, 0);
    }

    /// First name of the current object, if its members are a table.
    pub(crate) fn inner(&self) -> Option<&[u8]> {
        match &self.content {
            Content::Inner { first } if self.role == Role::Inner => Some(first),
            _ => None,
        }
    }

    /// Consumes the next token of the object of member `name`. Cells of a column go to `columns`. Returns whether the object ends.
    pub(crate) fn push_token(&mut self, name: &str, token: Token, columns: &mut Columns) -> Result<bool, InputError> {
        if let Role::Named(first) = &self.role {
            let first = first.clone();
            self.decide(name, &first, token, columns)?;
            self.push(name, Token::Key(&first), columns)?;
        }
        self.push(name, token, columns)?;
        match token {
            Token::ArrayStart | Token::ObjectStart => self.depth += 1,
            Token::ArrayEnd | Token::ObjectEnd if self.depth > 0 => self.depth -= 1,
            Token::ObjectEnd => return Ok(true),
            _ => {}
        }
        Ok(false)
    }

    fn push(&mut self, name: &str, token: Token, columns: &mut Columns) -> Result<(), InputError> {
        match (&mut self.role, token, &mut self.content) {
            (role @ Role::Undecided, Token::Key(first), _) => *role = Role::Named(first.to_vec()),
            // An empty object.
            (Role::Undecided, Token::ObjectEnd, Content::Rows(records)) => {
                self.labels.push(name.as_bytes())?;
                records.push_token(Token::ObjectStart)?;
                records.push_token(Token::ObjectEnd)?;
            }
            (Role::Undecided, Token::ObjectEnd, Content::Columns) => {
                columns.begin(name)?;
                self.push_cell(name, token, columns)?;
            }
            (Role::Column, token, _) if self.depth == 0 => self.push_cell(name, token, columns)?,
            (Role::Row, token, Content::Rows(records)) => records.push_token(token).map(|_| ())?,
            (Role::Schema(is_key), Token::Key(key), _) if self.depth == 0 => *is_key = key == b"primaryKey",
            (Role::Schema(true), Token::String(column), _) => {
                let column = String::from_utf8_lossy(column).into_owned();
                // Names that pandas gives to an index without a name.
                if (column == "index" || column.starts_with("level_"))
                    && self.labels_columns.len() < self.limits.columns
                {
                    self.labels_columns.push(column);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Adds a label or a cell of a column, or ends the column.
    fn push_cell(&mut self, name: &str, token: Token, columns: &mut Columns) -> Result<(), InputError> {
        let agrees = match token {
            Token::Key(label) => self.labels.push(label)?,
            Token::ObjectEnd => self.labels.end_column(),
            token => {
                let is_nested = matches!(token, Token::ArrayStart | Token::ObjectStart);
                columns.push(token.as_cell(), is_nested)?;
                true
            }
        };
        if agrees {
            return Ok(());
        }
        Err(at_member(name, JsonFault::OtherLabels { name: excerpt(name.as_bytes()) }))
    }

    /// Decides the meaning of the object of member `name`, whose first member is `inner` and begins with `token`.
    fn decide(&mut self, name: &str, inner: &[u8], token: Token, columns: &mut Columns) -> Result<(), InputError> {
        if name == "schema" && inner == b"fields" {
            (self.role, self.has_schema) = (Role::Schema(false), true);
            return Ok(());
        }
        if let (Content::Inner { .. }, Token::ArrayStart) = (&self.content, token) {
            return Err(at_member(name, JsonFault::MixedShapes { name: excerpt(name.as_bytes()) }));
        }
        self.role = match (&self.content, is_label(name.as_bytes()), is_label(inner)) {
            (Content::Columns, ..) | (Content::Undecided, false, true) => Role::Column,
            (Content::Rows(_), ..) | (Content::Undecided, true, false) => Role::Row,
            (Content::Undecided, false, false) if matches!(token, Token::ArrayStart) => Role::Inner,
            (Content::Undecided, ..) if self.requested.is_requested(name.as_bytes()) => Role::Column,
            (Content::Undecided, ..) if self.requested.is_requested(inner) => Role::Row,
            _ => Role::Ignored,
        };
        match self.role {
            Role::Column => {
                self.content = Content::Columns;
                columns.begin(name)?;
            }
            Role::Row => {
                if matches!(self.content, Content::Undecided) {
                    self.content = Content::Rows(Box::new(Records::new(&self.options, &self.limits)?));
                }
                self.labels.push(name.as_bytes())?;
                if let Content::Rows(records) = &mut self.content {
                    records.push_token(Token::ObjectStart)?;
                }
            }
            Role::Inner => self.content = Content::Inner { first: inner.to_vec() },
            _ => {
                let fault = JsonFault::RowsOrColumns { name: excerpt(name.as_bytes()), inner: excerpt(inner) };
                self.error.get_or_insert_with(|| at_member(name, fault));
            }
        }
        self.first.get_or_insert_with(|| name.to_owned());
        Ok(())
    }
}

/// Whether a name is that of a row: an integer.
fn is_label(name: &[u8]) -> bool {
    let digits = name.strip_prefix(b"-").unwrap_or(name);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}
