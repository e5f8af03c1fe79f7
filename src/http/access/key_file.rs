//! The key file, read at the start and again whenever it changes.
//!
//! Input: a path. Output: its current [`Keys`]. Invariant: a file that cannot be read or has a fault never replaces keys that
//! were read before; a warning in the log says so.
//!
//! A thread compares the content twice a second, because a notice of the system depends on the file system and on how a file
//! is replaced. A content counts once two readings agree, so that a file is not read while it is written.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::http::access::keys::Keys;
use crate::http::access::rates::Rate;

/// Maximum size of the file in bytes: room for comments beside 1,000 keys.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// Time between two readings.
const INTERVAL: Duration = Duration::from_millis(500);

/// The current keys of a file.
#[derive(Debug)]
pub struct KeyFile {
    keys: Arc<RwLock<Arc<Keys>>>,
    /// Ends the thread when it is dropped.
    _ends_thread: Sender<()>,
}

impl KeyFile {
    /// Reads the file and watches it. `rate` is that of a key without its own. From a file that cannot be read no key is
    /// admitted, until it can.
    #[must_use]
    pub fn open(path: &Path, rate: Option<Rate>) -> Self {
        let (ends_thread, ended) = channel();
        let mut watch = Watch::new(path, rate);
        watch.start();
        let keys = Arc::clone(&watch.keys);
        let run = move || {
            while ended.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                watch.look();
            }
        };
        if let Err(error) = std::thread::Builder::new().name("keys".to_owned()).spawn(run) {
            tracing::error!(error = error.to_string(), "changes of the key file are not noticed");
        }
        Self { keys, _ends_thread: ends_thread }
    }

    /// The keys as they are now.
    #[must_use]
    pub fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Faults of a key file, each as a sentence with its path.
#[must_use]
pub fn faults(path: &Path) -> Vec<String> {
    let parsed = read(path).and_then(|text| Keys::parse(&text, None));
    parsed.err().unwrap_or_default().into_iter().map(|fault| format!("{}: {fault}", path.display())).collect()
}

/// Text of a file, or why it cannot be read.
type Reading = Result<String, Vec<String>>;

fn read(path: &Path) -> Reading {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes));
    read.map_err(|error| vec![format!("cannot be read: {error}")])?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(vec![format!("it is larger than {MAX_FILE_BYTES} bytes")]);
    }
    String::from_utf8(bytes).map_err(|_| vec!["it is not UTF-8 text".to_owned()])
}

/// Readings of a file so far.
struct Watch {
    path: PathBuf,
    rate: Option<Rate>,
    keys: Arc<RwLock<Arc<Keys>>>,
    /// The last reading.
    last: Option<Reading>,
    /// Whether the last reading was taken over or refused.
    is_settled: bool,
}

impl Watch {
    fn new(path: &Path, rate: Option<Rate>) -> Self {
        Self { path: path.to_owned(), rate, keys: Arc::default(), last: None, is_settled: false }
    }

    /// Reads the file for the first time.
    fn start(&mut self) {
        let reading = read(&self.path);
        match self.take_over(&reading) {
            Ok(0) => tracing::warn!("the key file has no keys; no key is admitted"),
            Ok(_) => {}
            Err(faults) => self.log_faults(&faults),
        }
        (self.last, self.is_settled) = (Some(reading), true);
    }

    /// Reads the file, and takes over what it has if two readings agree and are new.
    fn look(&mut self) {
        let reading = read(&self.path);
        if self.last.as_ref() != Some(&reading) {
            self.last = Some(reading);
            self.is_settled = false;
        } else if !self.is_settled {
            self.is_settled = true;
            match self.take_over(&reading) {
                Ok(0) => tracing::warn!("the key file has no keys any more; no key is admitted"),
                Ok(keys) => tracing::info!(keys, "the key file was read again"),
                Err(faults) => self.log_faults(&faults),
            }
        }
    }

    /// Takes over the keys of a reading, and returns their number.
    fn take_over(&self, reading: &Reading) -> Result<usize, Vec<String>> {
        let mut keys = reading.as_ref().map_err(Clone::clone).and_then(|text| Keys::parse(text, self.rate))?;
        let mut current = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.keep_limiters(&current);
        let count = keys.len();
        *current = Arc::new(keys);
        Ok(count)
    }

    /// Logs faults, which are the operator's and hold no word of the file.
    fn log_faults(&self, faults: &[String]) {
        let file = self.path.display().to_string();
        tracing::warn!(file, faults = faults.join("; "), "the key file has faults; the keys stay as they were");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::access::keys::{digest, line};

    fn text(keys: &[&str]) -> String {
        keys.iter().map(|key| line(key, &digest(key.as_bytes()), None, None) + "\n").collect()
    }

    fn admitted(watch: &Watch, keys: &[&str]) -> Vec<bool> {
        let current = watch.keys.read().expect("keys");
        keys.iter().map(|key| current.find(key.as_bytes()).is_some()).collect()
    }

    #[test]
    fn changes_count_once_two_readings_agree() {
        let path = std::env::temp_dir().join(format!("describe-api-keys-{}", std::process::id()));
        let mut watch = Watch::new(&path, None);
        let write = |watch: &mut Watch, content: &str| {
            std::fs::write(&path, content).expect("written");
            watch.look();
        };
        write(&mut watch, &text(&["one"]));
        assert_eq!(admitted(&watch, &["one"]), [false]);
        watch.look();
        assert_eq!(admitted(&watch, &["one"]), [true]);
        write(&mut watch, "");
        write(&mut watch, &text(&["two", "three"]));
        assert_eq!(admitted(&watch, &["one", "two"]), [true, false]);
        watch.look();
        assert_eq!(admitted(&watch, &["one", "two", "three"]), [false, true, true]);
        write(&mut watch, "two sha256:half a line");
        watch.look();
        assert_eq!(admitted(&watch, &["two", "three"]), [true, true], "a fault changes nothing");
        assert_eq!(faults(&path).len(), 1);
        std::fs::remove_file(&path).expect("removed");
        watch.look();
        watch.look();
        assert_eq!(admitted(&watch, &["two", "three"]), [true, true], "a missing file changes nothing");
        assert!(faults(&path)[0].contains("cannot be read"));
        write(&mut watch, "# nobody\n");
        watch.look();
        assert_eq!(admitted(&watch, &["two", "three"]), [false, false], "all keys are revoked");
        std::fs::remove_file(&path).expect("removed");
    }
}
