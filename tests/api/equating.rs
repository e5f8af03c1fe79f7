//! `equate=`: marks of a group on the scale of another one, in the formats; what is refused and withheld.

use serde_json::{Value, json};

use crate::post;

/// Two forms with the counts 2, 3, 2, 2, 1 and 1, 2, 2, 3, 2 of the marks 0 to 4 (table 2.3 of Kolen and Brennan).
fn forms() -> String {
    let marks = |form: &str, counts: [usize; 5]| {
        let rows = counts.iter().zip(0..).flat_map(|(count, mark)| vec![format!("{form},{mark}\n"); *count]);
        rows.collect::<String>()
    };
    format!("form,mark\n{}{}", marks("X", [2, 3, 2, 2, 1]), marks("Y", [1, 2, 2, 3, 2]))
}

async fn equated(query: &str) -> Value {
    let answer = post(&format!("/prod/stats?group_by=form&equate=true&{query}"), "text/csv", forms()).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.body);
    answer.json()
}

#[tokio::test]
async fn marks_of_a_pair() {
    let answer = equated("baseline=Y&ddof=0").await;
    let equating = &answer["equating"][0];
    assert_eq!([&equating["a"], &equating["b"]], [&json!({"form":"X"}), &json!({"form":"Y"})]);
    let marks = equating["marks"].as_array().expect("marks");
    let equivalents: Vec<&Value> = marks.iter().map(|mark| &mark["equipercentile"]).collect();
    assert_eq!(equivalents, [0.5, 1.75, 2.0 + 5.0 / 6.0, 3.5, 4.25]);
    // Variances 1.61 and 1.61: the line has a slope of 1 and goes through the means 1.7 and 2.3.
    let line = [&equating["slope"], &equating["intercept"], &equating["step"], &marks[0]["linear"]];
    assert_eq!(line, [1.0, 0.6, 1.0, 0.6]);
    // The other way round without a baseline: each group on the scale of the one before it.
    let back = equated("").await;
    assert_eq!(back["equating"][0]["b"], json!({"form":"X"}));
    assert_eq!(back["comparisons"][0]["b"], json!({"form":"X"}));
}

#[tokio::test]
async fn formats() {
    let csv = post("/prod/stats?group_by=form&baseline=Y&equate=true&format=csv", "text/csv", forms()).await;
    let lines: Vec<&str> = csv.body.lines().collect();
    assert_eq!(
        lines[0],
        "column,form_a,form_b,mark".replace("form_", "") + ",linear,linear_se,equipercentile,equipercentile_se"
    );
    assert!(lines.len() == 6 && lines[2].starts_with("mark,X,Y,1.0,"), "{}", csv.body);
    let report = post("/prod/stats?group_by=form&baseline=Y&equate=true&format=markdown", "text/csv", forms()).await;
    assert!(report.body.contains("Equated marks") && report.body.contains(" 1.75 |"), "{}", report.body);
}

#[tokio::test]
async fn undefined_refused_and_withheld() {
    let few = post("/prod/stats?group_by=form&equate=true", "text/csv", "form,mark\nY,\nX,1\nX,2\n").await.json();
    let equating = &few["equating"][0];
    assert_eq!([&equating["slope"], &equating["marks"]], [&Value::Null, &Value::Null]);
    let warned: Vec<&Value> =
        equating["warnings"].as_array().expect("warnings").iter().map(|one| &one["field"]).collect();
    assert_eq!(warned, ["slope", "intercept", "step", "marks"]);
    for query in [
        "equate=true",
        "equate=true&group_by=form&categories=mark&order=0,1,2,3,4",
        "equate=true&group_by=form&weights=weight&weight_type=reliability",
    ] {
        let refused = post(&format!("/prod/stats?{query}"), "text/csv", "form,mark,weight\nX,1,1\nY,2,1\n").await;
        assert_eq!(refused.status, 422, "{query}: {}", refused.body);
        assert!(refused.body.contains("equate"), "{query}: {}", refused.body);
    }
    // Counts could be calculated from equated marks, also beside counts that are only rounded.
    for rules in
        ["publish=ofqual", "publish=ofqual&withhold=false", "suppress_below=5&withhold=false", "round_counts=5"]
    {
        let published = equated(rules).await;
        let equating = &published["equating"][0];
        for member in ["slope", "intercept", "step", "marks"] {
            assert_eq!(equating[member], Value::Null, "{rules}");
            assert!(equating["withheld"][member].is_string(), "{rules}");
        }
        let csv = post(&format!("/prod/stats?group_by=form&equate=true&{rules}&format=csv"), "text/csv", forms()).await;
        assert!(csv.body.ends_with("\r\nmark,Y,X,[c],[c],[c],[c],[c]\r\n"), "{rules}: {}", csv.body);
    }
}

#[tokio::test]
async fn every_format_says_why_a_pair_has_none() {
    let table = "form,mark\nX,1\nX,2\nX,\nY,3\nY,4\n";
    let ask = async |format: &str| {
        let url = format!("/prod/stats?group_by=form&equate=true&nan_policy=propagate&format={format}");
        post(&url, "text/csv", table).await.body
    };
    assert_eq!(
        ask("csv").await,
        "column,a,b,mark,linear,linear_se,equipercentile,equipercentile_se\r\nmark,Y,X,,,,,\r\n"
    );
    let report = ask("markdown").await;
    for text in [
        "Lines of linear equating",
        "| Y     | X             |   [x] |       [x] |  [x] |",
        "step, marks: a value is missing",
    ] {
        assert!(report.contains(text), "{text}: {report}");
    }
    // Beyond the range of a double the reason is that of the figure itself.
    let far = "form,mark\nX,1e300\nX,2e300\nX,3e300\nY,-1e308\nY,1e308\nY,1.5e308\n";
    let answer = post("/prod/stats?group_by=form&equate=true&baseline=Y", "text/csv", far).await.json();
    let equating = &answer["equating"][0];
    let is_told =
        |member: &str| equating["warnings"].as_array().expect("warnings").iter().any(|one| one["field"] == member);
    for member in ["slope", "intercept", "step", "marks"] {
        assert_eq!(equating[member].is_null(), is_told(member), "{member}: {equating}");
    }
    assert!(is_told("intercept"), "{equating}");
}
