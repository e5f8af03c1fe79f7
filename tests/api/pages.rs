//! The page and the documentation.

use super::multipart::{self, FILE, Field};
use super::tables::TABLE;
use super::{Answer, ask, get, post, send, send_unchecked, service};
use axum::body::{Body, Bytes};
use axum::http::response::Parts;
use axum::http::{HeaderMap, Request, Uri};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use describe_api::cli::settings::PageEngine;
use sha2::{Digest, Sha256};

/// URL to which a browser resolves a link on the page at `path`.
fn follow(path: &str, link: &str) -> String {
    let base = &path[..=path.rfind('/').expect("a slash")];
    let mut parts: Vec<&str> = Vec::new();
    let whole = format!("{base}{link}");
    let (target, query) = whole.split_once('?').map_or((whole.as_str(), None), |(target, query)| (target, Some(query)));
    for part in target.split('/').skip(1) {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let query = query.map(|query| format!("?{}", query.replace("&amp;", "&"))).unwrap_or_default();
    format!("/{}{query}", parts.join("/"))
}

fn links(page: &str) -> Vec<String> {
    let starts = page.split("href=\"").skip(1).chain(page.split("src=\"").skip(1));
    starts.map(|rest| rest.split('"').next().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn every_link_leads_somewhere_from_every_spelling() {
    for (base, paths) in [
        (
            "/prod",
            ["/", "/prod", "/prod/", "/docs", "/docs/", "/prod/docs", "/prod/docs/", "/prod/accessibility"].as_slice(),
        ),
        ("/a/b", &["/", "/a/b", "/a/b/", "/docs", "/a/b/docs", "/a/b/docs/", "/a/b/accessibility/"]),
        ("", &["/", "/docs", "/docs/", "/accessibility", "/accessibility/"]),
    ] {
        let get = async |path: &str| {
            let request = Request::get(path.parse::<Uri>().expect("a URL")).body(Body::empty()).expect("a request");
            send(service(|config| base.clone_into(&mut config.base_path)), request).await
        };
        for path in paths {
            let page = get(path).await;
            assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{base} {path}");
            assert!(!page.body.contains("{{") && !page.body.contains("//cdn"), "{}", page.body);
            check_isolated(&page);
            check_nothing_is_inline(&page.body, 0);
            let links = links(&page.body);
            assert!(links.len() >= 4, "{path}: {links:?}");
            for link in links {
                let target = follow(path, &link);
                let answer = get(&target).await;
                assert_eq!(answer.status, 200, "{path} links to {link}, which is {target}");
                if link.ends_with("start.js") {
                    check_start(&target, &answer.body, base);
                }
                if link.ends_with("page.js") {
                    check_modules(&target, async |path: &str| get(path).await.body).await;
                }
            }
            if let Some((_, rest)) = page.body.split_once("action=\"") {
                let action = follow(path, rest.split('"').next().expect("a quote"));
                assert_eq!(action, format!("{base}/stats?format=html"), "{path}");
            }
        }
    }
}

/// Every module that the script at `path` imports is there, and every one that those import.
async fn check_modules(path: &str, get: impl AsyncFn(&str) -> String) {
    let mut paths = vec![path.to_owned()];
    let mut place = 0;
    while let Some(path) = paths.get(place).cloned() {
        let script = get(&path).await;
        let modules = script.lines().filter(|line| line.starts_with("import "));
        let modules = modules.filter_map(|line| line.split('"').nth(1)).map(|module| follow(&path, module));
        let new: Vec<String> = modules.filter(|module| !paths.contains(module)).collect();
        assert!(!script.starts_with("{\"type\""), "{path}: {script}");
        paths.extend(new);
        place += 1;
    }
    assert!(paths.len() > 8, "{paths:?}");
}

/// The script finds the document and the endpoints from its own address.
fn check_start(path: &str, script: &str, base: &str) {
    assert!(!script.contains("{{"));
    let quoted: Vec<&str> = script.split("from(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let [document, server] = quoted.as_slice() else { panic!("{quoted:?}") };
    assert!(follow(path, document).ends_with("/openapi.json"));
    assert_eq!(follow(path, server).trim_end_matches('/'), base, "{path} {server}");
}

#[tokio::test]
async fn files_of_the_documentation_have_their_types() {
    for (file, content_type, text) in [
        ("swagger-ui.css", "text/css; charset=utf-8", ".swagger-ui{"),
        ("index.css", "text/css; charset=utf-8", "html {"),
        ("swagger-ui-bundle.js", "text/javascript; charset=utf-8", "SwaggerUIBundle"),
        ("favicon-32x32.png", "image/png", "PNG"),
    ] {
        let answer = get(&format!("/prod/docs/{file}")).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, content_type));
        assert!(answer.body.contains(text), "{file}: {}", answer.body);
    }
    // It has an inline script, and nothing here needs it.
    get("/docs/oauth2-redirect.html").await.problem(404);
}

/// The values of a directive of the Content-Security-Policy.
fn directive<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    let mut directives = answer.header("content-security-policy").split(';').map(str::trim);
    directives.find_map(|directive| directive.strip_prefix(name)).map(str::trim)
}

/// Checks the headers of every document that a browser shows.
#[track_caller]
fn check_isolated(answer: &Answer) {
    for (header, value) in [
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.header(header), value, "{header}");
    }
    for name in ["default-src", "frame-ancestors", "base-uri"] {
        assert_eq!(directive(answer, name), Some("'none'"), "{name}");
    }
    let policy = answer.header("content-security-policy").replace("'wasm-unsafe-eval'", "");
    assert!(!policy.contains("unsafe"), "{policy}");
}

