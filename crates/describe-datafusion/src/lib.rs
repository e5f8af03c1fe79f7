//! Exact descriptive statistics as aggregate functions of [DataFusion](https://datafusion.apache.org).
//!
//! Input: columns of integers, floats, decimals or texts of numbers. Output: figures, each the correctly rounded value for the numbers as
//! written, or the state of a sample as bytes. Invariants: the figures of a query depend on its rows alone, to the last bit: not on
//! partitions, batches or their order, nor on whether groups were spilled to disk; what is not a number is an error, and NULL, NaN and
//! blank texts are missing.
//!
//! [`register`] makes the functions known to a session; [`functions`] lists them for other registries.
//!
//! ```
//! use datafusion::arrow::array::AsArray;
//! use datafusion::arrow::datatypes::Float64Type;
//! use datafusion::prelude::*;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> datafusion::error::Result<()> {
//! let session = SessionContext::new();
//! describe_datafusion::register(&session);
//! let query = "SELECT avg(x), exact_mean(x) FROM (VALUES (0.1::DOUBLE), (0.2), (0.3)) numbers(x)";
//! let batches = session.sql(query).await?.collect().await?;
//! let figures = [0, 1].map(|column| batches[0].column(column).as_primitive::<Float64Type>().value(0));
//! assert_eq!(figures, [0.20000000000000004, 0.2]);
//! # Ok(())
//! # }
//! ```
//!
//! The DataFrame API takes them from [`functions`]:
//!
//! ```
//! use datafusion::prelude::*;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> datafusion::error::Result<()> {
//! let session = SessionContext::new();
//! describe_datafusion::register(&session);
//! let describe = session.udaf("describe")?;
//! let marks = session.sql("SELECT * FROM (VALUES ('a', '5.5'), ('a', '6'), ('b', NULL)) t(cohort, mark)").await?;
//! let described = marks.aggregate(vec![col("cohort")], vec![describe.call(vec![col("mark")])])?;
//! assert_eq!(described.count().await?, 2);
//! # Ok(())
//! # }
//! # use datafusion::execution::FunctionRegistry;
//! ```

use std::sync::Arc;

use datafusion::logical_expr::AggregateUDF;
use datafusion::prelude::SessionContext;
use describe::Retention;
use describe_options::Options;
use describe_readers::{CellRules, Limits};

pub mod aggregate;
pub mod cells;
pub mod column_state;
pub mod figures;

use aggregate::{ExactAggregate, Output};
use figures::FIGURES;

/// The examples of the documentation.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/lake.md")]
struct Documentation;

/// Makes the functions known to a session.
pub fn register(session: &SessionContext) {
    for function in functions() {
        session.register_udaf(function);
    }
}

/// All functions: `describe`, `describe_state`, `describe_full_state`, and those of [`FIGURES`].
#[must_use]
pub fn functions() -> Vec<AggregateUDF> {
    let rules = Arc::new(sql_rules());
    let function = |name: &str, aliases: &[&str], output: Output, needs_order: bool| {
        // Values are kept without a limit, so that no figure is approximate; the memory pool of the engine has one.
        let retention = Retention { max_distinct: needs_order.then_some(usize::MAX), ..Retention::default() };
        ExactAggregate::new(name, aliases, output, Arc::clone(&rules), retention).into()
    };
    let figures = FIGURES.iter().enumerate().map(|(index, figure)| {
        function(figure.name, figure.alias.as_slice(), Output::Figure(index), figure.needs_order())
    });
    let others = [
        function("describe", &[], Output::Description, false),
        function("describe_state", &[], Output::State { has_values: false }, false),
        function("describe_full_state", &[], Output::State { has_values: true }, true),
    ];
    others.into_iter().chain(figures).collect()
}

/// Rules of texts in SQL: numbers with a decimal point; NULL and blank texts are missing, and nothing else is.
fn sql_rules() -> CellRules {
    let mut options = Options::default();
    options.table.missing = Some(Vec::new());
    CellRules::new(&options, &Limits::default())
}
