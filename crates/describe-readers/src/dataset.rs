//! What one file held, as long as others may follow: files of one data set merge before anything is decided.

use super::numbers::Numbers;
use super::table::{OpenTable, Table};
use describe_options::{DatasetFault, InputError, RawOption};

/// Numbers, accumulated.
#[derive(Debug)]
pub enum Data {
    /// One array, or rows of numbers.
    Numbers(Box<Numbers>),
    /// The columns of a table.
    Table(Table),
}

/// A file read to its end.
#[derive(Debug)]
pub(super) struct Dataset {
    pub(super) content: Content,
    /// Options given in a JSON body.
    pub(super) options: Vec<RawOption>,
}

/// The numbers of a file.
#[derive(Debug)]
pub(super) enum Content {
    Numbers(Box<Numbers>),
    Table(Box<OpenTable>),
}

impl From<Numbers> for Dataset {
    fn from(numbers: Numbers) -> Self {
        Self { content: Content::Numbers(Box::new(numbers)), options: Vec::new() }
    }
}

impl From<OpenTable> for Dataset {
    fn from(table: OpenTable) -> Self {
        Self { content: Content::Table(Box::new(table)), options: Vec::new() }
    }
}

impl Dataset {
    /// Sets the file that all diagnostics are in.
    pub(super) fn set_file(&mut self, name: &str) {
        match &mut self.content {
            Content::Numbers(numbers) => numbers.set_file(name),
            Content::Table(table) => table.set_file(name),
        }
    }

    /// Adds the file that follows.
    ///
    /// # Errors
    /// When they are not one data set.
    pub(super) fn merge(&mut self, next: Self) -> Result<(), InputError> {
        match (&mut self.content, next.content) {
            (Content::Numbers(numbers), Content::Numbers(more)) => numbers.merge(*more)?,
            (Content::Table(table), Content::Table(more)) => table.merge(*more)?,
            _ => return Err(InputError::of_data(DatasetFault::TablesAndNumbers)),
        }
        self.options.extend(next.options);
        Ok(())
    }

    /// Ends the data set.
    ///
    /// # Errors
    /// Bad values, nothing to describe.
    pub(super) fn finish(self) -> Result<(Data, Vec<RawOption>), InputError> {
        let data = match self.content {
            Content::Numbers(mut numbers) => {
                numbers.check()?;
                Data::Numbers(numbers)
            }
            Content::Table(table) => Data::Table(table.finish()?),
        };
        Ok((data, self.options))
    }
}
