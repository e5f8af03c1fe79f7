//! Bodies of requests: numbers, numbers with options, files, forms.

use serde::Serialize;
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, KnownFormat, ObjectBuilder, OneOfBuilder, RefBuilder, Schema, SchemaFormat,
    SchemaType,
};
use utoipa::openapi::{RefOr, Type};
use utoipa::{PartialSchema, ToSchema};

use super::options;

/// A JSON body.
pub struct Body;

impl ToSchema for Body {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((WithOptions::name().into(), WithOptions::schema()));
        WithOptions::schemas(schemas);
    }
}

impl PartialSchema for Body {
    fn schema() -> RefOr<Schema> {
        let numbers = row("Numbers; `null` is a missing value.").title(Some("NumberList"));
        let nested = rows().title(Some("NestedList"));
        let with_options = reference(&WithOptions::name());
        OneOfBuilder::new().item(numbers).item(nested).item(with_options).description(Some("A JSON body.")).into()
    }
}

/// Numbers with the options beside them.
pub struct WithOptions;

impl ToSchema for WithOptions {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.extend(options::components());
    }
}

impl PartialSchema for WithOptions {
    fn schema() -> RefOr<Schema> {
        let flat = row("Numbers; `null` is a missing value.").title(Some("FlatNumbers"));
        let nested = rows().title(Some("NestedNumbers"));
        let numbers =
            OneOfBuilder::new().item(flat).item(nested).description(Some("The numbers, also as nested arrays."));
        let object = closed("Numbers with the options beside them.").property("numbers", numbers).required("numbers");
        options::json_members(object).into()
    }
}

/// An object without other members than those that are added.
fn closed(description: &str) -> ObjectBuilder {
    let object = ObjectBuilder::new().schema_type(Type::Object).description(Some(description));
    object.additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
}

fn reference(name: &str) -> RefBuilder {
    RefBuilder::new().ref_location_from_schema_name(name)
}

/// Numbers of which each may be `null`, at least one.
fn row(description: &str) -> ArrayBuilder {
    let number = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Number, Type::Null]))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Double)));
    ArrayBuilder::new().items(number).min_items(Some(1)).description(Some(description))
}

/// Rows of numbers.
fn rows() -> ArrayBuilder {
    let row = row("A row; all are equally long.");
    ArrayBuilder::new().items(row).min_items(Some(1)).description(Some("The rows; `null` is a missing value."))
}

/// A flat array of numbers with the options beside it.
pub struct NumbersRequest;

impl ToSchema for NumbersRequest {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.extend(options::components());
    }
}

impl PartialSchema for NumbersRequest {
    fn schema() -> RefOr<Schema> {
        let object = closed("An array of numbers with the options beside it.");
        let numbers = row("The numbers; `null` is a missing value.");
        options::flat_members(object.property("numbers", numbers).required("numbers")).into()
    }
}

/// Nested arrays.
pub struct NestedBody;

impl ToSchema for NestedBody {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        let object = closed("Nested arrays with the options beside them.");
        let request = options::nested_members(object.property("numbers", rows()).required("numbers"));
        schemas.push(("NestedRequest".to_owned(), request.into()));
        schemas.extend(options::components());
    }
}

impl PartialSchema for NestedBody {
    fn schema() -> RefOr<Schema> {
        let description = "Nested arrays alone, or with options beside them.";
        let rows = rows().title(Some("Rows"));
        OneOfBuilder::new().item(rows).item(reference("NestedRequest")).description(Some(description)).into()
    }
}

/// A table as JSON.
pub struct TableBody;

impl ToSchema for TableBody {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        let types = [Type::Number, Type::String, Type::Boolean, Type::Null];
        let cell = ObjectBuilder::new().schema_type(SchemaType::from_iter(types));
        let cell = cell.description(Some("A cell of a table; `null` is a missing value."));
        let cells = || ArrayBuilder::new().items(reference("Cell")).min_items(Some(1));
        let object = |description: &str| ObjectBuilder::new().schema_type(Type::Object).description(Some(description));
        let record =
            object("A record: its cells by the names of their columns.").additional_properties(Some(reference("Cell")));
        let columns = object("Columns: an array of cells by the name of each; all are equally long.");
        schemas.extend([
            ("Cell".to_owned(), cell.into()),
            ("Record".to_owned(), record.into()),
            ("Columns".to_owned(), columns.additional_properties(Some(cells())).into()),
        ]);
    }
}