/// Checks that a document has no inline script or style, but for this many `<style>` elements.
#[track_caller]
fn check_nothing_is_inline(document: &str, styles: usize) {
    let tags = || document.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
    let is_handler = |tag: &str| tag.split_whitespace().skip(1).any(|attribute| attribute.starts_with("on"));
    let inline = tags().filter(|tag| tag.contains(" style=") || tag.contains("javascript:") || is_handler(tag));
    assert_eq!(inline.collect::<Vec<_>>(), Vec::<&str>::new());
    assert_eq!(tags().filter(|tag| *tag == "style" || tag.starts_with("style ")).count(), styles);
    assert!(tags().filter(|tag| tag.starts_with("script")).all(|tag| tag.contains(" src=")), "{document}");
}

/// A report is complete where it is saved, so its style is inline; the policy allows that one by its hash.
#[tokio::test]
async fn reports_run_and_load_nothing() {
    let table = "cohort,mark\n2023,41\n2023,55.5\n2024,70\n2024,62\n";
    for options in [
        "format=html",
        "format=html&chart=box",
        "format=html&group_by=cohort",
        "format=svg",
        "chart=ecdf",
        "chart=compare&group_by=cohort",
    ] {
        let report = post(&format!("/prod/stats?column=mark&{options}"), "text/csv", table).await;
        assert_eq!(report.status, 200, "{options}: {}", report.body);
        check_isolated(&report);
        check_nothing_is_inline(&report.body, 1);
        assert!(!report.body.contains("<script"), "{options}");
        let style =
            report.body.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).expect("a style").0;
        // What a browser hashes is the text, not its spelling in the file.
        assert!(!style.contains('&'), "{options}");
        let hash = STANDARD.encode(Sha256::digest(style));
        assert_eq!(directive(&report, "style-src"), Some(&*format!("'sha256-{hash}'")), "{options}");
        assert_eq!(directive(&report, "sandbox"), Some(""), "{options}");
        assert_eq!(directive(&report, "script-src"), None, "{options}");
    }
}

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(bytes), &mut plain).expect("gzip");
    plain
}

/// Every file that is the same for all.
const FILES: [&str; 20] = [
    "/",
    "/prod",
    "/prod/",
    "/favicon.svg",
    "/accessibility",
    "/prod/accessibility/",
    "/page/page.css",
    "/prod/page/page.css",
    "/page/page.js",
    "/prod/page/report.css",
    "/prod/page/marks.csv",
    "/docs",
    "/prod/docs/",
    "/docs/start.js",
    "/docs/swagger-ui.css",
    "/docs/index.css",
    "/prod/docs/swagger-ui-bundle.js",
    "/docs/favicon-32x32.png",
    "/openapi.json",
    "/prod/openapi.json/",
];

