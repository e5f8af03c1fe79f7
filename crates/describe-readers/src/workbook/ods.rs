//! ODS (OASIS `OpenDocument` 1.3, part 3). Elements and attributes are told apart by their names with the customary prefixes,
//! which every writer uses.

use std::collections::HashSet;
use std::io::{Read, Seek};

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::dates;
use super::rows::{MAX_ROWS, Row, Rows, Sheet, Value, asked, double};
use super::xml::{Budget, Xml, attribute};
use crate::table::too_many_columns;
use describe_options::{InputError, WorkbookFault};

/// Reads the sheet asked for, or the first visible one that holds anything.
pub(super) fn read<R: Read + Seek>(archive: &mut ZipArchive<R>, rows: &mut Rows) -> Result<(), InputError> {
    let budget = rows.budget;
    check_manifest(archive, budget)?;
    if rows.options.table.sheet.is_none() {
        return read_content(archive, budget, |sheet, xml| {
            if sheet.visible && !rows.found { read_table(xml, rows) } else { xml.skip() }
        });
    }
    // A name wins over a number, so all names must be known first.
    let mut sheets = Vec::new();
    read_content(archive, budget, |sheet, xml| {
        sheets.push(sheet);
        xml.skip()
    })?;
    let (wanted, mut index) = (asked(rows.options, &sheets)?, 0);
    read_content(archive, budget, |_, xml| {
        index += 1;
        if wanted == Some(index - 1) { read_table(xml, rows) } else { xml.skip() }
    })
}

/// Refuses what is encrypted.
fn check_manifest<R: Read + Seek>(archive: &mut ZipArchive<R>, budget: &Budget) -> Result<(), InputError> {
    let Some(mut xml) = Xml::open(archive, "META-INF/manifest.xml", budget)? else { return Ok(()) };
    let mut buffer = Vec::new();
    loop {
        match xml.next(&mut buffer)? {
            Event::Start(element) if element.local_name().as_ref() == "encryption-data" => {
                return Err(InputError::of_data(WorkbookFault::Protected));
            }
            Event::End(_) if xml.depth() == 0 => return xml.finish(),
            _ => {}
        }
    }
}

/// Reads the document; `visit` takes each sheet to the end of its element.
fn read_content<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    budget: &Budget,
    mut visit: impl FnMut(Sheet, &mut Xml<R>) -> Result<(), InputError>,
) -> Result<(), InputError> {
    let mut xml = Xml::open(archive, "content.xml", budget)?.ok_or_else(no_spreadsheet)?;
    let (mut buffer, mut style, mut hidden) = (Vec::new(), String::new(), HashSet::new());
    let mut spreadsheet = false;
    loop {
        match xml.next(&mut buffer)? {
            Event::Start(element) => match element.name().as_ref() {
                "style:style" => style = text_of(&element, "style:name")?,
                "style:table-properties" if attribute(&element, "table:display")?.as_deref() == Some("false") => {
                    budget.hold(style.len() + size_of::<String>())?;
                    hidden.insert(std::mem::take(&mut style));
                }
                "office:spreadsheet" => spreadsheet = true,
                "table:table" if spreadsheet => {
                    let name = text_of(&element, "table:name")?;
                    budget.hold(name.len() + size_of::<Sheet>())?;
                    let visible = !hidden.contains(&text_of(&element, "table:style-name")?);
                    visit(Sheet { name, visible }, &mut xml)?;
                }
                // Changes that are kept, links and drawings have cells and tables too.
                _ if spreadsheet => xml.skip()?,
                _ => {}
            },
            Event::End(_) if xml.depth() == 0 => break,
            _ => {}
        }
    }
    if spreadsheet { xml.finish() } else { Err(no_spreadsheet()) }
}

fn no_spreadsheet() -> InputError {
    InputError::of_data(WorkbookFault::NoSpreadsheet)
}

fn text_of(element: &BytesStart, name: &str) -> Result<String, InputError> {
    Ok(attribute(element, name)?.unwrap_or_default().into_owned())
}

/// How often a row or a cell stands there.
fn repeated(element: &BytesStart, name: &str) -> Result<u64, InputError> {
    let times = attribute(element, name)?.map(|times| times.trim().parse::<u64>());
    match times {
        None => Ok(1),
        Some(Ok(times)) => Ok(times),
        Some(Err(_)) => Err(InputError::of_data(WorkbookFault::Count { attribute: name.to_owned() })),
    }
}

