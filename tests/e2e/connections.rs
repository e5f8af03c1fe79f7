//! Deadlines, framing, and heads that hyper refuses.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use crate::{FIVE_SIX, Server, answer, rest};

/// Checks a problem document as it comes over the wire.
#[track_caller]
fn problem(answer: &str, status: u16) -> serde_json::Value {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer:?}");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.contains("content-type: application/problem+json"), "{head}");
    let problem: serde_json::Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(problem["status"], status);
    problem
}

#[test]
fn a_chunked_body_in_small_pieces() {
    let server = Server::start(&[]);
    let mut stream = server.connect();
    stream.set_nodelay(true).expect("no delay");
    stream.write_all(b"POST /prod/stats HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n").expect("sent");
    for piece in ["[", "5", ",6", "]"] {
        write!(stream, "{:x}\r\n{piece}\r\n", piece.len()).expect("sent");
        std::thread::sleep(Duration::from_millis(10));
    }
    stream.write_all(b"0\r\n\r\n").expect("sent");
    assert_eq!(answer(&mut stream).1, FIVE_SIX);
    // The connection goes on.
    stream.write_all(b"GET /prod/stats?numbers=5&numbers=6 HTTP/1.1\r\nhost: x\r\n\r\n").expect("sent");
    assert_eq!(answer(&mut stream).1, FIVE_SIX);
}

#[test]
fn pipelined_requests_are_answered_in_their_order() {
    let server = Server::start(&[]);
    let request = "GET /prod/stats?numbers=5&numbers=6 HTTP/1.1\r\nhost: x\r\n\r\nGET /prod/simple HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let both = server.exchange(request.as_bytes());
    let (first, second) = (both.find(FIVE_SIX).expect("the first"), both.find("World").expect("the second"));
    assert!(first < second);
}

#[test]
fn a_body_is_asked_for_only_when_it_will_be_read() {
    let server = Server::start(&["--body-limit", "1MiB"]);
    let head = |length: u64| {
        format!(
            "POST /prod/stats HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: {length}\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n"
        )
    };
    let mut stream = server.connect();
    stream.write_all(head(3).as_bytes()).expect("sent");
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).expect("an answer");
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"5 6").expect("sent");
    assert!(rest(&mut stream).ends_with(FIVE_SIX));
    problem(&server.exchange(head(2 << 20).as_bytes()), 413);
}

#[test]
fn whoever_still_sends_hears_the_answer() {
    let server = Server::start(&["--body-limit", "1MiB"]);
    for head in [
        "content-type: text/plain\r\ncontent-length: 30000000\r\n",
        "content-type: text/plain\r\ntransfer-encoding: chunked\r\n",
        "content-type: image/png\r\ncontent-length: 30000000\r\n",
    ] {
        let mut stream = server.connect();
        write!(stream, "POST /prod/stats HTTP/1.1\r\nhost: x\r\n{head}\r\n").expect("sent");
        let piece =
            if head.contains("chunked") { format!("7530\r\n{}\r\n", "7 ".repeat(15_000)) } else { "7 ".repeat(15_000) };
        for _ in 0..1000 {
            stream.write_all(piece.as_bytes()).expect("it still listens");
        }
        problem(&rest(&mut stream), if head.contains("png") { 415 } else { 413 });
    }
}

#[test]
fn a_slow_head_is_ended_and_an_idle_connection_is_not() {
    let server = Server::start(&["--header-timeout", "400ms", "--idle-timeout", "2s"]);
    let (mut slow, mut idle) = (server.connect(), server.connect());
    idle.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").expect("sent");
    assert_eq!(answer(&mut idle).1, "ok");
    let started = Instant::now();
    slow.write_all(b"GET /livez HTTP/1.1\r\nhost:").expect("sent");
    problem(&rest(&mut slow), 408);
    let after = started.elapsed();
    assert!(after >= Duration::from_millis(400) && after < Duration::from_secs(2), "{after:?}");
    std::thread::sleep(Duration::from_millis(500));
    idle.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").expect("sent");
    assert_eq!(answer(&mut idle).1, "ok");
    assert_eq!(rest(&mut idle), "", "closed once it was idle for too long");
}

