//! Writes XLSX with `rust_xlsxwriter`.

use rust_xlsxwriter::{
    DocProperties, Format, FormatAlign, Table as Marked, TableColumn, TableStyle, Url, Workbook, Worksheet, XlsxError,
};

use super::sheets::{MAX_CELL_LETTERS, Sheet, clean, headings, heights, number_format, sheets, widths};
use crate::report::{Cell, Report, Table};
use describe_options::{AnswerFault, InputError};

/// Writes a report as an XLSX workbook.
///
/// # Errors
/// A table has more rows or columns than a sheet.
pub fn write(report: &Report) -> Result<Vec<u8>, InputError> {
    let sheets = sheets(report)?;
    let made = workbook(report, &sheets).and_then(|mut workbook| workbook.save_to_buffer());
    made.map_err(|error| InputError::whole(AnswerFault::Unwritable { format: "XLSX", detail: error.to_string() }))
}

fn workbook(report: &Report, sheets: &[Sheet]) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&DocProperties::new().set_title(clean(&report.title, 200)));
    for sheet in sheets {
        fill(workbook.add_worksheet(), sheet)?;
    }
    Ok(workbook)
}

#[expect(clippy::cast_possible_truncation, reason = "a sheet's rows and columns were counted")]
fn fill(worksheet: &mut Worksheet, sheet: &Sheet) -> Result<(), XlsxError> {
    worksheet.set_name(&sheet.name)?;
    let title = Format::new().set_bold().set_font_size(15);
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for (row, line) in sheet.lines.iter().enumerate() {
        // Above a table a long line extends over the empty cells beside it.
        let plain = if sheet.table.is_some() { Format::default() } else { wrapped.clone() };
        let format = if row == 0 { title.clone() } else { plain };
        worksheet.write_string_with_format(row as u32, 0, clean(line, MAX_CELL_LETTERS), &format)?;
    }
    worksheet.set_landscape().set_print_fit_to_pages(1, 0);
    let widths = widths(sheet);
    for (column, width) in widths.iter().enumerate() {
        worksheet.set_column_width(column as u16, u32::try_from(*width).map_or(8.0, f64::from))?;
    }
    for (row, lines) in heights(sheet, &widths) {
        worksheet.set_row_height(row as u32, 15 * lines)?;
    }
    match &sheet.table {
        Some(table) => mark(worksheet, sheet, table),
        None => Ok(()),
    }
}

/// Writes the cells of a table and marks them as one table.
#[expect(clippy::cast_possible_truncation, reason = "a sheet's rows and columns were counted")]
fn mark(worksheet: &mut Worksheet, sheet: &Sheet, table: &Table) -> Result<(), XlsxError> {
    let first = sheet.header_row() as u32;
    let right = Format::new().set_align(FormatAlign::Right);
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for column in 0..table.columns.len() {
        let count = Format::new().set_num_format(number_format(0));
        for (row, cells) in table.rows.iter().enumerate() {
            let (at, place) = (first + 1 + row as u32, column as u16);
            match &cells[column] {
                Cell::Text(text) if sheet.links && column == 0 => {
                    let url = Url::new(format!("internal:'{text}'!A1")).set_text(text);
                    worksheet.write_url(at, place, url)?;
                }
                Cell::Text(text) => {
                    worksheet.write_string_with_format(at, place, clean(text, MAX_CELL_LETTERS), &wrapped)?;
                }
                #[expect(clippy::cast_precision_loss, reason = "a sheet's numbers are doubles")]
                Cell::Count(value) => {
                    worksheet.write_number_with_format(at, place, *value as f64, &count)?;
                }
                Cell::Number(value, decimals) => {
                    let number = Format::new().set_num_format(number_format(*decimals));
                    worksheet.write_number_with_format(at, place, *value, &number)?;
                }
                Cell::Empty => {}
                other => {
                    worksheet.write_string_with_format(at, place, other.words(), &right)?;
                }
            }
        }
    }
    if table.columns.is_empty() || table.rows.is_empty() {
        return Ok(());
    }
    let columns: Vec<_> = headings(table).into_iter().map(|name| TableColumn::new().set_header(name)).collect();
    let marked = Marked::new()
        .set_name(format!("table_{}", sheet.name))
        .set_columns(&columns)
        .set_autofilter(false)
        .set_style(TableStyle::Light1);
    let last = (first + table.rows.len() as u32, table.columns.len() as u16 - 1);
    worksheet.add_table(first, 0, last.0, last.1, &marked).map(|_| ())
}
