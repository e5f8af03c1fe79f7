//! Comparisons of groups, pair by pair, within equal values of the group columns that are not compared.

use std::borrow::Cow;
use std::collections::HashMap;

use super::result::{Group, Warning, group};
use super::withheld::{ComparisonStatistic, Withheld};
use describe::{
    CategoryChange, Difference, EquatedMark, Equating, Figure, Homogeneity, Precision, PredictedCategory, Prediction,
    Undefined, Wanted,
};
use describe_options::{AnswerFault, Diagnostic, InputError, MAX_LISTED_DIAGNOSTICS, Reason, excerpt};
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

/// Changes of the categories of a column between two groups.
#[derive(Debug)]
pub struct CategoryComparison<'a> {
    /// Column.
    pub column: &'a str,
    /// Groups a and b.
    pub groups: [Group<'a>; 2],
    /// Changes of all categories, or why there are none.
    pub changes: Result<Vec<CategoryChange>, Undefined>,
    /// Decimal places of the changes.
    pub precision: Precision,
    /// Withheld members with their reasons.
    pub withheld: Withheld,
    /// Reasons why members are undefined.
    pub warnings: Vec<Warning>,
}

/// Marks of a column in group a on the scale of group b.
#[derive(Debug)]
pub struct GroupEquating<'a> {
    /// Column.
    pub column: &'a str,
    /// Groups a and b.
    pub groups: [Group<'a>; 2],
    /// Line and marks.
    pub equating: Equating,
    /// Decimal places of the figures.
    pub precision: Precision,
    /// Withheld members with their reasons.
    pub withheld: Withheld,
    /// Reasons why members are undefined.
    pub warnings: Vec<Warning>,
}

/// Outcomes of group a, predicted from those of group b.
#[derive(Debug)]
pub struct GroupPrediction<'a> {
    /// Column.
    pub column: &'a str,
    /// Groups a and b, without the bands of prior attainment.
    pub groups: [Group<'a>; 2],
    /// The prediction.
    pub prediction: Prediction,
    /// Decimal places of the percentages.
    pub precision: Precision,
    /// Withheld members with their reasons.
    pub withheld: Withheld,
    /// Reasons why members are undefined.
    pub warnings: Vec<Warning>,
}

/// Test of the homogeneity of a column over all groups.
#[derive(Debug)]
pub struct HomogeneityTest<'a> {
    /// Column.
    pub column: &'a str,
    /// The test.
    pub test: Homogeneity,
    /// Decimal places of its figures.
    pub precision: Precision,
    /// Withheld members with their reasons.
    pub withheld: Withheld,
    /// Reasons why members are undefined.
    pub warnings: Vec<Warning>,
}

/// Two groups, and their results of one column.
type Pair<'a> = ([Group<'a>; 2], [&'a TableResult; 2]);

/// Compares each group with the one before it, or with the baseline, within equal values of the other group columns.
pub(super) fn comparisons<'a, 'w>(
    table: &'a Table,
    options: &Options,
    wanted: &dyn Fn(&TableResult, u64) -> Cow<'w, Wanted>,
) -> Result<Vec<Comparison<'a>>, InputError> {
    let compared = pairs(table, options)?.into_iter().map(|(groups, [a, b])| {
        table.ledger.charge(size_of::<Comparison>() + COMPARED_CELLS_BYTES)?;
        table.ledger.check()?;
        let wanted = wanted(a, fewest(a, b));
        let difference = a.numbers.compare(&b.numbers, &wanted);
        let warnings = comparison_warnings(&difference);
        let (column, precision) = (&*a.column, wanted.precision);
        Ok(Comparison { column, groups, warnings, difference, precision, withheld: Withheld::default() })
    });
    compared.collect()
}

