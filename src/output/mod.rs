//! Results to bytes; one file per format.

pub mod csv;
pub mod html;
pub mod json;
pub mod markdown;
pub mod report;
pub mod svg;
pub mod terminal;
pub mod workbook;
