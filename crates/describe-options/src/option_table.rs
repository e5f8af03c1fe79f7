//! Table of options, from which parsers and documentation derive.
//!
//! To add an option, add a row here; the compiler then asks for its arm in `Options::set`.

use std::ops::Bound;

use describe::{Bins, Decimal, MAX_HISTOGRAM_BINS, QuantileMethod};

use crate::enums::{
    Axis, CONVENTIONS, ChartKind, Format, HEADERS, INVALID, KURTOSES, Layout, MARKS, NAN_POLICIES, ROUNDINGS, ROWS,
    RULES, ThousandsMark, UNANSWERED, WeightType,
};
use crate::option_type::{Interval, Scope, ValueType, words};

/// Texts that mean a missing value in a table unless others are given; an empty cell always does.
pub const MISSING_MARKERS: [&str; 10] = ["NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", ".", "#N/A"];

/// Maximum base of rounded counts, and maximum threshold of suppression.
const MAX_COUNT: u64 = 1_000_000;

/// Maximum decimal places: a double has no more that are significant.
const MAX_DECIMALS: u64 = 15;

/// Maximum number of records that `skip_rows` leaves out.
const MAX_ROWS: u64 = 1_000_000_000;

/// Maximum number of records that `skip_end` leaves out: they are kept until the end is known.
const MAX_SKIPPED_END: u64 = 1000;

/// Maximum length of a list of quantiles or grades.
pub(super) const MAX_ITEMS: usize = 1000;

/// Maximum number of columns whose correlations are computed.
pub(super) const MAX_CORRELATED: usize = 50;

/// Maximum number of names of columns that an option has.
pub(super) const MAX_NAMES: usize = 10_000;

const ZERO: Decimal = Decimal::ZERO;
const HALF: Decimal = Decimal::short(5, -1, false);
const ONE: Decimal = Decimal::short(1, 0, false);

/// A row of the table: all that is known of an option.
///
/// In the two texts an option is written as `{name}` or `{name=value}`, since each caller spells it differently; all else is
/// Markdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionSpec {
    /// The option.
    pub option: OptionName,
    /// The name in a request.
    pub name: &'static str,
    /// Data or output that it concerns.
    pub scope: Scope,
    /// The type of its value.
    pub value: ValueType,
    /// The texts of the value that equals leaving the option out; empty if no value does.
    pub default: &'static [&'static str],
    /// The texts of a value that makes sense.
    pub example: &'static [&'static str],
    /// The option in one sentence.
    pub summary: &'static str,
    /// Further sentences, among them the effect of leaving the option out where `default` is empty.
    pub details: &'static str,
}

/// Defines [`OptionName`] and the table from one list of rows.
macro_rules! options {
    ($($option:ident = $name:literal {
        scope: $scope:expr,
        value: $value:expr,
        default: $default:expr,
        example: $example:expr,
        summary: $summary:literal,
        details: $details:literal,
    })+) => {
        /// An option of a description.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum OptionName {
            $(#[doc = concat!("The option `", $name, "`.")] $option,)+
        }

        /// The table, in the order of [`OptionName`], which is that of the documentation.
        static TABLE: &[OptionSpec] = &[$(OptionSpec {
            option: OptionName::$option,
            name: $name,
            scope: $scope,
            value: $value,
            default: $default,
            example: $example,
            summary: if cfg!(feature = "documentation") { $summary } else { "" },
            details: if cfg!(feature = "documentation") { $details } else { "" },
        },)+];

        const NAMES: &[&str] = &[$($name,)+];
    };
}

