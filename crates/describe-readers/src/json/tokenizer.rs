//! JSON (RFC 8259) chunk by chunk: bytes in, tokens out. Checks the grammar; what tokens mean is the caller's.

use memchr::memchr;

use crate::errors::too_long;
use crate::integers::PLAIN_BYTES;
use crate::table::Cell;
use describe::{Decimal, Number, ParseError, json_prefix};
use describe_options::{Diagnostic, Expected, InputError, JsonFault, JsonHint, Location, SyntaxFault};

/// A piece of JSON. Strings are UTF-8 without their quotes and escapes; numbers come with their text.
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
    /// An element of a flat array: the number that it is or should be, and its text. `None` where something nested begins
    /// or ends.
    pub(crate) fn as_element(&self) -> Option<(Result<Number, ParseError>, &'a [u8])> {
        match *self {
            Token::Number(number, text) => Some((number.map(Number::Finite), text)),
            Token::Null => Some((Ok(Number::Nan), b"null")),
            Token::Bool(value) => Some((Err(ParseError::NotANumber), literal(value))),
            Token::String(text) => Some((Err(ParseError::NotANumber), text)),
            _ => None,
        }
    }

    /// A cell of a table; a nested value is the text of its beginning.
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

/// The JSON literal of a truth value.
fn literal(value: bool) -> &'static [u8] {
    if value { b"true" } else { b"false" }
}

/// Consumer of tokens.
pub(crate) trait Sink {
    fn token(&mut self, token: Token) -> Result<(), InputError>;

    /// Takes the numbers that `text` begins with as far as a comma follows each, and perhaps white space, and says how far
    /// that is. Called in arrays only; taking none is always right: they come as tokens then.
    ///
    /// # Errors
    /// As for a token.
    fn numbers(&mut self, text: &[u8]) -> Result<usize, InputError>;

    /// Takes the members that `text` begins with, each a name and a value that is not nested, the commas between them too,
    /// and says how far that is. Something follows the last value. Called where a name must stand; taking none is always
    /// right.
    ///
    /// # Errors
    /// As for a token.
    fn members(&mut self, text: &[u8]) -> Result<usize, InputError>;
}

/// Deeper nesting is refused; nothing that can be described needs it.
const MAX_DEPTH: u32 = 64;

/// What may come next.
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

/// The state between two chunks.
#[derive(Debug)]
pub(crate) struct Tokenizer {
    expect: Expect,
    /// How many arrays and objects are open, and which they are, the innermost last: a set bit is an object.
    depth: u32,
    open: u64,
    /// A token cut by the end of a chunk.
    carry: Vec<u8>,
    /// How many bytes were taken before the text at hand.
    offset: u64,
    limit: usize,
    lines: Option<Lines>,
}

/// Where the line at hand is, where each line is a text of its own.
#[derive(Debug)]
struct Lines {
    number: u64,
    start: u64,
}

impl Tokenizer {
    /// Tokenizer up to `limit` bytes long, of one text or of one text a line.
    pub(crate) fn new(limit: usize, lines: bool) -> Self {
        let lines = lines.then_some(Lines { number: 1, start: 0 });
        Self { expect: Expect::Value, depth: 0, open: 0, carry: Vec::new(), offset: 0, limit, lines }
    }

    /// Tokenizer of what stands in an array, before a value.
    pub(crate) fn in_array(limit: usize) -> Self {
        Self { depth: 1, ..Self::new(limit, false) }
    }

    /// Whether a value must follow in an array.
    pub(crate) fn is_in_array(&self) -> bool {
        self.depth > 0 && !self.in_object() && self.expect == Expect::Value
    }

    /// Passes over values and the commas behind them, which somebody else takes.
    pub(crate) fn skip(&mut self, bytes: usize) {
        self.offset += bytes as u64;
    }

