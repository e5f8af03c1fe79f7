//! Settings of the service, from flags and environment variables.
//!
//! Input: the arguments and the environment. Output: a [`Command`] and a [`Config`], or every invalid setting. clap parses
//! and checks each value and writes the help, but stops at the first error; so what it refused is reported, removed, and the
//! rest is parsed again.

use std::io::IsTerminal as _;
use std::net::{IpAddr, SocketAddr};
#[cfg(feature = "tls")]
use std::path::PathBuf;
use std::time::Duration;

use axum::http::{HeaderValue, Uri};
#[cfg(feature = "mcp")]
use clap::ArgAction;
use clap::builder::{BoolishValueParser, PossibleValuesParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use tracing::level_filters::LevelFilter;

use crate::cli::access_settings::AccessSettings;
use crate::cli::key::KeyCommand;
use crate::cli::{self, option_arguments};
use describe_readers::{Ledger, Limits};

const EXAMPLES: &str = "\
Examples:
  describe-api                                    serve on http://127.0.0.1:8000/prod
  describe-api --host 0.0.0.0 --base-path /       serve on every address, without a prefix
  PORT=9000 LOG=debug describe-api                the same settings as environment variables
  describe-api describe marks.csv --column mark --group-by cohort
  describe-api merge north.state south.state      the statistics of both, without the data
  describe-api openapi > openapi.json             the OpenAPI 3.1 document
  describe-api key new --id alice >> keys         an API key; serve with --api-keys-file keys
  describe-api healthcheck                        exit code 0 if the server with these settings is ready, else 1

Requests:
  curl 'http://127.0.0.1:8000/prod/stats?numbers=5&numbers=6'
  curl --data-binary @numbers.txt -H 'Content-Type: text/plain' http://127.0.0.1:8000/prod/stats

Sizes have the unit B, KiB, MiB, GiB, kB, MB or GB (64MiB); times ms, s, m or h (1.5s); a plain number is in bytes or seconds.
A flag overrides the environment variable; an empty variable counts as not set. All invalid settings are reported together.

Signals: SIGTERM shuts down: /readyz answers 503, after --drain-delay no connection is accepted, and requests in flight are completed;
SIGINT (Ctrl-C) does so without the delay; a second signal ends at once.
Lambda: where AWS_LAMBDA_RUNTIME_API is set, events of API Gateway, load balancers and function URLs are answered instead of a port.
Logs: one line per request on standard error, without query strings, bodies and numbers.
Exit codes: 0 success; 1 could not listen, not ready, or data that cannot be described; 2 invalid settings; 130 ended by a second signal.";

/// The command line. The doc comments are its help.
#[derive(Parser)]
#[command(name = "describe-api", version, about, after_long_help = EXAMPLES, after_help = "--help says more, with examples.",
          next_help_heading = "Settings")]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    config: Config,
}

/// The command line, for a test that the flags and variables that errors name exist.
#[cfg(test)]
pub(crate) fn command() -> clap::Command {
    CommandLine::command()
}

/// Command to run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Run the server (the default)
    #[default]
    Serve,
    /// Print the OpenAPI document
    Openapi,
    /// Print the page with its engine as one HTML file, which works without a server
    Page,
    /// Describe files with the statistics of the service, without a server
    Describe(Box<cli::Arguments>),
    /// Analyse the items of a test, such as `--items Q1..Q25`: facility, discrimination, reliability
    Items(Box<cli::Arguments>),
    /// Preview files: what they would be read as, and which options to add, without statistics
    #[command(mut_arg(cli::PREVIEW_ROWS, cli::preview_rows))]
    Preview(Box<cli::Arguments>),
    /// Merge states, which `describe --format state` has made, and describe the whole
    #[command(mut_arg("kind", |argument| argument.hide(true)))]
    Merge(Box<cli::Arguments>),
    /// Print the SQL statement by which a database describes a table exactly; `finish` describes its result
    #[cfg(feature = "sql")]
    Sql(crate::sql::StatementRequest),
    /// Describe the table whose statement, made by `sql`, gave these results
    #[cfg(feature = "sql")]
    #[command(mut_arg("kind", |argument| argument.hide(true)))]
    Finish(Box<cli::Arguments>),
    /// Check whether the server with these settings is ready: exit code 0 or 1
    Healthcheck,
    /// API keys
    #[command(subcommand)]
    Key(KeyCommand),
}

