//! Parser of `multipart/form-data` (RFC 7578).
//!
//! Input: chunks of bytes, cut anywhere. Output: events. Invariant: only the head of a part and the possible beginning of a
//! boundary are buffered.

use memchr::memmem;

use crate::http::media::parameter;
use crate::http::request_error::RequestError;

/// Maximum length of a part's head, which usually has one or two lines.
const MAX_HEAD_BYTES: usize = 16 << 10;

/// Maximum number of lines of a part's head.
const MAX_HEAD_LINES: usize = 32;

/// Event of the parser.
#[derive(Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A part begins.
    Begin(Head),
    /// Some bytes of the part.
    Data(&'a [u8]),
    /// The part ends.
    End,
}

/// Head of a part.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The field's name.
    pub name: String,
    /// The file's name, without folders; `None` if the part is not a file.
    pub file: Option<String>,
    /// The media type; empty if it is not given.
    pub content_type: String,
}

/// Parser of a body.
#[derive(Debug)]
pub struct Multipart {
    /// A line end and the boundary.
    delimiter: memmem::Finder<'static>,
    place: Place,
    /// Bytes that cannot be classified yet.
    pending: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Before,
    /// After a boundary.
    Boundary,
    Head,
    Data,
    After,
}

impl Multipart {
    /// Creates a parser for this boundary.
    #[must_use]
    pub fn new(boundary: &str) -> Self {
        let delimiter = memmem::Finder::new(&format!("\r\n--{boundary}")).into_owned();
        // The first boundary has no line end before it.
        Self { delimiter, place: Place::Before, pending: b"\r\n".to_vec() }
    }

    /// Parses the next chunk, cut anywhere.
    ///
    /// # Errors
    /// A malformed multipart body, and the errors of `sink`.
    pub fn feed<E: From<RequestError>>(
        &mut self,
        chunk: &[u8],
        sink: &mut dyn FnMut(Event) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut text = std::mem::take(&mut self.pending);
        text.extend_from_slice(chunk);
        let mut at = 0;
        while let Some(taken) = self.step(&text[at..], sink)? {
            at += taken;
        }
        text.drain(..at);
        self.pending = text;
        Ok(())
    }

    /// Ends the body.
    ///
    /// # Errors
    /// A truncated body.
    pub fn finish(&self) -> Result<(), RequestError> {
        match self.place {
            Place::After => Ok(()),
            Place::Before => {
                Err(RequestError::Multipart("the boundary that the Content-Type names does not stand in the body"))
            }
            _ => Err(RequestError::Multipart("the multipart body ends before its last boundary")),
        }
    }

    /// Parses the beginning of `text` and returns the number of bytes parsed; `None` if more text is needed.
    fn step<E: From<RequestError>>(
        &mut self,
        text: &[u8],
        sink: &mut dyn FnMut(Event) -> Result<(), E>,
    ) -> Result<Option<usize>, E> {
        match self.place {
            Place::Before | Place::Data => self.data(text, sink),
            Place::Boundary => Ok(self.boundary(text)?),
            Place::Head => match memmem::find(text, b"\r\n\r\n") {
                Some(end) if end <= MAX_HEAD_BYTES => {
                    sink(Event::Begin(head(&text[2..end + 4])?))?;
                    self.place = Place::Data;
                    Ok(Some(end + 4))
                }
                None if text.len() <= MAX_HEAD_BYTES => Ok(None),
                _ => Err(RequestError::Multipart("the head of a part is longer than 16 KiB").into()),
            },
            Place::After => Ok((!text.is_empty()).then_some(text.len())),
        }
    }

    /// Passes on the bytes up to the next boundary, or to the possible beginning of one.
    fn data<E: From<RequestError>>(
        &mut self,
        text: &[u8],
        sink: &mut dyn FnMut(Event) -> Result<(), E>,
    ) -> Result<Option<usize>, E> {
        let length = self.delimiter.needle().len();
        let found = self.delimiter.find(text);
        let sure = found.unwrap_or((text.len() + 1).saturating_sub(length));
        if self.place == Place::Data && sure > 0 {
            sink(Event::Data(&text[..sure]))?;
        }
        if found.is_none() {
            return Ok((sure > 0).then_some(sure));
        }
        if self.place == Place::Data {
            sink(Event::End)?;
        }
        self.place = Place::Boundary;
        Ok(Some(sure + length))
    }

    /// Parses the text after a boundary: two hyphens after the last one, else the end of the line, with which the head begins.
    fn boundary(&mut self, text: &[u8]) -> Result<Option<usize>, RequestError> {
        let blanks = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        match &text[blanks..] {
            [b'-', b'-', ..] if blanks == 0 => self.place = Place::After,
            [b'\r', b'\n', ..] => self.place = Place::Head,
            [] | [b'\r' | b'-'] if blanks <= MAX_HEAD_BYTES => return Ok(None),
            _ => return Err(RequestError::Multipart("a boundary of the multipart body is followed by something else")),
        }
        Ok(Some(blanks))
    }
}

