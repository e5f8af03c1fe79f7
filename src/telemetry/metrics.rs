//! The metrics: what the service does and how much of its budgets is in use, as text for a scraper.
//!
//! Input: every request at its end, and at each scrape how much of its budgets is in use. Output: the text that Prometheus reads, with the
//! names of the semantic conventions of telemetry where there is one. Invariant: labels are words that the code knows (methods, templates
//! of routes, statuses, codes of errors), so that no metric holds what a client sent, and their number is bounded.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::MatchedPath;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::http::error::{Error, Shed};

/// Media type of the text.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds of durations in seconds: those of the semantic conventions, and from 0.1 ms, which is a small request.
const SECONDS: [f64; 17] =
    [0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0];

/// Upper bounds of sizes in bytes: 256 B to 1 GiB in steps of four.
const BYTES: [f64; 12] = [
    256.0,
    1024.0,
    4096.0,
    16_384.0,
    65_536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
    268_435_456.0,
    1_073_741_824.0,
];

/// A request at its end.
pub struct Ended<'a> {
    /// Its method, or `_OTHER`.
    pub method: &'static str,
    /// Template of its route.
    pub route: Option<&'a MatchedPath>,
    /// Status of the response.
    pub status: u16,
    /// Code of the error.
    pub error: Option<&'static str>,
    /// Time from the head to the response.
    pub duration: Duration,
    /// Size of the body of the request.
    pub bytes_in: u64,
    /// Size of the body of the response.
    pub bytes_out: u64,
}

/// How much of its budgets a service uses.
#[derive(Clone, Debug)]
pub struct Usage {
    /// Each class of requests.
    pub classes: Vec<ClassUsage>,
    /// Requests of all classes that may wait.
    pub waiting_limit: usize,
    /// Open connections, and those that may be open.
    pub connections: [usize; 2],
    /// Bytes that requests hold, as charged, and may hold.
    pub memory: [usize; 2],
    /// Bytes of the process.
    pub resident: usize,
    /// Processor time of requests, as charged, in nanoseconds.
    pub spent: u64,
}

/// Places for requests of a class.
#[derive(Clone, Copy, Debug)]
pub struct ClassUsage {
    /// Name of the class.
    pub name: &'static str,
    /// Requests that have a place.
    pub in_flight: usize,
    /// Places.
    pub limit: usize,
    /// Requests that wait for a place.
    pub waiting: usize,
}

/// Labels of a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
#[expect(clippy::struct_field_names, reason = "the names of the semantic conventions")]
struct RequestLabels {
    http_request_method: &'static str,
    http_route: Route,
    http_response_status_code: u16,
}

/// Template of a route, without a slash at its end.
#[derive(Clone, Debug)]
struct Route(Option<MatchedPath>);

impl Route {
    fn as_str(&self) -> &str {
        let path = self.0.as_ref().map_or("none", MatchedPath::as_str);
        path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(path)
    }
}

impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Route {}

impl Hash for Route {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl EncodeLabelValue for Route {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        self.as_str().encode(encoder)
    }
}

/// Labels of an error.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CodeLabels {
    code: &'static str,
}

/// Labels of a refusal for want of room.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ShedLabels {
    reason: &'static str,
}

/// Labels of a class of requests.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ClassLabels {
    class: &'static str,
}

type Histograms = Family<RequestLabels, Histogram, fn() -> Histogram>;

/// The metrics of a service.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    durations: Histograms,
    sizes_in: Histograms,
    sizes_out: Histograms,
    active: Gauge,
    values: Counter,
    errors: Family<CodeLabels, Counter>,
    shed: Family<ShedLabels, Counter>,
    readings: Readings,
}

/// Gauges that are set at each scrape.
#[derive(Debug, Default)]
struct Readings {
    in_flight: Family<ClassLabels, Gauge>,
    in_flight_limit: Family<ClassLabels, Gauge>,
    waiting: Family<ClassLabels, Gauge>,
    waiting_limit: Gauge,
    connections: Gauge,
    connections_limit: Gauge,
    memory: Gauge,
    memory_limit: Gauge,
    resident: Gauge,
    /// Processor time of requests.
    processor: Counter<f64, std::sync::atomic::AtomicU64>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Metrics of a service that starts now.
    #[must_use]
    pub fn new() -> Self {
        let seconds: fn() -> Histogram = || Histogram::new(SECONDS);
        let bytes: fn() -> Histogram = || Histogram::new(BYTES);
        let mut metrics = Self {
            registry: Registry::default(),
            durations: Family::new_with_constructor(seconds),
            sizes_in: Family::new_with_constructor(bytes),
            sizes_out: Family::new_with_constructor(bytes),
            active: Gauge::default(),
            values: Counter::default(),
            errors: Family::default(),
            shed: Family::default(),
            readings: Readings::default(),
        };
        metrics.register_requests();
        metrics.register_process();
        metrics.readings.register(&mut metrics.registry);
        for reason in Shed::ALL {
            let _ = metrics.shed.get_or_create(&ShedLabels { reason: reason.name() });
        }
        // What operators are alerted to begins at zero, so that its first increase can be seen.
        let _ = metrics.errors.get_or_create(&CodeLabels { code: Error::Internal.code() });
        metrics
    }

