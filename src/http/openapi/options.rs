//! The options in the document, made from the table of options: parameters of a URL, members of a JSON body, fields of a
//! form.

use std::ops::Bound;

use describe_options::{Interval, OptionName, OptionSpec, Scope, ValueType, statistic_names};
use serde_json::Value;
use utoipa::openapi::extensions::{Extensions, ExtensionsBuilder};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, RefBuilder, Schema, SchemaType};
use utoipa::openapi::{KnownFormat, RefOr, Required, SchemaFormat, Type};
use utoipa::{IntoParams, Number};

use describe_engine::messages::Voice;

/// The options of a request whose numbers are in the URL.
pub struct QueryOptions;

/// The options of a request with a body.
pub struct BodyOptions;

/// The options of a table in a body, with examples that fit [`super::TABLE`].
pub struct TableOptions;

/// The options of files.
pub struct FileOptions;

/// The options of item analysis.
pub struct ItemOptions;

/// The options of how a table is read.
pub struct ReadingOptions;

/// The options of states: those of answers.
pub struct MergeOptions;

impl IntoParams for MergeOptions {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        of_states().map(parameter).map(ParameterBuilder::build).collect()
    }
}

impl IntoParams for QueryOptions {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        of_scopes(&ARRAY_SCOPES).map(parameter).map(ParameterBuilder::build).collect()
    }
}

impl IntoParams for BodyOptions {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        of_statistics().map(parameter).map(ParameterBuilder::build).collect()
    }
}

impl IntoParams for TableOptions {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let with_example = |spec: &OptionSpec| {
            let example: Option<&[&str]> = match spec.option {
                OptionName::Column => Some(&["mark"]),
                OptionName::GroupBy => Some(&["cohort"]),
                OptionName::Absent => Some(&["ABS"]),
                _ => None,
            };
            parameter(spec).example(example.map(Value::from)).build()
        };
        of_scopes(&TABLE_SCOPES).map(with_example).collect()
    }
}

impl IntoParams for ItemOptions {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        of_items().map(parameter).map(ParameterBuilder::build).collect()
    }
}

impl IntoParams for ReadingOptions {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        of_scopes(&[Scope::Tables, Scope::Text]).map(parameter).map(ParameterBuilder::build).collect()
    }
}

impl IntoParams for FileOptions {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        of_scopes(&TABLE_SCOPES).map(parameter).map(ParameterBuilder::build).collect()
    }
}

/// The options of an array of numbers.
const ARRAY_SCOPES: [Scope; 2] = [Scope::Statistics, Scope::Output];

/// The options of nested arrays.
const NESTED_SCOPES: [Scope; 3] = [Scope::Statistics, Scope::NestedArrays, Scope::Output];

/// The options of a table.
const TABLE_SCOPES: [Scope; 5] = [Scope::Statistics, Scope::Tables, Scope::Groups, Scope::Text, Scope::Output];

/// The options of answers about states.
fn of_states() -> impl Iterator<Item = &'static OptionSpec> {
    let is_of_answer = |spec: &&OptionSpec| match spec.scope {
        Scope::Statistics | Scope::Groups | Scope::Output => true,
        Scope::Tables | Scope::Items | Scope::NestedArrays | Scope::Text => spec.option == OptionName::Totals,
    };
    specs().filter(is_of_answer)
}

/// The options of item analysis, its own first.
fn of_items() -> impl Iterator<Item = &'static OptionSpec> {
    let own = specs().filter(|spec| spec.scope == Scope::Items);
    own.chain(specs().filter(|spec| spec.scope != Scope::Items && spec.option.goes_with_items()))
}

/// All options but those of item analysis.
fn of_statistics() -> impl Iterator<Item = &'static OptionSpec> {
    specs().filter(|spec| spec.scope != Scope::Items)
}

/// All options, those that most requests need first.
fn specs() -> impl Iterator<Item = &'static OptionSpec> {
    OptionName::by_use().map(OptionName::spec)
}

fn of_scopes(scopes: &[Scope]) -> impl Iterator<Item = &'static OptionSpec> {
    specs().filter(|spec| scopes.contains(&spec.scope))
}

fn parameter(spec: &OptionSpec) -> ParameterBuilder {
    let advanced = (!spec.option.is_common()).then(|| ExtensionsBuilder::new().add("x-advanced", true).build());
    let parameter = ParameterBuilder::new()
        .name(spec.name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(format!(
            "{}{} Example: `{}`.",
            if advanced.is_some() { "*Advanced.* " } else { "" },
            description(spec),
            Voice::Http.with(spec.option, &spec.example.join(","))
        )))
        .extensions(advanced)
        .schema(Some(if has_component(spec) { reference(spec).build().into() } else { schema(spec, Place::Text) }));
    match spec.value {
        // As many numbers as these are one value, so they are not repeated.
        ValueType::Numbers { min_count, max_count, .. } if min_count == max_count => {
            parameter.style(Some(ParameterStyle::Form)).explode(Some(false))
        }
        _ => parameter,
    }
}

