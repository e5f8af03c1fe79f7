//! The port of the operator: `/livez`, `/readyz` and `/metrics` from a thread and a runtime of their own, which answer however busy
//! the others are.
//!
//! Input: the state of the service. Output: a thread that serves until the process ends, so that a load balancer and a scraper see
//! the shutdown, too.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::runtime;

use crate::http::admission::Places;
use crate::http::router;
use crate::http::state::SharedState;
use crate::server::accept::{accept, bind};
use crate::server::connection::Connections;

/// Connections of the operator's programs: scrapers and load balancers.
const MAX_CONNECTIONS: usize = 64;

/// Serves the operator's port, if there is one.
///
/// # Errors
/// An address that is in use, or no thread.
pub fn start(state: &SharedState) -> io::Result<()> {
    let Some(port) = state.config.metrics_port else { return Ok(()) };
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let listener = {
        let _runtime = runtime.enter();
        bind(SocketAddr::new(state.config.host, port))?
    };
    let address = listener.local_addr()?;
    tracing::info!(metrics = format!("http://{address}/metrics"), "listening for the operator");
    let state = Arc::clone(state);
    let serve = move || {
        let places = Places::new(MAX_CONNECTIONS);
        let connections = Connections::new(&state, router::operations(&state), &places, true);
        runtime.block_on(accept(&listener, &connections));
    };
    std::thread::Builder::new().name("operations".to_owned()).spawn(serve)?;
    Ok(())
}
