//! The service in one process: requests go straight to the router.

mod access;
mod answers;
mod body;
mod codings;
mod compression;
mod contract;
mod correlations;
mod cors;
mod equating;
mod errors;
mod grades;
mod http;
mod items;
mod metrics;
mod multipart;
mod nist;
#[path = "../numeric/nist_data.rs"]
mod nist_data;
mod openapi;
mod options;
mod origins;
mod outcomes;
mod pages;
mod paths;
mod previews;
mod query;
mod sql;
mod states;
mod statistics;
mod tables;
mod typed;

use std::convert::Infallible;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::response::Parts;
use axum::http::{HeaderMap, Request, StatusCode};
use describe_api::cli::settings::Config;
use describe_api::http::router::router;
use describe_api::http::state::State;
use futures_util::stream;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

/// The answer for 5 and 6.
const FIVE_SIX: &str = r#"{"nobs":2,"minmax":[5.0,6.0],"mean":5.5,"variance":0.5,"skewness":0.0,"kurtosis":-2.0}"#;

/// A service with these settings.
fn service(change: impl FnOnce(&mut Config)) -> Router {
    let mut config = Config::default();
    change(&mut config);
    router(&State::new(config))
}

/// An answer, read to its end.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    /// The body without the last members of an answer about a table, which say how it was read.
    body: String,
    /// These members: `source` and, if there are any, `warnings`.
    reading: Value,
}

impl Answer {
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.body))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// Checks that it is a problem document of this status, and returns it.
    #[track_caller]
    fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.header("cache-control"), "no-store");
        assert!(!self.header("x-request-id").is_empty());
        let problem = self.json();
        assert_eq!(problem["type"], "about:blank");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["title"], self.status.canonical_reason().expect("a known status"));
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{problem}");
        problem
    }
}

/// Sends a request and checks the answer against the document.
async fn send(service: Router, request: Request<Body>) -> Answer {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let (parts, body) = send_unchecked(service, request).await;
    let content_type = parts.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    contract::check(method.as_str(), &path, parts.status.as_u16(), content_type, &body);
    let body = String::from_utf8_lossy(&body).into_owned();
    let (body, reading) = match body.rsplit_once(",\"source\":") {
        Some((body, reading)) if content_type == "application/json" => {
            let reading = serde_json::from_str(&format!("{{\"source\":{reading}")).expect("JSON");
            (format!("{body}}}"), reading)
        }
        _ => (body, Value::Null),
    };
    Answer { status: parts.status, headers: parts.headers, body, reading }
}

/// Sends a request whose answer may have a content coding.
async fn send_unchecked(service: Router, request: Request<Body>) -> (Parts, Bytes) {
    let Ok(response) = service.oneshot(request).await;
    let (parts, body) = response.into_parts();
    (parts, body.collect().await.expect("a body").to_bytes())
}

/// Any request to a service with the defaults.
async fn ask(method: &str, target: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
    let request = Request::builder().method(method).uri(target);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    send(service(|_| ()), request.body(body.into()).expect("a request")).await
}

async fn get(target: &str) -> Answer {
    ask("GET", target, &[], Body::empty()).await
}

async fn post(target: &str, content_type: &str, body: impl Into<Body>) -> Answer {
    ask("POST", target, &[("content-type", content_type)], body).await
}

/// A body that arrives in pieces, of undeclared length.
async fn post_pieces(target: &str, headers: &[(&str, &str)], pieces: Vec<Vec<u8>>) -> Answer {
    let pieces = stream::iter(pieces.into_iter().map(|piece| Ok::<_, Infallible>(Bytes::from(piece))));
    ask("POST", target, headers, Body::from_stream(pieces)).await
}
