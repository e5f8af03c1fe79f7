//! An answer as people read it: what it says in words, tables of typed cells, charts, notes and a stamp. Every format but
//! JSON is written from this.

pub use describe_options::ChartKind;

/// A report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// What it is about.
    pub title: String,
    /// Plain sentences with the main figures.
    pub summary: Vec<String>,
    /// The results first, then the tables that belong to single results.
    pub tables: Vec<Table>,
    /// Pictures of the results.
    pub charts: Vec<Chart>,
    /// What a reader must know of method, rounding and withheld figures.
    pub notes: Vec<String>,
    /// What it takes to make the same figures again: names and values.
    pub stamp: Vec<(String, String)>,
}

/// A table with one header row.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// A short name for a sheet, such as `results`.
    pub name: String,
    /// What it shows.
    pub title: String,
    /// Its columns from left to right.
    pub columns: Vec<Column>,
    /// Its rows, each with a cell for every column.
    pub rows: Vec<Vec<Cell>>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name for programs, such as `nobs`.
    pub name: String,
    /// Its name for people, such as "Number of values".
    pub label: String,
    /// Digits after the point where all its numbers were rounded to so many.
    pub decimals: Option<u32>,
}

impl Column {
    /// A column whose numbers were not rounded.
    #[must_use]
    pub fn new(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self { name: name.into(), label: label.into(), decimals: None }
    }
}

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A name or a value to group by; never a formula, whatever it looks like.
    Text(String),
    /// How many.
    Count(u64),
    /// A figure.
    Number(f64),
    /// A count from 1 up to this, which is withheld.
    FewerThan(u64),
    /// Another figure that is withheld.
    Withheld,
    /// A figure that these data do not have.
    Undefined,
    /// Nothing belongs here.
    Empty,
}

/// What a withheld figure is replaced by (Analysis Function, "Using symbols and shorthand in tables").
pub const WITHHELD: &str = "[c]";

/// What stands for a figure that is not there.
pub const UNDEFINED: &str = "[x]";

impl Cell {
    /// Whether it is a number, or stands for one.
    #[must_use]
    pub fn is_numeric(&self) -> bool {
        !matches!(self, Self::Text(_) | Self::Empty)
    }

    /// The words of a cell that is neither text nor number.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::FewerThan(threshold) => format!("fewer than {threshold}"),
            Self::Withheld => WITHHELD.to_owned(),
            Self::Undefined => UNDEFINED.to_owned(),
            Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Number(number) => shortest(*number),
            Self::Empty => String::new(),
        }
    }
}

impl Table {
    /// How many digits after the point the numbers of a column are shown with: as many as they were rounded to, or else
    /// such that the largest shows four significant ones, and none where all are whole.
    #[must_use]
    pub fn decimals(&self, column: usize) -> usize {
        let given = self.columns.get(column).and_then(|column| column.decimals);
        let numbers = self.rows.iter().filter_map(|row| match row.get(column) {
            Some(Cell::Number(number)) => Some(*number),
            _ => None,
        });
        given.map_or_else(|| shown_decimals(numbers), |decimals| decimals as usize)
    }
}

/// Digits after the point that show four significant ones of the largest number; none where all are whole.
pub(super) fn shown_decimals(numbers: impl Iterator<Item = f64> + Clone) -> usize {
    if numbers.clone().all(|number| number.fract() == 0.0) {
        return 0;
    }
    let largest = numbers.map(f64::abs).fold(0.0, f64::max);
    let powers = [1.0, 10.0, 100.0, 1e3, 1e4, 1e5];
    powers.iter().position(|power| largest * power >= 1000.0).unwrap_or(powers.len())
}

/// A number's shortest spelling, as JSON has it.
#[must_use]
pub fn shortest(number: f64) -> String {
    zmij::Buffer::new().format_finite(number).to_owned()
}

/// A number with so many digits after the point, and commas between thousands; very large and very small ones shortest.
#[must_use]
pub fn fixed(number: f64, decimals: usize) -> String {
    if number.abs() >= 1e15 || (number != 0.0 && number.abs() < 1e-6) {
        return shortest(number);
    }
    let text = format!("{number:.decimals$}");
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let zero = digits.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    format!("{}{}{fraction}", if zero { "" } else { sign }, grouped(whole))
}

/// Digits with commas between thousands.
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

/// A picture of some results, one panel each.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// What is drawn.
    pub kind: ChartKind,
    /// Its heading.
    pub title: String,
    /// The results from top to bottom.
    pub panels: Vec<Panel>,
}

/// One result in a chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Panel {
    /// Its column, which names the axis.
    pub column: String,
    /// Its group in words; empty without groups.
    pub label: String,
    /// How many values, in words where that is withheld.
    pub nobs: String,
    /// Where the axis begins and ends at least; panels of one column have the same.
    pub domain: Option<(f64, f64)>,
    /// Edges of the bins and how many values are in each; `None` where that is withheld. The text says why.
    pub histogram: Option<Bins>,
    /// The box plot.
    pub five: Option<Five>,
    /// The values in ascending order, each with the share of values at or below it.
    pub steps: Vec<(f64, f64)>,
    /// Why there is nothing to draw, if there is nothing.
    pub empty: String,
}

impl Panel {
    /// Its group, or without groups its column.
    #[must_use]
    pub fn name(&self) -> &str {
        if self.label.is_empty() { &self.column } else { &self.label }
    }
}

/// A histogram.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bins {
    /// One more than bins.
    pub edges: Vec<f64>,
    /// How many values; `None` where it is withheld.
    pub counts: Vec<Option<u64>>,
}

/// The figures of a box plot; `None` where one is withheld or undefined.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Five {
    /// The smallest value.
    pub min: Option<f64>,
    /// The lower quartile.
    pub q1: Option<f64>,
    /// The median.
    pub median: Option<f64>,
    /// The upper quartile.
    pub q3: Option<f64>,
    /// The largest value.
    pub max: Option<f64>,
    /// The mean.
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
            (123.0, 0, "123"),
            (1e300, 2, "1e+300"),
            (1.5e-9, 3, "1.5e-9"),
        ] {
            assert_eq!(fixed(number, decimals), text);
        }
        assert_eq!(shown_decimals([9.0, 93.0].into_iter()), 0);
        assert_eq!(shown_decimals([53.346_153, 9.5].into_iter()), 2);
        assert_eq!(shown_decimals([328.8].into_iter()), 1);
        assert_eq!(shown_decimals([-0.091_8, 0.01].into_iter()), 5);
        assert_eq!(shown_decimals([12_345.6].into_iter()), 0);
    }
}
