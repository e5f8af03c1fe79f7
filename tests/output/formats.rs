//! Formats: how they are chosen, and that they are what they claim to be.

use axum::body::Body;
use quick_xml::events::Event;
use serde_json::Value;

use super::{MARKS, ask, csv, get};

const BY_COHORT: &str = "column=mark&group_by=cohort&absent=X&overall=true&boundaries=A:75,B:60,C:45,D:30";

const TYPES: [(&str, &str, &str); 8] = [
    ("json", "application/json", ""),
    ("ndjson", "application/x-ndjson", "attachment; filename=\"description-DATE.ndjson\""),
    ("csv", "text/csv; charset=utf-8; header=present", "attachment; filename=\"description-DATE.csv\""),
    ("markdown", "text/markdown; charset=utf-8", "attachment; filename=\"description-DATE.md\""),
    ("html", "text/html; charset=utf-8", "inline; filename=\"description-DATE.html\""),
    ("svg", "image/svg+xml", "inline; filename=\"description-DATE.svg\""),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "attachment; filename=\"description-DATE.xlsx\"",
    ),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet", "attachment; filename=\"description-DATE.ods\""),
];

/// A text with DATE in place of each date.
fn undated(text: &str) -> String {
    let mut words: Vec<String> = text.split('-').map(ToOwned::to_owned).collect();
    let is_date = |parts: &[String]| {
        let lengths: Vec<usize> =
            parts.iter().map(|part| part.chars().take_while(char::is_ascii_digit).count()).collect();
        lengths == [4, 2, 2] && parts[2].len() > 2
    };
    while let Some(at) = words.windows(3).position(is_date) {
        let rest = words[at + 2][2..].to_owned();
        words.splice(at..at + 3, [format!("DATE{rest}")]);
    }
    words.join("-")
}

/// A download has the name of the data and the date.
#[tokio::test]
async fn a_download_is_named_after_the_data() {
    let part = |name: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"{name}\"\r\n\r\nmark\n5\n6\n\r\n")
    };
    for (files, expected) in [
        (vec!["marks_utf8bom.csv"], "attachment; filename=\"marks_utf8bom-DATE.xlsx\""),
        (
            vec!["Résultats 2026.csv.gz"],
            "attachment; filename=\"R_sultats_2026-DATE.xlsx\"; filename*=UTF-8''R%C3%A9sultats_2026-DATE.xlsx",
        ),
        (vec!["a.csv", "b.csv"], "attachment; filename=\"description-DATE.xlsx\""),
    ] {
        let form = files.iter().map(|name| part(name)).collect::<String>() + "--b--\r\n";
        let headers = [("content-type", "multipart/form-data; boundary=b")];
        let answer = ask("POST", "/prod/stats?format=xlsx", &headers, form).await;
        assert_eq!(answer.status, 200, "{files:?}");
        assert_eq!(undated(answer.header("content-disposition")), expected);
    }
}

