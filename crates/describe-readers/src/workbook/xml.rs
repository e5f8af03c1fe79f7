//! The parts of a workbook as events of XML, and what one workbook may cost.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Seek};

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::errors::{unpacks_to_more, unreadable};
use crate::decompress;
use crate::errors::{exceeded, too_long};
use crate::limits::Limits;
use describe_options::{InputError, Measured, WorkbookFault};

/// One event of XML is no longer than this, unless cells may be: an event is held in memory.
const LEAST_EVENT: usize = 1 << 20;

/// Elements are nested no deeper than this: their names are held in memory.
const MAX_DEPTH: usize = 256;

/// What a workbook larger than a hundredth of the limit of memory yields in proportion to its size: bytes of XML, and cells of
/// wide rows. Deflate packs honest sheets 10 to 30 times.
const MAX_RATIO: u64 = 100;

/// What one workbook may cost.
#[derive(Debug)]
pub(super) struct Budget {
    /// Bytes that may still be decompressed, and cells that may still be described; `None` when there were too many.
    work: Cell<Option<u64>>,
    /// The work that there was.
    all_work: u64,
    /// Bytes that may still be held.
    memory: Cell<usize>,
    limits: Limits,
}

impl Budget {
    /// What a file of `size` bytes may cost.
    pub(super) fn new(size: u64, limits: Limits) -> Self {
        let work = size.saturating_mul(MAX_RATIO).max(limits.memory as u64);
        let work = work.min(limits.decompressed);
        Self { work: Cell::new(Some(work)), all_work: work, memory: Cell::new(limits.memory), limits }
    }

    /// Spends work.
    pub(super) fn work(&self, amount: u64) -> Result<(), InputError> {
        if self.spend(amount) {
            return Ok(());
        }
        if self.all_work == self.limits.decompressed {
            return Err(decompress::too_much(self.all_work));
        }
        Err(unpacks_to_more(self.all_work))
    }

    fn spend(&self, amount: u64) -> bool {
        let left = self.work.get().and_then(|left| left.checked_sub(amount));
        self.work.set(left);
        left.is_some()
    }

    /// Spends memory.
    pub(super) fn hold(&self, bytes: usize) -> Result<(), InputError> {
        let left = self.memory.get().checked_sub(bytes).ok_or_else(|| self.too_much())?;
        self.memory.set(left);
        Ok(())
    }

    /// That it takes too much memory.
    pub(super) fn too_much(&self) -> InputError {
        exceeded(Measured::WorkbookMemory, self.limits.memory)
    }
}

/// That an event of XML is too long to be held.
#[derive(Debug)]
struct LongEvent;

impl fmt::Display for LongEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text is too long")
    }
}

impl std::error::Error for LongEvent {}

/// Counts what is read: declared sizes may lie.
#[derive(Debug)]
struct Meter<'a, R> {
    inner: R,
    budget: &'a Budget,
    /// What the event at hand may still take.
    event: usize,
}

impl<R: BufRead> Read for Meter<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Meter<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.event == 0 {
            return Err(io::Error::other(LongEvent));
        }
        let available = self.inner.fill_buf()?;
        Ok(&available[..available.len().min(self.event)])
    }

    fn consume(&mut self, count: usize) {
        self.event = self.event.saturating_sub(count);
        // What is too much shows at the next event.
        self.budget.spend(count as u64);
        self.inner.consume(count);
    }
}

/// A part of the archive.
type Part<'a, R> = Meter<'a, BufReader<ZipFile<'a, R>>>;

/// A part of a workbook, event by event.
pub(super) struct Xml<'a, R: Read + Seek> {
    reader: quick_xml::Reader<Part<'a, R>>,
    budget: &'a Budget,
    name: String,
    depth: usize,
}

