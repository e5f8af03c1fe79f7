//! More work than the server can do: what is refused, with which words, and what is served all the same.

use std::io::Write;
use std::net::Shutdown;
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
fn large_requests_beyond_the_limit_wait_or_are_refused() {
    let flags = ["--max-large-requests", "1", "--max-waiting", "1", "--wait-limit", "300ms"];
    let server = Server::start(&flags);
    let body = format!("mark\n{}", "5\n6\n".repeat(20_000));
    // It is admitted when its first block is there, and keeps its place.
    let mut slow = server.connect();
    let whole = body.len() + 400_000;
    slow.write_all(head("/prod/stats", whole).as_bytes()).expect("sent");
    slow.write_all(&[body.as_bytes(), "5\n6\n".repeat(99_000).as_bytes()].concat()).expect("sent");
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
    let server = Server::start(&["--cpu-limit", "200ms"]);
    let body = format!("mark\n{}", "5.123,6\n".repeat(1_000_000));
    let refused = post(&server, "/prod/stats?statistics=all", body.as_bytes());
    assert!(
        refused.starts_with("HTTP/1.1 413 ")
            && refused.contains("0.2 s of processor time")
            && refused.contains("CPU_LIMIT"),
        "{refused}"
    );
    assert!(server.get("/prod/stats?numbers=5&numbers=6").ends_with(FIVE_SIX));
}

/// The body has arrived as a whole long before its work is done.
#[test]
fn whoever_leaves_is_not_worked_for() {
    let server = Server::start(&[]);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(format!("mark\n{}", "5.123\n".repeat(3_000_000)).as_bytes()).expect("compressed");
    let body = gzip.finish().expect("compressed");
    let head = head("/prod/stats?statistics=all", body.len()).replace("host: x", "host: x\r\ncontent-encoding: gzip");
    let work = |leaves: bool| {
        let before = server.processor_ticks();
        let mut stream = server.connect();
        stream.write_all(&[head.as_bytes(), &body].concat()).expect("sent");
        if leaves {
            std::thread::sleep(Duration::from_millis(50));
            drop(stream);
            // Nothing is to be waited for: there is no answer.
            std::thread::sleep(Duration::from_millis(500));
        } else {
            let answer = rest(&mut stream);
            assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        }
        server.processor_ticks() - before
    };
    let all = work(false);
    let some = work(true);
    assert!(all > 50 && some < all / 2, "{some} of {all} hundredths of a second");
}
