//! The English words of reports in every format: headings, labels and the sentences of findings, notes and warnings.
//!
//! Which sentence is written, with which numbers and in which order, is decided where it is used. Not here are the names of
//! members, columns for programs, options and classes, nor the words of values that come from the data.

use describe_items::{ItemWarning, Unanswered};
use describe_options::ChartKind;
use describe_readers::TableWarningCode;

// Cells.

/// Shorthand of a withheld statistic (Analysis Function, "Using symbols and shorthand in tables").
pub(crate) const WITHHELD: &str = "[c]";

/// Shorthand of an undefined statistic.
pub(crate) const UNDEFINED: &str = "[x]";

/// Shorthand of a cell to which no value belongs.
pub(crate) const NOT_APPLICABLE: &str = "[z]";

/// Shorthands of cells without a number, each with its meaning.
pub(crate) const SHORTHANDS: [(&str, &str); 3] = [
    (WITHHELD, "confidential: withheld, because it could reveal something about a person"),
    (UNDEFINED, "not available: these data do not have this statistic"),
    (NOT_APPLICABLE, "not applicable: no value belongs here"),
];

/// What a bold change in a table of a page means.
pub(crate) const CLEAR_IN_BOLD: &str = "A change in bold has an interval that does not contain 0.";

/// Value of a group column of records without one; in the second form beside the name of the column.
pub(crate) const NO_VALUE: &str = "(empty)";
pub(crate) const EMPTY: &str = "empty";

/// All values of a group column, for people and for programs.
pub(crate) const ALL: &str = "All";
pub(crate) const ALL_FOR_PROGRAMS: &str = "(all)";

/// Group of the results over all groups.
pub(crate) const ALL_GROUPS: &str = "all groups";

/// A withheld count.
pub(crate) fn fewer_than(threshold: u64) -> String {
    format!("fewer than {threshold}")
}

/// An interval or a bin.
pub(crate) fn from_to(low: &str, high: &str) -> String {
    format!("{low} to {high}")
}

// Headings of sections.

pub(crate) const NOTES: &str = "Notes";
pub(crate) const CHARTS: &str = "Charts";
pub(crate) const MORE_TABLES: &str = "More tables";
pub(crate) const LOOK_FIRST: &str = "Look at this first";
pub(crate) const MADE_FROM: &str = "Made from";
pub(crate) const CONTACT: &str = "Contact";
pub(crate) const CHART_IN_WORDS: &str = "This chart in words";

pub(crate) fn table_title(number: usize, title: &str) -> String {
    format!("Table {number}: {title}")
}

pub(crate) fn figure_title(number: usize, title: &str) -> String {
    format!("Figure {number}: {title}")
}

/// Title of a part of a table that is too wide for a page.
pub(crate) fn part_title(title: &str, part: usize) -> String {
    format!("{title} (part {part})")
}

// Workbooks.

/// Names of the sheets before those of tables.
#[cfg(feature = "workbook")]
pub(crate) const COVER: &str = "Cover";
#[cfg(feature = "workbook")]
pub(crate) const CONTENTS: &str = "Contents";

/// Sections of the cover.
#[cfg(feature = "workbook")]
pub(crate) const FINDINGS: &str = "Main findings";
#[cfg(feature = "workbook")]
pub(crate) const ALERTS: &str = "Points to look at";
#[cfg(feature = "workbook")]
pub(crate) const WORKSHEETS: &str = "Worksheets";
#[cfg(feature = "workbook")]
pub(crate) const MADE: &str = "How it was made";

/// Sentences about worksheets.
#[cfg(feature = "workbook")]
pub(crate) const GUIDE: &str =
    "The worksheet Contents lists the tables. The worksheet Notes explains the methods and the shorthand.";
#[cfg(feature = "workbook")]
pub(crate) const ONE_TABLE: &str = "This worksheet contains one table.";
#[cfg(feature = "workbook")]
pub(crate) const HAS_SHORTHAND: &str = "The worksheet Notes explains the shorthand in square brackets.";

/// Headings of the contents and of the notes.
#[cfg(feature = "workbook")]
pub(crate) const CONTENTS_HEADINGS: [&str; 2] = ["Worksheet", "Title"];
#[cfg(feature = "workbook")]
pub(crate) const NOTES_HEADINGS: [&str; 2] = ["Note or shorthand", "Meaning"];

/// Heading of a column without a name.
#[cfg(feature = "workbook")]
pub(crate) const COLUMN: &str = "Column";

#[cfg(feature = "workbook")]
pub(crate) fn numbered_note(number: usize) -> String {
    format!("Note {number}")
}

/// Error of a program that cannot write workbooks.
#[cfg(not(feature = "workbook"))]
pub(crate) const WITHOUT_WORKBOOKS: &str = "the program was built without the feature workbook";

// Terminal.

/// Headings at a terminal of statistics whose names are not what statisticians write there.
pub(crate) const SHORT_HEADINGS: [(&str, &str); 14] = [
    ("nobs", "n"),
    ("percent_missing", "missing %"),
    ("percent_absent", "absent %"),
    ("std", "SD"),
    ("sem", "SE"),
    ("quartile_1", "Q1"),
    ("quartile_2", "median"),
    ("quartile_3", "Q3"),
    ("se", "SE"),
    ("ci_low", "CI low"),
    ("ci_high", "CI high"),
    ("cohens_d", "Cohen's d"),
    ("percent_omitted", "omitted %"),
    ("percent_not_reached", "not reached %"),
];

/// Headings of a preview.
pub(crate) const PREVIEW_HEADINGS: [&str; 9] =
    ["column", "kind", "others", "numbers", "blank", "missing", "min", "max", "distinct"];

