//! Columns as polars serializes them: `[{"name":"mark","datatype":"Int64","values":[41,55]}, …]`.
//!
//! Input: the tokens of the array after its beginning. Output: an [`OpenTable`]. Invariant: the name of a column precedes its
//! values.

use crate::json::columns::Columns;
use crate::json::tokenizer::Token;
use crate::limits::Limits;
use crate::table::OpenTable;
use describe_options::{InputError, JsonFault, Options};

/// Reads an array of named columns.
#[derive(Debug)]
pub(crate) struct Series {
    columns: Columns,
    /// Name of the current column.
    name: Option<String>,
    /// Whether the current column has values.
    has_values: bool,
    member: SeriesMember,
    /// Number of open arrays and objects: 1 in a column, 2 in its values, more in a nested cell.
    depth: usize,
}

/// Member of a column whose value is next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SeriesMember {
    Name,
    Values,
    Other,
}

impl Series {
    pub(crate) fn new(options: &Options, limits: &Limits) -> Self {
        let columns = Columns::new(options, limits);
        Self { columns, name: None, has_values: false, member: SeriesMember::Other, depth: 0 }
    }

    /// Consumes the next token of the array.
    ///
    /// # Errors
    /// An element that is not a named column, and the errors of the columns.
    pub(crate) fn push_token(&mut self, token: Token) -> Result<(), InputError> {
        let is_start = matches!(token, Token::ArrayStart | Token::ObjectStart);
        match (self.depth, token, self.member) {
            (0, Token::ObjectStart, _) => (self.name, self.has_values) = (None, false),
            (0, Token::ArrayEnd, _) => return Ok(()),
            (0, ..) => return Err(not_series()),
            (1, Token::Key(name), _) => {
                self.member = match name {
                    b"name" => SeriesMember::Name,
                    b"values" => SeriesMember::Values,
                    _ => SeriesMember::Other,
                };
            }
            (1, Token::String(name), SeriesMember::Name) => {
                self.name = Some(String::from_utf8_lossy(name).into_owned());
            }
            (1, Token::ArrayStart, SeriesMember::Values) => {
                let Some(name) = self.name.as_ref().filter(|_| !self.has_values) else { return Err(not_series()) };
                self.columns.begin(name)?;
                self.has_values = true;
            }
            (1, Token::ObjectEnd, _) if !self.has_values => return Err(not_series()),
            (2, Token::ArrayEnd, SeriesMember::Values) => {}
            (2, token, SeriesMember::Values) => self.columns.push(token.as_cell(), is_start)?,
            _ => {}
        }
        match token {
            Token::ArrayStart | Token::ObjectStart => self.depth += 1,
            Token::ArrayEnd | Token::ObjectEnd => self.depth -= 1,
            _ => {}
        }
        Ok(())
    }

    /// Ends the table.
    ///
    /// # Errors
    /// As for [`Columns::finish`].
    pub(crate) fn finish(self) -> Result<OpenTable, InputError> {
        self.columns.finish()
    }
}

fn not_series() -> InputError {
    InputError::of_data(JsonFault::NotSeries)
}
