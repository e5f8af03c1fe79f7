//! Spans, as a collector gets them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use crate::{Server, rest};

const NAME: &str = "zebracanary";
const NUMBER: &str = "739148206.25481937";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// A collector: the bodies of what is posted to it, once a server has ended.
fn collector() -> (String, std::thread::JoinHandle<Vec<(String, Vec<u8>)>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let collect = move || {
        let mut posted = Vec::new();
        for stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(stream);
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).is_ok_and(|read| read > 0) {}
            if head.starts_with("STOP") {
                break;
            }
            let length = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned));
            let mut body = vec![0; length.expect("a length").parse().expect("a number")];
            reader.read_exact(&mut body).expect("a body");
            let _ = reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            posted.push((head, body));
        }
        posted
    };
    (endpoint, std::thread::spawn(collect))
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

#[test]
fn spans_hold_the_route_and_nothing_that_a_client_sent() {
    let (endpoint, collected) = collector();
    let mut server = Server::start(&["--otlp-endpoint", &endpoint]);
    let with = |head: &str| {
        format!(
            "{head}host: x\r\ntraceparent: 00-{TRACE}-00f067aa0ba902b7-01\r\nx-{NAME}: {NUMBER}\r\nconnection: close\r\n"
        )
    };
    for request in [
        with(&format!("GET /prod/stats?numbers={NUMBER}&numbers={NAME} HTTP/1.1\r\n")) + "\r\n",
        with(&format!("GET /prod/stats?numbers={NUMBER} HTTP/1.1\r\n")) + "\r\n",
        with(&format!("GET /{NAME}/{NUMBER} HTTP/1.1\r\n")) + "\r\n",
        with("POST /prod/stats HTTP/1.1\r\n") + &format!("content-length: {}\r\n\r\n[{NUMBER}]", NUMBER.len() + 2),
        with(&format!("{} /prod/stats HTTP/1.1\r\n", NAME.to_uppercase())) + "\r\n",
    ] {
        assert!(server.exchange(request.as_bytes()).starts_with("HTTP/1.1 "));
    }
    server.signal("-TERM");
    assert!(server.end().0.success());
    let mut stop = std::net::TcpStream::connect(endpoint.trim_start_matches("http://")).expect("a connection");
    stop.write_all(b"STOP\r\n\r\n").expect("sent");
    stop.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
    rest(&mut stop);
    let posted = collected.join().expect("it ends");
    assert!(posted.iter().all(|(head, _)| head.starts_with("POST /v1/traces HTTP/1.1\r\n")), "{posted:?}");
    let all: Vec<u8> = posted.into_iter().flat_map(|(head, body)| [head.into_bytes(), body].concat()).collect();
    for expected in
        ["GET /prod/stats", "POST /prod/stats", "_OTHER /prod/stats", "GET none", "float_parsing", "describe-api"]
    {
        assert!(holds(&all, expected.as_bytes()), "{expected} is missing: {}", String::from_utf8_lossy(&all));
    }
    assert!(holds(&all, &u128::from_str_radix(TRACE, 16).expect("a number").to_be_bytes()), "the caller's trace");
    let text = String::from_utf8_lossy(&all).to_lowercase();
    for secret in [NAME, NUMBER, "739148206", "25481937"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[test]
fn a_collector_that_does_not_answer_does_no_harm() {
    let server = Server::start(&["--otlp-endpoint", "http://127.0.0.1:9"]);
    for _ in 0..50 {
        assert!(server.get("/livez").ends_with("ok"));
    }
}
