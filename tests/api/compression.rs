//! Compression of large answers.

use std::io::Read;

use axum::body::{Body, Bytes};
use axum::http::Request;
use axum::http::response::Parts;
use flate2::read::GzDecoder;

use super::{send_unchecked, service};

/// A table of some hundred groups.
fn table() -> String {
    (0..600)
        .map(|group| format!("g{group},{}\n", group * 7 % 101))
        .fold("group,value\n".to_owned(), |table, row| table + &row)
}

async fn ask(options: &str, accept_encoding: &str) -> (Parts, Bytes) {
    let request = Request::post(format!("/prod/stats?column=value&{options}"))
        .header("content-type", "text/csv")
        .header("accept-encoding", accept_encoding)
        .body(Body::from(table()))
        .expect("a request");
    send_unchecked(service(|_| ()), request).await
}

fn header<'a>(parts: &'a Parts, name: &str) -> &'a str {
    parts.headers.get(name).map_or("", |value| value.to_str().expect("text"))
}

#[tokio::test]
async fn large_answers_are_compressed_in_every_format_of_text() {
    for format in ["json", "ndjson", "csv", "markdown", "html"] {
        let options = format!("group_by=group&format={format}");
        let (plain, body) = ask(&options, "gzip;q=0, br").await;
        let (coded, packed) = ask(&options, "gzip, br").await;
        assert_eq!((plain.status.as_u16(), header(&plain, "content-encoding")), (200, ""), "{format}");
        assert_eq!((coded.status.as_u16(), header(&coded, "content-encoding")), (200, "gzip"), "{format}");
        assert_eq!((header(&plain, "vary"), header(&coded, "vary")), ("accept-encoding", "accept-encoding"));
        assert_eq!(header(&coded, "content-length"), packed.len().to_string(), "{format}");
        for name in ["content-type", "content-disposition", "cache-control", "content-security-policy"] {
            assert_eq!(header(&coded, name), header(&plain, name), "{format} {name}");
        }
        assert!(packed.len() * 2 < body.len() && body.len() > 8 << 10, "{format}: {} of {}", packed.len(), body.len());
        let mut unpacked = Vec::new();
        GzDecoder::new(&packed[..]).read_to_end(&mut unpacked).expect("gzip");
        // A report ends with the second in which it was made.
        let compared = if format == "html" { 8 << 10 } else { body.len() };
        assert!(unpacked[..compared] == body[..compared] && unpacked.len() == body.len(), "{format}");
    }
}

#[tokio::test]
async fn small_answers_and_workbooks_are_not() {
    for options in ["", "format=csv", "group_by=group&format=xlsx", "group_by=group&format=ods"] {
        let (parts, body) = ask(options, "gzip").await;
        assert_eq!((parts.status.as_u16(), header(&parts, "content-encoding")), (200, ""), "{options}");
        assert_eq!(header(&parts, "vary"), "", "{options}: {}", body.len());
    }
}

#[tokio::test]
async fn previews_are_compressed_too() {
    let columns: Vec<String> = (0..200).map(|column| format!("column number {column}")).collect();
    let table = columns.join(",") + "\n" + &["1"; 200].join(",") + "\n";
    let request = Request::post("/prod/preview").header("content-type", "text/csv").header("accept-encoding", "gzip");
    let (parts, _) = send_unchecked(service(|_| ()), request.body(table.into()).expect("a request")).await;
    assert_eq!((parts.status.as_u16(), header(&parts, "content-encoding")), (200, "gzip"));
}
