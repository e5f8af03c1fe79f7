//! Compressed bodies.

use std::io::Write;

use axum::body::Body;
use axum::http::Request;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

use super::tables::{DESCRIBED, TABLE, TARGET};
use super::{Answer, ask, post, post_pieces, send, service};

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("written");
    encoder.finish().expect("finished")
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("written");
    encoder.finish().expect("finished")
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("written");
    encoder.finish().expect("finished")
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).expect("compressed")
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    brotli_with(bytes, &brotli::enc::BrotliEncoderParams { quality: 5, ..Default::default() })
}

fn brotli_with(mut bytes: &[u8], parameters: &brotli::enc::BrotliEncoderParams) -> Vec<u8> {
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut bytes, &mut compressed, parameters).expect("compressed");
    compressed
}

/// The table in every coding, by the name of the coding.
fn compressed(table: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let (start, end) = table.split_at(table.len() / 2);
    let skippable = [&b"\x50\x2a\x4d\x18\x03\0\0\0abc"[..], &zstd(table)].concat();
    vec![
        ("gzip", gzip(table)),
        ("X-GZIP", gzip(table)),
        ("gzip", [gzip(start), gzip(end)].concat()),
        ("gzip", [gzip(b""), gzip(table), gzip(b"")].concat()),
        ("deflate", zlib(table)),
        ("deflate", deflate(table)),
        ("zstd", zstd(table)),
        ("zstd", [zstd(start), zstd(end)].concat()),
        ("zstd", skippable),
        ("br", brotli(table)),
        ("identity, br", brotli(table)),
        ("gzip, br", brotli(&gzip(table))),
        ("br, gzip", gzip(&brotli(table))),
        ("gzip,gzip", gzip(&gzip(table))),
        ("deflate,, zstd", zstd(&zlib(table))),
    ]
}

async fn post_coded(coding: &str, body: impl Into<Body>) -> Answer {
    ask("POST", TARGET, &[("content-type", "text/csv"), ("content-encoding", coding)], body).await
}

#[tokio::test]
async fn one_answer_in_every_coding() {
    for (coding, body) in compressed(TABLE.as_bytes()) {
        assert_eq!(post_coded(coding, body).await.body, DESCRIBED, "{coding}");
    }
    let lines = [("content-encoding", "gzip"), ("content-type", "text/csv"), ("content-encoding", "br")];
    assert_eq!(ask("POST", TARGET, &lines, brotli(&gzip(TABLE.as_bytes()))).await.body, DESCRIBED);
    // A UTF-16 text below the coding, and content of undeclared type.
    let utf16 = super::tables::utf16(TABLE, true);
    assert_eq!(post_coded("gzip", gzip(&utf16)).await.body, DESCRIBED);
    assert_eq!(ask("POST", TARGET, &[("content-encoding", "br")], brotli(&utf16)).await.body, DESCRIBED);
}

#[tokio::test]
async fn undeclared_codings_are_recognised() {
    for body in [gzip(TABLE.as_bytes()), zstd(TABLE.as_bytes())] {
        for content_type in ["application/octet-stream", "application/x-www-form-urlencoded"] {
            assert_eq!(post(TARGET, content_type, body.clone()).await.body, DESCRIBED, "{content_type}");
        }
        assert_eq!(ask("POST", TARGET, &[], body.clone()).await.body, DESCRIBED);
        // What is declared is believed.
        let answer = post(TARGET, "text/csv", body).await;
        assert!(answer.status.is_client_error(), "{}", answer.body);
    }
    assert_eq!(ask("POST", "/prod/stats", &[], gzip(b"[5,6]")).await.body, super::FIVE_SIX);
    assert_eq!(ask("POST", "/prod/stats", &[], zstd(b"5\n6")).await.body, super::FIVE_SIX);
}

