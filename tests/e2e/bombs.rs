//! A few kilobytes that hold gigabytes: refused early, in little memory.

use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use crate::Server;

/// Maximum memory of the service for any input: in kB, as the kernel counts them.
const PEAK: u64 = 40 << 10;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("written");
    encoder.finish().expect("finished")
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("written");
    encoder.finish().expect("finished")
}

fn brotli(mut bytes: &[u8]) -> Vec<u8> {
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 1, ..Default::default() };
    brotli::BrotliCompress(&mut bytes, &mut compressed, &parameters).expect("compressed");
    compressed
}

/// The most memory that the process had so far, in kB.
fn peak(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.child.id())).expect("a status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

fn post(server: &Server, content_type: &str, coding: &str, body: &[u8]) -> String {
    let length = body.len();
    let head = format!(
        "POST /prod/stats HTTP/1.1\r\nhost: x\r\ncontent-type: {content_type}\r\ncontent-encoding: {coding}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    server.exchange(&[head.as_bytes(), body].concat())
}

#[test]
fn bombs_are_refused_in_little_memory() {
    let mebibytes = 8;
    let digits = "12345678901.234\n".repeat(mebibytes << 16);
    // 10 GiB each, but for Brotli and zlib, which have no members to repeat.
    let times = (10 << 10) / mebibytes;
    let members = gzip(digits.as_bytes()).repeat(times);
    let frames = zstd::encode_all(digits.as_bytes(), 1).expect("compressed").repeat(times);
    let form = |file: &[u8]| {
        let head = "--b\r\nContent-Disposition: form-data; name=f; filename=x.csv\r\n\r\n";
        [head.as_bytes(), file, b"\r\n--b--\r\n"].concat()
    };
    let server = Server::start(&["--decompressed-limit", "4MiB"]);
    for (content_type, coding, body) in [
        ("text/plain", "gzip, gzip", gzip(&members)),
        ("text/plain", "gzip, zstd", zstd::encode_all(members.as_slice(), 1).expect("compressed")),
        ("text/plain", "zstd", frames.clone()),
        ("text/plain", "deflate", zlib(digits.as_bytes())),
        ("text/plain", "br", brotli(digits.as_bytes())),
        ("application/octet-stream", "identity", frames.clone()),
        ("text/csv", "zstd", zstd::encode_all(&vec![b'0'; mebibytes << 20][..], 1).expect("compressed")),
        ("application/json", "gzip", gzip(&vec![b' '; mebibytes << 20])),
        ("multipart/form-data; boundary=b", "identity", form(&frames)),
        ("multipart/form-data; boundary=b", "zstd", zstd::encode_all(&form(&members)[..], 1).expect("compressed")),
    ] {
        let answer = post(&server, content_type, coding, &body);
        assert!(answer.starts_with("HTTP/1.1 413 "), "{content_type}, {coding}: {answer}");
        assert!(peak(&server) < PEAK, "{content_type}, {coding}: {} kB", peak(&server));
    }
    // Flat: far more comes out here than the process ever holds.
    let server = Server::start(&["--decompressed-limit", "64MiB"]);
    let answer = post(&server, "text/plain", "zstd", &frames);
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(peak(&server) < PEAK, "{} kB", peak(&server));
}
