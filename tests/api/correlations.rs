//! `correlations=`: coefficients by group and pair of columns; records without a value; what is refused or withheld.

use serde_json::{Value, json};

use crate::{get, post};

const MARKS: &str = "\
school,maths,english,science
1,1,10,2
1,2,30,
2,3,20,4.5
2,4,40,X
";

async fn correlations(query: &str) -> Value {
    let answer = post(&format!("/prod/stats?correlations=maths,english,science&{query}"), "text/csv", MARKS).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.body);
    answer.json()
}

#[tokio::test]
async fn coefficients_of_each_pair() {
    let answer = correlations("absent=X").await;
    let pairs = answer["correlations"].as_array().expect("correlations");
    let names: Vec<[&Value; 3]> = pairs.iter().map(|pair| [&pair["a"], &pair["b"], &pair["nobs"]]).collect();
    let expected = [("maths", "english", 4), ("maths", "science", 2), ("english", "science", 2)];
    assert_eq!(names.len(), expected.len(), "{answer}");
    for (names, (a, b, n)) in names.iter().zip(expected) {
        assert_eq!(*names, [&json!(a), &json!(b), &json!(n)]);
    }
    let first = &pairs[0];
    assert_eq!((&first["pearson"]["r"], &first["spearman"]["r"]), (&json!(0.8), &json!(0.8)));
    assert_eq!(first["kendall"]["tau_b"], json!(2.0 / 3.0));
    // t = 0.8 √(2/0.36), and the root of 2 atanh 0.8 ± 1.96 of one record beyond three.
    let p = first["pearson"]["p"].as_f64().expect("p");
    let [low, high] = ["low", "high"].map(|limit| first["pearson"]["ci"][limit].as_f64().expect("a limit"));
    let tanh = |z: f64| (9.0_f64.ln() / 2.0 + z * 1.959_963_984_540_054).tanh();
    assert!((p - 0.2).abs() < 1e-14 && (low - tanh(-1.0)).abs() < 1e-14 && (high - tanh(1.0)).abs() < 1e-14, "{first}");
    let fields = |pair: &Value| -> Vec<String> {
        let warnings = pair["warnings"].as_array().map(Vec::as_slice).unwrap_or_default();
        warnings.iter().map(|warning| warning["field"].as_str().expect("a field").to_owned()).collect()
    };
    // Tau-b has an interval from five records on.
    assert_eq!((fields(first), &first["kendall"]["ci"]), (vec!["kendall.ci".to_owned()], &Value::Null));
    let coefficients = ["pearson", "spearman", "kendall"];
    let of_two = coefficients.iter().flat_map(|name| [format!("{name}.ci"), format!("{name}.p")]).collect::<Vec<_>>();
    assert_eq!((fields(&pairs[1]), &pairs[1]["pearson"]["r"]), (of_two, &json!(1.0)));
    // The columns are described as by their names.
    let described = post("/prod/stats?column=maths&column=english&column=science&absent=X", "text/csv", MARKS).await;
    assert_eq!(answer["results"], described.json()["results"]);
}

#[tokio::test]
async fn groups_and_totals() {
    let answer = correlations("absent=X&group_by=school&totals=true&decimals=1").await;
    let pairs = answer["correlations"].as_array().expect("correlations");
    let [one, two, all] = [json!({"school":"1"}), json!({"school":"2"}), json!({})];
    let none = Value::Null;
    let expected = [
        (&one, 2, json!(1.0)),
        (&one, 1, none.clone()),
        (&one, 1, none.clone()),
        (&two, 2, json!(1.0)),
        (&two, 1, none.clone()),
        (&two, 1, none),
        (&all, 4, json!(0.8)),
        (&all, 2, json!(1.0)),
        (&all, 2, json!(1.0)),
    ];
    assert_eq!(pairs.len(), expected.len());
    for (pair, (group, nobs, r)) in pairs.iter().zip(&expected) {
        assert_eq!((&pair["group"], &pair["nobs"], &pair["pearson"]["r"]), (*group, &json!(nobs), r), "{answer}");
    }
    let margins = correlations("absent=X&group_by=school&group_by=maths&totals=true").await;
    let groups = |list: &str| -> Vec<Value> {
        let list = margins[list].as_array().expect("a list");
        list.iter().map(|entry| entry["group"].clone()).collect()
    };
    assert_eq!(groups("correlations"), groups("results"), "three columns have three pairs");
    let last = margins["correlations"].as_array().and_then(|all| all.iter().nth_back(2)).expect("a pair");
    assert_eq!((&last["group"], &last["kendall"]["tau_b"]), (&json!({}), &json!(2.0 / 3.0)));
}

