//! Each rule of suppression, by data at its threshold: what must be withheld, and what must be shown.

use describe::Statistic;
use describe_options::{Options, Origin, RawOption};
use describe_readers::{Limits, Reader, Source};
use serde_json::{Value as Json, json};

#[cfg(feature = "workbook")]
#[path = "suppression/reconstruction.rs"]
mod reconstruction;

/// Describes a table as JSON.
fn describe(options: &[(&str, &str)], table: &str, limits: &Limits) -> Json {
    serde_json::from_slice(&write(options, table, limits)).expect("JSON")
}

/// Describes a table.
fn write(options: &[(&str, &str)], table: &str, limits: &Limits) -> Vec<u8> {
    let raw = options.iter().map(|(name, value)| RawOption {
        origin: Origin::Query,
        name: (*name).to_owned(),
        values: vec![(*value).to_owned()],
    });
    let options = Options::parse(&raw.collect::<Vec<_>>()).expect("options");
    let mut reader = Reader::new(Source::default(), &options, limits);
    reader.feed(table.as_bytes()).expect("a table");
    let input = reader.finish().expect("a table");
    describe_reports::write(&input.data, &options, None).expect("an answer")
}

/// One column of values with their counts.
fn column(values: &[(&str, usize)]) -> String {
    let lines = values.iter().flat_map(|(value, count)| std::iter::repeat_n(*value, *count));
    lines.fold("column,mark\n".to_owned(), |table, value| table + "a," + value + "\n")
}

/// Each of 1, 2, … once.
fn each(last: u32) -> Vec<(String, usize)> {
    (1..=last).map(|value| (value.to_string(), 1)).collect()
}

/// Options that ask for a statistic of the column.
fn asked(statistic: Statistic) -> [(&'static str, &'static str); 2] {
    match statistic {
        Statistic::Categories => [("categories", "mark"), ("order", "3,2,1,0,-1")],
        statistic => [("statistics", statistic.name()), ("column", "mark")],
    }
}

/// An example of a rule: what it makes of data.
struct Example {
    options: Vec<(&'static str, &'static str)>,
    values: Vec<(String, usize)>,
    /// Member of the statistic as it is shown.
    shown: Json,
    /// Withheld members that begin with the name of the statistic, with their reasons.
    withheld: Vec<(&'static str, &'static str)>,
}

fn example(values: &[(&str, usize)], shown: Json) -> Example {
    let values = values.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect();
    Example { options: vec![("suppress_below", "5")], values, shown, withheld: Vec::new() }
}

impl Example {
    /// The whole statistic is withheld.
    fn withheld(values: &[(&str, usize)], statistic: Statistic, reason: &'static str) -> Self {
        example(values, Json::Null).because(statistic.name(), reason)
    }

    fn because(mut self, member: &'static str, reason: &'static str) -> Self {
        self.withheld.push((member, reason));
        self
    }

    fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.options.push((name, value));
        self
    }

    /// By the rules of `publish=ofqual`, where counts are rounded to 5.
    fn rounded(mut self) -> Self {
        self.options[0] = ("publish", "ofqual");
        self
    }

    fn of_each(mut self, last: u32) -> Self {
        self.values = each(last);
        self
    }

    fn check(&self, statistic: Statistic) {
        let name = statistic.name();
        let mut options = self.options.clone();
        options.extend(asked(statistic));
        let values: Vec<(&str, usize)> = self.values.iter().map(|(value, count)| (value.as_str(), *count)).collect();
        let answer = describe(&options, &column(&values), &Limits::default());
        let result = &answer["results"][0];
        let context = format!("{name} of {values:?} with {options:?}");
        assert_eq!(result[name], self.shown, "{context}");
        let withheld = result["withheld"].as_object().into_iter().flatten();
        let reasons: Vec<(&str, &str)> = withheld
            .filter(|(member, _)| member.starts_with(name))
            .map(|(member, reason)| (member.as_str(), reason.as_str().expect("a sentence")))
            .collect();
        assert_eq!(reasons, self.withheld, "{context}");
    }
}

