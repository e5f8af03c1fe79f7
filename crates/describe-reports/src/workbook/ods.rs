//! Writes ODS (OASIS `OpenDocument` 1.3): an archive with the cells as XML.

use std::fmt::Write as _;
use std::io::{self, Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::sheets::{
    BODY_POINTS, FONT, HEADING_POINTS, LANGUAGE, LineKind, Look, Sheet, TITLE_POINTS, Written, clean, headings, sheets,
    widths,
};
use crate::report::{Report, Table, shortest};
use crate::svg::escape;
use describe_options::{AnswerFault, InputError};

const TYPE: &str = "application/vnd.oasis.opendocument.spreadsheet";

const MANIFEST: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" manifest:version=\"1.3\">\
<manifest:file-entry manifest:full-path=\"/\" manifest:version=\"1.3\" manifest:media-type=\"application/vnd.oasis.opendocument.spreadsheet\"/>\
<manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/>\
<manifest:file-entry manifest:full-path=\"styles.xml\" manifest:media-type=\"text/xml\"/>\
<manifest:file-entry manifest:full-path=\"settings.xml\" manifest:media-type=\"text/xml\"/>\
<manifest:file-entry manifest:full-path=\"meta.xml\" manifest:media-type=\"text/xml\"/></manifest:manifest>";

/// Name spaces of the content and of the styles.
const NAME_SPACES: &str = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:number=\"urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0\" \
xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
office:version=\"1.3\"";

/// Page of the sheets: A4 across, as wide as the table.
const PAGE: &str = "<office:automatic-styles><style:page-layout style:name=\"page\"><style:page-layout-properties \
fo:page-width=\"297mm\" fo:page-height=\"210mm\" style:print-orientation=\"landscape\" fo:margin=\"15mm\" style:scale-to-X=\"1\" style:scale-to-Y=\"0\"/>\
</style:page-layout></office:automatic-styles><office:master-styles><style:master-page style:name=\"Default\" style:page-layout-name=\"page\"/>\
</office:master-styles>";

/// Maximum decimal places of a number format.
const MAX_DECIMALS: u32 = 15;

/// Writes a report as an ODS workbook.
///
/// # Errors
/// A table has more rows or columns than a sheet.
pub fn write(report: &Report) -> Result<Vec<u8>, InputError> {
    let sheets = sheets(report)?;
    archive(report, &sheets)
        .map_err(|error| InputError::whole(AnswerFault::Unwritable { format: "ODS", detail: error.to_string() }))
}

fn archive(report: &Report, sheets: &[Sheet]) -> io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let deflated = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    // First and uncompressed, so that the file can be detected by its first bytes.
    for (name, text, options) in [
        ("mimetype", TYPE, stored),
        ("content.xml", &content(sheets), deflated),
        ("styles.xml", &styles(), deflated),
        ("settings.xml", &settings(sheets), deflated),
        ("meta.xml", &meta(report), deflated),
        ("META-INF/manifest.xml", MANIFEST, deflated),
    ] {
        zip.start_file(name, options)?;
        zip.write_all(text.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

fn meta(report: &Report) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document-meta xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" office:version=\"1.3\"><office:meta><dc:title>{}</dc:title><dc:language>{}</dc:language>\
         </office:meta></office:document-meta>",
        escape(&clean(&report.title, 200)),
        LANGUAGE.join("-")
    )
}

/// Styles that have names for people, and the page.
fn styles() -> String {
    let [language, country] = LANGUAGE;
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document-styles {NAME_SPACES}><office:styles>\
         <style:default-style style:family=\"table-cell\"><style:text-properties fo:font-family=\"{FONT}\" fo:font-size=\"{BODY_POINTS}pt\" \
         fo:language=\"{language}\" fo:country=\"{country}\"/></style:default-style>\
         <style:style style:name=\"Default\" style:family=\"table-cell\"/>"
    );
    for (name, points) in [("Title", TITLE_POINTS), ("Heading", HEADING_POINTS)] {
        let _ = write!(
            xml,
            "<style:style style:name=\"{name}\" style:family=\"table-cell\" style:parent-style-name=\"Default\">\
             <style:text-properties fo:font-size=\"{points}pt\" fo:font-weight=\"bold\"/></style:style>"
        );
    }
    xml + "</office:styles>" + PAGE + "</office:document-styles>"
}

