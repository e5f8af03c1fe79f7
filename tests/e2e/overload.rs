//! More work than the server can do: what is refused, with which words, and what is served all the same.

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::{FIVE_SIX, Server, answer, rest};

/// Head of a POST with a body of this length.
fn head(path: &str, length: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: text/csv\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    )
}

fn post(server: &Server, path: &str, body: &[u8]) -> String {
    let mut stream = server.connect();
    let _ = stream.write_all(&[head(path, body.len()).as_bytes(), body].concat());
    rest(&mut stream)
}

#[test]
fn connections_beyond_the_limit_are_told_so() {
    let server = Server::start(&["--max-connections", "2"]);
    let mut open: Vec<_> = (0..2).map(|_| server.connect()).collect();
    for stream in &mut open {
        stream.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").expect("sent");
        assert_eq!(answer(stream).1, "ok");
    }
    let refused = rest(&mut server.connect());
    assert!(refused.starts_with("HTTP/1.1 503 ") && refused.contains("retry-after: 1\r\n"), "{refused}");
    assert!(refused.contains("application/problem+json"), "{refused}");
    open.pop();
    let started = Instant::now();
    while !server.get("/livez").ends_with("ok") {
        assert!(started.elapsed() < Duration::from_secs(5), "its place is free again");
    }
}

#[test]
fn the_operators_port_answers_for_itself() {
    let server = Server::start(&["--metrics-port", "0", "--max-connections", "1"]);
    let line = server.log.recv_timeout(Duration::from_secs(10)).expect("a line");
    let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).expect("an address");
    let ask = |target: &str| {
        let mut stream = TcpStream::connect(address).expect("a connection");
        write!(stream, "GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").expect("sent");
        rest(&mut stream)
    };
    // The service has no more room.
    let mut only = server.connect();
    only.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").expect("sent");
    assert_eq!(answer(&mut only).1, "ok");
    assert!(rest(&mut server.connect()).starts_with("HTTP/1.1 503 "));
    assert!(ask("/livez").ends_with("ok") && ask("/readyz/").ends_with("ok"));
    let metrics = ask("/metrics");
    for line in ["describe_connections 1\n", "describe_requests_shed_total{reason=\"connections\"} 1\n"] {
        assert!(metrics.contains(line), "{line} is missing: {metrics}");
    }
    assert!(ask("/prod/stats?numbers=5").starts_with("HTTP/1.1 404 "));
    only.write_all(b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n").expect("sent");
    assert!(answer(&mut only).0.starts_with("HTTP/1.1 404 "), "it is on the other port alone");
}

