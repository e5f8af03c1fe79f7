//! Properties of data that headers declare: media type, charset, content codings.

use axum::http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use encoding_rs::Encoding;

use crate::http::error::Error;
use crate::http::media_types::{self, essence};
use crate::http::request_error::RequestError;
use describe_readers::{Coding, Format, NDJSON_ALIASES, Source};

/// Maximum length of the boundary of a multipart body; RFC 2046 allows 70.
const MAX_BOUNDARY_BYTES: usize = 200;

/// The format that the header Accept requests; `None` if it excludes all.
///
/// A format other than JSON is selected by its exact media type; a wildcard selects JSON. Browsers request HTML and a
/// wildcard, so HTML is selected only without a wildcard.
#[must_use]
pub fn accepted(headers: &HeaderMap) -> Option<describe_options::Format> {
    if !headers.contains_key(ACCEPT) {
        return Some(describe_options::Format::Json);
    }
    let header = |value: &HeaderValue| value.to_str().unwrap_or_default().to_ascii_lowercase();
    let value = headers.get_all(ACCEPT).iter().map(header).collect::<Vec<_>>().join(",");
    if value.trim().is_empty() || value == "*/*" || value == "application/json" {
        return Some(describe_options::Format::Json);
    }
    let ranges: Vec<(&str, f32)> = value.split(',').map(range).collect();
    let quality = |name: &str| {
        let same = ranges.iter().filter(|(range, _)| *range == name).map(|(_, quality)| *quality);
        same.reduce(f32::max)
    };
    let wildcards = ["application/*", "*/*"].map(quality);
    let json = quality("application/json");
    // The most specific range decides.
    let json_quality = json.or(wildcards[0]).or(wildcards[1]).unwrap_or(0.0);
    let anything = ranges.iter().any(|(range, quality)| range.ends_with("/*") && *quality > 0.0);
    let mut best = (describe_options::Format::Json, json_quality, json.is_some());
    // JSON is judged above.
    let is_other = |format: &describe_options::Format| match format {
        describe_options::Format::Json => false,
        describe_options::Format::Html => !anything,
        _ => true,
    };
    for format in describe_options::Format::ALL.map(|(_, format)| format).into_iter().filter(is_other) {
        let names =
            std::iter::once(essence(media_types::of_answer(format))).chain(other_names(format).map(ToOwned::to_owned));
        let asked = names.filter_map(|name| quality(&name)).reduce(f32::max).unwrap_or(0.0);
        if asked > best.1 || (asked == best.1 && asked > 0.0 && !best.2) {
            best = (format, asked, true);
        }
    }
    Some(best.0).filter(|_| best.1 > 0.0)
}

/// Whether the header Accept-Encoding accepts gzip, and does not prefer an answer without a coding.
#[must_use]
pub fn accepts_gzip(headers: &HeaderMap) -> bool {
    accepts_coding(headers, &["gzip", "x-gzip"])
}

/// Whether the header Accept-Encoding accepts the coding of these names, and does not prefer an answer without a coding.
#[must_use]
pub fn accepts_coding(headers: &HeaderMap, names: &[&str]) -> bool {
    let (mut coding, mut wildcard, mut identity) = (None, None, None);
    let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    for (name, quality) in values.flat_map(|value| value.split(',')).map(range) {
        if names.iter().any(|known| name.eq_ignore_ascii_case(known)) {
            coding = Some(quality);
        } else if name == "*" {
            wildcard = Some(quality);
        } else if name.eq_ignore_ascii_case("identity") {
            identity = Some(quality);
        }
    }
    let quality = coding.or(wildcard).unwrap_or(0.0);
    quality > 0.0 && quality >= identity.unwrap_or(0.0)
}

/// Other names of a media type of answers.
fn other_names(format: describe_options::Format) -> impl Iterator<Item = &'static str> {
    let names: &[&str] = match format {
        describe_options::Format::Ndjson => &NDJSON_ALIASES,
        _ => &[],
    };
    names.iter().copied()
}

/// A media range and its quality.
fn range(text: &str) -> (&str, f32) {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    // An invalid quality counts as 1.
    (name, quality.and_then(|quality| quality.trim().parse().ok()).unwrap_or(1.0))
}