const REVEALS: &str = "withheld, because the number of values could be found from it";
const SMALL_COUNTS: &str = "withheld, because small counts could be found from it";
const FEW_VALUES: &str = "fewer than 5 values";
const FEW_BEYOND: &str = "fewer than 5 values at or beyond it";
const FEW_CUT: &str = "fewer than 5 values are cut from each tail";
const FEW_UNDEFINED: &str = "undefined because of fewer than 5 values";
const EXTREMES: &str = "made of the extremes, which are withheld";
const EDGES: &str = "made of the extremes, which are withheld; give range= to have a histogram";
const QUARTILES: &str = "made of the quartiles, which are withheld";
const MEDIAN: &str = "made of the median, which is withheld";
const COMPLEMENT: &str = "withheld, so that no other count can be found by subtraction";

/// The fewest data of which an average is shown.
const FIVE: &[(&str, usize)] = &[("1", 2), ("2", 3)];

/// A statistic that is withheld however many values there are, and its value without that rule.
fn always_withheld(statistic: Statistic, shown: Json) -> Vec<Example> {
    vec![
        Example::withheld(&[("1", 1000), ("2", 3000)], statistic, REVEALS),
        example(FIVE, shown).with("withhold", "false"),
    ]
}

/// A statistic that is undefined for some of the numbers of values that are shown, if ddof is great.
fn of_ddof(statistic: Statistic, shown: Json) -> Vec<Example> {
    vec![
        example(FIVE, shown),
        Example::withheld(&[("1", 1000), ("2", 3000)], statistic, REVEALS).with("ddof", "5"),
        example(&[("1", 5)], json!(0.0)).with("ddof", "4"),
    ]
}

/// A statistic of the extremes, the median or the quartiles: withheld if one of the two sides has four values.
fn of_two_sides(
    statistic: Statistic,
    sides: [&[(&str, usize)]; 2],
    reason: &'static str,
    shown: Example,
) -> Vec<Example> {
    let mut examples = sides.map(|side| Example::withheld(side, statistic, reason)).into_iter().collect::<Vec<_>>();
    examples.push(shown);
    examples
}

const FEW_LOW: &[(&str, usize)] = &[("1", 4), ("2", 3), ("3", 5)];
const FEW_HIGH: &[(&str, usize)] = &[("1", 5), ("2", 3), ("3", 4)];
const ENOUGH: &[(&str, usize)] = &[("1", 5), ("2", 3), ("3", 5)];
/// Four values at or beyond one of the quartiles.
const FEW_IN_FIRST_QUARTER: &[(&str, usize)] = &[("1", 1), ("2", 1), ("3", 1), ("4", 1), ("10", 12)];
const FEW_IN_LAST_QUARTER: &[(&str, usize)] = &[("10", 12), ("16", 1), ("17", 1), ("18", 1), ("19", 1)];

