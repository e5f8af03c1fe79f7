//! Reader of one decompressed file.
//!
//! Input: the decompressed chunks of a file and its [`Source`]. Output: its [`Dataset`]. The format and the encoding are
//! detected from the first bytes where they are not declared, and compared with them where they are; text is decoded to
//! UTF-8 before it is parsed.

use std::io::{self, Read};
use std::sync::Arc;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

#[cfg(any(feature = "parquet", feature = "workbook"))]
use super::buffered::BufferedFile;
use super::byte_ranges::ByteRanges;
#[cfg(feature = "workbook")]
use super::container::Opened;
use super::dataset::Dataset;
use super::detect::FilePrefix;
use super::errors::no_values;
use super::format::Format;
use super::limits::Limits;
use super::number_line::NumberLineReader;
use super::source::Source;
#[cfg(feature = "sql")]
use super::sql_result::SqlResultReader;
use super::state::StateReader;
use super::transcode::Transcoder;
use super::{delimited, detect, json, text};
use describe_options::Options;
use describe_options::{Diagnostic, FileFault, FileKind, InputError, OptionName, TableFault, TextFault};

/// Reads one file chunk by chunk.
#[derive(Debug)]
pub(super) struct Document {
    source: Source,
    options: Options,
    limits: Limits,
    prefix: FilePrefix,
    /// Encoding of a text.
    encoding: &'static Encoding,
    /// Whether the encoding was not declared, and is not the usual one.
    is_encoding_assumed: bool,
    /// Whether the encoding of a delimited text was not declared, and seems to be UTF-8.
    seems_utf8: bool,
    transcoder: Option<Transcoder>,
    parser: Option<Parser>,
    /// The file by ranges of its bytes, if they can be read.
    ranges: Option<Arc<dyn ByteRanges>>,
    /// Size in bytes of the archive that holds the file, which is in memory; `None` without an archive.
    #[cfg(any(feature = "parquet", feature = "workbook"))]
    archive_bytes: Option<usize>,
}

#[derive(Debug)]
enum Parser {
    Json(Box<json::JsonReader>),
    Text(Box<text::TextReader>),
    NumberLine(Box<NumberLineReader>),
    Delimited(Box<delimited::DelimitedReader>),
    State(Box<StateReader>),
    #[cfg(feature = "sql")]
    SqlResult(Box<SqlResultReader>),
    #[cfg(any(feature = "parquet", feature = "workbook"))]
    Buffered(Buffered, BufferedFile),
    /// File that is read by ranges.
    #[cfg(feature = "parquet")]
    Ranges(Arc<dyn ByteRanges>),
}

/// Format that cannot be read as a stream.
#[cfg(any(feature = "parquet", feature = "workbook"))]
#[derive(Clone, Copy, Debug)]
enum Buffered {
    #[cfg(feature = "parquet")]
    Parquet,
    /// Workbook, or an archive around another file.
    #[cfg(feature = "workbook")]
    Container,
}

impl Document {
    pub(super) fn new(source: Source, options: &Options, limits: &Limits) -> Self {
        Self {
            source,
            options: options.clone(),
            limits: limits.clone(),
            prefix: FilePrefix::default(),
            encoding: UTF_8,
            is_encoding_assumed: false,
            seems_utf8: false,
            transcoder: None,
            parser: None,
            ranges: None,
            #[cfg(any(feature = "parquet", feature = "workbook"))]
            archive_bytes: None,
        }
    }

    /// Creates the reader of the only file in an archive of `archive_bytes` bytes, which stay in memory.
    #[cfg(feature = "workbook")]
    pub(super) fn in_archive(
        archive_bytes: usize,
        encoding: Option<&'static Encoding>,
        options: &Options,
        limits: &Limits,
    ) -> Self {
        let source = Source { encoding, content_decides: true, ..Source::default() };
        Self { archive_bytes: Some(archive_bytes), ..Self::new(source, options, limits) }
    }

