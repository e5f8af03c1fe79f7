//! Writes ODS (OASIS `OpenDocument` 1.3): an archive with the cells as XML.

use std::fmt::Write as _;
use std::io::{self, Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::sheets::{MAX_CELL_LETTERS, Sheet, clean, headings, sheets, widths};
use crate::report::{Cell, Report, Table, fixed, grouped, shortest};
use crate::svg::escape;
use describe_options::{AnswerFault, InputError};

const TYPE: &str = "application/vnd.oasis.opendocument.spreadsheet";

const MANIFEST: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" manifest:version=\"1.3\">\
<manifest:file-entry manifest:full-path=\"/\" manifest:version=\"1.3\" manifest:media-type=\"application/vnd.oasis.opendocument.spreadsheet\"/>\
<manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/>\
<manifest:file-entry manifest:full-path=\"styles.xml\" manifest:media-type=\"text/xml\"/>\
<manifest:file-entry manifest:full-path=\"meta.xml\" manifest:media-type=\"text/xml\"/></manifest:manifest>";

/// Styles of the workbook, with the language for screen readers.
const STYLES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
<office:document-styles xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" \
xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\" office:version=\"1.3\"><office:styles>\
<style:default-style style:family=\"table-cell\"><style:text-properties style:font-name=\"Arial\" fo:font-family=\"Arial\" fo:font-size=\"12pt\" fo:language=\"en\" fo:country=\"GB\"/></style:default-style>\
</office:styles></office:document-styles>";

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" \
xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
xmlns:number=\"urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0\" xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\" \
xmlns:xlink=\"http://www.w3.org/1999/xlink\" office:version=\"1.3\"><office:automatic-styles>";

/// Maximum decimal places of a column's format.
const MAX_DECIMALS: u32 = 15;

/// Writes a report as an ODS workbook.
///
/// # Errors
/// A table has more rows or columns than a sheet.
pub fn write(report: &Report) -> Result<Vec<u8>, InputError> {
    let sheets = sheets(report)?;
    archive(report, &content(&sheets))
        .map_err(|error| InputError::whole(AnswerFault::Unwritable { format: "ODS", detail: error.to_string() }))
}

fn archive(report: &Report, content: &str) -> io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let deflated = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let meta = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document-meta xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" office:version=\"1.3\"><office:meta><dc:title>{}</dc:title><dc:language>en-GB</dc:language>\
         </office:meta></office:document-meta>",
        escape(&clean(&report.title, 200))
    );
    // First and uncompressed, so that the file can be detected by its first bytes.
    for (name, text, options) in [
        ("mimetype", TYPE, stored),
        ("content.xml", content, deflated),
        ("styles.xml", STYLES, deflated),
        ("meta.xml", &meta, deflated),
        ("META-INF/manifest.xml", MANIFEST, deflated),
    ] {
        zip.start_file(name, options)?;
        zip.write_all(text.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

fn content(sheets: &[Sheet]) -> String {
    let mut xml = HEAD.to_owned();
    styles(&mut xml, sheets);
    xml.push_str("</office:automatic-styles><office:body><office:spreadsheet>");
    for sheet in sheets {
        fill(&mut xml, sheet);
    }
    xml.push_str("<table:database-ranges>");
    for sheet in sheets {
        let Some(table) = &sheet.table else { continue };
        let (first, last) = (sheet.header_row() + 1, sheet.header_row() + 1 + table.rows.len());
        let _ = write!(
            xml,
            "<table:database-range table:name=\"table_{name}\" table:target-range-address=\"{name}.A{first}:{name}.{}{last}\" \
             table:contains-header=\"true\" table:display-filter-buttons=\"false\"/>",
            column_name(table.columns.len()),
            name = sheet.name
        );
    }
    xml.push_str("</table:database-ranges></office:spreadsheet></office:body></office:document-content>");
    xml
}

fn styles(xml: &mut String, sheets: &[Sheet]) {
    xml.push_str(
        "<style:style style:name=\"title\" style:family=\"table-cell\"><style:text-properties fo:font-weight=\"bold\" fo:font-size=\"15pt\"/></style:style>\
         <style:style style:name=\"head\" style:family=\"table-cell\"><style:table-cell-properties fo:border-bottom=\"1pt solid #000000\"/>\
         <style:text-properties fo:font-weight=\"bold\"/></style:style>\
         <style:style style:name=\"wrap\" style:family=\"table-cell\"><style:table-cell-properties fo:wrap-option=\"wrap\" style:vertical-align=\"top\"/></style:style>\
         <style:style style:name=\"right\" style:family=\"table-cell\"><style:paragraph-properties fo:text-align=\"end\"/></style:style>",
    );
    for decimals in 0..=MAX_DECIMALS {
        let _ = write!(
            xml,
            "<number:number-style style:name=\"d{decimals}\"><number:number number:decimal-places=\"{decimals}\" \
             number:min-decimal-places=\"{decimals}\" number:min-integer-digits=\"1\" number:grouping=\"true\"/></number:number-style>\
             <style:style style:name=\"n{decimals}\" style:family=\"table-cell\" style:data-style-name=\"d{decimals}\"/>"
        );
    }
    let mut all: Vec<usize> = sheets.iter().flat_map(widths).collect();
    all.sort_unstable();
    all.dedup();
    for width in all {
        // A letter of 12 points is about 2.3 mm wide.
        let _ = write!(
            xml,
            "<style:style style:name=\"w{width}\" style:family=\"table-column\"><style:table-column-properties \
             style:column-width=\"{}mm\"/></style:style>",
            width * 23 / 10 + 3
        );
    }
}

fn fill(xml: &mut String, sheet: &Sheet) {
    let _ = write!(xml, "<table:table table:name=\"{}\">", escape(&sheet.name));
    for width in widths(sheet) {
        let _ = write!(xml, "<table:table-column table:style-name=\"w{width}\"/>");
    }
    for (row, line) in sheet.lines.iter().enumerate() {
        let style = match (row, &sheet.table) {
            (0, _) => "title",
            (_, None) => "wrap",
            _ => "Default",
        };
        xml.push_str("<table:table-row>");
        text(xml, style, line);
        xml.push_str("</table:table-row>");
    }
    if let Some(table) = &sheet.table {
        rows(xml, sheet, table);
    }
    xml.push_str("</table:table>");
}

fn rows(xml: &mut String, sheet: &Sheet, table: &Table) {
    xml.push_str("<table:table-header-rows><table:table-row>");
    for heading in headings(table) {
        text(xml, "head", &heading);
    }
    xml.push_str("</table:table-row></table:table-header-rows>");
    for row in &table.rows {
        xml.push_str("<table:table-row>");
        for (column, cell) in row.iter().enumerate() {
            let _ = match cell {
                Cell::Text(name) if sheet.links && column == 0 => write!(
                    xml,
                    "<table:table-cell office:value-type=\"string\"><text:p><text:a xlink:type=\"simple\" xlink:href=\"#{name}.A1\">{name}</text:a></text:p></table:table-cell>"
                ),
                Cell::Text(value) => {
                    text(xml, "wrap", value);
                    Ok(())
                }
                Cell::Count(count) => number(xml, 0, &count.to_string(), &grouped(&count.to_string())),
                Cell::Number(value, decimals) => {
                    number(xml, *decimals.min(&MAX_DECIMALS), &shortest(*value), &fixed(*value, *decimals))
                }
                Cell::Empty => write!(xml, "<table:table-cell/>"),
                other => {
                    text(xml, "right", &other.words());
                    Ok(())
                }
            };
        }
        xml.push_str("</table:table-row>");
    }
}

fn number(xml: &mut String, decimals: u32, value: &str, shown: &str) -> std::fmt::Result {
    write!(
        xml,
        "<table:table-cell table:style-name=\"n{decimals}\" office:value-type=\"float\" office:value=\"{value}\"><text:p>{shown}</text:p></table:table-cell>"
    )
}

/// Writes a cell of text. Repeated blanks are marked, because they would be read as one.
fn text(xml: &mut String, style: &str, value: &str) {
    let value = escape(&clean(value, MAX_CELL_LETTERS)).replace("  ", " <text:s/>");
    let _ = write!(
        xml,
        "<table:table-cell table:style-name=\"{style}\" office:value-type=\"string\"><text:p>{value}</text:p></table:table-cell>"
    );
}

/// Letters of a column by its number, from 1.
fn column_name(mut number: usize) -> String {
    let mut letters = Vec::new();
    while number > 0 {
        letters.push(b'A' + u8::try_from((number - 1) % 26).unwrap_or_default());
        number = (number - 1) / 26;
    }
    letters.iter().rev().map(|letter| char::from(*letter)).collect()
}
