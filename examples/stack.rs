//! The peer that the service is measured against: a constant answer behind what axum services in production usually have around
//! their routes. That is an id and a line of JSON in the log for each request, a timeout, and a guard against panics.
//!
//! ```sh
//! cargo run --release --example stack -- 8001 '{"nobs":2}'
//! ```

use std::{env, error::Error, net::Ipv4Addr, time::Duration};

use axum::extract::Request;
use axum::{Router, http::StatusCode, http::header::CONTENT_TYPE, routing::get};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, RequestId};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::{DefaultOnResponse, TraceLayer};
use tower_http::{LatencyUnit, ServiceBuilderExt};
use tracing::{Level, info_span};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(port), Some(body)) = (arguments.next(), arguments.next()) else {
        return Err("usage: stack PORT BODY".into());
    };
    let body: &'static str = body.leak();
    // Written by a thread of its own, as the service does.
    let (log, _guard) = tracing_appender::non_blocking(std::io::stderr());
    tracing_subscriber::fmt().json().with_writer(log).init();

    let span = |request: &Request| {
        let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
        info_span!("request", method = %request.method(), path = request.uri().path(), id)
    };
    let finished = DefaultOnResponse::new().level(Level::INFO).latency_unit(LatencyUnit::Micros);
    let layers = ServiceBuilder::new()
        .set_x_request_id(MakeRequestUuid)
        .layer(TraceLayer::new_for_http().make_span_with(span).on_response(finished))
        .propagate_x_request_id()
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(10)))
        .layer(CatchPanicLayer::new());
    let answer = get(async move || ([(CONTENT_TYPE, "application/json")], body));
    let router = Router::new().route("/prod/stats", answer).layer(layers);

    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port.parse::<u16>()?)).await?;
    axum::serve(listener, router).await?;
    Ok(())
}
