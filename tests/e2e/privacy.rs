//! Numbers are personal data: nothing that a client sends is logged, at any level, in any format.

use std::io::Write;
use std::net::Shutdown;

use crate::{Server, rest};

/// A number and a name that every request is full of.
const NUMBER: &str = "739148206.25481937";
const NAME: &str = "Ottoline";

/// Parts of them that no log line may hold.
const SECRETS: [&str; 3] = ["739148206", "25481937", "ottoline"];

/// Request whose URL and header values are secret.
fn request(line: &str, content_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "{line} HTTP/1.1\r\nhost: {NAME}.example\r\nconnection: close\r\nuser-agent: {NAME}/{NUMBER}\r\nauthorization: {NAME}\r\n\
         cookie: {NAME}={NUMBER}\r\nreferer: https://{NAME}/?{NUMBER}\r\nx-{NAME}: {NUMBER}\r\nx-request-id: {NAME} {NUMBER}\r\n\
         forwarded: for={NAME}\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// URLs: good ones, and those that are refused as a path, a query, an option or a header.
fn urls() -> Vec<Vec<u8>> {
    let targets = [
        format!("/prod/stats?numbers={NUMBER}&numbers=6"),
        format!("/prod/stats?numbers={NUMBER}x&{NAME}={NUMBER}"),
        format!("/prod/stats?numbers={NUMBER}&numbers[0]={NUMBER}&{NAME}"),
        format!("/prod/stats?numbers={NUMBER}&ddof={NAME}"),
        format!("/prod/stats?numbers=%FF{NUMBER}"),
        format!("/prod/simple?{NAME}={NUMBER}"),
        format!("/{NAME}/{NUMBER}?{NAME}={NUMBER}"),
        format!("/docs/{NAME}"),
        format!("/livez?{NUMBER}"),
        format!("/prod/stats?numbers={}", NUMBER.repeat(7_500)),
    ];
    let methods = ["GET", "HEAD", "DELETE", "OPTIONS", NAME];
    targets.iter().flat_map(|target| methods.map(|method| request(&format!("{method} {target}"), NAME, b""))).collect()
}

/// Bodies of every kind, described and refused.
fn bodies() -> Vec<Vec<u8>> {
    let csv = format!("{NAME},cohort\n{NUMBER},{NAME}\n6,{NAME}\n");
    let ragged = format!("{NAME},cohort\n{NUMBER}\n\"{NAME}");
    let records = format!(r#"[{{"{NAME}":{NUMBER}}},{{"{NAME}":"{NAME}"}}]"#);
    let form = |file: &str| {
        format!(
            "--{NAME}\r\nContent-Disposition: form-data; name={NAME}; filename=\"{NAME}-{NUMBER}.csv\"\r\nContent-Type: text/csv\r\n\r\n\
             {file}\r\n--{NAME}\r\nContent-Disposition: form-data; name=\"{NAME}\"\r\n\r\n{NUMBER}\r\n--{NAME}--\r\n"
        )
    };
    let multipart = format!("multipart/form-data; boundary={NAME}");
    let all = [
        ("application/json", format!("[{NUMBER},6]")),
        ("application/json", format!("[{NUMBER}x")),
        ("application/json", records),
        ("application/json", format!(r#"{{"numbers":[{NUMBER}],"{NAME}":{NUMBER}}}"#)),
        ("application/x-ndjson", format!("{{\"{NAME}\":{NUMBER}}}\n{NAME}")),
        ("text/plain", format!("{NUMBER} {NUMBER}x")),
        ("text/csv", csv.clone()),
        ("text/csv", ragged.clone()),
        ("application/x-www-form-urlencoded", format!("numbers={NUMBER}&{NAME}={NUMBER}")),
        ("application/vnd.apache.parquet", format!("PAR1{NAME}{NUMBER}PAR1")),
        ("application/octet-stream", format!("PK\u{3}\u{4}{NAME}{NUMBER}")),
        ("application/octet-stream", format!("\u{1f}\u{8b}{NAME}{NUMBER}")),
        (multipart.as_str(), form(&csv)),
        (multipart.as_str(), form(&ragged)),
        (multipart.as_str(), format!("--{NAME}\r\n{NAME}: {NUMBER}\r\n")),
        ("multipart/form-data", form(&csv)),
        ("text/csv; charset=Ottoline", csv.clone()),
        (NAME, csv.clone()),
        // Larger than the limit of the server.
        ("text/csv", csv.repeat(5_000)),
    ];
    let targets = ["/prod/stats".to_owned(), format!("/prod/stats?column={NAME}&group_by=cohort&{NAME}={NUMBER}")];
    let post = |target: &String, content_type: &str, body: &str| {
        request(&format!("POST {target}"), content_type, body.as_bytes())
    };
    targets.iter().flat_map(|target| all.iter().map(move |(kind, body)| post(target, kind, body))).collect()
}

/// Bytes that never become a request.
fn refused_heads() -> Vec<Vec<u8>> {
    [
        format!("{NAME} {NUMBER}\r\n\r\n"),
        format!("GET /{NAME} HTTP/1.1\r\n{NAME} {NUMBER}: {NUMBER}\r\n\r\n"),
        format!("GET /{NAME}?{NUMBER} HTTP/7.1\r\n\r\n"),
        format!("GET /?{} HTTP/1.1\r\n\r\n", NUMBER.repeat(10_000)),
        format!("GET /?{} HTTP/1.1\r\n\r\n", NUMBER.repeat(100_000)),
        format!("GET / HTTP/1.1\r\nx-{NAME}: {}\r\n\r\n", NUMBER.repeat(100_000)),
        format!("GET / HTTP/1.1\r\n{}\r\n", format!("{NAME}: {NUMBER}\r\n").repeat(200)),
        // Neither is ever complete.
        format!("GET /{NAME}?{NUMBER} HTTP/1.1\r\nx-{NAME}: {NUMBER}"),
        format!("POST /prod/stats?{NAME} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n[{NUMBER},"),
        format!("POST /prod/stats HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n{NAME}\r\n{NUMBER}\r\n"),
    ]
    .map(String::into_bytes)
    .into()
}

/// All lines that a server logs at `trace` while it gets all of this.
fn log_lines(format: &str) -> Vec<String> {
    let flags = ["--log", "trace", "--body-limit", "50kB", "--header-timeout", "300ms", "--body-timeout", "300ms"];
    let mut server = Server::start_with_log(format, &flags);
    for request in urls().into_iter().chain(bodies()).chain(refused_heads()) {
        server.exchange(&request);
    }
    // A client that leaves in the middle of its body.
    let mut stream = server.connect();
    write!(stream, "POST /prod/stats?{NAME} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n[{NUMBER},")
        .expect("sent");
    stream.shutdown(Shutdown::Write).expect("shut down");
    rest(&mut stream);
    let metrics = server.get("/metrics");
    assert!(metrics.contains("describe_errors_total") && metrics.ends_with("# EOF\n"), "{metrics}");
    assert_no_secret(&[metrics]);
    server.signal("-TERM");
    server.end();
    server.log.iter().collect()
}

#[track_caller]
fn assert_no_secret(lines: &[String]) {
    for line in lines {
        let line = line.to_lowercase();
        assert!(SECRETS.iter().all(|secret| !line.contains(secret)), "{line}");
    }
}

/// Members of the line of a request, beside its time and level. A refusal also has its code.
const MEMBERS: [&str; 8] =
    ["message", "request_id", "method", "route", "status", "microseconds", "bytes_in", "bytes_out"];

/// Takes the code of a refusal off the members of a line.
fn without_error<'a>(members: &'a [&'a str]) -> &'a [&'a str] {
    members.strip_suffix(&["error"]).unwrap_or(members)
}

#[test]
fn json_lines_hold_nothing_that_a_client_sent() {
    let lines = log_lines("json");
    assert_no_secret(&lines);
    let lines: Vec<serde_json::Value> =
        lines.iter().map(|line| serde_json::from_str(line).expect("every line is JSON")).collect();
    let requests: Vec<_> = lines.iter().filter(|line| line["message"] == "request").collect();
    assert!(requests.len() >= 80, "{}", requests.len());
    for line in requests {
        let members: Vec<&str> = line.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(without_error(&members), [&["timestamp", "level"], &MEMBERS[..]].concat());
        assert_eq!(members.contains(&"error"), line["status"].as_u64() >= Some(400), "{line}");
    }
    let routes: Vec<&str> = lines.iter().filter_map(|line| line["route"].as_str()).collect();
    for route in ["/prod/stats", "/prod/simple", "/livez", "none"] {
        assert!(routes.contains(&route), "{route} is missing");
    }
}

#[test]
fn text_lines_hold_nothing_that_a_client_sent() {
    let lines = log_lines("text");
    assert_no_secret(&lines);
    let requests: Vec<_> = lines.iter().filter(|line| line.contains(" request ")).collect();
    assert!(requests.len() >= 80, "{}", requests.len());
    for line in requests {
        let fields: Vec<&str> =
            line.split_whitespace().filter_map(|word| word.split_once('=')).map(|pair| pair.0).collect();
        assert_eq!(without_error(&fields), &MEMBERS[1..]);
    }
}
