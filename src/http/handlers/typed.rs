//! `POST /numbers`, `/nested`, `/table` and `/upload`: what `POST /stats` does, for one kind of data each, so that a client
//! generated from the document has exact types.

use axum::response::Response;

use crate::http::body::Upload;
use crate::http::error::Error;
use crate::http::extract::{Accepts, Url};
use crate::http::handlers::stats::describe;
use crate::http::openapi;
use crate::http::operation::Operation;

/// Describe an array of numbers
///
/// A flat array, with the options beside it. The answer is JSON unless the header Accept asks for another format.
#[utoipa::path(
    post,
    path = "/numbers",
    tag = "statistics",
    operation_id = "describe_numbers",
    params(openapi::CodingParam),
    request_body(content((openapi::NumbersRequest = "application/json", example = json!({"numbers": [5, 6]}))),
        description = "The numbers and the options."),
    responses(openapi::Described, openapi::BodyFailures)
)]
pub async fn describe_numbers(accepts: Accepts, url: Url, upload: Upload) -> Result<Response, Error> {
    describe(Operation::Numbers, accepts, url, upload).await
}

/// Describe nested arrays
///
/// A result for each column, or with `axis` 1 for each row. The answer is JSON unless the header Accept asks for another
/// format. To describe all numbers as one array, send them to `/stats` with `axis=none`.
#[utoipa::path(
    post,
    path = "/nested",
    tag = "statistics",
    operation_id = "describe_nested",
    params(openapi::CodingParam),
    request_body(content((openapi::NestedBody = "application/json", example = json!({"numbers": [[1, 2], [3, 4]]}))),
        description = "The rows, alone or with options beside them."),
    responses(openapi::NestedDescribed, openapi::BodyFailures)
)]
pub async fn describe_nested(accepts: Accepts, url: Url, upload: Upload) -> Result<Response, Error> {
    describe(Operation::Nested, accepts, url, upload).await
}

/// Describe a table
///
/// A result for each numeric column, or for each group and column; the options are parameters. Missing values are left out and
/// counted. The answer is JSON unless the header Accept asks for another format. Without a Content-Type, or as
/// `application/octet-stream`, the format is recognised.
// The document does not list that type: beside it, clients of openapi-python-client cannot send a list of records.
#[utoipa::path(
    post,
    path = "/table",
    tag = "statistics",
    operation_id = "describe_table",
    params(openapi::TableOptions, openapi::CodingParam),
    request_body(content(
        (String = "text/csv", example = json!(openapi::TABLE)),
        (String = "text/tab-separated-values", example = json!("cohort\tmark\n2023\t41\n2024\t55.5\n")),
        (openapi::TableBody = "application/json", examples(
            ("records" = (summary = "Records", value = json!([{"cohort": 2023, "mark": 41}, {"cohort": 2024, "mark": "ABS"}]))),
            ("columns" = (summary = "Columns", value = json!({"cohort": [2023, 2024], "mark": [41, "ABS"]})))
        )),
        (String = "application/x-ndjson", example = json!("{\"cohort\":2023,\"mark\":41}\n{\"cohort\":2024,\"mark\":55.5}\n")),
        (openapi::File = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (openapi::File = "application/vnd.oasis.opendocument.spreadsheet"),
        (openapi::File = "application/vnd.apache.parquet")
    ), description = "The table."),
    responses(openapi::TableDescribed, openapi::BodyFailures)
)]
pub async fn describe_table(accepts: Accepts, url: Url, upload: Upload) -> Result<Response, Error> {
    describe(Operation::Table, accepts, url, upload).await
}

/// Describe files
///
/// The tables of files, as `/table` describes them. The options are parameters; they may also be fields of the form before the
/// first file. The answer is JSON unless the header Accept asks for another format.
#[utoipa::path(
    post,
    path = "/upload",
    tag = "statistics",
    operation_id = "describe_files",
    params(openapi::FileOptions, openapi::CodingParam),
    request_body(content((openapi::Files = "multipart/form-data")), description = "The files."),
    responses(openapi::TableDescribed, openapi::BodyFailures)
)]
pub async fn describe_files(accepts: Accepts, url: Url, upload: Upload) -> Result<Response, Error> {
    describe(Operation::Upload, accepts, url, upload).await
}
