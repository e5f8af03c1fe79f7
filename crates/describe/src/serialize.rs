//! Serialization of numbers that may be undefined: those are null.

use serde::{Serialize, Serializer};

use super::undefined::{Figure, Undefined};

pub(super) fn figure<S: Serializer>(figure: &Figure, serializer: S) -> Result<S::Ok, S::Error> {
    figure.ok().serialize(serializer)
}

#[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
pub(super) fn optional_figure<S: Serializer>(figure: &Option<Figure>, serializer: S) -> Result<S::Ok, S::Error> {
    figure.and_then(Result::ok).serialize(serializer)
}

pub(super) fn figures<S: Serializer>(figures: &[Figure], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(figures.iter().map(|figure| figure.ok()))
}

pub(super) fn null<S: Serializer>(_: &Undefined, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_none()
}

pub(super) fn value_or_null<T: Serialize, S: Serializer>(
    value: &Result<T, Undefined>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    value.as_ref().ok().serialize(serializer)
}
