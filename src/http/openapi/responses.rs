//! Responses of the operations, with their examples.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::IntoResponses;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, OneOfBuilder, SchemaFormat};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder, Type};

use crate::cli::settings::Config;
use crate::http::error::{Error, MAX_URL_BYTES, Shed};
use crate::http::media_types::{self, essence};
use crate::http::request_error::RequestError;
use crate::http::static_file::HTML;
use describe_options::{Diagnostic, Format, Location, Origin, ValueFault};

// Texts of the document name the limit.
const _: () = assert!(MAX_URL_BYTES == 65_000);

type Responses = BTreeMap<String, RefOr<Response>>;

/// Response to valid numbers.
pub struct Described;

impl IntoResponses for Described {
    fn responses() -> Responses {
        let example = five_and_six();
        BTreeMap::from([(
            "200".to_owned(),
            other_formats(response("The description.", "application/json", "Description", example)).build().into(),
        )])
    }
}

/// Response to a valid body: numbers, nested arrays, or a table.
pub struct BodyDescribed;

impl IntoResponses for BodyDescribed {
    fn responses() -> Responses {
        let schema = OneOfBuilder::new()
            .item(Ref::from_schema_name("Description"))
            .item(Ref::from_schema_name("NestedDescription"))
            .item(Ref::from_schema_name("TableDescription"));
        let example = |summary: &str, value| ExampleBuilder::new().summary(summary).value(Some(value)).build();
        let numbers = example("Of 5 and 6", five_and_six());
        let table = example("Of the example table", marks_described());
        let content = ContentBuilder::new()
            .schema(Some(schema))
            .examples_from_iter([("numbers", numbers), ("table", table)])
            .build();
        let description = "The description: of numbers, of the slices of nested arrays, or of each column of a table.";
        let response = ResponseBuilder::new().description(description).content("application/json", content);
        let response = other_formats(response);
        BTreeMap::from([("200".to_owned(), response.build().into())])
    }
}

/// The preview of a body.
pub struct Previewed;

impl IntoResponses for Previewed {
    fn responses() -> Responses {
        let description = "The preview: the same columns and counts that describing with the suggestions then has.";
        let response = response(description, "application/json", "Preview", marks_previewed());
        BTreeMap::from([("200".to_owned(), response.build().into())])
    }
}

/// The answer to nested arrays.
pub struct NestedDescribed;

impl IntoResponses for NestedDescribed {
    fn responses() -> Responses {
        let example = json!({"nobs": 2, "minmax": [[1.0, 2.0], [3.0, 4.0]], "mean": [2.0, 3.0], "variance": [2.0, 2.0],
                             "skewness": [0.0, 0.0], "kurtosis": [-2.0, -2.0]});
        let description = "The description: a list with an element for each column, or for each row.";
        let response = other_formats(response(description, "application/json", "NestedDescription", example));
        BTreeMap::from([("200".to_owned(), response.build().into())])
    }
}

/// The answer to a table.
pub struct TableDescribed;

impl IntoResponses for TableDescribed {
    fn responses() -> Responses {
        let example = table_described();
        let description = "The description: a result for each column, or for each group and column.";
        let response = other_formats(response(description, "application/json", "TableDescription", example));
        BTreeMap::from([("200".to_owned(), response.build().into())])
    }
}

/// Example of a test: two items, of 1 and of 3 marks.
pub const ITEMS: &str = "candidate,Q1,Q2\n1,1,3\n2,0,1\n3,1,2\n4,0,\n";

/// The analysis of items.
pub struct ItemsAnalysed;

impl IntoResponses for ItemsAnalysed {
    fn responses() -> Responses {
        let description = "The analysis: figures of the test and of each item, for each group.";
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ItemDescription"))).build();
        let response = ResponseBuilder::new().description(description).content("application/json", content);
        BTreeMap::from([("200".to_owned(), formats_but(&[Format::Json, Format::State], response).build().into())])
    }
}

/// Adds the other formats of an answer.
fn other_formats(response: ResponseBuilder) -> ResponseBuilder {
    formats_but(&[Format::Json], response)
}

