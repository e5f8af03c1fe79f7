//! Records of a BIFF8 stream (MS-XLS, 2.1.4).
//!
//! Input: the stream of a workbook. Output: its records one after the other, and the integers and texts in them. Invariants:
//! one record is in memory, which has at most 64 KiB; the bytes of records are counted as they are read, because several
//! sheets may be said to stand at the same place.

use std::io::{self, BufRead, ErrorKind, Seek, SeekFrom};

use super::errors::unreadable;
use super::xml::Budget;
use describe_options::{InputError, WorkbookFault};

/// Identifiers of records (MS-XLS, 2.3).
pub(super) mod id {
    pub const FORMULA: u16 = 0x0006;
    pub const EOF: u16 = 0x000a;
    /// The rest of the record before it.
    pub const CONTINUE: u16 = 0x003c;
    pub const DATE_MODE: u16 = 0x0022;
    pub const FILE_PASS: u16 = 0x002f;
    pub const BOUND_SHEET: u16 = 0x0085;
    pub const MUL_RK: u16 = 0x00bd;
    pub const R_STRING: u16 = 0x00d6;
    pub const XF: u16 = 0x00e0;
    pub const MERGED_CELLS: u16 = 0x00e5;
    pub const SST: u16 = 0x00fc;
    pub const LABEL_SST: u16 = 0x00fd;
    pub const NUMBER: u16 = 0x0203;
    pub const LABEL: u16 = 0x0204;
    pub const BOOL_ERR: u16 = 0x0205;
    pub const STRING: u16 = 0x0207;
    pub const RK: u16 = 0x027e;
    pub const FORMAT: u16 = 0x041e;
    pub const BOF: u16 = 0x0809;
}

/// Version of the records in a BOF record.
pub(super) const BIFF8: u16 = 0x0600;

/// Flag of a text whose characters have two bytes.
const IS_WIDE: u8 = 1;

/// Flag of a text that is followed by phonetic data.
const HAS_EXTENSION: u8 = 4;

/// Flag of a text that is followed by formatting runs.
const HAS_RUNS: u8 = 8;

/// Reader of the records of a stream.
#[derive(Debug)]
pub(super) struct RecordReader<'a, S> {
    stream: S,
    length: u64,
    /// Work that finding a place in the stream takes.
    seek_work: u64,
    budget: &'a Budget,
    /// Name of the current part, for errors.
    part: String,
    /// Current row, for errors, numbered from 1.
    pub(super) row: Option<u64>,
    body: Vec<u8>,
    /// Place of the next byte in `body`.
    at: usize,
    /// Characters of the current text, in UTF-16.
    units: Vec<u16>,
}

impl<'a, S: BufRead + Seek> RecordReader<'a, S> {
    pub(super) fn new(stream: S, length: u64, seek_work: u64, budget: &'a Budget) -> Self {
        let (part, body, units) = (String::new(), Vec::new(), Vec::new());
        Self { stream, length, seek_work, budget, part, row: None, body, at: 0, units }
    }

    /// Begins to read the part of this name at a place in the stream.
    ///
    /// # Errors
    /// A place outside the stream, or more work than the budget.
    pub(super) fn begin(&mut self, part: &str, place: u64) -> Result<(), InputError> {
        part.clone_into(&mut self.part);
        self.row = None;
        if place >= self.length {
            return Err(self.fault(|part| WorkbookFault::MissingPart { part }));
        }
        self.budget.work(self.seek_work)?;
        self.stream.seek(SeekFrom::Start(place)).map_err(|error| self.io_error(&error))?;
        Ok(())
    }

    /// Reads the next record and returns its identifier.
    ///
    /// # Errors
    /// The end of the stream, or more work than the budget.
    pub(super) fn next(&mut self) -> Result<u16, InputError> {
        let mut head = [0; 4];
        self.stream.read_exact(&mut head).map_err(|error| self.io_error(&error))?;
        let [a, b, c, d] = head;
        self.body.resize(usize::from(u16::from_le_bytes([c, d])), 0);
        self.budget.work((head.len() + self.body.len()) as u64)?;
        self.at = 0;
        let body = self.stream.read_exact(&mut self.body);
        body.map_err(|error| self.io_error(&error))?;
        Ok(u16::from_le_bytes([a, b]))
    }

