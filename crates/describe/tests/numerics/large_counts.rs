//! Counts up to 2⁶², of which no product fits in a word: the figures of a sample each of whose numbers is there some 10¹⁸ times are those of
//! the numbers themselves, or differ from them by a factor that is known.

use describe::{
    Bins, Decimal, MomentConventions, Moments, NanPolicy, Retention, Sample, Statistic, Statistics, Value, Wanted,
};

use crate::statistics::{all, decimal, value};

/// Numbers with their counts, 16 in all.
const NUMBERS: [(&str, u64); 4] = [("41.5", 3), ("55", 6), ("123456789012", 6), ("0.001", 1)];
const ALL: u64 = 16;

/// 2⁶² numbers in all.
const TIMES: u64 = (1 << 62) / ALL;

fn sample(times: u64) -> Sample {
    let mut sample = Sample::new(&Retention { max_distinct: Some(1000), ..Retention::default() });
    for (number, count) in NUMBERS {
        sample.push_times(decimal(number), count * times);
    }
    sample
}

fn wanted() -> Wanted {
    Wanted {
        statistics: all(),
        moments: Moments {
            ddof: 0,
            bias: true,
            nan_policy: NanPolicy::Omit,
            conventions: MomentConventions::default(),
        },
        quantile_method: describe::QuantileMethod::InvertedCdf,
        quantiles: vec![decimal("0.1"), decimal("0.9")],
        trim: decimal("0.125"),
        maximum: Some(decimal("200000000000")),
        bins: Bins::Count(7),
        boundaries: vec![("A".to_owned(), decimal("100")), ("B".to_owned(), decimal("50"))],
        percentile_ranks: vec![decimal("55"), decimal("60")],
        ..Wanted::default()
    }
}

