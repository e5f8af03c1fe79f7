//! All routes in one list, the fallbacks, and the middleware in its order.

use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

use axum::Router;
use axum::routing::{MethodRouter, get};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;

use crate::config::Config;
use crate::error::Error;
use crate::handlers::{docs, health, page, simple, stats};
use crate::openapi;
use crate::telemetry::Requests;

/// What every handler may see.
#[derive(Debug)]
pub struct App {
    /// The settings.
    pub config: Config,
    /// Whether the server is about to end.
    pub draining: AtomicBool,
    /// The OpenAPI document, written when somebody first asks for it.
    pub document: LazyLock<String, Box<dyn FnOnce() -> String + Send>>,
}

/// The application's state as handlers get it.
pub type Shared = Arc<App>;

impl App {
    /// A state that is not draining.
    #[must_use]
    pub fn new(config: Config) -> Shared {
        let base = config.base_path.clone();
        let document = LazyLock::new(Box::new(move || openapi::document(&base)) as Box<dyn FnOnce() -> String + Send>);
        Arc::new(Self { config, draining: AtomicBool::new(false), document })
    }
}

/// The endpoints that the OpenAPI document describes, below the base path.
fn documented() -> [UtoipaMethodRouter<Shared>; 2] {
    [routes!(stats::describe_query, stats::describe_body), routes!(simple::hello)]
}

/// Those at the root, whatever the base path: load balancers are configured apart.
fn documented_at_root() -> [UtoipaMethodRouter<Shared>; 2] {
    [routes!(health::livez), routes!(health::readyz)]
}

/// What the OpenAPI document says of the routes.
#[must_use]
pub fn described() -> utoipa::openapi::OpenApi {
    let all = documented().into_iter().chain(documented_at_root());
    all.fold(OpenApiRouter::new(), OpenApiRouter::routes).into_openapi()
}

/// The application.
pub fn router(app: &Shared) -> Router {
    let base = app.config.base_path.as_str();
    let mut router = Router::new();
    for (_, paths, methods) in documented() {
        router = paths.paths.keys().fold(router, |router, path| both(router, &format!("{base}{path}"), &methods));
    }
    for (_, paths, methods) in documented_at_root() {
        router = paths.paths.keys().fold(router, |router, path| both(router, path, &methods));
    }
    let here = Links {
        page: base.strip_prefix('/').unwrap_or(".").to_owned(),
        root: "..".to_owned(),
        base: format!("..{base}"),
    };
    router = mount(router, "", &here);
    if !base.is_empty() {
        let up = "../".repeat(base.matches('/').count());
        router = mount(router, base, &Links { page: ".".to_owned(), root: format!("{up}.."), base: "..".to_owned() });
    }
    router
        .fallback(|| async { Error::NotFound })
        .method_not_allowed_fallback(|| async { Error::Method })
        // The last one added is the outermost: a panic is an answer before it is logged.
        .layer((Requests, CatchPanicLayer::custom(|_| axum::response::IntoResponse::into_response(Error::Internal))))
        .with_state(Arc::clone(app))
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

/// The pages for people, which stand at the root and at the base path.
fn mount(router: Router<Shared>, at: &str, links: &Links) -> Router<Shared> {
    let router = both(router, at, &page::at(&links.page));
    let router = both(router, &format!("{at}/openapi.json"), &get(docs::document));
    let router = both(router, &format!("{at}/docs"), &docs::index());
    router
        .route(&format!("{at}/docs/start.js"), docs::start(&links.root, &links.base))
        .route(&format!("{at}/docs/{{file}}"), get(docs::file))
}

/// Both spellings, with and without a trailing slash, answer directly.
fn both(router: Router<Shared>, path: &str, methods: &MethodRouter<Shared>) -> Router<Shared> {
    let slash = format!("{path}/");
    let router = if path.is_empty() { router } else { router.route(path, methods.clone()) };
    router.route(&slash, methods.clone())
}