options! {
    Ddof = "ddof" {
        scope: Scope::Statistics,
        value: ValueType::Integer { min: 0, max: None },
        default: &[],
        example: &["0"],
        summary: "Delta degrees of freedom: the variance divides by n - ddof.",
        details: "Default: 1.",
    }
    Bias = "bias" {
        scope: Scope::Statistics,
        value: ValueType::Boolean,
        default: &[],
        example: &["false"],
        summary: "Whether skewness and kurtosis are the biased ones; `false` corrects them for a sample.",
        details: "Default: `true`, unless {convention} says otherwise.",
    }
    NanPolicy = "nan_policy" {
        scope: Scope::Statistics,
        value: ValueType::Words(&const { words(&NAN_POLICIES) }),
        default: &[],
        example: &["omit"],
        summary: "How to handle missing values: `propagate` makes every statistic undefined, `omit` leaves them out, `raise` \
                  is an error.",
        details: "Default: `propagate` for arrays of numbers, `omit` for tables.",
    }
    Axis = "axis" {
        scope: Scope::NestedArrays,
        value: ValueType::IntegerOrNone { words: &const { words(&Axis::ALL) } },
        default: &[],
        example: &["1"],
        summary: "For nested arrays: `0` describes each column, `1` each row, `none` all numbers as one array.",
        details: "Default: `0`.",
    }
    Statistics = "statistics" {
        scope: Scope::Statistics,
        value: ValueType::Texts { form: "names of statistics, or scipy or all" },
        default: &[],
        example: &["mean", "median"],
        summary: "The statistics to compute: names, `scipy` (those of `scipy.stats.describe`) or `all`, repeated or with commas \
                  between them.",
        details: "`nobs` is always there. `all` is everything that needs no further option, but not `mark_table`, and whatever such \
                  an option was given for. Default: `scipy`, and what {quantiles}, {maximum}, {boundaries} and {percentile_ranks} are for where they are given.",
    }
    Convention = "convention" {
        scope: Scope::Statistics,
        value: ValueType::Words(&const { words(&CONVENTIONS) }),
        default: &["scipy"],
        example: &["excel"],
        summary: "The program whose definitions are used: of biased or unbiased skewness and kurtosis, of Fisher's or Pearson's \
                  kurtosis, and of quantiles.",
        details: "An option that is given wins. Where the program prints nothing for few numbers, the statistic is `null`.",
    }
    Kurtosis = "kurtosis" {
        scope: Scope::Statistics,
        value: ValueType::Words(&const { words(&KURTOSES) }),
        default: &[],
        example: &["pearson"],
        summary: "The definition of kurtosis: that of a normal distribution is 0 for `fisher` and 3 for `pearson`.",
        details: "Default: `fisher`, unless {convention} says otherwise.",
    }
    QuantileMethod = "quantile_method" {
        scope: Scope::Statistics,
        value: ValueType::Words(&const { words(&QuantileMethod::NAMES) }),
        default: &[],
        example: &["weibull"],
        summary: "The method of interpolation, by numpy's name, of median, quartiles, deciles, quantiles, iqr, mad and outliers.",
        details: "Default: `linear`, unless {convention} says otherwise.",
    }
    Quantiles = "quantiles" {
        scope: Scope::Statistics,
        value: ValueType::Numbers {
            interval: Interval { low: Bound::Included(ZERO), high: Bound::Included(ONE) },
            min_count: 1,
            max_count: MAX_ITEMS,
        },
        default: &[],
        example: &["0.05", "0.95"],
        summary: "The quantiles to compute, each from 0 to 1, repeated or with commas between them.",
        details: "",
    }
    Trim = "trim" {
        scope: Scope::Statistics,
        value: ValueType::Number(Interval { low: Bound::Included(ZERO), high: Bound::Excluded(HALF) }),
        default: &["0.1"],
        example: &["0.2"],
        summary: "The share of the numbers that `trimmed_mean` and `winsorized_mean` cut from each tail: floor(n * trim) numbers.",
        details: "",
    }
    Confidence = "confidence" {
        scope: Scope::Statistics,
        value: ValueType::Number(Interval { low: Bound::Excluded(ZERO), high: Bound::Excluded(ONE) }),
        default: &["0.95"],
        example: &["0.99"],
        summary: "The confidence level of intervals.",
        details: "",
    }
    Maximum = "maximum" {
        scope: Scope::Statistics,
        value: ValueType::Number(Interval { low: Bound::Excluded(ZERO), high: Bound::Unbounded }),
        default: &[],
        example: &["80"],
        summary: "The highest possible mark, for `facility`: the mean in percent of it.",
        details: "",
    }
    Bins = "bins" {
        scope: Scope::Statistics,
        value: ValueType::CountOrWord { min: 1, max: MAX_HISTOGRAM_BINS as u64, words: &const { words(&Bins::RULES) } },
        default: &[],
        example: &["20"],
        summary: "The number of bins of a histogram, up to 10000, numpy's rule for it, or `aligned`: every bin holds equally many \
                  possible values.",
        details: "With `aligned` the width is the step between the values of the column (1 for whole marks) times 1, 2 or 5 \
                  times a power of ten, edges lie half a step below values (39.5, 44.5, 49.5), and all groups of a column have the \
                  same. Default: `auto`; `aligned` in charts, reports and workbooks.",
    }
    Range = "range" {
        scope: Scope::Statistics,
        value: ValueType::Numbers { interval: Interval::ALL, min_count: 2, max_count: 2 },
        default: &[],
        example: &["0", "100"],
        summary: "The lower and the upper end of a histogram, such as `0,100`; values outside are not counted.",
        details: "With {bins=aligned} the bins cover the range, and may begin below it. Default: from the minimum to the maximum.",
    }
    Boundaries = "boundaries" {
        scope: Scope::Statistics,
        value: ValueType::Texts { form: "grades with their lowest marks" },
        default: &[],
        example: &["A:70", "B:60"],
        summary: "Grades and their lowest marks, such as `A:70,B:60`, repeated or with commas between them: the values that reach \
                  each grade are counted.",
        details: "",
    }
    PercentileRanks = "percentile_ranks" {
        scope: Scope::Statistics,
        value: ValueType::Numbers { interval: Interval::ALL, min_count: 1, max_count: MAX_ITEMS },
        default: &[],
        example: &["40", "55.5"],
        summary: "Marks whose percentile ranks are computed, such as `40,55.5`, repeated or with commas between them: the percentage of \
                  the values below each, and of half of those equal to it.",
        details: "{statistics=mark_table} has that of every mark.",
    }
    Column = "column" {
        scope: Scope::Tables,
        value: ValueType::Texts { form: "" },
        default: &[],
        example: &["mark"],
        summary: "A column to describe, by its name in the header row; repeat it for several.",
        details: "Default: every column, not in {group_by}, whose cells are all numbers, missing or absent; the others are \
                  listed in `skipped`.",
    }
    Categories = "categories" {
        scope: Scope::Tables,
        value: ValueType::Texts { form: "" },
        default: &[],
        example: &["grade"],
        summary: "A column of texts, such as grades, of which the values in each category of {order} are counted, in place of \
                  describing numbers; repeat it for several.",
        details: "A text that is not a category is an error, or with {invalid=missing} it is counted in `invalid`. \
                  {compare=true} gives the changes in percentage points.",
    }
    Order = "order" {
        scope: Scope::Tables,
        value: ValueType::Texts { form: "categories with commas between them" },
        default: &[],
        example: &["A", "B", "C", "U"],
        summary: "The categories in their order, such as `A*,A,B,C,D,E,U`, repeated or with commas between them; cumulative counts \
                  begin with the first one.",
        details: "",
    }
    GradeBoundaries = "grade_boundaries" {
        scope: Scope::Tables,
        value: ValueType::Text { form: "a table with the columns grade and boundary" },
        default: &[],
        example: &["subject,grade,boundary\nMaths,A,70\nMaths,B,60"],
        summary: "The lowest marks of the grades by group, as CSV with the columns `grade` and `boundary`, if need be `maximum`, and group \
                  columns: {categories=mark} then counts the grades that the marks reach.",
        details: "In a form it may be a file, the part `boundaries`. {order} is needed only where the boundaries leave the order of the \
                  grades open. Marks below all boundaries are `below`.",
    }
    Crosstab = "crosstab" {
        scope: Scope::Tables,
        value: ValueType::Texts { form: "a group column and a column of categories with a comma between them" },
        default: &[],
        example: &["prior", "grade"],
        summary: "A group column and a column of categories, such as `prior,grade`: counts and row percent of the categories within \
                  each group, with the categories across in reports.",
        details: "The same as {categories=grade} with the group column as the last one in {group_by}. {order} has the categories.",
    }
    Correlations = "correlations" {
        scope: Scope::Tables,
        value: ValueType::Texts { form: "two to 50 columns of numbers with commas between them" },
        default: &[],
        example: &["maths", "english"],
        summary: "Columns of numbers, such as `maths,english,science`, repeated or with commas between them: they are described, and each \
                  two of them have Pearson's r, Spearman's rank correlation and Kendall's tau-b, with confidence intervals and p-values.",
        details: "A pair of columns has the records with a number in both. Rank correlations are `null` past 10,000 different pairs of values.",
    }
    GroupBy = "group_by" {
        scope: Scope::Tables,
        value: ValueType::Texts { form: "" },
        default: &[],
        example: &["cohort"],
        summary: "A column whose values define groups; repeat it for several.",
        details: "Each group has a result, in the order of the values: numbers by value, then texts, then empty. `file` groups \
                  files by their names, unless a column has that name.",
    }
    Overall = "overall" {
        scope: Scope::Groups,
        value: ValueType::Boolean,
        default: &["false"],
        example: &["true"],
        summary: "Whether to add a result over all groups.",
        details: "",
    }
    Totals = "totals" {
        scope: Scope::Tables,
        value: ValueType::Boolean,
        default: &["false"],
        example: &["true"],
        summary: "Whether to add totals: with several group columns a result for each value of each of them, over the others, and one \
                  over all groups.",
        details: "They follow the groups in the order of the group columns; `group` then has the one column alone. With one group \
                  column it is the same as {overall=true}.",
    }
    Compare = "compare" {
        scope: Scope::Groups,
        value: ValueType::Boolean,
        default: &["false"],
        example: &["true"],
        summary: "Whether to compare each group with the one before it: difference of means with confidence interval, Cohen's d, \
                  ratio of variances and Welch's t.",
        details: "With several group columns the values of the last one, or of {compare_by}, are compared within equal values of \
                  the others. At most 1000 pairs are compared.",
    }
    CompareBy = "compare_by" {
        scope: Scope::Groups,
        value: ValueType::Text { form: "" },
        default: &[],
        example: &["cohort"],
        summary: "The group column whose values are compared, within equal values of the others.",
        details: "Implies {compare=true}. Default: the last group column.",
    }
    Baseline = "baseline" {
        scope: Scope::Groups,
        value: ValueType::Text { form: "" },
        default: &[],
        example: &["2023"],
        summary: "The group that the others are compared with, such as `2023` or `cohort:2023`: within equal values of the group columns \
                  that it does not name.",
        details: "A value alone is one of the compared column. Implies {compare=true}.",
    }
    Equate = "equate" {
        scope: Scope::Groups,
        value: ValueType::Boolean,
        default: &["false"],
        example: &["true"],
        summary: "Whether to equate the marks of each compared group to the scale of the group that it is compared with: linear and \
                  equipercentile equating, mark by mark, with standard errors.",
        details: "Implies {compare=true}. The groups should be random ones of equal ability that took one test each. A column may have at \
                  most 10,000 marks in steps from the least to the greatest one.",
    }
    Predict = "predict" {
        scope: Scope::Groups,
        value: ValueType::Boolean,
        default: &["false"],
        example: &["true"],
        summary: "Whether to predict the outcomes of each compared group from its prior attainment: with {crosstab=prior,grade}, the outcomes of each band \
                  in the group that it is compared with are applied to its own candidates.",
        details: "Implies {compare=true}; {group_by} names the column that is compared, such as the year.",
    }
    Layout = "layout" {
        scope: Scope::Groups,
        value: ValueType::Words(&const { words(&Layout::ALL) }),
        default: &[],
        example: &["list"],
        summary: "The tables of a report on two or more group columns: `crosstab` has the values of one of them across, `list` a row for \
                  each group.",
        details: "CSV is always a list. Default: `crosstab` if the column that goes across has at most 12 values.",
    }
    Rows = "rows" {
        scope: Scope::Groups,
        value: ValueType::Text { form: "" },
        default: &[],
        example: &["subject"],
        summary: "The group column whose values go down in a crosstab.",
        details: "Default: all group columns but that of {columns}. Without {group_by} the data are grouped by this column and \
                  that of {columns}.",
    }
    Columns = "columns" {
        scope: Scope::Groups,
        value: ValueType::Text { form: "" },
        default: &[],
        example: &["cohort"],
        summary: "The group column whose values go across in a crosstab.",
        details: "Default: the last group column.",
    }
    Weights = "weights" {
        scope: Scope::Tables,
        value: ValueType::Text { form: "" },
        default: &[],
        example: &["weight"],
        summary: "The column that holds the weights of the values.",
        details: "A value with a missing or bad weight is invalid.",
    }
    WeightType = "weight_type" {
        scope: Scope::Tables,
        value: ValueType::Words(&const { words(&WeightType::ALL) }),
        default: &["frequency"],
        example: &["reliability"],
        summary: "The type of the weights: `frequency`, the number of times that a value occurs, or `reliability`.",
        details: "Frequency weights are integers >= 0, and `nobs` is their sum. Reliability weights are positive: `nobs` is the \
                  number of values, the variance with {ddof=1} divides by V1 - V2/V1, skewness and kurtosis are biased, and \
                  quantiles are those of `inverted_cdf`; a statistic without a definition for such weights is `null`.",
    }
    Missing = "missing" {
        scope: Scope::Tables,
        value: ValueType::Texts { form: "" },
        default: &MISSING_MARKERS,
        example: &["-", "?"],
        summary: "Texts that mean a missing value, in place of the usual ones, repeated or with commas between them.",
        details: "An empty cell is always missing. A comma alone means that no text is.",
    }
    Absent = "absent" {
        scope: Scope::Tables,
        value: ValueType::Texts { form: "codes with commas between them" },
        default: &[],
        example: &["X", "ABS"],
        summary: "Codes of absences such as `X,ABS`, repeated or with commas between them: each is counted by itself.",
        details: "A code that is a number also matches by value.",
    }
    Invalid = "invalid" {
        scope: Scope::Tables,
        value: ValueType::Words(&const { words(&INVALID) }),
        default: &["error"],
        example: &["missing"],
        summary: "How to handle a non-numeric cell in a column asked for by name: as an `error`, or as `missing` and counted in \
                  the member `invalid`.",
        details: "",
    }
    Header = "header" {
        scope: Scope::Tables,
        value: ValueType::Words(&const { words(&HEADERS) }),
        default: &["auto"],
        example: &["true"],
        summary: "Whether the first record is the header row; with `auto` it is, unless it has numbers above numeric columns \
                  that are neither years nor, beside an index without a name, ascending.",
        details: "Without a header row the columns are `column_1`, `column_2` and so on.",
    }
    Delimiter = "delimiter" {
        scope: Scope::Tables,
        value: ValueType::Text { form: "auto, tab, whitespace or one ASCII character" },
        default: &["auto"],
        example: &[";"],
        summary: "The delimiter of the cells of delimited text: `auto`, `tab`, `whitespace` for runs of blanks, or one ASCII \
                  character.",
        details: "",
    }
    Comment = "comment" {
        scope: Scope::Tables,
        value: ValueType::Text { form: "one ASCII character" },
        default: &[],
        example: &["#"],
        summary: "The character that begins a comment line, which is left out.",
        details: "",
    }
    Escape = "escape" {
        scope: Scope::Tables,
        value: ValueType::Text { form: "one ASCII character" },
        default: &[],
        example: &["\\"],
        summary: "The character before a quote or delimiter that is part of a cell.",
        details: "Doubled quotes in a quoted cell are read without it.",
    }
    Decimal = "decimal" {
        scope: Scope::Tables,
        value: ValueType::Words(&const { words(&MARKS) }),
        default: &["."],
        example: &[","],
        summary: "The decimal mark of numbers in texts: in delimited text, and in cells of other formats that are texts.",
        details: "",
    }
    Thousands = "thousands" {
        scope: Scope::Tables,
        value: ValueType::Words(&const { words(&ThousandsMark::ALL) }),
        default: &[],
        example: &["'"],
        summary: "The separator between groups of three digits, such as `,` for 1,234,567; `blank` is a space of any width.",
        details: "Digits in other groups, such as 1,23, are not a number. Default: none, so that such a cell is not a number.",
    }
    Strip = "strip" {
        scope: Scope::Tables,
        value: ValueType::Text { form: "signs such as % or £, none of them a digit, a plus, a minus, a point or a comma" },
        default: &[],
        example: &["%£$€*"],
        summary: "Characters to take off both ends of a number, such as `%£$€*`.",
        details: "With {strip=%} the cell 45.3% is 45.3.",
    }
    SkipRows = "skip_rows" {
        scope: Scope::Tables,
        value: ValueType::CountOrWord { min: 0, max: MAX_ROWS, words: &const { words(&ROWS) } },
        default: &["auto"],
        example: &["2"],
        summary: "The number of records before the table, such as titles; with `auto` leading records with one cell that is \
                  not empty, while those behind have more.",
        details: "",
    }
    SkipEnd = "skip_end" {
        scope: Scope::Tables,
        value: ValueType::CountOrWord { min: 0, max: MAX_SKIPPED_END, words: &const { words(&ROWS) } },
        default: &["auto"],
        example: &["1"],
        summary: "The number of records behind the table, such as notes or a total; with `auto` trailing records with one cell \
                  that is not empty: a text in the first column that earlier records do not have there.",
        details: "",
    }
    MaxRows = "max_rows" {
        scope: Scope::Tables,
        value: ValueType::Integer { min: 1, max: None },
        default: &[],
        example: &["1000"],
        summary: "The greatest number of records to read.",
        details: "Default: all.",
    }
    Sheet = "sheet" {
        scope: Scope::Tables,
        value: ValueType::Text { form: "" },
        default: &[],
        example: &["Marks"],
        summary: "The sheet of a workbook, by its name in upper or lower case, or by its number from 1; `*` makes one table of all \
                  visible sheets with the same columns, and {group_by=sheet} groups by their names.",
        details: "Default: the first visible sheet whose table has a numeric column. Sheets named Contents, Cover, Notes or the \
                  like are passed over if another one has numbers; hidden sheets are read only when they are asked for.",
    }
    Items = "items" {
        scope: Scope::Items,
        value: ValueType::Texts { form: "names of columns, or ranges of them" },
        default: &[],
        example: &["Q1..Q25"],
        summary: "The columns of the items of a test, in its order: names, or ranges in the order of the columns such as `Q1..Q25`, \
                  repeated or with commas between them.",
        details: "In JSON, whose members have no order, a range counts: Q1, Q2, Q3 and so on.",
    }
    Maxima = "maxima" {
        scope: Scope::Items,
        value: ValueType::Texts { form: "header, row, or items with their maximum marks" },
        default: &[],
        example: &["Q1:1", "Q2:3"],
        summary: "The maximum marks of the items: `header` reads them from names of columns such as `Q1 (3)`, `row` from the record \
                  below the header row, or they are listed as `Q1:1,Q2:3`.",
        details: "With `header` the items have the names without the brackets. Without maximum marks facilities are `null`.",
    }
    Key = "key" {
        scope: Scope::Items,
        value: ValueType::Texts { form: "the right answers in the order of the items" },
        default: &[],
        example: &["A", "C", "B"],
        summary: "The right answers to items of multiple choice, in the order of {items}: the cells are answers such as A to E, the \
                  right one is one mark, another one none.",
        details: "Answers are compared as they are written.",
    }
    Unanswered = "unanswered" {
        scope: Scope::Items,
        value: ValueType::Words(&const { words(&UNANSWERED) }),
        default: &["zero"],
        example: &["complete"],
        summary: "How to treat items that a candidate has not answered: `zero` marks them 0, `complete` leaves the candidate out, \
                  `pairwise` describes each item over the candidates who answered it.",
        details: "With `pairwise` alpha and what belongs to it is `null`.",
    }
    NotReached = "not_reached" {
        scope: Scope::Items,
        value: ValueType::Texts { form: "codes with commas between them" },
        default: &[],
        example: &["NR"],
        summary: "Texts in the cells of items that a candidate did not reach, such as `NR`, repeated or with commas between them; other \
                  items without an answer were then omitted.",
        details: "Default: the items behind a candidate's last answer were not reached.",
    }
    Encoding = "encoding" {
        scope: Scope::Text,
        value: ValueType::Text { form: "the name of an encoding" },
        default: &[],
        example: &["windows-1252"],
        summary: "The encoding of a text, such as `windows-1252`; a byte order mark wins.",
        details: "Default: UTF-8.",
    }
    Format = "format" {
        scope: Scope::Output,
        value: ValueType::Words(&const { words(&Format::ALL) }),
        default: &[],
        example: &["csv"],
        summary: "The format of the answer.",
        details: "`csv` has the statistics that are a single number; `state` has saved results, from which any of them can be \
                  computed after states were merged; the others have all.",
    }
    Chart = "chart" {
        scope: Scope::Output,
        value: ValueType::Words(&const { words(&ChartKind::ALL) }),
        default: &[],
        example: &["box"],
        summary: "A chart as SVG, or in the report with {format=html}: `histogram` with a box plot above it, `box`, `ecdf` (the \
                  cumulative distribution), `compare` (the box plots of the groups on one axis), or `trend` (mean and middle half over the \
                  values of the last group column, or that of {columns}); of items `discrimination` (against facility) or \
                  `characteristics` (facility in bands by total).",
        details: "At most 12 results fit one chart, and 60 lines of a trend.",
    }
    Stamp = "stamp" {
        scope: Scope::Output,
        value: ValueType::Boolean,
        default: &["false"],
        example: &["true"],
        summary: "Whether the answer says what it was made from: version, options, SHA-256 of the data as they were sent, rows, \
                  time.",
        details: "Reports and workbooks always do; CSV cannot.",
    }
    Contact = "contact" {
        scope: Scope::Output,
        value: ValueType::Text { form: "one line" },
        default: &[],
        example: &["statistics@example.org"],
        summary: "Whom to ask about a report: one line, which reports and workbooks show.",
        details: "",
    }
    Publish = "publish" {
        scope: Scope::Output,
        value: ValueType::Words(&const { words(&RULES) }),
        default: &["none"],
        example: &["ofqual"],
        summary: "The rules of a regulator for publication: `ofqual` (30 October 2025) is {round_counts=5}, {suppress_below=5}, \
                  percentages with one decimal, {rounding=half_up} and {withhold=true}; other statistics are rounded so that \
                  the number of values cannot be calculated from them.",
        details: "Mean, median, variance, std and the like have one decimal more than the data, other quantiles as many, and \
                  skewness, kurtosis and cv two; means of fewer than 10 values, and variances of fewer than 21 with what is calculated \
                  from them, one less. {decimals} says otherwise. Each of these may be given as well, and then wins.",
    }
    RoundCounts = "round_counts" {
        scope: Scope::Output,
        value: ValueType::Integer { min: 0, max: Some(MAX_COUNT) },
        default: &[],
        example: &["5"],
        summary: "Round counts to multiples of this; 0 does not round them.",
        details: "Default: 0, unless {publish} says otherwise.",
    }
    SuppressBelow = "suppress_below" {
        scope: Scope::Output,
        value: ValueType::Integer { min: 0, max: Some(MAX_COUNT) },
        default: &[],
        example: &["5"],
        summary: "Suppress counts above 0 and below this: they are `null`, and `withheld` says \"fewer than 5\"; 0 suppresses none.",
        details: "Zero counts are exact. Default: 0, unless {publish} or {withhold} says otherwise.",
    }
    Decimals = "decimals" {
        scope: Scope::Output,
        value: ValueType::IntegerOrTexts {
            min: 0,
            max: MAX_DECIMALS,
            form: "decimal places from 0 to 15, names of statistics with theirs, or both",
        },
        default: &[],
        example: &["1", "skewness:2"],
        summary: "The decimal places of every statistic that is not a count, such as `1`; of some, such as `mean:1,skewness:2`; or \
                  both, `1,skewness:2`, repeated or with commas between them.",
        details: "Each is rounded once from the exact value. The statistics of comparisons have names too: difference, se, ci, cohens_d, variance_ratio, t, df, p. Default: all \
                  digits, unless {publish} says otherwise.",
    }
    Rounding = "rounding" {
        scope: Scope::Output,
        value: ValueType::Words(&const { words(&ROUNDINGS) }),
        default: &[],
        example: &["half_even"],
        summary: "Where a tie is rounded to: `half_up`, away from zero, or `half_even`.",
        details: "Default: `half_up`.",
    }
    Withhold = "withhold" {
        scope: Scope::Output,
        value: ValueType::Boolean,
        default: &[],
        example: &["true"],
        summary: "Whether to suppress statistics that rest on fewer than {suppress_below} values or show a value with fewer at or \
                  beyond it, that tell the number of values, or from which a suppressed count could be derived.",
        details: "Default: `true` with {suppress_below}.",
    }
}

