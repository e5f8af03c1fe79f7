//! Model of a report: sentences, tables of typed cells, charts, notes and a stamp.
//!
//! The report builder makes it from an answer; every format but JSON is written from it.

pub use describe_options::ChartKind;

use super::words;

/// A report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Title.
    pub title: String,
    /// Number of results: columns of each group, slices of nested arrays, or one of numbers.
    pub results: usize,
    /// What it was made from, in words: files, number of records, date.
    pub origin: Vec<String>,
    /// Whom to ask about it.
    pub contact: Option<String>,
    /// Sentences with the main findings.
    pub summary: Vec<String>,
    /// Sentences about what a reader should look at, such as many missing values.
    pub alerts: Vec<String>,
    /// Tables in their order: the main ones, then those of single results.
    pub tables: Vec<Table>,
    /// Charts of the results.
    pub charts: Vec<Chart>,
    /// Notes on method, rounding and withheld statistics.
    pub notes: Vec<String>,
    /// Stamp: names and values of what reproduces the report.
    pub stamp: Vec<(String, String)>,
}

/// A table with one header row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Short name, such as `results`: that of its sheet.
    pub name: String,
    /// Heading of its section, such as "Mean".
    pub heading: String,
    /// Title with its number, such as "Table 1: Raw mark by Cohort, 2021 to 2026".
    pub title: String,
    /// Columns from left to right.
    pub columns: Vec<Column>,
    /// Number of columns, from the left, that say what a row is about.
    pub labels: usize,
    /// Rows, each with a cell for every column.
    pub rows: Vec<Vec<Cell>>,
    /// Number of rows, at the end, that are totals of others.
    pub totals: usize,
    /// Sentences below it.
    pub remarks: Vec<String>,
    /// Whether it is long, and of use to few readers.
    pub is_detail: bool,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name for programs, such as `nobs`.
    pub name: String,
    /// Name for people, such as "Number of values".
    pub label: String,
}

impl Column {
    /// Creates a column.
    #[must_use]
    pub fn new(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self { name: name.into(), label: label.into() }
    }
}

/// Cell of a table. Numbers stand with the decimal places that people are shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Name or value of a group; never a formula.
    Text(String),
    /// What should be looked at.
    Alert(String),
    /// A count.
    Count(u64),
    /// A statistic.
    Number(f64, u32),
    /// A statistic with its decimal places, beside a bar of this share of its full length.
    Bar(f64, u32, f64),
    /// A difference, shown with its sign.
    Change(f64, u32),
    /// A confidence interval of a difference.
    Interval([f64; 2], u32),
    /// The probability of a test.
    Probability(f64),
    /// A withheld count from 1 to below this.
    FewerThan(u64),
    /// Another withheld count or statistic.
    Withheld,
    /// A statistic that is undefined for these data.
    Undefined,
    /// All values of a group column.
    All,
    /// No value belongs to this row and column.
    Empty,
}

/// Least probability that is shown as a number.
pub(crate) const LEAST_PROBABILITY: f64 = 0.0001;

impl Cell {
    /// Whether the cell is a number or the shorthand of one.
    #[must_use]
    pub fn is_numeric(&self) -> bool {
        !matches!(self, Self::Text(_) | Self::Alert(_) | Self::All | Self::Empty)
    }

