//! Media types and content codings that requests and responses may have, as the headers write them.

use std::sync::LazyLock;

use describe_options::Format;

/// The media types that POST takes, as the header Accept-Post lists them.
pub const ACCEPTED: &str = "application/json, application/x-ndjson, text/plain, text/csv, text/tab-separated-values, \
                            application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, \
                            application/vnd.oasis.opendocument.spreadsheet, application/vnd.apache.parquet, \
                            multipart/form-data";

/// Those that hold a table.
pub const TABLES: &str = "text/csv, text/tab-separated-values, application/json, application/x-ndjson, \
                          application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, \
                          application/vnd.oasis.opendocument.spreadsheet, application/vnd.apache.parquet";

/// The content codings that POST takes, as the header Accept-Encoding lists them.
pub const CODINGS: &str = "gzip, deflate, zstd, br";

/// The media types of answers, in the order of [`Format`].
const ANSWERS: [&str; 8] = [
    "application/json",
    "application/x-ndjson",
    "text/csv; charset=utf-8; header=present",
    "text/markdown; charset=utf-8",
    "text/html; charset=utf-8",
    "image/svg+xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
];

/// The media type of an answer.
#[must_use]
pub fn of_answer(format: Format) -> &'static str {
    ANSWERS[format as usize]
}

/// The media types of all answers without their parameters.
pub fn answered() -> impl Iterator<Item = String> {
    ANSWERS.into_iter().map(essence)
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
