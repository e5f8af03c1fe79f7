//! The same service as a Lambda function: events of API Gateway (REST and HTTP APIs), load balancers and function URLs
//! in, responses out.
//!
//! `lambda_http` turns an event into a request and puts the stage before its path, which is the base path. This module
//! adds:
//!
//! * **Size.** A response may have 6 MB, or 1 MB behind a load balancer, as text in JSON. A larger one is replaced by an error
//!   that says what to do, instead of a 502 of the platform. (The service compresses large answers if the client accepts gzip.)
//! * **The log.** The process may be frozen as soon as a response has left, so log lines are written at once.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::process::ExitCode;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONNECTION, CONTENT_ENCODING};
use axum::http::{HeaderValue, Request};
use axum::response::{IntoResponse, Response};
use lambda_http::request::{LambdaRequest, RequestContext};
use lambda_http::{Adapter, LambdaEvent, RequestExt, lambda_runtime};
use tower::{Service, ServiceExt, service_fn};

use crate::cli::settings::Config;
use crate::http::access::client::Peer;
use crate::http::error::Error;
use crate::http::media::accepts_gzip;
use crate::http::request_error::RequestError;
use crate::http::router::router;
use crate::http::state::State;
use crate::telemetry;

/// Maximum size of the body of a response, as Lambda counts it.
const MAX_BODY_BYTES: usize = (6 << 20) - HEAD_BYTES;
/// The same for a response to an event of a load balancer.
const MAX_BODY_BYTES_BEHIND_LOAD_BALANCER: usize = (1 << 20) - HEAD_BYTES;
/// Bytes that both leave for the head of the response.
const HEAD_BYTES: usize = 16 << 10;

/// Whether this process was started by Lambda, where there is no port to listen on.
#[must_use]
pub fn is_lambda() -> bool {
    std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_some()
}

/// Answers events, one at a time, until Lambda stops the process.
#[must_use]
pub fn run(config: Config) -> ExitCode {
    telemetry::start_blocking(&config);
    let router = router(&State::new(config));
    let mut function = Adapter::from(service_fn(async |event| Ok::<_, Infallible>(respond(&router, event).await)));
    let events = service_fn(|mut event: LambdaEvent<LambdaRequest>| {
        encode_query(&mut event.payload);
        function.call(event)
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Into::into);
    let served = runtime.and_then(|runtime| runtime.block_on(lambda_runtime::run(events)));
    if let Err(error) = served {
        // About the connection to Lambda, nothing that a client sent.
        tracing::error!(error = error.to_string(), "cannot serve");
    }
    ExitCode::FAILURE
}

/// Percent-encodes what a URI may not contain. Events of version 2 have the query as the client sent it, and `lambda_http`
/// panics at a space or a quote, which the service answers by an error.
fn encode_query(event: &mut LambdaRequest) {
    let LambdaRequest::ApiGatewayV2(event) = event else { return };
    let Some(query) = event.raw_query_string.as_mut() else { return };
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte);
    if query.bytes().all(is_allowed) {
        return;
    }
    *query = query.bytes().fold(String::new(), |mut encoded, byte| {
        if is_allowed(byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    });
}

async fn respond(router: &Router, event: lambda_http::Request) -> Response {
    let behind_load_balancer = matches!(event.request_context_ref(), Some(RequestContext::Alb(_)));
    let max_bytes = if behind_load_balancer { MAX_BODY_BYTES_BEHIND_LOAD_BALANCER } else { MAX_BODY_BYTES };
    let accepts_gzip = accepts_gzip(event.headers());
    let Ok(response) = router.clone().oneshot(request(event)).await;
    fit(response, max_bytes, accepts_gzip).await
}

/// Request of an event. Lambda's id of the event is the one in the log, unless the client sent another.
fn request(event: lambda_http::Request) -> Request<Body> {
    let id = event.lambda_context_ref().and_then(|context| HeaderValue::from_str(&context.request_id).ok());
    let peer = peer(&event);
    let mut request = event.map(|body| match body {
        lambda_http::Body::Text(text) => Body::from(text),
        lambda_http::Body::Binary(bytes) => Body::from(bytes),
        _ => Body::empty(),
    });
    if let Some(peer) = peer {
        request.extensions_mut().insert(peer);
    }
    if let Some(id) = id {
        request.headers_mut().entry("x-request-id").or_insert(id);
    }
    request
}

/// Address that the event reports; that of a load balancer reports none.
fn peer(event: &lambda_http::Request) -> Option<Peer> {
    let address = match event.request_context_ref()? {
        RequestContext::ApiGatewayV1(context) => context.identity.source_ip.as_ref(),
        RequestContext::ApiGatewayV2(context) => context.http.source_ip.as_ref(),
        _ => None,
    };
    address?.parse().ok().map(Peer)
}

/// Replaces a response that is too large by an error.
async fn fit(response: Response, max_bytes: usize, accepts_gzip: bool) -> Response {
    let (mut head, body) = response.into_parts();
    // Lambda has no connection that the header could be about.
    head.headers.remove(CONNECTION);
    let Ok(body) = to_bytes(body, usize::MAX).await else { return Error::Internal.into_response() };
    // Whatever has a coding goes in base64.
    let is_coded = head.headers.contains_key(CONTENT_ENCODING);
    let size = if is_coded { size_in_base64(&body) } else { size_in_json(&body) };
    if size <= max_bytes {
        return Response::from_parts(head, Body::from(body));
    }
    let megabytes = (max_bytes + HEAD_BYTES) >> 20;
    Error::from(RequestError::AnswerTooLarge { megabytes, takes_gzip: accepts_gzip }).into_response()
}

/// Size of a body in the JSON of Lambda: text with its quotes escaped, anything else in base64. The larger of the two, since
/// the choice is Lambda's.
fn size_in_json(bytes: &[u8]) -> usize {
    let escaped = |byte: &u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' => 2,
        0..0x20 => 6,
        _ => 1,
    };
    let text = str::from_utf8(bytes).map_or(0, |_| bytes.iter().map(escaped).sum());
    text.max(size_in_base64(bytes))
}

fn size_in_base64(bytes: &[u8]) -> usize {
    bytes.len().div_ceil(3) * 4
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn status_and_size(response: Response, max_bytes: usize) -> (u16, usize) {
        let response = fit(response, max_bytes, true).await;
        let status = response.status().as_u16();
        (status, to_bytes(response.into_body(), usize::MAX).await.expect("a body").len())
    }

    #[tokio::test]
    async fn responses_fit_or_become_errors() {
        let plain = |text: &str| text.repeat(300).into_response();
        assert_eq!(status_and_size(plain("a"), 400).await, (200, 300));
        assert_eq!(status_and_size(plain("\""), 400).await.0, 413);
        let coded = |text: &str| ([(CONTENT_ENCODING, "gzip")], text.repeat(300)).into_response();
        assert_eq!(status_and_size(coded("\""), 400).await, (200, 300));
        assert_eq!(status_and_size(coded("a"), 399).await.0, 413);
    }
}
