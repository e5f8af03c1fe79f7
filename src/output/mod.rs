//! Results to bytes: the model of an answer, and one file per format that is written from it.

pub mod answer;
pub mod csv;
pub mod html;
pub mod json;
pub mod markdown;
pub mod report;
pub mod svg;
pub mod terminal;
pub mod workbook;
