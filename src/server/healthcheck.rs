//! `describe-api healthcheck`: a health check for images without a shell and curl.
//!
//! Input: the settings of the server. Output: an exit code, and a line on standard error if the server is not ready.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use crate::cli::settings::Config;
#[cfg(feature = "tls")]
use crate::server::tls;

/// Time limit for each of connecting, sending and receiving.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Checks whether the server with these settings is ready.
#[must_use]
pub fn run(config: &Config) -> ExitCode {
    match request_readiness(config) {
        Ok(line) if line.contains(" 200 ") => ExitCode::SUCCESS,
        Ok(line) => fail(&format!("not ready: {line}")),
        Err(error) => fail(&format!("no response: {error}")),
    }
}

/// Whether a server with these settings is ready.
pub(super) fn is_ready(config: &Config) -> bool {
    request_readiness(config).is_ok_and(|line| line.contains(" 200 "))
}

fn fail(reason: &str) -> ExitCode {
    eprintln!("describe-api: {reason}");
    ExitCode::FAILURE
}

/// Address to connect to: a server that listens on every address is reached by the loopback address.
pub(super) fn reachable(address: SocketAddr) -> SocketAddr {
    let host = match address.ip() {
        IpAddr::V4(host) if host.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(host) if host.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        host => host,
    };
    SocketAddr::new(host, address.port())
}

/// Status line of the response, of the operator's port if there is one.
fn request_readiness(config: &Config) -> io::Result<String> {
    let mut address = reachable(config.address());
    let operations = config.metrics_port.filter(|port| *port != 0);
    address.set_port(operations.unwrap_or(address.port()));
    let stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    #[cfg(feature = "tls")]
    if let (Some(chain), None) = (&config.tls_cert, operations) {
        return exchange(tls::connect(chain, stream)?, address);
    }
    exchange(stream, address)
}

fn exchange(mut stream: impl Read + Write, address: SocketAddr) -> io::Result<String> {
    write!(stream, "GET /readyz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
    let mut start = Vec::new();
    stream.take(512).read_to_end(&mut start)?;
    let start = String::from_utf8_lossy(&start);
    Ok(start.lines().next().unwrap_or_default().to_owned())
}
