//! Reader of XLSX sheets (ECMA-376, part 1: `SpreadsheetML`).
//!
//! Input: the archive of a workbook. Output: the rows of one sheet, passed to [`Rows`]. Elements are matched by their local
//! names, because writers choose the prefixes, and the strict variant has other namespaces.

use std::io::{Read, Seek};

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::dates::{self, Format};
use super::errors::unreadable;
use super::plain_row::{PlainCell, PlainRow};
use super::rows::{MAX_ROWS, MergedRange, Row, Rows, Value, double};
use super::selection::{Selection, Sheet};
use super::xml::{Budget, Xml, attribute};
use describe_options::{InputError, WorkbookFault, excerpt};

/// Maximum number of columns of a sheet.
const MAX_COLUMNS: usize = 1 << 14;

/// Reads the selected sheets.
pub(super) fn read<R: Read + Seek>(archive: &mut ZipArchive<R>, selection: &mut Selection) -> Result<(), InputError> {
    let book = Book::read(archive, selection.budget)?;
    selection.request(&book.sheets)?;
    loop {
        for (index, (sheet, path)) in book.sheets.iter().zip(&book.paths).enumerate() {
            selection.visit(index, sheet, |rows| read_sheet(archive, &book, path, rows))?;
        }
        if !selection.end_pass() {
            return Ok(());
        }
    }
}

/// Properties that the sheets of a workbook share.
#[derive(Debug, Default)]
struct Book {
    sheets: Vec<Sheet>,
    /// Path of each sheet's part.
    paths: Vec<String>,
    /// Shared strings, concatenated.
    texts: Vec<u8>,
    /// End of each shared string in `texts`.
    ends: Vec<usize>,
    /// Number format of each cell style.
    formats: Vec<Format>,
    since_1904: bool,
}

/// Relationship of a part to another part.
struct Relationship {
    id: String,
    kind: String,
    target: String,
}

impl Book {
    fn read<R: Read + Seek>(archive: &mut ZipArchive<R>, budget: &Budget) -> Result<Self, InputError> {
        let root = relationships(archive, "_rels/.rels", "", budget)?;
        let main = root.into_iter().find(|relationship| relationship.kind == "officeDocument");
        let main = main.ok_or_else(|| InputError::of_data(WorkbookFault::NoDocument))?.target;
        if main.rsplit('.').next() == Some("bin") {
            return Err(InputError::of_data(WorkbookFault::Xlsb));
        }
        let (folder, file) = main.rsplit_once('/').unwrap_or(("", &main));
        let slash = if folder.is_empty() { "" } else { "/" };
        let parts = relationships(archive, &format!("{folder}{slash}_rels/{file}.rels"), folder, budget)?;
        let mut book = Self::default();
        book.read_sheets(archive, &main, &parts, budget)?;
        let path = |kind| parts.iter().find(|part| part.kind == kind).map(|part| part.target.as_str());
        if let Some(path) = path("sharedStrings") {
            book.read_texts(archive, path, budget)?;
        }
        if let Some(path) = path("styles") {
            book.read_formats(archive, path, budget)?;
        }
        Ok(book)
    }

    /// Reads the list of worksheets, in their order; chart sheets and the like are left out.
    fn read_sheets<R: Read + Seek>(
        &mut self,
        archive: &mut ZipArchive<R>,
        main: &str,
        parts: &[Relationship],
        budget: &Budget,
    ) -> Result<(), InputError> {
        let mut xml = Xml::open(archive, main, budget)?.ok_or_else(|| InputError::of_data(WorkbookFault::NoSheets))?;
        let (mut buffer, mut prefix) = (Vec::new(), Vec::new());
        loop {
            match xml.next(&mut buffer)? {
                Event::Start(element) => match element.local_name().as_ref() {
                    _ if xml.depth() == 1 => prefix = prefix_of(&element),
                    // Extensions have an element of the same name, in another namespace.
                    "workbookPr" if xml.depth() == 2 && prefix_of(&element) == prefix => {
                        let value = attribute(&element, "date1904")?;
                        self.since_1904 = value.is_some_and(|value| matches!(value.as_ref(), "1" | "true"));
                    }
                    "sheet" => {
                        let part = sheet_part(&element, parts)?
                            .ok_or_else(|| xml.at_fault(|part| WorkbookFault::MissingSheet { part }))?;
                        if part.kind == "worksheet" {
                            let name = attribute(&element, "name")?.unwrap_or_default().into_owned();
                            let visible = !attribute(&element, "state")?
                                .is_some_and(|state| matches!(state.as_ref(), "hidden" | "veryHidden"));
                            budget
                                .reserve(name.len() + part.target.len() + size_of::<Sheet>() + size_of::<String>())?;
                            self.sheets.push(Sheet { name, visible });
                            self.paths.push(part.target.clone());
                        }
                    }
                    _ => {}
                },
                Event::End(_) if xml.depth() == 0 => return xml.finish(),
                _ => {}
            }
        }
    }