#[test]
fn large_requests_beyond_the_limit_wait_or_are_refused() {
    let flags = ["--max-large-requests", "1", "--max-waiting", "1", "--wait-limit", "300ms"];
    let server = Server::start(&flags);
    let body = format!("mark\n{}", "5\n6\n".repeat(20_000));
    // It is admitted when its first block is there, and keeps its place while it sends.
    let slow = server.connect();
    let mut sender = slow.try_clone().expect("a handle");
    let head = "POST /prod/stats HTTP/1.1\r\nhost: x\r\ncontent-type: text/csv\r\ntransfer-encoding: chunked\r\n\r\n";
    sender.write_all(head.as_bytes()).expect("sent");
    let piece = "5\n6\n".repeat(100_000);
    let chunk = format!("{:x}\r\n{piece}\r\n", piece.len());
    std::thread::spawn(move || {
        while sender.write_all(chunk.as_bytes()).is_ok() {
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    let begun = Instant::now();
    let (refused, waited) = loop {
        let started = Instant::now();
        let response = post(&server, "/prod/stats", body.as_bytes());
        if !response.starts_with("HTTP/1.1 200 ") {
            break (response, started.elapsed());
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "the slow one has no place");
    };
    assert!(refused.starts_with("HTTP/1.1 503 ") && refused.contains("retry-after: 1\r\n"), "{refused}");
    assert!(waited >= Duration::from_millis(250), "it waited {waited:?}");
    // What takes a moment has no queue.
    assert!(server.get("/prod/stats?numbers=5&numbers=6").ends_with(FIVE_SIX));
    slow.shutdown(Shutdown::Both).expect("closed");
    let closed = Instant::now();
    while !post(&server, "/prod/stats", body.as_bytes()).starts_with("HTTP/1.1 200 ") {
        assert!(closed.elapsed() < Duration::from_secs(10), "its place is free again");
    }
}

#[test]
fn whoever_stops_sending_keeps_no_place() {
    let server = Server::start(&["--max-large-requests", "1", "--max-waiting", "2", "--wait-limit", "5s"]);
    let body = format!("mark\n{}", "5\n6\n".repeat(120_000));
    let mut slow = server.connect();
    let whole = head("/prod/stats", body.len());
    let (begin, end) = body.split_at(body.len() - 40);
    slow.write_all(&[whole.as_bytes(), begin.as_bytes()].concat()).expect("sent");
    for _ in 0..3 {
        assert!(post(&server, "/prod/stats", body.as_bytes()).starts_with("HTTP/1.1 200 "));
    }
    slow.write_all(end.as_bytes()).expect("sent");
    let response = rest(&mut slow);
    assert!(response.starts_with("HTTP/1.1 200 ") && response.contains("\"nobs\":240000"), "{response}");
}

/// Groups times columns, times what is kept of each.
fn groups_and_columns(groups: usize, columns: usize) -> String {
    let header: Vec<String> = (0..columns).map(|column| format!("c{column}")).collect();
    let record = |group| format!("g{group}{}\n", ",5".repeat(columns));
    format!("g,{}\n{}", header.join(","), (0..groups).map(record).collect::<String>())
}

#[test]
fn memory_beyond_the_limit_is_refused_with_its_setting() {
    let flags = ["--memory", "64MiB", "--request-memory", "16MiB", "--answer-limit", "1MiB"];
    let server = Server::start(&flags);
    let path = "/prod/stats?group_by=g";
    let refused = post(&server, path, groups_and_columns(1000, 1000).as_bytes());
    assert!(refused.starts_with("HTTP/1.1 413 ") && refused.contains("REQUEST_MEMORY"), "{refused}");
    let refused = post(&server, path, groups_and_columns(100, 100).as_bytes());
    assert!(refused.starts_with("HTTP/1.1 413 ") && refused.contains("ANSWER_LIMIT"), "{refused}");
    for format in ["csv", "html", "markdown", "xlsx", "ods", "ndjson"] {
        let refused = post(&server, &format!("{path}&format={format}"), groups_and_columns(1000, 50).as_bytes());
        assert!(refused.starts_with("HTTP/1.1 413 "), "{format}: {refused}");
    }
    assert!(post(&server, path, groups_and_columns(10, 10).as_bytes()).starts_with("HTTP/1.1 200 "));
    // Never more than all may hold, and some for the program itself and for what its allocator keeps.
    let resident = server.resident_kib();
    assert!(resident < 96 << 10, "{resident} KiB");
}

#[test]
fn processor_time_beyond_the_limit_is_refused_with_its_setting() {
    let server = Server::start(&["--cpu-limit", "50ms"]);
    // Takes several times the limit, on a fast processor too: a million of such records take about as long as it.
    let body = format!("mark\n{}", "5.123,6\n".repeat(6_000_000));
    let refused = post(&server, "/prod/stats?statistics=all", body.as_bytes());
    assert!(
        refused.starts_with("HTTP/1.1 413 ")
            && refused.contains("0.05 s of processor time")
            && refused.contains("CPU_LIMIT"),
        "{refused}"
    );
    assert!(server.get("/prod/stats?numbers=5&numbers=6").ends_with(FIVE_SIX));
}

/// The body has arrived as a whole long before its work is done.
#[test]
fn whoever_leaves_is_not_worked_for() {
    leaves(1);
}

/// Bytes that nobody reads wait in the system, so that the end behind them is not read either. They are as many as it takes, or the end would
/// wait on the other side.
#[test]
fn whoever_leaves_in_the_middle_of_a_body_is_not_worked_for() {
    leaves(2);
}

/// Sends so many files in one body and leaves: nothing is worked from 0.1 s later on, where one file takes longer than the half second that is
/// looked at.
fn leaves(files: usize) {
    let server = Server::start(&[]);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(format!("mark\n{}", "5.12345678901234567890123\n".repeat(1_000_000)).as_bytes())
        .expect("compressed");
    let file = gzip.finish().expect("compressed");
    let work = |files: usize, leaves: bool| {
        let mut before = server.processor_ticks();
        let body = file.repeat(files);
        let head =
            head("/prod/stats?statistics=all", body.len()).replace("host: x", "host: x\r\ncontent-encoding: gzip");
        let mut stream = server.connect();
        stream.write_all(&[head.as_bytes(), &body].concat()).expect("sent");
        if leaves {
            std::thread::sleep(Duration::from_millis(50));
            drop(stream);
            // Nothing is to be waited for: there is no answer.
            std::thread::sleep(Duration::from_millis(100));
            before = server.processor_ticks();
            std::thread::sleep(Duration::from_millis(500));
        } else {
            let answer = rest(&mut stream);
            assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        }
        server.processor_ticks() - before
    };
    let all = work(1, false);
    let some = work(files, true);
    assert!(all > 100 && some < 10, "{some} of {all} hundredths of a second");
}
