//! Aligned bins against their definition in integers, by brute force, and against the smooth curves that data are drawn from.

use describe::{Bins, Histogram, Number, Retention, Sample, Scale, Statistic, Statistics, Value, Wanted};
use proptest::prelude::*;

/// A column: its groups, each with its values as integers in units of 10^-`places`.
#[derive(Debug)]
struct Column {
    groups: Vec<Vec<i128>>,
    places: usize,
}

impl Column {
    fn text(&self, value: i128) -> String {
        format!("{value}e-{}", self.places)
    }

    fn samples(&self) -> Vec<Sample> {
        let sample = |values: &Vec<i128>| {
            let mut sample = Sample::new(&Retention { max_distinct: Some(10_000), ..Retention::default() });
            for value in values {
                sample.push(Number::parse(self.text(*value).as_bytes()).expect("a number"));
            }
            sample
        };
        self.groups.iter().map(sample).collect()
    }

    fn histograms(&self, range: Option<[i128; 2]>) -> Vec<Histogram> {
        let samples = self.samples();
        let scale = samples.iter().filter_map(Sample::scale).reduce(|all, one| Scale::merged(&all, &one));
        let end = |end: i128| match Number::parse(self.text(end).as_bytes()) {
            Ok(Number::Finite(decimal)) => decimal,
            other => panic!("{other:?}"),
        };
        let wanted = Wanted {
            statistics: Statistics::NONE.with(Statistic::Histogram),
            bins: Bins::Aligned,
            range: range.map(|range| range.map(end)),
            scale,
            ..Wanted::default()
        };
        samples.iter().map(|sample| histogram(sample, &wanted)).collect()
    }

    fn values(&self) -> impl Iterator<Item = i128> {
        self.groups.iter().flatten().copied()
    }

    /// Greatest common divisor of all differences, by trial.
    fn step(&self) -> i128 {
        let least = self.values().min().expect("a value");
        let most = self.values().map(|value| value - least).max().expect("a value");
        let divides = |step: &i128| self.values().all(|value| (value - least) % step == 0);
        if most == 0 {
            10_i128.pow(u32::try_from(self.finer_places()).expect("few"))
        } else {
            (1..=most).rev().find(divides).expect("1 divides")
        }
    }

    /// Places that the only value of a constant column does not need.
    fn finer_places(&self) -> usize {
        let value = self.values().next().expect("a value");
        (0..self.places).take_while(|place| value % 10_i128.pow(u32::try_from(*place).expect("few") + 1) == 0).count()
    }

    /// Doubles of the lower edges and the last edge, in halves of 10^-`places`, and the counts of each group.
    fn expected(&self, range: Option<[i128; 2]>) -> (Vec<f64>, Vec<Vec<u64>>) {
        let step = self.step();
        let least = self.values().min().expect("a value");
        let possible = |value: &i128| (value - least) % step == 0;
        let [low, high] = range.unwrap_or([least, self.values().max().expect("a value")]);
        let low = (low..low + step).find(possible).expect("a possible value");
        let high = (low..=high.max(low)).rev().find(possible).expect("a possible value");
        let most = self.groups.iter().map(Vec::len).max().expect("a group");
        let max = (1..1000).find(|bins: &usize| bins.pow(3) >= 8 * most).expect("some").clamp(5, 50);
        let offset = least.rem_euclid(step);
        let starts = |width: i128| {
            let first = (0..width).map(|down| low - down * step).find(|start| (start - offset) % (width * step) == 0);
            let first = first.expect("a start");
            (0..=(high - first) / (width * step)).map(|bin| first + bin * width * step).collect::<Vec<_>>()
        };
        let widths = (0..30).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_i128.pow(power)));
        let (width, starts) =
            widths.map(|width| (width, starts(width))).find(|(_, starts)| starts.len() <= max).expect("a width");
        let end = starts[starts.len() - 1] + width * step;
        let inside = |value: &&i128| range.is_none_or(|[low, high]| (low..=high).contains(*value));
        let count = |values: &Vec<i128>, start: &i128| {
            let bin = *start..start + width * step;
            values.iter().filter(|value| bin.contains(value)).filter(inside).count() as u64
        };
        let counts =
            self.groups.iter().map(|values| starts.iter().map(|start| count(values, start)).collect()).collect();
        let edge = |start: i128| format!("{}e-{}", 5 * (2 * start - step), self.places + 1).parse().expect("a number");
        (starts.into_iter().chain([end]).map(edge).collect(), counts)
    }
}

