//! Correlations of the described columns of a table, group by group and pair by pair.

use super::result::{Group, Warning, group_of};
use super::withheld::Withheld;
use describe::{Coefficient, Correlation, JointTally, NanPolicy, Precision, Undefined, Wanted};
use describe_options::{AnswerFault, InputError, OptionName, Options};
use describe_readers::{CorrelatedGroup, Table};

/// Correlation of two columns in one group.
#[derive(Debug)]
pub struct PairCorrelation<'a> {
    /// Columns a and b.
    pub columns: [&'a str; 2],
    /// Group of a table with group columns; one column in a margin, empty over all groups.
    pub group: Option<Group<'a>>,
    /// The coefficients.
    pub correlation: Correlation,
    /// Decimal places of the coefficients.
    pub precision: Precision,
    /// Withheld members with their reasons.
    pub withheld: Withheld,
    /// Reasons why members are undefined.
    pub warnings: Vec<Warning>,
}

/// Memory of what a report makes of a correlation, and of its warnings.
const CORRELATION_CELLS_BYTES: usize = 4 << 10;

/// Correlations of each two of the described columns, in the order of groups.
///
/// # Errors
/// Data that were read before the option was known; more memory or time than the task may take.
pub(super) fn correlations<'a>(
    table: &'a Table,
    options: &Options,
    wanted: &Wanted,
) -> Result<Vec<PairCorrelation<'a>>, InputError> {
    let Some(correlated) = &table.correlations else {
        let location = options.location(OptionName::Correlations);
        return Err(InputError::at(location, AnswerFault::CorrelationsTooLate));
    };
    let columns = &correlated.columns;
    table.ledger.charge(JointTally::WORKING_BYTES)?;
    let mut all = Vec::new();
    for (CorrelatedGroup { group, tally }, results) in correlated.groups.iter().zip(table.results.chunks(columns.len()))
    {
        let propagates = wanted.moments.nan_policy == NanPolicy::Propagate;
        let is_missing = |column: usize| propagates && results[column].numbers.missing() > 0;
        for pair in tally.pairs() {
            table.ledger.charge(size_of::<PairCorrelation>() + CORRELATION_CELLS_BYTES)?;
            table.ledger.check()?;
            let mut correlation = tally.correlation(pair, wanted);
            if pair.into_iter().any(is_missing) {
                correlation = Correlation::undefined(correlation.nobs, Undefined::Missing);
            }
            let mut warnings = warnings(&correlation);
            warnings.extend(tally.has_rounded(pair).then(Warning::digits));
            all.push(PairCorrelation {
                columns: pair.map(|column| &*columns[column]),
                group: (!table.group_by.is_empty()).then(|| group_of(&table.group_by, group)),
                correlation,
                precision: wanted.precision,
                withheld: Withheld::default(),
                warnings,
            });
        }
    }
    table.ledger.release(JointTally::WORKING_BYTES);
    Ok(all)
}

/// Reasons why coefficients, or their intervals and p-values, are undefined.
fn warnings(correlation: &Correlation) -> Vec<Warning> {
    let coefficients = [
        (["pearson", "pearson.ci", "pearson.p"], &correlation.pearson),
        (["spearman", "spearman.ci", "spearman.p"], &correlation.spearman),
        (["kendall", "kendall.ci", "kendall.p"], &correlation.kendall),
    ];
    let of_coefficient = |([whole, ci, p], coefficient): ([&'static str; 3], &Result<Coefficient, Undefined>)| {
        let undefined = match coefficient {
            Err(why) => [Some((whole, *why)), None, None],
            Ok(coefficient) => [
                coefficient.value.err().map(|why| (whole, why)),
                coefficient.ci.as_ref().err().map(|why| (ci, *why)),
                coefficient.p.err().map(|why| (p, why)),
            ],
        };
        undefined.into_iter().flatten()
    };
    coefficients.into_iter().flat_map(of_coefficient).map(|(field, why)| Warning::new(field, why)).collect()
}