/// Format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    /// For people.
    Text,
    /// For programs: one object per line.
    Json,
}

/// Where the page calculates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PageEngine {
    /// In the browser; no data leave the computer.
    Local,
    /// On the server.
    Server,
    /// In the browser, and on the server if its reader wants that.
    Both,
}

impl PageEngine {
    /// Its name in the page.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Server => "server",
            Self::Both => "both",
        }
    }
}

/// Every setting.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Address to listen on: 0.0.0.0 or :: for all
    #[arg(long, env, global = true, default_value = "127.0.0.1", value_parser = address)]
    pub host: IpAddr,
    /// Port to listen on; 0 selects a free one and logs it
    #[arg(long, env, global = true, default_value_t = 8000)]
    pub port: u16,
    /// Port for /metrics, /livez and /readyz alone, answered by a thread of their own, by plain HTTP and without a key; without it /metrics is on the same port as the rest
    #[arg(long, env, global = true, value_name = "PORT")]
    pub metrics_port: Option<u16>,
    /// Collector to which a span for each request is sent by OTLP over HTTP, at its usual port 4318 for example
    #[cfg(feature = "otlp")]
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", global = true, value_name = "URL")]
    pub otlp_endpoint: Option<String>,
    /// Certificate chain in PEM, to serve HTTPS; with --tls-key. Both are read again when they change
    #[cfg(feature = "tls")]
    #[arg(long, env, global = true, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Private key of the certificate in PEM
    #[cfg(feature = "tls")]
    #[arg(long, env, global = true, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// URL prefix of the endpoints, such as /prod or /a/b; / for none
    #[arg(long, env, global = true, default_value = "/prod", value_name = "PATH", value_parser = base_path)]
    pub base_path: String,
    /// Origin whose pages may call the service from a browser (scheme, host and port); several are separated by commas or in
    /// repeated flags, * allows all [default: none]
    #[arg(long, env, global = true, value_name = "ORIGIN", value_delimiter = ',', value_parser = origin)]
    pub cors_origin: Vec<HeaderValue>,
    /// Where the page calculates: in the browser (local), on the server, or both: in the browser unless its reader wants the server
    #[arg(long, env, global = true, default_value = "both", value_name = "PLACE", ignore_case = true)]
    pub page_engine: PageEngine,
    /// Open the page in the browser once the server listens; by default on Windows where a person starts it without arguments, by double click for example
    #[arg(long, env, global = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = BoolishValueParser::new())]
    pub open: Option<bool>,
    /// Maximum size of a request body; bodies are streamed, so this costs no memory
    #[arg(long, env, global = true, default_value = "1GiB", value_name = "SIZE", value_parser = size::<u64>)]
    pub body_limit: u64,
    /// Whether agents may call the service at /mcp, by the Model Context Protocol
    #[cfg(feature = "mcp")]
    #[arg(long, env, global = true, num_args = 0..=1, require_equals = true, default_value = "false",
          default_missing_value = "true", value_name = "BOOL", action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    pub mcp: bool,
    /// Limits of one input
    #[command(flatten)]
    pub limits: LimitSettings,
    /// Maximum memory of one request: results, tables, names and whatever is kept of its body, else 413; at most half of --memory
    #[arg(long, env, global = true, default_value = "256MiB", value_name = "SIZE", value_parser = size::<usize>)]
    pub request_memory: usize,
    /// Maximum memory of all requests together, else 503 [default: five eighths of the container's or the machine's]
    #[arg(long, env, global = true, value_name = "SIZE", value_parser = size::<usize>)]
    pub memory: Option<usize>,
    /// Maximum processor time of one request, else 413
    #[arg(long, env, global = true, default_value = "60s", value_name = "TIME", value_parser = time)]
    pub cpu_limit: Duration,
    /// Maximum size of an answer, else 413
    #[arg(long, env, global = true, default_value = "256MiB", value_name = "SIZE", value_parser = size::<usize>)]
    pub answer_limit: usize,
    /// Maximum number of connections; further ones are answered by 503
    #[arg(long, env, global = true, default_value_t = 4096, value_name = "COUNT", value_parser = count)]
    pub max_connections: usize,
    /// Maximum number of requests with a small body, up to 64 KiB, that are worked on at once
    #[arg(long, env, global = true, default_value_t = 128, value_name = "COUNT", value_parser = count)]
    pub max_small_requests: usize,
    /// Maximum number of requests with a larger body that are read at once
    #[arg(long, env, global = true, default_value_t = 64, value_name = "COUNT", value_parser = count)]
    pub max_large_requests: usize,
    /// Maximum number of answers other than JSON that are written at once
    #[arg(long, env, global = true, default_value_t = 16, value_name = "COUNT", value_parser = count)]
    pub max_reports: usize,
    /// Maximum number of requests that wait for a place, else 503
    #[arg(long, env, global = true, default_value_t = 256, value_name = "COUNT", value_parser = count)]
    pub max_waiting: usize,
    /// Maximum time that a request waits for a place, else 503
    #[arg(long, env, global = true, default_value = "2s", value_name = "TIME", value_parser = time)]
    pub wait_limit: Duration,
    /// Time limit for the head of a request, else 408
    #[arg(long, env, global = true, default_value = "30s", value_name = "TIME", value_parser = time)]
    pub header_timeout: Duration,
    /// Time limit for the body of a request, else 408
    #[arg(long, env, global = true, default_value = "10m", value_name = "TIME", value_parser = time)]
    pub body_timeout: Duration,
    /// Time without a byte of the body after which a request is refused by 408
    #[arg(long, env, global = true, default_value = "30s", value_name = "TIME", value_parser = time)]
    pub body_idle_timeout: Duration,
    /// Minimum size of a body that arrives in a second, once 10 s have passed, else 408; only the time spent waiting for the client counts
    #[arg(long, env, global = true, default_value = "1KiB", value_name = "SIZE", value_parser = size::<u64>)]
    pub min_body_rate: u64,
    /// Time after which a connection without a request, or whose client has taken nothing of the answer, is closed; keep it longer than the load balancer's own
    #[arg(long, env, global = true, default_value = "75s", value_name = "TIME", value_parser = time)]
    pub idle_timeout: Duration,
    /// Time after SIGTERM for which new connections are served while /readyz answers 503, so that load balancers notice
    #[arg(long, env, global = true, default_value = "5s", value_name = "TIME", value_parser = time)]
    pub drain_delay: Duration,
    /// Time limit for requests in flight after that
    #[arg(long, env, global = true, default_value = "25s", value_name = "TIME", value_parser = time)]
    pub drain_timeout: Duration,
    /// Threads that answer requests, and as many that describe tables [default: one per core]
    #[arg(long, env, global = true, value_name = "COUNT", value_parser = count)]
    pub threads: Option<usize>,
    /// Keys, tokens and rates
    #[command(flatten)]
    pub access: AccessSettings,
    /// Level of the log
    #[arg(long, env, global = true, default_value = "info", value_name = "LEVEL", value_parser = level(), ignore_case = true)]
    pub log: LevelFilter,
    /// Format of the log: text, json, or auto (text on a terminal, json elsewhere)
    #[arg(long, env, global = true, default_value = "auto", value_name = "FORMAT", ignore_case = true)]
    pub log_format: LogFormat,
}

