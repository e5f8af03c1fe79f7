//! Sums of powers from elsewhere, against all multisets of small integers: accepted if and only if some of them have these sums.

use std::collections::HashSet;

use describe::{KnownSums, Sample};
use num_bigint::BigInt;

/// Count, minimum and maximum, and the first four sums of powers.
type Figures = (u64, [i64; 2], [i64; 4]);

fn figures(integers: &[i64]) -> Figures {
    let sum = |power: u32| integers.iter().map(|integer| integer.pow(power)).sum();
    let extremes = [integers.iter().min(), integers.iter().max()].map(|extreme| *extreme.expect("some"));
    (integers.len() as u64, extremes, [1, 2, 3, 4].map(sum))
}

fn is_accepted((count, extremes, sums): Figures) -> bool {
    let [extremes, sums] = [extremes.to_vec(), sums.to_vec()].map(|all| all.into_iter().map(BigInt::from));
    let extremes: Vec<BigInt> = extremes.collect();
    let sums: Vec<BigInt> = sums.collect();
    let known = KnownSums {
        missing: 0,
        count,
        exponent: 0,
        extremes: extremes.try_into().expect("two"),
        sums: sums.try_into().expect("four"),
    };
    Sample::of_sums(known).is_ok()
}

/// Multisets of a number of the integers from `least` to 3.
fn multisets(count: usize, least: i64) -> Vec<Vec<i64>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let with = |first: i64| {
        multisets(count - 1, first).into_iter().map(move |mut rest| {
            rest.push(first);
            rest
        })
    };
    (least..=3).flat_map(with).collect()
}

#[test]
fn what_no_integers_have_is_refused() {
    for count in 1..=7 {
        let possible: HashSet<Figures> = multisets(count, -3).iter().map(|integers| figures(integers)).collect();
        for known in &possible {
            assert!(is_accepted(*known), "{known:?}");
            for power in 0..4 {
                for change in [-24, -12, -6, -4, -3, -2, -1, 1, 2, 3, 4, 6, 12, 24, 48, 24_000] {
                    let mut changed = *known;
                    changed.2[power] += change;
                    // Up to four numbers are known to the last one. Of more, the sums are all even or all odd, and bounded.
                    let is_certain = count <= 4 || change % 2 != 0 || change == 24_000;
                    if is_certain && !possible.contains(&changed) {
                        assert!(!is_accepted(changed), "{changed:?}");
                    }
                }
            }
            for (end, change) in [(0, -1), (0, 1), (1, -1), (1, 1)] {
                let mut changed = *known;
                changed.1[end] += change;
                if !possible.contains(&changed) && count <= 4 && changed.1.iter().all(|extreme| extreme.abs() <= 3) {
                    assert!(!is_accepted(changed), "{changed:?}");
                }
            }
        }
    }
}

#[test]
fn figures_without_numbers_are_refused() {
    let with = |extremes: [i64; 2], sums: [i64; 4]| is_accepted((0, extremes, sums));
    assert!(with([0, 0], [0; 4]));
    assert!(!with([0, 1], [0; 4]));
    assert!(!with([0, 0], [0, 0, 0, 1]));
}

/// 7 and 8, then one figure changed: each is refused by an inequality of its own.
#[test]
fn every_figure_of_two_numbers_is_known() {
    let known = figures(&[7, 8]);
    assert_eq!(known, (2, [7, 8], [15, 113, 855, 6497]));
    assert!(is_accepted(known));
    for fourth in [6498, 6496, 6521, 1_000_000_000_000] {
        assert!(!is_accepted((2, [7, 8], [15, 113, 855, fourth])));
    }
    assert!(!is_accepted((2, [6, 8], [15, 113, 855, 6497])));
    assert!(!is_accepted((2, [8, 7], [15, 113, 855, 6497])));
    assert!(!is_accepted((1, [7, 7], [7, 49, 343, 2402])));
    assert!(!is_accepted((1, [7, 8], [7, 49, 343, 2401])));
}

/// The two numbers between -10 and 10 have the right sums of powers for every divisor, but are the roots of 24.
#[test]
fn roots_are_not_integers() {
    assert!(!is_accepted((4, [-10, 10], [0, 2 * 100 + 2 * 24, 0, 2 * 10_000 + 2 * 24 * 24])));
    assert!(is_accepted((4, [-10, 10], [0, 2 * 100 + 2 * 25, 0, 2 * 10_000 + 2 * 25 * 25])));
}

/// 3, 6 and 128 times 4.5 have sums with every divisor of those of integers, and less variance.
#[test]
fn integers_are_apart() {
    assert!(!is_accepted((130, [3, 6], [585, 2637, 11_907, 53_865])));
    let halves = [3, 6].into_iter().chain([4, 5].repeat(64));
    assert!(is_accepted(figures(&halves.collect::<Vec<_>>())));
}

/// Between the bounds of each sum of powers, the third and fourth decide together.
#[test]
fn sums_of_powers_bound_each_other() {
    for (count, extremes, sums, fourth) in [
        (7, [1, 9], [36, 246, 1824], [14_022, 14_526]),
        (8, [0, 9], [32, 212, 1532], [11_636, 12_188]),
        (7, [0, 10], [32, 208, 1586], [13_444, 13_780]),
    ] {
        let [known, beyond] = fourth.map(|fourth| (count, extremes, [sums[0], sums[1], sums[2], fourth]));
        assert!(is_accepted(known), "{known:?}");
        assert!(!is_accepted(beyond), "{beyond:?}");
    }
}
