//! Numbers are personal data: nothing that a client sends is logged, at any level.

use crate::Server;

#[test]
fn no_number_is_ever_logged() {
    const SECRET: &str = "7391.5482";
    let mut server = Server::start(&["--log", "trace"]);
    server.get(&format!("/prod/stats?numbers={SECRET}&numbers=6"));
    server.get(&format!("/prod/stats?numbers={SECRET}x&{SECRET}={SECRET}"));
    server.get(&format!("/{SECRET}/{SECRET}?{SECRET}"));
    for body in [
        format!("[{SECRET}]"),
        format!("[{SECRET}x"),
        format!("{SECRET} {SECRET}x"),
        format!("numbers={SECRET}&a={SECRET}"),
    ] {
        let length = body.len();
        server.exchange(
            format!("POST /prod/stats?a={SECRET} HTTP/1.1\r\nhost: x\r\nx-mark: {SECRET}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}").as_bytes(),
        );
    }
    for file in [format!("mark\n{SECRET}\n"), format!("{SECRET},\n{SECRET}\n"), format!("[{SECRET}")] {
        let body = format!(
            "--b\r\nContent-Disposition: form-data; name={SECRET}; filename=\"{SECRET}.csv\"\r\n\r\n{file}\r\n--b--\r\n"
        );
        let length = body.len();
        server.exchange(
            format!("POST /prod/stats HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: {length}\r\n\r\n{body}").as_bytes(),
        );
    }
    server.exchange(format!("{SECRET} {SECRET}\r\n\r\n").as_bytes());
    server.exchange(format!("{} /livez HTTP/1.1\r\nconnection: close\r\n\r\n", SECRET.replace('.', "-")).as_bytes());
    server.get(&format!("/prod/stats?numbers={}", SECRET.repeat(20_000)));
    server.signal("-TERM");
    server.end();
    let lines: Vec<String> = server.log.iter().collect();
    let log = lines.join("\n");
    assert!(lines.len() >= 8, "{log}");
    for part in [SECRET, "7391", "5482"] {
        assert!(!log.contains(part), "{log}");
    }
    for line in &lines {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        if line["message"] == "request" {
            let members: Vec<&str> = line.as_object().expect("an object").keys().map(String::as_str).collect();
            let expected = [
                "time",
                "level",
                "message",
                "request_id",
                "method",
                "route",
                "status",
                "microseconds",
                "bytes_in",
                "bytes_out",
            ];
            assert_eq!(members, expected);
        }
    }
}
