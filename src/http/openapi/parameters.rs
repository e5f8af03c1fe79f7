//! The parameters that are not options: numbers in the URL, and the header for compression.

use utoipa::openapi::schema::{ObjectBuilder, Schema};
use utoipa::openapi::{RefOr, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::http::media_types;

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

/// The number of records of a preview.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "only described")]
pub struct PreviewRows {
    /// The number of records to read, or `all`. Arrays of numbers and tables in JSON other than records are always read to their end.
    #[param(example = "all", default = "10000", pattern = "^([1-9][0-9]{0,17}|all)$")]
    rows: Option<String>,
}

/// Compression of the body.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "only described")]
pub struct CodingParam {
    /// Compression of the body. Two codings may be named, with a comma between them, in the order in which they were
    /// applied. gzip and zstd are also recognised by the first bytes of a body without a Content-Type and of the files of a
    /// form.
    #[param(rename = "Content-Encoding", nullable = false)]
    content_encoding: Option<ContentEncoding>,
}

/// A compression of a body.
pub struct ContentEncoding;

impl ToSchema for ContentEncoding {}

impl PartialSchema for ContentEncoding {
    fn schema() -> RefOr<Schema> {
        let description = Some("A compression of a body.");
        let names = Some(media_types::codings());
        ObjectBuilder::new().schema_type(Type::String).description(description).enum_values(names).into()
    }
}
