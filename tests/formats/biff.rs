//! Composes XLS workbooks (BIFF8) record by record, as the different programs that write them do.

use std::io::{Cursor, Write};

pub const BOF: u16 = 0x0809;
pub const EOF: u16 = 0x000a;
const CONTINUE: u16 = 0x003c;
const STRING: u16 = 0x0207;

/// How the cells of a sheet are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// A double each, and shared texts.
    Plain,
    /// Four bytes each, several in one record, and shared texts with runs that go on in records of 16 bytes.
    Packed,
    /// A double each, and texts of their own.
    Labels,
    /// All of them as results of formulas.
    Formulas,
}

pub const MANNERS: [Manner; 4] = [Manner::Plain, Manner::Packed, Manner::Labels, Manner::Formulas];

/// A cell.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    Number(f64),
    Text(&'a str),
    Truth(bool),
    /// The code of an error.
    Error(u8),
    Empty,
}

pub fn record(id: u16, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap();
    [&id.to_le_bytes()[..], &length.to_le_bytes(), body].concat()
}

/// A compound file with this stream.
pub fn compound_file(name: &str, stream: &[u8]) -> Vec<u8> {
    let bytes = Cursor::new(Vec::new());
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, bytes).unwrap();
    file.create_stream(name).unwrap().write_all(stream).unwrap();
    file.into_inner().into_inner()
}

/// A text behind its length, in one byte for each character if possible.
pub fn text(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let is_wide = units.iter().any(|unit| *unit > 0xff);
    let mut bytes = u16::try_from(units.len()).unwrap().to_le_bytes().to_vec();
    bytes.push(u8::from(is_wide));
    bytes.extend(units.iter().flat_map(|unit| characters(*unit, is_wide)));
    bytes
}

fn characters(unit: u16, is_wide: bool) -> Vec<u8> {
    if is_wide { unit.to_le_bytes().to_vec() } else { vec![u8::try_from(unit).unwrap()] }
}

/// A cell's record.
pub fn cell(id: u16, row: u16, column: u16, style: u16, value: &[u8]) -> Vec<u8> {
    let head = [row, column, style].map(u16::to_le_bytes).concat();
    record(id, &[head.as_slice(), value].concat())
}

pub fn number(row: u16, column: u16, style: u16, number: f64) -> Vec<u8> {
    cell(0x0203, row, column, style, &number.to_le_bytes())
}

/// A formula with its stored result.
pub fn formula(row: u16, column: u16, style: u16, result: [u8; 8]) -> Vec<u8> {
    // No flags, the place in the chain of calculation, and the tokens: the integer 1.
    cell(0x0006, row, column, style, &[&result[..], &[0; 6], &[3, 0, 0x1e, 1, 0]].concat())
}

/// The four bytes of a number, if it has them.
fn packed(number: f64) -> Option<u32> {
    #[expect(clippy::cast_possible_truncation, reason = "saturates, and is compared")]
    let integer = |number: f64| Some(number as i32).filter(|int| f64::from(*int) == number && int.abs() < 1 << 29);
    let hundredfold = (number * 100.0).round();
    let bits = number.to_bits();
    if let Some(integer) = integer(number) {
        Some(integer.cast_unsigned() << 2 | 2)
    } else if hundredfold / 100.0 == number {
        integer(hundredfold).map(|integer| integer.cast_unsigned() << 2 | 3)
    } else {
        (bits.trailing_zeros() >= 34).then(|| u32::try_from(bits >> 32).unwrap())
    }
}

