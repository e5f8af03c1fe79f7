//! Reader of the files of one data set.
//!
//! Input: a [`Source`] and the chunks of each file. Output: an [`Input`]. Each file is decompressed, detected and parsed
//! while its chunks arrive. Invariant: the result does not depend on where the chunks are cut.

use std::io::{self, Read};
use std::sync::Arc;

use describe_options::{InputError, Options, RawOption};

use crate::buffer::Buffer;
use crate::byte_ranges::ByteRanges;
use crate::dataset::{Data, Dataset};
use crate::decompress::{Coding, Decompressor};
use crate::detect::FilePrefix;
use crate::digest::Digest;
use crate::document::Document;
use crate::errors::no_values;
use crate::limits::Limits;
use crate::source::Source;

/// Accumulated data of all files, with the options and digests found while reading.
#[derive(Debug)]
pub struct Input {
    /// Numbers or table.
    pub data: Data,
    /// Options given in a JSON body.
    pub options: Vec<RawOption>,
    /// SHA-256 of each file's bytes as received; `None` if no stamp could have been requested.
    pub digests: Vec<Option<String>>,
}

/// Reads an input chunk by chunk, without keeping bytes that are already accumulated.
///
/// ```
/// use describe_readers::{Format, Limits, Reader};
/// use describe_options::Options;
/// let mut reader = Reader::new(Some(Format::Json), &Options::default(), &Limits::default());
/// reader.feed(b"[0.1, 0.")?;
/// reader.feed(b"2]")?;
/// let input = reader.finish()?;
/// # Ok::<(), describe_options::InputError>(())
/// ```
///
/// Several files form one data set: all numbers of arrays, or all records of tables with the same columns.
///
/// ```
/// use describe_readers::{Data, Format, Limits, Reader, Source};
/// use describe_options::Options;
/// let file = |name: &str| Source { format: Some(Format::Csv), name: Some(name.into()), ..Source::default() };
/// let mut reader = Reader::new(file("2023.csv"), &Options::default(), &Limits::default());
/// reader.feed(b"mark\n41\n")?;
/// reader.next_file(file("2024.csv"))?;
/// reader.feed(b"mark\n49\n70\n")?;
/// assert!(matches!(reader.finish()?.data, Data::Table(table) if table.rows == 3));
/// # Ok::<(), describe_options::InputError>(())
/// ```
#[derive(Debug)]
pub struct Reader {
    options: Options,
    limits: Limits,
    source: Source,
    /// First bytes of the file, until its content coding is known.
    prefix: FilePrefix,
    decompressor: Option<Decompressor>,
    /// The file by ranges of its bytes, until its content coding is known.
    ranges: Option<Arc<dyn ByteRanges>>,
    document: Document,
    /// Merged data of the earlier files.
    earlier: Option<Dataset>,
    /// Number of decompressed bytes of the earlier files.
    decompressed: u64,
    digest: Digest,
    digests: Vec<Option<String>>,
}

impl Reader {
    /// Creates a reader whose first file is `source`. Without a format, the format is detected.
    #[must_use]
    pub fn new(source: impl Into<Source>, options: &Options, limits: &Limits) -> Self {
        let source = source.into();
        Self {
            options: options.clone(),
            limits: limits.clone(),
            document: Document::new(source.clone(), options, limits),
            source,
            prefix: FilePrefix::default(),
            decompressor: None,
            ranges: None,
            earlier: None,
            decompressed: 0,
            digest: Digest::new(options.output.stamped()),
            digests: Vec::new(),
        }
    }

    /// Leaves the hashes of the files to the caller. Call it before the first chunk.
    pub fn skip_hashes(&mut self) {
        self.digest = Digest::default();
    }

    /// Gives access to any bytes of the current file. Call it before its first chunk. A Parquet file that is not compressed as a whole
    /// is then not buffered, whatever its size: the ranges that are needed are read when it is complete.
    pub fn set_ranges(&mut self, ranges: Arc<dyn ByteRanges>) {
        self.ranges = Some(ranges);
    }

    /// Reads the next chunk, which may be cut anywhere.
    ///
    /// # Errors
    /// Errors that make the rest of the input irrelevant. Invalid values are collected, and reported by
    /// [`Reader::finish`].
    pub fn feed(&mut self, chunk: &[u8]) -> Result<(), InputError> {
        self.digest.update(chunk, !self.source.codings.is_empty());
        let result = self.feed_compressed(chunk);
        result.map_err(|error| self.in_file(error))
    }

