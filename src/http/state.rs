//! State of the service that every handler may read.
//!
//! Invariant: nothing here depends on a request, and only `draining` changes while the service runs.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::cli::settings::Config;

/// State of the service.
#[derive(Debug)]
pub struct State {
    /// The settings.
    pub config: Config,
    /// Whether the server is shutting down: `/readyz` answers 503, other requests are still answered.
    pub draining: AtomicBool,
}

/// The state as handlers receive it.
pub type SharedState = Arc<State>;

impl State {
    /// State of a service that accepts requests.
    #[must_use]
    pub fn new(config: Config) -> SharedState {
        Arc::new(Self { config, draining: AtomicBool::new(false) })
    }
}
