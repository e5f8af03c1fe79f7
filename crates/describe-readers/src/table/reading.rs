//! How a file was read as a table, for people who check it.
//!
//! Input: what the reader of a format found out or assumed. Output: a [`TableSource`] for each file and the
//! [`TableWarning`]s about it, which an answer shows.

use serde::Serialize;

use super::cell::SampleRecord;
use super::diagnostics::Places;

/// What a file was read as. A member is only present where it applies to the format.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TableSource {
    /// Name of the file, when there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub file: Option<String>,
    /// Format: `csv`, `tsv`, `json`, `ndjson`, `xlsx`, `ods`, `xls`, `parquet` or another one that is read.
    #[cfg_attr(feature = "schema", schema(example = "csv"))]
    pub format: &'static str,
    /// Encoding of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false, example = "utf-8"))]
    pub encoding: Option<String>,
    /// Delimiter of cells, or `whitespace`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false, example = ","))]
    pub delimiter: Option<String>,
    /// Decimal mark of numbers that are written as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false, example = "."))]
    pub decimal: Option<&'static str>,
    /// Name of the sheet; of several sheets as one table, all names with commas between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub sheet: Option<String>,
    /// Names of the other visible sheets that have data.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub other_sheets: Option<Vec<String>>,
    /// Shape of JSON: `records`, `columns`, `index`, `split` and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub shape: Option<&'static str>,
    /// Row of the header of a text or a sheet, from 1; `null` if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<u64>))]
    pub header_row: Option<Option<u64>>,
    /// Records before the table that were left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub skipped_rows: Option<u64>,
    /// Records after the table that were left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub skipped_end: Option<u64>,
    /// Records with fewer cells than the header, or with more that are empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub short_records: Option<u64>,
    /// Cells with text behind a closing quote, or with a quote in an unquoted text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub stray_quotes: Option<u64>,
}

/// Sheet of a workbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SheetPreview {
    /// Name of the sheet.
    pub name: String,
    /// Number of rows that have a cell; `null` if the sheet was not read to its end.
    #[cfg_attr(feature = "schema", schema(required))]
    pub rows: Option<u64>,
    /// Whether the sheet is visible.
    pub visible: bool,
}

/// Warning about how a table was read, or about its cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableWarning {
    /// Kind of warning.
    pub code: TableWarningCode,
    /// Name of the file, when there are several.
    pub file: Option<String>,
    /// Row of the first place concerned, as a spreadsheet numbers it.
    pub row: Option<u64>,
    /// Column concerned.
    pub column: Option<String>,
    /// Number of places concerned.
    pub count: Option<u64>,
    /// Texts concerned, such as names of sheets or values of groups; a few at most.
    pub texts: Vec<String>,
}

/// Kind of warning about a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TableWarningCode {
    /// The last record is the sum of those before it, or says that it is a total.
    TotalRow,
    /// Notes behind the table were left out.
    NoteRows,
    /// Title lines before the table were left out.
    TitleRows,
    /// The table was read as one without a header.
    NoHeader,
    /// A header of years was recognised.
    NumericHeader,
    /// The first record behind the header looks like a second header.
    SecondHeader,
    /// Records have fewer cells than the header, or more that are empty.
    ShortRecords,
    /// Cells have text behind a closing quote, or a quote in an unquoted text.
    StrayQuotes,
    /// The text is not UTF-8 and was read as Windows-1252.
    Encoding,
    /// Other sheets of the workbook have data.
    OtherSheets,
    /// Merged cells were filled with their value.
    MergedCells,
    /// Cells that are not numbers were left out.
    InvalidCells,
    /// Groups differ in blanks, case or Unicode form alone.
    LookalikeGroups,
    /// A column was left out because its numbers have leading zeros.
    Identifier,
    /// Records have one cell more than the header; the first one was taken for the name of the row.
    RowNames,
}

impl TableWarning {
    /// Creates a warning of this kind.
    #[must_use]
    pub fn new(code: TableWarningCode) -> Self {
        Self { code, file: None, row: None, column: None, count: None, texts: Vec::new() }
    }

    /// Adds the row of the first place concerned.
    #[must_use]
    pub fn at(self, row: u64) -> Self {
        Self { row: Some(row), ..self }
    }

    /// Adds the number of places concerned.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        Self { count: Some(count), ..self }
    }
}

/// How one file was read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reading {
    pub(crate) source: TableSource,
    pub(crate) warnings: Vec<TableWarning>,
    /// Last record of a text or a sheet, if it is known.
    pub(crate) last_record: Option<LastRecord>,
    /// Notes behind the table that were recognised and left out.
    notes: u64,
    /// First records of a text or a sheet that is previewed.
    pub(crate) sample: Vec<SampleRecord>,
    /// First cells of the records behind the table that were left out.
    pub(crate) note_texts: Vec<Vec<u8>>,
    /// Sheets of a workbook that is previewed.
    pub(crate) sheets: Vec<SheetPreview>,
    /// Whether a preview ended before the last record.
    pub(crate) is_cut: bool,
    /// Whether texts that are not UTF-8 were read as Windows-1252, in a text whose encoding nobody declared.
    pub(crate) has_windows_1252: bool,
}

/// Last record of a table.
#[derive(Clone, Debug)]
pub(crate) struct LastRecord {
    /// Texts without surrounding blanks.
    pub(crate) cells: Vec<Vec<u8>>,
    /// Number of blank rows behind it that belong to the table.
    pub(crate) blank_rows: u64,
}

impl Reading {
    /// Reading of a file of this format, without warnings.
    pub(crate) fn of(format: &'static str) -> Self {
        Self { source: TableSource { format, ..TableSource::default() }, ..Self::default() }
    }

    /// Notes whether a preview ended before the last record.
    pub(crate) fn cut(self, is_cut: bool) -> Self {
        Self { is_cut, ..self }
    }

    /// Notes the number of records behind the table that were left out, and whether they were taken for notes.
    pub(crate) fn skipped_end(&mut self, records: usize, are_notes: bool) {
        self.source.skipped_end = Some(records as u64);
        self.notes = if are_notes { records as u64 } else { 0 };
    }

    /// Adds what is known when all records are read: `next_row` is the row behind the last one.
    pub(super) fn complete(&mut self, next_row: u64, short_records: Places, stray_quotes: Places, is_total: bool) {
        let mut warn = |code, row: Option<u64>, count| {
            let warning = TableWarning { row, ..TableWarning::new(code).times(count) };
            self.warnings.push(warning);
        };
        if self.notes > 0 {
            warn(TableWarningCode::NoteRows, Some(next_row), self.notes);
        }
        for (places, code, member) in [
            (short_records, TableWarningCode::ShortRecords, &mut self.source.short_records),
            (stray_quotes, TableWarningCode::StrayQuotes, &mut self.source.stray_quotes),
        ] {
            if let Some(member) = member {
                *member = places.count;
            }
            if places.count > 0 {
                warn(code, places.first_row, places.count);
            }
        }
        if let (true, Some(last)) = (is_total, &self.last_record) {
            let row = next_row.saturating_sub(1 + last.blank_rows);
            // Records behind it count as well.
            let behind = self.source.skipped_end.unwrap_or(0);
            self.warnings.push(TableWarning::new(TableWarningCode::TotalRow).at(row).times(behind + 1));
        }
        self.warnings.sort_by_key(|warning| warning.code);
    }

    pub(crate) fn set_file(&mut self, name: &str) {
        self.source.file = Some(name.to_owned());
        self.warnings.iter_mut().for_each(|warning| warning.file = Some(name.to_owned()));
    }
}
