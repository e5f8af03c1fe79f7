//! `multipart/form-data`, as curl -F and HTML forms send it.

use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use super::codings::{gzip, zstd};
use super::tables::{DESCRIBED, TABLE, TARGET};
use super::{Answer, FIVE_SIX, ask, post_pieces, send, service};

pub const TYPE: &str = "multipart/form-data; boundary=----b0undary";

/// Text after `form-data; ` in a part's head, and the part's bytes.
pub type Field<'a> = (&'a str, &'a [u8]);

/// A body of these parts: what follows `form-data; ` in the head, and the bytes.
pub fn form(parts: &[Field]) -> Vec<u8> {
    let mut body = Vec::new();
    for (head, bytes) in parts {
        body.extend_from_slice(format!("------b0undary\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"------b0undary--\r\n");
    body
}

pub async fn post_form(target: &str, parts: &[Field<'_>]) -> Answer {
    ask("POST", target, &[("content-type", TYPE)], form(parts)).await
}

pub const FILE: &str = "name=\"file\"; filename=\"marks.csv\"";

#[tokio::test]
async fn a_file_is_described_like_a_body() {
    let table = TABLE.as_bytes();
    let utf16 = super::tables::utf16(TABLE, false);
    let typed = |media_type: &str| format!("{FILE}\r\nContent-Type: {media_type}");
    for (head, file) in [
        (FILE.to_owned(), table),
        (typed("text/csv"), table),
        (typed("TEXT/CSV; charset=utf-8"), table),
        (typed("application/octet-stream"), table),
        (typed("application/vnd.ms-excel"), table),
        (typed("text/plain"), table),
        (typed("application/csv"), table),
        (typed("image/png"), table),
        (typed("application/octet-stream"), &utf16),
        (typed("application/gzip"), &gzip(table)),
        (typed("text/csv"), &gzip(table)),
        (FILE.to_owned(), &zstd(table)),
        ("name=f; filename*=UTF-8''marks.csv".to_owned(), table),
        ("name=f; filename=\"\"".to_owned(), table),
    ] {
        assert_eq!(post_form(TARGET, &[(&head, file)]).await.body, DESCRIBED, "{head}");
    }
    assert_eq!(post_form("/prod/stats", &[(FILE, b"[5,6]")]).await.body, FIVE_SIX);
    assert_eq!(post_form("/prod/stats", &[(FILE, br#"{"numbers":[5,6],"ddof":1}"#)]).await.body, FIVE_SIX);
    let whole = [("content-type", TYPE), ("content-encoding", "gzip")];
    assert_eq!(ask("POST", TARGET, &whole, gzip(&form(&[(FILE, table)]))).await.body, DESCRIBED);
}

#[tokio::test]
async fn other_fields_are_options() {
    let options: [Field; 5] = [
        ("name=\"group_by\"", b"cohort"),
        ("name=absent", b"X"),
        ("name=absent", b"ABS"),
        ("name=\"overall\"", b"true"),
        ("name=\"empty\"; filename=\"\"", b""),
    ];
    let file: Field = (FILE, TABLE.as_bytes());
    assert_eq!(post_form("/prod/stats", &[&options[..], &[file]].concat()).await.body, DESCRIBED);
    let bad: [(&str, &[Field]); 10] = [
        ("/prod/stats", &[("name=overall", b"true"), ("name=overall", b"true"), file]),
        ("/prod/stats?overall=true", &[("name=overall", b"true"), file]),
        ("/prod/stats", &[("name=ddof", b"0"), (FILE, br#"{"numbers":[5,6],"ddof":0}"#)]),
        ("/prod/stats", &[("name=dof", b"0"), file]),
        ("/prod/stats", &[file, ("name=overall", b"true"), file, ("name=overall", b"true")]),
        ("/prod/stats", &[("name=numbers", b"5"), file]),
        ("/prod/stats", &[file, ("name=numbers", b"5")]),
        ("/prod/stats", &[("name=ddof", b"1")]),
        ("/prod/stats", &[("name=file; filename=\"\"", b"")]),
        ("/prod/stats", &[]),
    ];
    for (target, parts) in bad {
        post_form(target, parts).await.problem(422);
    }
    let problem = post_form("/prod/stats", &[("name=ddof", b"-1"), file]).await.problem(422);
    assert_eq!(problem["errors"][0]["loc"], json!(["body", "ddof"]));
    post_form("/prod/stats", &[("name=column", b"\xff"), file]).await.problem(400);
    post_form("/prod/stats", &[("name=column", &vec![b'x'; 70_000]), file]).await.problem(413);
    let many: Vec<Field> = (0..101).map(|_| ("name=column", &b"mark"[..])).collect();
    post_form("/prod/stats", &many).await.problem(422);
}

#[tokio::test]
async fn options_may_stand_before_and_after_files() {
    let options: [Field; 4] =
        [("name=group_by", b"cohort"), ("name=absent", b"X"), ("name=absent", b"ABS"), ("name=overall", b"true")];
    let blank: Field = ("name=weights", b"");
    let (start, end) = TABLE.split_at(TABLE.len() - "Eve,2024,49\nZo\u{eb},2024,70\n".len());
    let end = format!("candidate,cohort,mark\n{end}");
    let (start, end): (Field, Field) = ((FILE, start.as_bytes()), (FILE, end.as_bytes()));
    for at in 0..=options.len() {
        for between in 0..=at {
            let mut parts = options.to_vec();
            parts.insert(at, end);
            parts.insert(between, start);
            parts.push(blank);
            assert_eq!(post_form("/prod/stats", &parts).await.body, DESCRIBED, "{between} {at}");
        }
    }
    // The file cannot be read without the option after it, or not at all.
    let file: Field = (FILE, b"title\n\nmark/name\n5/a\n6/b");
    let read = post_form("/prod/stats", &[file, ("name=delimiter", b"/"), ("name=skip_rows", b"2")]).await;
    assert_eq!(read.json()["results"][0]["mean"], 5.5, "{}", read.body);
    let problem = post_form("/prod/stats", &[(FILE, b"[5"), ("name=ddof", b"0")]).await.problem(400);
    assert_eq!(problem["errors"][0]["type"], "json_invalid");
    let problem = post_form("/prod/stats", &[(FILE, b"[5]"), ("name=dof", b"0")]).await.problem(422);
    assert_eq!(problem["errors"][0]["loc"], json!(["body", "dof"]));
    post_form("/prod/stats", &[(FILE, b"[5]"), ("name=numbers", b"5")]).await.problem(422);
    assert_eq!(post_form("/prod/stats", &[(FILE, b"[5,6]"), ("name=numbers", b"")]).await.body, FIVE_SIX);
}

#[tokio::test]
async fn options_after_large_files_are_refused() {
    let file = "5\n6\n".repeat(50);
    let ask = |parts: &[Field]| {
        let limited = service(|config| config.limits.memory = 2 * 200);
        let body = Body::from(form(parts));
        send(limited, Request::post("/prod/stats").header("content-type", TYPE).body(body).expect("a request"))
    };
    let (file, more): (Field, Field) = ((FILE, file.as_bytes()), (FILE, b"7"));
    assert_eq!(ask(&[file, ("name=ddof", b"0")]).await.json()["nobs"], 100);
    assert_eq!(ask(&[("name=ddof", b"0"), file, more, ("name=ddof", b"")]).await.json()["nobs"], 101);
    for parts in [&[file, more, ("name=ddof", b"0")][..], &[file, ("name=ddof", b"0"), more]] {
        let problem = ask(parts).await.problem(413);
        assert_eq!(problem["errors"][0]["type"], "option_after_file");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("into the URL")), "{problem}");
    }
}

#[tokio::test]
async fn several_files_are_one_data_set() {
    let expected =
        post_form("/prod/stats?group_by=cohort&column=mark", &[(FILE, b"cohort,mark\na,1\na,2\nb,3\na,4.5\n")]).await;
    assert_eq!(expected.status, 200, "{}", expected.body);
    let named = |name: &str| format!("name=\"file\"; filename=\"{name}\"");
    let (one, two, three) = (named("1.csv"), named("2.tsv"), named("3.csv"));
    let split: [&[Field]; 6] = [
        &[(&one, b"cohort,mark\na,1\na,2\n"), (&two, b"cohort,mark\nb,3\na,4.5")],
        // Other delimiters, other line ends, another order of the columns, compressed.
        &[
            (&one, b"cohort;mark\r\na;1\r\na;2"),
            (&two, b"mark\tcohort\n3\tb\n"),
            (&three, &gzip(b"cohort,mark\na,4.5\n")),
        ],
        &[(&one, b"cohort,mark\nb,3\n"), (&two, b"cohort,mark\na,4.5\na,1\na,2\n")],
        // Other formats.
        &[
            (&one, br#"[{"cohort":"a","mark":1},{"cohort":"a","mark":2}]"#),
            (&two, br#"{"cohort":["b"],"mark":[3]}"#),
            (&three, b"cohort,mark\na,4.5\n"),
        ],
        &[
            (&one, b"{\"cohort\":\"a\",\"mark\":1}\n{\"mark\":2,\"cohort\":\"a\"}\n"),
            (&two, b"cohort,mark\nb,3\na,4.5"),
        ],
        // A file without a record.
        &[(&one, b"cohort,mark\n"), (&two, b"cohort,mark\na,1\na,2\nb,3\na,4.5\n"), (&three, b"cohort,mark\n")],
    ];
    for parts in split {
        assert_eq!(post_form("/prod/stats?group_by=cohort&column=mark", parts).await.body, expected.body);
    }
    for (first, second) in [("[5]", "[6]"), ("5\n", "6\n"), ("[5]", "6\n"), (r#"{"numbers":[5]}"#, "[6]")] {
        let answer = post_form("/prod/stats", &[(&one, first.as_bytes()), (&two, second.as_bytes())]).await;
        assert_eq!(answer.body, FIVE_SIX, "{first} {second}");
    }
    for (first, second) in [
        ("a,b\n1,2\n", "a,c\n1,2\n"),
        ("a,b\n1,2\n", "a\n1\n"),
        ("a\n1\n", "a,b\n1,2\n"),
        ("a,b\n1,2\n", "[5]"),
        ("[[1,2],[3,4]]", "[[1,2]]"),
        (r#"{"numbers":[5],"ddof":0}"#, r#"{"numbers":[6],"ddof":0}"#),
        ("a\n", "a\n"),
    ] {
        let problem =
            post_form("/prod/stats", &[(&one, first.as_bytes()), (&two, second.as_bytes())]).await.problem(422);
        assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{problem}");
    }
}

#[tokio::test]
async fn columns_that_are_numeric_in_every_file_are_described() {
    let named = |name: &str| format!("name=\"file\"; filename=\"{name}\"");
    let (one, two) = (named("1.csv"), named("2.csv"));
    let first = b"id,mark,note\n1,5,\n2,6,\n";
    let second = b"note,mark,id\nlate,7,C3\n,8,4\n";
    let answer = post_form("/prod/stats", &[(&one, first), (&two, second)]).await.json();
    assert_eq!(answer["rows"], 4);
    assert_eq!(answer["results"].as_array().map(Vec::len), Some(1));
    assert_eq!((&answer["results"][0]["column"], &answer["results"][0]["mean"]), (&json!("mark"), &json!(6.5)));
    let skipped = json!([{"column": "id", "row": 2, "value": "C3"}, {"column": "note", "row": 2, "value": "late"}]);
    assert_eq!(answer["skipped"], skipped);
}

#[tokio::test]
async fn a_problem_says_in_which_file_it_is() {
    let parts: [Field; 2] = [
        ("name=a; filename=\"C:\\x\\2023.csv\"", b"mark\n1\nx\n"),
        ("name=b; filename=\"2024.csv\"", b"mark\n2\ny\nz\n"),
    ];
    let problem = post_form("/prod/stats?column=mark", &parts).await.problem(422);
    assert_eq!(problem["error_count"], 3);
    assert_eq!(problem["errors"][0]["loc"], json!(["body", 3, "mark"]));
    assert_eq!(problem["errors"][2]["loc"], json!(["body", 4, "mark"]));
    let message = problem["errors"][2]["msg"].as_str().expect("text");
    assert_eq!(message, "2024.csv: row 4, column mark: should be a number; y ×1, z ×1: absent=y,z?");
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("2023.csv: row 3")), "{problem}");
    let parts: [Field; 2] = [("name=a; filename=1", b"[1]"), ("name=b; filename=2", b"[1,")];
    let problem = post_form("/prod/stats", &parts).await.problem(400);
    assert_eq!(problem["errors"][0]["loc"], json!(["body", 3]));
}

#[tokio::test]
async fn the_content_of_a_part_decides_whatever_its_type_is() {
    let expected = post_form(TARGET, &[(FILE, TABLE.as_bytes())]).await.body;
    for content_type in ["text/plain", "image/png", "application/vnd.ms-excel", "text/x-csv", "application/zip"] {
        let head = format!("name=f; filename=x.csv\r\nContent-Type: {content_type}");
        let answer = ask("POST", TARGET, &[("content-type", TYPE)], form(&[(&head, TABLE.as_bytes())])).await;
        assert_eq!(answer.body, expected, "{content_type}");
    }
    for content_type in ["application/csv", "text/x-csv", "application/vnd.ms-excel"] {
        assert_eq!(crate::post(TARGET, content_type, TABLE).await.body, expected, "{content_type}");
    }
}

#[tokio::test]
async fn the_field_numbers_is_a_file() {
    fn numbers(text: &[u8]) -> Field<'_> {
        ("name=numbers", text)
    }
    assert_eq!(post_form("/prod/stats", &[numbers(b"5 6")]).await.body, FIVE_SIX);
    assert_eq!(post_form("/prod/stats", &[numbers(b"5"), numbers(b"6"), numbers(b"")]).await.body, FIVE_SIX);
    assert_eq!(post_form(TARGET, &[numbers(TABLE.as_bytes())]).await.body, DESCRIBED);
    assert_eq!(post_form(TARGET, &[numbers(b""), (FILE, TABLE.as_bytes())]).await.body, DESCRIBED);
    post_form("/prod/stats", &[numbers(b"")]).await.problem(422);
}

#[tokio::test]
async fn what_is_no_form() {
    let body = form(&[(FILE, TABLE.as_bytes())]);
    for content_type in ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=other"]
    {
        ask("POST", TARGET, &[("content-type", content_type)], body.clone()).await.problem(400);
    }
    ask("POST", TARGET, &[("content-type", "multipart/mixed; boundary=----b0undary")], body.clone()).await.problem(415);
    for end in 0..body.len() - 2 {
        ask("POST", TARGET, &[("content-type", TYPE)], body[..end].to_vec()).await.problem(400);
    }
    let picture = form(&[("name=f; filename=x.png\r\nContent-Type: image/png", b"x")]);
    ask("POST", TARGET, &[("content-type", TYPE)], picture).await.problem(422);
    let picture = form(&[("name=f; filename=x.csv\r\nContent-Type: text/csv", b"\x89PNG\r\n\x1a\n")]);
    let problem = ask("POST", TARGET, &[("content-type", TYPE)], picture).await.problem(422);
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("a picture")), "{problem}");
    let charset = form(&[("name=f; filename=x.csv\r\nContent-Type: text/csv; charset=klingon", b"x")]);
    ask("POST", TARGET, &[("content-type", TYPE)], charset).await.problem(415);
}

#[tokio::test]
async fn chunk_borders_do_not_matter() {
    let table = TABLE.as_bytes();
    let (start, end) = table.split_at(table.len() - "Eve,2024,49\nZoë,2024,70\n".len());
    let end = [&b"candidate,cohort,mark\n"[..], end].concat();
    let body = form(&[("name=overall", b"1"), (FILE, &gzip(start)), (FILE, &end)]);
    let target = "/prod/stats?group_by=cohort&absent=X,ABS";
    for cut in 0..=body.len() {
        let (start, end) = body.split_at(cut);
        let answer = post_pieces(target, &[("content-type", TYPE)], vec![start.to_vec(), end.to_vec()]).await;
        assert_eq!(answer.body, DESCRIBED, "cut at {cut}");
    }
    let bytes = body.iter().map(|byte| vec![*byte]).collect();
    assert_eq!(post_pieces(target, &[("content-type", TYPE)], bytes).await.body, DESCRIBED);
}

#[tokio::test]
async fn large_files_go_through_blocks() {
    let file = format!("mark\n{}", "5\n6\n".repeat(200_000));
    let body = form(&[(FILE, file.as_bytes()), (FILE, file.as_bytes())]);
    let pieces = body.chunks(9_973).map(<[u8]>::to_vec).collect();
    let answer = post_pieces("/prod/stats", &[("content-type", TYPE)], pieces).await.json();
    assert_eq!((&answer["rows"], &answer["results"][0]["mean"]), (&json!(800_000), &json!(5.5)));
}

#[tokio::test]
async fn limits_hold_for_all_files_together() {
    let file = gzip("5\n".repeat(300_000).as_bytes());
    let body = form(&[(FILE, &file), (FILE, &file)]);
    let request = || Request::post("/prod/stats").header("content-type", TYPE).body(Body::from(body.clone()));
    let service_with = |limit: u64| service(move |config| config.limits.decompressed = limit);
    send(service_with(1_000_000), request().expect("a request")).await.problem(413);
    assert_eq!(send(service_with(1_200_000), request().expect("a request")).await.json()["nobs"], 600_000);
    let limited = service(|config| config.body_limit = 1000);
    send(limited, request().expect("a request")).await.problem(413);
}

#[tokio::test]
async fn the_number_of_files_is_limited() {
    let file: Field = (FILE, b"5\n6\n");
    let answer = post_form("/prod/stats", &vec![file; 1000]).await;
    assert_eq!((answer.status.as_u16(), answer.json()["nobs"].as_u64()), (200, Some(2000)));
    let answer = post_form("/prod/stats", &vec![file; 1001]).await;
    let error = &answer.json()["errors"][0];
    assert_eq!(
        (answer.status.as_u16(), &error["type"], &error["loc"]),
        (422, &json!("too_many_files"), &json!(["body"]))
    );
}

/// Files are groups by their names, which a baseline can name as well.
#[tokio::test]
async fn files_are_compared_by_their_names() {
    let parts: [Field; 2] =
        [("name=f; filename=2024.csv", b"mark\n5\n7\n"), ("name=f; filename=2023.csv", b"mark\n4\n6\n")];
    let query = "/prod/stats?group_by=file&baseline=2023.csv&statistics=mean";
    let answer = post_form(query, &parts).await.json();
    assert_eq!(answer["results"][0]["group"], json!({"file": "2023.csv"}));
    assert_eq!(answer["comparisons"][0]["a"], json!({"file": "2024.csv"}));
    assert_eq!(answer["comparisons"][0]["difference"], json!(1.0));
    let unnamed = ask("POST", "/prod/stats?group_by=file", &[("content-type", "text/csv")], "mark\n5\n").await;
    assert_eq!(unnamed.problem(422)["errors"][0]["loc"], json!(["query", "group_by"]));
}
