//! Media types and content codings that requests and responses may have, as the headers write them.

use std::sync::LazyLock;

use describe_options::Format;
use describe_readers::{Coding, Format as InputFormat};

/// Media type of JSON.
pub const JSON: &str = "application/json";

/// Media type of NDJSON.
const NDJSON: &str = "application/x-ndjson";

/// Media type of XLSX workbooks.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Media type of ODS workbooks.
const ODS: &str = "application/vnd.oasis.opendocument.spreadsheet";

/// Media type of states.
const STATE: &str = "application/vnd.describe.state";

/// Media type of forms with files.
pub const FORM: &str = "multipart/form-data";

/// Whether files of a format can hold a table.
#[must_use]
pub fn can_be_table(format: InputFormat) -> bool {
    match format {
        InputFormat::Text | InputFormat::SqlResult => false,
        InputFormat::Json
        | InputFormat::Ndjson
        | InputFormat::Csv
        | InputFormat::Tsv
        | InputFormat::Workbook
        | InputFormat::Parquet
        | InputFormat::State => true,
    }
}

/// The media types that POST accepts, as the header Accept-Post lists them.
#[must_use]
pub fn accepted() -> &'static str {
    static LIST: LazyLock<String> = LazyLock::new(|| {
        let files = InputFormat::ALL.iter().flat_map(|format| format.media_types()).copied();
        files.chain([FORM]).collect::<Vec<_>>().join(", ")
    });
    &LIST
}

/// Those of tables, delimited text first.
#[must_use]
pub fn tables() -> &'static str {
    static LIST: LazyLock<String> = LazyLock::new(|| {
        let tables = InputFormat::ALL.iter().copied().filter(|format| can_be_table(*format));
        let is_delimited = |format: &InputFormat| matches!(format, InputFormat::Csv | InputFormat::Tsv);
        let (delimited, others): (Vec<_>, Vec<_>) = tables.partition(is_delimited);
        delimited.into_iter().chain(others).flat_map(InputFormat::media_types).copied().collect::<Vec<_>>().join(", ")
    });
    &LIST
}

/// Those of states.
#[must_use]
pub fn states() -> &'static str {
    static LIST: LazyLock<String> = LazyLock::new(|| [FORM, JSON, STATE].join(", "));
    &LIST
}

/// Those of results of SQL statements.
#[must_use]
pub fn sql_results() -> &'static str {
    static LIST: LazyLock<String> = LazyLock::new(|| {
        let texts = [InputFormat::Csv, InputFormat::Tsv, InputFormat::Json, InputFormat::Ndjson];
        texts.iter().flat_map(|format| format.media_types()).copied().chain([FORM]).collect::<Vec<_>>().join(", ")
    });
    &LIST
}

/// Whether files of a format can hold candidates with their marks on items.
#[must_use]
pub fn can_have_items(format: InputFormat) -> bool {
    can_be_table(format) && format != InputFormat::State
}

/// Those of candidates with their marks on items, delimited text first.
#[must_use]
pub fn candidates() -> &'static str {
    static LIST: LazyLock<String> = LazyLock::new(|| {
        let of_states = InputFormat::State.media_types();
        let tables = tables().split(", ").filter(|media_type| !of_states.contains(media_type));
        tables.chain([FORM]).collect::<Vec<_>>().join(", ")
    });
    &LIST
}

/// The names of the content codings that POST accepts.
pub fn codings() -> impl Iterator<Item = &'static str> {
    Coding::ALL.iter().map(|coding| coding.name())
}

/// The same as the header Accept-Encoding lists them.
#[must_use]
pub fn accept_encoding() -> &'static str {
    static LIST: LazyLock<String> = LazyLock::new(|| codings().collect::<Vec<_>>().join(", "));
    &LIST
}

/// The media type of an answer.
#[must_use]
pub fn of_answer(format: Format) -> &'static str {
    match format {
        Format::Json => JSON,
        Format::Ndjson => NDJSON,
        Format::Csv => "text/csv; charset=utf-8; header=present",
        Format::Markdown => "text/markdown; charset=utf-8",
        Format::Html => "text/html; charset=utf-8",
        Format::Svg => "image/svg+xml",
        Format::Xlsx => XLSX,
        Format::Ods => ODS,
        Format::State => STATE,
    }
}

/// The name of the format of an answer in a sentence.
#[must_use]
pub fn title(format: Format) -> &'static str {
    match format {
        Format::Json => "JSON",
        Format::Ndjson => "NDJSON",
        Format::Csv => "CSV",
        Format::Markdown => "Markdown",
        Format::Html => "HTML",
        Format::Svg => "SVG",
        Format::Xlsx => "XLSX",
        Format::Ods => "ODS",
        Format::State => "states",
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
