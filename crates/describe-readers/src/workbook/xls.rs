//! Reader of XLS sheets (MS-XLS: BIFF8, of Excel 97 to 2003).
//!
//! Input: the stream of a workbook. Output: the rows of one sheet, passed to [`Rows`]. What the sheets share comes first, then
//! each sheet at its place in the stream. The sizes that a sheet claims are not used.

mod book;

use std::io::{BufRead, Seek};

use self::book::Book;
use super::biff::{BIFF8, RecordReader, id};
use super::dates::{self, Format};
use super::rows::{MergedRange, Row, Rows, Value, fifteen_digits};
use super::selection::{Selection, Sheet};
use describe_options::{InputError, WorkbookFault, excerpt};

/// Maximum number of columns of a sheet; the number of rows is bounded by the 16 bits that it has.
const MAX_COLUMNS: u16 = 256;

/// Kind of a worksheet in a BOF record.
const WORKSHEET: u16 = 0x0010;

/// Reads the selected sheets of a workbook.
pub(super) fn read<S: BufRead + Seek>(
    records: &mut RecordReader<S>,
    selection: &mut Selection,
) -> Result<(), InputError> {
    let book = Book::read(records, selection.budget)?;
    selection.request(&book.sheets)?;
    loop {
        for (index, (sheet, place)) in book.sheets.iter().zip(&book.places).enumerate() {
            selection.visit(index, sheet, |rows| read_sheet(records, &book, sheet, *place, rows))?;
        }
        if !selection.end_pass() {
            return Ok(());
        }
    }
}

/// Begins to read a sheet.
fn begin<S: BufRead + Seek>(records: &mut RecordReader<S>, sheet: &Sheet, place: u64) -> Result<(), InputError> {
    records.begin(&excerpt(sheet.name.as_bytes()), place)?;
    let is_sheet = records.next()? == id::BOF && records.integer()? == BIFF8 && records.integer()? == WORKSHEET;
    if is_sheet { Ok(()) } else { Err(records.fault(|part| WorkbookFault::NotASheet { part })) }
}

/// Next record of a sheet, without those of the charts in it; `None` at its end.
fn next_of_sheet<S: BufRead + Seek>(records: &mut RecordReader<S>) -> Result<Option<u16>, InputError> {
    let mut depth = 0_usize;
    loop {
        match records.next()? {
            id::BOF => depth += 1,
            id::EOF if depth == 0 => return Ok(None),
            id::EOF => depth -= 1,
            id if depth == 0 => return Ok(Some(id)),
            _ => {}
        }
    }
}

fn read_sheet<S: BufRead + Seek>(
    records: &mut RecordReader<S>,
    book: &Book,
    sheet: &Sheet,
    place: u64,
    rows: &mut Rows,
) -> Result<(), InputError> {
    if rows.needs_merges() {
        rows.budget.uncounted(|| read_merges(records, sheet, place, rows))?;
    }
    begin(records, sheet, place)?;
    let mut cursor = SheetCursor::default();
    while let Some(id) = next_of_sheet(records)? {
        cursor.record(records, id, book, rows)?;
        if rows.done {
            return Ok(());
        }
    }
    cursor.end_row(rows)
}

/// Reads the ranges of merged cells, which come after the rows.
fn read_merges<S: BufRead + Seek>(
    records: &mut RecordReader<S>,
    sheet: &Sheet,
    place: u64,
    rows: &mut Rows,
) -> Result<(), InputError> {
    begin(records, sheet, place)?;
    while let Some(id) = next_of_sheet(records)? {
        if id != id::MERGED_CELLS {
            continue;
        }
        for _ in 0..records.integer()? {
            let (first_row, last_row) = (records.integer()?.into(), records.integer()?.into());
            let (first_column, last_column) = (records.integer()?.into(), records.integer()?.into());
            rows.merges.add(MergedRange { first_row, last_row, first_column, last_column }, rows.budget)?;
        }
    }
    rows.merges.sort();
    Ok(())
}

