//! The table of boundaries as delimited text: a line for each grade of each group.
//!
//! Input: text with the columns `grade` and `boundary`, if need be `maximum`, and group columns. Output: [`GradeBoundaries`], whose grades have
//! no order yet.

use std::collections::{HashMap, HashSet};

use csv::{ReaderBuilder, StringRecord, Trim};
use describe::{BELOW_ALL, Decimal, Number};
use indexmap::IndexMap;

use crate::grade_boundaries::{GradeBoundaries, GroupBoundaries};
use crate::input_error::excerpt;
use crate::option_error::GradesFault;

/// Names of the columns that are not group columns, in any case.
const GRADE: &str = "grade";
const BOUNDARY: &str = "boundary";
const MAXIMUM: &str = "maximum";

/// Reads the table. The delimiter is the comma, semicolon or tab that the first line has most often; where it is not the comma, numbers
/// may have a decimal comma, all of them.
pub(super) fn read(text: &str) -> Result<GradeBoundaries, GradesFault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    let delimiter = delimiter(text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default());
    let mut lines = Lines { text: &text, byte: 0, line: 1 };
    let mut reader = ReaderBuilder::new().delimiter(delimiter).trim(Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| lines.malformed(&error))?.clone();
    let columns = Columns::find(&header)?;
    let mut numbers = Numbers { has_comma: delimiter != b',', mark: None };
    let mut grades: IndexMap<String, ()> = IndexMap::new();
    let mut groups: IndexMap<Vec<String>, Group> = IndexMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| lines.malformed(&error))?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        let line = record.position().map_or(1, |position| lines.of(position));
        if columns.unnamed.iter().any(|column| !record[*column].is_empty()) {
            return Err(GradesFault::Unnamed { line });
        }
        let name = &record[columns.grade];
        if name.is_empty() || name == BELOW_ALL {
            return Err(GradesFault::BadGrade { line });
        }
        let mut number = |column: usize, name| {
            let text = &record[column];
            let not_a_number = || GradesFault::NotANumber { line, column: name, text: excerpt(text.as_bytes()) };
            numbers.parse(text).ok_or_else(not_a_number)
        };
        let boundary = number(columns.boundary, BOUNDARY)?;
        let maximum = columns.maximum.filter(|column| !record[*column].is_empty());
        let maximum = maximum.map(|column| number(column, MAXIMUM)).transpose()?;
        let grade = grades.insert_full(name.to_owned(), ()).0;
        let values = columns.groups.iter().map(|column| record[*column].to_owned()).collect();
        groups.entry(values).or_default().add(Row { boundary, grade, line }, maximum)?;
    }
    if groups.is_empty() {
        return Err(GradesFault::NoGrades);
    }
    let columns = columns.groups.iter().map(|column| header[*column].to_owned()).collect();
    let groups = groups.into_iter().map(|(values, group)| Ok((values, group.complete()?))).collect::<Result<_, _>>()?;
    Ok(GradeBoundaries::new(columns, grades.into_keys().collect(), groups))
}

/// Numbers of the lines of records, which are asked for in their order.
struct Lines<'t> {
    text: &'t str,
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the record at a position, which may be before empty lines in front of it.
    fn of(&mut self, position: &csv::Position) -> u64 {
        let rest = usize::try_from(position.byte()).ok().and_then(|byte| self.text.get(byte..)).unwrap_or_default();
        let begin = self.text.len() - rest.trim_start_matches('\n').len();
        let passed = self.text.get(self.byte..begin).unwrap_or_default();
        self.line += passed.bytes().filter(|byte| *byte == b'\n').count() as u64;
        self.byte = begin.max(self.byte);
        self.line
    }

    fn malformed(&mut self, error: &csv::Error) -> GradesFault {
        GradesFault::Malformed { line: error.position().map_or(1, |position| self.of(position)) }
    }
}

/// Numbers of the table, which all have the same decimal mark.
struct Numbers {
    /// Whether a comma may be the decimal mark.
    has_comma: bool,
    /// The mark that was seen.
    mark: Option<char>,
}

