//! Decimal places of statistics in a publication, so that the number of values cannot be calculated from them.
//!
//! Input: the rules of publication, and the scale and the rounded number of the values. Output: decimal places of each statistic.
//!
//! Numbers are multiples of a unit, that of their last decimal place. The mean of n numbers is then a multiple of 1/n of the unit
//! and, for a given mean of whole numbers, their variance one of 2/(n - 1): written with more places than that they tell n. So they
//! have a place more than the data where every tenth is the mean for several of the numbers of values that are shown alike, or the
//! variance for each of them. A quantile between two numbers is one of them plus a fraction of their
//! distance that depends on n, so it is rounded to the unit; only the median, whose fraction is 0 or 1/2, is treated as an average.

use describe::{FigureName, Measure, Precision, Scale, Statistic, Wanted};
use describe_options::Rules;

use super::count_display::CountDisplay;

/// Number of values from which every tenth of the unit is a mean of some numbers: 1/n of the unit is a tenth.
const MIN_AVERAGED_VALUES: u64 = 10;

/// Number of values from which variances do: 2/(n - 1) of the square of the unit is a tenth. Statistics without a unit, which are
/// calculated from variances, have two.
const MIN_SPREAD_VALUES: u64 = 21;

/// Decimal places of the statistics of `nobs` values: those that were given, or else those of the publication.
pub(super) fn precision(rules: &Rules, wanted: &Wanted, scale: Option<&Scale>, nobs: u64) -> Precision {
    let least = least_shown(rules, nobs);
    let more = |min: u64| u8::from(least >= min);
    let data = data_decimals(scale);
    let of_figure = |precision: Precision, figure: FigureName| {
        let decimals = match figure.measure() {
            Measure::Average => data + u8::from(has_several_means(rules, nobs)),
            Measure::Spread => data + more(MIN_SPREAD_VALUES),
            Measure::Rank => data,
            Measure::Shape => 1 + more(MIN_SPREAD_VALUES),
            Measure::Percentage if figure == Statistic::Facility.into() => {
                facility_decimals(wanted, scale, least).unwrap_or(0)
            }
            // Values are themselves, and percentages have those of percentages.
            Measure::Data | Measure::Percentage | Measure::Count => return precision,
        };
        precision.with(figure, Some(decimals))
    };
    let is_open = |figure: &FigureName| rules.precision.decimals(*figure).is_none();
    FigureName::all().filter(is_open).fold(rules.precision, of_figure)
}

/// Whether each tenth of the unit is the mean of some numbers for at least two of the numbers of values that are shown as `nobs` is.
fn has_several_means(rules: &Rules, nobs: u64) -> bool {
    if rules.round_counts.is_none() {
        return true;
    }
    let display = CountDisplay::of(rules);
    let least = display.least_shown_as(nobs);
    let alike =
        (least..least + 2 * MIN_AVERAGED_VALUES).take_while(|count| display.rounded(*count) == display.rounded(nobs));
    let alike: Vec<u64> = alike.collect();
    // Tenths of k/n, rounded half up.
    let has = |count: u64, tenth: u64| (0..count).any(|sum| ((20 * sum + count) / (2 * count)) % 10 == tenth);
    (0..10).all(|tenth| alike.iter().filter(|count| **count > 0 && has(**count, tenth)).count() > 1)
}

/// Whether the mean in percent of the maximum tells the number of values even without decimal places.
pub(super) fn facility_reveals_count(rules: &Rules, wanted: &Wanted, nobs: u64) -> bool {
    rules.rounds_statistics
        && rules.precision.decimals(Statistic::Facility).is_none()
        && facility_decimals(wanted, wanted.scale.as_ref(), least_shown(rules, nobs)).is_none()
}

/// Decimal places of the mean in percent of the maximum: 1 if a tenth of a percent is at least 1/n of the unit, else 0 if a percent is.
fn facility_decimals(wanted: &Wanted, scale: Option<&Scale>, least: u64) -> Option<u8> {
    let maximum = wanted.maximum.map_or(100.0, describe::Decimal::to_f64);
    let units = |decimals: u8| maximum / 100.0 * 10_f64.powi(i32::from(data_decimals(scale)) - i32::from(decimals));
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let means = |decimals: &u8| units(*decimals) * least as f64;
    [1, 0].into_iter().find(|decimals| means(decimals) >= 1.0)
}

/// Least number of values that is shown as `nobs` is; any number is as good as it where counts are not rounded.
fn least_shown(rules: &Rules, nobs: u64) -> u64 {
    if rules.round_counts.is_some() { CountDisplay::of(rules).least_shown_as(nobs) } else { u64::MAX }
}

fn data_decimals(scale: Option<&Scale>) -> u8 {
    scale.and_then(|scale| u8::try_from(scale.decimals()).ok()).unwrap_or(0)
}