/// Number of different values of a column with too many to be counted.
pub(crate) const MANY: &str = "many";

pub(crate) const FIRST_RECORDS_ONLY: &str = "only the first records were read";

pub(crate) fn suggested(options: &str) -> String {
    format!("suggested: {options}")
}

pub(crate) fn read_as(source: &str) -> String {
    format!("read as {source}")
}

pub(crate) fn not_numeric(columns: &str) -> String {
    format!("not numeric: {columns}")
}

/// The cell because of which a column is not numeric.
pub(crate) fn cell_in_row(row: u64, value: &str) -> String {
    format!(" (row {row}: {value})")
}

/// Error of order statistics as a share of all numbers.
pub(crate) fn approximate_order_statistics(error: f64) -> String {
    format!("order statistics are approximate: the error of their ranks is at most {error} of all numbers")
}

// Titles and labels.

/// Labels of columns and statistics that are not their names with a capital letter.
pub(crate) const LABELS: [(&str, &str); 47] = [
    ("nobs", "Number of values"),
    ("percent_missing", "Missing, percent"),
    ("percent_absent", "Absent, percent"),
    ("invalid", "Not numbers"),
    ("min", "Minimum"),
    ("max", "Maximum"),
    ("std", "Standard deviation"),
    ("sem", "Standard error of the mean"),
    ("cv", "Coefficient of variation"),
    ("iqr", "Interquartile range"),
    ("mad", "Median absolute deviation"),
    ("quartile_1", "Lower quartile"),
    ("quartile_2", "Median"),
    ("quartile_3", "Upper quartile"),
    ("distinct", "Different values"),
    ("mode_total", "Number of modes"),
    ("facility", "Facility, percent"),
    ("ci_mean_low", "Mean, lower confidence limit"),
    ("ci_mean_high", "Mean, upper confidence limit"),
    ("jarque_bera", "Jarque-Bera statistic"),
    ("jarque_bera_p", "Jarque-Bera p"),
    ("below", "Values below the fence"),
    ("above", "Values above the fence"),
    ("cumulative_count", "Count at or above"),
    ("to", "To below; the last bin includes it"),
    ("change_low", "Change, lower limit"),
    ("change_high", "Change, upper limit"),
    ("cumulative_change", "Cumulative change"),
    ("cumulative_low", "Cumulative change, lower limit"),
    ("cumulative_high", "Cumulative change, upper limit"),
    ("linear_se", "Linear, standard error"),
    ("equipercentile_se", "Equipercentile, standard error"),
    ("chi_squared", "Chi-squared"),
    ("least_expected", "Least expected count"),
    ("z_score", "z"),
    ("t_score", "T"),
    ("a", "Group"),
    ("b", "Compared with"),
    ("difference", "Difference of means"),
    ("ci_low", "Lower limit of the interval"),
    ("ci_high", "Upper limit of the interval"),
    ("se", "Standard error"),
    ("cohens_d", "Cohen's d"),
    ("variance_ratio", "Ratio of variances"),
    ("t", "Welch's t"),
    ("df", "Degrees of freedom"),
    ("p", "p"),
];

/// Words of correlations.
#[cfg(feature = "correlations")]
pub(crate) mod correlations {
    /// Headings of the matrix and of the list.
    pub(crate) const MATRIX: &str = "Pearson's r";
    pub(crate) const LIST: &str = "Correlations";

    /// Label of the column of the matrix that names a column of the data.
    pub(crate) const COLUMN: &str = "Column";

    /// Columns of the list, with their labels.
    pub(crate) const LABELS: [(&str, &str); 8] = [
        ("a", "Column"),
        ("b", "With"),
        ("coefficient", "Coefficient"),
        ("nobs", "Number of records"),
        ("correlation", "Correlation"),
        ("ci_low", "Lower limit of the interval"),
        ("ci_high", "Upper limit of the interval"),
        ("p", "p"),
    ];

    /// Names of the coefficients.
    pub(crate) const COEFFICIENTS: [&str; 3] = ["Pearson's r", "Spearman's rho", "Kendall's tau-b"];

    /// Sentences below the tables.
    pub(crate) const IN_BOTH_COLUMNS: &str = "Each correlation is of the records with a number in both columns.";
    pub(crate) const METHODS: &str = "Intervals are those of Fisher's z, for rank correlations with the standard errors of Bonett and \
         Wright (2000). p is that of no correlation.";
}

/// First words of the labels of counts and percentages, of which a title does not say "of".
pub(crate) const COUNTS: [&str; 7] = ["Number", "Missing", "Absent", "Not", "Count", "Percent", "Cumulative"];

/// Headings of tables.
pub(crate) const RESULTS: &str = "Results";
pub(crate) const GRADES: &str = "Grades";
pub(crate) const FREQUENCIES: &str = "Frequency of each value";
pub(crate) const CATEGORY: &str = "Category";
pub(crate) const CATEGORIES: &str = "Categories";
pub(crate) const CATEGORY_CHANGES: &str = "Changes in percentage points";
pub(crate) const HOMOGENEITY: &str = "Test of homogeneity";
pub(crate) const EQUATING: &str = "Equated marks";
pub(crate) const EQUATING_LINES: &str = "Lines of linear equating";
pub(crate) const EQUATED: &str = "Marks of each group on the scale of the group it is compared with, with standard errors. Linear: equal z scores. \
     Equipercentile: equal percentile ranks, without smoothing. Groups should be random ones of equal ability.";