    /// Reads the shared strings.
    fn read_texts<R: Read + Seek>(
        &mut self,
        archive: &mut ZipArchive<R>,
        path: &str,
        budget: &Budget,
    ) -> Result<(), InputError> {
        let Some(mut xml) = Xml::open(archive, path, budget)? else { return Ok(()) };
        let mut buffer = Vec::new();
        loop {
            match xml.next(&mut buffer)? {
                Event::Start(element) if element.local_name().as_ref() == "si" => {
                    let start = self.texts.len();
                    rich_text(&mut xml, &mut self.texts)?;
                    unescape(&mut self.texts, start);
                    budget.reserve(self.texts.len() - start + size_of::<usize>())?;
                    self.ends.push(self.texts.len());
                }
                Event::End(_) if xml.depth() == 0 => return xml.finish(),
                _ => {}
            }
        }
    }

    /// Reads the number formats of the cell styles.
    fn read_formats<R: Read + Seek>(
        &mut self,
        archive: &mut ZipArchive<R>,
        path: &str,
        budget: &Budget,
    ) -> Result<(), InputError> {
        let Some(mut xml) = Xml::open(archive, path, budget)? else { return Ok(()) };
        let (mut buffer, mut codes, mut in_styles) = (Vec::new(), Vec::new(), false);
        loop {
            match xml.next(&mut buffer)? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "numFmt" if xml.depth() == 3 => {
                        let code = Format::of_code(&attribute(&element, "formatCode")?.unwrap_or_default());
                        budget.reserve(size_of::<(u64, Format)>())?;
                        codes.push((number(&element, "numFmtId")?, code));
                    }
                    "cellXfs" => in_styles = true,
                    "xf" if in_styles => {
                        let id = number(&element, "numFmtId")?;
                        budget.reserve(size_of::<(u64, Format)>())?;
                        let index = codes.partition_point(|(known, _)| *known < id);
                        let custom = codes.get(index).filter(|(known, _)| *known == id);
                        self.formats.push(custom.map_or_else(|| Format::built_in(id), |(_, format)| *format));
                    }
                    _ => {}
                },
                Event::End(element) => match element.local_name().as_ref() {
                    "numFmts" => codes.sort_by_key(|(id, _)| *id),
                    "cellXfs" => in_styles = false,
                    _ if xml.depth() == 0 => return xml.finish(),
                    _ => {}
                },
                _ => {}
            }
        }
    }

    /// Shared string with the given index.
    fn text(&self, index: usize) -> Option<&[u8]> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.texts.get(start..end)
    }
}

/// Relationships of a part; targets are relative to its folder, or absolute.
fn relationships<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    path: &str,
    folder: &str,
    budget: &Budget,
) -> Result<Vec<Relationship>, InputError> {
    let mut xml = Xml::open(archive, path, budget)?.ok_or_else(|| missing_part(path))?;
    let (mut relationships, mut buffer) = (Vec::new(), Vec::new());
    loop {
        match xml.next(&mut buffer)? {
            Event::Start(element) if element.local_name().as_ref() == "Relationship" => {
                let text = |name| attribute(&element, name).map(|value| value.unwrap_or_default().into_owned());
                let kind = text("Type")?.rsplit('/').next().unwrap_or_default().to_owned();
                let relationship = Relationship { id: text("Id")?, kind, target: resolve(folder, &text("Target")?) };
                budget.reserve(relationship.id.len() + relationship.target.len() + size_of::<Relationship>())?;
                relationships.push(relationship);
            }
            Event::End(_) if xml.depth() == 0 => return xml.finish().map(|()| relationships),
            _ => {}
        }
    }
}