    fn register_requests(&mut self) {
        let registry = &mut self.registry;
        let (seconds, bytes) = (|| Unit::Seconds, || Unit::Bytes);
        registry.register_with_unit(
            "http_server_request_duration",
            "Time from the head of a request to the head of its response",
            seconds(),
            self.durations.clone(),
        );
        registry.register_with_unit(
            "http_server_request_body_size",
            "Size of the body of a request, as sent",
            bytes(),
            self.sizes_in.clone(),
        );
        registry.register_with_unit(
            "http_server_response_body_size",
            "Size of the body of a response",
            bytes(),
            self.sizes_out.clone(),
        );
        registry.register("http_server_active_requests", "Requests that have no response yet", self.active.clone());
        registry.register("describe_values", "Numbers that were described", self.values.clone());
        registry.register("describe_errors", "Refusals by the code of their first error", self.errors.clone());
        registry.register("describe_requests_shed", "Requests refused for want of room", self.shed.clone());
    }

    fn register_process(&mut self) {
        let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let start: Gauge<f64, std::sync::atomic::AtomicU64> = Gauge::default();
        start.set(started);
        self.registry.register_with_unit(
            "process_start_time",
            "When the process started, since 1970",
            Unit::Seconds,
            start,
        );
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        self.registry.register("describe_build", "The version of the program", build);
    }

    /// Notes that a request has begun.
    pub fn begin(&self) {
        self.active.inc();
    }

    /// Notes that a request has ended.
    pub fn end(&self, request: &Ended<'_>) {
        self.active.dec();
        let labels = RequestLabels {
            http_request_method: request.method,
            http_route: Route(request.route.cloned()),
            http_response_status_code: request.status,
        };
        self.durations.get_or_create(&labels).observe(request.duration.as_secs_f64());
        self.sizes_in.get_or_create(&labels).observe(size(request.bytes_in));
        self.sizes_out.get_or_create(&labels).observe(size(request.bytes_out));
    }

    /// Notes a refusal.
    pub fn refused(&self, code: &'static str, shed: Option<Shed>) {
        self.errors.get_or_create(&CodeLabels { code }).inc();
        if let Some(reason) = shed {
            self.shed.get_or_create(&ShedLabels { reason: reason.name() }).inc();
        }
    }

    /// Notes that this many numbers were described.
    pub fn described(&self, values: u64) {
        self.values.inc_by(values);
    }

    /// The text of all metrics, of a service that uses this much.
    #[must_use]
    pub fn write(&self, usage: &Usage) -> String {
        self.readings.read(usage);
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = text::encode(&mut text, &self.registry);
        text
    }
}

impl Readings {
    fn register(&self, registry: &mut Registry) {
        registry.register("describe_requests_in_flight", "Requests that have a place", self.in_flight.clone());
        registry.register("describe_requests_limit", "Places for requests", self.in_flight_limit.clone());
        registry.register("describe_requests_waiting", "Requests that wait for a place", self.waiting.clone());
        registry.register("describe_requests_waiting_limit", "Requests that may wait", self.waiting_limit.clone());
        registry.register("describe_connections", "Open connections", self.connections.clone());
        registry.register("describe_connections_limit", "Connections that may be open", self.connections_limit.clone());
        let bytes = [
            ("describe_memory_used", "Memory that requests hold, as charged", &self.memory),
            ("describe_memory_limit", "Memory that requests may hold", &self.memory_limit),
            ("process_resident_memory", "Memory of the process", &self.resident),
        ];
        for (name, help, gauge) in bytes {
            registry.register_with_unit(name, help, Unit::Bytes, gauge.clone());
        }
        registry.register_with_unit(
            "describe_processor",
            "Processor time of requests, as charged",
            Unit::Seconds,
            self.processor.clone(),
        );
    }

    fn read(&self, usage: &Usage) {
        for class in &usage.classes {
            let labels = ClassLabels { class: class.name };
            self.in_flight.get_or_create(&labels).set(number(class.in_flight));
            self.in_flight_limit.get_or_create(&labels).set(number(class.limit));
            self.waiting.get_or_create(&labels).set(number(class.waiting));
        }
        self.waiting_limit.set(number(usage.waiting_limit));
        let ([connections, connections_limit], [memory, memory_limit]) = (usage.connections, usage.memory);
        self.connections.set(number(connections));
        self.connections_limit.set(number(connections_limit));
        self.memory.set(number(memory));
        self.memory_limit.set(number(memory_limit));
        self.resident.set(number(usage.resident));
        let spent = Duration::from_nanos(usage.spent).as_secs_f64();
        self.processor.inc_by((spent - self.processor.get()).max(0.0));
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "sizes are below 2^53")]
fn size(bytes: u64) -> f64 {
    bytes as f64
}