    /// Gives access to any bytes of the file, which are not compressed. A Parquet file is then not buffered.
    pub(super) fn set_ranges(&mut self, ranges: Arc<dyn ByteRanges>) {
        self.ranges = Some(ranges);
    }

    /// Reads the next chunk, which may be cut anywhere.
    pub(super) fn feed(&mut self, chunk: &[u8]) -> Result<(), InputError> {
        self.limits.ledger.check()?;
        if self.parser.is_some() {
            return self.feed_encoded(chunk);
        }
        // The encoding of delimited text is detected, too.
        let is_known = self.declared_format().is_some_and(|format| !format.is_delimited());
        let required = if is_known { detect::MAX_SIGNATURE_BYTES } else { detect::SAMPLE_BYTES };
        self.prefix.add(chunk, required).map_or(Ok(()), |start| self.begin(&start))
    }

    /// Completes the file. The bytes that an archive decompresses to are added to `decompressed`, whose limit they share.
    ///
    /// # Errors
    /// A truncated file, a file without values, or the errors of its format.
    #[cfg_attr(not(feature = "workbook"), expect(unused_variables, reason = "archives are read with workbooks"))]
    pub(super) fn finish(mut self, decompressed: &mut u64) -> Result<Dataset, InputError> {
        self.limits.ledger.check()?;
        if self.parser.is_none() {
            let start = self.prefix.take();
            if start.is_empty() && !matches!(self.source.format, Some(Format::Json | Format::Ndjson)) {
                return Err(InputError::of_data(FileFault::Empty));
            }
            self.begin(&start)?;
        }
        if let Some(mut transcoder) = self.transcoder.take() {
            transcoder.finish(|text| self.feed_decoded(text))?;
        }
        match self.parser {
            Some(Parser::Json(reader)) => {
                let format = if reader.is_lines() { "ndjson" } else { "json" };
                let mut dataset = reader.finish()?;
                dataset.set_source_of_numbers(format, None);
                Ok(dataset)
            }
            Some(Parser::Text(reader)) => {
                let mut dataset = Dataset::from(reader.finish()?);
                dataset.set_source_of_numbers("text", Some(self.encoding));
                Ok(dataset)
            }
            Some(Parser::NumberLine(reader)) => {
                let mut dataset = Dataset::from(reader.finish()?);
                dataset.set_source_of_numbers("text", Some(self.encoding));
                Ok(dataset)
            }
            Some(Parser::Delimited(reader)) => {
                let mut table = reader.finish()?;
                let format = if self.source.format == Some(Format::Tsv) { "tsv" } else { "csv" };
                table.set_text(format, self.encoding, self.is_encoding_assumed);
                Ok(table.into())
            }
            Some(Parser::State(reader)) if cfg!(feature = "states") => reader.finish(),
            #[cfg(feature = "sql")]
            Some(Parser::SqlResult(reader)) => reader.finish(),
            #[cfg(feature = "parquet")]
            Some(Parser::Buffered(Buffered::Parquet, file)) => {
                let content = crate::parquet::Content::Buffered(file.bytes.into());
                Ok(crate::parquet::read(&content, &self.options, &self.limits)?.into())
            }
            #[cfg(feature = "parquet")]
            Some(Parser::Ranges(ranges)) => {
                let content = crate::parquet::Content::of_ranges(ranges)?;
                Ok(crate::parquet::read(&content, &self.options, &self.limits)?.into())
            }
            #[cfg(feature = "workbook")]
            Some(Parser::Buffered(Buffered::Container, file)) => read_container(
                file.bytes,
                self.archive_bytes.is_some(),
                &self.source,
                &self.options,
                &self.limits,
                decompressed,
            ),
            Some(Parser::State(_)) | None => Err(no_values()),
        }
    }

    /// Declared format, unless the content decides.
    fn declared_format(&self) -> Option<Format> {
        self.source.format.filter(|_| !self.source.content_decides)
    }