fn histogram(sample: &Sample, wanted: &Wanted) -> Histogram {
    match &sample.describe(wanted).figures[..] {
        [(_, Value::Histogram(histogram))] => histogram.clone(),
        other => panic!("{other:?}"),
    }
}

fn column() -> impl Strategy<Value = Column> {
    let value = (-200..1200_i128, prop::sample::select(vec![1, 2, 5, 25, 50, 7]));
    let groups = |(span, step): (i128, i128)| {
        prop::collection::vec(prop::collection::vec((0..=span).prop_map(move |value| value * step), 1..40), 1..4)
    };
    let shift = |groups: Vec<Vec<i128>>, shift: i128| -> Vec<Vec<i128>> {
        groups.into_iter().map(|values| values.into_iter().map(|value| value + shift).collect()).collect()
    };
    let column = (value, -500..500_i128, 0..4_usize)
        .prop_flat_map(move |((span, step), by, places)| (groups((span.max(0), step)), Just(by), Just(places)));
    column.prop_map(move |(groups, by, places)| Column { groups: shift(groups, by), places })
}

proptest! {
    #[test]
    fn bins_are_those_of_the_definition(column in column(), range in prop::option::of((-600..1000_i128, 0..2000_i128))) {
        let range = range.map(|(low, width)| [low, low + width]);
        let (edges, counts) = column.expected(range);
        for ((found, counts), values) in column.histograms(range).iter().zip(counts).zip(&column.groups) {
            prop_assert_eq!(found.edges.iter().map(|edge| edge.expect("finite")).collect::<Vec<_>>(), edges.clone());
            prop_assert_eq!(&found.counts, &counts.into_iter().map(Some).collect::<Vec<_>>());
            if range.is_none() {
                let sum: u64 = found.counts.iter().map(|count| count.expect("shown")).sum();
                prop_assert_eq!(sum, values.len() as u64);
            }
        }
    }
}

/// Random numbers between 0 and 1 (Knuth's MMIX generator).
struct Random(u64);

impl Random {
    #[expect(clippy::cast_precision_loss, reason = "52 bits")]
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }
}

/// Logistic distribution: share of the values below a value.
fn share_below(value: f64, [mean, scale]: [f64; 2]) -> f64 {
    1.0 / (1.0 + (-(value - mean) / scale).exp())
}

/// Values of the logistic distribution, rounded to multiples of `step`.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "small numbers")]
fn drawn(random: &mut Random, [mean, scale]: [f64; 2], step: i128, count: usize) -> Vec<i128> {
    let step_size = step as f64;
    let mut value = || {
        let share = random.next();
        (mean + scale * (share / (1.0 - share)).ln()) / step_size
    };
    (0..count).map(|_| value().round() as i128 * step).collect()
}

/// Largest distance of a count from that of the curve, in standard errors. The curve is continuous: a bin with more possible
/// values than its width makes it stand out.
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn largest_deviation(histogram: &Histogram, curve: [f64; 2], unit: f64, count: usize) -> f64 {
    let edges: Vec<f64> = histogram.edges.iter().map(|edge| edge.expect("finite") / unit).collect();
    let n = count as f64;
    let deviation = |(edges, found): (&[f64], &Option<u64>)| {
        let share = share_below(edges[1], curve) - share_below(edges[0], curve);
        (found.expect("shown") as f64 - n * share).abs() / (n * share * (1.0 - share)).sqrt().max(1.0)
    };
    edges.windows(2).zip(&histogram.counts).map(deviation).fold(0.0, f64::max)
}

/// Whole marks, half marks, marks heaped at multiples of 5, money in steps of 5 pence and in pence: mean and scale of the curve in
/// units of the last place, step in the same, and decimal places.
const KINDS: [([f64; 2], i128, usize); 6] = [
    ([53.4, 9.2], 1, 0),
    ([61.0, 4.1], 5, 0),
    ([505.0, 83.0], 5, 1),
    ([4813.0, 350.0], 5, 2),
    ([4813.0, 350.0], 1, 2),
    ([-3.2, 2.2], 1, 0),
];

