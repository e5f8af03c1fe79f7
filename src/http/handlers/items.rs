//! `POST /items`: analysis of the items of a test.

use axum::response::Response;

use crate::http::body::Upload;
use crate::http::error::Error;
use crate::http::extract::{Accepts, Url};
use crate::http::handlers::stats::describe;
use crate::http::openapi;
use crate::http::operation::Operation;

/// Analyse the items of a test
///
/// A record for each candidate, a column for each item, which `items` names. For each item facility, discrimination (the correlation
/// with the total of the other items), alpha without it, omissions; for the test the mean of the totals, Cronbach's alpha and other
/// coefficients of reliability, and the standard error of measurement. Every figure is computed from exact sums; docs/items.md has
/// the definitions.
///
/// The table is read as by `/table`, in the same formats; options are parameters, or fields of a form before the first file. With
/// `group_by` there is a result for each group. The answer does not protect small groups, so the rules of publication are refused.
#[utoipa::path(
    post,
    path = "/items",
    tag = "statistics",
    operation_id = "analyse_items",
    params(openapi::ItemOptions, openapi::CodingParam),
    request_body(content(
        (String = "text/csv", example = json!(openapi::ITEMS)),
        (String = "text/tab-separated-values"),
        (openapi::TableBody = "application/json", example = json!([{"Q1": 1, "Q2": 3}, {"Q1": 0, "Q2": 1}])),
        (String = "application/x-ndjson"),
        (openapi::File = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (openapi::File = "application/vnd.oasis.opendocument.spreadsheet"),
        (openapi::File = "application/vnd.apache.parquet"),
        (openapi::ItemForm = "multipart/form-data"),
        (openapi::File = "application/octet-stream")
    ), description = "The candidates with their marks."),
    responses(openapi::ItemsAnalysed, openapi::BodyFailures)
)]
pub async fn analyse_items(accepts: Accepts, url: Url, upload: Upload) -> Result<Response, Error> {
    describe(Operation::Items, accepts, url, upload).await
}
