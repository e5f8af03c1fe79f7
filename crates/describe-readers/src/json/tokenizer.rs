//! Tokenizer and grammar of JSON (RFC 8259), chunk by chunk.
//!
//! Input: chunks of text. Output: tokens, passed to a [`Sink`], which interprets them. Invariants: the tokens form valid JSON,
//! or NDJSON if so configured, and do not depend on where chunks end; only a token cut by the end of a chunk is stored.

use crate::buffer::BLOCK_BYTES;
use crate::errors::too_long;
use crate::integers::PLAIN_NUMBER_BYTES;
use crate::json::string_literal::{ends_in_escape, is_verbatim, string_end, string_end_bytewise, unescaped};
use crate::table::Cell;
use describe::{Decimal, Number, ParseError, json_prefix};
use describe_options::{Diagnostic, Expected, InputError, JsonFault, JsonHint, Location, SyntaxFault, excerpt};

/// Token of JSON. Strings are without quotes and escapes, and UTF-8 except for escaped halves of surrogate pairs, which have
/// three bytes each (WTF-8); names are UTF-8. Numbers have their source text.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Token<'a> {
    ArrayStart,
    ArrayEnd,
    ObjectStart,
    ObjectEnd,
    Key(&'a [u8]),
    String(&'a [u8]),
    Number(Result<Decimal, ParseError>, &'a [u8]),
    Bool(bool),
    Null,
}

impl<'a> Token<'a> {
    /// Number and text of an element of a flat array; the number is an error for a string or Boolean, and NaN for `null`. `None`
    /// for the start or end of an array or object, and for a name.
    pub(crate) fn as_element(&self) -> Option<(Result<Number, ParseError>, &'a [u8])> {
        match *self {
            Token::Number(number, text) => Some((number.map(Number::Finite), text)),
            Token::Null => Some((Ok(Number::Nan), b"null")),
            Token::Bool(value) => Some((Err(ParseError::NotANumber), literal(value))),
            Token::String(text) => Some((Err(ParseError::NotANumber), text)),
            _ => None,
        }
    }

    /// Cell of a table. A nested array or object is represented by a short text.
    pub(crate) fn as_cell(&self) -> Cell<'a> {
        match *self {
            Token::Number(Ok(decimal), _) => Cell::Number(decimal),
            Token::Number(Err(_), text) | Token::String(text) => Cell::Text(text),
            Token::Bool(value) => Cell::Text(literal(value)),
            Token::ArrayStart => Cell::Text("[…]".as_bytes()),
            Token::ObjectStart => Cell::Text("{…}".as_bytes()),
            _ => Cell::Missing,
        }
    }
}

/// JSON literal of a Boolean.
fn literal(value: bool) -> &'static [u8] {
    if value { b"true" } else { b"false" }
}

/// Consumer of tokens.
pub(crate) trait Sink {
    /// Consumes one token.
    fn token(&mut self, token: Token) -> Result<(), InputError>;

    /// Consumes numbers at the beginning of `text`, each followed by a comma and optional white space. Returns the number of
    /// bytes consumed. Called only in arrays. May return 0; the tokenizer then reads a token.
    ///
    /// # Errors
    /// As for a token.
    fn numbers(&mut self, text: &[u8]) -> Result<usize, InputError>;

    /// Consumes members at the beginning of `text`, each with a name and a value that is not nested, and the commas between
    /// them. Returns the number of bytes consumed; the text must continue after the last value. Called only where a name must
    /// follow. May return 0; the tokenizer then reads a token.
    ///
    /// # Errors
    /// As for a token.
    fn members(&mut self, text: &[u8]) -> Result<usize, InputError>;

    /// Whether a value that is next and is a string longer than the limit may be passed cut: it is not needed whole.
    fn accepts_cut_string(&self) -> bool {
        false
    }
}

/// Maximum number of nested arrays and objects. No input that can be described has more than a few.
const MAX_DEPTH_LEVELS: u32 = 64;

/// Grammar symbols that may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
    Nothing,
}

/// Tokenizer state between two chunks.
#[derive(Debug)]
pub(crate) struct Tokenizer {
    expect: Expect,
    /// Number of open arrays and objects.
    depth: u32,
    /// Kinds of the open arrays and objects, the innermost in the lowest bit: 1 for an object, 0 for an array.
    open_kinds: u64,
    /// Beginning of a token that was cut by the end of a chunk.
    partial_token: Vec<u8>,
    /// The rest of a string that was passed cut.
    cut_string: Option<CutString>,
    /// Number of bytes before the text that is being read.
    offset: u64,
    max_token_bytes: usize,
    /// Current line of NDJSON; `None` for a single JSON text.
    line: Option<Line>,
}

