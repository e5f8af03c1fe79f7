//! Mark table: the frequency table of marks with their percentile ranks and standard scores.
//!
//! Input: the marks in order, and their moments. Output: a row for each distinct mark. Every figure is the exact one, rounded once.
//!
//! The percentile rank is that of the middle of a mark, 100 (below + equal/2)/n; stanines cut percentile ranks so that a normal
//! distribution has 4, 7, 12, 17, 20, 17, 12, 7 and 4 percent in them (Crocker and Algina, Introduction to Classical and Modern Test
//! Theory, 1986, chapter 19).

use super::decimal::Decimal;
use super::exact::Ratio;
use super::moments::CentralMoments;
use super::ordered::Ordered;
use super::statistic::Statistic;
use super::undefined::{Figure, Undefined};
use super::value::{BELOW_ALL, Mark};
use super::wanted::Wanted;

/// Percentile ranks from which on a mark is in the second to the ninth stanine.
const STANINES: [u64; 8] = [4, 11, 23, 40, 60, 77, 89, 96];

/// Rows of the mark table of finite numbers, ascending.
pub(super) fn mark_table(ordered: &Ordered, central: &CentralMoments, wanted: &Wanted) -> Vec<Mark> {
    let rounding = wanted.precision.rounding(Statistic::MarkTable);
    let percentages = wanted.precision.percentage_rounding(Statistic::MarkTable);
    let scores = Scores::new(central, wanted);
    let all = ordered.count();
    let mut so_far = 0;
    let row = |(value, count): (Decimal, u64)| {
        let below = so_far;
        so_far += count;
        let percent = |count: u64| percentages.figure(&Ratio::from(count).percent_of(&all.into()));
        let rank = percentile_rank(below, so_far, all);
        let [z_score, t_score] = scores.of(value);
        Mark {
            mark: rounding.figure(&value.into()),
            count: Some(count),
            percent: percent(count),
            cumulative_percent: percent(so_far),
            percentile_rank: percentages.figure(&rank),
            z_score,
            t_score,
            stanine: Some(stanine(&rank)),
            grade: (!wanted.boundaries.is_empty()).then(|| Some(grade(value, &wanted.boundaries).to_owned())),
        }
    };
    ordered.values().map(row).collect()
}

/// Percentile rank of a mark with this number of values below it, and of those below or equal to it, of `all`.
pub(super) fn percentile_rank(below: u64, up_to: u64, all: u64) -> Ratio {
    // In whole numbers beyond those of u64: twice the middle.
    let twice = Ratio::from(below).add(&up_to.into());
    twice.percent_of(&Ratio::from(all).multiply(&2.into()))
}

/// Stanine of a percentile rank, 1 to 9.
fn stanine(rank: &Ratio) -> u8 {
    STANINES
        .iter()
        .zip(2..)
        .take_while(|(least, _)| rank.compare(&(**least).into()).is_ge())
        .last()
        .map_or(1, |(_, at)| at)
}

/// Highest of the grades, whose boundaries descend, that a mark reaches.
fn grade(mark: Decimal, boundaries: &[(String, Decimal)]) -> &str {
    let reached = boundaries.iter().find(|(_, boundary)| mark.compare(*boundary).is_ge());
    reached.map_or(BELOW_ALL, |(grade, _)| grade.as_str())
}

/// Standard scores of marks.
struct Scores<'a> {
    mean: Ratio,
    variance: Result<Ratio, Undefined>,
    wanted: &'a Wanted,
}

impl<'a> Scores<'a> {
    fn new(central: &CentralMoments, wanted: &'a Wanted) -> Self {
        let variance = central.variance(wanted.moments.ddof);
        let variance = variance.and_then(|square| if square.is_zero() { Err(Undefined::Constant) } else { Ok(square) });
        Self { mean: central.mean(), variance, wanted }
    }

    /// z = (x - mean)/s and T = 50 + 10 z.
    fn of(&self, mark: Decimal) -> [Figure; 2] {
        let variance = match &self.variance {
            Ok(variance) => variance,
            Err(why) => return [Err(*why); 2],
        };
        let rounding = self.wanted.precision.rounding(Statistic::MarkTable);
        let distance = Ratio::from(mark).subtract(&self.mean);
        let (sign, square) = (distance.numerator.sign(), distance.multiply(&distance).divide(variance));
        let tenfold = square.multiply(&100.into()).signed_root(sign);
        [rounding.root(sign, &square), rounding.figure(&Ratio::from(50).add(&tenfold))]
    }
}