/// The same table in every format, with columns in another order, in several files, and in any spelling of numbers.
#[tokio::test]
async fn formats_agree() {
    let bodies = [
        ("text/csv", "g,a,b\nx,1,3\nx,2,\ny,2.50,7\ny,4,5\ny,-1,NA\n"),
        ("text/csv", "b;g;a\r\n3;x;1\r\n;x;2\r\n7;y;2,5\r\n5;y;4\r\nNA;y;-1\r\n"),
        (
            "application/json",
            r#"[{"g":"x","a":1,"b":3},{"a":2,"g":"x"},{"g":"y","a":2.5,"b":"7"},{"b":5,"a":4e0,"g":"y"},{"g":"y","a":-1,"b":null}]"#,
        ),
        ("application/json", r#"{"b":[3,null,7,5,"NA"],"g":["x","x","y","y","y"],"a":[1,2,2.5,4,-1]}"#),
        (
            "application/x-ndjson",
            "{\"g\":\"x\",\"a\":1,\"b\":3}\n{\"g\":\"x\",\"a\":2}\n{\"g\":\"y\",\"a\":2.5,\"b\":7}\n{\"g\":\"y\",\"a\":4,\"b\":5}\n{\"g\":\"y\",\"a\":-1}\n",
        ),
    ];
    for groups in ["", "&group_by=g&overall=true"] {
        let query = format!("/prod/stats?correlations=a,b{groups}");
        let first = post(&query, bodies[0].0, bodies[0].1).await.json();
        assert_eq!(first["correlations"].as_array().map(Vec::len), Some(if groups.is_empty() { 1 } else { 3 }));
        assert_eq!(first["correlations"].as_array().and_then(|all| all.last()).expect("a pair")["nobs"], 3);
        for (media, body) in bodies {
            let options = if body.contains(';') { format!("{query}&delimiter=;&decimal=,") } else { query.clone() };
            let answer = post(&options, media, body).await;
            assert_eq!(answer.status, 200, "{body}: {}", answer.body);
            assert_eq!(answer.json()["correlations"], first["correlations"], "{body}");
            assert_eq!(answer.json()["results"], first["results"], "{body}");
        }
    }
    // A code that is a number is none, however it is written.
    let answer = post("/prod/stats?correlations=a,b&absent=7", "application/json", bodies[2].1).await.json();
    assert_eq!(answer["correlations"][0]["nobs"], 2, "{answer}");
    let answer = post("/prod/stats?correlations=a,b&absent=7", "text/csv", bodies[0].1).await.json();
    assert_eq!(answer["correlations"][0]["nobs"], 2, "{answer}");
}

#[tokio::test]
async fn records_without_a_value() {
    let csv = "a,b\n1,2\n2,x\n3,5\n4,6\n";
    let answer = post("/prod/stats?correlations=a,b&invalid=missing", "text/csv", csv).await.json();
    assert_eq!((&answer["correlations"][0]["nobs"], &answer["results"][1]["invalid"]), (&json!(3), &json!(1)));
    let problem = post("/prod/stats?correlations=a,b", "text/csv", csv).await.json();
    assert_eq!(problem["errors"][0]["type"], json!("float_parsing"), "{problem}");
    let csv = "a,b,c\n1,2,1\n2,,2\n3,5,4\n4,6,5\n";
    let answer = post("/prod/stats?correlations=a,b,c&nan_policy=propagate", "text/csv", csv).await.json();
    let of = |pair: usize| &answer["correlations"][pair];
    assert_eq!((&of(0)["pearson"], &of(0)["warnings"][0]["code"]), (&Value::Null, &json!("nan")), "{answer}");
    assert!(of(1)["pearson"]["r"].is_number() && of(2)["kendall"].is_null(), "{answer}");
    let constant = post("/prod/stats?correlations=a,b", "text/csv", "a,b\n1,2\n1,3\n1,4\n").await.json();
    let pair = &constant["correlations"][0];
    assert_eq!((&pair["nobs"], &pair["pearson"], &pair["spearman"]), (&json!(3), &Value::Null, &Value::Null));
    assert_eq!(pair["warnings"].as_array().map(Vec::len), Some(3), "{pair}");
    let long =
        post("/prod/stats?correlations=a,b", "text/csv", format!("a,b\n1.{},1\n2,3\n", "1".repeat(50))).await.json();
    assert_eq!(long["correlations"][0]["warnings"][6]["code"], json!("digits"), "{long}");
}

/// Past the limit of different pairs of values r is that of the sums, whatever blocks and threads the table is divided into.
#[tokio::test]
async fn many_different_values() {
    let row = |n: u64| format!("{n},{}.5,{}\n", n * n % 10_007, n % 5);
    for (rows, is_counted) in [(10_000, true), (10_001, false)] {
        let csv: String = std::iter::once("a,b,c\n".to_owned()).chain((0..rows).map(row)).collect();
        let answer = post("/prod/stats?correlations=a,b,c", "text/csv", csv.clone()).await.json();
        let pair = &answer["correlations"][0];
        assert_eq!((pair["spearman"].is_object(), pair["kendall"].is_object()), (is_counted, is_counted), "{pair}");
        assert!(pair["pearson"]["r"].is_number() && pair["nobs"] == rows, "{pair}");
        if !is_counted {
            let message = pair["warnings"][0]["message"].as_str().expect("a sentence");
            assert!(message.contains("more than 10000 different pairs of values"), "{pair}");
        }
        // The same in groups, whose totals are merged.
        let grouped =
            post("/prod/stats?correlations=a,b&group_by=c&overall=true", "text/csv", csv.clone()).await.json();
        assert_eq!(grouped["correlations"][5]["pearson"], pair["pearson"]);
        assert_eq!(grouped["correlations"][5]["spearman"], pair["spearman"]);
        assert!(grouped["correlations"][0]["kendall"].is_object());
    }
}

#[tokio::test]
async fn refusals() {
    let many: Vec<String> = (0..51).map(|column| format!("c{column}")).collect();
    let many = format!("correlations={}", many.join(","));
    for (query, code, option) in [
        ("correlations=maths", "literal_error", "correlations"),
        ("correlations=,", "literal_error", "correlations"),
        ("correlations=maths,maths", "repeated", "correlations"),
        (many.as_str(), "literal_error", "correlations"),
        ("correlations=maths,sciense", "unknown_column", "correlations"),
        ("correlations=maths,english&column=maths", "options_together", "column"),
        ("correlations=maths,english&weights=school", "options_together", "weights"),
        ("correlations=maths,english&weights=school&weight_type=reliability", "options_together", "weights"),
        ("correlations=maths,english&format=state", "options_together", "format"),
    ] {
        let problem = post(&format!("/prod/stats?{query}"), "text/csv", MARKS).await;
        assert_eq!(problem.status, 422, "{query}: {}", problem.body);
        let problem = problem.json();
        let [found, place] = [&problem["errors"][0]["type"], &problem["errors"][0]["loc"][1]];
        assert_eq!((found, place), (&json!(code), &json!(option)), "{query}: {problem}");
    }
    let problem = post("/prod/items?correlations=maths,english&items=maths,english", "text/csv", MARKS).await.json();
    let [found, place] = [&problem["errors"][0]["type"], &problem["errors"][0]["loc"][1]];
    assert_eq!((found, place), (&json!("options_together"), &json!("correlations")), "{problem}");
    let csv = "maths,grade\n1,A\n2,B\n";
    for given in ["categories=grade", "crosstab=maths,grade"] {
        let query = format!("/prod/stats?correlations=maths,grade&{given}&order=A,B");
        let problem = post(&query, "text/csv", csv).await.json();
        assert_eq!(problem["errors"][0]["type"], json!("options_together"), "{given}: {problem}");
    }
    let problem = get("/prod/stats?numbers=1&numbers=2&correlations=a,b").await.json();
    assert_eq!(problem["errors"][0]["type"], json!("not_a_table"), "{problem}");
}

/// Any rule of publication withholds the correlations wholly, the number of records with them.
#[tokio::test]
async fn rules_of_publication() {
    for rule in ["publish=ofqual", "suppress_below=2", "round_counts=10", "suppress_below=2&withhold=false"] {
        for groups in ["", "&group_by=school&overall=true"] {
            let answer = correlations(&format!("absent=X&{rule}{groups}")).await;
            let pairs = answer["correlations"].as_array().expect("correlations");
            assert_eq!(pairs.len(), if groups.is_empty() { 3 } else { 9 });
            for pair in pairs {
                for member in ["nobs", "pearson", "spearman", "kendall"] {
                    assert!(pair[member].is_null() && pair["withheld"][member].is_string(), "{rule}: {pair}");
                }
                assert_eq!(pair["warnings"], Value::Null, "{rule}: {pair}");
            }
        }
    }
    let csv = post("/prod/stats?correlations=maths,english&publish=ofqual&format=csv", "text/csv", MARKS).await.body;
    assert!(csv.ends_with("maths,english,[c],[c],[c],[c],[c],[c],[c],[c],[c],[c],[c],[c],[c]\r\n"), "{csv}");
}

#[tokio::test]
async fn tables_of_reports() {
    let ask = async |format: &str| {
        let query = "correlations=maths,english,science&absent=X&group_by=school&totals=true";
        post(&format!("/prod/stats?{query}&format={format}"), "text/csv", MARKS).await
    };
    let csv = ask("csv").await.body;
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines[0].starts_with("a,b,school,nobs,pearson_r,pearson_low,pearson_high,pearson_p,spearman_r,"), "{csv}");
    assert!(lines[1].starts_with("maths,english,1,2,1.0,,,,1.0,") && lines.len() == 10, "{csv}");
    assert!(lines[7].starts_with("maths,english,(all),4,0.8,-0.6"), "{csv}");
    let report = ask("markdown").await.body;
    for text in [
        "Pearson's r of maths, english and science by school",
        "| school | Column  | maths | english | science |",
        "| All    | english | 0.800 |         |   1.000 |",
        "Correlations of maths, english and science by school",
        "Each correlation is of the records with a number in both columns.",
    ] {
        assert!(report.contains(text), "{text}: {report}");
    }
    let ndjson = ask("ndjson").await.body;
    let last: Value = serde_json::from_str(ndjson.lines().last().expect("a line")).expect("JSON");
    assert_eq!(last["correlations"].as_array().map(Vec::len), Some(9));
    for format in ["html", "svg", "xlsx", "ods"] {
        assert_eq!(ask(format).await.status, 200, "{format}");
    }
    // A report says why its cells have no figure.
    let few = post("/prod/stats?correlations=a,b&format=markdown", "text/csv", "a,b\n1,2\n").await.body;
    assert!(few.contains("[x]") && few.contains(": it needs at least 2 numbers"), "{few}");
    // Columns of groups and of the data may have the names of others.
    let csv = "a,nobs,column\n1,2,3\n2,1,5\n";
    for format in ["csv", "markdown", "xlsx"] {
        let query = format!("/prod/stats?correlations=nobs,column&group_by=a&group_by=column&format={format}");
        let answer = post(&query, "text/csv", csv).await;
        assert_eq!(answer.status, 200, "{format}");
        assert!(format != "csv" || answer.body.starts_with("a,b,group_a,group_column,nobs,"), "{}", answer.body);
    }
}