/// String whose rest is passed over.
#[derive(Debug)]
struct CutString {
    /// Whether the next byte is escaped.
    is_escaped: bool,
    /// Number of bytes that may still be passed over.
    left: usize,
}

/// Maximum number of bytes of a string that are passed over, the same as of a cell of delimited text.
const MAX_PASSED_BYTES: usize = 2 * BLOCK_BYTES;

/// Position of a line of NDJSON.
#[derive(Debug)]
struct Line {
    /// Line number, counted from 1.
    number: u64,
    /// Offset of its first byte.
    start: u64,
}

impl Tokenizer {
    /// Tokenizer of one JSON text, or with `lines` of one JSON text per line, whose tokens have up to `max_token_bytes`.
    pub(crate) fn new(max_token_bytes: usize, lines: bool) -> Self {
        Self {
            expect: Expect::Value,
            depth: 0,
            open_kinds: 0,
            partial_token: Vec::new(),
            cut_string: None,
            offset: 0,
            max_token_bytes,
            line: lines.then_some(Line { number: 1, start: 0 }),
        }
    }

    /// Tokenizer of a text that begins in an array where a value must follow.
    pub(crate) fn in_array(max_token_bytes: usize) -> Self {
        Self { depth: 1, ..Self::new(max_token_bytes, false) }
    }

    /// Tokenizer of a text that begins in an array behind an element.
    pub(crate) fn after_element(max_token_bytes: usize) -> Self {
        Self { expect: Expect::CommaOrEnd, ..Self::in_array(max_token_bytes) }
    }

    /// Whether the text continues behind an element of the outermost array.
    pub(crate) fn is_after_element(&self) -> bool {
        let is_after_value = self.depth == 1 && !self.in_object() && self.expect == Expect::CommaOrEnd;
        is_after_value && self.partial_token.is_empty() && self.cut_string.is_none()
    }

    /// Whether the text continues in an array where a value must follow.
    pub(crate) fn is_in_array(&self) -> bool {
        self.depth > 0 && !self.in_object() && self.expect == Expect::Value
    }

    /// Advances past elements of an array, and their commas, that were read elsewhere.
    pub(crate) fn skip(&mut self, bytes: usize) {
        self.offset += bytes as u64;
    }

