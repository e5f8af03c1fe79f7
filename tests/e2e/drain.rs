//! The graceful end.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::{FIVE_SIX, Server, answer, rest};

const HEAD: &[u8] =
    b"POST /prod/stats HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 3\r\nexpect: 100-continue\r\n\r\n";

/// A connection with half a body, which the server has asked for: its request is in flight.
fn busy(server: &Server) -> TcpStream {
    const ASKED: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
    let mut busy = server.connect();
    busy.write_all(HEAD).expect("sent");
    let mut asked = [0; ASKED.len()];
    busy.read_exact(&mut asked).expect("asked for");
    assert_eq!(asked, ASKED);
    busy.write_all(b"5 ").expect("sent");
    busy
}

/// Waits until the server has taken the signal to end.
fn wait_for_drain(server: &Server) {
    while !server.get("/readyz").starts_with("HTTP/1.1 503 ") {
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn answers_in_flight_are_completed() {
    for signal in ["-TERM", "-INT"] {
        let mut server = Server::start(&[]);
        let mut idle = server.connect();
        idle.write_all(b"GET /readyz HTTP/1.1\r\nhost: x\r\n\r\n").expect("sent");
        assert_eq!(answer(&mut idle).1, "ok");
        let mut busy = busy(&server);
        server.signal(signal);
        assert_eq!(rest(&mut idle), "", "idle connections are closed");
        let ready = server.get("/readyz");
        assert!(ready.starts_with("HTTP/1.1 503 ") && ready.contains("retry-after: 1"), "{ready}");
        assert!(server.get("/livez").ends_with("ok"));
        assert!(server.get("/prod/stats?numbers=5&numbers=6").ends_with(FIVE_SIX));
        busy.write_all(b"6").expect("sent");
        assert!(rest(&mut busy).ends_with(FIVE_SIX));
        let (status, took) = server.end();
        assert_eq!(status.code(), Some(0));
        assert!(took < Duration::from_secs(2), "{took:?}");
    }
}

#[test]
fn without_work_it_ends_at_once() {
    let mut server = Server::start(&[]);
    let mut idle = server.connect();
    idle.write_all(b"POST /prod/stats HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\n5 6").expect("sent");
    assert_eq!(answer(&mut idle).1, FIVE_SIX);
    server.signal("-TERM");
    let (status, took) = server.end();
    assert_eq!(status.code(), Some(0));
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[test]
fn a_deadline_ends_the_rest() {
    let mut server = Server::start(&["--drain-timeout", "300ms"]);
    let _busy = busy(&server);
    server.signal("-TERM");
    let (status, took) = server.end();
    assert_eq!(status.code(), Some(0));
    assert!(took > Duration::from_millis(250) && took < Duration::from_secs(2), "{took:?}");
}

#[test]
fn a_second_signal_ends_at_once() {
    let mut server = Server::start(&[]);
    let _busy = busy(&server);
    server.signal("-TERM");
    wait_for_drain(&server);
    server.signal("-TERM");
    let (status, took) = server.end();
    assert_eq!(status.code(), Some(130));
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[test]
fn connections_are_served_while_load_balancers_notice() {
    let mut server = Server::start(&["--drain-delay", "3s"]);
    let mut open = server.connect();
    open.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").expect("sent");
    assert_eq!(answer(&mut open).1, "ok");
    server.signal("-TERM");
    wait_for_drain(&server);
    // On a connection that was open, and on a new one.
    open.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").expect("sent");
    assert_eq!(answer(&mut open).1, "ok");
    assert!(server.get("/prod/stats?numbers=5&numbers=6").ends_with(FIVE_SIX));
    let (status, took) = server.end();
    assert_eq!(status.code(), Some(0));
    assert!(took > Duration::from_secs(1), "{took:?}");
    // Nobody waits for a load balancer at a terminal.
    let mut server = Server::start(&["--drain-delay", "1m"]);
    server.signal("-INT");
    assert!(server.end().1 < Duration::from_secs(2));
}
