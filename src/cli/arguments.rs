//! The arguments of the `describe` command: files, their type, what to print, and the options of the table.

use std::io::{IsTerminal, stdout};
use std::path::Path;
use std::sync::LazyLock;

use clap::builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser};
use clap::{Arg, Args, ValueEnum};

use describe_options::{Format as OutputFormat, OptionName, Origin, RawOption};
use describe_readers::{Format, PreviewRows, Source};

use crate::cli::option_arguments::OptionArguments;

/// The arguments of the command. The doc comments are its help, beside the texts of the table of options.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// Files of one data set; - or none for standard input
    #[arg(value_name = "FILE")]
    pub files: Vec<String>,
    /// Format of the output: a table on a terminal and JSON elsewhere, unless one is given
    #[arg(long, default_value = "auto")]
    pub format: Output,
    /// Digits of the numbers of a table: four significant ones of the largest of a column, or all
    #[arg(long, default_value = "4")]
    pub digits: Digits,
    /// Type of the files [default: by the ending of the name, or the content]
    #[arg(long = "type", value_name = "TYPE", value_parser = file_type())]
    pub kind: Option<Format>,
    #[command(flatten)]
    options: OptionArguments,
}

impl Arguments {
    /// The options that were given, in order.
    pub(crate) fn given(&self) -> Vec<RawOption> {
        let format = self.format.format().map(|format| {
            let name = OptionName::Format.as_str().to_owned();
            RawOption { origin: Origin::CommandLine, name, values: vec![format.name().to_owned()] }
        });
        let screen = self.is_table().then(|| {
            let name = OptionName::Format.as_str().to_owned();
            RawOption { origin: Origin::Terminal, name, values: vec![OutputFormat::Json.name().to_owned()] }
        });
        self.options.given.iter().cloned().chain(format).chain(screen).collect()
    }

    /// Whether the output is a table, unless an option asks for a format that is not JSON.
    pub(crate) fn is_table(&self) -> bool {
        match self.format {
            Output::Auto => stdout().is_terminal(),
            Output::Table => true,
            Output::Format(_) => false,
        }
    }

    /// Takes the number of records of the command `preview` out of the options.
    pub(crate) fn take_preview_rows(&mut self) -> PreviewRows {
        let given = &mut self.options.given;
        let place = given.iter().position(|option| option.name == PREVIEW_ROWS);
        let rows = place.and_then(|place| given.remove(place).values.first()?.parse().ok());
        rows.unwrap_or_default()
    }

    /// The files; standard input when none is named.
    pub(crate) fn files(&self) -> &[String] {
        static STANDARD_INPUT: LazyLock<[String; 1]> = LazyLock::new(|| ["-".to_owned()]);
        if self.files.is_empty() { &*STANDARD_INPUT } else { &self.files }
    }

    /// Properties of the first file.
    pub(crate) fn first_source(&self) -> Source {
        self.source(&self.files()[0])
    }

    /// Properties of a file as far as they are known; errors name it when there are several or its name may be a group.
    pub(crate) fn source(&self, file: &str) -> Source {
        let is_grouped = |option: &RawOption| {
            option.name == OptionName::GroupBy.as_str() && option.values.iter().any(|name| name == "file")
        };
        let is_named = self.files.len() > 1 || self.options.given.iter().any(is_grouped);
        let name = is_named.then(|| file.to_owned());
        let path = (file != "-").then(|| file.to_owned());
        let content_decides = self.kind.is_none();
        Source { detect_coding: true, content_decides, name, path, ..self.kind_of(file).into() }
    }

    /// Format of a file, as far as the arguments or the ending of its name determine it.
    fn kind_of(&self, file: &str) -> Option<Format> {
        if self.kind.is_some() {
            return self.kind;
        }
        match Path::new(file).extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Format::Csv),
            "tsv" | "tab" => Some(Format::Tsv),
            "json" => Some(Format::Json),
            "ndjson" | "jsonl" => Some(Format::Ndjson),
            "xlsx" | "ods" | "xls" => Some(Format::Workbook),
            "parquet" => Some(Format::Parquet),
            "state" => Some(Format::State),
            _ => None,
        }
    }
}

/// The flag of the number of records in the command `preview`; in the others it is an option of crosstabs.
pub const PREVIEW_ROWS: &str = "rows";

/// The flag as the command `preview` has it.
pub fn preview_rows(flag: Arg) -> Arg {
    let help = "Number of records to read, or all [default: 10000]";
    flag.value_name("COUNT")
        .help(help)
        .long_help(help)
        .help_heading("Tables")
        .value_parser(StringValueParser::new().try_map(checked_rows))
}

fn checked_rows(text: String) -> Result<String, &'static str> {
    let checked: Result<PreviewRows, ()> = text.parse();
    checked.map(|_| text).map_err(|()| "should be a whole number above 0, or all")
}

/// Digits of the numbers of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Digits {
    /// Four significant digits of the largest number of a column
    #[default]
    #[value(name = "4")]
    Four,
    /// All digits
    Full,
}

/// Format of the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Output {
    /// A table on a terminal, JSON elsewhere.
    #[default]
    Auto,
    /// Aligned columns.
    Table,
    /// A format of answers.
    Format(OutputFormat),
}

impl Output {
    /// The format of the answer, if it is one.
    fn format(self) -> Option<OutputFormat> {
        if let Self::Format(format) = self { Some(format) } else { None }
    }
}

impl ValueEnum for Output {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<Output>> = LazyLock::new(|| {
            let mut all = OutputFormat::ALL.map(|(_, format)| Output::Format(format)).to_vec();
            // In the help, each is beside the most similar one.
            all.insert(0, Output::Auto);
            all.insert(2, Output::Table);
            all
        });
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, about) = match self {
            Self::Auto => ("auto", "A table on a terminal, JSON elsewhere"),
            Self::Table => ("table", "Aligned columns"),
            Self::Format(format) => (format.name(), about(*format)),
        };
        Some(PossibleValue::new(name).help(about))
    }
}

/// Help on a format.
fn about(format: OutputFormat) -> &'static str {
    match format {
        OutputFormat::Json => "JSON, as the service answers",
        OutputFormat::Ndjson => "JSON, one result a line",
        OutputFormat::Csv => "Comma-separated values with a header row",
        OutputFormat::Markdown => "Text with tables",
        OutputFormat::Html => "A report",
        OutputFormat::Svg => "A chart",
        OutputFormat::Xlsx => "A workbook",
        OutputFormat::Ods => "A workbook in the open format",
        OutputFormat::State => "A state: saved results, which the command merge adds",
    }
}

/// Types of files, each with its help.
const TYPES: [(&str, Format, &str); 8] = [
    ("csv", Format::Csv, "Comma-separated values, or with another delimiter"),
    ("tsv", Format::Tsv, "Tab-separated values"),
    ("text", Format::Text, "Numbers separated by white space"),
    ("json", Format::Json, "JSON"),
    ("ndjson", Format::Ndjson, "JSON, one value a line"),
    ("workbook", Format::Workbook, "An XLSX, ODS or XLS workbook"),
    ("parquet", Format::Parquet, "Parquet"),
    ("state", Format::State, "A state, which --format state has made"),
];

/// Parser of the words for the types of files.
fn file_type() -> impl TypedValueParser<Value = Format> {
    let words = TYPES.map(|(name, _, about)| PossibleValue::new(name).help(about));
    PossibleValuesParser::new(words).try_map(|word| {
        let found = TYPES.into_iter().find(|(name, ..)| *name == word);
        found.map(|(_, format, _)| format).ok_or("not a type of file")
    })
}