/// Adds the options that concern arrays of numbers, flat or nested, as members of a JSON body.
pub(super) fn json_members(body: ObjectBuilder) -> ObjectBuilder {
    of_scopes(&NESTED_SCOPES).fold(body, |body, spec| body.property(spec.name, member(spec, Place::Json)))
}

/// Adds the options that concern flat arrays as members of a JSON body.
pub(super) fn flat_members(body: ObjectBuilder) -> ObjectBuilder {
    of_scopes(&ARRAY_SCOPES).fold(body, |body, spec| body.property(spec.name, member(spec, Place::Json)))
}

/// Adds the options that concern the slices of nested arrays as members of a JSON body.
pub(super) fn nested_members(body: ObjectBuilder) -> ObjectBuilder {
    const AXIS: &str = "`0` describes each column, `1` each row. Default: `0`.";
    let axis = integer(Some(0), Some(1)).description(Some(AXIS));
    flat_members(body.property(OptionName::Axis.as_str(), axis))
}

/// Adds the options of answers about states as members of a JSON body.
pub(super) fn state_members(body: ObjectBuilder) -> ObjectBuilder {
    of_states().fold(body, |body, spec| body.property(spec.name, member(spec, Place::Json)))
}

/// Adds all options as fields of a form.
pub(super) fn form_fields(form: ObjectBuilder) -> ObjectBuilder {
    of_statistics().fold(form, |form, spec| form.property(spec.name, member(spec, Place::Text)))
}

/// Adds the options of item analysis as fields of a form.
pub(super) fn item_fields(form: ObjectBuilder) -> ObjectBuilder {
    of_items().fold(form, |form, spec| form.property(spec.name, member(spec, Place::Text)))
}

/// The named schemas of the options that are a word, and that of the names of statistics.
pub(super) fn components() -> impl Iterator<Item = (String, RefOr<Schema>)> {
    let words = specs().filter(|spec| has_component(spec));
    let names = of_type(Type::String).enum_values(Some(statistic_names(OptionName::Statistics))).description(Some(
        "The name of a statistic; `scipy` means those of `scipy.stats.describe`, `all` all of them.",
    ));
    let of_option = |spec: &OptionSpec| {
        let mut schema = schema(spec, Place::Text);
        set_description(&mut schema, description(spec));
        (component(spec), schema)
    };
    words.map(of_option).chain([(STATISTIC_NAME.to_owned(), names.into())])
}

/// The name of the schema of the names of statistics.
const STATISTIC_NAME: &str = "StatisticName";

/// Whether an option has a schema of its own.
fn has_component(spec: &OptionSpec) -> bool {
    matches!(spec.value, ValueType::Words(_))
}

/// The name of an option's schema: that of [`OptionName`], such as `NanPolicy`.
fn component(spec: &OptionSpec) -> String {
    match spec.option {
        OptionName::Decimal => "DecimalMark".to_owned(),
        option => format!("{option:?}"),
    }
}

fn reference(spec: &OptionSpec) -> RefBuilder {
    RefBuilder::new().ref_location_from_schema_name(component(spec))
}

/// Names for the words that are not names in a program.
fn word_names(option: OptionName) -> Option<Extensions> {
    let names: &[&str] = match option {
        OptionName::Axis => &["COLUMNS", "ROWS", "NONE"],
        OptionName::Decimal => &["POINT", "COMMA"],
        OptionName::Thousands => &["COMMA", "POINT", "BLANK", "APOSTROPHE"],
        _ => return None,
    };
    Some(ExtensionsBuilder::new().add("x-enum-varnames", names).build())
}

/// The schema of a member or field.
fn member(spec: &OptionSpec, place: Place) -> RefOr<Schema> {
    let description = description(spec);
    if has_component(spec) {
        return reference(spec).description(Some(description)).into();
    }
    let mut schema = schema(spec, place);
    set_description(&mut schema, description);
    schema
}

fn set_description(schema: &mut RefOr<Schema>, text: String) {
    match schema {
        RefOr::T(Schema::Object(object)) => object.description = Some(text),
        RefOr::T(Schema::Array(array)) => array.description = Some(text),
        RefOr::T(Schema::OneOf(one_of)) => one_of.description = Some(text),
        _ => {}
    }
}

/// Notation of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// As text, in a URL or a form.
    Text,
    /// As a JSON value.
    Json,
}