/// Examples of the rule of each statistic. A new statistic does not compile until it has some.
#[expect(clippy::too_many_lines, reason = "one table, an entry for each statistic")]
fn examples(statistic: Statistic) -> Vec<Example> {
    match statistic {
        Statistic::Minmax => vec![
            example(ENOUGH, json!([1.0, 3.0])),
            example(FEW_LOW, json!([null, 3.0])).because("minmax", FEW_BEYOND),
            example(FEW_HIGH, json!([1.0, null])).because("minmax", FEW_BEYOND),
        ],
        Statistic::Mean => vec![example(FIVE, json!(1.6))],
        Statistic::Variance => of_ddof(statistic, json!(0.3)),
        Statistic::Skewness => vec![example(FIVE, json!(-0.408_248_290_463_863))],
        Statistic::Kurtosis => vec![example(FIVE, json!(-1.833_333_333_333_333_3))],
        Statistic::Sum => always_withheld(statistic, json!(8.0)),
        Statistic::Std => of_ddof(statistic, json!(0.547_722_557_505_166_1)),
        Statistic::Sem => always_withheld(statistic, json!(0.244_948_974_278_317_8)),
        Statistic::Cv => of_ddof(statistic, json!(0.342_326_598_440_728_8)),
        Statistic::Range => of_two_sides(statistic, [FEW_LOW, FEW_HIGH], EXTREMES, example(ENOUGH, json!(2.0))),
        Statistic::Median => of_two_sides(
            statistic,
            [&[("1", 2), ("2", 2), ("3", 3)], &[("1", 3), ("2", 2), ("3", 2)]],
            FEW_BEYOND,
            example(&[("1", 5), ("3", 5)], json!(2.0)),
        ),
        Statistic::Quartiles => vec![
            example(&[], json!([5.75, 10.5, 15.25])).of_each(20),
            example(FEW_IN_FIRST_QUARTER, json!([null, 10.0, 10.0])).because("quartiles", FEW_BEYOND),
            example(FEW_IN_LAST_QUARTER, json!([10.0, 10.0, null])).because("quartiles", FEW_BEYOND),
        ],
        Statistic::Iqr => of_two_sides(
            statistic,
            [FEW_IN_FIRST_QUARTER, FEW_IN_LAST_QUARTER],
            QUARTILES,
            example(&[], json!(9.5)).of_each(20),
        ),
        Statistic::Quantiles => {
            let quantiles = |values: &[(&str, usize)], low: Json, high: Json| {
                let shown = json!([{"q":0.1,"value":low},{"q":0.9,"value":high}]);
                example(values, shown).with("quantiles", "0.1,0.9")
            };
            let few_low = &[("1", 1), ("2", 1), ("3", 1), ("4", 1), ("10", 36)];
            let few_high = &[("10", 36), ("16", 1), ("17", 1), ("18", 1), ("19", 1)];
            vec![
                quantiles(&[], json!(5.9), json!(45.1)).of_each(50),
                quantiles(few_low, Json::Null, json!(10.0)).because("quantiles", FEW_BEYOND),
                quantiles(few_high, json!(10.0), Json::Null).because("quantiles", FEW_BEYOND),
                Example { shown: Json::Null, ..quantiles(&[], Json::Null, Json::Null) }
                    .of_each(40)
                    .because("quantiles", FEW_BEYOND),
            ]
        }
        Statistic::Deciles => vec![
            example(&[], json!([5.9, 10.8, 15.7, 20.6, 25.5, 30.4, 35.3, 40.2, 45.1])).of_each(50),
            example(&[], json!([null, 8.8, 12.7, 16.6, 20.5, 24.4, 28.3, 32.2, null]))
                .of_each(40)
                .because("deciles", FEW_BEYOND),
        ],
        Statistic::Mode => vec![
            example(&[("1", 5), ("2", 3)], json!({"values":[1.0],"count":5,"total":1})),
            Example::withheld(&[("1", 4), ("2", 3)], statistic, FEW_VALUES),
        ],
        Statistic::Mad => vec![
            example(&[("1", 5), ("3", 5)], json!(1.0)),
            Example::withheld(&[("1", 1), ("2", 1), ("4", 1), ("9", 1), ("20", 1), ("33", 1)], statistic, MEDIAN),
            // Five values at or beyond the median on each side, four of them at distance 0; or four at distance 1 or more.
            Example::withheld(&[("1", 1), ("3", 4), ("9", 1)], statistic, FEW_BEYOND),
            Example::withheld(&[("1", 1), ("2", 1), ("3", 3), ("4", 1), ("9", 1)], statistic, FEW_BEYOND),
        ],
        Statistic::Distinct => {
            let different = |values: u32, times: usize| {
                let values = each(values).into_iter().chain([("1".to_owned(), times)]).collect();
                Example { values, ..example(&[], json!(null)) }
            };
            vec![
                Example { shown: json!(6), ..different(6, 0) },
                // 52 values are shown as 50, which are 48 or more.
                Example { shown: json!(48), ..different(48, 4) }.rounded(),
                different(49, 3).because("distinct", REVEALS).rounded(),
            ]
        }
        Statistic::TrimmedMean | Statistic::WinsorizedMean => vec![
            example(&[("1", 25), ("2", 25)], json!(1.5)),
            Example::withheld(&[("1", 25), ("2", 24)], statistic, FEW_CUT),
            // None are cut.
            Example::withheld(FIVE, statistic, FEW_CUT),
            example(FIVE, json!(1.6)).with("trim", "0"),
            // 50 values are shown as 50, which could be 48.
            Example::withheld(&[("1", 25), ("2", 25)], statistic, FEW_CUT).rounded(),
            example(&[("1", 27), ("2", 27)], json!(1.5)).rounded(),
        ],
        Statistic::GeometricMean | Statistic::HarmonicMean => vec![
            example(&[("1", 5)], json!(1.0)),
            Example::withheld(&[("-1", 2), ("0", 2), ("1", 5)], statistic, FEW_UNDEFINED),
            // Undefined, and five values are the cause.
            example(&[("0", 5), ("1", 5)], Json::Null),
        ],
        Statistic::CiMean => always_withheld(
            statistic,
            json!({"confidence":0.95,"low":0.919_912_619_341_744_2,"high":2.280_087_380_658_256}),
        ),
        Statistic::JarqueBera => always_withheld(
            statistic,
            json!({"statistic":0.839_120_370_370_370_4,"p":0.657_335_862_298_362_3}),
        ),
        Statistic::Outliers => of_two_sides(
            statistic,
            [FEW_IN_FIRST_QUARTER, FEW_IN_LAST_QUARTER],
            QUARTILES,
            example(&[], json!({"lower_fence":-8.5,"upper_fence":29.5,"below":0,"above":0})).of_each(20),
        )
        .into_iter()
        .chain([
            example(&[("1", 20), ("2", 20), ("9", 4)], json!({"lower_fence":-0.5,"upper_fence":3.5,"below":0,"above":null}))
                .because("outliers.above", "fewer than 5"),
        ])
        .collect(),
        Statistic::Facility => vec![example(FIVE, json!(80.0)).with("maximum", "2")],
        Statistic::Histogram => of_two_sides(
            statistic,
            [FEW_LOW, FEW_HIGH],
            EDGES,
            example(&[("1", 5), ("3", 6)], json!({"edges":[1.0,2.0,3.0],"counts":[5,6]})),
        )
        .into_iter()
        .map(|example| example.with("bins", "2"))
        .chain([
            example(&[("1", 5), ("3", 6), ("5", 7)], json!({"edges":[0.0,2.0,4.0,6.0],"counts":[5,6,7]}))
                .with("bins", "3")
                .with("range", "0,6"),
            example(&[("1", 4), ("3", 6), ("5", 7)], json!({"edges":[0.0,2.0,4.0,6.0],"counts":[null,null,7]}))
                .with("bins", "3")
                .with("range", "0,6")
                .because("histogram.0", "fewer than 5")
                .because("histogram.1", COMPLEMENT),
        ])
        .collect(),
        Statistic::Frequencies => vec![
            example(
                &[("1", 5), ("3", 15)],
                json!([
                    {"value":1.0,"count":5,"percent":25.0,"cumulative_percent":25.0},
                    {"value":3.0,"count":15,"percent":75.0,"cumulative_percent":100.0}
                ]),
            ),
            example(
                &[("1", 4), ("2", 6), ("3", 10)],
                json!([
                    {"value":null,"count":null,"percent":null,"cumulative_percent":null},
                    {"value":2.0,"count":null,"percent":null,"cumulative_percent":null},
                    {"value":3.0,"count":10,"percent":50.0,"cumulative_percent":null}
                ]),
            )
            .because("frequencies.0", "fewer than 5")
            .because("frequencies.1", COMPLEMENT),
        ],
        Statistic::Boundaries => vec![
            example(
                &[("1", 15), ("3", 5)],
                json!([
                    {"grade":"A","boundary":2.0,"count":5,"percent":25.0,"cumulative_count":5,"cumulative_percent":25.0},
                    {"grade":"below","boundary":null,"count":15,"percent":75.0,"cumulative_count":20,"cumulative_percent":100.0}
                ]),
            )
            .with("boundaries", "A:2"),
            example(
                &[("1", 10), ("2", 6), ("3", 4)],
                json!([
                    {"grade":"A","boundary":3.0,"count":null,"percent":null,"cumulative_count":null,"cumulative_percent":null},
                    {"grade":"B","boundary":2.0,"count":null,"percent":null,"cumulative_count":null,"cumulative_percent":null},
                    {"grade":"below","boundary":null,"count":10,"percent":50.0,"cumulative_count":null,"cumulative_percent":null}
                ]),
            )
            .with("boundaries", "A:3,B:2")
            .because("boundaries.A", "fewer than 5")
            .because("boundaries.B", COMPLEMENT),
        ],
        Statistic::MarkTable => {
            let row = |mark: Json, count: Json, percent: Json, cumulative: Json, rank: Json, stanine: Json| {
                json!({
                    "mark":mark,"count":count,"percent":percent,"cumulative_percent":cumulative,
                    "percentile_rank":rank,"z_score":null,"t_score":null,"stanine":stanine
                })
            };
            let null = || Json::Null;
            vec![
                example(
                    &[("1", 5), ("3", 15)],
                    json!([
                        row(json!(1.0), json!(5), json!(25.0), json!(25.0), json!(12.5), json!(3)),
                        row(json!(3.0), json!(15), json!(75.0), json!(100.0), json!(62.5), json!(6)),
                    ]),
                )
                .because("mark_table.z_score", REVEALS)
                .because("mark_table.t_score", REVEALS),
                example(
                    &[("1", 4), ("2", 6), ("3", 10)],
                    json!([
                        row(null(), null(), null(), null(), null(), null()),
                        row(json!(2.0), null(), null(), null(), null(), null()),
                        row(json!(3.0), json!(10), json!(50.0), null(), null(), null()),
                    ]),
                )
                .because("mark_table.z_score", REVEALS)
                .because("mark_table.t_score", REVEALS)
                .because("mark_table.0", "fewer than 5")
                .because("mark_table.1", COMPLEMENT),
                Example {
                    shown: json!([
                        {"mark":1.0,"count":5,"percent":50.0,"cumulative_percent":50.0,"percentile_rank":25.0,"z_score":-0.948_683_298_050_513_8,"t_score":40.513_167_019_494_865,"stanine":4,"grade":"below"},
                        {"mark":3.0,"count":5,"percent":50.0,"cumulative_percent":100.0,"percentile_rank":75.0,"z_score":0.948_683_298_050_513_8,"t_score":59.486_832_980_505_135,"stanine":6,"grade":"A"}
                    ]),
                    ..example(&[("1", 5), ("3", 5)], Json::Null)
                }
                .with("boundaries", "A:2")
                .with("withhold", "false"),
            ]
        }
        Statistic::Categories => {
            let row = |category: &str, count: Json, percent: Json, cumulative_count: Json, cumulative_percent: Json| {
                json!({
                    "category":category,"count":count,"percent":percent,
                    "cumulative_count":cumulative_count,"cumulative_percent":cumulative_percent
                })
            };
            let (null, zero) = (|| Json::Null, || json!(0));
            vec![
                example(
                    &[("1", 15), ("3", 5)],
                    json!([
                        row("3", json!(5), json!(25.0), json!(5), json!(25.0)),
                        row("2", zero(), json!(0.0), json!(5), json!(25.0)),
                        row("1", json!(15), json!(75.0), json!(20), json!(100.0)),
                        row("0", zero(), json!(0.0), json!(20), json!(100.0)),
                        row("-1", zero(), json!(0.0), json!(20), json!(100.0)),
                    ]),
                ),
                example(
                    &[("1", 10), ("2", 6), ("3", 4)],
                    json!([
                        row("3", null(), null(), null(), null()),
                        row("2", null(), null(), null(), null()),
                        row("1", json!(10), json!(50.0), null(), null()),
                        row("0", zero(), json!(0.0), null(), null()),
                        row("-1", zero(), json!(0.0), null(), null()),
                    ]),
                )
                .because("categories.3", "fewer than 5")
                .because("categories.2", COMPLEMENT),
            ]
        }
        Statistic::PercentileRanks => vec![
            Example::withheld(&[("1", 1000), ("2", 3000)], statistic, SMALL_COUNTS).with("percentile_ranks", "1,2"),
            example(FIVE, json!([{"mark":1.0,"rank":20.0},{"mark":2.0,"rank":70.0}]))
                .with("percentile_ranks", "1,2")
                .with("withhold", "false"),
        ],
        Statistic::Missing => vec![
            example(&[("1", 9), ("", 5)], json!(5)),
            example(&[("1", 9), ("", 4)], Json::Null).because("missing", "fewer than 5"),
        ],
    }
}

