//! Figures of a test and of its items.
//!
//! Sources: Crocker and Algina, Introduction to Classical and Modern Test Theory (1986), chapters 5 and 14; Guttman, A basis for
//! analyzing test-retest reliability (1945). The definitions are in `docs/items.md`.

use num_bigint::{BigInt, BigUint};
use num_traits::{One, Zero};

use crate::mark::{Mark, POWERS};
use crate::moments::{ItemMoments, at_least, quotient, root};
use crate::reliability::Covariances;
use crate::tally::{ItemCounts, ItemTally, Unanswered};
use crate::totals::MAX_TOTALS;
use crate::undefined::{Figure, Undefined};

/// Number of bands of equally many candidates, by total, in which an item's facility is computed.
pub const BANDS: usize = 5;

/// Percentage of the candidates in the upper and in the lower group (Kelley 1939).
const GROUP_PERCENT: u128 = 27;

/// Percentage of candidates who did not reach an item above which a warning is given.
const MANY_NOT_REACHED_PERCENT: u64 = 5;

/// Candidates from here on are not summed exactly.
const MAX_CANDIDATES: u64 = 1 << 31;

/// What is known of a test beside the marks.
#[derive(Clone, Copy, Debug)]
pub struct Paper<'a> {
    /// Maximum mark of each item, if it is known.
    pub maxima: &'a [Option<Mark>],
    /// Right answer to each item, if they are of multiple choice; otherwise empty.
    pub keys: &'a [String],
    /// Delta degrees of freedom: variances divide by n - ddof.
    pub ddof: u64,
}

/// Figures of a test.
#[derive(Clone, Debug)]
pub struct ItemAnalysis {
    /// Number of candidates whose marks are counted.
    pub candidates: u64,
    /// Number of candidates who are left out because they were absent.
    pub absent: u64,
    /// Number of candidates who are left out because they have not answered all items.
    pub incomplete: u64,
    /// Number of candidates who were present and answered nothing.
    pub without_answers: u64,
    /// Figures of the total.
    pub test: TestFigures,
    /// Figures of each item.
    pub items: Vec<ItemFigures>,
}

/// Figures of the total of a test.
#[derive(Clone, Debug)]
pub struct TestFigures {
    /// Number of items.
    pub items: usize,
    /// Sum of the maximum marks.
    pub maximum: Figure,
    /// Least total.
    pub min: Figure,
    /// Greatest total.
    pub max: Figure,
    /// Mean of the totals.
    pub mean: Figure,
    /// Standard deviation of the totals.
    pub std: Figure,
    /// Cronbach's alpha.
    pub alpha: Figure,
    /// Alpha of the items divided by their standard deviations.
    pub standardised_alpha: Figure,
    /// Guttman's lambda-2.
    pub lambda_2: Figure,
    /// Guttman's lambda-6.
    pub lambda_6: Figure,
    /// Spearman-Brown coefficient of the odd and the even items.
    pub split_half: Figure,
    /// Standard error of measurement: std √(1 - alpha).
    pub measurement_error: Figure,
}

/// Figures of an item.
#[derive(Clone, Debug)]
pub struct ItemFigures {
    /// Number of candidates whose marks are counted.
    pub nobs: u64,
    /// Maximum mark.
    pub maximum: Figure,
    /// Mean in percent of the maximum mark.
    pub facility: Figure,
    /// Mean mark.
    pub mean: Figure,
    /// Standard deviation of the marks.
    pub std: Figure,
    /// Correlation with the total of the other items.
    pub discrimination: Figure,
    /// Correlation with the total.
    pub item_total: Figure,
    /// Alpha of the test without the item.
    pub alpha_without: Figure,
    /// Number of candidates who omitted it.
    pub omitted: u64,
    /// The same in percent of those present.
    pub percent_omitted: Figure,
    /// Number of candidates who did not reach it.
    pub not_reached: u64,
    /// The same in percent of those present.
    pub percent_not_reached: Figure,
    /// Facility for the 27% of candidates with the highest totals.
    pub upper_facility: Figure,
    /// Facility for the 27% of candidates with the lowest totals.
    pub lower_facility: Figure,
    /// Covariance with the total in percent of the variance of the total.
    pub effective_weight: Figure,
    /// Facility in each of [`BANDS`] bands, from the lowest totals to the highest.
    pub bands: Vec<Figure>,
    /// Answers to an item of multiple choice, the key among them.
    pub choices: Vec<ChoiceFigures>,
    /// What should be looked at.
    pub warnings: Vec<ItemWarning>,
}

