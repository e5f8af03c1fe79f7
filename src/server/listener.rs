//! The listener and its graceful shutdown.
//!
//! Input: the settings. Output: an exit code, once the server has shut down.
//! Invariant: a request that has begun is completed, unless the drain timeout passes or a second signal arrives.

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep, timeout_at};

use crate::cli::settings::Config;
use crate::http::router::router;
use crate::http::state::{SharedState, State};
use crate::server::connection::Connections;
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
    // Only parsing runs there; more threads than cores would only take turns.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    builder.max_blocking_threads(cores + 1).enable_all().build()
}

async fn serve(config: Config) -> io::Result<ExitCode> {
    let mut signals = Signals::new()?;
    let listener = bind(config.address()).await?;
    let state = State::new(config);
    log_urls(&state, listener.local_addr()?);
    let connections = Connections::new(&state, router(&state), true);
    tokio::select! {
        () = accept(&listener, &connections) => {}
        () = signals.next() => {}
    }
    Ok(drain(&state, listener, connections, &mut signals).await)
}

async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|error| io::Error::new(error.kind(), format!("{address}: {error}")))
}

/// Logs the URLs of the page, the documentation and the endpoint.
fn log_urls(state: &SharedState, address: SocketAddr) {
    let base = &state.config.base_path;
    tracing::info!(
        page = format!("http://{address}/"),
        docs = format!("http://{address}/docs"),
        stats = format!("http://{address}{base}/stats"),
        version = env!("CARGO_PKG_VERSION"),
        "listening"
    );
}

/// Accepts connections; never returns.
async fn accept(listener: &TcpListener, connections: &Connections) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => connections.serve(stream),
            // For example, no file descriptors are left. It passes when connections end.
            Err(error) => {
                tracing::warn!(error = error.to_string(), "cannot accept a connection");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// Completes the requests in flight. Meanwhile new connections are still accepted, so that a load balancer gets 503 from
/// `/readyz` and other clients get a response; each carries one request.
async fn drain(
    state: &SharedState,
    listener: TcpListener,
    connections: Connections,
    signals: &mut Signals,
) -> ExitCode {
    state.draining.store(true, Ordering::Relaxed);
    tracing::info!("draining");
    let deadline = Instant::now() + state.config.drain_timeout;
    let late = Connections::new(state, router(state), false);
    let all = async {
        tokio::select! {
            () = connections.shut_down() => {}
            () = accept(&listener, &late) => {}
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
        () = signals.next() => {
            tracing::warn!("stopped by a second signal");
            ExitCode::from(INTERRUPTED)
        }
    }
}

/// SIGTERM and SIGINT.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
