//! Figures against their definitions in exact rational numbers, from the marks themselves; and what must not matter to them.

use describe_items::{
    BANDS, Figure, ItemAnalysis, ItemCell, ItemRules, ItemTally, ItemWarning, Mark, Paper, Unanswered, Undefined,
};
use num_bigint::BigInt;
use num_rational::Ratio;
use num_traits::{One, Signed, Zero};
use proptest::prelude::*;

type Rational = Ratio<BigInt>;

/// Marks of a candidate, in tenths; `None` for no answer.
type Row = Vec<Option<i32>>;

const ZERO_RULES: ItemRules = ItemRules { unanswered: Unanswered::Zero, not_reached_is_told: false };

fn cell(mark: Option<i32>) -> ItemCell {
    let mark = mark.map(|tenths| {
        if tenths % 10 == 0 { Mark { units: tenths / 10, decimals: 0 } } else { Mark { units: tenths, decimals: 1 } }
    });
    mark.map_or(ItemCell::Blank, ItemCell::Mark)
}

fn tally_of(rows: &[Row], items: usize, rules: ItemRules) -> ItemTally {
    let mut tally = ItemTally::new(items, rules);
    for row in rows {
        let cells: Vec<ItemCell> = row.iter().copied().map(cell).collect();
        tally.push(&cells, None);
    }
    tally
}

fn analyse(tally: &ItemTally, maxima: &[Option<Mark>]) -> ItemAnalysis {
    tally.analyse(&Paper { maxima, keys: &[], ddof: 1 })
}

fn rational(value: impl Into<BigInt>) -> Rational {
    Rational::from(value.into())
}

fn tenths(value: i32) -> Rational {
    Rational::new(value.into(), 10.into())
}

/// The double as a rational number.
fn of_double(value: f64) -> Rational {
    let (bits, sign) = (value.abs().to_bits(), if value < 0.0 { -1 } else { 1 });
    let exponent = (bits >> 52).max(1);
    let mantissa =
        BigInt::from(bits & ((1 << 52) - 1)) + if bits >> 52 > 0 { BigInt::one() << 52 } else { BigInt::zero() };
    Rational::new(mantissa << exponent, BigInt::one() << 1075) * rational(sign)
}

/// Whether a double is the nearest one to a number that lies between two rational ones.
fn is_nearest(value: f64, low: &Rational, high: &Rational) -> bool {
    let half = |a: f64, b: f64| (of_double(a) + of_double(b)) / rational(2);
    half(value.next_down(), value) <= *high && *low <= half(value, value.next_up())
}

/// √`square` from below, and a bound from above, 300 bits behind the point.
fn root(square: &Rational) -> (Rational, Rational) {
    const BITS: u32 = 300;
    let scaled = (square * Rational::from(BigInt::one() << (2 * BITS))).floor().to_integer();
    let unit = BigInt::one() << BITS;
    (Rational::new(scaled.sqrt(), unit.clone()), Rational::new(scaled.sqrt() + 1, unit))
}

fn mean(values: &[Rational]) -> Rational {
    values.iter().sum::<Rational>() / rational(values.len())
}

fn covariance(a: &[Rational], b: &[Rational]) -> Rational {
    let (of_a, of_b) = (mean(a), mean(b));
    let sum: Rational = a.iter().zip(b).map(|(a, b)| (a - &of_a) * (b - &of_b)).sum();
    sum / (rational(a.len()) - rational(1))
}

/// Checks a correlation against that of two lists.
fn check_correlation(figure: Figure, a: &[Rational], b: &[Rational]) {
    let product = covariance(a, a) * covariance(b, b);
    if product.is_zero() {
        assert!(figure.is_err(), "{figure:?}");
        return;
    }
    let covariance = covariance(a, b);
    let (low, high) = root(&(&covariance * &covariance / product));
    let value = figure.expect("a correlation");
    assert!(is_nearest(value.abs(), &low, &high) || (value == 0.0 && low.is_zero()), "{value} {low} {high}");
    assert!(!(value.is_sign_negative() && value == 0.0) && (value < 0.0) == covariance.is_negative());
}