    /// Removes the token that was cut by the end of the last chunk.
    pub(crate) fn take_partial_token(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.partial_token)
    }

    /// Advances past lines that were read elsewhere.
    pub(crate) fn skip_lines(&mut self, count: u64, bytes: usize) {
        self.offset += bytes as u64;
        if let Some(Line { number, start }) = &mut self.line {
            (*number, *start) = (*number + count, self.offset);
        }
    }

    /// Number of completed lines and the offset of the end of the last one.
    pub(crate) fn completed_lines(&self) -> (u64, usize) {
        let completed = self.line.as_ref().map(|Line { number, start }| (number - 1, usize::try_from(*start)));
        completed.map_or((0, 0), |(lines, bytes)| (lines, bytes.unwrap_or(0)))
    }

    /// Number of bytes read so far, without a partial token.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.offset
    }

    /// Whether the next chunk begins a line of NDJSON.
    pub(crate) fn is_at_line_start(&self) -> bool {
        let is_at_start = self.line.as_ref().is_some_and(|line| line.start == self.offset);
        is_at_start && self.is_between_lines() && self.partial_token.is_empty()
    }

    /// Reads the next chunk, which may begin and end anywhere.
    ///
    /// # Errors
    /// Invalid JSON, a token that is too long, and errors of the sink.
    pub(crate) fn feed(&mut self, mut chunk: &[u8], sink: &mut impl Sink) -> Result<(), InputError> {
        if !self.partial_token.is_empty() {
            let end = token_end(&self.partial_token, chunk);
            let part = &chunk[..end.unwrap_or(chunk.len())];
            let stored = self.store(part, sink)?;
            if stored == part.len() {
                if end.is_none() {
                    return Ok(());
                }
                let token = std::mem::take(&mut self.partial_token);
                self.read_tokens(&token, true, sink)?;
                self.partial_token = token;
                self.partial_token.clear();
            }
            chunk = &chunk[stored..];
        }
        if let Some(cut_string) = self.cut_string.take() {
            let Some(end) = self.pass_over(cut_string, chunk)? else { return Ok(()) };
            chunk = &chunk[end..];
        }
        let rest = &chunk[self.read_tokens(chunk, false, sink)?..];
        let stored = self.store(rest, sink)?;
        if let Some(cut_string) = self.cut_string.take() {
            self.pass_over(cut_string, &rest[stored..])?;
        }
        Ok(())
    }

    /// Ends the text.
    ///
    /// # Errors
    /// An incomplete text, and errors as for [`Self::feed`].
    pub(crate) fn finish(&mut self, sink: &mut impl Sink) -> Result<(), InputError> {
        let token = std::mem::take(&mut self.partial_token);
        self.read_tokens(&token, true, sink)?;
        if self.cut_string.is_none() && (self.expect == Expect::Nothing || self.is_between_lines()) {
            Ok(())
        } else {
            Err(self.malformed(0, b"", SyntaxFault::EndsEarly))
        }
    }

    /// Stores a part of a token that was cut by the end of a chunk. Returns the number of bytes stored: less than all if the token
    /// is a string that is too long and the sink accepted its beginning.
    fn store(&mut self, part: &[u8], sink: &mut impl Sink) -> Result<usize, InputError> {
        let room = self.max_token_bytes.saturating_sub(self.partial_token.len());
        let stored = room.min(part.len());
        if stored < part.len() && !self.accepts_cut(self.partial_token.first().or(part.first()), sink) {
            return Err(too_long(self.max_token_bytes));
        }
        self.partial_token.extend_from_slice(&part[..stored]);
        if stored < part.len() {
            let literal = std::mem::take(&mut self.partial_token);
            self.offset += literal.len() as u64;
            self.cut_string = Some(CutString { is_escaped: ends_in_escape(&literal[1..]), left: MAX_PASSED_BYTES });
            self.pass_cut(&literal, sink)?;
        }
        Ok(stored)
    }

    /// Whether the token that begins with `head` may be passed cut.
    fn accepts_cut(&self, head: Option<&u8>, sink: &impl Sink) -> bool {
        let is_value = matches!(self.expect, Expect::Value | Expect::ValueOrEnd);
        is_value && head == Some(&b'"') && self.max_token_bytes > 0 && sink.accepts_cut_string()
    }

    /// Passes the beginning of a string, given the beginning of its literal.
    fn pass_cut(&mut self, literal: &[u8], sink: &mut impl Sink) -> Result<(), InputError> {
        let beginning = excerpt(&literal[1..self.max_token_bytes]) + "…";
        sink.token(Token::String(beginning.as_bytes()))?;
        self.after_value();
        Ok(())
    }

    /// Passes over the rest of a string that was passed cut. Returns the number of its bytes; `None` if it continues.
    fn pass_over(
        &mut self,
        CutString { is_escaped, left }: CutString,
        chunk: &[u8],
    ) -> Result<Option<usize>, InputError> {
        let from = usize::from(is_escaped);
        let end = string_end_bytewise(chunk, from);
        let left = left.checked_sub(end.unwrap_or(chunk.len())).ok_or_else(|| too_long(self.max_token_bytes))?;
        if let Some(end) = end.filter(|end| chunk[end - 1] != b'"') {
            return Err(self.malformed(end - 1, &chunk[end - 1..end], SyntaxFault::String));
        }
        self.offset += end.unwrap_or(chunk.len()) as u64;
        if end.is_none() {
            let is_escaped = chunk.get(from..).map_or(is_escaped, ends_in_escape);
            self.cut_string = Some(CutString { is_escaped, left });
        }
        Ok(end)
    }

    /// Reads the tokens of `text`, except a last one that may continue after the text. `is_last` states that no token does.
    /// Returns the number of bytes read.
    fn read_tokens(&mut self, text: &[u8], is_last: bool, sink: &mut impl Sink) -> Result<usize, InputError> {
        let mut at = 0;
        while let Some(byte) = text.get(at) {
            let is_value = matches!(self.expect, Expect::Value | Expect::ValueOrEnd);
            let length = match *byte {
                b'-' | b'0'..=b'9' if is_value => match self.numbers(&text[at..], sink)? {
                    0 => self.number(&text[at..], is_last, sink)?,
                    length => length,
                },
                b',' if self.expect == Expect::CommaOrEnd => {
                    self.expect = if self.in_object() { Expect::Key } else { Expect::Value };
                    1
                }
                b' ' | b'\r' | b'\t' => 1,
                b'\n' => {
                    self.end_line(at)?;
                    1
                }
                b'"' if is_value => self.string(true, text, at, sink)?,
                b'"' if matches!(self.expect, Expect::Key | Expect::KeyOrEnd) => {
                    match self.members(&text[at..], sink)? {
                        0 => self.string(false, text, at, sink)?,
                        length => length,
                    }
                }
                byte => self.other_token(byte, text, at, is_last, sink)?,
            };
            if length == 0 {
                let token = match token_end(&text[at..=at], &text[at + 1..]) {
                    Some(end) => &text[at..=at + end],
                    None if is_last => &text[at..],
                    None => break,
                };
                return Err(self.malformed(at, token, SyntaxFault::Token));
            }
            at += length;
        }
        self.offset += at as u64;
        Ok(at)
    }

    /// Passes numbers and their commas to the sink. Returns the number of bytes consumed.
    #[inline]
    fn numbers(&mut self, text: &[u8], sink: &mut impl Sink) -> Result<usize, InputError> {
        if self.depth == 0 || self.in_object() || self.max_token_bytes < PLAIN_NUMBER_BYTES {
            return Ok(0);
        }
        let length = sink.numbers(text)?;
        if length > 0 {
            self.expect = Expect::Value;
        }
        Ok(length)
    }

    /// Passes members of an object to the sink. Returns the number of bytes consumed.
    #[inline]
    fn members(&mut self, text: &[u8], sink: &mut impl Sink) -> Result<usize, InputError> {
        let length = if self.max_token_bytes < PLAIN_NUMBER_BYTES { 0 } else { sink.members(text)? };
        if length > 0 {
            self.expect = Expect::CommaOrEnd;
        }
        Ok(length)
    }

    /// Reads the number at the beginning of `text` and returns its length; 0 if it is invalid or incomplete.
    fn number(&mut self, text: &[u8], is_last: bool, sink: &mut impl Sink) -> Result<usize, InputError> {
        let Some((number, length)) = json_prefix(text) else { return Ok(0) };
        match text.get(length) {
            None if !is_last => Ok(0),
            Some(byte) if is_token_byte(*byte) => Ok(0),
            _ => {
                if length > self.max_token_bytes {
                    return Err(too_long(self.max_token_bytes));
                }
                sink.token(Token::Number(number, &text[..length]))?;
                self.after_value();
                Ok(length)
            }
        }
    }

    /// Reads a bracket, brace, colon or literal name at `at` and returns its length; 0 if it is invalid or incomplete.
    fn other_token(
        &mut self,
        byte: u8,
        text: &[u8],
        at: usize,
        is_last: bool,
        sink: &mut impl Sink,
    ) -> Result<usize, InputError> {
        let is_value = matches!(self.expect, Expect::Value | Expect::ValueOrEnd);
        match (byte, self.expect) {
            (b'[' | b'{', _) if is_value => {
                if self.depth == MAX_DEPTH_LEVELS {
                    return Err(self.malformed(at, &text[at..=at], SyntaxFault::NestedTooDeep));
                }
                self.depth += 1;
                self.open_kinds = self.open_kinds << 1 | u64::from(byte == b'{');
                self.expect = if byte == b'{' { Expect::KeyOrEnd } else { Expect::ValueOrEnd };
                sink.token(if byte == b'{' { Token::ObjectStart } else { Token::ArrayStart })?;
                Ok(1)
            }
            (b']', Expect::ValueOrEnd | Expect::CommaOrEnd) if !self.in_object() => self.close(Token::ArrayEnd, sink),
            (b'}', Expect::KeyOrEnd | Expect::CommaOrEnd) if self.in_object() => self.close(Token::ObjectEnd, sink),
            (b':', Expect::Colon) => {
                self.expect = Expect::Value;
                Ok(1)
            }
            (b't' | b'f' | b'n', _) if is_value => {
                let end = text[at..].iter().position(|byte| !is_token_byte(*byte));
                let Some(length) = end.or(is_last.then_some(text.len() - at)) else { return Ok(0) };
                let token = match &text[at..at + length] {
                    _ if length > self.max_token_bytes => return Err(too_long(self.max_token_bytes)),
                    b"true" => Token::Bool(true),
                    b"false" => Token::Bool(false),
                    b"null" => Token::Null,
                    _ => return Ok(0),
                };
                sink.token(token)?;
                self.after_value();
                Ok(length)
            }
            _ => Ok(0),
        }
    }

    /// Reads the string at `at`, a value or a name, and returns its length; 0 if it is incomplete.
    fn string(&mut self, is_value: bool, text: &[u8], at: usize, sink: &mut impl Sink) -> Result<usize, InputError> {
        let Some((end, is_plain)) = string_end(text, at + 1) else { return Ok(0) };
        let literal = &text[at..end];
        if literal.len() > self.max_token_bytes {
            let is_too_long = literal.len() > self.max_token_bytes + MAX_PASSED_BYTES;
            if is_too_long || !self.accepts_cut(literal.first(), sink) {
                return Err(too_long(self.max_token_bytes));
            }
            self.pass_cut(literal, sink)?;
            let last = literal.len() - 1;
            if literal[last] != b'"' {
                return Err(self.malformed(at + last, &literal[last..], SyntaxFault::String));
            }
            return Ok(literal.len());
        }
        let decoded: Vec<u8>;
        let string = if is_plain || is_verbatim(literal) {
            &literal[1..literal.len() - 1]
        } else {
            decoded = unescaped(literal).ok_or_else(|| self.malformed(at, literal, SyntaxFault::String))?;
            &decoded
        };
        if is_value {
            sink.token(Token::String(string))?;
            self.after_value();
            return Ok(literal.len());
        }
        sink.token(Token::Key(String::from_utf8_lossy(string).as_bytes()))?;
        let has_colon = text.get(end) == Some(&b':');
        self.expect = if has_colon { Expect::Value } else { Expect::Colon };
        Ok(literal.len() + usize::from(has_colon))
    }

    /// Reads the end of the innermost array or object.
    fn close(&mut self, token: Token, sink: &mut impl Sink) -> Result<usize, InputError> {
        self.depth -= 1;
        self.open_kinds >>= 1;
        sink.token(token)?;
        self.after_value();
        Ok(1)
    }

    #[inline]
    fn in_object(&self) -> bool {
        self.open_kinds & 1 == 1
    }

    #[inline]
    fn after_value(&mut self) {
        self.expect = if self.depth == 0 { Expect::Nothing } else { Expect::CommaOrEnd };
    }

    /// Reads a line break at `at`.
    ///
    /// # Errors
    /// In NDJSON, a line whose JSON text is incomplete.
    fn end_line(&mut self, at: usize) -> Result<(), InputError> {
        if self.line.is_none() {
            return Ok(());
        }
        if self.expect != Expect::Nothing && !self.is_between_lines() {
            return Err(self.malformed(at, b"", SyntaxFault::LineNotEnded));
        }
        self.expect = Expect::Value;
        let end = self.offset + at as u64;
        if let Some(Line { number, start }) = &mut self.line {
            (*number, *start) = (*number + 1, end + 1);
        }
        Ok(())
    }

    fn is_between_lines(&self) -> bool {
        self.line.is_some() && self.depth == 0 && self.expect == Expect::Value
    }

    #[cold]
    fn malformed(&self, at: usize, token: &[u8], fault: SyntaxFault) -> InputError {
        if token.len() > self.max_token_bytes {
            return too_long(self.max_token_bytes);
        }
        let expected = match self.expect {
            Expect::Value => Expected::Value,
            Expect::ValueOrEnd => Expected::ValueOrEnd,
            Expect::Key => Expected::Name,
            Expect::KeyOrEnd => Expected::NameOrEnd,
            Expect::Colon => Expected::Colon,
            Expect::CommaOrEnd if self.in_object() => Expected::CommaOrObjectEnd,
            Expect::CommaOrEnd => Expected::CommaOrArrayEnd,
            Expect::Nothing if self.line.is_some() => Expected::LineEnd,
            Expect::Nothing => Expected::End,
        };
        let hint = match (token.get(..3), self.expect) {
            (Some(b"NaN" | b"nan" | b"Inf" | b"-In"), _) => Some(JsonHint::NotFinite),
            (_, Expect::Nothing) if token == b"{" => Some(JsonHint::Lines),
            (_, Expect::Key) if token == b"}" => Some(JsonHint::TrailingComma),
            (_, Expect::Value) if token == b"]" && self.depth > 0 && !self.in_object() => Some(JsonHint::TrailingComma),
            _ if token.starts_with(b"'") => Some(JsonHint::SingleQuotes),
            _ => None,
        };
        let byte = self.offset + at as u64;
        let (index, line, byte) = match &self.line {
            None => (byte, None, byte),
            Some(Line { number, start }) => (*number, Some(*number), byte - start),
        };
        let fault = JsonFault::Syntax { fault, line, byte, expected, hint };
        let diagnostic = Diagnostic::new(Location::data().index(index), fault);
        if token.is_empty() { diagnostic.into() } else { diagnostic.with_input(token).into() }
    }
}

