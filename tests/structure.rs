//! The shape of the workspace: which crate may depend on which, what the libraries know nothing of, that no file imports from a
//! file that imports it, and that the words of reports are in one file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use proc_macro2::{TokenStream, TokenTree};
use serde_json::Value;

/// The packages; each may depend on those before it.
const ORDER: [&str; 9] = [
    "describe",
    "describe-items",
    "describe-sql",
    "describe-options",
    "describe-readers",
    "describe-reports",
    "describe-engine",
    "describe-wasm",
    "describe-api",
];

/// Calls that only a program makes: the libraries are given bytes and the time.
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

/// Functions of doubles whose last bit depends on the system; the crate `libm` has them with the same bits everywhere.
const INEXACT: [&str; 16] = [
    ".cbrt()",
    ".cos()",
    ".exp()",
    ".exp2()",
    ".exp_m1()",
    ".ln()",
    ".ln_1p()",
    ".log(",
    ".log10()",
    ".log2()",
    ".powf(",
    ".sin()",
    ".tan()",
    ".tanh()",
    ".sinh()",
    ".cosh()",
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
    "hyper",
    "command line",
    "_LIMIT)",
    "MAX_DISTINCT)",
];

/// The one file with the English words of reports.
const REPORT_WORDS: &str = "words.rs";

/// What looks like a phrase and is not: classes of elements, and what is in each style sheet.
const CLASSES: [&str; 3] = ["chart {name}", "step s{}", "step s0"];
const STYLE_SHEET: &str = "@media ";

/// The files of the libraries. `crates/describe-datafusion` is not one of them: it is a program in a workspace of its own.
fn libraries() -> impl Iterator<Item = PathBuf> {
    let libraries = ORDER.iter().filter(|name| **name != "describe-api");
    libraries.flat_map(|name| sources(&root().join("crates").join(name)))
}

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
    for path in libraries().filter(|path| !path.ends_with(THREADS)) {
        let code = code(&path);
        let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        let found: Vec<&str> = code.filter(|line| SYSTEM.iter().any(|word| line.contains(word))).collect();
        assert!(found.is_empty(), "{}: {found:?}", path.display());
    }
}

#[test]
fn libraries_compute_the_same_on_every_system() {
    let is_test = |path: &PathBuf| path.components().any(|part| part.as_os_str() == "tests");
    for path in libraries().filter(|path| !is_test(path)) {
        let code = code(&path);
        let found: Vec<&str> = code.lines().filter(|line| INEXACT.iter().any(|call| line.contains(call))).collect();
        assert!(found.is_empty(), "{}: {found:?}", path.display());
    }
}

