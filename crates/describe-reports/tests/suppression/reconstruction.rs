//! The number of values of a published result cannot be calculated from its statistics, in any format.
//!
//! The adversary knows the numbers of values that are shown alike, the unit of the data and the decimal places. For each number of
//! values it searches for sums Σx and Σx² of whole units that give the statistics as they are shown: if there is one number of
//! values alone with such sums, it is found. Beyond JSON, it looks for numbers that JSON does not have, and for files that differ
//! where JSON does not.

use std::collections::HashSet;
use std::io::{Cursor, Read};

use describe_readers::Limits;
use serde_json::Value as Json;

use super::{describe, write};

/// Random integers (Knuth's MMIX generator).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    /// Sum of some integers: about normally distributed.
    fn mark(&mut self, spread: u64) -> u64 {
        30 + (0..4).map(|_| self.below(spread)).sum::<u64>()
    }
}

/// Marks of groups, as integers in units of 10^-`places`.
struct Data {
    groups: Vec<Vec<u64>>,
    places: i32,
}

impl Data {
    fn drawn(random: &mut Random, sizes: &[u64], spread: u64, places: i32) -> Self {
        let groups = sizes.iter().map(|size| (0..*size).map(|_| random.mark(spread)).collect());
        Self { groups: groups.collect(), places }
    }

    fn table(&self) -> String {
        let rows = self
            .groups
            .iter()
            .zip('a'..)
            .flat_map(|(marks, group)| marks.iter().map(move |mark| format!("{group},{mark}e-{}\n", self.places)));
        format!("group,mark\n{}", rows.collect::<String>())
    }
}

/// Numbers of values that are shown as `nobs` is.
fn shown_alike(nobs: u64) -> std::ops::RangeInclusive<u64> {
    (nobs - 2).max(5)..=nobs + 2
}

/// Statistics of a result in units of the data, each with half of its last decimal place.
struct Shown {
    mean: (f64, f64),
    variance: (f64, f64),
    std: (f64, f64),
}

impl Shown {
    fn of(result: &Json, nobs: u64, places: i32) -> Self {
        let least = *shown_alike(nobs).start();
        let number = |name: &str, more: bool, power: i32| {
            let decimals = places + i32::from(more);
            let value = result[name].as_f64().unwrap_or_else(|| panic!("{name}: {result}"));
            let scaled = value * 10_f64.powi(decimals);
            assert!((scaled - scaled.round()).abs() < 1e-6, "{name} has more than {decimals} decimal places: {result}");
            (value * 10_f64.powi(power * places), 0.5 * 10_f64.powi(power * places - decimals) + 1e-9)
        };
        Self {
            mean: number("mean", least >= 8, 1),
            variance: number("variance", least >= 21, 2),
            std: number("std", least >= 21, 1),
        }
    }

    /// Whether some sums of `n` whole numbers give these statistics.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "small numbers")]
    fn is_possible(&self, n: u64) -> bool {
        let n = n as f64;
        let around = |(value, half): (f64, f64), factor: f64| ((value - half) * factor, (value + half) * factor);
        let (low, high) = around(self.mean, n);
        let within = |value: f64, (shown, half): (f64, f64)| (value - shown).abs() <= half;
        (low.ceil() as i64..=high.floor() as i64).any(|sum| {
            let square = (sum * sum) as f64;
            let (low, high) = around(self.variance, n - 1.0);
            let (low, high) = ((low + square / n).ceil() as i64, (high + square / n).floor() as i64);
            (low..=high).filter(|squares| (squares - sum) % 2 == 0).any(|squares| {
                let variance = (squares as f64 - square / n) / (n - 1.0);
                variance >= 0.0 && within(variance, self.variance) && within(variance.sqrt(), self.std)
            })
        })
    }
}

const ALL: &str = "minmax,mean,variance,skewness,kurtosis,std,cv,range,median,quartiles,iqr,quantiles,deciles,mode,mad,distinct,\
                   trimmed_mean,winsorized_mean,geometric_mean,harmonic_mean,outliers,facility,sum,sem,ci_mean,jarque_bera";

