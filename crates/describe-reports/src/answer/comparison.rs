//! Comparisons of groups, pair by pair.

use std::borrow::Cow;

use super::result::{Group, Warning, group};
use super::withheld::{ComparisonStatistic, Withheld};
use describe::{Difference, Figure, Precision, Undefined, Wanted};
use describe_options::{AnswerFault, Diagnostic, InputError, MAX_LISTED_DIAGNOSTICS, excerpt};
use describe_options::{OptionName, Options};
use describe_readers::{Table, TableResult};

/// Comparison of two groups in one column.
#[derive(Debug)]
pub struct Comparison<'a> {
    /// Column.
    pub column: &'a str,
    /// Groups a and b.
    pub groups: [Group<'a>; 2],
    /// Difference between a and b.
    pub difference: Difference,
    /// Decimal places of the statistics.
    pub precision: Precision,
    /// Withheld members with their reasons.
    pub withheld: Withheld,
    /// Reasons why statistics are undefined.
    pub warnings: Vec<Warning>,
}

/// Maximum number of pairs of groups.
const MAX_PAIRS: usize = 1000;

/// Compares each group with the one before it, or with the baseline.
pub(super) fn comparisons<'a, 'w>(
    table: &'a Table,
    options: &Options,
    wanted: &dyn Fn(&TableResult, u64) -> Cow<'w, Wanted>,
) -> Result<Vec<Comparison<'a>>, InputError> {
    let grouped = table.results.iter().take_while(|result| result.group.is_full()).collect::<Vec<_>>();
    // The results of a group are adjacent, one for each column.
    let groups: Vec<&[&TableResult]> = grouped.chunk_by(|a, b| a.group == b.group).collect();
    let pairs: Vec<_> = match &options.baseline {
        None => groups.windows(2).map(|pair| (pair[1], pair[0])).collect(),
        Some(baseline) => {
            let named = baseline.split(',').filter_map(|pair| pair.split_once(':'));
            let named: Vec<_> = named.map(|(name, value)| (name.trim(), value.trim())).collect();
            let is_base = |results: &&&[&TableResult]| is_group(&group(&table.group_by, results[0]), baseline, &named);
            let base = groups.iter().find(is_base);
            let base = *base.ok_or_else(|| no_such_group(baseline, options, table, &groups))?;
            groups.iter().filter(|results| results[0].group != base[0].group).map(|results| (*results, base)).collect()
        }
    };
    if pairs.len() > MAX_PAIRS {
        let location = options.origins().location_of_implied(OptionName::Compare, OptionName::Baseline);
        return Err(InputError::at(location, AnswerFault::TooManyPairs { pairs: pairs.len(), max: MAX_PAIRS }));
    }
    let compared = pairs.into_iter().flat_map(|(a, b)| a.iter().zip(b)).map(|(a, b)| {
        let groups_bytes = 2 * table.group_by.len() * size_of::<(&str, Option<&str>)>();
        table.ledger.charge(size_of::<Comparison>() + groups_bytes + COMPARED_CELLS_BYTES)?;
        table.ledger.check()?;
        let fewest = [a, b].map(|result| result.numbers.taken() - result.numbers.missing()).into_iter().min();
        let wanted = wanted(a, fewest.unwrap_or(0));
        let difference = a.numbers.compare(&b.numbers, &wanted);
        let groups = [a, b].map(|result| group(&table.group_by, result));
        let warnings = comparison_warnings(&difference);
        Ok(Comparison {
            column: &a.column,
            groups,
            warnings,
            difference,
            precision: wanted.precision,
            withheld: Withheld::default(),
        })
    });
    compared.collect()
}

/// Memory of what a report makes of a comparison, and of its warnings.
const COMPARED_CELLS_BYTES: usize = 2 << 10;

/// Whether a group is the one that a baseline names: by the value of the only column, or as `cohort:2023,subject:Maths`.
fn is_group(group: &Group, baseline: &str, named: &[(&str, &str)]) -> bool {
    if let [(_, value)] = group.as_slice()
        && value.unwrap_or_default() == baseline
    {
        return true;
    }
    let says = |(name, value): &(&str, Option<&str>)| {
        named.iter().any(|(column, wanted)| column == name && *wanted == value.unwrap_or_default())
    };
    named.len() == group.len() && group.iter().all(says)
}

fn no_such_group(baseline: &str, options: &Options, table: &Table, groups: &[&[&TableResult]]) -> InputError {
    let shown = |results: &&[&TableResult]| {
        let pairs = group(&table.group_by, results[0]);
        let pairs = pairs.iter().map(|(name, value)| format!("{name}:{}", value.unwrap_or_default()));
        excerpt(pairs.collect::<Vec<_>>().join(",").as_bytes())
    };
    let groups = groups.iter().take(MAX_LISTED_DIAGNOSTICS).map(shown).collect();
    let fault = AnswerFault::UnknownGroup { name: excerpt(baseline.as_bytes()), groups };
    Diagnostic::new(options.location(OptionName::Baseline), fault).with_input(baseline.as_bytes()).into()
}

/// Warnings about the statistics that are undefined; none about those that are withheld.
pub(crate) fn comparison_warnings(difference: &Difference) -> Vec<Warning> {
    let Difference { difference, se, ci, cohens_d, variance_ratio, t, df, p } = difference;
    let ci: Figure = ci.as_ref().map_err(|why| *why).and_then(|ci| ci.low.and(ci.high));
    let figures = [
        (ComparisonStatistic::Difference, *difference),
        (ComparisonStatistic::StandardError, *se),
        (ComparisonStatistic::ConfidenceInterval, ci),
        (ComparisonStatistic::CohensD, *cohens_d),
        (ComparisonStatistic::VarianceRatio, *variance_ratio),
        (ComparisonStatistic::T, *t),
        (ComparisonStatistic::DegreesOfFreedom, *df),
        (ComparisonStatistic::P, *p),
    ];
    let undefined = figures.into_iter().filter_map(|(statistic, figure)| Some((statistic, figure.err()?)));
    let shown = undefined.filter(|(_, why)| *why != Undefined::Withheld);
    shown.map(|(statistic, why)| Warning::new(statistic.name(), why)).collect()
}