fn missing_part(part: &str) -> InputError {
    InputError::of_data(WorkbookFault::MissingPart { part: part.to_owned() })
}

/// Path of a target relative to a folder.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut path: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(path.pop()),
            step => path.push(step),
        }
    }
    path.retain(|step| !step.is_empty());
    path.join("/")
}

/// Prefix of an element's name, which stands for its namespace.
fn prefix_of(element: &BytesStart) -> Vec<u8> {
    element.name().prefix().map(|prefix| prefix.as_ref().as_bytes().to_vec()).unwrap_or_default()
}

/// Relationship that a `sheet` element refers to.
fn sheet_part<'a>(element: &BytesStart, parts: &'a [Relationship]) -> Result<Option<&'a Relationship>, InputError> {
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| unreadable(None, &error))?;
        if attribute.key.local_name().as_ref() == "id" {
            return Ok(parts.iter().find(|part| part.id == attribute.value));
        }
    }
    Ok(None)
}

/// Integer value of an attribute; 0 if it is absent or not an integer.
fn number(element: &BytesStart, name: &str) -> Result<u64, InputError> {
    Ok(attribute(element, name)?.and_then(|value| value.trim().parse().ok()).unwrap_or_default())
}

/// Appends the text of an `si` or `is` element: its runs, without the phonetic hints.
fn rich_text<R: Read + Seek>(xml: &mut Xml<R>, text: &mut Vec<u8>) -> Result<(), InputError> {
    let (mut buffer, start, outer_depth) = (Vec::new(), text.len(), xml.depth() - 1);
    let mut in_text = false;
    loop {
        match xml.next(&mut buffer)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "rPh" => xml.skip()?,
                name => in_text = name == "t",
            },
            Event::End(_) if xml.depth() == outer_depth => return Ok(()),
            Event::End(_) => in_text = false,
            event if in_text => xml.append(&event, text, start)?,
            _ => {}
        }
    }
}

/// Replaces escapes such as `_x000D_` from `start` on: they represent characters that XML does not allow.
fn unescape(texts: &mut Vec<u8>, start: usize) {
    let escaped = |text: &[u8]| {
        let code = text.strip_prefix(b"_x")?.get(..5)?.strip_suffix(b"_")?;
        let code = u32::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok()?;
        char::from_u32(code)
    };
    if !texts[start..].windows(2).any(|pair| pair == b"_x") {
        return;
    }
    let text = texts.split_off(start);
    let mut rest = text.as_slice();
    while let Some((byte, after)) = rest.split_first() {
        if let Some(character) = escaped(rest) {
            texts.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            rest = &rest[7..];
        } else {
            texts.push(*byte);
            rest = after;
        }
    }
}

/// Position in a sheet, with the current row and cell.
#[derive(Default)]
struct SheetCursor {
    /// Current row, numbered from 0.
    row: u64,
    /// Row of the next `row` element without a number.
    next_row: u64,
    /// Column of the next cell without a reference.
    next_column: usize,
    cells: Row,
    /// Value of the current cell.
    value: Vec<u8>,
}

fn read_sheet<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    book: &Book,
    path: &str,
    rows: &mut Rows,
) -> Result<(), InputError> {
    let budget = rows.budget;
    if rows.needs_merges() {
        budget.uncounted(|| read_merges(archive, path, rows))?;
    }
    let mut xml = Xml::open(archive, path, budget)?.ok_or_else(|| missing_part(path))?;
    let (mut buffer, mut cursor, mut in_data) = (Vec::new(), SheetCursor::default(), false);
    loop {
        match xml.next(&mut buffer)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "sheetData" => in_data = true,
                "row" if in_data => cursor.begin_row(path, attribute(&element, "r")?.as_deref())?,
                "c" if in_data => cursor.cell(&mut xml, &element, book, path, rows)?,
                _ if in_data => xml.skip()?,
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "row" if in_data => {
                    rows.row(cursor.row, &cursor.cells, 1)?;
                    cursor.cells.clear();
                    if !rows.done {
                        cursor.plain_rows(&mut xml, book, path, rows)?;
                    }
                    if rows.done {
                        return Ok(());
                    }
                }
                "sheetData" => return xml.finish(),
                _ if xml.depth() == 0 => return Err(xml.at_fault(|part| WorkbookFault::NotASheet { part })),
                _ => {}
            },
            _ => {}
        }
    }
}

