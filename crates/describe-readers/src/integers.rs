//! Short integers, marks above all, many at once: 64 bytes are looked at together (as by Langdale and Lemire, "Parsing
//! Gigabytes of JSON per Second", 2019), so that no branch depends on the length of a number and none waits for another.

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u8x64};

use describe::{Decimal, Sample};

/// What stands between numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separated {
    /// A comma, and perhaps white space behind it, as in JSON.
    ByCommas,
    /// White space.
    ByBlanks,
}

/// Plain numbers are shorter than this.
pub(super) const PLAIN_BYTES: usize = 32;

/// Integers with more digits are left to others.
pub(super) const DIGITS: usize = 4;

/// Numbers that begin in 64 bytes end in these.
const WINDOW: usize = 64 + DIGITS - 1;

/// Takes the integers that `text` begins with, of up to [`DIGITS`] digits each, without a sign and without zeros before
/// them, as far as what separates numbers follows each; and says how far that is, and how many they are. It ends sooner
/// where little text is left.
pub(super) fn integers(numbers: &mut Sample, text: &[u8], separated: Separated) -> (usize, u64) {
    let level = Level::new();
    dispatch!(level, simd => windows(simd, numbers, text, separated))
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "the caller may use more instructions than the program as a whole")]
fn windows<S: Simd>(simd: S, numbers: &mut Sample, text: &[u8], separated: Separated) -> (usize, u64) {
    let (mut at, mut count) = (0, 0);
    while let Some(window) = text[at..].first_chunk() {
        let marks = WindowIndex::of(simd, window, separated);
        if marks.behind == 0 {
            break;
        }
        let [hundreds, rests] = values(simd, window);
        let mut starts = marks.starts;
        while starts != 0 {
            let start = starts.trailing_zeros() as usize % 64;
            let digits = 100 * u64::from(hundreds[start]) + u64::from(rests[start]);
            numbers.push_decimal(Decimal { digits, exponent: 0, negative: false });
            starts &= starts - 1;
        }
        count += u64::from(marks.starts.count_ones());
        at += marks.behind;
        if !marks.all {
            break;
        }
    }
    (at, count)
}

/// Where numbers stand in 64 bytes, the first of which is behind a separator.
struct WindowIndex {
    /// Where those begin that are good and whole.
    starts: u64,
    /// The place behind the separator of the last one; 0 when there is none.
    behind: usize,
    /// Whether nothing but numbers and what separates them is there.
    all: bool,
}

impl WindowIndex {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `windows`")]
    fn of<S: Simd>(simd: S, window: &[u8; WINDOW], separated: Separated) -> Self {
        let bytes = bytes(simd, window, 0);
        let is = |byte: u8| bytes.simd_eq(u8x64::splat(simd, byte));
        let within = |low, high| (bytes - u8x64::splat(simd, low)).simd_lt(u8x64::splat(simd, high - low + 1));
        let digits = within(b'0', b'9').to_bitmask();
        // Bytes that are rare are looked for only where there is something else than what is common.
        let (ends, blanks) = match separated {
            Separated::ByCommas => {
                let commas = is(b',').to_bitmask();
                let blanks = || (is(b' ') | is(b'\n') | is(b'\r') | is(b'\t')).to_bitmask();
                (commas, if digits | commas == u64::MAX { 0 } else { blanks() & !(digits << 1) })
            }
            Separated::ByBlanks => {
                let common = is(b'\n').to_bitmask();
                let others = || (within(b'\t', b'\r') | within(0x1c, b' ')).to_bitmask();
                let blanks = if digits | common == u64::MAX { common } else { others() };
                (blanks & digits << 1, blanks & !(digits << 1))
            }
        };
        let starts = digits & !(digits << 1);
        let empty = ends & !(digits << 1);
        let padded = starts & is(b'0').to_bitmask() & digits >> 1;
        let long = digits & digits << 1 & digits << 2 & digits << 3 & digits << 4;
        // Each of these stands before the separator of the number that it spoils, and behind that of the one before.
        let bad = !(digits | ends | blanks) | empty | padded | long;
        let good = (bad & bad.wrapping_neg()).wrapping_sub(1);
        let behind = 64 - (ends & good).leading_zeros() as usize;
        let whole = 1_u64.unbounded_shl(64 - (ends & good).leading_zeros()).wrapping_sub(1);
        Self { starts: starts & whole, behind, all: bad == 0 }
    }
}

