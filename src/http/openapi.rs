//! The OpenAPI 3.1 document: title, tags, server, and the schemas that the handlers' annotations refer to.
//!
//! `openapi/openapi.json` is this document as committed; `cargo run -- openapi > openapi/openapi.json` renews it.

mod bodies;
mod options;
mod parameters;
mod protection;
mod responses;

use utoipa::openapi::schema::{AllOf, Object, ObjectBuilder, Schema};
use utoipa::openapi::{OpenApi, RefOr, Server};

use describe_engine::Problem;
use describe_reports::json::{Description, ItemDescription, NestedDescription, Preview, TableDescription};

pub use bodies::{
    Body, File, Files, Form, ItemForm, NestedBody, NumbersRequest, SQL_RESULT, STATES, SqlRows, StateList, States,
    TableBody,
};
pub use options::{BodyOptions, FileOptions, ItemOptions, MergeOptions, QueryOptions, ReadingOptions, TableOptions};
use parameters::ContentEncoding;
pub use parameters::{CodingParam, Numbers, PreviewRows};
pub use protection::Protection;
pub use responses::{
    BodyDescribed, BodyFailures, Described, Draining, Failures, ITEMS, ItemsAnalysed, MARKS, NestedDescribed,
    Previewed, QueryFailures, TABLE, TableDescribed,
};

/// OpenAPI document of these routes under a base path, with the schemes of their protection, as JSON.
#[must_use]
pub fn document(routes: OpenApi, base_path: &str, protection: Protection) -> String {
    let mut document = head();
    document.paths = routes.paths;
    let schemas = &mut document.components.get_or_insert_default().schemas;
    schemas.extend(routes.components.unwrap_or_default().schemas);
    for schema in schemas.values_mut() {
        if let RefOr::T(Schema::AllOf(parts)) = schema
            && let Some(object) = joined(parts)
        {
            *schema = RefOr::T(object.into());
        }
    }
    protection.add_schemes(&mut document);
    let url = if base_path.is_empty() { "/" } else { base_path };
    document.servers = Some(vec![Server::new(url)]);
    document.to_pretty_json().unwrap_or_default() + "\n"
}

/// One object with the members of all parts, if these are objects: documentation and generated clients show it better. The
/// last part has the members of the type itself; they come before the flattened ones, and replace them.
fn joined(parts: &AllOf) -> Option<Object> {
    let (own, taken_in) = parts.items.split_last()?;
    let mut joined = ObjectBuilder::new().description(parts.description.clone()).build();
    for part in std::iter::once(own).chain(taken_in) {
        let RefOr::T(Schema::Object(Object { properties, required, .. })) = part else { return None };
        for (name, property) in properties {
            joined.properties.entry(name.clone()).or_insert_with(|| property.clone());
        }
        joined.required.extend(required.iter().cloned());
    }
    Some(joined)
}

/// Everything but the paths.
fn head() -> OpenApi {
    #[derive(utoipa::OpenApi)]
    #[openapi(
        info(title = "describe-api", description = DESCRIPTION),
        components(schemas(
            ContentEncoding,
            Problem,
            Description,
            NestedDescription,
            TableDescription,
            ItemDescription,
            Preview
        )),
        tags(
            (name = "statistics", description = "Describe numbers."),
            (name = "databases", description = "Describe what stays in a database."),
            (name = "service", description = "Test the connection."),
            (name = "operation", description = "For load balancers; also at the root, whatever the base path.")
        )
    )]
    struct Head;
    <Head as utoipa::OpenApi>::openapi()
}

const DESCRIPTION: &str = "Exact descriptive statistics over HTTP.

Every statistic is **the correctly rounded value of the exact result for the decimals as they were written**: `0.1`, `0.2` \
and `0.3` have mean `0.2` and skewness `0.0`. The answer does not depend on the order of the numbers, on the machine, or \
on whether they came in a URL, as JSON, as text or in a spreadsheet. Definitions and defaults are those of `scipy.stats.describe`; `statistics` requests others.

* A statistic that is undefined or not finite is `null`, and `warnings` says why. Data never cause a 500.
* A path may end with a slash or not; there are no redirects. HEAD is answered like GET without the body; OPTIONS with 204 and `Allow`.
* Errors are problem documents (RFC 9457); bad values are listed in `errors`, the first 20 of `error_count`.
* A request's `X-Request-Id` is repeated in the answer, or one is made. Numbers are never logged.";
