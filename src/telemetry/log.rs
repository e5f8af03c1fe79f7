//! The log: events of our own crates as lines of text or JSON on standard error.
//!
//! Input: `tracing` events whose target is one of our crates; those of other crates hold URLs and are not recorded at any
//! level. Output: one line per event. Invariant: no line holds anything that a client sent, except its request id.
//!
//! The server writes through a thread of its own ([`start`]), so that a request does not wait for standard error. When its
//! reader is so slow that [`MAX_QUEUED_LINES`] wait, further lines are dropped: a lost line costs less than a service that
//! stops answering. The number of dropped lines is logged at shutdown. In Lambda ([`start_blocking`]) a line is written
//! before its response, because the process may be frozen right after it; nothing is dropped there.

use std::fmt::Debug;
use std::io::{self, BufWriter, IsTerminal, Stderr, Write};
use std::panic::PanicHookInfo;
use std::time::Duration;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{self, FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

use crate::cli::settings::{Config, LogFormat};

/// Prefix of the targets that are recorded, which begin with the name of their crate.
const OUR_CRATES: &str = "describe";

/// Lines that may wait to be written: some 4 MB.
const MAX_QUEUED_LINES: usize = 1 << 14;

/// Lines that arrive within this time are written together.
const GATHER_TIME: Duration = Duration::from_millis(10);

/// The log of a server. Dropping it writes what is queued, for at most about a second.
pub struct Log {
    dropped_lines: ErrorCounter,
    _flushes_when_dropped: WorkerGuard,
}

impl Drop for Log {
    fn drop(&mut self) {
        let lines = self.dropped_lines.dropped_lines();
        if lines > 0 {
            tracing::warn!(lines, "log lines were dropped");
        }
    }
}

/// Starts the log of a server.
#[must_use]
pub fn start(config: &Config) -> Log {
    let builder = NonBlockingBuilder::default().thread_name("log").buffered_lines_limit(MAX_QUEUED_LINES);
    let (writer, guard) = builder.lossy(true).finish(Gathered(BufWriter::with_capacity(64 << 10, io::stderr())));
    let dropped_lines = writer.error_counter();
    install(config, writer);
    Log { dropped_lines, _flushes_when_dropped: guard }
}

/// Starts a log that is written at once.
pub fn start_blocking(config: &Config) {
    install(config, io::stderr);
}

fn install(config: &Config, writer: impl for<'a> MakeWriter<'a> + Send + Sync + 'static) {
    let json = match config.log_format {
        LogFormat::Json => true,
        LogFormat::Text => false,
        LogFormat::Auto => !io::stderr().is_terminal(),
    };
    // Only a second start in one process fails, and then the first log goes on.
    let _ = tracing::subscriber::set_global_default(subscriber(config.log, json, writer));
    std::panic::set_hook(Box::new(log_panic));
}

/// Subscriber that writes a line for each event of our crates.
pub(crate) fn subscriber(
    level: LevelFilter,
    json: bool,
    writer: impl for<'a> MakeWriter<'a> + Send + Sync + 'static,
) -> impl Subscriber + Send + Sync {
    let lines = fmt::layer().with_target(false).with_ansi(false).with_writer(writer);
    let lines = if json { lines.event_format(JsonLine).boxed() } else { lines.boxed() };
    tracing_subscriber::registry().with(Targets::new().with_target(OUR_CRATES, level)).with(lines)
}

/// Format of an event as one JSON object per line: time, level and fields. The one of `tracing-subscriber` builds maps of
/// spans and fields and formats each value by `fmt`, which takes 1.2 µs more a line, a tenth of a small request.
struct JsonLine;

impl<S, N> FormatEvent<S, N> for JsonLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut line: Writer<'_>, event: &Event<'_>) -> std::fmt::Result {
        line.write_str(r#"{"timestamp":""#)?;
        SystemTime.format_time(&mut line)?;
        let mut members = Members(String::with_capacity(LINE_BYTES));
        members.0.push_str(r#"","level":""#);
        members.0.push_str(event.metadata().level().as_str());
        members.0.push('"');
        event.record(&mut members);
        members.0.push_str("}\n");
        line.write_str(&members.0)
    }
}

/// Usual length of a line.
const LINE_BYTES: usize = 256;

/// Members of a JSON object, from the fields of an event.
struct Members(String);

impl Members {
    fn add(&mut self, field: &Field, value: &str) {
        for text in [",\"", field.name(), "\":", value] {
            self.0.push_str(text);
        }
    }
}

impl Visit for Members {
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, itoa::Buffer::new().format(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, itoa::Buffer::new().format(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let quoted = serde_json::to_string(value);
        self.add(field, quoted.as_deref().unwrap_or("null"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

/// Logs where a panic was; its message may quote a number. One for which a corrupt file is at fault is not an error of the
/// program: its client gets a problem document.
pub(crate) fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    if describe_readers::is_decoding() {
        tracing::debug!(place, "a decoder panicked on a corrupt file");
        return;
    }
    tracing::error!(place, "panic");
}

/// Standard error, to which the lines of [`GATHER_TIME`] are written in one piece. The thread of the log flushes whenever no
/// line waits; without a pause there it would be woken for each line, which takes 1.8 to 3.9 µs of processor time a line
/// instead of 1.5.
struct Gathered(BufWriter<Stderr>);

impl Write for Gathered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        std::thread::sleep(GATHER_TIME);
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_json_whatever_its_texts_hold() {
        let (read, write) = io::pipe().expect("a pipe");
        let write = std::sync::Mutex::new(write);
        tracing::subscriber::with_default(subscriber(LevelFilter::INFO, true, write), || {
            tracing::warn!(text = "a \"b\"\n", below = -1, "what");
            tracing::debug!("not at this level");
        });
        let lines: Vec<String> = io::BufRead::lines(io::BufReader::new(read)).collect::<Result<_, _>>().expect("text");
        let [line] = &lines[..] else { panic!("{lines:?}") };
        let mut members: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let time = members["timestamp"].take();
        assert!(time.as_str().is_some_and(|time| time.len() == 27 && time.ends_with('Z')), "{time}");
        let expected = serde_json::json!({
            "timestamp": null, "level": "WARN", "message": "what", "text": "a \"b\"\n", "below": -1
        });
        assert_eq!(members, expected);
    }
}
