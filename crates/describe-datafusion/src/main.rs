//! `describe-lake`: describes Parquet, CSV and NDJSON files of a folder or an S3-compatible store, on all cores.
//!
//! Input: files, and the options of `describe-api describe`. Output: the same answer. Exit codes: 0 success; 1 data that cannot be
//! described or read; 2 invalid options.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, Parser, Subcommand};
use describe_engine::Described;
use describe_engine::messages::{self, Voice};
use describe_options::{Format, InputError, OptionName, Options, RawOption, Scope};
use describe_readers::Limits;
use describe_reports::answer::ReadingWarning;
use describe_reports::terminal::{self, Screen};

mod cli;
mod lake;

use cli::{Arguments, Digits, Output};

/// Exact descriptive statistics of data sets larger than a machine's memory.
#[derive(Parser)]
#[command(
    name = "describe-lake",
    version,
    after_help = "Stores: s3://BUCKET/PATH with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, \
    AWS_REGION, and AWS_ENDPOINT and AWS_ALLOW_HTTP=true for other stores than that of AWS.\n\
    Exit codes: 0 success; 1 data that cannot be described or read; 2 invalid options."
)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Statistics of columns of Parquet, CSV or NDJSON files, of folders of them, or of objects in S3
    Describe(DescribeArguments),
}

#[derive(Args)]
struct DescribeArguments {
    #[command(flatten)]
    arguments: Arguments,
    #[command(flatten)]
    resources: Resources,
}

/// What a query may take.
#[derive(Args, Clone, Copy, Debug)]
struct Resources {
    /// Maximum number of groups
    #[arg(long, value_name = "COUNT", default_value_t = Limits::default().groups, help_heading = "Resources")]
    group_limit: usize,
    /// Maximum number of distinct values of a result that are counted exactly; above it order statistics are approximate
    #[arg(long, value_name = "COUNT", default_value_t = Limits::default().distinct, help_heading = "Resources")]
    max_distinct: usize,
    /// Maximum memory of groups in MiB, beyond which they are written to temporary files [default: no limit]
    #[arg(long, value_name = "MIB", help_heading = "Resources")]
    memory_mib: Option<usize>,
    /// Number of threads, and of parts that a query is divided into [default: the number of processors]
    #[arg(long, value_name = "COUNT", help_heading = "Resources", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

/// Options about the reading of tables that have a meaning here; the others are refused by their names.
const OPTIONS_OF_READING: [OptionName; 10] = [
    OptionName::Column,
    OptionName::GroupBy,
    OptionName::Totals,
    OptionName::Missing,
    OptionName::Absent,
    OptionName::Invalid,
    OptionName::Delimiter,
    OptionName::Decimal,
    OptionName::Thousands,
    OptionName::Strip,
];

/// Error of the command.
enum Failure {
    /// Options that are invalid, or have no meaning here.
    Options(String),
    /// Data that cannot be described.
    Data(InputError),
    /// Files that cannot be read, in words.
    Files(String),
}

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        Self::Data(error)
    }
}

fn main() -> ExitCode {
    let arguments = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let CommandLine { command: Command::Describe(DescribeArguments { arguments, resources }) } =
        CommandLine::parse_from(cli::with_switches(arguments));
    let (message, code) = match describe(&arguments, resources) {
        Ok(answer) => {
            // A reader that closes early, such as `head`, is not an error.
            let _ = io::stdout().write_all(&answer);
            return ExitCode::SUCCESS;
        }
        Err(Failure::Options(message)) => (message, 2),
        Err(Failure::Files(message)) => (message, 1),
        Err(Failure::Data(error)) => (sentence(&error), 1),
    };
    eprintln!("describe-lake: {}", terminal::visible(&message));
    ExitCode::from(code)
}

/// The first fault in words.
fn sentence(error: &InputError) -> String {
    messages::detail(error, Voice::CommandLine)
}

/// The answer, as the arguments ask for it.
fn describe(arguments: &Arguments, resources: Resources) -> Result<Vec<u8>, Failure> {
    let given = arguments.given();
    let options = options(&given)?;
    let is_table =
        arguments.is_table() && (arguments.format == Output::Table || options.output.format() == Format::Json);
    let format = options.output.format();
    if io::stdout().is_terminal() && format.is_binary() {
        return Err(Failure::Options(format!(
            "the output is not text; write it to a file, as with > report.{}",
            format.ending()
        )));
    }
    let described = lake::query::run(arguments, &options, given, resources)?;
    warn(&described);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    if !is_table {
        let mut answer = described.write(now)?;
        if !format.is_binary() && !answer.ends_with(b"\n") {
            answer.push(b'\n');
        }
        return Ok(answer);
    }
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|columns| *columns > 0);
    let width = columns.or_else(|| Some(terminal_size::terminal_size()?.0.0.into())).unwrap_or(80);
    let screen = Screen { width, has_all_digits: arguments.digits == Digits::Full };
    Ok(terminal::write(&described.answer(now)?, described.options(), screen)?)
}

/// Prints the warnings about the table.
fn warn(described: &Described) {
    for ReadingWarning { message, .. } in described.warnings() {
        eprintln!("describe-lake: warning: {}", terminal::visible(&message));
    }
}

/// The options, if all of them have a meaning here.
fn options(given: &[RawOption]) -> Result<Options, Failure> {
    let options = Options::parse(given).map_err(|error| Failure::Options(sentence(&error)))?;
    let is_known = |option: &OptionName| match option.spec().scope {
        Scope::Tables | Scope::Text => OPTIONS_OF_READING.contains(option),
        Scope::NestedArrays | Scope::Items => false,
        // Files are not read as a whole, so there is no hash of them.
        Scope::Output => *option != OptionName::Stamp || !options.output.stamped(),
        Scope::Statistics | Scope::Groups => true,
    };
    if let Some(option) = options.origins().names().find(|option| !is_known(option)) {
        let flag = Voice::CommandLine.option(option);
        return Err(Failure::Options(format!("{flag} is not supported here; describe-api describe has it")));
    }
    if options.table.columns.is_empty() {
        let flag = Voice::CommandLine.option(OptionName::Column);
        return Err(Failure::Options(format!("name the columns to describe with {flag}")));
    }
    Ok(options)
}