/// Reads the ranges of merged cells, which come after the rows.
fn read_merges<R: Read + Seek>(archive: &mut ZipArchive<R>, path: &str, rows: &mut Rows) -> Result<(), InputError> {
    let mut xml = Xml::open(archive, path, rows.budget)?.ok_or_else(|| missing_part(path))?;
    let mut buffer = Vec::new();
    loop {
        match xml.next(&mut buffer)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "worksheet" | "mergeCells" => {}
                "mergeCell" => {
                    let range = attribute(&element, "ref")?.and_then(|range| merged_range(&range));
                    if let Some(range) = range {
                        rows.merges.add(range, rows.budget)?;
                    }
                }
                _ => xml.skip()?,
            },
            Event::End(element) if element.local_name().as_ref() == "mergeCells" || xml.depth() == 0 => {
                rows.merges.sort();
                return Ok(());
            }
            _ => {}
        }
    }
}

/// Range such as `A2:B4`; `None` if it is not one.
fn merged_range(text: &str) -> Option<MergedRange> {
    let (first, last) = text.split_once(':')?;
    let row = |reference: &str| {
        reference.trim_start_matches(|letter: char| letter.is_ascii_alphabetic()).parse::<u64>().ok()?.checked_sub(1)
    };
    Some(MergedRange {
        first_row: row(first)?,
        last_row: row(last)?,
        first_column: column(first)?,
        last_column: column(last)?,
    })
}

impl SheetCursor {
    /// Sets the current row by its number, or behind the last one.
    fn begin_row(&mut self, path: &str, number: Option<&str>) -> Result<(), InputError> {
        self.row = match number {
            None => self.next_row,
            Some(number) => {
                let number = number.trim().parse::<u64>().ok().and_then(|number| number.checked_sub(1));
                number.ok_or_else(|| InputError::of_data(WorkbookFault::RowNumber { part: path.to_owned() }))?
            }
        };
        if self.row < self.next_row || self.row >= MAX_ROWS {
            let fault = WorkbookFault::RowOrder { part: path.to_owned(), row: self.row + 1 };
            return Err(InputError::of_data(fault));
        }
        (self.next_row, self.next_column) = (self.row + 1, 0);
        Ok(())
    }

    /// Reads plain rows, as long as they are in the text that is decompressed already.
    fn plain_rows<R: Read + Seek>(
        &mut self,
        xml: &mut Xml<R>,
        book: &Book,
        path: &str,
        rows: &mut Rows,
    ) -> Result<(), InputError> {
        loop {
            let next_row = self.next_row;
            let Some(length) = self.plain_row(xml.text_ahead()?, book, path, rows) else {
                self.next_row = next_row;
                self.cells.clear();
                return Ok(());
            };
            xml.advance(length);
            rows.row(self.row, &self.cells, 1)?;
            self.cells.clear();
            if rows.done {
                return Ok(());
            }
        }
    }

    /// Reads the row at the beginning of `text`. Returns its length; `None` if it is not plain or has an error, which reading it
    /// again by its events reports.
    fn plain_row(&mut self, text: &[u8], book: &Book, path: &str, rows: &Rows) -> Option<usize> {
        let mut row = PlainRow::begin(text)?;
        self.begin_row(path, row.number).ok()?;
        while !row.is_at_end() {
            let PlainCell { reference, style, kind, value, has_formula } = row.cell()?;
            let column = reference.map_or(Some(self.next_column), column)?;
            self.next_column = column + 1;
            self.value.clear();
            if value.len() > rows.limits.cell {
                return None;
            }
            self.value.extend_from_slice(value.as_bytes());
            let style = style.trim().parse().unwrap_or_default();
            self.put(column, kind, style, has_formula, book, path, rows).ok()?;
        }
        Some(row.length)
    }

