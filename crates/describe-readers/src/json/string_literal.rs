//! String literals of JSON: their ends and their contents.
//!
//! Input: text from within a string, or a whole literal. Output: the index behind it, or its content without quotes and escapes.

use memchr::memchr;
use serde::Deserializer;

/// End of the string whose content begins at `from`: the index after its quote or after a control character, which is invalid
/// in a string; and whether the content is ASCII without escapes. `None` if the string continues after `text`.
#[inline]
pub(crate) fn string_end(text: &[u8], from: usize) -> Option<(usize, bool)> {
    const LOW_BITS: u64 = 0x0101_0101_0101_0101;
    const HIGH_BITS: u64 = 0x8080_8080_8080_8080;
    let mut at = from;
    // Eight bytes at once (SIMD within a register; Mycroft's test for a zero byte): the lowest high bit set in `found` belongs
    // to the first byte that is a quote, a backslash, a control character or not ASCII.
    while let Some(word) = text.get(at..).and_then(<[u8]>::first_chunk) {
        let word = u64::from_le_bytes(*word);
        let equal = |byte: u8| {
            let difference = word ^ (LOW_BITS * u64::from(byte));
            difference.wrapping_sub(LOW_BITS) & !difference
        };
        let found = (equal(b'"') | equal(b'\\') | word.wrapping_sub(LOW_BITS * 0x20) | word) & HIGH_BITS;
        if found != 0 {
            at += found.trailing_zeros() as usize / 8;
            break;
        }
        at += 8;
    }
    if text.get(at) == Some(&b'"') {
        return Some((at + 1, true));
    }
    string_end_bytewise(text, at).map(|end| (end, false))
}

/// [`string_end`] byte by byte.
pub(super) fn string_end_bytewise(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match text.get(at)? {
            b'"' | 0..0x20 => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Whether a string literal is closed, has no escapes and is UTF-8, so that its content needs no decoding.
pub(super) fn is_verbatim(literal: &[u8]) -> bool {
    let content = &literal[1..literal.len() - 1];
    literal.ends_with(b"\"") && memchr(b'\\', content).is_none() && std::str::from_utf8(content).is_ok()
}

/// Content of a string literal without escapes; `None` if it is not JSON. Half of a surrogate pair (`\\ud83d`) is valid by the
/// grammar of RFC 8259; programs write it when they cut a text within a character.
pub(super) fn unescaped(literal: &[u8]) -> Option<Vec<u8>> {
    struct Bytes;
    impl serde::de::Visitor<'_> for Bytes {
        type Value = Vec<u8>;

        fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
            formatter.write_str("a string")
        }

        fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
            Ok(bytes.to_vec())
        }
    }
    if let Ok(text) = serde_json::from_slice::<String>(literal) {
        return Some(text.into_bytes());
    }
    // As bytes, serde_json accepts halves of surrogate pairs, but also control characters and invalid UTF-8.
    let is_text = std::str::from_utf8(literal).is_ok() && !literal.iter().any(|byte| *byte < 0x20);
    let bytes = || serde_json::Deserializer::from_slice(literal).deserialize_bytes(Bytes).ok();
    is_text.then(bytes).flatten()
}

/// Whether the byte behind this beginning of a string's content is escaped.
pub(super) fn ends_in_escape(content: &[u8]) -> bool {
    content.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}
