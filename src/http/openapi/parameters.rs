//! The parameters of the operations: what stands in a URL, and in the one header that is read.

use utoipa::IntoParams;

use super::choices::{
    Axis, Chart, Convention, Format, Header, Invalid, Kurtosis, Mark, NanPolicy, Publish, QuantileMethod, Rounding,
    WeightType,
};
use describe_options::MISSING_MARKERS;

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

/// The options of the answer's form.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "only described")]
pub struct OutputParams {
    /// The format of the answer. Without it the header Accept decides among the exact media types; a wildcard means JSON, as
    /// with browsers. `csv` has the figures that are one number; the others have all.
    #[param(inline, nullable = false)]
    format: Option<Format>,
    /// A chart as SVG (or, with `format=html`, in the report): `histogram` with a box plot above it, `box`, `ecdf` (the
    /// cumulative distribution), or `compare`: the groups' box plots on one axis. At most 12 results.
    #[param(inline, nullable = false)]
    chart: Option<Chart>,
    /// Whether the answer says what it was made from: version, options, SHA-256 of the file as it was sent (of a GET: of the
    /// query), rows, time. Reports and workbooks always do; CSV cannot.
    #[param(default = false, nullable = false)]
    stamp: Option<bool>,
    /// The rules of a regulator: `ofqual` (30 October 2025) is `round_counts=5`, `suppress_below=5`, percentages with one
    /// decimal, `rounding=half_up` and `withhold=true`; each may be given as well, and then wins.
    #[param(inline, nullable = false)]
    publish: Option<Publish>,
    /// Counts are rounded to multiples of this; 0: not at all.
    #[param(minimum = 0, maximum = 1_000_000, nullable = false)]
    round_counts: Option<u64>,
    /// Counts from 1 up to this are `null`, and `withheld` says "fewer than 5"; a true 0 stays. 0: none.
    #[param(minimum = 0, maximum = 1_000_000, nullable = false)]
    suppress_below: Option<u64>,
    /// Decimal places of every figure that is no count, rounded once from the exact value.
    #[param(minimum = 0, maximum = 15, nullable = false)]
    decimals: Option<u64>,
    /// Where a tie goes: `half_up`, away from zero, or `half_even`.
    #[param(inline, nullable = false)]
    rounding: Option<Rounding>,
    /// Whether figures are withheld that fewer than `suppress_below` values stand behind or lie at or beyond, that tell how many
    /// values there are, or that a withheld count could be found from. Default: with `suppress_below`.
    #[param(nullable = false)]
    withhold: Option<bool>,
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