#[tokio::test]
async fn chosen_by_option_or_by_header() {
    for (name, media_type, disposition) in TYPES {
        let essence = media_type.split(';').next().unwrap_or_default();
        let by_option = csv(&format!("{BY_COHORT}&format={name}"), MARKS).await;
        let headers = [("accept", essence), ("content-type", "text/csv")];
        let by_header = ask("POST", &format!("/prod/stats?{BY_COHORT}"), &headers, MARKS).await;
        let query = get(&format!("numbers=5&numbers=6&format={name}")).await;
        for answer in [by_option, by_header, query] {
            assert_eq!(answer.status, 200, "{name}: {:?}", String::from_utf8_lossy(&answer.body));
            assert_eq!(answer.header("content-type"), media_type);
            assert_eq!(undated(answer.header("content-disposition")), disposition);
            assert_eq!(answer.header("cache-control"), "no-store");
            assert_eq!(answer.header("content-security-policy").contains("sandbox"), matches!(name, "html" | "svg"));
        }
    }
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";
    let answer = ask("GET", "/prod/stats?numbers=5&numbers=6", &[("accept", browser)], Body::empty()).await;
    assert_eq!(answer.header("content-type"), "application/json");
    let answer = ask("GET", "/prod/stats?numbers=5&format=csv", &[("accept", "image/png")], Body::empty()).await;
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8; header=present", "an option wins");
    let answer =
        ask("POST", "/prod/stats", &[("accept", "text/csv")], r#"{"numbers":[5,6],"format":"markdown"}"#).await;
    assert_eq!(answer.header("content-type"), "text/markdown; charset=utf-8", "in a JSON body, too");
    let answer = ask("GET", "/prod/stats?numbers=5", &[("accept", "image/png")], Body::empty()).await;
    assert_eq!((answer.status, answer.header("content-type")), (406, "application/problem+json"));
    assert!(answer.header("accept").contains("image/svg+xml"));
}

#[tokio::test]
async fn a_count_given_twice_is_an_error() {
    let answer = csv("round_counts=5&round_counts=10", "mark\n5\n").await.json();
    assert_eq!(answer["errors"][0]["type"], "repeated", "{answer}");
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let many: Vec<String> = (0..13).map(|group| format!("{group},{group}\n")).collect();
    let many = format!("group,mark\n{}", many.concat());
    for (query, loc) in [
        ("group_by=group&chart=box", "chart"),
        ("group_by=group&format=svg", "chart"),
        ("chart=pie", "chart"),
        ("format=pdf", "format"),
        ("format=csv&stamp=true", "stamp"),
        ("format=csv&chart=box", "chart"),
        ("chart=ecdf&publish=ofqual", "chart"),
        ("publish=ons", "publish"),
        ("decimals=16", "decimals"),
        ("round_counts=-5", "round_counts"),
    ] {
        let answer = csv(query, many.clone()).await;
        assert_eq!(answer.status, 422, "{query}: {}", answer.text());
        assert_eq!(answer.json()["errors"][0]["loc"], serde_json::json!(["query", loc]), "{query}");
    }
    let answer = csv("group_by=group&format=html", many).await;
    assert_eq!((answer.status, answer.text().matches("<figure>").count()), (200, 1), "box plots side by side");
    let many: Vec<String> = (0..61).map(|group| format!("{group},{group}\n")).collect();
    let answer = csv("group_by=group&format=html", format!("group,mark\n{}", many.concat())).await;
    assert!(
        answer.status == 200 && answer.text().contains("too many groups to be read"),
        "a report does without charts"
    );
}

#[tokio::test]
async fn csv_is_flat_and_harmless() {
    let table = "=name,mean,mark\n+1,x,5\n\"a,\"\"b\"\"\",x,6\n@c,,7\n";
    let answer =
        csv("column=mark&group_by=%3Dname&group_by=mean&overall=true&format=csv&statistics=scipy,quartiles", table)
            .await;
    let expected = "column,'=name,group_mean,nobs,min,max,mean,variance,skewness,kurtosis,missing\r\n\
                    mark,'+1,x,1,5.0,5.0,5.0,,,,0\r\n\
                    mark,'@c,,1,7.0,7.0,7.0,,,,0\r\n\
                    mark,\"a,\"\"b\"\"\",x,1,6.0,6.0,6.0,,,,0\r\n\
                    mark,(all),(all),3,5.0,7.0,6.0,1.0,0.0,-1.5,0\r\n";
    assert_eq!(answer.text(), expected);
    // The reference for quoting reads the same cells.
    let mut reader = ::csv::Reader::from_reader(answer.body.as_slice());
    let names: Vec<String> = reader.records().map(|record| record.expect("a record")[1].to_owned()).collect();
    assert_eq!(names, ["'+1", "'@c", "a,\"b\"", "(all)"]);
    // A negative number is no formula, and can be joined to other data.
    let changes =
        csv("column=v&group_by=change&format=csv&statistics=mean", "change,v\n-2,1\n-1.5e0,2\n-2+1,3\n-,4\n").await;
    let keys: Vec<String> =
        changes.text().lines().skip(1).map(|line| line.split(',').nth(1).unwrap_or_default().to_owned()).collect();
    assert_eq!(keys, ["-2", "-1.5e0", "'-", "'-2+1"]);
    let nested = ask("POST", "/prod/stats?format=csv", &[], "[[1,2],[3,4]]").await;
    assert!(
        nested.text().starts_with("column,nobs,min,max,mean,variance,skewness,kurtosis\r\n0,2,1.0,3.0,2.0,2.0,"),
        "{}",
        nested.text()
    );
}

#[tokio::test]
async fn without_a_column_of_numbers_there_is_no_table() {
    let names = "name,g\nAnn,x\nBob,y\n";
    assert_eq!(csv("format=csv&group_by=g", names).await.text(), "column,g\r\n");
    let markdown = csv("format=markdown", names).await;
    assert!(
        markdown.text().contains("No column is described") && !markdown.text().contains('|'),
        "{}",
        markdown.text()
    );
    // An option that would read the shown cells is named.
    let note = csv("", "name;mark\nAnn;1,5\nBob;2,5\n").await.json()["notes"][0].clone();
    assert!(note.as_str().is_some_and(|note| note.contains("mark has '1,5' in row 2 (decimal=, reads it)")), "{note}");
    let html = csv("format=html", names).await;
    assert!(!html.text().contains("<table") && !html.text().contains("<svg"), "{}", html.text());
    for query in ["format=xlsx", "format=ods", "format=svg", "format=ndjson"] {
        assert_eq!(csv(query, names).await.status, 200, "{query}");
    }
    // One group has none to be compared with.
    let one = csv("format=markdown&group_by=g&compare=true", "g,m\na,1\na,2\n").await;
    assert_eq!(one.text().matches("## ").count(), 2, "results and notes: {}", one.text());
}

#[tokio::test]
async fn the_notes_say_which_skewness_it_is() {
    for (query, part) in [
        ("", "are those of the described values, without correction for a sample."),
        ("&bias=false", "are corrected for a sample."),
        ("&convention=r", "with the standard deviation that divides by n - 1."),
        ("&convention=stata", "The kurtosis of a normal distribution is 3."),
    ] {
        let notes = get(&format!("numbers=5&numbers=6&numbers=8&format=markdown{query}")).await;
        assert!(notes.text().contains(part), "{query}: {}", notes.text());
    }
}

#[tokio::test]
async fn ndjson_has_the_results_of_json() {
    let whole = csv(BY_COHORT, MARKS).await.json();
    let lines = csv(&format!("{BY_COHORT}&format=ndjson&stamp=true"), MARKS).await;
    let mut lines: Vec<Value> = lines.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(lines.pop().is_some_and(|last| last["stamp"]["rows"] == 300));
    assert_eq!(Value::from(lines), whole["results"]);
    let compared = csv(&format!("{BY_COHORT}&compare=true"), MARKS).await.json();
    let lines = csv(&format!("{BY_COHORT}&compare=true&format=ndjson"), MARKS).await;
    let last: Value = serde_json::from_str(lines.text().lines().last().expect("a line")).expect("JSON");
    assert_eq!(last["comparisons"], compared["comparisons"]);
}

/// The names of the elements of well-formed XML.
fn elements(xml: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut names = Vec::new();
    let mut depth = 0;
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error}: {xml}")) {
            Event::Start(start) => {
                depth += 1;
                names.push(start.name().as_ref().to_owned());
            }
            Event::Empty(start) => names.push(start.name().as_ref().to_owned()),
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    names
}

