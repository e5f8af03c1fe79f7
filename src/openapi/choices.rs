//! The options that take one of a few words.

use serde::Serialize;
use utoipa::ToSchema;

/// What becomes of missing values.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(dead_code, reason = "only described")]
pub(super) enum NanPolicy {
    Propagate,
    Raise,
    Omit,
}

/// A program.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(default = "scipy")]
#[allow(dead_code, reason = "only described")]
pub(super) enum Convention {
    Scipy,
    Excel,
    Sas,
    Spss,
    R,
    Stata,
    Minitab,
    Pandas,
    Duckdb,
}

/// What the kurtosis of a normal distribution is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(default = "fisher")]
#[allow(dead_code, reason = "only described")]
pub(super) enum Kurtosis {
    Fisher,
    Pearson,
}

/// A quantile method of numpy.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(default = "linear")]
#[allow(dead_code, reason = "only described")]
pub(super) enum QuantileMethod {
    InvertedCdf,
    AveragedInvertedCdf,
    ClosestObservation,
    InterpolatedInvertedCdf,
    Hazen,
    Weibull,
    Linear,
    MedianUnbiased,
    NormalUnbiased,
    Lower,
    Higher,
    Midpoint,
    Nearest,
}

/// The axis of nested arrays.
#[derive(Serialize, ToSchema)]
#[schema(default = "0")]
#[allow(dead_code, reason = "only described")]
pub(super) enum Axis {
    #[serde(rename = "0")]
    Columns,
    #[serde(rename = "1")]
    Rows,
    #[serde(rename = "none")]
    Flat,
}

/// What weights are.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(default = "frequency")]
#[allow(dead_code, reason = "only described")]
pub(super) enum WeightType {
    Frequency,
    Reliability,
}

/// What a cell is that is no number.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(default = "error")]
#[allow(dead_code, reason = "only described")]
pub(super) enum Invalid {
    Error,
    Missing,
}

/// Whether there is a header.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(default = "auto")]
#[allow(dead_code, reason = "only described")]
pub(super) enum Header {
    Auto,
    True,
    False,
}

/// A decimal mark.
#[derive(Serialize, ToSchema)]
#[schema(default = ".")]
#[allow(dead_code, reason = "only described")]
pub(super) enum Mark {
    #[serde(rename = ".")]
    Point,
    #[serde(rename = ",")]
    Comma,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(default = "json")]
#[allow(dead_code, reason = "only described")]
pub(super) enum Format {
    Json,
    Ndjson,
    Csv,
    Markdown,
    Html,
    Svg,
    Xlsx,
    Ods,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(dead_code, reason = "only described")]
pub(super) enum Chart {
    Histogram,
    Box,
    Ecdf,
    Compare,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(default = "none")]
#[allow(dead_code, reason = "only described")]
pub(super) enum Publish {
    Ofqual,
    None,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(default = "half_up")]
#[allow(dead_code, reason = "only described")]
pub(super) enum Rounding {
    HalfUp,
    HalfEven,
}
