//! `describe-api healthcheck`: for images that have no shell and no curl.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use crate::cli::settings::Config;

/// For each of connecting, asking and reading the answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks the server with these settings whether it is ready.
#[must_use]
pub fn run(config: &Config) -> ExitCode {
    match ask(reachable(config.address())) {
        Ok(line) if line.contains(" 200 ") => ExitCode::SUCCESS,
        Ok(line) => fail(&format!("not ready: {line}")),
        Err(error) => fail(&format!("no answer: {error}")),
    }
}

fn fail(why: &str) -> ExitCode {
    eprintln!("describe-api: {why}");
    ExitCode::FAILURE
}

/// A server that listens on every address is asked at this machine's own.
fn reachable(address: SocketAddr) -> SocketAddr {
    let host = match address.ip() {
        IpAddr::V4(host) if host.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(host) if host.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        host => host,
    };
    SocketAddr::new(host, address.port())
}

/// The answer's first line.
fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /readyz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
    let mut start = Vec::new();
    stream.take(512).read_to_end(&mut start)?;
    let start = String::from_utf8_lossy(&start);
    Ok(start.lines().next().unwrap_or_default().to_owned())
}
