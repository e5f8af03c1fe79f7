//! The OpenAPI 3.1 document: title, tags, server, and the shapes that the handlers' own notes name.
//!
//! `openapi/openapi.json` is this document as committed; `cargo run -- openapi > openapi/openapi.json` renews it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::ObjectBuilder;
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder, Server, Type};
use utoipa::{IntoParams, IntoResponses, ToSchema};

use crate::error::Problem;

/// The document of a server with this base path.
#[must_use]
pub fn document(base_path: &str) -> String {
    let mut document = head();
    let described = crate::router::described();
    document.paths = described.paths;
    document.components.get_or_insert_default().schemas.extend(described.components.unwrap_or_default().schemas);
    let url = if base_path.is_empty() { "/" } else { base_path };
    document.servers = Some(vec![Server::new(url)]);
    document.to_pretty_json().unwrap_or_default() + "\n"
}

/// Everything but the paths.
fn head() -> OpenApi {
    #[derive(utoipa::OpenApi)]
    #[openapi(
        info(title = "describe-api", description = DESCRIPTION),
        components(schemas(Problem, Description)),
        tags(
            (name = "statistics", description = "Describe numbers."),
            (name = "service", description = "Is it there?"),
            (name = "operation", description = "For load balancers; always at the root, whatever the base path.")
        )
    )]
    struct Head;
    <Head as utoipa::OpenApi>::openapi()
}

const DESCRIPTION: &str = "Exact descriptive statistics over HTTP.

Every figure is **the correctly rounded value of the exact result for the decimals as they were written**: `0.1`, `0.2` \
and `0.3` have mean `0.2` and skewness `0.0`. The answer does not depend on the order of the numbers, on the machine, or \
on whether they came in a URL, as JSON or as text. Definitions and defaults are those of `scipy.stats.describe`.

* A figure that is undefined or not finite is `null`, and `warnings` says why. Data never cause a 500.
* A path may end with a slash or not; there are no redirects. HEAD is answered like GET.
* Errors are problem documents (RFC 9457); bad values are listed in `errors`, the first 20 of `error_count`.
* A request's `X-Request-Id` is repeated in the answer, or one is made. Numbers are never logged.";

/// The numbers of a URL.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "only described")]
pub struct Numbers {
    /// A number, once for each: `numbers=5&numbers=6`. Decimals as Python's `float()` takes them (`5.`, `.5`, `1e5`;
    /// `+5` is sent as `%2B5`, since a `+` in a URL is a space). `nan` is a missing value; `inf` is allowed.
    #[param(example = json!([5, 6]), style = Form, explode, min_items = 1)]
    numbers: Vec<f64>,
}

/// The options of a description.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "only described")]
pub struct OptionParams {
    /// Delta degrees of freedom of the variance: it divides by n - ddof.
    #[param(default = 1, minimum = 0)]
    ddof: Option<u64>,
    /// Whether skewness and kurtosis are the biased ones; `false` corrects them for a sample.
    #[param(default = true)]
    bias: Option<bool>,
    /// What becomes of missing values: `propagate` makes every figure undefined, `omit` leaves them out, `raise` refuses them.
    #[param(inline)]
    nan_policy: Option<NanPolicy>,
}

/// The option of nested arrays.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "only described")]
pub struct AxisParam {
    /// For nested arrays: `0` describes each column, `1` each row, `none` all numbers as one array.
    #[param(inline)]
    axis: Option<Axis>,
}

/// What becomes of missing values.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(default = "propagate")]
#[allow(dead_code, reason = "only described")]
enum NanPolicy {
    Propagate,
    Raise,
    Omit,
}

/// The axis of nested arrays.
#[derive(Serialize, ToSchema)]
#[schema(default = "0")]
#[allow(dead_code, reason = "only described")]
enum Axis {
    #[serde(rename = "0")]
    Columns,
    #[serde(rename = "1")]
    Rows,
    #[serde(rename = "none")]
    Flat,
}

/// A JSON body.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only described")]
pub enum Body {
    /// Numbers; `null` is a missing value.
    Numbers(Vec<Option<f64>>),
    /// Nested arrays of equal lengths, described along `axis`.
    Nested(Vec<Vec<Option<f64>>>),
    /// Numbers and options.
    WithOptions(WithOptions),
}

/// Numbers with the options beside them.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
pub struct WithOptions {
    /// The numbers, also as nested arrays.
    numbers: Vec<NumberOrRow>,
    /// Delta degrees of freedom of the variance.
    #[schema(default = 1, minimum = 0, nullable = false)]
    ddof: Option<u64>,
    /// Whether skewness and kurtosis are the biased ones.
    #[schema(default = true, nullable = false)]
    bias: Option<bool>,
    /// What becomes of missing values.
    #[schema(nullable = false)]
    nan_policy: Option<NanPolicy>,
    /// For nested arrays: 0 columns, 1 rows, null all numbers as one array.
    #[schema(default = 0, minimum = 0, maximum = 1)]
    axis: Option<u8>,
}

/// A number, or a row of them.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only described")]
enum NumberOrRow {
    /// A number; `null` is a missing value.
    Number(Option<f64>),
    /// A row of nested arrays.
    Row(Vec<Option<f64>>),
}

/// What is answered: scipy's six figures, in this order. Nested arrays have lists in place of single figures.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
pub struct Description {
    /// How many numbers were described.
    nobs: Count,
    /// The least and the greatest.
    #[schema(min_items = 2, max_items = 2)]
    minmax: Vec<Figure>,
    /// The arithmetic mean.
    mean: Figure,
    /// The variance, with `ddof`.
    variance: Figure,
    /// The skewness: the third standardised moment.
    skewness: Figure,
    /// The kurtosis by Fisher's definition: 0 for a normal distribution.
    kurtosis: Figure,
    /// Why figures are `null`; only there when some are.
    #[schema(nullable = false)]
    warnings: Option<Vec<Warning>>,
}

