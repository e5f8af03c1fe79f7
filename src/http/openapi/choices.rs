//! The options that take one of a few words: the very words that are understood, but for other spellings.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::openapi::schema::{ObjectBuilder, Schema};
use utoipa::openapi::{RefOr, Type};
use utoipa::{PartialSchema, ToSchema};

use describe::QuantileMethod as Method;
use describe_options::enums::{
    AXES, CHARTS, CONVENTIONS, Format as OutputFormat, HEADERS, INVALID, KURTOSES, MARKS, NAN_POLICIES, ROUNDINGS,
    RULES, WEIGHT_TYPES,
};

/// A schema for each list of choices: its description, its words, and the one that is the default.
macro_rules! choices {
    ($($(#[doc = $description:literal])? $name:ident: $choices:expr $(, default $default:literal)?;)+) => {$(
        $(#[doc = $description])?
        #[derive(Serialize)]
        pub(super) struct $name;

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let words = $choices.iter().map(|(word, _)| *word);
                let schema = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words));
                $(let schema = schema.description(Some($description.trim()));)?
                $(let schema = schema.default(Some($default.into()));)?
                schema.into()
            }
        }
    )+};
}

choices! {
    /// What becomes of missing values.
    NanPolicy: NAN_POLICIES;
    /// A program.
    Convention: CONVENTIONS, default "scipy";
    /// What the kurtosis of a normal distribution is.
    Kurtosis: KURTOSES, default "fisher";
    /// A quantile method of numpy.
    QuantileMethod: Method::NAMES, default "linear";
    /// The axis of nested arrays.
    Axis: AXES, default "0";
    /// What weights are.
    WeightType: WEIGHT_TYPES, default "frequency";
    /// What a cell is that is no number.
    Invalid: INVALID, default "error";
    /// Whether there is a header.
    Header: HEADERS[..3], default "auto";
    /// A decimal mark.
    Mark: MARKS, default ".";
    Format: OutputFormat::ALL, default "json";
    Chart: CHARTS;
    Publish: RULES, default "none";
    Rounding: ROUNDINGS[..2], default "half_up";
}