async fn fetch(method: &str, path: &str, headers: &[(&str, &str)]) -> (Parts, Bytes) {
    let request = Request::builder().method(method).uri(path);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    send_unchecked(service(|_| ()), request.body(Body::empty()).expect("a request")).await
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().expect("text"))
}

#[tokio::test]
async fn files_have_strong_entity_tags() {
    for path in FILES {
        let (whole, body) = fetch("GET", path, &[]).await;
        let tag = text(&whole.headers, "etag");
        assert!(tag.len() > 40 && tag.starts_with('"') && tag.ends_with('"'), "{path}: {tag}");
        assert_eq!(text(&whole.headers, "cross-origin-resource-policy"), "same-origin", "{path}");
        for same in [tag, "*", &format!("W/{tag}"), &format!("\"other\", {tag}")] {
            for method in ["GET", "HEAD"] {
                let (unchanged, body) = fetch(method, path, &[("if-none-match", same)]).await;
                assert_eq!((unchanged.status.as_u16(), body.len()), (304, 0), "{method} {path} {same}");
                for header in ["etag", "cache-control", "vary", "content-security-policy"] {
                    assert_eq!(text(&unchanged.headers, header), text(&whole.headers, header), "{path} {header}");
                }
            }
        }
        let (changed, other_body) = fetch("GET", path, &[("if-none-match", "\"other\"")]).await;
        assert_eq!((changed.status.as_u16(), other_body), (200, body), "{path}");
    }
    let tag = async |path| text(&fetch("GET", path, &[]).await.0.headers, "etag").to_owned();
    assert_ne!(tag("/").await, tag("/prod").await);
    assert_eq!(tag("/openapi.json").await, tag("/prod/openapi.json").await);
}

#[tokio::test]
async fn files_are_compressed_for_who_accepts_gzip() {
    for path in FILES {
        let (plain, body) = fetch("GET", path, &[("accept-encoding", "gzip;q=0")]).await;
        let (coded, packed) = fetch("GET", path, &[("accept-encoding", "br, gzip")]).await;
        assert_eq!(text(&plain.headers, "content-encoding"), "", "{path}");
        if text(&plain.headers, "content-type") == "image/png" {
            assert_eq!((text(&coded.headers, "content-encoding"), text(&coded.headers, "vary")), ("", ""));
            continue;
        }
        assert_eq!(text(&coded.headers, "content-encoding"), "gzip", "{path}");
        assert!(packed.len() < body.len(), "{path}");
        assert_eq!(gunzip(&packed), body, "{path}");
        assert_ne!(text(&coded.headers, "etag"), text(&plain.headers, "etag"), "{path}");
        assert!([&plain, &coded].iter().all(|parts| text(&parts.headers, "vary") == "accept-encoding"), "{path}");
        let (head, nothing) = fetch("HEAD", path, &[("accept-encoding", "gzip")]).await;
        assert_eq!(
            (text(&head.headers, "content-length"), nothing.len()),
            (packed.len().to_string().as_str(), 0),
            "{path}"
        );
        // The tag of a coding is not that of another.
        let tags = [("accept-encoding", "gzip"), ("if-none-match", text(&plain.headers, "etag"))];
        assert_eq!(fetch("GET", path, &tags).await.0.status, 200, "{path}");
        let tags = [("accept-encoding", "gzip"), ("if-none-match", text(&coded.headers, "etag"))];
        let (unchanged, _) = fetch("GET", path, &tags).await;
        assert_eq!((unchanged.status.as_u16(), text(&unchanged.headers, "content-encoding")), (304, ""), "{path}");
    }
}

/// Nothing but what a browser shows as a document needs a policy.
#[tokio::test]
async fn answers_of_data_have_no_policy() {
    let answer = get("/prod/stats?numbers=5").await;
    for header in ["content-security-policy", "cross-origin-resource-policy", "etag", "vary"] {
        assert_eq!(answer.header(header), "", "{header}");
    }
    let refused = ask("POST", "/page/page.css", &[], Body::empty()).await;
    refused.problem(405);
    assert_eq!(refused.header("allow"), "GET,HEAD");
}

