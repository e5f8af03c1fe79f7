//! A `multipart/form-data` body: options, and the files that are the data. The field `numbers` is a file, too: pasted text; and the file
//! `boundaries` is the option `grade_boundaries`.
//!
//! Files are described while they arrive, with the options before them. Options may also follow a file: so the bytes of files
//! are kept as well, up to a limit, and read again with all options if one does.

use crate::describe::{Described, Describer};
use crate::http::error::Error;
use crate::http::media;
use crate::http::multipart::{Event, Head, Multipart};
use crate::http::request_error::RequestError;
use describe_options::{InputError, Kind, MAX_VALUE_BYTES, OptionName, Options, Origin, RawOption, excerpt};
use describe_readers::{Format, Ledger, Limits, Source};

/// Part of the memory limit that the kept bytes of files may take: their reader may need the rest.
const KEPT_SHARE: usize = 2;

/// Maximum number of values of all options.
const MAX_FIELDS: usize = 100;

/// Maximum number of files: of each something stays in memory, however small it is.
const MAX_FILES: usize = 1000;

/// Name of the part that is a file with the boundaries of grades.
const BOUNDARIES_PART: &str = "boundaries";

/// Reader of a form, chunk by chunk.
#[derive(Debug)]
pub struct Form {
    parts: Multipart,
    fields: Fields,
}

#[derive(Debug)]
struct Fields {
    given: Vec<RawOption>,
    /// What the files are, whatever their declared types.
    expected: Option<Format>,
    limits: Limits,
    count: usize,
    files: Files,
    part: Part,
}

/// Files so far.
#[derive(Debug)]
struct Files {
    /// Description of the files with the options before them; `None` before the first file, after an error and after an
    /// option that follows a file.
    describer: Option<Describer>,
    /// Error of the description. An option that follows may be the remedy, so it is reported at the end.
    error: Option<InputError>,
    count: usize,
    /// Way in which all of them come.
    way: Option<Way>,
    /// The files; `None` once they are larger than the limit.
    kept: Option<Vec<KeptFile>>,
    kept_bytes: usize,
    max_kept_bytes: usize,
    ledger: Ledger,
    /// First option after a file.
    late_option: Option<String>,
}

/// Properties and bytes of a file.
#[derive(Debug)]
struct KeptFile {
    source: Source,
    bytes: Vec<u8>,
}

/// Part being read.
#[derive(Debug)]
enum Part {
    Option {
        name: String,
        text: Vec<u8>,
        /// Whether it came as a file, which is not left out when it is empty.
        is_file: bool,
    },
    File,
    /// File without a name, or pasted text; ignored if it is empty.
    Unnamed(Source, Way),
}

/// Way in which data come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    File,
    /// The field `numbers`.
    Pasted,
}

impl Form {
    /// Creates a reader for this boundary; `given` are the options of the URL, and all files are of the `expected` format if there is one.
    ///
    /// # Errors
    /// Invalid options.
    pub fn new(
        boundary: &str,
        given: Vec<RawOption>,
        expected: Option<Format>,
        limits: &Limits,
    ) -> Result<Self, InputError> {
        Options::parse(&given)?;
        let part = Part::Option { name: String::new(), text: Vec::new(), is_file: false };
        let files = Files {
            describer: None,
            error: None,
            count: 0,
            way: None,
            kept: Some(Vec::new()),
            kept_bytes: 0,
            max_kept_bytes: limits.memory / KEPT_SHARE,
            ledger: limits.ledger.clone(),
            late_option: None,
        };
        Ok(Self {
            parts: Multipart::new(boundary),
            fields: Fields { given, expected, limits: limits.clone(), count: 0, files, part },
        })
    }

    /// Reads the next chunk, cut anywhere.
    ///
    /// # Errors
    /// A malformed form, invalid options, and the errors of the files' reader.
    pub fn feed(&mut self, chunk: &[u8]) -> Result<(), Error> {
        let fields = &mut self.fields;
        self.parts.feed(chunk, &mut |event| match event {
            Event::Begin(head) => fields.begin(head),
            Event::Data(data) => fields.data(data),
            Event::End => fields.end(),
        })
    }

    /// Ends the body.
    ///
    /// # Errors
    /// A truncated body, a form without a file, and the errors of the files' reader.
    pub fn finish(self) -> Result<Described, Error> {
        self.parts.finish()?;
        let Fields { given, limits, files, .. } = self.fields;
        files.finish(given, &limits)
    }
}

impl Fields {
    fn begin(&mut self, Head { name, file, content_type }: Head) -> Result<(), Error> {
        self.part = match file {
            // Text that was pasted into the page is recognised as a file without a name is.
            None if name == "numbers" => Part::Unnamed(self.source("", String::new())?, Way::Pasted),
            None => self.option(name, false)?,
            // The only option that may be a file.
            Some(file) if name == BOUNDARIES_PART || name == OptionName::GradeBoundaries.as_str() => {
                self.option(OptionName::GradeBoundaries.as_str().to_owned(), !file.is_empty())?
            }
            Some(file) if file.is_empty() => Part::Unnamed(self.source(&content_type, file)?, Way::File),
            Some(file) => {
                self.files.open(self.source(&content_type, file)?, Way::File, &self.given, &self.limits)?;
                Part::File
            }
        };
        Ok(())
    }

    /// Properties of a part with data.
    fn source(&self, content_type: &str, name: String) -> Result<Source, Error> {
        let declared = media::of_part(content_type, name)?;
        Ok(match self.expected {
            Some(_) => Source { format: self.expected, content_decides: false, ..declared },
            None => declared,
        })
    }

