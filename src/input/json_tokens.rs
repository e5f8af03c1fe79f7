//! JSON (RFC 8259) chunk by chunk: bytes in, tokens out. Checks the grammar; what tokens mean is the caller's.

use std::borrow::Cow;

use super::too_long;
use crate::describe::{Decimal, ParseError, json_prefix};
use crate::rejection::{Kind, Problem, Rejection, Step, excerpt};

/// A piece of JSON. Numbers and strings come with their text.
#[derive(Debug)]
pub(super) enum Token<'a> {
    ArrayStart,
    ArrayEnd,
    ObjectStart,
    ObjectEnd,
    Key(Cow<'a, str>),
    String(Cow<'a, str>),
    Number(Result<Decimal, ParseError>, &'a [u8]),
    Bool(bool),
    Null,
}

/// Deeper nesting is refused; nothing that can be described needs it.
const MAX_DEPTH: usize = 64;

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
pub(super) struct Tokens {
    expect: Expect,
    /// The open arrays and objects: true for an object.
    open: Vec<bool>,
    /// A token cut by the end of a chunk.
    carry: Vec<u8>,
    /// How many bytes were taken before the text at hand.
    offset: u64,
    limit: usize,
}

impl Tokens {
    pub(super) fn new(limit: usize) -> Self {
        Self { expect: Expect::Value, open: Vec::new(), carry: Vec::new(), offset: 0, limit }
    }

    /// Takes the next chunk, cut anywhere.
    pub(super) fn feed(
        &mut self,
        mut chunk: &[u8],
        sink: &mut impl FnMut(Token) -> Result<(), Rejection>,
    ) -> Result<(), Rejection> {
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
    pub(super) fn finish(&mut self, sink: &mut impl FnMut(Token) -> Result<(), Rejection>) -> Result<(), Rejection> {
        let token = std::mem::take(&mut self.carry);
        self.run(&token, true, sink)?;
        if self.expect == Expect::Nothing {
            Ok(())
        } else {
            Err(self.malformed(0, b"", "the JSON text ends too early"))
        }
    }

    fn keep(&mut self, part: &[u8]) -> Result<(), Rejection> {
        if self.carry.len() + part.len() > self.limit {
            return Err(too_long(self.limit));
        }
        self.carry.extend_from_slice(part);
        Ok(())
    }

    /// Takes all tokens of `text` but one that its end may have cut (unless that is the end of the token, too), and says
    /// how far that is.
    fn run(
        &mut self,
        text: &[u8],
        whole: bool,
        sink: &mut impl FnMut(Token) -> Result<(), Rejection>,
    ) -> Result<usize, Rejection> {
        let mut at = 0;
        while let Some(byte) = text.get(at) {
            let byte = *byte;
            if matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                at += 1;
                continue;
            }
            let value = matches!(self.expect, Expect::Value | Expect::ValueOrEnd);
            let length = match byte {
                b'-' | b'0'..=b'9' if value => match json_prefix(&text[at..]) {
                    Some((number, length)) if whole || at + length < text.len() => {
                        if length > self.limit {
                            return Err(too_long(self.limit));
                        }
                        sink(Token::Number(number, &text[at..at + length]))?;
                        self.after_value();
                        length
                    }
                    _ => 0,
                },
                b',' if self.expect == Expect::CommaOrEnd => {
                    self.expect = if self.open.last() == Some(&true) { Expect::Key } else { Expect::Value };
                    1
                }
                _ => self.other(byte, text, at, whole, sink)?,
            };
            if length == 0 {
                if whole || token_rest(&text[at..=at], &text[at + 1..]).is_some() {
                    return Err(self.malformed(at, &text[at..], "this is not JSON"));
                }
                break;
            }
            at += length;
        }
        self.offset += at as u64;
        Ok(at)
    }

    /// Takes the token at `at` that is neither number nor comma; 0 when there is none, or no end to it.
    fn other(
        &mut self,
        byte: u8,
        text: &[u8],
        at: usize,
        whole: bool,
        sink: &mut impl FnMut(Token) -> Result<(), Rejection>,
    ) -> Result<usize, Rejection> {
        let value = matches!(self.expect, Expect::Value | Expect::ValueOrEnd);
        let in_object = self.open.last() == Some(&true);
        match (byte, self.expect) {
            (b'[' | b'{', _) if value => {
                if self.open.len() == MAX_DEPTH {
                    return Err(self.malformed(at, &text[at..], "this JSON is nested too deep"));
                }
                self.open.push(byte == b'{');
                self.expect = if byte == b'{' { Expect::KeyOrEnd } else { Expect::ValueOrEnd };
                sink(if byte == b'{' { Token::ObjectStart } else { Token::ArrayStart })?;
                Ok(1)
            }
            (b']', Expect::ValueOrEnd | Expect::CommaOrEnd) if !in_object => self.close(Token::ArrayEnd, sink),
            (b'}', Expect::KeyOrEnd | Expect::CommaOrEnd) if in_object => self.close(Token::ObjectEnd, sink),
            (b':', Expect::Colon) => {
                self.expect = Expect::Value;
                Ok(1)
            }
            (b'"', _) if value || matches!(self.expect, Expect::Key | Expect::KeyOrEnd) => {
                self.string(value, text, at, sink)
            }
            (b't' | b'f' | b'n', _) if value => {
                let end = text[at..].iter().position(|byte| !byte.is_ascii_alphabetic());
                let Some(length) = end.or(whole.then_some(text.len() - at)) else { return Ok(0) };
                let token = match &text[at..at + length] {
                    b"true" => Token::Bool(true),
                    b"false" => Token::Bool(false),
                    b"null" => Token::Null,
                    _ => return Ok(0),
                };
                sink(token)?;
                self.after_value();
                Ok(length)
            }
            _ => Ok(0),
        }
    }

    fn string(
        &mut self,
        value: bool,
        text: &[u8],
        at: usize,
        sink: &mut impl FnMut(Token) -> Result<(), Rejection>,
    ) -> Result<usize, Rejection> {
        let Some(rest) = token_rest(&text[at..=at], &text[at + 1..]) else { return Ok(0) };
        let length = 1 + rest;
        if length > self.limit {
            return Err(too_long(self.limit));
        }
        let literal = &text[at..at + length];
        let plain = |byte: &u8| matches!(byte, b' '..=b'~') && *byte != b'\\';
        let string = if literal.iter().all(plain) {
            String::from_utf8_lossy(&literal[1..length - 1])
        } else {
            match serde_json::from_slice::<String>(literal) {
                Ok(string) => Cow::Owned(string),
                Err(_) => {
                    return Err(self.malformed(
                        at,
                        literal,
                        "this string is not JSON: a bad escape, control character or UTF-8",
                    ));
                }
            }
        };
        if value {
            sink(Token::String(string))?;
            self.after_value();
        } else {
            sink(Token::Key(string))?;
            self.expect = Expect::Colon;
        }
        Ok(length)
    }

    fn close(
        &mut self,
        token: Token,
        sink: &mut impl FnMut(Token) -> Result<(), Rejection>,
    ) -> Result<usize, Rejection> {
        self.open.pop();
        sink(token)?;
        self.after_value();
        Ok(1)
    }

    #[inline]
    fn after_value(&mut self) {
        self.expect = if self.open.is_empty() { Expect::Nothing } else { Expect::CommaOrEnd };
    }

    fn malformed(&self, at: usize, text: &[u8], what: &str) -> Rejection {
        let expected = match self.expect {
            Expect::Value => "a value",
            Expect::ValueOrEnd => "a value or ]",
            Expect::Key => "a name in double quotes",
            Expect::KeyOrEnd => "a name in double quotes or }",
            Expect::Colon => ":",
            Expect::CommaOrEnd if self.open.last() == Some(&true) => ", or }",
            Expect::CommaOrEnd => ", or ]",
            Expect::Nothing => "the end",
        };
        let byte = self.offset + at as u64;
        let hint = match text.get(..3) {
            Some(b"NaN" | b"nan" | b"Inf" | b"-In") => "; JSON has no NaN or Infinity, a missing value is null",
            _ => "",
        };
        let message = format!("{what}: at byte {byte} {expected} was expected{hint}");
        let shown = excerpt(text);
        let loc = vec![Step::Name("body".into()), Step::Index(byte)];
        let problem = Problem { loc, code: "json_invalid", message, input: (!shown.is_empty()).then_some(shown) };
        Rejection::one(Kind::Malformed, problem)
    }
}

/// How many bytes of `text` still belong to the token that `head` begins; `None` when `text` ends before the token.
fn token_rest(head: &[u8], text: &[u8]) -> Option<usize> {
    match head[0] {
        b'"' => {
            let mut escaped = head[1..].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
            let quote = text.iter().position(|byte| {
                let ends = *byte == b'"' && !escaped;
                escaped = *byte == b'\\' && !escaped;
                ends
            });
            quote.map(|quote| quote + 1)
        }
        b'-' | b'0'..=b'9' => {
            text.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
        }
        byte if byte.is_ascii_alphabetic() => text.iter().position(|byte| !byte.is_ascii_alphabetic()),
        _ => Some(0),
    }
}