/// The options that most requests need.
const COMMON: [OptionName; 6] = [
    OptionName::Column,
    OptionName::GroupBy,
    OptionName::Absent,
    OptionName::Statistics,
    OptionName::Convention,
    OptionName::Format,
];

impl OptionName {
    /// All options, in the order of the documentation.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|spec| spec.option)
    }

    /// All options, those that most requests need before the others.
    pub fn by_use() -> impl Iterator<Item = Self> {
        COMMON.into_iter().chain(Self::all().filter(|option| !option.is_common()))
    }

    /// Whether most requests need it.
    #[must_use]
    pub fn is_common(self) -> bool {
        COMMON.contains(&self)
    }

    /// Whether the option, with some of its values at least, has an effect where items are analysed.
    #[must_use]
    pub fn goes_with_items(self) -> bool {
        match self {
            Self::Ddof | Self::Overall | Self::Format | Self::Chart | Self::Stamp | Self::Contact => true,
            Self::Column
            | Self::Categories
            | Self::Order
            | Self::Crosstab
            | Self::GradeBoundaries
            | Self::Correlations
            | Self::Weights
            | Self::WeightType => false,
            option => matches!(option.spec().scope, Scope::Tables | Scope::Items | Scope::Text),
        }
    }

    /// The option of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        TABLE.iter().find(|spec| spec.name == name).map(|spec| spec.option)
    }

    /// The row of the table.
    #[must_use]
    pub fn spec(self) -> &'static OptionSpec {
        &TABLE[self as usize]
    }

    /// The name in a request.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.spec().name
    }

    /// The known name, `numbers` included, that is most similar to an unknown one, in upper or lower case.
    #[must_use]
    pub fn nearest(name: &str) -> &'static str {
        let name = name.to_ascii_lowercase();
        let known = ["numbers"].iter().chain(NAMES);
        known.min_by_key(|known| strsim::damerau_levenshtein(&name, known)).copied().unwrap_or_default()
    }
}

impl OptionSpec {
    /// Summary and details, each option in them spelled by `spell` from its name and the value, if there is one.
    #[must_use]
    pub fn documentation(&self, spell: &dyn Fn(OptionName, Option<&str>) -> String) -> String {
        let texts = [self.summary, self.details].map(|text| spell_options(text, spell));
        texts.join(" ").trim_end().to_owned()
    }
}

/// A text of the table with each `{name}` and `{name=value}` in it spelled.
fn spell_options(text: &str, spell: &dyn Fn(OptionName, Option<&str>) -> String) -> String {
    let mut parts = text.split('{');
    let mut spelled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (option, rest) = part.split_once('}').unwrap_or((part, ""));
        let (name, value) = option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value)));
        spelled += &OptionName::named(name).map_or_else(|| option.to_owned(), |name| spell(name, value));
        spelled += rest;
    }
    spelled
}

/// No name twice: that would not compile.
const _: () = {
    let mut i = 0;
    while i < NAMES.len() {
        let mut j = 0;
        while j < i {
            assert!(!same(NAMES[i], NAMES[j]), "two options have one name");
            j += 1;
        }
        i += 1;
    }
};

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}
