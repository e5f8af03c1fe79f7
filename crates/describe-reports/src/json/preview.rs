//! The preview of data as JSON: what they were read as, their first records, their columns, and the options to add.

use describe_options::InputError;
use describe_readers::{Data, TablePreview};
use serde::Serialize;
#[cfg(feature = "schema")]
use utoipa::ToSchema;

use super::description::{Sources, unwritable};
use crate::answer::ReadingWarning;

/// Preview of data: what describing would read, before anything is calculated. Numbers without a table are one column, nested
/// arrays one for each position.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema))]
pub struct Preview<'a> {
    /// What the file was read as; a list when there are several.
    pub(crate) source: Sources<'a>,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(inline))]
    pub(crate) table: TablePreview,
    /// Warnings about how the table was read.
    pub(crate) warnings: Vec<ReadingWarning>,
}

impl<'a> Preview<'a> {
    /// Preview of data that were read for it; `None` for data that were read to be described.
    ///
    /// # Errors
    /// Nested arrays with more columns than the limit.
    pub fn new(data: &'a Data) -> Result<Option<Self>, InputError> {
        let (sources, table, warnings) = match data {
            Data::Numbers(numbers) => (&numbers.sources, Some(numbers.preview()?), Vec::new()),
            Data::Table(table) => {
                let warnings = table.warnings.iter().map(|warning| ReadingWarning::new(warning, false)).collect();
                (&table.sources, table.preview.as_deref().cloned(), warnings)
            }
        };
        let source = if let [source] = &sources[..] { Sources::One(source) } else { Sources::Each(sources) };
        Ok(table.map(|table| Self { source, table, warnings }))
    }

    /// The preview as JSON.
    ///
    /// # Errors
    /// None that data can cause.
    pub fn write(&self) -> Result<Vec<u8>, InputError> {
        serde_json::to_vec(self).map_err(|error| unwritable(&error))
    }
}
