//! Reader of one decompressed file.
//!
//! Input: the decompressed chunks of a file and its [`Source`]. Output: its [`Dataset`]. The format and the encoding are
//! detected from the first bytes where they are not declared; text is decoded to UTF-8 before it is parsed.

use std::io::{self, Read};

#[cfg(any(feature = "parquet", feature = "workbook"))]
use super::buffered::BufferedFile;
use super::dataset::Dataset;
use super::detect::FilePrefix;
use super::errors::no_values;
use super::format::Format;
use super::limits::Limits;
use super::number_line::NumberLineReader;
use super::source::Source;
use super::transcode::Transcoder;
use super::{delimited, detect, json, text};
use describe_options::Options;
use describe_options::{Diagnostic, InputError, OptionName, TextFault};

/// Reads one file chunk by chunk.
#[derive(Debug)]
pub(super) struct Document {
    source: Source,
    options: Options,
    limits: Limits,
    prefix: FilePrefix,
    transcoder: Option<Transcoder>,
    parser: Option<Parser>,
}

#[derive(Debug)]
enum Parser {
    Json(Box<json::JsonReader>),
    Text(Box<text::TextReader>),
    NumberLine(Box<NumberLineReader>),
    Delimited(Box<delimited::DelimitedReader>),
    #[cfg(any(feature = "parquet", feature = "workbook"))]
    Buffered(BufferedFile),
}

impl Document {
    pub(super) fn new(source: Source, options: &Options, limits: Limits) -> Self {
        Self { source, options: options.clone(), limits, prefix: FilePrefix::default(), transcoder: None, parser: None }
    }

    /// Reads the next chunk, which may be cut anywhere.
    pub(super) fn feed(&mut self, chunk: &[u8]) -> Result<(), InputError> {
        if self.parser.is_some() {
            return self.feed_encoded(chunk);
        }
        let required = if self.source.format.is_some() { detect::MAX_BOM_BYTES } else { detect::SAMPLE_BYTES };
        self.prefix.add(chunk, required).map_or(Ok(()), |start| self.begin(&start))
    }

    /// Completes the file.
    ///
    /// # Errors
    /// A truncated file, a file without values, or the errors of its format.
    pub(super) fn finish(mut self) -> Result<Dataset, InputError> {
        if self.parser.is_none() {
            let start = self.prefix.take();
            self.begin(&start)?;
        }
        if let Some(mut transcoder) = self.transcoder.take() {
            transcoder.finish(|text| self.feed_decoded(text))?;
        }
        match self.parser {
            Some(Parser::Json(reader)) => reader.finish(),
            Some(Parser::Text(reader)) => Ok(reader.finish()?.into()),
            Some(Parser::NumberLine(reader)) => Ok(reader.finish()?.into()),
            Some(Parser::Delimited(reader)) => Ok(reader.finish()?.into()),
            #[cfg(any(feature = "parquet", feature = "workbook"))]
            Some(Parser::Buffered(file)) => file.finish(&self.options, self.limits),
            None => Err(no_values()),
        }
    }

    /// Selects the encoding and the parser from the beginning of the file, and feeds that beginning to the parser.
    fn begin(&mut self, start: &[u8]) -> Result<(), InputError> {
        let binary = self.source.format.map_or_else(|| detect::binary(start), Format::binary);
        if let Some(format) = binary {
            self.parser = Some(self.new_parser(format)?);
            return self.feed_decoded(start);
        }
        let (encoding, mark_bytes) = detect::encoding(start, self.declared_encoding()?);
        self.transcoder = encoding.map(Transcoder::new);
        let sample = detect::sample(&start[mark_bytes..], encoding);
        self.parser = Some(match (self.source.format, self.number_line(&sample, start.len())) {
            (None, Some(separator)) => {
                Parser::NumberLine(Box::new(NumberLineReader::new(separator, &self.options, &self.limits)))
            }
            (format, _) => self.new_parser(format.unwrap_or_else(|| detect::text(&sample)))?,
        });
        self.feed_encoded(&start[mark_bytes..])
    }

    /// Separator of a text that is one line of numbers; `None` for any other text, and if an option says that it is a table.
    /// `bytes` is the length of the beginning of the file from which `sample` was taken.
    fn number_line(&self, sample: &[u8], bytes: usize) -> Option<u8> {
        let is_whole = bytes < detect::SAMPLE_BYTES;
        detect::number_line(sample, is_whole).filter(|_| self.options.first_for_tables().is_none())
    }

    /// Encoding declared by the source or by an option.
    ///
    /// # Errors
    /// Two different declarations.
    fn declared_encoding(&self) -> Result<Option<&'static encoding_rs::Encoding>, InputError> {
        match (self.source.encoding, self.options.table.encoding) {
            (Some(declared), Some(requested)) if declared != requested => {
                let location = self.options.location(OptionName::Encoding);
                let fault = TextFault::Contradiction { declared: declared.name(), asked: requested.name() };
                Err(Diagnostic::new(location, fault).with_input(requested.name().as_bytes()).into())
            }
            (declared, requested) => Ok(declared.or(requested)),
        }
    }

    /// Creates the parser of a format.
    ///
    /// # Errors
    /// A format whose feature is not in the build.
    #[cfg_attr(
        all(feature = "parquet", feature = "workbook"),
        expect(clippy::unnecessary_wraps, reason = "fails only for a format that is not in the build")
    )]
    fn new_parser(&self, format: Format) -> Result<Parser, InputError> {
        #[cfg(any(feature = "parquet", feature = "workbook"))]
        let buffered = |measured, read| Parser::Buffered(BufferedFile::new(measured, read, self.limits.memory));
        let delimited =
            |default_delimiter| delimited::DelimitedReader::new(&self.options, self.limits, default_delimiter);
        Ok(match format {
            Format::Csv => Parser::Delimited(Box::new(delimited(None))),
            Format::Tsv => Parser::Delimited(Box::new(delimited(Some(b'\t')))),
            Format::Text => Parser::Text(Box::new(text::TextReader::new(&self.options, &self.limits))),
            Format::Json | Format::Ndjson => {
                Parser::Json(Box::new(json::JsonReader::new(&self.options, self.limits, format == Format::Ndjson)))
            }
            #[cfg(feature = "parquet")]
            Format::Parquet => buffered(describe_options::Measured::ParquetFile, |bytes, options, limits| {
                crate::parquet::read(bytes::Bytes::from(bytes), options, limits)
            }),
            #[cfg(not(feature = "parquet"))]
            Format::Parquet => return Err(super::errors::not_built("parquet")),
            #[cfg(feature = "workbook")]
            Format::Workbook => buffered(describe_options::Measured::WorkbookFile, |bytes, options, limits| {
                crate::workbook::read(io::Cursor::new(bytes), options, limits)
            }),
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
            #[cfg(any(feature = "parquet", feature = "workbook"))]
            Some(Parser::Buffered(file)) => file.feed(chunk),
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
            _ => Ok(None),
        }
    }
}