#[tokio::test]
async fn the_engine_is_sent_by_brotli_to_who_accepts_it() {
    let (plain, module) = fetch("GET", "/page/engine.wasm", &[]).await;
    assert_eq!(text(&plain.headers, "content-type"), "application/wasm");
    assert_eq!((&module[..4], text(&plain.headers, "content-encoding")), (&b"\0asm"[..], ""));
    let (coded, packed) = fetch("GET", "/prod/page/engine.wasm", &[("accept-encoding", "gzip, br")]).await;
    assert_eq!((text(&coded.headers, "content-encoding"), text(&coded.headers, "vary")), ("br", "accept-encoding"));
    let mut unpacked = Vec::new();
    brotli::BrotliDecompress(&mut &packed[..], &mut unpacked).expect("Brotli");
    assert_eq!(unpacked, module);
    assert!(packed.len() < 980_000, "{}", packed.len());
    let (coded, packed) = fetch("GET", "/page/engine.wasm", &[("accept-encoding", "gzip, br;q=0")]).await;
    assert_eq!((text(&coded.headers, "content-encoding"), gunzip(&packed)), ("gzip", module.to_vec()));
    let same = [("accept-encoding", "gzip"), ("if-none-match", text(&coded.headers, "etag"))];
    assert_eq!(fetch("GET", "/page/engine.wasm", &same).await.0.status, 304);
}

#[tokio::test]
async fn the_page_in_one_file_loads_nothing() {
    let file = get("/describe.html").await;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "text/html; charset=utf-8"));
    check_isolated(&file);
    for name in ["script-src", "style-src"] {
        assert!(directive(&file, name).is_some_and(|sources| sources.starts_with("'sha256-")), "{name}");
    }
    assert_eq!((directive(&file, "connect-src"), directive(&file, "worker-src")), (None, Some("blob:")));
    assert!(file.body.len() < 1_500_000 && file.body == describe_api::page::offline(), "{}", file.body.len());
}

#[tokio::test]
async fn the_page_says_where_it_calculates() {
    for (engine, name) in [(PageEngine::Local, "local"), (PageEngine::Server, "server"), (PageEngine::Both, "both")] {
        let request = Request::get("/").body(Body::empty()).expect("a request");
        let page = send(service(|config| config.page_engine = engine), request).await;
        assert!(page.body.contains(&format!("data-engine=\"{name}\"")), "{name}");
    }
}

#[tokio::test]
async fn the_page_and_its_files_are_small() {
    let page = get("/prod/").await;
    let files = links(&page.body).into_iter().filter(|link| link.starts_with("page/"));
    let scripts = describe_api::page::SCRIPTS.map(|(name, _)| name.to_owned());
    let mut total = page.body.len();
    for (name, kind) in [
        ("words.js", "text/javascript; charset=utf-8"),
        ("report.css", "text/css; charset=utf-8"),
        ("marks.csv", "text/csv; charset=utf-8"),
    ] {
        let file = get(&format!("/page/{name}")).await;
        assert_eq!((file.status.as_u16(), file.header("content-type")), (200, kind));
    }
    for name in files.map(|link| link["page/".len()..].to_owned()).chain(scripts) {
        total += fetch("GET", &format!("/prod/page/{name}"), &[("accept-encoding", "gzip")]).await.1.len();
    }
    assert!(total < 100_000, "{total}");
    assert_eq!(get("/favicon.svg").await.header("content-type"), "image/svg+xml");
    for path in ["/page", "/page/", "/page/../Cargo.toml", "/page/other.js", "/page.css"] {
        get(path).await.problem(404);
    }
}

/// What browsers accept when a form is sent.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