/// Text of a value, with counts divided by a number.
fn shown(value: &Value, times: u64) -> String {
    let count = |count: Option<u64>| count.map(|count| (count / times, count % times));
    match value {
        Value::Mode(mode) => format!("{:?} {:?} {:?}", mode.values, count(mode.count), mode.total),
        Value::Outliers(outliers) => format!(
            "{:?} {:?} {:?} {:?}",
            outliers.lower_fence,
            outliers.upper_fence,
            count(outliers.below),
            count(outliers.above)
        ),
        Value::Histogram(histogram) => {
            let counts: Vec<_> = histogram.counts.iter().map(|counted| count(*counted)).collect();
            format!("{:?} {counts:?}", histogram.edges)
        }
        Value::Frequencies(rows) => {
            let row = |row: &describe::Frequency| (row.value, count(row.count), row.percent, row.cumulative_percent);
            format!("{:?}", rows.iter().map(row).collect::<Vec<_>>())
        }
        Value::Boundaries(rows) => {
            let row = |row: &describe::Boundary| {
                (count(row.count), row.percent, count(row.cumulative_count), row.cumulative_percent)
            };
            format!("{:?}", rows.iter().map(row).collect::<Vec<_>>())
        }
        Value::MarkTable(rows) => {
            let rows =
                rows.iter().map(|row| describe::Mark { count: row.count.map(|count| count / times), ..row.clone() });
            format!("{:?}", rows.collect::<Vec<_>>())
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn figures_do_not_depend_on_how_often_numbers_are_there() {
    let [once, often] = [1, TIMES].map(sample);
    assert_eq!((often.taken(), once.taken()), (1 << 62, ALL));
    let [once, often] = [once, often].map(|sample| sample.describe(&wanted()));
    assert_eq!(often.nobs, 1 << 62);
    for ((statistic, once), (_, often)) in once.figures.iter().zip(&often.figures) {
        let number = |value: &Value| match value {
            Value::Number(figure) => figure.expect("defined"),
            Value::Test(test) => test.statistic.expect("defined"),
            other => panic!("{other:?}"),
        };
        match statistic {
            // Powers of two, by which doubles are multiplied exactly.
            Statistic::Sum | Statistic::JarqueBera => {
                assert_eq!(number(often), number(once) * 2_f64.powi(58), "{statistic:?}");
            }
            Statistic::Sem => assert_eq!(number(often), number(once) / 2_f64.powi(29)),
            Statistic::CiMean => {
                let (Value::Interval(interval), mean) = (often, value(&often_mean(), Statistic::Mean).clone()) else {
                    panic!("{often:?}")
                };
                let (low, high) = (interval.low.expect("defined"), interval.high.expect("defined"));
                assert!(low <= number(&mean) && number(&mean) <= high && high - low < 1e3, "{interval:?}");
            }
            _ => assert_eq!(shown(often, TIMES), shown(once, 1), "{statistic:?}"),
        }
    }
}

fn often_mean() -> Vec<(Statistic, Value)> {
    sample(TIMES).describe(&Wanted { statistics: Statistics::NONE.with(Statistic::Mean), ..Wanted::default() }).figures
}

/// Every rule for bins, and the quantiles of every method, of 2⁶² numbers.
#[test]
fn rules_and_methods_have_values_for_every_count() {
    let often = sample(TIMES);
    for (_, method) in describe::QuantileMethod::NAMES {
        let wanted = Wanted { quantile_method: method, ..wanted() };
        let figures = often.describe(&wanted).figures;
        assert!(matches!(value(&figures, Statistic::Median), Value::Number(Ok(_))), "{method:?}");
    }
    for bins in [Bins::Auto, Bins::Aligned, Bins::Fd, Bins::Sturges, Bins::Rice, Bins::Sqrt, Bins::Scott, Bins::Doane] {
        let figures = often.describe(&Wanted { bins, ..wanted() }).figures;
        let counted = match value(&figures, Statistic::Histogram) {
            Value::Histogram(histogram) => histogram.counts.iter().map(|count| count.unwrap_or(0)).sum::<u64>(),
            Value::Undefined(_) => 1 << 62,
            other => panic!("{other:?}"),
        };
        assert_eq!(counted, 1 << 62, "{bins:?}");
    }
}

/// The count of values bounds how far the lists of frequencies grow: eight times that count has more than a word.
#[test]
fn lists_grow_at_the_largest_counts() {
    for order in [["8", "9"], ["9", "8"]] {
        let mut sample = Sample::new(&Retention { max_distinct: Some(1000), ..Retention::default() });
        for number in order {
            sample.push_times(decimal(number), if number == "8" { 1 } else { (1 << 62) - 1 });
        }
        let figures = sample.describe(&wanted()).figures;
        let number = |statistic| match value(&figures, statistic) {
            Value::Number(figure) => figure.expect("defined"),
            other => panic!("{other:?}"),
        };
        assert_eq!(number(Statistic::Median), 9.0);
        assert_eq!(number(Statistic::GeometricMean), 9.0);
        assert_eq!(number(Statistic::HarmonicMean), 9.0);
        assert_eq!(number(Statistic::Sum), 9.0 * 2_f64.powi(62));
    }
}

/// The geometric mean of two numbers that are there equally often is the root of their product, however often that is.
#[test]
fn geometric_means_of_many_numbers_are_those_of_two() {
    let wanted = Wanted { statistics: Statistics::NONE.with(Statistic::GeometricMean), ..Wanted::default() };
    let mean = |numbers: [Decimal; 2], times: u64| {
        let mut sample = Sample::new(&Retention { max_distinct: Some(1000), ..Retention::default() });
        for number in numbers {
            sample.push_times(number, times);
        }
        match value(&sample.describe(&wanted).figures, Statistic::GeometricMean) {
            Value::Number(figure) => figure.expect("defined"),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(mean(["1e300", "1e-300"].map(decimal), 1 << 61), 1.0);
    let integer = |digits| Decimal::short(digits, 0, false);
    let (mut all, mut near) = (0, 0);
    for (a, b, power) in (2..40).flat_map(|a| (a + 1..60).map(move |b| (a, b, 50 + (a + b) % 12))) {
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let root = ((a * b) as f64).sqrt();
        let found = mean([a, b].map(integer), 1 << power);
        assert!((found - root).abs() <= root * f64::EPSILON, "{a} {b} {power}: {found} {root}");
        (all, near) = (all + 1, near + u32::from(found != root));
    }
    // Within 0.51 units in the last place.
    assert!(near * 50 < all, "{near} of {all}");
}
