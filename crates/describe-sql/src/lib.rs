//! Exact descriptions by SQL databases: a statement makes the database add integers, and its result says whether they are exact.
//!
//! Input: a [`Recipe`], what is described and in which [`Dialect`], and the name of a table. Output: the text of one statement that only
//! reads; and of a result, whether no sum in it can have overflowed. The crate runs nothing.
//!
//! # Why the figures are exact
//!
//! A cell is cast to a decimal with as many places as the recipe's scale, and multiplied by a power of ten: an integer m. The statement
//! counts the cells that the cast did not keep, which must be none. It adds m, m², m³ and m⁴ in the widest integers of the dialect.
//! With n cells of magnitude M at most, no product and no partial sum, in any order, is larger than n M⁴; minimum, maximum and
//! count cannot overflow, so that they prove from the result alone that nothing else did: see [`Dialect::holds`].
//!
//! ```
//! use describe_sql::{Dialect, Form, Recipe, statement};
//! let recipe = Recipe {
//!     dialect: Dialect::named("duckdb").expect("known"),
//!     form: Form::Sums { scale: 2 },
//!     columns: vec!["mark".into()],
//!     group_by: vec!["cohort".into()],
//!     absent: vec!["-9".into()],
//!     counts_invalid: false,
//! };
//! let text = statement(&recipe, "exams.marks")?;
//! assert!(text.contains("FROM exams.marks") && text.contains("GROUP BY describe_g1"));
//! assert_eq!(Recipe::parse(&recipe.to_string()), Some(recipe));
//! # Ok::<(), describe_sql::StatementError>(())
//! ```

mod dialect;
mod recipe;
mod reserved;
mod statement;

pub use dialect::Dialect;
pub use recipe::{Form, MAX_SCALE, Recipe, StatementError};
pub use statement::{column, statement};
