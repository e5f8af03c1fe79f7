//! Workbooks and Parquet files.

use std::fmt::{Formatter, Result};

use describe_options::{ParquetFault, WorkbookFault};

pub(super) fn workbook(f: &mut Formatter, fault: &WorkbookFault) -> Result {
    use WorkbookFault as W;
    match fault {
        W::Protected => {
            return f.write_str(
                "the workbook is protected by a password, or of Excel before 2007; save it as XLSX without a password",
            );
        }
        W::Xlsb => {
            return f.write_str("the workbook is an XLSB file, which is not supported; save it as XLSX");
        }
        _ => f.write_str("the file is not a valid XLSX or ODS workbook: ")?,
    }
    match fault {
        W::Protected | W::Xlsb => Ok(()),
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
        W::RowBeyond { max } => write!(f, "a row stands beyond row {max}, the last that a sheet can have"),
        W::Count { attribute } => write!(f, "{attribute} is not a number"),
    }
}

pub(super) fn parquet(f: &mut Formatter, fault: &ParquetFault) -> Result {
    use ParquetFault as P;
    if *fault == P::Encrypted {
        return f.write_str("the Parquet file is encrypted; write it without encryption");
    }
    f.write_str("the file is not valid Parquet: ")?;
    f.write_str(match fault {
        P::Encrypted => "",
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
