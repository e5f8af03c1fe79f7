//! What the `describe` command takes, and the options that it makes.

use std::path::Path;
use std::sync::LazyLock;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use describe_options::{Format as OutputFormat, Origin, RawOption};
use describe_readers::{Format, Source};

/// What the command takes: every option of the service. The doc comments are the manual.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// Files that make one data set; - or none for standard input
    #[arg(value_name = "FILE")]
    pub files: Vec<String>,
    /// What to print: json, table, ndjson, csv, markdown, html, svg, xlsx, ods, or auto (a table on a terminal, the service's
    /// JSON elsewhere)
    #[arg(long, default_value = "auto")]
    pub format: Output,
    /// What the files are; without it the name's ending or the content says
    #[arg(long = "type", value_name = "TYPE", value_parser = file_type())]
    pub kind: Option<Format>,
    /// A column to describe, by name; repeatable [default: every numeric column]
    #[arg(long, value_name = "NAME")]
    pub column: Vec<String>,
    /// A column whose values make groups; repeatable
    #[arg(long, value_name = "NAME")]
    pub group_by: Vec<String>,
    /// Add a result over all groups
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    pub overall: Option<String>,
    /// Texts that mean a missing value, with commas between or repeated [default: NA N/A n/a NaN nan NULL null None . #N/A]
    #[arg(long, value_name = "TEXTS", allow_hyphen_values = true)]
    pub missing: Vec<String>,
    /// Absence codes to be counted each by itself, such as X,ABS,-2
    #[arg(long, value_name = "CODES", allow_hyphen_values = true)]
    pub absent: Vec<String>,
    /// What a cell that is no number is in a column asked for: error or missing [default: error]
    #[arg(long, value_name = "POLICY")]
    pub invalid: Option<String>,
    /// Whether there is a header: auto, true or false [default: auto]
    #[arg(long, value_name = "BOOL")]
    pub header: Option<String>,
    /// What separates cells: auto, tab or one character [default: auto]
    #[arg(long, value_name = "CHARACTER")]
    pub delimiter: Option<String>,
    /// The decimal mark: . or , [default: .]
    #[arg(long, value_name = "MARK")]
    pub decimal: Option<String>,
    /// Title lines before the table [default: 0]
    #[arg(long, value_name = "COUNT")]
    pub skip_rows: Option<String>,
    /// The sheet of a workbook, by name or number from 1 [default: the first visible one with data]
    #[arg(long, value_name = "SHEET")]
    pub sheet: Option<String>,
    /// The encoding of a text, such as windows-1252 [default: UTF-8, or what a byte order mark says]
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// The variance divides by n - ddof [default: 1]
    #[arg(long, value_name = "COUNT", allow_hyphen_values = true)]
    pub ddof: Option<String>,
    /// Biased skewness and kurtosis: true or false [default: true]
    #[arg(long, value_name = "BOOL")]
    pub bias: Option<String>,
    /// What becomes of missing values: propagate, raise or omit [default: omit in tables, propagate in arrays]
    #[arg(long, value_name = "POLICY")]
    pub nan_policy: Option<String>,
    /// The figures to give: scipy, all, or names with commas between them [default: scipy]
    #[arg(long, value_name = "NAMES")]
    pub statistics: Vec<String>,
    /// The program whose choices are made: scipy, excel, sas, spss, r, stata, minitab, pandas or duckdb [default: scipy]
    #[arg(long, value_name = "NAME")]
    pub convention: Option<String>,
    /// The kurtosis of a normal distribution: fisher (0) or pearson (3) [default: fisher]
    #[arg(long, value_name = "KIND")]
    pub kurtosis: Option<String>,
    /// How quantiles between two numbers are made, by numpy's name [default: linear]
    #[arg(long, value_name = "NAME")]
    pub quantile_method: Option<String>,
    /// The shares of which quantiles are given, such as 0.05,0.95
    #[arg(long, value_name = "SHARES")]
    pub quantiles: Vec<String>,
    /// The share that trimmed and winsorized means cut from each tail [default: 0.1]
    #[arg(long, value_name = "SHARE")]
    pub trim: Option<String>,
    /// The confidence of intervals [default: 0.95]
    #[arg(long, value_name = "SHARE")]
    pub confidence: Option<String>,
    /// The highest mark there is: facility is the mean in percent of it
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub maximum: Option<String>,
    /// How many bins a histogram has, or numpy's rule for it: auto, fd, sturges, doane, scott, rice or sqrt [default: auto]
    #[arg(long, value_name = "BINS")]
    pub bins: Option<String>,
    /// From where to where a histogram goes, such as 0,100 [default: all numbers]
    #[arg(long, value_name = "ENDS", allow_hyphen_values = true)]
    pub range: Vec<String>,
    /// Grades and their lowest marks, such as A:70,B:60
    #[arg(long, value_name = "GRADES", allow_hyphen_values = true)]
    pub boundaries: Vec<String>,
    /// Compare the groups: each with the one before
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    pub compare: Option<String>,
    /// The group that all others are compared with, such as 2023 or cohort:2023,subject:Maths
    #[arg(long, value_name = "GROUP", allow_hyphen_values = true)]
    pub baseline: Option<String>,
    /// The column that holds the weights of the values
    #[arg(long, value_name = "NAME")]
    pub weights: Option<String>,
    /// What weights are: frequency, how often a value stands there, or reliability [default: frequency]
    #[arg(long, value_name = "TYPE")]
    pub weight_type: Option<String>,
    /// The axis of nested JSON arrays: 0, 1 or none [default: 0]
    #[arg(long, value_name = "AXIS")]
    pub axis: Option<String>,
    /// A chart, as SVG or in an HTML report: histogram, box, ecdf or compare
    #[arg(long, value_name = "KIND")]
    pub chart: Option<String>,
    /// Say what the answer was made from: version, options, SHA-256 of the files, rows, time [default: false; true in reports]
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    pub stamp: Option<String>,
    /// Rules for publication: ofqual, which is round-counts 5, suppress-below 5, percentages with one decimal, withhold
    #[arg(long, value_name = "RULES")]
    pub publish: Option<String>,
    /// Round counts to multiples of this
    #[arg(long, value_name = "COUNT")]
    pub round_counts: Option<String>,
    /// Withhold counts from 1 up to this
    #[arg(long, value_name = "COUNT")]
    pub suppress_below: Option<String>,
    /// Decimal places of every figure that is no count
    #[arg(long, value_name = "COUNT")]
    pub decimals: Option<String>,
    /// Where a tie is rounded to: half-up (away from zero) or half-even [default: half-up]
    #[arg(long, value_name = "WAY")]
    pub rounding: Option<String>,
    /// Withhold figures that few values stand behind, or that tell how many there are [default: true with suppress-below]
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    pub withhold: Option<String>,
}

