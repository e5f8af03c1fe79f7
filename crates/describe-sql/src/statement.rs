//! The text of a statement.
//!
//! Input: a recipe and the name of a table. Output: one SELECT. Invariant: what was given enters the text as names of plain words, as
//! names in quotes that hold neither quotes nor escapes, as numbers that were parsed, and as a query string; nothing else of it does.

use std::fmt::Write as _;

use super::dialect::Dialect;
use super::recipe::{Form, Recipe, StatementError, checked_name};

/// Names of the columns of a result.
pub mod column {
    /// The recipe, in every row.
    pub const RECIPE: &str = "describe_sql";
    /// Number of records.
    pub const RECORDS: &str = "records";
    /// Number of the described column, from 1, of a row with a value.
    pub const COLUMN: &str = "column_number";
    /// The value.
    pub const VALUE: &str = "value";
    /// Number of cells that the cast to a decimal did not keep.
    pub const INEXACT: &str = "inexact";
    /// Number of values of a described column.
    pub const COUNT: &str = "n";
    /// Their extremes.
    pub const EXTREMES: [&str; 2] = ["min", "max"];
    /// Sums of their powers.
    pub const SUMS: [&str; 4] = ["sum1", "sum2", "sum3", "sum4"];
    /// Number of cells with an absence code.
    pub const ABSENT: &str = "absent";
    /// Value of a group column.
    pub const GROUP: &str = "group";

    /// Name of a column of which there are several, numbered from 1.
    #[must_use]
    pub fn numbered(name: &str, index: usize) -> String {
        format!("{name}_{}", index + 1)
    }
}

/// The statement that describes the columns of `table`, whose name may have a schema before a point.
///
/// # Errors
/// Names and codes that SQL cannot have, or that are there twice; a scale that is too large; no column.
pub fn statement(recipe: &Recipe, table: &str) -> Result<String, StatementError> {
    let Recipe { dialect, form, columns, group_by, .. } = recipe;
    let codes = recipe.checked()?;
    table.split('.').try_for_each(checked_name)?;
    let table = table.split('.').map(|part| dialect.quoted(part)).collect::<Vec<_>>().join(".");
    let groups: String = (1..).zip(group_by).fold(String::new(), |mut groups, (number, name)| {
        let _ = write!(groups, "{} AS describe_g{number}, ", in_words(dialect, &dialect.quoted(name)));
        groups
    });
    let comment = format!(
        "-- {} of {} in {table}, for describe-api finish. It changes nothing.\n",
        if matches!(form, Form::Sums { .. }) { "Exact sums" } else { "Counts of values" },
        columns.join(", ")
    );
    let query = match form {
        Form::Sums { scale } => sums(recipe, *scale, &codes, &groups, &table),
        Form::Values { scale } => values(recipe, *scale, &groups, &table),
    };
    Ok(comment + &query)
}

fn sums(recipe: &Recipe, scale: u32, codes: &[String], groups: &str, table: &str) -> String {
    let dialect = recipe.dialect;
    let (mut cells, mut decimals, mut integers, mut figures) = Default::default();
    for (number, name) in (1..).zip(&recipe.columns) {
        let name = dialect.quoted(name);
        let value = if codes.is_empty() {
            name.clone()
        } else {
            format!("CASE WHEN {name} IN ({}) THEN NULL ELSE {name} END", codes.join(", "))
        };
        list(&mut cells, &format!("{value} AS describe_v{number}"));
        list(
            &mut decimals,
            &format!(
                "describe_v{number}, {} AS describe_d{number}",
                decimal(dialect, &format!("describe_v{number}"), scale)
            ),
        );
        list(
            &mut integers,
            &format!("{} AS describe_x{number}", integer(dialect, &format!("describe_d{number}"), scale)),
        );
        list(&mut integers, &format!("{} AS describe_i{number}", inexact(dialect, number)));
        sums_of(dialect, number, &mut figures);
        for (code, place) in codes.iter().zip(1..) {
            list(&mut cells, &format!("CASE WHEN {name} = {code} THEN 1 ELSE 0 END AS describe_a{number}_{place}"));
            for inner in [&mut decimals, &mut integers] {
                list(inner, &format!("describe_a{number}_{place}"));
            }
            list(&mut figures, &format!("SUM(describe_a{number}_{place}) AS {}_{number}_{place}", column::ABSENT));
        }
    }
    let keys = for_groups(recipe, |number| format!("describe_g{number}, "));
    format!(
        "WITH cells AS (SELECT {groups}{cells} FROM {table}),\ndecimals AS (SELECT {keys}{decimals} FROM cells),\n\
         integers AS (SELECT {keys}{integers} FROM decimals)\n\
         SELECT '{recipe}' AS {},\n  {}{}(*) AS {},\n  {figures}\nFROM integers{};\n",
        column::RECIPE,
        shown_groups(recipe),
        dialect.count,
        column::RECORDS,
        grouping(recipe, &[]),
    )
}