/// Position in a sheet, with the current row.
#[derive(Default)]
struct SheetCursor {
    /// Current row, numbered from 0.
    row: u64,
    cells: Row,
    /// Column of the formula whose text comes in a record of its own.
    formula: Option<usize>,
    text: Vec<u8>,
}

impl SheetCursor {
    /// Reads a record, which may be that of a cell.
    fn record<S: BufRead + Seek>(
        &mut self,
        records: &mut RecordReader<S>,
        id: u16,
        book: &Book,
        rows: &mut Rows,
    ) -> Result<(), InputError> {
        match id {
            id::STRING => return self.formula_text(records, rows),
            id::FORMULA
            | id::MUL_RK
            | id::R_STRING
            | id::LABEL_SST
            | id::NUMBER
            | id::LABEL
            | id::BOOL_ERR
            | id::RK => {}
            _ => return Ok(()),
        }
        self.begin_row(records, rows)?;
        let column = records.integer()?;
        if id == id::MUL_RK {
            return self.numbers(records, column, book, rows);
        }
        let column = self.column(records, column)?;
        let style = records.integer()?;
        let value = match id {
            id::FORMULA => return self.formula(records, column, style, book, rows),
            id::LABEL_SST => {
                let index = records.bytes().map(u32::from_le_bytes)? as usize;
                let text = book.text(index).ok_or_else(|| records.fault(|part| WorkbookFault::SharedText { part }))?;
                self.cells.text(text, rows)?
            }
            id::LABEL | id::R_STRING => {
                self.read_text(records)?;
                self.cells.text(&self.text, rows)?
            }
            id::BOOL_ERR => {
                let [value, is_error] = records.bytes()?;
                self.truth_or_error(records, value, is_error != 0, rows)?
            }
            id::RK => {
                let number = packed(records.bytes().map(u32::from_le_bytes)?);
                self.number(number, style, book, rows)?
            }
            _ => {
                let number = records.bytes().map(f64::from_le_bytes)?;
                self.number(number, style, book, rows)?
            }
        };
        self.cells.put(column, value, rows)
    }

    /// Begins the row of a cell, if it is another one than that of the cell before.
    fn begin_row<S: BufRead + Seek>(
        &mut self,
        records: &mut RecordReader<S>,
        rows: &mut Rows,
    ) -> Result<(), InputError> {
        let row = u64::from(records.integer()?);
        records.row = Some(row + 1);
        if row < self.row {
            return Err(records.fault(|part| WorkbookFault::RowOrder { part, row: row + 1 }));
        }
        if row > self.row {
            self.end_row(rows)?;
            self.row = row;
        }
        Ok(())
    }

    fn end_row(&mut self, rows: &mut Rows) -> Result<(), InputError> {
        self.formula = None;
        rows.row(self.row, &self.cells, 1)?;
        self.cells.clear();
        Ok(())
    }

    /// Column of a cell.
    fn column<S: BufRead + Seek>(&self, records: &RecordReader<S>, column: u16) -> Result<usize, InputError> {
        if column < MAX_COLUMNS {
            return Ok(usize::from(column));
        }
        let reference = format!("R{}C{}", self.row + 1, u32::from(column) + 1);
        Err(records.fault(|part| WorkbookFault::CellReference { part, reference }))
    }

    /// Reads cells with numbers beside each other, from `first` on.
    fn numbers<S: BufRead + Seek>(
        &mut self,
        records: &mut RecordReader<S>,
        first: u16,
        book: &Book,
        rows: &Rows,
    ) -> Result<(), InputError> {
        const CELL_BYTES: usize = size_of::<u16>() + size_of::<u32>();
        let mut column = first;
        // Behind the cells stands the last column.
        while records.left() >= CELL_BYTES {
            let style = records.integer()?;
            let number = packed(records.bytes().map(u32::from_le_bytes)?);
            let value = self.number(number, style, book, rows)?;
            self.cells.put(self.column(records, column)?, value, rows)?;
            column = column.saturating_add(1);
        }
        Ok(())
    }

