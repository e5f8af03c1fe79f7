//! The page for colleagues: its files, and all of them in one.
//!
//! Output: what is served as it stands in `src/page/`, and one HTML file that needs no server. Invariant: the scripts are listed in
//! the order of their imports.

use std::fmt::Write as _;
use std::io::Read as _;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::GzEncoder;
use sha2::{Digest, Sha256};

use describe_options::InputError;
use describe_readers::{Coding, Decompressor, Limits};
use describe_reports::html;

/// The page as it is served, with names in double braces for what depends on the settings.
pub const PAGE: &str = include_str!("page/index.html");

/// The accessibility statement.
pub const ACCESSIBILITY: &str = include_str!("page/accessibility.html");

/// The icon.
pub const ICON: &str = include_str!("page/favicon.svg");

/// The page's own style sheet; that of reports comes before it.
pub const STYLE: &str = include_str!("page/page.css");

/// The example.
pub const EXAMPLE: &str = include_str!("../examples/marks.csv");

/// The script of the worker that describes: the bindings of the engine, and what uses them.
pub const WORKER: &str = concat!(include_str!("page/engine-bindings.js"), include_str!("page/worker.js"));

/// The engine, a WebAssembly module, compressed by Brotli.
pub const ENGINE: &[u8] = include_bytes!("page/engine.wasm.br");

/// The scripts of the page, each behind those that it imports.
pub const SCRIPTS: [(&str, &str); 17] = [
    ("words.js", include_str!("page/words.js")),
    ("elements.js", include_str!("page/elements.js")),
    ("access.js", include_str!("page/access.js")),
    ("faults.js", include_str!("page/faults.js")),
    ("progress.js", include_str!("page/progress.js")),
    ("service.js", include_str!("page/service.js")),
    PACKED,
    ("engine.js", include_str!("page/engine.js")),
    ("data.js", include_str!("page/data.js")),
    ("preview.js", include_str!("page/preview.js")),
    ("analyses.js", include_str!("page/analyses.js")),
    ("choices.js", include_str!("page/choices.js")),
    ("picture.js", include_str!("page/picture.js")),
    ("results.js", include_str!("page/results.js")),
    ("programs.js", include_str!("page/programs.js")),
    ("code.js", include_str!("page/code.js")),
    ("page.js", include_str!("page/page.js")),
];

/// What unpacks the files of the page in one file.
const PACKED: (&str, &str) = ("packed.js", include_str!("page/packed.js"));

/// What starts the page in one file.
const OFFLINE: (&str, &str) = ("offline.js", include_str!("page/offline.js"));

/// Bytes of the module.
#[must_use]
pub fn engine() -> Vec<u8> {
    let mut decompressor = Decompressor::new(&[Coding::Brotli], &Limits::default(), 0);
    let mut bytes = Vec::new();
    let fed = decompressor.feed(ENGINE, &mut |chunk: &[u8]| {
        bytes.extend_from_slice(chunk);
        Ok::<_, InputError>(())
    });
    debug_assert!(fed.is_ok(), "the module is compressed whole");
    bytes
}

/// The page and everything that it loads in one file, which works without a server and without a network. It is ASCII, so that it works
/// as PowerShell stores it, too.
#[must_use]
pub fn offline() -> String {
    let (style, start) = (html::style() + STYLE, bundle(&[PACKED, OFFLINE]));
    let data = |media_type, bytes: &[u8]| format!("data:{media_type};base64,{}", STANDARD.encode(bytes));
    let page = PAGE
        .replace("{{here}}favicon.svg", &data("image/svg+xml", ICON.as_bytes()))
        .replace(" action=\"{{here}}{{base}}/stats?format=html\"", "")
        .replace("<link rel=\"stylesheet\" href=\"{{here}}page/report.css\">\n", "")
        .replace("<link rel=\"stylesheet\" href=\"{{here}}page/page.css\">\n", &format!("<style>{style}</style>\n"))
        .replace("<script type=\"module\" src=\"{{here}}page/page.js\"></script>\n", "")
        .replace("{{engine}}", "offline")
        .replace("{{here}}", "")
        .replace("{{base}}", "")
        .replace("{{limit}}", "0")
        .replace(
            "<meta charset=\"utf-8\">\n",
            &format!(
                "<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n",
                *OFFLINE_POLICY
            ),
        );
    let script = bundle(&SCRIPTS);
    let packed = [
        ("marks", EXAMPLE.as_bytes()),
        ("worker", WORKER.as_bytes()),
        ("script", script.as_bytes()),
        ("engine", &engine()),
    ];
    let files: String = packed.iter().map(|(id, bytes)| pack(id, bytes)).collect();
    page.replace("</body>", &format!("{files}<script type=\"module\">{start}</script>\n</body>"))
}

/// An element that holds a file, for `packed.js`: compressed by gzip, as text of 15/13 of the bytes. Base64 would take 4/3.
fn pack(id: &str, bytes: &[u8]) -> String {
    let mut packed = Vec::new();
    // Reading from memory does not fail.
    let _ = GzEncoder::new(bytes, Compression::best()).read_to_end(&mut packed);
    format!("<script type=\"text/plain\" id=\"{id}\" data-bytes=\"{}\">{}</script>\n", packed.len(), base125(&packed))
}

