//! The nine univariate data sets of NIST's Statistical Reference Datasets with their certified values, and how many
//! digits an answer shares with those. Stands alone, so that other tests can use it.

use std::io::Write;
use std::path::PathBuf;

/// A data set: its numbers as published, and the certified mean and standard deviation as published.
#[derive(Debug)]
pub struct DataSet {
    pub name: &'static str,
    pub numbers: Vec<String>,
    pub mean: &'static str,
    pub standard_deviation: &'static str,
}

/// Name, n, certified mean, certified standard deviation.
const CERTIFIED: [(&str, usize, &str, &str); 9] = [
    ("PiDigits", 5000, "4.53480000000000", "2.86733906028871"),
    ("Lottery", 218, "518.958715596330", "291.699727470969"),
    ("Lew", 200, "-177.435000000000", "277.332168044316"),
    ("Mavro", 50, "2.00185600000000", "0.000429123454003053"),
    ("Michelso", 100, "299.852400000000", "0.0790105478190518"),
    ("NumAcc1", 3, "10000002", "1"),
    ("NumAcc2", 1001, "1.2", "0.1"),
    ("NumAcc3", 1001, "1000000.2", "0.1"),
    ("NumAcc4", 1001, "10000000.2", "0.1"),
];

/// All available sets: always the four that have a rule; the others if the folder with their files exists.
/// Reports on standard error which are left out, even where a test's output is captured.
pub fn data_sets() -> Vec<DataSet> {
    let mut absent = Vec::new();
    let mut sets = Vec::new();
    for (name, n, mean, standard_deviation) in CERTIFIED {
        let Some(numbers) = by_rule(name).or_else(|| from_file(name)) else {
            absent.push(name);
            continue;
        };
        assert_eq!(numbers.len(), n, "{name}");
        sets.push(DataSet { name, numbers, mean, standard_deviation });
    }
    if !absent.is_empty() {
        let folder = folder();
        let absent = absent.join(", ");
        let _ = writeln!(std::io::stderr(), "NOT TESTED, no file in {}: NIST's {absent}", folder.display());
    }
    sets
}

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "shared", "nist-strd"].iter().collect()
}

pub fn from_file(name: &str) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(folder().join(name).with_extension("txt")).ok()?;
    Some(text.split_whitespace().map(str::to_owned).collect())
}

/// The published rules: one number, then two others by turns.
pub fn by_rule(name: &str) -> Option<Vec<String>> {
    let [first, odd, even] = match name {
        "NumAcc1" => return Some(["10000001", "10000003", "10000002"].map(str::to_owned).to_vec()),
        "NumAcc2" => ["1.2", "1.1", "1.3"],
        "NumAcc3" => ["1000000.2", "1000000.1", "1000000.3"],
        "NumAcc4" => ["10000000.2", "10000000.1", "10000000.3"],
        _ => return None,
    };
    let others = (0..1000).map(|i| if i % 2 == 0 { odd } else { even });
    Some(std::iter::once(first).chain(others).map(str::to_owned).collect())
}

impl DataSet {
    /// One number a line.
    pub fn as_text(&self) -> String {
        self.numbers.join("\n") + "\n"
    }

    /// An array.
    pub fn as_json(&self) -> String {
        format!("[{}]", self.numbers.join(", "))
    }

    /// Asserts that an answer has at least 15 correct digits, or every digit that is certified.
    pub fn check(&self, mean: f64, variance: f64) {
        self.check_one("mean", mean, self.mean);
        self.check_one("standard deviation", variance.sqrt(), self.standard_deviation);
    }

    fn check_one(&self, what: &str, value: f64, certified: &str) {
        let exact: f64 = certified.parse().expect("a certified value");
        let digits = certified.bytes().filter(u8::is_ascii_digit).collect::<Vec<_>>();
        let significant = digits.iter().skip_while(|digit| **digit == b'0').count();
        let rounded: f64 = format!("{value:.*e}", significant - 1).parse().expect("a rounded value");
        let every_digit = rounded == exact && significant >= 15;
        let log_relative_error = -((value - exact) / exact).abs().log10();
        assert!(
            every_digit || log_relative_error >= 15.0,
            "{what} of {}: {value:e} is not {certified}, log relative error {log_relative_error}",
            self.name
        );
    }
}