/// The figures of a column of integers.
fn sums_of(dialect: &Dialect, number: usize, figures: &mut String) {
    let x = format!("describe_x{number}");
    list(figures, &format!("{}({x}) AS {}_{number}", dialect.count, column::COUNT));
    list(figures, &format!("SUM(describe_i{number}) AS {}_{number}", column::INEXACT));
    for (function, name) in ["MIN", "MAX"].into_iter().zip(column::EXTREMES) {
        list(figures, &format!("{} AS {name}_{number}", in_words(dialect, &format!("{function}({x})"))));
    }
    for (power, name) in (1..).zip(column::SUMS) {
        let product = vec![x.as_str(); power].join(" * ");
        list(figures, &format!("{} AS {name}_{number}", in_words(dialect, &format!("SUM({product})"))));
    }
}

fn values(recipe: &Recipe, scale: Option<u32>, groups: &str, table: &str) -> String {
    let dialect = recipe.dialect;
    let keys = for_groups(recipe, |number| format!("describe_g{number}, "));
    let of_column = |(number, name): (usize, &String)| {
        let name = dialect.quoted(name);
        let (value, is_inexact) = match scale {
            Some(scale) => (decimal(dialect, "describe_v1", scale), inexact(dialect, 1)),
            None => (text(dialect, "describe_v1"), "0".to_owned()),
        };
        format!(
            "SELECT '{recipe}' AS {}, {}{number} AS {}, {} AS {}, {}(*) AS {}, SUM({is_inexact}) AS {}\n\
             FROM (SELECT {keys}describe_v1, {value} AS describe_d1 FROM (SELECT {groups}{name} AS describe_v1 FROM {table}) cells) decimals{}",
            column::RECIPE,
            shown_groups(recipe),
            column::COLUMN,
            in_words(dialect, "describe_d1"),
            column::VALUE,
            dialect.count,
            column::RECORDS,
            column::INEXACT,
            grouping(recipe, &["describe_d1"]),
        )
    };
    (1..).zip(&recipe.columns).map(of_column).collect::<Vec<_>>().join("\nUNION ALL\n") + ";\n"
}

/// A value as a text, which no client rounds; NULL, which every client shows in another way, as an empty one.
fn in_words(dialect: &Dialect, value: &str) -> String {
    format!("COALESCE({}, '')", text(dialect, value))
}

fn text(dialect: &Dialect, value: &str) -> String {
    dialect.text.replace("{value}", value)
}

fn list(items: &mut String, item: &str) {
    if !items.is_empty() {
        items.push_str(", ");
    }
    items.push_str(item);
}

fn decimal(dialect: &Dialect, value: &str, scale: u32) -> String {
    dialect.decimal.replace("{value}", value).replace("{scale}", &scale.to_string())
}

fn integer(dialect: &Dialect, decimal: &str, scale: u32) -> String {
    let factor = 10_u64.pow(scale).to_string();
    dialect.integer.replace("{decimal}", decimal).replace("{scale}", &scale.to_string()).replace("{factor}", &factor)
}

/// 1 for a cell that the cast to a decimal did not keep, one that became NULL included, and for a text and NaN.
fn inexact(dialect: &Dialect, number: usize) -> String {
    let (cell, decimal) = (format!("describe_v{number}"), format!("describe_d{number}"));
    let test = |test: &str| format!("WHEN {} THEN 1 ", test.replace("{value}", &cell));
    let is_never_exact = dialect.is_never_exact.map_or(String::new(), test);
    format!("CASE WHEN {cell} IS NULL THEN 0 {is_never_exact}WHEN {decimal} = {cell} THEN 0 ELSE 1 END")
}

/// The group columns of a result.
fn shown_groups(recipe: &Recipe) -> String {
    for_groups(recipe, |number| format!("describe_g{number} AS {}, ", column::numbered(column::GROUP, number - 1)))
}

/// A text for each group column, numbered from 1.
fn for_groups(recipe: &Recipe, text: impl Fn(usize) -> String) -> String {
    (1..=recipe.group_by.len()).map(text).collect::<Vec<_>>().concat()
}

fn grouping(recipe: &Recipe, further: &[&str]) -> String {
    let groups = (1..=recipe.group_by.len()).map(|number| format!("describe_g{number}"));
    let keys: Vec<String> = groups.chain(further.iter().map(|key| (*key).to_owned())).collect();
    if keys.is_empty() { String::new() } else { format!("\nGROUP BY {}", keys.join(", ")) }
}