    /// Text of the cell; numbers in their shortest form.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::FewerThan(threshold) => words::fewer_than(*threshold),
            Self::Withheld => words::WITHHELD.to_owned(),
            Self::Undefined => words::UNDEFINED.to_owned(),
            Self::All => words::ALL_FOR_PROGRAMS.to_owned(),
            Self::Text(text) | Self::Alert(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Number(number, _) | Self::Bar(number, ..) | Self::Change(number, _) | Self::Probability(number) => {
                shortest(*number)
            }
            Self::Interval([low, high], _) => words::from_to(&shortest(*low), &shortest(*high)),
            Self::Empty => String::new(),
        }
    }

    /// Text of the cell for people: numbers with their decimal places, commas between thousands and the sign of a minus.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Count(count) => grouped(&count.to_string()),
            Self::Number(number, decimals) | Self::Bar(number, decimals, _) => with_minus(&fixed(*number, *decimals)),
            Self::Change(number, decimals) => signed(*number, *decimals),
            Self::Interval([low, high], decimals) => {
                words::from_to(&signed(*low, *decimals), &signed(*high, *decimals))
            }
            Self::Probability(number) if *number < LEAST_PROBABILITY => format!("<{LEAST_PROBABILITY}"),
            Self::Probability(number) => fixed(*number, 4),
            Self::All => words::ALL.to_owned(),
            _ => self.words(),
        }
    }
}

/// Sign of negative numbers in texts for people.
const MINUS: &str = "\u{2212}";

/// A difference with its sign; zero has none.
#[must_use]
pub fn signed(number: f64, decimals: u32) -> String {
    let text = fixed(number, decimals);
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    if is_zero || text.starts_with('-') { with_minus(&text) } else { format!("+{text}") }
}

pub(crate) fn with_minus(text: &str) -> String {
    text.strip_prefix('-').map_or_else(|| text.to_owned(), |digits| format!("{MINUS}{digits}"))
}

/// Decimal places that show four significant digits of the largest number, or fewer if the numbers have no more.
#[must_use]
pub fn shown_decimals(numbers: impl Iterator<Item = f64> + Clone) -> u32 {
    let needed = numbers.clone().map(decimals).max().unwrap_or(0);
    let largest = numbers.map(f64::abs).fold(0.0, f64::max);
    let powers = POWERS[..6].iter().zip(0..);
    powers
        .filter(|(power, _)| largest * **power >= 1000.0)
        .map(|(_, decimals)| decimals)
        .next()
        .unwrap_or(6)
        .min(needed)
}

/// Powers of ten.
const POWERS: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// Decimal places of a number in its shortest form; many if that has an exponent.
fn decimals(number: f64) -> u32 {
    let text = shortest(number);
    match text.split_once('.') {
        _ if text.contains('e') => u32::MAX,
        None | Some((_, "0")) => 0,
        Some((_, digits)) => u32::try_from(digits.len()).unwrap_or(u32::MAX),
    }
}

/// Formats a number in its shortest form, as in JSON.
#[must_use]
pub fn shortest(number: f64) -> String {
    zmij::Buffer::new().format_finite(number).to_owned()
}

/// Formats a number with fixed decimal places and commas between thousands; very large and very small ones with an exponent.
#[must_use]
pub fn fixed(number: f64, decimals: u32) -> String {
    let decimals = decimals as usize;
    if number.abs() >= 1e15 || (number != 0.0 && number.abs() < 1e-6) {
        return scientific(number);
    }
    let text = format!("{:.decimals$}", number + tie(number, decimals));
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let zero = digits.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    format!("{}{}{fraction}", if zero { "" } else { sign }, grouped(whole))
}

/// Formats a number with an exponent and at most four significant digits.
fn scientific(number: f64) -> String {
    let text = format!("{number:.3e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    format!("{}e{exponent}", digits.trim_end_matches('0').trim_end_matches('.'))
}

/// What makes a tie between two texts of a number round away from zero: ties are those of its shortest decimal.
fn tie(number: f64, decimals: usize) -> f64 {
    let text = shortest(number);
    let is_tie = text.split_once('.').is_some_and(|(_, digits)| digits.len() == decimals + 1 && digits.ends_with('5'));
    if is_tie { (0.001 / POWERS[decimals.min(POWERS.len() - 1)]).copysign(number) } else { 0.0 }
}

/// Formats a statistic in a sentence: four significant digits, without trailing zeros.
pub(crate) fn short(figure: f64) -> String {
    let text = fixed(figure, shown_decimals([figure].into_iter()));
    if !text.contains('.') || text.contains('e') {
        return with_minus(&text);
    }
    with_minus(text.trim_end_matches('0').trim_end_matches('.'))
}

/// Inserts commas between thousands.
#[must_use]
pub fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Chart of some results, with a panel for each.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Kind of chart.
    pub kind: ChartKind,
    /// Title.
    pub title: String,
    /// Panels from top to bottom.
    pub panels: Vec<Panel>,
}

