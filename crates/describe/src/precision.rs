//! Decimal places of the figures of an answer.

use super::comparison_statistic::ComparisonStatistic;
use super::exact::Rounding;
use super::statistic::{Measure, Statistic};

/// Figure that can have decimal places of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FigureName {
    /// Statistic of a sample.
    Statistic(Statistic),
    /// Statistic of a comparison.
    Comparison(ComparisonStatistic),
    /// Coefficient of correlation, with its interval.
    Correlation,
}

/// Number of figures.
const FIGURES: usize = Statistic::COUNT + ComparisonStatistic::ALL.len() + 1;

impl FigureName {
    /// All figures that are not counts, in the order of answers.
    pub fn all() -> impl Iterator<Item = Self> {
        let statistics = Statistic::all().filter(|statistic| statistic.measure() != Measure::Count);
        let comparisons = ComparisonStatistic::ALL.iter().copied().map(Self::Comparison);
        statistics.map(Self::Statistic).chain(comparisons).chain([Self::Correlation])
    }

    /// Figure of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|figure| figure.name() == name)
    }

    /// Name of the member of an answer.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Statistic(statistic) => statistic.name(),
            Self::Comparison(statistic) => statistic.name(),
            Self::Correlation => "correlation",
        }
    }

    /// What it measures.
    #[must_use]
    pub fn measure(self) -> Measure {
        match self {
            Self::Statistic(statistic) => statistic.measure(),
            Self::Comparison(statistic) => statistic.measure(),
            Self::Correlation => Measure::Shape,
        }
    }

    fn place(self) -> usize {
        match self {
            Self::Statistic(statistic) => statistic as usize,
            Self::Comparison(statistic) => Statistic::COUNT + statistic as usize,
            Self::Correlation => FIGURES - 1,
        }
    }
}

impl From<Statistic> for FigureName {
    fn from(statistic: Statistic) -> Self {
        Self::Statistic(statistic)
    }
}

impl From<ComparisonStatistic> for FigureName {
    fn from(statistic: ComparisonStatistic) -> Self {
        Self::Comparison(statistic)
    }
}

/// Decimal places of each figure, each rounded once from the exact value; the default is the nearest double.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Precision {
    decimals: [Option<u8>; FIGURES],
    /// Decimal places of percentages that have none of their own.
    pub percentages: Option<u8>,
    /// Whether ties go to the even last digit; otherwise they go away from zero.
    pub half_even: bool,
}

impl Default for Precision {
    fn default() -> Self {
        Self { decimals: [None; FIGURES], percentages: None, half_even: false }
    }
}

impl Precision {
    /// The same decimal places for every figure, percentages included.
    #[must_use]
    pub fn of_all(decimals: u8) -> Self {
        Self { decimals: [Some(decimals); FIGURES], percentages: Some(decimals), ..Self::default() }
    }

    /// The same with other decimal places of one figure.
    #[must_use]
    pub fn with(mut self, figure: impl Into<FigureName>, decimals: Option<u8>) -> Self {
        self.decimals[figure.into().place()] = decimals;
        self
    }

    /// Decimal places of a figure, in tables those of values; `None` for the nearest double.
    #[must_use]
    pub fn decimals(&self, figure: impl Into<FigureName>) -> Option<u32> {
        self.decimals[figure.into().place()].map(u32::from)
    }

    /// Decimal places of the percentages of a statistic; `None` for the nearest double.
    #[must_use]
    pub fn percentage_decimals(&self, statistic: Statistic) -> Option<u32> {
        self.decimals(statistic).or(self.percentages.map(u32::from))
    }

    pub(super) fn rounding(&self, figure: impl Into<FigureName>) -> Rounding {
        Rounding { decimals: self.decimals(figure), half_even: self.half_even }
    }

    pub(super) fn percentage_rounding(&self, statistic: Statistic) -> Rounding {
        Rounding { decimals: self.percentage_decimals(statistic), half_even: self.half_even }
    }
}
