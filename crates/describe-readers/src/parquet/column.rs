//! Reader of a Parquet column in one row group.
//!
//! Input: the pages of the column. Output: batches of cells. Invariants: a value of a dictionary is converted once, and pages of
//! indexes give the indexes of its cells; a column may have both such pages and pages of values.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::Encoding;
use parquet::column::page::Page;
use parquet::errors::Result as PageResult;
use parquet::schema::types::{ColumnDescPtr, ColumnDescriptor};

use super::cells::{CellBatch, ColumnType};
use super::errors::from_crate;
use super::index_page::IndexPage;
use super::queue::{PageQueue, PageSender};
use crate::errors::too_long;
use crate::limits::Limits;
use crate::table::{Cell, Coded};
use describe_options::{InputError, ParquetFault};

/// Number of values of a dictionary that are converted before it is checked whether the task may go on.
const DICTIONARY_BATCH: usize = 4096;

/// Column of a row group.
pub(super) struct Column {
    descriptor: ColumnDescPtr,
    value_type: ColumnType,
    pages: Box<dyn Iterator<Item = PageResult<Page>>>,
    may_expand: bool,
    /// Cells of the batch from pages of values.
    values: CellBatch,
    value_pages: PageSender,
    /// Current page of indexes.
    index_page: IndexPage,
    /// Whether the current page has indexes.
    is_indexed: bool,
    /// Cells of the dictionary.
    dictionary: Option<CellBatch>,
    /// For each row of the batch, if there is a dictionary: an index in it; its length for a missing cell; above that the index of a
    /// cell of `values`.
    codes: Vec<u32>,
}

impl Column {
    /// Column with these pages; `may_expand` says whether few bytes of them may decode to many.
    pub(super) fn new(
        descriptor: ColumnDescPtr,
        value_type: ColumnType,
        pages: impl Iterator<Item = PageResult<Page>> + 'static,
        may_expand: bool,
    ) -> Self {
        let (value_pages, queue) = PageQueue::new();
        let values = CellBatch::new(Arc::clone(&descriptor), value_type, queue);
        Self {
            descriptor,
            value_type,
            pages: Box::new(pages),
            may_expand,
            values,
            value_pages,
            index_page: IndexPage::default(),
            is_indexed: false,
            dictionary: None,
            codes: Vec::new(),
        }
    }

    /// Whether few bytes may decode to many.
    pub(super) fn may_expand(&self) -> bool {
        self.may_expand
    }

    /// Reads the next `rows` rows.
    ///
    /// # Errors
    /// Fewer rows, a malformed page, a value of too many bytes, an exceeded limit.
    pub(super) fn read(&mut self, rows: usize, limits: &Limits) -> Result<(), InputError> {
        self.values.clear();
        self.codes.clear();
        let mut left = rows;
        while left > 0 {
            let read = if self.is_indexed { self.read_indexes(left) } else { self.read_values(left, limits.cell) }?;
            left -= read;
            if read == 0 {
                self.next_page(limits)?;
            }
        }
        let is_too_long = |dictionary: &CellBatch| {
            dictionary.has_too_long() && self.codes.iter().any(|code| dictionary.is_too_long(*code as usize))
        };
        if self.values.has_too_long() || self.dictionary.as_ref().is_some_and(is_too_long) {
            return Err(too_long(limits.cell));
        }
        Ok(())
    }

    /// Reads at most `rows` rows of the current page of values. Returns their number.
    fn read_values(&mut self, rows: usize, max_bytes: usize) -> Result<usize, InputError> {
        let read = self.values.read(rows, max_bytes)?;
        self.code_values(read);
        Ok(read)
    }

    /// Appends the codes of the last cells of values, if there is a dictionary.
    fn code_values(&mut self, cells: usize) {
        if let Some(dictionary) = &self.dictionary {
            let end = dictionary.len() + 1 + self.values.len();
            self.codes.extend((end - cells..end).map(|code| u32::try_from(code).unwrap_or(u32::MAX)));
        }
    }

