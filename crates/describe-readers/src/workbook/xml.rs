//! XML events of a workbook's parts, and the budget of one workbook.
//!
//! Input: an archive and the name of a part. Output: the part's XML events, text and attributes. Invariants: decompressed
//! bytes are counted as they are read, because declared sizes may be wrong; no event and no nesting exceeds its limit.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read, Seek};

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::errors::{unpacked_size_exceeded, unreadable};
use super::utf8::{Utf8Reader, encoding};
use crate::decompress;
use crate::errors::{exceeded, too_long};
use crate::limits::Limits;
use describe_options::{InputError, Measured, WorkbookFault};

/// Maximum length of an XML event, unless the limit of a cell is larger: an event is buffered.
const MIN_EVENT_LIMIT_BYTES: usize = 1 << 20;

/// Maximum nesting depth of elements: the names of open elements are kept in memory.
const MAX_ELEMENT_DEPTH: usize = 256;

/// Maximum ratio of a workbook's work (bytes of XML, and cells of wide or repeated rows) to its size, for workbooks larger
/// than a hundredth of the memory limit. Deflate compresses usual sheets to a tenth or a thirtieth.
const MAX_WORK_PER_BYTE: u64 = 100;

/// Work after which it is checked whether the task may go on.
const CHECKED_WORK: u64 = 256 << 10;

/// Remaining work and memory of one workbook.
#[derive(Debug)]
pub(super) struct Budget {
    /// Number of bytes and cells that may still be processed; `None` when the limit was exceeded.
    work: Cell<Option<u64>>,
    /// Initial work.
    max_work: u64,
    /// Work since it was last checked whether the task may go on.
    unchecked: Cell<u64>,
    /// Number of bytes that may still be kept in memory.
    memory: Cell<usize>,
    limits: Limits,
}

impl Budget {
    /// Budget of a file of `size` bytes.
    pub(super) fn new(size: u64, limits: &Limits) -> Self {
        let work = size.saturating_mul(MAX_WORK_PER_BYTE).max(limits.memory as u64);
        let work = work.min(limits.decompressed);
        Self {
            work: Cell::new(Some(work)),
            max_work: work,
            unchecked: Cell::new(0),
            memory: Cell::new(limits.memory),
            limits: limits.clone(),
        }
    }

    /// Spends work.
    ///
    /// # Errors
    /// More work than the budget.
    pub(super) fn work(&self, amount: u64) -> Result<(), InputError> {
        if self.unchecked.get() >= CHECKED_WORK {
            self.unchecked.set(0);
            self.limits.ledger.check()?;
        }
        if self.spend(amount) {
            return Ok(());
        }
        if self.max_work == self.limits.decompressed {
            return Err(decompress::decompressed_size_exceeded(self.max_work));
        }
        Err(unpacked_size_exceeded(self.max_work))
    }

    /// Gives back the work of `repeated`, which reads what is read again afterwards and counted then: reading twice is
    /// bounded as reading once is.
    pub(super) fn uncounted<T>(&self, repeated: impl FnOnce() -> Result<T, InputError>) -> Result<T, InputError> {
        let before = self.work.get();
        let result = repeated()?;
        self.work.set(before);
        Ok(result)
    }

    /// Begins another pass over the same parts, each of which may take the whole work.
    pub(super) fn begin_pass(&self) {
        self.work.set(Some(self.max_work));
    }

    fn spend(&self, amount: u64) -> bool {
        self.unchecked.set(self.unchecked.get().saturating_add(amount));
        let left = self.work.get().and_then(|left| left.checked_sub(amount));
        self.work.set(left);
        left.is_some()
    }

    /// Spends memory.
    ///
    /// # Errors
    /// More memory than the budget.
    pub(super) fn reserve(&self, bytes: usize) -> Result<(), InputError> {
        let left = self.memory.get().checked_sub(bytes).ok_or_else(|| self.memory_exceeded())?;
        self.limits.ledger.charge(bytes)?;
        self.memory.set(left);
        Ok(())
    }

    /// Gives back memory that was spent.
    pub(super) fn release(&self, bytes: usize) {
        self.memory.set(self.memory.get() + bytes);
        self.limits.ledger.release(bytes);
    }

