//! All routes in one list, the fallbacks, and what is around them.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use futures_util::FutureExt;
use tower::ServiceExt;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;

use crate::http::error::Error;
use crate::http::handlers::{docs, health, page, simple, stats};
use crate::http::openapi;
use crate::http::state::SharedState;
use crate::telemetry::Entry;

/// The endpoints that the OpenAPI document describes, below the base path.
fn documented() -> [UtoipaMethodRouter<SharedState>; 2] {
    [routes!(stats::describe_query, stats::describe_body), routes!(simple::hello)]
}

/// Those at the root, whatever the base path: load balancers are configured apart.
fn documented_at_root() -> [UtoipaMethodRouter<SharedState>; 2] {
    [routes!(health::livez), routes!(health::readyz)]
}

/// OpenAPI document of a service with this base path, as JSON.
#[must_use]
pub fn openapi_document(base_path: &str) -> String {
    let all = documented().into_iter().chain(documented_at_root());
    openapi::document(all.fold(OpenApiRouter::new(), OpenApiRouter::routes).into_openapi(), base_path)
}

/// The service: the routes, and around them what happens to every request.
#[derive(Clone, Debug)]
pub struct Routes {
    router: Router,
    /// The routes by path once more, for the log: the router says them in an extension, which costs more than to look.
    templates: Arc<matchit::Router<String>>,
}

impl Routes {
    /// All routes.
    #[must_use]
    pub fn new(state: &SharedState) -> Self {
        let base = state.config.base_path.as_str();
        let mut list = List::default();
        let written_for = base.to_owned();
        let document = docs::document(move || openapi_document(&written_for));
        for (_, paths, methods) in documented() {
            paths.paths.keys().for_each(|path| list.add_both(&format!("{base}{path}"), &methods));
        }
        for (_, paths, methods) in documented_at_root() {
            paths.paths.keys().for_each(|path| list.add_both(path, &methods));
        }
        let here = Links {
            page: base.strip_prefix('/').unwrap_or(".").to_owned(),
            root: "..".to_owned(),
            base: format!("..{base}"),
        };
        list.mount("", &here, &document);
        if !base.is_empty() {
            let up = "../".repeat(base.matches('/').count());
            list.mount(
                base,
                &Links { page: ".".to_owned(), root: format!("{up}.."), base: "..".to_owned() },
                &document,
            );
        }
        let router = list
            .router
            .fallback(|| async { Error::NotFound })
            .method_not_allowed_fallback(|| async { Error::Method })
            .with_state(Arc::clone(state));
        Self { router, templates: Arc::new(list.templates) }
    }

    /// The answer to a request.
    pub async fn answer(&self, mut request: Request) -> Response {
        let route = self.templates.at(request.uri().path()).ok().map(|found| found.value.as_str());
        let mut entry = Entry::new(&mut request, route);
        let answered = AssertUnwindSafe(self.router.clone().oneshot(request)).catch_unwind().await;
        // A panic is an answer before it is logged.
        let mut response = answered.map_or_else(|_| Error::Internal.into_response(), |Ok(response)| response);
        entry.end(&mut response);
        response
    }
}

/// Relative links, so that a prefix that a proxy adds does not break them.
struct Links {
    /// From the page to the base path.
    page: String,
    /// From the documentation to the root.
    root: String,
    /// From the documentation to the base path.
    base: String,
}

/// Routes that are being listed.
#[derive(Default)]
struct List {
    router: Router<SharedState>,
    templates: matchit::Router<String>,
}

impl List {
    fn add(&mut self, path: &str, methods: MethodRouter<SharedState>) {
        self.router = std::mem::take(&mut self.router).route(path, methods);
        // The router has refused what cannot be inserted.
        let _ = self.templates.insert(path, path.to_owned());
    }

    /// Both spellings, with and without a trailing slash, answer directly.
    fn add_both(&mut self, path: &str, methods: &MethodRouter<SharedState>) {
        if !path.is_empty() {
            self.add(path, methods.clone());
        }
        self.add(&format!("{path}/"), methods.clone());
    }

    /// The pages for people, which stand at the root and at the base path.
    fn mount(&mut self, at: &str, links: &Links, document: &MethodRouter<SharedState>) {
        // A browser may keep them, and asks whether there is a new version.
        let fresh = SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        self.add_both(at, &page::at(&links.page).layer(fresh.clone()));
        self.add_both(&format!("{at}/openapi.json"), &document.clone().layer(fresh.clone()));
        self.add_both(&format!("{at}/docs"), &docs::index().layer(fresh.clone()));
        self.add(&format!("{at}/docs/start.js"), docs::start(&links.root, &links.base).layer(fresh));
        self.add(&format!("{at}/docs/{{file}}"), get(docs::file));
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Mutex, PoisonError};

    use super::*;
    use crate::telemetry;
    use axum::body::{Body, HttpBody};
    use tracing::level_filters::LevelFilter;

    /// Routes whose handlers panic with a number in the message.
    fn panicking() -> Routes {
        let at_once = get(|| -> std::future::Ready<&'static str> { panic!("a bug at 7391.5482") });
        let later = get(async || -> &'static str {
            tokio::task::yield_now().await;
            panic!("a bug at {}", 7391.5482)
        });
        let router =
            Router::new().route("/at-once", at_once).route("/later", later).route("/well", get(async || "well"));
        Routes { router, templates: Arc::default() }
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
        for path in ["/at-once?7391", "/later?5482", "/well"] {
            responses.push(panicking().answer(Request::get(path).body(Body::empty()).expect("a request")).await);
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
            assert!(!log.contains("7391") && !log.contains("5482") && !log.contains("bug"), "{log}");
        }
    }
}
