//! Grades made from marks by boundaries that differ by group: the same answers as for a column of the grades; what is refused.

use serde_json::Value;

use crate::Answer;
use crate::multipart::{FILE, post_form};

const BOUNDARIES: &str =
    "subject,grade,boundary,maximum\nMaths,A,70.5,100\nMaths,B,60,100\nArt,A,40,\nArt,B,30,\nArt,C,20,\n";

const MARKS: &str =
    "subject,year,mark\nMaths,1,70.5\nMaths,1,70.4\nMaths,2,59\nArt,1,40\nArt,2,X\nArt,2,20\nArt,2,\nArt,2,19.99\n";

const TABLE: &str = "name=\"boundaries\"; filename=\"boundaries.csv\"";

async fn graded(query: &str, boundaries: &str, marks: &str) -> Answer {
    let parts = [(TABLE, boundaries.as_bytes()), (FILE, marks.as_bytes())];
    post_form(&format!("/prod/stats?{query}"), &parts).await
}

/// Numbers that look random, below `end`.
fn draws(mut seed: u64) -> impl FnMut(usize) -> usize {
    move |end| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap_or_default() % end
    }
}

#[tokio::test]
async fn answers_are_those_of_a_column_of_grades() {
    let mut draw = draws(7);
    let names = ["A", "B", "C"];
    let boundaries: Vec<(&str, [usize; 3])> = vec![("Maths", [70, 55, 30]), ("Art", [60, 58, 5]), ("", [90, 50, 49])];
    let mut table = "subject;Grade;BOUNDARY\n".to_owned();
    for (name, place) in [("C", 2), ("B", 1), ("A", 0)] {
        for (subject, marks) in &boundaries {
            table.extend([format!("{subject};{name};{},0\n", marks[place])]);
        }
    }
    let (mut marks, mut grades) = ("subject,year,mark\n".to_owned(), "subject,year,mark\n".to_owned());
    for row in 0..400 {
        let (subject, limits) = boundaries[draw(3)];
        let (year, mark) = (2022 + draw(3), draw(101));
        let reached = limits.iter().position(|limit| mark >= *limit);
        let (mark, grade) = match row % 20 {
            0 => ("X".to_owned(), "X"),
            1 => (String::new(), ""),
            _ => (mark.to_string(), reached.map_or("below", |place| names[place])),
        };
        marks.extend([format!("{subject},{year},{mark}\n")]);
        grades.extend([format!("{subject},{year},{grade}\n")]);
    }
    for query in [
        "categories=mark&group_by=subject&absent=X&totals=true",
        "categories=mark&group_by=subject&group_by=year&absent=X&totals=true&compare=true&decimals=2",
        "crosstab=subject,mark&group_by=year&absent=X&predict=true&totals=true",
        "crosstab=subject,mark&absent=X&totals=true&publish=ofqual",
        "categories=mark&group_by=year&group_by=subject&absent=X&totals=true&suppress_below=9&format=csv",
    ] {
        let answer = graded(query, &table, &marks).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.body);
        let expected = post_form(&format!("/prod/stats?{query}&order=A,B,C,below"), &[(FILE, grades.as_bytes())]).await;
        assert_eq!(answer.body, expected.body, "{query}");
    }
}

#[tokio::test]
async fn boundaries_may_come_anywhere() {
    let query = "/prod/stats?categories=mark&group_by=subject&absent=X";
    let expected = graded("categories=mark&group_by=subject&absent=X", BOUNDARIES, MARKS).await;
    let counts = |result: &Value| -> Vec<Value> {
        let categories = result["categories"].as_array().expect("categories");
        categories.iter().map(|category| category["count"].clone()).collect()
    };
    let answer = expected.json();
    assert_eq!(counts(&answer["results"][0]), [1, 0, 1, 1]);
    assert_eq!(counts(&answer["results"][1]), [1, 1, 0, 1]);
    let (boundaries, marks) = (BOUNDARIES.as_bytes(), MARKS.as_bytes());
    for parts in [[(FILE, marks), (TABLE, boundaries)], [("name=\"grade_boundaries\"", boundaries), (FILE, marks)]] {
        assert_eq!(post_form(query, &parts).await.body, expected.body);
    }
    let unchosen = [("name=\"boundaries\"; filename=\"\"", &b""[..]), (FILE, marks)];
    post_form(query, &unchosen).await.problem(422);
}

