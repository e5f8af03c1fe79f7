//! Sources of requests: the listener and its connections, or Lambda in their place.

mod accept;
pub mod connection;
pub mod healthcheck;
#[cfg(feature = "lambda")]
pub mod lambda;
pub mod listener;
pub mod operations;
mod progress;
mod signals;
mod socket;
#[cfg(feature = "tls")]
pub mod tls;
pub mod wire;
