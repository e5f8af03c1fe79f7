//! Exact descriptive statistics over HTTP.
//!
//! Data flows once through: bytes ([`input`]), decimals, accumulator and summary ([`describe`]), answer ([`output`]).
//! Those three and [`options`] know nothing of HTTP; they refuse with a [`rejection::InputError`].
//!
//! The `describe` command hands files to them ([`files`]).
//!
//! Around them stands the service: the command line ([`config`]), the listener ([`server`]) and its connections
//! ([`connection`]) or Lambda in their place ([`lambda`]), the routes ([`router`]) and what answers them (`handlers`), the
//! parts of a request that they take ([`extract`], [`body`], and of a body [`media`], [`form`] and [`multipart`]), what can
//! go wrong ([`error`]), the document that describes it all ([`openapi`]), and the log ([`telemetry`]).

pub mod cli;
pub mod describe;
pub mod http;
pub mod messages;
pub mod server;
pub mod telemetry;