/// Sentences are written at the edge: no library but the engine, which writes them, names options, settings or headers as a caller
/// does.
#[test]
fn libraries_do_not_use_the_words_of_their_callers() {
    let engine = root().join("crates/describe-engine");
    for path in libraries().filter(|path| !path.starts_with(&engine)) {
        let code = code(&path);
        let words = |line: &str| WORDS.iter().any(|word| has_word(line, word)) || has_flag(line);
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

/// Whether a line has what looks like the flag of a command line; the colours in a style sheet do not, `--ink:` and
/// `var(--ink)`.
fn has_flag(line: &str) -> bool {
    line.match_indices("--").any(|(at, _)| {
        let (before, flag) = line.split_at(at);
        let behind = flag[2..].trim_start_matches(|letter: char| letter.is_ascii_alphanumeric() || letter == '-');
        let colour = before.ends_with("var(") || behind.starts_with(':');
        flag[2..].starts_with(|first: char| first.is_ascii_lowercase()) && !colour && !before.ends_with('-')
    })
}

#[test]
fn words_of_reports_are_in_one_file() {
    let folder = root().join("crates/describe-reports/src");
    for path in sources(&folder).into_iter().filter(|path| *path != folder.join(REPORT_WORDS)) {
        let tokens: TokenStream = code(&path).parse().expect("Rust");
        let found: Vec<String> = literals(tokens).into_iter().filter(|literal| is_phrase(literal)).collect();
        assert!(found.is_empty(), "{}: {found:#?} should be in {REPORT_WORDS}", path.display());
    }
}

#[test]
fn phrases_are_told_from_markup() {
    let phrases =
        ["no values", "{} rows", "{figure} of {column}", "Missing, percent", "<h2 id=\"more\">More tables</h2>"];
    assert_eq!(phrases.map(is_phrase), [true; 5]);
    let others =
        ["{name}: {value}", "<td class=\"n\">{}</td>", " class=\"total first\"", "M{} {}l{size} {size}z", "nobs"];
    assert_eq!(others.map(is_phrase), [false; 5]);
    let code =
        "/// A doc comment.\n#[expect(lint, reason = \"a reason\")]\nlet a = b.expect(\"a list\").join(\"of a\");";
    assert_eq!(literals(code.parse().expect("Rust")), ["of a"]);
}

/// The texts of string literals: not those of comments, attributes and messages for programmers.
fn literals(tokens: TokenStream) -> Vec<String> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let of_token = |(place, token): (usize, &TokenTree)| match token {
        TokenTree::Group(group) => {
            let before = &tokens[place.saturating_sub(2)..place];
            let before: String = before.iter().map(ToString::to_string).collect();
            // A comment that documents an item is an attribute, too.
            let is_message = ["#", "#!", "expect", "unreachable!"].iter().any(|name| before.ends_with(name));
            if is_message { Vec::new() } else { literals(group.stream()) }
        }
        TokenTree::Literal(literal) => text(&literal.to_string()).into_iter().collect(),
        _ => Vec::new(),
    };
    tokens.iter().enumerate().flat_map(of_token).collect()
}

/// The text of a string literal, which may be raw; line breaks are blanks. `None` of other literals.
fn text(literal: &str) -> Option<String> {
    let text = literal.trim_start_matches('r').trim_matches('#').strip_prefix('"')?.strip_suffix('"')?;
    let lines = text.split("\\\n").map(str::trim_start);
    Some(lines.collect::<String>().replace("\\n", " ").replace("\\\"", "\""))
}

/// Whether a text is English: outside tags and quotation marks it has a word, and another word or a value beside it.
fn is_phrase(text: &str) -> bool {
    if CLASSES.contains(&text) || text.contains(STYLE_SHEET) {
        return false;
    }
    let text = text.split('"').step_by(2).collect::<Vec<_>>().join("");
    // What is before a first `>` is the end of a tag, too.
    let outside = text.split('<').map(|part| part.rsplit('>').next().unwrap_or_default());
    let outside = outside.collect::<Vec<_>>().join(" ");
    let is_word = |part: &str| part.len() > 1 && part.chars().all(char::is_alphabetic);
    let parts = || outside.split_whitespace().map(|part| part.trim_matches(|mark| ".,;:?!()".contains(mark)));
    let words = parts().filter(|part| is_word(part)).count();
    let values = parts().filter(|part| part.contains('{')).count();
    words > 0 && words + values > 1
}

#[test]
fn no_file_imports_its_importer() {
    let folders = ORDER.iter().map(|name| match *name {
        "describe-api" => root().join("src"),
        library => root().join("crates").join(library).join("src"),
    });
    let circles: Vec<String> = folders.flat_map(|folder| circles(&folder)).collect();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

/// The files below a folder that are on a circle of imports, each with what it imports.
fn circles(folder: &Path) -> Vec<String> {
    let files: BTreeMap<Vec<String>, PathBuf> =
        sources(folder).into_iter().map(|path| (module(path.strip_prefix(folder).expect("below")), path)).collect();
    let mut imports: BTreeMap<&[String], BTreeSet<&[String]>> = BTreeMap::new();
    for (module, path) in &files {
        let imported = uses(&code(path)).into_iter().filter_map(|path| resolve(&path, module, &files));
        imports.insert(module, imported.filter(|other| *other != module.as_slice()).collect());
    }
    let reached = |from: &[String]| {
        let mut reached = BTreeSet::new();
        let mut next: Vec<&[String]> = imports[from].iter().copied().collect();
        while let Some(module) = next.pop() {
            if reached.insert(module) {
                next.extend(&imports[module]);
            }
        }
        reached
    };
    let on_circle = files.keys().filter(|module| reached(module).contains(module.as_slice()));
    on_circle
        .map(|module| format!("{}: {:?} imports {:?}", folder.display(), module, imports[module.as_slice()]))
        .collect()
}

/// The module of a file: none for `lib.rs`, `["table", "cell"]` for `table/cell.rs`, `["json"]` for `json/mod.rs`.
fn module(path: &Path) -> Vec<String> {
    let path = path.with_extension("");
    let mut module: Vec<String> = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    module.pop_if(|last| last == "mod" || ((last == "lib" || last == "main") && path.components().count() == 1));
    module
}

/// The paths that the `use` items of a file name, each as its segments; those of functions and modules in it aside.
fn uses(code: &str) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let visibility = ["", "pub ", "pub(crate) ", "pub(super) "];
        let before = code[..at].rsplit('\n').next().unwrap_or_default();
        if visibility.contains(&before) {
            expand(&[], code[at + 4..].split(';').next().unwrap_or_default(), &mut paths);
        }
    }
    paths
}

/// The paths of a tree such as `a::{b, c::{d, e}}`.
fn expand(prefix: &[String], tree: &str, paths: &mut Vec<Vec<String>>) {
    let (head, branches) =
        tree.split_once('{').map_or((tree, None), |(head, rest)| (head, rest.trim_end().strip_suffix('}')));
    let head = head.split(" as ").next().unwrap_or_default();
    let segments = head.split("::").map(|segment| segment.trim().to_owned()).filter(|segment| !segment.is_empty());
    let path: Vec<String> = prefix.iter().cloned().chain(segments).collect();
    let Some(branches) = branches else { return paths.push(path) };
    let mut depth = 0;
    let at_top = |letter: char| {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        letter == ',' && depth == 0
    };
    for branch in branches.split(at_top).filter(|branch| !branch.trim().is_empty()) {
        expand(&path, branch, paths);
    }
}

/// The file of this crate that a path leads to, as `module` names it; `None` for another crate's.
fn resolve<'a>(path: &[String], module: &[String], files: &'a BTreeMap<Vec<String>, PathBuf>) -> Option<&'a [String]> {
    let supers = path.iter().take_while(|segment| *segment == "super").count();
    let (base, rest) = match path.first()?.as_str() {
        "crate" => (&[][..], &path[1..]),
        "super" => (&module[..module.len() - supers], &path[supers..]),
        "self" => (module, &path[1..]),
        first if files.contains_key(&[module, &[first.to_owned()]].concat()) => (module, path),
        _ => return None,
    };
    let mut full = [base, rest].concat();
    while !files.contains_key(&full) {
        full.pop()?;
    }
    files.get_key_value(&full).map(|(module, _)| module.as_slice())
}
