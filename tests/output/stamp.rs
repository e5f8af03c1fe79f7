//! The stamp: the provenance needed to compute the same statistics again.

use std::io::Write;

use axum::body::Body;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{MARKS, ask, csv, get};

/// From `sha256sum examples/marks.csv`.
const HASH: &str = "9c57e6eb379749dfbcef8aa6ca9e374f12d473c5750d402ca140b3b14e65a0f8";

fn is_instant(time: &Value) -> bool {
    let time = time.as_str().unwrap_or_default();
    let shape: String = time.chars().map(|letter| if letter.is_ascii_digit() { '9' } else { letter }).collect();
    shape == "9999-99-99T99:99:99Z"
}

#[tokio::test]
async fn of_a_file() {
    let form = format!(
        "--b\r\nContent-Disposition: form-data; name=\"stamp\"\r\n\r\ntrue\r\n--b\r\nContent-Disposition: form-data; name=\"column\"\r\n\r\n\
         mark\r\n--b\r\nContent-Disposition: form-data; name=\"absent\"\r\n\r\nX\r\n--b\r\nContent-Disposition: form-data; name=\"f\"; \
         filename=\"marks.csv\"\r\n\r\n{MARKS}\r\n--b--\r\n"
    );
    let upload = ask("POST", "/prod/stats", &[("content-type", "multipart/form-data; boundary=b")], form).await;
    for answer in [csv("column=mark&absent=X&stamp=true", MARKS).await, upload] {
        let answer = answer.json();
        let stamp = &answer["stamp"];
        assert_eq!(stamp["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(stamp["options"]["column"], "mark");
        assert_eq!((&stamp["sha256"], &stamp["rows"]), (&json!(HASH), &json!(300)), "{answer}");
        assert!(is_instant(&stamp["time"]));
    }
    assert_eq!(csv("column=mark&absent=X", MARKS).await.json()["stamp"], Value::Null, "only when it is asked for");
}

#[tokio::test]
async fn of_a_query_and_of_bodies() {
    // From `printf 'numbers=5&numbers=6&stamp=1' | sha256sum`, and so on.
    let answer = get("numbers=5&numbers=6&stamp=1").await.json();
    assert_eq!(answer["stamp"]["sha256"], "be3ed59627b4ac6126253fcedbc36088c52514c2544ef2c2c310ae112e1503fd");
    assert_eq!(answer["stamp"]["options"], json!({"stamp": "1"}));
    assert_eq!(answer["stamp"]["rows"], 2);
    let body = r#"{"numbers":[5,6],"stamp":true}"#;
    for headers in [&[("content-type", "application/json")][..], &[]] {
        assert_eq!(
            ask("POST", "/prod/stats", headers, body).await.json()["stamp"]["sha256"],
            "f38f45ced4655d3960677c87ac50aede77fd9f0fddf462bb2cf20e53e1e12c3f"
        );
    }
    let form = ask("POST", "/prod/stats", &[], "numbers=5&numbers=6&stamp=1").await.json();
    assert_eq!(form["stamp"]["sha256"], "be3ed59627b4ac6126253fcedbc36088c52514c2544ef2c2c310ae112e1503fd");
}

/// Compressed and marked bodies request it in themselves, too; the hash is of the bytes as sent.
#[tokio::test]
async fn of_bodies_that_do_not_begin_with_a_brace() {
    let body = r#"{"numbers":[5,6],"stamp":true}"#;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(body.as_bytes()).expect("a buffer");
    let gzip = gzip.finish().expect("a buffer");
    let mut deflate = ZlibEncoder::new(Vec::new(), Compression::default());
    deflate.write_all(body.as_bytes()).expect("a buffer");
    let deflate = deflate.finish().expect("a buffer");
    let json = ("content-type", "application/json");
    let cases = [
        (vec![json, ("content-encoding", "gzip")], gzip.clone()),
        (vec![json, ("content-encoding", "deflate")], deflate),
        (vec![], gzip),
        (vec![json], format!("\u{feff}{body}").into_bytes()),
        (vec![json], format!(" \n{body}").into_bytes()),
    ];
    for (headers, bytes) in cases {
        let expected: Vec<String> = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let answer = ask("POST", "/prod/stats", &headers, bytes).await;
        assert_eq!(answer.json()["stamp"]["sha256"], expected.concat(), "{headers:?} {}", answer.text());
    }
}

#[tokio::test]
async fn a_large_body_must_be_announced() {
    let numbers = vec!["12345.678"; 200_000].join(",");
    let late = ask("POST", "/prod/stats", &[], format!("{{\"numbers\":[{numbers}],\"stamp\":true}}")).await;
    assert_eq!(late.status, 422, "{}", late.text());
    assert!(late.text().contains("URL"));
    let early = ask("POST", "/prod/stats?stamp=true", &[], format!("[{numbers}]")).await.json();
    assert_eq!(early["stamp"]["rows"], 200_000);
    assert_eq!(early["stamp"]["sha256"].as_str().map(str::len), Some(64));
}

#[tokio::test]
async fn several_files_have_several() {
    let form = "--b\r\nContent-Disposition: form-data; name=\"stamp\"\r\n\r\ntrue\r\n--b\r\nContent-Disposition: form-data; name=\"f\"; \
                filename=\"a.csv\"\r\n\r\nmark\n5\n\r\n--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"b.csv\"\r\n\r\n\
                mark\n6\n\r\n--b--\r\n";
    let answer =
        ask("POST", "/prod/stats", &[("content-type", "multipart/form-data; boundary=b")], Body::from(form)).await;
    assert_eq!(
        answer.json()["stamp"]["sha256"],
        json!([
            "4178434429762221ba14b24d854f27426eb99a4aa7ede01d6805d815d365fefa",
            "22f089cca187affc8ce43262fb91d278e82a08087a3cc43d988ef6f86f0cfd8f"
        ]),
        "{}",
        answer.text()
    );
}
