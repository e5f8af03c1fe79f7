//! Kinds of files, workbooks and Parquet files.

use std::fmt::{Formatter, Result};

use super::Voice;
use describe_options::{FileFault, FileKind, OptionName, ParquetFault, WorkbookFault};

pub(super) fn file(f: &mut Formatter, fault: &FileFault, voice: Voice) -> Result {
    match fault {
        FileFault::Empty => {
            f.write_str("there is nothing to describe: the file is empty (it has no bytes); make or send it again")
        }
        FileFault::Unsupported { kind } => {
            let (name, remedy) = words(*kind);
            write!(f, "the file is {name}, which is not supported; {remedy}")
        }
        FileFault::Mislabelled { declared, found } => {
            let remedy = match voice {
                Voice::Http => {
                    "send it with its own media type, or with application/octet-stream: then its content decides"
                }
                Voice::CommandLine => "leave out --type: then its content decides",
            };
            write!(f, "the file was declared to be {}, and it is {}; {remedy}", words(*declared).0, words(*found).0)
        }
        FileFault::EndsEarly => {
            f.write_str("the file is a ZIP archive or a workbook whose end is missing; download, copy or send it again")
        }
        FileFault::NoFile => f.write_str("the file is a ZIP archive without a file in it"),
        FileFault::SeveralFiles { names, count } => {
            let more = if *count > names.len() { ", …" } else { "" };
            let list = names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
            write!(
                f,
                "the file is a ZIP archive with {count} files ({list}{more}); unzip it and send one file, or all \
                as one form if they have the same columns"
            )
        }
        FileFault::Nested { kind } => {
            write!(f, "the file is {} inside another one; unpack it first", words(*kind).0)
        }
        FileFault::Protected => {
            f.write_str("the file in the ZIP archive is protected by a password; unzip it and send the file")
        }
        FileFault::Unreadable { detail } => {
            write!(f, "the file in the ZIP archive cannot be decompressed: {detail}; unzip it and send the file")
        }
    }
}

/// A kind of file in words, and the remedy where it is not supported.
fn words(kind: FileKind) -> (&'static str, &'static str) {
    use FileKind as K;
    const SAVE: &str = "open it in a spreadsheet program and save it as XLSX or CSV";
    const UNPACK: &str = "decompress it, or compress it with gzip or zstd";
    const EXPORT: &str = "export the table as CSV or Parquet";
    match kind {
        K::Text => ("text", ""),
        K::Json => ("JSON", ""),
        K::Workbook => ("an XLSX, ODS or XLS workbook", ""),
        K::Parquet => ("a Parquet file", ""),
        K::State => ("a state of a description", ""),
        K::Zip => ("a ZIP archive or a workbook", ""),
        K::CompoundFile => (
            "a file of Microsoft Office before 2007, or one protected by a password",
            "open it in its program and save its table as XLSX or CSV, without a password",
        ),
        K::Gzip => ("a gzip file", ""),
        K::Zstd => ("a Zstandard file", ""),
        K::Excel95 => {
            ("a workbook of Excel 95 or older", "open it in a spreadsheet program and save it as .xlsx or CSV")
        }
        K::OfficeDocument => (
            "a document of Word, PowerPoint or the like",
            "copy its table into a spreadsheet program and save that as XLSX or CSV",
        ),
        K::Numbers => ("a document of Apple Numbers", "export it from Numbers as Excel (.xlsx) or CSV"),
        K::Html => ("an HTML page, whatever its name is", SAVE),
        K::SpreadsheetXml => ("an XML spreadsheet of Excel 2003, whatever its name is", SAVE),
        K::FlatOds => (
            "a flat OpenDocument file (.fods, XML)",
            "open it in a spreadsheet program and save it as ODS, XLSX or CSV",
        ),
        K::Xml => ("XML", "convert it to CSV or JSON"),
        K::Pdf => ("a PDF document", "copy its table into a spreadsheet program and save that as XLSX or CSV"),
        K::Picture => ("a picture", "send the table itself, as CSV or XLSX"),
        K::Spss => (
            "an SPSS file (.sav)",
            "save it from SPSS as CSV or XLSX, or convert it with R's haven or Python's pyreadstat",
        ),
        K::Stata => (
            "a Stata file (.dta)",
            "export it from Stata with 'export delimited', or convert it with R's haven or Python's pandas",
        ),
        K::Sas => (
            "a SAS file",
            "export it from SAS with PROC EXPORT as CSV, or convert it with R's haven or Python's pandas",
        ),
        K::R => ("an R file (.rds or .RData)", "write it from R with write.csv"),
        K::Database => ("a database (SQLite or Access)", EXPORT),
        K::Arrays => ("a file of arrays (HDF5, MATLAB or NumPy)", EXPORT),
        K::ColumnStore => ("an Arrow, Feather, Avro or ORC file", EXPORT),
        K::Bzip2 => ("a bzip2 file", UNPACK),
        K::Xz => ("an xz file", UNPACK),
        K::OtherCompression => ("a file compressed with LZ4 or compress", UNPACK),
        K::OtherArchive => ("a 7-Zip, RAR or tar archive", "unpack it and send the file in it"),
        K::Program => ("a program", "send the table itself, as CSV or XLSX"),
    }
}

