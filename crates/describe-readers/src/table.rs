//! Tables, whatever format they come in: which columns are described, what a cell is, which group a record belongs to.
//!
//! A [`Plan`] says what is to be done, a [`State`] is what was found so far. Several states may work on blocks of one
//! table at once, because states merge exactly; what they have to say of single records is kept by block, and gets its
//! row numbers when the blocks are put together in order.

mod aggregate;
mod cell;
mod column;
mod diagnostics;
mod header;
mod results;
mod schema;

pub(super) use aggregate::State;
pub(super) use cell::{Cell, Records};
pub(super) use header::too_many_columns;
pub(super) use results::OpenTable;
pub use results::{Skipped, Table, TableResult};
pub(super) use schema::{Plan, Role, check_axis};
