//! Expected answer to a table, computed slowly from its cells without the crate's code.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write;

use crate::oracle::{self, Double, Exact, Meaning, Sample, Six};

/// Texts that mean a missing value unless others are asked for.
const MARKERS: [&str; 10] = ["NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", ".", "#N/A"];

/// A table as cells of text.
#[derive(Clone, Debug)]
pub struct Cells {
    pub header: Vec<String>,
    /// Each record with its number, as a spreadsheet counts.
    pub records: Vec<(u64, Vec<String>)>,
    /// Number of repetitions of all records.
    pub times: u64,
}

/// Options of the request.
#[derive(Clone, Debug, Default)]
pub struct Question {
    pub columns: Vec<String>,
    pub group_by: Vec<String>,
    pub absent: Vec<String>,
    /// In place of the usual ones.
    pub missing: Option<Vec<String>>,
    pub overall: bool,
    pub invalid_as_missing: bool,
    pub decimal_comma: bool,
}

impl Question {
    /// The same as options of a URL.
    pub fn query(&self) -> Vec<(&str, &str)> {
        let mut query: Vec<(&str, &str)> = Vec::new();
        query.extend(self.columns.iter().map(|name| ("column", name.as_str())));
        query.extend(self.group_by.iter().map(|name| ("group_by", name.as_str())));
        query.extend(self.absent.iter().map(|code| ("absent", code.as_str())));
        query.extend(self.missing.iter().flatten().map(|marker| ("missing", marker.as_str())));
        if self.overall {
            query.push(("overall", "true"));
        }
        if self.invalid_as_missing {
            query.push(("invalid", "missing"));
        }
        if self.decimal_comma {
            query.push(("decimal", ","));
        }
        query
    }

    fn is_missing(&self, text: &str) -> bool {
        let listed = match &self.missing {
            Some(markers) => markers.iter().any(|marker| marker == text),
            None => MARKERS.contains(&text),
        };
        text.is_empty() || listed
    }

    fn number(&self, text: &str) -> Option<Exact> {
        if self.decimal_comma && text.contains('.') {
            return None;
        }
        let text = if self.decimal_comma { text.replace(',', ".") } else { text.to_owned() };
        match oracle::read(text.as_bytes()) {
            Meaning::Finite(exact) => Some(exact),
            _ => None,
        }
    }

    fn cell(&self, text: &str) -> Cell {
        let text = oracle::trimmed(text);
        let value = self.number(text);
        let same = |code: &String| value.is_some() && self.number(code) == value;
        let code = self.absent.iter().position(|code| code == text).or_else(|| self.absent.iter().position(same));
        match (code, value) {
            (Some(code), _) => Cell::Absent(code),
            _ if self.is_missing(text) => Cell::Missing,
            (None, Some(value)) => Cell::Number(value),
            (None, None) => Cell::Bad,
        }
    }
}

enum Cell {
    Number(Exact),
    Absent(usize),
    Missing,
    Bad,
}

/// A group value: numbers by value, ties by text, then text by code point, then nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    Number(Exact, String),
    Text(String),
    Null,
}

impl Key {
    fn of(cell: &str) -> Self {
        let text = oracle::trimmed(cell);
        match oracle::read(text.as_bytes()) {
            _ if text.is_empty() => Self::Null,
            Meaning::Finite(exact) => Self::Number(exact, text.into()),
            _ => Self::Text(text.into()),
        }
    }

