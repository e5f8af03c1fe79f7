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
    /// The data decompress to far more than any usual data do.
    Ratio {
        /// The maximum ratio.
        max: u64,
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
            Self::Ratio { .. } | Self::Window { .. } => Kind::TooLarge,
            Self::Corrupt { .. } | Self::EndsEarly { .. } | Self::Followed { .. } => Kind::Malformed,
        }
    }
}

/// Kind of file, as far as its first bytes or the names of its parts show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Text, of whatever format.
    Text,
    /// JSON.
    Json,
    /// XLSX, ODS or XLS workbook.
    Workbook,
    /// Parquet.
    Parquet,
    /// State of a description.
    State,
    /// ZIP archive.
    Zip,
    /// Compound file of Microsoft Office.
    CompoundFile,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
    /// Workbook of Excel 95 or older (BIFF2 to BIFF5).
    Excel95,
    /// Document of Word, `PowerPoint` or another program of an office.
    OfficeDocument,
    /// Workbook of Numbers, or another document of iWork.
    Numbers,
    /// HTML, also in MIME parts, which programs save as `.xls`.
    Html,
    /// Excel's XML of 2003 (`SpreadsheetML`).
    SpreadsheetXml,
    /// ODS as one XML file.
    FlatOds,
    /// Any other XML.
    Xml,
    /// PDF.
    Pdf,
    /// Picture: PNG, JPEG, GIF, TIFF, BMP or WebP.
    Picture,
    /// SPSS.
    Spss,
    /// Stata.
    Stata,
    /// SAS.
    Sas,
    /// R.
    R,
    /// `SQLite` or Access.
    Database,
    /// HDF5, MATLAB or `NumPy`.
    Arrays,
    /// Arrow, Feather, Avro or ORC.
    ColumnStore,
    /// bzip2.
    Bzip2,
    /// XZ.
    Xz,
    /// LZ4, or the `compress` of Unix.
    OtherCompression,
    /// 7-Zip, RAR or tar.
    OtherArchive,
    /// Program, or a library of one.
    Program,
}

/// Fault of a file that is of another kind than it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileFault {
    /// The file has no bytes.
    Empty,
    /// The kind of file is not read.
    Unsupported {
        /// The kind.
        kind: FileKind,
    },
    /// The file is not of the declared kind.
    Mislabelled {
        /// The declared kind.
        declared: FileKind,
        /// The kind that its content shows.
        found: FileKind,
    },
    /// The end of an archive is missing.
    EndsEarly,
    /// An archive has no file.
    NoFile,
    /// An archive has several files.
    SeveralFiles {
        /// The names of the first files, cut.
        names: Vec<String>,
        /// The number of files.
        count: usize,
    },
    /// The file in an archive is an archive or is compressed.
    Nested {
        /// The kind of the file in the archive.
        kind: FileKind,
    },
    /// The file in an archive is protected by a password.
    Protected,
    /// The file in an archive cannot be decompressed.
    Unreadable {
        /// Message of the library that reads it.
        detail: String,
    },
}

impl FileFault {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Empty => "missing",
            // It cannot be known which of both an archive without its directory is; mostly it is a workbook.
            Self::EndsEarly => "workbook",
            _ => "file",
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::EndsEarly | Self::Mislabelled { .. } | Self::Unreadable { .. } => Kind::Malformed,
            Self::Empty
            | Self::Unsupported { .. }
            | Self::NoFile
            | Self::SeveralFiles { .. }
            | Self::Nested { .. }
            | Self::Protected => Kind::Invalid,
        }
    }
}

/// Fault of a workbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkbookFault {
    /// A workbook protected by a password.
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
    /// A record of an XLS workbook contradicts its length, or has a value that is not defined.
    Record {
        /// The part.
        part: String,
        /// The row, counted from 1, if it is one of a cell.
        row: Option<u64>,
    },
    /// A row is beyond the last possible one of a sheet.
    RowBeyond {
        /// The last possible row.
        max: u64,
    },
    /// A formula has no stored value, because no program has calculated it.
    Uncalculated,
    /// An attribute should be a count and is not a number.
    Count {
        /// The attribute's name.
        attribute: String,
    },
}

impl WorkbookFault {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Protected | Self::Xlsb | Self::Uncalculated => Kind::Invalid,
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
            | Self::Record { .. }
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
    /// An encrypted column.
    EncryptedColumn {
        /// The column's name, cut.
        name: String,
    },
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
            Self::Encrypted | Self::EncryptedColumn { .. } => Kind::Invalid,
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