#[test]
fn a_slow_body_is_ended_and_the_others_are_answered() {
    let server = Server::start(&["--body-timeout", "500ms"]);
    let mut slow = server.connect();
    slow.write_all(b"POST /prod/stats HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n[5,").expect("sent");
    assert!(server.get("/livez").ends_with("ok"));
    assert!(problem(&rest(&mut slow), 408)["detail"].as_str().is_some_and(|detail| detail.contains("--body-timeout")));
}

#[test]
fn a_body_that_stops_is_ended() {
    let server = Server::start(&["--body-idle-timeout", "300ms"]);
    let mut slow = server.connect();
    slow.write_all(b"POST /prod/stats HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n").expect("sent");
    for piece in [b"[5,", b"6, "] {
        std::thread::sleep(Duration::from_millis(150));
        slow.write_all(piece).expect("sent");
    }
    let detail = problem(&rest(&mut slow), 408)["detail"].to_string();
    assert!(detail.contains("--body-idle-timeout"), "{detail}");
}

/// It takes far longer than an idle connection may last, and the system's buffers hold a part of the answer only.
#[test]
fn a_slow_reader_gets_all_of_its_answer() {
    let server = Server::start(&["--idle-timeout", "400ms"]);
    let records: String = (0..9_000).map(|group| format!("group-{group},5\n")).collect();
    let body = format!("g,a\n{records}");
    let target = "/prod/stats?group_by=g&statistics=all";
    let mut slow = server.connect();
    write!(slow, "POST {target} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{body}", body.len()).expect("sent");
    let (mut taken, mut piece) = (Vec::new(), vec![0; 256 << 10]);
    let length = loop {
        let count = slow.read(&mut piece).expect("it is still sent");
        assert!(count > 0, "cut after {} bytes", taken.len());
        taken.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&taken);
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
            break head.len() + 4 + length.parse::<usize>().expect("a number");
        }
    };
    assert!(length > 8 << 20, "the answer of {length} bytes is larger than the buffers of the system");
    let started = Instant::now();
    while taken.len() < length {
        std::thread::sleep(Duration::from_millis(60));
        let count = slow.read(&mut piece).expect("it is still sent");
        assert!(count > 0, "cut after {} bytes of {length}", taken.len());
        taken.extend_from_slice(&piece[..count]);
    }
    assert!(started.elapsed() > Duration::from_millis(1200), "{:?}", started.elapsed());
    assert!(taken.ends_with(b"}"));
}