    /// Error of a workbook that needs more memory than the limit.
    pub(super) fn memory_exceeded(&self) -> InputError {
        exceeded(Measured::WorkbookMemory, self.limits.memory)
    }
}

/// Error of an XML event longer than its limit, inside an I/O error.
#[derive(Debug)]
struct LongEvent;

impl fmt::Display for LongEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text is too long")
    }
}

impl std::error::Error for LongEvent {}

/// Counts the bytes read, because declared sizes may be wrong.
#[derive(Debug)]
struct MeteredReader<'a, R> {
    inner: R,
    budget: &'a Budget,
    /// Number of bytes that the current event may still have.
    event_bytes: usize,
}

impl<R: BufRead> Read for MeteredReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for MeteredReader<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.event_bytes == 0 {
            return Err(io::Error::other(LongEvent));
        }
        let available = self.inner.fill_buf()?;
        Ok(&available[..available.len().min(self.event_bytes)])
    }

    fn consume(&mut self, count: usize) {
        self.event_bytes = self.event_bytes.saturating_sub(count);
        // An exceeded budget is reported at the next event.
        self.budget.spend(count as u64);
        self.inner.consume(count);
    }
}

/// Decompressed part of the archive, in UTF-8.
type Part<'a, R> = MeteredReader<'a, Utf8Reader<Chain<Cursor<Vec<u8>>, BufReader<ZipFile<'a, R>>>>>;

/// Number of bytes in which the XML declaration of a part must end.
const MAX_DECLARATION_BYTES: u64 = 256;

/// Reader of a part's XML events.
pub(super) struct Xml<'a, R: Read + Seek> {
    reader: quick_xml::Reader<Part<'a, R>>,
    budget: &'a Budget,
    name: String,
    depth: usize,
}