/// Shared texts in records of at most `max` bytes. A text that is cut goes on in another width where it can; every third
/// has formatting runs, and every fifth phonetic data.
pub fn shared_texts(texts: &[&str], max: usize) -> Vec<u8> {
    let count = u32::try_from(texts.len()).unwrap();
    let mut bodies = vec![[count.to_le_bytes(), count.to_le_bytes()].concat()];
    let room = |bodies: &[Vec<u8>], bytes: usize| bodies.last().unwrap().len() + bytes <= max;
    for (index, text) in texts.iter().enumerate() {
        let units: Vec<u16> = text.encode_utf16().collect();
        let needs_width = |units: &[u16]| units.iter().any(|unit| *unit > 0xff);
        let (runs, phonetic) = (if index % 3 == 1 { 2_u16 } else { 0 }, if index % 5 == 2 { 7_u32 } else { 0 });
        let mut is_wide = needs_width(&units);
        let flags = u8::from(is_wide) | u8::from(phonetic > 0) << 2 | u8::from(runs > 0) << 3;
        let mut head = u16::try_from(units.len()).unwrap().to_le_bytes().to_vec();
        head.push(flags);
        if runs > 0 {
            head.extend(runs.to_le_bytes());
        }
        if phonetic > 0 {
            head.extend(phonetic.to_le_bytes());
        }
        if !room(&bodies, head.len()) {
            bodies.push(Vec::new());
        }
        bodies.last_mut().unwrap().extend(head);
        for (place, unit) in units.iter().enumerate() {
            if !room(&bodies, 1 + usize::from(is_wide)) {
                is_wide = needs_width(&units[place..]) || !is_wide;
                bodies.push(vec![u8::from(is_wide)]);
            }
            bodies.last_mut().unwrap().extend(characters(*unit, is_wide));
        }
        for byte in vec![0xee; usize::from(runs) * 4 + phonetic as usize] {
            if !room(&bodies, 1) {
                bodies.push(Vec::new());
            }
            bodies.last_mut().unwrap().push(byte);
        }
    }
    let id = |place| if place == 0 { 0x00fc } else { CONTINUE };
    bodies.iter().enumerate().flat_map(|(place, body)| record(id(place), body)).collect()
}

/// A sheet of a workbook.
pub struct Sheet<'a> {
    pub name: &'a str,
    /// 0 visible, 1 hidden, 2 very hidden.
    pub state: u8,
    /// 0 for a worksheet, 2 for a chart.
    pub kind: u8,
    /// Its records between the first and the last one.
    pub records: Vec<u8>,
}

/// The first record of a part.
pub fn begin(kind: u16) -> Vec<u8> {
    record(BOF, &[[0x0600, kind, 0x0dbb, 0x07cc].map(u16::to_le_bytes).concat(), vec![0; 8]].concat())
}

/// The stream of a workbook; `globals` are records before the list of sheets.
pub fn stream(globals: &[u8], texts: &[u8], sheets: &[Sheet]) -> Vec<u8> {
    let entry = |place: usize, sheet: &Sheet| {
        let name = text(sheet.name);
        let place = u32::try_from(place).unwrap().to_le_bytes();
        // The length of a name has one byte.
        record(0x0085, &[&place[..], &[sheet.state, sheet.kind, name[0]], &name[2..]].concat())
    };
    let end = record(EOF, &[]);
    let list: usize = sheets.iter().map(|sheet| entry(0, sheet).len()).sum();
    let mut place = begin(5).len() + globals.len() + list + texts.len() + end.len();
    let (mut entries, mut bodies) = (Vec::new(), Vec::new());
    for sheet in sheets {
        entries.extend(entry(place, sheet));
        let body = [begin(if sheet.kind == 0 { 0x10 } else { 0x20 }), sheet.records.clone(), end.clone()].concat();
        place += body.len();
        bodies.extend(body);
    }
    [begin(5), globals.to_vec(), entries, texts.to_vec(), end, bodies].concat()
}

/// A workbook of sheets, each with its name, whether it is visible, and its rows.
pub fn book(sheets: &[(&str, bool, Vec<Vec<Cell>>)], manner: Manner) -> Vec<u8> {
    let mut texts = Vec::new();
    let sheets: Vec<Sheet> = sheets
        .iter()
        .map(|(name, visible, rows)| {
            let rows = rows.iter().enumerate();
            let rows = rows.flat_map(|(row, cells)| self::row(u16::try_from(row).unwrap(), cells, manner, &mut texts));
            Sheet { name, state: u8::from(!visible), kind: 0, records: rows.collect() }
        })
        .collect();
    let max = if manner == Manner::Packed { 16 } else { 8224 };
    compound_file("Workbook", &stream(&[], &shared_texts(&texts, max), &sheets))
}

