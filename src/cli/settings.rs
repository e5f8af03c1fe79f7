//! Every setting, typed, from flags and environment.
//!
//! clap finds the texts and writes the help; it stops at the first mistake, so the texts are judged here, and whoever
//! starts the server with three mistakes is told three.

use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use tracing::level_filters::LevelFilter;

use crate::cli::{self, option_arguments};
use describe_readers::Limits;

const EXAMPLES: &str = "\
Examples:
  describe-api                                    serve on http://127.0.0.1:8000/prod
  describe-api --host 0.0.0.0 --base-path /       serve on every address, without a prefix
  PORT=9000 LOG=debug describe-api                the same settings come from the environment
  describe-api describe marks.csv --column mark --group-by cohort
  describe-api openapi > openapi.json             the OpenAPI 3.1 document
  describe-api healthcheck                        0 when the server with these settings is ready, else 1

Ask it:
  curl 'http://127.0.0.1:8000/prod/stats?numbers=5&numbers=6'
  curl --data-binary @numbers.txt -H 'Content-Type: text/plain' http://127.0.0.1:8000/prod/stats

Sizes take B, KiB, MiB, GiB, kB, MB, GB (64MiB); times take ms, s, m, h (1.5s); a plain number is bytes or seconds.
A flag wins over the environment; an empty variable counts as not set.

Signals: SIGTERM or SIGINT drains (answers in flight are completed, /readyz turns 503); a second one ends at once.
Lambda: where AWS_LAMBDA_RUNTIME_API is set there is no port; events of API Gateway, load balancers and function URLs are answered.
Logs: one line a request on standard error, never a query string, a body or a number.
Exit codes: 0 ended as asked; 1 could not listen, not healthy, or data that cannot be described; 2 bad settings; 130 ended by a second signal.";

/// The command line as texts. The doc comments are the manual.
#[derive(Parser)]
#[command(name = "describe-api", version, about, after_long_help = EXAMPLES, after_help = "--help says more, with examples.",
          next_help_heading = "Settings")]
struct Raw {
    #[command(subcommand)]
    command: Option<Command>,
    /// Address to listen on: 0.0.0.0 or :: for all
    #[arg(long, env = "HOST", default_value = "127.0.0.1", global = true)]
    host: String,
    /// Port to listen on; 0 takes a free one and says which
    #[arg(long, env = "PORT", default_value = "8000", global = true)]
    port: String,
    /// Path under which the endpoints stand, such as /prod or /a/b; / for none
    #[arg(long, env = "BASE_PATH", default_value = "/prod", global = true, value_name = "PATH")]
    base_path: String,
    /// Most bytes of a request body; bodies are streamed, so this costs no memory
    #[arg(long, env = "BODY_LIMIT", default_value = "1GiB", global = true, value_name = "SIZE")]
    body_limit: String,
    /// Most bytes of one number or string in a body
    #[arg(long, env = "CELL_LIMIT", default_value = "64KiB", global = true, value_name = "SIZE")]
    cell_limit: String,
    /// Most groups of a table, or rows or columns of a nested array
    #[arg(long, env = "GROUP_LIMIT", default_value = "100000", global = true, value_name = "COUNT")]
    group_limit: String,
    /// Most columns of a table
    #[arg(long, env = "COLUMN_LIMIT", default_value = "10000", global = true, value_name = "COUNT")]
    column_limit: String,
    /// Most different values of a result that are counted one by one; past it order statistics are approximate
    #[arg(long, env = "MAX_DISTINCT", default_value = "1000000", global = true, value_name = "COUNT")]
    max_distinct: String,
    /// Most bytes that may come out of a compressed body
    #[arg(long, env = "DECOMPRESSED_LIMIT", default_value = "4GiB", global = true, value_name = "SIZE")]
    decompressed_limit: String,
    /// Most bytes held of a body that cannot be streamed: a workbook, a Parquet file, JSON columns to be grouped
    #[arg(long, env = "MEMORY_LIMIT", default_value = "256MiB", global = true, value_name = "SIZE")]
    memory_limit: String,
    /// A request's head must be complete within this time, else 408
    #[arg(long, env = "HEADER_TIMEOUT", default_value = "30s", global = true, value_name = "TIME")]
    header_timeout: String,
    /// A request's body must be complete within this time, else 408
    #[arg(long, env = "BODY_TIMEOUT", default_value = "10m", global = true, value_name = "TIME")]
    body_timeout: String,
    /// A connection without a request is closed after this time; keep it longer than the load balancer's own
    #[arg(long, env = "IDLE_TIMEOUT", default_value = "75s", global = true, value_name = "TIME")]
    idle_timeout: String,
    /// On SIGTERM, answers in flight may take this long
    #[arg(long, env = "DRAIN_TIMEOUT", default_value = "25s", global = true, value_name = "TIME")]
    drain_timeout: String,
    /// Threads that answer requests, and as many that describe tables [default: one a core]
    #[arg(long, env = "THREADS", global = true, value_name = "COUNT")]
    threads: Option<String>,
    /// What to log: off, error, warn, info, debug or trace
    #[arg(long, env = "LOG", default_value = "info", global = true, value_name = "LEVEL")]
    log: String,
    /// How to log: text, json, or auto (text on a terminal, json elsewhere)
    #[arg(long, env = "LOG_FORMAT", default_value = "auto", global = true, value_name = "FORMAT")]
    log_format: String,
}

