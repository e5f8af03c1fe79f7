//! What the service measures itself with: metrics, and spans if there is a collector.

#[cfg(feature = "otlp")]
use crate::cli::settings::Config;
use crate::telemetry::metrics::{Ended, Metrics};
use crate::telemetry::trace_context::TraceContext;
#[cfg(feature = "otlp")]
use crate::telemetry::traces::Traces;

/// Metrics and traces of a service.
#[derive(Debug, Default)]
pub struct Instruments {
    /// What the service has done.
    pub metrics: Metrics,
    /// The sender of spans.
    #[cfg(feature = "otlp")]
    traces: Option<Traces>,
}

impl Instruments {
    /// Instruments by these settings.
    #[cfg(feature = "otlp")]
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let traces = config.otlp_endpoint.as_deref().and_then(|endpoint| {
            let traces = Traces::new(endpoint);
            traces.inspect_err(|error| tracing::error!(error = error.to_string(), "no spans are sent")).ok()
        });
        Self { metrics: Metrics::new(), traces }
    }

    /// Notes a request that has just ended, in the trace that its client named.
    pub fn end(&self, request: &Ended<'_>, trace: Option<TraceContext>) {
        self.metrics.end(request);
        #[cfg(feature = "otlp")]
        if let Some(traces) = &self.traces {
            traces.record(request, trace);
        }
        #[cfg(not(feature = "otlp"))]
        let _ = trace;
    }
}
