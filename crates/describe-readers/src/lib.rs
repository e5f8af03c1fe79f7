//! Bytes to numbers. Knows nothing of HTTP.

mod buffer;
mod buffered;
pub mod calendar;
mod cells;
mod dataset;
mod decompress;
mod delimited;
mod detect;
mod digest;
mod document;
mod group;
mod integers;
mod json;
mod numbers;
mod parallel;
mod parquet;
mod query_numbers;
mod table;
mod text;
mod transcode;
mod workbook;

use std::io::{self, Read};

use encoding_rs::Encoding;

use describe::{DEFAULT_MAX_DISTINCT, DistinctBudget, Retention};
use describe_options::{Diagnostic, InputError, Kind, Step};
use describe_options::{Given, Options};

use buffer::Buffer;
use dataset::Dataset;
use detect::FilePrefix;
use digest::Digest;
use document::Document;

pub use decompress::{Coding, Decompressor};
pub use digest::sha256;
pub use numbers::{Nested, Numbers};
pub use query_numbers::{form_numbers, plain_query, query_numbers};
pub use table::{Skipped, Table, TableResult};

/// The format of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `application/json`.
    Json,
    /// `application/x-ndjson`: a JSON value a line.
    Ndjson,
    /// `text/plain`: numbers separated by white space.
    Text,
    /// `text/csv`, or any other delimited text.
    Csv,
    /// `text/tab-separated-values`.
    Tsv,
    /// An XLSX or ODS workbook.
    Workbook,
    /// `application/vnd.apache.parquet`.
    Parquet,
}

impl Format {
    /// This format, if it is not one of text.
    fn binary(self) -> Option<Self> {
        matches!(self, Self::Workbook | Self::Parquet).then_some(self)
    }
}

/// What is known of a file before it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Its format; `None` to recognise it by its content.
    pub format: Option<Format>,
    /// How it is compressed, in the order in which the codings were applied.
    pub codings: Vec<Coding>,
    /// Whether gzip and zstd are also recognised by the first bytes.
    pub detect_coding: bool,
    /// The encoding of its text; a byte order mark wins.
    pub encoding: Option<&'static Encoding>,
    /// Its name, for what is wrong with it: needed where there are several.
    pub name: Option<String>,
}

impl From<Option<Format>> for Source {
    /// Without a format everything is recognised by the content.
    fn from(format: Option<Format>) -> Self {
        Self { format, detect_coding: format.is_none(), ..Self::default() }
    }
}

impl Source {
    /// Whether a file that begins so may hold far more than its bytes.
    #[must_use]
    pub fn expands(&self, start: &[u8]) -> bool {
        let coding = || self.detect_coding && Coding::detect(start).is_some();
        let binary = || self.format.map_or_else(|| detect::binary(start), Format::binary).is_some();
        !self.codings.is_empty() || coding() || binary()
    }
}

/// Bounds on what one input may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one number, string or cell.
    pub cell: usize,
    /// Groups of a table, or slices of a nested array: what an answer may have results for.
    pub groups: usize,
    /// Columns of a table.
    pub columns: usize,
    /// Different values of a result that are counted one by one; past it order statistics are approximate.
    pub distinct: usize,
    /// Bytes that come out of all decompression.
    pub decompressed: u64,
    /// Bytes held at once of what cannot be read as a stream: a workbook, a Parquet file, columns to be grouped.
    pub memory: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cell: 64 << 10,
            groups: 100_000,
            columns: 10_000,
            distinct: DEFAULT_MAX_DISTINCT,
            decompressed: 4 << 30,
            memory: 256 << 20,
        }
    }
}

/// So many different values are counted in case that figures are asked for behind the numbers which need that. More would
/// cost everybody else time and memory.
pub const MAX_SPECULATIVE_DISTINCT: usize = 1 << 16;

impl Limits {
    /// What is kept of numbers that are read with these options.
    #[must_use]
    pub fn keep(&self, options: &Options) -> Retention {
        let ordered = options.need_order();
        if options.table.has_reliability() {
            return Retention {
                max_distinct_weighted: Some(if ordered { self.distinct } else { 0 }),
                ..Retention::default()
            };
        }
        if ordered { self.keep_all() } else { Retention::default() }
    }

    /// What is kept of numbers before which the options `before` stand, and behind which others may.
    fn keep_for_any(&self, options: &Options, before: &[Given]) -> Retention {
        if options.named.is_some() || options.need_order() {
            return self.keep(options);
        }
        if Options::parse(before).is_ok_and(|before| before.need_order()) {
            return self.keep_all();
        }
        Retention {
            max_distinct: Some(self.distinct.min(MAX_SPECULATIVE_DISTINCT)),
            speculative: true,
            ..self.keep_all()
        }
    }

    /// What is kept of numbers of which any figure may be wanted.
    #[must_use]
    pub fn keep_all(&self) -> Retention {
        Retention {
            max_distinct: Some(self.distinct),
            budget: Some(DistinctBudget::of_bytes(self.memory)),
            ..Retention::default()
        }
    }
}

/// What was read, ready to be described, and the options that stood beside it.
#[derive(Debug)]
pub struct Input {
    /// The numbers.
    pub data: Data,
    /// Options given in a JSON body.
    pub options: Vec<Given>,
    /// The SHA-256 of each file's bytes as they came, where it was asked for or might have been.
    pub digests: Vec<Option<String>>,
}

/// Numbers, accumulated.
#[derive(Debug)]
pub enum Data {
    /// One array, or rows of numbers.
    Numbers(Box<Numbers>),
    /// The columns of a table.
    Table(Table),
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
        fed.map_err(|rejection| self.place(rejection))
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
        let (data, options) = self.earlier.ok_or_else(dataset::none)?.finish()?;
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
        ended.map_err(|rejection| self.place(rejection))
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
            dataset.within(name);
        }
        if let Some(earlier) = &mut self.earlier {
            return earlier.merge(dataset);
        }
        self.earlier = Some(dataset);
        Ok(())
    }

    /// Says of a refusal in which file it is.
    fn place(&self, mut rejection: InputError) -> InputError {
        if let Some(name) = &self.source.name {
            rejection.within(name);
        }
        rejection
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
                return Ok(read.map_err(|rejection| self.place(rejection)));
            }
            chunk.keep_last(0);
            let count = chunk.read_from(source)?;
            if count == 0 {
                return Ok(Ok(()));
            }
            progress(count as u64);
            if let Err(rejection) = self.feed(chunk.text()) {
                return Ok(Err(rejection));
            }
        }
    }
}

fn too_long(limit: usize) -> InputError {
    let message = format!("a value is longer than {limit} bytes, the limit of --cell-limit (CELL_LIMIT)");
    InputError::new(Kind::TooLarge, message)
}

fn not_utf8(text: &[u8]) -> InputError {
    let loc = vec![Step::Name("body".into())];
    InputError::one(Kind::Malformed, Diagnostic::new(loc, "not_utf8", "the text is not UTF-8", Some(text)))
}