#[test]
fn each_rule_withholds_and_shows() {
    for statistic in Statistic::all() {
        for example in examples(statistic) {
            example.check(statistic);
        }
    }
}

/// Options without which a statistic is not given.
fn needed(statistic: Statistic) -> Option<(&'static str, &'static str)> {
    match statistic {
        Statistic::Quantiles => Some(("quantiles", "0.1,0.5")),
        Statistic::Facility => Some(("maximum", "10")),
        Statistic::Boundaries => Some(("boundaries", "A:2")),
        Statistic::PercentileRanks => Some(("percentile_ranks", "1,2")),
        _ => None,
    }
}

#[test]
fn nothing_of_fewer_values_than_the_threshold_is_shown() {
    for statistic in Statistic::all() {
        for values in [&[("2", 4)][..], &[("1", 1)], &[("1", 1), ("2", 1), ("3", 1)], &[("-1", 2), ("0", 2)]] {
            let name = statistic.name();
            let mut options = vec![("suppress_below", "5")];
            options.extend(asked(statistic));
            options.extend(needed(statistic));
            let answer = describe(&options, &column(values), &Limits::default());
            let result = &answer["results"][0];
            assert_eq!(result["nobs"], Json::Null);
            if statistic == Statistic::Missing {
                assert_eq!(result[name], 0, "zero counts are exact");
                continue;
            }
            assert_eq!(
                (&result[name], &result["withheld"][name]),
                (&Json::Null, &json!(FEW_VALUES)),
                "{name} {values:?}"
            );
            assert_eq!(result["warnings"], Json::Null, "{name} {values:?}: a warning could reveal how many there are");
        }
    }
}

