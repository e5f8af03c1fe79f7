//! Writes XLSX with `rust_xlsxwriter`.

use std::io::{self, Cursor, Read, Write};

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Table as Marked, TableColumn, TableStyle, Url,
    Workbook, Worksheet, XlsxError,
};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::sheets::{
    BODY_POINTS, FONT, HEADING_POINTS, LANGUAGE, LineKind, Look, Sheet, TITLE_POINTS, Written, clean, headings,
    heights, sheets, widths,
};
use crate::report::{Report, Table};
use crate::words;
use describe_options::{AnswerFault, InputError};

/// Height of a line of the body in points, and in the pixels in which the library has it; its width of a column.
const LINE_POINTS: u16 = 16;
const LINE_PIXELS: u32 = 21;
const COLUMN_PIXELS: u32 = 80;

/// Paper of the sheets: A4.
const PAPER: u8 = 9;

/// Writes a report as an XLSX workbook.
///
/// # Errors
/// A table has more rows or columns than a sheet.
pub fn write(report: &Report) -> Result<Vec<u8>, InputError> {
    let sheets = sheets(report)?;
    let unwritable = |detail| InputError::whole(AnswerFault::Unwritable { format: "XLSX", detail });
    let book = workbook(report, &sheets).and_then(|mut workbook| workbook.save_to_buffer());
    completed(book.map_err(|error| unwritable(error.to_string()))?).map_err(|error| unwritable(error.to_string()))
}

/// Changes the text of a part of a workbook.
type Change = fn(&str) -> String;

/// Adds what the library has no words for: the language of the workbook, and names for the styles of titles and headings, by which
/// programs find them.
fn completed(book: Vec<u8>) -> io::Result<Vec<u8>> {
    let changes: [(&str, Change); 2] = [("docProps/core.xml", with_language), ("xl/styles.xml", with_styles)];
    let mut archive = ZipArchive::new(Cursor::new(book))?;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for place in 0..archive.len() {
        let part = archive.by_index_raw(place)?;
        let name = part.name()?;
        if changes.iter().all(|(changed, _)| name != *changed) {
            zip.raw_copy_file(part)?;
        }
    }
    for (name, change) in changes {
        let mut text = String::new();
        archive.by_name(name)?.read_to_string(&mut text)?;
        zip.start_file(name, SimpleFileOptions::default())?;
        zip.write_all(change(&text).as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

fn with_language(properties: &str) -> String {
    let language = format!("<dc:language>{}</dc:language></cp:coreProperties>", LANGUAGE.join("-"));
    properties.replace("</cp:coreProperties>", &language)
}

fn with_styles(styles: &str) -> String {
    let titled = with_style(styles, "Title", 15, TITLE_POINTS);
    with_style(&titled, "Heading 1", 16, HEADING_POINTS)
}

/// The styles of a workbook with a name for that of the cells with letters of this size. `builtin` is its number in ECMA-376, 18.8.7.
/// Unchanged if no letters have this size.
fn with_style(styles: &str, name: &str, builtin: u8, points: u8) -> String {
    let size = format!("<sz val=\"{points}\"/>");
    let Some(font) = styles.split("<font>").skip(1).position(|font| font.contains(&size)) else {
        return styles.to_owned();
    };
    let (styles, place) = with_one_more(
        styles,
        "cellStyleXfs",
        &format!("<xf numFmtId=\"0\" fontId=\"{font}\" fillId=\"0\" borderId=\"0\"/>"),
    );
    let style = format!("<cellStyle name=\"{name}\" xfId=\"{place}\" builtinId=\"{builtin}\"/>");
    let (styles, _) = with_one_more(&styles, "cellStyles", &style);
    let cells = |place| format!("fontId=\"{font}\" fillId=\"0\" borderId=\"0\" xfId=\"{place}\"");
    styles.replace(&cells(0), &cells(place))
}

/// A text of XML with one more item at the end of a list that counts its items; and the number of those before it.
fn with_one_more(text: &str, list: &str, item: &str) -> (String, usize) {
    let (before, rest) = text.split_once(&format!("<{list} count=\"")).unwrap_or((text, ""));
    let (count, rest) = rest.split_once('"').unwrap_or(("", rest));
    let count: usize = count.parse().unwrap_or_default();
    let end = format!("</{list}>");
    let rest = rest.replacen(&end, &format!("{item}{end}"), 1);
    (format!("{before}<{list} count=\"{}\"{rest}", count + 1), count)
}

fn workbook(report: &Report, sheets: &[Sheet]) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_default_format(&body(), LINE_PIXELS, COLUMN_PIXELS)?;
    let title = clean(&report.title, 200);
    workbook.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&made(report)?));
    for sheet in sheets {
        fill(workbook.add_worksheet(), sheet)?;
    }
    Ok(workbook)
}