    /// Selects the encoding and the parser from the beginning of the file, and feeds that beginning to the parser.
    fn begin(&mut self, start: &[u8]) -> Result<(), InputError> {
        if let Some(format) = self.binary_format(start)? {
            self.parser = Some(self.new_parser(format)?);
            return self.feed_decoded(start);
        }
        let (encoding, mark_bytes) = detect::encoding(start, self.declared_encoding()?);
        let sample = detect::sample(&start[mark_bytes..], encoding);
        let format = self.text_format(&sample)?;
        let is_undeclared = encoding.is_none()
            && mark_bytes == 0
            && self.declared_encoding()?.is_none()
            && format.is_delimited()
            && detect::is_text(&sample);
        self.seems_utf8 = is_undeclared && detect::is_utf8(&sample);
        self.is_encoding_assumed = is_undeclared && !self.seems_utf8;
        let encoding = if self.is_encoding_assumed { Some(WINDOWS_1252) } else { encoding };
        self.encoding = encoding.unwrap_or(UTF_8);
        self.transcoder = encoding.map(Transcoder::new);
        self.parser = Some(match self.number_line(&sample, start.len()) {
            Some(separator) => {
                Parser::NumberLine(Box::new(NumberLineReader::new(separator, &self.options, &self.limits)))
            }
            None => self.new_parser(format)?,
        });
        self.feed_encoded(&start[mark_bytes..])
    }

    /// Separator of a text that is one line of numbers; `None` for any other text, and if the label or an option says that
    /// it is something else. `bytes` is the length of the beginning of the file from which `sample` was taken.
    fn number_line(&self, sample: &[u8], bytes: usize) -> Option<u8> {
        let by_content = matches!(self.source.format, None | Some(Format::Text)) && self.declared_format().is_none();
        if !by_content || self.options.first_for_tables().is_some() {
            return None;
        }
        let is_whole = bytes < detect::SAMPLE_BYTES;
        detect::number_line(sample, is_whole)
    }

    /// Binary format by the first bytes; `None` for text.
    ///
    /// # Errors
    /// A kind of file that is not read, or another one than the declared format.
    fn binary_format(&self, start: &[u8]) -> Result<Option<Format>, InputError> {
        let declared = self.declared_format();
        let Some(kind) = detect::kind(start) else {
            let Some(format) = declared.and_then(Format::binary) else { return Ok(None) };
            // As many bytes as there are at least, however the file is cut into chunks.
            let start = &start[..start.len().min(detect::MAX_SIGNATURE_BYTES)];
            return not_text(format, start).map(|()| Some(format));
        };
        if matches!(kind, FileKind::Gzip | FileKind::Zstd) && declared.is_none() {
            return Err(InputError::of_data(FileFault::Nested { kind }));
        }
        let readable = matches!(kind, FileKind::Gzip | FileKind::Zstd) || detect::format(kind)?.is_some();
        match declared {
            Some(format) if readable && detect::format(kind).ok().flatten() != Some(format) => {
                Err(InputError::of_data(FileFault::Mislabelled { declared: format.kind(), found: kind }))
            }
            _ => detect::format(kind),
        }
    }

    /// Format of a text whose beginning is `sample`, in UTF-8.
    ///
    /// # Errors
    /// A markup language, which is not read.
    fn text_format(&self, sample: &[u8]) -> Result<Format, InputError> {
        let is_json = |format| matches!(format, Format::Json | Format::Ndjson);
        // Markup in place of JSON is an error of JSON's syntax.
        if !self.source.format.is_some_and(is_json)
            && let Some(kind) = detect::markup(sample)
        {
            return Err(InputError::of_data(FileFault::Unsupported { kind }));
        }
        if let Some(format) = self.declared_format() {
            return Ok(format);
        }
        let found = detect::text(sample);
        Ok(match self.source.format {
            // A column of numbers is a table if a label says so.
            Some(format @ (Format::Csv | Format::Tsv)) if !is_json(found) => format,
            Some(Format::Ndjson) => Format::Ndjson,
            Some(Format::Json) if !is_json(found) => Format::Json,
            _ => found,
        })
    }

