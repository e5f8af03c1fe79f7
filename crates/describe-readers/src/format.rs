//! Formats of an input.

/// The format of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `application/json`.
    Json,
    /// `application/x-ndjson`: a JSON value a line.
    Ndjson,
    /// `text/plain`: numbers separated by white space.
    Text,
    /// `text/csv`, or any other delimited text.
    Csv,
    /// `text/tab-separated-values`.
    Tsv,
    /// An XLSX or ODS workbook.
    Workbook,
    /// `application/vnd.apache.parquet`.
    Parquet,
}

impl Format {
    /// This format, if it is not one of text.
    pub(crate) fn binary(self) -> Option<Self> {
        matches!(self, Self::Workbook | Self::Parquet).then_some(self)
    }
}
