//! Errors as pages, for those who asked for HTML.
//!
//! Input: a request, and the response to it. Output: the response with a page in place of its problem document, and the same
//! status. Invariant: a request that does not ask for HTML, or whose Accept names JSON and not HTML, gets the problem document.

use std::fmt::Write;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::Response;

use crate::http::static_file::HTML;
use crate::http::{media, security};
use describe_engine::Problem;
use describe_options::Format;
use describe_reports::svg::escape;

/// Options that sentences about data name, and the labels of their fields on the page.
const LABELS: [(&str, &str); 11] = [
    ("absent", "Not a mark"),
    ("invalid", "leave out every other entry that is not a number"),
    ("header", "Headings"),
    ("skip_rows", "Rows above the table"),
    ("skip_end", "Rows below the table"),
    ("delimiter", "Between cells"),
    ("decimal", "Decimal mark"),
    ("thousands", "Thousands mark"),
    ("strip", "Signs to take off numbers"),
    ("sheet", "Sheet of the workbook"),
    ("encoding", "Letters stored as"),
];

/// The page of an error, which a request has asked for.
pub struct ErrorPage {
    /// Leads from the URL of the request to the directory of the page.
    here: String,
}

impl ErrorPage {
    /// `None` if the request does not ask for HTML.
    #[must_use]
    pub fn requested(request: &Request, base_path: &str) -> Option<Self> {
        if !is_requested(request.headers(), request.uri()) {
            return None;
        }
        let path = request.uri().path();
        let below = path.strip_prefix(base_path).filter(|rest| rest.starts_with('/')).unwrap_or(path);
        Some(Self { here: format!("./{}", "../".repeat(below.matches('/').count().saturating_sub(1))) })
    }

    /// Replaces the problem document of a response, if it has one.
    pub fn show(&self, response: &mut Response) {
        let Some(problem) = response.extensions().get::<Arc<Problem>>() else { return };
        let page = self.page(problem);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(HTML));
        headers.insert(VARY, HeaderValue::from_static("accept"));
        headers.remove(CONTENT_LENGTH);
        security::secure_page(headers);
        *response.body_mut() = Body::from(page);
    }

    fn page(&self, problem: &Problem) -> String {
        let here = &self.here;
        let mut errors: String = problem.messages().fold(String::new(), |mut list, message| {
            let _ = writeln!(list, "<li>{}</li>", escape(message));
            list
        });
        if problem.unlisted() > 0 {
            let _ = writeln!(errors, "<li>and {} more</li>", problem.unlisted());
        }
        let words = if errors.is_empty() {
            format!("<p>{}</p>", escape(&problem.detail))
        } else {
            format!("<ul>\n{errors}</ul>")
        };
        let fields = LABELS.iter().filter(|(option, _)| words.contains(&format!("{option}=")));
        let fields: Vec<String> = fields.map(|(option, label)| format!("{option} is the field “{label}”")).collect();
        let fields =
            if fields.is_empty() { String::new() } else { format!("<p>On the page {}.</p>\n", fields.join(", ")) };
        let (status, title) = (problem.status, problem.title);
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Nothing was calculated: {title}</title>\n\
             <link rel=\"icon\" href=\"{here}favicon.svg\">\n<link rel=\"stylesheet\" href=\"{here}page/report.css\">\n\
             <link rel=\"stylesheet\" href=\"{here}page/page.css\">\n</head>\n<body>\n<main>\n<h1>Nothing was calculated</h1>\n\
             <p class=\"origin\">{status} {title}</p>\n<div class=\"fault\">\n{words}\n</div>\n{fields}\
             <p>Go back in your browser: what you filled in is still there. Or <a href=\"{here}\">begin again</a>; \
             the <a href=\"{here}docs\">documentation</a> has every option.</p>\n</main>\n</body>\n</html>\n"
        )
    }
}

/// Whether the answer is to be HTML: by `format=html` in the URL or, if the URL has no format, by Accept. A program that asks for
/// a report and reads problem documents says so by an Accept with JSON and without HTML.
fn is_requested(headers: &HeaderMap, url: &Uri) -> bool {
    let format = url.query().unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("format="));
    match format.filter(|format| !format.is_empty()) {
        Some(format) => format == Format::Html.name() && (accepts(headers, "text/html") || !accepts(headers, "json")),
        None => media::accepted(headers) == Some(Format::Html),
    }
}

/// Whether Accept names a media type with this text in it.
fn accepts(headers: &HeaderMap, name: &str) -> bool {
    let mut values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    values.any(|value| value.to_ascii_lowercase().contains(name))
}