pub(crate) const PREDICTIONS: &str = "Predicted outcomes";
pub(crate) const PREDICTED: &str = "Predicted: percentages if each band of prior attainment had the outcomes of the group compared with. Differences are in percentage \
     points, actual minus predicted. Left out are the candidates of bands that do not occur in the group compared with.";

pub(crate) const CUMULATIVE_COUNT: &str = "Cumulative count";
pub(crate) const MARKS: &str = "Marks with their ranks and scores";
pub(crate) const BINS: &str = "Values by bin";
pub(crate) const COMPARISONS: &str = "Groups compared";

/// Names of what has no column: numbers, one of them, and several columns or none.
pub(crate) const THE_NUMBERS: &str = "the numbers";
pub(crate) const VALUE: &str = "value";
pub(crate) const SEVERAL_COLUMNS: &str = "several columns";
pub(crate) const NO_COLUMN: &str = "no column";

/// Names of values, in a heading and in a sentence: with codes of absence the records are candidates.
pub(crate) const VALUES: [&str; 2] = ["Values", "values"];
pub(crate) const CANDIDATES: [&str; 2] = ["Candidates", "candidates"];

pub(crate) fn absent_with_code(code: &str) -> String {
    format!("Absent, code {code}")
}

/// The last of several names, after the others.
pub(crate) fn and(others: &str, last: &str) -> String {
    format!("{others} and {last}")
}

pub(crate) fn descriptive_statistics(columns: &str) -> String {
    format!("Descriptive statistics of {columns}")
}

pub(crate) fn figure_of(figure: &str, column: &str) -> String {
    format!("{figure} of {column}")
}

pub(crate) fn by_groups(column: &str, groups: &str) -> String {
    format!("{column} by {groups}")
}

pub(crate) fn over_years(subject: &str, first: &str, last: &str) -> String {
    format!("{subject}, {first} to {last}")
}

pub(crate) fn by_grade(column: &str) -> String {
    format!("{column} by grade")
}

pub(crate) fn newcombe(percent: &str) -> String {
    format!("Limits are those of {percent} percent confidence intervals by Newcombe's hybrid score method (1998).")
}

pub(crate) const FEW_EXPECTED: &str = "An expected count is below 5, so p is rough.";

pub(crate) fn by_category(column: &str) -> String {
    format!("{column} by category")
}

pub(crate) fn out_of(title: &str, maximum: &str) -> String {
    format!("{title}, out of {maximum}")
}

pub(crate) fn compared(subject: &str) -> String {
    format!("{subject}, compared")
}

/// Headings of a change: since a year, from another number, or a difference from a name.
pub(crate) const CHANGE_SINCE: &str = "Change since";
pub(crate) const CHANGE_FROM: &str = "Change from";
pub(crate) const DIFFERENCE_FROM: &str = "Difference from";

/// Heading of the confidence interval of a change; then those of its limits.
pub(crate) fn interval(confidence: &str) -> String {
    format!("{confidence}% interval")
}

pub(crate) fn lower_limit(interval: &str) -> String {
    format!("{interval}, lower limit")
}

pub(crate) fn upper_limit(interval: &str) -> String {
    format!("{interval}, upper limit")
}

// Main findings.

pub(crate) const NOTHING_DESCRIBED: &str = "No column is described, because none contains only numbers.";

pub(crate) fn number_of_results(results: &str) -> String {
    format!("There are {results} results.")
}

pub(crate) fn more_columns(columns: usize) -> String {
    format!("{columns} more columns are described below.")
}

/// A year in a sentence, or another value.
pub(crate) fn in_year(year: &str) -> String {
    format!("in {year}")
}

pub(crate) fn for_value(value: &str) -> String {
    format!("for {value}")
}

/// The last mean; then its change and the interval of that.
pub(crate) fn mean_was(column: &str, mean: &str, place: &str) -> String {
    format!("The mean {column} was {mean} {place}")
}

pub(crate) fn change_on(change: &str, base: &str) -> String {
    format!(", {change} on {base}")
}

pub(crate) fn with_interval(confidence: &str, interval: &str) -> String {
    format!(" ({confidence}% interval {interval})")
}

pub(crate) const WITHIN_CHANCE: &str = ", within what chance would do";

pub(crate) fn none_changed(base: &str, last: &str, column: &str, groups: usize) -> String {
    format!(
        "From {base} to {last} the mean {column} changed clearly in none of {groups} groups: all changes are within what chance would \
         do."
    )
}

pub(crate) fn some_changed(base: &str, last: &str, column: &str, changed: usize, groups: usize) -> String {
    format!("From {base} to {last} the mean {column} changed clearly in {changed} of {groups} groups.")
}

pub(crate) const ROSE: &str = "rose";
pub(crate) const FELL: &str = "fell";

/// A group whose mean `rose` or `fell`.
pub(crate) fn changed_by(group: &str, rose: &str, change: &str, interval: &str) -> String {
    format!("{group} {rose} by {change} ({interval}).")
}

/// How many of the groups differ between two values, or none of them.
pub(crate) fn differs(column: &str, last: &str, base: &str, different: usize, groups: usize) -> String {
    let different = if different == 0 { "none".to_owned() } else { different.to_string() };
    format!("The mean {column} of {last} differs clearly from that of {base} in {different} of {groups} groups.")
}

pub(crate) const HIGHER: &str = "higher";
pub(crate) const LOWER: &str = "lower";

/// A group whose mean is `higher` or `lower`.
pub(crate) fn differs_by(group: &str, difference: &str, higher: &str, interval: &str) -> String {
    format!("{group}: {difference} {higher} ({interval}).")
}

