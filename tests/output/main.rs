//! Output of answers: formats, charts, stamps, and rules of publication.

#[path = "../api/contract.rs"]
mod contract;
mod disclosure;
mod formats;
mod publish;
mod stamp;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use describe_api::cli::settings::Config;
use describe_api::http::router::router;
use describe_api::http::state::State;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

/// An answer, read to its end.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    #[track_caller]
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.text()))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }
}

/// Sends a request and checks the answer against the document.
async fn ask(method: &str, target: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
    let request = Request::builder().method(method).uri(target);
    let path = target.split('?').next().unwrap_or_default();
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let service = router(&State::new(Config::default()));
    let Ok(response) = service.oneshot(request.body(body.into()).expect("a request")).await;
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("a body").to_bytes().to_vec();
    let answer = Answer { status: parts.status.as_u16(), headers: parts.headers, body };
    contract::check(method, path, answer.status, answer.header("content-type"), &answer.body);
    answer
}

async fn get(query: &str) -> Answer {
    ask("GET", &format!("/prod/stats?{query}"), &[], Body::empty()).await
}

/// Describes a table.
async fn csv(query: &str, table: impl Into<Body>) -> Answer {
    ask("POST", &format!("/prod/stats?{query}"), &[("content-type", "text/csv")], table).await
}

/// The made-up results of the examples.
const MARKS: &str = include_str!("../../examples/marks.csv");
