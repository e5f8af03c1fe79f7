//! Recipes survive their text, names and codes cannot become SQL, and the certificate is the inequality that it is documented as.

use describe_sql::{Dialect, Form, MAX_SCALE, Recipe, StatementError, statement};
use num_bigint::BigInt;
use proptest::prelude::*;

fn recipe() -> impl Strategy<Value = Recipe> {
    let form = prop_oneof![
        (0..=MAX_SCALE).prop_map(|scale| Form::Sums { scale }),
        prop::option::of(0..=MAX_SCALE).prop_map(|scale| Form::Values { scale }),
    ];
    let names = || prop::collection::vec(".{1,8}", 1..3);
    (0..Dialect::all().len(), form, names(), names(), prop::collection::vec("-?[0-9]{1,3}", 0..3), any::<bool>())
        .prop_map(|(dialect, form, columns, group_by, absent, counts_invalid)| Recipe {
            dialect: &Dialect::all()[dialect],
            form,
            columns,
            group_by,
            absent,
            counts_invalid,
        })
}

/// The largest magnitude of each dialect, in the words of its manual.
fn largest(dialect: &str) -> Option<BigInt> {
    match dialect {
        "postgres" => None,
        "duckdb" => Some(BigInt::from(i128::MAX)),
        "clickhouse" => Some((BigInt::from(1) << 255_u32) - 1),
        _ => Some("9".repeat(38).parse().expect("a number")),
    }
}

proptest! {
    #[test]
    fn recipes_survive_their_text(recipe in recipe()) {
        let text = recipe.to_string();
        prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"=&%+-._*".contains(&byte)), "{}", text);
        let has_statement = statement(&recipe, "marks").is_ok();
        prop_assert_eq!(Recipe::parse(&text), has_statement.then_some(recipe));
    }

    /// Outside of comments, quotes and plain words there is nothing that was given.
    #[test]
    fn names_are_quoted_or_refused(recipe in recipe(), table in ".{1,8}") {
        let Ok(text) = statement(&recipe, &table) else { return Ok(()) };
        let given = recipe.columns.iter().chain(&recipe.group_by).map(String::as_str).chain(table.split('.'));
        for name in given {
            prop_assert!(!name.contains(|letter: char| letter.is_control() || "\"'`[]\\;".contains(letter)), "{}", name);
        }
        let (_, query) = text.split_once('\n').expect("a comment");
        // Quotes around names and texts are in pairs, and one semicolon ends it.
        for quote in ['"', '`', '\''] {
            prop_assert_eq!(query.matches(quote).count() % 2, 0);
        }
        prop_assert_eq!(query.matches(';').count(), 1);
        prop_assert!(query.ends_with(";\n"));
    }

    #[test]
    fn the_certificate_is_the_bound_of_every_partial_sum(dialect in 0..8_usize, count in 1..1_000_000_u64, size in 0..70_u32, digits in any::<u64>()) {
        let dialect = &Dialect::all()[dialect];
        let magnitude = (BigInt::from(digits) << size) >> 64_u32;
        let bound = magnitude.pow(4) * count;
        let fits = largest(dialect.name).is_none_or(|largest| bound <= largest);
        let small = -&magnitude / 3;
        prop_assert_eq!(dialect.holds(count, &small, &magnitude), fits);
        prop_assert_eq!(dialect.holds(count, &-&magnitude, &small), fits);
    }
}

