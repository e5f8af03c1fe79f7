//! The commands `describe` and `preview`: statistics of files, and what they would be read as, by the same engine as the service.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use describe_options::{Diagnostic, Format, InputError, OptionName};
use describe_readers::Limits;
use describe_reports::answer::ReadingWarning;
use describe_reports::terminal;

use crate::cli::arguments::{Arguments, Output};
use crate::describe::{Described, Describer};
use crate::messages::{self, Voice};

/// Exit code for data that cannot be described, or a file that cannot be read.
const REFUSED: u8 = 1;

/// Exit code for invalid options.
const INVALID_OPTIONS: u8 = 2;

/// Error of the command.
enum Failure {
    File(String, io::Error),
    Data(InputError),
    WorkbookOnTerminal,
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
    print(arguments, limits, |described| {
        let format = described.options().output.format();
        let terminal = io::stdout().is_terminal();
        if terminal && format.is_workbook() {
            return Err(Failure::WorkbookOnTerminal);
        }
        let table = match arguments.format {
            Output::Auto => terminal && format == Format::Json,
            Output::Table => true,
            Output::Format(_) => false,
        };
        let answer = if table { terminal::write(&described.answer()?)? } else { described.write()? };
        Ok((answer, described.warnings()))
    })
}

/// Prints what the files would be read as: a table on a terminal, the JSON of the service elsewhere. Exit codes are those of
/// [`run`].
#[must_use]
pub fn preview(arguments: &Arguments, limits: Limits) -> ExitCode {
    let mut arguments = arguments.clone();
    let rows = arguments.take_preview_rows();
    print(&arguments, &Limits { preview: Some(rows), ..limits }, |described| {
        let table = match arguments.format {
            Output::Auto => io::stdout().is_terminal(),
            Output::Table => true,
            Output::Format(_) => false,
        };
        let Some(preview) = described.preview()? else { return Ok((Vec::new(), Vec::new())) };
        let spell = |name: &str, value: &str| match OptionName::named(name) {
            Some(option) => Voice::CommandLine.with(option, &quoted(value)),
            None => String::new(),
        };
        let warnings = if table { described.warnings() } else { Vec::new() };
        Ok((if table { terminal::preview(&preview, spell) } else { preview.write()? }, warnings))
    })
}

/// A value as a shell takes it.
fn quoted(value: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || ",._-+".contains(character);
    if value.chars().all(is_plain) { value.to_owned() } else { format!("'{}'", value.replace('\'', r"'\''")) }
}

/// Reads the files, and prints the answer that `write` makes of them, and its warnings.
fn print(
    arguments: &Arguments,
    limits: &Limits,
    write: impl FnOnce(Described) -> Result<(Vec<u8>, Vec<ReadingWarning>), Failure>,
) -> ExitCode {
    let print_panic = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // For a corrupt file the error is printed.
        if !describe_readers::is_decoding() {
            print_panic(panic);
        }
    }));
    let describer = Describer::new(arguments.first_source(), arguments.given(), limits);
    let describer = match describer {
        Ok(describer) => describer,
        Err(error) => return complain(&error, INVALID_OPTIONS),
    };
    match read(describer, arguments).and_then(write) {
        Ok((answer, warnings)) => {
            for ReadingWarning { file, row, message, .. } in warnings {
                let place = file.into_iter().chain(row.map(|row| format!("row {row}"))).collect::<Vec<_>>().join(", ");
                let place = if place.is_empty() { place } else { format!(" ({place})") };
                eprintln!("describe-api: warning: {message}{place}");
            }
            let end = if answer.is_empty() || answer.ends_with(b"\n") || answer.starts_with(b"PK") { "" } else { "\n" };
            let mut output = io::stdout().lock();
            // A reader that closes early, such as `head`, is not an error.
            let _ = output.write_all(&answer).and_then(|()| output.write_all(end.as_bytes()));
            ExitCode::SUCCESS
        }
        Err(Failure::Data(error)) => complain(&error, REFUSED),
        Err(Failure::WorkbookOnTerminal) => {
            eprintln!("describe-api: a workbook is not text; write it to a file, as with > report.xlsx");
            ExitCode::from(REFUSED)
        }
        Err(Failure::File(file, error)) => {
            eprintln!("describe-api: {file}: {error}");
            ExitCode::from(REFUSED)
        }
    }
}

/// Reads all the files as one data set.
fn read(mut describer: Describer, arguments: &Arguments) -> Result<Described, Failure> {
    let progress = progress(arguments.files());
    for (number, file) in arguments.files().iter().enumerate() {
        if number > 0 {
            describer.next_file(arguments.source(file))?;
        }
        let failed = |error| Failure::File(file.clone(), error);
        let mut source: Box<dyn Read + Send> =
            if file == "-" { Box::new(io::stdin()) } else { Box::new(File::open(file).map_err(failed)?) };
        describer.read_all(&mut source, &|count| progress.inc(count)).map_err(failed)??;
    }
    progress.finish_and_clear();
    Ok(describer.finish()?)
}

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
    // Drawn a few times a second, so not at all for short work.
    bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(4));
    bar.enable_steady_tick(Duration::from_millis(250));
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Prints the errors with their places.
fn complain(error: &InputError, code: u8) -> ExitCode {
    let mut text = format!("describe-api: {}", messages::detail(error, Voice::CommandLine));
    if error.count() > 1 {
        for diagnostic in error.listed() {
            let message = messages::message(diagnostic, Voice::CommandLine);
            let _ = write!(text, "\n  {message}{}", text_at_fault(diagnostic, &message));
        }
        let equal = |diagnostic: &Diagnostic| diagnostic.repeats.as_ref().map_or(1, |repeats| repeats.count);
        let more = error.count().saturating_sub(error.listed().iter().map(equal).sum());
        if more > 0 {
            let _ = write!(text, "\n  and {more} more");
        }
    } else {
        let at_fault = text_at_fault(error.first(), &text);
        text += &at_fault;
    }
    eprintln!("{text}");
    ExitCode::from(code)
}

/// The text at fault, after a message that does not have it.
fn text_at_fault(diagnostic: &Diagnostic, message: &str) -> String {
    let input = diagnostic.input.as_ref().filter(|input| !message.contains(&format!("'{input}'")));
    input.map(|input| format!(" ({input})")).unwrap_or_default()
}
