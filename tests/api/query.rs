//! Numbers and options in the URL.

use super::{FIVE_SIX, get};

#[tokio::test]
async fn the_original_tests() {
    assert_eq!(get("/prod/simple").await.body, r#"{"Hello":"World"}"#);
    assert_eq!(get("/prod/stats?numbers=5&numbers=6").await.body, FIVE_SIX);
}

#[tokio::test]
async fn every_spelling_of_a_list() {
    for query in [
        "numbers=5&numbers=6",
        "numbers[]=5&numbers[]=6",
        "numbers%5B%5D=5&numbers%5B%5D=6",
        "numbers%5b%5d=5&numbers%5b%5d=6",
        "numbers[0]=5&numbers[1]=6",
        "numbers%5B1%5D=6&numbers%5B0%5D=5",
        "numbers=%2B5&numbers=6.0",
        "numbers=+5+&numbers=6e0",
        "numbers=5.&numbers=60E-1&ddof=1&bias=TRUE&nan_policy=propagate&axis=0",
    ] {
        let answer = get(&format!("/prod/stats?{query}")).await;
        assert_eq!(answer.body, FIVE_SIX, "{query}");
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn a_missing_value_is_a_warning() {
    let answer = get("/prod/stats?numbers=5&numbers=nan").await.json();
    assert_eq!(answer["nobs"], 2);
    assert!(answer["mean"].is_null());
    assert_eq!(answer["warnings"][0]["code"], "nan");
    assert_eq!(get("/prod/stats?numbers=5&numbers=nan&numbers=6&nan_policy=omit").await.body, FIVE_SIX);
    get("/prod/stats?numbers=nan&nan_policy=raise").await.problem(422);
}

#[tokio::test]
async fn bad_values_are_named_by_index() {
    for bad in ["abc", "5,6", "0x10", "", "1e400", "1_000", "%20"] {
        let problem = get(&format!("/prod/stats?numbers=5&numbers={bad}")).await.problem(422);
        assert_eq!(problem["errors"][0]["loc"], serde_json::json!(["query", "numbers", 1]), "{bad}");
        assert_eq!(problem["error_count"], 1, "{bad}");
    }
}

#[tokio::test]
async fn invalid_values_and_options_are_reported_together() {
    let problem = get("/prod/stats?numbers=5&numbers=abc&ddof=-1&bais=true").await.problem(422);
    assert_eq!(problem["error_count"], 3);
    let errors = problem["errors"].to_string();
    for part in [r#"["query","numbers",1]"#, r#"["query","ddof"]"#, "'bias'"] {
        assert!(errors.contains(part), "{part}: {errors}");
    }
}

#[tokio::test]
async fn the_most_similar_name_is_suggested() {
    for (name, nearest) in
        [("number", "numbers"), ("Numbers", "numbers"), ("nums", "numbers"), ("DDOF", "ddof"), ("groupby", "group_by")]
    {
        let problem = get(&format!("/prod/stats?{name}=5")).await.problem(422);
        let error = &problem["errors"][0];
        assert_eq!(error["loc"], serde_json::json!(["query", name]));
        assert!(
            error["msg"].as_str().is_some_and(|text| text.contains(&format!("did you mean '{nearest}'"))),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn twenty_are_listed_and_all_are_counted() {
    let query = vec!["numbers=x"; 30].join("&");
    let problem = get(&format!("/prod/stats?{query}")).await.problem(422);
    assert_eq!(problem["errors"].as_array().map(Vec::len), Some(20));
    assert_eq!(problem["error_count"], 30);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_never_dropped() {
    for query in [
        "",
        "ddof=0",
        "numbers",
        "numbers=",
        "nums=5",
        "numbers=5&ddof=0&ddof=0",
        "numbers=5&numbers[0]=6",
        "numbers[]=5&numbers[0]=6",
        "numbers[0]=5&numbers[2]=6",
        "numbers[0]=5&numbers[0]=6",
        "numbers[a]=5",
        "numbers=5&=6",
        "Numbers=5",
    ] {
        get(&format!("/prod/stats?{query}")).await.problem(422);
    }
    get("/prod/stats?numbers=%FF").await.problem(400);
}

#[tokio::test]
async fn thousands_of_names_are_refused_at_once() {
    let query: Vec<String> = (0..8000).map(|index| format!("n{index}")).collect();
    get(&format!("/prod/stats?{}", query.join("&"))).await.problem(422);
}
