//! `categories=`: counts of texts in an order, by group; changes and the test of homogeneity; what is refused.

use serde_json::{Value, json};

use crate::{get, post};

const GRADES: &str = "\
cohort,school,grade
2023,1,A
2023,1,A
2023,2,B
2023,2,U
2024,1,A
2024,1,B
2024,2, B\u{20}
2024,2,
2024,2,X
";

async fn outcomes(query: &str) -> Value {
    let answer = post(&format!("/prod/stats?categories=grade&order=A,B,U&{query}"), "text/csv", GRADES).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.body);
    answer.json()
}

fn row(category: &str, count: u64, percent: f64, cumulative_count: u64, cumulative_percent: f64) -> Value {
    json!({
        "category":category,"count":count,"percent":percent,
        "cumulative_count":cumulative_count,"cumulative_percent":cumulative_percent
    })
}

#[tokio::test]
async fn categories_are_counted_in_their_order() {
    let answer = outcomes("absent=X").await;
    let rows = json!([
        row("A", 3, 300.0 / 7.0, 3, 300.0 / 7.0),
        row("B", 3, 300.0 / 7.0, 6, 600.0 / 7.0),
        row("U", 1, 100.0 / 7.0, 7, 100.0)
    ]);
    let expected = json!([{"column":"grade","nobs":7,"categories":rows,"missing":1,"absent":{"X":1}}]);
    assert_eq!(answer["results"], expected);
    assert_eq!((&answer["rows"], &answer["homogeneity"], &answer["skipped"]), (&json!(9), &Value::Null, &Value::Null));
    let reversed = post("/prod/stats?categories=grade&order=U&order=B,A&absent=X", "text/csv", GRADES).await.json();
    let rows = json!([
        row("U", 1, 100.0 / 7.0, 1, 100.0 / 7.0),
        row("B", 3, 300.0 / 7.0, 4, 400.0 / 7.0),
        row("A", 3, 300.0 / 7.0, 7, 100.0)
    ]);
    assert_eq!(reversed["results"][0]["categories"], rows);
}

#[tokio::test]
async fn groups_totals_changes_and_the_test() {
    let answer = outcomes("absent=X&group_by=cohort&totals=true&compare=true").await;
    let groups: Vec<&Value> =
        answer["results"].as_array().expect("results").iter().map(|result| &result["group"]).collect();
    assert_eq!(groups, [&json!({"cohort":"2023"}), &json!({"cohort":"2024"}), &json!({})]);
    let counts = |result: usize| -> Vec<u64> {
        let rows = answer["results"][result]["categories"].as_array().expect("rows");
        rows.iter().map(|row| row["count"].as_u64().expect("a count")).collect()
    };
    assert_eq!([counts(0), counts(1), counts(2)], [[2, 1, 1], [1, 2, 0], [3, 3, 1]]);
    let change = &answer["changes"][0];
    assert_eq!((&change["a"], &change["b"]), (&json!({"cohort":"2024"}), &json!({"cohort":"2023"})));
    let of_a = &change["categories"][0];
    assert_eq!(
        (&of_a["category"], &of_a["change"], &of_a["cumulative_change"]),
        (&json!("A"), &json!(-50.0 / 3.0), &json!(-50.0 / 3.0))
    );
    assert_eq!(change["categories"][1]["cumulative_change"], json!(25.0));
    // By the formulas of Newcombe's method 10 with Wilson's limits of 1/3 and 2/4.
    let (low, high) = (of_a["ci"]["low"].as_f64().expect("a limit"), of_a["ci"]["high"].as_f64().expect("a limit"));
    assert!((low - -60.980_372_185_012).abs() < 1e-9 && (high - 41.053_364_139_570).abs() < 1e-9, "{of_a}");
    // Σ (O - E)²/E over 2 groups and 3 categories: 7 Σ O²/(R C) - 7.
    let test = &answer["homogeneity"][0];
    let statistic = 7.0 * (4.0 / 12.0 + 1.0 / 12.0 + 1.0 / 4.0 + 1.0 / 9.0 + 4.0 / 9.0) - 7.0;
    assert!((test["statistic"].as_f64().expect("a statistic") - statistic).abs() < 1e-14, "{test}");
    assert_eq!((&test["groups"], &test["categories"], &test["df"]), (&json!(2), &json!(3), &json!(2)));
    assert!((test["p"].as_f64().expect("p") - (-statistic / 2.0).exp()).abs() < 1e-14, "{test}");
    assert!((test["least_expected"].as_f64().expect("a count") - 3.0 / 7.0).abs() < 1e-15, "{test}");
    assert_eq!(answer["comparisons"], Value::Null);
    let crossed = outcomes("absent=X&group_by=cohort&group_by=school&totals=true&baseline=2023").await;
    assert_eq!(crossed["changes"].as_array().map(Vec::len), Some(3), "of both schools and of all: {crossed}");
    let one = outcomes("absent=X&group_by=cohort&max_rows=4").await;
    let test = &one["homogeneity"][0];
    assert_eq!(
        (&test["statistic"], &test["df"], &test["warnings"][0]["code"]),
        (&Value::Null, &Value::Null, &json!("undefined"))
    );
}

