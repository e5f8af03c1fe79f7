//! Log lines: events to text or JSON, gathered in memory and written to standard error by a thread of their own.
//!
//! At some 100,000 requests a second and core, formatting and a system call per line would cost as much as the answer.
//! So a line is formatted by hand into a buffer that is used again, and lines that come within 10 milliseconds share a write.

use std::cell::RefCell;
use std::fmt::Debug;
use std::io::{IsTerminal, Write};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};

use crate::cli::settings::{Config, LogFormat};
use describe_readers::calendar;

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
    let subscriber = Lines { level: config.log, json, sink: Arc::clone(&sink) };
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

    fn push(&self, line: &[u8]) {
        let mut pending = self.lock();
        if pending.lines.len() > BACKLOG {
            pending.dropped += 1;
            return;
        }
        let first = pending.lines.is_empty();
        pending.lines.extend_from_slice(line);
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

/// Makes a line of every event of ours. Those of other crates hold URLs and are not heard at any level. There are no spans, so
/// that a registry of them would only cost time.
struct Lines {
    level: LevelFilter,
    json: bool,
    sink: Arc<Sink>,
}

impl Subscriber for Lines {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.enabled(metadata) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event()
            && metadata.target().starts_with(env!("CARGO_CRATE_NAME"))
            && *metadata.level() <= self.level
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn event(&self, event: &Event<'_>) {
        thread_local!(static LINE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) });
        LINE.with_borrow_mut(|line| {
            line.clear();
            if self.json {
                line.extend_from_slice(b"{\"time\":\"");
            }
            push_time(line);
            line.extend_from_slice(if self.json { b"\",\"level\":\"" } else { b" " });
            line.extend_from_slice(event.metadata().level().as_str().as_bytes());
            if self.json {
                line.push(b'"');
            }
            event.record(&mut Fields { json: self.json, line });
            line.extend_from_slice(if self.json { b"}\n" } else { b"\n" });
            self.sink.push(line);
        });
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// `2026-01-31T12:00:00.123456Z`. The part up to the second is made once a second.
fn push_time(line: &mut Vec<u8>) {
    thread_local!(static SECOND: RefCell<(u64, String)> = const { RefCell::new((0, String::new())) });
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    SECOND.with_borrow_mut(|(second, text)| {
        if *second != now.as_secs() || text.is_empty() {
            *second = now.as_secs();
            *text = calendar::to_the_second(i64::try_from(*second).unwrap_or_default());
        }
        line.extend_from_slice(text.as_bytes());
    });
    // The leading 1, which keeps the zeros, becomes the point.
    let point = line.len();
    line.extend_from_slice(itoa::Buffer::new().format(1_000_000 + now.subsec_micros()).as_bytes());
    line[point] = b'.';
    line.push(b'Z');
}

/// Writes an event's fields.
struct Fields<'a> {
    json: bool,
    line: &'a mut Vec<u8>,
}

impl Fields<'_> {
    fn name(&mut self, field: &Field) {
        let name = field.name().as_bytes();
        if self.json {
            self.line.extend_from_slice(b",\"");
            self.line.extend_from_slice(name);
            self.line.extend_from_slice(b"\":");
        } else {
            self.line.push(b' ');
            if name != b"message" {
                self.line.extend_from_slice(name);
                self.line.push(b'=');
            }
        }
    }
}

impl Visit for Fields<'_> {
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.name(field);
        self.line.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.name(field);
        // All bytes are looked at, which is faster than to stop at the first.
        let odd = |byte: u8| !(b' '..0x7f).contains(&byte) || byte == b'"' || byte == b'\\';
        if value.bytes().fold(0, |odds, byte| odds | u8::from(odd(byte))) != 0 {
            let _ = write!(self.line, "{}", serde_json::Value::from(value));
        } else if self.json {
            self.line.push(b'"');
            self.line.extend_from_slice(value.as_bytes());
            self.line.push(b'"');
        } else {
            self.line.extend_from_slice(value.as_bytes());
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
