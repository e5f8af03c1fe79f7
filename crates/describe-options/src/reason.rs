//! Reasons why an input cannot be described or an answer cannot be given: one list, a domain in each file. Every reason
//! carries its values, and has a stable code and a kind.

mod answer;
mod cell;
mod data;
mod files;
mod items;
mod json;
mod kind;
mod limit;
mod sql;
mod state;
mod table;

use crate::option_error::OptionError;

pub use answer::AnswerFault;
pub use cell::{CellFault, CellReason, Codes};
pub use data::{TextFault, ValueFault};
pub use files::{CompressionFault, DatasetFault, FileFault, FileKind, ParquetFault, WorkbookFault};
pub use items::ItemFault;
pub use json::{Expected, JsonFault, JsonHint, SyntaxFault};
pub use kind::Kind;
pub use limit::{Excess, Limit, Measured};
pub use sql::SqlFault;
pub use state::{StateFault, StatePart};
pub use table::{RaggedCause, TableFault};

/// Reason of a diagnostic: the fault, with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// An option, or options together.
    Option(OptionError),
    /// This build leaves out the part of the program that reads the input.
    NotBuilt {
        /// The feature that has it.
        feature: &'static str,
    },
    /// A limit was exceeded.
    Limit(Excess),
    /// The memory of the program is in use by other work.
    Busy,
    /// Nobody waits for the result any more.
    Cancelled,
    /// A value, or an array of values.
    Value(ValueFault),
    /// The encoding of a text.
    Text(TextFault),
    /// JSON.
    Json(JsonFault),
    /// A table of any format.
    Table(TableFault),
    /// Items of a test.
    Items(ItemFault),
    /// A file among several.
    Dataset(DatasetFault),
    /// A file of another kind than it should be.
    File(FileFault),
    /// A workbook.
    Workbook(WorkbookFault),
    /// A Parquet file.
    Parquet(ParquetFault),
    /// Compressed data.
    Compression(CompressionFault),
    /// A state of a description.
    State(StateFault),
    /// The result of an SQL statement.
    Sql(SqlFault),
    /// An answer that cannot be given, although the data are sound.
    Answer(AnswerFault),
}

impl Reason {
    /// The stable code, such as `float_parsing`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.entry().0
    }

    /// Kind of the error.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.entry().1
    }

    fn entry(&self) -> (&'static str, Kind) {
        match self {
            Self::Option(error) => (error.code(), Kind::Invalid),
            Self::NotBuilt { .. } => ("not_built", Kind::Invalid),
            Self::Limit(excess) => (excess.code(), Kind::TooLarge),
            Self::Busy => ("busy", Kind::Busy),
            Self::Cancelled => ("cancelled", Kind::Busy),
            Self::Value(fault) => (fault.code(), Kind::Invalid),
            Self::Text(fault) => (fault.code(), fault.kind()),
            Self::Json(fault) => (fault.code(), fault.kind()),
            Self::Table(fault) => (fault.code(), fault.kind()),
            Self::Items(_) => ("items", Kind::Invalid),
            Self::Dataset(_) => ("different_file", Kind::Invalid),
            Self::File(fault) => (fault.code(), fault.kind()),
            Self::Workbook(fault) => ("workbook", fault.kind()),
            Self::Parquet(fault) => ("parquet", fault.kind()),
            Self::Compression(fault) => ("compression", fault.kind()),
            Self::State(fault) => (fault.code(), fault.kind()),
            Self::Sql(fault) => (fault.code(), fault.kind()),
            Self::Answer(fault) => (fault.code(), fault.kind()),
        }
    }
}

/// Makes a reason of each domain's faults.
macro_rules! reasons {
    ($($variant:ident($fault:ty),)+) => {
        $(impl From<$fault> for Reason {
            fn from(fault: $fault) -> Self {
                Self::$variant(fault)
            }
        })+
    };
}

reasons! {
    Option(OptionError),
    Limit(Excess),
    Value(ValueFault),
    Text(TextFault),
    Json(JsonFault),
    Table(TableFault),
    Items(ItemFault),
    Dataset(DatasetFault),
    File(FileFault),
    Workbook(WorkbookFault),
    Parquet(ParquetFault),
    Compression(CompressionFault),
    State(StateFault),
    Sql(SqlFault),
    Answer(AnswerFault),
}