    fn json(&self) -> String {
        match self {
            Self::Number(_, text) | Self::Text(text) => quoted(text),
            Self::Null => "null".into(),
        }
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = |key: &Self| match key {
            Self::Number(..) => 0,
            Self::Text(_) => 1,
            Self::Null => 2,
        };
        match (self, other) {
            (Self::Number(a, first), Self::Number(b, second)) => {
                a.rational().cmp(&b.rational()).then_with(|| first.chars().cmp(second.chars()))
            }
            (Self::Text(a), Self::Text(b)) => a.chars().cmp(b.chars()),
            _ => rank(self).cmp(&rank(other)),
        }
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The cells of one column in one group.
#[derive(Clone, Default)]
struct Column {
    numbers: Vec<Exact>,
    missing: u64,
    absent: Vec<u64>,
    invalid: u64,
}

impl Column {
    fn take(&mut self, cell: Cell) {
        match cell {
            Cell::Number(exact) => self.numbers.push(exact),
            Cell::Absent(code) => {
                self.absent.resize(self.absent.len().max(code + 1), 0);
                self.absent[code] += 1;
            }
            Cell::Missing => self.missing += 1,
            Cell::Bad => self.invalid += 1,
        }
    }

    fn json(&self, question: &Question, times: u64, name: &str, group: Option<&str>) -> String {
        let six = if self.numbers.is_empty() {
            Six::without(0, "undefined")
        } else {
            Sample::new(&self.numbers).repeated(times).describe(1, true)
        };
        let [min, max, mean, variance, skewness, kurtosis] = six.figures.map(|figure| match figure {
            Ok(Double(value)) => serde_json::to_string(&value).expect("a number"),
            Err(_) => "null".to_owned(),
        });
        let group = group.map_or(String::new(), |group| format!("\"group\":{{{group}}},"));
        let mut json = format!(
            "{{\"column\":{},{group}\"nobs\":{},\"minmax\":[{min},{max}],\"mean\":{mean},\"variance\":{variance},\"skewness\":{skewness},\"kurtosis\":{kurtosis},\"missing\":{}",
            quoted(name),
            six.nobs,
            self.missing * times
        );
        if !question.absent.is_empty() {
            let count = |code: usize| self.absent.get(code).copied().unwrap_or(0) * times;
            let counts = question.absent.iter().enumerate();
            let counts = counts.map(|(code, text)| format!("{}:{}", quoted(text), count(code)));
            write!(json, ",\"absent\":{{{}}}", counts.collect::<Vec<_>>().join(",")).expect("written");
        }
        if question.invalid_as_missing {
            write!(json, ",\"invalid\":{}", self.invalid * times).expect("written");
        }
        json + "}"
    }
}

impl Cells {
    /// A table with a header in row 1 and records without blank lines between them.
    pub fn new(header: &[&str], records: impl IntoIterator<Item = Vec<String>>) -> Self {
        let header = header.iter().map(ToString::to_string).collect();
        Self { header, records: (2..).zip(records).collect(), times: 1 }
    }

    fn place(&self, name: &str) -> usize {
        self.header.iter().position(|column| column == name).unwrap_or_else(|| panic!("no column {name}"))
    }

    /// The answer without warnings; every column asked for must be good.
    pub fn describe(&self, question: &Question) -> String {
        let groups: Vec<usize> = question.group_by.iter().map(|name| self.place(name)).collect();
        let mut skipped = Vec::new();
        let columns: Vec<usize> = if question.columns.is_empty() {
            let others = (0..self.header.len()).filter(|column| !groups.contains(column));
            others.filter(|column| self.is_numeric(question, *column, &mut skipped)).collect()
        } else {
            question.columns.iter().map(|name| self.place(name)).collect()
        };
        let mut found: BTreeMap<Vec<Key>, Vec<Column>> = BTreeMap::new();
        let mut overall = vec![Column::default(); columns.len()];
        for (_, record) in &self.records {
            let key = groups.iter().map(|column| Key::of(&record[*column])).collect();
            let group = found.entry(key).or_insert_with(|| vec![Column::default(); columns.len()]);
            for (place, column) in columns.iter().enumerate() {
                group[place].take(question.cell(&record[*column]));
                overall[place].take(question.cell(&record[*column]));
            }
        }
        let mut results = Vec::new();
        let mut add = |found: &[Column], group: Option<&str>| {
            for (place, column) in columns.iter().enumerate() {
                results.push(found[place].json(question, self.times, &self.header[*column], group));
            }
        };
        for (keys, group) in &found {
            let members =
                question.group_by.iter().zip(keys).map(|(name, key)| format!("{}:{}", quoted(name), key.json()));
            let members = members.collect::<Vec<_>>().join(",");
            add(group, (!groups.is_empty()).then_some(members.as_str()));
        }
        if question.overall && !groups.is_empty() {
            add(&overall, Some(""));
        }
        let skipped = if skipped.is_empty() { String::new() } else { format!(",\"skipped\":[{}]", skipped.join(",")) };
        format!("{{\"rows\":{},\"results\":[{}]{skipped}}}", self.records.len() as u64 * self.times, results.join(","))
    }

    fn is_numeric(&self, question: &Question, column: usize, skipped: &mut Vec<String>) -> bool {
        let mut first_bad = None;
        let mut first_other = None;
        let mut numbers = 0;
        for (row, record) in &self.records {
            match question.cell(&record[column]) {
                Cell::Number(_) => numbers += 1,
                Cell::Bad => first_bad = first_bad.or(Some((row, &record[column]))),
                _ => first_other = first_other.or(Some((row, &record[column]))),
            }
        }
        let spot = first_bad.or(first_other.filter(|_| numbers == 0));
        if let Some((row, text)) = spot {
            let shown: String = oracle::trimmed(text).chars().take(40).collect();
            let (name, shown) = (quoted(&self.header[column]), quoted(&shown));
            skipped.push(format!("{{\"column\":{name},\"row\":{row},\"value\":{shown}}}"));
        }
        spot.is_none()
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("text")
}