    /// Encoding declared by the source or by an option.
    ///
    /// # Errors
    /// Two different declarations.
    fn declared_encoding(&self) -> Result<Option<&'static Encoding>, InputError> {
        match (self.source.encoding, self.options.table.encoding) {
            (Some(declared), Some(requested)) if declared != requested => {
                let location = self.options.location(OptionName::Encoding);
                let fault = TextFault::Contradiction { declared: declared.name(), asked: requested.name() };
                Err(Diagnostic::new(location, fault).with_input(requested.name().as_bytes()).into())
            }
            (declared, requested) => Ok(declared.or(requested)),
        }
    }

    /// Checks that no records are to be left out of a format in which all of them are the table.
    ///
    /// # Errors
    /// Options that leave out records.
    fn check_place(&self) -> Result<(), InputError> {
        let table = &self.options.table;
        let given = [
            (table.skip_rows.is_some_and(|records| records > 0), OptionName::SkipRows),
            (table.skip_end.is_some_and(|records| records > 0), OptionName::SkipEnd),
            (table.max_rows.is_some(), OptionName::MaxRows),
            (table.items.maxima == describe_options::Maxima::Row, OptionName::Maxima),
        ];
        given.into_iter().find(|(is_given, _)| *is_given).map_or(Ok(()), |(_, option)| {
            Err(InputError::at(self.options.location(option), TableFault::NotForFormat { option }))
        })
    }

    /// Creates the parser of a format.
    ///
    /// # Errors
    /// A format whose feature is not in the build, or that has no records to leave out where an option asks for that.
    fn new_parser(&self, format: Format) -> Result<Parser, InputError> {
        if matches!(format, Format::Json | Format::Ndjson | Format::Parquet) {
            self.check_place()?;
        }
        #[cfg(any(feature = "parquet", feature = "workbook"))]
        let buffered = |format, measured| {
            let limit = self.limits.memory.saturating_sub(self.archive_bytes.unwrap_or_default());
            Parser::Buffered(format, BufferedFile::new(measured, limit, &self.limits.ledger))
        };
        let delimited = |default_delimiter| {
            delimited::DelimitedReader::new(&self.options, &self.limits, default_delimiter, self.seems_utf8)
        };
        Ok(match format {
            Format::Csv => Parser::Delimited(Box::new(delimited(None))),
            Format::Tsv => Parser::Delimited(Box::new(delimited(Some(b'\t')))),
            Format::Text => Parser::Text(Box::new(text::TextReader::new(&self.options, &self.limits))),
            Format::Json | Format::Ndjson => {
                Parser::Json(Box::new(json::JsonReader::new(&self.options, &self.limits, format == Format::Ndjson)))
            }
            Format::State if cfg!(feature = "states") => {
                Parser::State(Box::new(StateReader::new(&self.options, &self.limits)?))
            }
            Format::State => return Err(super::errors::not_built("states")),
            #[cfg(feature = "sql")]
            Format::SqlResult => Parser::SqlResult(Box::new(SqlResultReader::new(&self.options, &self.limits)?)),
            #[cfg(not(feature = "sql"))]
            Format::SqlResult => return Err(super::errors::not_built("sql")),
            #[cfg(feature = "parquet")]
            Format::Parquet if let Some(ranges) = &self.ranges => Parser::Ranges(Arc::clone(ranges)),
            #[cfg(feature = "parquet")]
            Format::Parquet => buffered(Buffered::Parquet, describe_options::Measured::ParquetFile),
            #[cfg(not(feature = "parquet"))]
            Format::Parquet => return Err(super::errors::not_built("parquet")),
            #[cfg(feature = "workbook")]
            Format::Workbook => buffered(Buffered::Container, describe_options::Measured::WorkbookFile),
            #[cfg(not(feature = "workbook"))]
            Format::Workbook => return Err(super::errors::not_built("workbook")),
        })
    }

    /// Decodes and parses bytes in the file's encoding.
    fn feed_encoded(&mut self, chunk: &[u8]) -> Result<(), InputError> {
        match self.transcoder.take() {
            Some(mut transcoder) => {
                transcoder.feed(chunk, |text| self.feed_decoded(text))?;
                self.transcoder = Some(transcoder);
                Ok(())
            }
            None => self.feed_decoded(chunk),
        }
    }

    /// Parses UTF-8 text, or the bytes of a binary format.
    fn feed_decoded(&mut self, chunk: &[u8]) -> Result<(), InputError> {
        match &mut self.parser {
            Some(Parser::Json(reader)) => reader.feed(chunk),
            Some(Parser::Text(reader)) => reader.feed(chunk),
            Some(Parser::NumberLine(reader)) => reader.feed(chunk),
            Some(Parser::Delimited(reader)) => reader.feed(chunk),
            Some(Parser::State(reader)) => reader.feed(chunk),
            #[cfg(feature = "sql")]
            Some(Parser::SqlResult(reader)) => reader.feed(chunk),
            #[cfg(any(feature = "parquet", feature = "workbook"))]
            Some(Parser::Buffered(_, file)) => file.feed(chunk),
            #[cfg(feature = "parquet")]
            Some(Parser::Ranges(_)) => Ok(()),
            None => Ok(()),
        }
    }

    /// Reads the rest of `source` on all threads. `None` when the format or the state of its parser does not allow that:
    /// then the caller reads `source` and calls [`Self::feed`].
    pub(super) fn read_all(
        &mut self,
        source: &mut (impl Read + Send),
        progress: &(impl Fn(u64) + Sync),
    ) -> io::Result<Option<Result<(), InputError>>> {
        match (&mut self.parser, &self.transcoder) {
            (Some(Parser::Delimited(reader)), None) => reader.read_all(source, progress),
            (Some(Parser::Text(reader)), None) => reader.read_all(source, progress).map(Some),
            (Some(Parser::Json(reader)), None) => reader.read_all(source, progress),
            // Its ranges are read when it is complete.
            #[cfg(feature = "parquet")]
            (Some(Parser::Ranges(_)), None) => Ok(Some(Ok(()))),
            _ => Ok(None),
        }
    }
}

