//! What is sent: numbers, numbers with options, files, forms.

use serde::Serialize;
use utoipa::ToSchema;

use super::choices::{Convention, Kurtosis, NanPolicy, QuantileMethod};

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
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
pub struct WithOptions {
    /// The numbers, also as nested arrays.
    numbers: Vec<NumberOrRow>,
    /// Delta degrees of freedom of the variance.
    #[schema(default = 1, minimum = 0, nullable = false)]
    ddof: Option<u64>,
    /// Whether skewness and kurtosis are the biased ones.
    #[schema(default = true, nullable = false)]
    bias: Option<bool>,
    /// What becomes of missing values.
    #[schema(nullable = false)]
    nan_policy: Option<NanPolicy>,
    /// For nested arrays: 0 columns, 1 rows, null all numbers as one array.
    #[schema(default = 0, minimum = 0, maximum = 1)]
    axis: Option<u8>,
    /// The figures to give.
    #[schema(default = json!(["scipy"]), nullable = false)]
    statistics: Option<Vec<String>>,
    /// The program whose choices are made.
    #[schema(nullable = false)]
    convention: Option<Convention>,
    /// The kurtosis of a normal distribution.
    #[schema(nullable = false)]
    kurtosis: Option<Kurtosis>,
    /// How quantiles are interpolated.
    #[schema(nullable = false)]
    quantile_method: Option<QuantileMethod>,
    /// The shares for `quantiles`.
    #[schema(nullable = false)]
    quantiles: Option<Vec<f64>>,
    /// The share that is cut from each tail.
    #[schema(nullable = false)]
    trim: Option<f64>,
    /// The confidence of intervals.
    #[schema(nullable = false)]
    confidence: Option<f64>,
    /// The highest mark there is.
    #[schema(nullable = false)]
    maximum: Option<f64>,
    /// How many bins a histogram has, or a rule.
    #[schema(nullable = false)]
    bins: Option<CountOrRule>,
    /// From where to where a histogram goes.
    #[schema(min_items = 2, max_items = 2, nullable = false)]
    range: Option<Vec<f64>>,
    /// Grades and their lowest marks, such as `A:70`.
    #[schema(nullable = false)]
    boundaries: Option<Vec<String>>,
}

/// A number of bins, or the name of a rule.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only described")]
enum CountOrRule {
    /// How many.
    Count(u64),
    /// numpy's rule.
    Rule(String),
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

/// Files, and before them any of the options that the URL takes.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described")]
pub struct Form {
    /// A column to describe.
    #[schema(nullable = false)]
    column: Option<Vec<String>>,
    /// A column whose values make the groups.
    #[schema(nullable = false)]
    group_by: Option<Vec<String>>,
    /// Codes of absences.
    #[schema(nullable = false)]
    absent: Option<Vec<String>>,
    /// The data: every part with a file's name, whatever the part's own name is. Several files with the same columns, or
    /// of numbers, are one data set. The type of each is that of its part, or recognised.
    #[schema(min_items = 1)]
    file: Vec<File>,
}
