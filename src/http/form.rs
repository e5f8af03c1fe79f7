//! A `multipart/form-data` body: options, then the files that are the data.
//!
//! The options come first, because the files are described while they arrive and are not kept in memory.

use crate::describe::{Described, Describer};
use crate::http::error::Error;
use crate::http::media;
use crate::http::multipart::{Event, Head, Multipart};
use crate::http::request_error::RequestError;
use describe_options::{InputError, Options, Origin, RawOption, excerpt};
use describe_readers::{Limits, Source};

/// Maximum length of an option's value.
const MAX_FIELD_BYTES: usize = 64 << 10;

/// Maximum number of values of all options.
const MAX_FIELDS: usize = 100;

/// Reader of a form, chunk by chunk.
#[derive(Debug)]
pub struct Form {
    parts: Multipart,
    fields: Fields,
}

#[derive(Debug)]
struct Fields {
    given: Vec<RawOption>,
    limits: Limits,
    count: usize,
    /// The files so far; `None` before the first.
    describer: Option<Describer>,
    part: Part,
}

/// Part being read.
#[derive(Debug)]
enum Part {
    Option(String, Vec<u8>),
    File,
    /// File without a name; ignored if it is empty.
    Unnamed(Source),
}

impl Form {
    /// Creates a reader for this boundary; `given` are the options of the URL.
    ///
    /// # Errors
    /// Invalid options.
    pub fn new(boundary: &str, given: Vec<RawOption>, limits: Limits) -> Result<Self, InputError> {
        Options::parse(&given)?;
        let part = Part::Option(String::new(), Vec::new());
        Ok(Self { parts: Multipart::new(boundary), fields: Fields { given, limits, count: 0, describer: None, part } })
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
            Event::End => Ok(fields.end()?),
        })
    }

    /// Ends the body.
    ///
    /// # Errors
    /// A truncated body, a form without a file, and the errors of the files' reader.
    pub fn finish(self) -> Result<Described, Error> {
        self.parts.finish()?;
        let Some(describer) = self.fields.describer else {
            return Err(RequestError::NoFile.into());
        };
        Ok(describer.finish()?)
    }
}

impl Fields {
    fn begin(&mut self, Head { name, file, content_type }: Head) -> Result<(), Error> {
        self.part = match file {
            None => self.option(name)?,
            Some(file) if file.is_empty() => Part::Unnamed(media::of_part(&content_type, file)?),
            Some(file) => {
                self.open(media::of_part(&content_type, file)?)?;
                Part::File
            }
        };
        Ok(())
    }

    fn option(&mut self, name: String) -> Result<Part, RequestError> {
        self.count += 1;
        if self.describer.is_some() {
            return Err(RequestError::OptionAfterFile(excerpt(name.as_bytes())));
        }
        if name == "numbers" {
            return Err(RequestError::NumbersInForm);
        }
        if self.count > MAX_FIELDS {
            return Err(RequestError::TooManyFields(MAX_FIELDS));
        }
        Ok(Part::Option(name, Vec::new()))
    }

    fn data(&mut self, data: &[u8]) -> Result<(), Error> {
        if let Part::Unnamed(source) = &self.part {
            let source = source.clone();
            self.open(source)?;
            self.part = Part::File;
        }
        match (&mut self.part, &mut self.describer) {
            (Part::Option(name, text), _) => {
                text.extend_from_slice(data);
                if text.len() > MAX_FIELD_BYTES {
                    let name = excerpt(name.as_bytes());
                    return Err(RequestError::FieldTooLong { name, max: MAX_FIELD_BYTES }.into());
                }
            }
            (_, Some(describer)) => describer.feed(data)?,
            (_, None) => {}
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), RequestError> {
        let Part::Option(name, text) = &mut self.part else { return Ok(()) };
        let Ok(value) = String::from_utf8(std::mem::take(text)) else {
            return Err(RequestError::FieldNotUtf8(excerpt(name.as_bytes())));
        };
        let name = name.strip_suffix("[]").unwrap_or(name);
        match self.given.iter_mut().find(|given| given.origin == Origin::Body && given.name == name) {
            Some(given) => given.values.push(value),
            None => self.given.push(RawOption { origin: Origin::Body, name: name.to_owned(), values: vec![value] }),
        }
        Ok(())
    }

    /// Begins a file: the first, or another of the same data set.
    fn open(&mut self, source: Source) -> Result<(), InputError> {
        match &mut self.describer {
            Some(describer) => describer.next_file(source),
            none => {
                *none = Some(Describer::new(source, std::mem::take(&mut self.given), self.limits)?);
                Ok(())
            }
        }
    }
}