/// Range of the means of several groups.
pub(crate) fn means_between(column: &str, least: &str, greatest: &str, groups: &str) -> String {
    format!("The mean {column} lies between {least} and {greatest} in {groups} groups.")
}

/// A single mean; then what may be added about the values.
pub(crate) fn mean_is(column: &str, count: &str, values: &str, mean: &str) -> String {
    format!("The mean {column} of {count} {values} is {mean}")
}

pub(crate) fn median_is(median: &str) -> String {
    format!(", the median {median}")
}

pub(crate) fn middle_half_between(low: &str, high: &str) -> String {
    format!("; the middle half lies between {low} and {high}")
}

pub(crate) fn all_between(min: &str, max: &str) -> String {
    format!(", all between {min} and {max}")
}

pub(crate) const WITHHELD_NUMBER: &str = "a withheld number of";

/// One record that was left out, and several: the noun and the rest of the sentence, between which a share stands.
pub(crate) const ABSENT: [[&str; 2]; 2] = [["candidate", "was absent"], ["candidates", "were absent"]];
pub(crate) const MISSING: [[&str; 2]; 2] = [["value", "is missing"], ["values", "are missing"]];
pub(crate) const INVALID: [[&str; 2]; 2] =
    [["cell", "was not a number and was left out"], ["cells", "were not numbers and were left out"]];

// Points to look at.

/// Subject of alerts about numbers without a column.
pub(crate) const NUMBERS: &str = "The numbers";

pub(crate) const MANY_MISSING: &str = "more than 5% of the values are missing";
pub(crate) const ALL_EQUAL: &str = "all values are equal";
pub(crate) const ALL_DIFFERENT: &str = "all values are different whole numbers; is it an identifier?";
pub(crate) const HEAPED: &str = "values are heaped at multiples of 5";
pub(crate) const CEILING: &str = "more than 10% of the values are the greatest one (a ceiling)";
pub(crate) const FLOOR: &str = "more than 10% of the values are the least one (a floor)";
pub(crate) const FAR_OUT: &str = "a value lies more than 3 interquartile ranges beyond the quartiles";

/// Groups or slices that are not named.
pub(crate) fn and_more(count: usize) -> String {
    format!(" and {count} more")
}

// Notes on method.

pub(crate) const EXACT: &str = "Every statistic is the correctly rounded value of the exact result for the data as they were \
     written; it depends neither on the order of the data nor on the machine.";

pub(crate) fn rounded_once(decimals: u32) -> String {
    format!(
        "Every statistic is rounded once, from the exact result for the data as they were written, to {decimals} decimal places; it \
         depends neither on the order of the data nor on the machine."
    )
}

pub(crate) const FOUR_DIGITS: &str =
    "Statistics are shown to about four significant digits; the page contains all digits of each.";

pub(crate) const VARIANCE_BY_N: &str = "The variance divides by the number of values, n.";

pub(crate) fn variance_by(ddof: u64) -> String {
    format!("The variance divides by n - {ddof}, n being the number of values.")
}

/// Skewness and kurtosis.
pub(crate) const SHAPE_BY_SAMPLE_DEVIATION: &str = "Skewness and kurtosis are those of the described values, without correction for a \
     sample, with the standard deviation that divides by n - 1.";
pub(crate) const SHAPE_OF_VALUES: &str =
    "Skewness and kurtosis are those of the described values, without correction for a sample.";
pub(crate) const SHAPE_CORRECTED: &str = "Skewness and kurtosis are corrected for a sample.";
pub(crate) const NORMAL_KURTOSIS: &str = "The kurtosis of a normal distribution is 3.";

pub(crate) const MISSING_LEFT_OUT: &str =
    "Missing values, and those with a code of absence, are counted and left out of every statistic.";

pub(crate) fn approximate_quantiles(percent: &str) -> String {
    format!(
        "Quantiles and what is calculated from them are approximate: the error of their ranks is at most {percent} percent of the \
         values."
    )
}

pub(crate) fn data_read_as(source: &str) -> String {
    format!("Read as {source}.")
}

pub(crate) fn not_described(columns: &str) -> String {
    format!("Not described, because they are not numeric: {columns}.")
}

/// How many of the comparisons would look clear by chance.
pub(crate) fn clear_by_chance(comparisons: usize, expected: &str, confidence: &str) -> String {
    let made =
        if comparisons == 1 { "One comparison was".to_owned() } else { format!("{comparisons} comparisons were") };
    format!(
        "{made} made; if nothing had changed, about {expected} of them would still look clear, because a {confidence}% interval misses \
         0 by chance."
    )
}

pub(crate) fn rows_left_out(table: &str, rows: &str) -> String {
    format!("{table}: {rows} rows are not on this page; workbooks (format=xlsx, format=ods) and JSON have them.")
}

// Charts.

pub(crate) const TOO_MANY_FOR_CHART: &str = "A chart would have too many groups to be read, so there is none.";

pub(crate) fn chart_title(kind: ChartKind, columns: &str) -> String {
    let what = match kind {
        ChartKind::Compare | ChartKind::Boxes => "Median, quartiles and range of",
        ChartKind::Histogram => "Distribution of",
        ChartKind::Ecdf => "Cumulative distribution of",
        ChartKind::Trend => "Mean and middle half of",
        ChartKind::Discrimination | ChartKind::Characteristics => "Items of",
    };
    format!("{what} {columns}")
}

/// Reasons why something is not drawn.
pub(crate) const NOT_SHOWN: &str = "withheld";
pub(crate) const NOTHING_TO_DRAW: &str = "no values to draw";
pub(crate) const NO_VALUES: &str = "no values";
pub(crate) const HISTOGRAM_WITHHELD: &str = "the histogram is withheld";