fn check_ratio(figure: Figure, expected: &Rational) {
    let value = figure.expect("a figure");
    assert!(is_nearest(value, expected, expected), "{value} is not {expected}");
}

fn check_root(figure: Figure, square: &Rational) {
    let (low, high) = root(square);
    let value = figure.expect("a figure");
    assert!(is_nearest(value, &low, &high) || (value == 0.0 && square.is_zero()), "{value}");
}

/// Columns of marks, unanswered ones as 0.
fn columns(rows: &[Row], items: usize) -> Vec<Vec<Rational>> {
    (0..items).map(|item| rows.iter().map(|row| tenths(row[item].unwrap_or(0))).collect()).collect()
}

fn added<'a>(columns: impl Iterator<Item = &'a Vec<Rational>>, rows: usize) -> Vec<Rational> {
    columns.fold(vec![Rational::zero(); rows], |sum, column| sum.iter().zip(column).map(|(a, b)| a + b).collect())
}

fn alpha_of(columns: &[&Vec<Rational>]) -> Option<Rational> {
    let total = added(columns.iter().copied(), columns[0].len());
    let variance = covariance(&total, &total);
    let k = rational(columns.len());
    let sum: Rational = columns.iter().map(|column| covariance(column, column)).sum();
    (!variance.is_zero()).then(|| &k / (&k - rational(1)) * (rational(1) - sum / variance))
}

/// Inverse by Gauss and Jordan; `None` for a singular matrix.
fn inverse(matrix: &[Vec<Rational>]) -> Option<Vec<Vec<Rational>>> {
    let size = matrix.len();
    let mut rows: Vec<Vec<Rational>> = matrix
        .iter()
        .enumerate()
        .map(|(i, row)| row.iter().cloned().chain((0..size).map(|j| rational(i64::from(i == j)))).collect())
        .collect();
    for column in 0..size {
        let pivot = (column..size).find(|row| !rows[*row][column].is_zero())?;
        rows.swap(column, pivot);
        let factor = rows[column][column].clone();
        rows[column].iter_mut().for_each(|entry| *entry /= &factor);
        let own = rows[column].clone();
        for (place, row) in rows.iter_mut().enumerate() {
            if place != column {
                let factor = row[column].clone();
                row.iter_mut().zip(&own).for_each(|(entry, own)| *entry -= &factor * own);
            }
        }
    }
    Some(rows.into_iter().map(|row| row[size..].to_vec()).collect())
}

/// Sum of the marks of the candidates between two shares of all, one candidate after another in steps of a thousandth of it: the
/// candidates with one total share their marks.
fn between(columns: &[Vec<Rational>], item: usize, from: &Rational, to: &Rational) -> Rational {
    let count = columns[0].len();
    let totals = added(columns.iter(), count);
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| totals[*a].cmp(&totals[*b]));
    let shared = |candidate: usize| {
        let same: Vec<Rational> =
            (0..count).filter(|one| totals[*one] == totals[candidate]).map(|one| columns[item][one].clone()).collect();
        mean(&same)
    };
    let mut sum = Rational::zero();
    for (place, candidate) in order.iter().enumerate() {
        let (low, high) = (rational(place), rational(place + 1));
        let taken = to.min(&high).clone() - from.max(&low).clone();
        if taken.is_positive() {
            sum += taken * shared(*candidate);
        }
    }
    sum
}