/// The records of a row; its shared texts are added to `texts`.
fn row<'a>(row: u16, cells: &[Cell<'a>], manner: Manner, texts: &mut Vec<&'a str>) -> Vec<u8> {
    let mut records = Vec::new();
    // Numbers of four bytes that stand beside each other, and the column of the first.
    let mut together: (u16, Vec<u32>) = (0, Vec::new());
    for (cell, column) in cells.iter().zip(0..) {
        if let (Cell::Number(number), Manner::Packed) = (cell, manner)
            && let Some(bits) = packed(*number)
        {
            if together.1.is_empty() {
                together.0 = column;
            }
            together.1.push(bits);
            continue;
        }
        records.extend(numbers(row, &together));
        together.1.clear();
        records.extend(single(row, column, *cell, manner, texts));
    }
    records.extend(numbers(row, &together));
    records
}

fn numbers(row: u16, (first, numbers): &(u16, Vec<u32>)) -> Vec<u8> {
    match &numbers[..] {
        [] => Vec::new(),
        [number] => cell(0x027e, row, *first, 0, &number.to_le_bytes()),
        numbers => {
            let cells = numbers.iter().flat_map(|number| [&[0; 2][..], &number.to_le_bytes()].concat());
            let last = first + u16::try_from(numbers.len()).unwrap() - 1;
            let head = [row, *first].map(u16::to_le_bytes).concat();
            record(0x00bd, &[head, cells.collect(), last.to_le_bytes().to_vec()].concat())
        }
    }
}

fn single<'a>(row: u16, column: u16, value: Cell<'a>, manner: Manner, texts: &mut Vec<&'a str>) -> Vec<u8> {
    let result = |kind: u8, value: u8| formula(row, column, 0, [kind, 0, value, 0, 0, 0, 0xff, 0xff]);
    match (value, manner) {
        // A blank cell with a style.
        (Cell::Empty, _) => cell(0x0201, row, column, 0, &[]),
        (Cell::Number(value), Manner::Formulas) => formula(row, column, 0, value.to_le_bytes()),
        (Cell::Number(value), _) => number(row, column, 0, value),
        (Cell::Text(""), Manner::Formulas) => result(3, 0),
        (Cell::Text(value), Manner::Formulas) => [result(0, 0), record(STRING, &text(value))].concat(),
        (Cell::Text(value), Manner::Labels) if column % 2 == 1 => {
            // With one run.
            cell(0x00d6, row, column, 0, &[text(value), vec![1, 0, 0, 0, 5, 0]].concat())
        }
        (Cell::Text(value), Manner::Labels) => cell(0x0204, row, column, 0, &text(value)),
        (Cell::Text(value), Manner::Plain | Manner::Packed) => {
            texts.push(value);
            cell(0x00fd, row, column, 0, &u32::try_from(texts.len() - 1).unwrap().to_le_bytes())
        }
        (Cell::Truth(value), Manner::Formulas) => result(1, u8::from(value)),
        (Cell::Truth(value), _) => cell(0x0205, row, column, 0, &[u8::from(value), 0]),
        (Cell::Error(code), Manner::Formulas) => result(2, code),
        (Cell::Error(code), _) => cell(0x0205, row, column, 0, &[code, 1]),
    }
}

/// Merged cells: first row, last row, first column, last column of each range.
pub fn merged(ranges: &[[u16; 4]]) -> Vec<u8> {
    let count = u16::try_from(ranges.len()).unwrap();
    let ranges = ranges.iter().flatten().flat_map(|bound| bound.to_le_bytes());
    record(0x00e5, &count.to_le_bytes().into_iter().chain(ranges).collect::<Vec<u8>>())
}

/// A cell's style with this number format.
pub fn style(format: u16) -> Vec<u8> {
    record(0x00e0, &[[0, format].map(u16::to_le_bytes).concat(), vec![0; 16]].concat())
}

/// A number format.
pub fn number_format(id: u16, code: &str) -> Vec<u8> {
    record(0x041e, &[id.to_le_bytes().to_vec(), text(code)].concat())
}