impl Arguments {
    /// The options as they were given.
    pub(crate) fn given(&self) -> Vec<RawOption> {
        let lists = [
            ("statistics", &self.statistics),
            ("quantiles", &self.quantiles),
            ("range", &self.range),
            ("boundaries", &self.boundaries),
            ("column", &self.column),
            ("group_by", &self.group_by),
            ("missing", &self.missing),
            ("absent", &self.absent),
        ];
        let single = [
            ("overall", &self.overall),
            ("invalid", &self.invalid),
            ("header", &self.header),
            ("delimiter", &self.delimiter),
            ("decimal", &self.decimal),
            ("skip_rows", &self.skip_rows),
            ("sheet", &self.sheet),
            ("encoding", &self.encoding),
            ("ddof", &self.ddof),
            ("bias", &self.bias),
            ("nan_policy", &self.nan_policy),
            ("axis", &self.axis),
            ("convention", &self.convention),
            ("kurtosis", &self.kurtosis),
            ("quantile_method", &self.quantile_method),
            ("trim", &self.trim),
            ("confidence", &self.confidence),
            ("maximum", &self.maximum),
            ("bins", &self.bins),
            ("compare", &self.compare),
            ("baseline", &self.baseline),
            ("weights", &self.weights),
            ("weight_type", &self.weight_type),
            ("chart", &self.chart),
            ("stamp", &self.stamp),
            ("publish", &self.publish),
            ("round_counts", &self.round_counts),
            ("suppress_below", &self.suppress_below),
            ("decimals", &self.decimals),
            ("rounding", &self.rounding),
            ("withhold", &self.withhold),
            ("format", &self.format.format().map(|format| format.name().to_owned())),
        ];
        let lists = lists.into_iter().map(|(name, values)| (name, values.clone()));
        let single = single.into_iter().map(|(name, value)| (name, value.iter().cloned().collect()));
        let given = lists.chain(single).filter(|(_, values): &(_, Vec<String>)| !values.is_empty());
        given.map(|(name, values)| RawOption { origin: Origin::CommandLine, name: name.into(), values }).collect()
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

    /// Properties of a file as far as they are known; errors name it when there are several.
    pub(crate) fn source(&self, file: &str) -> Source {
        let name = (self.files.len() > 1).then(|| file.to_owned());
        Source { detect_coding: true, name, ..self.kind_of(file).into() }
    }

    /// What a file is, as far as the options or its name say.
    fn kind_of(&self, file: &str) -> Option<Format> {
        if self.kind.is_some() {
            return self.kind;
        }
        match Path::new(file).extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Format::Csv),
            "tsv" | "tab" => Some(Format::Tsv),
            "json" => Some(Format::Json),
            "ndjson" | "jsonl" => Some(Format::Ndjson),
            "xlsx" | "ods" => Some(Format::Workbook),
            "parquet" => Some(Format::Parquet),
            _ => None,
        }
    }
}

