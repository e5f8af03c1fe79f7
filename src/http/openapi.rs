//! The OpenAPI 3.1 document: title, tags, server, and the shapes that the handlers' own notes name.
//!
//! `openapi/openapi.json` is this document as committed; `cargo run -- openapi > openapi/openapi.json` renews it.

mod answers;
mod bodies;
mod figures;
mod options;
mod parameters;
mod responses;

use utoipa::openapi::{OpenApi, Server};

use crate::http::error::Problem;

use answers::{Description, TableDescription};

pub use bodies::{Body, File, Form};
pub use options::{BodyOptions, QueryOptions};
pub use parameters::{CodingParam, Numbers};
pub use responses::{BodyDescribed, BodyFailures, Described, Draining, Failures, QueryFailures, TABLE};

/// OpenAPI document of these routes under a base path, as JSON.
#[must_use]
pub fn document(routes: OpenApi, base_path: &str) -> String {
    let mut document = head();
    document.paths = routes.paths;
    document.components.get_or_insert_default().schemas.extend(routes.components.unwrap_or_default().schemas);
    let url = if base_path.is_empty() { "/" } else { base_path };
    document.servers = Some(vec![Server::new(url)]);
    document.to_pretty_json().unwrap_or_default() + "\n"
}

/// Everything but the paths.
fn head() -> OpenApi {
    #[derive(utoipa::OpenApi)]
    #[openapi(
        info(title = "describe-api", description = DESCRIPTION),
        components(schemas(Problem, Description, TableDescription)),
        tags(
            (name = "statistics", description = "Describe numbers."),
            (name = "service", description = "Test the connection."),
            (name = "operation", description = "For load balancers; always at the root, whatever the base path.")
        )
    )]
    struct Head;
    <Head as utoipa::OpenApi>::openapi()
}

const DESCRIPTION: &str = "Exact descriptive statistics over HTTP.

Every figure is **the correctly rounded value of the exact result for the decimals as they were written**: `0.1`, `0.2` \
and `0.3` have mean `0.2` and skewness `0.0`. The answer does not depend on the order of the numbers, on the machine, or \
on whether they came in a URL, as JSON, as text or in a spreadsheet. Definitions and defaults are those of `scipy.stats.describe`; `statistics` asks for more figures.

* A figure that is undefined or not finite is `null`, and `warnings` says why. Data never cause a 500.
* A path may end with a slash or not; there are no redirects. HEAD is answered like GET.
* Errors are problem documents (RFC 9457); bad values are listed in `errors`, the first 20 of `error_count`.
* A request's `X-Request-Id` is repeated in the answer, or one is made. Numbers are never logged.";
