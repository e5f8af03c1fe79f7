//! Options of the form of an answer: format, chart, stamp, and rules of publication.

use describe::{Precision, Statistic};

use crate::enums::{ChartKind, Format};
use crate::option_error::OptionError;
use crate::option_table::OptionName;

/// Options of the form of an answer, as they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutputOptions {
    pub(super) format: Option<Format>,
    /// The format that the client accepts.
    pub(super) accepted: Option<Format>,
    pub(super) chart: Option<ChartKind>,
    /// Whether the answer is a table on a terminal, unless its format is not JSON.
    pub(super) is_for_terminal: bool,
    pub(super) stamp: bool,
    pub(super) contact: Option<String>,
    pub(super) ofqual: bool,
    pub(super) round_counts: Option<u64>,
    pub(super) suppress_below: Option<u64>,
    pub(super) decimals: Decimals,
    pub(super) half_even: Option<bool>,
    pub(super) withhold: Option<bool>,
}

/// Decimal places as they were given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Decimals {
    /// Those of statistics that have none of their own.
    pub(super) plain: Option<u8>,
    /// Those of each statistic.
    pub(super) precision: Precision,
}

/// Threshold of suppression where suppression is requested without one.
const DEFAULT_THRESHOLD: u64 = 5;

/// Rules of publication: rounding and suppression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Counts are rounded to multiples of this.
    pub round_counts: Option<u64>,
    /// Counts above 0 and below this are suppressed.
    pub suppress_below: Option<u64>,
    /// Decimal places of every statistic that is not a count and has none of its own.
    pub decimals: Option<u32>,
    /// Decimal places of percentages.
    pub percent_decimals: Option<u32>,
    /// Decimal places that were given for each statistic, and those of percentages.
    pub precision: Precision,
    /// Whether statistics without given decimal places are rounded so that the number of values cannot be found from them.
    pub rounds_statistics: bool,
    /// Whether ties are rounded to the even neighbour; otherwise they are rounded away from zero.
    pub half_even: bool,
    /// Whether statistics are suppressed that rest on fewer values than that, or from which a count could be derived.
    pub withhold: bool,
}

impl Rules {
    /// Whether counts or statistics are suppressed.
    #[must_use]
    pub fn withholds(&self) -> bool {
        self.suppress_below.is_some()
    }

    /// Whether they change more of an answer than the digits of its statistics.
    #[must_use]
    pub fn concern_counts(&self) -> bool {
        self.withholds() || self.round_counts.is_some()
    }
}

impl OutputOptions {
    /// The format of the answer.
    #[must_use]
    pub fn format(&self) -> Format {
        let chart = self.chart.map(|_| Format::Svg);
        self.format.or(chart).or(self.accepted).unwrap_or_default()
    }

    /// Whether the answer is a state.
    #[must_use]
    pub fn is_state(&self) -> bool {
        self.format() == Format::State
    }

    /// The kind of chart, if one was requested.
    #[must_use]
    pub fn chart(&self) -> Option<ChartKind> {
        self.chart
    }

    /// Whether the answer has its provenance.
    #[must_use]
    pub fn stamped(&self) -> bool {
        self.stamp || self.format().is_report()
    }

    /// Whom to ask about a report.
    #[must_use]
    pub fn contact(&self) -> Option<&str> {
        self.contact.as_deref()
    }

    /// Whether the answer has the standard deviation and the quartiles beside the usual statistics.
    pub(super) fn has_more_statistics(&self) -> bool {
        match self.format() {
            Format::Json => self.is_for_terminal,
            // A state holds what these need; with named statistics what those need.
            Format::Html | Format::Markdown | Format::Xlsx | Format::Ods | Format::State => true,
            Format::Ndjson | Format::Csv | Format::Svg => false,
        }
    }

    /// The rules of publication: each as given, or else as `publish` has it.
    #[must_use]
    pub fn rules(&self) -> Rules {
        let five = self.ofqual.then_some(DEFAULT_THRESHOLD);
        let threshold = self.suppress_below.or(five).filter(|threshold| *threshold > 1);
        let withhold = self.withhold.unwrap_or(threshold.is_some());
        let Decimals { plain, mut precision } = self.decimals;
        precision.half_even = self.half_even.unwrap_or(false);
        precision.percentages = precision.percentages.or(self.ofqual.then_some(1));
        Rules {
            round_counts: self.round_counts.or(five).filter(|base| *base > 1),
            suppress_below: threshold.or((withhold && self.suppress_below.is_none()).then_some(DEFAULT_THRESHOLD)),
            decimals: plain.map(u32::from),
            percent_decimals: precision.percentages.map(u32::from),
            precision,
            rounds_statistics: self.ofqual,
            half_even: precision.half_even,
            withhold,
        }
    }

    /// The statistics that charts are drawn from.
    pub(super) fn drawn(&self) -> &'static [Statistic] {
        const BOX: &[Statistic] = &[Statistic::Minmax, Statistic::Mean, Statistic::Quartiles];
        const HISTOGRAM: &[Statistic] =
            &[Statistic::Minmax, Statistic::Mean, Statistic::Quartiles, Statistic::Histogram];
        const ECDF: &[Statistic] = &[Statistic::Minmax, Statistic::Mean, Statistic::Quartiles, Statistic::Frequencies];
        match (self.format(), self.chart) {
            (Format::Svg | Format::Html, Some(ChartKind::Ecdf)) => ECDF,
            (Format::Svg | Format::Html, Some(ChartKind::Boxes | ChartKind::Compare)) => BOX,
            (Format::Svg | Format::Html, _) => HISTOGRAM,
            _ => &[],
        }
    }

    /// The option that contradicts another one, and how.
    pub(super) fn conflict(&self) -> Option<(OptionName, OptionError)> {
        let format = self.format();
        if self.chart.is_some() && !matches!(format, Format::Svg | Format::Html) {
            return Some((OptionName::Chart, OptionError::ChartInFormat(format)));
        }
        if self.stamp && matches!(format, Format::Csv | Format::State) {
            return Some((OptionName::Stamp, OptionError::StampInFormat(format)));
        }
        if self.chart == Some(ChartKind::Ecdf) && self.rules().concern_counts() {
            return Some((OptionName::Chart, OptionError::EcdfWithRules));
        }
        None
    }
}