/// Parses the head of a part, its last empty line included.
fn head(text: &[u8]) -> Result<Head, RequestError> {
    let mut lines = [httparse::EMPTY_HEADER; MAX_HEAD_LINES];
    let Ok(httparse::Status::Complete((_, lines))) = httparse::parse_headers(text, &mut lines) else {
        return Err(RequestError::Multipart("the head of a part is not made of header lines"));
    };
    let line = |name: &str| {
        let line = lines.iter().find(|line| line.name.eq_ignore_ascii_case(name));
        line.map(|line| String::from_utf8_lossy(line.value).into_owned())
    };
    let disposition = line("content-disposition").unwrap_or_default();
    let name = parameter(&disposition, "name");
    let form_data = disposition.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("form-data"));
    let (true, Some(name)) = (form_data, name) else {
        return Err(RequestError::Multipart("a part has no line Content-Disposition: form-data; name=\"…\""));
    };
    let transfer = line("content-transfer-encoding").unwrap_or_default();
    if !["", "binary", "8bit", "7bit"].contains(&transfer.trim().to_ascii_lowercase().as_str()) {
        return Err(RequestError::Multipart("a part has a Content-Transfer-Encoding; send its bytes as they are"));
    }
    let file = parameter(&disposition, "filename").or_else(|| {
        let extended = parameter(&disposition, "filename*")?;
        Some(extended.rsplit('\'').next().unwrap_or_default().to_owned())
    });
    let file = file.map(|path| path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned());
    Ok(Head { name, file, content_type: line("content-type").unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    /// Events, one per line, with consecutive data joined.
    fn found(chunks: &[&[u8]]) -> Result<String, RequestError> {
        let mut parser = Multipart::new("b");
        let mut text = String::new();
        for chunk in chunks {
            parser.feed(chunk, &mut |event| {
                match event {
                    Event::Begin(Head { name, file, content_type }) => {
                        let _ = write!(text, "<{name}|{file:?}|{content_type}>");
                    }
                    Event::Data(data) => text.push_str(&String::from_utf8_lossy(data)),
                    Event::End => text.push_str("</>"),
                }
                Ok::<(), RequestError>(())
            })?;
        }
        parser.finish().map(|()| text)
    }

    const BODY: &str = "preamble\r\n--b \r\nContent-Disposition: form-data; name=\"ddof\"\r\n\r\n0\r\n--b\r\n\
        content-type: text/csv\r\nContent-Disposition: form-data; name=f; filename=\"C:\\tmp\\é.csv\"\r\n\r\n\
        mark\r\n--\r\n--a\r\n--c\r\n\r\n\r\n--b\r\nContent-Disposition: form-data; name=g; filename*=UTF-8''x.csv\r\n\r\n\r\n--b--\r\nend";

    #[test]
    fn chunk_borders_do_not_matter() {
        let expected =
            "<ddof|None|>0</><f|Some(\"é.csv\")|text/csv>mark\r\n--\r\n--a\r\n--c\r\n\r\n</><g|Some(\"x.csv\")|></>";
        assert_eq!(found(&[BODY.as_bytes()]).as_deref(), Ok(expected));
        for cut in 0..=BODY.len() {
            let (start, end) = BODY.as_bytes().split_at(cut);
            assert_eq!(found(&[start, end]).as_deref(), Ok(expected), "cut at {cut}");
        }
        let bytes: Vec<&[u8]> = BODY.as_bytes().chunks(1).collect();
        assert_eq!(found(&bytes).as_deref(), Ok(expected));
    }

    #[test]
    fn what_breaks_off_is_no_body() {
        let last = BODY.find("--b--").map_or(0, |at| at + "--b--".len());
        for end in 0..last {
            assert!(found(&[&BODY.as_bytes()[..end]]).is_err(), "cut at {end}");
        }
        assert!(found(&[&BODY.as_bytes()[..last]]).is_ok());
    }

    #[test]
    fn what_is_no_body() {
        let head = "Content-Disposition: form-data; name=a";
        for body in [
            String::new(),
            "--c\r\n".into(),
            "--b\n".into(),
            format!("--bx\r\n{head}\r\n\r\n\r\n--b--"),
            "--b\r\n\r\n\r\n--b--".into(),
            "--b\r\nno line\r\n\r\n\r\n--b--".into(),
            "--b\r\nContent-Disposition: attachment; name=a\r\n\r\n\r\n--b--".into(),
            "--b\r\nContent-Disposition: form-data; filename=a\r\n\r\n\r\n--b--".into(),
            format!("--b\r\n{head}\r\nContent-Transfer-Encoding: base64\r\n\r\n\r\n--b--"),
            format!("--b\r\n{head}\r\nx: {}\r\n\r\n\r\n--b--", "x".repeat(20_000)),
            format!("--b\r\n{head}\r\nx: {}", "x".repeat(20_000)),
            format!("--b\r\n{head}\r\n{}\r\n\r\n--b--", "x: y\r\n".repeat(40)),
            format!("--b{}", " ".repeat(20_000)),
        ] {
            assert!(found(&[body.as_bytes()]).is_err(), "{body}");
        }
    }
}