/// Reads the rows of the table just begun.
fn read_table<R: Read + Seek>(xml: &mut Xml<R>, rows: &mut Rows) -> Result<(), InputError> {
    let (mut buffer, around, mut row, mut next) = (Vec::new(), xml.depth() - 1, Row::default(), 0_u64);
    loop {
        match xml.next(&mut buffer)? {
            Event::Start(element) => match element.name().as_ref() {
                "table:table-row" => {
                    let times = repeated(&element, "table:number-rows-repeated")?;
                    row.clear();
                    read_row(xml, &mut row, rows)?;
                    rows.row(next, &row, times.min(MAX_ROWS + 1))?;
                    next = next.saturating_add(times).min(MAX_ROWS);
                }
                "table:table-header-rows" | "table:table-rows" | "table:table-row-group" => {}
                _ => xml.skip()?,
            },
            Event::End(_) if xml.depth() == around => return Ok(()),
            _ => {}
        }
    }
}

/// Reads the cells of the row just begun.
fn read_row<R: Read + Seek>(xml: &mut Xml<R>, row: &mut Row, rows: &Rows) -> Result<(), InputError> {
    let (mut buffer, mut column, mut text) = (Vec::new(), 0_usize, Vec::new());
    loop {
        match xml.next(&mut buffer)? {
            Event::Start(element) => match element.name().as_ref() {
                "table:table-cell" | "table:covered-table-cell" => {
                    let times = repeated(&element, "table:number-columns-repeated")?;
                    let times = usize::try_from(times).unwrap_or(usize::MAX);
                    text.clear();
                    let value = read_cell(xml, &element, &mut text)?;
                    column = put(row, column, times, &value, &text, rows)?;
                }
                _ => xml.skip()?,
            },
            Event::End(_) => return Ok(()),
            _ => {}
        }
    }
}

/// What the attributes of a cell say.
enum Typed {
    Number(String),
    Text(String),
    /// The text is inside.
    Inside,
}

/// Reads the cell just begun to its end.
fn read_cell<R: Read + Seek>(xml: &mut Xml<R>, element: &BytesStart, text: &mut Vec<u8>) -> Result<Typed, InputError> {
    let mut typed = match attribute(element, "office:value-type")?.as_deref() {
        Some("float" | "percentage" | "currency") => Typed::Number(text_of(element, "office:value")?),
        Some("date") => Typed::Text(dates::from_iso(&text_of(element, "office:date-value")?).to_owned()),
        Some("time") => Typed::Text(dates::from_duration(&text_of(element, "office:time-value")?)),
        Some("boolean") => Typed::Text(text_of(element, "office:boolean-value")?),
        // Beside an error the value is an empty text, and what is shown is the error.
        Some("string") => Typed::Text(text_of(element, "office:string-value")?),
        _ => Typed::Inside,
    };
    if matches!(&typed, Typed::Text(text) if text.is_empty()) {
        typed = Typed::Inside;
    }
    let mut buffer = Vec::new();
    loop {
        match xml.next(&mut buffer)? {
            Event::Start(element) if element.name().as_ref() == "text:p" && matches!(typed, Typed::Inside) => {
                if !text.is_empty() {
                    text.push(b'\n');
                }
                paragraph(xml, text)?;
            }
            // Notes and drawings have paragraphs of their own.
            Event::Start(_) => xml.skip()?,
            Event::End(_) => return Ok(typed),
            _ => {}
        }
    }
}

/// Appends the text of the paragraph just begun.
fn paragraph<R: Read + Seek>(xml: &mut Xml<R>, text: &mut Vec<u8>) -> Result<(), InputError> {
    let (mut buffer, around) = (Vec::new(), xml.depth() - 1);
    loop {
        match xml.next(&mut buffer)? {
            Event::Start(element) => match element.name().as_ref() {
                "text:s" => {
                    let spaces = repeated(&element, "text:c")?.min(1 << 10);
                    text.extend((0..spaces).map(|_| b' '));
                }
                "text:tab" => text.push(b'\t'),
                "text:line-break" => text.push(b'\n'),
                "office:annotation" => xml.skip()?,
                _ => {}
            },
            Event::End(_) if xml.depth() == around => return Ok(()),
            event => xml.append(&event, text, 0)?,
        }
    }
}

/// Puts a cell into the row so many times, and says the column after it.
fn put(
    row: &mut Row,
    column: usize,
    times: usize,
    value: &Typed,
    text: &[u8],
    rows: &Rows,
) -> Result<usize, InputError> {
    let after = column.saturating_add(times);
    let text = match value {
        Typed::Number(text) | Typed::Text(text) => text.as_bytes(),
        Typed::Inside => text,
    };
    if text.trim_ascii().is_empty() {
        return Ok(after);
    }
    if after > rows.limits.columns {
        return Err(too_many_columns(rows.limits.columns));
    }
    // What stands there often is work that takes few bytes.
    rows.budget.work(times as u64)?;
    let number = if matches!(value, Typed::Number(_)) { double(text) } else { None };
    let value = number.map_or_else(|| row.text(text, rows), |number| Ok(Value::Number(number)))?;
    (column..after).try_for_each(|column| row.put(column, value, rows))?;
    Ok(after)
}