/// The answer to a form, as a browser without a script sends that of the page.
async fn submit(target: &str, accept: &str, parts: &[Field<'_>]) -> Answer {
    let request = Request::post(target.parse::<Uri>().expect("a URL"));
    let request = request.header("content-type", multipart::TYPE).header("accept", accept);
    let request = request.body(Body::from(multipart::form(parts))).expect("a request");
    let (Parts { status, headers, .. }, body) = send_unchecked(service(|_| ()), request).await;
    let body = String::from_utf8(body.to_vec()).expect("text");
    Answer { status, headers, body, reading: serde_json::Value::Null }
}

#[tokio::test]
async fn a_form_without_a_script_gets_a_report() {
    let blank = [("name=\"column\"", &b""[..]), ("name=\"group_by\"", b"cohort"), ("name=\"group_by\"", b"")];
    let rest = [("name=\"absent\"", &b"X, ABS"[..]), ("name=\"compare\"", b""), ("name=\"baseline\"", b"")];
    let table: [Field; 2] = [(FILE, TABLE.as_bytes()), ("name=\"numbers\"", b"")];
    let report = submit("/prod/stats?format=html", BROWSER, &[&table[..], &blank, &rest].concat()).await;
    assert_eq!((report.status.as_u16(), report.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(report.body.contains("mark by cohort"), "{}", report.body);
    let none = ("name=\"file\"; filename=\"\"", &b""[..]);
    for numbers in ["5\r\n6", "5, 6", "5 6\r\n", "a\tb\r\n5\tx\r\n6\ty\r\n"] {
        let report =
            submit("/prod/stats?format=html", BROWSER, &[none, ("name=\"numbers\"", numbers.as_bytes())]).await;
        assert_eq!(report.status, 200, "{}", report.body);
        assert!(report.body.contains("<data value=\"5.5\">"), "{numbers}: {}", report.body);
    }
}

#[tokio::test]
async fn errors_are_pages_where_html_is_asked_for() {
    let marks = "cohort,mark\n2023,41\n2023,<b>\n";
    let parts = [(FILE, marks.as_bytes()), ("name=\"column\"", b"mark")];
    for (target, back) in [("/prod/stats?format=html", "./"), ("/prod/stats/?format=html", "./../")] {
        let page = submit(target, BROWSER, &parts).await;
        assert_eq!((page.status.as_u16(), page.header("content-type")), (422, "text/html; charset=utf-8"));
        assert!(page.body.contains("row 3, column mark") && page.body.contains("&lt;b&gt;"), "{}", page.body);
        assert!(page.body.contains("422 Unprocessable Entity") && !page.body.contains("more</li>"), "{}", page.body);
        assert_eq!((page.header("cache-control"), page.header("vary")), ("no-store", "accept"));
        check_isolated(&page);
        check_nothing_is_inline(&page.body, 0);
        assert!(links(&page.body).contains(&back.to_owned()), "{}", page.body);
        for link in links(&page.body) {
            assert_eq!(get(&follow(target.split('?').next().expect("a path"), &link)).await.status, 200, "{link}");
        }
    }
    // Nothing to describe, and a request that is refused before its body is read.
    let nothing = submit("/prod/stats?format=html", BROWSER, &[("name=\"numbers\"", b"")]).await;
    assert_eq!((nothing.status.as_u16(), nothing.header("content-type")), (422, "text/html; charset=utf-8"));
    assert_eq!(submit("/elsewhere", "text/html", &[]).await.header("content-type"), "text/html; charset=utf-8");
    // The format that the URL asks for is that of errors, too, whatever Accept prefers.
    for (target, accept) in [
        ("/prod/stats?format=html", "*/*"),
        ("/prod/stats?format=html", ""),
        ("/prod/stats?format=html", "text/html, application/json"),
        ("/prod/stats?ddof=0&format=html&axis=0", "image/png"),
        ("/prod/stats?format=", "text/html"),
        ("/prod/stats", "text/html, application/json;q=0.9"),
    ] {
        let page = submit(target, accept, &parts).await;
        assert_eq!((page.status.as_u16(), page.header("content-type")), (422, "text/html; charset=utf-8"), "{accept}");
    }
    // A format other than HTML wins, and Accept with JSON and without HTML asks for problem documents.
    for (target, accept) in [
        ("/prod/stats?format=html", "application/problem+json, */*"),
        ("/prod/stats?format=html", "Application/JSON"),
        ("/prod/stats?format=csv", BROWSER),
        ("/prod/stats?format=csv", "text/html"),
        ("/prod/stats", BROWSER),
        ("/prod/stats", "text/html, application/json"),
        ("/prod/stats", "*/*"),
    ] {
        submit(target, accept, &parts).await.problem(422);
    }
}
