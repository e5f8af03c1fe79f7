//! Tables of any format: selection of columns, classification of cells, grouping of records.
//!
//! Input: column names, options, and records in blocks. Output: a [`Table`] of results, or diagnostics of its cells. A
//! [`Schema`] holds the columns to read and how to classify their cells; an [`Aggregate`] holds the results of the blocks
//! read so far.
//!
//! Invariants: aggregates merge exactly, so that several may process the blocks of one table at the same time. Diagnostics
//! are collected per block, and get their row numbers when the blocks are put in order.

mod aggregate;
mod bad_cells;
mod cell;
mod code_counts;
mod column;
#[cfg(feature = "correlations")]
mod correlated_records;
mod diagnostics;
mod first_records;
#[cfg(feature = "grades")]
mod grading;
mod header;
mod item_cells;
mod item_columns;
mod item_results;
mod place;
mod preview;
mod profile;
mod reading;
mod results;
mod saved;
mod schema;
#[cfg(feature = "workbook")]
mod sheets;
mod suggestions;
mod table_group;

pub(super) use aggregate::{Aggregate, too_many_groups};
pub use cell::Cell;
#[cfg(feature = "parquet")]
pub(super) use cell::Coded;
pub(super) use cell::{Records, SampleRecord};
#[cfg(feature = "parquet")]
pub(super) use code_counts::MAX_COUNTS_PER_RECORD;
pub use column::{SavedColumn, SavedGroup};
#[cfg(feature = "correlations")]
pub use correlated_records::{CorrelatedGroup, CorrelationTable};
pub(super) use first_records::SHOWN_RECORDS;
pub(super) use header::{too_many_columns, unique_names};
pub use item_results::{ItemResult, ItemTable};
pub(super) use place::{SAMPLE_RECORDS, TableStart};
pub use preview::{ColumnKind, ColumnPreview, PreviewedText, TablePreview};
pub(super) use reading::{LastRecord, Reading};
pub use reading::{SheetPreview, TableSource, TableWarning, TableWarningCode};
pub(super) use results::OpenTable;
pub use results::{Skipped, Table, TableResult};
pub use saved::{CellRules, SavedTable};
pub(super) use saved::{saved_warning_code, saved_warning_number};
#[cfg(feature = "sql")]
pub(super) use schema::{CellClass, SpecialValue};
pub(super) use schema::{Role, Schema, check_axis};
#[cfg(feature = "workbook")]
pub(super) use sheets::SheetReading;
pub use suggestions::Suggestions;
pub use table_group::TableGroup;
