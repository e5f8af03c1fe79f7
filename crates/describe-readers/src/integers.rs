//! Vectorized parsing of short unsigned integers, the usual form of examination marks.
//!
//! Input: text with numbers and separators. Output: the integers, added to a [`Sample`], the bytes read and the count.
//! 64 bytes are classified at once (as by Langdale and Lemire, "Parsing Gigabytes of JSON per Second", 2019), so that no
//! branch depends on the length of a number and no number depends on the one before.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, dispatch, u8x64};

use crate::simd_level::simd_level;
use describe::{Decimal, Sample};

/// Separator of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    /// Comma with optional white space after it, as in JSON.
    Comma,
    /// White space.
    Blank,
}

/// Exclusive upper bound of the length of a plain number.
pub(super) const PLAIN_NUMBER_BYTES: usize = 32;

/// Maximum number of digits of the integers that are parsed here.
pub(super) const MAX_DIGITS: usize = 4;

/// Bytes that contain all digits of the integers that begin in the first 64.
const WINDOW_BYTES: usize = 64 + MAX_DIGITS - 1;

/// Adds the integers at the beginning of `text` that have up to [`MAX_DIGITS`] digits, no sign and no leading zero, and are
/// each followed by a separator. Returns the end of the last separator and the count of the integers. The last
/// `WINDOW_BYTES - 1` bytes of the text may be left.
pub(super) fn push_short_integers(numbers: &mut Sample, text: &[u8], separator: Separator) -> (usize, u64) {
    let level = simd_level();
    dispatch!(level, simd => push_windows(simd, numbers, text, separator))
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "the caller is compiled for more CPU features than the program as a whole")]
fn push_windows<S: Simd>(simd: S, numbers: &mut Sample, text: &[u8], separator: Separator) -> (usize, u64) {
    let (mut at, mut count) = (0, 0);
    while let Some(window) = text[at..].first_chunk() {
        let index = WindowIndex::new(simd, window, separator);
        if index.end == 0 {
            break;
        }
        let [hundreds, remainders] = values_at_each_byte(simd, window);
        let mut starts = index.starts;
        while starts != 0 {
            let start = starts.trailing_zeros() as usize % 64;
            let digits = 100 * u64::from(hundreds[start]) + u64::from(remainders[start]);
            numbers.push_decimal(Decimal::short(digits, 0, false));
            starts &= starts - 1;
        }
        count += u64::from(index.starts.count_ones());
        at += index.end;
        if !index.is_valid {
            break;
        }
    }
    (at, count)
}

/// Index of the short integers in 64 bytes, the first of which follows a separator.
struct WindowIndex {
    /// Bit set of the first digits of the integers before the first invalid byte whose separator is in the window.
    starts: u64,
    /// End of the separator of the last of them; 0 if there are none.
    end: usize,
    /// Whether the window contains only short integers and separators.
    is_valid: bool,
}

impl WindowIndex {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `push_windows`")]
    fn new<S: Simd>(simd: S, window: &[u8; WINDOW_BYTES], separator: Separator) -> Self {
        let bytes = bytes_from(simd, window, 0);
        let is = |byte: u8| bytes.simd_eq(u8x64::splat(simd, byte));
        let digits = in_range(simd, bytes, b'0', b'9').to_bitmask();
        // Rare bytes are searched for only in a window that contains more than the common ones.
        let (ends, blanks) = match separator {
            Separator::Comma => {
                let commas = is(b',').to_bitmask();
                let blanks = || (is(b' ') | is(b'\n') | is(b'\r') | is(b'\t')).to_bitmask();
                (commas, if digits | commas == u64::MAX { 0 } else { blanks() & !(digits << 1) })
            }
            Separator::Blank => {
                let common = is(b'\n').to_bitmask();
                let others = || (in_range(simd, bytes, b'\t', b'\r') | in_range(simd, bytes, 0x1c, b' ')).to_bitmask();
                let blanks = if digits | common == u64::MAX { common } else { others() };
                (blanks & digits << 1, blanks & !(digits << 1))
            }
        };
        let starts = digits & !(digits << 1);
        let empty = ends & !(digits << 1);
        let zero_padded = starts & is(b'0').to_bitmask() & digits >> 1;
        let too_long = digits & digits << 1 & digits << 2 & digits << 3 & digits << 4;
        // Each invalid byte is between the separator of the number before it and that of the number it belongs to.
        let invalid = !(digits | ends | blanks) | empty | zero_padded | too_long;
        let valid = (invalid & invalid.wrapping_neg()).wrapping_sub(1);
        let end = 64 - (ends & valid).leading_zeros() as usize;
        let complete = 1_u64.unbounded_shl(64 - (ends & valid).leading_zeros()).wrapping_sub(1);
        Self { starts: starts & complete, end, is_valid: invalid == 0 }
    }
}

/// Which bytes are between two others.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as for `push_windows`")]
fn in_range<S: Simd>(simd: S, bytes: u8x64<S>, low: u8, high: u8) -> <u8x64<S> as SimdBase<S>>::Mask {
    (bytes - u8x64::splat(simd, low)).simd_lt(u8x64::splat(simd, high - low + 1))
}

