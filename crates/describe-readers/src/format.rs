//! List of the input formats.

use describe_options::FileKind;

/// Defines [`Format`] and the list of all formats from one list.
macro_rules! formats {
    ($(#[doc = $doc:literal] $format:ident,)+) => {
        /// Input format.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Format {
            $(#[doc = $doc] $format,)+
        }

        impl Format {
            /// All formats.
            pub const ALL: &[Self] = &[$(Self::$format),+];
        }
    };
}

formats! {
    /// `application/json`.
    Json,
    /// `application/x-ndjson`: one JSON value per line.
    Ndjson,
    /// `text/plain`: numbers separated by whitespace.
    Text,
    /// `text/csv`, or any other delimited text.
    Csv,
    /// `text/tab-separated-values`.
    Tsv,
    /// XLSX, ODS or XLS workbook.
    Workbook,
    /// `application/vnd.apache.parquet`.
    Parquet,
}

impl Format {
    /// Kind of a file that has this format.
    pub(crate) fn kind(self) -> FileKind {
        match self {
            Self::Json | Self::Ndjson => FileKind::Json,
            Self::Text | Self::Csv | Self::Tsv => FileKind::Text,
            Self::Workbook => FileKind::Workbook,
            Self::Parquet => FileKind::Parquet,
        }
    }

    /// Whether the format is delimited text.
    pub(crate) fn is_delimited(self) -> bool {
        matches!(self, Self::Csv | Self::Tsv)
    }

    /// Returns the format if it is binary, `None` if it is text.
    pub(crate) fn binary(self) -> Option<Self> {
        matches!(self, Self::Workbook | Self::Parquet).then_some(self)
    }
}
