//! State of the service that every handler may read.
//!
//! Invariant: nothing here depends on a request, and only counts, keys and `draining` change while the service runs.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::cli::settings::Config;
use crate::http::access::Access;
use crate::http::admission::{Admission, Places};
use crate::system;
use crate::telemetry::Metrics;
use describe_readers::{Allowance, Ledger, Limits, Pool};

/// State of the service.
#[derive(Debug)]
pub struct State {
    /// The settings.
    pub config: Config,
    /// Memory and turns of all requests.
    pub pool: Arc<Pool>,
    /// Admission of requests that take more than a moment.
    pub admission: Admission,
    /// Keys, tokens and rates.
    pub access: Arc<Access>,
    /// Places of connections.
    pub connections: Places,
    /// What the service has done.
    pub metrics: Metrics,
    /// Whether the server is shutting down: `/readyz` answers 503, other requests are still answered.
    pub draining: AtomicBool,
}

/// The state as handlers receive it.
pub type SharedState = Arc<State>;

impl State {
    /// State of a service that accepts requests.
    #[must_use]
    pub fn new(config: Config) -> SharedState {
        let memory = config.memory.unwrap_or_else(|| system::memory_bytes() / 4 * 3);
        let pool = Pool::new(memory, config.threads.unwrap_or_else(system::processors));
        let admission = Admission::new(&config, &pool);
        let access = Arc::new(Access::new(&config.access));
        let connections = Places::new(config.max_connections);
        let draining = AtomicBool::new(false);
        Arc::new(Self { config, pool, admission, access, connections, metrics: Metrics::new(), draining })
    }

    /// Limits of a request, with a ledger of its own.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let Config { limits, request_memory, answer_limit, cpu_limit, .. } = &self.config;
        let ledger = Ledger::new(Allowance {
            // A request alone is not told to try again later.
            memory: (*request_memory).min(self.pool.limit() / 2),
            answer: *answer_limit,
            processor: u64::try_from(cpu_limit.as_nanos()).unwrap_or(u64::MAX),
            clock: system::thread_time,
            pool: Arc::clone(&self.pool),
        });
        Limits { ledger, ..(*limits).into() }
    }
}