/// Figures of an answer to an item of multiple choice.
#[derive(Clone, Debug)]
pub struct ChoiceFigures {
    /// The answer.
    pub choice: String,
    /// Whether it is the right one.
    pub is_key: bool,
    /// Number of candidates who gave it.
    pub count: u64,
    /// The same in percent of the candidates of the item.
    pub percent: Figure,
    /// Point-biserial correlation of giving it with the total of the other items.
    pub point_biserial: Figure,
}

/// What should be looked at in an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemWarning {
    /// Better candidates do worse on it.
    NegativeDiscrimination,
    /// All candidates have the same mark.
    Constant,
    /// A candidate has more than the maximum mark.
    AboveMaximum,
    /// More than 5% of the candidates did not reach it.
    ManyNotReached,
    /// A wrong answer goes with a higher total of the other items than the right one.
    DistractorAboveKey,
}

impl ItemTally {
    /// Computes all figures.
    #[must_use]
    pub fn analyse(&self, paper: &Paper) -> ItemAnalysis {
        let whole = Whole::of(self, paper);
        ItemAnalysis {
            candidates: self.candidates,
            absent: self.absent,
            incomplete: self.incomplete,
            without_answers: self.without_answers,
            test: whole.test(),
            items: (0..self.len()).map(|item| whole.item(item)).collect(),
        }
    }
}

/// A tally with what is computed once for all items.
struct Whole<'a> {
    tally: &'a ItemTally,
    paper: &'a Paper<'a>,
    moments: Vec<ItemMoments>,
    /// Covariances of the items, or why there are none.
    covariances: Result<Covariances, Undefined>,
    /// Upper and lower group, then the bands.
    groups: Vec<Result<RankGroup, Undefined>>,
}

/// Sums of the marks of the candidates between two ranks.
struct RankGroup {
    /// Number of candidates in hundredths.
    hundredths: u128,
    sums: Vec<BigInt>,
    denominator: BigUint,
}

impl<'a> Whole<'a> {
    fn of(tally: &'a ItemTally, paper: &'a Paper<'a>) -> Self {
        let candidates = tally.candidates;
        let enough = at_least(candidates, 2);
        if tally.rules.unanswered == Unanswered::Pairwise || candidates >= MAX_CANDIDATES {
            let why = if candidates < MAX_CANDIDATES { Undefined::Pairwise } else { Undefined::TooManyCandidates };
            let moments = tally.items.iter().map(ItemCounts::moments).collect();
            let groups = (0..2 + BANDS).map(|_| Err(why)).collect();
            return Self { tally, paper, moments, covariances: Err(why), groups };
        }
        let products = tally.joint.all_products();
        let t: BigInt = tally.joint.sums.iter().map(|sum| BigInt::from(*sum)).sum();
        let with_total: Vec<i128> = products.iter().map(|row| row.iter().sum()).collect();
        let tt: BigInt = with_total.iter().map(|sum| BigInt::from(*sum)).sum();
        let moments = (0..tally.len()).map(|item| ItemMoments {
            candidates,
            x: tally.joint.sums[item].into(),
            xx: products[item][item].into(),
            xt: with_total[item].into(),
            t: t.clone(),
            tt: tt.clone(),
        });
        let covariances = enough.map(|()| Covariances::new(candidates, &tally.joint.sums, &products));
        let hundred = 100 * u128::from(candidates);
        let share = GROUP_PERCENT * u128::from(candidates);
        let band = |place: usize| place as u128 * hundred / BANDS as u128;
        let bands = (0..BANDS).map(|place| (band(place), band(place + 1)));
        let ranks = [(hundred - share, hundred), (0, share)].into_iter().chain(bands);
        let group = |(from, to): (u128, u128)| {
            at_least(candidates, 1)?;
            let sums = tally.totals.between(from, to, tally.len());
            let (sums, denominator) = sums.ok_or(Undefined::TooManyTotals { max: MAX_TOTALS })?;
            Ok(RankGroup { hundredths: to - from, sums, denominator })
        };
        Self { tally, paper, moments: moments.collect(), covariances, groups: ranks.map(group).collect() }
    }