    /// Reads at most `rows` rows of the current page of indexes. Returns their number.
    fn read_indexes(&mut self, rows: usize) -> Result<usize, InputError> {
        let count = self.dictionary.as_ref().map_or(0, CellBatch::len);
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.index_page.read(rows, count, &mut self.codes).ok_or_else(|| InputError::of_data(ParquetFault::Page))
    }

    /// Begins the next page.
    fn next_page(&mut self, limits: &Limits) -> Result<(), InputError> {
        let page =
            self.pages.next().ok_or_else(|| InputError::of_data(ParquetFault::FewerRows))?.map_err(from_crate)?;
        match page {
            Page::DictionaryPage { buf, num_values, .. } => {
                let values = Page::DataPage {
                    buf,
                    num_values,
                    encoding: Encoding::PLAIN,
                    def_level_encoding: Encoding::RLE,
                    rep_level_encoding: Encoding::RLE,
                    statistics: None,
                };
                self.dictionary = Some(self.read_dictionary(values, num_values as usize, limits)?);
                self.code_values(self.values.len());
            }
            page => {
                self.is_indexed = matches!(page.encoding(), Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY);
                if self.is_indexed {
                    let page = IndexPage::new(&page, self.descriptor.max_def_level() > 0);
                    self.index_page = page.ok_or_else(|| InputError::of_data(ParquetFault::Page))?;
                } else {
                    self.value_pages.send(page)?;
                }
            }
        }
        Ok(())
    }

    /// Cells of a dictionary, whose values are read as a page of a column without missing cells.
    fn read_dictionary(&self, values: Page, count: usize, limits: &Limits) -> Result<CellBatch, InputError> {
        let (pages, queue) = PageQueue::new();
        pages.send(values)?;
        let field = self.descriptor.self_type_ptr();
        let required = ColumnDescriptor::new(field, 0, 0, self.descriptor.path().clone());
        let mut dictionary = CellBatch::new(Arc::new(required), self.value_type, queue);
        while dictionary.len() < count {
            limits.ledger.check()?;
            if dictionary.read(DICTIONARY_BATCH.min(count - dictionary.len()), limits.cell)? == 0 {
                return Err(InputError::of_data(ParquetFault::Dictionary));
            }
        }
        dictionary.convert_doubles();
        Ok(dictionary)
    }

    /// Cell of a row of the batch.
    pub(super) fn cell(&self, row: usize) -> Cell<'_> {
        self.codes.get(row).map_or_else(|| self.values.cell(row), |code| self.code(*code))
    }

    /// Cell that a code means, if there is a dictionary.
    pub(super) fn code(&self, code: u32) -> Cell<'_> {
        let Some(dictionary) = &self.dictionary else { return Cell::Missing };
        match (code as usize).checked_sub(dictionary.len()) {
            None => dictionary.cell(code as usize),
            Some(0) => Cell::Missing,
            Some(value) => self.values.cell(value - 1),
        }
    }

    /// Appends the text of a cell to a group key; false if the cell is empty.
    pub(super) fn group(&self, row: usize, key: &mut Vec<u8>) -> bool {
        match self.cell(row) {
            Cell::Missing => false,
            // Writing to a vector cannot fail.
            Cell::Number(number) => write!(key, "{number}").is_ok(),
            Cell::Text(text) => {
                let text = text.trim_ascii();
                key.extend_from_slice(text);
                !text.is_empty()
            }
        }
    }

    /// Codes of the rows of the batch, if all their cells are of the dictionary or missing.
    pub(super) fn coded(&self) -> Option<Coded<'_>> {
        let dictionary = self.dictionary.as_ref().filter(|_| self.values.len() == 0)?;
        Some(Coded { codes: &self.codes, count: dictionary.len() + 1 })
    }

    /// Doubles that the cells of the batch are, if all are finite doubles from pages of values.
    pub(super) fn doubles(&self) -> Option<&[f64]> {
        if self.dictionary.is_none() { self.values.doubles() } else { None }
    }
}
