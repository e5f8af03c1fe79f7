//! Bodies of requests: numbers, numbers with options, files, forms.

use serde::Serialize;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, RefBuilder, Schema};
use utoipa::openapi::{RefOr, Type};
use utoipa::{PartialSchema, ToSchema};

use super::options;

/// A JSON body.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only described")]
pub enum Body {
    /// Numbers; `null` is a missing value.
    Numbers(Vec<Option<f64>>),
    /// Nested arrays of equal lengths, described along `axis`.
    Nested(Vec<Vec<Option<f64>>>),
    /// Numbers and options.
    WithOptions(WithOptions),
}

/// Numbers with the options beside them.
#[derive(Serialize)]
pub struct WithOptions;

impl ToSchema for WithOptions {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((NumberOrRow::name().into(), NumberOrRow::schema()));
        schemas.extend(options::components());
    }
}

impl PartialSchema for WithOptions {
    fn schema() -> RefOr<Schema> {
        let number_or_row = RefBuilder::new().ref_location_from_schema_name(NumberOrRow::name());
        let numbers = ArrayBuilder::new().items(number_or_row).description(Some("The numbers, also as nested arrays."));
        let object =
            ObjectBuilder::new().schema_type(Type::Object).description(Some("Numbers with the options beside them."));
        options::json_members(object.property("numbers", numbers).required("numbers")).into()
    }
}

/// A number, or a row of them.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only described")]
enum NumberOrRow {
    /// A number; `null` is a missing value.
    Number(Option<f64>),
    /// A row of nested arrays.
    Row(Vec<Option<f64>>),
}

/// The bytes of a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "only described")]
pub struct File(Vec<u8>);

/// Options and files, the options first.
pub struct Form;

impl ToSchema for Form {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((File::name().into(), File::schema()));
        schemas.extend(options::components());
    }
}

impl PartialSchema for Form {
    fn schema() -> RefOr<Schema> {
        const FILES: &str = "The data: every part with a file's name, whatever the part's own name is. Several files with the \
                             same columns, or of numbers, are one data set. The type of each is that of its part, or \
                             recognised by its content.";
        let file = RefBuilder::new().ref_location_from_schema_name(File::name());
        let files = ArrayBuilder::new().items(file).min_items(Some(1)).description(Some(FILES));
        let form =
            ObjectBuilder::new().schema_type(Type::Object).description(Some("Files, and before them any options."));
        options::form_fields(form).property("file", files).required("file").into()
    }
}
