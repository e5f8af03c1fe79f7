//! Writes a report as a workbook, XLSX or ODS.
//!
//! The layout is that of the UK Government Analysis Function for accessible spreadsheets: a cover, contents and notes; one
//! marked table per sheet, from its column A on, with one header row; no merged cells, no information by colour alone;
//! shorthand in square brackets.

mod ods;
mod sheets;
mod xlsx;

pub use ods::write as ods;
pub use xlsx::write as xlsx;