#[test]
fn no_bar_stands_out_of_a_smooth_curve() {
    let mut random = Random(20_261_130);
    for (curve, step, places) in KINDS {
        let unit = 10_f64.powi(-i32::try_from(places).expect("few"));
        for groups in [1, 7] {
            for count in [300, 2000, 20_000] {
                let curves: Vec<[f64; 2]> =
                    (0..groups).map(|group| [curve[0] + 0.3 * f64::from(group) * curve[1], curve[1]]).collect();
                let values = curves.iter().map(|curve| drawn(&mut random, *curve, step, count)).collect();
                let column = Column { groups: values, places };
                assert_eq!(column.step(), step);
                let histograms = column.histograms(None);
                for (histogram, curve) in histograms.iter().zip(curves) {
                    assert_eq!(histogram.edges, histograms[0].edges, "groups share edges");
                    assert!(histogram.counts.len() >= 5 && histogram.counts.len() <= 50);
                    // About 3000 bars: one beyond 4.8 standard errors of the binomial is a chance of 1 in 200.
                    let deviation = largest_deviation(histogram, curve, unit, count);
                    assert!(deviation < 4.8, "{curve:?} {step} {places} {groups} {count}: {deviation}");
                    let possible = possible_values(histogram, step, places);
                    assert!(possible.iter().all(|count| *count == possible[0]), "{possible:?}");
                }
            }
        }
    }
}

/// Number of possible values in each bin.
fn possible_values(histogram: &Histogram, step: i128, places: usize) -> Vec<usize> {
    let halves =
        |edge: f64| format!("{:.0}", edge * 2.0 * 10_f64.powi(i32::try_from(places).expect("few"))).parse::<i128>();
    let edges: Vec<i128> =
        histogram.edges.iter().map(|edge| halves(edge.expect("finite")).expect("an integer")).collect();
    let inside = |pair: &[i128]| (pair[0]..pair[1]).filter(|half| half % 2 == 0 && (half / 2) % step == 0).count();
    edges.windows(2).map(inside).collect()
}

/// The same check finds that numpy's rule makes bars that stand out.
#[test]
fn bars_of_other_widths_stand_out() {
    let curve = [53.4, 9.2];
    let column = Column { groups: vec![drawn(&mut Random(7), curve, 1, 20_000)], places: 0 };
    let wanted = Wanted { statistics: Statistics::NONE.with(Statistic::Histogram), ..Wanted::default() };
    let histogram = histogram(&column.samples()[0], &wanted);
    assert!(largest_deviation(&histogram, curve, 1.0, 20_000) > 10.0);
}

fn edges(texts: &[&str], limit: usize) -> Value {
    let mut sample = Sample::new(&Retention { max_distinct: Some(limit), ..Retention::default() });
    for text in texts {
        sample.push(Number::parse(text.as_bytes()).expect("a number"));
    }
    let wanted =
        Wanted { statistics: Statistics::NONE.with(Statistic::Histogram), bins: Bins::Aligned, ..Wanted::default() };
    sample.describe(&wanted).figures.remove(0).1
}

#[test]
fn examples() {
    let bins = |texts: &[&str]| match edges(texts, 1000) {
        Value::Histogram(Histogram { edges, .. }) => edges.into_iter().map(Result::unwrap).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(bins(&["0", "1", "24"]), [-0.5, 4.5, 9.5, 14.5, 19.5, 24.5]);
    assert_eq!(bins(&["0", "2.50", "24.5"]), [-0.25, 4.75, 9.75, 14.75, 19.75, 24.75]);
    assert_eq!(bins(&["1.5", "2.5", "4.5"]), [1.0, 2.0, 3.0, 4.0, 5.0]);
    assert_eq!(bins(&["-3", "-1", "1"]), [-4.0, -2.0, 0.0, 2.0]);
    // Equal numbers: one bin of their last decimal place.
    assert_eq!(bins(&["50", "50.0"]), [49.5, 50.5]);
    assert_eq!(bins(&["0.25"]), [0.245, 0.255]);
    // Numbers far apart, and doubles of 17 digits.
    assert_eq!(bins(&["1e-300", "1e300"]).len(), 2 + 1);
    assert_eq!(bins(&["0.12345678901234567", "0.9876543210987654", "0.5"]).len(), 5 + 1);
}

#[test]
fn a_scale_of_binned_values_has_the_finest_place() {
    let sample = |from: i128, to: i128, limit: usize| {
        let column = Column { groups: vec![(from..to).map(|value| 10 * value).collect()], places: 2 };
        let mut sample = Sample::new(&Retention { max_distinct: Some(limit), ..Retention::default() });
        column.values().for_each(|value| sample.push(Number::parse(column.text(value).as_bytes()).expect("a number")));
        sample
    };
    let exact = sample(0, 100, 1000).scale().expect("values");
    assert_eq!((exact.step_size(), exact.decimals(), exact.count), (0.1, 1, 100));
    let binned = sample(-9000, -100, 100).scale().expect("values");
    assert_eq!((binned.step_size(), binned.decimals(), binned.count), (0.01, 2, 8900));
    assert_eq!((exact.merged(&binned).step_size(), Sample::default().scale()), (0.01, None));
}