/// [`Limits`] as settings, with the defaults of the library.
#[derive(Args, Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitSettings {
    /// Maximum size of one number or string in a body
    #[arg(id = "cell_limit", long = "cell-limit", env = "CELL_LIMIT", global = true, default_value = in_units(Limits::default().cell),
          value_name = "SIZE", value_parser = size::<usize>)]
    pub cell: usize,
    /// Maximum number of groups of a table, or of rows or columns of a nested array
    #[arg(id = "group_limit", long = "group-limit", env = "GROUP_LIMIT", global = true, default_value_t = Limits::default().groups,
          value_name = "COUNT", value_parser = count)]
    pub groups: usize,
    /// Maximum number of columns of a table
    #[arg(id = "column_limit", long = "column-limit", env = "COLUMN_LIMIT", global = true, default_value_t = Limits::default().columns,
          value_name = "COUNT", value_parser = count)]
    pub columns: usize,
    /// Maximum number of distinct values of a result that are counted exactly; above it order statistics are approximate
    #[arg(id = "max_distinct", long = "max-distinct", env = "MAX_DISTINCT", global = true, default_value_t = Limits::default().distinct,
          value_name = "COUNT", value_parser = count)]
    pub distinct: usize,
    /// Maximum size of a compressed body once it is decompressed
    #[arg(id = "decompressed_limit", long = "decompressed-limit", env = "DECOMPRESSED_LIMIT", global = true, default_value = in_units(Limits::default().decompressed),
          value_name = "SIZE", value_parser = size::<u64>)]
    pub decompressed: u64,
    /// Maximum memory for a body that cannot be streamed: a workbook, a Parquet file, JSON columns to be grouped, files of a form before options
    #[arg(id = "memory_limit", long = "memory-limit", env = "MEMORY_LIMIT", global = true, default_value = in_units(Limits::default().memory),
          value_name = "SIZE", value_parser = size::<usize>)]
    pub memory: usize,
}

