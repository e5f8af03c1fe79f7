//! Results to bytes: the model of an answer, and one file per format that is written from it.

pub mod answer;
pub mod json;
pub mod terminal;