pub(super) fn workbook(f: &mut Formatter, fault: &WorkbookFault) -> Result {
    use WorkbookFault as W;
    match fault {
        W::Protected => {
            return f.write_str(
                "the workbook is protected by a password; open it in a spreadsheet program and save it without a password",
            );
        }
        W::Xlsb => {
            return f
                .write_str("the workbook is an .xlsb file (Excel binary), which is not supported; save it as .xlsx");
        }
        W::Uncalculated => {
            return f.write_str(
                "the cell has a formula without a stored value; open the workbook in a spreadsheet program and save it",
            );
        }
        _ => f.write_str("the file is not a valid XLSX, ODS or XLS workbook: ")?,
    }
    match fault {
        W::Protected | W::Xlsb | W::Uncalculated => Ok(()),
        W::Unreadable { part: None, detail } => f.write_str(detail),
        W::Unreadable { part: Some(part), detail } => write!(f, "{part}: {detail}"),
        W::NoDocument => f.write_str("it has no document"),
        W::NoSheets => f.write_str("it has no list of sheets"),
        W::NoSpreadsheet => f.write_str("it has no spreadsheet"),
        W::MissingPart { part } => write!(f, "{part} does not exist in it"),
        W::EndsEarly { part } => write!(f, "{part} ends too early"),
        W::NestedTooDeep { part } => write!(f, "{part} is nested too deeply"),
        W::UnknownEntity { part } => write!(f, "{part} has an unknown entity"),
        W::MissingSheet { part } => write!(f, "{part} names a sheet that does not exist"),
        W::NotASheet { part } => write!(f, "{part} is not a sheet"),
        W::RowNumber { part } => write!(f, "{part} has a row whose number is not valid"),
        W::RowOrder { part, row } => write!(f, "{part} has a row {row} where it cannot stand"),
        W::CellReference { part, reference } => write!(f, "{part} has a cell at '{reference}'"),
        W::SharedText { part } => write!(f, "{part} uses a text that does not exist"),
        W::Record { part, row: None } => write!(f, "{part} has a record that is not valid"),
        W::Record { part, row: Some(row) } => write!(f, "{part} has a record in row {row} that is not valid"),
        W::RowBeyond { max } => write!(f, "a row stands beyond row {max}, the last that a sheet can have"),
        W::Count { attribute } => write!(f, "{attribute} is not a number"),
    }
}

pub(super) fn parquet(f: &mut Formatter, fault: &ParquetFault, voice: Voice) -> Result {
    use ParquetFault as P;
    if *fault == P::Encrypted {
        return f.write_str("the Parquet file is encrypted; write it without encryption");
    }
    if let P::EncryptedColumn { name } = fault {
        let column = voice.option(OptionName::Column);
        return write!(
            f,
            "column '{name}' of the Parquet file is encrypted; name other columns with {column}, or write the file without encryption"
        );
    }
    f.write_str("the file is not valid Parquet: ")?;
    f.write_str(match fault {
        P::Encrypted | P::EncryptedColumn { .. } => "",
        P::Unreadable { detail } => detail,
        P::TooShort => "it is too short",
        P::NoEnd => "its end is missing",
        P::FooterLength => "its footer is longer than the file",
        P::Footer => "its footer contradicts itself",
        P::Columns => "its columns contradict each other",
        P::RowCount => "a row group has no number of rows",
        P::FewerRows => "a column has fewer rows than its row group",
        P::ColumnPlace => "a column lies outside the file",
        P::Page => "a page cannot be decoded",
        P::PageHeader => "a page has no valid header",
        P::PageEnd => "a page ends after its column",
        P::PageLength => "a page is not as long as its header says",
        P::Checksum => "a page has another checksum than its header says",
        P::Decompression { detail: None } => "a page cannot be decompressed",
        P::Decompression { detail: Some(detail) } => return write!(f, "a page cannot be decompressed: {detail}"),
        P::UnsupportedCompression => "the compression is not supported",
        P::PageEncoding => "a page has an encoding that is unknown, or that its column does not name",
        P::Dictionary => "a dictionary contradicts itself",
        P::MissingDictionary => "a page needs a dictionary that does not exist",
        P::Levels => "the levels of a page contradict its length or its number of values",
        P::ValueLengths => "the lengths of the values in a page contradict each other",
        P::Order => "columns are read from the first page to the last",
    })
}