#[test]
fn what_needs_more_values_does_not_tell_how_many() {
    // Excel has no skewness of two values and no kurtosis of three.
    let options =
        [("suppress_below", "2"), ("convention", "excel"), ("statistics", "skewness,kurtosis"), ("column", "mark")];
    let answer = describe(&options, &column(&[("1", 1), ("2", 1)]), &Limits::default());
    let result = &answer["results"][0];
    for name in ["skewness", "kurtosis"] {
        assert_eq!((&result[name], &result["withheld"][name]), (&Json::Null, &json!("too few values")), "{name}");
    }
    assert_eq!(result["warnings"], Json::Null);
}

/// Statistics that bound a withheld number of values, whatever the values are, are withheld too.
#[test]
fn bounds_of_a_withheld_number_of_values_are_withheld() {
    let records = (0..60).map(|row| format!("{},{}\n", if row < 2 { "" } else { "7" }, 1 + row / 30));
    let table = records.fold("a,b\n".to_owned(), |table, record| table + &record);
    let options = [("suppress_below", "5"), ("statistics", "distinct,trimmed_mean,winsorized_mean,mode,mean")];
    let answer = describe(&options, &table, &Limits::default());
    let result = &answer["results"][1];
    assert_eq!((&result["nobs"], &result["withheld"]["nobs"]), (&Json::Null, &json!(COMPLEMENT)), "{answer}");
    for name in ["distinct", "trimmed_mean", "winsorized_mean"] {
        assert_eq!((&result[name], &result["withheld"][name]), (&Json::Null, &json!(COMPLEMENT)), "{name} {answer}");
    }
    assert_eq!(result["mode"], json!({"values":[1.0,2.0],"count":null,"total":null}));
    assert_eq!((&result["withheld"]["mode"], &result["mean"]), (&json!(COMPLEMENT), &json!(1.5)));
    // That few are cut would bound the number of values, too.
    let records = (0..42).map(|row| format!("{},{}\n", if row < 2 { "" } else { "7" }, 1 + row / 21));
    let shorter = records.fold("a,b\n".to_owned(), |table, record| table + &record);
    let answer = describe(&options, &shorter, &Limits::default());
    let result = &answer["results"][1];
    assert_eq!((&result["nobs"], &result["withheld"]["trimmed_mean"]), (&Json::Null, &json!(COMPLEMENT)), "{answer}");
    let alone = describe(&[&options[..], &[("column", "b")]].concat(), &table, &Limits::default());
    let result = &alone["results"][0];
    assert_eq!(
        (&result["distinct"], &result["trimmed_mean"], &result["mode"]["count"]),
        (&json!(2), &json!(1.5), &json!(30))
    );
}