/// Number of bytes of `text` that belong to the token that begins with `head`; `None` if the token may continue after `text`.
fn token_end(head: &[u8], text: &[u8]) -> Option<usize> {
    match head[0] {
        b'"' => string_end_bytewise(text, usize::from(ends_in_escape(&head[1..]))),
        byte if is_token_byte(byte) => text.iter().position(|byte| !is_token_byte(*byte)),
        _ => Some(0),
    }
}

/// Whether a byte belongs to a number, a literal name, or an invalid one such as `-Infinity`.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.') || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    struct DiscardTokens;

    impl Sink for DiscardTokens {
        fn token(&mut self, _: Token) -> Result<(), InputError> {
            Ok(())
        }

        fn numbers(&mut self, _: &[u8]) -> Result<usize, InputError> {
            Ok(0)
        }

        fn members(&mut self, _: &[u8]) -> Result<usize, InputError> {
            Ok(0)
        }
    }

    fn read(text: &[u8], chunk: usize) -> Result<(), InputError> {
        let mut tokenizer = Tokenizer::new(1000, false);
        text.chunks(chunk).try_for_each(|chunk| tokenizer.feed(chunk, &mut DiscardTokens))?;
        tokenizer.finish(&mut DiscardTokens)
    }

    /// Whether `serde_json` accepts the text by its grammar, whatever its numbers and surrogates mean.
    fn reference(text: &[u8]) -> bool {
        std::str::from_utf8(text).is_ok() && serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok()
    }

    /// xorshift64 (Marsaglia, 2003): any reproducible sequence serves.
    fn next(state: &mut u64, below: usize) -> usize {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        usize::try_from(*state >> 33).unwrap_or(0) % below
    }

    #[test]
    fn mutations_are_accepted_as_by_serde_json() {
        const SEEDS: [&str; 6] = [
            r#" [1, -2.50, 1e5, 0.1E-3, null, true, false, "a\"b\\c\u00e9\ud83d\ude00é", [], {}, [[1], {"a": [2]}]] "#,
            r#"[{"mark":5,"cohort":"2024"},{"cohort":null,"mark":"\n"}]"#,
            r#"{"numbers":[0,-0,10,1.0e+10],"ddof":0,"":" "}"#,
            r#"["\ud83d","\ude00\ud83d","a\uD83D\\n\"",{"\ud83d":5}]"#,
            "[12345678901234567890.5,\r\n\t0.00001]",
            r#""just a string, longer than eight bytes \/ and é""#,
        ];
        const BYTES: &[u8] = b"[]{}:,\"\\ \n-+.eE0123456789truefalsn\x00\x1f\x7f\xc3\xa9\xff\xed\xa0/uNaI";
        let mut state = 0x9e37_79b9_7f4a_7c15;
        for round in 0..20_000 {
            let mut text = SEEDS[round % SEEDS.len()].as_bytes().to_vec();
            for _ in 0..next(&mut state, 4) {
                let at = next(&mut state, text.len());
                let byte = BYTES[next(&mut state, BYTES.len())];
                match next(&mut state, 4) {
                    0 => text[at] = byte,
                    1 => text.insert(at, byte),
                    2 if text.len() > 1 => drop(text.remove(at)),
                    _ => text.truncate(at.max(1)),
                }
            }
            let outcome = read(&text, usize::MAX);
            let shown = String::from_utf8_lossy(&text);
            assert_eq!(reference(&text), outcome.is_ok(), "{shown:?} {outcome:?}");
            for chunk in [1, 2, 3, 7] {
                assert_eq!(read(&text, chunk), outcome, "{shown:?} by {chunk}");
            }
        }
    }
}
