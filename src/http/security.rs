//! Headers that restrict what a browser does with a document of ours.
//!
//! Input: the headers of a response with HTML or SVG. Output: a Content-Security-Policy, and headers that isolate the document
//! from other sites. Invariant: no policy allows an inline script, nor an inline style other than that of a report.

use std::sync::LazyLock;

use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use describe_options::Format;
use describe_reports::{html, svg};

/// Header of what only pages of the same site may embed.
pub const RESOURCE_POLICY: (HeaderName, HeaderValue) =
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));

/// Policy of the pages: they load their own files only, which may compile WebAssembly and begin workers. Swagger UI has small images
/// in its style sheet.
const PAGE_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     worker-src blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);

/// Policies of reports and charts.
static REPORT_POLICY: LazyLock<HeaderValue> = LazyLock::new(|| report_policy(&html::style()));
static CHART_POLICY: LazyLock<HeaderValue> = LazyLock::new(|| report_policy(svg::STYLE));

/// Adds the headers of a page.
pub fn secure_page(headers: &mut HeaderMap) {
    headers.insert(CONTENT_SECURITY_POLICY, PAGE_POLICY);
    isolate(headers);
}

/// Adds the headers of an answer in a format that a browser shows as a document; none for the others.
pub fn secure_report(headers: &mut HeaderMap, format: Format) {
    let policy = match format {
        Format::Html => REPORT_POLICY.clone(),
        Format::Svg => CHART_POLICY.clone(),
        Format::Json | Format::Ndjson | Format::Csv | Format::Markdown | Format::Xlsx | Format::Ods | Format::State => {
            return;
        }
    };
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    isolate(headers);
}

/// The document tells no other site where its reader comes from, and shares nothing with other windows.
fn isolate(headers: &mut HeaderMap) {
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    headers.extend([RESOURCE_POLICY]);
}

/// Policy of a file that runs nothing and loads nothing. It must be complete where it is saved, so its style is inline, and
/// allowed by its hash.
fn report_policy(style: &str) -> HeaderValue {
    let hash = STANDARD.encode(Sha256::digest(style));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
    );
    // It is ASCII; a policy that allows nothing is the safe one.
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'; sandbox"))
}
