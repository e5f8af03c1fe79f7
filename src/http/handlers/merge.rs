//! `POST /merge`: states of descriptions, added and described as one data set.

use axum::response::Response;

use crate::http::body::Upload;
use crate::http::error::Error;
use crate::http::extract::{Accepts, Url};
use crate::http::handlers::stats::describe;
use crate::http::openapi;
use crate::http::operation::Operation;

/// Merge states
///
/// States are answers with `format=state`: exact results from which any statistic of all data together is computed, without the
/// data. The answer is the one that all the data at once would have: the same statistics, formats and rules of publication, whatever the
/// order of the states. With `format=state` it is a state again.
///
/// States that were made with other columns, groups or codes are refused, and so are statistics that need the values in order if the
/// states were made with `statistics` that do not. Options about the reading of data (`column`, `group_by` and so on) are those of
/// the states.
#[utoipa::path(
    post,
    path = "/merge",
    tag = "statistics",
    operation_id = "merge_states",
    params(openapi::MergeOptions, openapi::CodingParam),
    request_body(content(
        (openapi::States = "multipart/form-data"),
        (openapi::StateList = "application/json", example = json!({"states": openapi::STATES})),
        (openapi::File = "application/vnd.describe.state"),
        (openapi::File = "application/octet-stream")
    ), description = "The states: files of a form, texts in base64 with options beside them, or one file."),
    responses(openapi::BodyDescribed, openapi::BodyFailures)
)]
pub async fn merge_states(accepts: Accepts, url: Url, upload: Upload) -> Result<Response, Error> {
    describe(Operation::Merge, accepts, url, upload).await
}