/// Declared type of a request's body.
#[derive(Debug)]
pub enum Declared {
    /// One file.
    File(Source),
    /// `application/x-www-form-urlencoded`, the default of curl and of some clients: a form, or a file of any type.
    Urlencoded(Source),
    /// `multipart/form-data`.
    Form {
        /// Delimiter of the parts.
        boundary: String,
        /// Content codings of the whole body, in the order in which they were applied.
        codings: Vec<Coding>,
    },
}

/// Type of a request's body by its headers.
///
/// # Errors
/// 415 for an unsupported type, 400 for a multipart body without a boundary.
pub fn declared(headers: &HeaderMap) -> Result<Declared, Error> {
    let codings = codings(headers)?;
    let value = headers.get(CONTENT_TYPE).map_or(Ok(""), |value| value.to_str().map_err(|_| Error::MediaType))?;
    if essence(value) == media_types::FORM {
        let boundary =
            parameter(value, "boundary").filter(|boundary| (1..=MAX_BOUNDARY_BYTES).contains(&boundary.len()));
        let boundary = boundary.ok_or(RequestError::Boundary)?;
        return Ok(Declared::Form { boundary, codings });
    }
    let source = |format: Option<Format>| Ok(Source { codings, encoding: charset(value)?, ..format.into() });
    if essence(value) == "application/x-www-form-urlencoded" {
        return source(None).map(Declared::Urlencoded);
    }
    source(format(&essence(value))?).map(Declared::File)
}

/// Type of the file in a part by the part's header. The content decides, because browsers take types from the endings of
/// names and from the programs that are installed.
///
/// # Errors
/// 415 for an unknown charset.
pub fn of_part(content_type: &str, name: String) -> Result<Source, Error> {
    let format = Format::of_media_type(&essence(content_type));
    let name = Some(name).filter(|name| !name.is_empty());
    let encoding = charset(content_type)?;
    Ok(Source { detect_coding: true, content_decides: true, encoding, name, ..format.into() })
}

/// Types that say nothing about the content: those of unknown files, those that programs give to CSV, and those of
/// containers.
const UNTYPED: [&str; 10] = [
    "",
    "application/octet-stream",
    "application/csv",
    "text/x-csv",
    "application/vnd.ms-excel",
    "application/zip",
    "application/x-zip-compressed",
    "application/gzip",
    "application/x-gzip",
    "application/zstd",
];

/// The format of a media type; `None` if the content determines it.
fn format(essence: &str) -> Result<Option<Format>, Error> {
    if UNTYPED.contains(&essence) {
        return Ok(None);
    }
    Format::of_media_type(essence).map(Some).ok_or(Error::MediaType)
}

fn charset(content_type: &str) -> Result<Option<&'static Encoding>, Error> {
    let Some(label) = parameter(content_type, "charset") else { return Ok(None) };
    Encoding::for_label_no_replacement(label.as_bytes()).map(Some).ok_or(Error::Charset)
}

/// The coding with this name, in upper or lower case.
fn coding(name: &str) -> Option<Coding> {
    if name.eq_ignore_ascii_case("x-gzip") {
        return Some(Coding::Gzip);
    }
    Coding::ALL.iter().copied().find(|coding| coding.name().eq_ignore_ascii_case(name))
}

/// The codings of a body in the order in which they were applied.
fn codings(headers: &HeaderMap) -> Result<Vec<Coding>, Error> {
    let mut codings = Vec::new();
    for value in headers.get_all(CONTENT_ENCODING) {
        let names = value.to_str().map_err(|_| Error::Coding)?.split(',').map(str::trim);
        for name in names.filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity")) {
            codings.push(coding(name).ok_or(Error::Coding)?);
        }
    }
    if codings.len() > Coding::MAX_CODINGS { Err(Error::Coding) } else { Ok(codings) }
}