    /// Number of bytes that are left in the record.
    pub(super) fn left(&self) -> usize {
        self.body.len() - self.at
    }

    /// Next bytes of the record, which may go on in the next one.
    ///
    /// # Errors
    /// The end of the record.
    pub(super) fn bytes<const N: usize>(&mut self) -> Result<[u8; N], InputError> {
        if let Some(bytes) = self.body[self.at..].first_chunk() {
            self.at += N;
            return Ok(*bytes);
        }
        let mut bytes = [0; N];
        for byte in &mut bytes {
            if self.left() == 0 {
                self.continued()?;
            }
            *byte = *self.body.get(self.at).ok_or_else(|| self.malformed())?;
            self.at += 1;
        }
        Ok(bytes)
    }

    /// Next integer of 16 bits.
    ///
    /// # Errors
    /// The end of the record.
    pub(super) fn integer(&mut self) -> Result<u16, InputError> {
        self.bytes().map(u16::from_le_bytes)
    }

    /// Skips bytes of the record, which may go on in the next ones.
    ///
    /// # Errors
    /// The end of the record.
    pub(super) fn skip(&mut self, mut count: usize) -> Result<(), InputError> {
        while count > self.left() {
            count -= self.left();
            self.continued()?;
        }
        self.at += count;
        Ok(())
    }

    /// Appends a text with this number of UTF-16 units, without its formatting runs and phonetic data. Where it goes on in
    /// the next record, its characters may have another width.
    ///
    /// # Errors
    /// The end of the record.
    pub(super) fn text(&mut self, length: u16, text: &mut Vec<u8>) -> Result<(), InputError> {
        let [mut flags] = self.bytes()?;
        let runs = if flags & HAS_RUNS == 0 { 0 } else { self.integer()? };
        let extension = if flags & HAS_EXTENSION == 0 { 0 } else { self.bytes().map(u32::from_le_bytes)? };
        self.units.clear();
        let mut missing = usize::from(length);
        while missing > 0 {
            if self.left() == 0 {
                self.continued()?;
                [flags] = self.bytes()?;
            }
            let width = if flags & IS_WIDE == 0 { 1 } else { 2 };
            let count = missing.min(self.left() / width);
            if count == 0 && self.left() > 0 {
                return Err(self.malformed());
            }
            let characters = &self.body[self.at..self.at + count * width];
            let unit = |bytes: &[u8]| u16::from_le_bytes([bytes[0], bytes.get(1).copied().unwrap_or(0)]);
            self.units.extend(characters.chunks_exact(width).map(unit));
            self.at += count * width;
            missing -= count;
        }
        for character in char::decode_utf16(self.units.iter().copied()) {
            let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
            text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        self.skip(usize::from(runs) * 4)?;
        self.skip(extension as usize)
    }

    /// Goes on in the next record.
    fn continued(&mut self) -> Result<(), InputError> {
        if self.next()? == id::CONTINUE { Ok(()) } else { Err(self.malformed()) }
    }

    /// Error of the current part.
    pub(super) fn fault(&self, fault: impl FnOnce(String) -> WorkbookFault) -> InputError {
        InputError::of_data(fault(self.part.clone()))
    }

    /// Error of a record that contradicts itself.
    pub(super) fn malformed(&self) -> InputError {
        self.fault(|part| WorkbookFault::Record { part, row: self.row })
    }

    fn io_error(&self, error: &io::Error) -> InputError {
        match error.kind() {
            ErrorKind::UnexpectedEof => self.fault(|part| WorkbookFault::EndsEarly { part }),
            _ => unreadable(Some(&self.part), error),
        }
    }
}
