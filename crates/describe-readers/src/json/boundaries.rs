//! Ends of the blocks of JSON: behind a comma, a line or an element of an array.
//!
//! Input: text that begins where a block begins. Output: the end of the last whole block in it. Invariant: the grammar is in the
//! same state at the beginning and at the end of a block, unless the text before its end is invalid.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, dispatch, u8x64};
use memchr::memrchr;

use crate::json::string_literal::string_end_bytewise;
use crate::parallel::FindBoundary;
use crate::simd_level::simd_level;
use describe_options::InputError;

/// Places where blocks end.
#[derive(Debug)]
pub(crate) enum Boundaries {
    /// In a flat array, behind a comma.
    Commas(CommaBoundaries),
    /// In NDJSON, behind a line.
    Lines(LineBoundaries),
    /// In an array of arrays or objects, behind an element.
    Elements(ElementBoundaries),
}

impl Boundaries {
    pub(crate) fn commas() -> Self {
        Self::Commas(CommaBoundaries::default())
    }

    pub(crate) fn lines() -> Self {
        Self::Lines(LineBoundaries::default())
    }

    pub(crate) fn elements() -> Self {
        Self::Elements(ElementBoundaries::default())
    }
}

impl FindBoundary for Boundaries {
    fn find_boundary(&mut self, text: &[u8]) -> Result<usize, InputError> {
        if self.ended() {
            return Ok(0);
        }
        Ok(match self {
            Self::Commas(boundaries) => boundaries.find(text),
            Self::Lines(boundaries) => boundaries.find(text),
            Self::Elements(boundaries) => boundaries.find(text),
        })
    }

    fn ended(&self) -> bool {
        match self {
            Self::Commas(CommaBoundaries { ended, .. })
            | Self::Lines(LineBoundaries { ended, .. })
            | Self::Elements(ElementBoundaries { ended, .. }) => *ended,
        }
    }
}

/// Finds the last comma before the first structural byte. Each byte is examined once.
#[derive(Debug, Default)]
pub(crate) struct CommaBoundaries {
    /// Number of bytes already searched.
    searched: usize,
    /// Whether a structural byte, or text of a whole block without a comma, was found.
    ended: bool,
}

impl CommaBoundaries {
    fn find(&mut self, text: &[u8]) -> usize {
        let structural = find_structural(&text[self.searched..]).map(|at| self.searched + at);
        let flat = &text[self.searched..structural.unwrap_or(text.len())];
        let boundary = memrchr(b',', flat).map_or(0, |comma| self.searched + comma + 1);
        self.ended = structural.is_some() || boundary == 0;
        self.searched = text.len() - boundary;
        boundary
    }
}

/// Index of the first bracket, brace or quote.
fn find_structural(text: &[u8]) -> Option<usize> {
    // A bracket differs from a brace by one bit. The fold does not end early, so the compiler vectorizes it.
    let is_structural = |byte: u8| matches!(byte | 0x20, b'{' | b'}') || byte == b'"';
    let windows = text.as_chunks::<64>().0.iter();
    let flat =
        windows.take_while(|window| !window.iter().fold(false, |found, byte| found | is_structural(*byte))).count();
    text[64 * flat..].iter().position(|byte| is_structural(*byte)).map(|at| 64 * flat + at)
}

/// Finds the end of the last line after which a string cannot continue. Each byte is examined once.
#[derive(Debug, Default)]
pub(crate) struct LineBoundaries {
    /// Number of bytes already searched.
    searched: usize,
    /// Whether a line is longer than a block. Such a line is read token by token.
    ended: bool,
}

impl LineBoundaries {
    fn find(&mut self, text: &[u8]) -> usize {
        let mut boundary = text.len();
        loop {
            boundary = memrchr(b'\n', &text[self.searched..boundary]).map_or(0, |end| self.searched + end + 1);
            // A line break after a backslash is an invalid escape in a string, and the string may continue in the next line.
            if boundary < 2 || text[boundary - 2] != b'\\' {
                break;
            }
            boundary -= 1;
        }
        self.ended = boundary == 0;
        self.searched = text.len() - boundary;
        boundary
    }
}

/// Finds the end of the last element that is an array or object, in text that begins in an array behind an element. Each byte is
/// examined once, 64 at a time.
#[derive(Debug)]
pub(crate) struct ElementBoundaries {
    /// Number of bytes already searched.
    searched: usize,
    /// Number of arrays and objects that are open there: 1 between elements.
    depth: usize,
    strings: StringState,
    /// Whether the array has ended, or an element is longer than a block. Such an element is read token by token.
    ended: bool,
}

impl Default for ElementBoundaries {
    fn default() -> Self {
        Self { searched: 0, depth: 1, strings: StringState::default(), ended: false }
    }
}

impl ElementBoundaries {
    fn find(&mut self, text: &[u8]) -> usize {
        let level = simd_level();
        let boundary = dispatch!(level, simd => self.search(simd, text));
        self.ended |= boundary == 0;
        self.searched = text.len() - boundary;
        boundary
    }

    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "the caller is compiled for more CPU features than the program as a whole"
    )]
    fn search<S: Simd>(&mut self, simd: S, text: &[u8]) -> usize {
        let (mut at, mut boundary) = (self.searched, 0);
        while at < text.len() {
            let (opening, closing) = self.strings.brackets(simd, &text[at..]);
            let mut brackets = opening | closing;
            while brackets != 0 {
                let bit = brackets.trailing_zeros();
                // Without a branch: the order of brackets is hard to predict.
                self.depth = self.depth + 1 - 2 * usize::from(closing >> bit & 1 == 1);
                match self.depth {
                    0 => {
                        self.ended = true;
                        return boundary;
                    }
                    1 => boundary = at + bit as usize + 1,
                    _ => {}
                }
                brackets &= brackets - 1;
            }
            at += 64;
        }
        boundary
    }
}