#[tokio::test]
async fn charts_are_accessible_and_run_nothing() {
    for chart in ["histogram", "box", "ecdf", "compare"] {
        let hostile = MARKS.replace("mark", "m<&\"mark").replace("2021", "<script>alert(1)</script>");
        let hostile = hostile.replacen("subject,m<&\"mark", "subject,\"m<&\"\"mark\"", 1);
        let answer = csv(&format!("column=m%3C%26%22mark&group_by=cohort&absent=X&chart={chart}"), hostile).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let svg = answer.text();
        let names = elements(svg);
        assert_eq!(names[..3], ["svg", "title", "desc"]);
        assert!(svg.contains("role=\"img\"") && svg.contains("aria-labelledby=\"chart-title chart-desc\""));
        assert!(svg.contains("prefers-color-scheme:dark") && svg.contains("&lt;script&gt;"), "{chart}");
        let foreign = |name: &String| {
            !["svg", "title", "desc", "style", "rect", "line", "text", "path", "circle"].contains(&name.as_str())
        };
        assert_eq!(names.iter().find(|name| foreign(name)), None, "{chart}");
        assert!(!svg.contains("http") || svg.matches("http").count() == 1, "only the name space is an address");
    }
}

/// A page says what its shorthands and bold changes mean, and of those alone that it has.
#[tokio::test]
async fn shorthands_are_explained_where_they_stand() {
    const MEANINGS: [&str; 4] =
        ["[c] confidential: ", "[x] not available: ", "[z] not applicable: ", "A change in bold "];
    let marks = |gap: u32| {
        let rows = (0..40).map(|row| format!("{},{},k\n", 2023 + row % 2, 20 + row + gap * (row % 2)));
        rows.collect::<Vec<_>>().concat()
    };
    let (far, alike) = (marks(30), marks(1));
    let one = far.replace("2024,", "2023,");
    for (query, rows, meant) in [
        ("", one.as_str(), [false; 4]),
        ("", "2023,5,k\n2024,6,k\n", [false, true, false, false]),
        ("&boundaries=A:40", &far, [false, false, true, false]),
        ("&group_by=kind&compare=true&compare_by=cohort&columns=cohort", &far, [false, false, false, true]),
        ("&group_by=kind&compare=true&compare_by=cohort&columns=cohort", &alike, [false; 4]),
        ("&suppress_below=50", &far, [true, false, false, false]),
    ] {
        let html = csv(&format!("group_by=cohort&format=html{query}"), format!("cohort,mark,kind\n{rows}")).await;
        let notes = html.text().split_once("<h2 id=\"notes\">").expect("notes").1;
        assert_eq!(MEANINGS.map(|meaning| notes.contains(meaning)), meant, "{query}\n{}", html.text());
    }
}