fn check_test(analysis: &ItemAnalysis, columns: &[Vec<Rational>]) {
    let (k, count) = (columns.len(), columns[0].len());
    let total = added(columns.iter(), count);
    let variance = covariance(&total, &total);
    let test = &analysis.test;
    check_ratio(test.mean, &mean(&total));
    check_root(test.std, &variance);
    check_ratio(test.min, total.iter().min().expect("candidates"));
    check_ratio(test.max, total.iter().max().expect("candidates"));
    let all: Vec<&Vec<Rational>> = columns.iter().collect();
    let alpha = if k > 1 { alpha_of(&all) } else { None };
    let Some(alpha) = alpha else {
        for figure in [test.alpha, test.standardised_alpha, test.lambda_2, test.lambda_6, test.split_half] {
            assert!(figure.is_err());
        }
        assert!(test.measurement_error.is_err());
        return;
    };
    check_ratio(test.alpha, &alpha);
    check_root(test.measurement_error, &(&variance * (rational(1) - &alpha)));
    let matrix: Vec<Vec<Rational>> =
        columns.iter().map(|a| columns.iter().map(|b| covariance(a, b)).collect()).collect();
    let items = rational(k);
    let pairs = || (0..k).flat_map(|i| (0..k).map(move |j| (i, j))).filter(|(i, j)| i != j);
    // Guttman's lambda-2.
    let between_items: Rational = pairs().map(|(i, j)| matrix[i][j].clone()).sum();
    let squares: Rational = pairs().map(|(i, j)| &matrix[i][j] * &matrix[i][j]).sum();
    let (low, high) = root(&(squares * &items / (&items - rational(1))));
    let value = test.lambda_2.expect("lambda-2");
    assert!(
        is_nearest(value, &((&between_items + low) / &variance), &((&between_items + high) / &variance)),
        "{value}"
    );
    // Guttman's lambda-6.
    match inverse(&matrix) {
        Some(inverse) => {
            let errors: Rational = (0..k).map(|i| inverse[i][i].recip()).sum();
            check_ratio(test.lambda_6, &(rational(1) - errors / &variance));
        }
        None => assert_eq!(test.lambda_6, Err(Undefined::Singular)),
    }
    // Standardised alpha.
    if matrix.iter().enumerate().any(|(i, row)| row[i].is_zero()) {
        assert_eq!(test.standardised_alpha, Err(Undefined::SomeConstantItem));
    } else {
        let (mut low, mut high) = (Rational::zero(), Rational::zero());
        for (i, j) in pairs() {
            let (below, above) = root(&(&matrix[i][j] * &matrix[i][j] / (&matrix[i][i] * &matrix[j][j])));
            if matrix[i][j].is_negative() {
                low -= above;
                high -= below;
            } else {
                low += below;
                high += above;
            }
        }
        let stepped = |sum: &Rational| &items / (&items - rational(1)) * sum / (&items + sum);
        if let Ok(value) = test.standardised_alpha {
            assert!(is_nearest(value, &stepped(&low), &stepped(&high)), "{value}");
        } else {
            assert!((&items + high).abs() < Rational::new(1.into(), BigInt::one() << 70));
        }
    }
    let halves = [0, 1].map(|first| added(columns.iter().skip(first).step_by(2), count));
    let [odd, even] = &halves;
    let spread = covariance(odd, odd) * covariance(even, even);
    let between_halves = covariance(odd, even);
    if spread.is_zero() || &between_halves * &between_halves == spread && between_halves.is_negative() {
        assert_eq!(test.split_half, Err(Undefined::ConstantHalf));
    } else {
        let (low, high) = root(&spread);
        let stepped = |root: &Rational| rational(2) * &between_halves / (root + &between_halves);
        let ends = [stepped(&low), stepped(&high)];
        let value = test.split_half.expect("a coefficient");
        let (least, greatest) = (ends.iter().min().expect("two"), ends.iter().max().expect("two"));
        assert!(is_nearest(value, least, greatest) || (value == 0.0 && least.is_zero()), "{value}");
    }
}