/// State between two windows of 64 bytes.
#[derive(Debug, Default)]
struct StringState {
    /// All bits if the next byte is in a string, otherwise none.
    in_string: u64,
    /// 1 if the next byte is escaped, otherwise 0.
    escaped: u64,
}

impl StringState {
    /// Bit sets of the opening and of the closing brackets and braces outside strings among the first 64 bytes.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `ElementBoundaries::search`")]
    fn brackets<S: Simd>(&mut self, simd: S, text: &[u8]) -> (u64, u64) {
        let mut padded = [0; 64];
        let (window, last) = text.first_chunk().map_or_else(
            || {
                padded[..text.len()].copy_from_slice(text);
                (&padded, text.len() - 1)
            },
            |window| (window, 63),
        );
        let window = u8x64::from_slice(simd, window);
        let is = |window: u8x64<S>, byte| window.simd_eq(u8x64::splat(simd, byte)).to_bitmask();
        // A bracket differs from a brace by one bit.
        let folded = window | u8x64::splat(simd, 0x20);
        let (opening, closing) = (is(folded, b'{'), is(folded, b'}'));
        let backslashes = is(window, b'\\');
        let escaped = if backslashes | self.escaped == 0 { 0 } else { self.escaped(backslashes, last) };
        // A bit for each byte before which there is an odd number of quotes, by parallel prefix (Hillis and Steele, 1986).
        let mut in_string = is(window, b'"') & !escaped;
        for shift in [1, 2, 4, 8, 16, 32] {
            in_string ^= in_string << shift;
        }
        in_string ^= self.in_string;
        self.in_string = (in_string >> last & 1).wrapping_neg();
        (opening & !in_string, closing & !in_string)
    }

    /// Bit set of the bytes behind a backslash that is not escaped itself. `last` is the index of the last byte.
    #[inline(never)]
    fn escaped(&mut self, backslashes: u64, last: usize) -> u64 {
        let mut escaped = self.escaped;
        let mut escaping = backslashes & !escaped;
        self.escaped = 0;
        while escaping != 0 {
            let backslash = escaping & escaping.wrapping_neg();
            self.escaped = backslash >> last & 1;
            escaped |= backslash << 1;
            escaping &= !(backslash | backslash << 1);
        }
        escaped
    }
}

/// Index behind the first `count` elements that are arrays or objects, in valid text that begins in an array behind an element.
pub(crate) fn elements_end(text: &[u8], count: u64) -> usize {
    let (mut at, mut depth, mut left) = (0, 0, count);
    while left > 0 && at < text.len() {
        at += 1;
        match text[at - 1] {
            b'"' => at = string_end_bytewise(text, at).unwrap_or(text.len()),
            b'[' | b'{' => depth += 1,
            b']' | b'}' => {
                depth -= 1;
                left -= u64::from(depth == 0);
            }
            _ => {}
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structural_bytes_are_found_at_every_position() {
        for byte in 0..=u8::MAX {
            for at in [0, 1, 63, 64, 100, 130] {
                let mut text = vec![b'7'; 131];
                text[at] = byte;
                assert_eq!(find_structural(&text), b"[]{}\"".contains(&byte).then_some(at), "{byte}");
            }
        }
    }

    #[test]
    fn strings_do_not_continue_after_a_block() {
        let boundary = |text: &str| LineBoundaries::default().find(text.as_bytes());
        assert_eq!(boundary("1\n2\n3"), 4);
        assert_eq!(boundary("\"a\"\n\"b\\\n\"c\\\n"), 4);
        assert_eq!(boundary("\n"), 1);
        assert_eq!(boundary("\\\n"), 0);
        let mut boundaries = LineBoundaries::default();
        assert_eq!(boundaries.find(b"1\n2"), 2);
        assert_eq!((boundaries.find(b"2\\\n"), boundaries.ended), (0, true));
    }

    /// Elements of all kinds, whose ends are known where the text is made; it is searched in pieces of every length.
    #[test]
    fn elements_end_where_they_were_made() {
        const ELEMENTS: [&str; 7] = [
            ", {\"a\":1}",
            ",[[],{\"b\":[2]}]",
            ",{\"\\\\\":\"}]\\\"{\"}",
            ",[\"\\\\\\\\\\\"\",\"\"]\n",
            ", [\"]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\"]",
            ",{\"\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\"}\":[]}",
            ",5,null,[]",
        ];
        let (mut text, mut ends) = (String::new(), vec![0]);
        for i in 0..60 {
            text += ELEMENTS[i * i % 11 % ELEMENTS.len()];
            ends.push(text.trim_end().len());
        }
        for (count, end) in (0..).zip(&ends) {
            assert_eq!(elements_end(text.as_bytes(), count), *end, "{count}");
        }
        text += "],{}";
        for piece in 1..200 {
            let mut boundaries = ElementBoundaries::default();
            let (mut start, mut known) = (0, 0);
            while !boundaries.ended && known < text.len() {
                known = (known + piece).min(text.len());
                let found = boundaries.find(&text.as_bytes()[start..known]);
                let expected = *ends.iter().rfind(|end| **end <= known).expect("the first is 0");
                // A piece without an end would end the blocks, since it is taken for a long element.
                if found == 0 {
                    boundaries.ended &= boundaries.depth == 0;
                }
                start += found;
                assert_eq!(start, expected, "{piece} {known}");
            }
            assert!(boundaries.ended, "{piece}");
        }
    }
}
