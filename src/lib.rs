//! The service and the command line around the libraries of `crates/`.
//!
//! Input: requests ([`http`]) or files ([`cli`]). Output: described statistics, or an error with its remedy.
//! [`mod@describe`] is the one use case of both: options, reading, describing, writing. [`server`] carries requests to the router
//! and responses back, from a socket or from Lambda; [`telemetry`] writes the log; [`page`] has the files of the page; [`system`] asks the operating system.
//!
//! Invariant: the libraries know nothing of HTTP or of a command line.

pub mod cli;
pub mod describe;
pub mod http;
pub mod page;
pub mod server;
#[cfg(feature = "sql")]
pub mod sql;
pub mod system;
pub mod telemetry;
