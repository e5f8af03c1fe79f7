//! The log, its line for every request, request ids, the metrics and the traces.
//!
//! Marks are personal data. A log line consists of names that the code knows (a route's template, a status, a size) and
//! of nothing that a client sent, except its request id. Events of other crates are not recorded at any level, because they
//! hold URLs; a panic is logged by its place, because its message may quote a number.

mod instruments;
mod log;
pub mod metrics;
mod requests;
mod trace_context;
#[cfg(feature = "otlp")]
pub mod traces;

pub use instruments::Instruments;
pub use log::{Log, start, start_blocking};
#[cfg(test)]
pub(crate) use log::{log_panic, subscriber};
pub use requests::{BytesIn, KeyId, RequestLine, log_refused_head};
pub use trace_context::TraceContext;
