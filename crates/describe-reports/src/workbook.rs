//! The report as a workbook, XLSX or ODS, laid out as the UK Government Analysis Function asks of accessible spreadsheets:
//! a cover, contents and notes; one marked table a sheet, from its column A on, with one header row; no merged cells, no
//! colour that means anything; shorthand in square brackets.

mod ods;
mod sheets;
mod xlsx;

pub use ods::write as ods;
pub use xlsx::write as xlsx;