/// Checks that a file declared to be of a binary format is not a text.
///
/// # Errors
/// A text.
fn not_text(format: Format, start: &[u8]) -> Result<(), InputError> {
    let (encoding, mark_bytes) = detect::encoding(start, None);
    let sample = detect::sample(&start[mark_bytes..], encoding);
    match detect::markup(&sample) {
        Some(kind) => Err(InputError::of_data(FileFault::Unsupported { kind })),
        None if detect::is_text(&sample) => {
            Err(InputError::of_data(FileFault::Mislabelled { declared: format.kind(), found: FileKind::Text }))
        }
        None => Ok(()),
    }
}

/// Reads a workbook, or the only file in an archive; a `nested` archive is itself in an archive.
#[cfg(feature = "workbook")]
fn read_container(
    bytes: Vec<u8>,
    nested: bool,
    source: &Source,
    options: &Options,
    limits: &Limits,
    decompressed: &mut u64,
) -> Result<Dataset, InputError> {
    match crate::container::open(bytes, options, limits)? {
        Opened::Workbook(table) => Ok((*table).into()),
        Opened::File(_) if nested => Err(InputError::of_data(FileFault::Nested { kind: FileKind::Zip })),
        Opened::File(member) => {
            let mut document = Document::in_archive(member.archive_bytes, source.encoding, options, limits);
            member.read(limits, decompressed, |chunk| document.feed(chunk))?;
            document.finish(decompressed)
        }
    }
}
