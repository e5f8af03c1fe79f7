//! Limits, values, texts, compression and data sets.

use core::time::Duration;
use std::fmt::{Formatter, Result};

use super::Voice;
use describe::Number;
use describe_options::{
    CompressionFault, DatasetFault, Excess, Location, MAX_EXCERPT_CHARS, Measured, OptionName, Origin, Step, TextFault,
    ValueFault,
};

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
        Measured::StateFile => write!(
            f,
            "the state is larger than {max} bytes, the limit of {setting}, and it must be held in memory; group by fewer values, or \
             make it with statistics that need no frequency table"
        ),
        Measured::SqlResult => write!(
            f,
            "the result of the statement is larger than {max} bytes, the limit of {setting}, and it must be held in memory; group by \
             fewer values, or make the statement without --by-value"
        ),
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
        Measured::TaskMemory => write!(
            f,
            "the results take more than {max} bytes of memory, the limit of {setting}; ask for fewer columns by {}, or group by \
             fewer values",
            voice.option(OptionName::Column)
        ),
        Measured::ProcessorTime => write!(
            f,
            "the work takes more than {} s of processor time, the limit of {setting}; ask for fewer statistics, or divide the \
             data",
            Duration::from_millis(max).as_secs_f64()
        ),
        Measured::Answer => write!(
            f,
            "the answer is larger than {max} bytes, the limit of {setting}; ask for fewer columns by {} or fewer statistics by \
             {}, or group by fewer values",
            voice.option(OptionName::Column),
            voice.option(OptionName::Statistics)
        ),
        Measured::RowLabels => write!(
            f,
            "the labels of the rows take more than {max} bytes, the limit of {setting}; send records, which have none"
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
        ValueFault::TextAfterList => write!(
            f,
            "the first line has only numbers, and further lines follow; {} if this is a table, or put the numbers on one line",
            match voice {
                Voice::Http => "declare Content-Type: text/csv",
                Voice::CommandLine => "give --type csv",
            }
        ),
    }
}

/// Writes how a list is written, if the text is one where a single number should be.
pub(super) fn list_remedy(f: &mut Formatter, text: &str, location: &Location) -> Result {
    let mut items: Vec<&str> = text.split([',', ';']).map(str::trim).collect();
    if text.chars().count() >= MAX_EXCERPT_CHARS {
        // The last one may be cut.
        items.pop();
    }
    if items.last() == Some(&"") {
        items.pop();
    }
    let is_number = |item: &&str| Number::parse(item.as_bytes()).is_ok();
    let Location::Data { origin, path } = location else { return Ok(()) };
    if items.len() < 2 || !items.iter().all(is_number) {
        return Ok(());
    }
    let more = items.len() > 3;
    items.truncate(3);
    let in_url = || items.iter().map(|item| format!("numbers={item}")).collect::<Vec<_>>().join("&");
    let (url_more, array_more) = if more { ("&…", ", …") } else { ("", "") };
    match (path.first(), origin) {
        (Some(Step::Name(_)), Origin::Body) => write!(
            f,
            "; write a list as {}{url_more} in a form, and as [{}{array_more}] in JSON",
            in_url(),
            items.join(", ")
        )?,
        (Some(Step::Name(_)), _) => write!(f, "; write a list as {}{url_more}", in_url())?,
        _ => write!(
            f,
            "; separate the numbers by white space or line ends: {}{}",
            items.join(" "),
            if more { " …" } else { "" }
        )?,
    }
    if items.len() == 2 && !more { f.write_str(", and a decimal mark as a point") } else { Ok(()) }
}

pub(super) fn text(f: &mut Formatter, fault: &TextFault, voice: Voice) -> Result {
    let encoding = |name: &str| voice.with(OptionName::Encoding, name);
    match fault {
        TextFault::NotUtf8 => f.write_str("the text is not UTF-8"),
        TextFault::HalfSurrogate => f.write_str(
            "the text has half of a surrogate pair (an escape such as \\ud83d), because it was cut within a character; mend it, or do \
             not group by this column",
        ),
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
        CompressionFault::Ratio { max } => {
            write!(
                f,
                "the data decompress to more than {max} times their size; send them less compressed, or not at all"
            )
        }
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
