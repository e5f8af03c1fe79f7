//! `POST /sql`: the statement by which a database describes a table exactly. `POST /finish`: the description, from its result.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::http::body::Upload;
use crate::http::error::Error;
use crate::http::extract::{Accepts, QS, Url};
use crate::http::handlers::stats::describe;
use crate::http::openapi;
use crate::http::operation::Operation;
use crate::http::request_error::RequestError;
use crate::sql::{StatementRequest, misfit};

/// Maximum size of a request for a statement.
const MAX_REQUEST_BYTES: u64 = 64 << 10;

/// Write a statement
///
/// One SELECT that computes, for each group of a table, exact counts and sums of powers, or how often each value occurs. Whoever may read the
/// table runs it; `POST /finish` makes the description of its result, to the last bit that of the records, which stay in the database.
///
/// The members may also be in a form, as with `curl -d dialect=postgres -d table=marks -d column=mark -d scale=0`, or, without a body, in the URL.
#[utoipa::path(
    post,
    path = "/sql",
    tag = "databases",
    operation_id = "write_statement",
    request_body(content((
        StatementRequest = "application/json",
        example = json!({"dialect": "postgres", "table": "exams.marks", "column": "mark", "group_by": "cohort", "scale": 2})
    ))),
    responses(
        (status = 200, description = "The statement.", body = String, content_type = "application/sql"),
        openapi::BodyFailures
    )
)]
pub async fn write_statement(url: Url, upload: Upload) -> Result<Response, Error> {
    let body = upload.whole(MAX_REQUEST_BYTES).await?;
    let request = read(url.text(), &body)?;
    let statement = request.statement().map_err(|refusal| refused(true, &refusal))?;
    let headers = [(CONTENT_TYPE, "application/sql; charset=utf-8"), (CACHE_CONTROL, "no-store")];
    Ok((headers, statement).into_response())
}

/// What is asked for, in JSON, in a form or in a URL.
fn read(query: &str, body: &[u8]) -> Result<StatementRequest, RequestError> {
    let body = body.trim_ascii();
    if !query.is_empty() && !body.is_empty() {
        return Err(refused(true, &"the URL and the body both have members; put all into one of them"));
    }
    if body.first() == Some(&b'{') {
        return serde_json::from_slice(body).map_err(|error| {
            let misfit = serde_json::from_slice(body).ok().and_then(|members| misfit(&members, false));
            misfit.map_or_else(|| refused(error.is_data(), &error), |misfit| refused(true, &misfit))
        });
    }
    let form = str::from_utf8(body).map_err(|_| RequestError::FormNotUtf8)?;
    let pairs = if form.is_empty() { query } else { form };
    QS.deserialize_str(pairs).map_err(|error| {
        let misfit = QS.deserialize_str(pairs).ok().and_then(|members| misfit(&members, true));
        refused(true, &misfit.unwrap_or_else(|| error.to_string()))
    })
}

fn refused(is_readable: bool, reason: &dyn std::fmt::Display) -> RequestError {
    RequestError::Statement { reason: reason.to_string(), is_readable }
}

/// Finish a statement
///
/// Describes the table whose statement, made by `POST /sql`, gave this result: CSV with a header row, a JSON array of objects, or one object
/// on each line. The answer is that of the records themselves, in every format, with totals, comparisons and rules of publication; with
/// `format=state` it is a state, which `POST /merge` adds to others. Results of several databases are files of one form.
///
/// A result is refused when it does not prove that it is exact: where a cast changed a value, or a sum may have been too large for the
/// integers of the database. Options about the reading of data are those of the statement.
#[utoipa::path(
    post,
    path = "/finish",
    tag = "databases",
    operation_id = "finish_statement",
    params(openapi::MergeOptions, openapi::CodingParam),
    request_body(content(
        (String = "text/csv", example = json!(openapi::SQL_RESULT)),
        (openapi::SqlRows = "application/json"),
        (String = "application/x-ndjson"),
        (openapi::Files = "multipart/form-data")
    ), description = "The result as the database's client exports it, or several as the files of a form."),
    responses(openapi::BodyDescribed, openapi::BodyFailures)
)]
pub async fn finish_statement(accepts: Accepts, url: Url, upload: Upload) -> Result<Response, Error> {
    describe(Operation::Finish, accepts, url, upload).await
}
