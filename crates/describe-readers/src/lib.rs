//! Readers of numbers and tables: JSON, delimited and plain text, workbooks and Parquet, compressed or not.
//!
//! Input: the chunks of one or more files, a [`Source`] with the declared properties of each, the options, and [`Limits`].
//! Output: an [`Input`] with accumulated numbers or a [`Table`] of them, the options written beside the numbers, and the
//! hash of each file's bytes.
//!
//! Features, all enabled by default: `parallel` processes blocks on all threads of rayon's pool, without it the caller's
//! thread computes the same result; `brotli`, `zstd` (needs a C compiler), `parquet`, `sql` and `workbook` read what their name says,
//! and without them such an input is an error. The crate uses neither the clock nor the file system.
//!
//! Invariants: the result depends neither on where chunks are cut, nor on the order in which blocks are processed, nor on
//! the number of threads. Text is streamed: memory grows with the results, not with the input. Buffers and decompressed
//! data are checked against the limits before they are allocated.

mod buffer;
#[cfg(any(feature = "parquet", feature = "workbook"))]
mod buffered;
mod byte_ranges;
pub mod calendar;
mod cells;
#[cfg(feature = "workbook")]
mod container;
mod dataset;
mod decoder_panics;
mod decompress;
mod delimited;
mod detect;
mod digest;
mod document;
mod errors;
mod format;
mod group;
mod integers;
mod json;
mod kept_ranges;
mod ledger;
mod limits;
mod list;
mod number_line;
mod numbers;
mod parallel;
#[cfg(feature = "parquet")]
mod parquet;
mod reader;
mod simd_level;
mod source;
mod spelling;
#[cfg(feature = "sql")]
mod sql_result;
mod state;
mod table;
mod text;
mod threads;
mod transcode;
mod turns;
#[cfg(feature = "workbook")]
mod workbook;

pub use byte_ranges::ByteRanges;
pub use dataset::Data;
pub use decoder_panics::is_decoding;
pub use decompress::{Coding, Decompressor};
pub use digest::{FileHash, sha256};
pub use format::{Format, NDJSON_ALIASES};
pub use group::sort_group_values;
pub use kept_ranges::KeptRanges;
pub use ledger::{Allowance, Hold, Ledger, Pool};
pub use limits::{Limits, MAX_SPECULATIVE_DISTINCT, PreviewRows};
pub use list::parse_list;
pub use numbers::{Nested, Numbers};
pub use reader::{Input, Reader};
pub use source::Source;
pub use state::to_state;
pub use table::{
    Cell, CellRules, ColumnKind, ColumnPreview, ItemResult, ItemTable, PreviewedText, SavedColumn, SavedGroup,
    SavedTable, SheetPreview, Skipped, Suggestions, Table, TableGroup, TablePreview, TableResult, TableSource,
    TableWarning, TableWarningCode,
};
#[cfg(feature = "correlations")]
pub use table::{CorrelatedGroup, CorrelationTable};

/// Whether this build reads what each is about, so that the compiler can leave out what only they need.
pub mod built {
    /// Correlations of columns.
    pub const CORRELATIONS: bool = cfg!(feature = "correlations");
    /// Boundaries of grades that differ by group.
    pub const GRADES: bool = cfg!(feature = "grades");
    /// Items of a test.
    pub const ITEMS: bool = cfg!(feature = "items");
    /// Results of statements of databases.
    pub const SQL: bool = cfg!(feature = "sql");
    /// Saved states.
    pub const STATES: bool = cfg!(feature = "states");
    /// Parquet files.
    pub const PARQUET: bool = cfg!(feature = "parquet");
}