/// Changes of categories from each group to the next, or from the baseline, within equal values of the other group columns.
pub(super) fn category_changes<'a, 'w>(
    table: &'a Table,
    options: &Options,
    wanted: &dyn Fn(&TableResult, u64) -> Cow<'w, Wanted>,
) -> Result<Vec<CategoryComparison<'a>>, InputError> {
    let compared = pairs(table, options)?.into_iter().map(|(groups, [a, b])| {
        let wanted = wanted(a, fewest(a, b));
        let bytes = wanted.categories.len() * (size_of::<CategoryChange>() + CATEGORY_CELLS_BYTES);
        table.ledger.charge(size_of::<CategoryComparison>() + bytes)?;
        table.ledger.check()?;
        let changes = a.numbers.category_changes(&b.numbers, &wanted);
        let warnings = changes.as_ref().err().map(|why| Warning::new("categories", *why)).into_iter().collect();
        let (column, precision) = (&*a.column, wanted.precision);
        Ok(CategoryComparison { column, groups, changes, precision, withheld: Withheld::default(), warnings })
    });
    compared.collect()
}

/// Equates the marks of each group to the scale of the one before it, or of the baseline, within equal values of the other group columns.
///
/// # Errors
/// A build without that feature; more memory or time than the task may take.
pub(super) fn equatings<'a, 'w>(
    table: &'a Table,
    options: &Options,
    wanted: &dyn Fn(&TableResult, u64) -> Cow<'w, Wanted>,
) -> Result<Vec<GroupEquating<'a>>, InputError> {
    check_built()?;
    let equated = pairs(table, options)?.into_iter().map(|(groups, [a, b])| {
        table.ledger.check()?;
        let wanted = wanted(a, fewest(a, b));
        let equating = a.numbers.equate(&b.numbers, &wanted);
        // One pair has at most MAX_EQUATED_MARKS rows, so they are charged after they are made.
        let rows = equating.marks.as_ref().map_or(0, Vec::len);
        table.ledger.charge(size_of::<GroupEquating>() + rows * (size_of::<EquatedMark>() + EQUATED_CELLS_BYTES))?;
        let warnings = equating_warnings(&equating);
        let (column, precision) = (&*a.column, wanted.precision);
        Ok(GroupEquating { column, groups, equating, precision, withheld: Withheld::default(), warnings })
    });
    equated.collect()
}

/// Reasons why the line or marks are undefined; of the figures of marks, each reason once that is not one of these.
fn equating_warnings(equating: &Equating) -> Vec<Warning> {
    let Equating { slope, intercept, step, marks } = equating;
    let members = [
        ("slope", *slope),
        ("intercept", *intercept),
        ("step", *step),
        ("marks", marks.as_ref().map_err(|why| *why).map(|_| 0.0)),
    ];
    let mut undefined: Vec<(&'static str, Undefined)> =
        members.into_iter().filter_map(|(name, figure)| Some((name, figure.err()?))).collect();
    for mark in marks.iter().flatten() {
        let figures = [
            ("linear", mark.linear),
            ("linear_se", mark.linear_se),
            ("equipercentile", mark.equipercentile),
            ("equipercentile_se", mark.equipercentile_se),
        ];
        for (name, why) in figures.into_iter().filter_map(|(name, figure)| Some((name, figure.err()?))) {
            if undefined.iter().all(|(_, known)| *known != why) {
                undefined.push((name, why));
            }
        }
    }
    undefined.into_iter().map(|(name, why)| Warning::new(name, why)).collect()
}

/// Checks that the build can equate and predict.
fn check_built() -> Result<(), InputError> {
    if cfg!(feature = "items") { Ok(()) } else { Err(InputError::of_data(Reason::NotBuilt { feature: "items" })) }
}

/// A group without its band of prior attainment, and its bands with their results.
type Bands<'a> = (Group<'a>, Vec<(Option<&'a str>, &'a TableResult)>);

/// Predicts the outcomes of each group from those of the one before it, or of the baseline, band by band.
///
/// # Errors
/// A build without that feature; more memory or time than the task may take.
pub(super) fn predictions<'a>(
    table: &'a Table,
    options: &Options,
    wanted: &Wanted,
) -> Result<Vec<GroupPrediction<'a>>, InputError> {
    check_built()?;
    let Some([band, _]) = &options.crosstab else { return Ok(Vec::new()) };
    let all = bands(table, band)?;
    let keys: Vec<Group> = all.iter().map(|(key, _)| key.clone()).collect();
    let predicted = places_of_pairs(&keys, table, options)?.into_iter().map(|[a, b]| {
        let ((a, candidates), (b, base)) = (&all[a], &all[b]);
        // A predicted count is a fraction with a digit of 64 bits for each band at most.
        let row = size_of::<PredictedCategory>() + CATEGORY_CELLS_BYTES + size_of::<u64>() * candidates.len();
        table.ledger.charge(size_of::<GroupPrediction>() + wanted.categories.len() * row)?;
        let base: HashMap<Option<&str>, &TableResult> = base.iter().copied().collect();
        let pairs = candidates.iter().map(|(band, result)| (&result.numbers, base.get(band).map(|base| &base.numbers)));
        let prediction = Prediction::of(pairs, wanted, || table.ledger.check())?;
        let warnings = prediction.categories.as_ref().err().map(|why| Warning::new("categories", *why));
        let column = candidates.first().map_or("", |(_, result)| &*result.column);
        Ok(GroupPrediction {
            column,
            groups: [a.clone(), b.clone()],
            prediction,
            precision: wanted.precision,
            withheld: Withheld::default(),
            warnings: warnings.into_iter().collect(),
        })
    });
    predicted.collect()
}