/// Axes of counts and of shares, and columns beside box plots.
pub(crate) const NUMBER_OF_VALUES: &str = "Number of values";
pub(crate) const SHARE_AT_OR_BELOW: &str = "Share of values at or below";
pub(crate) const MEDIAN: &str = "Median";
pub(crate) const N: &str = "n";

/// Behind the millions of a tick of an axis.
pub(crate) const MILLIONS: &str = "M";

/// First sentence of the description of a chart with one panel, or with `many`.
pub(crate) fn chart_kind(kind: ChartKind, many: bool) -> &'static str {
    match (kind, many) {
        (ChartKind::Histogram, false) => "A histogram, with a box plot above it.",
        (ChartKind::Histogram, true) => "Histograms one under the other, each with a box plot above it.",
        (ChartKind::Boxes | ChartKind::Compare, false) => "A box plot.",
        (ChartKind::Boxes, true) => "Box plots, each on an axis of its own.",
        (ChartKind::Compare, true) => "Box plots of the groups on one axis.",
        (ChartKind::Trend, _) => "Small charts, each with a line of means and a band of the middle half.",
        (ChartKind::Ecdf, _) => "The percentage of values at or below each value, as a line of steps.",
        (ChartKind::Discrimination, _) => "The items as dots: facility to the right, discrimination upwards.",
        (ChartKind::Characteristics, _) => {
            "Small charts, one for each item, each with a line of the facility by total."
        }
    }
}

pub(crate) const HOW_BOXES_ARE_DRAWN: &str = "A box goes from the lower to the upper quartile, with a line at the median and a \
     diamond at the mean; whiskers end at the extremes, or at 1.5 times the interquartile range from it, beyond which a circle marks \
     the extreme.";

/// Legends of charts.
pub(crate) const LEGEND_OF_LINES: &str = "Line: mean. Band: the middle half of the values.";
pub(crate) const LEGEND_OF_DOTS: &str = "Dot: mean. Bar: the middle half of the values.";
pub(crate) const LEGEND_OF_BOXES: &str = "Box: middle half. Line: median. Diamond: mean. Whiskers: within 1.5 × IQR of \
     the box. Circle: extreme beyond them.";

/// Minimum, quartiles and maximum.
pub(crate) const FIVE: [&str; 5] = ["minimum", "lower quartile", "median", "upper quartile", "maximum"];

pub(crate) const NO_MEAN: &str = "no mean";

pub(crate) fn mean(mean: &str) -> String {
    format!("mean {mean}")
}

pub(crate) fn median(median: &str) -> String {
    format!("median {median}")
}

pub(crate) fn middle_half(low: &str, high: &str) -> String {
    format!("middle half {low} to {high}")
}

pub(crate) fn n_is(count: &str) -> String {
    format!("n = {count}")
}

pub(crate) fn values_by_category(counts: &str) -> String {
    format!("values by category: {counts}")
}

pub(crate) fn values_by_bin(bins: &str) -> String {
    format!("values by bin: {bins}")
}

pub(crate) fn at_or_below(percent: &str, value: &str) -> String {
    format!("{percent}% at or below {value}")
}

// Rules of publication.

pub(crate) fn counts_rounded(base: u64) -> String {
    format!("Counts are rounded to the nearest {base}, so totals may differ from the sum of their parts.")
}

pub(crate) fn small_counts(threshold: u64) -> String {
    let most = threshold - 1;
    format!("Counts from 1 to {most} are given as \"{}\"; zero counts are exact.", fewer_than(threshold))
}

pub(crate) fn percentages_rounded(decimals: u32, half_even: bool) -> String {
    let places = if decimals == 1 { "place" } else { "places" };
    let way = if half_even { "to the even neighbour" } else { "away from zero" };
    format!(
        "Percentages are calculated from unrounded counts and rounded once, to {decimals} decimal {places}; ties go {way}. They may \
         not add up to 100."
    )
}

pub(crate) const STATISTICS_ROUNDED: &str = "Statistics are calculated from unrounded values and rounded once, so that the number of \
     values cannot be calculated from them: means, medians and standard deviations to one decimal place more than the data have, \
     other quantiles to as many, and statistics without a unit to two. Small groups have one place less: means of fewer than 10 \
     values, and variances of fewer than 21 with what is calculated from them.";

pub(crate) fn statistics_withheld(threshold: u64) -> String {
    format!(
        "Statistics are withheld that are based on fewer than {threshold} values or that have fewer values at or beyond them, and \
         those from which the number of values could be calculated."
    )
}

pub(crate) const SMALL_GROUPS_SHOWN: &str =
    "Statistics of small groups are shown (withhold=false); they can reveal withheld counts.";

pub(crate) fn complements_of_totals(groups: &str) -> String {
    format!(
        "Beside the totals, adding and subtracting could have revealed withheld groups; so these are withheld too: {groups}."
    )
}

pub(crate) fn complement_of_group(only: &str, next: &str) -> String {
    format!(
        "Beside the results over all groups, subtraction could have revealed {only}, the only withheld group; so {next}, the next \
         smallest, is withheld too."
    )
}

pub(crate) const COMPLEMENTS: &str =
    "Further counts are withheld, so that none of the small ones can be calculated by adding and subtracting.";

// Reasons why a member is withheld or null.

pub(crate) fn fewer_values(threshold: u64) -> String {
    format!("fewer than {threshold} values")
}

pub(crate) fn fewer_values_beyond(threshold: u64) -> String {
    format!("fewer than {threshold} values at or beyond it")
}

