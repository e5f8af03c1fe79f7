//! What the document says of formats, stamps and publication.

use serde::Serialize;
use utoipa::openapi::ContentBuilder;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat};
use utoipa::openapi::{ResponseBuilder, Type};
use utoipa::{IntoParams, ToSchema};

/// The options of the answer's form.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "only described")]
pub struct OutputParams {
    /// The format of the answer. Without it the header Accept decides among the exact media types; a wildcard means JSON, as
    /// with browsers. `csv` has the figures that are one number; the others have all.
    #[param(inline, nullable = false)]
    format: Option<Format>,
    /// A chart as SVG (or, with `format=html`, in the report): `histogram` with a box plot above it, `box`, `ecdf` (the
    /// cumulative distribution), or `compare`: the groups' box plots on one axis. At most 12 results.
    #[param(inline, nullable = false)]
    chart: Option<Chart>,
    /// Whether the answer says what it was made from: version, options, SHA-256 of the file as it was sent (of a GET: of the
    /// query), rows, time. Reports and workbooks always do; CSV cannot.
    #[param(default = false, nullable = false)]
    stamp: Option<bool>,
    /// The rules of a regulator: `ofqual` (30 October 2025) is `round_counts=5`, `suppress_below=5`, percentages with one
    /// decimal, `rounding=half_up` and `withhold=true`; each may be given as well, and then wins.
    #[param(inline, nullable = false)]
    publish: Option<Publish>,
    /// Counts are rounded to multiples of this; 0: not at all.
    #[param(minimum = 0, maximum = 1_000_000, nullable = false)]
    round_counts: Option<u64>,
    /// Counts from 1 up to this are `null`, and `withheld` says "fewer than 5"; a true 0 stays. 0: none.
    #[param(minimum = 0, maximum = 1_000_000, nullable = false)]
    suppress_below: Option<u64>,
    /// Decimal places of every figure that is no count, rounded once from the exact value.
    #[param(minimum = 0, maximum = 15, nullable = false)]
    decimals: Option<u64>,
    /// Where a tie goes: `half_up`, away from zero, or `half_even`.
    #[param(inline, nullable = false)]
    rounding: Option<Rounding>,
    /// Whether figures are withheld that fewer than `suppress_below` values stand behind or lie at or beyond, that tell how many
    /// values there are, or that a withheld count could be found from. Default: with `suppress_below`.
    #[param(nullable = false)]
    withhold: Option<bool>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(default = "json")]
#[allow(dead_code, reason = "only described")]
enum Format {
    Json,
    Ndjson,
    Csv,
    Markdown,
    Html,
    Svg,
    Xlsx,
    Ods,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(dead_code, reason = "only described")]
enum Chart {
    Histogram,
    Box,
    Ecdf,
    Compare,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(default = "none")]
#[allow(dead_code, reason = "only described")]
enum Publish {
    Ofqual,
    None,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(default = "half_up")]
#[allow(dead_code, reason = "only described")]
enum Rounding {
    HalfUp,
    HalfEven,
}

/// What an answer was made from.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
pub(super) struct Stamp {
    /// The version of the program.
    version: String,
    /// The options as they were given.
    options: std::collections::BTreeMap<String, Texts>,
    /// The SHA-256 of the file's bytes as they were sent, of each file when there are several, or of the query of the URL.
    sha256: Texts,
    /// How many records, or numbers; `null` where that is withheld.
    #[schema(required)]
    rows: Option<u64>,
    /// When the answer was made.
    #[schema(format = DateTime)]
    time: String,
}

/// A text or several.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only described")]
enum Texts {
    One(String),
    Many(Vec<String>),
}

/// The other formats of an answer.
pub(super) fn other_formats(response: ResponseBuilder) -> ResponseBuilder {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let file = || text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
    let response = ["application/x-ndjson", "text/csv", "text/markdown", "text/html", "image/svg+xml"]
        .into_iter()
        .fold(response, |response, name| response.content(name, ContentBuilder::new().schema(Some(text())).build()));
    [
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.spreadsheet",
    ]
    .into_iter()
    .fold(response, |response, name| response.content(name, ContentBuilder::new().schema(Some(file())).build()))
}