/// A result in a chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Panel {
    /// Column, which labels the axis.
    pub column: String,
    /// Group in words; empty without groups.
    pub label: String,
    /// Whether it is the total of the others.
    pub is_total: bool,
    /// Number of values, in words if it is withheld.
    pub nobs: String,
    /// Histogram; `None` if the chart has none or it is withheld.
    pub histogram: Option<Bins>,
    /// Box plot; `None` if no statistic of it is shown.
    pub five: Option<Five>,
    /// Empirical distribution: values in ascending order, each with the share of values at or below it.
    pub steps: Vec<(f64, f64)>,
    /// Points of a small multiple: one for each value that goes across.
    pub points: Vec<Point>,
    /// Items of a test.
    pub items: Vec<ItemPoint>,
    /// Whether the points have an order, so that a line joins them.
    pub is_series: bool,
    /// Reason why something is not drawn; empty if all is.
    pub empty: String,
}

/// An item in a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemPoint {
    /// Name of the item.
    pub name: String,
    /// Facility in percent.
    pub facility: f64,
    /// Correlation with the total of the other items.
    pub discrimination: f64,
}

/// A point of a line; `None` for what is withheld or undefined.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Point {
    /// Value that goes across.
    pub label: String,
    /// Mean.
    pub mean: Option<f64>,
    /// Lower and upper quartile.
    pub quartiles: Option<[f64; 2]>,
}

impl Panel {
    /// Whether its bins are categories.
    #[must_use]
    pub fn has_categories(&self) -> bool {
        self.histogram.as_ref().is_some_and(|bins| !bins.names.is_empty())
    }

    /// The group, or without groups the column.
    #[must_use]
    pub fn name(&self) -> &str {
        if self.label.is_empty() { &self.column } else { &self.label }
    }
}

/// A histogram.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bins {
    /// Edges of the bins, one more than bins.
    pub edges: Vec<f64>,
    /// Number of values in each bin; `None` if it is withheld.
    pub counts: Vec<Option<u64>>,
    /// Name of each bin that is a category, in place of its edges; empty if they are of numbers.
    pub names: Vec<String>,
}

/// Statistics of a box plot; `None` for each that is withheld or undefined.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Five {
    /// Minimum.
    pub min: Option<f64>,
    /// Lower quartile.
    pub q1: Option<f64>,
    /// Median.
    pub median: Option<f64>,
    /// Upper quartile.
    pub q3: Option<f64>,
    /// Maximum.
    pub max: Option<f64>,
    /// Mean.
    pub mean: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        for (number, decimals, text) in [
            (0.0, 0, "0"),
            (-0.001, 2, "0.00"),
            (1234.5, 1, "1,234.5"),
            (-1_234_567.0, 0, "-1,234,567"),
            (999.96, 1, "1,000.0"),
            (44.25, 1, "44.3"),
            (-2.675, 2, "-2.68"),
            (0.5, 0, "1"),
            (123.0, 0, "123"),
            (1e300, 2, "1e300"),
            (1.5e-9, 3, "1.5e-9"),
        ] {
            assert_eq!(fixed(number, decimals), text);
        }
        assert_eq!(shown_decimals([9.0, 93.0].into_iter()), 0);
        assert_eq!(shown_decimals([53.346_153, 9.5].into_iter()), 2);
        assert_eq!(shown_decimals([328.8].into_iter()), 1);
        assert_eq!(shown_decimals([69.5, 64.0].into_iter()), 1);
        assert_eq!(shown_decimals([-0.091_852, 0.01].into_iter()), 5);
        assert_eq!(shown_decimals([12_345.6].into_iter()), 0);
    }
}