/// For each of 64 places the number of up to [`DIGITS`] digits that would begin there: its hundreds, and the rest.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as for `windows`")]
fn values<S: Simd>(simd: S, window: &[u8; WINDOW]) -> [[u8; 64]; 2] {
    let zero = u8x64::splat(simd, 0);
    let ten = u8x64::splat(simd, 10);
    // There is no product of bytes.
    let pair = |tens: u8x64<S>, ones: u8x64<S>| {
        let twice = tens + tens;
        let four_times = twice + twice;
        four_times + four_times + twice + ones
    };
    let [a, b, c, d] = [0, 1, 2, 3].map(|from| bytes(simd, window, from) - u8x64::splat(simd, b'0'));
    let (two, three, four) = (b.simd_lt(ten), c.simd_lt(ten), d.simd_lt(ten));
    let hundreds = (two & three).select(four.select(pair(a, b), a), zero);
    let rests = two.select(three.select(four.select(pair(c, d), pair(b, c)), pair(a, b)), a);
    let mut values = [[0; 64]; 2];
    hundreds.store_slice(&mut values[0]);
    rests.store_slice(&mut values[1]);
    values
}

/// The 64 bytes from a place on, at most [`DIGITS`] - 1.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as for `windows`")]
fn bytes<S: Simd>(simd: S, window: &[u8; WINDOW], from: usize) -> u8x64<S> {
    u8x64::from_slice(simd, &window[from..from + 64])
}

#[cfg(test)]
mod tests {
    use super::*;
    use describe::{Accumulator, Moments, Number, Retention, is_blank};

    /// Takes numbers byte by byte: where each one's separator ends, and the sums of all.
    fn slowly(text: &[u8], separated: Separated) -> (Vec<usize>, Accumulator) {
        let (mut ends, mut sums) = (vec![0], Accumulator::default());
        let mut at = 0;
        loop {
            let is_space = |byte: &&u8| match separated {
                Separated::ByCommas => b" \n\r\t".contains(byte),
                Separated::ByBlanks => is_blank(**byte),
            };
            at += text[at..].iter().take_while(is_space).count();
            let length = text[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            let good = (1..=DIGITS).contains(&length) && (length == 1 || text[at] != b'0');
            let is_end = |byte: &u8| match separated {
                Separated::ByCommas => *byte == b',',
                Separated::ByBlanks => is_blank(*byte),
            };
            if !good || !text.get(at + length).is_some_and(is_end) {
                return (ends, sums);
            }
            sums.push(Number::parse(&text[at..at + length]).expect("digits"));
            at += length + 1;
            ends.push(at);
        }
    }

    #[test]
    fn as_byte_by_byte() {
        // xorshift64 (Marsaglia, 2003): any reproducible sequence serves.
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut below = |n: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state >> 33).expect("31 bits") % n
        };
        let others = ["", ",", " ", "-", ".", "07", "00", "12345", "x", "\u{b0}", "/", ":", "\u{1}", "1 ", "\u{1b}"];
        let mut whole = 0;
        for round in 0..8_000 {
            let separated = [Separated::ByCommas, Separated::ByBlanks][round % 2];
            let separators = match separated {
                Separated::ByCommas => [",", ", ", ",\n  ", ",\t\r"],
                Separated::ByBlanks => ["\n", " ", "\r\n", "\u{1f}\u{b}"],
            };
            let (usual, other, most) = (separators[below(4)], below(300), [10, 101, 1000, 10_000][below(4)]);
            let mut text = String::new();
            for i in 0..70 {
                let separator = if below(30) == 0 { separators[below(4)] } else { usual };
                text += &if i == other { others[below(others.len())].to_owned() } else { below(most).to_string() };
                text += separator;
            }
            let text = text.as_bytes();
            let mut numbers = Sample::new(&Retention::default());
            let (end, count) = integers(&mut numbers, text, separated);
            let shown = String::from_utf8_lossy(text);
            let (ends, _) = slowly(text, separated);
            assert_eq!(ends.iter().position(|slow| *slow == end).map(|count| count as u64), Some(count), "{shown:?}");
            assert!(Some(&end) == ends.last() || text.len() - end < WINDOW, "{shown:?} up to {end}");
            let (_, sums) = slowly(&text[..end], separated);
            assert_eq!(numbers.finish(Moments::default()), sums.finish(Moments::default()), "{shown:?}");
            whole += usize::from(text.len() - end < WINDOW);
        }
        assert!(whole > 4_000, "{whole}");
    }
}
