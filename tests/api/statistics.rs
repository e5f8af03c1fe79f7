//! `statistics=` and its options: names, shapes, and what is refused.

use axum::body::Body;
use axum::http::Request;

use crate::{get, post, send, service};

const ALL: &str = "maximum=10&bins=2&quantiles=0.05&boundaries=A:6";

/// The documented statistics of 5 and 6; the interval may differ by a few units in the last place.
#[tokio::test]
async fn five_and_six() {
    let answer = get(&format!("/prod/stats?numbers=5&numbers=6&statistics=all&{ALL}")).await;
    let text = answer.body.clone();
    let expected = r#"{"nobs":2,"minmax":[5.0,6.0],"mean":5.5,"variance":0.5,"skewness":0.0,"kurtosis":-2.0,
        "sum":11.0,"std":0.7071067811865476,"sem":0.5,"cv":0.128564869306645,"range":1.0,"median":5.5,
        "quartiles":[5.25,5.5,5.75],"iqr":0.5,"quantiles":[{"q":0.05,"value":5.05}],
        "deciles":[5.1,5.2,5.3,5.4,5.5,5.6,5.7,5.8,5.9],"mode":{"values":[5.0,6.0],"count":1,"total":2},"mad":0.5,
        "distinct":2,"trimmed_mean":5.5,"winsorized_mean":5.5,"geometric_mean":5.477225575051661,
        "harmonic_mean":5.454545454545454,"ci_mean":{"confidence":0.95,"low":LOW,"high":HIGH},
        "jarque_bera":{"statistic":0.3333333333333333,"p":0.8464817248906141},
        "outliers":{"lower_fence":4.5,"upper_fence":6.5,"below":0,"above":0},"facility":55.0,
        "histogram":{"edges":[5.0,5.5,6.0],"counts":[1,1]},
        "frequencies":[{"value":5.0,"count":1,"percent":50.0,"cumulative_percent":50.0},
        {"value":6.0,"count":1,"percent":50.0,"cumulative_percent":100.0}],
        "boundaries":[{"grade":"A","boundary":6.0,"count":1,"percent":50.0,"cumulative_count":1,
        "cumulative_percent":50.0},{"grade":"below","boundary":null,"count":1,"percent":50.0,"cumulative_count":2,
        "cumulative_percent":100.0}],"missing":0}"#;
    let interval = &answer.json()["ci_mean"];
    let end = |name: &str| interval[name].as_f64().expect("a number");
    // 5.5 ± 0.5 tan(0.475 π)
    let reach = 6.353_102_368_087_352;
    assert!((end("low") - (5.5 - reach)).abs() < 1e-14 && (end("high") - (5.5 + reach)).abs() < 1e-14, "{interval}");
    let expected: String = expected.lines().map(str::trim).collect();
    let expected = expected.replace("LOW", &interval["low"].to_string()).replace("HIGH", &interval["high"].to_string());
    assert_eq!(text, expected);
}

