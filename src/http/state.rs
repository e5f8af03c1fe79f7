//! State of the service that every handler may read.
//!
//! Invariant: nothing here depends on a request, and only counts, keys and `draining` change while the service runs.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::cli::settings::Config;
use crate::http::access::Access;
use crate::http::admission::{Admission, Class, Load, Places};
use crate::system;
use crate::telemetry::Instruments;
use crate::telemetry::metrics::{ClassUsage, Usage};
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
    /// What the service measures itself with.
    pub instruments: Arc<Instruments>,
    /// Whether the server is shutting down: `/readyz` answers 503, other requests are still answered.
    pub draining: AtomicBool,
}

/// The state as handlers receive it.
pub type SharedState = Arc<State>;

impl State {
    /// State of a service that accepts requests.
    #[must_use]
    pub fn new(config: Config) -> SharedState {
        let memory = config.memory.unwrap_or_else(|| system::memory_bytes() / 8 * 5);
        let pool = Pool::new(memory, config.threads.unwrap_or_else(system::processors));
        let admission = Admission::new(&config, &pool);
        let access = Arc::new(Access::new(&config.access));
        let connections = Places::new(config.max_connections);
        let draining = AtomicBool::new(false);
        #[cfg(feature = "otlp")]
        let instruments = Arc::new(Instruments::new(&config));
        #[cfg(not(feature = "otlp"))]
        let instruments = Arc::default();
        Arc::new(Self { config, pool, admission, access, connections, instruments, draining })
    }

    /// How much of its budgets the service uses now.
    #[must_use]
    pub fn usage(&self) -> Usage {
        let class = |class: Class| {
            let Load { in_flight, limit, waiting } = self.admission.load(class);
            ClassUsage { name: class.name(), in_flight, limit, waiting }
        };
        Usage {
            classes: Class::ALL.map(class).to_vec(),
            waiting_limit: self.config.max_waiting,
            connections: [self.connections.taken(), self.connections.limit()],
            memory: [self.pool.held(), self.pool.limit()],
            resident: system::resident_bytes(),
            spent: self.pool.spent(),
        }
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
