//! Extractors of request parts.
//!
//! axum's extractors reject in plain text and its `Query` does not read lists; these return problem documents and read lists.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;

use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use crate::http::error::Error;
use crate::http::media;
use crate::http::request_error::RequestError;
use describe_options::{Format, OptionName, Origin, RawOption};

/// The format that the header Accept requests, and whether Accept-Encoding accepts gzip.
pub struct Accepts {
    format: Option<Format>,
    /// Whether the answer may be compressed.
    pub gzip: bool,
}

impl<S: Sync> FromRequestParts<S> for Accepts {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self { format: media::accepted(&parts.headers), gzip: media::accepts_gzip(&parts.headers) })
    }
}

impl Accepts {
    /// Whether it is the default format.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.format == Some(Format::default())
    }

    /// The options of a URL, with the accepted format unless they request one.
    ///
    /// # Errors
    /// 406 if the header excludes every format and the options do not request one.
    pub fn or_given(self, mut given: Vec<RawOption>) -> Result<Vec<RawOption>, Error> {
        if given.iter().any(|option| names_format(option) && !option.is_blank()) {
            return Ok(given);
        }
        let format = self.format.ok_or(Error::NotAcceptable)?;
        if format != Format::default() {
            given.push(RawOption {
                origin: Origin::Accept,
                name: OptionName::Format.as_str().into(),
                values: vec![format.name().into()],
            });
        }
        Ok(given)
    }
}

fn names_format(option: &RawOption) -> bool {
    matches!(OptionName::named(&option.name), Some(OptionName::Format | OptionName::Chart))
}

/// The request's URL below the base path. The router has limited its length.
pub struct Url(Uri);

impl<S: Sync> FromRequestParts<S> for Url {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // Moved, because nothing reads it again.
        Ok(Self(std::mem::take(&mut parts.uri)))
    }
}

impl Url {
    /// The query as it was sent.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.query().unwrap_or_default()
    }

    /// Parses the query.
    ///
    /// # Errors
    /// 400 for bytes that are not UTF-8, 422 for a list written in two ways.
    pub fn query(&self) -> Result<Query<'_>, RequestError> {
        Query::parse(self.0.query().unwrap_or_default(), Origin::Query)
    }
}

/// Numbers and options of a query or a form, not parsed yet.
#[derive(Debug, Default)]
pub struct Query<'a> {
    /// The texts of `numbers`, in their order.
    pub numbers: Vec<Cow<'a, str>>,
    /// All other fields.
    pub options: Vec<RawOption>,
}

/// Maximum number of options parsed from one query.
const MAX_OPTIONS: usize = 100;

/// Memory of a number of a query while it is parsed.
const NUMBER_BYTES: usize = 128;

/// Memory of another pair of a query while it is parsed: a branch of the tree that `serde_qs` builds.
const PAIR_BYTES: usize = 1 << 10;

/// How pairs are written.
pub const QS: serde_qs::Config = serde_qs::Config::new().use_form_encoding(true);

impl<'a> Query<'a> {
    /// Memory that parsing a text takes at most.
    #[must_use]
    pub fn parsed_bytes(text: &str) -> usize {
        let pair_bytes = |pair: &str| if pair.starts_with("numbers") { NUMBER_BYTES } else { PAIR_BYTES };
        text.len() + text.split('&').map(pair_bytes).sum::<usize>()
    }

    /// Reads `name=text&…`; a list is `a=1&a=2`, `a[]=1&a[]=2` or `a[0]=1&a[1]=2`, percent-encoded or not.
    ///
    /// # Errors
    /// 400 for bytes that are not UTF-8, 422 for a list written in two ways.
    pub fn parse(text: &'a str, origin: Origin) -> Result<Self, RequestError> {
        let Fields { numbers, others } = read(text).map_err(|error| refusal(&error, origin))?;
        if others.len() > MAX_OPTIONS {
            return Err(RequestError::TooManyNames { count: others.len(), max: MAX_OPTIONS });
        }
        let options = others.into_iter().map(|(name, Texts(values))| {
            let values = values.into_iter().map(|Text(value)| value.into_owned()).collect();
            RawOption { origin, name: name.into_owned(), values }
        });
        Ok(Self { numbers: numbers.into_iter().map(|Text(text)| text).collect(), options: options.collect() })
    }

    /// All fields as options, `numbers` included: beside a body it is an unknown option.
    #[must_use]
    pub fn all_options(self) -> Vec<RawOption> {
        let mut options = self.options;
        if !self.numbers.is_empty() {
            let values = self.numbers.into_iter().map(Cow::into_owned).collect();
            options.push(RawOption { origin: Origin::Query, name: "numbers".to_owned(), values });
        }
        options
    }
}

fn read(text: &str) -> Result<Fields<'_>, serde_qs::Error> {
    if let Some(fields) = read_plain(text) {
        return Ok(fields);
    }
    // serde_qs decodes encoded brackets only in capitals.
    if text.contains("%5b") || text.contains("%5d") {
        let capitals = text.replace("%5b", "%5B").replace("%5d", "%5D");
        return QS.deserialize_str::<Fields>(&capitals).map(Fields::into_owned);
    }
    QS.deserialize_str(text)
}

