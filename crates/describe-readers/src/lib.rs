//! Bytes to numbers and tables: JSON, delimited and plain text, workbooks and Parquet, compressed or not.
//!
//! Input: the chunks of one file or of several, a [`Source`] that says what is known of each, the options, and [`Limits`].
//! Output: an [`Input`]: accumulated numbers or a [`Table`] of them, options that were written beside the numbers, and the
//! hash of each file's bytes.
//!
//! Features, all of them on by default: `parallel` describes blocks on all threads of rayon's pool, without it the caller's
//! thread does the same work with the same result; `zstd` (which needs a C compiler), `parquet` and `workbook` read what
//! they are named after, and without them such an input is refused. Nothing here asks for the time or the file system.
//!
//! Invariants: the result does not depend on where chunks are cut, on the order in which blocks are described, or on the
//! number of threads. Text is streamed: memory grows with the results, not with the input. What must be buffered, and
//! what comes out of decompression, is bounded by the limits before it is made.

mod buffer;
#[cfg(any(feature = "parquet", feature = "workbook"))]
mod buffered;
pub mod calendar;
mod cells;
mod dataset;
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
mod limits;
mod list;
mod numbers;
mod parallel;
#[cfg(feature = "parquet")]
mod parquet;
mod reader;
mod source;
mod table;
mod text;
mod threads;
mod transcode;
#[cfg(feature = "workbook")]
mod workbook;

pub use dataset::Data;
pub use decompress::{Coding, Decompressor};
pub use digest::sha256;
pub use format::Format;
pub use limits::{Limits, MAX_SPECULATIVE_DISTINCT};
pub use list::parse_list;
pub use numbers::{Nested, Numbers};
pub use reader::{Input, Reader};
pub use source::Source;
pub use table::{Skipped, Table, TableResult};
