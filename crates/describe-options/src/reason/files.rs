//! Files: workbooks, Parquet, compression, and several files as one data set.

use super::kind::Kind;

/// Reason why a file does not belong to the data set of the files before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatasetFault {
    /// A column is missing.
    LacksColumn {
        /// The column's name, cut.
        name: String,
    },
    /// An additional column.
    HasColumn {
        /// The column's name, cut.
        name: String,
    },
    /// The columns differ.
    OtherColumns,
    /// Some files are tables and some are numbers.
    TablesAndNumbers,
    /// A nested array must be the only file.
    NestedArray,
}

/// Fault of compressed data; `coding` is the name of the compression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompressionFault {
    /// The data are corrupt.
    Corrupt {
        /// The compression.
        coding: &'static str,
    },
    /// The data end too early.
    EndsEarly {
        /// The compression.
        coding: &'static str,
    },
    /// Something else follows the data.
    Followed {
        /// The compression.
        coding: &'static str,
    },
    /// Zstandard data need a larger window than decoders must have.
    Window {
        /// The largest window in MiB.
        max_mib: u64,
    },
}

impl CompressionFault {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Window { .. } => Kind::TooLarge,
            Self::Corrupt { .. } | Self::EndsEarly { .. } | Self::Followed { .. } => Kind::Malformed,
        }
    }
}

/// Fault of a workbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkbookFault {
    /// A workbook protected by a password, or in the format of Excel before 2007.
    Protected,
    /// A workbook in the binary format XLSB.
    Xlsb,
    /// The archive, or the XML of a part, cannot be read.
    Unreadable {
        /// The part; `None` for the archive.
        part: Option<String>,
        /// Message of the library that reads it.
        detail: String,
    },
    /// The main document is missing.
    NoDocument,
    /// The list of sheets is missing.
    NoSheets,
    /// The content is missing, or has no spreadsheet.
    NoSpreadsheet,
    /// A part is missing.
    MissingPart {
        /// The part.
        part: String,
    },
    /// A part ends too early.
    EndsEarly {
        /// The part.
        part: String,
    },
    /// The elements of a part are nested too deeply.
    NestedTooDeep {
        /// The part.
        part: String,
    },
    /// A part has an unknown entity.
    UnknownEntity {
        /// The part.
        part: String,
    },
    /// The list of sheets names a sheet that does not exist.
    MissingSheet {
        /// The part.
        part: String,
    },
    /// A part that should be a sheet is not one.
    NotASheet {
        /// The part.
        part: String,
    },
    /// The number of a row is not a number from 1 on.
    RowNumber {
        /// The part.
        part: String,
    },
    /// A row does not come after the one before it, or comes after the last possible one.
    RowOrder {
        /// The part.
        part: String,
        /// The row, counted from 1.
        row: u64,
    },
    /// The reference of a cell is invalid.
    CellReference {
        /// The part.
        part: String,
        /// The reference, cut.
        reference: String,
    },
    /// A cell uses a shared text that does not exist.
    SharedText {
        /// The part.
        part: String,
    },
    /// A row is beyond the last possible one of a sheet.
    RowBeyond {
        /// The last possible row.
        max: u64,
    },
    /// An attribute should be a count and is not a number.
    Count {
        /// The attribute's name.
        attribute: String,
    },
}

impl WorkbookFault {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Protected | Self::Xlsb => Kind::Invalid,
            Self::Unreadable { .. }
            | Self::NoDocument
            | Self::NoSheets
            | Self::NoSpreadsheet
            | Self::MissingPart { .. }
            | Self::EndsEarly { .. }
            | Self::NestedTooDeep { .. }
            | Self::UnknownEntity { .. }
            | Self::MissingSheet { .. }
            | Self::NotASheet { .. }
            | Self::RowNumber { .. }
            | Self::RowOrder { .. }
            | Self::CellReference { .. }
            | Self::SharedText { .. }
            | Self::RowBeyond { .. }
            | Self::Count { .. } => Kind::Malformed,
        }
    }
}

/// Fault of a Parquet file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParquetFault {
    /// An encrypted file.
    Encrypted,
    /// The library that reads the file returned an error.
    Unreadable {
        /// Message of the library.
        detail: String,
    },
    /// The file is too short.
    TooShort,
    /// The magic number at the end of the file is missing.
    NoEnd,
    /// The footer is longer than the file.
    FooterLength,
    /// The footer contradicts itself.
    Footer,
    /// The columns of the schema contradict each other.
    Columns,
    /// The count of rows of a row group is not a number.
    RowCount,
    /// A column has fewer rows than its row group.
    FewerRows,
    /// A column's bytes lie outside the file.
    ColumnPlace,
    /// A page contradicts its header, or cannot be decoded.
    Page,
    /// A page has no valid header.
    PageHeader,
    /// A page ends after its column.
    PageEnd,
    /// A page is not as long as its header says.
    PageLength,
    /// A page has another checksum than its header says.
    Checksum,
    /// A page cannot be decompressed.
    Decompression {
        /// Message of the decoder, if it has one.
        detail: Option<String>,
    },
    /// A compression is not supported.
    UnsupportedCompression,
    /// A page has an encoding that is unknown, or that its column does not name.
    PageEncoding,
    /// A dictionary contradicts itself, or there are two.
    Dictionary,
    /// A page needs a dictionary that does not exist.
    MissingDictionary,
    /// The levels of a page are longer than the page, or it has more nulls than values.
    Levels,
    /// The lengths of the values in a page contradict each other.
    ValueLengths,
    /// Columns are read in another order than from the first page to the last.
    Order,
}

impl ParquetFault {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Encrypted => Kind::Invalid,
            Self::Unreadable { .. }
            | Self::TooShort
            | Self::NoEnd
            | Self::FooterLength
            | Self::Footer
            | Self::Columns
            | Self::RowCount
            | Self::FewerRows
            | Self::ColumnPlace
            | Self::Page
            | Self::PageHeader
            | Self::PageEnd
            | Self::PageLength
            | Self::Checksum
            | Self::Decompression { .. }
            | Self::UnsupportedCompression
            | Self::PageEncoding
            | Self::Dictionary
            | Self::MissingDictionary
            | Self::Levels
            | Self::ValueLengths
            | Self::Order => Kind::Malformed,
        }
    }
}
