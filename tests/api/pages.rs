//! The page and the documentation.

use super::{FIVE_SIX, get, send, service};
use axum::body::Body;
use axum::http::{Request, Uri};

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
        ("/prod", ["/", "/prod", "/prod/", "/docs", "/docs/", "/prod/docs", "/prod/docs/"].as_slice()),
        ("/a/b", &["/", "/a/b", "/a/b/", "/docs", "/a/b/docs", "/a/b/docs/"]),
        ("", &["/", "/docs", "/docs/"]),
    ] {
        let get = async |path: &str| {
            let request = Request::get(path.parse::<Uri>().expect("a URL")).body(Body::empty()).expect("a request");
            send(service(|config| base.clone_into(&mut config.base_path)), request).await
        };
        for path in paths {
            let page = get(path).await;
            assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{base} {path}");
            assert!(!page.body.contains("{{") && !page.body.contains("//cdn"), "{}", page.body);
            assert!(!page.header("content-security-policy").is_empty());
            let links = links(&page.body);
            assert!(links.len() >= 3, "{path}: {links:?}");
            for link in links {
                let target = follow(path, &link);
                let answer = get(&target).await;
                assert_eq!(answer.status, 200, "{path} links to {link}, which is {target}");
                assert!(!link.contains("stats") || answer.body == FIVE_SIX, "{target}");
                if link.ends_with("start.js") {
                    check_start(&target, &answer.body, base);
                }
            }
        }
    }
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
    for (file, content_type) in [
        ("swagger-ui.css", "text/css"),
        ("swagger-ui-bundle.js", "text/javascript"),
        ("favicon-32x32.png", "image/png"),
    ] {
        let answer = get(&format!("/prod/docs/{file}")).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, content_type));
    }
}
