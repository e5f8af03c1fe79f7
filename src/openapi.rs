//! The OpenAPI 3.1 document: title, tags, server, and the shapes that the handlers' own notes name.
//!
//! `openapi/openapi.json` is this document as committed; `cargo run -- openapi > openapi/openapi.json` renews it.

mod output;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder, Server, Type};
use utoipa::{IntoParams, IntoResponses, ToSchema};

use crate::error::{MEDIA_TYPE, Problem};
use crate::options::MISSING_MARKERS;

pub use output::OutputParams;

/// The document of a server with this base path.
#[must_use]
pub fn document(base_path: &str) -> String {
    let mut document = head();
    let described = crate::router::described();
    document.paths = described.paths;
    document.components.get_or_insert_default().schemas.extend(described.components.unwrap_or_default().schemas);
    let url = if base_path.is_empty() { "/" } else { base_path };
    document.servers = Some(vec![Server::new(url)]);
    document.to_pretty_json().unwrap_or_default() + "\n"
}

/// Everything but the paths.
fn head() -> OpenApi {
    #[derive(utoipa::OpenApi)]
    #[openapi(
        info(title = "describe-api", description = DESCRIPTION),
        components(schemas(Problem, Description, TableDescription)),
        tags(
            (name = "statistics", description = "Describe numbers."),
            (name = "service", description = "Is it there?"),
            (name = "operation", description = "For load balancers; always at the root, whatever the base path.")
        )
    )]
    struct Head;
    <Head as utoipa::OpenApi>::openapi()
}

const DESCRIPTION: &str = "Exact descriptive statistics over HTTP.

Every figure is **the correctly rounded value of the exact result for the decimals as they were written**: `0.1`, `0.2` \
and `0.3` have mean `0.2` and skewness `0.0`. The answer does not depend on the order of the numbers, on the machine, or \
on whether they came in a URL, as JSON, as text or in a spreadsheet. Definitions and defaults are those of `scipy.stats.describe`; `statistics` asks for more figures.

* A figure that is undefined or not finite is `null`, and `warnings` says why. Data never cause a 500.
* A path may end with a slash or not; there are no redirects. HEAD is answered like GET.
* Errors are problem documents (RFC 9457); bad values are listed in `errors`, the first 20 of `error_count`.
* A request's `X-Request-Id` is repeated in the answer, or one is made. Numbers are never logged.";

/// The numbers of a URL.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "only described")]
pub struct Numbers {
    /// A number, once for each: `numbers=5&numbers=6`. Decimals as Python's `float()` takes them (`5.`, `.5`, `1e5`;
    /// `+5` is sent as `%2B5`, since a `+` in a URL is a space). `nan` is a missing value; `inf` is allowed.
    #[param(example = json!([5, 6]), style = Form, explode, min_items = 1)]
    numbers: Vec<f64>,
}