/// Panes of each table that stay where they are: its header row, the lines above, and its labels.
fn settings(sheets: &[Sheet]) -> String {
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document-settings \
         xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" xmlns:config=\"urn:oasis:names:tc:opendocument:xmlns:config:1.0\" \
         xmlns:ooo=\"http://openoffice.org/2004/office\" office:version=\"1.3\"><office:settings>\
         <config:config-item-set config:name=\"ooo:view-settings\"><config:config-item-map-indexed config:name=\"Views\">\
         <config:config-item-map-entry><config:config-item config:name=\"ViewId\" config:type=\"string\">view1</config:config-item>\
         <config:config-item-map-named config:name=\"Tables\">"
        .to_owned();
    for sheet in sheets {
        let Some(table) = &sheet.table else { continue };
        let _ = write!(xml, "<config:config-item-map-entry config:name=\"{}\">", escape(&sheet.name));
        let (columns, rows) = (table.labels, sheet.header_row() + 1);
        for (name, value) in [
            ("HorizontalSplitMode", if columns > 0 { 2 } else { 0 }),
            ("VerticalSplitMode", 2),
            ("HorizontalSplitPosition", columns),
            ("VerticalSplitPosition", rows),
            ("ActiveSplitRange", if columns > 0 { 3 } else { 2 }),
            ("PositionRight", columns),
            ("PositionBottom", rows),
        ] {
            let kind = if name.starts_with("Position") || name.ends_with("Position") { "int" } else { "short" };
            let _ = write!(
                xml,
                "<config:config-item config:name=\"{name}\" config:type=\"{kind}\">{value}</config:config-item>"
            );
        }
        xml.push_str("</config:config-item-map-entry>");
    }
    xml + "</config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set>\
           </office:settings></office:document-settings>"
}

fn content(sheets: &[Sheet]) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document-content {NAME_SPACES}><office:automatic-styles>"
    );
    automatic_styles(&mut xml, sheets);
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

/// Rows of totals: the first has a line above it.
const TOTALS: [(&str, &str, &str); 3] = [
    ("", "", ""),
    ("_total", "", " fo:font-weight=\"bold\""),
    ("_first_total", " fo:border-top=\"1pt solid #000000\"", " fo:font-weight=\"bold\""),
];