impl From<LimitSettings> for Limits {
    fn from(settings: LimitSettings) -> Self {
        let LimitSettings { cell, groups, columns, distinct, decompressed, memory } = settings;
        Self {
            cell,
            groups,
            columns,
            distinct,
            decompressed,
            memory,
            ledger: Ledger::default(),
            preview: None,
            kept: None,
        }
    }
}

impl Default for Config {
    /// The defaults of the command line, independent of the environment.
    fn default() -> Self {
        let matches = without_environment().get_matches_from(["describe-api"]);
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

impl Config {
    /// Address and port to listen on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }
}

/// Reason why there are no settings.
#[derive(Debug)]
pub enum Stop {
    /// Help or version was requested.
    Help(clap::Error),
    /// All invalid settings, a sentence for each.
    Invalid(Vec<String>),
}

/// Reads the command line and the environment.
///
/// # Errors
/// [`Stop`]: help was requested, or settings are invalid.
pub fn read(arguments: Vec<String>) -> Result<(Command, Config), Stop> {
    let is_empty = |name: &std::ffi::OsStr| std::env::var_os(name).is_some_and(|value| value.is_empty());
    let command = CommandLine::command().mut_args(|argument| {
        if argument.get_env().is_some_and(is_empty) { argument.env(None::<&str>) } else { argument }
    });
    let by_default = opens_by_default(cfg!(windows), arguments.len() <= 1, std::io::stderr().is_terminal());
    let (command, mut config) = read_with(command, arguments)?;
    config.open.get_or_insert(by_default);
    Ok((command, config))
}

/// Whether the page is opened where nobody says so. A program that is started by double click has a console of its own on Windows; a
/// service has none.
const fn opens_by_default(is_windows: bool, is_alone: bool, has_console: bool) -> bool {
    is_windows && is_alone && has_console
}

fn without_environment() -> clap::Command {
    CommandLine::command().mut_args(|argument| argument.env(None::<&str>))
}

fn read_with(mut command: clap::Command, arguments: Vec<String>) -> Result<(Command, Config), Stop> {
    let mut arguments = option_arguments::give_switches_values(arguments);
    let mut invalid = Vec::new();
    loop {
        let parsed = command.clone().try_get_matches_from(&arguments);
        match parsed.and_then(|matches| CommandLine::from_arg_matches(&matches)) {
            Ok(CommandLine { command, config }) => {
                let command = command.unwrap_or_default();
                if invalid.is_empty() {
                    invalid.extend(config.access.contradictions());
                }
                if command == Command::Serve {
                    invalid.extend(config.access.file_faults());
                }
                return if invalid.is_empty() { Ok((command, config)) } else { Err(Stop::Invalid(invalid)) };
            }
            Err(help) if !help.use_stderr() => return Err(Stop::Help(help)),
            Err(error) => {
                if remove_argument(&command, &mut arguments, &error) {
                    let sentence = sentence(&error);
                    // Of a flag that may be repeated the first is removed, so that an error may come again.
                    if !invalid.contains(&sentence) {
                        invalid.push(sentence);
                    }
                } else if let Some(variable) = remove_variable(&mut command, &error) {
                    invalid.push(format!("{variable}: {}", sentence(&error)));
                } else {
                    invalid.push(sentence(&error));
                    return Err(Stop::Invalid(invalid));
                }
            }
        }
    }
}

/// clap's message without its heading, usage and pointer to the help.
fn sentence(error: &clap::Error) -> String {
    let text = error.to_string();
    let lines = text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
    let words: Vec<&str> = lines.filter(|line| !line.is_empty() && !line.starts_with("For more information")).collect();
    words.join("; ").trim_start_matches("error: ").to_owned()
}

/// Flag or word that an error is about, without its value.
fn subject(error: &clap::Error) -> Option<&str> {
    let kinds = [ContextKind::InvalidArg, ContextKind::InvalidSubcommand];
    let named = kinds.iter().find_map(|kind| error.get(*kind))?;
    let ContextValue::String(named) = named else { return None };
    named.split([' ', '=']).next()
}

/// Removes the argument that an error is about, and its value. Returns whether there was one.
fn remove_argument(command: &clap::Command, arguments: &mut Vec<String>, error: &clap::Error) -> bool {
    let Some(flag) = subject(error) else { return false };
    let is_it = |text: &String| text.split('=').next() == Some(flag);
    // A repeated flag is named at its first place, but the last one is too many.
    let found = match error.kind() {
        ErrorKind::ArgumentConflict => arguments.iter().skip(1).rposition(is_it),
        _ => arguments.iter().skip(1).position(is_it),
    };
    let Some(at) = found.map(|index| index + 1) else { return false };
    let takes_next = flag.starts_with("--") && !arguments[at].contains('=');
    arguments.remove(at);
    if takes_next
        && arguments.get(at).is_some_and(|next| !next.starts_with('-') && command.find_subcommand(next).is_none())
    {
        arguments.remove(at);
    }
    true
}

/// Makes the command ignore the environment variable that an error is about, and returns its name.
fn remove_variable(command: &mut clap::Command, error: &clap::Error) -> Option<String> {
    let flag = subject(error)?.strip_prefix("--")?;
    let argument = command.get_arguments().find(|argument| argument.get_long() == Some(flag))?;
    let (id, variable) = (argument.get_id().clone(), argument.get_env()?.to_string_lossy().into_owned());
    *command = command.clone().mut_arg(id, |argument| argument.env(None::<&str>));
    Some(variable)
}

fn address(text: &str) -> Result<IpAddr, &'static str> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let text = if bare == "localhost" { "127.0.0.1" } else { bare };
    text.parse().map_err(|_| "expected an IP address such as 127.0.0.1, 0.0.0.0 or ::1")
}

/// Parses a count of at least one.
fn count(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|count| *count > 0).ok_or("expected a whole number, at least 1")
}

