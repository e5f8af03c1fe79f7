//! Listening on an address, and accepting connections.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

#[cfg(target_os = "linux")]
use socket2::{SockFilter, SockRef};
use tokio::net::{TcpListener, TcpSocket};
use tokio::time::sleep;

use crate::server::connection::Connections;

/// Connections that the system keeps until they are accepted.
const BACKLOG: u32 = 4096;

/// Bytes of a response that the system keeps before the client's window has room for them. Its buffers grow to megabytes, and it says
/// that there is room again only when a third of them is free: a slow reader would seem to have stopped. Inherited by accepted sockets.
#[cfg(target_os = "linux")]
const MAX_UNSENT_BYTES: u32 = 128 << 10;

/// Listens on an address.
///
/// # Errors
/// An address that is in use, or that is not the machine's.
pub(super) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let listen = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // On Windows it would let two programs listen on one port.
        #[cfg(not(windows))]
        socket.set_reuseaddr(true)?;
        #[cfg(target_os = "linux")]
        SockRef::from(&socket).set_tcp_notsent_lowat(MAX_UNSENT_BYTES)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    listen().map_err(|error| io::Error::new(error.kind(), format!("{address}: {error}")))
}

/// Makes the system ignore further handshakes of a listener, so that its backlog can be emptied before it is closed: closing resets
/// what is in it, and as long as new connections come it is never empty. A client that is ignored tries again for a second, and is
/// then told that nobody listens.
#[cfg(target_os = "linux")]
pub(super) fn ignore_handshakes(listener: &TcpListener) {
    // A packet with the flag SYN, in the 14th byte of its header, is dropped; all others pass.
    let filter = [
        SockFilter::new(0x30, 0, 0, 13),
        SockFilter::new(0x45, 0, 1, 0x02),
        SockFilter::new(0x06, 0, 0, 0),
        SockFilter::new(0x06, 0, 0, u32::MAX),
    ];
    // It fails where a sandbox forbids it; then a connection that comes at the last moment may be reset.
    let _ = SockRef::from(listener).attach_filter(&filter);
}

/// Other systems have no such filter.
#[cfg(not(target_os = "linux"))]
pub(super) fn ignore_handshakes(_: &TcpListener) {}

/// Accepts connections; never returns.
pub(super) async fn accept(listener: &TcpListener, connections: &Connections) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => connections.serve(stream, peer.ip()),
            // For example, no file descriptors are left. It passes when connections end.
            Err(error) => {
                tracing::warn!(error = error.to_string(), "cannot accept a connection");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}