    /// Hands over the token that was cut by the end of the last chunk.
    pub(crate) fn take_cut(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.carry)
    }

    /// Passes over lines, which somebody else takes.
    pub(crate) fn skip_lines(&mut self, count: u64, bytes: usize) {
        self.offset += bytes as u64;
        if let Some(Lines { number, start }) = &mut self.lines {
            (*number, *start) = (*number + count, self.offset);
        }
    }

    /// How many lines ended, and where the last one did.
    pub(crate) fn lines_done(&self) -> (u64, usize) {
        let done = self.lines.as_ref().map(|Lines { number, start }| (number - 1, usize::try_from(*start)));
        done.map_or((0, 0), |(lines, bytes)| (lines, bytes.unwrap_or(0)))
    }

    /// How many bytes were taken.
    pub(crate) fn taken(&self) -> u64 {
        self.offset
    }

    /// Whether a line begins where the text at hand ended.
    pub(crate) fn is_at_line(&self) -> bool {
        let starts = self.lines.as_ref().is_some_and(|lines| lines.start == self.offset);
        starts && self.is_between_lines() && self.carry.is_empty()
    }

    /// Takes the next chunk, cut anywhere.
    pub(crate) fn feed(&mut self, mut chunk: &[u8], sink: &mut impl Sink) -> Result<(), InputError> {
        if !self.carry.is_empty() {
            let end = token_rest(&self.carry, chunk);
            self.keep(&chunk[..end.unwrap_or(chunk.len())])?;
            let Some(end) = end else { return Ok(()) };
            let token = std::mem::take(&mut self.carry);
            self.run(&token, true, sink)?;
            self.carry = token;
            self.carry.clear();
            chunk = &chunk[end..];
        }
        let taken = self.run(chunk, false, sink)?;
        self.keep(&chunk[taken..])
    }

    /// Ends the text.
    pub(crate) fn finish(&mut self, sink: &mut impl Sink) -> Result<(), InputError> {
        let token = std::mem::take(&mut self.carry);
        self.run(&token, true, sink)?;
        if self.expect == Expect::Nothing || self.is_between_lines() {
            Ok(())
        } else {
            Err(self.malformed(0, b"", SyntaxFault::EndsEarly))
        }
    }

    fn keep(&mut self, part: &[u8]) -> Result<(), InputError> {
        if self.carry.len() + part.len() > self.limit {
            return Err(too_long(self.limit));
        }
        self.carry.extend_from_slice(part);
        Ok(())
    }

    /// Takes all tokens of `text` but one that its end may have cut (unless that is the end of the token, too), and says
    /// how far that is.
    fn run(&mut self, text: &[u8], whole: bool, sink: &mut impl Sink) -> Result<usize, InputError> {
        let mut at = 0;
        while let Some(byte) = text.get(at) {
            let value = matches!(self.expect, Expect::Value | Expect::ValueOrEnd);
            let length = match *byte {
                b'-' | b'0'..=b'9' if value => match self.numbers(&text[at..], sink)? {
                    0 => self.number(&text[at..], whole, sink)?,
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
                b'"' if value => self.string(true, text, at, sink)?,
                b'"' if matches!(self.expect, Expect::Key | Expect::KeyOrEnd) => {
                    match self.members(&text[at..], sink)? {
                        0 => self.string(false, text, at, sink)?,
                        length => length,
                    }
                }
                byte => self.other(byte, text, at, whole, sink)?,
            };
            if length == 0 {
                let token = match token_rest(&text[at..=at], &text[at + 1..]) {
                    Some(rest) => &text[at..=at + rest],
                    None if whole => &text[at..],
                    None => break,
                };
                return Err(self.malformed(at, token, SyntaxFault::Token));
            }
            at += length;
        }
        self.offset += at as u64;
        Ok(at)
    }

    /// Takes numbers and the commas behind them.
    #[inline]
    fn numbers(&mut self, text: &[u8], sink: &mut impl Sink) -> Result<usize, InputError> {
        if self.depth == 0 || self.in_object() || self.limit < PLAIN_BYTES {
            return Ok(0);
        }
        let length = sink.numbers(text)?;
        if length > 0 {
            self.expect = Expect::Value;
        }
        Ok(length)
    }

    /// Takes members of an object.
    #[inline]
    fn members(&mut self, text: &[u8], sink: &mut impl Sink) -> Result<usize, InputError> {
        let length = if self.limit < PLAIN_BYTES { 0 } else { sink.members(text)? };
        if length > 0 {
            self.expect = Expect::CommaOrEnd;
        }
        Ok(length)
    }

    /// Takes the number that `text` begins with; 0 when there is none, or no end to it.
    fn number(&mut self, text: &[u8], whole: bool, sink: &mut impl Sink) -> Result<usize, InputError> {
        let Some((number, length)) = json_prefix(text) else { return Ok(0) };
        match text.get(length) {
            None if !whole => Ok(0),
            Some(byte) if is_word(*byte) => Ok(0),
            _ => {
                if length > self.limit {
                    return Err(too_long(self.limit));
                }
                sink.token(Token::Number(number, &text[..length]))?;
                self.after_value();
                Ok(length)
            }
        }
    }

    /// Takes the token at `at` that is neither number nor string nor comma; 0 when there is none, or no end to it.
    fn other(
        &mut self,
        byte: u8,
        text: &[u8],
        at: usize,
        whole: bool,
        sink: &mut impl Sink,
    ) -> Result<usize, InputError> {
        let value = matches!(self.expect, Expect::Value | Expect::ValueOrEnd);
        match (byte, self.expect) {
            (b'[' | b'{', _) if value => {
                if self.depth == MAX_DEPTH {
                    return Err(self.malformed(at, &text[at..=at], SyntaxFault::NestedTooDeep));
                }
                self.depth += 1;
                self.open = self.open << 1 | u64::from(byte == b'{');
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
            (b't' | b'f' | b'n', _) if value => {
                let end = text[at..].iter().position(|byte| !is_word(*byte));
                let Some(length) = end.or(whole.then_some(text.len() - at)) else { return Ok(0) };
                let token = match &text[at..at + length] {
                    _ if length > self.limit => return Err(too_long(self.limit)),
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

    /// Takes the string at `at`, a value or a name; 0 when there is no end to it.
    fn string(&mut self, value: bool, text: &[u8], at: usize, sink: &mut impl Sink) -> Result<usize, InputError> {
        let Some((end, plain)) = string_end(text, at + 1) else { return Ok(0) };
        let literal = &text[at..end];
        if literal.len() > self.limit {
            return Err(too_long(self.limit));
        }
        let decoded: String;
        let string = if plain || is_verbatim(literal) {
            &literal[1..literal.len() - 1]
        } else {
            decoded = serde_json::from_slice(literal).map_err(|_| self.malformed(at, literal, SyntaxFault::String))?;
            decoded.as_bytes()
        };
        if value {
            sink.token(Token::String(string))?;
            self.after_value();
            return Ok(literal.len());
        }
        sink.token(Token::Key(string))?;
        let colon = text.get(end) == Some(&b':');
        self.expect = if colon { Expect::Value } else { Expect::Colon };
        Ok(literal.len() + usize::from(colon))
    }

    fn close(&mut self, token: Token, sink: &mut impl Sink) -> Result<usize, InputError> {
        self.depth -= 1;
        self.open >>= 1;
        sink.token(token)?;
        self.after_value();
        Ok(1)
    }

    #[inline]
    fn in_object(&self) -> bool {
        self.open & 1 == 1
    }

    #[inline]
    fn after_value(&mut self) {
        self.expect = if self.depth == 0 { Expect::Nothing } else { Expect::CommaOrEnd };
    }

    /// Where each line is a text of its own, it must have ended.
    fn end_line(&mut self, at: usize) -> Result<(), InputError> {
        if self.lines.is_none() {
            return Ok(());
        }
        if self.expect != Expect::Nothing && !self.is_between_lines() {
            return Err(self.malformed(at, b"", SyntaxFault::LineNotEnded));
        }
        self.expect = Expect::Value;
        let end = self.offset + at as u64;
        if let Some(Lines { number, start }) = &mut self.lines {
            (*number, *start) = (*number + 1, end + 1);
        }
        Ok(())
    }

    fn is_between_lines(&self) -> bool {
        self.lines.is_some() && self.depth == 0 && self.expect == Expect::Value
    }

    #[cold]
    fn malformed(&self, at: usize, token: &[u8], fault: SyntaxFault) -> InputError {
        if token.len() > self.limit {
            return too_long(self.limit);
        }
        let expected = match self.expect {
            Expect::Value => Expected::Value,
            Expect::ValueOrEnd => Expected::ValueOrEnd,
            Expect::Key => Expected::Name,
            Expect::KeyOrEnd => Expected::NameOrEnd,
            Expect::Colon => Expected::Colon,
            Expect::CommaOrEnd if self.in_object() => Expected::CommaOrObjectEnd,
            Expect::CommaOrEnd => Expected::CommaOrArrayEnd,
            Expect::Nothing if self.lines.is_some() => Expected::LineEnd,
            Expect::Nothing => Expected::End,
        };
        let hint = match (token.get(..3), self.expect) {
            (Some(b"NaN" | b"nan" | b"Inf" | b"-In"), _) => Some(JsonHint::NotFinite),
            (_, Expect::Nothing) if token == b"{" => Some(JsonHint::Lines),
            _ => None,
        };
        let byte = self.offset + at as u64;
        let (place, line, byte) = match &self.lines {
            None => (byte, None, byte),
            Some(Lines { number, start }) => (*number, Some(*number), byte - start),
        };
        let fault = JsonFault::Syntax { fault, line, byte, expected, hint };
        let diagnostic = Diagnostic::new(Location::data().index(place), fault);
        if token.is_empty() { diagnostic.into() } else { diagnostic.with_input(token).into() }
    }
}

/// How many bytes of `text` still belong to the token that `head` begins; `None` when `text` ends before the token.
fn token_rest(head: &[u8], text: &[u8]) -> Option<usize> {
    match head[0] {
        b'"' => {
            let escaped = head[1..].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
            string_end_slowly(text, usize::from(escaped))
        }
        byte if is_word(byte) => text.iter().position(|byte| !is_word(*byte)),
        _ => Some(0),
    }
}

/// Whether a byte belongs to a number, a literal name, or what somebody took for one, such as `-Infinity`.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.') || byte >= 0x80
}

/// Where the string ends whose content begins at `from`: behind its quote, or behind a control character, which no string
/// may have; and whether it is nothing but ASCII without escapes. `None` when `text` ends before it.
#[inline]
pub(crate) fn string_end(text: &[u8], from: usize) -> Option<(usize, bool)> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let mut at = from;
    // Eight bytes at once (SIMD within a register; Mycroft's test for a zero byte): in `found` the lowest top bit that is
    // set belongs to the first byte that is a quote, a backslash, a control character or not ASCII.
    while let Some(word) = text.get(at..).and_then(<[u8]>::first_chunk) {
        let word = u64::from_le_bytes(*word);
        let equal = |byte: u8| {
            let difference = word ^ (ONES * u64::from(byte));
            difference.wrapping_sub(ONES) & !difference
        };
        let found = (equal(b'"') | equal(b'\\') | word.wrapping_sub(ONES * 0x20) | word) & TOPS;
        if found != 0 {
            at += found.trailing_zeros() as usize / 8;
            break;
        }
        at += 8;
    }
    if text.get(at) == Some(&b'"') {
        return Some((at + 1, true));
    }
    string_end_slowly(text, at).map(|end| (end, false))
}

fn string_end_slowly(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match text.get(at)? {
            b'"' | 0..0x20 => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Whether a string says what stands between its quotes.
fn is_verbatim(literal: &[u8]) -> bool {
    let content = &literal[1..literal.len() - 1];
    literal.ends_with(b"\"") && memchr(b'\\', content).is_none() && std::str::from_utf8(content).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nobody;

    impl Sink for Nobody {
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
        let mut tokens = Tokenizer::new(1000, false);
        text.chunks(chunk).try_for_each(|chunk| tokens.feed(chunk, &mut Nobody))?;
        tokens.finish(&mut Nobody)
    }

    /// Whether `serde_json` takes it, unless that cannot be told.
    fn reference(text: &[u8]) -> Option<bool> {
        match serde_json::from_slice::<serde_json::Value>(text) {
            Ok(_) => Some(true),
            Err(error) if error.to_string().contains("out of range") => None,
            Err(_) => Some(false),
        }
    }

    /// xorshift64 (Marsaglia, 2003): any reproducible sequence serves.
    fn next(state: &mut u64, below: usize) -> usize {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        usize::try_from(*state >> 33).unwrap_or(0) % below
    }

    #[test]
    fn mutations_are_json_where_serde_json_says_so() {
        const SEEDS: [&str; 5] = [
            r#" [1, -2.50, 1e5, 0.1E-3, null, true, false, "a\"b\\c\u00e9\ud83d\ude00é", [], {}, [[1], {"a": [2]}]] "#,
            r#"[{"mark":5,"cohort":"2024"},{"cohort":null,"mark":"\n"}]"#,
            r#"{"numbers":[0,-0,10,1.0e+10],"ddof":0,"":" "}"#,
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
            assert!(reference(&text).is_none_or(|good| good == outcome.is_ok()), "{shown:?} {outcome:?}");
            for chunk in [1, 2, 3, 7] {
                assert_eq!(read(&text, chunk), outcome, "{shown:?} by {chunk}");
            }
        }
    }
}
