//! Exact descriptive statistics over HTTP.
//!
//! Data flows once through: bytes ([`input`]), decimals, accumulator and summary ([`describe`]), answer ([`output`]).

pub mod describe;
pub mod input;
pub mod options;
pub mod output;
pub mod rejection;