#[test]
fn moments_do_not_tell_the_number_of_values() {
    let mut random = Random(1);
    for (spread, places) in [(25, 0), (8, 0), (3, 0), (25, 1), (400, 2)] {
        for round in 0..12 {
            let sizes: Vec<u64> = (3..25).map(|size| size + 25 * (round % 2)).collect();
            let data = Data::drawn(&mut random, &sizes, spread, places);
            let options = [("publish", "ofqual"), ("group_by", "group"), ("statistics", "mean,variance,std")];
            let answer = describe(&options, &data.table(), &Limits::default());
            for (result, marks) in answer["results"].as_array().expect("results").iter().zip(&data.groups) {
                let Some(nobs) = result["nobs"].as_u64() else {
                    assert!(marks.len() < 5 && result["mean"].is_null(), "{result}");
                    continue;
                };
                let shown = Shown::of(result, nobs, places);
                assert!(shown.is_possible(marks.len() as u64), "the adversary is wrong: {} {result}", marks.len());
                let possible: Vec<u64> = shown_alike(nobs).filter(|n| shown.is_possible(*n)).collect();
                assert!(possible.len() > 1, "{possible:?} alone: {result}");
            }
        }
    }
}

/// The same adversary finds the number of values in statistics with all digits, and in those with one more place.
#[test]
fn the_adversary_finds_what_more_places_tell() {
    let possible = |n: f64, sum: f64, squares: f64, nobs: u64, place: f64| {
        let mean = sum / n;
        let variance = (squares - sum * mean) / (n - 1.0);
        let rounded = |value: f64| ((value / place).round() * place, 0.5 * place + 1e-9);
        let shown = Shown { mean: rounded(mean), variance: rounded(variance), std: rounded(variance.sqrt()) };
        shown_alike(nobs).filter(|n| shown.is_possible(*n)).collect::<Vec<_>>()
    };
    assert_eq!(possible(9.0, 473.0, 25_791.0, 10, 1e-6), [9]);
    // 40, 45, 48, 50, 52, 56, 60: a mean of 50.1 is that of 7 numbers, neither of 5 nor of 6.
    assert_eq!(possible(7.0, 351.0, 17_869.0, 5, 0.1), [7]);
    assert_eq!(possible(7.0, 351.0, 17_869.0, 5, 1.0), [5, 6, 7]);
}

/// Quantiles between values do not tell it either: they are values of the data.
#[test]
fn quantiles_are_rounded_to_the_unit() {
    let mut random = Random(2);
    let data = Data::drawn(&mut random, &[37, 50, 200], 25, 0);
    let options = [
        ("publish", "ofqual"),
        ("group_by", "group"),
        ("statistics", "quartiles,deciles,quantiles,iqr,mad,outliers"),
        ("quantiles", "0.07,0.31,0.83"),
    ];
    let answer = describe(&options, &data.table(), &Limits::default());
    let mut numbers = Vec::new();
    for result in answer["results"].as_array().expect("results") {
        for name in ["quartiles", "deciles", "iqr", "mad"] {
            collect(&result[name], &mut numbers);
        }
        numbers
            .extend(result["quantiles"].as_array().expect("quantiles").iter().filter_map(|one| one["value"].as_f64()));
        numbers.extend(["lower_fence", "upper_fence"].iter().filter_map(|name| result["outliers"][*name].as_f64()));
    }
    assert!(numbers.len() > 30 && numbers.iter().all(|number| number.fract() == 0.0), "{numbers:?}");
}

/// Numbers of a JSON value.
fn collect(value: &Json, numbers: &mut Vec<f64>) {
    match value {
        Json::Number(number) => numbers.extend(number.as_f64()),
        Json::Array(items) => items.iter().for_each(|item| collect(item, numbers)),
        Json::Object(members) => members.values().for_each(|member| collect(member, numbers)),
        _ => {}
    }
}

