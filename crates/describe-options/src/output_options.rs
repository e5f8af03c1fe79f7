//! What an answer looks like: its format, its chart, its stamp, and what of it may be published.

use super::enums::{CHARTS, ChartKind, Format, ROUNDINGS, RULES};
use super::raw::{Origin, RawOption, Wrong};
use super::values::{boolean, choice, integer, one};
use describe::Statistic;

/// The options of the answer's form, as they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutputOptions {
    format: Option<Format>,
    /// The format that the header Accept asks for.
    accepted: Option<Format>,
    chart: Option<ChartKind>,
    stamp: bool,
    ofqual: bool,
    round_counts: Option<u64>,
    suppress_below: Option<u64>,
    decimals: Option<u32>,
    half_even: Option<bool>,
    withhold: Option<bool>,
}

/// Their names.
pub const NAMES: [&str; 9] =
    ["format", "chart", "stamp", "publish", "round_counts", "suppress_below", "decimals", "rounding", "withhold"];

/// More is no rounding of a count of persons.
const MOST_COUNT: u64 = 1_000_000;

/// A double has no more.
const MOST_DECIMALS: u64 = 15;

/// The threshold where withholding is asked for without one.
const THRESHOLD: u64 = 5;

/// What of an answer may be published, and how exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Counts are rounded to multiples of this.
    pub round_counts: Option<u64>,
    /// Counts from 1 up to this are withheld.
    pub suppress_below: Option<u64>,
    /// Places after the point of every figure that is no count.
    pub decimals: Option<u32>,
    /// Places after the point of percentages.
    pub percent_decimals: Option<u32>,
    /// Whether a tie goes to the even neighbour; else it goes away from zero.
    pub half_even: bool,
    /// Whether figures are withheld that rest on fewer values than that, or that give a count away.
    pub withhold: bool,
}

impl Rules {
    /// Whether counts or figures are withheld.
    #[must_use]
    pub fn withholds(&self) -> bool {
        self.suppress_below.is_some()
    }

    /// Whether they change an answer beyond the digits of its figures.
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

    /// What a chart shows.
    #[must_use]
    pub fn chart(&self) -> Option<ChartKind> {
        self.chart
    }

    /// Whether the answer says what it was made from.
    #[must_use]
    pub fn stamped(&self) -> bool {
        self.stamp || self.format().is_report()
    }

    /// What may be published: each rule as given, and else that of `publish`.
    #[must_use]
    pub fn rules(&self) -> Rules {
        let five = self.ofqual.then_some(THRESHOLD);
        let threshold = self.suppress_below.or(five).filter(|threshold| *threshold > 1);
        let withhold = self.withhold.unwrap_or(threshold.is_some());
        Rules {
            round_counts: self.round_counts.or(five).filter(|base| *base > 1),
            suppress_below: threshold.or((withhold && self.suppress_below.is_none()).then_some(THRESHOLD)),
            decimals: self.decimals,
            percent_decimals: self.decimals.or(self.ofqual.then_some(1)),
            half_even: self.half_even.unwrap_or(false),
            withhold,
        }
    }

    /// The figures that charts are drawn from.
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

    /// What is wrong with the options together.
    pub(super) fn conflict(&self) -> Option<(&'static str, Wrong)> {
        let format = self.format();
        if self.chart.is_some() && !matches!(format, Format::Svg | Format::Html) {
            let message =
                format!("a chart is SVG, or part of an HTML report; leave chart out or format={}", format.name());
            return Some(("chart", ("conflict", message)));
        }
        if self.stamp && format == Format::Csv {
            let message = "CSV has no place for a stamp; leave it out, or ask for another format";
            return Some(("stamp", ("conflict", message.into())));
        }
        if self.chart == Some(ChartKind::Ecdf) && self.rules().concern_counts() {
            let message = "chart=ecdf shows every single value, which the rules of publication do not allow; ask for another chart";
            return Some(("chart", ("conflict", message.into())));
        }
        None
    }

    pub(super) fn set(&mut self, option: &RawOption) -> Result<(), Wrong> {
        match option.name.as_str() {
            "format" if option.origin == Origin::Accept => self.accepted = Some(choice(option, &Format::ALL)?),
            "format" => self.format = Some(choice(option, &Format::ALL)?),
            "chart" => self.chart = Some(choice(option, &CHARTS)?),
            "stamp" => self.stamp = boolean(option)?,
            "publish" => self.ofqual = choice(option, &RULES)?,
            "round_counts" => self.round_counts = Some(count(option)?),
            "suppress_below" => self.suppress_below = Some(count(option)?),
            "decimals" => self.decimals = Some(decimals(option)?),
            "rounding" => self.half_even = Some(choice(option, &ROUNDINGS)?),
            _ => self.withhold = Some(boolean(option)?),
        }
        Ok(())
    }
}

fn count(option: &RawOption) -> Result<u64, Wrong> {
    one(option)?;
    integer(option).ok().filter(|count| *count <= MOST_COUNT).ok_or_else(|| {
        ("int_parsing", format!("{} is an integer from 0 (not at all) to {MOST_COUNT}, such as 5", option.name))
    })
}

fn decimals(option: &RawOption) -> Result<u32, Wrong> {
    let wrong = || ("int_parsing", format!("decimals is an integer from 0 to {MOST_DECIMALS}, such as 1"));
    one(option)?;
    let places = integer(option).ok().filter(|places| *places <= MOST_DECIMALS).ok_or_else(wrong)?;
    u32::try_from(places).map_err(|_| wrong())
}
