//! All routes, and the handling of every request.
//!
//! Input: the state. Output: the service as an axum router. The endpoints are nested under the base path; `/livez`,
//! `/readyz` and the pages for people are there and at the root. Every path is answered with and without a trailing slash,
//! never by a redirect.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::FutureExt;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;

use crate::cli::settings::Config;
use crate::http::access;
use crate::http::access::scopes::Scope;
use crate::http::cors;
use crate::http::error::{Error, MAX_URL_BYTES};
use crate::http::error_page::ErrorPage;
#[cfg(feature = "mcp")]
use crate::http::handlers::mcp;
#[cfg(feature = "sql")]
use crate::http::handlers::sql;
use crate::http::handlers::{docs, health, items, merge, page, preview, simple, stats, typed};
use crate::http::openapi::{self, Protection};
use crate::http::state::SharedState;
use crate::server::wire::WireFault;
use crate::telemetry::RequestLine;

/// Endpoints under the base path, with their part of the OpenAPI document.
fn endpoints() -> Vec<UtoipaMethodRouter<SharedState>> {
    vec![
        routes!(stats::describe_query, stats::describe_body),
        routes!(typed::describe_numbers),
        routes!(typed::describe_nested),
        routes!(typed::describe_table),
        routes!(typed::describe_files),
        routes!(items::analyse_items),
        routes!(merge::merge_states),
        #[cfg(feature = "sql")]
        routes!(sql::write_statement),
        #[cfg(feature = "sql")]
        routes!(sql::finish_statement),
        routes!(preview::preview_body),
        routes!(simple::hello),
    ]
}

/// Endpoints under the base path and also at the root: load balancers are configured separately.
fn health_endpoints() -> [UtoipaMethodRouter<SharedState>; 2] {
    [routes!(health::livez), routes!(health::readyz)]
}

/// OpenAPI document of a service with this base path, without keys and rates, as JSON.
#[must_use]
pub fn openapi_document(base_path: &str) -> String {
    protected_document(base_path, Protection::default())
}

/// OpenAPI document of a service with these settings, as JSON.
#[must_use]
pub fn openapi_of(config: &Config) -> String {
    protected_document(&config.base_path, Protection::of(config))
}

fn protected_document(base_path: &str, protection: Protection) -> String {
    let routes = |routes: Vec<_>| routes.into_iter().fold(OpenApiRouter::new(), OpenApiRouter::routes).into_openapi();
    let mut all = routes(endpoints());
    protection.add_to(&mut all);
    all.merge(routes(health_endpoints().into()));
    openapi::document(all, base_path, protection)
}

/// The service: every route, the errors for other paths and methods, and `around` each of them.
pub fn router(state: &SharedState) -> Router {
    let (base, config) = (state.config.base_path.clone(), &state.config);
    let files = shared_files(&base, Protection::of(&state.config));
    // Made once: each has the schemas of the document with it, which takes a millisecond.
    let (health, endpoints) = (both_spellings(health_endpoints()), endpoints());
    let paths: Vec<String> = endpoints.iter().flat_map(|(_, paths, _)| paths.paths.keys().cloned()).collect();
    let root = health.clone().merge(files.clone()).merge(docs_pages(&format!("..{base}")));
    let root = root.route("/", page::page("", base.strip_prefix('/').unwrap_or("."), config));
    let root = if state.config.metrics_port.is_none() {
        root.merge(access::guarded(metrics(), &state.access, Scope::Metrics))
    } else {
        root
    };
    let nested = both_spellings(endpoints);
    #[cfg(feature = "mcp")]
    let nested = if state.config.mcp { nested.merge(agents(state)) } else { nested };
    let nested = access::guarded(nested, &state.access, Scope::Describe);
    let elsewhere = {
        let base = base.clone();
        move |uri: &Uri| {
            let path = uri.path().trim_end_matches('/');
            let known = paths.iter().find(|known| !base.is_empty() && *known == path);
            known.map(|known| format!("{base}{known}"))
        }
    };
    let all = if let Some((_, last)) = base.rsplit_once('/') {
        let nested = nested.merge(health);
        let nested = nested.merge(files).merge(docs_pages(".."));
        let nested = nested.route("/", page::page(&format!("{last}/"), ".", config));
        // `nest` gives the route `/` the base path itself; with the slash it is another path.
        root.nest(&base, nested).route(&format!("{base}/"), page::page("", ".", config))
    } else {
        root.merge(nested)
    };
    let all = all
        .fallback(async move |uri: Uri| elsewhere(&uri).map_or(Error::NotFound, Error::NotFoundWithoutBasePath))
        .method_not_allowed_fallback(other_method)
        .layer(from_fn_with_state(Arc::clone(state), around));
    cors::allow(all, state).with_state(Arc::clone(state))
}

/// The operator's port: whether the service runs and is ready, and its metrics.
pub fn operations(state: &SharedState) -> Router {
    let routes = both_spellings(health_endpoints()).merge(metrics());
    routes
        .fallback(async || Error::NotFound)
        .method_not_allowed_fallback(other_method)
        .layer(from_fn_with_state(Arc::clone(state), around))
        .with_state(Arc::clone(state))
}

/// The metrics, for programs that ask again and again.
fn metrics() -> Router<SharedState> {
    Router::new().route("/metrics", get(health::metrics)).route("/metrics/", get(health::metrics))
}