    /// Reads the cell whose start tag is `element`.
    fn cell<R: Read + Seek>(
        &mut self,
        xml: &mut Xml<R>,
        element: &BytesStart,
        book: &Book,
        path: &str,
        rows: &Rows,
    ) -> Result<(), InputError> {
        let column = match attribute(element, "r")? {
            None => self.next_column,
            Some(reference) => column(&reference).ok_or_else(|| {
                let reference = excerpt(reference.as_bytes());
                xml.at_fault(|part| WorkbookFault::CellReference { part, reference })
            })?,
        };
        self.next_column = column + 1;
        let style = number(element, "s")?;
        let kind = attribute(element, "t")?.unwrap_or_default();
        self.value.clear();
        let (mut buffer, mut has_formula) = (Vec::new(), false);
        loop {
            match xml.next(&mut buffer)? {
                Event::Start(part) => match part.local_name().as_ref() {
                    "f" => {
                        has_formula = true;
                        xml.skip()?;
                    }
                    "v" if kind != "inlineStr" => xml.text(&mut self.value)?,
                    "is" => rich_text(xml, &mut self.value)?,
                    _ => xml.skip()?,
                },
                Event::End(_) => break,
                _ => {}
            }
        }
        self.put(column, &kind, style, has_formula, book, path, rows)
    }

    /// Adds the cell with the current value to the row.
    #[expect(clippy::too_many_arguments, reason = "the attributes of a cell, and what they refer to")]
    fn put(
        &mut self,
        column: usize,
        kind: &str,
        style: u64,
        has_formula: bool,
        book: &Book,
        path: &str,
        rows: &Rows,
    ) -> Result<(), InputError> {
        // The result of a formula may be an empty text.
        if has_formula && kind != "str" && self.value.trim_ascii().is_empty() {
            return self.cells.put(column, Value::Uncalculated, rows);
        }
        let value = self.value.trim_ascii();
        if value.is_empty() {
            return Ok(());
        }
        let format = usize::try_from(style).ok().and_then(|style| book.formats.get(style)).copied();
        let cells = &mut self.cells;
        let value = match kind {
            "s" => {
                let index = std::str::from_utf8(value).ok().and_then(|index| index.parse().ok());
                let text = index.and_then(|index| book.text(index));
                let fault = || InputError::of_data(WorkbookFault::SharedText { part: path.to_owned() });
                cells.text(text.ok_or_else(fault)?, rows)?
            }
            "b" => cells.text(if matches!(value, b"1" | b"true") { b"true" } else { b"false" }, rows)?,
            "str" | "inlineStr" => {
                unescape(&mut self.value, 0);
                cells.text(&self.value, rows)?
            }
            "" | "n" => match (double(value), format.unwrap_or(Format::Number)) {
                (None, _) => cells.text(value, rows)?,
                (Some(number), Format::Number) => Value::Number(number),
                (Some(number), format) => {
                    let date = dates::from_days(number.to_f64(), format, book.since_1904);
                    cells.text(date.as_bytes(), rows)?
                }
            },
            // The text of an error, or a date in ISO 8601.
            _ => cells.text(value, rows)?,
        };
        cells.put(column, value, rows)
    }
}

/// Column of a cell reference such as `AB12`, numbered from 0; `None` if it is beyond the last column.
fn column(reference: &str) -> Option<usize> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic);
    let column = letters.fold(0, |column: usize, letter| {
        column.saturating_mul(26).saturating_add(usize::from(letter.to_ascii_uppercase() - b'A') + 1)
    });
    column.checked_sub(1).filter(|column| *column < MAX_COLUMNS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        assert_eq!(column("A1"), Some(0));
        assert_eq!(column("AB12"), Some(27));
        assert_eq!(column("XFD1048576"), Some(16_383));
        assert_eq!(column("XFE1"), None);
        assert_eq!(column("12"), None);
    }

    #[test]
    fn paths() {
        assert_eq!(resolve("xl", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolve("xl", "/xl/worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolve("xl/deep", "../styles.xml"), "xl/styles.xml");
        assert_eq!(resolve("", "xl\\workbook.xml"), "xl/workbook.xml");
    }

    #[test]
    fn escapes() {
        let unescaped = |text: &str| {
            let mut bytes = text.as_bytes().to_vec();
            unescape(&mut bytes, 0);
            String::from_utf8(bytes).unwrap()
        };
        assert_eq!(unescaped("a_x000D_b_x005F_x"), "a\rb_x");
        assert_eq!(unescaped("_x00"), "_x00");
        assert_eq!(unescaped("é_xD800_"), "é_xD800_");
    }
}