#[tokio::test]
async fn names_choose_and_the_order_is_always_the_same() {
    for (query, expected) in [
        ("statistics=median", r#"{"nobs":2,"median":5.5}"#),
        ("statistics=median,mean", r#"{"nobs":2,"mean":5.5,"median":5.5}"#),
        ("statistics=median&statistics=mean", r#"{"nobs":2,"mean":5.5,"median":5.5}"#),
        ("statistics=nobs", r#"{"nobs":2}"#),
        ("statistics=std,variance&ddof=0", r#"{"nobs":2,"variance":0.25,"std":0.5}"#),
        ("statistics=missing", r#"{"nobs":2,"missing":0}"#),
        ("statistics=kurtosis&kurtosis=pearson", r#"{"nobs":2,"kurtosis":1.0}"#),
        ("statistics=quartiles&quantile_method=weibull", r#"{"nobs":2,"quartiles":[5.0,5.5,6.0]}"#),
        ("statistics=quartiles&convention=spss", r#"{"nobs":2,"quartiles":[5.0,5.5,6.0]}"#),
        ("statistics=quartiles&convention=spss&quantile_method=linear", r#"{"nobs":2,"quartiles":[5.25,5.5,5.75]}"#),
    ] {
        assert_eq!(get(&format!("/prod/stats?numbers=5&numbers=6&{query}")).await.body, expected, "{query}");
    }
    let with_option = get("/prod/stats?numbers=5&numbers=6&maximum=10").await.json();
    assert_eq!((&with_option["facility"], &with_option["mean"]), (&55.0.into(), &5.5.into()));
}

/// Options may follow the numbers, as members of an object have no order.
#[tokio::test]
async fn options_behind_the_numbers() {
    let expected = r#"{"nobs":3,"median":2.5,"quantiles":[{"q":0.5,"value":2.5}]}"#;
    for body in [
        r#"{"numbers":[1,2.5,4],"statistics":["median","quantiles"],"quantiles":[0.5]}"#,
        r#"{"statistics":"median,quantiles","quantiles":0.5,"numbers":[1,2.5,4]}"#,
    ] {
        assert_eq!(post("/prod/stats", "application/json", body).await.body, expected, "{body}");
    }
    let slices = post("/prod/stats?statistics=median,mode,quartiles", "application/json", "[[1,2],[1,4],[3,9]]").await;
    let expected = r#"{"nobs":3,"median":[1.0,4.0],"quartiles":[[1.0,1.0,2.0],[3.0,4.0,6.5]],"mode":[{"values":[1.0],"count":2,"total":1},{"values":[2.0,4.0,9.0],"count":1,"total":3}]}"#;
    assert_eq!(slices.body, expected);
}

#[tokio::test]
async fn what_is_refused() {
    for (query, code) in [
        ("statistics=maen", "literal_error"),
        ("statistics=,", "missing"),
        ("statistics=quantiles", "missing_option"),
        ("statistics=boundaries", "missing_option"),
        ("statistics=facility", "missing_option"),
        ("quantiles=1.5", "out_of_range"),
        ("quantile_method=best", "literal_error"),
        ("trim=0.5", "out_of_range"),
        ("confidence=1", "out_of_range"),
        ("maximum=0", "out_of_range"),
        ("bins=0", "out_of_range"),
        ("bins=many", "literal_error"),
        ("range=5,1", "out_of_range"),
        ("boundaries=A:70,B:70", "repeated"),
        ("boundaries=A:70,A:60", "repeated"),
        ("boundaries=A", "literal_error"),
        ("boundaries=A:70;B:60", "literal_error"),
        ("boundaries=below:3", "repeated"),
        ("convention=lotus", "literal_error"),
        ("kurtosis=none", "literal_error"),
        ("thousands=;", "literal_error"),
        ("strip=-", "literal_error"),
        ("strip=.5", "literal_error"),
        ("weights=w", "not_a_table"),
        ("compare=true", "options_together"),
        ("baseline=2023", "options_together"),
    ] {
        let answer = get(&format!("/prod/stats?numbers=5&{query}")).await;
        let json = answer.json();
        assert_eq!(json["status"], 422, "{query}: {json}");
        assert_eq!(json["errors"][0]["type"], code, "{query}: {json}");
        assert_eq!(json["errors"][0]["loc"][1], query.split('=').next().expect("a name"), "{query}: {json}");
    }
    let answer = get("/prod/stats?numbers=5&statistics=MEDIAN").await.json();
    assert!(answer["detail"].as_str().is_some_and(|detail| detail.contains("did you mean 'median'?")), "{answer}");
}

/// A given trim that cuts no number is warned of, the default is not.
#[tokio::test]
async fn a_trim_that_cuts_nothing() {
    let fifteen = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15".replace(' ', "&numbers=");
    let fifteen = format!("numbers={fifteen}&");
    let warned = async |query: &str| {
        let answer = get(&format!("/prod/stats?{fifteen}statistics=trimmed_mean,winsorized_mean&{query}")).await.json();
        assert_eq!(answer["trimmed_mean"], 8.0, "{query}: {answer}");
        let warnings = answer["warnings"].as_array().cloned().unwrap_or_default();
        warnings.iter().map(|warning| format!("{} {}", warning["field"], warning["code"])).collect::<Vec<_>>().join(" ")
    };
    let both = r#""trimmed_mean" "untrimmed" "winsorized_mean" "untrimmed""#;
    assert_eq!(warned("trim=0.05").await, both);
    assert_eq!(warned("trim=0.0666").await, both);
    for query in ["trim=0.0667", "trim=0.1", "trim=0", ""] {
        assert_eq!(warned(query).await, "", "{query}");
    }
    let few = get("/prod/stats?numbers=5&numbers=6&statistics=trimmed_mean").await.json();
    assert!(few.get("warnings").is_none(), "{few}");
    let published = get(&format!("/prod/stats?{fifteen}statistics=trimmed_mean&trim=0.05&publish=ofqual")).await.body;
    assert!(!published.contains("untrimmed"), "it would tell that there are fewer than 20 numbers: {published}");
}

/// A statistic that is undefined is null with a warning; one of several parts keeps its shape if that is a list.
#[tokio::test]
async fn what_is_undefined() {
    let answer = get(&format!("/prod/stats?numbers=nan&nan_policy=omit&statistics=all&{ALL}")).await.json();
    assert_eq!(answer["nobs"], 0);
    for (name, member) in answer.as_object().expect("an object") {
        let nothing = match name.as_str() {
            "nobs" | "missing" | "warnings" => continue,
            "quantiles" => member[0]["value"].is_null(),
            "minmax" | "quartiles" | "deciles" => {
                member.as_array().is_some_and(|list| list.len() > 1 && list.iter().all(serde_json::Value::is_null))
            }
            _ => member.is_null(),
        };
        assert!(nothing, "{name}: {member}");
    }
    assert_eq!(answer["warnings"].as_array().map(Vec::len), Some(29), "one for each figure");
    let answer =
        get("/prod/stats?numbers=1&numbers=-2&numbers=inf&statistics=median,mean,geometric_mean,distinct").await.json();
    assert_eq!(
        (&answer["median"], &answer["mean"], &answer["distinct"]),
        (&1.0.into(), &serde_json::Value::Null, &3.into())
    );
    let codes: Vec<_> =
        answer["warnings"].as_array().expect("warnings").iter().map(|warning| &warning["code"]).collect();
    assert_eq!(codes, ["infinite", "infinite"]);
    let zero = get("/prod/stats?numbers=1&numbers=-1&statistics=cv,geometric_mean").await.json();
    assert!(zero["cv"].is_null() && zero["geometric_mean"].is_null());
}

const TABLE: &str = "g,x,w\na,1,2\na,2.5,3\na,4,1\nb,7,2\nb,9,1\nb,7.25,4\nc,1,1\n";

#[tokio::test]
async fn groups_are_compared() {
    let ask =
        async |query: &str| post(&format!("/prod/stats?column=x&group_by=g&{query}"), "text/csv", TABLE).await.json();
    let pairs = |answer: &serde_json::Value| -> Vec<String> {
        let pair = |comparison: &serde_json::Value| {
            format!("{}-{}", comparison["a"]["g"], comparison["b"]["g"]).replace('"', "")
        };
        answer["comparisons"].as_array().expect("comparisons").iter().map(pair).collect()
    };
    assert_eq!(pairs(&ask("compare=true&overall=true").await), ["b-a", "c-b"]);
    for baseline in ["b", "g:b"] {
        assert_eq!(pairs(&ask(&format!("baseline={baseline}")).await), ["a-b", "c-b"]);
    }
    let few = &ask("compare=true").await["comparisons"][1];
    assert!(few["t"].is_null() && few["p"].is_null() && few["warnings"][0]["field"] == "se", "{few}");
    let unknown = ask("baseline=z").await;
    assert_eq!((&unknown["status"], &unknown["errors"][0]["type"]), (&422.into(), &"unknown_group".into()));
    assert!(ask("").await["comparisons"].is_null());
}

#[tokio::test]
async fn groups_are_compared_within_equal_values_of_the_others() {
    let table = "subject,cohort,x\nB,2024,1\nB,2025,2\nB,2026,5\nA,2024,3\nA,2026,7\nA,2026,8\nC,2025,4\n";
    let ask = async |query: &str| {
        let answer = post(&format!("/prod/stats?column=x&{query}"), "text/csv", table).await.json();
        let words = |group: &serde_json::Value| {
            let values = group.as_object().expect("a group").values();
            values.filter_map(serde_json::Value::as_str).collect::<Vec<_>>().join(" ")
        };
        let pair = |comparison: &serde_json::Value| {
            format!("{}-{} {}", words(&comparison["a"]), words(&comparison["b"]), comparison["difference"])
        };
        let pairs = answer["comparisons"].as_array();
        pairs.map_or_else(|| vec![answer["errors"][0]["type"].to_string()], |pairs| pairs.iter().map(pair).collect())
    };
    let subjects = ["A 2026-A 2024 4.5", "B 2025-B 2024 1.0", "B 2026-B 2025 3.0"];
    assert_eq!(ask("group_by=subject&group_by=cohort&compare=true").await, subjects);
    let cohorts = ["2024 A-2024 B 2.0", "2025 C-2025 B 2.0", "2026 A-2026 B 2.5"];
    let by_subject = ask("group_by=cohort&group_by=subject&compare=true").await;
    assert_eq!(by_subject, ["2024 B-2024 A -2.0", "2025 C-2025 B 2.0", "2026 B-2026 A -2.5"]);
    assert_eq!(ask("group_by=cohort&group_by=subject&baseline=B").await, cohorts);
    assert_eq!(
        ask("group_by=cohort&group_by=subject&compare_by=cohort").await,
        ["2025 B-2024 B 1.0", "2026 A-2024 A 4.5", "2026 B-2025 B 3.0"]
    );
    for baseline in ["2024", "cohort:2024"] {
        assert_eq!(
            ask(&format!("group_by=subject&group_by=cohort&baseline={baseline}")).await,
            ["A 2026-A 2024 4.5", "B 2025-B 2024 1.0", "B 2026-B 2024 4.0"]
        );
    }
    // A baseline of all columns is one group.
    let one = ask("group_by=subject&group_by=cohort&baseline=subject:C,cohort:2025").await;
    assert_eq!(one.len(), 5);
    assert!(one.iter().all(|pair| pair.contains("-C 2025")));
    for (query, code) in [
        ("group_by=subject&baseline=cohort:2024", "unknown_group"),
        ("group_by=subject&group_by=cohort&baseline=2023", "unknown_group"),
        ("group_by=subject&compare_by=cohort", "options_together"),
        ("group_by=subject&group_by=cohort&rows=x", "options_together"),
        ("group_by=subject&layout=crosstab", "options_together"),
        ("rows=subject&columns=x2", "unknown_column"),
    ] {
        assert_eq!(ask(query).await, [format!("\"{code}\"")], "{query}");
    }
}

#[tokio::test]
async fn weights() {
    let ask = async |query: &str, table: &str| {
        post(&format!("/prod/stats?{query}"), "text/csv", table.to_owned()).await.json()
    };
    let result = &ask("column=x&weights=w&statistics=mean,median", TABLE).await["results"][0];
    assert_eq!((&result["nobs"], &result["mean"], &result["median"]), (&14.into(), &4.75.into(), &5.5.into()));
    // The column of the weights is none of those described by default.
    let by_default = ask("weights=w&group_by=g", TABLE).await;
    assert!(by_default["results"].as_array().expect("results").iter().all(|result| result["column"] == "x"));
    for (weight, reliability) in [("1.5", false), ("-1", false), ("", false), ("0", true), ("no", true)] {
        let table = format!("x,w\n5,1\n6,{weight}\n");
        let kind = if reliability { "&weight_type=reliability" } else { "" };
        let refused = ask(&format!("weights=w{kind}"), &table).await;
        let error = &refused["errors"][0];
        assert_eq!((&refused["status"], &error["loc"][2]), (&422.into(), &"w".into()), "{refused}");
        assert_eq!(error["input"], weight, "{refused}");
        let counted = ask(&format!("column=x&weights=w&invalid=missing{kind}"), &table).await;
        let result = &counted["results"][0];
        assert_eq!((&result["nobs"], &result["invalid"], &result["missing"]), (&1.into(), &1.into(), &0.into()));
    }
    for query in ["ddof=2", "bias=false", "convention=excel", "quantile_method=linear", "compare=true&group_by=g"] {
        let refused = ask(&format!("column=x&weights=w&weight_type=reliability&{query}"), TABLE).await;
        assert_eq!(refused["status"], 422, "{query}");
    }
    assert_eq!(ask("column=x&weights=x", TABLE).await["status"], 422);
    let records = r#"{"x":[1,2.5,4],"w":[2,3,1]}"#;
    let columns = post("/prod/stats?weights=w&statistics=mean", "application/json", records).await.json();
    assert_eq!(columns["results"][0]["mean"], 2.25);
}

/// Microsoft's example for SKEW, SKEW.P and KURT, with what its help prints for them; the others by the formulas of Joanes
/// and Gill (1998) from those.
#[tokio::test]
async fn conventions_on_published_data() {
    let numbers = "numbers=3&numbers=4&numbers=5&numbers=2&numbers=3&numbers=4&numbers=5&numbers=6&numbers=4&numbers=7";
    let (skew, skew_p, kurt, n) = (0.359_543_071, 0.303_193_339, -0.151_799_637, 10.0_f64);
    let g2 = (kurt * (n - 2.0) * (n - 3.0) / (n - 1.0) - 6.0) / (n + 1.0);
    let shrunk = (n - 1.0) / n;
    let (b1, b2) = (skew_p * shrunk.powf(1.5), (g2 + 3.0) * shrunk * shrunk - 3.0);
    let (inclusive, averaged, weibull) = ([3.25, 4.0, 5.0], [3.0, 4.0, 5.0], [3.0, 4.0, 5.25]);
    for (convention, skewness, kurtosis, quartiles) in [
        ("scipy", skew_p, g2, inclusive),
        ("excel", skew, kurt, inclusive),
        ("sas", skew, kurt, averaged),
        ("spss", skew, kurt, weibull),
        ("r", b1, b2, inclusive),
        ("stata", skew_p, g2 + 3.0, averaged),
        ("minitab", skew, kurt, weibull),
        ("pandas", skew, kurt, inclusive),
        ("duckdb", skew, kurt, inclusive),
    ] {
        let url = format!("/prod/stats?{numbers}&statistics=skewness,kurtosis,quartiles&convention={convention}");
        let answer = get(&url).await.json();
        for (name, wanted) in [("skewness", skewness), ("kurtosis", kurtosis)] {
            let found = answer[name].as_f64().expect("a figure");
            assert!((found - wanted).abs() < 1e-8, "{convention} {name}: {found} is not {wanted}");
        }
        assert_eq!(answer["quartiles"], serde_json::json!(quartiles), "{convention}");
    }
    // Programs that print nothing for few numbers; scipy prints the biased figure.
    for (convention, nothing) in [("excel", true), ("scipy&bias=false", false), ("stata", false)] {
        let url = format!("/prod/stats?numbers=5&numbers=6&statistics=skewness,kurtosis&convention={convention}");
        let answer = get(&url).await.json();
        assert_eq!((answer["skewness"].is_null(), answer["kurtosis"].is_null()), (nothing, nothing), "{convention}");
    }
    let explicit = get(&format!("/prod/stats?{numbers}&statistics=skewness&convention=excel&bias=true")).await.json();
    assert!((explicit["skewness"].as_f64().expect("a figure") - skew_p).abs() < 1e-8);
}

/// Above the setting the answer is marked as approximate, with the error; statistics that need every value are null.
#[tokio::test]
async fn many_different_values() {
    for (query, approximate) in [("&numbers=4", false), ("&numbers=4&numbers=5", true)] {
        let target = format!("/prod/stats?numbers=1&numbers=2&numbers=3{query}&statistics=median,mode,mean");
        let request = Request::get(target).body(Body::empty()).expect("a request");
        let answer = send(service(|config| config.limits.distinct = 4), request).await.json();
        assert_eq!(answer["approximate"] == true, approximate, "{answer}");
        assert_eq!(
            (answer["rank_error"].is_number(), answer["mode"].is_null()),
            (approximate, approximate),
            "{answer}"
        );
        assert!(answer["median"].is_number() && answer["mean"].is_number(), "{answer}");
    }
}

/// After very many distinct numbers it is too late to request statistics that need all of them; before them it is not.
#[tokio::test]
async fn order_is_asked_for_before_very_many_numbers() {
    let numbers: Vec<String> = (0..70_000).rev().map(|number| format!("{number}.125")).collect();
    let numbers = numbers.join(",");
    let before =
        post("/prod/stats", "application/json", format!(r#"{{"statistics":"median","numbers":[{numbers}]}}"#)).await;
    assert_eq!(before.body, r#"{"nobs":70000,"median":34999.625}"#);
    let url = post("/prod/stats?statistics=median", "application/json", format!(r#"{{"numbers":[{numbers}]}}"#)).await;
    assert_eq!(url.body, before.body);
    let late =
        post("/prod/stats", "application/json", format!(r#"{{"numbers":[{numbers}],"statistics":"median"}}"#)).await;
    assert_eq!(late.status, 422);
    assert_eq!(late.json()["errors"][0]["loc"], serde_json::json!(["body", "statistics"]));
    // The sums of those that were counted before are not lost.
    let six = post("/prod/stats", "application/json", format!(r#"{{"numbers":[{numbers}],"ddof":0}}"#)).await;
    let array = post("/prod/stats?ddof=0", "application/json", format!("[{numbers}]")).await;
    assert_eq!(six.body, array.body);
    let few = post("/prod/stats", "application/json", r#"{"numbers":[2,1,3],"statistics":"median"}"#).await;
    assert_eq!(few.body, r#"{"nobs":3,"median":2.0}"#);
}