/// Without a count of all values, the number of values beyond a quantile is unknown, and the error of its rank would be
/// a fraction of the number of values.
#[test]
fn approximate_order_statistics_are_withheld_with_their_error() {
    let limits = Limits { distinct: 10, ..Limits::default() };
    let values = each(100);
    let values: Vec<(&str, usize)> = values.iter().map(|(value, count)| (value.as_str(), *count)).collect();
    let table = column(&values);
    let order = ["median", "quartiles", "iqr", "range", "minmax", "deciles"];
    let all =
        [("suppress_below", "5"), ("column", "mark"), ("statistics", "median,quartiles,iqr,range,minmax,deciles")];
    let shown = describe(&all[1..], &table, &limits);
    assert!(shown["results"][0]["rank_error"].is_number(), "{shown}");
    let withheld = describe(&all, &table, &limits);
    for name in order {
        assert_eq!(withheld["results"][0][name], Json::Null, "{name}");
    }
    assert_eq!(withheld["results"][0]["rank_error"], Json::Null);
    assert_eq!(withheld["results"][0]["approximate"], Json::Null);
}

/// Groups with their values, as a table.
fn groups(groups: &[(&str, &[(&str, usize)])]) -> String {
    let lines = groups.iter().flat_map(|(group, values)| {
        values.iter().flat_map(move |(value, count)| std::iter::repeat_n(format!("{group},{value}\n"), *count))
    });
    format!("group,mark\n{}", lines.collect::<String>())
}

