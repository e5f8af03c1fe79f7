//! Warnings about how a table was read, in sentences, and what its files were read as, in words.

use describe_options::excerpt;
use describe_readers::{TableSource, TableWarning, TableWarningCode};
use serde::Serialize;

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
        let (assumption, remedy) = message(warning, hides_counts);
        let message = if remedy.is_empty() { format!("{assumption}.") } else { format!("{assumption}; {remedy}.") };
        let assumption = format!("{assumption}.");
        Self { code: *code, file: file.clone(), row, column: column.clone(), message, assumption }
    }
}

/// Sentence of a warning, and the option that changes what was assumed, which is written as in a request.
fn message(warning: &TableWarning, hides_counts: bool) -> (String, String) {
    let column = warning.column.as_deref().map(|column| excerpt(column.as_bytes())).unwrap_or_default();
    let texts = warning.texts.join(", ");
    let count = |one: &str, many: &str| match warning.count.filter(|_| !hides_counts) {
        Some(1) => format!("1 {one}"),
        Some(count) => format!("{count} {many}"),
        None => many.to_owned(),
    };
    let with = |assumption: String, remedy: &str| (assumption, remedy.to_owned());
    match warning.code {
        TableWarningCode::TotalRow => {
            let records = warning.count.unwrap_or(1);
            let assumption = "The last record looks like a total and is part of the statistics";
            with(assumption.to_owned(), &format!("skip_end={records} leaves it out"))
        }
        TableWarningCode::NoteRows => {
            with(format!("Left out behind the table: {}", count("note", "notes")), "skip_end=0 keeps them")
        }
        TableWarningCode::TitleRows => {
            with(format!("Left out before the table: {}", count("title line", "title lines")), "skip_rows=0 keeps them")
        }
        TableWarningCode::NoHeader => {
            with("The first record has numbers and was read as data".to_owned(), "header=true makes it the header")
        }
        TableWarningCode::NumericHeader => {
            with("The first record has numbers and was read as the header".to_owned(), "header=false makes it data")
        }
        TableWarningCode::SecondHeader => with(
            format!(
                "The record below the header has texts or years above numeric columns ({texts}) and was read as data"
            ),
            "if it belongs to the header, delete it",
        ),
        TableWarningCode::ShortRecords => with(
            format!(
                "{} not as many cells as the header: missing cells count as missing, empty excess cells were ignored",
                count("record has", "records have")
            ),
            "",
        ),
        TableWarningCode::StrayQuotes => with(
            format!(
                "{} text behind a closing quote, or a quote inside an unquoted text; the text was taken as it stands",
                count("cell has", "cells have")
            ),
            "",
        ),
        TableWarningCode::Encoding => {
            with("The text is not UTF-8 and was read as Windows-1252".to_owned(), "encoding= says another one")
        }
        TableWarningCode::OtherSheets => {
            with(format!("Other sheets have data, too: {texts}"), "sheet= selects one of them")
        }
        TableWarningCode::MergedCells => with(
            format!("{} filled with the value of the first one", count("merged cell was", "merged cells were")),
            "",
        ),
        TableWarningCode::InvalidCells => with(
            format!(
                "{} left out of {column}",
                count("cell that is not a number was", "cells that are not numbers were")
            ),
            "",
        ),
        TableWarningCode::LookalikeGroups => {
            with(format!("Groups of {column} differ in blanks, case or Unicode form alone: {texts}"), "")
        }
        TableWarningCode::Identifier => with(
            format!("{column} was left out: numbers with leading zeros are identifiers"),
            &format!("column={column} describes it"),
        ),
        TableWarningCode::RowNames => with(
            "All records have one cell more than the header, so their first ones were taken for names of the rows"
                .to_owned(),
            "if numbers were divided at their commas, quote them or use another delimiter",
        ),
    }
}

/// What a file was read as, in words: names and values.
pub(crate) fn words(source: &TableSource) -> String {
    let mut words = vec![source.format.to_uppercase()];
    if let Some(shape) = source.shape {
        words.push(format!("shape {shape}"));
    }
    if let Some(encoding) = &source.encoding {
        words.push(encoding.to_uppercase());
    }
    if let Some(delimiter) = &source.delimiter {
        words.push(format!("delimiter {}", delimiter_name(delimiter)));
    }
    if source.decimal == Some(",") {
        words.push("decimal comma".to_owned());
    }
    if let Some(sheet) = &source.sheet {
        words.push(format!("sheet \"{sheet}\""));
    }
    if let Some(row) = source.header_row {
        words.push(row.map_or_else(|| "no header".to_owned(), |row| format!("header in row {row}")));
    }
    for (count, place) in [(source.skipped_rows, "before"), (source.skipped_end, "after")] {
        if let Some(count @ 1..) = count {
            words.push(format!("rows left out {place} the table: {count}"));
        }
    }
    let file = source.file.as_ref().map(|file| format!("{file}: ")).unwrap_or_default();
    format!("{file}{}", words.join(", "))
}

fn delimiter_name(delimiter: &str) -> &str {
    match delimiter {
        "," => "comma",
        ";" => "semicolon",
        "\t" => "tab",
        other => other,
    }
}
