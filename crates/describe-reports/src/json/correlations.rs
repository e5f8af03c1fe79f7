//! Correlations of columns, as JSON has them.

use serde::Serialize;
#[cfg(feature = "schema")]
use utoipa::ToSchema;

use crate::answer::{PairCorrelation, Warning, Withheld};
use crate::members::Members;
use describe::{Coefficient, Interval};

/// Correlation of two columns over the records with a number in both.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema), schema(as = Correlation))]
pub(super) struct ColumnCorrelation<'a> {
    /// Name of column a.
    a: &'a str,
    /// Name of column b.
    b: &'a str,
    /// Values of the columns in `group_by`, as in `results`. Only present with `group_by`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<BTreeMap<String, Option<String>>>, nullable = false))]
    group: Option<Members<'a, &'a str, Option<&'a str>>>,
    /// Number of records with a number in both columns; `null` where it is withheld.
    #[cfg_attr(feature = "schema", schema(required))]
    nobs: Option<u64>,
    /// Pearson's correlation; `null` for fewer than two records or a column of equal numbers.
    #[cfg_attr(feature = "schema", schema(required))]
    pearson: Option<CorrelationCoefficient<'a>>,
    /// Spearman's rank correlation; `null` as `pearson`, and for more than 10,000 different pairs of values.
    #[cfg_attr(feature = "schema", schema(required))]
    spearman: Option<CorrelationCoefficient<'a>>,
    /// Kendall's tau-b; `null` as `spearman`.
    #[cfg_attr(feature = "schema", schema(required))]
    kendall: Option<ConcordanceCoefficient<'a>>,
    /// Reason why a member is withheld, by the member's name; only present when one is.
    #[serde(skip_serializing_if = "Withheld::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, String>))]
    withheld: &'a Withheld,
    /// Reasons why members are `null`; only present when some are.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    warnings: &'a [Warning],
}

/// Coefficient of correlation with its interval and test.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema), schema(as = Coefficient))]
struct CorrelationCoefficient<'a> {
    /// The coefficient, -1 to 1.
    #[cfg_attr(feature = "schema", schema(required))]
    r: Option<f64>,
    /// Its confidence interval; `null` for fewer than four records.
    #[cfg_attr(feature = "schema", schema(required))]
    ci: Option<&'a Interval>,
    /// Probability of a coefficient at least as far from 0 if the columns are independent; `null` for fewer than three records.
    #[cfg_attr(feature = "schema", schema(required))]
    p: Option<f64>,
}

/// Kendall's tau-b with its interval and test.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(ToSchema), schema(as = Concordance))]
struct ConcordanceCoefficient<'a> {
    /// The coefficient, -1 to 1.
    #[cfg_attr(feature = "schema", schema(required))]
    tau_b: Option<f64>,
    /// Its confidence interval; `null` for fewer than five records.
    #[cfg_attr(feature = "schema", schema(required))]
    ci: Option<&'a Interval>,
    /// Probability of a coefficient at least as far from 0 if the columns are independent; `null` for fewer than three records.
    #[cfg_attr(feature = "schema", schema(required))]
    p: Option<f64>,
}

impl<'a> ColumnCorrelation<'a> {
    pub(super) fn new(pair: &'a PairCorrelation<'a>) -> Self {
        let PairCorrelation { columns: [a, b], group, correlation, withheld, warnings, .. } = pair;
        Self {
            a,
            b,
            group: group.as_deref().map(Members),
            nobs: correlation.nobs,
            pearson: correlation.pearson.as_ref().ok().map(CorrelationCoefficient::new),
            spearman: correlation.spearman.as_ref().ok().map(CorrelationCoefficient::new),
            kendall: correlation.kendall.as_ref().ok().map(ConcordanceCoefficient::new),
            withheld,
            warnings,
        }
    }
}

impl<'a> CorrelationCoefficient<'a> {
    fn new(Coefficient { value, ci, p }: &'a Coefficient) -> Self {
        Self { r: value.ok(), ci: ci.as_ref().ok(), p: p.ok() }
    }
}

impl<'a> ConcordanceCoefficient<'a> {
    fn new(Coefficient { value, ci, p }: &'a Coefficient) -> Self {
        Self { tau_b: value.ok(), ci: ci.as_ref().ok(), p: p.ok() }
    }
}
