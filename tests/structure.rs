//! The shape of the workspace: which crate may depend on which, and what the libraries ask nobody for.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The packages; each may depend on those before it.
const ORDER: [&str; 5] = ["describe", "describe-options", "describe-readers", "describe-reports", "describe-api"];

/// What only a program asks for: the libraries are given bytes and the time.
const SYSTEM: [&str; 9] = [
    "available_parallelism",
    "println!",
    "rayon",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::time",
];

/// The one file of the libraries that knows of threads, behind the feature `parallel`.
const THREADS: &str = "describe-readers/src/threads.rs";

/// The words of the service and of the command line, which the libraries do not use, not even in comments.
const WORDS: [&str; 14] = [
    "HTTP",
    "URL",
    "curl",
    "Content-",
    "Accept-",
    "GET",
    "POST",
    "Lambda",
    "axum",
    "clap",
    "command line",
    "_LIMIT)",
    "MAX_DISTINCT)",
    " --",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The Rust files below a folder, in the order of their paths.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let files = files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let mut all: Vec<PathBuf> = files.chain(folders.iter().flat_map(|folder| sources(folder))).collect();
    all.sort();
    all
}

/// The code of a file, without the tests at its end.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("UTF-8");
    text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned()
}

#[test]
fn crates_depend_on_those_below_only() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("packages");
    let names: BTreeSet<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    assert_eq!(names, BTreeSet::from(ORDER), "a package is missing in the order, or is no longer there");
    for (rank, name) in ORDER.iter().enumerate() {
        let package = packages.iter().find(|package| package["name"] == *name).expect("named above");
        // Those of tests and build scripts, too.
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let above = ORDER[rank..].iter().any(|above| dependency["name"] == *above);
            assert!(!above, "{name} depends on {}", dependency["name"]);
        }
    }
}

#[test]
fn libraries_ask_the_system_for_nothing() {
    for path in sources(&root().join("crates")).into_iter().filter(|path| !path.ends_with(THREADS)) {
        let code = code(&path);
        let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        let found: Vec<&str> = code.filter(|line| SYSTEM.iter().any(|word| line.contains(word))).collect();
        assert!(found.is_empty(), "{}: {found:?}", path.display());
    }
}

/// Sentences are written at the edge: no library names options, settings or headers as a caller writes them.
#[test]
fn libraries_do_not_use_the_words_of_their_callers() {
    for path in sources(&root().join("crates")) {
        let code = code(&path);
        let words = |line: &str| WORDS.iter().any(|word| has_word(line, word)) || line.contains("`--");
        let found: Vec<&str> = code.lines().filter(|line| words(line)).collect();
        assert!(found.is_empty(), "{}: {found:?}", path.display());
    }
}

/// Whether a line has a word that is not part of a longer one.
fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let is_letter = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
        let (before, after) = (line[..at].chars().next_back(), line[at + word.len()..].chars().next());
        let (first, last) = (word.chars().next(), word.chars().next_back());
        let part_of_longer = (is_letter(first) && is_letter(before)) || (is_letter(last) && is_letter(after));
        !part_of_longer
    })
}
