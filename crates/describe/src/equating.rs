//! Equating of two tests: the marks of a sample a on the scale of a sample b, with standard errors.
//!
//! Input: two samples without weights, of random groups that took one test each. Output: a line, and a row for each mark of a. Definitions
//! are those of Kolen and Brennan, Test Equating, Scaling, and Linking, 3rd edition 2014, chapters 2 and 7.
//!
//! * **Linear**: marks with equal z scores are equal, l(x) = mean(b) + (x - mean(a)) s(b)/s(a).
//! * **Equipercentile**, without smoothing: marks with equal percentile ranks are equal, each mark being spread evenly over the step
//!   around it.
//!
//! Invariant: every equivalent is the exact one, rounded once, and so is the standard error of equipercentile equating.

use num_bigint::{BigInt, BigUint};

use super::comparison_statistic::ComparisonStatistic;
use super::decimal::Decimal;
use super::exact::{Ratio, Rounding};
use super::moments::{CentralMoments, MomentConventions, Moments};
use super::ordered::Ordered;
use super::sample::Sample;
use super::scale::{Scale, units};
#[cfg(feature = "serde")]
use super::serialize::figure;
use super::undefined::{Figure, Undefined};
use super::wanted::Wanted;

/// Maximum number of marks from the least to the greatest that are equated.
pub const MAX_EQUATED_MARKS: usize = 10_000;

/// Marks of a test a on the scale of a test b.
#[derive(Clone, Debug, PartialEq)]
pub struct Equating {
    /// Slope of the line of linear equating, s(b)/s(a).
    pub slope: Figure,
    /// Its intercept, mean(b) - slope mean(a).
    pub intercept: Figure,
    /// Step between possible marks of both tests.
    pub step: Figure,
    /// A row for each mark from the least to the greatest one of a, in steps; or the reason why there are none.
    pub marks: Result<Vec<EquatedMark>, Undefined>,
}

/// A mark of a test on the scale of another one.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EquatedMark {
    /// Mark of a.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub mark: Figure,
    /// Its equivalent on the scale of b by the line.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub linear: Figure,
    /// Standard error of `linear`, by the delta method.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub linear_se: Figure,
    /// Its equivalent on the scale of b by percentile ranks.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub equipercentile: Figure,
    /// Standard error of `equipercentile`, by the delta method.
    #[cfg_attr(feature = "serde", serde(serialize_with = "figure"))]
    #[cfg_attr(feature = "schema", schema(value_type = Option<f64>, required))]
    pub equipercentile_se: Figure,
}

impl EquatedMark {
    /// A row without figures, in place of those that are undefined.
    #[must_use]
    pub fn undefined(why: Undefined) -> Self {
        let none = Err(why);
        Self { mark: none, linear: none, linear_se: none, equipercentile: none, equipercentile_se: none }
    }
}

impl Sample {
    /// Equates the marks of this sample, a, to the scale of `other`, b.
    ///
    /// The line is undefined for equal marks in a, and with n ≤ `ddof` in either sample. The rows are undefined if the values of either
    /// sample are not all known, and with more than [`MAX_EQUATED_MARKS`] of them. Everything is undefined if either sample has no
    /// numbers, weights, an infinity, or a missing value that is not left out.
    ///
    /// ```
    /// use describe::{Number, Retention, Sample, Wanted};
    /// let sample = |marks: &[&str]| {
    ///     let mut sample = Sample::new(&Retention { max_distinct: Some(100), ..Retention::default() });
    ///     marks.iter().for_each(|mark| sample.push(Number::parse(mark.as_bytes()).unwrap()));
    ///     sample
    /// };
    /// let equating = sample(&["1", "2", "3"]).equate(&sample(&["11", "13", "15"]), &Wanted::default());
    /// let marks = equating.marks.unwrap();
    /// assert_eq!((equating.slope, marks[0].linear, marks[2].linear), (Ok(2.0), Ok(11.0), Ok(15.0)));
    /// ```
    #[must_use]
    pub fn equate(&self, other: &Self, wanted: &Wanted) -> Equating {
        let policy = wanted.moments.nan_policy;
        let moments = self.comparable(policy).and_then(|a| Ok((a, other.comparable(policy)?)));
        let weighted = self.weighted.is_some() || other.weighted.is_some();
        let (a, b) = match moments {
            Ok(moments) if !weighted => moments,
            wrong => return Equating::none(wrong.err().unwrap_or(Undefined::Weighted)),
        };
        let rounding = wanted.precision.rounding(ComparisonStatistic::Difference);
        let line = Line::new(&a, &b, wanted.moments.ddof);
        let figure =
            |part: fn(&Line) -> &Ratio| line.as_ref().map_err(|why| *why).and_then(|line| rounding.figure(part(line)));
        let (slope, intercept) = (figure(|line| &line.slope), figure(|line| &line.intercept));
        let ordered = self.marks().and_then(|a| Ok((a, other.marks()?)));
        let (step, marks) = match &ordered {
            Ok((a, b)) => match Tables::new(a, b) {
                Some(tables) => (rounding.figure(&tables.step()), tables.rows(&line, wanted)),
                None => (Err(Undefined::NoNumbers), Err(Undefined::NoNumbers)),
            },
            Err(why) => (Err(*why), Err(*why)),
        };
        Equating { slope, intercept, step, marks }
    }