/// Adds all formats of answers but some.
fn formats_but(but: &[Format], response: ResponseBuilder) -> ResponseBuilder {
    Format::ALL.into_iter().filter(|(_, format)| !but.contains(format)).fold(response, |response, (_, format)| {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let binary = SchemaFormat::KnownFormat(KnownFormat::Binary);
        let schema = if format.is_binary() { text.format(Some(binary)) } else { text };
        let media_type = essence(media_types::of_answer(format));
        response.content(media_type, ContentBuilder::new().schema(Some(schema)).build())
    })
}

fn five_and_six() -> Value {
    json!({"nobs": 2, "minmax": [5.0, 6.0], "mean": 5.5, "variance": 0.5, "skewness": 0.0, "kurtosis": -2.0})
}

/// A table that is described without any option.
pub const MARKS: &str = "candidate,class,mark\nAnn,7a,41\nBob,7a,55.5\nCid,7a,\nDan,7b,49\nEve,7b,70\n";

fn marks_described() -> Value {
    json!({"rows": 5, "results": [
        {"column": "mark", "nobs": 4, "minmax": [41.0, 70.0], "mean": 53.875, "variance": 150.729_166_666_666_66,
         "skewness": 0.404_955_835_853_436_64, "kurtosis": -1.128_693_858_895_439, "missing": 1}],
        "skipped": [{"column": "candidate", "row": 2, "value": "Ann"}, {"column": "class", "row": 2, "value": "7a"}]})
}

/// Preview of [`TABLE`].
fn marks_previewed() -> Value {
    let text = |text: &str, count: u64| json!({"text": text, "count": count});
    let names = ["Ann", "Bob", "Cid", "Dan", "Eve", "Fay"].map(|name| text(name, 1));
    json!({
        "source": {"format": "csv", "encoding": "utf-8", "delimiter": ",", "decimal": ".", "header_row": 1, "skipped_rows": 0,
                   "skipped_end": 0, "short_records": 0, "stray_quotes": 0},
        "sheets": [],
        "records": [["Ann", "2023", "41"], ["Bob", "2023", "55.5"], ["Cid", "2023", "ABS"], ["Dan", "2023", null],
                    ["Eve", "2024", "49"], ["Fay", "2024", "70"]],
        "columns": [
            {"name": "candidate", "kind": "text", "numbers": 0, "blank": 0, "missing": 0, "others": names, "other_count": 6,
             "min": null, "max": null, "distinct": 6},
            {"name": "cohort", "kind": "number", "numbers": 6, "blank": 0, "missing": 0, "others": [], "other_count": 0,
             "min": 2023.0, "max": 2024.0, "distinct": 2},
            {"name": "mark", "kind": "number", "numbers": 4, "blank": 1, "missing": 0, "others": [text("ABS", 1)],
             "other_count": 1, "min": 41.0, "max": 70.0, "distinct": 4}],
        "suggestions": {"absent": "ABS"}, "complete": true, "warnings": []})
}

/// Example of a table: marks with a missing one and an absence, in two cohorts.
pub const TABLE: &str =
    "candidate,cohort,mark\nAnn,2023,41\nBob,2023,55.5\nCid,2023,ABS\nDan,2023,\nEve,2024,49\nFay,2024,70\n";

fn table_described() -> Value {
    json!({"rows": 6, "results": [
        {"column": "mark", "group": {"cohort": "2023"}, "nobs": 2, "minmax": [41.0, 55.5], "mean": 48.25,
         "variance": 105.125, "skewness": 0.0, "kurtosis": -2.0, "missing": 1, "absent": {"ABS": 1}},
        {"column": "mark", "group": {"cohort": "2024"}, "nobs": 2, "minmax": [49.0, 70.0], "mean": 59.5,
         "variance": 220.5, "skewness": 0.0, "kurtosis": -2.0, "missing": 0, "absent": {"ABS": 0}}]})
}

/// Errors of `GET /stats`.
pub struct QueryFailures;