pub(crate) fn fewer_values_cut(threshold: u64) -> String {
    format!("fewer than {threshold} values are cut from each tail")
}

pub(crate) fn undefined_by_fewer_values(threshold: u64) -> String {
    format!("undefined because of fewer than {threshold} values")
}

pub(crate) const TOO_FEW_VALUES: &str = "too few values";
pub(crate) const REVEALS_COUNT: &str = "withheld, because the number of values could be found from it";
pub(crate) const REVEALS_SMALL_COUNTS: &str = "withheld, because small counts could be found from it";
pub(crate) const FROM_EXTREMES: &str = "made of the extremes, which are withheld";
pub(crate) const EDGES_ARE_EXTREMES: &str = "made of the extremes, which are withheld; give range= to have a histogram";
pub(crate) const FROM_MEDIAN: &str = "made of the median, which is withheld";
pub(crate) const FROM_QUARTILES: &str = "made of the quartiles, which are withheld";
pub(crate) const COMPLEMENT: &str = "withheld, so that no other count can be found by subtraction";
pub(crate) const UNLIKE_GROUPS: &str =
    "withheld, since its bins are not those of every group; give range= and bins= to have the same";
pub(crate) const SECOND_TABLE: &str =
    "withheld, since with the other table counts could be found that are withheld there";
pub(crate) const FROM_COUNTS: &str = "made of counts of which some are withheld";
pub(crate) const GROUP_WITHHELD: &str = "one of the groups is withheld";

/// Between the name of a member and the reason why it is null.
pub(crate) const IS_NULL: &str = " is null: ";

pub(crate) fn is_null(member: &str, why: &str) -> String {
    format!("{member}{IS_NULL}{why}")
}

/// The slices in which a member is null; `more` names those that are not listed.
pub(crate) fn is_null_in(member: &str, slice: &str, places: &str, more: &str, why: &str) -> String {
    format!("{member} of {slice} {places}{more} (counted from 0){IS_NULL}{why}")
}

pub(crate) const TOO_MANY_DIGITS: &str =
    "some numbers have more than 38 significant digits, and were read as the nearest doubles; give them with fewer";

pub(crate) fn untrimmed(member: &str, trim: &str, numbers: u64) -> String {
    format!("{member} is the mean: {trim} of {numbers} numbers is less than one; give a larger trim to cut any")
}

// How data were read.

pub(crate) fn shape(shape: &str) -> String {
    format!("shape {shape}")
}

pub(crate) fn delimiter(delimiter: &str) -> String {
    let name = match delimiter {
        "," => "comma",
        ";" => "semicolon",
        "\t" => "tab",
        other => other,
    };
    format!("delimiter {name}")
}

pub(crate) const DECIMAL_COMMA: &str = "decimal comma";

pub(crate) fn sheet(name: &str) -> String {
    format!("sheet \"{name}\"")
}

pub(crate) const NO_HEADER: &str = "no header";

pub(crate) fn header_in_row(row: u64) -> String {
    format!("header in row {row}")
}

pub(crate) fn rows_before_table(rows: u64) -> String {
    format!("rows left out before the table: {rows}")
}

pub(crate) fn rows_after_table(rows: u64) -> String {
    format!("rows left out after the table: {rows}")
}

/// What was assumed about a table, and the option that changes it, as in a request; empty if there is none. The `count` is `None`
/// where it is hidden; `records` look like totals.
pub(crate) fn assumption(
    code: TableWarningCode,
    count: Option<u64>,
    records: u64,
    column: &str,
    texts: &str,
) -> (String, String) {
    let count = |one: &str, many: &str| match count {
        Some(1) => format!("1 {one}"),
        Some(count) => format!("{count} {many}"),
        None => many.to_owned(),
    };
    let with = |assumption: String, remedy: &str| (assumption, remedy.to_owned());
    match code {
        TableWarningCode::TotalRow => {
            let assumption = "The last record looks like a total and is part of the statistics";
            with(assumption.to_owned(), &format!("skip_end={records} leaves it out"))
        }
        TableWarningCode::NoteRows => {
            with(format!("Left out behind the table: {}", count("note", "notes")), "skip_end=0 keeps them")
        }
        TableWarningCode::TitleRows => {
            with(format!("Left out before the table: {}", count("title line", "title lines")), "skip_rows=0 keeps them")
        }
        TableWarningCode::NoHeader => {
            with("The first record has numbers and was read as data".to_owned(), "header=true makes it the header")
        }
        TableWarningCode::NumericHeader => {
            with("The first record has numbers and was read as the header".to_owned(), "header=false makes it data")
        }
        TableWarningCode::SecondHeader => with(
            format!(
                "The record below the header has texts or years above numeric columns ({texts}) and was read as data"
            ),
            "if it belongs to the header, delete it",
        ),
        TableWarningCode::ShortRecords => with(
            format!(
                "{} not as many cells as the header: missing cells count as missing, empty excess cells were ignored",
                count("record has", "records have")
            ),
            "",
        ),
        TableWarningCode::StrayQuotes => with(
            format!(
                "{} text behind a closing quote, or a quote inside an unquoted text; the text was taken as it stands",
                count("cell has", "cells have")
            ),
            "",
        ),
        TableWarningCode::Encoding => {
            with("The text is not UTF-8 and was read as Windows-1252".to_owned(), "encoding= says another one")
        }
        TableWarningCode::OtherSheets => {
            with(format!("Other sheets have data, too: {texts}"), "sheet= selects one of them")
        }
        TableWarningCode::MergedCells => with(
            format!("{} filled with the value of the first one", count("merged cell was", "merged cells were")),
            "",
        ),
        TableWarningCode::InvalidCells => with(
            format!(
                "{} left out of {column}",
                count("cell that is not a number was", "cells that are not numbers were")
            ),
            "",
        ),
        TableWarningCode::LookalikeGroups => {
            with(format!("Groups of {column} differ in blanks, case or Unicode form alone: {texts}"), "")
        }
        TableWarningCode::Identifier => with(
            format!("{column} was left out: numbers with leading zeros are identifiers"),
            &format!("column={column} describes it"),
        ),
        TableWarningCode::RowNames => with(
            "All records have one cell more than the header, so their first ones were taken for names of the rows"
                .to_owned(),
            "if numbers were divided at their commas, quote them or use another delimiter",
        ),
    }
}