fn check_items(analysis: &ItemAnalysis, columns: &[Vec<Rational>], maximum: i64) {
    let count = columns[0].len();
    let n = rational(count);
    let total = added(columns.iter(), count);
    let variance = covariance(&total, &total);
    for (item, (figures, column)) in analysis.items.iter().zip(columns).enumerate() {
        let rest: Vec<Rational> = total.iter().zip(column).map(|(total, mark)| total - mark).collect();
        let percent = |sum: Rational, of: Rational| sum * rational(100) / (of * rational(maximum));
        check_ratio(figures.mean, &mean(column));
        check_root(figures.std, &covariance(column, column));
        check_ratio(figures.facility, &percent(column.iter().sum(), n.clone()));
        check_correlation(figures.discrimination, column, &rest);
        check_correlation(figures.item_total, column, &total);
        let others: Vec<&Vec<Rational>> =
            columns.iter().enumerate().filter(|(other, _)| *other != item).map(|(_, column)| column).collect();
        match if others.len() > 1 { alpha_of(&others) } else { None } {
            Some(alpha) => check_ratio(figures.alpha_without, &alpha),
            None => assert!(figures.alpha_without.is_err()),
        }
        if variance.is_zero() {
            assert_eq!(figures.effective_weight, Err(Undefined::ConstantTotal));
        } else {
            check_ratio(figures.effective_weight, &(covariance(column, &total) * rational(100) / &variance));
        }
        let share = &n * Rational::new(27.into(), 100.into());
        let upper = between(columns, item, &(&n - &share), &n);
        check_ratio(figures.upper_facility, &percent(upper, share.clone()));
        let lower = between(columns, item, &Rational::zero(), &share);
        check_ratio(figures.lower_facility, &percent(lower, share));
        for (band, figure) in figures.bands.iter().enumerate() {
            let edge = |place: usize| &n * Rational::new(place.into(), BANDS.into());
            let sum = between(columns, item, &edge(band), &edge(band + 1));
            check_ratio(*figure, &percent(sum, &n / rational(BANDS)));
        }
        let is_negative = figures.discrimination.is_ok_and(|r| r < 0.0);
        assert_eq!(figures.warnings.contains(&ItemWarning::NegativeDiscrimination), is_negative);
        let greatest = column.iter().max().expect("candidates");
        let is_above = *greatest > rational(maximum);
        assert_eq!(figures.warnings.contains(&ItemWarning::AboveMaximum), is_above);
    }
}

/// Small tables, of whole marks or of tenths, with few different marks so that ties, constants and linear dependence occur.
fn tables() -> impl Strategy<Value = (usize, Vec<Row>)> {
    (1..6_usize, 2..14_usize, 1..4_i32, any::<bool>()).prop_flat_map(|(items, count, most, is_whole)| {
        let mark =
            (0..=most, 0..10_i32).prop_map(move |(whole, rest)| 10 * whole + if is_whole { 0 } else { rest / 5 * 5 });
        let cell = prop_oneof![8 => mark.prop_map(Some), 1 => Just(None)];
        let rows = prop::collection::vec(prop::collection::vec(cell, items), count);
        (Just(items), rows)
    })
}

/// Everything that an analysis says, to the last bit.
fn shown(analysis: &ItemAnalysis) -> String {
    format!("{analysis:?}")
}