/// The options of a description.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "only described")]
pub struct OptionParams {
    /// Delta degrees of freedom of the variance: it divides by n - ddof.
    #[param(default = 1, minimum = 0)]
    ddof: Option<u64>,
    /// Whether skewness and kurtosis are the biased ones; `false` corrects them for a sample.
    #[param(default = true)]
    bias: Option<bool>,
    /// What becomes of missing values: `propagate` makes every figure undefined, `omit` leaves them out, `raise` refuses them.
    /// Default: `propagate` for arrays of numbers, `omit` for tables.
    #[param(inline)]
    nan_policy: Option<NanPolicy>,
    /// The figures to give: `scipy` (the six), `all`, or names, with commas between them or repeated. `nobs` always comes. `all`
    /// is everything that needs no further option, and what its option was given for. Without `statistics`, giving
    /// `quantiles`, `maximum` or `boundaries` adds what it is for to the six.
    #[param(default = json!(["scipy"]), nullable = false)]
    statistics: Option<Vec<String>>,
    /// Makes the choices of a program: whether skewness and kurtosis are biased, Fisher's or Pearson's kurtosis, the quantile
    /// method. An option that is given wins. Where the program prints nothing for few numbers the figure is `null`.
    #[param(inline, nullable = false)]
    convention: Option<Convention>,
    /// `fisher`: the kurtosis of a normal distribution is 0; `pearson`: it is 3.
    #[param(inline, nullable = false)]
    kurtosis: Option<Kurtosis>,
    /// How median, quartiles, deciles, quantiles, iqr, mad and outliers are interpolated: numpy's methods.
    #[param(inline, nullable = false)]
    quantile_method: Option<QuantileMethod>,
    /// The shares for `quantiles`, 0 to 1, with commas between them or repeated.
    #[param(example = json!([0.05, 0.95]), nullable = false)]
    quantiles: Option<Vec<f64>>,
    /// The share that `trimmed_mean` and `winsorized_mean` cut from each tail: floor(n * trim) numbers.
    #[param(default = 0.1, minimum = 0, exclusive_maximum = 0.5, nullable = false)]
    trim: Option<f64>,
    /// The confidence of intervals.
    #[param(default = 0.95, exclusive_minimum = 0, exclusive_maximum = 1, nullable = false)]
    confidence: Option<f64>,
    /// The highest mark there is, for `facility`.
    #[param(exclusive_minimum = 0, nullable = false)]
    maximum: Option<f64>,
    /// How many bins a `histogram` has, up to 10000, or numpy's rule for it: `auto`, `fd`, `sturges`, `doane`, `scott`, `rice`
    /// or `sqrt`.
    #[param(default = "auto", nullable = false)]
    bins: Option<String>,
    /// From where to where a `histogram` goes, such as `0,100`; values outside are not counted.
    #[param(min_items = 2, max_items = 2, style = Form, explode = false, nullable = false)]
    range: Option<Vec<f64>>,
    /// Grades and their lowest marks for `boundaries`, such as `A:70,B:60`; or repeated.
    #[param(example = json!(["A:70", "B:60"]), nullable = false)]
    boundaries: Option<Vec<String>>,
}

/// The option of nested arrays.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "only described")]
pub struct AxisParam {
    /// For nested arrays: `0` describes each column, `1` each row, `none` all numbers as one array.
    #[param(inline)]
    axis: Option<Axis>,
}

/// The options of tables: records, named arrays, delimited text, sheets and Parquet.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "only described")]
pub struct TableParams {
    /// A column to describe, by its name in the header; repeat it for several. Default: every column, not in `group_by`,
    /// whose cells are all numbers, missing or absent; the others are listed in `skipped`.
    #[param(nullable = false)]
    column: Option<Vec<String>>,
    /// A column whose values make the groups; repeat it for several. There is a result for each group, in the order of
    /// the values: numbers by value, then text, then empty.
    #[param(nullable = false)]
    group_by: Option<Vec<String>>,
    /// Whether a result over all groups is added.
    #[param(default = false, nullable = false)]
    overall: Option<bool>,
    /// Compares each group with the one before it: difference of means with confidence interval, Cohen's d, variance ratio and
    /// Welch's t. At most 1000 pairs.
    #[param(default = false, nullable = false)]
    compare: Option<bool>,
    /// The group that all others are compared with: `2023`, or `cohort:2023,subject:Maths`. Implies `compare=true`.
    #[param(nullable = false)]
    baseline: Option<String>,
    /// The column that holds the weights. A value with a missing or bad weight is invalid.
    #[param(nullable = false)]
    weights: Option<String>,
    /// `frequency`: integers >= 0, as if the value stood there that often, and `nobs` is their sum. `reliability`: positive;
    /// `nobs` is the number of values, the variance with ddof=1 divides by V1 - V2/V1, skewness and kurtosis are biased, and
    /// quantiles are those of `inverted_cdf`; what has no definition with such weights is `null`.
    #[param(inline, nullable = false)]
    weight_type: Option<WeightType>,
    /// Texts that mean a missing value, with commas between them or repeated, in place of the usual ones. An empty cell is
    /// always missing.
    #[param(default = json!(MISSING_MARKERS), nullable = false)]
    missing: Option<Vec<String>>,
    /// Codes of absences such as `X,ABS`, with commas between them or repeated: each is counted by itself. A code that is a
    /// number also matches by value.
    #[param(nullable = false)]
    absent: Option<Vec<String>>,
    /// What a cell is that is no number, in a column asked for by name: `error` refuses the table, `missing` counts it in
    /// `invalid`.
    #[param(inline, nullable = false)]
    invalid: Option<Invalid>,
    /// Whether the first record is a header; `auto`: unless all its cells are numbers or missing. Without one the columns
    /// are `column_1`, `column_2` and so on.
    #[param(inline, nullable = false)]
    header: Option<Header>,
    /// What separates the cells of delimited text: `auto`, `tab`, or one ASCII character.
    #[param(default = "auto", nullable = false)]
    delimiter: Option<String>,
    /// The decimal mark of delimited text.
    #[param(inline, nullable = false)]
    decimal: Option<Mark>,
    /// How many lines come before the table: titles, say.
    #[param(default = 0, minimum = 0, nullable = false)]
    skip_rows: Option<u64>,
    /// The sheet of a workbook, by its name or its number from 1. Default: the first visible one that holds data.
    #[param(nullable = false)]
    sheet: Option<String>,
    /// The encoding of a text, such as `windows-1252`, like the charset of a Content-Type. A byte order mark wins.
    #[param(default = "utf-8", nullable = false)]
    encoding: Option<String>,
}