/// The bands of each group, in the order of the groups; there is one column of categories.
fn bands<'a>(table: &'a Table, band: &str) -> Result<Vec<Bands<'a>>, InputError> {
    let mut all: Vec<Bands> = Vec::new();
    let mut places: HashMap<Group, usize> = HashMap::new();
    for result in table.results.iter().filter(|result| result.group.is_full()) {
        table.ledger.charge(GROUP_BYTES + 2 * table.group_by.len() * size_of::<(&str, Option<&str>)>())?;
        let whole = group(&table.group_by, result);
        let value = whole.iter().find(|(name, _)| *name == band).and_then(|(_, value)| *value);
        let key = without(&whole, |name| name == band);
        let place = *places.entry(key.clone()).or_insert_with(|| {
            all.push((key, Vec::new()));
            all.len() - 1
        });
        all[place].1.push((value, result));
    }
    Ok(all)
}

/// Tests of homogeneity, one for each column, over the groups that have a value of each group column.
pub(super) fn homogeneity<'a>(table: &'a Table, wanted: &Wanted) -> Result<Vec<HomogeneityTest<'a>>, InputError> {
    let mut columns: Vec<&str> = Vec::new();
    for result in table.results.iter().filter(|result| result.group.is_full()) {
        if columns.contains(&&*result.column) {
            break;
        }
        columns.push(&result.column);
    }
    let tested = columns.into_iter().map(|column| {
        let results = table.results.iter().filter(|result| result.group.is_full() && *result.column == *column);
        let test = Homogeneity::of(results.map(|result| &result.numbers), wanted, || table.ledger.check())?;
        let warnings = test.statistic.err().map(|why| Warning::new("statistic", why)).into_iter().collect();
        Ok(HomogeneityTest { column, test, precision: wanted.precision, withheld: Withheld::default(), warnings })
    });
    tested.collect()
}

/// Number of values of the smaller one of two results.
fn fewest(a: &TableResult, b: &TableResult) -> u64 {
    let [a, b] = [a, b].map(|result| result.numbers.taken() - result.numbers.missing());
    a.min(b)
}

/// Compared groups, column by column.
fn pairs<'a>(table: &'a Table, options: &Options) -> Result<Vec<Pair<'a>>, InputError> {
    // The results of a group are adjacent, one for each column.
    let groups: Vec<&[TableResult]> = table.results.chunk_by(|a, b| a.group == b.group).collect();
    table.ledger.charge(groups.len() * (GROUP_BYTES + table.group_by.len() * size_of::<(&str, Option<&str>)>()))?;
    let keys: Vec<Group> = groups.iter().map(|results| group(&table.group_by, &results[0])).collect();
    let pairs = places_of_pairs(&keys, table, options)?;
    let columns = groups.first().map_or(0, |results| results.len());
    let pair_bytes = size_of::<Pair>() + 2 * table.group_by.len() * size_of::<(&str, Option<&str>)>();
    table.ledger.charge(pairs.len() * columns * pair_bytes)?;
    let compared = pairs.into_iter().flat_map(|[a, b]| {
        let keys = [&keys[a], &keys[b]];
        groups[a].iter().zip(groups[b]).map(move |(one, other)| (keys.map(Clone::clone), [one, other]))
    });
    Ok(compared.collect())
}