#[tokio::test]
async fn a_report_is_one_file() {
    let html = csv(&format!("{BY_COHORT}&format=html"), MARKS).await;
    let html = html.text();
    for part in [
        "<!DOCTYPE html>\n<html lang=\"en\">",
        "<title>mark by cohort, 2021 to 2024</title>",
        "<p>The mean mark lies between 44.3 (2021) and 53.3 (2022) in 4 groups.</p>\n<p>3 candidates (1.0%) were absent.</p>",
        "<data value=\"53.34615384615385\">53.35</data>",
        "<caption>Table 1: mark by cohort, 2021 to 2024</caption>",
        "<caption>Table 2: Cumulative percent: mark by grade by cohort, 2021 to 2024</caption>",
        "role=\"img\"",
        "<h2 id=\"notes\">Notes</h2>",
        "SHA-256 of the data",
    ] {
        assert!(html.contains(part), "{part}");
    }
    for part in ["<script", " src=", "href=", "url(", "@import", "onload"] {
        assert!(!html.contains(part), "{part}");
    }
    // Void elements apart it is XML, so every element is closed.
    let closed = html.replace("<!DOCTYPE html>\n", "").replace("<meta charset=\"utf-8\">", "");
    let closed = closed.replace("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">", "");
    let names = elements(&closed);
    assert!(names.contains(&"figure".to_owned()) && names.iter().filter(|name| *name == "table").count() == 5);
}

#[tokio::test]
async fn workbooks_are_read_back() {
    for format in ["xlsx", "ods"] {
        let book = csv(&format!("{BY_COHORT}&format={format}"), MARKS).await;
        let read = |query: &'static str| {
            let headers = [("content-type", "application/octet-stream")];
            let body = book.body.clone();
            async move { ask("POST", query, &headers, body).await.json() }
        };
        let results = read("/prod/stats?sheet=results&column=Mean&group_by=cohort&statistics=mean").await;
        let means: Vec<&Value> =
            results["results"].as_array().expect("results").iter().map(|one| &one["mean"]).collect();
        let expected = csv(BY_COHORT, MARKS).await.json();
        let expected: Vec<&Value> =
            expected["results"].as_array().expect("results").iter().map(|one| &one["mean"]).collect();
        let fifteen =
            |mean: &&Value| -> f64 { format!("{:.14e}", mean.as_f64().expect("a number")).parse().expect("a number") };
        let expected: Vec<f64> = expected.iter().map(fifteen).collect();
        assert_eq!(means, expected, "{format}: every double is there to 15 digits, which is what is read of sheets");
        let grades = read("/prod/stats?sheet=boundaries_count&column=2022&group_by=Grade").await;
        assert_eq!(grades["rows"], 5, "{format}: {grades}");
    }
}

