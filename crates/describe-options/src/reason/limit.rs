//! Limits, and quantities that exceed them.

/// Defines [`Limit`] and the list of all limits from one list.
macro_rules! limits {
    ($(#[doc = $doc:literal] $limit:ident,)+) => {
        /// A limit that the operator of the program can set.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Limit {
            $(#[doc = $doc] $limit,)+
        }

        impl Limit {
            /// All limits.
            pub const ALL: &[Self] = &[$(Self::$limit,)+];
        }
    };
}

limits! {
    /// Bytes of one number, string or cell.
    Cell,
    /// Groups of a table, or slices of a nested array.
    Groups,
    /// Columns of a table.
    Columns,
    /// Bytes after decompression.
    Decompressed,
    /// Bytes of one input that are kept, because it cannot be streamed.
    Memory,
    /// Bytes that one task holds: results, tables, names and whatever is kept.
    TaskMemory,
    /// Processor time of one task.
    Processor,
    /// Bytes of an answer.
    Answer,
}

/// Quantity above its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Excess {
    /// Quantity that exceeds the limit.
    pub of: Measured,
    /// The value of its limit.
    pub max: u64,
}

impl Excess {
    /// Excess of a quantity over the limit `max`.
    #[must_use]
    pub fn new(of: Measured, max: impl TryInto<u64>) -> Self {
        Self { of, max: max.try_into().unwrap_or(u64::MAX) }
    }

    pub(super) fn code(self) -> &'static str {
        match self.of {
            Measured::Value | Measured::Record => "too_long",
            Measured::Groups | Measured::Slices => "too_many_groups",
            Measured::Columns => "too_many_columns",
            Measured::Decompressed
            | Measured::WorkbookFile
            | Measured::ParquetFile
            | Measured::StateFile
            | Measured::SqlResult
            | Measured::WorkbookMemory
            | Measured::WorkbookUnpacked
            | Measured::ParquetUnpacked
            | Measured::ParquetCells
            | Measured::GroupedColumns
            | Measured::RowLabels
            | Measured::TaskMemory
            | Measured::Answer => "too_large",
            Measured::ProcessorTime => "too_long_work",
        }
    }
}

/// Quantity that is compared with a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measured {
    /// Bytes of a value: a number, a string or a cell.
    Value,
    /// Bytes of a record.
    Record,
    /// Groups of a table.
    Groups,
    /// Slices of a nested array along the axis.
    Slices,
    /// Columns of a table.
    Columns,
    /// Bytes after decompression.
    Decompressed,
    /// Bytes of a workbook, which is kept in memory as a whole.
    WorkbookFile,
    /// Bytes of a Parquet file, which is kept in memory as a whole.
    ParquetFile,
    /// Bytes of a state, which is kept in memory as a whole.
    StateFile,
    /// Bytes of the result of an SQL statement, which is kept in memory as a whole.
    SqlResult,
    /// Bytes in memory of the parts of a workbook.
    WorkbookMemory,
    /// Decompressed bytes of a workbook far smaller than the limit.
    WorkbookUnpacked,
    /// Decompressed bytes of pages or the footer of a Parquet file that are in memory at once.
    ParquetUnpacked,
    /// Cells that a Parquet file declares in very few bytes.
    ParquetCells,
    /// Bytes of columns that wait for the others, because they are to be grouped.
    GroupedColumns,
    /// Bytes of the labels of rows, by which columns are aligned.
    RowLabels,
    /// Bytes that the task holds.
    TaskMemory,
    /// Milliseconds of processor time that the task has taken.
    ProcessorTime,
    /// Bytes of the answer.
    Answer,
}

impl Measured {
    /// The limit with which the quantity is compared.
    #[must_use]
    pub fn limit(self) -> Limit {
        match self {
            Self::Value => Limit::Cell,
            Self::Groups | Self::Slices => Limit::Groups,
            Self::Columns => Limit::Columns,
            Self::Decompressed => Limit::Decompressed,
            Self::TaskMemory => Limit::TaskMemory,
            Self::ProcessorTime => Limit::Processor,
            Self::Answer => Limit::Answer,
            Self::Record
            | Self::WorkbookFile
            | Self::ParquetFile
            | Self::StateFile
            | Self::SqlResult
            | Self::WorkbookMemory
            | Self::WorkbookUnpacked
            | Self::ParquetUnpacked
            | Self::ParquetCells
            | Self::GroupedColumns
            | Self::RowLabels => Limit::Memory,
        }
    }
}