/// Compared groups by their places: each with the one before it, or with the baseline, within equal values of the other group columns.
fn places_of_pairs(groups: &[Group], table: &Table, options: &Options) -> Result<Vec<[usize; 2]>, InputError> {
    let by = options.compare_by.as_ref().or(table.group_by.last()).map_or("", String::as_str);
    let pairs = match &options.baseline {
        None => consecutive(groups, by),
        Some(baseline) => {
            let named = named(baseline, by, &table.group_by, groups);
            with_baseline(groups, &named).ok_or_else(|| no_such_group(baseline, options, groups))?
        }
    };
    if pairs.len() > MAX_PAIRS {
        let location = options.origins().location_of_implied(OptionName::Compare, OptionName::Baseline);
        return Err(InputError::at(location, AnswerFault::TooManyPairs { pairs: pairs.len(), max: MAX_PAIRS }));
    }
    Ok(pairs)
}

/// Memory of what a report makes of a category of a comparison.
const CATEGORY_CELLS_BYTES: usize = 2 << 10;

/// Memory of what a report makes of an equated mark.
const EQUATED_CELLS_BYTES: usize = 512;

/// Memory of a group while pairs are looked for.
const GROUP_BYTES: usize = 256;

/// Memory of what a report makes of a comparison, and of its warnings.
const COMPARED_CELLS_BYTES: usize = 2 << 10;

/// A group without the columns of these names.
fn without<'a>(group: &Group<'a>, names: impl Fn(&str) -> bool) -> Group<'a> {
    group.iter().filter(|(name, _)| !names(name)).copied().collect()
}

/// Pairs of groups with consecutive values of the column `by` and equal values of the others, by their places.
fn consecutive(groups: &[Group], by: &str) -> Vec<[usize; 2]> {
    let mut last: HashMap<Group, usize> = HashMap::new();
    let with_by = groups.iter().enumerate().filter(|(_, group)| group.iter().any(|(name, _)| *name == by));
    with_by.filter_map(|(place, group)| Some([place, last.insert(without(group, |name| name == by), place)?])).collect()
}

/// Pairs of each group with the one that has the values of the baseline, and equal values of the columns that it does not name;
/// `None` if no group has them.
fn with_baseline(groups: &[Group], named: &Group) -> Option<Vec<[usize; 2]>> {
    // No group has two values in a column.
    if named.len() > groups.iter().map(Group::len).max().unwrap_or(0) {
        return None;
    }
    let is_named = |name: &str| named.iter().any(|(column, _)| *column == name);
    let is_base = |group: &Group| !named.is_empty() && named.iter().all(|pair| group.contains(pair));
    let has_columns = |group: &Group| named.iter().all(|(column, _)| group.iter().any(|(name, _)| name == column));
    let places = || groups.iter().enumerate();
    let bases = places().filter(|(_, group)| is_base(group));
    let bases: HashMap<Group, usize> = bases.map(|(place, group)| (without(group, is_named), place)).collect();
    let others = places().filter(|(_, group)| has_columns(group) && !is_base(group));
    let pairs = others.filter_map(|(place, group)| Some([place, *bases.get(&without(group, is_named))?]));
    (!bases.is_empty()).then(|| pairs.collect())
}

/// Columns and values of a baseline: a value of the column `by`, or of another one that has it, or `cohort:2023,subject:Maths`. An
/// empty value is that of the group without one. None is named twice.
fn named<'a>(baseline: &'a str, by: &'a str, group_by: &'a [String], groups: &[Group]) -> Group<'a> {
    let value = |text: &'a str| (!text.is_empty()).then_some(text);
    let occurs = |name: &&str| groups.iter().any(|group| group.contains(&(name, value(baseline))));
    let columns = std::iter::once(by).chain(group_by.iter().map(String::as_str));
    if let Some(name) = columns.into_iter().find(occurs) {
        return vec![(name, value(baseline))];
    }
    let pairs = baseline.split(',').filter_map(|pair| pair.split_once(':'));
    let mut named: Group = pairs.map(|(name, text)| (name.trim(), value(text.trim()))).collect();
    named.sort_unstable();
    named.dedup();
    named
}

fn no_such_group(baseline: &str, options: &Options, groups: &[Group]) -> InputError {
    let shown = |group: &Group| {
        let pairs = group.iter().map(|(name, value)| format!("{name}:{}", value.unwrap_or_default()));
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
