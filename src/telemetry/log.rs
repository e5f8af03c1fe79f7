//! The log: events of our own crates as lines of text or JSON on standard error.
//!
//! Input: `tracing` events whose target is one of our crates; those of other crates hold URLs and are not recorded at any
//! level. Output: one line per event. Invariant: no line holds anything that a client sent, except its request id.
//!
//! The server writes through a thread of its own ([`start`]), so that a request does not wait for standard error. When its
//! reader is so slow that [`MAX_QUEUED_LINES`] wait, further lines are dropped: a lost line costs less than a service that
//! stops answering. The number of dropped lines is logged at shutdown. In Lambda ([`start_blocking`]) a line is written
//! before its response, because the process may be frozen right after it; nothing is dropped there.

use std::io::{self, BufWriter, IsTerminal, Stderr, Write};
use std::panic::PanicHookInfo;
use std::time::Duration;

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::{Layer, SubscriberExt};

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
    let lines = if json {
        lines.json().flatten_event(true).with_current_span(false).with_span_list(false).boxed()
    } else {
        lines.boxed()
    };
    tracing_subscriber::registry().with(Targets::new().with_target(OUR_CRATES, level)).with(lines)
}

/// Logs where a panic was; its message may quote a number.
pub(crate) fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
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