const CROSSED: &str = "a,b,c,mark\ny,9,k,1\nx,10,k,2\nx,9,k,3\nx,10,l,4\ny,,l,5\n";

#[tokio::test]
async fn totals_follow_the_groups() {
    let groups = async |query: &str| {
        let answer = csv(&format!("column=mark&statistics=sum&{query}"), CROSSED).await.json();
        let of = |result: &Value| format!("{} {}", result["group"], result["sum"]);
        answer["results"].as_array().expect("results").iter().map(of).collect::<Vec<_>>()
    };
    let full = [
        r#"{"a":"x","b":"9"} 3.0"#,
        r#"{"a":"x","b":"10"} 6.0"#,
        r#"{"a":"y","b":"9"} 1.0"#,
        r#"{"a":"y","b":null} 5.0"#,
    ];
    let margins = [
        r#"{"a":"x"} 9.0"#,
        r#"{"a":"y"} 6.0"#,
        r#"{"b":"9"} 4.0"#,
        r#"{"b":"10"} 6.0"#,
        r#"{"b":null} 5.0"#,
        "{} 15.0",
    ];
    let both = [&full[..], &margins].concat();
    assert_eq!(groups("group_by=a&group_by=b&totals=true").await, both);
    assert_eq!(groups("group_by=a&group_by=b&totals=true&overall=true").await, both);
    assert_eq!(groups("group_by=a&totals=true").await, groups("group_by=a&overall=true").await);
    let of_three = groups("group_by=a&group_by=b&group_by=c&totals=true").await;
    assert_eq!(of_three[5..], [&margins[..5], &[r#"{"c":"k"} 6.0"#, r#"{"c":"l"} 9.0"#, "{} 15.0"]].concat());
    assert_eq!(groups("totals=true").await, ["null 15.0"]);
    let compared = csv("column=mark&group_by=a&group_by=b&totals=true&compare=true", CROSSED).await.json();
    let pairs =
        compared["comparisons"].as_array().expect("pairs").iter().map(|pair| format!("{} {}", pair["a"], pair["b"]));
    let of_totals = [r#"{"b":"10"} {"b":"9"}"#, r#"{"b":null} {"b":"10"}"#];
    assert_eq!(pairs.skip(2).collect::<Vec<_>>(), of_totals, "totals are compared by the same column");
}

#[tokio::test]
async fn totals_say_what_they_are_over() {
    let ask = async |query: &str| csv(&format!("column=mark&group_by=a&group_by=b&totals=true&{query}"), CROSSED).await;
    let text = ask("statistics=sum&format=csv").await;
    let rows: Vec<&str> = text.text().lines().skip(5).collect();
    assert_eq!(
        rows,
        [
            "mark,x,(all),3,9.0,0",
            "mark,y,(all),2,6.0,0",
            "mark,(all),9,2,4.0,0",
            "mark,(all),10,2,6.0,0",
            "mark,(all),,1,5.0,0",
            "mark,(all),(all),5,15.0,0"
        ]
    );
    for format in ["ndjson", "markdown", "html", "xlsx", "ods"] {
        assert_eq!(ask(&format!("format={format}")).await.status, 200, "{format}");
    }
    let report = ask("format=html").await;
    for part in ["<th scope=\"col\" class=\"n\">All</th>", "<th scope=\"row\">All</th>"] {
        assert!(report.text().contains(part), "{part}: {}", report.text());
    }
    let chart = ask("chart=box").await;
    assert!(chart.text().contains(">x, 10</text>") && !chart.text().contains(">b 10</text>"), "{}", chart.text());
    assert!(!chart.text().contains("all groups"), "{}", chart.text());
}

#[tokio::test]
async fn sentences_are_about_what_was_asked_for() {
    let ask = async |query: &str| csv(&format!("column=mark&absent=X&format=markdown&{query}"), MARKS).await;
    let median = ask("statistics=median").await;
    assert!(!median.text().contains("mean mark"), "{}", median.text());
    assert!(median.text().contains("\n3 candidates (1.0%) were absent.\n"), "{}", median.text());
    // 100 times the nearest double to 0.29 is below 29.
    let compared = ask("rows=subject&columns=cohort&compare=true&confidence=0.29").await;
    assert!(compared.text().contains(" 29% interval |"), "{}", compared.text());
}

#[tokio::test]
async fn a_code_of_absence_may_be_any_word() {
    let answer =
        csv("column=x&group_by=g&absent=percent&statistics=mean&format=markdown", "g,x\na,1\na,percent\n").await;
    let row = answer.text().lines().find(|line| line.starts_with("| a ")).expect("a row");
    let cells: Vec<&str> = row.split('|').map(str::trim).filter(|cell| !cell.is_empty()).collect();
    assert_eq!(cells, ["a", "1", "0.0", "50.0", "1", "0", "1"], "{}", answer.text());
}

#[tokio::test]
async fn decimals_are_by_statistic_in_json_too() {
    for (decimals, mean, std) in [
        ("1", 5.7, 0.6),
        (r#"["1","std:3"]"#, 5.7, 0.577),
        (r#"["mean:2"]"#, 5.67, 0.577_350_269_189_625_7),
        (r#"["mean:2,std:1"]"#, 5.67, 0.6),
    ] {
        let body = format!(r#"{{"numbers":[5,6,6],"statistics":["mean","std"],"decimals":{decimals}}}"#);
        let answer = ask("POST", "/prod/stats", &[("content-type", "application/json")], body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!((&answer.json()["mean"], &answer.json()["std"]), (&mean.into(), &std.into()), "{decimals}");
    }
    let answer = get("numbers=5&decimals=mean:1,mean:2").await.json();
    assert_eq!(answer["errors"][0]["type"], "repeated", "{answer}");
    let answer = get("numbers=5&decimals=skewnes:2").await.json();
    assert!(
        answer["errors"][0]["msg"].as_str().is_some_and(|text| text.contains("did you mean 'skewness'")),
        "{answer}"
    );
}

/// Files that were looked at: the charts in a browser, light, dark and on paper. Write them anew with the `describe` command and the
/// options below, and look at them again, when one changes on purpose.
#[tokio::test]
async fn as_it_was_looked_at() {
    let chart = "column=mark&group_by=cohort&absent=X&chart=";
    let published = format!("{BY_COHORT}&publish=ofqual&format=markdown");
    for (query, golden) in [
        (format!("{chart}histogram"), include_str!("golden/histogram.svg")),
        (format!("{chart}box"), include_str!("golden/box.svg")),
        (format!("{chart}ecdf"), include_str!("golden/ecdf.svg")),
        (format!("{chart}compare"), include_str!("golden/compare.svg")),
        (published, include_str!("golden/published.md")),
    ] {
        assert_eq!(csv(&query, MARKS).await.text(), golden, "{query}");
    }
}
