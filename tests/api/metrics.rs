//! The metrics of the service, as a scraper reads them.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::{Answer, send, service};

async fn ask(service: &Router, method: &str, target: &str, body: &'static str) -> Answer {
    let request = Request::builder().method(method).uri(target).header("content-type", "text/csv");
    send(service.clone(), request.body(Body::from(body)).expect("a request")).await
}

/// The metrics as text.
async fn scrape(service: &Router) -> String {
    let request = Request::get("/metrics").body(Body::empty()).expect("a request");
    let Ok(response) = service.clone().oneshot(request).await;
    assert_eq!(response.status(), 200);
    let media_type = response.headers()["content-type"].to_str().expect("text").to_owned();
    assert!(media_type.starts_with("application/openmetrics-text"), "{media_type}");
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    let text = String::from_utf8(body.to_vec()).expect("text");
    assert!(text.ends_with("# EOF\n"), "{text}");
    text
}

/// The value of the one line that begins with `series`.
#[track_caller]
fn value(metrics: &str, series: &str) -> f64 {
    let lines: Vec<&str> = metrics.lines().filter_map(|line| line.strip_prefix(series)).collect();
    let [line] = lines[..] else { panic!("{series}: {lines:?} in\n{metrics}") };
    line.trim().parse().expect("a number")
}

#[tokio::test]
async fn requests_are_counted_by_method_route_and_status() {
    let service = service(|_| ());
    for target in ["/prod/stats?numbers=5&numbers=6", "/prod/stats/?numbers=5&numbers=6&statistics=mean"] {
        ask(&service, "GET", target, "").await;
    }
    ask(&service, "GET", "/prod/stats?numbers=5&numbers=x739148206", "").await;
    ask(&service, "POST", "/prod/stats?group_by=g", "g,mark\na,5\na,6\nb,739148206.25\n").await;
    ask(&service, "GET", "/no/739148206", "").await;
    ask(&service, "M739148206", "/prod/stats", "").await;
    let metrics = scrape(&service).await;
    let count = |labels: &str| value(&metrics, &format!("http_server_request_duration_seconds_count{{{labels}}}"));
    let of = |method, route, status| {
        count(&format!(
            "http_request_method=\"{method}\",http_route=\"{route}\",http_response_status_code=\"{status}\""
        ))
    };
    assert_eq!(of("GET", "/prod/stats", 200), 2.0);
    assert_eq!(of("GET", "/prod/stats", 422), 1.0);
    assert_eq!(of("POST", "/prod/stats", 200), 1.0);
    assert_eq!(of("GET", "none", 404), 1.0);
    assert_eq!(of("_OTHER", "/prod/stats", 405), 1.0);
    assert_eq!(value(&metrics, "describe_values_total"), 7.0);
    assert_eq!(value(&metrics, "describe_errors_total{code=\"float_parsing\"}"), 1.0);
    assert_eq!(value(&metrics, "describe_errors_total{code=\"not_found\"}"), 1.0);
    // The scrape itself.
    assert_eq!(value(&metrics, "http_server_active_requests"), 1.0);
    let received = "http_server_request_body_size_bytes_sum{http_request_method=\"POST\"";
    let received = metrics.lines().find(|line| line.starts_with(received)).expect("a line");
    assert!(received.ends_with(" 30.0"), "{received}");
    assert!(value(&metrics, "describe_processor_seconds_total") > 0.0);
    assert!(!metrics.contains("739148206"), "{metrics}");
}

#[tokio::test]
async fn budgets_and_what_is_in_use_of_them() {
    let service = service(|config| {
        config.max_large_requests = 3;
        config.memory = Some(64 << 20);
    });
    let metrics = scrape(&service).await;
    for (series, expected) in [
        ("describe_requests_limit{class=\"large\"}", 3.0),
        ("describe_requests_in_flight{class=\"large\"}", 0.0),
        ("describe_requests_waiting{class=\"small\"}", 0.0),
        ("describe_requests_waiting_limit", 256.0),
        ("describe_connections ", 0.0),
        ("describe_connections_limit", 4096.0),
        ("describe_memory_used_bytes", 0.0),
        ("describe_memory_limit_bytes", 67_108_864.0),
        ("describe_requests_shed_total{reason=\"memory\"}", 0.0),
        (concat!("describe_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"}"), 1.0),
    ] {
        assert_eq!(value(&metrics, series), expected, "{series}");
    }
    #[cfg(target_os = "linux")]
    assert!(value(&metrics, "process_resident_memory_bytes") > 1e6);
    assert!(value(&metrics, "process_start_time_seconds") > 1.7e9);
}

#[tokio::test]
async fn with_a_port_of_their_own_they_are_nowhere_else() {
    let service = service(|config| config.metrics_port = Some(0));
    assert_eq!(ask(&service, "GET", "/metrics", "").await.status, 404);
}
