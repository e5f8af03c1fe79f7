//! Traces: a span for each request, sent to a collector by OTLP over HTTP.
//!
//! Input: every request at its end. Output: batches of spans in protobuf, from a thread of their own. Invariant: a span is made here and
//! nowhere else, of words that the code knows: the method, the template of the route, the status, the code of an error. No layer
//! that records requests by itself is used, so no URL, query or body can enter a span.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::MatchedPath;
use opentelemetry::trace::{
    Span, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer,
    TracerProvider,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

use crate::telemetry::metrics::Ended;
use crate::telemetry::trace_context::TraceContext;

/// Time limit for sending a batch.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// Time between two log lines about a collector that does not take spans.
const WARNING_INTERVAL: Duration = Duration::from_mins(1);

/// The sender of spans. Dropping it sends what is left.
pub struct Traces {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Traces")
    }
}

impl Traces {
    /// Sends spans to the collector at this URL, such as `http://127.0.0.1:4318`.
    ///
    /// # Errors
    /// A URL that cannot be used.
    pub fn new(endpoint: &str) -> std::io::Result<Self> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector::default())
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
            .with_timeout(SEND_TIMEOUT)
            .build()
            .map_err(std::io::Error::other)?;
        let resource = Resource::builder_empty().with_service_name("describe-api");
        let resource = resource.with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION"))).build();
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        Ok(Self { tracer: provider.tracer("describe-api"), provider })
    }

    /// Records a request that has just ended.
    pub fn record(&self, request: &Ended<'_>, parent: Option<TraceContext>) {
        let route = request.route.map_or("none", MatchedPath::as_str).to_owned();
        let mut attributes = vec![
            KeyValue::new("http.request.method", request.method),
            KeyValue::new("http.route", route.clone()),
            KeyValue::new("http.response.status_code", i64::from(request.status)),
        ];
        attributes.extend(request.error.map(|code| KeyValue::new("error.type", code)));
        let ended = SystemTime::now();
        let span = self.tracer.span_builder(format!("{} {route}", request.method)).with_kind(SpanKind::Server);
        let span = span.with_start_time(ended - request.duration).with_attributes(attributes);
        let mut span = self.tracer.build_with_context(span, &parent.map_or_else(Context::new, remote));
        // A refusal is the client's fault, and no error of the server's.
        if request.status >= 500 {
            span.set_status(Status::error(request.error.unwrap_or_default()));
        }
        span.end_with_timestamp(ended);
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        let _ = self.provider.shutdown();
    }
}

/// The context of a caller's span.
fn remote(parent: TraceContext) -> Context {
    let flags = if parent.is_sampled { TraceFlags::SAMPLED } else { TraceFlags::default() };
    let (trace, span) = (TraceId::from(parent.trace), SpanId::from(parent.parent));
    Context::new().with_remote_span_context(SpanContext::new(trace, span, flags, true, TraceState::default()))
}

/// The collector, as it is sent to: from the thread of the batches, which may wait.
#[derive(Debug, Default)]
struct Collector {
    /// When it was last warned of, in seconds since 1970.
    warned: AtomicU64,
}

impl Collector {
    fn warn(&self, reason: &dyn fmt::Display) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        if now >= self.warned.load(Ordering::Relaxed) + WARNING_INTERVAL.as_secs() {
            self.warned.store(now, Ordering::Relaxed);
            tracing::warn!(reason = reason.to_string(), "the collector does not take spans");
        }
    }
}

#[async_trait::async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().timeout_global(Some(SEND_TIMEOUT)).http_status_as_error(false).build().into();
        let (head, body) = request.into_parts();
        let sent = agent.run(Request::from_parts(head, body.to_vec()));
        let mut response = sent.inspect_err(|error| self.warn(error))?;
        if !response.status().is_success() {
            self.warn(&response.status());
        }
        let body = response.body_mut().with_config().limit(1 << 16).read_to_vec().unwrap_or_default();
        Ok(Response::from_parts(response.into_parts().0, Bytes::from(body)))
    }
}