fn level() -> impl TypedValueParser<Value = LevelFilter> {
    PossibleValuesParser::new(["off", "error", "warn", "info", "debug", "trace"])
        .try_map(|name| name.parse::<LevelFilter>())
}

/// First segments of the paths that the server has at the root.
const RESERVED_SEGMENTS: [&str; 9] =
    ["describe.html", "docs", "openapi.json", "page", "favicon.svg", "accessibility", "livez", "readyz", "metrics"];

/// A URL prefix: empty, or `/…` without a slash at its end.
fn base_path(text: &str) -> Result<String, String> {
    let path = text.trim_end_matches('/');
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let is_segment = |part: &str| !part.is_empty() && part != "." && part != ".." && part.bytes().all(is_plain);
    if !path.is_empty() && !path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(is_segment)) {
        return Err("expected a path such as /prod or /a/b (letters, digits, - . _ ~), or / for none".to_owned());
    }
    let first = path.split('/').nth(1).unwrap_or_default();
    if RESERVED_SEGMENTS.contains(&first) {
        return Err(format!("the server itself answers at /{first}; choose another path"));
    }
    Ok(path.to_owned())
}

/// An origin as browsers send it, or `*`.
fn origin(text: &str) -> Result<HeaderValue, &'static str> {
    let text = text.trim().to_ascii_lowercase();
    let sent = if text == "*" { Some(text) } else { sent_origin(&text) };
    sent.and_then(|sent| HeaderValue::try_from(sent).ok()).ok_or(
        "expected an origin such as https://example.org or http://localhost:3000 (scheme, host and port, no path), or * for all",
    )
}

/// An origin without the port that its scheme has anyway, which browsers leave out; `None` for other texts.
fn sent_origin(text: &str) -> Option<String> {
    let uri: Uri = text.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    let written = |port: Option<u16>| {
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{scheme}://{}{port}", authority.host())
    };
    let port = authority.port_u16();
    let is_default = matches!((scheme, port), ("http", Some(80)) | ("https", Some(443)));
    let is_origin = written(port) == text && !authority.host().contains('*');
    is_origin.then(|| written(port.filter(|_| !is_default)))
}

