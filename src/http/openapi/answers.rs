//! What is answered: the members of an answer to numbers, and of one to a table.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::figures::{Boundary, Count, Figure, Frequency, Histogram, Interval, Mode, Outliers, Quantile, Slices, Test};

/// The two shapes of a result, with the same figures: of numbers, where a figure may be a list with one element for each slice
/// of nested arrays, and of a column of a table. Of each figure the type in the column comes first.
macro_rules! results {
    ($($(#[$about:meta])* $figure:ident: $of_column:ty => $of_numbers:ty $(, nullable = $nullable:literal)?;)+) => {
        /// What is answered: the figures asked for, in this order; by default scipy's six. Nested arrays have lists in place of
        /// single figures, with one element for each slice.
        #[derive(Serialize, ToSchema)]
        #[allow(dead_code, reason = "only described")]
        pub struct Description {
            /// How many numbers were described.
            nobs: Count,
            $($(#[$about])* $(#[schema(nullable = $nullable)])? $figure: Option<$of_numbers>,)+
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
            stamp: Option<Stamp>,
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
            $($(#[$about])* $figure: Option<$of_column>,)+
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
    };
}

results! {
    /// The least and the greatest.
    #[schema(min_items = 2, max_items = 2)]
    minmax: Vec<Option<f64>> => Vec<Figure>, nullable = false;
    /// The arithmetic mean.
    mean: f64 => Figure, nullable = false;
    /// The variance, with `ddof`.
    variance: f64 => Figure, nullable = false;
    /// The skewness: the third standardised moment.
    skewness: f64 => Figure, nullable = false;
    /// The kurtosis; by Fisher's definition 0 for a normal distribution.
    kurtosis: f64 => Figure, nullable = false;
    /// The sum.
    sum: f64 => Figure, nullable = false;
    /// The standard deviation, with `ddof`.
    std: f64 => Figure, nullable = false;
    /// The standard error of the mean: std / √n.
    sem: f64 => Figure, nullable = false;
    /// The coefficient of variation: std / |mean|.
    cv: f64 => Figure, nullable = false;
    /// The greatest less the least.
    range: f64 => Figure, nullable = false;
    /// The median, by `quantile_method`.
    median: f64 => Figure, nullable = false;
    /// The quartiles.
    quartiles: Vec<Option<f64>> => Slices<Vec<Option<f64>>>;
    /// The third quartile less the first.
    iqr: f64 => Figure, nullable = false;
    /// The quantiles that `quantiles` asked for.
    quantiles: Vec<Quantile> => Slices<Vec<Quantile>>;
    /// The nine deciles.
    deciles: Vec<Option<f64>> => Slices<Vec<Option<f64>>>;
    /// The most frequent values.
    mode: Mode => Slices<Mode>;
    /// The median of the distances from the median.
    mad: f64 => Figure, nullable = false;
    /// How many different values there are.
    distinct: u64 => Slices<u64>;
    /// The mean without `trim` of the numbers at each end.
    trimmed_mean: f64 => Figure, nullable = false;
    /// The mean with those replaced by the nearest that is left.
    winsorized_mean: f64 => Figure, nullable = false;
    /// The geometric mean, of positive numbers.
    geometric_mean: f64 => Figure, nullable = false;
    /// The harmonic mean, of positive numbers.
    harmonic_mean: f64 => Figure, nullable = false;
    /// The confidence interval of the mean, by Student's t.
    ci_mean: Interval => Slices<Interval>;
    /// The test of normality of Jarque and Bera.
    jarque_bera: Test => Slices<Test>;
    /// What lies beyond Tukey's fences.
    outliers: Outliers => Slices<Outliers>;
    /// The mean in percent of `maximum`.
    facility: f64 => Figure, nullable = false;
    /// A histogram with bins of equal width.
    histogram: Histogram => Slices<Histogram>;
    /// Each value and how often it stands there, ascending.
    frequencies: Vec<Frequency> => Slices<Vec<Frequency>>;
    /// How many numbers reach each grade, the highest first.
    boundaries: Vec<Boundary> => Slices<Vec<Boundary>>;
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
    stamp: Option<Stamp>,
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

/// What an answer was made from.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
struct Stamp {
    /// The version of the program.
    version: String,
    /// The options as they were given.
    options: std::collections::BTreeMap<String, Texts>,
    /// The SHA-256 of the file's bytes as they were sent, of each file when there are several, or of the query of the URL.
    sha256: Texts,
    /// How many records, or numbers; `null` where that is withheld.
    #[schema(required)]
    rows: Option<u64>,
    /// When the answer was made.
    #[schema(format = DateTime)]
    time: String,
}

/// A text or several.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only described")]
enum Texts {
    One(String),
    Many(Vec<String>),
}
