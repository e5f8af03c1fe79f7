//! Numbers and options in the body.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::http::Request;
use futures_util::stream;
use serde_json::json;

use super::{Answer, FIVE_SIX, ask, get, post, send, service};

#[tokio::test]
async fn each_format_gives_the_answer_of_the_url() {
    for (content_type, body) in [
        ("application/json", "[5,6]"),
        ("application/json; charset=utf-8", "[5,6]"),
        ("APPLICATION/JSON", r#"{"numbers":[5,6]}"#),
        ("text/plain", "5 6"),
        ("text/plain; charset=utf-8", "5\r\n6\r\n"),
        ("application/octet-stream", " [5, 6]"),
        ("application/octet-stream", "5\n6"),
        ("application/x-www-form-urlencoded", "[5,6]"),
        ("application/x-www-form-urlencoded", r#"{"numbers":[5,6],"ddof":1}"#),
        ("application/x-www-form-urlencoded", "5\n6\n"),
        ("application/x-www-form-urlencoded", "numbers=5&numbers=6"),
        ("application/x-www-form-urlencoded", "numbers%5B%5D=5&numbers%5B%5D=6&bias=true"),
    ] {
        assert_eq!(post("/prod/stats", content_type, body).await.body, FIVE_SIX, "{content_type}: {body}");
    }
    assert_eq!(ask("POST", "/prod/stats/", &[], "[5,6]").await.body, FIVE_SIX);
}

async fn post_pieces(content_type: &str, pieces: Vec<Vec<u8>>) -> Answer {
    super::post_pieces("/prod/stats", &[("content-type", content_type)], pieces).await
}

#[tokio::test]
async fn chunk_borders_do_not_matter() {
    for (content_type, body) in [
        ("application/json", r#" {"numbers": [0.1, 2e1, null, 0.3], "nan_policy": "omit"} "#),
        ("text/plain", "0.1 20 -7.25e-3\n123456789"),
        ("application/octet-stream", "numbers=5&numbers=%36"),
    ] {
        let whole = post("/prod/stats", content_type, body).await.body;
        for cut in 0..=body.len() {
            let (start, end) = body.as_bytes().split_at(cut);
            assert_eq!(post_pieces(content_type, vec![start.to_vec(), end.to_vec()]).await.body, whole, "cut at {cut}");
        }
        let bytes = body.bytes().map(|byte| vec![byte]).collect();
        assert_eq!(post_pieces(content_type, bytes).await.body, whole, "byte by byte");
    }
}

#[tokio::test]
async fn large_bodies_go_through_blocks() {
    let numbers = ["5", "6"].repeat(400_000);
    for (content_type, body) in [
        ("application/json", format!("[{}]", numbers.join(","))),
        ("text/plain", numbers.join(" ")),
        ("application/json", format!(r#"{{"numbers":[{}],"ddof":0}}"#, numbers.join(", "))),
    ] {
        let pieces = body.as_bytes().chunks(9_973).map(<[u8]>::to_vec).collect();
        let answer = post_pieces(content_type, pieces).await.json();
        assert_eq!(
            (&answer["nobs"], &answer["mean"], &answer["kurtosis"]),
            (&json!(800_000), &json!(5.5), &json!(-2.0))
        );
    }
    let bad = format!("[{},7x]", numbers.join(","));
    post("/prod/stats", "application/json", bad).await.problem(400);
}

#[tokio::test]
async fn nested_arrays_have_an_axis() {
    let rows = "[[1,2],[3,4]]";
    let answer = post("/prod/stats", "application/json", rows).await.json();
    assert_eq!(answer["mean"], json!([2.0, 3.0]));
    let answer = post("/prod/stats?axis=1", "application/json", rows).await.json();
    assert_eq!(answer["mean"], json!([1.5, 3.5]));
    let answer = post("/prod/stats?axis=none", "application/json", rows).await.json();
    assert_eq!((&answer["nobs"], &answer["mean"]), (&json!(4), &json!(2.5)));
}

#[tokio::test]
async fn options_stand_in_the_url_or_beside_the_numbers() {
    let expected = get("/prod/stats?numbers=5&numbers=6&ddof=0").await.body;
    assert_eq!(post("/prod/stats?ddof=0", "application/json", "[5,6]").await.body, expected);
    assert_eq!(post("/prod/stats", "application/json", r#"{"ddof":0,"numbers":[5,6]}"#).await.body, expected);
    post("/prod/stats?ddof=0", "application/json", r#"{"ddof":0,"numbers":[5,6]}"#).await.problem(422);
    post("/prod/stats", "application/json", r#"{"numbers":[5,6],"dof":0}"#).await.problem(422);
    let problem = post("/prod/stats?numbers=5", "text/plain", "6").await.problem(422);
    assert_eq!(problem["errors"][0]["loc"], json!(["query", "numbers"]));
}

#[tokio::test]
async fn places_of_bad_values() {
    for (content_type, body, loc) in [
        ("application/json", r#"[1,2,"x"]"#, json!(["body", 2])),
        ("application/json", r#"{"numbers":[1,"x"]}"#, json!(["body", "numbers", 1])),
        ("application/json", r#"[[1,2],[3,"x"]]"#, json!(["body", 1, 1])),
        ("application/json", r#"[1,{"a":2}]"#, json!(["body", 1])),
        ("application/json", r#"{"numbers":[1],"boundaries":{"A":70}}"#, json!(["body", "boundaries"])),
        ("text/plain", "1 2 x", json!(["body", 2])),
        ("application/x-www-form-urlencoded", "numbers=1&numbers=x", json!(["body", "numbers", 1])),
        ("application/x-www-form-urlencoded", "numbers=1&ddof=x", json!(["body", "ddof"])),
        ("application/x-www-form-urlencoded", "numbers=1&numbers=nan&nan_policy=raise", json!(["body", "numbers", 1])),
    ] {
        let problem = post("/prod/stats", content_type, body).await.problem(422);
        assert_eq!(problem["errors"][0]["loc"], loc, "{body}");
    }
}

#[tokio::test]
async fn lists_are_read_or_explained() {
    for (content_type, body) in [
        ("text/plain", "5, 6"),
        ("text/plain", "5;\n6;\n"),
        ("application/octet-stream", "5, 6"),
        ("application/octet-stream", "5;6\r\n"),
        ("application/octet-stream", "5\t6\t"),
        ("application/vnd.ms-excel", "5,6"),
        ("application/csv", "5 6"),
        ("application/x-www-form-urlencoded", "5, 6\n"),
        ("application/x-www-form-urlencoded", "numbers=5&numbers=6&absent=&group_by="),
    ] {
        assert_eq!(post("/prod/stats", content_type, body).await.body, FIVE_SIX, "{content_type}: {body}");
    }
    assert_eq!(get("/prod/stats?numbers=5&numbers=6&absent=&group_by=").await.body, FIVE_SIX);
    let long = format!("{}7", "5,6, ".repeat(200_000));
    assert_eq!(post("/prod/stats", "", long.clone()).await.json()["nobs"], 400_001);
    post("/prod/stats", "", format!("{long}\n8,9")).await.problem(422);
    post("/prod/stats", "", format!("{long},,8")).await.problem(422);
    // An option of tables says that the line is a table.
    assert_eq!(post("/prod/stats?header=false", "", "5,6").await.json()["rows"], 1);

    let refused = async |answer: Answer, remedy: &str| {
        let problem = answer.problem(422);
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(remedy)), "{remedy}: {problem}");
    };
    let url = "write a list as numbers=1&numbers=2&numbers=3";
    refused(get("/prod/stats?numbers=1,2,3").await, url).await;
    refused(get("/prod/stats?numbers=1;2;3,").await, url).await;
    refused(get("/prod/stats?numbers=1,%202,%203,%204").await, &format!("{url}&…")).await;
    refused(get("/prod/stats?numbers=1,5").await, "numbers=1&numbers=5, and a decimal mark as a point").await;
    refused(post("/prod/stats", "", "numbers=1,2,3").await, url).await;
    refused(post("/prod/stats", "text/plain", "1,2,3").await, "separate the numbers by white space").await;
    for eaten in ["candidate,marka,41b,55.5", "4155.570", "5, 6"] {
        let answer = post("/prod/stats", "application/x-www-form-urlencoded", eaten).await;
        refused(answer, "curl --data-binary @marks.csv").await;
    }
}

#[tokio::test]
async fn malformed_empty_and_unknown() {
    for body in ["[5,6", "[5,,6]", "[NaN]", "{", "[05]", "[5]x"] {
        post("/prod/stats", "application/json", body).await.problem(400);
    }
    for body in ["[]", r#"{"numbers":[]}"#, "{}"] {
        post("/prod/stats", "application/json", body).await.problem(422);
    }
    for (body, code) in [(&b"PK\x03\x04"[..], "workbook"), (&b"PAR1"[..], "parquet")] {
        let problem = post("/prod/stats", "application/octet-stream", body).await.problem(400);
        assert_eq!(problem["errors"][0]["loc"], json!(["body"]), "{problem}");
        assert_eq!((&problem["errors"][0]["type"], &problem["error_count"]), (&code.into(), &1.into()), "{problem}");
    }
    post("/prod/stats", "text/plain", " \n").await.problem(422);
    post("/prod/stats", "application/octet-stream", "").await.problem(422);
    // As Windows-1252 it is a heading without data.
    post("/prod/stats", "application/octet-stream", vec![b'=', 0xff]).await.problem(422);
    post("/prod/stats", "application/x-www-form-urlencoded", b"numbers=\xff".to_vec()).await.problem(400);
}

#[tokio::test]
async fn media_types_and_codings_that_cannot_be_read() {
    let answer = post("/prod/stats", "image/png", "5").await;
    answer.problem(415);
    let accepted = answer.header("accept-post");
    assert!(accepted.starts_with("application/json, ") && accepted.ends_with(", multipart/form-data"), "{accepted}");
    let answer = ask("POST", "/prod/stats", &[("content-encoding", "compress")], "5").await;
    answer.problem(415);
    assert_eq!(answer.header("accept-encoding"), "gzip, deflate, zstd, br");
    assert_eq!(ask("POST", "/prod/stats", &[("content-encoding", "identity")], "5 6").await.body, FIVE_SIX);
}

#[tokio::test]
async fn limits() {
    let limited = || service(|config| config.body_limit = 10);
    let request = |body: Body| Request::post("/prod/stats").header("content-type", "text/plain").body(body);
    let ten = send(limited(), request(Body::from("5 6       ")).expect("a request")).await;
    assert_eq!(ten.body, FIVE_SIX);
    let pieces = stream::iter(["5 6   ", "7 8    "].map(|piece| Ok::<_, Infallible>(Bytes::from(piece))));
    let counted = send(limited(), request(Body::from_stream(pieces)).expect("a request")).await.problem(413);
    let mut declared = request(Body::from("5")).expect("a request");
    declared.headers_mut().insert("content-length", "11".parse().expect("a number"));
    let declared = send(limited(), declared).await.problem(413);
    for problem in [counted, declared] {
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(
            detail.contains("10 bytes") && detail.contains("--body-limit") && detail.contains("BODY_LIMIT"),
            "{detail}"
        );
    }
    let form = format!("numbers=5{}", "&numbers=6".repeat(110_000));
    post("/prod/stats", "application/x-www-form-urlencoded", form).await.problem(413);
    post("/prod/stats", "text/plain", "1".repeat(70_000)).await.problem(413);
    let little = service(|config| config.limits.memory = 1000);
    let parquet =
        Request::post("/prod/stats").body(Body::from([&b"PAR1"[..], &[0; 1000]].concat())).expect("a request");
    let problem = send(little, parquet).await.problem(413);
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("--memory-limit")), "{problem}");
}

#[tokio::test(start_paused = true)]
async fn a_body_has_a_deadline() {
    let never = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
    let request = Request::post("/prod/stats").body(never).expect("a request");
    send(service(|_| ()), request).await.problem(408);
}

#[tokio::test]
async fn a_body_that_breaks_off() {
    let pieces = stream::iter([Ok(Bytes::from("[5,")), Err(std::io::Error::other("reset"))]);
    let request = Request::post("/prod/stats").body(Body::from_stream(pieces)).expect("a request");
    send(service(|_| ()), request).await.problem(400);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_comes_too_slowly_is_ended() {
    let drops = stream::unfold((), |()| async {
        tokio::time::sleep(std::time::Duration::from_secs(4)).await;
        Some((Ok::<_, Infallible>(Bytes::from("5 ")), ()))
    });
    let started = tokio::time::Instant::now();
    let problem = post("/prod/stats", "text/plain", Body::from_stream(drops)).await.problem(408);
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("--min-body-rate")), "{problem}");
    assert_eq!(started.elapsed().as_secs(), 12);
}