#[tokio::test]
async fn chunk_borders_do_not_matter() {
    for (coding, body) in compressed(TABLE.as_bytes()) {
        let headers = [("content-type", "text/csv"), ("content-encoding", coding)];
        for cut in (0..=body.len()).step_by(3) {
            let (start, end) = body.split_at(cut);
            let answer = post_pieces(TARGET, &headers, vec![start.to_vec(), end.to_vec()]).await;
            assert_eq!(answer.body, DESCRIBED, "{coding} cut at {cut}");
        }
        let bytes = body.iter().map(|byte| vec![*byte]).collect();
        assert_eq!(post_pieces(TARGET, &headers, bytes).await.body, DESCRIBED, "{coding} byte by byte");
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_never_a_shorter_table() {
    let table = TABLE.as_bytes();
    for (coding, body) in [
        ("gzip", gzip(table)),
        ("deflate", zlib(table)),
        ("deflate", deflate(table)),
        ("zstd", zstd(table)),
        ("br", brotli(table)),
        ("gzip, br", brotli(&gzip(table))),
    ] {
        for end in 0..body.len() {
            post_coded(coding, body[..end].to_vec()).await.problem(400);
            let undeclared = post(TARGET, "application/octet-stream", body[..end].to_vec()).await;
            assert!(undeclared.status.is_client_error(), "{coding} {end}: {}", undeclared.body);
        }
        for more in [&b"\0"[..], b"garbage", b"\x1f", b"\x1f\x8b", b"\x28\xb5\x2f\xfd"] {
            post_coded(coding, [&body, more].concat()).await.problem(400);
            let headers = [("content-type", "text/csv"), ("content-encoding", coding)];
            let bytes = body.iter().chain(more).map(|byte| vec![*byte]).collect();
            post_pieces(TARGET, &headers, bytes).await.problem(400);
        }
    }
}

#[tokio::test]
async fn corrupt_bodies_are_refused() {
    let table = TABLE.as_bytes();
    for (coding, checked, body) in [
        ("gzip", true, gzip(table)),
        ("deflate", true, zlib(table)),
        ("deflate", false, deflate(table)),
        ("zstd", false, zstd(table)),
        ("br", false, brotli(table)),
    ] {
        for at in 0..body.len() {
            for bit in [1, 0x80] {
                let mut bad = body.clone();
                bad[at] ^= bit;
                let answer = post_coded(coding, bad).await;
                let same = answer.body == DESCRIBED;
                // Without a checksum other data may come out, as from a text with other letters.
                assert!(same || !checked && answer.status == 200 || answer.status.is_client_error(), "{}", answer.body);
            }
        }
        post_coded(coding, "candidate,cohort,mark").await.problem(400);
    }
}

#[tokio::test]
async fn codings_that_cannot_be_read() {
    let body = gzip(&gzip(&gzip(TABLE.as_bytes())));
    for coding in ["compress", "gzip, gzip, gzip", "aws-chunked", "gzip;q=1", "*"] {
        let answer = post_coded(coding, body.clone()).await;
        answer.problem(415);
        assert_eq!(answer.header("accept-encoding"), "gzip, deflate, zstd, br", "{coding}");
    }
}

#[tokio::test]
async fn windows_that_would_take_much_memory() {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).expect("an encoder");
    encoder.set_parameter(zstd::zstd_safe::CParameter::WindowLog(24)).expect("set");
    encoder.write_all(TABLE.as_bytes()).expect("written");
    let problem = post_coded("zstd", encoder.finish().expect("finished")).await.problem(413);
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("8 MiB")), "{problem}");
    let large = brotli::enc::BrotliEncoderParams { quality: 5, lgwin: 28, large_window: true, ..Default::default() };
    post_coded("br", brotli_with(TABLE.as_bytes(), &large)).await.problem(400);
}

#[tokio::test]
async fn what_comes_out_is_bounded() {
    let numbers = "5\n6\n".repeat(1 << 20);
    let numbers = numbers.as_bytes();
    let mebibyte_and_more = |coding: &str, body: Vec<u8>| {
        let service = service(|config| config.limits.decompressed = (1 << 20) + 1000);
        let request = Request::post("/prod/stats").header("content-type", "text/plain");
        let request = if coding.is_empty() {
            request.header("content-type", "application/octet-stream")
        } else {
            request.header("content-encoding", coding)
        };
        send(service, request.body(Body::from(body)).expect("a request"))
    };
    for (coding, body) in [
        ("gzip", gzip(numbers)),
        ("gzip", gzip(&numbers[..2 << 20]).repeat(3)),
        ("deflate", zlib(numbers)),
        ("deflate", deflate(numbers)),
        ("zstd", zstd(numbers)),
        ("zstd", zstd(&numbers[..1 << 20]).repeat(3)),
        ("br", brotli(numbers)),
        ("gzip, gzip", gzip(&gzip(numbers))),
        ("br, zstd", zstd(&brotli(numbers))),
    ] {
        let problem = mebibyte_and_more(coding, body).await.problem(413);
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(detail.contains("--decompressed-limit") && detail.contains("DECOMPRESSED_LIMIT"), "{detail}");
    }
    assert_eq!(mebibyte_and_more("gzip", gzip(&numbers[..1 << 20])).await.json()["nobs"], 1 << 19);
}