impl IntoResponses for QueryFailures {
    fn responses() -> Responses {
        let refused = "Well-formed, but it cannot be described: a value that is not a number or out of range, no numbers, an unknown option. All bad values are counted, the first 20 listed.";
        failures(vec![
            ("The query is not UTF-8 once its percent signs are decoded.", RequestError::NotUtf8(Origin::Query).into()),
            ("The header Accept rules out every format of answers.", Error::NotAcceptable),
            ("The URL is longer than 65,000 bytes: send the numbers by POST.", Error::UrlLimit),
            (refused, not_a_number()),
            (
                "The server has more requests than it can work on, or they hold its memory; Retry-After says when to try again.",
                Error::Overloaded(Shed::Queue),
            ),
        ])
    }
}

/// Error of `numbers=5&numbers=abc`.
fn not_a_number() -> Error {
    let diagnostic = Diagnostic::new(Location::numbers(Origin::Query).index(1), ValueFault::NotANumber);
    Error::Input(diagnostic.with_input(b"abc").into())
}

/// Errors of the operations that describe a body.
pub struct BodyFailures;

impl IntoResponses for BodyFailures {
    fn responses() -> Responses {
        let mut all = QueryFailures::responses();
        all.extend(failures(vec![
            ("The body is not what it claims to be (JSON syntax, which has no `NaN`; a quote that is never closed; text that is not UTF-8; compressed data that are corrupt or cut off), or it broke off.", Error::Body),
            ("The body was not complete in time.", Error::BodyTimeout),
            ("The body, what comes out of its compression, a cell, the columns, the groups, the memory or processor time that the request takes, or the answer is more than a limit of the server; the detail names the limit and its setting.", Error::BodyLimit(Config::default().body_limit)),
            ("A Content-Type (Accept-Post lists those that are read), charset or Content-Encoding (Accept-Encoding lists those) that cannot be read.", Error::MediaType),
        ]));
        all
    }
}

/// Errors of every operation.
pub struct Failures;

impl IntoResponses for Failures {
    fn responses() -> Responses {
        failures(Vec::new())
    }
}

/// Response of a server that is shutting down.
pub struct Draining;

impl IntoResponses for Draining {
    fn responses() -> Responses {
        BTreeMap::from([problem("The server is shutting down.", Error::Draining)])
    }
}

/// Responses for these errors and those of every operation; each has a description, and an error from which the example is made.
fn failures(own: Vec<(&str, Error)>) -> Responses {
    let common = [
        ("The path does not support the method; Allow lists those that it supports.", Error::Method),
        ("An error in the server.", Error::Internal),
    ];
    own.into_iter().chain(common).map(|(description, error)| problem(description, error)).collect()
}

/// Response for an error, by its status: a problem document, or a page where the request asks for HTML.
pub(super) fn problem(description: &str, error: Error) -> (String, RefOr<Response>) {
    let example = serde_json::to_value(error.into_problem()).unwrap_or_default();
    let status = example["status"].to_string();
    let headers: &[&str] = match status.as_str() {
        "401" | "403" => &["WWW-Authenticate"],
        "405" => &["Allow"],
        "406" => &["Accept"],
        "415" => &["Accept-Post", "Accept-Encoding"],
        "429" => &["Retry-After", "RateLimit", "RateLimit-Policy"],
        "503" => &["Retry-After"],
        _ => &[],
    };
    let page = ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some("The same as a page, where the URL has `format=html` or Accept prefers HTML, and Accept does not name JSON alone."));
    let mut response = response(description, "application/problem+json", "Problem", example)
        .content(essence(HTML), ContentBuilder::new().schema(Some(page)).build());
    for name in headers {
        let text = ObjectBuilder::new().schema_type(Type::String);
        response = response.header(*name, HeaderBuilder::new().schema(Some(text)).build());
    }
    (status, response.build().into())
}

fn response(description: &str, media_type: &str, schema: &str, example: Value) -> ResponseBuilder {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).example(Some(example)).build();
    ResponseBuilder::new().description(description).content(media_type, content)
}