impl<'a, R: Read + Seek> Xml<'a, R> {
    /// The part of that name; `None` when there is none.
    pub(super) fn open(
        archive: &'a mut ZipArchive<R>,
        name: &str,
        budget: &'a Budget,
    ) -> Result<Option<Self>, InputError> {
        let Some(index) = find(archive, name) else { return Ok(None) };
        let part = archive.by_index(index).map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
                InputError::of_data(WorkbookFault::Protected)
            }
            error => unreadable(Some(name), &error),
        })?;
        let meter = Meter { inner: BufReader::with_capacity(32 << 10, part), budget, event: 0 };
        let mut reader = quick_xml::Reader::from_reader(meter);
        reader.config_mut().expand_empty_elements = true;
        Ok(Some(Self { reader, budget, name: name.to_owned(), depth: 0 }))
    }

    /// The next event.
    pub(super) fn next<'b>(&mut self, buffer: &'b mut Vec<u8>) -> Result<Event<'b>, InputError> {
        buffer.clear();
        let cell = self.budget.limits.cell;
        self.reader.get_mut().event = cell.max(LEAST_EVENT);
        self.budget.work(0)?;
        let event = self.reader.read_event_into(buffer).map_err(|error| self.refusal(&error))?;
        match event {
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth -= 1,
            Event::Eof => return Err(self.at_fault(|part| WorkbookFault::EndsEarly { part })),
            _ => {}
        }
        if self.depth > MAX_DEPTH {
            return Err(self.at_fault(|part| WorkbookFault::NestedTooDeep { part }));
        }
        Ok(event)
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Passes over what is left of the element just begun.
    pub(super) fn skip(&mut self) -> Result<(), InputError> {
        let (mut buffer, around) = (Vec::new(), self.depth - 1);
        while self.depth > around {
            self.next(&mut buffer)?;
        }
        Ok(())
    }

    /// Appends the text of the element just begun, without what is in elements inside of it.
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

    /// Appends what an event has of the text that began at `start`.
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
        let known = match reference.as_ref() {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => reference.resolve_char_ref().ok().flatten(),
        };
        known.ok_or_else(|| self.at_fault(|part| WorkbookFault::UnknownEntity { part }))
    }

    /// Reads to the end of the part, where a checksum tells whether all of it was right.
    pub(super) fn finish(mut self) -> Result<(), InputError> {
        let rest = self.reader.get_mut();
        rest.event = usize::MAX;
        loop {
            self.budget.work(0)?;
            let count = match rest.fill_buf() {
                Ok([]) => return Ok(()),
                Ok(bytes) => bytes.len(),
                Err(error) => return Err(unreadable(Some(&self.name), &error)),
            };
            rest.consume(count);
        }
    }

    /// The error of this part.
    pub(super) fn at_fault(&self, fault: impl FnOnce(String) -> WorkbookFault) -> InputError {
        InputError::of_data(fault(self.name.clone()))
    }

    fn refusal(&self, error: &quick_xml::Error) -> InputError {
        let long = match error {
            quick_xml::Error::Io(error) => {
                error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<LongEvent>)
            }
            _ => false,
        };
        if long { too_long(self.budget.limits.cell) } else { unreadable(Some(&self.name), &error) }
    }
}

/// The value of an attribute.
pub(super) fn attribute<'a>(element: &'a BytesStart, name: &str) -> Result<Option<Cow<'a, str>>, InputError> {
    // Attributes are checked for repetitions in quadratic time.
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| unreadable(None, &error))?;
        if attribute.key.as_ref() == name {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            return value.map(Some).map_err(|error| unreadable(None, &error));
        }
    }
    Ok(None)
}

/// The part of that name; some writers differ in case, or write backslashes.
fn find<R: Read + Seek>(archive: &ZipArchive<R>, name: &str) -> Option<usize> {
    let alike = |other: &[u8]| {
        let plain = |byte: u8| if byte == b'\\' { b'/' } else { byte.to_ascii_lowercase() };
        other.len() == name.len() && other.iter().zip(name.bytes()).all(|(a, b)| plain(*a) == plain(b))
    };
    let index = || archive.file_names_raw().position(alike);
    archive.index_for_name(name).or_else(index)
}
