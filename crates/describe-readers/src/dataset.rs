//! Content of one file, mergeable with the files that follow it in the same data set.
//!
//! Input: accumulated numbers or an open table per file. Output: [`Data`] and the options written beside the numbers.
//! Invariant: all files of a data set are of one kind, and are merged before the described columns are chosen.

use std::collections::HashMap;

use super::kept_ranges::KeptRanges;
use super::ledger::Ledger;
use super::numbers::Numbers;
use super::state::shape::Shape;
use super::table::{OpenTable, SavedTable, Table, TableSource};
use encoding_rs::Encoding;

use describe::{NanPolicy, Ranges, Wanted};
use describe_options::{DatasetFault, InputError, Options, RawOption, StateFault};

/// Accumulated numbers of a data set.
#[derive(Debug)]
pub enum Data {
    /// Numbers of one array, or of rows without column names.
    Numbers(Box<Numbers>),
    /// Columns of a table.
    Table(Table),
}

impl Data {
    /// A table of groups that another program made of this number of records in these files.
    ///
    /// # Errors
    /// No records; missing cells with `nan_policy=raise`; more memory than the task may hold.
    pub fn of_groups(table: SavedTable, rows: u64, sources: Vec<TableSource>) -> Result<Self, InputError> {
        Ok(Dataset::from(table.of_files(rows, sources)?).finish()?.0)
    }

    /// Ranges that a further reading of the data, which were read with `kept`, must keep for exact quantiles; `None` if the quantiles
    /// are exact, if no further reading helps, or if rules of publication withhold what needs all values.
    #[must_use]
    pub fn ranges_after(&self, kept: &KeptRanges, options: &Options) -> Option<KeptRanges> {
        let rules = options.output.rules();
        if rules.withhold || rules.rounds_statistics {
            return None;
        }
        let policy = if matches!(self, Self::Table(_)) { NanPolicy::Omit } else { NanPolicy::Propagate };
        let wanted = Wanted { statistics: options.computed(), ..options.wanted_with(policy) };
        match self {
            Self::Numbers(numbers) => {
                let is_inexact = numbers.nested.is_none() && !numbers.flat.has_exact_quantiles(&wanted);
                is_inexact.then(|| kept.next(Some(numbers.flat.quantile_ranges(&wanted)), HashMap::new()))?
            }
            Self::Table(table) => {
                let inexact = table.results.iter().filter(|result| !result.numbers.has_exact_quantiles(&wanted));
                let mut columns: HashMap<&str, Ranges> =
                    inexact.map(|result| (result.column.as_ref(), Ranges::default())).collect();
                // A group of which every value is known is no longer known as a whole when only ranges are kept.
                for result in &table.results {
                    if let Some(ranges) = columns.get_mut(result.column.as_ref()) {
                        ranges.merge(&result.numbers.quantile_ranges(&wanted));
                    }
                }
                (!columns.is_empty()).then(|| kept.next(None, columns))?
            }
        }
    }

    /// What the data may take of memory and time, those of an answer about them included.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        match self {
            Self::Numbers(numbers) => &numbers.ledger,
            Self::Table(table) => &table.ledger,
        }
    }
}

/// Content of a file that was read to its end.
#[derive(Debug)]
pub(super) struct Dataset {
    pub(super) content: Content,
    /// Options given in a JSON body.
    pub(super) options: Vec<RawOption>,
    /// Properties of the states that the data are from, if they are.
    pub(super) state: Option<Box<Shape>>,
}

/// Numbers or table of a file.
#[derive(Debug)]
pub(super) enum Content {
    Numbers(Box<Numbers>),
    Table(Box<OpenTable>),
}

impl From<Numbers> for Dataset {
    fn from(numbers: Numbers) -> Self {
        Self { content: Content::Numbers(Box::new(numbers)), options: Vec::new(), state: None }
    }
}

impl From<OpenTable> for Dataset {
    fn from(table: OpenTable) -> Self {
        Self { content: Content::Table(Box::new(table)), options: Vec::new(), state: None }
    }
}

impl Dataset {
    /// Sets what the file was read as, if it is numbers.
    pub(super) fn set_source_of_numbers(&mut self, format: &'static str, encoding: Option<&'static Encoding>) {
        if let Content::Numbers(numbers) = &mut self.content {
            let encoding = encoding.map(|encoding| encoding.name().to_lowercase());
            let shape = (format == "json").then_some(match () {
                () if numbers.nested.is_some() => "nested",
                () if numbers.is_member() => "numbers",
                () => "array",
            });
            numbers.sources = vec![TableSource { format, encoding, shape, ..TableSource::default() }];
        }
    }

    /// Sets the file name, if it has one, in all diagnostics, and as the value of the group column `file`.
    ///
    /// # Errors
    /// A group column `file`, and no name.
    pub(super) fn set_file(&mut self, name: Option<&str>) -> Result<(), InputError> {
        match &mut self.content {
            Content::Numbers(numbers) => name.into_iter().for_each(|name| numbers.set_file(name)),
            Content::Table(table) => table.set_file(name)?,
        }
        Ok(())
    }

    /// Merges the next file.
    ///
    /// # Errors
    /// One file is a table and the other is not, or the columns or nesting differ; a state beside other data, or of another shape.
    pub(super) fn merge(&mut self, mut next: Self) -> Result<(), InputError> {
        match (&mut self.state, &next.state) {
            (Some(ours), Some(theirs)) => {
                ours.add(theirs)?;
                // They are those of the first state.
                next.options.clear();
            }
            (None, None) => {}
            _ => return Err(InputError::of_data(StateFault::BesideData)),
        }
        match (&mut self.content, next.content) {
            (Content::Numbers(numbers), Content::Numbers(more)) => numbers.merge(*more)?,
            (Content::Table(table), Content::Table(more)) => table.merge(*more)?,
            _ => return Err(InputError::of_data(DatasetFault::TablesAndNumbers)),
        }
        self.options.extend(next.options);
        Ok(())
    }

    /// Completes the data set.
    ///
    /// # Errors
    /// Invalid values, or no values at all.
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
