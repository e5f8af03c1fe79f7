//! The shapes of single figures.

use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only described")]
pub(super) enum Count {
    /// Of all numbers, or of every slice.
    One(u64),
    /// Of each slice, when they differ.
    Many(Vec<u64>),
}

/// A figure; `null` when it is undefined or not finite.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only described")]
pub(super) enum Figure {
    /// Of a flat array.
    One(Option<f64>),
    /// Of each slice of nested arrays.
    Many(Vec<Option<f64>>),
}

/// Of a flat array, or of each slice of nested arrays.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only described")]
pub(super) enum Slices<T> {
    /// Of a flat array.
    One(T),
    /// Of each slice.
    Many(Vec<Option<T>>),
}

/// A quantile.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
pub(super) struct Quantile {
    /// The share.
    q: f64,
    /// The quantile.
    #[schema(required)]
    value: Option<f64>,
}

/// The most frequent values.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
pub(super) struct Mode {
    /// The first twenty, ascending.
    values: Vec<f64>,
    /// How often each stands there.
    #[schema(required)]
    count: Option<u64>,
    /// How many there are.
    total: u64,
}

/// A confidence interval.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
pub(super) struct Interval {
    /// The confidence.
    confidence: f64,
    /// The lower end.
    #[schema(required)]
    low: Option<f64>,
    /// The upper end.
    #[schema(required)]
    high: Option<f64>,
}

/// A test of a hypothesis.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
pub(super) struct Test {
    /// The test statistic.
    #[schema(required)]
    statistic: Option<f64>,
    /// The probability of such a value or a greater one.
    #[schema(required)]
    p: Option<f64>,
}

/// What lies beyond Tukey's fences, 1.5 interquartile ranges from the quartiles.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
pub(super) struct Outliers {
    /// The lower fence.
    #[schema(required)]
    lower_fence: Option<f64>,
    /// The upper fence.
    #[schema(required)]
    upper_fence: Option<f64>,
    /// How many numbers lie below the lower one.
    #[schema(required)]
    below: Option<u64>,
    /// How many lie above the upper one.
    #[schema(required)]
    above: Option<u64>,
}

/// A histogram; the last bin is closed on both sides.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
pub(super) struct Histogram {
    /// One more than there are bins.
    edges: Vec<f64>,
    /// How many numbers fall into each bin.
    counts: Vec<Option<u64>>,
}

/// A value and how often it stands there.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
pub(super) struct Frequency {
    /// The value.
    value: f64,
    /// How often.
    #[schema(required)]
    count: Option<u64>,
    /// The percentage of all numbers.
    percent: f64,
    /// The percentage of all numbers that are this or less.
    cumulative_percent: f64,
}

/// How many numbers reach a grade.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, clippy::struct_field_names, reason = "only described")]
pub(super) struct Boundary {
    /// The grade, or `below`.
    grade: String,
    /// Its boundary; `null` for those below all.
    #[schema(required)]
    boundary: Option<f64>,
    /// How many numbers are at or above it and below the next higher one.
    #[schema(required)]
    count: Option<u64>,
    /// Their percentage.
    percent: f64,
    /// How many numbers are at or above it.
    #[schema(required)]
    cumulative_count: Option<u64>,
    /// Their percentage.
    cumulative_percent: f64,
}