/// The response to a method that a path does not have; axum adds the header Allow. OPTIONS asks for that alone.
async fn other_method(method: Method) -> Response {
    if method == Method::OPTIONS { StatusCode::NO_CONTENT.into_response() } else { Error::Method.into_response() }
}

/// Handling of every request: its id, its log line, the limit of its URL, and the response to a panic.
async fn around(
    State(state): State<SharedState>,
    route: Option<MatchedPath>,
    mut request: Request,
    next: Next,
) -> Response {
    let error_page = ErrorPage::requested(&request, &state.config.base_path);
    let line = RequestLine::begin(Arc::clone(&state.instruments), &mut request, route);
    let url = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let fault = request.extensions().get::<WireFault>().copied();
    let mut response = if let Some(fault) = fault {
        Error::from(fault).into_response()
    } else if url > MAX_URL_BYTES {
        Error::UrlLimit.into_response()
    } else {
        let response = AssertUnwindSafe(next.run(request)).catch_unwind().await;
        response.unwrap_or_else(|_| Error::Internal.into_response())
    };
    if let Some(error_page) = error_page {
        error_page.show(&mut response);
    }
    line.end(&mut response);
    response
}

/// Endpoints with and without a trailing slash.
fn both_spellings(endpoints: impl IntoIterator<Item = UtoipaMethodRouter<SharedState>>) -> Router<SharedState> {
    let mut router = Router::new();
    for (_, paths, methods) in endpoints {
        for path in paths.paths.keys() {
            router = router.route(path, methods.clone()).route(&format!("{path}/"), methods.clone());
        }
    }
    router
}

/// The endpoint of agents, which is not part of the OpenAPI document.
#[cfg(feature = "mcp")]
fn agents(state: &SharedState) -> Router<SharedState> {
    let operations = both_spellings(endpoints()).with_state(Arc::clone(state));
    let answer = mcp::answer(operations, &openapi_document(&state.config.base_path));
    Router::new().route("/mcp", answer.clone()).route("/mcp/", answer)
}

/// Files that are the same at the root and under the base path.
fn shared_files(base: &str, protection: Protection) -> Router<SharedState> {
    let base = base.to_owned();
    let document = docs::document(move || protected_document(&base, protection));
    let files = Router::new()
        .route("/openapi.json", document.clone())
        .route("/openapi.json/", document)
        .route("/favicon.svg", page::icon())
        .route("/accessibility", page::accessibility("./"))
        .route("/accessibility/", page::accessibility("../"))
        .route("/describe.html", page::offline());
    let files = page::files().fold(files, |files, (name, file)| files.route(&format!("/page/{name}"), file));
    docs::swagger_ui().fold(files, |files, (name, file)| files.route(&format!("/docs/{name}"), file))
}

/// The page of Swagger UI and its script; `base` leads from `/docs/` to the base path. All links are relative, so that a prefix
/// that a proxy adds does not break them.
fn docs_pages(base: &str) -> Router<SharedState> {
    Router::new()
        .route("/docs", docs::index("docs/"))
        .route("/docs/", docs::index("./"))
        .route("/docs/start.js", docs::start(base))
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Mutex, PoisonError};

    use super::*;
    use crate::telemetry;
    use axum::body::{Body, HttpBody};
    use tower::ServiceExt;
    use tracing::level_filters::LevelFilter;

    /// Router whose handlers panic with a number in the message.
    fn panicking() -> Router {
        let at_once = get(|| -> std::future::Ready<&'static str> { panic!("a bug at 739148206.25481937") });
        let later = get(async || -> &'static str {
            tokio::task::yield_now().await;
            panic!("a bug at {}", "739148206.25481937")
        });
        let router =
            Router::new().route("/at-once", at_once).route("/later", later).route("/well", get(async || "well"));
        router
            .layer(from_fn_with_state(crate::http::state::State::new(crate::cli::settings::Config::default()), around))
    }

    /// Log that a test reads.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Responses to requests whose URLs hold a number, and the log of them.
    async fn responses_and_log(json: bool) -> (Vec<Response>, String) {
        let lines = Lines::default();
        let writer = lines.clone();
        let _log =
            tracing::subscriber::set_default(telemetry::subscriber(LevelFilter::TRACE, json, move || writer.clone()));
        let mut responses = Vec::new();
        for path in ["/at-once?739148206", "/later?25481937", "/well"] {
            let request = Request::get(path).body(Body::empty()).expect("a request");
            let Ok(response) = panicking().oneshot(request).await;
            responses.push(response);
        }
        let bytes = std::mem::take(&mut *lines.0.lock().unwrap_or_else(PoisonError::into_inner));
        (responses, String::from_utf8(bytes).expect("text"))
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_document_and_is_logged_by_its_place_only() {
        let other_hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(telemetry::log_panic));
        let logged = [responses_and_log(true).await, responses_and_log(false).await];
        std::panic::set_hook(other_hook);
        for ((responses, log), status) in logged.into_iter().zip(["\"status\":500", "status=500"]) {
            assert_eq!(
                responses.iter().map(|response| response.status().as_u16()).collect::<Vec<_>>(),
                [500, 500, 200]
            );
            for response in responses {
                assert!(response.headers().contains_key("x-request-id"));
                assert!(response.body().size_hint().lower() > 0);
            }
            assert_eq!((log.matches("router.rs:").count(), log.matches(status).count()), (2, 2), "{log}");
            assert!(!log.contains("739148206") && !log.contains("25481937") && !log.contains("bug"), "{log}");
        }
    }
}