proptest! {
    #[test]
    fn figures_are_those_of_the_definitions((items, rows) in tables()) {
        let maxima = vec![Some(Mark { units: 3, decimals: 0 }); items];
        let analysis = analyse(&tally_of(&rows, items, ZERO_RULES), &maxima);
        prop_assert_eq!(analysis.candidates, rows.len() as u64);
        let columns = columns(&rows, items);
        check_test(&analysis, &columns);
        check_items(&analysis, &columns, 3);
    }

    #[test]
    fn complete_candidates_are_those_of_a_table_without_the_others((items, rows) in tables()) {
        let maxima = vec![Some(Mark { units: 3, decimals: 0 }); items];
        let whole: Vec<Row> = rows.iter().filter(|row| row.iter().all(Option::is_some)).cloned().collect();
        let rules = ItemRules { unanswered: Unanswered::Complete, ..ZERO_RULES };
        let complete = analyse(&tally_of(&rows, items, rules), &maxima);
        let expected = analyse(&tally_of(&whole, items, ZERO_RULES), &maxima);
        prop_assert_eq!(complete.incomplete, (rows.len() - whole.len()) as u64);
        prop_assert_eq!(format!("{:?}", complete.test), format!("{:?}", expected.test));
        for (complete, expected) in complete.items.iter().zip(&expected.items) {
            prop_assert_eq!(complete.discrimination, expected.discrimination);
            prop_assert_eq!(&complete.bands, &expected.bands);
        }
    }

    #[test]
    fn pairwise_items_have_the_candidates_who_answered_them((items, rows) in tables()) {
        let rules = ItemRules { unanswered: Unanswered::Pairwise, ..ZERO_RULES };
        let analysis = analyse(&tally_of(&rows, items, rules), &vec![Some(Mark { units: 3, decimals: 0 }); items]);
        for figure in [analysis.test.alpha, analysis.test.lambda_2, analysis.test.split_half, analysis.test.mean] {
            prop_assert_eq!(figure, Err(Undefined::Pairwise));
        }
        for (item, figures) in analysis.items.iter().enumerate() {
            let answered: Vec<Row> = rows.iter().filter(|row| row[item].is_some()).cloned().collect();
            prop_assert_eq!(figures.nobs, answered.len() as u64);
            prop_assert_eq!(figures.bands.clone(), vec![Err(Undefined::Pairwise); BANDS]);
            if answered.len() < 2 {
                prop_assert!(figures.discrimination.is_err() && figures.std.is_err());
                continue;
            }
            let columns = columns(&answered, items);
            let total = added(columns.iter(), answered.len());
            let rest: Vec<Rational> = total.iter().zip(&columns[item]).map(|(total, mark)| total - mark).collect();
            check_correlation(figures.discrimination, &columns[item], &rest);
            check_correlation(figures.item_total, &columns[item], &total);
            check_ratio(figures.mean, &mean(&columns[item]));
            check_root(figures.std, &covariance(&columns[item], &columns[item]));
        }
    }

    #[test]
    fn any_division_gives_the_same((items, rows) in tables(), cuts in prop::collection::vec(0..14_usize, 0..4), policy in 0..3_usize, turned in any::<bool>()) {
        let unanswered = [Unanswered::Zero, Unanswered::Complete, Unanswered::Pairwise][policy];
        let rules = ItemRules { unanswered, ..ZERO_RULES };
        let maxima = vec![None; items];
        let whole = shown(&analyse(&tally_of(&rows, items, rules), &maxima));
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut % (rows.len() + 1)).chain([0, rows.len()]).collect();
        cuts.sort_unstable();
        let mut parts: Vec<ItemTally> = cuts.windows(2).map(|ends| tally_of(&rows[ends[0]..ends[1]], items, rules)).collect();
        if turned {
            parts.reverse();
        }
        let mut merged = ItemTally::new(items, rules);
        for part in &parts {
            merged.merge(part);
        }
        prop_assert_eq!(shown(&analyse(&merged, &maxima)), whole);
    }

    #[test]
    fn reversed_items_change_the_sign((items, rows) in tables(), item in 0..5_usize) {
        let item = item % items;
        let whole: Vec<Row> = rows.iter().map(|row| row.iter().map(|mark| Some(mark.unwrap_or(0))).collect()).collect();
        let reversed: Vec<Row> = whole.iter().map(|row| {
            let turn = |(place, mark): (usize, &Option<i32>)| mark.map(|mark| if place == item { -mark } else { mark });
            row.iter().enumerate().map(turn).collect()
        }).collect();
        let maxima = vec![None; items];
        let [straight, reversed] = [whole, reversed].map(|rows| analyse(&tally_of(&rows, items, ZERO_RULES), &maxima));
        let turned = straight.items[item].discrimination.map(|r| -r + 0.0);
        prop_assert_eq!(reversed.items[item].discrimination, turned);
        prop_assert_eq!(reversed.items[item].std, straight.items[item].std);
        prop_assert_eq!(reversed.items[item].alpha_without, straight.items[item].alpha_without);
    }

    #[test]
    fn batches_are_summed_like_single_candidates(marks in prop::collection::vec(0..4_i32, 40), wide in any::<bool>(), times in 200..700_usize) {
        // More candidates than are multiplied together, in 16 bits or beyond.
        let rows: Vec<Row> = (0..times).map(|n| (0..4).map(|item| {
            let mark = marks[(n * 7 + item * 11) % 40];
            Some(10 * if wide && n == 300 { mark + 90_000 } else { mark })
        }).collect()).collect();
        let analysis = analyse(&tally_of(&rows, 4, ZERO_RULES), &[None; 4]);
        let columns = columns(&rows, 4);
        let all: Vec<&Vec<Rational>> = columns.iter().collect();
        match alpha_of(&all) {
            Some(alpha) => check_ratio(analysis.test.alpha, &alpha),
            None => prop_assert!(analysis.test.alpha.is_err()),
        }
    }
}

