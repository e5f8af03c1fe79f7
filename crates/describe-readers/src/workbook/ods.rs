//! Reader of ODS sheets (OASIS `OpenDocument` 1.3, part 3).
//!
//! Input: the archive of a workbook. Output: the rows of one sheet, passed to [`Rows`]. Elements and attributes are matched
//! by their names with the customary prefixes, which every writer uses.

use std::collections::HashSet;
use std::io::{Read, Seek};

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::dates;
use super::rows::{MAX_ROWS, MergedRange, Row, Rows, Value, double};
use super::selection::{Selection, Sheet};
use super::xml::{Budget, Xml, attribute};
use crate::table::too_many_columns;
use describe_options::{InputError, WorkbookFault};

/// Reads the selected sheets.
pub(super) fn read<R: Read + Seek>(archive: &mut ZipArchive<R>, selection: &mut Selection) -> Result<(), InputError> {
    let budget = selection.budget;
    check_manifest(archive, budget)?;
    if selection.is_request() {
        // A name takes precedence over a number, so all names must be known first.
        let mut sheets = Vec::new();
        read_content(archive, budget, |sheet, xml| {
            sheets.push(sheet);
            xml.skip()
        })?;
        selection.request(&sheets)?;
    }
    loop {
        let mut index = 0;
        read_content(archive, budget, |sheet, xml| {
            let outer_depth = xml.depth() - 1;
            selection.visit(index, &sheet, |rows| read_table(xml, rows))?;
            index += 1;
            xml.leave(outer_depth)
        })?;
        if !selection.end_pass() {
            return Ok(());
        }
    }
}

/// Returns an error if a part is encrypted.
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

/// Reads the document; `visit` is called for each sheet, and must read its element to the end.
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
                "style:style" => style = attribute_or_empty(&element, "style:name")?,
                "style:table-properties" if attribute(&element, "table:display")?.as_deref() == Some("false") => {
                    budget.reserve(style.len() + size_of::<String>())?;
                    hidden.insert(std::mem::take(&mut style));
                }
                "office:spreadsheet" => spreadsheet = true,
                "table:table" if spreadsheet => {
                    let name = attribute_or_empty(&element, "table:name")?;
                    budget.reserve(name.len() + size_of::<Sheet>())?;
                    let visible = !hidden.contains(&attribute_or_empty(&element, "table:style-name")?);
                    visit(Sheet { name, visible }, &mut xml)?;
                }
                // Tracked changes, links and drawings contain cells and tables too.
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

/// Value of an attribute; empty if it is absent.
fn attribute_or_empty(element: &BytesStart, name: &str) -> Result<String, InputError> {
    Ok(attribute(element, name)?.unwrap_or_default().into_owned())
}

/// Repetition count of a row, a cell or a space; 1 if the attribute is absent.
fn repeated(element: &BytesStart, name: &str) -> Result<u64, InputError> {
    let times = attribute(element, name)?.map(|times| times.trim().parse::<u64>());
    match times {
        None => Ok(1),
        Some(Ok(times)) => Ok(times),
        Some(Err(_)) => Err(InputError::of_data(WorkbookFault::Count { attribute: name.to_owned() })),
    }
}

/// Reads the rows of the table whose start tag was read.
fn read_table<R: Read + Seek>(xml: &mut Xml<R>, rows: &mut Rows) -> Result<(), InputError> {
    let (mut buffer, outer_depth, mut row, mut next_row) = (Vec::new(), xml.depth() - 1, Row::default(), 0_u64);
    loop {
        match xml.next(&mut buffer)? {
            Event::Start(element) => match element.name().as_ref() {
                "table:table-row" => {
                    let times = repeated(&element, "table:number-rows-repeated")?;
                    if rows.done {
                        return Ok(());
                    }
                    row.clear();
                    read_row(xml, next_row, &mut row, rows)?;
                    rows.row(next_row, &row, times.min(MAX_ROWS + 1))?;
                    next_row = next_row.saturating_add(times).min(MAX_ROWS);
                }
                "table:table-header-rows" | "table:table-rows" | "table:table-row-group" => {}
                _ => xml.skip()?,
            },
            Event::End(_) if xml.depth() == outer_depth => return Ok(()),
            _ => {}
        }
    }
}

/// Reads the cells of the row whose start tag was read.
fn read_row<R: Read + Seek>(xml: &mut Xml<R>, number: u64, row: &mut Row, rows: &mut Rows) -> Result<(), InputError> {
    let (mut buffer, mut column, mut text) = (Vec::new(), 0_usize, Vec::new());
    loop {
        match xml.next(&mut buffer)? {
            Event::Start(element) => match element.name().as_ref() {
                "table:table-cell" | "table:covered-table-cell" => {
                    let times = repeated(&element, "table:number-columns-repeated")?;
                    let times = usize::try_from(times).unwrap_or(usize::MAX);
                    if rows.needs_merges() {
                        add_merge(&element, number, column, rows)?;
                    }
                    text.clear();
                    let value = read_cell(xml, &element, &mut text)?;
                    column = repeat_cell(row, column, times, &value, &text, rows)?;
                }
                _ => xml.skip()?,
            },
            Event::End(_) => return Ok(()),
            _ => {}
        }
    }
}

