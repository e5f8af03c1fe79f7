//! Bodies through the reader, and answers taken apart without a JSON parser that rounds.

use std::fmt::Write;

use describe_options::{InputError, Kind, Step};
use describe_options::{Options, Origin, RawOption};
use describe_readers::{Format, Ledger, Limits, Reader};
use describe_reports::json::answer;

use crate::oracle::{Double, Six};

pub const LIMITS: Limits = Limits {
    cell: 200,
    groups: 1000,
    columns: 1000,
    distinct: 1000,
    decompressed: 1 << 20,
    memory: 1 << 20,
    ledger: Ledger::UNLIMITED,
    preview: None,
    kept: None,
};

/// The answer to a body that arrives in these chunks, with options in the URL.
pub fn ask_with<'a>(
    format: Format,
    limits: &Limits,
    query: &[(&str, &str)],
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Vec<u8>, InputError> {
    let mut reader = Reader::new(Some(format), &Options::default(), limits);
    for chunk in chunks {
        reader.feed(chunk)?;
    }
    let input = reader.finish()?;
    let given = query.iter().map(|(name, value)| RawOption {
        origin: Origin::Query,
        name: (*name).into(),
        values: vec![(*value).into()],
    });
    let given: Vec<RawOption> = given.chain(input.options).collect();
    answer(&input.data, &Options::parse(&given)?)
}

pub fn ask(format: Format, body: &[u8]) -> Result<Vec<u8>, InputError> {
    ask_with(format, &LIMITS, &[], [body])
}

/// An outcome to be shown.
pub fn shown(outcome: &Result<Vec<u8>, InputError>) -> String {
    match outcome {
        Ok(json) => String::from_utf8_lossy(json).into_owned(),
        Err(error) => format!("{error:?}"),
    }
}

/// `body/numbers/4`
pub fn path(loc: &[Step]) -> String {
    let steps = loc.iter().map(|step| match step {
        Step::Name(name) => name.clone(),
        Step::Index(index) => index.to_string(),
    });
    steps.collect::<Vec<_>>().join("/")
}

/// A refusal in one line: kind, how many problems, and each as place, code and input.
pub fn refusal(outcome: &Result<Vec<u8>, InputError>) -> String {
    let error = match outcome {
        Ok(json) => return format!("accepted: {}", String::from_utf8_lossy(json)),
        Err(error) => error,
    };
    let mut line = format!("{:?} {}", error.kind(), error.count());
    for problem in error.listed() {
        let input = problem.input.as_ref().map_or(String::new(), |input| format!(" {input}"));
        let _ = write!(line, "; {} {}{input}", path(&problem.location.steps()), problem.reason.code());
    }
    line
}

pub fn kind(outcome: &Result<Vec<u8>, InputError>) -> Option<Kind> {
    outcome.as_ref().err().map(InputError::kind)
}

/// The text of a member's value.
pub fn member<'a>(json: &'a str, name: &str) -> &'a str {
    let key = format!("\"{name}\":");
    let start = json.find(&key).unwrap_or_else(|| panic!("no {name} in {json}")) + key.len();
    let mut depth = 0;
    let end = json[start..].find(|character| {
        depth += match character {
            '[' => 1,
            ']' => -1,
            _ => 0,
        };
        depth < 1 && matches!(character, ',' | '}')
    });
    &json[start..start + end.unwrap_or_else(|| panic!("no end of {name} in {json}"))]
}

/// A number or null.
pub fn double(text: &str) -> Option<Double> {
    (text != "null").then(|| Double(text.parse().unwrap_or_else(|_| panic!("no number: {text}"))))
}

fn doubles(text: &str) -> Vec<Option<Double>> {
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let inner = inner.unwrap_or_else(|| panic!("no array: {text}"));
    if inner.is_empty() { Vec::new() } else { inner.split(',').map(double).collect() }
}

const NAMES: [&str; 4] = ["mean", "variance", "skewness", "kurtosis"];

fn field(figure: usize) -> &'static str {
    if figure < 2 { "minmax" } else { NAMES[figure - 2] }
}

/// The members are in order and have these values; every null has its warning, and no other member has one.
pub fn expect_one(json: &[u8], wanted: &Six) {
    let json = std::str::from_utf8(json).expect("UTF-8");
    assert_eq!(member(json, "nobs"), wanted.nobs.to_string(), "{json}");
    let mut found = doubles(member(json, "minmax"));
    found.extend(NAMES.map(|name| double(member(json, name))));
    let figures: Vec<_> = wanted.figures.iter().map(|figure| figure.ok()).collect();
    assert_eq!(found, figures, "{json}");
    expect_frame(json, std::slice::from_ref(wanted));
}

/// The same for the slices of nested arrays, in scipy's shapes.
pub fn expect_slices(json: &[u8], wanted: &[Six]) {
    let json = std::str::from_utf8(json).expect("UTF-8");
    let nobs: Vec<u64> = wanted.iter().map(|six| six.nobs).collect();
    // Propagated, a slice without a number is still as long as the others.
    let propagated = wanted.iter().any(|six| six.figures[0] == Err("nan"));
    let most = nobs.iter().max().expect("a slice");
    if propagated || nobs.iter().all(|n| n == most) {
        assert_eq!(member(json, "nobs"), most.to_string(), "{json}");
    } else {
        assert_eq!(member(json, "nobs"), format!("{nobs:?}").replace(' ', ""), "{json}");
    }
    let column = |k: usize| wanted.iter().map(|six| six.figures[k].ok()).collect::<Vec<_>>();
    let minmax = member(json, "minmax");
    let (min, max) = minmax.split_once("],[").unwrap_or_else(|| panic!("not two arrays: {minmax}"));
    assert_eq!(doubles(&format!("{}]", &min[1..])), column(0), "{json}");
    assert_eq!(doubles(&format!("[{}", &max[..max.len() - 1])), column(1), "{json}");
    for (k, name) in NAMES.iter().enumerate() {
        assert_eq!(doubles(member(json, name)), column(k + 2), "{name} in {json}");
    }
    expect_frame(json, wanted);
}

/// The members' names and order, and the warnings.
fn expect_frame(json: &str, wanted: &[Six]) {
    let mut expected: Vec<(&str, &str)> = Vec::new();
    for figure in 0..6 {
        for six in wanted {
            if let Err(code) = six.figures[figure] {
                expected.push((field(figure), code));
            }
        }
    }
    expected.sort_unstable();
    expected.dedup();
    let value: serde_json::Value = serde_json::from_str(json).expect("JSON");
    let warnings = value.get("warnings").map_or(Vec::new(), |warnings| {
        assert!(!expected.is_empty(), "warnings without a null: {json}");
        let text = |warning: &'_ serde_json::Value, name: &str| warning[name].as_str().expect("a text").to_owned();
        let warnings = warnings.as_array().expect("an array").iter();
        warnings
            .map(|warning| {
                assert!(!text(warning, "message").is_empty());
                (text(warning, "field"), text(warning, "code"))
            })
            .collect()
    });
    let mut found: Vec<(&str, &str)> = warnings.iter().map(|(field, code)| (field.as_str(), code.as_str())).collect();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, expected, "{json}");
    let mut rest = json;
    for name in ["nobs", "minmax", "mean", "variance", "skewness", "kurtosis"] {
        rest =
            rest.split_once(&format!("\"{name}\":")).unwrap_or_else(|| panic!("{name} is not in its place: {json}")).1;
    }
    assert!(!json.contains("-0.0,") && !json.contains("-0.0]") && !json.contains("-0.0}"), "{json}");
}