/// How the body is compressed.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "only described")]
pub struct CodingParam {
    /// How the body is compressed: `gzip`, `deflate`, `zstd`, `br`, or two of them one upon the other in the order in which
    /// they were applied. gzip and zstd are also recognised by the first bytes of a body without a Content-Type and of the
    /// files of a form.
    #[param(rename = "Content-Encoding", nullable = false)]
    content_encoding: Option<String>,
}

/// What a cell is that is no number.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(default = "error")]
#[allow(dead_code, reason = "only described")]
enum Invalid {
    Error,
    Missing,
}

/// Whether there is a header.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(default = "auto")]
#[allow(dead_code, reason = "only described")]
enum Header {
    Auto,
    True,
    False,
}

/// A decimal mark.
#[derive(Serialize, ToSchema)]
#[schema(default = ".")]
#[allow(dead_code, reason = "only described")]
enum Mark {
    #[serde(rename = ".")]
    Point,
    #[serde(rename = ",")]
    Comma,
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

/// What becomes of missing values.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(dead_code, reason = "only described")]
enum NanPolicy {
    Propagate,
    Raise,
    Omit,
}

/// A program.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(default = "scipy")]
#[allow(dead_code, reason = "only described")]
enum Convention {
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
enum Kurtosis {
    Fisher,
    Pearson,
}

/// What weights are.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(default = "frequency")]
#[allow(dead_code, reason = "only described")]
enum WeightType {
    Frequency,
    Reliability,
}

/// A quantile method of numpy.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(default = "linear")]
#[allow(dead_code, reason = "only described")]
enum QuantileMethod {
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
enum Axis {
    #[serde(rename = "0")]
    Columns,
    #[serde(rename = "1")]
    Rows,
    #[serde(rename = "none")]
    Flat,
}

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

/// What is answered: the figures asked for, in this order; by default scipy's six. Nested arrays have lists in place of
/// single figures, with one element for each slice.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
pub struct Description {
    /// How many numbers were described.
    nobs: Count,
    /// The least and the greatest.
    #[schema(min_items = 2, max_items = 2, nullable = false)]
    minmax: Option<Vec<Figure>>,
    /// The arithmetic mean.
    #[schema(nullable = false)]
    mean: Option<Figure>,
    /// The variance, with `ddof`.
    #[schema(nullable = false)]
    variance: Option<Figure>,
    /// The skewness: the third standardised moment.
    #[schema(nullable = false)]
    skewness: Option<Figure>,
    /// The kurtosis; by Fisher's definition 0 for a normal distribution.
    #[schema(nullable = false)]
    kurtosis: Option<Figure>,
    /// The sum.
    #[schema(nullable = false)]
    sum: Option<Figure>,
    /// The standard deviation, with `ddof`.
    #[schema(nullable = false)]
    std: Option<Figure>,
    /// The standard error of the mean: std / √n.
    #[schema(nullable = false)]
    sem: Option<Figure>,
    /// The coefficient of variation: std / |mean|.
    #[schema(nullable = false)]
    cv: Option<Figure>,
    /// The greatest less the least.
    #[schema(nullable = false)]
    range: Option<Figure>,
    /// The median, by `quantile_method`.
    #[schema(nullable = false)]
    median: Option<Figure>,
    /// The quartiles.
    quartiles: Option<Slices<Vec<Option<f64>>>>,
    /// The third quartile less the first.
    #[schema(nullable = false)]
    iqr: Option<Figure>,
    /// The quantiles that `quantiles` asked for.
    quantiles: Option<Slices<Vec<Quantile>>>,
    /// The nine deciles.
    deciles: Option<Slices<Vec<Option<f64>>>>,
    /// The most frequent values.
    mode: Option<Slices<Mode>>,
    /// The median of the distances from the median.
    #[schema(nullable = false)]
    mad: Option<Figure>,
    /// How many different values there are.
    distinct: Option<Slices<u64>>,
    /// The mean without `trim` of the numbers at each end.
    #[schema(nullable = false)]
    trimmed_mean: Option<Figure>,
    /// The mean with those replaced by the nearest that is left.
    #[schema(nullable = false)]
    winsorized_mean: Option<Figure>,
    /// The geometric mean, of positive numbers.
    #[schema(nullable = false)]
    geometric_mean: Option<Figure>,
    /// The harmonic mean, of positive numbers.
    #[schema(nullable = false)]
    harmonic_mean: Option<Figure>,
    /// The confidence interval of the mean, by Student's t.
    ci_mean: Option<Slices<Interval>>,
    /// The test of normality of Jarque and Bera.
    jarque_bera: Option<Slices<Test>>,
    /// What lies beyond Tukey's fences.
    outliers: Option<Slices<Outliers>>,
    /// The mean in percent of `maximum`.
    #[schema(nullable = false)]
    facility: Option<Figure>,
    /// A histogram with bins of equal width.
    histogram: Option<Slices<Histogram>>,
    /// Each value and how often it stands there, ascending.
    frequencies: Option<Slices<Vec<Frequency>>>,
    /// How many numbers reach each grade, the highest first.
    boundaries: Option<Slices<Vec<Boundary>>>,
    /// How many values were missing.
    #[schema(nullable = false)]
    missing: Option<Slices<u64>>,
    /// That order statistics are approximate, because there are more different values than the server counts one by one.
    #[schema(nullable = false)]
    approximate: Option<bool>,
    /// By how much a rank may be off, as a share of the numbers: a bound that holds for certain.
    #[schema(nullable = false)]
    rank_error: Option<Slices<f64>>,
    /// What is withheld, and why; only there when something is.
    #[schema(nullable = false)]
    withheld: Option<BTreeMap<String, String>>,
    /// Why figures are `null`; only there when some are.
    #[schema(nullable = false)]
    warnings: Option<Vec<Warning>>,
    /// What was rounded and withheld, in words; only there when rules of publication are followed.
    #[schema(nullable = false)]
    notes: Option<Vec<String>>,
    /// What the answer was made from; only there when it was asked for.
    #[schema(nullable = false)]
    stamp: Option<output::Stamp>,
}

#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only described")]
enum Count {
    /// Of all numbers, or of every slice.
    One(u64),
    /// Of each slice, when they differ.
    Many(Vec<u64>),
}

/// A figure; `null` when it is undefined or not finite.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only described")]
enum Figure {
    /// Of a flat array.
    One(Option<f64>),
    /// Of each slice of nested arrays.
    Many(Vec<Option<f64>>),
}

/// Of a flat array, or of each slice of nested arrays.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only described")]
enum Slices<T> {
    /// Of a flat array.
    One(T),
    /// Of each slice.
    Many(Vec<Option<T>>),
}

/// A quantile.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
struct Quantile {
    /// The share.
    q: f64,
    /// The quantile.
    #[schema(required)]
    value: Option<f64>,
}

/// The most frequent values.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
struct Mode {
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
struct Interval {
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
struct Test {
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
struct Outliers {
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
struct Histogram {
    /// One more than there are bins.
    edges: Vec<f64>,
    /// How many numbers fall into each bin.
    counts: Vec<Option<u64>>,
}

/// A value and how often it stands there.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
struct Frequency {
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
struct Boundary {
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

/// Two groups compared: a minus b, a over b. A figure that is undefined is `null`.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
struct Comparison {
    /// The column.
    column: String,
    /// The group a.
    a: BTreeMap<String, Option<String>>,
    /// The group b.
    b: BTreeMap<String, Option<String>>,
    /// The mean of a minus that of b.
    #[schema(required)]
    difference: Option<f64>,
    /// Its standard error.
    #[schema(required)]
    se: Option<f64>,
    /// Its confidence interval.
    #[schema(required)]
    ci: Option<Interval>,
    /// Cohen's d, by the pooled standard deviation.
    #[schema(required)]
    cohens_d: Option<f64>,
    /// The variance of a over that of b.
    #[schema(required)]
    variance_ratio: Option<f64>,
    /// Welch's t.
    #[schema(required)]
    t: Option<f64>,
    /// Its degrees of freedom.
    #[schema(required)]
    df: Option<f64>,
    /// The two-sided probability.
    #[schema(required)]
    p: Option<f64>,
    /// Why figures are `null`; only there when some are.
    #[schema(nullable = false)]
    warnings: Option<Vec<Warning>>,
}

/// What is answered to a table: a flat list of results, group by group, within a group column by column.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
pub struct TableDescription {
    /// How many records there are; `null` where that is withheld.
    #[schema(required)]
    rows: Option<u64>,
    /// A result for each column, or for each group and column; those over all groups come last.
    results: Vec<TableResult>,
    /// The groups compared. Only there when that was asked for.
    #[schema(nullable = false)]
    comparisons: Option<Vec<Comparison>>,
    /// The columns that are not described, none being asked for: they are not all numbers. Only there when there are some.
    #[schema(nullable = false)]
    skipped: Option<Vec<SkippedColumn>>,
    /// What is withheld, and why; only there when something is.
    #[schema(nullable = false)]
    withheld: Option<BTreeMap<String, String>>,
    /// What was rounded and withheld, in words; only there when rules of publication are followed.
    #[schema(nullable = false)]
    notes: Option<Vec<String>>,
    /// What the answer was made from; only there when it was asked for.
    #[schema(nullable = false)]
    stamp: Option<output::Stamp>,
}

/// One column, in one group.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
struct TableResult {
    /// The column's name.
    column: String,
    /// The values of the columns in `group_by`, `null` for empty ones; no members over all groups. Only there with `group_by`.
    #[schema(nullable = false)]
    group: Option<BTreeMap<String, Option<String>>>,
    /// How many numbers were described; `null` where that is withheld.
    #[schema(required)]
    nobs: Option<u64>,
    /// The least and the greatest.
    #[schema(min_items = 2, max_items = 2)]
    minmax: Option<Vec<Option<f64>>>,
    /// The arithmetic mean.
    mean: Option<f64>,
    /// The variance, with `ddof`.
    variance: Option<f64>,
    /// The skewness: the third standardised moment.
    skewness: Option<f64>,
    /// The kurtosis; by Fisher's definition 0 for a normal distribution.
    kurtosis: Option<f64>,
    /// The sum.
    sum: Option<f64>,
    /// The standard deviation, with `ddof`.
    std: Option<f64>,
    /// The standard error of the mean: std / √n.
    sem: Option<f64>,
    /// The coefficient of variation: std / |mean|.
    cv: Option<f64>,
    /// The greatest less the least.
    range: Option<f64>,
    /// The median, by `quantile_method`.
    median: Option<f64>,
    /// The quartiles.
    quartiles: Option<Vec<Option<f64>>>,
    /// The third quartile less the first.
    iqr: Option<f64>,
    /// The quantiles that `quantiles` asked for.
    quantiles: Option<Vec<Quantile>>,
    /// The nine deciles.
    deciles: Option<Vec<Option<f64>>>,
    /// The most frequent values.
    mode: Option<Mode>,
    /// The median of the distances from the median.
    mad: Option<f64>,
    /// How many different values there are.
    distinct: Option<u64>,
    /// The mean without `trim` of the numbers at each end.
    trimmed_mean: Option<f64>,
    /// The mean with those replaced by the nearest that is left.
    winsorized_mean: Option<f64>,
    /// The geometric mean, of positive numbers.
    geometric_mean: Option<f64>,
    /// The harmonic mean, of positive numbers.
    harmonic_mean: Option<f64>,
    /// The confidence interval of the mean, by Student's t.
    ci_mean: Option<Interval>,
    /// The test of normality of Jarque and Bera.
    jarque_bera: Option<Test>,
    /// What lies beyond Tukey's fences.
    outliers: Option<Outliers>,
    /// The mean in percent of `maximum`.
    facility: Option<f64>,
    /// A histogram with bins of equal width.
    histogram: Option<Histogram>,
    /// Each value and how often it stands there, ascending.
    frequencies: Option<Vec<Frequency>>,
    /// How many numbers reach each grade, the highest first.
    boundaries: Option<Vec<Boundary>>,
    /// How many cells were missing; `null` where that is withheld.
    #[schema(required)]
    missing: Option<u64>,
    /// How many cells had each of the codes in `absent`. Only there with `absent`.
    #[schema(nullable = false)]
    absent: Option<BTreeMap<String, Option<u64>>>,
    /// How many cells were no numbers. Only there with `invalid=missing`.
    invalid: Option<u64>,
    /// That order statistics are approximate, because there are more different values than the server counts one by one.
    #[schema(nullable = false)]
    approximate: Option<bool>,
    /// By how much a rank may be off, as a share of the numbers: a bound that holds for certain.
    #[schema(nullable = false)]
    rank_error: Option<f64>,
    /// What is withheld, and why; only there when something is.
    #[schema(nullable = false)]
    withheld: Option<BTreeMap<String, String>>,
    /// Why figures are `null`; only there when some are.
    #[schema(nullable = false)]
    warnings: Option<Vec<Warning>>,
}

/// A column that is not numeric: the first cell that shows it.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
struct SkippedColumn {
    /// The column's name.
    column: String,
    /// The record, as a spreadsheet numbers it: from 1, the header included.
    row: u64,
    /// The text of the cell, cut at 40 characters; `null` where small counts are withheld, since it may be a person's name.
    #[schema(required)]
    value: Option<String>,
}

/// Why a figure is `null`.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
struct Warning {
    /// The figure.
    #[schema(example = "variance")]
    field: String,
    /// Of what sort it is.
    code: WarningCode,
    /// What happened and what to do.
    message: String,
}

/// `undefined`: there is no such figure for these data. `nan`: a missing value was propagated. `infinite`: an infinity
/// was given. `overflow`: it is beyond the double range.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(dead_code, reason = "only described")]
enum WarningCode {
    Undefined,
    Nan,
    Infinite,
    Overflow,
}

type Responses = BTreeMap<String, RefOr<Response>>;

/// The answer to good numbers.
pub struct Described;

impl IntoResponses for Described {
    fn responses() -> Responses {
        let example = five_and_six();
        BTreeMap::from([(
            "200".to_owned(),
            output::other_formats(response("The description.", "application/json", "Description", example))
                .build()
                .into(),
        )])
    }
}

fn five_and_six() -> Value {
    json!({"nobs": 2, "minmax": [5.0, 6.0], "mean": 5.5, "variance": 0.5, "skewness": 0.0, "kurtosis": -2.0})
}

/// The answer to a good body: numbers, or a table.
pub struct BodyDescribed;

impl IntoResponses for BodyDescribed {
    fn responses() -> Responses {
        let schema = OneOfBuilder::new()
            .item(Ref::from_schema_name("Description"))
            .item(Ref::from_schema_name("TableDescription"));
        let example = |summary: &str, value| ExampleBuilder::new().summary(summary).value(Some(value)).build();
        let numbers = example("Of 5 and 6", five_and_six());
        let table =
            example("Of the example table with group_by=cohort, absent=X,ABS and overall=true", table_described());
        let content = ContentBuilder::new()
            .schema(Some(schema))
            .examples_from_iter([("numbers", numbers), ("table", table)])
            .build();
        let description = "The description: of numbers, or of each column of a table.";
        let response = ResponseBuilder::new().description(description).content("application/json", content);
        let response = output::other_formats(response);
        BTreeMap::from([("200".to_owned(), response.build().into())])
    }
}

/// A table: marks with a blank and an absence, in two cohorts.
pub const TABLE: &str =
    "candidate,cohort,mark\nAnn,2023,41\nBob,2023,55.5\nCid,2023,ABS\nDan,2023,\nEve,2024,49\nFay,2024,70\n";

fn table_described() -> Value {
    json!({"rows": 6, "results": [
        {"column": "mark", "group": {"cohort": "2023"}, "nobs": 2, "minmax": [41.0, 55.5], "mean": 48.25,
         "variance": 105.125, "skewness": 0.0, "kurtosis": -2.0, "missing": 1, "absent": {"X": 0, "ABS": 1}},
        {"column": "mark", "group": {"cohort": "2024"}, "nobs": 2, "minmax": [49.0, 70.0], "mean": 59.5,
         "variance": 220.5, "skewness": 0.0, "kurtosis": -2.0, "missing": 0, "absent": {"X": 0, "ABS": 0}},
        {"column": "mark", "group": {}, "nobs": 4, "minmax": [41.0, 70.0], "mean": 53.875,
         "variance": 150.729_166_666_666_66, "skewness": 0.404_955_835_853_436_64, "kurtosis": -1.128_693_858_895_439,
         "missing": 1, "absent": {"X": 0, "ABS": 1}}],
        "skipped": [{"column": "candidate", "row": 2, "value": "Ann"}]})
}

/// Why `GET /stats` may fail.
pub struct QueryFailures;

impl IntoResponses for QueryFailures {
    fn responses() -> Responses {
        let refused = "Well-formed, but not something that can be described: not a number, out of range, no number at all, an unknown option. All bad values are counted, the first 20 listed.";
        failures(&[
            (
                400,
                "The query is not UTF-8 once its percent signs are decoded.",
                "The query of the URL is not UTF-8 once its percent signs are decoded.",
            ),
            (
                406,
                "The header Accept rules out application/json.",
                "The answer is application/json, which the header Accept of this request rules out.",
            ),
            (
                414,
                "The URL is longer than 65,000 bytes: send the numbers by POST.",
                "The URL is longer than 65000 bytes. Send the numbers in the body of a POST to the same path: it has room for millions.",
            ),
            (422, refused, "query numbers 1 should be a number"),
        ])
    }
}

/// Why `POST /stats` may fail.
pub struct BodyFailures;

impl IntoResponses for BodyFailures {
    fn responses() -> Responses {
        let mut all = QueryFailures::responses();
        all.extend(failures(&[
            (400, "The body is not what it claims to be (JSON syntax; a `NaN` literal is none; a quote that is never closed; text that is not UTF-8; compressed data that are corrupt or cut off), or it broke off.", "The body broke off, or its chunks are not valid HTTP/1.1."),
            (408, "The body was not complete in time.", "The body was not complete in time (setting --body-timeout or BODY_TIMEOUT)."),
            (413, "The body, what comes out of its compression, a cell, the columns, the groups, or what must be held in memory is more than a limit of the server; the detail names the limit and its setting.", "The body is larger than 1073741824 bytes, the limit of this server (its setting --body-limit or BODY_LIMIT)."),
            (415, "A Content-Type (Accept-Post lists those that are read), charset or Content-Encoding (Accept-Encoding lists those) that cannot be read.", MEDIA_TYPE),
        ]));
        all
    }
}

/// Why anything may fail.
pub struct Failures;

impl IntoResponses for Failures {
    fn responses() -> Responses {
        failures(&[])
    }
}

/// The answer of a server that is about to end.
pub struct Draining;

impl IntoResponses for Draining {
    fn responses() -> Responses {
        let description = "The server is about to end.";
        BTreeMap::from([(
            "503".to_owned(),
            problem(503, description, "The server is about to end. Ask again: another one will answer."),
        )])
    }
}

/// These failures and those that every endpoint has.
fn failures(own: &[(u16, &str, &str)]) -> Responses {
    let common = [
        (
            405,
            "The path does not know the method; Allow lists those that it knows.",
            "This path does not know this method; the header Allow lists those that it knows.",
        ),
        (
            500,
            "A mistake of the server.",
            "The server made a mistake. It has been logged; the header X-Request-Id names this request.",
        ),
    ];
    let all = own.iter().chain(&common);
    all.map(|(status, description, detail)| (status.to_string(), problem(*status, description, detail))).collect()
}

fn problem(status: u16, description: &str, detail: &str) -> RefOr<Response> {
    let title = axum::http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let mut example = json!({"type": "about:blank", "title": title, "status": status, "detail": detail});
    if status == 422 {
        example["errors"] =
            json!([{"loc": ["query", "numbers", 1], "type": "float_parsing", "msg": detail, "input": "abc"}]);
        example["error_count"] = json!(1);
    }
    let headers: &[&str] = match status {
        405 => &["Allow"],
        415 => &["Accept-Post", "Accept-Encoding"],
        503 => &["Retry-After"],
        _ => &[],
    };
    let mut response = response(description, "application/problem+json", "Problem", example);
    for name in headers {
        let text = ObjectBuilder::new().schema_type(Type::String);
        response = response.header(*name, HeaderBuilder::new().schema(Some(text)).build());
    }
    response.build().into()
}

fn response(description: &str, media_type: &str, schema: &str, example: Value) -> ResponseBuilder {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).example(Some(example)).build();
    ResponseBuilder::new().description(description).content(media_type, content)
}