    /// Completes the current file and starts the next file of the same data set.
    ///
    /// # Errors
    /// The errors of [`Reader::finish`] except invalid values, and columns or a kind of data that differ from those of the
    /// earlier files.
    pub fn next_file(&mut self, source: Source) -> Result<(), InputError> {
        self.finish_file()?;
        self.document = Document::new(source.clone(), &self.options, &self.limits);
        self.source = source;
        Ok(())
    }

    /// Completes the input.
    ///
    /// # Errors
    /// A truncated input, invalid values, or no values at all.
    pub fn finish(mut self) -> Result<Input, InputError> {
        self.finish_file()?;
        let (data, options) = self.earlier.ok_or_else(no_values)?.finish()?;
        Ok(Input { data, options, digests: self.digests })
    }

    fn feed_compressed(&mut self, chunk: &[u8]) -> Result<(), InputError> {
        if self.decompressor.is_some() {
            return self.decompress(chunk);
        }
        let required = if self.source.detect_coding { Coding::MAX_MAGIC_BYTES } else { 0 };
        self.prefix.add(chunk, required).map_or(Ok(()), |prefix| self.begin(&prefix))
    }

    /// Selects the content codings from the beginning of the file, and decompresses that beginning.
    fn begin(&mut self, prefix: &[u8]) -> Result<(), InputError> {
        let mut codings = self.source.codings.clone();
        if self.source.detect_coding && codings.is_empty() {
            codings.extend(Coding::detect(prefix));
        }
        let decompressor = Decompressor::new(&codings, &self.limits, self.decompressed);
        if let Some(ranges) = self.ranges.take().filter(|_| decompressor.is_identity()) {
            self.document.set_ranges(ranges);
        }
        self.decompressor = Some(decompressor);
        self.decompress(prefix)
    }

    fn decompress(&mut self, chunk: &[u8]) -> Result<(), InputError> {
        let Self { decompressor: Some(decompressor), document, .. } = self else { return Ok(()) };
        decompressor.feed(chunk, &mut |bytes| document.feed(bytes))
    }

    fn finish_file(&mut self) -> Result<(), InputError> {
        let result = self.merge_file();
        result.map_err(|error| self.in_file(error))
    }

    /// Completes the current file and merges it with the earlier ones.
    fn merge_file(&mut self) -> Result<(), InputError> {
        self.digests.push(self.digest.finish());
        if self.decompressor.is_none() {
            let prefix = self.prefix.take();
            self.begin(&prefix)?;
        }
        if let Some(decompressor) = self.decompressor.take() {
            decompressor.finish()?;
            self.decompressed = decompressor.written();
        }
        let next = Document::new(Source::default(), &self.options, &self.limits);
        let mut dataset = std::mem::replace(&mut self.document, next).finish(&mut self.decompressed)?;
        dataset.set_file(self.source.name.as_deref())?;
        if let Some(earlier) = &mut self.earlier {
            return earlier.merge(dataset);
        }
        self.earlier = Some(dataset);
        Ok(())
    }

    /// Adds the current file's name to an error.
    fn in_file(&self, mut error: InputError) -> InputError {
        if let Some(name) = &self.source.name {
            error.set_file(name);
        }
        error
    }

    /// Reads the rest of a file, on all threads where the format allows it. `progress` is called with the number of bytes
    /// of each read.
    ///
    /// # Errors
    /// The outer error comes from reading `source`, the inner one is that of [`Reader::feed`].
    pub fn read_all(
        &mut self,
        source: &mut (impl Read + Send),
        progress: &(impl Fn(u64) + Sync),
    ) -> io::Result<Result<(), InputError>> {
        let mut chunk = Buffer::default();
        loop {
            let direct = self.decompressor.as_ref().is_some_and(Decompressor::is_identity) && !self.digest.needs_all();
            let read = if direct { self.document.read_all(source, progress)? } else { None };
            if let Some(read) = read {
                self.digest.discard();
                return Ok(read.map_err(|error| self.in_file(error)));
            }
            chunk.keep_last(0);
            let count = chunk.read_from(source)?;
            if count == 0 {
                return Ok(Ok(()));
            }
            progress(count as u64);
            if let Err(error) = self.feed(chunk.text()) {
                return Ok(Err(error));
            }
        }
    }
}