/// All text of a file; of an archive, of all its files.
fn text(bytes: &[u8]) -> String {
    if !bytes.starts_with(b"PK") {
        return String::from_utf8(bytes.to_vec()).expect("UTF-8");
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut all = String::new();
    for file in 0..archive.len() {
        archive.by_index(file).expect("a file").read_to_string(&mut all).expect("XML");
    }
    all
}

/// Numbers in a text with more than two digits after the point, trailing zeros aside.
fn long_numbers(text: &str) -> HashSet<&str> {
    let is_part = |character: char| character.is_ascii_digit() || character == '.';
    text.split(|character: char| !is_part(character))
        .filter_map(|word| {
            word.split_once('.')
                .filter(|(whole, rest)| !whole.is_empty() && !rest.contains('.'))
                .map(|_| word.trim_end_matches('0'))
        })
        .filter(|word| word.split_once('.').is_some_and(|(_, rest)| rest.len() > 2))
        .collect()
}

const FORMATS: [&[(&str, &str)]; 11] = [
    &[("format", "json")],
    &[("format", "ndjson")],
    &[("format", "csv")],
    &[("format", "markdown")],
    &[("format", "html")],
    &[("format", "html"), ("chart", "compare")],
    &[("chart", "histogram")],
    &[("chart", "box")],
    &[("chart", "compare")],
    &[("format", "xlsx")],
    &[("format", "ods")],
];

/// No format has a number with more decimal places than a publication of whole marks has, beside those that are in the file
/// whatever the data are.
#[test]
fn no_format_has_more_digits() {
    let mut random = Random(3);
    let drawn = [Data::drawn(&mut random, &[3, 6, 9, 17, 41, 88], 25, 0), Data::drawn(&mut random, &[7, 7, 30], 9, 0)];
    for format in FORMATS {
        let mut options = vec![
            ("publish", "ofqual"),
            ("group_by", "group"),
            ("overall", "true"),
            ("compare", "true"),
            ("statistics", ALL),
            ("quantiles", "0.1,0.9"),
            ("maximum", "150"),
        ];
        options.extend(format);
        let files = drawn.each_ref().map(|data| text(&write(&options, &data.table(), &Limits::default())));
        let [first, second] = files.each_ref().map(|file| long_numbers(file));
        let own: Vec<_> = first.symmetric_difference(&second).collect();
        assert!(own.is_empty(), "{format:?}: {own:?}");
        let exact = data_means(&drawn[0]);
        assert!(exact.iter().all(|mean| !files[0].contains(mean)), "{format:?}");
    }
}

/// Means with six digits after the point, cut.
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn data_means(data: &Data) -> Vec<String> {
    let mean = |marks: &Vec<u64>| marks.iter().sum::<u64>() as f64 / marks.len() as f64;
    let means = data.groups.iter().map(mean).filter(|mean| (mean * 1000.0).fract() != 0.0);
    means.map(|mean| format!("{mean:.6}")[..6].to_owned()).collect()
}

/// Data with the same JSON and another number of values have the same file in every format: no byte tells what JSON does not.
#[test]
fn files_depend_on_what_is_published_alone() {
    let mut random = Random(4);
    let options = |format: &[(&'static str, &'static str)]| {
        let mut options = vec![
            ("publish", "ofqual"),
            ("group_by", "group"),
            ("overall", "true"),
            ("statistics", "minmax,mean,quartiles,median,histogram"),
            ("bins", "aligned"),
        ];
        options.extend(format);
        options
    };
    let json = |data: &Data| write(&options(&[]), &data.table(), &Limits::default());
    let mut pairs = 0;
    for sizes in [[3, 41, 52], [60, 24, 4], [33, 70, 58], [2, 3, 91]] {
        let data = Data::drawn(&mut random, &sizes, 20, 0);
        let published = json(&data);
        let more = |group: usize, mark: u64| {
            let mut groups = data.groups.clone();
            groups[group].push(mark);
            Data { groups, places: 0 }
        };
        let tried = (0..3).flat_map(|group| (60..80).step_by(3).map(move |mark| (group, mark)));
        let alike = tried.map(|(group, mark)| more(group, mark)).filter(|other| json(other) == published).take(2);
        for other in alike {
            pairs += 1;
            for format in FORMATS {
                let files =
                    [&data, &other].map(|data| text(&write(&options(format), &data.table(), &Limits::default())));
                assert!(files[0] == files[1], "{format:?} {sizes:?}");
            }
        }
    }
    assert!(pairs >= 4, "{pairs} pairs of data with the same JSON");
}