/// Adds the range of merged cells whose first one has this start tag.
fn add_merge(element: &BytesStart, first_row: u64, first_column: usize, rows: &mut Rows) -> Result<(), InputError> {
    let height = repeated(element, "table:number-rows-spanned")?;
    let width = repeated(element, "table:number-columns-spanned")?;
    if height <= 1 && width <= 1 {
        return Ok(());
    }
    let last_row = first_row.saturating_add(height.saturating_sub(1));
    let last_column = first_column.saturating_add(usize::try_from(width.saturating_sub(1)).unwrap_or(usize::MAX));
    rows.merges.add(MergedRange { first_row, last_row, first_column, last_column }, rows.budget)
}

/// Value of a cell by its attributes.
enum TypedValue {
    Number(String),
    Text(String),
    /// The value is the text of the paragraphs in the element.
    Paragraphs,
    /// The cell has a formula, and no type: no program has calculated it.
    Uncalculated,
}

/// Reads the cell whose start tag was read; its paragraphs are appended to `text` if they are its value.
fn read_cell<R: Read + Seek>(
    xml: &mut Xml<R>,
    element: &BytesStart,
    text: &mut Vec<u8>,
) -> Result<TypedValue, InputError> {
    let mut typed = match attribute(element, "office:value-type")?.as_deref() {
        Some("float" | "percentage" | "currency") => TypedValue::Number(attribute_or_empty(element, "office:value")?),
        Some("date") => {
            TypedValue::Text(dates::from_iso(&attribute_or_empty(element, "office:date-value")?).to_owned())
        }
        Some("time") => TypedValue::Text(dates::from_duration(&attribute_or_empty(element, "office:time-value")?)),
        Some("boolean") => TypedValue::Text(attribute_or_empty(element, "office:boolean-value")?),
        // The string value of an error is empty; its paragraph has the text of the error.
        Some("string") => TypedValue::Text(attribute_or_empty(element, "office:string-value")?),
        None if attribute(element, "table:formula")?.is_some() => TypedValue::Uncalculated,
        _ => TypedValue::Paragraphs,
    };
    if matches!(&typed, TypedValue::Text(text) if text.is_empty()) {
        typed = TypedValue::Paragraphs;
    }
    let mut buffer = Vec::new();
    loop {
        match xml.next(&mut buffer)? {
            Event::Start(element)
                if element.name().as_ref() == "text:p"
                    && matches!(typed, TypedValue::Paragraphs | TypedValue::Uncalculated) =>
            {
                if !text.is_empty() {
                    text.push(b'\n');
                }
                paragraph(xml, text)?;
            }
            // Notes and drawings contain paragraphs too.
            Event::Start(_) => xml.skip()?,
            // Some writers leave out the type of a text.
            Event::End(_) if matches!(typed, TypedValue::Uncalculated) && !text.trim_ascii().is_empty() => {
                return Ok(TypedValue::Paragraphs);
            }
            Event::End(_) => return Ok(typed),
            _ => {}
        }
    }
}

/// Appends the text of the paragraph whose start tag was read.
fn paragraph<R: Read + Seek>(xml: &mut Xml<R>, text: &mut Vec<u8>) -> Result<(), InputError> {
    let (mut buffer, outer_depth) = (Vec::new(), xml.depth() - 1);
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
            Event::End(_) if xml.depth() == outer_depth => return Ok(()),
            event => xml.append(&event, text, 0)?,
        }
    }
}

/// Sets `times` cells from `column` on to a value; returns the next column.
fn repeat_cell(
    row: &mut Row,
    column: usize,
    times: usize,
    value: &TypedValue,
    text: &[u8],
    rows: &Rows,
) -> Result<usize, InputError> {
    let next_column = column.saturating_add(times);
    let text = match value {
        TypedValue::Number(text) | TypedValue::Text(text) => text.as_bytes(),
        TypedValue::Paragraphs | TypedValue::Uncalculated => text,
    };
    let uncalculated = matches!(value, TypedValue::Uncalculated);
    if text.trim_ascii().is_empty() && !uncalculated {
        return Ok(next_column);
    }
    if next_column > rows.limits.columns {
        return Err(too_many_columns(rows.limits.columns));
    }
    // Repetition is work that costs the file few bytes, so it is counted.
    rows.budget.work(times as u64)?;
    let number = if matches!(value, TypedValue::Number(_)) { double(text) } else { None };
    let value = match number {
        Some(number) => Value::Number(number),
        None if uncalculated => Value::Uncalculated,
        None => row.text(text, rows)?,
    };
    (column..next_column).try_for_each(|column| row.put(column, value, rows))?;
    Ok(next_column)
}
