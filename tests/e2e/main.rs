//! A real process on a real port, asked over plain sockets.

#![allow(
    clippy::format_push_string,
    clippy::format_collect,
    clippy::large_stack_arrays,
    clippy::match_same_arms,
    reason = "tests are plain rather than thrifty"
)]

mod access;
#[cfg(target_os = "linux")]
mod bombs;
#[cfg(target_os = "linux")]
mod bulk;
#[cfg(unix)]
mod command_line;
mod connections;
mod drain;
#[cfg(target_os = "linux")]
#[path = "../../crates/describe/tests/numerics/oracle.rs"]
#[expect(dead_code, reason = "the numeric tests use all of it")]
mod oracle;
mod overload;
#[cfg(target_os = "linux")]
#[path = "../formats/place.rs"]
mod place;
mod privacy;
#[cfg(feature = "tls")]
mod protocols;
#[cfg(feature = "otlp")]
mod traces;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const FIVE_SIX: &str = r#"{"nobs":2,"minmax":[5.0,6.0],"mean":5.5,"variance":0.5,"skewness":0.0,"kurtosis":-2.0}"#;

/// The program, without settings of the machine that runs the test.
fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_describe-api"));
    command.env_clear();
    command
}

/// A running server. It is killed when the test ends.
struct Server {
    child: Child,
    address: SocketAddr,
    log: Receiver<String>,
}

impl Server {
    fn start(flags: &[&str]) -> Self {
        Self::start_with_log("json", flags)
    }

    fn start_with_log(format: &str, flags: &[&str]) -> Self {
        let mut command = program();
        command.args(["--port", "0", "--log-format", format]).args(flags).stderr(Stdio::piped());
        if !flags.contains(&"--drain-delay") {
            command.args(["--drain-delay", "1ms"]);
        }
        let mut child = command.spawn().expect("the program starts");
        let (sender, log) = channel();
        let lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let first = log.recv_timeout(Duration::from_secs(10)).expect("a line");
        Self { child, address: address_of_page(&first), log }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        stream
    }

    /// Sends bytes on a new connection and reads until the server closes it.
    fn exchange(&self, request: &[u8]) -> String {
        let mut stream = self.connect();
        stream.write_all(request).expect("sent");
        rest(&mut stream)
    }

    fn get(&self, target: &str) -> String {
        self.exchange(format!("GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes())
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
    }

    /// Memory that it has in use now, in KiB.
    fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    /// Processor time of all its threads in hundredths of a second.
    fn processor_ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("Linux");
        // The name of the program, in parentheses, is the second field.
        let fields: Vec<&str> = stat.rsplit(')').next().expect("fields").split_whitespace().collect();
        fields[11..13].iter().map(|ticks| ticks.parse::<u64>().expect("a number")).sum()
    }

    /// Waits for its end; returns the time that it took.
    fn end(&mut self) -> (ExitStatus, Duration) {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return (status, started.elapsed());
            }
            assert!(started.elapsed() < Duration::from_secs(20), "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Address in the log line with the URL of the page.
fn address_of_page(line: &str) -> SocketAddr {
    let address = line.split("://").nth(1).and_then(|rest| rest.split('/').next());
    address.and_then(|address| address.parse().ok()).expect("the address of the page")
}

/// Everything until the other side closes.
fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("an answer, not a reset");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One answer with a Content-Length, on a connection that stays open.
fn answer(stream: &mut TcpStream) -> (String, String) {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).expect("a line") > 0, "closed after {head:?}");
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
    let mut body = vec![0; length.parse().expect("a number")];
    reader.read_exact(&mut body).expect("a body");
    (head, String::from_utf8_lossy(&body).into_owned())
}