impl<'a, R: Read + Seek> Xml<'a, R> {
    /// Opens the part with the given name; `None` if it does not exist.
    pub(super) fn open(
        archive: &'a mut ZipArchive<R>,
        name: &str,
        budget: &'a Budget,
    ) -> Result<Option<Self>, InputError> {
        let Some(index) = find(archive, name) else { return Ok(None) };
        let mut part = archive.by_index(index).map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
                InputError::of_data(WorkbookFault::Protected)
            }
            error => unreadable(Some(name), &error),
        })?;
        let mut start = Vec::new();
        let read = part.by_ref().take(MAX_DECLARATION_BYTES).read_to_end(&mut start);
        read.map_err(|error| unreadable(Some(name), &error))?;
        let encoding = encoding(&start);
        let text = Cursor::new(start).chain(BufReader::with_capacity(32 << 10, part));
        let meter = MeteredReader { inner: Utf8Reader::new(text, encoding), budget, event_bytes: 0 };
        let mut reader = quick_xml::Reader::from_reader(meter);
        reader.config_mut().expand_empty_elements = true;
        Ok(Some(Self { reader, budget, name: name.to_owned(), depth: 0 }))
    }

    fn begin_event(&mut self) -> Result<(), InputError> {
        let cell = self.budget.limits.cell;
        self.reader.get_mut().event_bytes = cell.max(MIN_EVENT_LIMIT_BYTES);
        self.budget.work(0)
    }

    /// Next event; `buffer` is overwritten.
    pub(super) fn next<'b>(&mut self, buffer: &'b mut Vec<u8>) -> Result<Event<'b>, InputError> {
        buffer.clear();
        self.begin_event()?;
        let event = self.reader.read_event_into(buffer).map_err(|error| self.input_error(&error))?;
        match event {
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth -= 1,
            Event::Eof => return Err(self.at_fault(|part| WorkbookFault::EndsEarly { part })),
            _ => {}
        }
        if self.depth > MAX_ELEMENT_DEPTH {
            return Err(self.at_fault(|part| WorkbookFault::NestedTooDeep { part }));
        }
        Ok(event)
    }

    /// Text after the last event, the end of an element, that is decompressed already; empty at the end of the part.
    pub(super) fn text_ahead(&mut self) -> Result<&[u8], InputError> {
        self.begin_event()?;
        match self.reader.get_mut().fill_buf() {
            // Twice, because a borrow that is returned lasts too long for the other arm.
            Ok(_) => self.reader.get_mut().fill_buf().map_err(|error| unreadable(None, &error)),
            Err(error) => Err(self.input_error(&error.into())),
        }
    }

    /// Advances past whole elements at the beginning of [`Self::text_ahead`].
    pub(super) fn advance(&mut self, bytes: usize) {
        self.reader.get_mut().consume(bytes);
    }

    /// Number of open elements.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Skips the rest of the element whose start tag was read.
    pub(super) fn skip(&mut self) -> Result<(), InputError> {
        self.leave(self.depth - 1)
    }

    /// Skips the rest of the elements that are open below `depth`.
    pub(super) fn leave(&mut self, depth: usize) -> Result<(), InputError> {
        let mut buffer = Vec::new();
        while self.depth > depth {
            self.next(&mut buffer)?;
        }
        Ok(())
    }

    /// Appends the text of the element whose start tag was read, without the text of nested elements.
    pub(super) fn text(&mut self, text: &mut Vec<u8>) -> Result<(), InputError> {
        let mut buffer = Vec::new();
        let start = text.len();
        loop {
            match self.next(&mut buffer)? {
                Event::Start(_) => self.skip()?,
                Event::End(_) => return Ok(()),
                event => self.append(&event, text, start)?,
            }
        }
    }

    /// Appends the text of an event to the text of a cell, which begins at `start`.
    pub(super) fn append(&self, event: &Event, text: &mut Vec<u8>, start: usize) -> Result<(), InputError> {
        match event {
            Event::Text(part) => text.extend_from_slice(part.xml10_content().as_bytes()),
            Event::CData(part) => text.extend_from_slice(part.xml10_content().as_bytes()),
            Event::GeneralRef(part) => {
                let character = self.character(part)?;
                text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            _ => {}
        }
        let limit = self.budget.limits.cell;
        if text.len() - start > limit { Err(too_long(limit)) } else { Ok(()) }
    }

    fn character(&self, reference: &BytesRef) -> Result<char, InputError> {
        let character = match reference.as_ref() {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => reference.resolve_char_ref().ok().flatten(),
        };
        character.ok_or_else(|| self.at_fault(|part| WorkbookFault::UnknownEntity { part }))
    }

    /// Reads to the end of the part, where its checksum is verified.
    pub(super) fn finish(mut self) -> Result<(), InputError> {
        let reader = self.reader.get_mut();
        reader.event_bytes = usize::MAX;
        loop {
            self.budget.work(0)?;
            let count = match reader.fill_buf() {
                Ok([]) => return Ok(()),
                Ok(bytes) => bytes.len(),
                Err(error) => return Err(unreadable(Some(&self.name), &error)),
            };
            reader.consume(count);
        }
    }

    /// Error of this part.
    pub(super) fn at_fault(&self, fault: impl FnOnce(String) -> WorkbookFault) -> InputError {
        InputError::of_data(fault(self.name.clone()))
    }

    fn input_error(&self, error: &quick_xml::Error) -> InputError {
        let long = match error {
            quick_xml::Error::Io(error) => {
                error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<LongEvent>)
            }
            _ => false,
        };
        if long { too_long(self.budget.limits.cell) } else { unreadable(Some(&self.name), &error) }
    }
}

/// Value of an attribute; `None` if it is absent.
pub(super) fn attribute<'a>(element: &'a BytesStart, name: &str) -> Result<Option<Cow<'a, str>>, InputError> {
    // The check for repeated attributes takes quadratic time.
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| unreadable(None, &error))?;
        if attribute.key.as_ref() == name {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            return value.map(Some).map_err(|error| unreadable(None, &error));
        }
    }
    Ok(None)
}

/// Index of the part with the given name. Some writers use another case, or backslashes.
fn find<R: Read + Seek>(archive: &ZipArchive<R>, name: &str) -> Option<usize> {
    let is_same_name = |other: &[u8]| {
        let normalize = |byte: u8| if byte == b'\\' { b'/' } else { byte.to_ascii_lowercase() };
        other.len() == name.len() && other.iter().zip(name.bytes()).all(|(a, b)| normalize(*a) == normalize(b))
    };
    let index = || archive.file_names_raw().position(is_same_name);
    archive.index_for_name(name).or_else(index)
}