pub(crate) fn no_numeric_column(columns: &str) -> String {
    format!(
        "No column is numeric: {columns}. The options decimal, thousands and strip read other spellings of numbers; absent counts \
         codes."
    )
}

/// Reasons why a column is not numeric; `options` read its cell as a number, if any do.
pub(crate) fn column_is_empty(column: &str) -> String {
    format!("{column} is empty")
}

pub(crate) fn column_has(column: &str, value: &str, row: u64, options: &[String]) -> String {
    let remedy = if options.is_empty() { String::new() } else { format!(" ({} reads it)", options.join(" and ")) };
    format!("{column} has '{value}' in row {row}{remedy}")
}

// Stamp.

pub(crate) const PROGRAM: &str = "Program";
pub(crate) const MADE_WITH: &str = "Made with the options";
pub(crate) const NO_OPTIONS: &str = "none";
pub(crate) const HASH: &str = "SHA-256 of the data";
pub(crate) const ROWS: &str = "Rows";
pub(crate) const TIME: &str = "Time";

pub(crate) fn files(count: usize) -> String {
    format!("{count} files")
}

/// One record of a table or one value, and several.
pub(crate) const ROW_OR_ROWS: [&str; 2] = ["row", "rows"];
pub(crate) const VALUE_OR_VALUES: [&str; 2] = ["value", "values"];

pub(crate) fn made_on(day: &str) -> String {
    format!("made {day}")
}

// Item analysis.

pub(crate) const CANDIDATE_OR_CANDIDATES: [&str; 2] = ["candidate", "candidates"];

pub(crate) fn item_title(items: usize, marks: Option<&str>) -> String {
    let questions = if items == 1 { "1 question".to_owned() } else { format!("{items} questions") };
    match marks {
        Some("1") => format!("Item analysis: {questions}, 1 mark"),
        Some(marks) => format!("Item analysis: {questions}, {marks} marks"),
        None => format!("Item analysis: {questions}"),
    }
}

/// Headings of sections and titles of tables.
pub(crate) const ITEMS: &str = "Items";
pub(crate) const ITEMS_IN_ORDER: &str = "items in the order of the paper";
pub(crate) const ITEM_DETAILS: &str = "Items in detail";
pub(crate) const MORE_ABOUT_ITEMS: &str = "more about the items";
pub(crate) const THE_TEST: &str = "The test as a whole";
pub(crate) const TEST_AND_RELIABILITY: &str = "totals and reliability";
pub(crate) const ANSWERS: &str = "Answers";
pub(crate) const ANSWERS_TO_ITEMS: &str = "answers to each item";

/// Labels of columns of items, by their names.
pub(crate) const ITEM_LABELS: [(&str, &str); 33] = [
    ("item", "Item"),
    ("nobs", "Candidates"),
    ("candidates", "Candidates"),
    ("absent", "Absent"),
    ("incomplete", "Incomplete"),
    ("maximum", "Max mark"),
    ("facility", "Facility %"),
    ("mean", "Mean"),
    ("std", "Standard deviation"),
    ("min", "Minimum"),
    ("max", "Maximum"),
    ("discrimination", "Discrimination (item–rest r)"),
    ("item_total", "Item–total r"),
    ("alpha_without", "Alpha without"),
    ("omitted", "Omitted"),
    ("percent_omitted", "Omitted %"),
    ("not_reached", "Not reached"),
    ("percent_not_reached", "Not reached %"),
    ("upper_facility", "Facility %, upper 27%"),
    ("lower_facility", "Facility %, lower 27%"),
    ("effective_weight", "Effective weight %"),
    ("look_at", "Look at"),
    ("alpha", "Cronbach's alpha"),
    ("standardised_alpha", "Standardised alpha"),
    ("lambda_2", "Guttman's lambda-2"),
    ("lambda_6", "Guttman's lambda-6"),
    ("split_half", "Split-half (odd–even)"),
    ("measurement_error", "Standard error of measurement"),
    ("choice", "Answer"),
    ("key", "Key"),
    ("count", "Count"),
    ("percent", "Percent"),
    ("point_biserial", "Point-biserial r"),
];

/// Mark of the right answer.
pub(crate) const KEY: &str = "key";

/// Bands of candidates, from the lowest totals to the highest.
pub(crate) const BAND_LABELS: [&str; describe_items::BANDS] =
    ["lowest fifth", "second fifth", "middle fifth", "fourth fifth", "highest fifth"];

/// The same below a small chart.
pub(crate) const SHORT_BAND_LABELS: [&str; describe_items::BANDS] = ["lowest", "2nd", "3rd", "4th", "highest"];

pub(crate) fn facility_in(band: &str) -> String {
    format!("Facility %, {band}")
}