/// A parameter of a header's value: `name=text` or `name="text"`.
#[must_use]
pub fn parameter(value: &str, name: &str) -> Option<String> {
    let mut rest = value.split_once(';')?.1;
    loop {
        let (key, after) = rest.split_once('=')?;
        let (text, next) = parameter_text(after.trim_start());
        // A parameter without a value comes before this one.
        let key = key.rsplit(';').next().unwrap_or_default().trim();
        if key.eq_ignore_ascii_case(name) {
            return Some(text);
        }
        rest = next;
    }
}

/// The text of a parameter, and the rest after it.
fn parameter_text(value: &str) -> (String, &str) {
    let Some(quoted) = value.strip_prefix('"') else {
        let (text, rest) = value.split_once(';').unwrap_or((value, ""));
        return (text.trim().to_owned(), rest);
    };
    let mut text = String::new();
    let mut letters = quoted.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (text, quoted[at + 1..].split_once(';').map_or("", |(_, rest)| rest)),
            // Only quotes are escaped in practice; other backslashes are those of a Windows path.
            '\\' if letters.peek().is_some_and(|(_, next)| *next == '"') => {
                letters.next();
                text.push('"');
            }
            letter => text.push(letter),
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept() {
        use describe_options::Format;
        let accepts = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(text));
            accepted(&headers)
        };
        for (text, format) in [
            ("*/*", Format::Json),
            ("application/*", Format::Json),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8", Format::Json),
            ("text/html", Format::Html),
            ("text/html, application/xhtml+xml", Format::Html),
            ("application/json; q=0.1", Format::Json),
            ("text/csv, application/JSON", Format::Json),
            ("text/csv, application/json;q=0.9", Format::Csv),
            ("text/csv, */*;q=0.1", Format::Csv),
            ("text/csv;q=0.1, */*", Format::Json),
            ("text/csv;header=absent", Format::Csv),
            ("application/jsonl", Format::Ndjson),
            ("text/csv;q=0, text/markdown;q=0.2", Format::Markdown),
            ("IMAGE/SVG+XML", Format::Svg),
            ("application/vnd.oasis.opendocument.spreadsheet", Format::Ods),
            ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Format::Xlsx),
        ] {
            assert_eq!(accepts(text), Some(format), "{text}");
        }
        for bad in [
            "application/json;q=0",
            "application/json;q=0, */*",
            "*/*;q=0.0",
            "application/problem+json",
            "text/*",
            "image/png",
        ] {
            assert_eq!(accepts(bad), None, "{bad}");
        }
        assert_eq!(accepted(&HeaderMap::new()), Some(Format::Json));
    }

    #[test]
    fn gzip_is_accepted_unless_it_is_refused_or_identity_preferred() {
        let accepts = |value| accepts_gzip(&HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(value))]));
        for value in [
            "gzip",
            "br, GZIP;q=0.5",
            "deflate,gzip , br",
            "x-gzip",
            "*",
            "br;q=1, *;q=0.1",
            "gzip;q=0.5, *;q=0",
            "identity, gzip",
        ] {
            assert!(accepts(value), "{value}");
        }
        for value in [
            "",
            "br",
            "gzip;q=0",
            "gzip; q=0.0",
            "gzip ; Q=0",
            "identity",
            "gzip;q=0, *",
            "*;q=0",
            "identity, gzip;q=0.5",
            "gzipped",
        ] {
            assert!(!accepts(value), "{value}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    #[test]
    fn parameters() {
        for (value, name, expected) in [
            ("text/csv; charset=utf-8", "charset", Some("utf-8")),
            ("text/csv;header=present; Charset=\"utf-16\"", "charset", Some("utf-16")),
            ("form-data; name=\"a;b=c\"; filename=\"x \\\"y\\\".csv\"", "filename", Some("x \"y\".csv")),
            ("form-data; name=\"a;filename=c\"", "filename", None),
            ("form-data; filename=\"C:\\tmp\\x.csv\"", "filename", Some("C:\\tmp\\x.csv")),
            ("form-data; x; name=a", "name", Some("a")),
            ("form-data; name=\"\"", "name", Some("")),
            ("form-data; name=\"open", "name", Some("open")),
            ("text/csv", "charset", None),
            ("text/csv;", "charset", None),
        ] {
            assert_eq!(parameter(value, name).as_deref(), expected, "{value}");
        }
    }
}