/// What to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Output {
    /// A table on a terminal, JSON elsewhere.
    #[default]
    Auto,
    /// Aligned columns.
    Table,
    /// A format of the service.
    Format(OutputFormat),
}

impl Output {
    /// The format of the service, if it is one.
    fn format(self) -> Option<OutputFormat> {
        if let Self::Format(format) = self { Some(format) } else { None }
    }
}

impl ValueEnum for Output {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<Output>> = LazyLock::new(|| {
            let mut all = OutputFormat::ALL.map(|(_, format)| Output::Format(format)).to_vec();
            // In the manual each stands beside what is most like it.
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

/// A format in the manual.
fn about(format: OutputFormat) -> &'static str {
    match format {
        OutputFormat::Json => "The service's answer",
        OutputFormat::Ndjson => "A result a line",
        OutputFormat::Csv => "The results with a header",
        OutputFormat::Markdown => "Text with tables",
        OutputFormat::Html => "A report",
        OutputFormat::Svg => "A chart",
        OutputFormat::Xlsx => "A workbook",
        OutputFormat::Ods => "A workbook in the open format",
    }
}

/// What a file may be said to be, and its line of the manual.
const TYPES: [(&str, Format, &str); 7] = [
    ("csv", Format::Csv, "Comma-separated values, or with another delimiter"),
    ("tsv", Format::Tsv, "Tab-separated values"),
    ("text", Format::Text, "Numbers separated by white space"),
    ("json", Format::Json, "JSON"),
    ("ndjson", Format::Ndjson, "A JSON value a line"),
    ("workbook", Format::Workbook, "An XLSX or ODS workbook"),
    ("parquet", Format::Parquet, "Parquet"),
];

/// Reads one of these words.
fn file_type() -> impl TypedValueParser<Value = Format> {
    let words = TYPES.map(|(name, _, about)| PossibleValue::new(name).help(about));
    PossibleValuesParser::new(words).try_map(|word| {
        let found = TYPES.into_iter().find(|(name, ..)| *name == word);
        found.map(|(_, format, _)| format).ok_or("not a type of file")
    })
}