/// The command line, for a test that what errors name exists.
#[cfg(test)]
pub(crate) fn command() -> clap::Command {
    <Raw as clap::CommandFactory>::command()
}

/// What to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Serve until told to stop (the default)
    #[default]
    Serve,
    /// Print the OpenAPI document
    Openapi,
    /// Describe files: the service's figures, without the service
    Describe(Box<cli::Arguments>),
    /// Ask the server with these settings whether it is ready: exit code 0 or 1
    Healthcheck,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    /// For people.
    Text,
    /// For machines: one object a line.
    Json,
}

/// Every setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Address to listen on.
    pub host: IpAddr,
    /// Port to listen on; 0 takes a free one.
    pub port: u16,
    /// Where the endpoints stand: empty, or `/…` without a slash at its end.
    pub base_path: String,
    /// Most bytes of a body.
    pub body_limit: u64,
    /// Bounds on what one input may hold.
    pub limits: Limits,
    /// Deadline of a request's head.
    pub header_timeout: Duration,
    /// Deadline of a request's body.
    pub body_timeout: Duration,
    /// How long a connection may be without a request.
    pub idle_timeout: Duration,
    /// How long answers in flight may take once draining.
    pub drain_timeout: Duration,
    /// Worker threads; `None` is one a core.
    pub threads: Option<usize>,
    /// Level of the log.
    pub log: LevelFilter,
    /// Format of the log.
    pub log_format: LogFormat,
}

impl Default for Config {
    /// The defaults of the command line, whatever the environment says.
    fn default() -> Self {
        let command = without_environment();
        let matches = command.clone().get_matches_from(["describe-api"]);
        Judge { command: &command, matches: &matches, mistakes: Vec::new() }.config().0
    }
}

impl Config {
    /// Where to listen.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }
}

/// How reading the command line ended without settings.
#[derive(Debug)]
pub enum Stop {
    /// Help or version was asked for.
    Told(clap::Error),
    /// These are the mistakes, all of them.
    Mistakes(Vec<String>),
}

/// Reads the command line and the environment.
///
/// # Errors
/// [`Stop`]: help was asked for, or there are mistakes.
pub fn read(arguments: Vec<String>) -> Result<(Command, Config), Stop> {
    read_with(&Raw::command(), arguments)
}

fn without_environment() -> clap::Command {
    Raw::command().mut_args(|argument| argument.env(None::<&str>))
}

fn read_with(command: &clap::Command, mut arguments: Vec<String>) -> Result<(Command, Config), Stop> {
    let mut mistakes = Vec::new();
    arguments = fill(arguments);
    let matches = loop {
        match command.clone().try_get_matches_from(&arguments) {
            Ok(matches) => break matches,
            Err(told) if !told.use_stderr() => return Err(Stop::Told(told)),
            Err(mistake) => {
                mistakes.push(sentence(&mistake));
                if !forget(&mut arguments, &mistake) {
                    return Err(Stop::Mistakes(mistakes));
                }
            }
        }
    };
    let (config, more) = Judge { command, matches: &matches, mistakes: Vec::new() }.config();
    mistakes.extend(more);
    if !mistakes.is_empty() {
        return Err(Stop::Mistakes(mistakes));
    }
    let command = match matches.subcommand_name() {
        Some("openapi") => Command::Openapi,
        Some("healthcheck") => Command::Healthcheck,
        Some("describe") => Command::from_arg_matches(&matches).map_err(Stop::Told)?,
        _ => Command::Serve,
    };
    Ok((command, config))
}

/// Gives such a flag the value `true` where none follows; clap would take a file that follows for it.
fn fill(arguments: Vec<String>) -> Vec<String> {
    let is_value = |next: &String| ["true", "false", "1", "0"].iter().any(|value| next.eq_ignore_ascii_case(value));
    let mut filled = Vec::with_capacity(arguments.len());
    let mut rest = arguments.into_iter().peekable();
    while let Some(argument) = rest.next() {
        let alone = option_arguments::is_switch(&argument) && !rest.peek().is_some_and(is_value);
        filled.push(if alone { argument + "=true" } else { argument });
    }
    filled
}

