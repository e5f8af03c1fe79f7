//! `POST /preview`: what a body would be read as, before anything is calculated.

use axum::response::Response;

use crate::http::answer::Answer;
use crate::http::body::{Upload, work};
use crate::http::error::Error;
use crate::http::extract::{Accepts, Url};
use crate::http::openapi;
use crate::http::operation::Operation;
use crate::http::request_error::RequestError;
use describe_options::{Format, RawOption};
use describe_readers::PreviewRows;

/// Preview a body
///
/// The same bodies as for `POST /stats`, read the same way, and nothing is calculated: what they were read as, the first 8 records,
/// and for each column what it is and how many of its cells are numbers, empty, missing markers and other texts.
/// `suggestions` has the options that make more columns numbers, ready to be sent: `POST /stats` with them describes every column
/// of kind `number`, and no other unless `column` names it.
///
/// At most `rows` records are read; what follows them is not looked at, and `complete` is `false`. The options of statistics and of
/// answers are accepted and have no effect; `column`, `group_by` and `weights` only select members of nested JSON objects: all columns
/// are previewed. The answer is JSON.
#[utoipa::path(
    post,
    path = "/preview",
    tag = "statistics",
    operation_id = "preview_body",
    params(openapi::PreviewRows, openapi::ReadingOptions, openapi::CodingParam),
    request_body(content(
        (String = "text/csv", examples(("table" = (summary = "A table with absences", value = json!(openapi::TABLE))))),
        (openapi::Body = "application/json", examples(
            ("list" = (summary = "Numbers", value = json!([5, 6]))),
            ("nested" = (summary = "Nested arrays, a column for each position", value = json!([[1, 2], [3, 4]])))
        )),
        (String = "application/x-ndjson"),
        (String = "text/plain", examples(("lines" = (summary = "Separated by white space", value = json!("5\n6\n"))))),
        (String = "text/tab-separated-values", examples(
            ("table" = (summary = "A table without a header", value = json!("1\t41\n2\t55.5\n")))
        )),
        (openapi::File = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (openapi::File = "application/vnd.oasis.opendocument.spreadsheet"),
        (openapi::File = "application/vnd.apache.parquet"),
        (openapi::Form = "multipart/form-data"),
        (openapi::File = "application/octet-stream")
    ), description = "The numbers, or a table, as for `POST /stats`."),
    responses(openapi::Previewed, openapi::BodyFailures)
)]
pub async fn preview_body(accepts: Accepts, url: Url, mut upload: Upload) -> Result<Response, Error> {
    let accepts_gzip = accepts.gzip;
    accepts.or_given(Vec::new())?;
    upload.check_type(Operation::Stats)?;
    let mut given = url.query()?.all_options();
    upload.preview(take_rows(&mut given)?);
    let (described, lane) = upload.read(given).await?;
    let ledger = described.ledger().clone();
    let of_answer = ledger.clone();
    let write = move || {
        let json = described.preview()?.ok_or(Error::Internal)?.write()?;
        Ok::<_, Error>(Answer::new(json, Format::Json, accepts_gzip, of_answer))
    };
    Ok(work(&ledger, &lane, write).await?.into_response())
}

/// Takes the number of records to read out of the options of a URL.
///
/// # Errors
/// A value that is not a number of records, or several values.
fn take_rows(given: &mut Vec<RawOption>) -> Result<PreviewRows, RequestError> {
    let Some(place) = given.iter().position(|option| option.name == "rows") else { return Ok(PreviewRows::default()) };
    match &given.remove(place).values[..] {
        [] => Ok(PreviewRows::default()),
        [blank] if blank.trim().is_empty() => Ok(PreviewRows::default()),
        [rows] => rows.parse().map_err(|()| RequestError::Rows),
        _ => Err(RequestError::Rows),
    }
}