/// Splits a count from its unit: `64MiB` into `64` and `MiB`.
fn split_unit(text: &str) -> (&str, &str) {
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    (&text[..end], text[end..].trim())
}

/// Parses a size in bytes, which is not zero.
fn size<T: TryFrom<u64>>(text: &str) -> Result<T, &'static str> {
    let (count, unit) = split_unit(text);
    let factor: Option<u64> = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => Some(1),
        "k" | "kib" => Some(1 << 10),
        "m" | "mib" => Some(1 << 20),
        "g" | "gib" => Some(1 << 30),
        "kb" => Some(1_000),
        "mb" => Some(1_000_000),
        "gb" => Some(1_000_000_000),
        _ => None,
    };
    let bytes = factor.zip(count.parse::<u64>().ok()).and_then(|(factor, count)| count.checked_mul(factor));
    let bytes = bytes.filter(|bytes| *bytes > 0).and_then(|bytes| T::try_from(bytes).ok());
    bytes.ok_or("expected a size such as 65536, 64KiB or 1GiB")
}

/// Writes a size in its largest binary unit: 65,536 as `64KiB`.
fn in_units(bytes: impl TryInto<u64>) -> String {
    let bytes: u64 = bytes.try_into().unwrap_or(u64::MAX);
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let unit = units.into_iter().find(|(factor, _)| bytes > 0 && bytes.is_multiple_of(*factor));
    unit.map_or_else(|| bytes.to_string(), |(factor, name)| format!("{}{name}", bytes / factor))
}

