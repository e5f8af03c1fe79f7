//! Log lines: events to text or JSON, gathered in memory and written to standard error by a thread of their own.
//!
//! At some 100,000 requests a second and core, formatting and a system call per line would cost as much as the answer.
//! So a line is formatted by hand into a buffer that is used again, and lines that come within 10 milliseconds share a write.

use std::cell::RefCell;
use std::fmt::{Debug, Write as _};
use std::io::{IsTerminal, Write as _};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, UNIX_EPOCH};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::layer::{Context, SubscriberExt};

use crate::config::{Config, LogFormat};

/// Lines that come within this time are written together.
const GATHER: Duration = Duration::from_millis(10);

/// When standard error is this far behind, lines are dropped, and counted, rather than the service stopped.
const BACKLOG: usize = 4 << 20;

/// The log. Dropping it writes what is left.
pub struct Log {
    sink: Arc<Sink>,
    writer: Option<JoinHandle<()>>,
}

/// Starts logging.
#[must_use]
pub fn start(config: &Config) -> Log {
    let json = match config.log_format {
        LogFormat::Json => true,
        LogFormat::Text => false,
        LogFormat::Auto => !std::io::stderr().is_terminal(),
    };
    let sink = Arc::new(Sink::default());
    // Our own events only, at any level: those of other crates hold URLs.
    let ours = Targets::new().with_target(env!("CARGO_CRATE_NAME"), config.log);
    let subscriber = tracing_subscriber::registry().with(ours).with(Lines { json, sink: Arc::clone(&sink) });
    // Only a second start in one process fails, and then the first log goes on.
    let _ = tracing::subscriber::set_global_default(subscriber);
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
    let lines = Arc::clone(&sink);
    let writer = std::thread::Builder::new().name("log".to_owned()).spawn(move || lines.write_all()).ok();
    Log { sink, writer }
}

impl Log {
    /// Writes what is there, for a process that may be frozen at any moment.
    pub fn flush(&self) {
        let lines = std::mem::take(&mut self.sink.lock().lines);
        let _ = std::io::stderr().lock().write_all(&lines);
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.sink.lock().closing = true;
        self.sink.filled.notify_one();
        let _ = self.writer.take().map(JoinHandle::join);
    }
}

/// Lines that wait to be written.
#[derive(Default)]
struct Sink {
    pending: Mutex<Pending>,
    filled: Condvar,
}

#[derive(Default)]
struct Pending {
    lines: Vec<u8>,
    dropped: u64,
    closing: bool,
}

impl Sink {
    fn lock(&self) -> std::sync::MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, line: &str) {
        let mut pending = self.lock();
        if pending.lines.len() > BACKLOG {
            pending.dropped += 1;
            return;
        }
        let first = pending.lines.is_empty();
        pending.lines.extend_from_slice(line.as_bytes());
        drop(pending);
        if first {
            self.filled.notify_one();
        }
    }

    fn write_all(&self) {
        let mut lines = Vec::new();
        loop {
            let idle = |pending: &mut Pending| pending.lines.is_empty() && !pending.closing;
            let pending = self.filled.wait_while(self.lock(), idle).unwrap_or_else(PoisonError::into_inner);
            let closing = pending.closing;
            drop(pending);
            if !closing {
                std::thread::sleep(GATHER);
            }
            let mut pending = self.lock();
            std::mem::swap(&mut pending.lines, &mut lines);
            let dropped = std::mem::take(&mut pending.dropped);
            drop(pending);
            let mut stderr = std::io::stderr().lock();
            let _ = stderr.write_all(&lines);
            if dropped > 0 {
                let _ =
                    writeln!(stderr, "{{\"level\":\"WARN\",\"message\":\"log lines dropped\",\"count\":{dropped}}}");
            }
            lines.clear();
            if closing {
                return;
            }
        }
    }
}

/// Makes a line of every event.
struct Lines {
    json: bool,
    sink: Arc<Sink>,
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        thread_local!(static LINE: RefCell<String> = const { RefCell::new(String::new()) });
        LINE.with_borrow_mut(|line| {
            line.clear();
            line.push_str(if self.json { "{\"time\":\"" } else { "" });
            push_time(line);
            line.push_str(if self.json { "\",\"level\":\"" } else { " " });
            line.push_str(event.metadata().level().as_str());
            line.push_str(if self.json { "\"" } else { "" });
            event.record(&mut Fields { json: self.json, line });
            line.push_str(if self.json { "}\n" } else { "\n" });
            self.sink.push(line);
        });
    }
}

/// `2026-01-31T12:00:00.123456Z`. The part up to the second is made once a second.
fn push_time(line: &mut String) {
    thread_local!(static SECOND: RefCell<(u64, String)> = const { RefCell::new((0, String::new())) });
    let now = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    SECOND.with_borrow_mut(|(second, text)| {
        if *second != now.as_secs() || text.is_empty() {
            *second = now.as_secs();
            text.clear();
            let _ = SystemTime.format_time(&mut Writer::new(text));
            text.truncate("2026-01-31T12:00:00.".len());
        }
        line.push_str(text);
    });
    // A leading 1 keeps the zeros.
    let start = line.len();
    push_number(line, 1_000_000 + u64::from(now.subsec_micros()));
    line.remove(start);
    line.push('Z');
}

/// A number without the machinery of `fmt`, which takes several times as long.
fn push_number(line: &mut String, number: u64) {
    let mut digits = [0; 20];
    let mut first = digits.len();
    let mut rest = number;
    loop {
        first -= 1;
        digits[first] = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    line.push_str(str::from_utf8(&digits[first..]).unwrap_or_default());
}

/// Writes an event's fields.
struct Fields<'a> {
    json: bool,
    line: &'a mut String,
}

impl Fields<'_> {
    fn name(&mut self, field: &Field) {
        let name = field.name();
        let (before, name, after) = match (self.json, name) {
            (true, name) => (",\"", name, "\":"),
            (false, "message") => (" ", "", ""),
            (false, name) => (" ", name, "="),
        };
        self.line.push_str(before);
        self.line.push_str(name);
        self.line.push_str(after);
    }
}

impl Visit for Fields<'_> {
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.name(field);
        push_number(self.line, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.name(field);
        let plain = value.bytes().all(|byte| (b' '..0x7f).contains(&byte) && byte != b'"' && byte != b'\\');
        let quote = if self.json { "\"" } else { "" };
        if plain {
            self.line.push_str(quote);
            self.line.push_str(value);
            self.line.push_str(quote);
        } else {
            let _ = write!(self.line, "{}", serde_json::Value::from(value));
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            // Always a literal of ours, which needs no escapes.
            self.name(field);
            let quote = if self.json { "\"" } else { "" };
            let _ = write!(self.line, "{quote}{value:?}{quote}");
        } else {
            self.record_str(field, &format!("{value:?}"));
        }
    }
}