    /// Units of a mark.
    fn unit(&self) -> BigInt {
        POWERS[usize::from(self.tally.decimals)].into()
    }

    /// √(`square` / (n (n - ddof))) in marks, for n(n - 1) times a variance in squares of units, divided by `parts`.
    fn deviation(&self, square: &BigInt, candidates: u64, parts: usize) -> Figure {
        at_least(candidates, self.paper.ddof.saturating_add(1))?;
        let divisor = u128::from(candidates) * u128::from(candidates - self.paper.ddof);
        let unit = POWERS[usize::from(self.tally.decimals)].unsigned_abs();
        Ok(root(square, &(BigUint::from(divisor) * unit * unit * parts)))
    }

    fn test(&self) -> TestFigures {
        let items = self.tally.len();
        let covariances = self.covariances.as_ref().map_err(|why| *why);
        let of_totals = || match covariances {
            // One candidate has a total.
            Err(Undefined::Candidates { candidates: 1, .. }) | Ok(_) => Ok(()),
            Err(Undefined::Candidates { candidates, .. }) => Err(Undefined::Candidates { candidates, needed: 1 }),
            Err(why) => Err(why),
        };
        let total = |place: usize| {
            of_totals()?;
            let range = self.tally.range.ok_or(Undefined::Candidates { candidates: 0, needed: 1 })?;
            Ok(quotient(&range[place].into(), &self.unit()))
        };
        let mean = || {
            of_totals()?;
            let sum: BigInt = self.tally.joint.sums.iter().map(|sum| BigInt::from(*sum)).sum();
            Ok(quotient(&sum, &(self.unit() * self.tally.candidates)))
        };
        let std = || {
            let variance = match covariances {
                Ok(covariances) => covariances.total.clone(),
                Err(Undefined::Candidates { candidates: 1, .. }) => BigInt::ZERO,
                Err(why) => return Err(why),
            };
            self.deviation(&variance, self.tally.candidates, 1)
        };
        let error = || self.deviation(&covariances?.error()?, self.tally.candidates, items - 1);
        TestFigures {
            items,
            maximum: self.maximum(),
            min: total(0),
            max: total(1),
            mean: mean(),
            std: std(),
            alpha: covariances.and_then(Covariances::alpha),
            standardised_alpha: covariances.and_then(Covariances::standardised_alpha),
            lambda_2: covariances.and_then(Covariances::lambda_2),
            lambda_6: covariances.and_then(Covariances::lambda_6),
            split_half: covariances.and_then(Covariances::split_half),
            measurement_error: error(),
        }
    }

    /// Sum of the maximum marks.
    fn maximum(&self) -> Figure {
        let thousandths = |mark: &Option<Mark>| Some(i64::from(mark.as_ref()?.scaled(3)));
        let sum: Option<i64> = self.paper.maxima.iter().map(thousandths).sum();
        sum.map(|sum| quotient(&sum.into(), &1000.into())).ok_or(Undefined::NoMaximum)
    }

