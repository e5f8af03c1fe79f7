//! Tables, whatever format they come in: which columns are described, what a cell is, which group a record belongs to.
//!
//! A [`Schema`] says which columns are read and how; an [`Aggregate`] holds the results so far. Several aggregates may
//! work on blocks of one table at once, because they merge exactly. Diagnostics of single records are collected per block
//! and get their row numbers when the blocks are put in order.

mod aggregate;
mod cell;
mod column;
mod diagnostics;
mod header;
mod results;
mod schema;

pub(super) use aggregate::Aggregate;
pub(super) use cell::{Cell, Records};
#[cfg(any(feature = "parquet", feature = "workbook"))]
pub(super) use header::too_many_columns;
pub(super) use results::OpenTable;
pub use results::{Skipped, Table, TableResult};
pub(super) use schema::{Role, Schema, check_axis};