#[tokio::test]
async fn boundaries_without_groups_are_for_all() {
    let table = "grade\tboundary\nPass\t40\n";
    let answer = graded("categories=mark&absent=X", table, MARKS).await.json();
    let text = answer["results"][0]["categories"].to_string();
    assert!(
        text.contains(r#""category":"Pass","count":4,"#) && text.contains(r#""category":"below","count":2,"#),
        "{text}"
    );
}

#[tokio::test]
async fn empty_columns_and_lines_of_a_spreadsheet_are_left_out() {
    let query = "categories=mark&absent=X&order=A,B";
    let plain = graded(query, "grade,boundary\nA,70\nB,0\n", MARKS).await;
    let exported = graded(query, "grade,boundary,,\nA,70,,\nB,0,,\n,,,\n", MARKS).await;
    assert_eq!(exported.body, plain.body);
}

#[tokio::test]
async fn an_order_that_is_open_is_asked_for() {
    let tiers = "tier,grade,boundary\nH,9,80\nH,4,20\nF,5,70\nF,4,50\n";
    let marks = "tier,mark\nH,80\nF,70\nF,0\n";
    let refused = graded("categories=mark&group_by=tier", tiers, marks).await;
    assert!(refused.problem(422).to_string().contains("'9' and '5'"), "{}", refused.body);
    let answer = graded("categories=mark&group_by=tier&order=9,5,4", tiers, marks).await.json();
    let names: Vec<&Value> =
        answer["results"][0]["categories"].as_array().into_iter().flatten().map(|row| &row["category"]).collect();
    assert_eq!(names, ["9", "5", "4", "below"]);
}

#[tokio::test]
async fn what_cannot_be_graded_is_refused_with_the_remedy() {
    let subjects = "categories=mark&group_by=subject&absent=X";
    for (query, boundaries, words) in [
        (subjects, "subject,grade,boundary\nMaths,A,70\n", "no lines for 'Art'"),
        (
            subjects,
            "subject,grade,boundary\nMaths,A,70\nart,A,20\n",
            "'Art', which has marks; it differs from 'art' in",
        ),
        (subjects, "subject,grade,boundary,maximum\nMaths,A,70,70\nArt,A,20,100\n", "marks above it, up to 70.5"),
        (subjects, "centre,grade,boundary\nx,A,70\n", "'centre', which is not in"),
        (subjects, "subject,mark\nMaths,70\n", "no column 'grade'"),
        (subjects, "subject,grade,boundary\nMaths,A\n", "line 2"),
        (subjects, "subject,grade,boundary\nMaths,A,seventy\n", "line 2: the boundary 'seventy'"),
        // The line that is wrong is repeated, not the beginning of the table.
        (subjects, "subject,grade,boundary\nArt,A,20\nMaths,A,seventy\n", "\"input\":\"Maths,A,seventy\""),
        (subjects, "subject,grade,boundary\nMaths,A,70\nMaths,B,70\n", "line 3"),
        (subjects, "subject,grade,boundary\nMaths,A,70\nMaths,A,60\n", "line 3"),
        (subjects, "subject,grade,boundary\nMaths,below,70\n", "line 2"),
        (subjects, "subject,grade,boundary,maximum\nMaths,A,70,60\n", "line 2"),
        (subjects, "subject,grade,boundary,maximum\nMaths,A,70,80\nMaths,B,60,90\n", "line 3"),
        (subjects, "subject,grade,boundary,grade\nMaths,A,70,A\n", "'grade' twice"),
        (
            subjects,
            "subject,grade,boundary,,\nMaths,A,70,,\nMaths,B,60,,61\n",
            "line 3 has a value in a column without a name",
        ),
        (subjects, "subject,grade,boundary\n", "no grade follows"),
        (subjects, "subject,grade,boundary\nMaths,A,2\nMaths,B,1\nArt,A,1\nArt,B,2\n", "groups differ"),
        (subjects, "subject,grade,boundary\r\nMaths,A,70\r\n\r\nMaths,B,6x\r\n", "line 4: the boundary '6x'"),
        (subjects, "subject;grade;boundary\nMaths;A;1.5\nMaths;B;0,5\n", "line 3: the boundary '0,5'"),
        (subjects, "", "no column 'grade'"),
        ("categories=mark&group_by=subject&absent=X&order=A", BOUNDARIES, "'B' is not in"),
        ("categories=mark&group_by=subject&absent=X&order=B,A,C", BOUNDARIES, "'A' for Maths is higher"),
        ("categories=mark&group_by=subject&absent=X&order=A,B,below,C", BOUNDARIES, "last category"),
        ("column=mark&group_by=subject&absent=X", BOUNDARIES, "categories=mark"),
    ] {
        let refused = graded(query, boundaries, MARKS).await;
        assert!(refused.problem(422).to_string().contains(words), "{query} {boundaries}: {}", refused.body);
    }
    let many: Vec<String> = (0..1001).map(|grade| format!("{grade},{}\n", 2000 - grade)).collect();
    let refused = graded("categories=mark&absent=X", &format!("grade,boundary\n{}", many.concat()), MARKS).await;
    assert!(refused.problem(422).to_string().contains("more than 1000"), "{}", refused.body);
    let kept = "subject,grade,boundary,maximum\nMaths,A,70,70\nArt,A,20,100\n";
    let answer = graded(&format!("{subjects}&invalid=missing"), kept, MARKS).await.json();
    assert_eq!(answer["results"][1]["invalid"], 2);
    // The number of cells above a maximum is not known of weighted marks.
    let weighted = graded("categories=mark&group_by=subject&absent=X&invalid=missing&weights=year", kept, MARKS).await;
    assert!(weighted.problem(422).to_string().contains("marks above it"), "{}", weighted.body);
    // Beside items there is one thing to do, not two that contradict each other.
    let parts = [(TABLE, BOUNDARIES.as_bytes()), (FILE, b"Q1,Q2\n1,0\n0,1\n".as_slice())];
    let refused = post_form("/prod/items?items=Q1,Q2", &parts).await.problem(422);
    assert!(refused["error_count"] == 1 && refused.to_string().contains("no part in the analysis"), "{refused}");
}