/// Heads that hyper refuses by itself, one for each reason that it has, and the status of the problem document.
fn refused_heads() -> Vec<(&'static str, Vec<u8>, u16)> {
    let url = |length: usize| format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "1".repeat(length)).into_bytes();
    let fields = |fields: &str| format!("GET / HTTP/1.1\r\nhost: x\r\n{fields}\r\n").into_bytes();
    let many: String = (0..200).map(|index| format!("x-{index}: 1\r\n")).collect();
    vec![
        ("not HTTP", b"\x16\x03\x01\x02 hello\r\n\r\n".to_vec(), 400),
        ("method", b"G@T / HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(), 400),
        ("URL", b"GET /\x7f HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(), 400),
        ("authority", b"GET http://[/ HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(), 400),
        ("version", b"GET / HTTP/3.7\r\nhost: x\r\n\r\n".to_vec(), 400),
        ("HTTP/2 after a part of it", b"PRI * HTTP/2.0\r\n\r\n".to_vec(), 400),
        ("length", b"POST / HTTP/1.1\r\nhost: x\r\nContent-Length: 99999999999999999999999999\r\n\r\n".to_vec(), 413),
        ("field name", fields("a b: 1\r\n"), 400),
        ("field value", fields("a: \0\r\n"), 400),
        ("length", fields("content-length: many\r\n"), 400),
        ("two lengths", fields("content-length: 1\r\ncontent-length: 2\r\n"), 400),
        ("coding", fields("transfer-encoding: gzip\r\n"), 400),
        ("long URL", url(66_000), 414),
        ("longer URL", url(100_000), 414),
        ("URL that does not end", url(1_000_000), 431),
        ("long field", fields(&format!("a: {}\r\n", "1".repeat(1_000_000))), 431),
        ("many fields", fields(&many), 431),
    ]
}

#[test]
fn a_refused_head_is_answered_by_one_problem_document() {
    let server = Server::start(&[]);
    for (name, head, status) in refused_heads() {
        let answer = server.exchange(&head);
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{name}: {answer:?}");
        problem(&answer, status);
        // On a connection that has carried a request, in one piece with it and after its response.
        let mut stream = server.connect();
        stream.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").expect("sent");
        assert_eq!(crate::answer(&mut stream).1, "ok", "{name}");
        stream.write_all(&head).expect("sent");
        problem(&rest(&mut stream), status);
        let both = server.exchange(&[b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n", &head[..]].concat());
        assert_eq!(both.matches("HTTP/1.1 ").count(), 2, "{name}: {both:?}");
        problem(both.split_once("\r\n\r\nok").expect("the response of the request").1, status);
    }
    problem(&server.get(&format!("/prod/stats?numbers={}", "1".repeat(64_990))), 414);
}

#[test]
fn half_a_head_that_ends_is_not_answered() {
    let server = Server::start(&[]);
    let mut stream = server.connect();
    stream.write_all(b"GET /livez HTTP/1.1\r\nhost:").expect("sent");
    stream.shutdown(std::net::Shutdown::Write).expect("shut down");
    assert_eq!(rest(&mut stream), "");
}

#[test]
fn a_slow_reader_gets_every_byte_of_pipelined_responses() {
    let server = Server::start(&[]);
    let mut stream = server.connect();
    let request = "GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n";
    let writer = stream.try_clone().expect("a second handle");
    let sender = std::thread::spawn(move || {
        let mut writer = writer;
        for _ in 0..200 {
            writer.write_all(request.as_bytes()).expect("sent");
        }
        writer.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").expect("sent");
    });
    // The responses are far larger than what the system holds for a socket.
    std::thread::sleep(Duration::from_millis(300));
    let all = rest(&mut stream);
    sender.join().expect("sent");
    assert_eq!(all.matches("HTTP/1.1 200 OK\r\n").count(), 201);
    assert!(all.ends_with("\r\n\r\nok"));
}

#[test]
fn a_broken_chunk_is_a_bad_request() {
    let server = Server::start(&[]);
    let request = b"POST /prod/stats HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n";
    problem(&server.exchange(request), 400);
}

#[test]
fn a_log_that_is_not_read_does_not_stop_the_service() {
    // More lines than the log queues, and than the pipe holds.
    const REQUESTS: usize = 20_000;
    let mut child = crate::program();
    child.args(["--port", "0", "--log-format", "json"]).stderr(std::process::Stdio::piped());
    let mut child = child.spawn().expect("the program starts");
    let mut log = std::io::BufReader::new(child.stderr.take().expect("piped"));
    let mut first = String::new();
    std::io::BufRead::read_line(&mut log, &mut first).expect("a line");
    let address = crate::address_of_page(&first);
    let mut server = Server { child, address, log: std::sync::mpsc::channel().1 };
    let mut stream = server.connect();
    let writer = stream.try_clone().expect("a second handle");
    let sender = std::thread::spawn(move || {
        let mut writer = std::io::BufWriter::new(writer);
        for index in 1..=REQUESTS {
            let end = if index == REQUESTS { "connection: close\r\n" } else { "" };
            write!(writer, "GET /livez HTTP/1.1\r\nhost: x\r\n{end}\r\n").expect("sent");
        }
        writer.flush().expect("sent");
    });
    assert_eq!(rest(&mut stream).matches("HTTP/1.1 200 OK\r\n").count(), REQUESTS);
    sender.join().expect("sent");
    server.signal("-TERM");
    assert!(server.end().1 < Duration::from_secs(10), "it waits for the reader of its log");
    drop(log);
}

/// Heads that two programs in a row could read differently, or that ask for what is not there.
#[test]
fn doubtful_heads_are_refused() {
    let server = Server::start(&[]);
    let body = "\r\nconnection: close\r\n\r\n";
    for (head, status) in [
        ("GET /livez HTTP/1.1".to_owned(), 400),
        ("GET /livez HTTP/1.1\r\nhost: x\r\nhost: y".to_owned(), 400),
        ("GET /livez HTTP/1.1\r\nhost: x\r\nexpect: tea".to_owned(), 417),
        ("POST /prod/stats HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip, chunked".to_owned(), 501),
        ("POST /prod/stats HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999999999".to_owned(), 400),
    ] {
        let response = server.exchange(format!("{head}{body}").as_bytes());
        assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{head}: {response}");
        assert!(response.contains("application/problem+json") && response.contains("connection: close"), "{response}");
    }
    assert!(server.exchange(b"GET /livez HTTP/1.0\r\n\r\n").ends_with("ok"));
}
