//! What the sheets of an XLS workbook share.
//!
//! Input: the records before the sheets. Output: the list of worksheets, the shared texts and the number formats of cell
//! styles. What is kept is charged to the [`Budget`].

use std::io::{BufRead, Seek};

use crate::workbook::biff::{BIFF8, RecordReader, id};
use crate::workbook::dates::Format;
use crate::workbook::selection::Sheet;
use crate::workbook::xml::Budget;
use describe_options::{FileFault, FileKind, InputError, WorkbookFault};

/// Name of the part before the sheets, for errors.
const GLOBALS: &str = "Workbook";

/// Properties that the sheets of a workbook share.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) sheets: Vec<Sheet>,
    /// Place of each sheet in the stream.
    pub(super) places: Vec<u64>,
    /// Shared texts, concatenated.
    texts: Vec<u8>,
    /// End of each shared text in `texts`.
    ends: Vec<usize>,
    /// Identifiers and formats of the codes in the workbook, sorted at the end.
    codes: Vec<(u16, Format)>,
    /// Identifier of the number format of each cell style.
    styles: Vec<u16>,
    pub(super) since_1904: bool,
}

impl Book {
    /// Reads the records before the sheets.
    pub(super) fn read<S: BufRead + Seek>(records: &mut RecordReader<S>, budget: &Budget) -> Result<Self, InputError> {
        records.begin(GLOBALS, 0)?;
        if records.next()? != id::BOF {
            return Err(records.malformed());
        }
        if records.integer()? != BIFF8 {
            return Err(InputError::of_data(FileFault::Unsupported { kind: FileKind::Excel95 }));
        }
        let mut book = Self::default();
        loop {
            match records.next()? {
                id::FILE_PASS => return Err(InputError::of_data(WorkbookFault::Protected)),
                id::DATE_MODE => book.since_1904 = records.integer()? != 0,
                id::BOUND_SHEET => book.read_sheet_entry(records, budget)?,
                id::FORMAT => {
                    let (format, length, mut code) = (records.integer()?, records.integer()?, Vec::new());
                    records.text(length, &mut code)?;
                    budget.reserve(size_of::<(u16, Format)>())?;
                    book.codes.push((format, Format::of_code(&String::from_utf8_lossy(&code))));
                }
                id::XF => {
                    records.skip(2)?;
                    budget.reserve(size_of::<u16>())?;
                    book.styles.push(records.integer()?);
                }
                id::SST => book.read_texts(records, budget)?,
                id::EOF => break,
                _ => {}
            }
        }
        book.codes.sort_by_key(|(id, _)| *id);
        if book.sheets.is_empty() { Err(InputError::of_data(WorkbookFault::NoSheets)) } else { Ok(book) }
    }

    /// Adds a worksheet; chart sheets and the like are left out.
    fn read_sheet_entry<S: BufRead + Seek>(
        &mut self,
        records: &mut RecordReader<S>,
        budget: &Budget,
    ) -> Result<(), InputError> {
        let place = records.bytes().map(u32::from_le_bytes)?;
        let [state, kind, length] = records.bytes()?;
        if kind != 0 {
            return Ok(());
        }
        let mut name = Vec::new();
        records.text(u16::from(length), &mut name)?;
        budget.reserve(name.len() + size_of::<Sheet>() + size_of::<u64>())?;
        // The other bits of the state are reserved.
        self.sheets
            .push(Sheet { name: String::from_utf8_lossy(&name).into_owned(), visible: !matches!(state & 3, 1 | 2) });
        self.places.push(u64::from(place));
        Ok(())
    }

    /// Reads the shared texts.
    fn read_texts<S: BufRead + Seek>(
        &mut self,
        records: &mut RecordReader<S>,
        budget: &Budget,
    ) -> Result<(), InputError> {
        records.skip(4)?;
        let count = records.bytes().map(u32::from_le_bytes)?;
        for _ in 0..count {
            let (start, length) = (self.texts.len(), records.integer()?);
            records.text(length, &mut self.texts)?;
            budget.reserve(self.texts.len() - start + size_of::<usize>())?;
            self.ends.push(self.texts.len());
        }
        Ok(())
    }

    /// Shared text with the given index.
    pub(super) fn text(&self, index: usize) -> Option<&[u8]> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.texts.get(start..end)
    }

    /// Number format of a cell style.
    pub(super) fn format(&self, style: u16) -> Format {
        let Some(id) = self.styles.get(usize::from(style)) else { return Format::Number };
        let known = self.codes.binary_search_by_key(id, |(id, _)| *id);
        known.map_or_else(|_| Format::built_in(u64::from(*id)), |index| self.codes[index].1)
    }
}
