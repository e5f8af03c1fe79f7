//! The commands `describe`, `items`, `merge`, `finish` and `preview`: statistics of files, of states or of results of SQL statements, and what
//! files would be read as, by the same engine as the service.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use describe_options::{Diagnostic, Format, InputError, OptionName, Origin, StateFault};
#[cfg(feature = "sql")]
use describe_readers::Format as FileFormat;
use describe_readers::Limits;
use describe_reports::answer::ReadingWarning;
use describe_reports::terminal::{self, Screen};

use crate::cli::arguments::{Arguments, Digits, Output};
use crate::cli::file_ranges::FileRanges;
use crate::describe::{Described, Describer, now};
use describe_engine::messages::{self, Voice};

/// Exit code for data that cannot be described, or a file that cannot be read.
const REFUSED: u8 = 1;

/// Exit code for invalid options.
const INVALID_OPTIONS: u8 = 2;

/// Error of the command.
enum Failure {
    File(String, io::Error),
    Data(InputError),
    BinaryOnTerminal(Format),
}

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        Self::Data(error)
    }
}

/// Describes the files and prints the statistics. Exit codes: 0; 1 for data that cannot be described or a file that cannot
/// be read; 2 for bad options.
#[must_use]
pub fn run(arguments: &Arguments, limits: &Limits) -> ExitCode {
    print(arguments, limits, || write(arguments, &read(arguments, limits)?))
}

/// Analyses the items of a test, as [`run`] describes columns.
#[must_use]
pub fn items(arguments: &Arguments, limits: &Limits) -> ExitCode {
    print(arguments, limits, || {
        let described = read(arguments, limits)?;
        described.check_items(Origin::CommandLine)?;
        write(arguments, &described)
    })
}

/// Describes states, as [`run`] describes files.
#[must_use]
pub fn merge(arguments: &Arguments, limits: &Limits) -> ExitCode {
    print(arguments, limits, || {
        let described = read(arguments, limits)?;
        let is_of_states = described.data().is_of_states();
        if is_of_states {
            write(arguments, &described)
        } else {
            Err(InputError::of_data(StateFault::BesideData).into())
        }
    })
}

/// Describes the tables whose statements gave these results, as [`merge`] describes states.
#[cfg(feature = "sql")]
#[must_use]
pub fn finish(arguments: &Arguments, limits: &Limits) -> ExitCode {
    let mut arguments = arguments.clone();
    arguments.kind = Some(FileFormat::SqlResult);
    run(&arguments, limits)
}

/// The answer as the arguments ask for it, and the warnings about how files were read.
fn write(arguments: &Arguments, described: &Described) -> Result<(Vec<u8>, Vec<ReadingWarning>), Failure> {
    let format = described.options().output.format();
    if io::stdout().is_terminal() && format.is_binary() {
        return Err(Failure::BinaryOnTerminal(format));
    }
    let is_table = arguments.is_table() && (arguments.format == Output::Table || format == Format::Json);
    let answer = if is_table {
        match described.item_answer(now())? {
            Some(items) => terminal::items(&items, screen(arguments))?,
            None => terminal::write(&described.answer(now())?, described.options(), screen(arguments))?,
        }
    } else {
        described.write(now())?
    };
    if !is_table && format == Format::Json {
        explain_json(arguments);
    }
    Ok((answer, described.warnings()))
}

/// Prints what the files would be read as: a table on a terminal, the JSON of the service elsewhere. Exit codes are those of
/// [`run`].
#[must_use]
pub fn preview(arguments: &Arguments, limits: Limits) -> ExitCode {
    let mut arguments = arguments.clone();
    let rows = arguments.take_preview_rows();
    let limits = Limits { preview: Some(rows), ..limits };
    print(&arguments, &limits, || {
        let described = read(&arguments, &limits)?;
        let table = arguments.is_table();
        let Some(preview) = described.preview()? else { return Ok((Vec::new(), Vec::new())) };
        let spell = |name: &str, value: &str| match OptionName::named(name) {
            Some(option) => Voice::CommandLine.with(option, &quoted(value)),
            None => String::new(),
        };
        let warnings = if table { described.warnings() } else { Vec::new() };
        let answer =
            if table { terminal::preview(&preview, screen(&arguments).width, spell) } else { preview.write()? };
        if !table {
            explain_json(&arguments);
        }
        Ok((answer, warnings))
    })
}

/// Letters of a line where the terminal does not say how many it has.
const DEFAULT_WIDTH: usize = 80;

/// The screen: as wide as the variable COLUMNS says, or else the terminal.
fn screen(arguments: &Arguments) -> Screen {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|columns| *columns > 0);
    let width = columns.or_else(|| Some(terminal_size::terminal_size()?.0.0.into())).unwrap_or(DEFAULT_WIDTH);
    Screen { width, has_all_digits: arguments.digits == Digits::Full }
}

/// Says why the output is JSON if nobody has asked for it.
fn explain_json(arguments: &Arguments) {
    if arguments.format == Output::Auto {
        eprintln!("describe-api: JSON, because the output is not a terminal; --format table prints a table");
    }
}

/// A value as a shell takes it.
fn quoted(value: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || ",._-+".contains(character);
    if value.chars().all(is_plain) { value.to_owned() } else { format!("'{}'", value.replace('\'', r"'\''")) }
}