#[test]
fn one_withheld_group_has_a_complement() {
    let table = groups(&[("a", &[("1", 3)]), ("b", &[("1", 9)]), ("c", &[("1", 6)])]);
    let options = [("suppress_below", "5"), ("group_by", "group"), ("overall", "true"), ("statistics", "mean")];
    let answer = describe(&options, &table, &Limits::default());
    let means = |answer: &Json| [0, 1, 2, 3].map(|place| answer["results"][place]["mean"].clone());
    assert_eq!(means(&answer), [json!(null), json!(1.0), json!(null), json!(1.0)]);
    assert_eq!(answer["results"][2]["withheld"], json!({"nobs":COMPLEMENT,"mean":COMPLEMENT}));
    // Without the result over all groups, or with two withheld groups, nothing can be subtracted.
    let alone = describe(
        &options.map(|(name, value)| (name, if name == "overall" { "false" } else { value })),
        &table,
        &Limits::default(),
    );
    assert_eq!(alone["results"][2]["mean"], 1.0);
    let two = groups(&[("a", &[("1", 3)]), ("b", &[("1", 9)]), ("c", &[("1", 4)])]);
    assert_eq!(
        means(&describe(&options, &two, &Limits::default())),
        [json!(null), json!(1.0), json!(null), json!(1.0)]
    );
}

#[test]
fn a_second_table_of_small_counts_is_withheld() {
    let reason = json!("withheld, since with the other table counts could be found that are withheld there");
    let options = [
        ("suppress_below", "5"),
        ("column", "mark"),
        ("statistics", "boundaries,histogram,frequencies"),
        ("boundaries", "A:3"),
        ("range", "0,4"),
        ("bins", "2"),
    ];
    let answer = describe(&options, &column(&[("1", 4), ("2", 6), ("3", 10)]), &Limits::default());
    let result = &answer["results"][0];
    assert_eq!(result["boundaries"][0]["count"], 10);
    for name in ["histogram", "frequencies"] {
        assert_eq!((&result[name], &result["withheld"][name]), (&Json::Null, &reason), "{name}");
    }
    let answer = describe(&options, &column(&[("1", 5), ("2", 6), ("3", 10)]), &Limits::default());
    for name in ["boundaries", "histogram", "frequencies"] {
        assert!(!answer["results"][0][name].is_null(), "{name}: no count is small");
    }
}

#[test]
fn a_table_over_all_groups_needs_the_same_of_every_group() {
    let reason = json!("withheld, since its bins are not those of every group; give range= and bins= to have the same");
    let table = groups(&[("a", &[("1", 5), ("3", 6)]), ("b", &[("1", 5), ("5", 6)])]);
    let mut options = vec![
        ("suppress_below", "5"),
        ("group_by", "group"),
        ("overall", "true"),
        ("statistics", "histogram"),
        ("bins", "2"),
    ];
    let answer = describe(&options, &table, &Limits::default());
    let over_all = &answer["results"][2];
    assert_eq!((&over_all["histogram"], &over_all["withheld"]["histogram"]), (&Json::Null, &reason));
    options.push(("range", "0,6"));
    let answer = describe(&options, &table, &Limits::default());
    assert_eq!(answer["results"][2]["histogram"], json!({"edges":[0.0,3.0,6.0],"counts":[10,12]}));
}

#[test]
fn outliers_beside_another_partition_are_complements() {
    let values = [("1", 20), ("2", 20), ("9", 5)];
    let options = [("suppress_below", "5"), ("column", "mark"), ("statistics", "outliers,frequencies")];
    let answer = describe(&options, &column(&values), &Limits::default());
    let result = &answer["results"][0];
    assert_eq!((&result["outliers"]["below"], &result["outliers"]["above"]), (&json!(0), &Json::Null));
    assert_eq!(result["withheld"], json!({"outliers.above":COMPLEMENT}));
    let alone = describe(
        &options.map(|(name, value)| (name, if name == "statistics" { "outliers" } else { value })),
        &column(&values),
        &Limits::default(),
    );
    assert_eq!(alone["results"][0]["outliers"]["above"], 5);
}

