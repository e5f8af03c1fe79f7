//! `GET /stats` and `POST /stats`: the description of some numbers.

use axum::response::Response;

use crate::body::{Read, Upload, work};
use crate::error::Error;
use crate::extract::{AcceptsJson, Query, Url};
use crate::handlers::figures;
use crate::input;
use crate::openapi;
use crate::options::Options;
use crate::output::json;
use crate::rejection::{LISTED, Rejection};

/// Describe numbers in the URL
///
/// The six figures of `scipy.stats.describe`, each the correctly rounded value of the exact result for the decimals as
/// they were written. Lists may also be written `numbers[]=5&numbers[]=6` or `numbers[0]=5&numbers[1]=6`. A URL holds
/// some thousands of numbers (65,000 bytes here, often less on the way); send more with POST.
#[utoipa::path(
    get,
    path = "/stats",
    tag = "statistics",
    operation_id = "describe_query",
    params(openapi::Numbers, openapi::OptionParams),
    responses(openapi::Described, openapi::QueryFailures)
)]
pub async fn describe_query(_: AcceptsJson, url: Url) -> Result<Response, Error> {
    let Query { numbers, options } = url.query()?;
    let (options, data) = both(Options::parse(&options), input::query_numbers(&numbers))?;
    Ok(figures(json::answer(&data, &options)?))
}

/// Describe numbers in the body
///
/// The same figures for as many numbers as there are: the body is read as a stream and never held. Options stand in the
/// URL or, in JSON, beside `numbers`; each at one place only. Without a Content-Type the content is recognised: `[` or
/// `{` begins JSON, `numbers=` a form, everything else is text.
#[utoipa::path(
    post,
    path = "/stats",
    tag = "statistics",
    operation_id = "describe_body",
    params(openapi::OptionParams, openapi::AxisParam),
    request_body(content(
        (openapi::Body = "application/json", examples(
            ("list" = (summary = "Numbers", value = json!([5, 6]))),
            ("nested" = (summary = "Nested arrays, a result for each column (axis=0)", value = json!([[1, 2], [3, 4]]))),
            ("options" = (summary = "Numbers and options", value = json!({"numbers": [5, null, 6], "nan_policy": "omit"})))
        )),
        (String = "text/plain", examples(("lines" = (summary = "Separated by white space", value = json!("5\n6\n")))))
    ), description = "The numbers. JSON `null` and the text `nan` are missing values."),
    responses(openapi::Described, openapi::BodyFailures)
)]
pub async fn describe_body(_: AcceptsJson, url: Url, upload: Upload) -> Result<Response, Error> {
    let Read { data, options, large } = upload.read(url.query()?.all_options()).await?;
    Ok(figures(work(large, move || json::answer(&data, &options)).await?))
}

/// Both results, or the problems of both.
fn both<A, B>(first: Result<A, Rejection>, second: Result<B, Rejection>) -> Result<(A, B), Rejection> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (Err(rejection), Ok(_)) | (Ok(_), Err(rejection)) => Err(rejection),
        (Err(mut rejection), Err(more)) => {
            rejection.problems.extend(more.problems);
            rejection.problems.truncate(LISTED);
            rejection.count += more.count;
            if let Some(first) = rejection.problems.first() {
                rejection.detail = format!("{} problems; the first: {}", rejection.count, first.message);
            }
            Err(rejection)
        }
    }
}