/// Parses a time between 1 ms and 240 h.
fn time(text: &str) -> Result<Duration, &'static str> {
    let (count, unit) = split_unit(text);
    let factor = match unit {
        "ms" => Some(0.001),
        "" | "s" => Some(1.0),
        "m" | "min" => Some(60.0),
        "h" => Some(3600.0),
        _ => None,
    };
    let seconds = factor.zip(count.parse::<f64>().ok()).map(|(factor, count)| factor * count);
    let range = 0.001..=864_000.0;
    let seconds = seconds.filter(|seconds| range.contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or("expected a time such as 500ms, 30s or 10m (at most 240h)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use describe_engine::messages::Voice;
    use describe_options::Limit;

    #[test]
    fn settings_that_errors_name_exist() {
        for &limit in Limit::ALL {
            let setting = Voice::Http.setting(limit);
            let known = |argument: &clap::Arg| {
                let flag = argument.get_long().unwrap_or_default();
                let variable = argument.get_env().unwrap_or_default().to_string_lossy();
                format!("--{flag} ({variable})") == setting
            };
            assert!(command().get_arguments().any(known), "{setting}");
        }
    }

    #[test]
    fn the_page_is_opened_where_a_person_starts_the_program() {
        let opened = |arguments: &[&str]| {
            let all = std::iter::once("describe-api").chain(arguments.iter().copied());
            read_with(without_environment(), all.map(str::to_owned).collect()).expect("valid").1.open
        };
        assert_eq!(opened(&[]), None);
        assert_eq!(opened(&["--open"]), Some(true));
        assert_eq!(opened(&["--open=false"]), Some(false));
        assert_eq!(opened(&["--open", "openapi"]), Some(true));
        assert!(opens_by_default(true, true, true));
        assert!(!opens_by_default(false, true, true) && !opens_by_default(true, false, true));
        assert!(!opens_by_default(true, true, false), "a service has no console");
    }

    fn invalid(arguments: &[&str]) -> Vec<String> {
        let all = std::iter::once("describe-api").chain(arguments.iter().copied());
        match read_with(without_environment(), all.map(str::to_owned).collect()) {
            Err(Stop::Invalid(invalid)) => invalid,
            other => panic!("valid: {other:?}"),
        }
    }

    #[test]
    fn all_invalid_settings_are_reported_together() {
        let reported = invalid(&[
            "--port",
            "seventy",
            "--nonsense",
            "3",
            "--base-path",
            "prod",
            "--body-limit=1XiB",
            "--also=x",
            "serve",
        ]);
        assert_eq!(reported.len(), 5, "{reported:#?}");
        for part in ["--nonsense", "--also", "'seventy' for '--port <PORT>'", "--base-path", "--body-limit"] {
            assert!(reported.iter().any(|sentence| sentence.contains(part)), "{part} is missing: {reported:#?}");
        }
    }

    #[test]
    fn a_missing_value_and_a_repeated_flag_are_reported_with_the_others() {
        let reported = invalid(&["--log", "loud", "--host", "::1", "--host", "::1", "--port"]);
        assert_eq!(reported.len(), 3, "{reported:#?}");
    }

    #[test]
    fn a_switch_does_not_take_the_file_after_it() {
        let describe = |arguments: &[&str]| {
            let all = ["describe-api", "describe"].iter().chain(arguments).copied().map(str::to_owned).collect();
            match read_with(without_environment(), all) {
                Ok((Command::Describe(arguments), _)) => *arguments,
                other => panic!("not described: {other:?}"),
            }
        };
        let shown = describe(&["--overall", "a.csv", "--compare", "b.csv", "--stamp", "--withhold", "False", "-"]);
        assert_eq!(shown.files, ["a.csv", "b.csv", "-"]);
        let switches = |arguments: &cli::Arguments| {
            arguments
                .given()
                .into_iter()
                .map(|option| format!("{}={}", option.name, option.values.join(",")))
                .collect::<Vec<_>>()
        };
        assert_eq!(switches(&shown), ["overall=true", "compare=true", "stamp=true", "withhold=False"]);
        assert_eq!(switches(&describe(&["--overall=0", "a.csv"])), ["overall=0"]);
    }

    #[test]
    fn units() {
        assert_eq!(size::<u64>("64MiB"), Ok(64 << 20));
        assert_eq!(size::<u64>("2 GB"), Ok(2_000_000_000));
        assert_eq!(size::<u64>("7"), Ok(7));
        assert!(size::<u64>("0").is_err() && size::<u64>("-1").is_err() && size::<u64>("99999999999GiB").is_err());
        assert_eq!(time("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(time("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(time("2m"), Ok(Duration::from_mins(2)));
        assert!(time("0").is_err() && time("soon").is_err() && time("1e9h").is_err());
    }

    #[test]
    fn origins() {
        for (text, sent) in [
            ("https://example.org", "https://example.org"),
            (" HTTPS://Example.org:8443", "https://example.org:8443"),
            ("https://example.org:443", "https://example.org"),
            ("http://127.0.0.1:80", "http://127.0.0.1"),
            ("http://[::1]:3000", "http://[::1]:3000"),
            ("chrome-extension://abcdef", "chrome-extension://abcdef"),
            ("*", "*"),
        ] {
            assert_eq!(origin(text), Ok(HeaderValue::from_static(sent)), "{text}");
        }
        for bad in [
            "",
            "example.org",
            "https://",
            "https://example.org/",
            "https://example.org/app",
            "https://example.org?x",
            "https://user@example.org",
            "https://example.org:",
            "https://example.org:99999",
            "https://*.example.org",
            "null",
            "https://müller.example",
        ] {
            assert!(origin(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn origins_are_given_in_repeated_flags_or_with_commas() {
        let origins = |arguments: &[&str]| {
            let all = ["describe-api"].iter().chain(arguments).copied().map(str::to_owned).collect();
            read_with(without_environment(), all).expect("valid").1.cors_origin
        };
        assert!(origins(&[]).is_empty());
        assert_eq!(
            origins(&["--cors-origin", "https://a.org, http://b.org:81", "--cors-origin=*"]),
            ["https://a.org", "http://b.org:81", "*"]
        );
        let reported =
            invalid(&["--cors-origin=https://a.org", "--cors-origin=https://a.org/app", "--cors-origin", "b.org"]);
        assert_eq!(reported.len(), 2, "{reported:#?}");
        assert!(
            reported[0].contains("'https://a.org/app' for '--cors-origin <ORIGIN>'") && reported[0].contains("no path")
        );
    }

    #[test]
    fn base_paths() {
        assert_eq!(base_path("/"), Ok(String::new()));
        assert_eq!(base_path(""), Ok(String::new()));
        assert_eq!(base_path("/a/b/"), Ok("/a/b".to_owned()));
        for bad in ["prod", "/a//b", "/{x}", "/a b", "/../x", "/docs", "/livez/x"] {
            assert!(base_path(bad).is_err(), "{bad}");
        }
    }
}