    fn item(&self, item: usize) -> ItemFigures {
        let (counts, moments) = (&self.tally.items[item], &self.moments[item]);
        let maximum = self.paper.maxima.get(item).copied().flatten();
        let present = self.tally.candidates + self.tally.incomplete;
        let of_present = |count: u64| percent(count, present);
        let mean = || {
            at_least(moments.candidates, 1)?;
            Ok(quotient(&moments.x, &(self.unit() * moments.candidates)))
        };
        let whole = || {
            at_least(moments.candidates, 1)?;
            self.facility(maximum, &moments.x, &BigInt::from(moments.candidates))
        };
        let group = |place: usize| {
            let group = self.groups[place].as_ref().map_err(|why| *why)?;
            let candidates = BigInt::from(group.hundredths) * BigInt::from(group.denominator.clone());
            self.facility(maximum, &(&group.sums[item] * 100), &candidates)
        };
        let covariances = self.covariances.as_ref().map_err(|why| *why);
        let weight = || {
            let covariances = covariances?;
            if covariances.total.is_zero() {
                return Err(Undefined::ConstantTotal);
            }
            Ok(quotient(&(&covariances.with_total[item] * 100), &covariances.total))
        };
        let mut figures = ItemFigures {
            nobs: moments.candidates,
            maximum: maximum.map(Mark::to_f64).ok_or(Undefined::NoMaximum),
            facility: whole(),
            mean: mean(),
            std: self.deviation(&moments.variance(), moments.candidates, 1),
            discrimination: moments.item_rest(),
            item_total: moments.item_total(),
            alpha_without: covariances.and_then(|covariances| covariances.alpha_without(item)),
            omitted: counts.omitted,
            percent_omitted: of_present(counts.omitted),
            not_reached: counts.not_reached,
            percent_not_reached: of_present(counts.not_reached),
            upper_facility: group(0),
            lower_facility: group(1),
            effective_weight: weight(),
            bands: (0..BANDS).map(|band| group(2 + band)).collect(),
            choices: self.choices(item),
            warnings: Vec::new(),
        };
        figures.warnings = self.warnings(item, &figures, maximum, present);
        figures
    }

    /// A mean in percent of the maximum mark, from a sum of marks in units.
    fn facility(&self, maximum: Option<Mark>, sum: &BigInt, candidates: &BigInt) -> Figure {
        let maximum = maximum.filter(|maximum| maximum.units > 0).ok_or(Undefined::NoMaximum)?;
        let numerator = sum * 100 * POWERS[usize::from(maximum.decimals)];
        Ok(quotient(&numerator, &(self.unit() * candidates * maximum.units)))
    }

    fn choices(&self, item: usize) -> Vec<ChoiceFigures> {
        let Some(key) = self.paper.keys.get(item) else { return Vec::new() };
        let moments = &self.moments[item];
        let choices = self.tally.items[item].choices.iter().map(|(answer, choice)| ChoiceFigures {
            choice: String::from_utf8_lossy(answer).into_owned(),
            is_key: key.as_bytes() == &**answer,
            count: choice.candidates,
            percent: percent(choice.candidates, moments.candidates),
            point_biserial: moments.point_biserial(choice.candidates, &choice.rest.into()),
        });
        choices.collect()
    }

    fn warnings(&self, item: usize, figures: &ItemFigures, maximum: Option<Mark>, present: u64) -> Vec<ItemWarning> {
        let counts = &self.tally.items[item];
        let greatest =
            i64::from(counts.greatest) * i64::from(POWERS[POWERS.len() - 1 - usize::from(self.tally.decimals)]);
        let correlation = |right: bool| {
            let of = figures.choices.iter().filter(move |choice| choice.is_key == right);
            of.filter_map(|choice| choice.point_biserial.ok()).reduce(f64::max)
        };
        let is_distracted = correlation(false).zip(correlation(true)).is_some_and(|(wrong, right)| wrong > right);
        let all = [
            (ItemWarning::NegativeDiscrimination, figures.discrimination.is_ok_and(|r| r < 0.0)),
            (ItemWarning::Constant, figures.nobs > 1 && figures.discrimination == Err(Undefined::ConstantItem)),
            (ItemWarning::AboveMaximum, maximum.is_some_and(|maximum| greatest > i64::from(maximum.scaled(3)))),
            (
                ItemWarning::ManyNotReached,
                u128::from(counts.not_reached) * 100 > u128::from(present) * u128::from(MANY_NOT_REACHED_PERCENT),
            ),
            (ItemWarning::DistractorAboveKey, is_distracted),
        ];
        all.into_iter().filter(|(_, is_so)| *is_so).map(|(warning, _)| warning).collect()
    }
}

impl ItemCounts {
    /// Moments over the candidates who answered the item.
    fn moments(&self) -> ItemMoments {
        let sums = &self.answered;
        ItemMoments {
            candidates: sums.candidates,
            x: sums.x.into(),
            xx: sums.xx.into(),
            xt: sums.xt.into(),
            t: sums.t.into(),
            tt: sums.tt.into(),
        }
    }
}

/// A count in percent of others.
fn percent(count: u64, of: u64) -> Figure {
    at_least(of, 1)?;
    Ok(quotient(&(BigInt::from(count) * 100), &(BigInt::one() * of)))
}
