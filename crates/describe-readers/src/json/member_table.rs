//! Table in an array that is a member of an object: `{"data":[…]}`.
//!
//! Input: the tokens of the array after its beginning, and the names of the member `columns`, if there are any. Output: an
//! [`OpenTable`] and its shape. Errors are held back, because the array may be a column whose cells are nested.

use crate::json::records::Records;
use crate::json::rows::Rows;
use crate::json::series::Series;
use crate::json::shape::Shape;
use crate::json::tokenizer::Token;
use crate::limits::Limits;
use crate::table::OpenTable;
use describe_options::{InputError, Options};

/// Reads an array that may be a table.
#[derive(Debug)]
pub(crate) struct MemberTable {
    content: Result<Content, InputError>,
    /// Whether the elements are rows.
    pub(crate) is_rows: bool,
    /// Whether these have the names of the member `columns`.
    pub(crate) is_split: bool,
}

#[derive(Debug)]
enum Content {
    Records(Box<Records>),
    Rows(Box<Rows>),
    Series(Box<Series>),
}

impl MemberTable {
    /// Records, without the columns `ignored`.
    pub(crate) fn records(options: &Options, limits: &Limits, ignored: &[String]) -> Self {
        let records = Records::new(options, limits).map(|mut records| {
            for name in ignored {
                records.ignore(name);
            }
            Content::Records(Box::new(records))
        });
        Self { content: records, is_rows: false, is_split: false }
    }

    /// Rows, of columns with these names.
    pub(crate) fn rows(options: &Options, limits: &Limits, names: Option<Vec<String>>) -> Self {
        let is_split = names.is_some();
        let rows = Rows::new(options, limits, names).map(|rows| Content::Rows(Box::new(rows)));
        Self { content: rows, is_rows: true, is_split }
    }

    /// Columns with a name and values.
    pub(crate) fn series(options: &Options, limits: &Limits) -> Self {
        let series = Content::Series(Box::new(Series::new(options, limits)));
        Self { content: Ok(series), is_rows: false, is_split: false }
    }

    /// Consumes the next token.
    pub(crate) fn push_token(&mut self, token: Token) {
        let read = match &mut self.content {
            Ok(Content::Records(records)) => records.push_token(token).map(|_| ()),
            Ok(Content::Rows(rows)) => rows.push_token(token).map(|_| ()),
            Ok(Content::Series(series)) => series.push_token(token),
            Err(_) => Ok(()),
        };
        if let Err(error) = read {
            self.content = Err(error);
        }
    }

    /// Consumes members of a record as [`crate::json::tokenizer::Sink::members`] does.
    pub(crate) fn push_members(&mut self, text: &[u8]) -> usize {
        let Ok(Content::Records(records)) = &mut self.content else { return 0 };
        match records.push_members(text) {
            Ok(length) => length,
            Err(error) => {
                self.content = Err(error);
                0
            }
        }
    }

    /// Ends the table.
    ///
    /// # Errors
    /// The error that was held back, and those of the table.
    pub(crate) fn finish(self) -> Result<(OpenTable, Shape), InputError> {
        Ok(match self.content? {
            Content::Records(records) => (records.finish()?, Shape::Records),
            Content::Rows(rows) => (rows.finish()?, if self.is_split { Shape::Split } else { Shape::Values }),
            Content::Series(series) => (series.finish()?, Shape::Series),
        })
    }
}
