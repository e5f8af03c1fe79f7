//! `GET /stats` and `POST /stats`: the description of some numbers.

use axum::extract::State;
use axum::response::Response;

use crate::describe::{Described, now};
use crate::http::admission::{Class, Lane};
use crate::http::answer::Answer;
use crate::http::body::{Upload, work};
use crate::http::error::Error;
use crate::http::extract::{Accepts, Query, Url};
use crate::http::openapi;
use crate::http::operation::Operation;
use crate::http::query_numbers::plain_query;
use crate::http::state::SharedState;
use describe_options::{Format, Origin};
use describe_readers::{Format as InputFormat, Ledger};
use describe_reports::json;

/// Maximum length of a query that is described without a change of thread: some 100 microseconds.
const MAX_INLINE_QUERY_BYTES: usize = 8 << 10;

/// Describe numbers in the URL
///
/// The six statistics of `scipy.stats.describe`, each the correctly rounded value of the exact result for the decimals as
/// they were written. Lists may also be written `numbers[]=5&numbers[]=6` or `numbers[0]=5&numbers[1]=6`. A URL holds
/// some thousands of numbers (65,000 bytes here, often less on the way); send more with POST.
#[utoipa::path(
    get,
    path = "/stats",
    tag = "statistics",
    operation_id = "describe_query",
    params(openapi::Numbers, openapi::QueryOptions),
    responses(openapi::Described, openapi::QueryFailures)
)]
pub async fn describe_query(accepts: Accepts, State(state): State<SharedState>, url: Url) -> Result<Response, Error> {
    if accepts.is_default()
        && let Some(numbers) = plain_query(url.text())
        && let Some(json) = json::scipy(&numbers)
    {
        state.instruments.metrics.described(numbers.taken());
        return Ok(Answer::new(json, Format::Json, accepts.gzip, Ledger::default()).into_response());
    }
    let limits = state.limits();
    let ledger = limits.ledger.clone();
    let is_moment = url.text().len() <= MAX_INLINE_QUERY_BYTES;
    let lane = if is_moment { Lane::Inline } else { state.admission.enter(Class::Small).await? };
    let accepts_gzip = accepts.gzip;
    let described = work(&ledger, &lane, move || {
        let Query { numbers, options } = url.query()?;
        let given = accepts.or_given(options)?;
        Ok::<_, Error>(Described::list(&numbers, given, &limits, Origin::Query, url.text().as_bytes())?)
    });
    let described = described.await?;
    write(&state, lane, described, accepts_gzip).await
}

/// Describe numbers in the body
///
/// The same statistics of any number of values, or of the columns of a table. The body is read as a stream, except for
/// workbooks and Parquet. Options are in the URL or, beside the numbers, in a JSON or multipart body; each at one place
/// only. Without a Content-Type, or as `application/octet-stream`, `application/zip`, `application/vnd.ms-excel`,
/// `application/csv`, `text/x-csv` or `application/x-www-form-urlencoded`, the content is recognised: workbooks, Parquet, ZIP,
/// gzip and zstd by their first bytes; `[` or `{` begins JSON, `numbers=` a form; lines with nothing but a number are
/// numbers, and so is one line such as `41, 55.5, 49`; everything else is delimited text. A ZIP archive with one file in it
/// is that file. A file of another kind is refused with a sentence that says what it is and what to do.
///
/// A request with `format=html` in the URL gets an error as a page, with the same status, unless Accept names JSON and not HTML.
///
/// curl sends `-d @file` as `application/x-www-form-urlencoded` without the file's line ends. Such a body is refused unless it is
/// a form or JSON: use `--data-binary @file`.
///
/// A text may be in any encoding that the charset of its Content-Type or `encoding` names, and in UTF-16 with a byte order
/// mark. In a table missing values are left out and counted (`nan_policy=omit`). In `errors` a cell of a table is
/// `["body", 17, "mark"]`: the record as a spreadsheet numbers it, and the column; of the files of a form,
/// `msg` names the one it is in.
#[utoipa::path(
    post,
    path = "/stats",
    tag = "statistics",
    operation_id = "describe_body",
    params(openapi::BodyOptions, openapi::CodingParam),
    request_body(content(
        (openapi::Body = "application/json", examples(
            ("list" = (summary = "Numbers", value = json!([5, 6]))),
            ("nested" = (summary = "Nested arrays, a result for each column (axis=0)", value = json!([[1, 2], [3, 4]]))),
            ("options" = (summary = "Numbers and options", value = json!({"numbers": [5, null, 6], "nan_policy": "omit"})))
        )),
        (String = "application/x-ndjson"),
        (String = "text/plain", examples(("lines" = (summary = "Separated by white space, each with up to one comma or semicolon after it", value = json!("5\n6\n"))))),
        (String = "text/csv", examples(("table" = (summary = "A table with a header", value = json!(openapi::MARKS))))),
        (String = "text/tab-separated-values", examples(
            ("table" = (summary = "A table without a header", value = json!("1\t41\n2\t55.5\n")))
        )),
        (openapi::File = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (openapi::File = "application/vnd.oasis.opendocument.spreadsheet"),
        (openapi::File = "application/vnd.apache.parquet"),
        (openapi::Form = "multipart/form-data"),
        (openapi::File = "application/octet-stream")
    ), description = "The numbers, or a table. JSON `null` and the text `nan` are missing values."),
    responses(openapi::BodyDescribed, openapi::BodyFailures)
)]
pub async fn describe_body(accepts: Accepts, url: Url, upload: Upload) -> Result<Response, Error> {
    describe(Operation::Stats, accepts, url, upload).await
}

/// The response to a body that an operation accepts.
pub(super) async fn describe(
    operation: Operation,
    accepts: Accepts,
    url: Url,
    mut upload: Upload,
) -> Result<Response, Error> {
    upload.check_type(operation)?;
    let accepts_gzip = accepts.gzip;
    let given = accepts.or_given(url.query()?.all_options())?;
    let state = upload.state();
    match operation {
        Operation::Merge => upload.expect_states(),
        Operation::Finish => upload.expect(InputFormat::SqlResult),
        Operation::Stats
        | Operation::Numbers
        | Operation::Nested
        | Operation::Table
        | Operation::Items
        | Operation::Upload => {}
    }
    let (described, lane) = upload.read(given).await?;
    operation.check_data(&described)?;
    write(&state, lane, described, accepts_gzip).await
}

/// The response with an answer, which is written on the lane of the request, or on another if it takes longer.
async fn write(state: &SharedState, lane: Lane, described: Described, accepts_gzip: bool) -> Result<Response, Error> {
    let format = described.options().output.format();
    let lane = match format {
        Format::Json if described.is_moment() => lane,
        Format::Json if lane.is_admitted() => lane,
        Format::Json => state.admission.enter(Class::Small).await?,
        _ => {
            // Two places of one request could wait for each other.
            drop(lane);
            state.admission.enter(Class::Report).await?
        }
    };
    let (ledger, values) = (described.ledger().clone(), described.values());
    let of_answer = ledger.clone();
    let write = move || {
        let answer = Answer::new(described.write(now())?, format, accepts_gzip, of_answer);
        Ok::<_, Error>(answer.named(described.file_name(now())))
    };
    let answer = work(&ledger, &lane, write).await?;
    state.instruments.metrics.described(values);
    Ok(answer.into_response())
}