    /// All marks in order.
    fn marks(&self) -> Result<Ordered, Undefined> {
        let ordered = self.ordered().ok_or(Undefined::NotKept)?;
        if ordered.is_approximate() { Err(Undefined::TooManyValues) } else { Ok(ordered) }
    }
}

impl Equating {
    /// Nothing but the reason.
    #[must_use]
    pub fn none(why: Undefined) -> Self {
        Self { slope: Err(why), intercept: Err(why), step: Err(why), marks: Err(why) }
    }
}

/// Line of linear equating, and what its standard errors are made of.
struct Line {
    slope: Ratio,
    intercept: Ratio,
    mean: f64,
    /// Standard deviations of a and b.
    deviations: [f64; 2],
    /// Of 1, z and z², where z is the z score of a mark of a: the standard error in units of s(b).
    terms: [f64; 3],
}

impl Line {
    fn new(a: &CentralMoments, b: &CentralMoments, ddof: u64) -> Result<Self, Undefined> {
        let [of_a, of_b] = [a.variance(ddof)?, b.variance(ddof)?];
        if of_a.is_zero() {
            return Err(Undefined::Constant);
        }
        let square = of_b.divide(&of_a);
        let slope = square.signed_root(square.root_sign());
        let intercept = b.mean().subtract(&slope.multiply(&a.mean()));
        let double = |ratio: &Ratio| Rounding::default().figure(ratio);
        let deviation = |variance: &Ratio| Rounding::default().root(variance.root_sign(), variance);
        // Of a constant b the equivalents are constant, and so is the error of its mean: 0.
        let shape = |moments: &CentralMoments| {
            if moments.is_constant() {
                return Ok([0.0, 1.0]);
            }
            let biased = Moments {
                conventions: MomentConventions { pearson: true, ..MomentConventions::default() },
                ..Moments::default()
            };
            let (sign, square) = moments.skewness(biased)?;
            Ok([Rounding::default().root(sign, &square)?, double(&moments.kurtosis(biased)?)?])
        };
        let ([skewness_a, kurtosis_a], [skewness_b, kurtosis_b]) = (shape(a)?, shape(b)?);
        #[expect(clippy::cast_precision_loss, reason = "exact up to 2⁵³")]
        let [n_a, n_b] = [a.count as f64, b.count as f64];
        let terms = [
            1.0 / n_a + 1.0 / n_b,
            skewness_a / n_a + skewness_b / n_b,
            (kurtosis_a - 1.0) / (4.0 * n_a) + (kurtosis_b - 1.0) / (4.0 * n_b),
        ];
        Ok(Self {
            slope,
            intercept,
            mean: double(&a.mean())?,
            deviations: [deviation(&of_a)?, deviation(&of_b)?],
            terms,
        })
    }

    fn at(&self, mark: &Ratio) -> Ratio {
        self.slope.multiply(mark).add(&self.intercept)
    }

    /// Standard error of the equivalent of a mark.
    fn error_at(&self, mark: f64) -> f64 {
        let z = (mark - self.mean) / self.deviations[0];
        let [constant, of_z, of_square] = self.terms;
        // 0 for two marks; rounding may take it below.
        let square = (constant + z * (of_z + z * of_square)).max(0.0);
        self.deviations[1] * square.sqrt()
    }
}

/// Marks of a and b, of which the possible ones are in equal steps.
struct Tables<'o> {
    a: &'o Ordered,
    b: &'o Ordered,
    /// Power of ten of which all marks are multiples.
    exponent: i32,
    /// Step between possible marks, in units of 10^`exponent`.
    step: BigInt,
}

impl<'o> Tables<'o> {
    fn new(a: &'o Ordered, b: &'o Ordered) -> Option<Self> {
        let scale = |ordered: &Ordered| Scale::of(ordered.values().map(|(value, _)| value), ordered.count());
        let scale = scale(a)?.merged(&scale(b)?);
        Some(Self { a, b, exponent: scale.exponent, step: scale.step() })
    }

    /// A number of units.
    fn value(&self, units: BigInt) -> Ratio {
        Ratio::scaled(units, BigUint::from(1_u32), self.exponent)
    }

    fn step(&self) -> Ratio {
        self.value(self.step.clone())
    }

