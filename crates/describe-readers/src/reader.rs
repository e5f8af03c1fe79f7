//! Files in, one data set out: each file is decompressed, recognised and parsed while its chunks arrive.

use std::io::{self, Read};

use describe_options::{InputError, Options, RawOption};

use crate::buffer::Buffer;
use crate::dataset::{Data, Dataset};
use crate::decompress::{Coding, Decompressor};
use crate::detect::FilePrefix;
use crate::digest::Digest;
use crate::document::Document;
use crate::errors::no_values;
use crate::limits::Limits;
use crate::source::Source;

/// What was read, ready to be described, and the options that stood beside it.
#[derive(Debug)]
pub struct Input {
    /// The numbers.
    pub data: Data,
    /// Options given in a JSON body.
    pub options: Vec<RawOption>,
    /// The SHA-256 of each file's bytes as they came, where it was asked for or might have been.
    pub digests: Vec<Option<String>>,
}

/// Reads an input chunk by chunk and keeps none of what can be described at once.
///
/// ```
/// use describe_readers::{Format, Limits, Reader};
/// use describe_options::Options;
/// let mut reader = Reader::new(Some(Format::Json), &Options::default(), Limits::default());
/// reader.feed(b"[0.1, 0.")?;
/// reader.feed(b"2]")?;
/// let input = reader.finish()?;
/// # Ok::<(), describe_options::InputError>(())
/// ```
///
/// Several files make one data set: all numbers of arrays, or all records of tables with the same columns.
///
/// ```
/// use describe_readers::{Data, Format, Limits, Reader, Source};
/// use describe_options::Options;
/// let file = |name: &str| Source { format: Some(Format::Csv), name: Some(name.into()), ..Source::default() };
/// let mut reader = Reader::new(file("2023.csv"), &Options::default(), Limits::default());
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
    /// Compressed or not.
    head: FilePrefix,
    decompressor: Option<Decompressor>,
    document: Document,
    /// The files before it.
    earlier: Option<Dataset>,
    /// How many bytes came out of decompressing those.
    decompressed: u64,
    digest: Digest,
    digests: Vec<Option<String>>,
}

impl Reader {
    /// A reader of a file, or of several that begin with this one; without a format it is recognised.
    #[must_use]
    pub fn new(source: impl Into<Source>, options: &Options, limits: Limits) -> Self {
        let source = source.into();
        Self {
            options: options.clone(),
            limits,
            document: Document::new(source.clone(), options, limits),
            source,
            head: FilePrefix::default(),
            decompressor: None,
            earlier: None,
            decompressed: 0,
            digest: Digest::new(options.output.stamped()),
            digests: Vec::new(),
        }
    }

    /// Takes the next chunk, cut anywhere.
    ///
    /// # Errors
    /// When nothing that follows could make the input good. Bad values do not end the reading: [`Reader::finish`] reports them all.
    pub fn feed(&mut self, chunk: &[u8]) -> Result<(), InputError> {
        self.digest.take(chunk);
        let fed = self.take(chunk);
        fed.map_err(|error| self.in_file(error))
    }

    /// Ends the file at hand and begins the next one of the same data set.
    ///
    /// # Errors
    /// What [`Reader::finish`] finds wrong with the file at hand but for bad values, or that it differs from those before it.
    pub fn next_file(&mut self, source: Source) -> Result<(), InputError> {
        self.end_file()?;
        self.document = Document::new(source.clone(), &self.options, self.limits);
        self.source = source;
        Ok(())
    }

    /// Ends the input.
    ///
    /// # Errors
    /// A truncated input, bad values, nothing to describe.
    pub fn finish(mut self) -> Result<Input, InputError> {
        self.end_file()?;
        let (data, options) = self.earlier.ok_or_else(no_values)?.finish()?;
        Ok(Input { data, options, digests: self.digests })
    }

    fn take(&mut self, chunk: &[u8]) -> Result<(), InputError> {
        if self.decompressor.is_some() {
            return self.decompress(chunk);
        }
        let enough = if self.source.detect_coding { Coding::MAX_MAGIC_BYTES } else { 0 };
        self.head.with(chunk, enough).map_or(Ok(()), |head| self.begin(&head))
    }

    /// Decides how the file is compressed.
    fn begin(&mut self, head: &[u8]) -> Result<(), InputError> {
        let mut codings = self.source.codings.clone();
        if self.source.detect_coding && codings.is_empty() {
            codings.extend(Coding::detect(head));
        }
        self.decompressor = Some(Decompressor::new(&codings, self.limits.decompressed, self.decompressed));
        self.decompress(head)
    }

    fn decompress(&mut self, chunk: &[u8]) -> Result<(), InputError> {
        let Self { decompressor: Some(decompressor), document, .. } = self else { return Ok(()) };
        decompressor.feed(chunk, &mut |bytes| document.feed(bytes))
    }

    fn end_file(&mut self) -> Result<(), InputError> {
        let ended = self.end();
        ended.map_err(|error| self.in_file(error))
    }

    fn end(&mut self) -> Result<(), InputError> {
        self.digests.push(self.digest.finish());
        if self.decompressor.is_none() {
            let head = self.head.take();
            self.begin(&head)?;
        }
        if let Some(decompressor) = self.decompressor.take() {
            decompressor.finish()?;
            self.decompressed = decompressor.written();
        }
        let next = Document::new(Source::default(), &self.options, self.limits);
        let mut dataset = std::mem::replace(&mut self.document, next).finish()?;
        if let Some(name) = &self.source.name {
            dataset.set_file(name);
        }
        if let Some(earlier) = &mut self.earlier {
            return earlier.merge(dataset);
        }
        self.earlier = Some(dataset);
        Ok(())
    }

    /// Says of a refusal in which file it is.
    fn in_file(&self, mut error: InputError) -> InputError {
        if let Some(name) = &self.source.name {
            error.set_file(name);
        }
        error
    }

    /// Takes all that follows of a file, on every core at once where it can; `progress` is told of the bytes.
    ///
    /// # Errors
    /// The outer error is the file's, the inner one is as for [`Reader::feed`].
    pub fn read_all(
        &mut self,
        source: &mut (impl Read + Send),
        progress: &(impl Fn(u64) + Sync),
    ) -> io::Result<Result<(), InputError>> {
        let mut chunk = Buffer::default();
        loop {
            let plain = self.decompressor.as_ref().is_some_and(Decompressor::is_identity) && !self.digest.needs_all();
            let read = if plain { self.document.read_all(source, progress)? } else { None };
            if let Some(read) = read {
                self.digest.lose();
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
