//! The fuzz targets without a fuzzer: their corpora as they are, then changed in many ways, always the same.

use std::path::Path;

#[path = "../../fuzz/targets.rs"]
mod targets;

/// Number of changed inputs for a target of text.
const CHANGED: usize = 3000;

/// Number of changed inputs for a target of files, or one that writes them: each takes longer.
const CHANGED_FILES: usize = 300;

/// Pieces that matter to some parser.
const PIECES: [&str; 50] = [
    "\"",
    "\"\"",
    ",",
    ";",
    "\t",
    "|",
    "\n",
    "\r",
    "\r\n",
    " ",
    "[",
    "]",
    "{",
    "}",
    ":",
    "\\",
    "\\u",
    "\\ud800",
    "null",
    "true",
    "NaN",
    "nan",
    "inf",
    "-0",
    "1e400",
    "1e-400",
    "0.1",
    "99999999999999999999",
    ".",
    "-",
    "e",
    "+",
    "&",
    "=",
    "%",
    "%5B",
    "numbers",
    "\u{feff}",
    "é",
    "\0",
    "NA",
    "X",
    "group_by=a",
    "column=b&",
    "\r\n--cut",
    "\r\n\r\n",
    "\n=== ",
    "<c><v>",
    "</",
    "&#",
];

/// Marsaglia's xorshift.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % n.max(1)
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        start..start + self.below((length - start).min(16) + 1)
    }

    fn change(&mut self, bytes: &mut Vec<u8>, others: &[(String, Vec<u8>)]) {
        let at = self.below(bytes.len() + 1);
        match self.below(8) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(self.range(bytes.len()))),
            2 => {
                let again = bytes[self.range(bytes.len())].to_vec();
                let times = 1 + self.below(20);
                bytes.splice(at..at, again.repeat(times));
            }
            3 => {
                let other = &others[self.below(others.len())].1;
                let part = self.range(other.len());
                bytes.splice(at..at, other[part].iter().copied());
            }
            4 => {
                let other = &others[self.below(others.len())].1;
                bytes.truncate(at);
                bytes.extend_from_slice(&other[self.below(other.len() + 1)..]);
            }
            5 => bytes.get_mut(at).into_iter().for_each(|byte| *byte = self.below(256).to_le_bytes()[0]),
            _ => drop(bytes.splice(at..at, PIECES[self.below(PIECES.len())].bytes())),
        }
        // Not even the fuzzer makes them long.
        bytes.truncate(4096);
    }
}

/// Reports the input that was being read at a failure.
struct Shown<'a>(&'a str, &'a [u8]);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}: b\"{}\"", self.0, self.1.escape_ascii());
        }
    }
}

fn replay(name: &str, target: fn(&[u8]), changed: usize) {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let entries = std::fs::read_dir(&place).expect("a corpus").map(|entry| entry.expect("a file").path());
    let mut corpus: Vec<(String, Vec<u8>)> =
        entries.map(|path| (path.display().to_string(), std::fs::read(&path).expect("bytes"))).collect();
    corpus.sort();
    assert!(!corpus.is_empty(), "{}", place.display());
    for (name, bytes) in &corpus {
        let shown = Shown(name, bytes);
        target(shown.1);
    }
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for _ in 0..changed {
        let mut bytes = corpus[dice.below(corpus.len())].1.clone();
        for _ in 0..=dice.below(4) {
            dice.change(&mut bytes, &corpus);
        }
        let shown = Shown("changed", &bytes);
        target(shown.1);
    }
}

#[test]
fn json() {
    replay("json", targets::json, CHANGED);
}

#[test]
fn delimited() {
    replay("delimited", targets::delimited, CHANGED);
}

#[test]
fn text() {
    replay("text", targets::text, CHANGED);
}

#[test]
fn query() {
    replay("query", targets::query, CHANGED);
}

#[test]
fn workbook() {
    replay("workbook", targets::workbook, CHANGED_FILES);
}

#[test]
fn parquet() {
    replay("parquet", targets::parquet, CHANGED_FILES);
}

#[test]
fn state() {
    replay("state", targets::state, CHANGED_FILES);
}

#[test]
fn multipart() {
    replay("multipart", targets::multipart, CHANGED_FILES);
}

#[test]
fn decompression() {
    replay("decompression", targets::decompression, CHANGED_FILES);
}

#[test]
fn options() {
    replay("options", targets::options, CHANGED_FILES);
}
