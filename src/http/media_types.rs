//! Media types and content codings that requests and responses may have, as the headers write them.

use std::sync::LazyLock;

use describe_options::Format;

/// The media types that POST accepts, as the header Accept-Post lists them.
pub const ACCEPTED: &str = "application/json, application/x-ndjson, text/plain, text/csv, text/tab-separated-values, \
                            application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, \
                            application/vnd.oasis.opendocument.spreadsheet, application/vnd.apache.parquet, \
                            multipart/form-data";

/// Those that hold a table.
pub const TABLES: &str = "text/csv, text/tab-separated-values, application/json, application/x-ndjson, \
                          application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, \
                          application/vnd.oasis.opendocument.spreadsheet, application/vnd.apache.parquet";

/// The content codings that POST accepts, as the header Accept-Encoding lists them.
pub const CODINGS: &str = "gzip, deflate, zstd, br";

/// The media type of an answer.
#[must_use]
pub fn of_answer(format: Format) -> &'static str {
    match format {
        Format::Json => "application/json",
        Format::Ndjson => "application/x-ndjson",
        Format::Csv => "text/csv; charset=utf-8; header=present",
        Format::Markdown => "text/markdown; charset=utf-8",
        Format::Html => "text/html; charset=utf-8",
        Format::Svg => "image/svg+xml",
        Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Format::Ods => "application/vnd.oasis.opendocument.spreadsheet",
    }
}

/// The media types of all answers without their parameters.
pub fn answered() -> impl Iterator<Item = String> {
    Format::ALL.into_iter().map(|(_, format)| essence(of_answer(format)))
}

/// The same as the header Accept lists them.
#[must_use]
pub fn accept() -> &'static str {
    static LIST: LazyLock<String> = LazyLock::new(|| answered().collect::<Vec<_>>().join(", "));
    &LIST
}

/// A header's value without its parameters, in small letters.
#[must_use]
pub fn essence(value: &str) -> String {
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
