//! The listener and its graceful shutdown.
//!
//! Input: the settings. Output: an exit code, once the server has shut down.
//! Invariant: a request that has begun is completed, unless the drain timeout passes or a second signal arrives.

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::cli::settings::Config;
use crate::http::router::router;
use crate::http::state::{SharedState, State};
use crate::server::accept::{accept, bind, ignore_handshakes};
use crate::server::connection::Connections;
use crate::server::healthcheck::{self, reachable};
use crate::server::operations;
use crate::server::signals::{Signals, Stop};
#[cfg(feature = "tls")]
use crate::server::tls::Tls;
use crate::telemetry;

/// Exit code after a second signal, as a shell reports SIGINT.
const INTERRUPTED: u8 = 130;

/// Serves until a signal arrives.
#[must_use]
pub fn run(config: Config) -> ExitCode {
    let log = telemetry::start(&config);
    let result = runtime(&config).and_then(|runtime| {
        let served = runtime.block_on(serve(config));
        runtime.shutdown_background();
        served
    });
    let code = result.unwrap_or_else(|error| {
        // The system's message: an address, nothing that a client sent.
        tracing::error!(error = error.to_string(), "cannot serve");
        ExitCode::FAILURE
    });
    drop(log);
    code
}

fn runtime(config: &Config) -> io::Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    if let Some(threads) = config.threads {
        builder.worker_threads(threads);
    }
    // Each request that was admitted has a thread, on which it waits for its turn.
    let Config { max_small_requests, max_large_requests, max_reports, .. } = config;
    let admitted = max_small_requests.saturating_add(*max_large_requests).saturating_add(*max_reports);
    builder.max_blocking_threads(admitted.saturating_add(1)).enable_all().build()
}

async fn serve(config: Config) -> io::Result<ExitCode> {
    let mut signals = Signals::new()?;
    let opens = config.open == Some(true);
    let listener = match bind(config.address()) {
        // Whoever starts it a second time wants to see the page.
        Err(error) if opens && error.kind() == io::ErrorKind::AddrInUse && healthcheck::is_ready(&config) => {
            tracing::info!("already running");
            open_page(scheme(&config), config.address());
            return Ok(ExitCode::SUCCESS);
        }
        listener => listener?,
    };
    let front = Front::new(config)?;
    let state = Arc::clone(&front.state);
    let address = listener.local_addr()?;
    log_urls(&state, address);
    state.access.warn_if_open(state.config.host);
    operations::start(&state)?;
    let connections = front.connections(true);
    if opens {
        open_page(scheme(&state.config), address);
    }
    let signal = tokio::select! {
        () = accept(&listener, &connections) => Stop::Terminate,
        signal = signals.next() => signal,
    };
    // Whoever presses Ctrl-C has no load balancer to wait for.
    let delay = if signal == Stop::Interrupt { Duration::ZERO } else { state.config.drain_delay };
    Ok(drain(&front, listener, connections, &mut signals, delay).await)
}

/// What connections are made with.
struct Front {
    state: SharedState,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
}

impl Front {
    #[cfg_attr(not(feature = "tls"), expect(clippy::unnecessary_wraps, reason = "a certificate may be unreadable"))]
    fn new(config: Config) -> io::Result<Self> {
        #[cfg(feature = "tls")]
        let tls = match (&config.tls_cert, &config.tls_key) {
            (Some(chain), Some(key)) => Some(Tls::new(chain.clone(), key.clone())?),
            _ => None,
        };
        #[cfg(feature = "tls")]
        if let Some(tls) = tls.clone() {
            tokio::spawn(tls.watch());
        }
        Ok(Self {
            state: State::new(config),
            #[cfg(feature = "tls")]
            tls,
        })
    }

    fn connections(&self, keep_alive: bool) -> Connections {
        let connections = Connections::new(&self.state, router(&self.state), &self.state.connections, keep_alive);
        #[cfg(feature = "tls")]
        let connections = connections.with_tls(self.tls.clone());
        connections
    }
}

/// Logs the URLs of the page, the documentation and the endpoint.
fn log_urls(state: &SharedState, address: SocketAddr) {
    let (base, scheme) = (&state.config.base_path, scheme(&state.config));
    tracing::info!(
        page = format!("{scheme}://{address}/"),
        docs = format!("{scheme}://{address}/docs"),
        stats = format!("{scheme}://{address}{base}/stats"),
        version = env!("CARGO_PKG_VERSION"),
        "listening"
    );
}

/// Scheme of the URLs.
fn scheme(config: &Config) -> &'static str {
    #[cfg(feature = "tls")]
    if config.tls_cert.is_some() {
        return "https";
    }
    let _ = config;
    "http"
}

/// Opens the page in the browser of whoever sits here. Whether there is one does not matter to the service.
fn open_page(scheme: &str, address: SocketAddr) {
    let url = format!("{scheme}://{}/", reachable(address));
    if let Err(error) = open::that_detached(&url) {
        tracing::warn!(page = url, error = error.to_string(), "cannot open the page in a browser");
    }
}

/// Serves on for the delay, while a load balancer gets 503 from `/readyz`; then completes the requests in flight. Meanwhile new
/// connections are still accepted, each for one request, and those that the system has kept when the listener closes.
async fn drain(
    front: &Front,
    listener: TcpListener,
    connections: Connections,
    signals: &mut Signals,
    delay: Duration,
) -> ExitCode {
    let state = &front.state;
    state.draining.store(true, Ordering::Relaxed);
    tracing::info!("draining");
    let served = async {
        tokio::select! {
            () = sleep(delay) => {}
            () = accept(&listener, &connections) => {}
        }
    };
    tokio::select! {
        () = served => {}
        _ = signals.next() => return interrupted(),
    }
    let deadline = Instant::now() + state.config.drain_timeout;
    let late = front.connections(false);
    let all = async {
        tokio::select! {
            () = connections.shut_down() => {}
            () = accept(&listener, &late) => {}
        }
        ignore_handshakes(&listener);
        // Until the handshakes that had begun are over.
        while let Ok(Ok((stream, peer))) = timeout(LAST_ACCEPT, listener.accept()).await {
            late.serve(stream, peer.ip());
        }
        drop(listener);
        late.shut_down().await;
    };
    tokio::select! {
        ended = timeout_at(deadline, all) => {
            if ended.is_err() {
                tracing::warn!("the drain timeout has passed; open connections are closed");
            }
            tracing::info!("stopped");
            ExitCode::SUCCESS
        }
        _ = signals.next() => interrupted(),
    }
}

/// The exit code after a second signal.
fn interrupted() -> ExitCode {
    tracing::warn!("stopped by a second signal");
    ExitCode::from(INTERRUPTED)
}

/// Time without a new connection after which the listener closes.
const LAST_ACCEPT: Duration = Duration::from_millis(50);
