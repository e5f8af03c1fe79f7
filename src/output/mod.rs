//! Results to bytes; one file per format.

pub mod json;
pub mod terminal;
