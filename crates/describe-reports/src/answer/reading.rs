//! Warnings about how a table was read, in sentences, and what its files were read as, in words.

use describe_options::excerpt;
use describe_readers::{TableSource, TableWarning, TableWarningCode};
use serde::Serialize;

use crate::words;

/// Warning about a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReadingWarning {
    /// Kind of warning.
    pub code: TableWarningCode,
    /// Name of the file, when there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub file: Option<String>,
    /// Row of the first place concerned, as a spreadsheet numbers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub row: Option<u64>,
    /// Column concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub column: Option<String>,
    /// Sentence that says what was assumed and what to do.
    pub message: String,
    /// The same without the option that changes it, for readers of a report.
    #[serde(skip)]
    pub assumption: String,
}

impl ReadingWarning {
    /// Warning in words. If `hides_counts`, neither the sentence nor the row says how many records or cells there are.
    #[must_use]
    pub fn new(warning: &TableWarning, hides_counts: bool) -> Self {
        let TableWarning { code, file, row, column, .. } = warning;
        let behind_data = matches!(code, TableWarningCode::TotalRow | TableWarningCode::NoteRows);
        let row = row.filter(|_| !(hides_counts && behind_data));
        let name = column.as_deref().map(|column| excerpt(column.as_bytes())).unwrap_or_default();
        let count = warning.count.filter(|_| !hides_counts);
        let records = warning.count.unwrap_or(1);
        let (assumption, remedy) = words::assumption(*code, count, records, &name, &warning.texts.join(", "));
        let message = if remedy.is_empty() { format!("{assumption}.") } else { format!("{assumption}; {remedy}.") };
        let assumption = format!("{assumption}.");
        Self { code: *code, file: file.clone(), row, column: column.clone(), message, assumption }
    }
}

/// What a file was read as, in words: names and values.
pub(crate) fn source_words(source: &TableSource) -> String {
    let mut parts = vec![source.format.to_uppercase()];
    if let Some(shape) = source.shape {
        parts.push(words::shape(shape));
    }
    if let Some(encoding) = &source.encoding {
        parts.push(encoding.to_uppercase());
    }
    if let Some(delimiter) = &source.delimiter {
        parts.push(words::delimiter(delimiter));
    }
    if source.decimal == Some(",") {
        parts.push(words::DECIMAL_COMMA.to_owned());
    }
    if let Some(sheet) = &source.sheet {
        parts.push(words::sheet(sheet));
    }
    if let Some(row) = source.header_row {
        parts.push(row.map_or_else(|| words::NO_HEADER.to_owned(), words::header_in_row));
    }
    let some = |count: Option<u64>| count.filter(|count| *count > 0);
    parts.extend(some(source.skipped_rows).map(words::rows_before_table));
    parts.extend(some(source.skipped_end).map(words::rows_after_table));
    let file = source.file.as_ref().map(|file| format!("{file}: ")).unwrap_or_default();
    format!("{file}{}", parts.join(", "))
}