    /// Rows for each possible mark from the least to the greatest one of a.
    fn rows(&self, line: &Result<Line, Undefined>, wanted: &Wanted) -> Result<Vec<EquatedMark>, Undefined> {
        let in_units = |value: Decimal| units(value, self.exponent);
        let mut occurring = self.a.values().map(|(value, count)| (in_units(value), count)).peekable();
        let ends =
            [self.a.entries().first(), self.a.entries().last()].map(|entry| entry.map(|entry| in_units(entry.low)));
        let [Some(least), Some(greatest)] = ends else { return Err(Undefined::NoNumbers) };
        if greatest - &least >= &self.step * MAX_EQUATED_MARKS {
            return Err(Undefined::TooManyMarks(MAX_EQUATED_MARKS));
        }
        let rounding = |statistic| wanted.precision.rounding(statistic);
        let values = rounding(ComparisonStatistic::Difference);
        let errors = rounding(ComparisonStatistic::StandardError);
        let (mut rows, mut mark) = (Vec::new(), least);
        let mut below = 0;
        let mut scale_of_b = Equivalents::new(self);
        while let Some((next, count)) = occurring.peek() {
            let equal = if *next == mark { *count } else { 0 };
            let value = self.value(mark.clone());
            let [equivalent, square] = scale_of_b.of_rank(below, below + equal);
            let rounded = values.figure(&value);
            let of_line = |then: &dyn Fn(&Line) -> Figure| line.as_ref().map_err(|why| *why).and_then(then);
            rows.push(EquatedMark {
                mark: rounded,
                linear: of_line(&|line| values.figure(&line.at(&value))),
                linear_se: of_line(&|line| errors.double(line.error_at(Rounding::default().figure(&value)?))),
                equipercentile: values.figure(&equivalent),
                equipercentile_se: errors.root(square.root_sign(), &square),
            });
            if equal > 0 {
                below += equal;
                occurring.next();
            }
            mark += &self.step;
        }
        Ok(rows)
    }
}

/// Marks of b with given percentile ranks, which ascend.
struct Equivalents<'t> {
    tables: &'t Tables<'t>,
    /// Place of the mark of b that was found last, and the number of values below it.
    place: usize,
    below: u64,
}

impl<'t> Equivalents<'t> {
    fn new(tables: &'t Tables<'t>) -> Self {
        Self { tables, place: 0, below: 0 }
    }

    /// Equivalent of a mark of a, from the number of marks below it and that of marks up to it; and the square of its standard error.
    ///
    /// With P the percentile rank as a share, y the least mark of b whose cumulative share is above P, b(y) its count, B its count of
    /// marks below and h the step: y - h/2 + h (P n - B)/b(y). Where P is the share of B there may be a gap below y; then it is the middle
    /// of the gap.
    fn of_rank(&mut self, below: u64, up_to: u64) -> [Ratio; 2] {
        let Tables { a, b, .. } = self.tables;
        let (entries, all) = (b.entries(), [a.count(), b.count()]);
        // P n in units of 1/(2 n of a): no product passes 128 bits below 2⁶² values.
        let [twice_a, rank] = [2 * u128::from(all[0]), (u128::from(below) + u128::from(up_to)) * u128::from(all[1])];
        while rank >= twice_a * u128::from(self.below + entries[self.place].count) && self.place + 1 < entries.len() {
            self.below += entries[self.place].count;
            self.place += 1;
        }
        let (entry, step) = (&entries[self.place], self.tables.step());
        let above = rank - twice_a * u128::from(self.below);
        let half = step.divide(&2.into());
        let bottom = Ratio::from(entry.low).subtract(&half);
        let equivalent = match self.place.checked_sub(1).filter(|_| above == 0) {
            Some(before) => bottom.add(&Ratio::from(entries[before].high).add(&half)).divide(&2.into()),
            None => bottom.add(&step.multiply(&Ratio::new(above, twice_a * u128::from(entry.count)))),
        };
        let rank = Ratio::new(rank, twice_a * u128::from(all[1]));
        [equivalent, step.multiply(&step).multiply(&self.error(&rank, all))]
    }

    /// Square of the standard error in steps, (P (1 - P) (1/m + 1/n) - (G - P) (P - G₋)/(n g))/g², with m and n the numbers of marks of
    /// a and b, g the share of the found mark of b, and G and G₋ the cumulative shares up to it and below it (equation 7.12).
    fn error(&self, rank: &Ratio, [m, n]: [u64; 2]) -> Ratio {
        let count = self.tables.b.entries()[self.place].count;
        let share = |count: u64| Ratio::new(count, n);
        let of_ranks = rank.multiply(&Ratio::from(1).subtract(rank)).multiply(&Ratio::new(1, m).add(&Ratio::new(1, n)));
        let [to_top, to_bottom] = [share(self.below + count).subtract(rank), rank.subtract(&share(self.below))];
        let of_mark = to_top.multiply(&to_bottom).divide(&count.into());
        of_ranks.subtract(&of_mark).divide(&share(count).multiply(&share(count)))
    }
}