/// clap's message without its heading, usage and pointer to the help.
fn sentence(mistake: &clap::Error) -> String {
    let text = mistake.to_string();
    let lines = text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
    let words: Vec<&str> = lines.filter(|line| !line.is_empty() && !line.starts_with("For more information")).collect();
    words.join("; ").trim_start_matches("error: ").to_owned()
}

/// Takes the argument that clap stopped at away, so that it finds the next mistake. Says whether there was one to take.
fn forget(arguments: &mut Vec<String>, mistake: &clap::Error) -> bool {
    let named = [ContextKind::InvalidArg, ContextKind::InvalidSubcommand];
    let Some(ContextValue::String(named)) = named.iter().find_map(|kind| mistake.get(*kind)) else { return false };
    let flag = named.split([' ', '=']).next().unwrap_or(named);
    let is_it = |text: &String| text.split('=').next() == Some(flag);
    // A repeated flag is named at its first place, but the last one is too many.
    let found = match mistake.kind() {
        ErrorKind::ArgumentConflict => arguments.iter().skip(1).rposition(is_it),
        _ => arguments.iter().skip(1).position(is_it),
    };
    let Some(at) = found.map(|index| index + 1) else { return false };
    let alone = !arguments[at].contains('=');
    arguments.remove(at);
    let value_follows =
        arguments.get(at).is_some_and(|next| !next.starts_with('-') && !COMMANDS.contains(&next.as_str()));
    if flag.starts_with("--") && alone && value_follows {
        arguments.remove(at);
    }
    true
}

const COMMANDS: [&str; 5] = ["serve", "describe", "openapi", "healthcheck", "help"];

/// Judges every text and remembers the mistakes.
struct Judge<'a> {
    command: &'a clap::Command,
    matches: &'a ArgMatches,
    mistakes: Vec<String>,
}

impl Judge<'_> {
    fn config(mut self) -> (Config, Vec<String>) {
        let config = Config {
            host: self.take("host", host).unwrap_or(IpAddr::from([127, 0, 0, 1])),
            port: self.take("port", number).unwrap_or_default(),
            base_path: self.take("base_path", base_path).unwrap_or_default(),
            body_limit: self.take("body_limit", size).unwrap_or_default(),
            limits: Limits {
                cell: self.take("cell_limit", size).unwrap_or_default(),
                groups: self.take("group_limit", at_least_one).unwrap_or_default(),
                columns: self.take("column_limit", at_least_one).unwrap_or_default(),
                distinct: self.take("max_distinct", at_least_one).unwrap_or_default(),
                decompressed: self.take("decompressed_limit", size).unwrap_or_default(),
                memory: self.take("memory_limit", size).unwrap_or_default(),
            },
            header_timeout: self.take("header_timeout", time).unwrap_or_default(),
            body_timeout: self.take("body_timeout", time).unwrap_or_default(),
            idle_timeout: self.take("idle_timeout", time).unwrap_or_default(),
            drain_timeout: self.take("drain_timeout", time).unwrap_or_default(),
            threads: self.take("threads", at_least_one),
            log: self.take("log", level).unwrap_or(LevelFilter::INFO),
            log_format: self.take("log_format", log_format).unwrap_or(LogFormat::Auto),
        };
        (config, self.mistakes)
    }

    /// The setting's value. A mistake is noted, and nothing returned.
    fn take<T>(&mut self, id: &str, parse: fn(&str) -> Result<T, String>) -> Option<T> {
        let argument = self.command.get_arguments().find(|argument| argument.get_id() == id)?;
        let default = argument.get_default_values().first().and_then(|value| value.to_str());
        let given = self.matches.get_one::<String>(id).map(String::as_str);
        let from_environment = self.matches.value_source(id) == Some(ValueSource::EnvVariable);
        let text = if from_environment { given.filter(|text| !text.is_empty()).or(default)? } else { given? };
        let parsed = parse(text);
        parsed
            .map_err(|wanted| self.mistakes.push(format!("{}: {text:?} {wanted}", name(argument, from_environment))))
            .ok()
    }
}

fn name(argument: &clap::Arg, from_environment: bool) -> String {
    let variable = argument.get_id().as_str().to_uppercase();
    let flag = argument.get_long().unwrap_or_default();
    if from_environment { format!("{variable} (--{flag})") } else { format!("--{flag} ({variable})") }
}

fn host(text: &str) -> Result<IpAddr, String> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let text = if bare == "localhost" { "127.0.0.1" } else { bare };
    text.parse().map_err(|_| "is not an IP address such as 127.0.0.1, 0.0.0.0 or ::1".to_owned())
}

fn number<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error| format!("is not a whole number in its range: {error}"))
}