#[test]
fn what_a_statement_cannot_have_is_named() {
    let recipe = |form, column: &str, code: &str| Recipe {
        dialect: Dialect::named("postgres").expect("known"),
        form,
        columns: vec![column.into()],
        group_by: Vec::new(),
        absent: vec![code.into()],
        counts_invalid: false,
    };
    let sums =
        |scale, column: &str, code: &str, table: &str| statement(&recipe(Form::Sums { scale }, column, code), table);
    assert!(sums(2, "mark", "-9", "exams.marks").is_ok());
    assert_eq!(sums(10, "mark", "-9", "marks"), Err(StatementError::Scale));
    assert_eq!(sums(2, "mark", "X", "marks"), Err(StatementError::Code("X".into())));
    assert_eq!(sums(2, "mark", "1e9", "marks"), Err(StatementError::Code("1e9".into())));
    assert_eq!(sums(2, "a\"b", "-9", "marks"), Err(StatementError::Name("a\"b".into())));
    assert_eq!(sums(2, "a.b", "-9", "marks"), Err(StatementError::Name("a.b".into())));
    assert_eq!(sums(2, "Describe_v1", "-9", "marks"), Err(StatementError::Name("Describe_v1".into())));
    assert_eq!(sums(2, "mark", "-9", "marks."), Err(StatementError::Name(String::new())));
    assert_eq!(sums(2, "mark", "", "marks"), Err(StatementError::CodeText(String::new())));
    assert_eq!(sums(2, "mark", "8,9", "marks"), Err(StatementError::CodeText("8,9".into())));
    let of_texts = statement(&recipe(Form::Values { scale: None }, "mark", "X"), "marks").expect("a statement");
    assert!(of_texts.contains("absent=X'") && !of_texts.contains("DECIMAL"), "{of_texts}");
}

/// A recipe of sums with these columns, group columns and absence codes.
fn recipe_of(columns: &[&str], group_by: &[&str], absent: &[&str]) -> Recipe {
    let [columns, group_by, absent] =
        [columns, group_by, absent].map(|texts| texts.iter().map(|text| (*text).to_owned()).collect());
    let dialect = Dialect::named("duckdb").expect("known");
    Recipe { dialect, form: Form::Sums { scale: 0 }, columns, group_by, absent, counts_invalid: false }
}

#[test]
fn what_is_there_twice_is_refused() {
    for (columns, group_by, name) in [
        (["v", "v"].as_slice(), [].as_slice(), "v"),
        (&["v"], &["g", "h", "g"], "g"),
        (&["w", "v"], &["v"], "v"),
        (&["v", " v"], &[], "v"),
    ] {
        let recipe = recipe_of(columns, group_by, &[]);
        assert_eq!(statement(&recipe, "t"), Err(StatementError::RepeatedColumn(name.into())));
        assert_eq!(Recipe::parse(&recipe.to_string()), None);
    }
    for absent in [["9", "9"], ["9", "9.0"], ["9", "+9"]] {
        let recipe = recipe_of(&["v"], &[], &absent);
        assert_eq!(statement(&recipe, "t"), Err(StatementError::RepeatedCode(absent[1].into())));
    }
    assert!(statement(&recipe_of(&["v", "V"], &["g"], &["9", "-9"]), "t").is_ok());
    let texts = Recipe { form: Form::Values { scale: None }, ..recipe_of(&["v"], &[], &["X", "X"]) };
    assert_eq!(statement(&texts, "t"), Err(StatementError::RepeatedCode("X".into())));
}

#[test]
fn scales_of_recipes_are_those_of_statements() {
    let text = recipe_of(&["v"], &[], &[]).to_string();
    assert!(Recipe::parse(&text.replace("scale=0", "scale=9")).is_some());
    for scale in ["10", "99", "00", "-1", ""] {
        assert_eq!(Recipe::parse(&text.replace("scale=0", &format!("scale={scale}"))), None, "{scale}");
    }
}

#[test]
fn reserved_words_are_quoted() {
    for dialect in Dialect::all() {
        let [open, close] = match dialect.name {
            "sqlserver" => ['[', ']'],
            "spark" | "bigquery" | "clickhouse" => ['`'; 2],
            _ => ['"'; 2],
        };
        for word in
            ["null", "true", "False", "user", "current_date", "ORDER", "group", "table", "case", "inf", "qualify"]
        {
            let recipe = Recipe { dialect, ..recipe_of(&[word], &["cohort"], &["9"]) };
            let text = statement(&recipe, &format!("{word}.marks")).expect("a statement");
            let quoted = format!("{open}{word}{close}");
            let (_, query) = text.split_once('\n').expect("a comment");
            assert!(query.contains(&format!("FROM {quoted}.marks)")), "{query}");
            assert!(query.contains(&format!("CASE WHEN {quoted} IN (9) THEN NULL ELSE {quoted} END")), "{query}");
            assert!(query.contains("CAST(cohort AS"), "{query}");
            let grouped = Recipe { dialect, ..recipe_of(&["mark"], &[word], &[]) };
            assert!(statement(&grouped, "marks").expect("a statement").contains(&format!("CAST({quoted} AS")));
        }
    }
}