#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only described")]
enum Count {
    /// Of all numbers, or of every slice.
    One(u64),
    /// Of each slice, when they differ.
    Many(Vec<u64>),
}

/// A figure; `null` when it is undefined or not finite.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only described")]
enum Figure {
    /// Of a flat array.
    One(Option<f64>),
    /// Of each slice of nested arrays.
    Many(Vec<Option<f64>>),
}

/// Why a figure is `null`.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
struct Warning {
    /// The figure.
    #[schema(example = "variance")]
    field: String,
    /// Of what sort it is.
    code: WarningCode,
    /// What happened and what to do.
    message: String,
}

/// `undefined`: there is no such figure for these data. `nan`: a missing value was propagated. `infinite`: an infinity
/// was given. `overflow`: it is beyond the double range.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(dead_code, reason = "only described")]
enum WarningCode {
    Undefined,
    Nan,
    Infinite,
    Overflow,
}

type Responses = BTreeMap<String, RefOr<Response>>;

/// The answer to good numbers.
pub struct Described;

impl IntoResponses for Described {
    fn responses() -> Responses {
        let description =
            json!({"nobs": 2, "minmax": [5.0, 6.0], "mean": 5.5, "variance": 0.5, "skewness": 0.0, "kurtosis": -2.0});
        BTreeMap::from([(
            "200".to_owned(),
            response("The description.", "application/json", "Description", description).build().into(),
        )])
    }
}

/// Why `GET /stats` may fail.
pub struct QueryFailures;

impl IntoResponses for QueryFailures {
    fn responses() -> Responses {
        let refused = "Well-formed, but not something that can be described: not a number, out of range, no number at all, an unknown option. All bad values are counted, the first 20 listed.";
        failures(&[
            (
                400,
                "The query is not UTF-8 once its percent signs are decoded.",
                "The query of the URL is not UTF-8 once its percent signs are decoded.",
            ),
            (
                406,
                "The header Accept rules out application/json.",
                "The answer is application/json, which the header Accept of this request rules out.",
            ),
            (
                414,
                "The URL is longer than 65,000 bytes: send the numbers by POST.",
                "The URL is longer than 65000 bytes. Send the numbers in the body of a POST to the same path: it has room for millions.",
            ),
            (422, refused, "query numbers 1 should be a number"),
        ])
    }
}

/// Why `POST /stats` may fail.
pub struct BodyFailures;

impl IntoResponses for BodyFailures {
    fn responses() -> Responses {
        let mut all = QueryFailures::responses();
        all.extend(failures(&[
            (400, "The body is not what it claims to be (JSON syntax; a `NaN` literal is none), or broke off.", "The body broke off, or its chunks are not valid HTTP/1.1."),
            (408, "The body was not complete in time.", "The body was not complete in time (setting --body-timeout or BODY_TIMEOUT)."),
            (413, "The body, one of its numbers, or the answer is larger than a limit of the server; the detail names it.", "The body is larger than 1073741824 bytes, the limit of this server (its setting --body-limit or BODY_LIMIT)."),
            (415, "A Content-Type or Content-Encoding that cannot be read. Accept-Post lists the types.", "The body must be application/json or text/plain (numbers separated by white space); say which in Content-Type."),
        ]));
        all
    }
}

/// Why anything may fail.
pub struct Failures;

impl IntoResponses for Failures {
    fn responses() -> Responses {
        failures(&[])
    }
}

/// The answer of a server that is about to end.
pub struct Draining;

impl IntoResponses for Draining {
    fn responses() -> Responses {
        let description = "The server is about to end.";
        BTreeMap::from([(
            "503".to_owned(),
            problem(503, description, "The server is about to end. Ask again: another one will answer."),
        )])
    }
}

/// These failures and those that every endpoint has.
fn failures(own: &[(u16, &str, &str)]) -> Responses {
    let common = [
        (
            405,
            "The path does not know the method; Allow lists those that it knows.",
            "This path does not know this method; the header Allow lists those that it knows.",
        ),
        (
            500,
            "A mistake of the server.",
            "The server made a mistake. It has been logged; the header X-Request-Id names this request.",
        ),
    ];
    let all = own.iter().chain(&common);
    all.map(|(status, description, detail)| (status.to_string(), problem(*status, description, detail))).collect()
}

fn problem(status: u16, description: &str, detail: &str) -> RefOr<Response> {
    let title = axum::http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let mut example = json!({"type": "about:blank", "title": title, "status": status, "detail": detail});
    if status == 422 {
        example["errors"] =
            json!([{"loc": ["query", "numbers", 1], "type": "float_parsing", "msg": detail, "input": "abc"}]);
        example["error_count"] = json!(1);
    }
    let header = match status {
        405 => Some("Allow"),
        415 => Some("Accept-Post"),
        503 => Some("Retry-After"),
        _ => None,
    };
    let mut response = response(description, "application/problem+json", "Problem", example);
    if let Some(name) = header {
        let text = ObjectBuilder::new().schema_type(Type::String);
        response = response.header(name, HeaderBuilder::new().schema(Some(text)).build());
    }
    response.build().into()
}

fn response(description: &str, media_type: &str, schema: &str, example: Value) -> ResponseBuilder {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).example(Some(example)).build();
    ResponseBuilder::new().description(description).content(media_type, content)
}
