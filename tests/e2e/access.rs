//! Keys, rates and their settings in a real process.

use std::path::PathBuf;
use std::process::Output;

use crate::{Server, program};

fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().expect("the program runs")
}

/// A key file with a new key, removed when the test ends; and the key.
struct KeyFile {
    path: PathBuf,
    key: String,
}

impl KeyFile {
    fn new(name: &str, more: &str) -> Self {
        let made = run(&["key", "new", "--id", "alice", "--rate", "2/h"]);
        assert!(made.status.success());
        let (line, told) = (String::from_utf8_lossy(&made.stdout), String::from_utf8_lossy(&made.stderr));
        let key = told.trim().rsplit(' ').next().expect("a key").to_owned();
        assert!(key.starts_with("alice.") && !line.contains(&key), "{line} {told}");
        let path = std::env::temp_dir().join(format!("describe-api-{name}-{}", std::process::id()));
        std::fs::write(&path, format!("{line}{more}")).expect("written");
        Self { path, key }
    }

    fn path(&self) -> &str {
        self.path.to_str().expect("text")
    }
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

#[test]
fn a_new_key_is_admitted_and_only_its_id_is_logged() {
    let file = KeyFile::new("keys", "");
    let mut server = Server::start(&["--api-keys-file", file.path(), "--rate-limit", "1/h"]);
    let ask = |key: &str| {
        let head = format!("GET /prod/simple HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-api-key: {key}\r\n\r\n");
        server.exchange(head.as_bytes())
    };
    let admitted = ask(&file.key);
    assert!(admitted.starts_with("HTTP/1.1 200") && admitted.contains("ratelimit: \"default\";r=1;t="), "{admitted}");
    let wrong = ask("alice.739148206");
    assert!(wrong.starts_with("HTTP/1.1 401") && wrong.contains("www-authenticate: Bearer realm="), "{wrong}");
    let again = ask("alice.739148206");
    assert!(again.starts_with("HTTP/1.1 429") && again.contains("retry-after: "), "by the address: {again}");
    server.signal("-TERM");
    server.end();
    let lines: Vec<String> = server.log.iter().collect();
    let requests: Vec<&String> = lines.iter().filter(|line| line.contains("\"request\"")).collect();
    assert_eq!(requests.len(), 3, "refusals have lines: {lines:#?}");
    assert!(requests[0].contains("\"key\":\"alice\"") && !requests[1].contains("\"key\""), "{requests:#?}");
    for line in &lines {
        assert!(!line.contains("739148206") && !line.contains(&file.key), "{line}");
    }
}

#[test]
fn invalid_settings_and_files_stop_the_start() {
    let file = KeyFile::new("faults", "bob sha256:00\ncarol\n");
    let run_with_port = |arguments: &[&str]| run(&[arguments, &["--port", "http"]].concat());
    let stopped =
        run_with_port(&["--api-keys-file", file.path(), "--rate-limit", "fast", "--trusted-proxy", "10.0.0.0/99"]);
    let errors = String::from_utf8_lossy(&stopped.stderr);
    assert_eq!(stopped.status.code(), Some(2), "{errors}");
    for part in ["line 2: ", "line 3: ", "--rate-limit", "--trusted-proxy", "--port"] {
        assert!(errors.contains(part), "{part} is missing: {errors}");
    }
    let missing = run_with_port(&["--api-keys-file", "/nothing/here"]);
    assert!(String::from_utf8_lossy(&missing.stderr).contains("/nothing/here: cannot be read"));
    // Files are not needed by what does not serve.
    assert!(run(&["openapi", "--api-keys-file", "/nothing/here"]).status.success());
}

#[cfg(feature = "jwt")]
#[test]
fn the_settings_of_tokens_belong_together() {
    let stopped = run(&["--jwt-issuer", "https://id.example.org/", "--jwt-jwks", "https://id.example.org/keys"]);
    let errors = String::from_utf8_lossy(&stopped.stderr);
    assert_eq!(stopped.status.code(), Some(2), "{errors}");
    assert!(errors.contains("belong together: add --jwt-audience"), "{errors}");
    let plain = run(&["--jwt-jwks", "http://id.example.org/keys"]);
    assert!(String::from_utf8_lossy(&plain.stderr).contains("https://"));
}

#[test]
fn a_service_that_is_open_to_others_says_so() {
    let log_of = |flags: &[&str]| {
        let mut server = Server::start(flags);
        server.signal("-TERM");
        server.end();
        server.log.iter().collect::<String>()
    };
    assert!(log_of(&["--host", "0.0.0.0"]).contains("no keys are asked for"));
    assert!(!log_of(&["--host", "127.0.0.1"]).contains("no keys are asked for"));
    let file = KeyFile::new("open", "");
    assert!(!log_of(&["--host", "0.0.0.0", "--api-keys-file", file.path()]).contains("no keys are asked for"));
}