#[test]
fn a_mode_of_a_withheld_frequency_is_a_complement() {
    let options = [("suppress_below", "5"), ("column", "mark"), ("statistics", "frequencies,mode")];
    let answer = describe(&options, &column(&[("1", 4), ("2", 6)]), &Limits::default());
    let result = &answer["results"][0];
    assert_eq!(result["frequencies"][1]["count"], Json::Null);
    assert_eq!((&result["mode"], &result["withheld"]["mode"]), (&Json::Null, &json!(COMPLEMENT)));
}

#[test]
fn comparisons_keep_what_says_nothing_of_the_number_of_values() {
    let table = groups(&[("a", &[("1", 5), ("2", 5)]), ("b", &[("2", 5), ("3", 5)]), ("c", &[("1", 2), ("2", 2)])]);
    let answer =
        describe(&[("suppress_below", "5"), ("group_by", "group"), ("compare", "true")], &table, &Limits::default());
    let [first, second] = [0, 1].map(|place| &answer["comparisons"][place]);
    assert_eq!((&first["difference"], &first["variance_ratio"]), (&json!(1.0), &json!(1.0)));
    for name in ["se", "ci", "cohens_d", "t", "df", "p"] {
        assert_eq!((&first[name], &first["withheld"][name]), (&Json::Null, &json!(REVEALS)), "{name}");
    }
    for name in ["difference", "variance_ratio", "se", "ci", "cohens_d", "t", "df", "p"] {
        assert_eq!(
            (&second[name], &second["withheld"][name]),
            (&Json::Null, &json!("one of the groups is withheld")),
            "{name}"
        );
    }
}

#[test]
fn missing_values_of_an_array_are_a_count() {
    for (missing, shown, reason) in [(5, json!(5), Json::Null), (4, Json::Null, json!("fewer than 5"))] {
        let array = format!("[1,2,3,4,5{}]", ",null".repeat(missing));
        let options = [("suppress_below", "5"), ("statistics", "missing"), ("nan_policy", "omit")];
        let answer = describe(&options, &array, &Limits::default());
        assert_eq!((&answer["missing"], &answer["withheld"]["missing"]), (&shown, &reason), "{answer}");
    }
}

/// Percentages beside shown counts would reveal a withheld number of values.
#[test]
fn percentages_of_a_withheld_number_of_values_are_withheld() {
    // Frequencies are ascending, grades descending: in both tables the first row is the greater one, which is shown.
    for (statistic, [first, second]) in [("frequencies", ["1", "2"]), ("boundaries", ["2", "1"])] {
        // 40 values and 2 missing ones make the 42 values of the other column.
        let records = (0..42).map(|row| {
            let a = if row < 2 { "" } else { first };
            format!("{a},{}\n", if row < 30 { first } else { second })
        });
        let table = records.fold("a,b\n".to_owned(), |table, record| table + &record);
        let options = [("suppress_below", "5"), ("statistics", statistic), ("boundaries", "A:2")];
        let answer = describe(&options, &table, &Limits::default());
        let result = &answer["results"][1];
        assert_eq!((&result["nobs"], &result["withheld"]["nobs"]), (&Json::Null, &json!(COMPLEMENT)), "{answer}");
        let rows = result[statistic].as_array().expect("rows");
        assert_eq!([&rows[0]["count"], &rows[1]["count"]], [&json!(30), &Json::Null], "{answer}");
        for row in rows {
            assert_eq!((&row["percent"], &row["cumulative_percent"]), (&Json::Null, &Json::Null), "{answer}");
        }
    }
}

/// A statistic with a withheld part has no warning that a part is undefined.
#[test]
fn partly_withheld_statistics_have_no_warning() {
    let text = format!("-inf\n{}{}", "1\n".repeat(3), "2\n".repeat(30));
    let options = [("statistics", "quantiles"), ("quantiles", "0,0.1,0.5"), ("suppress_below", "5")];
    let answer = describe(&options, &text, &Limits::default());
    let quantiles = [0, 1, 2].map(|place| answer["quantiles"][place]["value"].clone());
    assert_eq!(quantiles, [Json::Null, Json::Null, json!(2.0)], "{answer}");
    assert_eq!((&answer["withheld"]["quantiles"], &answer["warnings"]), (&json!(FEW_BEYOND), &Json::Null));
    let plain = describe(&options[..2], &text, &Limits::default());
    assert_eq!(plain["warnings"][0]["code"], "infinite");
}