    /// Reads the stored value of a formula.
    fn formula<S: BufRead + Seek>(
        &mut self,
        records: &mut RecordReader<S>,
        column: usize,
        style: u16,
        book: &Book,
        rows: &Rows,
    ) -> Result<(), InputError> {
        let stored: [u8; 8] = records.bytes()?;
        self.formula = None;
        let value = match stored {
            [0, .., 0xff, 0xff] => {
                // Until its text has come.
                self.formula = Some(column);
                Value::Uncalculated
            }
            [kind @ (1 | 2), _, value, .., 0xff, 0xff] => self.truth_or_error(records, value, kind == 2, rows)?,
            // An empty text.
            [3, .., 0xff, 0xff] => Value::Empty,
            [.., 0xff, 0xff] => return Err(records.malformed()),
            stored => self.number(f64::from_le_bytes(stored), style, book, rows)?,
        };
        self.cells.put(column, value, rows)
    }

    /// Reads the text of the formula before.
    fn formula_text<S: BufRead + Seek>(
        &mut self,
        records: &mut RecordReader<S>,
        rows: &Rows,
    ) -> Result<(), InputError> {
        let Some(column) = self.formula.take() else { return Ok(()) };
        self.read_text(records)?;
        let value = self.cells.text(&self.text, rows)?;
        self.cells.cells[column] = value;
        Ok(())
    }

    fn read_text<S: BufRead + Seek>(&mut self, records: &mut RecordReader<S>) -> Result<(), InputError> {
        self.text.clear();
        let length = records.integer()?;
        records.text(length, &mut self.text)
    }

    /// Value of a number: a date if the style of its cell is one.
    fn number(&mut self, number: f64, style: u16, book: &Book, rows: &Rows) -> Result<Value, InputError> {
        match (fifteen_digits(number), book.format(style)) {
            (None, _) => self.cells.text(number.to_string().as_bytes(), rows),
            (Some(number), Format::Number) => Ok(Value::Number(number)),
            (Some(number), format) => {
                let date = dates::from_days(number.to_f64(), format, book.since_1904);
                self.cells.text(date.as_bytes(), rows)
            }
        }
    }

    fn truth_or_error<S: BufRead + Seek>(
        &mut self,
        records: &RecordReader<S>,
        value: u8,
        is_error: bool,
        rows: &Rows,
    ) -> Result<Value, InputError> {
        let text: &[u8] = match (is_error, value) {
            (false, 0) => b"false",
            (false, 1) => b"true",
            (true, 0x00) => b"#NULL!",
            (true, 0x07) => b"#DIV/0!",
            (true, 0x0f) => b"#VALUE!",
            (true, 0x17) => b"#REF!",
            (true, 0x1d) => b"#NAME?",
            (true, 0x24) => b"#NUM!",
            (true, 0x2a) => b"#N/A",
            (true, 0x2b) => b"#GETTING_DATA",
            _ => return Err(records.malformed()),
        };
        self.cells.text(text, rows)
    }
}

/// Number in four bytes (MS-XLS, 2.5.217): the first half of a double, or an integer, either of them divided by 100 or not.
fn packed(bits: u32) -> f64 {
    const IS_HUNDREDFOLD: u32 = 1;
    const IS_INTEGER: u32 = 2;
    let number = if bits & IS_INTEGER == 0 {
        f64::from_bits(u64::from(bits & !3) << 32)
    } else {
        f64::from(bits.cast_signed() >> 2)
    };
    if bits & IS_HUNDREDFOLD == 0 { number } else { number / 100.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_numbers() {
        for (bits, number) in [
            (0x3ff0_0000, 1.0),
            (0x3ff0_0001, 0.01),
            (0x0000_0006, 1.0),
            (0xffff_fffe, -1.0),
            (0xffff_ffff, -0.01),
            (0x0000_4093 << 2 | 3, 165.31),
        ] {
            assert_eq!(packed(bits), number, "{bits:x}");
        }
    }
}
