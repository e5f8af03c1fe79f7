//! One file per endpoint: extract, call, respond.

pub mod docs;
pub mod health;
pub mod items;
#[cfg(feature = "mcp")]
pub mod mcp;
pub mod merge;
pub mod page;
pub mod preview;
pub mod simple;
#[cfg(feature = "sql")]
pub mod sql;
pub mod stats;
pub mod typed;