#[test]
fn nothing_is_ever_not_a_number() {
    for (items, count) in [(0, 0), (0, 3), (1, 0), (1, 1), (1, 4), (2, 0), (2, 1), (3, 0), (3, 1)] {
        let rows = vec![vec![Some(10); items]; count];
        for unanswered in [Unanswered::Zero, Unanswered::Complete, Unanswered::Pairwise] {
            let tally = tally_of(&rows, items, ItemRules { unanswered, ..ZERO_RULES });
            let analysis = analyse(&tally, &vec![None; items]);
            assert!(analysis.test.alpha.is_err());
            let text = shown(&analysis);
            assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
        }
    }
}

#[test]
fn items_without_correlation_have_no_reliability() {
    for units in [1, 3, 7] {
        let rows: Vec<Row> =
            [[0, 0], [0, 1], [1, 0], [1, 1]].map(|row| row.map(|mark| Some(10 * units * mark)).to_vec()).into();
        let test = analyse(&tally_of(&rows, 2, ZERO_RULES), &[None; 2]).test;
        for figure in [test.alpha, test.standardised_alpha, test.lambda_2, test.lambda_6, test.split_half] {
            assert_eq!(figure.map(f64::to_bits), Ok(0));
        }
    }
}

#[test]
fn counts_tell_omitted_from_not_reached() {
    use ItemCell::{Absent, Blank, NotReached};
    let one = ItemCell::Mark(Mark { units: 1, decimals: 0 });
    let rows = [
        [one, Blank, one, Blank],
        [one, one, Blank, Blank],
        [Blank, Blank, Blank, Blank],
        [Absent, Blank, Absent, Absent],
        [one, Absent, NotReached, NotReached],
    ];
    for (is_told, omitted, not_reached) in [(false, [0, 1, 0, 0], [1, 2, 3, 4]), (true, [1, 3, 2, 3], [0, 0, 1, 1])] {
        let mut tally = ItemTally::new(4, ItemRules { not_reached_is_told: is_told, ..ZERO_RULES });
        for row in &rows {
            tally.push(row, None);
        }
        let analysis = analyse(&tally, &[None; 4]);
        assert_eq!((analysis.candidates, analysis.absent, analysis.without_answers), (4, 1, 1));
        let counts: Vec<[u64; 2]> = analysis.items.iter().map(|item| [item.omitted, item.not_reached]).collect();
        let expected: Vec<[u64; 2]> = omitted.into_iter().zip(not_reached).map(|(o, n)| [o, n]).collect();
        assert_eq!(counts, expected, "{is_told}");
    }
}

#[test]
fn distractors_have_point_biserials() {
    // The totals of the other two items are 0, 1, 1, 2, 2; the answers to the first one are A, A, B, B, B.
    let answers = [["A", "C", "C"], ["A", "B", "C"], ["B", "C", "D"], ["B", "B", "D"], ["B", "B", "D"]];
    let keys = ["B", "B", "D"].map(str::to_owned);
    let mut tally = ItemTally::new(3, ZERO_RULES);
    for row in &answers {
        let mark = |(answer, key): (&&str, &String)| Mark { units: i32::from(*answer == key), decimals: 0 };
        let cells: Vec<ItemCell> = row.iter().zip(&keys).map(mark).map(ItemCell::Mark).collect();
        tally.push(&cells, Some(&|item| row[item].as_bytes()));
    }
    let analysis = tally.analyse(&Paper { maxima: &[None; 3], keys: &keys, ddof: 1 });
    let [wrong, right] = &analysis.items[0].choices[..] else { panic!("two answers") };
    assert_eq!((wrong.choice.as_str(), wrong.is_key, wrong.count, wrong.percent), ("A", false, 2, Ok(40.0)));
    assert_eq!((right.choice.as_str(), right.is_key, right.count, right.percent), ("B", true, 3, Ok(60.0)));
    let chosen: Vec<Rational> = [0, 0, 1, 1, 1].map(rational).into();
    let rest: Vec<Rational> = [0, 1, 1, 2, 2].map(rational).into();
    check_correlation(right.point_biserial, &chosen, &rest);
    assert_eq!(right.point_biserial, analysis.items[0].discrimination);
    assert_eq!(wrong.point_biserial, right.point_biserial.map(|r| -r));
}