/// What to look at in an item, in a cell.
pub(crate) fn look_at(warning: ItemWarning) -> &'static str {
    match warning {
        ItemWarning::NegativeDiscrimination => "negative discrimination: check the key",
        ItemWarning::DistractorAboveKey => "a wrong answer goes with better totals: check the key",
        ItemWarning::Constant => "all marks are the same",
        ItemWarning::AboveMaximum => "marks above the maximum",
        ItemWarning::ManyNotReached => "many not reached",
    }
}

pub(crate) const VERY_HARD: &str = "very hard";
pub(crate) const VERY_EASY: &str = "very easy";

/// A warning about items, in a sentence.
pub(crate) fn item_warning(warning: ItemWarning, items: &[&str]) -> String {
    let named = some_items(items);
    match warning {
        ItemWarning::NegativeDiscrimination => format!("{named}: better candidates do worse; check the key"),
        ItemWarning::DistractorAboveKey => {
            format!(
                "{named}: a wrong answer goes with better totals of the other items than the right one; check the key"
            )
        }
        ItemWarning::Constant => format!("{named}: all candidates have the same mark, so there is no discrimination"),
        ItemWarning::AboveMaximum => format!("{named}: a candidate has more than the maximum mark; check both"),
        ItemWarning::ManyNotReached => format!("{named}: more than 5% of the candidates did not reach it"),
    }
}

/// Names of items, of many only the first ones.
fn some_items(items: &[&str]) -> String {
    const MAX_NAMED: usize = 10;
    match items {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] if items.len() <= MAX_NAMED => and(&first.join(", "), last),
        _ => format!("{} and {} more", items[..MAX_NAMED].join(", "), items.len() - MAX_NAMED),
    }
}

pub(crate) fn without_answers(candidates: u64) -> String {
    let who = if candidates == 1 { "1 candidate has".to_owned() } else { format!("{candidates} candidates have") };
    format!("{who} not answered any item, and no code of absence; the option absent leaves absent candidates out")
}

/// Sentences of the summary.
pub(crate) fn gained(mean: &str, maximum: Option<&str>, deviation: Option<&str>) -> String {
    let of = maximum.map_or_else(|| " marks".to_owned(), |maximum| format!(" of {maximum} marks"));
    let spread = deviation.map(|deviation| format!(" (standard deviation {deviation})")).unwrap_or_default();
    format!("Candidates gained {mean}{of} on average{spread}.")
}

pub(crate) fn alpha_is(alpha: &str, error: Option<&str>) -> String {
    match error {
        Some(error) => format!(
            "Cronbach's alpha is {alpha}, so a mark is uncertain by about ±{error} (standard error of measurement)."
        ),
        None => format!("Cronbach's alpha is {alpha}."),
    }
}

pub(crate) fn should_be_checked(items: &[&str]) -> String {
    let it = if items.len() == 1 { "it" } else { "them" };
    format!("{} should be checked: better candidates do worse on {it}.", some_items(items))
}

pub(crate) fn did_not_reach(percent: &str, item: &str) -> String {
    format!("{percent}% of candidates did not reach {item}.")
}

pub(crate) fn groups_analysed(groups: usize) -> String {
    format!("{groups} groups of candidates were analysed.")
}

pub(crate) fn of_group(sentence: &str, group: &str) -> String {
    format!("{group}: {sentence}")
}

/// Below the table of items.
pub(crate) fn how_unanswered(unanswered: Unanswered) -> &'static str {
    match unanswered {
        Unanswered::Zero => "Omitted and not reached are scored 0 here (unanswered=zero).",
        Unanswered::Complete => {
            "Candidates with an item omitted or not reached are left out here (unanswered=complete)."
        }
        Unanswered::Pairwise => {
            "Each item is described over the candidates who answered it (unanswered=pairwise); the other items count 0 where they \
             are not answered."
        }
    }
}

/// Notes on method.
pub(crate) const ITEM_METHOD: [&str; 4] = [
    "Facility: the mean in percent of the maximum mark. Discrimination: the correlation of the item with the total of the other items.",
    "Upper and lower 27%: the candidates with the highest and the lowest totals; of candidates with one total at the border, each counts in part.",
    "Effective weight: the covariance of the item with the total, in percent of the variance of the total.",
    "Omitted: not answered before the last answer. Not reached: not answered behind it, or marked so (not_reached). Percentages are of the candidates who were present.",
];

pub(crate) fn left_out_candidates(absent: u64, incomplete: u64) -> Option<String> {
    let count = |count: u64, why: &str| {
        let who = if count == 1 { "1 candidate".to_owned() } else { format!("{count} candidates") };
        (count > 0).then(|| format!("{who} {why}"))
    };
    let parts = [count(absent, "absent"), count(incomplete, "without all answers")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("Left out: {}.", parts.join(", ")))
}

/// Axes, and the name of the small charts' axis.
pub(crate) const FACILITY_AXIS: &str = "Facility %";
pub(crate) const DISCRIMINATION_AXIS: &str = "Discrimination (item–rest r)";

pub(crate) const LEGEND_OF_ITEMS: &str =
    "Each dot is an item. Below the line at 0 better candidates do worse: check the key.";
pub(crate) const LEGEND_OF_BANDS: &str =
    "Line: facility in each fifth of the candidates, from the lowest totals to the highest.";

pub(crate) const DISCRIMINATION_TITLE: &str = "Discrimination against facility";
pub(crate) const CHARACTERISTICS_TITLE: &str = "Facility by total, item by item";

pub(crate) fn item_point(item: &str, facility: &str, discrimination: &str) -> String {
    format!("{item}: facility {facility}%, discrimination {discrimination}")
}
