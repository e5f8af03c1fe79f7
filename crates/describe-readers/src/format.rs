//! List of the input formats.

use describe_options::FileKind;

/// Defines [`Format`] and the list of all formats from one list.
macro_rules! formats {
    ($($(#[doc = $doc:literal])+ $format:ident,)+) => {
        /// Input format.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Format {
            $($(#[doc = $doc])+ $format,)+
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
    /// `application/vnd.describe.state`: a state of a description.
    State,
    /// Result of a statement of `describe_sql`, delimited text or JSON. Its media types are those of tables and arrays, so it must be
    /// declared otherwise.
    SqlResult,
}

/// Media type of NDJSON.
const NDJSON: &str = "application/x-ndjson";

/// Other names of the media type of NDJSON.
pub const NDJSON_ALIASES: [&str; 2] = ["application/ndjson", "application/jsonl"];

impl Format {
    /// Media types of files in this format, the usual one first.
    #[must_use]
    pub fn media_types(self) -> &'static [&'static str] {
        match self {
            Self::Json => &["application/json"],
            Self::Ndjson => &[NDJSON],
            Self::Text => &["text/plain"],
            Self::Csv => &["text/csv"],
            Self::Tsv => &["text/tab-separated-values"],
            Self::Workbook => &[
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "application/vnd.oasis.opendocument.spreadsheet",
            ],
            Self::Parquet => &["application/vnd.apache.parquet"],
            Self::State => &["application/vnd.describe.state"],
            Self::SqlResult => &[],
        }
    }

    /// Format of a media type, which has no parameters; `None` if it is not one of these formats.
    #[must_use]
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        let name = if NDJSON_ALIASES.contains(&media_type) { NDJSON } else { media_type };
        Self::ALL.iter().copied().find(|format| format.media_types().contains(&name))
    }

    /// Kind of a file that has this format.
    pub(crate) fn kind(self) -> FileKind {
        match self {
            Self::Json | Self::Ndjson => FileKind::Json,
            Self::Text | Self::Csv | Self::Tsv | Self::SqlResult => FileKind::Text,
            Self::Workbook => FileKind::Workbook,
            Self::Parquet => FileKind::Parquet,
            Self::State => FileKind::State,
        }
    }

    /// Whether the format is delimited text.
    pub(crate) fn is_delimited(self) -> bool {
        matches!(self, Self::Csv | Self::Tsv)
    }

    /// Returns the format if it is binary, `None` if it is text.
    pub(crate) fn binary(self) -> Option<Self> {
        matches!(self, Self::Workbook | Self::Parquet | Self::State).then_some(self)
    }
}
