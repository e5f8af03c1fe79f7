//! Decision whether an array of arrays is a table of rows or nested numbers.
//!
//! Input: the tokens of the array after its beginning. Output: a [`Verdict`], after two rows at the latest. It is a table if the
//! first row has texts and no numbers, as column names are, or texts only where the second row has no number. Otherwise a text
//! is an invalid number.

use crate::json::rows::Rows;
use crate::json::tokenizer::Token;
use crate::limits::Limits;
use describe_options::{InputError, Options};

/// Rows that are read as a table while they may be one.
#[derive(Debug)]
pub(crate) struct RowsOrNumbers {
    rows: Result<Rows, InputError>,
    /// Error of the rows as numbers.
    pub(crate) numbers_error: Option<InputError>,
    /// Whether each cell of the first row is a text.
    texts: Vec<bool>,
    /// Whether a cell of the first row is a number.
    has_number: bool,
    /// Whether a cell is a number where the first row has a text.
    is_contradicted: bool,
    /// Number of complete rows.
    complete_rows: u32,
    /// Number of cells so far in the current row.
    cells: usize,
    depth: usize,
}

/// Meaning of an array of arrays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Undecided,
    Table,
    Numbers,
}

impl RowsOrNumbers {
    pub(crate) fn new(options: &Options, limits: &Limits) -> Self {
        Self {
            rows: Rows::new(options, limits, None),
            numbers_error: None,
            texts: Vec::new(),
            has_number: false,
            is_contradicted: false,
            complete_rows: 0,
            cells: 0,
            depth: 0,
        }
    }

    /// Consumes the next token.
    pub(crate) fn push_token(&mut self, token: Token) -> Verdict {
        if let Ok(rows) = &mut self.rows
            && let Err(error) = rows.push_token(token)
        {
            self.rows = Err(error);
        }
        if self.depth == 1 && !matches!(token, Token::ArrayEnd) {
            self.compare(token);
        }
        let is_between_rows = self.depth == 0;
        match token {
            Token::ArrayStart | Token::ObjectStart => self.depth += 1,
            Token::ArrayEnd | Token::ObjectEnd => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        let is_header = !self.has_number && self.texts.contains(&true);
        match (is_between_rows, token) {
            (true, Token::ArrayStart) => Verdict::Undecided,
            (true, Token::ArrayEnd) => Verdict::Numbers,
            (true, _) if is_header => Verdict::Table,
            (true, _) => Verdict::Numbers,
            (false, Token::ArrayEnd) if self.depth == 0 => self.end_row(is_header),
            (false, _) => Verdict::Undecided,
        }
    }

    /// Compares the cell that begins with `token` with that of the first row.
    fn compare(&mut self, token: Token) {
        let (is_text, is_number) = (matches!(token, Token::String(_)), matches!(token, Token::Number(..)));
        // Beyond the limit of columns the rows have an error, and further cells do not matter.
        if self.complete_rows == 0 && self.rows.is_ok() {
            self.texts.push(is_text);
            self.has_number |= is_number;
        }
        self.is_contradicted |= self.complete_rows > 0 && is_number && self.texts.get(self.cells) == Some(&true);
        self.cells += 1;
    }

    fn end_row(&mut self, is_header: bool) -> Verdict {
        (self.complete_rows, self.cells) = (self.complete_rows + 1, 0);
        match self.complete_rows {
            1 if self.texts.contains(&true) => Verdict::Undecided,
            1 => Verdict::Numbers,
            _ if is_header || !self.is_contradicted => Verdict::Table,
            _ => Verdict::Numbers,
        }
    }

    /// The table so far.
    ///
    /// # Errors
    /// That of the rows.
    pub(crate) fn into_rows(self) -> Result<Rows, InputError> {
        self.rows
    }
}
