//! Rows of a result: delimited text with a header, an array of JSON objects, or one object a line.

use std::collections::HashMap;
use std::fmt;

use describe_options::{InputError, SqlFault, excerpt};
use describe_sql::column;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::limits::Limits;

/// Maximum size of a row, whose cells are in memory several times.
const MAX_ROW_BYTES: usize = 1 << 20;

/// Memory that the cells of a row take at most, in bytes for each of its bytes.
const CELL_BYTES: usize = 64;

/// Fault of two names that differ in case at most.
const SAME_NAME: &str = "two columns have the same name";

/// A row.
pub(super) struct Row<'a> {
    /// Its number below the header, from 1.
    pub(super) number: u64,
    cells: &'a HashMap<String, String>,
}

impl Row<'_> {
    /// A cell, which is empty where the database had NULL; `None` without such a column.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.cells.get(name).map(String::as_str)
    }
}

/// What is done with each row.
type EachRow<'a> = dyn FnMut(Row) -> Result<(), InputError> + 'a;

/// Calls `each` for each row. Names of columns are in small letters, whatever the database makes of them.
pub(super) fn each_row(bytes: &[u8], limits: &Limits, each: &mut EachRow) -> Result<(), InputError> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii();
    // A row, its header, and a copy of a row before its size is known.
    limits.ledger.charge(CELL_BYTES * MAX_ROW_BYTES.min(text.len()) + text.len())?;
    match text.first() {
        None => Err(InputError::of_data(SqlFault::NoRows)),
        Some(b'[') => array(text, each),
        Some(b'{') => {
            let rows = serde_json::Deserializer::from_slice(text).into_iter::<&RawValue>();
            let mut number = 0;
            rows.into_iter().try_for_each(|row| {
                number += 1;
                each(Row { number, cells: &cells(row.map_err(unreadable)?)? })
            })
        }
        Some(_) => delimited(text, each),
    }
}

fn unreadable(reason: impl fmt::Display) -> InputError {
    InputError::of_data(SqlFault::Unreadable { reason: excerpt(reason.to_string().as_bytes()) })
}

fn too_long() -> InputError {
    unreadable(format_args!("a row has more than {MAX_ROW_BYTES} bytes"))
}

fn delimited(text: &[u8], each: &mut EachRow) -> Result<(), InputError> {
    // The first name is known, and what follows it is the delimiter.
    let first = text.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b"_\"".contains(byte)));
    let delimiter = first.map_or(b',', |place| text[place]);
    let name = text[..first.unwrap_or(text.len())].to_ascii_lowercase();
    if name.trim_ascii() != column::RECIPE.as_bytes() && name != format!("\"{}\"", column::RECIPE).as_bytes() {
        return Err(unreadable(format_args!("the first column should be {}", column::RECIPE)));
    }
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text);
    let names: Vec<String> =
        reader.headers().map_err(unreadable)?.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
    if names.iter().map(String::len).sum::<usize>() > MAX_ROW_BYTES {
        return Err(too_long());
    }
    let mut cells: HashMap<String, String> = names.iter().map(|name| (name.clone(), String::new())).collect();
    if cells.len() < names.len() {
        return Err(unreadable(SAME_NAME));
    }
    let (mut record, mut number) = (csv::StringRecord::new(), 0);
    while reader.read_record(&mut record).map_err(unreadable)? {
        number += 1;
        if record.as_slice().len() > MAX_ROW_BYTES {
            return Err(too_long());
        }
        for (name, text) in names.iter().zip(&record) {
            if let Some(cell) = cells.get_mut(name) {
                cell.clear();
                cell.push_str(text);
            }
        }
        each(Row { number, cells: &cells })?;
    }
    Ok(())
}

/// Rows of an array.
fn array(text: &[u8], each: &mut EachRow) -> Result<(), InputError> {
    let mut refusal = None;
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let read = deserializer.deserialize_seq(Rows { each, refusal: &mut refusal }).and_then(|()| deserializer.end());
    // The visitor stops with an error of its own where a row was refused.
    refusal.map_or(read.map_err(unreadable), Err)
}

struct Rows<'a, 'e> {
    each: &'a mut EachRow<'e>,
    refusal: &'a mut Option<InputError>,
}

impl<'de> Visitor<'de> for Rows<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        let mut number = 0;
        while let Some(row) = rows.next_element::<&RawValue>()? {
            number += 1;
            if let Err(error) = cells(row).and_then(|cells| (self.each)(Row { number, cells: &cells })) {
                *self.refusal = Some(error);
                return Err(A::Error::custom("refused"));
            }
        }
        Ok(())
    }
}

/// Cells of an object.
fn cells(row: &RawValue) -> Result<HashMap<String, String>, InputError> {
    if row.get().len() > MAX_ROW_BYTES {
        return Err(too_long());
    }
    let Members(members) = serde_json::from_str(row.get()).map_err(unreadable)?;
    let mut cells = HashMap::new();
    for (name, value) in members {
        let text = match value.get() {
            "null" => String::new(),
            text if text.starts_with('"') => serde_json::from_str(text).map_err(unreadable)?,
            text if text.starts_with(['[', '{']) => return Err(unreadable("a cell is an array or an object")),
            text => text.to_owned(),
        };
        if cells.insert(name.trim().to_ascii_lowercase(), text).is_some() {
            return Err(unreadable(SAME_NAME));
        }
    }
    Ok(cells)
}

/// Members of an object in their order, of which several may have the same name.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(member) = members.next_entry()? {
                    all.push(member);
                }
                Ok(Members(all))
            }
        }

        deserializer.deserialize_map(MembersVisitor)
    }
}
