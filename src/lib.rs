//! Exact descriptive statistics over HTTP.
//!
//! Data flows once through: bytes ([`input`]), decimals, accumulator and summary ([`describe`]), answer ([`output`]).
//! Those three and [`options`] know nothing of HTTP; they refuse with a [`rejection::Rejection`].
//!
//! The `describe` command hands files to them ([`files`]).
//!
//! Around them stands the service: the command line ([`config`]), the listener ([`server`]) and its connections
//! ([`connection`]) or Lambda in their place ([`lambda`]), the routes ([`router`]) and what answers them (`handlers`), the
//! parts of a request that they take ([`extract`], [`body`], and of a body [`media`], [`form`] and [`multipart`]), what can
//! go wrong ([`error`]), the document that describes it all ([`openapi`]), and the log ([`telemetry`]).

pub mod body;
mod calendar;
pub mod config;
pub mod connection;
pub mod describe;
pub mod error;
pub mod extract;
pub mod files;
pub mod form;
mod handlers;
pub mod healthcheck;
pub mod input;
pub mod lambda;
pub mod media;
pub mod multipart;
pub mod openapi;
pub mod options;
pub mod output;
pub mod rejection;
pub mod router;
pub mod server;
pub mod telemetry;