impl PartialSchema for TableBody {
    fn schema() -> RefOr<Schema> {
        let records = ArrayBuilder::new().items(reference("Record")).min_items(Some(1)).title(Some("Records"));
        let description = "A table: records, or named arrays. Also read: what pandas' to_json writes with any orient, records or \
                           named arrays as the only table among the members of an object, an array of rows whose first one may \
                           have the names, and polars' named series. Members of nested objects are columns by their path, such as \
                           column=result.mark.";
        OneOfBuilder::new().item(records).item(reference("Columns")).description(Some(description)).into()
    }
}

/// Files alone: their options are parameters.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "only described")]
pub struct Files {
    /// The files, each a table. Several with the same columns are one data set. Each is recognised by its
    /// content, whatever the type of its part.
    #[schema(min_items = 1)]
    file: Vec<File>,
}

/// States as files.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "only described")]
pub struct States {
    /// The states, whatever the names of their parts are.
    #[schema(min_items = 1)]
    state: Vec<File>,
}

/// Two states of one number each: 5, and 6.
pub const STATES: [&str; 2] = [
    "iURTVEFURQoBAABmAAAAZGVzY3JpYmUCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAUAAAAAAAAAAAAAAAAAAAAAAAAFAAAAAAAAAAAAAAAAAAAA\
     AAAAAAABAAUAAAEAGQAAAQB9AAACAHECgYdH6UhyH1qBSxmKEPqoh0zYgXQ0oETysIPaB3lR8GA=",
    "iURTVEFURQoBAABnAAAAZGVzY3JpYmUCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAYAAAAAAAAAAAAAAAAAAAAAAAAGAAAAAAAAAAAAAAAAAAAA\
     AAAAAAABAAYAAAEAJAAAAgDYAAAAAgAQBfwYLC66P7Ic+u7g6DKQ4q5FXnvxXzseUrL+gsb3YNdq",
];

/// Result of a statement about the marks 5 and 6.
pub const SQL_RESULT: &str = "describe_sql,records,n_1,inexact_1,min_1,max_1,sum1_1,sum2_1,sum3_1,sum4_1\nversion=1&dialect=duckdb&form=sums&scale=0&column=mark,2,2,0,5,6,11,61,341,1921\n";

/// Rows of the result of a statement.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
pub struct SqlRows(Vec<serde_json::Map<String, serde_json::Value>>);

/// States in base64 with the options beside them.
pub struct StateList;

impl ToSchema for StateList {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.extend(options::components());
    }
}

impl PartialSchema for StateList {
    fn schema() -> RefOr<Schema> {
        let state = ObjectBuilder::new().schema_type(Type::String).content_encoding("base64");
        let states = ArrayBuilder::new().items(state).min_items(Some(1)).max_items(Some(1000));
        let states = states.description(Some("The states in base64 (RFC 4648, section 4)."));
        let object = closed("States with the options beside them.").property("states", states).required("states");
        options::state_members(object).into()
    }
}

/// The bytes of a file.
#[derive(Serialize, ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "only described")]
pub struct File(Vec<u8>);

/// Options and files, in any order.
pub struct Form;

impl ToSchema for Form {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((File::name().into(), File::schema()));
        schemas.extend(options::components());
    }
}

/// Options of item analysis and files.
pub struct ItemForm;

impl ToSchema for ItemForm {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((File::name().into(), File::schema()));
        schemas.extend(options::components());
    }
}

impl PartialSchema for ItemForm {
    fn schema() -> RefOr<Schema> {
        let form = closed("Options, and behind them the files. A blank option counts as not given.");
        options::item_fields(form).property("file", files()).required("file").into()
    }
}

/// The files of a form.
fn files() -> ArrayBuilder {
    const FILES: &str = "The data: every part with a file's name, whatever the part's own name is. Several files with the \
                         same columns, or of numbers, are one data set. Each is recognised by its \
                         content, whatever the type of its part.";
    let file = RefBuilder::new().ref_location_from_schema_name(File::name());
    ArrayBuilder::new().items(file).min_items(Some(1)).description(Some(FILES))
}

impl PartialSchema for Form {
    fn schema() -> RefOr<Schema> {
        let form = closed(
            "Files and options, in any order. Put options before files that are larger than half of the service's memory limit. A \
             blank option counts as not given. In place of a file the field `numbers` may have text.",
        );
        options::form_fields(form).property("file", files()).required("file").into()
    }
}