/// Reads a plain query, as nearly all are: `name=text` pairs without encoding and brackets; `None` for any other query.
/// `serde_qs` builds a tree, which for a hundred numbers takes as long as the rest of the request; this takes a tenth of
/// that. A test compares the two.
fn read_plain(text: &str) -> Option<Fields<'_>> {
    let mut fields = Fields { numbers: Vec::with_capacity(text.len() / 9), others: Vec::new() };
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("numbers=") {
            let value;
            (value, rest) = plain_value(after)?;
            fields.numbers.push(Text(Cow::Borrowed(value)));
            continue;
        }
        let (name, after) = rest.split_at(rest.find(['=', '&']).unwrap_or(rest.len()));
        let value;
        (value, rest) = plain_value(after.strip_prefix('=').unwrap_or(after))?;
        if name.is_empty() && !after.starts_with('=') {
            continue;
        }
        // A name of digits is an index to serde_qs, and one without a letter before it is rare.
        if !name.starts_with(|first: char| first.is_ascii_alphabetic()) || !name.bytes().all(is_plain) {
            return None;
        }
        fields.add(name, Text(Cow::Borrowed(value)))?;
    }
    Some(fields)
}

fn is_plain(byte: u8) -> bool {
    const PLAIN: [bool; 256] = {
        let mut plain = [false; 256];
        let mut byte = 0_u8;
        while byte < 0x80 {
            plain[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
            byte += 1;
        }
        plain
    };
    PLAIN[usize::from(byte)]
}

/// The text up to the next `&`, and the rest after it; `None` if the text needs decoding.
fn plain_value(text: &str) -> Option<(&str, &str)> {
    match text.bytes().position(|byte| !is_plain(byte)) {
        None => Some((text, "")),
        Some(end) => text[end..].strip_prefix('&').map(|rest| (&text[..end], rest)),
    }
}

fn refusal(error: &serde_qs::Error, origin: Origin) -> RequestError {
    match error {
        serde_qs::Error::Utf8(_) | serde_qs::Error::FromUtf8(_) => RequestError::NotUtf8(origin),
        _ => RequestError::ListForm(origin),
    }
}

/// The fields of a query by name.
#[derive(Default)]
struct Fields<'a> {
    numbers: Vec<Text<'a>>,
    others: Vec<(Cow<'a, str>, Texts<'a>)>,
}

impl<'a> Fields<'a> {
    /// Adds a pair of a plain query; `None` if there are too many names to search for each.
    fn add(&mut self, name: &'a str, value: Text<'a>) -> Option<()> {
        if name == "numbers" {
            self.numbers.push(value);
        } else if let Some((_, texts)) = self.others.iter_mut().find(|(known, _)| known == name) {
            texts.0.push(value);
        } else if self.others.len() > MAX_OPTIONS {
            return None;
        } else {
            self.others.push((Cow::Borrowed(name), Texts(vec![value])));
        }
        Some(())
    }

    fn into_owned<'b>(self) -> Fields<'b> {
        let texts =
            |texts: Vec<Text>| texts.into_iter().map(|Text(text)| Text(Cow::Owned(text.into_owned()))).collect();
        let others =
            self.others.into_iter().map(|(name, Texts(values))| (Cow::Owned(name.into_owned()), Texts(texts(values))));
        Fields { others: others.collect(), numbers: texts(self.numbers) }
    }
}

/// One text; borrowed unless it had to be decoded.
struct Text<'a>(Cow<'a, str>);