fn at_least_one(text: &str) -> Result<usize, String> {
    number(text).and_then(|count| if count == 0 { Err("must be at least 1".to_owned()) } else { Ok(count) })
}

fn base_path(text: &str) -> Result<String, String> {
    let path = text.trim_end_matches('/');
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let good = path.is_empty()
        || path.strip_prefix('/').is_some_and(|rest| {
            rest.split('/').all(|part| !part.is_empty() && part != "." && part != ".." && part.bytes().all(plain))
        });
    if !good {
        return Err("is not a path such as /prod or /a/b (letters, digits, - . _ ~), or / for none".to_owned());
    }
    let first = path.split('/').nth(1).unwrap_or_default();
    if ["docs", "openapi.json", "livez", "readyz", "metrics"].contains(&first) {
        return Err(format!("would hide /{first}, which this server answers itself"));
    }
    Ok(path.to_owned())
}

/// A count and what follows it: `64MiB` is `64` and `MiB`.
fn with_unit(text: &str) -> (&str, &str) {
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    (&text[..end], text[end..].trim())
}

fn size<T: TryFrom<u64>>(text: &str) -> Result<T, String> {
    let (count, unit) = with_unit(text);
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
    bytes.ok_or_else(|| "is not a size such as 65536, 64KiB or 1GiB".to_owned())
}

fn time(text: &str) -> Result<Duration, String> {
    let (count, unit) = with_unit(text);
    let factor = match unit {
        "ms" => Some(0.001),
        "" | "s" => Some(1.0),
        "m" | "min" => Some(60.0),
        "h" => Some(3600.0),
        _ => None,
    };
    let seconds = factor.zip(count.parse::<f64>().ok()).map(|(factor, count)| factor * count);
    let range = 0.001..=864_000.0;
    seconds
        .filter(|seconds| range.contains(seconds))
        .map(Duration::from_secs_f64)
        .ok_or_else(|| "is not a time such as 500ms, 30s or 10m (at most 240h)".to_owned())
}

fn level(text: &str) -> Result<LevelFilter, String> {
    let known = ["off", "error", "warn", "info", "debug", "trace"].contains(&text.to_ascii_lowercase().as_str());
    let level = if known { text.parse().ok() } else { None };
    level.ok_or_else(|| "is not one of off, error, warn, info, debug, trace".to_owned())
}

fn log_format(text: &str) -> Result<LogFormat, String> {
    LogFormat::from_str(text, true).map_err(|_| "is not one of auto, text, json".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(arguments: &[&str]) -> Vec<String> {
        let all = std::iter::once("describe-api").chain(arguments.iter().copied());
        match read_with(&without_environment(), all.map(str::to_owned).collect()) {
            Err(Stop::Mistakes(mistakes)) => mistakes,
            other => panic!("no mistakes: {other:?}"),
        }
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let told = mistakes(&[
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
        assert_eq!(told.len(), 5, "{told:#?}");
        for part in ["--nonsense", "--also", "--port (PORT): \"seventy\"", "--base-path", "--body-limit"] {
            assert!(told.iter().any(|mistake| mistake.contains(part)), "{part} is missing: {told:#?}");
        }
    }

    #[test]
    fn a_missing_value_and_a_repeated_flag_are_mistakes_among_others() {
        let told = mistakes(&["--log", "loud", "--host", "::1", "--host", "::1", "--port"]);
        assert_eq!(told.len(), 3, "{told:#?}");
    }

    #[test]
    fn a_switch_does_not_take_the_file_after_it() {
        let describe = |arguments: &[&str]| {
            let all = ["describe-api", "describe"].iter().chain(arguments).copied().map(str::to_owned).collect();
            match read_with(&without_environment(), all) {
                Ok((Command::Describe(arguments), _)) => *arguments,
                other => panic!("not described: {other:?}"),
            }
        };
        let told = describe(&["--overall", "a.csv", "--compare", "b.csv", "--stamp", "--withhold", "False", "-"]);
        assert_eq!(told.files, ["a.csv", "b.csv", "-"]);
        let switches = |told: &cli::Arguments| {
            told.given()
                .into_iter()
                .map(|option| format!("{}={}", option.name, option.values.join(",")))
                .collect::<Vec<_>>()
        };
        assert_eq!(switches(&told), ["overall=true", "compare=true", "stamp=true", "withhold=False"]);
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
    fn base_paths() {
        assert_eq!(base_path("/"), Ok(String::new()));
        assert_eq!(base_path(""), Ok(String::new()));
        assert_eq!(base_path("/a/b/"), Ok("/a/b".to_owned()));
        for bad in ["prod", "/a//b", "/{x}", "/a b", "/../x", "/docs", "/livez/x"] {
            assert!(base_path(bad).is_err(), "{bad}");
        }
    }
}
