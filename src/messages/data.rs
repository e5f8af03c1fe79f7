//! Limits, values, texts, compression and data sets.

use std::fmt::{Formatter, Result};

use super::Voice;
use describe_options::{CompressionFault, DatasetFault, Excess, Measured, OptionName, TextFault, ValueFault};

pub(super) fn limit(f: &mut Formatter, Excess { of, max }: Excess, voice: Voice) -> Result {
    let setting = voice.setting(of.limit());
    match of {
        Measured::Value => write!(f, "a value is longer than {max} bytes, the limit of {setting}"),
        Measured::Record => write!(f, "a record is longer than {max} bytes, the limit of {setting}"),
        Measured::Groups => write!(f, "there are more than {max} groups, the limit of {setting}"),
        Measured::Slices => write!(
            f,
            "the answer would have more than {max} results, the limit of {setting}; use another {}",
            voice.option(OptionName::Axis)
        ),
        Measured::Columns => write!(f, "the table has more than {max} columns, the limit of {setting}"),
        Measured::Decompressed => {
            write!(f, "decompressed, the data are larger than {max} bytes, the limit of {setting}")
        }
        Measured::WorkbookFile | Measured::ParquetFile => {
            let file = if of == Measured::WorkbookFile { "workbook" } else { "Parquet file" };
            write!(
                f,
                "the {file} is larger than {max} bytes, the limit of {setting}, and it must be held in memory; CSV has no such limit"
            )
        }
        Measured::WorkbookMemory => {
            write!(f, "the workbook takes more than {max} bytes of memory, the limit of {setting}")
        }
        Measured::WorkbookUnpacked => write!(
            f,
            "the workbook unpacks to more than {max} bytes, the limit for a workbook of its size; {setting} raises it"
        ),
        Measured::ParquetUnpacked => {
            write!(f, "the Parquet file unpacks to more than {max} bytes at once, the limit of {setting}")
        }
        Measured::ParquetCells => write!(
            f,
            "the Parquet file declares more than {max} cells, the limit for a file of its size; {setting} raises it"
        ),
        Measured::GroupedColumns => write!(
            f,
            "the columns to be grouped take more than {max} bytes, the limit of {setting}; ask for fewer by {}, or send \
             records, which are not held in memory",
            voice.option(OptionName::Column)
        ),
    }
}

/// `subject` is the value with a space after it; empty if the place comes before the sentence.
pub(super) fn value(f: &mut Formatter, fault: &ValueFault, subject: &str, voice: Voice) -> Result {
    match fault {
        ValueFault::NotANumber => write!(f, "{subject}should be a number"),
        ValueFault::OutOfRange => write!(f, "{subject}is outside the range of a double, ±1.7976931348623157e308"),
        ValueFault::Missing => write!(
            f,
            "{subject}is missing and {}; {} leaves missing values out",
            voice.with(OptionName::NanPolicy, "raise"),
            voice.with(OptionName::NanPolicy, "omit")
        ),
        ValueFault::NoValues => f.write_str("there is nothing to describe; give at least one number"),
        ValueFault::UnequalRow { row, length, first } => write!(
            f,
            "row {row} (counted from 0) has {length} numbers and the first row has {first}; make all rows equally long"
        ),
        ValueFault::MixedArray => {
            f.write_str("the array holds both numbers and arrays; give numbers only, or rows of numbers only")
        }
        ValueFault::NestedTooDeep => f.write_str("arrays may be nested two levels deep: rows of numbers"),
    }
}

/// Writes the remedy for letters in place of a number: mostly they are a code of absence.
pub(super) fn remedy(f: &mut Formatter, text: &str, voice: Voice) -> Result {
    const MAX_LETTERS: usize = 10;
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MAX_LETTERS || !text.chars().all(char::is_alphabetic) {
        return Ok(());
    }
    let absent = voice.with(OptionName::Absent, text);
    write!(f, "; if '{text}' is a code of absence, say {absent}, which counts such cells by themselves")
}

pub(super) fn text(f: &mut Formatter, fault: &TextFault, voice: Voice) -> Result {
    let encoding = |name: &str| voice.with(OptionName::Encoding, name);
    match fault {
        TextFault::NotUtf8 => f.write_str("the text is not UTF-8"),
        TextFault::CellNotUtf8 | TextFault::HeaderNotUtf8 => {
            let header = if *fault == TextFault::HeaderNotUtf8 { "the header: " } else { "" };
            write!(
                f,
                "{header}the text is not UTF-8; say {}, or whatever it is, or save the file as UTF-8",
                encoding("windows-1252")
            )
        }
        TextFault::NotInEncoding { encoding } => {
            let example = voice.with(OptionName::Encoding, "windows-1252");
            write!(f, "the text is not {encoding}; name its encoding, as in {example}")
        }
        TextFault::Contradiction { declared, asked } => {
            write!(f, "the charset of the data is {declared}, and {} says another; leave one out", encoding(asked))
        }
    }
}

pub(super) fn compression(f: &mut Formatter, fault: &CompressionFault) -> Result {
    match fault {
        CompressionFault::Corrupt { coding } => write!(f, "the {coding} data are corrupt"),
        CompressionFault::EndsEarly { coding } => write!(f, "the {coding} data end too early"),
        CompressionFault::Followed { coding } => write!(f, "the {coding} data are followed by something else"),
        CompressionFault::Window { max_mib } => write!(
            f,
            "the zstd data need a window of more than {max_mib} MiB; compress them without --long and --ultra"
        ),
    }
}

pub(super) fn dataset(f: &mut Formatter, fault: &DatasetFault) -> Result {
    match fault {
        DatasetFault::LacksColumn { name } => write!(f, "it has no column '{name}', which the files before it have"),
        DatasetFault::HasColumn { name } => {
            write!(f, "it has a column '{name}', which the files before it do not have")
        }
        DatasetFault::OtherColumns => f.write_str("its columns are not those of the files before it"),
        DatasetFault::TablesAndNumbers => {
            f.write_str("it cannot be joined to the files before it: some are tables, some are numbers")
        }
        DatasetFault::NestedArray => {
            f.write_str("nested arrays must be in one file; several files are joined when they hold numbers only")
        }
    }
}