/// One text or several: a name that occurs once is a list of one.
struct Texts<'a>(Vec<Text<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> Visitor<'de> for Visit {
            type Value = Fields<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("name=text pairs")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Fields::default();
                while let Some(Text(name)) = map.next_key()? {
                    let values: Texts = map.next_value()?;
                    if name == "numbers" { fields.numbers = values.0 } else { fields.others.push((name, values)) }
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Visit)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // `any`, because a string would silently be the last item of a list.
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a text")
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E: serde::de::Error>(self, text: String) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text)))
    }

    /// A name without `=`.
    fn visit_unit<E: serde::de::Error>(self) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Borrowed("")))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Texts<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> Visitor<'de> for Visit {
            type Value = Texts<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("a text or a list of texts")
            }

            fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Texts<'de>, E> {
                TextVisitor.visit_borrowed_str(text).map(|text| Texts(vec![text]))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Texts<'de>, E> {
                TextVisitor.visit_str(text).map(|text| Texts(vec![text]))
            }

            fn visit_string<E: serde::de::Error>(self, text: String) -> Result<Texts<'de>, E> {
                TextVisitor.visit_string(text).map(|text| Texts(vec![text]))
            }

            fn visit_unit<E: serde::de::Error>(self) -> Result<Texts<'de>, E> {
                TextVisitor.visit_unit().map(|text| Texts(vec![text]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Texts<'de>, A::Error> {
                let mut texts = Vec::with_capacity(list.size_hint().unwrap_or_default());
                while let Some(text) = list.next_element()? {
                    texts.push(text);
                }
                Ok(Texts(texts))
            }
        }
        deserializer.deserialize_any(Visit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Result<Vec<String>, RequestError> {
        let query = Query::parse(text, Origin::Query)?;
        Ok(query.numbers.into_iter().map(Cow::into_owned).collect())
    }

    #[test]
    fn every_spelling_of_a_list() {
        for text in [
            "numbers=5&numbers=6",
            "numbers[]=5&numbers[]=6",
            "numbers%5B%5D=5&numbers%5B%5D=6",
            "numbers%5b%5d=5&numbers%5b%5d=6",
            "numbers[0]=5&numbers[1]=6",
            "numbers[1]=6&numbers[0]=5",
            "numbers%5B0%5D=5&numbers%5b1%5d=6",
            "n%75mbers=5&numbers=6",
            "numbers=%35&numbers=6&",
        ] {
            assert_eq!(numbers(text), Ok(vec!["5".to_owned(), "6".to_owned()]), "{text}");
        }
    }

    #[test]
    fn ten_indices_are_in_order_of_number() {
        let text: Vec<String> = (0..12).map(|index| format!("numbers[{index}]={index}")).collect();
        let expected: Vec<String> = (0..12).map(|index| index.to_string()).collect();
        assert_eq!(numbers(&text.join("&")), Ok(expected));
    }

    #[test]
    fn empty_texts_stay_visible() {
        for text in ["numbers", "numbers=", "numbers[]", "numbers[]=", "numbers[0]"] {
            assert_eq!(numbers(text), Ok(vec![String::new()]), "{text}");
        }
        assert_eq!(numbers("numbers=5&numbers&numbers="), Ok(vec!["5".to_owned(), String::new(), String::new()]));
        assert_eq!(numbers("numbers=+5+&numbers=%2B5"), Ok(vec![" 5 ".to_owned(), "+5".to_owned()]));
    }

    #[test]
    fn mixtures_gaps_and_repeated_indices_are_refused() {
        for text in [
            "numbers=5&numbers[0]=6",
            "numbers[]=5&numbers[0]=6",
            "numbers[0]=5&numbers[]=6",
            "numbers[0]=5&numbers[2]=6",
            "numbers[0]=5&numbers[0]=6",
            "numbers[a]=5",
            "numbers[0][0]=5",
            "numbers[",
            "[]=5",
        ] {
            assert_eq!(numbers(text), Err(RequestError::ListForm(Origin::Query)), "{text}");
        }
        assert_eq!(numbers("numbers=%FF"), Err(RequestError::NotUtf8(Origin::Query)));
        assert_eq!(numbers("%FF=1"), Err(RequestError::NotUtf8(Origin::Query)));
    }

    #[test]
    fn the_short_way_and_serde_qs_agree() {
        let pieces = [
            "numbers=5",
            "numbers=-1.5e3",
            "numbers",
            "numbers=",
            "",
            "ddof=0",
            "ddof=1",
            "bias",
            "a",
            "A.b_c-=1",
            "numbersx=1",
        ];
        let piece = |index: usize| pieces[index % pieces.len()];
        for triple in 0..pieces.len().pow(3) {
            let text = [piece(triple), piece(triple / pieces.len()), piece(triple / pieces.len().pow(2))].join("&");
            // serde_qs returns an error for ampersands alone.
            if text == "&&" {
                continue;
            }
            let short = read_plain(&text).expect("plain").sorted();
            let long = QS.deserialize_str::<Fields>(&text).expect("readable").sorted();
            assert_eq!(short, long, "{text}");
        }
        for other in
            ["numbers[]=5", "numbers=%35", "numbers=+5", "=5", "7=5", "numbers%5B%5D=5", "numbers=é", "numbers=5=6"]
        {
            assert!(read_plain(other).is_none(), "{other}");
        }
    }

    impl Fields<'_> {
        fn sorted(self) -> (Vec<String>, Vec<(String, Vec<String>)>) {
            let texts = |texts: Vec<Text>| texts.into_iter().map(|Text(text)| text.into_owned()).collect();
            let others = self.others.into_iter().map(|(name, values)| (name.into_owned(), texts(values.0)));
            let mut others: Vec<(String, Vec<String>)> = others.collect();
            others.sort();
            (texts(self.numbers), others)
        }
    }

    #[test]
    fn nothing_is_dropped_in_silence() {
        let query =
            Query::parse("ddof=0&numbers=5&bias=true&bias=false&=7&8=9&nums[]=1", Origin::Query).expect("readable");
        let mut names: Vec<_> = query.options.iter().map(|given| (given.name.as_str(), given.values.len())).collect();
        names.sort_unstable();
        assert_eq!(names, [("", 1), ("8", 1), ("bias", 2), ("ddof", 1), ("nums", 1)]);
    }
}