/// Each thirteen bytes as fifteen digits to the base 125: the letters of ASCII without NUL and the carriage return, which a page changes, and
/// without `<`, which could end the element.
fn base125(bytes: &[u8]) -> String {
    let letters: Vec<char> = (0..128_u8).filter(|letter| !b"\0\r<".contains(letter)).map(char::from).collect();
    let mut text = String::with_capacity(bytes.len().div_ceil(13) * 15);
    for chunk in bytes.chunks(13) {
        let mut padded = [0; 16];
        padded[3..3 + chunk.len()].copy_from_slice(chunk);
        let mut number = u128::from_be_bytes(padded);
        let mut digits = ['\0'; 15];
        for digit in digits.iter_mut().rev() {
            *digit = letters[(number % 125) as usize];
            number /= 125;
        }
        text.extend(digits);
    }
    text
}

/// Policy of the page in one file: nothing is loaded, and only its own scripts and style count.
pub static OFFLINE_POLICY: LazyLock<String> = LazyLock::new(|| {
    let [style, start, script] = [html::style() + STYLE, bundle(&[PACKED, OFFLINE]), bundle(&SCRIPTS)]
        .map(|text| STANDARD.encode(Sha256::digest(text)));
    format!(
        "default-src 'none'; script-src 'sha256-{start}' 'sha256-{script}' 'wasm-unsafe-eval'; style-src 'sha256-{style}'; img-src data: blob:; \
         worker-src blob:; base-uri 'none'; form-action 'none'"
    )
});

/// The scripts as one, without what documents them. Each becomes a block, whose exports are members of an object; an import takes them
/// out of it.
fn bundle(scripts: &[(&str, &str)]) -> String {
    let mut all = String::from("const modules = {};\n");
    for (name, text) in scripts {
        let mut exports = Vec::new();
        all.push_str("{\n");
        for line in text.lines().filter(|line| !is_documentation(line)) {
            let exported = line.strip_prefix("export ");
            if let Some((names, file)) = line.strip_prefix("import ").and_then(|line| line.split_once(" from ")) {
                let _ = writeln!(all, "const {names} = modules[{}];", file.trim_end_matches(';'));
            } else {
                exports.extend(exported.and_then(|line| line.split(' ').nth(1)));
                let _ = writeln!(all, "{}", exported.unwrap_or(line));
            }
        }
        let _ = writeln!(all, "modules[\"./{name}\"] = {{ {} }};\n}}", exports.join(", "));
    }
    all
}

/// Whether a line of a script is one of a comment `/** … */`, and has no code behind it.
fn is_documentation(line: &str) -> bool {
    let line = line.trim();
    line.starts_with('*') || (line.starts_with("/**") && (line.ends_with("*/") || !line.contains("*/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_has_what_its_scripts_export() {
        let bundled = bundle(&[
            (
                "a.js",
                "/**\n * First.\n */\nexport const one = /** @type {number} */ (1);\n/** Second. */\nconst hidden = 2;\nexport class Two {}",
            ),
            ("b.js", "import { one, Two } from \"./a.js\";\none;"),
        ]);
        let expected = "const modules = {};\n{\nconst one = /** @type {number} */ (1);\nconst hidden = 2;\nclass Two {}\nmodules[\"./a.js\"] = { one, Two };\n}\n\
                        {\nconst { one, Two } = modules[\"./a.js\"];\none;\nmodules[\"./b.js\"] = {  };\n}\n";
        assert_eq!(bundled, expected);
    }

    #[test]
    fn scripts_are_behind_their_imports() {
        for (place, (name, text)) in SCRIPTS.iter().enumerate() {
            for imported in text.lines().filter_map(|line| line.strip_prefix("import ")?.split('"').nth(1)) {
                let known = SCRIPTS[..place].iter().any(|(before, _)| imported == format!("./{before}"));
                assert!(known, "{name} imports {imported}");
            }
        }
    }

    #[test]
    fn thirteen_bytes_are_fifteen_digits() {
        let zero = "\u{1}".repeat(13);
        assert_eq!(base125(&[0; 13]), "\u{1}".repeat(15));
        for (number, digits) in [
            (11, "\u{1}\u{c}"),
            (12, "\u{1}\u{e}"),
            (57, "\u{1};"),
            (58, "\u{1}="),
            (124, "\u{1}\u{7f}"),
            (125, "\u{2}\u{1}"),
        ] {
            let bytes = [vec![0; 12], vec![number]].concat();
            assert_eq!(base125(&bytes), format!("{zero}{digits}"), "{number}");
        }
        // Digits of 2¹⁰⁴ − 1 by Python's divmod.
        let ones = "\\\u{1b}0JnxB;wOsxU(\u{11}";
        assert_eq!(base125(&[255; 13]), ones);
    }

    #[test]
    fn the_file_is_whole_and_needs_nothing() {
        let file = offline();
        assert!(file.len() < 1_500_000, "{} bytes", file.len());
        assert_eq!(file.matches("</script>").count(), 5);
        assert!(file.is_ascii());
        for absent in ["src=\"", "{{here}}", "{{base}}", "{{limit}}", "{{engine}}"] {
            assert!(!file.contains(absent), "{absent}");
        }
        assert!(file.contains(&*OFFLINE_POLICY));
        assert_eq!(&engine()[..4], b"\0asm");
    }
}