fn automatic_styles(xml: &mut String, sheets: &[Sheet]) {
    xml.push_str(
        "<style:style style:name=\"sheet\" style:family=\"table\" style:master-page-name=\"Default\"><style:table-properties table:display=\"true\"/></style:style>\
         <style:style style:name=\"wrap\" style:family=\"table-cell\" style:parent-style-name=\"Default\">\
         <style:table-cell-properties fo:wrap-option=\"wrap\" style:vertical-align=\"top\"/></style:style>",
    );
    for (name, align) in [("head_left", "start"), ("head_right", "end")] {
        let _ = write!(
            xml,
            "<style:style style:name=\"{name}\" style:family=\"table-cell\" style:parent-style-name=\"Default\"><style:table-cell-properties \
             fo:border-bottom=\"1pt solid #000000\" fo:wrap-option=\"wrap\" style:text-align-source=\"fix\"/>\
             <style:paragraph-properties fo:text-align=\"{align}\"/><style:text-properties fo:font-weight=\"bold\"/></style:style>"
        );
    }
    let looks = (0..=MAX_DECIMALS).flat_map(|decimals| [Look::Number(decimals), Look::Change(decimals)]);
    for look in looks.chain([Look::Left, Look::Right, Look::Name, Look::Scientific]) {
        let name = style(look);
        let data = data_style(xml, look);
        let align = if look.is_right() { "end" } else { "start" };
        let wrap = if look == Look::Left { "wrap" } else { "no-wrap" };
        for (suffix, border, weight) in TOTALS {
            let _ = write!(
                xml,
                "<style:style style:name=\"{name}{suffix}\" style:family=\"table-cell\" style:parent-style-name=\"Default\"{data}>\
                 <style:table-cell-properties fo:wrap-option=\"{wrap}\" style:vertical-align=\"top\" style:text-align-source=\"fix\"{border}/>\
                 <style:paragraph-properties fo:text-align=\"{align}\"/><style:text-properties{weight}/></style:style>"
            );
        }
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

/// Name of the style of a look.
fn style(look: Look) -> String {
    match look {
        Look::Left => "left".to_owned(),
        Look::Right => "right".to_owned(),
        Look::Name => "name".to_owned(),
        Look::Number(decimals) => format!("number{}", decimals.min(MAX_DECIMALS)),
        Look::Change(decimals) => format!("change{}", decimals.min(MAX_DECIMALS)),
        Look::Scientific => "scientific".to_owned(),
    }
}

/// Writes the number format of a look and returns the attribute that names it.
fn data_style(xml: &mut String, look: Look) -> String {
    let name = format!("{}_format", style(look));
    let digits = |decimals: u32, grouping: bool| {
        format!(
            "<number:number number:decimal-places=\"{decimals}\" number:min-decimal-places=\"{decimals}\" number:min-integer-digits=\"1\" \
             number:grouping=\"{grouping}\"/>"
        )
    };
    let _ = match look {
        Look::Left | Look::Right => return String::new(),
        Look::Name => {
            write!(xml, "<number:number-style style:name=\"{name}\">{}</number:number-style>", digits(0, false))
        }
        Look::Number(decimals) => {
            write!(xml, "<number:number-style style:name=\"{name}\">{}</number:number-style>", digits(decimals, true))
        }
        Look::Change(decimals) => {
            let digits = digits(decimals, true);
            let signs = [("up", "+", "&gt;"), ("down", "-", "&lt;")];
            for (suffix, sign, _) in signs {
                let _ = write!(
                    xml,
                    "<number:number-style style:name=\"{name}_{suffix}\" style:volatile=\"true\"><number:text>{sign}</number:text>{digits}\
                     </number:number-style>"
                );
            }
            let maps = signs.map(|(suffix, _, is)| {
                format!("<style:map style:condition=\"value(){is}0\" style:apply-style-name=\"{name}_{suffix}\"/>")
            });
            write!(xml, "<number:number-style style:name=\"{name}\">{digits}{}</number:number-style>", maps.concat())
        }
        Look::Scientific => write!(
            xml,
            "<number:number-style style:name=\"{name}\"><number:scientific-number number:decimal-places=\"3\" number:min-decimal-places=\"3\" \
             number:min-integer-digits=\"1\" number:min-exponent-digits=\"2\"/></number:number-style>"
        ),
    };
    format!(" style:data-style-name=\"{name}\"")
}

fn fill(xml: &mut String, sheet: &Sheet) {
    let _ = write!(xml, "<table:table table:name=\"{}\" table:style-name=\"sheet\">", escape(&sheet.name));
    for width in widths(sheet) {
        let _ = write!(xml, "<table:table-column table:style-name=\"w{width}\"/>");
    }
    for line in &sheet.lines {
        let style = match line.kind {
            LineKind::Title => "Title",
            LineKind::Heading => "Heading",
            // Above a table a long line extends over the empty cells beside it.
            LineKind::Text if sheet.table.is_some() => "Default",
            LineKind::Text => "wrap",
        };
        xml.push_str("<table:table-row>");
        text(xml, style, &escaped(&line.text));
        xml.push_str("</table:table-row>");
    }
    if let Some(table) = &sheet.table {
        rows(xml, sheet, table);
    }
    xml.push_str("</table:table>");
}

fn rows(xml: &mut String, sheet: &Sheet, table: &Table) {
    xml.push_str("<table:table-header-rows><table:table-row>");
    for (heading, is_numeric) in headings(table).iter().zip(&sheet.numeric) {
        text(xml, if *is_numeric { "head_right" } else { "head_left" }, &escaped(heading));
    }
    xml.push_str("</table:table-row></table:table-header-rows>");
    let first_total = table.rows.len() - table.totals;
    for (row, cells) in table.rows.iter().enumerate() {
        xml.push_str("<table:table-row>");
        let (suffix, ..) = TOTALS[usize::from(row >= first_total) + usize::from(row == first_total)];
        for (column, cell) in cells.iter().enumerate() {
            let Written { number, text: shown, look } = sheet.written(cell, column);
            let (style, shown) = (style(look) + suffix, escaped(&shown));
            match number {
                Some(number) => {
                    let _ = write!(
                        xml,
                        "<table:table-cell table:style-name=\"{style}\" office:value-type=\"float\" office:value=\"{}\"><text:p>{shown}</text:p></table:table-cell>",
                        shortest(number)
                    );
                }
                None if sheet.links && column == 0 => {
                    let link = format!("<text:a xlink:type=\"simple\" xlink:href=\"#{shown}.A1\">{shown}</text:a>");
                    text(xml, &style, &link);
                }
                None => text(xml, &style, &shown),
            }
        }
        xml.push_str("</table:table-row>");
    }
}

/// Writes a cell of text.
fn text(xml: &mut String, style: &str, content: &str) {
    let _ = write!(
        xml,
        "<table:table-cell table:style-name=\"{style}\" office:value-type=\"string\"><text:p>{content}</text:p></table:table-cell>"
    );
}

/// A text in XML. Repeated blanks are marked, because they would be read as one.
fn escaped(value: &str) -> String {
    escape(value).replace("  ", " <text:s/>")
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