    fn option(&mut self, name: String, is_file: bool) -> Result<Part, RequestError> {
        self.count += 1;
        if self.count > MAX_FIELDS {
            return Err(RequestError::TooManyFields(MAX_FIELDS));
        }
        Ok(Part::Option { name, text: Vec::new(), is_file })
    }

    fn data(&mut self, data: &[u8]) -> Result<(), Error> {
        if let Part::Unnamed(source, way) = &self.part {
            self.files.open(source.clone(), *way, &self.given, &self.limits)?;
            self.part = Part::File;
        }
        let Part::Option { name, text, .. } = &mut self.part else { return self.files.feed(data) };
        text.extend_from_slice(data);
        if text.len() > MAX_VALUE_BYTES {
            let name = excerpt(name.as_bytes());
            return Err(RequestError::FieldTooLong { name, max: MAX_VALUE_BYTES }.into());
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Error> {
        let Part::Option { name, text, is_file } = &mut self.part else { return Ok(()) };
        let Ok(mut value) = String::from_utf8(std::mem::take(text)) else {
            return Err(RequestError::FieldNotUtf8(excerpt(name.as_bytes())).into());
        };
        if *is_file && value.is_empty() {
            value.push('\n');
        }
        if !value.is_empty() {
            self.files.add_option(name)?;
        }
        let name = name.strip_suffix("[]").unwrap_or(name);
        match self.given.iter_mut().find(|given| given.origin == Origin::Body && given.name == name) {
            Some(given) => given.values.push(value),
            None => self.given.push(RawOption { origin: Origin::Body, name: name.to_owned(), values: vec![value] }),
        }
        Ok(())
    }
}

impl Files {
    /// Begins a file: the first, or another of the same data set. `given` are the options so far.
    fn open(&mut self, source: Source, way: Way, given: &[RawOption], limits: &Limits) -> Result<(), Error> {
        self.count += 1;
        if self.count > MAX_FILES {
            return Err(RequestError::TooManyFiles(MAX_FILES).into());
        }
        if *self.way.get_or_insert(way) != way {
            return Err(RequestError::NumbersBesideFile.into());
        }
        let is_first = self.count == 1;
        if let Some(kept) = &mut self.kept {
            kept.push(KeptFile { source: source.clone(), bytes: Vec::new() });
        }
        if is_first {
            self.describer = Some(Describer::new(source, given.to_vec(), limits)?);
            return Ok(());
        }
        let opened = self.describer.as_mut().map_or(Ok(()), |describer| describer.next_file(source));
        self.hold(opened)
    }

    /// Reads the next bytes of the current file.
    fn feed(&mut self, data: &[u8]) -> Result<(), Error> {
        self.keep(data)?;
        let fed = self.describer.as_mut().map_or(Ok(()), |describer| describer.feed(data));
        self.hold(fed)
    }

    /// Keeps the next bytes of the current file, unless the files are larger than the limit.
    fn keep(&mut self, data: &[u8]) -> Result<(), Error> {
        let Some(KeptFile { bytes, .. }) = self.kept.as_mut().and_then(|kept| kept.last_mut()) else { return Ok(()) };
        let needed = bytes.len() + data.len();
        // The capacity counts, and doubles up to the limit.
        let others = self.kept_bytes - bytes.capacity();
        let room = self.max_kept_bytes.saturating_sub(others);
        if needed > room {
            self.ledger.release(self.kept_bytes);
            (self.kept, self.kept_bytes) = (None, 0);
            return match (self.error.take(), &self.late_option) {
                (Some(error), _) => Err(error.into()),
                (None, Some(name)) => Err(self.too_large(name)),
                (None, None) => Ok(()),
            };
        }
        if needed > bytes.capacity() {
            let capacity = (2 * bytes.capacity()).clamp(needed, room);
            self.ledger.charge(capacity - bytes.capacity())?;
            bytes.reserve_exact(capacity - bytes.len());
        }
        bytes.extend_from_slice(data);
        self.kept_bytes = others + bytes.capacity();
        Ok(())
    }

    /// Holds an error back while the files are kept: an option that follows may be the remedy, except of an exceeded limit.
    fn hold(&mut self, result: Result<(), InputError>) -> Result<(), Error> {
        let Err(error) = result else { return Ok(()) };
        if self.kept.is_none() || error.kind() == Kind::TooLarge {
            return Err(error.into());
        }
        (self.describer, self.error) = (None, Some(error));
        Ok(())
    }

    /// Notes an option. After a file, the files have to be read again.
    fn add_option(&mut self, name: &str) -> Result<(), Error> {
        if self.count == 0 {
            return Ok(());
        }
        if self.kept.is_none() {
            return Err(self.too_large(name));
        }
        (self.describer, self.error) = (None, None);
        self.late_option.get_or_insert_with(|| name.to_owned());
        Ok(())
    }

    fn too_large(&self, name: &str) -> Error {
        RequestError::OptionAfterFile { name: excerpt(name.as_bytes()), max: self.max_kept_bytes }.into()
    }

    /// Completes the files; `given` are all options.
    fn finish(self, given: Vec<RawOption>, limits: &Limits) -> Result<Described, Error> {
        if let Some(error) = self.error {
            return Err(error.into());
        }
        if let Some(describer) = self.describer {
            return Ok(describer.finish()?);
        }
        let mut files = self.kept.unwrap_or_default().into_iter();
        let Some(KeptFile { source, bytes }) = files.next() else {
            return Err(RequestError::NoFile.into());
        };
        let mut describer = Describer::new(source, given, limits)?;
        describer.feed(&bytes)?;
        drop(bytes);
        for KeptFile { source, bytes } in files {
            describer.next_file(source)?;
            describer.feed(&bytes)?;
        }
        Ok(describer.finish()?)
    }
}