/// Time of the stamp, or a fixed one without a stamp: equal reports are equal files.
fn made(report: &Report) -> Result<ExcelDateTime, XlsxError> {
    let time = report.stamp.iter().find(|(name, _)| name == words::TIME).map(|(_, time)| time.trim_end_matches('Z'));
    ExcelDateTime::parse_from_str(time.unwrap_or("1980-01-01T00:00:00"))
}

fn body() -> Format {
    Format::new().set_font_name(FONT).set_font_size(BODY_POINTS)
}

#[expect(clippy::cast_possible_truncation, reason = "a sheet's rows and columns were counted")]
fn fill(worksheet: &mut Worksheet, sheet: &Sheet) -> Result<(), XlsxError> {
    worksheet.set_name(&sheet.name)?.set_landscape().set_paper_size(PAPER).set_print_fit_to_pages(1, 0);
    let widths = widths(sheet);
    for (column, width) in widths.iter().enumerate() {
        worksheet.set_column_width(column as u16, u32::try_from(*width).map_or(8.0, f64::from))?;
    }
    for (row, lines) in heights(sheet, &widths) {
        worksheet.set_row_height(row as u32, LINE_POINTS * lines)?;
    }
    for (row, line) in sheet.lines.iter().enumerate() {
        let format = match line.kind {
            LineKind::Title => body().set_bold().set_font_size(TITLE_POINTS),
            LineKind::Heading => body().set_bold().set_font_size(HEADING_POINTS),
            // Above a table a long line extends over the empty cells beside it.
            LineKind::Text if sheet.table.is_some() => body(),
            LineKind::Text => body().set_text_wrap().set_align(FormatAlign::Top),
        };
        worksheet.write_string_with_format(row as u32, 0, &*line.text, &format)?;
    }
    match &sheet.table {
        Some(table) => mark(worksheet, sheet, table),
        None => Ok(()),
    }
}

/// Writes the cells of a table and marks them as one table.
#[expect(clippy::cast_possible_truncation, reason = "a sheet's rows and columns were counted")]
fn mark(worksheet: &mut Worksheet, sheet: &Sheet, table: &Table) -> Result<(), XlsxError> {
    let header = sheet.header_row() as u32;
    worksheet.set_freeze_panes(header + 1, table.labels as u16)?.set_repeat_rows(header, header)?;
    if table.columns.is_empty() || table.rows.is_empty() {
        return Ok(());
    }
    let columns = headings(table).into_iter().zip(&sheet.numeric).map(|(heading, is_numeric)| {
        let align = if *is_numeric { FormatAlign::Right } else { FormatAlign::Left };
        let format = body().set_bold().set_text_wrap().set_align(align).set_border_bottom(FormatBorder::Thin);
        TableColumn::new().set_header(heading).set_header_format(format)
    });
    let marked = Marked::new()
        .set_name(format!("table_{}", sheet.name))
        .set_columns(&columns.collect::<Vec<_>>())
        .set_autofilter(false)
        .set_style(TableStyle::None);
    let last = (header + table.rows.len() as u32, table.columns.len() as u16 - 1);
    worksheet.add_table(header, 0, last.0, last.1, &marked)?;
    let first_total = table.rows.len() - table.totals;
    for (row, cells) in table.rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let Written { number, text, look } = sheet.written(cell, column);
            let (at, place) = (header + 1 + row as u32, column as u16);
            let mut format = formatted(look);
            if row >= first_total {
                format = format.set_bold();
            }
            if row == first_total {
                format = format.set_border_top(FormatBorder::Thin);
            }
            match number {
                Some(number) => worksheet.write_number_with_format(at, place, number, &format)?,
                None if sheet.links && column == 0 => {
                    let url = Url::new(format!("internal:'{text}'!A1")).set_text(text);
                    worksheet.write_url_with_format(at, place, url, &format.set_hyperlink())?
                }
                None => worksheet.write_string_with_format(at, place, text, &format)?,
            };
        }
    }
    Ok(())
}

fn formatted(look: Look) -> Format {
    let align = if look.is_right() { FormatAlign::Right } else { FormatAlign::Left };
    let format = body().set_align(align).set_align(FormatAlign::Top);
    let places = |places: u32| if places == 0 { String::new() } else { format!(".{}", "0".repeat(places as usize)) };
    match look {
        Look::Left => format.set_text_wrap(),
        Look::Right => format,
        Look::Name => format.set_num_format("0"),
        Look::Number(decimals) => format.set_num_format(format!("#,##0{}", places(decimals))),
        Look::Change(decimals) => {
            let digits = format!("#,##0{}", places(decimals));
            format.set_num_format(format!("+{digits};-{digits};{digits}"))
        }
        Look::Scientific => format.set_num_format("0.000E+00"),
    }
}