/// Prints an answer, and its warnings.
fn print(
    arguments: &Arguments,
    limits: &Limits,
    answer: impl FnOnce() -> Result<(Vec<u8>, Vec<ReadingWarning>), Failure>,
) -> ExitCode {
    let print_panic = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // For a corrupt file the error is printed.
        if !describe_readers::is_decoding() {
            print_panic(panic);
        }
    }));
    if let Err(error) = Describer::new(arguments.first_source(), arguments.given(), limits) {
        return complain(&error, INVALID_OPTIONS);
    }
    match answer() {
        Ok((answer, warnings)) => {
            for ReadingWarning { file, row, message, .. } in warnings {
                let place = file.into_iter().chain(row.map(|row| format!("row {row}"))).collect::<Vec<_>>().join(", ");
                let place = if place.is_empty() { place } else { format!(" ({place})") };
                print_message(&format!("warning: {message}{place}"));
            }
            // The first bytes of a workbook and of a state.
            let is_binary = answer.starts_with(b"PK") || answer.starts_with(b"\x89");
            let end = if answer.is_empty() || answer.ends_with(b"\n") || is_binary { "" } else { "\n" };
            let mut output = io::stdout().lock();
            // A reader that closes early, such as `head`, is not an error.
            let _ = output.write_all(&answer).and_then(|()| output.write_all(end.as_bytes()));
            ExitCode::SUCCESS
        }
        Err(Failure::Data(error)) => complain(&error, REFUSED),
        Err(Failure::BinaryOnTerminal(format)) => {
            let (what, ending) = (if format.is_workbook() { "workbook" } else { "state" }, format.ending());
            eprintln!("describe-api: a {what} is not text; write it to a file, as with > report.{ending}");
            ExitCode::from(REFUSED)
        }
        Err(Failure::File(file, error)) => {
            print_message(&format!("{file}: {error}"));
            ExitCode::from(REFUSED)
        }
    }
}

/// Reads all the files as one data set. Files with too many different values for exact quantiles are read again; a pipe cannot be.
fn read(arguments: &Arguments, limits: &Limits) -> Result<Described, Failure> {
    let is_read_again = limits.preview.is_none() && arguments.files().iter().all(|file| is_file(file));
    let mut limits = Limits { kept: is_read_again.then(Arc::default), ..limits.clone() };
    loop {
        let described = read_once(arguments, &limits)?;
        match described.kept_ranges() {
            Some(kept) => limits.kept = Some(Arc::new(kept)),
            None => return Ok(described),
        }
    }
}

/// Whether a path is that of a file whose bytes can be read more than once and in any order.
fn is_file(path: &str) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
}

fn read_once(arguments: &Arguments, limits: &Limits) -> Result<Described, Failure> {
    let mut describer = Describer::new(arguments.first_source(), arguments.given(), limits)?;
    let progress = progress(arguments.files());
    for (number, file) in arguments.files().iter().enumerate() {
        if number > 0 {
            describer.next_file(arguments.source(file))?;
        }
        let failed = |error| Failure::File(file.clone(), error);
        let mut source: Box<dyn Read + Send> = if file == "-" {
            Box::new(io::stdin())
        } else {
            let open = File::open(file).map_err(failed)?;
            if is_file(file) {
                describer.set_ranges(Arc::new(FileRanges::of(&open).map_err(failed)?));
            }
            Box::new(open)
        };
        describer.read_all(&mut source, &|count| progress.inc(count)).map_err(failed)??;
    }
    // What is buffered, such as a workbook, is read only now.
    if let Ok(style) = ProgressStyle::with_template("{spinner} reading the table, {elapsed}") {
        progress.set_style(style);
    }
    let result = describer.finish();
    progress.finish_and_clear();
    Ok(result?)
}

/// Time after which progress is shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// Progress bar with bytes, rate and remaining time, on a terminal.
fn progress(files: &[String]) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let sizes = files.iter().map(|file| std::fs::metadata(file).ok().filter(std::fs::Metadata::is_file));
    let size = sizes.map(|found| found.map(|found| found.len())).sum::<Option<u64>>();
    let (bar, template) = match size {
        Some(size) => (ProgressBar::new(size), "{bar:40} {bytes}/{total_bytes} {bytes_per_sec} {eta} to go"),
        None => (ProgressBar::no_length(), "{spinner} {bytes} {bytes_per_sec}"),
    };
    bar.set_draw_target(ProgressDrawTarget::hidden());
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    let waiting = bar.clone();
    thread::spawn(move || {
        thread::sleep(PATIENCE);
        if !waiting.is_finished() {
            waiting.set_draw_target(ProgressDrawTarget::stderr_with_hz(4));
            waiting.enable_steady_tick(Duration::from_millis(250));
        }
    });
    bar
}

/// Prints a message, which may have a part of a file or its name in it.
fn print_message(message: &str) {
    eprintln!("describe-api: {}", terminal::visible(message));
}

/// Prints the errors with their places, equal ones once.
fn complain(error: &InputError, code: u8) -> ExitCode {
    let listed = if error.listed().is_empty() { std::slice::from_ref(error.first()) } else { error.listed() };
    let mut sentences: Vec<String> = Vec::new();
    for diagnostic in listed {
        let message = messages::message(diagnostic, Voice::CommandLine);
        let sentence = format!("{message}{}", text_at_fault(diagnostic, &message));
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    let equal = |diagnostic: &Diagnostic| diagnostic.repeats.as_ref().map_or(1, |repeats| repeats.count);
    let more = error.count().saturating_sub(listed.iter().map(equal).sum());
    sentences.extend((more > 0).then(|| format!("and {more} more")));
    match &sentences[..] {
        [one] => print_message(one),
        several => print_message(&format!("{} problems:\n  {}", error.count(), several.join("\n  "))),
    }
    ExitCode::from(code)
}

/// The text at fault, after a message that does not have it.
fn text_at_fault(diagnostic: &Diagnostic, message: &str) -> String {
    let input = diagnostic.input.as_ref().filter(|input| !message.contains(&format!("'{input}'")));
    input.map(|input| format!(" ({input})")).unwrap_or_default()
}