/// Value of the integer of up to [`MAX_DIGITS`] digits that begins at each of 64 bytes, as hundreds and remainder. Undefined
/// for a byte that is not a first digit.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as for `push_windows`")]
fn values_at_each_byte<S: Simd>(simd: S, window: &[u8; WINDOW_BYTES]) -> [[u8; 64]; 2] {
    let zero = u8x64::splat(simd, 0);
    let ten = u8x64::splat(simd, 10);
    let [a, b, c, d] = [0, 1, 2, 3].map(|from| bytes_from(simd, window, from) - u8x64::splat(simd, b'0'));
    let (two, three, four) = (b.simd_lt(ten), c.simd_lt(ten), d.simd_lt(ten));
    let hundreds = (two & three).select(four.select(pair(a, b), a), zero);
    let remainders = two.select(three.select(four.select(pair(c, d), pair(b, c)), pair(a, b)), a);
    let mut values = [[0; 64]; 2];
    hundreds.store_slice(&mut values[0]);
    remainders.store_slice(&mut values[1]);
    values
}

/// Number of two digits. Ten times the tens by addition: SIMD has no multiplication of bytes.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "as for `push_windows`; a closure that is not inlined would take three times as long"
)]
fn pair<S: Simd>(tens: u8x64<S>, ones: u8x64<S>) -> u8x64<S> {
    let twice = tens + tens;
    let four_times = twice + twice;
    four_times + four_times + twice + ones
}

/// The 64 bytes of the window from index `from`, at most [`MAX_DIGITS`] - 1.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as for `push_windows`")]
fn bytes_from<S: Simd>(simd: S, window: &[u8; WINDOW_BYTES], from: usize) -> u8x64<S> {
    u8x64::from_slice(simd, &window[from..from + 64])
}

#[cfg(test)]
mod tests {
    use super::*;
    use describe::{Accumulator, Moments, Number, Retention, is_blank};

    /// Parses byte by byte. Returns the end of each number's separator and the sums.
    fn parse_bytewise(text: &[u8], separator: Separator) -> (Vec<usize>, Accumulator) {
        let (mut ends, mut sums) = (vec![0], Accumulator::default());
        let mut at = 0;
        loop {
            let is_space = |byte: &&u8| match separator {
                Separator::Comma => b" \n\r\t".contains(byte),
                Separator::Blank => is_blank(**byte),
            };
            at += text[at..].iter().take_while(is_space).count();
            let length = text[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            let valid = (1..=MAX_DIGITS).contains(&length) && (length == 1 || text[at] != b'0');
            let is_end = |byte: &u8| match separator {
                Separator::Comma => *byte == b',',
                Separator::Blank => is_blank(*byte),
            };
            if !valid || !text.get(at + length).is_some_and(is_end) {
                return (ends, sums);
            }
            sums.push(Number::parse(&text[at..at + length]).expect("digits"));
            at += length + 1;
            ends.push(at);
        }
    }

    #[test]
    fn windows_agree_with_bytewise_parsing() {
        // xorshift64 (Marsaglia, 2003): any reproducible sequence serves.
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut below = |n: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state >> 33).expect("31 bits") % n
        };
        let others = ["", ",", " ", "-", ".", "07", "00", "12345", "x", "\u{b0}", "/", ":", "\u{1}", "1 ", "\u{1b}"];
        let mut complete = 0;
        for round in 0..8_000 {
            let separator = [Separator::Comma, Separator::Blank][round % 2];
            let separators = match separator {
                Separator::Comma => [",", ", ", ",\n  ", ",\t\r"],
                Separator::Blank => ["\n", " ", "\r\n", "\u{1f}\u{b}"],
            };
            let (usual, other, max) = (separators[below(4)], below(300), [10, 101, 1000, 10_000][below(4)]);
            let mut text = String::new();
            for i in 0..70 {
                let chosen = if below(30) == 0 { separators[below(4)] } else { usual };
                text += &if i == other { others[below(others.len())].to_owned() } else { below(max).to_string() };
                text += chosen;
            }
            let text = text.as_bytes();
            let mut numbers = Sample::new(&Retention::default());
            let (end, count) = push_short_integers(&mut numbers, text, separator);
            let shown = String::from_utf8_lossy(text);
            let (ends, _) = parse_bytewise(text, separator);
            assert_eq!(
                ends.iter().position(|expected| *expected == end).map(|count| count as u64),
                Some(count),
                "{shown:?}"
            );
            assert!(Some(&end) == ends.last() || text.len() - end < WINDOW_BYTES, "{shown:?} up to {end}");
            let (_, sums) = parse_bytewise(&text[..end], separator);
            assert_eq!(numbers.finish(Moments::default()), sums.finish(Moments::default()), "{shown:?}");
            complete += usize::from(text.len() - end < WINDOW_BYTES);
        }
        assert!(complete > 4_000, "{complete}");
    }
}
