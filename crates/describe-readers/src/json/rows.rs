//! Table of rows: an array of arrays of cells.
//!
//! Input: the tokens of the array after its beginning, and the column names if they are known. Output: an [`OpenTable`].
//! Invariants: all rows are equally long; only the first row is stored, until it is known whether it is the header row.

use crate::cells::{MAX_CELL_OVERHEAD_BYTES, decode, encode};
use crate::errors::exceeded;
use crate::json::records::Records;
use crate::json::tokenizer::Token;
use crate::limits::Limits;
use crate::table::{Cell, OpenTable, Schema, too_many_columns, unique_names};
use describe_options::{InputError, JsonFault, Location, Measured, Options, TableFault};

/// Reads rows as records whose members are named by their position.
#[derive(Debug)]
pub(crate) struct Rows {
    records: Records,
    options: Options,
    limits: Limits,
    /// Column names; `None` until the first row is complete.
    names: Option<Vec<String>>,
    /// Encoded cells of a first row that may be the header row.
    first_row: Vec<u8>,
    /// Whether all cells of that row are texts or blank.
    is_header: bool,
    /// Whether one of them is a text.
    has_text: bool,
    /// Number of cells so far in the current row.
    cells: usize,
    /// Number of the current row, counted from 1.
    row: u64,
    /// Number of open arrays and objects: 0 between rows, 1 in a row.
    depth: usize,
}

impl Rows {
    /// Rows of columns with these names. Without names the first row is the header row, if all its cells are texts.
    ///
    /// # Errors
    /// An axis other than that of the columns, and requested columns that do not exist.
    pub(crate) fn new(options: &Options, limits: &Limits, names: Option<Vec<String>>) -> Result<Self, InputError> {
        let mut rows = Self {
            records: Records::new(options, limits)?,
            options: options.clone(),
            limits: limits.clone(),
            names: None,
            first_row: Vec::new(),
            is_header: true,
            has_text: false,
            cells: 0,
            row: 0,
            depth: 0,
        };
        if let Some(names) = names {
            rows.set_names(names)?;
        }
        Ok(rows)
    }

    fn set_names(&mut self, names: Vec<String>) -> Result<(), InputError> {
        if names.len() > self.limits.columns {
            return Err(too_many_columns(self.limits.columns));
        }
        self.records.check_requested(&names)?;
        self.names = Some(unique_names(names));
        Ok(())
    }

    /// Consumes the next token. Returns whether it ends the array of the rows.
    pub(crate) fn push_token(&mut self, token: Token) -> Result<bool, InputError> {
        match (self.depth, token) {
            (0, Token::ArrayStart) => self.begin_row()?,
            (0, Token::ArrayEnd) => return Ok(true),
            (0, _) => {
                let row = self.row + 1;
                return Err(InputError::at(Location::data().index(row), JsonFault::MixedRows { row }));
            }
            (1, Token::ArrayEnd) => self.end_row()?,
            (1, token) => self.begin_cell(token)?,
            (_, token) => {
                self.pass_on(token)?;
                match token {
                    Token::ArrayStart | Token::ObjectStart => self.depth += 1,
                    Token::ArrayEnd | Token::ObjectEnd => self.depth -= 1,
                    _ => {}
                }
            }
        }
        Ok(false)
    }

    fn begin_row(&mut self) -> Result<(), InputError> {
        (self.row, self.cells, self.depth) = (self.row + 1, 0, 1);
        if self.names.is_some() {
            self.records.push_token(Token::ObjectStart)?;
        }
        Ok(())
    }

    fn begin_cell(&mut self, token: Token) -> Result<(), InputError> {
        let is_nested = matches!(token, Token::ArrayStart | Token::ObjectStart);
        self.depth += usize::from(is_nested);
        self.cells += 1;
        match &self.names {
            Some(names) => {
                // Excess cells are counted, and the row is refused at its end.
                let Some(name) = names.get(self.cells - 1) else { return Ok(()) };
                self.records.push_token(Token::Key(name.as_bytes()))?;
                self.records.push_token(token).map(|_| ())
            }
            None => self.keep_cell(token.as_cell(), is_nested),
        }
    }

    /// Stores a cell of the first row.
    fn keep_cell(&mut self, cell: Cell, is_nested: bool) -> Result<(), InputError> {
        if self.cells > self.limits.columns {
            return Err(too_many_columns(self.limits.columns));
        }
        let is_blank = |text: &[u8]| text.trim_ascii().is_empty();
        match cell {
            Cell::Missing => {}
            Cell::Text(text) if !is_nested && is_blank(text) => {}
            Cell::Text(text) if !is_nested && !Schema::looks_like_data(&self.options.table, text) => {
                self.has_text = true;
            }
            _ => self.is_header = false,
        }
        let text = if let Cell::Text(text) = cell { text.len() } else { 0 };
        if self.first_row.len() + text + MAX_CELL_OVERHEAD_BYTES > self.limits.memory {
            return Err(exceeded(Measured::Record, self.limits.memory));
        }
        let before = self.first_row.capacity();
        encode(cell, &mut self.first_row);
        self.limits.ledger.hold(self.first_row.capacity() - before);
        Ok(())
    }

    /// Passes on a token within a nested cell.
    fn pass_on(&mut self, token: Token) -> Result<(), InputError> {
        let is_column = self.names.as_ref().is_some_and(|names| self.cells <= names.len());
        if is_column { self.records.push_token(token).map(|_| ()) } else { Ok(()) }
    }

    fn end_row(&mut self) -> Result<(), InputError> {
        self.depth = 0;
        let Some(names) = &self.names else { return self.end_first_row() };
        if self.cells != names.len() {
            let fault = TableFault::RaggedRow { cells: self.cells, header: names.len(), cause: None };
            return Err(InputError::at(Location::Cell { row: self.row, column: None }, fault));
        }
        self.records.push_token(Token::ObjectEnd).map(|_| ())
    }

    /// Ends a first row without known names: it is the header row, or the columns are numbered.
    fn end_first_row(&mut self) -> Result<(), InputError> {
        let first_row = std::mem::take(&mut self.first_row);
        let mut cells = first_row.as_slice();
        let is_header = self.options.table.header.unwrap_or(self.is_header && self.has_text);
        let mut names = vec![String::new(); self.cells];
        if is_header {
            for name in &mut names {
                let mut text = Vec::new();
                decode(&mut cells).group(&mut text);
                *name = String::from_utf8_lossy(text.trim_ascii()).into_owned();
            }
            self.records.number_from(2);
        }
        self.set_names(names)?;
        if is_header {
            return Ok(());
        }
        self.records.push_token(Token::ObjectStart)?;
        for name in self.names.iter().flatten() {
            self.records.push_token(Token::Key(name.as_bytes()))?;
            self.records.push_token(match decode(&mut cells) {
                Cell::Missing => Token::Null,
                Cell::Number(decimal) => Token::Number(Ok(decimal), b""),
                Cell::Text(text) => Token::String(text),
            })?;
        }
        self.records.push_token(Token::ObjectEnd).map(|_| ())
    }

    /// Ends the table.
    ///
    /// # Errors
    /// As for [`Records::finish`].
    pub(crate) fn finish(self) -> Result<OpenTable, InputError> {
        self.records.finish()
    }
}