/// The documentation of an option, with what is only so over HTTP.
fn description(spec: &OptionSpec) -> String {
    let spell = |option: OptionName, value: Option<&str>| match value {
        Some(value) => format!("`{}`", Voice::Http.with(option, value)),
        None => format!("`{}`", Voice::Http.option(option)),
    };
    let more = match spec.option {
        OptionName::Axis => "In JSON, `null` is the same as `none`.",
        OptionName::Encoding => "It must agree with the charset of the Content-Type, if there is one.",
        OptionName::Format => {
            "Without it the header Accept decides among the exact media types; a wildcard means JSON, as with browsers."
        }
        OptionName::Stamp => "Of a GET, the SHA-256 is that of the query.",
        _ => "",
    };
    format!("{} {more}", spec.documentation(&spell)).trim_end().to_owned()
}

fn schema(spec: &OptionSpec, place: Place) -> RefOr<Schema> {
    let default = default(spec, place);
    match spec.value {
        ValueType::Boolean => of_type(Type::Boolean).default(default).into(),
        ValueType::Integer { min, max } => integer(Some(min), max).default(default).into(),
        ValueType::IntegerOrNone { .. } if place == Place::Json => {
            let either = SchemaType::from_iter([Type::Integer, Type::Null]);
            integer(Some(0), Some(1)).schema_type(either).default(default).into()
        }
        ValueType::Number(interval) => number(interval).default(default).into(),
        ValueType::CountOrWord { min, max, words } if place == Place::Json => OneOfBuilder::new()
            .item(integer(Some(min), Some(max)).title(Some("Count")))
            .item(of_type(Type::String).enum_values(Some(words.iter().copied())).title(Some("Rule")))
            .default(default)
            .into(),
        ValueType::IntegerOrTexts { min, max, .. } if place == Place::Json => OneOfBuilder::new()
            .item(integer(Some(min), Some(max)).title(Some("Places")))
            .item(ArrayBuilder::new().items(of_type(Type::String)).title(Some("PlacesByName")))
            .into(),
        ValueType::Words(words) | ValueType::IntegerOrNone { words } => {
            let names = word_names(spec.option);
            of_type(Type::String).enum_values(Some(words.iter().copied())).extensions(names).default(default).into()
        }
        ValueType::CountOrWord { .. } | ValueType::Text { .. } => of_type(Type::String).default(default).into(),
        ValueType::Numbers { interval, min_count, max_count } => {
            let exact = min_count == max_count;
            let (min, max) = (exact.then_some(min_count), exact.then_some(max_count));
            ArrayBuilder::new().items(number(interval)).min_items(min).max_items(max).default(default).into()
        }
        ValueType::Texts { .. } if spec.option == OptionName::Statistics => {
            ArrayBuilder::new().items(RefBuilder::new().ref_location_from_schema_name(STATISTIC_NAME)).into()
        }
        ValueType::IntegerOrTexts { .. } | ValueType::Texts { .. } => {
            ArrayBuilder::new().items(of_type(Type::String)).default(default).into()
        }
    }
}

fn of_type(schema_type: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(schema_type)
}

fn integer(min: Option<u64>, max: Option<u64>) -> ObjectBuilder {
    let format = Some(SchemaFormat::KnownFormat(KnownFormat::Int64));
    of_type(Type::Integer).format(format).minimum(min.map(Number::from)).maximum(max.map(Number::from))
}

fn number(interval: Interval) -> ObjectBuilder {
    let number = of_type(Type::Number).format(Some(SchemaFormat::KnownFormat(KnownFormat::Double)));
    let number = match interval.low {
        Bound::Included(low) => number.minimum(Some(bound(low))),
        Bound::Excluded(low) => number.exclusive_minimum(Some(bound(low))),
        Bound::Unbounded => number,
    };
    match interval.high {
        Bound::Included(high) => number.maximum(Some(bound(high))),
        Bound::Excluded(high) => number.exclusive_maximum(Some(bound(high))),
        Bound::Unbounded => number,
    }
}

fn bound(bound: describe::Decimal) -> Number {
    bound.to_integer().map_or_else(|| bound.to_f64().into(), Number::from)
}

/// The default as JSON, where there is one.
fn default(spec: &OptionSpec, place: Place) -> Option<Value> {
    let [first, ..] = spec.default else { return None };
    let text = || Value::from(*first);
    // Booleans and numbers are written the same in JSON.
    let literal = || serde_json::from_str(first).unwrap_or_else(|_| text());
    Some(match spec.value {
        ValueType::Boolean | ValueType::Integer { .. } | ValueType::Number(_) => literal(),
        ValueType::IntegerOrNone { .. } | ValueType::CountOrWord { .. } if place == Place::Json => literal(),
        value if value.is_list() => spec.default.into(),
        _ => text(),
    })
}
