//! The rules of publication, one by one.

use serde_json::{Value, json};

use super::{MARKS, csv, get};

/// A table of these marks, by group.
fn table(groups: &[(&str, &[&str])]) -> String {
    let rows = groups.iter().flat_map(|(group, marks)| marks.iter().map(move |mark| format!("{group},{mark}\n")));
    format!("group,mark\n{}", rows.collect::<String>())
}

/// The same mark, repeated.
fn times(mark: &'static str, count: usize) -> Vec<&'static str> {
    vec![mark; count]
}

fn marks(counts: &[(&'static str, usize)]) -> Vec<&'static str> {
    counts.iter().flat_map(|(mark, count)| times(mark, *count)).collect()
}

async fn one(query: &str, counts: &[(&'static str, usize)]) -> Value {
    let answer = csv(&format!("column=mark&{query}"), table(&[("a", &marks(counts))])).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let mut answer = answer.json();
    answer["results"][0].take()
}

const FEW: &str = "fewer than 5";

#[tokio::test]
async fn counts_are_rounded_and_small_ones_withheld() {
    for (count, rounded, base_ten, even) in [
        (5, json!(5), json!(10), json!(0)),
        (7, json!(5), json!(10), json!(10)),
        (8, json!(10), json!(10), json!(10)),
        (12, json!(10), json!(10), json!(10)),
        (13, json!(15), json!(10), json!(10)),
        (15, json!(15), json!(20), json!(20)),
        (25, json!(25), json!(30), json!(20)),
    ] {
        let counts = [("1", count)];
        assert_eq!(one("publish=ofqual", &counts).await["nobs"], rounded, "{count}");
        assert_eq!(one("round_counts=10", &counts).await["nobs"], base_ten, "{count}");
        assert_eq!(one("round_counts=10&rounding=half_even", &counts).await["nobs"], even, "{count}");
        assert_eq!(one("suppress_below=5", &counts).await["nobs"], count, "{count}");
    }
    for count in 1..5 {
        for query in ["publish=ofqual", "suppress_below=5", "suppress_below=5&round_counts=10", "withhold=true"] {
            let result = one(query, &[("1", count)]).await;
            assert_eq!((&result["nobs"], &result["withheld"]["nobs"]), (&Value::Null, &json!(FEW)), "{count} {query}");
            for figure in ["minmax", "mean", "variance", "skewness", "kurtosis"] {
                let (shown, why) = (&result[figure], &result["withheld"][figure]);
                assert_eq!((shown, why), (&Value::Null, &json!("fewer than 5 values")), "{count} {query} {figure}");
            }
            assert_eq!(result["warnings"], Value::Null, "a warning could tell how many there are");
        }
        assert_eq!(one("round_counts=5", &[("1", count)]).await["nobs"], if count < 3 { 0 } else { 5 });
    }
    // Tables that are not shown tell nothing of how many different values there are.
    let different = [("1", 1), ("2", 1), ("3", 1), ("4", 1)];
    let result = one("publish=ofqual&statistics=all&boundaries=A:2", &different).await;
    assert_eq!((&result["withheld"]["nobs"], &result["frequencies"]), (&json!(FEW), &Value::Null));
    // Zero counts are exact.
    let empty = csv("column=mark&publish=ofqual", "group,mark\na,\na,\na,\na,\na,\na,\n").await.json();
    assert_eq!((&empty["results"][0]["nobs"], &empty["results"][0]["missing"]), (&json!(0), &json!(5)));
    assert_eq!(empty["results"][0]["withheld"], Value::Null);
}

#[tokio::test]
async fn each_rule_stands_alone() {
    let counts = [("1", 3), ("2", 20), ("3", 20)];
    let decimals = one("decimals=1&statistics=mean,sum,minmax", &counts).await;
    assert_eq!(decimals, json!({"column":"mark","nobs":43,"minmax":[1.0,3.0],"mean":2.4,"sum":103.0,"missing":0}));
    let shown = one("suppress_below=5&withhold=false", &counts).await;
    assert_eq!((&shown["nobs"], &shown["minmax"]), (&json!(43), &json!([1.0, 3.0])));
    let off = one("publish=ofqual&round_counts=0&suppress_below=0", &counts).await;
    assert_eq!((&off["nobs"], &off["minmax"]), (&json!(43), &json!([1.0, 3.0])), "an explicit option wins");
    assert_eq!(one("publish=none", &counts).await["nobs"], 43);
    assert_eq!(get("numbers=1&numbers=2&publish=ofqual").await.json()["nobs"], Value::Null, "arrays, too");
}

#[tokio::test]
async fn figures_are_rounded_from_the_exact_value() {
    // The mean is exactly 0.125 and 2.675, whose doubles lie on either side or on the tie.
    for (counts, decimals, way, mean) in [
        (&[("0", 7), ("1", 1)][..], 2, "half_up", 0.13),
        (&[("0", 7), ("1", 1)], 2, "half_even", 0.12),
        (&[("2.675", 5)], 2, "half_up", 2.68),
        (&[("2.675", 5)], 2, "half_even", 2.68),
        (&[("-2.5", 5)], 0, "half_up", -3.0),
        (&[("-2.5", 5)], 0, "half_even", -2.0),
        (&[("1", 1), ("2", 2)], 3, "half_up", 1.667),
    ] {
        let result = one(&format!("decimals={decimals}&rounding={way}"), counts).await;
        assert_eq!(result["mean"], mean, "{counts:?} {decimals} {way}");
    }
    // What was given is repeated as it was.
    let result = one("decimals=0&boundaries=A:69.5&quantiles=0.05", &[("69.5", 5), ("69", 1)]).await;
    assert_eq!((&result["boundaries"][0]["boundary"], &result["quantiles"][0]["q"]), (&json!(69.5), &json!(0.05)));
}

#[tokio::test]
async fn percentages_come_from_unrounded_counts() {
    // 7 of 27 are 25.9%, where the rounded 5 of 25 would be 20%.
    let result = one("publish=ofqual&boundaries=A:2", &[("1", 20), ("2", 7)]).await;
    let row =
        json!({"grade":"A","boundary":2.0,"count":5,"percent":25.9,"cumulative_count":5,"cumulative_percent":25.9});
    assert_eq!(result["boundaries"][0], row);
    // 1 of 16 is 6.25%: half up away from zero, or to even.
    for (way, percent) in [("half_up", 6.3), ("half_even", 6.2)] {
        let result =
            one(&format!("publish=ofqual&suppress_below=0&rounding={way}&boundaries=A:2"), &[("1", 15), ("2", 1)])
                .await;
        assert_eq!(result["boundaries"][0]["percent"], percent, "{way}");
    }
}

#[tokio::test]
async fn extremes_are_shown_when_enough_values_lie_there() {
    let result = one("publish=ofqual&statistics=minmax,range", &[("1", 5), ("2", 10), ("3", 5)]).await;
    assert_eq!((&result["minmax"], &result["range"]), (&json!([1.0, 3.0]), &json!(2.0)));
    let result = one("publish=ofqual&statistics=minmax,range", &[("1", 4), ("2", 10), ("3", 5)]).await;
    assert_eq!((&result["minmax"], &result["range"]), (&json!([null, 3.0]), &Value::Null));
    assert_eq!(result["withheld"]["minmax"], "fewer than 5 values at or beyond it");
    let result = one("publish=ofqual", &[("1", 4), ("2", 10), ("3", 4)]).await;
    assert_eq!(result["minmax"], Value::Null, "all of it is withheld");
}

#[tokio::test]
async fn quantiles_modes_and_what_is_made_of_them() {
    let query =
        "publish=ofqual&statistics=median,quartiles,deciles,quantiles,iqr,outliers,mode&quantiles=0.02,0.5,0.98";
    // 1, 2, …, 40, once each.
    let spread: Vec<String> = (1..=40).map(|mark| mark.to_string()).collect();
    let spread: Vec<&str> = spread.iter().map(String::as_str).collect();
    let answer = csv(&format!("column=mark&{query}"), table(&[("a", &spread)])).await.json();
    let result = &answer["results"][0];
    assert_eq!(result["median"], 20.5);
    assert_eq!(result["quartiles"], json!([11.0, 21.0, 30.0]));
    // 4 values lie at or below 4.9, 8 at or below 8.8. How far a quantile is from the next value would tell how many there are.
    assert_eq!(result["deciles"], json!([null, 9.0, 13.0, 17.0, 21.0, 24.0, 28.0, 32.0, null]));
    assert_eq!(result["quantiles"], json!([{"q":0.02,"value":null},{"q":0.5,"value":21.0},{"q":0.98,"value":null}]));
    assert_eq!((&result["iqr"], &result["mode"]), (&json!(20.0), &Value::Null));
    assert_eq!(result["withheld"]["mode"], "fewer than 5 values");
    assert_eq!(result["outliers"], json!({"lower_fence":-19.0,"upper_fence":60.0,"below":0,"above":0}));
    // Of 8 different values 2 lie at or below the lower quartile, 4 at or below the median.
    let result = one(query, &[("1", 1), ("2", 1), ("3", 1), ("4", 1), ("5", 1), ("6", 1), ("7", 1), ("8", 1)]).await;
    for figure in ["median", "quartiles", "deciles", "iqr", "outliers", "mode"] {
        assert_eq!(result[figure], Value::Null, "{figure}");
    }
    let result = one(query, &[("1", 7), ("2", 20)]).await;
    assert_eq!(result["mode"], json!({"values":[2.0],"count":20,"total":1}));
}

#[tokio::test]
async fn a_deviation_from_a_withheld_median_is_withheld() {
    let query = "publish=ofqual&statistics=median,mad&numbers=1&numbers=2&numbers=4&numbers=9&numbers=20&numbers=33";
    let answer = get(query).await.json();
    assert_eq!((&answer["median"], &answer["mad"]), (&Value::Null, &Value::Null));
    assert_eq!(answer["withheld"]["mad"], "made of the median, which is withheld");
}

#[tokio::test]
async fn what_gives_a_count_away_is_withheld() {
    let query = "publish=ofqual&statistics=sum,sem,ci_mean,jarque_bera,std,trimmed_mean,winsorized_mean,mean";
    let result = one(query, &[("1", 10), ("2", 10), ("3", 10)]).await;
    for figure in ["sum", "sem", "ci_mean", "jarque_bera"] {
        assert_eq!(result[figure], Value::Null, "{figure}");
        assert!(result["withheld"][figure].as_str().is_some_and(|why| why.contains("number of values")), "{figure}");
    }
    // 3 values are cut from each tail: with the mean the sum of 6 would be known.
    assert_eq!((&result["trimmed_mean"], &result["winsorized_mean"]), (&Value::Null, &Value::Null));
    assert_eq!((&result["mean"], &result["std"]), (&json!(2.0), &json!(0.8)));
    let result = one(query, &[("1", 20), ("2", 20), ("3", 20)]).await;
    assert_eq!((&result["trimmed_mean"], &result["winsorized_mean"]), (&json!(2.0), &json!(2.0)));
    let table =
        table(&[("a", &marks(&[("1", 10), ("2", 10)])), ("b", &marks(&[("2", 10), ("3", 10)])), ("c", &times("1", 2))]);
    let answer = csv("column=mark&group_by=group&compare=true&publish=ofqual", table).await.json();
    let (first, second) = (&answer["comparisons"][0], &answer["comparisons"][1]);
    assert_eq!((&first["difference"], &first["variance_ratio"]), (&json!(1.0), &json!(1.0)));
    for figure in ["se", "ci", "cohens_d", "t", "df", "p"] {
        assert_eq!((&first[figure], &second[figure]), (&Value::Null, &Value::Null), "{figure}");
    }
    assert_eq!(
        (&second["difference"], &second["withheld"]["difference"]),
        (&Value::Null, &json!("one of the groups is withheld"))
    );
    assert_eq!(second["warnings"], Value::Null);
}

#[tokio::test]
async fn rows_that_rest_on_a_withheld_count() {
    let counts = [("1", 2), ("2", 20), ("3", 6), ("4", 30), ("5", 1)];
    let result = one("publish=ofqual&statistics=frequencies", &counts).await;
    let rows = result["frequencies"].as_array().expect("rows");
    let column = |name: &str| rows.iter().map(|row| row[name].clone()).collect::<Vec<_>>();
    // 2 and 1 are withheld and protect each other; the values that they are have too few at or beyond them.
    assert_eq!(column("count"), [json!(null), json!(20), json!(5), json!(30), json!(null)]);
    assert_eq!(column("percent"), [json!(null), json!(33.9), json!(10.2), json!(50.8), json!(null)]);
    assert_eq!(column("value"), [json!(null), json!(2.0), json!(3.0), json!(4.0), json!(null)]);
    assert_eq!(column("cumulative_percent"), vec![Value::Null; 5]);
    assert_eq!(result["withheld"]["frequencies.0"], FEW);
    let result = one("publish=ofqual&boundaries=A:5,B:4,C:2", &counts).await;
    let rows = result["boundaries"].as_array().expect("rows");
    let column = |name: &str| rows.iter().map(|row| row[name].clone()).collect::<Vec<_>>();
    assert_eq!(column("count"), [json!(null), json!(30), json!(25), json!(null)]);
    assert_eq!(
        (column("cumulative_count"), column("cumulative_percent")),
        (vec![Value::Null; 4], vec![Value::Null; 4])
    );
    assert_eq!(
        (&result["withheld"]["boundaries.A"], &result["withheld"]["boundaries.below"]),
        (&json!(FEW), &json!(FEW))
    );
    // One small row alone would be the rest of the others: the next smallest goes with it.
    let result = one("publish=ofqual&boundaries=A:5,B:3", &[("1", 20), ("3", 9), ("5", 2)]).await;
    let counts: Vec<&Value> = result["boundaries"].as_array().expect("rows").iter().map(|row| &row["count"]).collect();
    assert_eq!(counts, [&Value::Null, &Value::Null, &json!(20)]);
    assert!(result["withheld"]["boundaries.B"].as_str().is_some_and(|why| why.contains("subtraction")));
}

#[tokio::test]
async fn histograms_must_not_show_the_extremes() {
    let counts = [("1", 2), ("20", 20), ("30", 20), ("59", 2)];
    let result = one("publish=ofqual&statistics=histogram&bins=3", &counts).await;
    assert_eq!(result["histogram"], Value::Null, "its edges are the least and the greatest mark");
    let result = one("publish=ofqual&statistics=histogram&bins=3&range=0,60", &counts).await;
    assert_eq!(result["histogram"], json!({"edges":[0.0,20.0,40.0,60.0],"counts":[null,40,null]}));
    assert_eq!((&result["withheld"]["histogram.0"], &result["withheld"]["histogram.2"]), (&json!(FEW), &json!(FEW)));
}

#[tokio::test]
async fn one_withheld_group_takes_the_next_smallest_with_it() {
    let groups = |a: usize| {
        [
            ("a", times("1", a)),
            ("b", marks(&[("1", 9), ("2", 9)])),
            ("c", marks(&[("1", 6), ("2", 6)])),
            ("d", times("3", 30)),
        ]
    };
    let ask = async |a: usize, query: &str| {
        let groups = groups(a);
        let groups: Vec<(&str, &[&str])> = groups.iter().map(|(name, marks)| (*name, marks.as_slice())).collect();
        csv(&format!("column=mark&group_by=group&{query}"), table(&groups)).await.json()
    };
    let answer = ask(3, "publish=ofqual&overall=true").await;
    let nobs: Vec<&Value> = answer["results"].as_array().expect("results").iter().map(|one| &one["nobs"]).collect();
    assert_eq!(nobs, [&Value::Null, &json!(20), &Value::Null, &json!(30), &json!(65)]);
    let third = &answer["results"][2];
    assert_eq!((&third["mean"], &third["minmax"]), (&Value::Null, &Value::Null));
    assert!(third["withheld"]["mean"].as_str().is_some_and(|why| why.contains("subtraction")));
    let notes = answer["notes"].to_string();
    assert!(notes.contains("revealed mark, group a, the only withheld group; so mark, group c"), "{notes}");
    assert!(notes.contains("nearest 5") && notes.contains("totals may differ"), "{notes}");
    // Without the whole, or with no group or two withheld, there is no need.
    for (a, query, expected) in [(3, "publish=ofqual", json!(10)), (8, "publish=ofqual&overall=true", json!(10))] {
        assert_eq!(ask(a, query).await["results"][2]["nobs"], expected, "{a} {query}");
    }
}

#[tokio::test]
async fn side_counts_and_rows() {
    let body = format!("mark\n{}{}{}", "5\n".repeat(40), "NA\n".repeat(2), "X\n".repeat(9));
    // Rounded, 51 rows, 40 numbers and 9 absent leave room for 2 missing.
    let answer = csv("column=mark&absent=X&publish=ofqual", body.clone()).await.json();
    let result = &answer["results"][0];
    assert_eq!((&answer["rows"], &result["nobs"], &result["absent"]["X"]), (&json!(50), &json!(40), &json!(10)));
    assert_eq!((&result["missing"], &result["withheld"]["missing"]), (&Value::Null, &json!(FEW)));
    // To the unit they do not: how many rows there are is withheld, which is missed least.
    let answer = csv("column=mark&absent=X&suppress_below=5", body).await.json();
    let result = &answer["results"][0];
    assert_eq!((&answer["rows"], &result["nobs"], &result["absent"]["X"]), (&Value::Null, &json!(40), &json!(9)));
    assert!(answer["withheld"]["rows"].as_str().is_some_and(|why| why.contains("subtraction")));
    // A second column would tell the rows.
    let two = format!("a,b\n{}{}", "5,1\n".repeat(40), ",1\n".repeat(2));
    let answer = csv("suppress_below=5", two).await.json();
    assert_eq!(answer["rows"], Value::Null);
    let nobs: Vec<&Value> = answer["results"].as_array().expect("results").iter().map(|one| &one["nobs"]).collect();
    assert_eq!(nobs, [&json!(40), &Value::Null]);
}

#[tokio::test]
async fn names_of_persons_are_not_repeated() {
    let plain = csv("absent=X", MARKS.replacen("1000000", "Ann Smith", 1)).await.json();
    assert_eq!(plain["skipped"][0]["value"], "Ann Smith");
    for format in ["json", "csv", "markdown", "html", "ndjson"] {
        let answer =
            csv(&format!("absent=X&publish=ofqual&format={format}"), MARKS.replacen("1000000", "Ann Smith", 1)).await;
        assert!(answer.status == 200 && !answer.text().contains("Ann Smith"), "{format}");
    }
}

#[tokio::test]
async fn every_format_says_it_in_words() {
    let body = table(&[("a", &times("1", 3)), ("b", &marks(&[("1", 2), ("2", 9)]))]);
    let ask = async |format: &str| {
        csv(&format!("column=mark&group_by=group&publish=ofqual&format={format}"), body.clone()).await.text().to_owned()
    };
    let text = ask("csv").await;
    assert_eq!(text.lines().nth(1), Some("mark,a,fewer than 5,[c],[c],[c],[c],[c],[c],0"));
    assert_eq!(text.lines().nth(2).map(|line| line.starts_with("mark,b,10,[c],2.0,")), Some(true), "{text}");
    let text = ask("markdown").await;
    assert!(text.contains(" fewer than 5 |") && text.contains(" [c] |") && text.contains("nearest 5"), "{text}");
    // Figures with several parts have all their columns there, too.
    let text = ask("markdown&statistics=quartiles,deciles,quantiles,mode,outliers,jarque_bera&quantiles=0.5").await;
    let row = text.lines().find(|line| line.contains("fewer than 5 |")).expect("the row of group a");
    assert_eq!(row.matches(" [c] |").count(), 3 + 9 + 1 + 3 + 4 + 2, "{text}");
    let text = ask("html").await;
    assert!(
        text.contains("<span class=\"withheld\">fewer than 5</span>")
            && text.contains("<span class=\"withheld\">[c]</span>")
    );
}

#[tokio::test]
async fn slices_of_arrays() {
    let rows: Vec<String> = (0..12).map(|row| format!("[{row},{}]", if row < 3 { "7" } else { "null" })).collect();
    let query = "/prod/stats?publish=ofqual&nan_policy=omit";
    let answer = super::ask("POST", query, &[], format!("[{}]", rows.join(","))).await;
    let answer = answer.json();
    assert_eq!(answer["nobs"], json!([10, null]), "{answer}");
    assert_eq!((&answer["mean"], &answer["withheld"][1]["nobs"]), (&json!([5.5, null]), &json!(FEW)));
}

/// A table of groups of 20 rows with two marks each from 0 up to `marks`.
fn many_groups(groups: u64, marks: u64) -> String {
    // The constants of Numerical Recipes (Press et al., 2007, section 7.1.4), and of what they make the upper bits.
    let mut state = 1_u64;
    let mut mark = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % marks
    };
    let rows = (0..groups * 20).map(|row| format!("g{},{},{}\n", row / 20, mark(), mark()));
    format!("group,a,b\n{}", rows.collect::<String>())
}

#[tokio::test]
async fn many_small_counts_are_answered() {
    for (groups, marks, query) in [
        (100, 41, "suppress_below=5&statistics=frequencies"),
        (100, 101, "publish=ofqual&statistics=frequencies"),
        (2_000, 101, "publish=ofqual"),
        (1_000, 101, "publish=ofqual&boundaries=A:80,B:60,C:40"),
    ] {
        let answer = csv(&format!("{query}&group_by=group&overall=true"), many_groups(groups, marks)).await;
        assert_eq!(answer.status, 200, "{groups} {query}");
        let answer = answer.json();
        let rows = answer["results"].as_array().expect("results");
        assert_eq!(rows.len() as u64, groups * 2 + 2);
        let shown = rows.iter().filter(|row| row["nobs"] == 20).count();
        assert!(shown > rows.len() / 2, "{shown} of {} {groups} {query}", rows.len());
    }
}

#[tokio::test]
async fn too_many_small_counts_are_refused() {
    let query = "publish=ofqual&statistics=frequencies&group_by=group&overall=true";
    let answer = csv(query, many_groups(3_000, 101)).await;
    assert_eq!(answer.status, 413, "{}", answer.text());
    let detail = answer.json()["detail"].to_string();
    assert!(detail.contains("fewer groups") && detail.contains("frequencies"), "{detail}");
}