/// The same table in every format, with typed numbers and in several files.
#[tokio::test]
async fn formats_agree() {
    let csv = "cohort,grade\n2023,9\n2023,8\n2024,9\n2024,U\n2024,\n";
    let bodies = [
        ("text/csv", csv),
        ("text/csv", "cohort;grade\r\n2023;9\r\n2023; 8\r\n2024;\"9\"\r\n2024;U\r\n2024;NA\r\n"),
        (
            "application/json",
            r#"[{"cohort":2023,"grade":9},{"cohort":2023,"grade":8},{"cohort":2024,"grade":"9"},{"cohort":2024,"grade":"U"},{"cohort":2024}]"#,
        ),
        ("application/json", r#"{"cohort":[2023,2023,2024,2024,2024],"grade":[9,8.0,"9","U",null]}"#),
        (
            "application/x-ndjson",
            "{\"cohort\":2023,\"grade\":9}\n{\"cohort\":2023,\"grade\":8}\n{\"cohort\":2024,\"grade\":9}\n{\"cohort\":2024,\"grade\":\"U\"}\n{\"cohort\":2024,\"grade\":\"\"}\n",
        ),
    ];
    let query = "/prod/stats?categories=grade&order=9,8,U&group_by=cohort&overall=true";
    let first = post(query, bodies[0].0, bodies[0].1).await.json();
    assert_eq!(first["results"][2]["categories"][0], row("9", 2, 50.0, 2, 50.0));
    assert_eq!((&first["results"][2]["nobs"], &first["results"][2]["missing"]), (&json!(4), &json!(1)));
    for (media, body) in bodies {
        let answer = post(query, media, body).await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.body);
        assert_eq!(answer.json()["results"], first["results"], "{body}");
    }
    // Numbers as they are written: 09 and 9.0 are other texts.
    for (cell, is_category) in [("9", true), ("09", false), ("9.0", false)] {
        let answer = post("/prod/stats?categories=grade&order=9,8,U", "text/csv", format!("grade\n8\n{cell}\n")).await;
        assert_eq!(answer.status == 200, is_category, "{cell}: {}", answer.body);
    }
    // Alone in the table, and so without other ways to read it.
    let alone =
        post("/prod/stats?categories=grade&order=9,8,U", "application/json", r#"{"grade":[9,9,8,"U"]}"#).await.json();
    assert_eq!(alone["results"][0]["categories"][0], row("9", 2, 50.0, 2, 50.0));
}

#[tokio::test]
async fn texts_beside_the_categories_are_told() {
    let query = "/prod/stats?categories=grade&order=A,B";
    let answer = post(query, "text/csv", GRADES).await;
    assert_eq!(answer.status, 422);
    let problem = answer.json();
    assert_eq!(problem["error_count"], 2, "{problem}");
    let first = &problem["errors"][0];
    assert_eq!(
        (&first["loc"], &first["input"], &first["type"]),
        (&json!(["body", 5, "grade"]), &json!("U"), &json!("category")),
        "{problem}"
    );
    let message = first["msg"].as_str().expect("a message");
    assert!(message.contains("order") && message.contains("absent"), "{message}");
    let lookalike = post(query, "text/csv", "grade\nA\na \n").await.json();
    assert!(lookalike["errors"][0]["msg"].as_str().expect("a message").contains("differs from 'A'"), "{lookalike}");
    let counted = post(&format!("{query}&invalid=missing"), "text/csv", GRADES).await.json();
    assert_eq!(
        (&counted["results"][0]["invalid"], &counted["results"][0]["nobs"]),
        (&json!(2), &json!(6)),
        "{counted}"
    );
    // A category may be a usual marker of missing values.
    let none = post("/prod/stats?categories=grade&order=Pass,None", "text/csv", "grade\nPass\nNone\nNA\n").await.json();
    assert_eq!((&none["results"][0]["nobs"], &none["results"][0]["missing"]), (&json!(2), &json!(1)));
    let weighted =
        post("/prod/stats?categories=grade&order=A,B&weights=n", "text/csv", "grade,n\nA,3\nB,1\n").await.json();
    assert_eq!(weighted["results"][0]["categories"][0], row("A", 3, 75.0, 3, 75.0));
}

#[tokio::test]
async fn contradictions() {
    for (query, code, option) in [
        ("categories=grade", "options_together", "categories"),
        ("order=A,B,U", "options_together", "order"),
        ("categories=grade&order=A,B,U&column=cohort", "options_together", "column"),
        ("categories=grade&order=A,B,U&statistics=mean", "options_together", "statistics"),
        ("categories=grade&order=A,B,U&statistics=all", "options_together", "statistics"),
        ("categories=grade&order=A,B,U&boundaries=A:7", "options_together", "boundaries"),
        ("categories=grade&order=A,B,U&percentile_ranks=7", "options_together", "percentile_ranks"),
        ("categories=grade&order=A,B,U&format=svg&chart=box", "options_together", "chart"),
        ("categories=grade&order=A,B,U&format=state", "options_together", "format"),
        ("categories=grade&order=A,B,U&absent=U", "options_together", "absent"),
        ("categories=grade&order=A,B,U&missing=B", "options_together", "missing"),
        ("categories=grade&order=A,B,A", "repeated", "order"),
        ("categories=grade&order=,", "missing", "order"),
        ("categories=mark&order=A,B,U", "unknown_column", "categories"),
        ("statistics=categories", "missing_option", "statistics"),
    ] {
        let answer = post(&format!("/prod/stats?{query}&skip_end=0"), "text/csv", GRADES.replace(",X", ",")).await;
        let problem = answer.json();
        assert_eq!(answer.status, 422, "{query}: {}", answer.body);
        assert_eq!(
            (&problem["errors"][0]["type"], &problem["errors"][0]["loc"][1]),
            (&json!(code), &json!(option)),
            "{query}: {problem}"
        );
    }
    let named = outcomes("absent=X&statistics=categories").await;
    assert_eq!(named["results"][0]["nobs"], 7);
    let array = get("/prod/stats?numbers=1&categories=grade&order=A").await;
    assert_eq!(array.status, 422, "{}", array.body);
}

#[tokio::test]
async fn crosstabs() {
    let ask = async |query: &str| post(&format!("/prod/stats?{query}&order=A,B,U&absent=X"), "text/csv", GRADES).await;
    let crosstab = ask("crosstab=cohort,grade&totals=true").await;
    let grouped = ask("group_by=cohort&categories=grade&totals=true").await;
    assert_eq!((crosstab.status, &crosstab.body), (grouped.status, &grouped.body));
    let within = ask("crosstab=cohort,grade&group_by=school").await.json();
    assert_eq!(within["results"][0]["group"], json!({"school":"1","cohort":"2023"}));
    let report = ask("crosstab=cohort,grade&totals=true&format=markdown").await.body;
    let across = report.find("| cohort |    A |").unwrap_or_else(|| panic!("categories go across: {report}"));
    let row = report[across..].lines().nth(2).expect("a row");
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    assert_eq!(cells, ["", "2023", "50.0", "25.0", "25.0", ""], "row percent come first: {report}");
    for (query, code, option) in [
        ("crosstab=cohort", "literal_error", "crosstab"),
        ("crosstab=cohort,cohort", "repeated", "crosstab"),
        ("crosstab=mark,grade", "unknown_column", "crosstab"),
        ("crosstab=cohort,mark", "unknown_column", "crosstab"),
        ("crosstab=cohort,grade&categories=grade", "options_together", "categories"),
    ] {
        let problem = ask(query).await.json();
        assert_eq!(
            (&problem["errors"][0]["type"], &problem["errors"][0]["loc"][1]),
            (&json!(code), &json!(option)),
            "{query}: {problem}"
        );
    }
    let problem = post("/prod/stats?crosstab=cohort,grade&absent=X", "text/csv", GRADES).await.json();
    assert!(problem["detail"].as_str().expect("a sentence").starts_with("crosstab needs order"), "{problem}");
}

#[tokio::test]
async fn tables_of_reports() {
    let answer =
        post("/prod/stats?categories=grade&order=A,B,U&absent=X&group_by=cohort&format=csv", "text/csv", GRADES).await;
    let expected = "column,cohort,category,count,percent,cumulative_count,cumulative_percent\r\n\
                    grade,2023,A,2,50.0,2,50.0\r\ngrade,2023,B,1,25.0,3,75.0\r\ngrade,2023,U,1,25.0,4,100.0\r\n";
    assert!(answer.body.starts_with(expected), "{}", answer.body);
    let answer = post(
        "/prod/stats?categories=grade&order=A,B,U&absent=X&group_by=cohort&baseline=2023&format=markdown",
        "text/csv",
        GRADES,
    )
    .await;
    for text in [
        "Cumulative percent: grade by category by cohort",
        "Changes in percentage points",
        "Test of homogeneity",
        "-16.7",
    ] {
        assert!(
            answer.body.contains(text) || answer.body.contains(&text.replace('-', "\u{2212}")),
            "{text}: {}",
            answer.body
        );
    }
    for format in ["html", "svg", "xlsx", "ods", "ndjson"] {
        let query =
            format!("/prod/stats?categories=grade&order=A,B,U&absent=X&group_by=cohort&compare=true&format={format}");
        assert_eq!(post(&query, "text/csv", GRADES).await.status, 200, "{format}");
    }
}

const BANDS: &str = "\
cohort,band,grade
2023,high,A
2023,high,B
2023,low,U
2024,high,A
2024,high,A
2024,low,B
2024,low,U
2024,new,A
";

#[tokio::test]
async fn outcomes_are_predicted_by_band() {
    let url = "/prod/stats?crosstab=band,grade&order=A,B,U&group_by=cohort&predict=true";
    let answer = post(url, "text/csv", BANDS).await.json();
    let predictions = &answer["predictions"];
    // Of two in the high band half would have an A and half a B, and the two in the low one a U; nobody was in the new band.
    let row = |category: &str, figures: [f64; 6]| {
        json!({
            "category":category,"predicted":figures[0],"actual":figures[1],"difference":figures[2],
            "cumulative_predicted":figures[3],"cumulative_actual":figures[4],"cumulative_difference":figures[5]
        })
    };
    let rows = [
        row("A", [25.0, 50.0, 25.0, 25.0, 50.0, 25.0]),
        row("B", [25.0, 25.0, 0.0, 50.0, 75.0, 25.0]),
        row("U", [50.0, 25.0, -25.0, 100.0, 100.0, 0.0]),
    ];
    let expected = json!([{
        "column":"grade","a":{"cohort":"2024"},"b":{"cohort":"2023"},"nobs":4,"unmatched":1,"categories":rows
    }]);
    assert_eq!(predictions, &expected);
    // Bands are compared only if that is asked for.
    assert_eq!(answer["changes"], Value::Null);
    let compared = post(&format!("{url}&compare=true"), "text/csv", BANDS).await.json();
    assert_eq!(compared["changes"][0]["b"], json!({"cohort":"2023","band":"high"}));
    let csv = post(&format!("{url}&format=csv"), "text/csv", BANDS).await.body;
    let header = "column,a,b,category,nobs,unmatched,predicted,actual,difference,cumulative_predicted,cumulative_actual,cumulative_difference";
    assert!(csv.starts_with(&format!("{header}\r\ngrade,2024,2023,A,4,1,25.0,50.0,25.0,")), "{csv}");
    let page = post(&format!("{url}&format=markdown"), "text/csv", BANDS).await.body;
    assert!(page.contains("Predicted outcomes") && page.contains("Left out are the candidates of bands"), "{page}");
    let csv = post(&format!("{url}&publish=ofqual&format=csv"), "text/csv", BANDS).await.body;
    assert_eq!(csv, format!("{header}\r\ngrade,2024,2023,,[c],[c],[c],[c],[c],[c],[c],[c]\r\n"));
    let published = post(&format!("{url}&publish=ofqual"), "text/csv", BANDS).await.json();
    let withheld = &published["predictions"][0];
    assert_eq!([&withheld["nobs"], &withheld["unmatched"], &withheld["categories"]], [&Value::Null; 3]);
    assert!(withheld["withheld"]["nobs"].is_string());
}

#[tokio::test]
async fn every_format_says_why_nothing_is_predicted() {
    let url = "/prod/stats?crosstab=band,grade&order=A,B,U&group_by=cohort&predict=true";
    let table = "cohort,band,grade\n2023,high,A\n2024,low,B\n2024,low,\n";
    let answer = post(url, "text/csv", table).await.json();
    let prediction = &answer["predictions"][0];
    assert_eq!(
        [&prediction["nobs"], &prediction["unmatched"], &prediction["categories"]],
        [&json!(0), &json!(1), &Value::Null]
    );
    let why = "no candidate is in a band of the base";
    assert!(prediction["warnings"][0]["message"].as_str().is_some_and(|message| message.contains(why)), "{prediction}");
    let csv = post(&format!("{url}&format=csv"), "text/csv", table).await.body;
    assert!(csv.ends_with("\r\ngrade,2024,2023,,0,1,,,,,,\r\n"), "{csv}");
    let page = post(&format!("{url}&format=markdown"), "text/csv", table).await.body;
    assert!(page.contains(why) && page.contains("|         1 |       [x] |"), "{page}");
}

#[tokio::test]
async fn many_bands_are_predicted() {
    let (bands, subjects) = (41, 30);
    let years = [(2023, "A"), (2023, "B"), (2024, "A")];
    let rows = |place: usize| {
        let (subject, band) = (place / bands, place % bands);
        years.map(|(year, grade)| format!("{subject},{year},{band},{grade}\n")).concat()
    };
    let table = format!("subject,year,band,grade\n{}", (0..bands * subjects).map(rows).collect::<String>());
    let url = "/prod/stats?crosstab=band,grade&order=A,B&group_by=subject&group_by=year&predict=true";
    let answer = post(url, "text/csv", table).await.json();
    let predictions = answer["predictions"].as_array().expect("predictions");
    assert_eq!(predictions.len(), subjects);
    for prediction in predictions {
        let row = &prediction["categories"][0];
        assert_eq!(
            [&row["predicted"], &row["actual"], &row["difference"]],
            [&json!(50.0), &json!(100.0), &json!(50.0)]
        );
    }
}

#[tokio::test]
async fn a_missing_grade_propagates_to_what_is_made_of_it() {
    let table = "cohort,band,grade\n2023,high,A\n2023,high,B\n2024,high,A\n2024,high,\n";
    let url = "/prod/stats?crosstab=band,grade&order=A,B&group_by=cohort&predict=true&compare=true&compare_by=cohort";
    let answer = post(&format!("{url}&nan_policy=propagate"), "text/csv", table).await.json();
    for figures in [
        &answer["results"][1]["categories"],
        &answer["changes"][0]["categories"],
        &answer["predictions"][0]["categories"],
        &answer["homogeneity"][0]["statistic"],
    ] {
        assert_eq!(figures, &Value::Null, "{answer}");
    }
    let answer = post(url, "text/csv", table).await.json();
    assert_eq!(answer["predictions"][0]["categories"][0]["difference"], json!(50.0));
}

#[tokio::test]
async fn counts_that_are_undefined_are_not_called_withheld() {
    for (query, table) in [
        ("categories=grade&order=A,B&group_by=cohort", "cohort,grade\n2023,A\n2024,\n"),
        ("column=mark&boundaries=A:70,B:40&group_by=cohort", "cohort,mark\n2023,50\n2024,\n"),
    ] {
        let url = format!("/prod/stats?{query}&nan_policy=propagate&format=markdown");
        let page = post(&url, "text/csv", table).await.body;
        assert!(page.contains("[x]") && !page.contains("[c]"), "{query}: {page}");
    }
}

#[tokio::test]
async fn predictions_need_bands_and_a_column_to_compare() {
    for (query, words) in [
        ("categories=grade&order=A,B,U&group_by=cohort&predict=true", "crosstab"),
        ("crosstab=band,grade&order=A,B,U&predict=true", "group_by"),
        ("crosstab=band,grade&order=A,B,U&group_by=cohort&predict=true&compare_by=band", "within the bands"),
        ("crosstab=band,grade&order=A,B,U&group_by=cohort&predict=true&baseline=2022", "cohort:2023"),
    ] {
        let refused = post(&format!("/prod/stats?{query}"), "text/csv", BANDS).await;
        assert_eq!(refused.status, 422, "{query}: {}", refused.body);
        assert!(refused.body.contains(words), "{query}: {}", refused.body);
    }
}