impl Numbers {
    fn parse(&mut self, text: &str) -> Option<Decimal> {
        let mark = text.chars().find(|character| *character == '.' || self.has_comma && *character == ',');
        if mark.is_some() && *self.mark.get_or_insert(mark?) != mark? {
            return None;
        }
        let with_point = self.has_comma.then(|| text.replacen(',', ".", 1));
        match Number::parse(with_point.as_deref().unwrap_or(text).as_bytes()) {
            Ok(Number::Finite(decimal)) => Some(decimal),
            _ => None,
        }
    }
}

/// Places of the columns.
struct Columns {
    grade: usize,
    boundary: usize,
    maximum: Option<usize>,
    groups: Vec<usize>,
    /// Columns without a name, as spreadsheets write them behind the last one; they must be empty.
    unnamed: Vec<usize>,
}

impl Columns {
    fn find(header: &StringRecord) -> Result<Self, GradesFault> {
        let repeated = |name: &str| GradesFault::RepeatedColumn { name: excerpt(name.as_bytes()) };
        let mut places: HashMap<&str, usize> = HashMap::new();
        let (mut groups, mut unnamed) = (Vec::new(), Vec::new());
        for (place, name) in header.iter().enumerate() {
            if name.is_empty() {
                unnamed.push(place);
                continue;
            }
            let known = [GRADE, BOUNDARY, MAXIMUM].into_iter().find(|known| name.eq_ignore_ascii_case(known));
            if known.is_none() {
                groups.push(place);
            }
            if places.insert(known.unwrap_or(name), place).is_some() {
                return Err(repeated(name));
            }
        }
        let find = |name| places.get(name).copied().ok_or(GradesFault::LacksColumn(name));
        Ok(Self { grade: find(GRADE)?, boundary: find(BOUNDARY)?, maximum: find(MAXIMUM).ok(), groups, unnamed })
    }
}

/// Lines of one group.
#[derive(Default)]
struct Group {
    rows: Vec<Row>,
    maximum: Option<Decimal>,
}

/// A line: a grade by its number, and its boundary.
struct Row {
    boundary: Decimal,
    grade: usize,
    line: u64,
}

impl Group {
    fn add(&mut self, row: Row, maximum: Option<Decimal>) -> Result<(), GradesFault> {
        if let (Some(known), Some(maximum)) = (self.maximum, maximum)
            && !known.equals(maximum)
        {
            return Err(GradesFault::Maximum { line: row.line });
        }
        self.maximum = self.maximum.or(maximum);
        self.rows.push(row);
        Ok(())
    }

    fn complete(mut self) -> Result<GroupBoundaries, GradesFault> {
        let mut grades = HashSet::new();
        if let Some(row) = self.rows.iter().find(|row| !grades.insert(row.grade)) {
            return Err(GradesFault::Repeated { line: row.line });
        }
        self.rows.sort_by(|a, b| b.boundary.compare(a.boundary));
        if let Some(pair) = self.rows.windows(2).find(|pair| pair[0].boundary.equals(pair[1].boundary)) {
            return Err(GradesFault::Repeated { line: pair[1].line });
        }
        let highest =
            self.rows.first().filter(|row| self.maximum.is_some_and(|maximum| row.boundary.compare(maximum).is_gt()));
        if let Some(row) = highest {
            return Err(GradesFault::Maximum { line: row.line });
        }
        let boundaries = self.rows.into_iter().map(|row| (row.boundary, row.grade)).collect();
        Ok(GroupBoundaries::new(boundaries, self.maximum))
    }
}

/// The delimiter that a line has most often.
fn delimiter(line: &str) -> u8 {
    let count = |delimiter: &&u8| line.bytes().filter(|byte| byte == *delimiter).count();
    // Of equal counts the last one: a line without any is one column.
    *[b'\t', b';', b','].iter().max_by_key(|delimiter| count(delimiter)).unwrap_or(&b',')
}
