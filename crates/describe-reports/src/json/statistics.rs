//! The statistics of a result as members of an object, from the one table of statistics.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::answer::Described;
use describe::{Statistic, Value, ValueKind};

/// The statistics of one result.
pub(super) struct Statistics<'a>(pub(super) &'a [(Statistic, Value)]);

impl Serialize for Statistics<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(statistic, value)| (statistic.name(), value)))
    }
}

/// The statistics of a column of a table, which may be counts of categories.
pub(super) struct ColumnStatistics<'a>(pub(super) &'a [(Statistic, Value)]);

impl Serialize for ColumnStatistics<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Statistics(self.0).serialize(serializer)
    }
}

/// The statistics of slices, each a list with one element for each slice; a pair is two such lists.
pub(super) struct SliceStatistics<'a>(pub(super) &'a [Described<'a>]);

impl Serialize for SliceStatistics<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(slices) = self;
        let mut map = serializer.serialize_map(None)?;
        let statistics = slices.first().map_or(&[][..], |slice| &slice.figures);
        for (place, (statistic, _)) in statistics.iter().enumerate() {
            let values = || slices.iter().map(move |slice| &slice.figures[place].1);
            if statistic.kind() == ValueKind::Pair {
                let side = |side: usize| values().map(move |value| value.figures().get(side)?.ok());
                let sides: [Vec<Option<f64>>; 2] = [side(0).collect(), side(1).collect()];
                map.serialize_entry(statistic.name(), &sides)?;
            } else {
                map.serialize_entry(statistic.name(), &values().collect::<Vec<_>>())?;
            }
        }
        map.end()
    }
}

#[cfg(feature = "schema")]
mod schema {
    use utoipa::openapi::schema::{
        Array, ArrayBuilder, ArrayItems, KnownFormat, Object, ObjectBuilder, OneOfBuilder, Schema, SchemaFormat,
        SchemaType, Type,
    };
    use utoipa::openapi::{Ref, RefOr};
    use utoipa::{PartialSchema, ToSchema};

    use super::{ColumnStatistics, SliceStatistics, Statistics};
    use describe::{
        Boundary, Category, Frequency, Histogram, Interval, Mark, Mode, Outliers, PercentileRank, Quantile, Statistic,
        Test, ValueKind,
    };

    impl PartialSchema for Statistics<'_> {
        fn schema() -> RefOr<Schema> {
            members(value, of_arrays())
        }
    }

    impl PartialSchema for SliceStatistics<'_> {
        fn schema() -> RefOr<Schema> {
            members(values, of_arrays())
        }
    }

    impl PartialSchema for ColumnStatistics<'_> {
        fn schema() -> RefOr<Schema> {
            members(value, Statistic::all())
        }
    }

    impl ToSchema for ColumnStatistics<'_> {
        fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
            parts(schemas);
        }
    }

    /// Statistics of arrays, which have no categories.
    fn of_arrays() -> impl Iterator<Item = Statistic> {
        Statistic::all().filter(|statistic| *statistic != Statistic::Categories)
    }

    impl ToSchema for Statistics<'_> {
        fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
            parts(schemas);
        }
    }

    impl ToSchema for SliceStatistics<'_> {
        fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
            parts(schemas);
        }
    }

    /// Object with an optional member for each statistic.
    fn members(of: fn(ValueKind) -> Schema, statistics: impl Iterator<Item = Statistic>) -> RefOr<Schema> {
        let described = |statistic: Statistic| {
            let mut schema = of(statistic.kind());
            let description = match &mut schema {
                Schema::Object(Object { description, .. }) | Schema::Array(Array { description, .. }) => description,
                Schema::OneOf(one) => &mut one.description,
                _ => unreachable!("values are objects, lists, or one of them"),
            };
            *description = Some(statistic.definition().to_owned());
            schema
        };
        let empty = ObjectBuilder::new();
        statistics.fold(empty, |object, statistic| object.property(statistic.name(), described(statistic))).into()
    }

    /// The value of a statistic; null where all of it is undefined or withheld.
    fn value(kind: ValueKind) -> Schema {
        match kind {
            ValueKind::Number => number(),
            ValueKind::Pair => nullable(list(number()).min_items(Some(2)).max_items(Some(2))),
            ValueKind::Count => count(),
            ValueKind::List(length) => nullable(list(number()).min_items(Some(length)).max_items(Some(length))),
            ValueKind::Quantiles => nullable(list(reference::<Quantile>())),
            ValueKind::Mode => reference_or_null::<Mode>(),
            ValueKind::Interval => reference_or_null::<Interval>(),
            ValueKind::Test => reference_or_null::<Test>(),
            ValueKind::Outliers => reference_or_null::<Outliers>(),
            ValueKind::Histogram => reference_or_null::<Histogram>(),
            ValueKind::Frequencies => nullable(list(reference::<Frequency>())),
            ValueKind::Boundaries => nullable(list(reference::<Boundary>())),
            ValueKind::MarkTable => nullable(list(reference::<Mark>())),
            ValueKind::Categories => nullable(list(reference::<Category>())),
            ValueKind::PercentileRanks => nullable(list(reference::<PercentileRank>())),
        }
    }

    /// The values of a statistic of slices.
    fn values(kind: ValueKind) -> Schema {
        match kind {
            ValueKind::Pair => {
                let side = list(number());
                list(side).min_items(Some(2)).max_items(Some(2)).into()
            }
            kind => list(value(kind)).into(),
        }
    }

    /// The schemas that values refer to.
    fn parts(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        fn part<T: ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
            schemas.push((T::name().into_owned(), T::schema()));
        }
        part::<Quantile>(schemas);
        part::<Mode>(schemas);
        part::<Interval>(schemas);
        part::<Test>(schemas);
        part::<Outliers>(schemas);
        part::<Histogram>(schemas);
        part::<Frequency>(schemas);
        part::<Boundary>(schemas);
        part::<Mark>(schemas);
        part::<PercentileRank>(schemas);
        part::<Category>(schemas);
    }

    fn number() -> Schema {
        let number = ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::Number, Type::Null]));
        number.format(Some(SchemaFormat::KnownFormat(KnownFormat::Double))).into()
    }

    fn count() -> Schema {
        let integer = ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::Integer, Type::Null]));
        integer.format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64))).minimum(Some(0)).into()
    }

    fn list(items: impl Into<RefOr<Schema>>) -> ArrayBuilder {
        ArrayBuilder::new().items(ArrayItems::RefOrSchema(Box::new(items.into())))
    }

    fn nullable(list: ArrayBuilder) -> Schema {
        list.schema_type(SchemaType::from_iter([Type::Array, Type::Null])).into()
    }

    fn reference<T: ToSchema>() -> Ref {
        Ref::from_schema_name(T::name())
    }

    fn reference_or_null<T: ToSchema>() -> Schema {
        OneOfBuilder::new().item(reference::<T>()).item(ObjectBuilder::new().schema_type(Type::Null)).into()
    }
}
